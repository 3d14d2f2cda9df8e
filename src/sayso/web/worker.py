"""What is added or corrected in the browser is done here: one thing after another, beside the pages, a few waiting.

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
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from secrets import token_hex
from typing import Protocol

from sayso.corrections.entries import Correction
from sayso.errors import InputError, SaysoError
from sayso.ledger import adding
from sayso.ledger.opening import LedgerHeld, transaction, writing_to
from sayso.model import Document, Reading
from sayso.readers import Read, read_given
from sayso.readers.fetch import Fetcher, given_of
from sayso.readers.given import Given, Known, Options, opening_of
from sayso.readers.text import document_of
from sayso.web.beside import Beside, Line, Stopped

MOST_WAITING = 8  # jobs, beside the one under way
MOST_KEPT = 100  # jobs that are over, of which pages still tell
MOST_NAMED = 50  # failures and documents that a job names
PATIENCE = 120.0  # seconds to wait for another sayso that writes to the ledger
THREADS = max(1, (os.cpu_count() or 2) - 1)  # to read on: pages are made beside it
PAUSE = 0.5  # seconds between two tries
MOST_SECONDS = 60.0  # that a text is read while the client waits
WAITS = "waits"  # said to a job under way: another waits


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


class NoReading(SaysoError):
    """A Reading that could not be made while the client waits."""


Tell = Callable[[Job], None]
Fetching = Callable[[], Fetcher]


class Works(Protocol):
    """What reads and adds for pages and programs: a Worker, or one in another process (`sayso.web.processes`)."""

    @property
    def fetches(self) -> bool:
        """Whether addresses are fetched."""

    def add(self, what: str, inputs: tuple[Input, ...]) -> Job:
        """Put something into the queue. Without inputs, what is there is traced. Raises Full, and SaysoError for an
        address where none is fetched."""

    def job(self, id_: str) -> Job | None:
        """A job as it is now."""

    def jobs(self) -> list[Job]:
        """All jobs that are told of, the last first."""

    def read(self, one: Input) -> Reading:
        """A Reading of one document, with nothing stored. Raises Full, NoReading, and InputError where there is none
        or more than one in it."""


class Worker(Works):
    """Reads jobs into a ledger, one after another, and traces when none waits.

    With `apart` this is done in a process beside the server, else in a thread. Without a `fetcher` no address is
    fetched.
    """

    def __init__(
        self, ledger: Path, fetcher: Fetching | None = Fetcher, patience: float = PATIENCE, apart: bool = False
    ) -> None:
        self._ledger, self._fetcher, self._patience = ledger, fetcher, patience
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._waiting: deque[tuple[str, tuple[Input, ...]]] = deque()
        self._changed = threading.Condition()
        self._ending = False
        self._thread: threading.Thread | None = None
        self._adding = Beside() if apart else None
        self._reading = Beside() if apart else None
        self._reads = 0  # that wait or are under way

    @property
    def fetches(self) -> bool:
        return self._fetcher is not None

    def add(self, what: str, inputs: tuple[Input, ...]) -> Job:
        if not self.fetches and any(isinstance(one, Web) for one in inputs):
            raise SaysoError("This server fetches nothing from the web; save the page, and add the file.")
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
        if self._adding is not None:
            self._adding.say(WAITS)
        return job

    def job(self, id_: str) -> Job | None:
        with self._changed:
            return self._jobs.get(id_)

    def jobs(self) -> list[Job]:
        with self._changed:
            return list(reversed(self._jobs.values()))

    def read(self, one: Input) -> Reading:
        with self._changed:
            if self._reads >= MOST_WAITING:
                raise Full(f"{MOST_WAITING} texts wait to be read already; send this when some of them are done.")
            self._reads += 1
        try:
            return self._read_one(one)
        finally:
            with self._changed:
                self._reads -= 1

    def end(self, seconds: float = 10) -> None:
        """Stop after what is under way; a document that is being read is not stored."""
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        for beside in (self._adding, self._reading):
            if beside is not None:
                beside.end(seconds)
        if self._thread is not None:
            self._thread.join(seconds)

    def _read_one(self, one: Input) -> Reading:
        if self._reading is None:
            return read_one(one, self._fetcher, None)
        try:
            found: Reading = self._reading.run(read_one, one, self._fetcher, seconds=MOST_SECONDS)
        except InputError:
            raise
        except SaysoError as error:
            raise NoReading(str(error)) from error
        return found

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._ending:
                    self._changed.wait()
                if self._ending:
                    return
                id_, inputs = self._waiting.popleft()
                job = self._jobs[id_]
            try:
                self._do(job, inputs)
            except Stopped:
                return
            except SaysoError as error:
                self._fail(id_, str(error))
            except Exception as error:  # a fault of ours: the queue goes on, and the page says what happened
                self._fail(id_, f"sayso failed: {type(error).__name__}: {error}")

    def _do(self, job: Job, inputs: tuple[Input, ...]) -> None:
        given = (self._ledger, self._fetcher, self._patience, job, inputs)
        with self._changed:
            waits = bool(self._waiting)
        if self._adding is None:
            do(*given, waits, _Here(self))
        else:
            self._adding.run(do, *given, waits, heard=self._tell)

    def _tell(self, job: Job) -> None:
        with self._changed:
            self._jobs[job.id] = job

    def _fail(self, id_: str, why: str) -> None:
        job = self.job(id_)
        if job is not None:
            failures = (*job.failures, why)
            self._tell(replace(job, state=State.FAILED, failures=failures, failed=len(failures)))


class _Here:
    """The line to a worker whose jobs are done in a thread beside it."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    def say(self, job: Job) -> None:
        if self._worker._ending:
            raise Stopped
        self._worker._tell(job)

    def hears(self, word: str) -> bool:
        if self._worker._ending:
            raise Stopped
        return word == WAITS and bool(self._worker._waiting)


