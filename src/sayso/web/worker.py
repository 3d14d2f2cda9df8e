"""What is added or corrected in the browser is done here, one after another, in a thread of its own, a few waiting.

The ledger has one writer at a time, and so has this: a job waits while another sayso writes to the ledger. Pages are
answered meanwhile, from the state before.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from io import BytesIO
from pathlib import Path
from secrets import token_hex

from sayso.corrections.entries import Correction
from sayso.errors import InputError, SaysoError
from sayso.ledger import adding
from sayso.ledger.opening import LedgerHeld, transaction, writing_to
from sayso.model import Document, Reading
from sayso.readers import Read, read_given
from sayso.readers.fetch import Fetcher, given_of
from sayso.readers.given import Given, Known, Options, opening_of
from sayso.readers.text import read as read_text

MOST_WAITING = 8  # jobs, beside the one under way
MOST_KEPT = 100  # jobs that are over, of which pages still tell
MOST_NAMED = 50  # failures and documents that a job names
PATIENCE = 120.0  # seconds to wait for another sayso that writes to the ledger
THREADS = max(1, (os.cpu_count() or 2) - 1)  # to read on: pages are made beside it
PAUSE = 0.5  # seconds between two tries


class State(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    LEDGER_HELD = "ledger held"
    READING = "reading"
    TRACING = "tracing"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class File:
    """A file that was dropped: its name, and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Pasted:
    """A text that was pasted, and what is known of it."""

    text: str
    known: Known


@dataclass(frozen=True, slots=True)
class Web:
    """An address that was named. It is fetched within the readers' limits, from public addresses alone."""

    url: str


@dataclass(frozen=True, slots=True)
class Corrections:
    """Corrections that were made in a form."""

    entries: tuple[Correction, ...]


Input = File | Pasted | Web | Corrections


@dataclass(frozen=True, slots=True)
class Stored:
    """A document that a job has brought, or that the ledger had already: its id and its title."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is being added, and how far that is. `what` is what it is called on pages.

    `read` counts documents that were read and may not be stored yet; `behind` and `traced`, while it is traced,
    documents that were and were not. `failures` are messages, each with the place.
    """

    id: str
    what: str
    state: State = State.WAITING
    read: int = 0
    added: int = 0
    corrected: int = 0
    known: int = 0
    attributions: int = 0
    failed: int = 0
    failures: tuple[str, ...] = ()
    documents: tuple[Stored, ...] = ()
    behind: int = 0
    traced: int = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in (State.DONE, State.FAILED)


class Full(SaysoError):
    """There is no room in the queue."""


class _Stopped(BaseException):
    """The server is ending: what is stored stays, the rest is left."""


