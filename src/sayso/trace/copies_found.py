"""Copies that were found in a ledger: which documents share passages, asked for without what finds them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator
from enum import StrEnum

from sayso.ledger.paging import behind as behind_in_list
from sayso.model import Copy, Span

# The pairs with a document, by its id; found by their indexes.
_OF_IT = (
    "copies.id IN (SELECT id FROM copies WHERE a_id = (SELECT id FROM documents WHERE reading_id = ?2)"
    " UNION SELECT id FROM copies WHERE b_id = (SELECT id FROM documents WHERE reading_id = ?2))"
)


class PassageKind(StrEnum):
    """Whether a passage was copied, or is only what both were told: a quotation can be had at first hand."""

    PASSAGE = "passage"
    QUOTATION = "quotation"


def behind(ledger: sqlite3.Connection) -> int:
    """How many documents were not looked through for copies yet."""
    (count,) = ledger.execute("SELECT (SELECT count(*) FROM documents) - (SELECT count(*) FROM shingled)").fetchone()
    return int(count)


def copies_in(
    ledger: sqlite3.Connection,
    document: str | None = None,
    kind: PassageKind = PassageKind.PASSAGE,
    limit: int | None = None,
    as_of: str | None = None,
    after: tuple[int, str, str] | None = None,
) -> Iterator[tuple[Copy, int]]:
    """The pairs of documents that share passages, or quotations alone, those that share most words first; each
    with the number of words. `document` is the id of one of them. `as_of` is a year, month or day: pairs with a
    document published later, or with an undated one, are left out. `after` are the number of words and the two
    documents of a pair behind which to go on."""
    rest, given = behind_in_list(("words DESC", "a.reading_id", "b.reading_id"), after) if after else ("1", [])
    # The pairs of one document are asked for alone, and their kind not by its index, or all pairs are gone through.
    of_it = "copies.kind = ?1" if document is None else f"+copies.kind = ?1 AND {_OF_IT}"
    rows = ledger.execute(
        "SELECT copies.*, a.reading_id AS a, b.reading_id AS b, first.reading_id AS first FROM copies"  # noqa: S608
        " JOIN documents AS a ON a.id = a_id JOIN documents AS b ON b.id = b_id"
        " LEFT JOIN documents AS first ON first.id = first_id WHERE"
        " (?4 IS NULL OR max(substr(a.published_on, 1, ?5), substr(b.published_on, 1, ?5)) <= ?4)"
        f" AND {of_it} AND {rest} ORDER BY words DESC, a.reading_id, b.reading_id LIMIT ?3",
        (kind, document, -1 if limit is None else limit, as_of, len(as_of or ""), *given),
    )
    for row in rows:
        spans = ledger.execute("SELECT * FROM passages WHERE copy_id = ? ORDER BY position", (row["id"],))
        found = tuple((Span(p["a_start"], p["a_end"]), Span(p["b_start"], p["b_end"])) for p in spans)
        yield Copy((row["a"], row["b"]), found, row["first"], row["why"]), row["words"]


def copies_among(ledger: sqlite3.Connection, rows: Collection[int]) -> tuple[Copy, ...]:
    """The pairs that share passages of those documents that stand in these rows: by the first of the two, then those
    that share most words first."""
    given = json.dumps(sorted(rows))
    spans: dict[int, list[tuple[Span, Span]]] = {}
    for one in ledger.execute(
        f"SELECT passages.* FROM {_AMONG} JOIN passages ON copy_id = copies.id ORDER BY position",  # noqa: S608
        (given, PassageKind.PASSAGE),
    ):
        spans.setdefault(one["copy_id"], []).append(
            (Span(one["a_start"], one["a_end"]), Span(one["b_start"], one["b_end"]))
        )
    found = ledger.execute(
        "SELECT copies.id, a.reading_id AS a, b.reading_id AS b, first.reading_id AS first, why"  # noqa: S608
        f" FROM {_AMONG} JOIN documents AS a ON a.id = a_id JOIN documents AS b ON b.id = b_id"
        " LEFT JOIN documents AS first ON first.id = first_id ORDER BY 2, words DESC, 3",
        (given, PassageKind.PASSAGE),
    )
    return tuple(Copy((one["a"], one["b"]), tuple(spans[one["id"]]), one["first"], one["why"]) for one in found)


# Copies both of whose documents are given, found by the first: not by all pairs of those given.
_AMONG = (
    "(SELECT copies.* FROM json_each(?1) AS given CROSS JOIN copies ON a_id = given.value"
    " WHERE copies.kind = ?2 AND +b_id IN (SELECT value FROM json_each(?1))) AS copies"
)
