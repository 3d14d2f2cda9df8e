"""Entities: sources across documents, joined by full name, and outlets.

Which entity a source belongs to does not depend on the order in which documents came: signs that tell
namesakes apart are looked at together, and where a new one parts what was one so far, it is parted.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

import msgspec

from sayso.ledger.counts import count_entity
from sayso.ledger.namesakes import Compared, Signs, compared, folded, left_open, outlet_name, parted
from sayso.lexicon import Lexicon
from sayso.model import Document, Source, SourceKind
from sayso.resolve.names import organization_key


@dataclass(frozen=True, slots=True)
class Joined:
    """What a source is joined by, and to which entity; all None where it joins none."""

    entity: int | None = None
    name_key: str | None = None
    namesake: str | None = None


def join_sources(ledger: sqlite3.Connection, sources: Iterable[Source], lexicon: Lexicon) -> list[Joined]:
    """The entity of each source of a document, made where there is none yet."""
    return [_join(ledger, source, compared(source, lexicon), lexicon) for source in sources]


def outlet_named(document: Document, lexicon: Lexicon) -> str | None:
    """The outlet that published a document: by its publisher's name, or else by its address; None for neither."""
    name = (document.publisher or "").strip() or _outlet_at(document.url, lexicon)
    if not name:
        return None
    return outlet_name(name, lexicon) or _outlet_at(f"https://{name}", lexicon, known=True) or name


def outlet_key(name: str) -> str:
    """An outlet's name as it is compared."""
    return folded(" ".join(organization_key(name))) or folded(name)


def outlet_of(ledger: sqlite3.Connection, document: Document, lexicon: Lexicon) -> int | None:
    """The entity of the outlet that published a document, made where there is none yet."""
    name = outlet_named(document, lexicon)
    if name is None:
        return None
    found = ledger.execute(
        "SELECT id FROM entities WHERE name_key = ? AND kind = ? ORDER BY id",
        (outlet_key(name), SourceKind.ORGANIZATION),
    ).fetchone()
    if found is None:
        return _make(ledger, name, SourceKind.ORGANIZATION, Compared(outlet_key(name), Signs()), outlet=True)
    ledger.execute("UPDATE entities SET is_outlet = 1 WHERE id = ? AND NOT is_outlet", (found["id"],))
    return int(found["id"])


def _join(ledger: sqlite3.Connection, source: Source, found: Compared | None, lexicon: Lexicon) -> Joined:
    if found is None:
        return Joined()
    namesake = msgspec.json.encode(found.signs).decode()
    like = ledger.execute(
        "SELECT entity_id FROM sources WHERE name_key = ? AND kind = ? AND namesake = ? LIMIT 1",
        (found.key, source.kind, namesake),
    ).fetchone()
    name = outlet_name(source.name, lexicon) or source.name
    if like is not None:
        entity = int(like["entity_id"])
    else:
        entity = _entity_for(ledger, name, source.kind, found, known_outlet=name != source.name)
    _call(ledger, entity, name)
    if name != source.name:
        _call(ledger, entity, source.name, rename=False)
    return Joined(entity, found.key, namesake)


def _entity_for(ledger: sqlite3.Connection, name: str, kind: SourceKind, found: Compared, known_outlet: bool) -> int:
    """The entity of signs that no source of this name had so far; others of the name are parted anew."""
    rows = ledger.execute(
        "SELECT namesake, min(entity_id) AS entity_id FROM sources WHERE name_key = ? AND kind = ? GROUP BY namesake",
        (found.key, kind),
    ).fetchall()
    before = {msgspec.json.decode(row["namesake"], type=Signs): int(row["entity_id"]) for row in rows}
    groups = parted([*before, found.signs])
    free = {
        int(row["id"])
        for row in ledger.execute("SELECT id FROM entities WHERE name_key = ? AND kind = ?", (found.key, kind))
    }
    mine = -1
    for group in groups:
        held = sorted({before[one] for one in group if one in before} & free) or sorted(free - set(before.values()))
        entity = held[0] if held else _make(ledger, name, kind, Compared(found.key, min(group)), outlet=known_outlet)
        free.discard(entity)
        _describe(ledger, entity, group, open_=left_open(group, groups))
        for one in group:
            if one in before and before[one] != entity:
                _move(ledger, found.key, kind, one, entity)
        if found.signs in group:
            mine = entity
    return mine


