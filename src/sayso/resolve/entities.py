"""Who is who: the mentions of one document put together into entities.

Names first, by rule; then descriptions and pronouns in the order of the text, each to the entity of an earlier
mention that speaks for it most, by a small network over pairs (sayso.resolve.pairs), or to none. What the words
forbid (another gender, "another official") is never joined, however sure the network is.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from sayso.extract.words import NEW_PARAGRAPH, Words
from sayso.lexicon import Lexicon, word_list
from sayso.resolve.forms import (
    BARE,
    FEMALE,
    FORMS,
    INDEFINITE,
    MALE,
    MANY,
    NAME,
    PRONOUN,
    THE,
    UNKNOWN,
    Mentions,
    singular,
)
from sayso.resolve.mentions import Mention
from sayso.resolve.names import (
    LEGAL_FORMS,
    PersonName,
    bare_name_of,
    initials_of,
    is_acronym,
    organization_key,
    person_name,
    same_person,
    short_for,
    tokens_of,
)
from sayso.resolve.pairs import pair_signs
from sayso.resolve.towns import TOWNS, called_by_noun, place_named

REACH = 30  # mentions back that an anaphor is compared with
DATELINE = 12  # first mentions of a document among which its dateline is looked for
FAR = 400  # mentions back among which the one body or outlet is looked for that a description can mean
BY_NAME, BY_SHORT_NAME, BY_ROLE, BY_CHOICE = 0.98, 0.95, 0.85, 0.7  # confidence of links that rules make
HE, SHE, IT, THEY, FIRST, WE, YOU, WHO, SOME = (
    FORMS.index(x) for x in ("he", "she", "it", "they", "i", "we", "you", "who", "some")
)
_LONGEST_DATE = 8  # words between the place of a dateline and its dash: ", March 8 (Norlands Press)"
_DASHES = frozenset(("-", "–", "—", "--"))
_BESIDE = 6  # words around a name in which what somebody is stands
_PERSONS_OWN = frozenset(("his", "her", "my", "your"))
_POSSESSIVE = frozenset(("'", "’", "'s", "’s"))
_LONGEST_BODY = 8  # words between an office and the name beside it
NAMED_WITHIN = 6  # paragraphs in which an article names whom its opening has kept back
OPEN = frozenset((FIRST, WE, YOU, SOME, WHO))  # pronouns that are not looked up among the mentions before
_TOO_LOW = -5.0  # a score under which a pair weighs nothing in the sum
_AT_ONCE = 4096  # pairs that are scored in one piece: their vectors are a kilobyte each
_NEW = word_list("words that begin somebody new")
# Of probability, for a link to be made; a description of one of two people with one surname must be surer.
LEAST = {"pronoun": 0.4, "name": 0.5, "description": 0.5, "namesake": 0.7}


@dataclass
class Entity:
    """One person, group, organization or place of a document while it is being put together."""

    number: int
    type: str
    mentions: list[int] = field(default_factory=list)
    links: list[float] = field(default_factory=list)  # how sure each mention's link is
    gender: int = UNKNOWN
    count: int = UNKNOWN  # ONE or MANY
    named: bool = False
    key: tuple[str, object] | None = None  # the head of its description, and whose it is
    owned: bool = False  # that is an entity with a name: "her campaign"


@dataclass(frozen=True, eq=False)
class Entities:
    """The entities of a document, and to which of them each mention belongs, and how surely."""

    entities: tuple[Entity, ...]
    of_mention: tuple[int | None, ...]
    sure: tuple[float, ...]
    pairs: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None  # later, earlier, score: what was compared
    ambiguous: frozenset[int] = frozenset()  # mentions of a title that several have: "the senator"
    namesakes: frozenset[int] = frozenset()  # people of whom another one has the surname


PairScore = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def link(
    words: Words,
    lower: Sequence[str],
    mentions: Sequence[Mention],
    table: Mentions,
    score_pairs: PairScore,
    speaking: frozenset[int],
    lexicon: Lexicon,
) -> Entities:
    """Put mentions together. `speaking` are the indexes of mentions that are sources."""
    entities: list[Entity] = []
    of: list[int | None] = [None] * len(mentions)
    sure = [0.0] * len(mentions)

    def join(mention: int, entity: Entity, confidence: float) -> None:
        of[mention] = entity.number
        sure[mention] = confidence
        entity.mentions.append(mention)
        entity.links.append(confidence)
        if entity.gender == UNKNOWN:
            entity.gender = int(table.gender[mention])
        if entity.count == UNKNOWN and not entity.named:
            entity.count = int(table.number[mention])

    def new(mention: int, type_: str, confidence: float) -> Entity:
        entity = Entity(len(entities), type_)
        entities.append(entity)
        join(mention, entity, confidence)
        return entity

    _link_names(words, mentions, table, join, new, speaking, lexicon)
    shared = _with_namesakes(lower, mentions, entities, of)
    roles = _roles(lower, mentions, of, lexicon)
    named_roles = _with_appositions(roles, lower, mentions, table, of)
    later, earlier = _pairs(table, of)
    scores = np.zeros(len(later), dtype=np.float32)
    for start in range(0, len(later), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        scores[some] = score_pairs(later[some], earlier[some], pair_signs(table, later[some], earlier[some]))
    first = np.searchsorted(later, np.arange(len(mentions) + 1))
    keys: dict[tuple[str, object], int] = {e.key: e.number for e in entities if e.key is not None}
    forces = _police_forces(lower, mentions, of)
    ambiguous: set[int] = set()
    towns, names = called_by_noun(lower, mentions, of), {m.name.start: m for m in mentions if m.name}
    number = {m: i for i, m in enumerate(mentions)}
    for i in sorted((i for i in range(len(mentions)) if of[i] is None), key=lambda i: mentions[i].head):
        form = int(table.form[i])
        if form == WHO:
            before = _antecedent(lower, mentions, i, of, lexicon)
            if before is not None:
                join(i, entities[before], BY_SHORT_NAME)
            continue
        if form == SOME and i in speaking:
            new(i, "person", 0.9)  # "one of the officials", "many": part of a group, or one of its own
            continue
        if form in OPEN or form == NAME:  # a bare surname of two people stays open
            continue
        appositive = None if i in speaking and form == INDEFINITE else _apposed(lower, mentions, table, i, of)
        if appositive is not None:
            join(i, entities[appositive], BY_SHORT_NAME)
            roles.setdefault(table.key[i], set()).add(appositive)
            continue
        if form == THE and mentions[i].type == "person" and table.number[i] != MANY:
            held = roles.get(table.key[i], set()) or _by_another_name(table.key[i], roles, lexicon)
            fitting = [e for e in held if _agree(entities[e].gender, int(table.gender[i])) and entities[e].named]
            if len(fitting) == 1:
                before = any(mentions[m].start < mentions[i].start for m in entities[fitting[0]].mentions)
                join(i, entities[fitting[0]], BY_ROLE if before else BY_CHOICE)
                continue
            if len(fitting) > 1:
                ambiguous.add(i)  # two senators: "the senator" stays open
                continue
        if (
            i in speaking
            and (ahead := _named_later(words, mentions, table, i, entities, named_roles, lexicon)) is not None
        ):
            join(i, entities[ahead], BY_CHOICE)
            continue
        if table.key[i] == _POLICE and form in (BARE, THE):
            force = _force_meant(words, lower, mentions[i], forces)
            if force is not None:
                join(i, entities[force], BY_ROLE)
                continue
        if table.key[i] in TOWNS and form < PRONOUN:
            place = place_named(lower, mentions[i].head, names)
            town = of[number[place]] if place else None
            meant = towns[table.key[i]] if form == THE and mentions[i].end == mentions[i].head + 1 else frozenset()
            if town is None and len(meant) == 1:
                town = next(iter(meant))
            if town is not None:
                join(i, entities[town], BY_ROLE)
                continue
        if form == THE and mentions[i].type in ("organization", "other"):
            body = _body_meant(mentions, entities, i, of, lower, lexicon)
            if body is not None:
                join(i, entities[body], BY_ROLE)
                continue
        key = _key(lower, mentions, table, i, of)
        if key is not None and key in keys and form < PRONOUN:
            join(i, entities[keys[key]], BY_SHORT_NAME)
            continue
        best, probability = _best(
            entities,
            mentions,
            table,
            i,
            earlier[first[i] : first[i + 1]],
            scores[first[i] : first[i + 1]],
            of,
            lower,
            lexicon,
        )
        least = LEAST["pronoun"] if form >= PRONOUN else LEAST["namesake" if best in shared else "description"]
        if best is None or probability < least:
            only = _only_one(entities, table, i, of) if form in (HE, SHE, THEY, IT) else None
            best, probability = (only, BY_CHOICE) if only is not None else (best, probability)
        if best is not None and probability >= least:
            join(i, entities[best], probability)
        elif form < PRONOUN:
            made = new(i, mentions[i].type, 0.9)
            if key is not None:
                made.key = key
                keys[key] = made.number
                made.owned = isinstance(key[1], int) and entities[key[1]].named
                if made.owned and key[0] == _POLICE:
                    forces[made.number] = _words_of(lower, mentions[i])
    return Entities(tuple(entities), tuple(of), tuple(sure), (later, earlier, scores), frozenset(ambiguous), shared)


def _with_namesakes(
    lower: Sequence[str], mentions: Sequence[Mention], entities: Sequence[Entity], of: Sequence[int | None]
) -> frozenset[int]:
    """The people who are named and share the last word of a name with another one: spouses, father and son."""
    bearers: dict[str, set[int]] = defaultdict(set)
    for mention, entity in zip(mentions, of, strict=True):
        if mention.name and entity is not None and entities[entity].type == "person":
            bearers[lower[mention.name.end - 1]].add(entity)
    return frozenset(entity for some in bearers.values() if len(some) > 1 for entity in some)


def _link_names(
    words: Words,
    mentions: Sequence[Mention],
    table: Mentions,
    join: Callable[[int, Entity, float], None],
    new: Callable[[int, str, float], Entity],
    speaking: frozenset[int],
    lexicon: Lexicon,
) -> None:
    text = words.text
    named = [i for i, m in enumerate(mentions) if m.name]

    def shown(i: int) -> str:
        name = mentions[i].name
        return text[int(words.start[name.start]) : int(words.end[name.end - 1])] if name else ""

    types = _types(named, mentions, shown, lexicon)
    datelined = {shown(i) for i in named[:DATELINE] if _opens_dateline(words, mentions[i])}
    types |= {i: "place" for i in named if types[i] == "person" and shown(i) in datelined}
    bearing: dict[str, set[str]] = defaultdict(set)  # first given names of the bearers of a surname
    for i in named:
        if types[i] == "person" and (full := person_name(shown(i), lexicon)) and full.full:
            bearing[full.surname].add(full.given[0])
    people: list[tuple[PersonName, Entity]] = []
    bare: list[tuple[int, PersonName]] = []
    for i in named:
        if types[i] != "person":
            continue
        name = person_name(shown(i), lexicon)
        if name is None:
            continue
        given = name.given[0] if len(name.given) == 1 and name.given[0] in lexicon.title_words else None
        if given and len(bearing[name.surname]) > 1 and re.search(rf"\b{re.escape(given)}\b", text):
            name = replace(name, given=())  # "Dean Voss", where the text has a dean and names Mark Voss
        if not name.full:
            bare.append((i, name))
            continue
        known = next(
            (e for n, e in people if same_person(n, name, lexicon) and _agree(e.gender, int(table.gender[i]))), None
        )
        if known is None:
            known = new(i, "person", BY_NAME)
            known.named = True
        else:
            join(i, known, BY_NAME)
        if not any(n == name and e is known for n, e in people):
            people.append((name, known))
    alone: dict[str, Entity] = {}
    last: dict[str, Entity] = {}
    plain = {e.number for n, e in people if not n.suffix}
    # A long document says the same surname thousands of times: who may bear it is looked up once.
    bearers = {name: [(n, e) for n, e in people if bare_name_of(name, n, lexicon)] for name in {n for _, n in bare}}
    for i, name in bare:
        found = {e.number: e for _, e in bearers[name] if _agree(e.gender, int(table.gender[i]))}
        by_surname = {e.number for n, e in bearers[name] if n.surname == name.surname}
        candidates = [e for e in found.values() if e.number in by_surname] or list(found.values())
        candidates = [e for e in candidates if e.number in plain] or candidates  # "Hale" is not first of all the Jr.
        if len(candidates) == 1:
            join(i, candidates[0], BY_SHORT_NAME)
        elif candidates:
            chosen = _meant(candidates, i, last.get(name.surname), table)
            if chosen is not None:
                join(i, chosen, BY_CHOICE)
                last[name.surname] = chosen
        elif name.surname in alone and _agree(alone[name.surname].gender, int(table.gender[i])):
            join(i, alone[name.surname], BY_NAME)
        else:
            made = new(i, "person", BY_NAME)
            made.named = True
            alone[name.surname] = made
    _link_other_names([i for i in named if types[i] != "person"], types, shown, join, new, speaking, lexicon)


def _types(
    named: Sequence[int], mentions: Sequence[Mention], shown: Callable[[int], str], lexicon: Lexicon
) -> dict[int, str]:
    """What each name is a name of: the same string is the same throughout, and a surname is a person's."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for i in named:
        votes[shown(i)][mentions[i].type] += 1
    best = {name: max(sorted(count), key=lambda t: count[t]) for name, count in votes.items()}
    surnames = Counter(
        parts.surname
        for name, type_ in best.items()
        if type_ == "person" and (parts := person_name(name, lexicon)) and parts.full
    )
    parted = [name.split() for name in best]
    companies = {" ".join(name[:-1]) for name in parted if name[1:] and name[-1].rstrip(".").lower() in LEGAL_FORMS}
    for name in best:
        lowered = name.lower()
        last = tokens_of(name)[-1:] or [""]
        if best[name] in ("person", "other") and (
            last[0] in lexicon.organization_heads or lowered.removeprefix("the ") in lexicon.seats
        ):
            best[name] = "organization"
        if best[name] != "organization" and name in companies:
            best[name] = "organization"  # "Fenwick", where "Fenwick Inc." is named too
        if best[name] == "person" and is_acronym(name) and name.isupper() and len(name) > 2:
            best[name] = "organization"
        if best[name] != "person" and " " not in name and surnames.get(lowered) and lowered not in lexicon.governments:
            best[name] = "person"
    return {i: best[shown(i)] for i in named}


