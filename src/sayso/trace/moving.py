"""Members of claims that corrections move: from the claim that they were grouped into to another one's, or to none.

A member follows the one that it says the same as, or the contrary of, into whichever claim that is grouped. Where it
goes depends on the corrections that hold alone, not on the order in which claims are made: each time that a claim is
made, what is moved out of it and into it is looked at again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sayso.corrections.entries import CorrectionKind, Part
from sayso.ledger.corrections import holding, ids_of
from sayso.ledger.storing import whole_id
from sayso.model import Relation


@dataclass(frozen=True, slots=True)
class Move:
    """Where a proposition goes: to the claim of another one, to which it stands in a relation; or to none."""

    anchor: int | None
    relation: Relation | None


def other_than(one: Relation, other: Relation) -> Relation:
    """How what stands in one relation to something stands to a third that this stands to in another: the contrary of
    the contrary is the same."""
    return Relation.SAME if one == other else Relation.CONTRARY


def proposition_of(ledger: sqlite3.Connection, part: Part) -> int | None:
    """The row of the proposition that a correction means; None where it is not in this ledger, or not traced yet."""
    words = part.attribution.cue if part.attribution else part.statement
    if words is None:
        return None
    given = (
        *ids_of(part),
        part.text_sha256,
        words.start,
        words.end,
        part.deed,
        None if part.deed else part.position,
        words.text,
    )
    if part.attribution is None:
        found = ledger.execute(_OF_STATEMENT, given).fetchone()
    else:
        content = part.attribution.content[0].start if part.attribution.content else None
        found = ledger.execute(_OF_ATTRIBUTION, (*given, content)).fetchone()
    return None if found is None else int(found["id"])


_OF_ATTRIBUTION = """
SELECT propositions.id FROM documents
JOIN attributions ON attributions.document_id = documents.id
JOIN spans ON spans.attribution_id = attributions.id AND part = 'cue'
JOIN propositions ON propositions.attribution_id = attributions.id
WHERE documents.reading_id IN (?1, ?2) AND text_sha256 = ?3 AND spans."start" = ?4 AND spans."end" = ?5
  AND is_deed = ?6 AND (?7 IS NULL OR propositions.position = ?7)
  AND substr(text, ?4 + 1, ?5 - ?4) = ?8
ORDER BY (SELECT "start" FROM spans WHERE attribution_id = attributions.id AND part = 'content' AND position = 0)
  IS NOT ?9, documents.id, attributions.id LIMIT 1"""

_OF_STATEMENT = """
SELECT propositions.id FROM documents
JOIN statements ON statements.document_id = documents.id
JOIN propositions ON propositions.statement_id = statements.id
WHERE documents.reading_id IN (?1, ?2) AND text_sha256 = ?3 AND statements."start" = ?4 AND statements."end" = ?5
  AND is_deed = ?6 AND (?7 IS NULL OR propositions.position = ?7)
  AND substr(text, ?4 + 1, ?5 - ?4) = ?8
ORDER BY documents.id, statements.id LIMIT 1"""


def wanted_moves(ledger: sqlite3.Connection) -> dict[int, Move]:
    """Where corrections move propositions, by the rows of these. Of those that would lead in a circle, the earliest
    is left out."""
    given: dict[int, tuple[int | None, Relation | None]] = {}
    for one in holding(ledger, (CorrectionKind.CLAIM,)):
        row = None if one.of is None else proposition_of(ledger, one.of)
        anchor = None if one.other is None else proposition_of(ledger, one.other)
        if row is not None and (one.other is None or anchor is not None) and row != anchor:
            given.pop(row, None)  # the later one holds, and stands last
            given[row] = (anchor, one.relation)
    kept: dict[int, tuple[int | None, Relation | None]] = {}
    for row in reversed(given):
        if _followed(kept, *given[row])[0] != row:
            kept[row] = given[row]
    return {row: Move(*_followed(kept, *kept[row])) for row in sorted(kept)}


def _followed(
    moves: dict[int, tuple[int | None, Relation | None]], anchor: int | None, relation: Relation | None
) -> tuple[int | None, Relation | None]:
    """The last of a row of propositions that each go where the next goes, and the relation to it."""
    while anchor in moves and anchor is not None and relation is not None:
        anchor, further = moves[anchor]
        relation = None if further is None else other_than(relation, further)
    return anchor, relation


def moved(ledger: sqlite3.Connection) -> dict[int, Move]:
    """The propositions that are moved, as it was last noted."""
    rows = ledger.execute("SELECT * FROM moves ORDER BY proposition_id")
    return {
        row["proposition_id"]: Move(row["anchor_id"], Relation(row["relation"]) if row["relation"] else None)
        for row in rows
    }


def note_moves(ledger: sqlite3.Connection) -> None:
    """Note where corrections move propositions, and let what that changes be grouped again: inside a transaction of
    its caller."""
    before, after = moved(ledger), wanted_moves(ledger)
    for row in sorted(before.keys() | after.keys()):
        old, new = before.get(row), after.get(row)
        if old == new:
            continue
        concerned = [row, *(one.anchor for one in (old, new) if one is not None and one.anchor is not None)]
        listed = json.dumps(concerned)
        ledger.execute(
            "DELETE FROM claims WHERE id IN"
            " (SELECT claim_id FROM members WHERE proposition_id IN (SELECT value FROM json_each(?)))",
            (listed,),
        )
        ledger.execute(
            "UPDATE wordings SET is_grouped = 0 WHERE id IN"
            " (SELECT wording_id FROM propositions WHERE id IN (SELECT value FROM json_each(?)))",
            (listed,),
        )
        ledger.execute("DELETE FROM moves WHERE proposition_id = ?", (row,))
        if new is not None:
            ledger.execute("INSERT INTO moves VALUES (?, ?, ?)", (row, new.anchor, new.relation))


def move(ledger: sqlite3.Connection, wordings: Sequence[int]) -> None:
    """Move what is moved out of claims that were made of these wordings, or into them, once both sides are grouped."""
    rows = ledger.execute(_MOVES, (json.dumps(list(wordings)),)).fetchall()
    if not rows:
        return
    touched: set[int] = set()
    for row in rows:
        mine = ledger.execute("SELECT claim_id FROM members WHERE proposition_id = ?", (row["proposition_id"],))
        touched |= {one["claim_id"] for one in mine.fetchall()}
        ledger.execute("DELETE FROM members WHERE proposition_id = ?", (row["proposition_id"],))
    for row in rows:
        if row["anchor_id"] is not None:
            touched.add(_put(ledger, row["proposition_id"], row["anchor_id"], Relation(row["relation"])))
    for claim in sorted(touched):
        _make_anew(ledger, claim)


_MOVES = """
SELECT moves.* FROM moves
JOIN propositions AS mine ON mine.id = proposition_id
JOIN wordings AS my_words ON my_words.id = mine.wording_id
LEFT JOIN propositions AS theirs ON theirs.id = anchor_id
LEFT JOIN wordings AS their_words ON their_words.id = theirs.wording_id
WHERE (mine.wording_id IN (SELECT value FROM json_each(?1)) OR theirs.wording_id IN (SELECT value FROM json_each(?1)))
  AND my_words.is_grouped AND coalesce(their_words.is_grouped, 1)
