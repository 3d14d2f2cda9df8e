"""How far the words of one proposition are met in another."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from sayso.trace.alignment import ALIGNED, align_pairs
from sayso.trace.encoder import ClaimEncoder, load_encoder


@cache
def encoder() -> ClaimEncoder:
    return load_encoder()


def test_a_claim_is_met_in_what_says_more_besides() -> None:
    claim, more, else_ = "the mill was sold", "the mill was sold to a trust, and the ferry with it", "the ferry sank"
    inside, beside = align_pairs(encoder(), [(claim, more), (claim, else_)])
    assert inside[0] > beside[0]
    assert inside[0] > inside[1]  # the claim is met better than what says more


def test_the_same_words_are_met_wholly() -> None:
    assert align_pairs(encoder(), [("the mill was sold", "the mill was sold")])[0] == pytest.approx([1, 1, 1], abs=1e-3)


@pytest.mark.parametrize("text", ["", " ", "\n", "word " * 10_000])
def test_odd_texts(text: str) -> None:
    found = align_pairs(encoder(), [(text, "the mill was sold")])
    assert found.shape == (1, len(ALIGNED))
    assert np.isfinite(found).all()


def test_a_pair_depends_on_itself_alone() -> None:
    pairs = [(f"the mill was sold for {i}" + " and more" * i, f"{i} was paid for the mill") for i in range(200)]
    together = align_pairs(encoder(), pairs)
    alone = np.concatenate([align_pairs(encoder(), [pair]) for pair in pairs])
    assert np.array_equal(together, alone)
