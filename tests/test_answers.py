"""What a source takes a position on that it does not say: answers to questions, refusals, dismissals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.model import Act, Document
from sayso.reading import read
from sayso.trace.answers import Effect, effect_of, reference_of
from sayso.trace.propositions import propositions


def answers(text: str) -> list[tuple[Effect | None, str]]:
    """The answers in an article, and what each is taken to answer."""
    return [(one.answer, one.text) for one in propositions(read(Document("d", text))) if one.answer]


@pytest.mark.parametrize(
    ("said", "effect"),
    [
        ("Anything is possible.", Effect.POSSIBLE),
        ("I would not rule anything out.", Effect.POSSIBLE),
        ("I can’t imagine a bigger lie.", Effect.DENIES),
        ("There is not a word of truth in it.", Effect.DENIES),
        ("It is no lie.", None),
        ("We agree.", Effect.SAYS),
        ("I agree", Effect.SAYS),
        ("Agreed.", Effect.SAYS),
        ("That is true.", Effect.SAYS),
        ("That’s right", Effect.SAYS),
        ("Yes, we sold it.", Effect.SAYS),
        ("We don’t agree.", Effect.DENIES),
        ("We agree to the sale.", None),
        ("It is true of the mill.", None),
        ("The bridge is possible to repair by June if the council pays.", None),
        ("Nonsense like the Velm ferry costs us all money.", None),
        ("The mill is sold.", None),
    ],
)
def test_what_only_answers_is_told_from_what_says_something(said: str, effect: Effect | None) -> None:
    assert effect_of(said) == effect


@given(st.text(max_size=200))
def test_any_text_may_be_asked_about(text: str) -> None:
    assert effect_of(text) in (None, *Effect)


def test_an_answer_is_to_the_question_in_its_sentence() -> None:
    text = "Asked by Radio Velm whether Tarn Ferries had sunk the barge, Mayor Ana Ruiz said: “Anything is possible.”"
    assert answers(text) == [(Effect.POSSIBLE, "Tarn Ferries had sunk the barge")]


def test_who_calls_it_a_lie_disputes_what_was_said_last() -> None:
    text = (
        "The harbour master, Paul Osei, told the Courier that Tarn Ferries had sunk the barge.\n\n"
        "“That is a lie,” said Ana Ruiz, who owns the company."
    )
    assert answers(text) == [(Effect.DENIES, "Tarn Ferries had sunk the barge")]


def test_who_agrees_says_what_was_said_last() -> None:
    text = (
        "The harbour master, Paul Osei, told the Courier that Tarn Ferries had sunk the barge.\n\n"
        "“We agree,” said Ana Ruiz, who owns the lighthouse."
    )
    assert answers(text) == [(Effect.SAYS, "Tarn Ferries had sunk the barge")]


@pytest.mark.parametrize(
    ("act", "cue", "content", "effect"),
    [
        (Act.ASSERT, "confirmed", "the figure", Effect.SAYS),
        (Act.ENDORSE, "accepts", "that finding", Effect.SAYS),
        (Act.ASSERT, "admits", "it", Effect.SAYS),
        (Act.ASSERT, "never confirmed", "it", None),
        (Act.DENY, "rejects", "that", Effect.DENIES),
        (Act.ACCUSE, "called", "the story nonsense", Effect.DENIES),
        (Act.FIND, "knew", "of no such order", Effect.DENIES),
        (Act.DENY, "denied", "that report of the owner", None),
        (Act.ASSERT, "confirmed", "the sale", None),
        (Act.ASSERT, "confirmed", "the figure of 40 dead", None),
        (Act.WANT, "wants", "it", None),
    ],
)
def test_what_no_more_than_points_at_what_was_said(act: Act, cue: str, content: str, effect: Effect | None) -> None:
    assert reference_of(act, cue, content) == effect


@given(st.text(max_size=100), st.text(max_size=100))
def test_any_text_may_point(cue: str, content: str) -> None:
    assert reference_of(Act.ASSERT, cue, content) in (None, *Effect)


def test_who_confirms_a_figure_says_what_was_said_last() -> None:
    text = (
        "The harbour master, Paul Osei, said that forty barges had sunk.\n\n"
        "Ana Ruiz, who owns the company, confirmed the figure."
    )
    assert answers(text) == [(Effect.SAYS, "forty barges had sunk")]


def test_who_confirms_what_the_document_does_not_show_says_nothing() -> None:
    assert answers("Mayor Ana Ruiz confirmed the figure.") == []


def test_an_answer_to_what_the_document_does_not_show_is_none() -> None:
    assert answers("“Anything is possible,” said Mayor Ana Ruiz.") == []


def test_who_does_not_accuse_withholds_what_the_article_says_of_the_matter() -> None:
    text = (
        "Paul Osei told the Courier that Tarn Ferries was behind the fire.\n\n"
        "Minister Ana Ruiz raised the fire with the owners on Friday, but did not accuse the company of any wrongdoing."
    )
    assert answers(text) == [(Effect.WITHHOLDS, "Tarn Ferries was behind the fire")]
