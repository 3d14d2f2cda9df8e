"""Copies: which passages stand in two documents, which was first, and that the order of documents is no matter."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from sayso.cli import main
from sayso.ledger.opening import transaction, writing_to
from sayso.ledger.storing import Arrived, store
from sayso.lexicon import load_lexicon
from sayso.model import Document, MadeBy, Reading, Span
from sayso.trace import copying
from sayso.trace.copies import Passage, passages, quotation_drift
from sayso.trace.copies_found import PassageKind, behind, copies_among, copies_in
from sayso.trace.copying import find_copies
from sayso.trace.direction import first_of
from sayso.trace.shingles import boilerplate, compared_text, quoted_stretches

LEXICON = load_lexicon()

HARBOUR = [
    "Engineers found cracks in two of the nine gates of the harbour wall at Ostrey during a dive in late August.",
    "The gates were built in the year of the great flood and have been painted four times since, never replaced.",
    "A spokeswoman for the council declined to say when the mayor was shown the photographs that the divers took.",
    "Fishing boats were kept inside for a week, and the ferry to Velm left from the old quay below the lighthouse.",
    "Repairs will take until spring and cost more than the town takes in from all its harbour dues in three years.",
    "Insurers have asked for the divers' log, which the harbour office keeps in a safe that nobody has a key to.",
]
ORCHARD = [
    "Growers along the upper valley expect the smallest crop of pears since records began after a frost in May.",
    "Buyers from the canneries offered half as much again for a crate as they did at the market last autumn.",
    "The cooperative has bought six wind machines, of which two stood idle because no one had ordered the fuel.",
    "Bees came late to the blossom, said the keeper of the station that counts them for the ministry of farming.",
]


def text(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


def shared(a: str, b: str) -> tuple[Passage, ...]:
    return passages(compared_text(a, LEXICON), compared_text(b, LEXICON))


def words_shared(a: str, b: str, kind: PassageKind = PassageKind.PASSAGE) -> list[tuple[str, str]]:
    """The words of the passages in either text."""
    return [(one.a.of(a), one.b.of(b)) for one in shared(a, b) if one.kind is kind]


def test_a_wire_copy_is_found_though_it_is_cut_and_has_another_headline() -> None:
    wire = text("Cracks found in harbour gates", *HARBOUR)
    copy = text("Council silent on harbour wall", *HARBOUR[:2], HARBOUR[4])
    found = words_shared(wire, copy)
    assert [a for a, _ in found] == [text(*HARBOUR[:2])[:-1], HARBOUR[4][:-1]]
    assert [b for _, b in found] == [a for a, _ in found]


def test_an_excerpt_is_found_in_the_middle_of_another_article() -> None:
    article = text("Pears will be dear", *ORCHARD[:2], HARBOUR[3], *ORCHARD[2:])
    assert words_shared(text("Cracks found", *HARBOUR), article) == [(HARBOUR[3][:-1], HARBOUR[3][:-1])]


def test_paragraphs_in_another_order_are_passages_each() -> None:
    a, b = text(*HARBOUR[:3]), text(HARBOUR[2], HARBOUR[0], HARBOUR[1])
    assert sorted(" ".join(x.split()) for x, _ in words_shared(a, b)) == sorted(
        [" ".join(text(*HARBOUR[:2]).split())[:-1], HARBOUR[2][:-1]]
    )


def test_a_light_rewrite_is_one_passage() -> None:
    rewrite = (
        "Engineers discovered cracks in two of the nine gates of the sea wall at Ostrey during a dive late in August. "
        "The gates were made in the year of the great flood and have been painted four times since, but not replaced."
    )
    ((original, copied),) = words_shared(text(*HARBOUR[:2]), rewrite)
    assert original.startswith("cracks in two of the nine gates")
    assert original.endswith("painted four times since")
    assert "of the sea wall" in copied
    assert "were made in the year" in copied


@pytest.mark.parametrize("rate", [0.1, 0.2, 0.3])
def test_an_article_is_found_with_words_changed_here_and_there(rate: float) -> None:
    by = random.Random(3)
    others = text(*ORCHARD).split()
    changed = " ".join(by.choice(others) if by.random() < rate else word for word in text(*HARBOUR).split())
    assert sum(one.words for one in shared(text(*HARBOUR), changed)) > 60


QUOTATION = "“We looked at every gate twice and I would let my own children sleep behind that wall tonight.”"


def test_a_quotation_that_both_have_is_no_copied_passage() -> None:
    a = text("Ana Ruiz told the council on Monday what she thinks.", QUOTATION, HARBOUR[0])
    b = text("In the evening the harbour engineer stood up and spoke.", QUOTATION, ORCHARD[0])
    assert words_shared(a, b) == []
    ((one, other),) = words_shared(a, b, PassageKind.QUOTATION)
    assert one == other == QUOTATION.strip("“.”")


def test_a_quotation_is_one_though_one_outlet_sets_it_without_marks() -> None:
    a = text("Ana Ruiz told the council on Monday what she thinks.", QUOTATION)
    b = text("In the evening the harbour engineer stood up.", QUOTATION.strip("“”"), ORCHARD[0])
    assert words_shared(a, b) == []
    assert len(words_shared(a, b, PassageKind.QUOTATION)) == 1


def test_two_reports_of_one_press_conference_share_quotations_alone() -> None:
    a = text(
        "“The gates are safe and they have been safe since the day they were hung,” Bill Hale said.",
        "Reporters were shown no photographs, although several asked for them again and again.",
        "“I have nothing to add to what the divers wrote, and I will not read it out to you here,” Hale said.",
    )
    b = text(
        "Bill Hale took questions for ten minutes at the harbour office.",
        "“I have nothing to add to what the divers wrote, and I will not read it out to you here,” he told us.",
        "He was asked about the gates. “The gates are safe and they have been safe since the day they were hung.”",
    )
    assert words_shared(a, b) == []
    assert len(words_shared(a, b, PassageKind.QUOTATION)) == 2


def test_the_same_choice_of_quotations_is_a_copy() -> None:
    a = (
        "“The gates are safe today,” Hale said. “They have been safe for years,” he added. "
        "“I will not read the log to you,” he said. “Ask the divers in the spring,” he said."
    )
    assert len(words_shared(text(ORCHARD[0], a), text(ORCHARD[1], a))) == 1


def test_a_text_that_is_mostly_quotations_of_another_is_a_copy() -> None:
    said = " ".join(f"“{one}”" for one in (*HARBOUR[:2], HARBOUR[4]))
    assert len(words_shared(text(ORCHARD[0], *ORCHARD[1:], said), text("Bill Hale said on Monday:", said))) == 1


def test_what_stands_at_the_foot_of_every_page_is_no_copy() -> None:
    foot = (
        "Sign up for our newsletter, which tells of the harbour each morning before the boats go out to sea.\n"
        "Copyright © 2024 Norlands Press. All rights reserved. Without our leave these lines may not be published, "
        "broadcast, rewritten or passed on to anyone."
    )
    assert shared(text(*HARBOUR, foot), text(*ORCHARD, foot)) == ()


def test_the_sentence_alone_is_boilerplate_and_not_its_paragraph() -> None:
    line = "The ferry runs again. All rights reserved. The quay is open."
    assert [one.of(line).strip() for one in boilerplate(line, LEXICON)] == ["All rights reserved."]


def test_articles_on_one_topic_are_no_copies() -> None:
    a = "Harbour engineer Ana Ruiz told the Ostrey town council on Monday that two of the nine gates had cracks."
    b = "Two of the nine gates had been repaired by Friday, harbour engineer Ana Ruiz told the Ostrey town council."
    assert shared(text(a, ORCHARD[0]), text(b, HARBOUR[4])) == ()


def test_names_with_long_titles_are_no_copy() -> None:
    title = "chairwoman of the upper valley fruit growers cooperative and former minister of farming Tilda Voss"
    assert shared(f"Nobody asked {title}.", f"A letter went to {title}.") == ()


def test_a_list_of_names_and_offices_is_no_copy() -> None:
    names = (
        "Council President Ana Ruiz, D - Velm, Harbour Chairman Ben Oster, R - Ostrey, and Finance Chairwoman Tilda"
        " Voss, R - Marl"
    )
    assert shared(f"The letter went to {names}. Nobody answered it.", f"Among those who came were {names}.") == ()


def test_texts_in_scripts_without_spaces_are_compared_letter_by_letter() -> None:
    sentence = "港湾の水門に亀裂が見つかったと技術者が述べた。修理は春までかかる見込みだ。"
    assert len(shared(f"月曜日。{sentence}", f"{sentence}市長は語らない。")) == 1


def test_the_words_that_differ_between_two_versions_of_a_quotation_are_told() -> None:
    a = "He said: “We will never, ever close the harbour to boats.”"
    b = "“We will never close this harbour to any boats,” he said."
    found = quotation_drift(a, Span(9, len(a)), b, Span(0, 47))
    assert [(x.of(a), y.of(b)) for x, y in found] == [("ever", ""), ("the", "this"), ("", "any")]


def test_a_quotation_without_drift_differs_in_nothing() -> None:
    a, b = "“It’s Safe,” she said", "'it's safe'"
    assert quotation_drift(a, Span(0, 12), b, Span(0, len(b))) == ()


def test_quotations_are_found_over_paragraphs_and_above_who_posted_them() -> None:
    a = "“We looked.\n“It held,” she said. “So far.”\nThe wall stands.\n— Ana Ruiz (@anaruiz) October 8, 2024"
    assert [one.of(a) for one in quoted_stretches(a)] == ["“We looked.", "“It held,”", "“So far.”", "The wall stands."]


WORDS = st.lists(
    st.sampled_from(["gate", "wall", "sea", "of", "the", "a", "pear", "May", "“", "”", ".", "\n", "’s", "3", "水"]),
    max_size=60,
)


@given(WORDS, WORDS, WORDS)
def test_passages_lie_in_the_texts_and_are_the_same_from_either_side(
    x: list[str], y: list[str], middle: list[str]
) -> None:
    a, b = " ".join(x + middle), " ".join(middle + y)
    found = shared(a, b)
    for one in found:
        for span, whole in ((one.a, a), (one.b, b)):
            assert 0 <= span.start < span.end <= len(whole)
            assert span.of(whole).strip() == span.of(whole)
    turned = [Passage(one.b, one.a, one.words, one.kind) for one in shared(b, a)]
    assert sorted(turned, key=lambda one: one.a) == list(found)


@given(WORDS, WORDS)
def test_passages_of_either_text_do_not_overlap(x: list[str], y: list[str]) -> None:
    found = shared(" ".join(x * 2), " ".join(y + x))
    for spans in ([one.a for one in found], sorted(one.b for one in found)):
        assert all(left.end <= right.start for left, right in pairwise(spans))


@given(st.text())
def test_any_text_can_be_compared_with_itself(words: str) -> None:
    compared = compared_text(words, LEXICON)
    for one in passages(compared, compared):
        assert one.a == one.b


# Which was first


COURIER = Document(
    "courier", text(*HARBOUR), publisher="The Ostrey Courier", published="2024-10-08", url="https://courier.example/1"
)
PRESS = Document("press", text(*HARBOUR), publisher="Norlands Press", published="2024-10-09")


def test_the_agency_that_is_credited_was_first_whatever_the_days() -> None:
    first, why = first_of(replace(COURIER, credit="Norlands Press"), PRESS, LEXICON)
    assert first == "press"
    assert why == "The Ostrey Courier names Norlands Press in its credit."


@pytest.mark.parametrize(
    "signed",
    [
        replace(COURIER, byline="By Ida Ruiz, Norlands Press"),
        replace(COURIER, dateline="OSTREY (Norlands Press)"),
        replace(COURIER, text=text("OSTREY (Norlands Press) — " + HARBOUR[0], *HARBOUR[1:])),
        replace(COURIER, text=text("Cracks found\nBy Norlands Press", *HARBOUR)),
        replace(COURIER, text=text(*HARBOUR, "This report was first published by the Norlands Press.")),
        replace(COURIER, text=text(*HARBOUR, "Norlands Press contributed to this report.")),
        replace(COURIER, text=text("Cracks found\nIDA J. RUIZ and PAUL OSEI, Norlands Press", *HARBOUR)),
        replace(COURIER, text=text("Cracks found\nBy Ida Ruiz | Norlands Press", *HARBOUR)),
        replace(COURIER, text=text("Cracks found\nNorlands Press", *HARBOUR)),
        replace(COURIER, text=text("Cracks found\nThe Norlands Press | Monday, July 1, 2024, 7:24 a.m.", *HARBOUR)),
        replace(COURIER, text=text("Cracks found\nIDA RUIZ and PAUL OSEI Norlands Press", *HARBOUR)),
        replace(COURIER, text=text("Cracks found\nBy Ida Ruiz Norlands Press", *HARBOUR)),
        replace(
            COURIER, text=text("Cracks found. " * 80 + "\nVELM, Ostrey (Norlands Press) _ " + HARBOUR[0], *HARBOUR[1:])
        ),
        replace(COURIER, text=text(*HARBOUR, "Norlands Press writers Ida Ruiz in Velm and Paul Osei contributed.")),
        replace(COURIER, text=text(*HARBOUR, "Copyright 2024 The Norlands Press. All rights reserved.")),
    ],
    ids=[
        "byline",
        "dateline",
        "first line",
        "line of its own",
        "stated",
        "contributed",
        "name before it",
        "line of both",
        "line alone",
        "line with a date",
        "line of capitals",
        "line with by",
        "dateline far down",
        "writers contributed",
        "copyright",
    ],
)
def test_the_agency_is_found_wherever_a_document_signs(signed: Document) -> None:
    assert first_of(signed, PRESS, LEXICON)[0] == "press"
    assert first_of(PRESS, signed, LEXICON)[0] == "press"


def test_an_agency_that_a_text_only_speaks_of_is_not_credited() -> None:
    tells = replace(
        COURIER, text=text("Ida Ruiz told Norlands Press that it cracked.", *HARBOUR, "Norlands Press, a firm.")
    )
    assert first_of(tells, PRESS, LEXICON)[0] == "courier"


def test_a_document_that_is_linked_to_was_first() -> None:
    links = replace(PRESS, published="2024-10-01", links=("http://www.courier.example/1/#top",))
    assert first_of(links, COURIER, LEXICON) == ("courier", "Norlands Press links to The Ostrey Courier.")


def test_without_credit_the_earlier_day_was_first() -> None:
    assert first_of(PRESS, COURIER, LEXICON) == (
        "courier",
        "It is dated 2024-10-08, the other 2024-10-09; neither credits the other.",
    )


@pytest.mark.parametrize(
    ("a", "b", "why"),
    [
        (COURIER, replace(PRESS, published="2024-10-08T23:00"), "both are dated 2024-10-08"),
        (COURIER, replace(PRESS, published=None), "Norlands Press is not dated"),
        (replace(COURIER, published="last week"), replace(PRESS, published=None), "neither is dated"),
        (
            replace(COURIER, credit="Eastern News"),
            replace(PRESS, credit="Eastern News"),
            "Both are credited to Eastern",
        ),
        (replace(COURIER, credit="Norlands Press"), replace(PRESS, credit="Ostrey Courier"), "Each states"),
    ],
    ids=["one day", "one undated", "none dated", "one agency", "each other"],
)
def test_else_it_is_open(a: Document, b: Document, why: str) -> None:
    assert first_of(a, b, LEXICON)[0] is None
    assert why in first_of(a, b, LEXICON)[1]


# In a ledger


@contextmanager
def ledger_of(folder: Path, *documents: Document) -> Iterator[sqlite3.Connection]:
    with writing_to(folder / "news.ledger") as ledger:
        put(ledger, documents)
        yield ledger


def put(ledger: sqlite3.Connection, documents: Iterable[Document]) -> None:
    with transaction(ledger):
        for one in documents:
            reading = Reading(one, made_by=MadeBy("test"))
            store(ledger, Arrived(reading, "test"), "2024-10-08T12:00:00+00:00", LEXICON)


def pairs(ledger: sqlite3.Connection) -> set[object]:
    """All that is found, by the documents' own ids."""
    return {
        (copy.documents, copy.passages, copy.first, copy.why, kind, words)
        for kind in PassageKind
        for copy, words in copies_in(ledger, kind=kind)
    }


