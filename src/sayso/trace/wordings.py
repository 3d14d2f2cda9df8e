"""Taking down what documents put forward: their propositions, and the wordings of these, which are then compared.

A wording is a proposition's text with what its times are. The same wording in a hundred copies is taken down once.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import msgspec
import numpy as np

from sayso.ledger.opening import transaction
from sayso.ledger.readings import kept_readings
from sayso.trace.agreement import Facts
from sayso.trace.blocks import PIVOTS, block_keys, make_room_without
from sayso.trace.encoder import ClaimEncoder, Vectors, vectors
from sayso.trace.propositions import Proposition, propositions

AT_ONCE = 50  # documents

_FACTS = msgspec.json.Decoder(Facts)


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """A wording as it is compared: its text, what must agree, its vector, and its digest, by which equals are put in
    order."""

    digest: int
    text: str
    facts: Facts
    vector: Vectors


def digest_of(text: str, facts: Facts) -> int:
    """What a wording is recognized by: 63 bits of a hash of its text, and of what its times are."""
    told = f"{text}\0{msgspec.json.encode(facts.times).decode()}".encode("utf8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(told, digest_size=8).digest(), "big") >> 1


def not_taken_down(ledger: sqlite3.Connection) -> list[int]:
    """The rows of the documents whose propositions are not taken down yet, or that were read again since."""
    # Put in order here: for SQLite's own order it would read all of the documents.
    return sorted(row["id"] for row in ledger.execute(f"SELECT documents.id FROM {NOT_TAKEN_DOWN}"))  # noqa: S608


NOT_TAKEN_DOWN = (
    "documents LEFT JOIN proposed ON proposed.document_id = documents.id"
    " WHERE proposed.maker_id IS NULL OR proposed.maker_id <> documents.maker_id"
)


def take_down(
    ledger: sqlite3.Connection,
    encoder: ClaimEncoder,
    maker: int,
    threads: int = 1,
    told: Callable[[int], None] = lambda _: None,
) -> None:
    """Store what documents put forward that was not taken down yet, and leave out wordings that none has any more.

    A wording's vector is made alone, whatever the number of `threads`; while those of some documents are made, the next
    ones are read. `told` is given the number of documents done.
    """
    rows = not_taken_down(ledger)
    pages = [rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE)]
    found = _put_forward(ledger, pages[0]) if pages else []
    with ThreadPoolExecutor(threads) as pool:
        for page, next_page in zip(pages, [*pages, []][1:], strict=True):
            known = _known(ledger, [one.digest for one in found])
            new = {one.digest: one.proposition for one in found if one.digest not in known}
            texts = list(dict.fromkeys(one.text for one in new.values()))
            parts = [texts[i::threads] for i in range(threads)]
            making = [pool.submit(vectors, encoder, part) for part in parts]
            found_next = _put_forward(ledger, next_page)
            vector_of = {
                text: vector
                for part, made in zip(parts, making, strict=True)
                for text, vector in zip(part, made.result(), strict=True)
            }
            with transaction(ledger):
                for digest, one in new.items():
                    known[digest] = _store(ledger, digest, one, maker, vector_of[one.text])
                _keep(ledger, page, found, known)
            found = found_next
            told(len(page))
    with transaction(ledger):
        _leave_out_orphans(ledger)


@dataclass(frozen=True, slots=True)
class _PutForward:
    """A proposition, by the rows of its document and of its attribution or statement, and its wording's digest."""

    document: int
    attribution: int | None
    statement: int | None
    digest: int
    proposition: Proposition


def _put_forward(ledger: sqlite3.Connection, page: Sequence[int]) -> list[_PutForward]:
    """What some documents put forward."""
    found = []
    for row, _, reading in kept_readings(ledger, page):
        attributions = _rows_of(ledger, "attributions", row, [one.id for one in reading.attributions])
        statements = _rows_of(ledger, "statements", row, [one.id for one in reading.statements])
        found += [
            _PutForward(
                row,
                attributions.get(one.attribution or ""),
                statements.get(one.statement or ""),
                digest_of(one.text, one.facts),
                one,
            )
            for one in propositions(reading)
            if not one.relays
        ]
    return found


