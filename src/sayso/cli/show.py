"""A Reading on a terminal: the article with its sources, cues and contents marked, and a table of them.

With colour, a source is bold, a cue italic, a content underlined; without, all three stand in brackets.
The functions here return text and write nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from io import StringIO
from itertools import pairwise
from typing import NamedTuple

from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from sayso.cli.visible import visible, with_line_feeds
from sayso.model import Attribution, Reading, Span

UNSURE = 0.5  # below this confidence a reading is marked with "?"
NO_SOURCE = "(no source named)"

_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class Role(NamedTuple):
    """How one part of an attribution is told apart: in colour, and in brackets."""

    style: str
    opening: str
    closing: str


SOURCE = Role("bold cyan", "[", "]")
CUE = Role("italic yellow", "<", ">")
CONTENT = Role("underline green", "{", "}")
ROLES = (CONTENT, CUE, SOURCE)  # where they overlap, the later one's colour shows


class Mark(NamedTuple):
    """A stretch of the text in a role, with the numbers of the attributions whose cue it is."""

    span: Span
    role: Role
    numbers: str


def article(reading: Reading, place: str, *, width: int, colour: bool) -> str:
    """The whole view of one document, `width` columns wide: its text, marked, then who says what."""
    marked = _marked(reading, colour)
    marked.rstrip()
    parts = [_heading(reading, place), *_notes(reading), _legend(colour), Text(), marked]
    return _rendered(parts, width, colour) + who_says_what(reading, width=width, colour=colour)


def who_says_what(reading: Reading, *, width: int, colour: bool) -> str:
    """A table of the attributions: number, source, cue, content, confidence."""
    if not reading.attributions:
        return _rendered([Text(), Text("No attribution found."), Text()], width, colour)
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("source", ratio=3, overflow="fold")
    table.add_column("cue", ratio=2, overflow="fold")
    table.add_column("content", ratio=7, overflow="fold")
    table.add_column("confidence", justify="right", no_wrap=True)
    text = reading.document.text
    for number, one in enumerate(reading.attributions, 1):
        table.add_row(
            Text(str(number)),
            Text(_on_one_line(one.source.of(text)), SOURCE.style) if one.source else Text(NO_SOURCE, "dim"),
            Text(_on_one_line(one.cue.of(text)), CUE.style),
            Text(" … ".join(_on_one_line(piece.of(text)) for piece in one.content)),
            Text(f"{one.confidence:.2f}{_doubt(one)}"),
        )
    return _rendered([table], width, colour)


def title_of(reading: Reading) -> str:
    """A document's title, or else its first line, or else its id."""
    document = reading.document
    return _on_one_line(document.title or document.text.strip("\ufeff \t\r\n").partition("\n")[0] or document.id)


def _heading(reading: Reading, place: str) -> Text:
    document = reading.document
    known = (document.title, document.publisher, document.published)
    return Text(" · ".join([visible(place), *(_on_one_line(one) for one in known if one)]), "bold reverse")


def _notes(reading: Reading) -> list[Text]:
    return [Text(f"Note: {_on_one_line(problem)}", "red") for problem in reading.problems]


def _legend(colour: bool) -> Text:
    legend = Text()
    for role, name, number in ((SOURCE, "source", ""), (CUE, "cue", "¹"), (CONTENT, "content", "")):
        legend.append(name if colour else f"{role.opening}{name}{role.closing}", role.style).append(f"{number} ")
    return legend.append(f"  ¹ row in the table below   ? confidence under {UNSURE}", "dim")


def _marked(reading: Reading, colour: bool) -> Text:
    """The document's text with its attributions marked. Marks may lie in each other, or cross."""
    text = with_line_feeds(reading.document.text)
    marks = _marks(reading.attributions)
    opening, closing = _by_start(marks), _by_end(marks)
    open_roles: Counter[Role] = Counter()
    marked = Text()
    for start, end in pairwise(sorted({0, *opening, *closing, len(text)})):
        for mark in closing.get(start, ()):
            open_roles[mark.role] -= 1
            _append_end(marked, mark, colour)
        for mark in opening.get(start, ()):
            open_roles[mark.role] += 1
            marked.append("" if colour else mark.role.opening)
        marked.append(visible(text[start:end]), " ".join(role.style for role in ROLES if open_roles[role]))
    for mark in closing.get(len(text), ()):
        _append_end(marked, mark, colour)
    return marked


def _append_end(marked: Text, mark: Mark, colour: bool) -> None:
    marked.append(("" if colour else mark.role.closing) + mark.numbers)


def _marks(attributions: tuple[Attribution, ...]) -> list[Mark]:
    """Each marked stretch once, though several attributions may share it."""
    numbers: dict[tuple[Span, Role], str] = {}
    for number, one in enumerate(attributions, 1):
        spans = [(one.cue, CUE), *((piece, CONTENT) for piece in one.content)]
        if one.source:
            spans.append((one.source, SOURCE))
        for span, role in spans:
            if span.start < span.end:
                numbers.setdefault((span, role), "")
        if one.cue.start < one.cue.end:
            before = numbers[one.cue, CUE]
            numbers[one.cue, CUE] = f"{before}{'⁺' if before else ''}{str(number).translate(_SUPERSCRIPT)}{_doubt(one)}"
    return [Mark(span, role, shown) for (span, role), shown in numbers.items()]


def _by_start(marks: list[Mark]) -> dict[int, list[Mark]]:
    """Marks by where they open, the longer first, so that it holds the shorter."""
    found: dict[int, list[Mark]] = {}
    for mark in sorted(marks, key=lambda mark: (-mark.span.end, ROLES.index(mark.role))):
        found.setdefault(mark.span.start, []).append(mark)
    return found


def _by_end(marks: list[Mark]) -> dict[int, list[Mark]]:
    """Marks by where they close, the last opened first."""
    found: dict[int, list[Mark]] = {}
    for mark in sorted(marks, key=lambda mark: (-mark.span.start, -ROLES.index(mark.role))):
        found.setdefault(mark.span.end, []).append(mark)
    return found


def _doubt(one: Attribution) -> str:
    return "?" if one.confidence < UNSURE else ""


def _on_one_line(words: str) -> str:
    return visible(" ".join(words.split()))


def _rendered(parts: Sequence[RenderableType], width: int, colour: bool) -> str:
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
