"""Readings as schema.org JSON-LD: what was quoted as Quotation, what was said in other words as Claim.

A Quotation gives the source's own words; a Claim what it states, and never whether that is so: sayso writes no
ClaimReview and no rating. An attribution that neither quotes nor states (a refusal, a question in the outlet's
words, a denial, whose content is what the source does *not* claim) is left out. A source that the text does not
name is a Thing with a description, without a name.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from sayso.export.fields import LABELLED, labelled, under, unlabelled
from sayso.export.format import Entities, Entity, Format, Part, Stream, write_list
from sayso.export.jsonl import reading_to_dict
from sayso.export.tables import GAP, entity_of
from sayso.model import Reading

DOCUMENTS = {"article": "NewsArticle", "email": "EmailMessage"}
SOURCES = {"person": "Person", "organization": "Organization", "document": "CreativeWork"}
STATING = {"assert", "accuse", "believe", "find"}
CARRIES = (
    under("document", ("id", "title", "publisher", "published", "url", "language", "kind", "text"))
    | under("attributions", ("id", "content.text", "speaker", *LABELLED))
    | under("sources", ("id", "name", "kind", "named", "roles"))
)


def write(readings: Iterable[Reading], out: BinaryIO, entities: Entities | None = None) -> None:
    """Writes one @graph, a node a line."""
    nodes = (node for reading in readings for node in nodes_of(reading, entities))
    write_list(b'{"@context": "https://schema.org", "@graph": [', nodes, out)


def read(stream: BinaryIO) -> Iterator[Part]:
    """What the graph carries of each document. The graph is held in memory."""
    part: Part = {}
    for node in json.load(stream)["@graph"]:
        if node["@type"] in {"Quotation", "Claim"}:
            _add(node, part)
        else:
            if part:
                yield part
            part = {"document": _document(node), "attributions": [], "sources": []}
    if part:
        yield part


def kind_of(one: Part) -> str | None:
    """Whether an attribution is a Quotation, a Claim, or neither.

    Words that are partly the outlet's pass as a quotation of what the source states, but of a denial or a
    refusal they would say the opposite.
    """
    if not one["content"]:
        return None
    if one["quotation"] == "direct" or (one["quotation"] == "mixed" and one["act"] in STATING):
        return "Quotation"
    return "Claim" if one["act"] in STATING else None


def nodes_of(reading: Reading, entities: Entities | None = None) -> Iterator[dict[str, Any]]:
    """A Reading's document, and its attributions that are quotations or claims."""
    plain = reading_to_dict(reading)
    document = plain["document"]
    number = f"#{document['text_sha256'][:16]}"
    yield {
        "@type": DOCUMENTS.get(document["kind"], "CreativeWork"),
        "@id": document["url"] or number,
        "identifier": document["id"],
        "headline": document["title"],
        "publisher": {"@type": "Organization", "name": document["publisher"]}
        if document["publisher"] is not None
        else None,
        "datePublished": document["published"],
        "url": document["url"],
        "inLanguage": document["language"],
        "text": document["text"],
        "keywords": labelled(document, ["kind"]),
    }
    sources = {one["id"]: one for one in plain["sources"]}
    for one in plain["attributions"]:
        kind = kind_of(one)
        if kind is None:
            continue
        speaker = sources.get(one["speaker"])
        who = _who(speaker, entity_of(entities, document["id"], speaker)) if speaker else None
        article = {"@id": document["url"] or number}
        yield {
            "@type": kind,
            "identifier": one["id"],
            "text": GAP.join(piece["text"] for piece in one["content"]),
            **(
                {"spokenByCharacter": who, "isPartOf": article}
                if kind == "Quotation"
                else {"creator": who, "appearance": article}
            ),
            "keywords": labelled(one, LABELLED),
        }


def _who(speaker: Part, entity: Entity | None) -> Part:
    """A source: with its name if the text names it, and else with its description alone."""
    kind = SOURCES.get(speaker["kind"], "Thing") if speaker["named"] else "Thing"
    named = {"name": speaker["name"]} if speaker["named"] else {"description": speaker["name"]}
    known = {"sameAs": f"urn:sayso:entity:{entity.id}", "alternateName": entity.name} if entity else {}
    roles = {"jobTitle" if kind == "Person" else "disambiguatingDescription": speaker["roles"]}
    return {"@type": kind, "identifier": speaker["id"], **named, **known, **roles, "additionalType": speaker["kind"]}


def _document(node: Part) -> Part:
    return {
        "id": node["identifier"],
        "title": node["headline"],
        "publisher": node["publisher"]["name"] if node["publisher"] else None,
        "published": node["datePublished"],
        "url": node["url"],
        "language": node["inLanguage"],
        "text": node["text"],
        **unlabelled(node["keywords"], ["kind"]),
    }


def _add(node: Part, part: Part) -> None:
    who = node["spokenByCharacter"] if node["@type"] == "Quotation" else node["creator"]
    part["attributions"].append(
        {
            "id": node["identifier"],
            "content": [{"text": piece} for piece in node["text"].split(GAP)],
            "speaker": who["identifier"] if who else None,
            **unlabelled(node["keywords"], LABELLED),
        }
    )
    if who and who["identifier"] not in [one["id"] for one in part["sources"]]:
        named = "name" in who
        part["sources"].append(
            {
                "id": who["identifier"],
                "name": who["name"] if named else who["description"],
                "kind": who["additionalType"],
                "named": named,
                "roles": who["jobTitle"] if "jobTitle" in who else who["disambiguatingDescription"],
            }
        )


FORMAT = Format(
    name="schema",
    description="schema.org Quotation and Claim (JSON-LD), never a rating",
    suffix=".jsonld",
    stream=Stream(write, read, CARRIES),
    leaves_out=(
        "Attributions that neither quote nor state (refusals, denials, questions in the outlet's words) are left "
        "out. Offsets are lost; so are the access and the reasons of unnamed sources. Of the sources, those who speak."
    ),
)
