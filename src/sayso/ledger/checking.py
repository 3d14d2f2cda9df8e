"""Verifying a ledger: every span's words at its offsets, foreign keys, counts, and the search index."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from sayso.errors import InputError
from sayso.export.jsonl import reading_from_json, reading_to_json
from sayso.ledger.correcting import faults_of_corrections
from sayso.ledger.readings import AT_ONCE, document_rows, kept_readings
from sayso.ledger.storing import BETWEEN_PIECES
from sayso.model import Reading

_Broken = InputError | ValueError | LookupError | AttributeError  # what comes of a part that is missing or unknown
_BROKEN = (InputError, ValueError, LookupError, AttributeError)


def faults(ledger: sqlite3.Connection, advance: Callable[[], None] = lambda: None) -> Iterator[str]:
    """What is wrong with a ledger, in a sentence each; nothing for one that is whole. `advance` is called after
    each document."""
    whole = True
    for row in ledger.execute("PRAGMA integrity_check(20)"):
        if row[0] != "ok":
            whole = False
            yield f"the file is damaged: {row[0]}"
    try:
        yield from _faults_within(ledger, advance)
    except sqlite3.DatabaseError as error:
        if whole:
            raise
        yield f"what lies behind the damage cannot be read: {error}"


def _faults_within(ledger: sqlite3.Connection, advance: Callable[[], None]) -> Iterator[str]:
    for row in ledger.execute("PRAGMA foreign_key_check"):
        name = "a row" if row["rowid"] is None else f"row {row['rowid']}"
        yield f"{name} of {row['table']} points to a row of {row['parent']} that is not there"
    for table in ("documents_search", "attributions_search", "claims_search") if index_can_be_asked(ledger) else ():
        yield from _index_faults(ledger, table)
    yield from _count_faults(ledger)
    yield from _entity_faults(ledger)
    yield from _correction_faults(ledger)
    numbers = document_rows(ledger)
    while rows := list(islice(numbers, AT_ONCE)):
        for row, reading in _readings(ledger, rows):
            yield from _document_faults(ledger, row, reading)
            advance()


def _readings(ledger: sqlite3.Connection, rows: Sequence[int]) -> list[tuple[int, Reading | _Broken]]:
    """The Readings of documents; where one of them cannot be put together, each is read by itself."""
    try:
        return [(row, reading) for row, _, reading in kept_readings(ledger, rows)]
    except _BROKEN as error:
        if len(rows) == 1:
            return [(rows[0], error)]
    return [found for row in rows for found in _readings(ledger, [row])]


def _document_faults(ledger: sqlite3.Connection, row: int, reading: Reading | _Broken) -> Iterator[str]:
    name, kept = ledger.execute("SELECT reading_id, text_sha256 FROM documents WHERE id = ?", (row,)).fetchone()
    try:
        if not isinstance(reading, Reading):
            raise reading
        reading_from_json(reading_to_json(reading), f"document {name}")
    except InputError as error:
        yield str(error)
        return
    except (ValueError, LookupError, AttributeError) as error:
        yield f"document {name}: a part of its reading is missing or unknown ({error!r})"
        return
    text = reading.document.text
    if kept != reading.document.text_sha256:
        yield f"document {name}: its text is not the one whose hash it keeps"
    said = ledger.execute("SELECT source, cue, content FROM attributions WHERE document_id = ? ORDER BY id", (row,))
    for one, words in zip(reading.attributions, said.fetchall(), strict=True):
        stands = (
            one.source.of(text) if one.source else None,
            one.cue.of(text),
            BETWEEN_PIECES.join(piece.of(text) for piece in one.content),
        )
        if tuple(words) != stands:
            yield f"attribution {one.id}: its words are not those that stand at its offsets"


def index_can_be_asked(ledger: sqlite3.Connection) -> bool:
    """Whether the search index can be verified: not through a connection that may not write."""
    try:
        ledger.execute("DELETE FROM problems WHERE 0")
    except sqlite3.OperationalError as error:
        return error.sqlite_errorname != "SQLITE_READONLY"
    return True


def _index_faults(ledger: sqlite3.Connection, table: str) -> Iterator[str]:
    try:
        # Also against the words in the tables, not the index against itself alone; writes nothing.
        ledger.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 1)")  # noqa: S608
    except sqlite3.DatabaseError:
        yield f"the index {table} does not fit its table"


def _count_faults(ledger: sqlite3.Connection) -> Iterator[str]:
    wrong = (
        "SELECT entities.name FROM entities WHERE attribution_count <>"
        " (SELECT count(*) FROM attributions WHERE entity_id = entities.id) OR document_count <>"
        " (SELECT count(DISTINCT document_id) FROM sources WHERE entity_id = entities.id)"
        " OR (SELECT coalesce(sum(attribution_count), 0) FROM entity_months WHERE entity_id = entities.id) <>"
        " (SELECT count(dated) FROM attributions WHERE entity_id = entities.id)"
        " OR (SELECT coalesce(sum(document_count), 0) FROM entity_outlets WHERE entity_id = entities.id) <>"
        " (SELECT count(DISTINCT document_id) FROM sources JOIN documents ON documents.id = document_id"
        " WHERE entity_id = entities.id AND outlet_id IS NOT NULL) LIMIT 20"
    )
    for row in ledger.execute(wrong):
        yield f"the counts of {row['name']} are not those of its attributions and documents"
    for row in ledger.execute(_WRONGLY_COUNTED):
        yield f"document {row['reading_id']}: its counts are not those of its attributions"


# Counted anew: a document's attributions, those to unnamed sources, these sources, and what is stated of them.
_WRONGLY_COUNTED = """
SELECT reading_id FROM documents
WHERE (attribution_count, unnamed_attribution_count) <> (
  SELECT count(*), count(sources.id) FROM attributions
  LEFT JOIN sources ON sources.id = speaker_id AND NOT is_named
  WHERE attributions.document_id = documents.id
) OR (unnamed_count, unnamed_with_reason_count, unnamed_with_access_count) <> (
  SELECT count(*), count(anonymity_reason), count(access) FROM sources
  WHERE document_id = documents.id AND NOT is_named
  AND EXISTS (SELECT 1 FROM attributions WHERE speaker_id = sources.id)
) LIMIT 20"""


def _entity_faults(ledger: sqlite3.Connection) -> Iterator[str]:
    for row in ledger.execute(
        "SELECT documents.reading_id, attributions.name FROM attributions"
        " JOIN documents ON documents.id = attributions.document_id"
        " LEFT JOIN sources ON sources.id = speaker_id WHERE attributions.entity_id IS NOT sources.entity_id LIMIT 20"
    ):
        yield f"document {row['reading_id']}: '{row['name']}' is not under the entity of its speaker"


def _correction_faults(ledger: sqlite3.Connection) -> Iterator[str]:
    try:
        yield from faults_of_corrections(ledger)
    except InputError as error:
        yield str(error)
    except (ValueError, LookupError, AttributeError) as error:
        yield f"corrections: a part of a document that they are about is missing or unknown ({error!r})"