def test_a_document_added_later_is_compared_with_those_before(tmp_path: Path) -> None:
    with ledger_of(tmp_path, COURIER) as ledger:
        assert find_copies(ledger, LEXICON) == 1
        assert list(copies_in(ledger)) == []
        put(ledger, [Document("late", text("Other headline", *HARBOUR[2:5]), published="2024-10-20")])
        assert behind(ledger) == 1
        assert find_copies(ledger, LEXICON) == 1
        ((copy, words),) = copies_in(ledger)
        assert (copy.documents, copy.first) == (("courier", "late"), "courier")
        assert copy.passages[0][0].of(COURIER.text) == text(*HARBOUR[2:5])[:-1]
        assert words > 50
        assert behind(ledger) == 0
        assert find_copies(ledger, LEXICON) == 0


def test_a_thousand_documents_of_one_text_are_copies_of_the_earliest(tmp_path: Path) -> None:
    many = [
        Document(f"d{i}", text(*HARBOUR), url=f"https://{i}.example", published=f"2024-{1 + i % 12:02}-01")
        for i in (*range(5, 1000), *range(5))
    ]
    with ledger_of(tmp_path, *many, Document("cut", text(*HARBOUR[:4]), published="2025-01-01")) as ledger:
        find_copies(ledger, LEXICON)
        found = [copy for copy, _ in copies_in(ledger)]
        assert len(found) == 1000
        assert all("d0" in copy.documents for copy in found)


