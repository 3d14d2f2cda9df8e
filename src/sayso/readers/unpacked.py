"""What comes out of archives and packed files: as a stream, and never far more than text could have gone in."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from sayso.errors import InputError

if TYPE_CHECKING:
    from sayso.readers.given import Given

# Text packs to a fifth, the pages of one site to a twentieth, logs to a hundredth; zeros to a thousandth and less.
FREE = 1 << 26  # bytes that may come out of anything
RATIO = 200  # above that, how many bytes may come out for each that went in


class Unpacked:
    """Counts what goes into unpacking one archive or member, and what comes out, that of archives inside it included.

    What an archive says of its own sizes is not asked.
    """

    def __init__(self, place: str, packed: int = 0, around: Unpacked | None = None) -> None:
        self.place = place
        self.packed = packed
        self.unpacked = 0
        self.around = around

    def more(self, size: int) -> None:
        """Count bytes that came out, here and in the archives around. Raises InputError where they are too many."""
        self.unpacked += size
        if self._exceeded():
            raise InputError(
                self.place,
                f"{self.unpacked >> 20} MB have come out of {self.packed >> 10} KB, more than {RATIO} times as much: "
                "no text packs so well, so the rest was left unread; unpack it yourself if you trust it",
            )
        if self.around:
            self.around.more(size)

    def full(self) -> bool:
        """Whether too much has come out of this, or of an archive around it, to go on."""
        return self._exceeded() or bool(self.around and self.around.full())

    def _exceeded(self) -> bool:
        return self.unpacked > FREE and self.unpacked > RATIO * self.packed


class Pieces(io.RawIOBase):
    """A stream over pieces of bytes as they are made. What was made before an error is read before it is raised.

    While `opening`, an error looks like the end, so that what stands before it can be looked at.
    """

    def __init__(self, pieces: Iterator[bytes], *, opening: bool = False) -> None:
        self._pieces = pieces
        self._ready = memoryview(b"")
        self._error: InputError | None = None
        self.opening = opening

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill a buffer as far as the next piece goes. Raises InputError where the pieces end in one."""
        while not self._ready:
            if self._error is None:
                try:
                    self._ready = memoryview(next(self._pieces))
                    continue
                except StopIteration:
                    return 0
                except InputError as error:
                    self._error = error
            if self.opening:
                return 0
            raise self._error
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size


def given_inside(given: Given, pieces: Iterator[bytes], place: str, name: str, unpacked: Unpacked | None) -> Given:
    """What an archive holds as an input of its own, unpacked as it is read."""
    from sayso.readers.given import opening_of

    stream = Pieces(pieces, opening=True)
    rest = io.BufferedReader(stream, 1 << 16)
    opening = opening_of(rest)
    stream.opening = False
    return replace(
        given,
        place=place,
        name=name,
        opening=opening,
        rest=rest,
        media_type=None,
        charset=None,
        unpacked=unpacked,
    )


def printable(name: str) -> str:
    """A name out of an archive for use in messages: on one line, an escape for whatever cannot be printed."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in name)
