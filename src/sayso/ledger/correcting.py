"""Putting corrections into a ledger, and what follows from them.

What is asked stays as it is: the tables hold what corrections make of the machine's reading, which is kept whole
beside them while they differ (`machine_readings`). All of it follows from the entries: when a correction is undone,
when a document is read again, or comes only after its correction, the tables are made anew from both.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sayso.corrections.applying import attribution_in, corrected
from sayso.corrections.entries import OF_ATTRIBUTIONS, OF_ENTITIES, Correction, CorrectionKind, Part
from sayso.export.jsonl import reading_from_json, reading_to_json
from sayso.ledger.corrections import (
    all_corrections,
    any_of,
    correction_with_id,
    document_of,
    holding,
    holding_of,
    keep,
    undone_by,
)
from sayso.ledger.identities import settle, settle_document, source_at, strays
from sayso.ledger.readings import kept_readings
from sayso.ledger.storing import Rows, make_contents_searchable, replace_parts
from sayso.lexicon import Lexicon
from sayso.model import Reading
from sayso.trace.moving import Move, moved, note_moves, proposition_of, wanted_moves

_TABLES = ("attributions", "sources", "statements")


class State(StrEnum):
    """Whether a correction holds in a ledger, or why not."""

    HOLDS = "holds"
    UNDONE = "undone"
    REPLACED = "replaced"
    WAITING = "waiting"
    TEXT_CHANGED = "text changed"
    NOT_FOUND = "not found"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a correction holds in a ledger, and in a sentence what speaks against it, or limits it."""

    state: State
    why: str | None = None


def now(ledger: sqlite3.Connection) -> str:
    """The time of a correction that is made now, in UTC: after all that the ledger keeps, whatever clocks say."""
    (last,) = ledger.execute("SELECT max(made) FROM corrections").fetchone()
    time = datetime.now(UTC)
    if last is not None:
        time = max(time, datetime.fromisoformat(last) + timedelta(microseconds=1))
    return time.isoformat(timespec="microseconds")


def put(ledger: sqlite3.Connection, corrections: Iterable[Correction], lexicon: Lexicon) -> int:
    """Add corrections, and bring the tables to what follows from them: inside a transaction of its caller. Those that
    the ledger has already change nothing. Returns how many are new."""
    new = [one for one in corrections if keep(ledger, one)]
    meant = [one for correction in new if (one := _undone_in_the_end(ledger, correction)) is not None]
    rows = {
        row
        for one in meant
        if one.kind in OF_ATTRIBUTIONS and one.of is not None and (row := document_of(ledger, one.of)) is not None
    }
    changed = [_follow(ledger, row, lexicon) for row in sorted(rows)]
    if any(changed) or any(one.kind in OF_ENTITIES for one in meant):
        settle(ledger)
    if any(one.kind is CorrectionKind.CLAIM for one in meant):
        note_moves(ledger)
    return len(new)


def follow_new(
    ledger: sqlite3.Connection, row: int, lexicon: Lexicon, *, parted: bool = False, searchable: bool = True
) -> None:
    """Let corrections hold that waited for a document which was just stored, or that concern the entities of its
    sources; `parted` says whether others of their name were parted by it. Inside a transaction of its caller; what
    the document says is searchable after as it was before."""
    if ledger.execute("SELECT 1 FROM corrections LIMIT 1").fetchone() is None:
        return
    changed = _follow(ledger, row, lexicon, searchable=searchable)
    entities = any_of(ledger, OF_ENTITIES)
    if entities and (changed or parted or any(one.kind in OF_ENTITIES for one in holding_of(ledger, row))):
        settle(ledger)
    elif entities:
        settle_document(ledger, row)


def follow_again(ledger: sqlite3.Connection, rows: Iterable[int], lexicon: Lexicon) -> None:
    """Let corrections hold in documents that were just read again: inside a transaction of its caller. What they say
    is not searchable yet, and is not after."""
    if ledger.execute("SELECT 1 FROM corrections LIMIT 1").fetchone() is None:
        return
    for row in rows:
        _forget_machine(ledger, row)
        _follow(ledger, row, lexicon, searchable=False)
    if any_of(ledger, OF_ENTITIES):
        settle(ledger)


def machine_readings(ledger: sqlite3.Connection, rows: Iterable[int] | None = None) -> Iterator[Reading]:
    """The Readings of documents as the machine made them, whatever corrections make of them."""
    for row, _, reading in kept_readings(ledger, rows):
        yield machine_reading(ledger, row, reading)


def machine_reading(ledger: sqlite3.Connection, row: int, reading: Reading) -> Reading:
    """The Reading of a document as the machine made it; `reading` is the one that holds."""
    kept = ledger.execute("SELECT reading FROM machine_readings WHERE document_id = ?", (row,)).fetchone()
    return reading if kept is None else reading_from_json(kept["reading"])


