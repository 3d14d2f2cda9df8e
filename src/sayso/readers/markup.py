"""HTML as a tree, and a tree as plain paragraphs: what web pages, feeds and mail have in common."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml import etree, html
from lxml.html import HtmlElement

MOST_ELEMENTS = 30_000  # ten times a long article; looking for one takes some seconds then
_LONGEST_VALUE = 10_000  # of an attribute: pictures and scripts are kept in longer ones, and no news
_LONGEST_SCRIPT = 1_000_000  # ten times the longest JSON-LD of an article
_LONGEST_TEXT = 9_900_000  # characters; libxml2 takes a little more
_DEEPEST = 250  # libxml2 goes a little deeper
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_SELF_CLOSING = re.compile(r"(<(?:html|body)\b[^<>]*?)\s*/>", re.IGNORECASE)
_SILENT = {"script", "style", "noscript", "template", "head", "iframe", "object", "svg", "math", "form", "button"}
_BLOCKS = re.compile(
    "address|article|aside|blockquote|body|caption|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|"
    "h[1-6r]|header|li|main|nav|ol|p|pre|section|summary|table|title|tr|ul"
)


def tree_of(text: str) -> HtmlElement | None:
    """A page's tree, with a root "html"; None where there is nothing to parse.

    Characters that XML has no place for are left out, and so are overlong attributes and scripts. The parser asks
    the network for nothing, knows no entities but HTML's own, and stops at tags more than 256 deep.
    """
    text = _CONTROLS.sub("", text)
    # A page that closes itself in its first tag (<html … />) would be an empty one.
    text = _SELF_CLOSING.sub(r"\1>", text[:4096]) + text[4096:]
    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, collect_ids=False
    )
    try:
        tree = html.document_fromstring(text.encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    for element in tree.iter():
        if element.tag == "script" and len(element.text or "") > _LONGEST_SCRIPT:
            element.text = None
        for name, value in element.items():
            if len(value) > _LONGEST_VALUE:
                del element.attrib[name]
    return tree


def cut_short(text: str, tree: HtmlElement) -> tuple[str, ...]:
    """Notes on what the parser left out: it goes no deeper and takes no longer text than is safe, and says nothing."""
    notes = []
    if max(map(len, text.split("<"))) >= _LONGEST_TEXT:
        notes.append(f"more than {_LONGEST_TEXT // 10**6} MB without a tag; what follows was left out")
    if _depth(tree) >= _DEEPEST:
        notes.append(f"tags more than {_DEEPEST} deep in each other; what follows was left out")
    return tuple(notes)


def _depth(tree: HtmlElement) -> int:
    depth = deepest = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def plain(tree: etree._Element) -> str:
    """The text of a tree: paragraphs with a blank line between them, a line feed for a line break."""
    text = "".join(_pieces(tree))
    text = re.sub(r"[^\S\n]*\n[^\S\n]*", "\n", re.sub(r"[^\S\n]+", " ", text))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _pieces(tree: etree._Element) -> Iterator[str]:
    silent = 0
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        tag = str(element.tag).lower()
        silent += (tag in _SILENT) * (1 if event == "start" else -1)
        if _BLOCKS.fullmatch(tag):
            yield "\n\n"
        elif tag == "br" and event == "end":
            yield "\n"
        elif tag in ("td", "th", "cell"):
            yield " "
        words = element.text if event == "start" else None if element is tree else element.tail
        if words and not silent:
            yield re.sub(r"\s+", " ", words)


def plain_text(markup: str) -> str:
    """The text of a piece of HTML, such as a feed's summary; of a text without any tags or entities, itself."""
    if "<" not in markup and "&" not in markup:
        return markup.strip()
    tree = tree_of(markup)
    return "" if tree is None else plain(tree)


def links_in(tree: etree._Element, base: str | None) -> tuple[str, ...]:
    """The http and https addresses that a tree links to, absolute, once each, in the order of the text."""
    found = (element.get("href") for element in tree.iter("a"))
    return distinct(address for href in found if href and (address := absolute(href, base)))


def distinct(addresses: Iterator[str]) -> tuple[str, ...]:
    """Each address once, where it comes first; what follows "#" tells no two pages apart."""
    return tuple(dict.fromkeys(urldefrag(one).url for one in addresses))


def absolute(href: str, base: str | None) -> str | None:
    """A link's whole address, if it is one of http or https; None otherwise, and for what is no address."""
    try:
        joined = urljoin(base or "", href.strip())
        parts = urlsplit(joined)
        hostname = parts.hostname
    except ValueError:  # "http://[", for one
        return None
    return joined if parts.scheme in ("http", "https") and hostname else None
