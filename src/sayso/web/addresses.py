"""The stable addresses of the views, and which addresses of documents become links.

Ids are what users and feeds put into them, with slashes, dots and quotation marks: they stand behind the question
mark, where a browser leaves them as they are.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote_plus, urlsplit

_NO_URL = re.compile('[\\s\x00-\x20<>"\u200e\u200f\u202a-\u202e\u2066-\u2069]')
_CUE = re.compile(r":(\d+)-(\d+)$")


def address(path: str, /, **parameters: object) -> str:
    """An address on this server: address("/document", id="a/b") is "/document?id=a%2Fb". None is left out."""
    given = "&".join(f"{name}={_quoted(str(value))}" for name, value in parameters.items() if value is not None)
    return f"{path}?{given}" if given else path


_quoted = lru_cache(8000)(quote_plus)  # a page names the same ids again and again


@lru_cache(8000)
def document_address(document: str, attribution: str | None = None) -> str:
    """A document's view, at one of its attributions where one is given, by their ids in Readings."""
    anchor = attribution_anchor(attribution) if attribution else None
    return address("/document", id=document) + (f"#{anchor}" if anchor else "")


def attribution_anchor(attribution: str) -> str | None:
    """Where an attribution stands in its document's view, by its id; None for an id that does not end with places."""
    found = _CUE.search(attribution)
    return f"said-{found[1]}-{found[2]}" if found else None


@lru_cache(8000)
def entity_address(entity: int | str) -> str:
    """An entity's view, by its row."""
    return address("/entity", id=entity)


def claim_address(claim: str) -> str:
    """A claim's view, by its id in Readings."""
    return address("/claim", id=claim)


def web_link(url: str | None) -> str | None:
    """The address of an original where it can be a link: http and https alone, with a host; None for others.

    One that holds what no address can hold, a blank or a quotation mark, is none.
    """
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return (
        url if parts.scheme.lower() in ("http", "https") and parts.hostname and not _NO_URL.search(url or "") else None
    )
