"""The words around a cue, and how far each stands from it."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sayso.extract.roles import AFTER, BEFORE, BUCKETS, Ints, around, distance_buckets


@st.composite
def cues(draw: st.DrawFn) -> tuple[int, int, int]:
    """A cue [start, end) in a text of so many words."""
    words = draw(st.integers(1, 1000))
    start = draw(st.integers(0, words - 1))
    return start, draw(st.integers(start + 1, min(words, start + 20))), words


def buckets(cue_start: int, cue_end: int, words: int) -> tuple[Ints, Ints, Ints]:
    """The buckets of the words before a cue, of its own, and of those after it."""
    start, end = around(cue_start, cue_end, words)
    found = distance_buckets(start, end, cue_start, cue_end)
    return found[: cue_start - start], found[cue_start - start : cue_end - start], found[cue_end - start :]


@given(cue=cues())
def test_the_words_around_a_cue_lie_in_the_text_and_hold_the_cue(cue: tuple[int, int, int]) -> None:
    cue_start, cue_end, words = cue
    start, end = around(cue_start, cue_end, words)
    assert 0 <= start <= cue_start < cue_end <= end <= words
    assert start == 0 or cue_start - start == BEFORE
    assert end == words or end - cue_end == AFTER


@given(cue=cues())
def test_every_word_has_a_bucket(cue: tuple[int, int, int]) -> None:
    start, end = around(*cue)
    found = distance_buckets(start, end, cue[0], cue[1])
    assert len(found) == end - start
    assert ((found >= 0) & (found < BUCKETS)).all()


@given(cue=cues())
def test_bucket_zero_is_the_cue_and_nothing_else(cue: tuple[int, int, int]) -> None:
    before, within, after = buckets(*cue)
    assert not within.any()
    assert (before > 0).all()
    assert (after > 0).all()


@given(cue=cues())
def test_both_sides_are_cut_alike_and_told_apart(cue: tuple[int, int, int]) -> None:
    before, _, after = buckets(*cue)
    shared = min(len(before), len(after))
    sides = after[:shared] - before[::-1][:shared]
    assert len(np.unique(sides)) <= 1
    assert not set(before.tolist()) & set(after.tolist())


@given(cue=cues())
def test_a_farther_word_never_has_a_nearer_bucket(cue: tuple[int, int, int]) -> None:
    before, _, after = buckets(*cue)
    assert (np.diff(before[::-1]) >= 0).all()
    assert (np.diff(after) >= 0).all()


def test_all_buckets_are_in_use() -> None:
    before, within, after = buckets(BEFORE, BEFORE + 1, 1000)
    used = set(np.concatenate([before, within, after]).tolist())
    unused = set(range(BUCKETS)) - used
    # The farthest bucket before a cue serves distances that `around` does not reach, since BEFORE is shorter.
    assert len(unused) <= 2
    assert max(used) == BUCKETS - 1
