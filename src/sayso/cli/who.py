"""`sayso who`: who holds what on a claim, by which chain, and on how many origins each side rests."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sayso.cli.inputs import nothing_found
from sayso.cli.ledgers import catch_up, ledger_argument, put_parts
from sayso.cli.screen import color_option, colour_wanted

if TYPE_CHECKING:
    from sayso.model import Origins, Position, Stance
    from sayso.trace.asking import Answer

HEADINGS = {
    "says": "Says so",
    "probable": "Holds it probable",
    "possible": "Holds it possible",
    "disputes": "Disputes it",
    "withholds": "Will not say",
    "asks": "Asks whether",
    "wants": "Wants it",
}
MOST_SHOWN = 12  # positions of a side in a table


@click.command()
@ledger_argument
@click.argument("claim")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", help="A tree, or JSON.")
@click.option("--limit", type=click.IntRange(min=1), default=MOST_SHOWN, help="How many positions of a side to print.")
@color_option
def who(ledger: Path, claim: str, form: str, limit: int, color: str) -> None:
    """Show who holds what on a claim, and on whose word.

    The claim in the ledger that fits the words best is answered: who says so, holds it probable or possible,
    disputes it, will not say, asks or wants it; by which chain each position reaches the reader; and on how
    many distinct origins each side rests, at least and at most, as far as the texts show. No verdict is given.

    Documents that were not traced yet are traced first.

    \b
    Example:
      sayso who news.ledger "the gates of the barrier are cracked"

    Exits 0; 1 if the ledger cannot be used; 2 if called wrongly; 3 if nothing fits.
    """
    from sayso.ledger.opening import reading_from
    from sayso.trace.asking import nearest
    from sayso.trace.asking import who as asked
    from sayso.trace.tracing import claim_models

    bring_up_to_date(ledger)
    models = claim_models()
    with reading_from(ledger) as connection:
        found = asked(connection, claim, models)
        if found is None:
            near = "; ".join(f"“{text[:120]}”" for text in nearest(connection, claim, models))
            remedy = f" The nearest are: {near}" if near else ""
            nothing_found(f"nothing in this ledger says so, or the contrary.{remedy}")
        if form == "json":
            import msgspec

            click.echo(msgspec.json.format(msgspec.json.encode(plain(found)), indent=2).decode())
        else:
            put_parts(_shown(found, limit), colour_wanted(color))


def bring_up_to_date(ledger: Path) -> None:
    """Trace what is not traced yet, and say so."""
    from sayso.lexicon import load_lexicon
    from sayso.trace import copying, tracing

    def work(connection: sqlite3.Connection, told: Callable[[int], None]) -> None:
        copying.find_copies(connection, load_lexicon())
        tracing.trace(connection, tracing.claim_models(), told)

    def behind(connection: sqlite3.Connection) -> int:
        return max(tracing.behind(connection), copying.behind(connection))

    catch_up(ledger, behind, work, "tracing", "documents traced")


def plain(found: Answer) -> dict[str, Any]:
    """An answer as the JSON of the design."""
    import msgspec

    def position(one: Position) -> dict[str, Any]:
        made: dict[str, Any] = msgspec.to_builtins(one)
        del made["stance"], made["chain"]
        if made["when"]:
            made["when"] = {"text": one.when.text, "from": one.when.start, "to": one.when.end} if one.when else None
        return made

    def steps(chain: Any) -> list[dict[str, Any]]:
        return [
            {"type": s.kind, "id": s.id, "name": s.name, "attribution": s.attribution, "witness": s.witness}
            for s in chain
        ]

    def origins(one: Origins) -> dict[str, Any]:
        items = [
            {
                "id": item.id,
                "name": item.name,
                "kind": item.kind,
                "named": item.named,
                "documents": list(item.documents),
                "chains": [steps(chain) for chain in item.chains],
            }
            for item in one.items
        ]
        return {"least": one.least, "most": one.most, "items": items, "reasons": list(one.reasons)}

    return {
        "claim": {"id": found.id, "text": found.text, "confidence": found.confidence},
        "positions": {stance: [position(one) for one in these] for stance, these in found.positions.items()},
        "origins": {stance: origins(one) for stance, one in found.origins.items()},
        "copies": [{"documents": list(one.documents), "first": one.first, "why": one.why} for one in found.copies],
        "circular": [{"path": list(one.path), "why": one.why} for one in found.circular],
    }


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
        parts.append(Padding(Text(chain, "dim"), (0, 0, 0, 6)))
    if len(positions) > limit:
        parts.append(
            Padding(Text(f"… and {len(positions) - limit} more; --limit or --format json gives all."), (0, 0, 0, 2))
        )
    return [*parts, Text()]
