"""sayso's own words on a screen: what a source does, how sure it is, and how a source is introduced."""

from __future__ import annotations

from typing import NamedTuple

from sayso.cli.typography import doubt, on_one_line, shortened
from sayso.model import Act, Attribution, Certainty, Polarity, Source, SourceKind, When

MOST_NAME = 60  # characters of a name, where it is only mentioned
MOST_DETAIL = 120  # characters of a role, a channel, a reason …


class Wording(NamedTuple):
    """An act in words, of one and of many, and how it goes on where its content is so, and where it is not so."""

    one: str
    many: str
    so: str
    not_so: str


WORDINGS: dict[Act | None, Wording] = {
    Act.ASSERT: Wording("says", "say", "", "it is not so"),
    Act.DENY: Wording("denies", "deny", "", "that it is not so"),
    Act.ACCUSE: Wording("accuses", "accuse", "", "of not doing so"),
    Act.ENDORSE: Wording("backs", "back", "", "that it is not so"),
    Act.REQUEST: Wording("urges", "urge", "", "that it not be so"),
    Act.ASK: Wording("asks", "ask", "", "whether it is not so"),
    Act.COMMIT: Wording("intends", "intend", "", "that it not be so"),
    Act.DECIDE: Wording("decides", "decide", "", "that it is not to be"),
    Act.BELIEVE: Wording("believes", "believe", "", "it is not so"),
    Act.WANT: Wording("wants", "want", "", "it not to be so"),
    Act.FIND: Wording("finds", "find", "", "it is not so"),
    Act.DECLINE: Wording("declines", "decline", "to say", "to say"),
    Act.UNANSWERED: Wording("gives", "give", "no answer", "no answer"),
    None: Wording("", "", "", "it is not so"),  # follows the cue's own words
}
PROBABLE = Wording("holds", "hold", "it probable", "it probable that it is not so")
POSSIBLE = Wording("holds", "hold", "it possible", "it possible that it is not so")
HELD = {  # to believe or say that something is probable is one thing to a reader
    (Act.ASSERT, Certainty.PROBABLE): PROBABLE,
    (Act.ASSERT, Certainty.POSSIBLE): POSSIBLE,
    (Act.BELIEVE, Certainty.PROBABLE): PROBABLE,
    (Act.BELIEVE, Certainty.POSSIBLE): POSSIBLE,
}

NO_NAME = "(no name)"
NO_SOURCE = "(no source named)"
NO_SPEAKER = "(no speaker named)"
NOT_CLEAR = "(not clear who)"


def deed(one: Attribution, many: bool = False) -> str:
    """What the source does, with polarity and certainty: "holds it probable (“expects”)".

    Empty where neither is known. The act of many agrees with them: "say", not "says".
    """
    held = HELD.get((one.act, one.certainty)) if one.act and one.certainty else None
    wording = held or WORDINGS[one.act]
    words = [wording.many if many else wording.one, wording.not_so if _negated(one) else wording.so]
    if not held and one.certainty in (Certainty.PROBABLE, Certainty.POSSIBLE):
        words.append(f"as {one.certainty}")
    if one.certainty_words and one.certainty_words != one.certainty:
        words.append(f"(“{shortened(one.certainty_words, MOST_NAME)}”)")
    return " ".join(word for word in words if word)


def lead(one: Attribution) -> str:
    """What joins a deed to the words of its content.

    A negated content holds its own "not": "says it is not so, in the words {the bridge is not safe}".
    """
    return ", in the words" if _negated(one) and one.content else ""


def named(source: Source, confidence: float | None = None) -> str:
    """A source where it is mentioned: its name, "?" where the link to it is in doubt, "(unnamed)"."""
    name = shortened(source.name, MOST_NAME) or NO_NAME
    return f"{name}{doubt(confidence)}{'' if source.named else ' (unnamed)'}"


def introduction(source: Source) -> str:
    """What stands beside a source's name: its roles, its kind, and what is known of an unnamed one."""
    parts = [shortened(", ".join(source.roles), MOST_DETAIL)]
    if source.kind is not SourceKind.PERSON:
        parts.append(source.kind)
    if not source.named:
        parts += ["unnamed", *_anonymity(source)]
    return " · ".join(part for part in parts if part)


def _anonymity(source: Source) -> list[str]:
    """An unnamed source's access, and why it stays unnamed. Documents and bodies are not asked for a reason."""
    parts = [f"access: “{shortened(source.access, MOST_DETAIL)}”"] if source.access else []
    if source.anonymity_reason:
        parts.append(f"reason: “{shortened(source.anonymity_reason, MOST_DETAIL)}”")
    elif source.kind is SourceKind.PERSON:
        parts.append("gives no reason")
    elif source.kind is SourceKind.GROUP:
        parts.append("give no reason")
    return parts


def date(when: When) -> str:
    """The words for a date, and the dates that they were resolved to."""
    words = shortened(when.text, MOST_DETAIL)
    dates = _dates(when)
    return words if dates in ("", words) else f"{words} ({dates})"


def _dates(when: When) -> str:
    start, end = on_one_line(when.start or ""), on_one_line(when.end or "")
    if start == end:
        return start
    if not start or not end:
        return f"from {start}" if start else f"until {end}"
    return f"{start} to {end}"


def _negated(one: Attribution) -> bool:
    return one.polarity is Polarity.NEGATED and one.act not in (Act.DECLINE, Act.UNANSWERED)
