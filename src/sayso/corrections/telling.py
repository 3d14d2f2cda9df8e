"""Corrections in words, for lists and pages."""

from __future__ import annotations

from sayso.corrections.entries import Correction, CorrectionKind, Part
from sayso.model import Relation

LONGEST = 60  # letters of a content that are shown


def told(one: Correction) -> str:
    """What a correction says, in a sentence: "the speaker of “said”: “Ana Ruiz”, not “Bill Hale”"."""
    of = _words(one.of)
    before = f", not {_value(one.was)}" if one.was is not None else ""
    if one.kind is CorrectionKind.SPEAKER:
        speaker = f"“{one.speaker.mention.text}”" if one.speaker else "nobody known"
        return f"the speaker of {of}: {speaker}{before}"
    if one.kind is CorrectionKind.STRUCK:
        return f"{of} is not an attribution"
    if one.kind is CorrectionKind.MERGE:
        return f"{_words(one.other)} is the same source as {of}"
    if one.kind is CorrectionKind.SPLIT:
        return f"{of} is not the same source as {_words(one.other)}"
    if one.kind is CorrectionKind.CLAIM:
        if one.other is None:
            return f"{of} belongs to no claim"
        how = "the contrary of" if one.relation is Relation.CONTRARY else "the same as"
        return f"{of} says {how} {_words(one.other)}"
    if one.kind is CorrectionKind.UNDO:
        return f"undoes {one.undoes}"
    return f"the {one.kind} of {of}: {one.to or 'none'}{before}"


def marked(one: Correction) -> str:
    """What was corrected, by whom and when: "speaker corrected by Ana Ruiz on 2024-05-31: see page 2"."""
    return f"{one.kind} corrected by {one.by} on {one.made[:10]}" + (f": {one.why}" if one.why else "")


def _value(was: str) -> str:
    return f"“{was}”" if " " in was or not was.islower() else was


def _words(part: Part | None) -> str:
    if part is None:
        return ""
    if part.says is not None:
        return f"“{_short(part.says)}”"
    if part.source is not None:
        return f"“{_short(part.source.text)}” in {part.document}"
    if part.attribution is not None:
        pieces = (part.attribution.cue, *part.attribution.content)
        return f"“{_short(' '.join(words.text for words in pieces))}”"
    return f"“{_short(part.statement.text)}”" if part.statement else ""


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST].rpartition(' ')[0] or line[:LONGEST]}…"
