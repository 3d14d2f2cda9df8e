"""Sources across documents: who is one and the same, who is not, and what is left open."""

from __future__ import annotations

import sqlite3
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledgers import LEXICON, all_of, by, holding, organization, person, told, unnamed

from sayso.ledger.checking import faults
from sayso.ledger.questions import ambiguous_entities, entities_named, names_left_open, who_speaks_most
from sayso.ledger.storing import replace_reading
from sayso.model import Reading, Source


def speaking(*of_each_document: Source | tuple[Source, ...]) -> sqlite3.Connection:
    """A ledger of documents in which these speak."""
    return holding(
        *(
            by(*(one if isinstance(one, tuple) else (one,)), id_=f"document{i}")
            for i, one in enumerate(of_each_document)
        )
    )


def partition(ledger: sqlite3.Connection) -> set[frozenset[tuple[str, str]]]:
    """The sources, each by its document and its id, in the groups that are one entity each."""
    groups: dict[int, set[tuple[str, str]]] = {}
    for entity, document, source in ledger.execute(
        "SELECT entity_id, documents.reading_id, sources.reading_id FROM sources"
        " JOIN documents ON documents.id = document_id WHERE entity_id IS NOT NULL"
    ):
        groups.setdefault(entity, set()).add((document, source))
    return {frozenset(group) for group in groups.values()}


def entity_of(ledger: sqlite3.Connection) -> list[int | None]:
    """The entity of each source, in the order in which they came."""
    return all_of(ledger, "SELECT entity_id FROM sources ORDER BY id")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (person("Ana Ruiz"), person("Ana Ruiz")),
        (person("Ana Ruiz"), person("ANA RUIZ")),
        (person("Zoë Roe"), person("Zoe Roe")),
        (person("Ana Ruiz", "mayor of Ostrey"), person("Ana Ruiz")),
        (person("Ana Ruiz", "mayor of Ostrey"), person("Ana Ruiz", "the mayor")),
        (person("Ana Ruiz", "mayor of Ostrey"), person("Ana Ruiz", "Ostrey mayor")),
        (person("Ana M. Ruiz"), person("Ana Ruiz")),
        (person("Ana M. Ruiz"), person("Ana Maria Ruiz")),
        (person("Dr. Ana Ruiz"), person("Ana Ruiz")),
        (person("Bill Hale Jr."), person("Bill Hale Jr")),
        (person("Bill Hale", "goalkeeper"), person("Bill Hale", "former bishop of Ostrey")),
        (person("Bill Hale", "goalkeeper"), person("Bill Hale", "retired senator")),
        (organization("The Ostrey Port Company"), organization("Ostrey Port Company")),
        (organization("Ostrey Ferries Inc."), organization("Ostrey Ferries")),
        (organization("A.C.L.U."), organization("American Civil Liberties Union")),
        (organization("NYT"), organization("The New York Times")),
    ],
)
def test_these_are_one(first: Source, second: Source) -> None:
    for ledger in (speaking(first, second), speaking(second, first)):
        assert entity_of(ledger) == [1, 1]
        assert ambiguous_entities(ledger) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (person("Ana Ruiz"), person("Ida Ruiz")),
        (person("Ana M. Ruiz"), person("Ana K. Ruiz")),
        (person("Bill Hale"), person("Bill Hale Jr.")),
        (person("Bill Hale Sr."), person("Bill Hale Jr.")),
        (person("Ana Ruiz", "mayor of Ostrey"), person("Ana Ruiz", "mayor of Velm")),
        (person("Ana Ruiz", "Ostrey mayor"), person("Ana Ruiz", "mayor of Velm")),
        (person("Bill Hale", "goalkeeper"), person("Bill Hale", "bishop of Ostrey")),
        (person("Bill Hale", "senator"), person("Bill Hale", "goalkeeper")),
        (organization("Ostrey Port"), organization("Velm Port")),
        (person("Ana Ruiz"), organization("Ana Ruiz")),
    ],
)
def test_these_are_two(first: Source, second: Source) -> None:
    for ledger in (speaking(first, second), speaking(second, first)):
        assert len(set(entity_of(ledger))) == 2
        assert list(faults(ledger)) == []


