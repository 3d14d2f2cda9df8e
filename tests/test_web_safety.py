"""What the server refuses: other names, other sites, forged forms, too much; and what it says with every answer."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx
import pytest
from ledgers import write
from starlette.testclient import TestClient
from web import HERE, STORY, Page, browser, form_token, send, served

from sayso.web import app
from sayso.web.asking import TooSlow, asked
from sayso.web.page import Page as View
from sayso.web.safety import HEADERS, LOOPBACK, Access, Guard

TOKEN = "a token of more than sixteen characters"
ELSEWHERE = "https://attacker.example"
VIEWS = (
    "/",
    "/start.json",
    "/start.csv",
    "/outlets",
    "/search?words=weir",
    "/document?id=courier",
    "/adding",
    "/nothing",
)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("web") / "l", *STORY)


@pytest.fixture
def client(ledger: Path) -> TestClient:
    return browser(ledger)


@pytest.mark.parametrize("address", [*VIEWS, "/static/sayso.css"])
def test_every_answer_says_what_a_browser_may_load(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_a_refusal_and_a_fault_say_so_too(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("a fault of ours, with a secret in it")

    monkeypatch.setattr(app, "PAGES", (View("/", "start.html", fails, lambda _: (), int),))
    client = browser(ledger)
    for answer in (client.get("/"), client.get("/", headers={"Host": "attacker.example"})):
        assert answer.status_code in (421, 500)
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        assert "secret" not in answer.text


@pytest.mark.parametrize("address", VIEWS)
def test_pages_hold_no_script_or_style_of_their_own_and_lead_nowhere_else(client: TestClient, address: str) -> None:
    answer = client.get(address)
    if not answer.headers["content-type"].startswith("text/html"):
        return
    page = Page(answer.text)
    assert [one.get("src") for tag, one in page.tags if tag == "script"] == ["/static/sayso.js"]
    assert not [tag for tag, _ in page.tags if tag == "style"]
    for tag, given in page.tags:
        assert not [name for name in given if name == "style" or name.startswith("on")], tag
    for one in page.addresses():
        assert one == "" or one.startswith(("/", "#", "https://courier.example/")), one
        assert not one.startswith("//")


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_pages_of_the_framework_that_load_from_elsewhere_are_left_out(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("host", ["127.0.0.1:8365", "localhost:8365", "[::1]:8365", "localhost", "LOCALHOST:1"])
def test_the_server_answers_to_its_names(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        *("attacker.example", "attacker.example:8365", "127.0.0.1.attacker.example", "localhost.attacker.example"),
        *("127.0.0.1@attacker.example", "", "127.0.0.1:x", "127.0.0.1/attacker.example", "[::1", "127.0.0.1 x"),
        *("10.0.0.7", "0.0.0.0"),
    ],
)
def test_it_answers_to_no_other_name(client: TestClient, host: str) -> None:
    """With DNS rebinding a page elsewhere reaches this server under a name of its own."""
    answer = client.get("/start.json", headers={"Host": host})
    assert answer.status_code == 421
    assert "courier" not in answer.text


def test_two_host_headers_are_one_too_many(ledger: Path) -> None:
    with served(ledger) as address:
        host = address.removeprefix("http://")
        asking = HTTPConnection(host, timeout=10)
        asking.putrequest("GET", "/", skip_host=True)
        asking.putheader("Host", host)
        asking.putheader("Host", "attacker.example")
        asking.endheaders()
        assert asking.getresponse().status in (400, 421)


def test_beyond_this_machine_numbers_and_given_names_are_answered() -> None:
    access = Access(LOOPBACK | {"ledger.example.org"}, numbers=True, token=TOKEN)
    assert access.calls("192.168.1.7:8365")
    assert access.calls("ledger.example.org")
    assert not access.calls("attacker.example")


WRITES = ["/add", "/correct", "/trace", "/sign-in"]


def test_these_are_all_the_addresses_that_write(ledger: Path) -> None:
    guard = app.make_app(ledger)
    assert isinstance(guard, Guard)
    routes: Any = guard.app
    found = {one.path for one in routes.routes if getattr(one, "methods", None) and set(one.methods) - {"GET", "HEAD"}}
    assert found == set(WRITES)


@pytest.mark.parametrize("path", WRITES)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": ELSEWHERE},
        {"Origin": "null"},
        {"Origin": f"{HERE}.attacker.example"},
        {"Origin": "http://127.0.0.1:8366"},
        {"Origin": f"file://{HERE.partition('//')[2]}"},
        {"Referer": f"{ELSEWHERE}/{HERE}"},
        {"Origin": HERE, "Referer": ELSEWHERE},
        {"Origin": HERE, "Sec-Fetch-Site": "cross-site"},
        {"Origin": HERE, "Sec-Fetch-Site": "same-site"},
        {"Origin": HERE, "Sec-Fetch-Site": "none"},
    ],
)
def test_nothing_is_written_for_another_site(client: TestClient, path: str, headers: dict[str, str]) -> None:
    given = {"form_token": form_token(client), "text": "Ana Ruiz said yes.", "token": "x"}
    answer = client.post(path, data=given, headers=headers)
    assert answer.status_code == 403
    assert client.get("/adding.json").json()["jobs"] == []


@pytest.mark.parametrize("path", WRITES)
@pytest.mark.parametrize("given", ["", "0" * 64, None])
def test_nothing_is_written_without_what_a_page_of_the_server_holds(
    client: TestClient, path: str, given: str | None
) -> None:
    form_token(client)  # a cookie
    data = {"text": "Ana Ruiz said yes."} | ({} if given is None else {"form_token": given})
    answer = client.post(path, data=data, headers={"Origin": HERE})
    assert answer.status_code == 400
    assert "out of date" in answer.text
    assert client.get("/adding.json").json()["jobs"] == []


def test_cookies_of_other_servers_on_this_machine_are_no_hindrance(client: TestClient) -> None:
    token = form_token(client)
    kept = client.cookies["sayso-form"]
    client.cookies.clear()
    odd = f'other={{"a": 1, "b": "c;d"}}; b[0]=1; =x; é; sayso-form={kept}; last="'
    answer = client.post(
        "/trace", data={"form_token": token}, headers={b"Origin": HERE.encode(), b"Cookie": odd.encode("latin-1")}
    )
    assert answer.status_code == 200


def test_a_form_of_another_browser_or_of_another_run_is_refused(client: TestClient, ledger: Path) -> None:
    another = form_token(browser(ledger))
    assert send(client, "/trace", {"form_token": another}).status_code == 400
    again = browser(ledger)
    again.cookies = client.cookies
    assert client.get("/").status_code == 200
    assert send(again, "/trace", {"form_token": form_token(client)}).status_code == 400


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"}, 403),
    ],
)
def test_a_link_from_elsewhere_opens_a_page_and_no_site_takes_parts_of_it(
    client: TestClient, headers: dict[str, str], status: int
) -> None:
    assert client.get("/start.json", headers=headers).status_code == status


def test_an_upload_that_is_too_large_is_refused_whether_it_says_so_or_not(ledger: Path) -> None:
    client = browser(ledger)
    large = b"a" * (21 << 20)
    told_so = send(client, "/add", {}, files={"files": ("a.txt", large)})
    assert told_so.status_code == 413

    def pieces() -> Iterator[bytes]:
        for _ in range(21):
            yield b"a" * (1 << 20)

    untold = client.post(
        "/add", content=pieces(), headers={"Origin": HERE, "Content-Type": "multipart/form-data; boundary=a"}
    )
    assert untold.status_code in (400, 413)
    assert client.get("/adding.json").json()["jobs"] == []


class WithToken:
    """A server that asks for a token."""

    def __init__(self, ledger: Path) -> None:
        self.access = Access(token=TOKEN)
        self.client = browser(ledger, self.access)
        self.client.follow_redirects = False

    def form_token(self) -> str:
        page = Page(self.client.get("/sign-in").text)
        return next(one["value"] for tag, one in page.tags if one.get("name") == "form_token")

    def sign_in(self, token: str, to: str = "/") -> Any:
        return self.client.post(
            "/sign-in", data={"form_token": self.form_token(), "token": token, "to": to}, headers={"Origin": HERE}
        )


@pytest.mark.parametrize("address", VIEWS)
def test_without_the_token_nothing_is_shown(ledger: Path, address: str) -> None:
    client = WithToken(ledger).client
    assert client.get(address, headers={"Accept": "*/*"}).status_code == 401
    asked_to = client.get(address, headers={"Accept": "text/html"})
    assert asked_to.status_code == 303
    assert asked_to.headers["location"].startswith("/sign-in?to=%2F")
    assert client.post("/add", data={"text": "a"}, headers={"Origin": HERE}).status_code == 401


def test_the_token_opens_and_another_does_not(ledger: Path) -> None:
    server = WithToken(ledger)
    assert server.sign_in("not the token").status_code == 403
    assert server.client.get("/start.json").status_code == 401
    answer = server.sign_in(TOKEN, "/outlets?a=b")
    assert (answer.status_code, answer.headers["location"]) == (303, "/outlets?a=b")
    kept = [one for one in answer.headers.get_list("set-cookie") if not one.startswith("sayso-form")]
    assert len(kept) == 1
    assert TOKEN not in kept[0]
    assert "HttpOnly" in kept[0]
    assert "SameSite=Lax" in kept[0]
    assert server.client.get("/start.json").status_code == 200


def test_a_program_gives_the_token_with_each_request(ledger: Path) -> None:
    client = WithToken(ledger).client
    assert client.get("/start.json", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    for wrong in (f"Bearer {TOKEN}x", "Bearer ", f"Basic {TOKEN}", TOKEN, "Bearer é"):
        assert client.get("/start.json", headers={b"Authorization": wrong.encode()}).status_code == 401


@pytest.mark.parametrize(
    "to", ["https://attacker.example/", "//attacker.example", "/\\attacker.example", "x", "/a\nb:c"]
)
def test_signing_in_leads_to_no_other_site(ledger: Path, to: str) -> None:
    assert WithToken(ledger).sign_in(TOKEN, to).headers["location"] == "/"


SEARCHES = [
    '"',
    '""',
    "'",
    "a'; DROP TABLE documents; --",
    "NEAR(",
    "weir NOT",
    "AND",
    "*",
    "(",
    "col:weir",
    "^",
    "-",
    "\0",
]
SEARCHES += ["%", "_", "weir\x00", "a" * 500, '" OR 1=1', "{title}: weir", "𝔄", "\u202e", "weir*"]


@pytest.mark.parametrize("words", SEARCHES)
@pytest.mark.parametrize("form", ["", ".json", ".csv"])
def test_no_words_break_a_search(client: TestClient, words: str, form: str) -> None:
    assert client.get(f"/search{form}", params={"words": words}).status_code == 200


def test_a_search_that_is_too_long_is_told_so(client: TestClient) -> None:
    assert client.get("/search", params={"words": "a" * 501}).status_code == 400


def test_questions_that_take_too_long_are_stopped(ledger: Path) -> None:
    begun = time.monotonic()
    with pytest.raises(TooSlow), asked(ledger, seconds=0.2) as connection:
        connection.execute(ENDLESS).fetchone()
    assert time.monotonic() - begun < 5


ENDLESS = "WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


def test_a_page_that_takes_long_holds_up_no_other(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(connection: sqlite3.Connection, _: object) -> Any:
        return connection.execute(ENDLESS).fetchone()

    slow = View("/slow", "start.html", ask, lambda _: (), int)
    monkeypatch.setattr(app, "PAGES", (*app.PAGES, slow))
    monkeypatch.setattr("sayso.web.asking.asked.__wrapped__.__defaults__", (3.0,))
    statuses: list[int] = []
    with served(ledger) as address:
        asking = [
            threading.Thread(target=lambda: statuses.append(httpx.get(f"{address}/slow", timeout=60).status_code))
            for _ in range(4)
        ]
        for one in asking:
            one.start()
        time.sleep(0.3)
        assert httpx.get(f"{address}/start.json", timeout=2.5).status_code == 200
        assert statuses == []
        for one in asking:
            one.join()
    assert statuses == [503] * 4


def test_a_page_changes_nothing_in_the_ledger(ledger: Path) -> None:
    with asked(ledger) as connection, pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM documents")
