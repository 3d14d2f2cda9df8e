"""Counting distinct origins: a range, least to most, with the reasons for the gap in a sentence each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations

from sayso.ledger.namesakes import folded
from sayso.lexicon import load_lexicon, word_list
from sayso.model import Origin, OriginKind, Origins, SourceKind, Stance
from sayso.trace.chains import Chain
from sayso.trace.scene import Paper, Person, Telling

SURE = 0.65  # confidence of a position from which a side's least origins rest on it; set by hand on the invented story
_MAY_REPEAT = (Stance.SAYS, Stance.PROBABLE, Stance.POSSIBLE, Stance.DISPUTES)  # a wish or a question is one's own


def origins_of_side(told: Sequence[tuple[Telling, Chain]]) -> Origins:
    """The distinct origins on which a side of a claim rests: of positions of one stance, with their chains.

    The least is that of the positions that are sure to be on the claim, and 1 where none is. What only stands in a
    document beside a member, and may belong there, is not counted, unless there is nothing else.
    """
    members = [pair for pair in told if not pair[0].is_beside] or list(told)
    may_repeat = any(one.stance in _MAY_REPEAT for one, _ in members)
    found = origins_of([chain for _, chain in members], may_repeat)
    reasons = list(found.reasons)
    sure = [chain for one, chain in members if one.confidence >= SURE and not one.is_beside]
    least = min(found.least, max(1, origins_of(sure, may_repeat).least)) if found.most else 0
    if least < found.least:
        reasons.append(_may_be("may be on something else", len(members) - len(sure)))
    if len(members) < len(told):
        reasons.append(_may_be("may belong here, and is not counted", len(told) - len(members)))
    return replace(found, least=least, reasons=tuple(reasons))


def _may_be(what: str, number: int) -> str:
    return (
        f"{number} of these positions {what.replace(' is ', ' are ')}."
        if number > 1
        else f"One of these positions {what}."
    )


def origins_of(chains: Iterable[Chain], may_repeat: bool = True) -> Origins:
    """The distinct origins at the ends of chains.

    One entity is one origin, in however many documents; so is a source with the body that it speaks for. Unnamed
    sources of one document stay what that document calls them; those of several may be the same people, which
    makes the least smaller than the most. So does an outlet that says it in its own voice, where `may_repeat`:
    nothing shows whose word it repeats. A circle adds no origin.
    """
    ends: dict[str, Person | Paper] = {}
    ways: dict[str, list[Chain]] = {}
    for chain in chains:
        if chain.circle:
            continue
        key = _key(chain.end)
        ends[key] = _known_better(ends.get(key), chain.end)
        ways.setdefault(key, []).append(chain)
    groups = _joined(ends)
    items = tuple(
        _origin([ends[key] for key in group], [way for key in group for way in ways[key]]) for group in groups
    )
    most = len(items)
    least, reasons = most, []
    unnamed = [i for i, group in enumerate(groups) if all(_is_unnamed(ends[key]) for key in group)]
    parts = _may_be_same([ends[groups[i][0]] for i in unnamed])
    for part in parts:
        if len(part) > 1:
            least -= len(part) - 1
            names = [f"“{items[unnamed[i]].name}”" for i in part]
            what = "two unnamed descriptions" if len(part) == 2 else f"{len(part)} unnamed descriptions"
            why = _speaks_for_it([ends[groups[unnamed[i]][0]] for i in part], [items[unnamed[i]] for i in part])
            reasons.append(f"These {what} may be of the same people: {_listed(names)}{why}.")
    own = [i for i, group in enumerate(groups) if all(_is_own_voice(way) for key in group for way in ways[key])]
    for short, long in _shortened(items, own):
        least -= 1
        reasons.append(f"“{items[short].name}” may be “{items[long].name}”.")
    for one, passed_on in _passing_on(items, own):
        least -= 1
        reasons.append(f"{one.name} may only pass on the word of “{passed_on.name}”, as in another document.")
    repeating = len(own) if len(own) < most else max(0, len(own) - 1)
    if may_repeat and repeating:
        least -= repeating
        reasons.append(_own_voices([items[i].name for i in own]))
    return Origins(max(least, min(most, 1)), most, items, tuple(reasons))


def _known_better(one: Person | Paper | None, other: Person | Paper) -> Person | Paper:
    """An end as two documents know it: with the roles that either of them gives it."""
    if isinstance(one, Person) and isinstance(other, Person):
        return replace(one, roles=tuple(dict.fromkeys((*one.roles, *other.roles))))
    return one or other


def _is_own_voice(chain: Chain) -> bool:
    return isinstance(chain.end, Paper) and not chain.end.is_first_hand


def _own_voices(names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"{names[0]} says so in its own voice, and may have it from others."
    told = _listed(names) if len(names) <= MOST_NAMED else f"{len(names)} outlets"
    return f"{told[0].upper()}{told[1:]} say so in their own voice, and may have it from each other or from others."


MOST_NAMED = 4  # outlets that a reason lists by name


def _shortened(items: Sequence[Origin], own: Sequence[int]) -> list[tuple[int, int]]:
    """Named origins that may be called by the end of another one's name: a surname, "the Authority". By their places,
    the short one first; none where two longer names end so."""
    words = [_called(one) for one in items]
    found = []
    for i, short in enumerate(words):
        longer = [j for j, long in enumerate(words) if len(long) > len(short) > 0 and long[-len(short) :] == short]
        if len(longer) == 1 and i not in own and longer[0] not in own:
            found.append((i, longer[0]))
    return found


def _key(end: Person | Paper) -> str:
    if isinstance(end, Paper):
        return f"entity:{end.outlet_id}" if end.outlet_id is not None else f"outlet:{end.outlet or end.id}"
    return end.key


def _is_unnamed(end: Person | Paper) -> bool:
    return isinstance(end, Person) and not end.named


def _joined(ends: dict[str, Person | Paper]) -> list[list[str]]:
    """The ends by what is one origin: a source goes with the body that it speaks for."""
    group = {key: key for key in ends}
    for a, b in combinations(ends, 2):
        one, other = ends[a], ends[b]
        if _speaks_for(one, other) or _speaks_for(other, one) or _same_office_and_surname(one, other):
            old, new = sorted((group[a], group[b]), key=list(ends).index, reverse=True)
            group = {key: new if of == old else of for key, of in group.items()}
    found: dict[str, list[str]] = {}
    for key, of in group.items():
        found.setdefault(of, []).append(key)
    return list(found.values())


def _passing_on(items: Sequence[Origin], own: Sequence[int]) -> list[tuple[Origin, Origin]]:
    """Named origins that stand on the way to another one in some document, each with that one: another document, which
    has it from them, may leave out on whose word they speak."""
    found = []
    for i, one in enumerate(items):
        ways = ((other, way) for other in items if other is not one for way in other.chains)
        behind = (other for other, way in ways if any(step.name == one.name for step in way[1:-1]))
        other = next(behind, None)
        if one.named and i not in own and other is not None:
            found.append((one, other))
    return found


def _called(one: Origin) -> list[str]:
    """The words by which a named origin is called."""
    if not one.named:
        return []
    return _without_titles(one.name) if one.kind is OriginKind.PERSON else folded(one.name).removeprefix("the ").split()


def _same_office_and_surname(one: Person | Paper, other: Person | Paper) -> bool:
    """Whether two names are of one person: "President Hale", and Bill Hale, whom another document calls president."""
    if not (isinstance(one, Person) and isinstance(other, Person) and one.named and other.named):
        return False
    if one.kind is not SourceKind.PERSON or other.kind is not SourceKind.PERSON:
        return False
    short, long = sorted((_without_titles(one.name), _without_titles(other.name)), key=len)
    return long[-len(short) :] == short != [] and not _offices(one).isdisjoint(_offices(other))


def _without_titles(name: str) -> list[str]:
    """The words of a person's name behind its titles; all of them where there is nothing else."""
    words = folded(name).split()
    start = next((i for i, word in enumerate(words) if word not in load_lexicon().title_words), 0)
    return words[start:]


