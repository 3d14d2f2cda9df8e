"""Versions of a document: what came, went and changed in them, and notices of correction."""

from __future__ import annotations

import sqlite3
from itertools import permutations

import pytest
from ledgers import LEXICON, add_to, all_of, holding, in_memory, person, told

from sayso.ledger.history import history
from sayso.ledger.notices import notices_in
from sayso.model import Document, Reading

URL = "https://example.org/weir"
ANA, BILL = person("Ana Ruiz"), person("Bill Hale")


def version(text: str, id_: str = "weir") -> Reading:
    return told(id_, text, ANA, BILL, url=URL)


def changed(*texts: str) -> list[tuple[str | None, str | None]]:
    """The contents before and after of each change in the last of these versions."""
    ledger = holding(*(version(text, f"v{i}") for i, text in enumerate(texts)))
    return [
        (one.before.content if one.before else None, one.after.content if one.after else None)
        for one in history(ledger, URL)[-1].changes
    ]


def test_what_came_and_what_went() -> None:
    assert changed("Ana Ruiz said the weir would go.", "Bill Hale said nobody asked.") == [
        (None, "nobody asked"),
        ("the weir would go", None),
    ]


def test_what_changed_stands_beside_what_it_was() -> None:
    assert changed("Ana Ruiz said the weir would go in May.", "Ana Ruiz said the weir would go in June.") == [
        ("the weir would go in May", "the weir would go in June")
    ]


def test_a_changed_speaker_is_a_change() -> None:
    ledger = holding(
        version("Ana Ruiz said the weir would go.", "a"), version("Bill Hale said the weir would go.", "b")
    )
    (change,) = history(ledger, URL)[1].changes
    assert change.before is not None
    assert change.after is not None
    assert (change.before.source, change.after.source) == ("Ana Ruiz", "Bill Hale")


def test_what_only_moved_has_not_changed() -> None:
    assert (
        changed(
            "Ana Ruiz said the weir would go.",
            "Rain fell.\n\nAna Ruiz said the\nweir would go.".replace("the\n", "the "),
        )
        == []
    )


def test_what_stands_twice_and_then_once_went_once() -> None:
    assert changed("Ana Ruiz said yes. Ana Ruiz said yes.", "Ana Ruiz said yes.") == [("yes", None)]


def test_versions_are_found_by_url_and_by_any_id_in_their_order() -> None:
    ledger = holding(version("Ana Ruiz said one.", "a"), version("Ana Ruiz said two.", "b"), version("Rain.", "c"))
    for address in (URL, "a", "b", "c"):
        assert [(one.number, one.document, one.attributions) for one in history(ledger, address)] == [
            (1, "a", 1),
            (2, "b", 1),
            (3, "c", 0),
        ]
    assert history(ledger, "https://example.org/other") == []
    assert history(ledger, "") == []


EARLIER = "An earlier version of this article gave the wrong year."


def test_a_notice_in_the_new_text_corrects_the_version_before_it() -> None:
    ledger = holding(version("Ana Ruiz said 2023.", "a"), version(f"Ana Ruiz said 2024.\n\n{EARLIER}", "b"))
    first, second = history(ledger, URL)
    assert [(one.kind, one.words, one.document) for one in second.notices] == [("correction", EARLIER, "b")]
    assert first.notices == ()
    assert tied(ledger) == [("b", "a", "the version before it at the same URL")]


def test_a_notice_that_stays_in_later_versions_is_one() -> None:
    ledger = holding(*(version(f"Ana Ruiz said {i}.\n\n{EARLIER if i else ''}", f"v{i}") for i in range(4)))
    assert tied(ledger) == [("v1", "v0", "the version before it at the same URL")]


