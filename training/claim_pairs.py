"""Pairs of propositions to learn from: the same, the contrary, or something else."""

from __future__ import annotations

import gzip
import itertools
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sayso.errors import InputError
from sayso.trace.judge import claim_first
from sayso.trace.stems import LITTLE_WORDS
from training.claim_changes import (
    CONTRARY,
    OTHER,
    Change,
    doubly,
    elsewhere,
    first_clause,
    headline,
    hedged,
    none_of_it,
    other_name,
    other_word,
    paraphrase,
    passive,
    swapped,
    unprefixed,
)

SAME, CONTRARY_LABEL, OTHER_LABEL = 0, 1, 2
LABELS = ("same", "contrary", "other")
WRITTEN = Path(__file__).parent / "labels" / "claims.tsv"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts, how they stand to each other, where they are from, and the group that is held out together."""

    a: str
    b: str
    label: int
    corpus: str
    group: str


def rows(place: Path) -> Iterator[dict[str, Any]]:
    """The rows of a compressed JSONL file."""
    with gzip.open(place, "rt", encoding="utf8") as lines:
        for line in lines:
            yield json.loads(line)


def perspectrum(data: Path, part: str, rng: random.Random) -> list[Pair]:
    """Paraphrases of one point are the same; another point on the same claim is something else."""
    found = []
    for row in rows(data / "perspectrum" / f"{part}.jsonl.gz"):
        clusters = [[p.strip() for p in c["paraphrases"] if len(p.split()) > 2] for c in row["clusters"]]
        group = f"perspectrum {row['id']}"
        for cluster in clusters:
            pairs = list(itertools.combinations(cluster, 2))
            for a, b in rng.sample(pairs, min(3, len(pairs))):
                found.append(Pair(a, b, SAME, "perspectrum", group))
        for x, y in itertools.combinations([c for c in clusters if c], 2):
            found.append(Pair(rng.choice(x), rng.choice(y), OTHER_LABEL, "perspectrum", group))
    return found


def wice(data: Path, part: str, rng: random.Random) -> list[Pair]:
    """A claim and the one sentence that supports it are the same; its neighbours are something else."""
    found = []
    for row in rows(data / "wice" / f"{part}.jsonl.gz"):
        text = {i: t for i, t in row["evidence"] if not t.startswith("(meta data)") and len(t.split()) > 4}
        used = {i for alternative in row["support"] for i in alternative}
        group = f"wice {row['id']}"
        if row["label"] == "supported":
            alone = [alternative[0] for alternative in row["support"] if len(alternative) == 1]
            found += [Pair(row["claim"], text[i], SAME, "wice", group) for i in alone if i in text]
        others = [i for i in text if i not in used]
        chosen = rng.sample(others, min(4, len(others)))
        found += [Pair(row["claim"], text[i], OTHER_LABEL, "wice", group) for i in chosen]
    return found


def untokenized(tokens: Sequence[str]) -> str:
    """A sentence as it is written, from its tokens."""
    text = " ".join(tokens).replace("``", "“").replace("''", "”")
    text = re.sub(r" ([.,;:!?%)”]|n't\b|'(?:s|re|ve|d|ll|m)?\b)", r"\1", text)
    return re.sub(r"([(“$]) ", r"\1", text)


def ecbplus(data: Path, part: str, rng: random.Random, most: int = 3000) -> list[Pair]:
    """Sentences of two documents that tell of the same actions of the same people are the same.

    Sentences of one topic that share no action are something else.
    """
    found: list[Pair] = []
    topics: dict[int, list[tuple[str, str, set[str], set[str]]]] = {}
    for row in rows(data / "ecbplus" / f"{part}.jsonl.gz"):
        for number in row["checked_sents"]:
            a, z = row["sents"][number]
            if not 5 <= z - a <= 45 or row["tokens"][a].startswith("http"):
                continue
            inside = [m for m in row["mentions"] if a <= m["s"] < z and "chain" in m]
            actions = {m["chain"] for m in inside if m["t"].startswith("ACTION") and "REPORTING" not in m["t"]}
            others = {m["chain"] for m in inside if m["t"].startswith(("HUM", "LOC", "NON"))}
            if actions:
                told = untokenized(row["tokens"][a:z])
                topics.setdefault(row["topic"], []).append((row["id"], told, actions, others))
    for topic, told_here in topics.items():
        for x, y in itertools.combinations(told_here, 2):
            if x[0] == y[0]:
                continue
            shared, union = x[2] & y[2], x[2] | y[2]
            if shared and len(shared) >= 0.5 * len(union) and x[3] & y[3]:
                found.append(Pair(x[1], y[1], SAME, "ecbplus", f"ecbplus {topic}"))
            elif not shared:
                found.append(Pair(x[1], y[1], OTHER_LABEL, "ecbplus", f"ecbplus {topic}"))
    same = [p for p in found if p.label == SAME]
    other = [p for p in found if p.label == OTHER_LABEL]
    return rng.sample(same, min(most, len(same))) + rng.sample(other, min(2 * most, len(other)))


@dataclass(frozen=True, slots=True)
class Content:
    """A content of an attribution of PolNeAR, and its article."""

    text: str
    article: str


def contents(data: Path, part: str) -> list[Content]:
    """The contents of five to forty words that the first annotator marked."""
    found = []
    for row in rows(data / "polnear" / f"{part}.jsonl.gz"):
        marked = next(iter(row["annotations"].values()))
        for one in marked:
            text = " ".join(row["text"][s["start"] : s["end"]] for s in one["content"])
            text = re.sub(r"\s+", " ", text).strip(" “”\"‘’'.,;:")
            text = text.removeprefix("that ")
            if 5 <= len(text.split()) <= 40:
                found.append(Content(text, row["id"]))
    return found


def changed(given: Sequence[Content], rng: random.Random) -> list[Pair]:
    """Contents beside what the script makes of them; half of them are cut to their first clause."""
    names = sorted({n for c in given for n in re.findall(r"(?<=[a-z] )[A-Z][a-z]+ [A-Z][a-z]+\b", c.text)})
    words = sorted({w for c in given for w in re.findall(r"\b[a-z]{4,}\b", c.text)} - LITTLE_WORDS)
    changes = (*OTHER, other_name(names), other_name(names), other_word(words), other_word(words))
    found = []
    for one in given:
        text = first_clause(one.text) if rng.random() < 0.5 else one.text
        group = f"polnear {one.article}"
        if (same := paraphrase(text, rng)) is not None:
            found.append(Pair(text, same, SAME, "changed", group))
        for kinds, label in ((CONTRARY, CONTRARY_LABEL), (changes, OTHER_LABEL)):
            new = _first(kinds, text, rng)
            if new is not None:
                new = (paraphrase(new, rng, 2) if rng.random() < 0.5 else None) or new
                found.append(Pair(text, new, label, "changed", group))
    return found


def rarely(given: Sequence[Content], rng: random.Random, most: int) -> list[Pair]:
    """What can be changed in few contents only: who did what to whom, a passive, a capital for its country."""
    found = []
    kinds: tuple[tuple[Change, int], ...] = (
        *((swapped, OTHER_LABEL), (passive, SAME), (elsewhere, SAME), (doubly, SAME), (unprefixed, CONTRARY_LABEL)),
        (none_of_it, CONTRARY_LABEL),
    )
    for change, label in kinds:
        made = []
        for one in given:
            text = first_clause(one.text)
            if (new := change(text, rng)) is not None:
                made.append(Pair(text, new, label, "changed", f"polnear {one.article}"))
        found += rng.sample(made, min(most, len(made)))
    return found


def spliced(given: Sequence[Content], rng: random.Random) -> list[Pair]:
    """The beginning of a content with the end of another of its article: one subject, and something else said of it."""
    articles: dict[str, list[str]] = {}
    for one in given:
        articles.setdefault(one.article, []).append(first_clause(one.text))
    found = []
    for one in given:
        text, other = first_clause(one.text).split(), rng.choice(articles[one.article]).split()
        half = len(text) // 3 + 1
        new = " ".join(text[:half] + other[-(len(other) // 2) :])
        if len(set(new.lower().split()) & {w.lower() for w in text}) < 0.8 * len(text):
            found.append(Pair(" ".join(text), new, OTHER_LABEL, "changed", f"polnear {one.article}"))
    return found


_JOINTS = (". {}", ", and {}", ", but {}", "; {}", ", while {}", " because {}", ". {}", ", {}")


def embedded(given: Sequence[Content], rng: random.Random, most: int) -> list[Pair]:
    """A claim, and a content that holds it among other things, as a quotation does; hedged, or as a headline.

    The first of each pair is the claim: what is contained in more says the same, and not the other way round.
    """
    articles: dict[str, list[str]] = {}
    for one in given:
        articles.setdefault(one.article, []).append(one.text)
    found = []
    for one in rng.sample(given, min(most, len(given))):
        claim, beside = first_clause(one.text), rng.choice(articles[one.article])
        if beside == one.text or claim in beside:
            continue
        told = paraphrase(claim, rng, 2) or claim if rng.random() < 0.7 else claim
        if rng.random() < 0.35:
            told = hedged(told, rng) or told
        elif rng.random() < 0.2:
            told = headline(told, rng) or told
        if rng.random() < 0.75:
            other = first_clause(beside)
            first, second = (told, other) if rng.random() < 0.6 else (other, told)
            told = first + rng.choice(_JOINTS).format(second)
        group = f"polnear {one.article}"
        kind = rng.random()
        if kind < 0.45:
            found.append(Pair(claim, told, SAME, "embedded", group))
        elif kind < 0.75:
            if (new := _first(CONTRARY, claim, rng)) is not None:
                found.append(Pair(new, told, CONTRARY_LABEL, "embedded", group))
        elif (new := _first(OTHER, claim, rng)) is not None and rng.random() < 0.5:
            found.append(Pair(new, told, OTHER_LABEL, "embedded", group))
        else:
            third = first_clause(rng.choice(articles[one.article]))
            if third not in told:
                found.append(Pair(third, told, OTHER_LABEL, "embedded", group))
    return found


def _first(kinds: Sequence[Change], text: str, rng: random.Random) -> str | None:
    """A text after the first of some changes, in any order, that finds something to change."""
    made = (change(text, rng) for change in rng.sample(kinds, len(kinds)))
    return next((new for new in made if new is not None and new != text), None)


def beside(given: Sequence[Content], near: Sequence[tuple[int, int]]) -> list[Pair]:
    """Contents of one article that lie near each other: mostly something else. Nearly equal ones are left out."""
    found = []
    for i, j in near:
        a, b = given[i], given[j]
        x, y = set(a.text.lower().split()), set(b.text.lower().split())
        if len(x & y) < 0.6 * min(len(x), len(y)):
            found.append(Pair(a.text, b.text, OTHER_LABEL, "beside", f"polnear {a.article}"))
    return found


def written(rng: random.Random, place: Path = WRITTEN) -> list[Pair]:
    """Pairs of the wordings that the project wrote (see training/labels/README.md): those of one proposition are the
    same, those of a proposition and of its contrary contrary, the others of a group something else.

    The shorter comes first, as the judge reads them. Two contraries of one proposition make no pair, and a group no
    more pairs that are contrary than are the same, nor more than twice as many that are something else. A proposition
    beside the mere subject of its sentence is something else, too, for one of its wordings. Raises InputError where a
    line has not three fields.
    """
    groups: dict[str, list[tuple[str, str]]] = {}
    for number, line in enumerate(place.read_text("utf8").splitlines(), 1):
        fields = line.split("\t")
        if len(fields) != len(("group", "proposition", "text")):
            raise InputError(f"{place}, line {number}", "should be a group, a proposition and a text, by tabs")
        groups.setdefault(fields[0], []).append((fields[1], fields[2]))
    found = []
    for group, wordings in groups.items():
        made: dict[int, list[Pair]] = {label: [] for label in range(len(LABELS))}
        for (x, a), (y, b) in itertools.combinations(wordings, 2):
            if x == y and x.startswith("-"):
                continue  # a proposition may be contradicted in several ways
            label = SAME if x == y else CONTRARY_LABEL if x.lstrip("-") == y.lstrip("-") else OTHER_LABEL
            made[label].append(Pair(*claim_first(a, b), label, "written", f"written {group}"))
        found += made[SAME]
        for label, most in ((CONTRARY_LABEL, len(made[SAME])), (OTHER_LABEL, 2 * len(made[SAME]))):
            found += rng.sample(made[label], min(most, len(made[label])))
        subjects = [(x, subject["words"], text) for x, text in wordings if (subject := _SUBJECT.match(text))]
        for x in dict.fromkeys(x for x, _, _ in subjects):
            _, words, text = rng.choice([one for one in subjects if one[0] == x])
            found.append(Pair(words, text, OTHER_LABEL, "written", f"written {group}"))
    return found


# What a sentence is about, which alone puts nothing forward: "the three wells" of "the three wells are closed".
_SUBJECT = re.compile(
    r"(?P<words>(?:the|its|his|her|their|this|that)\s(?:[\w’'-]+\s){1,5}[\w’'-]+)\s"
    r"(?:is|are|was|were|has|have|had|will|would|can|could|may|might|must|should|does|do|did)\b",
    re.IGNORECASE,
)


def retold(same: Sequence[Pair], rng: random.Random) -> list[Pair]:
    """Real paraphrases of which one is turned into the contrary, or into something else, by the script."""
    found = []
    for one in same:
        kinds, label = ((CONTRARY, CONTRARY_LABEL), (OTHER, OTHER_LABEL))[rng.random() < 0.3]
        if (new := _first(kinds, one.b, rng)) is not None:
            found.append(Pair(one.a, new, label, "retold", one.group))
    return found
