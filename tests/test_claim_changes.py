"""The script that changes contents to learn from: each change does what its name says."""

from __future__ import annotations

import random

import pytest

pytest.importorskip("torch")

from training import claim_changes as changes
from training.claim_pairs import Content, changed, untokenized


@pytest.mark.parametrize(
    ("change", "text", "options"),
    [
        (changes.negate, "the ferry did not sail", {"the ferry did sail"}),
        (changes.negate, "the bridge is safe", {f"the bridge is{n} safe" for n in (" not", "n't", " never")}),
        (changes.negate, "the storm destroyed the pier", {"the storm did not destroy the pier"}),
        (changes.backshift, "the ferry will sail", {"the ferry would sail"}),
        (changes.passive, "the mill was burned by Bill Hale", {"Bill Hale burned the mill"}),
        (changes.swapped, "the driver kicked the guard", {"the guard kicked the driver"}),
        (changes.unprefixed, "the bridge was safe", {"the bridge was unsafe"}),
        (changes.contracted, "the ferry did not sail", {"the ferry didn't sail"}),
        (
            changes.other_day,
            "it sank on the night of May 3, 2012",
            {f"it sank on the night of May 3, {2012 + n}" for n in (-4, -2, -1, 1, 2, 4)},
        ),
    ],
)
def test_a_change(change: changes.Change, text: str, options: set[str]) -> None:
    assert change(text, random.Random(1)) in options


@pytest.mark.parametrize("change", [changes.negate, changes.passive, changes.other_number, changes.other_day])
def test_where_there_is_nothing_to_change_nothing_comes_out(change: changes.Change) -> None:
    assert change("the old mill", random.Random(1)) is None


def test_another_number_is_another() -> None:
    for seed in range(20):
        new = changes.other_number("12 people died", random.Random(seed))
        assert new is not None
        assert not new.startswith("12 ")


def test_pairs_differ_and_are_the_same_at_each_run() -> None:
    given = [Content(f"the mayor will sell {n} boats to Ida Ruiz, who is rich", "a") for n in range(2, 20)]
    made = changed(given, random.Random(1))
    assert made == changed(given, random.Random(1))
    assert {pair.label for pair in made} == {0, 1, 2}
    assert all(pair.a != pair.b for pair in made)


def test_tokens_are_put_together_as_they_are_written() -> None:
    assert untokenized(["``", "We", "wo", "n't", "sell", ",", "''", "she", "said", "."]) == "“We won't sell,” she said."
