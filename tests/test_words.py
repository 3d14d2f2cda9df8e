"""The words of a text: cut at exact offsets, whatever the text holds, with marks and layout known."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sayso.extract.words import BREAKS, CASES, PIECES_PER_WORD, QUOTES, Words, split_words

OUTSIDE, INSIDE, OPENING, CLOSING = range(len(QUOTES))
JOINED, SPACE, LINE, PARAGRAPH = range(len(BREAKS))

ODD = (
    "\ufeff", "\0", "\r\n", "\r", "\n\n", "\t", "\u00a0", "\u200b", "\u200d", "\u2028", "\ufe0f", "\u0301", "\u0307",
    "e\u0301", "İ", "ﬁ", "ß", "\U0001f600", "\U0001f468\u200d\U0001f469", "\U0001d49c", "漢字", "“", "”", "‘", "’",
    "«", "»", '"', "„", ".", "—", "[SEP]", "[CLS]", "Ana Ruiz", "said", "U.S.", "9,000", "x" * 120,
)  # fmt: skip
texts = st.lists(st.sampled_from(ODD) | st.sampled_from((" ", "\n")) | st.text(max_size=5), max_size=30).map("".join)

Cut = Callable[[str], Words]


@pytest.fixture(scope="module")
def cut(tokenizer: Any) -> Cut:
    """Cuts a text into words."""
    return lambda text: split_words(text, tokenizer)


def surfaces(words: Words) -> list[str]:
    """The words as they stand in the text."""
    return [words.text[a:b] for a, b in zip(words.start, words.end, strict=True)]


def quoted(words: Words) -> list[str]:
    """The words that stand inside quotation marks."""
    return [word for word, state in zip(surfaces(words), words.quote, strict=True) if state == INSIDE]


@given(text=texts)
@example(text="")
@example(text=" " * 1000)
@example(text="\ufeffAna said\0so\r\n\r\n\U0001f600 “Yes.”")
@example(text="Jose\u0301, Rene\u0301e")
def test_words_lie_in_the_text_in_order_and_apart(text: str, cut: Cut) -> None:
    words = cut(text)
    assert words.text == text
    assert (words.start < words.end).all()
    assert (words.end[:-1] <= words.start[1:]).all()
    assert not len(words) or (words.start[0] >= 0 and words.end[-1] <= len(text))


@given(text=texts)
@example(text="[SEP][SEP] said [MASK]")
def test_every_character_is_in_a_word_or_is_one_that_the_vocabulary_drops(text: str, cut: Cut) -> None:
    words = cut(text)
    covered = np.zeros(len(text), dtype=bool)
    for a, b in zip(words.start, words.end, strict=True):
        covered[a:b] = True
    for i, character in enumerate(text):
        if not covered[i]:
            assert character.isspace() or unicodedata.category(character)[0] in "CMZ" or character == "\ufffd"


@given(text=texts)
def test_arrays_fit_each_other(text: str, cut: Cut) -> None:
    words = cut(text)
    assert len(words) == len(words.end) == len(words.case) == len(words.gap) == len(words.quote) == len(words.spoken)
    assert len(words.first) == len(words) + 1
    assert words.first[0] == 0
    assert words.first[-1] == len(words.pieces)
    pieces = np.diff(words.first)
    assert ((pieces >= 1) & (pieces <= PIECES_PER_WORD)).all()
    for values, names in ((words.case, CASES), (words.gap, BREAKS), (words.quote, QUOTES)):
        assert ((values >= 0) & (values < len(names))).all()


@given(text=texts)
def test_the_same_text_gives_the_same_words(text: str, cut: Cut) -> None:
    one, other = cut(text), cut(text)
    for name in ("start", "end", "pieces", "first", "case", "gap", "quote"):
        assert np.array_equal(getattr(one, name), getattr(other, name))


@given(text=texts)
def test_only_words_with_a_letter_or_digit_are_spoken(text: str, cut: Cut) -> None:
    words = cut(text)
    assert words.spoken.tolist() == [any(c.isalnum() for c in word) for word in surfaces(words)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ana Ruiz said so.", ["Ana", "Ruiz", "said", "so", "."]),
        ("\ufeffAna said", ["Ana", "said"]),
        ("Ana\tsaid\u00a0so", ["Ana", "said", "so"]),
        ("\U0001f600 “Yes”", ["\U0001f600", "“", "Yes", "”"]),
        ("Rene\u0301e Jose\u0301, said", ["Rene\u0301e", "Jose\u0301", ",", "said"]),
        ("Ana said\r\nso", ["Ana", "said", "so"]),
        ("Ana said\rso", ["Ana", "said", "so"]),
        ("a\0b", ["a\0b"]),
        ("«Oui»", ["«", "Oui", "»"]),
    ],
)
def test_words_of(text: str, expected: list[str], cut: Cut) -> None:
    assert surfaces(cut(text)) == expected


@pytest.mark.parametrize("text", ["\ud800", "Ana said \udfff so"])
def test_a_lone_surrogate_is_refused(text: str, cut: Cut) -> None:
    with pytest.raises(ValueError, match="lone surrogate"):
        cut(text)


@pytest.mark.parametrize(
    ("between", "expected"),
    [
        ("", JOINED),
        (" ", SPACE),
        ("\t", SPACE),
        ("\u00a0", SPACE),
        ("\n", LINE),
        ("\r\n", LINE),
        ("\r", LINE),
        ("\n\n", PARAGRAPH),
        ("\r\n\r\n", PARAGRAPH),
        ("\r\r", PARAGRAPH),
        ("\n \t\n", PARAGRAPH),
    ],
)
def test_what_stands_between_two_words(between: str, expected: int, cut: Cut) -> None:
    assert cut(f"so,{between}Ruiz").gap.tolist() == [PARAGRAPH, JOINED, expected]


def test_a_mark_after_an_accent_is_joined_to_its_word(cut: Cut) -> None:
    assert cut("Jose\u0301, ").gap.tolist() == [PARAGRAPH, JOINED]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("so", "lower"),
        ("Ruiz", "Capitalized"),
        ("A", "Capitalized"),
        ("NPA", "CAPITALS"),
        ("McFee", "mIxed"),
        ("42", "no letters"),
    ],
)
def test_capitals(word: str, expected: str, cut: Cut) -> None:
    assert CASES[cut(word).case[0]] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("She said “we will rebuild” twice", ["we", "will", "rebuild"]),
        ('She said "we will rebuild" twice', ["we", "will", "rebuild"]),
        ("She said «we will rebuild» twice", ["we", "will", "rebuild"]),
        ('"Yes," she said. "No."', ["Yes", ",", "No", "."]),
        ('He said ("yes") and left', ["yes"]),
        ("“Yes,” she said.\n\n“No,” he said.", ["Yes", ",", "No", ","]),
        ("“One.\n\n“Two,” she said.", ["One", ".", "Two", ","]),
        ("“One.\r\n\r\n“Two,” she said.", ["One", ".", "Two", ","]),
        ("\U0001f600 “Yes,” she said.", ["Yes", ","]),
        ("''Yes,'' she said. ''No.''", ["Yes", ",", "No", "."]),
        ("``Yes,'' she said of the boys' boat.", ["Yes", ","]),
        ("She said ''we will'", ["we", "will", "'"]),
        ("She said nothing", []),
    ],
)
def test_words_in_quotation_marks(text: str, expected: list[str], cut: Cut) -> None:
    assert quoted(cut(text)) == expected


@given(mark=st.sampled_from('“„«"'), end=st.sampled_from(("\n\n", "\r\n\r\n", "\r\r", "\n \n")))
def test_a_mark_left_open_ends_with_its_paragraph(mark: str, end: str, cut: Cut) -> None:
    assert quoted(cut(f"She said {mark}we will{end}The town waited.")) == ["we", "will"]


@given(count=st.integers(0, 6))
def test_straight_marks_open_and_close_in_turn(count: int, cut: Cut) -> None:
    words = cut(" ".join(['she said "we will"'] * count))
    marks = [state for state in words.quote.tolist() if state in (OPENING, CLOSING)]
    assert marks == [OPENING, CLOSING] * count
