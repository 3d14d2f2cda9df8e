"""A mail's parts (MIME): its body as lines of text, what is attached, and what was wrong with either.

The standard library reads the headers; parts are cut apart here, because its parser takes memory and time without
bound on a mail that was made to cost them. Whatever the mail, one pass over its bytes is made for each level.
"""

from __future__ import annotations

import binascii
import codecs
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32

from sayso.readers.characters import without_surrogates
from sayso.readers.lines import MOST_LINES, Line
from sayso.readers.mail_headers import header_text
from sayso.readers.mail_markup import lines_of_mail

MOST_HEADERS = 1 << 20  # bytes of the headers of one part
MOST_BODY = 1 << 21  # characters of one part of the body
DEEPEST_PART = 20
MOST_PARTS = 1000

_HEADER_LINE = re.compile(rb"(?:[!-9;-~]+[ \t]*:|[ \t]|>?From )[^\n]*(?:\n|\Z)")
_LIKE_A_BOUNDARY = re.compile(rb"\n--(?P<boundary>[!-~]{1,100})\r?\n(?=Content-)", re.IGNORECASE)
_NO_ALPHABET = re.compile(rb"[^A-Za-z0-9+/]+")
# Charsets that are Python's own or need time with the square of the text, and those that mean more than they say.
_NO_CHARSETS = frozenset(("idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"))
_WIDER = {
    "ascii": "utf-8",
    "iso8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
}
_MESSAGES = ("message/rfc822", "message/global", "message/news")
_SILENT = (
    "application/pgp-signature",
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "message/delivery-status",
    "message/disposition-notification",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "text/calendar",
)
_ENCRYPTED = ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime")
_READ = ("text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown", "text/x-markdown")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a mail: its headers, its bytes as they stand, and the parts in it."""

    headers: Message
    media_type: str
    data: memoryview
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A text, a page or a mail inside a mail, decoded; `charset` is what its header says, for a page."""

    name: str
    media_type: str
    data: bytes
    charset: str | None = None


@dataclass(slots=True)
class Content:
    """What was found in a mail's parts."""

    lines: list[Line] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    not_read: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def parsed(data: bytes) -> tuple[Part, list[str]]:
    """A mail's headers and parts, and what was wrong with its structure."""
    problems: list[str] = []
    budget = [MOST_PARTS]
    part = _part(memoryview(data), "text/plain", 0, budget, problems)
    if not budget[0]:
        problems.append(f"more than {MOST_PARTS} parts: the rest was not read")
    return part, list(dict.fromkeys(problems))


def content_of(mail: Part) -> Content:
    """A mail's body, plain text before HTML, and its attachments that are text, HTML or mail."""
    content = Content()
    _collect(mail, content, whole=True)
    return content


# Structure


def _part(data: memoryview, default_type: str, depth: int, budget: list[int], problems: list[str]) -> Part:
    headers, body = _opened(data, problems)
    media_type = headers.get_content_type() if headers["content-type"] else default_type
    if not media_type.startswith("multipart/"):
        return Part(headers, media_type, body)
    if depth >= DEEPEST_PART:
        problems.append(f"parts more than {DEEPEST_PART} deep in each other: the innermost were not read")
        return Part(headers, media_type, body[:0])
    inner = "message/rfc822" if media_type == "multipart/digest" else "text/plain"
    parts = []
    for piece in _cut(headers, body, problems):
        if not budget[0]:
            break
        budget[0] -= 1
        parts.append(_part(piece, inner, depth + 1, budget, problems))
    if parts:
        return Part(headers, media_type, body, tuple(parts))
    return Part(headers, "text/plain", body)


def _opened(data: memoryview, problems: list[str]) -> tuple[Message, memoryview]:
    """The headers of a part, and its body."""
    at = 0
    while match := _HEADER_LINE.match(data, at):
        at = match.end()
        if match.end() == match.start():
            break
    if at > MOST_HEADERS:
        problems.append(f"headers of more than {MOST_HEADERS >> 20} MB: only their start was read")
    head = bytes(data[: min(at, MOST_HEADERS)])
    body = data[at:]
    start = re.match(rb"\r?\n", body)
    return BytesHeaderParser(policy=compat32).parsebytes(head), body[start.end() :] if start else body


