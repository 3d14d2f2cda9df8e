"""A process beside the server, in which one thing after another is done, so that answers do not wait for reading.

Reading and tracing keep a core busy for seconds, most of them in Python: in a thread of the server they would hold up
every answer. The process has less priority, and ends when the server does, however that ends.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from sayso.errors import InputError, SaysoError

NICE = 15  # steps down in priority: pages are answered first


class Stopped(BaseException):
    """What is under way is to end now: what is stored stays, the rest is left."""


class Late(SaysoError):
    """Something that took longer than it may."""


class Line:
    """What a task in the process says to the server, and hears from it."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._heard: set[str] = set()

    def say(self, what: object) -> None:
        """Tell the server how far it is. Raises Stopped where there is no server any more."""
        try:
            self._pipe.send(("said", what))
        except OSError:
            raise Stopped from None

    def hears(self, word: str) -> bool:
        """Whether the server has said a word since this task began. Raises Stopped where the server has gone."""
        try:
            while self._pipe.poll():
                self._heard.add(self._pipe.recv())
        except (EOFError, OSError):
            raise Stopped from None
        return word in self._heard


class Beside:
    """A process that is started when there is something to do. What it is given, and gives, is pickled."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._sending = threading.Lock()
        self._process: Any = None
        self._pipe: Connection | None = None

    def run(
        self,
        task: Callable[..., Any],
        *given: Any,
        heard: Callable[[Any], None] = lambda _: None,
        seconds: float | None = None,
    ) -> Any:
        """What a function gives that is called in the process with a Line behind its arguments; `heard` is told what it
        says. Raises what it raises, as SaysoError or InputError; Late where it takes longer than `seconds`."""
        with self._one_at_a_time:
            pipe = self._start()
            try:
                with self._sending:
                    pipe.send((task, given))
                while True:
                    if not pipe.poll(seconds):
                        self.end(0)
                        raise Late(f"This took longer than {seconds:.0f} seconds and was stopped.")
                    kind, what = pipe.recv()
                    if kind == "said":
                        heard(what)
                    elif kind == "done":
                        return what
                    else:
                        raise _raised(*what)
            except (EOFError, OSError) as error:
                self.end(0)
                raise SaysoError("The process that reads has ended in the middle; send it again.") from error

    def say(self, word: str) -> None:
        """Say something to what is under way."""
        pipe = self._pipe
        if pipe is not None:
            with self._sending, suppress(OSError):
                pipe.send(word)

    def end(self, seconds: float = 10) -> None:
        """End the process, at once or after what it is asked to finish in so many seconds."""
        pipe, process, self._pipe, self._process = self._pipe, self._process, None, None
        if pipe is not None and process is not None:
            if seconds:
                pipe.close()  # which it sees at its next step
                process.join(seconds)
            if process.is_alive():
                process.kill()
                process.join()
            pipe.close()

    def _start(self) -> Connection:
        if self._process is None or not self._process.is_alive() or self._pipe is None:
            context = get_context("spawn")  # a fork of a process with threads may hang
            ours, theirs = context.Pipe()
            self._process = context.Process(target=_serve, args=(theirs,), name="sayso-beside", daemon=True)
            self._process.start()
            theirs.close()
            self._pipe = ours
        return self._pipe


def _serve(pipe: Connection) -> None:
    """Do one thing after another until the server has gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes of a terminal; the server ends this one
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with suppress(OSError):
        os.nice(NICE)
    while True:
        try:
            received = pipe.recv()
        except (EOFError, OSError):
            return
        if isinstance(received, str):  # a word to a task that has ended meanwhile
            continue
        task, given = received
        try:
            pipe.send(("done", task(*given, Line(pipe))))
        except (Stopped, OSError):
            return
        except InputError as error:
            pipe.send(("failed", (error.place, error.message)))
        except SaysoError as error:
            pipe.send(("failed", (None, str(error))))
        except Exception as error:  # a fault of ours: the queue goes on, and the page says what happened
            pipe.send(("failed", (None, f"sayso failed: {type(error).__name__}: {error}")))


def _raised(place: str | None, message: str) -> SaysoError:
    return SaysoError(message) if place is None else InputError(place, message)