def test_versions_of_one_document_are_no_copies_of_each_other(tmp_path: Path) -> None:
    first = replace(COURIER, id="first")
    second = replace(COURIER, id="second", text=text(*HARBOUR, ORCHARD[0]))
    with ledger_of(tmp_path, first, second) as ledger:
        find_copies(ledger, LEXICON)
        assert pairs(ledger) == set()


def test_what_an_outlet_prints_in_each_of_its_articles_is_no_copy(tmp_path: Path) -> None:
    box = "The Courier has told you of wind, weather and the price of fish since the year in which the old quay burned."
    a = Document("a", text(*HARBOUR, box), publisher="The Ostrey Courier")
    b = Document("b", text(*ORCHARD, box), publisher="Ostrey Courier")
    with ledger_of(tmp_path, a, b) as ledger:
        find_copies(ledger, LEXICON)
        assert pairs(ledger) == set()


def _story(seed: int) -> list[Document]:
    """Documents that share some of six paragraphs each, several texts more than once, under dates and none."""
    by = random.Random(seed)
    texts = [text(f"Headline {i}", *by.sample(HARBOUR, by.randint(1, 5)), by.choice(ORCHARD)) for i in range(14)]
    texts += by.sample(texts, 4)
    days = ["2024-10-08", "2024-10-09", "2024-10-10", None]
    return [
        Document(f"d{i}", one, publisher=f"Outlet {i}", published=by.choice(days), credit=by.choice([None, "Outlet 3"]))
        for i, one in enumerate(texts)
    ]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("common", "hubs"), [(100, 8), (5, 2), (2, 1)])
