"""Every case in tests/cases/extract: a passage, and who says what in it.

In the notation of tests/notation.py, with a line for each attribution, in words copied from the passage:

    source: Ana Ruiz | cue: said | content: We will rebuild … in time

`source: -` stands for none, `nothing` for a passage without attributions, and a first line `at least`
lets further attributions pass. Punctuation and quotation marks around words do not count.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from notation import Case, paths_of, read_case, settle, stands_in, words

import sayso
from sayso.model import Attribution

PATHS = [pytest.param(path, id=path.stem) for path in paths_of("extract")]
FIELDS = ("source", "cue", "content")

Row = tuple[tuple[str, ...], ...]  # the words of each field


def row_of(line: str) -> Row:
    """The words of each field of a line. Raises ValueError where it is not in the notation."""
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


@pytest.mark.parametrize("path", PATHS)
def test_a_case_is_copied_from_its_passage(path: Path) -> None:
    case = read_case(path.read_bytes().decode())
    passage = words(case.passage)
    for line in case.expected:
        row_of(line)
        for field in line.split(" | "):
            for piece in field.split(": ", 1)[1].split(" … "):
                assert stands_in(words(piece), passage) or piece in (":", "-", "—"), piece


@pytest.mark.parametrize("path", PATHS)
def test_extract(path: Path) -> None:
    case = read_case(path.read_bytes().decode())
    reading = sayso.read(case.passage)
    found = [line_of(one, reading.document.text) for one in reading.attributions if one.within is None]
    settle(case, differences(case, found))
