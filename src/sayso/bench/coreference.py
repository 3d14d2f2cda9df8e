"""How well mentions of the same are put together: MUC, B³ and CEAF-e, and their mean, as CoNLL-2012 took them.

Key and response are clusters of mentions, each mention anything that can be compared and hashed, commonly its
[start, end). A mention of the one side that the other lacks counts against both, and nothing is added or taken away
to make the sides alike, as in the reference scorer (Pradhan et al. 2014, "Scoring Coreference Partitions of
Predicted Mentions"). Clusters of one are left out on both sides, since OntoNotes does not mark them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from sayso.errors import SaysoError

Range = tuple[int, int]
Clusters = Iterable[Iterable[Any]]
Partition = tuple[frozenset[Hashable], ...]


@dataclass(frozen=True)
class Tally:
    """What a score sums over documents before it divides: both numerators and both denominators."""

    recalled: float = 0
    wanted: float = 0
    precise: float = 0
    found: float = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.recalled + other.recalled,
            self.wanted + other.wanted,
            self.precise + other.precise,
            self.found + other.found,
        )

    @property
    def recall(self) -> float:
        return 100 * self.recalled / self.wanted if self.wanted else 0.0

    @property
    def precision(self) -> float:
        return 100 * self.precise / self.found if self.found else 0.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def partition(clusters: Clusters, singletons: bool = False) -> Partition:
    """Clusters as sets. Raises ValueError where a mention stands in two of them."""
    sets = tuple(frozenset(cluster) for cluster in clusters)
    seen = Counter(chain.from_iterable(sets))
    if twice := [mention for mention, times in seen.items() if times > 1]:
        raise ValueError(f"A mention stands in one cluster alone; {twice[0]!r} stands in {seen[twice[0]]}.")
    return tuple(s for s in sets if len(s) > 1 or (singletons and s))


def by_head(clusters: Iterable[Iterable[tuple[Range, Range]]]) -> list[list[Range]]:
    """Clusters of (span, head) as clusters of heads. Where mentions of two clusters have one head, it goes to the
    shorter: "researchers and students" gives way to "researchers"."""
    ordered = [list(cluster) for cluster in clusters]
    shortest: dict[Range, Range] = {}
    for span, head in chain.from_iterable(ordered):
        shortest[head] = min(shortest.get(head, span), span, key=lambda s: (s[1] - s[0], s))
    return [sorted({head for span, head in cluster if shortest[head] == span}) for cluster in ordered]


def mentions(key: Partition, response: Partition) -> Tally:
    """Mentions alone, whatever their cluster."""
    theirs, ours = frozenset().union(*key), frozenset().union(*response)
    both = len(theirs & ours)
    return Tally(both, len(theirs), both, len(ours))


def muc(key: Partition, response: Partition) -> Tally:
    """Links kept: of the least that hold a cluster together, those that the other side does not break.

    Vilain et al. 1995, "A Model-Theoretic Coreference Scoring Scheme".
    """

    def kept(one: Partition, other: Partition) -> tuple[float, float]:
        place = {mention: number for number, cluster in enumerate(other) for mention in cluster}
        links = sum(len(cluster) - 1 for cluster in one)
        broken = sum(len({place.get(m, ("alone", m)) for m in cluster}) - 1 for cluster in one)
        return links - broken, links

    return Tally(*kept(key, response), *kept(response, key))


def b_cubed(key: Partition, response: Partition) -> Tally:
    """Mention by mention: the share of its cluster that the other side puts with it.

    Bagga and Baldwin 1998, "Algorithms for Scoring Coreference Chains"; every mention weighs the same.
    """

    def shared(one: Partition, other: Partition) -> tuple[float, float]:
        place = {mention: number for number, cluster in enumerate(other) for mention in cluster}
        right = 0.0
        for cluster in one:
            together = Counter(place[m] for m in cluster if m in place)
            right += sum(n * n for n in together.values()) / len(cluster)
        return right, sum(map(len, one))

    return Tally(*shared(key, response), *shared(response, key))


def ceaf_e(key: Partition, response: Partition) -> Tally:
    """Entities paired one to one, as well as can be: a pair is worth the Dice of its mentions.

    Luo 2005, "On Coreference Resolution Performance Metrics", with φ4.
    """
    try:
        from scipy.optimize import linear_sum_assignment
    except ImportError as error:
        raise SaysoError("CEAF needs scipy: pip install 'sayso[bench]'") from error

    worth = np.zeros((len(key), len(response)))
    place = {mention: number for number, cluster in enumerate(response) for mention in cluster}
    for i, cluster in enumerate(key):
        for j, both in Counter(place[m] for m in cluster if m in place).items():
            worth[i, j] = 2 * both / (len(cluster) + len(response[j]))
    best = float(worth[linear_sum_assignment(-worth)].sum())
    return Tally(best, len(key), best, len(response))


SCORES: dict[str, Callable[[Partition, Partition], Tally]] = {
    "mentions": mentions,
    "muc": muc,
    "b_cubed": b_cubed,
    "ceaf_e": ceaf_e,
}
CONLL = ("muc", "b_cubed", "ceaf_e")


def score(key: Clusters, response: Clusters, *, singletons: bool = False, heads: bool = False) -> dict[str, Tally]:
    """All tallies of one document. With `heads`, a mention is a pair (span, head), and heads are compared."""
    if heads:
        key, response = by_head(key), by_head(response)
    theirs, ours = partition(key, singletons), partition(response, singletons)
    return {name: tally(theirs, ours) for name, tally in SCORES.items()}


def figures(documents: Iterable[dict[str, Tally]]) -> dict[str, Any]:
    """Precision, recall and F1 over documents, in percent, and "conll": the mean F1 of MUC, B³ and CEAF-e."""
    total = dict.fromkeys(SCORES, Tally())
    for one in documents:
        total = {name: total[name] + one[name] for name in SCORES}
    out: dict[str, Any] = {
        name: {"precision": round(t.precision, 1), "recall": round(t.recall, 1), "f1": round(t.f1, 1)}
        for name, t in total.items()
    }
    out["conll"] = round(sum(total[name].f1 for name in CONLL) / len(CONLL), 1)
    return out
