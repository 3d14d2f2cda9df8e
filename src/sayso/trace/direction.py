"""Which of two documents a shared passage was in first: by what they state, else by their days, else left open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from sayso.ledger.entities import outlet_named
from sayso.ledger.namesakes import folded
from sayso.ledger.storing import day_of
from sayso.lexicon import Lexicon
from sayso.model import Document

HEAD = 1000  # characters at the beginning of a text in which an agency signs: "OSTREY (Norlands Press) —"
TAIL = 1000  # characters at its end in which it does: "Copyright 2024 Norlands Press"
_PARTS = re.compile(r"\s*(?:[,;/|&()]|\band\b|\bfor\b|\s[-–—]+\s)\s*", re.IGNORECASE)
_BY = re.compile(r"^(?:by|from|with)\s+", re.IGNORECASE)
_SIGNED = re.compile(r"\(([^()\n]{2,40})\)\s*[-–—:_]|^\s*by\s+([^\n]{2,80})$", re.IGNORECASE | re.MULTILINE)
_WORD = r"[A-Z](?:\.(?=[^\S\n])|[\w&’'-]*(?:\.\w+)*)"
_NAME = rf"(?:[Tt]he[^\S\n]+)?{_WORD}(?:[^\S\n]+{_WORD}){{0,4}}"
_DATELINE = re.compile(  # "OSTREY, Norland (Norlands Press) —", wherever it opens a line
    r"^[^\S\n]*[A-Z][A-Z .’'-]{2,40}(?:,[^\S\n]+[\w. ]{2,30})?[^\S\n]*\(([^()\n]{2,40})\)[^\S\n]*[-–—:_]",
    re.MULTILINE,
)
_BYLINE = re.compile(  # "IDA RUIZ and PAUL OSEI, Norlands Press"
    rf"^[^\S\n]*({_NAME}(?:[^\S\n]+and[^\S\n]+{_NAME})?[^\S\n]*[,|•][^\S\n]*{_NAME})[^\S\n]*$", re.MULTILINE
)
_ALONE = re.compile(  # "Norlands Press", "Norlands Press | Monday, July 16, 2018"
    rf"^[^\S\n]*({_NAME}?)[^\S\n]*(?:[|,—–-]?[^\S\n]*(?:[A-Z][a-z]+day,?[^\S\n]+)?[A-Z][a-z]+[^\S\n]+\d{{1,2}},[^\n]*)?$",
    re.MULTILINE,
)
_TOGETHER = re.compile(  # "By IDA RUIZ Norlands Press", "IDA RUIZ Norlands Press"
    r"^[^\S\n]*(?:[Bb]y[^\S\n]+[^\n]{2,80}?|(?:[A-Z][A-Z.’'-]+,?[^\S\n]+(?:and[^\S\n]+)?){2,8}[A-Z][^\n]{1,40}?)[^\S\n]*$",
    re.MULTILINE,
)
_LONGEST_NAME = 4  # words of an agency's name behind those who wrote for it
_HELPED = re.compile(  # "Norlands Press writers Ida Ruiz and Paul Osei contributed to this report"
    rf"({_NAME})[^\S\n]+(?:[a-z-]+[^\S\n]+){{0,2}}(?:[Ww]riter|[Rr]eporter|[Cc]orrespondent|[Jj]ournalist|[Ee]ditor)s?\b"
    r"[^.\n]{0,200}\bcontributed\b"
)
_OWNED = re.compile(  # "Copyright 2024 The Norlands Press"
    rf"(?:[Cc]opyright|COPYRIGHT|©|\([cC]\))(?:[^\S\n]*(?:©|\([cC]\)|\d{{4}},?|by))*[^\S\n]*({_NAME})"
)
_AT_THE_HEAD = (_SIGNED, _ALONE, _BYLINE, _HELPED, _OWNED)
_AT_THE_END = (_BYLINE, _HELPED, _OWNED)


def first_of(a: Document, b: Document, lexicon: Lexicon) -> tuple[str | None, str]:
    """The id of the document that passages of both were in first, None where that is open, and why in a sentence.

    What a document states comes first: it credits the other's outlet, or links to the other. Then the earlier
    day. Two copies of a third outlet's text say nothing about each other, whatever their days.
    """
    stated_a, stated_b = _stated(a, b, lexicon), _stated(b, a, lexicon)
    if stated_a and stated_b:
        return None, f"Each states that it has it from the other: {stated_a}; {stated_b}."
    if stated_a:
        return b.id, f"{stated_a}."
    if stated_b:
        return a.id, f"{stated_b}."
    agencies = sorted(_agencies(a, lexicon) & _agencies(b, lexicon))
    if agencies:
        return None, f"Both are credited to {' and '.join(agencies)}, and neither is from there."
    return _by_day(a, b)


def credited(document: Document) -> Iterator[tuple[str, str]]:
    """The names that a document signs with, folded, each with where it stands: its credit, byline, dateline, or
    the beginning or end of its text."""
    fields = (("credit", document.credit), ("byline", document.byline), ("dateline", document.dateline))
    for where, words in fields:
        for part in _PARTS.split(words or ""):
            yield _key(_BY.sub("", part)), where
    for found in _DATELINE.finditer(document.text):
        yield _key(found[1]), "dateline"
    length = len(document.text)
    for found in _TOGETHER.finditer(document.text, 0, HEAD):
        line = found.group().split()
        yield from ((_key(" ".join(line[-count:])), "first lines") for count in range(1, _LONGEST_NAME + 1))
    ends = (("first lines", 0, HEAD, _AT_THE_HEAD), ("last lines", max(0, length - TAIL), length, _AT_THE_END))
    for where, start, stop, patterns in ends:
        for found in (one for pattern in patterns for one in pattern.finditer(document.text, start, stop)):
            for part in _PARTS.split(next(group for group in found.groups() if group)):
                yield _key(part), where


def _stated(document: Document, other: Document, lexicon: Lexicon) -> str | None:
    """How a document states that it has something from the other; None where it does not."""
    who, outlet = _called(document), outlet_named(other, lexicon)
    if outlet is not None and outlet != outlet_named(document, lexicon):
        names = frozenset({_key(outlet), _key(other.publisher or "")} - {""}) | _aliases(outlet, lexicon)
        where = next((where for name, where in credited(document) if name in names), None)
        if where:
            return f"{who} names {outlet} in its {where}"
        found = _says_where_from(document.text, lexicon) and _statement(names, lexicon).search(document.text)
        if found:
            return f"{who} says “{' '.join(found.group().split())}”"
    if other.url and _address(other.url) in map(_address, document.links):
        return f"{who} links to {_called(other)}"
    return None


def _agencies(document: Document, lexicon: Lexicon) -> frozenset[str]:
    """The outlets that a document is credited to: known agencies, and whatever its credit names."""
    known = _agencies_of(lexicon)
    found = {known[name] for name, _ in credited(document) if name in known}
    if document.credit and not found:
        found.add(document.credit)
    return frozenset(found)


def _by_day(a: Document, b: Document) -> tuple[str | None, str]:
    day_a, day_b = day_of(a.published), day_of(b.published)
    if day_a is None and day_b is None:
        return None, "Neither credits the other, and neither is dated."
    if day_a is None or day_b is None:
        return None, f"Neither credits the other, and {_called(a if day_a is None else b)} is not dated."
    if day_a == day_b:
        return None, f"Neither credits the other, and both are dated {day_a}."
    first, second = sorted(((day_a, a.id), (day_b, b.id)))
    return first[1], f"It is dated {first[0]}, the other {second[0]}; neither credits the other."


def _called(document: Document) -> str:
    return document.publisher or (f"“{document.title}”" if document.title else document.id)


def _key(name: str) -> str:
    return folded(name.strip(" .")).removeprefix("the ")


def _address(url: str) -> str:
    return url.partition("#")[0].partition("://")[2].removeprefix("www.").rstrip("/")


@lru_cache(maxsize=1 << 10)
def _aliases(outlet: str, lexicon: Lexicon) -> frozenset[str]:
    """The names that no other outlet goes by."""
    return frozenset(_key(name) for name, outlets in lexicon.outlets.items() if outlets == {outlet})


@lru_cache(maxsize=4)
def _agencies_of(lexicon: Lexicon) -> dict[str, str]:
    agencies = lexicon.column("outlets", "name", "kind")
    return {
        _key(name): outlet
        for name, outlets in lexicon.outlets.items()
        for outlet in outlets
        if len(outlets) == 1 and agencies[outlet.lower()] == "agency"
    }


@lru_cache(maxsize=1 << 8)
def _says_where_from(text: str, lexicon: Lexicon) -> bool:
    """Whether a text has any of the words that credit someone."""
    lowered = text.lower()
    return any(row["words"] in lowered for row in lexicon.tables["credits"])


@lru_cache(maxsize=1 << 10)
def _statement(names: frozenset[str], lexicon: Lexicon) -> re.Pattern[str]:
    """What says that a text came from an outlet of these names: "first published by the Ostrey Courier"."""
    name = rf"(?:the\s+)?(?:{'|'.join(_spaced(one) for one in sorted(names, key=len, reverse=True))})"
    rows = lexicon.tables["credits"]
    before = "|".join(_spaced(row["words"]) for row in rows if row["place"] == "before")
    after = "|".join(_spaced(row["words"]) for row in rows if row["place"] == "after")
    return re.compile(rf"(?<!\w)(?:(?:{before})\s+{name}|{name}\s+(?:{after}))(?!\w)", re.IGNORECASE)


def _spaced(words: str) -> str:
    return r"\s+".join(re.escape(word) for word in words.split())
