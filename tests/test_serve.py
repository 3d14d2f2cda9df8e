"""`sayso serve`: what it refuses to open, and that it opens, answers and ends."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result
from ledgers import write
from web import STORY

from sayso.cli import main

TOKEN = "a token of more than sixteen characters"


def refused(*arguments: str) -> Result:
    return CliRunner(env={"SAYSO_TOKEN": ""}).invoke(main, ["serve", *arguments], prog_name="sayso")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "example.org"])
def test_it_lets_nobody_else_in_without_a_token(tmp_path: Path, host: str) -> None:
    result = refused(str(tmp_path / "l"), "--host", host)
    assert result.exit_code == 2
    assert "name a token" in result.output
    assert not (tmp_path / "l").exists()


@pytest.mark.parametrize("token", ["", "short"])
def test_a_token_that_is_easily_guessed_is_refused(tmp_path: Path, token: str) -> None:
    result = refused(str(tmp_path / "l"), "--host", "0.0.0.0", "--token", token)
    assert result.exit_code == 2
    assert "token" in result.output


def test_a_port_that_is_taken_and_what_is_no_ledger_are_told(tmp_path: Path) -> None:
    ledger = write(tmp_path / "l", *STORY)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = refused(str(ledger), "--port", str(port))
    assert result.exit_code == 1
    assert f"try --port {port + 1}" in result.output
    (tmp_path / "no").write_text("no ledger")
    result = refused(str(tmp_path / "no"))
    assert result.exit_code == 1
    assert "not a ledger" in result.output


def test_packages_that_are_missing_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.delitem(sys.modules, "sayso.web.processes", raising=False)
    result = refused(str(tmp_path / "l"))
    assert result.exit_code == 1
    assert "pip install 'sayso[web]'" in result.output


@contextmanager
def served(ledger: Path, *more: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address of `sayso serve`, and its process."""
    command = [sys.executable, "-m", "sayso", "serve", str(ledger), "--port", "0", *more]
    environment = {name: value for name, value in os.environ.items() if name != "SAYSO_TOKEN"}
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        assert server.stderr is not None
        said = server.stderr.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert address, said
        yield address[0], server
    finally:
        server.terminate()
        server.wait(30)


def until(what: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.1)


def answering(server: subprocess.Popen[str]) -> set[int]:
    """The processes that answer, while nothing is read: the children of the server that were spawned."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = process.joinpath("stat").read_text().rpartition(")")[2].split()[1]
            if int(parent) == server.pid and "spawn_main" in process.joinpath("cmdline").read_text():
                found.add(int(process.name))
    return found


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_makes_a_ledger_answers_this_machine_and_ends(tmp_path: Path, ending: signal.Signals) -> None:
    with served(tmp_path / "l") as (address, server):
        assert "This ledger is empty" in httpx.get(address, timeout=30).text
        server.send_signal(ending)
        assert server.wait(30) == 0
        assert server.stderr is not None
        assert "stopped" in server.stderr.read()
    assert [one.name for one in tmp_path.iterdir()] == ["l"]


def test_what_is_added_over_one_process_is_seen_over_all(tmp_path: Path) -> None:
    ledger = write(tmp_path / "l", *STORY)
    text = {"text": "Bo Li said the mill of Velm is sold.", "publisher": "The Velm Standard"}
    with served(ledger, "--processes", "3") as (address, _):
        job = httpx.post(f"{address}/api/documents", json=text, timeout=30).json()["jobs"][0]
        for _ in range(20):  # each over a connection of its own, which any of them may take
            told = httpx.get(f"{address}/api/adding", params={"id": job["id"]}, timeout=30)
            assert told.json()["jobs"][0]["what"] == "a text"

        def stored() -> bool:
            told = httpx.get(f"{address}/api/adding", params={"id": job["id"]}, timeout=30).json()["jobs"][0]
            assert not told["failures"]
            return bool(told["documents"])

        until(stored)
        refused = httpx.post(f"{address}/api/read/web", json={"url": "http://127.0.0.1:1/"}, timeout=60)
        assert refused.status_code == 502  # a failure comes over the line as what it was
        assert "no port of web pages" in refused.json()["detail"]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are found in /proc")
def test_a_process_that_dies_is_started_again_and_none_outlives_the_server(tmp_path: Path) -> None:
    ledger = write(tmp_path / "l", *STORY)
    with served(ledger, "--processes", "2") as (address, server):
        until(lambda: len(answering(server)) == 2)
        first, second = answering(server)
        os.kill(first, signal.SIGKILL)
        until(lambda: len(answering(server) - {first}) == 2)
        assert second in answering(server)
        assert httpx.get(address, timeout=30).status_code == 200
        left = answering(server)
        server.kill()
        server.wait()
        until(lambda: not any(Path(f"/proc/{one}").exists() for one in left))