def tied(ledger: sqlite3.Connection) -> list[tuple[str, str | None, str | None]]:
    """Which documents hold a notice, what it corrects, and how that was told."""
    return all_of(
        ledger,
        "SELECT holders.reading_id, corrected.reading_id, why FROM notices"
        " JOIN documents AS holders ON holders.id = document_id"
        " LEFT JOIN documents AS corrected ON corrected.id = corrects_id ORDER BY 1, position",
    )


WEIR = told("weir", "Weir to be rebuilt\nAna Ruiz said so.", ANA, title="Weir to be rebuilt", url=URL)
FERRY = told(
    "ferry", "Ferry late\nBill Hale said so.", BILL, title="Ferry line is late", url="https://example.org/ferry"
)
BY_LINK = told("notice", "Retraction: we were wrong about it.", links=(URL, "https://example.org/about"))
BY_TITLE = told("notice", "Correction: Weir to be rebuilt\nIda Ruiz said so.")
OF_TWO = told("notice", "Corrections and clarifications: two dates.", links=(URL, "https://example.org/ferry"))
OF_NOTHING = told("notice", "Clarification: the ferry runs on weekdays alone.")


@pytest.mark.parametrize(
    ("notice", "corrects", "why"),
    [
        (BY_LINK, "weir", "it links to it"),
        (BY_TITLE, "weir", "it repeats its title"),
        (OF_TWO, None, None),
        (OF_NOTHING, None, None),
    ],
)
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_notice_of_its_own_is_tied_to_what_it_corrects_whichever_comes_first(
    notice: Reading, corrects: str | None, why: str | None, order: tuple[int, ...]
) -> None:
    documents = (WEIR, FERRY, notice)
    ledger = in_memory()
    assert add_to(ledger, [documents[i] for i in order]) == ["added"] * 3
    assert tied(ledger) == [("notice", corrects, why)]
    (version,) = history(ledger, URL)
    assert [one.document for one in version.notices] == ([] if corrects is None else ["notice"])


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_title_that_two_documents_have_tells_nothing(order: tuple[int, ...]) -> None:
    again = told("again", "Weir to be rebuilt\nBill Hale said so.", BILL, title="Weir to be rebuilt")
    documents = (WEIR, again, BY_TITLE)
    ledger = in_memory()
    add_to(ledger, [documents[i] for i in order])
    assert tied(ledger) == [("notice", None, None)]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        *((row["example"], [row["kind"]]) for row in LEXICON.tables["notices"]),
        ("CORRECTION: The vote was on Monday.", ["correction"]),
        ("*Correction: The vote was on Monday.*", ["correction"]),
        ("Correction – The vote was on Monday.", ["correction"]),
        ("Correction to this article: the vote was on Monday.", ["correction"]),
        (
            "Rain fell.\n\nThis article was amended on 4 May 2024.\n\nWe have removed the story.",
            ["correction", "retraction"],
        ),
        ("An earlier version of our headline was wrong.", ["correction"]),
        # Not everything with these words is a notice.
        ("The correction facility at Ostrey burned.", []),
        ("Correction officers struck on Monday.", []),
        ("Correction in the market was overdue, Ana Ruiz said.", []),
        ("A market correction: prices fell by a tenth.", []),
        ("A retraction was demanded: Bill Hale wants it by May.", []),
        ("Retraction in sales hit the port.", []),
        ("Clarification in court came late.", []),
        ("Withdrawn to the barracks, the troops waited.", []),
        ("The bill has been withdrawn, and the motion has been retracted.", []),
        ("The report has been withdrawn by the ministry.", []),
        ("An earlier version of the bill had failed.", []),
        ("A previous version of the program was slow.", []),
        ("We have removed the rubble, Ana Ruiz said.", []),
        ("We retract nothing, Bill Hale said.", []),
        ("", []),
    ],
)
def test_notices_are_told_from_other_uses_of_their_words(text: str, kinds: list[str]) -> None:
    found = notices_in(Document("d", text), LEXICON)
    assert [one.kind for one in found] == kinds
    assert all(one.span.of(text) in text.split("\n") for one in found)
