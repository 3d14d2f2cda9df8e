"""By what channel something reached the public, whom it was told, and when: words near a cue, or a sentence away.

"He said in an interview with the Courier. He added …": the channel and the date of an utterance are often
given once and hold for the sentences around it. Candidates are found by lexicon and grammar; a small network,
trained on the project's own labels, weighs whether one belongs to an attribution.
"""

from __future__ import annotations

import bisect
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sayso.extract.words import CLOSING_MARK, NEW_PARAGRAPH, OPENING_MARK, Words, word_range
from sayso.lexicon import Lexicon, word_list
from sayso.model import Act
from sayso.qualify.cues import cue_index, is_weak
from sayso.qualify.dates import find_dates, find_hanging, resolve_dates
from sayso.resolve.forms import Ints, singular

Range = tuple[int, int]
Floats = NDArray[np.float32]
Halves = NDArray[np.float16]

KINDS = (
    "platform", "post", "statement", "letter", "interview", "speech", "conference", "debate", "gathering", "broadcast",
    "writing", "record", "outlet", "name", "day", "longer",
)  # fmt: skip
_AGED = (("today", 1), ("week", 7), ("month", 31), ("year", 366))  # days at most before the day of publication
AGES = (*(age for age, _ in _AGED), "long ago", "ahead", "open")  # of dates
BEFORE, AFTER = 3, 1  # sentences around a cue that are looked at
PREPOSITIONS = ("in", "on", "at", "during", "via", "to", "with", "told", "of", "by", "from", "after", "before", "about",
    "since", "until", "against", "for", "between", "over", "through")  # fmt: skip
_STARTS = (("his", "her", "its", "their", "my", "our"), ("a", "an", "one", "another"), ("the", "that", "this", "these"))
_PERFECT = frozenset(("has", "have", "had", "’ve", "'ve"))
_GROUPS = (
    frozenset((Act.ASSERT, Act.DENY, Act.ACCUSE, Act.ENDORSE)),
    frozenset((Act.REQUEST, Act.ASK, Act.COMMIT, Act.DECIDE)),
    frozenset((Act.BELIEVE, Act.WANT, Act.FIND)),
    frozenset((Act.DECLINE, Act.UNANSWERED)),
)
_STEPS = (0, 2, 4, 7, 12, 20, 40)  # lower ends of the buckets of a distance in words
_NOT_BEFORE = word_list("words before a channel")
_OUTLET_ENDINGS = word_list("ends of newspapers' names")
_OUTLET_NOUNS = word_list("nouns for outlets")
_TOLD = ("told", "tells", "telling")
_TOLD_THE = [[told, "the"] for told in (*_TOLD, "with")]
_LONGEST_NAME = 5  # words of an outlet's name
_POSSESSIVES = (["'", "s"], ["’", "s"])
_HELD_BY = [[held, "by"] for held in ("hosted", "held", "sponsored", "organized", "moderated")]
_OF_PEOPLE = ("gathering", "conference", "debate", "interview")  # "a gathering of beekeepers"
_WIDTH_LEFT, _WIDTH_RIGHT = 8, 7
_PEOPLE = 4  # words in which those who gathered are named
_OPENING = frozenset(("a", "an", "the", "his", "her", "its", "their", "this", "that"))
_JOINTS = frozenset(("'", "’", "-", "‑"))
_NEIGHBOURS = 12  # attributions before and after that are looked at


@dataclass(frozen=True)
class Candidate:
    """Words that may say by what channel, or when."""

    words: Range
    kind: str  # of KINDS
    age: str | None = None  # of AGES, of a date


@cache
def channel_nouns(lexicon: Lexicon) -> dict[str, str]:
    return {row["channel"].lower(): row["kind"] for row in lexicon.tables["channels"]}


def find_channels(words: Words, lower: Sequence[str], lexicon: Lexicon) -> list[Candidate]:
    """Noun phrases that may be a channel: "an interview with NBC News", "Twitter", and outlets by name."""
    nouns, found, place = channel_nouns(lexicon), [], 0
    n = len(lower)
    while place < n:
        outlet = outlet_at(words, lower, place, lexicon)
        if outlet:
            before = place - 1 if place and lower[place - 1] == "the" else place
            outlet = _with_programme(words, lower, outlet)
            found.append(Candidate((before, outlet), "outlet"))
            place = outlet
            continue
        if lower[place] in _OUTLET_NOUNS and lower[max(0, place - 2) : place] in _TOLD_THE:  # "told the newspaper"
            found.append(Candidate((place - 1, place + 1), "outlet"))
        named = _named_at(words, lower, place)
        if named:
            found.append(named)
        kind = _kind_at(words, lower, place, nouns)
        if lower[place] in _VERBS and lower[place - 1 : place] not in _DETERMINED:  # "she tweeted", not "a tweet"
            found.append(Candidate((place, place + 1), "post"))
        elif kind == "platform":
            found.append(Candidate((place, place + 1), kind))
        elif kind and not (place + 1 < n and words.gap[place + 1] == 1 and _kind_at(words, lower, place + 1, nouns)):
            start = _start_of(words, lower, place)  # of "conference call", the call
            if _is_noun(lower, start, place, kind):
                found.append(Candidate((start, _end_of(words, lower, place + 1, kind)), kind))
        place += 1
    return found


