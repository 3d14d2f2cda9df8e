"""Readers: files, folders, streams and web addresses in, Documents out; one format a file.

To add a format, write a module with `recognizes` and `read` (see `Reader`) and add its line to READERS.
"""

from __future__ import annotations

import glob
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from sayso.errors import InputError
from sayso.readers import (
    compressed,
    feed,
    html,
    jsonl,
    mail,
    markdown,
    newsml,
    ninjs,
    readings,
    table,
    text,
    warc,
    zipped,
)
from sayso.readers.given import Given, Known, LeftOut, Link, Options, Read, Reader, opening_of
from sayso.readers.unreadable import refusal

if TYPE_CHECKING:
    from sayso.readers.fetch import Fetcher

__all__ = ["READERS", "Known", "LeftOut", "Options", "Read", "documents"]

# Tried in this order; plain text takes whatever no other format claims.
READERS: tuple[tuple[str, Reader], ...] = (
    ("compressed", compressed),
    ("zip", zipped),
    ("WARC", warc),
    ("Readings", readings),
    ("mail", mail),
    ("ninjs", ninjs),
    ("NewsML-G2", newsml),
    ("JSON Lines", jsonl),
    ("feed", feed),
    ("HTML", html),
    ("CSV, TSV", table),
    ("Markdown", markdown),
    ("plain text", text),
)
Web = Callable[[], "Fetcher"]
_HANDED_OVER = re.compile(r"/dev/stdin|/dev/fd/\d+|/proc/self/fd/\d+")
DEEPEST = 4  # inputs inside inputs: a mail in a mailbox in a gzip in a zip


def documents(
    inputs: Iterable[str],
    *,
    stdin: BinaryIO | None = None,
    known: Known | None = None,
    options: Options | None = None,
    fetcher: Fetcher | None = None,
) -> Iterator[Read | InputError]:
    """The documents in the inputs named, in that order: files, folders (each file in them, by name), patterns
    ("news/*.txt"), addresses (https://…), which are fetched, and, for "-", standard input.

    What cannot be read comes out as an InputError in its place, and reading goes on with the rest.
    `known` is meant for a single document: whoever names more must see to it that it holds for all.
    `fetcher` fetches in place of one with the usual limits.
    """
    known, options = known or Known(), options or Options()
    web = cache(lambda: fetcher or _fetcher(options))  # made when something is to be fetched
    for named in inputs:
        if is_address(named):
            yield from _documents_at(named, known, options, web)
            continue
        for path in ("-",) if named == "-" else _paths(named):
            yield from _documents_in(path, stdin, known, options, web)


def _paths(named: str) -> Iterator[str]:
    """The files that an argument names: itself, or those in the folder, or those that fit the pattern."""
    # The functions of os.path hold for names that no file can have; those of Path raise.
    if os.path.isdir(named):  # noqa: PTH112
        yield from _files_in(named)
    elif not os.path.exists(named) and glob.has_magic(named):  # noqa: PTH110
        yield from sorted(glob.glob(named, recursive=True)) or [named]  # noqa: PTH207 - the pattern may be absolute
    else:
        yield named


def _files_in(folder: str) -> Iterator[str]:
    """The files in a folder and in those inside it, by name. One that cannot be opened stands for itself."""
    closed: list[str] = []
    for here, folders, files in os.walk(folder, onerror=lambda error: closed.append(str(error.filename))):
        yield from closed
        closed.clear()
        folders.sort()
        yield from (str(Path(here, file)) for file in sorted(files) if not file.startswith("."))
    yield from closed


def _documents_in(
    path: str, stdin: BinaryIO | None, known: Known, options: Options, web: Web
) -> Iterator[Read | InputError]:
    piped = path == "-"
    # A file name may hold bytes that are no text; messages and ids need text.
    place = "standard input" if piped else os.fsencode(path).decode(errors="backslashreplace")
    if piped and stdin is None:
        yield InputError(place, "closed; pipe a text into sayso, or name a file")
        return
    try:
        if not piped:
            _refuse_device(path, place)
        with nullcontext(stdin) if piped else Path(path).open("rb") as stream:
            assert stream is not None  # noqa: S101 - told apart above
            name = "" if piped else Path(place).name
            yield from read_given(Given(place, name, opening_of(stream), stream, known, options), web=web)
    except InputError as error:
        yield error
    except OSError as error:
        yield InputError(place, _why(error, path))


def _refuse_device(path: str, place: str) -> None:
    """A pipe that nobody writes to, or a device without an end, would be read for ever.

    Those that the shell hands over are read: /dev/stdin, and /dev/fd/63 for <(command). Raises InputError.
    """
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116 - a name with a NUL is told here
    except ValueError as error:
        raise InputError(place, "no file can have this name; check it") from error
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode) and not _HANDED_OVER.fullmatch(path):
        raise InputError(place, "a pipe or device, not a file; to read from it anyway: sayso read - < FILE")


def read_given(given: Given, depth: int = 0, web: Web | None = None) -> Iterator[Read | InputError]:
    """The documents in one input and in the inputs that lie inside it."""
    web = web or cache(lambda: _fetcher(given.options))
    if depth > DEEPEST:
        yield InputError(given.place, f"inputs more than {DEEPEST} deep in each other; unpack them first")
        return
    try:
        reader = reader_of(given)
        if reader is None:
            yield InputError(given.place, refusal(given.opening) or "no reader for this")
            return
        for found in reader.read(given):
            if isinstance(found, Given):
                yield from read_given(found, depth + 1, web)
            elif isinstance(found, Link):
                yield from _followed(found, given, depth, web)
            else:
                yield found
    except InputError as error:
        yield error


def is_address(named: str) -> bool:
    """Whether an input names something to be fetched."""
    return named.lower().startswith(("http://", "https://"))


def _fetcher(options: Options) -> Fetcher:
    from sayso.readers.fetch import Fetcher

    return Fetcher(proxy=options.proxy)


def _documents_at(url: str, known: Known, options: Options, web: Web) -> Iterator[Read | InputError]:
    """The documents at an address that the user named."""
    from sayso.readers.fetch import given_of

    try:
        given = given_of(web().fetch(url), known, options)
    except InputError as error:
        yield error
    else:
        yield from read_given(given, web=web)


def _followed(link: Link, given: Given, depth: int, web: Web) -> Iterator[Read | InputError]:
    """The documents at an address that an input names, where the user asked for them; links in these are left alone."""
    from sayso.readers.fetch import given_of

    if not given.options.follow:
        return
    try:
        there = given_of(web().follow(link.url), link.known, replace(given.options, follow=False))
    except InputError as error:
        yield error
    else:
        yield from read_given(there, depth + 1, web)


def reader_of(given: Given) -> Reader | None:
    """The reader of an input's format; None where none reads it."""
    if refusal(given.opening):
        return None
    return next(reader for _, reader in READERS if reader.recognizes(given))


def _why(error: OSError, named: str) -> str:
    path = Path(named)
    if isinstance(error, FileNotFoundError):
        try:
            there = os.listdir(path.parent)  # noqa: PTH208
        except OSError:
            there = []
        near = get_close_matches(path.name, there, n=1, cutoff=0.75)
        remedy = f"did you mean '{path.with_name(near[0])}'?" if near else "check its name and folder"
        return f"no such file; {remedy}"
    return f"{error.strerror or error}; check that it is a file that you may read"