def faults_of_corrections(ledger: sqlite3.Connection) -> Iterator[str]:
    """Where the tables are not what corrections make of the machine's reading, in a sentence each."""
    concerned = {row["document_id"] for row in ledger.execute("SELECT document_id FROM machine_readings")}
    for one in all_corrections(ledger):  # verifies each id too
        if one.kind in OF_ATTRIBUTIONS and one.of is not None and (row := document_of(ledger, one.of)) is not None:
            concerned.add(row)
    for row, _, reading in kept_readings(ledger, sorted(concerned)):
        machine = _machine_of(ledger, row) or reading
        if corrected(machine, holding_of(ledger, row)) != reading:
            yield f"document {reading.document.id}: it is not what its corrections make of the machine's reading"
    for name in strays(ledger):
        yield f"source {name!r} is not under the entity that corrections put it under"


def standing(ledger: sqlite3.Connection, one: Correction) -> Standing:
    """Whether a correction holds in this ledger, or why not."""
    if (undoing := undone_by(ledger, one.id)) is not None:
        return Standing(State.UNDONE, f"undone by {undoing.by} on {undoing.made[:10]}")
    if one.kind is CorrectionKind.UNDO:
        known = correction_with_id(ledger, one.undoes or "") is not None
        return Standing(State.HOLDS) if known else Standing(State.WAITING, "what it undoes is not in this ledger")
    for part in (one.of, one.other):
        if part is not None and (found := _missing(ledger, part)) is not None:
            return found
    return _as_made(ledger, one)


def documents_later(ledger: sqlite3.Connection, part: Part) -> list[str]:
    """The ids of later versions of a document: its corrections are of another text, and do not hold for them."""
    row = document_of(ledger, part)
    rows = ledger.execute(
        "SELECT later.reading_id FROM documents AS mine JOIN documents AS later"
        " ON coalesce(later.version_of_id, later.id) = coalesce(mine.version_of_id, mine.id)"
        " WHERE mine.id = ? AND later.version > mine.version ORDER BY later.version",
        (row,),
    )
    return [one["reading_id"] for one in rows]


def _missing(ledger: sqlite3.Connection, part: Part) -> Standing | None:
    if document_of(ledger, part) is not None:
        return None
    if ledger.execute("SELECT 1 FROM documents WHERE reading_id = ?", (part.document,)).fetchone():
        return Standing(State.TEXT_CHANGED, f"{part.document} has another text here than the one that it was made on")
    return Standing(State.WAITING, f"{part.document} is not in this ledger; it will hold once that is added")


def _as_made(ledger: sqlite3.Connection, one: Correction) -> Standing:
    """The standing of a correction whose documents are here."""
    if one.kind in OF_ENTITIES:
        return _of_entities(ledger, one)
    if one.kind is CorrectionKind.CLAIM:
        return _of_claim(ledger, one)
    of = one.of
    row = None if of is None else document_of(ledger, of)
    if of is None or of.attribution is None or row is None:
        return Standing(State.NOT_FOUND)
    machine = _machine_of(ledger, row) or next(kept_readings(ledger, [row]))[2]
    mine = attribution_in(machine, of.attribution)
    if mine is None:
        return Standing(State.NOT_FOUND, f"“{of.attribution.cue.text}” is not read as an attribution there any more")
    later = _later(one, holding_of(ledger, row))
    for other in later:
        said = other.of.attribution if other.of is not None else None
        same = said is not None and attribution_in(machine, said) == mine
        if same and (other.kind is one.kind or CorrectionKind.STRUCK in (one.kind, other.kind)):
            return Standing(State.REPLACED, f"{other.by} said otherwise on {other.made[:10]}")
    return _limited(ledger, of)


def _later(one: Correction, held: list[Correction]) -> list[Correction]:
    return [other for other in held if (other.time, other.id) > (one.time, one.id) and other.kind in OF_ATTRIBUTIONS]


def _limited(ledger: sqlite3.Connection, part: Part) -> Standing:
    later = documents_later(ledger, part)
    if not later:
        return Standing(State.HOLDS)
    return Standing(State.HOLDS, f"for the text that it was made on; not for the later version {', '.join(later)}")


def _of_entities(ledger: sqlite3.Connection, one: Correction) -> Standing:
    a, b = (None if part is None else source_at(ledger, part) for part in (one.of, one.other))
    if a is None or b is None:
        part = one.of if a is None else one.other
        words = part.source.text if part is not None and part.source is not None else ""
        return Standing(State.NOT_FOUND, f"“{words}” is not read as a source there any more")
    if not (a.named and b.named):
        unnamed = b if a.named else a
        return Standing(State.REFUSED, f"“{unnamed.name}” is not named by its document, and no merge gives it a name")
    together = a.entity is not None and a.entity == b.entity
    if together != (one.kind is CorrectionKind.MERGE):
        return Standing(State.REPLACED, "a later correction says otherwise")
    return Standing(State.HOLDS)