def _move(ledger: sqlite3.Connection, key: str, kind: SourceKind, signs: Signs, entity: int) -> None:
    """Put all sources of a name and its signs under another entity, and what they said with them."""
    namesake = msgspec.json.encode(signs).decode()
    mine = "name_key = ? AND kind = ? AND namesake = ?"
    given = (key, kind, namesake)
    rows = ledger.execute(f"SELECT DISTINCT name, entity_id FROM sources WHERE {mine}", given).fetchall()  # noqa: S608
    ledger.execute(
        f"UPDATE attributions SET entity_id = ? WHERE speaker_id IN (SELECT id FROM sources WHERE {mine})",  # noqa: S608
        (entity, *given),
    )
    ledger.execute(f"UPDATE sources SET entity_id = ? WHERE {mine}", (entity, *given))  # noqa: S608
    for name in sorted({row["name"] for row in rows}):
        _call(ledger, entity, name)
    for one in {entity, *(row["entity_id"] for row in rows)}:
        count_entity(ledger, one)


def _describe(ledger: sqlite3.Connection, entity: int, group: Iterable[Signs], open_: bool) -> None:
    signs = msgspec.json.encode(sorted(group)).decode()
    ledger.execute("UPDATE entities SET told_apart_by = ?, is_ambiguous = ? WHERE id = ?", (signs, open_, entity))


def _make(ledger: sqlite3.Connection, name: str, kind: SourceKind, found: Compared, outlet: bool) -> int:
    done = ledger.execute(
        "INSERT INTO entities (name, kind, is_outlet, name_key) VALUES (?, ?, ?, ?)", (name, kind, outlet, found.key)
    )
    assert done.lastrowid is not None  # noqa: S101 - an insert into a table with ids
    _note_name(ledger, done.lastrowid, name)
    return done.lastrowid


def _call(ledger: sqlite3.Connection, entity: int, name: str, rename: bool = True) -> None:
    """Note a name of an entity; the fullest of them is its name."""
    if not _note_name(ledger, entity, name) or not rename:
        return
    (known,) = ledger.execute("SELECT name FROM entities WHERE id = ?", (entity,)).fetchone()
    if _fullness(name) > _fullness(known):
        ledger.execute("UPDATE entities SET name = ? WHERE id = ?", (name, entity))


def _note_name(ledger: sqlite3.Connection, entity: int, name: str) -> bool:
    """Let an entity be found by a name and its words; whether that is new."""
    plain = folded(name)
    fresh = ledger.execute("INSERT OR IGNORE INTO entity_names VALUES (?, ?)", (entity, plain)).rowcount > 0
    if fresh:
        words = ((entity, word) for word in plain.split())
        ledger.executemany("INSERT OR IGNORE INTO entity_words VALUES (?, ?)", words)
    return fresh


def _fullness(name: str) -> tuple[int, int, str]:
    return len(name.split()), len(name), name


@cache
def _domains(lexicon: Lexicon) -> dict[str, str]:
    return {row["domain"]: row["name"] for row in lexicon.tables["outlets"] if row["domain"]}


def _outlet_at(url: str | None, lexicon: Lexicon, known: bool = False) -> str | None:
    """The outlet at an address: from the lexicon, by host and path, or else (unless `known`) the host itself."""
    try:
        parts = urlsplit(url or "")
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    host = host.removeprefix("www.")
    domains = _domains(lexicon)
    labels = host.split(".")
    for i in range(len(labels) - 1):
        domain = ".".join(labels[i:])
        path = parts.path.strip("/").split("/")[0]
        if found := domains.get(f"{domain}/{path}") or domains.get(domain):
            return found
    return None if known else host
