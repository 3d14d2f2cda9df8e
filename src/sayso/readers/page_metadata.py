"""What a web page says of itself: JSON-LD first, then its meta elements, then its marked-up words."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from sayso.model import Kind
from sayso.readers.markup import absolute

Node = dict[str, Any]

_ARTICLE = re.compile(r"(?:Article|Posting|Report|Transcript|PressRelease)$")
_DEEPEST = 20  # lists and graphs in each other
_TAG = re.compile(r"<[^<>]{0,500}>")
_BY = re.compile(r"^(?:(?:words|written|reported|story) by|by|von|par|por)\b[\s:]*", re.IGNORECASE)
_NO_NAME = re.compile(r"(?:\S+@\S+|@\w+|https?://\S+|www\.\S+)", re.IGNORECASE)
_LONGEST_NAME = 200
_LONGEST_HEADLINE = 300
_BEFORE_SITE = re.compile(r"\s(?:[|–—·•:«»-]{1,2})\s")
_NOBODY = ("no author", "unknown", "anonymous author", "author", "admin", "administrator", "follow", "none", "null")
_KINDS = {"transcript": Kind.TRANSCRIPT, "pressrelease": Kind.STATEMENT, "statement": Kind.STATEMENT}

# Names of meta elements, the surest first.
_TITLE = ("og:title", "parsely-title", "sailthru.title", "twitter:title", "citation_title", "dc.title", "dcterms.title")
_AUTHOR = (
    "parsely-author", "sailthru.author", "citation_author", "author", "article:author", "og:article:author",
    "byl", "byline", "dc.creator", "dcterms.creator",
)  # fmt: skip
_DATE = (
    "article:published_time", "og:article:published_time", "datepublished", "parsely-pub-date", "sailthru.date",
    "cxenseparse:recs:publishtime", "article.published", "article:published", "citation_publication_date",
    "citation_online_date", "dcterms.issued", "dc.date.issued", "dcterms.created", "dc.date.created", "dcterms.date",
    "dc.date", "pubdate", "publishdate", "publish-date", "publish_date", "publication_date", "published-date", "date",
)  # fmt: skip
_PUBLISHER = ("og:site_name", "citation_journal_title", "dc.publisher", "dcterms.publisher", "application-name")
_CREDIT = ("syndication-source", "original-source", "credit", "og:credit")


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """What a page says of the article in it; None where it says nothing."""

    title: str | None = None
    byline: str | None = None
    publisher: str | None = None
    published: str | None = None
    url: str | None = None
    language: str | None = None
    dateline: str | None = None
    credit: str | None = None
    kind: Kind = Kind.ARTICLE


def metadata_of(tree: HtmlElement, url: str | None) -> tuple[PageMetadata, tuple[str, ...]]:
    """What a page says of its article, and a note where its JSON-LD is broken. `url` is where it was found."""
    nodes, problems = _json_ld(tree)
    metas = _metas(tree)
    canonical = _canonical(tree, metas, url)
    by_id = {node["@id"]: node for node in reversed(nodes) if isinstance(node.get("@id"), str) and len(node) > 1}
    article = _article(nodes, canonical or url)

    def said(field: str) -> list[Node]:
        return [_whole(one, by_id) for one in _listed(article.get(field))]

    def named(fields: Iterable[str]) -> Iterator[str]:
        return (name for field in fields for one in said(field) if (name := _name(one)))

    publisher = next(named(("publisher",)), None) or _first(metas, _PUBLISHER) or _site(nodes)
    credit = next(named(("sourceOrganization", "provider", "creditText")), None) or _first(metas, _CREDIT)
    return PageMetadata(
        title=next(named(("headline", "name")), None) or _first(metas, _TITLE),
        byline=_people(said("author") or said("creator")) or _meta_byline(metas) or _marked_byline(tree),
        publisher=publisher,
        published=_published(tree, article, metas),
        url=canonical,
        language=_language(tree, article, metas),
        dateline=next(named(("dateline",)), None),
        credit=credit if credit != publisher else None,
        kind=_kind(article, metas),
    ), problems


def date_of(words: str | None) -> str | None:
    """A date as ISO 8601, with its time and zone where they are given; None for what is no full date."""
    words = " ".join((words or "").split())
    try:
        found = datetime.fromisoformat(words)
    except ValueError:
        try:
            found = parsedate_to_datetime(words)  # "Fri, 31 May 2024 09:00:00 GMT"
        except (ValueError, TypeError, IndexError):
            return None
        return found.isoformat()
    if re.fullmatch(r"\d{4}-?\d\d-?\d\d", words):
        return found.date().isoformat()
    return found.isoformat() if re.match(r"\d{4}-?\d\d", words) else None


def byline_of(names: Iterable[str]) -> str | None:
    """The names of authors as a byline: "Ana Ruiz, Bill Hale and Tilda Voss"; None where no name is among them.

    Addresses and handles are left out, and so is the "By" in front.
    """
    pieces = (piece for name in names for piece in re.split(r"\s*[;|\n]\s*", name))
    people = list(dict.fromkeys(name for piece in pieces if (name := _without_by(piece))))
    return " and ".join(filter(None, (", ".join(people[:-1]), people[-1]))) if people else None


def _without_by(name: str) -> str:
    name = _NO_NAME.sub("", " ".join(name.split()))
    name = _BY.sub("", name.strip(" ,·•–—-()<>")).strip(" ,·•–—-()<>")
    if name.casefold() in _NOBODY:
        return ""
    return name if len(name) <= _LONGEST_NAME and any(map(str.isalpha, name)) else ""


# JSON-LD


def _json_ld(tree: HtmlElement) -> tuple[list[Node], tuple[str, ...]]:
    """Every object in the page's JSON-LD, those inside graphs and lists too."""
    nodes: list[Node] = []
    broken = 0
    for script in tree.iter("script"):
        if (script.get("type") or "").split(";")[0].strip().lower() != "application/ld+json" or not script.text:
            continue
        data = re.sub(r"^\s*(?://\s*)?(?:<!\[CDATA\[|<!--)|(?://\s*)?(?:\]\]>|-->)\s*$", "", script.text)
        try:
            nodes += _nodes(json.loads(data.strip().rstrip(";"), strict=False))
        except (ValueError, RecursionError):
            broken += 1
    return nodes, ("the page's JSON-LD is broken and was passed over",) if broken else ()


