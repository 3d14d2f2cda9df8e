"""Markup inside other formats (a mail's HTML, a wire's XHTML) as lines of text, as a reader would see them.

Pages of the web are another matter: there the article has to be found first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree, html

MOST_LINES = 200_000  # of one body; each becomes a value
MOST_MARKUP = 1 << 23  # bytes of one body: a tree takes many times as much memory as its source

# fmt: off
_APART = frozenset((
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "dl", "table", "pre", "article", "section",
    "header", "footer", "hl1", "hl2",
))
_LINES = frozenset((
    "div", "li", "tr", "dt", "dd", "center", "address", "caption", "figure", "figcaption", "form", "fieldset", "body",
    "option", "hr",
))
_UNSEEN = frozenset((
    "script", "style", "head", "template", "noscript", "iframe", "object", "svg", "select", "textarea", "title",
))
# fmt: on
_CELLS = frozenset(("td", "th"))
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\r\n\f]+")

# What an element's text is, where that is more than text: "quoted", "signature"; "" says nothing about it.
Meaning = Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a body: its text, what its markup says it is ("quoted", "signature"), and the links in it."""

    text: str
    kind: str = ""
    links: tuple[str, ...] = ()


def lines_of_html(source: str, meaning: Meaning = lambda _: "") -> list[Line]:
    """The lines that a browser would show of HTML; an empty one stands between paragraphs.

    Broken HTML is read as browsers read it. Raises ValueError where it is more than MOST_MARKUP.
    """
    data = source.encode(errors="replace")
    if len(data) > MOST_MARKUP:
        raise ValueError(f"more than {MOST_MARKUP >> 20} MB of HTML")
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        root = html.document_fromstring(data, parser=parser)
    except (etree.LxmlError, ValueError):  # nothing in it but blanks or comments
        return []
    return lines_of_element(root, meaning)


def lines_of_element(root: Any, meaning: Meaning = lambda _: "") -> list[Line]:
    """The lines of a parsed element: blocks apart, blanks as a browser shows them, nothing that is not shown.

    No more than a few over MOST_LINES.
    """
    page = _Page()
    meanings: list[str] = [""]
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if len(page.lines) > MOST_LINES:
            break
        tag = _name(element)
        if event == "start":
            if tag in _UNSEEN or _HIDDEN.search(element.get("style") or ""):
                walk.skip_subtree()
                meanings.append(meanings[-1])
                continue
            _border(page, tag)
            meanings.append(meanings[-1] or meaning(element))
            if meanings[-1] != meanings[-2]:
                page.end_line()
            page.kind = meanings[-1]
            page.add(element.text, tag == "pre")
            if tag == "br":
                page.end_line(always=True)
            if tag == "a":
                page.links.append(element.get("href") or "")
        else:
            _border(page, tag)
            ended = meanings.pop()
            if ended != meanings[-1]:
                page.end_line()
            page.kind = meanings[-1]
            if element is not root:
                page.add(element.tail, False)
    page.end_line()
    return list(_without_doubled_blanks(page.lines))


def paragraphs_of(lines: list[Line]) -> str:
    """The text of lines, with one empty line between paragraphs."""
    return "\n".join(line.text for line in lines).strip()


class _Page:
    """The lines so far, and the line being written."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.words: list[str] = []
        self.links: list[str] = []
        self.kind = ""

    def add(self, text: str | None, as_it_stands: bool) -> None:
        if not text:
            return
        if as_it_stands:
            *ended, last = text.replace("\r\n", "\n").split("\n")
            for line in ended:
                self.words.append(line)
                self.end_line(always=True)
            self.words.append(last)
        else:
            self.words.append(_BLANKS.sub(" ", text))

    def end_line(self, *, always: bool = False) -> None:
        text = _BLANKS.sub(" ", "".join(self.words)).strip(" ")
        if text.strip("\u00a0\u200b\u200c\u200d\u2007\u034f\ufeff ") == "":
            text = ""
        if text or always:
            self.lines.append(Line(text, self.kind, tuple(self.links)))
            self.links = []
        self.words = []

    def part(self) -> None:
        """The end of a paragraph."""
        self.end_line()
        if self.lines and self.lines[-1].text:
            self.lines.append(Line("", self.kind))


def _border(page: _Page, tag: str) -> None:
    """What stands before and after an element: a paragraph's end, a line's end, a blank between cells, nothing."""
    if tag in _APART:
        page.part()
    elif tag in _LINES:
        page.end_line()
    elif tag in _CELLS:
        page.words.append(" ")


def _without_doubled_blanks(lines: list[Line]) -> Iterator[Line]:
    blank = True
    for line in lines:
        if line.text or not blank:
            yield line
        blank = not line.text


def _name(element: Any) -> str:
    """An element's name without its namespace; "" for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""
