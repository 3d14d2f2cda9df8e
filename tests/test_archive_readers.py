"""Compressed files, zip archives and WARCs: what is in them is read as if it lay beside them, and bombs end early."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
import zstandard
from fastwarc.stream_io import BrotliWriter
from hypothesis import given
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from sayso import readers
from sayso.errors import InputError
from sayso.readers import Read, documents, unpacked, warc
from sayso.readers.given import Given, opening_of

SAID = "Ana Ruiz said the bridge was safe.\n"
LINES = b"".join(json.dumps({"text": f"Bo Li said {i}."}).encode() + b"\n" for i in range(5_000))
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".zst": zstandard.ZstdCompressor(write_checksum=True).compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
}
each_packing = pytest.mark.parametrize("ending", PACKERS)


def piped(data: bytes) -> list[Read | InputError]:
    """What is read when these bytes come on standard input."""
    return list(documents(["-"], stdin=BytesIO(data)))


def texts(found: list[Read | InputError]) -> list[str]:
    return [one.document.text for one in found if isinstance(one, Read)]


def errors(found: list[Read | InputError]) -> list[str]:
    return [str(one) for one in found if isinstance(one, InputError)]


def zipped(members: dict[str, bytes]) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()


def brotli(data: bytes) -> bytes:
    packed = BytesIO()
    writer = BrotliWriter(packed)
    writer.write(data)
    writer.finish()
    writer.close()
    return packed.getvalue()


# Compressed files


@each_packing
def test_a_compressed_file_is_read_as_what_is_in_it(ending: str, tmp_path: Path) -> None:
    plain, packed = tmp_path / "a.txt", tmp_path / f"a.txt{ending}"
    plain.write_text(SAID)
    packed.write_bytes(PACKERS[ending](SAID.encode()))
    bare, inside = documents([str(plain), str(packed)])
    assert isinstance(bare, Read)
    assert isinstance(inside, Read)
    assert (inside.document, inside.place) == (bare.document, str(packed))


@each_packing
def test_members_that_follow_each_other_are_one_file(ending: str) -> None:
    pack = PACKERS[ending]
    whole = pack(SAID.encode()) + pack(b"") + pack(SAID.encode())
    for data in (whole, whole + bytes(8)):
        assert texts(piped(data)) == [SAID * 2]


def test_zstandard_frames_without_a_size_and_skippable_frames() -> None:
    stream = zstandard.ZstdCompressor().compressobj()
    frame = stream.compress(SAID.encode()) + stream.flush()
    skipped = b"\x50\x2a\x4d\x18" + struct.pack("<I", 3) + b"abc"
    assert texts(piped(frame + skipped + frame)) == [SAID * 2]


@each_packing
def test_a_compressed_file_that_is_cut_off_gives_the_lines_before_and_says_where(ending: str) -> None:
    packed = PACKERS[ending](LINES)
    *lines, last = piped(packed[: len(packed) // 2])
    assert isinstance(last, InputError)
    assert f"cut off at byte {len(packed) // 2}; what stands before is read; fetch or pack the file again" in str(last)
    assert texts(lines) == [f"Bo Li said {i}." for i in range(len(lines))]
    assert len(lines) > (1000 if ending == ".gz" else -1)  # the others pack all lines into one block


@each_packing
def test_a_text_that_is_cut_off_is_no_document(ending: str) -> None:
    (found,) = piped(PACKERS[ending](SAID.encode() * 9)[:-3])
    assert "cut off at byte" in str(found)


@each_packing
def test_a_changed_byte_is_told(ending: str) -> None:
    packed = bytearray(PACKERS[ending](LINES))
    packed[-6 if ending == ".gz" else len(packed) // 2] ^= 0xFF
    assert "broken before byte" in errors(piped(bytes(packed)))[-1]


@each_packing
def test_something_else_behind_the_end_is_told(ending: str) -> None:
    packed = PACKERS[ending](LINES)
    found = piped(packed + b"Bo Li said no.")
    assert len(texts(found)) == 5_000
    assert f"followed at byte {len(packed)} by something else" in errors(found)[0]


@pytest.mark.parametrize("text", ["BZh", "BZhou said no. He left.", "BZh91 AY"])
def test_a_text_that_begins_like_bzip2_is_a_text(text: str) -> None:
    assert texts(piped(text.encode())) == [text]


@given(st.sampled_from(sorted(PACKERS)), st.binary(max_size=300), st.data())
def test_any_change_to_a_compressed_file_gives_documents_or_errors(
    ending: str, data: bytes, draw: st.DataObject
) -> None:
    packed = bytearray(PACKERS[ending](b"Ana said: " + data))
    at = draw.draw(st.integers(0, len(packed) - 1))
    packed[at:] = draw.draw(st.binary(max_size=20)) + packed[at + draw.draw(st.integers(0, 20)) :]
    assert all(isinstance(one, Read | InputError) for one in piped(bytes(packed)))


# What is too much


@pytest.fixture
def small_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit that tests reach quickly."""
    monkeypatch.setattr(unpacked, "FREE", 1 << 20)


