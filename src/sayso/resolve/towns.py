"""Which named place "the city" or "the county" is, where a document says it of one.

A place is called what it is by a word beside its name ("the city of Ostrey", "Ostrey, a town on the coast") or by who
governs it ("the mayor of Ostrey", "the Ostrey city council").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from sayso.lexicon import word_list
from sayso.resolve.mentions import Mention

TOWNS = word_list("nouns for places with a government")
_MUNICIPAL = frozenset(("city", "town", "village", "borough"))
_MAYORS = frozenset(("mayor", "mayors"))
_BODIES = word_list("words behind a place that governs itself")
_APOSTROPHES = frozenset("'’")
_LONGEST_APPOSITION = 3  # words between the article and the noun: "a small fishing town"


def place_named(lower: Sequence[str], head: int, names: Mapping[int, Mention]) -> Mention | None:
    """The name of the place that a noun for places stands before: "the city of [Ostrey]". `names` are the mentions
    with a name, by its first word. What belongs to the place is another: "the city of Ostrey's water board"."""
    if lower[head] not in TOWNS or lower[head + 1 : head + 2] != ["of"]:
        return None
    found = names.get(head + 2)
    if found is None or found.type == "person" or lower[found.end : found.end + 1] in (["'"], ["’"]):
        return None
    return found


def called_by_noun(
    lower: Sequence[str], mentions: Sequence[Mention], of: Sequence[int | None]
) -> dict[str, frozenset[int]]:
    """The entities that a document calls a city, a town or a county, by that noun."""
    found: dict[str, set[int]] = {noun: set() for noun in TOWNS}
    for mention, entity in zip(mentions, of, strict=True):
        if mention.name is not None and entity is not None:
            for noun in _nouns_of(lower, mention.name.start, mention.name.end):
                found[noun].add(entity)
    return {noun: frozenset(entities) for noun, entities in found.items()}


def _nouns_of(lower: Sequence[str], start: int, end: int) -> Set[str]:
    """What the words beside a name say that the place is."""
    noun, joint = ([""] * 2 + list(lower[max(0, start - 2) : start]))[-2:]
    if joint == "of" and noun in TOWNS:
        return {noun}
    if joint == "of" and noun in _MAYORS:
        return _MUNICIPAL
    after = list(lower[end : end + 3])
    if after[:1] and after[0] in _APOSTROPHES:
        after = list(lower[end + 2 : end + 5]) if after[1:2] == ["s"] else after[1:]
    if after[:1] and after[0] in _MAYORS:
        return _MUNICIPAL
    if len(after) > 1 and after[0] in TOWNS and after[1] in _BODIES:
        return {after[0]}
    if after[:2] in ([",", "a"], [",", "the"]):
        apposed = range(end + 2, min(end + 3 + _LONGEST_APPOSITION, len(lower)))
        place = next((i for i in apposed if lower[i] in TOWNS or not lower[i].isalpha()), None)
        if place is not None and lower[place] in TOWNS and lower[place + 1 : place + 2] != ["of"]:
            return {lower[place]}
    return frozenset()
