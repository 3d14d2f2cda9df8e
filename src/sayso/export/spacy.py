"""Readings as spaCy's DocBin: Docs whose tokens end where spans end, with span groups and the Reading in user_data.

`doc.spans["source"]`, `["cue"]` and `["content"]` hold a Span for each piece, labelled with its group and
with its attribution's number as `id`; `doc.user_data["sayso"]` has the Reading's JSON, less the text. spaCy reads and
writes a DocBin whole, so one stream holds everything in memory; a folder has a DocBin for every few hundred.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import Any, BinaryIO

from sayso.export.fields import ALL
from sayso.export.format import Entities, Folder, Format, Part, Stream, importable, new_folder
from sayso.export.jsonl import reading_to_dict
from sayso.model import Reading, Span

EXTRA = "spacy"
BATCH = 500  # documents in one DocBin of a folder
GROUPS = ("source", "cue", "content")


def write(readings: Iterable[Reading], out: BinaryIO, entities: Entities | None = None) -> None:  # noqa: ARG001
    """Writes one DocBin. Raises SaysoError where spaCy is not installed."""
    out.write(_bin(readings, _pipeline()))


def read(stream: BinaryIO) -> Iterator[Part]:
    """The JSON of each Reading in a DocBin."""
    tokens = importable("spacy.tokens", EXTRA)
    for doc in tokens.DocBin().from_bytes(stream.read()).get_docs(importable("spacy.vocab", EXTRA).Vocab()):
        kept = json.loads(json.dumps(doc.user_data["sayso"]))  # msgpack has made tuples of the lists
        yield {**kept, "document": {**kept["document"], "text": doc.text}}


def write_folder(readings: Iterable[Reading], folder: Path, entities: Entities | None = None) -> None:  # noqa: ARG001
    """Writes 00001.spacy, 00002.spacy … with BATCH documents each.

    Raises SaysoError where spaCy is not installed, and InputError where the folder is not empty.
    """
    pipeline, readings = _pipeline(), iter(readings)
    new_folder(folder)
    for number, first in enumerate(readings, start=1):
        some = chain([first], islice(readings, BATCH - 1))
        (folder / f"{number:05}.spacy").write_bytes(_bin(some, pipeline))


def read_folder(folder: Path) -> Iterator[Part]:
    """The JSON of each Reading in a folder's DocBins."""
    for path in sorted(folder.glob("*.spacy")):
        with path.open("rb") as stream:
            yield from read(stream)


def doc_of(reading: Reading, pipeline: Any) -> Any:
    """A Doc of a Reading: the pipeline's tokens, split where a span begins or ends."""
    tokens = importable("spacy.tokens", EXTRA)
    text = reading.document.text
    spans = list(_spans(reading))
    words, spaces = _tokens(text, pipeline, [span for _, _, span in spans])
    doc = tokens.Doc(pipeline.vocab, words=words, spaces=spaces)
    for group in GROUPS:
        found = [
            doc.char_span(span.start, span.end, label=group, span_id=str(number))
            for name, number, span in spans
            if name == group
        ]
        doc.spans[group] = tokens.SpanGroup(doc, name=group, spans=found)
    plain = reading_to_dict(reading)
    del plain["document"]["text"]
    doc.user_data["sayso"] = plain
    return doc


@cache
def _pipeline() -> Any:
    """A blank English pipeline: its tokenizer, and nothing that was learned."""
    return importable("spacy", EXTRA).blank("en")


def _bin(readings: Iterable[Reading], pipeline: Any) -> bytes:
    docs = (doc_of(reading, pipeline) for reading in readings)
    found: bytes = importable("spacy.tokens", EXTRA).DocBin(docs=docs, store_user_data=True).to_bytes()
    return found


def _spans(reading: Reading) -> Iterator[tuple[str, int, Span]]:
    """Every span that has words: its group, its attribution's number, and where it stands."""
    for number, one in enumerate(reading.attributions):
        pieces = [("source", one.source), ("cue", one.cue), *(("content", piece) for piece in one.content)]
        yield from ((group, number, span) for group, span in pieces if span is not None and span.start < span.end)


def _tokens(text: str, pipeline: Any, spans: list[Span]) -> tuple[list[str], list[bool]]:
    """The words, and whether a space follows each. A space that a span begins or ends with is a word itself."""
    borders = {border for span in spans for border in (span.start, span.end)}
    starts, ends = {span.start for span in spans}, {span.end for span in spans}
    doc = pipeline.tokenizer(text)
    cuts = borders | {0, len(text)} | {end for token in doc for end in (token.idx, token.idx + len(token))}
    places = sorted(cuts)
    words: list[str] = []
    spaces: list[bool] = []
    for start, end in pairwise(places):
        word = text[start:end]
        if word == " " and words and not spaces[-1] and start not in starts and end not in ends:
            spaces[-1] = True
        else:
            words.append(word)
            spaces.append(False)
    return words, spaces


FORMAT = Format(
    name="spacy",
    description="spaCy's DocBin: tokens, span groups, and the Reading in user_data",
    suffix=".spacy",
    stream=Stream(write, read, ALL),
    folder=Folder(write_folder, read_folder, ALL),
    needs=EXTRA,
    is_text=False,
)
