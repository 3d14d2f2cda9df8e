"""Neighbours and pairs: each wording is weighed against the nearest of those that share a block with it.

A wording has at most NEIGHBOURS, so that the work grows with the wordings and not with their square. Two are a pair
where one is a neighbour of the other. What comes out depends on which wordings there are, not on the order in which
they came.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sayso.ledger.opening import transaction
from sayso.trace.blocks import Measured, Table, best, measured, members_of, open_blocks, table_of
from sayso.trace.judge import Judge, judge_pairs
from sayso.trace.wordings import wordings_in

NEIGHBOURS = 12  # of a wording, at most
NEAR = 0.45  # cosine below which two wordings are no neighbours
KEPT = 0.1  # probability of same or contrary below which a pair is not kept
AT_ONCE = 500  # wordings
DECIMALS = 6  # of a probability that is kept

Near = dict[int, float]  # neighbours of a wording, with their cosines


def compare(ledger: sqlite3.Connection, judge: Judge, told: Callable[[int], None] = lambda _: None) -> None:
    """Bring the neighbours of all wordings up to date, and weigh the new pairs; `told` is given the number done."""
    (last,) = ledger.execute("SELECT coalesce(max(id), 0) FROM wordings").fetchone()
    done = bytearray(last + 1)  # in this run: their neighbours were looked for when all that are new stood in blocks
    while rows := ledger.execute(
        # Those that gather around one pivot together: they need the same vectors.
        "SELECT id FROM wordings WHERE NOT is_compared ORDER BY pivot_id, id LIMIT ?",
        (AT_ONCE,),
    ).fetchall():
        with transaction(ledger):
            _compare(ledger, judge, [row["id"] for row in rows], done)
        told(len(rows))


@dataclass(frozen=True, slots=True, eq=False)
class _Within:
    """The wordings that share blocks with those at hand, their places in the table, and which are up to date."""

    table: Table
    measured: Measured
    place: dict[int, int]
    settled: list[bool]  # compared, and before those came that are new


def _compare(ledger: sqlite3.Connection, judge: Judge, rows: Sequence[int], done: bytearray) -> None:
    blocks = open_blocks(ledger, rows)
    members = members_of(ledger, sorted({block for these in blocks.values() for block in these}))
    within = _within(ledger, {*rows, *(one for these in members.values() for one in these)}, done)
    places = {block: np.array([within.place[one] for one in these]) for block, these in members.items()}
    before = _neighbours_of(ledger, rows)
    after: dict[int, Near] = {}
    arriving: dict[int, Near] = defaultdict(dict)  # by the wordings to whose neighbours they may come to belong
    for row in rows:
        mine = within.place[row]
        others = np.unique(np.concatenate([np.array([mine]), *(places[block] for block in blocks[row])]))
        others = others[others != mine]
        near = within.measured.at(np.array([mine])).cosines(within.measured.at(others))[0]
        others, near = others[near >= NEAR], near[near >= NEAR]
        chosen = best(near, within.table.digests[others], NEIGHBOURS)
        after[row] = {int(within.table.rows[others[i]]): float(near[i]) for i in chosen}
        for i, other in enumerate(others.tolist()):
            if within.settled[other]:
                arriving[int(within.table.rows[other])][row] = float(near[i])
    for row in rows:
        done[row] = 1
    held = _neighbours_of(ledger, list(arriving))
    for row, merged in _merged(ledger, held, arriving).items():
        before[row], after[row] = held[row], merged
    _store(ledger, judge, before, after, within)
    ledger.executemany("UPDATE wordings SET is_compared = 1 WHERE id = ?", ((row,) for row in rows))


def _within(ledger: sqlite3.Connection, rows: Iterable[int], done: bytearray) -> _Within:
    found = ledger.execute(
        "SELECT id, digest, is_compared, vector FROM wordings WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(sorted(rows)),),
    ).fetchall()
    place = {row["id"]: i for i, row in enumerate(found)}
    table = table_of(found)
    settled = [bool(row["is_compared"]) and not done[row["id"]] for row in found]
    return _Within(table, measured(table.vectors), place, settled)


def _neighbours_of(ledger: sqlite3.Connection, rows: Sequence[int]) -> dict[int, Near]:
    found: dict[int, Near] = {row: {} for row in rows}
    for one in ledger.execute(
        "SELECT * FROM neighbours WHERE wording_id IN (SELECT value FROM json_each(?))", (json.dumps(rows),)
    ):
        found[one["wording_id"]][one["other_id"]] = one["cosine"]
    return found


def _merged(ledger: sqlite3.Connection, held: dict[int, Near], arriving: dict[int, Near]) -> dict[int, Near]:
    """The neighbours of those wordings that get other ones by what arrives."""
    full = {row for row, new in arriving.items() if len(held[row].keys() | new) > NEIGHBOURS}
    digests = _digests(ledger, {other for row in full for other in (*held[row], *arriving[row])})
    found = {}
    for row, new in arriving.items():
        both = {**held[row], **new}
        if row in full:
            rows = list(both)
            near = np.array([both[one] for one in rows], dtype=np.float32)
            order = np.array([digests[one] for one in rows], dtype=np.int64)
            both = {rows[i]: both[rows[i]] for i in best(near, order, NEIGHBOURS)}
        if both.keys() != held[row].keys():
            found[row] = both
    return found


def _digests(ledger: sqlite3.Connection, rows: Iterable[int]) -> dict[int, int]:
    found = ledger.execute(
        "SELECT id, digest FROM wordings WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(sorted(rows)),)
    )
    return {row["id"]: row["digest"] for row in found}


def _store(
    ledger: sqlite3.Connection, judge: Judge, before: dict[int, Near], after: dict[int, Near], within: _Within
) -> None:
    """Put new neighbours in the place of the old, weigh the pairs that are new, and drop those that are none now."""
    come = [
        (row, other, cosine)
        for row, near in after.items()
        for other, cosine in near.items()
        if other not in before[row]
    ]
    gone = [(row, other) for row, near in before.items() for other in near if other not in after[row]]
    new = sorted({_ordered(row, other) for row, other, _ in come if not _are_neighbours(ledger, other, row)})
    ledger.executemany("DELETE FROM neighbours WHERE wording_id = ? AND other_id = ?", gone)
    ledger.executemany("INSERT INTO neighbours VALUES (?, ?, ?)", come)
    for a, b in sorted({_ordered(*pair) for pair in gone}):
        if not _are_neighbours(ledger, a, b) and not _are_neighbours(ledger, b, a):
            ledger.execute("DELETE FROM pairs WHERE a_id = ? AND b_id = ?", (a, b))
    _weigh(ledger, judge, new, within)


def _ordered(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a < b else (b, a)


def _are_neighbours(ledger: sqlite3.Connection, row: int, other: int) -> bool:
    query = "SELECT 1 FROM neighbours WHERE wording_id = ? AND other_id = ?"
    return ledger.execute(query, (row, other)).fetchone() is not None


def _weigh(ledger: sqlite3.Connection, judge: Judge, pairs: Sequence[tuple[int, int]], within: _Within) -> None:
    """Keep of these pairs those that may say the same, or the contrary."""
    rows = sorted({row for pair in pairs for row in pair})
    if not rows:
        return
    known = wordings_in(ledger, rows)
    vectors = within.table.vectors[[within.place[row] for row in rows]]
    facts, texts = [known[row].facts for row in rows], [known[row].text for row in rows]
    place = {row: i for i, row in enumerate(rows)}
    weighed = judge_pairs(judge, vectors, facts, texts, [(place[a], place[b]) for a, b in pairs])
    kept = [
        (a, b, round(float(same), DECIMALS), round(float(contrary), DECIMALS))
        for (a, b), (same, contrary, _) in zip(pairs, weighed, strict=True)
        if max(same, contrary) >= KEPT
    ]
    ledger.executemany("INSERT OR IGNORE INTO pairs VALUES (?, ?, ?, ?)", kept)
