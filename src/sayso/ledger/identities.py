"""Who is the same as whom: what corrections merge and split of the entities that names have joined.

Names join sources to entities (`entities`), and go on doing so beside what corrections say: that is kept for each
source whose entity they change, so that an undone correction leaves no trace, and a document that comes later is under
the merged entity. What holds is worked out from all corrections anew, in the order in which they were made.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from sayso.corrections.entries import OF_ENTITIES, Correction, CorrectionKind, Part
from sayso.ledger.corrections import holding, ids_of
from sayso.ledger.counts import count_entity
from sayso.ledger.entities import call_anew, make_for
from sayso.ledger.namesakes import folded

Atom = tuple[str, int]  # "entity" and its row: all that names join to it; or "source" and its row: that one alone


@dataclass(frozen=True, slots=True)
class SourceAt:
    """A source by its row, and the entity that it was joined to by its name; `place` says where it stands."""

    row: int
    name: str
    kind: str
    named: bool
    key: str
    joined: int | None
    entity: int | None
    place: str


@dataclass(slots=True)
class Identities:
    """Which entities are one, and which sources are under another entity than their names say."""

    goes_to: dict[int, int] = field(default_factory=dict)
    single: dict[int, int | None] = field(default_factory=dict)


def source_at(ledger: sqlite3.Connection, part: Part) -> SourceAt | None:
    """The source that a correction means: the one with this mention, or that is named by these words as a speaker."""
    if part.source is None:
        return None
    given = (*ids_of(part), part.text_sha256, part.source.start, part.source.end, part.source.text)
    row = ledger.execute(_WITH_MENTION, given).fetchone() or ledger.execute(_NAMED_THERE, given).fetchone()
    if row is None:
        return None
    place = f"{part.document}@{part.text_sha256[:8]}:{part.source.start}-{part.source.end}"
    joined = row["joined"] if row["is_changed"] else row["entity_id"]
    key = row["name_key"] or folded(row["name"])
    return SourceAt(row["id"], row["name"], row["kind"], bool(row["is_named"]), key, joined, row["entity_id"], place)


_WITH_MENTION = """
SELECT sources.*, machine_entities.source_id IS NOT NULL AS is_changed, machine_entities.entity_id AS joined
FROM documents
JOIN sources ON sources.document_id = documents.id
JOIN mentions ON mentions.source_id = sources.id
LEFT JOIN machine_entities ON machine_entities.source_id = sources.id
WHERE documents.reading_id IN (?1, ?2) AND text_sha256 = ?3 AND mentions."start" = ?4 AND mentions."end" = ?5
  AND substr(text, ?4 + 1, ?5 - ?4) = ?6
ORDER BY sources.id LIMIT 1"""

_NAMED_THERE = """
SELECT sources.*, machine_entities.source_id IS NOT NULL AS is_changed, machine_entities.entity_id AS joined
FROM documents
JOIN attributions ON attributions.document_id = documents.id
JOIN spans ON attribution_id = attributions.id AND part = 'source'
JOIN sources ON sources.id = speaker_id
LEFT JOIN machine_entities ON machine_entities.source_id = sources.id
WHERE documents.reading_id IN (?1, ?2) AND text_sha256 = ?3 AND spans."start" = ?4 AND spans."end" = ?5
  AND substr(text, ?4 + 1, ?5 - ?4) = ?6