class Worker:
    """Reads jobs into a ledger, one after another, and traces when none waits."""

    def __init__(self, ledger: Path, fetcher: Callable[[], Fetcher] = Fetcher, patience: float = PATIENCE) -> None:
        self._ledger, self._fetcher, self._patience = ledger, fetcher, patience
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._waiting: deque[tuple[str, tuple[Input, ...]]] = deque()
        self._changed = threading.Condition()
        self._ending = False
        self._thread: threading.Thread | None = None

    def add(self, what: str, inputs: tuple[Input, ...]) -> Job:
        """Put something into the queue. Without inputs, what is there is traced. Raises Full."""
        with self._changed:
            if len(self._waiting) >= MOST_WAITING:
                raise Full(f"{MOST_WAITING} things wait to be read already; add this when some of them are done.")
            job = Job(token_hex(8), what)
            self._jobs[job.id] = job
            over = [one.id for one in self._jobs.values() if one.is_over]
            for old in over[: max(0, len(self._jobs) - MOST_KEPT)]:
                del self._jobs[old]
            self._waiting.append((job.id, inputs))
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="sayso-reading", daemon=True)
                self._thread.start()
            self._changed.notify_all()
            return job

    def job(self, id_: str) -> Job | None:
        """A job as it is now."""
        with self._changed:
            return self._jobs.get(id_)

    def jobs(self) -> list[Job]:
        """All jobs that are told of, the last first."""
        with self._changed:
            return list(reversed(self._jobs.values()))

    def end(self, seconds: float = 10) -> None:
        """Stop after what is under way; a document that is being read is not stored."""
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(seconds)

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._ending:
                    self._changed.wait()
                if self._ending:
                    return
                id_, inputs = self._waiting.popleft()
            try:
                self._do(id_, inputs)
            except _Stopped:
                return
            except SaysoError as error:
                self._fail(id_, str(error))
            except Exception as error:  # a fault of ours: the queue goes on, and the page says what happened
                self._fail(id_, f"sayso failed: {type(error).__name__}: {error}")

    def _do(self, id_: str, inputs: tuple[Input, ...]) -> None:
        with self._open(id_) as connection:
            corrections = [one for one in inputs if isinstance(one, Corrections)]
            if corrections:
                self._correct(connection, id_, [entry for one in corrections for entry in one.entries])
            elif inputs:
                self._read(connection, id_, inputs)
            with self._changed:
                more = bool(self._waiting)
            if not more:
                self._trace(connection, id_)
        job = self._now(id_)
        nothing = inputs and not (job.added or job.known or job.corrected)
        self._tell(id_, state=State.FAILED if nothing else State.DONE)

    def _open(self, id_: str) -> _Writing:
        return _Writing(self._ledger, self._patience, partial(self._tell, id_), self._check)

    def _correct(self, connection: sqlite3.Connection, id_: str, entries: list[Correction]) -> None:
        from sayso.ledger.correcting import put
        from sayso.lexicon import load_lexicon

        with transaction(connection):
            put(connection, entries, load_lexicon())
        self._tell(id_, corrected=len(entries))

    def _read(self, connection: sqlite3.Connection, id_: str, inputs: tuple[Input, ...]) -> None:
        from sayso.lexicon import load_lexicon
        from sayso.reading import read_many

        self._tell(id_, state=State.READING)
        texts: dict[str, None] = {}

        def reads() -> Iterator[Read | InputError]:
            for one in inputs:
                for found in _found_in(one, self._fetcher):
                    self._check()
                    if isinstance(found, Read) and len(texts) < MOST_NAMED:
                        texts[found.document.text_sha256] = None
                    yield found

        def read(documents: Iterable[Document]) -> Iterator[Reading]:
            for reading in read_many(documents, threads=THREADS):
                self._check()
                self._tell(id_, read=self._now(id_).read + 1)
                yield reading

        def told(event: adding.Event) -> None:
            job = self._now(id_)
            if isinstance(event, InputError):
                failures = (*job.failures, str(event))[:MOST_NAMED]
                self._tell(id_, failed=job.failed + 1, failures=failures)
            elif isinstance(event, adding.Added):
                self._tell(id_, added=job.added + 1, attributions=job.attributions + event.attributions)
            else:
                self._tell(id_, known=job.known + 1)

        adding.add(connection, reads(), read, load_lexicon(), told)
        self._tell(id_, documents=tuple(one for text in texts for one in _stored(connection, text)))

    def _trace(self, connection: sqlite3.Connection, id_: str) -> None:
        from sayso.lexicon import load_lexicon
        from sayso.trace import copying, tracing

        behind = max(tracing.behind(connection), copying.behind(connection))
        if not behind:
            return
        self._tell(id_, state=State.TRACING, behind=behind)

        def told(step: str, number: int, _: int) -> None:
            self._check()
            if step == tracing.STEPS[0]:
                self._tell(id_, traced=self._now(id_).traced + number)

        copying.find_copies(connection, load_lexicon(), lambda _: self._check())
        tracing.trace(connection, tracing.claim_models(), told)

    def _check(self) -> None:
        if self._ending:
            raise _Stopped

    def _now(self, id_: str) -> Job:
        with self._changed:
            return self._jobs[id_]

    def _tell(self, id_: str, **changes: object) -> None:
        with self._changed:
            self._jobs[id_] = replace(self._jobs[id_], **changes)  # type: ignore[arg-type]

    def _fail(self, id_: str, why: str) -> None:
        failures = (*self._now(id_).failures, why)
        self._tell(id_, state=State.FAILED, failures=failures, failed=len(failures))


class _Writing:
    """The ledger, opened for writing as soon as nobody else writes to it."""

    def __init__(self, ledger: Path, patience: float, tell: Callable[..., None], check: Callable[[], None]) -> None:
        self._ledger, self._patience, self._tell, self._check = ledger, patience, tell, check

    def __enter__(self) -> sqlite3.Connection:
        end = time.monotonic() + self._patience
        while True:
            self._context = writing_to(self._ledger)
            try:
                return self._context.__enter__()
            except LedgerHeld:
                if time.monotonic() > end:
                    raise
                self._tell(state=State.LEDGER_HELD)
            self._check()
            time.sleep(PAUSE)

    def __exit__(self, *what: object) -> bool | None:
        return self._context.__exit__(*what)  # type: ignore[arg-type]


def _found_in(one: Input, fetcher: Callable[[], Fetcher]) -> Iterator[Read | InputError]:
    """The documents in something that was added. No name or address in it leads to a file of this machine."""
    if isinstance(one, Pasted):
        found = read_text(_given(File("pasted text", one.text.encode()), one.known))
    elif isinstance(one, Web):
        found = _fetched(one.url, fetcher)
    elif isinstance(one, File):
        found = read_given(_given(one, Known()))
    else:
        raise TypeError(type(one))
    yield from found


def _given(file: File, known: Known) -> Given:
    stream = BytesIO(file.data)
    return Given(file.name, file.name, opening_of(stream), stream, known)


def _fetched(url: str, fetcher: Callable[[], Fetcher]) -> Iterator[Read | InputError]:
    try:
        with fetcher() as web:
            given = given_of(web.fetch(url), Known(), Options())
    except InputError as error:
        yield error
    else:
        yield from read_given(given)


def _stored(connection: sqlite3.Connection, text_sha256: str) -> list[Stored]:
    rows = connection.execute("SELECT reading_id, name FROM documents WHERE text_sha256 = ?", (text_sha256,))
    return [Stored(row["reading_id"], row["name"]) for row in rows]
