"""Putting Readings into the ledger, and taking a document's reading out again.

Each function here writes inside a transaction that its caller has begun.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, count
from typing import TYPE_CHECKING

from sayso.errors import InputError
from sayso.ledger.counts import count_document, count_entity
from sayso.ledger.entities import join, outlet_of, part_anew
from sayso.ledger.notices import note_what_it_corrects
from sayso.lexicon import Lexicon
from sayso.model import Attribution, Document, MadeBy, Reading, Span

if TYPE_CHECKING:
    from sayso.readers.given import LeftOut

BETWEEN_PIECES = " … "  # of a content, where it is shown in one line

Rows = Mapping[str, Mapping[str, int]]  # by table, and by the id that a part of a Reading has there

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Arrived:
    """A Reading on its way into the ledger: where its document was found, what stood in the way of getting at its
    text, and what that leaves out."""

    reading: Reading
    found_in: str
    problems: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def store(
    ledger: sqlite3.Connection,
    arrived: Arrived,
    added: str,
    lexicon: Lexicon,
    *,
    searchable: bool = True,
    parted: set[int] | None = None,
) -> int:
    """Add a document with its Reading; `added` is the time. Returns its row's id.

    Unless it is made `searchable`, its caller must do so with `make_searchable`: that is quicker for many at once.
    Entities that it parts from others of their name are added to `parted`.

    Raises InputError where ids occur twice in the Reading, so that it could not be given back.
    """
    reading, document = arrived.reading, arrived.reading.document
    _refuse_double_ids(reading, arrived.found_in)
    first, version = _version_of(ledger, document)
    row = _insert(
        ledger,
        "documents",
        reading_id=document.id,
        title=document.title,
        title_start=document.title_span.start if document.title_span else None,
        title_end=document.title_span.end if document.title_span else None,
        publisher=document.publisher,
        outlet_id=outlet_of(ledger, document, lexicon),
        published=document.published,
        published_on=day_of(document.published),
        byline=document.byline,
        credit=document.credit,
        dateline=document.dateline,
        url=document.url,
        language=document.language,
        kind=document.kind,
        text=document.text,
        text_sha256=document.text_sha256,
        version_of_id=first,
        version=version,
        maker_id=maker_of(ledger, reading.made_by),
        found_in=arrived.found_in,
        added=added,
    )
    ledger.executemany("INSERT INTO links VALUES (?, ?, ?)", ((row, i, url) for i, url in enumerate(document.links)))
    ledger.executemany(
        "INSERT INTO left_out VALUES (?, ?, ?, ?)",
        ((row, i, one.kind, one.text) for i, one in enumerate(arrived.left_out)),
    )
    _store_problems(ledger, row, arrived.problems, of_input=True)
    _store_problems(ledger, row, reading.problems, of_input=False)
    moved = _store_parts(ledger, row, reading, lexicon)
    if parted is not None:
        parted |= moved
    note_what_it_corrects(ledger, row, document, first, lexicon)
    if searchable:
        make_searchable(ledger, [row])
    return row


def replace_reading(
    ledger: sqlite3.Connection, row: int, reading: Reading, lexicon: Lexicon, *, searchable: bool = True
) -> None:
    """Put another Reading of the same text in the place of a document's Reading.

    Unless it is made `searchable`, its caller must do so with `make_contents_searchable`.
    """
    _refuse_double_ids(reading, reading.document.id)
    gone = _take_out(ledger, row)
    ledger.execute("DELETE FROM problems WHERE document_id = ? AND NOT is_of_input", (row,))
    ledger.execute(
        "UPDATE documents SET maker_id = ?, language = ? WHERE id = ?",
        (maker_of(ledger, reading.made_by), reading.document.language, row),
    )
    _store_problems(ledger, row, reading.problems, of_input=False)
    _store_parts(ledger, row, reading, lexicon)
    part_anew(ledger, gone)
    if searchable:
        make_contents_searchable(ledger, [row])


def replace_parts(ledger: sqlite3.Connection, row: int, reading: Reading, lexicon: Lexicon, rows: Rows) -> None:
    """Put other attributions, statements and sources in the place of a document's; `rows` says which rows those get
    that had one before. What is said in it is searchable before, and has to be made so after."""
    gone = _take_out(ledger, row)
    _store_parts(ledger, row, reading, lexicon, rows)
    part_anew(ledger, gone)


def _take_out(ledger: sqlite3.Connection, row: int) -> list[sqlite3.Row]:
    """Take the parts of a document's Reading out. Returns by what its sources were joined to entities."""
    gone = ledger.execute(
        "SELECT DISTINCT name_key, kind, namesake, name,"
        " coalesce(machine_entities.entity_id, sources.entity_id) AS entity_id"
        " FROM sources LEFT JOIN machine_entities ON source_id = sources.id"
        " WHERE document_id = ? AND name_key IS NOT NULL",
        (row,),
    ).fetchall()
    # From the inside out: an attribution within another points to it.
    ledger.execute("UPDATE attributions SET within_id = NULL WHERE document_id = ?", (row,))
    for table in ("attributions", "sources", "statements"):
        ledger.execute(f"DELETE FROM {table} WHERE document_id = ?", (row,))  # noqa: S608 - names of our own
    return gone


