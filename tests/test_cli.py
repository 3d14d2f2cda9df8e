"""The command line: what it prints, what it says, and its exit codes. A stand-in reads "… said …"."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import sayso.reading
from sayso.cli import COMMANDS, main
from sayso.cli import inputs as cli_inputs
from sayso.export.jsonl import reading_from_json
from sayso.model import Attribution, Document, MadeBy, Reading, Span, Statement, attribution_id

YES, NO = b"Ana Ruiz said yes.", b"Bo Li said no, probably."
NOTHING = b"Rain fell."


def stand_in(documents: Iterable[Document], *, threads: int | None = None) -> Iterator[Reading]:  # noqa: ARG001
    """Reads "Ana Ruiz said yes." with confidence 0.9, and 0.4 where "probably" stands in the text."""
    for document in documents:
        found = re.match(r"\W*(\w+ \w+) (said) (\w+)", document.text)
        confidence = 0.4 if "probably" in document.text else 0.9
        attributions: tuple[Attribution, ...] = ()
        if found:
            source, cue, content = (Span(*found.span(group)) for group in (1, 2, 3))
            attributions = (Attribution(attribution_id(document.id, cue), source, cue, (content,), confidence),)
        statement = Statement(f"{document.id}:s", Span(0, len(document.text)))
        yield Reading(document, attributions, (statement,), problems=("odd",), made_by=MadeBy("0.1.0"))


Sayso = Callable[..., Result]


@pytest.fixture
def sayso_(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Sayso:
    """Runs sayso in a folder with a few files."""
    monkeypatch.setattr(sayso.reading, "read_many", stand_in)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for name, data in {
        "yes.txt": YES,
        "no.txt": NO,
        "rain.txt": NOTHING,
        "latin.txt": b"Zo\xeb Roe said yes.",
        "both.jsonl": b'{"text": "Ana Ruiz said yes."}\n{"text": 7}\n{"text": "Bo Li said no."}\n',
        "one.jsonl": b'{"tex\n{"text": "Ana Ruiz said yes.", "title": "Yes", "url": "https://example.org/"}\n',
        "none.jsonl": b"\n",
        "rows.csv": b"text,body\nno,Ana Ruiz said yes.\n",
    }.items():
        (tmp_path / name).write_bytes(data)
    runner = CliRunner()
    return lambda *arguments, stdin=None: runner.invoke(main, arguments, input=stdin, prog_name="sayso")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ("read yes.txt", 0, ""),
        ("read yes.txt rain.txt", 0, ""),
        ("read rain.txt", 3, "sayso: no attribution found\n"),
        ("read none.jsonl", 3, "sayso: no attribution found\n"),
        ("read no.txt --min-confidence 0.5", 3, "sayso: no attribution found\n"),
        ("read yes.txt gone.txt", 1, "sayso: gone.txt: no such file; check its name and folder\n"),
        ("read gone.txt", 1, "sayso: gone.txt: no such file; check its name and folder\n"),
        ("read ys.txt", 1, "sayso: ys.txt: no such file; did you mean 'yes.txt'?\n"),
        ("read both.jsonl", 1, "sayso: both.jsonl, line 2: Expected 'str', got 'int' - at 'text'; expected a JSON"),
        ("read", 2, "Missing argument 'FILE…'"),
        ("read yes.txt --format xml", 2, "'xml' is not one of 'table', 'json', 'jsonl'"),
        ("read yes.txt --min-confidence 2", 2, "2.0 is not in the range 0<=x<=1"),
        ("read yes.txt --by name", 2, "'name' is not one of 'source', 'order'"),
        ("read yes.txt --threads 0", 2, "0 is not in the range x>=1"),
        ("read yes.txt --published yesterday", 2, "'yesterday' is not a date that sayso knows; write it like 2024-"),
        ("read yes.txt --column text", 2, "write a document's field and the column that holds it, like text=body."),
        ("read rows.csv --column text=body", 0, ""),
        ("read rows.csv --column text=boody", 1, "rows.csv: no column is called 'boody'; there are: text, body"),
        ("read yes.txt --title \udcff", 2, "these are not words in your terminal's encoding"),
        ("read yes.txt no.txt --format json", 2, "--format json is for one document; use --format jsonl."),
        ("read both.jsonl --format json", 2, "The first two are both.jsonl, line 1 and both.jsonl, line 3."),
        ("read yes.txt no.txt --title Yes", 2, "--published, --publisher, --title and --url are for one document."),
        ("raed yes.txt", 2, "No command is called 'raed'. Did you mean 'read'?"),
        ("yes.txt", 2, "No command is called 'yes.txt'. To read it: sayso read yes.txt"),
        ("sing", 2, "No command is called 'sing'. There are: read, add, "),
    ],
)
def test_exit_codes_and_messages(sayso_: Sayso, arguments: str, code: int, message: str) -> None:
    result = sayso_(*arguments.split(" "))
    assert (result.exit_code, result.exception is None or isinstance(result.exception, SystemExit)) == (code, True)
    assert message in result.stderr
    assert bool(result.stderr) == bool(message)


@pytest.mark.parametrize("arguments", ["yes.txt no.txt --format json", "both.jsonl --url https://example.org/"])
def test_wrong_usage_is_told_before_anything_is_printed(sayso_: Sayso, arguments: str) -> None:
    assert sayso_("read", *arguments.split()).stdout == ""


def test_a_table_is_printed_unless_json_is_asked_for(sayso_: Sayso) -> None:
    shown = sayso_("read", "yes.txt", "latin.txt").stdout
    assert "[Ana Ruiz] <said>¹ {yes}." in shown
    assert "\x1b" not in shown
    assert "Note: not UTF-8 at byte 2: read as Windows-1252" in shown
    assert "\x1b[1;36mAna Ruiz" in sayso_("read", "yes.txt", "--color", "always").stdout


def test_the_table_is_by_speaker_unless_the_order_of_the_text_is_asked_for(sayso_: Sayso) -> None:
    assert "\n  1 [Ana Ruiz]: <said> {yes}" in sayso_("read", "yes.txt").stdout
    assert "\n 1   Ana Ruiz   said   yes" in sayso_("read", "yes.txt", "--by", "order").stdout


def test_json_is_one_object_and_what_the_user_knows_is_in_it(sayso_: Sayso) -> None:
    known = ["--title", "Ana", "--publisher", "Herald", "--published", "2024-05-31", "--url", "https://example.org/b"]
    result = sayso_("read", "yes.txt", "--format", "json", *known)
    document = json.loads(result.stdout)["document"]
    assert [document[field] for field in ("title", "publisher", "published", "url", "title_span")] == [
        "Ana",
        "Herald",
        "2024-05-31",
        "https://example.org/b",
        {"start": 0, "end": 3},
    ]


def test_json_takes_the_one_document_that_can_be_read(sayso_: Sayso) -> None:
    result = sayso_("read", "one.jsonl", "gone.txt", "--format", "json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["document"]["url"] == "https://example.org/"


def test_jsonl_is_a_reading_a_line_in_the_order_of_the_inputs(sayso_: Sayso) -> None:
    result = sayso_("read", "no.txt", "both.jsonl", "-", "latin.txt", "--format", "jsonl", stdin=YES)
    readings = [reading_from_json(line) for line in result.stdout.splitlines()]
    assert [reading.document.text for reading in readings] == [
        NO.decode(),
        "Ana Ruiz said yes.",
        "Bo Li said no.",
        YES.decode(),
        "Zoë Roe said yes.",
    ]
    assert readings[4].problems == (
        "not UTF-8 at byte 2: read as Windows-1252; if letters or quotation marks look wrong, save it as UTF-8",
        "odd",
    )


def test_standard_input_may_be_json_lines(sayso_: Sayso) -> None:
    result = sayso_("read", "-", "--format", "jsonl", stdin=b'{"text": "Yes."}\n{"title": "No"}\n')
    assert result.exit_code == 1
    assert 'sayso: standard input, line 2: no "text"' in result.stderr
    assert [json.loads(line)["document"]["text"] for line in result.stdout.splitlines()] == ["Yes."]


def test_min_confidence_leaves_out_attributions_and_keeps_statements(sayso_: Sayso) -> None:
    shown = json.loads(sayso_("read", "no.txt", "--format", "json", "--min-confidence", "0.5").stdout)
    assert (shown["attributions"], len(shown["statements"])) == ([], 1)
    shown = json.loads(sayso_("read", "no.txt", "--format", "json", "--min-confidence", "0.4").stdout)
    assert [one["confidence"] for one in shown["attributions"]] == [0.4]


def test_attributions_within_one_that_is_left_out_stand_alone(monkeypatch: pytest.MonkeyPatch, sayso_: Sayso) -> None:
    def nested(documents: Iterable[Document], *, threads: int | None = None) -> Iterator[Reading]:  # noqa: ARG001
        for document in documents:
            outer = Attribution("outer", None, Span(0, 3), (Span(4, 18),), 0.2)
            inner = Attribution("inner", None, Span(9, 13), (), 0.9, within="outer")
            yield Reading(document, (outer, inner))

    monkeypatch.setattr(sayso.reading, "read_many", nested)
    line = sayso_("read", "yes.txt", "--format", "jsonl", "--min-confidence", "0.5").stdout
    assert [(one.id, one.within) for one in reading_from_json(line).attributions] == [("inner", None)]
    table = sayso_("read", "yes.txt", "--min-confidence", "0.5").stdout
    assert "  1 <said>" in table
    assert "reported by (no speaker named)" in table


def test_control_characters_in_a_file_name_do_not_reach_the_terminal(sayso_: Sayso) -> None:
    assert "sayso: ␛[2J.txt: no such file" in sayso_("read", "\x1b[2J.txt").stderr


def test_documents_are_read_as_they_are_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sayso.reading, "read_many", stand_in)
    from sayso.readers import Read

    taken: list[int] = []

    def endless() -> Iterator[Read]:
        number = 0
        while True:
            taken.append(number)
            yield Read(Document(str(number), "Yes."), f"{tmp_path}", ("note",))
            number += 1

    for number, (reading, _) in zip(range(5), cli_inputs.readings(endless(), None), strict=False):
        assert (reading.document.id, reading.problems) == (str(number), ("note", "odd"))
    assert len(taken) < 10


def test_stopping_leaves_one_line(monkeypatch: pytest.MonkeyPatch, sayso_: Sayso) -> None:
    def interrupted(*_: object, **__: object) -> Iterator[Reading]:
        raise KeyboardInterrupt

    monkeypatch.setattr(sayso.reading, "read_many", interrupted)
    result = sayso_("read", "yes.txt")
    assert (result.exit_code, result.stdout, result.stderr) == (130, "", "sayso: stopped\n")


def test_the_demo_reads_every_example_and_says_what_to_try_next(sayso_: Sayso) -> None:
    result = sayso_("demo")
    assert result.exit_code == 0
    articles = len(list((Path(__file__).parents[1] / "examples").glob("2024-*")))
    assert f"{articles} invented articles and mails, " in result.stdout
    assert "To read your own:          sayso read FILE…" in result.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_each_command(name: str, sayso_: Sayso) -> None:
    _, line = COMMANDS[name]
    command = main.get_command(None, name)  # type: ignore[arg-type]
    assert command is not None
    assert command.get_short_help_str(limit=200) == line
    assert line in " ".join(sayso_("--help").stdout.split())
    assert f"sayso {name}" in sayso_(name, "--help").stdout.partition("Example")[2]
