"""The start: what the ledger holds, the claims to begin with, and where to add something."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sayso.ledger.paging import Value, behind
from sayso.trace import copies_found, tracing
from sayso.trace.listing import ListedClaim, claims
from sayso.web.page import Page

CLAIMS = 8  # in each list
LATEST = 12  # documents
NEWEST, ADDED = ("published_on DESC", "documents.id DESC"), ("documents.id",)  # orders of documents


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document in a list: its id, its title, who published it when, and how much is attributed in it."""

    id: str
    title: str
    outlet: str | None
    published: str | None
    attributions: int
    unnamed_attributions: int


@dataclass(frozen=True, slots=True)
class Start:
    """What the ledger holds. `not_traced` counts documents that claims and copies are not known of yet.

    The lists of claims are those told in most outlets, those that most speakers dispute, and those that most unnamed
    sources speak on; a list leaves out claims that have none of what it counts.
    """

    documents: int
    outlets: int
    entities: int
    attributions: int
    unnamed_attributions: int
    claims: int
    not_traced: int
    most_outlets: tuple[ListedClaim, ...]
    most_disputed: tuple[ListedClaim, ...]
    most_unnamed: tuple[ListedClaim, ...]
    latest: tuple[DocumentLine, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A claim in one of the lists of the start."""

    list: str
    id: str
    text: str
    documents: int
    outlets: int
    disputed: int
    unnamed: int


def ask(ledger: sqlite3.Connection, given: Mapping[str, str]) -> Start:  # noqa: ARG001 - every page is asked alike
    """The start of a ledger."""
    documents, outlets, attributions, unnamed = ledger.execute(
        "SELECT count(*), count(DISTINCT outlet_id), coalesce(sum(attribution_count), 0),"
        " coalesce(sum(unnamed_attribution_count), 0) FROM documents"
    ).fetchone()
    (entities,) = ledger.execute("SELECT count(*) FROM entities WHERE attribution_count > 0").fetchone()
    (known,) = ledger.execute("SELECT count(*) FROM claims").fetchone()
    return Start(
        documents=documents,
        outlets=outlets,
        entities=entities,
        attributions=attributions,
        unnamed_attributions=unnamed,
        claims=known,
        not_traced=max(tracing.behind(ledger), copies_found.behind(ledger)),
        most_outlets=tuple(one for one in claims(ledger, order="outlets", limit=CLAIMS) if one.outlets > 1),
        most_disputed=tuple(one for one in claims(ledger, order="disputes", limit=CLAIMS) if one.disputed),
        most_unnamed=tuple(one for one in claims(ledger, order="unnamed", limit=CLAIMS) if one.unnamed),
        latest=tuple(line for _, line in lines(ledger, NEWEST, LATEST)),
    )


def lines(
    ledger: sqlite3.Connection, order: tuple[str, ...], limit: int, after: Sequence[Value] | None = None
) -> Iterator[tuple[tuple[Value, ...], DocumentLine]]:
    """Documents in an order, each with its place in it; those behind a place, where one is given."""
    wanted, given = behind(order, after) if after is not None else ("1", [])
    rows = ledger.execute(
        "SELECT reading_id, documents.name, outlets.name, published_on, documents.attribution_count,"  # noqa: S608
        " unnamed_attribution_count, documents.id FROM documents"
        " LEFT JOIN entities AS outlets ON outlets.id = outlet_id"
        f" WHERE {wanted} ORDER BY {', '.join(order)} LIMIT ?",
        (*given, limit),
    )
    for *line, row in rows:
        yield ((line[3], row) if order == NEWEST else (row,)), DocumentLine(*line)


def rows(view: Start) -> Iterator[Row]:
    """The claims of all lists."""
    lists = {"outlets": view.most_outlets, "disputes": view.most_disputed, "unnamed": view.most_unnamed}
    for name, found in lists.items():
        for one in found:
            yield Row(name, one.id, one.text, one.documents, one.outlets, one.disputed, one.unnamed)


PAGE = Page("/", "start.html", ask, rows, Row)
