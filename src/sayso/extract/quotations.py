"""Quotations that an attribution has a part of, given to it whole.

American papers open each paragraph of a long quotation anew and close only the last. Whoever says one
paragraph of it says them all. And a quotation goes on after its speaker is named: “We looked,” Ruiz said.
“It shook.”
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sayso.extract.decode import Found, Range
from sayso.extract.words import CLOSING_MARK, NEW_PARAGRAPH, OPENING_MARK, Words

_A_SENTENCE = 3  # words; fewer in quotation marks are a phrase
_A_GOOD_PART = 0.4  # of a quotation's words: who has them said the rest too
NOBODY = -1


def whole_quotations(found: list[Found], words: Words) -> list[Found]:
    """The attributions, each with all of the quotations that it has a part of and no other claims."""
    content_of, cue_of = np.full(len(words), NOBODY), np.full(len(words), NOBODY)
    in_source = np.zeros(len(words), dtype=bool)
    for i, f in enumerate(found):
        cue_of[slice(*f.cue)] = i
        in_source[slice(*(f.source or (0, 0)))] = True
        for piece in f.content:
            content_of[slice(*piece)] = i
    paragraph = np.cumsum(words.gap == NEW_PARAGRAPH)
    added: dict[int, list[Range]] = {}

    def give(owner: int, start: int, end: int) -> None:
        spoken = start + np.flatnonzero(words.spoken[start:end])
        if len(spoken):
            added.setdefault(owner, []).append((int(spoken[0]), int(spoken[-1]) + 1))
            content_of[spoken[0] : spoken[-1] + 1] = owner

    def reports(start: int, end: int) -> bool:
        """Whether someone's words stand there that attribute."""
        return bool((cue_of[start:end] != NOBODY).any() or in_source[start:end].any())

    for start, end in long_quotations(words):
        owners = _names(content_of[start:end])
        if len(owners) == 1 and not reports(start, end):
            give(owners[0], start, end)
    ended, owner = 0, NOBODY  # of the quotation before this one
    for start, end in quotations(words):
        owners = _names(content_of[start:end])
        follows = owner != NOBODY and paragraph[ended] == paragraph[start] and _is_sentence(words, start, end)
        if follows and not owners and not reports(start, end) and _names(cue_of[ended:start]) in ([], [owner]):
            give(owner, start, end)
            owners = [owner]
        elif len(owners) == 1 and not reports(start, end):
            spoken = words.spoken[start:end]
            had = int((spoken & (content_of[start:end] == owners[0])).sum())
            if spoken.sum() >= _A_SENTENCE and had >= _A_GOOD_PART * spoken.sum():
                give(owners[0], start, end)
        ended, owner = end, owners[0] if len(owners) == 1 else NOBODY
    return [
        replace(f, content=_merged([*f.content, *added[i]], words)) if i in added else f for i, f in enumerate(found)
    ]


def _names(owners: NDArray[np.int64]) -> list[int]:
    return [i for i in np.unique(owners).tolist() if i != NOBODY]


def _is_sentence(words: Words, start: int, end: int) -> bool:
    """Whether a quotation is long enough for a sentence, and one has ended before its mark."""
    before = start - 2
    ended = words.text[words.start[before] : words.end[before]] in (".", "!", "?")
    return ended and int(words.spoken[start:end].sum()) >= _A_SENTENCE


def quotations(words: Words) -> list[Range]:
    """What stands between an opening mark and its closing one in the same paragraph, as words."""
    found: list[Range] = []
    opened: int | None = None
    for i in np.flatnonzero((words.quote >= OPENING_MARK) | (words.gap == NEW_PARAGRAPH)).tolist():
        if words.gap[i] == NEW_PARAGRAPH:
            opened = None
        if words.quote[i] == OPENING_MARK:
            opened = i + 1
        elif words.quote[i] == CLOSING_MARK and opened is not None:
            found.append((opened, i))
            opened = None
    return found


def long_quotations(words: Words) -> list[Range]:
    """Quotations of two paragraphs or more, as words, without the outer marks.

    Every paragraph but the last is left open and the next begins with a mark; the last is closed. A
    mark that was only forgotten makes none, since the next paragraph does not begin with one.
    """
    starts = np.flatnonzero(words.gap == NEW_PARAGRAPH).tolist()
    found: list[Range] = []
    opened: int | None = None
    for start, end in pairwise([*starts, len(words)]):
        marks = (start + np.flatnonzero(words.quote[start:end] >= OPENING_MARK)).tolist()
        if not marks or marks[0] != start or words.quote[start] != OPENING_MARK:
            opened = None
        if opened is not None:
            closing = next((i for i in marks if words.quote[i] == CLOSING_MARK), None)
            if closing is not None:
                found.append((opened + 1, closing))
                opened = None
        if opened is None and marks and words.quote[marks[-1]] == OPENING_MARK:
            opened = marks[-1]
    return found


def _merged(pieces: list[Range], words: Words) -> tuple[Range, ...]:
    """Pieces in order, those joined that overlap or have only punctuation between them."""
    out: list[Range] = []
    for a, b in sorted(pieces):
        if out and (a <= out[-1][1] or not words.spoken[out[-1][1] : a].any()):
            out[-1] = (out[-1][0], max(b, out[-1][1]))
        else:
            out.append((a, b))
    return tuple(out)
