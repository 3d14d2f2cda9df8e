"""Who said it when, as a picture and in words: a row for each who holds a position, a mark for each day.

Each position has a sign of its own, so that none is told by colour. Who changed sides has both days written beside
the name. The day is that of the utterance where the text gives one, else that of the document.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise

from markupsafe import Markup

from sayso.model import Position, Stance, StepKind
from sayso.web.drawing import Element, add, linked, markup, number, svg
from sayso.web.lettering import width_of, wrapped
from sayso.web.showing import day as written
from sayso.web.showing import plain

BROAD, SLIM = 960, 358  # pixels
MOST_HOLDERS = 24  # rows; the rest is told in words alone
ROW, HEAD, SIDE = 44, 26, 14
NAME_SIZE, CHANGE_SIZE, CHANGE_LINE = 13, 12, 16

STANCES = {
    Stance.SAYS: "says so",
    Stance.PROBABLE: "holds it probable",
    Stance.POSSIBLE: "holds it possible",
    Stance.DISPUTES: "disputes it",
    Stance.WITHHOLDS: "will not say",
    Stance.ASKS: "asks whether",
    Stance.WANTS: "wants it",
}


@dataclass(frozen=True, slots=True)
class Moment:
    """A position that one holder took on one day, and the documents that tell of it."""

    stance: Stance
    day: str | None
    documents: tuple[str, ...]
    is_change: bool = False

    @property
    def deed(self) -> str:
        """What the holder does, in words."""
        return STANCES[self.stance]


@dataclass(frozen=True, slots=True)
class Holder:
    """One who holds positions, in the order of time."""

    name: str
    named: bool
    id: str | None
    moments: tuple[Moment, ...]

    @property
    def change(self) -> str:
        """How their position changed, in words, with both days; empty where it did not."""
        changes = [i for i, one in enumerate(self.moments) if one.is_change]
        told = [self.moments[max(0, changes[0] - 1)], *(self.moments[i] for i in changes)] if changes else []
        return ", then ".join(f"{STANCES[one.stance]} {written(one.day) or 'undated'}" for one in told)


@dataclass(frozen=True, slots=True)
class Timeline:
    """The picture of who said it when, for broad pages and slim ones, the holders in words, and what the signs mean."""

    broad: Markup
    slim: Markup
    holders: tuple[Holder, ...]
    left_out: int
    key: tuple[tuple[Markup, str], ...]

    @property
    def days(self) -> tuple[str, ...]:
        """The days on which something was said, in their order; of one alone there is nothing to draw."""
        return tuple(sorted({moment.day for one in self.holders for moment in one.moments if moment.day}))


def timeline(
    positions: Mapping[Stance, Sequence[Position]], address: Callable[[Holder], str | None] = lambda _: None
) -> Timeline:
    """Who holds which of some positions when, those who spoke first at the top."""
    found = holders(positions)
    shown = _shown(found)
    signs = tuple((key(stance), STANCES[stance]) for stance in positions)
    return Timeline(_drawn(shown, BROAD, address), _drawn(shown, SLIM, address), found, len(found) - len(shown), signs)


def holders(positions: Mapping[Stance, Sequence[Position]]) -> tuple[Holder, ...]:
    """The holders of positions, each with all of theirs in the order of time; undated ones last.

    An unnamed holder is one document's alone, and that of the document which its passage was copied from.
    """
    of: dict[str, list[Position]] = {}
    for these in positions.values():
        for one in these:
            of.setdefault(_key(one), []).append(one)
    made = [_holder(these) for these in of.values()]
    return tuple(sorted(made, key=lambda one: (one.moments[0].day or "9999", one.name, one.id or "")))


def _day_of(position: Position) -> str | None:
    """The day on which a position was taken, as far as the text tells; else the document's."""
    return (position.when.start if position.when else None) or position.published


def _key(one: Position) -> str:
    if not one.named and one.chain and one.chain[-1].kind is StepKind.SOURCE:
        return f"source {one.chain[-1].id}"
    return f"entity {one.entity_id}" if one.entity_id is not None else f"nobody {one.document} {one.attribution}"


