"""Days, months and years in a proposition, and whether two propositions speak of the same time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sayso.model import Span
from sayso.qualify.dates import find_dates, resolve_date

_PARTS = {
    "weekday": re.compile(r"\b(mon|tue|wed|thu|fri|sat|sun)(?:days?|sdays?|nesdays?|rsdays?|urdays?)?\b", re.I),
    "month": re.compile(
        r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?\b\.?",
        re.I,
    ),
    "year": re.compile(r"\b((?:1[5-9]|20)\d\d)\b"),
    "day": re.compile(r"(?<![\d.,])([0-3]?\d)(?:st|nd|rd|th)?(?![\d.,]*\d)"),
    "near": re.compile(r"\b(today|tonight|yesterday|tomorrow|last \w+|next \w+|this \w+)\b", re.I),
}
_IN_WORDS = "words"  # "over Easter weekend", "nine days earlier": which day that is, the text alone does not say
_GRAIN = 3  # times as long: "in March" holds Monday the 4th, and says less


@dataclass(frozen=True, slots=True)
class Time:
    """A day, month or year: its first and last day where these could be resolved, and its parts as they stand."""

    first: str | None
    last: str | None
    parts: tuple[tuple[str, str], ...]


def times(text: str, published: str | None = None) -> tuple[tuple[Time, ...], list[Span]]:
    """The times that a text names, in order, and where they stand."""
    spans = find_dates(text)
    return tuple(_time(span.of(text), published) for span in spans), spans


def _time(words: str, published: str | None) -> Time:
    first, last = resolve_date(words, published) or (None, None)
    parts = [(name, found[1].lower()) for name, pattern in _PARTS.items() if (found := pattern.search(words))]
    if first is None and not parts:
        parts = [(_IN_WORDS, " ".join(words.lower().split()))]
    return Time(first, last, tuple(parts))


def compare(a: Sequence[Time], b: Sequence[Time]) -> tuple[int, int, int]:
    """How many times of two texts agree, differ, and stand in one of them alone.

    "Nine days earlier" neither agrees with 2 December nor differs from it.
    """
    if not a or not b:
        return 0, 0, len(a) + len(b)
    right = list(b)
    left = []
    agreeing = 0
    for one in a:
        other = next((o for o in right if same_time(one, o)), None)
        if other is None:
            left.append(one)
        else:
            agreeing += 1
            right.remove(other)
    told = [sum(_is_told(one) for one in side) for side in (left, right)]
    differing = min(told) + min(len(left) - told[0], len(right) - told[1])
    return agreeing, differing, len(left) + len(right) - 2 * differing


def _is_told(one: Time) -> bool:
    """Whether a time is known by itself, as a day, month or year, or as a part of one."""
    return one.first is not None or all(part != _IN_WORDS for part, _ in one.parts)


def same_time(a: Time, b: Time) -> bool:
    """Whether two times are the same. "On Monday" is not "in March", although it may lie in it."""
    if a.first and a.last and b.first and b.last:
        longer, shorter = sorted((_days(a.first, a.last), _days(b.first, b.last)), reverse=True)
        return a.first <= b.last and b.first <= a.last and longer < _GRAIN * shorter
    mine, theirs = dict(a.parts), dict(b.parts)
    shared = mine.keys() & theirs.keys()
    return bool(shared) and all(mine[part] == theirs[part] for part in shared)


def _days(first: str, last: str) -> int:
    return (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
