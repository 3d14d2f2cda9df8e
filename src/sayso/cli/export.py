"""`sayso export`: what a ledger holds, in formats that other programs take."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sayso.cli.inputs import nothing_found, period_given
from sayso.cli.ledgers import ledger_argument
from sayso.cli.screen import progress
from sayso.model import Act

if TYPE_CHECKING:
    from sayso.export import Entities, Format
    from sayso.model import Reading


def _format(ctx: click.Context, param: click.Parameter, value: str) -> str:  # noqa: ARG001
    from difflib import get_close_matches

    from sayso.export import EXPORTS

    if value not in EXPORTS:
        near = get_close_matches(value, EXPORTS, n=1)
        remedy = f"Did you mean '{near[0]}'?" if near else f"There are: {', '.join(EXPORTS)}."
        raise click.BadParameter(f"no format is called '{value}'. {remedy}")
    return value


@click.command()
@ledger_argument
@click.option("--to", "name", required=True, callback=_format, metavar="FORMAT", help="One that sayso formats lists.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Where to: a file; or a folder, for formats of several files. Without it, standard output.",
)
@click.option("--outlet", metavar="NAME", help="Only documents of this outlet, by any name it goes by.")
@click.option("--since", callback=period_given, metavar="DATE", help="Only documents published on this day or later.")
@click.option("--until", callback=period_given, metavar="DATE", help="Only documents published on this day or earlier.")
@click.option("--entity", metavar="NAME", help="Only what this source says.")
@click.option("--act", type=click.Choice([one.value for one in Act]), help="Only attributions of this act.")
@click.option("--named/--unnamed", default=None, help="Only what named, or what unnamed sources say.")
@click.option("--text", metavar="WORDS", help="Only attributions with these words in their content.")
@click.option(
    "--without",
    metavar="FIELD,…",
    default="",
    help="Fields to leave out, to protect sources: access,anonymity_reason. Spans stay: they are the article's words.",
)
@click.option("--machine", is_flag=True, help="As the machine read it, before people corrected it.")
def export(
    ledger: Path,
    name: str,
    output: Path | None,
    outlet: str | None,
    since: str | None,
    until: str | None,
    entity: str | None,
    act: str | None,
    named: bool | None,
    text: str | None,
    without: str,
    machine: bool,
) -> None:
    """Write what a ledger holds in a format that other programs take.

    What each format carries, and what it loses, is in docs/exports.md.

    \b
    Examples:
      sayso export news.ledger --to jsonl > readings.jsonl
      sayso export news.ledger --to csv -o attributions.csv --since 2024-05 --unnamed
      sayso export news.ledger --to parquet -o tables/
      sayso export news.ledger --to web-annotation --outlet Reuters --without access,anonymity_reason

    Exits 0; 1 if it could not be written; 2 if called wrongly; 3 if nothing fits.
    """
    from sayso.export import EXPORTS, Filter, selected
    from sayso.export import without as left_out
    from sayso.ledger.opening import reading_from
    from sayso.ledger.selecting import LedgerEntities, rows_of

    write = _writer(EXPORTS[name], output)
    chosen = Filter(entity=entity, act=Act(act) if act else None, named=named, text=text)
    fields = frozenset(filter(None, (field.strip() for field in without.split(","))))
    count = 0

    with reading_from(ledger) as connection, progress(None, "documents exported") as advance:
        entities = LedgerEntities(connection)

        def wanted() -> Iterator[Reading]:
            nonlocal count
            rows = rows_of(connection, outlet, since, until)
            for reading in selected(entities.readings(rows, by_machine=machine), chosen, entities):
                count += 1
                advance(lambda: None)
                yield left_out(reading, fields)

        connection.execute("BEGIN")  # one state of the ledger, whatever is added meanwhile
        write(wanted(), entities)
    if not count:
        nothing_found("no document fits")


def _writer(form: Format, output: Path | None) -> Callable[[Iterator[Reading], Entities], None]:
    """What writes in a format to a file, a folder or standard output. Raises click.UsageError where it cannot."""
    if output is not None and form.folder is not None and (form.stream is None or not output.suffix):
        folder = form.folder
        return lambda readings, entities: folder.write(readings, output, entities)
    stream = form.stream
    if stream is None:
        raise click.UsageError(f"{form.name} is written as a folder of files; name it with -o FOLDER.")
    if output is None:
        if not form.is_text and sys.stdout.isatty():
            raise click.UsageError(f"{form.name} is not text; name a file with -o, or pipe it.")
        return lambda readings, entities: stream.write(readings, sys.stdout.buffer, entities)

    def to_file(readings: Iterator[Reading], entities: Entities) -> None:
        # Beside it first: a file with that name is whole, or the one that was there before.
        partly = output.with_name(f"{output.name}.part")
        try:
            with partly.open("wb") as out:
                stream.write(readings, out, entities)
            partly.replace(output)
        finally:
            partly.unlink(missing_ok=True)

    return to_file
