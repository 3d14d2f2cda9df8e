"""Mail: a message (.eml, a file of a Maildir), or a mailbox of many (mbox), one message in memory at a time.

A message is a document: its subject, and its body without what it quotes and without signatures. Attachments that
are text, HTML or mail are documents of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from io import BytesIO

from sayso.errors import InputError
from sayso.model import Document, Kind, Span, document_id
from sayso.readers.characters import one_line
from sayso.readers.given import Found, Given, LeftOut, Read, opening_of
from sayso.readers.mail_headers import Headers, headers_of, mid
from sayso.readers.mail_parts import Attachment, Content, content_of, parsed
from sayso.readers.quoted import OWN, QUOTED, Passage, passages_of

MOST_MAIL = 1 << 26  # bytes of one message, its attachments included

_ENVELOPE = re.compile(rb"From .{0,500}\b\d{1,2}:\d\d(?::\d\d)?\b.{0,100}\b\d{4}\b", re.DOTALL)
_HEADER = re.compile(rb"(?P<name>[!-9;-~]{1,76})[ \t]*:")
_FOLDED = re.compile(rb"[ \t]+\S")
_UNQUOTED = re.compile(rb">+From ")
_DATED = re.compile(rb"(?:[A-Za-z]{3},? +)?\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{2,4} +\d\d?:\d\d")
# Headers that programs write; no one types them above an article.
_OF_PROGRAMS = frozenset(
    b"message-id received mime-version return-path dkim-signature delivered-to x-original-to x-mailer "
    b"content-transfer-encoding list-id authentication-results arc-seal in-reply-to references".split()
)
_OF_PEOPLE = frozenset((b"from", b"to", b"subject", b"date", b"sender", b"received", b"return-path"))
_LINK = re.compile(r"https?://[^\s<>\"“”«»\[\]{}|\\^`]+", re.IGNORECASE)
_MARK = b"\xef\xbb\xbf"


def recognizes(given: Given) -> bool:
    """By what was said of it, by its name, or by headers at its start that only a mail has."""
    if given.media_type in ("message/rfc822", "message/global", "message/news", "application/mbox"):
        return True
    opening = given.opening.removeprefix(_MARK)
    if given.name.lower().endswith((".eml", ".mbox", ".mbx")):
        return True
    return _is_mailbox(opening) or _is_mail(opening)


def read(given: Given) -> Iterator[Found]:
    """The messages of a mailbox, or the one message; each with its attachments behind it."""
    if not _is_mailbox(given.opening.removeprefix(_MARK)):
        yield from _message(given.whole(MOST_MAIL).removeprefix(_MARK), given.place, given)
        return
    for number, data in enumerate(_messages(given.lines()), 1):
        place = f"{given.place}, message {number}"
        if data is None:
            yield InputError(place, f"more than {MOST_MAIL >> 20} MB in one message; take its attachments out")
        else:
            yield from _message(data, place, given)


# Which it is


def _is_mailbox(opening: bytes) -> bool:
    """Whether it opens with the line that a mailbox puts before each message, and a header after it."""
    first, _, after = opening.lstrip(b"\r\n").partition(b"\n")
    if not first.startswith(b"From ") or not _HEADER.match(after.removeprefix(b">")):
        return False
    return bool(_ENVELOPE.match(first)) or not first[5:].strip() or _is_mail(after)


def _is_mail(opening: bytes) -> bool:
    """Whether it opens with headers, and with such as programs write, or with sender, date and subject."""
    found: dict[bytes, bytes] = {}
    for line in opening.lstrip(b"\r\n").split(b"\n"):
        header = _HEADER.match(line)
        if header:
            found.setdefault(header["name"].lower(), line[header.end() :])
        elif not line.strip():
            break
        elif not (found and _FOLDED.match(line)):
            return False
    if found.keys() & _OF_PROGRAMS and found.keys() & _OF_PEOPLE:
        return True
    dated = _DATED.match(found.get(b"date", b"").strip())
    return bool(dated and b"from" in found and found.keys() & {b"to", b"subject"})


def _messages(lines: Iterable[bytes]) -> Iterator[bytes | None]:
    """The messages of a mailbox, ">From " made "From " again; None for one that is too large.

    A line begins a message where it reads like an envelope's ("From ida@example.org Fri May  3 10:15:00 2024") and
    a header follows: sentences begin with "From", too.
    """
    message: list[bytes] = []
    size = 0
    waiting: bytes | None = None
    started = False
    for line in lines:
        if waiting is not None:
            if _HEADER.match(line.removeprefix(b">")) or not started:
                if started:
                    yield b"".join(message) if size <= MOST_MAIL else None
                message, size, started = [], 0, True
            else:
                message.append(waiting)
            waiting = None
        if line.startswith(b"From ") and (not started or _ENVELOPE.match(line)):
            waiting = line
            continue
        size += len(line)
        if size > MOST_MAIL:
            message = []
        else:
            message.append(line[1:] if _UNQUOTED.match(line) else line)
    if started:
        yield b"".join(message) if size <= MOST_MAIL else None


# One message


def _message(data: bytes, place: str, given: Given) -> Iterator[Found]:
    mail, problems = parsed(data)
    if not mail.headers.keys():
        yield InputError(place, "no headers, so this is no mail; if it is plain text, give it a name that ends in .txt")
        return
    headers = headers_of(mail.headers)
    content = content_of(mail)
    sender = headers.senders[0] if headers.senders else None
    passages = passages_of(content.lines, f"{sender.name} {sender.address}" if sender else "")
    yield _read(headers, content, passages, problems, place, given)
    for number, attachment in enumerate(content.attachments, 1):
        yield _given(attachment, number, place, given)


def _read(
    headers: Headers, content: Content, passages: list[Passage], problems: list[str], place: str, given: Given
) -> Read:
    known = given.known
    title = known.title or headers.subject
    own = [passage for passage in passages if passage.kind == OWN]
    body = "\n\n".join(passage.text.strip() for passage in own)
    text = "\n\n".join(filter(None, (headers.subject, body)))
    url = known.url or (mid(headers.message_id) if headers.message_id else None)
    document = Document(
        id=headers.message_id or document_id(text, known.url or given.name or place),
        text=text,
        title=title,
        title_span=Span(0, len(title)) if title and title == headers.subject else None,
        publisher=known.publisher,
        published=known.published or headers.date,
        byline=headers.byline,
        url=url,
        links=tuple(dict.fromkeys((*_links(own), *map(mid, headers.answers)))),
        language=headers.language,
        kind=Kind.EMAIL,
    )
    left_out = tuple(LeftOut(passage.kind, passage.text) for passage in passages if passage.kind != OWN)
    told = (*problems, *headers.problems, *content.problems, *_not_read(content), *_nothing_own(passages))
    return Read(document, place, tuple(dict.fromkeys(told)), left_out)


def _links(own: list[Passage]) -> Iterator[str]:
    """The addresses of pages in a mail's own words, and behind them in HTML."""
    for passage in own:
        for line in passage.lines:
            yield from (link.rstrip(".,;:!?)'’>*_") for link in _LINK.findall(line.text))
            yield from (link.strip() for link in line.links if _LINK.fullmatch(link.strip()))


def _not_read(content: Content) -> Iterator[str]:
    if names := [one_line(name)[:80] for name in content.not_read]:
        count = f"{len(names)} attachments were" if len(names) > 1 else "1 attachment was"
        more = ", …" if len(names) > 10 else ""
        yield f"{count} not read: {', '.join(names[:10])}{more}"


def _nothing_own(passages: list[Passage]) -> Iterator[str]:
    if not any(passage.kind == OWN for passage in passages) and any(passage.kind == QUOTED for passage in passages):
        yield "no words of its own: all of its body is quoted or forwarded, and left out"


def _given(attachment: Attachment, number: int, place: str, given: Given) -> Given:
    """An attachment as an input of its own."""
    name = one_line(attachment.name).replace("\\", "/").rpartition("/")[2]
    stream = BytesIO(attachment.data)
    return Given(
        place=f"{place}, attachment {name or number}",
        name=name,
        opening=opening_of(stream),
        rest=stream,
        options=given.options,
        media_type=attachment.media_type,
        charset=attachment.charset,
    )
