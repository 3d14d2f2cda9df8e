"""The ways by which one side of a claim reaches its readers: all chains at once, as a graph without cycles.

A reader starts at a document and goes over those whom it relies on to an origin. The graph holds the ways of the
chains and no other: two chains share a node only where both go on from it alike. So a document stands in it once,
unless it is relied on for a part of what it says alone.

Documents that lead on alike are folded into one node: copies of one text from two on, others where there are many.
So are the rest of the origins, and of the ways to one, where there are many; each fold lists its documents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeVar

from sayso.model import CircularReport, Origin, OriginKind, Origins, Position, Step, StepKind
from sayso.trace.scene import Paper, Person
from sayso.web.showing import day

MOST_ORIGINS = 12  # of a side that are shown; the rest are folded
MOST_WAYS = 6  # to one origin
MOST_ALIKE = 4  # documents that lead on alike and are shown one by one; copies are always folded
MOST_FIRST = 24  # documents at the reader's end


class NodeKind(StrEnum):
    """What stands at a node."""

    DOCUMENT = "document"
    FOLD = "fold"  # documents that lead on alike
    SOURCE = "source"  # one that relays another's word
    ORIGIN = "origin"
    CIRCLE = "circle"  # documents that rest on each other, and on nothing else
    REST = "rest"  # what is not shown one by one
    OPEN = "open"  # where a chain ends that leads to no origin


class How(StrEnum):
    """How a document comes to the next step of a chain."""

    QUOTES = "quotes"
    CITES = "cites"
    COPIES = "copies"


@dataclass(frozen=True, slots=True)
class Node:
    """A place on the ways. `id` is that of its document, entity or source; `documents` those that are folded there,
    or go round in a circle; `count` of how many documents it is the beginning. Two nodes are equal whatever is told
    about them in `detail`."""

    kind: NodeKind
    name: str
    detail: str = field(default="", compare=False)
    day: str | None = None
    id: str | None = None
    is_entity: bool = False
    named: bool = True
    witness: bool = False
    documents: tuple[str, ...] = ()
    count: int = field(default=0, compare=False)

    @property
    def tags(self) -> tuple[str, ...]:
        """What there is to say of it in a word each: its day, that it is an origin, unnamed, a witness."""
        if self.kind in (NodeKind.DOCUMENT, NodeKind.FOLD):
            return tuple(filter(None, (day(self.day) or ("undated" if self.kind is NodeKind.DOCUMENT else ""),)))
        told = (
            ("origin", self.kind is NodeKind.ORIGIN),
            ("no origin", self.kind is NodeKind.CIRCLE),
            ("unnamed", not self.named),
            ("witness", self.witness),
        )
        return tuple(word for word, applies in told if applies)


@dataclass(frozen=True, slots=True)
class Edge:
    """From one node to the next on the way to an origin, by their places."""

    start: int
    end: int
    how: How


@dataclass(frozen=True, slots=True)
class Ways:
    """Nodes and the edges between them, every edge from a node to a later one."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """Whom and what chains pass: the documents and the sources by their ids in Readings."""

    papers: Mapping[str, Paper]
    people: Mapping[str, Person]


_Counted = TypeVar("_Counted")
Onward = frozenset[tuple["How", int]]  # where a node leads next, by places
Way = tuple[tuple[How, Node], ...]  # what a document leads on to, up to the end


def ways(positions: Sequence[Position], origins: Origins, circles: Sequence[CircularReport], told: Told) -> Ways:
    """The ways of some positions to their origins."""
    ends = {chain: item for item in origins.items for chain in item.chains}
    found: dict[str, dict[Way, None]] = {}
    witnesses = {step.id for one in positions for step in one.chain if step.witness}
    nodes = {item.id: _origin(item, told, witnesses) for item in origins.items}
    for one in positions:
        if one.chain:
            way = _way(one.chain, ends.get(one.chain), nodes, circles, told, witnesses)
            found.setdefault(one.chain[0].id, {})[way] = None
    return _graph(_few_ways({document: tuple(these) for document, these in found.items()}), told)


def _way(
    chain: tuple[Step, ...],
    origin: Origin | None,
    nodes: Mapping[str, Node],
    circles: Sequence[CircularReport],
    told: Told,
    witnesses: set[str],
) -> Way:
    """The steps after a chain's first document, to its end; `nodes` are those of the origins, by their ids."""
    circle = None if origin else _circle(chain, circles)
    made: list[tuple[How, Node]] = []
    for i, step in enumerate(chain):
        before, after = chain[i - 1] if i else None, chain[i + 1] if i + 1 < len(chain) else None
        if step.kind is StepKind.DOCUMENT:
            if before is not None:
                how = How.COPIES if before.kind is StepKind.DOCUMENT else How.CITES
                made.append((how, _document(step.id, step.name, told)))
            if circle is not None and step.id in circle.path:
                return (*made, (How.CITES, _circle_node(circle, told)))
        elif after is not None and after.kind is StepKind.DOCUMENT:
            continue  # an outlet, whose own document comes next
        elif after is not None or not (origin and _is_origin(step, origin, told)):
            made.append((How.QUOTES, _source(step, told, witnesses)))
    end = nodes[origin.id] if origin else Node(NodeKind.OPEN, "leads to no origin")
    return (*made, (How.QUOTES, end))


