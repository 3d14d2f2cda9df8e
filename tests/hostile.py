"""Hostile inputs, made here: bombs, broken archives, deep nesting, odd names, terminal escapes.

Run as a program, it reads one group of them in a process of its own, with its memory bounded and everything that it
opens, starts or connects to watched, and prints a line of JSON for each: python tests/hostile.py GROUP FOLDER.
"""

from __future__ import annotations

import base64
import bz2
import gzip
import json
import lzma
import os
import random
import resource
import signal
import socket
import struct
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from types import FrameType

import zstandard

from sayso.cli.visible import visible
from sayso.errors import InputError
from sayso.export.jsonl import reading_to_json
from sayso.model import Attribution, Document, Reading, Span

MOST_MEMORY = 2 << 30  # bytes of address space
PATIENCE = 20  # seconds of processor time for one input
HANGING = 120  # seconds after which it waits for something that will not come
LOOKED_AT = 50  # documents of one input whose print is looked at: laying them out takes long
SECRET = "Edda Nilsen keeps the key under the mat."  # in a file that nobody named
MARKER = "the key under the mat"

SAID = b"Ana Ruiz said the bridge was safe.\n"
Case = tuple[str, bytes]  # a file's name and what is in it

# What people put into names and titles.
ODD_NAMES = (
    "'; DROP TABLE documents; --",
    '" OR 1=1 --',
    "Robert'); DELETE FROM sources;--",
    "\x1b[2J\x1b[1;1Hsayso: all is well",
    "\x1b]0;owned\x07",
    "\x1b]8;;http://example.org\x1b\\click\x1b]8;;\x1b\\",
    "\x9b31mred",
    "\x90q\x9c",
    "a\rb",
    "a\nsayso: b",
    "\u202egpj.exe",
    "\u2066a\u2069\u200f",
    "\u2028\u2029",
    "\x08\x08\x08",
    "\x7f\x7f",
    "<script>alert(1)</script>",
    "=HYPERLINK(1)",
    "{{7*7}}${7*7}%s%n",
    "../../../../etc/passwd",
    "C:\\windows\\x",
    "[bold]x[/bold]",
    ":smile:",
    "e\u0301" * 200,
    "\U0001f309" * 50,
    "\ufeff\u200b",
)

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": lambda data: gzip.compress(data, 6),
    "zst": zstandard.ZstdCompressor(level=3).compress,
    "bz2": lambda data: bz2.compress(data, 1),
    "xz": lambda data: lzma.compress(data, preset=0),
}


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data, compress_type=method)
    return packed.getvalue()


def cut(name: str, data: bytes, times: int) -> Iterator[Case]:
    """The same file, cut off here and there."""
    for i in range(1, times + 1):
        at = len(data) * i // (times + 1)
        yield f"cut-{at}-{name}", data[:at]


def changed(name: str, data: bytes, times: int) -> Iterator[Case]:
    """The same file, with some of its bytes changed."""
    chance = random.Random(len(data))
    for i in range(times):
        broken = bytearray(data)
        for _ in range(3):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        yield f"changed-{i}-{name}", bytes(broken)


def compressed() -> Iterator[Case]:
    """Compressed files."""
    lines = b"".join(json.dumps({"text": f"Bo Li said {i}, {i * i}."}).encode() + b"\n" for i in range(3_000))
    for ending, pack in PACKERS.items():
        packed = pack(lines)
        yield from cut(f"a.jsonl.{ending}", packed, 4)
        yield from changed(f"a.jsonl.{ending}", packed, 3)
        yield f"only-the-signature.{ending}", packed[:6]
        yield f"followed.{ending}", packed + b"and more"
        yield f"empty.{ending}", pack(b"") * 50
        deep = SAID
        for _ in range(30):
            deep = pack(deep)
        yield f"deep.txt.{ending}", deep
        part = pack(bytes(1 << 24))
        yield f"zeros.txt.{ending}", part * 40
        yield f"lines.jsonl.{ending}", pack((b'{"text": "' + b"Bo Li said no. " * 10_000 + b'"}\n') * 100) * 10
        yield f"one-line.csv.{ending}", pack(b"text,title\n") + pack(b"a" * (1 << 24)) * 40
    inside = gzip.compress(gzip.compress(bytes(1 << 24)) * 2_000)
    yield "bomb-in-a-bomb.txt.gz.gz", inside
    yield "window.zst", b"\x28\xb5\x2f\xfd\x00\xf8" + bytes(20)
    yield "endless-name.gz", b"\x1f\x8b\x08\x08" + bytes(6) + b"a" * (1 << 20)


