"""Marks on a text: paragraphs, and in them the text cut wherever a mark begins or ends, nested as markup has to be.

Marks may overlap in any way. One that another cuts across comes in several pieces; put together, the text is as it
was, character for character.
"""

from __future__ import annotations

import re
from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from sayso.model import Span

LONGEST_LINE = 120  # characters; a longer line is a paragraph of its own, shorter ones may be cut by a mail program
SHORTEST_FULL_LINE = 55  # characters of a line that was cut to fit


class MarkKind(StrEnum):
    """What a stretch of text is, the outermost first where several begin and end together."""

    COPIED = "copied"
    CONTENT = "content"
    SOURCE = "source"
    CUE = "cue"


_RANK = {kind: rank for rank, kind in enumerate(MarkKind)}


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of the text that is something, with the number of the attribution or copy that it belongs to."""

    span: Span
    kind: MarkKind
    number: int


class TokenKind(StrEnum):
    """What a token of marked text is."""

    TEXT = "text"
    OPEN = "open"
    CLOSE = "close"
    ANCHOR = "anchor"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text, a mark that opens or closes here, or a place that links can lead to.

    `is_first` and `is_last` tell the pieces of a mark that begin and end it; `is_link` says that no other link is
    open, as links cannot lie in each other; a closing token repeats it.
    """

    kind: TokenKind
    text: str = ""
    mark: Mark | None = None
    is_first: bool = False
    is_last: bool = False
    is_link: bool = False
    at: int = 0


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph with its tokens. `is_wrapped` says that its line ends only fit it to a width."""

    span: Span
    tokens: tuple[Token, ...]
    is_wrapped: bool


def marked(text: str, marks: Iterable[Mark], anchors: Iterable[int] = ()) -> list[Paragraph]:
    """The paragraphs of a text with these marks; between them and around them are blanks alone.

    Marks are cut to the text and to their words; what is left without any is no mark. Anchors are offsets.
    """
    paragraphs = list(_paragraphs(text))
    starts: dict[int, list[Mark]] = defaultdict(list)
    ends: dict[int, list[Mark]] = defaultdict(list)
    places = {place for span in paragraphs for place in (span.start, span.end)}
    for mark in dict.fromkeys(Mark(_words_of(one.span, text), one.kind, one.number) for one in marks):
        if mark.span.start < mark.span.end:
            starts[mark.span.start].append(mark)
            ends[mark.span.end].append(mark)
            places |= {mark.span.start, mark.span.end}
    wanted = sorted(set(anchors))
    places.update(place for place in wanted if 0 <= place < len(text))
    sweep = _Sweep(text, starts, ends, frozenset(wanted))
    cuts = sorted(places)
    found, at = [], 0
    for span in paragraphs:
        while cuts[at] < span.start:
            sweep.pass_over(cuts[at])
            at += 1
        inside = at
        while cuts[inside] < span.end:
            inside += 1
        found.append(Paragraph(span, tuple(sweep.tokens(cuts[at : inside + 1])), _is_wrapped(span.of(text))))
        at = inside
    return found


def _paragraphs(text: str) -> Iterator[Span]:
    """The stretches between blank lines, and the lines in them, where these are longer than a cut line."""
    for block in _between(re.compile(r"\s*\n[^\S\n]*\n\s*"), text, Span(0, len(text))):
        lines = list(_between(re.compile(r"[^\S\n]*\n[^\S\n]*"), text, block))
        if any(line.end - line.start > LONGEST_LINE for line in lines):
            yield from lines
        else:
            yield block


def _between(separator: re.Pattern[str], text: str, span: Span) -> Iterator[Span]:
    """The stretches of a span between separators, without blanks at their ends; those of blanks alone are left out."""
    start = span.start
    ends = [(found.start(), found.end()) for found in separator.finditer(text, span.start, span.end)]
    for end, following in (*ends, (span.end, span.end)):
        words = text[start:end]
        left, right = len(words) - len(words.lstrip()), len(words.rstrip())
        if left < right:
            yield Span(start + left, start + right)
        start = following


def _words_of(span: Span, text: str) -> Span:
    """A span without the blanks at its ends, and without what lies beyond the text."""
    words = text[max(0, span.start) : max(0, span.end)]
    start = max(0, span.start) + len(words) - len(words.lstrip())
    return Span(start, max(start, max(0, span.start) + len(words.rstrip())))


def _is_wrapped(words: str) -> bool:
    lines = words.splitlines()
    return len(lines) > 1 and all(len(line) >= SHORTEST_FULL_LINE for line in lines[:-1])


def _key(mark: Mark) -> tuple[int, int, int, int]:
    """The order in which marks lie in each other: the one that begins first, and of these the longest, outermost."""
    return mark.span.start, -mark.span.end, _RANK[mark.kind], mark.number


class _Sweep:
    """A way over the text from its start to its end, with the marks that are active where it stands."""

    def __init__(
        self, text: str, starts: dict[int, list[Mark]], ends: dict[int, list[Mark]], anchors: frozenset[int]
    ) -> None:
        self.text, self.starts, self.ends, self.anchors = text, starts, ends, anchors
        self.active: list[tuple[tuple[int, int, int, int], Mark]] = []
        self.begun: set[Mark] = set()

    def pass_over(self, place: int) -> None:
        """Come to a place where marks may end and begin."""
        for mark in self.ends.get(place, ()):
            if (_key(mark), mark) in self.active:
                self.active.remove((_key(mark), mark))
        for mark in self.starts.get(place, ()):
            insort(self.active, (_key(mark), mark), key=lambda one: one[0])

    def tokens(self, cuts: Sequence[int]) -> list[Token]:
        """The tokens of a paragraph, which lies between the first and the last of these places."""
        made: list[Token] = []
        stack: list[int] = []  # the places of the tokens that opened what is open
        for start, end in pairwise(cuts):
            self.pass_over(start)
            wanted = [mark for _, mark in self.active]
            shared = _shared([made[one] for one in stack], wanted)
            _close(made, stack, shared, start)
            if start in self.anchors:
                made.append(Token(TokenKind.ANCHOR, at=start))
            for mark in wanted[shared:]:
                self._open(made, stack, mark)
            made.append(Token(TokenKind.TEXT, self.text[start:end]))
        _close(made, stack, 0, cuts[-1])
        return made

    def _open(self, made: list[Token], stack: list[int], mark: Mark) -> None:
        first = mark not in self.begun
        self.begun.add(mark)
        link = mark.kind is MarkKind.CUE and first and not any(made[one].is_link for one in stack)
        stack.append(len(made))
        made.append(Token(TokenKind.OPEN, mark=mark, is_first=first, is_link=link))


def _close(made: list[Token], stack: list[int], keep: int, place: int) -> None:
    """Close what is open, down to so many, and say of each whether this was its last piece."""
    while len(stack) > keep:
        at = stack.pop()
        opened = made[at]
        assert opened.mark is not None  # noqa: S101 - an opening token has one
        told = (opened.mark, opened.is_first, place >= opened.mark.span.end, opened.is_link)
        made[at] = Token(TokenKind.OPEN, "", *told)
        made.append(Token(TokenKind.CLOSE, "", *told))


def _shared(stack: Sequence[Token], wanted: Sequence[Mark]) -> int:
    """How many marks stay open: those at the bottom of the stack that are wanted in that order."""
    count = 0
    for token, mark in zip(stack, wanted, strict=False):
        if token.mark != mark:
            break
        count += 1
    return count
