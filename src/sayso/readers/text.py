"""Plain text: a file is one document, in UTF-8, in what its byte order mark says, or in Windows-1252."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

import msgspec

from sayso.errors import InputError
from sayso.model import Document, document_id
from sayso.readers.given import Given, Known, Read, title_span
from sayso.readers.unreadable import is_binary

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
ENDINGS = (".txt",)
_REMEDY = "save it as UTF-8"


def recognizes(given: Given) -> bool:  # noqa: ARG001 - every reader is asked alike
    """Any input may be plain text."""
    return True


def read(given: Given) -> Iterator[Read | InputError]:
    """The one document in a text file; an empty file is a document with no text."""
    data = given.whole()
    try:
        text, problems = decoded(data, given.place)
        _refuse_json(text, given.place)
    except InputError as error:
        yield error
        return
    yield Read(document_of(text, given.known, given.name), given.place, problems)


def document_of(text: str, known: Known, name: str) -> Document:
    """The document that a text is, with what is known of it; `name` is what it is called where it has no URL."""
    return Document(
        id=document_id(text, known.url or name),
        text=text,
        title=known.title,
        title_span=title_span(text, known.title),
        publisher=known.publisher,
        published=known.published,
        url=known.url,
    )


def decoded(data: bytes, place: str) -> tuple[str, tuple[str, ...]]:
    """The text, byte order mark included, and a note where it is not in UTF-8. Raises InputError."""
    for mark, encoding, name in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding), (f"read as {name}, as its byte order mark says",)
            except UnicodeDecodeError as error:
                wrong = f"its byte order mark says {name}, but byte {error.start} does not fit; {_REMEDY}"
                raise InputError(place, wrong) from error
    if is_binary(data):
        raise InputError(
            place,
            "this looks like a binary file, or text in UTF-16 without a byte order mark: "
            f"it is full of control characters; if it is text, {_REMEDY}",
        )
    try:
        return data.decode(), ()
    except UnicodeDecodeError as error:
        return _decoded_otherwise(data, place, error)


def _decoded_otherwise(data: bytes, place: str, error: UnicodeDecodeError) -> tuple[str, tuple[str, ...]]:
    """Text that is not UTF-8, as Windows-1252, unless it would come out garbled. Raises InputError."""
    at = error.start
    try:
        data.decode(errors="surrogatepass")
    except UnicodeDecodeError:
        pass
    else:
        line = data.count(b"\n", 0, at) + 1
        surrogate = f"line {line}: a lone surrogate, which is no character, at byte {at}; take it out, or {_REMEDY}"
        raise InputError(place, surrogate) from error
    # One broken byte in UTF-8 must not turn every curly quotation mark of the file into three letters.
    letters = sum(not c.isascii() for c in data.decode(errors="ignore"))
    strays = sum(c == "\ufffd" for c in data.decode(errors="replace"))
    if letters > strays:
        damaged = f"almost all of it is UTF-8, but byte {at} ({data[at]:#04x}) is not; take it out, or {_REMEDY} again"
        raise InputError(place, damaged) from error
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as misfit:
        neither = (
            f"byte {at} ({data[at]:#04x}) is not UTF-8, and byte {misfit.start} ({data[misfit.start]:#04x}) "
            f"is not Windows-1252 either; {_REMEDY}"
        )
        raise InputError(place, neither) from misfit
    note = f"not UTF-8 at byte {at}: read as Windows-1252; if letters or quotation marks look wrong, {_REMEDY}"
    return text, (note,)


def _refuse_json(text: str, place: str) -> None:
    """A JSON file of many lines is not news to be read as it stands. Raises InputError."""
    start = text.lstrip("\ufeff \t\r\n")
    if not start.startswith(("{", "[")):
        return
    try:
        value = msgspec.json.decode(start)
    except (msgspec.DecodeError, RecursionError):
        return
    if isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict)):
        raise InputError(
            place, 'this is JSON, but not JSON Lines; write each document on a line of its own: {"text": "…"}'
        )
