"""Whether two propositions put the same forward, the contrary, or something else.

Two looks are taken. In the first, which is quick, a small network weighs the signs of agreement and how near the two
vectors are. It reads the vectors by their cosine alone: with all their numbers it learned its own corpora, and did
worse on others. What this look leaves open goes to the second (pair_reader.py), which reads both together; its scores,
those of the first look and the cosine are then weighed once more, so that probabilities fit what was held out. Both
looks are symmetric in the two.
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
from sayso.trace.pair_reader import PairReader, load_pair_reader, read_pairs
from sayso.trace.word_table import WordTable, read_words

Floats = NDArray[np.float32]
Chances = NDArray[np.float64]

OUTCOMES = ("same", "contrary", "other")
OPEN = 0.4  # a pair gets a second look where that could still make it as probably the same, or the contrary
_UNSEEN = 0.055  # how probably a pair that gets none would be called either there: what most pairs like it were called
_LEAST = 1e-3  # below which probabilities of either look make no difference
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
    second: Floats | None = None  # [scores of the second look, logarithms of the first's, cosine, 1; outcomes]
    reader: PairReader | None = None  # takes the second look


def load_judge(folder: Path | Traversable | None = None) -> Judge:
    """Load the judge from a folder, or the one that ships. Raises FileNotFoundError where a part is missing."""
    folder = folder or files("sayso") / "weights" / "claims"
    with np.load(BytesIO((folder / "judge.npz").read_bytes())) as given:
        learned = {name: given[name].astype(np.float32) for name in given.files}
    words = read_words(folder / "words.npz")
    if not (folder / "second.npz").is_file():
        return Judge(**learned, words=words)
    with np.load(BytesIO((folder / "second.npz").read_bytes())) as given:
        second = given["second"].astype(np.float32)
    return Judge(**learned, words=words, second=second, reader=load_pair_reader(folder))


def judge_pairs(
    judge: Judge,
    vectors: Vectors,
    facts: Sequence[Facts],
    texts: Sequence[str],
    pairs: Sequence[tuple[int, int]],
    threads: int = 1,
) -> Chances:
    """The probabilities [pairs, outcomes] of same, contrary and other, of pairs given by their places.

    It does not matter which of a pair comes first: the shorter is read as the claim that the longer may put forward.
    Nor does it matter what else is weighed with a pair, or on how many `threads`.
    """
    return judged(judge, vectors, facts, texts, pairs, OPEN, threads)[0]


def judged(
    judge: Judge,
    vectors: Vectors,
    facts: Sequence[Facts],
    texts: Sequence[str],
    pairs: Sequence[tuple[int, int]],
    least: float,
    threads: int = 1,
) -> tuple[Chances, NDArray[np.bool_]]:
    """As `judge_pairs`; and which of the pairs were looked at as far as they are to be: those that a second look could
    make the same, or the contrary, as probably as `least` got one."""
    found = np.zeros((len(pairs), len(OUTCOMES)))
    looked = np.ones(len(pairs), dtype=bool)
    for start in range(0, len(pairs), _BLOCK):
        block = pairs[start : start + _BLOCK]
        told, weighed = _first_look(judge, vectors, facts, block)
        if judge.second is not None and judge.reader is not None:
            a, b = (np.array(side, dtype=np.int64) for side in zip(*block, strict=True))
            cosines = (unit(vectors[a]) * unit(vectors[b])).sum(1)
            is_open = _is_open(judge.second, weighed, cosines, least)
            looked[start : start + _BLOCK], open_ = is_open, np.flatnonzero(is_open)
            chosen = [claim_first(texts[block[i][0]], texts[block[i][1]]) for i in open_.tolist()]
            scores = np.tile(_scores(_UNSEEN, _UNSEEN), (len(block), 1))
            scores[open_] = read_pairs(judge.reader, chosen, threads)
            weighed = kept_apart(second_look(judge.second, scores, weighed, cosines), told)
        found[start : start + _BLOCK] = weighed
    return found, looked


def _is_open(second: Floats, first: Chances, cosines: Floats, least: float) -> NDArray[np.bool_]:
    """Which pairs a second look could make the same, or the contrary, if it spoke for that as plainly as can be."""
    surest = 1 - 2 * _LEAST
    same = second_look(second, np.tile(_scores(surest, _LEAST), (len(first), 1)), first, cosines)[:, 0]
    contrary = second_look(second, np.tile(_scores(_LEAST, surest), (len(first), 1)), first, cosines)[:, 1]
    return np.asarray((same >= least) | (contrary >= least))


def _scores(same: float, contrary: float) -> Floats:
    """Scores of the second look that come to these probabilities."""
    return np.log(np.array([same, contrary, 1 - same - contrary], dtype=np.float32))


def claim_first(one: str, other: str) -> tuple[str, str]:
    """Two texts, the shorter first: it is the claim that the longer may put forward among other things."""
    return (one, other) if (len(one), one) <= (len(other), other) else (other, one)


def second_look(second: Floats, scores: Floats, first: Chances, cosines: Floats) -> Chances:
    """Probabilities [pairs, outcomes], from the scores of the second look, those of the first, and cosines."""
    score = seen(scores, first, cosines) @ second.astype(np.float64)
    score = np.exp(score - score.max(1, keepdims=True))
    return np.asarray(score / score.sum(1, keepdims=True), dtype=np.float64)


def seen(scores: Floats, first: Chances, cosines: Floats) -> Chances:
    """What the last weighing is given of pairs: logarithms of either look's probabilities, and the cosine."""
    top = scores - scores.max(1, keepdims=True)
    read = top - np.log(np.exp(top).sum(1, keepdims=True))
    ones = np.ones((len(scores), 1))
    parts = (np.maximum(read, np.log(_LEAST)), np.log(np.maximum(first, _LEAST)), cosines[:, None], ones)
    return np.concatenate(parts, axis=1).astype(np.float64)


