"""Posts: what stands above "— Ana Ruiz (@anaruiz) July 16, 2018". A rule beside the model.

The model takes it for the paper's own words. An outlet that shows a post sets its words in a line of their own and, in
the next, who posted them. The content is that line, the source the name, and the cue the dash before it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sayso.extract.decode import Found, Range
from sayso.extract.words import Words, word_range
from sayso.statements import SIGNATURE


def posts(words: Words, found: Sequence[Found]) -> list[Found]:
    """The attributions found, and the posts in the place of those that cross their borders."""
    made = [post for signature in SIGNATURE.finditer(words.text) if (post := _post(words, signature))]
    return [*(one for one in found if not any(crosses(one, post) for post in made)), *made]


def _post(words: Words, signature: re.Match[str]) -> Found | None:
    end = signature.start()
    while end and words.text[end - 1].isspace():
        end -= 1
    start = words.text.rfind("\n", 0, end) + 1
    if SIGNATURE.match(words.text, start):
        return None
    content = word_range(words, start, end)
    source = word_range(words, *signature.span("name"))
    cue = word_range(words, *signature.span("dash"))
    if source is None or cue is None or content is None or not words.spoken[slice(*content)].any():
        return None
    return Found(cue, source, (content,), ())


def crosses(one: Found, post: Found) -> bool:
    """Whether an attribution shares words with a post and its signature, and does not lie inside its content."""
    ranges = [one.cue, *one.content, *([one.source] if one.source else [])]
    last = post.source[1] if post.source else post.cue[1]
    touches = any(a < last and post.content[0][0] < b for a, b in ranges)
    return touches and not all(_inside(part, post.content[0]) for part in ranges)


def _inside(part: Range, outer: Range) -> bool:
    return outer[0] <= part[0] and part[1] <= outer[1]
