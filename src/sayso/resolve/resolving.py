"""From mentions to sources: who is who within one document, and who speaks in each attribution."""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from sayso.extract.words import NEW_PARAGRAPH, Words
from sayso.lexicon import Lexicon, word_list
from sayso.model import Document, Source, SourceKind, Span
from sayso.resolve.access import access_of, anonymity_reason_of
from sayso.resolve.candidates import (
    AUTHOR,
    FIRST_PERSON,
    LINK,
    NOTHING,
    SUBJECT,
    UNDERSTOOD,
    ByRule,
    Key,
    Scene,
    Told,
    Weigh,
    least,
)
from sayso.resolve.entities import FIRST, SOME, WE, WHO, Entities, Entity, link
from sayso.resolve.forms import MANY, NAME, ONE, PRONOUN, Floats, Ints, Mentions, describe
from sayso.resolve.mentions import Mention, Name, find_mentions, find_names, name_head, without_titles
from sayso.resolve.model import MentionModel
from sayso.resolve.placing import BY_PLACE, Placed, Range, moved, placed_speakers
from sayso.resolve.scores import NAME_TYPES, MentionScores
from sayso.resolve.sources import SUBJECTS, Part, is_told, kind_of, parts_of, subject_before
from sayso.statements import sentences


@dataclass(frozen=True)
class Speaker:
    """Who speaks in an attribution: a source's id, and how sure that is."""

    source: str
    confidence: float


@dataclass(frozen=True, eq=False)
class Resolved:
    """The sources of a document, and the speaker of each of its attributions where the text shows one."""

    sources: tuple[Source, ...]
    speakers: tuple[Speaker | None, ...]
    bases: tuple[str | None, ...]  # the source on whose word each speaks
    attributions: tuple[Placed, ...]  # with the sources of nested ones that stand before their cues


