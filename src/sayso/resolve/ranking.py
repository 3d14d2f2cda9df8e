"""Who speaks in an attribution, of those who may: signs of each that a small network weighs.

The rules of entities.py and placing.py name one for most sources, and are right or not. Here whom they name is one
of the candidates, beside those mentioned near the source, those who spoke last, and who speaks in the attribution that
holds a nested one. The network (training/speakers.py) gives each a probability, and one to nobody among them.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sayso.extract.words import NEW_PARAGRAPH, Words
from sayso.lexicon import Lexicon
from sayso.model import Act
from sayso.qualify.cues import rows_in
from sayso.resolve.entities import DATELINE, OPEN, THEY, Entities, in_dateline, is_new, may_be
from sayso.resolve.forms import (
    FEMALE,
    FORMS,
    INDEFINITE,
    MALE,
    MANY,
    NAME,
    ONE,
    PRONOUN,
    THING,
    UNKNOWN,
    Floats,
    Ints,
    Mentions,
    singular,
)
from sayso.resolve.mentions import Mention
from sayso.resolve.placing import ANSWERING, ASKING, Placed, Range
from sayso.resolve.scores import MentionScores
from sayso.resolve.towns import TOWNS

Key = tuple[int, ...]  # the entities that speak together

AUTHOR: Key = (-1,)  # of the article, who is no entity of it

_LEAST = 0.5  # of the probability of a speaker: who is less likely is left open
_LEAST_BY_WORDS = 0.2  # the same, for whom the words themselves name
_LEAST_UNDERSTOOD = 0.4  # the same, for who spoke before in the sentence: "Voss said no, but [declined] to say why"
_LEAST_ALONE = 0.35  # the same, for whoever is called by its own words only, and has no name
BACK, AHEAD = 40, 12  # mentions before and after a source among which candidates are looked for
MOST = 16  # candidates
_LOOK = 8  # mentions of one candidate before and after a source that are looked at
_SPEAKERS_BACK = 25  # attributions back among which the last speakers are looked for
_NEAR = 5  # words around a name in which what somebody is stands
_BEING = frozenset(("is", "are", "was", "were", "be", "been", "being", "am", "s", "re", "m"))
_JOINING = frozenset(("and", "but", "or"))
_LEADING = frozenset(
    (
        "for",
        "of",
        "from",
        "as",
        "in",
        "by",
        "with",
        "about",
        "at",
        "on",
        "after",
        "before",
        "without",
        "against",
        "while",
    )
)
_DETERMINERS = frozenset(
    ("the", "a", "an", "his", "her", "its", "their", "this", "that", "these", "those", "any", "no")
)
_MODALS = frozenset(
    ("will", "would", "can", "could", "may", "might", "should", "must", "do", "does", "did", "has", "have", "had")
)


@dataclass(frozen=True, eq=False)
class Scene:
    """What is known of a document before its speakers are weighed."""

    words: Words
    lower: Sequence[str]
    sentence: Ints
    mentions: Sequence[Mention]
    table: Mentions
    entities: Entities
    attributions: Sequence[Placed]
    mention_of: Sequence[int | None]  # of each attribution: its source, where that is one mention
    linked: Sequence[Key | None]  # of each attribution: whom the mentions of its source are linked to
    scores: MentionScores
    lexicon: Lexicon

    def form_of(self, place: int) -> str:
        """What kind of words the source of an attribution is."""
        i = self.mention_of[place]
        if i is None:
            return "unexpressed" if self.attributions[place].source is None else "several"
        form = int(self.table.form[i])
        return "name" if form == NAME else "pronoun" if form >= PRONOUN else "description"

    @cached_property
    def of_entity(self) -> list[list[int]]:
        """The mentions of each entity, in order."""
        found: list[list[int]] = [[] for _ in self.entities.entities]
        for i, number in enumerate(self.entities.of_mention):
            if number is not None:
                found[number].append(i)
        return found

    @cached_property
    def starts(self) -> list[int]:
        return [int(start) for start in self.table.start]

    @cached_property
    def paragraphs(self) -> Ints:
        """The number of the paragraph that each word stands in."""
        return np.cumsum(self.words.gap == NEW_PARAGRAPH)

    @cached_property
    def first_person(self) -> int:
        """The first person of the document, as the number of an entity; -1 where there is none."""
        people = (e for e, m in zip(self.entities.of_mention, self.mentions, strict=True) if m.type == "person")
        return next((e for e in people if e is not None), -1)

    @cached_property
    def first_in_sentence(self) -> set[int]:
        """The first mention of each sentence."""
        seen: dict[int, int] = {}
        for i, number in enumerate(self.table.sentence.tolist()):
            seen.setdefault(number, i)
        return set(seen.values())

    @cached_property
    def speaking(self) -> Counter[int]:
        """How often each entity is the source of an attribution."""
        return Counter(e for key in self.linked if key for e in key)

    @cached_property
    def told(self) -> set[int]:
        """Mentions right behind a cue: who is told, asked or accused."""
        at = {a.cue[1] for a in self.attributions}
        return {i for i, start in enumerate(self.starts) if start in at}

    @cached_property
    def cue_at(self) -> dict[int, int]:
        """The attribution whose cue a word stands in."""
        return {i: place for place, a in enumerate(self.attributions) for i in range(*a.cue)}

    @cached_property
    def near_names(self) -> dict[int, frozenset[str]]:
        """The words around the names of an entity, and of its descriptions."""
        found: dict[int, set[str]] = {}
        for i, m in enumerate(self.mentions):
            number = self.entities.of_mention[i]
            if number is None or self.table.form[i] >= PRONOUN:
                continue
            low, high = (max(0, m.start - _NEAR), m.end + _NEAR) if m.name else (m.start, m.end)
            same = int(self.sentence[m.head])
            found.setdefault(number, set()).update(
                singular(w)
                for k, w in enumerate(self.lower[low:high], low)
                if len(w) > 2 and self.sentence[k] == same and w not in _DETERMINERS
            )
        return {number: frozenset(said) for number, said in found.items()}

    @cached_property
    def together(self) -> list[tuple[int, Key]]:
        """Those who are named side by side ("Ruiz and Hale"): the last of the mentions, and the entities."""
        found: list[tuple[int, Key]] = []
        of = self.entities.of_mention
        run: list[int] = []
        for i, m in enumerate(self.mentions):
            if of[i] is None or self.table.form[i] >= PRONOUN:
                continue
            last = run[-1] if run else None
            between = list(self.lower[self.mentions[last].end : m.start]) if last is not None else []
            if (
                last is not None
                and self.mentions[last].type == m.type
                and len(between) < 6
                and between
                and m.start >= self.mentions[last].end
            ):
                joint = between[-1] == "and" or between == ["and", "the"]
                if joint and all(w in (",", "and", "the") or w in self.lexicon.title_words for w in between):
                    key = tuple(dict.fromkeys(of[k] for k in (*run, i)))
                    if len(key) > 1:
                        found.append((i, key))  # type: ignore[arg-type]
                    run = []
                    continue
                if between == [","]:
                    run.append(i)
                    continue
            run = [i]
        return found

    @cached_property
    def pair_scores(self) -> dict[int, dict[int, float]]:
        """For each mention, the best pair score to each entity."""
        found: dict[int, dict[int, float]] = {}
        of = self.entities.of_mention
        pairs = self.entities.pairs
        if pairs is None:
            return found
        wanted = {i for i in self.mention_of if i is not None}
        for later, earlier, score in zip(pairs[0].tolist(), pairs[1].tolist(), pairs[2].tolist(), strict=True):
            number = of[earlier]
            if later in wanted and number is not None:
                best = found.setdefault(later, {})
                best[number] = max(best.get(number, -99.0), score)
        return found


@dataclass
class Told:
    """Who speaks in each attribution, as far as that is decided, how sure it is, and whether that is enough to show."""

    keys: list[Key | None]
    sure: list[float]
    enough: list[bool]


HOW = ("nothing", "link", "understood", "subject", "first person")
NOTHING, LINK, UNDERSTOOD, SUBJECT, FIRST_PERSON = range(len(HOW))


@dataclass(frozen=True)
class ByRule:
    """Whom the rules name, how sure they are, and by which of HOW."""

    key: Key | None
    sure: float
    how: int


Weigh = Callable[[Scene, int, Told, ByRule], tuple[Key | None, float]]  # who speaks, and how probable that is


def candidates(scene: Scene, place: int, told: Told, by_rule: ByRule) -> list[Key]:
    """Who may speak in an attribution; whom the rules name comes first, if they name anybody.

    Of those who are near none whom the words forbid: another gender, an unnamed source that is not called the same,
    whoever is mentioned inside the source (in "his lawyer" not him), who is told ("the guard told Ruiz"), who asked
    where one replies, who speaks in the attribution that holds one by a description ("Ruiz said that the clerk had
    warned"). Only the rules name somebody for an attribution inside another one, and for one without a source: of 17
    sources of the first kind that the network changed, in articles that it had not learned from, 4 were right and 9 had
    been; of 10 speakers that it added to the second, 7 were right.
    """
    i = scene.mention_of[place]
    found: dict[Key, None] = {} if by_rule.key is None else {by_rule.key: None}
    one = scene.attributions[place]
    if one.source is None or (one.within is not None and found) or _says_itself(scene, place, by_rule):
        return list(found)
    barred = _barred(scene, place, told)
    for key in _nearby(scene, place, told):
        if key not in found and key not in barred and (i is None or _allowed(scene, i, key)):
            found[key] = None
        if len(found) >= MOST:
            break
    return list(found)


def _says_itself(scene: Scene, place: int, by_rule: ByRule) -> bool:
    """Whether nobody is looked up for a source: a name, several sources, the first person, somebody new, one who was
    called the same before ("a nurse", "the nurse"), a title that several have, "the city"."""
    i = scene.mention_of[place]
    if i is None:
        return scene.attributions[place].source is not None
    form, table, of = int(scene.table.form[i]), scene.table, scene.entities.of_mention
    if form in (NAME, INDEFINITE, *OPEN) or i in scene.entities.ambiguous:
        return True
    if form >= PRONOUN:
        return False
    if is_new(scene.lower, scene.mentions[i]) or table.key[i] in TOWNS:
        return True
    own = of[i]
    if own is None or by_rule.key != (own,) or scene.entities.entities[own].named:
        return False
    return any(k < i and table.form[k] < PRONOUN and table.key[k] == table.key[i] for k in scene.of_entity[own])


def least(scene: Scene, place: int, by_rule: ByRule, key: Key) -> float:
    """The probability from which somebody is shown as the speaker of an attribution: who is more likely than not; in
    doubt too whom its words name, or who is called by such words only ("the chamber of commerce")."""
    if by_rule.how == SUBJECT or (by_rule.how != FIRST_PERSON and _says_itself(scene, place, by_rule)):
        return _LEAST_BY_WORDS
    if by_rule.how == UNDERSTOOD:
        return _LEAST_UNDERSTOOD
    i = scene.mention_of[place]
    own = i is not None and scene.table.form[i] < PRONOUN and scene.entities.of_mention[i] == key[0]
    return _LEAST_ALONE if own and not scene.entities.entities[key[0]].named else _LEAST


def _barred(scene: Scene, place: int, told: Told) -> set[Key]:
    """Who cannot speak in an attribution by its place."""
    one, i, of = scene.attributions[place], scene.mention_of[place], scene.entities.of_mention
    found: set[Key] = set()
    if one.source is not None and one.source[1] <= one.cue[0]:
        at = bisect_left(scene.starts, one.cue[1])
        while at < len(scene.starts) and scene.starts[at] == one.cue[1]:
            found |= {(number,) for number in [of[at]] if number is not None}
            at += 1
    if not ANSWERING.isdisjoint(scene.lower[slice(*one.cue)]):
        found |= {key for before in _asked_here(scene, place) if (key := told.keys[before]) is not None}
    if i is not None and scene.table.form[i] < PRONOUN:
        found |= {key for holder in _holders(scene, place) if (key := told.keys[holder]) is not None}
        if scene.lower[scene.mentions[i].head] != "agency":
            opening = range(min(DATELINE, len(scene.mentions)))
            found |= {
                (number,)
                for k in opening
                if in_dateline(scene.lower, scene.mentions[k]) and (number := of[k]) is not None
            }
    return found


def _asked_here(scene: Scene, place: int) -> Iterator[int]:
    """The attributions before one, in its sentence, in which somebody asks."""
    number = scene.sentence[scene.attributions[place].cue[0]]
    for before in range(place - 1, -1, -1):
        cue = scene.attributions[before].cue
        if scene.sentence[cue[0]] != number:
            return
        if not ASKING.isdisjoint(scene.lower[slice(*cue)]):
            yield before


def _allowed(scene: Scene, i: int, key: Key) -> bool:
    """Whether nothing in the words forbids that a mention is of those entities."""
    of, source = scene.entities.of_mention, scene.mentions[i]
    if len(key) > 1:
        form = int(scene.table.form[i])
        return form == THEY or (form < PRONOUN and scene.table.number[i] == MANY)
    if scene.table.form[i] < PRONOUN and key[0] in scene.entities.namesakes:
        return False  # which of two people of one surname "the nominee" is, is left to the rules
    inside = range(bisect_left(scene.starts, source.start), bisect_left(scene.starts, source.end))
    if any(of[k] == key[0] and k != i for k in inside):
        return False
    return may_be(scene.entities.entities[key[0]], scene.mentions, scene.table, i, scene.lower, scene.lexicon)


def _nearby(scene: Scene, place: int, told: Told) -> Iterator[Key]:
    """Those who are near a source: who speaks in what holds it, who spoke last, who is mentioned around it."""
    one, i = scene.attributions[place], scene.mention_of[place]
    for holder in _holders(scene, place):
        if (key := told.keys[holder]) is not None and key != AUTHOR:
            yield key
            break
    yield from _last_speakers(scene, place, told)[:2]
    at = scene.starts[i] if i is not None else one.cue[0]
    first = bisect_left(scene.starts, at)
    near = bisect_left(scene.together, first, key=lambda pair: pair[0])
    for last, key in scene.together[max(0, near - 3) : near]:
        if i is not None and first - last < BACK:
            yield key
    here, pronoun = int(scene.sentence[at]), i is None or int(scene.table.form[i]) >= PRONOUN
    for k in (*range(first - 1, max(-1, first - BACK), -1), *range(first, min(len(scene.mentions), first + AHEAD))):
        number = scene.entities.of_mention[k]
        ahead = i is not None and k >= first and pronoun and scene.table.sentence[k] != here
        if number is not None and not ahead and not (k == i and pronoun):
            yield (number,)


def _holders(scene: Scene, place: int) -> list[int]:
    """The attributions that hold one, the nearest first."""
    found = []
    holder = scene.attributions[place].within
    while holder is not None and holder not in found:
        found.append(holder)
        holder = scene.attributions[holder].within
    return found


def _last_speakers(scene: Scene, place: int, told: Told) -> list[Key]:
    """Who spoke before, the last first, each once: in no content but those that hold this one."""
    one = scene.attributions[place]
    found: dict[Key, None] = {}
    for before in range(place - 1, max(-1, place - _SPEAKERS_BACK), -1):
        other = scene.attributions[before]
        if other.within is not None and other.within != one.within:
            continue
        if (key := told.keys[before]) is not None and key != AUTHOR:
            found[key] = None
        if len(found) > 3:
            break
    return list(found)


def signs(scene: Scene, place: int, told: Told, by_rule: ByRule, keys: Sequence[Key]) -> Floats:
    """The signs [candidates + 1, WIDTH] of each candidate, and in the last row of nobody."""
    shared = _of_attribution(scene, place, told, by_rule, len(keys))
    rows = [[*shared, *_of_candidate(scene, place, told, by_rule, key)] for key in keys]
    rows.append([*shared, *([0.0] * len(CANDIDATE))])
    rows[-1][len(shared)] = 1.0
    beside = np.zeros((len(rows), len(BESIDE)), dtype=np.float32)
    for column, measured in enumerate(_measured(scene, place, keys)):
        order = sorted(range(len(keys)), key=lambda k: (measured[k], k))
        for rank, k in enumerate(order):
            beside[k, 2 * column] = measured[k] > 0 and rank == 0
            beside[k, 2 * column + 1] = _log(rank)
    return np.concatenate([np.array(rows, dtype=np.float32), beside], axis=1)


BESIDE = (
    "latest", "rank by last mention", "most often", "rank by mentions", "likeliest", "rank by pair score",
    "latest of its gender", "rank of its gender", "latest subject", "rank by last subject",
)  # fmt: skip


def _measured(scene: Scene, place: int, keys: Sequence[Key]) -> list[list[float]]:
    """What the candidates are ranked by, the lowest first; 0 for what does not count."""
    i = scene.mention_of[place]
    at = bisect_left(scene.starts, scene.starts[i] if i is not None else scene.attributions[place].cue[0])
    pairs = scene.pair_scores.get(i, {}) if i is not None else {}
    rows: list[list[float]] = [[], [], [], [], []]
    for key in keys:
        own = scene.of_entity[key[0]]
        first = bisect_left(own, at)
        entity = scene.entities.entities[key[0]]
        since = float(at - own[first - 1]) if first else 1e6
        same = i is None or (entity.gender == int(scene.table.gender[i]) and entity.gender != UNKNOWN)
        subject = next((k for k in reversed(own[max(0, first - 8) : first]) if k in scene.first_in_sentence), None)
        rows[0].append(since)
        rows[1].append(1 / (1 + first))
        rows[2].append(math.exp(-pairs[key[0]] / 4) if key[0] in pairs and len(key) == 1 else 1e6)
        rows[3].append(since if same else 1e6)
        rows[4].append(float(at - subject) if subject is not None else 1e6)
    return rows


def _log(n: float) -> float:
    return math.log1p(max(n, 0.0)) / 3


SHARED = (
    *(f"form {form}" for form in FORMS), "several", "unexpressed", "nested", "nested deeper", "quoted",
    "source length", "source behind cue", "ing", "to", "passive", "by", "noun", "being", "modal", "cue length",
    "after and", "after comma", "after leading word", "opens paragraph", "early", "person", "organization", "place",
    "other", "many", "one", "person noun", "title", "group noun", "organization noun", "document noun", "male",
    "female", "thing", "candidates", *(f"how {how}" for how in HOW), "sure", "holder known", "content before cue",
    *(f"act {act}" for act in Act), *(f"holder's act {act}" for act in Act),
)  # fmt: skip


def _of_attribution(scene: Scene, place: int, told: Told, by_rule: ByRule, n: int) -> list[float]:
    one, i, lower, lexicon = scene.attributions[place], scene.mention_of[place], scene.lower, scene.lexicon
    cue = lower[slice(*one.cue)]
    before = lower[one.cue[0] - 1] if one.cue[0] else ""
    table = scene.table
    form = [0.0] * len(FORMS)
    head, gender, number, types = "", UNKNOWN, UNKNOWN, [0.0] * 4
    if i is not None:
        form[int(table.form[i])] = 1.0
        head, gender, number = lower[int(table.head[i])], int(table.gender[i]), int(table.number[i])
        types = scene.scores.types[int(table.head[i]), 1:5].tolist()
    noun = singular(head)
    anchor = scene.starts[i] if i is not None else one.cue[0]
    start = int(np.searchsorted(scene.sentence, scene.sentence[anchor], side="left"))
    holders = _holders(scene, place)
    described = i is not None and table.form[i] < PRONOUN
    how = [0.0] * len(HOW)
    how[by_rule.how] = 1.0
    return [
        *form,
        float(one.source is not None and i is None),
        float(one.source is None),
        float(bool(holders)),
        float(len(holders) > 1),
        float(scene.words.quote[anchor] == 1),
        _log(one.source[1] - one.source[0] if one.source else 0),
        float(one.source is not None and one.source[0] >= one.cue[1]),
        float(any(w.endswith("ing") for w in cue[:2])),
        float("to" in (before, cue[0])),
        float(any(w in _BEING for w in cue) and cue[-1].endswith(("ed", "n", "d", "by", "of", "for", "with"))),
        float("by" in lower[one.cue[1] - 1 : one.cue[1] + 1]),
        float(before in _DETERMINERS or cue[0] in _DETERMINERS or cue[-1] in ("of", "that", "for")),
        float(cue[0] in _BEING),
        float(cue[0] in _MODALS),
        _log(len(cue)),
        float(before in _JOINING),
        float(before in (",", "—", "–")),
        float(before in _LEADING),
        float(start == 0 or scene.words.gap[start] >= 2),
        float(scene.sentence[anchor] < 3),
        *types,
        float(number == MANY),
        float(number == ONE),
        float(described and noun in lexicon.gender_of_noun),
        float(described and noun in lexicon.title_words),
        float(described and (noun in lexicon.group_heads or head in lexicon.group_heads)),
        float(described and noun in lexicon.organization_heads),
        float(described and noun in lexicon.document_heads),
        float(gender == MALE),
        float(gender == FEMALE),
        float(gender == THING),
        _log(n),
        *how,
        by_rule.sure,
        float(bool(holders) and told.keys[holders[0]] is not None),
        float(bool(one.content) and one.content[0][0] < one.cue[0]),
        *_act(scene, place),
        *_act(scene, holders[0] if holders else None),
    ]


def _act(scene: Scene, place: int | None) -> list[float]:
    """Which act the lexicon has for a cue."""
    rows = rows_in(scene.lower[slice(*scene.attributions[place].cue)], scene.lexicon) if place is not None else []
    return [float(bool(rows) and rows[0].act == act) for act in Act]


CANDIDATE = (
    "nobody", "default", "sure", "together", "person", "organization", "place", "other", "named", "many",
    "gender same", "gender other", "gender known", "mentions before", "mentions", "share", "owned", "only this",
    "sentence 0", "sentence 1", "sentence 2", "sentence 3-5", "sentence 6-", "none before", "mentions between",
    "entities between", "last sourced", "last opens", "last name", "last pronoun", "last description", "last told",
    "same sentence before", "same sentence after", "in content", "opens sentence", "opens last sentence",
    "opens paragraph", "words to cue", "touches cue", "before: comma", "before: who", "before: to", "before: cue",
    "before: quote", "pair", "pair share", "pair best", "pair none", "last speaker", "second last speaker",
    "speaker distance", "speaker same paragraph", "speaker paragraph before", "next speaker", "speaks", "holder's",
    "holder's holder's", "in holder's content", "behind in holder's content", "told by holder", "first ahead",
    "key shared", "words shared", "share of words", "title shared", "is first person of document",
)  # fmt: skip
WIDTH = len(SHARED) + len(CANDIDATE) + len(BESIDE)


def _of_candidate(scene: Scene, place: int, told: Told, by_rule: ByRule, key: Key) -> list[float]:
    one, i, lower, table = scene.attributions[place], scene.mention_of[place], scene.lower, scene.table
    entity = scene.entities.entities[key[0]]
    at = scene.starts[i] if i is not None else one.cue[0]
    here, paragraph = int(scene.sentence[at]), int(scene.paragraphs[at])
    before, after, count, total = _around(scene, key[0], i, at)
    last = before[-1] if before else None
    gender = int(table.gender[i]) if i is not None else UNKNOWN
    is_default = by_rule.key == key
    row = [
        0.0,
        float(is_default),
        by_rule.sure if is_default else 0.0,
        float(len(key) > 1),
        *(float(entity.type == t) for t in ("person", "organization", "place", "other")),
        float(entity.named),
        float(entity.count == MANY or len(key) > 1),
        float(gender != UNKNOWN and gender == entity.gender),
        float(UNKNOWN not in (gender, entity.gender) and gender != entity.gender),
        float(entity.gender != UNKNOWN),
        _log(count),
        _log(total),
        total / max(1, len(scene.mentions)) * 5,
        float(entity.owned),
        float(not total),
    ]
    # Where it was mentioned last.
    distance = here - int(table.sentence[last]) if last is not None else -1
    row += [float(distance == d) for d in (0, 1, 2)]
    row += [float(3 <= distance <= 5), float(distance > 5), float(last is None)]
    between = range(last + 1, bisect_left(scene.starts, at)) if last is not None else range(0)
    others = {scene.entities.of_mention[k] for k in between if k != i} if len(between) < 60 else set(range(9))
    row += [_log(len(between)), _log(len(others))]
    form = int(table.form[last]) if last is not None else -1
    row += [
        float(last is not None and bool(table.sourced[last])),
        float(last is not None and last in scene.first_in_sentence),
        float(form == NAME),
        float(form >= PRONOUN),
        float(NAME < form < PRONOUN),
        float(last is not None and last in scene.told),
    ]
    here_before = [k for k in before[-4:] if table.sentence[k] == here]
    here_after = [k for k in after[:4] if table.sentence[k] == here]
    near = [k for k in before[-6:] if here - int(table.sentence[k]) <= 1]
    row += [
        float(bool(here_before)),
        float(bool(here_after)),
        float(any(a <= scene.starts[k] < b for k in (*before[-4:], *after[:4]) for a, b in one.content)),
        float(any(k in scene.first_in_sentence for k in here_before)),
        float(any(k in scene.first_in_sentence and table.sentence[k] == here - 1 for k in near)),
        float(any(_opens_paragraph(scene, k) and int(table.paragraph[k]) == paragraph for k in before[-6:])),
    ]
    # What stands between it and the cue.
    gap = (
        lower[int(table.end[last]) : at] if last is not None and distance <= 0 and int(table.end[last]) <= at else None
    )
    row += [
        _log(len(gap)) if gap is not None else 1.5,
        float(gap is not None and len(gap) <= 1),
        float(gap is not None and "," in gap),
        float(gap is not None and any(w in ("who", "that", "which") for w in gap)),
        float(gap is not None and "to" in gap),
        float(gap is not None and last is not None and any(k in scene.cue_at for k in range(int(table.end[last]), at))),
        float(gap is not None and any(w in ("“", "”", '"', "''") for w in gap)),
    ]
    pairs = scene.pair_scores.get(i, {}) if i is not None else {}
    score = pairs.get(key[0]) if len(key) == 1 else None
    whole = 1 + sum(math.exp(min(s, 30.0)) for s in pairs.values())
    row += [
        max(-4.0, min(4.0, score)) / 4 if score is not None else 0.0,
        math.exp(min(score, 30.0)) / whole if score is not None else 0.0,
        float(score is not None and score >= max(pairs.values())),
        float(score is None),
    ]
    row += _as_speaker(scene, place, told, key, paragraph)
    row += _in_holder(scene, place, told, key, at)
    row.append(float(last is None and total > 0))
    row += _as_described(scene, i, key[0])
    row.append(float(entity.number == scene.first_person))
    return row


def _around(scene: Scene, number: int, i: int | None, at: int) -> tuple[list[int], list[int], int, int]:
    """The last mentions of an entity before a place, the next ones after it, how many are before, and how many there
    are at all; without mention `i`."""
    own = scene.of_entity[number]
    first = bisect_left(own, bisect_left(scene.starts, at))
    behind, ahead = own[max(0, first - _LOOK) : first], own[first : first + _LOOK]
    kept, after = [k for k in behind if k != i], [k for k in ahead if k != i]
    return kept, after, first - len(behind) + len(kept), len(own) - len(behind) - len(ahead) + len(kept) + len(after)


def _opens_paragraph(scene: Scene, k: int) -> bool:
    return k == 0 or bool(scene.table.paragraph[k] != scene.table.paragraph[k - 1])


def _as_speaker(scene: Scene, place: int, told: Told, key: Key, paragraph: int) -> list[float]:
    spoke = _last_speakers(scene, place, told)
    one = scene.attributions[place]
    distance, same, apart = 0, False, False
    for before in range(place - 1, max(-1, place - _SPEAKERS_BACK), -1):
        other = scene.attributions[before]
        if told.keys[before] == key and other.within in (None, one.within):
            distance = place - before
            where = int(scene.paragraphs[other.cue[0]])
            same, apart = where == paragraph, where == paragraph - 1
            break
    following = range(place + 1, min(len(scene.linked), place + 4))
    after = next((scene.linked[k] for k in following if scene.linked[k] and scene.attributions[k].within is None), None)
    return [
        float(spoke[:1] == [key]),
        float(spoke[1:2] == [key]),
        1.0 / distance if distance else 0.0,
        float(same),
        float(apart),
        float(after == key),
        _log(scene.speaking[key[0]]),
    ]


def _in_holder(scene: Scene, place: int, told: Told, key: Key, at: int) -> list[float]:
    holders = _holders(scene, place)
    if not holders:
        return [0.0] * 5
    holder, own = scene.attributions[holders[0]], scene.of_entity[key[0]]
    low, high = (bisect_left(own, bisect_left(scene.starts, word)) for word in (_reach(holder)))
    spots = [scene.starts[k] for k in own[low:high][:_LOOK]]
    inside = [s for s in spots if any(a <= s < b for a, b in holder.content)]
    return [
        float(told.keys[holders[0]] == key),
        float(any(told.keys[h] == key for h in holders[1:])),
        float(any(s < at for s in inside)),
        float(any(s > at for s in inside)),
        float(holder.cue[1] in spots),
    ]


def _reach(one: Placed) -> Range:
    """First word and end of an attribution."""
    spans = [one.cue, *one.content]
    return min(a for a, _ in spans), max(b for _, b in spans) + 1


def _as_described(scene: Scene, i: int | None, number: int) -> list[float]:
    if i is None or scene.table.form[i] >= PRONOUN or scene.table.form[i] == NAME:
        return [0.0] * 4
    table = scene.table
    m = scene.mentions[i]
    said = {singular(w) for w in scene.lower[m.start : m.end] if len(w) > 2 and w not in _DETERMINERS}
    known = scene.near_names.get(number, frozenset())
    if scene.entities.of_mention[i] == number:
        others = [k for k in scene.of_entity[number][:_LOOK] if k != i and table.form[k] < PRONOUN]
        known = frozenset(singular(w) for k in others for w in table.bag[k])
    shared = said & known
    return [
        float(table.key[i] in known),
        _log(len(shared)),
        len(shared) / max(1, len(said)),
        float(bool(scene.lexicon.role_names.get(table.key[i], frozenset()) & known)),
    ]
