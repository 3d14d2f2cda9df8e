"""From what a source does with a content to its position on a claim."""

from __future__ import annotations

from sayso.model import Act, Certainty, Relation, Stance
from sayso.trace.answers import Effect

_ASKING = {Act.ASK, Act.REQUEST}


def stance_of(act: Act | None, certainty: Certainty | None, relation: Relation) -> Stance | None:
    """The position on a claim of one who does this with a content of that relation to it; None for no position.

    Who denies a content disputes a claim that says the same, and says what a claim says that is contrary to it.
    Who asks whether it is so asks, and so does who asks for it; who vows it says that it will be so. Who asks or wishes
    for the contrary takes no position on the claim, and who did not answer takes none at all.
    """
    same = relation is Relation.SAME
    if act is Act.UNANSWERED:
        return None
    if act is Act.DECLINE:
        return Stance.WITHHOLDS
    if act in _ASKING:
        return Stance.ASKS if same or act is Act.ASK else None
    if act is Act.WANT:
        return Stance.WANTS if same else None
    if act is Act.DENY:
        return Stance.DISPUTES if same else Stance.SAYS
    if certainty is Certainty.POSSIBLE:
        return Stance.POSSIBLE  # "may not have" leaves it as open as "may have"
    if not same:
        return Stance.DISPUTES
    return Stance.PROBABLE if certainty is Certainty.PROBABLE else Stance.SAYS


def stance_of_answer(effect: Effect, relation: Relation) -> Stance | None:
    """The position on a claim of one who answers in this way to what says the same, or the contrary."""
    act = {Effect.DENIES: Act.DENY, Effect.WITHHOLDS: Act.DECLINE}.get(effect, Act.ASSERT)
    certainty = {Effect.PROBABLE: Certainty.PROBABLE, Effect.POSSIBLE: Certainty.POSSIBLE}.get(
        effect, Certainty.CERTAIN
    )
    return stance_of(act, certainty, relation)
