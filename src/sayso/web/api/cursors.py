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
from sayso.web.answers import Refused

Item = TypeVar("Item")
Found = TypeVar("Found")
Place = tuple[str | int | None, ...]


class Items(msgspec.Struct, Generic[Item]):
    """A part of a list, and the address of what comes after it; null at its end."""

    items: tuple[Item, ...]
    next: str | None


def cursor_of(list_: str, place: Place) -> str:
    """A place in a list, which has a name, as it stands in an address."""
    return base64.urlsafe_b64encode(msgspec.json.encode([list_, *place])).decode().rstrip("=")


def place_in(cursor: str | None, list_: str, kinds: tuple[Any, ...]) -> Place | None:
    """The place in a list that a cursor names, of values of these kinds; None without a cursor. Raises Refused."""
    if cursor is None:
        return None
    try:
        given = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        name, *place = msgspec.json.decode(given, type=tuple.__class_getitem__((str, *kinds)))
        if name != list_ or any(isinstance(one, int) and not -(1 << 63) <= one < 1 << 63 for one in place):
            raise ValueError
    except (binascii.Error, msgspec.DecodeError, UnicodeError, ValueError):
        raise Refused(
            404,
            "This cursor does not come from a page of this list, in this order.",
            "Begin at the first page, without a cursor, and follow the addresses under next.",
        ) from None
    return tuple(place)


def page(
    found: Iterable[Found],
    list_: str,
    limit: int,
    place: Callable[[Found], Place],
    item: Callable[[Found], Item],
    path: str,
    given: dict[str, object],
) -> Items[Item]:
    """A page of at most `limit` items, of a list of which one more was asked for; `given` is what else it was asked."""
    rows = list(found)
    shown = rows[:limit]
    more = len(rows) > limit
    after = address(path, **{**given, "cursor": cursor_of(list_, place(shown[-1]))}) if more else None
    return Items(tuple(map(item, shown)), after)
