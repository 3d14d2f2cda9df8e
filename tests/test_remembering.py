"""Answers that are kept while the ledger stays as it is."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from ledgers import add_to, opened, told, write

from sayso.ledger.opening import writing_to
from sayso.web.remembering import Remembered, state_of


def test_an_answer_is_kept_for_its_state_alone() -> None:
    remembered = Remembered()
    remembered.put("start", (1,), "one document")
    assert remembered.get("start", (1,)) == "one document"
    assert remembered.get("start", (2,)) is None
    assert remembered.get("start", None) is None
    assert remembered.get("end", (1,)) is None


def test_the_answers_asked_for_last_are_kept_as_far_as_there_is_room() -> None:
    remembered = Remembered(most=100)
    for name in "abc":
        remembered.put(name, (1,), "x" * 25)
    assert remembered.get("a", (1,))
    remembered.put("d", (1,), "x" * 25)
    remembered.put("e", (1,), "x" * 25)
    assert [name for name in "abcde" if remembered.get(name, (1,))] == ["a", "c", "d", "e"]
    remembered.put("large", (1,), "x" * 26)  # it alone would push out all others
    assert remembered.get("large", (1,)) is None


def test_a_state_changes_with_each_transaction_that_readers_see(tmp_path: Path) -> None:
    path = write(tmp_path / "l")
    before = state_of(path)
    assert before == state_of(path)
    with opened(path) as reader:
        assert reader.execute("SELECT count(*) FROM documents").fetchone()[0] == 0
        assert state_of(path) == before
    with writing_to(path) as ledger:
        ledger.execute("SELECT 1 FROM documents").fetchone()
        within = state_of(path)
        ledger.execute("BEGIN IMMEDIATE")
        ledger.execute("UPDATE entities SET name = name")
        assert state_of(path) == within
        ledger.execute("ROLLBACK")
        add_to(ledger, [told("a", "Bo Li said no.")])
        assert state_of(path) != within
    assert state_of(path) != before


def test_a_program_that_writes_without_a_log_is_seen_too(tmp_path: Path) -> None:
    path = write(tmp_path / "l", told("a", "Bo Li said no."))
    before = state_of(path)
    with sqlite3.connect(path) as other:
        other.execute("UPDATE documents SET title = 'b'")
    assert state_of(path) != before


def test_there_is_no_state_of_what_is_not_there(tmp_path: Path) -> None:
    assert state_of(tmp_path / "none") is None
