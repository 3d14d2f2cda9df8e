"""How much room words take in a drawing: estimated, since nobody knows here with which letters they will be shown.

Widths are in ems, those of a common sans serif with some room to spare. What does not fit is cut after a whole word,
with "…"; who draws it puts the whole beside it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from sayso.web.showing import plain

SPARE = 1.12  # fonts differ: the widest common ones need so much more than the table says
BOLD = 1.07  # bold letters are wider

_WIDTHS = (
    ("iljI|'’‘.,:;!·", 0.26),
    ('ftr()[]{}/\\-"“”`°*', 0.36),
    ("mwMW@%—…", 0.88),
    ("ABCDEFGHKNOPQRSTUVXYZ&+<>=~#_", 0.70),
)
_KNOWN = {letter: width for letters, width in _WIDTHS for letter in letters}
_LETTER = 0.55
_BREAK_AFTER = re.compile(r"(?<=[/\-–—_@&=?.])")  # where a word too long for its line may be broken


def width_of(words: str, size: float, bold: bool = False) -> float:
    """About how wide words are, in the units of `size`, the height of the letters; rather too much than too little."""
    return sum(map(_width, words)) * size * SPARE * (BOLD if bold else 1)


@lru_cache(maxsize=4096)
def _width(letter: str) -> float:
    if letter in _KNOWN:
        return _KNOWN[letter]
    if unicodedata.combining(letter) or unicodedata.category(letter) == "Mn":
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF" or ord(letter) > 0xFFFF:
        return 1.25
    return _LETTER if letter.isascii() else 0.75


def wrapped(words: str, width: float, size: float, lines: int, bold: bool = False) -> tuple[str, ...]:
    """Words in at most so many lines, none wider than `width`; the last ends in "…" where some are left out."""
    left = [piece for word in plain(words).split(" ") if word for piece in _pieces(word, width, size, bold)]
    made: list[str] = []
    while left and len(made) < lines:
        count = _fitting(left, width, size, bold)
        made.append(" ".join(text for text, _ in left[:count]))
        left = left[count:]
    if left and made:
        made[-1] = _ended(made[-1], width, size, bold)
    return tuple(made)


def _pieces(word: str, width: float, size: float, bold: bool) -> list[tuple[str, bool]]:
    """A word, in pieces where it is wider than a line, each with whether the line ends after it."""
    if width_of(word, size, bold) <= width:
        return [(word, False)]
    pieces = [""]
    for part in _BREAK_AFTER.split(word):
        for letters in [part] if width_of(part, size, bold) <= width else part:
            if pieces[-1] and width_of(pieces[-1] + letters, size, bold) > width:
                pieces.append("")
            pieces[-1] += letters
    return [*((piece, True) for piece in pieces[:-1]), (pieces[-1], False)]


def _fitting(pieces: list[tuple[str, bool]], width: float, size: float, bold: bool) -> int:
    """How many of some pieces stand on one line: one at least."""
    count, room = 1, width - width_of(pieces[0][0], size, bold)
    while count < len(pieces) and not pieces[count - 1][1]:
        room -= width_of(f" {pieces[count][0]}", size, bold)
        if room < 0:
            break
        count += 1
    return count


def _ended(line: str, width: float, size: float, bold: bool) -> str:
    """A line with "…" at its end, short enough for it."""
    while line and width_of(f"{line}…", size, bold) > width:
        line = line.rpartition(" ")[0] or line[:-1]
    return f"{line.rstrip(' ,;:–—-')}…"
