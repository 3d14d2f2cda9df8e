"""The picture of a claim's ways: what is folded, what stands where, and that no text breaks it."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from os import environ
from pathlib import Path
from xml.etree import ElementTree

from hostile import ODD_NAMES
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.model import CircularReport, Origin, OriginKind, Origins, Position, SourceKind, Stance, Step, StepKind
from sayso.trace.scene import Paper, Person
from sayso.web.layers import placed
from sayso.web.lettering import width_of, wrapped
from sayso.web.picture import Branch, Picture, picture
from sayso.web.ways import MOST_FIRST, MOST_ORIGINS, NodeKind, Told, Ways, ways

CLERKS = Person("clerks", "two clerks", SourceKind.GROUP, named=False, access="briefed on the report")
ANA = Person("ana", "Ana Ruiz", SourceKind.PERSON, named=True, entity="1", roles=("mayor of Ostrey",))
COURIER = Person("courier", "Ostrey Courier", SourceKind.ORGANIZATION, named=True, entity="9", is_outlet=True)


def document(id_: str) -> Step:
    return Step(StepKind.DOCUMENT, id_, id_.title())


def source(person: Person, witness: bool = False) -> Step:
    return Step(StepKind.SOURCE, person.id, person.name, witness=witness)


def told(*chains: tuple[Step, ...], people: tuple[Person, ...] = (CLERKS, ANA, COURIER)) -> Told:
    ids = {step.id for chain in chains for step in chain if step.kind is StepKind.DOCUMENT}
    papers = {one: Paper(one, f"Title of {one}", one.title(), None, "2024-03-02") for one in ids}
    return Told(papers, {one.id: one for one in people})


def held(*chains: tuple[Step, ...]) -> list[Position]:
    return [
        Position(Stance.SAYS, None, None, True, chain[0].id, None, "x", None, None, None, 1.0, chain=chain)
        for chain in chains
    ]


def origins(*chains: tuple[Step, ...], people: tuple[Person, ...] = (CLERKS, ANA, COURIER)) -> Origins:
    """Each last step as an origin; those that end at a document are the outlet's own voice."""
    known = {one.id: one for one in people}
    ends: dict[str, list[tuple[Step, ...]]] = {}
    for chain in chains:
        ends.setdefault(chain[-1].id, []).append(chain)
    items = []
    for end, these in ends.items():
        person = known.get(end)
        documents = tuple(dict.fromkeys(chain[0].id for chain in these))
        kind = OriginKind(person.kind) if person else OriginKind.OUTLET
        name = person.name if person else end.title()
        id_ = (person.entity or end) if person else end
        items.append(Origin(id_, name, kind, person.named if person else True, documents, tuple(these)))
    return Origins(len(items), len(items), tuple(items))


def graph(*chains: tuple[Step, ...], circles: tuple[CircularReport, ...] = ()) -> Ways:
    ended = [chain for chain in chains if not any(chain[-1].id in one.path for one in circles)]
    return ways(held(*chains), origins(*ended), circles, told(*chains))


def lines(found: Ways) -> list[str]:
    """Each edge in words, in the order of the picture."""
    return [f"{found.nodes[e.start].name} {e.how} {found.nodes[e.end].name}" for e in found.edges]


def words_of(drawing: str) -> list[str]:
    return [one.text or "" for one in ElementTree.fromstring(drawing).iter() if one.tag.endswith("text")]


def classes(drawing: str) -> list[str]:
    return [one.get("class", "") for one in ElementTree.fromstring(drawing).iter()]


def in_words(branch: Branch) -> str:
    inner = ", ".join(map(in_words, branch.branches))
    return branch.node.name + (" again" if branch.again else "") + (f" ({inner})" if inner else "")


# What the picture holds


def test_copies_stand_as_one_node_behind_the_text_they_carry() -> None:
    first = (document("agency"), source(CLERKS, witness=True))
    found = graph(first, *((document(name), *first) for name in ("herald", "gazette", "times")))
    assert lines(found) == ["3 outlets carry the same text copies Agency", "Agency quotes two clerks"]
    (fold,) = [one for one in found.nodes if one.kind is NodeKind.FOLD]
    assert fold.documents == ("herald", "gazette", "times")
    assert fold.detail == "Herald, Gazette, Times"


