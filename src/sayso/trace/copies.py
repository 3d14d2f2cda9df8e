"""Passages that stand in two texts: found by runs of words that both have, and aligned word by word.

Runs of three words that both texts have are seeds; seeds that follow each other in both at about the same
distance make a chain; each chain is aligned by rapidfuzz, whose edit operations on words take microseconds
where difflib's take milliseconds (edlib knows 256 different words at most). From the alignment those stretches
are kept that have far more words the same than changed, so that cut and reordered paragraphs come out as
passages of their own, and a light rewrite in one piece.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from sayso.model import Span
from sayso.trace.copies_found import PassageKind
from sayso.trace.shingles import SEED, ComparedText, words_in

CHAIN_GAP = 20  # words between two seeds of a chain: where one in three is changed, few gaps are longer
CHAIN_DRIFT = 8  # words that may have been put in or taken out between them
LEAST_SEEDED = 6  # words in the seeds of a chain that is worth aligning
COMMONEST = 4  # times that a seed may stand in a text; beyond, it is a phrase
MARGIN = 12  # words before and after a chain that are aligned with it

CHANGED = 0.8  # what a changed word takes from a passage's score; a word that is the same gives 1
FROM_CHANCE = 0.5  # what a word beyond a changed one has to add: it may be the same by chance
DROP = 8.0  # how far the score may fall before the passage is ended
LEAST_SCORE = 16.0  # of a passage: 16 words unchanged, or more where some were changed; names with titles are shorter
LEAST_BESIDE_QUOTATIONS = 12.0  # of a passage where both also give the same MUCH_QUOTED words of quotations
MUCH_QUOTED = 40
MOST_OF_IT = 0.5  # of the shorter text: whoever gives that much was not just at the same press conference
LEAST_FURTHER = 10.0  # of another passage where there is one
LEAST_QUOTATION = 8  # words of a quotation that both give
LEAST_OWN = 8  # unchanged words outside quotation marks in both, without which a passage is a quotation
SAME_CHOICE = 3  # quotations that both give one after the other: nobody chooses the same ones by chance
MOST_NAMED = 0.7  # of a passage's words: a list of names and offices is given by the matter, and copied from nobody
LEAST_CHOSEN = 4  # words of each, and words outside them

_ABBREVIATED = 3  # letters of the longest part of an abbreviation, as "U.S.": "Rep", "Va"

Column = tuple[int, int, bool]  # a word of either text, -1 for none, and whether they are the same


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage that stands in two texts: where in each, how many of its words are the same, and its kind."""

    a: Span
    b: Span
    words: int
    kind: PassageKind


def passages(a: ComparedText, b: ComparedText) -> tuple[Passage, ...]:
    """The passages that two texts share, in the order of the first; the same ones whichever is first."""
    if (len(b), b.text) < (len(a), a.text):
        return tuple(sorted((_turned(one) for one in passages(b, a)), key=lambda one: one.a))
    found: list[tuple[float, Passage]] = []
    taken_a, taken_b = np.zeros(len(a), bool), np.zeros(len(b), bool)
    for region_a, region_b in _regions(a, b):
        columns = _aligned(a, b, region_a, region_b, taken_a, taken_b)
        for first, last, score in _best_stretches(columns):
            passage = _passage(a, b, columns[first : last + 1], score)
            if passage:
                found.append((score, passage))
                _take(columns[first : last + 1], taken_a, taken_b)
    kept = _told_from_phrases(found)
    same = sum(one.words for one in kept)
    if same >= max(MUCH_QUOTED, MOST_OF_IT * min(len(a), len(b))):
        kept = [replace(one, kind=PassageKind.PASSAGE) for one in kept]
    return tuple(sorted(kept, key=lambda one: one.a))


def whole_text(text: str) -> Passage:
    """The passage of two documents whose texts are equal: all of it."""
    span = Span(0, len(text))
    return Passage(span, span, len(text.split()), PassageKind.PASSAGE)


