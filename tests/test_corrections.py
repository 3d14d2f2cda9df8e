"""Corrections: what people put right holds everywhere, stays when documents are read again, and leaves no trace when
it is undone."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledgers import LEXICON, add_to, all_of, holding, in_memory, opened, organization, person, told, unnamed, write
from made_vectors import made_once
from readings import readings as any_readings
from web import browser

from sayso.corrections.applying import corrected
from sayso.corrections.entries import (
    Correction,
    CorrectionKind,
    Said,
    correction_from_json,
    correction_to_json,
    in_order,
    part_of,
    that_hold,
    with_id,
    words_at,
)
from sayso.errors import InputError
from sayso.export import EXPORTS
from sayso.export.answers import who_object
from sayso.ledger import composing
from sayso.ledger.adding import read_again
from sayso.ledger.checking import faults
from sayso.ledger.composing import Author, CannotCorrect
from sayso.ledger.correcting import State, machine_readings, put, standing
from sayso.ledger.corrections import all_corrections
from sayso.ledger.opening import APPLICATION, migrations, transaction, writing_to
from sayso.ledger.questions import contents_with, entities_named
from sayso.ledger.readings import readings
from sayso.ledger.selecting import LedgerEntities, rows_of
from sayso.model import Act, Certainty, MadeBy, Polarity, Reading, SourceKind, Span
from sayso.statements import statements
from sayso.trace import wordings
from sayso.trace.asking import who
from sayso.trace.auditing import audit
from sayso.trace.copying import find_copies
from sayso.trace.listing import claims
from sayso.trace.tracing import claim_models, trace, trace_anew
from sayso.web.app import PAGES
from sayso.web.page import as_json

MODELS = claim_models()
EDITOR = Author("Ida Tarrant", "see the second paragraph")
OTHER = Author("Owen Marsh")
CLAIM = "the old weir is cracked"


@pytest.fixture(autouse=True, scope="module")
def quick() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wordings, "vectors", made_once)
        yield


def article(id_: str, text: str, *sources: Any, **about: Any) -> Reading:
    """A Reading of an invented article, with the acts and certainties that sayso would read, and its statements."""
    own = [replace(one, id=f"{id_}:source{i}") for i, one in enumerate(sources)]
    reading = told(id_, text, *own, **about)
    acts = {"denied": Act.DENY, "said": Act.ASSERT}
    attributions = tuple(
        replace(
            one,
            act=acts[one.cue.of(text)],
            polarity=Polarity.AFFIRMED,
            certainty=Certainty.CERTAIN,
            speaker_confidence=0.8,
        )
        for one in reading.attributions
    )
    sources = tuple(
        replace(one, mentions=tuple(a.source for a in attributions if a.speaker == one.id and a.source)) for one in own
    )
    reading = replace(reading, attributions=attributions, sources=sources)
    return replace(reading, statements=statements(reading.document, attributions))


COURIER = article(
    "courier",
    "Ana Ruiz said the old weir is cracked. Bill Hale denied the old weir is cracked. The town of Velm is worried today"
    ".",
    person("Ana Ruiz", "mayor of Ostrey"),
    person("Bill Hale"),
    published="2024-05-31",
    publisher="The Ostrey Courier",
)
STANDARD = article(
    "standard",
    "Ana Ruiz said the old weir is cracked. Two clerks said the ferry to Velm was closed in May.",
    person("Ana Ruiz"),
    unnamed("Two clerks", "fear of reprisals"),
    published="2024-06-01",
    publisher="The Velm Standard",
)
MIRROR = article(
    "mirror",
    "Anna Ruiz said the ferry to Velm was closed in May. Bill Hale said the mill was sold.",
    person("Anna Ruiz"),
    person("Bill Hale"),
    published="2024-06-02",
)
STORY = (COURIER, STANDARD, MIRROR)
SAID = COURIER.attributions[0].id
DENIED = COURIER.attributions[1].id
CLERKS = STANDARD.attributions[1].id


def traced(ledger: sqlite3.Connection) -> sqlite3.Connection:
    find_copies(ledger, LEXICON)
    trace(ledger, MODELS)
    return ledger


@pytest.fixture
def ledger() -> sqlite3.Connection:
    return traced(holding(*STORY))


Making = Callable[[sqlite3.Connection], Correction]


def correct(ledger: sqlite3.Connection, make: Making) -> Correction:
    """Make a correction, as the command line and the pages do."""
    with transaction(ledger):
        one = make(ledger)
        put(ledger, [one], LEXICON)
    return one


def undo(ledger: sqlite3.Connection, one: Correction, by: Author = EDITOR) -> Correction:
    return correct(ledger, lambda ledger: composing.undo(ledger, by, one.id))


def entity(ledger: sqlite3.Connection, name: str) -> int:
    return composing.entity_meant(ledger, name)


def asked(ledger: sqlite3.Connection, words: str = CLAIM) -> dict[str, Any]:
    found = who(ledger, words, claim_models)
    return msgspec.to_builtins(who_object(found)) if found else {}


def holders(ledger: sqlite3.Connection, words: str = CLAIM) -> dict[str, list[tuple[str | None, str]]]:
    """Who holds what on a claim, and in which document."""
    return {
        str(stance): [(one["entity"], one["document"]) for one in these]
        for stance, these in asked(ledger, words).get("positions", {}).items()
    }


def exported(ledger: sqlite3.Connection, by_machine: bool = False, folder: Path | None = None) -> dict[str, bytes]:
    """What every export makes of a ledger."""
    found = {}
    for name, form in EXPORTS.items():
        entities = LedgerEntities(ledger)
        given = entities.readings(rows_of(ledger), by_machine=by_machine)
        if form.stream is not None:
            out = io.BytesIO()
            form.stream.write(given, out, entities)
            found[name] = out.getvalue()
        elif form.folder is not None and folder is not None:
            form.folder.write(given, folder / name, entities)
            files = sorted(one for one in (folder / name).rglob("*") if one.is_file())
            found |= {f"{name}/{one.relative_to(folder / name)}": one.read_bytes() for one in files}
    return found


def pages(ledger: sqlite3.Connection) -> dict[str, bytes]:
    """The twins of the pages, and what else is listed."""
    given: dict[str, list[dict[str, str]]] = {
        "/document": [{"id": one["reading_id"]} for one in ledger.execute("SELECT reading_id FROM documents")],
        "/claim": [{"id": one["reading_id"]} for one in ledger.execute("SELECT reading_id FROM claims")],
        "/entity": [{"id": str(one["id"])} for one in ledger.execute("SELECT id FROM entities WHERE document_count")],
        "/search": [{"words": words} for words in ("weir", "Ruiz", "ferry")],
        "/compare": [{"a": "courier", "b": "standard"}],
        "/": [{}],
        "/outlets": [{}],
    }
    return {
        f"{page.path}?{asking}": as_json(page.ask(ledger, asking))
        for page in PAGES
        for asking in given.get(page.path, [])
    }


def api(ledger: sqlite3.Connection, folder: Path) -> dict[str, bytes]:
    """What programs are answered, over a copy of the ledger: by what is asked, which ids do not change."""
    path = folder / "copy.ledger"
    with closing(sqlite3.connect(path)) as copy:
        ledger.backup(copy)
        copy.execute(f"PRAGMA application_id = {APPLICATION}")
        copy.execute(f"PRAGMA user_version = {len(migrations())}")
    documents = [one.document.id for one in STORY]
    entities = [str(one["id"]) for one in ledger.execute("SELECT id FROM entities WHERE document_count")]
    addresses = [
        *("/start", "/outlets", "/documents", "/copies", "/claims", "/entities", "/search?words=weir"),
        *(f"/{what}?id={id_}" for what in ("document", "reading", "text") for id_ in documents),
        *(f"/who?claim={id_}" for id_ in (SAID, DENIED, CLERKS)),
        *(f"/claim?id={id_}" for id_ in (SAID, CLERKS)),
        *(f"/{what}={row}" for what in ("entity?id", "statements?entity") for row in entities),
        "/compare?a=courier&b=standard",
    ]
    asking = browser(path)
    found = {one: asking.get(f"/api{one}") for one in addresses}
    return {one: answer.content for one, answer in found.items() if answer.status_code != 404}


def outputs(ledger: sqlite3.Connection) -> dict[str, Any]:
    """All that a ledger gives out."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        return {**given_out(ledger), "exports": exported(ledger, folder=folder), "api": api(ledger, folder)}


