"""How to cite what a page shows: plain text, HTML and BibTeX, and a link to the passage in the original.

The link to a passage is that of WICG's draft "URL Fragment Text Directives": the words themselves, or how they begin
and end, and the words around them where the text has them twice. A browser that knows it shows the passage; any
other opens the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup, escape

from sayso.model import Document, Span
from sayso.web.addresses import web_link
from sayso.web.showing import day as day_in_words

WHOLE = 12  # words of a passage that stand whole in its link; of longer ones the first and last stand there
AT_ENDS = 5  # words at either end of a longer one
AROUND = 8  # words before and after, at most, that tell a passage from the same words elsewhere

_WORD = re.compile(r"\w+(?:[^\w\s]+\w+)*")
_LINE = re.compile(r"[^\n\r\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Citation:
    """How something is cited: in plain text, as HTML, as BibTeX; and where the original is, at the passage."""

    text: str
    html: str
    bibtex: str
    link: str | None = None


def cite_document(document: Document) -> Citation:
    """How a document is cited."""
    return _citation(document, None, web_link(document.url))


def cite_passage(document: Document, passage: Span) -> Citation:
    """How a passage of a document is cited, word for word."""
    words = " ".join(passage.of(document.text).split())
    return _citation(document, words, passage_link(document, passage))


def cite_view(what: str, name: str, id_: str, found: str, version: str, day: str) -> Citation:
    """How a claim or an entity is cited, as sayso shows it: `found` says what it was found in, `day` when."""
    made = f"Traced by sayso {version}, {day_in_words(day)}; it records who says so and rates nothing"
    note = f"{what} {id_}; {found}. {made}"
    text = f"“{name}”. {note}."
    html = Markup("“<cite>{}</cite>”. {}.").format(name, note)
    fields = {"title": name, "note": note, "year": day[:4], "howpublished": f"sayso {version}"}
    return Citation(text, str(html), _bibtex(f"sayso:{what}:{id_}", fields))


def _citation(document: Document, words: str | None, link: str | None) -> Citation:
    title = document.title or " ".join(document.text[:80].split())
    day = day_in_words(document.published)
    by = " ".join(document.byline.split()) if document.byline else None
    told = [by, f"“{title}”", document.publisher, day]
    text = ", ".join(part for part in told if part) + "." + (f" {link}" if link else "")
    cited: list[Markup] = [escape(by)] if by else []
    cited.append(Markup("“<cite>{}</cite>”").format(title))
    cited += [escape(part) for part in (document.publisher, day) if part]
    html = Markup(", ").join(cited) + "."
    if link:
        html = Markup('<a href="{}">{}</a>').format(link, html)
    if words is not None:
        text = f"“{words}” — {text}"
        html = Markup("<blockquote>{}</blockquote> {}").format(words, html)
    fields = {
        "title": title,
        "author": _author(by),
        "journal": document.publisher,
        "year": (document.published or "")[:4] if re.match(r"\d{4}", document.published or "") else None,
        "date": (document.published or "")[:10] if re.match(r"\d{4}-\d\d-\d\d", document.published or "") else None,
        "url": link,
        "note": f"“{words}”" if words is not None else None,
    }
    return Citation(text, str(html), _bibtex(document.id, fields), link)


def _author(byline: str | None) -> str | None:
    """A byline as BibTeX's author: whole, in braces, since where a name ends is the byline's own affair."""
    return None if byline is None else re.sub(r"^by\s+", "", byline, flags=re.IGNORECASE)


# BibTeX

_TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


def _bibtex(id_: str, fields: Mapping[str, str | None]) -> str:
    """An entry of BibTeX. Addresses are kept as they are but for what would end them."""
    key = re.sub(r"[^A-Za-z0-9:.+/-]+", "-", id_).strip("-") or "document"
    lines = [f"  {name} = {{{_tex(name, value)}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{key},", *lines, "}"])


def _tex(name: str, value: str) -> str:
    line = " ".join(value.split())
    if name == "url":
        return line.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")
    made = "".join(_TEX.get(letter, letter) for letter in line)
    return f"{{{made}}}" if name in ("title", "author") else made


# Links to passages


def passage_link(document: Document, passage: Span) -> str | None:
    """A link to a passage in the original; None where its address is no web address.

    The words are those of the text as it was read; where the page shows others, a browser opens it at its top.
    """
    url = web_link(document.url)
    if url is None:
        return None
    directive = text_directive(document.text, passage)
    if directive is None:
        return url
    return f"{url}{':~:' if '#' in url else '#:~:'}{directive}"


def text_directive(text: str, passage: Span) -> str | None:
    """The directive "text=…" that finds a passage in a text; None for one without words.

    A passage that begins or ends inside a word is widened to the whole of it; marks around it are left out. Words are
    looked for inside one line, since a browser finds none that go over the borders of paragraphs.
    """
    words = [Span(*one.span()) for one in _WORD.finditer(text)]
    inside = [i for i, one in enumerate(words) if one.start < passage.end and passage.start < one.end]
    if not inside:
        return None
    first, last = inside[0], inside[-1] + 1
    opens, closes = words[first].start, words[last - 1].end
    if last - first <= WHOLE and len(_lines(text, opens, closes)) == 1:
        start, end = _lines(text, opens, closes)[0], None
    else:
        start = _lines(text, opens, words[min(first + AT_ENDS, last) - 1].end)[0]
        end = _lines(text, words[max(last - AT_ENDS, first)].start, closes)[-1]
    for around in range(AROUND + 1):
        before = _lines(text, words[max(0, first - around)].start, opens)
        after = _lines(text, closes, words[min(last + around, len(words)) - 1].end)
        made = (before[-1] if before else None, start, end, after[0] if after else None)
        found = next(found_at(text, *made), None)
        if found == Span(opens, closes):
            break
    prefix, start, end, suffix = made
    parts = [
        f"{_encoded(prefix)}-" if prefix else None,
        _encoded(start),
        _encoded(end) if end else None,
        f"-{_encoded(suffix)}" if suffix else None,
    ]
    return "text=" + ",".join(part for part in parts if part)


def found_at(text: str, prefix: str | None, start: str, end: str | None, suffix: str | None) -> Iterator[Span]:
    """Where a directive's parts find a passage in a text, in order, as a browser does; the first is what it shows."""
    opening = rf"{_pattern(prefix)}\s*" if prefix else ""
    closing = rf"(?=\s*{_pattern(suffix)})" if suffix else ""
    for begun in re.finditer(rf"{opening}(?P<start>{_pattern(start)}){'' if end else closing}", text, re.IGNORECASE):
        if end is None:
            yield Span(*begun.span("start"))
            continue
        ended = re.compile(rf"{_pattern(end)}{closing}", re.IGNORECASE).search(text, begun.end())
        if ended is not None:
            yield Span(begun.start("start"), ended.end())


def _pattern(words: str) -> str:
    """Whole words, with any blanks of one line between them."""
    inner = r"[^\S\n\r\u2028\u2029]+".join(re.escape(word) for word in words.split())
    return (r"\b" if words[0].isalnum() else "") + inner + (r"\b" if words[-1].isalnum() else "")


def _lines(text: str, start: int, end: int) -> list[str]:
    """The lines of a stretch of a text, without blanks at their ends, and none that is empty."""
    lines = (" ".join(line.split()) for line in _LINE.findall(text[start:end]))
    return [line for line in lines if line]


def _encoded(words: str) -> str:
    """Words percent-encoded, with what parts a directive: hyphens, commas, ampersands."""
    return quote(words, safe="", errors="replace").replace("-", "%2D")
