"""Copies in a ledger: which documents share passages, kept up to date one document at a time.

It is a join on keys. Each text's shingles are kept by their hash; a new document is looked up by its own, and
aligned with those that share enough. What comes out depends on which documents there are, not on the order in
which they came:

- Of equal texts the one earliest in time stands for all; each other is a copy of it, and is compared no more.
- A shingle that at most COMMON texts have makes each two of them candidates. One that more have (a wire story
  that a hundred outlets cut each in its way, or a line at the foot of every page) makes candidates of the HUBS
  earliest texts and each other, not of all pairs; and such shingles alone count only where they are a good
  part of the shorter text, as they are of a wire story and not of one with the same footer.
- So shingles can become common, and texts stop being hubs, but never the other way; the pairs that a new
  document takes the grounds from are looked at again.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sayso.ledger.entities import outlet_key, outlet_named
from sayso.ledger.opening import transaction
from sayso.ledger.readings import documents_in
from sayso.lexicon import Lexicon
from sayso.model import Document
from sayso.trace.copies import Passage, passages, whole_text
from sayso.trace.copies_found import PassageKind
from sayso.trace.direction import first_of
from sayso.trace.shingles import ComparedText, compared_text, shingles

BATCH = 50  # documents written together
LEAST_SHARED = 2  # shingles
COMMON = 100  # texts
HUBS = 8  # texts
GOOD_PART = 0.3  # of the shorter text's shingles
OWN_REPEATS = 0.25  # of the shorter text: less that two texts of one outlet share is what it prints again and again
KEPT = 500  # texts kept ready to be compared

_UNDATED = (1 << 16) - 1
_EPOCH = date(1970, 1, 1).toordinal()


def find_copies(ledger: sqlite3.Connection, lexicon: Lexicon, told: Callable[[int], None] = lambda _: None) -> int:
    """Look through the documents that were not yet, and store the passages they share with all others.

    A batch is stored wholly or not at all; `told` is given the number of documents in it. Returns how many
    documents were looked through.
    """
    finding, count, last = _Finding(ledger, lexicon), 0, 0
    while rows := _not_shingled(ledger, last, BATCH):
        with transaction(ledger):
            for row in rows:
                finding.take_in(row)
        count, last = count + len(rows), rows[-1]
        told(len(rows))
    return count


@dataclass(frozen=True, slots=True)
class _Text:
    """A document at hand, with its words and the hashes of its shingles."""

    document: Document
    compared: ComparedText
    shingles: frozenset[int]


class _Finding:
    """The texts at hand while copies are looked for."""

    def __init__(self, ledger: sqlite3.Connection, lexicon: Lexicon) -> None:
        self.ledger = ledger
        self.lexicon = lexicon
        self.texts: dict[int, _Text] = {}

    def take_in(self, row: int) -> None:
        """Look a document up among those before it."""
        standing = _standing_for_its_text(self.ledger, row)
        if standing is not None and _key_in_time(self.ledger, standing) <= _key_in_time(self.ledger, row):
            self._stand_behind(row, standing)
            return
        equal = [] if standing is None else [standing, *_behind(self.ledger, standing)]
        if standing is not None:
            self._forget(standing, equal)
        self._shingle(row)
        for other in equal:
            self._stand_behind(other, row)
        for other in self._candidates(row):
            self._compare(row, other)

    def _stand_behind(self, row: int, standing: int) -> None:
        self.ledger.execute("INSERT OR REPLACE INTO shingled VALUES (?, ?, 0)", (row, standing))
        a, b = self._text(row).document, self._text(standing).document
        if not _versions_of_one(self.ledger, row, standing):
            self._store((row, a), (standing, b), (whole_text(a.text),))

    def _forget(self, standing: int, equal: list[int]) -> None:
        """Take out what was found of a text, whose earliest document is another now."""
        place = _place(self.ledger, standing)
        self.ledger.executemany(
            "DELETE FROM shingles WHERE hash = ? AND place = ? AND document_id = ?",
            ((one, place, standing) for one in self._text(standing).shingles),
        )
        self.ledger.executemany("DELETE FROM copies WHERE a_id = ?1 OR b_id = ?1", ((one,) for one in equal))

    def _shingle(self, row: int) -> None:
        place, keys = _place(self.ledger, row), sorted(self._text(row).shingles)
        self.ledger.executemany("INSERT INTO shingles VALUES (?, ?, ?)", ((one, place, row) for one in keys))
        self.ledger.execute("INSERT OR REPLACE INTO shingled VALUES (?, NULL, ?)", (row, len(keys)))

    def _candidates(self, row: int) -> list[int]:
        """The documents that share enough shingles with a new one. Those before it which share enough no longer,
        since it made a shingle common or took another's place as a hub, are parted."""
        rare, starred = Counter[int](), Counter[int]()
        displaced, now_common = set[int](), list[list[int]]()
        for key in self._text(row).shingles:
            held = _holders(self.ledger, key, COMMON + 2)
            if len(held) <= COMMON:
                rare.update(held)
                continue
            if row in held[:HUBS]:
                starred.update(_holders(self.ledger, key, -1))
                displaced.add(held[HUBS])
            else:
                starred.update(held[:HUBS])
            if len(held) == COMMON + 1:
                now_common.append(held)
        self._part(displaced, now_common)
        return [
            other
            for other in rare.keys() | starred.keys()
            if other != row and self._enough(rare[other], starred[other], row, other)
        ]

    def _part(self, displaced: set[int], now_common: list[list[int]]) -> None:
        """Take out the copies that have lost their grounds: of texts that were hubs, and of texts that share what
        has become common."""
        pairs = {row: _pairs_with(self.ledger, row) for row in displaced.union(*now_common)}
        lost = {pair for row in displaced for pair in pairs[row]}
        for held in map(set, now_common):
            lost |= {pair for row in held for pair in pairs[row] if held.issuperset(pair)}
        holders: dict[int, list[int]] = {}
        for a, b in sorted(lost):
            if not self._still(a, b, holders):
                self.ledger.execute("DELETE FROM copies WHERE a_id = ? AND b_id = ?", (a, b))

    def _still(self, a: int, b: int, holders: dict[int, list[int]]) -> bool:
        """Whether two documents are candidates as things are now; `holders` is filled with what is looked up."""
        if self._text(a).document.text == self._text(b).document.text:
            return True
        rare = starred = 0
        for key in self._text(a).shingles & self._text(b).shingles:
            held = holders.get(key) or holders.setdefault(key, _holders(self.ledger, key, COMMON + 1))
            rare += len(held) <= COMMON
            starred += len(held) > COMMON and (a in held[:HUBS] or b in held[:HUBS])
        return self._enough(rare, starred, a, b)

    def _enough(self, rare: int, starred: int, a: int, b: int) -> bool:
        if rare >= LEAST_SHARED:
            return True
        if rare + starred < LEAST_SHARED:
            return False
        return rare + starred >= GOOD_PART * min(_count(self.ledger, a), _count(self.ledger, b))

    def _compare(self, row: int, other: int) -> None:
        if _versions_of_one(self.ledger, row, other):
            return
        a, b = self._text(row), self._text(other)
        found = passages(a.compared, b.compared)
        if self._same_outlet(a.document, b.document):
            same = sum(one.words for one in found)
            if same < OWN_REPEATS * min(len(a.compared), len(b.compared)):
                return
        self._store((row, a.document), (other, b.document), found)

    def _same_outlet(self, a: Document, b: Document) -> bool:
        outlets = [outlet_named(one, self.lexicon) for one in (a, b)]
        return None not in outlets and len({outlet_key(one) for one in outlets if one}) == 1

    def _store(self, a: tuple[int, Document], b: tuple[int, Document], found: tuple[Passage, ...]) -> None:
        if not found:
            return
        (row_a, first), (row_b, second) = a, b
        if second.id < first.id:
            turned = tuple(sorted((Passage(p.b, p.a, p.words, p.kind) for p in found), key=lambda one: one.a))
            self._store(b, a, turned)
            return
        copied = any(one.kind is PassageKind.PASSAGE for one in found)
        earlier, why = first_of(first, second, self.lexicon)
        copy = self.ledger.execute(
            "INSERT INTO copies (a_id, b_id, kind, words, first_id, why) VALUES (?, ?, ?, ?, ?, ?)",
            (
                row_a,
                row_b,
                PassageKind.PASSAGE if copied else PassageKind.QUOTATION,
                sum(one.words for one in found),
                {first.id: row_a, second.id: row_b, None: None}[earlier],
                why,
            ),
        ).lastrowid
        self.ledger.executemany(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (copy, i, one.kind, one.a.start, one.a.end, one.b.start, one.b.end, one.words)
                for i, one in enumerate(found)
            ),
        )

    def _text(self, row: int) -> _Text:
        """A document with its words; those used last are kept at hand."""
        found = self.texts.pop(row, None)
        if found is None:
            (document,) = documents_in(self.ledger, [row])
            compared = compared_text(document.text, self.lexicon)
            found = _Text(document, compared, frozenset(shingles(compared)))
        self.texts[row] = found
        if len(self.texts) > KEPT:
            del self.texts[next(iter(self.texts))]
        return found


