"""What must agree between two propositions, one kind of sign at a time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.lexicon import load_lexicon
from sayso.trace import names_told, quantities, times
from sayso.trace.agreement import contraries, facts_of, inverted, signs
from sayso.trace.stems import WORD, plain, stem, stems
from sayso.trace.word_table import load_words

LEXICON = load_lexicon()


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("12 people died", 12, 12),
        ("twelve people died", 12, 12),
        ("twenty-five boats sank", 25, 25),
        ("two dozen boats sank", 24, 24),
        ("1,250 people came", 1250, 1250),
        ("dozens of boats sank", 24, 120),
        ("at least 40 boats sank", 40, 60),
        ("nearly 100 boats sank", 90, 100),
        ("$1.2 million was paid", 1.15e6, 1.25e6),
        ("a million people came", 0.95e6, 1.05e6),
        ("it fell 3 percent", 3, 3),
    ],
)
def test_a_number_is_a_range(text: str, least: float, most: float) -> None:
    (found,), _ = quantities.quantities(text)
    assert found.least == pytest.approx(least)
    assert found.most == pytest.approx(most)


@pytest.mark.parametrize(
    ("a", "b", "agree", "differ"),
    [
        ("12 people died", "twelve people died", 1, 0),
        ("12 people died", "20 people died", 0, 1),
        ("it fell 3 percent", "it fell 3%", 1, 0),
        ("it cost $5 million", "it cost 5 million dollars", 1, 0),
        ("more than 40 boats sank", "43 boats sank", 1, 0),
        ("12 people died", "people died", 0, 0),
        ("12 men died and 3 boats sank", "3 boats sank and 14 men died", 1, 1),
        ("one of the gates is cracked", "two gates are cracked", 0, 1),
        ("a fourth gate is cracked", "four gates are cracked", 0, 1),
        ("a fourth gate is cracked", "the fourth gate is cracked", 1, 0),
        ("millions of phones were lost", "at least two million users lost theirs", 1, 0),
        ("the cracks in two gates", "the two cracked hinges", 0, 0),
        ("the two met one-on-one", "the two met", 1, 0),
    ],
)
def test_numbers_agree_or_differ(a: str, b: str, agree: int, differ: int) -> None:
    found = quantities.compare(quantities.quantities(a)[0], quantities.quantities(b)[0])
    assert found[:2] == (agree, differ)


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("on Monday", "on Monday", True),
        ("on Monday", "on Tuesday", False),
        ("on Monday", "in March", False),
        ("in 2012", "in 2012", True),
        ("in March 2012", "in March 2013", False),
        ("on July 4", "on the 4th of July", True),
    ],
)
def test_times_agree_or_differ(a: str, b: str, same: bool) -> None:
    one, other = (times.times(f"the ferry sank {words}")[0] for words in (a, b))
    assert times.compare(one, other)[:2] == ((1, 0) if same else (0, 1))


@pytest.mark.parametrize(
    ("a", "b", "differ"),
    [
        ("over Easter weekend", "on Monday", 0),
        ("nine days earlier", "on 2 December", 0),
        ("over Easter weekend", "over Easter weekend", 0),
        ("nine days earlier", "three days earlier", 1),
    ],
)
def test_a_time_that_the_text_leaves_open_differs_from_no_day(a: str, b: str, differ: int) -> None:
    one, other = (times.times(f"the ferry sank {words}")[0] for words in (a, b))
    assert times.compare(one, other)[1] == differ


def test_times_are_resolved_by_the_day_of_publication() -> None:
    one = times.times("the ferry sank yesterday", "2021-03-09")[0]
    other = times.times("the ferry sank on Monday", "2021-03-10")[0]
    assert times.compare(one, other) == (1, 0, 0)
    assert times.compare(one, times.times("the ferry sank on Monday", "2021-03-17")[0]) == (0, 1, 0)


@pytest.mark.parametrize(
    ("a", "b", "agree", "differ"),
    [
        ("the mayor met Ida Ruiz", "the mayor met Ruiz", 1, 0),
        ("the mayor met Ida Ruiz", "the mayor met Ana Ruiz", 0, 1),
        ("troops left Russia", "troops left Moscow", 1, 0),
        ("the Russian envoy left", "the envoy of Russia left", 1, 0),
        ("the head of the FBI left", "the head of the Federal Bureau of Investigation left", 1, 0),
        ("the mayor met Ida Ruiz", "Mayor Met Ida Ruiz In Secret", 1, 0),
        ("The mayor left", "Officials left", 0, 0),
    ],
)
def test_names_agree_or_differ(a: str, b: str, agree: int, differ: int) -> None:
    x, y = facts_of(a), facts_of(b)
    assert names_told.compare(x.names, y.names, x.spoken, y.spoken)[:2] == (agree, differ)


@pytest.mark.parametrize(
    ("a", "b", "turned"),
    [
        ("the ferry sailed", "the ferry did not sail", True),
        ("the ferry sailed", "the ferry didn't sail", True),
        ("the bridge is safe", "the bridge is unsafe", True),
        ("prices rose", "prices have fallen", True),
        ("the captain is not guilty", "the captain is innocent", False),
        ("the ferry did not sail", "the ferry never sailed", False),
        ("the ferry sailed", "the ferry sailed, although it did not rain", False),
        ("he took the money", "he denied taking the money", True),
        ("it is hard to find a ground", "it is difficult to find a ground", False),
        ("they may invoke the rarely used act", "they may invoke an act that is used", False),
        ("the toll is low", "the toll is low, not high", False),
    ],
)
def test_a_claim_is_turned_round(a: str, b: str, turned: bool) -> None:
    assert contraries(facts_of(a), facts_of(b)) % 2 == turned


@pytest.mark.parametrize(
    ("a", "b"),
    [("rose", "rises"), ("closed", "closing"), ("stopped", "stops"), ("resignation", "resign"), ("cities", "city")],
)
def test_forms_of_a_word_have_one_stem(a: str, b: str) -> None:
    assert stem(a) == stem(b)


@pytest.mark.parametrize(("a", "b"), [("state", "station"), ("rise", "ride"), ("form", "formal"), ("new", "news")])
def test_other_words_have_other_stems(a: str, b: str) -> None:
    assert stem(a) != stem(b)


@pytest.mark.parametrize("table", ["opposites", "near_synonyms", "negations", "rough_numbers"])
def test_a_row_is_found_in_its_example(table: str) -> None:
    for row in LEXICON.tables[table]:
        options = [" ".join(stems(words)) for words in row["words"].split("; ")]
        shown = " ".join(stem(plain(word)) for word in WORD.findall(row["example"].replace("n't", " not")))
        assert any(f" {option} " in f" {shown} " for option in options) or "n't" in row["words"], row


@pytest.mark.parametrize(
    ("a", "b", "share"),
    [
        ("the driver hit the guard", "the guard hit the driver", 1.0),
        ("the driver hit the guard", "on Monday the driver hit a guard", 0.0),
        ("Iran attacked Iraq", "Iraq was attacked by Iran", 1.0),
    ],
)
def test_the_order_of_shared_words(a: str, b: str, share: float) -> None:
    assert inverted(facts_of(a), facts_of(b)) == share


def test_words_near_in_meaning_lie_near_each_other() -> None:
    table = load_words()
    assert table.closeness(["blaz"], ["fir"])[0] > table.closeness(["blaz"], ["school"])[0]
    assert table.closeness([], []) == (1.0, 1.0)
    assert table.closeness(["fir"], []) == (0.0, 0.0)


@given(st.text(max_size=80), st.text(max_size=80))
def test_signs_do_not_depend_on_the_order(a: str, b: str) -> None:
    x, y = facts_of(a), facts_of(b)
    assert np.array_equal(signs(x, y, load_words()), signs(y, x, load_words()))
    assert np.isfinite(signs(x, y, load_words())).all()


@given(st.text(max_size=80))
def test_a_text_agrees_with_itself(text: str) -> None:
    facts = facts_of(text)
    assert contraries(facts, facts) == 0
    assert quantities.compare(facts.quantities, facts.quantities)[1] == 0
