"""Blocks: which wordings may be neighbours at all, so that not all pairs need be looked at.

Two wordings share a block where they have a word that is rare in the ledger, or where one pivot is among the nearest
to both. Pivots are wordings themselves, those whose digest falls into a fixed sample: there are more of them where
there is more to tell apart, and a block does not grow with the ledger. As long as a ledger is small, all share one.

Which wordings share a block depends on which there are, not on the order in which they came. So a wording that comes
may part others: a word becomes common, or a nearer pivot takes a wording from another's block. Those that have lost
a neighbour by that, or come into another block, are compared again: where it is known what changed, no more than that.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sayso.ledger.opening import transaction
from sayso.trace.agreement import Facts
from sayso.trace.encoder import WIDTH, Vectors

PIVOTS = 64  # of so many wordings one is a pivot
PLACES = 3  # pivots in whose blocks a wording stands
COMMON = 32  # wordings: a word that more of them have makes no neighbours
FEW = 512  # wordings: as long as there are no more, all are in one block

ALL = 0  # that block
_PAGE = 20_000  # vectors that are looked through at a time
_MEASURED_AT_ONCE = 4096  # vectors of which the lengths are found at a time
_PIVOTS_AT_ONCE = 4096  # pivots that are looked through at a time for one question
_CELLS = 4_000_000  # cosines that are held at a time
_BITS = 40  # of a word's hash
_WORDS_KEPT = 1 << 16  # words of which the block is remembered

Floats = NDArray[np.float32]
Places = NDArray[np.int64]


def block_keys(facts: Facts) -> set[int]:
    """The blocks in which a wording stands by its words and names, and the block of all."""
    words = facts.words | {word for name in facts.names for word in name}
    return {word_block(word) for word in words} | {ALL}


@lru_cache(_WORDS_KEPT)
def word_block(word: str) -> int:
    """The block of a word: a number below 0, the same on every machine."""
    digest = hashlib.blake2b(word.encode("utf8", "surrogatepass"), digest_size=8).digest()
    return -1 - (int.from_bytes(digest, "big") >> (64 - _BITS))


def cosines(a: Vectors, b: Vectors) -> Floats:
    """The cosine [n, m] of each of n vectors with each of m."""
    return measured(a).cosines(measured(b))


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Vectors with their lengths, ready to be compared.

    Products of their whole numbers are exact in whatever order they are summed, so that a cosine does not depend on
    what else it is computed with.
    """

    numbers: Floats  # [n, WIDTH]
    lengths: Floats  # [n]

    def cosines(self, other: Measured) -> Floats:
        """The cosine [n, m] of each of n vectors with each of m others."""
        lengths = self.lengths[:, None] * other.lengths[None, :]
        return np.asarray((self.numbers @ other.numbers.T) / np.maximum(lengths, 1.0), dtype=np.float32)


def measured(given: Vectors) -> Measured:
    """Vectors with their lengths."""
    numbers = given.astype(np.float32)
    return Measured(numbers, np.sqrt(np.einsum("ij,ij->i", numbers, numbers)))


def distinct(numbers: Places) -> Places:
    """The different ones of some numbers, in order: by sorting, which is quicker here than by hashing."""
    numbers = np.sort(numbers)
    return np.asarray(numbers[np.append(True, numbers[1:] != numbers[:-1])[: len(numbers)]])


