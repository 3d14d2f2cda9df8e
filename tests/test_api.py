"""The HTTP API: the same answers as the commands, in pages that hold together, and problems that say what to do."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from click.testing import CliRunner
from ledgers import add_to, person, told, write
from starlette.testclient import TestClient
from web import HERE, SAID, STORY, article_server, browser, served, until, when_over, write_story

from sayso.cli import main
from sayso.export.jsonl import ReadingObject, reading_from_json, reading_to_json
from sayso.ledger.opening import writing_to
from sayso.readers.fetch import Fetcher, Limits
from sayso.trace import copying
from sayso.web.api.reading import LONGEST
from sayso.web.safety import Access
from sayso.web.worker import State, Worker

TOKEN = "a token of more than sixteen characters"
CLAIM = "the weir above Ostrey is cracked"


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_story(tmp_path_factory.mktemp("api") / "story.ledger")


@pytest.fixture
def client(ledger: Path) -> TestClient:
    return browser(ledger)


def printed(*arguments: str) -> str:
    """What a command prints."""
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


# The same answers as the commands


def test_who_is_what_the_command_prints(client: TestClient, ledger: Path) -> None:
    answer = client.get("/api/who", params={"claim": CLAIM})
    assert answer.json() == json.loads(printed("who", str(ledger), CLAIM, "--format", "json"))
    assert (
        msgspec.json.format(answer.content, indent=2) + b"\n"
        == printed("who", str(ledger), CLAIM, "--format", "json").encode()
    )
    id_ = answer.json()["claim"]["id"]
    by_id = client.get("/api/who", params={"claim": id_})
    assert by_id.json() == json.loads(printed("who", str(ledger), id_, "--format", "json"))


def test_who_as_of_a_day_knows_nothing_of_what_came_later(client: TestClient, ledger: Path) -> None:
    answer = client.get("/api/who", params={"claim": CLAIM, "as_of": "2024-03-02"})
    assert list(answer.json()["positions"]) == ["says"]
    assert answer.json() == json.loads(printed("who", str(ledger), CLAIM, "--as-of", "2024-03-02", "--format", "json"))


def test_claims_and_copies_are_what_the_commands_print(client: TestClient, ledger: Path) -> None:
    for path, command in (("claims", "claims"), ("copies", "copies")):
        lines = [json.loads(line) for line in printed(command, str(ledger), "--format", "jsonl").splitlines()]
        assert client.get(f"/api/{path}").json() == {"items": lines, "next": None}


def test_a_reading_is_what_was_added(client: TestClient) -> None:
    for one in STORY:
        answer = client.get("/api/reading", params={"id": one.document.id})
        assert reading_from_json(answer.content).document == one.document
        assert answer.content == reading_to_json(reading_from_json(answer.content))


def test_a_correction_is_listed_and_followed_by_answers_until_it_is_undone(tmp_path: Path) -> None:
    path = write_story(tmp_path / "story.ledger")
    client = browser(path)
    before = client.get("/api/who", params={"claim": CLAIM})
    said = next(one["attribution"] for one in before.json()["positions"]["says"] if one["attribution"])
    printed("correct", str(path), said, "--act", "deny", "--by", "Ana Ruiz", "--why", "he denies it")
    printed("trace", str(path))
    (listed,) = client.get("/api/corrections").json()["items"]
    assert (listed["kind"], listed["by"], listed["why"], listed["state"]) == (
        "act",
        "Ana Ruiz",
        "he denies it",
        "holds",
    )
    after = client.get("/api/who", params={"claim": CLAIM}).json()
    assert said in [one["attribution"] for one in after["positions"]["disputes"]]
    assert said not in [one["attribution"] for one in after["positions"].get("says", [])]
    printed("correct", str(path), "--undo", listed["id"], "--by", "Ana Ruiz")
    printed("trace", str(path))
    assert client.get("/api/who", params={"claim": CLAIM}).content == before.content
    first = client.get("/api/corrections", params={"limit": 1}).json()
    second = client.get(first["next"]).json()
    assert [one["kind"] for one in (*first["items"], *second["items"])] == ["undo", "act"]
    assert second["next"] is None


def test_a_text_is_given_as_it_is(tmp_path: Path) -> None:
    text = "Zoë Roe said so.\r\n\tYes\u2028no \u0000 \U0001f309"
    client = browser(write(tmp_path / "l", told("a/b?c", text)))
    answer = client.get("/api/text", params={"id": "a/b?c"})
    assert answer.content.decode() == text
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("path", "twin"),
    [
        ("/api/start", "/start.json"),
        ("/api/search?words=weir", "/search.json?words=weir"),
        ("/api/outlets", "/outlets.json"),
        ("/api/document?id=courier", "/document.json?id=courier"),
        ("/api/claim?id=courier:26-30", "/claim.json?id=courier:26-30"),
        ("/api/entity?id=2", "/entity.json?id=2"),
        ("/api/compare?a=courier&b=herald", "/compare.json?a=courier&b=herald"),
        ("/api/citation?view=/claim&id=courier:26-30", "/cite.json?view=/claim&id=courier:26-30"),
        ("/api/adding", "/adding.json"),
    ],
)
def test_what_pages_show_is_there(client: TestClient, path: str, twin: str) -> None:
    assert client.get(path).json() == client.get(twin).json()


def test_history_tells_what_changed(tmp_path: Path) -> None:
    url = "https://courier.example/weir"
    first = told("a", "Ana Ruiz said the weir is cracked.", person("Ana Ruiz"), url=url)
    second = told("a", "Bo Li said the weir is cracked.", person("Bo Li"), url=url)
    client = browser(write(tmp_path / "l", first, second))
    versions = client.get("/api/history", params={"of": url}).json()["versions"]
    assert [one["number"] for one in versions] == [1, 2]
    assert versions[1]["changes"][0]["after"]["source"] == "Bo Li"


# Pages of lists


def walked(client: Any, address: str) -> Iterator[Any]:
    """All items of a list, page by page."""
    following: str | None = address
    while following:
        page = client.get(following).json()
        yield from page["items"]
        following = page["next"]


@pytest.mark.parametrize("order", ["added", "newest"])
def test_a_walk_gives_each_document_once_also_while_others_are_added(tmp_path: Path, order: str) -> None:
    days = ("2024-01-03", None, "2024-01-01", "2024-01-03", None, "2024-01-02", "2024-01-01")
    path = write(tmp_path / "l", *(told(f"d{i}", f"Bo Li said {i}.", published=day) for i, day in enumerate(days)))
    client = browser(path)
    found = []
    for number, one in enumerate(walked(client, f"/api/documents?order={order}&limit=2")):
        found.append(one["id"])
        if number % 2 == 0:
            with writing_to(path) as connection:
                new = (
                    told(f"new{number}{day}", f"Bo Li said {number} {day}.", published=day)
                    for day in ("2024-01-02", None)
                )
                add_to(connection, new) if number < 6 else None
    assert len(found) == len(set(found))
    assert {f"d{i}" for i in range(len(days))} <= set(found)
    dates = [one["published"] for one in walked(client, f"/api/documents?order={order}&limit=3")]
    assert order == "added" or dates == sorted(dates, key=lambda day: day or "", reverse=True)


def test_a_walk_gives_each_source_and_each_of_its_statements_once(tmp_path: Path) -> None:
    people = [person(f"Ana{chr(97 + i)} Ruiz") for i in range(7)]
    path = write(
        tmp_path / "l",
        *(told(f"d{i}", f"{one.name} said {i}. {one.name} said so.", one) for i, one in enumerate(people)),
    )
    client = browser(path)
    found = list(walked(client, "/api/entities?limit=2"))
    assert sorted(one["name"] for one in found) == sorted(one.name for one in people)
    said = list(walked(client, f"/api/statements?entity={found[0]['id']}&limit=1"))
    assert [one["content"] for one in said] == ["0", "so"]


@pytest.mark.parametrize("order", ["documents", "outlets", "origins", "disputes", "unnamed", "newest", "id"])
def test_a_walk_gives_each_claim_once_in_each_order(tmp_path: Path, order: str) -> None:
    client = browser(_with_claims(tmp_path / "l"))
    whole = client.get(f"/api/claims?order={order}").json()["items"]
    assert len(whole) == 7
    assert list(walked(client, f"/api/claims?order={order}&limit=2")) == whole
    assert [one["text"] for one in walked(client, f"/api/claims?order={order}&limit=1&text=five")] == ["number five"]


def _with_claims(path: Path) -> Path:
    """A ledger of claims that are alike in all that is counted, and of some that have no day."""
    write(path)
    with writing_to(path) as connection:
        for row, name in enumerate(("one", "two", "three", "four", "five", "six", "seven"), 1):
            connection.execute(
                "INSERT INTO claims (id, name, reading_id, is_counted, document_count, last_on)"
                " VALUES (?, ?, ?, 1, 2, ?)",
                (row, f"number {name}", "d:1-2" if row < 4 else f"d:{row}-9", None if row % 2 else "2024-01-01"),
            )
    return path


def test_a_cursor_of_another_list_is_told_so(tmp_path: Path) -> None:
    client = browser(_with_claims(tmp_path / "l"))
    following = client.get("/api/claims?order=outlets&limit=1").json()["next"]
    assert client.get(following).status_code == 200
    assert client.get(following.replace("outlets", "origins")).status_code == 404


@pytest.mark.parametrize("cursor", ["x", "W10", "WzFd", "bnVsbA", "é", "WyJhIiwxXQ", "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5XQ"])
@pytest.mark.parametrize("path", ["documents?order=newest", "claims", "copies", "statements?entity=2"])
def test_a_cursor_that_no_page_gave_is_told_so(client: TestClient, path: str, cursor: str) -> None:
    answer = client.get(f"/api/{path}", params={**httpx.QueryParams(path.partition("?")[2]), "cursor": cursor})
    assert answer.status_code == 404
    assert "without a cursor" in answer.json()["remedy"]


# ETag


def test_what_the_client_has_is_not_sent_again(client: TestClient) -> None:
    for address in ("/api/start", "/api/reading?id=courier", "/api/text?id=courier", "/api/openapi.json"):
        first = client.get(address)
        tag = first.headers["etag"]
        for given in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = client.get(address, headers={"If-None-Match": given})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert client.get(address, headers={"If-None-Match": '"other"'}).content == first.content


def test_the_tag_changes_when_the_answer_does(tmp_path: Path) -> None:
    path = write(tmp_path / "l", *STORY)
    client = browser(path)
    tags = {one: client.get(one).headers["etag"] for one in ("/api/start", "/api/text?id=courier")}
    with writing_to(path) as connection:
        add_to(connection, [told("new", "Bo Li said no.")])
        held = client.get("/api/start", headers={"If-None-Match": tags["/api/start"]})  # while it is written to
        assert held.json()["documents"] == 4
    start, text = (client.get(one, headers={"If-None-Match": tag}) for one, tag in tags.items())
    assert (start.status_code, start.json()["documents"]) == (200, 4)
    assert text.status_code == 304


def test_pages_show_what_was_written_a_moment_ago(tmp_path: Path) -> None:
    path = write(tmp_path / "l", *STORY)
    client = browser(path)
    for number in range(3):
        assert client.get("/start.json").json()["documents"] == 3 + number
        with writing_to(path) as connection:
            add_to(connection, [told(f"new{number}", f"Bo Li said {number}.")])


# Problems


PROBLEMS = [
    ("GET", "/api/nothing", {}, None, 404),
    ("GET", "/api", {}, None, 404),
    ("GET", "/api/", {}, None, 404),
    ("DELETE", "/api/documents", {}, None, 405),
    ("GET", "/api/read", {}, None, 405),
    ("GET", "/api/document?id=none", {}, None, 404),
    ("GET", "/api/reading?id=none", {}, None, 404),
    ("GET", "/api/text?id=none", {}, None, 404),
    ("GET", "/api/history?of=none", {}, None, 404),
    ("GET", "/api/copies?document=none", {}, None, 404),
    ("GET", "/api/claim?id=none", {}, None, 404),
    ("GET", "/api/who?claim=elephants+sing", {}, None, 404),
    ("GET", "/api/entity?id=999", {}, None, 404),
    ("GET", "/api/statements?entity=999", {}, None, 404),
    ("GET", "/api/adding?id=none", {}, None, 404),
    ("GET", "/api/citation?view=/claim", {}, None, 404),
    ("GET", "/api/compare?a=courier&b=courier", {}, None, 409),
    ("GET", "/api/document", {}, None, 422),
    ("GET", "/api/claims?limit=0", {}, None, 422),
    ("GET", "/api/claims?limit=many", {}, None, 422),
    ("GET", "/api/claims?order=size", {}, None, 422),
    ("GET", "/api/claims?since=yesterday", {}, None, 422),
    ("GET", "/api/claims?ordr=outlets", {}, None, 422),
    ("GET", "/api/claims?limit=1&limit=2", {}, None, 422),
    ("GET", "/api/start", {"Accept": "text/html"}, None, 406),
    ("GET", "/api/start", {"Accept": "application/json;q=0"}, None, 406),
    ("GET", "/api/start", {"Host": "attacker.example"}, None, 421),
    ("GET", "/api/start", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}, None, 403),
    ("POST", "/api/read", {}, "no JSON", 422),
    ("POST", "/api/read", {}, "{}", 422),
    ("POST", "/api/read", {}, '{"text": " "}', 422),
    ("POST", "/api/read", {}, '{"text": "a", "txet": "b"}', 422),
    ("POST", "/api/read", {}, '{"text": "a", "published": "yesterday"}', 422),
    ("POST", "/api/read", {}, '{"text": "a", "url": "javascript:alert(1)"}', 422),
    ("POST", "/api/read", {}, '{"text": "\\ud800"}', 422),
    ("POST", "/api/read", {}, json.dumps({"text": "a" * (LONGEST + 1)}), 422),
    ("POST", "/api/read", {"Content-Type": "text/plain"}, '{"text": "a"}', 415),
    ("POST", "/api/read", {"Content-Type": "application/x-www-form-urlencoded"}, "text=a", 415),
    ("POST", "/api/read", {"Content-Length": "999999999"}, "{}", 413),
    ("POST", "/api/read/web", {}, '{"url": "file:///etc/passwd"}', 422),
    ("POST", "/api/read/web", {}, '{"url": "http://127.0.0.1:8365/"}', 502),
    ("POST", "/api/readings", {}, '{"document": {}}', 422),
]


@pytest.mark.parametrize(("method", "address", "headers", "body", "status"), PROBLEMS)
def test_each_problem_says_what_to_do(
    ledger: Path, method: str, address: str, headers: dict[str, str], body: str | None, status: int
) -> None:
    client = browser(ledger, worker=Worker(ledger, lambda: Fetcher(limits=Limits(tries=1))))
    if body is not None:
        headers = {"Content-Type": "application/json", **headers}
    answer = client.request(method, address, headers=headers, content=body)
    assert answer.status_code == status, answer.text
    is_problem(answer)


def is_problem(answer: Any) -> None:
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["type"].startswith("urn:sayso:problem:")
    assert problem["title"]
    assert len(problem["detail"]) > 10
    assert len(problem["remedy"]) > 10


def test_a_wrong_parameter_is_named_with_the_one_that_may_be_meant(client: TestClient) -> None:
    assert "Did you mean 'order'?" in client.get("/api/claims?ordr=outlets").json()["remedy"]
    assert "limit" in client.get("/api/claims?limit=0").json()["detail"]


def test_where_nothing_fits_the_nearest_is_named(client: TestClient) -> None:
    assert CLAIM in client.get("/api/who", params={"claim": "the bishop of Velm sang"}).json()["nearest"]


def test_an_address_says_which_methods_it_takes(client: TestClient) -> None:
    assert client.delete("/api/documents", headers={"Origin": HERE}).headers["allow"] == "GET, POST"


def test_a_ledger_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "l").write_text("no ledger")
    answer = browser(tmp_path / "l").get("/api/start")
    assert answer.status_code == 503
    is_problem(answer)


def test_a_fault_of_ours_is_a_problem_that_gives_nothing_away(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr("sayso.web.start.ask", fails)
    answer = client.get("/api/start")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    is_problem(answer)


def test_questions_that_take_too_long_are_a_problem(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = "WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    monkeypatch.setattr("sayso.web.asking.asked.__wrapped__.__defaults__", (0.2,))
    monkeypatch.setattr("sayso.web.start.ask", lambda ledger, _: ledger.execute(endless).fetchone())
    answer = client.get("/api/start")
    assert answer.status_code == 503
    is_problem(answer)


def test_more_requests_than_are_answered_at_once_are_told_to_come_again(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser(ledger)
    monkeypatch.setattr(client.app, "at_once", 0)
    answer = client.get("/api/start")
    assert answer.status_code == 503
    is_problem(answer)
    assert (
        client.get("/start.json").text
        == "More is asked of this server than it answers at once; ask again in a moment.\n"
    )


# Who may ask


def test_a_program_gives_the_token_with_each_request(ledger: Path) -> None:
    client = browser(ledger, Access(token=TOKEN))
    for headers in ({}, {"Accept": "text/html"}, {"Authorization": "Bearer not the token"}):
        answer = client.get("/api/start", headers=headers)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        is_problem(answer)
    own = {"Authorization": f"Bearer {TOKEN}"}
    assert client.get("/api/start", headers=own).status_code == 200
    assert client.post("/api/read", json={"text": SAID}, headers=own).status_code == 200
    document = client.get("/api/openapi.json", headers=own).json()
    assert document["components"]["securitySchemes"] == {"token": {"type": "http", "scheme": "bearer"}}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),  # a program
        ({"Origin": HERE, "Sec-Fetch-Site": "same-origin"}, 200),  # a script of a page of ours
        ({"Origin": "https://attacker.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Referer": "https://attacker.example/"}, 403),
        ({"Cookie": "sayso-form=1"}, 403),  # a browser that says nothing of where it comes from
    ],
)
def test_no_other_site_makes_a_browser_write(ledger: Path, headers: dict[str, str], status: int) -> None:
    assert browser(ledger).post("/api/read", json={"text": SAID}, headers=headers).status_code == status


def test_no_other_site_is_let_to_ask_first(client: TestClient) -> None:
    answer = client.options(
        "/api/read", headers={"Origin": "https://attacker.example", "Access-Control-Request-Method": "POST"}
    )
    assert answer.status_code == 405
    assert not [name for name in answer.headers if name.startswith("access-control")]


# Reading and adding


def test_a_text_is_read_and_not_stored(client: TestClient) -> None:
    answer = client.post("/api/read", json={"text": SAID, "title": "Weir", "published": "2024-05-31"})
    reading = msgspec.json.decode(answer.content, type=ReadingObject)
    assert reading.document.title == "Weir"
    assert [one.source and one.source.text for one in reading.attributions] == ["Ana Ruiz"]
    when = reading.attributions[0].when
    assert when is not None
    assert when.start == "2024-05-31"
    assert client.get("/api/start").json()["documents"] == 3


def test_text_stays_as_it_is_whatever_is_in_it(client: TestClient) -> None:
    for text in ("\ufeffAna Ruiz said yes.\r\n", "\0\1\2\3", '{"a": 1}', "𝔄\u202e\u2028"):
        assert client.post("/api/read", json={"text": text}).json()["document"]["text"] == text


def test_an_address_is_fetched_and_read(ledger: Path) -> None:
    server = article_server()
    worker = Worker(ledger, lambda: Fetcher(allowed=lambda one: one.is_loopback))
    url = f"http://127.0.0.1:{server.server_port}/weir"
    try:
        answer = browser(ledger, worker=worker).post("/api/read/web", json={"url": url})
    finally:
        server.shutdown()
    assert answer.json()["document"]["url"] == url
    assert answer.json()["attributions"]


def test_nothing_is_fetched_where_that_is_switched_off(ledger: Path) -> None:
    client = browser(ledger, worker=Worker(ledger, fetcher=None))
    for path in ("/api/read/web", "/api/documents/web"):
        answer = client.post(path, json={"url": "https://courier.example/weir"})
        assert answer.status_code == 403
        is_problem(answer)
    assert client.get("/api/adding").json()["jobs"] == []


def test_texts_and_readings_are_added(tmp_path: Path) -> None:
    path = write(tmp_path / "l")
    worker = Worker(path)
    client = browser(path, worker=worker)
    reading = client.post("/api/read", json={"text": SAID, "url": "https://courier.example/a"}).json()
    answers = [
        client.post("/api/documents", json={"text": f"{SAID} Bo Li denied it.", "publisher": "Velm Herald"}),
        client.post("/api/readings", json=reading),
    ]
    for answer in answers:
        assert answer.status_code == 202
        (job,) = answer.json()["jobs"]
        assert when_over(worker, job["id"]).state is State.DONE
        assert client.get(answer.headers["location"]).json()["jobs"][0]["added"] == 1
    worker.end()
    assert client.get("/api/reading", params={"id": reading["document"]["id"]}).json() == reading
    assert client.get("/api/start").json()["documents"] == 2


def test_a_reading_that_does_not_hold_together_is_refused(client: TestClient) -> None:
    reading = client.get("/api/reading?id=courier").json()
    reading["document"]["text"] += " "
    answer = client.post("/api/readings", json=reading)
    assert answer.status_code == 422
    assert "text_sha256" in answer.json()["detail"]


def test_what_waits_to_be_read_comes_before_tracing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "l", *STORY)
    worker = Worker(path)
    begun, let_go = threading.Event(), threading.Event()
    find_copies = copying.find_copies

    def slow(ledger: Any, lexicon: Any, told: Any) -> int:
        begun.set()
        let_go.wait(30)
        return find_copies(ledger, lexicon, told)

    monkeypatch.setattr(copying, "find_copies", slow)
    first = worker.add("a", ())
    begun.wait(30)
    second = browser(path, worker=worker).post("/api/documents", json={"text": SAID}).json()["jobs"][0]
    until(worker, first.id, State.TRACING)
    let_go.set()
    assert when_over(worker, first.id).traced == 0
    assert when_over(worker, second["id"]).state is State.DONE
    worker.end()
    assert browser(path).get("/api/start").json()["not_traced"] == 0


# In a process of its own


def test_reading_and_adding_beside_the_server(tmp_path: Path) -> None:
    path = write(tmp_path / "l", *STORY)
    worker = Worker(path, apart=True)
    with served(path, worker) as address:
        read = httpx.post(f"{address}/api/read", json={"text": SAID}, timeout=60)
        assert read.json()["attributions"][0]["source"]["text"] == "Ana Ruiz"
        nothing = httpx.post(f"{address}/api/read/web", json={"url": "http://127.0.0.1/"}, timeout=60)
        assert (nothing.status_code, "no public address" in nothing.json()["detail"]) == (502, True)
        added = httpx.post(f"{address}/api/documents", json={"text": SAID}, timeout=60).json()["jobs"][0]
        job = when_over(worker, added["id"])
        assert (job.state, job.added, job.attributions) == (State.DONE, 1, 1)
        assert httpx.get(f"{address}/api/start", timeout=60).json()["not_traced"] == 0
    assert [one.name for one in tmp_path.iterdir()] == ["l"]


def test_a_text_that_takes_too_long_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "l", *STORY)
    monkeypatch.setattr("sayso.web.worker.MOST_SECONDS", 0.01)
    worker = Worker(path, apart=True)
    answer = browser(path, worker=worker).post("/api/read", json={"text": SAID})
    assert answer.status_code == 503
    is_problem(answer)
    monkeypatch.setattr("sayso.web.worker.MOST_SECONDS", 60.0)
    assert browser(path, worker=worker).post("/api/read", json={"text": SAID}).status_code == 200
    worker.end()
