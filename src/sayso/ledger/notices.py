"""Notices: documents that correct, clarify or retract, and what they correct.

Some stand at the end of the corrected text itself ("An earlier version of this article …"), some are
documents of their own ("Correction: …"). What a notice corrects is the version before it at its URL, or else
the one document that it links to or whose title it repeats.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from sayso.lexicon import Lexicon
from sayso.model import Document, Span

# What an outlet calls a text of its own. "The report has been withdrawn" may be about anybody's report.
_TEXTS = (
    "article|story|report|column|headline|caption|post|piece|page|interview|obituary|review|editorial|dispatch|item"
    "|graphic|map|chart|video|podcast|newsletter"
)
_OWN_TEXT = rf"(?:(?:this|our)\s(?:\w+\s)?(?:{_TEXTS})|the\s(?:article|story|headline|caption))"
_ANY_TEXT = rf"(?:this|our|the|an?)\s(?:\w+\s)?(?:{_TEXTS})"
_PARAGRAPH = re.compile(r"[^\n]+")
_LABEL = re.compile(r"^[^:]{1,60}:\s*")
SAME_URL = "the version before it at the same URL"  # how it was told what a notice corrects
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
            found.append(Notice(_kinds(lexicon)[next(filter(None, fits.groups()))], Span(*paragraph.span())))
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
    _tie_those_that_may_mean(ledger, row, document)


def is_heading(told: str, lexicon: Lexicon) -> bool:
    """Whether a text is the heading of a notice, "Correction: Weir to be rebuilt": it names the matter and says no more
    of it."""
    return _headings(lexicon).match(told) is not None


@cache
def _headings(lexicon: Lexicon) -> re.Pattern[str]:
    opening = _any_of(row["words"] for row in lexicon.tables["notices"] if row["place"] == "opening")
    return re.compile(rf"(?:{opening})\s*:", re.IGNORECASE)


@cache
def _patterns(lexicon: Lexicon) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What a notice's paragraph opens with, and what stands anywhere in it.

    "Correction" alone is no notice: "Correction in the market was overdue"; "has been withdrawn" neither: "The bill
    has been withdrawn". There has to be a colon, or a text of the outlet's own.
    """
    rows = lexicon.tables["notices"]
    verbs, nouns = (
        _any_of(row["words"] for row in rows if row["place"] == "opening" and (row["words"][-1] == "s") is is_verb)
        for is_verb in (True, False)
    )
    anywhere = [row["words"] for row in rows if row["place"] == "paragraph"]
    whole = [words for words in anywhere if re.search(rf"\b(?:{_TEXTS})\b", words)]
    before = [words for words in anywhere if words not in whole and words.endswith(" of")]
    ours = [words for words in anywhere if words not in whole and words.startswith("we ")]
    behind = [words for words in anywhere if words not in {*whole, *before, *ours}]
    return re.compile(
        rf"({verbs}|{nouns})(?:\s*:|\s+[-–—]\s)"
        rf"|({verbs})\s(?:story|spelling|date|name|title|headline|caption|to\s|in\s|that\s)"
        rf"|({nouns})\s(?:to|in)\s{_ANY_TEXT}"
    ), re.compile(
        rf"\b({_any_of(whole)})\b|\b({_any_of(before)})\s{_OWN_TEXT}\b"
        rf"|\b({_any_of(ours)})\s{_ANY_TEXT}\b|\b{_OWN_TEXT}\s({_any_of(behind)})\b"
    )


def _any_of(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, words))


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
        return int(previous["id"]), SAME_URL
    linked = ledger.execute(
        "SELECT coalesce(max(CASE WHEN documents.id < ?1 THEN documents.id END), min(documents.id)) AS id FROM links"
        " JOIN documents ON documents.url = links.url WHERE links.document_id = ?1"
        " AND documents.url IS NOT (SELECT url FROM documents WHERE id = ?1) GROUP BY documents.url",
        (row,),
    ).fetchall()
    if len(linked) == 1:
        return int(linked[0]["id"]), "it links to it"
    titled = ledger.execute(
        "SELECT id FROM documents WHERE title = ? AND id <> ? ORDER BY id LIMIT 2", (_title_in(words), row)
    ).fetchall()
    if len(titled) == 1:
        return int(titled[0]["id"]), "it repeats its title"
    return None, None


def _tie_those_that_may_mean(ledger: sqlite3.Connection, row: int, document: Document) -> None:
    """Look again at what earlier notices correct that link to this document or repeat its title: it may be what
    they waited for, or make a second one that they may mean."""
    waiting = ledger.execute(
        'SELECT DISTINCT notices.document_id, position, "start", "end" FROM notices'
        " WHERE document_id <> ?1 AND why IS NOT ?4"
        " AND (titled = ?2 OR document_id IN (SELECT document_id FROM links WHERE url = ?3))",
        (row, document.title, document.url, SAME_URL),
    ).fetchall()
    for one in waiting:
        (text,) = ledger.execute("SELECT text FROM documents WHERE id = ?", (one["document_id"],)).fetchone()
        corrected, why = _corrected(ledger, one["document_id"], None, text[one["start"] : one["end"]])
        ledger.execute(
            "UPDATE notices SET corrects_id = ?, why = ? WHERE document_id = ? AND position = ?",
            (corrected, why, one["document_id"], one["position"]),
        )


def _title_in(words: str) -> str | None:
    """What follows "Correction: " in a line; None where it is too short to be told as a title."""
    title = _LABEL.sub("", words.strip(), count=1)
    return title if len(title) >= _TELLING else None
