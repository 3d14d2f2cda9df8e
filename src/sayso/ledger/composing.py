"""Corrections from what a user points at: an attribution by its id, a source by its name, a claim.

Each function here reads the ledger and gives the entry, which `sayso.ledger.correcting.put` then adds.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from sayso.corrections.entries import (
    VALUES,
    Correction,
    CorrectionKind,
    Part,
    Said,
    Speaker,
    part_of,
    with_id,
    words_at,
)
from sayso.errors import SaysoError
from sayso.ledger.correcting import machine_readings, now
from sayso.ledger.corrections import correction_with_id, undone_by
from sayso.ledger.identities import source_at
from sayso.ledger.namesakes import folded
from sayso.ledger.questions import entities_named, names_like
from sayso.ledger.readings import kept_readings
from sayso.ledger.storing import short_id, whole_id
from sayso.model import Attribution, Document, Reading, Relation, Source, SourceKind, Span
from sayso.trace.asking import claim_with_id
from sayso.trace.moving import moved


class CannotCorrect(SaysoError):
    """A correction that cannot be made as it is asked for: why, and what to do."""


class NoSuchPart(SaysoError):
    """What is to be corrected is not in the ledger: what was looked for, and how to find it."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who makes a correction, and why."""

    name: str
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Proposed:
    """One of the things that an attribution or a statement puts forward: its row, and its words."""

    row: int
    position: int
    is_deed: bool
    words: str


@dataclass(frozen=True, slots=True)
class Found:
    """An attribution that is to be corrected, with the Reading that holds, and the machine's."""

    reading: Reading
    machine: Reading
    attribution: Attribution


def attribution_found(ledger: sqlite3.Connection, id_: str) -> Found:
    """The attribution of an id, also one that was struck out. Raises NoSuchPart."""
    for document, rest in _cuts(id_):
        row = ledger.execute("SELECT id FROM documents WHERE reading_id = ?", (document,)).fetchone()
        if row is None:
            continue
        _, _, reading = next(kept_readings(ledger, [row["id"]]))
        machine = next(machine_readings(ledger, [row["id"]]))
        for one in (*reading.attributions, *machine.attributions):
            if short_id(document, one.id) == rest:
                return Found(reading, machine, one)
    raise NoSuchPart(
        f"no attribution has the id '{id_}'; sayso export LEDGER --to csv, sayso who … --format json and the pages"
        " give their ids"
    )


def speaker(
    ledger: sqlite3.Connection,
    author: Author,
    id_: str,
    words: str | None,
    kind: SourceKind = SourceKind.PERSON,
    named: bool = True,
) -> Correction:
    """Somebody else is the speaker of an attribution: a source of its document, words of its text, or nobody known.

    Raises CannotCorrect for a name that the document has not: no outside name is attached to what it says.
    """
    found = attribution_found(ledger, id_)
    before = _name_of(found.reading, found.attribution.speaker)
    if words is None:
        if found.attribution.speaker is None:
            raise CannotCorrect("no speaker is known there already")
        return _entry(ledger, author, CorrectionKind.SPEAKER, of=_said(found), was=before)
    span, known = _place_of(found, words)
    if known is not None and known.id == found.attribution.speaker:
        raise CannotCorrect(f"“{known.name}” is the speaker there already")
    mention = words_at(found.reading.document.text, span)
    chosen = Speaker(mention, known.kind if known else kind, known.named if known else named)
    return _entry(ledger, author, CorrectionKind.SPEAKER, of=_said(found), speaker=chosen, was=before)


