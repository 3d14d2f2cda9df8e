"""The rows of a ledger that telling some propositions takes, fetched a table at a time.

A claim may have a thousand members: asked for one by one, rows took most of the time of an answer.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from sayso.model import Span


@dataclass(frozen=True, slots=True)
class Sources:
    """Sources by their rows, each with the name of its entity, and their roles."""

    rows: dict[int, sqlite3.Row]
    roles: dict[int, list[sqlite3.Row]]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows by their ids: propositions, the attributions that hold these and enclose them with their spans from first to
    last, statements, documents without their texts, and sources. `links` are by document; `relied` are the
    attributions of a speaker, by its source, that name a basis."""

    ledger: sqlite3.Connection
    propositions: dict[int, sqlite3.Row]
    attributions: dict[int, sqlite3.Row]
    spans: dict[int, Span]
    statements: dict[int, sqlite3.Row]
    documents: dict[int, sqlite3.Row]
    links: dict[int, list[sqlite3.Row]]
    sources: Sources
    relied: dict[int, list[sqlite3.Row]]


def rows_of(ledger: sqlite3.Connection, propositions: Iterable[int]) -> Rows:
    """What telling propositions takes, by their rows."""
    told = _by_id(ledger, _PROPOSITIONS, propositions)
    attributions: dict[int, sqlite3.Row] = {}
    wanted = {row["attribution_id"] for row in told.values()}
    while wanted - {None}:
        more = _by_id(ledger, "SELECT * FROM attributions WHERE id {}", wanted)
        attributions |= more
        wanted = {row["within_id"] for row in more.values()} - attributions.keys()
    documents = [row["document_id"] for row in told.values()]
    speakers = [row["speaker_id"] for row in attributions.values()]
    relied = _listed(ledger, _RELIED, speakers)
    bases = [row["basis_id"] for row in (*attributions.values(), *(one for some in relied.values() for one in some))]
    return Rows(
        ledger=ledger,
        propositions=told,
        attributions=attributions,
        spans={row["id"]: Span(row["first"], row["last"]) for row in _fetched(ledger, _SPANS, attributions)},
        statements=_by_id(ledger, _STATEMENTS, [row["statement_id"] for row in told.values()]),
        documents=_by_id(ledger, _DOCUMENTS, documents),
        links=_listed(ledger, _LINKS, documents),
        sources=sources_with(ledger, [*speakers, *bases]),
        relied=relied,
    )


def sources_with(ledger: sqlite3.Connection, ids: Iterable[int | None]) -> Sources:
    """The sources that stand in these rows."""
    found = _by_id(ledger, _SOURCES, ids)
    return Sources(found, _listed(ledger, _ROLES, found))


def _fetched(ledger: sqlite3.Connection, query: str, ids: Iterable[int | None]) -> list[sqlite3.Row]:
    given = json.dumps(sorted({one for one in ids if one is not None}))
    return ledger.execute(query.format("IN (SELECT value FROM json_each(?))"), (given,)).fetchall()


def _by_id(ledger: sqlite3.Connection, query: str, ids: Iterable[int | None]) -> dict[int, sqlite3.Row]:
    return {row["id"]: row for row in _fetched(ledger, query, ids)}


def _listed(ledger: sqlite3.Connection, query: str, ids: Iterable[int | None]) -> dict[int, list[sqlite3.Row]]:
    """Rows by what stands first in them, which they come in the order of."""
    return {id_: list(rows) for id_, rows in groupby(_fetched(ledger, query, ids), key=itemgetter(0))}


_PROPOSITIONS = (
    "SELECT propositions.*, text FROM propositions JOIN wordings ON wordings.id = wording_id WHERE propositions.id {}"
)
_RELIED = (
    "SELECT speaker_id, basis_id, content FROM attributions WHERE speaker_id {} AND basis_id IS NOT NULL"
    " ORDER BY speaker_id, id"
)
_SOURCES = (
    "SELECT sources.*, coalesce(is_outlet, 0) AS is_outlet, entities.name AS entity FROM sources"
    " LEFT JOIN entities ON entities.id = entity_id WHERE sources.id {}"
)
_SPANS = (
    'SELECT attribution_id AS id, min("start") AS first, max("end") AS last FROM spans WHERE attribution_id {}'
    " GROUP BY attribution_id"
)
_DOCUMENTS = (
    "SELECT documents.id, documents.reading_id, documents.name, outlet_id, outlets.name AS outlet, published_on, url,"
    " documents.kind, byline, title_start, title_end"
    " FROM documents LEFT JOIN entities AS outlets ON outlets.id = outlet_id"
    " WHERE documents.id {}"
)
_STATEMENTS = "SELECT * FROM statements WHERE id {}"
_LINKS = "SELECT document_id, url FROM links WHERE document_id {} ORDER BY 1, position"
_ROLES = "SELECT source_id, role FROM roles WHERE source_id {} ORDER BY 1, position"
