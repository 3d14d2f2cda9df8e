"""What an export is: a format that Readings are written in, and what it carries of them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from sayso.errors import InputError, SaysoError
from sayso.model import Reading

# The part of a Reading that a format carries, as plain dicts and lists: a Reading's JSON, less what is lost.
Part = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entity:
    """A source across documents, as far as an export names it."""

    id: str
    name: str


class Entities(Protocol):
    """Which entity a source is, by its document's id and its own id: a dict, or what looks it up when asked."""

    def get(self, key: tuple[str, str], default: None = None, /) -> Entity | None: ...


@dataclass(frozen=True, slots=True)
class Stream:
    """A form of a format that is one stream of bytes.

    `write` takes Readings as they come and holds one at a time, or a batch; `read` gives back what `carries`
    names: paths in a Reading's JSON, each with all below it.
    """

    write: Callable[[Iterable[Reading], BinaryIO, Entities | None], None]
    read: Callable[[BinaryIO], Iterator[Part]]
    carries: frozenset[str]


@dataclass(frozen=True, slots=True)
class Folder:
    """A form of a format that is several files in a new folder; `write` and `read` as in a Stream."""

    write: Callable[[Iterable[Reading], Path, Entities | None], None]
    read: Callable[[Path], Iterator[Part]]
    carries: frozenset[str]


@dataclass(frozen=True, slots=True)
class Format:
    """A format by its name: what it is for, what its one file is called, and its forms.

    `needs` is the extra of sayso that holds the library it is written with; `is_text` whether its stream may
    go to a terminal; `leaves_out` what a user should know of what it does not carry.
    """

    name: str
    description: str
    suffix: str
    stream: Stream | None = None
    folder: Folder | None = None
    needs: str | None = None
    is_text: bool = True
    leaves_out: str = ""


def importable(module: str, extra: str) -> Any:
    """A library that comes with an extra. Raises SaysoError with the install command where it is absent."""
    try:
        return import_module(module)
    except ImportError as error:
        raise SaysoError(f"This format needs {module}, which is not installed: pip install 'sayso[{extra}]'") from error


def new_folder(folder: Path) -> Path:
    """A folder to write into, made where it is missing.

    Raises InputError where it holds files already: those of another export would stay among the new ones.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(str(folder), "already there, and not an empty folder; name a new one")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_list(head: bytes, items: Iterable[Any], out: BinaryIO) -> None:
    """Writes a JSON object that ends with a list, an item a line; `head` is what stands before the items."""
    out.write(head)
    comma = b"\n"
    for item in items:
        out.write(comma + json.dumps(item, ensure_ascii=False).encode())
        comma = b",\n"
    out.write(b"\n]}\n")


PLAIN_NAME = re.compile(r"(?!(?:con|prn|aux|nul|com\d|lpt\d)$)[a-z0-9][a-z0-9_-]{0,99}")


def file_name(document: str) -> str:
    """A document's id as a file name without suffix that every system takes: the id itself where it is one.

    Otherwise its letters and digits, and the start of its hash, so that no two ids share a name.
    """
    if PLAIN_NAME.fullmatch(document):
        return document
    readable = re.sub(r"[^a-z0-9]+", "-", document.lower())[:60].strip("-")
    return f"{readable or 'document'}-{hashlib.sha256(document.encode()).hexdigest()[:12]}"