def test_the_order_in_which_documents_come_is_no_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, common: int, hubs: int
) -> None:
    monkeypatch.setattr(copying, "COMMON", common)
    monkeypatch.setattr(copying, "HUBS", hubs)
    documents = _story(seed)
    found = []
    for number, steps in enumerate((1, 3, len(documents))):
        (tmp_path / str(number)).mkdir()
        with ledger_of(tmp_path / str(number)) as ledger:
            for start in range(0, len(documents), steps):
                put(ledger, documents[start : start + steps])
                find_copies(ledger, LEXICON)
            found.append(pairs(ledger))
        random.Random(number).shuffle(documents)
    assert found[0] == found[1] == found[2]
    assert found[0]


def test_a_story_that_very_many_have_is_linked_to_its_earliest_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "COMMON", 10)
    monkeypatch.setattr(copying, "HUBS", 2)
    documents = [
        Document(f"d{i:02}", text(f"Headline {i}", *HARBOUR), published=f"2024-10-{1 + i:02}") for i in range(30)
    ]
    with ledger_of(tmp_path, *documents) as ledger:
        find_copies(ledger, LEXICON)
        found = {copy.documents for copy, _ in copies_in(ledger)}
        rows = {row["reading_id"]: row["id"] for row in ledger.execute("SELECT id, reading_id FROM documents")}
        some = ("d00", "d07", "d21", "d29")
        among = copies_among(ledger, [rows[one] for one in some])
    assert found == {(a, f"d{i:02}") for a in ("d00", "d01") for i in range(30) if a < f"d{i:02}"}
    assert [copy.documents for copy in among] == [("d00", one) for one in some[1:]]
    assert all(copy.passages and copy.first == "d00" for copy in among)