BOMB = b"Bo Li said no.\n" * 1_000_000


@pytest.mark.usefixtures("small_limit")
@each_packing
def test_a_bomb_ends_early(ending: str) -> None:
    (error,) = errors(piped(PACKERS[ending](BOMB)))
    assert "have come out of" in error
    assert "more than 200 times as much: no text packs so well" in error


@pytest.mark.usefixtures("small_limit")
def test_what_packs_as_text_does_is_no_bomb() -> None:
    lines = b"".join(b'{"text": "Bo Li said %d, and %d."}\n' % (i, i * i) for i in range(60_000))
    assert len(lines) > 2 << 20
    assert len(texts(piped(gzip.compress(lines)))) == 60_000


@pytest.mark.usefixtures("small_limit")
def test_a_bomb_in_an_archive_does_not_stop_the_others() -> None:
    found = piped(zipped({"a.txt": b"Bo Li said no.", "b.txt": BOMB, "c.txt": b"Ana Ruiz said no."}))
    assert texts(found) == ["Bo Li said no.", "Ana Ruiz said no."]
    (error,) = errors(found)
    assert error.startswith("standard input/b.txt: 5 MB have come out of 28 KB, more than 200 times as much")


@pytest.mark.usefixtures("small_limit")
def test_small_bombs_add_up_through_all_levels() -> None:
    inner = zipped({f"{i}.txt": b" " * 900_000 for i in range(9)})
    middle = zipped({f"{i}.zip": inner for i in range(9)})
    found = piped(zipped({f"{i}.zip": middle for i in range(9)}))
    assert sum(map(len, texts(found))) < 3_000_000
    assert len(errors(found)) <= 3
    assert "have come out of" in errors(found)[-1]


def test_archives_too_deep_in_each_other() -> None:
    data = SAID.encode()
    for _ in range(4):
        data = gzip.compress(data)
    assert texts(piped(data)) == [SAID]
    assert errors(piped(gzip.compress(data))) == [
        "standard input: inputs more than 4 deep in each other; unpack them first"
    ]


# Zip archives