def _named_at(words: Words, lower: Sequence[str], place: int) -> Candidate | None:
    """What may be an outlet that no list knows ("told Harrow Sound Daily"), or a programme ("on “Meet the Mayor”")."""
    before, end = lower[place - 1 : place], place
    if before == ["on"] and words.quote[place] == OPENING_MARK:
        close = _closing(words, place)
        return Candidate((place, close + 1), "broadcast") if close else None
    if not before or before[0] not in _TOLD:
        return None
    while end < len(lower) and end - place < _LONGEST_NAME and words.case[end] >= 2 and words.gap[end] == 1:
        end += 1
    return Candidate((place, end), "name") if end > place + 1 else None  # of one word it may be anything


def _closing(words: Words, place: int) -> int:
    """The mark that closes the quotation which begins at a word, not far; 0 where none does."""
    near = range(place, min(place + _WIDTH_RIGHT, len(words)))
    return next((k for k in near if words.quote[k] == CLOSING_MARK), 0)


def _kind_at(words: Words, lower: Sequence[str], place: int, nouns: Mapping[str, str]) -> str | None:
    """The kind of channel that a word is the noun of, or the last part of ("op-ed"); a platform has a capital."""
    if place > 1 and lower[place - 1] == "-" and not words.gap[place] and not words.gap[place - 1]:
        return nouns.get(f"{lower[place - 2]}-{singular(lower[place])}") or nouns.get(singular(lower[place]))
    kind = nouns.get(singular(lower[place])) or nouns.get(lower[place])
    if words.case[place] >= 2 and lower[place] in _DAYS:  # "in March"
        return None
    return kind if kind != "platform" or words.case[place] >= 2 else None


def _start_of(words: Words, lower: Sequence[str], place: int) -> int:
    """The start of a noun phrase, given its noun: at its article, or behind a word that no noun phrase holds."""
    start = place
    while start and place - start < _WIDTH_LEFT and words.gap[start] < 2 and lower[start] not in _OPENING:
        before = lower[start - 1]
        inside = before not in _NOT_BEFORE and before not in _PUTTING_OUT if words.gap[start] else before in _JOINTS
        inside |= not words.gap[start] and lower[start] in _JOINTS  # "Monday's", "30-minute"
        if before == "," and start > 2 and lower[start - 3] in _OPENING and words.gap[start - 2 : start].max() < 2:
            return start - 3  # "a detailed, six-page letter"
        if not inside:
            break
        start -= 1
    while start < place and lower[start] in _JOINTS:
        start += 1
    return start


def _with_programme(words: Words, lower: Sequence[str], end: int) -> int:
    """The end of an outlet's name with that of its programme, in quotation marks: "CBS’s “Face the Nation”"."""
    place = end + 2 if lower[end : end + 2] in _POSSESSIVES else end
    if place >= len(lower) or words.quote[place] != OPENING_MARK:
        return end
    close = _closing(words, place)
    return close + 1 if close else end


def find_days(words: Words, published: str | None) -> list[tuple[Candidate, tuple[str, str] | None]]:
    """The dates of a text that may say when, and the first and last day that they come to by its publication date:
    "earlier this month" ends with the day of publication."""
    text = words.text
    found, spans = [], sorted([*find_dates(text), *find_hanging(text)], key=lambda span: span.start)
    for span, days in zip(spans, resolve_dates(text, spans, published), strict=True):
        place = word_range(words, span.start, span.end)
        if place:
            days = _until_now(span.of(text), days, published)
            kind = "day" if days and days[0] == days[1] else "longer"
            found.append((Candidate(place, kind, _age(days, published)), days))
    return found


def _age(days: tuple[str, str] | None, published: str | None) -> str:
    """How long before the day of publication a date ends, of AGES: nothing is told on a day ahead."""
    if days is None or published is None:
        return "open"
    try:
        first, last, today = (date.fromisoformat(day[:10]) for day in (*days, published))
    except ValueError:  # of the day of publication
        return "open"
    if first > today:
        return "ahead"
    gone = (today - last).days
    return next((age for age, most in _AGED if gone <= most), "long ago")


