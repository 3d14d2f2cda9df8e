"""Tables (CSV, TSV): a row is a document, with its text in one column and what is known about it in others."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Mapping
from io import StringIO

from sayso.errors import InputError
from sayso.model import Document, document_id
from sayso.readers.fields import FIELD_NAMES, kind_of, names_of_fields
from sayso.readers.given import UTF8_MARK, Given, Read, title_span
from sayso.readers.text import decoded
from sayso.readers.unpacked import printable

ENDINGS = (".csv", ".tsv", ".tab")
MEDIA_TYPES = ("text/csv", "text/tab-separated-values")
MOST_CHARACTERS = 1 << 23  # of one cell: more is no article, but a quotation mark that is not closed
_DELIMITERS = "\t,;|"
_LONGEST_NAME = 40  # characters of a column's name
_ENOUGH = 2  # columns that must be known for a file of any name to be a table
_SHOWN = 20  # names of columns in a message
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def recognizes(given: Given) -> bool:
    """By name, or by a first line that names two columns known to sayso, the text's among them."""
    if given.media_type:
        return given.media_type in MEDIA_TYPES
    if given.name.lower().endswith(ENDINGS):
        return True
    header = _header(given)
    names = _cells(header, _delimiter(header))
    fields = names_of_fields(names, given.options.columns)
    return "text" in fields and len(fields) >= _ENOUGH and all(len(name) <= _LONGEST_NAME for name in names)


def read(given: Given) -> Iterator[Read | InputError]:
    """A document a row; a row without text, or with more or fewer cells than the header, is an error.

    Rows are numbered as a spreadsheet does: the header is row 1. Raises InputError where no column holds the text.
    """
    csv.field_size_limit(MOST_CHARACTERS)
    lines = _Lines(given)
    rows = csv.reader(lines, delimiter=_delimiter(_header(given)))
    try:
        names = [name.strip() for name in next(rows, [])]
        if not names:
            return
        fields = names_of_fields(names, given.options.columns)
        _refuse_unknown(names, fields, given)
        number, line = 1, 1
        while True:
            number, line = number + 1, rows.line_num + 1
            lines.problems.clear()
            row = next(rows, None)
            if row is None:
                return
            place = f"{given.place}, row {number} (line {line})"
            if row:  # a blank line is none
                yield _read(dict(zip(names, row, strict=False)), fields, len(row) - len(names), lines, place, given)
    except csv.Error as error:
        raise InputError(
            f"{given.place}, line {rows.line_num}",
            f"{error}; a quotation mark may not be closed, or the line ends are odd; save the table again as CSV",
        ) from error


class _Lines:
    """The lines of a table as text, and what was found in decoding those since the last row."""

    def __init__(self, given: Given) -> None:
        self._lines = self._decoded(given)
        self.problems: list[str | InputError] = []

    def __iter__(self) -> Iterator[str]:
        return self._lines

    def _decoded(self, given: Given) -> Iterator[str]:
        if given.opening.startswith(_UTF16):  # its line feeds are not single bytes
            text, notes = decoded(given.whole(), given.place)
            self.problems += notes
            yield from StringIO(text.removeprefix("\ufeff"), newline="")
            return
        for number, data in enumerate(given.lines()):
            try:
                line, notes = decoded(data if number else data.removeprefix(UTF8_MARK), given.place)
                self.problems += notes
            except InputError as error:
                self.problems.append(error)
                line = data.decode("latin-1")  # so that the row can be told from the next
            yield line


def _header(given: Given) -> str:
    """The first line, as far as it can be told from the opening."""
    encoding = "utf-16" if given.opening.startswith(_UTF16) else "utf-8-sig"
    return given.opening.decode(encoding, errors="replace").partition("\n")[0].rstrip("\r")


def _delimiter(header: str) -> str:
    """What stands between the columns: the sign that parts the header into the most of them."""
    return max(_DELIMITERS, key=lambda sign: len(_cells(header, sign)))


def _cells(header: str, delimiter: str) -> list[str]:
    try:
        return [name.strip() for name in next(csv.reader([header], delimiter=delimiter), [])]
    except csv.Error:
        return []


def _refuse_unknown(names: list[str], fields: dict[str, str], given: Given) -> None:
    """Raises InputError where it is not known which column holds what."""
    there = ", ".join(printable(name[:_LONGEST_NAME]) for name in names[:_SHOWN])
    for field, name in given.options.columns.items():
        if field not in FIELD_NAMES:
            raise InputError(given.place, f"a document has no '{field}'; there are: {', '.join(FIELD_NAMES)}")
        if name not in names:
            raise InputError(given.place, f"no column is called '{name}'; there are: {there}")
    if "text" not in fields:
        raise InputError(
            given.place, f"no column is known to hold the text; say which of these does: {there} (text=COLUMN)"
        )


def _read(
    row: dict[str, str], fields: dict[str, str], surplus: int, lines: _Lines, place: str, given: Given
) -> Read | InputError:
    """One row's document, or what is wrong with the row."""
    if error := next((one for one in lines.problems if isinstance(one, InputError)), None):
        return InputError(place, error.message)
    if surplus:
        count = f"{abs(surplus)} {'more' if surplus > 0 else 'fewer'} cells than the header"
        return InputError(place, f"{count}; a quotation mark or a delimiter may be missing; save the table again")
    values = {field: row[name] for field, name in fields.items()}
    text = values.pop("text")
    if not text.strip():
        return InputError(place, f"no text in column '{printable(fields['text'])}'")
    document = _document(text, {field: value.strip() or None for field, value in values.items()}, given)
    return Read(document, place, tuple(one for one in lines.problems if isinstance(one, str)))


def _document(text: str, values: Mapping[str, str | None], given: Given) -> Document:
    known = given.known
    title, url = known.title or values.get("title"), known.url or values.get("url")
    return Document(
        id=values.get("id") or document_id(text, url or given.name),
        text=text,
        title=title,
        title_span=title_span(text, title),
        publisher=known.publisher or values.get("publisher"),
        published=known.published or values.get("published"),
        byline=values.get("byline"),
        credit=values.get("credit"),
        dateline=values.get("dateline"),
        url=url,
        language=values.get("language"),
        kind=kind_of(values.get("kind")),
    )