def read_one(one: Input, fetcher: Fetching | None, line: Line | None) -> Reading:  # noqa: ARG001 - it says nothing
    """A Reading of the one document in something. Raises InputError."""
    from sayso.reading import read_many

    found = next(iter(_found_in(one, fetcher)), None)
    if found is None:
        raise InputError(_name_of(one), "there is no text in it; send the text of an article, mail or statement")
    if isinstance(found, InputError):
        raise found
    if found.reading is not None:
        return found.reading
    (reading,) = read_many([found.document], threads=1)
    return replace(reading, problems=found.problems + reading.problems)


def do(
    ledger: Path,
    fetcher: Fetching | None,
    patience: float,
    job: Job,
    inputs: tuple[Input, ...],
    waits: bool,
    line: Line | _Here,
) -> None:
    """Read a job into a ledger, and trace when no other waits: none does already, and the line says of none."""
    _Doing(ledger, fetcher, patience, job, waits, line).do(inputs)


class _Doing:
    """A job under way."""

    def __init__(
        self, ledger: Path, fetcher: Fetching | None, patience: float, job: Job, waits: bool, line: Line | _Here
    ) -> None:
        self._ledger, self._fetcher, self._patience = ledger, fetcher, patience
        self._job, self._waits, self._line = job, waits, line

    def do(self, inputs: tuple[Input, ...]) -> None:
        with _Writing(self._ledger, self._patience, self._tell, self._check) as connection:
            corrections = [one for one in inputs if isinstance(one, Corrections)]
            if corrections:
                self._correct(connection, [entry for one in corrections for entry in one.entries])
            elif inputs:
                self._read(connection, inputs)
            if not self._waits and not self._line.hears(WAITS):
                self._trace(connection)
        nothing = inputs and not (self._job.added or self._job.known or self._job.corrected)
        self._tell(state=State.FAILED if nothing else State.DONE)

    def _correct(self, connection: sqlite3.Connection, entries: list[Correction]) -> None:
        from sayso.ledger.correcting import put
        from sayso.lexicon import load_lexicon

        with transaction(connection):
            put(connection, entries, load_lexicon())
        self._tell(corrected=len(entries))

    def _read(self, connection: sqlite3.Connection, inputs: tuple[Input, ...]) -> None:
        from sayso.lexicon import load_lexicon
        from sayso.reading import read_many

        self._tell(state=State.READING)
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
                self._tell(read=self._job.read + 1)
                yield reading

        def told(event: adding.Event) -> None:
            job = self._job
            if isinstance(event, InputError):
                failures = (*job.failures, str(event))[:MOST_NAMED]
                self._tell(failed=job.failed + 1, failures=failures)
            elif isinstance(event, adding.Added):
                self._tell(added=job.added + 1, attributions=job.attributions + event.attributions)
            else:
                self._tell(known=job.known + 1)

        adding.add(connection, reads(), read, load_lexicon(), told)
        self._tell(documents=tuple(one for text in texts for one in _stored(connection, text)))

    def _trace(self, connection: sqlite3.Connection) -> None:
        """Trace until it is done, or something else waits to be read: what is done stays, and it goes on later."""
        from sayso.lexicon import load_lexicon
        from sayso.trace import copies_found, copying, tracing

        behind = max(tracing.behind(connection), copies_found.behind(connection))
        if not behind:
            return
        self._tell(state=State.TRACING, behind=behind)

        def told(step: str, number: int, _: int) -> None:
            self._check_waiting()
            if step == tracing.STEPS[0]:
                self._tell(traced=self._job.traced + number)

        with suppress(_Waits):
            copying.find_copies(connection, load_lexicon(), lambda _: self._check_waiting())
            tracing.trace(connection, tracing.claim_models(), told)

    def _check(self) -> None:
        self._line.hears("")

    def _check_waiting(self) -> None:
        if self._line.hears(WAITS):
            raise _Waits

    def _tell(self, **changes: object) -> None:
        self._job = replace(self._job, **changes)  # type: ignore[arg-type]
        self._line.say(self._job)


class _Waits(Exception):
    """Something waits to be read, and tracing lets it go first."""


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


def _found_in(one: Input, fetcher: Fetching | None) -> Iterator[Read | InputError]:
    """The documents in something that was added. No name or address in it leads to a file of this machine."""
    if isinstance(one, Pasted):
        yield Read(document_of(one.text, one.known, "pasted text"), "pasted text")
    elif isinstance(one, Web):
        yield from _fetched(one.url, fetcher)
    elif isinstance(one, File):
        yield from read_given(_given(one))
    else:
        raise TypeError(type(one))


def _given(file: File) -> Given:
    stream = BytesIO(file.data)
    return Given(file.name, file.name, opening_of(stream), stream)


def _fetched(url: str, fetcher: Fetching | None) -> Iterator[Read | InputError]:
    if fetcher is None:
        yield InputError(url, "nothing is fetched here; save the page and add the file")
        return
    try:
        with fetcher() as web:
            given = given_of(web.fetch(url), Known(), Options())
    except InputError as error:
        yield error
    else:
        yield from read_given(given)


def _name_of(one: Input) -> str:
    if isinstance(one, Pasted):
        return one.known.title or "the text"
    if isinstance(one, Corrections):
        return "corrections"
    return one.url if isinstance(one, Web) else one.name


def _stored(connection: sqlite3.Connection, text_sha256: str) -> list[Stored]:
    rows = connection.execute("SELECT reading_id, name FROM documents WHERE text_sha256 = ?", (text_sha256,))
    return [Stored(row["reading_id"], row["name"]) for row in rows]
