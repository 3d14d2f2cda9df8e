"""Attributions that stand behind the sentence they are of: "The mill will close, three people said."

All of such a sentence is said by who is named at its end, what others say, plan or find in it among it. The corpus
that the tagger learned from does not nest, so its contents begin behind the last such cue; and of long sentences
with many commas it sometimes sees the cue alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sayso.extract.decode import Found, Range
from sayso.extract.words import NEW_PARAGRAPH, Words
from sayso.lexicon import word_list

_CUES = word_list("cues behind a sentence")
_MOST_LEFT_OUT = 2  # words at the end of what is said: "have paid [yet], these people said"
_LONGEST_SOURCE = 20  # words
_DATELINE = 12  # words at the start of a paragraph among which a dash ends a dateline
_DASHES = frozenset(("-", "–", "—", "―", "--"))
_AGAIN = frozenset(("and", "but", "while", "although", "though"))  # behind one postposed attribution, before another's


def postposed(words: Words, lower: Sequence[str], sentence: NDArray[np.int64], found: Sequence[Found]) -> list[Found]:
    """The attributions, those that end a sentence with all of it for a content where others' cues stand in it, or
    where the model cut it short."""
    by_sentence: dict[int, list[int]] = {}
    for i, one in enumerate(found):
        by_sentence.setdefault(int(sentence[one.cue[0]]), []).append(i)
    out = list(found)
    for i, one in enumerate(found):
        if not any(word in _CUES for word in lower[slice(*one.cue)]):
            continue
        parted = one.source is None
        if parted:
            one = _parted(words, lower, one)
        if one.source is None:
            continue
        number = int(sentence[one.cue[0]])
        start = int(np.searchsorted(sentence, number, side="left"))
        if not one.content:
            one = replace(one, source=_last_named(lower, start, one.source, one.cue))
        stop = min(one.cue[0], (one.source or one.cue)[0])
        if any(b > stop for _, b in one.content) or any(a < start for a, _ in one.content):
            continue
        before = [k for k in by_sentence[number] if k != i and found[k].cue[1] <= stop]
        whole = _said(words, lower, start, stop, [found[k] for k in before])
        if whole is None or not _ends(words, lower, one, stop):
            continue
        if one.content and words.spoken[one.content[-1][1] : whole[1]].sum() > _MOST_LEFT_OUT:
            continue
        cut = whole[0] < one.content[0][0] if one.content else True
        inside = [found[k] for k in before if found[k].cue[0] >= whole[0]]
        mend = parted or (cut and (inside or _cut_short(words, one)))
        if mend and all(_in(whole, other) for other in inside):
            out[i] = replace(one, content=(whole,), signs=one.signs if one.content else ())
    return out


def _cut_short(words: Words, one: Found) -> bool:
    """Whether the model surely saw a cue but nothing that is said, or what is said from the middle of a clause on."""
    if not one.content:
        return one.signs[0] > 0
    start = one.content[0][0]
    full_stop = words.text[int(words.start[start - 1])] == "."  # of an abbreviation, within a sentence
    return bool(words.spoken[start - 1] or full_stop) and words.gap[start] < 2


def _parted(words: Words, lower: Sequence[str], one: Found) -> Found:
    """An attribution whose content runs up to a cue that ends its sentence, with the part behind its last comma for a
    source: "[the mill will close], [three people with knowledge of it] said"."""
    after = one.cue[1]
    ends = after >= len(words) or lower[after] == "."
    if not ends or len(one.content) != 1 or one.content[0][1] != one.cue[0] or one.cue[1] - one.cue[0] > 1:
        return one
    start, end = one.content[0]
    comma = next((i for i in range(end - 1, start, -1) if lower[i] == ","), None)
    if comma is None or comma == end - 1 or end - comma > _LONGEST_SOURCE or words.quote[comma:end].any():
        return one
    return replace(one, source=(comma + 1, end), content=((start, comma),), signs=())


def _last_named(lower: Sequence[str], start: int, source: Range, cue: Range) -> Range:
    """A source that runs into what is said before it, from its last comma on: "[in Velm, Ostrey and Dunmore, these
    people] said"."""
    first, last = source
    if first == start or lower[first - 1] == "," or last > cue[0]:
        return source
    comma = next((i for i in range(last - 2, first, -1) if lower[i] == ","), None)
    return source if comma is None else (comma + 1, last)


def _said(words: Words, lower: Sequence[str], start: int, stop: int, before: Sequence[Found]) -> Range | None:
    """The words of a sentence up to the comma before who says it; None where there is none, or words are quoted."""
    end = stop - 1
    if end <= start or lower[end] != "," or words.quote[start:stop].any():
        return None
    if words.gap[start] == NEW_PARAGRAPH:
        dash = next((i for i in range(start, min(start + _DATELINE, end)) if lower[i] in _DASHES), None)
        if dash is not None and words.gap[dash] and (words.case[start:dash] >= 2).any():
            start = dash + 1
    for i in range(end - 1, start, -1):
        heading = words.gap[i] > 1 and words.case[i] >= 2 and words.case[i - 1] < 2  # not in a line that was broken
        if lower[i] == ";" or heading:
            start = i
            break
    for other in before:  # "…, Ruiz said, but the road is closed, Hale said"
        if other.content and all(b <= other.cue[0] for _, b in other.content):
            start = max(start, other.cue[1], other.source[1] if other.source else 0)
    while start < end and (not words.spoken[start] or lower[start] in _AGAIN):
        start += 1
    return (start, end) if end - start > 2 else None


def _ends(words: Words, lower: Sequence[str], one: Found, stop: int) -> bool:
    """Whether source and cue stand beside each other, and nothing follows in the sentence that could be said."""
    first, last = sorted((one.cue, one.source or one.cue))
    if first[0] != stop or words.spoken[first[1] : last[0]].any():
        return False
    after = last[1]
    return after >= len(words) or lower[after] not in ("that", ":", "to")


def _in(whole: Range, other: Found) -> bool:
    pieces = [other.cue, *((other.source,) if other.source else ()), *other.content]
    return all(whole[0] <= a and b <= whole[1] for a, b in pieces)
