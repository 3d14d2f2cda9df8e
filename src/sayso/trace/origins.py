"""Counting distinct origins: a range, least to most, with the reasons for the gap in a sentence each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations

from sayso.lexicon import word_list
from sayso.model import Origin, OriginKind, Origins, SourceKind
from sayso.trace.chains import Chain
from sayso.trace.scene import Paper, Person


def origins_of(chains: Iterable[Chain], sure: Sequence[Chain] | None = None) -> Origins:
    """The distinct origins at the ends of chains; where not all are of positions that are `sure` to be on the claim,
    the least is that of those which are, and 1 where none is.

    One entity is one origin, in however many documents; so is a source with the body that it speaks for. Unnamed
    sources of one document stay what that document calls them; those of several may be the same people, which
    makes the least smaller than the most. A circle adds no origin.
    """
    every = list(chains)
    found = _counted(every)
    if sure is None or len(sure) == len(every) or found.most == 0:
        return found
    least = min(found.least, max(1, _counted(sure).least))
    number = len(every) - len(sure)
    reason = (
        f"{number} of these positions may be on something else."
        if number > 1
        else ("One of these positions may be on something else.")
    )
    return replace(found, least=least, reasons=(*found.reasons, reason))


def _counted(chains: Iterable[Chain]) -> Origins:
    ends: dict[str, Person | Paper] = {}
    ways: dict[str, list[Chain]] = {}
    for chain in chains:
        if chain.circle:
            continue
        key = _key(chain.end)
        ends.setdefault(key, chain.end)
        ways.setdefault(key, []).append(chain)
    groups = _joined(ends)
    items = tuple(
        _origin([ends[key] for key in group], [way for key in group for way in ways[key]]) for group in groups
    )
    unnamed = [i for i, group in enumerate(groups) if all(_is_unnamed(ends[key]) for key in group)]
    most = len(items)
    least, reasons = most, []
    parts = _may_be_same([ends[groups[i][0]] for i in unnamed])
    for part in parts:
        if len(part) > 1:
            least -= len(part) - 1
            names = [f"“{items[unnamed[i]].name}”" for i in part]
            what = "two unnamed descriptions" if len(part) == 2 else f"{len(part)} unnamed descriptions"
            why = _speaks_for_it([ends[groups[unnamed[i]][0]] for i in part], [items[unnamed[i]] for i in part])
            reasons.append(f"These {what} may be of the same people: {_listed(names)}{why}.")
    return Origins(least, most, items, tuple(reasons))


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
        if _speaks_for(ends[a], ends[b]) or _speaks_for(ends[b], ends[a]):
            old, new = sorted((group[a], group[b]), key=list(ends).index, reverse=True)
            group = {key: new if of == old else of for key, of in group.items()}
    found: dict[str, list[str]] = {}
    for key, of in group.items():
        found.setdefault(of, []).append(key)
    return list(found.values())


def _speaks_for(one: Person | Paper, body: Person | Paper) -> bool:
    """Whether a person's role, or an unnamed one's description, makes them the one who speaks for the body: its
    spokeswoman, or who is at its head."""
    if not isinstance(one, Person) or one.kind is not SourceKind.PERSON:
        return False
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


_SPEAKING = ("spokes", "speaks for", "press officer", "press secretary")
_OFFICES = word_list("offices that speak for their body")


def _may_be_same(people: list[Person | Paper]) -> list[list[int]]:
    """Groups of unnamed sources that may be the same people: none is a document, and no document tells them apart."""
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


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
