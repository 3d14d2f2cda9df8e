"""What the words of an attribution show of how it was said: the signs beside the encoder's states.

Each sign is a number that a reader could find again: which acts the cue's lexicon rows name, whether a
negation stands in the cue or early in the content, which hedges stand where, how the content begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sayso.extract.words import CLOSING_MARK, OPENING_MARK, Words
from sayso.lexicon import Lexicon
from sayso.model import Act, Certainty
from sayso.qualify.cues import NEGATIONS, inflected, is_negated, rows_in

Floats = NDArray[np.float32]
Range = tuple[int, int]

ACTS = tuple(Act)
CERTAINTIES = tuple(Certainty)
EARLY = 10  # words of a content among which its main verb's negation is looked for
BEGINNINGS = (
    "that",
    "to",
    "whether if what who why how when where",
    "a an the his her its their this",
    "i we",
    "it",
    "he she they",
)
MODALS = (
    "will ’ll 'll",
    "would ’d 'd",
    "may might could",
    "should must ought",
    "can",
    "is are was were be been being",
    "do does did",
    "has have had",
)
NEGATIVE_SUBJECTS = frozenset(("no", "nobody", "none", "nothing", "neither", "hardly", "unlikely", "few"))


@dataclass(frozen=True)
class Hedge:
    """Words that show how sure somebody is: where they stand, and what they read as."""

    words: Range
    certainty: Certainty
    strong: bool = False  # decides by itself, early in a content


@cache
def hedge_index(lexicon: Lexicon) -> dict[str, tuple[tuple[tuple[str, ...], Certainty, bool], ...]]:
    """Hedges by every form of their first word, the longest first."""
    index: dict[str, list[tuple[tuple[str, ...], Certainty, bool]]] = {}
    for row in lexicon.tables["hedges"]:
        words = tuple(row["hedge"].split())
        regular = inflected(words[0]) if len(words[0]) > 3 else frozenset((words[0],))
        for form in regular | frozenset(row["forms"].split()):
            index.setdefault(form, []).append((words, Certainty(row["certainty"]), row["strong"] == "yes"))
    return {form: tuple(sorted(rows, key=lambda r: -len(r[0]))) for form, rows in index.items()}


def hedges_in(lower: Sequence[str], start: int, end: int, lexicon: Lexicon) -> list[Hedge]:
    """The hedges among the words [start, end), in order."""
    index, found, place = hedge_index(lexicon), [], start
    while place < end:
        for words, certainty, strong in index.get(lower[place], ()):
            if tuple(lower[place + 1 : place + len(words)]) == words[1:] and place + len(words) <= end:
                found.append(Hedge((place, place + len(words)), certainty, strong))
                place += len(words) - 1
                break
        place += 1
    return found


def signs_of(
    words: Words, lower: Sequence[str], source: Range | None, cue: Range, content: Sequence[Range], lexicon: Lexicon
) -> Floats:
    """The signs [SIGNS] of one attribution, given by its words."""
    said = lower[cue[0] : cue[1]]
    rows = rows_in(said, lexicon)
    first, every = np.zeros(len(ACTS) + 1), np.zeros(len(ACTS))
    sure = np.zeros(len(CERTAINTIES) + 1)
    if rows:
        first[ACTS.index(rows[0].act)] = 1
        sure[CERTAINTIES.index(rows[0].certainty) if rows[0].certainty else -1] = 1
    else:
        first[-1] = 1
    for row in rows:
        every[ACTS.index(row.act)] = 1
    inside = [i for a, b in content for i in range(a, b)]
    told = [lower[i] for i in inside]
    early = told[:EARLY]
    spoken = [t for t in told[:4] if t[0].isalnum()]
    quotes = words.quote[inside] if inside else np.zeros(0)
    marks = int(((quotes == OPENING_MARK) | (quotes == CLOSING_MARK)).sum())
    after = lower[content[-1][1]] if content and content[-1][1] < len(lower) else ""
    beginning = [float(bool(spoken) and spoken[0] in options.split()) for options in BEGINNINGS]
    modals = [float(any(w in options.split() for w in said)) for options in MODALS]
    modals += [float(any(w in options.split() for w in early)) for options in MODALS]
    early_end = inside[min(EARLY + 4, len(inside)) - 1] + 1 if inside else 0
    hedges = hedges_in(lower, *cue, lexicon), hedges_in(lower, inside[0], early_end, lexicon) if inside else []
    hedged = [float(any(h.certainty == c for h in group)) for group in hedges for c in CERTAINTIES]
    who = lower[source[0] : source[1]] if source else []
    numbers = [
        rows[0].negates if rows else 0.0,
        is_negated(said),
        is_negated(early),
        is_negated(told),
        is_negated(told[EARLY : 3 * EARLY]),
        bool(early) and any(w in NEGATIVE_SUBJECTS for w in early[:4]),
        "only" in early and is_negated(early),
        "?" in told or after == "?",
        bool(inside) and words.quote[inside[0]] != 0,
        float((quotes > 0).mean()) if inside else 0.0,
        marks > 0,
        min(len(inside), 60) / 30,
        len(inside) < 4,
        len(content) > 1,
        bool(inside) and inside[0] < cue[0],
        source is None,
        any(w in ("i", "we", "my", "our") for w in who),
        any(w in NEGATIONS or w in NEGATIVE_SUBJECTS for w in who),
        any(w in ("i", "we") for w in early) and any(w in ("think", "believe", "hope", "guess", "feel") for w in early),
        bool(said) and said[0] == "to",
        bool(said) and said[-1].endswith("ing"),
        cue[1] - cue[0] > 1,
        any(w in ("if", "unless") for w in told),
        any(w in ("i", "you") for w in told) and "!" in told,
    ]
    return np.concatenate([first, every, sure, beginning, modals, hedged, np.array(numbers, dtype=float)]).astype(
        np.float32
    )


SIGNS = 2 * len(ACTS) + 1 + len(CERTAINTIES) + 1 + len(BEGINNINGS) + 2 * len(MODALS) + 2 * len(CERTAINTIES) + 24
