"""The propositions of a Reading: what each attribution's content, and each statement, puts forward.

A content of several sentences, or of clauses joined by "and" or "but", puts several forward. A proposition's text is
made to stand without its article: pronouns and short names are replaced by the name that the Reading resolved, and
the marks around a content are left off. The document's own text stays as it is.

Who vows, asks for, or decides something is also told to have done so: that is a proposition of whoever tells it.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from sayso.ledger.notices import is_heading
from sayso.lexicon import load_lexicon, word_list
from sayso.model import Act, Attribution, Reading, Source, Span
from sayso.statements import sentences
from sayso.trace.agreement import Facts, facts_of
from sayso.trace.answers import Effect, effect_of, matter_raised, put_to, reference_of
from sayso.trace.names_told import Name, same_name
from sayso.trace.stances import QUOTES, Bearing, bearing_of, beyond_lacking
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
_DEEDS = (Act.COMMIT, Act.DECIDE, Act.REQUEST, Act.ACCUSE, Act.ENDORSE)
_LONGEST_DEED = 60  # words
_HOLDING = (Act.ASSERT, Act.BELIEVE, Act.FIND, Act.ACCUSE, Act.DENY)
_TO_SOMEBODY = re.compile(r"\b(?:I|you|your|we|our|us|let[’']s)\b")
_NOT_HELD = (Act.DENY, Act.DECLINE, Act.ASK, Act.UNANSWERED)
_WHETHER = re.compile(r"\W*(?:(?:that|whether|if|the|an?|his|her|its|their|any|some)\b\W*)*", re.IGNORECASE)
_NO_ANSWERS = (None, Act.ASK, Act.REQUEST, Act.WANT, Act.COMMIT, Act.DECIDE, Act.UNANSWERED)
_DETERMINERS = "(?:the|this|that|an?|its|his|her|their)"
_TO_DO = re.compile(r"\bto\s+(?:\w+ly\s+)?\Z", re.IGNORECASE)
_DO_SO = re.compile(r"\bdo(?:ing)?\s+(?:so|that|this)\b", re.IGNORECASE)
_NO_SUCH = re.compile(r"\b(?:no|without(?:\s+any)?)\s+(?:[\w-]+\s+){0,3}[\w-]+\Z", re.IGNORECASE)
_LINKS = re.compile(  # "links between Ostrey and the fire" put forward that Ostrey is linked to the fire
    r"^\W*(?:that\s+)?(?:there\s+(?:is|was|are|were)\s+)?(?:(?:any|all|alleged|such|the|an?"
    r"|(?:talk|claims?|reports?|suggestions?|rumou?rs?|allegations?|ideas?) of)\s+)*(?:links?|ties|connections?)\s+"
    r"between\s+(?P<one>[^,.;]+?)(?:\s+and\s+|,\s+)(?P<other>.+?)(?:\s+(?:as|for)\s+(?:an?\s+)?(?:[\w-]+\s+){0,2}"
    r"[\w-]+)?$",
    re.IGNORECASE | re.DOTALL,
)
_INFORMER = re.compile(
    rf"\b(?:{'|'.join(sorted(word_list('participles of those who were told')))})\b[^.;,]{{0,40}}?\bby\s+"
    r"(?P<who>[^.;,“”\"]{2,80}?),?\s+(?=that\b)",
    re.IGNORECASE,
)
_OPEN = re.compile(r"(?:it|they|he|she|this|that|these|those)\b", re.IGNORECASE)
_SHORT = 30  # words of two parts that stay together
_CLOSED = re.compile(r"[.?!…][\s“”\"„«»‘’')\]]*$")
_SUBJECT = (
    r"(?:he|she|it|they|we|I|you|there|this|that|these|those|nobody|everybody|nothing|the|an?|his|her|its|their|our|my"
    r"|no|some|many|most|all|[A-Z][\w’'-]+)\b"
)
_ONE = r"(?:he|she|it|they|we|I|you|there|nobody|nothing)\b"
_BORDER = re.compile(
    rf"(?:[,;:]|\s[—–-])\s*(?:and|but|while|whereas|although|though|yet)\s+(?={_SUBJECT})"
    rf"|;\s+(?={_SUBJECT})|\s[—–]\s(?={_SUBJECT})|\s(?:and|but)\s+(?={_ONE})"
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|am|has|have|had|will|would|can|could|may|might|must|shall|should|does|do|did|[a-z]+n[’']t"
    r"|[a-z]{2,}ed|knew|saw|said|went|came|made|took|gave|found|told|got|left|kept|held|built|lost|won|met|paid)\b"
    r"|\w[’'](?:s|re|ve|ll|d|m)\b"
)


@dataclass(frozen=True, slots=True)
class Proposition:
    """What a content or a statement puts forward, in words that stand by themselves, and its facts.

    It is of an attribution or of a statement, the one at `position` of those that this puts forward. `relays` holds the
    attributions inside that it only reports: in "the paper said that officials say the mill is sold", the claim is the
    officials'. One that `is_deed` says what the attribution's source did ("Ida Ruiz vowed to resign"), and is held by
    whoever tells that: the attribution around this one, or else the outlet. An `answer` takes a position on what was
    put to the source, which it does not say itself: the text is that, and the answer what the source makes of it.
    """

    document: str
    attribution: str | None
    statement: str | None
    position: int
    text: str
    facts: Facts
    relays: tuple[str, ...] = ()
    is_deed: bool = False
    answer: Effect | None = None


def propositions(reading: Reading) -> list[Proposition]:
    """The propositions of a Reading, in the order of its attributions, then of its statements.

    A content of less than three words, and a statement of less than five, puts none forward.
    """
    document = reading.document
    mentions = _mentions(reading.sources)
    named = {source.id: source for source in reading.sources if source.named}
    of_id = {one.id: one for one in reading.attributions}
    inner: dict[str, list[Attribution]] = {}
    wished, untold = set[str](), set[str]()
    for one in reading.attributions:
        outer = of_id.get(one.within or "")
        if outer is not None and _is_only_wished(document.text, outer, one):
            wished.add(one.id)
        elif _is_lacking(document.text, outer, one) or (outer and _is_not_told(document.text, outer, one)):
            untold.add(one.id)
        elif one.within is not None:
            inner.setdefault(one.within, []).append(one)
    day = document.published
    texts = {
        one.id: content_texts(document.text, one, mentions, named.get(one.speaker or ""))
        for one in reading.attributions
        if one.id not in wished
    }
    starts = cache(lambda: list(sentences(document.text)))  # few documents have an answer that needs them
    found: list[Proposition] = []
    for place, one in enumerate(reading.attributions):
        if one.id in wished:
            continue
        relays = relayed(document.text, one, [each for each in inner.get(one.id, ()) if texts[each.id]])
        told = [
            Proposition(document.id, one.id, None, i, text, facts_of(text, day), relays)
            for i, text in enumerate(texts[one.id])
        ]
        taken_up = _taken_up(reading, starts, place, texts, mentions, found)
        if taken_up:
            first = [
                replace(known, attribution=one.id, statement=None, answer=effect, relays=relays, is_deed=False)
                if known
                else Proposition(document.id, one.id, None, 0, text, facts_of(text, day), relays, answer=effect)
                for text, known, effect in taken_up
            ]
            told = [replace(each, position=i) for i, each in enumerate([*first, *told[1:]])]
        found += told if one.id not in untold else ()
        if deed := _deed(document.text, one, mentions, named.get(one.speaker or "")):
            found.append(Proposition(document.id, one.id, None, len(told), deed, facts_of(deed, day), is_deed=True))
    for statement in reading.statements:
        if is_heading(statement.span.of(document.text), load_lexicon()):
            continue
        parts = standing_alone(document.text, (statement.span,), mentions)
        parts = [text for text in parts if len(WORD.findall(text)) >= LEAST_STATEMENT]
        found += [
            Proposition(document.id, None, statement.id, i, text, facts_of(text, day)) for i, text in enumerate(parts)
        ]
    return found


def _is_only_wished(text: str, outer: Attribution, one: Attribution) -> bool:
    """Whether an attribution inside another is no more than what that asks for, wishes or vows: who urges the premier
    to recall the council tells of nobody who recalls anything."""
    if outer.act not in (Act.REQUEST, Act.WANT, Act.COMMIT):
        return False
    return _TO_DO.search(text, max(0, one.cue.start - _AHEAD), one.cue.start) is not None


def _is_not_told(text: str, outer: Attribution, one: Attribution) -> bool:
    """Whether an attribution inside another is what that denies or leaves open: who denies that he said a thing tells
    of nobody who says it. "Denied the officials' claim" does: they claimed it."""
    if outer.act not in _NOT_HELD or not outer.content:
        return False
    start = one.source.start if one.source is not None and one.source.end <= one.cue.start else one.cue.start
    opens = _WHETHER.fullmatch(text, min(outer.content[0].start, start), start) is not None
    return opens and (one.cue.start > start or one.cue.of(text).lower().endswith("ing"))


def _is_lacking(text: str, outer: Attribution | None, one: Attribution) -> bool:
    """Whether an attribution is to evidence that there is none of: who saw no sign that the lock had been forced tells
    of none that shows it."""
    noun = WORD.findall(one.cue.of(text).lower())[-1:]
    if one.source is not None or not noun or noun[0] not in word_list("nouns for evidence"):
        return False
    if _NO_SUCH.search(text, max(0, one.cue.start - _AHEAD), one.cue.end):
        return True
    if outer is None or not outer.content:
        return False
    content = " ".join(piece.of(text) for piece in outer.content)
    source = outer.source.of(text) if outer.source else None
    return bearing_of(outer.act, source, outer.cue.of(text), content) is not Bearing.SO


_Taken = tuple[str, Proposition | None, Effect]  # the words, the proposition that they are where one is, and the answer


def _taken_up(
    reading: Reading,
    starts: Callable[[], Sequence[Span]],
    place: int,
    texts: Mapping[str, Sequence[str]],
    mentions: Sequence[tuple[Span, Source]],
    before: Sequence[Proposition],
) -> list[_Taken]:
    """What an attribution takes a position on that it does not say itself (see answers.py); `before` holds what the
    document puts forward up to here."""
    text, one = reading.document.text, reading.attributions[place]
    if one.act in _NO_ANSWERS or not one.content:
        return []
    reference = reference_of(one.act, one.cue.of(text), bare(" ".join(piece.of(text) for piece in one.content)))
    if one.act in (Act.DECLINE, Act.ACCUSE) and reference is None:
        return _refused(reading, starts, place, before)
    opening = parts_of(text, one.content)
    answer = reference or (effect_of(bare(" ".join(cut.of(text) for cut in opening[0]))) if opening else None)
    if answer is None:
        return []
    found = list[_Taken]()
    for put in put_to(text, starts(), place, reading.attributions, answer, points=reference is not None):
        if put.place is not None:
            found += [(told, None, answer) for told in standing_alone(text, (put.place,), mentions)]
            continue
        theirs = [known for known in before if known.attribution == put.attribution and not known.is_deed]
        if any(known.answer is not None for known in theirs):
            theirs = [known for known in theirs if known.answer is not None]
        found += [(known.text, known, answer) for known in theirs]
        if not theirs:
            found += [(told, None, answer) for told in texts.get(put.attribution or "", ())]
    asked = found[0][0] if found else ""
    if asked and (same := _said_of(asked, _said(reading, before))) is not None and same.text != asked:
        found.append((same.text, same, answer))
    return [(told, known, answer) for told, known, answer in found if len(WORD.findall(told)) >= LEAST_WORDS]


def _refused(
    reading: Reading, starts: Callable[[], Sequence[Span]], place: int, before: Sequence[Proposition]
) -> list[_Taken]:
    """What somebody refuses to say, or accuses another of, where its words do not tell: it stands before."""
    text, one = reading.document.text, reading.attributions[place]
    effect = Effect.WITHHOLDS if one.act is Act.DECLINE else Effect.SAYS
    if _DO_SO.search(" ".join(piece.of(text) for piece in one.content)) and place:
        last = reading.attributions[place - 1]
        same = [known for known in before if known.attribution == last.id and not known.is_deed]
        return [(known.text, known, effect) for known in same] if last.speaker == one.speaker else []
    matter = matter_raised(text, starts, one)
    if matter is None:
        return []
    of_it = re.compile(
        rf"\b(?:the|this|that|an?|its|his|her|their)\s+(?:\w+\s+)?\w*{re.escape(matter)}\b", re.IGNORECASE
    )
    said = _said(reading, before)
    known = next((one for one in reversed(said) if _named_in(one.text) and of_it.search(one.text)), None)
    return [(known.text, known, effect)] if known else []


def _said(reading: Reading, before: Sequence[Proposition]) -> list[Proposition]:
    """Of what a document puts forward, what somebody is said to hold or to deny, in their own words."""
    holding = {one.id for one in reading.attributions if one.act in _HOLDING}
    return [
        one
        for one in before
        if one.attribution in holding and one.answer is None and not (one.is_deed or one.relays or one.facts.question)
    ]


def _said_of(asked: str, said: Sequence[Proposition]) -> Proposition | None:
    """The last that an article has somebody say of the one whom a question is about."""
    meant = _named_in(asked)
    alike = (
        one
        for one in reversed(said)
        if not _TO_SOMEBODY.search(one.text) and any(same_name(a, b) for a in meant for b in _named_in(one.text))
    )
    return next(alike, None)


def _named_in(told: str) -> tuple[Name, ...]:
    """The names in a proposition, one among them that opens it: within a sentence its capital would tell that."""
    return facts_of(f"that {told}").names


def content_texts(
    text: str, one: Attribution, mentions: Sequence[tuple[Span, Source]], speaker: Source | None
) -> list[str]:
    """What a content puts forward, in words that stand by themselves: "to resign" gets the one who vows it, or who is
    asked to, and "no sign that it burned" is about whether it burned."""
    found = standing_alone(text, one.content, mentions)
    if found:
        if one.cue.of(text).lower().endswith(" by") and (informer := informer_in(_passage(text, one))):
            found[0] = bare(re.sub(rf"^{re.escape(informer)}\s+", "", found[0]))
        found[0] = beyond_lacking(found[0]) or found[0]
        found[0] = _with_subject(found[0], one, speaker)
    return [told for told in found if len(WORD.findall(told)) >= LEAST_WORDS]


def _passage(text: str, one: Attribution) -> str:
    return text[one.cue.start : max(piece.end for piece in one.content)]


def informer_in(told: str) -> str | None:
    """Who told it, by the words of an attribution whose speaker was told.

    >>> informer_in("was informed by the port police that the barge was empty")
    'the port police'
    """
    found = _INFORMER.search(told)
    return found["who"] if found else None


def standing_alone(text: str, pieces: Sequence[Span], mentions: Sequence[tuple[Span, Source]]) -> list[str]:
    """The parts of a content or statement in words that stand by themselves.

    One that begins with a pronoun nobody resolved ("it will hold") stays with what it follows, while both are short.
    """
    found: list[str] = []
    for part in parts_of(text, pieces):
        told = bare(" ".join(resolved(text, cut, mentions) for cut in part))
        if found and _OPEN.match(told) and len(WORD.findall(found[-1])) + len(WORD.findall(told)) <= _SHORT:
            found[-1] = f"{found[-1]}, {told}"
        elif told:
            found.append(told)
    return found


def _with_subject(told: str, one: Attribution, speaker: Source | None) -> str:
    if one.act is Act.ACCUSE:
        told = told.removeprefix("of ")
    if one.act is Act.ASK:
        told = re.sub(r"^(?:if|whether)\s+", "", told)
    if told.startswith("to ") and one.act is Act.REQUEST and one.addressee:
        return f"{one.addressee} {told}"
    if speaker is not None:
        itself = told.startswith("to ") and one.act in _BY_THEMSELVES
        doing = re.match(r"(?!(?:during|nothing|something|everything)\b)[a-z]{3,}ing\b", told) and one.act is Act.DENY
        if itself or doing:
            return f"{speaker.name} {told}"
    return told


def _deed(text: str, one: Attribution, mentions: Sequence[tuple[Span, Source]], speaker: Source | None) -> str | None:
    """What the source of an attribution is told to have done by it; None where that is no deed, or nobody's name is
    known."""
    if speaker is None or one.act not in _DEEDS or not one.content:
        return None
    told = bare(" ".join(resolved(text, piece, mentions) for piece in one.content))
    deed = " ".join(f"{speaker.name} {one.cue.of(text)} {told}".split())
    return deed if told and len(WORD.findall(deed)) <= _LONGEST_DEED else None


def parts_of(text: str, pieces: Sequence[Span]) -> list[tuple[Span, ...]]:
    """The sentences and clauses of a content or a statement, each in one or more pieces; a part of less than three
    words stays with the one before it.

    A sentence that a cue interrupts is one: “The mill,” she said, “is sold.”
    """
    parts: list[list[Span]] = []
    for piece in pieces:
        for i, cut in enumerate(_cuts(text, piece)):
            few = len(WORD.findall(cut.of(text))) < LEAST_WORDS
            interrupted = i == 0 and parts and not _CLOSED.search(parts[-1][-1].of(text))
            if parts and (few or interrupted):
                parts[-1].append(cut)
            else:
                parts.append([cut])
    return [tuple(part) for part in parts]


def _cuts(text: str, piece: Span) -> Iterator[Span]:
    """A piece of a text, cut between its sentences and its clauses."""
    for sentence in sentences(QUOTES.sub(" ", piece.of(text))):  # a closed quotation would be kept whole
        start, end = piece.start + sentence.start, piece.start + sentence.end
        at = start
        for border in _BORDER.finditer(text, start, end):
            if _VERB.search(text, at, border.start()) and _VERB.search(text, border.end(), end):
                yield Span(at, border.start())
                at = border.end()
        yield Span(at, end)


def bare(text: str) -> str:
    """A text without the quotation marks in it, a "that" before it and the punctuation after it."""
    text = QUOTES.sub(" ", text)
    text = _LINKS.sub(lambda m: f"{m['one']} is linked to {m['other']}", text)
    mark = "?" if text.rstrip(_MARKS).endswith("?") else ""
    text = " ".join(text.split()).strip(_MARKS + "?")
    text = re.sub(r"^(?:that|whether)\s+", "", text)
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
    """The attributions inside a content that it does no more than report.

    Whom the inner source told, and the names right before it ("Velm [officials] told the mayor that …"), are of the
    report.
    """
    taken = []
    for one in inside:
        if not one.content:
            continue
        spans = [*((one.source,) if one.source else ()), one.cue, *one.content]
        before = _NAMES_BEFORE.search(text[max(0, spans[0].start - _NEAR) : spans[0].start])
        first = spans[0].start - (len(before[0]) if before else 0)
        taken.append(Span(first, spans[0].end))
        taken += spans[1:]
        if one.content[0].start > one.cue.end:
            taken.append(Span(one.cue.end, one.content[0].start))
    words = 0
    for piece in outer.content:
        for word in WORD.finditer(text, piece.start, piece.end):
            if not any(span.start <= word.start() < span.end for span in taken):
                words += word[0].lower() not in LITTLE_WORDS
    return tuple(one.id for one in inside if one.content) if words <= _RELAYED else ()


_NEAR = 60  # code points before a source in which names that belong to it are looked for
_NAMES_BEFORE = re.compile(r"(?:\b[A-Z][\w.’'-]*\s+){1,4}\Z")