def _until_now(text: str, days: tuple[str, str] | None, published: str | None) -> tuple[str, str] | None:
    """The days on which something can have been said: not after the day of publication."""
    if days and published and _EARLIER.match(text) and days[0] <= published[:10] < days[1]:
        return days[0], published[:10]
    return days


_EARLIER = re.compile(r"earlier (?:on )?(?:this|in the) ", re.IGNORECASE)
_VERBS = word_list("verbs that name their channel")
_PUTTING_OUT = word_list("verbs of putting a text out")
_DAYS = word_list("days and months")
_DETERMINERS = word_list("determiners of a channel")
_DETERMINED = [[word] for word in _DETERMINERS]
_NO_CALLS = ("call", "calls")
_LEADING = frozenset(["in", "on", "at", "during", "via", "with", "by", "from", "of"])


def _is_noun(lower: Sequence[str], start: int, place: int, kind: str) -> bool:
    """Whether a word is the noun that it may be: "in a call", not "they call", nor "a call for help"."""
    led = bool(start) and lower[start - 1] in _LEADING
    held = kind in _OF_PEOPLE and lower[place] not in _NO_CALLS  # "agreed to an interview for the series"
    if not led and (lower[place + 1 : place + 2] == ["that"] or (lower[place + 1 : place + 2] == ["for"] and not held)):
        return False
    if any(lower[i] in _DETERMINERS or lower[i] in ("'", "’") for i in range(start, place)):
        return True
    if start and lower[start - 1] in _PUTTING_OUT and lower[place].endswith("s"):  # "filed legal papers"
        return True
    return led and not (place + 1 < len(lower) and lower[place + 1] in ("the", "a", "it", "them", "him", "her"))


def _end_of(words: Words, lower: Sequence[str], end: int, kind: str) -> int:
    """The end of a channel with the name it was held with or at: "an interview with The Washington Post"."""
    if kind == "platform" or end >= len(lower):
        return end
    if lower[end : end + 2] in _HELD_BY:  # "a town hall hosted by WOTR"
        stop = end + 2
    elif lower[end] in ("with", "on", "in", "at", "of") or (lower[end] == "to" and kind != "letter"):
        stop = end + 1
    else:
        return end
    first = stop
    if lower[end] == "of" and kind in _OF_PEOPLE and words.case[stop : stop + 1].max(initial=0) == 1:
        while (
            stop < len(lower)
            and stop - first < _WIDTH_RIGHT
            and words.gap[stop] == 1
            and lower[stop] not in _NOT_BEFORE
        ):
            stop += 1
        return stop if 0 < stop - first <= _PEOPLE and lower[first] not in _OPENING else end
    while (
        stop < len(lower)
        and stop - end <= _WIDTH_RIGHT
        and words.gap[stop] < 2
        and lower[stop] not in _DAYS
        and (words.case[stop] in (2, 3, 4) or (stop == first and lower[stop] in ("the", "a")))
    ):
        stop += 1
    return stop if stop > first and words.case[stop - 1] >= 2 else end


def outlet_at(words: Words, lower: Sequence[str], place: int, lexicon: Lexicon) -> int | None:
    """The end of the outlet's name that begins at a word; None where none does."""
    if words.case[place] < 2 or lower[place] == "the" or lower[place - 1 : place] in (["a"], ["an"]):
        return None
    if _is_call_sign(words, place) and lower[place - 1 : place] in (["told"], ["on"], ["to"], ["with"], ["at"]):
        return place + 1
    for end in range(min(place + 5, len(lower)), place, -1):
        name = words.text[int(words.start[place]) : int(words.end[end - 1])].lower()
        ending = (
            end - place > 1 and lower[end - 1] in _OUTLET_ENDINGS and all(words.case[i] >= 2 for i in range(place, end))
        )
        if ending and (end == len(lower) or words.case[end] < 2):
            return end
        if name in lexicon.outlets and (
            end - place > 1
            or words.case[place] >= 3
            or (
                lower[place - 1 : place] in (["the"], ["told"], ["on"], ["to"])
                and not _goes_on_as_name(words, lower, end)
            )
        ):
            return end
    return None


def _goes_on_as_name(words: Words, lower: Sequence[str], end: int) -> bool:
    """Whether a word that may be an outlet's name is the first of a longer one: "Ana Ruiz", not "Newsweek Monday"."""
    return end < len(lower) and words.gap[end] == 1 and words.case[end] >= 2 and lower[end] not in _DAYS


_CALL_SIGN = re.compile(r"[KW][A-Z]{2,3}(?:[0-9]+)?")


def _is_call_sign(words: Words, place: int) -> bool:
    """Whether a word is the name of an American station: "WOTR", "KVLM"."""
    return _CALL_SIGN.fullmatch(words.text, int(words.start[place]), int(words.end[place])) is not None