def test_the_files_of_a_zip_archive_come_by_name_with_their_places(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    members = {
        "b.txt": b"Two.",
        "a/one.txt": b"One.",
        "lines.jsonl": b'{"text": "Three."}\n7\n',
        "packed.txt.gz": gzip.compress(b"Four."),
        "__MACOSX/a/._one.txt": b"\0\5\x16\7",
        ".hidden/x.txt": b"No.",
        "a/.DS_Store": b"\0\0",
        "empty/": b"",
    }
    path.write_bytes(zipped(members))
    found = list(documents([str(path)]))
    assert [(one.place, one.document.text) for one in found if isinstance(one, Read)] == [
        (f"{path}/a/one.txt", "One."),
        (f"{path}/b.txt", "Two."),
        (f"{path}/lines.jsonl, line 1", "Three."),
        (f"{path}/packed.txt.gz", "Four."),
    ]
    assert [one.split(": ")[0] for one in errors(found)] == [f"{path}/lines.jsonl, line 2"]


def test_an_empty_archive_holds_nothing() -> None:
    assert piped(zipped({})) == []


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("/etc/x.txt", "standard input//etc/x.txt"),
        ("../../x.txt", "standard input/../../x.txt"),
        ("a\nsayso: b", r"standard input/a\nsayso: b"),
        ("\x1b[2Jx.txt", r"standard input/\x1b[2Jx.txt"),
        ("\u202etxt.x", r"standard input/\u202etxt.x"),
        ("'; DROP TABLE documents; --", "standard input/'; DROP TABLE documents; --"),
    ],
)
def test_odd_names_of_members_are_harmless(
    name: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (found,) = piped(zipped({name: SAID.encode()}))
    assert isinstance(found, Read)
    assert found.place == place
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "members",
    [
        {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"},
        {"mimetype": b"application/epub+zip", "book.xhtml": b"<html/>"},
        {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"},
    ],
)
def test_office_documents_are_refused(members: dict[str, bytes]) -> None:
    assert errors(piped(zipped(members))) == [
        "standard input: this looks like an office document (docx, odt, epub); save it as plain text first"
    ]


def flagged(data: bytes, bit: int) -> bytes:
    """A zip archive whose members all have a flag set."""
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(signature)
        while start >= 0:
            data = data[: start + at] + bytes([data[start + at] | bit]) + data[start + at + 1 :]
            start = data.find(signature, start + 4)
    return data


def test_an_encrypted_member_is_told() -> None:
    assert errors(piped(flagged(zipped({"a.txt": SAID.encode()}), 1))) == [
        "standard input/a.txt: encrypted; unpack the archive with its password, and name the file"
    ]


def test_a_broken_member_does_not_stop_the_others() -> None:
    data = bytearray(zipped({"a.txt": SAID.encode() * 20, "b.txt": b"Bo Li said no."}))
    data[50] ^= 0xFF
    found = piped(bytes(data))
    assert texts(found) == ["Bo Li said no."]
    assert errors(found)[0].startswith("standard input/a.txt: broken in the archive (")


@pytest.mark.parametrize("keep", [10, 60, -1, -30])
def test_an_archive_that_is_cut_off_is_told(keep: int) -> None:
    assert (
        "its list of members, which stands at the end, is missing or broken"
        in errors(piped(zipped({"a.txt": SAID.encode(), "b.txt": SAID.encode()})[:keep]))[0]
    )


def overlapping(copies: int) -> bytes:
    """One member's bytes, listed under many names: every one is unpacked from the same place."""
    packed = zipped({"0.txt": SAID.encode()})
    start = packed.index(b"PK\x01\x02")
    end = packed.index(b"PK\x05\x06")
    entry = packed[start:end]
    entries = entry * copies
    last = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, copies, copies, len(entries), start, 0)
    return packed[:start] + entries + last


def test_members_that_overlap_are_refused() -> None:
    assert texts(piped(overlapping(1))) == [SAID]
    assert "members of this archive overlap" in errors(piped(overlapping(500)))[0]


def test_sizes_in_headers_are_not_believed() -> None:
    data = zipped({"a.txt": SAID.encode() * 100})
    size = struct.pack("<L", len(SAID) * 100)
    assert texts(piped(data)) == [SAID * 100]
    assert "broken in the archive" in errors(piped(data.replace(size, struct.pack("<L", 10))))[0]


def test_too_many_members_are_refused_before_they_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers.zipped, "MOST_NAMES", 1_000)
    assert "too many files in one archive" in errors(piped(zipped({f"{i}.txt": b"" for i in range(100)})))[0]


