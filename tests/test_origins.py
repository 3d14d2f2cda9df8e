"""Stances, chains and origins: who is told to hold what, and where the ways end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sayso.model import Act, Certainty, Copy, OriginKind, Relation, SourceKind, Span, Stance
from sayso.trace.asking import _with_finder
from sayso.trace.chains import chain_of, holders
from sayso.trace.origins import origins_of
from sayso.trace.scene import Paper, Person, Scene, Telling
from sayso.trace.stances import stance_of

ANA = Person("ana", "Ana Ruiz", SourceKind.PERSON, named=True, entity="1", roles=("mayor of Ostrey",))
CLERKS = Person("clerks", "two clerks", SourceKind.GROUP, named=False)
PILOTS = Person("pilots", "harbour pilots", SourceKind.GROUP, named=False)
OTHERS = Person("others", "other pilots", SourceKind.GROUP, named=False)
PORT = Person("port", "Ostrey Port", SourceKind.ORGANIZATION, named=True, entity="2")
SPEAKER = Person("bill", "Bill Hale", SourceKind.PERSON, named=True, entity="3", roles=("spokesman for Ostrey Port",))
COURIER = Person("courier", "The Ostrey Courier", SourceKind.ORGANIZATION, named=True, entity="9", is_outlet=True)


def paper(id_: str, outlet: str = "The Velm Standard", outlet_id: str = "8", day: str | None = "2024-03-02") -> Paper:
    return Paper(id_, id_, outlet, outlet_id, day)


def telling(id_: str, document: str, speaker: Person | None, **more: Any) -> Telling:
    given = {"stance": Stance.SAYS, "content": "the weir is cracked", "speaker": speaker, **more}
    return Telling(id_, document, Span(10, 40), **given)


def names(scene: Scene, id_: str) -> list[str]:
    return [step.name + ("*" if step.witness else "") for step in chain_of(scene, scene.tellings[id_]).steps]


@pytest.mark.parametrize(
    ("act", "certainty", "relation", "stance"),
    [
        (Act.ASSERT, Certainty.CERTAIN, Relation.SAME, Stance.SAYS),
        (Act.BELIEVE, Certainty.PROBABLE, Relation.SAME, Stance.PROBABLE),
        (Act.ASSERT, Certainty.POSSIBLE, Relation.SAME, Stance.POSSIBLE),
        (Act.ASSERT, Certainty.POSSIBLE, Relation.CONTRARY, Stance.POSSIBLE),
        (Act.ASSERT, Certainty.CERTAIN, Relation.CONTRARY, Stance.DISPUTES),
        (Act.DENY, Certainty.CERTAIN, Relation.SAME, Stance.DISPUTES),
        (Act.DENY, Certainty.CERTAIN, Relation.CONTRARY, Stance.SAYS),
        (Act.DECLINE, None, Relation.SAME, Stance.WITHHOLDS),
        (Act.UNANSWERED, None, Relation.SAME, None),
        (Act.ASK, None, Relation.CONTRARY, Stance.ASKS),
        (Act.WANT, None, Relation.SAME, Stance.WANTS),
        (Act.WANT, None, Relation.CONTRARY, None),
        (None, None, Relation.SAME, Stance.SAYS),
    ],
)
def test_what_a_source_does_is_its_position(
    act: Act | None, certainty: Certainty | None, relation: Relation, stance: Stance | None
) -> None:
    assert stance_of(act, certainty, relation) is stance


def test_the_paper_reports_what_clerks_say_and_is_a_step_on_the_way() -> None:
    inner = telling("inner", "d", CLERKS, within="outer")
    scene = Scene.of([paper("d")], [telling("outer", "d", COURIER), inner])
    assert holders(scene) == [inner]
    assert names(scene, "inner") == ["The Velm Standard", "The Ostrey Courier*", "two clerks"]


def test_what_only_may_be_on_the_claim_takes_nobodys_position_away() -> None:
    inner, outer = telling("inner", "d", CLERKS, within="outer", is_beside=True), telling("outer", "d", COURIER)
    assert holders(Scene.of([paper("d")], [outer, inner])) == [outer, inner]


def test_who_is_said_to_have_found_it_is_the_last_step() -> None:
    scene = Scene.of([paper("d")], [telling("a", "d", ANA, basis=CLERKS, finder=PILOTS)])
    assert names(scene, "a") == ["The Velm Standard", "Ana Ruiz*", "two clerks", "harbour pilots"]
    assert origins_of([chain_of(scene, scene.tellings["a"])]).items[0].name == "harbour pilots"


@pytest.mark.parametrize(
    ("told", "finder"),
    [
        ("inspectors found cracks in three gates", "inspectors"),
        ("the divers of the Velm Port had found no mark", "divers of the Velm Port"),
        ("the cracks were found by inspectors", None),
        ("Ana Ruiz found the letter", None),
        ("prices found their level", None),
    ],
)
def test_who_found_it_is_told_by_the_words(told: str, finder: str | None) -> None:
    found = _with_finder(telling("a", "d", COURIER), told).finder
    assert (found.name if found else None) == finder
    denied = _with_finder(telling("a", "d", COURIER, stance=Stance.DISPUTES), told)
    assert denied.finder is None


def test_on_whose_word_somebody_speaks_is_the_next_step() -> None:
    scene = Scene.of([paper("d")], [telling("a", "d", ANA, basis=CLERKS)])
    assert names(scene, "a") == ["The Velm Standard", "Ana Ruiz*", "two clerks"]


def test_a_cited_outlets_own_document_is_gone_on_to() -> None:
    scene = Scene.of(
        [paper("d"), paper("c", "The Ostrey Courier", "9", "2024-03-01")],
        [telling("cites", "d", COURIER), telling("first", "c", CLERKS)],
    )
    assert names(scene, "cites") == ["The Velm Standard", "The Ostrey Courier", "The Ostrey Courier", "two clerks*"]


def test_a_later_document_of_the_outlet_is_not_what_was_cited() -> None:
    scene = Scene.of(
        [paper("d"), paper("c", "The Ostrey Courier", "9", "2024-03-09")],
        [telling("cites", "d", COURIER), telling("later", "c", CLERKS)],
    )
    assert names(scene, "cites") == ["The Velm Standard", "The Ostrey Courier*"]


def test_two_that_cite_each_other_are_a_circle_and_no_origin() -> None:
    standard = Person("standard", "The Velm Standard", SourceKind.ORGANIZATION, named=True, entity="8", is_outlet=True)
    scene = Scene.of(
        [paper("d"), paper("c", "The Ostrey Courier", "9")],
        [telling("there", "d", COURIER), telling("back", "c", standard)],
    )
    chain = chain_of(scene, scene.tellings["there"])
    assert chain.circle == ("d", "c", "d")
    assert origins_of([chain]).most == 0


def test_a_copied_passage_leads_to_the_document_that_had_it_first() -> None:
    copy = Copy(("c", "d"), ((Span(0, 50), Span(0, 50)),), "c", "earlier")
    scene = Scene.of(
        [paper("d"), paper("c", "Norlands Press", "7", "2024-03-01")],
        [telling("copied", "d", CLERKS), telling("first", "c", PILOTS)],
        (copy,),
    )
    assert names(scene, "copied") == ["The Velm Standard", "Norlands Press", "harbour pilots*"]


def origins(*people: Person) -> tuple[int, int, list[str]]:
    papers = [paper(f"d{i}") for i in range(len(people))]
    scene = Scene.of(papers, [telling(f"t{i}", f"d{i}", one) for i, one in enumerate(people)])
    found = origins_of(chain_of(scene, one) for one in scene.tellings.values())
    return found.least, found.most, list(found.reasons)


def test_one_entity_is_one_origin_in_however_many_documents() -> None:
    assert origins(ANA, ANA, ANA) == (1, 1, [])
    assert origins(ANA, PORT) == (2, 2, [])


def test_a_spokesman_and_the_body_he_speaks_for_are_one_origin() -> None:
    assert origins(SPEAKER, PORT) == (1, 1, [])


def test_unnamed_sources_may_be_the_same_people_unless_the_text_says_not() -> None:
    assert origins(CLERKS, PILOTS, ANA) == (
        2,
        3,
        ["These two unnamed descriptions may be of the same people: “two clerks” and “harbour pilots”."],
    )
    assert origins(PILOTS, OTHERS) == (2, 2, [])


def test_the_unnamed_source_of_copies_is_one_though_none_is_known_to_be_the_first() -> None:
    people = [replace(CLERKS, id=f"clerks of d{i}") for i in range(5)]
    copies = [Copy(("d0", f"d{i}"), ((Span(0, 50), Span(0, 50)),), None, "undated") for i in range(1, 4)]
    papers = [paper(f"d{i}", day=None) for i in range(5)]
    scene = Scene.of(papers, [telling(f"t{i}", f"d{i}", one) for i, one in enumerate(people)], tuple(copies))
    found = origins_of(chain_of(scene, one) for one in scene.tellings.values())
    assert (found.least, found.most) == (1, 2)  # the clerks of d4 may be others
    assert {one.documents for one in found.items} == {("d0", "d1", "d2", "d3"), ("d4",)}


def test_an_outlets_own_voice_is_its_origin() -> None:
    scene = Scene.of([paper("d")], [telling("own", "d", None, own_voice=True)])
    found = origins_of([chain_of(scene, scene.tellings["own"])])
    assert [(one.name, one.kind) for one in found.items] == [("The Velm Standard", OriginKind.OUTLET)]
