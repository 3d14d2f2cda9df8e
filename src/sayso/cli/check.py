"""`sayso check`: is a ledger whole?"""

from __future__ import annotations

from pathlib import Path

import click

from sayso.cli.ledgers import ledger_argument
from sayso.cli.screen import progress
from sayso.cli.visible import visible

FAULTY = 1  # exit code
NOT_ASKED = " (the search index was not verified, since the file may not be written to here)"


@click.command()
@ledger_argument
def check(ledger: Path) -> None:
    """Verify that a ledger is whole.

    Every span's words stand at its offsets, every reference leads somewhere, hashes and counts are right, and
    the search index fits the text. Nothing is changed.

    \b
    Example:
      sayso check news.ledger

    Exits 0 if all of it holds; 1 if something does not, each fault on standard error; 2 if called wrongly.
    """
    from sayso.ledger.checking import faults, index_can_be_asked
    from sayso.ledger.opening import reading_from

    found = documents = 0
    with reading_from(ledger, verify=True) as connection:
        indexed = index_can_be_asked(connection)
        with progress(None, "documents checked") as advance:

            def one_more() -> None:
                nonlocal documents
                documents += 1
                advance(lambda: None)

            for fault in faults(connection, one_more):
                click.echo(f"sayso: {visible(fault)}", err=True)
                found += 1
    if found:
        number = f"{found} fault{'' if found == 1 else 's'}"
        remedy = f"restore {visible(str(ledger))} from a copy, or add its documents to a new one"
        click.echo(f"sayso: {number}; {remedy}", err=True)
        raise SystemExit(FAULTY)
    counted = f"{documents:,} document{'' if documents == 1 else 's'}"
    click.echo(f"{visible(str(ledger))}: {counted}, nothing wrong{'' if indexed else NOT_ASKED}")
