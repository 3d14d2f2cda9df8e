"""`sayso serve`: what it refuses to open, and that it opens, answers and ends."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
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


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_makes_a_ledger_answers_this_machine_and_ends(tmp_path: Path, ending: signal.Signals) -> None:
    command = [sys.executable, "-m", "sayso", "serve", str(tmp_path / "l"), "--port", "0"]
    environment = {name: value for name, value in os.environ.items() if name != "SAYSO_TOKEN"}
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        assert server.stderr is not None
        said = server.stderr.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/", said)
        assert address, said
        assert "This ledger is empty" in httpx.get(address[0], timeout=30).text
        server.send_signal(ending)
        assert server.wait(30) == 0
        assert "stopped" in server.stderr.read()
    finally:
        server.kill()
        server.wait()
    assert [one.name for one in tmp_path.iterdir()] == ["l"]