def speaker_at(ledger: sqlite3.Connection, author: Author, id_: str, source: str) -> Correction:
    """A source of the document, by its id there, is the speaker of an attribution."""
    found = attribution_found(ledger, id_)
    chosen = next((one for one in _sources(found) if one.id == source), None)
    place = None if chosen is None else _place(chosen, found)
    if chosen is None or place is None:
        raise NoSuchPart("that source is not in the document any more; choose another")
    if chosen.id == found.attribution.speaker:
        raise CannotCorrect(f"“{chosen.name}” is the speaker there already")
    new = Speaker(words_at(found.reading.document.text, place), chosen.kind, chosen.named)
    before = _name_of(found.reading, found.attribution.speaker)
    return _entry(ledger, author, CorrectionKind.SPEAKER, of=_said(found), speaker=new, was=before)


def value(ledger: sqlite3.Connection, author: Author, id_: str, kind: CorrectionKind, to: str | None) -> Correction:
    """The act, polarity or certainty of an attribution is another; no certainty is None."""
    found = attribution_found(ledger, id_)
    before = getattr(found.attribution, kind.value)
    if to is not None and to not in set(VALUES[kind]):
        raise CannotCorrect(f"'{to}' is no {kind}; there are: {', '.join(VALUES[kind])}")
    if before == to and found.attribution in found.reading.attributions:
        raise CannotCorrect(f"its {kind} is {to or 'none'} already")
    return _entry(ledger, author, kind, of=_said(found), to=to, was=before or "none")


def struck(ledger: sqlite3.Connection, author: Author, id_: str) -> Correction:
    """What was read as an attribution is none."""
    found = attribution_found(ledger, id_)
    if found.attribution not in found.reading.attributions:
        raise CannotCorrect("it is struck out already")
    return _entry(ledger, author, CorrectionKind.STRUCK, of=_said(found))


def merge(ledger: sqlite3.Connection, author: Author, one: int, other: int) -> Correction:
    """The sources of two entities, by their rows, are one source, which keeps the name of the first."""
    if one == other:
        raise CannotCorrect("both are one source already")
    parts = [_source_of(ledger, entity) for entity in (one, other)]
    return _entry(ledger, author, CorrectionKind.MERGE, of=parts[0], other=parts[1])


def split(ledger: sqlite3.Connection, author: Author, entity: int, document: str) -> Correction:
    """The source of an entity in one document is not the one that the others' documents mean."""
    mine = _source_of(ledger, entity, document)
    try:
        theirs = _source_of(ledger, entity, but=document)
    except NoSuchPart:
        name = _entity_name(ledger, entity)
        raise CannotCorrect(f"“{name}” is a source in {document} alone; there is nobody to part it from") from None
    return _entry(ledger, author, CorrectionKind.SPLIT, of=mine, other=theirs)


def member(
    ledger: sqlite3.Connection,
    author: Author,
    id_: str,
    claim: str | None,
    *,
    contrary: bool = False,
    number: int | None = None,
) -> Correction:
    """What an attribution or a statement puts forward belongs to another claim, or to none.

    `number` is which of several things it puts forward, from 1. Raises CannotCorrect where it needs to be told.
    """
    row = _chosen(proposed_by(ledger, id_), number).row
    of = proposition_part(ledger, row)
    was = ledger.execute(
        "SELECT name FROM members JOIN claims ON claims.id = claim_id WHERE proposition_id = ?", (row,)
    ).fetchone()
    before = was["name"] if was else None
    if claim is None:
        if was is None:
            raise CannotCorrect("it belongs to no claim already")
        return _entry(ledger, author, CorrectionKind.CLAIM, of=of, was=before)
    relation = Relation.CONTRARY if contrary else Relation.SAME
    anchor = _anchor(ledger, claim, row, relation)
    return _entry(
        ledger,
        author,
        CorrectionKind.CLAIM,
        of=of,
        other=proposition_part(ledger, anchor),
        relation=relation,
        was=before,
    )


