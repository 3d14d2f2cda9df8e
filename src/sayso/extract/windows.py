"""Cutting a long document into windows that overlap, so that no source is cut from its content."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sayso.extract.words import PIECES_PER_WORD

Ints = NDArray[np.int64]

LENGTH = 400  # word pieces a window, the two that frame it included
OVERLAP = 64  # word pieces that two neighbouring windows share at least


@dataclass(frozen=True)
class Window:
    """A stretch of words that goes through the encoder at once. All indexes are of words."""

    start: int
    end: int
    kept_start: int  # the words whose states are taken from this window and from no other:
    kept_end: int  # those that have more context here than in its neighbours


def windows(first: Ints, length: int = LENGTH, overlap: int = OVERLAP) -> Iterator[Window]:
    """Windows over words whose pieces begin at `first` (with one closing entry).

    Every word is kept by exactly one window. The windows of a document are of about one length,
    so that a short last one does not lack context.
    """
    words, pieces = len(first) - 1, int(first[-1])
    if not words:
        return
    room = length - 2
    count = 1 if pieces <= room else 1 + -(-(pieces - room) // (room - overlap))
    starts = [0]
    if count > 1:  # no longer than the overlap asks for
        room = min(room, overlap + -(-(pieces - overlap) // count) + PIECES_PER_WORD)
        starts = [int(np.searchsorted(first, (pieces - room) * i // (count - 1))) for i in range(count)]
    ends = [int(np.searchsorted(first, first[start] + room, side="right")) - 1 for start in starts]
    ends[-1] = words
    # In the middle of what two windows share, counted in pieces: words may be long on one side.
    middles = [int(first[start] + first[end]) // 2 for start, end in zip(starts[1:], ends, strict=False)]
    borders = [0, *(int(np.searchsorted(first, middle)) for middle in middles), words]
    for i in range(count):
        yield Window(starts[i], ends[i], borders[i], borders[i + 1])