ORDER BY proposition_id"""


def _put(ledger: sqlite3.Connection, row: int, anchor: int, relation: Relation) -> int:
    """Put a proposition into the claim of another, which is made where there is none. Returns the claim."""
    found = ledger.execute(
        "SELECT claim_id, relation FROM members JOIN claims ON claims.id = claim_id WHERE proposition_id = ?"
        " ORDER BY confidence DESC, claims.reading_id, name LIMIT 1",
        (anchor,),
    ).fetchone()
    if found is None:
        claim = _made(ledger, anchor)
        ledger.execute("INSERT INTO members VALUES (?, ?, ?, 1)", (claim, anchor, Relation.SAME))
    else:
        claim, relation = int(found["claim_id"]), other_than(relation, Relation(found["relation"]))
    ledger.execute("INSERT INTO members VALUES (?, ?, ?, 1)", (claim, row, relation))
    return claim


def _made(ledger: sqlite3.Connection, named_by: int, reading_id: str = "") -> int:
    done = ledger.execute(
        "INSERT INTO claims (name, reading_id) SELECT text, ? FROM propositions JOIN wordings"
        " ON wordings.id = wording_id WHERE propositions.id = ?",
        (reading_id, named_by),
    )
    assert done.lastrowid is not None  # noqa: S101 - an insert into a table with ids
    return done.lastrowid


def _make_anew(ledger: sqlite3.Connection, claim: int) -> None:
    """A claim whose members have changed, called by those that it has now; one by itself makes none."""
    members = ledger.execute(_MEMBERS, (claim,)).fetchall()
    if len(members) > 1:
        relations = {row["relation"] for row in members}
        turned = Relation.SAME not in relations
        same = [row for row in members if turned or row["relation"] == Relation.SAME]
        made = _made(ledger, _surest(same)["proposition_id"], _id_of(_first(same)))
        ledger.execute("UPDATE members SET claim_id = ? WHERE claim_id = ?", (made, claim))
        if turned:
            ledger.execute("UPDATE members SET relation = ? WHERE claim_id = ?", (Relation.SAME, made))
    # Without its members, so that nothing is grouped again for it.
    ledger.execute("DELETE FROM members WHERE claim_id = ?", (claim,))
    ledger.execute("DELETE FROM claims WHERE id = ?", (claim,))


_MEMBERS = """
SELECT members.*, wording_id, moves.proposition_id IS NOT NULL AS is_moved, coalesce(published_on, '9999') AS day,
  documents.reading_id AS document, coalesce(attributions.reading_id, statements.reading_id) AS part,
  propositions.position
FROM members
JOIN propositions ON propositions.id = members.proposition_id
JOIN documents ON documents.id = propositions.document_id
LEFT JOIN attributions ON attributions.id = attribution_id
LEFT JOIN statements ON statements.id = statement_id
LEFT JOIN moves ON moves.proposition_id = members.proposition_id
WHERE claim_id = ?"""


def _key(row: sqlite3.Row) -> tuple[str, str, str, int]:
    return row["day"], row["document"], row["part"], row["position"]


def _first(rows: Iterable[sqlite3.Row]) -> sqlite3.Row:
    return min(rows, key=_key)


def _id_of(row: sqlite3.Row) -> str:
    return whole_id(row["document"], row["part"])


def _surest(rows: Sequence[sqlite3.Row]) -> sqlite3.Row:
    """The member in whose words a claim is put: of those that were grouped into it the surest; of equals, those that
    are told most, and first."""
    told: dict[int, list[sqlite3.Row]] = {}
    for row in rows:
        told.setdefault(row["wording_id"], []).append(row)
    best = min(rows, key=lambda row: (row["is_moved"], -row["confidence"], -len(told[row["wording_id"]]), _key(row)))
    return _first(told[best["wording_id"]])
