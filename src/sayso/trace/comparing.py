"""Neighbours and pairs: each wording is weighed against the nearest of those that share a block with it.

A wording has at most NEIGHBOURS, so that the work grows with the wordings and not with their square. Two are a pair
where one is a neighbour of the other. What comes out depends on which wordings there are, not on the order in which
they came.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sayso.ledger.opening import transaction
from sayso.trace.blocks import (
    Blocks,
    Changed,
    Floats,
    Places,
    Table,
    around,
    best,
    distinct,
    open_blocks,
    pivots,
    table_of,
)
from sayso.trace.judge import Judge, judge_pairs
from sayso.trace.wordings import documents_of, wordings_in

# With 12 neighbours, at 0.45 and more, 60 articles of wire_copies had 489 claims, with these 486; 30 of PolNeAR 207 and
# 206. Of 2,902 pairs of wire_copies and NewsWCL50 that were the same, none was below 0.52; of 99 contrary ones, 3 were
# below 0.5.
NEIGHBOURS = 8  # of a wording, at most
NEAR = 0.5  # cosine below which two wordings are no neighbours
KEPT = 0.1  # probability of same or contrary below which a pair is not kept
CONNECTS = 0.5  # probability of either from which a pair connects two wordings, whatever documents they stand in
AT_ONCE = 1000  # wordings
AT_HAND = 100_000  # wordings of which the vectors are kept for those that are compared next
DECIMALS = 6  # of a probability that is kept

_SMALL = 4096  # cosines: a block of less is no matrix of its own
_CELLS = 4_000_000  # cosines that are held at a time

Near = dict[int, float]  # neighbours of a wording, with their cosines


def compare(
    ledger: sqlite3.Connection,
    judge: Judge,
    told: Callable[[int], None] = lambda _: None,
    threads: int = 1,
    changed: Changed | None = None,
) -> None:
    """Bring the neighbours of all wordings up to date, and weigh the new pairs; `told` is given the number done.

    Of those that are `changed`, no more is compared than that: the neighbours that they have were the right ones before
    they were placed in this run.
    """
    changed = changed or {}
    (last,) = ledger.execute("SELECT coalesce(max(id), 0) FROM wordings").fetchone()
    done = np.zeros(last + 1, dtype=bool)  # in this run: looked for when all that are new stood in blocks
    hand = _Hand(table_of(()), np.zeros(0, dtype=bool))
    turns = _in_turn(ledger)
    for start in range(0, len(turns), AT_ONCE):
        rows = turns[start : start + AT_ONCE].tolist()
        with transaction(ledger):
            hand = _compare(ledger, judge, rows, done, hand, threads, changed)
        told(len(rows))


def _in_turn(ledger: sqlite3.Connection) -> Places:
    """The wordings that are to be compared, by their rows: those that gather around one pivot together, and then those
    around pivots that are near it, since they need the same vectors."""
    known = pivots(ledger)
    turn = dict(zip(known.rows.tolist(), around(known).tolist(), strict=True))
    found = ledger.execute("SELECT pivot_id, id FROM wordings WHERE NOT is_compared").fetchall()
    rows = np.array([(turn.get(row["pivot_id"], -1), row["pivot_id"] or 0, row["id"]) for row in found], dtype=np.int64)
    rows = rows.reshape(-1, 3)
    return np.asarray(rows[np.lexsort(rows.T[::-1]), 2])


@dataclass(frozen=True, slots=True, eq=False)
class _Hand:
    """The wordings at hand, by their rows, and which of them were compared before this run."""

    table: Table
    compared: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """Wordings that are near each other: places in the table of those at hand, and their cosines."""

    one: Places
    other: Places
    cosine: Floats


def _compare(
    ledger: sqlite3.Connection,
    judge: Judge,
    rows: Sequence[int],
    done: NDArray[np.bool_],
    before: _Hand,
    threads: int,
    changed: Changed,
) -> _Hand:
    """Compare the wordings in these rows. Returns what is at hand then, for those that come next."""
    held = _neighbours_of(ledger, rows)
    still = _still_near(ledger, held, changed)
    mine, members = open_blocks(ledger, rows, {row: changed[row] for row in still})
    others = [other for near in still.values() for other in near]
    hand = _at_hand(ledger, distinct(np.concatenate([rows, members.wordings, others]).astype(np.int64)), before)
    found = _near(hand.table, mine, members)
    after: dict[int, Near] = {row: {} for row in rows}
    for one, other, cosine in _told(_nearest(_with_held(found, still, hand.table), hand.table), hand.table):
        after[one][other] = cosine
    done[rows] = True
    # Those that were compared before, and those of which no more is than what changed, take in whatever comes near.
    settled = hand.compared & ~done[hand.table.rows]
    settled |= np.isin(hand.table.rows, list(changed)) & ~np.isin(hand.table.rows, rows)
    for row, (old, merged) in _arrived(ledger, found, hand.table, settled).items():
        held[row], after[row] = old, merged
    _store(ledger, judge, held, after, threads)
    ledger.executemany("UPDATE wordings SET is_compared = 1 WHERE id = ?", ((row,) for row in rows))
    return hand


def _still_near(ledger: sqlite3.Connection, held: dict[int, Near], changed: Changed) -> dict[int, Near]:
    """Of the changed ones among some wordings, those neighbours with which they share a block still. One that had as
    many as may be and lost some is left out: which ones come next is found by comparing it wholly."""
    still = {row: near for row, near in held.items() if row in changed}
    lost = ledger.execute(_SHARE_NO_BLOCK, (json.dumps(list(still)),)).fetchall()
    for one in lost:
        near = still.get(one["wording_id"])
        if near is None:
            continue
        if len(held[one["wording_id"]]) >= NEIGHBOURS:
            del still[one["wording_id"]]
        else:
            still[one["wording_id"]] = {other: c for other, c in near.items() if other != one["other_id"]}
    return still


_SHARE_NO_BLOCK = """
SELECT wording_id, other_id FROM neighbours WHERE wording_id IN (SELECT value FROM json_each(?)) AND NOT EXISTS (
  SELECT 1 FROM blocks AS mine JOIN blocks AS its ON its.block = mine.block
  WHERE mine.wording_id = neighbours.wording_id AND its.wording_id = other_id
    AND mine.block NOT IN (SELECT block FROM common_blocks)
)"""


def _with_held(found: _Found, still: dict[int, Near], table: Table) -> _Found:
    """What was found, with the neighbours that changed wordings have still, and with those to which such a one was
    found to be near, of which the blocks are new to these."""
    if not still:
        return found
    back = np.isin(table.rows[found.other], list(still))
    held = [(row, other, cosine) for row, near in still.items() for other, cosine in near.items()]
    ones, others, cosines = (np.array(part) for part in zip(*held, strict=True)) if held else (np.zeros(0),) * 3
    one = np.concatenate([found.one, found.other[back], np.searchsorted(table.rows, ones)])
    other = np.concatenate([found.other, found.one[back], np.searchsorted(table.rows, others)])
    cosine = np.concatenate([found.cosine, found.cosine[back], cosines.astype(np.float32)])
    _, at = np.unique(one * len(table.rows) + other, return_index=True)
    return _Found(one[at], other[at], cosine[at])


def _at_hand(ledger: sqlite3.Connection, rows: Places, before: _Hand) -> _Hand:
    """The wordings in these rows, taken from those at hand before as far as they were. Those others of these stay at
    hand too, as long as they are not too many."""
    missing = rows[~np.isin(rows, before.table.rows, assume_unique=True)]
    if len(before.table.rows) + len(missing) > AT_HAND:
        kept = np.isin(before.table.rows, rows, assume_unique=True)
        before = _Hand(before.table.at(kept), before.compared[kept])
    if not len(missing):
        return before
    cursor = ledger.cursor()
    cursor.row_factory = None  # plain tuples: there may be very many
    cursor.execute(
        "SELECT id, digest, vector, is_compared FROM wordings WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(missing.tolist()),),
    )
    found = cursor.fetchall()
    table = before.table.joined(table_of(found))
    compared = np.concatenate([before.compared, np.array([one[3] for one in found], dtype=bool)])
    order = np.argsort(table.rows, kind="stable")
    return _Hand(table.at(order), compared[order])


def _near(table: Table, mine: Blocks, members: Blocks) -> _Found:
    """Each two that share a block and are as near as neighbours must be: all of one block at once, as a matrix where
    that is large, and those of all small ones together."""
    parts: list[_Found] = []
    few: list[tuple[Places, Places]] = []
    of_mine = np.searchsorted(table.rows, mine.wordings)
    of_members = np.searchsorted(table.rows, members.wordings)
    for (a, z), (first, last) in _of_each_block(mine.blocks, members.blocks):
        ones, others = of_mine[a:z], of_members[first:last]
        if len(ones) * len(others) < _SMALL:
            few.append((ones, others))
            continue
        there = table.measured(others)
        at_once = max(1, _CELLS // len(others))
        for start in range(0, len(ones), at_once):
            some = ones[start : start + at_once]
            near = table.measured(some).cosines(there)
            i, j = np.nonzero(near >= NEAR)
            parts.append(_Found(some[i], others[j], near[i, j]))
    parts += _near_in_pairs(table, few)
    count = len(table.rows)
    keys = np.concatenate([part.one * count + part.other for part in parts]) if parts else np.zeros(0, dtype=np.int64)
    cosines = np.concatenate([part.cosine for part in parts]) if parts else np.zeros(0, dtype=np.float32)
    order = np.argsort(keys, kind="stable")
    at = order[np.append(True, np.diff(keys[order]) != 0)] if len(keys) else order
    keys, cosines = keys[at], cosines[at]
    ones, others = keys // max(1, count), keys % max(1, count)
    apart = ones != others
    return _Found(ones[apart], others[apart], cosines[apart])


def _of_each_block(mine: Places, members: Places) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Where each block begins and ends in the sorted blocks of some wordings, and in those of all their members."""
    blocks, starts = np.unique(mine, return_index=True)
    ends = np.append(starts[1:], len(mine))[: len(starts)]  # there may be none
    firsts, lasts = (np.searchsorted(members, blocks, side) for side in ("left", "right"))
    for a, z, first, last in zip(*(one.tolist() for one in (starts, ends, firsts, lasts)), strict=True):
        yield (a, z), (first, last)


