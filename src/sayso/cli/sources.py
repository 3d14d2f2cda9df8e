"""`sayso sources`: who speaks most in a ledger, or everything that one of them said."""

from __future__ import annotations

import sqlite3
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sayso.cli.inputs import nothing_found
from sayso.cli.ledgers import format_option, ledger_argument, put_json, put_parts, table
from sayso.cli.screen import color_option, colour_wanted

if TYPE_CHECKING:
    from sayso.ledger.questions import Speaker

MOST_SAID = 200  # statements that a table shows of one source
_BARS = "▁▂▃▄▅▆▇█"
_WIDEST = 60  # bars of a sparkline


@click.command()
@ledger_argument
@click.argument("name", required=False)
@click.option("--ambiguous", is_flag=True, help="List the names that fit several, or no, full name.")
@click.option("--unnamed", is_flag=True, help="List unnamed sources by outlet, with and without a stated reason.")
@click.option(
    "--kind",
    type=click.Choice(["person", "group", "organization", "document"]),
    help="Only sources of this kind.",
)
@click.option("--limit", type=click.IntRange(min=1), help="How many rows to print.")
@format_option
@color_option
def sources(
    ledger: Path,
    name: str | None,
    ambiguous: bool,
    unnamed: bool,
    kind: str | None,
    limit: int | None,
    form: str,
    color: str,
) -> None:
    """Show who speaks most in a ledger, or all that one source said.

    A source is one entity across documents where the full name is the same and nothing in its roles speaks
    against it. Unnamed sources are never joined, nor is a surname that stands alone.

    \b
    Examples:
      sayso sources news.ledger
      sayso sources news.ledger "Ana Ruiz"
      sayso sources news.ledger --unnamed
      sayso sources news.ledger --ambiguous --format jsonl

    Exits 0; 2 if called wrongly; 3 if there is nobody to show.
    """
    from sayso.ledger import questions
    from sayso.ledger.opening import reading_from

    if sum((name is not None, ambiguous, unnamed)) > 1:
        raise click.UsageError("Give a NAME, --ambiguous or --unnamed, one at a time.")
    colour = colour_wanted(color)
    with reading_from(ledger) as connection:
        if name is not None:
            _one(connection, name, limit, form, colour)
        elif ambiguous:
            _ambiguous(connection, limit or 200, form, colour)
        elif unnamed:
            _unnamed(connection, limit, form, colour)
        else:
            _most(questions.who_speaks_most(connection, limit or 50, kind), connection, form, colour)


def _most(found: list[Speaker], connection: sqlite3.Connection, form: str, colour: bool) -> None:
    from sayso.cli.typography import shortened
    from sayso.ledger.questions import months_of, outlets_of

    if not found:
        nothing_found("nobody speaks in this ledger")
    rows = [(one, outlets_of(connection, one.id, 3), months_of(connection, one.id)) for one in found]
    if form != "table":
        put_json(({**_speaker(one), "outlets": dict(outlets), "months": months} for one, outlets, months in rows), form)
        return
    made = table("source", "kind", ("attributions", "right"), ("documents", "right"), "outlets", "months")
    for one, outlets, months in rows:
        made.add_row(
            shortened(one.name, 60) + (" (namesakes)" if one.is_ambiguous else ""),
            one.kind,
            f"{one.attributions:,}",
            f"{one.documents:,}",
            shortened(", ".join(f"{outlet or '(unknown)'} {number}" for outlet, number in outlets), 60),
            sparkline(months, most=24),
        )
    put_parts([made], colour)


def _one(connection: sqlite3.Connection, name: str, limit: int | None, form: str, colour: bool) -> None:
    from sayso.ledger.questions import all_said, entities_named, names_like

    found = entities_named(connection, name)
    if not found:
        near = names_like(connection, name)
        nothing_found(f"no source is called '{name}'" + (f"; did you mean {' or '.join(near)}?" if near else ""))
    if form != "table":
        put_json(
            (
                {"entity": _speaker(one), **asdict(said)}
                for one in found
                for said in islice(all_said(connection, one.id), limit)
            ),
            form,
        )
        return
    for one in found:
        put_parts(_statements(connection, one, limit or MOST_SAID), colour)


