"""`sayso formats`: what can be read, and what can be written."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from sayso.cli.screen import color_option, colour_wanted, put, width

if TYPE_CHECKING:
    from rich.console import RenderableType

Row = Mapping[str, str | list[str]]


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "jsonl"]),
    default="table",
    help="Tables (the default), one JSON object, or one JSON object a line.",
)
@color_option
def formats(form: str, color: str) -> None:
    """List what sayso can read, and what it can write.

    Formats are tried in the order shown; what a file holds counts for more than its name.

    \b
    Examples:
      sayso formats
      sayso formats --format json
    """
    reads, writes = readable(), writable()
    if form == "json":
        click.echo(json.dumps({"reads": reads, "writes": writes}, ensure_ascii=False, indent=2))
    elif form == "jsonl":
        for way, rows in (("read", reads), ("write", writes)):
            for row in rows:
                click.echo(json.dumps({"way": way, **row}, ensure_ascii=False))
    else:
        from sayso.cli.typography import rendered

        colour = colour_wanted(color)
        put(rendered(list(_shown(reads, writes)), width(), colour), colour)


def readable() -> list[Row]:
    """Each reader, as its module tells of itself: its name, what it reads and keeps, how it knows it, file endings."""
    from sayso.readers import READERS

    return [
        {
            "name": name,
            "what": _what(reader),
            "recognized": _first_paragraph(reader.recognizes),
            "endings": list(getattr(reader, "ENDINGS", ())),
        }
        for name, reader in READERS
    ]


def writable() -> list[Row]:
    """Each export, as its module tells of itself."""
    from sayso import export
    from sayso.export import jsonl

    exports = getattr(export, "EXPORTS", (("jsonl", jsonl),))
    pairs = exports.items() if isinstance(exports, Mapping) else (one[:2] for one in exports)
    return [{"name": name, "what": _what(one)} for name, one in pairs]


def _what(one: object) -> str:
    """What a module, or the one that a function stands in, says that it is for."""
    return _first_paragraph(inspect.getmodule(one))


def _first_paragraph(one: object) -> str:
    return " ".join((inspect.getdoc(one) or "").partition("\n\n")[0].split())


def _shown(reads: Sequence[Row], writes: Sequence[Row]) -> Iterator[RenderableType]:
    from rich.padding import Padding
    from rich.text import Text

    yield Text("What can be read, tried in this order", "bold")
    for row in reads:
        endings = " ".join(row["endings"])
        yield Text.assemble(f"  {row['name']}", (f"   {endings}" if endings else "", "dim"))
        yield Padding(Text(f"{row['what']}\nRecognized: {row['recognized']}"), (0, 0, 1, 4))
    yield Text("What can be written", "bold")
    for row in writes:
        yield Text(f"  {row['name']}")
        yield Padding(Text(f"{row['what']}"), (0, 0, 0, 4))
