"""Entities: sources across documents, joined by full name, and outlets.

Which entity a source belongs to does not depend on the order in which documents came: signs that tell
namesakes apart are looked at together, and where a new one parts what was one so far, it is parted.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

import msgspec

from sayso.ledger.counts import count_entity
from sayso.ledger.namesakes import Signs, compared, folded, left_open, outlet_name, parted
from sayso.lexicon import Lexicon
from sayso.model import Document, Source, SourceKind
from sayso.resolve.names import organization_key

# Sources, and the entities that they were joined to by their names, whatever corrections made of that.
_SOURCES = "sources LEFT JOIN machine_entities ON source_id = sources.id"
_JOINED = "coalesce(machine_entities.entity_id, sources.entity_id)"


@dataclass(frozen=True, slots=True)
class Joined:
    """What a source is joined by, and to which entity; all None where it joins none."""

    entity: int | None = None
    name_key: str | None = None
    namesake: str | None = None


def join(ledger: sqlite3.Connection, source: Source, lexicon: Lexicon, moved: set[int]) -> Joined:
    """The entity of a source that is about to be stored, made where there is none yet.

    Sources stored before it, of the same document too, may come under other entities by it; these and the ones
    that they leave are added to `moved`, and have to be counted anew once the document is stored.
    """
    found = compared(source, lexicon)
    if found is None:
        return Joined()
    namesake = msgspec.json.encode(found.signs).decode()
    like = ledger.execute(
        f"SELECT {_JOINED} AS entity_id FROM {_SOURCES}"  # noqa: S608 - of our own
        " WHERE name_key = ? AND kind = ? AND namesake = ? LIMIT 1",
        (found.key, source.kind, namesake),
    ).fetchone()
    name = outlet_name(source.name, lexicon) or source.name
    if like is not None:
        entity = int(like["entity_id"])
    else:
        entity = _part(ledger, found.key, source.kind, moved, found.signs, name)[found.signs]
        if name != source.name:
            ledger.execute("UPDATE entities SET is_outlet = 1 WHERE id = ?", (entity,))
    _call(ledger, entity, name)
    if name != source.name:
        _call(ledger, entity, source.name, rename=False)
    return Joined(entity, found.key, namesake)


def part_anew(ledger: sqlite3.Connection, gone: Iterable[sqlite3.Row]) -> None:
    """Part and call the bearers of names again as if these rows of sources, which have gone, had never been."""
    moved: set[int] = set()
    for one in gone:
        signs = (one["name_key"], one["kind"], one["namesake"])
        if not ledger.execute(
            "SELECT 1 FROM sources WHERE name_key = ? AND kind = ? AND namesake = ? LIMIT 1", signs
        ).fetchone():
            _part(ledger, one["name_key"], one["kind"], moved)
        if one["name"] not in names_of(ledger, one["entity_id"], one["name"]):
            call_anew(ledger, one["entity_id"])
    for entity in sorted(moved):
        count_entity(ledger, entity)


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
        "SELECT id FROM entities WHERE name_key = ? AND kind = ? AND made_for IS NULL ORDER BY id",
        (outlet_key(name), SourceKind.ORGANIZATION),
    ).fetchone()
    if found is None:
        entity = _make(ledger, name, SourceKind.ORGANIZATION, outlet_key(name), outlet=True)
    else:
        entity = int(found["id"])
        ledger.execute("UPDATE entities SET is_outlet = 1 WHERE id = ? AND NOT is_outlet", (entity,))
    _call(ledger, entity, name)
    if document.publisher and document.publisher.strip() != name:
        _call(ledger, entity, document.publisher, rename=False)
    return entity


def _part(
    ledger: sqlite3.Connection, key: str, kind: str, moved: set[int], arriving: Signs | None = None, name: str = ""
) -> dict[Signs, int]:
    """Part all bearers of a name by their signs, and those of a source that arrives under this name.

    Each group keeps an entity that one of its sources had, where it can; entities that lose or gain sources are
    added to `moved`. Returns the entity of each signs.
    """
    rows = ledger.execute(
        f"SELECT namesake, min({_JOINED}) AS entity_id FROM {_SOURCES}"  # noqa: S608 - of our own
        " WHERE name_key = ? AND kind = ? GROUP BY namesake",
        (key, kind),
    ).fetchall()
    before = {msgspec.json.decode(row["namesake"], type=Signs): int(row["entity_id"]) for row in rows}
    groups = parted([*before] if arriving is None else [*before, arriving])
    free = {
        int(row["id"]): str(row["told_apart_by"])
        for row in ledger.execute(
            "SELECT id, told_apart_by FROM entities WHERE name_key = ? AND kind = ? AND made_for IS NULL", (key, kind)
        )
    }
    after: dict[Signs, int] = {}
    parting = False
    for group in groups:
        held = sorted({before[one] for one in group if one in before} & free.keys())
        bare = free.keys() - set(before.values())
        entity = held[0] if held else _take(ledger, {one: free[one] for one in bare}, group, name)
        entity = entity or _make(ledger, name, kind, key)
        free.pop(entity, None)
        _describe(ledger, entity, group, open_=left_open(group, groups))
        for one in group:
            after[one] = entity
            if one in before and before[one] != entity:
                _move(ledger, key, kind, one, entity)
                moved |= {before[one], entity}
                parting = True
    if parting:
        for entity in {*before.values(), *after.values()}:
            call_anew(ledger, entity)
    return after


def _take(ledger: sqlite3.Connection, bare: dict[int, str], group: frozenset[Signs], name: str) -> int | None:
    """An entity whose sources have all gone, for these signs: the one that had them before, where there is one."""
    if not bare:
        return None
    signs = {msgspec.json.encode([one]).decode()[1:-1] for one in group}
    entity = min(bare, key=lambda one: (not any(sign in bare[one] for sign in signs), one))
    if ledger.execute("UPDATE entities SET name = ? WHERE id = ? AND NOT is_outlet", (name, entity)).rowcount:
        _forget_names(ledger, entity)
    return entity


def _move(ledger: sqlite3.Connection, key: str, kind: str, signs: Signs, entity: int) -> None:
    """Put all sources of a name and its signs under another entity, and what they said with them."""
    namesake = msgspec.json.encode(signs).decode()
    given = (key, kind, namesake)
    mine = "name_key = ? AND kind = ? AND namesake = ?"
    # Those whose entity a correction changes keep it until corrections are looked at again.
    ledger.execute(
        f"UPDATE machine_entities SET entity_id = ? WHERE source_id IN (SELECT id FROM sources WHERE {mine})",  # noqa: S608
        (entity, *given),
    )
    mine += " AND id NOT IN (SELECT source_id FROM machine_entities)"
    ledger.execute(
        f"UPDATE attributions SET entity_id = ? WHERE speaker_id IN (SELECT id FROM sources WHERE {mine})",  # noqa: S608
        (entity, *given),
    )
    ledger.execute(f"UPDATE sources SET entity_id = ? WHERE {mine}", (entity, *given))  # noqa: S608


def _describe(ledger: sqlite3.Connection, entity: int, group: Iterable[Signs], open_: bool) -> None:
    signs = msgspec.json.encode(sorted(group)).decode()
    ledger.execute("UPDATE entities SET told_apart_by = ?, is_ambiguous = ? WHERE id = ?", (signs, open_, entity))


def _make(ledger: sqlite3.Connection, name: str, kind: str, key: str, outlet: bool = False) -> int:
    done = ledger.execute(
        "INSERT INTO entities (name, kind, is_outlet, name_key) VALUES (?, ?, ?, ?)", (name, kind, outlet, key)
    )
    assert done.lastrowid is not None  # noqa: S101 - an insert into a table with ids
    return done.lastrowid


def _call(ledger: sqlite3.Connection, entity: int, name: str, rename: bool = True) -> None:
    """Note a name of an entity; the fullest of them is its name."""
    _note_name(ledger, entity, name)
    if not rename:
        return
    (known,) = ledger.execute("SELECT name FROM entities WHERE id = ?", (entity,)).fetchone()
    if _fullness(name) > _fullness(known):
        ledger.execute("UPDATE entities SET name = ? WHERE id = ?", (name, entity))


def call_anew(ledger: sqlite3.Connection, entity: int) -> None:
    """Leave an entity the names of the sources that it has now: those of others have gone with them.

    An outlet keeps all its names: publishers give them too.
    """
    (is_outlet,) = ledger.execute("SELECT is_outlet FROM entities WHERE id = ?", (entity,)).fetchone()
    if is_outlet:
        return
    names = names_of(ledger, entity)
    if not names:
        return
    _forget_names(ledger, entity)
    ledger.execute("UPDATE entities SET name = ? WHERE id = ?", (max(names, key=_fullness), entity))
    for name in names:
        _call(ledger, entity, name, rename=False)


def names_of(ledger: sqlite3.Connection, entity: int, name: str | None = None) -> list[str]:
    """The names of the sources that were joined to an entity by their names, and that no correction took from it;
    with `name`, that one if it is among them."""
    rows = ledger.execute(
        "SELECT name FROM sources WHERE entity_id = ?1 AND (?2 IS NULL OR name = ?2)"
        " AND NOT EXISTS (SELECT 1 FROM machine_entities WHERE source_id = sources.id)"
        " UNION SELECT name FROM machine_entities JOIN sources ON sources.id = source_id"
        " WHERE machine_entities.entity_id = ?1 AND (?2 IS NULL OR name = ?2)"
        " AND sources.entity_id = (SELECT goes_to_id FROM entities WHERE id = ?1)",
        (entity, name),
    )
    return [row["name"] for row in rows]


def make_for(ledger: sqlite3.Connection, place: str, names: Sequence[str], kind: str, key: str) -> int:
    """The entity that corrections make for the source at a place, called by these names."""
    name = max(names, key=_fullness)
    found = ledger.execute("SELECT id FROM entities WHERE made_for = ?", (place,)).fetchone()
    entity = int(found["id"]) if found else _make(ledger, name, kind, key)
    ledger.execute("UPDATE entities SET name = ?, made_for = ? WHERE id = ?", (name, place, entity))
    _forget_names(ledger, entity)
    for one in names:
        _note_name(ledger, entity, one)
    return entity


def _note_name(ledger: sqlite3.Connection, entity: int, name: str) -> None:
    """Let an entity be found by a name and its words."""
    plain = folded(name)
    if ledger.execute("INSERT OR IGNORE INTO entity_names VALUES (?, ?)", (entity, plain)).rowcount:
        words = ((entity, word) for word in plain.split())
        ledger.executemany("INSERT OR IGNORE INTO entity_words VALUES (?, ?)", words)


def _forget_names(ledger: sqlite3.Connection, entity: int) -> None:
    ledger.execute("DELETE FROM entity_names WHERE entity_id = ?", (entity,))
    ledger.execute("DELETE FROM entity_words WHERE entity_id = ?", (entity,))


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
