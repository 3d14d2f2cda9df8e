"""`sayso explain`: what a label of the output means, with an example."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import groupby
from typing import TYPE_CHECKING

import click

from sayso.cli.screen import color_option, colour_wanted, put, width
from sayso.cli.visible import visible

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sayso.lexicon import Row


@click.command()
@click.argument("label", nargs=-1, metavar="[LABEL]")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    help="Sentences to read (the default), or one JSON object.",
)
@color_option
def explain(label: tuple[str, ...], form: str, color: str) -> None:
    """Say what a word of the output means, with an example.

    LABEL is a value (deny, probable, unnamed …) or the name of a field (basis, anonymity_reason …). Without
    one, all are listed, a line each.

    \b
    Examples:
      sayso explain
      sayso explain anonymity reason

    Exits 0; 2 if there is no such label.
    """
    from sayso.lexicon import load_lexicon

    labels = load_lexicon().tables["labels"]
    asked = " ".join(label)
    rows = rows_for(asked, labels) if label else labels
    if not rows:
        raise click.UsageError(f"No label is called '{visible(asked)}'. {_remedy(asked, labels)}")
    if form == "json":
        click.echo(json.dumps({"labels": [dict(row) for row in rows]}, ensure_ascii=False, indent=2))
        return
    from sayso.cli.typography import rendered

    colour = colour_wanted(color)
    put(rendered(list(_explained(rows) if label else _listed(rows)), width(), colour), colour)


def rows_for(asked: str, labels: Sequence[Row]) -> list[Row]:
    """The rows of a label; "Statement" finds the kind of document and the field "statements"."""
    return [row for row in labels if _key(row["label"]) == _key(asked)]


def first_sentence(meaning: str) -> str:
    """The first of a label's sentences: enough for a list."""
    first, stop, _ = meaning.partition(". ")
    return first + stop.strip()


def _key(label: str) -> str:
    """A label as it is looked up: without case, spaces, underscores, hyphens or a plural's s."""
    return label.lower().translate({ord(c): None for c in " _-"}).removesuffix("s")


def _remedy(asked: str, labels: Sequence[Row]) -> str:
    by_key = {_key(row["label"]): row["label"] for row in labels}
    near = get_close_matches(_key(asked), by_key, n=1, cutoff=0.5)
    return f"Did you mean '{by_key[near[0]]}'?" if near else "To list them all: sayso explain"


def _explained(rows: Sequence[Row]) -> Iterator[RenderableType]:
    """Each label with its sentences, its example, and what is read from the example."""
    from rich.padding import Padding
    from rich.text import Text

    for row in rows:
        yield Text.assemble((row["label"], "bold"), f" · {row['group']}")
        reading = row["reading"].replace(" | ", "\n")
        yield Padding(Text(f"{row['meaning']}\n\nFor example: {row['example']}"), (0, 0, 0, 2))
        yield Padding(Text(reading), (0, 0, 1, 4))


def _listed(rows: Sequence[Row]) -> Iterator[RenderableType]:
    """All labels by group, a line each."""
    from rich.table import Table
    from rich.text import Text

    longest = max(len(row["label"]) for row in rows)
    for group, members in groupby(rows, key=lambda row: row["group"]):
        yield Text(group, "bold")
        table = Table.grid(padding=(0, 2))
        table.add_column(width=longest + 2)
        table.add_column()
        for row in members:
            table.add_row(f"  {row['label']}", first_sentence(row["meaning"]))
        yield table
        yield Text()
    yield Text("With an example: sayso explain LABEL")
