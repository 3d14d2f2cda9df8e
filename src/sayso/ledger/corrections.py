"""The corrections that a ledger keeps: entries that are added, never changed, and which of them hold."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from sayso.corrections.entries import (
    Correction,
    CorrectionKind,
    Part,
    correction_from_json,
    correction_to_json,
    that_hold,
)
from sayso.ledger.storing import id_without_version, version_id


def keep(ledger: sqlite3.Connection, correction: Correction) -> bool:
    """Add an entry. Returns whether it is new to the ledger."""
    of, other = correction.of, correction.other
    done = ledger.execute(
        'INSERT OR IGNORE INTO corrections (id, kind, "by", made, why, document, text_sha256, other_document, undoes,'
        " entry) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            correction.id,
            correction.kind,
            correction.by,
            correction.made,
            correction.why,
            of.document if of else None,
            of.text_sha256 if of else None,
            other.document if other else None,
            correction.undoes,
            correction_to_json(correction).decode(),
        ),
    )
    return done.rowcount > 0


def all_corrections(ledger: sqlite3.Connection) -> Iterator[Correction]:
    """All entries, in the order in which they were made."""
    for row in ledger.execute("SELECT entry FROM corrections ORDER BY made, id"):
        yield correction_from_json(row["entry"])


def last_correction(ledger: sqlite3.Connection) -> int:
    """The row of the last entry, 0 before the first: as long as it stays the same, nobody has corrected anything."""
    (row,) = ledger.execute("SELECT coalesce(max(rowid), 0) FROM corrections").fetchone()
    return int(row)


def correction_with_id(ledger: sqlite3.Connection, id_: str) -> Correction | None:
    """The entry of an id; None where there is none."""
    row = ledger.execute("SELECT entry FROM corrections WHERE id = ?", (id_,)).fetchone()
    return None if row is None else correction_from_json(row["entry"])


def ids_of(part: Part) -> tuple[str, str]:
    """The ids under which a ledger may keep a document: its own, or that of a version where this was taken."""
    return _ids(part.document, part.text_sha256)


def _ids(document: str, text_sha256: str) -> tuple[str, str]:
    own = id_without_version(document, text_sha256)
    return own, version_id(own, text_sha256)


def document_of(ledger: sqlite3.Connection, part: Part) -> int | None:
    """The row of the document that a correction is about, with the text that it was made on; None where there is
    none."""
    found = ledger.execute(
        "SELECT id FROM documents WHERE reading_id IN (?, ?) AND text_sha256 = ? ORDER BY id LIMIT 1",
        (*ids_of(part), part.text_sha256),
    ).fetchone()
    return None if found is None else int(found["id"])


def holding_of(ledger: sqlite3.Connection, row: int) -> list[Correction]:
    """The corrections of a document, with the text that it has, that nobody has undone, in their order."""
    (id_, text) = ledger.execute("SELECT reading_id, text_sha256 FROM documents WHERE id = ?", (row,)).fetchone()
    names = _ids(id_, text)
    found = _holding(ledger, "document IN (?1, ?2) OR other_document IN (?1, ?2)", names)
    return [
        one
        for one in found
        if any(part and part.text_sha256 == text and part.document in names for part in (one.of, one.other))
    ]


def holding(ledger: sqlite3.Connection, kinds: Iterable[CorrectionKind]) -> list[Correction]:
    """The corrections of these kinds that nobody has undone, in their order."""
    given = tuple(kinds)
    return _holding(ledger, f"kind IN ({','.join('?' * len(given))})", given)


def undone_by(ledger: sqlite3.Connection, id_: str) -> Correction | None:
    """The entry that undoes another, the last of several that hold; None where it holds."""
    entries = _with_what_undoes(ledger, "id = ?", (id_,))
    if any(one.id == id_ for one in that_hold([one for one in entries if one.undoes is None or one.id != id_])):
        return None
    undoing = [one for one in entries if one.undoes == id_]
    return next((one for one in reversed(undoing) if undone_by(ledger, one.id) is None), None)


def any_of(ledger: sqlite3.Connection, kinds: Iterable[CorrectionKind]) -> bool:
    """Whether the ledger keeps a correction of one of these kinds, undone or not."""
    given = tuple(kinds)
    query = f"SELECT 1 FROM corrections WHERE kind IN ({','.join('?' * len(given))}) LIMIT 1"  # noqa: S608
    return ledger.execute(query, given).fetchone() is not None


def _holding(ledger: sqlite3.Connection, where: str, given: tuple[str, ...]) -> list[Correction]:
    return that_hold(_with_what_undoes(ledger, where, given))


def _with_what_undoes(ledger: sqlite3.Connection, where: str, given: tuple[str, ...]) -> list[Correction]:
    """Some entries, those that undo them, those that undo these, and so on."""
    rows = ledger.execute(
        f"WITH RECURSIVE wanted (id) AS (SELECT id FROM corrections WHERE {where}"  # noqa: S608 - of our own
        " UNION SELECT corrections.id FROM corrections JOIN wanted ON undoes = wanted.id)"
        " SELECT entry FROM corrections WHERE id IN wanted ORDER BY made, id",
        given,
    )
    return [correction_from_json(row["entry"]) for row in rows]