def make_searchable(ledger: sqlite3.Connection, rows: Sequence[int]) -> None:
    """Put the texts of new documents and what is said in them into the index of words.

    It is quick for many at once, and after all else that a transaction writes: the index writes out what it has
    gathered before any other statement.
    """
    ledger.execute(
        "INSERT INTO documents_search (rowid, title, text) SELECT id, title, text FROM documents"
        " WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(rows),),
    )
    make_contents_searchable(ledger, rows)


def make_contents_searchable(ledger: sqlite3.Connection, rows: Sequence[int]) -> None:
    """Put what is said in documents into the index of words: new ones, or some that were read again."""
    ledger.execute(
        "INSERT INTO attributions_search (rowid, content) SELECT id, content FROM attributions"
        " WHERE document_id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(rows),),
    )


def day_of(published: str | None) -> str | None:
    """The day of a date as documents give it, where that is written as YYYY-MM-DD at its start."""
    found = _DAY.match(published or "")
    try:
        return date.fromisoformat(found.group()).isoformat() if found else None
    except ValueError:
        return None


def short_id(document: str, whole: str) -> str:
    """An id as it is kept: without the document's id where it follows that after a colon."""
    return whole.removeprefix(document) if whole.startswith(f"{document}:") else whole


def whole_id(document: str, kept: str) -> str:
    """An id as it stands in the Reading, from how `short_id` kept it."""
    return document + kept if kept.startswith(":") else kept


def version_id(document: str, text_sha256: str) -> str:
    """The id under which another text of a document is kept whose own id is taken."""
    return f"{document}@{text_sha256[:8]}"


def id_without_version(kept: str, text_sha256: str) -> str:
    """The id under which a document came that is kept under this one."""
    version = version_id("", text_sha256)
    while kept.endswith(version):
        kept = kept.removesuffix(version)
    return kept


def _store_parts(
    ledger: sqlite3.Connection, row: int, reading: Reading, lexicon: Lexicon, rows: Rows | None = None
) -> set[int]:
    """Store the parts of a Reading. Returns the entities that lost or gained sources of other documents by it."""
    _store_statements(ledger, row, reading, _rows_for(ledger, "statements", reading, rows))
    moved: set[int] = set()
    sources = _store_sources(ledger, row, reading, _rows_for(ledger, "sources", reading, rows), lexicon, moved)
    _store_attributions(ledger, row, reading, _rows_for(ledger, "attributions", reading, rows), sources)
    _count(ledger, row, reading)
    count_document(ledger, row)
    for entity in sorted(moved):
        count_entity(ledger, entity)
    return moved


def _rows_for(ledger: sqlite3.Connection, table: str, reading: Reading, rows: Rows | None) -> dict[str, int]:
    """The row of each part of a Reading, by its id: the one that it had, as far as their order stays that of the
    Reading, or else a new one."""
    ids = [one.id for one in getattr(reading, table)]
    kept = [rows[table].get(short_id(reading.document.id, id_)) for id_ in ids] if rows else []
    known = kept[: kept.index(None)] if None in kept else kept
    if any(one is not None for one in kept[len(known) :]):
        known = []
    fresh = count(_next_row(ledger, table))
    return dict(zip(ids, chain((one for one in known if one is not None), fresh), strict=False))


