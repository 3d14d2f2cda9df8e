"""Choosing what to give out of a ledger: documents by outlet and date, and which entity a source is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from sayso.export.format import Entity
from sayso.ledger.correcting import machine_reading
from sayso.ledger.questions import entities_named
from sayso.ledger.readings import document_rows, kept_readings
from sayso.model import Reading


class LedgerEntities:
    """Looks up which entity a source is, for exports: by its document's id and its own id."""

    def __init__(self, ledger: sqlite3.Connection) -> None:
        self._ledger = ledger
        self._known: dict[tuple[str, str], Entity] = {}

    def get(self, key: tuple[str, str], default: None = None, /) -> Entity | None:
        """The entity of a source of the document that was given out last; None for unnamed ones and open names."""
        return self._known.get(key, default)

    def readings(self, rows: Iterator[int], *, by_machine: bool = False) -> Iterator[Reading]:
        """The Readings of these rows; while one is at hand, its sources can be looked up. `by_machine` gives them as
        they were before people corrected them."""
        names: dict[int, str] = {}
        for row, entities, reading in kept_readings(self._ledger, rows):
            if by_machine:
                reading = machine_reading(self._ledger, row, reading)
            for entity in set(entities.values()) - names.keys():
                (names[entity],) = self._ledger.execute("SELECT name FROM entities WHERE id = ?", (entity,)).fetchone()
            self._known = {
                (reading.document.id, source): Entity(str(entity), names[entity]) for source, entity in entities.items()
            }
            yield reading


def rows_of(
    ledger: sqlite3.Connection, outlet: str | None = None, since: str | None = None, until: str | None = None
) -> Iterator[int]:
    """The rows of the documents of an outlet, by any name it goes by, published from one date to another.

    Dates are ISO: a year, a month or a day, and both count in. Documents without a date are left out where one
    is asked for.
    """
    wanted, given = ["1"], list[object]()
    if outlet is not None:
        ids = [one.id for one in entities_named(ledger, outlet)]
        wanted.append(f"outlet_id IN ({','.join('?' * len(ids))})")
        given += ids
    if since is not None:
        wanted.append("published_on >= ?")
        given.append(since)
    if until is not None:
        wanted.append("substr(published_on, 1, ?) <= ?")
        given += [len(until), until]
    return document_rows(ledger, " AND ".join(wanted), tuple(given))
