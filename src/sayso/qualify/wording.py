"""How something was said, by the words alone: quotation marks, and the words that show how sure somebody is."""

from __future__ import annotations

from collections.abc import Sequence

from sayso.extract.words import CLOSING_MARK, OPENING_MARK, Words
from sayso.lexicon import Lexicon
from sayso.model import Certainty, Quotation
from sayso.qualify.cues import rows_in
from sayso.qualify.signs import EARLY, hedges_in

Range = tuple[int, int]

_MOST = 0.9  # of a content's words in quotation marks make it direct
_PHRASE = 2  # words in marks: so few are a phrase that is held up, and no quotation of a sentence


def quotation(words: Words, content: Sequence[Range]) -> Quotation | None:
    """Whether a content gives the source's own words; None where it has no words."""
    spoken = quoted = 0
    marks = False
    for start, end in content:
        for i in range(max(0, start - 1), min(end + 1, len(words))):
            marks |= words.quote[i] in (OPENING_MARK, CLOSING_MARK) and start <= i < end
        inside = words.spoken[start:end]
        spoken += int(inside.sum())
        quoted += int((inside & (words.quote[start:end] == 1)).sum())
    if not spoken:
        return None
    if not quoted:
        return Quotation.INDIRECT
    if quoted >= _MOST * spoken and (quoted > _PHRASE or spoken == quoted > 1):
        return Quotation.DIRECT
    return Quotation.MIXED


def certainty_words(
    lower: Sequence[str],
    cue: Range,
    content: Sequence[Range],
    certainty: Certainty | None,
    lexicon: Lexicon,
) -> Range | None:
    """The words that show a certainty: a hedge in the cue or early in the content, or else the cue's own verb. Of what
    is stated as certain, only words that say more than that: "high confidence"."""
    if certainty is None:
        return None
    certain = certainty is Certainty.CERTAIN
    inside = [i for a, b in content for i in range(a, b)]
    early_end = inside[min(2 * EARLY, len(inside)) - 1] + 1 if inside else 0
    found = hedges_in(lower, *cue, lexicon)
    if inside:
        found += [h for h in hedges_in(lower, inside[0], early_end, lexicon) if not cue[0] <= h.words[0] < cue[1]]
    fitting = [h for h in found if h.certainty == certainty and (h.strong or not certain)]
    if fitting or certain:
        return fitting[0].words if fitting else None
    rows = rows_in(lower[cue[0] : cue[1]], lexicon)
    return cue if rows and rows[0].certainty == certainty else None
