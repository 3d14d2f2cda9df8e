"""Which documents are the same, which are copies, and which are versions."""

from __future__ import annotations

from itertools import permutations

import pytest
from ledgers import add_to, all_of, by, holding, in_memory, person, told

from sayso.ledger import adding
from sayso.ledger.checking import faults
from sayso.ledger.readings import readings
from sayso.model import GIVEN_NO_ID, Reading, document_id, sha256_of

YES, NO = "Ana Ruiz said yes.", "Ana Ruiz said no."
ANA = person("Ana Ruiz")
URL, OTHER_URL = "https://example.org/weir", "https://example.org/copy"


def doc(id_: str | None, text: str, url: str | None = None, publisher: str | None = None, place: str = "") -> Reading:
    """A document with a given id, or with the id that one gets which came without."""
    return told(id_ or document_id(text, url or place), text, ANA, url=url, publisher=publisher)


@pytest.mark.parametrize(
    ("first", "second", "outcome"),
    [
        # Same id, same text.
        (doc("d", YES), doc("d", YES), "known"),
        (doc("d", YES, URL), doc("d", YES, OTHER_URL), "known"),
        # Same URL, same text.
        (doc(None, YES, URL), doc(None, YES, URL), "known"),
        (doc("d", YES, URL), doc("e", YES, URL), "known"),
        (doc("d", YES, URL, "The Ostrey Courier"), doc("e", YES, URL, "The Velm Herald"), "known"),
        # Neither id nor URL: same publisher, same text.
        (doc(None, YES, place="a.txt"), doc(None, YES, place="b.txt"), "known"),
        (doc(None, YES, None, "The Ostrey Courier", "a"), doc(None, YES, None, "Ostrey Courier", "b"), "known"),
        (doc(None, YES, None, "ostrey  courier", "a"), doc(None, YES, None, "The Ostrey Courier", "b"), "known"),
        (doc(None, YES, None, "The New York Times", "a"), doc(None, YES, None, "NYT", "b"), "known"),
        (doc(None, YES, None, "nytimes.com", "a"), doc(None, YES, None, "N.Y. Times", "b"), "known"),
        # Copies: the same text under another publisher, URL or id.
        (doc(None, YES, None, "The Ostrey Courier", "a"), doc(None, YES, None, "The Velm Herald", "b"), "added"),
        (doc(None, YES, None, "The Ostrey Courier", "a"), doc(None, YES, None, None, "b"), "added"),
        (doc(None, YES, URL), doc(None, YES, OTHER_URL), "added"),
        (doc(None, YES, URL, "The Ostrey Courier"), doc(None, YES, None, "The Ostrey Courier", "b"), "added"),
        (doc("d", YES), doc("e", YES), "added"),
        (doc("d", YES), doc(None, YES, URL), "added"),
        # Other texts.
        (doc(None, YES, URL), doc(None, NO, URL), "added"),
        (doc(None, YES, place="a"), doc(None, NO, place="a"), "added"),
    ],
)
@pytest.mark.parametrize("together", [True, False])
def test_the_same_document_is_stored_once_and_copies_are_kept(
    first: Reading, second: Reading, outcome: str, together: bool
) -> None:
    for one, two in ((first, second), (second, first)):
        ledger = in_memory()
        outcomes = add_to(ledger, [one, two]) if together else add_to(ledger, [one]) + add_to(ledger, [two])
        assert sorted(outcomes) == sorted(["added", outcome])
        assert len(list(readings(ledger))) == (2 if outcome == "added" else 1)
        assert list(faults(ledger)) == []


def test_copies_are_shown_together() -> None:
    ledger = holding(doc("d", YES), doc("e", YES), doc("f", NO))
    assert all_of(ledger, "SELECT document_id FROM identical_texts") == [1, 2]


def test_another_text_at_the_same_url_is_a_version() -> None:
    ledger = holding(doc(None, YES, URL), doc(None, YES, OTHER_URL), doc(None, NO, URL), doc(None, "Rain fell.", URL))
    assert all_of(ledger, "SELECT id, version_of_id, version FROM documents") == [
        (1, None, 1),
        (2, None, 1),
        (3, 1, 2),
        (4, 1, 3),
    ]
    assert all_of(ledger, "SELECT first_id, document_id FROM versions") == [(1, 1), (1, 3), (1, 4)]


def test_a_text_that_comes_back_is_no_new_version() -> None:
    ledger = holding(doc(None, YES, URL), doc(None, NO, URL))
    assert add_to(ledger, [doc(None, YES, URL)]) == ["known"]


def test_another_text_under_a_given_id_is_a_version_under_an_id_of_its_own() -> None:
    version = f"d@{sha256_of(NO)[:8]}"
    ledger = holding(doc("d", YES), doc("d", NO))
    assert all_of(ledger, "SELECT reading_id, version_of_id, version FROM documents") == [
        ("d", None, 1),
        (version, 1, 2),
    ]
    first, second = readings(ledger)
    assert [one.id for one in first.attributions] == ["d:9-13"]
    assert [one.id for one in second.attributions] == [f"{version}:9-13"]
    assert second.document.text == NO
    assert add_to(ledger, [doc("d", NO), doc("d", YES), second]) == ["known"] * 3


def test_an_id_that_looks_like_a_version_of_another_document_is_none() -> None:
    ledger = holding(doc("mail", YES), doc("mail@0a1b2c3d", NO))
    assert all_of(ledger, "SELECT version_of_id FROM documents") == [None, None]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_ids_taken_on_purpose_stop_nothing(order: tuple[int, ...]) -> None:
    documents = (doc("d", YES), doc(f"d@{sha256_of(NO)[:8]}", "Rain fell."), doc("d", NO))
    ledger = in_memory()
    assert add_to(ledger, [documents[i] for i in order]) == ["added"] * 3
    assert add_to(ledger, [documents[i] for i in order]) == ["known"] * 3
    assert {one.document.text for one in readings(ledger)} == {YES, NO, "Rain fell."}
    assert list(faults(ledger)) == []


@pytest.mark.parametrize("batch", [1, 2, 3, 50])
def test_what_comes_twice_is_told_in_any_batch(batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adding, "BATCH", batch)
    first, second, third = (doc(f"{i}", f"Ana Ruiz said {i}.") for i in range(3))
    ledger = in_memory()
    outcomes = add_to(ledger, [first, first, second, third, first, second])
    assert sorted(outcomes) == ["added"] * 3 + ["known"] * 3
    assert [one.document.id for one in readings(ledger)] == ["0", "1", "2"]


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_which_texts_are_kept_does_not_depend_on_the_order(order: tuple[int, ...]) -> None:
    documents = (
        doc(None, YES, URL, "The Ostrey Courier"),
        doc(None, YES, OTHER_URL, "The Velm Herald"),
        doc("d", YES, URL),
        doc(None, YES, None, "The Velm Herald", "a.txt"),
    )
    ledger = in_memory()
    assert sorted(add_to(ledger, [documents[i] for i in order])) == ["added", "added", "added", "known"]
    kept = {(one.document.url, one.document.text) for one in readings(ledger)}
    assert kept == {(URL, YES), (OTHER_URL, YES), (None, YES)}


def test_documents_without_text_are_told_apart_by_id() -> None:
    ledger = holding(by(id_="d"), by(id_="e"))
    assert all_of(ledger, "SELECT reading_id FROM documents") == ["d", "e"]
    assert not any(one.startswith(GIVEN_NO_ID) for one in ("d", "e"))