def overlapping(copies: int) -> bytes:
    """One member's bytes listed many times."""
    packed = zipped(("0.txt", bytes(1 << 24)))
    start, end = packed.index(b"PK\x01\x02"), packed.index(b"PK\x05\x06")
    entries = packed[start:end] * copies
    last = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, copies, copies, len(entries), start, 0)
    return packed[:start] + entries + last


def zips() -> Iterator[Case]:
    """Zip archives."""
    whole = zipped(*((f"{i}.txt", SAID * 9) for i in range(5)))
    yield from cut("a.zip", whole, 8)
    yield from changed("a.zip", whole, 16)
    yield "overlapping.zip", overlapping(60_000)
    zeros = bytes(1 << 24)
    for method in (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        yield f"bomb-{method}.zip", zipped(("a.txt", zeros * 6), ("b.txt", SAID), method=method)
    nested = zipped(*((f"{i}.txt", zeros) for i in range(4)))
    for _ in range(6):
        nested = zipped(*((f"{i}.zip", nested) for i in range(8)))
    yield "nested.zip", nested
    deep = zipped(("a.txt", SAID))
    for _ in range(40):
        deep = zipped(("a.zip", deep))
    yield "deep.zip", deep
    yield "many.zip", zipped(*((f"{i}", b"") for i in range(3_000)))
    yield "same.zip", zipped(*(("a.txt", SAID) for _ in range(20)))
    yield (
        "encrypted.zip",
        whole.replace(b"PK\x03\x04\x14\x00\x00", b"PK\x03\x04\x14\x00\x01").replace(
            b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"
        ),
    )
    yield "small-claim.zip", whole.replace(struct.pack("<L", len(SAID) * 9), struct.pack("<L", 3))
    yield "large-claim.zip", whole.replace(struct.pack("<L", len(SAID) * 9), struct.pack("<L", 0xFFFFFFF0))
    yield "unknown-method.zip", whole.replace(b"\x14\x00\x00\x00\x08\x00", b"\x14\x00\x00\x00\x63\x00")
    yield "odd-date.zip", whole.replace(b"\x00\x00\x21\x00", b"\xff\xff\xff\xff")
    yield "list-far-away.zip", whole[:-6] + b"\xff\xff\xff\x7f" + whole[-2:]
    yield "many-claimed.zip", whole[:-14] + b"\xff\xff\xff\xff" + whole[-10:]
    yield "long-comment.zip", whole[:-2] + b"\xff\xff" + b"PK\x05\x06" * 100
    yield "empty.zip", zipped()
    yield "only-hidden.zip", zipped(("__MACOSX/._a.txt", b"\0\5"), (".a.txt", SAID))
    yield "a.docx", zipped(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>"))
    yield "a.epub", zipped(("mimetype", b"application/epub+zip"))
    yield "no-warcs.wacz", zipped(("datapackage.json", b"{}"), ("pages/pages.jsonl", b'{"text": "No."}\n'))
    yield "broken.wacz", zipped(("datapackage.json", b"\xff"), ("archive/a.warc.gz", b"\x1f\x8b\x08"))
    for number, name in enumerate(ODD_NAMES):
        yield f"name-{number}.zip", zipped((name, SAID), (f"{name}/x.jsonl", b"{\n"))
    yield "nul-name.zip", zipped(("ab.txt", SAID)).replace(b"ab.txt", b"a\0.txt")
    yield "undecodable-name.zip", zipped(("ü.txt", SAID)).replace("ü".encode(), b"\xff\xfe")
    yield "folders.zip", zipped(("/".join("a" * 30_000), SAID))


def record(
    kind: str, block: bytes, url: str, content_type: str = "application/http", length: int | None = None
) -> bytes:
    """One WARC record, with a length of its own telling if asked for."""
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nContent-Type: {content_type}\r\n"
    size = len(block) if length is None else length
    return head.encode(errors="surrogateescape") + b"Content-Length: %d\r\n\r\n%s\r\n\r\n" % (size, block)


def answer(payload: bytes, *headers: str) -> bytes:
    """An HTTP answer."""
    return "\r\n".join(("HTTP/1.1 200 OK", "Content-Type: text/html", *headers, "", "")).encode("latin-1") + payload


def warcs() -> Iterator[Case]:
    """Web archives."""
    url = "https://example.org/a"
    page = answer(b"<p>" + SAID + b"</p>")
    whole = b"".join(record("response", page, f"{url}{i}") for i in range(4))
    packed = b"".join(gzip.compress(record("response", page, f"{url}{i}")) for i in range(4))
    yield from cut("a.warc", whole, 8)
    yield from cut("a.warc.gz", packed, 8)
    yield from changed("a.warc", whole, 12)
    yield from changed("a.warc.gz", packed, 6)
    for length in (0, 1, 60, len(page) - 5, len(page) + 5, 10**6, 2**31, 2**63, 10**30, -1):
        yield f"length-{length}.warc", record("response", page, url, length=length) + whole
    yield "long-header.warc", b"WARC/1.0\r\nX: " + b"a" * (1 << 25)
    yield "many-headers.warc", b"WARC/1.0\r\n" + b"X: a\r\n" * 500_000
    yield "long-http-header.warc", record("response", answer(b"x", "X: " + "a" * (1 << 22)), url) + whole
    yield "no-records.warc", b"WARC/1.0\r\n\r\n" * 5_000
    yield "garbage-between.warc", whole + bytes(range(256)) * 1_000 + whole
    yield "line-feeds.warc", whole.replace(b"\r\n", b"\n")
    yield "empty-records.warc", record("response", b"", url) * 3_000
    zeros = bytes(1 << 24)
    for encoding, pack in (("gzip", PACKERS["gz"]), ("zstd", PACKERS["zst"])):
        bomb = answer(pack(zeros) * 40, f"Content-Encoding: {encoding}")
        yield f"bomb-{encoding}.warc", record("response", bomb, url) + whole
    for encoding in ("gzip", "br", "deflate", "zstd", "exe", "gzip, gzip", "\x1b[2J"):
        yield (
            f"encoding-{len(encoding)}-{encoding[0]}.warc".replace("\x1b", "e"),
            record("response", answer(b"\x1f\x8b\x78\xff" * 9, f"Content-Encoding: {encoding}"), url),
        )
    for number, chunks in enumerate(
        (b"ffffffffffffffff\r\nx", b"5\r\nx", b"-1\r\nx", b"5;" + b"a" * 99_999, b"0\r\n\r\n")
    ):
        yield f"chunks-{number}.warc", record("response", answer(chunks, "Transfer-Encoding: chunked"), url) + whole
    for number, name in enumerate(ODD_NAMES):
        if "\n" not in name and "\r" not in name:
            yield f"url-{number}.warc", record("response", b"broken", f"https://example.org/{name}")
    yield "charset.warc", record("resource", b"caf\xe9 \x81", url, "text/plain; charset=hex")


def texts() -> Iterator[Case]:
    """Plain text, whole or not."""
    yield "empty.txt", b""
    for name, mark in {"8": b"\xef\xbb\xbf", "16le": b"\xff\xfe", "16be": b"\xfe\xff", "32le": b"\xff\xfe\0\0"}.items():
        yield f"mark-{name}.txt", mark
        yield f"mark-twice-{name}.txt", mark * 2
        yield f"mark-odd-{name}.txt", mark + b"a\0\xd8"
    for encoding in ("utf-16-le", "utf-32-be", "utf-7", "shift-jis", "cp037", "koi8-r", "gb18030", "hz"):
        yield f"in-{encoding}.txt", ("Анна сказала, 橋は安全. " * 20).encode(encoding, errors="ignore")
    yield "surrogates.txt", SAID + b"\xed\xa0\x80\xed\xbf\xbf"
    yield "overlong.txt", b"\xc0\xaf\xc0\x80\xf8\x88\x80\x80\x80" + SAID
    yield "beyond.txt", "“a”".encode() * 9 + b"\xf4\x90\x80\x80"
    yield "nuls.txt", b"\0" * 10_000
    yield "few-nuls.txt", SAID + b"\0\0" + SAID
    yield "controls.txt", bytes(range(32)) + SAID * 30
    yield "line-100.txt", b"Bo Li said no. " * 7_000_000
    yield "line-300.txt", b"a" * (300 << 20)
    yield "marks-on-a-letter.txt", ("a" + "\u0301" * 100_000).encode()
    yield "returns.txt", b"\r" * 1_000_000
    for number, name in enumerate(ODD_NAMES):
        yield f"words-{number}.txt", name.encode() + b"\n" + SAID + name.encode()


def jsons() -> Iterator[Case]:
    """JSON Lines, Readings and what looks like them."""
    yield "deep-lists.jsonl", b"[" * 1_000_000
    yield "deep-objects.jsonl", b'{"text":' * 500_000
    yield "deep-inside.jsonl", b'{"text": "a", "x": ' + b"[" * 500_000 + b"]" * 500_000 + b"}\n"
    yield "deep.txt", b"[" * 500_000 + b"]" * 500_000
    yield "digits.jsonl", b'{"text": ' + b"9" * 1_000_000 + b"}"
    yield "exponent.jsonl", b'{"text": "a", "id": 1e999999999}'
    yield "keys.jsonl", b"{" + b",".join(b'"k%d": 1' % i for i in range(300_000)) + b', "text": "a"}'
    yield "same-keys.jsonl", b'{"text": "a", "text": 7, "text": "b"}'
    yield "surrogate.jsonl", b'{"text": "\\ud800"}\n{"text": "a", "title": "\\udfff"}\n{"body": "\\ud83c"}'
    yield "nul.jsonl", b'{"text": "a\\u0000b", "title": "\\u0000"}\n{"text": "\0"}'
    yield "line-100.jsonl", b'{"text": "' + b"Bo Li said no. " * 7_000_000 + b'"}'
    yield "unended.jsonl", b'{"text": "' + b"a" * (20 << 20)
    yield "array.json", b"[" + b'{"text": "a"},' * 100_000 + b'{"text": "b"}]'
    yield "latin.jsonl", b'{"text": "caf\xe9"}'
    yield "utf16.jsonl", '{"text": "a"}'.encode("utf-16")
    for number, name in enumerate(ODD_NAMES):
        fields = ("id", "title", "publisher", "published", "byline", "credit", "dateline", "url", "language")
        yield f"fields-{number}.jsonl", json.dumps({"text": f"{name}\n", **dict.fromkeys(fields, name)}).encode()
        yield f"kind-{number}.jsonl", json.dumps({"text": "a", "kind": name}).encode()
    reading = Reading(
        Document("d", "Ana said no."), (Attribution("d:4-8", Span(0, 3), Span(4, 8), (Span(9, 11),), 0.5),)
    )
    line = reading_to_json(reading)
    yield from cut("readings.jsonl", line, 6)
    yield from changed("readings.jsonl", line, 12)
    for number in (-1, 10**9, 2**63, 10**30):
        yield f"reading-start-{number}.jsonl", line.replace(b'"start":4', b'"start":%d' % number)
    yield "reading-long.jsonl", line.replace(b"Ana", b"A" * 1_000_000)
    yield "reading-escape.jsonl", line.replace(b"Ana", b"\\u001b[2J")
    yield "reading-deep.jsonl", line.replace(b'"problems":[', b'"problems":' + b"[" * 100_000)


def tables() -> Iterator[Case]:
    """Tables and Markdown."""
    yield "unclosed.csv", b'text,title\n"' + b"a,b\n" * 3_000_000
    yield "quotes.csv", b"text,title\n" + b'"' * 3_000_001
    yield "columns.csv", b"text," + b"a," * 200_000 + b"\n" + b"b," * 200_000
    yield "no-name.csv", b"," * 100_000
    yield "delimiters.csv", b"text,title\n" + b"," * 5_000_000
    yield "ragged.csv", b"text,title\n" + b"".join(b"a," * (i % 7) + b"\n" for i in range(2_000))
    yield "returns.csv", b"text,title\ra,b\r" * 1_000
    yield "nuls.csv", b"text,title\n\0,\0\0\n" + b"\0" * 1_000
    yield "latin.csv", b"text,title\ncaf\xe9,\x81\n"
    yield "utf16.csv", "text,title\na,b\n".encode("utf-16")
    yield "utf16-odd.csv", b"\xff\xfet\0e\0x\0t\0,\0a\0\n\0\0\xd8"
    yield "wide.csv", b"text,title\n" + b"Bo Li said no. " * 500_000 + b",a\n"
    yield "same-names.csv", b"text,text,title,title\na,b,c,d\n"
    for number, name in enumerate(ODD_NAMES):
        cell = '"' + name.replace('"', '""') + '"'
        yield f"cells-{number}.csv", f"title,text,url,id\n{cell},{cell},{cell},{cell}\n{cell}\n".encode()
        yield f"header-{number}.csv", f"{cell},a\n{cell},b\n".encode()
        yield f"front-{number}.md", f"---\ntitle: {name}\nauthor: {name}\n---\n# {name}\n{name}".encode()
    yield "front-long.md", b"---\n" + b"title: a\n" * 100_000 + b"---\n"
    yield "front-unended.md", b"---\n" + b"--- \n---\t\n----\n" * 50_000
    yield "front-spaces.md", b"---\ntitle" + b" " * 2_000_000 + b"x\n---\n"
    yield "heading-spaces.md", b"# " + b" #" * 2_000_000 + b"x"
    yield "heading-blanks.md", b"#" + b" " * 5_000_000
    yield "fences.md", b"```\n" * 100_001 + b"# a"


def web(folder: Path) -> Iterator[Case]:
    """HTML, feeds, NewsML and mail, as bytes: whoever reads them must keep the same promises."""
    secret = (folder / "secret").as_uri()
    yield "line-100.html", b"<html><body><p>" + b"Bo Li said no. " * 7_000_000
    for tag in (
        b"<div>",
        b"<b>",
        b"<table><tr><td>",
        b"<ul><li>",
        b"<svg><g>",
        b"<!--",
        b"<![CDATA[",
        b"<script>",
        b"<a b=",
    ):
        yield (
            f"deep-{tag.decode('ascii').strip('<>![').replace('><', '-')}.html".replace("=", ""),
            (b"<html><body>" + tag * 30_000 + SAID),
        )
    yield "attributes.html", b"<html><body " + b"a='b' " * 200_000 + b"><p>" + SAID
    yield "entities.html", b"<html><body><p>" + b"&lt;&#0;&#xd800;&#x110000;&#27;[2J" * 2_000
    yield "charset.html", b"<html><meta charset='hex'><body><p>caf\xe9 " + SAID
    yield "charsets.html", b"\xff\xfe<html><meta charset=utf-7><body><p>+ADw-script+AD4-" + SAID
    yield "json-ld.html", b"<html><script type='application/ld+json'>" + b'{"a":[' * 100_000 + b"</script><p>" + SAID
    for number, name in enumerate(ODD_NAMES):
        written = name.replace("&", "&amp;").replace("<", "&lt;")
        head = f"<title>{written}</title><meta property='og:title' content='{written.replace(chr(39), '&#39;')}'>"
        ld = json.dumps({"@type": "NewsArticle", "headline": name, "author": name, "datePublished": name})
        page = f"<html><head>{head}<script type='application/ld+json'>{ld}</script></head><body><p>{written}</p>"
        yield f"title-{number}.html", page.encode() + b"<p>" + SAID * 9
        mail = f"From: {name} <a@example.org>\nSubject: {name}\nDate: {name}\nMessage-ID: <{name}>\n\n{name}\n"
        yield f"headers-{number}.eml", mail.encode()
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    for name, (start, end) in {
        "rss": ("<rss version='2.0'><channel><title>", "</title><item><title>a</title></item></channel></rss>"),
        "atom": ("<feed xmlns='http://www.w3.org/2005/Atom'><title>", "</title><entry><title>a</title></entry></feed>"),
        "newsml": ("<newsItem xmlns='http://iptc.org/std/nar/2006-10-01/'><itemMeta>", "</itemMeta></newsItem>"),
        "html": ("<html xmlns='http://www.w3.org/1999/xhtml'><body><p>", "</p></body></html>"),
    }.items():
        kind = "<?xml version='1.0'?>"
        yield f"laughs-{name}.xml", f"{kind}<!DOCTYPE x [<!ENTITY l0 'ha'>{laughs}]>{start}&l9;{end}".encode()
        yield (
            f"quadratic-{name}.xml",
            f"{kind}<!DOCTYPE x [<!ENTITY a '{'a' * 50_000}'>]>{start}{'&a;' * 50_000}{end}".encode(),
        )
        yield f"file-{name}.xml", f"{kind}<!DOCTYPE x [<!ENTITY e SYSTEM '{secret}'>]>{start}&e;{end}".encode()
        yield f"net-{name}.xml", f"{kind}<!DOCTYPE x SYSTEM 'http://127.0.0.1:9/x.dtd'>{start}a{end}".encode()
        yield (
            f"parameter-{name}.xml",
            (f"{kind}<!DOCTYPE x [<!ENTITY % e SYSTEM '{secret}'> %e;]>{start}a{end}".encode()),
        )
        yield (
            f"xinclude-{name}.xml",
            (f"{kind}{start}<i:include xmlns:i='http://www.w3.org/2001/XInclude' href='{secret}'/>{end}".encode()),
        )
        yield f"stylesheet-{name}.xml", f"{kind}<?xml-stylesheet href='{secret}'?>{start}a{end}".encode()
        yield f"deep-{name}.xml", f"{kind}{start}{'<a>' * 100_000}".encode()
        yield f"cut-{name}.xml", f"{kind}{start}a{end}".encode()[:-20]
        yield f"encoding-{name}.xml", f"<?xml version='1.0' encoding='hex'?>{start}a{end}".encode()
    yield from mails()


def mails() -> Iterator[Case]:
    """Mail with broken MIME."""
    head = "From: Bo Li <bo@example.org>\nTo: ana@example.org\nSubject: Bridge\nMIME-Version: 1.0\n"
    for name, rest in {
        "no-boundary": "Content-Type: multipart/mixed\n\nYes.",
        "empty-boundary": 'Content-Type: multipart/mixed; boundary=""\n\n--\n\nYes.\n----',
        "unended": "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nYes.",
        "self": "Content-Type: multipart/mixed; boundary=b\n\n"
        + "--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 500,
        "base64": "Content-Transfer-Encoding: base64\n\n====!!!!" + "QUJD" * 9 + "=",
        "quoted": "Content-Transfer-Encoding: quoted-printable\n\n=\n=ZZ=1B=5B2J=00=ED=A0=80",
        "uuencode": "Content-Transfer-Encoding: x-uuencode\n\nbegin 644 ../../x\n" + "M" * 70 + "\nend",
        "charset": "Content-Type: text/plain; charset=hex\n\nzz",
        "charset-utf16": "Content-Type: text/plain; charset=utf-16\n\nodd",
        "charset-odd": 'Content-Type: text/plain; charset="\x1b[2J"\n\nYes.',
        "encoded-words": "X: " + "=?utf-8?b?w6k=?= " * 5_000 + "\n\nYes.",
        "broken-words": "Subject: =?utf-8?b?/////w==?= =?hex?q?zz?= =?x?z?y?=\n\nYes.",
        "long-header": "X: " + "a" * 2_000_000 + "\n\nYes.",
        "many-headers": "X: a\n" * 50_000 + "\nYes.",
        "references": "References: " + "<a@example.org> " * 50_000 + "\n\nYes.",
        "addresses": "Cc: " + "a" * 5_000 + "<" * 5_000 + "\n\nYes.",
        "comments": "Date: " + "(" * 10_000 + "\n\nYes.",
        "parameters": "Content-Type: text/plain; " + "".join(f"a*{i}*=b; " for i in range(3_000)) + "\n\nYes.",
        "attachment": "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n"
        'Content-Disposition: attachment; filename="../../\x1b[2J.txt"\n\nYes.\n--b--',
        "zip-inside": "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/zip\n"
        "Content-Disposition: attachment; filename=a.zip\nContent-Transfer-Encoding: base64\n\n"
        + base64.b64encode(zipped(("a.txt", bytes(1 << 22)))).decode()
        + "\n--b--",
        "messages": "Content-Type: message/rfc822\n\n" * 300,
        "quotes": "\n" + "> " * 100_000 + "\n" + ">" * 100_000,
        "signature": "\n-- \n" * 50_000,
    }.items():
        yield f"{name}.eml", (head + rest).encode(errors="surrogateescape")
    yield "many.mbox", b"From bo@example.org Fri May 31 00:00:00 2024\nSubject: a\n\nYes.\n\n" * 3_000
    yield "froms.mbox", b"From \n" * 50_000
    yield "nuls.eml", head.encode() + b"X: \0\0\n\n\0\xff\xfe"


def paths(folder: Path) -> Iterator[str]:
    """Names of what is no file, or no ordinary one."""
    os.mkfifo(folder / "pipe")
    (folder / "a.txt").mkdir()
    (folder / "loop").symlink_to("loop")
    (folder / "round").mkdir()
    (folder / "round" / "again").symlink_to(folder / "round")
    (folder / "dangling").symlink_to("nowhere")
    (folder / "endless").symlink_to("/dev/zero")
    (folder / "to-the-pipe").symlink_to("pipe")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(folder / "socket"))
    closed = folder / "closed.txt"
    closed.write_bytes(SAID)
    closed.chmod(0)
    for name in ("pipe", "a.txt", "loop", "round", "dangling", "endless", "to-the-pipe", "socket", "closed.txt"):
        yield str(folder / name)
    yield from ("/dev/zero", "/dev/full", "/dev/random", "/dev/tty", "/dev/fd/99", "/proc/self/mem", "", " ")
    yield from ("a\0b", "a" * 5_000, "/".join("a" * 5_000), "\udcff\udcfe", "[", "**[", "?" * 50, "~nobody", "-x")
    yield from ("file:///etc/passwd", "/etc/shadow/x", "a\x1b[2J", str(folder / "nothing*"))
    for number, name in enumerate(ODD_NAMES):
        path = folder / (name.replace("/", "_")[:60] + f"-{number}")
        path.write_bytes(b"{\n")
        yield str(path)
    undecodable = os.fsdecode(os.fsencode(folder) + b"/\xff\xfe\x1b.jsonl")
    Path(undecodable).write_bytes(b'{"text": 7}\n{"text": "Yes."}\n')
    yield undecodable
    yield str(folder)


GROUPS: dict[str, Callable[[Path], Iterator[Case]]] = {
    "compressed": lambda _: compressed(),
    "zips": lambda _: zips(),
    "warcs": lambda _: warcs(),
    "texts": lambda _: texts(),
    "jsons": lambda _: jsons(),
    "tables": lambda _: tables(),
    "web": web,
}


def main(group: str, folder: Path) -> None:
    """Read each input of a group and print what came of it, a line of JSON each."""
    (folder / "secret").write_text(SECRET)
    inside = folder / "inputs"
    inside.mkdir()
    os.chdir(inside)
    forbidden: list[str] = []
    _load()
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    signal.signal(signal.SIGPROF, _too_long)
    signal.signal(signal.SIGALRM, _too_long)
    watching = [False]
    sys.addaudithook(lambda event, arguments: _watch(event, arguments, forbidden) if watching[0] else None)
    for path in _written(GROUPS[group](folder), inside) if group in GROUPS else paths(inside):
        forbidden.clear()
        watching[0] = True
        started = time.process_time()
        try:
            signal.setitimer(signal.ITIMER_PROF, PATIENCE)
            signal.alarm(HANGING)
            broken = list(broken_promises(path))
        except BaseException as error:
            broken = [f"{type(error).__name__}: {str(error)[:300]}"]
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.alarm(0)
            watching[0] = False
        seconds = round(time.process_time() - started, 2)
        print(json.dumps({"path": repr(path)[:200], "seconds": seconds, "broken": broken + forbidden}), flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(json.dumps({"peak": peak}), flush=True)


def _load() -> None:
    """Import what is imported late, so that the watch sees what inputs open and nothing else."""
    import sayso.readers
    from sayso.cli.show import article

    article(Reading(Document("d", "Yes.")), sayso.readers.__name__, width=80, colour=True)


def _written(cases: Iterator[Case], folder: Path) -> Iterator[str]:
    for name, data in cases:
        path = folder / name
        path.write_bytes(data)
        del data
        yield str(path)
        path.unlink()


class TooLong(BaseException):
    """Reading did not end: no part of what reads may take it for an error of its own."""


def _too_long(signal: int, frame: FrameType | None) -> None:  # noqa: ARG001
    raise TooLong(f"longer than {PATIENCE} seconds of work, or {HANGING} of waiting")


def _watch(event: str, arguments: tuple[object, ...], forbidden: list[str]) -> None:
    """Note what no input may bring about: a program started, a connection, a file written or one that nobody named."""
    writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    secret = event == "open" and str(arguments[0]).endswith("/secret")
    if (
        event in ("os.system", "os.exec", "subprocess.Popen", "socket.connect", "socket.getaddrinfo")
        or writes
        or secret
    ):
        forbidden.append(f"{event} {str(arguments)[:200]}")


def broken_promises(path: str) -> Iterator[str]:
    """What does not hold of the documents and errors that an input gives."""
    from sayso.readers import Read, documents

    place = os.fsencode(path).decode(errors="backslashreplace")
    for number, found in enumerate(documents([path])):
        if isinstance(found, InputError):
            if not found.message:
                yield "an error without a message"
            yield from _broken_on_screen(str(found))
        elif isinstance(found, Read):
            yield from _broken_in(found.document)
            if number < LOOKED_AT and len(found.document.text) < 100 * LOOKED_AT:
                yield from _broken_on_screen(_printed(found.document, found.problems, found.place))
        else:
            yield f"neither a document nor an error: {type(found)}"
            continue
        if not found.place.startswith(place):
            yield f"its place is {found.place[:200]!r}"


def _broken_in(document: Document) -> Iterator[str]:
    try:
        reading_to_json(Reading(document))
    except UnicodeEncodeError:
        yield "a lone surrogate"
    if MARKER in document.text or MARKER in str(document.title):
        yield "a file was read that nobody named"
    if document.title_span and document.title_span.of(document.text) != (document.title or "").strip():
        yield "the title does not stand at its span"


def _printed(document: Document, problems: tuple[str, ...], place: str) -> str:
    """What `sayso read` prints, without colour, of a document in which nothing is attributed."""
    from sayso.cli.show import article

    return article(Reading(document, problems=problems), place, width=80, colour=False)


def _broken_on_screen(text: str) -> Iterator[str]:
    """Characters that would steer the terminal, in what is printed."""
    shown = visible(text)
    steering = {c for c in shown if (c < " " and c not in "\n\t") or "\x7f" <= c < "\xa0" or c in _STEERING}
    if steering:
        yield f"{steering} on the screen"


_STEERING = {chr(c) for c in (0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))}

if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