def best(near: Floats, digests: Places, count: int) -> Places:
    """The places of the nearest, as many as `count`, the nearest first; of equals, the one of the lowest digest."""
    if len(near) > count:
        least = np.partition(near, -count)[-count]
        places = np.flatnonzero(near >= least)
    else:
        places = np.arange(len(near))
    return places[np.lexsort((digests[places], -near[places]))][:count]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Some wordings by their rows: their digests, vectors and the lengths of these, in that order."""

    rows: Places
    digests: Places
    vectors: Vectors
    lengths: Floats

    def at(self, places: Places | NDArray[np.bool_]) -> Table:
        """Those in some places."""
        return Table(self.rows[places], self.digests[places], self.vectors[places], self.lengths[places])

    def joined(self, other: Table) -> Table:
        """These, and then the others."""
        return Table(
            np.concatenate([self.rows, other.rows]),
            np.concatenate([self.digests, other.digests]),
            np.concatenate([self.vectors, other.vectors]),
            np.concatenate([self.lengths, other.lengths]),
        )

    def measured(self, places: Places) -> Measured:
        """The vectors in some places, ready to be compared."""
        return Measured(self.vectors.take(places, 0).astype(np.float32), self.lengths.take(places))


def table_of(found: Sequence[sqlite3.Row | tuple[Any, ...]]) -> Table:
    """A table of rows that begin with an id, a digest and a vector."""
    vectors = np.frombuffer(b"".join(row[2] for row in found), dtype=np.int8).reshape(len(found), WIDTH)
    starts = range(0, len(found), _MEASURED_AT_ONCE)
    lengths = [measured(vectors[start : start + _MEASURED_AT_ONCE]).lengths for start in starts]
    return Table(
        np.array([row[0] for row in found], dtype=np.int64),
        np.array([row[1] for row in found], dtype=np.int64),
        vectors,
        np.concatenate([np.zeros(0, dtype=np.float32), *lengths]),
    )


def pivots(ledger: sqlite3.Connection, where: str = "1") -> Table:
    """The pivots of a ledger."""
    return table_of(
        ledger.execute(f"SELECT id, digest, vector FROM wordings WHERE is_pivot AND {where} ORDER BY id").fetchall()  # noqa: S608
    )


def around(table: Table) -> Places:
    """A number for each of some wordings: it is the same for those that lie in one part of all, which has about as many
    of them as there are parts."""
    centers = table.measured(np.arange(0, len(table.rows), max(1, int(len(table.rows) ** 0.5))))
    at_once = max(1, _CELLS // max(1, len(centers.lengths)))
    nearest = [
        table.measured(np.arange(start, min(start + at_once, len(table.rows)))).cosines(centers).argmax(1)
        for start in range(0, len(table.rows), at_once)
    ]
    return np.concatenate([np.zeros(0, dtype=np.int64), *nearest])


def nearest_pivots(ledger: sqlite3.Connection, vector: Vectors, count: int) -> list[int]:
    """The rows of the pivots nearest to a vector [1, WIDTH], the nearest first. There may be very many pivots: they are
    looked through a page at a time, and no more than their cosines is kept."""
    cursor = ledger.cursor()
    cursor.row_factory = None  # plain tuples, which take half the time
    cursor.execute("SELECT id, digest, vector FROM wordings WHERE is_pivot ORDER BY id")
    asked, told, near = measured(vector), [np.zeros((0, 2), dtype=np.int64)], [np.zeros(0, dtype=np.float32)]
    while page := cursor.fetchmany(_PIVOTS_AT_ONCE):
        told.append(np.array([row[:2] for row in page], dtype=np.int64))
        there = np.frombuffer(b"".join(row[2] for row in page), dtype=np.int8).reshape(len(page), WIDTH)
        near.append(asked.cosines(measured(there))[0])
    rows, digests = np.concatenate(told).T
    found: list[int] = rows[best(np.concatenate(near), digests, count)].tolist()
    return found


Changed = dict[int, set[int]]  # wordings that were compared before, by their rows: the blocks into which they came


def place(ledger: sqlite3.Connection, told: Callable[[int], None] = lambda _: None) -> Changed:
    """Put wordings into the blocks of the pivots nearest to them, and close the blocks of words that became common.

    Those that have lost a neighbour by it are marked to be compared again. `told` is given the number of those placed.
    Returns those of which no more is to be compared than what changed here: it is known in this run alone.
    """
    changed: Changed = {}
    with transaction(ledger):
        _take_from_others(ledger, pivots(ledger, "NOT is_placed"))
    known = pivots(ledger)
    ready = measured(known.vectors)
    at_once = max(1, min(_PAGE, _CELLS // max(1, len(known.rows))))
    while rows := ledger.execute(
        "SELECT id, digest, vector, is_compared FROM wordings WHERE NOT is_placed ORDER BY id LIMIT ?", (at_once,)
    ).fetchall():
        changed |= {row["id"]: set() for row in rows if row["is_compared"]}
        with transaction(ledger):
            _place(ledger, table_of(rows), known, ready, changed)
        told(len(rows))
    with transaction(ledger):
        _close_common(ledger, changed)
    return changed


def _take_from_others(ledger: sqlite3.Connection, new: Table) -> None:
    """Mark the wordings to which a new pivot is nearer than one in whose block they stand."""
    if not len(new.rows):
        return
    ready = measured(new.vectors)
    at_once = max(1, min(_PAGE, _CELLS // len(new.rows)))
    cursor = ledger.cursor()
    cursor.row_factory = None  # plain tuples: all wordings are looked through
    cursor.execute("SELECT id, digest, vector, coalesce(reach, -2) FROM wordings WHERE is_placed ORDER BY id")
    taken: list[int] = []
    while page := cursor.fetchmany(at_once):
        table = table_of(page)
        reach = np.array([row[3] for row in page], dtype=np.float32)
        taken += table.rows[table.measured(np.arange(len(page))).cosines(ready).max(1) >= reach].tolist()
    ledger.executemany("UPDATE wordings SET is_placed = 0 WHERE id = ?", ((row,) for row in taken))


def _place(ledger: sqlite3.Connection, table: Table, known: Table, ready: Measured, changed: Changed) -> None:
    """Put some wordings into the blocks of the pivots nearest to them, in the place of those that they stood in."""
    near = table.measured(np.arange(len(table.rows))).cosines(ready)
    held: dict[int, set[int]] = {row: set() for row in table.rows.tolist()}
    for one in ledger.execute(
        "SELECT block, wording_id FROM blocks WHERE block > 0 AND wording_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(held)),),
    ):
        held[one["wording_id"]].add(one["block"])
    gone, come, placed = [], [], []
    for i, (row, before) in enumerate(held.items()):
        chosen = best(near[i], known.digests, PLACES)
        blocks = set(known.rows[chosen].tolist())
        gone += [(one, row) for one in before - blocks]
        come += [(one, row) for one in blocks - before]
        if row in changed:
            changed[row].update(blocks - before)
        nearest = int(known.rows[chosen[0]]) if len(chosen) else None
        reach = float(near[i][chosen[-1]]) if len(chosen) == PLACES else None
        placed.append((before == blocks, nearest, reach, row))
    ledger.executemany("DELETE FROM blocks WHERE block = ? AND wording_id = ?", gone)
    ledger.executemany("INSERT INTO blocks VALUES (?, ?)", sorted(come))
    ledger.executemany(
        "UPDATE wordings SET is_placed = 1, is_compared = is_compared AND ?, pivot_id = ?, reach = ? WHERE id = ?",
        placed,
    )
    _compare_again_without(ledger, sorted({row for _, row in gone}), changed)


def _compare_again_without(ledger: sqlite3.Connection, rows: Sequence[int], changed: Changed) -> None:
    """Mark the wordings that have one of these as a neighbour and share no block with it any more."""
    marked = ledger.execute(
        "UPDATE wordings SET is_compared = 0 WHERE is_compared AND id IN ("
        " SELECT neighbours.wording_id FROM neighbours WHERE other_id IN (SELECT value FROM json_each(?))"
        "  AND NOT EXISTS ("
        "   SELECT 1 FROM blocks AS mine JOIN blocks AS its ON its.block = mine.block"
        "   WHERE mine.wording_id = other_id AND its.wording_id = neighbours.wording_id"
        "   AND mine.block NOT IN (SELECT block FROM common_blocks))) RETURNING id",
        (json.dumps(rows),),
    )
    for one in marked.fetchall():
        changed.setdefault(one["id"], set())


def _close_common(ledger: sqlite3.Connection, changed: Changed) -> None:
    """Note which words have become common, and mark the wordings that were neighbours by them."""
    closing = ledger.execute(
        # From the wordings to their blocks: the other way, SQLite would look through all blocks there are.
        "SELECT block FROM ("
        " SELECT block FROM wordings CROSS JOIN blocks ON wording_id = wordings.id WHERE NOT is_compared AND block <= 0"
        " EXCEPT SELECT block FROM common_blocks) AS open"
        " WHERE (SELECT count(*) FROM (SELECT 1 FROM blocks WHERE blocks.block = open.block LIMIT ?))"
        " > iif(block = ?, ?, ?)",
        (FEW + 1, ALL, FEW, COMMON),
    ).fetchall()
    for one in closing:
        ledger.execute("INSERT INTO common_blocks VALUES (?)", (one["block"],))
        marked = ledger.execute(
            "UPDATE wordings SET is_compared = 0 WHERE is_compared AND id IN ("
            " SELECT neighbours.wording_id FROM blocks AS mine"
            " JOIN neighbours ON neighbours.wording_id = mine.wording_id"
            " JOIN blocks AS its ON its.wording_id = other_id AND its.block = mine.block WHERE mine.block = ?)"
            " RETURNING id",
            (one["block"],),
        )
        for row in marked.fetchall():
            changed.setdefault(row["id"], set())


def make_room_without(ledger: sqlite3.Connection, row: int) -> None:
    """Open the blocks of words again that are no longer common without a wording that is about to go."""
    opening = ledger.execute(
        "SELECT block FROM common_blocks WHERE block IN (SELECT block FROM blocks WHERE wording_id = ?)"
        " AND (SELECT count(*) FROM (SELECT 1 FROM blocks WHERE blocks.block = common_blocks.block LIMIT ?))"
        " = iif(block = ?, ?, ?)",
        (row, FEW + 2, ALL, FEW + 1, COMMON + 1),
    ).fetchall()
    for one in opening:
        ledger.execute("DELETE FROM common_blocks WHERE block = ?", (one["block"],))
        ledger.execute(
            "UPDATE wordings SET is_compared = 0 WHERE id IN (SELECT wording_id FROM blocks WHERE block = ?)",
            (one["block"],),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Blocks and the wordings that stand in them, by their rows: one entry for each of both, in the blocks' order."""

    blocks: Places
    wordings: Places


