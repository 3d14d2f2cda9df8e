"""From words back to the text: the exact offsets of a source, cue or content.

The tagger decides by words; quotation marks, brackets and full stops of abbreviations at the border
belong to what they close.
"""

from __future__ import annotations

from sayso.extract.words import CLOSING_MARK, OPENING_MARK, Words
from sayso.model import Span

_PAIRS = {")": "(", "]": "["}
_MOST_MARKS = 4  # punctuation between the last word and its closing mark: “Why?!”


def plain_span(words: Words, start: int, end: int) -> Span:
    """The span of some words, with what closes an abbreviation or a bracket: "the U.S.", "Ruiz (D-Va.)"."""
    return Span(int(words.start[start]), int(words.end[_closed(words, start, end) - 1]))


def content_span(words: Words, start: int, end: int) -> Span:
    """The span of a piece of content, with the quotation marks that belong to it."""
    while start and words.quote[start - 1] == OPENING_MARK and not words.gap[start]:
        start -= 1
    end = _closed(words, start, end)
    for mark in range(end, min(end + _MOST_MARKS, len(words))):
        if words.gap[mark] or words.spoken[mark]:
            break
        if words.quote[mark] == CLOSING_MARK:
            if _opened(words, start, end):
                end = mark + 1
                while end < len(words) and words.quote[end] == CLOSING_MARK and not words.gap[end]:
                    end += 1
            break
    return Span(int(words.start[start]), int(words.end[end - 1]))


def _opened(words: Words, start: int, end: int) -> bool:
    """Whether a quotation mark that opens inside the words is still open at their end."""
    for word in range(end - 1, start - 1, -1):
        if words.quote[word] in (OPENING_MARK, CLOSING_MARK):
            return bool(words.quote[word] == OPENING_MARK)
    return False


def _closed(words: Words, start: int, end: int) -> int:
    def surface(word: int) -> str:
        return words.text[words.start[word] : words.end[word]]

    if end < len(words) and not words.gap[end]:
        mark = surface(end)
        letter = surface(end - 1)
        initials = end - 2 >= start and len(letter) == 1 and letter.isupper() and surface(end - 2) == "."
        if mark == "." and initials:
            return end + 1
        if mark in _PAIRS:
            inside = words.text[words.start[start] : words.end[end - 1]]
            if inside.count(_PAIRS[mark]) > inside.count(mark):
                return end + 1
    return end
