"""Small invented Readings, and ledgers of them, for the tests of the ledger."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sayso.errors import InputError
from sayso.ledger.adding import Added, Event, add
from sayso.ledger.adding import Known as KnownAlready
from sayso.ledger.opening import migrations, writing_to
from sayso.lexicon import load_lexicon
from sayso.model import Attribution, Document, MadeBy, Reading, Source, SourceKind, Span, attribution_id
from sayso.readers import Read

LEXICON = load_lexicon()
MADE_BY = MadeBy("1")
_SAID = re.compile(r"(?P<source>[^.\n]+?) (?P<cue>said|denied) (?P<content>[^.\n]+)\.")


def person(name: str, *roles: str) -> Source:
    """A person of this name, with what a document calls them."""
    return Source(name, name, SourceKind.PERSON, named=True, roles=roles)


def organization(name: str) -> Source:
    """An organization of this name."""
    return Source(name, name, SourceKind.ORGANIZATION, named=True)


def unnamed(description: str, reason: str | None = None, access: str | None = None) -> Source:
    """A source that its document does not name."""
    return Source(description, description, SourceKind.GROUP, named=False, anonymity_reason=reason, access=access)


def told(id_: str, text: str, *sources: Source, made_by: MadeBy = MADE_BY, **about: Any) -> Reading:
    """A Reading of "Ana Ruiz said yes.": an attribution for each such sentence, its speaker the source of that name."""
    attributions = []
    for found in _SAID.finditer(text):
        source, cue, content = (Span(*found.span(part)) for part in ("source", "cue", "content"))
        start = source.start + len(found["source"]) - len(found["source"].lstrip())
        speaker = next((one.id for one in sources if one.name == found["source"].strip()), None)
        attributions.append(
            Attribution(
                attribution_id(id_, cue), Span(start, source.end), cue, (content,), confidence=0.9, speaker=speaker
            )
        )
    return Reading(Document(id_, text, **about), tuple(attributions), sources=sources, made_by=made_by)


def by(*sources: Source, id_: str = "d", **about: Any) -> Reading:
    """A Reading in which each of these sources says something."""
    return told(id_, " ".join(f"{one.name} said yes in {id_}." for one in sources), *sources, **about)


def add_to(ledger: sqlite3.Connection, readings: Iterable[Reading]) -> list[str]:
    """Add Readings. Returns what became of each: "added", "known", or what is wrong with it."""
    outcomes: list[str] = []

    def heard(event: Event) -> None:
        if isinstance(event, InputError):
            outcomes.append(str(event))
        else:
            assert isinstance(event, (Added, KnownAlready))
            outcomes.append(type(event).__name__.lower())

    reads = (Read(one.document, f"{one.document.id}.txt", reading=one) for one in readings)
    add(ledger, reads, lambda _: iter(()), LEXICON, heard)
    return outcomes


def in_memory() -> sqlite3.Connection:
    """A new ledger in memory, for many small ones."""
    ledger = sqlite3.connect(":memory:", isolation_level=None)
    ledger.row_factory = sqlite3.Row
    ledger.execute("PRAGMA foreign_keys = ON")
    for step in migrations():
        ledger.executescript(step)
    return ledger


def holding(*readings: Reading) -> sqlite3.Connection:
    """A ledger in memory with these Readings, all of which must be new to it."""
    ledger = in_memory()
    assert add_to(ledger, readings) == ["added"] * len(readings)
    return ledger


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A ledger's file as anybody may open it, with sayso or without."""
    ledger = sqlite3.connect(path, isolation_level=None)
    ledger.row_factory = sqlite3.Row
    try:
        yield ledger
    finally:
        ledger.close()


def write(path: Path, *readings: Reading) -> Path:
    """A ledger's file with these Readings."""
    with writing_to(path) as ledger:
        assert add_to(ledger, readings) == ["added"] * len(readings)
    return path


def all_of(ledger: sqlite3.Connection, query: str, *given: object) -> list[Any]:
    """A query's rows as tuples, or its values where a row has one column."""
    rows = [tuple(row) for row in ledger.execute(query, given)]
    return [row[0] if len(row) == 1 else row for row in rows]
