"""Walking through long lists: a page holds a link to the next, which begins behind the last item, wherever that is.

A cursor is the place of the last item in the order of its list, and not a number of items: what is added meanwhile
moves nothing.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

import msgspec

from sayso.web.addresses import address
from sayso.web.api.problems import Refused

Item = TypeVar("Item")
Found = TypeVar("Found")
Place = tuple[str | int | None, ...]


class Items(msgspec.Struct, Generic[Item]):
    """A part of a list, and the address of what comes after it; null at its end."""

    items: tuple[Item, ...]
    next: str | None


def cursor_of(place: Place) -> str:
    """A place in a list, as it stands in an address."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def place_in(cursor: str | None, kinds: tuple[Any, ...]) -> Place | None:
    """The place that a cursor names, of values of these kinds; None without a cursor. Raises Refused."""
    if cursor is None:
        return None
    try:
        given = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        place: Place = msgspec.json.decode(given, type=tuple.__class_getitem__(kinds))
        if any(isinstance(one, int) and not -(1 << 63) <= one < 1 << 63 for one in place):
            raise ValueError
    except (binascii.Error, msgspec.DecodeError, UnicodeError, ValueError):
        raise Refused(
            404,
            "This cursor does not come from a page of this list, in this order.",
            "Begin at the first page, without a cursor, and follow the addresses under next.",
        ) from None
    return place


def page(
    found: Iterable[Found],
    limit: int,
    place: Callable[[Found], Place],
    item: Callable[[Found], Item],
    path: str,
    given: dict[str, object],
) -> Items[Item]:
    """A page of at most `limit` items, of a list of which one more was asked for."""
    rows = list(found)
    shown = rows[:limit]
    more = len(rows) > limit
    after = address(path, **{**given, "cursor": cursor_of(place(shown[-1]))}) if more else None
    return Items(tuple(map(item, shown)), after)