def _opens_dateline(words: Words, one: Mention) -> bool:
    """Whether a name in capitals opens a paragraph and a dash follows it soon: "OSTREY, March 8 - The army …"."""
    name = one.name
    if name is None or (name.start and words.gap[name.start] != NEW_PARAGRAPH):
        return False
    start, end = int(words.start[name.start]), int(words.end[name.end - 1])
    after = range(name.end, min(name.end + _LONGEST_DATE, len(words.start)))
    for i in after:
        if words.gap[i] == NEW_PARAGRAPH:
            return False
        if words.text[int(words.start[i]) : int(words.end[i])] in _DASHES:
            return words.text[start:end].isupper()
    return False


def _meant(candidates: list[Entity], mention: int, before: Entity | None, table: Mentions) -> Entity | None:
    """Which of several people of one surname a bare one means: who was last meant by it, or else who has been
    named more than the others until here; None where nobody has."""
    if before is not None and any(e is before for e in candidates):
        return before

    def weight(e: Entity) -> int:
        return sum(bool(table.start[m] < table.start[mention]) for m in e.mentions)

    best, second = sorted(candidates, key=lambda e: (-weight(e), e.number))[:2]
    return best if weight(best) > weight(second) else None


def _link_other_names(
    named: Sequence[int],
    types: dict[int, str],
    shown: Callable[[int], str],
    join: Callable[[int, Entity, float], None],
    new: Callable[[int, str, float], Entity],
    speaking: frozenset[int],
    lexicon: Lexicon,
) -> None:
    """Organizations, places and other names: equal ones, acronyms, short forms, and seats of a government."""
    known: dict[tuple[str, ...], Entity] = {}
    by_acronym: dict[str, Entity] = {}
    governments: dict[str, Entity] = {}
    outlets: dict[str, Entity] = {}
    order = sorted(named, key=lambda i: (is_acronym(shown(i)), -len(organization_key(shown(i))), i))

    def start(i: int, type_: str, key: tuple[str, ...], name: str) -> Entity:
        made = new(i, type_, BY_NAME)
        made.named = True
        known[key] = made
        for acronym in initials_of(name):
            by_acronym.setdefault(acronym.lower(), made)
        for outlet in lexicon.outlets.get(name.lower().removeprefix("the "), ()):
            outlets.setdefault(outlet, made)
        return made

    for i in order:
        name, key = shown(i), organization_key(shown(i))
        country = lexicon.governments.get(name.lower().removeprefix("the "))
        if i in speaking and country not in (None, "United States"):  # there the seat is the president's
            if country in governments:
                join(i, governments[country], BY_SHORT_NAME)
            else:
                made = new(i, "organization", BY_NAME)
                made.named = True
                governments[country] = made
            continue
        acronym = "".join(c for c in name if c.isalnum()).lower()
        if key in known:
            join(i, known[key], BY_NAME)
        elif is_acronym(name) and acronym in by_acronym:
            join(i, by_acronym[acronym], BY_SHORT_NAME)
        elif is_acronym(name) and acronym in lexicon.acronyms and organization_key(lexicon.acronyms[acronym]) in known:
            join(i, known[organization_key(lexicon.acronyms[acronym])], BY_SHORT_NAME)
        elif (outlet := _outlet(name, outlets, lexicon)) is not None:
            join(i, outlet, BY_SHORT_NAME)
        else:
            longer = {
                e.number: e for k, e in known.items() if short_for(key, k) and e.type == types[i] == "organization"
            }
            if len(longer) == 1:
                join(i, next(iter(longer.values())), BY_SHORT_NAME)
            else:
                start(i, types[i], key, name)


