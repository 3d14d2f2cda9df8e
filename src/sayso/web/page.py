"""A page and its twins: one dataclass a view, shown by a template, as JSON, and its rows as CSV.

A view is a module with a dataclass of what it shows, a function that fills it from the ledger, and a PAGE; its line
in PAGES (see `sayso.web.app`) gives it an address. `/document?id=a` is for people, `/document.json?id=a` the same
dataclass as JSON, `/document.csv?id=a` its rows for a spreadsheet.
"""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import msgspec

from sayso.errors import SaysoError
from sayso.export.csv import harmless
from sayso.model import Span

View = TypeVar("View")
MOST_WORDS = 500  # characters of a search


class NotThere(SaysoError):
    """What a page asks for is not in the ledger."""


class WrongQuestion(SaysoError):
    """A page was asked for in a way that it does not know; the message says in which way it can be."""


@dataclass(frozen=True, slots=True)
class Page(Generic[View]):
    """A view: its path, its template, how it is filled, and its rows.

    `ask` is given the ledger and what stands behind the question mark. It raises NotThere and WrongQuestion.
    `rows` are dataclasses of one kind, whose `row_kind` gives the columns where there are none.
    """

    path: str
    template: str
    ask: Callable[[sqlite3.Connection, Mapping[str, str]], View]
    rows: Callable[[View], Iterable[Any]]
    row_kind: type

    @property
    def twin(self) -> str:
        """The path that ".json" and ".csv" follow."""
        return "/start" if self.path == "/" else self.path


def required(given: Mapping[str, str], name: str, example: str) -> str:
    """What an address gives under a name. Raises WrongQuestion where it does not."""
    if not given.get(name):
        raise WrongQuestion(f"This page needs to know which: {example}")
    return given[name]


def row_id(given: Mapping[str, str], name: str, example: str) -> int:
    """A row's number that an address gives. Raises WrongQuestion where it is none."""
    value = required(given, name, example)
    if not value.isascii() or not value.isdigit() or len(value) > 18:
        raise WrongQuestion(f"'{value}' is no number; this page needs one: {example}")
    return int(value)


def as_json(view: Any) -> bytes:
    """A view's dataclass as JSON, for people to read as well."""
    return msgspec.json.format(msgspec.json.encode(asdict(view)), indent=2)


def as_csv(kind: type, rows: Iterable[Any]) -> bytes:
    """Dataclasses of one kind as CSV with a heading, UTF-8 with a mark, as spreadsheets want it; no cell runs.

    Lists are in one cell, with semicolons.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    names = [one.name for one in fields(kind)]
    writer.writerow(names)
    writer.writerows([_cell(getattr(row, name)) for name in names] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def file_name(path: str, given: Mapping[str, str], suffix: str) -> str:
    """What a download of a page is called: the view, and of what it is asked for the letters and digits."""
    words = "-".join("".join(c for c in value if c.isascii() and c.isalnum())[:40] for value in given.values())
    return quote("-".join(filter(None, (path.strip("/"), words))) + suffix)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, Span):
        return f"{value.start}-{value.end}"
    if isinstance(value, (tuple, list)):
        return harmless("; ".join(map(_cell, value)))
    return str(value)
