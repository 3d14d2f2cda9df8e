"""The claim on one page, two documents side by side, and how to cite: what they show of an invented ledger."""

from __future__ import annotations

import csv
import io
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hostile import ODD_NAMES
from ledgers import LEXICON, opened, organization, person, told, unnamed, write
from starlette.testclient import TestClient
from web import Page, browser

from sayso.ledger.opening import writing_to
from sayso.model import Act, Origins, Reading, Source
from sayso.trace import copying, tracing
from sayso.web.claim import rests_on

DAY = "2024-03-02"
CLAIM = "the weir above Ostrey is cracked"
ANA = person("Ana Ruiz", "mayor of Ostrey")
BILL = person("Bill Hale", "keeper of the weir")
CLERKS = unnamed("two clerks", access="who have read the report")
TIDELINE, ESTUARY = organization("Tideline"), organization("Radio Estuary")
WIRE = (
    f"two clerks said {CLAIM}. The weir was built in the spring of the great flood, and three families who lived"
    " beside it then live beside it still, in houses that their grandparents raised on the old river wall."
)


def document(id_: str, text: str, *sources: Source, day: str, publisher: str) -> Reading:
    """A Reading in which "denied" denies."""
    made = told(id_, text, *sources, publisher=publisher, published=day, url=f"https://{id_}.example/weir")
    acts = {"denied": Act.DENY, "said": Act.ASSERT}
    attributions = tuple(replace(one, act=acts[one.cue.of(text)]) for one in made.attributions)
    return replace(made, attributions=attributions)


STORY = (
    document("agency", WIRE, CLERKS, day="2024-03-02", publisher="Norlands Press"),
    *(
        document(name, f"{name.title()}, Norlands Press. {WIRE}", CLERKS, day="2024-03-03", publisher=name.title())
        for name in ("gazette", "herald", "ledger")
    ),
    document("tideline", f"Radio Estuary said {CLAIM}.", ESTUARY, day="2024-03-04", publisher="Tideline"),
    document("estuary", f"Tideline said {CLAIM}.", TIDELINE, day="2024-03-04", publisher="Radio Estuary"),
    document("before", f"Ana Ruiz denied {CLAIM}.", ANA, day="2024-03-03", publisher="Ostrey Courier"),
    document("after", f"Ana Ruiz said {CLAIM}.", ANA, day="2024-03-09", publisher="Ostrey Courier"),
    document("velm", f"Bill Hale denied {CLAIM}.", BILL, day="2024-03-05", publisher="Velm Standard"),
)


def traced(path: Path, *readings: Reading) -> Path:
    write(path, *readings)
    with writing_to(path) as ledger:
        copying.find_copies(ledger, LEXICON)
        tracing.trace(ledger, tracing.claim_models())
    return path


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return traced(tmp_path_factory.mktemp("claim") / "story.ledger", *STORY)


@pytest.fixture(scope="module")
def client(story: Path) -> TestClient:
    return browser(story)


def claim_in(path: Path) -> str:
    """The claim in most documents."""
    with opened(path) as ledger:
        row: sqlite3.Row = ledger.execute("SELECT reading_id FROM claims ORDER BY document_count DESC, id").fetchone()
    return str(row["reading_id"])


def page(client: TestClient, address: str, **parameters: str) -> Page:
    answer = client.get(address, params=parameters or None)
    assert answer.status_code == 200, answer.text
    return Page(answer.text)


def words(found: Page) -> str:
    return " ".join(found.words.split())


def rows(client: TestClient, address: str, **parameters: str) -> list[dict[str, str]]:
    text = client.get(address, params=parameters).text.removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def classes(found: Page) -> list[str]:
    return [name for _, one in found.tags for name in one.get("class", "").split()]


@pytest.fixture(scope="module")
def claim(client: TestClient, story: Path) -> Page:
    return page(client, "/claim", id=claim_in(story))


# The claim


def test_who_holds_what_stands_in_columns_with_words_document_and_day(claim: Page) -> None:
    shown = words(claim)
    assert "Says so 7 documents; two distinct origins" in shown
    assert "Disputes it 2 documents; two distinct origins" in shown
    assert "two clerks unnamed Norlands Press, 2 March 2024" in shown
    assert "Bill Hale Velm Standard, 5 March 2024" in shown
    assert "In these documents nobody holds it probable or possible, and nobody refuses to say." in shown
    assert "/document?id=velm#said-10-16" in claim.addresses()


def test_copies_are_folded_in_columns_and_in_the_picture(claim: Page) -> None:
    shown = words(claim)
    assert "The same text in 3 other documents" in shown
    assert "3 outlets carry the same text" in shown
    assert "Norlands Press, 2 March 2024 is carried by 3 documents" in shown


def test_a_circle_is_shown_and_is_no_origin(claim: Page) -> None:
    shown = words(claim)
    assert "Circular reports They lead to no origin, and are not counted as one." in shown
    assert "Radio Estuary , 4 March 2024 → Tideline" in shown.replace("Estuary,", "Estuary ,")
    assert "ring" in classes(claim)


