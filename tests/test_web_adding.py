"""Adding in the browser: files, texts and addresses, one after another, while pages are answered."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ledgers import opened, write
from starlette.testclient import TestClient
from web import HERE, SAID, STORY, Page, article_server, browser, send, until, when_over

from sayso.ledger.opening import writing_to
from sayso.readers import Known
from sayso.readers.fetch import Fetcher, Limits
from sayso.web import worker as working
from sayso.web.worker import MOST_WAITING, File, Full, Pasted, State, Web, Worker


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return write(tmp_path / "l")


@pytest.fixture
def worker(ledger: Path) -> Iterator[Worker]:
    one = Worker(ledger, lambda: Fetcher(limits=Limits(tries=1)), patience=30)
    yield one
    one.end()


@pytest.fixture
def client(ledger: Path, worker: Worker) -> TestClient:
    return browser(ledger, worker=worker)


def documents(ledger: Path) -> list[sqlite3.Row]:
    with opened(ledger) as connection:
        return connection.execute("SELECT * FROM documents ORDER BY id").fetchall()


def job_of(answer: Any) -> str:
    """The id of the job whose page a form has led to."""
    return str(answer.url).rpartition("id=")[2]


def test_a_pasted_text_is_read_traced_and_linked(client: TestClient, worker: Worker, ledger: Path) -> None:
    about = {"title": "Weir", "publisher": "Ostrey Courier", "published": "2024-05-31", "url": "https://c.example/a"}
    answer = send(client, "/add", {"text": f"Weir\r\n\r\n{SAID}", **about})
    assert answer.status_code == 200
    job = when_over(worker, job_of(answer))
    assert (job.state, job.added, job.attributions, job.what) == (State.DONE, 1, 1, "Weir")
    (row,) = documents(ledger)
    assert row["text"] == f"Weir\n\n{SAID}"
    assert (row["title"], row["published_on"], row["url"]) == ("Weir", "2024-05-31", "https://c.example/a")
    assert client.get("/start.json").json()["not_traced"] == 0
    page = Page(client.get("/adding", params={"id": job.id}).text)
    assert "Done" in page.words
    assert client.get(next(one for one in page.addresses() if one.startswith("/document"))).status_code == 200


def test_the_same_again_is_known(client: TestClient, worker: Worker, ledger: Path) -> None:
    for added, known in ((1, 0), (0, 1)):
        job = when_over(worker, job_of(send(client, "/add", {"text": SAID})))
        assert (job.state, job.added, job.known, len(job.documents)) == (State.DONE, added, known, 1)
    assert len(documents(ledger)) == 1


def test_files_of_several_formats_and_what_cannot_be_read(client: TestClient, worker: Worker, ledger: Path) -> None:
    mail = f"From: Bo Li <bo@example.org>\nSubject: Weir\nDate: Fri, 31 May 2024 10:00:00 +0000\n\n{SAID}\n"
    files = [
        ("files", ("a.txt", SAID.encode())),
        ("files", ("b.eml", mail.encode())),
        ("files", ("c.pdf", b"%PDF-1.7\0")),
    ]
    job = when_over(worker, job_of(send(client, "/add", {}, files=files)))
    assert (job.state, job.added, job.failed) == (State.DONE, 2, 1)
    assert job.failures[0].startswith("c.pdf: ")
    assert job.what == "a.txt and 2 more"
    assert {row["found_in"] for row in documents(ledger)} == {"a.txt", "b.eml"}
    assert "c.pdf" in client.get("/adding", params={"id": job.id}).text


def test_a_name_leads_to_no_file_of_this_machine(
    client: TestClient, worker: Worker, ledger: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("Edda Nilsen said the key lay under the mat.")
    for name in (str(secret), f"../{secret.name}", f"file://{secret}", "-", "\\\\here\\secret.txt"):
        when_over(worker, job_of(send(client, "/add", {}, files={"files": (name, SAID.encode())})))
    assert {row["text"] for row in documents(ledger)} == {SAID}
    assert not [row for row in documents(ledger) if str(tmp_path) in row["found_in"]]
    for address in (f"file://{secret}", str(secret), "-", "ftp://example.org/a", "javascript:alert(1)", "gopher://a"):
        assert send(client, "/add", {"web": address}).status_code == 400
    assert len(client.get("/adding.json").json()["jobs"]) == 5


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8365/", "http://[::1]/", "http://10.0.0.7/", "http://localhost/"]
)
def test_private_addresses_are_not_fetched(client: TestClient, worker: Worker, address: str) -> None:
    job = when_over(worker, job_of(send(client, "/add", {"web": address})))
    assert (job.state, job.added) == (State.FAILED, 0)
    assert "no public address" in job.failures[0]


def test_an_address_is_fetched_and_read(ledger: Path) -> None:
    server = article_server()
    worker = Worker(ledger, lambda: Fetcher(allowed=lambda one: one.is_loopback))
    url = f"http://127.0.0.1:{server.server_port}/weir"
    try:
        job = when_over(worker, worker.add(url, (Web(url),)).id)
    finally:
        server.shutdown()
        worker.end()
    assert (job.state, job.added) == (State.DONE, 1)
    assert documents(ledger)[0]["url"] == url


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({}, "There is nothing to add"),
        ({"text": "  \n"}, "There is nothing to add"),
        ({"text": "a", "published": "yesterday"}, "is not a date"),
        ({"text": "a", "url": "javascript:alert(1)"}, "is no web address"),
        ({"web": "courier.example"}, "is no web address"),
    ],
)
def test_what_cannot_be_added_is_told_in_words(client: TestClient, data: dict[str, str], why: str) -> None:
    answer = send(client, "/add", data)
    assert answer.status_code == 400
    assert why in answer.text


def test_a_text_that_was_not_added_is_given_back(client: TestClient, worker: Worker) -> None:
    """Its form was out of date, say: a browser that goes back may have lost it."""
    text = '</textarea><script>alert(1)</script>\n"yes"'
    answer = client.post("/add", data={"text": text, "title": 'a"b', "form_token": "old"}, headers={"Origin": HERE})
    assert answer.status_code == 400
    page = Page(answer.text)
    assert text in page.words
    fields = {one["name"]: one.get("value", "") for tag, one in page.tags if tag == "input"}
    assert fields["title"] == 'a"b'
    sent = client.post("/add", data={**fields, "text": text}, headers={"Origin": HERE})
    assert when_over(worker, job_of(sent)).state is State.DONE


class Held:
    """Something to add whose reading waits until it is let go, so that what happens meanwhile can be seen."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.let_go = threading.Event()
        found_in = working._found_in

        def waiting(*given: Any) -> Iterator[Any]:
            self.let_go.wait(60)
            yield from found_in(*given)

        monkeypatch.setattr(working, "_found_in", waiting)


