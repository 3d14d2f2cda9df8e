"""Asking the ledger for a page: a connection that only reads, one state of the ledger, and an end in time."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sayso.errors import SaysoError
from sayso.ledger.opening import reading_from

TIME_LIMIT = 10.0  # seconds that the questions of one page may take together
STEPS = 20_000  # of SQLite's machine between two looks at the clock: some milliseconds


class TooSlow(SaysoError):
    """A page whose questions take too long; what to do instead."""


@contextmanager
def asked(ledger: Path, seconds: float = TIME_LIMIT) -> Iterator[sqlite3.Connection]:
    """A connection for the questions of one page, which all see the same state of the ledger.

    Raises TooSlow where they take longer than `seconds`, and LedgerError as reading does.
    """
    end = time.monotonic() + seconds
    with reading_from(ledger) as connection:
        connection.set_progress_handler(lambda: time.monotonic() > end, STEPS)
        connection.execute("BEGIN")
        try:
            yield connection
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorname", "") != "SQLITE_INTERRUPT":
                raise
            raise TooSlow(
                f"This took longer than {seconds:.0f} seconds and was stopped; ask for less: more words in a search."
            ) from error
