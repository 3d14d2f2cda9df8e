"""What wires' formats have in common: a story of headline and body, when it was issued, what editors say of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sayso.model import Document, Span, document_id
from sayso.readers.characters import one_line
from sayso.readers.given import Given

_CORRECTS = re.compile(r"\bcorrect(?:s|ion|ed|ive)?\b", re.IGNORECASE)
_KILLS = re.compile(r"\b(?:kill(?:ed)?|withdraw(?:n|s|al)?|retract(?:s|ed|ion)?|mandatory kill)\b", re.IGNORECASE)
_USABLE = frozenset(("", "usable"))


def story(headline: str | None, body: str) -> tuple[str, Span | None]:
    """The text of a story, its headline first, and where that is."""
    text = "\n\n".join(filter(None, (headline, body)))
    return text, Span(0, len(headline)) if headline else None


def document_of(
    given: Given,
    headline: str | None,
    body: str,
    *,
    url: str | None,
    publisher: str | None,
    published: str | None,
    byline: str | None,
    credit: str | None,
    dateline: str | None,
    language: str | None,
) -> Document:
    """The document that an item is, where what the user knows outweighs what the item says."""
    known = given.known
    text, span = story(headline, body)
    url = known.url or url
    return Document(
        id=document_id(text, url or given.name),
        text=text,
        title=known.title or headline,
        title_span=span if known.title in (None, headline) else None,
        publisher=known.publisher or publisher,
        published=known.published or published,
        byline=byline,
        credit=credit,
        dateline=dateline,
        url=url,
        language=language,
    )


def words_of(value: Any) -> str | None:
    """A value as one line of text; None where it is none or says nothing."""
    return (one_line(value) or None) if isinstance(value, str) else None


def moment(item: Mapping[str, Any], *names: str) -> tuple[str | None, tuple[str, ...]]:
    """The first of these dates that an item gives, in ISO 8601, and a note where it cannot be read."""
    for name in names:
        if value := words_of(item.get(name)):
            try:
                # "20240531" and "2024-05-31" name a day; a time of midnight would be made up.
                found = datetime.fromisoformat(value)
            except ValueError:
                return None, (f"{name} is no date that can be read: {value[:80]!r}",)
            return (found.date().isoformat() if len(value) <= len("2024-05-31") else found.isoformat()), ()
    return None, ()


def remarks(
    *, status: str | None, notes: Iterable[str | None], signals: Iterable[str | None], embargoed: str | None
) -> Iterator[str]:
    """What the wire says of an item, as a reader of it must know: that it corrects, withdraws, is held back."""
    state = (status or "").rpartition(":")[2].lower()
    if state not in _USABLE:
        yield f"the wire marks this as {state}: it is not to be used as it stands"
    if embargoed:
        yield f"the wire holds this back until {embargoed}"
    for signal in filter(None, signals):
        yield f"the wire signals: {signal.rpartition(':')[2]}"
    for note in filter(None, notes):
        if _KILLS.search(note):
            yield f"the wire withdraws this: {note}"
        elif _CORRECTS.search(note):
            yield f"the wire marks this as a correction: {note}"
        else:
            yield f"the wire's note to editors: {note}"
