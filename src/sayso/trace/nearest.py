"""The wordings of a ledger that are nearest to some words, found by the blocks in which these would stand."""

from __future__ import annotations

import json
import sqlite3

import numpy as np

from sayso.trace.agreement import Facts
from sayso.trace.blocks import best, block_keys, cosines, nearest_pivots, table_of
from sayso.trace.encoder import Vectors

PIVOTS_ASKED = 24  # whose blocks are looked through: more than a wording stands in, since one question costs little
MOST_OF_A_WORD = 2000  # wordings with one of the words that are looked at


def nearest_wordings(ledger: sqlite3.Connection, asked: Vectors, facts: Facts, count: int) -> list[int]:
    """The wordings nearest to one that has this vector [1, WIDTH] and these facts, as many as `count`, the nearest
    first: among those of the pivots nearest to it, and those that share a word with it."""
    rows = {row for pivot in nearest_pivots(ledger, asked, PIVOTS_ASKED) for row in _members(ledger, pivot, -1)}
    for block in sorted(block_keys(facts)):
        rows.update(_members(ledger, block, MOST_OF_A_WORD))
    table = table_of(
        ledger.execute(
            "SELECT id, digest, vector FROM wordings WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
            (json.dumps(sorted(rows)),),
        ).fetchall()
    )
    if not len(table.rows):
        return []
    found = best(cosines(asked, table.vectors)[0], table.digests, count)
    return [int(table.rows[i]) for i in np.asarray(found)]


def _members(ledger: sqlite3.Connection, block: int, limit: int) -> list[int]:
    rows = ledger.execute("SELECT wording_id FROM blocks WHERE block = ? LIMIT ?", (block, limit))
    return [row["wording_id"] for row in rows]
