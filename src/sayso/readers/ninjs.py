"""ninjs, the IPTC's news in JSON (1.x, 2.x, 3.x), as wires deliver it: one item, a list of items, or one a line.

The versions name things alike but for capitals and plurals ("versioncreated", "versionCreated"; "headline",
"headlines"), so names are compared in small letters and both forms are taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from sayso.errors import InputError
from sayso.readers.given import Given, Read
from sayso.readers.lines import lines_of_html, paragraphs_of
from sayso.readers.newsml import text_of_nitf
from sayso.readers.wire import document_of, moment, remarks, words_of

MOST_JSON = 1 << 26  # bytes of one item or list that is written over many lines

_MARK = b"\xef\xbb\xbf"
_KEYS = re.compile(rb'"((?:[^"\\]|\\.)*)"(\s*:)?|[{}\[\]]')
# fmt: off
_EVIDENCE = frozenset((
    "body_text", "body_xhtml", "bodies", "headline", "headlines", "standard", "versioncreated", "firstcreated",
    "pubstatus", "description_text", "descriptions", "copyrightholder", "representationtype", "renditions",
))
# fmt: on
_TEXTS = frozenset(("text", "composite"))

Item = dict[str, Any]


def recognizes(given: Given) -> bool:
    """By an object at its start that has a "uri" and further names of ninjs, and no "text" as a JSON line has."""
    keys = _keys_of_first_object(given.opening)
    return "uri" in keys and bool(keys & _EVIDENCE) and "text" not in keys


def read(given: Given) -> Iterator[Read | InputError]:
    """The items that have a text; pictures, events and what is associated with an item are passed over."""
    for place, item in _items(given):
        if isinstance(item, InputError):
            yield item
        elif (found := _read(item, place, given)) is not None:
            yield found


def _keys_of_first_object(opening: bytes) -> frozenset[str]:
    """The names at the top of the first object, as far as the opening goes."""
    start = opening.removeprefix(_MARK).lstrip()
    if not start.startswith((b"{", b"[")):
        return frozenset()
    top = 1 if start.startswith(b"{") else 2
    depth = 0
    keys = set()
    for match in _KEYS.finditer(start):
        token = match.group()
        if token in (b"{", b"["):
            depth += 1
        elif token in (b"}", b"]"):
            depth -= 1
            if depth < top:
                break
        elif match[2] and depth == top:
            keys.add(match[1].decode(errors="replace").lower())
    return frozenset(keys)


def _items(given: Given) -> Iterator[tuple[str, Item | InputError]]:
    """The objects: one a line as the lines come or, where the first line is none, all that the file holds at once."""
    lines = ((number, line.removeprefix(_MARK).strip()) for number, line in enumerate(given.lines(), 1))
    filled = ((number, line) for number, line in lines if line)
    number, first = next(filled, (0, b""))
    if first.startswith(b"{") and first.endswith(b"}"):
        yield from _of_value(first, f"{given.place}, line {number}")
        for number, line in filled:
            yield from _of_value(line, f"{given.place}, line {number}")
    else:
        yield from _of_value(b"\n".join((first, *_bounded(filled, given.place))), given.place)


def _bounded(lines: Iterator[tuple[int, bytes]], place: str) -> Iterator[bytes]:
    size = 0
    for _, line in lines:
        size += len(line)
        if size > MOST_JSON:
            raise InputError(place, f"more than {MOST_JSON >> 20} MB in one JSON value; write an item a line")
        yield line


def _of_value(data: bytes, place: str) -> Iterator[tuple[str, Item | InputError]]:
    try:
        value = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        yield place, InputError(place, f"broken JSON ({error}); expected a ninjs item")
        return
    items = value if isinstance(value, list) else [value]
    for number, item in enumerate(items, 1):
        where = f"{place}, item {number}" if isinstance(value, list) else place
        wrong = InputError(where, "expected a ninjs item, an object with a uri")
        yield where, item if isinstance(item, dict) else wrong


def _read(raw: Item, place: str, given: Given) -> Read | InputError | None:
    item = {key.lower(): value for key, value in raw.items()}
    kind = str(item.get("type") or "text").lower()
    headline = _main(item, "headline", "headlines")
    body, problems = _body(item)
    if kind not in _TEXTS and not body:
        return None
    if not body and not headline:
        return InputError(place, "a ninjs item without a headline or a body")
    published, trouble = moment(item, "versioncreated", "contentcreated", "firstcreated")
    document = document_of(
        given,
        headline,
        body,
        url=words_of(item.get("uri")),
        publisher=_publisher(item),
        published=published,
        byline=_byline(item),
        credit=_named(item.get("creditline")),
        dateline=_main(item, "dateline", "datelines"),
        language=words_of(item.get("language")),
    )
    told = remarks(
        status=words_of(item.get("pubstatus")),
        notes=[_main(item, "ednote", "ednotes")],
        signals=[_named(one) for one in _list(item.get("signals"))],
        embargoed=words_of(item.get("embargoed")),
    )
    return Read(document, place, (*problems, *trouble, *told))


def _publisher(item: Item) -> str | None:
    """Who provides the item: its sources of information, else its provider, else who holds the copyright."""
    for key in ("infosources", "infosource", "source", "provider", "copyrightholder"):
        for one in _list(item.get(key)):
            if name := _named(one):
                return name
    return None


def _byline(item: Item) -> str | None:
    for key in ("by", "byline", "bylines"):
        if names := [name for one in _list(item.get(key)) if (name := _named(one))]:
            return ", ".join(names)
    return None


def _body(item: Item) -> tuple[str, list[str]]:
    """The text of an item: markup before plain text, since it keeps the paragraphs."""
    forms = [("xhtml", item.get("body_xhtml")), ("text", item.get("body_text"))]
    for one in _list(item.get("bodies")):
        if isinstance(one, dict):
            body = {key.lower(): value for key, value in one.items()}
            forms.append((f"{body.get('contenttype') or ''} {body.get('role') or ''}".lower(), body.get("value")))
    forms += [(key.removeprefix("body_"), value) for key, value in item.items() if key.startswith("body_")]
    texts = [(kind, value) for kind, value in forms if isinstance(value, str) and value.strip()]
    for kind, value in sorted(texts, key=lambda pair: not _is_markup(*pair)):
        try:
            return _text(kind, value), []
        except ValueError as error:
            return "", [f"the body was not read: {error}"]
    return "", []


def _is_markup(kind: str, value: str) -> bool:
    return any(name in kind for name in ("html", "nitf", "xml")) or value.lstrip().lower().startswith(("<p", "<div"))


def _text(kind: str, value: str) -> str:
    """Raises ValueError where it is too large or no markup."""
    if "nitf" in kind:
        return text_of_nitf(value)
    return paragraphs_of(lines_of_html(value)) if _is_markup(kind, value) else value.replace("\r\n", "\n").strip()


def _main(item: Item, one: str, many: str) -> str | None:
    """A text that early versions give once and later ones by role: the main one, else the first."""
    if text := _named(item.get(one)):
        return text
    values = [value for value in _list(item.get(many)) if _named(value)]
    main = [value for value in values if isinstance(value, dict) and value.get("role") == "main"]
    return _named((main or values or [None])[0])


def _named(value: Any) -> str | None:
    """A text, or the name or value of an object that has one."""
    if isinstance(value, dict):
        value = next((value[key] for key in ("value", "name", "literal", "title") if value.get(key)), None)
    return words_of(value)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
