"""What pages and programs share: the ledger that is asked, who may ask, what reads, and how much is done at once."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import Any, TypeVar

import anyio
import anyio.to_thread

from sayso.errors import SaysoError
from sayso.ledger.composing import NoSuchPart
from sayso.ledger.corrections import last_correction
from sayso.ledger.opening import LedgerError
from sayso.model import Reading
from sayso.web.asking import Connections, TooSlow, asked
from sayso.web.page import NotThere, WrongQuestion
from sayso.web.remembering import Remembered, state_of
from sayso.web.safety import Access, TooLarge
from sayso.web.worker import MOST_WAITING, Full, Input, Works

AT_ONCE = 8  # answers that are made at the same time; others wait, styles and progress do not
STATUS: tuple[tuple[type[SaysoError], int], ...] = (
    (NotThere, 404),
    (NoSuchPart, 404),
    (WrongQuestion, 400),
    (Full, 503),
    (TooLarge, 413),
    (TooSlow, 503),
    (LedgerError, 503),
)

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Site:
    """What all answers share: the ledger, who may ask, what reads, how many are made at once, and the last of them."""

    ledger: Path
    access: Access
    worker: Works
    limiter: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(AT_ONCE))
    connections: Connections | None = None  # without, each answer opens one
    remembered: Remembered = field(default_factory=Remembered)
    # More than the worker takes, so that who is too many hears so and does not wait.
    readers: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(2 * MOST_WAITING))
    under_way: dict[Hashable, anyio.Lock] = field(default_factory=dict)
    form_mark: str = field(default_factory=lambda: token_hex(32), repr=False)  # of this run alone
    by_mark: str = field(default_factory=lambda: token_hex(32), repr=False)

    def _asked(self) -> AbstractContextManager[sqlite3.Connection]:
        return self.connections.asked() if self.connections else asked(self.ledger)

    def _corrected(self) -> int:
        with self._asked() as connection:
            return last_correction(connection)

    async def in_thread(self, work: Callable[[], Made]) -> Made:
        """What some work gives, done beside the server so that other requests go on."""
        return await anyio.to_thread.run_sync(work, limiter=self.limiter)

    async def reading(self, one: Input) -> Reading:
        """A Reading of one document; who waits for it keeps no thread from answers. Raises what `Works.read` does."""
        return await anyio.to_thread.run_sync(self.worker.read, one, limiter=self.readers)

    async def answer(self, key: Hashable, ask: Callable[[sqlite3.Connection], Made]) -> Made:
        """What a question to the ledger gives. `key` says which it is: while nobody writes to the ledger, the same is
        not asked twice; see `sayso.web.remembering`. Raises what asking raises."""
        state, since = state_of(self.ledger), self.remembered.begun
        known: Any | None = self.remembered.get(key, state)
        if known is None and self.remembered.is_dear(key):  # what people correct shows at once, whoever does it
            known = self.remembered.get(key, state, await self.in_thread(self._corrected))
        if known is not None:
            return known  # type: ignore[no-any-return]

        def made() -> Made:
            begun = time.thread_time()
            with self._asked() as connection:
                corrected = last_correction(connection)
                found = ask(connection)
            self.remembered.put(key, state, found, time.thread_time() - begun, since, corrected)
            return found

        if state is None:
            return await self.in_thread(made)
        # Who asks the same of the same state meanwhile waits for this answer, or makes it where this one failed.
        lock = self.under_way.setdefault((key, state), anyio.Lock())
        try:
            async with lock:
                known = self.remembered.get(key, state)
                return known if known is not None else await self.in_thread(made)
        finally:
            if lock.statistics().tasks_waiting == 0:
                self.under_way.pop((key, state), None)


def status_of(error: Exception) -> int:
    """The status by which a failure is told."""
    return next((code for kind, code in STATUS if isinstance(error, kind)), 400)