def quotation_drift(text_a: str, span_a: Span, text_b: str, span_b: Span) -> tuple[tuple[Span, Span], ...]:
    """The words that differ between two versions of a quotation, as pairs of spans of the two texts.

    Where one has words that the other has not, the other's span is empty and stands where they are missing.
    Case, punctuation and the shape of marks are no difference.
    """
    a, b = list(words_in(text_a, span_a)), list(words_in(text_b, span_b))
    found = []
    for step in Levenshtein.opcodes([one for _, one in a], [one for _, one in b]):
        if step.tag != "equal":
            before = _from_word(a, step.src_start, step.src_end, span_a)
            found.append((before, _from_word(b, step.dest_start, step.dest_end, span_b)))
    return tuple(_joined(found))


def _from_word(words: list[tuple[Span, int]], first: int, end: int, within: Span) -> Span:
    """The stretch from one word up to another; an empty one stands after the word before it."""
    if first < end:
        return Span(words[first][0].start, words[end - 1][0].end)
    place = words[first - 1][0].end if first else within.start
    return Span(place, place)


def _joined(pairs: list[tuple[Span, Span]]) -> Iterator[tuple[Span, Span]]:
    """Differences, those in one that have no word between them in either text."""
    held: tuple[Span, Span] | None = None
    for a, b in pairs:
        if held and a.start - held[0].end <= 1 and b.start - held[1].end <= 1:
            held = Span(held[0].start, max(a.end, held[0].end)), Span(held[1].start, max(b.end, held[1].end))
            continue
        if held:
            yield held
        held = a, b
    if held:
        yield held


def _turned(one: Passage) -> Passage:
    return Passage(one.b, one.a, one.words, one.kind)


def _regions(a: ComparedText, b: ComparedText) -> list[tuple[range, range]]:
    """Where passages may be: the words from the first to the last seed of each chain and some around, the
    chains with most seeds first."""
    chains = sorted(_chains(_seeds(a, b)), key=lambda seeds: (-_seeded(seeds), seeds))
    return [
        (_around(seeds[0][0], seeds[-1][0], len(a)), _around(seeds[0][1], seeds[-1][1], len(b)))
        for seeds in chains
        if _seeded(seeds) >= LEAST_SEEDED
    ]


def _around(first: int, last: int, length: int) -> range:
    return range(max(0, first - MARGIN), min(length, last + SEED + MARGIN))


def _seeds(a: ComparedText, b: ComparedText) -> Iterator[tuple[int, int]]:
    """The places in both texts of each run of words that they share, in the order of the first."""
    pairs = [
        pair
        for run in a.seeds.keys() & b.seeds.keys()
        if len(a.seeds[run]) <= COMMONEST and len(b.seeds[run]) <= COMMONEST
        for pair in product(a.seeds[run], b.seeds[run])
    ]
    return iter(sorted(pairs))


