"""Two documents side by side: what one has and the other has not."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledgers import LEXICON, add_to, holding, in_memory, person, told, unnamed
from readings import readings

from sayso.ledger.comparing import Comparison, Piece, compare
from sayso.model import Reading, Relation
from sayso.trace.copying import find_copies
from sayso.trace.tracing import claim_models, trace

ANA = person("Ana Ruiz", "mayor of Ostrey")
BILL = person("Bill Hale", "keeper of the gates")
CLERKS = unnamed("two clerks")


def compared(*documents: Reading) -> Comparison:
    with holding(*documents) as ledger:
        find_copies(ledger, LEXICON)
        trace(ledger, claim_models())
        found = compare(ledger, documents[0].document.id, documents[1].document.id)
    assert found is not None
    return found


COURIER = told(
    "courier",
    "Two clerks said the gates of the barrier are cracked. Bill Hale said the ferry will sail on Friday.",
    unnamed("Two clerks"),
    BILL,
    publisher="Ostrey Courier",
    published="2024-10-08",
)
HERALD = told(
    "herald",
    "Ana Ruiz said the gates of the barrier are cracked. Two clerks said the school closes at noon.",
    ANA,
    unnamed("Two clerks"),
    publisher="Island Herald",
    published="2024-10-09",
)


def test_what_both_say_is_matched_and_the_rest_is_in_one_alone() -> None:
    found = compared(COURIER, HERALD)
    assert [(one.a.speaker, one.b.speaker, one.relation) for one in found.both] == [
        ("Two clerks", "Ana Ruiz", Relation.SAME)
    ]
    assert [one.content for one in found.only_a] == ["the ferry will sail on Friday"]
    assert [one.content for one in found.only_b] == ["the school closes at noon"]


def test_who_is_heard_in_one_only_and_unnamed_sources_are_never_matched() -> None:
    found = compared(COURIER, HERALD)
    assert [one.name for one in found.heard_only_a] == ["Bill Hale"]
    assert [one.name for one in found.heard_only_b] == ["Ana Ruiz"]
    assert found.heard_in_both == ()
    assert [one.name for one in found.unnamed_a] == [one.name for one in found.unnamed_b] == ["Two clerks"]


def test_who_is_heard_in_both_is_matched_by_entity() -> None:
    a = told("a", "Ana Ruiz said the gates are shut.", ANA)
    b = told("b", "Ruiz said the school closes at noon.", person("Ruiz"), person("Ana Ruiz"))
    c = told("c", "Ana Ruiz said the school closes at noon.", ANA)
    assert [one.name for one in compared(a, c).heard_in_both] == ["Ana Ruiz"]
    assert [one.name for one in compared(a, b).heard_only_b] == ["Ruiz"]  # which Ruiz, this text does not say


def test_the_contrary_is_told_as_such() -> None:
    a = told("a", "Ana Ruiz said the gates of the barrier are cracked.", ANA)
    b = told("b", "Bill Hale said the gates of the barrier are not cracked.", BILL)
    assert [one.relation for one in compared(a, b).both] == [Relation.CONTRARY]


PARAGRAPH = (
    "The keepers of the lock wrote to the council in March that two of the nine gates leak at spring tide. "
    "Ana Ruiz said the letter lay in a drawer for a month before anybody opened it. "
)


def test_what_was_copied_is_matched_word_for_word() -> None:
    a = told("a", PARAGRAPH + "Bill Hale said nothing leaks.", ANA, BILL, published="2024-10-08")
    b = told("b", "A reader sent this. " + PARAGRAPH, ANA, published="2024-10-09")
    found = compared(a, b)
    assert found.words_copied >= 30
    assert found.first == "a"
    assert ("Ana Ruiz", "stands in both") in [(one.a.speaker, one.how) for one in found.both]


# Quotations


def quoted(id_: str, sentence: str, *more: str) -> Reading:
    return told(id_, " ".join((f"Ana Ruiz said {sentence}.", *more)), ANA)


def versions(a: str, b: str) -> list[tuple[str, str]]:
    """Each pair of versions, with the words that differ in brackets."""
    found = compared(quoted("a", a), quoted("b", b)).quotations
    return [(bracketed(one.a), bracketed(one.b)) for one in found]


def bracketed(pieces: tuple[Piece, ...]) -> str:
    return "".join(f"[{one.words}]" if one.differs else one.words for one in pieces)


def test_a_quotation_cut_short_shows_what_was_left_out() -> None:
    assert versions("“There is no crack in any gate that bears load”", "“There is no crack in any gate”") == [
        ("There is no crack in any gate [that bears load]", "There is no crack in any gate")
    ]


def test_other_words_in_a_quotation_are_shown_in_both() -> None:
    assert versions("“We will rebuild the lower wall”", "“We shall rebuild the lower wall”") == [
        ("We [will] rebuild the lower wall", "We [shall] rebuild the lower wall")
    ]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("“We will rebuild the lower wall”", '"we will rebuild the lower wall"'),  # marks and capitals
        ("“We will rebuild the lower wall”", "“The ferry sails at noon on Friday”"),  # another quotation
        ("“We will rebuild”", "“We will rebuild soon”"),  # too few words
    ],
)
def test_what_is_no_other_version_is_not_shown(a: str, b: str) -> None:
    assert versions(a, b) == []


def test_the_same_words_of_another_person_are_no_version_of_them() -> None:
    a = told("a", "Ana Ruiz said “we will rebuild the lower wall in May”.", ANA)
    b = told("b", "Bill Hale said “we will rebuild the lower wall”.", BILL)
    assert compared(a, b).quotations == ()


# A ledger


def test_a_document_that_is_not_there() -> None:
    with holding(COURIER) as ledger:
        assert compare(ledger, "courier", "nowhere") is None


def test_documents_that_were_not_traced_are_told_so() -> None:
    with holding(COURIER, HERALD) as ledger:
        found = compare(ledger, "courier", "herald")
    assert found is not None
    assert not found.a.is_traced
    assert [one.name for one in found.heard_only_a] == ["Bill Hale"]


def test_a_document_beside_itself_differs_in_nothing() -> None:
    with holding(COURIER) as ledger:
        trace(ledger, claim_models())
        found = compare(ledger, "courier", "courier")
    assert found is not None
    assert (found.quotations, found.heard_only_a, found.heard_only_b) == ((), (), ())


@settings(max_examples=25, deadline=None)
@given(st.lists(readings(), min_size=2, max_size=2, unique_by=lambda one: one.document.id))
def test_any_two_readings_can_be_compared(found: list[Reading]) -> None:
    with holding_some(found) as ledger:
        ids = [row["reading_id"] for row in ledger.execute("SELECT reading_id FROM documents")]
        for a in ids:
            for b in ids:
                assert compare(ledger, a, b) is not None


def holding_some(found: list[Reading]) -> sqlite3.Connection:
    ledger = in_memory()
    add_to(ledger, found)
    return ledger
