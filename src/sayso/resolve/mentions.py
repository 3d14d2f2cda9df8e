"""Mentions in a text: names, descriptions and pronouns, from what the mention model says of each word.

All ranges are of words, half-open.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np

from sayso.extract.words import CLOSING_MARK, OPENING_MARK, Words
from sayso.lexicon import Lexicon, word_list
from sayso.resolve.forms import Floats, singular
from sayso.resolve.scores import LEFT, NAME_TYPES, RIGHT, SPAN, MentionScores

Range = tuple[int, int]

_JOINED = frozenset((".", "-", "’", "'", "&", "‑"))  # marks inside a name: "F.", "Jong-un", "O'Brien", "AT&T"
_SURE = 0.5  # probability of a word to be in a name
_GOES_ON = 0.3  # the same, for one with a capital right behind a name
_BEHIND_THE = 0.2  # the same, for one behind a "The" that keeps its capital within a sentence: "told The Beacon"
# Words that head no description: the mention model knows them from fewer texts than a grammar does.
_NEVER_HEADS = word_list("words that head no description")
_PARTICLES = word_list("particles of surnames")
_ARTICLES = frozenset(("a", "an", "the"))
_OPENINGS = ([OPENING_MARK], [OPENING_MARK, OPENING_MARK])
_OUTLET_ENDINGS = word_list("ends of newspapers' names")
PAPERS = frozenset(("newspaper", "tabloid", "magazine"))  # behind a name and no part of it


@dataclass(frozen=True)
class Name:
    """A name: its words without title, and what it is a name of."""

    start: int
    end: int
    type: str  # of NAME_TYPES


@dataclass(frozen=True)
class Mention:
    """Someone or something is mentioned: by a name, a description or a pronoun."""

    start: int
    end: int
    head: int
    type: str  # of NAME_TYPES
    name: Name | None = None


def find_names(words: Words, lower: Sequence[str], scores: MentionScores, lexicon: Lexicon) -> list[Name]:
    """The names of a document, in order; none share a word."""
    probability = scores.names
    if not len(probability):
        return []
    begins, goes_on = probability[:, 1::2], probability[:, 2::2]
    any_name = 1 - probability[:, 0]
    surface = [words.text[a:b] for a, b in zip(words.start.tolist(), words.end.tolist(), strict=True)]
    found: list[Name] = []
    i, n = 0, len(lower)
    while i < n:
        known = known_name(words, lower, surface, i, lexicon)
        if known is not None and any_name[i] < _SURE:
            found.append(known)
            i = known.end
            continue
        titled = _keeps_the(words, surface, i)
        if any_name[i] < (_BEHIND_THE if titled else _SURE) or not (
            words.case[i] >= 2 or any(c.isdigit() for c in surface[i])
        ):
            i += 1
            continue
        if lower[i] in lexicon.pronouns and surface[i].istitle() and not (i + 1 < n and any_name[i + 1] >= _SURE):
            i += 1  # "She and Owen Hale"
            continue
        start, i = i, i + 1
        weight = begins[start] + goes_on[start]
        while i < n and words.gap[i] < 2:
            mark = surface[i] in _JOINED and not words.gap[i]
            after = not words.gap[i] and surface[i - 1] in _JOINED
            least = _GOES_ON if words.case[i] >= 2 else _SURE
            inside = any_name[i] >= least and (goes_on[i].sum() >= begins[i].sum() or after)
            inside |= after and surface[i - 1] in ("-", "‑") and words.case[i] >= 2  # "Quist-Adeyo"
            if not inside and not (mark and i + 1 < n and not words.gap[i + 1] and any_name[i + 1] >= _SURE):
                break
            weight = weight + goes_on[i] + begins[i]
            i += 1
        while i < n and lower[i - 1] in ("of", "for", "on") and words.case[i] >= 2:
            i += 1  # "University of Fenwick"
        while (
            i + 1 < n
            and surface[i] in ("-", "‑")
            and not words.gap[i]
            and not words.gap[i + 1]
            and words.case[i + 1] >= 2
        ):
            i += 2
        while (
            start > 1
            and surface[start - 1] in ("-", "‑")
            and not words.gap[start]
            and not words.gap[start - 1]
            and words.case[start - 2] >= 2
        ):
            start -= 2  # "Orr-Fenwick Harbour Board"
        end = _without_marks(surface, lower, start, i, lexicon)
        if end > start + 2 and words.case[end - 2] >= 2 and lower[end - 1] in PAPERS and words.case[end - 1] == 1:
            end -= 1  # "the Velm Times [tabloid]"
        type_ = NAME_TYPES[int(np.argmax(weight))]
        if type_ == "person" and (titled or _is_outlet(surface, lower, start, end, lexicon)):
            type_ = "organization"
        if type_ == "other" and titled and end - start == 1:
            type_ = "organization"  # of one word, as outlets have them and laws and books seldom do
        if _is_description(words, lower, start, end, lexicon):
            continue
        start = _without_article(lower, surface, start, end, type_, lexicon)
        start = _with_capitals(words, lower, start, type_, lexicon)
        if any(lower[k] not in ("the", "a", "an") and lower[k][0].isalnum() for k in range(start, end)):
            start, end = _with_particle(words, lower, start, type_), _with_circuit(words, lower, start, end, type_)
            before = found[-1] if found else None
            if before and _is_one_name(words, surface, before, start, type_, lexicon):
                found[-1] = Name(before.start, end, type_)
            else:
                found.append(Name(start, end, type_))
        i = max(i, end)
    return _with_nicknames(words, found)


def _keeps_the(words: Words, surface: Sequence[str], place: int) -> bool:
    """Whether a word stands behind "The" with a capital within a sentence, as papers write each other's names."""
    if place < 2 or surface[place - 1] != "The" or words.gap[place] != 1 or words.gap[place - 1] != 1:
        return False
    return words.case[place] >= 2 and words.case[place - 2] < 2 and surface[place - 2].isalpha()


