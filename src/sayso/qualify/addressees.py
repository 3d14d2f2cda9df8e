"""Whom the source told: "told reporters", "said to his supporters", "in a letter to the council"."""

from __future__ import annotations

from collections.abc import Sequence

from sayso.extract.words import Words
from sayso.lexicon import Lexicon, word_list

Range = tuple[int, int]

_TELLING = word_list("verbs that take the one told")
_SPEAKING_TO = word_list("verbs of speaking to somebody")
_ENDS = word_list("ends of an addressee")
_LONGEST = 9


def addressee(
    words: Words,
    lower: Sequence[str],
    cue: Range,
    content: Sequence[Range],
    source: Range | None,
    lexicon: Lexicon,  # noqa: ARG001
) -> Range | None:
    """The words that name whom the source told; None where the text does not."""
    inside = {i for a, b in content for i in range(a, b)}
    taken = set(range(*source)) if source else set()
    for i in range(cue[0], min(cue[1] + 6, len(lower))):
        word = lower[i]
        if i in inside:
            return _asked(words, lower, i, content) if i == cue[1] and lower[cue[1] - 1] in _ASKING else None
        if i > cue[1] - 1 and word in (".", "?", "!"):
            break
        if word in _TELLING and i < cue[1]:
            helped = any(
                w in ("was", "were", "been", "be", "is", "are", "being") for w in lower[max(cue[0], i - 2) : i]
            )
            passive = helped and not word.endswith("ing")
            if passive:
                return None
            return _phrase(words, lower, i + 1, inside | taken) or _first_in(words, lower, i + 1, content)
        if (
            word == "to"
            and i > cue[0]
            and _speaks(lower, cue, i)
            and i + 1 < len(lower)
            and lower[i + 1] not in ("be", "have", "do")
        ):
            found = _phrase(words, lower, i + 1, inside | taken)
            if found and (
                words.case[found[0]] >= 2
                or lower[found[0]]
                in ("the", "a", "his", "her", "their", "reporters", "supporters", "voters", "lawmakers", "journalists")
            ):
                return found
    return None


_ASKING = word_list("verbs that ask somebody to act")
_WHOM = frozenset(("me", "him", "them", "us", "you"))


def _first_in(words: Words, lower: Sequence[str], start: int, content: Sequence[Range]) -> Range | None:
    """Whom a content begins with that was marked too early: "told [them that …]", "urging [the council to act]"."""
    if not any(a == start < b for a, b in content):
        return None
    if lower[start] in _WHOM:
        return start, start + 1
    return _asked(words, lower, start, content) if lower[start - 1] in _ASKING else None


def _asked(words: Words, lower: Sequence[str], start: int, content: Sequence[Range]) -> Range | None:
    """Whom a request names at the start of its content: "urged [the council to act]"."""
    end = next((b for a, b in content if a <= start < b), start)
    for i in range(start + 1, min(end, start + 7)):
        if lower[i] in ("to", "not"):
            return start, i
        if lower[i] in _ENDS and words.case[i] < 2:
            return None
    return None


def _speaks(lower: Sequence[str], cue: Range, place: int) -> bool:
    return any(w in _SPEAKING_TO for w in lower[max(cue[0], place - 4) : place])


def _phrase(words: Words, lower: Sequence[str], start: int, barred: set[int]) -> Range | None:
    """The noun phrase that begins at a word."""
    end = start
    while end < len(lower) and end - start < _LONGEST and end not in barred and words.gap[end] < 2:
        if (
            lower[end] in _ENDS
            and not (words.case[end] >= 2 and end > start)
            and not (lower[end] == "of" and end - start == 1)
        ):
            break
        end += 1
    return (start, end) if end > start and words.spoken[start:end].any() else None
