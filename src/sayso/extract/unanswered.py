"""Silence: "The mill did not respond to a request for comment." A rule beside the model, which seldom finds it.

Annotators mark such sentences about every second time, and what the model learned from them is as uneven. The
phrases are in the lexicon (`unanswered.tsv`); who was silent is the subject before them, and the content is what was
not answered.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

from sayso.extract.decode import Found, Range
from sayso.extract.words import NEW_PARAGRAPH, Words
from sayso.lexicon import Lexicon, word_list

_MOST_BETWEEN = 3  # words inside a phrase: "did not immediately respond on Sunday to"
_LONGEST_SUBJECT = 30  # words
_LONGEST_REQUEST = 12  # words from a silence to what was asked: "to two emails and a call on Friday [asking]"
_ASKING = frozenset(("asking", "inquiring", "requesting", "seeking"))
_NEAR = 8  # words of a content in which it is named what was asked
_HELPERS = word_list("helping verbs of silence")
_REQUESTS = word_list("nouns of a request")
_CLAUSE_STARTS = word_list("words that begin a clause")
_OPENINGS = word_list("words before a subject")
_ABBREVIATED = word_list("abbreviations before a name")
_IN_WORDS = frozenset(("'", "’", "-", "‑", "&"))


def unanswered(words: Words, lower: Sequence[str], found: Sequence[Found], lexicon: Lexicon) -> list[Found]:
    """The attributions found, and silences that are not among them: those outside quotations and others' contents."""
    cued = {i for f in found for i in range(*f.cue)}
    said = {i: f for f in found for a, b in (f.cue, *f.content) for i in range(a, b)}
    more = []
    mistaken = []
    for place, word in enumerate(lower):
        if (word in _HELPERS or word.removesuffix("n") in _HELPERS) and not words.quote[place]:  # "did", "didn't"
            silence = _silence(words, lower, place, cued, lexicon)
            if silence is None:
                continue
            others = [said[i] for a, b in (silence.cue, *silence.content) for i in range(a, b) if i in said]
            if all(_asked(lower, other, silence) for other in others):
                more.append(silence)
                mistaken += [f for f in found if _asked(lower, f, silence)]
    return [*(f for f in found if f not in mistaken), *more]


def _asked(lower: Sequence[str], one: Found, silence: Found) -> bool:
    """Whether an attribution takes for the words of who is silent what the outlet asked: "did not respond to an email
    asking whether …"."""
    same = one.source == silence.source and silence.cue[1] <= one.cue[0]
    return same and lower[one.cue[0]] in _ASKING and one.cue[0] - silence.cue[1] <= _LONGEST_REQUEST


def _silence(words: Words, lower: Sequence[str], place: int, cued: Set[int], lexicon: Lexicon) -> Found | None:
    """The silence whose helping verb stands at a word."""
    after, negated = _behind_not(lower, place + 1)
    end = end_of_sentence(words, lower, place)
    for row in lexicon.tables["unanswered"]:
        stop = _matched(lower, row["phrase"].split(), after, end) if negated == (row["negated"] == "yes") else None
        asked = stop if stop is None or not row["to"] else _matched(lower, [row["to"]], stop, end)
        if stop is None or asked is None:
            continue
        close = next((i for i in range(asked, end) if _ends_content(words, lower, i)), end)
        close -= lower[close - 1] in _ASKING  # "an email [asking whether …]"
        start, stop = (asked - 1, stop) if row["to"] == "for" else (asked, asked)  # "for comment"; "to" is of the cue
        subject = subject_of(words, lower, place, cued)
        if subject and any(word in _REQUESTS for word in lower[asked : min(close, asked + _NEAR)]):
            return Found((place, stop), subject, ((start, close),), ())
    return None


def _ends_content(words: Words, lower: Sequence[str], place: int) -> bool:
    word = lower[place]
    return word in _CLAUSE_STARTS or word in ("who", "which") or not (words.spoken[place] or word in _IN_WORDS)


def _behind_not(lower: Sequence[str], place: int) -> tuple[int, bool]:
    """The word behind "not", with what may stand before it, and whether there is one: "did not", "didn't"."""
    if tuple(lower[place : place + 2]) in (("'", "t"), ("’", "t")):
        return place + 2, True
    for i in range(place, min(place + 2, len(lower))):
        if lower[i] == "not":
            return i + 1, True
    return place, False


def _matched(lower: Sequence[str], wanted: Sequence[str], start: int, end: int) -> int | None:
    """Where some words end that follow in this order, with few others between; None where they do not follow."""
    for word in wanted:
        window = range(start, min(start + 1 + _MOST_BETWEEN, end))
        place = next((i for i in window if lower[i] == word), None)
        if place is None or any(not lower[i][0].isalnum() for i in range(start, place)):
            return None
        start = place + 1
    return start


def end_of_sentence(words: Words, lower: Sequence[str], place: int) -> int:
    """The word behind the sentence that a word stands in."""
    for i in range(place, len(lower)):
        if words.gap[i] == NEW_PARAGRAPH and i > place:
            return i
        if lower[i] in (".", "!", "?") and (i + 1 == len(lower) or words.gap[i + 1]):
            return i
    return len(lower)


def subject_of(words: Words, lower: Sequence[str], verb: int, cued: Set[int]) -> Range | None:
    """The words before a verb that name who does it; None where they are too many or none."""
    end = verb
    if end and lower[end - 1] == "who":  # "Bill Hale, who did not respond …"
        end -= 1
    apposed = bool(end) and lower[end - 1] == ","
    end -= apposed
    start = end
    while start and words.gap[start] != NEW_PARAGRAPH:
        before = lower[start - 1]
        stop = before == "." and lower[start - 2] not in _ABBREVIATED and bool(words.gap[start])
        if stop or start - 1 in cued or before in _CLAUSE_STARTS or (before == "," and not apposed):
            break
        if not words.spoken[start - 1] and before not in (",", ".") and before not in _IN_WORDS:
            break
        start -= 1
    helper = max((i for i in range(start, end) if lower[i] in _HELPERS), default=end)
    start = next((i + 1 for i in range(helper, end) if lower[i] == "and" and not apposed), start)
    while start < end and lower[start] in _OPENINGS:
        start += 1
    while start < end and lower[end - 1] in _OPENINGS:
        end -= 1
    return (start, end) if 0 < end - start <= _LONGEST_SUBJECT else None
