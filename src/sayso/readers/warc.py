"""Web archives (WARC): each page in them, record by record; what is neither HTML nor text is passed over."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO, RawIOBase
from typing import BinaryIO

from fastwarc.stream_io import BrotliReader, ChunkedReader
from fastwarc.warc import ArchiveIterator, HeaderMap, WarcHeaderMap, WarcRecord, WarcRecordType

from sayso.errors import InputError
from sayso.readers.compressed import PACKINGS, Packing, unpack
from sayso.readers.given import BLOCK, MOST_BYTES, Given
from sayso.readers.unpacked import Unpacked, given_inside, printable

ENDINGS = (".warc", ".warc.gz")
HTML = ("text/html", "application/xhtml+xml")
TEXT = ("text/plain",)
_OK = 200
_LONGEST_URL = 500  # characters of one that are shown in messages
_NEXT_RECORD = re.compile(rb"\r\n\r\nWARC/1\.[01]\r\nWARC-")
_CHUNK = re.compile(rb"[0-9a-fA-F]+[ \t]*(;[^\r\n]*)?\r?\n")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:+-]+)", re.IGNORECASE)
_PASSED = "it is passed over"

_GZIP, _ZSTANDARD = PACKINGS[:2]
_DEFLATE = Packing("deflate", b"\x78", "", lambda: zlib.decompressobj())
# Content-Encoding → how it is unpacked; Brotli has a reader of its own.
_ENCODINGS = {"gzip": _GZIP, "x-gzip": _GZIP, "zstd": _ZSTANDARD, "deflate": _DEFLATE}


def recognizes(given: Given) -> bool:
    """By how it opens."""
    return given.opening.startswith(b"WARC/1.")


def read(given: Given) -> Iterator[Given | InputError]:
    """Each page that was answered with, and each HTML or text file kept as a resource, with its URL.

    A record that does not hold together is an error, and reading goes on behind it; so is the end of an archive
    that was cut off. WARC-Date is when a page was fetched, which says nothing about when it was published.
    """
    stream = _Remembering(given.stream())
    number, whole = 0, True
    try:
        # Quirks: after a record of a wrong length, the next is looked for. Nothing is decoded for us: what one
        # record has wrong would end the whole archive.
        records = ArchiveIterator(stream, parse_http=False, quirks_mode=True, stream_detect=False)
        for record in records:
            number += 1
            place = _place(given.place, number, record)
            try:
                block, whole = _block(record, place)
                if whole and (page := _page(record, block, given, place)):
                    yield page
            except InputError as error:
                if error.place != place:  # not of this record, but of the file that holds the archive
                    raise
                yield error
    except OSError as error:
        raise InputError(given.place, f"broken behind record {number} ({error}); what stands before is read") from error
    if not whole or stream.last != b"\n":
        where = f"record {number if not whole else number + 1}"
        yield InputError(
            given.place, f"the archive ends in the middle of {where}; what stands before is read; fetch it again"
        )


class _Remembering(RawIOBase):
    """A stream that remembers its last byte: an archive that ends within a line was cut off."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._position = 0
        self.last = b"\n"

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        data = self._stream.read(size)
        self._position += len(data)
        self.last = data[-1:] or self.last
        return data

    def tell(self) -> int:
        """How many bytes were read."""
        return self._position


def _place(archive: str, number: int, record: WarcRecord) -> str:
    url = record.headers.get("WARC-Target-URI")
    return f"{archive}, record {number}" + (f" ({printable(url[:_LONGEST_URL])})" if url else "")


def _block(record: WarcRecord, place: str) -> tuple[bytes, bool]:
    """The block of a record that may hold a page, b"" of any other; and whether all of it was there.

    It is read piece by piece: a length that only the header claims must claim no memory. Raises InputError
    where it is too large.
    """
    length = record.headers.get("Content-Length")
    if length is None:
        return b"", False
    if not length.strip().isdecimal():
        raise InputError(place, f"its Content-Length '{printable(length[:_LONGEST_URL])}' is no number; {_PASSED}")
    if not _may_hold_page(record):
        return b"", record.consume() == record.content_length
    pieces, size = [], 0
    while piece := record.reader.read(BLOCK):
        size += len(piece)
        if size > MOST_BYTES:
            raise InputError(place, f"more than {MOST_BYTES >> 20} MB in one record; {_PASSED}")
        pieces.append(piece)
    return b"".join(pieces), size == record.content_length


