"""Answers that are kept while the ledger stays as it is."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import anyio
import pytest
from ledgers import opened, told, write

from sayso.ledger.opening import LedgerError, reading_from, writing_to
from sayso.web.asking import Connections, TooSlow, log_kept
from sayso.web.remembering import BegunHere, Remembered, State, state_of
from sayso.web.safety import Access
from sayso.web.site import Site
from sayso.web.worker import Worker


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


def test_what_is_dear_may_be_a_little_older(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    remembered = Remembered()
    remembered.put("dear", (1,), "counts", cost=0.5, corrected=7)
    remembered.put("dearer", None, "counts", cost=5.0, corrected=7)
    remembered.put("cheap", None, "a document", cost=0.02)
    assert remembered.get("cheap", None) is None
    now = 9.9
    assert remembered.get("dear", (2,), 7) == "counts"
    assert remembered.get("dearer", None, 7) == "counts"
    assert remembered.get("dear", (2,), 8) is None  # somebody has corrected something
    assert remembered.get("dear", (2,)) is None
    assert [remembered.is_dear(name) for name in ("dear", "cheap", "unknown")] == [True, False, False]
    now = 10.1
    assert [remembered.get(name, (1,), 7) for name in ("dear", "dearer")] == [None, None]
    remembered.put("dear", (1,), "counts", cost=0.5)
    remembered.clear()
    assert remembered.get("dear", (1,)) is None


def settled(path: Path) -> State:
    """The state of a ledger that nobody has written to for a while."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        if (state := state_of(path)) is not None:
            return state
        time.sleep(0.05)
    raise AssertionError("never settled")


def test_a_state_changes_when_somebody_writes_and_is_none_just_after(tmp_path: Path) -> None:
    path = write(tmp_path / "l", told("a", "Bo Li said no."))
    assert state_of(path) is None
    states = [settled(path)]
    with opened(path) as reader:
        assert reader.execute("SELECT count(*) FROM documents").fetchone()[0] == 1
        assert state_of(path) == states[0]
    with writing_to(path) as ledger:
        for number in range(2):
            ledger.execute("UPDATE documents SET title = ?", (str(number),))
            assert state_of(path) is None
            states.append(settled(path))
    states.append(settled(path))
    with sqlite3.connect(path) as other:  # a program that writes without a log
        other.execute("UPDATE documents SET title = 'b'")
    assert state_of(path) is None
    states.append(settled(path))
    assert len(set(states)) == len(states)


def test_there_is_no_state_of_what_is_not_there(tmp_path: Path) -> None:
    assert state_of(tmp_path / "none") is None


def test_looking_at_a_ledger_takes_no_lock_from_its_readers(tmp_path: Path) -> None:
    """A process that closes a file loses the locks that it has on it. A ledger that is being read must not be taken
    out of its log by a writer: the reader would go on in a file that is no more."""
    path = write(tmp_path / "l", *(told(f"d{i}", f"Bo Li said {i}.") for i in range(50)))
    with writing_to(path) as ledger, reading_from(path) as reader:
        ledger.execute("UPDATE documents SET title = 'a'")
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM documents").fetchone()[0] == 50
        for _ in range(3):
            state_of(path)
        command = [sys.executable, "-c", FOLD, str(path)]
        folded = subprocess.run(command, capture_output=True, text=True, check=False)
        assert "locked" in folded.stderr, folded
        assert reader.execute("SELECT count(*) FROM documents").fetchone()[0] == 50


FOLD = """
import sqlite3, sys
ledger = sqlite3.connect(sys.argv[1], timeout=0)
ledger.execute("PRAGMA journal_mode = DELETE")
"""


def test_the_same_question_asked_at_once_is_put_to_the_ledger_once(tmp_path: Path) -> None:
    path = write(tmp_path / "l", told("a", "Bo Li said no."))
    settled(path)
    site, asked = Site(path, Access(), Worker(path)), list[int]()

    def ask(ledger: sqlite3.Connection) -> int:
        asked.append(1)
        time.sleep(0.2)
        return int(ledger.execute("SELECT count(*) FROM documents").fetchone()[0])

    async def several() -> list[int]:
        answers: list[int] = []

        async def one(key: str) -> None:
            answers.append(await site.answer(key, ask))

        async with anyio.create_task_group() as group:
            for key in ("a", "a", "b", "a"):
                group.start_soon(one, key)
        return answers

    assert anyio.run(several) == [1, 1, 1, 1]
    assert len(asked) == 2
    assert site.under_way == {}


def test_a_log_that_is_kept_lets_others_write_while_somebody_reads_and_leaves_one_file(tmp_path: Path) -> None:
    path = write(tmp_path / "l", told("a", "Bo Li said no."))
    connections = Connections(path)
    with log_kept(path):
        with connections.asked() as reader:
            assert count(reader) == 1
            write(path, told("b", "Bo Li said yes."))  # while somebody reads, and without waiting for that to end
            assert count(reader) == 1
        with connections.asked() as reader:
            assert count(reader) == 2
        connections.close()
    assert [one.name for one in tmp_path.iterdir()] == ["l"]


def test_answers_that_one_process_forgets_are_forgotten_by_all_that_share_it() -> None:
    shared = BegunHere()
    here, there = Remembered(begun=shared), Remembered(begun=shared)
    here.put("dear", (1,), "counts", cost=0.5)
    since = here.begun
    there.clear()
    assert here.get("dear", (1,)) is None
    here.put("dear", (1,), "counted before", cost=0.5, begun=since)
    assert here.get("dear", (1,)) is None
    here.put("dear", (1,), "counted since", cost=0.5)
    assert here.get("dear", (1,)) == "counted since"


def test_connections_go_to_the_file_that_stands_there_now(tmp_path: Path) -> None:
    path = write(tmp_path / "l", told("a", "Bo Li said no."))
    connections = Connections(path)
    with connections.asked() as reader:
        assert count(reader) == 1
    path.unlink()
    with pytest.raises(LedgerError, match="no such ledger"), connections.asked():
        pass
    for beside in tmp_path.iterdir():
        beside.unlink()
    write(path, told("a", "Bo Li said no."), told("b", "Bo Li said yes."))
    with connections.asked() as reader:
        assert count(reader) == 2
    connections.close()


def test_a_connection_goes_on_after_a_question_that_was_stopped(tmp_path: Path) -> None:
    connections = Connections(write(tmp_path / "l", told("a", "Bo Li said no.")))
    endless = "WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    with pytest.raises(TooSlow), connections.asked(0.1) as reader:
        reader.execute(endless).fetchone()
    with connections.asked() as reader:
        assert count(reader) == 1
    connections.close()


def count(ledger: sqlite3.Connection) -> int:
    return int(ledger.execute("SELECT count(*) FROM documents").fetchone()[0])
