"""How both looks at a pair of propositions are weighed together: `second.npz` of the claims model.

python -m training.claim_weighing --shared ../shared

What makes a pair the same is learned by logistic regression from the tuned part of bench/gold/pairs.tsv, without the
pairs of wire_copies, whose texts may be measured on only. Learned from what was held out of the training pairs, most of
which a script made, these weights trusted the reader too far. Of each pair the propositions that are nearest are taken,
and none whose numbers, names or times do not agree, since the judge keeps these apart whatever the weights. What makes
a pair contrary is set by hand: the tuned part holds seven. What the reader would say is guessed by a linear regression
over contents of PolNeAR train and their nearest ones. The figures that are printed are of pairs, of newswcl50 and
ecbplus by cross-validation, of wire_copies with the weights that are stored.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.pairs import CORPORA, LabelledPair, articles, joined, scores, table
from sayso.trace.agreement import facts_of
from sayso.trace.alignment import align_pairs
from sayso.trace.encoder import load_encoder, similarity, unit, vectors
from sayso.trace.judge import (
    OUTCOMES,
    SEEN,
    beside_reader,
    claim_first,
    first_signs,
    kept_apart,
    load_judge,
    of_reader,
    seen,
    weighed_once_more,
)
from sayso.trace.pair_reader import read_pairs
from training.claim_pairs import contents
from training.claims import WEIGHTS
from training.runs import note

Numbers = NDArray[np.float64]

# What the weights of "same" are learned for; those of SEEN that are not here have none.
LEARNED = [0, 2, 4, 5, 6, 8]
# The weights of "contrary", by their places in SEEN: chosen on the pairs that a script made of held-out contents and
# on tests/cases/claims.
CONTRARY = {1: 0.72, 3: 0.9, 4: 1.0, 5: 1.0, 7: 2.7, 8: -1.65}


@dataclass(frozen=True)
class Settings:
    ridge: float = 0.05
    shift: float = (
        0.4  # to the log odds: of the pairs here a third are the same, and missing one is as bad as a wrong one
    )
    folds: int = 5
    contents: int = 2000  # of PolNeAR train, article by article, of which pairs are read to learn to guess the reader
    neighbours: int = 8  # of a content, at most
    near: float = 0.5  # the least cosine of these
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Table:
    """All pairs of propositions of labelled pairs: what the last weighing is given of them, their signs, the labelled
    pair that each is of; and the labels and corpora of those."""

    given: Numbers
    signs: NDArray[np.float32]
    of: NDArray[np.int64]
    labels: NDArray[np.int64]
    corpora: NDArray[np.str_]


def table_of(pairs: Sequence[LabelledPair]) -> Table:
    encoder = load_encoder(WEIGHTS)
    judge = load_judge(WEIGHTS, encoder)
    told, of = [], []
    for i, one in enumerate(pairs):
        for a, b in product(*one.texts):
            told += [(a, one.published[0]), (b, one.published[1])]
            of.append(i)
    texts = [text for text, _ in told]
    made = vectors(encoder, texts)
    places = [(2 * i, 2 * i + 1) for i in range(len(of))]
    signs, first = first_signs(judge, made, [facts_of(*one) for one in told], places)
    chosen = [claim_first(texts[a], texts[b]) for a, b in places]
    if judge.reader is None:
        raise SystemExit(f"{WEIGHTS} has no pairs.onnx: run training.claim_reader first.")
    cosines = (unit(made[0::2]) * unit(made[1::2])).sum(1)
    aligned = align_pairs(encoder, chosen).astype(np.float64)
    given = seen(read_pairs(judge.reader, chosen), first, aligned, cosines)
    labels = np.array([OUTCOMES.index(one.label) for one in pairs])
    return Table(given, signs, np.array(of), labels, np.array([one.corpus for one in pairs]))


def fit_guess(shared: Path, s: Settings) -> Numbers:
    """The weights by which is guessed what the reader says of pairs: [what `beside_reader` gives, what `of_reader`
    gives]."""
    encoder = load_encoder(WEIGHTS)
    judge = load_judge(WEIGHTS, encoder)
    if judge.reader is None:
        raise SystemExit(f"{WEIGHTS} has no pairs.onnx: run training.claim_reader first.")
    texts = list(dict.fromkeys(one.text for one in contents(shared / "data", "train")[: s.contents]))
    made = vectors(encoder, texts)
    near = similarity(made, made)
    np.fill_diagonal(near, 0)
    places = sorted(
        {
            (min(i, int(j)), max(i, int(j)))
            for i, row in enumerate(near)
            for j in np.argsort(-row)[: s.neighbours]
            if row[j] >= s.near
        }
    )
    _, first = first_signs(judge, made, [facts_of(text) for text in texts], places)
    chosen = [claim_first(texts[a], texts[b]) for a, b in places]
    cosines = np.array([near[place] for place in places], dtype=np.float32)
    given = beside_reader(first, align_pairs(encoder, chosen), cosines)
    said = of_reader(read_pairs(judge.reader, chosen))
    weights = np.linalg.lstsq(given, said, rcond=None)[0]
    off = said - given @ weights
    print(f"{len(places)} pairs; the guess is off by {np.round(off.std(0), 2)}, the reader's spread {said.std(0)}")
    return np.asarray(weights)


def fit(known: Table, chosen: NDArray[np.int64], s: Settings) -> Numbers:
    """The weights [SEEN, outcomes], learned from some of the labelled pairs."""
    apart = kept_apart(np.tile([1.0, 0.0, 0.0], (len(known.of), 1)), known.signs)[:, 0] < 1
    nearness = known.given[:, 4] + known.given[:, 5] + 2 * known.given[:, 7]
    rows = [max(np.flatnonzero(known.of == i), key=lambda row: nearness[row]) for i in chosen]
    rows = [row for row in rows if not apart[row]]
    same = known.labels[known.of[rows]] == 0
    found = np.zeros((len(SEEN), len(OUTCOMES)))
    found[LEARNED, 0] = logistic(known.given[rows][:, LEARNED], same, s.ridge)
    found[-1, 0] += s.shift
    for place, weight in CONTRARY.items():
        found[place, 1] = weight
    return found


def logistic(given: Numbers, true: NDArray[np.bool_], ridge: float) -> Numbers:
    """Weights by logistic regression, the last of them of what is always 1; by Newton's method."""
    mean, scale = given[:, :-1].mean(0), given[:, :-1].std(0)
    x = np.column_stack([(given[:, :-1] - mean) / scale, np.ones(len(given))])
    penalty = 2 * ridge * len(x) * np.diag([*np.ones(x.shape[1] - 1), 0.0])
    w = np.zeros(x.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ w))
        slope = x.T @ (p - true) + penalty @ w
        w -= np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + penalty, slope)
    w[:-1] /= scale
    w[-1] -= mean @ w[:-1]
    return w


