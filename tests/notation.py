"""What all cases have in common: a text file of three parts, read and compared by its words.

A case is one sentence saying what it shows, a line `---`, the passage, a line `---`, then a line for each
thing expected. A passage may begin with a line such as `published: 2024-10-08` and an empty line, which are
no part of it. A case that begins with a line `not yet` is one that the shipped models fail; when they no
longer do, the line goes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Case:
    """A passage and what a reader finds in it."""

    shows: str
    published: str | None
    passage: str
    expected: tuple[str, ...]
    at_least: bool
    not_yet: bool


def paths_of(*folders: str) -> list[Path]:
    """The files of the cases in some folders of tests/cases."""
    return [path for folder in folders for path in sorted((CASES / folder).glob("*.txt"))]


def read_case(text: str) -> Case:
    """A case from its text, whose passage keeps its own line ends.

    Raises ValueError where the three parts are not there.
    """
    parts = re.split(r"(?m)^---\r?\n", text)
    if len(parts) != 3:
        raise ValueError(f"found {len(parts)} parts, expected 3: a sentence, the passage, what is expected")
    shows, passage, expected = parts
    at_least = expected.startswith("at least\n")
    not_yet = shows.startswith("not yet\n")
    lines = tuple(expected.removeprefix("at least\n").strip().split("\n"))
    passage = re.sub(r"\r?\n\Z", "", passage)
    dated = re.match(r"published: (\d{4}-\d\d-\d\d)\n\n", passage)
    published, passage = (dated[1], passage[dated.end() :]) if dated else (None, passage)
    rows = () if lines == ("nothing",) else lines
    return Case(shows.removeprefix("not yet\n").strip(), published, passage, rows, at_least, not_yet)


def words(text: str) -> tuple[str, ...]:
    """The words of a field, bare of the punctuation around them; a field of marks alone is kept (":", "-")."""
    bare = tuple(word for word in map(bare_word, text.split()) if word)
    return bare or (text.strip(),)


def bare_word(word: str) -> str:
    """A word without the punctuation and symbols at its borders."""
    inside = [i for i, c in enumerate(word) if unicodedata.category(c)[0] in "LNM"]
    return word[inside[0] : inside[-1] + 1] if inside else ""


def stands_in(piece: tuple[str, ...], passage: tuple[str, ...]) -> bool:
    """Whether the passage holds these words, one after the other."""
    return any(passage[i : i + len(piece)] == piece for i in range(len(passage)))


def settle(case: Case, wrong: Sequence[str]) -> None:
    """End a test by what is wrong with the reading of its case, in lines of the notation."""
    if wrong and case.not_yet:
        pytest.xfail(case.shows)
    if case.not_yet:
        pytest.fail("This case is met now: take its line `not yet` out.", pytrace=False)
    if wrong:
        pytest.fail("\n".join([case.shows, *wrong]), pytrace=False)