def _holder(these: list[Position]) -> Holder:
    days: dict[tuple[str, Stance], list[Position]] = {}
    for one in these:
        days.setdefault((_day_of(one) or "9999", one.stance), []).append(one)
    order = sorted(days, key=lambda key: (key[0], list(Stance).index(key[1])))
    taken_back = {one.superseded_by for one in these if one.superseded_by is not None}
    moments = tuple(
        Moment(
            stance,
            None if day == "9999" else day,
            tuple(dict.fromkeys(one.document for one in days[day, stance])),
            any(one.attribution in taken_back for one in days[day, stance]),
        )
        for day, stance in order
    )
    first = these[0]
    name = first.entity if first.entity and plain(first.entity) else "somebody"
    return Holder(name, first.named, first.entity_id if first.named else None, moments)


def _shown(found: tuple[Holder, ...]) -> tuple[Holder, ...]:
    """The holders with a row of their own: where they are many, those who changed sides and those heard most often."""
    if len(found) <= MOST_HOLDERS:
        return found
    ranked = sorted(found, key=lambda one: (not one.change, -sum(len(m.documents) for m in one.moments)))
    kept = {id(one) for one in ranked[:MOST_HOLDERS]}
    return tuple(one for one in found if id(one) in kept)


# The picture


@dataclass(frozen=True, slots=True)
class _Row:
    """A holder's row: the lines above the marks, and how tall all of it is."""

    holder: Holder
    name: str
    change: tuple[str, ...]

    @property
    def height(self) -> float:
        return ROW + CHANGE_LINE * len(self.change)


def _drawn(shown: tuple[Holder, ...], width: float, address: Callable[[Holder], str | None]) -> Markup:
    rows = [_row(one, width) for one in shown]
    bottom = HEAD + sum(row.height for row in rows)
    drawing = svg(width, bottom + 6, f"timeline {'broad' if width == BROAD else 'slim'}")
    undated = any(moment.day is None for one in shown for moment in one.moments)
    place = _scale([m.day for one in shown for m in one.moments if m.day], width - (90 if undated else 0))
    for day, x, anchor in _ticks(place, width):
        add(drawing, "text", written(day), cls="tick", x=x, y=12, text_anchor=anchor)
        add(drawing, "path", cls="rule", d=f"M{number(place[day])} {HEAD - 8}V{number(bottom)}")
    if undated:
        add(drawing, "text", "undated", cls="tick", x=width - SIDE, y=12, text_anchor="end")
    y: float = HEAD
    for row in rows:
        _draw(drawing, row, y, place, width, address)
        y += row.height
    return markup(drawing)


def _row(one: Holder, width: float) -> _Row:
    mark = "" if one.named else " (unnamed)"
    room = width - 2 - width_of(mark, NAME_SIZE)
    return _Row(one, wrapped(one.name, room, NAME_SIZE, 1)[0] + mark, wrapped(one.change, width - 2, CHANGE_SIZE, 3))


def _scale(days: list[str], width: float) -> dict[str, float]:
    """Where each day stands, by the days that passed; what is no day of the calendar stands at its order's end."""
    known = {}
    for day in days:
        try:
            known[day] = date.fromisoformat(day[:10]).toordinal()
        except ValueError:
            continue
    if not known:
        return dict.fromkeys(days, width / 2)
    first, last = min(known.values()), max(known.values())
    step = (width - 4 * SIDE) / max(1, last - first)
    return {day: 2 * SIDE + (known.get(day, last) - first) * step for day in days}


def _ticks(place: dict[str, float], width: float) -> list[tuple[str, float, str]]:
    """The days that are written above: the first and the last, and between them those for which there is room."""
    order = sorted(place, key=lambda day: (place[day], day))
    if not order:
        return []
    made = [(order[0], max(1.0, place[order[0]] - SIDE), "start")]
    if place[order[-1]] - place[order[0]] < 190:
        return made
    room = [day for day in order[1:-1] if place[order[-1]] - place[day] > 160]
    at = place[order[0]] + 60
    for day in room:
        if place[day] - at > 100:
            made.append((day, place[day], "middle"))
            at = place[day]
    return [*made, (order[-1], min(width - 1, place[order[-1]] + SIDE), "end")]


