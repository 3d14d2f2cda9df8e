"""MUC, B³ and CEAF-e: values worked by hand from the definitions, and what must hold for any clusters."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.bench.coreference import CONLL, SCORES, Tally, by_head, figures, partition, score

pytest.importorskip("scipy")


def clusters(words: str) -> list[list[str]]:
    """ "ab cde" as [[a, b], [c, d, e]]."""
    return [list(word) for word in words.split()]


def shares(name: str, key: str, response: str, **switches: bool) -> tuple[float, float]:
    """Recall and precision, from 0 to 1."""
    tally = score(clusters(key), clusters(response), **switches)[name]
    return tally.recall / 100, tally.precision / 100


def test_muc_counts_the_links_that_are_missing() -> None:
    # Vilain et al. 1995: the key's abcd needs 3 links; the response parts it in two, so 1 of 3 is missing.
    assert shares("muc", "abcd", "ab cd") == pytest.approx((2 / 3, 1))
    assert shares("muc", "ab cd", "abcd") == pytest.approx((1, 2 / 3))


def test_muc_counts_a_mention_that_the_other_side_lacks_as_a_part_of_its_own() -> None:
    # abc falls into ab and c: 1 of 2 links.
    assert shares("muc", "abc", "ab") == pytest.approx((1 / 2, 1))


def test_b_cubed_sees_what_muc_does_not() -> None:
    # Bagga and Baldwin 1998: one wrong link joins the two mentions fg to hijkl, or the five of abcde to them. MUC
    # finds 9 of 10 links right in both. B³'s precision: (5 · 1 + 2 · 2/7 + 5 · 5/7) / 12 against (10 · 5/10 + 2) / 12.
    key, mild, bad = "abcde fg hijkl", "abcde fghijkl", "abcdehijkl fg"
    assert shares("muc", key, mild) == shares("muc", key, bad) == pytest.approx((1, 9 / 10))
    assert shares("b_cubed", key, mild) == pytest.approx((1, 16 / 21))
    assert shares("b_cubed", key, bad) == pytest.approx((1, 7 / 12))


def test_ceaf_pairs_entities_one_to_one() -> None:
    # Luo 2005: of the two halves only one is paired, with 2 · 2 / (4 + 2) = 2/3; divided by 1 entity and by 2.
    assert shares("ceaf_e", "abcd", "ab cd") == pytest.approx((2 / 3, 1 / 3))
    # abcdef–abcdgh 8/12 is the best single pair, but abcdef–ef 4/8 and gh–abcdgh 4/8 are worth more together.
    assert shares("ceaf_e", "abcdef gh", "abcdgh ef") == pytest.approx((1 / 2, 1 / 2))


def test_the_example_of_the_reference_scorer() -> None:
    # Pradhan et al. 2014, figure 1. MUC: (1 + 1) / (2 + 3) and (1 + 0 + 1) / (1 + 1 + 3).
    key, response = "abc defg", "ab cd fghi"
    assert shares("muc", key, response) == pytest.approx((2 / 5, 2 / 5))
    # B³: (4/3 + 1/3 + 1/4 + 4/4) / 7 and (4/2 + 1/2 + 1/2 + 4/4) / 8.
    assert shares("b_cubed", key, response) == pytest.approx((35 / 12 / 7, 4 / 8))
    # CEAF-e: abc–ab 4/5 and defg–fghi 4/8, by 2 entities and by 3.
    assert shares("ceaf_e", key, response) == pytest.approx((1.3 / 2, 1.3 / 3))
    assert shares("mentions", key, response) == pytest.approx((6 / 7, 6 / 8))


def test_clusters_of_one_are_left_out_unless_they_are_kept() -> None:
    assert shares("b_cubed", "ab c", "ab d") == (1, 1)
    assert shares("b_cubed", "ab c", "ab d", singletons=True) == pytest.approx((2 / 3, 2 / 3))
    assert shares("ceaf_e", "ab c", "ab c", singletons=True) == (1, 1)


def test_documents_are_summed_before_dividing() -> None:
    # MUC recall: (1 + 0) of (1 + 3) links; precision: 1 of 1.
    row = figures([score(clusters("ab"), clusters("ab")), score(clusters("cdef"), [])])
    assert row["muc"] == {"precision": 100, "recall": 25, "f1": 40}
    # B³ recall 2/6, F1 50; CEAF-e recall 1/2, F1 66.7; the mean of 40, 50 and 66.7.
    assert row["conll"] == pytest.approx(52.2)


def test_nothing_found_is_nothing_right() -> None:
    assert figures([score(clusters("ab"), [])])["conll"] == 0
    assert figures([])["conll"] == 0


def test_heads_are_compared_where_asked() -> None:
    # "the new mayor of Velm" … "she" against "mayor" … "she": other spans, the same heads.
    key = [[((0, 21), (8, 13)), ((30, 33), (30, 33))]]
    response = [[((8, 13), (8, 13)), ((30, 33), (30, 33))]]
    assert score(key, response)["muc"].f1 == 0
    assert score(key, response, heads=True)["muc"].f1 == 100


def test_a_head_that_two_clusters_have_goes_to_the_shorter_mention() -> None:
    both, one, later, they = ((0, 24), (0, 11)), ((0, 11), (0, 11)), ((40, 43), (40, 43)), ((50, 54), (50, 54))
    assert by_head([[both, they], [one, later]]) == [[(50, 54)], [(0, 11), (40, 43)]]


def test_a_mention_in_two_clusters_is_refused() -> None:
    with pytest.raises(ValueError, match="'b' stands in 2"):
        partition(clusters("ab bc"))


def labelled(labels: list[int]) -> list[list[int]]:
    """Mentions 0, 1, … by their clusters' labels; label 0 stands for no cluster."""
    return [[m for m, label in enumerate(labels) if label == one] for one in sorted(set(labels) - {0})]


