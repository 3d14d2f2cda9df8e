"""Where a source or content ends in the text, once its words are known."""

from __future__ import annotations

from typing import Any

import pytest

from sayso.extract.borders import content_span, plain_span
from sayso.extract.words import Words, split_words


def find(words: Words, phrase: str) -> tuple[int, int]:
    """The words of a phrase in a text."""
    at = words.text.index(phrase)
    inside = [i for i in range(len(words)) if at <= words.start[i] and words.end[i] <= at + len(phrase)]
    return inside[0], inside[-1] + 1


@pytest.mark.parametrize(
    ("text", "words", "content"),
    [
        ("“We will rebuild,” Ruiz said.", "We will rebuild", "“We will rebuild,”"),
        ('"We will rebuild," Ruiz said.', "We will rebuild", '"We will rebuild,"'),
        ("''We will rebuild,'' Ruiz said.", "We will rebuild", "''We will rebuild,''"),
        ("« We will rebuild », Ruiz said.", "We will rebuild", "We will rebuild"),
        ("Ruiz said the bridge was “a ruin.”", "the bridge was “a ruin", "the bridge was “a ruin.”"),
        ("Ruiz asked: “Why?!” Nobody spoke.", "Why", "“Why?!”"),
        ("Ruiz said the bridge was safe.", "the bridge was safe", "the bridge was safe"),
        ("“We will rebuild” was heard; “never” too.", "never", "“never”"),
        ("Ruiz said he lived in the U.S. then.", "he lived in the U.S", "he lived in the U.S."),
        ("Ruiz said the river (the Tamsel) rose.", "the river (the Tamsel", "the river (the Tamsel)"),
        ("“It is over, he said.\n\n“Go home,” he added.", "Go home", "“Go home,”"),
    ],
)
def test_content_takes_the_marks_that_are_its_own(tokenizer: Any, text: str, words: str, content: str) -> None:
    cut = split_words(text, tokenizer)
    assert content_span(cut, *find(cut, words)).of(text) == content


@pytest.mark.parametrize(
    ("text", "words", "source"),
    [
        ("Dana Ruiz (D-Orr) said no.", "Dana Ruiz (D-Orr", "Dana Ruiz (D-Orr)"),
        ("“No,” said Ruiz.", "Ruiz", "Ruiz"),
        ("Officials of the E.U. said no.", "Officials of the E.U", "Officials of the E.U."),
    ],
)
def test_source_takes_its_bracket_and_its_full_stop(tokenizer: Any, text: str, words: str, source: str) -> None:
    cut = split_words(text, tokenizer)
    assert plain_span(cut, *find(cut, words)).of(text) == source
