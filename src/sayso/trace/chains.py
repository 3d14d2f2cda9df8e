"""Chains: by which way a position reaches the reader, from the document back to where it ends.

Inside a document a chain follows nesting (`within`) and `basis`; between documents, citation (an outlet's name, a
link) and copies. A chain that comes to a document again is circular: it ends there and is reported.
"""

from __future__ import annotations

from dataclasses import dataclass

from sayso.model import Stance, Step, StepKind
from sayso.trace.scene import Paper, Person, Scene, Telling, in_copy, overlap

MOST_STEPS = 40


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain's steps, the source or outlet at its end, and the documents of a circle that it ran into; and what the
    surest of its copies is, where the chain ends as that one does."""

    steps: tuple[Step, ...]
    end: Person | Paper
    circle: tuple[str, ...] = ()
    surest: Telling | None = None


def chain_of(scene: Scene, telling: Telling) -> Chain:
    """The chain of one position.

    Where a chain leads to no other document, and the same words stand in others, it ends as the surest reading of them
    does: it cannot be told which of the documents was first, and the words rest on the same source in all.
    """
    found = _follow(scene, telling, ())
    surest = scene.tellings[scene.surest_of_copies.get(telling.id, telling.id)]
    alone = sum(step.kind is StepKind.DOCUMENT for step in found.steps) == 1
    if not alone or surest is telling:
        return found
    theirs = _follow(scene, surest, ())
    if theirs.circle or telling.document in {step.id for step in theirs.steps}:
        return found
    if len(found.steps) > 1 and (found.end == theirs.end or surest.own_voice):
        return Chain(found.steps, theirs.end)
    return Chain((found.steps[0], *theirs.steps[1:]), theirs.end, surest=surest)


def holders(scene: Scene) -> list[Telling]:
    """The tellings that are positions of somebody: those with a stance that do not merely relay another one's.

    One relays where another on the same side lies inside its content: "the paper reported that officials
    said …" is the officials' position, and the paper a step on its chain. What only may be on the claim takes nobody's
    position away.
    """
    relayed = {
        outer
        for one in scene.tellings.values()
        if one.stance is not None and not one.own_voice and not one.is_beside
        for outer in _around(scene, one)
        if _same_side(scene.tellings[outer].stance, one.stance)
    }
    return [one for one in scene.tellings.values() if one.stance is not None and one.id not in relayed]


def _around(scene: Scene, one: Telling) -> list[str]:
    """The tellings that enclose one, from the inside."""
    found: list[str] = []
    while one.within is not None and one.within not in found and one.within in scene.tellings:
        found.append(one.within)
        one = scene.tellings[one.within]
    return found


def _follow(scene: Scene, telling: Telling, passed: tuple[str, ...]) -> Chain:
    paper = scene.papers[telling.document]
    here = (*passed, paper.id)
    first = Step(StepKind.DOCUMENT, paper.id, paper.outlet or paper.name)
    copied = _original(scene, telling)
    if copied is not None and len(here) < MOST_STEPS:
        if copied.document in here:
            return Chain((first,), paper, (*here[here.index(copied.document) :], copied.document))
        rest = _follow(scene, copied, here)
        return Chain((first, *rest.steps), rest.end, rest.circle)
    steps, end = _inside(scene, telling)
    witness = next((i for i, step in enumerate(steps) if step.kind is StepKind.SOURCE), None)
    summed = _summed_up(scene, telling) if end is None or not end.named else None
    if summed is not None:
        return _follow(scene, summed, passed)
    if end is None and telling.finder is None:
        return Chain((first,), paper)
    cited = _cited(scene, telling, end) if end is not None else None
    if cited is not None and len(here) < MOST_STEPS:
        if cited.document in here:
            return Chain((first, *steps), end or paper, (*here[here.index(cited.document) :], cited.document))
        rest = _follow(scene, cited, here)
        return Chain((first, *steps, *rest.steps), rest.end, rest.circle)
    if telling.finder is not None:  # nobody else's own article is at hand, which would tell who found it
        said_in = None if telling.own_voice else telling.id
        steps.append(Step(StepKind.SOURCE, telling.finder.id, telling.finder.name, said_in))
        end = telling.finder
    if witness is not None:
        known = steps[witness]
        steps[witness] = Step(known.kind, known.id, known.name, known.attribution, witness=True)
    return Chain((first, *steps), end or paper)


def _inside(scene: Scene, telling: Telling) -> tuple[list[Step], Person | None]:
    """The sources that a document goes over to a position, from the outside in, and the one at the end."""
    way = [scene.tellings[outer] for outer in reversed(_around(scene, telling))]
    steps: list[Step] = []
    end: Person | None = None
    passed: set[str] = set()
    signer = scene.papers[telling.document].signer
    for one in [*way, telling]:
        for person in (signer,) if one.own_voice else (one.speaker, one.basis):
            if person is not None and person.key not in passed:
                passed.add(person.key)
                steps.append(Step(StepKind.SOURCE, person.id, person.name, None if one.own_voice else one.id))
                end = person
    return steps, end


def _original(scene: Scene, telling: Telling) -> Telling | None:
    """The same telling in the document that this one's passage was copied from."""
    found = (in_copy(copy, telling, scene.held) for copy in scene.copied.get(telling.document, ()))
    return next((one for one in found if one is not None), None)


def _summed_up(scene: Scene, telling: Telling) -> Telling | None:
    """What an outlet only sums up: where the article under a headline has the claim from somebody, the headline has it
    from them, and so has a sentence that tells of what they say in it. Of several it is the surest.

    "Weir cracked, paper says", which does not name the paper, is a headline too.
    """
    sided = [
        one
        for one in scene.held.get(telling.document, ())
        if not (one.own_voice or one.is_headline or one.is_beside) and _same_side(one.stance, telling.stance)
    ]
    if not telling.is_headline:
        sided = [one for one in sided if telling.own_voice and overlap(one.span, telling.span)]
    relays = {outer for one in sided for outer in _around(scene, one)}
    innermost = [one for one in sided if one.id not in relays]
    return max(innermost, key=lambda one: one.confidence, default=None)


def _cited(scene: Scene, telling: Telling, end: Person) -> Telling | None:
    """What the outlet at the end of a document's own chain itself published on the claim, where that is at hand.

    A document it links to is meant first; else the earliest of the outlet's that is not of a later day.
    """
    if not end.is_outlet or end.entity is None:
        return None
    paper = scene.papers[telling.document]
    theirs = [
        other
        for document, held in scene.held.items()
        if document != paper.id and scene.papers[document].outlet_id == end.entity
        for other in held
        if _same_side(other.stance, telling.stance)
    ]
    linked = [one for one in theirs if scene.papers[one.document].url in paper.links]
    timely = [one for one in theirs if not _later(scene.papers[one.document], paper)]
    fitting = linked or timely
    relays = {outer for one in fitting for outer in _around(scene, one)}
    fitting = [one for one in fitting if one.id not in relays]
    order = sorted(fitting, key=lambda one: (scene.papers[one.document].published_on or "", one.document, one.span))
    return order[0] if order else None


def _same_side(a: Stance | None, b: Stance | None) -> bool:
    """Whether one may be the report of the other: a paper's "possible" can be retold as a plain saying."""
    sides = ({Stance.SAYS, Stance.PROBABLE, Stance.POSSIBLE}, {Stance.DISPUTES})
    return a is b or any(a in side and b in side for side in sides)


def _later(one: Paper, than: Paper) -> bool:
    return bool(one.published_on and than.published_on and one.published_on > than.published_on)
