"""The chains against the sum and the best over all paths, counted out one by one."""

from __future__ import annotations

from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sayso.extract.chain import Floats, best_paths, marginals, pad_steps


def random_steps(seed: int, chains: int, length: int, labels: int) -> Floats:
    return np.random.default_rng(seed).normal(0, 2, (chains, length, labels, labels)).astype(np.float32)


def score(steps: Floats, path: tuple[int, ...]) -> float:
    return sum(float(steps[t, a, b]) for t, (a, b) in enumerate(zip((0, *path), path, strict=False)))


@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(2, 3))
def test_best_path_and_marginals_are_those_of_all_paths(seed: int, length: int, labels: int) -> None:
    steps = random_steps(seed, 2, length, labels)
    paths, best = best_paths(steps)
    probability, total = marginals(steps)
    for i in range(2):
        every = {path: score(steps[i], path) for path in product(range(labels), repeat=length)}
        assert np.isclose(best[i], max(every.values()), atol=1e-4)
        assert np.isclose(every[tuple(paths[i].tolist())], max(every.values()), atol=1e-4)
        weights = np.exp(list(every.values()))
        assert np.isclose(total[i], np.log(weights.sum()), atol=1e-4)
        for t in range(length):
            share = sum(w for path, w in zip(every, weights, strict=True) if path[t] == 1) / weights.sum()
            assert np.isclose(probability[i, t, 1], share, atol=1e-4)


@given(st.integers(0, 10_000), st.integers(1, 8), st.integers(1, 20))
def test_padding_changes_nothing(seed: int, length: int, more: int) -> None:
    steps = random_steps(seed, 1, length + more, 3)
    padded = pad_steps(steps, np.array([length]))
    path, best = best_paths(steps[:, :length])
    longer, same = best_paths(padded)
    assert np.isclose(best, same, atol=1e-4)
    assert (longer[0, :length] == path[0]).all()
    assert np.allclose(marginals(padded)[0][0, :length], marginals(steps[:, :length])[0][0], atol=1e-5)


def test_long_chains_neither_overflow_nor_vanish() -> None:
    steps = random_steps(3, 1, 5000, 3) * 20
    probability, total = marginals(steps)
    assert np.isfinite(total).all()
    assert np.allclose(probability.sum(-1), 1, atol=1e-4)
