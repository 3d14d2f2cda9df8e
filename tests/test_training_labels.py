"""The labels in training/labels are offsets and words of the label scheme: no text of the corpus is in them. The
wordings that the project wrote make pairs."""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sayso.errors import InputError
from sayso.model import Act, Certainty, Polarity, SourceKind
from training.claim_labelled import COLUMNS, PARTS, digest_of_text, labelled
from training.claim_labelled import LABELLED as PAIRS
from training.claim_pairs import LABELS as LABELS_OF_PAIRS
from training.claim_pairs import OTHER_LABEL, SAME, written

FOLDER = Path(__file__).parent.parent / "training" / "labels"
LABELS, PLACES, WRITTEN = FOLDER / "polnear-train.jsonl", FOLDER / "polnear-places.jsonl", FOLDER / "claims.tsv"
MENTIONS = FOLDER / "polnear-mentions.jsonl"
WORDS = {str(word) for words in (Act, Certainty, Polarity, SourceKind) for word in words}
WORDS |= {
    "name",
    "description",
    "pronoun",
    "person",
    "organization",
    "place",
    "other",
    "male",
    "female",
    "channel",
    "when",
}
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


def test_labels_of_mentions_are_words_of_the_scheme_and_spans() -> None:
    rows = read(MENTIONS)
    assert len(rows) == len({row["id"] for row in rows}) == 609
    assert sum(len(row["mentions"]) for row in rows) == 85236
    for row in rows:
        assert {s for key, value in row.items() if key != "id" for s in strings(value)} <= WORDS
        entities = {mention[4] for mention in row["mentions"]}
        spans = [*row["mentions"], *row["not"], *row["inner"]]
        assert all(start < end for start, end, *_ in spans)
        assert all(m[0] <= m[5] < m[6] <= m[1] for m in row["mentions"] if len(m) > 5)
        assert set(row["understood"].values()) <= entities | {None}
        assert {int(entity) for entity in row["genders"]} <= entities


def test_articles_are_known_by_digests_alone(rows: list[dict[str, Any]]) -> None:
    gold = FOLDER.parent.parent / "bench" / "gold" / "polnear-dev.jsonl"
    assert all(re.fullmatch("[0-9a-f]{16}", row["id"]) for row in [*rows, *read(PLACES), *read(MENTIONS), *read(gold)])


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


@pytest.fixture(scope="module")
def wordings() -> dict[str, list[tuple[str, str]]]:
    """By group: the proposition and the text of each wording."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for line in WRITTEN.read_text("utf8").splitlines():
        group, proposition, text = line.split("\t")
        groups.setdefault(group, []).append((proposition, text))
    return groups


def test_each_group_has_its_main_proposition_in_several_wordings(wordings: dict[str, list[tuple[str, str]]]) -> None:
    assert len(wordings) == 1414
    for told in wordings.values():
        assert sum(proposition == "a" for proposition, _ in told) > 1
        assert all(
            re.fullmatch(r"-?[a-z]{1,2}|n\d+", proposition) and text == text.strip() != "" for proposition, text in told
        )


def test_no_wording_stands_for_two_propositions(wordings: dict[str, list[tuple[str, str]]]) -> None:
    for told in wordings.values():
        assert len({text for _, text in told}) == len(told)


def test_a_proposition_and_its_contrary_make_pairs(tmp_path: Path) -> None:
    place = tmp_path / "claims.tsv"
    told = ("a\tThe mill is sold", "a\tthey sold the mill", "-a\tthe mill is still theirs", "b\tthe mill burned down")
    place.write_text("".join(f"1\t{one}\n" for one in told))
    found = {(one.a, one.b): one.label for one in written(random.Random(0), place)}
    same, contrary, other = ([pair for pair, label in found.items() if label == k] for k in range(len(LABELS_OF_PAIRS)))
    assert same == [("The mill is sold", "they sold the mill")]
    assert len(contrary) == 1
    assert all("the mill is still theirs" in pair for pair in contrary)
    assert len(other) == 2
    assert all("the mill burned down" in pair for pair in other)


def test_a_line_that_is_none_is_told_with_its_place(tmp_path: Path) -> None:
    place = tmp_path / "claims.tsv"
    place.write_text("1\ta\tThe mill is sold\n1\ta the mill\n")
    with pytest.raises(InputError, match=r"claims\.tsv, line 2: should be a group"):
        written(random.Random(0), place)


def test_no_article_is_in_both_files(rows: list[dict[str, Any]]) -> None:
    more = read(PLACES)
    assert len(more) == 493
    assert sum(len(row["attributions"]) for row in more) == 12180
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


def test_labelled_pairs_are_digests_labels_and_numbers() -> None:
    with PAIRS.open(encoding="utf8", newline="") as lines:
        given = list(csv.DictReader(lines, delimiter="\t"))
    assert set(given[0]) == set(COLUMNS)
    assert len({(row["a"], row["b"]) for row in given}) == len(given)
    for row in given:
        assert all(re.fullmatch("[0-9a-f]{16}", row[side]) for side in ("a", "b"))
        assert row["a"] != row["b"]
        assert row["label"] in LABELS_OF_PAIRS
        assert row["part"] in PARTS
        assert float(row["stands_for"]) >= 0


def test_labelled_pairs_are_found_by_the_digests_of_their_texts(tmp_path: Path) -> None:
    texts = {digest_of_text(text): text for text in ("the mill burned", "fire took the mill", "the mill is sold")}
    a, b, c = texts
    place = tmp_path / "pairs.tsv"
    place.write_text(
        "a\tb\tlabel\tpart\tstands_for\n"
        f"{a}\t{b}\tsame\tlearned\t2.5\n{b}\t{c}\tother\tweighed\t0\n{a}\t{'0' * 16}\tother\tlearned\t1\n",
        "utf8",
    )
    found = labelled(texts, place)
    assert [(one.pair.a, one.pair.b, one.pair.label, one.part, one.stands_for) for one in found] == [
        ("the mill burned", "fire took the mill", SAME, "learned", 2.5),
        ("fire took the mill", "the mill is sold", OTHER_LABEL, "weighed", 0),
    ]
    assert len({one.pair.group for one in found}) == 1  # they share a text, and are held out together