ORDER BY attributions.id LIMIT 1"""


def settle(ledger: sqlite3.Connection) -> None:
    """Bring all sources under the entities that corrections put them under: inside a transaction of its caller."""
    held = holding(ledger, OF_ENTITIES)
    (behind,) = ledger.execute(
        "SELECT EXISTS (SELECT 1 FROM machine_entities) OR EXISTS (SELECT 1 FROM machine_outlets)"
        " OR EXISTS (SELECT 1 FROM entities WHERE goes_to_id IS NOT NULL OR made_for IS NOT NULL)"
    ).fetchone()
    if not held and not behind:
        return
    made: set[int] = set()

    def make(sources: Sequence[SourceAt]) -> int:
        names = [one.name for one in sources]
        entity = make_for(ledger, sources[0].place, names, sources[0].kind, sources[0].key)
        made.add(entity)
        return entity

    wanted = _identities(ledger, held, make)
    before = dict(ledger.execute("SELECT id, goes_to_id FROM entities WHERE goes_to_id IS NOT NULL").fetchall())
    ledger.executemany(
        "UPDATE entities SET goes_to_id = ? WHERE id = ?",
        [(wanted.goes_to.get(id_), id_) for id_ in before.keys() | wanted.goes_to.keys()],
    )
    for entity in sorted(before.keys() | wanted.goes_to.keys()):
        _put_outlet(ledger, entity, wanted.goes_to.get(entity, entity))
    _put_sources(ledger, wanted, _concerned(ledger, wanted))
    for row in ledger.execute("SELECT id FROM entities WHERE made_for IS NOT NULL").fetchall():
        if row["id"] not in made:
            ledger.execute("DELETE FROM entities WHERE id = ?", (row["id"],))


def strays(ledger: sqlite3.Connection) -> list[str]:
    """The names of sources that are not under the entity that corrections put them under; nothing is changed."""

    def made(sources: Sequence[SourceAt]) -> int:
        row = ledger.execute("SELECT id FROM entities WHERE made_for = ?", (sources[0].place,)).fetchone()
        return int(row["id"]) if row else 0

    wanted = _identities(ledger, holding(ledger, OF_ENTITIES), made)
    return [
        row["name"]
        for row in _concerned(ledger, wanted)
        if row["entity_id"] != _entity_of(row, wanted) or bool(row["is_changed"]) != (row["joined"] != row["entity_id"])
    ]


def settle_document(ledger: sqlite3.Connection, row: int) -> None:
    """Put a new document under the entities that its own go to: inside a transaction of its caller."""
    goes_to = dict(ledger.execute("SELECT id, goes_to_id FROM entities WHERE goes_to_id IS NOT NULL").fetchall())
    if not goes_to:
        return
    (outlet,) = ledger.execute("SELECT outlet_id FROM documents WHERE id = ?", (row,)).fetchone()
    if outlet in goes_to:
        _put_outlet(ledger, outlet, goes_to[outlet])
    rows = ledger.execute(f"{_WITH_JOINED} document_id = ?", (row,)).fetchall()
    _put_sources(ledger, Identities(goes_to), rows)


def _identities(
    ledger: sqlite3.Connection, held: Sequence[Correction], make: Callable[[Sequence[SourceAt]], int]
) -> Identities:
    """What merges and splits make of entities, in their order; `make` gives one for sources whose names join none."""
    groups = _Groups()
    for one in held:
        if one.of is None or one.other is None:
            continue
        a, b = source_at(ledger, one.of), source_at(ledger, one.other)
        if a is None or b is None or not (a.named and b.named):
            continue  # not in this ledger, or not any more; and no merge gives an unnamed source a name
        if one.kind is CorrectionKind.MERGE:
            groups.merge(a, b)
        else:
            groups.split(a, b)
    found = Identities()
    for group in groups.groups():
        entities = [row for what, row in group if what == "entity"]
        sources = [groups.sources[row] for what, row in group if what == "source"]
        outlets = {row for row in entities if _is_outlet(ledger, row)}
        entity = min(entities, key=lambda row: (row not in outlets, entities.index(row)), default=None)
        found.goes_to |= {row: entity for row in entities if entity is not None and row != entity}
        if entity is None and (len(sources) > 1 or sources[0].joined is not None):
            entity = make(sources)
        found.single |= {one.row: entity for one in sources}
    return found


def _is_outlet(ledger: sqlite3.Connection, entity: int) -> bool:
    (is_outlet,) = ledger.execute("SELECT is_outlet FROM entities WHERE id = ?", (entity,)).fetchone()
    return bool(is_outlet)


class _Groups:
    """Atoms that are one entity, while corrections are gone through; the first of each was there first."""

    def __init__(self) -> None:
        self.sources: dict[int, SourceAt] = {}  # those that are an atom by themselves
        self._group: dict[Atom, list[Atom]] = {}

    def merge(self, one: SourceAt, other: SourceAt) -> None:
        """Let the other's group be one with this one's, under the name of this one's."""
        a, b = self._group_of(self._atom(one)), self._group_of(self._atom(other))
        if a is not b:
            a.extend(b)
            self._group.update((atom, a) for atom in b)

    def split(self, one: SourceAt, other: SourceAt) -> None:
        """Take one from the other's group: by itself where its name has joined it, else with all that it was merged
        with it as."""
        a, b = self._atom(one), self._atom(other)
        if a == b:
            if a[0] == "entity" and one.row != other.row:
                self.sources[one.row] = one
                self._group_of(("source", one.row))
        elif self._group_of(a) is self._group_of(b):
            self._group_of(b).remove(a)
            self._group[a] = [a]

    def groups(self) -> list[list[Atom]]:
        """The groups, each once."""
        return list({id(group): group for group in self._group.values()}.values())

    def _atom(self, one: SourceAt) -> Atom:
        if one.row in self.sources or one.joined is None:
            self.sources[one.row] = self.sources.get(one.row, one)
            return ("source", one.row)
        return ("entity", one.joined)

    def _group_of(self, atom: Atom) -> list[Atom]:
        return self._group.setdefault(atom, [atom])


