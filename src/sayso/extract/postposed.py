"""Attributions that stand behind the sentence they are of: "The mill will close, three people said."

All of such a sentence is said by who is named at its end, what others say, plan or find in it among it. The corpus
that the tagger learned from does not nest, so its contents begin behind the last such cue.
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
_DATELINE = 12  # words at the start of a paragraph among which a dash ends a dateline
_DASHES = frozenset(("-", "–", "—", "--"))
_AGAIN = frozenset(("and", "but", "while", "although", "though"))  # behind one postposed attribution, before another's


def postposed(words: Words, lower: Sequence[str], sentence: NDArray[np.int64], found: Sequence[Found]) -> list[Found]:
    """The attributions, those that end a sentence with all of it for a content where others' cues stand in it."""
    by_sentence: dict[int, list[int]] = {}
    for i, one in enumerate(found):
        by_sentence.setdefault(int(sentence[one.cue[0]]), []).append(i)
    out = list(found)
    for i, one in enumerate(found):
        if one.source is None or not any(word in _CUES for word in lower[slice(*one.cue)]):
            continue
        number = int(sentence[one.cue[0]])
        stop = min(one.cue[0], one.source[0])
        start = int(np.searchsorted(sentence, number, side="left"))
        if any(b > stop for _, b in one.content) or any(a < start for a, _ in one.content):
            continue
        before = [k for k in by_sentence[number] if k != i and found[k].cue[1] <= stop]
        whole = _said(words, lower, start, stop, [found[k] for k in before])
        if whole is None or not _ends(words, lower, one, stop):
            continue
        if one.content and one.content[-1][1] < whole[1] and words.spoken[one.content[-1][1] : whole[1]].any():
            continue
        cut = whole[0] < one.content[0][0] if one.content else True
        inside = [found[k] for k in before if found[k].cue[0] >= whole[0]]
        if cut and inside and all(_in(whole, other) for other in inside):
            out[i] = replace(one, content=(whole,))
    return out


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