def _offices(person: Person) -> set[str]:
    """The offices that a person's roles, or titles before the name, tell of."""
    told = {word.strip(".,") for words in (*person.roles, person.name) for word in words.casefold().split()}
    return told & _OFFICES


def _speaks_for(one: Person | Paper, body: Person | Paper) -> bool:
    """Whether a person's role, or an unnamed one's description, makes them the one who speaks for the body: its
    spokeswoman, or who is at its head."""
    if not isinstance(one, Person) or one.kind is not SourceKind.PERSON:
        return False
    if isinstance(body, Person) and body.named and body.kind is SourceKind.PERSON:
        return _speaks_for_person(one, body)
    if isinstance(body, Paper):
        name = body.outlet or ""
    else:
        name = body.name if body.named and body.kind is SourceKind.ORGANIZATION else ""
    if not name:
        return False
    words = " ; ".join((*one.roles, "" if one.named else one.name)).casefold()
    body_name = re.escape(name.casefold().removeprefix("the "))
    offices = "|".join(sorted(map(re.escape, _OFFICES), key=len, reverse=True))
    of_it = rf"\b(?:{offices})(?:\s+(?:executive|minister|general))?\s+(?:of|at|for|to)\s+(?:the\s+)?{body_name}\b"
    its = rf"\b{body_name}(?:['’]s?)?\s+(?:\w+\s+)?(?:{offices})\b"
    spokes = any(word in words for word in _SPEAKING) and re.search(rf"\b{body_name}\b", words)
    return bool(spokes or re.search(of_it, words) or re.search(its, words))


