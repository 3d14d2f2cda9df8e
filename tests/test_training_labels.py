"""The labels in training/labels are offsets and words of the label scheme: no text of the corpus is in them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sayso.model import Act, Certainty, Polarity, SourceKind

FOLDER = Path(__file__).parent.parent / "training" / "labels"
LABELS, PLACES = FOLDER / "polnear-train.jsonl", FOLDER / "polnear-places.jsonl"
WORDS = {str(word) for words in (Act, Certainty, Polarity, SourceKind) for word in words}
WORDS |= {"name", "description", "person", "organization", "place", "other", "male", "female", "channel", "when"}
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LONGEST_NAME = (4, 40)  # words, letters: of a byline, whom the text itself does not name


def read(place: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in place.read_text("utf8").splitlines()]


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return read(LABELS)


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


def test_no_article_is_in_both_files(rows: list[dict[str, Any]]) -> None:
    more = read(PLACES)
    assert len(more) == 139
    assert sum(len(row["attributions"]) for row in more) == 3353
    assert not {row["id"] for row in rows} & {row["id"] for row in more}


@pytest.mark.parametrize("place", [LABELS, PLACES], ids=lambda place: place.stem)
def test_only_what_has_a_value_may_as_well_have_none(place: Path) -> None:
    """An open field without a value would say nothing; no label but those of channels and dates is open."""
    for row in read(place):
        for one in row["attributions"]:
            assert set(one.get("open", ())) <= {"channel", "when"} & one.keys()


def test_more_articles_hold_nothing_but_label_words_and_dates() -> None:
    for row in read(PLACES):
        left = [s for s in strings(row["attributions"]) if s not in WORDS and not DATE.fullmatch(s)]
        assert left == []