def _nodes(value: Any, depth: int = 0) -> Iterator[Node]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for one in value:
            yield from _nodes(one, depth + 1)
    elif isinstance(value, dict):
        yield value
        for field in ("@graph", "mainEntity", "mainEntityOfPage", "hasPart", "author", "publisher"):
            yield from _nodes(value.get(field), depth + 1)


def _article(nodes: Sequence[Node], url: str | None) -> Node:
    """The node of the page's article: that which names the page's address, or the first."""
    articles = [node for node in nodes if any(_ARTICLE.search(one) for one in _types(node))]
    own = (node for node in articles if url and url in _addresses(node))
    return next(own, articles[0] if articles else {})


def _types(node: Node) -> list[str]:
    return [one for one in _listed(node.get("@type")) if isinstance(one, str)]


def _addresses(node: Node) -> set[str]:
    values = [one for field in ("url", "@id", "mainEntityOfPage") for one in _listed(node.get(field))]
    return {str(one.get("@id") or one.get("url")) if isinstance(one, dict) else str(one) for one in values}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _whole(value: Any, by_id: dict[str, Node]) -> Any:
    """The node that a value stands for, if it is but a reference to one: {"@id": "#ana"}."""
    reference = value.get("@id") if isinstance(value, dict) and "name" not in value else None
    return by_id.get(reference, value) if isinstance(reference, str) else value


def _name(value: Any) -> str | None:
    """The words of a value that is text, an object with a name, or a list of these."""
    if isinstance(value, list):
        return next((name for one in value if (name := _name(one))), None)
    if isinstance(value, dict):
        parts = [value.get(part) for part in ("givenName", "additionalName", "familyName")]
        joined = " ".join(part for part in parts if isinstance(part, str))
        return _name(value.get("name") or value.get("@value") or value.get("legalName") or joined)
    return words_of(value) if isinstance(value, str) else None


def words_of(value: str) -> str | None:
    """Text as a page's metadata has it, without tags, entities and double blanks; None where nothing is left."""
    return " ".join(html.unescape(_TAG.sub(" ", html.unescape(value))).split()) or None


def _people(authors: list[Any]) -> str | None:
    """A byline of people; of organizations only where no person is named."""
    people = [one for one in authors if not (isinstance(one, dict) and "Organization" in " ".join(_types(one)))]
    for group in (people, authors):
        if byline := byline_of(name for one in group for each in _names(one) if (name := _name(each))):
            return byline
    return None


def _names(author: Any) -> list[Any]:
    """Some pages give one author with a list of names."""
    return author["name"] if isinstance(author, dict) and isinstance(author.get("name"), list) else [author]


def _site(nodes: Sequence[Node]) -> str | None:
    outlets = ("NewsMediaOrganization", "WebSite")
    return next((name for kind in outlets for node in nodes if kind in _types(node) and (name := _name(node))), None)


# Meta elements and marked-up words


def _metas(tree: HtmlElement) -> dict[str, list[str]]:
    """The values of the meta elements, by name in small letters."""
    found: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        words = words_of(meta.get("content") or "")
        for key in ("property", "name", "itemprop", "http-equiv"):
            if words and (name := meta.get(key)):
                found.setdefault(name.strip().lower(), []).append(words)
    return found


def _first(metas: dict[str, list[str]], names: Iterable[str]) -> str | None:
    return next((value for name in names for value in metas.get(name, ()) if not _NO_NAME.fullmatch(value)), None)


def _meta_byline(metas: dict[str, list[str]]) -> str | None:
    return next((byline for name in _AUTHOR if (byline := byline_of(metas.get(name, ())))), None)


