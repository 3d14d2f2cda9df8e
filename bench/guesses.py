"""What a peer says about attributions whose spans it was given, as a Reading that sayso.bench.speakers counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sayso.bench.speakers import GoldDocument, Range, tokens
from sayso.model import (
    Act,
    Attribution,
    Certainty,
    Document,
    Polarity,
    Reading,
    Source,
    SourceKind,
    Span,
    When,
    attribution_id,
)


def words(text: str) -> frozenset[str]:
    """A list of words, written as a line of them."""
    return frozenset(text.split())


PRONOUNS = words(
    "i me my mine we us our ours you your yours he him his she her hers it its they them their theirs who whom"
)
THIRD_PERSON = words("he him his she her hers")
# Acts whose content is mostly labelled with no certainty, as seen on the project's labels of PolNeAR train.
NO_CERTAINTY = frozenset(
    (Act.WANT, Act.REQUEST, Act.ASK, Act.COMMIT, Act.DECIDE, Act.ENDORSE, Act.DECLINE, Act.UNANSWERED)
)


@dataclass(frozen=True)
class Given:
    """The spans of one attribution, as annotated, each from its first to its last word."""

    source: Span | None
    cue: Span
    content: tuple[Span, ...]


@dataclass(frozen=True)
class Who:
    """A source as a peer resolves it."""

    name: str
    kind: SourceKind = SourceKind.PERSON
    named: bool = True


@dataclass(frozen=True)
class Guess:
    """A peer's answer to one attribution. What it leaves out is the majority label."""

    who: Who | None
    act: Act = Act.ASSERT
    polarity: Polarity = Polarity.AFFIRMED
    certainty: Certainty | None = Certainty.CERTAIN
    channel: str | None = None
    when: When | None = None


def given(gold: GoldDocument) -> list[Given]:
    """The spans of a document's annotated attributions, nested and optional ones too."""

    def whole(pieces: Sequence[Range]) -> Span | None:
        return Span(pieces[0][0], pieces[-1][1]) if pieces else None

    return [
        Given(whole(g.source), whole(g.cue) or Span(0, 0), tuple(Span(a, b) for a, b in g.content))
        for g in gold.attributions
    ]


def reading_of(document: Document, spans: Sequence[Given], guesses: Sequence[Guess]) -> Reading:
    """A Reading: the same name is the same source, and its kind is the one it was first given."""
    sources: dict[frozenset[str], Source] = {}
    attributions = []
    for place, guess in zip(spans, guesses, strict=True):
        speaker = None
        if guess.who:
            key = tokens(guess.who.name)
            new = Source(f"{document.id}:s{len(sources)}", guess.who.name, guess.who.kind, guess.who.named)
            speaker = sources.setdefault(key, new).id
        attributions.append(
            Attribution(
                attribution_id(document.id, place.cue),
                place.source,
                place.cue,
                place.content,
                confidence=1.0,
                speaker=speaker,
                act=guess.act,
                polarity=guess.polarity,
                certainty=guess.certainty,
                channel=guess.channel,
                when=guess.when,
            )
        )
    return Reading(document, tuple(attributions), sources=tuple(sources.values()))
