"""What the ledger keeps comes back as it was; its search and its counts follow; damage is found by name."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from ledgers import (
    LEXICON,
    add_to,
    all_of,
    by,
    holding,
    in_memory,
    opened,
    organization,
    person,
    told,
    unnamed,
    write,
)
from readings import readings as any_readings
from readings import words

from sayso.errors import InputError
from sayso.ledger.adding import read_again
from sayso.ledger.checking import faults
from sayso.ledger.opening import LedgerError, reading_from, transaction
from sayso.ledger.questions import contents_with, documents_with, match_expression
from sayso.ledger.readings import kept_readings, readings
from sayso.ledger.storing import Arrived, replace_reading, store
from sayso.model import Attribution, Document, MadeBy, Reading, Source, SourceKind, Span, Statement

NOW = "2024-05-31T12:00:00+00:00"
ANA, ENGINEERS = person("Ana Ruiz", "mayor of Ostrey"), unnamed("two engineers", "fear of reprisals", "who saw it")
WEIR = told(
    "weir",
    "Weir to go\nAna Ruiz said the weir would go. two engineers said nobody had asked them.",
    ANA,
    ENGINEERS,
    title="Weir to go",
    title_span=Span(0, 10),
    publisher="The Ostrey Courier",
    published="2024-05-31",
    url="https://example.org/weir",
    links=("https://example.org/map",),
)
FERRY = told(
    "ferry",
    "Bill Hale denied the ferry was late. Ana Ruiz said nothing.",
    person("Bill Hale"),
    ANA,
    made_by=MadeBy("1", (("extraction", "7"),)),
)


def may_be_stored(reading: Reading) -> bool:
    """Whether ids tell its parts apart, as they have to."""
    return all(
        len({one.id for one in parts}) == len(parts) and not any(one.id.startswith(":") for one in parts)
        for parts in (reading.attributions, reading.sources, reading.statements)
    )


def stored(ledger: sqlite3.Connection, arrived: Arrived) -> int:
    """Store a Reading; its row."""
    with transaction(ledger):
        return store(ledger, arrived, NOW, LEXICON)


def replaced(ledger: sqlite3.Connection, row: int, reading: Reading) -> None:
    """Put a Reading in the place of another."""
    with transaction(ledger):
        replace_reading(ledger, row, reading, LEXICON)


@given(any_readings(), st.booleans())
def test_any_reading_comes_back_equal(reading: Reading, follows: bool) -> None:
    if follows:  # ids that follow the document's are kept without it
        renamed = tuple(replace(one, id=f"{reading.document.id}:{one.id}") for one in reading.statements)
        reading = replace(reading, statements=renamed)
    assume(may_be_stored(reading))
    ledger = in_memory()
    row = stored(ledger, Arrived(reading, "here"))
    assert list(readings(ledger)) == [reading]
    ((kept_row, entities, again),) = kept_readings(ledger, [row])
    assert (kept_row, again) == (row, reading)
    assert entities.keys() <= {one.id for one in reading.sources if one.named}
    assert list(faults(ledger)) == []


@given(any_readings(), any_readings())
@settings(max_examples=50)
def test_a_reading_replaced_and_put_back_is_what_it_was(first: Reading, second: Reading) -> None:
    assume(may_be_stored(first) and may_be_stored(second))
    language = second.document.language
    other = replace(first, statements=second.statements[:0], problems=second.problems, made_by=second.made_by)
    other = replace(other, document=replace(first.document, language=language), sources=(), attributions=())
    ledger = in_memory()
    row = stored(ledger, Arrived(first, "here"))
    before = counted(ledger)
    replaced(ledger, row, other)
    assert list(readings(ledger)) == [other]
    assert list(faults(ledger)) == []
    replaced(ledger, row, first)
    assert list(readings(ledger)) == [first]
    assert list(faults(ledger)) == []
    assert counted(ledger) == before


@pytest.mark.parametrize(
    ("reading", "message"),
    [
        (
            Reading(Document("d", "Yes."), (Attribution("a", None, Span(0, 3), (), 0.5),) * 2),
            "there: the attribution id 'a' stands twice in it; read the document again",
        ),
        (
            Reading(Document("d", "Yes."), sources=(Source("s", "Ana", SourceKind.PERSON, named=True),) * 2),
            "there: the source id 's' stands twice in it; read the document again",
        ),
        (
            Reading(Document("d", "Yes."), statements=(Statement(":s", Span(0, 3)),)),
            "there: the statement id ':s' begins with a colon; read the document again",
        ),
    ],
)
def test_ids_that_do_not_tell_parts_apart_are_refused(reading: Reading, message: str) -> None:
    ledger = in_memory()
    with pytest.raises(InputError) as error:
        store(ledger, Arrived(reading, "there"), NOW, LEXICON)
    assert str(error.value) == message
    assert all_of(ledger, "SELECT count(*) FROM documents") == [0]


def test_one_that_is_refused_does_not_stop_the_others() -> None:
    ledger = in_memory()
    twice = replace(FERRY, document=Document("twice", FERRY.document.text), attributions=FERRY.attributions[:1] * 2)
    outcomes = add_to(ledger, [WEIR, twice, FERRY])
    assert outcomes[0] == outcomes[2] == "added"
    assert outcomes[1].startswith("twice.txt: the attribution id ")
    assert [one.document.id for one in readings(ledger)] == ["weir", "ferry"]


def test_words_are_found_in_contents_titles_and_texts() -> None:
    ledger = holding(WEIR, FERRY)
    assert [hit.id for hit in documents_with(ledger, "weir")] == ["weir"]
    assert [hit.id for hit in documents_with(ledger, "ruiz")] == ["ferry", "weir"]
    assert [hit.id for hit in documents_with(ledger, '"bill hale" late')] == ["ferry"]
    assert documents_with(ledger, '"hale bill"') == []
    assert [said.content for said in contents_with(ledger, "FERRY")] == ["the ferry was late"]
    assert contents_with(ledger, "denied") == []  # the cue is no content


def test_accents_and_case_do_not_matter_to_a_search() -> None:
    ledger = holding(told("d", "Zoë Roe said the café was shut.", person("Zoë Roe")))
    assert [said.source for said in contents_with(ledger, "CAFE")] == ["Zoë Roe"]
    assert [hit.id for hit in documents_with(ledger, "zoe")] == ["d"]


def test_a_search_follows_the_reading_that_is_there_now() -> None:
    ledger = holding(WEIR)
    fewer = replace(WEIR, attributions=WEIR.attributions[1:])
    replaced(ledger, 1, fewer)
    assert contents_with(ledger, "weir") == []
    assert [said.content for said in contents_with(ledger, "asked")] == ["nobody had asked them"]
    assert [hit.id for hit in documents_with(ledger, "weir")] == ["weir"]
    replaced(ledger, 1, WEIR)
    assert [said.content for said in contents_with(ledger, "weir")] == ["the weir would go"]


@given(words | st.sampled_from(['"', '""', "a*", "NEAR(a b)", "title:x", "a OR", "^a", "{a}", "-", "\0a", 'x"y']))
def test_no_words_break_a_search(query: str) -> None:
    ledger = holding(FERRY)
    assert len(documents_with(ledger, query)) <= 1
    assert len(contents_with(ledger, query)) <= 2
    assert match_expression(query).count('"') % 2 == 0


def counted(ledger: sqlite3.Connection) -> list[object]:
    """What is counted anew, as it would have to stand in the tables."""
    entities = all_of(
        ledger,
        "SELECT id, (SELECT count(*) FROM attributions WHERE entity_id = entities.id),"
        " (SELECT count(DISTINCT document_id) FROM sources WHERE entity_id = entities.id) FROM entities ORDER BY id",
    )
    assert all_of(ledger, "SELECT id, attribution_count, document_count FROM entities ORDER BY id") == entities
    return [*entities, all_of(ledger, "SELECT attribution_count FROM documents ORDER BY id")]


def test_counts_are_those_of_counting() -> None:
    ledger = holding(WEIR, FERRY, by(person("Ana Ruiz"), organization("Ostrey Port"), id_="port"))
    assert counted(ledger)
    assert all_of(ledger, "SELECT name, attribution_count, document_count FROM entities ORDER BY name") == [
        ("Ana Ruiz", 3, 3),
        ("Bill Hale", 1, 1),
        ("Ostrey Port", 1, 1),
        ("The Ostrey Courier", 0, 0),
    ]
    assert all_of(
        ledger,
        "SELECT attribution_count, unnamed_attribution_count, unnamed_count, unnamed_with_reason_count,"
        " unnamed_with_access_count, unnamed_share FROM documents ORDER BY id",
    ) == [(2, 1, 1, 1, 1, 0.5), (2, 0, 0, 0, 0, 0.0), (2, 0, 0, 0, 0, 0.0)]


def test_deleting_a_document_takes_everything_of_it_along() -> None:
    ledger = holding(WEIR, FERRY)
    ledger.execute("DELETE FROM documents WHERE reading_id = 'weir'")
    counted(ledger)
    assert list(faults(ledger)) == []
    assert documents_with(ledger, "weir") == []
    for table in ("attributions", "sources", "links"):
        assert all_of(ledger, f"SELECT DISTINCT document_id FROM {table}") in ([2], [])


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (
            "UPDATE documents SET text = text || ' No.' WHERE id = 1",
            "document weir: its text is not the one whose hash",
        ),
        ("UPDATE documents SET text_sha256 = 'abc' WHERE id = 2", "document ferry: its text is not the one whose hash"),
        ('UPDATE spans SET "start" = "start" + 1 WHERE part = \'cue\'', ": its words are not those that stand at its"),
        ("UPDATE spans SET \"end\" = 999 WHERE part = 'content'", "document weir: "),
        ("DELETE FROM spans WHERE attribution_id = 2 AND part = 'cue'", "document weir: a part of its reading is"),
        ("DELETE FROM spans WHERE attribution_id = 3 AND part = 'content'", "attribution ferry:10-16: its words are"),
        ("DELETE FROM sources WHERE id = 1", "of attributions points to a row of sources that is not there"),
        ("DELETE FROM makers WHERE id = 1", "row 1 of documents points to a row of makers that is not there"),
        ("DELETE FROM entities WHERE name = 'Bill Hale'", "points to a row of entities that is not there"),
        ("INSERT INTO links VALUES (77, 0, 'https://example.org/')", "a row of links points to a row of documents"),
        ("UPDATE documents SET version_of_id = 9 WHERE id = 2", "row 2 of documents points to a row of documents"),
        (
            "UPDATE attributions SET within_id = 99 WHERE id = 1",
            "row 1 of attributions points to a row of attributions",
        ),
        ("UPDATE attributions SET within_id = 3 WHERE id = 1", "document weir: a part of its reading is missing"),
        ("DELETE FROM attributions WHERE id = 3", "document ferry: its counts are not those of its attributions"),
        ("UPDATE entities SET attribution_count = 9 WHERE name = 'Ana Ruiz'", "the counts of Ana Ruiz are not those"),
        ("UPDATE entities SET document_count = 9 WHERE name = 'Ana Ruiz'", "the counts of Ana Ruiz are not those"),
        ("UPDATE documents SET unnamed_count = 5 WHERE id = 1", "document weir: its counts are not those"),
        ("UPDATE documents SET unnamed_with_access_count = 0 WHERE id = 1", "document weir: its counts are not those"),
        ("UPDATE attributions SET content = 'No' WHERE id = 1", "attribution weir:20-24: its words are not those"),
        ("UPDATE attributions SET content = 'No' WHERE id = 1", "the index attributions_search does not fit its table"),
        ("UPDATE documents SET title = 'No' WHERE id = 1", "the index documents_search does not fit its table"),
        ("DELETE FROM attributions_search_data WHERE id > 10", "index attributions_search"),
        (
            "UPDATE attributions SET act = 'sing' WHERE id = 1",
            "document weir: a part of its reading is missing or unknown",
        ),
        ("UPDATE makers SET models = '[' WHERE id = 1", "document weir: a part of its reading is missing or unknown"),
        ("UPDATE makers SET models = '[]' WHERE id = 1", "document weir: a part of its reading is missing or unknown"),
        ("UPDATE attributions SET confidence = 7 WHERE id = 1", "document weir"),
        ("UPDATE attributions SET entity_id = NULL WHERE id = 1", "is not under the entity of its speaker"),
    ],
)
def test_each_damage_is_named(damage: str, named: str, tmp_path: Path) -> None:
    path = write(tmp_path / "l.sqlite", WEIR, FERRY)
    with reading_from(path, verify=True) as ledger:
        assert list(faults(ledger)) == []
    with opened(path) as ledger:
        assert ledger.execute(damage).rowcount > 0
    with reading_from(path, verify=True) as ledger:
        found = list(faults(ledger))
    assert [fault for fault in found if named in fault], found


def test_a_file_cut_short_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "l.sqlite", WEIR, FERRY)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert damaged(path)
    path.write_bytes(whole[:50])
    assert damaged(path)


@pytest.mark.parametrize("share", [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])
def test_a_page_of_zeros_is_told_and_ends_nothing_in_a_traceback(share: float, tmp_path: Path) -> None:
    path = write(tmp_path / "l.sqlite", WEIR, FERRY)
    whole = bytearray(path.read_bytes())
    page = int(len(whole) * share) // 8192
    whole[page * 8192 : (page + 1) * 8192] = bytes(255 - byte for byte in whole[page * 8192 : (page + 1) * 8192])
    path.write_bytes(whole)
    assert damaged(path)


def damaged(path: Path) -> list[str]:
    """What checking a damaged file says."""
    try:
        with reading_from(path, verify=True) as ledger:
            return list(faults(ledger))
    except LedgerError as error:
        return [str(error)]


def test_reading_again_replaces_what_other_models_have_read() -> None:
    ledger = holding(WEIR, FERRY)
    asked: list[str] = []

    def read_many(documents: Iterable[Document]) -> Iterator[Reading]:
        for document in documents:
            asked.append(document.id)
            yield Reading(document, made_by=FERRY.made_by)

    read_again(ledger, read_many, FERRY.made_by, LEXICON, lambda _: None)
    assert asked == ["weir"]
    assert list(readings(ledger)) == [Reading(WEIR.document, made_by=FERRY.made_by), FERRY]
    assert list(faults(ledger)) == []
    read_again(ledger, read_many, FERRY.made_by, LEXICON, lambda _: None)
    assert asked == ["weir"]