def _cut(headers: Message, body: memoryview, problems: list[str]) -> Iterator[memoryview]:
    """The pieces between the boundary's lines; none where nothing looks like one."""
    named = _asked(headers.get_boundary)
    edges = _edges(named.encode("ascii", "surrogateescape"), body) if named else iter(())
    first = next(edges, None)
    if first is None:
        guess = _LIKE_A_BOUNDARY.search(body)
        edges = _edges(guess["boundary"], body) if guess else iter(())
        first = next(edges, None)
        problems.append(f"its boundary is missing: read {'by what looks like one' if first else 'as plain text'}")
    if first is None:
        return
    start = first.end() + 1  # behind its line feed
    for edge in edges:
        piece = body[start : edge.start()]
        yield piece[:-1] if bytes(piece[-1:]) == b"\r" else piece
        start = edge.end() + 1
        if edge["end"]:
            return
    problems.append("the last part has no end: the mail may be cut off")
    yield body[start:]


def _edges(boundary: bytes, body: memoryview) -> Iterator[re.Match[bytes]]:
    """The lines that separate parts; the line feed before one is its own, the one behind it is not."""
    line = rb"--%b(?P<end>--)?[ \t]*(?:\r?(?=\n)|\Z)" % re.escape(boundary)
    if first := re.match(line, body):
        yield first
    # A pattern that opens with fixed bytes is looked for much faster than one that may open in two ways.
    yield from re.finditer(rb"\n" + line, body)


def _asked(question: object) -> str | None:
    """What the standard library says of a header's parameters; None where it breaks on it."""
    assert callable(question)  # noqa: S101 - a bound method of Message
    try:
        answer = question()
    except (ValueError, TypeError, LookupError, AttributeError):
        return None
    return str(answer) if answer else None


# Content


def _collect(part: Part, content: Content, *, whole: bool = False, body: bool = True) -> None:
    """Adds what a part holds: to the body, where that is still wanted, to the attachments, or to what is not read."""
    kind = part.media_type
    if kind in _ENCRYPTED:
        content.problems.append("the mail is encrypted: its text cannot be read")
    elif kind == "multipart/alternative" and part.parts:
        _collect_best(part.parts, content, body)
    elif kind == "multipart/related" and part.parts:
        _collect(part.parts[0], content, body=body)
        for one in part.parts[1:]:
            if not one.media_type.startswith("image/"):  # a picture shown in the text
                _collect(one, content, body=body)
    elif part.parts:
        for one in part.parts:
            _collect(one, content, body=body)
    elif kind in _READ and (whole or not _is_attached(part)):
        if body:
            lines = _lines(part, content)
            if len(lines) > MOST_LINES:
                content.problems.append(f"a text of more than {MOST_LINES:,} lines: only its start was read")
            _add(lines[:MOST_LINES], content)
    else:
        _attach(part, content)


def _collect_best(parts: tuple[Part, ...], content: Content, body: bool) -> None:
    """Of the alternatives the plain text, unless it is empty; else the last that has any text."""
    for one in sorted(parts, key=lambda part: part.media_type != "text/plain"):
        found = Content()
        _collect(one, found, body=body)
        if any(line.text.strip() for line in found.lines):
            body = False
            _add(found.lines, content)
            content.problems += found.problems
        content.attachments += found.attachments
        content.not_read += found.not_read


def _add(lines: list[Line], content: Content) -> None:
    if content.lines and lines:
        content.lines.append(Line(""))
    content.lines += lines


def _is_attached(part: Part) -> bool:
    return _asked(part.headers.get_content_disposition) == "attachment" or bool(_asked(part.headers.get_filename))


def _attach(part: Part, content: Content) -> None:
    name = header_text(_asked(part.headers.get_filename) or "")
    kind = part.media_type
    if kind in _SILENT:
        return
    if kind in _MESSAGES:
        content.attachments.append(Attachment(name, kind, _decoded(part, content)))
    elif kind == "text/html":
        charset = _asked(part.headers.get_content_charset)
        content.attachments.append(Attachment(name, kind, _decoded(part, content), charset))
    elif kind in _READ or (kind == "application/octet-stream" and name.lower().endswith((".txt", ".md", ".eml"))):
        media_type = "message/rfc822" if name.lower().endswith(".eml") else "text/plain"
        data = _decoded(part, content)
        if media_type == "text/plain":
            data = _text(data, _asked(part.headers.get_content_charset), content.problems).encode()
        content.attachments.append(Attachment(name, media_type, data, "utf-8"))
    else:
        content.not_read.append(name or kind)