def _not_shingled(ledger: sqlite3.Connection, after: int, limit: int) -> list[int]:
    rows = ledger.execute(
        "SELECT id FROM documents WHERE id > ? AND NOT EXISTS"
        " (SELECT 1 FROM shingled WHERE document_id = documents.id) ORDER BY id LIMIT ?",
        (after, limit),
    )
    return [row["id"] for row in rows]


def _standing_for_its_text(ledger: sqlite3.Connection, row: int) -> int | None:
    """The document whose shingles are kept of the text that a document has, where there is one."""
    found = ledger.execute(
        "SELECT document_id FROM documents JOIN shingled ON document_id = id"
        " WHERE text_sha256 = (SELECT text_sha256 FROM documents WHERE id = ?) AND stands_for_id IS NULL",
        (row,),
    ).fetchone()
    return int(found["document_id"]) if found else None


def _behind(ledger: sqlite3.Connection, standing: int) -> list[int]:
    rows = ledger.execute("SELECT document_id FROM shingled WHERE stands_for_id = ?", (standing,))
    return [row["document_id"] for row in rows]


def _key_in_time(ledger: sqlite3.Connection, row: int) -> tuple[bool, str, str]:
    found = ledger.execute("SELECT published_on, reading_id FROM documents WHERE id = ?", (row,)).fetchone()
    return found["published_on"] is None, found["published_on"] or "", found["reading_id"]


