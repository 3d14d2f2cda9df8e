"""Adding documents to the ledger: each once, read on all cores, written in batches by one writer.

A batch is written wholly or not at all. What was written stays when the work is ended at any moment, and
the same command goes on from there and ends in the same ledger.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from operator import attrgetter

from sayso.errors import InputError
from sayso.ledger.correcting import follow_again, follow_new
from sayso.ledger.entities import outlet_key, outlet_named
from sayso.ledger.opening import transaction
from sayso.ledger.readings import documents_in
from sayso.ledger.storing import (
    Arrived,
    id_without_version,
    make_contents_searchable,
    make_searchable,
    maker_of,
    replace_reading,
    store,
    version_id,
)
from sayso.lexicon import Lexicon
from sayso.model import GIVEN_NO_ID, Document, MadeBy, Reading
from sayso.readers import Read
from sayso.reading import ReadMany, with_readings

# The more documents are written at once, the less a page of an index is written that several of them touch: with 50,
# what the thousandth batch costs was a tenth more than the first.
BATCH = 500  # documents
MOST_TEXT = 4_000_000  # code points of the texts of a batch
LONGEST = 5.0  # seconds until a batch is written although it is not full
READ_AT_ONCE = 50  # documents that are read again together

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Added:
    """A document that is safely in the ledger now, with so many attributions."""

    place: str
    attributions: int


@dataclass(frozen=True, slots=True)
class Known:
    """A document that the ledger has already, or that came twice."""

    place: str


Event = Added | Known | InputError
Told = Callable[[Event], None]


def add(
    ledger: sqlite3.Connection,
    reads: Iterable[Read | InputError],
    read_many: ReadMany,
    lexicon: Lexicon,
    told: Told,
) -> None:
    """Read what is not in the ledger yet, and store it in the order in which it comes."""
    under_way: set[Key] = set()
    batch: list[tuple[_Fresh, Reading]] = []
    size, begun = 0, time.monotonic()
    fresh = _fresh(ledger, reads, under_way, lexicon, told)
    for pair in with_readings(fresh, attrgetter("read"), read_many):
        batch.append(pair)
        size += len(pair[1].document.text)
        if len(batch) >= BATCH or size >= MOST_TEXT or time.monotonic() - begun > LONGEST:
            _write(ledger, batch, under_way, lexicon, told)
            batch, size, begun = [], 0, time.monotonic()
    _write(ledger, batch, under_way, lexicon, told)


def read_again(ledger: sqlite3.Connection, read_many: ReadMany, made_by: MadeBy, lexicon: Lexicon, told: Told) -> None:
    """Read again all documents whose Reading was not made by this, and put the new Readings in place of the old,
    some at a time."""
    with transaction(ledger):
        maker = maker_of(ledger, made_by)
    rows = [row["id"] for row in ledger.execute("SELECT id FROM documents WHERE maker_id <> ? ORDER BY id", (maker,))]
    for start in range(0, len(rows), READ_AT_ONCE):
        page = rows[start : start + READ_AT_ONCE]
        found = list(read_many(documents_in(ledger, page)))
        with transaction(ledger):
            for row, reading in zip(page, found, strict=True):
                replace_reading(ledger, row, reading, lexicon, searchable=False)
            follow_again(ledger, page, lexicon)
            make_contents_searchable(ledger, page)
        for reading in found:
            told(Added(reading.document.id, len(reading.attributions)))


@dataclass(frozen=True, slots=True)
class _Fresh:
    """A document on its way into the ledger, and what it would be recognized by."""

    read: Read
    keys: frozenset[Key]


def _fresh(
    ledger: sqlite3.Connection, reads: Iterable[Read | InputError], under_way: set[Key], lexicon: Lexicon, told: Told
) -> Iterator[_Fresh]:
    """The documents that neither the ledger has nor those under way, with ids of their own."""
    for one in reads:
        if isinstance(one, InputError):
            told(one)
            continue
        keys = _keys(one.document, lexicon)
        if keys & under_way or any(_stored(ledger, key) for key in keys):
            told(Known(one.place))
            continue
        own = _under_its_own_id(ledger, one, under_way)
        keys |= {("id", own.document.id, own.document.text_sha256), ("kept as", own.document.id)}
        under_way |= keys
        yield _Fresh(own, keys)


def _write(
    ledger: sqlite3.Connection,
    batch: list[tuple[_Fresh, Reading]],
    under_way: set[Key],
    lexicon: Lexicon,
    told: Told,
) -> None:
    """Store a batch, wholly or not at all, and say so."""
    events: list[Event] = []
    rows: list[int] = []
    added = datetime.now(UTC).isoformat(timespec="seconds")
    with transaction(ledger):
        for one, reading in batch:
            try:
                arrived = Arrived(reading, one.read.place, one.read.problems, one.read.left_out)
                parted: set[int] = set()
                rows.append(store(ledger, arrived, added, lexicon, searchable=False, parted=parted))
                follow_new(ledger, rows[-1], lexicon, parted=bool(parted), searchable=False)
                events.append(Added(one.read.place, len(reading.attributions)))
            except InputError as error:
                events.append(error)
        make_searchable(ledger, rows)
    for one, _ in batch:
        under_way -= one.keys
    for event in events:
        told(event)


def _keys(document: Document, lexicon: Lexicon) -> frozenset[Key]:
    """What makes a document the same as another: its id with its text, or its URL with its text, or for one that
    came with neither, its publisher with its text."""
    text = document.text_sha256
    keys = {("id", document.id, text)}
    if document.url is not None:
        keys.add(("url", document.url, text))
    elif document.id.startswith(GIVEN_NO_ID):
        outlet = outlet_named(document, lexicon)
        keys.add(("publisher", outlet_key(outlet) if outlet else "", text))
    return frozenset(keys)


def _stored(ledger: sqlite3.Connection, key: Key) -> bool:
    what, value, text = key
    if what == "id":
        kept = ledger.execute("SELECT reading_id FROM documents WHERE text_sha256 = ?", (text,)).fetchall()
        return any(row["reading_id"] == value or id_without_version(row["reading_id"], text) == value for row in kept)
    if what == "url":
        query, given = "SELECT 1 FROM documents WHERE text_sha256 = ? AND url = ?", [text, value]
    else:
        query = (
            "SELECT 1 FROM documents LEFT JOIN entities ON entities.id = outlet_id WHERE text_sha256 = ?"
            " AND url IS NULL AND reading_id GLOB ? AND coalesce(name_key, '') = ?"
        )
        given = [text, f"{GIVEN_NO_ID}*", value]
    return ledger.execute(query, given).fetchone() is not None


def _under_its_own_id(ledger: sqlite3.Connection, one: Read, under_way: set[Key]) -> Read:
    """The document, under another id where its own is taken by another text."""
    own, text = one.document.id, one.document.text_sha256
    while ("kept as", own) in under_way or ledger.execute(
        "SELECT 1 FROM documents WHERE reading_id = ?", (own,)
    ).fetchone():
        own = version_id(own, text)
    if own == one.document.id:
        return one
    document = replace(one.document, id=own)
    return replace(one, document=document, reading=_under_id(one.reading, document) if one.reading else None)


def _under_id(reading: Reading, document: Document) -> Reading:
    """A Reading whose document has another id, and with it all ids that begin with it."""
    old = f"{reading.document.id}:"

    def renamed(whole: str | None) -> str | None:
        return f"{document.id}:{whole.removeprefix(old)}" if whole is not None and whole.startswith(old) else whole

    def moved(whole: str) -> str:
        return renamed(whole) or whole

    return replace(
        reading,
        document=document,
        attributions=tuple(
            replace(
                one,
                id=moved(one.id),
                speaker=renamed(one.speaker),
                basis=renamed(one.basis),
                within=renamed(one.within),
            )
            for one in reading.attributions
        ),
        statements=tuple(replace(one, id=moved(one.id)) for one in reading.statements),
        sources=tuple(replace(one, id=moved(one.id)) for one in reading.sources),
    )