def _outlet(name: str, outlets: dict[str, Entity], lexicon: Lexicon) -> Entity | None:
    """The outlet of the document that goes by a short name, if only one does: "the Times"."""
    goes_by = [outlets[o] for o in lexicon.outlets.get(name.lower().removeprefix("the "), ()) if o in outlets]
    return goes_by[0] if len({e.number for e in goes_by}) == 1 else None


def _agree(a: int, b: int) -> bool:
    """Whether two genders, or numbers, may be of one."""
    return UNKNOWN in (a, b) or a == b


def _roles(
    lower: Sequence[str], mentions: Sequence[Mention], of: Sequence[int | None], lexicon: Lexicon
) -> dict[str, set[int]]:
    """Whose title each noun is, where it stands before a name: "Harbour Master Edda Nilsen"."""
    found: dict[str, set[int]] = {}
    for i, m in enumerate(mentions):
        entity = of[i]
        if m.name is None or entity is None or m.type != "person" or not m.name.start:
            continue
        before = m.name.start - 1
        if lower[before] == "." and before:
            before -= 1
        if before > 1 and lower[before - 1] in ("of", "for"):
            before -= 2  # "Secretary of State Owen Tarrant"
        noun = singular(lower[before])
        if noun in lexicon.gender_of_noun or noun in _TITLE_NOUNS:
            found.setdefault(_TITLE_NOUNS.get(noun, noun), set()).add(entity)
    return found


