"""Readings as CSV, for spreadsheets: one table with a row an attribution, or a folder of tables with all there is.

UTF-8 with a byte order mark (without it, Excel takes the bytes for another encoding; readers of CSV skip it),
commas, double quotes, CRLF, as RFC 4180 has it. An empty cell is null. A cell that a spreadsheet would run as a
formula has an apostrophe before it, as has one that begins with an apostrophe, and one that holds an empty text;
reading back takes off one.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

from sayso.export.fields import ALL, ENDS
from sayso.export.format import Entities, Folder, Format, Part, Stream, new_folder
from sayso.export.tables import (
    ONE_TABLE,
    ONE_TABLE_CARRIES,
    TABLES,
    Ahead,
    Row,
    one_table_of,
    part_of_one_table,
    reading_of,
    tables_of,
)
from sayso.model import Reading

# Formulas open with = + - @ (of full width too, which some versions take alike), a tab or a carriage return,
# and some programs look for them behind blanks and quotation marks.
HARMFUL = re.compile("[\\s\ufeff\\x00-\\x1f\"'“”‘’«»]*[=+\\-@＝＋－＠﹢﹣﹦﹫−\t\r]")

# Lists have a table of their own: which field of which table, and what an item that is a text is called there.
LISTS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "links": ("documents", ("links",), "url"),
    "problems": ("documents", ("problems",), "problem"),
    "models": ("documents", ("made_by", "models"), ""),
    "contents": ("attributions", ("content",), ""),
    "roles": ("sources", ("roles",), "role"),
    "mentions": ("sources", ("mentions",), ""),
}
# In the one table, lists are joined in a cell.
ONE_TABLE_CELLS = {name: str if isinstance(kind, list) else kind for name, (kind, _) in ONE_TABLE.items()}
OWNERS = {"documents": ("document",), "attributions": ("document", "attribution"), "sources": ("document", "source")}


def harmless(text: str) -> str:
    """A text as a cell that no spreadsheet runs."""
    return f"'{text}" if not text or text.startswith("'") or HARMFUL.match(text) else text


def original(cell: str) -> str:
    """The text that `harmless` made a cell of."""
    return cell.removeprefix("'")


def joined(texts: list[str] | None) -> str | None:
    """A list in one cell: "mayor; owner of the mill", with a backslash before a semicolon in a text."""
    return "; ".join(re.sub(r"([\\\\;])", r"\\\1", one) for one in texts) if texts else None


def items(cell: str | None) -> list[str]:
    """The texts that `joined` put into one cell."""
    found = re.findall(r"(?:^|; )((?:[^\\;]|\\.)*)", cell, re.DOTALL) if cell is not None else []
    return [re.sub(r"\\(.)", r"\1", one, flags=re.DOTALL) for one in found]


def offsets(spans: list[dict[str, int]]) -> str | None:
    """Offsets in one cell: "12..40;50..60", which no spreadsheet takes for a date."""
    return ";".join(f"{one['start']}..{one['end']}" for one in spans) or None


def ends(cell: str | None) -> list[dict[str, int]]:
    """The offsets that `offsets` put into one cell."""
    return [dict(zip(ENDS, map(int, one.split("..")), strict=True)) for one in cell.split(";")] if cell else []


def write(readings: Iterable[Reading], out: BinaryIO, entities: Entities | None = None) -> None:
    """Writes a row an attribution. Documents without any have no row."""
    table = _Writer(out, ONE_TABLE_CELLS)
    for reading in readings:
        for row in one_table_of(reading, entities):
            table.write({**row, "roles": joined(row["roles"]), "content_offsets": offsets(row["content_offsets"])})


def read(stream: BinaryIO) -> Iterator[Part]:
    """What the table carries of each document in it."""
    for _, group in groupby(_rows(stream, ONE_TABLE_CELLS), key=lambda row: row["document"]):
        yield part_of_one_table(
            [{**row, "roles": items(row["roles"]), "content_offsets": ends(row["content_offsets"])} for row in group]
        )


def write_folder(readings: Iterable[Reading], folder: Path, entities: Entities | None = None) -> None:
    """Writes documents.csv, attributions.csv, contents.csv … Raises InputError where the folder is not empty."""
    new_folder(folder)
    with ExitStack() as open_files:
        tables = {
            name: _Writer(open_files.enter_context((folder / f"{name}.csv").open("wb")), columns)
            for name, columns in {**TABLES, **{name: _columns_of_list(name) for name in LISTS}}.items()
        }
        for reading in readings:
            rows = tables_of(reading, entities)
            for name, these in rows.items():
                for row in these:
                    tables[name].write(row)
            for name, (owner, way, _) in LISTS.items():
                for row in rows[owner]:
                    for item in _at(row, way):
                        tables[name].write(_listed(name, row, item))


def read_folder(folder: Path) -> Iterator[Part]:
    """The JSON of each Reading in a folder that `write_folder` wrote."""
    with ExitStack() as open_files:

        def rows(name: str, columns: dict[str, Any]) -> Iterator[Row]:
            return _rows(open_files.enter_context((folder / f"{name}.csv").open("rb")), columns)

        others = {name: Ahead(rows(name, TABLES[name])) for name in TABLES if name != "documents"}
        lists = {name: Ahead(rows(name, _columns_of_list(name))) for name in LISTS}
        for document in rows("documents", TABLES["documents"]):
            _fill("documents", document, lists)
            these = {name: ahead.take(document=document["id"]) for name, ahead in others.items()}
            for name, group in these.items():
                for row in group:
                    _fill(name, row, lists)
            yield reading_of(document, these)


def _columns_of_list(name: str) -> dict[str, Any]:
    owner, way, item = LISTS[name]
    (kind,) = _at(TABLES[owner], way)
    return {**dict.fromkeys(OWNERS[owner], str), **({item: kind} if item else kind)}


def _at(row: Row, way: tuple[str, ...]) -> Any:
    for step in way:
        row = row[step]
    return row


def _key(owner: str, row: Row) -> dict[str, str]:
    """What the rows of a list name their owner by."""
    return dict(zip(OWNERS[owner], [row["id"]] if owner == "documents" else [row["document"], row["id"]], strict=True))


def _listed(name: str, row: Row, item: Any) -> Row:
    owner, _, column = LISTS[name]
    return {**_key(owner, row), **({column: item} if column else item)}


def _fill(table: str, row: Row, lists: dict[str, Ahead]) -> None:
    """Puts a row's lists back into it."""
    for name, (owner, way, column) in LISTS.items():
        if owner == table:
            key = _key(owner, row)
            items = lists[name].take(**key)
            _at(row, way[:-1])[way[-1]] = [
                item[column] if column else {name: value for name, value in item.items() if name not in key}
                for item in items
            ]


