"""Turns: "RUIZ: The bridge is safe." A rule beside the model, which learned from articles and seldom sees transcripts.

A text is taken for a transcript where paragraphs begin with names and a colon, and speakers come back: a list
("Place: Ostrey", "Time: noon") names nothing twice. What follows a name, up to the next one, is the content.
An interview with "Q:" and "A:" is a transcript, too, but these name nobody: its turns have no source.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sayso.extract.decode import Found, Range
from sayso.extract.words import Words, word_range
from sayso.lexicon import word_list

_LEAST = 4  # turns of a transcript
_NAME = r"[^\W\d_a-z][\w.’'-]+(?:[ ](?:[^\W\d_a-z][\w.’'-]*|de|van|von|al|bin))*"
_MORE = r"(?:,[^:\n]{1,60}|[ ]\([^)\n]{1,60}\))?[ ]?"  # of who that is: "HALE, Velm Standard:"
_TURN = re.compile(
    rf"^[ \t]*(?:(?P<name>{_NAME}){_MORE}(?P<colon>:)|(?P<letter>[QA])(?P<mark>[:.]))(?=\s)",
    re.MULTILINE,
)


def turns(words: Words, found: Sequence[Found]) -> list[Found]:
    """The attributions found, and the turns of a transcript in the place of those that cross their borders."""
    labels = [one for one in _TURN.finditer(words.text) if one["letter"] or not _is_opener(one["name"])]
    names = [(label["name"] or label["letter"]).split()[-1].casefold() for label in labels]
    if len(labels) < _LEAST or not 1 < len(set(names)) < len(names):
        return list(found)
    made = [
        turn
        for i, label in enumerate(labels)
        if (turn := _turn(words, label, labels[i + 1].start() if i + 1 < len(labels) else None))
    ]
    return [*(one for one in found if not any(_crosses(one, turn) for turn in made)), *made]


def without_captions(words: Words, found: Sequence[Found]) -> list[Found]:
    """The attributions found, but for what "Photo:" or "Read more:" opens: nobody speaks there."""
    return [one for one in found if not _opens_caption(words, one)]


def _opens_caption(words: Words, one: Found) -> bool:
    if one.source is None or _of(words, one.cue) != ":":
        return False
    return _is_opener(_of(words, one.source))


def _of(words: Words, place: Range) -> str:
    return words.text[int(words.start[place[0]]) : int(words.end[place[1] - 1])]


def _is_opener(name: str) -> bool:
    return set(name.lower().split()) <= word_list("openers of captions")


def _turn(words: Words, label: re.Match[str], end: int | None) -> Found | None:
    """The turn that a label opens; the last one of a text ends with its paragraph."""
    if end is None:
        blank = re.compile(r"\n\s*\n").search(words.text, label.end())
        end = blank.start() if blank else len(words.text)
    source = word_range(words, *label.span("name")) if label["name"] else None
    cue = word_range(words, *label.span("colon" if label["name"] else "mark"))
    content = word_range(words, label.end(), end)
    if (label["name"] and source is None) or cue is None or content is None or not words.spoken[slice(*content)].any():
        return None
    return Found(cue, source, (content,), ())


def _crosses(one: Found, turn: Found) -> bool:
    """Whether an attribution shares words with a turn and does not lie inside its content."""
    ranges = [one.cue, *one.content, *([one.source] if one.source else [])]
    return any(_touch(a, turn) for a in ranges) and not all(_inside(a, turn.content[0]) for a in ranges)


def _touch(a: Range, turn: Found) -> bool:
    first = turn.source[0] if turn.source else turn.cue[0]
    return a[0] < turn.content[0][1] and first < a[1]


def _inside(a: Range, outer: Range) -> bool:
    return outer[0] <= a[0] and a[1] <= outer[1]