def _with_appositions(
    roles: dict[str, set[int]],
    lower: Sequence[str],
    mentions: Sequence[Mention],
    table: Mentions,
    of: Sequence[int | None],
) -> dict[str, set[int]]:
    """The roles of people by title, and those that stand beside their names: "Ida Ruiz, a judge in Velm"."""
    found = {noun: set(held) for noun, held in roles.items()}
    for i in range(len(mentions)):
        if of[i] is None and (entity := _apposed(lower, mentions, table, i, of)) is not None:
            found.setdefault(table.key[i], set()).add(entity)
    return found


def _by_another_name(noun: str, roles: dict[str, set[int]], lexicon: Lexicon) -> set[int]:
    """Those whose role goes by a wider noun: a senator is a lawmaker, a justice is a judge."""
    others = lexicon.role_names.get(noun, frozenset())
    return set().union(*(roles.get(other, set()) for other in others))


def _named_later(
    words: Words,
    mentions: Sequence[Mention],
    table: Mentions,
    i: int,
    entities: Sequence[Entity],
    roles: dict[str, set[int]],
    lexicon: Lexicon,
) -> int | None:
    """Whom a headline or an opening means that keeps the name back: "Judge halts quarry" over an article in which one
    judge is named, "A Velm judge has halted …"."""
    form, paragraph = int(table.form[i]), int(table.paragraph[i]) - int(words.gap[0] == NEW_PARAGRAPH)
    opens = (form == INDEFINITE and paragraph <= 1) or (form == BARE and paragraph == 0)
    if not opens or mentions[i].type != "person" or table.number[i] == MANY:
        return None
    held = roles.get(table.key[i], set()) | _by_another_name(table.key[i], roles, lexicon)
    if len(held) != 1 or not entities[only := min(held)].named:
        return None
    first = min((m for m in entities[only].mentions if mentions[m].name), key=lambda m: int(table.start[m]))
    soon = 0 < int(table.paragraph[first] - table.paragraph[i]) <= NAMED_WITHIN
    return only if soon and _agree(entities[only].gender, int(table.gender[i])) else None