def test_of_a_wacz_the_warcs_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "READERS", tuple(one for one in readers.READERS if one[0] != "Markdown"))
    members = {
        "datapackage.json": b'{"profile": "data-package"}',
        "archive/data.warc.gz": archived(response(b"<p>Ana Ruiz said no.</p>"), gz=True),
        "indexes/index.cdx": b"org,example)/ 2024",
        "pages/pages.jsonl": b'{"format": "json-pages-1.0"}\n',
    }
    (found,) = piped(zipped(members))
    assert found.place == "standard input/archive/data.warc.gz, record 1 (https://example.org/a)"


# WARC

Record = tuple[str, bytes, list[tuple[str, str]] | None, str, dict[str, str]]


def response(
    payload: bytes,
    *headers: tuple[str, str],
    status: str = "200 OK",
    url: str = "https://example.org/a",
    content_type: str = "text/html; charset=utf-8",
    **warc_headers: str,
) -> Record:
    extra = {name.replace("_", "-"): value for name, value in warc_headers.items()}
    return "response", payload, [("Content-Type", content_type), *headers], f"{status}|{url}", extra


def other(kind: str, payload: bytes, content_type: str, url: str = "https://example.org/a") -> Record:
    return kind, payload, None, f"|{url}", {"Content-Type": content_type}


def archived(*records: Record, gz: bool = False) -> bytes:
    out = BytesIO()
    writer = WARCWriter(out, gzip=gz)
    for kind, payload, headers, status_and_url, extra in records:
        status, _, url = status_and_url.partition("|")
        http = StatusAndHeaders(status, headers, protocol="HTTP/1.1") if headers is not None else None
        media_type = extra.get("Content-Type", "")
        # As a resource, warcio does not look into what is put there.
        made = writer.create_warc_record(
            url,
            kind if http else "resource",
            payload=BytesIO(payload),
            http_headers=http,
            warc_content_type=media_type,
            warc_headers_dict={name: value for name, value in extra.items() if name != "Content-Type"},
        )
        made.rec_headers.replace_header("WARC-Type", kind)
        writer.write_record(made)
    return out.getvalue()


def given_(data: bytes, name: str = "a.warc") -> Given:
    stream = BytesIO(data)
    return Given(name, name, opening_of(stream), stream)


def pages(data: bytes) -> list[tuple[Given, bytes] | InputError]:
    """The inputs that the reader finds in a WARC, with their bytes, which must be read before it goes on."""

    def each() -> Iterator[tuple[Given, bytes] | InputError]:
        try:
            for found in warc.read(given_(data)):
                try:
                    yield found if isinstance(found, InputError) else (found, found.whole())
                except InputError as error:
                    yield error
        except InputError as error:
            yield error

    return list(each())


def one_page(*records: Record) -> tuple[Given, bytes]:
    (found,) = pages(archived(*records))
    assert not isinstance(found, InputError), found
    return found


PAGE = "<html><p>“Não”, Ana Ruiz said.</p></html>".encode()


def test_a_response_is_a_page_with_its_url_and_type() -> None:
    page, payload = one_page(response(PAGE))
    assert payload == PAGE
    assert (page.place, page.name) == ("a.warc, record 1 (https://example.org/a)", "")
    assert (page.url, page.media_type, page.charset) == ("https://example.org/a", "text/html", "utf-8")


