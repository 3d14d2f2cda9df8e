"""Notices: documents that correct, clarify or retract, and what they correct.

Some stand at the end of the corrected text itself ("An earlier version of this article …"), some are
documents of their own ("Correction: …"). What a notice corrects is the version before it at its URL, or else
the one document that it links to or whose title it repeats.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from functools import cache

from sayso.lexicon import Lexicon
from sayso.model import Document, Span

_PARAGRAPH = re.compile(r"[^\n]+")
_LABEL = re.compile(r"^[^:]{1,60}:\s*")
_TELLING = 12  # characters that a title must have to be recognized in a notice


@dataclass(frozen=True, slots=True)
class Notice:
    """A passage that corrects something, and its kind: "correction", "clarification" or "retraction"."""

    kind: str
    span: Span


def notices_in(document: Document, lexicon: Lexicon) -> list[Notice]:
    """The paragraphs of a document that announce a correction, in the order of its text."""
    found = []
    opening, anywhere = _patterns(lexicon)
    for paragraph in _PARAGRAPH.finditer(document.text):
        words = " ".join(paragraph.group().split()).lower().lstrip("*_#[( ")
        fits = opening.match(words) or anywhere.search(words)
        if fits:
            found.append(Notice(_kinds(lexicon)[fits.group(1)], Span(*paragraph.span())))
    return found


def note_what_it_corrects(
    ledger: sqlite3.Connection, row: int, document: Document, first: int | None, lexicon: Lexicon
) -> None:
    """Record the notices of a document that was just stored, and tie them to what they correct, where that is
    in the ledger; tie to it the notices that waited for it. `first` is the first version at its URL."""
    earlier = _earlier_text(ledger, first, row)
    for position, notice in enumerate(notices_in(document, lexicon)):
        words = notice.span.of(document.text)
        if words.strip() in earlier:  # it announced this before
            continue
        corrected, why = _corrected(ledger, row, first, words)
        ledger.execute(
            "INSERT INTO notices VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (row, position, notice.kind, notice.span.start, notice.span.end, _title_in(words), corrected, why),
        )
    _tie_those_that_waited(ledger, row, document)


@cache
def _patterns(lexicon: Lexicon) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What a notice's paragraph opens with, and what stands anywhere in it."""
    opening, anywhere = (
        "|".join(re.escape(row["words"]) for row in lexicon.tables["notices"] if row["place"] == place)
        for place in ("opening", "paragraph")
    )
    return re.compile(rf"({opening})\b(?:\s*:|\s*[-–—]\s|\s+(?:story|spelling|to|in|date|name)\b)"), re.compile(
        rf"\b({anywhere})\b"
    )


@cache
def _kinds(lexicon: Lexicon) -> dict[str, str]:
    return {row["words"]: row["kind"] for row in lexicon.tables["notices"]}


def _earlier_text(ledger: sqlite3.Connection, first: int | None, row: int) -> str:
    previous = _previous(ledger, first, row)
    return "" if previous is None else str(previous["text"])


def _previous(ledger: sqlite3.Connection, first: int | None, row: int) -> sqlite3.Row | None:
    if first is None:
        return None
    found: sqlite3.Row | None = ledger.execute(
        "SELECT id, text FROM documents WHERE (id = ?1 OR version_of_id = ?1) AND id <> ?2"
        " ORDER BY version DESC LIMIT 1",
        (first, row),
    ).fetchone()
    return found


def _corrected(ledger: sqlite3.Connection, row: int, first: int | None, words: str) -> tuple[int | None, str | None]:
    """The document that a notice corrects, and how that was told; None where the ledger holds none."""
    previous = _previous(ledger, first, row)
    if previous is not None:
        return int(previous["id"]), "the version before it at the same URL"
    linked = ledger.execute(
        "SELECT max(documents.id) AS id FROM links JOIN documents ON documents.url = links.url"
        " WHERE links.document_id = ? AND documents.id <> ? GROUP BY documents.url",
        (row, row),
    ).fetchall()
    if len(linked) == 1:
        return int(linked[0]["id"]), "it links to it"
    titled = ledger.execute(
        "SELECT id FROM documents WHERE title = ? AND id <> ? ORDER BY id LIMIT 2", (_title_in(words), row)
    ).fetchall()
    if len(titled) == 1:
        return int(titled[0]["id"]), "it repeats its title"
    return None, None


def _tie_those_that_waited(ledger: sqlite3.Connection, row: int, document: Document) -> None:
    waiting: list[sqlite3.Row] = []
    if document.url:
        waiting += ledger.execute(
            "SELECT notices.document_id, notices.position, 'it links to it' AS why FROM links"
            " JOIN notices ON notices.document_id = links.document_id"
            " WHERE links.url = ? AND notices.corrects_id IS NULL AND notices.document_id <> ?"
            " AND (SELECT count(*) FROM links AS others WHERE others.document_id = notices.document_id) = 1",
            (document.url, row),
        ).fetchall()
    if document.title:
        waiting += ledger.execute(
            "SELECT document_id, position, 'it repeats its title' AS why FROM notices"
            " WHERE titled = ? AND corrects_id IS NULL AND document_id <> ?",
            (document.title, row),
        ).fetchall()
    for one in waiting:
        ledger.execute(
            "UPDATE notices SET corrects_id = ?, why = ? WHERE document_id = ? AND position = ?",
            (row, one["why"], one["document_id"], one["position"]),
        )


def _title_in(words: str) -> str | None:
    """What follows "Correction: " in a line; None where it is too short to be told as a title."""
    title = _LABEL.sub("", words.strip(), count=1)
    return title if len(title) >= _TELLING else None
