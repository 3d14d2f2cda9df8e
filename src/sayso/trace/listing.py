"""The claims of a ledger as a list: which are told in most documents, rest on most origins, are disputed most."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sayso.errors import SaysoError
from sayso.ledger.paging import Value, behind
from sayso.ledger.questions import entities_named, match_expression

# What claims can be ordered by, the most first; of equals, the one in more documents. By their ids, no claim moves
# when others are traced.
ORDERS = {
    "documents": ("document_count DESC", "reading_id", "name"),
    "outlets": ("outlet_count DESC", "document_count DESC", "reading_id", "name"),
    "origins": ("origin_least DESC", "document_count DESC", "reading_id", "name"),
    "disputes": ("disputed_count DESC", "document_count DESC", "reading_id", "name"),
    "unnamed": ("unnamed_count DESC", "document_count DESC", "reading_id", "name"),
    "newest": ("last_on DESC", "document_count DESC", "reading_id", "name"),
    "id": ("reading_id", "name"),
}
_FIELDS = {
    "document_count DESC": "documents",
    "outlet_count DESC": "outlets",
    "origin_least DESC": "origins_least",
    "disputed_count DESC": "disputed",
    "unnamed_count DESC": "unnamed",
    "last_on DESC": "last",
    "reading_id": "id",
    "name": "text",
}


@dataclass(frozen=True, slots=True)
class ListedClaim:
    """A claim and what was counted of it while tracing, both sides together.

    `id` is that of its earliest member in Readings. `positions` is how many attributions and statements take part,
    `unnamed` how many of these have an unnamed source as their speaker, `disputed` how many say the contrary or deny.
    `origins_least` and `origins_most` are the range of distinct origins of those who say so. `first` and `last` are
    days of publication, YYYY-MM-DD; None where no document is dated.
    """

    id: str
    text: str
    documents: int
    outlets: int
    positions: int
    disputed: int
    unnamed: int
    origins_least: int
    origins_most: int
    first: str | None
    last: str | None


def claims(
    ledger: sqlite3.Connection,
    *,
    order: str = "documents",
    limit: int | None = 50,
    after: Sequence[Value] | None = None,
    words: str | None = None,
    outlet: str | None = None,
    entity: str | None = None,
    since: str | None = None,
    until: str | None = None,
    disputed: bool = False,
    least_documents: int = 1,
) -> list[ListedClaim]:
    """The claims of a traced ledger, at most `limit`, in one of ORDERS; those behind a place in it, as `place_of` gives
    that of a claim, where `after` is one.

    `words` stand in the claim as it is shown, in any form of the letters; those in quotation marks together.
    `outlet` published one of its documents, `entity` is a speaker in it; both by any name that they go by. It was
    told on the day, or in the month or year, `since` or later, and first told `until` then or earlier; claims of
    undated documents alone are left out where a date is asked for. `disputed` leaves out what nobody disputes.

    Raises SaysoError where there is no such order.
    """
    if order not in ORDERS:
        raise SaysoError(f"Claims cannot be ordered by '{order}'; there are: {', '.join(ORDERS)}.")
    wanted: list[tuple[str, Sequence[object]]] = [("document_count >= ?", [least_documents])]
    if words is not None:
        wanted.append(("id IN (SELECT rowid FROM claims_search WHERE name MATCH ?)", [match_expression(words)]))
    if outlet is not None:
        wanted.append(_among(ledger, outlet, _OF_OUTLETS))
    if entity is not None:
        wanted.append(_among(ledger, entity, _OF_SPEAKERS))
    if since is not None:
        wanted.append(("last_on >= ?", [since]))
    if until is not None:
        wanted.append(("substr(first_on, 1, ?) <= ?", [len(until), until]))
    if disputed:
        wanted.append(("disputed_count > 0", []))
    if after is not None:
        wanted.append(behind(ORDERS[order], after))
    rows = ledger.execute(
        "SELECT reading_id, name, document_count, outlet_count, position_count, disputed_count, unnamed_count,"  # noqa: S608
        f" origin_least, origin_most, first_on, last_on FROM claims WHERE {' AND '.join(one for one, _ in wanted)}"
        f" ORDER BY {', '.join(ORDERS[order])} LIMIT ?",
        [*(value for _, given in wanted for value in given), -1 if limit is None else limit],
    )
    return [ListedClaim(*row) for row in rows]


def place_of(one: ListedClaim, order: str) -> tuple[Value, ...]:
    """Where a claim stands in one of ORDERS."""
    return tuple(getattr(one, _FIELDS[column]) for column in ORDERS[order])


def _among(ledger: sqlite3.Connection, name: str, query: str) -> tuple[str, Sequence[object]]:
    """The condition that a claim is among those of the entities of a name."""
    ids = [one.id for one in entities_named(ledger, name)]
    return f"id IN ({query.format(ids=_places(ids))})", ids


def _places(values: Iterable[object]) -> str:
    return ",".join("?" for _ in values)


_OF_OUTLETS = (
    "SELECT claim_id FROM documents JOIN propositions ON document_id = documents.id"
    " JOIN members ON proposition_id = propositions.id WHERE outlet_id IN ({ids})"
)
_OF_SPEAKERS = (
    "SELECT claim_id FROM attributions JOIN propositions ON attribution_id = attributions.id"
    " JOIN members ON proposition_id = propositions.id WHERE entity_id IN ({ids})"
)