def test_two_of_one_name_in_one_document_are_two() -> None:
    keeper, bishop = person("Bill Hale", "goalkeeper"), person("Bill Hale", "bishop of Ostrey")
    bishop = Source("bishop", bishop.name, bishop.kind, named=True, roles=bishop.roles)
    for ledger in (speaking((keeper, bishop)), speaking(person("Bill Hale"), (keeper, bishop))):
        assert len(set(entity_of(ledger)[-2:])) == 2
        assert list(faults(ledger)) == []


def test_a_bare_surname_stays_open_and_is_listed_with_whom_it_may_be() -> None:
    ledger = speaking(person("Ana Ruiz"), person("Ruiz"), person("Ida Ruiz"), person("Ruiz"), person("Ruizmann"))
    assert entity_of(ledger) == [1, None, 2, None, None]
    named = {one.name: one for one in names_left_open(ledger)}
    assert (named["Ruiz"].documents, set(named["Ruiz"].candidates)) == (2, {"Ana Ruiz", "Ida Ruiz"})
    assert named["Ruizmann"].candidates == ()


def test_unnamed_sources_never_join() -> None:
    ledger = speaking(unnamed("officials"), unnamed("officials"), unnamed("Ana Ruiz"), person("Ana Ruiz"))
    assert entity_of(ledger) == [None, None, None, 1]
    assert names_left_open(ledger) == []


def test_a_namesake_of_whom_nothing_is_told_is_neither() -> None:
    keeper, bishop, nobody = person("Bill Hale", "goalkeeper"), person("Bill Hale", "bishop"), person("Bill Hale")
    for order in permutations((keeper, bishop, nobody, keeper)):
        ledger = speaking(*order)
        of = dict(zip(entity_of(ledger), order, strict=True))
        assert len(of) == 3
        shown = ambiguous_entities(ledger)
        assert sum(one.is_ambiguous for one in shown) == 1
        assert {(one.is_ambiguous, one.attributions) for one in shown} == {(0, 2), (0, 1), (1, 1)}
        assert next(one for one in shown if one.is_ambiguous).id == next(e for e, who in of.items() if who == nobody)


def test_a_namesake_of_whom_nothing_is_told_is_one_as_long_as_there_is_only_one() -> None:
    ledger = speaking(person("Bill Hale", "goalkeeper"), person("Bill Hale"))
    assert [(one.is_ambiguous, one.attributions) for one in who_speaks_most(ledger)] == [(0, 2)]


@pytest.mark.parametrize(
    ("publisher", "url", "name"),
    [
        ("The New York Times", None, "The New York Times"),
        ("NYT", None, "The New York Times"),
        ("the n.y. times", None, "The New York Times"),
        ("nytimes.com", None, "The New York Times"),
        (None, "https://www.nytimes.com/2024/weir.html", "The New York Times"),
        ("The Ostrey Courier", "https://www.nytimes.com/2024/weir.html", "The Ostrey Courier"),
        ("The Ostrey Courier", None, "The Ostrey Courier"),
        (None, "https://www.courier.example/weir", "courier.example"),
        (" ", "https://courier.example:8080/weir", "courier.example"),
        (None, "ftp://courier.example/weir", None),
        (None, "https://[", None),
        (None, None, None),
    ],
)
def test_the_outlet_of_a_document(publisher: str | None, url: str | None, name: str | None) -> None:
    ledger = holding(by(id_="d", publisher=publisher, url=url))
    assert all_of(
        ledger, "SELECT entities.name FROM documents LEFT JOIN entities ON entities.id = outlet_id AND is_outlet"
    ) == [name]


def test_an_outlet_that_speaks_is_the_outlet_that_publishes() -> None:
    one = by(organization("NYT"), id_="d", publisher="The Ostrey Courier")
    two = by(person("Ana Ruiz"), id_="e", url="https://www.nytimes.com/weir")
    for ledger in (holding(one, two), holding(two, one)):
        assert all_of(ledger, "SELECT name FROM entities WHERE is_outlet ORDER BY name") == [
            "The New York Times",
            "The Ostrey Courier",
        ]
        assert [found.name for found in entities_named(ledger, "NYT")] == ["The New York Times"]


