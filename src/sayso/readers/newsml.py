"""NewsML-G2 and NITF, in which wires deliver stories as XML: items in a message or alone.

A story's text is in NITF, in XHTML or plain. Nothing is fetched and no entity of the document's own is resolved.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from sayso.errors import InputError
from sayso.readers.given import Given, Read
from sayso.readers.lines import lines_of_element, paragraphs_of
from sayso.readers.wire import document_of, moment, remarks, words_of

MOST_XML = 1 << 25  # bytes of one file: a tree takes many times as much memory

_ROOT = re.compile(
    rb"(?:<\?.{0,2000}?\?>|<!--.{0,20000}?-->|<!DOCTYPE[^<>\[]{0,2000}(?:\[.{0,20000}?\]\s*)?>|\s)*"
    rb"<(?:[\w.-]+:)?(?P<name>[\w.-]+)(?P<rest>[^<>]*)",
    re.DOTALL,
)
_ITEMS = frozenset((b"newsItem", b"newsMessage"))
_PASSED_OVER = frozenset((b"packageItem", b"conceptItem", b"knowledgeItem", b"planningItem", b"catalogItem"))
_G2 = b"iptc.org/std/nar"
_NO_TEXT = frozenset(("picture", "graphic", "audio", "video", "animation"))
_OUTSIDE = ("media", "media-caption", "body.head", "body.end", "head", "note", "nitf-table-metadata")


def recognizes(given: Given) -> bool:
    """By the root: an item of NewsML-G2, or nitf."""
    match = _ROOT.match(given.opening.removeprefix(b"\xef\xbb\xbf"))
    if not match:
        return False
    return match["name"] in _ITEMS | {b"nitf"} or (match["name"] in _PASSED_OVER and _G2 in given.opening)


def read(given: Given) -> Iterator[Read | InputError]:
    """The stories; pictures, packages and concepts are passed over."""
    try:
        root, problems = _parsed(given.whole(MOST_XML))
    except ValueError as error:
        raise InputError(given.place, str(error)) from error
    items = [one for one in root.iter() if _name(one) == "newsItem"]
    if _name(root) == "nitf":
        yield _story(_nitf(root), given.place, given, problems)
        return
    for number, item in enumerate(items, 1):
        place = f"{given.place}, item {number}" if len(items) > 1 else given.place
        if _last(_attribute(item, "itemClass", "qcode")) not in _NO_TEXT:
            yield _story(_news_item(item), place, given, problems)


def text_of_nitf(source: str) -> str:
    """The text of a body in NITF. Raises ValueError where it is no XML."""
    root, _ = _parsed(f"<nitf>{re.sub(r'<[?!][^>]*>', '', source)}</nitf>".encode(errors="replace"))
    return _nitf_text(root)


def _parsed(data: bytes) -> tuple[Any, tuple[str, ...]]:
    """The tree, mended where it is broken, and a note if so. Raises ValueError."""
    for recover in (False, True):
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            recover=recover,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            root = etree.fromstring(data, parser)
        except (etree.LxmlError, ValueError) as error:
            if recover:
                raise ValueError(f"broken XML ({error})") from error
            continue
        if root is None:
            raise ValueError("broken XML: nothing of it could be read")
        unknown = _resolved(root)
        notes = ["broken XML: read as well as it could be"] * recover
        notes += [f"entities that only the document defines were left out: {', '.join(unknown[:5])}"] * bool(unknown)
        return root, tuple(notes)
    raise AssertionError("unreachable")


def _resolved(root: Any) -> list[str]:
    """Puts characters for the entities that HTML names; gives the names of the others, which are left out."""
    unknown = []
    for entity in list(root.iter(etree.Entity)):
        text = html.unescape(entity.text)
        if text == entity.text:
            unknown.append(entity.name)
            text = ""
        text += entity.tail or ""
        before, parent = entity.getprevious(), entity.getparent()
        if before is not None:
            before.tail = (before.tail or "") + text
        else:
            parent.text = (parent.text or "") + text
        entity.tail = None
        parent.remove(entity)
    return unknown


# NewsML-G2


def _news_item(item: Any) -> dict[str, Any]:
    """What an item says of itself, by the names that a Document and `remarks` know."""
    guid = item.get("guid") or ""
    found: dict[str, Any] = {
        "url": _web_page(item) or guid or None,
        "language": _attribute(item, "language", "tag") or item.get("{http://www.w3.org/XML/1998/namespace}lang"),
        "published": {
            name: _text(item, name) for name in ("versionCreated", "contentCreated", "firstCreated", "contentModified")
        },
        "embargoed": _text(item, "embargoed"),
        "status": _attribute(item, "pubStatus", "qcode") or _uri_end(_attribute(item, "pubStatus", "uri")),
        "notes": [_whole(one) for one in _children(item, "itemMeta", "edNote")],
        "signals": [_last(one.get("qcode") or one.get("uri") or "") for one in _children(item, "itemMeta", "signal")],
        "headline": _text(item, "headline") or _text(item, "title"),
        "byline": _text(item, "by") or _party(item, "creator") or _party(item, "contributor"),
        "credit": _text(item, "creditline"),
        "dateline": _text(item, "dateline"),
        "publisher": _party(item, "provider") or _party(item, "infoSource") or _party(item, "copyrightHolder"),
    }
    found["body"], inner = _content(item)
    return found | {name: value for name, value in inner.items() if value and not found.get(name)}


def _content(item: Any) -> tuple[str, dict[str, Any]]:
    """The text of the first form of the content that has one, and what a NITF form says besides."""
    for form in item.iter():
        name = _name(form)
        if name == "inlineXML":
            nitf = next((one for one in form.iter() if _name(one) == "nitf"), None)
            if nitf is not None:
                found = _nitf(nitf)
                if found["body"]:
                    return found["body"], found
            elif text := paragraphs_of(lines_of_element(form)):
                return text, {}
        elif (
            name == "inlineData"
            and (form.get("contenttype") or "text/plain").startswith("text/")
            and (text := "".join(form.itertext()).strip())
        ):
            return text, {}
    return "", {}


def _web_page(item: Any) -> str | None:
    """Where the item stands on the web, if it says so: its guid, or a link to itself."""
    guid = item.get("guid") or ""
    if guid.startswith(("http://", "https://")):
        return guid
    for link in _children(item, "itemMeta", "link"):
        if _last(link.get("rel") or "") in ("self", "canonical", "permalink", "webpage"):
            href = link.get("href") or ""
            if href.startswith(("http://", "https://")):
                return href
    return None


def _party(item: Any, name: str) -> str | None:
    """A person's or organization's name; where it has none, the code that stands for it: "nprov:OSTREY" is OSTREY."""
    for party in item.iter():
        if _name(party) == name:
            named = next((text for one in party if _name(one) == "name" and (text := _whole(one))), None)
            return named or words_of(party.get("literal")) or _last(party.get("qcode") or "") or None
    return None


def _children(item: Any, parent: str, name: str) -> Iterator[Any]:
    for above in item:
        if _name(above) == parent:
            yield from (one for one in above if _name(one) == name)


# NITF


def _nitf(root: Any) -> dict[str, Any]:
    """What a NITF document says of itself."""
    return {
        "url": _attribute(root, "doc-id", "id-string"),
        "language": root.get("{http://www.w3.org/XML/1998/namespace}lang"),
        "published": {
            "date.issue": _attribute(root, "date.issue", "norm"),
            "date.release": _attribute(root, "date.release", "norm"),
            "story.date": _attribute(root, "story.date", "norm"),
        },
        "embargoed": None,
        "status": "canceled" if _attribute(root, "doc-status", "management-status") == "canceled" else None,
        "notes": [
            *[one.get("info") for one in root.iter() if _name(one) == "ed-msg"],
            *[_whole(one) for one in root.iter() if _name(one) == "note" and one.get("type") == "endnote"],
        ],
        "signals": [],
        "headline": _text(root, "hl1") or _text(root, "hedline") or _text(root, "title"),
        "byline": _text(root, "byline"),
        "credit": _text(root, "distributor"),
        "dateline": _text(root, "dateline"),
        "publisher": _attribute(root, "doc.copyright", "holder"),
        "body": _nitf_text(root),
    }


def _nitf_text(root: Any) -> str:
    """The paragraphs of a NITF body, without pictures and their captions."""
    content = next((one for one in root.iter() if _name(one) == "body.content"), root)
    for inside in [one for one in content.iter() if _name(one) in _OUTSIDE]:
        if inside is not content and inside.getparent() is not None:
            _remove(inside)
    return paragraphs_of(lines_of_element(content))


def _remove(element: Any) -> None:
    """Takes an element out and leaves the text behind it."""
    before, parent = element.getprevious(), element.getparent()
    if element.tail:
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    element.tail = None
    parent.remove(element)


# Both


def _story(found: dict[str, Any], place: str, given: Given, problems: tuple[str, ...]) -> Read | InputError:
    headline, body = found["headline"], found["body"]
    if not body and not headline:
        return InputError(place, "an item without a headline or a text")
    published, trouble = moment(found["published"], *found["published"])
    said = {name: words_of(found[name]) for name in ("url", "publisher", "byline", "credit", "dateline", "language")}
    document = document_of(given, headline, body, published=published, **said)
    told = remarks(status=found["status"], notes=found["notes"], signals=found["signals"], embargoed=found["embargoed"])
    empty = ["no text in it: its headline alone was read"] * (not body)
    return Read(document, place, (*problems, *trouble, *empty, *told))


def _name(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _text(item: Any, name: str) -> str | None:
    """The words of the first element of this name that has any."""
    return next((text for one in item.iter() if _name(one) == name and (text := _whole(one))), None)


def _whole(element: Any) -> str | None:
    return words_of("".join(element.itertext()))


def _attribute(item: Any, name: str, attribute: str) -> str | None:
    return next((value for one in item.iter() if _name(one) == name and (value := one.get(attribute))), None)


def _last(code: str | None) -> str:
    """The code behind its scheme: "stat:canceled" is "canceled"; a URI's last part."""
    return (code or "").rstrip("/").rpartition("/")[2].rpartition(":")[2]


def _uri_end(uri: str | None) -> str | None:
    return _last(uri) or None