def _draw(
    drawing: Element,
    row: _Row,
    y: float,
    place: dict[str, float],
    width: float,
    address: Callable[[Holder], str | None],
) -> None:
    one = row.holder
    whole = f"{one.name}{'' if one.named else ' (unnamed)'}" + (f": {one.change}" if one.change else "")
    group = linked(drawing, address(one), f"holder{'' if one.named else ' nameless'}", plain(whole))
    add(group, "text", row.name, cls="name", x=1, y=y + 12)
    for i, line in enumerate(row.change, 1):
        add(group, "text", line, cls="changed", x=1, y=y + 12 + CHANGE_LINE * i)
    line_y = y + row.height - 16
    add(group, "path", cls="line", d=f"M1 {number(line_y)}H{number(width - 1)}")
    at = [(place[m.day] if m.day else width - 2.5 * SIDE, m) for m in one.moments]
    for (x, moment), (next_x, after) in pairwise(at):
        if after.is_change and moment.stance is not after.stance:
            add(group, "path", cls="change", d=f"M{number(x)} {number(line_y)}H{number(next_x)}")
    counts: dict[float, int] = {}
    for x, moment in at:
        shift = 15 * counts.get(x, 0)
        counts[x] = counts.get(x, 0) + 1
        mark = add(group, "g", cls=f"mark {moment.stance}")
        add(mark, "title", _moment(one, moment))
        sign(mark, moment.stance, x + shift, line_y)
        if len(moment.documents) > 1:
            add(mark, "text", f"×{len(moment.documents):,}", cls="count", x=x + shift + 8, y=line_y - 4)


def _moment(one: Holder, moment: Moment) -> str:
    number_of = f", in {len(moment.documents):,} documents" if len(moment.documents) > 1 else ""
    return f"{one.name} {STANCES[moment.stance]}, {written(moment.day) or 'undated'}{number_of}"


def sign(parent: Element, stance: Stance, x: float, y: float) -> None:
    """The sign of a position: full for says, half and hollow for probable and possible, crossed for disputes, barred
    for withholds, a diamond for a question, a triangle for a wish."""
    add(parent, "path", cls="ground", d=_ring(x, y, 7.5))
    if stance in (Stance.SAYS, Stance.PROBABLE, Stance.POSSIBLE):
        add(parent, "path", cls="sign full" if stance is Stance.SAYS else "sign", d=_ring(x, y, 6))
        if stance is Stance.PROBABLE:
            add(parent, "path", cls="sign full", d=f"M{number(x)} {number(y - 6)}a6 6 0 0 0 0 12z")
    elif stance is Stance.DISPUTES:
        add(parent, "path", cls="sign", d=f"M{number(x - 5)} {number(y - 5)}l10 10m0 -10l-10 10")
    elif stance is Stance.WITHHOLDS:
        add(parent, "path", cls="sign", d=f"M{number(x - 3)} {number(y - 6)}v12m6 -12v12")
    elif stance is Stance.ASKS:
        add(parent, "path", cls="sign", d=f"M{number(x)} {number(y - 7)}l7 7l-7 7l-7 -7z")
    else:
        add(parent, "path", cls="sign", d=f"M{number(x)} {number(y - 6)}l6 11h-12z")


def _ring(x: float, y: float, radius: float) -> str:
    r = number(radius)
    return (
        f"M{number(x - radius)} {number(y)}a{r} {r} 0 1 0 {number(2 * radius)} 0a{r} {r} 0 1 0 {number(-2 * radius)} 0z"
    )


@cache
def key(stance: Stance) -> Markup:
    """The sign of a position by itself, for the list that says what the signs mean."""
    drawing = svg(18, 18, f"timeline-key {stance}")
    sign(drawing, stance, 9, 9)
    return markup(drawing)
