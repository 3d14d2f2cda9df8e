"""Readings out of the ledger, as they came in."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from sayso.ledger.storing import whole_id
from sayso.model import (
    Act,
    Attribution,
    Certainty,
    Document,
    Kind,
    MadeBy,
    Polarity,
    Quotation,
    Reading,
    Source,
    SourceKind,
    Span,
    Statement,
    When,
)

AT_ONCE = 200  # documents whose rows are fetched together


def document_rows(ledger: sqlite3.Connection, where: str = "1", given: tuple[object, ...] = ()) -> Iterator[int]:
    """The row ids of documents in the order in which they came, a page at a time, so that none stays locked."""
    last = 0
    while True:
        page = ledger.execute(
            f"SELECT id FROM documents WHERE id > ? AND ({where}) ORDER BY id LIMIT 1000",  # noqa: S608 - of our own
            (last, *given),
        ).fetchall()
        if not page:
            return
        for row in page:
            yield row["id"]
        last = page[-1]["id"]


def readings(ledger: sqlite3.Connection, rows: Iterable[int] | None = None) -> Iterator[Reading]:
    """The Readings of the documents in these rows, or of all, in that order."""
    for _, _, reading in kept_readings(ledger, rows):
        yield reading


def kept_readings(
    ledger: sqlite3.Connection, rows: Iterable[int] | None = None
) -> Iterator[tuple[int, dict[str, int], Reading]]:
    """The Readings of the documents in these rows, or of all, each with its row and its sources' entities, by
    the sources' ids."""
    page: list[int] = []
    for row in document_rows(ledger) if rows is None else rows:
        page.append(row)
        if len(page) == AT_ONCE:
            yield from _page(ledger, page)
            page = []
    if page:
        yield from _page(ledger, page)


def documents_in(ledger: sqlite3.Connection, rows: Iterable[int]) -> Iterator[Document]:
    """The documents in these rows, in that order."""
    for row in rows:
        links = ledger.execute("SELECT url FROM links WHERE document_id = ? ORDER BY position", (row,)).fetchall()
        found = ledger.execute("SELECT * FROM documents WHERE id = ?", (row,)).fetchone()
        yield document_of(found, tuple(one["url"] for one in links))


def document_of(row: sqlite3.Row, links: tuple[str, ...]) -> Document:
    """The document in a row of the table of that name."""
    title = row["title_start"] is not None
    return Document(
        id=row["reading_id"],
        text=row["text"],
        title=row["title"],
        title_span=Span(row["title_start"], row["title_end"]) if title else None,
        publisher=row["publisher"],
        published=row["published"],
        byline=row["byline"],
        credit=row["credit"],
        dateline=row["dateline"],
        url=row["url"],
        links=links,
        language=row["language"],
        kind=Kind(row["kind"]),
    )


