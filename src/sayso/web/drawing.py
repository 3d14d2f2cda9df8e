"""What drawings are made of: elements of SVG, and boxes with words in them.

Drawings hold no styles, which the pages' Content-Security-Policy forbids: classes say what a thing is, and the
stylesheet how it looks, in light and dark and in print. They are hidden from screen readers, to whom the words
beside each drawing say the same; so links in them are no stops for the keyboard either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape

from markupsafe import Markup

from sayso.web.lettering import wrapped
from sayso.web.showing import plain

TAG_SIZE, NAME_SIZE, DETAIL_SIZE = 11, 14, 12.5  # of letters, in pixels of a drawing at its natural size
LEADING = 1.28
PADDING = 9
NAME_LINES, DETAIL_LINES = 3, 2


@dataclass(slots=True)
class Element:
    """An element of a drawing: its attributes, escaped, and what is inside. A page holds thousands, and writing them
    by ElementTree took as long as all else of it."""

    tag: str
    attributes: dict[str, str]
    inner: list[Element | str] = field(default_factory=list)

    def pieces(self, out: list[str]) -> list[str]:
        """Add what it is written as to `out`."""
        attributes = "".join(f' {key}="{value}"' for key, value in self.attributes.items())
        if not self.inner:
            out.append(f"<{self.tag}{attributes}/>")
            return out
        out.append(f"<{self.tag}{attributes}>")
        for one in self.inner:
            if isinstance(one, str):
                out.append(one)
            else:
                one.pieces(out)
        out.append(f"</{self.tag}>")
        return out


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of a box of one kind: their class, the size of their letters, and how far down the last reaches."""

    name: str
    size: float
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """The words of a box, as they are cut to its width, and how tall they make it."""

    width: float
    height: float
    parts: tuple[Lines, ...]
    whole: str


@lru_cache(4096)  # the same outlets and days stand in many pictures
def box(tag: str, name: str, detail: str, width: float) -> Box:
    """A box of this width: a tag above, a name, and what is told about it."""
    room = width - 2 * PADDING
    parts = tuple(
        made
        for made in (
            Lines("tag", TAG_SIZE, wrapped(tag, room, TAG_SIZE, 2)),
            Lines("name", NAME_SIZE, wrapped(name, room, NAME_SIZE, NAME_LINES, bold=True)),
            Lines("detail", DETAIL_SIZE, wrapped(detail, room, DETAIL_SIZE, DETAIL_LINES)),
        )
        if made.lines
    )
    tall = sum(len(part.lines) * part.size * LEADING for part in parts)
    whole = ". ".join(plain(words) for words in (name, detail, tag) if words.strip())
    return Box(width, round(tall + 2 * PADDING - 2, 1), parts, whole)


def svg(width: float, height: float, name: str) -> Element:
    """An empty drawing of this size, which shrinks with the page and never grows."""
    return Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": escape(name),
            "viewBox": f"0 0 {number(width)} {number(height)}",
            "width": number(width),
            "height": number(height),
            "aria-hidden": "true",
            "focusable": "false",
        },
    )


def add(parent: Element, tag: str, words: str | None = None, **attributes: float | str) -> Element:
    """An element inside another; `cls` is its class, an underscore in a name is a hyphen. Words and attributes are
    escaped; words may come from documents, attributes are ours."""
    written = {
        "class" if key == "cls" else key.replace("_", "-"): escape(value) if isinstance(value, str) else number(value)
        for key, value in attributes.items()
    }
    made = Element(tag, written)
    if words is not None:
        made.inner.append(escape(plain(words)))
    parent.inner.append(made)
    return made


def linked(parent: Element, href: str | None, name: str, whole: str) -> Element:
    """A group with its whole words as a tooltip, inside a link where it leads somewhere."""
    outer = parent if href is None else add(parent, "a", href=href, tabindex=-1)
    made = add(outer, "g", cls=name)
    add(made, "title", whole)
    return made


def lettered(parent: Element, made: Box, x: float, y: float) -> None:
    """Write a box's words into it."""
    at = y + PADDING - 2
    for part in made.parts:
        for line in part.lines:
            at += part.size * LEADING
            add(parent, "text", line, cls=part.name, x=x + PADDING, y=at - part.size * 0.25)


def arrow(parent: Element, points: Sequence[tuple[float, float]], name: str) -> None:
    """A line from left to right over some points, curved between them, with a head at its end."""
    (x, y), *rest = points
    path = f"M{number(x)} {number(y)}"
    for i, (to_x, to_y) in enumerate(rest):
        short = to_x - 6 if i == len(rest) - 1 else to_x
        middle = (x + short) / 2
        path += f"C{number(middle)} {number(y)} {number(middle)} {number(to_y)} {number(short)} {number(to_y)}"
        x, y = to_x, to_y
    add(parent, "path", cls=f"edge {name}", d=path)
    add(parent, "path", cls="head", d=f"M{number(x)} {number(y)}l-8 -4v8z")


def number(value: float) -> str:
    """A number as drawings have it: to a tenth, without trailing zeros."""
    return f"{value:.1f}".removesuffix(".0")


def markup(drawing: Element) -> Markup:
    """A drawing as text to put into a page; all words in it were escaped."""
    return Markup("".join(drawing.pieces([])))  # noqa: S704 - see `add`
