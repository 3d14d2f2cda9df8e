"""How near single words are in meaning: for the words that two propositions do not share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class WordTable:
    """A vector of length one for each stem that is known."""

    rows: dict[str, int]
    vectors: NDArray[np.float32]

    def closeness(self, left: Iterable[str], right: Iterable[str]) -> tuple[float, float]:
        """How near the words of two lists lie to their nearest ones in the other: on average, and the farthest of all.

        A word that is not known lies near none.
        """
        a, b = sorted(left), sorted(right)  # sets come in another order in each run, and sums then differ in a decimal
        if not a or not b:
            return (1.0, 1.0) if not a and not b else (0.0, 0.0)
        known_a = [self.rows[word] for word in a if word in self.rows]
        known_b = [self.rows[word] for word in b if word in self.rows]
        if not known_a or not known_b:
            return 0.0, 0.0
        near = self.vectors.take(known_a, 0) @ self.vectors.take(known_b, 0).T
        nearest = [max(0.0, one) for one in (*near.max(1).tolist(), *near.max(0).tolist())]
        worst = min(nearest) if len(nearest) == len(a) + len(b) else 0.0
        return sum(nearest) / (len(a) + len(b)), worst


def read_words(place: Path | Traversable) -> WordTable:
    """The table of a file. Raises FileNotFoundError where it is missing."""
    with np.load(BytesIO(place.read_bytes())) as given:
        vectors = given["vectors"].astype(np.float32)
        stems = str(given["stems"]).split("\n")
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1.0)
    return WordTable({word: i for i, word in enumerate(stems)}, vectors)


@cache
def load_words() -> WordTable:
    """The table that ships, loaded at the first call."""
    return read_words(files("sayso") / "weights" / "claims" / "words.npz")
