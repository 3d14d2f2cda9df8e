"""`sayso formats`: every reader and export tells what it is for."""

from __future__ import annotations

import json

from click.testing import CliRunner

from sayso.cli import main
from sayso.export import EXPORTS
from sayso.readers import READERS


def shown(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["formats", *arguments])
    assert result.exit_code == 0
    return result.stdout


def test_every_reader_tells_what_it_reads_and_how_it_knows_it() -> None:
    reads = json.loads(shown("--format", "json"))["reads"]
    assert [row["name"] for row in reads] == [name for name, _ in READERS]
    for row in reads:
        assert row["what"]
        assert row["recognized"]
        assert all(ending.startswith(".") for ending in row["endings"])


def test_plain_text_comes_last_and_an_ending_belongs_to_its_format() -> None:
    lines = [json.loads(line) for line in shown("--format", "jsonl").splitlines()]
    reads = [line for line in lines if line["way"] == "read"]
    assert reads[-1]["name"] == "plain text"
    assert next(line for line in reads if line["name"] == "CSV, TSV")["endings"] == [".csv", ".tsv", ".tab"]
    assert [line["name"] for line in lines if line["way"] == "write"][-1:]


def test_the_table_names_all_of_them() -> None:
    table = shown()
    for name, _ in READERS:
        assert f"\n  {name}" in table
    assert "\n  jsonl" in table
    assert "Recognized: By how it opens." in table


def test_every_export_tells_what_it_is_for() -> None:
    writes = json.loads(shown("--format", "json"))["writes"]
    assert [row["name"] for row in writes] == list(EXPORTS)
    assert all(row["what"] for row in writes)
    assert {row["needs"] for row in writes if "needs" in row} == {"sayso[tables]", "sayso[spacy]"}
