"""Every case in tests/cases: a passage, and who says what in it.

A case is one sentence saying what it shows, a line `---`, the passage, a line `---`, then a line for
each attribution expected, in words copied from the passage:

    source: Ana Ruiz | cue: said | content: We will rebuild … in time

`source: -` stands for none, `nothing` for a passage without attributions, and a first line `at least`
lets further attributions pass. Punctuation and quotation marks around words do not count. A case that
begins with a line `not yet` is one that the shipped model fails; when it no longer does, the line goes.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import pytest

import sayso
from sayso.model import Attribution

CASES = Path(__file__).parent / "cases"
PATHS = [pytest.param(path, id=path.stem) for path in sorted(CASES.glob("extract/*.txt"))]
FIELDS = ("source", "cue", "content")

Row = tuple[tuple[str, ...], ...]  # the words of each field


@dataclass(frozen=True)
class Case:
    """A passage and what a reader finds in it."""

    shows: str
    passage: str
    expected: tuple[str, ...]
    at_least: bool
    not_yet: bool


def read_case(text: str) -> Case:
    """A case from its text, whose passage keeps its own line ends.

    Raises ValueError where the three parts are not there, or a line is not in the notation.
    """
    parts = re.split(r"(?m)^---\r?\n", text)
    if len(parts) != 3:
        raise ValueError(f"found {len(parts)} parts, expected 3: a sentence, the passage, what is expected")
    shows, passage, expected = parts
    at_least = expected.startswith("at least\n")
    not_yet = shows.startswith("not yet\n")
    lines = tuple(expected.removeprefix("at least\n").strip().split("\n"))
    passage = re.sub(r"\r?\n\Z", "", passage)
    rows = () if lines == ("nothing",) else lines
    return Case(shows.removeprefix("not yet\n").strip(), passage, rows, at_least, not_yet)


def row_of(line: str) -> Row:
    """The words of each field of a line in the notation."""
    pairs = [field.split(": ", 1) for field in line.split(" | ")]
    if [pair[0] for pair in pairs] != list(FIELDS) or any(len(pair) != 2 for pair in pairs):
        raise ValueError(f"found {line!r}, expected `source: … | cue: … | content: …`")
    return tuple(words(text) for _, text in pairs)


def line_of(attribution: Attribution, text: str) -> str:
    """An attribution in the notation."""
    source = attribution.source.of(text) if attribution.source else "-"
    content = " … ".join(piece.of(text) for piece in attribution.content)
    line = f"source: {source} | cue: {attribution.cue.of(text)} | content: {content}"
    return re.sub(r"[\t\r\n]+", " ", line)


def words(text: str) -> tuple[str, ...]:
    """The words of a field, bare of the punctuation around them; a field of marks alone is kept (":", "-")."""
    bare = tuple(word for word in map(bare_word, text.split()) if word)
    return bare or (text.strip(),)


def bare_word(word: str) -> str:
    """A word without the punctuation and symbols at its borders."""
    inside = [i for i, c in enumerate(word) if unicodedata.category(c)[0] in "LNM"]
    return word[inside[0] : inside[-1] + 1] if inside else ""


def differences(case: Case, found: list[str]) -> list[str]:
    """What is missing and what is too much, in the notation."""
    further = list(found)
    missing = []
    for line in case.expected:
        match = next((other for other in further if row_of(other) == row_of(line)), None)
        if match is None:
            missing.append(line)
        else:
            further.remove(match)
    if case.at_least and not missing:
        return []
    return [f"expected  {line}" for line in missing] + [f"found     {line}" for line in further]


def stands_in(piece: tuple[str, ...], passage: tuple[str, ...]) -> bool:
    """Whether the passage holds these words, one after the other."""
    return any(passage[i : i + len(piece)] == piece for i in range(len(passage)))


@pytest.mark.parametrize("path", PATHS)
def test_a_case_is_copied_from_its_passage(path: Path) -> None:
    case = read_case(path.read_bytes().decode())
    passage = words(case.passage)
    for line in case.expected:
        row_of(line)
        for field in line.split(" | "):
            for piece in field.split(": ", 1)[1].split(" … "):
                assert stands_in(words(piece), passage) or piece in (":", "-"), piece


@pytest.mark.parametrize("path", PATHS)
def test_extract(path: Path) -> None:
    case = read_case(path.read_bytes().decode())
    reading = sayso.read(case.passage)
    found = [line_of(attribution, reading.document.text) for attribution in reading.attributions]
    wrong = differences(case, found)
    if wrong and case.not_yet:
        pytest.xfail(case.shows)
    if case.not_yet:
        pytest.fail("This case is met now: take its line `not yet` out.", pytrace=False)
    if wrong:
        pytest.fail("\n".join([case.shows, *wrong]), pytrace=False)
