"""Talk that is dismissed: "The mill brushed aside suggestions of links with the flood." A rule beside the model.

The model finds "denied that …" and often misses a verb of dismissing before a noun for what others say. The phrases are
in the lexicon (`dismissals.tsv`), the nouns in `word_lists.tsv`; the content is what is dismissed, its noun included.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

from sayso.extract.decode import Found
from sayso.extract.unanswered import end_of_sentence, subject_of
from sayso.extract.words import Words
from sayso.lexicon import Lexicon, word_list

_MOST_BEFORE_NOUN = 3  # words: "any such wild talk of"
_TALK = word_list("nouns for what others say")
_HELPERS = word_list("helping verbs")
_LEADING = frozenset(("of", "that", "about", "for"))
_ENDS = word_list("words that begin a clause") | {"who", "which", ",", ";", ":", "—", "–", "(", "as"}


def dismissals(words: Words, lower: Sequence[str], found: Sequence[Found], lexicon: Lexicon) -> list[Found]:
    """The attributions found, and dismissals that are not among them: those outside quotations and others' contents."""
    taken = {i for f in found for a, b in (f.cue, *f.content) for i in range(a, b)}
    cued = {i for f in found for i in range(*f.cue)}
    rows: dict[str, list[list[str]]] = {}
    for row in lexicon.tables["dismissals"]:
        phrase = row["phrase"].split()
        for form in row["forms"].split():
            rows.setdefault(form, []).append(phrase)
    more = []
    for place, word in enumerate(lower):
        if word not in rows or words.quote[place] or place in taken:
            continue
        one = _dismissal(words, lower, place, rows[word], cued)
        if one and not taken & {i for a, b in (one.cue, *one.content) for i in range(a, b)}:
            more.append(one)
    return [*found, *more]


def _dismissal(
    words: Words, lower: Sequence[str], place: int, phrases: Sequence[Sequence[str]], cued: Set[int]
) -> Found | None:
    """The dismissal whose verb stands at a word."""
    for phrase in sorted(phrases, key=len, reverse=True):
        stop = place + len(phrase)
        if list(lower[place + 1 : stop]) != list(phrase[1:]):
            continue
        end = end_of_sentence(words, lower, place)
        nouns = range(stop, min(stop + _MOST_BEFORE_NOUN + 1, end - 1))
        noun = next((i for i in nouns if lower[i] in _TALK and lower[i + 1] in _LEADING), None)
        if noun is None or not words.spoken[stop:noun].all():
            continue
        close = next((i for i in range(noun + 2, end) if lower[i] in _ENDS or words.quote[i] > 1), end)
        while close > noun + 1 and not words.spoken[close - 1]:
            close -= 1
        first = place
        while first and lower[first - 1] in _HELPERS:
            first -= 1
        subject = subject_of(words, lower, first, cued)
        if subject and close > noun + 2:
            return Found((first, stop), subject, ((stop, close),), ())
    return None
