"""Accuracy against a corpus in PolNeAR's format, by the definitions of the project's referee scorer.

Spans become sets of word tokens, punctuation dropped, so that quotation marks and commas at a border
never count. A corpus is JSON lines, one article each: {"id", "text", "annotations": {annotator:
[{"source": [span], "cue": [span], "content": [span]}]}}, a span being {"start", "end"} in code points.
Articles with several annotators are left out, and so are predictions that lie within another.
"""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from sayso.errors import InputError, SaysoError
from sayso.model import Attribution, Reading

Tokens = frozenset[int]
Roles = dict[str, Tokens]

_WORD = re.compile(r"\w+|[^\w\s]")
_ROLES = ("source", "cue", "content")
MEASURES = ("source", "cue", "content", "soft", "half", "strict")
BINS = 10  # of the reliability table


@dataclass(frozen=True)
class GoldArticle:
    """An article as one annotator marked it: for each attribution, [start, end) pairs by role."""

    id: str
    text: str
    attributions: tuple[dict[str, list[tuple[int, int]]], ...]


@dataclass(frozen=True)
class ArticleCounts:
    """For each measure: right, predicted, annotated; and (confidence, right by "half") for each prediction."""

    counts: dict[str, tuple[float, float, float]]
    judged: tuple[tuple[float, bool], ...]