def _keep(
    ledger: sqlite3.Connection, page: Sequence[int], found: Sequence[_PutForward], wordings: Mapping[int, int]
) -> None:
    """Store the propositions of some documents, in the place of what these put forward before."""
    ledger.executemany("DELETE FROM propositions WHERE document_id = ?", ((row,) for row in page))
    ledger.executemany(
        "INSERT INTO propositions (document_id, attribution_id, statement_id, position, is_deed, answer, wording_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (
                *(one.document, one.attribution, one.statement),
                *(one.proposition.position, one.proposition.is_deed, one.proposition.answer, wordings[one.digest]),
            )
            for one in found
        ),
    )
    ledger.executemany(
        "INSERT INTO proposed SELECT id, maker_id FROM documents WHERE id = ?"
        " ON CONFLICT DO UPDATE SET maker_id = excluded.maker_id",
        ((row,) for row in page),
    )


def _rows_of(ledger: sqlite3.Connection, table: str, document: int, ids: list[str]) -> dict[str, int]:
    """The rows of a document's attributions or statements by their ids, in the order in which both stand."""
    rows = ledger.execute(f"SELECT id FROM {table} WHERE document_id = ? ORDER BY id", (document,))  # noqa: S608
    return dict(zip(ids, (row["id"] for row in rows), strict=True))


def _known(ledger: sqlite3.Connection, digests: Sequence[int]) -> dict[int, int]:
    """The wordings that are taken down already, by their digests."""
    rows = ledger.execute(
        "SELECT digest, id FROM wordings WHERE digest IN (SELECT value FROM json_each(?))", (json.dumps(digests),)
    )
    return {row["digest"]: row["id"] for row in rows}


def _store(ledger: sqlite3.Connection, digest: int, one: Proposition, maker: int, vector: Vectors) -> int:
    done = ledger.execute(
        "INSERT INTO wordings (digest, text, maker_id, is_pivot, facts, vector) VALUES (?, ?, ?, ?, ?, ?)",
        (
            digest,
            one.text,
            maker,
            digest % PIVOTS == 0,
            msgspec.json.encode(one.facts, order="deterministic").decode(),
            vector.tobytes(),
        ),
    )
    row = done.lastrowid
    assert row is not None  # noqa: S101 - an insert into a table with ids
    ledger.executemany("INSERT INTO blocks VALUES (?, ?)", ((block, row) for block in block_keys(one.facts)))
    return row


def _leave_out_orphans(ledger: sqlite3.Connection) -> None:
    rows = ledger.execute(
        "SELECT id FROM wordings WHERE NOT is_grouped"
        " AND NOT EXISTS (SELECT 1 FROM propositions WHERE wording_id = wordings.id)"
    ).fetchall()
    for row in rows:
        make_room_without(ledger, row["id"])
        ledger.execute("DELETE FROM wordings WHERE id = ?", (row["id"],))


def wordings_in(ledger: sqlite3.Connection, rows: Sequence[int]) -> dict[int, Wording]:
    """The wordings in these rows of the table of that name."""
    found = ledger.execute(
        "SELECT id, digest, text, facts, vector FROM wordings WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(rows),),
    )
    return {
        row["id"]: Wording(row["digest"], row["text"], _FACTS.decode(row["facts"]), vector_of(row["vector"]))
        for row in found
    }


def vector_of(kept: bytes) -> Vectors:
    """A vector as the ledger keeps it."""
    return np.frombuffer(kept, dtype=np.int8)


def documents_of(ledger: sqlite3.Connection, rows: Iterable[int]) -> dict[int, set[int]]:
    """The documents in which the wordings of these rows stand, by their rows."""
    found: dict[int, set[int]] = {row: set() for row in rows}
    for one in ledger.execute(
        "SELECT wording_id, document_id FROM propositions WHERE wording_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(found)),),
    ):
        found[one["wording_id"]].add(one["document_id"])
    return found


def propositions_of(ledger: sqlite3.Connection, rows: Iterable[int]) -> list[tuple[int, int]]:
    """The propositions that stand in the wordings of these rows: the wording and the proposition, by their rows."""
    found = ledger.execute(
        "SELECT wording_id, id FROM propositions WHERE wording_id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(list(rows)),),
    )
    return [(row["wording_id"], row["id"]) for row in found]