def first_look(judge: Judge, vectors: Vectors, facts: Sequence[Facts], pairs: Sequence[tuple[int, int]]) -> Chances:
    """The probabilities of pairs at the first look alone."""
    found = np.zeros((len(pairs), len(OUTCOMES)))
    for start in range(0, len(pairs), _BLOCK):
        _, found[start : start + _BLOCK] = _first_look(judge, vectors, facts, pairs[start : start + _BLOCK])
    return found


def _first_look(
    judge: Judge, vectors: Vectors, facts: Sequence[Facts], pairs: Sequence[tuple[int, int]]
) -> tuple[Floats, Chances]:
    """The signs of some pairs, and their probabilities by these."""
    a, b = (np.array(side, dtype=np.int64) for side in zip(*pairs, strict=True))
    told = np.stack([signs(facts[i], facts[j], judge.words) for i, j in pairs])
    return told, weigh(judge, unit(vectors[a]), unit(vectors[b]), told)


def weigh(judge: Judge, u: Floats, v: Floats, told: Floats) -> Chances:
    """The probabilities of pairs, from two vectors of length one each and their signs.

    In double precision: what a pair gets does not depend, in any decimal that counts, on which are weighed with it.
    """
    read = given(u, v, told).astype(np.float64)
    hidden = (read - judge.mean) * judge.scale @ judge.signs.astype(np.float64) + judge.shift
    score = np.maximum(hidden, 0) @ judge.out.astype(np.float64) + judge.out_shift
    score = np.exp(score - score.max(1, keepdims=True))
    return kept_apart(score / score.sum(1, keepdims=True), told)


def kept_apart(chances: Chances, told: Floats) -> Chances:
    """Probabilities where what must agree does not: such a pair is hardly the same, whatever else speaks for it.

    That is so where numbers, names or times differ and most else is shared, where one is turned against the other by a
    negation or an opposite, and where two names stand in the opposite order: who sued whom. The corpora are laxer in
    this than a claim can be, so that neither look learns it from them.
    """
    row = {name: told[:, i] for i, name in enumerate(SIGNS)}
    swapped = (row["roles swapped"] > 0) & (row["in another order"] >= _REVERSED) & (row["names agree"] >= _TWO_NAMES)
    numbers = row["numbers differ"] > 0  # whatever else agrees: "three of the nine gates", "two of the nine gates"
    times = (row["times differ"] > 0) & (row["times agree"] == 0)
    names = (row["names differ"] > 0) & (row["names agree"] == 0)
    much = row["words of the shorter"] >= _MUCH
    turned = (row["turned once"] > 0) & much
    differs = ((numbers | times | names) & much & ~turned) | swapped
    taken = np.where(differs | turned, np.maximum(chances[:, 0] - _HARDLY, 0), 0.0)
    out = chances.copy()
    out[:, 0] -= taken
    out[:, 1] += np.where(turned, taken, 0.0)
    out[:, 2] += np.where(turned, 0.0, taken)
    return out


def given(u: Floats, v: Floats, told: Floats) -> Floats:
    """What the network reads of pairs: their signs, their cosine, and its square."""
    cosine = (u * v).sum(1, keepdims=True)
    return np.concatenate([told, cosine, cosine * cosine], axis=1).astype(np.float32)
