"""Building claims in the ledger: propositions, then pairs that may say the same, then groups of them.

Each step is a join on keys over the tables that the one before has filled, and takes up only what is new;
groups are made anew from all pairs, so that they do not depend on the order in which documents came.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sayso.ledger.opening import transaction
from sayso.ledger.readings import kept_readings
from sayso.model import Relation
from sayso.trace.agreement import Facts, facts_of
from sayso.trace.encoder import WIDTH, ClaimEncoder, load_encoder, similarity, vectors
from sayso.trace.grouping import Group, Pair, contrary_groups, group
from sayso.trace.judge import Judge, judge_pairs, load_judge
from sayso.trace.propositions import propositions

AT_ONCE = 50  # documents
NEAREST = 12  # propositions that each new one is compared with, at most
NEAR = 0.45  # cosine below which two propositions are not compared
KEPT = 0.3  # probability of same or contrary below which a pair is not kept
BLOCK = 20_000  # vectors that are looked through at a time


@dataclass(frozen=True, eq=False)
class ClaimModels:
    """What tracing needs beside the ledger, loaded once."""

    encoder: ClaimEncoder
    judge: Judge


@cache
def claim_models() -> ClaimModels:
    """The models of claims that come with sayso, loaded at the first call."""
    return ClaimModels(load_encoder(), load_judge())


def behind(ledger: sqlite3.Connection) -> int:
    """How many documents are not traced yet, or were read again since."""
    (count,) = ledger.execute(f"SELECT count(*) {_NOT_PROPOSED}").fetchone()
    return int(count)


def trace(ledger: sqlite3.Connection, models: ClaimModels, told: Callable[[int], None] = lambda _: None) -> None:
    """Bring claims up to date with the documents of a ledger; `told` is given the number of documents done."""
    rows = [row["id"] for row in ledger.execute(f"SELECT documents.id {_NOT_PROPOSED} ORDER BY 1")]
    if not rows:
        return
    for start in range(0, len(rows), AT_ONCE):
        page = rows[start : start + AT_ONCE]
        with transaction(ledger):
            fresh = [one for row in page for one in _take_down(ledger, row, models)]
            _compare(ledger, fresh, models)
        told(len(page))
    with transaction(ledger):
        _group(ledger)


_NOT_PROPOSED = (
    "FROM documents LEFT JOIN proposed ON proposed.document_id = documents.id"
    " WHERE proposed.maker_id IS NULL OR proposed.maker_id <> documents.maker_id"
)


def _take_down(ledger: sqlite3.Connection, row: int, models: ClaimModels) -> list[int]:
    """Store what a document's contents and statements put forward. Returns the rows of these propositions."""
    ledger.execute("DELETE FROM propositions WHERE document_id = ?", (row,))
    ((_, _, reading),) = kept_readings(ledger, [row])
    attributions = _rows_of(ledger, "attributions", row, [one.id for one in reading.attributions])
    statements = _rows_of(ledger, "statements", row, [one.id for one in reading.statements])
    found = propositions(reading)
    made = vectors(models.encoder, [one.text for one in found])
    rows = []
    for one, vector in zip(found, made, strict=True):
        done = ledger.execute(
            "INSERT INTO propositions (document_id, attribution_id, statement_id, text, is_relay, vector)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                row,
                attributions.get(one.attribution or ""),
                statements.get(one.statement or ""),
                one.text,
                bool(one.relays),
                vector.tobytes(),
            ),
        )
        assert done.lastrowid is not None  # noqa: S101 - an insert into a table with ids
        rows.append(done.lastrowid)
    ledger.execute(
        "INSERT INTO proposed SELECT id, maker_id FROM documents WHERE id = ?1"
        " ON CONFLICT DO UPDATE SET maker_id = excluded.maker_id",
        (row,),
    )
    return rows


def _rows_of(ledger: sqlite3.Connection, table: str, document: int, ids: list[str]) -> dict[str, int]:
    """The rows of a document's attributions or statements by their ids, in the order in which both stand."""
    rows = ledger.execute(f"SELECT id FROM {table} WHERE document_id = ? ORDER BY id", (document,))  # noqa: S608
    return dict(zip(ids, (row["id"] for row in rows), strict=True))


def _compare(ledger: sqlite3.Connection, fresh: list[int], models: ClaimModels) -> None:
    """Weigh new propositions against those nearest to them, old and new, and keep what may be the same or contrary."""
    if not fresh:
        return
    mine = _vectors_of(ledger, fresh)
    near: dict[int, list[tuple[float, int]]] = {row: [] for row in fresh}
    for rows, block in vectors_in_blocks(ledger, BLOCK):
        cosines = similarity(mine, block)
        for i, row in enumerate(fresh):
            best = np.argsort(-cosines[i])[: NEAREST + 1]
            found = [(float(cosines[i, j]), rows[j]) for j in best if cosines[i, j] >= NEAR and rows[j] != row]
            near[row] = sorted([*near[row], *found], reverse=True)[:NEAREST]
    pairs = sorted({(min(row, other), max(row, other)) for row, found in near.items() for _, other in found})
    if not pairs:
        return
    rows = sorted({row for pair in pairs for row in pair})
    place = {row: i for i, row in enumerate(rows)}
    facts, theirs = _facts(ledger, rows), _vectors_of(ledger, rows)
    weighed = judge_pairs(models.judge, theirs, facts, [(place[a], place[b]) for a, b in pairs])
    ledger.executemany(
        "INSERT OR REPLACE INTO pairs VALUES (?, ?, ?, ?)",
        (
            (a, b, float(same), float(contrary))
            for (a, b), (same, contrary, _) in zip(pairs, weighed, strict=True)
            if max(same, contrary) >= KEPT
        ),
    )


