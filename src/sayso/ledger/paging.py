"""Going on in a list behind a row, by that row's place in its order: no row is skipped or told twice where others
have come in between."""

from __future__ import annotations

from collections.abc import Sequence

Value = str | int | float | None


def behind(columns: Sequence[str], place: Sequence[Value]) -> tuple[str, list[Value]]:
    """The SQL condition that a row comes after a place, and what it is given. `columns` are those of an ORDER BY with
    the direction behind them ("words DESC"); a column without a value comes last in a falling order, as in SQLite.

    >>> behind(["words DESC", "id"], [7, 3])
    ('(words < ? OR words IS NULL OR (words IS ? AND (id > ?)))', [7, 7, 3])
    """
    name, falls = _parted(columns[0])
    value = place[0]
    beyond, given = _beyond(name, falls, value)
    if len(columns) > 1:
        rest, of_rest = behind(columns[1:], place[1:])
        beyond, given = f"{beyond} OR ({name} IS ? AND {rest})", [*given, value, *of_rest]
    return f"({beyond})", given


def _parted(column: str) -> tuple[str, bool]:
    name, _, direction = column.partition(" ")
    return name, direction == "DESC"


def _beyond(name: str, falls: bool, value: Value) -> tuple[str, list[Value]]:
    if falls:
        return ("0", []) if value is None else (f"{name} < ? OR {name} IS NULL", [value])
    return (f"{name} IS NOT NULL", []) if value is None else (f"{name} > ?", [value])
