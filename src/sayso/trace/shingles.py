"""A text as it is compared with others: its words folded, and shingles of them sampled by their hash.

A shingle is a run of words. Of each text those shingles are kept whose hash falls into a fixed sample, so that
two texts keep the same of what they share, however short the passage is and whatever stands around it. MinHash
of whole documents finds near-equal documents and misses an excerpt; winnowing keeps a shingle only where its
neighbours are the same too, and misses light rewrites.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sayso.lexicon import Lexicon
from sayso.model import Span

SHINGLE = 4  # words: of five, too few are left where three words in ten are changed; three are mere phrases
SEED = 3  # words of the runs by which passages are aligned
SAMPLED = 3  # of so many shingles one is kept
_BITS = 48  # of a hash that is kept: SQLite stores six bytes in place of eight

# Scripts that part no words: each letter counts as one.
_UNPARTED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNPARTED}]|[^\W_{_UNPARTED}]+(?:['’][^\W_{_UNPARTED}]+)*")
_LINE = re.compile(r"[^\n\r\u2028\u2029]+")
_END_OF_SENTENCE = re.compile(r"(?<=[.!?])[\"”’)]*\s+")
_MARK = re.compile(r"[“”„«»\"]|(?<!\w)[‘](?=\w)|(?<=[\w.,!?])[’](?!\w)")
_OPENS = {"“": "”", "„": "“”", "«": "»", '"': '"', "‘": "’"}
_POSTED = re.compile(r"^\s*[—–-]+\s*[^\n]{1,60}\(@\w+\)", re.MULTILINE)  # — Ana Ruiz (@anaruiz) October 8, 2024

Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class ComparedText:
    """A text's words: where they stand, the hash of each, folded, and in which quotation it stands: 1 for the first
    of the text, 0 for none.

    Sentences that outlets put under everything ("All rights reserved") are left out. `seeds` has the places of
    each run of SEED words.
    """

    text: str
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    hashes: Hashes
    quotation: NDArray[np.int64]
    seeds: Mapping[int, Sequence[int]]

    def __len__(self) -> int:
        return len(self.hashes)

    def span(self, first: int, last: int) -> Span:
        """The stretch of the text from one word to another, the last included."""
        return Span(int(self.start[first]), int(self.end[last]))


def compared_text(text: str, lexicon: Lexicon) -> ComparedText:
    """Cut a text into the words by which it is compared. The text itself stays as it is."""
    words = list(words_in(text))
    start = np.array([one.start for one, _ in words], np.int64)
    end = np.array([one.end for one, _ in words], np.int64)
    hashes = np.array([one for _, one in words], np.uint64)
    keep = _inside(start, boilerplate(text, lexicon)) == 0
    quotation = _inside(start, quoted_stretches(text))
    return ComparedText(text, start[keep], end[keep], hashes[keep], quotation[keep], _places(runs(hashes[keep], SEED)))


def words_in(text: str, within: Span | None = None) -> Iterator[tuple[Span, int]]:
    """Where the words of a text, or of a stretch of it, stand, each with its hash."""
    for found in _WORD.finditer(text, *((within.start, within.end) if within else ())):
        yield Span(*found.span()), _hash(found.group())


def shingles(compared: ComparedText) -> list[int]:
    """The hashes of a text's sampled shingles, each once, in ascending order."""
    found = mixed(runs(compared.hashes, SHINGLE))
    kept = found[found % np.uint64(SAMPLED) == 0] >> np.uint64(64 - _BITS)
    return [int(one) for one in np.unique(kept)]


def runs(hashes: Hashes, length: int) -> Hashes:
    """A hash of each run of so many words, by the place of its first word."""
    count = max(0, len(hashes) - length + 1)
    found = np.zeros(count, np.uint64)
    for i in range(length):
        found = found * np.uint64(0x9E3779B97F4A7C15) + hashes[i : i + count]
    return found


