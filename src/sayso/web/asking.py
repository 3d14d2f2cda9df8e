"""Asking the ledger for an answer: a connection that only reads, one state of the ledger, and an end in time."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path

from sayso.errors import SaysoError
from sayso.ledger.opening import reading_from, writing_to

TIME_LIMIT = 10.0  # seconds that the questions of one answer may take together
STEPS = 500_000  # of SQLite's machine between two looks at the clock: each waits for Python's turn
CACHE = 16 << 10  # kilobytes of the ledger that each connection keeps in memory


class TooSlow(SaysoError):
    """An answer whose questions take too long; what to do instead."""


@contextmanager
def asked(ledger: Path, seconds: float = TIME_LIMIT) -> Iterator[sqlite3.Connection]:
    """A connection for the questions of one answer, which all see the same state of the ledger.

    Raises TooSlow where they take longer than `seconds`, and LedgerError as reading does.
    """
    with reading_from(ledger) as connection, _questions(connection, seconds):
        yield connection


@contextmanager
def _questions(connection: sqlite3.Connection, seconds: float) -> Iterator[None]:
    end = time.monotonic() + seconds
    connection.set_progress_handler(lambda: time.monotonic() > end, STEPS)
    connection.execute("BEGIN")
    try:
        yield
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorname", "") != "SQLITE_INTERRUPT":
            raise
        raise TooSlow(
            f"This took longer than {seconds:.0f} seconds and was stopped; ask for less: more words in a search."
        ) from error
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


class Connections:
    """Connections to a ledger that stay open between answers: opening one takes as long as many an answer."""

    def __init__(self, ledger: Path) -> None:
        self._ledger = ledger
        self._idle: list[tuple[object, sqlite3.Connection, Callable[[], None]]] = []
        self._lock = threading.Lock()

    @contextmanager
    def asked(self, seconds: float = TIME_LIMIT) -> Iterator[sqlite3.Connection]:
        """As `asked`, over one of these connections."""
        there, connection, close = self._take() or self._open()
        try:
            with _questions(connection, seconds):
                yield connection
        except BaseException:
            close()
            raise
        self._keep(there, connection, close)

    def open(self) -> None:
        """Open one before it is asked for."""
        self._keep(*self._open())

    def close(self) -> None:
        """Close all."""
        with self._lock:
            idle, self._idle = self._idle, []
        for _, _, close in idle:
            close()

    def _take(self) -> tuple[object, sqlite3.Connection, Callable[[], None]] | None:
        """One that is open, to the file that stands there now."""
        while True:
            with self._lock:
                if not self._idle:
                    return None
                found = self._idle.pop()
            if found[0] == _file_at(self._ledger):
                return found
            found[2]()

    def _open(self) -> tuple[object, sqlite3.Connection, Callable[[], None]]:
        stack, there = ExitStack(), _file_at(self._ledger)
        opened: AbstractContextManager[sqlite3.Connection] = reading_from(self._ledger, any_thread=True)
        connection = stack.enter_context(opened)
        connection.execute(f"PRAGMA cache_size = -{CACHE}")
        connection.execute("SELECT 1 FROM documents LIMIT 1").fetchone()  # from here on it holds the log
        return there, connection, stack.close

    def _keep(self, there: object, connection: sqlite3.Connection, close: Callable[[], None]) -> None:
        with self._lock:
            self._idle.append((there, connection, close))


@contextmanager
def log_kept(ledger: Path) -> Iterator[None]:
    """Meanwhile the ledger keeps its write-ahead log, so that who writes does not wait until nobody reads; afterwards,
    where nobody else reads or writes, it is one file again."""
    connections = Connections(ledger)
    with suppress(SaysoError), writing_to(ledger):  # one that cannot be written to now is as it is
        connections.open()
    try:
        yield
    finally:
        connections.close()
        with suppress(SaysoError), writing_to(ledger):
            pass


def _file_at(path: Path) -> object:
    try:
        at = path.stat()
    except OSError:
        return None
    return at.st_dev, at.st_ino
