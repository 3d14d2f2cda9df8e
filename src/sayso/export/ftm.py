"""Readings as FollowTheMoney entities, one a line, for Aleph and the tools around it.

A document is an Article, Email or PlainText; an attribution a Note on it and on its speaker; a source that the
text names a Person, Organization, LegalEntity (a group) or Document. A source that the text does not name is no
entity: the Notes describe it in the article's words, and no name is lent to it. What has no property of its own
stands in a Note's keywords ("act: deny") and notes ("cue: denied"). Entities come before the Notes that point to them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from sayso.export.fields import LABELLED, labelled, under, unlabelled
from sayso.export.format import Entities, Format, Part, Stream
from sayso.export.jsonl import reading_to_dict
from sayso.export.tables import GAP, entity_of
from sayso.model import Reading

DOCUMENTS = {"article": "Article", "email": "Email", "transcript": "PlainText", "statement": "PlainText"}
SOURCES = {"person": "Person", "organization": "Organization", "group": "LegalEntity", "document": "Document"}
# The fields of a document, and the property that holds each.
PROPERTIES = {
    "id": "fileName",
    "title": "title",
    "publisher": "publisher",
    "byline": "author",
    "text": "bodyText",
    "published": "publishedAt",
    "url": "sourceUrl",
}
# What FollowTheMoney takes for a date, a part of one, or a time.
DATE = re.compile(r"[12]\d{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])(T\d\d(:\d\d(:\d\d)?)?(Z|[+-]\d\d:\d\d)?)?)?)?")
ADDRESS = re.compile(r"https?://[^\s/?#]+\.[^\s/?#]+\S*")
DESCRIPTION = ("name", "kind", "named", "access", "anonymity_reason")
WORDS = ("source", "cue", "speaker")
MOST = 60_000  # characters in one value of a property, which may have several
CARRIES = (
    under("document", (*PROPERTIES, "kind"))
    | under("attributions", ("id", "source.text", "cue.text", "content.text", "speaker", *LABELLED))
    | under("sources", ("id", "roles", *DESCRIPTION))
)


def write(readings: Iterable[Reading], out: BinaryIO, entities: Entities | None = None) -> None:
    """Writes an entity a line. One that stands in several documents comes again; the tools merge them by id."""
    for reading in readings:
        for entity in entities_of(reading, entities):
            out.write(json.dumps(entity, ensure_ascii=False).encode() + b"\n")


def read(stream: BinaryIO) -> Iterator[Part]:
    """What the entities carry of each document. An empty text comes back as null: no property holds one."""
    part: Part = {}
    for line in stream:
        entity = json.loads(line)
        properties = entity["properties"]
        if entity["schema"] in DOCUMENTS.values():
            if part:
                yield part
            document = {name: "".join(properties.get(held, [])) or None for name, held in PROPERTIES.items()}
            document["text"] = document["text"] or ""
            part = {"document": document | unlabelled(properties["keywords"], ["kind"])}
            part |= {"attributions": [], "sources": []}
        elif entity["schema"] == "Note":
            _add(properties, part)
    if part:
        yield part


def entities_of(reading: Reading, known: Entities | None = None) -> Iterator[dict[str, Any]]:
    """A Reading's document, the sources that it names, and its attributions."""
    plain = reading_to_dict(reading)
    document = plain["document"]
    document_id = _id("document", document["id"])
    yield _entity(
        document_id,
        DOCUMENTS[document["kind"]],
        {held: _pieces(document[name]) for name, held in PROPERTIES.items() if _fits(held, document[name])}
        | {"keywords": labelled(document, ["kind"])},
    )
    named: dict[str, str] = {}
    for source in plain["sources"]:
        if source["named"] and source["name"]:
            entity = entity_of(known, document["id"], source)
            identity = _id("entity", entity.id) if entity else _id("source", document["id"], source["id"])
            named[source["id"]] = identity
            name = entity.name if entity else source["name"]
            yield _entity(identity, SOURCES[source["kind"]], _named(source, name, document_id))
    sources = {one["id"]: one for one in plain["sources"]}
    for one in plain["attributions"]:
        yield _note(one, sources.get(one["speaker"]), document_id, named.get(one["speaker"]))


