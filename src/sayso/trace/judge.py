"""Whether two propositions put the same forward, the contrary, or something else.

Two looks are taken. In the first, which is quick, a small network weighs the signs of agreement and how near the two
vectors are. It reads the vectors by their cosine alone: with all their numbers it learned its own corpora, and did
worse on others. In the second, the words of both are aligned (alignment.py), and both are read together
(pair_reader.py). That takes most of the time by far, so that it is guessed from all else what the reader would say, and
it reads a pair only where it may decide. All of it is then weighed once more, by a few numbers that were learned from
pairs of real articles (training/claim_weighing.py). Both looks are symmetric in the two.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sayso.trace.agreement import SIGNS, Facts, signs
from sayso.trace.alignment import align_pairs
from sayso.trace.encoder import ClaimEncoder, Vectors, load_encoder, unit
from sayso.trace.pair_reader import PairReader, load_pair_reader, read_pairs
from sayso.trace.word_table import WordTable, read_words

Floats = NDArray[np.float32]
Chances = NDArray[np.float64]

OUTCOMES = ("same", "contrary", "other")
DECIDED = 0.5  # a pair is read where it may depend on that whether it is this probably the same, or the contrary
_OFF = 2.75  # by how much what `of_reader` gives may be off from what is guessed: nearly three standard deviations
_SEEMS_CONTRARY = 0.1  # to the first look: then the reader may find any pair to be that, whatever is guessed
_LIKELY_CONTRARY = 0.07  # to the first look and by the guess, in their geometric mean: less is not read for that
_SURE = -0.05  # the logarithm of the contrary that the reader hardly ever goes beyond
_LEAST = 1e-3  # below which probabilities of either look make no difference
_MOST = np.array([math.log((1 - _LEAST) / _LEAST), math.log(1 - _LEAST)])
_HARDLY = 0.2  # the most that such a pair can be the same
_MUCH, _SOME = 0.6, 0.4  # of the shorter one's words are shared
_SEEMS = 0.25  # how probable the contrary is beside the same where few words are shared
_REVERSED = 0.75  # of the pairs of shared words stand in the other order
_TWO_NAMES = math.log1p(1.9)  # of two: the signs are counted in logarithms
_BLOCK = 512  # pairs that are weighed at a time


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
    second: Floats | None = None  # [what `seen` gives; outcomes]
    guess: Floats | None = None  # [what `beside_reader` gives, SIGNS; what `of_reader` gives]
    encoder: ClaimEncoder | None = None  # aligns words
    reader: PairReader | None = None  # reads pairs


def load_judge(folder: Path | Traversable | None = None, encoder: ClaimEncoder | None = None) -> Judge:
    """Load the judge from a folder, or the one that ships; with an encoder that is loaded already, where one is given.
    Raises FileNotFoundError where a part is missing."""
    folder = folder or files("sayso") / "weights" / "claims"
    with np.load(BytesIO((folder / "judge.npz").read_bytes())) as given:
        learned = {name: given[name].astype(np.float32) for name in given.files}
    words = read_words(folder / "words.npz")
    if not (folder / "second.npz").is_file():
        return Judge(**learned, words=words)
    with np.load(BytesIO((folder / "second.npz").read_bytes())) as given:
        learned |= {name: given[name].astype(np.float32) for name in given.files}
    encoder = encoder or load_encoder(folder)
    return Judge(**learned, words=words, encoder=encoder, reader=load_pair_reader(folder, encoder.tokenizer))


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
    found = np.zeros((len(pairs), len(OUTCOMES)))
    with ThreadPoolExecutor(1) as beside:  # while some pairs are read, the next ones are looked at
        waiting: tuple[slice, Callable[[], Chances]] | None = None
        for start in range(0, len(pairs), _BLOCK):
            block = slice(start, start + _BLOCK)
            looked = _looked_at(judge, vectors, facts, texts, pairs[block], partial(_read, beside, threads))
            if waiting is not None:
                found[waiting[0]] = waiting[1]()
            waiting = block, looked
        if waiting is not None:
            found[waiting[0]] = waiting[1]()
    return found


_Reading = Callable[[PairReader, Sequence[tuple[str, str]]], Callable[[], Floats]]


def _read(
    beside: ThreadPoolExecutor, threads: int, reader: PairReader, texts: Sequence[tuple[str, str]]
) -> Callable[[], Floats]:
    """Begin to read pairs; what is returned gives their scores."""
    if threads == 1:
        scores = read_pairs(reader, texts)
        return lambda: scores
    return beside.submit(read_pairs, reader, texts, threads).result


def _looked_at(
    judge: Judge,
    vectors: Vectors,
    facts: Sequence[Facts],
    texts: Sequence[str],
    pairs: Sequence[tuple[int, int]],
    begin: _Reading,
) -> Callable[[], Chances]:
    """Look at pairs, and begin to read those that the reader may decide; what is returned gives the probabilities."""
    told, first = first_signs(judge, vectors, facts, pairs)
    second, guess, reader = judge.second, judge.guess, judge.reader
    if second is None or guess is None or judge.encoder is None or reader is None:
        return lambda: first
    a, b = (np.array(side, dtype=np.int64) for side in zip(*pairs, strict=True))
    cosines = (unit(vectors[a]) * unit(vectors[b])).sum(1)
    chosen = [claim_first(texts[i], texts[j]) for i, j in pairs]
    beside = beside_reader(first, align_pairs(judge.encoder, chosen), cosines)
    read = guessed(guess, beside, told)
    open_ = np.flatnonzero(_may_decide(second, first, beside, told, read))
    scores = begin(reader, [chosen[i] for i in open_.tolist()])

    def weighed() -> Chances:
        read[open_] = of_reader(scores())
        return kept_apart(weighed_once_more(second, np.column_stack([read, beside])), told)

    return weighed


def _may_decide(second: Floats, first: Chances, beside: Chances, told: Floats, read: Chances) -> NDArray[np.bool_]:
    """Of which pairs the reader may decide whether they are the same, or the contrary, given what it is guessed to
    say."""

    def weighed(read: Chances) -> Chances:
        return kept_apart(weighed_once_more(second, np.column_stack([read, beside])), told)

    more, less = (weighed(read + np.array([off, 0.0])) for off in (_OFF, -_OFF))
    may_be_same = (more[:, 0] >= DECIDED) & (less[:, 0] < DECIDED)
    by = np.where(first[:, 1] >= _SEEMS_CONTRARY, np.inf, _OFF)
    may_be_contrary = weighed(more_contrary(read, by))[:, 1] >= DECIDED
    guess = weighed(read)
    likely = np.sqrt(first[:, 1] * guess[:, 1]) >= _LIKELY_CONTRARY
    seems_same = guess[:, 0] >= DECIDED  # as "there is no evidence that …" is guessed to be
    return np.asarray(may_be_same | (may_be_contrary & (likely | seems_same)))


def guessed(guess: Floats | Chances, beside: Chances, told: Floats) -> Chances:
    """What the reader would say of pairs, as `of_reader` gives it, guessed from what `beside_reader` gives, and from
    their signs."""
    return np.asarray(np.minimum(np.column_stack([beside, told]) @ guess.astype(np.float64), _MOST))


def more_contrary(read: Chances, by: Chances) -> Chances:
    """What `of_reader` gives, were its logarithm of the contrary higher by so much; the same is then no more probable
    than what that leaves."""
    contrary = np.minimum(read[:, 1] + by, _SURE)
    left = -np.expm1(contrary)
    return np.column_stack([np.minimum(read[:, 0], np.log(left) - contrary), contrary])


def claim_first(one: str, other: str) -> tuple[str, str]:
    """Two texts, the shorter first: it is the claim that the longer may put forward among other things."""
    return (one, other) if (len(one), one) <= (len(other), other) else (other, one)


def weighed_once_more(second: Floats | Chances, given: Chances) -> Chances:
    """Probabilities [pairs, outcomes] of what `seen` gives of pairs."""
    score = given @ second.astype(np.float64)
    score = np.exp(score - score.max(1, keepdims=True))
    return np.asarray(score / score.sum(1, keepdims=True), dtype=np.float64)


def seen(scores: Floats, first: Chances, aligned: Floats | Chances, cosines: Floats) -> Chances:
    """What the last weighing is given of pairs, in the order of SEEN."""
    return np.column_stack([of_reader(scores), beside_reader(first, aligned, cosines)])


def of_reader(scores: Floats) -> Chances:
    """What is given of the reader's scores of pairs: the first two of SEEN."""
    read = np.exp(scores - scores.max(1, keepdims=True)).astype(np.float64)
    read /= read.sum(1, keepdims=True)
    return np.column_stack([_log_odds(read[:, 0]), _log(read[:, 1])])


