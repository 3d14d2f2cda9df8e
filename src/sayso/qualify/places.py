"""By what channel something reached the public, whom it was told, and when: words near a cue, or a sentence away.

"He said in an interview with the Courier. He added …": the channel and the date of an utterance are often
given once and hold for the sentences around it. Candidates are found by lexicon and grammar; a small network,
trained on the project's own labels, weighs whether one belongs to an attribution.
"""

from __future__ import annotations

import bisect
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sayso.extract.words import NEW_PARAGRAPH, Words, word_range
from sayso.lexicon import Lexicon, word_list
from sayso.model import Act
from sayso.qualify.dates import find_dates, resolve_date
from sayso.resolve.forms import Ints, singular

Range = tuple[int, int]
Floats = NDArray[np.float32]

KINDS = (
    "platform", "post", "statement", "letter", "interview", "speech", "conference", "debate", "gathering", "broadcast",
    "writing", "record", "outlet", "day", "longer",
)  # fmt: skip
BEFORE, AFTER = 3, 1  # sentences around a cue that are looked at
PREPOSITIONS = ("in", "on", "at", "during", "via", "to", "with", "told", "of", "by", "from", "after")
_GROUPS = (
    frozenset((Act.ASSERT, Act.DENY, Act.ACCUSE, Act.ENDORSE)),
    frozenset((Act.REQUEST, Act.ASK, Act.COMMIT, Act.DECIDE)),
    frozenset((Act.BELIEVE, Act.WANT, Act.FIND)),
    frozenset((Act.DECLINE, Act.UNANSWERED)),
)
_STEPS = (0, 2, 4, 7, 12, 20, 40)  # lower ends of the buckets of a distance in words
_NOT_BEFORE = word_list("words before a channel")
_OUTLET_ENDINGS = word_list("ends of newspapers' names")
_WIDTH_LEFT, _WIDTH_RIGHT = 5, 7
_NEIGHBOURS = 12  # attributions before and after that are looked at


@dataclass(frozen=True)
class Candidate:
    """Words that may say by what channel, or when."""

    words: Range
    kind: str  # of KINDS


@cache
def channel_nouns(lexicon: Lexicon) -> dict[str, str]:
    return {row["channel"].lower(): row["kind"] for row in lexicon.tables["channels"]}


def find_channels(words: Words, lower: Sequence[str], lexicon: Lexicon) -> list[Candidate]:
    """Noun phrases that may be a channel: "an interview with NBC News", "Twitter", and outlets by name."""
    nouns, found, place = channel_nouns(lexicon), [], 0
    n = len(lower)
    while place < n:
        outlet = outlet_at(words, lower, place, lexicon)
        kind = nouns.get(singular(lower[place])) or nouns.get(lower[place])
        if outlet:
            before = place - 1 if place and lower[place - 1] == "the" else place
            found.append(Candidate((before, outlet), "outlet"))
            place = outlet
            continue
        if kind and (kind != "platform" or words.case[place] >= 2):
            start = place
            while (
                start and place - start < _WIDTH_LEFT and lower[start - 1] not in _NOT_BEFORE and words.gap[start] == 1
            ):
                start -= 1
            if kind == "platform" or _is_noun(lower, start, place):
                found.append(Candidate((start, _end_of(words, lower, place + 1, kind)), kind))
        place += 1
    return found


def find_days(words: Words, published: str | None) -> list[tuple[Candidate, tuple[str, str] | None]]:
    """The dates of a text that may say when, and the first and last day that they come to by its publication date."""
    found = []
    for span in find_dates(words.text):
        place = word_range(words, span.start, span.end)
        if place:
            days = resolve_date(span.of(words.text), published)
            found.append((Candidate(place, "day" if days and days[0] == days[1] else "longer"), days))
    return found


_DAYS = word_list("days and months")
_DETERMINERS = word_list("determiners of a channel")
_LEADING = frozenset(["in", "on", "at", "during", "via", "with", "by", "from", "of"])


def _is_noun(lower: Sequence[str], start: int, place: int) -> bool:
    """Whether a word is the noun that it may be: "in a call", not "they call"."""
    if any(lower[i] in _DETERMINERS or lower[i] in ("'", "’") for i in range(start, place)):
        return True
    return (
        bool(start)
        and lower[start - 1] in _LEADING
        and not (place + 1 < len(lower) and lower[place + 1] in ("the", "a", "it", "them", "him", "her"))
    )


def _end_of(words: Words, lower: Sequence[str], end: int, kind: str) -> int:
    """The end of a channel with the name it was held with or at: "an interview with The Washington Post"."""
    if kind == "platform" or end >= len(lower) or lower[end] not in ("with", "on", "in", "at", "to", "of"):
        return end
    stop = end + 1
    while (
        stop < len(lower)
        and stop - end <= _WIDTH_RIGHT
        and words.gap[stop] < 2
        and lower[stop] not in _DAYS
        and (words.case[stop] in (2, 3, 4) or (stop == end + 1 and lower[stop] in ("the", "a")))
    ):
        stop += 1
    return stop if stop > end + 1 and words.case[stop - 1] >= 2 else end