def sentence_numbers(words: Words) -> Ints:
    """The number of the sentence that each word stands in."""
    starts = [s.start for s in sentences(words.text)]
    return np.array([bisect.bisect_right(starts, int(a)) for a in words.start], dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Linked:
    """The mentions of a document, put together into entities, and the speakers that each source span names."""

    mentions: tuple[Mention, ...]
    table: Mentions
    entities: Entities
    attributions: tuple[Placed, ...]
    parts: Mapping[Range, Sequence[Part]]
    by_head: Mapping[int, int]
    lower: Sequence[str]
    lexicon: Lexicon


def link_mentions(
    words: Words,
    lower: Sequence[str],
    sentence: Ints,
    attributions: Sequence[Placed],
    scores: MentionScores,
    model: MentionModel,
    lexicon: Lexicon,
) -> Linked:
    """All mentions of people, organizations, places and documents, and which of them are of one."""
    names = find_names(words, lower, scores, lexicon)
    cues = frozenset(
        i for a in attributions for i in range(*a.cue) if words.case[i] < 2 and lower[i] not in lexicon.pronouns
    )
    mentions = find_mentions(words, lower, names, cues, scores, lexicon)
    ends = {m.end: (m.start, m.end) for m in mentions if m.type in ("person", "organization") or m.name}
    attributions = [_without_the_one_told(_with_subject(a, attributions, lower, ends), lower) for a in attributions]
    by_start = {name.start: name for name in names}
    spans = sorted({a.source for a in attributions if a.source})
    parts = {span: parts_of(lower, *span, by_start, lambda i: bool(words.case[i] >= 2), lexicon) for span in spans}
    mentions = _with_sources(lower, mentions, [p for ps in parts.values() for p in ps], cues, scores, lexicon)
    by_head = {m.head: i for i, m in enumerate(mentions)}
    speaking = frozenset(by_head[part_head(lower, p, lexicon)] for ps in parts.values() for p in ps)
    in_name = np.zeros(len(words), dtype=bool)
    for name in names:
        in_name[name.start : name.end] = True
    spots = [(m.start, m.end, m.head) for m in mentions]
    sources = frozenset((mentions[i].start, mentions[i].end) for i in speaking)
    paragraph = np.cumsum(words.gap == NEW_PARAGRAPH)
    table = describe(words, lower, spots, sentence, paragraph, in_name, sources, lexicon)

    def score_pairs(later: Ints, earlier: Ints, signs: Floats) -> Floats:
        return model.pair_scores(scores, table.head, later, earlier, signs)

    def mention_of(source: Range) -> int | None:
        named = parts[source]
        return by_head[part_head(lower, named[0], lexicon)] if len(named) == 1 else None

    entities = link(words, lower, mentions, table, score_pairs, speaking, lexicon)
    entities = placed_speakers(words, lower, attributions, mention_of, table, entities)
    return Linked(tuple(mentions), table, entities, tuple(attributions), parts, by_head, lower, lexicon)


def resolve(
    document: Document,
    words: Words,
    lower: Sequence[str],
    sentence: Ints,
    attributions: Sequence[Placed],
    scores: MentionScores,
    model: MentionModel,
    lexicon: Lexicon,
) -> Resolved:
    """The sources and speakers of a document.

    The attributions are in the order of their cues. A speaker that the text does not decide is None.
    """
    linked = link_mentions(words, lower, sentence, attributions, scores, model, lexicon)
    return _speakers(document, words, lower, sentence, linked, scores, model.weigh, lexicon)


def _with_subject(
    one: Placed, attributions: Sequence[Placed], lower: Sequence[str], ends: Mapping[int, Range]
) -> Placed:
    """A nested attribution with the subject before its cue as its source, where none was found ("I think …"), or only
    whoever is told ("Hale wrote [to Vega] that …"). A source that is only a preposition or an article is none."""
    if one.source and all(lower[i] in _NOBODY for i in range(*one.source)):
        one = replace(one, source=None)
    told = one.source and one.content and one.cue[1] <= one.source[0] and one.source[1] <= one.content[0][0]
    if one.within is None:
        return one
    if one.source is not None and not told:
        return replace(one, source=_last_subject(lower, one.source, one.cue, ends))
    source = subject_before(lower, one.cue, ends) or _subject_further(one, attributions[one.within], lower, ends)
    if source is None or any(a < source[1] and source[0] < b for a, b in (one.cue, *one.content)):
        return one
    return replace(one, source=source)


def _subject_further(one: Placed, holder: Placed, lower: Sequence[str], ends: Mapping[int, Range]) -> Range | None:
    """Who does what a cue says, a preposition, a relative word or an inserted "Ruiz said" before it: "blamed [Hale] for
    refusing", "asked [Hale] to say", "[people] who think", "[The owners], Ruiz said, hope"."""
    before, first = lower[one.cue[0] - 1] if one.cue[0] else "", lower[one.cue[0]]
    acting = before in ("for", "of", "as", "from") and first.endswith("ing")
    if acting or before in ("to", "who", "that"):
        return ends.get(one.cue[0] - 1)
    inserted = [holder.cue, *((holder.source,) if holder.source else ())]
    start, end = min(a for a, _ in inserted), max(b for _, b in inserted)
    if before == "," and end == one.cue[0] - 1 and start and lower[start - 1] == ",":
        return ends.get(start - 1)
    return None


def _last_subject(lower: Sequence[str], source: Range, cue: Range, ends: Mapping[int, Range]) -> Range:
    """The subject at the end of a source that has more of its clause, or another clause, before it: "because [I]",
    "what he said shows that [the owners]"."""
    start, end = source
    last = end - 1
    if end > cue[0] or last == start:
        return source
    if lower[last] in SUBJECTS or lower[last] in _POSSESSIVES:
        two = lower[last - 1] in ("and", "or", "of") and last - start <= _LONGEST_FIRST
        return source if two else (last, end)
    clause = lower[start] in _CLAUSE_OPENINGS or any(word in SUBJECTS for word in lower[start:last])
    subject = ends.get(end)
    return subject if clause and subject and subject[0] > start else source


def _without_the_one_told(one: Placed, lower: Sequence[str]) -> Placed:
    """A nested attribution without its subject as source, where that was told and did not tell: in "Ruiz said she had
    been informed that …" whoever informed her speaks, and is not named."""
    return replace(one, source=None) if one.within is not None and is_told(lower[slice(*one.cue)]) else one


def part_head(lower: Sequence[str], part: Part, lexicon: Lexicon) -> int:
    return name_head(lower, part.name, lexicon) if part.name else part.head


_NOBODY = frozenset(("for", "to", "of", "with", "from", "by", "in", "on", "at", "as", "the", "a", "an", "and", "or"))
_BEING = frozenset(("is", "are", "was", "were", "be", "been", "being"))
_SEEMING = ("seem", "appear")
_POSSESSIVES = frozenset(("my", "his", "her", "their", "our", "its"))
_CLAUSE_OPENINGS = word_list("words that open a clause before a subject")
_DEFINITE = ("the", "these", "those")
_LONGEST_BOTH = 4  # words: "the two young men"
_BACK_TO_BOTH = 20  # mentions back to those who are both meant
_OPEN_FORMS = (FIRST, WE, SOME)  # of mentions that stay what they are, whoever speaks
_LONGEST_CLAUSE = 25  # words that tell which people, or which things, a description is of
_LONGEST_FIRST = 3  # words before "and I": "my husband and I"
_TYPE_OF_KIND = {"person": "person", "group": "person", "organization": "organization", "document": "other"}


def _with_sources(
    lower: Sequence[str],
    mentions: list[Mention],
    parts: Sequence[Part],
    cues: Set[int],
    scores: MentionScores,
    lexicon: Lexicon,
) -> list[Mention]:
    """The mentions, each source among them: found already by its head, or added. One that goes on over its own cue
    ("[a reporter asked Ms. Ruiz]") ends with the source."""
    known = {m.head: i for i, m in enumerate(mentions)}
    added: list[Mention] = []
    for part in parts:
        head = part_head(lower, part, lexicon)
        if head in known:
            i = known[head]
            if i < len(mentions) and not cues.isdisjoint(range(part.end, mentions[i].end)):
                mentions[i] = replace(mentions[i], end=part.end)
            continue
        known[head] = len(mentions) + len(added)
        best = int(scores.types[head, 1:].argmax()) if len(scores.types) else 0
        type_ = _TYPE_OF_KIND.get(kind_of(lower[head], None, False, lexicon) or "", NAME_TYPES[best])
        added.append(Mention(part.start, part.end, head, type_, part.name))
    return sorted([*mentions, *added], key=lambda m: (m.start, -m.end, m.head))


def _speakers(
    document: Document,
    words: Words,
    lower: Sequence[str],
    sentence: Ints,
    linked: Linked,
    scores: MentionScores,
    weigh: Weigh,
    lexicon: Lexicon,
) -> Resolved:
    author = _author(document)
    told = decide(words, sentence, linked, scores, weigh, author is not None)
    linked = replace(linked, entities=moved(linked.entities, _moves(linked, told)))
    mentions, table, entities, attributions = linked.mentions, linked.table, linked.entities, linked.attributions
    made: dict[Key, Source] = {}
    spoken = _spoken(linked)

    def source_of(key: Key) -> Source:
        if key not in made:
            sources = [entities.entities[e] for e in key]
            made[key] = _source(document, words, lower, len(made), sources, spoken, mentions, table, lexicon)
        return made[key]

    for one, key in zip(attributions, told.keys, strict=True):
        if key == AUTHOR and author is not None and AUTHOR not in made:
            own_words = (_span(words, *(one.source or one.cue)),)
            made[key] = Source(f"{document.id}:author", author, SourceKind.PERSON, named=True, mentions=own_words)
    speakers = [
        Speaker(source_of(key).id, round(sure, 3)) if key is not None and enough else None
        for key, sure, enough in zip(told.keys, told.sure, told.enough, strict=True)
    ]
    bases = [
        source_of((entity,)).id
        if (entity := _basis(lower, sentence, one, mentions, entities, lexicon)) is not None
        else None
        for one in attributions
    ]
    bases = [None if s is not None and b == s.source else b for b, s in zip(bases, speakers, strict=True)]
    own = _first_person(words, lower, attributions, speakers)
    known = {s.source for s in speakers if s} | {b for b in bases if b}
    sources = [replace(s, mentions=tuple(sorted({*s.mentions, *own.get(s.id, ())}))) for s in made.values()]
    return Resolved(tuple(s for s in sources if s.id in known), tuple(speakers), tuple(bases), tuple(attributions))


def decide(words: Words, sentence: Ints, linked: Linked, scores: MentionScores, weigh: Weigh, has_author: bool) -> Told:
    """Who speaks in each attribution, and how sure that is: one after the other, so that who spoke before is known."""
    scene = _scene(words, sentence, linked, scores)
    n = len(linked.attributions)
    told = Told([None] * n, [0.0] * n, [False] * n)
    holding = np.full(len(words), -1)  # the first attribution whose content a word stands in
    for place in range(n - 1, -1, -1):
        for a, b in linked.attributions[place].content:
            holding[a:b] = place
    for place in _in_order(words, linked.attributions, holding):
        by_rule = _by_rule(words, sentence, linked, told, holding, place)
        if by_rule.key == AUTHOR:
            told.keys[place], told.sure[place] = (AUTHOR, by_rule.sure) if has_author else (None, 0.0)
            told.enough[place] = has_author
            continue
        key, sure = weigh(scene, place, told, by_rule)
        told.keys[place], told.sure[place] = key, sure
        told.enough[place] = key is not None and sure >= least(scene, place, by_rule, key)
    return told


def _spoken(linked: Linked) -> dict[int, Range]:
    """The words by which each source is called where it speaks, by its head."""
    every = (part for parts in linked.parts.values() for part in parts)
    spoken = {part_head(linked.lower, part, linked.lexicon): (part.start, part.end) for part in every}
    return spoken | _with_clauses(linked, spoken)


def names_of(words: Words, linked: Linked) -> Callable[[Key], str]:
    """What gives the name that a source of some entities has."""
    spoken = _spoken(linked)

    def name_of(key: Key) -> str:
        entities = (linked.entities.entities[e] for e in key)
        shown = (
            _shown(words, linked.lower, e, linked.mentions, linked.table, spoken, linked.lexicon) for e in entities
        )
        return " and ".join(shown)

    return cache(name_of)


def _moves(linked: Linked, told: Told) -> dict[int, int]:
    """The mentions whose attributions have another speaker than they were linked to, and that one's entity."""
    moves: dict[int, int] = {}
    left = [len(e.mentions) for e in linked.entities.entities]
    for one, key, enough in zip(linked.attributions, told.keys, told.enough, strict=True):
        parts = linked.parts[one.source] if one.source else ()
        if key is None or not enough or key == AUTHOR or len(key) > 1 or len(parts) != 1:
            continue
        mention = linked.by_head[part_head(linked.lower, parts[0], linked.lexicon)]
        now = linked.entities.of_mention[mention]
        if now == key[0] or linked.table.form[mention] in _OPEN_FORMS or (now is not None and left[now] < 2):
            continue
        if now is not None:
            left[now] -= 1
        moves[mention] = key[0]
    return moves


def _in_order(words: Words, attributions: Sequence[Placed], holding: Ints) -> list[int]:
    """The places of attributions in the order in which their speakers are decided: what holds another before that."""

    def depth(place: int) -> int:
        holders: list[int] = []
        holder = _holder(words, attributions, holding, place)
        while holder is not None and holder not in holders:
            holders.append(holder)
            holder = _holder(words, attributions, holding, holder)
        return len(holders)

    return sorted(range(len(attributions)), key=lambda place: (depth(place), place))


def _holder(words: Words, attributions: Sequence[Placed], holding: Ints, place: int) -> int | None:
    """The attribution that holds one, or in whose quotation its source stands: “I think so,” Ruiz said."""
    one = attributions[place]
    if one.within is not None or one.source is None or words.quote[one.source[0]] == 0:
        return one.within
    found = int(holding[one.source[0]])
    return found if found not in (-1, place) else None


def _by_rule(words: Words, sentence: Ints, linked: Linked, told: Told, holding: Ints, place: int) -> ByRule:
    """Who speaks by the links of the source, or where there is no source by its place; how sure, and how it was
    found."""
    attributions, entities, parts, lower = linked.attributions, linked.entities, linked.parts, linked.lower
    one = attributions[place]
    if one.source is None:
        if one.within is not None and is_told(lower[slice(*one.cue)]):
            return ByRule(None, 0.0, NOTHING)
        before = _understood(lower, sentence, attributions, place)
        if before is not None:
            return ByRule(told.keys[before], told.sure[before] * 0.9, UNDERSTOOD)
        subject = None
        if one.within is None:
            subject = _subject_of_sentence(lower, sentence, one, linked.mentions, entities)
        return ByRule(None, 0.0, NOTHING) if subject is None else ByRule((subject,), BY_PLACE, SUBJECT)
    pair = _both(lower, sentence, linked, parts[one.source], linked.lexicon)
    if pair is not None:
        return ByRule(pair, BY_PLACE, LINK)
    found: list[int] = []
    sure = 1.0
    for part in parts[one.source]:
        i = linked.by_head[part_head(lower, part, linked.lexicon)]
        entity, form = entities.of_mention[i], int(linked.table.form[i])
        if entity is None and form in (FIRST, WE) and len(parts[one.source]) == 1:
            holder = _holder(words, attributions, holding, place)
            if holder is not None:
                return ByRule(told.keys[holder], told.sure[holder] * (0.95 if form == FIRST else 0.8), FIRST_PERSON)
            writes = form == FIRST and words.quote[one.source[0]] == 0
            return ByRule(AUTHOR, 0.9, FIRST_PERSON) if writes else ByRule(None, 0.0, FIRST_PERSON)
        if entity is None:
            return ByRule(None, 0.0, NOTHING)
        found.append(entity)
        sure = min(sure, entities.sure[i])
    return ByRule(tuple(dict.fromkeys(found)), sure, LINK)


def _scene(words: Words, sentence: Ints, linked: Linked, scores: MentionScores) -> Scene:
    """What the weighing of speakers knows of a document."""
    lower, lexicon = linked.lower, linked.lexicon
    mention_of: list[int | None] = []
    keys: list[Key | None] = []
    for one in linked.attributions:
        named = linked.parts[one.source] if one.source else []
        heads = [linked.by_head[part_head(lower, part, lexicon)] for part in named]
        of = [linked.entities.of_mention[i] for i in heads]
        mention_of.append(heads[0] if len(heads) == 1 else None)
        keys.append(tuple(e for e in of if e is not None) if of and None not in of else None)
    return Scene(
        words,
        lower,
        sentence,
        linked.mentions,
        linked.table,
        linked.entities,
        linked.attributions,
        mention_of,
        keys,
        scores,
        lexicon,
    )


def _both(
    lower: Sequence[str], sentence: Ints, linked: Linked, parts: Sequence[Part], lexicon: Lexicon
) -> tuple[int, int] | None:
    """The two who are meant by "both" or "the two men": the last who were named side by side, in this sentence or the
    two before."""
    if len(parts) != 1:
        return None
    i = linked.by_head[part_head(lower, parts[0], lexicon)]
    opening = lower[parts[0].start : parts[0].end]
    if not (opening[0] in ("both", "neither") or (opening[0] in _DEFINITE and opening[1:2] == ["two"])):
        return None
    of, mentions = linked.entities.of_mention, linked.mentions
    if len(opening) > _LONGEST_BOTH or (len(opening) > 1 and linked.table.form[i] == NAME):
        return None
    for k in range(i - 1, max(0, i - _BACK_TO_BOTH), -1):
        if sentence[mentions[i].head] - sentence[mentions[k].head] > 2:
            break
        one, two, earlier = mentions[k - 1], mentions[k], of[k - 1]
        later = of[k]
        if earlier is None or later is None or earlier == later or one.type != two.type or one.type == "other":
            continue
        named = one.name is not None and two.name is not None
        if named and lower[one.end : two.start] == ["and"] and lower[one.start - 1 : one.start] != [","]:
            return earlier, later
    return None


def _with_clauses(linked: Linked, spoken: Mapping[int, Range]) -> dict[int, Range]:
    """Descriptions with the clause in which what they do is told, by their heads: "[voters who want the bridge closed]"
    is who wants it, and "voters" are others."""
    found: dict[int, Range] = {}
    of, entities = linked.entities.of_mention, linked.entities.entities
    by_end = {m.end: k for k, m in enumerate(linked.mentions)}
    for one in linked.attributions:
        who = linked.by_head.get(one.source[0]) if one.source and one.source[1] - one.source[0] == 1 else None
        if who is None or linked.table.form[who] != WHO or not one.source or not one.content:
            continue
        described, end = by_end.get(one.source[0]), one.content[-1][1]
        follows = one.source[0] < one.cue[0] < one.content[0][0] and end - one.source[0] <= _LONGEST_CLAUSE
        if described is None or not follows or of[described] is None or of[described] != of[who]:
            continue
        if not entities[of[described] or 0].named:
            m = linked.mentions[described]
            found[m.head] = (spoken.get(m.head, (m.start, m.end))[0], end)
    return found


def _first_person(
    words: Words, lower: Sequence[str], attributions: Sequence[Placed], speakers: Sequence[Speaker | None]
) -> dict[str, list[Span]]:
    """The "I" and "my" of what is quoted, by the source that is quoted: of contents that lie in no other."""
    found: dict[str, list[Span]] = {}
    for one, speaker in zip(attributions, speakers, strict=True):
        if speaker is None or one.within is not None:
            continue
        for a, b in one.content:
            for i in range(a, b):
                if lower[i] in ("i", "me", "my", "mine", "myself") and words.quote[i] == 1:
                    found.setdefault(speaker.source, []).append(_span(words, i, i + 1))
    return found


def _author(document: Document) -> str | None:
    """Who writes "I" in an article: its byline, where that is one person's name."""
    byline = " ".join((document.byline or "").removeprefix("By ").split())
    names = byline.split(" ")
    one = (
        2 <= len(names) <= 4
        and not any(c in byline for c in ",&;/|0123456789@")
        and " and " not in f" {byline.lower()} "
    )
    if not one or not all(name[0].isupper() for name in names):
        return None
    return byline.title() if byline.isupper() else byline


def _basis(
    lower: Sequence[str],
    sentence: Ints,
    one: Placed,
    mentions: Sequence[Mention],
    entities: Entities,
    lexicon: Lexicon,
) -> int | None:
    """The entity on whose word a speaker speaks: "citing two officials", "its reporting is based on officials"."""
    number = int(sentence[one.cue[0]])
    start = int(np.searchsorted(sentence, number, side="left"))
    end = int(np.searchsorted(sentence, number, side="right"))
    inside = {i for a, b in one.content for i in range(a, b)}
    taken = set(range(*one.cue)) | (set(range(*one.source)) if one.source else set())
    for i in range(start, end):
        for phrase in lexicon.bases.get(lower[i], ()):
            after = i + len(phrase)
            if tuple(lower[i:after]) != phrase or i in taken:
                continue
            own = any(w in ("its", "his", "her", "their") for w in lower[max(start, i - 5) : i])
            if i in inside and not own:
                continue
            first = bisect.bisect_left(mentions, after, key=lambda m: m.start)
            last = bisect.bisect_right(mentions, after + 3, key=lambda m: m.start)
            for k in range(first, last):
                m = mentions[k]
                apart = lower[after : m.start]
                if (
                    m.end <= end
                    and m.head not in taken
                    and all(not w[0].isalpha() or w in ("a", "an", "the", "two", "three") for w in apart)
                ):
                    return entities.of_mention[k]
    return None


def _understood(lower: Sequence[str], sentence: Ints, attributions: Sequence[Placed], place: int) -> int | None:
    """The attribution before it whose speaker is understood in one without a source: "…, adding that …"."""
    one = attributions[place]
    first = lower[one.cue[0]]
    if one.within is not None and one.cue[0] and lower[one.cue[0] - 1] in ("and", "but"):
        return one.within if one.within < place else None  # "said that the road was open and added that …"
    for before in range(place - 1, -1, -1):
        other = attributions[before]
        if sentence[other.cue[0]] != sentence[one.cue[0]]:
            break
        if other.within != one.within:
            continue
        between = lower[other.cue[1] : one.cue[0]]
        if first.endswith("ing") or "and" in between[-3:] or "but" in between[-3:] or one.cue[0] - other.cue[1] <= 2:
            return before
    return None


def _subject_of_sentence(
    lower: Sequence[str], sentence: Ints, one: Placed, mentions: Sequence[Mention], entities: Entities
) -> int | None:
    """The entity that opens the sentence of a cue which goes on with it: "The minister raised the fire with the owners
    but did not accuse them"."""
    start = int(np.searchsorted(sentence, sentence[one.cue[0]], side="left"))
    cue = lower[slice(*one.cue)]
    if any(word in _BEING or word.startswith(_SEEMING) for word in cue):
        return None  # "Hale left and is expected to stand": by whom is not said
    if not any(word in ("and", "but", "though") for word in lower[max(start, one.cue[0] - 2) : one.cue[0]]):
        return None
    first = bisect.bisect_left(mentions, start, key=lambda m: m.start)
    opening = [k for k in range(first, min(first + 3, len(mentions))) if mentions[k].start <= start + 1]
    found = {entities.of_mention[k] for k in opening if mentions[k].type in ("person", "organization")}
    return found.pop() if len(found) == 1 else None


def _source(
    document: Document,
    words: Words,
    lower: Sequence[str],
    number: int,
    entities: Sequence[Entity],
    spoken: Mapping[int, Range],
    mentions: Sequence[Mention],
    table: Mentions,
    lexicon: Lexicon,
) -> Source:
    shown = [_shown(words, lower, e, mentions, table, spoken, lexicon) for e in entities]
    kinds = [_kind(lower, e, mentions, table, lexicon) for e in entities]
    named = all(e.named or (e.owned and k == SourceKind.ORGANIZATION) for e, k in zip(entities, kinds, strict=True))
    spans = sorted({(m.start, m.end) for e in entities for m in (mentions[i] for i in e.mentions)})
    kind = kinds[0] if len(set(kinds)) == 1 else SourceKind.GROUP
    unnamed = not named
    return Source(
        id=f"{document.id}:source{number}",
        name=" and ".join(shown),
        kind=kind,
        named=named,
        roles=tuple(dict.fromkeys(role for e in entities for role in _roles(words, lower, e, mentions, table, lexicon)))
        if len(entities) == 1
        else (),
        access=next((a for e in entities if (a := access_of(words, [mentions[i] for i in e.mentions]))), None)
        if unnamed
        else None,
        anonymity_reason=next(
            (a for e in entities if (a := anonymity_reason_of(words, [mentions[i] for i in e.mentions]))), None
        )
        if unnamed
        else None,
        mentions=tuple(_span(words, a, b) for a, b in spans),
    )


def _span(words: Words, start: int, end: int) -> Span:
    return Span(int(words.start[start]), int(words.end[end - 1]))


def _text(words: Words, start: int, end: int) -> str:
    return " ".join(_span(words, start, end).of(words.text).split())


def _shown(
    words: Words,
    lower: Sequence[str],
    entity: Entity,
    mentions: Sequence[Mention],
    table: Mentions,
    spoken: Mapping[int, Range],
    lexicon: Lexicon,
) -> str:
    """The fullest name, or else the fullest description, that the document gives."""
    names = [m.name for m in (mentions[i] for i in entity.mentions) if m.name]
    if entity.type == "person":
        names = [replace(n, start=without_titles(lower, n.start, n.end, lexicon)) for n in names]
    if names:
        often = Counter(tuple(lower[n.start : n.end]) for n in names)
        best = max(
            names,
            key=lambda n: (
                sum(len(lower[i]) > 1 for i in range(n.start, n.end)),
                sum(lower[i][0].isalnum() for i in range(n.start, n.end)),  # initials
                often[tuple(lower[n.start : n.end])],
                int(words.end[n.end - 1] - words.start[n.start]),
                -n.start,
            ),
        )
        return _text(words, best.start, best.end)
    spans = []
    for i in entity.mentions:
        m = mentions[i]
        if table.form[i] >= PRONOUN and table.form[i] != SOME:
            continue
        start, end = spoken.get(m.head, (m.start, m.end))
        while start < end - 1 and (_is_article(lower, start) or not lower[start][0].isalnum()):
            start += 1
        spans.append((_without_owners_title(lower, start, end, mentions, lexicon), end))
    start, end = max(
        spans,
        key=lambda s: (s[1] - s[0], -s[0]),
        default=(mentions[entity.mentions[0]].start, mentions[entity.mentions[0]].end),
    )
    return _text(words, start, end)


def _is_article(lower: Sequence[str], place: int) -> bool:
    return lower[place] in ("a", "an", "the") and lower[place + 1 : place + 2] != ["."]  # not of "A.I. company"


def _without_owners_title(
    lower: Sequence[str], start: int, end: int, mentions: Sequence[Mention], lexicon: Lexicon
) -> int:
    """The start of a description behind the title of whose it is: "Senator [Owen Hale's office]"."""
    first = without_titles(lower, start, end, lexicon)
    if first == start or lower[start] in lexicon.gender_of_honorific:
        return start
    at = bisect.bisect_left(mentions, first, key=lambda m: m.start)
    name = mentions[at].name if at < len(mentions) else None
    return first if name and name.start == first and lower[name.end : name.end + 1] in (["'"], ["’"]) else start


def _kind(
    lower: Sequence[str], entity: Entity, mentions: Sequence[Mention], table: Mentions, lexicon: Lexicon
) -> SourceKind:
    names = [m.name for m in (mentions[i] for i in entity.mentions) if m.name]
    if names:
        kind = kind_of("", names[0] if entity.type != "person" else Name(0, 1, "person"), False, lexicon)
        if entity.type == "other":
            return SourceKind.DOCUMENT
        return SourceKind(kind or "organization")
    for i in entity.mentions:
        if table.form[i] == SOME:
            return SourceKind.PERSON if table.number[i] == ONE else SourceKind.GROUP
        if table.form[i] < PRONOUN:
            plural = table.number[i] == MANY
            head = mentions[i].head
            if " ".join(lower[max(0, head - 1) : head + 1]) in lexicon.document_phrases:
                return SourceKind.DOCUMENT
            kind = kind_of(lower[head], None, bool(plural), lexicon)
            if kind:
                return SourceKind(kind)
            if entity.type == "person":
                return SourceKind.GROUP if plural else SourceKind.PERSON
    return {"person": SourceKind.PERSON, "other": SourceKind.DOCUMENT}.get(entity.type, SourceKind.ORGANIZATION)


def _roles(
    words: Words, lower: Sequence[str], entity: Entity, mentions: Sequence[Mention], table: Mentions, lexicon: Lexicon
) -> list[str]:
    """Titles and descriptions that the document gives a named source, in the order of the text."""
    if not entity.named or entity.type != "person":
        return []
    roles = []
    for i in sorted(entity.mentions, key=lambda i: mentions[i].start):
        m = mentions[i]
        if m.name is not None:
            title = _title_before(words, lower, m.name.start, lexicon)
            if title:
                roles.append(title)
        elif table.form[i] < PRONOUN and (
            table.key[i] in lexicon.gender_of_noun or table.key[i] in lexicon.title_words
        ):
            start = m.start + 1 if lower[m.start] in ("a", "an", "the") else m.start
            own = [n.start for k in entity.mentions if (n := mentions[k].name) and start < n.start < m.end]
            end = min([*own, m.end])
            while end > start and not lower[end - 1][0].isalnum():
                end -= 1
            if end > m.head:
                roles.append(_text(words, start, _with_phrase(words, lower, end)))
    return list(dict.fromkeys(roles))


def _with_phrase(words: Words, lower: Sequence[str], end: int) -> int:
    """The end of a role with the phrase that says of what: "master of the harbour at Skerry"."""
    stop = end
    if stop < len(lower) and lower[stop] in ("of", "for", "at"):
        while (
            stop < len(lower)
            and stop - end < 10
            and words.spoken[stop]
            and words.gap[stop] < 2
            and lower[stop] not in _ROLE_ENDS
        ):
            stop += 1
    return stop if stop - end > 1 else end


_ROLE_ENDS = word_list("ends of a role")


def _title_before(words: Words, lower: Sequence[str], start: int, lexicon: Lexicon) -> str | None:
    """The title that stands before a name: "Secretary of State"."""
    first = start
    while (
        first
        and (lower[first - 1] in lexicon.title_words or lower[first - 1] in (".", "of", "the"))
        and words.gap[first] < 2
    ):
        first -= 1
    while first < start and (lower[first] in (".", "of", "the") or not words.case[first] >= 2):
        first += 1
    if first == start or all(lower[i] in lexicon.gender_of_honorific or lower[i] == "." for i in range(first, start)):
        return None
    return _text(words, first, start)