def _may_hold_page(record: WarcRecord) -> bool:
    """Whether a record may hold a page, by its own headers."""
    if record.record_type == WarcRecordType.response:
        return (record.headers.get("Content-Type") or "application/http").lower().startswith("application/http")
    return record.record_type == WarcRecordType.resource and _media(record.headers)[0] in HTML + TEXT


def _page(record: WarcRecord, block: bytes, given: Given, place: str) -> Given | None:
    """The page in a record, as an input of its own; None where it is none. Raises InputError."""
    if not block:
        return None
    if _NEXT_RECORD.search(block):
        raise InputError(place, "its Content-Length runs into the next record; both are passed over")
    url = record.headers.get("WARC-Target-URI")
    if record.record_type == WarcRecordType.resource:
        media_type, charset = _media(record.headers)
        page = given_inside(given, iter((block,)), place, "", given.unpacked)
        return replace(page, url=url, media_type=media_type, charset=charset)
    headers, payload = _answer(block, place)
    media_type, charset = _media(headers)
    if not payload or headers.status_code != _OK or (media_type or _sniffed(payload)) not in HTML:
        return None
    _refuse_short(headers, payload, record, place)
    unpacked = Unpacked(place, around=given.unpacked)
    page = given_inside(given, _decoded(headers, payload, unpacked), place, "", unpacked)
    return replace(page, url=url, media_type=media_type or HTML[0], charset=charset)


def _answer(block: bytes, place: str) -> tuple[HeaderMap, bytes]:
    """The headers and the payload of an HTTP answer. Raises InputError where they are none."""
    headers = HeaderMap("latin1")
    try:
        length = headers.parse(BytesIO(block))
    except OSError as error:
        raise InputError(place, f"its HTTP headers are broken ({error}); {_PASSED}") from error
    if headers.status_code is None:
        raise InputError(place, f"its HTTP headers are broken; {_PASSED}")
    return headers, block[length:]


def _media(headers: HeaderMap | WarcHeaderMap) -> tuple[str | None, str | None]:
    """The media type and the charset that Content-Type names."""
    value = headers.get("Content-Type") or ""
    charset = _CHARSET.search(value)
    return value.partition(";")[0].strip().lower() or None, charset and charset.group(1)


def _sniffed(payload: bytes) -> str | None:
    """HTML, where a page that was sent without a type opens like it."""
    return HTML[0] if payload.lstrip().lower().startswith((b"<!doctype html", b"<html")) else None


def _refuse_short(headers: HeaderMap, payload: bytes, record: WarcRecord, place: str) -> None:
    """Half a page is no page. Raises InputError where fewer bytes were kept than were sent."""
    sent = headers.get("Content-Length") or ""
    if record.headers.get("WARC-Truncated"):
        raise InputError(place, f"the page was cut off when it was archived; {_PASSED}")
    if sent.isdecimal() and len(payload) < int(sent):
        raise InputError(place, f"the page has {len(payload)} of the {sent} bytes that were sent; {_PASSED}")


def _decoded(headers: HeaderMap, payload: bytes, unpacked: Unpacked) -> Iterator[bytes]:
    """The page itself, piece by piece. Raises InputError where its encoding is broken.

    Some crawlers keep the headers of an encoding that they have undone: what does not begin like it is taken as it is.
    """
    if "chunked" in (headers.get("Transfer-Encoding") or "").lower() and _CHUNK.match(payload):
        payload = b"".join(_read_by(ChunkedReader, payload, "chunked transfer", unpacked))
    encoding = (headers.get("Content-Encoding") or "identity").strip().lower()
    packing = _ENCODINGS.get(encoding)
    if encoding == "identity" or payload.lstrip()[:1] in (b"<", b""):
        yield payload
    elif packing and payload.startswith(packing.signature):
        yield from unpack(BytesIO(payload), packing, unpacked)
    elif encoding == "br":
        unpacked.packed = len(payload)
        for piece in _read_by(BrotliReader, payload, "Brotli", unpacked):
            unpacked.more(len(piece))
            yield piece
    else:
        raise InputError(unpacked.place, f"its Content-Encoding '{printable(encoding)}' cannot be undone; {_PASSED}")


def _read_by(
    reader: type[BrotliReader | ChunkedReader], payload: bytes, what: str, unpacked: Unpacked
) -> Iterator[bytes]:
    stream = reader(BytesIO(payload))
    try:
        while piece := stream.read(BLOCK):
            yield piece
    except OSError as error:
        raise InputError(unpacked.place, f"its {what} encoding is broken ({error}); {_PASSED}") from error
