"""Readings in the JSON of BBC Citron, by its docs/data_format.md: text, quotes and coreference groups.

One document a file, as Citron reads them, or one a line. Beside what Citron knows, a document has its "id".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from sayso.export.format import Entities, Folder, Format, Part, Stream, file_name, new_folder
from sayso.export.jsonl import reading_to_dict
from sayso.model import Reading

CARRIES = frozenset(
    {
        "document.id",
        "document.text",
        "attributions.id",
        "attributions.source",
        "attributions.cue",
        "attributions.content",
        "attributions.confidence",
        "sources.mentions",
    }
)


def write(readings: Iterable[Reading], out: BinaryIO, entities: Entities | None = None) -> None:  # noqa: ARG001
    """Writes a document a line."""
    for reading in readings:
        out.write(_json(reading) + b"\n")


def read(stream: BinaryIO) -> Iterator[Part]:
    """What each line carries of its Reading."""
    for line in stream:
        yield _part(json.loads(line))


def write_folder(readings: Iterable[Reading], folder: Path, entities: Entities | None = None) -> None:  # noqa: ARG001
    """Writes a document a file. Raises InputError where the folder is not empty."""
    new_folder(folder)
    for reading in readings:
        (folder / f"{file_name(reading.document.id)}.json").write_bytes(_json(reading) + b"\n")


def read_folder(folder: Path) -> Iterator[Part]:
    """What each file carries of its Reading, by file name."""
    for path in sorted(folder.glob("*.json")):
        yield _part(json.loads(path.read_bytes()))


def _json(reading: Reading) -> bytes:
    plain = reading_to_dict(reading)
    sources = {one["id"]: one for one in plain["sources"]}
    found = {
        "id": plain["document"]["id"],
        "text": plain["document"]["text"],
        "quotes": [_quote(one, sources.get(one["speaker"])) for one in plain["attributions"]],
        "coreference_groups": [one["mentions"] for one in plain["sources"] if one["mentions"]],
    }
    return json.dumps(found, ensure_ascii=False).encode()


def _quote(one: Part, speaker: Part | None) -> dict[str, Any]:
    return {
        "cue": one["cue"],
        "sources": [one["source"]] if one["source"] else [],
        "contents": one["content"],
        "coreferences": _coreferences(one, speaker),
        "confidence": one["confidence"],
        "id": one["id"],
    }


def _coreferences(one: Part, speaker: Part | None) -> list[Part]:
    """Where the speaker stands by name, or first, if that is elsewhere: whom "she" stands for."""
    mentions = speaker["mentions"] if speaker else []
    by_name = [words for words in mentions if speaker and words["text"] == speaker["name"]]
    return [words for words in (by_name or mentions)[:1] if words != one["source"]]


def _part(found: dict[str, Any]) -> Part:
    return {
        "document": {"id": found["id"], "text": found["text"]},
        "attributions": [
            {
                "id": quote["id"],
                "source": quote["sources"][0] if quote["sources"] else None,
                "cue": quote["cue"],
                "content": quote["contents"],
                "confidence": quote["confidence"],
            }
            for quote in found["quotes"]
        ],
        "sources": [{"mentions": group} for group in found["coreference_groups"]],
    }


FORMAT = Format(
    name="citron",
    description="the JSON of BBC Citron: quotes and coreference groups, a document a file or a line",
    suffix=".jsonl",
    stream=Stream(write, read, CARRIES),
    folder=Folder(write_folder, read_folder, CARRIES),
    leaves_out="Sources are groups of mentions, without a name; one without mentions is left out.",
)
