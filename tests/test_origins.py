"""Stances, chains and origins: who is told to hold what, and where the ways end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.model import Act, Certainty, Copy, OriginKind, Relation, SourceKind, Span, Stance
from sayso.trace.asking import _with_finder, answer
from sayso.trace.chains import chain_of, holders
from sayso.trace.origins import origins_of, origins_of_side
from sayso.trace.scene import Paper, Person, Scene, Telling
from sayso.trace.stances import Bearing, bearing_of, stance_of

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


@pytest.mark.parametrize(
    ("act", "source", "cue", "content", "stance"),
    [
        (Act.ACCUSE, "Mayor Ruiz", "has never blamed", "Velm for the flood", None),
        (Act.ACCUSE, "Mayor Ruiz", "blamed", "Velm for the flood", Stance.SAYS),
        (Act.DECIDE, "The court", "did not rule", "that the sale was void", None),
        (Act.DECIDE, "The court", "ruled", "that the sale was void", Stance.SAYS),
        (Act.DECIDE, "The charter", "forbids", "selling the mill", None),
        (Act.COMMIT, "Paul Osei", "did not promise", "to reopen the ferry", None),
        (Act.COMMIT, "Paul Osei", "does not plan", "to reopen the ferry", Stance.DISPUTES),
        (Act.ENDORSE, "Paul Osei", "doesn’t agree", "that the weir is cracked", Stance.DISPUTES),
        (Act.ENDORSE, "Paul Osei", "has never backed", "the sale of the mill", None),
        (Act.FIND, "Divers", "found", "no clear sign that the weir is cracked", Stance.DISPUTES),
        (Act.FIND, "Divers", "found", "any proof that the weir is cracked", Stance.DISPUTES),
        (Act.FIND, "Divers", "did not see", "a sign of cracks in the weir", Stance.DISPUTES),
        (Act.FIND, "Divers", "did not know", "that the weir is cracked", None),
        (Act.FIND, "Divers", "will see", "if the weir is cracked", None),
        (Act.ASSERT, "The note", "does not show", "that the weir is cracked", None),
        (Act.ASSERT, "The note", "not only says", "that the weir is cracked", Stance.SAYS),
        (Act.ASSERT, "The note", "did not deny", "that the weir is cracked", None),
        (Act.ASSERT, "Nobody", "says", "that the weir is cracked", None),
        (Act.ASSERT, "The note", "has no evidence", "that the weir is cracked", Stance.DISPUTES),
        (Act.BELIEVE, "Ana Ruiz", "doubts", "whether the weir is cracked", Stance.DISPUTES),
        (Act.BELIEVE, "Ana Ruiz", "doesn't think", "that the weir is cracked", Stance.DISPUTES),
        (Act.DENY, "Ana Ruiz", "does not believe", "that the weir is cracked", Stance.DISPUTES),
        (Act.WANT, "Ana Ruiz", "does not want", "the weir to be mended", None),
        (Act.ASK, "Ana Ruiz", "did not ask", "whether the weir is cracked", Stance.ASKS),
        (Act.DECLINE, "Ana Ruiz", "would not say", "whether the weir is cracked", Stance.WITHHOLDS),
    ],
)
def test_what_is_not_done_is_not_said(act: Act, source: str, cue: str, content: str, stance: Stance | None) -> None:
    assert stance_of(act, None, Relation.SAME, bearing_of(act, source, cue, content)) is stance


def test_what_is_left_open_stays_so_where_its_cue_is_negated() -> None:
    bearing = bearing_of(Act.ASSERT, "The fire chief", "did not rule out", "arson at the mill")
    assert stance_of(Act.ASSERT, Certainty.POSSIBLE, Relation.SAME, bearing) is Stance.POSSIBLE


@given(st.sampled_from(list(Act)), st.text(max_size=30), st.text(max_size=30), st.text(max_size=60))
def test_any_words_have_a_bearing(act: Act, source: str, cue: str, content: str) -> None:
    assert bearing_of(act, source, cue, content) in Bearing


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


def side(scene: Scene, stance: Stance = Stance.SAYS) -> tuple[int, int, list[str]]:
    found = origins_of_side([(one, chain_of(scene, one)) for one in holders(scene) if one.stance is stance])
    return found.least, found.most, list(found.reasons)


def test_an_outlet_that_says_it_too_may_have_it_from_others() -> None:
    papers = [paper("d"), paper("c", "The Ostrey Courier", "9")]
    told = [telling("ana", "d", ANA), telling("own", "c", None, own_voice=True)]
    reason = "The Ostrey Courier says so in its own voice, and may have it from others."
    assert side(Scene.of(papers, told)) == (1, 2, [reason])


def test_what_a_company_states_itself_it_has_from_nobody() -> None:
    papers = [paper("d"), replace(paper("c", "Ostrey Port", "2"), is_first_hand=True)]
    assert side(Scene.of(papers, [telling("ana", "d", ANA), telling("own", "c", None, own_voice=True)])) == (2, 2, [])


def test_what_an_outlet_asks_for_it_asks_for_itself() -> None:
    papers = [paper("d"), paper("c", "The Ostrey Courier", "9")]
    told = [telling("ana", "d", ANA), telling("own", "c", None, own_voice=True)]
    asking = [replace(one, stance=Stance.ASKS) for one in told]
    assert side(Scene.of(papers, asking), Stance.ASKS) == (2, 2, [])


@pytest.mark.parametrize("speaker", [None, Person("p", "pilots", SourceKind.GROUP, named=False)])
def test_a_headline_has_it_from_whom_the_article_under_it_names(speaker: Person | None) -> None:
    headline = telling("headline", "d", speaker, own_voice=speaker is None, is_headline=True)
    told = [replace(headline, span=Span(0, 9)), telling("ana", "d", ANA)]
    scene = Scene.of([paper("d")], told)
    assert side(scene) == (1, 1, [])
    assert len(holders(scene)) == 2  # the headline is a position all the same
    assert names(scene, "headline") == ["The Velm Standard", "Ana Ruiz*"]


def test_a_headline_over_what_the_outlet_says_itself_is_the_outlets() -> None:
    headline = telling("headline", "d", None, own_voice=True, is_headline=True)
    assert names(Scene.of([paper("d")], [headline, telling("own", "d", None, own_voice=True)]), "headline") == [
        "The Velm Standard"
    ]


def test_a_sentence_that_tells_what_somebody_says_has_it_from_them() -> None:
    blames = telling("blames", "d", ANA)
    told = replace(telling("blames told", "d", None, own_voice=True), span=blames.span)
    elsewhere = replace(telling("further down", "d", None, own_voice=True), span=Span(90, 99))
    scene = Scene.of([paper("d")], [blames, told, elsewhere])
    assert names(scene, "blames told") == ["The Velm Standard", "Ana Ruiz*"]
    assert names(scene, "further down") == ["The Velm Standard"]


def test_the_same_words_in_copies_rest_on_the_source_that_the_surest_reading_of_them_names() -> None:
    copy = Copy(("c", "d"), ((Span(0, 50), Span(0, 50)),), None, "undated")
    papers = [paper("c", day=None), paper("d", "Norlands Press", "7", None)]
    told = [telling("a", "c", ANA, confidence=0.9), telling("b", "d", CLERKS, confidence=0.4)]
    assert side(Scene.of(papers, told, (copy,)))[:2] == (1, 1)
    assert side(Scene.of(papers, told))[:2] == (1, 2)


def test_what_stands_beside_a_member_is_not_counted_unless_there_is_nothing_else() -> None:
    may = telling("may", "c", PORT, is_beside=True)
    papers = [paper("d"), paper("c")]
    counted = side(Scene.of(papers, [telling("ana", "d", ANA), may]))
    assert counted == (1, 1, ["One of these positions may belong here, and is not counted."])
    assert side(Scene.of(papers, [may])) == (1, 1, [])


def test_the_least_rests_on_positions_that_are_surely_on_the_claim() -> None:
    told = [telling("ana", "d", ANA, confidence=0.9), telling("port", "c", PORT, confidence=0.3)]
    assert side(Scene.of([paper("d"), paper("c")], told)) == (
        1,
        2,
        ["One of these positions may be on something else."],
    )


def test_a_body_is_not_one_of_its_people_whom_nobody_names() -> None:
    agency = Person("agency", "the agency", SourceKind.ORGANIZATION, named=False)
    assert origins(CLERKS, agency)[:2] == (2, 2)


HALE = Person("hale", "Bill Hale", SourceKind.PERSON, named=True, entity="4", roles=("president of Ostrey",))


def test_a_surname_may_be_of_the_one_who_has_it() -> None:
    surname = Person("h", "Hale", SourceKind.PERSON, named=True)
    assert origins(HALE, surname) == (1, 2, ["“Hale” may be “Bill Hale”."])
    other = Person("dora", "Dora Hale", SourceKind.PERSON, named=True, entity="5")
    assert origins(HALE, surname, other) == (3, 3, [])  # of two it is open which


def test_a_surname_with_the_same_office_is_the_same_person() -> None:
    assert origins(HALE, Person("h", "President Hale", SourceKind.PERSON, named=True)) == (1, 1, [])
    assert origins(HALE, Person("h", "Mayor Hale", SourceKind.PERSON, named=True))[:2] == (1, 2)


@pytest.mark.parametrize(
    "role", ["the president of Ostrey's spokeswoman", "spokeswoman for Hale", "Hale’s spokeswoman"]
)
def test_who_speaks_for_somebody_is_one_origin_with_them(role: str) -> None:
    assert origins(HALE, replace(ANA, roles=(role,))) == (1, 1, [])


def test_what_a_role_says_in_one_document_holds_in_all() -> None:
    plain = replace(SPEAKER, roles=())
    assert origins(plain, PORT, SPEAKER) == (1, 1, [])


def test_who_passes_on_another_ones_word_in_one_document_may_do_so_in_the_next() -> None:
    told = [telling("whole", "d", ANA, basis=CLERKS), telling("short", "c", ANA)]
    reason = "Ana Ruiz may only pass on the word of “two clerks”, as in another document."
    assert side(Scene.of([paper("d"), paper("c")], told)) == (1, 2, [reason])


def test_the_holder_of_the_same_words_in_copies_is_the_one_whom_the_surest_reading_names() -> None:
    copies = [Copy(("a", each), ((Span(0, 50), Span(0, 50)),), None, "undated") for each in ("b", "c")]
    told = [
        telling("mistaken", "a", CLERKS, confidence=0.4),
        telling("sure", "b", ANA, confidence=0.9),
        telling("open", "c", None, confidence=0.5),
    ]
    scene = Scene.of([paper("a", day=None), paper("b", day=None), paper("c", day=None)], told, tuple(copies))
    positions = answer(scene, "id", "the weir is cracked", 1.0).positions[Stance.SAYS]
    assert [one.entity for one in positions] == ["Ana Ruiz"] * 3
    assert [one.chain[-1].name for one in positions] == ["Ana Ruiz"] * 3