def _store_statements(ledger: sqlite3.Connection, row: int, reading: Reading, rows: dict[str, int]) -> None:
    ledger.executemany(
        'INSERT INTO statements (id, document_id, reading_id, "start", "end", is_headline) VALUES (?, ?, ?, ?, ?, ?)',
        (
            (rows[one.id], row, short_id(reading.document.id, one.id), one.span.start, one.span.end, one.headline)
            for one in reading.statements
        ),
    )


def _store_problems(ledger: sqlite3.Connection, row: int, problems: Iterable[str], of_input: bool) -> None:
    (first,) = ledger.execute("SELECT count(*) FROM problems WHERE document_id = ?", (row,)).fetchone()
    ledger.executemany(
        "INSERT INTO problems VALUES (?, ?, ?, ?)", ((row, i, one, of_input) for i, one in enumerate(problems, first))
    )


def _store_sources(
    ledger: sqlite3.Connection,
    row: int,
    reading: Reading,
    rows: dict[str, int],
    lexicon: Lexicon,
    moved: set[int],
) -> dict[str, tuple[int, int | None]]:
    """The row and the entity of each source, by its id in the Reading."""
    sources = reading.sources
    for source in sources:
        joined = join(ledger, source, lexicon, moved)
        _insert(
            ledger,
            "sources",
            id=rows[source.id],
            document_id=row,
            reading_id=short_id(reading.document.id, source.id),
            name=source.name,
            kind=source.kind,
            is_named=source.named,
            access=source.access,
            anonymity_reason=source.anonymity_reason,
            entity_id=joined.entity,
            namesake=joined.namesake,
            name_key=joined.name_key,
        )
    ledger.executemany(
        "INSERT INTO roles VALUES (?, ?, ?)",
        ((rows[one.id], i, role) for one in sources for i, role in enumerate(one.roles)),
    )
    ledger.executemany(
        "INSERT INTO mentions VALUES (?, ?, ?, ?)",
        ((rows[one.id], i, m.start, m.end) for one in sources for i, m in enumerate(one.mentions)),
    )
    # Asked once all are there: a namesake in the same document may have parted one that was joined before it.
    entities = dict(ledger.execute("SELECT id, entity_id FROM sources WHERE document_id = ?", (row,)).fetchall())
    return {one: (source_row, entities[source_row]) for one, source_row in rows.items()}


def _store_attributions(
    ledger: sqlite3.Connection,
    row: int,
    reading: Reading,
    rows: dict[str, int],
    sources: dict[str, tuple[int, int | None]],
) -> None:
    document, published_on = reading.document, day_of(reading.document.published)
    ledger.executemany(
        "INSERT INTO attributions (id, document_id, reading_id, source, cue, content, speaker_id, speaker_confidence,"
        " entity_id, basis_id, quotation, act, polarity, certainty, certainty_words, channel, addressee, when_text,"
        " when_from, when_to, dated, confidence)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                rows[one.id],
                row,
                short_id(document.id, one.id),
                one.source.of(document.text) if one.source else None,
                one.cue.of(document.text),
                BETWEEN_PIECES.join(piece.of(document.text) for piece in one.content),
                sources[one.speaker][0] if one.speaker is not None else None,
                one.speaker_confidence,
                sources[one.speaker][1] if one.speaker is not None else None,
                sources[one.basis][0] if one.basis is not None else None,
                one.quotation,
                one.act,
                one.polarity,
                one.certainty,
                one.certainty_words,
                one.channel,
                one.addressee,
                one.when.text if one.when else None,
                one.when.start if one.when else None,
                one.when.end if one.when else None,
                (day_of(one.when.start) if one.when else None) or published_on,
                one.confidence,
            )
            for one in reading.attributions
        ),
    )
    ledger.executemany(
        "INSERT INTO spans VALUES (?, ?, ?, ?, ?)",
        (
            (rows[one.id], part, i, span.start, span.end)
            for one in reading.attributions
            for part, i, span in _spans(one)
        ),
    )
    ledger.executemany(
        "UPDATE attributions SET within_id = ? WHERE id = ?",
        ((rows[one.within], rows[one.id]) for one in reading.attributions if one.within is not None),
    )


