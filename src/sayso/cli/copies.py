"""`sayso copies`: the pairs of documents that share passages, and which they were in first."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from sayso.cli.inputs import nothing_found, period_given
from sayso.cli.ledgers import catch_up, format_option, ledger_argument, put_json, put_parts, table
from sayso.cli.screen import color_option, colour_wanted

if TYPE_CHECKING:
    from sayso.model import Copy
    from sayso.trace.copies_found import PassageKind

MOST_SHOWN = 200  # pairs in a table


@click.command()
@ledger_argument
@click.option("--document", metavar="ID", help="Only pairs with this document, by its id.")
@click.option(
    "--quotations",
    is_flag=True,
    help="Instead, pairs that share quotations alone: both may have been there when it was said.",
)
@click.option("--as-of", callback=period_given, metavar="DATE", help="Only documents published on this day or earlier.")
@click.option("--limit", type=click.IntRange(min=1), help="How many pairs to print.")
@format_option
@color_option
def copies(
    ledger: Path, document: str | None, quotations: bool, as_of: str | None, limit: int | None, form: str, color: str
) -> None:
    """Show which documents share passages, and which had them first.

    Passages are found word for word or lightly rewritten, also where other words stand around them, or their
    paragraphs are cut or moved. "first" is the document that the passages were in first, as far as credits, links
    and dates tell; the last column says how, or why it is open. Where a hundred documents and more share a text,
    each is shown with the earliest few.

    Documents that were not looked through yet are looked through first.

    \b
    Examples:
      sayso copies news.ledger
      sayso copies news.ledger --document text-0123456789abcdef
      sayso copies news.ledger --format jsonl

    Exits 0; 1 if the ledger cannot be used; 2 if called wrongly; 3 if no documents share a passage.
    """
    from sayso.ledger.opening import reading_from
    from sayso.trace.copies_found import PassageKind, behind, copies_in

    catch_up(ledger, behind, _look_for_copies, "looking for copies in", "documents looked through")
    kind = PassageKind.QUOTATION if quotations else PassageKind.PASSAGE
    with reading_from(ledger) as connection:
        if document is not None:
            _refuse_unknown(connection, document)
        found = copies_in(connection, document, kind, limit or (MOST_SHOWN if form == "table" else None), as_of)
        first = next(found, None)
        if first is None:
            _nothing(document, kind)
        elif form == "table":
            rows = [_row(connection, copy, words) for copy, words in (first, *found)]
            put_parts([_table(rows)], colour_wanted(color))
        else:
            from sayso.export.answers import copy_object

            put_json((copy_object(copy) for copy, _ in chain((first,), found)), form, key="copies")


def _look_for_copies(connection: sqlite3.Connection, told: Callable[[int], None]) -> None:
    from sayso.lexicon import load_lexicon
    from sayso.trace.copying import find_copies

    find_copies(connection, load_lexicon(), told)


def _refuse_unknown(connection: sqlite3.Connection, document: str) -> None:
    if connection.execute("SELECT 1 FROM documents WHERE reading_id = ?", (document,)).fetchone() is None:
        nothing_found(f"no document has the id '{document}'; ids are those of sayso read")


def _nothing(document: str | None, kind: PassageKind) -> NoReturn:
    from sayso.trace.copies_found import PassageKind

    which = "no two documents share" if document is None else "this document and no other share"
    nothing_found(f"{which} {'a passage' if kind is PassageKind.PASSAGE else 'quotations alone'}")


def _row(connection: sqlite3.Connection, copy: Copy, words: int) -> tuple[str, ...]:
    from sayso.cli.typography import shortened

    shown = {
        row["reading_id"]: (shortened(row["name"], 60), shortened(row["outlet"] or "(unknown)", 30))
        for row in connection.execute(
            "SELECT reading_id, documents.name, entities.name AS outlet FROM documents"
            " LEFT JOIN entities ON entities.id = outlet_id WHERE reading_id IN (?, ?)",
            copy.documents,
        )
    }
    a, b = copy.documents
    first = "open" if copy.first is None else shown[copy.first][1]
    return (
        f"{shown[a][0]}\n{shown[b][0]}",
        f"{shown[a][1]}\n{shown[b][1]}",
        f"{words:,}",
        first,
        shortened(copy.why, 200),
    )


def _table(rows: list[tuple[str, ...]]) -> Any:
    made = table("documents", "outlets", ("words shared", "right"), "first", "why")
    for row in rows:
        made.add_row(*row)
    return made
