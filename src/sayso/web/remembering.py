"""Answers that were given last, kept in memory for as long as the ledger stays as it is; those that are dear to make,
like counts over a large ledger, for some seconds more, so that adding does not make the server count all the time.

Whether it does is seen by when its files were written last. They are only looked at from outside: a process that opens
and closes a file of SQLite's loses all locks that it holds on it, and with them what keeps readers from a file that is
being taken away.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

MOST_KEPT = 64 << 20  # bytes of answers
OTHERWISE = 1 << 16  # bytes that an answer counts as that is not yet written
SETTLED = 0.5  # seconds after a write from which nothing of it is still to come into sight
MOST_AGE = 10.0  # seconds that an answer is kept: a writer whose disk stalls longer than SETTLED is seen by then
DEAR = 0.025  # seconds of CPU time: what takes more to make may be as old as that, whatever was written since

State = tuple[object, ...]


def state_of(ledger: Path) -> State | None:
    """What changes whenever somebody has written to a ledger, and stays otherwise; None where it cannot be told, as
    just after a write: clocks of files are coarse, and readers see a transaction a little after it was written."""
    found: list[object] = []
    for path in (ledger, ledger.with_name(f"{ledger.name}-wal"), ledger.with_name(f"{ledger.name}-journal")):
        try:
            at = path.stat()
        except OSError:
            found.append(None)
            continue
        if abs(time.time() - at.st_mtime) < SETTLED:
            return None
        found.append((at.st_dev, at.st_ino, at.st_size, at.st_mtime_ns))
    return tuple(found) if found[0] else None


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer, from which state, when it was given, and what it cost; `begun` says since when answers hold, and
    `corrected` what people had corrected by then."""

    state: State | None
    given: float
    cost: float
    answer: Any
    begun: int
    corrected: int | None

    def holds(self, state: State | None, corrected: int | None) -> bool:
        same = state is not None and self.state == state
        dear = self.cost > DEAR and corrected is not None and corrected == self.corrected
        return (same or dear) and time.monotonic() - self.given < MOST_AGE


class Begun(Protocol):
    """When all answers were forgotten last, in nanoseconds; processes that answer for one server share it."""

    value: int


@dataclass(slots=True)
class BegunHere:
    """When this process forgot all answers last."""

    value: int = 0


class Remembered:
    """The last answers, each with the state of the ledger that it was given from."""

    def __init__(self, most: int = MOST_KEPT, begun: Begun | None = None) -> None:
        self._most, self._kept, self._begun = most, 0, begun or BegunHere()
        self._answers: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def is_dear(self, key: Hashable) -> bool:
        """Whether there is a dear answer to a question, which may hold if nobody has corrected anything since."""
        with self._lock:
            found = self._answers.get(key)
            return found is not None and found.cost > DEAR

    def get(self, key: Hashable, state: State | None, corrected: int | None = None) -> Any | None:
        """The answer to a question, if it was given from this state of the ledger, or is dear and young and nobody has
        corrected anything since: `corrected` is the row of the last correction."""
        with self._lock:
            found = self._answers.get(key)
            if found is None or found.begun != self.begun or not found.holds(state, corrected):
                return None
            self._answers.move_to_end(key)
            return found.answer

    @property
    def begun(self) -> int:
        """Since when answers hold: it changes when they are forgotten."""
        return self._begun.value

    def put(
        self,
        key: Hashable,
        state: State | None,
        answer: Any,
        cost: float = 0.0,
        begun: int | None = None,
        corrected: int | None = None,
    ) -> None:
        """Keep an answer, and the last ones beside it. `state` and `begun` are those from before the ledger was asked,
        `cost` the seconds of CPU time that the answer took, `corrected` the row of the last correction then."""
        if (state is None and cost <= DEAR) or _size(answer) > self._most // 4:
            return
        with self._lock:
            self._forget(key)
            self._answers[key] = _Kept(
                state, time.monotonic(), cost, answer, self.begun if begun is None else begun, corrected
            )
            self._kept += _size(answer)
            while self._kept > self._most:
                self._forget(next(iter(self._answers)))

    def clear(self) -> None:
        """Forget all answers, here and in all processes that share `begun`: somebody has changed something, and is to
        see it at once."""
        self._begun.value = time.monotonic_ns()
        with self._lock:
            self._answers.clear()
            self._kept = 0

    def _forget(self, key: Hashable) -> None:
        if key in self._answers:
            self._kept -= _size(self._answers.pop(key).answer)


def _size(answer: Any) -> int:
    return len(answer) if isinstance(answer, (str, bytes)) else int(getattr(answer, "size", OTHERWISE))
