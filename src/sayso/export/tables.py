"""Readings as tables: four for all that they hold, or one with a row an attribution; CSV and Parquet share them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sayso.export.fields import ATTRIBUTION, DOCUMENT, ENDS, MADE_BY, SOURCE, STATEMENT
from sayso.export.format import Entities, Entity, Part
from sayso.export.jsonl import reading_to_dict
from sayso.model import Reading

Row = dict[str, Any]

ENTITY = {"id": str, "name": str}
# All that Readings hold, and the entity of each source. Rows of one document follow each other, in its order.
TABLES: dict[str, dict[str, Any]] = {
    "documents": {**DOCUMENT, "problems": [str], "made_by": MADE_BY},
    "attributions": {"document": str, **ATTRIBUTION},
    "statements": {"document": str, **STATEMENT},
    "sources": {"document": str, **SOURCE, "entity": ENTITY},
}

# One row an attribution: each column, what it holds, and the field of the Reading's JSON that it carries, if
# it carries one whole.
ONE_TABLE: dict[str, tuple[Any, str]] = {
    "document": (str, "document.id"),
    "url": (str, "document.url"),
    "publisher": (str, "document.publisher"),
    "published": (str, "document.published"),
    "title": (str, "document.title"),
    "attribution": (str, "attributions.id"),
    "source": (str, "attributions.source.text"),
    "cue": (str, "attributions.cue.text"),
    "content": (str, ""),
    "speaker": (str, "attributions.speaker"),
    "speaker_name": (str, "sources.name"),
    "named": (bool, "sources.named"),
    "kind": (str, "sources.kind"),
    "roles": ([str], "sources.roles"),
    "access": (str, "sources.access"),
    "anonymity_reason": (str, "sources.anonymity_reason"),
    "entity": (str, ""),
    "entity_id": (str, ""),
    "quotation": (str, "attributions.quotation"),
    "act": (str, "attributions.act"),
    "polarity": (str, "attributions.polarity"),
    "certainty": (str, "attributions.certainty"),
    "certainty_words": (str, "attributions.certainty_words"),
    "channel": (str, "attributions.channel"),
    "addressee": (str, "attributions.addressee"),
    "when": (str, "attributions.when.text"),
    "when_from": (str, "attributions.when.from"),
    "when_to": (str, "attributions.when.to"),
    "within": (str, "attributions.within"),
    "basis": (str, "attributions.basis"),
    "basis_name": (str, ""),
    "confidence": (float, "attributions.confidence"),
    "speaker_confidence": (float, "attributions.speaker_confidence"),
    "source_start": (int, "attributions.source.start"),
    "source_end": (int, "attributions.source.end"),
    "cue_start": (int, "attributions.cue.start"),
    "cue_end": (int, "attributions.cue.end"),
    "content_offsets": ([ENDS], ""),
}
ONE_TABLE_CARRIES = frozenset(
    {field for _, field in ONE_TABLE.values() if field}
    | {"sources.id", "attributions.content.start", "attributions.content.end"}
)
GAP = " […] "  # stands for what the text has between two pieces of a content


def entity_of(entities: Entities | None, document: str, source: dict[str, Any] | None) -> Entity | None:
    """The entity of a source that the text names. One that it does not name has none: no name is lent to it."""
    if entities is None or source is None or not source["named"]:
        return None
    return entities.get((document, source["id"]))


def tables_of(reading: Reading, entities: Entities | None) -> dict[str, list[Row]]:
    """One Reading's rows in each of TABLES."""
    plain = reading_to_dict(reading)
    document, made_by = plain["document"], plain["made_by"]
    models = [{"name": name, "version": version} for name, version in made_by["models"].items()]

    def with_entity(source: Row) -> Row:
        entity = entity_of(entities, document["id"], source)
        return {**source, "entity": {"id": entity.id, "name": entity.name} if entity else None}

    return {
        "documents": [{**document, "problems": plain["problems"], "made_by": {**made_by, "models": models}}],
        "attributions": [{"document": document["id"], **one} for one in plain["attributions"]],
        "statements": [{"document": document["id"], **one} for one in plain["statements"]],
        "sources": [{"document": document["id"], **with_entity(one)} for one in plain["sources"]],
    }