def vectors_in_blocks(ledger: sqlite3.Connection, size: int) -> Iterator[tuple[list[int], NDArray[np.int8]]]:
    """The rows and vectors of all propositions that do not merely relay, so many at a time."""
    last = 0
    while True:
        rows = ledger.execute(
            "SELECT id, vector FROM propositions WHERE id > ? AND NOT is_relay ORDER BY id LIMIT ?", (last, size)
        ).fetchall()
        if not rows:
            return
        yield [row["id"] for row in rows], _matrix([row["vector"] for row in rows])
        last = rows[-1]["id"]


def _matrix(blobs: list[bytes]) -> NDArray[np.int8]:
    return np.frombuffer(b"".join(blobs), dtype=np.int8).reshape(len(blobs), WIDTH)


def _vectors_of(ledger: sqlite3.Connection, rows: list[int]) -> NDArray[np.int8]:
    query = "SELECT vector FROM propositions WHERE id = ?"
    return _matrix([ledger.execute(query, (row,)).fetchone()["vector"] for row in rows])


def _facts(ledger: sqlite3.Connection, rows: list[int]) -> list[Facts]:
    query = (
        "SELECT propositions.text, published FROM propositions JOIN documents ON documents.id = document_id"
        " WHERE propositions.id = ?"
    )
    return [facts_of(*ledger.execute(query, (row,)).fetchone()) for row in rows]


def _group(ledger: sqlite3.Connection) -> None:
    """Make all claims anew from the pairs: groups that say the same, each with the groups that are contrary to it."""
    ledger.execute("DELETE FROM claims")
    keys = {row["id"]: row["key"] for row in ledger.execute(_KEYS)}
    rows = {key: row for row, key in keys.items()}
    pairs = [
        Pair(keys[a], keys[b], same, contrary)
        for a, b, same, contrary in ledger.execute("SELECT * FROM pairs")
        if a in keys and b in keys
    ]
    groups = group([], pairs)
    for claim, others in _sides(groups, pairs):
        _store_claim(ledger, claim, others, rows)


# The key of a proposition is independent of the order in which documents came: day, document, place.
_KEYS = """
SELECT propositions.id, coalesce(published_on, '9999') || ' ' || documents.reading_id || ' ' ||
  coalesce(attributions.reading_id, statements.reading_id) AS key
FROM propositions
JOIN documents ON documents.id = propositions.document_id
LEFT JOIN attributions ON attributions.id = attribution_id
LEFT JOIN statements ON statements.id = statement_id
WHERE NOT is_relay"""


def _sides(groups: list[Group], pairs: list[Pair]) -> Iterator[tuple[Group, list[tuple[Group, float]]]]:
    """Each claim's group, and those that are contrary to it; one that is contrary to a larger one is its other side."""
    order = sorted(range(len(groups)), key=lambda i: (-len(groups[i].members), groups[i].members))
    rank = {place: i for i, place in enumerate(order)}
    against: dict[int, list[tuple[int, float]]] = {}
    for i, j, probability in contrary_groups(groups, pairs):
        against.setdefault(i, []).append((j, probability))
        against.setdefault(j, []).append((i, probability))
    taken: set[int] = set()
    for place in order:
        if place in taken:
            continue
        others = [(j, p) for j, p in sorted(against.get(place, [])) if j not in taken and rank[j] > rank[place]]
        taken.update(j for j, _ in others)
        if len(groups[place].members) > 1 or others:
            yield groups[place], [(groups[j], p) for j, p in others]


def _store_claim(
    ledger: sqlite3.Connection, claim: Group, others: list[tuple[Group, float]], rows: dict[str, int]
) -> None:
    sure = max(
        zip(claim.members, claim.probabilities, strict=True), key=lambda one: (one[1], [-ord(c) for c in one[0]])
    )
    (name,) = ledger.execute("SELECT text FROM propositions WHERE id = ?", (rows[sure[0]],)).fetchone()
    members = [
        (rows[key], Relation.SAME, probability)
        for key, probability in zip(claim.members, claim.probabilities, strict=True)
    ]
    members += [
        (rows[key], Relation.CONTRARY, probability * contrary)
        for other, contrary in others
        for key, probability in zip(other.members, other.probabilities, strict=True)
    ]
    first = claim.members[0].split(" ", 1)[1].replace(" ", "")
    done = ledger.execute(
        "INSERT INTO claims (name, reading_id, document_count, disputed_count) VALUES (?, ?, 0, 0)", (name, first)
    )
    ledger.executemany("INSERT INTO members VALUES (?, ?, ?, ?)", ((done.lastrowid, *one) for one in members))
    ledger.execute(
        "UPDATE claims SET document_count = (SELECT count(DISTINCT document_id) FROM members"
        " JOIN propositions ON propositions.id = proposition_id WHERE claim_id = ?1),"
        " disputed_count = (SELECT count(*) FROM members JOIN propositions ON propositions.id = proposition_id"
        " LEFT JOIN attributions ON attributions.id = attribution_id"
        " WHERE claim_id = ?1 AND (relation = 'contrary') <> (coalesce(act, '') = 'deny')) WHERE id = ?1",
        (done.lastrowid,),
    )