class _Writer:
    """A table being written: rows of nested values in, cells out."""

    def __init__(self, out: BinaryIO, columns: dict[str, Any]) -> None:
        self._out, self._columns = out, columns
        self._out.write("\ufeff".encode())
        self._write(list(_names(columns)))

    def write(self, row: Row) -> None:
        self._write(list(_cells(row, self._columns)))

    def _write(self, cells: list[str]) -> None:
        line = io.StringIO(newline="")
        csv.writer(line, lineterminator="\r\n").writerow(cells)
        self._out.write(line.getvalue().encode())


def _names(columns: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """The columns: those of an object in a row carry its name; lists have tables of their own."""
    for name, kind in columns.items():
        if isinstance(kind, dict):
            yield from _names(kind, f"{prefix}{name}_")
        elif not isinstance(kind, list):
            yield f"{prefix}{name}"


def _cells(row: Row | None, columns: dict[str, Any]) -> Iterator[str]:
    for name, kind in columns.items():
        value = row[name] if row is not None else None
        if isinstance(kind, dict):
            yield from _cells(value, kind)
        elif not isinstance(kind, list):
            yield _cell(value, kind)


def _cell(value: Any, kind: Any) -> str:
    if value is None:
        return ""
    if kind is bool:
        return "true" if value else "false"
    return harmless(value) if kind is str else str(value)


def _rows(stream: BinaryIO, columns: dict[str, Any]) -> Iterator[Row]:
    csv.field_size_limit(sys.maxsize)  # an article is longer than the usual 131,072 characters of a cell
    lines = csv.reader(io.TextIOWrapper(stream, "utf-8-sig", newline=""))
    names = next(lines, [])
    for line in lines:
        yield _values(dict(zip(names, line, strict=True)), columns)


def _values(cells: dict[str, str], columns: dict[str, Any], prefix: str = "") -> Row:
    row: Row = {}
    for name, kind in columns.items():
        if isinstance(kind, dict):
            below = _values(cells, kind, f"{prefix}{name}_")
            row[name] = below if any(value is not None for value in below.values()) else None
        elif not isinstance(kind, list):
            row[name] = _value(cells[f"{prefix}{name}"], kind)
    return row


def _value(cell: str, kind: Any) -> Any:
    if not cell:
        return None
    if kind is bool:
        return cell == "true"
    return original(cell) if kind is str else kind(cell)


FORMAT = Format(
    name="csv",
    description="tables for spreadsheets: a row an attribution, or a folder of tables with all there is",
    suffix=".csv",
    stream=Stream(write, read, ONE_TABLE_CARRIES),
    folder=Folder(write_folder, read_folder, ALL),
    leaves_out="The one table has no row for a document without attributions, and of the sources those who speak.",
)
