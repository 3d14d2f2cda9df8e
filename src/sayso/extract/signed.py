"""Quotations that are signed: “The weir held.” — Ana Ruiz. A rule beside the model, which learned from running text.

Lists of readers' opinions, and quotations set apart from an article, stand in lines of their own with a dash and a name
behind them. The content is what stands in quotation marks, the source the name, the cue the dash.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sayso.extract.decode import Found
from sayso.extract.posts import crosses
from sayso.extract.words import Words, word_range

_SHORT_WORDS = "de|da|del|der|di|du|la|van|von|al|bin|of|the|and"
_NAME = rf"[^\W\d_a-z][\w.’'-]*(?:[^\S\n](?:[^\W\d_a-z][\w.’'-]*|{_SHORT_WORDS})){{0,6}}"
_SIGNED = re.compile(
    r"^[^\S\n]*[“”\"«„](?P<content>[^\n“”\"«»„]{8,})[“”\"»]\.?[^\S\n]*\n?"
    rf"[^\S\n]*(?P<dash>[—–―]|--?)[^\S\n]*(?P<name>{_NAME})(?:,[^\n]{{1,80}})?[^\S\n]*$",
    re.MULTILINE,
)


def signed(words: Words, found: Sequence[Found]) -> list[Found]:
    """The attributions found, and the signed quotations in the place of those that cross their borders."""
    made = [one for match in _SIGNED.finditer(words.text) if (one := _signed(words, match))]
    return [*(one for one in found if not any(crosses(one, other) for other in made)), *made]


def _signed(words: Words, match: re.Match[str]) -> Found | None:
    content = word_range(words, *match.span("content"))
    source = word_range(words, match.start("name"), match.start("name") + len(match["name"].rstrip(".")))
    cue = word_range(words, *match.span("dash"))
    if content is None or source is None or cue is None or not words.spoken[slice(*content)].any():
        return None
    return Found(cue, source, (content,), ())
