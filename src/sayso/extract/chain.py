"""Linear-chain CRFs (Lafferty et al. 2001): the best path through a chain of labels, and how sure it is.

Step scores are arrays [chains, length, from, to]; every chain begins in state 0. Chains are padded at
the end; a padded step stays in its state at no cost.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

FORBIDDEN = np.float32(-1e4)


def pad_steps(steps: Floats, lengths: Ints) -> Floats:
    """The same steps, with those at or after each chain's length made to change nothing."""
    k = steps.shape[-1]
    stay = np.full((k, k), FORBIDDEN, dtype=np.float32)
    np.fill_diagonal(stay, 0.0)
    there = np.arange(steps.shape[1]) < lengths[:, None]
    padded: Floats = np.where(there[:, :, None, None], steps, stay)
    return padded


def best_paths(steps: Floats) -> tuple[Ints, Floats]:
    """The best label sequence of each chain [chains, length], and its score [chains] (Viterbi)."""
    n, length, k, _ = steps.shape
    score = np.full((n, k), FORBIDDEN, dtype=np.float32)
    score[:, 0] = 0.0
    came_from = np.zeros((length, n, k), dtype=np.int64)
    for t in range(length):
        reach = score[:, :, None] + steps[:, t]
        came_from[t] = reach.argmax(1)
        score = reach.max(1)
    paths = np.zeros((n, length), dtype=np.int64)
    if not length:
        return paths, score[:, 0]
    state = score.argmax(1)
    best = score[np.arange(n), state]
    for t in range(length - 1, -1, -1):
        paths[:, t] = state
        state = came_from[t, np.arange(n), state]
    return paths, best


def marginals(steps: Floats) -> tuple[Floats, Floats]:
    """The probability of each label at each place [chains, length, k], and the log of the sum over all
    paths [chains] (forward-backward, scaled at each step)."""
    n, length, k, _ = steps.shape
    top = steps.max((2, 3), keepdims=True)
    step = np.exp((steps - top).astype(np.float64)).swapaxes(0, 1)
    forward = np.zeros((length + 1, n, k))
    forward[0, :, 0] = 1.0
    scale = np.ones((length, n, 1))
    for t in range(length):
        reached = (forward[t][:, :, None] * step[t]).sum(1)
        scale[t] = reached.sum(1, keepdims=True)
        forward[t + 1] = reached / scale[t]
    backward = np.ones((length + 1, n, k))
    for t in range(length - 1, -1, -1):
        backward[t] = (step[t] * backward[t + 1][:, None, :]).sum(2) / scale[t]
    probability = (forward[1:] * backward[1:]).swapaxes(0, 1)
    total = np.log(scale).sum((0, 2)) + top.sum((1, 2, 3))
    return probability.astype(np.float32), total.astype(np.float32)
