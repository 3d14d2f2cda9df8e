"""Readers: files and streams in, Documents out; one format a file.

To add a format, write a module with `recognizes` and `read` (see `Reader`) and add its line to READERS.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from difflib import get_close_matches
from pathlib import Path
from typing import BinaryIO

from sayso.errors import InputError
from sayso.readers import jsonl, text
from sayso.readers.given import Given, Known, Read, Reader, opening_of
from sayso.readers.unreadable import refusal

__all__ = ["READERS", "Known", "Read", "documents"]

# Tried in this order; plain text takes whatever no other format claims.
READERS: tuple[tuple[str, Reader], ...] = (
    ("JSON Lines", jsonl),
    ("plain text", text),
)


def documents(
    paths: Iterable[str], *, stdin: BinaryIO | None = None, known: Known | None = None
) -> Iterator[Read | InputError]:
    """The documents in the files named, in that order; "-" is standard input.

    What cannot be read comes out as an InputError in its place, and reading goes on with the rest.
    `known` is meant for a single document: whoever names more must see to it that it holds for all.
    """
    for path in paths:
        yield from _documents_in(path, stdin, known or Known())


def _documents_in(path: str, stdin: BinaryIO | None, known: Known) -> Iterator[Read | InputError]:
    piped = path == "-"
    # A file name may hold bytes that are no text; messages and ids need text.
    place = "standard input" if piped else os.fsencode(path).decode(errors="backslashreplace")
    if piped and stdin is None:
        yield InputError(place, "closed; pipe a text into sayso, or name a file")
        return
    try:
        with nullcontext(stdin) if piped else Path(path).open("rb") as stream:
            assert stream is not None  # noqa: S101 - told apart above
            name = "" if piped else Path(place).name
            given = Given(place, name, opening_of(stream), stream, known)
            if because := refusal(given.opening):
                yield InputError(place, because)
                return
            yield from next(reader for _, reader in READERS if reader.recognizes(given)).read(given)
    except OSError as error:
        yield InputError(place, _why(error, Path(path)))


def _why(error: OSError, path: Path) -> str:
    if path.is_dir():
        return f"this is a folder; name the files in it, for example '{path}/'*.txt"
    if isinstance(error, FileNotFoundError):
        there = [one.name for one in path.parent.iterdir()] if path.parent.is_dir() else []
        near = get_close_matches(path.name, there, n=1, cutoff=0.75)
        remedy = f"did you mean '{path.with_name(near[0])}'?" if near else "check its name and folder"
        return f"no such file; {remedy}"
    return f"{error.strerror or error}; check that it is a file that you may read"