def _next_row(ledger: sqlite3.Connection, table: str) -> int:
    """The id of the next row of a table: there is one writer, and rows of one document are inserted together. Those
    that a correction took away are kept free."""
    (last,) = ledger.execute(f"SELECT max(id) FROM {table}").fetchone()  # noqa: S608 - names of our own
    (kept,) = ledger.execute("SELECT max(row_id) FROM machine_rows WHERE part = ?", (table,)).fetchone()
    return max(last or 0, kept or 0) + 1


def _spans(one: Attribution) -> Iterable[tuple[str, int, Span]]:
    if one.source:
        yield "source", 0, one.source
    yield "cue", 0, one.cue
    for i, piece in enumerate(one.content):
        yield "content", i, piece


def _count(ledger: sqlite3.Connection, row: int, reading: Reading) -> None:
    """What is counted of a document once and for all, so that questions about many need not count."""
    speaking = {one.speaker for one in reading.attributions}
    unnamed = [one for one in reading.sources if not one.named and one.id in speaking]
    ids = {one.id for one in unnamed}
    ledger.execute(
        "UPDATE documents SET attribution_count = ?, unnamed_attribution_count = ?, unnamed_count = ?,"
        " unnamed_with_reason_count = ?, unnamed_with_access_count = ? WHERE id = ?",
        (
            len(reading.attributions),
            sum(one.speaker in ids for one in reading.attributions),
            len(unnamed),
            sum(one.anonymity_reason is not None for one in unnamed),
            sum(one.access is not None for one in unnamed),
            row,
        ),
    )


def _refuse_double_ids(reading: Reading, place: str) -> None:
    for what, ids in (
        ("attribution", [one.id for one in reading.attributions]),
        ("source", [one.id for one in reading.sources]),
        ("statement", [one.id for one in reading.statements]),
    ):
        seen: set[str] = set()
        for one in ids:
            if one in seen:
                raise InputError(place, f"the {what} id {one!r} stands twice in it; read the document again")
            if one.startswith(":"):  # see short_id
                raise InputError(place, f"the {what} id {one!r} begins with a colon; read the document again")
            seen.add(one)


def _version_of(ledger: sqlite3.Connection, document: Document) -> tuple[int | None, int]:
    """The first version of a document, at the same URL or under the same id, and the number of this one."""
    same_id = id_without_version(document.id, document.text_sha256)
    found = ledger.execute(
        "SELECT coalesce(version_of_id, id) AS first FROM documents WHERE url = ? OR reading_id = ?"
        " ORDER BY id LIMIT 1",
        (document.url, same_id if same_id != document.id else None),
    ).fetchone()
    if found is None:
        return None, 1
    (count,) = ledger.execute(
        "SELECT count(*) FROM documents WHERE id = ?1 OR version_of_id = ?1", (found["first"],)
    ).fetchone()
    return found["first"], count + 1


def maker_of(ledger: sqlite3.Connection, made_by: MadeBy) -> int:
    """The row of what made a Reading, added where there is none yet."""
    models = json.dumps(dict(made_by.models), ensure_ascii=False)
    lexicon = [] if made_by.lexicon is None else [f"lexicon {made_by.lexicon}"]
    name = " · ".join([f"sayso {made_by.sayso}", *map(" ".join, made_by.models), *lexicon])
    key = json.dumps([made_by.sayso, made_by.models, made_by.lexicon], ensure_ascii=False)
    found = ledger.execute(
        "SELECT id FROM makers WHERE sayso = ? AND models = ? AND lexicon IS ?",
        (made_by.sayso, models, made_by.lexicon),
    ).fetchone()
    if found:
        return int(found["id"])
    taken = ledger.execute("SELECT 1 FROM makers WHERE name = ?", (name,)).fetchone()
    return _insert(
        ledger,
        "makers",
        name=key if taken else name,
        sayso=made_by.sayso,
        models=models,
        lexicon=made_by.lexicon,
    )


def _insert(ledger: sqlite3.Connection, table: str, **values: object) -> int:
    """Insert a row of named columns. Returns its id."""
    columns, places = ", ".join(values), ", ".join("?" * len(values))
    done = ledger.execute(f"INSERT INTO {table} ({columns}) VALUES ({places})", tuple(values.values()))  # noqa: S608
    assert done.lastrowid is not None  # noqa: S101 - an insert into a table with ids
    return done.lastrowid
