"""`sayso who`: who holds what on a claim, by which chain, and on how many origins each side rests."""

from __future__ import annotations

import atexit
import gc
import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from sayso.cli.inputs import nothing_found, period_given, words_given
from sayso.cli.ledgers import ledger_argument, put_parts
from sayso.cli.screen import color_option, colour_wanted
from sayso.cli.trace import bring_up_to_date

if TYPE_CHECKING:
    from sayso.model import Origins, Position, Stance
    from sayso.trace.asking import Answer
    from sayso.trace.tracing import ClaimModels

HEADINGS = {
    "says": "Says so",
    "probable": "Holds it probable",
    "possible": "Holds it possible",
    "disputes": "Disputes it",
    "withholds": "Will not say",
    "asks": "Asks whether, or for it",
    "wants": "Wants it",
}
MOST_SHOWN = 12  # positions of a side in a table
GARBAGE = 100_000  # objects until Python looks for rings of garbage


def _claim_given(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """The claim asked for. Raises click.BadParameter where it has no words."""
    words_given(ctx, param, value)
    if not any(letter.isalnum() for letter in value):
        raise click.BadParameter("there are no words in it; write what may be claimed, or a claim's id.")
    return value


@click.command()
@ledger_argument
@click.argument("claim", callback=_claim_given)
@click.option(
    "--as-of",
    callback=period_given,
    metavar="DATE",
    help="Only what was published on this day or earlier; what was taken back later stands.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    help="A tree (the default), JSON, or a table for the files: a row a position.",
)
@click.option("--limit", type=click.IntRange(min=1), default=MOST_SHOWN, help="How many positions of a side to print.")
@color_option
def who(ledger: Path, claim: str, as_of: str | None, form: str, limit: int, color: str) -> None:
    """Show who holds what on a claim, and on whose word.

    The claim in the ledger that fits the words best is answered: who says so, holds it probable or possible,
    disputes it, will not say, asks or wants it; by which chain each position reaches the reader; and on how
    many distinct origins each side rests, at least and at most, as far as the texts show. No verdict is given.

    CLAIM is in words, or an id as sayso claims gives it. --format csv is for the files of a standards desk: a row a
    position, with its words, their place in the text and the text's hash, a link, the chain, and the versions of
    what made it; docs/exports.md says what its columns hold.

    Documents that were not traced yet are traced first.

    \b
    Examples:
      sayso who news.ledger "the gates of the barrier are cracked"
      sayso who news.ledger "the gates of the barrier are cracked" --as-of 2024-10-12
      sayso who news.ledger text-5700bbc019f572a3:348-356 --format csv > positions.csv

    Exits 0; 1 if the ledger cannot be used; 2 if called wrongly; 3 if nothing fits.
    """
    _seldom_look_for_garbage()
    from sayso.ledger.opening import reading_from
    from sayso.trace.asking import who as asked
    from sayso.trace.tracing import claim_models

    bring_up_to_date(ledger)
    with reading_from(ledger) as connection:
        found = asked(connection, claim, claim_models, as_of)
        if found is None:
            _nothing(connection, claim, claim_models(), as_of)
        if form == "csv":
            from sayso.trace.auditing import audit, audit_csv

            sys.stdout.buffer.write(audit_csv(audit(connection, found)))
            sys.stdout.buffer.flush()
        elif form == "json":
            import msgspec

            from sayso.export.answers import who_object

            click.echo(msgspec.json.format(msgspec.json.encode(who_object(found)), indent=2).decode())
        else:
            put_parts(_shown(found, limit), colour_wanted(color))


def _seldom_look_for_garbage() -> None:
    """Spare a short program the search for rings of garbage: what it loads has few, an answer few, and when it ends
    they go with it. Without this, a question in words takes a fifth more CPU time."""
    gc.set_threshold(GARBAGE)
    atexit.register(gc.freeze)


def _nothing(connection: sqlite3.Connection, claim: str, models: ClaimModels, as_of: str | None) -> NoReturn:
    """Say that nothing fits, why, and what is nearest."""
    from sayso.cli.typography import shortened
    from sayso.trace.asking import nearest

    if connection.execute("SELECT 1 FROM documents LIMIT 1").fetchone() is None:
        nothing_found("no document in this ledger; add some with: sayso add LEDGER FILE…")
    near = "; ".join(f"“{shortened(text, 120)}”" for text in nearest(connection, claim, models, as_of=as_of))
    remedy = f" The nearest are: {near}" if near else ""
    where = "nothing in this ledger" if as_of is None else f"nothing that was published by {as_of}"
    nothing_found(f"{where} says so, or the contrary.{remedy}")


def _shown(found: Answer, limit: int) -> list[Any]:
    from rich.text import Text

    from sayso.cli.typography import shortened

    parts: list[Any] = [Text(f"“{shortened(found.text, 200)}”", "bold"), Text()]
    for stance, positions in found.positions.items():
        parts += _side(stance, positions, found.origins[stance], limit)
    for one in found.circular:
        parts.append(Text(f"Circular: {' → '.join(map(str, one.path))}: {one.why}."))
    return parts


def _side(stance: Stance, positions: tuple[Position, ...], origins: Origins, limit: int) -> list[Any]:
    from rich.padding import Padding
    from rich.text import Text

    from sayso.cli.typography import doubt, shortened

    number = str(origins.least) if origins.least == origins.most else f"{origins.least} to {origins.most}"
    rests = f"rests on {number} distinct origin{'' if number == '1' else 's'}, as far as these texts show"
    parts: list[Any] = [Text(f"{HEADINGS[stance]}: {rests}", "bold")]
    parts += [Padding(Text(reason), (0, 0, 0, 2)) for reason in origins.reasons]
    for one in positions[:limit]:
        chain = " ← ".join(shortened(step.name, 50) + (" (witness)" if step.witness else "") for step in one.chain)
        holder = f"{shortened(one.entity or '(no source named)', 60)}{'' if one.named else ' (unnamed)'}"
        taken = " · taken back later" if one.superseded_by else ""
        said = f"{holder}{doubt(one.confidence)}: {shortened(one.content, 160)}{taken}"
        parts.append(Padding(Text(f"{one.published or 'undated'}  {said}"), (0, 0, 0, 2)))
        if one.put is not None:
            parts.append(Padding(Text(f"taken as an answer to: {shortened(one.put, 120)}"), (0, 0, 0, 6)))
        parts.append(Padding(Text(chain, "dim"), (0, 0, 0, 6)))
    if len(positions) > limit:
        parts.append(
            Padding(Text(f"… and {len(positions) - limit} more; --limit or --format json gives all."), (0, 0, 0, 2))
        )
    return [*parts, Text()]
