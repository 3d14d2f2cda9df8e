"""A document: its text with who says what marked in it, its speakers, and the passages that stand elsewhere too."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from sayso.cli.nesting import trees
from sayso.cli.wording import NO_NAME, NO_SPEAKER, NOT_CLEAR, date, deed
from sayso.corrections.entries import Correction
from sayso.corrections.telling import marked as marked_as
from sayso.ledger.corrections import holding_of
from sayso.ledger.marks import marks_in
from sayso.ledger.readings import kept_readings
from sayso.ledger.storing import BETWEEN_PIECES, whole_id
from sayso.model import Attribution, Copy, Reading, Source, SourceKind, Span
from sayso.trace.copies_found import PassageKind, behind, copies_in
from sayso.web.corrections import Corrected, held_of
from sayso.web.marking import Mark, MarkKind, Paragraph, marked
from sayso.web.page import NotThere, Page, required

MOST_COPIES = 50  # other documents that share passages with one
UNSURE = 0.5  # confidence below which an attribution, or the link to its speaker, is marked as uncertain


@dataclass(frozen=True, slots=True)
class Said:
    """An attribution as the page tells it.

    `number` counts in the order of the text, and `within` is that of the attribution whose content holds this one;
    `depth` is in how many it lies. `deed` is what the speaker does, in sayso's words; `speaker` is None where the
    text does not say who speaks, or it is not clear who, as `speaker_open` says. `claim` is the id of the claim that
    its content takes part in. `corrected` says what people put right in it.
    """

    number: int
    id: str
    source: Span | None
    cue: Span
    content: tuple[Span, ...]
    source_words: str | None
    cue_words: str
    content_words: str
    speaker: str | None
    speaker_named: bool | None
    speaker_open: str | None
    speaker_unsure: bool
    entity: int | None
    deed: str
    act: str | None
    polarity: str | None
    certainty: str | None
    certainty_words: str | None
    basis: str | None
    basis_named: bool | None
    channel: str | None
    addressee: str | None
    when: str | None
    when_from: str | None
    when_to: str | None
    quotation: str | None
    within: int | None
    depth: int
    claim: str | None
    confidence: float
    unsure: bool
    corrected: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Speaker:
    """A source that speaks, or on whose word others speak: by name or by description, and in which attributions.

    `reason_open` says that an unnamed person or group gives no reason for not being named.
    """

    name: str
    named: bool
    kind: str
    roles: tuple[str, ...]
    access: str | None
    anonymity_reason: str | None
    reason_open: bool
    entity: int | None
    speaks_in: tuple[int, ...]
    basis_of: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Shared:
    """A passage of this document, and where it stands in the other."""

    here: Span
    there: Span


@dataclass(frozen=True, slots=True)
class AlsoIn:
    """Another document that shares passages with this one. `first` is "here", "there" or "open", as `why` says."""

    number: int
    id: str
    title: str
    outlet: str | None
    published: str | None
    words: int
    first: str
    why: str
    passages: tuple[Shared, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """A version of this document: another text at the same address."""

    number: int
    id: str
    published: str | None
    added: str


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document with its text, never altered; offsets are half-open, in Unicode code points of the text.

    `corrections` are those that hold, the last first; `corrected_versions` the ids of other versions whose text people
    corrected, which does not hold for this one.
    """

    id: str
    title: str | None
    title_span: Span | None
    outlet: str | None
    outlet_id: int | None
    published: str | None
    byline: str | None
    credit: str | None
    dateline: str | None
    url: str | None
    kind: str
    language: str | None
    problems: tuple[str, ...]
    text: str
    attributions: tuple[Said, ...]
    speakers: tuple[Speaker, ...]
    also_in: tuple[AlsoIn, ...]
    copies_known: bool
    versions: tuple[Version, ...]
    corrections: tuple[Corrected, ...]
    corrected_versions: tuple[str, ...]

    def anchors(self) -> dict[int, str]:
        """Where each attribution stands on the page, by its number: the same however often the document is read."""
        return {one.number: f"said-{one.cue.start}-{one.cue.end}" for one in self.attributions}

    def unsure(self) -> frozenset[int]:
        """The numbers of the attributions that are shown as uncertain."""
        return frozenset(one.number for one in self.attributions if one.unsure)

    def unnamed(self) -> frozenset[int]:
        """The numbers of the attributions whose speaker is not named."""
        return frozenset(one.number for one in self.attributions if one.speaker_named is False)

    def laid_out(self) -> list[Row]:
        """The paragraphs with their marks, each with the attributions and copied passages that begin in it."""
        return list(_laid_out(self))


@dataclass(frozen=True, slots=True)
class Row:
    """A paragraph, and what is noted beside it. `copied` are those whose passages begin here; `is_copied` says that
    the whole of it stands elsewhere too."""

    paragraph: Paragraph
    is_title: bool
    is_copied: bool
    notes: tuple[Said, ...]
    copied: tuple[tuple[AlsoIn, Shared], ...]