def test_the_name_of_an_entity_is_the_fullest_of_its_own_sources() -> None:
    names = ("Ana Ruiz", "ANA RUIZ", "Ana M. Ruiz", "Ana Katherine Ruiz")
    for order in permutations(names):
        ledger = speaking(*map(person, order))
        called = dict(
            all_of(
                ledger,
                "SELECT sources.name, entities.name FROM sources JOIN entities ON entities.id = sources.entity_id",
            )
        )
        # M. and Katherine are two; a mere Ana Ruiz may be either, and has a name of her own.
        assert called == {
            "Ana Ruiz": "Ana Ruiz",
            "ANA RUIZ": "Ana Ruiz",
            "Ana M. Ruiz": "Ana M. Ruiz",
            "Ana Katherine Ruiz": "Ana Katherine Ruiz",
        }
        assert [one.name for one in entities_named(ledger, "ana m. ruiz")] == ["Ana M. Ruiz"]
        assert [one.name for one in entities_named(ledger, "Ana Ruiz")] == ["Ana Ruiz"]


some_people = st.builds(
    lambda name, roles: person(name, *roles),
    st.sampled_from(
        ["Bill Hale", "BILL HALE", "Bill M. Hale", "Bill K. Hale", "Bill Kay Hale", "Bill Hale Jr", "Hale", "Ana Hale"]
    ),
    st.lists(
        st.sampled_from(
            ["goalkeeper", "bishop of Ostrey", "bishop of Velm", "mayor of Velm", "former senator", "a friend"]
        ),
        max_size=2,
        unique=True,
    ),
)
some_documents = st.lists(
    st.lists(
        some_people | st.sampled_from([unnamed("officials"), organization("NYT")]), max_size=3, unique_by=lambda s: s.id
    ),
    min_size=1,
    max_size=6,
)


@given(some_documents, st.randoms())
@settings(max_examples=150)
def test_who_is_one_does_not_depend_on_the_order_of_documents(documents: list[list[Source]], random_: object) -> None:
    readings = [by(*sources, id_=f"document{i}") for i, sources in enumerate(documents)]
    shuffled = list(readings)
    random_.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = holding(*readings), holding(*shuffled)
    assert partition(one) == partition(other)
    described = "SELECT name, kind, is_ambiguous, told_apart_by, attribution_count, document_count FROM entities"
    assert sorted(all_of(one, described)) == sorted(all_of(other, described))
    names = "SELECT entities.name, entity_names.name FROM entity_names JOIN entities ON entities.id = entity_id"
    assert sorted(all_of(one, names)) == sorted(all_of(other, names))
    assert list(faults(one)) == list(faults(other)) == []


@given(some_documents, some_documents)
@settings(max_examples=100)
def test_read_again_the_ledger_is_as_if_it_had_been_read_so_at_first(
    documents: list[list[Source]], again: list[list[Source]]
) -> None:
    first = [quiet(f"document{i}", *sources) for i, sources in enumerate(documents)]
    last = [quiet(f"document{i}", *(again[i] if i < len(again) else s)) for i, s in enumerate(documents)]
    ledger = holding(*first)
    for row, reading in enumerate(last, 1):
        replace_reading(ledger, row, reading, LEXICON)
    at_once = holding(*last)
    assert partition(ledger) == partition(at_once)
    assert list(faults(ledger)) == []
    # An outlet keeps the names that it has been called by.
    described = (
        "SELECT name, kind, is_ambiguous, told_apart_by, document_count FROM entities"
        " WHERE document_count > 0 AND NOT is_outlet"
    )
    assert sorted(all_of(ledger, described)) == sorted(all_of(at_once, described))


def quiet(id_: str, *sources: Source) -> Reading:
    """A Reading whose sources say nothing."""
    return told(id_, f"Nobody spoke in {id_}.", *sources)
