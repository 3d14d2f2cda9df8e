"""Groups of propositions: no drift, no dependence on order, components by themselves."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.trace.grouping import (
    APART,
    Group,
    Pair,
    components,
    contrary_groups,
    differs,
    group,
    group_around,
    known_pairs,
)

KEYS = [f"p{i}" for i in range(9)]


def members(groups: Sequence[Group]) -> list[tuple[str, ...]]:
    return [one.members for one in groups]


@st.composite
def pairs(draw: st.DrawFn) -> list[Pair]:
    """Some pairs of nine propositions, each at most once."""
    chosen = draw(st.lists(st.sampled_from(list(itertools.combinations(KEYS, 2))), unique=True, max_size=25))
    found = []
    for a, b in chosen:
        same = draw(st.floats(0, 1))
        found.append(Pair(a, b, same, draw(st.floats(0, 1 - same))))
    return found


def answered(asked: Sequence[tuple[str, str]]) -> list[tuple[float, float]]:
    """A callback that says of each pair the same whenever it is asked."""
    return [((int(a[1:]) * 7 + int(b[1:]) * 13) % 10 / 10, 0.0) for a, b in asked]


def test_what_is_the_same_is_one_group() -> None:
    given = [Pair("a", "b", 0.9), Pair("b", "c", 0.8), Pair("a", "c", 0.9)]
    assert members(group("abcd", given)) == [("a", "b", "c"), ("d",)]


def test_a_chain_does_not_join_what_differs() -> None:
    given = [Pair("a", "b", 0.9), Pair("b", "c", 0.8), Pair("a", "c", 0.1)]
    assert members(group("abc", given)) == [("a", "b"), ("c",)]


def test_contraries_are_not_in_one_group() -> None:
    given = [Pair("a", "b", 0.9), Pair("b", "c", 0.9), Pair("a", "c", 0.4, 0.6)]
    groups = group("abc", given)
    assert members(groups) == [("a", "b"), ("c",)]
    assert contrary_groups(groups, given) == []  # of the two pairs between them, one says the same
    ((i, j, share),) = contrary_groups(groups, [given[0], given[2]])
    assert (i, j) == (0, 1)
    assert share == pytest.approx(0.6)


def test_unknown_pairs_are_not_the_same_unless_they_are_asked_for() -> None:
    given = [Pair("a", "b", 0.9), Pair("b", "c", 0.8)]
    assert members(group("abc", given)) == [("a", "b"), ("c",)]
    assert members(group("abc", given, lambda asked: [(0.9, 0.0)] * len(asked))) == [("a", "b", "c")]
    assert members(group("abc", given, lambda asked: [(0.1, 0.0)] * len(asked))) == [("a", "b"), ("c",)]


def test_no_more_is_asked_than_the_budget() -> None:
    keys = [f"k{i:03}" for i in range(100)]
    asked: list[tuple[str, str]] = []

    def ask(missing: Sequence[tuple[str, str]]) -> list[tuple[float, float]]:
        asked.extend(missing)
        return [(0.9, 0.0)] * len(missing)

    given = [Pair(a, b, 0.9) for a, b in itertools.pairwise(keys)]
    assert members(group(keys, given, ask, budget=20)) == [tuple(keys)]
    asked.clear()
    assert len(group(keys, given, ask, budget=2)) > 1  # what could not be asked for is not the same
    assert 0 < len(asked) <= 2 * len(keys)
    assert len(set(asked)) == len(asked)


def test_a_doubtful_member_is_marked() -> None:
    given = [Pair("a", "b", 0.95), Pair("b", "c", 0.6), Pair("a", "c", 0.6)]
    (one,) = group("abc", given)
    assert one.members == ("a", "b", "c")
    assert one.doubtful == ("c",)
    assert one.probabilities[2] == pytest.approx(0.6)


def test_each_proposition_is_in_one_group_also_without_pairs() -> None:
    assert members(group("ab", [])) == [("a",), ("b",)]
    assert members(group("a", [Pair("a", "a", 0.1)])) == [("a",)]


@given(pairs(), st.randoms(use_true_random=False), st.booleans())
def test_the_order_of_pairs_and_propositions_does_not_matter(given: list[Pair], rng: object, asks: bool) -> None:
    ask = answered if asks else None
    there = group(KEYS, given, ask)
    turned = [Pair(p.b, p.a, p.same, p.contrary) for p in given]
    keys = list(KEYS)
    rng.shuffle(turned)  # type: ignore[attr-defined]
    rng.shuffle(keys)  # type: ignore[attr-defined]
    assert group(keys, turned, ask) == there


@given(pairs(), st.booleans())
def test_a_component_is_grouped_as_it_is_by_itself(given: list[Pair], asks: bool) -> None:
    ask = answered if asks else None
    whole = group(KEYS, given, ask)
    parts = []
    for component in components(KEYS, known_pairs(given)):
        inside = [p for p in given if p.a in component and p.b in component]
        parts += group(component, inside, ask)
    assert sorted(parts, key=lambda one: one.members) == whole


@given(pairs(), st.booleans())
def test_nothing_that_is_known_to_differ_is_in_one_group(given: list[Pair], asks: bool) -> None:
    groups = group(KEYS, given, answered if asks else None)
    assert sorted(key for one in groups for key in one.members) == KEYS
    known = known_pairs(given)
    for one in groups:
        for pair in itertools.combinations(one.members, 2):
            assert pair not in known or not differs(known[pair])
    assert APART > 0


def test_a_thousand_that_say_the_same_are_one_group_around_one_of_them() -> None:
    """Each is known to be the same as the next alone; two say something else, one of them by a known pair."""
    keys = [f"{i:04}" for i in range(1000)]
    other = {"0400", "0401"}
    asked: list[tuple[str, str]] = []

    def ask(pairs: Sequence[tuple[str, str]]) -> list[tuple[float, float]]:
        asked.extend(pairs)
        return [(0.1 if other & set(pair) else 0.9, 0.0) for pair in pairs]

    pairs = [Pair(a, b, 0.95) for a, b in itertools.pairwise(keys)] + [
        Pair(keys[0], keys[i], 0.95) for i in range(2, 5)
    ]
    found = group_around(keys, pairs, ask)
    assert [set(one.members) for one in found] == [set(keys) - other, other]
    assert len(asked) < 4 * len(keys)
    assert group_around(reversed(keys), reversed(pairs), ask) == found


def test_none_belongs_to_a_group_over_a_third() -> None:
    pairs = [Pair("a", "b", 0.9), Pair("b", "c", 0.9), Pair("c", "d", 0.9), Pair("d", "e", 0.9)]
    found = group_around("abcde", pairs, lambda some: [(0.0, 0.0)] * len(some))
    assert [one.members for one in found] == [("a", "b", "c"), ("d", "e")]