def _statements(connection: sqlite3.Connection, one: Speaker, limit: int) -> list[Any]:
    from rich.text import Text

    from sayso.cli.typography import on_one_line, shortened
    from sayso.ledger.questions import months_of, outlets_of, roles_of, statements_of

    months = months_of(connection, one.id)
    roles = ", ".join(role for role, _ in roles_of(connection, one.id, 5))
    outlets = ", ".join(f"{outlet or '(unknown)'} {number}" for outlet, number in outlets_of(connection, one.id, 5))
    parts: list[Any] = [
        Text(" · ".join(filter(None, (on_one_line(one.name), one.kind, shortened(roles, 120)))), "bold")
    ]
    parts.append(Text(f"{one.attributions:,} attributions in {one.documents:,} documents: {shortened(outlets, 200)}"))
    if months:
        parts.append(Text(f"{min(months)} {sparkline(months)} {max(months)}"))
    if one.is_ambiguous:
        parts.append(Text("Others have this name, and these documents do not say who of them is meant."))
    made = table("date", "says", "content", "channel", "document")
    said = statements_of(connection, one.id, limit + 1)
    for _, each in said[:limit]:
        manner = shortened(each.act or each.cue, 40) + (" (not so)" if each.polarity == "negated" else "")
        sure = f" · {each.certainty}" if each.certainty in ("probable", "possible") else ""
        made.add_row(
            each.dated or "",
            manner + sure,
            shortened(each.content, 300),
            shortened(each.channel or "", 40),
            shortened(" · ".join(filter(None, (each.outlet, each.document))), 60),
        )
    parts.append(made)
    if len(said) > limit:
        parts.append(Text(f"… and {one.attributions - limit:,} more; --limit or --format jsonl gives all of them."))
    return [*parts, Text()]


def _ambiguous(connection: sqlite3.Connection, limit: int, form: str, colour: bool) -> None:
    from rich.text import Text

    from sayso.cli.typography import shortened
    from sayso.ledger.questions import ambiguous_entities, names_left_open

    namesakes, left_open = ambiguous_entities(connection, limit), names_left_open(connection, limit)
    if not namesakes and not left_open:
        nothing_found("no name is ambiguous")
    if form != "table":
        rows = [{"why": "namesakes", **_speaker(one)} for one in namesakes]
        put_json([*rows, *({"why": "no full name", **asdict(one)} for one in left_open)], form)
        return
    apart = table("namesakes, kept apart", "told apart by", ("attributions", "right"), ("documents", "right"))
    for one in namesakes:
        signs = "(nothing)" if one.is_ambiguous else shortened(one.told_apart_by, 60)
        apart.add_row(shortened(one.name, 60), signs, f"{one.attributions:,}", f"{one.documents:,}")
    alone = table("names without a full name", "kind", ("documents", "right"), "may be")
    for each in left_open:
        alone.add_row(
            shortened(each.name, 60), each.kind, f"{each.documents:,}", shortened(", ".join(each.candidates), 80)
        )
    put_parts([apart, Text(), alone] if namesakes else [alone], colour)


def _unnamed(connection: sqlite3.Connection, limit: int | None, form: str, colour: bool) -> None:
    from sayso.cli.typography import shortened
    from sayso.ledger.questions import unnamed_by_outlet

    found = unnamed_by_outlet(connection)[:limit]
    if not any(one.unnamed_sources for one in found):
        nothing_found("no unnamed source speaks in this ledger")
    if form != "table":
        put_json(found, form)
        return
    counted = ("documents", "attributions", "unnamed sources", "reason stated", "none stated", "access stated")
    made = table("outlet", *((heading, "right") for heading in counted))
    for one in found:
        numbers = (
            one.documents,
            one.attributions,
            one.unnamed_sources,
            one.with_reason,
            one.unnamed_sources - one.with_reason,
            one.with_access,
        )
        made.add_row(shortened(one.outlet or "(unknown)", 60), *(f"{number:,}" for number in numbers))
    put_parts([made], colour)


def sparkline(months: dict[str, int], most: int = _WIDEST) -> str:
    """A bar for each month from the first to the last, or for several where they would be more than `most`."""
    if not months:
        return ""
    first, last = (int(m[:4]) * 12 + int(m[5:7]) - 1 for m in (min(months), max(months)))
    each = -(-(last - first + 1) // most)
    sums = [0] * (-(-(last - first + 1) // each))
    for month, number in months.items():
        sums[(int(month[:4]) * 12 + int(month[5:7]) - 1 - first) // each] += number
    top = max(sums)
    return "".join(_BARS[-(-number * (len(_BARS) - 1) // top)] for number in sums)


def _speaker(one: Speaker) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "kind": one.kind,
        "attributions": one.attributions,
        "documents": one.documents,
        "ambiguous": bool(one.is_ambiguous),
    }
