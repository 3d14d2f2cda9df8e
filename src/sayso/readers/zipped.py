"""Zip archives: each file in them, by name, unpacked as it is read and never to disk; of a WACZ, its WARCs."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import PurePosixPath
from typing import BinaryIO

from sayso.errors import InputError
from sayso.readers.given import Given
from sayso.readers.unpacked import Unpacked, given_inside, printable
from sayso.readers.unreadable import OFFICE

ENDINGS = (".zip", ".wacz")
PIECE = 1 << 16
MOST_NAMES = 1 << 26  # bytes of the list of members: it is held in memory whole, some ten times as large
_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")  # the second opens an archive without members
_ENCRYPTED = 1  # among a member's flags
_HEADER = 30  # bytes before a member's name
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    IndexError,
    struct.error,
)
_CUT_OFF = "not a whole zip archive: its list of members, which stands at the end, is missing or broken"
_AGAIN = "fetch or pack it again"


def recognizes(given: Given) -> bool:
    """By how it opens."""
    return given.opening.startswith(_SIGNATURES)


def read(given: Given) -> Iterator[Given | InputError]:
    """Each file in the archive, with its place as "ARCHIVE/FOLDER/FILE". Hidden ones are passed over, and an
    encrypted or broken one is an error. Raises InputError for an office document, or where members overlap."""
    file = given.seekable()
    size = file.seek(0, 2)
    _refuse_long_list(file, size, given.place)
    try:
        archive = zipfile.ZipFile(file)
    except _BROKEN as error:
        raise InputError(given.place, f"{_CUT_OFF} ({error}); {_AGAIN}") from error
    members = archive.infolist()
    names = {member.filename for member in members}
    if "[Content_Types].xml" in names or "mimetype" in names:
        raise InputError(given.place, OFFICE)
    _refuse_overlap(members, archive.start_dir, given.place)
    unpacked = Unpacked(given.place, packed=size, around=given.unpacked)
    for member in sorted(members, key=lambda one: one.filename):
        if unpacked.full():
            return
        if _is_read(member, names):
            yield _member(given, archive, member, unpacked)


def _is_read(member: zipfile.ZipInfo, names: set[str]) -> bool:
    """Whether a member is a file that people put there, and in a WACZ, a WARC."""
    if "datapackage.json" in names and not member.filename.startswith("archive/"):
        return not any(name.startswith("archive/") for name in names)
    parts = PurePosixPath(member.filename).parts
    hidden = any(part == "__MACOSX" or (part.startswith(".") and part != "..") for part in parts)
    return not (member.is_dir() or hidden)


def _member(given: Given, archive: zipfile.ZipFile, member: zipfile.ZipInfo, around: Unpacked) -> Given | InputError:
    place = f"{given.place}/{printable(member.filename)}"
    if member.flag_bits & _ENCRYPTED:
        return InputError(place, "encrypted; unpack the archive with its password, and name the file")
    unpacked = Unpacked(place, packed=member.compress_size, around=around)
    pieces = _pieces(archive, member, unpacked)
    return given_inside(given, pieces, place, printable(PurePosixPath(member.filename).name), unpacked)


def _pieces(archive: zipfile.ZipFile, member: zipfile.ZipInfo, unpacked: Unpacked) -> Iterator[bytes]:
    """What a member holds, piece by piece. Raises InputError where it is broken."""
    try:
        with archive.open(member) as stream:
            while piece := stream.read(PIECE):
                unpacked.more(len(piece))
                yield piece
    except _BROKEN as error:
        raise InputError(unpacked.place, f"broken in the archive ({error}); {_AGAIN}") from error


def _refuse_overlap(members: list[zipfile.ZipInfo], end: int, place: str) -> None:
    """Members that share bytes make a small archive endless; no packer writes them. Raises InputError."""
    spans = sorted((one.header_offset, one.header_offset + _HEADER + one.compress_size) for one in members)
    if any(after < before_end for (_, before_end), (after, _) in pairwise([*spans, (end, end)])):
        raise InputError(place, f"members of this archive overlap, as no packer writes them; {_AGAIN}")


def _refuse_long_list(file: BinaryIO, size: int, place: str) -> None:
    """Raises InputError where the list of members is too long to be held."""
    file.seek(max(0, size - (1 << 16) - 22))
    tail = file.read()
    end, wide = tail.rfind(b"PK\x05\x06"), tail.rfind(b"PK\x06\x06")
    length = int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else 0
    if length == 0xFFFFFFFF and wide >= 0:
        length = int.from_bytes(tail[wide + 40 : wide + 48], "little")
    if min(length, size) > MOST_NAMES:
        raise InputError(place, "too many files in one archive; unpack it and name the folder")
