"""Which Readings, and which of their attributions, an export holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sayso.export.format import Entities
from sayso.model import Act, Attribution, Document, Reading, Source


@dataclass(frozen=True, slots=True)
class Filter:
    """What a user wants to have; None lets everything through.

    `outlet` is a publisher's name. `since` and `until` are ISO dates, or months or years, and both count in.
    `entity` is an entity's id or name, or a source's name where the text gives it. `named` is about the speaker.
    `text` are words that stand in the content. Case makes no difference.
    """

    outlet: str | None = None
    since: str | None = None
    until: str | None = None
    entity: str | None = None
    act: Act | None = None
    named: bool | None = None
    text: str | None = None

    @property
    def is_about_attributions(self) -> bool:
        """Whether it tells attributions of one document apart."""
        return any(one is not None for one in (self.entity, self.act, self.named, self.text))


def selected(readings: Iterable[Reading], chosen: Filter, entities: Entities | None = None) -> Iterator[Reading]:
    """The Readings that a filter lets through, and in them only the attributions that it lets through.

    Where it is about documents alone, they come whole. Where it is about attributions, a document without a
    fitting one is left out; of the others only the sources stay that these attributions speak of, and no
    statements. What lay within an attribution that is gone lies within the next one around it that is left.
    """
    for reading in readings:
        if not _fits(reading.document, chosen):
            continue
        if not chosen.is_about_attributions:
            yield reading
            continue
        sources = {one.id: one for one in reading.sources}
        kept = tuple(one for one in reading.attributions if _speaks(one, reading.document, sources, chosen, entities))
        if kept:
            yield _only(reading, kept)


def _fits(document: Document, chosen: Filter) -> bool:
    published = document.published or ""
    return (
        (chosen.outlet is None or (document.publisher or "").casefold() == chosen.outlet.casefold())
        and (chosen.since is None or (published != "" and published[: len(chosen.since)] >= chosen.since))
        and (chosen.until is None or (published != "" and published[: len(chosen.until)] <= chosen.until))
    )


def _speaks(
    one: Attribution, document: Document, sources: dict[str, Source], chosen: Filter, entities: Entities | None
) -> bool:
    speaker = sources.get(one.speaker) if one.speaker is not None else None
    words = " ".join(piece.of(document.text) for piece in one.content)
    return (
        (chosen.act is None or one.act == chosen.act)
        and (chosen.named is None or (speaker is not None and speaker.named == chosen.named))
        and (chosen.text is None or chosen.text.casefold() in words.casefold())
        and (chosen.entity is None or (speaker is not None and _is(speaker, document, chosen.entity, entities)))
    )


def _is(speaker: Source, document: Document, sought: str, entities: Entities | None) -> bool:
    """Whether a source is the entity sought. An unnamed one is only found by its entity's id, never by a name."""
    entity = entities.get((document.id, speaker.id)) if entities else None
    names = [speaker.name, *([entity.name] if entity else [])] if speaker.named else []
    return (entity is not None and entity.id == sought) or sought.casefold() in (name.casefold() for name in names)


def _only(reading: Reading, kept: tuple[Attribution, ...]) -> Reading:
    ids = {one.id for one in kept}
    around = {one.id: one.within for one in reading.attributions}

    def outer(within: str | None) -> str | None:
        passed: set[str] = set()
        while within is not None and within not in ids and within not in passed:
            passed.add(within)
            within = around.get(within)
        return within if within in ids else None

    spoken_of = {source for one in kept for source in (one.speaker, one.basis)}
    return replace(
        reading,
        attributions=tuple(replace(one, within=outer(one.within)) for one in kept),
        statements=(),
        sources=tuple(one for one in reading.sources if one.id in spoken_of),
    )