def test_who_cites_an_outlet_leads_to_its_document_without_a_step_between() -> None:
    found = graph((document("standard"), source(COURIER, witness=True), document("courier"), source(CLERKS)))
    assert lines(found) == ["Standard cites Courier", "Courier quotes two clerks"]


def test_an_unnamed_source_is_told_so_in_a_word_and_by_its_outline() -> None:
    drawn = picture(graph((document("a"), source(CLERKS, witness=True))))
    assert drawn.broad is not None
    for drawing in (drawn.broad, drawn.slim):
        assert "node origin nameless witness" in classes(drawing)
        assert "origin · unnamed · witness" in words_of(drawing)
        assert "briefed on the report" in words_of(drawing)


def test_a_named_source_that_relays_an_unnamed_one_is_a_step_and_no_origin() -> None:
    found = graph((document("a"), source(ANA, witness=True), source(CLERKS)))
    assert [(one.kind, one.named) for one in found.nodes] == [
        (NodeKind.DOCUMENT, True),
        (NodeKind.SOURCE, True),
        (NodeKind.ORIGIN, False),
    ]


def test_who_speaks_for_an_origin_stands_before_it() -> None:
    speaker = Person("bill", "Bill Hale", SourceKind.PERSON, named=True, entity="3", roles=("spokesman for the port",))
    chain = (document("a"), source(speaker, witness=True))
    port = Origin("2", "Ostrey Port", OriginKind.ORGANIZATION, True, ("a",), (chain,))
    found = ways(held(chain), Origins(1, 1, (port,)), (), told(chain, people=(speaker,)))
    assert lines(found) == ["A quotes Bill Hale", "Bill Hale quotes Ostrey Port"]


def test_an_outlets_own_voice_is_an_origin_of_its_own() -> None:
    found = graph((document("a"),))
    assert lines(found) == ["A quotes A"]
    assert found.nodes[1].detail == "in its own voice, naming no source"


def test_documents_in_a_circle_lead_to_it_and_to_no_origin() -> None:
    circle = CircularReport(("a", "b", "a"), "each cites the next")
    found = graph(
        (document("a"), source(COURIER), document("b")),
        (document("b"), source(COURIER), document("a")),
        (document("c"), document("a"), source(COURIER), document("b")),
        circles=(circle,),
    )
    assert lines(found) == ["C copies A", "A cites Circular report", "B cites Circular report"]
    assert found.nodes[-1].detail == "A → B → A"
    drawn = picture(found)
    assert drawn.broad is not None
    assert classes(drawn.broad).count("ring") == classes(drawn.slim).count("ring") == 1


def test_no_way_is_shown_that_no_chain_goes() -> None:
    """The herald copies of the agency only what clerks say; Ana's word stands in the agency's story alone."""
    clerks, ana = (document("agency"), source(CLERKS)), (document("agency"), source(ANA))
    found = graph(clerks, ana, (document("herald"), *clerks))
    assert [one.name for one in found.nodes].count("Agency") == 2
    assert paths(found) == {("Agency", "two clerks"), ("Agency", "Ana Ruiz"), ("Herald", "Agency", "two clerks")}


def test_a_thousand_copies_are_one_node_that_says_how_many() -> None:
    first = (document("agency"), source(CLERKS))
    found = graph(first, *((document(f"d{i}"), *first) for i in range(1000)))
    assert [one.name for one in found.nodes] == ["1,000 outlets carry the same text", "Agency", "two clerks"]


