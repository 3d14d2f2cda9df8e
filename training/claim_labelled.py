"""Pairs of propositions of PolNeAR train that the project labelled: labels/pairs.tsv joined with the corpus.

The file names a proposition by a digest of its text, which is no text of the corpus but what sayso makes of it
(pronouns and short names replaced). So PolNeAR train is read with the models that ship, some five minutes on two cores,
and kept in the run's folder. Where a later model takes other words for a content, the pairs of these are lost: how many
are found is printed.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.copies import groups
from sayso.model import Document
from sayso.reading import read_many
from sayso.trace.propositions import propositions
from training.claim_pairs import LABELS, Pair

LABELLED = Path(__file__).parent / "labels" / "pairs.tsv"
CORPUS = "labelled"
COLUMNS = ("a", "b", "label", "part", "stands_for")
PARTS = ("learned", "weighed")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A labelled pair; whether networks learn from it, or only the weighing of what they say; and how many of the pairs
    that are weighed when PolNeAR train is traced it stands for."""

    pair: Pair
    part: str
    stands_for: float


def digest_of_text(text: str) -> str:
    """What a proposition is named by in labels/pairs.tsv."""
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def texts_by_digest(data: Path, place: Path) -> dict[str, str]:
    """The texts of the propositions of PolNeAR train by their digests; from an earlier run's file, if it is there."""
    if not place.exists():
        found = sorted(set(_read(data)))
        part = place.with_suffix(".part")
        part.write_text(json.dumps(found, ensure_ascii=False, indent=0), "utf8")
        part.replace(place)
    return {digest_of_text(text): text for text in json.loads(place.read_text("utf8"))}


def _read(data: Path) -> Iterator[str]:
    with gzip.open(data / "polnear" / "train.jsonl.gz", "rt", encoding="utf8") as lines:
        rows = map(json.loads, lines)
        given = (Document(row["id"], row["text"], publisher=row["publisher"]) for row in rows)
        for number, reading in enumerate(read_many(given), 1):
            if number % 100 == 0:
                print(f"{number} articles read", flush=True)
            yield from (one.text for one in propositions(reading) if not one.relays)


def labelled(texts: Mapping[str, str], place: Path = LABELLED) -> list[Labelled]:
    """The labelled pairs whose texts are among the given ones. Those that share a text are of one group."""
    with place.open(encoding="utf8", newline="") as lines:
        told = list(csv.DictReader(lines, delimiter="\t"))
    found = [row for row in told if row["a"] in texts and row["b"] in texts]
    print(f"{len(found)} of {len(told)} labelled pairs are found in what is read", flush=True)
    groups_of = groups((row["a"], row["b"]) for row in found)
    return [
        Labelled(
            Pair(texts[r["a"]], texts[r["b"]], LABELS.index(r["label"]), CORPUS, f"{CORPUS} {groups_of[r['a']]}"),
            r["part"],
            float(r["stands_for"]),
        )
        for r in found
    ]


def to_learn_from(texts: Mapping[str, str]) -> list[Pair]:
    """The labelled pairs that networks learn from."""
    return [one.pair for one in labelled(texts) if one.part == "learned"]