def _near_in_pairs(table: Table, few: Sequence[tuple[Places, Places]]) -> Iterator[_Found]:
    """Those of small blocks: each wording against all that share one with it, at once."""
    if not few:
        return
    count = len(table.rows)
    keys = distinct(np.concatenate([np.add.outer(ones * count, others).ravel() for ones, others in few]))
    ones, starts = np.unique(keys // count, return_index=True)
    for one, part in zip(ones.tolist(), np.split(keys % count, starts[1:]), strict=True):
        near = table.measured(np.array([one])).cosines(table.measured(part))[0]
        fit = near >= NEAR
        others = part[fit]
        yield _Found(np.full(len(others), one), others, near[fit])


def _nearest(found: _Found, table: Table) -> _Found:
    """Of each wording the nearest others, no more than NEIGHBOURS; of equals, those of the lowest digests."""
    order = np.lexsort((table.digests[found.other], -found.cosine, found.one))
    _, starts, counts = np.unique(found.one[order], return_index=True, return_counts=True)
    rank = np.arange(len(order)) - np.repeat(starts, counts)
    chosen = order[rank < NEIGHBOURS]
    return _Found(found.one[chosen], found.other[chosen], found.cosine[chosen])


def _told(found: _Found, table: Table) -> Iterator[tuple[int, int, float]]:
    ones, others = table.rows[found.one].tolist(), table.rows[found.other].tolist()
    return zip(ones, others, found.cosine.tolist(), strict=True)


def _arrived(
    ledger: sqlite3.Connection, found: _Found, table: Table, settled: NDArray[np.bool_]
) -> dict[int, tuple[Near, Near]]:
    """The neighbours, before and after, of those wordings to which some that are now compared have come nearer than
    one that they had."""
    to_settled = settled[found.other]
    coming = _Found(found.one[to_settled], found.other[to_settled], found.cosine[to_settled])
    least = np.full(len(table.rows), -1, dtype=np.float32)  # how near one must be to take another's place
    for one in ledger.execute(
        "SELECT wording_id, min(cosine) AS least FROM neighbours WHERE wording_id IN (SELECT value FROM json_each(?))"
        " GROUP BY wording_id HAVING count(*) >= ?",
        (json.dumps(table.rows[np.unique(coming.other)].tolist()), NEIGHBOURS),
    ):
        least[np.searchsorted(table.rows, one["wording_id"])] = one["least"]
    near = coming.cosine >= least[coming.other]
    arriving: dict[int, Near] = defaultdict(dict)
    for row, other, cosine in _told(_Found(coming.one[near], coming.other[near], coming.cosine[near]), table):
        arriving[other][row] = cosine
    held = _neighbours_of(ledger, list(arriving))
    return {row: (held[row], merged) for row, merged in _merged(ledger, held, arriving).items()}


def _neighbours_of(ledger: sqlite3.Connection, rows: Sequence[int]) -> dict[int, Near]:
    found: dict[int, Near] = {row: {} for row in rows}
    cursor = ledger.cursor()
    cursor.row_factory = None
    cursor.execute(
        "SELECT wording_id, other_id, cosine FROM neighbours WHERE wording_id IN (SELECT value FROM json_each(?))",
        (json.dumps(rows),),
    )
    for row, other, cosine in cursor:
        found[row][other] = cosine
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
    ledger: sqlite3.Connection, judge: Judge, before: dict[int, Near], after: dict[int, Near], threads: int
) -> None:
    """Put new neighbours in the place of the old, weigh the pairs that are new, and drop those that are none now."""
    come = [
        (row, other, cosine)
        for row, near in after.items()
        for other, cosine in near.items()
        if other not in before[row]
    ]
    gone = [(row, other) for row, near in before.items() for other in near if other not in after[row]]
    back = _neighbours_of(ledger, distinct(np.array([other for _, other, _ in come], dtype=np.int64)).tolist())
    new = sorted({_ordered(row, other) for row, other, _ in come if row not in back[other]})
    grouped = _grouped(ledger, {row for pair in (*new, *gone) for row in pair})
    ledger.executemany("DELETE FROM neighbours WHERE wording_id = ? AND other_id = ?", gone)
    ledger.executemany("INSERT INTO neighbours VALUES (?, ?, ?)", sorted(come))
    changed: list[_Weighed] = []
    for a, b in sorted({_ordered(*pair) for pair in gone}):
        if not _are_neighbours(ledger, a, b) and not _are_neighbours(ledger, b, a):
            deleted = ledger.execute("DELETE FROM pairs WHERE a_id = ? AND b_id = ? RETURNING *", (a, b)).fetchall()
            changed += [(a, b, one["same"], one["contrary"]) for one in deleted]
    changed += _weigh(ledger, judge, new, threads)
    _leave_grouped(ledger, grouped, changed)


