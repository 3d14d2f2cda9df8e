"""Positions on a claim as a standards desk files them: each with its words, where they stand, and what made it."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from urllib.parse import quote

from sayso.corrections.telling import marked
from sayso.export.csv import harmless, offsets
from sayso.ledger.marks import marks_of
from sayso.ledger.storing import short_id
from sayso.model import Origins, Position, Step
from sayso.trace.asking import Answer

BETWEEN_PIECES = " […] "  # of a content, in one cell
_FRAGMENT_WORDS = 6  # by which a text fragment says where a longer passage begins, and where it ends


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One position on a claim: who holds what, in which words, where these stand, by which chain, and made by what.

    `quotation` are the document's words, unaltered; where they are in several pieces, " […] " stands between. `place`
    holds the offsets of the pieces, "12..40;50..60", half-open, in code points of the text whose SHA-256 in UTF-8 is
    `text_sha256`. `link` is the document's address with a text fragment that shows the words in a browser; empty
    without an address. `chain` goes from the reader's document to the origin. `origin` is empty where the chain is
    circular. `superseded_by` is the attribution by which the holder took it back. `corrected` says what people put
    right in it. None is what is not known.
    """

    claim_id: str
    claim: str
    stance: str
    holder: str | None
    named: bool
    quotation: str
    place: str
    source: str | None
    cue: str | None
    certainty: str | None
    when: str | None
    confidence: float
    document: str
    title: str | None
    outlet: str | None
    published: str | None
    url: str | None
    link: str | None
    text_sha256: str
    attribution: str | None
    chain: str
    origin: str | None
    superseded_by: str | None
    read_by: str
    traced_by: str | None
    corrected: str | None


def audit(ledger: sqlite3.Connection, answer: Answer) -> list[AuditRow]:
    """A row for each position of an answer, by stance, in the answer's order."""
    return [
        _row(ledger, answer, one, answer.origins.get(stance))
        for stance, these in answer.positions.items()
        for one in these
    ]


def audit_csv(rows: Iterable[AuditRow]) -> bytes:
    """Rows as CSV for spreadsheets, as `sayso export --to csv` writes it: UTF-8 with a byte order mark, CRLF; an empty
    cell is what is not known, and a cell that a spreadsheet would run has an apostrophe before it."""
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow([one.name for one in fields(AuditRow)])
    for row in rows:
        table.writerow([_cell(value) for value in asdict(row).values()])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return harmless(value) if isinstance(value, str) else str(value)


def _row(ledger: sqlite3.Connection, answer: Answer, one: Position, origins: Origins | None) -> AuditRow:
    document = ledger.execute(
        "SELECT documents.*, outlets.name AS outlet, makers.name AS read_by FROM documents"
        " JOIN makers ON makers.id = maker_id LEFT JOIN entities AS outlets ON outlets.id = outlet_id"
        " WHERE documents.reading_id = ?",
        (one.document,),
    ).fetchone()
    told = _told(ledger, document["id"], one)
    pieces = [document["text"][start:end] for start, end in told.pieces]
    return AuditRow(
        claim_id=answer.id,
        claim=answer.text,
        stance=one.stance,
        holder=one.entity,
        named=one.named,
        quotation=BETWEEN_PIECES.join(pieces),
        place=offsets([{"start": start, "end": end} for start, end in told.pieces]) or "",
        source=told.source,
        cue=told.cue,
        certainty=one.certainty,
        when=one.when.text if one.when else None,
        confidence=one.confidence,
        document=one.document,
        title=document["title"],
        outlet=document["outlet"],
        published=document["published"],
        url=document["url"],
        link=fragment_link(document["url"], pieces[0]) if pieces else document["url"],
        text_sha256=document["text_sha256"],
        attribution=one.attribution,
        chain=" ← ".join(_named(step) for step in one.chain),
        origin=_origin(one, origins),
        superseded_by=one.superseded_by,
        read_by=document["read_by"],
        traced_by=told.traced_by,
        corrected="; ".join(marked(mark) for mark in marks_of(ledger, document["id"], one.attribution)) or None,
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """Where the words of a position stand, who is named by them, and what traced them."""

    pieces: list[tuple[int, int]]
    source: str | None
    cue: str | None
    traced_by: str | None


def _told(ledger: sqlite3.Connection, document: int, one: Position) -> _Told:
    """What puts a position forward: its attribution, or what the outlet says in its own voice."""
    if one.attribution is None:
        maker = ledger.execute(_TRACED_BY, (document,)).fetchone()
        pieces = [(one.span.start, one.span.end)] if one.span else []
        return _Told(pieces, None, None, maker["name"] if maker else None)
    found = ledger.execute(_ATTRIBUTION, (document, short_id(one.document, one.attribution))).fetchone()
    spans = ledger.execute(
        'SELECT "start", "end" FROM spans WHERE attribution_id = ? AND part = \'content\' ORDER BY position',
        (found["id"],),
    )
    return _Told([(row["start"], row["end"]) for row in spans], found["source"], found["cue"], found["traced_by"])


_TRACED_BY = """
SELECT makers.name FROM propositions
JOIN wordings ON wordings.id = wording_id
JOIN makers ON makers.id = maker_id
WHERE propositions.document_id = ? LIMIT 1"""

_ATTRIBUTION = """
SELECT attributions.id, source, cue, makers.name AS traced_by FROM attributions
LEFT JOIN propositions ON attribution_id = attributions.id
LEFT JOIN wordings ON wordings.id = wording_id
LEFT JOIN makers ON makers.id = maker_id
WHERE attributions.document_id = ? AND attributions.reading_id = ?"""


def _named(step: Step) -> str:
    return step.name + (" (witness)" if step.witness else "")


def _origin(one: Position, origins: Origins | None) -> str | None:
    """The origin at the end of a position's chain."""
    return next((item.name for item in origins.items if one.chain in item.chains), None) if origins else None


def fragment_link(url: str | None, words: str) -> str | None:
    """An address with a text fragment (https://wicg.github.io/scroll-to-text-fragment/) at which a browser shows these
    words of the page; a long passage is given by its beginning and its end. The address alone where it has a fragment
    already, or is none of the web."""
    told = words.split()
    if url is None or not told or "#" in url or not url.startswith(("http://", "https://")):
        return url
    if len(told) <= 2 * _FRAGMENT_WORDS:
        return f"{url}#:~:text={_encoded(told)}"
    return f"{url}#:~:text={_encoded(told[:_FRAGMENT_WORDS])},{_encoded(told[-_FRAGMENT_WORDS:])}"


def _encoded(words: list[str]) -> str:
    return quote(" ".join(words), safe="").replace("-", "%2D")