_TITLE_NOUNS = {
    "sen": "senator",
    "rep": "congressman",
    "gov": "governor",
    "pres": "president",
    "gen": "general",
    "prof": "professor",
    "sgt": "sergeant",
    "lt": "lieutenant",
    "capt": "captain",
    "dr": "doctor",
    "rev": "reverend",
    "det": "detective",
}


def _pairs(table: Mentions, of: Sequence[int | None]) -> tuple[np.ndarray, np.ndarray]:
    """Each mention that is not a name, with those before it that it may go back to."""
    closed = ~np.isin(table.form, list(OPEN))
    asking = np.flatnonzero(closed & np.array([entity is None for entity in of], dtype=bool))
    later = np.repeat(asking, REACH)
    earlier = later - np.tile(np.arange(REACH, 0, -1), len(asking))
    kept = (earlier >= 0) & closed[np.maximum(earlier, 0)]
    return later[kept], earlier[kept]


def _apposed(
    lower: Sequence[str], mentions: Sequence[Mention], table: Mentions, i: int, of: Sequence[int | None]
) -> int | None:
    """The entity of the name beside which a description stands: "Ida Ruiz, the campaign manager," """
    m = mentions[i]
    if (
        table.form[i] >= PRONOUN
        or m.type != "person"
        or table.number[i] == MANY
        or "whose" in lower[max(0, m.start - 1) : m.start + 1]
    ):
        return None
    for j in range(max(0, i - 4), min(len(mentions), i + 4)):
        other = mentions[j]
        if j == i or other.name is None or of[j] is None or other.type != "person":
            continue
        if other.end + 1 == m.start and lower[other.end] == "," and m.head < m.end:
            return of[j]
        if (
            m.start <= other.start
            and m.head < other.start <= m.head + 2
            and all(w == "," for w in lower[m.head + 1 : other.start])
        ):
            return of[j]
        if _before_its_name(lower, m.head, other):
            return of[j]
    return None