def _named(source: Part, name: str, document: str) -> dict[str, list[str]]:
    names = {"name": [name]}
    if source["kind"] == "document":
        return names | {"fileName": [name], "title": [name], "proof": [document]}
    roles = [role for role in source["roles"] if role]
    return names | {"position" if source["kind"] == "person" else "summary": roles, "proof": [document]}


def _note(one: Part, speaker: Part | None, document: str, identity: str | None) -> dict[str, Any]:
    words = {
        "source": one["source"]["text"] if one["source"] else None,
        "cue": one["cue"]["text"],
        "speaker": one["speaker"],
    }
    notes = labelled(words, words) + [f"content: {piece['text']}" for piece in one["content"]]
    if speaker:
        told = {**speaker, "named": "yes" if speaker["named"] else "no"}
        notes += labelled(told, DESCRIPTION) + [f"role: {role}" for role in speaker["roles"]]
    content = GAP.join(piece["text"] for piece in one["content"])
    who = words["source"] or (speaker["name"] if speaker else "")
    properties = {
        "description": [f"{who} {words['cue']}: {content}".strip()],
        "entity": [document, *([identity] if identity else [])],
        "keywords": [f"attribution: {one['id']}", *labelled(one, LABELLED)],
        "notes": notes,
        "proof": [document],
    }
    return _entity(_id("attribution", document, one["id"]), "Note", properties)


def _add(properties: dict[str, list[str]], part: Part) -> None:
    notes = properties["notes"]
    told = unlabelled([*properties["keywords"], *notes], ("attribution", *WORDS, *LABELLED, *DESCRIPTION))
    part["attributions"].append(
        {
            "id": told["attribution"],
            "source": {"text": told["source"]} if told["source"] is not None else None,
            "cue": {"text": told["cue"]},
            "content": [{"text": one} for one in _all(notes, "content")],
            **{name: told[name] for name in ("speaker", *LABELLED)},
        }
    )
    if told["speaker"] is not None and told["speaker"] not in [one["id"] for one in part["sources"]]:
        part["sources"].append(
            {"id": told["speaker"], "roles": _all(notes, "role")}
            | {name: told[name] for name in DESCRIPTION}
            | {"named": told["named"] == "yes"}
        )


def _all(notes: list[str], name: str) -> list[str]:
    return [one.removeprefix(f"{name}: ") for one in notes if one.startswith(f"{name}: ")]


def _fits(held: str, value: str | None) -> bool:
    """Whether a property takes a value: FollowTheMoney drops what is no date or no address."""
    pattern = {"publishedAt": DATE, "sourceUrl": ADDRESS}.get(held)
    return bool(value) and (pattern is None or pattern.fullmatch(value or "") is not None)


def _pieces(value: str) -> list[str]:
    return [value[start : start + MOST] for start in range(0, len(value), MOST)]


def _entity(identity: str, schema: str, properties: dict[str, list[str]]) -> dict[str, Any]:
    return {
        "id": identity,
        "schema": schema,
        "properties": {name: values for name, values in properties.items() if values},
    }


def _id(kind: str, *parts: str) -> str:
    """An id by hash: FollowTheMoney's own may not hold what ours may."""
    return f"sayso-{kind}-{hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]}"


FORMAT = Format(
    name="ftm",
    description="FollowTheMoney entities, one a line, for Aleph",
    suffix=".ftm.json",
    stream=Stream(write, read, CARRIES),
    leaves_out=(
        "Offsets are lost; so are a date or an address that FollowTheMoney does not take for one, and the "
        "difference between an empty text and none. Of unnamed sources there is a description, never an entity."
    ),
)
