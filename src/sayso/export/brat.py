"""Readings in brat's standoff format: a folder with a .txt and an .ann for each document, and annotation.conf.

https://brat.nlplab.org/standoff.html. An attribution is an event: its trigger is the cue, its arguments the
source, the content and the attribution around it; act, polarity, certainty and quotation are attributes. A note
on the event has, as JSON, what brat has no place for. brat allows no line break within a piece of text, so spans
are split there, and joined again on the way back. documents.jsonl, which brat passes over, has the documents' fields.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

from sayso.export.fields import DOCUMENT, under
from sayso.export.format import Entities, Folder, Format, Part, file_name, new_folder
from sayso.export.jsonl import reading_to_dict
from sayso.model import Act, Certainty, Polarity, Quotation, Reading, Span, attribution_id

ATTRIBUTES = {"quotation": Quotation, "act": Act, "polarity": Polarity, "certainty": Certainty}
IN_NOTES = ("id", "speaker_confidence", "basis", "certainty_words", "channel", "addressee", "when", "confidence")
WHO = ("id", "name", "kind", "named", "roles", "access", "anonymity_reason")
PARTS = {"cue": "Attribution", "source": "Source", "content": "Content"}  # the trigger comes first
# What ends a line for the programs that read .ann files (Python's splitlines), and what separates their columns.
BREAKS = "\n\r\t\v\f\x1c\x1d\x1e\x85\u2028\u2029"
CARRIES = (
    under("document", DOCUMENT)
    | under("attributions", (*PARTS, *ATTRIBUTES, *IN_NOTES, "speaker", "within"))
    | under("sources", WHO)
)
CONFIGURATION = "\n".join(
    [
        "[entities]",
        "Source",
        "Content",
        "[relations]",
        "<OVERLAP>\tArg1:<ANY>, Arg2:<ANY>, <OVL-TYPE>:<ANY>",
        "[events]",
        "Attribution\tSource?:Source, Content?:Content, Within?:Attribution",
        "[attributes]",
        *(f"{name.capitalize()}\tArg:Attribution, Value:{'|'.join(values)}" for name, values in ATTRIBUTES.items()),
        "",
    ]
)


def write_folder(readings: Iterable[Reading], folder: Path, entities: Entities | None = None) -> None:  # noqa: ARG001
    """Writes two files a document, named for its id. Raises InputError where the folder is not empty."""
    new_folder(folder)
    _write(folder / "annotation.conf", CONFIGURATION)
    with (folder / "documents.jsonl").open("wb") as documents:
        for reading in readings:
            plain = reading_to_dict(reading)
            name, text = file_name(reading.document.id), plain["document"].pop("text")
            _write(folder / f"{name}.txt", text)
            _write(folder / f"{name}.ann", "".join(f"{line}\n" for line in _lines(plain, text)))
            documents.write(_json({"file": name, **plain["document"]}).encode() + b"\n")


def read_folder(folder: Path) -> Iterator[Part]:
    """What the folder carries of each document, in the order of documents.jsonl."""
    with (folder / "documents.jsonl").open("rb") as documents:
        for line in documents:
            document = json.loads(line)
            path = folder / document.pop("file")
            text = path.with_suffix(".txt").read_bytes().decode()
            lines = path.with_suffix(".ann").read_bytes().decode().split("\n")
            yield {"document": {**document, "text": text}, **_part(lines, text, document["id"])}


def fragments(text: str, spans: Iterable[Part]) -> list[tuple[int, int]]:
    """The pieces of spans that hold no line break: what brat can mark."""
    return [
        (one["start"] + found.start(), one["start"] + found.end())
        for one in spans
        for found in re.finditer(f"[^{BREAKS}]+", text[one["start"] : one["end"]])
    ]


def joined(text: str, pieces: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Pieces as spans: those with nothing but line breaks between them are one."""
    spans: list[tuple[int, int]] = []
    for start, end in pieces:
        if spans and spans[-1][1] < start and not text[spans[-1][1] : start].strip(BREAKS):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def can_be_marked(one: Part) -> bool:
    """Whether an attribution's cue has words that brat can mark. One that has not is left out."""
    return bool(one["cue"]["text"].strip(BREAKS))


