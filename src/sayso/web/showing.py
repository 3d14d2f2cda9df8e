"""How pages are written: templates filled, everything in them escaped, and how they write numbers, days and words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache, lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from sayso.cli.visible import visible
from sayso.web import addresses

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def counted(count: int, what: str, many: str | None = None) -> str:
    """A number of things in words: "1 document", "1,200 documents", "2 entities"."""
    return f"{count:,} {what if count == 1 else many or what + 's'}"


@lru_cache(4000)
def day(value: str | None) -> str:
    """A day as people write it: "9 October 2024"; other dates as they stand."""
    try:
        found = date.fromisoformat((value or "")[:10])
    except ValueError:
        return visible(value or "")
    return f"{found.day} {MONTHS[found.month - 1]} {found.year}"


def plain(words: str | None) -> str:
    """Words on one line, with signs for what would turn the writing direction or steer a screen."""
    return visible(" ".join((words or "").split()))


def cut(words: str | None, most: int = 160) -> str:
    """Words on one line, cut after a whole word where they are longer than `most` characters."""
    line = plain(words)
    if len(line) <= most:
        return line
    return f"{line[:most].rpartition(' ')[0].rstrip() or line[:most]}…"


@lru_cache(8000)  # a claim's page names each of its documents many times
def where(id_: str, words: str, published: str | None) -> Markup:
    """A link to a document under these words, and its day."""
    when = f', <time datetime="{escape(published)}">{escape(day(published))}</time>' if published else ", undated"
    link = f'<a href="{escape(addresses.document_address(id_))}"><bdi>{escape(words)}</bdi></a>'
    return Markup(link + when)  # noqa: S704 - all of it was escaped


def share(part: int, whole: int) -> str:
    """A share in whole percent; nothing where there is no whole."""
    return f"{round(100 * part / whole)} %" if whole else ""


def exact(text: str) -> Markup:
    """A text as markup that gives back the same characters: a browser would make a line feed of a carriage return.

    The one character that no markup can give, NUL, becomes the sign for what is missing.
    """
    return Markup(str(escape(text.replace("\0", "\ufffd"))).replace("\r", "&#13;"))  # noqa: S704 - escaped before


FILTERS: dict[str, Callable[..., Any]] = {
    "counted": counted,
    "cut": cut,
    "day": day,
    "exact": exact,
    "plain": plain,
    "share": share,
}


def rendered(template: str, **shown: Any) -> str:
    """A template as HTML. Whatever it is given, it escapes; what it is not given and uses, is an error."""
    return _templates().get_template(template).render(**shown)


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("sayso.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        document_address=addresses.document_address,
        entity_address=addresses.entity_address,
        claim_address=addresses.claim_address,
        address=addresses.address,
        web_link=addresses.web_link,
        where=where,
    )
    made.filters.update(FILTERS)
    return made
