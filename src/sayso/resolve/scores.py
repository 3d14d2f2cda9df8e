"""What the mention model says of each word of a document; see training/mentions.py for the network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Halves = NDArray[np.float16]

NAME_TYPES = ("person", "organization", "place", "other")
SPAN, PAIR = 32, 64
LEFT, RIGHT = 24, 32  # words of a mention before and after its head that are looked at
# The parts of a word's row, in order: names, types, inner cues, ends of mentions, vectors of pairs, manner, and
# places: channel, when.
PARTS = {"names": 9, "types": 5, "inner": 3, "spans": 4 * SPAN, "pair": 2 * PAIR, "manner": 48, "places": 192}
WIDTH = sum(PARTS.values())


@dataclass(frozen=True, eq=False)
class MentionScores:
    """Rows of a document's words, by part; probabilities where the part is of classes.

    Vectors stay as the rows have them, in half precision, and are widened where they are used: a long document has
    hundreds of megabytes of them, and uses a few.
    """

    names: Floats  # [words, 9]: outside; begins and goes on, by NAME_TYPES
    types: Floats  # [words, 5]: no head of a mention; by NAME_TYPES
    inner: Floats  # [words, 3]: log-odds of a cue inside a content: outside, begins, goes on
    span_vectors: Halves
    pair_vectors: Halves
    manner: Halves  # of how something was said (sayso.qualify.manner)
    places: Halves  # of channels and dates (sayso.qualify.places)
    start_distance: Floats
    end_distance: Floats


def columns(rows: Halves) -> dict[str, Halves]:
    """The parts of the model's rows [words, WIDTH], as views of them."""
    rows = rows if rows.shape[1] else np.zeros((len(rows), WIDTH), dtype=np.float16)
    edges = np.cumsum([0, *PARTS.values()])
    return {name: rows[:, a:b] for name, a, b in zip(PARTS, edges[:-1], edges[1:], strict=True)}
