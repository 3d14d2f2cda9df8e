"""The commands that write to a ledger and ask it: what they print, what they say, and their exit codes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from ledgers import by, opened, organization, person, told, unnamed, write

import sayso.readers
from sayso.cli import main
from sayso.cli.sources import sparkline
from sayso.errors import InputError
from sayso.model import Reading
from sayso.readers import Read

URL = "https://example.org/weir"
ANA = person("Ana Ruiz", "mayor of Ostrey")
STORED = (
    told("weir", "Ana Ruiz said 2023.", ANA, url=URL, publisher="The Ostrey Courier", published="2024-03-02"),
    told("later", "Ana Ruiz said 2024. Zoë Roe denied this.", ANA, person("Zoë Roe"), url=URL, published="2024-05-31"),
    by(unnamed("two engineers", "fear of reprisals"), organization("Ostrey Port"), id_="unnamed"),
    by(person("Bill Hale", "goalkeeper"), person("Ruiz"), id_="keeper"),
    by(person("Bill Hale", "bishop"), id_="bishop"),
)
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")

Sayso = Callable[..., Result]


@pytest.fixture
def sayso_(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Sayso:
    """Runs sayso in a folder with a ledger, "l"."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    write(Path("l"), *STORED)
    runner = CliRunner()
    return lambda *arguments: runner.invoke(main, arguments, prog_name="sayso")


def reads(monkeypatch: pytest.MonkeyPatch, *found: Reading | InputError) -> None:
    """Has sayso find these in whatever file is named."""

    def documents(*_: object, **__: object) -> Iterator[Read | InputError]:
        for one in found:
            yield one if isinstance(one, InputError) else Read(one.document, one.document.id, reading=one)

    monkeypatch.setattr(sayso.readers, "documents", documents)


def rows(result: Result) -> list[Any]:
    """The JSON of each line."""
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


NEW = by(person("Ida Ruiz"), id_="new")


def test_add_says_what_it_added_what_it_knew_and_what_failed(monkeypatch: pytest.MonkeyPatch, sayso_: Sayso) -> None:
    reads(monkeypatch, NEW, STORED[0], InputError("x.txt", "no text"), by(id_="silent"))
    result = sayso_("add", "l", "x")
    assert (result.exit_code, result.stderr) == (1, "sayso: x.txt: no text\n")
    assert result.stdout == "l: 2 documents added, with 1 attribution; 1 in the ledger already; 1 failed\n"


def test_add_makes_a_ledger_and_counts_in_json(monkeypatch: pytest.MonkeyPatch, sayso_: Sayso) -> None:
    reads(monkeypatch, NEW)
    assert rows(sayso_("add", "fresh", "x", "--format", "json")) == [
        {"added": 1, "known": 0, "attributions": 1, "failed": 0}
    ]
    assert sayso_("check", "fresh").stdout == "fresh: 1 document, nothing wrong\n"


def test_add_without_files_brings_an_empty_file_up_to_date(sayso_: Sayso) -> None:
    Path("empty").touch()
    assert sayso_("sources", "empty").stderr == (
        "sayso: empty: an older ledger; bring it up to date with: sayso add LEDGER\n"
    )
    assert sayso_("add", "empty").exit_code == 0
    assert sayso_("sources", "empty").stderr == "sayso: nobody speaks in this ledger\n"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ("add l", 2, 'Name the documents to add; "-" is standard input.'),
        ("add", 2, "Missing argument 'LEDGER'"),
        ("add l gone.txt", 1, "sayso: gone.txt: no such file"),
        ("add . x.txt", 1, "sayso: .: this is no file; name the ledger's file"),
        ("sources gone", 1, "sayso: gone: no such ledger; make one with: sayso add LEDGER FILE…"),
        ("sources l Nobody", 3, "sayso: no source is called 'Nobody'\n"),
        ("sources l Ana --unnamed", 2, "Give a NAME, --ambiguous or --unnamed, one at a time."),
        ("sources l --limit 0", 2, "0 is not in the range x>=1"),
        ("sources l --kind document", 3, "sayso: nobody speaks in this ledger\n"),
        ("history l", 2, "Missing argument 'URL'"),
        ("history l gone", 3, "sayso: no document at gone; its URL has to be written as in the ledger\n"),
        ("history gone gone", 1, "sayso: gone: no such ledger"),
        ("check gone", 1, "sayso: gone: no such ledger"),
        ("sources l", 0, ""),
        ("check l", 0, ""),
        (f"history l {URL}", 0, ""),
    ],
)
def test_exit_codes_and_messages(sayso_: Sayso, arguments: str, code: int, message: str) -> None:
    result = sayso_(*arguments.split(" "))
    assert (result.exit_code, result.exception is None or isinstance(result.exception, SystemExit)) == (code, True)
    assert message in result.stderr
    assert bool(result.stderr) == bool(message)