def said(known: Table, weights: Numbers) -> list[str]:
    """The likeliest outcome of each labelled pair."""
    chances = kept_apart(weighed_once_more(weights, known.given), known.signs)
    out = np.zeros((len(known.labels), len(OUTCOMES)))
    for k in (0, 1):
        np.maximum.at(out[:, k], known.of, chances[:, k])
    out[:, 2] = np.maximum(0, 1 - out[:, 0] - out[:, 1])
    return [OUTCOMES[i] for i in out.argmax(1)]


def main(words: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m training.claim_weighing", description=__doc__.split("\n")[0])
    parser.add_argument("--shared", type=Path, required=True, help="the folder that holds data/")
    parser.add_argument("--out", type=Path, default=WEIGHTS / "second.npz")
    parser.add_argument("--log", type=Path, help="where the figures are noted, a line of JSON each")
    chosen, s = parser.parse_args(words), Settings()
    known = table_of([p for p in joined(table(), articles(chosen.shared / "data")) if p.part == "tuned"])
    own = np.flatnonzero(known.corpora != "wire_copies")
    weights = fit(known, own, s)
    outcomes = said(known, weights)
    folds = np.random.default_rng(s.seed).integers(0, s.folds, len(own))
    for fold in range(s.folds):
        without = said(known, fit(known, own[folds != fold], s))
        for i in own[folds == fold]:
            outcomes[i] = without[i]
    labels = [OUTCOMES[i] for i in known.labels]
    for corpus in ("all", *CORPORA):
        inside = [i for i, one in enumerate(known.corpora) if corpus in ("all", one)]
        for outcome in OUTCOMES[:2]:
            row = scores([outcomes[i] for i in inside], [labels[i] for i in inside], outcome)
            print(f"{corpus:12} {outcome:9} {row['f1']:.1f}")
            if chosen.log:
                note(chosen.log, {"corpus": corpus, "outcome": outcome, **row})
    for name, row in zip(SEEN, weights, strict=True):
        print(f"{name:38} same {row[0]:6.2f}  contrary {row[1]:6.2f}")
    np.savez(chosen.out, second=weights, guess=fit_guess(chosen.shared, s))


if __name__ == "__main__":
    main(sys.argv[1:])