def beside_reader(first: Chances, aligned: Floats | Chances, cosines: Floats) -> Chances:
    """What is given of pairs beside that: the others of SEEN."""
    return np.column_stack([_log_odds(first[:, 0]), _log(first[:, 1]), aligned, cosines, np.ones(len(cosines))]).astype(
        np.float64
    )


SEEN = (
    *("log odds of same by the reader", "logarithm of contrary by the reader"),
    *("log odds of same at the first look", "logarithm of contrary at the first look"),
    *("words of the text that is met better", "words of the other", "words that are met least", "cosine", "one"),
)


def _log(chances: Chances) -> Chances:
    return np.log(np.maximum(chances, _LEAST))


def _log_odds(chances: Chances) -> Chances:
    known = np.clip(chances, _LEAST, 1 - _LEAST)
    return np.log(known / (1 - known))


def first_look(judge: Judge, vectors: Vectors, facts: Sequence[Facts], pairs: Sequence[tuple[int, int]]) -> Chances:
    """The probabilities of pairs at the first look alone."""
    found = np.zeros((len(pairs), len(OUTCOMES)))
    for start in range(0, len(pairs), _BLOCK):
        _, found[start : start + _BLOCK] = first_signs(judge, vectors, facts, pairs[start : start + _BLOCK])
    return found


def first_signs(
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
    some = row["words of the shorter"] >= _SOME  # numbers are of the same things, and tell more apart than a name does
    seems = some & (chances[:, 1] >= _SEEMS * chances[:, 0])  # "sold to a trust", "a trust bought" share less
    turned = (row["turned once"] > 0) & (much | seems)
    of_one = some | (row["names agree"] > 0)  # "twenty households", "twelve households" of one town
    differs = ((numbers & of_one | (times | names) & much) & ~turned) | swapped
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
