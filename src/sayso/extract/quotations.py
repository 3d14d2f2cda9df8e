"""Quotations that run over several paragraphs.

American papers open each paragraph of a long quotation anew and close only the last. Whoever says one
paragraph of it says them all.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sayso.extract.decode import Found, Range
from sayso.extract.words import Words

_OPENING_MARK, _CLOSING_MARK, _NEW_PARAGRAPH = 2, 3, 3  # of sayso.extract.words QUOTES and BREAKS


def long_quotations(words: Words) -> list[Range]:
    """Quotations of two paragraphs or more, as words, without the outer marks.

    Every paragraph but the last is left open and the next begins with a mark; the last is closed. A
    mark that was only forgotten makes none, since the next paragraph does not begin with one.
    """
    starts = np.flatnonzero(words.gap == _NEW_PARAGRAPH).tolist()
    ends = [*starts[1:], len(words)]
    found: list[Range] = []
    opened: int | None = None
    for start, end in zip(starts, ends, strict=True):
        marks = [i for i in range(start, end) if words.quote[i] in (_OPENING_MARK, _CLOSING_MARK)]
        goes_on = bool(marks) and marks[0] == start and words.quote[start] == _OPENING_MARK
        if not goes_on:
            opened = None
        left_open = bool(marks) and words.quote[marks[-1]] == _OPENING_MARK
        if opened is not None:
            closing = next((i for i in marks if words.quote[i] == _CLOSING_MARK), None)
            if closing is not None:
                found.append((opened + 1, closing))
                opened = None
        if left_open and opened is None:
            opened = marks[-1]
    return found


def joined(found: list[Found], words: Words) -> list[Found]:
    """The attributions, with each long quotation given whole to the only one that has a part of it."""
    for start, end in long_quotations(words):
        owners = [i for i, f in enumerate(found) if any(a < end and b > start for a, b in f.content)]
        inside = any(start <= f.cue[0] < end or (f.source and start <= f.source[0] < end) for f in found)
        if len(owners) == 1 and not inside:
            (i,) = owners
            pieces = _merged([*found[i].content, _trimmed(words, start, end)], words)
            found = [*found[:i], replace(found[i], content=pieces), *found[i + 1 :]]
    return found


def _trimmed(words: Words, start: int, end: int) -> Range:
    spoken = np.flatnonzero(words.spoken[start:end])
    return start + int(spoken[0]), start + int(spoken[-1]) + 1


def _merged(pieces: list[Range], words: Words) -> tuple[Range, ...]:
    """Pieces in order, those joined that overlap or have only punctuation between them."""
    out: list[Range] = []
    for a, b in sorted(pieces):
        if out and (a <= out[-1][1] or not words.spoken[out[-1][1] : a].any()):
            out[-1] = (out[-1][0], max(b, out[-1][1]))
        else:
            out.append((a, b))
    return tuple(out)