def _marked_byline(tree: HtmlElement) -> str | None:
    """Words marked as the author's name, which may stand twice; those of comments are someone else's."""
    for path in (
        "//*[@itemprop='author']//*[@itemprop='name']",
        "//*[@itemprop='author'][not(.//*[@itemprop='name'])]",
        "//a[contains(concat(' ', @rel, ' '), ' author ')]",
    ):
        elsewhere = "[not(ancestor-or-self::*[contains(@class, 'comment') or contains(@id, 'comment')])]"
        elements = tree.xpath(path + elsewhere)
        if byline := byline_of(one.get("content") or one.text_content() for one in elements[:5]):
            return byline
    return None


def _published(tree: HtmlElement, article: Node, metas: dict[str, list[str]]) -> str | None:
    """When the article was published, from whatever says so and is a date."""
    marked = tree.xpath("//*[@itemprop='datePublished'] | //time[@pubdate] | //time[contains(@class, 'published')]")
    candidates = (
        *(one for one in _listed(article.get("datePublished")) if isinstance(one, str)),
        *(value for name in _DATE for value in metas.get(name, ())),
        *(one.get("datetime") or one.get("content") or one.text_content() for one in marked[:5]),
        *(one for one in _listed(article.get("dateCreated")) if isinstance(one, str)),
    )
    return next((date for one in candidates if (date := date_of(one))), None)


def headline_of(tree: HtmlElement, title: str | None, publisher: str | None) -> str | None:
    """The headline as the page shows it: its one main heading, or else its title without the outlet's name behind it.

    Titles made for search engines and networks differ from what readers of the page see.
    """
    pieces = _BEFORE_SITE.split(title or "")
    site = {bare(publisher or ""), bare(pieces[-1]) if len(pieces) > 1 else "", ""}
    texts = (words_of(one.text_content()) for one in tree.iter("h1"))
    headings = {bare(text): text for text in texts if text and len(text) <= _LONGEST_HEADLINE}
    shown = [text for key, text in headings.items() if key not in site and _are_akin(key, bare(title or ""))]
    if len(shown) == 1:
        # A label in front of the headline ("Opinion") stands in the same heading on some pages.
        return title if title and bare(shown[0]).endswith(bare(title)) else shown[0]
    for found in _BEFORE_SITE.finditer(title or ""):
        start, rest = found.string[: found.start()], found.string[found.end() :]
        if bare(start) and (bare(start) in headings or bare(rest) == bare(publisher or "")):
            return start
    return title


def _are_akin(heading: str, title: str) -> bool:
    """Whether a heading can be the headline of what has this title: they share a word that says something."""
    if not title:
        return " " in heading
    return any(len(word) > 3 for word in set(heading.split()) & set(title.split())) or heading == title


def with_full_stops(byline: str | None, tree: HtmlElement) -> str | None:
    """A byline with the full stops of its initials as the page has them: they are lost where it was guessed."""
    if not byline or not re.search(r"\b\w\b", byline):
        return byline
    words = [re.escape(word) + (r"\.?" if len(word) == 1 else "") for word in byline.split()]
    written = re.findall(r"(?<!\w)" + r"\s*".join(words) + r"(?!\w)", tree.text_content())
    return " ".join(max(written, key=len, default=byline).split())


def bare(words: str) -> str:
    """Words without what differs between a headline and its copies: case, blanks, kinds of quotation marks."""
    return re.sub(r"\W+", " ", words).strip().casefold()


def time_on(tree: HtmlElement, day: str | None) -> str | None:
    """The full time of the page's first <time> on a day: what is known to the day may stand there to the minute."""
    dates = (date_of(one.get("datetime")) for one in tree.iter("time"))
    return next((date for date in dates if date and day and date.startswith(day)), day)


def _canonical(tree: HtmlElement, metas: dict[str, list[str]], url: str | None) -> str | None:
    """The page's address by its own account; some pages all name the site's front page, which they are not."""
    links = tree.xpath("//link[contains(concat(' ', @rel, ' '), ' canonical ')]/@href")
    for href in (*links, *metas.get("og:url", ())):
        found = absolute(href, url)
        if found and (urlsplit(found).path.strip("/") or not url or not urlsplit(url).path.strip("/")):
            return found
    return None


def _language(tree: HtmlElement, article: Node, metas: dict[str, list[str]]) -> str | None:
    """The code of the page's language ("en" of "en-GB")."""
    values = (
        tree.get("lang"),
        tree.get("xml:lang"),
        _name(article.get("inLanguage")),
        _first(metas, ("og:locale", "content-language", "dc.language", "language")),
    )
    return next((code for value in values if (code := language_code(value))), None)


def language_code(tag: str | None) -> str | None:
    """The language of a tag: "en" of "en-GB" or "en_US"."""
    found = re.match(r"([a-z]{2,3})(?:[-_]|$)", (tag or "").strip().lower())
    return found and found[1]


def _kind(article: Node, metas: dict[str, list[str]]) -> Kind:
    """An article, unless the page's own type says otherwise."""
    fields = (one for name in ("@type", "additionalType", "genre") for one in _listed(article.get(name)))
    types = [*(one for one in fields if isinstance(one, str)), *metas.get("og:type", ())]
    plain = (re.sub(r"[\s_-]", "", one.rsplit("/", 1)[-1]).lower() for one in types)
    return next((_KINDS[one] for one in plain if one in _KINDS), Kind.ARTICLE)