def chunked(payload: bytes, size: int = 7) -> bytes:
    parts = [payload[i : i + size] for i in range(0, len(payload), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


@pytest.mark.parametrize(
    ("payload", "headers"),
    [
        (chunked(PAGE), [("Transfer-Encoding", "chunked")]),
        (gzip.compress(PAGE, mtime=0), [("Content-Encoding", "gzip")]),
        (gzip.compress(PAGE, mtime=0), [("content-encoding", "X-GZIP")]),
        (chunked(gzip.compress(PAGE, mtime=0)), [("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip")]),
        (brotli(PAGE), [("Content-Encoding", "br")]),
        (zstandard.compress(PAGE), [("Content-Encoding", "zstd")]),
        (zlib.compress(PAGE), [("Content-Encoding", "deflate")]),
        pytest.param(
            PAGE, [("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip")], id="undone by the crawler"
        ),
        (PAGE, [("Content-Encoding", "identity")]),
        (PAGE, [("Content-Length", str(len(PAGE)))]),
    ],
    ids=["chunked", "gzip", "x-gzip", "chunked gzip", "br", "zstd", "deflate", None, "identity", "length"],
)
def test_a_page_is_unpacked(payload: bytes, headers: list[tuple[str, str]]) -> None:
    assert one_page(response(payload, *headers))[1] == PAGE


@pytest.mark.parametrize(
    "record",
    [
        response(b"Not found", status="404 Not Found"),
        response(b"", ("Location", "/b"), status="301 Moved"),
        response(b"%PDF-1.7", content_type="application/pdf"),
        response(b"\x89PNG", content_type="image/png"),
        response(b"{}", content_type="application/json"),
        response(b"User-agent: *", content_type="text/plain"),
        response(b""),
        other("request", b"GET / HTTP/1.1\r\n\r\n", "application/http; msgtype=request"),
        other("metadata", b"a: b", "application/warc-fields"),
        other("warcinfo", b"software: x\r\n", "application/warc-fields"),
        other("response", b"example.org. A 1", "text/dns", "dns:example.org"),
        other("resource", b"\x89PNG", "image/png"),
        other("conversion", b"Ana Ruiz said no.", "text/plain"),
        ("revisit", b"", [("Content-Type", "text/html")], "200 OK|https://example.org/a", {}),
    ],
)
def test_what_holds_no_page_is_passed_over(record: Record) -> None:
    (found,) = pages(archived(record, response(PAGE)))
    assert isinstance(found, tuple)
    assert found[0].place == "a.warc, record 2 (https://example.org/a)"


@pytest.mark.parametrize(("media_type", "payload"), [("text/html", PAGE), ("text/plain", b"Ana Ruiz said no.")])
def test_a_resource_is_read_where_it_is_html_or_text(media_type: str, payload: bytes) -> None:
    page, found = one_page(other("resource", payload, f"{media_type}; charset=UTF-8", "file:///a"))
    assert (found, page.media_type, page.charset, page.url) == (payload, media_type, "UTF-8", "file:///a")


def test_a_page_sent_without_a_type_is_known_by_how_it_opens() -> None:
    payload = b"\n<!DOCTYPE HTML><p>Ana Ruiz said no.</p>"
    record: Record = ("response", payload, [("X", "y")], "200 OK|https://example.org/a", {})
    assert one_page(record)[0].media_type == "text/html"


def test_when_it_was_fetched_is_not_when_it_was_published() -> None:
    assert one_page(response(PAGE))[0].known.published is None


GZIPPED = gzip.compress(PAGE * 9)


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (response(chunked(PAGE)[:-20], ("Transfer-Encoding", "chunked")), "its chunked transfer encoding is broken ("),
        (
            response(b"5\r\nhello\r\nzz\r\n", ("Transfer-Encoding", "chunked")),
            "its chunked transfer encoding is broken (",
        ),
        (response(GZIPPED[:-9], ("Content-Encoding", "gzip")), "the gzip data are cut off at byte"),
        (
            response(GZIPPED[:20] + b"xxxx" + GZIPPED[24:], ("Content-Encoding", "gzip")),
            "the gzip data are broken before byte",
        ),
        (response(brotli(PAGE)[:-9], ("Content-Encoding", "br")), "its Brotli encoding is broken ("),
        (response(b"\1\2", ("Content-Encoding", "gzip")), "its Content-Encoding 'gzip' cannot be undone"),
        (response(b"\1\2", ("Content-Encoding", "a\x1bb")), r"its Content-Encoding 'a\x1bb' cannot be undone"),
        (response(PAGE, ("Content-Length", "999")), f"the page has {len(PAGE)} of the 999 bytes that were sent"),
        (response(PAGE, WARC_Truncated="length"), "the page was cut off when it was archived"),
        (other("response", b"\0\xff nonsense", "application/http; msgtype=response"), "its HTTP headers are broken"),
        (response(PAGE + b"\r\n\r\n" + archived(response(PAGE))), "its Content-Length runs into the next record"),
    ],
)
def test_a_broken_record_is_told_and_the_next_is_read(record: Record, message: str) -> None:
    first, second = pages(archived(record, response(PAGE, url="https://example.org/b")))
    if message:
        assert isinstance(first, InputError)
        assert str(first).startswith(f"a.warc, record 1 (https://example.org/a): {message}")
    assert isinstance(second, tuple)
    assert second[0].url == "https://example.org/b"


