"""Readings as W3C Web Annotations: one AnnotationPage in JSON-LD, an Annotation for each attribution.

https://www.w3.org/TR/annotation-model/. Each document begins with an annotation that describes it. Those of its
attributions follow: a body that identifies the speaker, one that classifies the manner, and a target for the
source, the cue and each piece of content, each with a quote selector and a position selector. Positions are in code
points of the text that sayso read, as the standard wants it: text without markup. `text_sha256` says which
text that was; where a page has changed, or is read in another way, the quote finds the place.

Terms beside the standard's are sayso's own, and mean what docs/labels.md says: `part` is the part of the
attribution that a target is, `number` is an id within the document.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO
from urllib.parse import quote, urlsplit

from sayso.export.fields import DOCUMENT, under
from sayso.export.format import Entities, Format, Part, Stream, write_list
from sayso.export.jsonl import reading_to_dict
from sayso.model import Reading

CONTEXT_LENGTH = 32  # characters before and behind a quotation, by which it is told from others
DESCRIBED = tuple(name for name in DOCUMENT if name not in {"id", "title_span", "text"})
MANNER = (
    "speaker_confidence",
    "quotation",
    "act",
    "polarity",
    "certainty",
    "certainty_words",
    "channel",
    "addressee",
    "when",
    "confidence",
)
WHO = ("name", "kind", "named", "roles", "access", "anonymity_reason")
# Terms that the standard's context defines itself (name, language) keep its meaning.
OWN_TERMS = sorted({*DESCRIBED, *MANNER, *WHO, "document", "number", "part", "basis", "within", "words", "from", "to"})
CONTEXT = [
    "http://www.w3.org/ns/anno.jsonld",
    {"sayso": "urn:sayso:term:"}
    | {name: f"sayso:{name}" for name in OWN_TERMS if name not in {"name", "language"}}
    | {name: {"@id": f"sayso:{name}", "@container": "@list"} for name in ("roles", "links")},
]
CARRIES = (
    under("document", ("id", *DESCRIBED))
    | under("attributions", ("id", "source", "cue", "content", "speaker", "basis", "within", *MANNER))
    | under("sources", ("id", *WHO))
)


def write(readings: Iterable[Reading], out: BinaryIO, entities: Entities | None = None) -> None:  # noqa: ARG001
    """Writes one AnnotationPage, an annotation a line."""
    head = json.dumps({"@context": CONTEXT, "id": "urn:sayso:page", "type": "AnnotationPage"})
    annotations = (annotation for reading in readings for annotation in annotations_of(reading))
    write_list(head[:-1].encode() + b', "items": [', annotations, out)


def read(stream: BinaryIO) -> Iterator[Part]:
    """What the page carries of each document. The page is held in memory."""
    part: Part = {}
    for annotation in json.load(stream)["items"]:
        if annotation["motivation"] == "describing":
            if part:
                yield part
            described = annotation["body"]["source"]
            document = {"id": annotation["target"]["number"], **{name: described[name] for name in DESCRIBED}}
            part = {"document": document, "attributions": [], "sources": []}
        else:
            part["attributions"].append(_attribution(annotation))
            for body in annotation["body"]:
                _add_source(body, part["sources"])
    if part:
        yield part


def annotations_of(reading: Reading) -> Iterator[dict[str, Any]]:
    """A Reading's annotations: the one of its document, then those of its attributions."""
    plain = reading_to_dict(reading)
    document = plain["document"]
    iri = _document_iri(document)
    yield {
        "id": _urn("description", document["id"]),
        "type": "Annotation",
        "motivation": "describing",
        "body": {
            "type": "SpecificResource",
            "purpose": "describing",
            "source": {"type": "Dataset", **{name: document[name] for name in DESCRIBED}},
        },
        "target": {"id": iri, "type": "Text", "number": document["id"]},
    }
    sources = {one["id"]: one for one in plain["sources"]}
    for one in plain["attributions"]:
        yield {
            "id": _urn("attribution", document["id"], one["id"]),
            "type": "Annotation",
            "motivation": ["identifying", "classifying"],
            "number": one["id"],
            "within": one["within"],
            "basis": one["basis"],
            "body": list(_bodies(one, sources.get(one["speaker"]), document["id"])),
            "target": list(_targets(one, iri, document["text"])),
        }


def _bodies(one: Part, speaker: Part | None, document: str) -> Iterator[Part]:
    if speaker:
        who = {
            "id": _urn("source", document, speaker["id"]),
            "type": "sayso:Source",
            "number": speaker["id"],
            **{name: speaker[name] for name in WHO},
        }
        yield {"type": "SpecificResource", "purpose": "identifying", "source": who}
    manner = {"type": "sayso:Manner", **{name: one[name] for name in MANNER}}
    if when := one["when"]:
        manner["when"] = {"words": when["text"], "from": when["from"], "to": when["to"]}
    yield {"type": "SpecificResource", "purpose": "classifying", "source": manner}


def _targets(one: Part, iri: str, text: str) -> Iterator[Part]:
    pieces = [("source", one["source"]), ("cue", one["cue"]), *(("content", piece) for piece in one["content"])]
    for part, words in pieces:
        if words is None:
            continue
        start, end = words["start"], words["end"]
        yield {
            "type": "SpecificResource",
            "part": part,
            "source": iri,
            "selector": [
                {
                    "type": "TextQuoteSelector",
                    "exact": words["text"],
                    "prefix": text[max(0, start - CONTEXT_LENGTH) : start],
                    "suffix": text[end : end + CONTEXT_LENGTH],
                },
                {"type": "TextPositionSelector", "start": start, "end": end},
            ],
        }


def _document_iri(document: Part) -> str:
    """A document's address where it has one, and else a name made of its id."""
    url = document["url"] or ""
    try:
        is_address = urlsplit(url).scheme in {"http", "https"} and urlsplit(url).netloc != ""
    except ValueError:
        is_address = False
    return quote(url, safe="%/:=&?~#+!$,;'@()*[]") if is_address else _urn("document", document["id"])


def _urn(kind: str, *ids: str) -> str:
    return ":".join(["urn:sayso", kind, *(quote(one, safe="") for one in ids)])


def _attribution(annotation: Part) -> Part:
    bodies = {body["purpose"]: body["source"] for body in annotation["body"]}
    parts: dict[str, list[Part]] = {"source": [], "cue": [], "content": []}
    for target in annotation["target"]:
        quoted, position = target["selector"]
        parts[target["part"]].append(
            {"start": position["start"], "end": position["end"], "text": quoted["exact"]},
        )
    when = bodies["classifying"]["when"]
    return {
        **{name: bodies["classifying"][name] for name in MANNER},
        **{name: annotation[name] for name in ("within", "basis")},
        "id": annotation["number"],
        "source": parts["source"][0] if parts["source"] else None,
        "cue": parts["cue"][0],
        "content": parts["content"],
        "speaker": bodies["identifying"]["number"] if "identifying" in bodies else None,
        "when": when and {"text": when["words"], "from": when["from"], "to": when["to"]},
    }


def _add_source(body: Part, sources: list[Part]) -> None:
    if body["purpose"] == "identifying":
        who = {"id": body["source"]["number"], **{name: body["source"][name] for name in WHO}}
        if who not in sources:
            sources.append(who)


FORMAT = Format(
    name="web-annotation",
    description="W3C Web Annotations (JSON-LD) with quote and position selectors",
    suffix=".jsonld",
    stream=Stream(write, read, CARRIES),
    leaves_out="The text itself is not in it, save the words of the spans; of the sources, those who speak.",
)
