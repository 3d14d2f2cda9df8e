"""What the pages show of an invented ledger, their twins, and what hostile articles make of them: nothing."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from ledgers import unnamed, write
from starlette.testclient import TestClient
from web import PASSAGE, STORY, Page, browser, write_story

from sayso.ledger.opening import reading_from
from sayso.model import (
    Act,
    Attribution,
    Certainty,
    Document,
    MadeBy,
    Reading,
    Source,
    SourceKind,
    Span,
    When,
    attribution_id,
)
from sayso.web import start
from sayso.web.app import PAGES


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    return browser(write_story(tmp_path_factory.mktemp("web") / "story"))


def page(client: TestClient, address: str, **parameters: str) -> Page:
    answer = client.get(address, params=parameters or None)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return Page(answer.text)


def words(found: Page) -> str:
    return " ".join(found.words.split())


def entity(client: TestClient, name: str) -> str:
    (found,) = client.get("/search.json", params={"words": name}).json()["entities"]
    return str(found["id"])


def test_the_start_says_what_the_ledger_holds(client: TestClient) -> None:
    shown = words(page(client, "/"))
    assert "3 documents of 2 outlets: 5 attributions, 1 of them to sources that are not named" in shown
    twin = client.get("/start.json").json()
    (claim, *_) = twin["most_disputed"]
    assert claim["outlets"] == 2
    assert claim["disputed"] >= 1
    assert claim["text"] in shown
    assert claim["unnamed"] == 1


def test_a_document_is_shown_with_its_text_and_who_says_what(client: TestClient) -> None:
    found = page(client, "/document", id="courier")
    text = STORY[0].document.text
    assert "\n\n".join(found.paragraphs.values()) == text
    shown = words(found)
    assert "two engineers unnamed" in shown
    assert "knows from: “ who inspected the weir ”".replace("“ ", "“").replace(" ”", "”") in shown
    assert "reason for no name: “fear of reprisals”" in shown
    assert ("https://courier.example/weir", "original") in [
        (one.get("href"), one.get("class")) for tag, one in found.tags if tag == "a"
    ]


def test_a_passage_that_stands_elsewhere_leads_there(client: TestClient) -> None:
    found = page(client, "/document", id="courier")
    (other,) = client.get("/document.json", params={"id": "courier"}).json()["also_in"]
    assert (other["id"], other["outlet"], other["first"]) == ("herald", "Velm Herald", "here")
    (passage,) = other["passages"]
    there = Span(**passage["there"])
    assert PASSAGE[:-1] in there.of(STORY[1].document.text)
    assert f"/document?id=herald#at-{there.start}" in found.addresses()
    assert f"at-{there.start}" in [one.get("id") for _, one in page(client, "/document", id="herald").tags]


def test_each_attribution_has_a_stable_place_and_a_note(client: TestClient) -> None:
    found = page(client, "/document", id="courier")
    ids = [one["id"] for _, one in found.tags if "id" in one]
    assert len(ids) == len(set(ids))
    start_of_cue = STORY[0].document.text.index("said")
    assert f"said-{start_of_cue}-{start_of_cue + 4}" in ids
    for one in found.addresses():
        if one.startswith("#"):
            assert one[1:] in ids


def test_an_entity_is_shown_with_all_it_said_and_a_change_of_position(client: TestClient) -> None:
    shown = words(page(client, "/entity", id=entity(client, "Ana Ruiz")))
    assert "mayor of Ostrey" in shown
    assert "2 March 2024" in shown
    assert "Says so in some places and disputes it in others" in shown
    twin = client.get("/entity.json", params={"id": entity(client, "Ana Ruiz")}).json()
    assert [one["dated"] for one in twin["said"]] == ["2024-03-02", "2024-04-01"]
    assert twin["naming"] == {"by_name": 2, "otherwise": 0, "without_words": 0}


def test_outlets_come_by_the_alphabet_with_the_base_of_each_number(client: TestClient) -> None:
    found = client.get("/outlets.json").json()["outlets"]
    assert [one["name"] for one in found] == ["The Ostrey Courier", "Velm Herald"]
    assert [(one["documents"], one["attributions"], one["unnamed"]) for one in found] == [(1, 2, 1), (2, 3, 0)]
    assert [one["with_reason"] for one in found] == [1, 0]
    assert "Velm Herald" in words(page(client, "/outlets"))


def test_search_finds_claims_sources_documents_and_words(client: TestClient) -> None:
    found = client.get("/search.json", params={"words": "weir"}).json()
    assert found["claims"]
    assert {one["id"] for one in found["documents"]} == {"courier", "herald", "later"}
    assert found["contents"]
    assert client.get("/search.json", params={"words": "Ana"}).json()["entities"][0]["name"] == "Ana Ruiz"
    assert "Nothing in this ledger" in words(page(client, "/search", words="nowhere"))
    assert client.get("/search.json", params={"words": "Anna Ruis"}).json()["similar_names"] == ["Ana Ruiz"]


def test_no_page_proposes_who_an_unnamed_source_is(client: TestClient) -> None:
    """The engineers are linked to no entity, and no entity is said to be them."""
    (one,) = [s for s in client.get("/document.json?id=courier").json()["speakers"] if not s["named"]]
    assert one["entity"] is None
    for name in ("Ana Ruiz", "Zoë Roe"):
        assert "engineers" not in client.get("/entity.json", params={"id": entity(client, name)}).text


ADDRESSES = [
    *("/", "/search?words=weir", "/document?id=courier", "/entity?id=2", "/outlets"),
    *("/claim?id=courier%3A26-30", "/compare?a=courier&b=herald", "/cite?view=%2Fdocument&id=courier"),
    *("/correct?id=courier%3A26-30", "/corrections"),
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_view_has_twins_at_the_same_address(client: TestClient, address: str) -> None:
    assert {one.path for one in PAGES} <= {one.partition("?")[0] for one in ADDRESSES}
    path, mark, query = address.partition("?")
    twin = "/start" if path == "/" else path
    addresses = page(client, address).addresses()
    assert f"{twin}.json{mark}{query}" in addresses
    assert f"{twin}.csv{mark}{query}" in addresses
    assert client.get(f"{twin}.json{mark}{query}").json()
    answer = client.get(f"{twin}.csv{mark}{query}")
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(rows) > 1 or path in ("/correct", "/corrections")  # nobody has corrected anything
    assert len({len(row) for row in rows}) == 1


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/document", 400),
        ("/document?id=nothing", 404),
        ("/entity?id=x", 400),
        ("/entity?id=999999", 404),
        ("/entity?id=99999999999999999999999", 400),
        ("/entity?id=-1", 400),
        ("/adding?id=x", 404),
        ("/nothing", 404),
    ],
)
def test_what_is_not_there_is_told_in_words(client: TestClient, address: str, status: int) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert words(Page(answer.text))
    if not address.startswith(("/nothing", "/adding")):
        twin = client.get(address.replace("?", ".json?") if "?" in address else f"{address}.json")
        assert twin.status_code == status
        assert twin.json()["error"]


@pytest.mark.parametrize(
    "more", ["path=x", "self=x&view=y", "words=a&words=b", "\u202e=%00", "a[]=1", "=&&", "%ff=%fe"]
)
def test_what_else_an_address_gives_is_no_hindrance(client: TestClient, more: str) -> None:
    for address in ("/?", "/start.json?", "/outlets.csv?", "/search?", "/document?id=courier&"):
        assert client.get(f"{address}{more}").status_code == 200


def test_a_ledger_that_is_not_traced_or_empty_is_shown(tmp_path: Path) -> None:
    raw = browser(write(tmp_path / "raw", *STORY))
    assert "3 documents are not traced yet" in words(page(raw, "/"))
    for address in ADDRESSES:
        if not address.startswith("/claim"):  # which come with tracing
            page(raw, address)
    assert "Not known yet" in words(page(raw, "/document", id="courier"))
    empty = browser(write(tmp_path / "empty"))
    assert "This ledger is empty" in words(page(empty, "/"))
    page(empty, "/outlets")
    page(empty, "/search", words="weir")


def test_a_ledger_that_is_gone_is_told_in_words(tmp_path: Path) -> None:
    answer = browser(tmp_path / "gone").get("/")
    assert answer.status_code == 503
    assert "no such ledger" in answer.text


HOSTILE = (
    "</p></textarea></title><script>alert(1)</script><img src=x onerror=alert(1)>"
    "\"' onload='alert(1)' {{7*7}} \u202e&lt;"
)
CELL = '=HYPERLINK("https://attacker.example")'


def hostile(id_: str, url: str) -> Reading:
    """A Reading with markup, formulas and turned writing in every field that there is."""
    text = f"{HOSTILE} {CELL} said {HOSTILE} told {CELL} no.\n\n{HOSTILE}"
    said, told = text.index("said"), text.index("told")
    sources = (
        Source(
            f"{id_}{HOSTILE}n", f"Ana {HOSTILE}", SourceKind.PERSON, True, (HOSTILE, CELL), None, None, (Span(0, 9),)
        ),
        Source(f"{id_}u", HOSTILE, SourceKind.GROUP, False, (HOSTILE,), HOSTILE, HOSTILE, (Span(3, 9),)),
    )
    when = When(HOSTILE, HOSTILE, HOSTILE)
    attributions = tuple(
        Attribution(
            id=attribution_id(id_, Span(at, at + 4)),
            source=Span(0, at - 1),
            cue=Span(at, at + 4),
            content=(Span(at + 5, at + 20), Span(at + 22, len(text))),
            confidence=0.9,
            speaker=sources[number].id,
            speaker_confidence=0.2,
            basis=sources[1 - number].id,
            act=Act.ASSERT,
            certainty=Certainty.POSSIBLE,
            certainty_words=HOSTILE,
            channel=HOSTILE,
            addressee=HOSTILE,
            when=when,
            within=None if number == 0 else attribution_id(id_, Span(said, said + 4)),
        )
        for number, at in enumerate((said, told))
    )
    document = Document(
        id_,
        text,
        title=f"{CELL}{HOSTILE}",
        publisher=HOSTILE,
        published=HOSTILE,
        byline=HOSTILE,
        credit=HOSTILE,
        dateline=HOSTILE,
        url=url,
        links=("javascript:alert(1)",),
        language=HOSTILE,
    )
    return Reading(document, attributions, (), sources, (HOSTILE,), MadeBy(HOSTILE))


IDS = (f"{HOSTILE}/../?a=b#c", "..", "a.json", "javascript:alert(1)")
URLS = (
    "javascript:alert(1)",
    "data:text/html,<script>",
    ' https://x.example/"><script>alert(1)</script>',
    f"https://{HOSTILE}",
)


@pytest.fixture(scope="module")
def hostile_client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    path = tmp_path_factory.mktemp("web") / "<img src=x onerror=alert(1)>"
    write(
        path, *(hostile(id_, url) for id_, url in zip(IDS, URLS, strict=True)), hostile("plain", "https://x.example/a")
    )
    return browser(path)


def hostile_addresses(client: TestClient) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = [
        ("/", {}),
        ("/outlets", {}),
        ("/adding", {}),
        ("/search", {"words": HOSTILE}),
    ]
    found += [("/search", {"words": word}) for word in ("script", "Ana", "alert")]
    found += [("/document", {"id": id_}) for id_ in (*IDS, "plain", HOSTILE)]
    found += [("/compare", {"a": IDS[0], "b": id_}) for id_ in (*IDS[1:], "plain")]
    found += [("/cite", {"view": "/document", "id": id_}) for id_ in (*IDS, "plain")]
    found += [("/cite", {"view": view}) for view in ("/", HOSTILE)]
    entities = client.get("/search.json", params={"words": "Ana"}).json()["entities"]
    assert entities
    return found + [("/entity", {"id": str(one["id"])}) for one in entities] + [("/entity", {"id": HOSTILE})]


def test_a_hostile_article_is_words_in_every_view(hostile_client: TestClient) -> None:
    seen = 0
    for path, given in hostile_addresses(hostile_client):
        answer = hostile_client.get(path, params=given)
        found = Page(answer.text)  # which also sees that no tag of the article closes one of the page
        assert [one.get("src") for tag, one in found.tags if tag == "script"] == ["/static/sayso.js"]
        assert not [tag for tag, _ in found.tags if tag in ("img", "style", "iframe", "object", "base")]
        for _, attributes in found.tags:
            assert not [name for name in attributes if name.startswith("on") or name == "style"]
        for one in found.addresses():
            assert one == "" or one.startswith(("/", "#", "https://x.example/")), one
            assert not one.startswith("//")
        seen += "<script>alert(1)</script>" in found.words
        assert "49" not in found.words.replace("349", "")
    assert seen > 5


def test_turned_writing_stays_inside_an_article(hostile_client: TestClient) -> None:
    """Outside the text, characters that turn the writing direction are signs; the text has an element of its own."""
    found = page(hostile_client, "/document", id="plain")
    assert sum(one.count("\u202e") for one in found.paragraphs.values()) == found.words.count("\u202e") > 0
    for path in ("/", "/outlets"):
        assert "\u202e" not in page(hostile_client, path).words


def test_twins_of_a_hostile_article_are_data(hostile_client: TestClient) -> None:
    for path, given in hostile_addresses(hostile_client):
        if path == "/adding":
            continue
        twin = "/start" if path == "/" else path
        answer = hostile_client.get(f"{twin}.json", params=given)
        assert answer.headers["content-type"] == "application/json"
        json.loads(answer.text)
        table = hostile_client.get(f"{twin}.csv", params=given)
        if table.status_code == 200:
            assert table.headers["content-type"].startswith("text/csv")
            name = table.headers["content-disposition"].removeprefix("attachment; filename*=UTF-8''")
            assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.%_")
            for row in csv.reader(io.StringIO(table.text.removeprefix("\ufeff"))):
                assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_only_web_addresses_of_documents_are_links(hostile_client: TestClient) -> None:
    for id_, url in zip(IDS, URLS, strict=True):
        found = page(hostile_client, "/document", id=id_)
        assert not [one for tag, one in found.tags if one.get("class") == "original"], url
    found = page(hostile_client, "/document", id="plain")
    (link,) = [one for tag, one in found.tags if one.get("class") == "original"]
    assert link["href"] == "https://x.example/a"
    assert {"noreferrer", "noopener"} <= set(link["rel"].split())


def test_lists_of_claims_are_those_of_the_ledger(tmp_path: Path) -> None:
    path = write(tmp_path / "l", *STORY)
    with reading_from(path) as ledger:
        view: Any = start.ask(ledger, {})
    assert (view.most_outlets, view.not_traced) == ((), 3)
    assert unnamed("two engineers").named is False
