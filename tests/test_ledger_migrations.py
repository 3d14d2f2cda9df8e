"""Ledgers of every released schema open, are brought up to date, and give back what they hold."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from ledgers import add_to, all_of, by, person

from sayso.export.jsonl import reading_from_json, reading_to_json
from sayso.ledger.checking import faults
from sayso.ledger.history import history
from sayso.ledger.opening import LedgerError, migrations, reading_from, writing_to
from sayso.ledger.questions import ambiguous_entities, contents_with, entities_named
from sayso.ledger.readings import readings

STORED = sorted((Path(__file__).parent / "data").glob("ledger-*.sqlite"))


def test_there_is_a_stored_ledger_of_every_schema() -> None:
    assert [one.stem for one in STORED] == [f"ledger-{number}" for number in range(1, len(migrations()) + 1)]


@pytest.mark.parametrize("stored", STORED, ids=lambda path: path.stem)
def test_a_stored_ledger_is_brought_up_to_date_and_holds_what_it_held(stored: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(stored, tmp_path / "l"))
    number = int(stored.stem.removeprefix("ledger-"))
    if number < len(migrations()):
        with pytest.raises(LedgerError, match="an older ledger; bring it up to date with"), reading_from(path):
            pass
    with writing_to(path) as ledger:
        assert all_of(ledger, "PRAGMA user_version") == [len(migrations())]
        assert list(faults(ledger)) == []
    with reading_from(path) as ledger:
        lines = stored.with_suffix(".jsonl").read_bytes().splitlines()
        assert [reading_to_json(one) for one in readings(ledger)] == lines
        assert list(readings(ledger)) == [reading_from_json(line) for line in lines]
        assert [one.number for one in history(ledger, "https://example.org/weir")] == [1, 2]
        assert all_of(ledger, "SELECT document_id, corrects_id FROM notices") == [(2, 1), (3, 2)]
        assert len(ambiguous_entities(ledger)) == 3
        assert [one.attributions for one in entities_named(ledger, "Ana Ruiz")] == [2]
        assert [said.content for said in contents_with(ledger, "2024")] == ["2024"]
    with writing_to(path) as ledger:
        assert add_to(ledger, (reading_from_json(line) for line in lines)) == ["known"] * len(lines)
        assert add_to(ledger, [by(person("Ana Ruiz"), id_="new")]) == ["added"]
        assert list(faults(ledger)) == []
