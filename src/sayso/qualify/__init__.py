"""How it was said: act, polarity, certainty, channel, addressee, date, basis and kind of quotation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sayso.extract.words import NEW_PARAGRAPH, Words
from sayso.lexicon import Lexicon
from sayso.model import Act, Certainty, Document, Polarity, Quotation, When
from sayso.qualify.addressees import addressee
from sayso.qualify.manner import MannerModel, manners
from sayso.qualify.places import PlaceModel, Said, attach, find_channels, find_days, outlet_at
from sayso.qualify.wording import certainty_words, quotation
from sayso.resolve import Placed, Speaker
from sayso.resolve.forms import Ints
from sayso.resolve.scores import Halves

Range = tuple[int, int]


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
    states: Halves,
    manner: MannerModel,
    places: PlaceModel,
    lexicon: Lexicon,
) -> list[Qualified]:
    """How each attribution was said; `states` are the rows of its words that the mention model keeps for this."""
    how = manners(words, lower, states, [(a.source, a.cue, a.content) for a in attributions], manner, lexicon)
    quotations = [quotation(words, a.content) for a in attributions]
    said = [
        Said(a.cue, a.content, h.act, s.source if s else None, q == Quotation.DIRECT, a.within is not None)
        for a, h, s, q in zip(attributions, how, speakers, quotations, strict=True)
    ]
    paragraph = np.cumsum(words.gap == NEW_PARAGRAPH)
    channels = attach(words, lower, sentence, paragraph, said, find_channels(words, lower, lexicon), places.channel)
    dates = find_days(words, document.published)
    days = attach(words, lower, sentence, paragraph, said, [c for c, _ in dates], places.when)
    resolved = dict(dates)
    out = []
    for i, a in enumerate(attributions):
        told = addressee(words, lower, a.cue, a.content, a.source, lexicon)
        place = channels[i]
        channel = place.words if place else None
        if (
            channel is None
            and told is not None
            and outlet_at(words, lower, told[0] + (lower[told[0]] == "the"), lexicon)
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