def reading_of(document: Row, rows: dict[str, list[Row]]) -> Part:
    """The Reading's JSON from a row of documents and that document's rows of the other tables."""

    def less(row: Row, *names: str) -> Row:
        return {name: value for name, value in row.items() if name not in names}

    made_by = document["made_by"]
    return {
        "document": less(document, "problems", "made_by"),
        "attributions": [less(row, "document") for row in rows["attributions"]],
        "statements": [less(row, "document") for row in rows["statements"]],
        "sources": [less(row, "document", "entity") for row in rows["sources"]],
        "problems": document["problems"],
        "made_by": {**made_by, "models": {one["name"]: one["version"] for one in made_by["models"]}},
    }


def one_table_of(reading: Reading, entities: Entities | None) -> Iterator[Row]:
    """One Reading's rows in the table of attributions."""
    plain = reading_to_dict(reading)
    document = plain["document"]
    sources = {one["id"]: one for one in plain["sources"]}
    for one in plain["attributions"]:
        speaker, basis = sources.get(one["speaker"]), sources.get(one["basis"])
        entity = entity_of(entities, document["id"], speaker)
        source, when = one["source"] or {}, one["when"] or {}
        named = speaker or {}
        yield {
            "document": document["id"],
            **{name: document[name] for name in ("url", "publisher", "published", "title")},
            **{name: one[name] for name in ONE_TABLE if name in one},
            "attribution": one["id"],
            "source": source.get("text"),
            "cue": one["cue"]["text"],
            "content": GAP.join(piece["text"] for piece in one["content"]),
            "speaker_name": named.get("name"),
            **{name: named.get(name) for name in ("named", "kind", "roles", "access", "anonymity_reason")},
            "entity": entity.name if entity else None,
            "entity_id": entity.id if entity else None,
            "when": when.get("text"),
            "when_from": when.get("from"),
            "when_to": when.get("to"),
            "basis_name": basis["name"] if basis else None,
            "source_start": source.get("start"),
            "source_end": source.get("end"),
            "cue_start": one["cue"]["start"],
            "cue_end": one["cue"]["end"],
            "content_offsets": [{"start": piece["start"], "end": piece["end"]} for piece in one["content"]],
        }


def part_of_one_table(rows: list[Row]) -> Part:
    """What a document's rows in the table of attributions carry of its Reading."""
    first = rows[0]
    speakers = {
        row["speaker"]: {
            "id": row["speaker"],
            "name": row["speaker_name"],
            **{name: row[name] for name in ("kind", "named", "roles", "access", "anonymity_reason")},
        }
        for row in rows
        if row["speaker"] is not None
    }
    return {
        "document": {
            "id": first["document"],
            **{name: first[name] for name in ("title", "publisher", "published", "url")},
        },
        "attributions": [_attribution(row) for row in rows],
        "sources": list(speakers.values()),
    }


def _attribution(row: Row) -> Part:
    def words(name: str) -> Part:
        return {"start": row[f"{name}_start"], "end": row[f"{name}_end"], "text": row[name]}

    return {
        **{name: row[name] for name in ATTRIBUTION if name in row},
        "id": row["attribution"],
        "source": words("source") if row["source_start"] is not None else None,
        "cue": words("cue"),
        "content": row["content_offsets"],
        "when": None if row["when"] is None else {"text": row["when"], "from": row["when_from"], "to": row["when_to"]},
    }


class Ahead:
    """Rows that are taken in groups, those of one document after those of another, without holding more."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = iter(rows)
        self._next = next(self._rows, None)

    def take(self, **key: str) -> list[Row]:
        """The next rows, as long as they have this key."""
        taken = []
        while self._next is not None and all(self._next[name] == value for name, value in key.items()):
            taken.append(self._next)
            self._next = next(self._rows, None)
        return taken
