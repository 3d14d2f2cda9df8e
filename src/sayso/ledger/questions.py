"""Questions that people put to a ledger; each answers in a fraction of a second on a million attributions."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from sayso.ledger.namesakes import folded
from sayso.ledger.storing import whole_id

RANKED = 2_000  # matches up to which a search is sorted by how well they fit; beyond, the newest come first

_LAST = "\U0010ffff"  # comes after all letters
_ALIKE_AT_LEAST = 2  # letters that a word of a name shares with a misspelt one
_COMPARED = 500  # names, at most, that are compared with each word of a misspelt one, the most frequent
_PART_OF_QUERY = re.compile(r'"([^"]*)"?|(\S+)')


@dataclass(frozen=True, slots=True)
class Speaker:
    """An entity, how often it speaks and in how many documents."""

    id: int
    name: str
    kind: str
    attributions: int
    documents: int
    is_ambiguous: bool
    told_apart_by: str


@dataclass(frozen=True, slots=True)
class Said:
    """One attribution as people read it in a list: when, where, how, and what."""

    attribution: str
    dated: str | None
    document: str
    document_id: str
    outlet: str | None
    url: str | None
    source: str | None
    cue: str
    content: str
    act: str | None
    polarity: str | None
    certainty: str | None
    channel: str | None
    confidence: float


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """A name that joins no entity, in how many documents, and the entities that it may be."""

    name: str
    kind: str
    documents: int
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnnamedByOutlet:
    """How many unnamed sources speak in an outlet's documents, and of how many a reason or access is stated."""

    outlet: str | None
    documents: int
    attributions: int
    unnamed_attributions: int
    unnamed_sources: int
    with_reason: int
    with_access: int


