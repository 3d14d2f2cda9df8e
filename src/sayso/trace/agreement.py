"""What must agree between two propositions: numbers, names, times, and whether something is so or not.

The facts of a proposition are taken down once; two propositions are then compared by these alone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from sayso.lexicon import Lexicon, load_lexicon
from sayso.trace import names_told, quantities, times
from sayso.trace.names_told import Name
from sayso.trace.quantities import Quantity
from sayso.trace.stems import (
    LITTLE_WORDS,
    WORD,
    first_words,
    joined,
    opposites,
    phrases,
    plain,
    prefixed,
    stem,
    stems,
    synonyms,
)
from sayso.trace.times import Time
from sayso.trace.word_table import WordTable

_NOTHING: frozenset[str] = frozenset()
_REACH = 4  # words after a negation in which the word it bears on is looked for
_MOST_ORDERED = 12  # shared words whose order is compared
_SYNONYM = 0.7  # of a shared word: what a near synonym counts
_SWAPPED = 0.4  # of the pairs of shared words in the other order: the parts of a sentence are exchanged
_LONGEST = 4000  # code points; what comes later in a text is not compared
_KEPT = 1 << 15  # propositions about which something is remembered: each is compared with several others
_PASSIVE = re.compile(
    r"\b(?:is|are|was|were|be|been|being|got)\s+(?:\w+ly\s+)?\w+(?:ed|en|n|t|d)\s+(?:\w+\s+){0,3}?by\b"
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a proposition says, as far as it must agree with another: taken down once, from its text alone."""

    words: frozenset[str]  # stems, without names, numbers, times, hedges and little words
    spoken: frozenset[str]  # all stems
    order: tuple[str, ...]  # stems without times and little words, each where it stands first
    names: tuple[Name, ...]
    quantities: tuple[Quantity, ...]
    times: tuple[Time, ...]
    negated: frozenset[str]  # stems that a negation bears on
    passive: bool
    question: bool
    length: int  # words


def facts_of(text: str, published: str | None = None, entities: Sequence[str] = ()) -> Facts:
    """The facts of a proposition; its times are resolved where its day of publication is given.

    `entities` are further names that it speaks of, as a reading resolved them.
    """
    lexicon = load_lexicon()
    text = text[:_LONGEST]
    told, dated = times.times(text, published)
    bare = _blanked(text, [(span.start, span.end) for span in dated])
    named, named_at = names_told.names(bare, lexicon)
    counted, counted_at = quantities.quantities(bare)
    rest = _blanked(bare, [*named_at, *counted_at])
    low = [plain(word) for word in WORD.findall(rest)]
    negated, negations = _negated(text, lexicon)
    kept = joined([stem(word) for word in low], phrases(lexicon))
    little = _little(lexicon)
    spoken = stems(text)
    return Facts(
        words=frozenset(word for word in kept if word not in little and word not in negations),
        spoken=frozenset(spoken),
        order=tuple(dict.fromkeys(word for word in stems(bare) if word not in little)),
        names=named + tuple(frozenset(plain(w) for w in entity.split()) for entity in entities),
        quantities=counted,
        times=told,
        negated=negated,
        passive=bool(_PASSIVE.search(text.lower())),
        question=text.rstrip(" ”\"'’)").endswith("?"),
        length=len(WORD.findall(text)),
    )


def _blanked(text: str, places: Sequence[tuple[int, int]]) -> str:
    """A text with some of it left blank; what stays keeps its place."""
    for a, z in places:
        text = text[:a] + " " * (z - a) + text[z:]
    return text


@cache
def _little(lexicon: Lexicon) -> frozenset[str]:
    """The stems of words that tell nothing apart: little words, and hedges that stand for nothing else."""
    strong = [row["hedge"] for row in lexicon.tables["hedges"] if row["strong"] and " " not in row["hedge"]]
    return frozenset(stem(word) for word in (*LITTLE_WORDS, *strong, "not", "no", "n", "allegedly", "alleged"))