def test_pages_are_answered_while_something_is_read(
    client: TestClient, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(monkeypatch)
    answer = send(client, "/add", {"text": SAID})
    until(worker, job_of(answer), State.READING)
    page = client.get("/adding", params={"id": job_of(answer)})
    assert "Being read" in page.text
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page.text
    assert client.get("/start.json").json()["documents"] == 0
    assert client.get("/search", params={"words": "weir"}).status_code == 200
    held.let_go.set()
    when_over(worker, job_of(answer))
    assert client.get("/start.json").json()["documents"] == 1
    assert "refresh" not in client.get("/adding", params={"id": job_of(answer)}).text


def test_the_queue_has_an_end(client: TestClient, worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch)
    first = worker.add("first", (Pasted(SAID, Known()),))
    until(worker, first.id, State.READING)
    for number in range(MOST_WAITING):
        worker.add(str(number), (Pasted(f"{SAID} {number}", Known()),))
    with pytest.raises(Full):
        worker.add("one more", (Pasted(SAID, Known()),))
    answer = send(client, "/add", {"text": SAID})
    assert answer.status_code == 503
    assert "wait to be read already" in answer.text
    held.let_go.set()
    for job in worker.jobs():
        assert when_over(worker, job.id).state is State.DONE


def test_it_waits_while_another_sayso_writes_to_the_ledger(worker: Worker, ledger: Path) -> None:
    with writing_to(ledger):
        job = worker.add("weir", (Pasted(SAID, Known()),))
        until(worker, job.id, State.LEDGER_HELD)
    assert when_over(worker, job.id).state is State.DONE


def test_it_does_not_wait_for_ever(ledger: Path) -> None:
    worker = Worker(ledger, patience=0.1)
    with writing_to(ledger):
        job = when_over(worker, worker.add("weir", (Pasted(SAID, Known()),)).id)
    assert job.state is State.FAILED
    assert "another sayso" in job.failures[0]
    assert when_over(worker, worker.add("again", (Pasted(SAID, Known()),)).id).state is State.DONE
    worker.end()


def test_a_fault_of_ours_ends_one_job_and_not_the_queue(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("a fault")

    with monkeypatch.context() as patched:
        patched.setattr(working, "_found_in", fails)
        job = when_over(worker, worker.add("weir", (File("a", b"a"),)).id)
    assert (job.state, job.failures) == (State.FAILED, ("sayso failed: RuntimeError: a fault",))
    assert when_over(worker, worker.add("again", (Pasted(SAID, Known()),)).id).state is State.DONE


def test_the_end_of_the_server_leaves_no_half(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = Worker(ledger)
    held = Held(monkeypatch)
    job = worker.add("weir", (Pasted(SAID, Known()), Pasted(f"{SAID} Bo Li denied it.", Known())))
    until(worker, job.id, State.READING)
    ending = threading.Thread(target=worker.end)
    ending.start()
    time.sleep(0.1)
    held.let_go.set()
    ending.join(20)
    assert not ending.is_alive()
    assert documents(ledger) == []
    with writing_to(ledger):  # nobody holds it any more
        pass


def test_what_is_not_traced_is_traced_when_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path / "raw", *STORY)
    worker = Worker(path)
    client = browser(path, worker=worker)
    job = when_over(worker, job_of(send(client, "/trace", {})))
    worker.end()
    assert (job.state, job.traced) == (State.DONE, 3)
    assert client.get("/start.json").json()["not_traced"] == 0