def _before_its_name(lower: Sequence[str], head: int, name: Mention) -> bool:
    """Whether an office and a name stand as "the mayor of Ostrey, Ida Ruiz": with a body between them, and no list."""
    between = lower[head + 1 : name.start]
    return (
        3 <= len(between) <= _LONGEST_BODY
        and between[0] in ("of", "for", "at")
        and between[-1] == ","
        and all(w[0].isalpha() or w[0] in "'’" for w in between[:-1])
        and "and" not in lower[name.end : name.end + 2]
    )


def _antecedent(
    lower: Sequence[str], mentions: Sequence[Mention], i: int, of: Sequence[int | None], lexicon: Lexicon
) -> int | None:
    """The entity of the mention before a relative pronoun: "Hale, who said …"."""
    start = mentions[i].start
    best: tuple[int, int] | None = None
    place: int | None = None  # a mention right before "who" that cannot be who
    for j in range(max(0, i - 12), min(len(mentions), i + 2)):
        other = mentions[j]
        if of[j] is None or j == i or other.head >= start or start - other.head > 12:
            continue
        near = other.end if other.end <= start else other.head + 1
        if any(w[0].isalnum() for w in lower[near:start]):
            continue
        if lower[start] == "that" and (document := _document_before(lower, mentions, j, of, lexicon)) is not None:
            return document
        if lower[start] == "who" and (other.type in ("place", "organization") or _of_somebody(lower, mentions, j)):
            place = j if place is None or other.start < mentions[place].start else place
        elif best is None or other.head < best[0]:
            best = (other.head, of[j])  # type: ignore[assignment]
    if best is None and place is not None:
        return _from(lower, mentions, place, of)
    return best[1] if best else None


def _document_before(
    lower: Sequence[str], mentions: Sequence[Mention], place: int, of: Sequence[int | None], lexicon: Lexicon
) -> int | None:
    """The document that was filed in, or sent to, whoever is named before "that": "a lawsuit in the High Court that
    accuses …"."""
    start = mentions[place].start
    if start and lower[start - 1] == "the":
        start -= 1
    if not start or lower[start - 1] not in _FILED:
        return None
    near = (k for k in range(place - 1, max(-1, place - 4), -1) if mentions[k].head == start - 2)
    return next((of[k] for k in near if singular(lower[mentions[k].head]) in lexicon.document_heads), None)


def _of_somebody(lower: Sequence[str], mentions: Sequence[Mention], place: int) -> bool:
    """Whether a name says where somebody with a name is from, though it looks like a person's: "Hale of Ostrey"."""
    start = mentions[place].start
    before = (m for m in mentions[max(0, place - 3) : place] if m.name and m.type == "person")
    return mentions[place].name is not None and any(lower[m.end : start] in _FROM for m in before)


def _from(lower: Sequence[str], mentions: Sequence[Mention], place: int, of: Sequence[int | None]) -> int | None:
    """Who is of a place or body right before "who": "Owen Hale of Ostrey, who said"; without anybody, the body."""
    start = mentions[place].start
    while start and lower[start - 1] in ("the", ","):
        start -= 1
    for j in range(place - 1, max(-1, place - 4), -1):
        other = mentions[j]
        if other.type == "person" and lower[other.end : start] in _FROM:
            return of[j]
    return of[place] if mentions[place].type == "organization" else None


_FILED = frozenset(("in", "at", "with", "before", "to", "against"))
_FROM = [[word] for word in ("of", "from", "in", "at", "for")]