def _chains(seeds: Iterator[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Seeds that follow each other in both texts at about the same distance."""
    done: list[list[tuple[int, int]]] = []
    open_: list[list[tuple[int, int]]] = []
    for i, j in seeds:
        ended = [chain for chain in open_ if i - chain[-1][0] > CHAIN_GAP]
        if ended:
            done += ended
            open_ = [chain for chain in open_ if i - chain[-1][0] <= CHAIN_GAP]
        fitting = [chain for chain in open_ if _follows(chain[-1], (i, j))]
        if fitting:
            min(fitting, key=lambda chain: abs((i - chain[-1][0]) - (j - chain[-1][1]))).append((i, j))
        else:
            open_.append([(i, j)])
    return done + open_


def _follows(last: tuple[int, int], seed: tuple[int, int]) -> bool:
    by_a, by_b = seed[0] - last[0], seed[1] - last[1]
    return by_a > 0 and 0 < by_b <= CHAIN_GAP and abs(by_a - by_b) <= CHAIN_DRIFT


def _seeded(seeds: list[tuple[int, int]]) -> int:
    """How many words of the first text lie in a chain's seeds."""
    count, end = 0, -1
    for i, _ in seeds:
        count += i + SEED - max(i, end)
        end = i + SEED
    return count


def _aligned(
    a: ComparedText,
    b: ComparedText,
    in_a: range,
    in_b: range,
    taken_a: NDArray[np.bool_],
    taken_b: NDArray[np.bool_],
) -> list[Column]:
    """The words of two regions beside each other; those that are in a passage already are the same as none."""
    columns: list[Column] = []
    words_a, words_b = a.hashes[in_a.start : in_a.stop].tolist(), b.hashes[in_b.start : in_b.stop].tolist()
    for step in Levenshtein.opcodes(words_a, words_b):
        i0, i1, j0, j1, same = step.src_start, step.src_end, step.dest_start, step.dest_end, step.tag == "equal"
        for n in range(max(i1 - i0, j1 - j0)):
            i = in_a.start + i0 + n if i0 + n < i1 else -1
            j = in_b.start + j0 + n if j0 + n < j1 else -1
            columns.append((i, j, same and not taken_a[i] and not taken_b[j]))
    return columns


def _best_stretches(columns: list[Column]) -> list[tuple[int, int, float]]:
    """The stretches of an alignment with many more words the same than changed, from one such word to another,
    with their scores."""
    found = []
    first, score, best, best_at = 0, 0.0, 0.0, -1
    for at, (_, _, same) in enumerate([*columns, (-1, -1, False)]):
        if score < FROM_CHANCE and same:
            first, score, best, best_at = at, 0.0, 0.0, -1
        score += 1 if same else -CHANGED
        if score > best + FROM_CHANCE:
            best, best_at = score, at
        if score <= 0 or best - score > DROP or at == len(columns):
            if best >= min(LEAST_QUOTATION, LEAST_FURTHER):
                found.append((first, best_at, best))
            score, best, best_at = 0.0, 0.0, -1
    return found


def _passage(a: ComparedText, b: ComparedText, columns: list[Column], score: float) -> Passage | None:
    """What a stretch is; None where it is too little for a passage, and no quotation."""
    same = [(i, j) for i, j, equal in columns if equal]
    quoted = Counter(int(a.quotation[i] or -b.quotation[j]) for i, j in same)
    own = quoted.pop(0, 0)
    chosen = sum(words >= LEAST_CHOSEN for words in quoted.values())
    copied = own >= LEAST_OWN or (own >= LEAST_CHOSEN and chosen >= SAME_CHOICE)
    if score < LEAST_FURTHER if copied else quoted.total() < LEAST_QUOTATION:
        return None
    if copied and sum(_is_of_name(a.span(i, i).of(a.text)) for i, _ in same) > MOST_NAMED * len(same):
        return None
    (i0, j0), (i1, j1) = same[0], same[-1]
    kind = PassageKind.PASSAGE if copied else PassageKind.QUOTATION
    return Passage(a.span(i0, i1), b.span(j0, j1), len(same), kind)


def _is_of_name(word: str) -> bool:
    """Whether a word is printed as names and abbreviated offices are; a long one in capitals alone need not be one."""
    return word[0].isupper() and not (word.isupper() and len(word) > _ABBREVIATED)


def _told_from_phrases(found: list[tuple[float, Passage]]) -> list[Passage]:
    """All that was found, or the quotations alone where no passage is longer than names and phrases can be."""
    quoted = sum(one.words for _, one in found if one.kind is PassageKind.QUOTATION)
    least = LEAST_SCORE if quoted < MUCH_QUOTED else LEAST_BESIDE_QUOTATIONS
    long = any(score >= least and one.kind is PassageKind.PASSAGE for score, one in found)
    return [one for _, one in found if long or one.kind is PassageKind.QUOTATION]


def _take(columns: list[Column], taken_a: NDArray[np.bool_], taken_b: NDArray[np.bool_]) -> None:
    for i, j, _ in columns:
        if i >= 0:
            taken_a[i] = True
        if j >= 0:
            taken_b[j] = True