def _is_one_name(words: Words, surface: Sequence[str], before: Name, start: int, type_: str, lexicon: Lexicon) -> bool:
    """Whether two names that the model parts are one: "Birgitte" and "Seo Jr." side by side, "J." or "Owen J." and
    "Gerald Orr", "Friends of Ostrey" and "Fund"."""
    if before.type != type_ or words.gap[start] != 1:
        return False
    if type_ == "person":
        initial = len(surface[before.end - 1]) == 1
        return before.end == start or (initial and surface[before.end : start] == ["."])
    if type_ != "organization":
        return False
    if before.end + 1 == start and before.end - before.start == 1 and surface[before.end] == "for":
        return surface[before.start].lower() in lexicon.organization_heads  # "the Club for Ostrey Fund"
    joined = any(w in ("of", "for") for w in surface[before.start : before.end])
    return joined and before.end == start


def _with_nicknames(words: Words, found: Sequence[Name]) -> list[Name]:
    """The names, those put together that a nickname in quotation marks parts: "Lars “Bo” Nilsen"."""
    out: list[Name] = []
    for name in found:
        first = out[-1] if out else None
        marks = words.quote[first.end : name.end].tolist() if first else []
        near = first and first.type == name.type == "person" and first.end < name.start <= first.end + 2
        if first and near and marks[0] == OPENING_MARK and CLOSING_MARK in marks[1:-1]:
            out[-1] = Name(first.start, name.end, "person")  # “Bo” Nilsen is one name to the model
        elif first and near and marks[0] == CLOSING_MARK and words.gap[name.start] == 1 and len(out) > 1:
            given = out[-2]
            if given.type == "person" and words.quote[given.end : first.start].tolist() in _OPENINGS:
                out[-2:] = [Name(given.start, name.end, "person")]
            else:
                out.append(name)
        else:
            out.append(name)
    return out


def _with_particle(words: Words, lower: Sequence[str], start: int, type_: str) -> int:
    """The start of a surname with the particles before it: "[van der] Brekel"."""
    first = start
    while type_ == "person" and first > 1 and lower[first - 1] in _PARTICLES and words.gap[first] == 1:
        if words.case[first - 1] != 1:
            return start
        first -= 1
    return first if first and lower[first - 1] not in _ARTICLES else start