def test_a_thousand_origins_are_few_and_a_rest() -> None:
    people = tuple(Person(f"p{i}", f"person {i}", SourceKind.PERSON, named=False) for i in range(1000))
    chains = [(document(f"d{i}"), source(one)) for i, one in enumerate(people)]
    found = ways(held(*chains), origins(*chains, people=people), (), told(*chains, people=people))
    assert len(found.nodes) == 2 * MOST_ORIGINS + 2
    assert {f"{1000 - MOST_ORIGINS} more origins", f"{1000 - MOST_ORIGINS} outlets lead here"} <= {
        one.name for one in found.nodes
    }
    drawn = picture(found)
    assert drawn.broad is not None
    assert len(drawn.slim) < 60_000


def test_a_thousand_ways_to_one_origin_are_few_and_a_rest() -> None:
    relays = tuple(Person(f"p{i}", f"relay {i}", SourceKind.PERSON, named=False) for i in range(1000))
    chains = [(document(f"d{i}"), source(one), source(ANA)) for i, one in enumerate(relays)]
    found = ways(held(*chains), origins(*chains), (), told(*chains, people=(*relays, ANA)))
    assert "994 more ways" in [one.name for one in found.nodes]
    assert len(found.nodes) < MOST_FIRST


def test_chains_too_long_for_columns_are_a_tree_alone() -> None:
    long = tuple(document(f"d{i}") for i in range(12))
    drawn = picture(graph((*long, source(CLERKS))))
    assert drawn.broad is None
    assert in_words(drawn.branches[0]).startswith("two clerks (D11 (D10 (D9")


def test_the_words_go_from_the_origin_to_every_document() -> None:
    first = (document("agency"), source(CLERKS))
    drawn = picture(graph(first, (document("herald"), *first), (document("herald"), source(ANA))))
    assert [in_words(one) for one in drawn.branches] == ["two clerks (Agency (Herald))", "Ana Ruiz (Herald)"]


def test_boxes_lead_where_their_address_says_and_are_no_stops_for_the_keyboard() -> None:
    drawn = picture(graph((document("a"), source(CLERKS))), lambda node: f"/x?id={node.id}&y" if node.id else None)
    links = [one for one in ElementTree.fromstring(drawn.slim).iter() if one.tag.endswith("}a")]
    assert [(one.get("href"), one.get("tabindex")) for one in links] == [("/x?id=a&y", "-1"), ("/x?id=clerks&y", "-1")]


# Any graph and any text


def paths(found: Ways) -> set[tuple[str, ...]]:
    after: dict[int, list[int]] = {}
    for edge in found.edges:
        after.setdefault(edge.start, []).append(edge.end)

    def onward(place: int) -> list[tuple[str, ...]]:
        return [(found.nodes[place].name, *rest) for one in after.get(place, ()) for rest in onward(one)] or [
            (found.nodes[place].name,)
        ]

    return {one for i, node in enumerate(found.nodes) if node.count for one in onward(i)}


@st.composite
def some_chains(draw: st.DrawFn) -> list[tuple[Step, ...]]:
    """Chains over a few documents and sources, no document twice in one, sources in one document alone."""
    found = []
    for _ in range(draw(st.integers(1, 8))):
        documents = draw(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=4, unique=True))
        people = draw(st.lists(st.sampled_from((CLERKS, ANA)), min_size=1, max_size=2, unique=True))
        found.append((*map(document, documents), *map(source, people)))
    return found


@given(some_chains())
def test_the_graph_goes_the_ways_of_the_chains_and_no_other(chains: list[tuple[Step, ...]]) -> None:
    found = graph(*chains)
    assert all(edge.start < edge.end for edge in found.edges)
    unfolded = set()
    for path in paths(found):
        folds = [one for one in found.nodes if one.name == path[0] and one.kind is NodeKind.FOLD]
        heads = {name.title() for one in folds for name in one.documents} or {path[0]}
        unfolded |= {(head, *path[1:]) for head in heads}
    assert unfolded == {tuple(step.name for step in chain) for chain in chains}


def check(drawn: Picture) -> None:
    """Both drawings are whole XML, nothing in them runs or is styled, and all that was cut stands in a tooltip."""
    for drawing in filter(None, (drawn.broad, drawn.slim)):
        for one in ElementTree.fromstring(drawing).iter():
            assert one.tag.rpartition("}")[2] in {"svg", "g", "a", "title", "text", "rect", "path"}
            assert not {key for key in one.attrib if key.startswith("on") or key in ("style", "id")}
            if one.get("class") == "name" and (one.text or "").endswith("…"):
                assert "<title>" in drawing