def ask(ledger: sqlite3.Connection, given: Mapping[str, str]) -> DocumentView:
    """A document, by its id in Readings. Raises NotThere."""
    id_ = required(given, "id", "/document?id=text-0123456789abcdef")
    found = ledger.execute(
        "SELECT documents.id, outlet_id, outlets.name AS outlet, published_on, version_of_id FROM documents"
        " LEFT JOIN entities AS outlets ON outlets.id = outlet_id WHERE reading_id = ?",
        (id_,),
    ).fetchone()
    if found is None:
        raise NotThere("This ledger has no document of that id; search for words of its title.")
    ((_, entities, reading),) = kept_readings(ledger, [found["id"]])
    document = reading.document
    held = holding_of(ledger, found["id"])
    versions = tuple(_versions(ledger, found["version_of_id"] or found["id"]))
    return DocumentView(
        id=document.id,
        title=document.title,
        title_span=document.title_span,
        outlet=found["outlet"] or document.publisher,
        outlet_id=found["outlet_id"],
        published=document.published,
        byline=document.byline,
        credit=document.credit,
        dateline=document.dateline,
        url=document.url,
        kind=document.kind,
        language=document.language,
        problems=reading.problems,
        text=document.text,
        attributions=tuple(_attributions(reading, entities, _claims(ledger, found["id"], document.id), held)),
        speakers=tuple(_speakers(reading, entities)),
        also_in=tuple(_also_in(ledger, document.id)),
        copies_known=not behind(ledger),
        versions=versions,
        corrections=held_of(ledger, held),
        corrected_versions=tuple(one.id for one in versions if one.id != document.id and _is_corrected(ledger, one.id)),
    )


def _claims(ledger: sqlite3.Connection, row: int, document: str) -> dict[str, str]:
    """The claims that a document's attributions take part in, by the attributions' ids; the surest of each."""
    rows = ledger.execute(
        "SELECT attributions.reading_id AS attribution, claims.reading_id AS claim FROM propositions"
        " JOIN attributions ON attributions.id = attribution_id JOIN members ON proposition_id = propositions.id"
        " JOIN claims ON claims.id = claim_id WHERE propositions.document_id = ?"
        " ORDER BY members.confidence, claims.reading_id, claims.name",
        (row,),
    )
    return {whole_id(document, one["attribution"]): one["claim"] for one in rows}


def _is_corrected(ledger: sqlite3.Connection, document: str) -> bool:
    (row,) = ledger.execute("SELECT id FROM documents WHERE reading_id = ?", (document,)).fetchone()
    return bool(holding_of(ledger, row))


def _attributions(
    reading: Reading, entities: Mapping[str, int], claims: Mapping[str, str], held: Sequence[Correction]
) -> Iterator[Said]:
    marks = marks_in(reading, held)
    sources = {one.id: one for one in reading.sources}
    numbers = {one.id: number for number, one in enumerate(reading.attributions, 1)}
    depths = {line.number: line.depth for tree in trees(reading.attributions) for line in tree}
    for number, one in enumerate(reading.attributions, 1):
        made = _said(reading, one, sources, entities, number, depths.get(number, 0))
        yield replace(
            made,
            within=numbers.get(one.within or ""),
            claim=claims.get(one.id),
            corrected=tuple(map(marked_as, marks.get(one.id, ()))),
        )


def _said(
    reading: Reading,
    one: Attribution,
    sources: Mapping[str, Source],
    entities: Mapping[str, int],
    number: int,
    depth: int,
) -> Said:
    text = reading.document.text
    speaker, basis = sources.get(one.speaker or ""), sources.get(one.basis or "")
    several = speaker is not None and speaker.kind is SourceKind.GROUP
    return Said(
        number=number,
        id=one.id,
        source=one.source,
        cue=one.cue,
        content=one.content,
        source_words=one.source.of(text) if one.source else None,
        cue_words=one.cue.of(text),
        content_words=BETWEEN_PIECES.join(piece.of(text) for piece in one.content),
        speaker=speaker.name or NO_NAME if speaker else None,
        speaker_named=speaker.named if speaker else None,
        speaker_open=None if speaker else (NOT_CLEAR if one.source else NO_SPEAKER),
        speaker_unsure=speaker is not None and (one.speaker_confidence or 1) < UNSURE,
        entity=entities.get(one.speaker or "") if speaker and speaker.named else None,
        deed=deed(one, several),
        act=one.act,
        polarity=one.polarity,
        certainty=one.certainty,
        certainty_words=one.certainty_words,
        basis=basis.name or NO_NAME if basis else None,
        basis_named=basis.named if basis else None,
        channel=one.channel,
        addressee=one.addressee,
        when=date(one.when) if one.when else None,
        when_from=one.when.start if one.when else None,
        when_to=one.when.end if one.when else None,
        quotation=one.quotation,
        within=None,
        depth=depth,
        claim=None,
        confidence=round(one.confidence, 3),
        unsure=one.confidence < UNSURE,
        corrected=(),
    )


