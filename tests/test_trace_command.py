"""`sayso trace`: what it says, its exit codes, and what it leaves when it is ended."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from ledgers import all_of, opened, person, told, write

from sayso.cli import main
from sayso.trace import comparing

ANA, BILL = person("Ana Ruiz"), person("Bill Hale")
READINGS = (
    told("a", "Ana Ruiz said the old weir is cracked.", ANA, published="2024-03-02"),
    told("b", "Bill Hale said the old weir is cracked.", BILL, published="2024-03-05"),
    told("c", "Bill Hale said the ferry sails.", BILL),
)


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["trace", *arguments], prog_name="sayso")
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    write(Path("l"), *READINGS)
    return "l"


def test_it_says_what_it_found_and_does_nothing_twice(path: str) -> None:
    said = "3 in all; 1 claim, 0 of them disputed; 0 pairs of documents share passages\n"
    assert run(path) == (0, f"l: 3 documents traced, {said}", "")
    assert run(path, "--threads", "2") == (0, f"l: 0 documents traced, {said}", "")
    assert run(path, "--again")[1] == f"l: 3 documents traced, {said}"


def test_its_counts_as_json(path: str) -> None:
    counts = {"traced": 3, "documents": 3, "claims": 1, "disputed": 0, "copies": 0}
    assert json.loads(run(path, "--format", "json")[1]) == counts


def test_an_empty_ledger_has_nothing_to_trace(path: str) -> None:
    write(Path("empty"))
    remedy = "sayso: no document in this ledger; add some with: sayso add LEDGER FILE…\n"
    assert run("empty") == (3, "", remedy)
    code, out, error = run("nowhere")
    assert (code, out) == (1, "")
    assert "no such ledger" in error
    assert run(path, "--threads", "0")[0] == 2


def test_stopped_by_the_user_it_keeps_what_was_done_and_goes_on_from_there(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(comparing, "_weigh", stopped)
        assert run(path) == (130, "", "sayso: stopped\n")
    assert not Path("l-wal").exists()
    with opened(Path(path)) as ledger:
        assert all_of(ledger, "SELECT count(*) FROM wordings") == [2]
        assert all_of(ledger, "SELECT count(*) FROM claims") == [0]
    assert run(path)[1].startswith("l: 0 documents traced, 3 in all; 1 claim, ")


def test_where_it_was_ended_between_steps_the_next_command_goes_on(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(comparing, "_weigh", stopped)
        run(path)
    result = CliRunner().invoke(main, ["claims", path, "--format", "jsonl"], prog_name="sayso")
    assert result.stderr == "sayso: going on with tracing\n"
    assert [json.loads(line)["documents"] for line in result.stdout.splitlines()] == [2]