@given(st.lists(st.one_of(st.text(max_size=200), st.sampled_from(ODD_NAMES)), min_size=3, max_size=3))
def test_no_name_breaks_the_picture(names: list[str]) -> None:
    person = Person("p", names[0], SourceKind.PERSON, named=False, access=names[1])
    chain = (Step(StepKind.DOCUMENT, "d", names[2]), source(person))
    papers = {"d": Paper("d", names[1], names[2], None, names[0])}
    check(picture(ways(held(chain), origins(chain, people=(person,)), (), Told(papers, {"p": person}))))


def test_markup_in_a_name_stays_a_name() -> None:
    person = Person("p", "</text><script>alert(1)</script>", SourceKind.PERSON, named=True)
    chain = (document("d"), source(person))
    drawn = picture(ways(held(chain), origins(chain, people=(person,)), (), told(chain, people=(person,))))
    assert "<script" not in drawn.slim
    assert "&lt;script&gt;" in drawn.slim


def test_what_is_cut_stands_whole_in_the_tooltip() -> None:
    name = "officials " + " ".join(f"who have seen page {i}" for i in range(40))
    person = Person("p", name, SourceKind.GROUP, named=False)
    chain = (document("d"), source(person))
    drawn = picture(ways(held(chain), origins(chain, people=(person,)), (), told(chain, people=(person,))))
    titles = [one.text for one in ElementTree.fromstring(drawn.slim).iter() if one.tag.endswith("title")]
    assert f"{name}. origin · unnamed" in titles
    assert any(word.endswith("…") for word in words_of(drawn.slim))


@given(st.text(), st.floats(30, 300), st.integers(1, 4))
def test_wrapped_lines_fit(words: str, width: float, lines: int) -> None:
    made = wrapped(words, width, 12, lines)
    assert len(made) <= lines
    assert all(width_of(line, 12) <= width for line in made)


def test_a_short_text_is_not_cut() -> None:
    assert wrapped("The gates of the barrier are cracked", 120, 12, 3) == ("The gates of the", "barrier are", "cracked")
    assert wrapped("https://a.example/one-long-address-without-a-blank", 100, 12, 9)[0] == "https://a."


@settings(max_examples=50)
@given(st.lists(st.floats(10, 90), min_size=1, max_size=14), st.data())
def test_no_two_boxes_of_a_column_overlap(heights: list[float], data: st.DataObject) -> None:
    nodes = range(len(heights))
    pair = st.tuples(st.sampled_from(nodes), st.sampled_from(nodes)).filter(lambda one: one[0] < one[1])
    edges = data.draw(st.lists(pair, unique=True, max_size=20)) if len(heights) > 1 else []
    found = placed(heights, edges, 8)
    for column in set(found.columns):
        inside = sorted((found.middles[i], heights[i]) for i in nodes if found.columns[i] == column)
        for (a, tall_a), (b, tall_b) in pairwise(inside):
            assert b - a >= (tall_a + tall_b) / 2 + 8 - 1e-6
    assert all(found.columns[a] < found.columns[b] for a, b in edges)
    assert all(found.middles[i] - heights[i] / 2 >= -1e-6 for i in nodes)
    assert all(found.middles[i] + heights[i] / 2 <= found.height + 1e-6 for i in nodes)


def test_the_picture_is_the_same_whatever_the_hash_seed() -> None:
    program = (
        "from test_picture import *\n"
        "first = (document('agency'), source(CLERKS))\n"
        "more = [(document(f'd{i}'), source(Person(f'p{i % 7}', f'p{i % 7}', SourceKind.GROUP, False)), source(ANA))"
        " for i in range(40)]\n"
        "print(picture(graph(first, *more, *((document(f'e{i}'), *first) for i in range(5)))))"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parent,
            env={**environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(printed) == 1
