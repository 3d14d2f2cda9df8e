"""A correction as an entry: who put what right, when and why, on which words of which text; and as a line of JSON.

Rows of a ledger are not named in it, so that it can be taken to another ledger, or used to learn from.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec.structs import replace

from sayso.errors import InputError
from sayso.model import Act, Certainty, Document, Polarity, Relation, SourceKind, Span

Offset = Annotated[int, msgspec.Meta(ge=0)]
_HASH = re.compile(r"[0-9a-f]{64}")


class CorrectionKind(StrEnum):
    """What a correction puts right."""

    SPEAKER = "speaker"
    ACT = "act"
    POLARITY = "polarity"
    CERTAINTY = "certainty"
    STRUCK = "not-an-attribution"
    MERGE = "merge"
    SPLIT = "split"
    CLAIM = "claim"
    UNDO = "undo"


OF_ATTRIBUTIONS = frozenset(
    {
        CorrectionKind.SPEAKER,
        CorrectionKind.ACT,
        CorrectionKind.POLARITY,
        CorrectionKind.CERTAINTY,
        CorrectionKind.STRUCK,
    }
)
OF_ENTITIES = frozenset({CorrectionKind.MERGE, CorrectionKind.SPLIT})
VALUES: dict[CorrectionKind, type[StrEnum]] = {
    CorrectionKind.ACT: Act,
    CorrectionKind.POLARITY: Polarity,
    CorrectionKind.CERTAINTY: Certainty,
}


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words of a text, and where they stand: [start, end), in Unicode code points."""

    start: Offset
    end: Offset
    text: str

    @property
    def span(self) -> Span:
        """Where they stand."""
        return Span(self.start, self.end)


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An attribution by its cue and its content."""

    cue: Words
    content: tuple[Words, ...]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a correction is about: an attribution, a statement, or a source by one of its mentions, in one text.

    Of a claim's member, `position` is its place among what that attribution or statement puts forward, or `deed` says
    that it is what the attribution's source did; `says` are its words.
    """

    document: str
    text_sha256: str
    attribution: Said | None = None
    statement: Words | None = None
    source: Words | None = None
    position: Offset | None = None
    deed: bool = False
    says: str | None = None


