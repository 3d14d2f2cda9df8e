"""All that is needed of a ledger to answer who holds what on one claim: its documents, and what is told in them."""

from __future__ import annotations

from collections.abc import Mapping
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
    undecided: Mapping[str, tuple[Copy, ...]] = field(default_factory=dict)  # by document: those of either, perhaps

    @staticmethod
    def of(papers: list[Paper], tellings: list[Telling], copies: tuple[Copy, ...] = ()) -> Scene:
        """A scene of these documents and tellings."""
        held: dict[str, list[Telling]] = {}
        for one in tellings:
            if one.stance is not None:
                held.setdefault(one.document, []).append(one)
        copied: dict[str, list[Copy]] = {}
        undecided: dict[str, list[Copy]] = {}
        for copy in copies:
            for document in copy.documents:
                if copy.first is None:
                    undecided.setdefault(document, []).append(copy)
                elif copy.first != document:
                    copied.setdefault(document, []).append(copy)
        return Scene(
            {one.id: one for one in papers},
            {one.id: one for one in tellings},
            copies,
            {document: tuple(these) for document, these in held.items()},
            {document: tuple(these) for document, these in copied.items()},
            {document: tuple(these) for document, these in undecided.items()},
        )