def _speaks_for_person(one: Person, other: Person) -> bool:
    """Whether one's role is to speak for the holder of another's office, or for whoever has that name: "the premier's
    spokeswoman"."""
    offices = [role.casefold() for role in other.roles if _OFFICES & {*role.casefold().split()}]
    names = "|".join(map(re.escape, [*offices, other.name.casefold(), *other.name.casefold().split()[-1:]]))
    speaking = "|".join(_SPEAKING)
    its = rf"\b(?:{names})['’]s?\s+(?:[\w-]+\s+)?(?:{speaking})"
    of_it = rf"\b(?:{speaking})\w*\s+(?:of|for|to)\s+(?:the\s+)?(?:{names})\b"
    return any(re.search(its, role.casefold()) or re.search(of_it, role.casefold()) for role in one.roles)


_SPEAKING = ("spokes", "speaks for", "press officer", "press secretary")
_OFFICES = word_list("offices that speak for their body")


def _may_be_same(people: list[Person | Paper]) -> list[list[int]]:
    """Groups of unnamed sources that may be the same people: none is a document, a body goes with bodies alone, and no
    document tells them apart."""
    groups: list[list[int]] = []
    for i, one in enumerate(people):
        assert isinstance(one, Person)  # noqa: S101 - unnamed ends are sources
        for group in groups:
            if all(_compatible(one, people[j]) for j in group):
                group.append(i)
                break
        else:
            groups.append([i])
    return groups


def _compatible(one: Person, other: Person | Paper) -> bool:
    if not isinstance(other, Person) or SourceKind.DOCUMENT in (one.kind, other.kind):
        return False
    if (one.kind is SourceKind.ORGANIZATION) != (other.kind is SourceKind.ORGANIZATION):
        return False  # "the agency" and "a diver": a body is nobody in it
    # "experts" and "other experts": the text itself says that they are not the same.
    return not any(
        name.casefold().startswith(("other ", "another ", "a second ", "a third ")) for name in (one.name, other.name)
    )


def _speaks_for_it(people: list[Person | Paper], items: list[Origin]) -> str:
    """What speaks for unnamed sources being the same: the same access, the same document."""
    accesses = {one.access for one in people if isinstance(one, Person)}
    if len(accesses) == 1 and None not in accesses:
        return ", with the same access"
    documents = [set(one.documents) for one in items]
    if len(documents) > 1 and set.intersection(*documents):
        return ", in the same document"
    return ""


def _origin(ends: list[Person | Paper], chains: list[Chain]) -> Origin:
    best = next((end for end in ends if isinstance(end, Paper) or end.named), ends[0])
    documents = tuple(dict.fromkeys(chain.steps[0].id for chain in chains))
    ways = tuple(dict.fromkeys(chain.steps for chain in chains))
    if isinstance(best, Paper):
        return Origin(best.outlet_id or best.id, best.outlet or best.name, OriginKind.OUTLET, True, documents, ways)
    kind = OriginKind.OUTLET if best.is_outlet else OriginKind(best.kind)
    return Origin(best.entity or best.id, best.name, kind, best.named, documents, ways)


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
