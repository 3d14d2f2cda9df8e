"""`sayso read`: a Reading of each document; nothing is stored."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import click

from sayso.cli.inputs import readings, single, told
from sayso.cli.screen import color_option, colour_wanted, progress, put, width

if TYPE_CHECKING:
    from sayso.errors import InputError
    from sayso.model import Reading

FAILED = 1  # exit codes; 2, for wrong usage, is click's
NOTHING_FOUND = 3


def _date(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:  # noqa: ARG001
    try:
        datetime.fromisoformat(value or "2024-05-31")
    except ValueError:
        raise click.BadParameter(f"'{value}' is not a date that sayso knows; write it like 2024-05-31.") from None
    return value


def _words(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:  # noqa: ARG001
    try:
        (value or "").encode()
    except UnicodeEncodeError:  # the shell passed on bytes that are no text
        raise click.BadParameter("these are not words in your terminal's encoding; write them in UTF-8.") from None
    return value


def _columns(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:  # noqa: ARG001
    """FIELD=COLUMN, each."""
    pairs = dict(value.partition("=")[::2] for value in values)
    for field, column in pairs.items():
        if not field or not column:
            raise click.BadParameter("write a document's field and the column that holds it, like text=body.")
    return pairs


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "jsonl"]),
    default="table",
    help="The article with a table (the default), one JSON object for one document, or one JSON object a line.",
)
@click.option(
    "--by",
    type=click.Choice(["source", "order"]),
    default="source",
    help="Arrange the table speaker by speaker (the default), or in the order of the text.",
)
@click.option(
    "--min-confidence",
    type=click.FloatRange(0, 1),
    default=0.0,
    metavar="0…1",
    help="Leave out attributions that are less certain than this. Statements stay as they are.",
)
@click.option("--threads", type=click.IntRange(min=1), help="How many threads to read on; the result is the same.")
@click.option("--published", callback=_date, metavar="DATE", help="When it was published, for a single document.")
@click.option("--publisher", callback=_words, metavar="NAME", help="Who published it, for a single document.")
@click.option("--title", callback=_words, metavar="WORDS", help="Its headline, for a single document.")
@click.option("--url", callback=_words, help="Where it was found, for a single document. Nothing is fetched.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    callback=_columns,
    metavar="FIELD=COLUMN",
    help="Which column of a table, or field of JSON Lines, holds what: text=body. Usual names need not be told.",
)
@color_option
def read(
    files: tuple[str, ...],
    form: str,
    by: str,
    min_confidence: float,
    threads: int | None,
    published: str | None,
    publisher: str | None,
    title: str | None,
    url: str | None,
    columns: dict[str, str],
    color: str,
) -> None:
    """Show who says what in each document, on whose word and how surely.

    A FILE is a text, a table, an archive, or one of the other formats that `sayso formats` lists, or a folder
    of them; "-" is standard input. Nothing is stored, nothing is sent. What a word of the output means:
    sayso explain LABEL.

    \b
    Examples:
      sayso read article.txt
      sayso read --by order article.txt
      sayso read --format jsonl articles/*.txt > readings.jsonl
      cat notes.txt | sayso read - --published 2024-05-31

    Exits 0; 1 if some inputs failed, each named on standard error; 2 if called wrongly; 3 if no
    attribution was found.
    """
    from sayso.readers import Known, Options, documents

    known = Known(title=title, publisher=publisher, published=published, url=url)
    stdin = sys.stdin.buffer if "-" in files and sys.stdin else None  # None where the shell has closed it
    failed: list[InputError] = []
    reads = told(documents(files, stdin=stdin, known=known, options=Options(columns=columns)), failed)
    if form == "json":
        reads = single(reads, "--format json is for one document; use --format jsonl.")
    if known != Known():
        reads = single(reads, "--published, --publisher, --title and --url are for one document.")

    writer = _writer(form, by, min_confidence, colour_wanted(color))
    attributions = 0
    with progress(_count(files)) as advance:
        for reading, place in readings(reads, threads):
            attributions += sum(one.confidence >= min_confidence for one in reading.attributions)
            advance(partial(writer, reading, place))
    if failed:
        raise SystemExit(FAILED)
    if not attributions:
        click.echo("sayso: no attribution found", err=True)
        raise SystemExit(NOTHING_FOUND)


def _count(files: tuple[str, ...]) -> int | None:
    """How many documents the files hold, where their names tell."""
    return len(files) if all(name.lower().endswith((".txt", ".md")) for name in files) else None


def _confident(reading: Reading, least: float) -> Reading:
    """The Reading without the attributions below a confidence, and without pointers to those."""
    from dataclasses import replace

    kept = [one for one in reading.attributions if one.confidence >= least]
    ids = {one.id for one in kept}
    return replace(reading, attributions=tuple(one if one.within in ids else replace(one, within=None) for one in kept))


def _writer(form: str, by: str, least: float, colour: bool) -> Callable[[Reading, str], None]:
    """What writes one Reading to standard output, without attributions below a confidence."""
    if form == "table":
        from sayso.cli.show import article

        # The whole Reading: what is left out may report what is shown.
        return lambda reading, place: put(
            article(reading, place, width=width(), colour=colour, by=by, least=least), colour
        )

    import msgspec

    from sayso.export.jsonl import reading_to_json

    def write(reading: Reading, place: str) -> None:  # noqa: ARG001 - Readings do not know their files
        line = reading_to_json(_confident(reading, least))
        out = sys.stdout.buffer
        out.write((msgspec.json.format(line, indent=2) if form == "json" else line) + b"\n")
        out.flush()  # whoever reads the stream has each document when it is done

    return write