@dataclass(frozen=True)
class Said:
    """What the weighing of a candidate looks at in an attribution."""

    cue: Range
    content: Sequence[Range]
    act: Act
    speaker: str | None
    direct: bool
    nested: bool
    source: Range | None = None


@dataclass(frozen=True, eq=False)
class Scene:
    """A text and the attributions in it, in the order of their cues: what candidates are weighed in."""

    words: Words
    lower: Sequence[str]
    sentence: Ints
    paragraph: Ints
    verbs: NDArray[np.bool_]  # of words: whether one looks like a verb
    said: Sequence[Said]
    last: Sequence[int | None]  # of attributions: the one of the same speaker before it
    told: NDArray[np.bool_]  # of sentences: whether an attribution has its cue or content there


def scene_of(words: Words, lower: Sequence[str], sentence: Ints, said: Sequence[Said], lexicon: Lexicon) -> Scene:
    """A text, the numbers of its words' sentences, and the attributions in it."""
    paragraph: Ints = np.cumsum(words.gap == NEW_PARAGRAPH)
    last = [_last_of_speaker(said, i) for i in range(len(said))]
    told = np.zeros(int(sentence[-1]) + 1 if len(sentence) else 0, dtype=bool)
    for one in said:
        for start, end in (one.cue, *one.content):
            told[sentence[start:end]] = True
    return Scene(words, lower, sentence, paragraph, looks_like_verbs(lower, lexicon), said, last, told)


_HELPERS = word_list("helping verbs of silence")
_NO_VERB_AFTER = frozenset((*_OPENING, "of", "my", "our", "your", "no", "'s", "s"))


def looks_like_verbs(lower: Sequence[str], lexicon: Lexicon) -> NDArray[np.bool_]:
    """Whether each word looks like a verb, by its form and by the word before it."""
    known = cue_index(lexicon)
    found = np.zeros(len(lower), dtype=bool)
    before = ""
    for i, word in enumerate(lower):
        if word in _HELPERS or (word.endswith("ed") and len(word) > 3) or word in known:
            found[i] = (before not in _NO_VERB_AFTER and not is_weak(word)) or word in _HELPERS
        before = word
    return found


def standing_signs(scene: Scene, i: int, candidate: Candidate) -> Floats:
    """The signs of where a candidate stands, and of what kind it is."""
    words, lower, sentence, paragraph, said = scene.words, scene.lower, scene.sentence, scene.paragraph, scene.said
    one = said[i]
    start, end = candidate.words
    away = int(sentence[start]) - int(sentence[one.cue[0]])
    low, high = (end, one.cue[0]) if start < one.cue[0] else (one.cue[1], start)
    gap = max(0, high - low)
    around = [j for j in range(max(0, i - _NEIGHBOURS), min(len(said), i + _NEIGHBOURS + 1)) if j != i]
    held = [j for j in around if any(a <= start < b for a, b in said[j].content)]
    here = [j for j in around if sentence[said[j].cue[0]] == sentence[start]]
    between = [j for j in around if low <= said[j].cue[0] < high]
    same = [said[j].speaker is not None and said[j].speaker == one.speaker for j in here]
    before = lower[max(0, start - 2) : start]
    own = any(a <= start < b for a, b in one.content)
    signs = [
        *(float(away == k) for k in range(-BEFORE, AFTER + 1)),
        *(float(candidate.kind == k) for k in KINDS),
        *(float(p in before) for p in PREPOSITIONS),
        *(float(one.act in group) for group in _GROUPS),
        *(float(gap >= step) for step in _STEPS),
        float(start < one.cue[0]),
        float(one.cue[0] <= start < one.cue[1]),
        float(own),
        float(bool(held)),
        float(paragraph[start] == paragraph[one.cue[0]]),
        float(abs(int(paragraph[start]) - int(paragraph[one.cue[0]])) == 1),
        float(any(same)),
        float(bool(same) and not all(same)),
        float(not here),
        float(bool(between)),
        float(any(said[j].speaker != one.speaker for j in between)),
        float(one.speaker is not None),
        float(one.direct),
        float(one.nested),
        float(start == 0 or words.gap[start] == NEW_PARAGRAPH or lower[start - 1] == "."),
        float(lower[start - 1] == "," if start else False),
        float(words.quote[start] == 1),
        float(end - start > 2),
        *(float(lower[start] in group) for group in _STARTS),
        float(_goes_on(scene, end)),
        float(any(w in _PERFECT for w in lower[one.cue[0] : one.cue[1]])),
        float(any(0 <= a - end <= 2 for a, _ in one.content)),
        float(any(0 <= a - end <= 2 and a > one.cue[1] for a, _ in one.content) and away == 0),
        *_clause(scene, i, candidate),
    ]
    return np.array(signs, dtype=np.float32)