def read_gold(path: Path) -> Iterator[GoldArticle]:
    """The articles with one annotator. Raises InputError, with the line, where one is not in the format."""
    opener: Any = gzip.open if path.suffix == ".gz" else Path.open
    with opener(path, "rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = msgspec.json.decode(line)
                annotators = list(row["annotations"].values())
                if len(annotators) != 1:
                    continue
                marked = tuple(
                    {r: [(s["start"], s["end"]) for s in a.get(r) or []] for r in _ROLES} for a in annotators[0]
                )
                yield GoldArticle(row["id"], row["text"], marked)
            except (msgspec.DecodeError, KeyError, TypeError, AttributeError) as error:
                message = f"not an article in PolNeAR's format ({error}); see the help of `sayso bench`"
                raise InputError(f"{path}, line {number}", message) from error


def _word_spans(text: str) -> list[tuple[int, int]]:
    return [m.span() for m in _WORD.finditer(text) if m[0][0].isalnum() or m[0][0] == "_"]


def _as_tokens(starts: NDArray[np.int64], ends: NDArray[np.int64], spans: Iterable[tuple[int, int]]) -> Tokens:
    found: set[int] = set()
    for a, b in spans:
        found.update(range(int(np.searchsorted(ends, a, "right")), int(np.searchsorted(starts, b, "left"))))
    return frozenset(found)


def _predicted(attribution: Attribution) -> dict[str, list[tuple[int, int]]]:
    source, cue = attribution.source, attribution.cue
    return {
        "source": [(source.start, source.end)] if source else [],
        "cue": [(cue.start, cue.end)],
        "content": [(p.start, p.end) for p in attribution.content],
    }


def _dice(a: Tokens, b: Tokens) -> float:
    if not a and not b:
        return 1.0
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def count(gold: GoldArticle, attributions: Sequence[Attribution]) -> ArticleCounts:
    """What is right, predicted and annotated in one article, by every measure.

    source, cue, content: spans matched exactly, whatever attribution they belong to. strict: cues
    overlap, source and content are equal. half: the same with a Dice of at least 0.5. soft: the mean
    Dice of the three, in the best pairing.
    """
    try:
        from scipy.optimize import linear_sum_assignment
    except ImportError as error:
        raise SaysoError("Accuracy needs scipy: pip install 'sayso[bench]'") from error

    attributions = [a for a in attributions if a.within is None]
    words = np.array(_word_spans(gold.text), dtype=np.int64).reshape(-1, 2)
    starts, ends = words[:, 0], words[:, 1]

    def sets(row: dict[str, list[tuple[int, int]]]) -> Roles:
        return {r: _as_tokens(starts, ends, row[r]) for r in _ROLES}

    marked, predicted = [sets(g) for g in gold.attributions], [sets(_predicted(a)) for a in attributions]
    counts: dict[str, tuple[float, float, float]] = {}
    for role in _ROLES:
        theirs, ours = [m[role] for m in marked if m[role]], [p[role] for p in predicted if p[role]]
        counts[role] = (float((Counter(theirs) & Counter(ours)).total()), len(ours), len(theirs))
    shape = (len(marked), len(predicted))
    soft, half, strict = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for i, m in enumerate(marked):
        for j, p in enumerate(predicted):
            d = {r: _dice(m[r], p[r]) for r in _ROLES}
            if d["cue"] + d["content"] == 0:
                continue
            soft[i, j] = sum(d.values()) / 3
            if m["cue"] & p["cue"]:
                strict[i, j] = d["source"] == 1 and d["content"] == 1
                half[i, j] = d["source"] >= 0.5 and d["content"] >= 0.5
    judged = [False] * len(predicted)
    for name, worth in (("soft", soft), ("half", half), ("strict", strict)):
        pairs = linear_sum_assignment(-(worth if name == "soft" else worth + 1e-3 * soft))
        counts[name] = (float(worth[pairs].sum()), len(predicted), len(marked))
        if name == "half":
            for i, j in zip(*pairs, strict=True):
                judged[j] = bool(half[i, j])
    return ArticleCounts(counts, tuple((a.confidence, right) for a, right in zip(attributions, judged, strict=True)))


def f1(right: float, predicted: float, annotated: float) -> float:
    """F1 in percent."""
    return 200 * right / (predicted + annotated) if predicted + annotated else 0.0


def summary(articles: Sequence[ArticleCounts], resamples: int = 1000, seed: int = 1) -> dict[str, dict[str, float]]:
    """Precision, recall and F1 in percent, with a 95 % interval of F1 by bootstrap over articles."""
    drawn = np.random.default_rng(seed).integers(0, len(articles), (resamples, len(articles)))
    out = {}
    for measure in MEASURES:
        table = np.array([a.counts[measure] for a in articles])
        right, predicted, annotated = table.sum(0)
        sums = table[drawn].sum(1)
        scores = 200 * sums[:, 0] / np.maximum(sums[:, 1] + sums[:, 2], 1)
        low, high = np.percentile(scores, (2.5, 97.5))
        out[measure] = {
            "precision": 100 * right / predicted if predicted else 0.0,
            "recall": 100 * right / annotated if annotated else 0.0,
            "f1": f1(right, predicted, annotated),
            "low": float(low),
            "high": float(high),
        }
    return {m: {k: round(float(v), 1) for k, v in row.items()} for m, row in out.items()}


def reliability(judged: Sequence[tuple[float, bool]]) -> dict[str, Any]:
    """How often predictions of a confidence are right, by tenths, and the expected calibration error:
    the mean gap between confidence and share right, weighted by the number of predictions
    (Naeini et al. 2015)."""
    rows, error = [], 0.0
    for i in range(BINS):
        low, high = i / BINS, (i + 1) / BINS
        inside = [(c, r) for c, r in judged if low <= c < high or (c == high == 1)]
        if inside:
            mean, share = sum(c for c, _ in inside) / len(inside), sum(r for _, r in inside) / len(inside)
            error += abs(mean - share) * len(inside) / len(judged)
            rows.append({"from": low, "to": high, "predictions": len(inside), "confidence": mean, "right": share})
    shown = [{k: round(v, 3) if isinstance(v, float) else v for k, v in row.items()} for row in rows]
    return {"expected_calibration_error": round(error, 4), "bins": shown}


def measure(gold: Sequence[GoldArticle], readings: Iterable[Reading]) -> dict[str, Any]:
    """All figures of accuracy for the readings of a corpus, in its order."""
    counted = [count(g, reading.attributions) for g, reading in zip(gold, readings, strict=True)]
    if not counted:
        raise SaysoError("The corpus has no article with exactly one annotator; there is nothing to score.")
    judged = [j for c in counted for j in c.judged]
    return {"articles": len(counted), "scores": summary(counted), "calibration": reliability(judged)}