def _key(
    lower: Sequence[str], mentions: Sequence[Mention], table: Mentions, i: int, of: Sequence[int | None]
) -> tuple[str, object] | None:
    """The head of a description and whose it is: "her campaign" and "the Ruiz campaign" are of one key."""
    m = mentions[i]
    person = m.type == "person" and table.key[i] != _POLICE
    if table.form[i] >= PRONOUN or table.form[i] == INDEFINITE or person:
        return None
    for j in range(max(0, i - 3), min(len(mentions), i + 4)):
        other = mentions[j]
        if j == i or of[j] is None or not m.start <= other.start < m.head or other.end > m.head:
            continue
        if all(w in ("'", "’", "s", "'s", "’s") for w in lower[other.end : m.head]):
            return (singular(lower[m.head]), of[j])
    return None


def _body_meant(
    mentions: Sequence[Mention],
    entities: Sequence[Entity],
    i: int,
    of: Sequence[int | None],
    lower: Sequence[str],
    lexicon: Lexicon,
) -> int | None:
    """The one organization named before that "the court" or "the paper" can mean: "court" is in its name, or it is
    the only outlet."""
    m = mentions[i]
    noun = singular(lower[m.head])
    if m.head - m.start > 1:
        return None
    by_noun, outlets = set(), set()
    opening = range(min(i, DATELINE))
    agencies = {of[j] for j in opening if noun != "agency" and in_dateline(lower, mentions[j])}
    for j in range(max(0, i - FAR), i):
        other, entity = mentions[j], of[j]
        if other.name is None or entity is None or entities[entity].type == "person" or other.start >= m.start:
            continue
        if entity in agencies:
            continue
        name = lower[other.name.start : other.name.end]
        if noun in name and len(name) > 1:
            by_noun.add(entity)
        if noun in _OUTLET_NOUNS and (
            " ".join(name) in lexicon.outlets or (len(name) > 1 and name[-1] in _OUTLET_ENDINGS)
        ):
            outlets.add(entity)
    found = by_noun or outlets
    return found.pop() if len(found) == 1 else None


_POLICE = "police"


def _police_forces(
    lower: Sequence[str], mentions: Sequence[Mention], of: Sequence[int | None]
) -> dict[int, frozenset[str]]:
    """The police forces that a document names, and the words of their names."""
    found: dict[int, frozenset[str]] = {}
    for m, entity in zip(mentions, of, strict=True):
        if m.name and entity is not None and m.type != "person" and _POLICE in lower[m.start : m.end]:
            found[entity] = found.get(entity, frozenset()) | _words_of(lower, m)
    return found


def _force_meant(words: Words, lower: Sequence[str], police: Mention, forces: dict[int, frozenset[str]]) -> int | None:
    """The one force that "police" or "the Ostrey police" can mean: a crime report names it once, before or after."""
    before = max(0, police.start - 1)
    whose = _words_of(lower, police) - {_POLICE, "the"}
    if words.case[before] >= 2 and words.gap[police.start] == 1:
        whose |= {lower[before]}  # "Velm police", where "Velm" was taken for a name by itself
    fitting = [force for force, name in forces.items() if whose <= name]
    return fitting[0] if len(fitting) == 1 and police.end == police.head + 1 else None


def _words_of(lower: Sequence[str], one: Mention) -> frozenset[str]:
    return frozenset(lower[one.start : one.end])


def in_dateline(lower: Sequence[str], one: Mention) -> bool:
    """Whether a mention only says whose copy an article is: "OSTREY, Oct. 8 (Norlands Press) —"."""
    opens, closes = lower[max(0, one.start - 1)], lower[one.end : one.end + 2]
    return opens == "(" and closes[:1] == [")"] and not _DASHES.isdisjoint(closes[1:])


_OUTLET_NOUNS = word_list("nouns for outlets")
_OUTLET_ENDINGS = word_list("ends of newspapers' names")


def _only_one(entities: Sequence[Entity], table: Mentions, i: int, of: Sequence[int | None]) -> int | None:
    """The only one in the last sentences whom a pronoun can mean: one woman among men, one group."""
    form, wanted = int(table.form[i]), int(table.gender[i])
    fitting: set[int] = set()
    open_: set[int] = set()
    for j in range(i - 1, max(-1, i - REACH), -1):
        if table.sentence[i] - table.sentence[j] > 2:
            break
        entity = of[j]
        if entity is None:
            continue
        one = entities[entity]
        if form == IT:
            if one.type in ("organization", "other") and one.count != MANY:
                fitting.add(entity)
            continue
        if one.type != "person":
            continue
        if form == THEY:
            if one.count == MANY:
                fitting.add(entity)
        elif one.count != MANY:
            (fitting if one.gender == wanted else open_ if one.gender == UNKNOWN else set()).add(entity)
    return fitting.pop() if len(fitting) == 1 and not open_ else None