def test_a_change_of_position_is_told_with_both_days(claim: Page) -> None:
    shown = words(claim)
    assert "Took the other side on 9 March 2024" in shown
    assert "Ana Ruiz: disputes it 3 March 2024, then says so 9 March 2024" in shown
    assert "9 March 2024: says so (changed sides)" in shown


def test_the_picture_in_words_names_every_document(claim: Page) -> None:
    listed = {one.partition("#")[0] for one in claim.addresses() if one.startswith("/document?id=")}
    assert listed == {f"/document?id={one.document.id}" for one in STORY}


def test_drawings_are_hidden_from_screen_readers_and_no_stops_for_the_keyboard(claim: Page) -> None:
    drawings = [one for tag, one in claim.tags if tag == "svg"]
    assert drawings
    assert all(one["aria-hidden"] == "true" for one in drawings)
    ids = [one["id"] for _, one in claim.tags if "id" in one]
    assert len(ids) == len(set(ids))
    for _, one in claim.tags:
        for name in ("aria-labelledby", "aria-describedby"):
            assert set(one.get(name, "").split()) <= set(ids)


def test_nothing_on_the_page_is_styled_or_run_in_place(claim: Page) -> None:
    for tag, one in claim.tags:
        assert tag != "style"
        assert not [name for name in one if name == "style" or name.startswith("on")]
        assert tag != "script" or one["src"].startswith("/static/")


def test_the_claim_is_the_same_by_the_id_of_any_of_its_members(client: TestClient, story: Path) -> None:
    id_ = claim_in(story)
    again = client.get("/claim.json", params={"id": "velm:10-16"}).json()
    assert again["id"] == id_
    assert again == client.get("/claim.json", params={"id": id_}).json()


def test_its_twins_hold_the_same(client: TestClient, story: Path) -> None:
    id_ = claim_in(story)
    twin = client.get("/claim.json", params={"id": id_}).json()
    assert {stance: len(these) for stance, these in twin["positions"].items()} == {"says": 7, "disputes": 2}
    assert [one["path"] for one in twin["circular"]] == [["estuary", "tideline", "estuary"]]
    assert (
        twin["sources"]["agency:two clerks" if "agency:two clerks" in twin["sources"] else "two clerks"]["named"]
        is False
    )
    table = list(csv.DictReader(io.StringIO(client.get("/claim.csv", params={"id": id_}).text.removeprefix("\ufeff"))))
    assert len(table) == 9
    assert {row["origin"] for row in table if row["document"] in ("gazette", "agency")} == {"two clerks"}
    (denied,) = [row for row in table if row["document"] == "before"]
    assert denied["superseded_by"] == "after:9-13"


def test_an_unknown_claim_is_told_so(client: TestClient) -> None:
    for id_ in ("nowhere:1-2", "nothing", ":", "a\0b:1-2", "'; DROP TABLE claims; --:1-2"):
        assert client.get("/claim", params={"id": id_}).status_code == 404
    assert client.get("/claim").status_code == 400


def test_a_member_that_may_not_belong_stands_apart(tmp_path: Path) -> None:
    path = traced(tmp_path / "a.ledger", *STORY)
    with opened(path) as ledger:
        ledger.execute(
            "UPDATE members SET confidence = 0.3 WHERE proposition_id IN (SELECT propositions.id FROM propositions"
            " JOIN documents ON documents.id = document_id WHERE reading_id = 'velm')"
        )
    client = browser(path)
    found = page(client, "/claim", id=claim_in(path))
    shown = words(found)
    assert "May be about something else" in shown
    assert "Bill Hale Velm Standard" not in shown
    (one,) = client.get("/claim.json", params={"id": claim_in(path)}).json()["doubtful"]
    assert (one["document"], one["probability"]) == ("velm", 0.3)


@pytest.mark.parametrize(
    ("least", "most", "told"),
    [
        (0, 0, "no origin that these documents show"),
        (1, 1, "one distinct origin"),
        (1, 2, "one or two distinct origins"),
        (3, 7, "three to seven distinct origins"),
        (13, 1200, "13 to 1,200 distinct origins"),
    ],
)
def test_a_number_of_origins_in_words(least: int, most: int, told: str) -> None:
    assert rests_on(Origins(least, most, ())) == told


# Any names


HOSTILE = ("</svg><script>alert(1)</script>", "\" onload='alert(1)", "</title></textarea>", "&lt;b&gt;", *ODD_NAMES)