def _places(hashes: Hashes) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for place, one in enumerate(hashes.tolist()):
        found.setdefault(one, []).append(place)
    return found


def mixed(hashes: Hashes) -> Hashes:
    """Hashes whose every bit depends on all bits of the given ones (the finish of splitmix64)."""
    found = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    found = (found ^ (found >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return found ^ (found >> np.uint64(31))


def quoted_stretches(text: str) -> list[Span]:
    """What stands in quotation marks, paragraph by paragraph, and what was posted, above the line that says by whom.

    A quotation left open reaches to the end of its paragraph where the next begins with a mark, as papers set
    long ones.
    """
    lines = list(_LINE.finditer(text))
    posted = _lines_before(text, lines)
    found = []
    for i, line in enumerate(lines):
        if i in posted:
            found.append(Span(*line.span()))
            continue
        opened, closing = None, ""
        for mark in _MARK.finditer(text, line.start(), line.end()):
            if opened is None and mark.group() in _OPENS:
                opened, closing = mark.start(), _OPENS[mark.group()]
            elif opened is not None and mark.group() in closing:
                found.append(Span(opened, mark.end()))
                opened = None
        goes_on = i + 1 < len(lines) and lines[i + 1].group().lstrip()[:1] in _OPENS
        if opened is not None and goes_on:
            found.append(Span(opened, line.end()))
    return found


def _lines_before(text: str, lines: list[re.Match[str]]) -> set[int]:
    """The lines above those that say who posted them."""
    starts = [line.start() for line in lines]
    return {bisect_right(starts, found.start()) - 2 for found in _POSTED.finditer(text)} - {-1}


def boilerplate(text: str, lexicon: Lexicon) -> list[Span]:
    """The sentences that outlets and agencies put under everything, by the lexicon's phrases."""
    lowered = text.lower()
    if not any(row["words"] in lowered for row in lexicon.tables["boilerplate"]):
        return []  # which is quick, as the pattern is not
    pattern, found = _boilerplate_pattern(lexicon), []
    for line in _lines_with(pattern, text):
        ends = [one.end() for one in _END_OF_SENTENCE.finditer(line.group())]
        for a, b in zip([0, *ends], [*ends, len(line.group())], strict=True):
            if pattern.search(line.group()[a:b]):
                found.append(Span(line.start() + a, line.start() + b))
    return found


def _lines_with(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    end = 0
    while found := pattern.search(text, end):
        start = max(text.rfind(mark, 0, found.start()) for mark in "\n\r\u2028\u2029") + 1
        line = _LINE.match(text, start)
        assert line is not None  # noqa: S101 - the phrase stands in it
        yield line
        end = max(line.end(), found.end())


@lru_cache(maxsize=4)
def _boilerplate_pattern(lexicon: Lexicon) -> re.Pattern[str]:
    phrases = (re.escape(row["words"]).replace(r"\ ", r"\s+") for row in lexicon.tables["boilerplate"])
    return re.compile(rf"(?<!\w)(?:{'|'.join(phrases)})(?!\w)", re.IGNORECASE)


def _inside(places: NDArray[np.int64], stretches: list[Span]) -> NDArray[np.int64]:
    """In which of the stretches, which are in order and apart, each place lies: 1 for the first, 0 for none."""
    ends = np.array([0, *(one.end for one in stretches)], np.int64)
    nearest = np.searchsorted(np.array([one.start for one in stretches], np.int64), places, "right")
    return np.where(places < ends[nearest], nearest, 0)


@lru_cache(maxsize=1 << 16)
def _hash(word: str) -> int:
    """The hash of a word without regard to case, accents' encoding and the shape of apostrophes.

    The same on every machine and in every run, as Python's own is not: hashes are kept in the ledger.
    """
    folded = unicodedata.normalize("NFKC", word).casefold().replace("’", "'").removesuffix("'s")
    return int.from_bytes(hashlib.blake2b(folded.encode("utf8", "surrogatepass"), digest_size=8).digest(), "little")
