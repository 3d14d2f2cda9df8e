"""Feeds: RSS, Atom and RDF; an entry with text of its own is a document, or with `follow` a link to one."""

from __future__ import annotations

import re
from calendar import timegm
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import feedparser

from sayso.errors import InputError
from sayso.model import Document, document_id
from sayso.readers.encoding import decoded
from sayso.readers.given import Given, Link, Read
from sayso.readers.html import titled
from sayso.readers.markup import absolute, cut_short, links_in, plain, plain_text, tree_of
from sayso.readers.page_metadata import byline_of, date_of, language_code, words_of

MOST_FEED = 20 << 20  # bytes
_MOST_TAGS = 100_000  # a feed of some thousand entries; more take longer than anyone waits
_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml")
_BEFORE = r"(?:\s|<!--.*?-->|<\?.*?\?>|<!doctype\b[^<>\[]*(?:\[.*?\]\s*)?>)*"
_OPENS = re.compile(_BEFORE + r"<(?:rss\b|rdf:rdf\b|(?:\w+:)?feed\b)[^<>]*>", re.IGNORECASE | re.DOTALL)
_ATOM_OR_RDF = re.compile(r"w3\.org/2005/Atom|purl\.org/atom|purl\.org/rss|my\.netscape\.com/rdf", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!doctype\b[^<>\[]*(?:\[[^\]]*\]\s*)?>", re.IGNORECASE)
_DECLARED = re.compile(r"\A\s*<\?xml\b[^>]*\?>|<!(?:entity|doctype)\b[^>]*>", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LOOKED_AT = 1 << 14  # characters


def recognizes(given: Given) -> bool:
    """By how it opens, whatever it is called."""
    opening = decoded(given.opening[:_LOOKED_AT], given.charset)[0]
    found = _OPENS.match(opening)
    if not found:
        return (given.media_type or "").split(";")[0].strip().lower() in _TYPES and "<" in opening
    return "<rss" in found[0].lower() or bool(_ATOM_OR_RDF.search(opening))


def read(given: Given) -> Iterator[Read | InputError | Link]:
    """The entries of a feed. Raises InputError where nothing of it can be read.

    With `follow` an entry that links to a page is that link, and nothing is taken from the feed itself. Broken XML
    gives the entries that can be made out, and a note.
    """
    text, problems = decoded(given.whole(MOST_FEED), given.charset)
    if text.count("<") > 2 * _MOST_TAGS:  # most are closed
        raise InputError(given.place, f"more than {_MOST_TAGS} tags in one feed; split it")
    feed = _parsed(text, given.url)
    if feed.bozo:
        problems += ("the feed's XML is broken; entries may be missing or cut short",)
        if not feed.entries:
            raise InputError(given.place, "the feed's XML is broken, and no entry could be made out; get it again")
    silent = 0
    for number, entry in enumerate(feed.entries, 1):
        place = f"{given.place}, entry {number}"
        url = absolute(_text(entry.get("link")), given.url)
        if given.options.follow and url:
            yield Link(url)
        elif found := _document(entry, feed.feed, url, given, place):
            document, short = found
            yield Read(document, place, problems + short)
        else:
            silent += 1
    if silent:
        yield InputError(
            given.place, f"{silent} of {len(feed.entries)} entries have no text of their own; --follow fetches articles"
        )


def _parsed(text: str, url: str | None) -> Any:
    """What feedparser makes of a feed. It opens addresses and files if it is given any: it gets bytes.

    Entities that the feed declares are left out before: they only serve to blow up or to read other files.
    """
    text = _DECLARED.sub("", _DOCTYPE.sub("", _CONTROLS.sub("", text), count=1))
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url or ""}
    return feedparser.parse(
        BytesIO(text.encode()), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )


def _document(
    entry: Any, feed: Any, url: str | None, given: Given, place: str
) -> tuple[Document, tuple[str, ...]] | None:
    """An entry's document, with notes on what its text lacks; None where it has no text but its title."""
    known = given.known
    body, links, short = _body(entry, url)
    title = known.title or words_of(plain_text(_text(entry.get("title"))))
    if not body:
        return None
    text, span = titled(title, body)
    source = entry.get("source") or {}
    url = known.url or url
    document = Document(
        id=document_id(text, url or place),
        text=text,
        title=title,
        title_span=span,
        publisher=known.publisher or words_of(_text(source.get("title"))) or words_of(_text(feed.get("title"))),
        published=known.published or _published(entry),
        byline=_byline(entry),
        url=url,
        links=links,
        language=language_code(_text(entry.get("language")) or _text(feed.get("language"))),
    )
    return document, short


def _body(entry: Any, url: str | None) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The longest text that an entry carries, its links, and notes: some carry a summary and the whole article."""
    best: tuple[str, tuple[str, ...], tuple[str, ...]] = ("", (), ())
    for one in (*(entry.get("content") or ()), entry.get("summary_detail") or {}):
        value = _text(one.get("value"))
        tree = None if one.get("type") == "text/plain" else tree_of(value)
        text = _paragraphs(value) if tree is None else plain(tree)
        if len(text) > len(best[0]):
            best = (text, (), ()) if tree is None else (text, links_in(tree, url), cut_short(value, tree))
    return best


def _paragraphs(words: str) -> str:
    """Plain text as it stands in XML: blank lines part paragraphs, and other blanks are the layout's."""
    return "\n\n".join(joined for part in re.split(r"\n\s*\n", words) if (joined := " ".join(part.split())))


def _published(entry: Any) -> str | None:
    """When an entry was published, with the zone it is told in; what only feedparser can read comes in UTC."""
    for field in ("published", "updated"):
        if date := date_of(_text(entry.get(field))):
            return date
        if parsed := entry.get(f"{field}_parsed"):
            return datetime.fromtimestamp(timegm(parsed), UTC).isoformat()
    return None


def _byline(entry: Any) -> str | None:
    names = [name for one in entry.get("authors") or () if (name := _text(one.get("name")))]
    return byline_of(plain_text(name) for name in names or [_text(entry.get("author"))])


def _text(value: Any) -> str:
    """A value of feedparser's where it is words; odd feeds give others."""
    return value if isinstance(value, str) else ""
