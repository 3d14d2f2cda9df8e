"""`sayso export`: what is chosen, where it goes, and what is left out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from ledgers import by, organization, person, told, unnamed, write

from sayso.cli import main
from sayso.export import EXPORTS
from sayso.export.jsonl import reading_from_json, reading_to_json

WEIR = told("weir", "Ana Ruiz said the weir holds.", person("Ana Ruiz"), publisher="AP", published="2024-03-02")
FERRY = told(
    "ferry", "Bill Hale denied it.", person("Bill Hale"), publisher="The Ostrey Courier", published="2024-05-31"
)
CLERKS = by(unnamed("two clerks", "fear of reprisals", "who saw the file"), organization("Ostrey Port"), id_="clerks")
STORED = (WEIR, FERRY, CLERKS)

Sayso = Callable[..., Result]


@pytest.fixture
def sayso_(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Sayso:
    """Runs sayso in a folder with a ledger, "l"."""
    monkeypatch.chdir(tmp_path)
    write(Path("l"), *STORED)
    runner = CliRunner()
    return lambda *arguments: runner.invoke(main, ["export", "l", *arguments], prog_name="sayso")


def ids(result: Result) -> list[str]:
    """The documents in an export as JSON Lines."""
    assert result.exit_code == 0, result.stderr
    return [json.loads(line)["document"]["id"] for line in result.stdout.splitlines()]


def test_readings_come_out_as_they_came_in(sayso_: Sayso) -> None:
    lines = sayso_("--to", "jsonl").stdout.splitlines()
    assert [reading_from_json(line) for line in lines] == list(STORED)
    assert lines[0] == reading_to_json(WEIR).decode()


@pytest.mark.parametrize(
    ("chosen", "left"),
    [
        ("--outlet AP", ["weir"]),
        ("--outlet associated_press", ["weir"]),
        ("--since 2024-05", ["ferry"]),
        ("--until 2024-03", ["weir"]),
        ("--since 2024 --until 2024-03-02", ["weir"]),
        ("--entity bill_hale", ["ferry"]),
        ("--text weir", ["weir"]),
        ("--unnamed", ["clerks"]),
        ("--named", ["weir", "ferry", "clerks"]),
    ],
)
def test_filters(sayso_: Sayso, chosen: str, left: list[str]) -> None:
    assert ids(sayso_("--to", "jsonl", *(word.replace("_", " ") for word in chosen.split()))) == left


def test_what_nothing_fits_is_told(sayso_: Sayso) -> None:
    for chosen in (("--outlet", "Nobody"), ("--since", "2031"), ("--text", "xyzzy"), ("--act", "deny", "--unnamed")):
        result = sayso_("--to", "jsonl", *chosen)
        assert (result.exit_code, result.stderr) == (3, "sayso: no document fits\n")


def test_access_and_reason_can_be_left_out(sayso_: Sayso) -> None:
    told_by = json.loads(sayso_("--to", "jsonl", "--unnamed").stdout)["sources"][0]
    assert (told_by["access"], told_by["anonymity_reason"]) == ("who saw the file", "fear of reprisals")
    line = sayso_("--to", "jsonl", "--unnamed", "--without", "access,anonymity_reason").stdout
    assert (json.loads(line)["sources"][0]["access"], json.loads(line)["sources"][0]["anonymity_reason"]) == (
        None,
        None,
    )


def test_entities_are_named_and_unnamed_sources_never(sayso_: Sayso) -> None:
    rows = list(csv.DictReader(io.StringIO(sayso_("--to", "csv").stdout.removeprefix("\ufeff"))))
    assert [(row["speaker_name"], row["entity"]) for row in rows] == [
        ("Ana Ruiz", "Ana Ruiz"),
        ("Bill Hale", "Bill Hale"),
        ("two clerks", ""),
        ("Ostrey Port", "Ostrey Port"),
    ]


@pytest.mark.parametrize("name", EXPORTS)
def test_every_format_is_written(sayso_: Sayso, name: str) -> None:
    form = EXPORTS[name]
    path = Path(f"out{form.suffix}") if form.stream else Path("out")
    result = sayso_("--to", name, "-o", str(path))
    assert result.exit_code == 0, result.stderr
    assert path.is_file() if form.stream else list(path.iterdir())
    if form.folder:
        result = sayso_("--to", name, "-o", "folder")
        assert result.exit_code == 0, result.stderr
        assert list(Path("folder").iterdir())
    assert not list(Path.cwd().glob("*.part"))


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ("--to cvs", 2, "no format is called 'cvs'. Did you mean 'csv'?"),
        ("--to xyzzy", 2, "There are: jsonl, csv, "),
        ("--to brat", 2, "brat is written as a folder of files; name it with -o FOLDER."),
        ("--to jsonl --since May", 2, "'May' is not a year, month or day; write it like 2024, 2024-05 or 2024-05-31."),
        ("--to jsonl --without acces", 1, "No field 'acces' can be left out; did you mean 'access'?"),
        ("--to brat -o .", 1, "already there, and not an empty folder; name a new one"),
    ],
)
def test_wrong_calls(sayso_: Sayso, arguments: str, code: int, message: str) -> None:
    result = sayso_(*arguments.split())
    assert result.exit_code == code
    assert message in " ".join(result.stderr.split())


def test_an_old_file_stays_until_the_new_one_is_whole(sayso_: Sayso) -> None:
    Path("out.csv").write_text("old")
    assert sayso_("--to", "csv", "-o", "out.csv", "--without", "acces").exit_code == 1
    assert Path("out.csv").read_text() == "old"
    assert [path.name for path in Path.cwd().iterdir() if path.name.startswith("out")] == ["out.csv"]
