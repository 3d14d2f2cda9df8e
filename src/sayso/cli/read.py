"""`sayso read`: a Reading of each document; nothing is stored."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import click

from sayso.cli.inputs import nothing_found, reading_options, readings, reads_from, single
from sayso.cli.screen import color_option, colour_wanted, progress, put, width

if TYPE_CHECKING:
    from sayso.errors import InputError
    from sayso.model import Reading

FAILED = 1  # exit code; 2, for wrong usage, is click's


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
@reading_options
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
    follow: bool,
    proxy: bool,
    color: str,
) -> None:
    """Show who says what in each document, on whose word and how surely.

    A FILE is of any kind that sayso formats lists, a folder of files, or an http(s) address, which is
    fetched; "-" is standard input. Nothing is stored, and nothing leaves this machine but the request for an
    address that you name. What a word of the output means: sayso explain LABEL.

    \b
    Examples:
      sayso read article.txt
      sayso read --by order article.txt
      sayso read --format jsonl articles/*.txt > readings.jsonl
      cat notes.txt | sayso read - --published 2024-05-31

    Exits 0; 1 if some inputs failed, each named on standard error; 2 if called wrongly; 3 if no
    attribution was found.
    """
    from sayso.readers import Known, Options

    known = Known(title=title, publisher=publisher, published=published, url=url)
    failed: list[InputError] = []
    reads = reads_from(files, known, Options(columns=columns, follow=follow, proxy=proxy), failed)
    if form == "json":
        reads = single(reads, "--format json is for one document; use --format jsonl.")

    writer = _writer(form, by, min_confidence, colour_wanted(color))
    attributions = 0
    with progress(_count(files)) as advance:
        for reading, place in readings(reads, threads):
            attributions += sum(one.confidence >= min_confidence for one in reading.attributions)
            advance(partial(writer, reading, place))
    if failed:
        raise SystemExit(FAILED)
    if not attributions:
        nothing_found("no attribution found")


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
