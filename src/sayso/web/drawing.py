"""What drawings are made of: elements of SVG, and boxes with words in them.

Drawings hold no styles, which the pages' Content-Security-Policy forbids: classes say what a thing is, and the
stylesheet how it looks, in light and dark and in print. They are hidden from screen readers, to whom the words
beside each drawing say the same; so links in them are no stops for the keyboard either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from markupsafe import Markup

from sayso.web.lettering import wrapped
from sayso.web.showing import plain

TAG_SIZE, NAME_SIZE, DETAIL_SIZE = 11, 14, 12.5  # of letters, in pixels of a drawing at its natural size
LEADING = 1.28
PADDING = 9
NAME_LINES, DETAIL_LINES = 3, 2


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


def svg(width: float, height: float, name: str) -> ElementTree.Element:
    """An empty drawing of this size, which shrinks with the page and never grows."""
    return ElementTree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": name,
            "viewBox": f"0 0 {number(width)} {number(height)}",
            "width": number(width),
            "height": number(height),
            "aria-hidden": "true",
            "focusable": "false",
        },
    )


def add(parent: ElementTree.Element, tag: str, words: str | None = None, **attributes: object) -> ElementTree.Element:
    """An element inside another; `cls` is its class, an underscore in a name is a hyphen."""
    named = {key.replace("cls", "class").replace("_", "-"): value for key, value in attributes.items()}
    written = {
        key: number(value) if isinstance(value, (int, float)) else plain(str(value))
        for key, value in named.items()
        if value is not None
    }
    made = ElementTree.SubElement(parent, tag, written)
    if words is not None:
        made.text = plain(words)
    return made


def linked(parent: ElementTree.Element, href: str | None, name: str, whole: str) -> ElementTree.Element:
    """A group with its whole words as a tooltip, inside a link where it leads somewhere."""
    outer = parent if href is None else add(parent, "a", href=href, tabindex=-1)
    made = add(outer, "g", cls=name)
    add(made, "title", whole)
    return made


def lettered(parent: ElementTree.Element, made: Box, x: float, y: float) -> None:
    """Write a box's words into it."""
    at = y + PADDING - 2
    for part in made.parts:
        for line in part.lines:
            at += part.size * LEADING
            add(parent, "text", line, cls=part.name, x=x + PADDING, y=at - part.size * 0.25)


def arrow(parent: ElementTree.Element, points: Sequence[tuple[float, float]], name: str) -> None:
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


def markup(drawing: ElementTree.Element) -> Markup:
    """A drawing as text to put into a page; all words in it were escaped."""
    return Markup(ElementTree.tostring(drawing, encoding="unicode"))  # noqa: S704 - ElementTree escapes