@dataclass(frozen=True, slots=True)
class Unnamed:
    """A document, and how many of its attributions are to sources it does not name."""

    document: str
    document_id: str
    outlet: str | None
    published: str | None
    attributions: int
    unnamed_attributions: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A document or an attribution that holds the words searched for, with an excerpt."""

    id: str
    document: str
    outlet: str | None
    published: str | None
    excerpt: str


# Entities that corrections merged are found by all their names; those whose sources have gone are not.
_NOW = "SELECT coalesce(goes_to_id, id) FROM entities WHERE id IN"
_HEARD = "(document_count > 0 OR is_outlet)"
_SPEAKER_FIELDS = ("id", "name", "kind", "attributions", "documents", "is_ambiguous", "told_apart_by")
_SPEAKER = "id, name, kind, attribution_count, document_count, is_ambiguous, told_apart_by"


def who_speaks_most(ledger: sqlite3.Connection, limit: int = 50, kind: str | None = None) -> list[Speaker]:
    """The entities with most attributions."""
    rows = ledger.execute(
        f"SELECT {_SPEAKER} FROM entities WHERE attribution_count > 0 AND (?1 IS NULL OR kind = ?1)"  # noqa: S608
        " ORDER BY attribution_count DESC, id LIMIT ?2",
        (kind, limit),
    )
    return [_speaker(row) for row in rows]


def speakers_from(ledger: sqlite3.Connection, after: int, limit: int, kind: str | None = None) -> list[Speaker]:
    """The entities that speak, in the order in which the ledger came to know them, behind one by its row."""
    rows = ledger.execute(
        f"SELECT {_SPEAKER} FROM entities WHERE id > ?3 AND attribution_count > 0 AND (?1 IS NULL OR kind = ?1)"  # noqa: S608
        " ORDER BY id LIMIT ?2",
        (kind, limit, after),
    )
    return [_speaker(row) for row in rows]


def entities_named(ledger: sqlite3.Connection, name: str) -> list[Speaker]:
    """The entities that some document calls by this name, or else those with words in their names that begin with
    all the words of this."""
    exact = ledger.execute(
        f"SELECT {_SPEAKER} FROM entities WHERE id IN ({_NOW}"  # noqa: S608
        f" (SELECT entity_id FROM entity_names WHERE name = ?)) AND {_HEARD}"
        " ORDER BY attribution_count DESC, id",
        (folded(name),),
    ).fetchall()
    if exact:
        return [_speaker(row) for row in exact]
    words = folded(name).split()
    if not words:
        return []
    begins = " INTERSECT ".join(["SELECT entity_id FROM entity_words WHERE word >= ? AND word < ?"] * len(words))
    rows = ledger.execute(
        f"SELECT {_SPEAKER} FROM entities WHERE id IN ({_NOW} ({begins})) AND {_HEARD}"  # noqa: S608
        " ORDER BY attribution_count DESC, id LIMIT 20",
        [bound for word in words for bound in (word, word + _LAST)],
    )
    return [_speaker(row) for row in rows]


def names_like(ledger: sqlite3.Connection, name: str) -> list[str]:
    """The names in the ledger that are written most alike, of those with a word that begins with the same letters."""
    names: dict[str, int] = {}
    for word in folded(name).split():
        opening = word[:_ALIKE_AT_LEAST]
        rows = ledger.execute(
            "SELECT name, attribution_count FROM entities WHERE attribution_count > 0 AND id IN"
            " (SELECT entity_id FROM entity_words WHERE word >= ? AND word < ?)"
            " ORDER BY attribution_count DESC LIMIT ?",
            (opening, opening + _LAST, _COMPARED),
        )
        names |= {row["name"]: row["attribution_count"] for row in rows}
    return get_close_matches(name, names, n=3, cutoff=0.6)


def statements_of(
    ledger: sqlite3.Connection, entity: int, limit: int = 1000, since: tuple[str, int] = ("", 0)
) -> list[tuple[int, Said]]:
    """What an entity said, in the order of time, undated first; go on with the day and row of the last one."""
    day, row = since
    found: list[sqlite3.Row] = []
    if not day:
        undated = (
            f"{_SAID} WHERE entity_id = ? AND dated IS NULL AND attributions.id > ? ORDER BY attributions.id LIMIT ?"
        )
        found = ledger.execute(undated, (entity, row, limit)).fetchall()
        row = 0
    if len(found) < limit:
        found += ledger.execute(
            f"{_SAID} WHERE entity_id = ? AND (dated, attributions.id) > (?, ?)"
            " ORDER BY dated, attributions.id LIMIT ?",
            (entity, day, row, limit - len(found)),
        ).fetchall()
    return [(one["row"], _said(one)) for one in found]


def months_of(ledger: sqlite3.Connection, entity: int) -> dict[str, int]:
    """How many attributions an entity has in each month, "2024-05" to their number; those without a day left out."""
    rows = ledger.execute(
        "SELECT month, attribution_count FROM entity_months WHERE entity_id = ? AND attribution_count > 0"
        " ORDER BY month",
        (entity,),
    )
    return {row["month"]: row["attribution_count"] for row in rows}


def outlets_of(ledger: sqlite3.Connection, entity: int, limit: int = 20) -> list[tuple[str, int]]:
    """The outlets in which an entity speaks most, and in how many documents of each; "" for those without one."""
    rows = ledger.execute(
        "SELECT name AS outlet, entity_outlets.document_count AS number FROM entity_outlets"
        " JOIN entities ON entities.id = outlet_id WHERE entity_id = ?1 AND number > 0"
        " UNION ALL SELECT '', document_count - (SELECT coalesce(sum(document_count), 0) FROM entity_outlets"
        " WHERE entity_id = ?1) AS number FROM entities WHERE id = ?1 AND number > 0"
        " ORDER BY number DESC, outlet LIMIT ?2",
        (entity, limit),
    )
    return [(row["outlet"], row["number"]) for row in rows]


def roles_of(ledger: sqlite3.Connection, entity: int, limit: int = 10) -> list[tuple[str, int]]:
    """What documents call an entity beside its name, the most frequent first."""
    rows = ledger.execute(
        "SELECT role, count(*) AS number FROM roles JOIN sources ON sources.id = source_id"
        " WHERE entity_id = ? GROUP BY role ORDER BY number DESC, role LIMIT ?",
        (entity, limit),
    )
    return [(row["role"], row["number"]) for row in rows]


def ambiguous_entities(ledger: sqlite3.Connection, limit: int = 200) -> list[Speaker]:
    """Entities that share their name with another."""
    rows = ledger.execute(
        f"SELECT {_SPEAKER} FROM entities WHERE document_count > 0 AND (name_key, kind) IN"  # noqa: S608
        " (SELECT name_key, kind FROM entities WHERE document_count > 0 GROUP BY name_key, kind HAVING count(*) > 1)"
        " ORDER BY name_key, id LIMIT ?",
        (limit,),
    )
    return [_speaker(row) for row in rows]


def names_left_open(ledger: sqlite3.Connection, limit: int = 200) -> list[LeftOpen]:
    """Names that join no entity because their document gives no full name, and whom they may mean."""
    rows = ledger.execute(
        "SELECT name, kind, count(DISTINCT document_id) AS number FROM sources INDEXED BY sources_left_open"
        " WHERE is_named AND entity_id IS NULL GROUP BY name, kind ORDER BY number DESC, name LIMIT ?",
        (limit,),
    ).fetchall()
    return [LeftOpen(row["name"], row["kind"], row["number"], _candidates(ledger, row)) for row in rows]


def unnamed_by_outlet(ledger: sqlite3.Connection) -> list[UnnamedByOutlet]:
    """Unnamed sources by outlet, with and without a stated reason, the outlet with most of them first."""
    rows = ledger.execute(
        "SELECT outlet, documents, attributions, unnamed_attributions, unnamed_sources, with_reason, with_access"
        " FROM unnamed_sources_by_outlet ORDER BY unnamed_sources DESC, outlet"
    )
    return [UnnamedByOutlet(*row) for row in rows]


def documents_by_unnamed_share(ledger: sqlite3.Connection, limit: int = 100) -> list[Unnamed]:
    """The documents with the largest share of attributions to sources they do not name."""
    rows = ledger.execute(
        "SELECT documents.name, reading_id, outlets.name, published, documents.attribution_count,"
        " unnamed_attribution_count FROM documents LEFT JOIN entities AS outlets ON outlets.id = outlet_id"
        " WHERE documents.attribution_count > 0"
        " ORDER BY unnamed_share DESC, documents.attribution_count DESC LIMIT ?",
        (limit,),
    )
    return [Unnamed(*row) for row in rows]


def documents_with(ledger: sqlite3.Connection, words: str, limit: int = 50) -> list[Hit]:
    """The documents whose title or text holds these words; words in quotation marks stand together."""
    order = _order(ledger, "documents_search", words)
    rows = ledger.execute(_FOUND.format(order=order), (match_expression(words), limit))
    return [Hit(*row) for row in rows]


def contents_with(ledger: sqlite3.Connection, words: str, limit: int = 50) -> list[Said]:
    """The attributions whose content holds these words; words in quotation marks stand together."""
    rows = ledger.execute(
        f"{_SAID} JOIN attributions_search ON attributions_search.rowid = attributions.id"
        f" WHERE attributions_search MATCH ? ORDER BY {_order(ledger, 'attributions_search', words)} LIMIT ?",
        (match_expression(words), limit),
    )
    return [_said(row) for row in rows]


def match_expression(words: str) -> str:
    """A full-text query from a user's words: all of them, in any order; nothing in them can break the query."""
    parts = [quoted or word for quoted, word in _PART_OF_QUERY.findall(words)]
    told = [part for part in parts if any(c.isalnum() for c in part)]
    return " ".join('"' + part.replace('"', '""').replace("\0", " ") + '"' for part in told) or '""'


