"""The figures of who speaks and how: each measure with its interval, calibration, and people taken for one another.

Counted on all attributions, and on those that lie in no other: nested ones are harder to find and to read, and the
corpus that extraction learned from has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np

from sayso.bench.accuracy import reliability
from sayso.bench.speakers import PARTS, Counts, GoldAttribution, GoldDocument, count, figures, matched, right_entity
from sayso.model import Reading

NUMBERS = ("attributions found", "of annotated")  # what is counted and not a share
SUFFIXES = frozenset(("jr", "sr", "ii", "iii", "iv"))
Read = tuple[GoldDocument, Reading]


def by_part(read: Sequence[Read], resamples: int = 1000) -> dict[str, Any]:
    """All figures of each part that there is, and of all together where there are several."""
    groups = {part: [one for one in read if one[0].part == part] for part in PARTS}
    groups = {part: group for part, group in groups.items() if group}
    if len(groups) > 1:
        groups["all"] = list(read)
    return {part: measure(group, resamples) for part, group in groups.items()}


def measure(read: Sequence[Read], resamples: int = 1000) -> dict[str, Any]:
    """All figures of some annotated documents and their readings."""
    seen = namesakes(read)
    return {
        "articles": len(read),
        "all": intervals([count(*one) for one in read], resamples),
        "not nested": intervals([count(*without_nested(*one)) for one in read], resamples),
        "calibration": reliability(judged(read)),
        "namesakes": {"pairs": len(seen), "merged": sum(merged for _, _, merged in seen)},
    }


def without_nested(gold: GoldDocument, reading: Reading) -> Read:
    """The same without the attributions that lie in others, as annotated and as read."""
    kept = [g for g in gold.attributions if not g.labels.get("nested")]
    outer = tuple(replace(g, labels={**g.labels, "within": None}) for g in kept)
    found = tuple(a for a in reading.attributions if a.within is None)
    return replace(gold, attributions=outer), replace(reading, attributions=found)


def intervals(counted: Sequence[Counts], resamples: int = 1000, seed: int = 1) -> dict[str, dict[str, float | None]]:
    """Each measure's value, and its 95 % interval by bootstrap over articles; None where nothing is to be measured."""
    names = sorted({name for one in counted for name in one})
    table = np.array([[one[name] for name in names] for one in counted]).reshape(len(counted), len(names))
    drawn = np.random.default_rng(seed).integers(0, len(counted), (resamples, len(counted)))
    samples = [figures(Counts(dict(zip(names, sums.tolist(), strict=True)))) for sums in table[drawn].sum(1)]
    whole = figures(Counts(dict(zip(names, table.sum(0).tolist(), strict=True))))
    out: dict[str, dict[str, float | None]] = {}
    for name, value in whole.items():
        values = [sample[name] for sample in samples if sample[name] is not None]
        out[name] = {"value": value}
        if name not in NUMBERS:
            low, high = np.percentile(values, (2.5, 97.5)) if values else (None, None)
            out[name] |= {"low": _rounded(low), "high": _rounded(high)}
    return out


def _rounded(value: Any) -> float | None:
    return None if value is None else round(float(value), 1)


def judged(read: Sequence[Read]) -> list[tuple[float, bool]]:
    """How sure each link to a speaker is, and whether it is the right one; of attributions whose spans were found."""
    out = []
    for gold, reading in read:
        sources = {source.id: source for source in reading.sources}
        for i, j in matched(gold, reading.attributions):
            one = reading.attributions[j]
            source = sources.get(one.speaker or "")
            if source is not None and one.speaker_confidence is not None:
                out.append((one.speaker_confidence, right_entity(source, gold.attributions[i])))
    return out


def namesakes(read: Sequence[Read]) -> list[tuple[str, str, bool]]:
    """The pairs of people of one article who share a surname, and whether one source was made of them: an attribution
    of either has the same speaker. Pairs count where both were found and have a speaker."""
    out = []
    for gold, reading in read:
        speakers: dict[str, set[str]] = {}
        for i, j in matched(gold, reading.attributions):
            name, speaker = _person(gold.attributions[i]), reading.attributions[j].speaker
            if name and speaker:
                speakers.setdefault(name, set()).add(speaker)
        for one, two in combinations(sorted(speakers), 2):
            if are_namesakes(one, two):
                out.append((one, two, not speakers[one].isdisjoint(speakers[two])))
    return out


def _person(gold: GoldAttribution) -> str | None:
    """The name of the one person who speaks; None where it is someone else, or where several names are right."""
    person, named = gold.labels["kind"] == "person", gold.labels["named"] is True
    if not (person and named) or len(gold.entities) != 1 or " and " in gold.entities[0]:
        return None
    return gold.entities[0]


def are_namesakes(one: str, two: str) -> bool:
    """Whether two names are of two people with one surname: Ana and Ben Ruiz, Ben Ruiz and Ben Ruiz Jr.

    By the names alone and not by sayso's own rules, which are what is measured. A middle name makes no other person.
    """
    first, second = _parts(one), _parts(two)
    if not (first and second) or first[1] != second[1]:
        return False
    return first[0] != second[0] or first[2] != second[2]


def _parts(name: str) -> tuple[str, str, str] | None:
    """The first given name, the surname and "jr"; None for a name of one part."""
    words = [word.strip(".").lower() for word in name.replace(",", " ").split()]
    words = [word for word in words if word and not word.isdigit()]
    suffix = words.pop() if words and words[-1] in SUFFIXES else ""
    return (words[0], words[-1], suffix) if len(words) > 1 else None
