"""Proper names in a proposition, and whether two propositions speak of the same ones.

A seat of power and a people's adjective stand for the country: "Moscow", "Russian" and "Russia" are one name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from sayso.lexicon import Lexicon
from sayso.trace.stems import LITTLE_WORDS, plain, stem

Name = frozenset[str]  # its words in lower case, without titles

_PART = r"(?:(?:[A-Z]\.){2,}|[A-Z]\.(?=\s[A-Z])|[A-Z][\w]*(?:[’'\-‑&][A-Z]?\w+)*)"
_RUN = re.compile(
    rf"(?<![\w’'])(?:{_PART})(?:[ \u00a0](?:(?:of|de|van|von|der|al|bin|da|del|for the|of the) )?{_PART})*"
)
_TITLE_CASE = 0.9  # of the words of a text with a capital: a headline, whose capitals tell nothing
_SENTENCE = re.compile(r"(?:^|[.!?:]\s+|[“\"‘]\s?)$")


def names(text: str, lexicon: Lexicon) -> tuple[tuple[Name, ...], list[tuple[int, int]]]:
    """The proper names of a text, in order, and where they stand."""
    if is_headline(text):
        return _known(text, lexicon)
    found: list[Name] = []
    places: list[tuple[int, int]] = []
    for run in _RUN.finditer(text):
        opens = bool(_SENTENCE.search(text[max(0, run.start() - 3) : run.start()]))
        name = _name(run[0], opens, lexicon)
        if name:
            found.append(name)
            places.append(run.span())
    return tuple(found), places


def is_headline(text: str) -> bool:
    """Whether a text is written with capitals throughout, as headlines are, or without any."""
    words = [word for word in re.findall(r"[^\W\d_]+", text) if len(word) > 3]
    if len(words) < 3:
        return False
    capitals = sum(word[0].isupper() for word in words)
    return bool(capitals > _TITLE_CASE * len(words))


def _known(text: str, lexicon: Lexicon) -> tuple[tuple[Name, ...], list[tuple[int, int]]]:
    """Of a headline, the names of countries alone; its other names are compared as words are."""
    countries = _countries(lexicon)
    places = [(m.start(), m.end()) for m in re.finditer(r"[A-Z]\w+", text) if m[0].lower() in countries]
    return tuple(frozenset((countries[text[a:z].lower()],)) for a, z in places), places


def _name(run: str, opens: bool, lexicon: Lexicon) -> Name | None:
    """A run of capitalized words as a name; None where it only opens a sentence."""
    run = re.sub(r"[’']s?$", "", run)
    low = run.lower()
    if (country := _countries(lexicon).get(low)) is not None:
        return frozenset((country,))
    if (full := lexicon.acronyms.get(low.replace(".", ""))) is not None and run.isupper():
        low = full.lower()
    words = [re.sub(r"[’']s$", "", w.strip(".")) for w in low.split()]
    if opens and (words[0] in LITTLE_WORDS or words[0] in _common(lexicon)):
        words = words[1:]
        opens = False
        if not words:
            return None
    kept = [w for w in words if w not in _titles(lexicon) and w not in LITTLE_WORDS] or words
    if len(words) == 1 and (words[0] in LITTLE_WORDS or (opens and not _is_known(words[0], run, lexicon))):
        return None
    return frozenset(_countries(lexicon).get(w, w) for w in kept)


def _is_known(word: str, shown: str, lexicon: Lexicon) -> bool:
    return bool(word in lexicon.gender_of_given_name or (shown.isupper() and len(shown) > 1) or word in lexicon.outlets)


@cache
def _countries(lexicon: Lexicon) -> dict[str, str]:
    """Names for a country, of one word or several, and what they are compared by."""
    return {**lexicon.governments, **lexicon.demonyms}


@cache
def _titles(lexicon: Lexicon) -> frozenset[str]:
    return lexicon.title_words | frozenset(lexicon.gender_of_honorific)


@cache
def _common(lexicon: Lexicon) -> frozenset[str]:
    """Nouns that may open a sentence without being a name."""
    heads = lexicon.document_heads | lexicon.organization_heads | lexicon.group_heads
    return heads | frozenset(lexicon.gender_of_noun) | frozenset(f"{head}s" for head in heads)


def same_name(a: Name, b: Name) -> bool:
    """Whether two names may be of one bearer: the words of one are all in the other, or it is made of its initials."""
    return a <= b or b <= a or _initials(a, b) or _initials(b, a)


def _initials(short: Name, long: Name) -> bool:
    if len(short) != 1 or len(long) < 3:
        return False
    (word,) = short
    return len(word) == len(long) and sorted(word.replace(".", "")) == sorted(w[0] for w in long)


def compare(
    a: Sequence[Name], b: Sequence[Name], words_a: frozenset[str], words_b: frozenset[str]
) -> tuple[int, int, int]:
    """How many names of two texts agree, differ, and stand in one of them alone.

    `words_a` and `words_b` are the stems of the texts: a name may stand in the other without its capitals.
    """
    left, right = _not_told(a, b, words_b), _not_told(b, a, words_a)
    differing = min(left, right)
    return len(set(a)) - left, differing, left + right - 2 * differing


def compare_evenly(
    a: Sequence[Name], b: Sequence[Name], words_a: frozenset[str], words_b: frozenset[str]
) -> tuple[float, float, float]:
    """As `compare`, the same whichever text comes first: how many agree is the mean of both ways to count them."""
    if not a and not b:
        return 0.0, 0, 0
    left, right = _not_told(a, b, words_b), _not_told(b, a, words_a)
    differing = min(left, right)
    return (len(set(a)) - left + len(set(b)) - right) / 2, differing, left + right - 2 * differing


def _not_told(names: Sequence[Name], others: Sequence[Name], words: frozenset[str]) -> int:
    """How many of some names do not stand among others, nor in the words of their text."""
    return sum(not _told(one, others, words) for one in set(names)) if names else 0


def _told(one: Name, others: Sequence[Name], words: frozenset[str]) -> bool:
    return any(same_name(one, other) for other in others) or _stems_of(one) <= words


@cache
def _stems_of(one: Name) -> frozenset[str]:
    return frozenset(stem(plain(word)) for word in one)