def _lines(plain: Part, text: str) -> Iterator[str]:
    marked = [one for one in plain["attributions"] if can_be_marked(one)]
    events = {one["id"]: f"E{number}" for number, one in enumerate(marked, start=1)}
    sources = {one["id"]: {name: one[name] for name in WHO} for one in plain["sources"]}
    texts, attributes = count(1), count(1)
    for one in marked:
        event = events[one["id"]]
        note: Part = {name: one[name] for name in IN_NOTES if one[name] is not None}
        if one["speaker"] is not None:
            note["speaker"] = sources[one["speaker"]]
        arguments: dict[str, str] = {}
        for part, kind in PARTS.items():
            spans = one[part] if part == "content" else [one[part]] if one[part] else []
            pieces = fragments(text, spans)
            ends = [(span["start"], span["end"]) for span in spans]
            if joined(text, pieces) != ends:
                note[part] = ends  # blank, out of order, or with a line break at an end
            if pieces:
                arguments[kind] = f"T{next(texts)}"
                where = ";".join(f"{start} {end}" for start, end in pieces)
                yield f"{arguments[kind]}\t{kind} {where}\t{' '.join(text[start:end] for start, end in pieces)}"
        if one["within"] in events:
            arguments["Within"] = events[one["within"]]
        yield f"{event}\t{' '.join(f'{role}:{target}' for role, target in arguments.items())}"
        for name in ATTRIBUTES:
            if one[name] is not None:
                yield f"A{next(attributes)}\t{name.capitalize()} {event} {one[name]}"
        yield f"#{event[1:]}\tAnnotatorNotes {event}\t{_json(note)}"


def _part(lines: list[str], text: str, document: str) -> Part:
    spans: dict[str, list[tuple[int, int]]] = {}
    events: dict[str, dict[str, str]] = {}
    attributes: dict[str, dict[str, str]] = {}
    notes: dict[str, Part] = {}
    for line in lines:
        kind, _, rest = line.partition("\t")
        if kind.startswith("T"):
            offsets = rest.partition("\t")[0].partition(" ")[2]
            pieces = [tuple(map(int, piece.split(" "))) for piece in offsets.split(";")]
            spans[kind] = joined(text, [(start, end) for start, end in pieces])
        elif kind.startswith("E"):
            events[kind] = dict(argument.split(":", 1) for argument in rest.split())
        elif kind.startswith("A"):
            name, event, value = rest.split(" ")
            attributes.setdefault(event, {})[name.lower()] = value
        elif kind.startswith("#"):
            target, _, told = rest.partition("\t")
            event = target.split(" ")[-1]
            notes[event] = notes.get(event, {}) | _note(told)
    for event, arguments in events.items():  # one that a person added in brat has no note of ours
        start, end = spans[arguments["Attribution"]][0]
        notes.setdefault(event, {}).setdefault("id", attribution_id(document, Span(start, end)))
    speakers = [notes[event]["speaker"] for event in events if "speaker" in notes[event]]
    return {
        "attributions": [
            _attribution(arguments, spans, notes, notes[event], text)
            | {name: attributes.get(event, {}).get(name) for name in ATTRIBUTES}
            for event, arguments in events.items()
        ],
        "sources": list({speaker["id"]: speaker for speaker in speakers}.values()),
    }


def _note(told: str) -> Part:
    """What a note of ours holds; nothing where it is a person's."""
    try:
        note = json.loads(told)
    except ValueError:
        return {}
    return note if isinstance(note, dict) else {}


def _attribution(
    arguments: dict[str, str],
    spans: dict[str, list[tuple[int, int]]],
    notes: dict[str, Part],
    note: Part,
    text: str,
) -> Part:
    words: dict[str, list[Part]] = {}
    for part, kind in PARTS.items():
        ends = note.get(part, spans.get(arguments.get(kind, ""), []))
        words[part] = [{"start": start, "end": end, "text": text[start:end]} for start, end in ends]
    return {
        **{name: note.get(name) for name in IN_NOTES},
        "source": words["source"][0] if words["source"] else None,
        "cue": words["cue"][0],
        "content": words["content"],
        "speaker": note["speaker"]["id"] if "speaker" in note else None,
        "within": notes[arguments["Within"]]["id"] if "Within" in arguments else None,
    }


def _json(value: Any) -> str:
    """JSON in one line, whatever ends a line for whom."""
    plain = json.dumps(value, ensure_ascii=False)
    return re.sub("[\x85\u2028\u2029]", lambda found: f"\\u{ord(found[0]):04x}", plain)


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode())


FORMAT = Format(
    name="brat",
    description="brat standoff: a folder of .txt and .ann to look at and to annotate further",
    suffix="",
    folder=Folder(write_folder, read_folder, CARRIES),
    leaves_out="An attribution whose cue is blank is left out; of the sources, those who speak are kept.",
)
