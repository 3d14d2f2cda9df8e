"""Who is meant where the place in the text says it: three rules of how news is written, over what mentions alone show.

A quotation that opens a paragraph goes on with who spoke last; and who is called by a description behind a quotation
that the same sentence began to report ("Ruiz called for calm: “Stay home,” the candidate said") is the one it began
with. Who answers in a sentence is whom it tells to have been asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sayso.extract.words import NEW_PARAGRAPH, Words
from sayso.resolve.entities import HE, SHE, Entities, Entity
from sayso.resolve.forms import FEMALE, MALE, MANY, THE, UNKNOWN, Mentions

Range = tuple[int, int]

BY_PLACE = 0.8  # confidence of these links
ASKING = frozenset(("asked", "asks"))
ANSWERING = frozenset(("replied", "replies", "answered", "answers", "responded", "responds"))


@dataclass(frozen=True)
class Placed:
    """An attribution in words, half-open; `within` is the place of the one that holds it."""

    source: Range | None
    cue: Range
    content: tuple[Range, ...]
    within: int | None = None


def placed_speakers(
    words: Words,
    lower: Sequence[str],
    attributions: Sequence[Placed],
    mention_of: Callable[[Range], int | None],
    table: Mentions,
    entities: Entities,
) -> Entities:
    """The entities, with the mentions moved that these rules give to another.

    `mention_of` gives the mention of a source that is one person or thing alone, by its words.
    """
    moves: dict[int, int] = {}
    of = list(entities.of_mention)
    before: int | None = None  # the mention that names who spoke last, in no other's content
    for place, one in enumerate(attributions):
        if one.within is not None:
            continue
        mention = mention_of(one.source) if one.source else None
        if mention is not None:
            meant = _goes_on(words, one, mention, before, table, entities.entities, of)
            if meant is None:
                meant = _began(lower, place, mention, attributions, mention_of, table, entities.entities, of)
            if meant is None:
                meant = _was_asked(lower, place, mention, attributions, table, entities.entities, of)
            if meant is not None and meant != of[mention]:
                moves[mention] = of[mention] = meant
        if one.source is not None:
            before = mention
    return moved(entities, moves)


def _goes_on(
    words: Words,
    one: Placed,
    mention: int,
    before: int | None,
    table: Mentions,
    known: Sequence[Entity],
    of: Sequence[int | None],
) -> int | None:
    """Who spoke last, in the paragraph before one that a quotation opens, where "he" or "she" fits them."""
    form = int(table.form[mention])
    if before is None or of[before] is None or form not in (HE, SHE) or not one.content:
        return None
    opening = one.content[0][0]
    quoted = bool(words.quote[opening : opening + 2].any())
    opens = quoted and any(words.gap[i] == NEW_PARAGRAPH for i in (opening, opening - 1) if i >= 0)
    if not opens or int(table.paragraph[mention]) - int(table.paragraph[before]) != 1:
        return None
    if _somebody_after(before, table, of, known):
        return None
    return of[before] if _may_be(known[of[before] or 0], form) else None


def _may_be(entity: Entity, form: int) -> bool:
    """Whether "he" or "she", by the form, may be somebody."""
    fits = entity.gender in (UNKNOWN, MALE if form == HE else FEMALE)
    return fits and entity.type == "person" and entity.count != MANY


def _somebody_after(before: int, table: Mentions, of: Sequence[int | None], known: Sequence[Entity]) -> bool:
    """Whether somebody else speaks behind a mention in its paragraph."""
    for m in range(before + 1, len(table)):
        if table.paragraph[m] != table.paragraph[before]:
            break
        number = of[m]
        if table.sourced[m] and number is not None and number != of[before] and known[number].type == "person":
            return True
    return False


def _began(
    lower: Sequence[str],
    place: int,
    mention: int,
    attributions: Sequence[Placed],
    mention_of: Callable[[Range], int | None],
    table: Mentions,
    known: Sequence[Entity],
    of: Sequence[int | None],
) -> int | None:
    """Who began to report, before a colon in the same sentence, the quotation whose speaker a description names."""
    one = attributions[place]
    if int(table.form[mention]) != THE or table.number[mention] == MANY or not one.content:
        return None
    number = of[mention]
    if number is None or known[number].named or len(known[number].mentions) > 1:
        return None
    opening = min(a for a, _ in one.content)
    for other in reversed(attributions[:place]):
        if other.within is not None or other.source is None or other.cue[1] > opening:
            continue
        if ":" not in lower[other.cue[1] : opening + 1] or any(
            w in (".", "?", "!") for w in lower[other.cue[1] : opening]
        ):
            return None
        first = mention_of(other.source)
        if first is None or of[first] is None:
            return None
        entity = known[of[first] or 0]
        fits = table.gender[mention] in (UNKNOWN, entity.gender) or entity.gender == UNKNOWN
        return entity.number if entity.named and entity.type == "person" and fits else None
    return None


def _was_asked(
    lower: Sequence[str],
    place: int,
    mention: int,
    attributions: Sequence[Placed],
    table: Mentions,
    known: Sequence[Entity],
    of: Sequence[int | None],
) -> int | None:
    """Who was asked in the same sentence, where "he" or "she" answers: "When Hale asked [Ruiz] why, she replied …"."""
    one, form = attributions[place], int(table.form[mention])
    if form not in (HE, SHE) or ANSWERING.isdisjoint(lower[slice(*one.cue)]):
        return None
    for other in reversed(attributions[:place]):
        asked = other.within is None and other.source is not None and not ASKING.isdisjoint(lower[slice(*other.cue)])
        if not asked or other.source is None or other.source[1] > other.cue[0]:
            continue
        named = next((m for m in range(len(table)) if int(table.start[m]) == other.cue[1]), None)
        if named is None or table.sentence[named] != table.sentence[mention]:
            return None
        number = of[named]
        if number is None:
            return None
        return number if _may_be(known[number], form) else None
    return None


def moved(entities: Entities, moves: Mapping[int, int]) -> Entities:
    """The entities, with some mentions moved to others: numbers of entities by mention."""
    if not moves:
        return entities
    of, sure = list(entities.of_mention), list(entities.sure)
    taken: dict[int, list[int]] = {}
    for mention, number in moves.items():
        of[mention], sure[mention] = number, BY_PLACE
        taken.setdefault(number, []).append(mention)
    made = []
    for one in entities.entities:
        kept = [(m, link) for m, link in zip(one.mentions, one.links, strict=True) if of[m] == one.number]
        new = [(m, BY_PLACE) for m in taken.get(one.number, ()) if m not in one.mentions]
        pairs = sorted([*kept, *new])
        made.append(replace(one, mentions=[m for m, _ in pairs], links=[link for _, link in pairs]))
    return replace(entities, entities=tuple(made), of_mention=tuple(of), sure=tuple(sure))
