"""Attributions inside the content of others: a second look, at the same states.

The corpus that the tagger learned from does not nest, so its cues stop at a content's border. Cues inside are
found by the mention model, which learned them from the project's own labels; their source and content by the
same head as all others', but only within the content that holds them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sayso.extract.chain import Floats
from sayso.extract.decode import Cue, Found, Inside, Range, find_inside
from sayso.extract.words import NEW_PARAGRAPH, Words
from sayso.lexicon import word_list

_ABBREVIATED = word_list("abbreviations before a name")
_JOINING = frozenset(("and", "but", "or", "so", "yet", "because"))
_SUBJECTS = frozenset(("i", "you", "he", "she", "it", "we", "they", "if", "when", "that", "this", "there"))
_REASONS = frozenset(("because", "but", "while", "though"))
_HELPERS = word_list("helping verbs of silence")
SURE = 0.5  # probability of a cue's words, on average, for an attribution inside another


@dataclass(frozen=True)
class Nested:
    """An attribution, and the place of the one that holds it in the same list."""

    found: Found
    within: int | None


def inner_cues(words: Words, scores: Floats, start: int) -> list[Cue]:
    """Runs of words that may be cues inside contents, given the mention model's scores [words, 3] from `start` on.

    A word that an apostrophe cuts ("don't") is in a cue whole.
    """
    if not len(scores):
        return []
    top = np.exp(scores - scores.max(1, keepdims=True))
    share = top / top.sum(1, keepdims=True)
    inside = 1 - share[:, 0]
    cues: list[Cue] = []
    i, n = 0, len(scores)
    while i < n:
        if inside[i] < SURE:
            i += 1
            continue
        begin, i = i, i + 1
        while i < n and ((inside[i] >= SURE and share[i, 1] < share[i, 2]) or _cut(words, start + i)):
            i += 1
        while begin and _cut(words, start + begin):
            begin -= 1
        if i - begin > 2 and _lower(words, start + begin) in _SUBJECTS and _lower(words, start + begin + 1) in "'’":
            begin += 2  # "I've said" is the source "I" and the cue "ve said"
        chance = inside[begin:i]
        cues.append(Cue((begin + start, i + start), float(chance.mean()), float(chance.min())))
    return cues


def _cut(words: Words, word: int) -> bool:
    """Whether no space stands before a word and an apostrophe beside it: "n't" is "n", "'" and "t"."""
    if word < 1 or words.gap[word]:
        return False
    pair = words.text[int(words.start[word - 1]) : int(words.end[word])]
    return any(c in pair for c in "'’") and pair[0].isalpha() | pair[-1].isalpha() and len(pair) < 12


def nest(
    words: Words,
    found: Sequence[Found],
    cues: Sequence[Cue],
    scores: Callable[[Range], Floats],
    change: Floats,
) -> list[Nested]:
    """All attributions by the place of their cues: those found, and those inside their contents.

    One points to the closest other whose content holds its cue and its content.
    """
    content_of = np.full(len(words), -1)
    for i, f in enumerate(found):
        for a, b in f.content:
            content_of[a:b] = i
    every = list(found)
    groups: dict[int, list[int]] = {}  # by the attribution found first whose content they lie in
    for i, f in enumerate(found):
        holder = int(content_of[f.cue[0]])
        if holder not in (-1, i):
            groups.setdefault(holder, []).append(i)
    cued = np.zeros(len(words), dtype=bool)  # in a turn of a transcript stand attributions that were found before it
    for f in found:
        cued[slice(*f.cue)] = True
    held = [(c, int(content_of[c.words[0]])) for c in cues if not cued[slice(*c.words)].any()]
    held = [(c, holder) for c, holder in held if holder >= 0 and content_of[c.words[1] - 1] == holder]
    places = [Inside(c, *_clause(words, c.words, found[holder].content)) for c, holder in held]
    for inner, (_, holder) in zip(find_inside(words, places, scores, change), held, strict=True):
        if inner is not None:
            inner = replace(inner, content=_first_clause(words, inner))
        if inner is not None and not _whole(words, inner, found[holder]):
            groups.setdefault(holder, []).append(len(every))
            every.append(inner)
    order = sorted(range(len(every)), key=lambda k: every[k].cue)
    place = {k: at for at, k in enumerate(order)}
    within: dict[int, int] = {}
    for holder, inside in groups.items():
        for k in inside:
            closest = [j for j in (holder, *inside) if j != k and _holds(every[j], every[k])]
            if closest:
                within[k] = min(closest, key=lambda j: (_size(every[j]), place[j]))
    return [Nested(every[k], place[within[k]] if k in within else None) for k in order]


def _clause(words: Words, cue: Range, content: Sequence[Range]) -> tuple[tuple[Range, ...], bool]:
    """The part of a content that lies in the cue's sentence, and whether words of it follow the cue: then the
    attribution's content does ("experts say that …"), and else it stands before ("…, experts say").

    Sentences are cut here also where they stand within one quotation.
    """

    def ends(word: int) -> bool:
        if words.gap[word] == NEW_PARAGRAPH:
            return True
        mark = words.text[int(words.start[word]) : int(words.end[word])]
        last = word + 1 == len(words) or bool(words.gap[word + 1])
        return last and (mark in ("!", "?") or (mark == "." and not _abbreviates(words, word)))

    low = next((i + 1 for i in range(cue[0] - 1, -1, -1) if ends(i)), 0)
    high = next((i + 1 for i in range(cue[1], len(words)) if ends(i)), len(words))
    open_ = tuple((max(a, low), min(b, high)) for a, b in content if max(a, low) < min(b, high))
    after = sum(int(words.spoken[max(a, cue[1]) : b].sum()) for a, b in open_ if b > cue[1])
    direct = cue[1] < len(words) and bool(words.spoken[cue[1]])
    return open_, after >= 2 and direct


def _abbreviates(words: Words, stop: int) -> bool:
    """Whether a full stop only shortens the word before it: "Mr.", "U.S.", "F. Ruiz"."""
    before = _lower(words, stop - 1) if stop and not words.gap[stop] else ""
    return before in _ABBREVIATED or (len(before) == 1 and words.case[stop - 1] == 2)


def _first_clause(words: Words, one: Found) -> tuple[Range, ...]:
    """A content behind its cue, without the clauses that go on with somebody else: "would answer the question[, and he
    would look at me]". What is quoted within it stays whole."""
    pieces = []
    for start, end in one.content:
        stop = end if start < one.cue[1] else next((i for i in range(start + 1, end) if _goes_on(words, i)), end)
        pieces.append((start, stop))
        if stop < end:
            break
    return tuple(pieces)


