"""Lists that are said: "The audit found:" or "Among its findings:", and points below, each behind a mark. A rule
beside the model, whose contents end with the first point.

What introduces the list says whose it is: an attribution in its last sentence has all points for its content, and a
noun for what a document says ("findings") makes one, where the document is named in the sentence or before it in the
same paragraph. A point's sentence in which somebody else speaks is left to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sayso.extract.decode import Found, Range
from sayso.extract.unanswered import end_of_sentence
from sayso.extract.words import Words
from sayso.lexicon import Lexicon, word_list

_MARKS = frozenset("-–—•*·▪●‣◦○")
_TOLD = word_list("nouns of what a document says")
_LONGEST_OWNER = 8  # words: "the harbor office's annual audit"
_LONGEST_NAME = 3  # words from "the" to the noun: "the annual city report"
_DEFINITE = frozenset(("the", "this", "that"))
_DETERMINERS = _DEFINITE | {"a", "an", "its", "their", "his", "her"}
_APOSTROPHES = frozenset("'’")
_NEW_LINE = 2  # in BREAKS, and what is more


def said_lists(
    words: Words, lower: Sequence[str], sentence: NDArray[np.int64], found: Sequence[Found], lexicon: Lexicon
) -> list[Found]:
    """The attributions found, with the lists that they introduce for a content, and those that a noun introduces."""
    out = list(found)
    for colon, points in _lists(words, lower):
        start = int(np.searchsorted(sentence, sentence[colon], side="left"))
        there = [k for k, one in enumerate(out) if start <= one.cue[0] < colon]
        leads = [k for k in there if _leads(out[k], colon, points)]
        taken = np.zeros(len(words), dtype=bool)
        for k, one in enumerate(out):
            for a, b in () if k in leads[-1:] else (one.cue, *((one.source,) if one.source else ()), *one.content):
                taken[a:b] = True
        pieces = [piece for point in points for piece in _free(words, lower, point, taken)]
        if leads and pieces:
            one = out[leads[-1]]
            before = [(a, min(b, colon)) for a, b in one.content if a < colon]
            behind = [(a, b) for a, b in one.content if a >= points[-1][1]]
            out[leads[-1]] = replace(one, content=(*before, *pieces, *behind))
        elif not there and pieces and (made := _introduced(words, lower, start, colon, pieces, lexicon)) is not None:
            out.append(made)
    return out


def _lists(words: Words, lower: Sequence[str]) -> list[tuple[int, list[Range]]]:
    """The lists behind a colon at the end of a line: the colon's place, and the words of each point."""
    starts = [*np.flatnonzero(words.gap >= _NEW_LINE).tolist(), len(words)]
    found: list[tuple[int, list[Range]]] = []
    points: list[Range] = []
    colon: int | None = None
    for start, end in zip(starts, [*starts[1:], len(words)], strict=True):
        mark = _after_mark(words, lower, start, end)
        if mark is not None and colon is not None:
            points.append((mark, end))
            continue
        if colon is not None and len(points) > 1:
            found.append((colon, points))
        points = []
        colon = end - 1 if start < end and lower[end - 1] == ":" else None
    return found


def _after_mark(words: Words, lower: Sequence[str], start: int, end: int) -> int | None:
    """Where a point begins behind the mark that opens its line; None where none does."""
    if start + 1 < end and lower[start] in _MARKS and words.gap[start + 1]:
        return start + 1
    numbered = start + 2 < end and lower[start].isdigit() and len(lower[start]) < 3
    return start + 2 if numbered and lower[start + 1] in (".", ")") and words.gap[start + 2] else None


def _leads(one: Found, colon: int, points: Sequence[Range]) -> bool:
    """Whether an attribution's content is the list: it has words of a point already, or ends at the colon."""
    if not one.content:
        return one.cue[1] == colon
    last = one.content[-1]
    return points[0][0] <= last[0] < points[-1][1] or last[1] in (colon, colon + 1)


def _free(words: Words, lower: Sequence[str], point: Range, taken: NDArray[np.bool_]) -> list[Range]:
    """The sentences of a point in which nobody else speaks, side by side as one piece."""
    pieces: list[Range] = []
    start, end = point
    while start < end:
        stop = min(end, max(start, end_of_sentence(words, lower, start)) + 1)
        if not taken[start:stop].any() and words.spoken[start:stop].any():
            spoken = start + np.flatnonzero(words.spoken[start:stop])
            first = pieces.pop()[0] if pieces and pieces[-1][1] >= start - 1 else int(spoken[0])
            pieces.append((first, int(spoken[-1]) + 1))
        start = stop
    return pieces


def _introduced(
    words: Words, lower: Sequence[str], start: int, colon: int, pieces: Sequence[Range], lexicon: Lexicon
) -> Found | None:
    """The attribution that "Among the findings:" makes, where it is told whose findings they are."""
    noun = colon - 1
    if noun < start or lower[noun] not in _TOLD or words.quote[noun]:
        return None
    owner = noun - 2 if lower[noun - 1] == "s" and lower[noun - 2] in _APOSTROPHES else noun - 1
    if owner > start and lower[owner] in _APOSTROPHES:  # "the audit's findings"
        source = _from_determiner(words, lower, owner - 1, start, _LONGEST_OWNER) or (owner - 1, owner)
        return Found((noun, colon), source, tuple(pieces), ())
    line = max((i for i in range(start, -1, -1) if words.gap[i] >= _NEW_LINE), default=0)
    for head in range(noun - 1, line, -1):
        if lower[head] in lexicon.document_heads:
            named = _from_determiner(words, lower, head, line, _LONGEST_NAME)
            if named is not None and lower[named[0]] in _DEFINITE:
                return Found((noun, colon), named, tuple(pieces), ())
    return None


def _from_determiner(words: Words, lower: Sequence[str], head: int, start: int, most: int) -> Range | None:
    """The words from the determiner before a noun to the noun; None where none is near."""
    for i in range(head - 1, max(start, head - most) - 1, -1):
        if not words.spoken[i]:
            return None
        if lower[i] in _DETERMINERS:
            return i, head + 1
    return None