def _circle(chain: tuple[Step, ...], circles: Sequence[CircularReport]) -> CircularReport | None:
    """The circle that a chain without an origin runs into."""
    last = [step.id for step in chain if step.kind is StepKind.DOCUMENT][-1]
    return next((one for one in circles if last in one.path), None)


def _is_origin(step: Step, origin: Origin, told: Told) -> bool:
    """Whether a chain's last source is its origin itself, not one who speaks for it."""
    person = told.people.get(step.id)
    return origin.id in (step.id, person.entity if person else None) or origin.name == step.name


def _document(id_: str, name: str, told: Told) -> Node:
    paper = told.papers.get(id_)
    if paper is None:
        return Node(NodeKind.DOCUMENT, name, id=id_)
    title = paper.name if paper.outlet else ""
    return Node(NodeKind.DOCUMENT, paper.outlet or paper.name, title, paper.published_on, id_)


def _source(step: Step, told: Told, witnesses: set[str]) -> Node:
    person = told.people.get(step.id)
    named = person.named if person else True
    entity = person.entity if person else None
    return Node(
        NodeKind.SOURCE,
        step.name,
        _about(person),
        id=entity or step.id,
        is_entity=entity is not None,
        named=named,
        witness=step.id in witnesses,
    )


def _origin(origin: Origin, told: Told, witnesses: set[str]) -> Node:
    last = [chain[-1] for chain in origin.chains if chain[-1].kind is StepKind.SOURCE]
    person = told.people.get(origin.id) or next((told.people[s.id] for s in last if s.id in told.people), None)
    own_voice = not last and origin.kind is OriginKind.OUTLET
    return Node(
        NodeKind.ORIGIN,
        origin.name,
        "in its own voice, naming no source" if own_voice else _about(person) if len(origin.documents) == 1 else "",
        id=origin.id,
        is_entity=origin.id not in told.people and origin.id not in told.papers,
        named=origin.named,
        witness=any(step.id in witnesses for step in last),
    )


def _about(person: Person | None) -> str:
    """What a document calls a named source beside its name, or how an unnamed one knows."""
    if person is None:
        return ""
    return person.roles[0] if person.named and person.roles else person.access or ""


def _circle_node(circle: CircularReport, told: Told) -> Node:
    names = [_document(one, one, told).name for one in circle.path]
    return Node(NodeKind.CIRCLE, "Circular report", " → ".join(names), documents=tuple(dict.fromkeys(circle.path)))


def _few_ways(found: dict[str, tuple[Way, ...]]) -> dict[str, tuple[Way, ...]]:
    """The ways by their documents, those of the rest of the origins, and of the rest to one origin, folded."""
    documents = Counter(end for these in found.values() for end in dict.fromkeys(way[-1][1] for way in these))
    rest = set(_rest(documents, MOST_ORIGINS))
    if rest:
        more = Node(NodeKind.REST, _counted(len(rest), "more origin"), "each behind few of the documents")
        found = {
            one: _each_once(((How.QUOTES, more),) if way[-1][1] in rest else way for way in these)
            for one, these in found.items()
        }
    counts = Counter(way for these in found.values() for way in these if len(way) > 1)
    by_end: dict[Node, Counter[Way]] = {}
    for way, count in counts.items():
        by_end.setdefault(way[-1][1], Counter())[way] = count
    folded = {
        way: ((How.QUOTES, Node(NodeKind.REST, _counted(len(these), "more way"), "over others")), way[-1])
        for ways_to in by_end.values()
        for these in [_rest(ways_to, MOST_WAYS)]
        for way in these
    }
    return {one: _each_once(folded.get(way, way) for way in these) for one, these in found.items()}


def _rest(counts: Counter[_Counted], most: int) -> list[_Counted]:
    """What is not among the most frequent, where it is more than one beyond them."""
    ranked = [one for one, _ in counts.most_common()]
    return ranked[most:] if len(ranked) > most + 1 else []


def _each_once(found: Iterable[Way]) -> tuple[Way, ...]:
    return tuple(dict.fromkeys(found))