def _goes_on(scene: Scene, end: int) -> bool:
    """Whether a noun seems to follow, so that the words are but the first part of a name: "email account"."""
    words, lower = scene.words, scene.lower
    return (
        end < len(lower)
        and words.gap[end] == 1
        and words.case[end] == 1
        and lower[end] not in _NOT_BEFORE
        and not scene.verbs[end]
        and not lower[end].endswith(("ed", "ing", "ly"))
    )


_RELATIVE = frozenset(("who", "which", "whose", "whom", "that", "where", "when", "while", "as", "because", "if"))
_JOINING = frozenset(("and", "but", "or", "then"))
_LED_BY = frozenset(("in", "on", "at", "during", "via", "by", "from", "of", "to", "with", "for", "since", "until",
    "before", "after", "through", "over", "late", "early", "earlier", "later", "the", "a", "an", "just", "only", "as",
    "his", "her", "its", "their"))  # fmt: skip
_AHEAD = frozenset(("will", "would", "'ll", "ll", "to", "plans", "planned", "expected"))
_APART = frozenset(("after", "before", "since", "until", "following", "ahead"))  # "on Monday, after hinting that"
CLAUSE = 41
_FARTHEST = 150  # words between a candidate and a cue that are looked at: a text without full stops is one sentence


def _clause(scene: Scene, i: int, candidate: Candidate) -> list[float]:
    """The signs of what stands between a candidate and a cue, and of what the candidate hangs on."""
    lower, sentence, said = scene.lower, scene.sentence, scene.said
    one = said[i]
    (start, end), cue = candidate.words, one.cue
    ahead = start < cue[0]
    low, high = (end, cue[0]) if ahead else (cue[1], start)
    high = min(high, low + _FARTHEST)
    together = bool(sentence[start] == sentence[cue[0]])
    between = range(low, max(low, high)) if together else range(0)
    content = {k for a, b in one.content for k in range(max(a, low), min(b, high))} if together else set()
    free = [k for k in between if k not in content]
    verbs = sum(bool(scene.verbs[k]) for k in free)
    commas = sum(lower[k] == "," for k in free)
    relative = any(lower[k] in _RELATIVE for k in free)
    joining = any(lower[k] in _JOINING for k in free)
    apart = any(lower[k] in _APART for k in (*free, *range(max(0, start - 1), start)))
    anchor = anchor_of(scene, candidate)
    first = anchor < 0 or sentence[anchor] != sentence[start]
    hangs = "" if first else lower[anchor]
    on_verb = not first and bool(scene.verbs[anchor])
    others = [said[j].cue for j in range(max(0, i - _NEIGHBOURS), min(len(said), i + _NEIGHBOURS + 1)) if j != i]
    others = [c for c in others if sentence[c[0]] == sentence[start]]
    nearer = [c for c in others if _apart(c, candidate.words) < _apart(cue, candidate.words)]
    last_before = not ahead and not any(cue[0] < c[0] < start for c in others)
    inside_source = one.source is not None and one.source[0] <= start < one.source[1]
    ends = max((b for _, b in one.content), default=cue[1])
    said_so = lower[cue[0] : cue[1]]
    signs = [
        together and verbs == 0,
        together and verbs == 1,
        together and verbs > 1,
        together and commas == 0,
        together and commas == 1,
        together and commas > 1,
        relative,
        joining,
        together and apart,
        together and bool(content),
        together and not ahead and len(free) <= 1,
        together and not ahead and not content and len(free) <= 3,
        together and not ahead and bool(content) and 0 <= start - ends <= 3,
        together and ahead and len(free) <= 1,
        first,
        first and together and ahead,
        together and first and ahead and verbs == 0,
        hangs == ",",
        hangs in ('"', "“", "”", "''", "’’"),
        on_verb,
        not first and cue[0] <= anchor < cue[1],
        not first and anchor in content,
        not first and any(c[0] <= anchor < c[1] for c in others),
        hangs.endswith("ing"),
        hangs.endswith("ed"),
        together and not nearer,
        together and bool(nearer),
        last_before and together,
        bool(others),
        inside_source,
        one.source is None,
        together and one.source is not None and one.source[1] <= start < cue[0],
        any(w in _AHEAD for w in said_so),
        any(w.endswith("ing") for w in said_so),
        any(w.endswith("ed") or w in ("said", "told", "wrote") for w in said_so),
        "said" in said_so or "told" in said_so,
        any(w in ("wrote", "write", "writes", "writing", "posted", "tweeted") for w in said_so),
        any(w in ("says", "say", "shows", "show") for w in said_so),
        cue[1] - cue[0] > 2,
        bool(scene.verbs[cue[0] : cue[1]].any()),
        lower[end : end + 1] in ([","], ["."]),
    ]
    return [float(sign) for sign in signs]