def test_no_document_found(monkeypatch: pytest.MonkeyPatch, sayso_: Sayso) -> None:
    reads(monkeypatch)
    result = sayso_("add", "l", "x")
    assert (result.exit_code, result.stderr) == (3, "sayso: no document found\n")


def test_who_speaks_most(sayso_: Sayso) -> None:
    shown = sayso_("sources", "l").stdout
    first = next(line for line in shown.splitlines() if line.startswith("Ana Ruiz"))
    assert first.split()[:5] == ["Ana", "Ruiz", "person", "2", "2"]
    assert first.endswith("█▁█")
    assert rows(sayso_("sources", "l", "--format", "jsonl", "--limit", "1")) == [
        {
            "id": 2,
            "name": "Ana Ruiz",
            "kind": "person",
            "attributions": 2,
            "documents": 2,
            "ambiguous": False,
            "outlets": {"The Ostrey Courier": 1, "example.org": 1},
            "months": {"2024-03": 1, "2024-05": 1},
        }
    ]
    assert {row["kind"] for row in json.loads(sayso_("sources", "l", "--format", "json").stdout)["rows"]} == {
        "person",
        "organization",
    }
    only = rows(sayso_("sources", "l", "--format", "jsonl", "--kind", "organization"))
    assert [row["name"] for row in only] == ["Ostrey Port"]


@pytest.mark.parametrize("name", ["Ana Ruiz", "ana ruiz", "ANA  RUIZ", "Ana", "ruiz ana"])
def test_all_that_one_source_said_in_time_order(name: str, sayso_: Sayso) -> None:
    found = rows(sayso_("sources", "l", name, "--format", "jsonl"))
    assert [(row["entity"]["name"], row["dated"], row["content"]) for row in found] == [
        ("Ana Ruiz", "2024-03-02", "2023"),
        ("Ana Ruiz", "2024-05-31", "2024"),
    ]
    assert list(found[0]) == [
        *("entity", "attribution", "dated", "document", "document_id", "outlet", "url", "source", "cue", "content"),
        *("act", "polarity", "certainty", "channel", "confidence"),
    ]
    assert found[0]["attribution"] == "weir:9-13"
    assert len(rows(sayso_("sources", "l", name, "--format", "jsonl", "--limit", "1"))) == 1


def test_a_source_as_a_table(sayso_: Sayso) -> None:
    shown = sayso_("sources", "l", "Ana Ruiz", "--limit", "1").stdout
    assert "Ana Ruiz · person · mayor of Ostrey" in shown
    assert "2 attributions in 2 documents: " in shown
    assert "2024-03 █▁█ 2024-05" in shown
    assert "… and 1 more; --limit or --format jsonl gives all of them." in shown


def test_accents_may_be_left_out_and_a_slip_is_answered(sayso_: Sayso) -> None:
    assert [row["entity"]["name"] for row in rows(sayso_("sources", "l", "zoe roe", "--format", "jsonl"))] == [
        "Zoë Roe"
    ]
    assert sayso_("sources", "l", "Anna Ruis").stderr == (
        "sayso: no source is called 'Anna Ruis'; did you mean Ana Ruiz?\n"
    )
    assert sayso_("sources", "l", "%").exit_code == sayso_("sources", "l", "_").exit_code == 3


def test_what_is_ambiguous(sayso_: Sayso) -> None:
    found = rows(sayso_("sources", "l", "--ambiguous", "--format", "jsonl"))
    assert [(row["why"], row["name"]) for row in found] == [
        ("namesakes", "Bill Hale"),
        ("namesakes", "Bill Hale"),
        ("no full name", "Ruiz"),
    ]
    assert found[2]["candidates"] == ["Ana Ruiz"]
    shown = sayso_("sources", "l", "--ambiguous").stdout
    assert "sport" in shown
    assert re.search(r"Ruiz +person +1 +Ana Ruiz", shown)


def test_unnamed_sources_by_outlet(sayso_: Sayso) -> None:
    found = rows(sayso_("sources", "l", "--unnamed", "--format", "jsonl"))
    assert found[0] == {
        "outlet": None,
        "documents": 3,
        "attributions": 5,
        "unnamed_attributions": 1,
        "unnamed_sources": 1,
        "with_reason": 1,
        "with_access": 0,
    }
    assert "(unknown)" in sayso_("sources", "l", "--unnamed").stdout


def test_history_shows_versions_and_changes(sayso_: Sayso) -> None:
    shown = sayso_("history", "l", URL).stdout
    assert "Version 1 · Ana Ruiz said 2023." in shown
    assert "+ [Zoë Roe] <denied> {this}" in shown
    found = json.loads(sayso_("history", "l", URL, "--format", "json").stdout)
    assert (found["url"], [one["number"] for one in found["versions"]]) == (URL, [1, 2])
    assert [one["number"] for one in rows(sayso_("history", "l", "weir", "--format", "jsonl"))] == [1, 2]


