"""What the commands that ask a ledger have in common: its file, what it is behind with, how rows are printed."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sayso.cli.screen import progress, put, width

if TYPE_CHECKING:
    from rich.table import Table

ledger_argument = click.argument("ledger", metavar="LEDGER", type=click.Path(path_type=Path))
format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "jsonl"]),
    default="table",
    help="A table (the default), one JSON object, or one JSON object a line.",
)


def counted(count: int, what: str) -> str:
    """A number of things in words: "1 document", "1,200 documents"."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def catch_up(
    ledger: Path,
    behind: Callable[[sqlite3.Connection], int],
    work: Callable[[sqlite3.Connection, Callable[[int], None]], None],
    doing: str,
    done: str,
) -> None:
    """Do what a ledger is behind with before it is asked, and say so: `doing` so many new documents, `done` in a bar.

    `work` is given the ledger, and what it is to call with the number of documents that it has done.
    """
    from sayso.ledger.opening import reading_from, writing_to

    with reading_from(ledger) as connection:
        count = behind(connection)
    if not count:
        return
    click.echo(f"sayso: {doing} {counted(count, 'new document')}", err=True)
    with writing_to(ledger) as connection, progress(count, done) as advance:

        def told(number: int) -> None:
            for _ in range(number):
                advance(lambda: None)

        work(connection, told)


def put_json(rows: Iterable[Any], form: str, whole: Mapping[str, Any] | None = None, key: str = "rows") -> None:
    """Write dataclasses, structs or mappings as JSON: a line each, or all under `key` of one object beside `whole`."""
    import msgspec

    out = sys.stdout.buffer
    plain = (asdict(row) if is_dataclass(row) and not isinstance(row, type) else row for row in rows)
    if form == "jsonl":
        for row in plain:
            out.write(msgspec.json.encode(row) + b"\n")
    else:
        out.write(msgspec.json.format(msgspec.json.encode({**(whole or {}), key: list(plain)}), indent=2) + b"\n")
    out.flush()


def table(*columns: str | tuple[str, str]) -> Table:
    """A table with these headings; a pair is a heading and "left" or "right", its side."""
    from rich import box
    from rich.table import Table

    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        heading, side = column if isinstance(column, tuple) else (column, "left")
        made.add_column(heading, justify="right" if side == "right" else "left", overflow="fold")
    return made


def put_parts(parts: Sequence[Any], colour: bool) -> None:
    """Write tables and lines to standard output, as wide as the terminal."""
    from sayso.cli.typography import rendered

    put(rendered(parts, width(), colour), colour)
