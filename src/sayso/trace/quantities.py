"""Numbers in a proposition: how many, of what; "dozens" and "more than 40" are ranges."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sayso.lexicon import load_lexicon, word_list
from sayso.trace.stems import LITTLE_WORDS, WORD, plain, stem

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SMALL = {w: float(n) for n, w in enumerate(_UNITS.split())} | {
    w: 10.0 * n for n, w in enumerate(_TENS.split(), 2)
}  # fmt: skip
_LARGE = {"dozen": 12.0, "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_SHORT = {"k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9, "b": 1e9, "tn": 1e12}
_MONEY = {"dollar", "euro", "pound", "ruble", "yen", "franc", "cent", "yuan", "rupee", "peso"}

_spelled = "|".join([f"(?:{'|'.join(_TENS.split())})[- ](?:{'|'.join(_UNITS.split()[1:10])})", *_SMALL])
_NUMBER = re.compile(
    rf"(?<![\w.,])(?P<sign>[$€£¥]|US\$)?\s?(?:(?P<figure>\d+(?:,\d{{3}})*(?:\.\d+)?)(?P<short>bn|mn|tn|[kmb])?"
    rf"|(?P<word>{_spelled}|an?(?=[ -](?:dozen|hundred|thousand|million|billion)\b)))"
    rf"(?P<large>(?:[ -](?:{'|'.join(_LARGE)})\b)*)(?P<percent>\s?%|[ -]per ?cent\b|[ -]percent(?:age)?\b)?"
    r"(?![\w]|-(?:on|to)-)",
    re.IGNORECASE,
)
_AFTER = 3  # words after a number in which the noun counted is looked for
_LOOSE = 0.05  # "3 million" may be 2.9 million
_FEW = 12.0  # the largest number that may well be of two things by chance
_BEFORE = 30  # code points before a number in which "more than" is looked for


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as a range, whether it is money or a share, and the stems of what is counted."""

    least: float
    most: float
    kind: str
    counted: frozenset[str]


_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
_RANKS = {word: float(n) for n, word in enumerate(_ORDINALS.split(), 1)}
_RANK = re.compile(
    rf"\b(?:an?|the)\s+(?:(?P<word>{'|'.join(_RANKS)})|(?P<figure>\d+)(?:st|nd|rd|th))\s+(?!of\b)(?=[a-z])",
    re.IGNORECASE,
)
RANK = "rank"  # "a fourth gate" is not "four gates", nor "two gates"
NUMBERED = "numbered"  # "platform 4", "flats six and nine": a number that is a name
_THE_ONE = re.compile(r"\b(?:an?|the|this|that|each|every|its|his|her|their)\s+\Z", re.IGNORECASE)


def quantities(text: str) -> tuple[tuple[Quantity, ...], list[tuple[int, int]]]:
    """The numbers of a text, in order, and where they stand."""
    found, places = [], []
    for match in _numbered().finditer(text):
        if named := _numbers_as_names(text, match):
            found += named
            places.append(match.span())
    for match in _NUMBER.finditer(text):
        if any(a <= match.start() < z for a, z in places):
            continue
        if (quantity := _quantity(text, match)) is not None:
            found.append(quantity)
            places.append(match.span())
    for match in _RANK.finditer(text):
        value = float(match["figure"] or _RANKS[match["word"].lower()])
        found.append(Quantity(value, value, RANK, _counted(text, match.end())))
        places.append(match.span())
    for words, least, most in _vague():
        for vague in words.finditer(text):
            if not any(a < vague.end() and vague.start() < z for a, z in places):
                found.append(Quantity(least, most, "", _counted(text, vague.end())))
                places.append(vague.span())
    return tuple(found), places


@cache
def _numbered() -> re.Pattern[str]:
    """A noun of things that are told apart by numbers, and the numbers after it."""
    nouns = "|".join(sorted(word_list("nouns of what is numbered"), key=len, reverse=True))
    number = rf"(?:no\. ?|number )?(?:\d{{1,4}}|{'|'.join(_SMALL)})\b(?![.,:]\d|[%-])"
    return re.compile(
        rf"\b(?P<noun>{nouns})(?P<several>s?) (?P<numbers>{number}(?:(?:, ?| ?(?:,? ?and|or|to|&) ){number})*)",
        re.IGNORECASE,
    )


def _numbers_as_names(text: str, match: re.Match[str]) -> list[Quantity]:
    """Numbers by which things are called; and how many, where it is several: "flats six and nine" are two flats. None
    where they count what follows: "at the gate four men waited"."""
    told = re.findall(rf"\d+|{'|'.join(_SMALL)}", match["numbers"].lower())
    values = [float(one) if one.isdigit() else _SMALL[one] for one in told]
    alone = len(values) == 1 and (match["several"] or _THE_ONE.search(text, 0, match.start()))
    if alone and _counted(text, match.end()):
        return []
    thing = frozenset({stem(plain(match["noun"]))})
    named = [Quantity(value, value, NUMBERED, thing) for value in values]
    return [*named, Quantity(len(values), len(values), "", thing)] if len(values) > 1 else named


