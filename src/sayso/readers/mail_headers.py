"""What a mail's headers say: who wrote to whom, when, about what, in answer to which message."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC
from email.errors import MessageError
from email.message import Message
from email.policy import default as modern
from email.utils import getaddresses, parsedate_to_datetime
from typing import TypeVar
from urllib.parse import quote

from sayso.readers.characters import one_line

MOST_VALUE = 1 << 12  # characters of one header that are looked at: what parses them slows down with the square
MOST_IDS = 1 << 16  # of one that lists messages

_ID = re.compile(r"<\s*([^<>\s]+)\s*>")
_UTC_BUT_WHERE = re.compile(r"-0000\s*(\([^()]*\)\s*)?$")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
# What the parsers of the standard library raise on headers that were made to break them.
_BREAKS = (ValueError, TypeError, AttributeError, IndexError, KeyError, LookupError, RecursionError, MessageError)

Taken = TypeVar("Taken")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A correspondent: the name shown, if any, and the address."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Headers:
    """The headers that sayso reads, decoded, and what was wrong with them. Dates are ISO 8601 with their zone."""

    subject: str | None = None
    senders: tuple[Mailbox, ...] = ()
    to: tuple[Mailbox, ...] = ()
    date: str | None = None
    message_id: str | None = None
    answers: tuple[str, ...] = ()
    language: str | None = None
    problems: tuple[str, ...] = ()

    @property
    def byline(self) -> str | None:
        """The senders by name, or by address where they give none."""
        return ", ".join(one.name or one.address for one in self.senders) or None


def headers_of(message: Message) -> Headers:
    """The headers of a parsed message. Whatever cannot be read is left out and told."""
    problems: list[str] = []

    def value(name: str) -> str:
        return _value(message, name, problems)

    date = value("date")
    published, trouble = date_of(date)
    language = value("content-language").split(",")[0].strip()
    ids = _ID.findall(value("message-id")) or value("message-id").split()[:1]
    return Headers(
        subject=one_line(_decoded("subject", value("subject"), str)) or None,
        senders=mailboxes(value("from")) or mailboxes(value("sender")),
        to=tuple(one for name in ("to", "cc") for one in mailboxes(value(name))),
        date=published,
        message_id=(one_line(ids[0]).strip("<>") or None) if ids else None,
        answers=tuple(dict.fromkeys(_ID.findall(value("in-reply-to")) + _ID.findall(value("references")))),
        language=language if _LANGUAGE.match(language) else None,
        problems=(*problems, *trouble),
    )


def mid(message_id: str) -> str:
    """The address of a message by its id, as RFC 2392 has it."""
    return "mid:" + quote(message_id, safe="@!$'()*+,", errors="replace")


def date_of(value: str) -> tuple[str | None, tuple[str, ...]]:
    """The moment that a Date header names, in ISO 8601, and what is wrong with it. Nothing is guessed."""
    if not value.strip():
        return None, ("no Date header: when it was sent is not known",)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None, (f"the Date header cannot be read: {value.strip()[:80]!r}",)
    if moment.tzinfo is not None:
        return moment.isoformat(), ()
    if _UTC_BUT_WHERE.search(value):
        return moment.replace(tzinfo=UTC).isoformat(), ()
    return moment.isoformat(), (f"the Date header names no time zone that is known: {value.strip()[:80]!r}",)


def mailboxes(value: str) -> tuple[Mailbox, ...]:
    """The correspondents that an address header names, in order, groups and comments resolved."""
    if not value.strip():
        return ()
    found: list[tuple[str, str]] = _decoded("to", value, _addresses)
    if not found:
        found = [(_decoded("subject", name, str), address) for name, address in _simple_addresses(value)]
    mailboxes = (Mailbox(one_line(name).strip("\"' "), one_line(address)) for name, address in found)
    return tuple(one for one in mailboxes if one.name or one.address)


def header_text(value: str) -> str:
    """A value that stands inside a header, a file's name, as text, however it was written."""
    data = value.encode("utf8", "surrogateescape")
    try:
        value = data.decode()
    except UnicodeDecodeError:
        value = data.decode("cp1252", "replace")
    return one_line(_decoded("subject", value[:MOST_VALUE], str))


def _addresses(header: object) -> list[tuple[str, str]]:
    return [
        # A display name that was lost on a broken address is better than none.
        (one.display_name, one.addr_spec.strip("<>"))
        for one in getattr(header, "addresses", ())
        if one.display_name or one.addr_spec not in ("", "<>")
    ]


def _simple_addresses(value: str) -> list[tuple[str, str]]:
    try:
        found = getaddresses([value])
    except _BREAKS:
        found = []
    return [pair for pair in found if any(pair)] or [(value, "")]


def _decoded(name: str, value: str, take: Callable[[object], Taken]) -> Taken:
    """A value as the standard library's modern policy reads it; where it breaks on it, as it stands."""
    try:
        return take(modern.header_factory(name, value))
    except _BREAKS:
        return take(value)


def _value(message: Message, name: str, problems: list[str]) -> str:
    """A header's value, unfolded, its bytes read as UTF-8 or Windows-1252; "" where there is none."""
    value = next(_raw_values(message, name), "")
    most = MOST_IDS if name == "references" else MOST_VALUE
    if len(value) > most and name not in ("to", "cc"):  # many recipients are nothing strange
        problems.append(f"the {name} header is longer than {most >> 10} KB: only its start was read")
    value = value[:most]
    data = value.encode("ascii", "surrogateescape") if not value.isascii() else None
    if data is not None:
        try:
            value = data.decode()
        except UnicodeDecodeError:
            value = data.decode("cp1252", "replace")
            problems.append(f"the {name} header is in no charset that it names: read as Windows-1252")
    return re.sub(r"\r?\n(?=[ \t])|[\r\n]+", "", value)


def _raw_values(message: Message, name: str) -> Iterator[str]:
    return (str(value) for header, value in message.raw_items() if header.lower() == name)
