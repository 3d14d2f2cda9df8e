"""The corrections of a ledger: who put what right, when and why, whether it holds; the last first, to be undone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sayso.corrections.entries import Correction, CorrectionKind, correction_from_json
from sayso.corrections.telling import told
from sayso.ledger.composing import last_undoable
from sayso.ledger.correcting import State, standing
from sayso.ledger.paging import Value, behind
from sayso.web.page import Page, WrongQuestion

AT_ONCE = 100  # on one page


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction as pages tell it: what it says, who made it, and whether it holds."""

    id: str
    kind: str
    told: str
    by: str
    made: str
    why: str | None
    state: str
    state_why: str | None
    document: str | None
    undoes: str | None

    @property
    def can_be_undone(self) -> bool:
        """Whether it is not undone yet."""
        return self.state != State.UNDONE


@dataclass(frozen=True, slots=True)
class CorrectionsView:
    """Corrections, the last first: from the one `after` on, as many as one page holds; `last` is the one that Ctrl+Z
    undoes, and `more` the place of those that follow."""

    corrections: tuple[Corrected, ...]
    last: str | None
    after: int
    more: int | None
    count: int


def corrected_of(ledger: sqlite3.Connection, one: Correction) -> Corrected:
    """A correction as pages tell it."""
    state = standing(ledger, one)
    return Corrected(
        id=one.id,
        kind=one.kind,
        told=told(one),
        by=one.by,
        made=one.made,
        why=one.why,
        state=state.state,
        state_why=state.why,
        document=one.of.document if one.of else None,
        undoes=one.undoes,
    )


def held_of(ledger: sqlite3.Connection, held: Iterable[Correction]) -> tuple[Corrected, ...]:
    """Corrections that nobody has undone, the last first."""
    found = (corrected_of(ledger, one) for one in reversed(list(held)) if one.kind is not CorrectionKind.UNDO)
    return tuple(found)


def ask(ledger: sqlite3.Connection, given: Mapping[str, str]) -> CorrectionsView:
    """The corrections of a ledger."""
    place = given.get("after") or "0"
    if not place.isascii() or not place.isdigit() or len(place) > 9:
        raise WrongQuestion(f"'{place}' is no number of corrections: /corrections?after={AT_ONCE}")
    after = int(place)
    rows = ledger.execute(
        "SELECT entry FROM corrections ORDER BY made DESC, id DESC LIMIT ? OFFSET ?", (AT_ONCE, after)
    ).fetchall()
    (count,) = ledger.execute("SELECT count(*) FROM corrections").fetchone()
    last = last_undoable(ledger)
    return CorrectionsView(
        corrections=tuple(corrected_of(ledger, correction_from_json(row["entry"])) for row in rows),
        last=last.id if last else None,
        after=after,
        more=after + AT_ONCE if after + AT_ONCE < count else None,
        count=count,
    )


BY_TIME = ("made DESC", "id DESC")


def listed(ledger: sqlite3.Connection, limit: int, after: Sequence[Value] | None = None) -> list[Corrected]:
    """Corrections, the last first, behind the one of that moment and id."""
    where, given = behind(BY_TIME, after) if after else ("1", [])
    found = ledger.execute(
        f"SELECT entry FROM corrections WHERE {where} ORDER BY {', '.join(BY_TIME)} LIMIT ?",  # noqa: S608
        [*given, limit],
    )
    return [corrected_of(ledger, correction_from_json(row["entry"])) for row in found.fetchall()]


def rows(view: CorrectionsView) -> Iterable[Corrected]:
    """A row a correction."""
    return view.corrections


PAGE = Page("/corrections", "corrections.html", ask, rows, Corrected)
