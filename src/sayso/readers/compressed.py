"""Compressed files: gzip, zstandard, bzip2 and xz, unpacked as they are read; what is in them is read by what it is."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

import zstandard

from sayso.errors import InputError
from sayso.readers.given import Given
from sayso.readers.unpacked import Unpacked, given_inside

PIECE = 1 << 11  # bytes unpacked at once: even the tightest bomb makes less than 100 MB of them


class Unpacker(Protocol):
    """What unpacks one member (frame) of a compressed file, as the libraries have it."""

    @property
    def eof(self) -> bool:
        """Whether the member has ended."""

    @property
    def unused_data(self) -> bytes:
        """What came behind its end."""

    def decompress(self, data: bytes, /) -> bytes:
        """The next bytes."""


@dataclass(frozen=True, slots=True)
class Packing:
    """A way of compressing: its name, how its files open, how they are called, and what unpacks one member."""

    name: str
    signature: bytes
    ending: str
    unpacker: Callable[[], Unpacker]


PACKINGS = (
    Packing("gzip", b"\x1f\x8b", ".gz", lambda: zlib.decompressobj(wbits=31)),
    Packing("zstandard", b"\x28\xb5\x2f\xfd", ".zst", lambda: zstandard.ZstdDecompressor().decompressobj()),
    Packing("bzip2", b"BZh", ".bz2", bz2.BZ2Decompressor),
    Packing("xz", b"\xfd7zXZ\x00", ".xz", lambda: lzma.LZMADecompressor(memlimit=1 << 28)),
)
ENDINGS = tuple(packing.ending for packing in PACKINGS)
_BROKEN = (zlib.error, zstandard.ZstdError, lzma.LZMAError, OSError, EOFError, ValueError)
# Between and behind members: zstandard lets frames be skipped, and all let zeros fill up a block.
_SKIPPABLE = tuple(bytes((0x50 + i,)) + b"\x2a\x4d\x18" for i in range(16))


def recognizes(given: Given) -> bool:
    """By how it opens."""
    return packing_of(given.opening) is not None


def read(given: Given) -> Iterator[Given]:
    """The one file inside, under its name without the ending. Where the packing breaks off, reading it raises
    InputError after what stands before."""
    packing = packing_of(given.opening)
    assert packing is not None  # noqa: S101 - recognized
    name = given.name[: -len(packing.ending)] if given.name.lower().endswith(packing.ending) else given.name
    unpacked = Unpacked(given.place, around=given.unpacked)
    yield given_inside(given, unpack(given.stream(), packing, unpacked), given.place, name, unpacked)


def packing_of(opening: bytes) -> Packing | None:
    """How bytes that open like this are compressed; None where they are not."""
    if opening.startswith(b"BZh") and opening[4:10] not in (b"1AY&SY", b"\x17rE8P\x90"):
        return None  # a text may begin with these letters; the last are those of an empty file
    return next((packing for packing in PACKINGS if opening.startswith(packing.signature)), None)


def unpack(source: BinaryIO, packing: Packing, unpacked: Unpacked) -> Iterator[bytes]:
    """What a compressed stream holds, member after member, piece by piece. Raises InputError where it is broken."""
    data = source.read(PIECE)
    while data:
        unpacker = packing.unpacker()
        while True:
            unpacked.packed += len(data)
            try:
                piece = unpacker.decompress(data)
            except _BROKEN as error:
                raise _broken(unpacked, packing, f"broken before byte {unpacked.packed} ({error})") from error
            if piece:
                unpacked.more(len(piece))
                yield piece
            if unpacker.eof:
                break
            data = source.read(PIECE)
            if not data:
                raise _broken(unpacked, packing, f"cut off at byte {unpacked.packed}")
        unpacked.packed -= len(unpacker.unused_data)
        data = _next_member(unpacker.unused_data, source, packing, unpacked)


def _next_member(data: bytes, source: BinaryIO, packing: Packing, unpacked: Unpacked) -> bytes:
    """The start of the next member; b"" at the end, zeros behind it aside. Raises InputError at anything else."""
    data = data or source.read(PIECE)
    while data and not (rest := data.lstrip(b"\0")):
        unpacked.packed += len(data)
        data = source.read(PIECE)
    if not data:
        return b""
    unpacked.packed += len(data) - len(rest)
    if len(rest) < len(packing.signature):
        rest += source.read(PIECE)
    if len(rest) < len(packing.signature) and packing.signature.startswith(rest):
        raise _broken(unpacked, packing, f"cut off at byte {unpacked.packed + len(rest)}")
    if not rest.startswith((packing.signature, *(_SKIPPABLE if packing.name == "zstandard" else ()))):
        raise _broken(unpacked, packing, f"followed at byte {unpacked.packed} by something else")
    return rest


def _broken(unpacked: Unpacked, packing: Packing, what: str) -> InputError:
    return InputError(
        unpacked.place, f"the {packing.name} data are {what}; what stands before is read; fetch or pack the file again"
    )
