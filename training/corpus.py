"""PolNeAR articles as labelled words: what the tagger is shown, and what it should say.

Borders are normalized: punctuation at the border of a source or content belongs to neither (the
annotators differ on it, and the referee does not count it); between two pieces of one content it is
left out. A cue that is punctuation alone (the colon of a headline) stays.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sayso.extract.words import Words, split_words, word_range

NONE, SOURCE, CONTENT = 0, 1, 2
OUTSIDE, BEGIN, INSIDE = 0, 1, 2


@dataclass(frozen=True)
class Label:
    """One annotated attribution, in words: half-open ranges."""

    cue: tuple[int, int]
    roles: tuple[tuple[int, int, int], ...]  # (start, end, SOURCE or CONTENT)


@dataclass(frozen=True, eq=False)
class Article:
    id: str
    publisher: str
    words: Words
    annotators: tuple[tuple[Label, ...], ...]


def read_articles(path: Path, tokenizer: Any) -> list[Article]:
    """All articles of a corpus in PolNeAR's format. Rows without a cue are left out: they are empty."""
    articles = []
    with gzip.open(path, "rt", encoding="utf8", newline="") as lines:
        for line in lines:
            row = json.loads(line)
            words = split_words(row["text"], tokenizer)
            annotators = tuple(tuple(_labels(words, rows)) for _, rows in sorted(row["annotations"].items()))
            articles.append(Article(row["id"], row["publisher"], words, annotators))
    return articles


def _labels(words: Words, rows: list[dict[str, Any]]) -> Iterator[Label]:
    for row in rows:
        cues = [r for r in (word_range(words, span["start"], span["end"]) for span in row["cue"]) if r]
        if not cues:
            continue
        cue = max(cues, key=lambda r: r[1] - r[0])
        cue = _trim(words, cue) or cue
        roles = []
        for name, role in (("source", SOURCE), ("content", CONTENT)):
            for span in row[name]:
                found = word_range(words, span["start"], span["end"])
                trimmed = found and _trim(words, found)
                if trimmed:
                    roles.append((*trimmed, role))
        yield Label(cue, tuple(roles))


def _trim(words: Words, span: tuple[int, int]) -> tuple[int, int] | None:
    start, end = span
    while start < end and not words.spoken[start]:
        start += 1
    while end > start and not words.spoken[end - 1]:
        end -= 1
    return (start, end) if start < end else None


def cue_labels(labels: tuple[Label, ...], start: int, end: int) -> NDArray[np.int64]:
    """BIO over the words [start, end)."""
    out = np.zeros(end - start, dtype=np.int64)
    for label in labels:
        a, b = max(label.cue[0], start) - start, min(label.cue[1], end) - start
        if a < b:
            out[a:b] = INSIDE
            if label.cue[0] >= start:
                out[a] = BEGIN
    return out