def _apart(one: Range, two: Range) -> int:
    return max(one[0] - two[1], two[0] - one[1], 0)


def anchor_of(scene: Scene, candidate: Candidate) -> int:
    """The word that a candidate hangs on: the last one before it and before its preposition."""
    place = candidate.words[0] - 1
    while place >= 0 and scene.lower[place] in _LED_BY and scene.words.gap[place + 1] < 2:
        place -= 1
    return place


def carried_signs(scene: Scene, i: int, some: Sequence[Candidate], given: Sequence[Candidate | None]) -> Floats:
    """The signs that candidates, which attributions before this one took, are this one's too [candidates, signs]."""
    sentence, paragraph, said = scene.sentence, scene.paragraph, scene.said
    one = said[i]
    before = range(i - 1, max(-1, i - _NEIGHBOURS), -1)
    last = next((j for j in before if said[j].nested == one.nested), None)
    mine = scene.last[i]
    away, others, together, taken, direct, report = 9, False, False, None, False, False
    if mine is not None:
        away = int(sentence[one.cue[0]]) - int(sentence[said[mine].cue[0]])
        others = any(said[j].speaker != one.speaker and not said[j].nested for j in range(mine + 1, i))
        together = bool(paragraph[said[mine].cue[0]] == paragraph[one.cue[0]])
        taken, direct = given[mine], said[mine].direct
        report = not scene.told[sentence[said[mine].cue[0]] + 1 : sentence[one.cue[0]]].all()  # the outlet's own words
    took = [(given[j], said[j].speaker == one.speaker) for j in before if given[j] is not None]
    signs = []
    for candidate in some:
        mine_too = taken == candidate
        takers = [same for other, same in took if other == candidate]
        signs.append(
            [
                last is not None and given[last] == candidate,
                last is not None and given[last] == candidate and said[last].speaker == one.speaker,
                mine_too,
                *(mine_too and away == k for k in range(3)),
                mine_too and away > 2,
                mine_too and others,
                mine_too and together,
                mine_too and one.direct,
                mine_too and direct,
                mine_too and report,
                mine_too and report and one.direct,
                away <= 2 and taken is None,
                away <= 2 and taken is not None and not mine_too,
                away <= 2 and not others,
                any(takers),
                not all(takers),
                len(takers) > 2,
            ]
        )
    return np.array(signs, dtype=np.float32)


def date_signs(scene: Scene, i: int, some: Sequence[Candidate], given: Sequence[Candidate | None]) -> Floats:
    """The signs that are looked at of dates alone: how long ago one was, how far it has been carried already and past
    whom, and which others are nearer [candidates, signs]."""
    ages = [[candidate.age == age for age in AGES] for candidate in some]
    others = [[not _may_belong(candidate, scene.sentence, scene.said, i)] for candidate in some]
    runs = [_run(scene, i, candidate, given) for candidate in some]
    return np.concatenate([ages, others, runs, _rivals(scene, i, some)], axis=1).astype(np.float32)


RUN, RIVALS = 14, 6  # signs
DATE_SIGNS = len(AGES) + 1 + RUN + RIVALS


def _run(scene: Scene, i: int, candidate: Candidate, given: Sequence[Candidate | None]) -> list[bool]:
    """The signs of the last attribution, whoever spoke, that took a candidate, and of what came after it."""
    sentence, said = scene.sentence, scene.said
    one = said[i]
    before = range(i - 1, max(-1, i - _NEIGHBOURS), -1)
    taker = next((j for j in before if given[j] == candidate), None)
    if taker is None:
        return [False] * RUN
    away = int(sentence[one.cue[0]]) - int(sentence[said[taker].cue[0]])
    since = [j for j in range(taker + 1, i) if not said[j].nested]
    mine = one.speaker is not None and said[taker].speaker == one.speaker
    asked = Act.ASK in (said[taker].act, one.act)
    took_before = any(given[j] == candidate and said[j].speaker == one.speaker for j in before)
    return [
        *(away == k for k in range(3)),
        away in (3, 4),
        away > 4,
        not since,
        len(since) == 1,
        len(since) > 1,
        any(given[j] is not None for j in since),
        any(given[j] is None for j in since),
        not mine and asked,
        not mine and took_before,
        not mine and not took_before,
        said[taker].nested,
    ]


