"""What the tests of the pages share: an invented ledger, a browser without a screen for HTML, and a running server."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import uvicorn
from ledgers import LEXICON, organization, person, told, unnamed, write
from starlette.testclient import TestClient

from sayso.ledger.opening import writing_to
from sayso.model import Act, Reading
from sayso.trace import copying, tracing
from sayso.web.app import make_app
from sayso.web.safety import Access
from sayso.web.worker import State, Worker

SAID = "Ana Ruiz said on Friday that the weir above Ostrey was cracked."
HERE = "http://127.0.0.1:8365"
ANA = person("Ana Ruiz", "mayor of Ostrey")
PASSAGE = (
    "The weir above Ostrey was built in the spring of the great flood, and three families who lived beside it then "
    "live beside it still, in houses that their grandparents raised on the old river wall with stones from the mill."
)
ACTS = {"said": Act.ASSERT, "denied": Act.DENY}


def acting(reading: Reading) -> Reading:
    """A Reading whose attributions do what their cues say."""
    text = reading.document.text
    return replace(
        reading, attributions=tuple(replace(one, act=ACTS[one.cue.of(text)]) for one in reading.attributions)
    )


STORY: tuple[Reading, ...] = tuple(
    acting(one)
    for one in (
        told(
            "courier",
            f"Weir is cracked\n\nAna Ruiz said the weir above Ostrey is cracked. {PASSAGE}\n\n"
            "two engineers said the weir above Ostrey is cracked.",
            ANA,
            unnamed("two engineers", "fear of reprisals", "who inspected the weir"),
            title="Weir is cracked",
            publisher="The Ostrey Courier",
            published="2024-03-02",
            url="https://courier.example/weir",
        ),
        told(
            "herald",
            f"Zoë Roe denied the weir above Ostrey is cracked.\n\n{PASSAGE}",
            person("Zoë Roe"),
            title="Weir is sound",
            publisher="Velm Herald",
            published="2024-03-03",
            url="https://herald.example/sound",
        ),
        told(
            "later",
            "Ana Ruiz denied the weir above Ostrey is cracked. Ostrey Port said 2025.",
            ANA,
            organization("Ostrey Port"),
            publisher="Velm Herald",
            published="2024-04-01",
        ),
    )
)


def write_story(path: Path) -> Path:
    """A ledger's file with the story, traced."""
    write(path, *STORY)
    with writing_to(path) as ledger:
        copying.find_copies(ledger, LEXICON)
        tracing.trace(ledger, tracing.claim_models())
    return path


def browser(ledger: Path, access: Access | None = None, worker: Worker | None = None) -> TestClient:
    """What asks the pages of a ledger as a browser on this machine would, without running their scripts."""
    return TestClient(make_app(ledger, access, worker), base_url=HERE, raise_server_exceptions=False)


def form_token(client: TestClient) -> str:
    """What the forms of the start page carry for this browser."""
    page = Page(client.get("/").text)
    return next(one["value"] for tag, one in page.tags if tag == "input" and one.get("name") == "form_token")


def send(client: TestClient, path: str, data: dict[str, str], files: Any = None, **headers: str) -> Any:
    """Send a form as a page of the server would."""
    return client.post(
        path, data={"form_token": form_token(client), **data}, files=files, headers={"Origin": HERE, **headers}
    )


def when_over(worker: Worker, id_: str, patience: float = 60) -> Any:
    """A job, when nothing more will happen."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        job = worker.job(id_)
        if job is not None and job.is_over:
            return job
        time.sleep(0.05)
    raise AssertionError(f"not over: {worker.job(id_)}")


def until(worker: Worker, id_: str, state: State, patience: float = 60) -> None:
    """Wait until a job is so far."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        job = worker.job(id_)
        if job is not None and job.state is state:
            return
        time.sleep(0.02)
    raise AssertionError(f"never {state}: {worker.job(id_)}")


@contextmanager
def served(ledger: Path, worker: Worker | None = None) -> Iterator[str]:
    """The address of a server that runs while it is asked."""
    worker = worker or Worker(ledger)
    config = uvicorn.Config(make_app(ledger, None, worker), port=0, log_level="warning", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    worker.end()


VOID = {"meta", "link", "input", "br", "hr", "img", "rect", "path"}


class Page(HTMLParser):
    """A page taken apart: its tags with their attributes, and the words of its paragraphs by where these begin.

    Raises AssertionError where tags do not close in the order in which they opened.
    """

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.paragraphs: dict[int, str] = {}
        self.words = ""
        self._open: list[str] = []
        self._at: tuple[int, int] | None = None
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        assert len(given) == len(attributes), "an attribute twice"
        self.tags.append((tag, given))
        if tag in VOID:
            return
        self._open.append(tag)
        if "data-at" in given:
            self._at = int(given["data-at"]), len(self._open)
            self.paragraphs[self._at[0]] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self._open[-1:] == [tag]
        if self._at is not None and len(self._open) == self._at[1]:
            self._at = None
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self.words += data
        if self._at is not None:
            self.paragraphs[self._at[0]] += data

    def addresses(self) -> list[str]:
        """Where links, forms, styles and scripts lead."""
        return [one[name] for _, one in self.tags for name in ("href", "src", "action", "formaction") if name in one]


class _Article(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = f"<html><head><title>Weir</title></head><body><article><p>{SAID} {SAID}</p></article></body></html>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        pass


def article_server() -> HTTPServer:
    """A server on this machine that gives an article to whoever asks; its caller shuts it down."""
    server = HTTPServer(("127.0.0.1", 0), _Article)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