class Speaker(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is the speaker instead: the source that has this mention, or else a new one of these words of the text."""

    mention: Words
    kind: SourceKind
    named: bool


class Correction(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What somebody put right, when and why.

    `of` is what is put right, `to` the value it gets (none for no certainty), `speaker` who speaks (none for nobody
    known), `was` what stood there before. A merge says that the source `other` is the same as `of`, a split that `of`
    is not the same as it; a claim's member says what `other` says (`relation`), or without it belongs to no claim.
    """

    id: str
    kind: CorrectionKind
    by: str
    made: str
    why: str | None = None
    of: Part | None = None
    to: str | None = None
    speaker: Speaker | None = None
    other: Part | None = None
    relation: Relation | None = None
    was: str | None = None
    undoes: str | None = None

    @property
    def time(self) -> datetime:
        """When it was made."""
        return datetime.fromisoformat(self.made)


def words_at(text: str, span: Span) -> Words:
    """A span of a text with its words."""
    return Words(span.start, span.end, span.of(text))


def part_of(document: Document) -> Part:
    """A document's text, to be completed with what in it is meant."""
    return Part(document.id, document.text_sha256)


def with_id(correction: Correction) -> Correction:
    """A correction with the id that its content gives it."""
    return replace(correction, id=_id_of(correction))


def _id_of(correction: Correction) -> str:
    return hashlib.sha256(msgspec.json.encode(replace(correction, id=""))).hexdigest()[:16]


def correction_to_json(correction: Correction) -> bytes:
    """A correction as a line of JSON in UTF-8, without a line feed."""
    return msgspec.json.encode(correction)


def correction_from_json(line: bytes | str, place: str = "Correction") -> Correction:
    """The correction in a line of JSON. Raises InputError at `place`, saying what does not hold."""
    try:
        found = _DECODER.decode(line)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise InputError(place, f"not a correction: {error}; see docs/corrections.md for their form") from error
    if wrong := _wrong(found):
        raise InputError(place, f"a correction that cannot hold: {wrong}; take it from where it was made once more")
    return found


_DECODER = msgspec.json.Decoder(Correction)


def in_order(corrections: Iterable[Correction]) -> list[Correction]:
    """Corrections in the order in which they were made; of those made at the same time, by their ids."""
    return sorted(corrections, key=lambda one: (one.time, one.id))


def that_hold(corrections: Sequence[Correction]) -> list[Correction]:
    """The corrections that nobody has undone, in their order; those that undo others are not among them.

    One that undoes may be undone itself, so that what it undid holds again. No circle can be, since an id is made of
    the id that it undoes.
    """
    undoing: dict[str, list[Correction]] = {}
    for one in corrections:
        if one.undoes is not None:
            undoing.setdefault(one.undoes, []).append(one)
    known: dict[str, bool] = {}

    def holds(id_: str) -> bool:
        # From the last to the first: a long row of undoings must not exhaust the stack.
        ahead = [id_]
        while ahead:
            one = ahead[-1]
            unknown = [by.id for by in undoing.get(one, ()) if by.id not in known]
            if unknown:
                ahead.extend(unknown)
            else:
                known[one] = not any(known[by.id] for by in undoing.get(one, ()))
                ahead.pop()
        return known[id_]

    return in_order(one for one in corrections if one.undoes is None and holds(one.id))


def _wrong(one: Correction) -> str | None:
    """Why a correction cannot be; None where it can."""
    if one.id != _id_of(one):
        return "its id is not that of its content, which was changed after it was made"
    if not one.by.strip():
        return "nobody is named who made it"
    try:
        at = one.time
    except ValueError:
        return f"made is {one.made!r}, which is no time"
    if at.utcoffset() != UTC.utcoffset(None):
        return f"made is {one.made!r}, which is not in UTC"
    if (one.kind is CorrectionKind.UNDO) != (one.undoes is not None):
        return "undoes is for what undoes another correction, and for that alone"
    return _wrong_parts(one)


def _wrong_parts(one: Correction) -> str | None:
    kind, of, other = one.kind, one.of, one.other
    for part in (of, other):
        if part is not None and (wrong := _wrong_part(part)):
            return wrong
    if kind is CorrectionKind.UNDO:
        return None
    if of is None:
        return "of is missing"
    if kind in OF_ATTRIBUTIONS and of.attribution is None:
        return "of.attribution is missing"
    if kind in VALUES and not (one.to in set(VALUES[kind]) or (one.to is None and kind is CorrectionKind.CERTAINTY)):
        return f"to is {one.to!r}; it has to be one of {', '.join(VALUES[kind])}"
    if one.speaker is not None and (wrong := _wrong_words(one.speaker.mention)):
        return wrong
    if kind in OF_ENTITIES and (of.source is None or other is None or other.source is None):
        return "of.source and other.source are missing"
    if kind is CorrectionKind.CLAIM:
        if any(part is not None and not _is_member(part) for part in (of, other)):
            return "a claim's member is an attribution or a statement, with a position"
        if (other is None) != (one.relation is None):
            return "relation goes with other"
    return None


def _is_member(part: Part) -> bool:
    return (part.attribution is None) != (part.statement is None) and (part.position is not None)


def _wrong_part(part: Part) -> str | None:
    if not _HASH.fullmatch(part.text_sha256):
        return f"text_sha256 is {part.text_sha256!r}, which is no SHA-256 in hexadecimal"
    said = (part.attribution.cue, *part.attribution.content) if part.attribution else ()
    given = (*said, *(one for one in (part.statement, part.source) if one is not None))
    return next(filter(None, map(_wrong_words, given)), None)


def _wrong_words(words: Words) -> str | None:
    if words.end - words.start != len(words.text):
        return f"{words.text!r} is not as long as from {words.start} to {words.end}"
    return None