@cache
def _negations(lexicon: Lexicon) -> frozenset[tuple[str, ...]]:
    words = [row["words"] for row in lexicon.tables["negations"]]
    return frozenset(tuple(stem(plain(w)) for w in WORD.findall(one)) for one in words) | {("unlike",)}


@cache
def _negating_adverbs(lexicon: Lexicon) -> frozenset[str]:
    """The stems of adverbs that negate: what has the same stem and is none does not."""
    return frozenset(stem(row["words"]) for row in lexicon.tables["negations"] if row["words"].endswith("ly"))


_DETERMINERS = frozenset(("a", "an", "the", "this", "that", "its", "his", "her", "their"))
_CONTRACTED = re.compile(r"n[’']t\b")


def _negated(text: str, lexicon: Lexicon) -> tuple[frozenset[str], frozenset[str]]:
    """The stems that negations of a text bear on, and the words of the negations themselves."""
    low = [plain(word) for word in WORD.findall(_CONTRACTED.sub(" not", text))]
    all_stems = [stem(word) for word in low]
    negations = _negations(lexicon)
    opening = first_words(negations)
    if opening.isdisjoint(all_stems):
        return _NOTHING, _NOTHING
    little = _little(lexicon)
    found, by = [], set()
    i = 0
    while i < len(low):
        size = 0
        if all_stems[i] in opening:
            size = next((n for n in (2, 1) if tuple(all_stems[i : i + n]) in negations), 0)
        if size == 1 and all_stems[i] in _negating_adverbs(lexicon):
            # "hard to find" is not "hardly found", and "invoke a rarely used act" not "hardly invoke an act"
            size = int(low[i].endswith("ly") and (i == 0 or low[i - 1] not in _DETERMINERS))
        if size:
            by |= set(all_stems[i : i + size])
            after = joined(all_stems[i + size : i + size + _REACH], phrases(lexicon))
            said = frozenset(all_stems[:i]) | frozenset(all_stems[i + size + _REACH :])
            if all(_opposites_of(word).isdisjoint(said) for word in after):  # "low, not high" is low
                found += [word for word in after if word not in little][:1]
        i += size or 1
    twice = {word for word in found if found.count(word) % 2 == 0}
    return frozenset(found) - twice, frozenset(by)


def contraries(a: Facts, b: Facts) -> int:
    """How often two propositions are turned against each other: by a negation in one alone, or by opposites.

    Twice is as good as not at all: "not guilty" is "innocent".
    """
    lexicon = load_lexicon()
    turned = sum(word in b.spoken or _is_meant(word, b, lexicon) for word in a.negated - b.negated)
    turned += sum(word in a.spoken or _is_meant(word, a, lexicon) for word in b.negated - a.negated)
    return turned + opposed(a, b)


def opposed(a: Facts, b: Facts) -> int:
    """How many words of one proposition stand in the other as their opposites."""
    if _all_opposites_of(a.words).isdisjoint(b.words):
        return 0
    left, right = a.words - b.words, b.words - a.words
    there = sum(not right.isdisjoint(_opposites_of(word)) for word in left)
    return min(there, sum(not left.isdisjoint(_opposites_of(word)) for word in right)) if there else 0


@lru_cache(_KEPT)
def _all_opposites_of(words: frozenset[str]) -> frozenset[str]:
    return frozenset[str]().union(*(_opposites_of(word) for word in words))


@cache
def _opposites_of(word: str) -> frozenset[str]:
    return opposites(load_lexicon()).get(word, _NOTHING) | frozenset(prefixed(word))


def _is_meant(word: str, facts: Facts, lexicon: Lexicon) -> bool:
    """Whether a proposition has a word that says much the same, or its opposite."""
    known, rows = synonyms(lexicon), synonyms(lexicon).get(word)
    if rows is not None and any(w in known and not rows.isdisjoint(known[w]) for w in facts.words):
        return True
    return not facts.words.isdisjoint(_opposites_of(word))


