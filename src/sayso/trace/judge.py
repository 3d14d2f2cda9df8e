"""Whether two propositions put the same forward, the contrary, or something else.

A small network weighs the two vectors and the signs of agreement. It is symmetric in the two, and its numbers are
calibrated: of the pairs that it holds for the same with 0.8, about eight in ten are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sayso.trace.agreement import Facts, signs
from sayso.trace.encoder import WIDTH, Vectors, unit
from sayso.trace.word_table import WordTable, read_words

Floats = NDArray[np.float32]

OUTCOMES = ("same", "contrary", "other")
_BLOCK = 4096  # pairs that are weighed at a time


@dataclass(frozen=True, eq=False)
class Judge:
    """The network that weighs pairs, loaded."""

    product: Floats  # [WIDTH, hidden]: what the product of two vectors says
    difference: Floats  # [WIDTH, hidden]: what their difference says, whichever way round
    signs: Floats  # [signs and cosine, hidden]
    shift: Floats  # [hidden]
    out: Floats  # [hidden, outcomes]
    out_shift: Floats  # [outcomes]
    words: WordTable


def load_judge(folder: Path | Traversable | None = None) -> Judge:
    """Load the judge from a folder, or the one that ships. Raises FileNotFoundError where a part is missing."""
    folder = folder or files("sayso") / "weights" / "claims"
    with np.load(BytesIO((folder / "judge.npz").read_bytes())) as given:
        learned = {name: given[name].astype(np.float32) for name in given.files}
    return Judge(**learned, words=read_words(folder / "words.npz"))


def judge_pairs(
    judge: Judge, vectors: Vectors, facts: Sequence[Facts], pairs: Sequence[tuple[int, int]]
) -> NDArray[np.float32]:
    """The probabilities [pairs, outcomes] of same, contrary and other, of pairs given by their places."""
    found = np.zeros((len(pairs), len(OUTCOMES)), dtype=np.float32)
    for start in range(0, len(pairs), _BLOCK):
        block = pairs[start : start + _BLOCK]
        a, b = (np.array(side, dtype=np.int64) for side in zip(*block, strict=True))
        told = np.stack([signs(facts[i], facts[j], judge.words) for i, j in block])
        found[start : start + _BLOCK] = weigh(judge, unit(vectors[a]), unit(vectors[b]), told)
    return found


def weigh(judge: Judge, u: Floats, v: Floats, told: Floats) -> Floats:
    """The probabilities of pairs, from two vectors of length one each and their signs."""
    product, difference, rest = given(u, v, told)
    hidden = product @ judge.product + difference @ judge.difference + rest @ judge.signs + judge.shift
    score = np.maximum(hidden, 0) @ judge.out + judge.out_shift
    score = np.exp(score - score.max(1, keepdims=True))
    return np.asarray(score / score.sum(1, keepdims=True), dtype=np.float32)


def given(u: Floats, v: Floats, told: Floats) -> tuple[Floats, Floats, Floats]:
    """What the network reads of pairs: product and difference at a scale of about one, signs with the cosine."""
    cosine = (u * v).sum(1, keepdims=True)
    product = np.asarray(u * v * WIDTH, dtype=np.float32)
    difference = np.asarray(np.abs(u - v) * WIDTH**0.5, dtype=np.float32)
    return product, difference, np.concatenate([told, cosine, cosine * cosine], axis=1).astype(np.float32)
