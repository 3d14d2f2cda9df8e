"""What a reader is given, and what it gives back: one input's bytes in, documents out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import chain
from typing import BinaryIO, Protocol

from sayso.errors import InputError
from sayso.model import Document, Span

OPENING = 1 << 16  # bytes looked at, at most, to recognize a format


@dataclass(frozen=True, slots=True)
class Known:
    """What the user says about a document; it outweighs what the file says."""

    title: str | None = None
    publisher: str | None = None
    published: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """A document as it was read, where it stands, and what the user should know about the reading of it."""

    document: Document
    place: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """One file, or standard input: its bytes, read no further than is needed.

    `place` is what messages call it; `name` is its file name without folders, "" for standard input;
    `opening` is the start of its bytes, up to the end of the first line that is not blank.
    """

    place: str
    name: str
    opening: bytes
    rest: BinaryIO
    known: Known = Known()

    def lines(self) -> Iterator[bytes]:
        """The lines, one at a time, each with its line feed. A carriage return alone ends no line."""
        opening = self.opening
        if not opening.endswith(b"\n"):
            opening += self.rest.readline()
        return chain(BytesIO(opening), self.rest)

    def whole(self) -> bytes:
        """All the bytes at once."""
        return self.opening + self.rest.read()


class Reader(Protocol):
    """A format: a module with these two functions."""

    def recognizes(self, given: Given) -> bool:
        """Whether an input is in this format, by its name or by how it opens."""

    def read(self, given: Given) -> Iterator[Read | InputError]:
        """The documents in an input, and an error for each that could not be read."""


def opening_of(stream: BinaryIO) -> bytes:
    """The start of a stream: through the end of its first line that is not blank, or OPENING bytes."""
    opening = b""
    while len(opening) < OPENING:
        line = stream.readline(OPENING - len(opening))
        opening += line
        if not line or line.strip():
            break
    return opening


def title_span(text: str, title: str | None) -> Span | None:
    """Where the title stands, if the text begins with it (after blanks or a byte order mark)."""
    title = (title or "").strip()
    start = len(text) - len(text.lstrip(" \t\r\n\f\v\u00a0\ufeff"))
    end = start + len(title)
    if not title or not text.startswith(title, start) or text[end : end + 1].isalnum():
        return None
    return Span(start, end)
