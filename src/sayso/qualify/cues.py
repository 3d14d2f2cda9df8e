"""Which rows of the cue lexicon a cue holds: "had declined to comment" holds "decline to comment" and "decline"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from sayso.lexicon import Lexicon, word_list
from sayso.model import Act, Certainty

_GAP = 3  # words that may stand between two words of a phrase: "made it clear", "took to her Twitter account"
_VOWELS = "aeiou"
NEGATIONS = frozenset(("not", "n't", "n’t", "never", "nor", "neither", "t", "without", "cannot"))


@dataclass(frozen=True)
class CueRow:
    """A row of the cue lexicon: its words in lower case, and how it reads."""

    words: tuple[str, ...]
    act: Act
    certainty: Certainty | None
    negates: bool  # presents its content as not so
    when_negated: bool  # reads so only where the cue is negated ("not respond")


_IRREGULAR = {
    "be": frozenset(("am", "is", "are", "was", "were", "been", "being")),
    "have": frozenset(("has", "had", "having")),
}


@cache
def inflected(word: str) -> frozenset[str]:
    """The regular forms of a verb or noun, itself among them."""
    forms = {word, word + "s", word + "ed", word + "ing"}
    if word.endswith("e"):
        forms |= {word + "d", word[:-1] + "ing"}
    if word.endswith("ie"):
        forms.add(word[:-2] + "ying")
    if word.endswith("y") and len(word) > 2 and word[-2] not in _VOWELS:
        forms |= {word[:-1] + "ies", word[:-1] + "ied"}
    if word.endswith(("s", "sh", "ch", "x", "z")):
        forms.add(word + "es")
    doubled = len(word) > 2 and word[-1] not in _VOWELS + "wxy" and word[-2] in _VOWELS
    if doubled and (word[-3] not in _VOWELS or word[-3:-1] == "ui"):
        forms |= {word + word[-1] + "ed", word + word[-1] + "ing"}
    return frozenset(forms)


@cache
def cue_index(lexicon: Lexicon) -> dict[str, tuple[CueRow, ...]]:
    """The rows by every form of their first word, the longest phrases first."""
    index: dict[str, list[CueRow]] = {}
    for row in lexicon.tables["cues"]:
        words = tuple(re.findall(r"\w+|[^\w\s]", row["cue"].lower()))
        negated = words[0] == "not" and len(words) > 1
        words = words[1:] if negated else words
        certainty = Certainty(row["certainty"]) if row["certainty"] else None
        entry = CueRow(words, Act(row["act"]), certainty, row["negated"] == "yes", negated)
        for form in (
            inflected(words[0]) | _IRREGULAR.get(words[0], frozenset()) | frozenset(row["forms"].lower().split())
        ):
            index.setdefault(form, []).append(entry)
    return {form: tuple(sorted(rows, key=lambda r: -len(r.words))) for form, rows in index.items()}


def rows_in(cue: Sequence[str], lexicon: Lexicon) -> list[CueRow]:
    """The rows that a cue (its words in lower case) holds: the best first.

    A phrase is better than its first word alone, a row for a negated cue better than the plain one, a word
    of content better than a bare preposition, and of two verbs the last: "went on to say" says.
    """
    index = cue_index(lexicon)
    negated = is_negated(cue)
    found: list[tuple[tuple[int, int, int, int], CueRow]] = []
    for place, word in enumerate(cue):
        for row in index.get(word, ()):
            if row.when_negated and not negated:
                continue
            if _follows(row.words[1:], cue[place + 1 :]):
                bare = len(row.words) == 1 and is_weak(word)
                found.append(((-bare, len(row.words), row.when_negated, place), row))
    found.sort(key=lambda pair: pair[0], reverse=True)
    return [row for _, row in found]


_WEAK = word_list("weak cue words")


def is_weak(word: str) -> bool:
    """Whether a word attributes only now and then: "for", "with", "has"."""
    return len(word) < 3 or word in _WEAK


def reports(cue: Sequence[str], lexicon: Lexicon) -> bool:
    """Whether a cue (its words in lower case) holds a row of the lexicon that is more than a weak word."""
    rows = rows_in(cue, lexicon)
    return bool(rows) and not (len(rows[0].words) == 1 and is_weak(rows[0].words[0]))


def is_negated(words: Iterable[str]) -> bool:
    """Whether a negation stands among the words."""
    return any(word in NEGATIONS for word in words)


def _follows(rest: Sequence[str], words: Sequence[str]) -> bool:
    """Whether the rest of a phrase stands in the words, in order, with few words between."""
    place = -1
    for wanted in rest:
        forms = inflected(wanted) if len(wanted) > 3 else (wanted,)
        window = range(place + 1, min(place + 2 + _GAP, len(words)))
        place = next((i for i in window if words[i] in forms), -1)
        if place < 0:
            return False
    return True
