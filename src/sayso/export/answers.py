"""Answers of a traced ledger as JSON: the same for the command line, for programs and for assistants.

The fields of each object stand in the order in which they are written. No field has a default: all are always present.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from sayso.export.jsonl import Ends, Offset, Share, WhenObject
from sayso.model import Certainty, Copy, OriginKind, Origins, Position, Span, Stance, Step, StepKind
from sayso.trace.asking import Answer
from sayso.trace.listing import ListedClaim


class AnsweredClaim(msgspec.Struct):
    """The claim that is answered, and how probably it is the one that was asked about."""

    id: str
    text: str
    confidence: Share


class PositionObject(msgspec.Struct):
    """What one source, as one document gives it, holds on the claim. `via` names those between the document and it."""

    entity: str | None
    entity_id: str | None
    named: bool
    document: str
    attribution: str | None
    content: str
    certainty: Certainty | None
    published: str | None
    when: WhenObject | None
    confidence: Share
    via: tuple[str, ...]
    superseded_by: str | None


class StepObject(msgspec.Struct):
    """A step of a chain: a document, or a source that it passes."""

    kind: StepKind = msgspec.field(name="type")
    id: str
    name: str
    attribution: str | None
    witness: bool


class OriginObject(msgspec.Struct):
    """Where chains end: a source, named or not, a document, or an outlet's own voice."""

    id: str
    name: str
    kind: OriginKind
    named: bool
    documents: tuple[str, ...]
    chains: tuple[tuple[StepObject, ...], ...]


class OriginsObject(msgspec.Struct):
    """The distinct origins of a stance, at least and at most, as far as the texts show, and why not one number."""

    least: Offset
    most: Offset
    items: tuple[OriginObject, ...]
    reasons: tuple[str, ...]


class CopyOfClaim(msgspec.Struct):
    """Two documents of a claim that share passages, and which had them first, where that can be told."""

    documents: tuple[str, str]
    first: str | None
    why: str


class CircleObject(msgspec.Struct):
    """A way from a document over those it cites back to itself."""

    path: tuple[str, ...]
    why: str


class WhoObject(msgspec.Struct):
    """Who holds what on a claim, on how many origins each side rests, copies and circles among its documents."""

    claim: AnsweredClaim
    positions: dict[Stance, tuple[PositionObject, ...]]
    origins: dict[Stance, OriginsObject]
    copies: tuple[CopyOfClaim, ...]
    circular: tuple[CircleObject, ...]


class PassageObject(msgspec.Struct):
    """A passage by its offsets in both documents."""

    a: Ends
    b: Ends


class CopyObject(msgspec.Struct):
    """Two documents that share passages, and the one that had them first, where that can be told."""

    documents: tuple[str, str]
    passages: tuple[PassageObject, ...]
    first: str | None
    why: str


class OriginRange(msgspec.Struct):
    """The distinct origins of those who say so, at least and at most."""

    least: Offset
    most: Offset


class ClaimObject(msgspec.Struct):
    """A claim in a list, with what was counted of it while tracing; `first` and `last` are days of publication."""

    id: str
    text: str
    documents: Offset
    outlets: Offset
    positions: Offset
    disputed: Offset
    unnamed: Offset
    origins: OriginRange
    first: str | None
    last: str | None


def who_object(found: Answer) -> WhoObject:
    """An answer of `sayso who`."""
    return WhoObject(
        claim=AnsweredClaim(found.id, found.text, found.confidence),
        positions={stance: tuple(map(_position, these)) for stance, these in found.positions.items()},
        origins={stance: _origins(one) for stance, one in found.origins.items()},
        copies=tuple(CopyOfClaim(one.documents, one.first, one.why) for one in found.copies),
        circular=tuple(CircleObject(one.path, one.why) for one in found.circular),
    )


def copy_object(copy: Copy) -> CopyObject:
    """A pair of documents as `sayso copies` tells it."""
    passages = tuple(PassageObject(_ends(a), _ends(b)) for a, b in copy.passages)
    return CopyObject(copy.documents, passages, copy.first, copy.why)


def claim_object(one: ListedClaim) -> ClaimObject:
    """A claim as `sayso claims` lists it."""
    return ClaimObject(
        id=one.id,
        text=one.text,
        documents=one.documents,
        outlets=one.outlets,
        positions=one.positions,
        disputed=one.disputed,
        unnamed=one.unnamed,
        origins=OriginRange(one.origins_least, one.origins_most),
        first=one.first,
        last=one.last,
    )


def _position(one: Position) -> PositionObject:
    return PositionObject(
        entity=one.entity,
        entity_id=one.entity_id,
        named=one.named,
        document=one.document,
        attribution=one.attribution,
        content=one.content,
        certainty=one.certainty,
        published=one.published,
        when=WhenObject(one.when.text, one.when.start, one.when.end) if one.when else None,
        confidence=one.confidence,
        via=one.via,
        superseded_by=one.superseded_by,
    )


def _origins(one: Origins) -> OriginsObject:
    items = tuple(
        OriginObject(
            id=item.id,
            name=item.name,
            kind=item.kind,
            named=item.named,
            documents=item.documents,
            chains=tuple(map(_steps, item.chains)),
        )
        for item in one.items
    )
    return OriginsObject(one.least, one.most, items, one.reasons)


def _steps(chain: Iterable[Step]) -> tuple[StepObject, ...]:
    return tuple(StepObject(one.kind, one.id, one.name, one.attribution, one.witness) for one in chain)


def _ends(span: Span) -> Ends:
    return Ends(span.start, span.end)
