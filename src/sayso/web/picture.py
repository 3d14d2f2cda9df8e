"""The ways of a claim's side as a picture, from what readers see to where it comes from, and the same in words.

It is drawn twice: in columns from left to right where there is room, and as a tree that stands on its origins, one
box a row, on a telephone or where the ways are long. The stylesheet shows one of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from sayso.web.drawing import Box, Element, add, arrow, box, lettered, linked, markup, number, svg
from sayso.web.layers import placed
from sayso.web.ways import How, Node, NodeKind, Ways

BROAD = 960  # pixels of the drawing in columns, at most
BETWEEN = 62  # columns
WIDEST, MOST_COLUMNS = 280, 5  # of a box; beyond so many columns boxes would be too narrow to read
SLIM = 358  # pixels of the drawing for a telephone
INDENT, INDENTED = 18, 126  # pixels of a step of the tree, and of all its steps together at most
ROW_GAP = 10
HEADING = 24

Address = Callable[[Node], str | None]

ENDS = (NodeKind.ORIGIN, NodeKind.CIRCLE, NodeKind.OPEN)


@dataclass(frozen=True, slots=True)
class Branch:
    """A node and what leads to it, the same again for each: the picture in words, from an origin to its readers.

    `how` says how the node comes to the one it leads to. Where a node stands in the tree a second time, `again` is
    true, and what leads to it is told the first time alone.
    """

    node: Node
    how: How | None
    branches: tuple[Branch, ...] = ()
    again: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """One side's ways: in columns (None where they are too many), as a tree, and in words."""

    broad: Markup | None
    slim: Markup
    branches: tuple[Branch, ...]


def picture(ways: Ways, address: Address = lambda _: None) -> Picture:
    """Draw ways; `address` says where a node's box leads."""
    found = branches(ways)
    return Picture(_broad(ways, address), _slim(found, address), found)


def branches(ways: Ways) -> tuple[Branch, ...]:
    """Ways as trees, each from where they end to the documents that readers see."""
    before: dict[int, list[tuple[int, How]]] = {}
    for edge in ways.edges:
        before.setdefault(edge.end, []).append((edge.start, edge.how))
    starts = {edge.start for edge in ways.edges}
    told: set[int] = set()

    def tree(place: int, how: How | None) -> Branch:
        again = place in told and place in before
        told.add(place)
        inner = () if again else tuple(tree(one, step) for one, step in before.get(place, ()))
        return Branch(ways.nodes[place], how, inner, again)

    return tuple(tree(place, None) for place in range(len(ways.nodes)) if place not in starts)


# In columns


def _broad(ways: Ways, address: Address) -> Markup | None:
    edges = [(edge.start, edge.end) for edge in ways.edges]
    last = [i for i, node in enumerate(ways.nodes) if node.kind in ENDS]
    columns = _columns(len(ways.nodes), edges)
    if columns > MOST_COLUMNS or not ways.nodes:
        return None
    width = min(WIDEST, (BROAD - BETWEEN * (columns - 1)) / columns)
    boxes = [_box(node, width) for node in ways.nodes]
    places = placed([made.height for made in boxes], edges, 14, last)
    step = width + BETWEEN
    drawing = svg(width + step * (columns - 1) + 6, places.height + HEADING + 10, f"chains broad of-{columns}")
    for column, words in ((0, "What readers see"), (columns - 1, "Where it comes from")):
        if columns > 1:
            add(drawing, "text", words, cls="heading", x=column * step + 1, y=12)
    for edge, route in zip(ways.edges, places.routes, strict=True):
        points = [(column * step, middle + HEADING) for column, middle in route]
        bent = [point for x, y in points[1:-1] for point in ((x, y), (x + width, y))]
        start, end = points[0], points[-1]
        arrow(drawing, [(start[0] + width + 1, start[1]), *bent, (end[0], end[1])], edge.how)
    for node, made, column, middle in zip(ways.nodes, boxes, places.columns, places.middles, strict=True):
        _draw(drawing, node, made, column * step + 1, middle - made.height / 2 + HEADING, address)
    for place in range(len(ways.nodes)):
        for row, how in enumerate(sorted({edge.how for edge in ways.edges if edge.start == place} - {How.QUOTES})):
            x, y = places.columns[place] * step + width + 5, places.middles[place] + HEADING
            add(drawing, "text", how, cls="how", x=x, y=y - 4 if row == 0 else y + 13)
    return markup(drawing)


