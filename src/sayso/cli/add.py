"""`sayso add`: documents into a ledger, each once."""

from __future__ import annotations

import sys
from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sayso.cli.inputs import nothing_found, reading_options, reads_from, tell
from sayso.cli.ledgers import counted, ledger_argument
from sayso.cli.screen import progress
from sayso.cli.visible import visible

if TYPE_CHECKING:
    from sayso.errors import InputError
    from sayso.ledger.adding import Event

FAILED = 1  # exit code


@click.command()
@ledger_argument
@click.argument("files", nargs=-1, metavar="[FILE]…")
@click.option(
    "--again",
    is_flag=True,
    help="Read all documents of the ledger again that other models, another lexicon or another sayso have read.",
)
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", help="How the counts are printed."
)
@reading_options
def add(
    ledger: Path,
    files: tuple[str, ...],
    again: bool,
    form: str,
    threads: int | None,
    published: str | None,
    publisher: str | None,
    title: str | None,
    url: str | None,
    columns: dict[str, str],
    follow: bool,
    proxy: bool,
) -> None:
    """Read documents into a ledger, each once; goes on where it was ended.

    The ledger is one SQLite file, which is made where there is none.

    A FILE is of any kind that sayso formats lists, a folder of files, or an http(s) address, which is
    fetched; "-" is standard input. Readings as JSON Lines, from sayso read --format jsonl, are taken as they
    are, after their hashes and offsets are verified.

    A changed text at the same URL is stored as a new version of the document.

    \b
    Examples:
      sayso add news.ledger articles/
      sayso add news.ledger archive.warc.gz inbox.mbox
      sayso add news.ledger table.csv --column text=body
      sayso read --format jsonl articles/ | sayso add news.ledger -
      sayso add news.ledger --again

    Exits 0; 1 if some inputs failed, each named on standard error; 2 if called wrongly; 3 if there was no
    document.
    """
    from sayso.errors import InputError
    from sayso.ledger.adding import Added, read_again
    from sayso.ledger.adding import add as add_all
    from sayso.ledger.opening import is_outdated, writing_to
    from sayso.lexicon import load_lexicon
    from sayso.readers import Known, Options
    from sayso.reading import maker, read_many, shipped_models

    known = Known(title=title, publisher=publisher, published=published, url=url)
    piped = sys.stdin is not None and not sys.stdin.isatty()
    if not files and not again and piped and not is_outdated(ledger):
        raise click.UsageError('Name the documents to add; "-" is standard input.')
    counts: Counter[str] = Counter()
    failed: list[InputError] = []

    with writing_to(ledger) as connection, progress(None, "documents added") as advance:

        def told(event: Event) -> None:
            if isinstance(event, InputError):
                tell(event)
                failed.append(event)
                return
            counts["added" if isinstance(event, Added) else "known"] += 1
            counts["attributions"] += event.attributions if isinstance(event, Added) else 0
            advance(lambda: None)

        lexicon = load_lexicon()
        reads = reads_from(files, known, Options(columns, follow, proxy, _files_of(ledger)), failed)
        add_all(connection, reads, partial(read_many, threads=threads), lexicon, told)
        if again:
            made_by = maker(shipped_models())
            added, counts["added"] = counts["added"], 0
            read_again(connection, partial(read_many, threads=threads), made_by, lexicon, told)
            counts["read_again"], counts["added"] = counts["added"], added

    _say(ledger, counts, len(failed), form, again)
    if failed:
        raise SystemExit(FAILED)
    if files and not counts["added"] and not counts["known"]:
        nothing_found("no document found")


def _files_of(ledger: Path) -> frozenset[str]:
    """The files that a ledger consists of while it is written to: not to be read where they lie among articles."""
    return frozenset(f"{ledger.absolute()}{ending}" for ending in ("", "-wal", "-shm", "-journal", "-lock"))


def _say(ledger: Path, counts: Counter[str], failed: int, form: str, again: bool) -> None:
    if form == "json":
        import msgspec

        wanted = ("added", "known", "attributions", *(("read_again",) if again else ()))
        click.echo(msgspec.json.encode({**{key: counts[key] for key in wanted}, "failed": failed}).decode())
        return
    parts = [f"{counted(counts['added'], 'document')} added"]
    if again:
        parts.append(f"{counted(counts['read_again'], 'document')} read again")
    parts[-1] += f", with {counted(counts['attributions'], 'attribution')}"
    if counts["known"]:
        parts.append(f"{counts['known']} in the ledger already")
    if failed:
        parts.append(f"{failed} failed")
    click.echo(f"{visible(str(ledger))}: {'; '.join(parts)}")