def _best(
    entities: Sequence[Entity],
    mentions: Sequence[Mention],
    table: Mentions,
    i: int,
    earlier: np.ndarray,
    scores: np.ndarray,
    of: Sequence[int | None],
    lower: Sequence[str],
    lexicon: Lexicon,
) -> tuple[int | None, float]:
    """The entity that a mention goes back to most likely, and how likely."""
    reach: dict[int, float] = {}
    for j, score in zip(earlier.tolist(), scores.tolist(), strict=True):
        entity = of[j]
        if entity is None or score < _TOO_LOW or not _may_be(entities[entity], mentions, table, i, j, lower, lexicon):
            continue
        reach[entity] = max(reach.get(entity, -99.0), score)
    if not reach:
        return None, 0.0
    total = 1 + sum(np.exp(min(s, 30.0)) for s in reach.values())
    best = max(reach, key=lambda e: (reach[e], -e))
    return best, float(np.exp(min(reach[best], 30.0)) / total)


def _may_be(
    entity: Entity, mentions: Sequence[Mention], table: Mentions, i: int, j: int, lower: Sequence[str], lexicon: Lexicon
) -> bool:
    """Whether nothing in the words forbids that a mention is of the entity of another one."""
    m, other = mentions[i], mentions[j]
    if m.start <= other.start < m.end or other.start <= m.start < other.end:
        return False
    return may_be(entity, mentions, table, i, lower, lexicon)


def may_be(
    entity: Entity, mentions: Sequence[Mention], table: Mentions, i: int, lower: Sequence[str], lexicon: Lexicon
) -> bool:
    """Whether nothing in the words of a mention and those of an entity forbids that it is of that."""
    m, form = mentions[i], int(table.form[i])
    if not _agree(
        entity.gender if entity.gender in (MALE, FEMALE) else UNKNOWN,
        int(table.gender[i]) if table.gender[i] in (MALE, FEMALE) else UNKNOWN,
    ):
        return False
    if form in (HE, SHE):
        human = entity.named or any(table.key[k] in lexicon.gender_of_noun for k in entity.mentions)
        return entity.type == "person" and entity.count != MANY and human
    if form == IT:
        return entity.type != "person" and entity.count != MANY
    if form == THEY:
        return not (entity.type == "person" and entity.named and entity.gender in (MALE, FEMALE))
    if form >= PRONOUN:
        return True
    if form == INDEFINITE or is_new(lower, m):
        return False
    if m.type == "person":
        if entity.type != "person" or (table.number[i] == MANY) != (entity.count == MANY):
            return False
        # Unnamed sources are never joined unless the text says the same of them: "the officials".
        if entity.named:
            return not _is_of_somebody(lower, mentions, i) or _is_called(entity, mentions, lower, table.key[i])
        return form != BARE and any(table.key[k] == table.key[i] for k in entity.mentions)
    if table.number[i] == MANY and entity.named:
        return False
    if not entity.named:
        return any(table.key[k] == table.key[i] for k in entity.mentions)
    if table.key[i] in lexicon.document_heads and table.key[i] not in lexicon.organization_heads:
        return entity.type == "other"  # "the complaint" is not the court that it was filed in
    return entity.type != "person"


def _is_of_somebody(lower: Sequence[str], mentions: Sequence[Mention], i: int) -> bool:
    """Whether a description tells whose it is, and that is a person: "Hale's lawyer", "her brother"."""
    one = mentions[i]
    if lower[one.start] in _PERSONS_OWN:
        return True
    first = i
    while first and mentions[first - 1].start == one.start:
        first -= 1
    for other in mentions[first:]:
        if other.start >= one.head:
            return False
        if other is not one and other.type == "person" and other.end < one.head:
            after = lower[other.end - 1 : other.end + 1]  # a mention may end with its possessive
            if any(word in _POSSESSIVE for word in after):
                return True
    return False


def _is_called(entity: Entity, mentions: Sequence[Mention], lower: Sequence[str], noun: str) -> bool:
    """Whether a noun stands near a name of somebody: "Ida Ruiz, a lawyer for the mayor"."""
    named = (mentions[m] for m in entity.mentions if mentions[m].name)
    return any(singular(word) == noun for m in named for word in lower[max(0, m.start - _BESIDE) : m.end + _BESIDE])


def is_new(lower: Sequence[str], one: Mention) -> bool:
    """Whether a description says itself that it is of somebody not mentioned before: "another official"."""
    opening = lower[one.start]
    return opening in _NEW or opening == "whose" or any(w in ("another", "other") for w in lower[one.start : one.head])
