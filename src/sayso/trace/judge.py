"""Whether two propositions put the same forward, the contrary, or something else.

A small network weighs the signs of agreement and how near the two vectors are. It is symmetric in the two. It reads
the vectors by their cosine alone: with all their numbers it learned its own corpora, and did worse on others.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sayso.trace.agreement import SIGNS, Facts, signs
from sayso.trace.encoder import Vectors, unit
from sayso.trace.word_table import WordTable, read_words

Floats = NDArray[np.float32]

OUTCOMES = ("same", "contrary", "other")
_HARDLY = 0.2  # the most that such a pair can be the same
_MUCH = 0.6  # of the shorter one's words are shared
_REVERSED = 0.75  # of the pairs of shared words stand in the other order
_TWO_NAMES = math.log1p(1.9)  # of two: the signs are counted in logarithms
_BLOCK = 4096  # pairs that are weighed at a time


@dataclass(frozen=True, eq=False)
class Judge:
    """The network that weighs pairs, loaded."""

    mean: Floats  # [given]: taken from what is given
    scale: Floats  # [given]: by which it is then multiplied
    signs: Floats  # [given, hidden]
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
    hidden = (given(u, v, told) - judge.mean) * judge.scale @ judge.signs + judge.shift
    score = np.maximum(hidden, 0) @ judge.out + judge.out_shift
    score = np.exp(score - score.max(1, keepdims=True))
    return kept_apart(np.asarray(score / score.sum(1, keepdims=True), dtype=np.float32), told)


def kept_apart(chances: Floats, told: Floats) -> Floats:
    """Probabilities where what must agree does not: such a pair is hardly the same, whatever else speaks for it.

    That is so where numbers or times differ and most else is shared, and where two names stand in the opposite order:
    who sued whom. The corpora are laxer in this than a claim can be, so that the network does not learn it from them.
    """
    row = {name: told[:, i] for i, name in enumerate(SIGNS)}
    swapped = (row["roles swapped"] > 0) & (row["in another order"] >= _REVERSED) & (row["names agree"] >= _TWO_NAMES)
    numbers = (row["numbers differ"] > 0) & (row["numbers agree"] == 0)
    times = (row["times differ"] > 0) & (row["times agree"] == 0)
    differs = ((numbers | times) & (row["words of the shorter"] >= _MUCH)) | swapped
    taken = np.where(differs, np.maximum(chances[:, 0] - _HARDLY, 0), 0).astype(np.float32)
    out = chances.copy()
    out[:, 0] -= taken
    out[:, 2] += taken
    return out


def given(u: Floats, v: Floats, told: Floats) -> Floats:
    """What the network reads of pairs: their signs, their cosine, and its square."""
    cosine = (u * v).sum(1, keepdims=True)
    return np.concatenate([told, cosine, cosine * cosine], axis=1).astype(np.float32)
