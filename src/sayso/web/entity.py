"""An entity: all that it said in the order of time, its positions on claims, its roles, its outlets."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from sayso.ledger.marks import marks_of_entity
from sayso.ledger.namesakes import folded
from sayso.ledger.questions import Said, Speaker, months_of, outlets_of, roles_of, speaker_with, statements_of
from sayso.ledger.storing import whole_id
from sayso.model import Act, Certainty, Relation, Stance
from sayso.trace.stances import bearing_of, stance_of
from sayso.web.corrections import Corrected, held_of
from sayso.web.page import NotThere, Page, row_id

MOST_SAID = 1000  # statements on one page
MOST_POSITIONS = 2000
MOST_DOCUMENTS = 200  # that a form offers


@dataclass(frozen=True, slots=True)
class Held:
    """A position that an entity takes on a claim in one attribution."""

    stance: Stance
    dated: str | None
    attribution: str
    document: str
    document_id: str
    outlet: str | None
    content: str


@dataclass(frozen=True, slots=True)
class OnClaim:
    """An entity's positions on one claim, in the order of time; `changed` where it said so and disputed it as well."""

    claim: str
    text: str
    positions: tuple[Held, ...]
    changed: bool


@dataclass(frozen=True, slots=True)
class Naming:
    """By which words documents attribute to an entity: a name of it, other words ("the mayor", "she"), or none."""

    by_name: int
    otherwise: int
    without_words: int


@dataclass(frozen=True, slots=True)
class EntityView:
    """A source across documents.

    `roles` and `outlets` are counted in documents, `months` in attributions. `said` is all that it said, in the order
    of time, undated first; `more` says that there is more than one page holds. `documents` are those in which it is a
    source, by id and title, as many as a form offers.
    """

    entity: Speaker
    roles: tuple[tuple[str, int], ...]
    outlets: tuple[tuple[str, int], ...]
    months: dict[str, int]
    naming: Naming
    claims: tuple[OnClaim, ...]
    said: tuple[Said, ...]
    more: bool
    documents: tuple[tuple[str, str], ...]
    corrections: tuple[Corrected, ...]


def ask(ledger: sqlite3.Connection, given: Mapping[str, str]) -> EntityView:
    """An entity, by its row. Raises NotThere."""
    row = row_id(given, "id", "/entity?id=1")
    one_with = ledger.execute("SELECT goes_to_id FROM entities WHERE id = ?", (row,)).fetchone()
    row = (one_with and one_with["goes_to_id"]) or row
    found = speaker_with(ledger, row)
    if found is None:
        raise NotThere("This ledger knows no such source; search for its name.")
    said = [one for _, one in statements_of(ledger, row, MOST_SAID + 1)]
    return EntityView(
        entity=found,
        roles=tuple(roles_of(ledger, row)),
        outlets=tuple(outlets_of(ledger, row)),
        months=months_of(ledger, row),
        naming=_naming(ledger, row, said),
        claims=tuple(_positions(ledger, row)),
        said=tuple(said[:MOST_SAID]),
        more=len(said) > MOST_SAID,
        documents=tuple(map(tuple, ledger.execute(_DOCUMENTS, (row, MOST_DOCUMENTS)))),
        corrections=held_of(ledger, marks_of_entity(ledger, row)),
    )


def _naming(ledger: sqlite3.Connection, row: int, said: list[Said]) -> Naming:
    """How often the words of a source hold a word of the entity's names. Counted in what the page shows."""
    rows = ledger.execute("SELECT word FROM entity_words WHERE entity_id = ?", (row,))
    words = {one["word"] for one in rows}
    held = [bool(words & set(folded(one.source).split())) if one.source else None for one in said]
    return Naming(held.count(True), held.count(False), held.count(None))


def _positions(ledger: sqlite3.Connection, row: int) -> Iterable[OnClaim]:
    """The claims that an entity takes a position on, those with a change first, then those with most positions."""
    rows = ledger.execute(_HELD, (row, MOST_POSITIONS)).fetchall()
    found = []
    for (claim, text), these in groupby(rows, key=lambda one: (one["claim"], one["text"])):
        held = tuple(one for one in map(_held, these) if one is not None)
        stances = {one.stance for one in held}
        if held:
            found.append(OnClaim(claim, text, held, {Stance.SAYS, Stance.DISPUTES} <= stances))
    return sorted(found, key=lambda one: (not one.changed, -len(one.positions)))


def _held(row: sqlite3.Row) -> Held | None:
    act = Act(row["act"]) if row["act"] else None
    certainty = Certainty(row["certainty"]) if row["certainty"] else None
    bearing = bearing_of(act, row["source"], row["cue"], row["content"] if row["position"] == 0 else "")
    stance = stance_of(act, certainty, Relation(row["relation"]), bearing)
    if stance is None:
        return None
    return Held(
        stance=stance,
        dated=row["dated"],
        attribution=whole_id(row["document_id"], row["attribution"]),
        document=row["document"],
        document_id=row["document_id"],
        outlet=row["outlet"],
        content=row["content"],
    )


_DOCUMENTS = """
SELECT DISTINCT documents.reading_id, documents.name FROM sources JOIN documents ON documents.id = document_id
WHERE entity_id = ? ORDER BY published_on, documents.id LIMIT ?"""

_HELD = """
SELECT
  claims.reading_id AS claim, claims.name AS text, members.relation, act, certainty, dated, source, cue, position,
  attributions.content, attributions.reading_id AS attribution, documents.name AS document,
  documents.reading_id AS document_id, outlets.name AS outlet
FROM attributions
JOIN propositions ON propositions.attribution_id = attributions.id
JOIN members ON members.proposition_id = propositions.id
JOIN claims ON claims.id = members.claim_id
JOIN documents ON documents.id = attributions.document_id
LEFT JOIN entities AS outlets ON outlets.id = documents.outlet_id
WHERE attributions.entity_id = ?
ORDER BY claims.reading_id, claims.name, dated, attributions.id LIMIT ?"""


def rows(view: EntityView) -> Iterable[Said]:
    """All that the entity said, a row each."""
    return view.said


PAGE = Page("/entity", "entity.html", ask, rows, Said)
