"""What the outlet says in its own voice, and what it does not."""

from __future__ import annotations

import pytest

from sayso.model import Attribution, Document, Span
from sayso.statements import sentences, statements

TEXT = "Bridge to close\n\nThe Orr bridge closes on Monday. Ana Ruiz said it was unsafe. “It shook,” she said.\n"


def attribution(text: str, cue: str, content: str) -> Attribution:
    def span(words: str) -> Span:
        at = text.index(words)
        return Span(at, at + len(words))

    return Attribution("a", None, span(cue), (span(content),), 0.9)


def shown(text: str, *attributions: Attribution) -> list[tuple[str, bool]]:
    return [(s.span.of(text), s.headline) for s in statements(Document("d", text), attributions)]


def test_sentences_without_content_are_the_outlets_own() -> None:
    said = attribution(TEXT, "said", "it was unsafe")
    quoted = attribution(TEXT, "she said", "“It shook,”")
    assert shown(TEXT, said, quoted) == [("Bridge to close", True), ("The Orr bridge closes on Monday.", False)]


def test_a_headline_that_reports_is_no_statement() -> None:
    text = "Ruiz: bridge unsafe\n\nThe bridge is closed."
    assert shown(text, attribution(text, ":", "bridge unsafe")) == [("The bridge is closed.", False)]


def test_a_first_line_that_ends_in_a_full_stop_is_no_headline() -> None:
    assert shown("The bridge is closed.\n\nIt shook.") == [("The bridge is closed.", False), ("It shook.", False)]


def test_a_known_title_is_the_headline() -> None:
    document = Document("d", "Closed.\n\nIt shook.", title="Closed.", title_span=Span(0, 7))
    assert [s.headline for s in statements(document, ())] == [True, False]


def test_spans_count_code_points() -> None:
    text = "😀 It shook. 😀 It fell."
    assert [t for t, _ in shown(text)] == ["😀 It shook.", "😀 It fell."]


def test_nothing_to_state() -> None:
    assert shown("") == []
    assert shown(" \n\n… \n") == []


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\u2003", "\u202f", "\u3000", "\u2028", "\x85", "é", "😀"])
def test_no_blank_or_letter_before_a_full_stop_stops_the_splitting(blank: str) -> None:
    text = f"the J{blank}. Ruiz left. He sailed."
    assert [one.of(text) for one in sentences(text)][-1] == "He sailed."


@pytest.mark.parametrize(
    "text",
    [
        "The Ostrey-U.S. treaty is void.",
        "Talks on E.U.-U.S. tariffs began.",
        "The post-U.S.S.R. years were lean.",
        "Ruiz led the anti-U.K. protests.",
    ],
)
def test_letters_with_stops_that_hang_on_a_word_end_no_sentence(text: str) -> None:
    both = f"{text} He sailed."
    assert [one.of(both) for one in sentences(both)] == [text, "He sailed."]


def test_the_line_that_says_who_posted_it_states_nothing() -> None:
    text = "Weir cracked\n\nIt will hold.\n\n— Ana Ruiz (@anaruiz) July 16, 2018\n\nIt is closed."
    assert [told for told, _ in shown(text)] == ["Weir cracked", "It will hold.", "It is closed."]