def _grouped(ledger: sqlite3.Connection, rows: Iterable[int]) -> dict[int, int | None]:
    """Those of some wordings that are grouped, and with which others."""
    found = ledger.execute(
        "SELECT id, part FROM wordings WHERE is_grouped AND id IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(rows)),),
    )
    return {row["id"]: row["part"] for row in found}


def _leave_grouped(ledger: sqlite3.Connection, grouped: dict[int, int | None], changed: Sequence[_Weighed]) -> None:
    """Let those of the grouped wordings be as they are to which no pair that came or went makes a difference: one that
    connects nothing, neither by itself nor within a document, and is not of two that were grouped together."""
    changed = [pair for pair in changed if pair[0] in grouped or pair[1] in grouped]
    documents = documents_of(ledger, {row for a, b, _, _ in changed for row in (a, b)})
    concerned = set[int]()
    for a, b, same, contrary in changed:
        part = grouped.get(a)
        together = part is not None and part == grouped.get(b)
        if max(same, contrary) >= CONNECTS or together or not documents[a].isdisjoint(documents[b]):
            concerned |= {a, b}
    ledger.executemany(
        "UPDATE wordings SET is_grouped = 1 WHERE id = ?", ((row,) for row in grouped if row not in concerned)
    )


def _ordered(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a < b else (b, a)


def _are_neighbours(ledger: sqlite3.Connection, row: int, other: int) -> bool:
    query = "SELECT 1 FROM neighbours WHERE wording_id = ? AND other_id = ?"
    return ledger.execute(query, (row, other)).fetchone() is not None


_Weighed = tuple[int, int, float, float]  # a pair, and the probabilities of same and of contrary


def _weigh(ledger: sqlite3.Connection, judge: Judge, pairs: Sequence[tuple[int, int]], threads: int) -> list[_Weighed]:
    """Keep of these pairs those that may say the same, or the contrary. Returns those."""
    rows = sorted({row for pair in pairs for row in pair})
    if not rows:
        return []
    known = wordings_in(ledger, rows)
    vectors = np.stack([known[row].vector for row in rows])
    facts, texts = [known[row].facts for row in rows], [known[row].text for row in rows]
    place = {row: i for i, row in enumerate(rows)}
    places = [(place[a], place[b]) for a, b in pairs]
    weighed = judge_pairs(judge, vectors, facts, texts, places, threads)
    kept = [
        (a, b, round(float(same), DECIMALS), round(float(contrary), DECIMALS))
        for (a, b), (same, contrary, _) in zip(pairs, weighed, strict=True)
        if max(same, contrary) >= KEPT
    ]
    ledger.executemany("INSERT OR IGNORE INTO pairs VALUES (?, ?, ?, ?)", kept)
    return kept