def _with_circuit(words: Words, lower: Sequence[str], start: int, end: int, type_: str) -> int:
    """The end of a court's name with what it is of and for: "the Court [of Appeals for the 9th Circuit]"."""
    if type_ != "organization" or "court" not in lower[start:end]:
        return end
    for opening in (("of",), ("for", "the")):
        stop = after = end + len(opening)
        while stop < len(lower) and words.gap[stop] == 1 and (words.case[stop] >= 2 or lower[stop][0].isdigit()):
            stop += 1
        end = stop if tuple(lower[end:after]) == opening and stop > after else end
    return end


def known_name(words: Words, lower: Sequence[str], surface: Sequence[str], place: int, lexicon: Lexicon) -> Name | None:
    """A name that the lexicon knows, where the model sees none: an outlet of two words or more, an acronym."""
    if words.case[place] < 2:
        return None
    for end in range(min(place + 5, len(lower)), place + 1, -1):
        if " ".join(lower[place:end]) in lexicon.outlets and all(words.case[i] >= 2 for i in range(place, end)):
            return Name(place, end, "organization")
    acronym = surface[place]
    if len(acronym) >= 3 and acronym.isupper() and acronym.lower() in lexicon.acronyms:
        return Name(place, place + 1, "organization")
    return None


def _is_outlet(surface: Sequence[str], lower: Sequence[str], start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether a name is an outlet's: one that the lexicon knows, or one such as "the Ostrey Courier"."""
    if lexicon.outlets.get(" ".join(surface[start:end]).lower().removeprefix("the ")):
        return True
    article = lower[start] == "the" or (start > 0 and lower[start - 1] == "the")
    return article and end - start > 1 and lower[end - 1] in _OUTLET_ENDINGS


def _is_description(words: Words, lower: Sequence[str], start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether capitals do not make a name: "Republicans", "Advocates" at the start of a sentence."""
    word = lower[start]
    if end - start > 1 or not word.isalpha():
        return False
    noun = singular(word)
    if noun != word:
        return noun in lexicon.gender_of_noun or word in lexicon.demonyms
    opens = start == 0 or words.gap[start] >= 2 or lower[start - 1] in (".", "!", "?", "“", '"', ":")
    return bool(opens) and word in lexicon.group_heads


def _without_marks(surface: Sequence[str], lower: Sequence[str], start: int, end: int, lexicon: Lexicon) -> int:
    """The end of a name without a possessive or loose marks, and with the suffix that follows it ("Jr.")."""
    while end > start + 1 and not surface[end - 1][0].isalnum():
        end -= 1
    if end > start + 2 and lower[end - 1] == "s" and surface[end - 2] in ("'", "’"):
        end -= 2
    after = end + 1 if end < len(lower) and surface[end] == "," else end
    if after < len(lower) and lower[after] in lexicon.name_suffixes and surface[after][0].isupper():
        end = after + 1
    return end


def _without_article(
    lower: Sequence[str], surface: Sequence[str], start: int, end: int, type_: str, lexicon: Lexicon
) -> int:
    """The start of a name without the honorifics and titles, or the article, that the model took for a part of it."""
    if type_ == "person":
        return without_titles(lower, start, end, lexicon)
    return start + 1 if end - start > 1 and lower[start] == "the" and surface[start] == "the" else start


def without_titles(lower: Sequence[str], start: int, end: int, lexicon: Lexicon) -> int:
    """The start of a personal name without honorifics and titles: "President [Ruiz]"."""
    while end - start > 1 and (lower[start] in lexicon.gender_of_honorific or lower[start] in lexicon.title_words):
        if lower[start] in lexicon.gender_of_given_name:
            break
        start += 1
        while start < end - 1 and lower[start] == ".":
            start += 1
    return start


def _with_capitals(words: Words, lower: Sequence[str], start: int, type_: str, lexicon: Lexicon) -> int:
    """The start of an organization's name with the capitals before it, behind an article: "the [Superior] Court"."""
    first = start
    while type_ == "organization" and first > 1 and words.gap[first] == 1 and words.case[first - 1] in (2, 3):
        title = lower[first - 1] in lexicon.title_words and lower[first - 1] in lexicon.gender_of_noun
        if title or lower[first - 1] in lexicon.gender_of_given_name:
            return start
        first -= 1
    return first if first < start and lower[first - 1] == "the" and words.gap[first] == 1 else start


def name_head(lower: Sequence[str], name: Name, lexicon: Lexicon) -> int:
    """The word that stands for a name: its last, or the one before "Jr." or "of …"."""
    end = name.end
    while end - 1 > name.start and (
        lower[end - 1].rstrip(".") in lexicon.name_suffixes or not lower[end - 1][0].isalnum()
    ):
        end -= 1
    if name.type != "person":
        for i in range(name.start + 1, end):
            if lower[i] in ("of", "for", "in", "on", "at"):
                return i - 1
    return end - 1


def find_mentions(
    words: Words,
    lower: Sequence[str],
    names: Sequence[Name],
    barred: Set[int],
    scores: MentionScores,
    lexicon: Lexicon,
) -> list[Mention]:
    """Names, descriptions and pronouns for people, organizations and places, and descriptions of documents.

    No description has its head among the `barred` words: those of cues.
    """
    found = [_named(words, lower, name, lexicon) for name in names]
    taken = np.zeros(len(lower), dtype=bool)
    for one in found:
        taken[one.start : one.end] = True  # with the honorific: the "Ms." of "Ms. Ruiz" is nobody else
    best = scores.types.argmax(1) if len(scores.types) else np.zeros(0, dtype=np.int64)
    for head in np.flatnonzero(best).tolist():
        if (
            taken[head]
            or not lower[head][0].isalpha()
            or lower[head].endswith("ly")
            or head in barred
            or lower[head] in _NEVER_HEADS
        ):
            continue
        type_ = NAME_TYPES[best[head] - 1]
        if (
            type_ == "other"
            and singular(lower[head]) not in lexicon.document_heads
            and lower[head] not in ("it", "its")
        ):
            continue
        if head + 2 < len(lower) and lower[head + 1] in ("'", "’") and lower[head + 2] == "t":
            continue  # "don't"
        if lower[head] == "s" and head and lower[head - 1] in ("'", "’") and not words.gap[head]:
            continue  # "Ruiz's"
        if lower[head] in lexicon.pronouns:
            found.append(Mention(head, head + 1, head, type_))
        else:
            start, end = span_of(head, scores, len(lower))
            found.append(Mention(start, end, head, type_))
    return sorted(found, key=lambda m: (m.start, -m.end))


def span_of(head: int, scores: MentionScores, n: int) -> Range:
    """First word and end of the mention around a head."""
    low, high = max(0, head - LEFT), min(n, head + RIGHT + 1)
    q, own = scores.span_vectors[low:high].astype(np.float32), head - low
    starts = q[: own + 1, SPAN : 2 * SPAN] @ q[own, :SPAN] / SPAN**0.5
    starts = starts + scores.start_distance[own - np.arange(own + 1)]
    ends = q[own:, 3 * SPAN :] @ q[own, 2 * SPAN : 3 * SPAN] / SPAN**0.5
    ends = ends + scores.end_distance[np.arange(high - head)]
    return low + int(starts.argmax()), head + int(ends.argmax()) + 1


def _named(words: Words, lower: Sequence[str], name: Name, lexicon: Lexicon) -> Mention:
    """The mention of a name, with the honorific before it: "Ms. Ruiz"."""
    start = name.start
    if name.type == "person":
        before = start - 1
        if before >= 0 and lower[before] == "." and not words.gap[before]:
            before -= 1
        if before >= 0 and lower[before] in lexicon.gender_of_honorific and words.case[before] >= 2:
            start = before
    return Mention(start, name.end, name_head(lower, name, lexicon), name.type, name)


def softmax(scores: Floats) -> Floats:
    """Probabilities over the last axis."""
    top = np.exp(scores - scores.max(-1, keepdims=True))
    share: Floats = top / top.sum(-1, keepdims=True)
    return share