PARTITIONS = st.lists(st.integers(0, 5), max_size=14).map(labelled)


@given(PARTITIONS)
def test_the_key_against_itself_is_perfect(key: list[list[int]]) -> None:
    row = score(key, key)
    full = 100.0 if any(len(cluster) > 1 for cluster in key) else 0.0
    assert all(tally.f1 == pytest.approx(full) for tally in row.values())


@given(PARTITIONS, PARTITIONS, st.booleans())
def test_recall_and_precision_change_places_with_key_and_response(
    key: list[list[int]], response: list[list[int]], singletons: bool
) -> None:
    one, other = score(key, response, singletons=singletons), score(response, key, singletons=singletons)
    for name in SCORES:
        assert one[name].recall == pytest.approx(other[name].precision)
        assert one[name].precision == pytest.approx(other[name].recall)
        assert 0 <= one[name].f1 <= 100 + 1e-9


@given(PARTITIONS, PARTITIONS, st.randoms(use_true_random=False))
def test_order_does_not_matter(key: list[list[int]], response: list[list[int]], dice: random.Random) -> None:
    def shuffled(given: list[list[int]]) -> list[list[int]]:
        return dice.sample([dice.sample(cluster, len(cluster)) for cluster in given], len(given))

    one, other = score(key, response), score(shuffled(key), shuffled(response))
    assert all(_close(one[name], other[name]) for name in SCORES)


@given(PARTITIONS, PARTITIONS)
def test_the_three_agree_that_only_the_key_itself_is_perfect(key: list[list[int]], response: list[list[int]]) -> None:
    same = set(partition(key)) == set(partition(response))
    perfect = all(score(key, response)[name].f1 > 100 - 1e-9 for name in CONLL)
    assert perfect == (same and bool(partition(key)))


def _close(one: Tally, other: Tally) -> Any:
    return (one.recall, one.precision) == pytest.approx((other.recall, other.precision))
