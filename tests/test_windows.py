"""Windows over a long document: each word is read with context, and its states are taken once."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from sayso.extract.windows import LENGTH, OVERLAP, Ints, windows
from sayso.extract.words import PIECES_PER_WORD

FRAME = 2  # pieces that open and close every window


@st.composite
def first_pieces(draw: st.DrawFn) -> Ints:
    """Where the pieces of each word begin, for texts of up to some three thousand words."""
    words = draw(st.integers(0, 3000))
    longest = draw(st.sampled_from((1, 2, PIECES_PER_WORD)))
    seed = draw(st.integers(0, 2**32 - 1))
    pieces = np.random.default_rng(seed).integers(1, longest + 1, words)
    return np.concatenate([[0], np.cumsum(pieces)]).astype(np.int64)


def one_piece_words(count: int) -> Ints:
    """A text whose words have one piece each."""
    return np.arange(count + 1, dtype=np.int64)


@given(first=first_pieces())
@example(first=one_piece_words(LENGTH - FRAME))
@example(first=one_piece_words(LENGTH - FRAME + 1))
def test_every_word_is_kept_by_exactly_one_window(first: Ints) -> None:
    kept = [word for window in windows(first) for word in range(window.kept_start, window.kept_end)]
    assert kept == list(range(len(first) - 1))


@given(first=first_pieces())
@example(first=one_piece_words(LENGTH - FRAME + 1))
def test_a_window_keeps_only_words_that_it_holds(first: Ints) -> None:
    for window in windows(first):
        assert window.start <= window.kept_start < window.kept_end <= window.end


@given(first=first_pieces())
def test_no_window_is_longer_than_the_model_reads(first: Ints) -> None:
    for window in windows(first):
        assert first[window.end] - first[window.start] + FRAME <= LENGTH


@given(first=first_pieces())
def test_neighbours_overlap(first: Ints) -> None:
    for left, right in pairwise(windows(first)):
        shared = first[left.end] - first[right.start]
        # A border falls between words, so that one long word on each side may be missing.
        assert shared >= OVERLAP - 2 * PIECES_PER_WORD


@given(first=first_pieces())
def test_a_kept_word_has_context_on_both_sides(first: Ints) -> None:
    words = len(first) - 1
    for window in windows(first):
        if window.kept_start:
            assert first[window.kept_start] - first[window.start] >= OVERLAP // 2 - 2 * PIECES_PER_WORD
        if window.kept_end < words:
            assert first[window.end] - first[window.kept_end] >= OVERLAP // 2 - 2 * PIECES_PER_WORD


@given(first=first_pieces())
def test_the_same_text_gives_the_same_windows(first: Ints) -> None:
    assert list(windows(first)) == list(windows(first.copy()))


def test_no_words_no_windows() -> None:
    assert list(windows(one_piece_words(0))) == []


def test_a_short_text_is_one_window() -> None:
    (window,) = windows(one_piece_words(LENGTH - FRAME))
    assert (window.start, window.end) == (0, LENGTH - FRAME)


def test_windows_grow_in_proportion_to_length() -> None:
    ten = len(list(windows(one_piece_words(10_000))))
    hundred = len(list(windows(one_piece_words(100_000))))
    assert 9 * ten <= hundred <= 11 * ten
