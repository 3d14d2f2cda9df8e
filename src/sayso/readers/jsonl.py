"""JSON Lines: a line is a document, an object with "text" and whatever else is known about it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

import msgspec

from sayso.errors import InputError
from sayso.model import Document, Kind, document_id
from sayso.readers.fields import FIELD_NAMES, key_of, names_of_fields
from sayso.readers.given import UTF8_MARK, Given, Read, title_span

ENDINGS = (".jsonl", ".ndjson")
_OPENS = re.compile(rb'\s*\{[ \t]*["}]')  # {" or {}: no article begins like this
_SURROGATE = re.compile("[\ud800-\udfff]")
_EXPECTED = 'expected a JSON object on one line, with "text"'


class Line(msgspec.Struct, frozen=True):
    """What a line may hold; fields of any other name are passed over."""

    text: str
    id: str | None = None
    title: str | None = None
    publisher: str | None = None
    published: str | None = None
    byline: str | None = None
    credit: str | None = None
    dateline: str | None = None
    url: str | None = None
    links: tuple[str, ...] | None = None
    language: str | None = None
    kind: Kind | None = None


def recognizes(given: Given) -> bool:
    """By name, or by a first line that opens an object."""
    return given.name.lower().endswith(ENDINGS) or bool(_OPENS.match(given.opening.removeprefix(UTF8_MARK)))


def read(given: Given) -> Iterator[Read | InputError]:
    """A document a line, one line in memory at a time; blank lines are passed over, broken ones are errors."""
    if given.opening.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(given.place, "JSON Lines in UTF-16; save it as UTF-8")
    decoder = msgspec.json.Decoder(Line)
    for number, data in given.numbered_lines():
        place = f"{given.place}, line {number}"
        try:
            line = _renamed(data, given.options.columns) or decoder.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            yield InputError(place, _why(data, error))
        else:
            yield Read(_document(line, given), place)


def _renamed(data: bytes, columns: Mapping[str, str]) -> Line | None:
    """A line whose fields go by other names: those in `columns`, or, where no field is called "text" and one field
    alone is usually called so ("body"), the usual ones. None where the line is to be taken as it stands.

    Raises msgspec.DecodeError, UnicodeDecodeError or RecursionError where it cannot be read.
    """
    if not columns and b'"text"' in data:
        return None
    fields = msgspec.json.decode(data)
    if not isinstance(fields, dict) or (not columns and not _one_text(fields)):
        return None
    renamed = {name: value for name, value in fields.items() if name in Line.__struct_fields__ and name not in columns}
    renamed |= {field: fields[name] for field, name in names_of_fields(fields, columns).items()}
    return msgspec.convert(renamed, Line)


def _one_text(fields: Mapping[str, object]) -> bool:
    """Whether "text" is missing, and one field alone may well be it."""
    texts = [name for name, value in fields.items() if key_of(name) in FIELD_NAMES["text"] and isinstance(value, str)]
    return len(texts) == 1 and "text" not in fields


def _document(line: Line, given: Given) -> Document:
    known = given.known
    title, url = known.title or line.title, known.url or line.url
    return Document(
        id=line.id or document_id(line.text, url or given.name),
        text=line.text,
        title=title,
        title_span=title_span(line.text, title),
        publisher=known.publisher or line.publisher,
        published=known.published or line.published,
        byline=line.byline,
        credit=line.credit,
        dateline=line.dateline,
        url=url,
        links=line.links or (),
        language=line.language,
        kind=line.kind or Kind.ARTICLE,
    )


def _why(data: bytes, error: Exception) -> str:
    try:
        data.decode()
    except UnicodeDecodeError as wrong:
        return f"byte {wrong.start} of the line ({data[wrong.start]:#04x}) is not UTF-8; save the file as UTF-8"
    if isinstance(error, RecursionError):
        return f"objects or lists too deep in each other; {_EXPECTED}"
    if isinstance(error, msgspec.ValidationError):
        return f"{_plain(str(error))}; {_EXPECTED}"
    if surrogate := _lone_surrogate(data):
        return f"a lone surrogate (\\u{ord(surrogate):x}), which is no character; take it out"
    return f"broken JSON ({error}); {_EXPECTED}"


def _lone_surrogate(data: bytes) -> str | None:
    """Half of a pair without the other half, if that is all that is wrong: the standard decoder lets it pass."""
    try:
        text = json.dumps(json.loads(data), ensure_ascii=False)
    except (ValueError, RecursionError):
        return None
    found = _SURROGATE.search(text)
    return found and found.group()


def _plain(message: str) -> str:
    """The decoder's message without its own notation: a reader of news need not know `$.title`."""
    return message.replace("Object missing required field `text`", 'no "text"').replace("`$.", "`").replace("`", "'")
