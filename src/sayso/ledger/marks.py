"""What people corrected, by what it was: to be shown beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from sayso.corrections.applying import attribution_in
from sayso.corrections.entries import OF_ATTRIBUTIONS, OF_ENTITIES, Correction, CorrectionKind
from sayso.ledger.corrections import any_of, holding, holding_of
from sayso.ledger.identities import source_at
from sayso.ledger.readings import kept_readings
from sayso.model import Attribution, Reading


def marks_of(ledger: sqlite3.Connection, document: int, attribution: str | None) -> list[Correction]:
    """The corrections that an attribution of a document bears, by its id: of each kind the one that holds."""
    if attribution is None or not any_of(ledger, OF_ATTRIBUTIONS):
        return []
    held = holding_of(ledger, document)
    if not held:
        return []
    _, _, reading = next(kept_readings(ledger, [document]))
    return marks_in(reading, held).get(attribution, [])


def marks_in(reading: Reading, held: Iterable[Correction]) -> dict[str, list[Correction]]:
    """The corrections that each attribution of a Reading bears, by its id: of each kind the last."""
    found: dict[str, dict[CorrectionKind, Correction]] = {}
    for one in held:
        if one.kind is CorrectionKind.STRUCK or one.kind not in OF_ATTRIBUTIONS:
            continue
        said = one.of.attribution if one.of is not None else None
        mine: Attribution | None = attribution_in(reading, said) if said is not None else None
        if mine is not None:
            found.setdefault(mine.id, {})[one.kind] = one
    return {id_: list(these.values()) for id_, these in found.items()}


def marks_of_entity(ledger: sqlite3.Connection, entity: int) -> list[Correction]:
    """The corrections by which sources are under an entity, or are not, that names join otherwise."""
    found = []
    for one in holding(ledger, OF_ENTITIES):
        ends = [source_at(ledger, part) for part in (one.of, one.other) if part is not None]
        if any(end is not None and entity in (end.entity, end.joined) for end in ends):
            found.append(one)
    return found