def _goes_on(words: Words, place: int) -> bool:
    """Whether a clause begins here that is not said any more: "[because …", "[, and he would look", "[and doesn't"."""
    word, following = _lower(words, place), [_lower(words, i) for i in range(place + 1, min(place + 3, len(words)))]
    if word == "," and following[:1] and following[0] in _JOINING:
        return len(following) == 2 and following[1] in _SUBJECTS
    if word in _REASONS:
        return bool(words.quote[place] == words.quote[place - 1])
    after = following[0] if word in _JOINING and following else "that"
    return after != "that" and (after in _SUBJECTS or after in _HELPERS)


def _lower(words: Words, place: int) -> str:
    return words.text[int(words.start[place]) : int(words.end[place])].lower()


def _size(one: Found) -> int:
    return sum(b - a for a, b in one.content)


def _holds(outer: Found, inner: Found) -> bool:
    """Whether a content holds the cue and the content of another attribution, and more."""
    low, high = min(a for a, _ in outer.content), max(b for _, b in outer.content)
    in_content = any(a <= inner.cue[0] and inner.cue[1] <= b for a, b in outer.content)
    return in_content and all(low <= a and b <= high for a, b in inner.content) and _size(outer) > _size(inner)


def _whole(words: Words, inner: Found, holder: Found) -> bool:
    """Whether nothing is left of the holder's content but the inner one's, or a cue of nobody's before it ("dismissed
    [claims of a link]"): then it is no other attribution."""
    cue = () if inner.source else (inner.cue,)
    mine = {i for a, b in (*cue, *inner.content) for i in range(a, b)}
    return all(i in mine for a, b in holder.content for i in range(a, b) if words.spoken[i])
