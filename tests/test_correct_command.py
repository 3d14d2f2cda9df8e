"""`sayso correct`: one correction at a time, listed, undone, in and out as JSON Lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from web import STORY, write_story

from sayso.cli import main

SAID, ENGINEERS = (one.id for one in STORY[0].attributions)


@pytest.fixture
def ledger(tmp_path: Path) -> str:
    return str(write_story(tmp_path / "news.ledger"))


def run(*arguments: str, stdin: str | None = None, **environment: str) -> Result:
    return CliRunner().invoke(main, arguments, input=stdin, env={"SAYSO_BY": "Ida Tarrant", **environment})


def correct(ledger: str, *arguments: str, **more: Any) -> Result:
    return run("correct", ledger, *arguments, **more)


def listed(ledger: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(correct(ledger, "--list", "--format", "json").stdout)["corrections"]
    return found


def test_a_correction_is_told_with_how_to_undo_it(ledger: str) -> None:
    before = run("export", ledger, "--to", "jsonl").stdout
    done = correct(ledger, SAID, "--act", "deny", "--why", "see the headline")
    assert done.exit_code == 0
    assert "the act of “said the weir above Ostrey is cracked”: deny, not assert" in done.stdout
    (one,) = listed(ledger)
    assert (one["by"], one["why"], one["state"]) == ("Ida Tarrant", "see the headline", "holds")
    assert done.stdout.splitlines()[1] == f"To undo it: sayso correct {ledger} --undo {one['id']}"
    assert run("export", ledger, "--to", "jsonl", "--machine").stdout == before
    assert run("export", ledger, "--to", "jsonl").stdout != before
    assert correct(ledger, "--undo", one["id"]).exit_code == 0
    assert run("export", ledger, "--to", "jsonl").stdout == before
    assert [one["state"] for one in listed(ledger)] == ["undone", "holds"]
    assert run("check", ledger).exit_code == 0


def test_who_follows(ledger: str) -> None:
    assert correct(ledger, ENGINEERS, "--speaker", "Ana Ruiz").exit_code == 0
    found = json.loads(run("who", ledger, "the weir above Ostrey is cracked", "--format", "json").stdout)
    says = [(one["entity"], one["named"]) for one in found["positions"]["says"]]
    assert says == [("Ana Ruiz", True), ("Ana Ruiz", True)]
    table = run("who", ledger, "the weir above Ostrey is cracked", "--format", "csv").stdout
    assert "speaker corrected by Ida Tarrant on " in table


@pytest.mark.parametrize(
    "asked",
    [
        [ENGINEERS, "--nobody"],
        [SAID, "--polarity", "negated"],
        [SAID, "--certainty", "possible"],
        [SAID, "--not-an-attribution"],
        [SAID, "--no-claim"],
        [STORY[1].attributions[0].id, "--claim", SAID, "--contrary"],
        ["--merge", "Ana Ruiz", "Zoë Roe"],
        ["--split", "Ana Ruiz", "--document", "later"],
    ],
)
def test_each_kind_can_be_asked_for(ledger: str, asked: list[str]) -> None:
    done = correct(ledger, *asked, "--format", "json")
    assert json.loads(done.stdout)["corrections"][0]["state"] == "holds"
    assert run("check", ledger).exit_code == 0


def test_what_is_not_there_or_cannot_be_is_told_with_a_remedy(ledger: str) -> None:
    for asked, code, why in (
        ([], 2, "Say what is to be corrected"),
        (["--act", "deny"], 2, "Name the attribution by its ID"),
        ([SAID, "--act", "deny", "--nobody"], 2, "One correction at a time"),
        ([SAID, "--list"], 2, "an ID too many"),
        (["--split", "Ana Ruiz"], 2, "--split NAME and --document ID go together"),
        ([SAID, "--act", "assert"], 1, "its act is assert already"),
        ([SAID, "--speaker", "Ida Velm"], 1, "no name from elsewhere is attached"),
        (["--merge", "Ana Ruiz", "two engineers"], 1, "not named by its documents"),
        (["courier:1-2", "--nobody"], 3, "no attribution has the id 'courier:1-2'"),
        (["--merge", "Ana Ruiz", "Anna Ruis"], 3, "did you mean Ana Ruiz?"),
        (["--undo", "0123"], 3, "sayso correct LEDGER --list gives their ids"),
        ([SAID, "--claim", "nothing:1-2"], 3, "no claim has the id 'nothing:1-2'"),
        (["--list"], 3, "nobody has corrected anything"),
    ):
        done = correct(ledger, *asked)
        assert (done.exit_code, why in done.stderr) == (code, True), (asked, done.stderr)
    assert listed(ledger) == []
    gone = correct(f"{ledger}-gone", SAID, "--nobody")
    assert (gone.exit_code, Path(f"{ledger}-gone").exists()) == (1, False)


def test_corrections_go_to_another_ledger_as_json_lines(ledger: str, tmp_path: Path) -> None:
    correct(ledger, SAID, "--act", "deny")
    correct(ledger, "--merge", "Ana Ruiz", "Zoë Roe")
    lines = correct(ledger, "--list", "--format", "jsonl").stdout
    other = str(write_story(tmp_path / "other.ledger"))
    done = correct(other, "--from", "-", stdin=lines)
    assert done.stdout == f"{other}: 2 corrections added\n"
    assert correct(other, "--list", "--format", "jsonl").stdout == lines
    for form in ("jsonl", "csv"):
        assert run("export", other, "--to", form).stdout == run("export", ledger, "--to", form).stdout
    file = tmp_path / "corrections.jsonl"
    file.write_text(lines + lines.replace('"deny"', '"want"'), "utf8")
    again = correct(other, "--from", str(file))
    assert again.exit_code == 1
    assert "0 corrections added; 3 in the ledger already; 1 failed" in again.stdout
    assert "line 3: a correction that cannot hold: its id is not that of its content" in again.stderr


def test_who_corrects_has_to_be_known(ledger: str) -> None:
    assert correct(ledger, SAID, "--act", "deny", "--by", "Owen Marsh").exit_code == 0
    assert listed(ledger)[0]["by"] == "Owen Marsh"