def _page(ledger: sqlite3.Connection, page: list[int]) -> Iterator[tuple[int, dict[str, int], Reading]]:
    wanted = ",".join(map(str, page))

    def by_document(query: str) -> dict[int, list[sqlite3.Row]]:
        rows = ledger.execute(query.format(wanted=wanted)).fetchall()
        return {key: list(group) for key, group in groupby(rows, key=itemgetter("document_id"))}

    documents = {row["id"]: row for row in ledger.execute(f"SELECT * FROM documents WHERE id IN ({wanted})")}  # noqa: S608
    makers = {row["id"]: _made_by(row) for row in ledger.execute("SELECT * FROM makers")}
    links = by_document("SELECT document_id, url FROM links WHERE document_id IN ({wanted}) ORDER BY 1, position")
    problems = by_document(
        "SELECT document_id, problem FROM problems WHERE document_id IN ({wanted}) ORDER BY 1, position"
    )
    statements = by_document("SELECT * FROM statements WHERE document_id IN ({wanted}) ORDER BY document_id, id")
    sources = by_document("SELECT * FROM sources WHERE document_id IN ({wanted}) ORDER BY document_id, id")
    roles = by_document(
        "SELECT document_id, source_id, role FROM roles JOIN sources ON sources.id = source_id"
        " WHERE document_id IN ({wanted}) ORDER BY 1, 2, position"
    )
    mentions = by_document(
        'SELECT document_id, source_id, "start", "end" FROM mentions JOIN sources ON sources.id = source_id'
        " WHERE document_id IN ({wanted}) ORDER BY 1, 2, position"
    )
    attributions = by_document("SELECT * FROM attributions WHERE document_id IN ({wanted}) ORDER BY document_id, id")
    spans = by_document(
        'SELECT document_id, attribution_id, part, spans."start", spans."end" FROM spans'
        " JOIN attributions ON attributions.id = attribution_id"
        " WHERE document_id IN ({wanted}) ORDER BY 1, 2, part, position"
    )
    for row in page:
        document = document_of(documents[row], tuple(one["url"] for one in links.get(row, ())))
        ids = {one["id"]: whole_id(document.id, one["reading_id"]) for one in sources.get(row, ())}
        reading = Reading(
            document=document,
            attributions=_attributions(document, attributions.get(row, []), spans.get(row, []), ids),
            statements=tuple(
                Statement(
                    whole_id(document.id, one["reading_id"]), Span(one["start"], one["end"]), bool(one["is_headline"])
                )
                for one in statements.get(row, ())
            ),
            sources=_sources(ids, sources.get(row, []), roles.get(row, []), mentions.get(row, [])),
            problems=tuple(one["problem"] for one in problems.get(row, ())),
            made_by=makers[documents[row]["maker_id"]],
        )
        entities = {ids[one["id"]]: one["entity_id"] for one in sources.get(row, ()) if one["entity_id"] is not None}
        yield row, entities, reading


def _made_by(row: sqlite3.Row) -> MadeBy:
    return MadeBy(row["sayso"], tuple(json.loads(row["models"]).items()), row["lexicon"])


def _sources(
    ids: dict[int, str], rows: list[sqlite3.Row], roles: list[sqlite3.Row], mentions: list[sqlite3.Row]
) -> tuple[Source, ...]:
    roles_of, mentions_of = _by(roles, "source_id"), _by(mentions, "source_id")
    return tuple(
        Source(
            id=ids[row["id"]],
            name=row["name"],
            kind=SourceKind(row["kind"]),
            named=bool(row["is_named"]),
            roles=tuple(one["role"] for one in roles_of.get(row["id"], ())),
            access=row["access"],
            anonymity_reason=row["anonymity_reason"],
            mentions=tuple(Span(one["start"], one["end"]) for one in mentions_of.get(row["id"], ())),
        )
        for row in rows
    )


def _attributions(
    document: Document, rows: list[sqlite3.Row], spans: list[sqlite3.Row], sources: dict[int, str]
) -> tuple[Attribution, ...]:
    spans_of = _by(spans, "attribution_id")
    ids = {row["id"]: whole_id(document.id, row["reading_id"]) for row in rows}

    def part(row: sqlite3.Row, name: str) -> tuple[Span, ...]:
        return tuple(Span(one["start"], one["end"]) for one in spans_of[row["id"]] if one["part"] == name)

    return tuple(
        Attribution(
            id=ids[row["id"]],
            source=next(iter(part(row, "source")), None),
            cue=part(row, "cue")[0],
            content=part(row, "content"),
            confidence=row["confidence"],
            speaker=sources[row["speaker_id"]] if row["speaker_id"] is not None else None,
            speaker_confidence=row["speaker_confidence"],
            basis=sources[row["basis_id"]] if row["basis_id"] is not None else None,
            quotation=Quotation(row["quotation"]) if row["quotation"] else None,
            act=Act(row["act"]) if row["act"] else None,
            polarity=Polarity(row["polarity"]) if row["polarity"] else None,
            certainty=Certainty(row["certainty"]) if row["certainty"] else None,
            certainty_words=row["certainty_words"],
            channel=row["channel"],
            addressee=row["addressee"],
            when=When(row["when_text"], row["when_from"], row["when_to"]) if row["when_text"] is not None else None,
            within=ids[row["within_id"]] if row["within_id"] is not None else None,
        )
        for row in rows
    )


def _by(rows: list[sqlite3.Row], key: str) -> dict[int, list[sqlite3.Row]]:
    return {found: list(group) for found, group in groupby(rows, key=itemgetter(key))}
