"""From what a source does with a content to its position on a claim."""

from __future__ import annotations

import re
from enum import StrEnum

from sayso.lexicon import load_lexicon, word_list
from sayso.model import Act, Certainty, Relation, Stance
from sayso.qualify.cues import is_negated, rows_in
from sayso.trace.answers import Effect

_ASKING = {Act.ASK, Act.REQUEST}
_NO_MATTER = (Act.DECLINE, Act.UNANSWERED, *_ASKING)  # acts whose position does not hang on what their cue negates
_WORDS = re.compile(r"\w+|[^\w\s]")
QUOTES = re.compile(r"[“”\"„«»]")
_NOBODY = re.compile(r"\W*(?:no|nobody|none|neither|nothing)\b", re.IGNORECASE)
_OPEN = re.compile(r"\W*whether\b(?!\s+or\s+not\b)", re.IGNORECASE)
_IF = re.compile(r"\W*if\b", re.IGNORECASE)
_NOT_ONLY = re.compile(r"\b(?:not|n[’']t|never)\s+(?:only|just|merely|simply)\b", re.IGNORECASE)
_THAT = re.compile(r"\W*that\b", re.IGNORECASE)
_SIGNS = re.compile(
    r"\W*(?:that\s+)?(?:(?P<lacking>no|any)\s+|(?:an?|the)\s+)?(?:[\w-]+\s+){0,2}?(?P<noun>[^\W\d_]+)\s+(?P<leading>that|of|for)\b",
    re.IGNORECASE,
)


class Bearing(StrEnum):
    """How a source puts a content forward: as so, as not so, or neither."""

    SO = "so"
    NOT_SO = "not so"
    NEITHER = "neither"


def bearing_of(act: Act | None, source: str | None, cue: str, content: str) -> Bearing:
    """How a source puts its content forward, by the words of its cue, and those that open the content.

    Who "does not believe" a thing, or doubts it, puts it forward as not so, and so does who "did not find any sign of"
    it. Of who "never condemned" it, "did not rule" it, forbids it, or would know "whether" it is so, no more is told
    than that.

    >>> bearing_of(Act.DECIDE, "The court", "did not rule", "that the sale was void")
    <Bearing.NEITHER: 'neither'>
    """
    if act in _NO_MATTER:
        return Bearing.SO
    if source is not None and _NOBODY.match(source):
        return Bearing.NEITHER
    words = _WORDS.findall(cue.lower())
    best = next(iter(rows := rows_in(words, load_lexicon())), None)
    if best is not None and best.negates and act is not Act.FIND:
        return Bearing.SO if act is Act.DENY else Bearing.NOT_SO  # the "no" of a denial is in the act
    if _OPEN.match(content) or (act is Act.FIND and _IF.match(content)):
        return Bearing.NEITHER
    if act is Act.DECIDE and not word_list("verbs that forbid").isdisjoint(words):
        return Bearing.NEITHER
    if beyond_lacking(content):
        return Bearing.NOT_SO
    lacking = "no" in words and words[-1] in word_list("nouns for evidence")  # "has no evidence"
    if not (lacking or is_negated(words)) or _NOT_ONLY.search(cue):
        return Bearing.SO
    if best is not None and best.when_negated and best.act is act:  # "did not rule out", which leaves it open
        denied = best.certainty is Certainty.CERTAIN and any(row.act is Act.DENY for row in rows[1:])
        return Bearing.NEITHER if denied else Bearing.SO  # who "did not deny" it does not say it
    signs = _SIGNS.match(content)
    if (
        lacking
        or act in (Act.BELIEVE, Act.WANT)
        or (signs and signs["noun"].lower() in word_list("nouns for evidence"))
    ):
        return Bearing.NOT_SO
    return Bearing.NOT_SO if act is Act.ENDORSE and _THAT.match(content) else Bearing.NEITHER


def beyond_lacking(content: str) -> str | None:
    """What a content says that there is no sign of; None where it does not say so.

    In "have not found any sign that it burned", the words between may keep the negation out of the cue.

    >>> beyond_lacking("no clear sign that the mill burned")
    'the mill burned'
    """
    content = QUOTES.sub("", content)
    signs = _SIGNS.match(content)
    if signs is None or not signs["lacking"] or signs["leading"].lower() != "that":
        return None
    return content[signs.end() :].strip() if signs["noun"].lower() in word_list("nouns for evidence") else None


def stance_of(
    act: Act | None, certainty: Certainty | None, relation: Relation, bearing: Bearing = Bearing.SO
) -> Stance | None:
    """The position on a claim of one who does this with a content of that relation to it; None for no position.

    Who denies a content disputes a claim that says the same, and says what a claim says that is contrary to it.
    Who asks whether it is so asks, and so does who asks for it; who vows it says that it will be so. Who asks or wishes
    for the contrary takes no position on the claim, and who did not answer takes none at all. Who accuses somebody of
    it, approves of it or decides it says that it is so, where that is not negated.
    """
    if bearing is Bearing.NEITHER:
        return None
    same = (relation is Relation.SAME) is (bearing is Bearing.SO)
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