def test_hostile_names_are_words_on_every_page(tmp_path: Path) -> None:
    """Each as a title, an outlet, a source and in the claim itself."""
    readings = [
        replace(
            made,
            document=replace(made.document, title=name, byline=name, url=f"https://a.example/{i}"),
            sources=tuple(replace(one, name=name, access=name) for one in made.sources),
        )
        for i, name in enumerate(HOSTILE)
        for made in [document(f"d{i}", f"two clerks said {CLAIM}.", CLERKS, day="2024-03-02", publisher=name or "x")]
    ]
    path = traced(tmp_path / "a.ledger", *readings)
    client = browser(path)
    addresses = [("/claim", {"id": claim_in(path)}), ("/compare", {"a": "d0", "b": "d1"}), ("/compare", {"a": "d1"})]
    addresses += [
        ("/cite", {"view": "/document", "id": f"d{i}", "attribution": f"d{i}:11-15"}) for i in range(len(HOSTILE))
    ]
    for address, given in addresses:
        found = page(client, address, **given)
        assert [one["src"] for tag, one in found.tags if tag == "script"] == ["/static/sayso.js"]
        assert not [one for _, one in found.tags for name in one if name.startswith("on") or name == "style"]
        for suffix in (".json", ".csv"):
            assert client.get(address + suffix, params=given).status_code == 200


# Side by side


def test_two_documents_side_by_side(client: TestClient) -> None:
    shown = words(page(client, "/compare", a="agency", b="velm"))
    assert "Only in Norlands Press Nobody." in shown
    assert "Only in Velm Standard Bill Hale 1 attribution" in shown
    assert "two clerks unnamed 1 attribution" in shown
    assert "Unnamed sources of two documents are never taken for the same." in shown
    assert "Bill Hale disputes it They are at odds." in shown


def test_documents_that_share_passages_say_so(client: TestClient) -> None:
    assert "They share passages of" in words(page(client, "/compare", a="agency", b="herald"))


def test_what_a_document_can_be_compared_with(client: TestClient) -> None:
    found = page(client, "/compare", a="agency")
    assert {"/compare?a=agency&b=gazette", "/compare?a=agency&b=velm"} <= set(found.addresses())


def test_a_document_is_not_compared_with_itself_or_with_none(client: TestClient) -> None:
    assert client.get("/compare", params={"a": "agency", "b": "agency"}).status_code == 400
    assert client.get("/compare", params={"a": "agency", "b": "nowhere"}).status_code == 404
    assert client.get("/compare", params={"a": "nowhere"}).status_code == 404
    assert client.get("/compare").status_code == 400


def test_a_quotation_cut_short_is_marked(tmp_path: Path) -> None:
    path = traced(
        tmp_path / "a.ledger",
        document(
            "a", "Ana Ruiz said “there is no crack in any gate that bears load”.", ANA, day="2024-03-02", publisher="A"
        ),
        document("b", "Ana Ruiz said “there is no crack in any gate”.", ANA, day="2024-03-02", publisher="B"),
    )
    answer = browser(path).get("/compare", params={"a": "a", "b": "b"}).text
    assert "<mark><bdi>that bears load</bdi></mark>" in answer
    (row,) = [one for one in rows(browser(path), "/compare.csv", a="a", b="b") if one["what"] == "quotation"]
    assert row["b"] == "there is no crack in any gate"


# How to cite


def field(client: TestClient, **given: str) -> dict[str, Any]:
    made: dict[str, Any] = client.get("/cite.json", params=given).json()
    return made


def test_every_view_says_how_to_cite_it(client: TestClient, story: Path) -> None:
    for address, given in (
        ("/", {}),
        ("/search", {"words": "weir"}),
        ("/document", {"id": "velm"}),
        ("/claim", {"id": claim_in(story)}),
        ("/entity", {"id": "1"}),
        ("/compare", {"a": "agency", "b": "velm"}),
        ("/outlets", {}),
    ):
        found = page(client, address, **given)
        there = [one for one in found.addresses() if one.startswith("/cite?") and "attribution" not in one]
        shown = words(page(client, there[-1]))
        assert "Plain text" in shown
        assert "BibTeX" in shown


def test_a_passage_is_cited_with_a_link_to_it(client: TestClient) -> None:
    made = field(client, view="/document", id="velm", attribution="velm:10-16")
    assert made["citation"]["link"] == (
        "https://velm.example/weir#:~:text=Bill%20Hale%20denied%20the%20weir%20above%20Ostrey%20is%20cracked"
    )
    assert made["citation"]["text"].startswith(f"“Bill Hale denied {CLAIM}” — “")


def test_a_claim_is_cited_with_the_ledger_that_it_was_found_in(client: TestClient, story: Path) -> None:
    made = field(client, view="/claim", id=claim_in(story))
    assert (
        "told in 9 documents, in a ledger of 9 documents of 2 March 2024 to 9 March 2024." in made["citation"]["text"]
    )


def test_what_cannot_be_cited_is_told_so(client: TestClient) -> None:
    for given, status in (
        ({}, 400),
        ({"view": "/nowhere"}, 400),
        ({"view": "https://attacker.example"}, 400),
        ({"view": "/document", "id": "nowhere"}, 404),
        ({"view": "/document", "id": "velm", "attribution": "velm:1-2"}, 404),
        ({"view": "/entity", "id": "999"}, 404),
        ({"view": "/claim", "id": "nowhere"}, 404),
    ):
        assert client.get("/cite", params=given).status_code == status, given
