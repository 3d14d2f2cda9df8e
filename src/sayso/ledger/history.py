"""What changed between the versions of a document: attributions that came, went or changed, and notices."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from sayso.ledger.readings import readings
from sayso.ledger.storing import BETWEEN_PIECES
from sayso.model import Attribution, Document, Reading

ALIKE = 0.6  # share of the letters that two wordings of one attribution have in common, at least


@dataclass(frozen=True, slots=True)
class Shown:
    """An attribution in words: its id, source, cue and content."""

    id: str
    source: str | None
    cue: str
    content: str


@dataclass(frozen=True, slots=True)
class Change:
    """An attribution that came, went or changed from one version to the next: before and after, None for neither."""

    before: Shown | None
    after: Shown | None


@dataclass(frozen=True, slots=True)
class Announced:
    """A correction, clarification or retraction: its words, and the document that announces it."""

    kind: str
    words: str
    document: str


@dataclass(frozen=True, slots=True)
class Version:
    """One text of a document, and what changed in it since the one before."""

    number: int
    document: str
    title: str
    published: str | None
    added: str
    attributions: int
    changes: tuple[Change, ...]
    notices: tuple[Announced, ...]


def history(ledger: sqlite3.Connection, address: str) -> list[Version]:
    """The versions of the document at a URL, or of this id, in the order in which they came; empty for none."""
    rows = ledger.execute(
        "WITH first AS (SELECT coalesce(version_of_id, id) FROM documents WHERE url = ?1 OR reading_id = ?1)"
        " SELECT * FROM documents WHERE id IN (SELECT * FROM first UNION ALL"
        " SELECT id FROM documents WHERE version_of_id IN first) ORDER BY version, id",
        (address,),
    ).fetchall()
    versions = []
    before: Reading | None = None
    for row, reading in zip(rows, readings(ledger, [row["id"] for row in rows]), strict=True):
        versions.append(
            Version(
                number=row["version"],
                document=row["reading_id"],
                title=row["name"],
                published=row["published"],
                added=row["added"],
                attributions=len(reading.attributions),
                changes=changes(before, reading) if before else (),
                notices=_notices(ledger, row),
            )
        )
        before = reading
    return versions


def changes(before: Reading, after: Reading) -> tuple[Change, ...]:
    """The attributions that came, went or changed, in the order of the later text, then those that went.

    One that says the same with the same words has not changed, wherever it stands. One changed if another
    says something much like it, whoever says it: a correction may be of who said it.
    """
    old = [_shown(before.document, one) for one in before.attributions]
    new = [_shown(after.document, one) for one in after.attributions]
    said = [_words(one) for one in old]
    fresh = []
    for one in new:
        if _words(one) in said:
            at = said.index(_words(one))
            del said[at], old[at]
        else:
            fresh.append(one)
    found = []
    for one in fresh:
        alike = _most_alike(one, old)
        if alike is not None:
            old.remove(alike)
        found.append(Change(alike, one))
    return (*found, *(Change(one, None) for one in old))


def _most_alike(one: Shown, others: Sequence[Shown]) -> Shown | None:
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(one.content)
    best, most = None, ALIKE
    for other in others:
        matcher.set_seq1(other.content)
        if matcher.real_quick_ratio() > most and matcher.quick_ratio() > most and (ratio := matcher.ratio()) > most:
            best, most = other, ratio
    return best


def _shown(document: Document, one: Attribution) -> Shown:
    text = document.text
    content = BETWEEN_PIECES.join(piece.of(text) for piece in one.content)
    return Shown(one.id, one.source.of(text) if one.source else None, one.cue.of(text), content)


def _words(one: Shown) -> tuple[str, ...]:
    return tuple(" ".join((words or "").split()) for words in (one.source, one.cue, one.content))


def _notices(ledger: sqlite3.Connection, row: sqlite3.Row) -> tuple[Announced, ...]:
    """The notices that a version holds, and those of other documents that correct it."""
    rows = ledger.execute(
        'SELECT notices.kind, "start", "end", documents.text, documents.reading_id FROM notices'
        " JOIN documents ON documents.id = notices.document_id"
        " WHERE notices.document_id = ?1 OR (corrects_id = ?1 AND coalesce(version_of_id, documents.id) <> ?2)"
        " ORDER BY documents.id, position",
        (row["id"], row["version_of_id"] or row["id"]),
    )
    return tuple(Announced(one["kind"], one["text"][one["start"] : one["end"]], one["reading_id"]) for one in rows)
