"""The stretch of words around a cue in which its source and content are looked for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

BEFORE, AFTER = 64, 112  # words; 99.6 % of the attributions in PolNeAR train lie within

_EXACT = 8  # distances up to here have a bucket each, farther ones share
_FAR = (12, 16, 24, 32, 48, 64, 96)
_SIDE = _EXACT + len(_FAR) + 1
BUCKETS = 2 * _SIDE + 1

_bucket = np.array(
    [0]
    + [
        1 + (d - 1 if d <= _EXACT else _EXACT + int(np.searchsorted(_FAR, d, side="left")))
        for d in range(1, BEFORE + AFTER + 1)
    ],
    dtype=np.int64,
)


def around(cue_start: int, cue_end: int, words: int) -> tuple[int, int]:
    """The words [start, end) that are read for the roles of a cue."""
    return max(0, cue_start - BEFORE), min(words, cue_end + AFTER)


def distance_buckets(start: int, end: int, cue_start: int, cue_end: int) -> Ints:
    """The signed distance to the cue of each word in [start, end), as a bucket; 0 on the cue itself."""
    before = _bucket[np.arange(cue_start - start, 0, -1)]
    after = _bucket[np.arange(1, end - cue_end + 1)]
    return np.concatenate([before, np.zeros(cue_end - cue_start, dtype=np.int64), np.where(after, after + _SIDE, 0)])
