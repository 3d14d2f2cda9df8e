"""JSON lines, one document a line, each with its place in the file for whoever must say what is wrong there."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from sayso.errors import InputError


def rows(path: Path, what: str, fields: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of a file, which may be .gz, each with its place. Raises InputError where a line is not `what` it
    should be, or lacks one of the fields."""
    opener: Any = gzip.open if path.suffix == ".gz" else Path.open
    place = str(path)
    try:
        with opener(path, "rb") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                place = f"{path}, line {number}"
                row = msgspec.json.decode(line)
                if not isinstance(row, dict):
                    raise ValueError("no object in braces")
                if missing := [field for field in fields if field not in row]:
                    raise KeyError(missing[0])
                yield place, row
    except (msgspec.DecodeError, KeyError, ValueError, gzip.BadGzipFile, EOFError) as error:
        raise not_in_format(place, what, error) from error


def digest_of(article: str) -> str:
    """What stands for an article's id in labels that are kept apart from their corpus: an id may hold words of it."""
    return hashlib.sha256(article.encode()).hexdigest()[:16]


def not_in_format(place: str, what: str, error: Exception) -> InputError:
    """What to raise for a line that is not what it should be."""
    found = f"no {error}" if isinstance(error, KeyError) else error
    return InputError(place, f"not {what} ({found}); the help of `sayso bench` has the format")
