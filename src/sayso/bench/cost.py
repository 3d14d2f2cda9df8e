"""What reading costs on one thread: by stage, beside extraction alone, and by the length of the document.

Counted in CPU seconds, which a busy machine disturbs less than the clock on the wall. The stages are those of the
real reading: for as long as it is measured, the functions in STAGES are exchanged for ones that keep time.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from sayso import extract, reading
from sayso.extract.borders import content_span, plain_span
from sayso.extract.confidence import confidence
from sayso.extract.tagger import Tagger
from sayso.extract.words import split_words
from sayso.language import language_of
from sayso.model import Attribution, Document, attribution_id, document_id
from sayso.resolve.model import MentionModel
from sayso.statements import statements

LENGTHS = (1_000, 10_000, 100_000)  # words of one document
ROUNDS = 3
STAGES: tuple[tuple[object, str, str], ...] = (
    (reading, "split_words", "words"),
    (extract, "score_window", "encoder"),
    (extract, "find_cues", "cues"),
    (extract, "score_roles", "roles"),
    (extract, "find_attributions", "decoding"),
    (extract, "nest", "decoding"),
    (extract, "inner_cues", "mentions"),
    (MentionModel, "scores", "mentions"),
    (reading, "resolve", "resolve"),
    (reading, "qualify", "qualify"),
)
NAMES = (*dict.fromkeys(stage for _, _, stage in STAGES), "rest")


class Clocks:
    """CPU seconds by stage; what a stage spends inside another counts for itself alone."""

    def __init__(self, now: Callable[[], float] = time.process_time) -> None:
        self.spent = dict.fromkeys(NAMES, 0.0)
        self._now, self._open, self._since = now, ["rest"], now()

    def turn(self) -> None:
        """Count what has passed for the stage that is open."""
        now = self._now()
        self.spent[self._open[-1]] += now - self._since
        self._since = now

    @contextmanager
    def of(self, stage: str) -> Iterator[None]:
        """Count for a stage until the end of the block."""
        self.turn()
        self._open.append(stage)
        try:
            yield
        finally:
            self.turn()
            self._open.pop()

    def timed(self, function: Callable[..., Any], stage: str) -> Callable[..., Any]:
        """A function that counts for a stage."""

        def run(*given: Any, **named: Any) -> Any:
            with self.of(stage):
                return function(*given, **named)

        return run


class _Session:
    """An ONNX session that keeps time."""

    def __init__(self, session: Any, clocks: Clocks, stage: str) -> None:
        self.run = clocks.timed(session.run, stage)


@contextmanager
def _exchanged(clocks: Clocks) -> Iterator[None]:
    """With the functions of STAGES, and the session that reads mentions, exchanged for ones that keep time."""
    models = reading.shipped_models()
    mentions = replace(models.mentions, words=_Session(models.mentions.words, clocks, "mentions"))
    known = [(home, name, getattr(home, name)) for home, name, _ in STAGES]
    known.append((reading, "shipped_models", reading.shipped_models))
    try:
        for home, name, stage in STAGES:
            setattr(home, name, clocks.timed(getattr(home, name), stage))
        reading.shipped_models = lambda: replace(models, mentions=mentions)  # type: ignore[assignment]
        yield
    finally:
        for home, name, function in known:
            setattr(home, name, function)


def stages(articles: Sequence[str], tagger: Tagger) -> dict[str, float]:
    """The share of CPU time that each stage of reading takes."""
    read_all(articles[:1], tagger)  # what is loaded or made once is not counted
    spent = clocked(articles, tagger)
    total = sum(spent.values())
    return {stage: round(seconds / total, 3) for stage, seconds in spent.items()}


def clocked(texts: Sequence[str], tagger: Tagger) -> dict[str, float]:
    """The CPU seconds of each stage while texts are read."""
    with _no_collection():
        clocks = Clocks()
        with _exchanged(clocks):
            read_all(texts, tagger)
        clocks.turn()
    return clocks.spent


def read_all(texts: Iterable[str], tagger: Tagger) -> None:
    """Read texts, all there is to read, on one thread."""
    for _ in reading.read_many(texts, threads=1, tagger=tagger):
        pass


def extract_all(texts: Iterable[str], tagger: Tagger) -> None:
    """Attributions and statements of texts as they were before it was asked who speaks, and how: the same encoder and
    heads, no mentions, nothing inside contents."""
    for text in texts:
        document = Document(id=document_id(text), text=text)
        language_of(text)
        words = split_words(text, tagger.tokenizer)
        found = [nested.found for nested in extract.begin(words, tagger)().found]
        attributions = [
            Attribution(
                id=attribution_id(document.id, plain_span(words, *one.cue)),
                source=plain_span(words, *one.source) if one.source else None,
                cue=plain_span(words, *one.cue),
                content=tuple(content_span(words, *piece) for piece in one.content),
                confidence=confidence(one.signs, tagger.calibration),
            )
            for one in found
        ]
        statements(document, tuple(attributions))


def by_length(
    articles: Sequence[str], tagger: Tagger, lengths: Sequence[int] = LENGTHS, least: int = 10_000
) -> list[dict[str, Any]]:
    """Words a CPU second of reading, and of extraction alone, for documents of each length; what reading costs more,
    as a share of extraction; and the microseconds that each stage takes a word.

    At each length at least so many words are read: the same ones, cut into more documents or fewer.
    """
    text = _words_of(articles, max(*lengths, least))
    out = []
    for length in lengths:
        words = text[: max(length, least)]
        texts = [" ".join(words[i : i + length]) for i in range(0, len(words), length)]
        rounds = ROUNDS if length <= least else 1
        alone, spent = [], []
        for _ in range(rounds):
            alone.append(_seconds(partial(extract_all, texts, tagger)))
            spent.append(clocked(texts, tagger))
        whole = [sum(one.values()) for one in spent]
        out.append(
            {
                "words": length,
                "documents": len(texts),
                "reading": round(len(words) / statistics.median(whole)),
                "extraction_alone": round(len(words) / statistics.median(alone)),
                "added": round(statistics.median(w / a for w, a in zip(whole, alone, strict=True)) - 1, 3),
                "microseconds_a_word": {
                    stage: round(1e6 * statistics.median(one[stage] for one in spent) / len(words), 1)
                    for stage in NAMES
                },
            }
        )
    return out


def _words_of(articles: Sequence[str], count: int) -> list[str]:
    """So many words of articles, which are taken again where there are too few; paragraphs stay parted."""
    words: list[str] = []
    while len(words) < count:
        for article in articles:
            paragraphs = [p.split() for p in article.split("\n\n") if p.split()]
            words += [w if i or not words else f"\n\n{w}" for p in paragraphs for i, w in enumerate(p)]
            if len(words) >= count:
                break
    return words[:count]


def _seconds(work: Callable[[], object]) -> float:
    with _no_collection():
        began = time.process_time()
        work()
        return time.process_time() - began


@contextmanager
def _no_collection() -> Iterator[None]:
    """Without the cyclic garbage collector, once it has run."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
