"""Markdown: a file is one document; its text stays as it stands, and front matter says what is known about it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sayso.model import Document, Span, document_id
from sayso.readers.fields import kind_of, names_of_fields
from sayso.readers.given import Given, Read, title_span
from sayso.readers.text import decoded

ENDINGS = (".md", ".markdown", ".mkd")
MEDIA_TYPES = ("text/markdown", "text/x-markdown")
_FRONT = re.compile(r"\ufeff?---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_NAME = re.compile(r"[A-Za-z_][\w .-]*")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_NOT_SIMPLE = ("[", "{", "|", ">", "&", "*", "!")  # YAML's other forms are passed over
_LONGEST_FRONT = 1 << 14


def recognizes(given: Given) -> bool:
    """By name, or by front matter between two lines of three hyphens."""
    if given.media_type:
        return given.media_type in MEDIA_TYPES
    if given.name.lower().endswith(ENDINGS):
        return True
    _, fields = _front_matter(given.opening[:_LONGEST_FRONT].decode(errors="replace"))
    return bool(fields)


def read(given: Given) -> Iterator[Read]:
    """The one document in a file: its text is what stands behind the front matter. Raises InputError."""
    text, problems = decoded(given.whole(), given.place)
    start, fields = _front_matter(text)
    text = text[start:]
    known = given.known
    heading = _first_heading(text)
    title = known.title or fields.get("title") or (heading and heading.of(text)) or None
    url = known.url or fields.get("url")
    document = Document(
        id=fields.get("id") or document_id(text, url or given.name),
        text=text,
        title=title,
        title_span=heading if heading and heading.of(text) == title else title_span(text, title),
        publisher=known.publisher or fields.get("publisher"),
        published=known.published or fields.get("published"),
        byline=fields.get("byline"),
        credit=fields.get("credit"),
        dateline=fields.get("dateline"),
        url=url,
        language=fields.get("language"),
        kind=kind_of(fields.get("kind")),
    )
    yield Read(document, given.place, problems)


def _front_matter(text: str) -> tuple[int, Mapping[str, str]]:
    """Where the text behind the front matter starts, and the fields in it; 0 and none where there is none."""
    found = _FRONT.match(text)
    if not found:
        return 0, {}
    pairs = {}
    for line in found.group(1).split("\n"):
        name, colon, value = line.partition(":")
        if colon and value[:1] in ("", " ", "\t", "\r") and _NAME.fullmatch(name):
            pairs[name] = value.strip()
    named = {field: _unquoted(pairs[name]) for field, name in names_of_fields(pairs, {}).items() if field != "text"}
    fields = {field: value for field, value in named.items() if value}
    return (found.end(), fields) if fields else (0, {})


def _unquoted(value: str) -> str:
    """A plain or quoted word or line; "" for YAML's other forms."""
    for mark in ('"', "'"):
        if len(value) > 1 and value[0] == mark == value[-1]:
            return value[1:-1].replace(mark * 2 if mark == "'" else '\\"', mark)
    return "" if value.startswith(_NOT_SIMPLE) else value


def _first_heading(text: str) -> Span | None:
    """The words of the first heading of the first rank, unless they stand in a block of code."""
    start, fence = 0, None
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if mark and fence in (None, mark.group(1)):
            fence = None if fence else mark.group(1)
        elif fence is None and line.removeprefix("\ufeff").startswith(("# ", "#\t")):
            return _words(line, start)
        start += len(line) + 1
    return None


def _words(heading: str, start: int) -> Span | None:
    """The words of a heading's line that starts at an offset: without its signs and blanks."""
    closed = heading.rstrip()
    words = closed.rstrip("#")
    words = (words if words.endswith((" ", "\t")) else closed).removeprefix("\ufeff")[1:].strip()
    at = start + heading.index(words, 1)
    return Span(at, at + len(words)) if words else None