def matched(a: Facts, b: Facts) -> tuple[int, int]:
    """How many words two propositions share, and how many of the others have a near synonym on the other side."""
    shared = len(a.words & b.words)
    left, right = _with_synonyms(a.words) - b.words, _with_synonyms(b.words) - a.words
    if not left or not right:
        return shared, 0
    known = synonyms(load_lexicon())
    to_left, to_right = (frozenset[int]().union(*(known[word] for word in side)) for side in (left, right))
    if to_left.isdisjoint(to_right):
        return shared, 0
    there = sum(not known[word].isdisjoint(to_right) for word in left)
    return shared, min(there, sum(not known[word].isdisjoint(to_left) for word in right))


@lru_cache(_KEPT)
def _with_synonyms(words: frozenset[str]) -> frozenset[str]:
    """Those of some words of which near synonyms are known."""
    return words & synonyms(load_lexicon()).keys()


def inverted(a: Facts, b: Facts) -> float:
    """The share of pairs of shared words that stand in the other order; of those words that come first in one, and of
    those that come first in the other, on average."""
    if a.spoken.isdisjoint(b.order):
        return 0.0
    place = {word: i for i, word in enumerate(b.order)}
    there = [place[word] for word in a.order if word in place]
    if len(there) < 2 or there == sorted(there):
        return 0.0
    back = there  # as many pairs stand in the other order, whichever text they are counted from
    if len(there) > _MOST_ORDERED:
        back = [i for _, i in sorted(zip(there, range(len(there)), strict=True))]
    return (_share_turned(there[:_MOST_ORDERED]) + _share_turned(back[:_MOST_ORDERED])) / 2


def _share_turned(places: Sequence[int]) -> float:
    """The share of pairs of places of which the later comes first."""
    pairs = len(places) * (len(places) - 1) // 2
    return sum(x > y for i, x in enumerate(places) for y in places[i + 1 :]) / pairs


# Lengths, questions and bare counts are left out: they tell corpora apart, not claims, and with them the judge did
# worse than the cosine alone on the dev parts.
SIGNS = (
    *("words in both", "words of the shorter", "words of the longer", "near synonyms", "nearness of what is left"),
    *("the farthest of what is left", "numbers agree", "numbers differ", "numbers in one", "names agree"),
    *("names differ", "names in one", "times agree", "times differ", "times in one", "turned", "turned once"),
    *("turned twice", "opposites", "in another order", "roles swapped", "nothing left"),
    "turned once and nothing left",
)


def signs(a: Facts, b: Facts, table: WordTable) -> NDArray[np.float32]:
    """How two propositions agree, as numbers in the order of SIGNS; the same whichever comes first."""
    shared, close = matched(a, b)
    both = shared + _SYNONYM * close
    few, many = sorted((len(a.words), len(b.words)))
    near, farthest = table.closeness(a.words - b.words, b.words - a.words)
    numbers = quantities.compare(a.quantities, b.quantities)
    names = names_told.compare_evenly(a.names, b.names, a.spoken, b.spoken)
    told = times.compare(a.times, b.times)
    turned, against = contraries(a, b), opposed(a, b) > 0
    order, passive = inverted(a, b), a.passive != b.passive
    share = both / max(1, few)
    found = (
        *(both / max(1.0, few + many - both), share, both / max(1, many)),
        *(math.log1p(close), near, farthest),
        *(math.log1p(n) for n in numbers),
        *(math.log1p(n) for n in names),
        *(math.log1p(n) for n in told),
        *(math.log1p(turned), turned % 2, float(turned == 2), against),
        *(order, (order > _SWAPPED) != passive, float(few + many - 2 * both < 1), (turned % 2) * share),
    )
    return np.array(found, dtype=np.float32)
