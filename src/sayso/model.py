"""The vocabulary of sayso as immutable values.

Everything imports this module; it imports nothing of ours. All offsets are half-open [start, end), in
Unicode code points of the document's untouched text.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What sort of text a document is."""

    ARTICLE = "article"
    EMAIL = "email"
    TRANSCRIPT = "transcript"
    STATEMENT = "statement"


class SourceKind(StrEnum):
    """What sort of thing a source is: groups have no corporate identity (voters, experts)."""

    PERSON = "person"
    GROUP = "group"
    ORGANIZATION = "organization"
    DOCUMENT = "document"


class Quotation(StrEnum):
    """Whether the content gives the source's own words, the outlet's, or some of both."""

    DIRECT = "direct"
    INDIRECT = "indirect"
    MIXED = "mixed"


class Act(StrEnum):
    """What the source does by saying it."""

    ASSERT = "assert"
    DENY = "deny"
    ACCUSE = "accuse"
    ENDORSE = "endorse"
    REQUEST = "request"
    ASK = "ask"
    COMMIT = "commit"
    DECIDE = "decide"
    BELIEVE = "believe"
    WANT = "want"
    FIND = "find"
    DECLINE = "decline"
    UNANSWERED = "unanswered"


class Polarity(StrEnum):
    """Whether the source presents the content as so, or as not so."""

    AFFIRMED = "affirmed"
    NEGATED = "negated"


class Certainty(StrEnum):
    """How sure the source presents itself to be; "certain" is shown as "stated plainly"."""

    CERTAIN = "certain"
    PROBABLE = "probable"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch [start, end) of a document's text, in Unicode code points."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The words at this span."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Document:
    """One article, e-mail, transcript or statement: its text, never altered, and what is known about it."""

    id: str
    text: str
    title: str | None = None
    title_span: Span | None = None
    publisher: str | None = None
    published: str | None = None
    byline: str | None = None
    credit: str | None = None
    dateline: str | None = None
    url: str | None = None
    links: tuple[str, ...] = ()
    language: str | None = None
    kind: Kind = Kind.ARTICLE

    @property
    def text_sha256(self) -> str:
        """The hash by which a text is recognized again: SHA-256 of its UTF-8 form, in hexadecimal."""
        return sha256_of(self.text)


def sha256_of(text: str) -> str:
    """SHA-256 of a text's UTF-8 form. Raises UnicodeEncodeError where it holds a lone surrogate."""
    return hashlib.sha256(text.encode()).hexdigest()


GIVEN_NO_ID = "text-"  # how the ids begin that documents get which came without one


def document_id(text: str, place: str = "") -> str:
    """The id of a document that came without one: from its text's hash and its URL or file name."""
    return GIVEN_NO_ID + hashlib.sha256(f"{sha256_of(text)} {place}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class When:
    """The date or range of an utterance: the words, and ISO dates where they could be resolved."""

    text: str
    start: str | None = None
    end: str | None = None


@dataclass(frozen=True, slots=True)
class Attribution:
    """Someone is said to have said, thought or intended something: source, cue and content.

    The source span may be missing; content may be in several pieces, in the order of the text. What
    is not known is None. Confidence is the chance that an annotator marks the same attribution, with
    half or more of the same words in source and content.
    """

    id: str
    source: Span | None
    cue: Span
    content: tuple[Span, ...]
    confidence: float
    speaker: str | None = None
    speaker_confidence: float | None = None
    basis: str | None = None
    quotation: Quotation | None = None
    act: Act | None = None
    polarity: Polarity | None = None
    certainty: Certainty | None = None
    certainty_words: str | None = None
    channel: str | None = None
    addressee: str | None = None
    when: When | None = None
    within: str | None = None


def attribution_id(document: str, cue: Span) -> str:
    """An attribution's id: its document's id and its cue's offsets, the same when it is read again."""
    return f"{document}:{cue.start}-{cue.end}"


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence or headline that the outlet states in its own voice: inside no attribution's content."""

    id: str
    span: Span
    headline: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """Who or what is attributed to, resolved within one document: one name, its roles, all its mentions."""

    id: str
    name: str
    kind: SourceKind
    named: bool
    roles: tuple[str, ...] = ()
    access: str | None = None
    anonymity_reason: str | None = None
    mentions: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class MadeBy:
    """What made a reading: the versions of sayso, its models and its lexicon."""

    sayso: str
    models: tuple[tuple[str, str], ...] = ()
    lexicon: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """All that sayso reads out of one document, and what stood in its way."""

    document: Document
    attributions: tuple[Attribution, ...] = ()
    statements: tuple[Statement, ...] = ()
    sources: tuple[Source, ...] = ()
    problems: tuple[str, ...] = ()
    made_by: MadeBy = MadeBy(sayso="")


class Stance(StrEnum):
    """A source's position on a claim. Only a refusal withholds; one that gave no answer takes no position."""

    SAYS = "says"
    PROBABLE = "probable"
    POSSIBLE = "possible"
    DISPUTES = "disputes"
    WITHHOLDS = "withholds"
    ASKS = "asks"
    WANTS = "wants"


class Relation(StrEnum):
    """How a content stands to a claim: it puts the same forward, or the contrary."""

    SAME = "same"
    CONTRARY = "contrary"


class StepKind(StrEnum):
    """What a step of a chain passes: a document, or a source in it."""

    DOCUMENT = "document"
    SOURCE = "source"


class OriginKind(StrEnum):
    """What a chain ends at: a source of some kind, or an outlet that states it in its own voice."""

    PERSON = "person"
    GROUP = "group"
    ORGANIZATION = "organization"
    DOCUMENT = "document"
    OUTLET = "outlet"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a chain, from the reader's side: a document, or a source that it passes.

    `attribution` is the one by which the step before reports this source. The witness is the source whom the
    outlet itself heard or read.
    """

    kind: StepKind
    id: str
    name: str
    attribution: str | None = None
    witness: bool = False


@dataclass(frozen=True, slots=True)
class Position:
    """What one source, as one document gives it, holds on a claim, and the chain by which it reaches the reader.

    `entity` is the holder's name, None where the text does not say who holds it; `entity_id` its id across
    documents, or within its document where it has none. `via` names the sources between the document and the
    holder, from the reader's side.
    """

    stance: Stance
    entity: str | None
    entity_id: str | None
    named: bool
    document: str
    attribution: str | None
    content: str
    certainty: Certainty | None
    published: str | None
    when: When | None
    confidence: float
    via: tuple[str, ...] = ()
    chain: tuple[Step, ...] = ()
    superseded_by: str | None = None
    span: Span | None = None  # of its words in the document: over cue and content, or the outlet's own statement
    put: str | None = None  # what its content is taken to answer, where it does not say itself what it is about


@dataclass(frozen=True, slots=True)
class Origin:
    """Where chains end: a source, named or not, a document, or an outlet's own voice."""

    id: str
    name: str
    kind: OriginKind
    named: bool
    documents: tuple[str, ...]
    chains: tuple[tuple[Step, ...], ...]


@dataclass(frozen=True, slots=True)
class Origins:
    """The distinct origins of a stance, at least and at most, as far as the texts show, and why not one number."""

    least: int
    most: int
    items: tuple[Origin, ...]
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Copy:
    """Passages that stand in two documents, as pairs of spans; `first` is the one they were in first, where that
    can be told, and `why` says how."""

    documents: tuple[str, str]
    passages: tuple[tuple[Span, Span], ...]
    first: str | None
    why: str


@dataclass(frozen=True, slots=True)
class CircularReport:
    """A way from a document over those it cites back to itself."""

    path: tuple[str, ...]
    why: str
