"""GAP's score, by hand on small cases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sayso.bench.choices import Choice, measure, read_choices
from sayso.errors import InputError
from sayso.model import Span

TEXT = "Ana met Eva when she was ill."


def choice(pronoun: str, a: bool, b: bool) -> Choice:
    text = TEXT.replace("she", pronoun)
    at = text.index(pronoun)
    return Choice("c", text, Span(at, at + len(pronoun)), Span(0, 3), Span(8, 11), (a, b))


def test_right_names_are_counted_by_gender() -> None:
    # A is always predicted. Of her two rows one is right: 1 of 2 predicted, 1 of 2 meant. Of his two rows, 1 of 2
    # predicted and 1 of 1 meant, since the other means neither.
    rows = [
        choice("she", True, False),
        choice("Her", False, True),
        choice("him", True, False),
        choice("his", False, False),
    ]
    found = measure(rows, lambda _: (True, False))
    assert found["feminine"] == {"precision": 50, "recall": 50, "f1": 50}
    assert found["masculine"] == {"precision": 50, "recall": 100, "f1": 66.7}
    assert found["all"] == {"precision": 50, "recall": 66.7, "f1": 57.1}
    assert found["ratio"] == 0.75


def test_predicting_nothing_scores_nothing() -> None:
    found = measure([choice("she", True, False)], lambda _: (False, False))
    assert found["all"]["f1"] == 0
    assert found["ratio"] is None


def test_rows_are_read_and_a_bad_one_is_named(tmp_path: Path) -> None:
    row = {"id": "1", "text": TEXT, "pronoun": "she", "p_off": 17, "A": "Ana", "A_off": 0, "A_coref": True}
    row |= {"B": "Eva", "B_off": 8, "B_coref": False}
    path = tmp_path / "gap.jsonl"
    path.write_text(json.dumps(row) + "\n")
    (read,) = read_choices(path)
    assert (read.a.of(TEXT), read.b.of(TEXT), read.pronoun.of(TEXT)) == ("Ana", "Eva", "she")
    assert read.meant == (True, False)
    path.write_text(json.dumps(row) + "\n" + json.dumps(row | {"p_off": 18}) + "\n")
    with pytest.raises(InputError, match="line 2"):
        list(read_choices(path))
