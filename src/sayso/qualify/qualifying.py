"""How it was said: act, polarity, certainty, channel, addressee, date, basis and kind of quotation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sayso.extract.words import Words
from sayso.lexicon import Lexicon, word_list
from sayso.model import Act, Certainty, Document, Polarity, Quotation, Source, SourceKind, When
from sayso.qualify.addressees import addressee
from sayso.qualify.manner import Manner, MannerModel, manners
from sayso.qualify.places import COLUMNS, PlaceModel, Said, attach, find_channels, find_days, outlet_at, scene_of
from sayso.qualify.wording import certainty_words, quotation
from sayso.resolve.forms import Ints
from sayso.resolve.placing import Placed
from sayso.resolve.scores import NAME_TYPES, MentionScores

if TYPE_CHECKING:
    from sayso.resolve.resolving import Speaker

Range = tuple[int, int]

_OUTLET_NOUNS = word_list("nouns for outlets")


@dataclass(frozen=True)
class Qualified:
    """How one attribution was said. Ranges are of words."""

    quotation: Quotation | None
    act: Act
    polarity: Polarity
    certainty: Certainty | None
    certainty_words: Range | None
    channel: Range | None
    addressee: Range | None
    when: When | None


def qualify(
    document: Document,
    words: Words,
    lower: Sequence[str],
    sentence: Ints,
    attributions: Sequence[Placed],
    speakers: Sequence[Speaker | None],
    sources: Sequence[Source],
    scores: MentionScores,
    manner: MannerModel,
    places: PlaceModel,
    lexicon: Lexicon,
) -> list[Qualified]:
    """How each attribution was said; `scores` are what the mention model says of its words."""
    how = manners(words, lower, scores.manner, [(a.source, a.cue, a.content) for a in attributions], manner, lexicon)
    documents = {source.id for source in sources if source.kind == SourceKind.DOCUMENT}
    how = [_told(h) if s and s.source in documents else h for h, s in zip(how, speakers, strict=True)]
    quotations = [quotation(words, a.content) for a in attributions]
    said = [
        Said(a.cue, a.content, h.act, s.source if s else None, q == Quotation.DIRECT, a.within is not None, a.source)
        for a, h, s, q in zip(attributions, how, speakers, quotations, strict=True)
    ]
    scene = scene_of(words, lower, sentence, said, lexicon)
    by_channel, by_day = scores.places[:, :COLUMNS], scores.places[:, COLUMNS:]
    found = [c for c in find_channels(words, lower, lexicon) if c.kind != "name" or _may_be_outlet(scores, c.words)]
    channels = attach(scene, found, by_channel, places.channel)
    dates = find_days(words, document.published)
    days = attach(scene, [c for c, _ in dates], by_day, places.when, channels)
    resolved = dict(dates)
    out = []
    for i, a in enumerate(attributions):
        told = addressee(words, lower, a.cue, a.content, a.source, lexicon)
        place = channels[i]
        channel = place.words if place else None
        if (
            channel is None
            and told is not None
            and (
                outlet_at(words, lower, told[0] + (lower[told[0]] == "the"), lexicon)
                or (lower[told[0]] == "the" and told[1] - told[0] == 2 and lower[told[1] - 1] in _OUTLET_NOUNS)
            )
        ):
            channel = told
        date = days[i]
        when = None
        if date is not None:
            text = words.text[int(words.start[date.words[0]]) : int(words.end[date.words[1] - 1])]
            first, last = resolved[date] or (None, None)
            when = When(text, first, last)
        sure = how[i].certainty
        shown = certainty_words(lower, a.cue, a.content, sure, lexicon)
        out.append(Qualified(quotations[i], how[i].act, how[i].polarity, sure, shown, channel, told, when))
    return out


def _told(how: Manner) -> Manner:
    """How a document says what it is said to find: it comes to know nothing, it tells what others found."""
    if how.act != Act.FIND:
        return how
    return replace(how, act=Act.ASSERT, certainty=how.certainty or Certainty.CERTAIN)


def _may_be_outlet(scores: MentionScores, name: Range) -> bool:
    """Whether a name that no list has is more likely an organization's or a work's than a person's or place's."""
    by_type = scores.names[slice(*name), 1:].sum(axis=0).reshape(len(NAME_TYPES), 2).sum(axis=1)
    return NAME_TYPES[int(by_type.argmax())] in ("organization", "other")