def _lines(part: Part, content: Content) -> list[Line]:
    """The lines of a part of the body."""
    text = _text(_decoded(part, content), _asked(part.headers.get_content_charset), content.problems)
    if len(text) > MOST_BODY:
        content.problems.append(f"a text of more than {MOST_BODY >> 20} million characters: only its start was read")
    text = text[:MOST_BODY].replace("\r\n", "\n").replace("\r", "\n")
    if part.media_type == "text/html":
        try:
            return lines_of_mail(text)
        except ValueError as error:
            content.problems.append(f"{error}: it was not read")
            return []
    if part.media_type in ("text/enriched", "text/richtext"):
        text = _without_enrichment(text)
    lines = text.removesuffix("\n").split("\n")
    if (_asked(lambda: part.headers.get_param("format")) or "").lower() == "flowed":
        lines = list(_unfolded(lines, (_asked(lambda: part.headers.get_param("delsp")) or "").lower() == "yes"))
    return [Line(line) for line in lines]


def _decoded(part: Part, content: Content) -> bytes:
    """A part's bytes without their transfer encoding; of a broken one, as many as can be had."""
    encoding = str(part.headers.get("content-transfer-encoding", "")).strip().lower()
    data = bytes(part.data)
    if encoding == "base64":
        letters = _NO_ALPHABET.sub(b"", data)
        if len(letters) % 4 == 1 or re.search(rb"[^A-Za-z0-9+/=\s]", data):
            content.problems.append("broken base64: what could be decoded was read")
        letters = letters[: len(letters) - (len(letters) % 4 == 1)]
        return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
    if encoding == "quoted-printable":
        if re.search(rb"=(?![0-9A-Fa-f]{2}|[ \t]*\r?\n|[ \t]*\Z)", data):
            content.problems.append("broken quoted-printable: read as well as it could be")
        return quopri.decodestring(data)
    if encoding in ("x-uuencode", "uuencode", "uue", "x-uue"):
        part.headers.set_payload(data.decode("ascii", "surrogateescape"))
        found = part.headers.get_payload(decode=True)
        return found if isinstance(found, bytes) else data
    return data


def _text(data: bytes, charset: str | None, problems: list[str]) -> str:
    """Bytes as text: in the charset that is named, else in UTF-8, else in Windows-1252, with a note where it is not."""
    name = _known(charset)
    if charset and not name:
        note = f"the charset {charset[:40]!r} is not known"
    elif name and name != "utf-8":
        try:
            return without_surrogates(data.decode(name))
        except UnicodeError:
            note = f"not in {charset}, as its header says"
    else:
        note = f"not in {charset}, as its header says" if charset else "no charset is named, and it is not UTF-8"
    try:
        text = data.decode()
    except UnicodeDecodeError:
        problems.append(f"{note}: read as Windows-1252")
        return data.decode("cp1252", "replace")
    if name != "utf-8" and charset:
        problems.append(f"{note}: read as UTF-8")
    return text


def _known(charset: str | None) -> str | None:
    """Python's name of a charset; None where there is none, or where it is no charset for mail."""
    try:
        name = codecs.lookup(charset or "").name
        b"text".decode(name)  # compression is a codec to Python, and no charset
    except UnicodeError:  # four bytes need not be a text in it
        pass
    except (LookupError, ValueError):
        return None
    return None if name in _NO_CHARSETS else _WIDER.get(name, name)


def _unfolded(lines: list[str], delete_space: bool) -> Iterator[str]:
    """Paragraphs that were folded for sending, whole again (RFC 3676): a line that ends in a blank goes on."""
    paragraph: list[str] = []
    depth = 0
    for line in lines:
        marks = len(line) - len(line.lstrip(">"))
        words = line[marks:].removeprefix(" ")
        if paragraph and (marks != depth or words == "-- "):
            yield _joined(paragraph, depth)
            paragraph = []
        depth = marks
        flows = words.endswith(" ") and words != "-- "
        paragraph.append(words[:-1] if flows and delete_space else words)
        if not flows:
            yield _joined(paragraph, depth)
            paragraph = []
    if paragraph:
        yield _joined(paragraph, depth)


def _joined(paragraph: list[str], depth: int) -> str:
    return (">" * depth + " " if depth else "") + "".join(paragraph)


def _without_enrichment(text: str) -> str:
    """The words of text/enriched (RFC 1896): no commands, and one line feed fewer wherever they stand together."""
    text = re.sub(r"<param>[^<]*</param>|<(?!<)[^<>]{0,60}>", "", text.replace("<<", "\x00"), flags=re.IGNORECASE)
    return re.sub(r"\n(\n*)", lambda feeds: feeds[1] or " ", text).replace("\x00", "<")
