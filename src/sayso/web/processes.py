"""The processes of a server: some that answer, and the one that keeps the queue of what is added.

A process makes its answers in Python, on one core. So several answer, each with all pages and the API, at one address.
What has to be there once, the queue, is in the process that starts them; they reach it over a line of their own.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
import threading
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context, parent_process
from multiprocessing.managers import BaseManager
from pathlib import Path
from secrets import token_bytes
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.supervisors import Multiprocess

from sayso.model import Reading
from sayso.readers.fetch import Fetcher
from sayso.web.app import make_app
from sayso.web.asking import Connections, log_kept
from sayso.web.remembering import Begun, Remembered
from sayso.web.safety import AT_ONCE, Access
from sayso.web.worker import Input, Job, Worker, Works

MOST = 4  # processes that answer where nobody says how many: each takes memory
SWITCH = 0.001  # seconds until an answer under way lets another go on: one of megabytes holds up no others
GARBAGE = 100_000  # objects until Python looks for rings of garbage: an answer makes tens of thousands, and few rings
STARTING = 60  # seconds that a process may take until it answers for the first time


def processes_here() -> int:
    """How many processes answer where nobody says: as many as there are cores, and few."""
    return min(os.cpu_count() or 1, MOST)


def answer_at(listener: socket.socket, ledger: Path, access: Access, *, fetching: bool, processes: int) -> None:
    """Answer at a socket until a signal ends it; a process that dies is started again."""
    worker = Worker(ledger, Fetcher if fetching else None, apart=True)
    there = _There(*_queue(worker), fetching)
    begun: Any = get_context("spawn").RawValue("Q", 0)
    config = uvicorn.Config(
        partial(_application, ledger, access, there, begun),
        factory=True,
        workers=processes,
        loop="auto",  # uvloop where there is one: it takes half the time
        http="h11",
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        limit_concurrency=2 * AT_ONCE,  # beyond what the application itself refuses, with more to say
        timeout_graceful_shutdown=5,
        timeout_worker_healthcheck=STARTING,
    )
    with log_kept(ledger):
        try:
            Multiprocess(config, [listener]).run()
        finally:
            worker.end()


def _application(ledger: Path, access: Access, there: _There, begun: Begun) -> ASGIApp:
    """What one of the processes that answer runs."""
    threading.Thread(target=_end_with_parent, name="sayso-parent", daemon=True).start()
    sys.setswitchinterval(SWITCH)
    gc.freeze()  # what is loaded stays, and need not be looked through again and again
    gc.set_threshold(GARBAGE, 50, 100)
    return make_app(ledger, access, there.worker(), Connections(ledger), Remembered(begun=begun))


def _end_with_parent() -> None:
    """A server that was killed leaves no process behind that holds its port."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


class _Line(BaseManager):
    """How processes that answer reach the queue."""


_Line.register("queue")


@dataclass(frozen=True, slots=True)
class _There:
    """Where the queue is, and what has to be known to reach it."""

    address: Any
    key: bytes
    fetches: bool

    def worker(self) -> Works:
        """The queue, from another process. Its methods raise what those of a Worker raise."""
        line: Any = _Line(self.address, self.key)
        line.connect()
        return _WorkerThere(line.queue(), self.fetches)


class _WorkerThere(Works):
    """A Worker in another process."""

    def __init__(self, queue: Any, fetches: bool) -> None:
        self._queue, self._fetches = queue, fetches

    @property
    def fetches(self) -> bool:
        return self._fetches

    def add(self, what: str, inputs: tuple[Input, ...]) -> Job:
        job: Job = self._queue.add(what, inputs)
        return job

    def job(self, id_: str) -> Job | None:
        job: Job | None = self._queue.job(id_)
        return job

    def jobs(self) -> list[Job]:
        jobs: list[Job] = self._queue.jobs()
        return jobs

    def read(self, one: Input) -> Reading:
        reading: Reading = self._queue.read(one)
        return reading


def _queue(worker: Worker) -> tuple[Any, bytes]:
    """Let other processes of this server reach a worker: the address, and the key that only they are given."""

    class Line(BaseManager):
        """The other end."""

    Line.register("queue", callable=lambda: worker, exposed=("add", "job", "jobs", "read"))
    key = token_bytes(32)
    line = Line(None, key).get_server()
    threading.Thread(target=line.serve_forever, name="sayso-queue", daemon=True).start()
    return line.address, key
