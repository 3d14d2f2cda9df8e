"""HTML: a saved or fetched page is one document, the article in it.

The body is found by trafilatura; navigation, comments, notices and related links stay out. What the page says of
itself (JSON-LD, meta elements) outweighs what can be guessed from its words, and what the user says outweighs both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import trafilatura
from lxml.html import HtmlElement
from trafilatura.settings import Document as Extracted

from sayso.errors import InputError
from sayso.model import Document, Span, document_id
from sayso.readers.encoding import decoded
from sayso.readers.given import Given, Read
from sayso.readers.markup import MOST_ELEMENTS, absolute, cut_short, distinct, plain, tree_of
from sayso.readers.page_metadata import (
    PageMetadata,
    bare,
    byline_of,
    headline_of,
    metadata_of,
    time_on,
    with_full_stops,
)

MOST_PAGE = 20 << 20  # bytes
_TYPES = ("text/html", "application/xhtml+xml")
_NAMES = (".html", ".htm", ".xhtml", ".shtml")
_BEFORE = r"(?:\s|<!--.*?-->|<\?(?!xml-stylesheet).*?\?>)*"
_OPENS = re.compile(_BEFORE + r"<(?:!doctype\s+html\b|(?:html|head|body|article)\b[^<]*>)", re.IGNORECASE | re.DOTALL)
_FEED = re.compile(r"<(?:rss|feed|rdf:rdf|newsitem|newsml|newsmessage|\?xml-stylesheet)\b", re.IGNORECASE)
_MARKUP = re.compile(r"<(?:!doctype|/?[a-z][a-z0-9]*)\b[^<]*>", re.IGNORECASE)
# Elements of trafilatura's own that mean something else, or nothing, in HTML.
_AS_HTML = {"head": "h2", "item": "li", "lb": "br", "quote": "blockquote", "row": "tr"}
_LOOKED_AT = 1 << 14  # characters


def recognizes(given: Given) -> bool:
    """By how it opens, or by its media type or name if it has any markup."""
    opening = decoded(given.opening[:_LOOKED_AT])[0]
    if _OPENS.match(opening):
        return True
    named = given.name.lower().endswith(_NAMES) or (given.media_type or "").split(";")[0].strip().lower() in _TYPES
    return named and bool(_MARKUP.search(opening)) and not _FEED.search(opening)


def read(given: Given) -> Iterator[Read]:
    """The one article of a page. Raises InputError where there is none, or the page is too large to look for it."""
    text, problems = decoded(given.whole(MOST_PAGE), given.charset)
    tree = tree_of(text)
    if tree is None:
        raise InputError(given.place, "no HTML in this; save the page again from a browser")
    if sum(1 for _ in tree.iter()) > MOST_ELEMENTS:
        raise InputError(
            given.place, f"more than {MOST_ELEMENTS} elements in one page; save the article's words as plain text"
        )
    short = cut_short(text, tree)
    base = absolute((tree.xpath("string(//base/@href)") or ""), given.url) or given.url
    metadata, broken = metadata_of(tree, base)
    article = article_in(tree, metadata, base)
    if not article.body:
        raise InputError(
            given.place,
            "; ".join((*short, "no article found in this page; if a browser shows one, save its words as plain text")),
        )
    yield Read(_document(article, given), given.place, problems + broken + short)


@dataclass(frozen=True, slots=True)
class Article:
    """What was found in a page: the body's paragraphs, a blank line between them, and what is known of it."""

    body: str
    links: tuple[str, ...]
    metadata: PageMetadata


def article_in(tree: HtmlElement, metadata: PageMetadata, base: str | None) -> Article:
    """The article in a page, with trafilatura's findings where the page says nothing of itself."""
    found = trafilatura.bare_extraction(
        tree,
        url=base,
        with_metadata=True,
        include_comments=False,
        include_links=True,
        date_extraction_params={"original_date": True, "extensive_search": False},
    )
    if not isinstance(found, Extracted) or found.body is None:
        return Article("", (), metadata)
    links = distinct(address for ref in found.body.iter("ref") if (address := absolute(ref.get("target") or "", base)))
    for element in found.body.iter(*_AS_HTML):
        element.tag = _AS_HTML[element.tag]
    publisher = metadata.publisher or found.sitename
    guessed = replace(
        metadata,
        title=headline_of(tree, metadata.title or found.title, publisher),
        byline=metadata.byline or with_full_stops(byline_of([found.author or ""]), tree),
        publisher=publisher,
        published=metadata.published or time_on(tree, found.date),
    )
    return Article(plain(found.body), links, guessed)


def _document(article: Article, given: Given) -> Document:
    known, page = given.known, article.metadata
    url = known.url or page.url or given.url
    title = known.title or page.title
    text, span = titled(title, article.body)
    return Document(
        id=document_id(text, url or given.name),
        text=text,
        title=title,
        title_span=span,
        publisher=known.publisher or page.publisher,
        published=known.published or page.published,
        byline=page.byline,
        credit=page.credit,
        dateline=page.dateline,
        url=url,
        links=article.links,
        language=page.language,
        kind=page.kind,
    )


def titled(title: str | None, body: str) -> tuple[str, Span | None]:
    """A body with its title in front, and where that stands; it is not said twice where the body opens with it."""
    title = (title or "").strip()
    if not title:
        return body, None
    first, _, rest = body.partition("\n")
    if bare(first) == bare(title):
        body = rest.lstrip("\n")
    return f"{title}\n\n{body}", Span(0, len(title))