def _rivals(scene: Scene, i: int, some: Sequence[Candidate]) -> list[list[bool]]:
    """The signs of other candidates nearer to a cue, for each candidate."""
    sentence, cue = scene.sentence, scene.said[i].cue
    apart = [_apart(c.words, cue) for c in some]
    together = [bool(sentence[c.words[0]] == sentence[cue[0]]) for c in some]
    nearest = min(apart)
    nearest_together = min((a for a, t in zip(apart, together, strict=True) if t), default=nearest + _FARTHEST)
    of_kind = {
        kind: min(a for a, c in zip(apart, some, strict=True) if c.kind == kind) for kind in {c.kind for c in some}
    }
    starts = sorted(c.words[0] for c in some)
    signs = []
    for candidate, away in zip(some, apart, strict=True):
        low, high = sorted((candidate.words[0], cue[0]))
        between = bisect.bisect_left(starts, high) - bisect.bisect_right(starts, low)
        nearer = (away > nearest, away > nearest_together, away > of_kind[candidate.kind])
        signs.append([not nearer[0], between == 0, between == 1, between > 1, *nearer[1:]])
    return signs


def other_signs(scene: Scene, i: int, some: Sequence[Candidate], other: Sequence[Candidate | None]) -> Floats:
    """The signs that candidates go with what the attribution took of the other kind: "in an interview on Monday"
    [candidates, signs].

    Whoever took the channel from a sentence has that sentence's date as well; who took another one has not.
    """
    if not other:
        return np.zeros((len(some), OTHER), dtype=np.float32)
    sentence, mine = scene.sentence, other[i]
    last = scene.last[i]
    before = None if last is None else other[last]
    around = range(max(0, i - _NEIGHBOURS), min(len(other), i + _NEIGHBOURS + 1))
    takers = {t.words for t in (other[j] for j in around if j != i) if t is not None}
    signs = []
    for candidate in some:
        together = mine is not None and sentence[mine.words[0]] == sentence[candidate.words[0]]
        signs.append(
            [
                mine is not None,
                together,
                mine is not None and not together,
                mine is not None and _apart(mine.words, candidate.words) <= _BESIDE,
                mine is None and before is not None,
                mine is not None and mine == before,
                mine is not None and before is not None and mine != before,
                any(_apart(words, candidate.words) <= _BESIDE for words in takers),
            ]
        )
    return np.array(signs, dtype=np.float32)


OTHER = 8
_BESIDE = 3  # words between a channel and the date beside it


def _last_of_speaker(said: Sequence[Said], i: int) -> int | None:
    """The attribution before this one, not far, of the same speaker; not one inside a content, unless this one is."""
    one = said[i]
    return next(
        (
            j
            for j in range(i - 1, max(-1, i - _NEIGHBOURS), -1)
            if one.speaker is not None and said[j].speaker == one.speaker and said[j].nested <= one.nested
        ),
        None,
    )


SIGNS = BEFORE + AFTER + 1 + len(KINDS) + len(PREPOSITIONS) + len(_GROUPS) + len(_STEPS) + 44 + CLAUSE + OTHER
VECTOR = 48  # numbers in which the mention model says of a word what there is to say of it as a candidate, or as a cue
COLUMNS = 2 * VECTOR  # of a word in the mention model's rows: as a candidate, as a cue


def options(
    candidates: Sequence[Candidate], scene: Scene, i: int, given: Sequence[Candidate | None], dates: bool
) -> list[Candidate]:
    """The candidates that are weighed for attribution i: those in the sentences around it that nothing forbids, and
    the one that its speaker's last one took; `given` are those of the attributions before it.

    Of dates also those that any attribution shortly before took, unless it is another speaker's and nobody asks.
    """
    sentence, said = scene.sentence, scene.said
    at = int(sentence[said[i].cue[0]])
    near = [c for c in candidates if -BEFORE <= int(sentence[c.words[0]]) - at <= AFTER]
    if dates:
        earlier = (j for j in range(i - 1, max(-1, i - _NEIGHBOURS), -1) if at - int(sentence[said[j].cue[0]]) <= _FAR)
        carried = {c: None for j in earlier if (c := given[j]) is not None}
        some = [*(c for c in near if c not in carried and not _in_content(c, said[i])), *carried]
        return [c for c in some if _may_belong(c, sentence, said, i) or _is_passed_on(c, said, i, given)]
    mine = scene.last[i]
    taken = None if mine is None or at - int(sentence[said[mine].cue[0]]) > BEFORE else given[mine]
    if taken is not None and taken not in near:
        near.append(taken)
    return [c for c in near if c == taken or (not _in_content(c, said[i]) and _may_belong(c, sentence, said, i))]


_FAR = 6  # sentences over which what an attribution took is looked at for those after it