def _of_claim(ledger: sqlite3.Connection, one: Correction) -> Standing:
    row = None if one.of is None else proposition_of(ledger, one.of)
    anchor = None if one.other is None else proposition_of(ledger, one.other)
    if row is None or (one.other is not None and anchor is None):
        return Standing(State.NOT_FOUND, "what it is about is not traced, or not put forward there any more")
    for other in holding(ledger, (CorrectionKind.CLAIM,)):
        later = (other.time, other.id) > (one.time, one.id)
        if later and other.of is not None and proposition_of(ledger, other.of) == row:
            return Standing(State.REPLACED, f"{other.by} said otherwise on {other.made[:10]}")
    if moved(ledger).get(row, Move(None, None)) != wanted_moves(ledger).get(row):
        return Standing(State.HOLDS, "once claims are traced")
    return Standing(State.HOLDS)


def _undone_in_the_end(ledger: sqlite3.Connection, one: Correction) -> Correction | None:
    """The correction that an entry is, or that it undoes, over however many undoings; None where the ledger has it
    not yet."""
    found: Correction | None = one
    while found is not None and found.undoes is not None:
        found = correction_with_id(ledger, found.undoes)
    return found


def _follow(ledger: sqlite3.Connection, row: int, lexicon: Lexicon, *, searchable: bool = True) -> bool:
    """Make a document's parts what its corrections make of the machine's reading. Returns whether they changed."""
    held = [one for one in holding_of(ledger, row) if one.kind in OF_ATTRIBUTIONS]
    kept = _machine_of(ledger, row)
    if kept is None and not held:
        return False
    _, _, present = next(kept_readings(ledger, [row]))
    machine = present if kept is None else kept
    wanted = corrected(machine, held)
    if wanted != present:
        if kept is None:
            _keep_machine(ledger, row, machine)
        if not searchable:  # what is taken out of the index of words has to be in it
            make_contents_searchable(ledger, [row])
        _put_parts(ledger, row, wanted, lexicon)
        if searchable:
            make_contents_searchable(ledger, [row])
        ledger.execute("DELETE FROM proposed WHERE document_id = ?", (row,))
    if wanted == machine:
        _forget_machine(ledger, row)
    return wanted != present


def _put_parts(ledger: sqlite3.Connection, row: int, wanted: Reading, lexicon: Lexicon) -> None:
    before = {one for (one,) in ledger.execute(_ENTITIES, (row,)).fetchall()}
    replace_parts(ledger, row, wanted, lexicon, _rows(ledger, row))
    for entity in sorted(before):
        ledger.execute(_LEAVE_OUT, (entity,))


# The entities that names join a document's sources to.
_ENTITIES = """
SELECT DISTINCT coalesce(machine_entities.entity_id, sources.entity_id) FROM sources
LEFT JOIN machine_entities ON source_id = sources.id WHERE document_id = ? AND name_key IS NOT NULL"""

# An entity that no source is of any more, and none gets back when a correction is undone.
_LEAVE_OUT = """
DELETE FROM entities WHERE id = ?1 AND NOT is_outlet AND made_for IS NULL AND goes_to_id IS NULL
  AND NOT EXISTS (SELECT 1 FROM sources WHERE entity_id = ?1)
  AND NOT EXISTS (SELECT 1 FROM machine_entities WHERE entity_id = ?1)
  AND NOT EXISTS (SELECT 1 FROM machine_rows WHERE entity_id = ?1)
  AND NOT EXISTS (SELECT 1 FROM entities WHERE goes_to_id = ?1)
  AND NOT EXISTS (SELECT 1 FROM documents WHERE outlet_id = ?1)"""


def _machine_of(ledger: sqlite3.Connection, row: int) -> Reading | None:
    kept = ledger.execute("SELECT reading FROM machine_readings WHERE document_id = ?", (row,)).fetchone()
    return None if kept is None else reading_from_json(kept["reading"])


def _keep_machine(ledger: sqlite3.Connection, row: int, machine: Reading) -> None:
    ledger.execute("INSERT INTO machine_readings VALUES (?, ?)", (row, reading_to_json(machine).decode()))
    for table in _TABLES:
        entity = "coalesce(machine_entities.entity_id, sources.entity_id)" if table == "sources" else "NULL"
        more = "LEFT JOIN machine_entities ON source_id = sources.id" if table == "sources" else ""
        ledger.execute(
            f"INSERT INTO machine_rows SELECT '{table}', {table}.id, document_id, reading_id, {entity}"  # noqa: S608
            f" FROM {table} {more} WHERE document_id = ?",
            (row,),
        )


def _forget_machine(ledger: sqlite3.Connection, row: int) -> None:
    ledger.execute("DELETE FROM machine_readings WHERE document_id = ?", (row,))
    ledger.execute("DELETE FROM machine_rows WHERE document_id = ?", (row,))


def _rows(ledger: sqlite3.Connection, row: int) -> Rows:
    found: dict[str, dict[str, int]] = {table: {} for table in _TABLES}
    for one in ledger.execute("SELECT * FROM machine_rows WHERE document_id = ?", (row,)):
        found[one["part"]][one["reading_id"]] = one["row_id"]
    return found
