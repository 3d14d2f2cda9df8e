"""What a reader is given, and what it gives back: one input's bytes in, documents out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import BinaryIO, Protocol

from sayso.errors import InputError
from sayso.model import Document, Span

OPENING = 1 << 16  # bytes looked at, at most, to recognize a format
MOST_BYTES = 1 << 28  # of one document, or of one line of a file of many: what is read at once into memory


@dataclass(frozen=True, slots=True)
class Known:
    """What the user says about a document; it outweighs what the file says."""

    title: str | None = None
    publisher: str | None = None
    published: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """How the user wants inputs to be read.

    `columns` names the columns of a table: a document's field to the column that holds it ("text" to "body").
    `follow` says whether the articles that a feed links to are fetched, and `proxy` whether fetching goes through
    the proxies that the environment names; a proxy decides by itself which addresses it connects to.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    follow: bool = False
    proxy: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A passage of an input that its document's text leaves out: what it is ("quoted", "signature"), and its words."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Read:
    """A document as it was read, where it stands, and what the user should know about the reading of it."""

    document: Document
    place: str
    problems: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """One input: a file, standard input, a fetched page, or what another input holds (a file in an archive,
    a record, an attachment). Its bytes are read no further than is needed.

    `place` is what messages call it; `name` is its file name without folders, "" for standard input;
    `opening` is the start of its bytes, as `opening_of` gives it; `rest` are the bytes behind the opening.
    `url`, `media_type` ("text/html") and `charset` are what the one who handed it over says of it, where
    someone does: a web server, an archive's record, a mail's header.
    """

    place: str
    name: str
    opening: bytes
    rest: BinaryIO
    known: Known = Known()
    options: Options = Options()
    url: str | None = None
    media_type: str | None = None
    charset: str | None = None

    def lines(self) -> Iterator[bytes]:
        """The lines, one at a time, each with its line feed. A carriage return alone ends no line.

        Raises InputError at a line of more than MOST_BYTES.
        """
        opening = self.opening
        if not opening.endswith(b"\n"):
            opening += self.rest.readline(MOST_BYTES)
        yield from BytesIO(opening)
        while line := self.rest.readline(MOST_BYTES):
            if len(line) == MOST_BYTES:
                raise InputError(self.place, f"a line of more than {MOST_BYTES >> 20} MB; split it")
            yield line

    def whole(self, most: int = MOST_BYTES) -> bytes:
        """All the bytes at once. Raises InputError where they are more than `most`."""
        data = self.opening + self.rest.read(most + 1 - len(self.opening))
        if len(data) > most:
            raise InputError(self.place, f"more than {most >> 20} MB in one document; split it")
        return data

    def seekable(self) -> BinaryIO:
        """A stream over all the bytes that can be read from any place: the file itself, or its bytes in memory."""
        if self.rest.seekable():
            self.rest.seek(0)
            return self.rest
        return BytesIO(self.whole())


@dataclass(frozen=True, slots=True)
class Link:
    """An article that an input names and does not hold; it is fetched where the user asked to follow links."""

    url: str
    known: Known = Known()


# What a reader gives: a document; an error for one that could not be read; a further input that lies inside
# this one, read at once and before the reader goes on; or a link.
Found = Read | InputError | Given | Link


class Reader(Protocol):
    """A format: a module with these two functions."""

    def recognizes(self, given: Given) -> bool:
        """Whether an input is in this format, by how it opens, by its name, or by what was said of it."""

    def read(self, given: Given) -> Iterator[Found]:
        """The documents in an input, and an error for each that could not be read. An InputError may be raised too."""


def opening_of(stream: BinaryIO) -> bytes:
    """The start of a stream: OPENING bytes, or all there are.

    Where it opens like JSON, only its first line that is not blank: lines are then read as they come.
    """
    opening = b""
    while len(opening) < OPENING:
        line = stream.readline(OPENING - len(opening))
        opening += line
        if not line or (line.strip() and opening.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")):
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
