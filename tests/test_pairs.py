"""Pairs of contents kept as offsets: joined with their corpus, their texts come back, and a moved word is noticed."""

from __future__ import annotations

import numpy as np
import pytest

from bench.pairs import (
    SIDE_FIELDS,
    Article,
    Side,
    agreement,
    best_thresholds,
    by_cosine,
    joined,
    scores,
    side_from_fields,
    side_to_fields,
    text_of,
)
from sayso.errors import InputError
from sayso.model import Act, Document, SourceKind, Span

TEXT = "Mayor Ana Ruiz spoke on Monday. She said that her office would “sell the mill”. It hopes to reopen the bridge."
DOCUMENT = Document("velm-1", TEXT, published="2024-03-04")


def place(words: str) -> Span:
    return Span(TEXT.index(words), TEXT.index(words) + len(words))


NAME = place("Ana Ruiz")
SOLD = Side(
    "velm-1",
    place("said"),
    (place("that her office would “sell the mill”"),),
    Act.ASSERT,
    (NAME, SourceKind.PERSON),
    ((place("her"), NAME, SourceKind.PERSON),),
)
SPOKE = Side("velm-1", None, (place("Mayor Ana Ruiz spoke on Monday."),))


def row(a: Side = SOLD, b: Side = SPOKE, **changed: str) -> dict[str, str]:
    told = {f"{field}_a": text for field, text in side_to_fields(DOCUMENT, a).items()}
    told |= {f"{field}_b": text for field, text in side_to_fields(DOCUMENT, b).items()}
    start = {"number": "7", "corpus": "velm", "part": "tuned", "band": "0.60", "one": "other", "two": "", "label": ""}
    return start | told | changed


def test_the_text_of_a_content_has_the_name_in_the_place_of_the_pronoun() -> None:
    assert text_of(DOCUMENT, SOLD) == "Ana Ruiz’s office would sell the mill"
    assert text_of(DOCUMENT, SPOKE) == "Mayor Ana Ruiz spoke on Monday"


def test_a_vow_opens_with_the_one_who_makes_it() -> None:
    vow = Side("velm-1", place("hopes"), (place("to reopen the bridge"),), Act.WANT, (NAME, SourceKind.PERSON))
    assert text_of(DOCUMENT, vow) == "Ana Ruiz to reopen the bridge"


@pytest.mark.parametrize("side", [SOLD, SPOKE])
def test_a_side_comes_back_from_its_fields(side: Side) -> None:
    fields = side_to_fields(DOCUMENT, side)
    assert tuple(fields) == SIDE_FIELDS
    assert side_from_fields(fields) == side
    assert not any("mill" in text for text in fields.values())


def test_a_pair_is_joined_with_its_corpus() -> None:
    (pair,) = joined([row()], {("velm", "velm-1"): Article(DOCUMENT, "mill")})
    assert pair.texts == (("Ana Ruiz’s office would sell the mill",), ("Mayor Ana Ruiz spoke on Monday",))
    assert (pair.published, pair.label) == (("2024-03-04", "2024-03-04"), "other")


def test_a_settled_label_counts_before_the_first() -> None:
    (pair,) = joined([row(label="contrary")], {("velm", "velm-1"): Article(DOCUMENT, "mill")})
    assert pair.label == "contrary"


@pytest.mark.parametrize("text", [f" {TEXT}", TEXT.replace("mill", "dams"), TEXT.replace("Ana", "Eva")])
def test_other_words_than_were_labelled_are_noticed(text: str) -> None:
    with pytest.raises(InputError, match="pair 7"):
        list(joined([row()], {("velm", "velm-1"): Article(Document("velm-1", text), "mill")}))


def test_a_document_that_is_not_there_is_named() -> None:
    with pytest.raises(InputError, match="velm-1"):
        list(joined([row()], {}))


def test_scores_count_what_is_said_and_what_is_true() -> None:
    found = scores(["same", "same", "other", "contrary"], ["same", "other", "same", "contrary"], "same")
    assert found == {"true": 2, "said": 2, "right": 1, "precision": 50.0, "recall": 50.0, "f1": 50.0}


def test_thresholds_tell_the_near_from_the_far() -> None:
    near, turned = np.array([0.9, 0.85, 0.8, 0.4], dtype=np.float32), np.array([False, False, True, True])
    labels = ["same", "same", "contrary", "other"]
    least = best_thresholds(near, turned, labels)
    assert by_cosine(near, turned, least) == labels


def test_agreement_needs_two_labels() -> None:
    given = [row(one="same"), row(one="other")]
    assert agreement(given) is None
    twice = [one | {"two": one["one"]} for one in given]
    assert agreement(twice) == {"pairs": 2, "same": 1.0, "kappa": 1.0}
    apart = [given[0] | {"two": "other"}, given[1] | {"two": "same"}]
    assert agreement(apart) == {"pairs": 2, "same": 0.0, "kappa": -1.0}
