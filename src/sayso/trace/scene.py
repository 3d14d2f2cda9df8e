"""All that is needed of a ledger to answer who holds what on one claim: its documents, and what is told in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sayso.model import Certainty, Copy, SourceKind, Span, Stance, When


@dataclass(frozen=True, slots=True)
class Paper:
    """A document as tracing sees it: where it stands in time, who published it, what it links to."""

    id: str
    name: str
    outlet: str | None = None  # the outlet's name
    outlet_id: str | None = None  # its entity
    published_on: str | None = None
    url: str | None = None
    links: tuple[str, ...] = ()
    signer: Person | None = None  # who signs a mail or a statement, and so holds what it says in its own voice
    is_first_hand: bool = False  # a mail or a statement: what it says, it does not say after others


@dataclass(frozen=True, slots=True)
class Person:
    """A source as tracing sees it: an entity where it has one, else known in its document alone."""

    id: str
    name: str
    kind: SourceKind
    named: bool
    entity: str | None = None
    roles: tuple[str, ...] = ()
    access: str | None = None
    is_outlet: bool = False

    @property
    def key(self) -> str:
        """What it is the same by: its entity, or itself."""
        return f"entity:{self.entity}" if self.entity is not None else f"source:{self.id}"


@dataclass(frozen=True, slots=True)
class Telling:
    """An attribution, or a statement in the outlet's own voice, as tracing sees it.

    `stance` is its position on the claim; None for one that only encloses others. `span` reaches over its cue
    and content.
    """

    id: str
    document: str
    span: Span
    content: str
    stance: Stance | None = None
    speaker: Person | None = None
    basis: Person | None = None
    finder: Person | None = None  # who is said there to have found it: "the paper said that inspectors found cracks"
    within: str | None = None
    own_voice: bool = False
    is_headline: bool = False
    certainty: Certainty | None = None
    when: When | None = None
    confidence: float = 1.0
    put: str | None = None  # what it is taken to answer
    is_beside: bool = False  # whether it only may be on the claim


@dataclass(frozen=True, slots=True)
class Scene:
    """The documents of a claim, everything told in them that bears on it, and the copies among them."""

    papers: Mapping[str, Paper]
    tellings: Mapping[str, Telling]
    copies: tuple[Copy, ...] = ()
    held: Mapping[str, tuple[Telling, ...]] = field(default_factory=dict)  # by document: those with a stance
    copied: Mapping[str, tuple[Copy, ...]] = field(default_factory=dict)  # by document: those that had another first
    # By telling: that with the same words which is surest, where it is open which document had them first.
    surest_of_copies: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def of(papers: list[Paper], tellings: list[Telling], copies: tuple[Copy, ...] = ()) -> Scene:
        """A scene of these documents and tellings."""
        held: dict[str, list[Telling]] = {}
        for one in tellings:
            if one.stance is not None:
                held.setdefault(one.document, []).append(one)
        copied: dict[str, list[Copy]] = {}
        for copy in copies:
            for document in copy.documents:
                if copy.first not in (None, document):
                    copied.setdefault(document, []).append(copy)
        return Scene(
            {one.id: one for one in papers},
            {one.id: one for one in tellings},
            copies,
            {document: tuple(these) for document, these in held.items()},
            {document: tuple(these) for document, these in copied.items()},
            _surest_of_copies([one for one in copies if one.first is None], held),
        )


def in_copy(copy: Copy, telling: Telling, held: Mapping[str, Sequence[Telling]]) -> Telling | None:
    """The same telling, of those `held` by document, in the other document of a copy."""
    mine = copy.documents.index(telling.document)
    place = _aligned(copy, mine, telling)
    if place is None:
        return None
    same = (o for o in held.get(copy.documents[1 - mine], ()) if o.stance is telling.stance and overlap(o.span, place))
    return next(same, None)


def _aligned(copy: Copy, mine: int, telling: Telling) -> Span | None:
    """About where a telling stands in the other document of a copy."""
    for passage in copy.passages:
        here, there = passage[mine], passage[1 - mine]
        if overlap(here, telling.span):
            shift = there.start - here.start
            return Span(max(0, telling.span.start + shift), max(0, telling.span.end + shift))
    return None


def overlap(a: Span, b: Span) -> bool:
    """Whether two spans share a place."""
    return a.start < b.end and b.start < a.end


def _surest_of_copies(copies: Iterable[Copy], held: Mapping[str, Sequence[Telling]]) -> dict[str, str]:
    """The tellings that stand in copies, each with the surest of those that have the same words, directly or over other
    copies; of equals the first by its document."""
    chosen: dict[str, list[Telling]] = {}
    for copy in copies:
        for one in held.get(copy.documents[0], ()):
            other = in_copy(copy, one, held)
            if other is None or chosen.get(one.id) is chosen.get(other.id) is not None:
                continue
            mine, theirs = chosen.get(one.id, [one]), chosen.get(other.id, [other])
            more, fewer = (mine, theirs) if len(mine) >= len(theirs) else (theirs, mine)
            more.extend(fewer)
            chosen.update(dict.fromkeys((told.id for told in (one, other, *fewer)), more))
    surest = {
        id(same): min(same, key=lambda one: (one.is_beside, -one.confidence, one.document, one.id)).id
        for same in chosen.values()
    }
    return {telling: surest[id(same)] for telling, same in chosen.items()}
