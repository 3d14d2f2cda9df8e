"""Answers that were given last, kept in memory for as long as the ledger stays as it is."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Hashable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

MOST_KEPT = 64 << 20  # bytes of answers
OTHERWISE = 1 << 16  # bytes that an answer counts as that is not yet written
_COUNTER = (24, 4)  # of SQLite's file: where it counts the transactions written, and in how many bytes
_LOG_HEADER = (0, 96)  # of the index of its write-ahead log: what readers see of the log, in two copies

State = tuple[object, ...]


def state_of(ledger: Path) -> State | None:
    """What changes whenever somebody has written to a ledger, and stays otherwise; None where it cannot be told.

    Read from the headers of SQLite's files: readers see a transaction from when it stands there. (File formats of
    SQLite 3: "file change counter", and "WAL-index header".) The day belongs to it, since answers may name it.
    """
    try:
        with ledger.open("rb") as file:
            at = os.fstat(file.fileno())
            written = os.pread(file.fileno(), _COUNTER[1], _COUNTER[0])
    except OSError:
        return None
    try:
        with ledger.with_name(f"{ledger.name}-shm").open("rb") as file:
            logged = os.pread(file.fileno(), _LOG_HEADER[1], _LOG_HEADER[0])
    except OSError:
        logged = b""
    return at.st_dev, at.st_ino, written, logged, datetime.now(UTC).date()


class Remembered:
    """The last answers, each with the state of the ledger that it was given from."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most, self._kept = most, 0
        self._answers: OrderedDict[Hashable, tuple[State, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, state: State | None) -> Any | None:
        """The answer to a question, if it was given from this state of the ledger."""
        with self._lock:
            found = self._answers.get(key)
            if found is None or state is None or found[0] != state:
                return None
            self._answers.move_to_end(key)
            return found[1]

    def put(self, key: Hashable, state: State | None, answer: Any) -> None:
        """Keep an answer, and the last ones beside it. `state` is that from before the ledger was asked."""
        if state is None or _size(answer) > self._most // 4:
            return
        with self._lock:
            self._forget(key)
            self._answers[key] = (state, answer)
            self._kept += _size(answer)
            while self._kept > self._most:
                self._forget(next(iter(self._answers)))

    def _forget(self, key: Hashable) -> None:
        if key in self._answers:
            self._kept -= _size(self._answers.pop(key)[1])


def _size(answer: Any) -> int:
    return len(answer) if isinstance(answer, (str, bytes)) else int(getattr(answer, "size", OTHERWISE))