def _order(ledger: sqlite3.Connection, table: str, words: str) -> str:
    """By how well they fit, where so few match that this is quick; else the last added first."""
    (found,) = ledger.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {table} MATCH ? LIMIT ?)",  # noqa: S608
        (match_expression(words), RANKED + 1),
    ).fetchone()
    return f"{table}.rank" if found <= RANKED else f"{table}.rowid DESC"


def _candidates(ledger: sqlite3.Connection, row: sqlite3.Row) -> tuple[str, ...]:
    """Entities that a bare name may mean: those that have its words in their names."""
    words = folded(row["name"]).split()
    if not words:
        return ()
    holds = " INTERSECT ".join(["SELECT entity_id FROM entity_words WHERE word = ?"] * len(words))
    found = ledger.execute(
        f"SELECT DISTINCT name FROM entities WHERE id IN ({_NOW} ({holds})) AND {_HEARD} AND kind = ?"  # noqa: S608
        " ORDER BY attribution_count DESC, id LIMIT 5",
        (*words, row["kind"]),
    )
    return tuple(one["name"] for one in found)


_SAID = """
SELECT
  attributions.id AS row, attributions.reading_id AS attribution, dated, documents.name AS document,
  documents.reading_id AS document_id, outlets.name AS outlet, documents.url, attributions.source, cue,
  attributions.content, act, polarity, certainty, channel, confidence
FROM attributions
JOIN documents ON documents.id = attributions.document_id
LEFT JOIN entities AS outlets ON outlets.id = documents.outlet_id"""


_FOUND = """
SELECT
  reading_id, documents.name, outlets.name, published, snippet(documents_search, 1, '', '', '…', 24)
FROM documents_search
JOIN documents ON documents.id = documents_search.rowid
LEFT JOIN entities AS outlets ON outlets.id = outlet_id
WHERE documents_search MATCH ? ORDER BY {order} LIMIT ?"""


def _said(row: sqlite3.Row) -> Said:
    values = {key: row[key] for key in row.keys() if key != "row"}  # noqa: SIM118 - a Row iterates over its values
    values["attribution"] = whole_id(values["document_id"], values["attribution"])
    return Said(**values)


def speaker_with(ledger: sqlite3.Connection, row: int) -> Speaker | None:
    """The entity in a row."""
    found = ledger.execute(f"SELECT {_SPEAKER} FROM entities WHERE id = ?", (row,)).fetchone()  # noqa: S608
    return _speaker(found) if found else None


def _speaker(row: sqlite3.Row) -> Speaker:
    values = {name: row[column] for name, column in zip(_SPEAKER_FIELDS, _SPEAKER.split(", "), strict=True)}
    return Speaker(**{**values, "is_ambiguous": bool(values["is_ambiguous"])})


def all_said(ledger: sqlite3.Connection, entity: int) -> Iterator[Said]:
    """Everything an entity said, in the order of time, page by page."""
    since = ("", 0)
    while page := statements_of(ledger, entity, since=since):
        yield from (said for _, said in page)
        row, last = page[-1]
        since = (last.dated or "", row)
