"""The words of a text as the model sees them: word pieces, capitals, layout, quotation marks.

The text itself is never changed. Everything here is an array beside it, and the offsets are
half-open, in Unicode code points of the untouched text. The encoder's vocabulary knows no capitals
and no line breaks, yet "The paper" and "the Paper", or a name at the start of a paragraph, differ
to a reader: three small features a word carry what the vocabulary drops.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Ints = NDArray[np.int64]

CASES = ("no letters", "lower", "Capitalized", "CAPITALS", "mIxed")
BREAKS = ("joined to the word before", "a space", "a new line", "a new paragraph")
QUOTES = ("outside quotation marks", "inside", "opening mark", "closing mark")

NEW_PARAGRAPH = 3  # in BREAKS
OPENING_MARK, CLOSING_MARK = 2, 3  # in QUOTES

OPENING = frozenset("“„‟«")
CLOSING = frozenset("”»")
EITHER = frozenset('"')  # straight marks open or close by what stands around them
PAIRED = frozenset("'`")  # two of them are one mark where a typesetter's text is kept: ''We looked,'' ``We looked''

PIECES_PER_WORD = 12  # what follows in a longer word (an address, a hash) tells the model nothing


@dataclass(frozen=True, eq=False)
class Words:
    """A text cut into words and punctuation marks, with the word pieces and features of each."""

    text: str
    start: Ints  # first code point of each word
    end: Ints  # one past its last
    pieces: Ints  # vocabulary ids of all pieces, word after word
    first: Ints  # index into `pieces` of each word's first piece; one more entry closes the last
    case: Ints  # index into CASES
    gap: Ints  # index into BREAKS
    quote: Ints  # index into QUOTES

    def __len__(self) -> int:
        return len(self.start)

    @cached_property
    def spoken(self) -> NDArray[np.bool_]:
        """Whether a word holds a letter or digit: punctuation alone never makes a source."""
        text = self.text
        return np.array(
            [any(c.isalnum() for c in text[a:b]) for a, b in zip(self.start, self.end, strict=True)],
            dtype=bool,
        )


def word_range(words: Words, start: int, end: int) -> tuple[int, int] | None:
    """The words that a stretch of the text touches, half-open; None where it touches none."""
    first = int(np.searchsorted(words.end, start, side="right"))
    last = int(np.searchsorted(words.start, end, side="left"))
    return (first, last) if first < last else None


def split_words(text: str, tokenizer: Tokenizer) -> Words:
    """Cut a text into words.

    Raises ValueError where the text holds a lone surrogate, which no Unicode text may.
    """
    try:
        encoding = tokenizer.encode(text, add_special_tokens=False)
    except (TypeError, UnicodeEncodeError) as error:
        raise ValueError("the text holds a lone surrogate, which is not a character") from error
    word_of = np.array([-1 if w is None else w for w in encoding.word_ids], dtype=np.int64)
    offsets = np.array(encoding.offsets, dtype=np.int64).reshape(-1, 2)
    ids = np.array(encoding.ids, dtype=np.int64)
    ids[np.isin(ids, list(tokenizer.get_added_tokens_decoder()))] = (
        tokenizer.token_to_id("[UNK]") or 0
    )  # "[SEP]" as text
    new_word = np.flatnonzero(np.diff(word_of, prepend=-2))
    count = np.diff(np.append(new_word, len(ids)))
    start = offsets[new_word, 0]
    end = _with_accents(text, start, offsets[new_word + count - 1, 1])
    kept = np.minimum(count, PIECES_PER_WORD)
    place = np.arange(len(ids)) - np.repeat(new_word, count)
    first = np.concatenate([[0], np.cumsum(kept)]).astype(np.int64)
    surfaces = [text[a:b] for a, b in zip(start.tolist(), end.tolist(), strict=True)]
    gap = _gaps(text, start, end)
    return Words(
        text=text,
        start=start,
        end=end,
        pieces=ids[place < PIECES_PER_WORD],
        first=first,
        case=np.array([_case(surface) for surface in surfaces], dtype=np.int64),
        gap=gap,
        quote=_quotes(surfaces, gap),
    )


def _with_accents(text: str, start: Ints, end: Ints) -> Ints:
    """Where words end, with the combining marks that the vocabulary drops: "Jose" and an accent is one name."""
    if text.isascii():
        return end
    ends = end.tolist()
    for i, limit in enumerate(np.append(start, len(text))[1:].tolist()):
        while ends[i] < limit and unicodedata.category(text[ends[i]]) == "Mn":
            ends[i] += 1
    return np.array(ends, dtype=np.int64)


def _case(word: str) -> int:
    if word.islower():
        return 1
    if word.isupper():
        return 3 if len(word) > 1 else 2
    if word[:1].isupper() and word[1:].islower():
        return 2
    return 4 if any(c.isalpha() for c in word) else 0


def _gaps(text: str, start: Ints, end: Ints) -> Ints:
    gaps = np.zeros(len(start), dtype=np.int64)
    before = 0
    for i, (a, b) in enumerate(zip(start.tolist(), end.tolist(), strict=True)):
        if i == 0:
            gaps[i] = 3
        elif a > before:
            between = text[before:a]
            lines = max(between.count("\n"), between.count("\r"))
            lines += between.count("\u2028") + 2 * between.count("\u2029")  # Unicode's own line and paragraph ends
            gaps[i] = 1 + min(lines, 2)
        before = b
    return gaps


def _quotes(surfaces: list[str], gap: Ints) -> Ints:
    """Which words stand in quotation marks. A mark left open ends with its paragraph.

    American papers open each paragraph of a long quotation anew and close only the last, so the end
    of a paragraph always closes; a mark that was forgotten then costs one paragraph, not the rest.
    """
    states = np.zeros(len(surfaces), dtype=np.int64)
    inside = False
    count = len(surfaces)
    pair = -1  # the second half of a mark that is two
    for i, surface in enumerate(surfaces):
        if i == pair:
            states[i] = states[i - 1]
            continue
        if gap[i] == NEW_PARAGRAPH:
            inside = False
        if surface in PAIRED and i + 1 < count and surfaces[i + 1] == surface and not gap[i + 1]:
            pair = i + 1
        if pair > i or surface in OPENING or surface in CLOSING or surface in EITHER:
            if pair > i or surface in EITHER:
                after = max(pair, i) + 1
                space_before = gap[i] > 0
                space_after = after == count or gap[after] > 0
                opens = space_before if space_before != space_after else not inside
            else:
                opens = surface in OPENING
            states[i] = OPENING_MARK if opens else CLOSING_MARK
            inside = opens
        else:
            states[i] = 1 if inside else 0
    return states
