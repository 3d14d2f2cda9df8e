"""What corrections make of a machine's Reading: a plain function, so that they can be taken back again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sayso.corrections.entries import OF_ATTRIBUTIONS, Correction, CorrectionKind, Said, Speaker
from sayso.model import Act, Attribution, Certainty, Polarity, Reading, Source, Span, Statement
from sayso.statements import statements

WITHOUT_CERTAINTY = frozenset({Act.REQUEST, Act.ASK, Act.WANT, Act.DECLINE, Act.UNANSWERED})
_SELF = frozenset({"i", "me", "my", "mine", "myself"})


def attribution_in(reading: Reading, said: Said) -> Attribution | None:
    """The attribution of a Reading that a correction means: the one of this cue, and of several the one with this
    content, or that shares most of it. None where there is none, or where other words than these stand at its cue."""
    if said.cue.span.of(reading.document.text) != said.cue.text:
        return None
    found = [one for one in reading.attributions if one.cue == said.cue.span]
    content = [words.span for words in said.content]
    return max(found, key=lambda one: (list(one.content) == content, _shared(one.content, content)), default=None)


def corrected(reading: Reading, corrections: Iterable[Correction]) -> Reading:
    """A Reading with the corrections of its attributions put in, in their order: the later one holds.

    Those that were made on another text, and those of attributions that are not in it, are left out. One that is
    struck out stays so until somebody says something else of it later. A source that nothing is attributed to any
    more is none.
    """
    made, text = _Made(reading), reading.document.text_sha256
    for one in corrections:
        of = one.of
        if one.kind in OF_ATTRIBUTIONS and of is not None and of.attribution and of.text_sha256 == text:
            found = attribution_in(reading, of.attribution)
            if found is not None:
                made.put(found.id, one)
    return made.reading()


class _Made:
    """A Reading while corrections are put into it, one after another."""

    def __init__(self, machine: Reading) -> None:
        self._machine = machine
        self._attributions = {one.id: one for one in machine.attributions}
        self._sources = {one.id: one for one in machine.sources}
        self._struck: set[str] = set()

    def put(self, id_: str, correction: Correction) -> None:
        self._struck.discard(id_)
        one = self._attributions[id_]
        if correction.kind is CorrectionKind.STRUCK:
            self._struck.add(id_)
        elif correction.kind is CorrectionKind.SPEAKER:
            self._attributions[id_] = self._spoken(one, correction.speaker)
        elif correction.kind is CorrectionKind.ACT:
            act = Act(correction.to or "")
            certainty = None if act in WITHOUT_CERTAINTY else one.certainty
            self._attributions[id_] = replace(one, act=act, certainty=certainty)
        elif correction.kind is CorrectionKind.POLARITY:
            self._attributions[id_] = replace(one, polarity=Polarity(correction.to or ""))
        elif correction.kind is CorrectionKind.CERTAINTY:
            self._attributions[id_] = replace(one, certainty=Certainty(correction.to) if correction.to else None)

    def reading(self) -> Reading:
        machine = self._machine
        left = tuple(self._placed(self._attributions[one.id]) for one in machine.attributions if one.id in self._left())
        used = {id_ for one in left for id_ in (one.speaker, one.basis)}
        idle = {id_ for one in machine.attributions for id_ in (one.speaker, one.basis)} - used
        known = {one.id for one in machine.sources}
        return replace(
            machine,
            attributions=left,
            statements=self._statements(left) if self._struck else machine.statements,
            sources=tuple(
                one for one in self._sources.values() if one.id in used or (one.id in known and one.id not in idle)
            ),
        )

    def _left(self) -> set[str]:
        return self._attributions.keys() - self._struck

    def _placed(self, one: Attribution) -> Attribution:
        """An attribution with what holds it, once those that are struck out have gone from around it."""
        within, passed = one.within, set[str]()
        while within in self._struck and within not in passed:
            passed.add(within)
            within = self._attributions[within].within
        within = None if within in self._struck else within
        return one if within == one.within else replace(one, within=within)

    def _spoken(self, one: Attribution, speaker: Speaker | None) -> Attribution:
        if speaker is None:
            return replace(one, speaker=None, speaker_confidence=None)
        new = self._source_of(speaker)
        old = self._sources.get(one.speaker or "")
        source = one.source
        if old is not None and old.id != new.id:
            source = self._hand_over(one, old, new, speaker.mention.span)
        return replace(one, speaker=new.id, speaker_confidence=1.0, source=source)

    def _source_of(self, speaker: Speaker) -> Source:
        span = speaker.mention.span
        known = next((one for one in self._sources.values() if span in one.mentions), None)
        if known is None:
            document = self._machine.document
            name = " ".join(span.of(document.text).split())  # never a name that the text has not
            id_ = f"{document.id}:named{span.start}-{span.end}"
            known = self._sources[id_] = Source(id_, name, speaker.kind, speaker.named, mentions=(span,))
        return known

    def _hand_over(self, one: Attribution, old: Source, new: Source, mention: Span) -> Span | None:
        """Let the words that mean the speaker here mean the new one: those that name it, unless they are the old one's
        name, and "I" in what it says. Returns the words that name the new one."""
        text = self._machine.document.text
        moved = {
            span
            for span in old.mentions
            if span.of(text).lower() in _SELF and any(p.start <= span.start and span.end <= p.end for p in one.content)
        }
        source = one.source
        if source is not None and set(source.of(text).split()) & set(old.name.split()):
            source = mention
        elif source in old.mentions:
            moved.add(source)
        if moved:
            kept = tuple(span for span in old.mentions if span not in moved)
            self._sources[old.id] = replace(self._sources[old.id], mentions=kept)
            mentions = tuple(sorted({*self._sources[new.id].mentions, *moved}))
            self._sources[new.id] = replace(self._sources[new.id], mentions=mentions)
        return source

    def _statements(self, left: tuple[Attribution, ...]) -> tuple[Statement, ...]:
        """The statements, with those that the outlet makes in its own voice where it attributes nothing."""
        content = [piece for id_ in self._struck for piece in self._attributions[id_].content]
        known = {one.span for one in self._machine.statements}
        taken = {one.id for one in self._machine.statements}
        found = list(self._machine.statements)
        for new in statements(self._machine.document, left):
            if new.span not in known and new.id not in taken and _shared([new.span], content):
                later = (i for i, one in enumerate(found) if one.span.start > new.span.start)
                found.insert(next(later, len(found)), new)
        return tuple(found)


def _shared(some: Iterable[Span], others: Iterable[Span]) -> int:
    """How many code points two lists of spans share."""
    others = list(others)
    return sum(max(0, min(a.end, b.end) - max(a.start, b.start)) for a in some for b in others)