@pytest.mark.parametrize("wrong", [b"100", b"400", b"x", b"-5"])
def test_a_record_of_a_wrong_length_is_told_and_a_later_one_is_read(wrong: bytes) -> None:
    record = response(PAGE, ("Content-Length", str(len(PAGE))))
    data = archived(record, response(PAGE, url="https://example.org/b"), response(PAGE, url="https://example.org/c"))
    length = b"Content-Length: " + str(data.index(b"</html>") + 7 - data.index(b"HTTP/1.1")).encode()
    assert length in data
    found = pages(data.replace(length, b"Content-Length: " + wrong, 1))
    assert [str(one) for one in found if isinstance(one, InputError)]
    last = found[-1]
    assert isinstance(last, tuple)
    assert last[0].url == "https://example.org/c"


@pytest.mark.parametrize("gz", [False, True])
def test_an_archive_that_is_cut_off_is_told_and_what_stands_before_is_read(gz: bool) -> None:
    records = [response(PAGE * (i + 1), url=f"https://example.org/{i}") for i in range(4)]
    whole = archived(*records, gz=gz)
    assert len(pages_of(whole)) == 4
    for keep in range(len(archived(*records[:3], gz=gz)) + 4, len(whole) - 8, 7):
        *before, last = pages_of(whole[:keep])
        assert isinstance(last, InputError), keep
        assert ("cut off at byte" if gz else "ends in the middle of record 4") in str(last)
        assert len(before) == 3


def pages_of(data: bytes) -> list[tuple[Given, bytes] | InputError]:
    """The pages of a WARC that may be compressed."""
    if not data.startswith(b"\x1f\x8b"):
        return pages(data)
    (inner,) = readers.compressed.read(given_(data, "a.warc.gz"))
    found: list[tuple[Given, bytes] | InputError] = []
    try:
        for one in warc.read(inner):
            found.append(one if isinstance(one, InputError) else (one, one.whole()))  # noqa: PERF401
    except InputError as error:
        found.append(error)
    return found


def test_a_length_that_only_the_header_claims_claims_no_memory() -> None:
    data = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 99999999999999\r\n\r\nHTTP/1.1 200 OK\r\n\r\n<p>"
    (found,) = pages(data)
    assert str(found).startswith("a.warc: the archive ends in the middle of record 1")


@pytest.mark.usefixtures("small_limit")
@pytest.mark.parametrize(
    ("packed", "encoding"),
    [(gzip.compress(BOMB), "gzip"), (brotli(BOMB), "br"), (zstandard.compress(BOMB), "zstd")],
    ids=["gzip", "br", "zstd"],
)
def test_a_page_that_is_a_bomb_ends_early(packed: bytes, encoding: str) -> None:
    first, second = pages(archived(response(packed, ("Content-Encoding", encoding)), response(PAGE)))
    assert "no text packs so well" in str(first)
    assert isinstance(second, tuple)


@given(st.binary(max_size=60), st.integers(0, 900), st.integers(0, 30))
def test_any_change_to_a_warc_gives_pages_or_errors(put: bytes, at: int, out: int) -> None:
    data = archived(response(PAGE), other("resource", b"Yes.", "text/plain"), response(PAGE))
    for found in piped(data[:at] + put + data[at + out :]):
        assert isinstance(found, Read | InputError)
