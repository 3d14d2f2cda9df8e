"""Who may speak in an attribution, and from what probability somebody is shown.

The rules of entities.py and placing.py name somebody for most sources, and are right or not. Whom they name is one of
the candidates, beside those mentioned near the source, those who spoke last, and who speaks in the attribution that
holds a nested one. A network weighs them (signs.py has what it sees of each, training/speakers.py the recipe).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sayso.extract.words import NEW_PARAGRAPH, Words
from sayso.lexicon import Lexicon
from sayso.resolve.entities import DATELINE, OPEN, THEY, Entities, in_dateline, is_new, may_be
from sayso.resolve.forms import (
    INDEFINITE,
    MANY,
    NAME,
    PRONOUN,
    Ints,
    Mentions,
    singular,
)
from sayso.resolve.mentions import Mention
from sayso.resolve.placing import ANSWERING, ASKING, Placed
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
SPEAKERS_BACK = 25  # attributions back among which the last speakers are looked for
_NEAR = 5  # words around a name in which what somebody is stands
DETERMINERS = frozenset(("the", "a", "an", "his", "her", "its", "their", "this", "that", "these", "those", "any", "no"))


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
                if len(w) > 2 and self.sentence[k] == same and w not in DETERMINERS
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
        found |= {key for holder in holders(scene, place) if (key := told.keys[holder]) is not None}
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
    for holder in holders(scene, place):
        if (key := told.keys[holder]) is not None and key != AUTHOR:
            yield key
            break
    yield from last_speakers(scene, place, told)[:2]
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


def holders(scene: Scene, place: int) -> list[int]:
    """The attributions that hold one, the nearest first."""
    found = []
    holder = scene.attributions[place].within
    while holder is not None and holder not in found:
        found.append(holder)
        holder = scene.attributions[holder].within
    return found


def last_speakers(scene: Scene, place: int, told: Told) -> list[Key]:
    """Who spoke before, the last first, each once: in no content but those that hold this one."""
    one = scene.attributions[place]
    found: dict[Key, None] = {}
    for before in range(place - 1, max(-1, place - SPEAKERS_BACK), -1):
        other = scene.attributions[before]
        if other.within is not None and other.within != one.within:
            continue
        if (key := told.keys[before]) is not None and key != AUTHOR:
            found[key] = None
        if len(found) > 3:
            break
    return list(found)