def given_out(ledger: sqlite3.Connection) -> dict[str, Any]:
    """What the commands and the pages show."""
    return {
        "who": [asked(ledger, words) for words in (CLAIM, "the ferry to Velm was closed", "the mill was sold")],
        "claims": claims(ledger),
        "sources": [entities_named(ledger, name) for name in ("Ana Ruiz", "Anna Ruiz", "Ruiz", "Bill Hale", "Velm")],
        "said": [contents_with(ledger, words) for words in ("weir", "ferry", "mill")],
        "pages": pages(ledger),
    }


# One correction of each kind.

KINDS: dict[str, Making] = {
    "speaker": lambda ledger: composing.speaker(ledger, EDITOR, SAID, "Bill Hale"),
    "nobody": lambda ledger: composing.speaker(ledger, EDITOR, SAID, None),
    "new speaker": lambda ledger: composing.speaker(ledger, EDITOR, SAID, "town of Velm", SourceKind.ORGANIZATION),
    "act": lambda ledger: composing.value(ledger, EDITOR, SAID, CorrectionKind.ACT, "deny"),
    "polarity": lambda ledger: composing.value(ledger, EDITOR, SAID, CorrectionKind.POLARITY, "negated"),
    "certainty": lambda ledger: composing.value(ledger, EDITOR, SAID, CorrectionKind.CERTAINTY, "possible"),
    "struck": lambda ledger: composing.struck(ledger, EDITOR, SAID),
    "merge": lambda ledger: composing.merge(ledger, EDITOR, entity(ledger, "Ana Ruiz"), entity(ledger, "Anna Ruiz")),
    "split": lambda ledger: composing.split(ledger, EDITOR, entity(ledger, "Bill Hale"), "mirror"),
    "moved": lambda ledger: composing.member(ledger, EDITOR, MIRROR.attributions[1].id, SAID),
    "moved out": lambda ledger: composing.member(ledger, EDITOR, STANDARD.attributions[0].id, None),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_correction_changes_what_is_given_out_and_its_undoing_gives_back_the_same_bytes(
    ledger: sqlite3.Connection, kind: str
) -> None:
    before = outputs(ledger)
    assert len(before["api"]) >= 25
    one = correct(ledger, KINDS[kind])
    traced(ledger)
    during = outputs(ledger)
    assert during != before
    changed = [name for name in during if during[name] != before[name]]
    assert {"pages", "api"} <= set(changed)
    assert ("exports" in changed) == (not kind.startswith("moved"))  # claims are in no export of Readings
    assert list(faults(ledger)) == []
    undo(ledger, one)
    traced(ledger)
    assert outputs(ledger) == before
    assert list(faults(ledger)) == []
    assert len(list(all_corrections(ledger))) == 2  # nothing was taken away


@pytest.mark.parametrize("kind", KINDS)
def test_a_correction_stays_when_documents_are_read_again(ledger: sqlite3.Connection, kind: str) -> None:
    correct(ledger, KINDS[kind])
    during = exported(traced(ledger))
    positions = holders(ledger)
    again = MadeBy("2")
    with_new_maker = {one.document.id: replace(one, made_by=again) for one in STORY}
    read_again(
        ledger,
        lambda documents: (with_new_maker[one.id] for one in documents),
        again,
        LEXICON,
        lambda _: None,
    )
    traced(ledger)
    assert [one.made_by for one in readings(ledger)] == [again] * 3
    assert holders(ledger) == positions
    assert {name: bytes_.replace(b'"sayso":"2"', b'"sayso":"1"') for name, bytes_ in exported(ledger).items()}[
        "jsonl"
    ] == during["jsonl"]
    assert exported(ledger)["csv"] == during["csv"]
    assert list(faults(ledger)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_correction_stays_when_claims_are_traced_from_nothing(ledger: sqlite3.Connection, kind: str) -> None:
    correct(ledger, KINDS[kind])
    before = outputs(traced(ledger))
    trace_anew(ledger)
    assert outputs(traced(ledger)) == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_correction_holds_in_another_ledger_whatever_comes_first(kind: str, ledger: sqlite3.Connection) -> None:
    correct(ledger, KINDS[kind])
    expected = outputs(traced(ledger))
    lines = [correction_to_json(one) for one in all_corrections(ledger)]
    given = [correction_from_json(line) for line in lines]
    early = in_memory()
    with transaction(early):
        assert put(early, given, LEXICON) == 1
    assert {standing(early, one).state for one in given} == {State.WAITING}
    for one in STORY:
        add_to(early, [one])
        traced(early)
    assert {standing(early, one).state for one in given} == {State.HOLDS}
    assert list(faults(early)) == []
    late = holding(*STORY)
    with transaction(late):
        assert put(late, given, LEXICON) == 1
        assert put(late, given, LEXICON) == 0  # the same once more
    traced(late)
    assert list(faults(late)) == []
    for other in (early, late):
        assert holders(other) == holders(ledger)
        assert exported(other)["jsonl"] == expected["exports"]["jsonl"]


# What each changes.


def test_another_speaker_holds_the_position(ledger: sqlite3.Connection) -> None:
    assert holders(ledger)["says"] == [("Ana Ruiz", "courier"), ("Ana Ruiz", "standard")]
    correct(ledger, KINDS["speaker"])
    assert holders(traced(ledger))["says"] == [("Bill Hale", "courier"), ("Ana Ruiz", "standard")]
    assert [one.attributions for one in entities_named(ledger, "Ana Ruiz")] == [1]
    assert b"Bill Hale" in exported(ledger)["csv"].split(b"\r\n")[1]


def test_a_source_to_which_nothing_is_attributed_any_more_is_none(ledger: sqlite3.Connection) -> None:
    correct(ledger, KINDS["speaker"])
    courier = next(readings(ledger))
    assert [one.name for one in courier.sources] == ["Bill Hale"]


def test_a_new_speaker_is_named_by_words_of_the_text_alone(ledger: sqlite3.Connection) -> None:
    correct(ledger, KINDS["new speaker"])
    courier = next(readings(ledger))
    assert [(one.name, one.kind.value) for one in courier.sources][1] == ("town of Velm", "organization")
    with pytest.raises(CannotCorrect, match="neither a source of standard nor words of its text"):
        composing.speaker(ledger, EDITOR, CLERKS, "Ida Velm")


def test_who_denies_it_disputes_it(ledger: sqlite3.Connection) -> None:
    correct(ledger, KINDS["act"])
    assert ("Ana Ruiz", "courier") in holders(traced(ledger))["disputes"]


def test_who_is_less_sure_holds_it_possible(ledger: sqlite3.Connection) -> None:
    correct(ledger, KINDS["certainty"])
    assert holders(traced(ledger))["possible"] == [("Ana Ruiz", "courier")]


def test_what_is_struck_out_is_what_the_outlet_says_itself(ledger: sqlite3.Connection) -> None:
    correct(ledger, KINDS["struck"])
    courier = next(readings(ledger))
    assert [one.id for one in courier.attributions] == [DENIED]
    assert [one.span.of(courier.document.text) for one in courier.statements] == [
        "Ana Ruiz said the old weir is cracked.",
        "The town of Velm is worried today.",
    ]
    assert holders(traced(ledger))["says"][0] == ("The Ostrey Courier", "courier")


def test_merged_sources_are_one_under_the_first_ones_name(ledger: sqlite3.Connection) -> None:
    ana = entity(ledger, "Ana Ruiz")
    correct(ledger, KINDS["merge"])
    assert [(one.id, one.documents) for one in entities_named(ledger, "Anna Ruiz")] == [(ana, 3)]
    add_to(ledger, [article("later", "Anna Ruiz said the mill was sold.", person("Anna Ruiz"))])
    assert [(one.id, one.documents) for one in entities_named(ledger, "Ana Ruiz")] == [(ana, 4)]
    assert holders(traced(ledger), "the ferry to Velm was closed in May")["says"][1] == ("Ana Ruiz", "mirror")
    assert list(faults(ledger)) == []


def test_a_split_source_is_an_entity_of_its_own(ledger: sqlite3.Connection) -> None:
    correct(ledger, KINDS["split"])
    found = entities_named(ledger, "Bill Hale")
    assert [one.documents for one in found] == [1, 1]
    add_to(ledger, [article("later", "Bill Hale said the mill was sold.", person("Bill Hale"))])
    assert [one.documents for one in entities_named(ledger, "Bill Hale")] == [2, 1]
    assert list(faults(ledger)) == []


def test_a_merge_gives_no_unnamed_source_a_name(ledger: sqlite3.Connection) -> None:
    with pytest.raises(CannotCorrect, match="not named by its documents"):
        entity(ledger, "Two clerks")
    merge = KINDS["merge"](ledger)
    text = STANDARD.document.text
    clerks = msgspec.structs.replace(part_of(STANDARD.document), source=words_at(text, Span(39, 49)))
    forged = with_id(msgspec.structs.replace(merge, other=clerks))
    before = exported(ledger)
    with transaction(ledger):
        put(ledger, [forged], LEXICON)
    assert standing(ledger, forged).state is State.REFUSED
    assert exported(ledger) == before


def test_merged_outlets_are_one_outlet() -> None:
    nyt = article(
        "nyt", "Ana Ruiz said the old weir is cracked.", person("Ana Ruiz"), publisher="Ostrey Courier Online"
    )
    other = article("about", "Ostrey Courier Online said the mill was sold.", organization("Ostrey Courier Online"))
    ledger = traced(holding(*STORY, nyt, other))
    before = outputs(ledger)
    cited = article("cites", "The Ostrey Courier said the mill was sold.", organization("The Ostrey Courier"))
    add_to(ledger, [cited])
    before = outputs(traced(ledger))
    one = correct(
        ledger,
        lambda ledger: composing.merge(
            ledger, EDITOR, entity(ledger, "The Ostrey Courier"), entity(ledger, "Ostrey Courier Online")
        ),
    )
    assert all_of(ledger, "SELECT count(DISTINCT outlet_id) FROM documents WHERE publisher LIKE '%Courier%'") == [1]
    assert list(faults(ledger)) == []
    undo(ledger, one)
    assert outputs(traced(ledger)) == before
    assert list(faults(ledger)) == []


def test_a_member_that_is_moved_takes_part_in_the_other_claim(ledger: sqlite3.Connection) -> None:
    correct(ledger, KINDS["moved"])
    traced(ledger)
    assert ("Bill Hale", "mirror") in holders(ledger)["says"]
    assert holders(ledger, SAID) == holders(ledger)
    correct(
        ledger,
        lambda ledger: composing.member(ledger, OTHER, MIRROR.attributions[1].id, SAID, contrary=True),
    )
    assert ("Bill Hale", "mirror") in holders(traced(ledger))["disputes"]


def test_a_member_that_is_moved_out_takes_no_part_in_it(ledger: sqlite3.Connection) -> None:
    correct(ledger, KINDS["moved out"])
    assert holders(traced(ledger))["says"] == [("Ana Ruiz", "courier")]


def test_a_member_follows_the_one_that_it_says_the_same_as(ledger: sqlite3.Connection) -> None:
    mill, ferry = MIRROR.attributions[1].id, MIRROR.attributions[0].id
    correct(ledger, lambda ledger: composing.member(ledger, EDITOR, mill, ferry))
    traced(ledger)
    correct(ledger, lambda ledger: composing.member(ledger, EDITOR, ferry, SAID, contrary=True))
    traced(ledger)
    claim = asked(ledger, SAID)
    assert {one["attribution"] for one in claim["positions"]["disputes"]} >= {mill, ferry}
    assert list(faults(ledger)) == []


def test_the_machines_reading_stays_and_can_be_given_out(ledger: sqlite3.Connection) -> None:
    before = exported(ledger)["jsonl"]
    for kind in ("speaker", "act", "struck"):
        correct(ledger, KINDS[kind])
    assert list(machine_readings(ledger)) == list(STORY)
    assert exported(ledger)["jsonl"] != before
    assert exported(ledger, by_machine=True)["jsonl"] == before


def test_a_row_for_the_files_says_who_corrected_it(ledger: sqlite3.Connection) -> None:
    correct(ledger, KINDS["speaker"])
    found = who(traced(ledger), CLAIM, claim_models)
    assert found is not None
    rows = {one.attribution: one.corrected for one in audit(ledger, found)}
    mark = rows[SAID] or ""
    assert mark.startswith("speaker corrected by Ida Tarrant on 20")
    assert mark.endswith(": see the second paragraph")
    assert rows[DENIED] is None


# Several of them.


def test_of_two_peoples_corrections_the_later_one_holds_and_both_are_kept(ledger: sqlite3.Connection) -> None:
    first = correct(ledger, lambda ledger: composing.value(ledger, EDITOR, SAID, CorrectionKind.ACT, "deny"))
    second = correct(ledger, lambda ledger: composing.value(ledger, OTHER, SAID, CorrectionKind.ACT, "believe"))
    assert next(readings(ledger)).attributions[0].act is Act.BELIEVE
    assert [one.by for one in all_corrections(ledger)] == ["Ida Tarrant", "Owen Marsh"]
    assert standing(ledger, first).state is State.REPLACED
    assert standing(ledger, second).state is State.HOLDS
    undo(ledger, second)
    assert next(readings(ledger)).attributions[0].act is Act.DENY


def test_a_later_split_holds_against_a_merge(ledger: sqlite3.Connection) -> None:
    merged = correct(ledger, KINDS["merge"])
    ana = entity(ledger, "Ana Ruiz")
    correct(ledger, lambda ledger: composing.split(ledger, OTHER, ana, "mirror"))
    assert len({entity(ledger, "Ana Ruiz"), entity(ledger, "Anna Ruiz")}) == 2
    assert standing(ledger, merged).state is State.REPLACED
    assert list(faults(ledger)) == []


def test_an_undoing_can_be_undone(ledger: sqlite3.Connection) -> None:
    one = correct(ledger, KINDS["act"])
    undone = undo(ledger, one, OTHER)
    assert next(readings(ledger)) == COURIER
    with pytest.raises(CannotCorrect, match="undone already, by Owen Marsh"):
        undo(ledger, one)
    undo(ledger, undone)
    assert next(readings(ledger)).attributions[0].act is Act.DENY


def test_what_somebody_says_later_of_what_was_struck_out_brings_it_back(ledger: sqlite3.Connection) -> None:
    correct(ledger, KINDS["struck"])
    correct(ledger, lambda ledger: composing.value(ledger, OTHER, SAID, CorrectionKind.ACT, "find"))
    assert next(readings(ledger)).attributions[0].act is Act.FIND


def test_a_correction_does_not_hold_for_a_changed_text_and_says_so() -> None:
    url = "https://example.org/weir"
    first = article("first", "Ana Ruiz said the weir is cracked.", person("Ana Ruiz"), url=url)
    changed = article("second", "Ana Ruiz said the weir is cracked. It is old.", person("Ana Ruiz"), url=url)
    ledger = holding(first, changed)
    one = correct(
        ledger,
        lambda ledger: composing.value(ledger, EDITOR, first.attributions[0].id, CorrectionKind.ACT, "deny"),
    )
    assert [made.attributions[0].act for made in readings(ledger)] == [Act.DENY, Act.ASSERT]
    assert standing(ledger, one).why == "for the text that it was made on; not for the later version second"
    other = holding(article("first", "Ana Ruiz said the weir is dry.", person("Ana Ruiz")))
    with transaction(other):
        put(other, [one], LEXICON)
    assert standing(other, one).state is State.TEXT_CHANGED
    assert next(readings(other)).attributions[0].act is Act.ASSERT


def test_a_correction_of_what_is_not_read_as_an_attribution_any_more_is_kept_and_says_so(
    ledger: sqlite3.Connection,
) -> None:
    one = correct(ledger, KINDS["act"])
    again = MadeBy("2")
    read_again(
        ledger,
        lambda documents: (Reading(document, made_by=again) for document in documents),
        again,
        LEXICON,
        lambda _: None,
    )
    assert standing(ledger, one).state is State.NOT_FOUND
    assert list(faults(ledger)) == []


# The entries.


def test_no_entry_is_ever_changed_or_removed(ledger: sqlite3.Connection) -> None:
    correct(ledger, KINDS["act"])
    for query in ("UPDATE corrections SET why = ''", "DELETE FROM corrections"):
        with pytest.raises(sqlite3.DatabaseError, match="a correction is never"):
            ledger.execute(query)
    entries = list(all_corrections(ledger))
    ledger.execute(
        "REPLACE INTO corrections (id, kind, \"by\", made, entry) SELECT id, kind, 'x', made, '' FROM corrections"
    )
    assert list(all_corrections(ledger)) == entries


def test_an_entry_that_was_changed_is_refused(ledger: sqlite3.Connection) -> None:
    line = correction_to_json(KINDS["act"](ledger))
    assert correction_from_json(line).to == "deny"
    with pytest.raises(InputError, match="changed after it was made"):
        correction_from_json(line.replace(b'"to":"deny"', b'"to":"want"'))
    with pytest.raises(InputError, match="line 7: not a correction"):
        correction_from_json(b'{"id": 1}', "file, line 7")


def test_words_that_do_not_stand_where_an_entry_says_are_not_corrected(ledger: sqlite3.Connection) -> None:
    for kind in ("act", "merge", "moved"):
        one = KINDS[kind](ledger)
        line = correction_to_json(one).decode().replace('"said"', '"sold"').replace('"Ana Ruiz"', '"Ana Rouz"')
        forged = with_id(msgspec.json.decode(line, type=Correction))
        before = exported(ledger), asked(ledger)
        with transaction(ledger):
            put(ledger, [forged], LEXICON)
        assert (exported(traced(ledger)), asked(ledger)) == before
        assert standing(ledger, forged).state is State.NOT_FOUND


def test_killed_in_the_middle_nothing_of_a_correction_is_kept(tmp_path: Path) -> None:
    path = write(tmp_path / "l", *STORY)
    with opened(path) as ledger:
        before = exported(ledger)

    def ended_before_all_is_written() -> None:
        with writing_to(path) as ledger, transaction(ledger):
            put(ledger, [KINDS["struck"](ledger), KINDS["merge"](ledger)], LEXICON)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ended_before_all_is_written()
    with opened(path) as ledger:
        assert exported(ledger) == before
        assert list(all_corrections(ledger)) == []
        assert list(faults(ledger)) == []


def test_checking_finds_a_document_that_is_not_what_its_corrections_make_of_it(ledger: sqlite3.Connection) -> None:
    correct(ledger, KINDS["act"])
    ledger.execute("UPDATE attributions SET act = 'want' WHERE act = 'deny'")
    assert "document courier: it is not what its corrections make of the machine's reading" in list(faults(ledger))


# Any of them, in any order.

_VALUES = [
    (kind, to)
    for kind, values in (
        (CorrectionKind.ACT, ("deny", "ask", "assert", "commit")),
        (CorrectionKind.CERTAINTY, ("possible", None)),
    )
    for to in values
]
_IDS = [one.id for reading in STORY for one in reading.attributions]
_NAMES = ["Ana Ruiz", "Anna Ruiz", "Bill Hale"]
_makings = st.one_of(
    st.tuples(st.sampled_from(_IDS), st.sampled_from(_VALUES)).map(
        lambda drawn: lambda ledger: composing.value(ledger, EDITOR, drawn[0], *drawn[1])
    ),
    st.tuples(st.sampled_from(_IDS), st.sampled_from([None, "Bill Hale", "Ana Ruiz", "Two clerks", "Velm"])).map(
        lambda drawn: lambda ledger: composing.speaker(ledger, EDITOR, *drawn)
    ),
    st.sampled_from(_IDS).map(lambda id_: lambda ledger: composing.struck(ledger, EDITOR, id_)),
    st.permutations(_NAMES).map(
        lambda names: lambda ledger: composing.merge(ledger, EDITOR, entity(ledger, names[0]), entity(ledger, names[1]))
    ),
    st.tuples(st.sampled_from(_NAMES), st.sampled_from(["courier", "standard", "mirror"])).map(
        lambda drawn: lambda ledger: composing.split(ledger, OTHER, entity(ledger, drawn[0]), drawn[1])
    ),
    st.tuples(st.sampled_from(_IDS), st.sampled_from([None, *_IDS]), st.booleans()).map(
        lambda drawn: lambda ledger: composing.member(ledger, OTHER, drawn[0], drawn[1], contrary=drawn[2], number=1)
    ),
)


@settings(deadline=None, max_examples=30)
@given(st.lists(_makings, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_whatever_is_corrected_all_is_as_before_once_it_is_undone(makings: list[Making], by: Any) -> None:
    ledger = traced(holding(*STORY))
    before = outputs(ledger)
    made = []
    for making in makings:
        try:
            made.append(correct(ledger, making))
        except (CannotCorrect, composing.NoSuchPart):
            continue
        traced(ledger)
        assert list(faults(ledger)) == []
    during = outputs(ledger)
    trace_anew(ledger)
    assert outputs(traced(ledger)) == during
    by.shuffle(made)
    for one in made:
        undo(ledger, one)
    assert list(faults(ledger)) == []
    assert outputs(traced(ledger)) == before


@given(any_readings(), st.data())
def test_any_reading_keeps_its_form_whatever_is_corrected(reading: Reading, data: st.DataObject) -> None:
    if not reading.attributions:
        return
    text = reading.document.text
    made = []
    for i in range(data.draw(st.integers(1, 4))):
        one = data.draw(st.sampled_from(reading.attributions))
        said = Said(words_at(text, one.cue), tuple(words_at(text, piece) for piece in one.content))
        of = msgspec.structs.replace(part_of(reading.document), attribution=said)
        kind = data.draw(st.sampled_from([CorrectionKind.STRUCK, CorrectionKind.SPEAKER]))
        made.append(with_id(Correction("", kind, "x", f"2024-01-01T00:00:0{i}+00:00", of=of)))
    found = corrected(reading, made)
    sources, attributions = {one.id for one in found.sources}, {one.id for one in found.attributions}
    assert sources <= {one.id for one in reading.sources}
    assert all(one.speaker is None or one.speaker in sources for one in found.attributions)
    assert all(one.basis is None or one.basis in sources for one in found.attributions)
    assert all(one.within is None or one.within in attributions for one in found.attributions)
    assert corrected(reading, []) == reading


@given(st.permutations(range(4)))
def test_what_holds_does_not_depend_on_the_order_in_which_entries_come(order: list[int]) -> None:
    first = with_id(Correction("", CorrectionKind.STRUCK, "x", "2024-01-01T00:00:00+00:00"))
    entries = [first]
    for i in range(3):
        time = f"2024-01-01T00:00:0{i + 1}+00:00"
        entries.append(with_id(Correction("", CorrectionKind.UNDO, "x", time, undoes=entries[-1].id)))
    assert that_hold([entries[i] for i in order]) == []  # undone, undone, undone again
    assert that_hold([entries[i] for i in order if i != 3]) == [first]
    assert in_order([entries[i] for i in order]) == entries