def open_blocks(ledger: sqlite3.Connection, rows: Sequence[int], changed: Changed) -> tuple[Blocks, Blocks]:
    """The blocks of the wordings in these rows, without those that are common; of the changed ones, those into which
    they came. And all that stand in these blocks."""
    mine = _blocks(
        ledger,
        "wording_id IN (SELECT value FROM json_each(?)) AND block NOT IN (SELECT block FROM common_blocks)",
        [row for row in rows if row not in changed],
    )
    come = np.array([(block, row) for row in rows for block in changed.get(row, ())], dtype=np.int64).reshape(-1, 2)
    blocks, wordings = np.append(mine.blocks, come[:, 0]), np.append(mine.wordings, come[:, 1])
    order = np.lexsort((wordings, blocks))
    mine = Blocks(blocks[order], wordings[order])
    return mine, _blocks(ledger, "block IN (SELECT value FROM json_each(?))", np.unique(mine.blocks).tolist())


def _blocks(ledger: sqlite3.Connection, where: str, given: Sequence[int]) -> Blocks:
    cursor = ledger.cursor()
    cursor.row_factory = None
    # Gathered into text by SQLite: there may be very many, and to make a number of each by itself takes far longer.
    cursor.execute(
        f"SELECT block, count(*), group_concat(wording_id) FROM blocks WHERE {where} GROUP BY 1 ORDER BY 1",  # noqa: S608
        (json.dumps(given),),
    )
    found = cursor.fetchall()
    if not found:
        return Blocks(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    blocks, counts = (np.array([one[i] for one in found], dtype=np.int64) for i in (0, 1))
    wordings = np.fromstring(",".join(one[2] for one in found), dtype=np.int64, sep=",")
    return Blocks(np.repeat(blocks, counts), wordings)