def _place(ledger: sqlite3.Connection, row: int) -> int:
    """A document's place in time as a number: its day, undated ones last, then its text's hash."""
    found = ledger.execute("SELECT published_on, text_sha256 FROM documents WHERE id = ?", (row,)).fetchone()
    day = _UNDATED
    if found["published_on"] is not None:
        day = min(max(date.fromisoformat(found["published_on"]).toordinal() - _EPOCH, 0), _UNDATED - 1)
    return (day << 32) + int(found["text_sha256"][:8], 16)


def _holders(ledger: sqlite3.Connection, key: int, limit: int) -> list[int]:
    """The documents that have a shingle, the earliest first."""
    rows = ledger.execute("SELECT document_id FROM shingles WHERE hash = ? ORDER BY place LIMIT ?", (key, limit))
    return [row["document_id"] for row in rows]


def _count(ledger: sqlite3.Connection, row: int) -> int:
    (count,) = ledger.execute("SELECT shingle_count FROM shingled WHERE document_id = ?", (row,)).fetchone()
    return int(count)


def _pairs_with(ledger: sqlite3.Connection, row: int) -> set[tuple[int, int]]:
    rows = ledger.execute("SELECT a_id, b_id FROM copies WHERE a_id = ?1 OR b_id = ?1", (row,))
    return {(one["a_id"], one["b_id"]) for one in rows}


def _versions_of_one(ledger: sqlite3.Connection, a: int, b: int) -> bool:
    """Whether two documents are versions of one, which sayso history compares."""
    (count,) = ledger.execute(
        "SELECT count(DISTINCT coalesce(version_of_id, id)) FROM documents WHERE id IN (?, ?)", (a, b)
    ).fetchone()
    return bool(count == 1)
