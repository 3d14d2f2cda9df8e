"""Correcting in the browser: forms, marks, what was corrected, and its undoing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ledgers import add_to, opened, told
from starlette.testclient import TestClient
from web import ANA, STORY, Page, acting, browser, send, write_story

from sayso.ledger.checking import faults
from sayso.ledger.opening import writing_to
from sayso.web.worker import Worker

SAID, ENGINEERS = (one.id for one in STORY[0].attributions)
PORT = STORY[2].attributions[1].id
BY = {"by": "Ida Tarrant", "why": "the line above names them"}


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return write_story(tmp_path / "l")


@pytest.fixture
def client(ledger: Path) -> Iterator[TestClient]:
    worker = Worker(ledger, patience=0)
    yield browser(ledger, worker=worker)
    worker.end()


def document(client: TestClient, id_: str = "courier") -> dict[str, Any]:
    found: dict[str, Any] = client.get("/document.json", params={"id": id_}).json()
    return found


def said(client: TestClient, id_: str = SAID) -> dict[str, Any]:
    return next(one for one in document(client, id_.partition(":")[0])["attributions"] if one["id"] == id_)


def form(client: TestClient, **fields: str) -> dict[str, str]:
    """The form of an attribution as a browser would send it, with some fields changed."""
    view = client.get("/correct.json", params={"id": fields.get("id", SAID)}).json()
    plain = {name: view[name] or "none" for name in ("speaker", "act", "polarity", "certainty")}
    return {"do": "change", "id": SAID, "back": "/document?id=courier", **plain, **BY, **fields}


def test_what_is_changed_in_the_form_is_corrected_and_marked(client: TestClient, ledger: Path) -> None:
    before = document(client)
    answer = send(client, "/correct", form(client, act="deny", certainty="possible"))
    assert answer.status_code == 200
    assert answer.url.path == "/document"
    one = said(client)
    assert (one["act"], one["certainty"], one["speaker"]) == ("deny", "possible", "Ana Ruiz")
    assert one["corrected"][0].startswith("act corrected by Ida Tarrant on ")
    assert "corrected" in Page(client.get("/document", params={"id": "courier"}).text).words
    claim = client.get("/claim.json", params={"id": SAID}).json()
    assert {held["entity"] for held in claim["positions"]["disputes"]} == {"Ana Ruiz", "Zoë Roe"}
    listed = client.get("/corrections.json").json()
    assert [one["kind"] for one in listed["corrections"]] == ["certainty", "act"]
    for one in listed["corrections"]:
        send(client, "/correct", {"do": "undo", "id": one["id"], "back": "/corrections", **BY})
    assert document(client) == before
    with opened(ledger) as connection:
        assert list(faults(connection)) == []
    rows = list(csv.reader(io.StringIO(client.get("/corrections.csv").text.removeprefix("\ufeff"))))
    assert len(rows) == 5


def test_another_speaker_is_chosen_from_the_documents_sources_or_its_words(client: TestClient) -> None:
    view = client.get("/correct.json", params={"id": ENGINEERS}).json()
    ana = next(one["id"] for one in view["sources"] if one["name"] == "Ana Ruiz")
    send(client, "/correct", form(client, id=ENGINEERS, speaker=ana))
    assert said(client, ENGINEERS)["speaker"] == "Ana Ruiz"
    send(client, "/correct", form(client, id=ENGINEERS, speaker_words="three  families", kind="group", unnamed="yes"))
    one = said(client, ENGINEERS)
    assert (one["speaker"], one["speaker_named"], one["entity"]) == ("three families", False, None)
    answer = send(client, "/correct", form(client, id=ENGINEERS, speaker_words="Ida Velm"))
    assert answer.status_code == 400
    assert "no name from elsewhere is attached" in answer.text


def test_what_is_struck_out_is_no_attribution_and_can_be_looked_at(client: TestClient) -> None:
    send(client, "/correct", {"do": "strike", "id": ENGINEERS, "back": "/document?id=courier", **BY})
    assert [one["id"] for one in document(client)["attributions"]] == [SAID]
    page = client.get("/correct", params={"id": ENGINEERS})
    assert "struck out" in page.text


def test_sources_are_merged_and_parted_on_their_page(client: TestClient) -> None:
    ana, zoe = (
        client.get("/search.json", params={"words": name}).json()["entities"][0]["id"] for name in ("Ana", "Zoë")
    )
    back = f"/entity?id={ana}"
    send(client, "/correct", {"do": "merge", "entity": str(ana), "other": "Zoë Roe", "back": back, **BY})
    assert client.get("/entity.json", params={"id": ana}).json()["entity"]["documents"] == 3
    merged = client.get("/entity.json", params={"id": zoe}).json()  # the old address leads to the one they are now
    assert merged["entity"]["id"] == ana
    assert merged["corrections"][0]["kind"] == "merge"
    send(client, "/correct", {"do": "split", "entity": str(ana), "document": "later", "back": back, **BY})
    assert client.get("/entity.json", params={"id": ana}).json()["entity"]["documents"] == 2
    answer = send(client, "/correct", {"do": "merge", "entity": str(ana), "other": "two engineers", "back": back, **BY})
    assert "not named by its documents" in answer.text


def test_a_member_is_moved_to_a_claim_that_is_found_by_its_words(client: TestClient) -> None:
    view = client.get("/correct.json", params={"id": PORT, "words": "cracked"}).json()
    assert view["proposed"] == []  # "2025" puts nothing forward that can be compared
    view = client.get("/correct.json", params={"id": ENGINEERS, "words": "cracked"}).json()
    (claim,) = view["claims"]
    move = {"do": "move", "id": ENGINEERS, "part": "1", "back": "/corrections", **BY}
    send(client, "/correct", {**move, "claim": "none"})
    found = client.get("/claim.json", params={"id": claim["id"]}).json()
    assert ENGINEERS not in [one["attribution"] for one in found["positions"]["says"]]
    send(client, "/correct", {**move, "claim": claim["id"], "relation": "contrary"})
    found = client.get("/claim.json", params={"id": claim["id"]}).json()
    assert ENGINEERS in [one["attribution"] for one in found["positions"]["disputes"]]


def test_a_form_without_a_name_or_a_change_is_refused_in_words(client: TestClient) -> None:
    assert "Write who makes the correction" in send(client, "/correct", form(client, by=" ", act="deny")).text
    assert "nothing was changed" in send(client, "/correct", form(client)).text
    assert send(client, "/correct", {**form(client, act="deny"), "id": "courier:1-2"}).status_code == 404


def test_while_another_sayso_writes_a_correction_is_not_lost_in_silence(client: TestClient, ledger: Path) -> None:
    with writing_to(ledger):
        answer = send(client, "/correct", form(client, act="deny"))
    assert answer.status_code == 400
    assert "another sayso is writing to this ledger" in answer.text
    assert client.get("/corrections.json").json()["count"] == 0


def test_a_page_of_another_version_says_that_corrections_do_not_hold_for_it(client: TestClient, ledger: Path) -> None:
    url = "https://courier.example/weir"
    with writing_to(ledger) as connection:
        add_to(connection, [acting(told("changed", "Ana Ruiz said the weir is cracked.", ANA, url=url))])
    send(client, "/correct", form(client, act="deny"))
    assert document(client, "changed")["corrected_versions"] == ["courier"]
    assert "whose text is another" in client.get("/document", params={"id": "changed"}).text
