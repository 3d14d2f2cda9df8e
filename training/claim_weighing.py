"""How both looks at a pair of propositions are weighed together: `second.npz` of the claims model.

python -m training.claim_weighing --shared ../shared --propositions ~/sayso-runs/claims/propositions.json

How much each thing that is seen of a pair speaks for an outcome, against the others, was chosen by hand (DIRECTIONS);
how much all of them together do is learned by multinomial logistic regression from three sets: the tuned part of
bench/gold/pairs.tsv, without the pairs of wire_copies, whose texts may be measured on only; and those pairs of
training/labels/claims.tsv and training/labels/pairs.tsv that no other part of the model has learned from. The first
have few that are contrary, the second are harder than what stands in a ledger, the third were drawn where a judge was
unsure: each of these two sets has a bias of its own, which is left off. Learned from what was held out of the pairs
that a script made, these weights trusted the reader too far. Of a labelled pair the propositions that are nearest are
taken, and none whose numbers, names or times do not agree, since the judge keeps these apart whatever the weights. What
the reader would say is guessed by a linear regression over contents of PolNeAR train and their nearest ones. The
figures that are printed are of pairs, of newswcl50 and ecbplus by cross-validation, of the others with the weights that
are stored.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

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
from training.claim_labelled import CORPUS as LABELLED
from training.claim_labelled import labelled, texts_by_digest
from training.claim_pairs import Pair, contents, written
from training.claims import WEIGHTS, is_held_out
from training.claims import Settings as PairSettings
from training.runs import note

Numbers = NDArray[np.float64]

WRITTEN = "written"  # what the pairs of our own are of
# How what is seen of a pair speaks for each outcome, by places in SEEN, before it is known how loudly: chosen by the
# average precision on the tuned pairs of all three corpora, on our own that were held out, and on the invented story.
DIRECTIONS = ({0: 1.0, 2: 1.0, 4: 2.0, 5: 4.0, 6: 1.0}, {1: 1.0, 3: 0.25, 5: 1.0})


@dataclass(frozen=True)
class Settings:
    of_ours: float = 0.1  # what the pairs of our own count for in all
    of_labelled: float = 0.3  # the same, for those of PolNeAR train
    shift: tuple[float, float] = (0.3, 0.9)  # to the scores of same and contrary: a miss is as bad as a wrong one
    folds: int = 5
    contents: int = 4500  # of PolNeAR train, article by article, of which pairs are read to learn to guess the reader
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


def held_out(s: Settings) -> list[LabelledPair]:
    """The pairs of wordings of our own that the other parts of the model have not learned from."""
    return [_as_labelled(one) for one in written(random.Random(s.seed)) if is_held_out(one.group, PairSettings())]


def left_to_weigh(data: Path, propositions: Path) -> list[LabelledPair]:
    """The labelled pairs of PolNeAR train that the other parts of the model have not learned from."""
    given = labelled(texts_by_digest(data, propositions))
    return [
        _as_labelled(one.pair) for one in given if one.part == "weighed" or is_held_out(one.pair.group, PairSettings())
    ]


def _as_labelled(one: Pair) -> LabelledPair:
    return LabelledPair(0, one.corpus, "tuned", "", ((one.a,), (one.b,)), (None, None), OUTCOMES[one.label])


def table_of(pairs: Sequence[LabelledPair], weights: Path) -> Table:
    encoder = load_encoder(weights)
    judge = load_judge(weights, encoder)
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
        raise SystemExit(f"{weights} has no pairs.onnx: run training.claim_reader first.")
    cosines = (unit(made[0::2]) * unit(made[1::2])).sum(1)
    aligned = align_pairs(encoder, chosen).astype(np.float64)
    given = seen(read_pairs(judge.reader, chosen), first, aligned, cosines)
    labels = np.array([OUTCOMES.index(one.label) for one in pairs])
    return Table(given, signs, np.array(of), labels, np.array([one.corpus for one in pairs]))


def fit_guess(shared: Path, weights: Path, s: Settings) -> Numbers:
    """The weights by which is guessed what the reader says of pairs: [what `beside_reader` gives, SIGNS; what
    `of_reader` gives]."""
    encoder = load_encoder(weights)
    judge = load_judge(weights, encoder)
    if judge.reader is None:
        raise SystemExit(f"{weights} has no pairs.onnx: run training.claim_reader first.")
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
    signs, first = first_signs(judge, made, [facts_of(text) for text in texts], places)
    chosen = [claim_first(texts[a], texts[b]) for a, b in places]
    cosines = np.array([near[place] for place in places], dtype=np.float32)
    given = np.column_stack([beside_reader(first, align_pairs(encoder, chosen), cosines), signs])
    said = of_reader(read_pairs(judge.reader, chosen))
    guess = np.linalg.lstsq(given, said, rcond=None)[0]
    off = said - given @ guess
    print(f"{len(places)} pairs; the guess is off by {np.round(off.std(0), 2)}, the reader's spread {said.std(0)}")
    return np.asarray(guess)


def fit(known: Table, chosen: NDArray[np.int64], s: Settings) -> Numbers:
    """The weights [SEEN, outcomes], learned from some of the labelled pairs."""
    apart = kept_apart(np.tile([1.0, 0.0, 0.0], (len(known.of), 1)), known.signs)[:, 0] < 1
    nearness = known.given[:, 4] + known.given[:, 5] + 2 * known.given[:, 7]
    rows = [max(np.flatnonzero(known.of == i), key=lambda row: nearness[row]) for i in chosen]
    rows = [row for row in rows if not apart[row]]
    labels, corpora = known.labels[known.of[rows]], known.corpora[known.of[rows]]
    sets = np.column_stack([corpora == WRITTEN, corpora == LABELLED])
    counts = np.array([s.of_ours, s.of_labelled])
    share = sets @ (counts / np.maximum(1, sets.sum(0)))
    share = np.where(sets.any(1), share, (1 - counts.sum()) / max(1, (~sets.any(1)).sum()))
    found = logistic(known.given[rows], sets, labels, share)
    found[-1, :2] += s.shift
    return found


def logistic(given: Numbers, sets: NDArray[np.bool_], labels: NDArray[np.int64], share: Numbers) -> Numbers:
    """Weights [SEEN, outcomes] by multinomial logistic regression: of DIRECTIONS a length, and of what is always 1,
    which is the last, a weight each; "other" has none.

    Each of the `sets` of pairs [pairs, sets] has another of the last beside it, which is left off: how many are the
    same or contrary differs between what was written, what was drawn, and what is met.
    """
    directions = np.zeros((len(SEEN), len(DIRECTIONS)))
    for outcome, weights in enumerate(DIRECTIONS):
        directions[list(weights), outcome] = list(weights.values())
    spoken, inside = torch.from_numpy(given @ directions), torch.from_numpy(sets.astype(np.float64))
    lengths, usual = (torch.zeros(len(DIRECTIONS), dtype=torch.float64, requires_grad=True) for _ in range(2))
    beside = torch.zeros(sets.shape[1], len(DIRECTIONS), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([lengths, usual, beside], max_iter=300, line_search_fn="strong_wolfe")
    target, counts = torch.from_numpy(labels), torch.from_numpy(share)

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        scores = F.pad(spoken * lengths + usual + inside @ beside, (0, 1))
        value = (F.cross_entropy(scores, target, reduction="none") * counts).sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    found = np.zeros((len(SEEN), len(OUTCOMES)))
    found[:, : len(DIRECTIONS)] = directions * lengths.detach().numpy()
    found[-1, : len(DIRECTIONS)] += usual.detach().numpy()
    return found


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
    parser.add_argument("--propositions", type=Path, required=True, help="file of those of PolNeAR train (claims.py)")
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="where the model is, and second.npz goes")
    parser.add_argument("--log", type=Path, help="where the figures are noted, a line of JSON each")
    chosen, s = parser.parse_args(words), Settings()
    known = table_of(
        [
            *(p for p in joined(table(), articles(chosen.shared / "data")) if p.part == "tuned"),
            *held_out(s),
            *left_to_weigh(chosen.shared / "data", chosen.propositions),
        ],
        chosen.weights,
    )
    ours = np.flatnonzero(np.isin(known.corpora, (WRITTEN, LABELLED)))
    real = np.flatnonzero(~np.isin(known.corpora, ("wire_copies", WRITTEN, LABELLED)))
    weights = fit(known, np.concatenate([real, ours]), s)
    outcomes = said(known, weights)
    folds = np.random.default_rng(s.seed).integers(0, s.folds, len(real))
    for fold in range(s.folds):
        without = said(known, fit(known, np.concatenate([real[folds != fold], ours]), s))
        for i in real[folds == fold]:
            outcomes[i] = without[i]
    labels = [OUTCOMES[i] for i in known.labels]
    for corpus in (*CORPORA, WRITTEN, LABELLED):
        inside = [i for i, one in enumerate(known.corpora) if corpus == one]
        for outcome in OUTCOMES[:2]:
            row = scores([outcomes[i] for i in inside], [labels[i] for i in inside], outcome)
            print(f"{corpus:12} {outcome:9} {row['f1']:.1f}")
            if chosen.log:
                note(chosen.log, {"corpus": corpus, "outcome": outcome, **row})
    for name, row in zip(SEEN, weights, strict=True):
        print(f"{name:38} same {row[0]:6.2f}  contrary {row[1]:6.2f}")
    np.savez(chosen.weights / "second.npz", second=weights, guess=fit_guess(chosen.shared, chosen.weights, s))


if __name__ == "__main__":
    main(sys.argv[1:])
