"""How the parts of an attribution are told apart on a terminal: in colour, or in brackets without it."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from typing import NamedTuple

from rich.console import Console, RenderableType
from rich.text import Text

from sayso.cli.visible import visible

UNSURE = 0.5  # below this confidence a reading, or a link to a speaker, is marked with "?"


class Role(NamedTuple):
    """How one part of an attribution is told apart: in colour, and in brackets."""

    style: str
    opening: str
    closing: str


SOURCE = Role("bold cyan", "[", "]")
CUE = Role("italic yellow", "<", ">")
CONTENT = Role("underline green", "{", "}")
ROLES = (CONTENT, CUE, SOURCE)  # where they overlap, the later one's colour shows


def marked(words: str, role: Role, colour: bool) -> Text:
    """Words of the document in their role."""
    return Text(words if colour else f"{role.opening}{words}{role.closing}", role.style)


def on_one_line(words: str) -> str:
    """Words without line ends, and without what would steer a terminal."""
    return visible(" ".join(words.split()))


def shortened(words: str, most: int) -> str:
    """Words on one line, and where they are more than `most` characters, cut after a whole word."""
    line = " ".join(words.split())
    if len(line) > most:
        cut = line[:most]
        line = f"{cut.rpartition(' ')[0].rstrip() or cut}…"
    return visible(line)


def doubt(confidence: float | None) -> str:
    """The mark of what is less certain than UNSURE."""
    return "?" if confidence is not None and confidence < UNSURE else ""


def rendered(parts: Sequence[RenderableType], width: int, colour: bool) -> str:
    """What the parts look like on a terminal; nothing in them is taken for markup, links or emoji."""
    file = StringIO()
    console = Console(
        file=file,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=False,
        markup=False,
        highlight=False,
        emoji=False,
        legacy_windows=False,
    )
    for part in parts:
        console.print(part)
    # A table pads its lines with blanks: nothing to see, much to copy.
    return "\n".join(line.rstrip(" ") for line in file.getvalue().split("\n"))