def _speakers(reading: Reading, entities: Mapping[str, int]) -> Iterator[Speaker]:
    """Those who speak, and on whose word others speak, in the order of their first attribution."""
    speaks: dict[str, list[int]] = defaultdict(list)
    basis: dict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(reading.attributions, 1):
        if one.speaker:
            speaks[one.speaker].append(number)
        if one.basis:
            basis[one.basis].append(number)
    known = {one.id: one for one in reading.sources if one.id in speaks or one.id in basis}
    for id_ in sorted(known, key=lambda one: min([*speaks[one], *basis[one]])):
        source = known[id_]
        person = source.kind in (SourceKind.PERSON, SourceKind.GROUP)
        yield Speaker(
            name=source.name or NO_NAME,
            named=source.named,
            kind=source.kind,
            roles=source.roles,
            access=source.access,
            anonymity_reason=source.anonymity_reason,
            reason_open=not source.named and person and source.anonymity_reason is None,
            entity=entities.get(id_) if source.named else None,
            speaks_in=tuple(speaks[id_]),
            basis_of=tuple(basis[id_]),
        )


def _also_in(ledger: sqlite3.Connection, document: str) -> Iterator[AlsoIn]:
    found = list(copies_in(ledger, document, PassageKind.PASSAGE, MOST_COPIES))
    for number, (copy, words) in enumerate(found, 1):
        other = next((one for one in copy.documents if one != document), document)
        row = ledger.execute(
            "SELECT documents.name, outlets.name AS outlet, published_on FROM documents"
            " LEFT JOIN entities AS outlets ON outlets.id = outlet_id WHERE reading_id = ?",
            (other,),
        ).fetchone()
        first = "open" if copy.first is None else "here" if copy.first == document else "there"
        yield AlsoIn(
            number=number,
            id=other,
            title=row["name"],
            outlet=row["outlet"],
            published=row["published_on"],
            words=words,
            first=first,
            why=copy.why,
            passages=tuple(_passages(copy, document)),
        )


def _passages(copy: Copy, document: str) -> Iterator[Shared]:
    for a, b in copy.passages:
        yield Shared(a, b) if copy.documents[0] == document else Shared(b, a)


def _versions(ledger: sqlite3.Connection, first: int) -> list[Version]:
    rows = ledger.execute(
        "SELECT version, reading_id, published_on, added FROM documents"
        " WHERE id IN (SELECT ?1 UNION ALL SELECT id FROM documents WHERE version_of_id = ?1) ORDER BY version, id",
        (first,),
    ).fetchall()
    return [Version(*row) for row in rows] if len(rows) > 1 else []


def _laid_out(view: DocumentView) -> Iterator[Row]:
    shared = sorted(((other, one) for other in view.also_in for one in other.passages), key=lambda pair: pair[1].here)
    copied = _joined(passage.here for _, passage in shared)
    stretches = [Mark(span, MarkKind.COPIED, number) for number, span in enumerate(copied, 1)]
    anchors = [passage.here.start for _, passage in shared]
    paragraphs = marked(view.text, [*_marks(view.attributions), *stretches], anchors)
    said = sorted(view.attributions, key=lambda one: one.cue)
    for place, paragraph in enumerate(paragraphs):
        end = paragraphs[place + 1].span.start if place + 1 < len(paragraphs) else len(view.text) + 1
        notes = list(takewhile(lambda one: one.cue.start < end, said))  # noqa: B023 - used at once
        begins = list(takewhile(lambda pair: pair[1].here.start < end, shared))  # noqa: B023
        said, shared = said[len(notes) :], shared[len(begins) :]
        span = paragraph.span
        yield Row(
            paragraph,
            is_title=span == view.title_span,
            is_copied=any(one.start <= span.start and span.end <= one.end for one in copied),
            notes=tuple(notes),
            copied=tuple(begins),
        )


def _marks(attributions: Iterable[Said]) -> Iterator[Mark]:
    for one in attributions:
        yield from (Mark(piece, MarkKind.CONTENT, one.number) for piece in one.content)
        yield Mark(one.cue, MarkKind.CUE, one.number)
        if one.source is not None:
            yield Mark(one.source, MarkKind.SOURCE, one.number)


def _joined(spans: Iterable[Span]) -> list[Span]:
    """The stretches that stand elsewhere too, each once however many documents have it."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start <= found[-1].end:
            found[-1] = replace(found[-1], end=max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def rows(view: DocumentView) -> Iterable[Said]:
    """A row an attribution."""
    return view.attributions


PAGE = Page("/document", "document.html", ask, rows, Said)
