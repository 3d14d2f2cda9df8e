"""`sayso trace`: copies and claims across the documents of a ledger, kept up to date."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import click

from sayso.cli.inputs import nothing_found
from sayso.cli.ledgers import counted, ledger_argument
from sayso.cli.screen import progress
from sayso.cli.visible import visible

Told = Callable[[str, int, int], None]


@click.command()
@ledger_argument
@click.option(
    "--again", is_flag=True, help="Forget all claims, and trace them anew, by this sayso’s models and lexicon."
)
@click.option("--threads", type=click.IntRange(min=1), help="How many threads to take down on; the result is the same.")
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", help="How the counts are printed."
)
def trace(ledger: Path, again: bool, threads: int | None, form: str) -> None:
    """Find copies and claims across documents; takes up only what is new.

    Finds passages that documents share, and what is said, disputed or asked in several places: the claims that
    sayso claims lists and sayso who answers. Both commands trace what is new themselves; for many documents this
    one shows how far it is. Ended at any moment, it goes on from there. Claims do not depend on the order in which
    documents came, nor on when they were traced.

    \b
    Example:
      sayso trace news.ledger

    Exits 0; 1 if the ledger cannot be used; 2 if called wrongly; 3 if there is no document.
    """
    from sayso.ledger.opening import reading_from, writing_to
    from sayso.trace import tracing
    from sayso.trace.wordings import not_taken_down

    with reading_from(ledger) as connection:
        (documents,) = connection.execute("SELECT count(*) FROM documents").fetchone()
    if not documents:
        nothing_found("no document in this ledger; add some with: sayso add LEDGER FILE…")
    with writing_to(ledger) as connection:
        if again:
            tracing.trace_anew(connection)
        new = len(not_taken_down(connection))
        bring(connection, threads)
        _say(ledger, connection, new, form)


def bring(connection: sqlite3.Connection, threads: int | None = None) -> None:
    """Bring copies and claims up to date, with a bar for each step."""
    from sayso.lexicon import load_lexicon
    from sayso.trace import copies_found, copying, tracing

    with _bars() as told:
        step = partial(told, "documents looked through for copies")
        in_all = copies_found.behind(connection)
        copying.find_copies(connection, load_lexicon(), lambda number: step(number, in_all))
        tracing.trace(connection, tracing.claim_models(), told, threads=threads or os.cpu_count() or 1)


def bring_up_to_date(ledger: Path) -> None:
    """Trace what is not traced yet before a ledger is asked, and say so."""
    from sayso.ledger.opening import reading_from, writing_to
    from sayso.trace import copies_found, tracing
    from sayso.trace.wordings import not_taken_down

    with reading_from(ledger) as connection:
        new = max(len(not_taken_down(connection)), copies_found.behind(connection))
        under_way = tracing.is_under_way(connection)
    if new or under_way:
        doing = f"tracing {counted(new, 'new document')}" if new else "going on with tracing"
        click.echo(f"sayso: {doing}", err=True)
        with writing_to(ledger) as connection:
            bring(connection)


@contextmanager
def _bars() -> Iterator[Told]:
    """A bar for the step under way: it is given the step, how many were done, and how many there are in all."""
    with ExitStack() as stack:
        under_way = ""
        advance: Callable[[Callable[[], None]], None]

        def told(step: str, number: int, in_all: int) -> None:
            nonlocal under_way, advance
            if step != under_way:
                stack.close()
                under_way, advance = step, stack.enter_context(progress(in_all, step))
            for _ in range(number):
                advance(lambda: None)

        yield told


def _say(ledger: Path, connection: sqlite3.Connection, new: int, form: str) -> None:
    counts = connection.execute(
        "SELECT (SELECT count(*) FROM documents) AS documents, (SELECT count(*) FROM claims) AS claims,"
        " (SELECT count(*) FROM claims WHERE disputed_count > 0) AS disputed,"
        " (SELECT count(*) FROM copies WHERE kind = 'passage') AS copies"
    ).fetchone()
    if form == "json":
        import msgspec

        click.echo(msgspec.json.encode({"traced": new, **dict(counts)}).decode())
        return
    click.echo(
        f"{visible(str(ledger))}: {counted(new, 'document')} traced, {counts['documents']:,} in all;"
        f" {counted(counts['claims'], 'claim')}, {counts['disputed']:,} of them disputed;"
        f" {counts['copies']:,} pairs of documents share passages"
    )