def undo(ledger: sqlite3.Connection, author: Author, id_: str) -> Correction:
    """Another correction does not hold any more; it may be one that undid a third."""
    undone = correction_with_id(ledger, id_)
    if undone is None:
        raise NoSuchPart(f"no correction has the id '{id_}'; sayso correct LEDGER --list gives their ids")
    by = undone_by(ledger, id_)
    if by is not None:
        raise CannotCorrect(f"it was undone already, by {by.by} on {by.made[:10]}; that was {by.id}")
    return _entry(ledger, author, CorrectionKind.UNDO, undoes=id_)


def last_undoable(ledger: sqlite3.Connection) -> Correction | None:
    """The correction that was made last and holds; None where there is none."""
    rows = ledger.execute("SELECT id FROM corrections WHERE undoes IS NULL ORDER BY made DESC, id DESC")
    held = (row["id"] for row in rows if undone_by(ledger, row["id"]) is None)
    id_ = next(held, None)
    return None if id_ is None else correction_with_id(ledger, id_)


def entity_meant(ledger: sqlite3.Connection, given: str) -> int:
    """The row of the entity of a name, or of an id as outputs give it. Raises NoSuchPart for none, and CannotCorrect
    where several go by it."""
    if given.isascii() and given.isdigit() and len(given) < 19:
        row = ledger.execute(
            "SELECT coalesce(goes_to_id, id) AS id FROM entities WHERE id = ?", (int(given),)
        ).fetchone()
        if row is not None:
            return int(row["id"])
    found = entities_named(ledger, given)
    if not found:
        _refuse_unnamed(ledger, given)
        near = names_like(ledger, given)
        hint = f"; did you mean {' or '.join(near)}?" if near else "; sayso sources LEDGER lists them"
        raise NoSuchPart(f"no source is called '{given}'{hint}")
    if len(found) > 1:
        listed = "; ".join(f"{one.id} ({one.name}, {one.attributions} attributions)" for one in found[:6])
        raise CannotCorrect(f"several sources go by '{given}'; give the id of one: {listed}")
    return found[0].id


def proposed_by(ledger: sqlite3.Connection, id_: str) -> list[Proposed]:
    """What an attribution or a statement puts forward. Raises NoSuchPart where nothing of this id is traced."""
    for document, rest in _cuts(id_):
        rows = ledger.execute(_PROPOSED, (document, rest)).fetchall()
        if rows:
            return [Proposed(row["id"], row["position"], bool(row["is_deed"]), row["text"]) for row in rows]
    raise NoSuchPart(
        f"nothing with the id '{id_}' takes part in claims; give the id of an attribution or a statement, as"
        " sayso who … --format json gives it, and trace first: sayso trace LEDGER"
    )


_PROPOSED = """
SELECT propositions.id, position, is_deed, wordings.text FROM documents
JOIN propositions ON propositions.document_id = documents.id
JOIN wordings ON wordings.id = wording_id
LEFT JOIN attributions ON attributions.id = attribution_id
LEFT JOIN statements ON statements.id = statement_id
WHERE documents.reading_id = ? AND coalesce(attributions.reading_id, statements.reading_id) = ?
ORDER BY is_deed, position"""


def proposition_part(ledger: sqlite3.Connection, row: int) -> Part:
    """A proposition as corrections name it."""
    one = ledger.execute(
        "SELECT propositions.*, text FROM propositions JOIN wordings ON wordings.id = wording_id"
        " WHERE propositions.id = ?",
        (row,),
    ).fetchone()
    _, _, reading = next(kept_readings(ledger, [one["document_id"]]))
    document = reading.document
    part = replace(part_of(document), position=one["position"], deed=bool(one["is_deed"]), says=one["text"])
    if one["attribution_id"] is not None:
        id_ = _reading_id(ledger, "attributions", one["attribution_id"], document)
        attribution = next(found for found in reading.attributions if found.id == id_)
        return replace(part, attribution=_said_by(document, attribution))
    id_ = _reading_id(ledger, "statements", one["statement_id"], document)
    statement = next(found for found in reading.statements if found.id == id_)
    return replace(part, statement=words_at(document.text, statement.span))


