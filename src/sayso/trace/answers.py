"""What a source takes a position on without saying it: an answer takes up what was put to it.

“Anything is possible” is a position on what the speaker was asked; “a pack of lies” one on what somebody else has just
been said to say, and so is what no more than points at it: the police "confirmed the figure", the owner "denied it".
Not to accuse a company of any offence is one on what the article says of that company and the matter. Where the
document does not show what was put, there is none.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from sayso.lexicon import Lexicon, load_lexicon, word_list
from sayso.model import Act, Attribution, Span
from sayso.trace.stems import LITTLE_WORDS, WORD, stem

_MOST_BESIDE = 3  # words of an answer that say something beside the phrase it is known by
_LOOKED_BACK = 2  # sentences before an answer in which lies what it takes up
_NEGATED_WITHIN = 3  # words before a phrase in which a negation bears on it
_PUT = re.compile(
    r"\b(?:asked|questioned|pressed|quizzed|wondered|wanted\s+to\s+know|put\s+to\s+(?:him|her|them))\b[^.?!;]*?"
    r"\b(?:if|whether)\s+(?P<put>[^,.;“”\"]+)",
    re.IGNORECASE,
)
_SAYING = (Act.ASSERT, Act.BELIEVE, Act.FIND, Act.ACCUSE, Act.DENY)
_RAISED = re.compile(
    r"\b(?:raised|raises|discussed|brought\s+up|addressed|mentioned|took\s+up|spoke\s+(?:of|about)|talked\s+about)\s+"
    r"(?:the|this|that)\s+(?P<matter>\w[\w-]*)",
    re.IGNORECASE,
)
_OFFENCE = re.compile(r"\b(?:of|for)\s+(?P<offence>[^.;]+)$|^(?P<all>[^.;]+)$", re.IGNORECASE)


class Effect(StrEnum):
    """What an answer makes of what was put."""

    SAYS = "says"
    PROBABLE = "probable"
    POSSIBLE = "possible"
    DENIES = "denies"
    WITHHOLDS = "withholds"


@dataclass(frozen=True, slots=True)
class Put:
    """What an attribution takes a position on that it does not say: a place in the text, or what another attribution
    says, by its id; and whether the position is that it is not so."""

    place: Span | None
    attribution: str | None
    denied: bool = False


def effect_of(sentence: str) -> Effect | None:
    """What an answer makes of what was put to the one who gives it, where it does no more than answer; else None.

    >>> effect_of("I would not rule anything out.")
    <Effect.POSSIBLE: 'possible'>
    """
    places = list(WORD.finditer(sentence))
    found = [word[0].lower().replace("’", "'") for word in places]
    there = set(found)
    for phrase, negated, effect in _answers(load_lexicon()):
        if phrase[0] not in there:
            continue
        size = len(phrase)
        for i in range(len(found) - size + 1):
            if tuple(found[i : i + size]) != phrase:
                continue
            before = found[max(0, i - _NEGATED_WITHIN) : i]
            if negated == "yes" and not any(map(_negates, before)):
                continue
            if negated == "no" and any(map(_negates, [w for w in before if w not in _DEGREES][-1:])):
                continue
            beside = [w for w in found[:i] + found[i + size :] if w not in LITTLE_WORDS and not _negates(w)]
            goes_on = sentence[places[i + size - 1].end() :].lstrip()[:1].isalnum()
            if effect is Effect.SAYS and beside and goes_on:
                continue  # "we agree to the sale" says something of its own; "yes, we sold it" answers
            if len(beside) <= _MOST_BESIDE and not _names(sentence, phrase):
                return effect
    return None


def reference_of(act: Act | None, cue: str, content: str) -> Effect | None:
    """What somebody makes of what was put, where a content no more than points at it: "confirmed the figure", "accepts
    that finding", "rejects that", "called the story nonsense", "knew of no such order"; else None.

    >>> reference_of(Act.DENY, "denied", "it")
    <Effect.DENIES: 'denies'>
    """
    if _NO_SUCH.fullmatch(content) and act in _SAYING:
        return Effect.SAYS if act is Act.DENY else Effect.DENIES
    pointed = _POINTING.match(content)
    if pointed is None or (pointed["noun"] and pointed["noun"].lower() not in word_list("nouns for what was said")):
        return None
    rest = content[pointed.end() :].strip()
    if rest:
        return effect_of(rest) if pointed["noun"] and act is not Act.DENY else None
    if act is Act.DENY:
        return Effect.DENIES
    grants = any(word.lower() in word_list("words that grant what was said") for word in WORD.findall(cue))
    negated = any(_negates(word.lower().replace("’", "'")) for word in WORD.findall(cue))
    return Effect.SAYS if act is Act.ENDORSE or (grants and not negated and act in _SAYING) else None


_NO_SUCH = re.compile(r"(?:of\s+)?no\s+such\s+[\w-]+(?:\s+(?:exists?|existed|was\s+\w+))?", re.IGNORECASE)
_POINTING = re.compile(
    r"(?:(?:it|this|that|so|as\s+much)\b(?!\s+\w)|(?:the|this|that|these|those)\s+(?P<noun>[^\W\d_]+)\b)", re.IGNORECASE
)
_DEGREES = frozenset(("a", "an", "the", "just", "simply", "all", "entirely", "quite", "complete", "pure"))


def _negates(word: str) -> bool:
    return word in ("not", "no", "never", "cannot", "nothing", "isn't", "without") or word.endswith("n't")


def _names(sentence: str, phrase: Sequence[str]) -> bool:
    """Whether an answer speaks of somebody by name: then it says something of its own."""
    words = [word for word in WORD.findall(sentence)[1:] if word[0].isupper() and word not in ("I", "I'm", "I’m")]
    return any(word.lower() not in phrase for word in words)


@cache
def _answers(lexicon: Lexicon) -> tuple[tuple[tuple[str, ...], str, Effect], ...]:
    """The phrases that answers are known by, the longest first."""
    rows = [
        (tuple(WORD.findall(row["words"])), row["after_negation"], Effect(row["effect"]))
        for row in lexicon.tables["answers"]
    ]
    return tuple(sorted(rows, key=lambda row: -len(row[0])))


def put_to(
    text: str,
    starts: Sequence[Span],
    place: int,
    attributions: Sequence[Attribution],
    answer: Effect,
    points: bool = False,
) -> list[Put]:
    """What an answer takes up, given the document's sentences: what its speaker was asked and what the article said
    before of the same, or else, for one who denies or agrees, or who `points` at it, what the last before it is said
    to say."""
    one = attributions[place]
    here = _sentence(starts, one.cue.start)
    first = max(0, here - 1)
    denied = answer is Effect.DENIES
    for other in sorted(attributions, key=lambda two: -two.cue.start):
        if (
            other.act is Act.ASK
            and other.content
            and other.id != one.id
            and first <= _sentence(starts, other.cue.start) <= here
            and other.cue.start < max(piece.end for piece in one.content)
        ):
            return [Put(None, other.id, denied)]
    inside = one.content[0]
    for number in range(here, first - 1, -1):
        asked = _PUT.search(text, starts[number].start, starts[number].end)
        if asked and not (inside.start <= asked.start("put") < inside.end):
            return [Put(Span(asked.start("put"), asked.end("put")), None, denied)]
    if not (denied or points or answer is Effect.SAYS):
        return []
    for other in sorted(attributions, key=lambda two: -two.cue.start):
        if other.cue.start >= one.cue.start or other.within is not None or other.act not in _SAYING:
            continue
        if here - _sentence(starts, max((piece.start for piece in other.content), default=0)) > _LOOKED_BACK:
            break
        if other.speaker is None or other.speaker != one.speaker:
            return [Put(None, other.id, denied)]
    return []


def matter_raised(text: str, starts: Callable[[], Sequence[Span]], one: Attribution) -> str | None:
    """The matter that the source of an accusation, or of its refusal, is told to have raised, where the offence is not
    named: "raised the fire with the owners, but did not accuse them of any wrongdoing". `starts` gives the document's
    sentences, where they are needed."""
    if not one.content or one.act not in (Act.ACCUSE, Act.DECLINE):
        return None
    accused = _OFFENCE.search(" ".join(piece.of(text) for piece in one.content))
    offence = (accused["offence"] or accused["all"]) if accused else ""
    words = [stem(word.lower()) for word in WORD.findall(offence)]
    if not any(word in _unnamed_offences() for word in words) and len(words) > 3:
        return None
    sentence = starts()[_sentence(starts(), one.cue.start)]
    raised = _RAISED.search(text, sentence.start, one.cue.start)
    return raised["matter"] if raised else None


@cache
def _unnamed_offences() -> frozenset[str]:
    return frozenset(map(stem, word_list("offences that are not named")))


def _sentence(starts: Sequence[Span], place: int) -> int:
    """The number of the sentence that a place of the text stands in."""
    return max(0, bisect.bisect_right(starts, place, key=lambda one: one.start) - 1)