def _put_outlet(ledger: sqlite3.Connection, entity: int, after: int) -> None:
    """Put the documents of an outlet under another one: those that came under it, wherever they are now."""
    ledger.execute(
        "INSERT OR IGNORE INTO machine_outlets SELECT id, outlet_id FROM documents WHERE outlet_id = ?1 AND id NOT IN"
        " (SELECT document_id FROM machine_outlets) AND ?1 <> ?2",
        (entity, after),
    )
    mine = "SELECT document_id FROM machine_outlets WHERE entity_id = ?1"
    rows = ledger.execute(f"SELECT id, outlet_id FROM documents WHERE id IN ({mine})", (entity,)).fetchall()  # noqa: S608
    stray = {row["outlet_id"] for row in rows} - {after}
    if not stray:
        return
    ledger.execute(f"UPDATE documents SET outlet_id = ?2 WHERE id IN ({mine})", (entity, after))  # noqa: S608
    ledger.execute(
        "UPDATE claims SET is_counted = 0 WHERE is_counted AND id IN"  # noqa: S608 - of our own
        " (SELECT claim_id FROM propositions JOIN members ON proposition_id = propositions.id"
        f" WHERE document_id IN ({mine}))",
        (entity,),
    )
    for outlet in {*stray, after}:
        ledger.execute("DELETE FROM entity_outlets WHERE outlet_id = ?", (outlet,))
        ledger.execute(
            "INSERT INTO entity_outlets SELECT entity_id, outlet_id, count(DISTINCT document_id) FROM documents"
            " JOIN sources ON document_id = documents.id WHERE outlet_id = ? AND entity_id IS NOT NULL"
            " GROUP BY entity_id",
            (outlet,),
        )
    if after == entity:
        ledger.execute("DELETE FROM machine_outlets WHERE entity_id = ?", (entity,))


_WITH_JOINED = """
SELECT sources.id, name, sources.entity_id, machine_entities.source_id IS NOT NULL AS is_changed,
  CASE WHEN machine_entities.source_id IS NULL THEN sources.entity_id ELSE machine_entities.entity_id END AS joined
FROM sources LEFT JOIN machine_entities ON source_id = sources.id
WHERE """


def _concerned(ledger: sqlite3.Connection, wanted: Identities) -> list[sqlite3.Row]:
    """The sources that corrections put under another entity, or have put there before."""
    return ledger.execute(
        f"{_WITH_JOINED} machine_entities.source_id IS NOT NULL"  # noqa: S608 - of our own
        f" UNION {_WITH_JOINED} sources.entity_id IN (SELECT value FROM json_each(?))"
        f" UNION {_WITH_JOINED} sources.id IN (SELECT value FROM json_each(?))",
        (json.dumps([*wanted.goes_to]), json.dumps([*wanted.single])),
    ).fetchall()


def _put_sources(ledger: sqlite3.Connection, wanted: Identities, rows: Iterable[sqlite3.Row]) -> None:
    """Put sources, and what they said, under the entities that they belong under."""
    touched: set[int] = set()
    for row in rows:
        after = _entity_of(row, wanted)
        if after != row["joined"] and not row["is_changed"]:
            ledger.execute("INSERT INTO machine_entities VALUES (?, ?)", (row["id"], row["joined"]))
        if after == row["joined"] and row["is_changed"]:
            ledger.execute("DELETE FROM machine_entities WHERE source_id = ?", (row["id"],))
        if after != row["entity_id"]:
            ledger.execute("UPDATE sources SET entity_id = ? WHERE id = ?", (after, row["id"]))
            ledger.execute("UPDATE attributions SET entity_id = ? WHERE speaker_id = ?", (after, row["id"]))
            touched |= {one for one in (after, row["entity_id"], row["joined"]) if one is not None}
    for entity in sorted(touched):
        count_entity(ledger, entity)
        call_anew(ledger, entity)


def _entity_of(row: sqlite3.Row, wanted: Identities) -> int | None:
    if row["id"] in wanted.single:
        return wanted.single[row["id"]]
    joined: int | None = row["joined"]
    return None if joined is None else wanted.goes_to.get(joined, joined)
