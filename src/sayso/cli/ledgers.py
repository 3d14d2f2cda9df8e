"""What the commands that ask a ledger have in common: where its file is, and how rows are printed."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sayso.cli.screen import put, width

if TYPE_CHECKING:
    from rich.table import Table

NOTHING_FOUND = 3  # exit code

ledger_argument = click.argument("ledger", metavar="LEDGER", type=click.Path(path_type=Path))
format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "jsonl"]),
    default="table",
    help="A table (the default), one JSON object, or one JSON object a line.",
)


def put_json(rows: Iterable[Any], form: str, whole: Mapping[str, Any] | None = None, key: str = "rows") -> None:
    """Write dataclasses or mappings as JSON: a line each, or all under `key` of one object, with `whole` beside."""
    import msgspec

    out = sys.stdout.buffer
    plain = (row if isinstance(row, Mapping) else asdict(row) for row in rows)
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
