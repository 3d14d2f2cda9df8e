"""A Reading as JSON, one a line, and back again: hashes, offsets and references are verified on the way in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, BinaryIO

import msgspec

from sayso.errors import InputError
from sayso.export.fields import ALL
from sayso.export.format import Entities, Format, Part, Stream
from sayso.model import (
    Act,
    Attribution,
    Certainty,
    Document,
    Kind,
    MadeBy,
    Polarity,
    Quotation,
    Reading,
    Source,
    SourceKind,
    Span,
    Statement,
    When,
    sha256_of,
)

Offset = Annotated[int, msgspec.Meta(ge=0)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


# The fields of each object, in the order in which they are written. No field has a default: all are always present.
class Ends(msgspec.Struct):
    start: Offset
    end: Offset


class Words(msgspec.Struct):
    start: Offset
    end: Offset
    text: str


class DocumentObject(msgspec.Struct):
    id: str
    title: str | None
    title_span: Ends | None
    publisher: str | None
    published: str | None
    byline: str | None
    credit: str | None
    dateline: str | None
    url: str | None
    links: tuple[str, ...]
    language: str | None
    kind: Kind
    text: str
    text_sha256: str


class WhenObject(msgspec.Struct):
    text: str
    start: str | None = msgspec.field(name="from")
    end: str | None = msgspec.field(name="to")


class AttributionObject(msgspec.Struct):
    id: str
    source: Words | None
    cue: Words
    content: tuple[Words, ...]
    speaker: str | None
    speaker_confidence: Share | None
    basis: str | None
    quotation: Quotation | None
    act: Act | None
    polarity: Polarity | None
    certainty: Certainty | None
    certainty_words: str | None
    channel: str | None
    addressee: str | None
    when: WhenObject | None
    within: str | None
    confidence: Share


class StatementObject(msgspec.Struct):
    id: str
    start: Offset
    end: Offset
    text: str
    headline: bool


class SourceObject(msgspec.Struct):
    id: str
    name: str
    kind: SourceKind
    named: bool
    roles: tuple[str, ...]
    access: str | None
    anonymity_reason: str | None
    mentions: tuple[Words, ...]


class MadeByObject(msgspec.Struct):
    sayso: str
    models: dict[str, str]
    lexicon: str | None


class ReadingObject(msgspec.Struct):
    document: DocumentObject
    attributions: tuple[AttributionObject, ...]
    statements: tuple[StatementObject, ...]
    sources: tuple[SourceObject, ...]
    problems: tuple[str, ...]
    made_by: MadeByObject


def reading_object(reading: Reading) -> ReadingObject:
    """A Reading as the objects that its JSON is written from."""
    return _object(reading)


def reading_to_json(reading: Reading) -> bytes:
    """A Reading as one line of JSON in UTF-8, without a line feed."""
    return msgspec.json.encode(_object(reading))


def reading_to_dict(reading: Reading) -> dict[str, Any]:
    """A Reading as plain dicts, lists, strings and numbers."""
    plain: dict[str, Any] = msgspec.json.decode(reading_to_json(reading))
    return plain


def reading_from_json(data: bytes | str, place: str = "Reading") -> Reading:
    """The Reading in a line of JSON. Raises InputError at `place`, naming the field that does not hold."""
    try:
        return _reading(msgspec.json.decode(data, type=ReadingObject), place)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise InputError(place, f"not a Reading: {error}; read the document again") from error


def reading_from_dict(plain: dict[str, Any], place: str = "Reading") -> Reading:
    """The Reading in plain dicts and lists. Raises InputError at `place`, naming the field that does not hold."""
    try:
        return _reading(msgspec.convert(plain, type=ReadingObject), place)
    except (msgspec.ValidationError, UnicodeError, RecursionError) as error:
        raise InputError(place, f"not a Reading: {error}; read the document again") from error


def write(readings: Iterable[Reading], out: BinaryIO, entities: Entities | None = None) -> None:  # noqa: ARG001
    """Writes a Reading a line."""
    for reading in readings:
        out.write(reading_to_json(reading) + b"\n")


def read(stream: BinaryIO) -> Iterator[Part]:
    """Each line's Reading, verified, as plain dicts. Raises InputError where one does not hold."""
    for number, line in enumerate(stream, start=1):
        yield reading_to_dict(reading_from_json(line, f"line {number}"))