def outlet_at(words: Words, lower: Sequence[str], place: int, lexicon: Lexicon) -> int | None:
    """The end of the outlet's name that begins at a word; None where none does."""
    if words.case[place] < 2 or lower[place] == "the":
        return None
    for end in range(min(place + 5, len(lower)), place, -1):
        name = words.text[int(words.start[place]) : int(words.end[end - 1])].lower()
        ending = (
            end - place > 1 and lower[end - 1] in _OUTLET_ENDINGS and all(words.case[i] >= 2 for i in range(place, end))
        )
        if ending and (end == len(lower) or words.case[end] < 2):
            return end
        if name in lexicon.outlets and (
            end - place > 1 or words.case[place] >= 3 or lower[place - 1 : place] in (["the"], ["told"], ["on"], ["to"])
        ):
            return end
    return None


@dataclass(frozen=True)
class Said:
    """What the weighing of a candidate looks at in an attribution."""

    cue: Range
    content: Sequence[Range]
    act: Act
    speaker: str | None
    direct: bool
    nested: bool


def candidate_signs(
    words: Words,
    lower: Sequence[str],
    sentence: Ints,
    paragraph: Ints,
    said: Sequence[Said],
    i: int,
    candidate: Candidate,
    given: Sequence[Candidate | None],
) -> Floats:
    """The signs that a candidate belongs to attribution i; `given` are those of the attributions before it."""
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
    last = next((j for j in range(i - 1, max(-1, i - _NEIGHBOURS), -1) if said[j].nested == one.nested), None)
    mine = next(
        (
            j
            for j in range(i - 1, max(-1, i - _NEIGHBOURS), -1)
            if said[j].speaker is not None and said[j].speaker == one.speaker
        ),
        None,
    )
    near_mine = mine is not None and int(sentence[one.cue[0]]) - int(sentence[said[mine].cue[0]]) <= 2
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
        float(last is not None and given[last] == candidate),
        float(last is not None and given[last] == candidate and said[last].speaker == one.speaker),
        float(mine is not None and given[mine] == candidate),
        float(mine is not None and given[mine] == candidate and near_mine),
        float(near_mine and mine is not None and given[mine] is None),
        float(near_mine),
    ]
    return np.array(signs, dtype=np.float32)


SIGNS = BEFORE + AFTER + 1 + len(KINDS) + len(PREPOSITIONS) + len(_GROUPS) + len(_STEPS) + 24


def near(
    candidates: Sequence[Candidate], sentence: Ints, said: Sequence[Said], i: int, given: Sequence[Candidate | None]
) -> list[Candidate]:
    """The candidates in the sentences around attribution i, and the one that its speaker's last one had."""
    one = said[i]
    at = int(sentence[one.cue[0]])
    found = [c for c in candidates if -BEFORE <= int(sentence[c.words[0]]) - at <= AFTER]
    for j in range(i - 1, -1, -1):
        if at - int(sentence[said[j].cue[0]]) > BEFORE:
            break
        kept = given[j]
        if kept is not None and kept not in found and said[j].speaker == one.speaker:
            found.append(kept)
    return found


def _may_belong(candidate: Candidate, sentence: Ints, said: Sequence[Said], i: int) -> bool:
    """Whether nothing forbids that a candidate is of an attribution: it stands in its content, or in a sentence in
    which somebody else speaks and this one's speaker does not."""
    one, start = said[i], candidate.words[0]
    if any(a <= start < b for a, b in one.content) and not one.cue[0] <= start < one.cue[1]:
        return False
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


def load_places(folder: Path | Traversable | None = None) -> PlaceModel:
    """Load the networks from a folder, or those that ship. Raises FileNotFoundError where a part is missing."""
    from sayso.extract.tagger import open_session

    place = folder or files("sayso") / "weights" / "manner"
    learned = json.loads((place / "manner.json").read_text("utf8"))
    parts = [Weighing(open_session(place / f"{name}.onnx"), learned[name]) for name in ("channel", "when")]
    return PlaceModel(parts[0], parts[1], learned["version"])


def attach(
    words: Words,
    lower: Sequence[str],
    sentence: Ints,
    paragraph: Ints,
    said: Sequence[Said],
    candidates: Sequence[Candidate],
    weighing: Weighing,
) -> list[Candidate | None]:
    """The candidate that belongs to each attribution, in order, or None."""
    given: list[Candidate | None] = [None] * len(said)
    starts = [int(sentence[c.words[0]]) for c in candidates]
    for i in range(len(said)):
        at = int(sentence[said[i].cue[0]])
        low, high = bisect.bisect_left(starts, at - BEFORE), bisect.bisect_right(starts, at + AFTER)
        some = [c for c in near(candidates[low:high], sentence, said, i, given) if _may_belong(c, sentence, said, i)]
        if not some:
            continue
        signs = np.stack([candidate_signs(words, lower, sentence, paragraph, said, i, c, given) for c in some])
        scores = weighing.network.run(["score"], {"signs": signs})[0]
        chance = np.exp(scores) / (1 + np.exp(scores).sum())
        best = int(chance.argmax())
        if chance[best] >= weighing.least:
            given[i] = some[best]
    return given
