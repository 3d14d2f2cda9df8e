"""A Reading on a terminal: the article with its sources, cues and contents marked, and a table of them.

With colour, a source is bold, a cue italic, a content underlined; without, all three stand in brackets.
The functions here return text and write nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

from rich.text import Text

from sayso.cli.by_order import by_order
from sayso.cli.by_source import by_source
from sayso.cli.typography import CONTENT, CUE, ROLES, SOURCE, UNSURE, Role, doubt, on_one_line, rendered
from sayso.cli.visible import visible, with_line_feeds
from sayso.model import Attribution, Reading, Span

# How the attributions below an article may be arranged: speaker by speaker, or in the order of the text.
ARRANGEMENTS: dict[str, Callable[[Reading, int, bool, float], str]] = {"source": by_source, "order": by_order}

_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class Mark(NamedTuple):
    """A stretch of the text in a role, with the numbers of the attributions whose cue it is."""

    span: Span
    role: Role
    numbers: str


def article(reading: Reading, place: str, *, width: int, colour: bool, by: str = "source", least: float = 0.0) -> str:
    """The whole view of one document, `width` columns wide: its text, marked, then who says what.

    Attributions of less than the least confidence are left out.
    """
    text = _marked(reading, colour, least)
    text.rstrip()
    parts = [_heading(reading, place), *_notes(reading), _legend(colour), Text(), text]
    return rendered(parts, width, colour) + who_says_what(reading, width=width, colour=colour, by=by, least=least)


def who_says_what(reading: Reading, *, width: int, colour: bool, by: str = "source", least: float = 0.0) -> str:
    """The attributions of at least some confidence, arranged by source or by order."""
    if all(one.confidence < least for one in reading.attributions):
        return rendered([Text(), Text("No attribution found."), Text()], width, colour)
    return ARRANGEMENTS[by](reading, width, colour, least)


def title_of(reading: Reading) -> str:
    """A document's title, or else its first line, or else its id."""
    document = reading.document
    return on_one_line(document.title or document.text.strip("\ufeff \t\r\n").partition("\n")[0] or document.id)


def _heading(reading: Reading, place: str) -> Text:
    document = reading.document
    known = (document.title, document.publisher, document.published)
    return Text(" · ".join([visible(place), *(on_one_line(one) for one in known if one)]), "bold reverse")


def _notes(reading: Reading) -> list[Text]:
    return [Text(f"Note: {on_one_line(problem)}", "red") for problem in reading.problems]


def _legend(colour: bool) -> Text:
    legend = Text()
    for role, name, number in ((SOURCE, "source", ""), (CUE, "cue", "¹"), (CONTENT, "content", "")):
        legend.append(name if colour else f"{role.opening}{name}{role.closing}", role.style).append(f"{number} ")
    return legend.append(f"  ¹ row in the table below   ? confidence under {UNSURE}", "dim")


def _marked(reading: Reading, colour: bool, least: float) -> Text:
    """The document's text with its attributions marked. Marks may lie in each other, or cross."""
    text = with_line_feeds(reading.document.text)
    marks = _marks([one for one in reading.attributions if one.confidence >= least])
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


def _marks(attributions: list[Attribution]) -> list[Mark]:
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
            numbers[one.cue, CUE] = (
                f"{before}{'⁺' if before else ''}{str(number).translate(_SUPERSCRIPT)}{doubt(one.confidence)}"
            )
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
