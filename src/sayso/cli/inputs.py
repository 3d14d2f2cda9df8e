"""From files named on the command line to Readings, with each failure told on standard error."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

import click

from sayso.cli.visible import visible
from sayso.errors import InputError

if TYPE_CHECKING:
    from sayso.model import Document, Reading
    from sayso.readers import Read


def told(found: Iterable[Read | InputError], failed: list[InputError]) -> Iterator[Read]:
    """What could be read. What could not is told on standard error as it comes, and added to `failed`."""
    for one in found:
        if isinstance(one, InputError):
            # Not click.echo, which would write across a progress bar instead of above it.
            print(f"sayso: {visible(str(one))}", file=sys.stderr, flush=True)
            failed.append(one)
        else:
            yield one


def single(reads: Iterator[Read], why: str) -> Iterator[Read]:
    """The only document there is. Raises click.UsageError, with `why`, where there is a second."""
    first = next(reads, None)
    if first is None:
        return iter(())
    if second := next(reads, None):
        raise click.UsageError(f"{why} The first two are {visible(first.place)} and {visible(second.place)}.")
    return iter((first,))


def readings(reads: Iterable[Read], threads: int | None) -> Iterator[tuple[Reading, str]]:
    """A Reading of each document, with the place it came from; the reader's problems come before the others.

    A Reading that the input holds is taken as it is.
    """
    for there, run in groupby(reads, key=lambda read: read.reading is not None):
        if there:
            yield from ((_with_problems(read.reading, read), read.place) for read in run if read.reading)
        else:
            yield from _read_now(run, threads)


def _read_now(reads: Iterable[Read], threads: int | None) -> Iterator[tuple[Reading, str]]:
    from sayso.reading import read_many

    under_way: deque[Read] = deque()

    def documents() -> Iterator[Document]:
        for read in reads:
            under_way.append(read)
            yield read.document

    for reading in read_many(documents(), threads=threads):
        read = under_way.popleft()
        yield _with_problems(reading, read), read.place


def _with_problems(reading: Reading, read: Read) -> Reading:
    return replace(reading, problems=read.problems + reading.problems)
