"""Claims: groups of wordings that say the same, each with the groups that are contrary to it.

Only what is connected with something new is grouped again: wordings are connected by pairs that may say the same, or
the contrary, directly or over others. In a ledger on one affair that may come to be most wordings, over ever weaker
links; then only surer pairs connect. The groups of what is connected depend on nothing else.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sayso.ledger.opening import transaction
from sayso.ledger.storing import whole_id
from sayso.model import Relation
from sayso.trace.comparing import CONNECTS, DECIMALS
from sayso.trace.grouping import Group, Known, Pair, contrary_groups, group, group_around
from sayso.trace.judge import Judge, judge_pairs
from sayso.trace.moving import move, note_moves
from sayso.trace.wordings import Wording, documents_of, wordings_in

CONTRARY = 0.65  # the least probability, on average over pairs, by which a group is contrary to another
MOST = 300  # wordings
CONNECTED = (CONNECTS, 0.6, 0.7, 0.8, 0.9)  # probabilities by which a pair connects, the first for no more than MOST
TOGETHER = 1.0  # by how much the odds of saying the same grow, as a logarithm, where one document has both
AT_ONCE = 500  # wordings that are grouped in one transaction

_WORDINGS_KEPT = 2000  # that are kept for what is asked next of those that are connected
_LONE_AT_ONCE = 2000  # wordings that are passed over in one transaction
_WITHIN_ONE = 0.999 / (1 + math.exp(TOGETHER))  # a little less than what connects two in one document


@dataclass(frozen=True, slots=True)
class _Told:
    """A proposition of a wording: its row, where it stands in time, and the id of what puts it forward."""

    row: int
    key: tuple[str, str, str, int]
    id: str


def make_claims(
    ledger: sqlite3.Connection, judge: Judge, told: Callable[[int], None] = lambda _: None, threads: int = 1
) -> None:
    """Group all wordings again that are connected with what is new; `told` is given the number of those done."""
    with transaction(ledger):
        note_moves(ledger)
    _pass_over_lone(ledger, told)
    (last,) = ledger.execute("SELECT coalesce(max(id), 0) FROM wordings").fetchone()
    of_many = [bytearray(last + 1) for _ in CONNECTED]
    while ledger.execute("SELECT 1 FROM wordings WHERE NOT is_grouped LIMIT 1").fetchone():
        done = 0
        with transaction(ledger):
            while done < AT_ONCE and (one := _next(ledger)) is not None:
                done += _make_claims(ledger, judge, one, of_many, threads)
        told(done)


def _pass_over_lone(ledger: sqlite3.Connection, told: Callable[[int], None]) -> None:
    """Most wordings stand in one place and are connected with none: they make no claim, so that all of them are done
    at once. One that was grouped with others before, or that a correction moves, is left to be looked at.
    """
    last = 0
    while last is not None:
        with transaction(ledger):
            (until,) = ledger.execute(
                "SELECT max(id) FROM (SELECT id FROM wordings WHERE NOT is_grouped AND id > ? ORDER BY id LIMIT ?)",
                (last, _LONE_AT_ONCE),
            ).fetchone()
            slice_ = {"last": last, "until": until}
            done = ledger.execute(_LONE, {**slice_, "joined": CONNECTED[0], "within": _WITHIN_ONE})
        last = until
        if done.rowcount:
            told(done.rowcount)


_TOGETHER = """EXISTS (
  SELECT 1 FROM propositions AS a JOIN propositions AS b USING (document_id)
  WHERE a.wording_id = a_id AND b.wording_id = b_id
)"""

_PAIRS_OF = f"""
SELECT a_id, b_id, same, contrary, {_TOGETHER} AS together
FROM (SELECT * FROM pairs WHERE a_id = {{0}} UNION ALL SELECT * FROM pairs WHERE b_id = {{0}})"""  # noqa: S608

_LONE = f"""
UPDATE wordings SET is_grouped = 1
-- Not by the parts: most wordings have none, and few are to be grouped where little is new.
WHERE id > :last AND id <= :until AND NOT is_grouped AND +part IS NULL
  AND (SELECT count(*) FROM (SELECT 1 FROM propositions WHERE wording_id = wordings.id LIMIT 2)) = 1
  AND NOT EXISTS (
    SELECT 1 FROM ({_PAIRS_OF.format("wordings.id")})
    WHERE same >= :joined OR contrary >= :joined OR same >= :within AND together
  )
  AND NOT EXISTS (
    SELECT 1 FROM propositions JOIN moves ON propositions.id IN (proposition_id, anchor_id)
    WHERE wording_id = wordings.id
  )"""  # noqa: S608 - parts of our own


def _next(ledger: sqlite3.Connection) -> int | None:
    found = ledger.execute("SELECT id FROM wordings WHERE NOT is_grouped ORDER BY id LIMIT 1").fetchone()
    return None if found is None else int(found["id"])


def _make_claims(
    ledger: sqlite3.Connection, judge: Judge, first: int, of_many: Sequence[bytearray], threads: int
) -> int:
    """Group the wordings that are connected with one. Returns how many these are."""
    rows, kept = _connected(ledger, first, of_many)
    listed = json.dumps(rows)
    told = _told(ledger, rows)
    if kept:
        keys = _keys(ledger, listed)
        of_key = {key: row for row, key in keys.items()}
        pairs = [Pair(keys[a], keys[b], same, contrary) for a, b, same, contrary in kept]
        ask = _asking(ledger, judge, of_key, threads)
        make = group if len(rows) <= MOST else group_around
        groups = make(keys.values(), pairs, ask)
        tellings = {key: told[row] for key, row in of_key.items()}
    else:
        groups, pairs, tellings = [Group((str(first),), (1.0,))], [], {str(first): told[first]}
    made = [_claim_of(claim, others, tellings) for claim, others in _sides(groups, pairs, tellings)]
    for claim in _changed(ledger, listed, made):
        _store(ledger, claim)
    # Those that one of them was grouped with before are another part now, or several.
    ledger.execute(
        "UPDATE wordings SET is_grouped = 0 WHERE is_grouped AND part IN"
        " (SELECT part FROM wordings WHERE id IN (SELECT value FROM json_each(?)))",
        (listed,),
    )
    ledger.execute(
        "UPDATE wordings SET is_grouped = 1, part = (SELECT coalesce(max(part), 0) + 1 FROM wordings)"
        " WHERE id IN (SELECT value FROM json_each(?))",
        (listed,),
    )
    move(ledger, rows)
    return len(rows)


def _connected(ledger: sqlite3.Connection, first: int, of_many: Sequence[bytearray]) -> tuple[list[int], list[_Kept]]:
    """The wordings that are connected with one, and all pairs among them; by the least probability that connects no
    more than MOST, or by the highest. It is the same from whichever of them one begins.

    `of_many` marks, for each of these probabilities, wordings that are known to be connected with more: one that leads
    to such a one is so too.
    """
    known: dict[int, list[_Kept]] = {}
    documents: dict[int, set[int]] = {}
    for least, many in zip(CONNECTED, of_many, strict=True):
        highest = least == CONNECTED[-1]
        found, ahead = {first}, [first]
        while ahead and (highest or (len(found) <= MOST and not any(many[row] for row in ahead))):
            new = [row for row in ahead if row not in known]
            if new:
                known |= _pairs_of(ledger, new, documents)
            next_ = {
                other
                for row in ahead
                for a, b, same, contrary in known[row]
                if max(same, contrary) >= least
                for other in (a, b)
            }
            ahead = sorted(next_ - found)
            found |= next_
        if highest or (not ahead and len(found) <= MOST):
            break
        for row in found:
            many[row] = 1
    kept = {one for row in found for one in known[row] if one[0] in found and one[1] in found}
    return sorted(found), sorted(kept)


_Kept = tuple[int, int, float, float]  # a pair, and the probabilities of same and of contrary


def _pairs_of(
    ledger: sqlite3.Connection, rows: Sequence[int], documents: dict[int, set[int]]
) -> dict[int, list[_Kept]]:
    """The pairs of each of some wordings, with their probabilities where one document has both. The `documents` of
    wordings are kept, since each is in several pairs."""
    listed = json.dumps(rows)
    pairs = [tuple(one) for one in ledger.execute(_PAIRS_OF_SOME, (listed,))]
    missing = {row for pair in pairs for row in pair[:2]} - documents.keys()
    documents |= documents_of(ledger, missing)
    found: dict[int, list[_Kept]] = {row: [] for row in rows}
    for a, b, same, contrary in pairs:
        together = not documents[a].isdisjoint(documents[b])
        kept = (a, b, *(within_one(same, contrary) if together else (same, contrary)))
        for row in (a, b):
            if row in found:
                found[row].append(kept)
    return found


_PAIRS_OF_SOME = """
SELECT * FROM pairs WHERE a_id IN (SELECT value FROM json_each(?1))
UNION
SELECT * FROM pairs WHERE b_id IN (SELECT value FROM json_each(?1))"""


def within_one(same: float, contrary: float) -> tuple[float, float]:
    """The probabilities of a pair that stands in one document: an article is on one matter, so that what may be the
    same there is so more often than in two articles that share some words."""
    grown = same * math.exp(TOGETHER)
    whole = 1 - same + grown
    return grown / whole, contrary / whole


def _told(ledger: sqlite3.Connection, rows: Sequence[int]) -> dict[int, list[_Told]]:
    """The propositions of each of some wordings, the earliest first, in an order that does not depend on when they
    came: by day, document and place."""
    found: dict[int, list[_Told]] = {row: [] for row in rows}
    for one in ledger.execute(
        "SELECT propositions.id, wording_id, position, coalesce(published_on, '9999') AS day,"
        " documents.reading_id AS document,"
        " coalesce(attributions.reading_id, statements.reading_id) AS part FROM propositions"
        " JOIN documents ON documents.id = propositions.document_id"
        " LEFT JOIN attributions ON attributions.id = attribution_id"
        " LEFT JOIN statements ON statements.id = statement_id"
        " WHERE wording_id IN (SELECT value FROM json_each(?))",
        (json.dumps(rows),),
    ):
        key = (one["day"], one["document"], one["part"], one["position"])
        found[one["wording_id"]].append(_Told(one["id"], key, whole_id(one["document"], one["part"])))
    return {row: sorted(these, key=lambda one: one.key) for row, these in found.items()}


def _keys(ledger: sqlite3.Connection, wordings: str) -> dict[int, str]:
    """What puts some wordings in an order that does not depend on when they came: their digests, by their rows."""
    found = ledger.execute("SELECT id, digest FROM wordings WHERE id IN (SELECT value FROM json_each(?))", (wordings,))
    return {row["id"]: f"{row['digest']:019}" for row in found}


def _asking(
    ledger: sqlite3.Connection, judge: Judge, rows: Mapping[str, int], threads: int
) -> Callable[[Sequence[tuple[str, str]]], list[Known]]:
    """What weighs pairs that are no neighbours, when it is asked whether two groups are one. What was asked once is
    kept, since all that is connected with something new is grouped again."""
    # Fetched when something is asked: most groups are made of what is known.
    documents: dict[int, set[int]] = {}
    asked: dict[tuple[int, int], Known] = {}
    wordings: dict[int, Wording] = {}

    def ask(pairs: Sequence[tuple[str, str]]) -> list[Known]:
        if not documents:
            documents.update(documents_of(ledger, rows.values()))
            asked.update(_asked_before(ledger, rows.values()))
        places = [(min(rows[a], rows[b]), max(rows[a], rows[b])) for a, b in pairs]
        missing = [place for place in places if place not in asked]
        if missing:
            if len(wordings) > _WORDINGS_KEPT:
                wordings.clear()
            wordings.update(wordings_in(ledger, sorted({row for place in missing for row in place} - wordings.keys())))
            asked.update(_keep_asked(ledger, judge, missing, wordings, threads))
        return [
            asked[place] if documents[place[0]].isdisjoint(documents[place[1]]) else within_one(*asked[place])
            for place in places
        ]

    return ask


def _asked_before(ledger: sqlite3.Connection, rows: Iterable[int]) -> dict[tuple[int, int], Known]:
    """The probabilities of those pairs of some wordings that were asked for before."""
    found = ledger.execute("SELECT * FROM asked WHERE a_id IN (SELECT value FROM json_each(?))", (json.dumps([*rows]),))
    return {(one["a_id"], one["b_id"]): (one["same"], one["contrary"]) for one in found}


def _keep_asked(
    ledger: sqlite3.Connection,
    judge: Judge,
    pairs: Sequence[tuple[int, int]],
    wordings: Mapping[int, Wording],
    threads: int,
) -> dict[tuple[int, int], Known]:
    """The probabilities of same and of contrary of pairs of wordings, which are kept."""
    rows = sorted({row for pair in pairs for row in pair})
    place = {row: i for i, row in enumerate(rows)}
    vectors = np.stack([wordings[row].vector for row in rows])
    facts, texts = [wordings[row].facts for row in rows], [wordings[row].text for row in rows]
    weighed = judge_pairs(judge, vectors, facts, texts, [(place[a], place[b]) for a, b in pairs], threads)
    found = {
        pair: (round(float(same), DECIMALS), round(float(contrary), DECIMALS))
        for pair, (same, contrary, _) in zip(pairs, weighed, strict=True)
    }
    ledger.executemany("INSERT OR IGNORE INTO asked VALUES (?, ?, ?, ?)", ((*pair, *found[pair]) for pair in found))
    return found


Tellings = Mapping[str, Sequence[_Told]]


def _sides(
    groups: Sequence[Group], pairs: Sequence[Pair], tellings: Tellings
) -> Iterator[tuple[Group, list[tuple[Group, float]]]]:
    """Each claim's group, and those that are contrary to it; one that is contrary to a larger one is its other side.

    The larger is the one that is told more often; of equals, the one that was told first.
    """
    size = [sum(len(tellings[key]) for key in one.members) for one in groups]
    order = sorted(range(len(groups)), key=lambda i: (-size[i], _first(groups[i], tellings).key))
    rank = {place: i for i, place in enumerate(order)}
    against: dict[int, list[tuple[int, float]]] = {}
    for i, j, probability in contrary_groups(groups, pairs, CONTRARY):
        against.setdefault(i, []).append((j, probability))
        against.setdefault(j, []).append((i, probability))
    taken: set[int] = set()
    for place in order:
        if place in taken:
            continue
        others = [(j, p) for j, p in sorted(against.get(place, [])) if j not in taken and rank[j] > rank[place]]
        taken.update(j for j, _ in others)
        if size[place] > 1 or others:
            yield groups[place], [(groups[j], p) for j, p in others]


def _first(one: Group, tellings: Tellings) -> _Told:
    return min((tellings[key][0] for key in one.members), key=lambda told: told.key)


@dataclass(frozen=True, slots=True)
class _Claim:
    """A claim: the id of its first member, the row of the proposition whose words name it, and its members: their
    rows, how they stand to it, and how probably."""

    reading_id: str
    named_by: int
    members: tuple[tuple[int, str, float], ...]


def _claim_of(claim: Group, others: Sequence[tuple[Group, float]], tellings: Tellings) -> _Claim:
    """A claim, in the words that are surest to belong to it; of equals, those that are told most and first."""
    surest = min(
        zip(claim.members, claim.probabilities, strict=True),
        key=lambda one: (-one[1], -len(tellings[one[0]]), tellings[one[0]][0].key),
    )[0]
    members = [
        (told.row, str(Relation.SAME), probability)
        for key, probability in zip(claim.members, claim.probabilities, strict=True)
        for told in tellings[key]
    ]
    members += [
        (told.row, str(Relation.CONTRARY), probability * contrary)
        for other, contrary in others
        for key, probability in zip(other.members, other.probabilities, strict=True)
        for told in tellings[key]
    ]
    return _Claim(_first(claim, tellings).id, tellings[surest][0].row, tuple(sorted(members)))


def _changed(ledger: sqlite3.Connection, wordings: str, made: Sequence[_Claim]) -> list[_Claim]:
    """Those of the claims that are made of some wordings that are not stored as they are. What else is stored of these
    wordings goes."""
    members: dict[int, list[tuple[int, str, float]]] = {}
    for one in ledger.execute(
        "SELECT * FROM members WHERE claim_id IN (SELECT claim_id FROM propositions JOIN members"
        " ON proposition_id = propositions.id WHERE wording_id IN (SELECT value FROM json_each(?)))",
        (wordings,),
    ):
        members.setdefault(one["claim_id"], []).append((one["proposition_id"], one["relation"], one["confidence"]))
    of_members = {tuple(sorted(these)): claim for claim, these in members.items()}
    new = []
    for claim in made:
        stored = of_members.get(claim.members)
        if stored is not None and ledger.execute(_IS_NAMED, (stored, claim.reading_id, claim.named_by)).fetchone():
            del members[stored]
        else:
            new.append(claim)
    ledger.executemany("DELETE FROM claims WHERE id = ?", ((one,) for one in members))
    return new


_IS_NAMED = """
SELECT 1 FROM claims WHERE id = ?1 AND reading_id = ?2
  AND name = (SELECT text FROM propositions JOIN wordings ON wordings.id = wording_id WHERE propositions.id = ?3)"""


def _store(ledger: sqlite3.Connection, claim: _Claim) -> None:
    done = ledger.execute(
        "INSERT INTO claims (name, reading_id) SELECT text, ? FROM propositions JOIN wordings"
        " ON wordings.id = wording_id WHERE propositions.id = ?",
        (claim.reading_id, claim.named_by),
    )
    ledger.executemany("INSERT INTO members VALUES (?, ?, ?, ?)", ((done.lastrowid, *one) for one in claim.members))
