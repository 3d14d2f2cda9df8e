"""The labels in training/labels are offsets and words of the label scheme: no text of the corpus is in them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sayso.model import Act, Certainty, Polarity, SourceKind

LABELS = Path(__file__).parent.parent / "training" / "labels" / "polnear-train.jsonl"
WORDS = {str(word) for words in (Act, Certainty, Polarity, SourceKind) for word in words}
WORDS |= {"name", "description", "person", "organization", "place", "other", "male", "female"}
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LONGEST_NAME = (4, 40)  # words, letters: of a byline, whom the text itself does not name


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in LABELS.read_text("utf8").splitlines()]


def strings(value: Any) -> Iterator[str]:
    """All strings in a value, keys aside."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)


def test_nothing_but_label_words_dates_and_a_few_names(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        given = {key: value for key, value in row.items() if key != "id"}
        left = [s for s in strings(given) if s not in WORDS and not DATE.fullmatch(s)]
        names = [p for a in row["attributions"] for e in a["entity"] or () for p in e["parts"] if isinstance(p, str)]
        assert sorted(left) == sorted(names)
        assert all(len(name.split()) <= LONGEST_NAME[0] and len(name) <= LONGEST_NAME[1] for name in names)


def test_labels_point_into_their_list_and_spans_have_a_length(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        attributions = row["attributions"]
        for i, one in enumerate(attributions):
            assert one["cue"]
            assert all(start < end for role in ("source", "cue", "content") for start, end in one[role])
            assert ("within" in one) == ("nested" in one)
            assert one.get("within") in {None, *range(len(attributions))} - {i}
        assert all(start < end for start, end, *_ in row["mentions"])


def test_there_are_as_many_as_the_cards_say(rows: list[dict[str, Any]]) -> None:
    assert len(rows) == 144
    assert sum(len(row["attributions"]) for row in rows) == 4208