def _object(reading: Reading) -> ReadingObject:
    document, text, title = reading.document, reading.document.text, reading.document.title_span

    def words(span: Span) -> Words:
        return Words(span.start, span.end, span.of(text))

    return ReadingObject(
        document=DocumentObject(
            id=document.id,
            title=document.title,
            title_span=Ends(title.start, title.end) if title else None,
            publisher=document.publisher,
            published=document.published,
            byline=document.byline,
            credit=document.credit,
            dateline=document.dateline,
            url=document.url,
            links=document.links,
            language=document.language,
            kind=document.kind,
            text=text,
            text_sha256=document.text_sha256,
        ),
        attributions=tuple(
            AttributionObject(
                id=one.id,
                source=words(one.source) if one.source else None,
                cue=words(one.cue),
                content=tuple(map(words, one.content)),
                speaker=one.speaker,
                speaker_confidence=one.speaker_confidence,
                basis=one.basis,
                quotation=one.quotation,
                act=one.act,
                polarity=one.polarity,
                certainty=one.certainty,
                certainty_words=one.certainty_words,
                channel=one.channel,
                addressee=one.addressee,
                when=WhenObject(one.when.text, one.when.start, one.when.end) if one.when else None,
                within=one.within,
                confidence=one.confidence,
            )
            for one in reading.attributions
        ),
        statements=tuple(
            StatementObject(one.id, one.span.start, one.span.end, one.span.of(text), one.headline)
            for one in reading.statements
        ),
        sources=tuple(
            SourceObject(
                id=one.id,
                name=one.name,
                kind=one.kind,
                named=one.named,
                roles=one.roles,
                access=one.access,
                anonymity_reason=one.anonymity_reason,
                mentions=tuple(map(words, one.mentions)),
            )
            for one in reading.sources
        ),
        problems=reading.problems,
        made_by=MadeByObject(reading.made_by.sayso, dict(reading.made_by.models), reading.made_by.lexicon),
    )


def _reading(given: ReadingObject, place: str) -> Reading:
    """The Reading that an object holds. Raises InputError where its spans, hash or references do not hold."""
    text = given.document.text
    if sha256_of(text) != given.document.text_sha256:
        raise InputError(place, "document.text_sha256 is not that of document.text; read the document again")

    def span(found: Ends | Words | StatementObject, field: str) -> Span:
        if not found.start <= found.end <= len(text):
            raise InputError(
                place, f"{field} is [{found.start}, {found.end}) in a text of {len(text)} characters; read it again"
            )
        if not isinstance(found, Ends) and text[found.start : found.end] != found.text:
            raise InputError(
                place, f"{field}.text is {found.text!r}, but the document has {text[found.start : found.end]!r} there"
            )
        return Span(found.start, found.end)

    def spans(found: Iterable[Words], field: str) -> tuple[Span, ...]:
        return tuple(span(words, f"{field}[{i}]") for i, words in enumerate(found))

    _refer(given, place)
    whole = given.document
    return Reading(
        document=Document(
            id=whole.id,
            text=text,
            title=whole.title,
            title_span=span(whole.title_span, "document.title_span") if whole.title_span else None,
            publisher=whole.publisher,
            published=whole.published,
            byline=whole.byline,
            credit=whole.credit,
            dateline=whole.dateline,
            url=whole.url,
            links=whole.links,
            language=whole.language,
            kind=whole.kind,
        ),
        attributions=tuple(
            Attribution(
                id=one.id,
                source=span(one.source, f"attributions[{i}].source") if one.source else None,
                cue=span(one.cue, f"attributions[{i}].cue"),
                content=spans(one.content, f"attributions[{i}].content"),
                confidence=one.confidence,
                speaker=one.speaker,
                speaker_confidence=one.speaker_confidence,
                basis=one.basis,
                quotation=one.quotation,
                act=one.act,
                polarity=one.polarity,
                certainty=one.certainty,
                certainty_words=one.certainty_words,
                channel=one.channel,
                addressee=one.addressee,
                when=When(one.when.text, one.when.start, one.when.end) if one.when else None,
                within=one.within,
            )
            for i, one in enumerate(given.attributions)
        ),
        statements=tuple(
            Statement(one.id, span(one, f"statements[{i}]"), one.headline) for i, one in enumerate(given.statements)
        ),
        sources=tuple(
            Source(
                id=one.id,
                name=one.name,
                kind=one.kind,
                named=one.named,
                roles=one.roles,
                access=one.access,
                anonymity_reason=one.anonymity_reason,
                mentions=spans(one.mentions, f"sources[{i}].mentions"),
            )
            for i, one in enumerate(given.sources)
        ),
        problems=given.problems,
        made_by=MadeBy(given.made_by.sayso, tuple(given.made_by.models.items()), given.made_by.lexicon),
    )


def _refer(given: ReadingObject, place: str) -> None:
    """Whether every id that is pointed to is there. Raises InputError."""
    sources = {one.id for one in given.sources}
    attributions = {one.id for one in given.attributions}
    for i, one in enumerate(given.attributions):
        for field, target, known in (
            ("speaker", one.speaker, sources),
            ("basis", one.basis, sources),
            ("within", one.within, attributions),
        ):
            if target is not None and target not in known:
                raise InputError(place, f"attributions[{i}].{field} is {target!r}, which is not in this Reading")


FORMAT = Format(
    name="jsonl",
    description="Readings, one a line: all there is, for sayso and for programs",
    suffix=".jsonl",
    stream=Stream(write, read, ALL),
)