def _graph(found: dict[str, tuple[Way, ...]], told: Told) -> Ways:
    """The nodes of all ways, each once for all that go on from it alike, the reader's documents first."""
    made = _Made()
    inner = {node.id for these in found.values() for way in these for _, node in way}
    alike: dict[Onward, list[str]] = {}
    places = {document: made.onward(these) for document, these in found.items()}
    for document, onward in places.items():
        alike.setdefault(onward, []).append(document)
    shown: list[tuple[list[str], Onward]] = []
    for onward, documents in alike.items():
        copied = all(how is How.COPIES for how, _ in onward)
        free = [one for one in documents if one not in inner]
        fold = len(free) > (1 if copied else MOST_ALIKE)
        shown += [([one], onward) for one in documents if one in inner or not fold]
        if fold:
            shown.append((free, onward))
    for documents, onward in _few_first(shown, inner):
        if len(documents) == 1:
            made.node(replace(_document(documents[0], documents[0], told), count=1), onward)
        else:
            made.node(_fold(documents, all(how is How.COPIES for how, _ in onward), told), onward)
    return made.ordered()


def _few_first(shown: list[tuple[list[str], Onward]], inner: set[str | None]) -> list[tuple[list[str], Onward]]:
    """The reader's documents; where they are many, those beyond the first are folded by where they lead next."""
    free = [one for one in shown if len(one[0]) > 1 or one[0][0] not in inner]
    if len(free) <= MOST_FIRST:
        return shown
    over = sorted(free, key=lambda one: -len(one[0]))[MOST_FIRST:]
    rest: dict[tuple[How, int], list[str]] = {}
    for documents, onward in over:
        for step in sorted(onward, key=lambda one: (one[1], one[0])):
            rest.setdefault(step, []).extend(documents)
    kept = [one for one in shown if one not in over]
    return kept + [(documents, frozenset({step})) for step, documents in rest.items()]


def _fold(documents: list[str], copied: bool, told: Told) -> Node:
    nodes = [_document(one, one, told) for one in documents]
    outlets = list(dict.fromkeys(node.name for node in nodes))
    days = sorted(node.day for node in nodes if node.day)
    what = _counted(len(outlets), "outlet") if len(outlets) == len(documents) else _counted(len(documents), "document")
    return Node(
        NodeKind.FOLD,
        f"{what} carry the same text" if copied else f"{what} lead here",
        ", ".join(outlets[:3]) + (f" and {len(outlets) - 3:,} more" if len(outlets) > 3 else ""),
        day=days[0] if days and days[0] == days[-1] else None,
        documents=tuple(documents),
        count=len(documents),
    )


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


class _Made:
    """A graph while it is being made, from its ends: a node is known by what it is and what follows it."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.onwards: list[Onward] = []
        self.known: dict[tuple[object, Onward], int] = {}

    def node(self, node: Node, onward: Onward) -> int:
        key = (node, onward)
        if key not in self.known:
            self.known[key] = len(self.nodes)
            self.nodes.append(node)
            self.onwards.append(onward)
        place = self.known[key]
        if node.count:
            self.nodes[place] = replace(self.nodes[place], count=self.nodes[place].count + node.count)
        return place

    def onward(self, these: Iterable[Way]) -> Onward:
        """Where some ways lead first, once all that follows has its place."""
        by_first: dict[tuple[How, Node], list[Way]] = {}
        for way in these:
            if way:
                by_first.setdefault(way[0], []).append(way[1:])
        return frozenset((how, self.node(node, self.onward(rest))) for (how, node), rest in by_first.items())

    def ordered(self) -> Ways:
        """The graph, each node after all that lead to it: first the origin with most documents and what leads to it."""
        before: dict[int, list[int]] = {}
        for place, onward in enumerate(self.onwards):
            for _, end in onward:
                before.setdefault(end, []).append(place)
        ends = [place for place, onward in enumerate(self.onwards) if not onward]
        order: dict[int, None] = {}
        for end in sorted(ends, key=lambda one: (-self._documents(one, before), one)):
            _after_all_before(end, before, order)
        at = {place: i for i, place in enumerate(order)}
        edges = sorted((at[place], at[end], how) for place, onward in enumerate(self.onwards) for how, end in onward)
        return Ways(tuple(self.nodes[place] for place in order), tuple(Edge(a, b, how) for a, b, how in edges))

    def _documents(self, end: int, before: dict[int, list[int]]) -> int:
        """How many documents lead to an end."""
        reached: dict[int, None] = {}
        _after_all_before(end, before, reached)
        return sum(self.nodes[place].count for place in reached)


def _after_all_before(place: int, before: Mapping[int, Sequence[int]], order: dict[int, None]) -> None:
    """Put a place into an order, after all that lead to it."""
    if place not in order:
        for one in before.get(place, ()):
            _after_all_before(one, before, order)
        order[place] = None
