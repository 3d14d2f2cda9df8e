"""Attributions that lie in each other's content, laid out as trees, each attribution once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from sayso.model import Attribution


class Line(NamedTuple):
    """An attribution with its number, and in how many others, shown above it, it lies.

    `left_out` are those that report it and are not shown, the nearest first.
    """

    number: int
    one: Attribution
    depth: int = 0
    left_out: tuple[Attribution, ...] = ()


def trees(attributions: Sequence[Attribution], least: float = 0.0) -> list[list[Line]]:
    """The attributions of at least some confidence, each followed by those within it, at any depth.

    Numbers count these alone, in their order. One that lies in an attribution left out begins a tree of
    its own; so does one of a circle, which no reader of texts makes and a file may hold.
    """
    parents = _parents(attributions)
    kept = [index for index, one in enumerate(attributions) if one.confidence >= least]
    number = {index: place for place, index in enumerate(kept, 1)}
    children: defaultdict[int | None, list[int]] = defaultdict(list)
    for index in kept:
        parent = parents.get(index)
        children[parent if parent in number else None].append(index)
    seen: set[int] = set()
    found = []
    for root in (*children[None], *kept):
        tree = []
        waiting = [(root, 0)]
        while waiting:
            index, depth = waiting.pop()
            if index not in seen:
                seen.add(index)
                left_out = () if depth or parents.get(index) in number else _above(index, parents)
                tree.append(Line(number[index], attributions[index], depth, tuple(attributions[i] for i in left_out)))
                waiting += [(child, depth + 1) for child in reversed(children[index])]
        if tree:
            found.append(tree)
    return sorted(found, key=lambda tree: tree[0].number)


def _parents(attributions: Sequence[Attribution]) -> dict[int, int]:
    """Which attribution each lies in, by their places in the list."""
    places: dict[str, int] = {}
    for index, one in enumerate(attributions):
        places.setdefault(one.id, index)
    return {index: places[one.within] for index, one in enumerate(attributions) if one.within in places}


def _above(index: int, parents: dict[int, int]) -> tuple[int, ...]:
    """The attributions that one lies in, the nearest first."""
    above: dict[int, None] = {}
    while (index := parents.get(index, -1)) >= 0 and index not in above:
        above[index] = None
    return tuple(above)
