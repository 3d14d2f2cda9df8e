"""What a reader is given, and what it gives back: one input's bytes in, documents out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import BinaryIO, Protocol, cast

import msgspec

from sayso.errors import InputError
from sayso.model import Document, Reading, Span
from sayso.readers.unpacked import Pieces, Unpacked

OPENING = 1 << 16  # bytes looked at, at most, to recognize a format
BLOCK = 1 << 16  # bytes read at once of what is too large for that
UTF8_MARK = b"\xef\xbb\xbf"
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
    """A document as it was read, where it stands, and what the user should know about the reading of it.

    `reading` is its Reading, where the input holds one already.
    """

    document: Document
    place: str
    problems: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """One input: a file, standard input, a fetched page, or what another input holds (a file in an archive,
    a record, an attachment). Its bytes are read no further than is needed.

    `place` is what messages call it; `name` is its file name without folders, "" for standard input;
    `opening` is the start of its bytes, as `opening_of` gives it; `rest` are the bytes behind the opening.
    `url`, `media_type` ("text/html") and `charset` are what the one who handed it over says of it, where
    someone does: a web server, an archive's record, a mail's header.
    `unpacked` counts what has come out of the archive that this lies in; an input inside an input hands it on.
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
    unpacked: Unpacked | None = None

    def stream(self) -> BinaryIO:
        """All the bytes from the start, to be read once. A read may give fewer than asked for: all there are before
        an error come before it."""
        return cast(BinaryIO, Pieces(self._blocks()))

    def _blocks(self) -> Iterator[bytes]:
        yield self.opening
        read = getattr(self.rest, "read1", self.rest.read)
        while block := read(BLOCK):
            yield block

    def lines(self) -> Iterator[bytes]:
        """The lines, one at a time, each with its line feed. A carriage return alone ends no line.

        Raises InputError at a line of more than MOST_BYTES.
        """
        *lines, last = [*BytesIO(self.opening)] or [b""]
        yield from lines  # before anything more is read: what follows may be broken
        line = last if last.endswith(b"\n") else last + self.rest.readline(MOST_BYTES)
        while line:
            if len(line) >= MOST_BYTES:
                raise InputError(self.place, f"a line of more than {MOST_BYTES >> 20} MB; split it")
            yield line
            line = self.rest.readline(MOST_BYTES)

    def numbered_lines(self) -> Iterator[tuple[int, bytes]]:
        """The lines that are not blank, with their numbers from 1, without the file's byte order mark."""
        for number, line in enumerate(self.lines(), 1):
            data = line.removeprefix(UTF8_MARK) if number == 1 else line
            if data.strip():
                yield number, data

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

    Where its first line that is not blank is a JSON object, only as far as that: lines are then read as they come.
    """
    opening = b""
    while len(opening) < OPENING:
        line = stream.readline(OPENING - len(opening))
        first = not opening.strip()
        opening += line
        if not line or (first and _is_object(line)):
            break
    return opening


def _is_object(line: bytes) -> bool:
    """Whether a line is a JSON object from its start to its end; one over many lines is not."""
    line = line.removeprefix(b"\xef\xbb\xbf").strip()
    if not line.startswith(b"{"):
        return False
    try:
        msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def title_span(text: str, title: str | None) -> Span | None:
    """Where the title stands, if the text begins with it (after blanks or a byte order mark)."""
    title = (title or "").strip()
    start = len(text) - len(text.lstrip(" \t\r\n\f\v\u00a0\ufeff"))
    end = start + len(title)
    if not title or not text.startswith(title, start) or text[end : end + 1].isalnum():
        return None
    return Span(start, end)
