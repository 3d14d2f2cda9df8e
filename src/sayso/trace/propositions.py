"""The propositions of a Reading: what each attribution's content, and each statement, puts forward.

A proposition's text is made to stand without its article: pronouns and short names are replaced by the name that the
Reading resolved, and the marks around a content are left off. The document's own text stays as it is.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sayso.lexicon import load_lexicon
from sayso.model import Act, Attribution, Reading, Source, Span
from sayso.trace.agreement import Facts, facts_of
from sayso.trace.stems import LITTLE_WORDS, WORD

LEAST_WORDS = 3  # of a content
LEAST_STATEMENT = 5  # words of a statement
_AHEAD = 40  # code points after a mention that are looked at
_RELAYED = 2  # words that an outer content may have beside the inner attribution
_MARKS = " \t\n\r\u00a0“”\"„«»‘’'`.,;:!…—–-"
_SELF = frozenset({"i", "me", "my", "mine", "myself"})
_OWN = frozenset({"his", "its", "their", "my", "our", "whose"})
_THIRD = frozenset({"he", "she", "they", "it", "him", "them", "we", "us"})
_BY_THEMSELVES = (Act.COMMIT, Act.DECIDE, Act.WANT)


@dataclass(frozen=True, slots=True)
class Proposition:
    """What a content or a statement puts forward, in words that stand by themselves, and its facts.

    It is of an attribution or of a statement. `relays` holds the attributions inside that it only reports:
    in "the paper said that officials say the mill is sold", the claim is the officials'.
    """

    id: str
    document: str
    attribution: str | None
    statement: str | None
    text: str
    facts: Facts
    relays: tuple[str, ...] = ()


def propositions(reading: Reading) -> list[Proposition]:
    """The propositions of a Reading, in the order of its attributions, then of its statements.

    A content of less than three words, and a statement of less than five, puts none forward.
    """
    document = reading.document
    mentions = _mentions(reading.sources)
    named = {source.id: source for source in reading.sources if source.named}
    inner: dict[str, list[Attribution]] = {}
    for one in reading.attributions:
        if one.within is not None:
            inner.setdefault(one.within, []).append(one)
    found = []
    for one in reading.attributions:
        speaker = named.get(one.speaker or "")
        text = content_text(document.text, one, mentions, speaker)
        if len(WORD.findall(text)) >= LEAST_WORDS:
            facts = facts_of(text, document.published)
            relays = relayed(document.text, one, inner.get(one.id, []))
            found.append(Proposition(one.id, document.id, one.id, None, text, facts, relays))
    for statement in reading.statements:
        text = bare(resolved(document.text, statement.span, mentions))
        if len(WORD.findall(text)) >= LEAST_STATEMENT:
            facts = facts_of(text, document.published)
            found.append(Proposition(statement.id, document.id, None, statement.id, text, facts))
    return found


def content_text(text: str, one: Attribution, mentions: Sequence[tuple[Span, Source]], speaker: Source | None) -> str:
    """A content in words that stand by themselves: "to resign" gets the one who vows it."""
    told = bare(" ".join(resolved(text, piece, mentions) for piece in one.content))
    if one.act is Act.ACCUSE:
        told = told.removeprefix("of ")
    if speaker is not None and told:
        itself = told.startswith("to ") and one.act in _BY_THEMSELVES
        doing = re.match(r"(?!(?:during|nothing|something|everything)\b)[a-z]{3,}ing\b", told) and one.act is Act.DENY
        if itself or doing:
            return f"{speaker.name} {told}"
    return told


def bare(text: str) -> str:
    """A text without the quotation marks in it, a "that" before it and the punctuation after it."""
    text = re.sub(r"[“”\"„«»]", " ", text)
    mark = "?" if text.rstrip(_MARKS).endswith("?") else ""
    text = " ".join(text.split()).strip(_MARKS + "?")
    text = re.sub(r"^(?:that|whether|how|if)\s+", lambda m: "" if m[0].lower().startswith("that") else m[0], text)
    return text + mark if text else ""


def _mentions(sources: Iterable[Source]) -> list[tuple[Span, Source]]:
    """The mentions of the sources that have a name, in the order of the text."""
    return sorted(
        ((span, source) for source in sources if source.named for span in source.mentions), key=lambda one: one[0]
    )


def resolved(text: str, piece: Span, mentions: Sequence[tuple[Span, Source]]) -> str:
    """A piece of a text, with pronouns and short names in it replaced by the names of those who are meant."""
    parts, at = [], piece.start
    first = bisect.bisect_left(mentions, piece.start, key=lambda one: one[0].start)
    for i in range(first, len(mentions)):
        span, source = mentions[i]
        if span.start >= piece.end:
            break
        if span.start < at or span.end > piece.end:
            continue
        name = _in_place(span.of(text), source, text[span.end : min(piece.end, span.end + _AHEAD)])
        if name is not None:
            parts += [text[at : span.start], name]
            at = span.end
    return _spelled_out("".join([*parts, text[at : piece.end]])) if parts else text[piece.start : piece.end]


def _in_place(shown: str, source: Source, after: str) -> str | None:
    """The name in the place of a pronoun or a shorter name; None where the mention stays."""
    low = shown.lower()
    if low in ("we", "us", "our", "they", "them", "their") and source.kind.value == "person":
        return None  # "we" is more than the one who says it
    if low in _OWN or low == "mine" or (low == "her" and _is_owned(after)):
        return f"{source.name}’s"
    if low in _SELF or low in _THIRD or low == "her":
        return source.name
    whole = source.name.lower().split()
    part = [w for w in low.removesuffix("’s").removesuffix("'s").split() if w.rstrip(".") not in _honorifics()]
    if part and len(part) < len(whole) and set(part) <= set(whole):
        own = low.endswith(("’s", "'s"))
        return f"{source.name}’s" if own else source.name
    return None


def _is_owned(after: str) -> bool:
    """Whether "her" is followed by what is hers."""
    match = re.match(r"\s+([^\W\d_]+)", after)
    return match is not None and match[1].lower() not in LITTLE_WORDS


def _honorifics() -> frozenset[str]:
    return frozenset(load_lexicon().gender_of_honorific)


def _spelled_out(text: str) -> str:
    """What a name in the place of "I" leaves behind it: "Ida Ruiz'm" is "Ida Ruiz is"."""
    for short, full in (("m", "is"), ("ve", "has"), ("ll", "will"), ("d", "would")):
        text = re.sub(rf"(?<=\w)[’']{short}\b", f" {full}", text)
    return re.sub(r"(?<=\b[A-Z]\w{2}) am\b", " is", re.sub(r"(?<=[a-z]) am\b", " is", text))


def relayed(text: str, outer: Attribution, inside: Sequence[Attribution]) -> tuple[str, ...]:
    """The attributions inside a content that it does no more than report."""
    taken = [
        span
        for one in inside
        for span in (*((one.source,) if one.source else ()), one.cue, *one.content)
        if one.content
    ]
    words = 0
    for piece in outer.content:
        for word in WORD.finditer(text, piece.start, piece.end):
            if not any(span.start <= word.start() < span.end for span in taken):
                words += word[0].lower() not in LITTLE_WORDS
    return tuple(one.id for one in inside if one.content) if words <= _RELAYED else ()