def given_vectors(vectors: Halves, scene: Scene, i: int, some: Sequence[Candidate], dates: bool) -> Floats:
    """What the mention model says of candidates and of a cue [candidates, VECTORS], as means over their words, and
    of the words that the candidates hang on, where that is looked at; then the products with the cue's."""
    half = vectors.shape[1] // 2
    of_candidate, of_cue = vectors[:, :half], vectors[:, half:]
    cue = _mean(of_cue, scene.said[i].cue)
    parts = [np.stack([_mean(of_candidate, c.words) for c in some])]
    if dates:
        anchors = (max(anchor_of(scene, c), 0) for c in some)
        parts.append(np.stack([_mean(of_candidate, (anchor, anchor + 1)) for anchor in anchors]))
    return np.concatenate([np.broadcast_to(cue, parts[0].shape), *parts, *(part * cue for part in parts)], axis=1)


def _mean(vectors: Halves, words: Range) -> Floats:
    mean: Floats = vectors[slice(*words)].mean(axis=0, dtype=np.float32)
    return mean


def _is_passed_on(candidate: Candidate, said: Sequence[Said], i: int, given: Sequence[Candidate | None]) -> bool:
    """Whether what another speaker took can be this one's: its speaker took it before, or one asks and one answers."""
    speaker = said[i].speaker
    takers = [j for j in range(max(0, i - _NEIGHBOURS), i) if given[j] == candidate]
    if speaker is not None and any(said[j].speaker == speaker for j in takers):
        return True
    return bool(takers) and any(one.act == Act.ASK for one in said[takers[-1] : i + 1])


def _in_content(candidate: Candidate, one: Said) -> bool:
    """Whether a candidate stands in the content of an attribution, and not in its cue."""
    start = candidate.words[0]
    return any(a <= start < b for a, b in one.content) and not one.cue[0] <= start < one.cue[1]


def _may_belong(candidate: Candidate, sentence: Ints, said: Sequence[Said], i: int) -> bool:
    """Whether a candidate does not stand in a sentence in which somebody else speaks and this one's speaker not."""
    one, start = said[i], candidate.words[0]
    if sentence[start] == sentence[one.cue[0]]:
        return True
    near_by = range(max(0, i - _NEIGHBOURS), min(len(said), i + _NEIGHBOURS + 1))
    speakers = {
        said[j].speaker
        for j in near_by
        if j != i and sentence[said[j].cue[0]] == sentence[start] and not said[j].nested
    }
    return not speakers - {None} or one.speaker in speakers


@dataclass(frozen=True, eq=False)
class PlaceModel:
    """The networks that weigh candidates, for channels and for dates, and from what probability on one is taken."""

    channel: Weighing
    when: Weighing
    version: str


@dataclass(frozen=True, eq=False)
class Weighing:
    network: Any
    least: float
    dates: (
        bool  # whether it weighs dates: it looks at what they hang on, and at date_signs; for channels neither helped
    )


DATES = {"channel": False, "when": True}


def load_places(folder: Path | Traversable | None = None) -> PlaceModel:
    """Load the networks from a folder, or those that ship. Raises FileNotFoundError where a part is missing."""
    from sayso.extract.tagger import open_session

    place = folder or files("sayso") / "weights" / "manner"
    learned = json.loads((place / "manner.json").read_text("utf8"))
    channel, when = (
        Weighing(open_session(place / f"{name}.onnx"), learned[name], DATES[name]) for name in ("channel", "when")
    )
    return PlaceModel(channel, when, learned["version"])


def attach(
    scene: Scene,
    candidates: Sequence[Candidate],
    vectors: Halves,
    weighing: Weighing,
    other: Sequence[Candidate | None] = (),
) -> list[Candidate | None]:
    """The candidate that belongs to each attribution, in order, or None; `vectors` are the words' [words, COLUMNS],
    `other` what the attributions took of the other kind."""
    sentence, said = scene.sentence, scene.said
    given: list[Candidate | None] = [None] * len(said)
    starts = [int(sentence[c.words[0]]) for c in candidates]
    for i in range(len(said)):
        at = int(sentence[said[i].cue[0]])
        low, high = bisect.bisect_left(starts, at - BEFORE), bisect.bisect_right(starts, at + AFTER)
        some = options(candidates[low:high], scene, i, given, weighing.dates)
        if not some:
            continue
        standing = np.stack([standing_signs(scene, i, c) for c in some])
        signs = [standing, carried_signs(scene, i, some, given), other_signs(scene, i, some, other)]
        if weighing.dates:
            signs.append(date_signs(scene, i, some, given))
        signs.append(given_vectors(vectors, scene, i, some, weighing.dates))
        given[i] = choose(some, np.concatenate(signs, axis=1), weighing)
    return given


def choose(some: Sequence[Candidate], signs: Floats, weighing: Weighing) -> Candidate | None:
    """The most likely candidate, if it is likely enough."""
    scores = weighing.network.run(["score"], {"signs": signs})[0]
    chance = np.exp(scores) / (1 + np.exp(scores).sum())
    best = int(chance.argmax())
    return some[best] if chance[best] >= weighing.least else None
