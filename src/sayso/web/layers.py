"""Placing a graph without cycles in columns, from the reader's side to the origins, with few crossings.

The steps are those of Sugiyama, Tagawa and Toda (1981): columns by the longest way, joints where an edge passes a
column, orders by the middle of their neighbours, and places as near to these as the order allows. All of it is
deterministic. The graphs are small: what is many was folded before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

SWEEPS = 12

Line = tuple[int, ...]  # the cells that an edge goes over: its start, joints, its end


@dataclass(frozen=True, slots=True)
class Placed:
    """Where nodes stand: the column of each, its middle down the page, and for each edge its column and middle at
    every column that it comes by."""

    columns: tuple[int, ...]
    middles: tuple[float, ...]
    routes: tuple[tuple[tuple[int, float], ...], ...]
    height: float


def placed(heights: Sequence[float], edges: Sequence[tuple[int, int]], gap: float, last: Sequence[int] = ()) -> Placed:
    """Place nodes of these heights; every edge leads from a node to a later one. Those in `last` stand in the last
    column."""
    columns = _columns(len(heights), edges, last)
    cells, tall, lines = _with_joints(columns, heights, edges)
    neighbours = _neighbours(len(cells), lines)
    order = _ordered(cells, lines, neighbours)
    middles = _middles(order, tall, neighbours, gap)
    top = min((middles[i] - tall[i] / 2 for i in range(len(cells))), default=0.0)
    middles = [one - top for one in middles]
    bottom = max((middles[i] + tall[i] / 2 for i in range(len(cells))), default=0.0)
    return Placed(
        tuple(columns),
        tuple(middles[: len(heights)]),
        tuple(tuple((cells[cell], middles[cell]) for cell in line) for line in lines),
        bottom,
    )


def _columns(count: int, edges: Sequence[tuple[int, int]], last: Sequence[int]) -> list[int]:
    """The column of each node: one beyond those that lead to it; of those in `last` the last."""
    found = [0] * count
    for start, end in sorted(edges):
        found[end] = max(found[end], found[start] + 1)
    end = max(found, default=0)
    return [end if node in set(last) else column for node, column in enumerate(found)]


def _with_joints(
    columns: list[int], heights: Sequence[float], edges: Sequence[tuple[int, int]]
) -> tuple[list[int], list[float], list[Line]]:
    """The columns and heights of nodes and joints, and each edge as the cells that it goes over."""
    cells, tall, lines = list(columns), list(heights), []
    for start, end in edges:
        first = len(cells)
        between = range(columns[start] + 1, columns[end])
        cells.extend(between)
        tall.extend(0.0 for _ in between)
        lines.append((start, *range(first, len(cells)), end))
    return cells, tall, lines


def _neighbours(count: int, lines: list[Line]) -> tuple[list[list[int]], list[list[int]]]:
    """For each cell those before it, and those after it."""
    before: list[list[int]] = [[] for _ in range(count)]
    after: list[list[int]] = [[] for _ in range(count)]
    for line in lines:
        for a, b in pairwise(line):
            before[b].append(a)
            after[a].append(b)
    return before, after


def _ordered(
    cells: list[int], lines: list[Line], neighbours: tuple[list[list[int]], list[list[int]]]
) -> list[list[int]]:
    """The cells of each column from top to bottom, in the best order found."""
    order: list[list[int]] = [[] for _ in range(max(cells, default=-1) + 1)]
    for cell, column in enumerate(cells):
        order[column].append(cell)
    best, fewest = [list(column) for column in order], _crossings(order, lines)
    for sweep in range(SWEEPS):
        if not fewest:
            break
        forth = sweep % 2 == 0
        for column in range(1, len(order)) if forth else range(len(order) - 2, -1, -1):
            place = {cell: i for i, cell in enumerate(order[column - 1 if forth else column + 1])}
            order[column] = _by_middle(order[column], neighbours[0 if forth else 1], place)
        crossings = _crossings(order, lines)
        if crossings < fewest:
            best, fewest = [list(column) for column in order], crossings
    return best


def _by_middle(column: list[int], neighbours: list[list[int]], place: dict[int, int]) -> list[int]:
    """A column sorted by the middle of its neighbours' places; a cell without any stays about where it is."""

    def middle(at: int, cell: int) -> float:
        places = [place[one] for one in neighbours[cell] if one in place]
        return sum(places) / len(places) if places else at * max(1, len(place)) / len(column)

    return [cell for _, _, cell in sorted((middle(at, cell), at, cell) for at, cell in enumerate(column))]


def _crossings(order: list[list[int]], lines: list[Line]) -> int:
    place = {cell: i for column in order for i, cell in enumerate(column)}
    column_of = {cell: i for i, column in enumerate(order) for cell in column}
    between: dict[int, list[tuple[int, int]]] = {}
    for line in lines:
        for a, b in pairwise(line):
            between.setdefault(column_of[a], []).append((place[a], place[b]))
    return sum(
        (a - c) * (b - d) < 0 for steps in between.values() for i, (a, b) in enumerate(steps) for c, d in steps[:i]
    )


def _middles(
    order: list[list[int]], tall: list[float], neighbours: tuple[list[list[int]], list[list[int]]], gap: float
) -> list[float]:
    """Down the page, each cell as near to the middle of its neighbours as its column allows."""
    found = [0.0] * len(tall)
    for column in order:
        _stack(column, [0.0] * len(column), tall, gap, found)
    for sweep in range(SWEEPS):
        forth = sweep % 2 == 0
        for column in order[1:] if forth else order[-2::-1]:
            nearest = neighbours[0 if forth else 1]
            wanted = [
                sum(found[one] for one in nearest[cell]) / len(nearest[cell]) if nearest[cell] else found[cell]
                for cell in column
            ]
            _stack(column, wanted, tall, gap, found)
    return found


def _stack(column: list[int], wanted: list[float], tall: list[float], gap: float, found: list[float]) -> None:
    """Put a column's cells where they are wanted, as nearly (by squares) as their heights allow: blocks that would
    overlap are joined, as in the regression of monotone values."""
    offsets = [0.0]
    for a, b in pairwise(column):
        offsets.append(offsets[-1] + (tall[a] + tall[b]) / 2 + gap)
    blocks: list[tuple[float, int]] = []  # mean and number of cells
    for want, offset in zip(wanted, offsets, strict=True):
        mean, count = want - offset, 1
        while blocks and blocks[-1][0] >= mean:
            other, number = blocks.pop()
            mean, count = (mean * count + other * number) / (count + number), count + number
        blocks.append((mean, count))
    shifts = [mean for mean, count in blocks for _ in range(count)]
    for cell, shift, offset in zip(column, shifts, offsets, strict=True):
        found[cell] = shift + offset
