"""Invented pairs of propositions: the same, contrary, or something else. See tests/cases/claims.

A line is `one text | another | same`; `not yet` after it marks what is known to fail, and a test fails as soon as such
a pair is met, so that the mark is taken away.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from sayso.trace.agreement import facts_of
from sayso.trace.encoder import ClaimEncoder, load_encoder, similarity, vectors
from sayso.trace.judge import OUTCOMES, Judge, judge_pairs, load_judge

FOLDER = Path(__file__).parent / "cases" / "claims"
LEAST_MET = 0.7  # of all pairs

Case = tuple[str, str, str, bool]


def read_pairs(path: Path) -> list[Case]:
    """The pairs of a file. Raises ValueError where a line is not in the notation."""
    _, _, table = path.read_text("utf8").partition("---\n")
    found = []
    for line in table.splitlines():
        fields = line.split(" | ")
        if len(fields) not in (3, 4) or fields[2] not in OUTCOMES or fields[3:] not in ([], ["not yet"]):
            raise ValueError(f"{path.name}: found {line!r}, expected `text | text | same`, contrary or other")
        found.append((fields[0], fields[1], fields[2], len(fields) == 4))
    return found


CASES = [(path.stem, *case) for path in sorted(FOLDER.glob("*.txt")) for case in read_pairs(path)]


@cache
def encoder() -> ClaimEncoder:
    return load_encoder()


@cache
def judge() -> Judge:
    return load_judge(encoder=encoder())


def judged(pairs: list[tuple[str, str]]) -> np.ndarray:
    """The probabilities of each pair."""
    texts = [text for pair in pairs for text in pair]
    places = [(i, i + 1) for i in range(0, len(texts), 2)]
    return judge_pairs(judge(), vectors(encoder(), texts), [facts_of(text) for text in texts], texts, places)


@pytest.mark.parametrize("case", [pytest.param(c, id=f"{c[0]}: {c[1]} | {c[2]}") for c in CASES])
def test_a_pair(case: tuple[str, str, str, str, bool]) -> None:
    _, a, b, wanted, not_yet = case
    found = OUTCOMES[int(judged([(a, b)])[0].argmax())]
    assert (found == wanted) != not_yet, f"found {found}, expected {wanted}{', marked `not yet`' if not_yet else ''}"


def test_most_pairs_are_met() -> None:
    assert len(CASES) >= 120
    assert sum(not not_yet for *_, not_yet in CASES) >= LEAST_MET * len(CASES)


def test_the_order_of_a_pair_does_not_matter() -> None:
    there = judged([(a, b) for _, a, b, _, _ in CASES])
    back = judged([(b, a) for _, a, b, _, _ in CASES])
    assert np.array_equal(there, back)


def test_a_pair_does_not_depend_on_what_it_is_weighed_with_nor_on_threads() -> None:
    """There are more pairs than are weighed at a time."""
    pairs = [(one[1], other[2]) for one in CASES[:24] for other in CASES[:24]]
    texts = [text for pair in pairs for text in pair]
    facts, made = [facts_of(text) for text in texts], vectors(encoder(), texts)
    places = [(2 * i, 2 * i + 1) for i in range(len(pairs))]
    one, two = (judge_pairs(judge(), made, facts, texts, places, threads) for threads in (1, 2))
    some = judge_pairs(judge(), made, facts, texts, places[-40:])
    assert np.array_equal(one, two)
    assert np.allclose(one[-40:], some, rtol=0, atol=1e-12)


def test_a_vector_depends_on_its_text_alone() -> None:
    texts = [case[1] for case in CASES[:20]]
    together = vectors(encoder(), texts)
    assert all(np.array_equal(vectors(encoder(), [text])[0], together[i]) for i, text in enumerate(texts))
    assert np.array_equal(vectors(encoder(), texts[::-1])[::-1], together)


def test_the_same_lies_nearer_than_something_else() -> None:
    told = vectors(encoder(), ["the mill was sold", "a trust bought the mill", "the ferry sails on Friday"])
    near = similarity(told, told)
    assert near[0, 1] > near[0, 2]
    assert np.allclose(np.diag(near), 1, atol=1e-5)


@pytest.mark.parametrize("text", ["", " ", "?!", "\ud800", "a" * 20_000, "word " * 10_000, "1" * 5_000, "٣ ½ Ⅷ 1e999"])
def test_odd_texts_have_facts_and_vectors(text: str) -> None:
    text = text.encode("utf8", "replace").decode("utf8")
    told = judged([(text, "the mill was sold to a trust")])
    assert told.shape == (1, 3)
    assert abs(float(told.sum()) - 1) < 1e-4