def test_check_names_each_fault(sayso_: Sayso) -> None:
    with opened(Path("l")) as ledger:
        ledger.execute("UPDATE documents SET text_sha256 = 'abc', reading_id = 'weir\x1b[2J' WHERE id = 1")
    result = sayso_("check", "l")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "sayso: document weir␛[2J: its text is not the one whose hash it keeps\n" in result.stderr
    assert result.stderr.endswith("sayso: 1 fault; restore l from a copy, or add its documents to a new one\n")


EVIL = "\x1b[2J\x1b]0;x\x07\x9b31m\u202eAna"


def test_nothing_in_a_document_steers_the_terminal(sayso_: Sayso) -> None:
    who = person(f"{EVIL} Ruiz", f"mayor {EVIL}")
    text = f"{EVIL} Ruiz said {EVIL}.\n\nCorrection: {EVIL} was wrong."
    evil = told(f"i{EVIL}", text, who, title=EVIL, publisher=EVIL, published=EVIL, url=f"https://example.org/{EVIL}")
    again = told(f"j{EVIL}", f"{text} \x1b[1m", who, person(EVIL), title=EVIL, url=evil.document.url)
    write(Path("evil"), evil, again)
    url = str(evil.document.url)
    for arguments in (
        ("sources", "evil"),
        ("sources", "evil", who.name),
        ("sources", "evil", f"{EVIL} Ruis"),
        ("sources", "evil", "--ambiguous"),
        ("sources", "evil", "--unnamed"),
        ("history", "evil", url),
        ("history", "evil", f"{url}x"),
        ("check", "evil"),
        ("check", "evil\x1b[2J"),
        ("add", "evil\x1b[2J/x", "y"),
    ):
        result = sayso_(*arguments)
        assert result.stdout + result.stderr != ""
        assert STEERING.search(result.stdout + result.stderr) is None, (arguments, result.stdout, result.stderr)
    for arguments in (("sources", "evil"), ("sources", "evil", who.name), ("history", "evil", url)):
        assert "\x1b" not in sayso_(*arguments, "--format", "jsonl").stdout


@pytest.mark.parametrize(
    ("months", "most", "bars"),
    [
        ({}, 60, ""),
        ({"2024-05": 3}, 60, "█"),
        ({"2024-05": 8, "2024-06": 4, "2024-08": 1}, 60, "█▅▁▂"),
        ({"2023-12": 1, "2024-01": 1000}, 60, "▂█"),
        ({"2024-01": 1, "2024-12": 1}, 6, "█▁▁▁▁█"),
        ({"0001-01": 1, "9999-12": 1}, 10, "█▁▁▁▁▁▁▁▁█"),
    ],
)
def test_a_bar_for_each_month(months: dict[str, int], most: int, bars: str) -> None:
    assert sparkline(months, most) == bars


def test_a_ledger_among_the_articles_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text("Ana Ruiz said the weir would hold.")
    added = CliRunner().invoke(main, ["add", "news.ledger", "."])
    assert (added.exit_code, added.stderr) == (0, "")
    again = CliRunner().invoke(main, ["add", "news.ledger", "./*"])
    assert (again.exit_code, again.stdout) == (
        0,
        "news.ledger: 0 documents added, with 0 attributions; 1 in the ledger already\n",
    )


def test_who_says_so(sayso_: Sayso) -> None:
    write(Path("w"), told("d", "Ana Ruiz said the old weir is cracked.", ANA))
    found = sayso_("who", "w", "the old weir is cracked", "--format", "json")
    assert (found.exit_code, found.stderr) == (0, "sayso: tracing 1 new document\n")
    answer = json.loads(found.stdout)
    assert list(answer) == ["claim", "positions", "origins", "copies", "circular"]
    (position,) = answer["positions"]["says"]
    assert (position["entity"], position["document"], position["via"]) == ("Ana Ruiz", "d", [])
    assert (answer["origins"]["says"]["least"], answer["copies"], answer["circular"]) == (1, [], [])
    step = answer["origins"]["says"]["items"][0]["chains"][0][-1]
    assert (step["type"], step["name"], step["witness"]) == ("source", "Ana Ruiz", True)
    shown = sayso_("who", "w", "the old weir is cracked").stdout
    assert "Says so: rests on " in shown
    assert "Ana Ruiz (witness)" in shown


def test_what_nobody_says_is_told_with_the_nearest(sayso_: Sayso) -> None:
    write(Path("w"), told("d", "Ana Ruiz said the old weir is cracked.", ANA))
    found = sayso_("who", "w", "cheese is made of milk")
    assert found.exit_code == 3
    assert "nothing in this ledger says so, or the contrary. The nearest are: “the old weir is cracked”" in found.stderr
