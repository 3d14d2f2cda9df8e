"""Groups of propositions that say the same, without drift: that A is B and B is C must not make A the same as C.

Groups are made within each connected component of the pairs that may be the same, the surest pairs first. Two groups
are joined where their pairs agree on average and none of them is known to differ. What comes out depends on nothing
but the pairs: not on their order, nor on other components.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Key = str
Known = tuple[float, float]  # the probabilities of same and of contrary
Ask = Callable[[Sequence[tuple[Key, Key]]], Sequence[Known]]

JOINED = 0.5  # the least probability, on average over pairs, by which two groups are one
APART = 0.25  # a pair less probable than this is never in one group, nor one that is more probably contrary
SURE = 0.75  # a member less probable than this is doubtful
_ASKED_AT_ONCE = 16  # unknown pairs that are asked for before two groups are joined
ROUNDS = 4  # unknown pairs that may be asked for, for each of very many propositions
BUDGET = 20  # unknown pairs that may be asked for, for each member of a component


@dataclass(frozen=True, slots=True)
class Pair:
    """Two propositions by their keys, and the probabilities that they say the same, and the contrary."""

    a: Key
    b: Key
    same: float
    contrary: float = 0.0


@dataclass(frozen=True, slots=True)
class Group:
    """Propositions that say the same, sorted by key, and how probably each of them belongs there."""

    members: tuple[Key, ...]
    probabilities: tuple[float, ...]

    @property
    def doubtful(self) -> tuple[Key, ...]:
        """The members that may not belong there."""
        return tuple(m for m, p in zip(self.members, self.probabilities, strict=True) if p < SURE)


def group(keys: Iterable[Key], pairs: Iterable[Pair], ask: Ask | None = None, budget: int = BUDGET) -> list[Group]:
    """The groups of some propositions, sorted by their first members; each proposition is in one of them.

    `ask` gives the probabilities of pairs that are not among `pairs`; without it, or beyond its budget, they count as
    not the same.
    """
    known = known_pairs(pairs)
    found = [
        made
        for component in components([*keys, *(key for pair in known for key in pair)], known)
        for made in group_component(component, known, ask, budget)
    ]
    return sorted(found, key=lambda one: one.members)


def group_around(keys: Iterable[Key], pairs: Iterable[Pair], ask: Ask, budget: int = ROUNDS) -> list[Group]:
    """The groups of very many propositions, of which most say the same: each is made around the one that is the same
    as most others, and all the others are weighed against that one. None belongs there over a third.

    `budget` is how many pairs may be asked for, for each of them; then only what is known makes groups.
    """
    known = known_pairs(pairs)
    near: dict[Key, set[Key]] = {key: set() for key in keys}
    for (a, b), pair in known.items():
        if pair[0] >= JOINED and not differs(pair):
            near[a].add(b)
            near[b].add(a)
    left = set(near)
    can_ask = budget * len(left)
    queue = [(-len(these), key) for key, these in near.items()]
    heapq.heapify(queue)
    found = []
    while queue:
        count, center = heapq.heappop(queue)
        if center not in left:
            continue
        around = near[center] & left
        if len(around) < -count:
            heapq.heappush(queue, (-len(around), center))  # some of them are in a group by now
            continue
        told = {other: known[min(center, other), max(center, other)] for other in around}
        if around and can_ask >= len(left):
            missing = sorted((min(center, x), max(center, x)) for x in left if x != center and x not in around)
            missing = [place for place in missing if place not in known]
            can_ask -= len(missing)
            for (a, b), pair in zip(missing, ask(missing), strict=True):
                told[a if b == center else b] = pair
        same = {other: pair[0] for other, pair in told.items() if pair[0] >= JOINED and not differs(pair)}
        members = {center: max(same.values(), default=1.0), **same}
        left -= members.keys()
        found.append(Group(tuple(sorted(members)), tuple(members[key] for key in sorted(members))))
    return sorted(found, key=lambda one: one.members)


def known_pairs(pairs: Iterable[Pair]) -> dict[tuple[Key, Key], Known]:
    """The pairs by their keys in order. Where one is given twice, the less probable counts."""
    found: dict[tuple[Key, Key], Known] = {}
    for pair in pairs:
        place = (min(pair.a, pair.b), max(pair.a, pair.b))
        if pair.a != pair.b:
            value = (pair.same, pair.contrary)
            found[place] = min(found.get(place, value), value)
    return found


def differs(pair: Known) -> bool:
    """Whether a known pair must not be in one group."""
    same, contrary = pair
    return same < APART or contrary > same


def components(keys: Iterable[Key], known: Mapping[tuple[Key, Key], Known]) -> list[tuple[Key, ...]]:
    """The propositions that pairs that may be the same connect, directly or over others."""
    parent = {key: key for key in keys}

    def root(key: Key) -> Key:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for (a, b), pair in known.items():
        if pair[0] >= JOINED and not differs(pair):
            parent[root(a)] = root(b)
    found: dict[Key, list[Key]] = {}
    for key in parent:
        found.setdefault(root(key), []).append(key)
    return sorted(tuple(sorted(members)) for members in found.values())


@dataclass
class _Between:
    """What is known between two groups."""

    total: float = 0.0
    count: int = 0
    apart: bool = False
    sampled: bool = False

    def add(self, pair: Known) -> None:
        self.total += pair[0]
        self.count += 1
        self.apart |= differs(pair)

    def join(self, other: _Between) -> _Between:
        return _Between(self.total + other.total, self.count + other.count, self.apart or other.apart)


@dataclass
class _Making:
    """The groups of a component while they are being made, by their first members."""

    members: dict[Key, list[Key]]
    between: dict[Key, dict[Key, _Between]]
    known: dict[tuple[Key, Key], Known]
    ask: Ask | None
    budget: int
    queue: list[tuple[float, Key, Key, int]] = field(default_factory=list)


def group_component(
    component: Sequence[Key], known: Mapping[tuple[Key, Key], Known], ask: Ask | None, budget: int
) -> list[Group]:
    """The groups of one connected component."""
    inside = set(component)
    mine = {pair: known[pair] for pair in sorted(known) if pair[0] in inside and pair[1] in inside}
    making = _Making(
        {key: [key] for key in component}, {key: {} for key in component}, mine, ask, budget * len(component)
    )
    for (a, b), pair in mine.items():
        making.between[a][b] = making.between[b][a] = _Between()
        making.between[a][b].add(pair)
    for a, b in mine:
        _queue(making, a, b)
    while making.queue:
        _, a, b, count = heapq.heappop(making.queue)
        held = making.between.get(a, {}).get(b)
        if held is None or held.count != count or b not in making.members:
            continue  # it changed after it was put there
        if _must_ask(making, a, b, held):
            _asked(making, a, b, held)
            _queue(making, a, b)
        elif _agree(making, a, b, held):
            _join(making, a, b)
    return [_group(making, members) for members in making.members.values()]


def _queue(making: _Making, a: Key, b: Key) -> None:
    a, b = min(a, b), max(a, b)
    held = making.between[a][b]
    if not held.apart and held.total >= JOINED * held.count:
        heapq.heappush(making.queue, (-held.total / held.count, a, b, held.count))


def _unknown(making: _Making, a: Key, b: Key, held: _Between) -> int:
    return len(making.members[a]) * len(making.members[b]) - held.count


def _must_ask(making: _Making, a: Key, b: Key, held: _Between) -> bool:
    can = making.ask is not None and making.budget > 0 and not held.sampled
    return can and _unknown(making, a, b, held) > 0


def _asked(making: _Making, a: Key, b: Key, held: _Between) -> None:
    """Ask for some of the unknown pairs between two groups, evenly spread over them."""
    missing = [
        (min(x, y), max(x, y))
        for x in making.members[a]
        for y in making.members[b]
        if (min(x, y), max(x, y)) not in making.known
    ]
    most = min(_ASKED_AT_ONCE, making.budget)
    step = max(1, len(missing) // most)
    chosen = sorted(missing)[::step][:most]
    making.budget -= len(chosen)
    held.sampled = True
    if making.ask is not None:
        for place, pair in zip(chosen, making.ask(chosen), strict=True):
            making.known[place] = pair
            held.add(pair)


def _agree(making: _Making, a: Key, b: Key, held: _Between) -> bool:
    """Whether two groups are one: where no more was asked for, unknown pairs count as not the same."""
    count = held.count if held.sampled else held.count + _unknown(making, a, b, held)
    return not held.apart and held.total >= JOINED * count


def _join(making: _Making, a: Key, b: Key) -> None:
    """Make one group of two; it is named by its first member."""
    a, b = min(a, b), max(a, b)
    making.members[a] = sorted(making.members[a] + making.members.pop(b))
    del making.between[a][b]
    for other, held in making.between.pop(b).items():
        if other != a:
            del making.between[other][b]
            mine = making.between[a].get(other)
            making.between[a][other] = making.between[other][a] = held.join(mine) if mine else held.join(_Between())
    for other in making.between[a]:
        _queue(making, a, other)


def _group(making: _Making, members: Sequence[Key]) -> Group:
    """A group, with how probably each member belongs there: the mean over its known pairs in it."""
    totals = {member: [0.0, 0] for member in members}
    for i, x in enumerate(members):
        for y in members[i + 1 :]:
            pair = making.known.get((x, y))
            if pair is not None:
                for key in (x, y):
                    totals[key][0] += pair[0]
                    totals[key][1] += 1
    shares = tuple(total / count if count else 1.0 for total, count in totals.values())
    return Group(tuple(members), shares)


def contrary_groups(groups: Sequence[Group], pairs: Iterable[Pair], least: float = 0.5) -> list[tuple[int, int, float]]:
    """The groups that are contrary to each other, by their places, and how probably: the mean over known pairs."""
    place = {member: i for i, one in enumerate(groups) for member in one.members}
    found: dict[tuple[int, int], list[float]] = {}
    for (a, b), (_, contrary) in sorted(known_pairs(pairs).items()):
        i, j = sorted((place[a], place[b]))
        if i != j:
            found.setdefault((i, j), []).append(contrary)
    means = [(i, j, sum(values) / len(values)) for (i, j), values in sorted(found.items())]
    return [one for one in means if one[2] >= least]