def _columns(count: int, edges: list[tuple[int, int]]) -> int:
    depth = [0] * count
    for start, end in sorted(edges):
        depth[end] = max(depth[end], depth[start] + 1)
    return max(depth, default=-1) + 1


# As a tree


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the tree: whose it is, how far in, and the row that it leads to, counted from the top."""

    branch: Branch
    depth: int
    leads_to: int | None


def _slim(found: tuple[Branch, ...], address: Address) -> Markup:
    rows = _rows(found)
    indent = min(INDENT, INDENTED / max(1, *(row.depth for row in rows))) if rows else INDENT
    drawing = svg(SLIM, 0, "chains slim")
    lines = add(drawing, "g", cls="rails")
    tops: list[float] = []
    boxes: list[Box] = []
    y = 2.0
    for i, row in enumerate(rows):
        left = row.depth * indent + 2
        boxes.append(_box(row.branch.node, SLIM - left - 3, row.branch))
        tops.append(y)
        _draw(drawing, row.branch.node, boxes[-1], left, y, address)
        y += boxes[-1].height + (ROW_GAP if row.leads_to is not None or i + 1 == len(rows) else 2.4 * ROW_GAP)
    for i, row in enumerate(rows):
        if row.leads_to is not None:
            rail, left = (row.depth - 1) * indent + 2 + indent / 2, row.depth * indent + 2
            middle, end = tops[i] + boxes[i].height / 2, tops[row.leads_to] - 1
            down = f"M{number(left)} {number(middle)}H{number(rail)}V{number(end - 6)}"
            add(lines, "path", cls=f"edge {row.branch.how}", d=down)
            add(lines, "path", cls="head", d=f"M{number(rail)} {number(end)}l-4 -8h8z")
    drawing.attributes.update(viewBox=f"0 0 {SLIM} {number(y)}", height=number(y))
    return markup(drawing)


def _rows(found: tuple[Branch, ...]) -> list[_Row]:
    """The branches from the top: what leads to a node stands above it."""
    rows: list[_Row] = []

    def put(branch: Branch, depth: int) -> int:
        above = [put(one, depth + 1) for one in branch.branches]
        rows.append(_Row(branch, depth, None))
        for place in above:
            rows[place] = _Row(rows[place].branch, rows[place].depth, len(rows) - 1)
        return len(rows) - 1

    for branch in found:
        put(branch, 0)
    return rows


# Of both


def _box(node: Node, width: float, branch: Branch | None = None) -> Box:
    told = list(node.tags)
    if branch is not None and branch.how is not None and branch.how is not How.QUOTES:
        told.append(f"{branch.how} what is below")
    if branch is not None and branch.again:
        told.append("as above")
    return box(" · ".join(told), node.name, node.detail, width)


def _draw(drawing: Element, node: Node, made: Box, x: float, y: float, address: Address) -> None:
    name = f"node {node.kind}{'' if node.named else ' nameless'}{' witness' if node.witness else ''}"
    group = linked(drawing, address(node), name, made.whole)
    round_ = 0 if node.kind in (NodeKind.DOCUMENT, NodeKind.FOLD) else 12
    if node.kind is NodeKind.FOLD:
        for behind in (6, 3):
            add(group, "rect", cls="box", x=x + behind, y=y + behind, width=made.width - 6, height=made.height)
    width = made.width - 6 if node.kind is NodeKind.FOLD else made.width - 2
    add(group, "rect", cls="box", x=x, y=y, width=width, height=made.height, rx=round_)
    if node.kind is NodeKind.CIRCLE:
        right = x + made.width - 16
        add(group, "path", cls="ring", d=f"M{number(right + 4)} {number(y + 9)}a6 6 0 1 0 3 5m0 -6v6h-6")
    lettered(group, made, x, y)
