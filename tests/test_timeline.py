"""The timeline: who said it when, who changed sides, and that no day or name breaks it."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
from hostile import ODD_NAMES
from hypothesis import given
from hypothesis import strategies as st

from sayso.model import Position, Stance, Step, StepKind, When
from sayso.web.timeline import MOST_HOLDERS, STANCES, Holder, Moment, holders, key, timeline


def held(stance: Stance, who: str | None, day: str | None, document: str = "d", **more: Any) -> Position:
    given: dict[str, Any] = {"entity_id": who, "named": True, "attribution": f"{document}:{stance}", "when": None}
    given |= more
    return Position(stance, who, document=document, content="x", certainty=None, published=day, confidence=1.0, **given)


def told(*positions: Position) -> tuple[Holder, ...]:
    return holders(by_stance(*positions))


def by_stance(*positions: Position) -> dict[Stance, list[Position]]:
    return {stance: [one for one in positions if one.stance is stance] for stance in Stance}


def words_of(drawing: str) -> list[str]:
    return [one.text or "" for one in ElementTree.fromstring(drawing).iter() if one.tag.endswith("text")]


def test_each_has_a_row_in_the_order_of_their_first_word() -> None:
    found = told(
        held(Stance.DISPUTES, "Bill Hale", "2024-03-04"),
        held(Stance.SAYS, "Ana Ruiz", "2024-03-02"),
        held(Stance.SAYS, "Ana Ruiz", "2024-03-05", "e"),
        held(Stance.SAYS, "Zoë Roe", None),
    )
    assert [(one.name, [m.day for m in one.moments]) for one in found] == [
        ("Ana Ruiz", ["2024-03-02", "2024-03-05"]),
        ("Bill Hale", ["2024-03-04"]),
        ("Zoë Roe", [None]),
    ]


def test_a_change_of_position_has_both_days() -> None:
    denied = held(Stance.DISPUTES, "Ana Ruiz", "2024-03-02", superseded_by="e:says")
    (found,) = told(denied, held(Stance.SAYS, "Ana Ruiz", "2024-03-05", "e"))
    assert found.change == "disputes it 2 March 2024, then says so 5 March 2024"
    assert [one.is_change for one in found.moments] == [False, True]
    drawn = timeline(by_stance(denied, held(Stance.SAYS, "Ana Ruiz", "2024-03-05", "e")))
    for drawing in (drawn.broad, drawn.slim):
        assert found.change in " ".join(words_of(drawing))
        assert 'class="change"' in drawing


def test_who_says_it_again_did_not_change_sides() -> None:
    (found,) = told(held(Stance.SAYS, "Ana Ruiz", "2024-03-02"), held(Stance.SAYS, "Ana Ruiz", "2024-03-05", "e"))
    assert found.change == ""


def test_the_day_of_the_utterance_comes_before_that_of_the_document() -> None:
    (found,) = told(held(Stance.SAYS, "Ana Ruiz", "2024-03-09", when=When("on Friday", "2024-03-08", "2024-03-08")))
    assert found.moments[0].day == "2024-03-08"


def test_what_many_documents_tell_of_one_day_is_one_mark() -> None:
    six = [held(Stance.SAYS, "Ana Ruiz", "2024-03-02", f"d{i}") for i in range(6)]
    (found,) = told(*six)
    assert len(found.moments[0].documents) == 6
    assert "×6" in words_of(timeline(by_stance(*six)).slim)


def test_unnamed_sources_of_two_documents_are_two_rows_and_say_so() -> None:
    found = told(
        held(Stance.SAYS, "two clerks", "2024-03-02", "d", named=False, entity_id="d:s1"),
        held(Stance.SAYS, "two clerks", "2024-03-02", "e", named=False, entity_id="e:s1"),
    )
    assert [(one.name, one.named, one.id) for one in found] == [("two clerks", False, None)] * 2


def test_an_unnamed_source_that_copies_carry_is_one_row() -> None:
    end = Step(StepKind.SOURCE, "d:s1", "two clerks")
    found = told(
        held(Stance.SAYS, "two clerks", "2024-03-02", "d", named=False, entity_id="d:s1", chain=(end,)),
        held(Stance.SAYS, "two clerks", "2024-03-03", "e", named=False, entity_id="e:s1", chain=(end,)),
    )
    assert [len(one.moments) for one in found] == [2]


def test_a_name_too_long_for_a_telephone_still_says_that_it_is_unnamed() -> None:
    name = "officials who have read the report on the weir and would lose their posts if it were known"
    drawn = timeline({Stance.SAYS: [held(Stance.SAYS, name, "2024-03-02", named=False)]})
    (shown,) = [one for one in words_of(drawn.slim) if one.startswith("officials")]
    assert shown.endswith("… (unnamed)")
    titles = [one.text for one in ElementTree.fromstring(drawn.slim).iter() if one.tag.endswith("title")]
    assert f"{name} (unnamed)" in titles


def test_of_very_many_those_who_changed_sides_and_the_most_heard_are_drawn() -> None:
    many = [held(Stance.SAYS, f"person {i:04}", "2024-03-02", f"d{i}") for i in range(1000)]
    change = [
        held(Stance.DISPUTES, "Ana Ruiz", "2024-04-02", "a", superseded_by="b:says"),
        held(Stance.SAYS, "Ana Ruiz", "2024-05-02", "b"),
    ]
    found = timeline(by_stance(*many, *change))
    assert found.left_out == 1001 - MOST_HOLDERS
    assert len(found.holders) == 1001
    assert "Ana Ruiz" in words_of(found.broad)


@pytest.mark.parametrize("stance", Stance)
def test_every_position_has_a_sign_and_words(stance: Stance) -> None:
    assert ElementTree.fromstring(key(stance)).find(".//{*}path[@class='ground']") is not None
    assert STANCES[stance]
    assert Moment(stance, None, ()).deed == STANCES[stance]


def test_no_two_positions_have_the_same_sign() -> None:
    drawn = [ElementTree.fromstring(key(stance)).iterfind(".//{*}path") for stance in Stance]
    assert len({tuple((one.get("class"), one.get("d")) for one in paths) for paths in drawn}) == len(Stance)


days = st.none() | st.sampled_from(("2024-03-02", "2024-13-40", "1024-01-01", "9999-12-31", "soon", "2024-03-02T10:00"))
names = st.none() | st.text(max_size=60) | st.sampled_from(ODD_NAMES)


@given(st.lists(st.tuples(st.sampled_from(Stance), names, days, st.booleans()), max_size=12))
def test_no_day_and_no_name_breaks_it(given_: list[tuple[Stance, str | None, str | None, bool]]) -> None:
    positions = [held(s, who, day, f"d{i}", named=named) for i, (s, who, day, named) in enumerate(given_)]
    found = timeline(by_stance(*positions))
    for drawing, width in ((found.broad, 960), (found.slim, 358)):
        for one in ElementTree.fromstring(drawing).iter():
            assert not {name for name in one.attrib if name.startswith("on") or name in ("style", "id")}
            if one.get("class") == "tick":
                assert 0 <= float(one.get("x", "0")) <= width
    assert sum(len(m.documents) for one in found.holders for m in one.moments) == len(positions)
