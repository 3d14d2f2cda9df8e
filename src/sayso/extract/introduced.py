"""Quotations behind a noun and a colon: Her motto: “Never on a Monday.” A rule beside the model.

The model finds most of them, and few where much stands between the noun and the colon. Where "my" or "her" before the
noun tells who speaks, the noun is the cue. Where the noun begins its sentence ("A comment under the film, which is old:
“…”"), it is the source with what says more of it, and the colon the cue.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sayso.extract.decode import Found
from sayso.extract.quotations import quotations
from sayso.extract.words import Words
from sayso.lexicon import word_list

_NOUNS = word_list("nouns for words that are quoted")
_OWNERS = frozenset(("my", "his", "her", "their", "our"))
_LEAST = 3  # words of a quotation that is no title
_LATEST = 3  # words before a noun that begins its sentence: "another early comment"


def introduced(words: Words, lower: Sequence[str], sentence: NDArray[np.int64], found: Sequence[Found]) -> list[Found]:
    """The attributions found, and those of quotations that nobody has, behind a noun for what is quoted."""
    taken, cued = np.zeros(len(words), dtype=bool), np.zeros(len(words), dtype=bool)
    for one in found:
        for start, end in (one.cue, *((one.source,) if one.source else ()), *one.content):
            taken[start:end] = True
        cued[slice(*one.cue)] = True
    more = []
    for start, end in quotations(words):
        colon = start - 2
        if colon < 1 or lower[colon] != ":" or taken[start:end].any() or words.spoken[start:end].sum() < _LEAST:
            continue
        first = int(np.searchsorted(sentence, sentence[colon], side="left"))
        noun = next((i for i in range(first, colon) if lower[i] in _NOUNS and not words.quote[i]), None)
        if noun is None or cued[first:colon].any():
            continue
        if noun > first and lower[noun - 1] in _OWNERS:
            more.append(Found((noun, noun + 1), (noun - 1, noun), ((start, end),), ()))
        elif noun - first <= _LATEST and words.spoken[first : noun + 1].all():
            stop = next(i for i in range(noun + 1, colon + 1) if not words.spoken[i])
            more.append(Found((colon, colon + 1), (first, stop), ((start, end),), ()))
        else:
            more.append(Found((noun, noun + 1), None, ((start, end),), ()))
    return [*found, *more]