def _quantity(text: str, match: re.Match[str]) -> Quantity | None:
    word = (match["word"] or "").lower()
    counted = _counted(text, match.end())
    if word == "one" and not match["large"] and not counted:
        return None  # "the one who left"
    value = _value(match)
    kind = "share" if match["percent"] else "money" if match["sign"] or counted & _MONEY else ""
    near = _rounding(match) * value
    least, most = value - near, value + near
    for words, low, high in _bounds():
        if words.search(text, max(0, match.start() - _BEFORE), match.start()):
            return Quantity(least * low, most * high, kind, counted)
    return Quantity(least, most, kind, counted)


def _rounding(match: re.Match[str]) -> float:
    """The share by which a rounded number may be off: "1.2 million" may be 1.15 million."""
    figure = match["figure"] or ""
    if "." in figure:
        return 0.5 / max(1, int(figure.replace(",", "").replace(".", "").lstrip("0") or "1"))
    return _LOOSE if re.search("illion", match["large"], re.IGNORECASE) else 0.0


def _value(match: re.Match[str]) -> float:
    if match["figure"]:
        value = float(match["figure"].replace(",", "")) * _SHORT.get((match["short"] or "").lower(), 1.0)
    else:
        parts = re.split(r"[- ]", match["word"].lower())
        value = sum(_SMALL.get(part, 1.0) for part in parts)
    for large in re.findall(r"\w+", match["large"].lower()):
        value *= _LARGE[large]
    return value


def _counted(text: str, end: int) -> frozenset[str]:
    """The stems of the words after a number up to a little word: what is counted, and what is said of it."""
    found: list[str] = []
    of = False
    for word in WORD.finditer(text, end, end + 60):
        low = plain(word[0])
        gap = text[end : word.start()]
        if any(mark in gap for mark in ",;:.()") or (found and low in LITTLE_WORDS) or len(found) == _AFTER:
            break
        if low in LITTLE_WORDS:
            if not (low == "of" or (of and low in ("the", "its", "their", "his", "her", "these", "those", "our"))):
                break
            of = low == "of"  # "one of the gates"
        else:
            found.append(stem(low))
        end = word.end()
    return frozenset(found)


@cache
def _rows() -> list[tuple[str, float, float]]:
    rows = load_lexicon().tables["rough_numbers"]
    return [(row["words"], float(row["least"]), float(row["most"])) for row in rows]


@cache
def _bounds() -> list[tuple[re.Pattern[str], float, float]]:
    """Words that make a range of the number after them, with the factors of its ends."""
    return [(re.compile(rf"\b{w}\s+[$€£¥]?$", re.IGNORECASE), a, z) for w, a, z in _rows() if z < 2]


@cache
def _vague() -> list[tuple[re.Pattern[str], float, float]]:
    """Words that name a range by themselves."""
    return [(re.compile(rf"\b{w}\b", re.IGNORECASE), a, z) for w, a, z in reversed(_rows()) if z >= 2]


def compare(a: Sequence[Quantity], b: Sequence[Quantity]) -> tuple[int, int, int]:
    """How many numbers of two texts agree, differ, and stand in one of them alone."""
    if not a or not b:
        return 0, 0, len(a) + len(b)
    left, right = list(a), list(b)
    agreeing = 0
    for one in a:
        other = next((o for o in right if _comparable(one, o) and _overlap(one, o)), None)
        if other is not None:
            agreeing += 1
            left.remove(one)
            right.remove(other)
    differing = 0
    alone = len(left) == len(right) == 1
    for one in list(left):
        other = next((o for o in right if _comparable(one, o) or (alone and one.kind == o.kind != NUMBERED)), None)
        if other is None or (_overlap(one, other) and one.most <= _FEW):
            continue  # two gates and two cracks: neither the same nor different
        left.remove(one)
        right.remove(other)
        if _overlap(one, other):
            agreeing += 1  # "millions of computers", "two million users"
        else:
            differing += 1
    return agreeing, differing, len(left) + len(right)


def _comparable(a: Quantity, b: Quantity) -> bool:
    if {a.kind, b.kind} == {RANK, ""}:
        return bool(a.counted & b.counted)
    if NUMBERED in (a.kind, b.kind):
        return a.kind == b.kind and bool(a.counted & b.counted)
    return a.kind == b.kind and (bool(a.kind) or not a.counted or not b.counted or bool(a.counted & b.counted))


def _overlap(a: Quantity, b: Quantity) -> bool:
    return (a.kind == RANK) == (b.kind == RANK) and a.least <= b.most and b.least <= a.most