def _reading_id(ledger: sqlite3.Connection, table: str, row: int, document: Document) -> str:
    (kept,) = ledger.execute(f"SELECT reading_id FROM {table} WHERE id = ?", (row,)).fetchone()  # noqa: S608
    return whole_id(document.id, kept)


def _chosen(found: Sequence[Proposed], number: int | None) -> Proposed:
    if number is not None:
        if not 1 <= number <= len(found):
            raise CannotCorrect(f"it puts {len(found)} things forward; there is no number {number}")
        return found[number - 1]
    if len(found) > 1:
        listed = "; ".join(f"{i} “{one.words}”" for i, one in enumerate(found, 1))
        raise CannotCorrect(f"it puts several things forward; say which, with --part: {listed}")
    return found[0]


def _anchor(ledger: sqlite3.Connection, claim: str, row: int, relation: Relation) -> int:
    """The member of a claim beside which a proposition is put: the one by whose id it is named, or else the earliest
    that says the same, and was not moved."""
    found = claim_with_id(ledger, claim)
    if found is not None:
        members = ledger.execute(_MEMBERS, (found["id"],)).fetchall()
        mine = next((one for one in members if one["proposition_id"] == row), None)
        if mine is not None and mine["relation"] == relation:
            raise CannotCorrect("it takes part in that claim, in this way, already")
        others = [one for one in members if one["proposition_id"] != row]
        moves = moved(ledger)
        if others:
            best = min(others, key=lambda one: (not _is_meant(one, claim), one["proposition_id"] in moves))
            return int(best["proposition_id"])
    alone = [one for one in _alone(ledger, claim) if one.row != row]
    if not alone:
        raise NoSuchPart(f"no claim has the id '{claim}'; sayso claims LEDGER --format jsonl gives their ids")
    return alone[0].row


def _is_meant(member: sqlite3.Row, id_: str) -> bool:
    """Whether a member that says what its claim says is the one by whose id the claim was named."""
    return member["relation"] == Relation.SAME and whole_id(member["document"], member["part"]) == id_


def _alone(ledger: sqlite3.Connection, id_: str) -> list[Proposed]:
    try:
        return proposed_by(ledger, id_)
    except NoSuchPart:
        return []


_MEMBERS = """
SELECT proposition_id, relation, documents.reading_id AS document,
  coalesce(attributions.reading_id, statements.reading_id) AS part FROM members
JOIN propositions ON propositions.id = proposition_id
JOIN documents ON documents.id = propositions.document_id
LEFT JOIN attributions ON attributions.id = attribution_id
LEFT JOIN statements ON statements.id = statement_id
WHERE claim_id = ?
ORDER BY relation = 'contrary', coalesce(published_on, '9999'), documents.reading_id,
  coalesce(attributions.reading_id, statements.reading_id), propositions.position"""


def _entry(ledger: sqlite3.Connection, author: Author, kind: CorrectionKind, **fields: object) -> Correction:
    if not author.name.strip():
        raise CannotCorrect("nobody is named who makes the correction")
    why = (author.why or "").strip() or None
    made = Correction("", kind, author.name.strip(), now(ledger), why)
    return with_id(replace(made, **fields))


def _cuts(id_: str) -> list[tuple[str, str]]:
    """An id as a document's and what follows it, wherever it may end."""
    return [(id_[:i], id_[i:]) for i, letter in enumerate(id_) if letter == ":"]


def _said(found: Found) -> Part:
    return replace(part_of(found.reading.document), attribution=_said_by(found.reading.document, found.attribution))


def _said_by(document: Document, one: Attribution) -> Said:
    text = document.text
    return Said(words_at(text, one.cue), tuple(words_at(text, piece) for piece in one.content))


def _sources(found: Found) -> list[Source]:
    """The sources of a document: those that hold, then those that only the machine found."""
    known = {one.id for one in found.reading.sources}
    return [*found.reading.sources, *(one for one in found.machine.sources if one.id not in known)]


