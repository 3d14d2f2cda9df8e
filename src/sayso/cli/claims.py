"""`sayso claims`: the claims of a ledger, with what was counted of each."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from sayso.cli.inputs import nothing_found, period_given, words_given
from sayso.cli.ledgers import counted, format_option, ledger_argument, put_json, put_parts
from sayso.cli.screen import color_option, colour_wanted
from sayso.cli.trace import bring_up_to_date

if TYPE_CHECKING:
    from sayso.trace.listing import ListedClaim

MOST_SHOWN = 50  # claims


@click.command()
@ledger_argument
@click.option(
    "--order",
    type=click.Choice(["documents", "outlets", "origins", "disputes", "unnamed", "newest"]),
    default="documents",
    help="By the number of documents (the default), outlets, origins, of positions that dispute it or that unnamed"
    " sources take, the most first; or by the day on which it was last told.",
)
@click.option("--text", "words", metavar="WORDS", callback=words_given, help="Only claims with these words in them.")
@click.option("--outlet", metavar="NAME", callback=words_given, help="Only what this outlet told.")
@click.option("--entity", metavar="NAME", callback=words_given, help="Only what this source takes a position on.")
@click.option("--since", callback=period_given, metavar="DATE", help="Only claims told on this day or later.")
@click.option("--until", callback=period_given, metavar="DATE", help="Only claims first told on this day or earlier.")
@click.option("--disputed", is_flag=True, help="Only claims that somebody disputes.")
@click.option(
    "--limit", type=click.IntRange(min=1), default=MOST_SHOWN, show_default=True, help="How many claims to print."
)
@format_option
@color_option
def claims(
    ledger: Path,
    order: str,
    words: str | None,
    outlet: str | None,
    entity: str | None,
    since: str | None,
    until: str | None,
    disputed: bool,
    limit: int,
    form: str,
    color: str,
) -> None:
    """List the claims that are told, by documents, origins or disputes.

    A claim is what several attributions, or statements in an outlet's own voice, say or dispute. Below its words
    stand the number of documents and outlets; the distinct origins of those who say so, at least and at most;
    how many of all positions dispute it, and how many are of unnamed sources; and its id, by which sayso who shows
    it. No claim is rated.

    Documents that were not traced yet are traced first.

    \b
    Examples:
      sayso claims news.ledger
      sayso claims news.ledger --order disputes --text barrier --since 2024-10
      sayso claims news.ledger --entity "Ana Ruiz" --format jsonl

    Exits 0; 1 if the ledger cannot be used; 2 if called wrongly; 3 if there is no such claim.
    """
    from sayso.ledger.opening import reading_from
    from sayso.trace import listing

    bring_up_to_date(ledger)
    with reading_from(ledger) as connection:
        found = listing.claims(
            connection,
            order=order,
            limit=limit,
            words=words,
            outlet=outlet,
            entity=entity,
            since=since,
            until=until,
            disputed=disputed,
        )
        if not found:
            _nothing(connection, [name for name in (outlet, entity) if name is not None])
        if form == "table":
            put_parts(_shown(found), colour_wanted(color))
        else:
            from sayso.export.answers import claim_object

            put_json(map(claim_object, found), form, key="claims")


def _nothing(connection: sqlite3.Connection, names: list[str]) -> NoReturn:
    from sayso.ledger.questions import entities_named, names_like

    for name in names:
        if not entities_named(connection, name):
            near = names_like(connection, name)
            nothing_found(f"nobody is called '{name}'" + (f"; did you mean {' or '.join(near)}?" if near else ""))
    if connection.execute("SELECT 1 FROM claims").fetchone():
        nothing_found("no claim fits; sayso claims LEDGER lists all")
    nothing_found("no claim is told by two in this ledger")


def _shown(found: list[ListedClaim]) -> list[Any]:
    from rich.padding import Padding
    from rich.text import Text

    from sayso.cli.typography import shortened

    parts: list[Any] = []
    for one in found:
        parts.append(Text(f"“{shortened(one.text, 200)}”", "bold"))
        parts.append(Padding(Text(_counts(one)), (0, 0, 0, 2)))
        parts += [Padding(Text(one.id, "dim"), (0, 0, 0, 2)), Text()]
    return parts


def _counts(one: ListedClaim) -> str:
    """What was counted of a claim, in words."""
    days = " to ".join(dict.fromkeys(day for day in (one.first, one.last) if day)) or "undated"
    outlets = f" of {one.outlets:,} outlet{'' if one.outlets == 1 else 's'}" if one.outlets else ""
    rests = spread(one.origins_least, one.origins_most)
    parts = [
        f"{counted(one.documents, 'document')}{outlets}, {days}",
        *([f"rests on {rests} distinct origin{'' if rests == '1' else 's'}"] if one.origins_most else []),
        *([f"{one.disputed:,} of {one.positions:,} positions dispute it"] if one.disputed else []),
        *([f"{one.unnamed:,} of {one.positions:,} are of unnamed sources"] if one.unnamed else []),
    ]
    return "; ".join(parts)


def spread(least: int, most: int) -> str:
    """A range in words: "2", "1 to 3"."""
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"