# On the command line


def copies_command(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["copies", *arguments])
    return done.exit_code, done.stdout, done.stderr


def test_the_command_looks_for_copies_first_and_says_so(tmp_path: Path) -> None:
    with ledger_of(tmp_path, COURIER, PRESS, Document("pears", text(*ORCHARD))):
        pass
    path = str(tmp_path / "news.ledger")
    code, shown, said = copies_command(path, "--format", "jsonl")
    assert code == 0
    assert said == "sayso: looking for copies in 3 new documents\n"
    whole = {"start": 0, "end": len(COURIER.text)}
    assert json.loads(shown) == {
        "documents": ["courier", "press"],
        "passages": [{"a": whole, "b": whole}],
        "first": "courier",
        "why": "It is dated 2024-10-08, the other 2024-10-09; neither credits the other.",
    }
    code, shown, said = copies_command(path)
    assert (code, said) == (0, "")
    assert "Norlands" in shown
    code, shown, _ = copies_command(path, "--format", "json", "--document", "press")
    assert len(json.loads(shown)["copies"]) == 1


def test_the_command_says_where_there_is_nothing_to_show(tmp_path: Path) -> None:
    with ledger_of(tmp_path, COURIER, Document("pears", text(*ORCHARD))):
        pass
    path = str(tmp_path / "news.ledger")
    code, _, said = copies_command(path)
    assert code == 3
    assert "no two documents share a passage" in said
    assert "this document and no other share a passage" in copies_command(path, "--document", "pears")[2]
    assert "no document has the id 'plums'" in copies_command(path, "--document", "plums")[2]


def test_an_empty_ledger_and_none_at_all(tmp_path: Path) -> None:
    with ledger_of(tmp_path):
        pass
    assert copies_command(str(tmp_path / "news.ledger"))[0] == 3
    code, _, said = copies_command(str(tmp_path / "other.ledger"))
    assert code == 1
    assert "no such ledger" in said


@pytest.mark.parametrize("words", ["", " ", "Gate.", "\n\n", "“", "word " * 10_000])
def test_texts_that_hold_nothing_to_compare_stop_nothing(tmp_path: Path, words: str) -> None:
    odd = Document("odd", words, published="9999-99-99")
    with ledger_of(tmp_path, odd, replace(odd, id="odd2", published="9999-12-31"), COURIER, PRESS) as ledger:
        assert find_copies(ledger, LEXICON) == 4
        assert ("courier", "press") in {copy.documents for copy, _ in copies_in(ledger)}