def _name_of(reading: Reading, source: str | None) -> str | None:
    return next((one.name for one in reading.sources if one.id == source), None)


def _place(source: Source, found: Found) -> Span | None:
    """Where a document names a source."""
    shared = {span for one in _sources(found) if one.id != source.id for span in one.mentions}
    if alone := [span for span in source.mentions if span not in shared]:
        return alone[0]
    speaks = (one.source for one in found.reading.attributions if one.speaker == source.id and one.source is not None)
    return next(speaks, None)


def _place_of(found: Found, words: str) -> tuple[Span, Source | None]:
    """Where a document has a name or description, and the source that it is of."""
    known = [one for one in _sources(found) if folded(one.name) == folded(words)]
    for one in known:
        if (place := _place(one, found)) is not None:
            return place, one
    document = found.reading.document
    pattern = r"\s+".join(map(re.escape, words.split()))
    places = re.finditer(rf"(?<!\w){pattern}(?!\w)", document.text, re.IGNORECASE)
    # Of several, the one nearest to the attribution.
    cue = found.attribution.cue
    spans = sorted((Span(*place.span()) for place in places), key=lambda span: (abs(span.start - cue.start), span))
    if not words.split() or not spans:
        listed = ", ".join(f"“{one.name}”" for one in _sources(found)[:8])
        raise CannotCorrect(
            f"“{words}” is neither a source of {document.id} nor words of its text, and no name from elsewhere is"
            f" attached to what it says; its sources are: {listed or 'none'}"
        )
    span = spans[0]
    return span, next((one for one in _sources(found) if span in one.mentions), None)


def _source_of(ledger: sqlite3.Connection, entity: int, document: str | None = None, but: str | None = None) -> Part:
    """A source of an entity as corrections name it: in one document, or in any but one."""
    rows = ledger.execute(_SOURCES_OF, {"entity": entity, "document": document, "but": but}).fetchall()
    for row in rows:
        _, _, reading = next(kept_readings(ledger, [row["document_id"]]))
        id_ = whole_id(reading.document.id, row["reading_id"])
        source = next(one for one in reading.sources if one.id == id_)
        speaks = (one.source for one in reading.attributions if one.speaker == id_ and one.source is not None)
        for place in (*source.mentions, *speaks):
            part = replace(part_of(reading.document), source=words_at(reading.document.text, place))
            meant = source_at(ledger, part)
            if meant is not None and meant.row == row["id"]:  # two sources may share a mention
                return part
    name = _entity_name(ledger, entity)
    where = f" in {document}" if document else " in another document" if but else ""
    raise NoSuchPart(f"“{name}” is no source{where} that words of the text name; give another one")


_SOURCES_OF = """
SELECT sources.id, sources.document_id, sources.reading_id FROM sources JOIN documents ON documents.id = document_id
WHERE entity_id = :entity AND (:document IS NULL OR documents.reading_id = :document)
  AND (:but IS NULL OR documents.reading_id <> :but)
ORDER BY sources.id LIMIT 50"""


def _entity_name(ledger: sqlite3.Connection, entity: int) -> str:
    row = ledger.execute("SELECT name FROM entities WHERE id = ?", (entity,)).fetchone()
    if row is None:
        raise NoSuchPart(f"no source has the id '{entity}'; sayso sources LEDGER --format jsonl gives their ids")
    return str(row["name"])


def _refuse_unnamed(ledger: sqlite3.Connection, given: str) -> None:
    row = ledger.execute("SELECT 1 FROM sources WHERE NOT is_named AND name = ? LIMIT 1", (given,)).fetchone()
    if row is not None:
        raise CannotCorrect(
            f"“{given}” is not named by its documents: an unnamed source is merged with nobody, so that nobody is named"
            " whom the text does not name"
        )
