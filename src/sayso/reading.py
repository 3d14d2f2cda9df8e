"""Reading documents: the stages put together.

The models are loaded once, at the first reading, and shared by all threads.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache

from sayso import __version__
from sayso.extract import Submit, at_once, begin
from sayso.extract.borders import content_span, plain_span
from sayso.extract.confidence import confidence
from sayso.extract.decode import Found
from sayso.extract.tagger import Tagger, load_tagger
from sayso.extract.words import Words, split_words
from sayso.language import language_of
from sayso.model import Attribution, Document, MadeBy, Reading, attribution_id, document_id
from sayso.statements import statements

TRAINED_ON = "en"
MOST_IN_ANOTHER_LANGUAGE = 0.3  # of confidence; calibration says nothing of texts unlike those it was fitted on
_AHEAD = 4  # documents that are under way beside the one that is being finished, for each thread


@cache
def shipped_tagger() -> Tagger:
    """The extraction model that comes with sayso, loaded at the first call."""
    return load_tagger()


def as_document(given: Document | str) -> Document:
    """A document, from one or from a bare text."""
    return given if isinstance(given, Document) else Document(id=document_id(given), text=given)


def read(given: Document | str, *, threads: int | None = None, tagger: Tagger | None = None) -> Reading:
    """Who says what in one document, or in a bare text.

    Raises ValueError where the text holds a lone surrogate, which is not a character.

    >>> read("Ana Ruiz said the bridge was safe.").attributions
    """
    return next(read_many([given], threads=threads, tagger=tagger))


def read_many(
    given: Iterable[Document | str], *, threads: int | None = None, tagger: Tagger | None = None
) -> Iterator[Reading]:
    """Readings of many documents, in their order, on `threads` threads (by default, one a core).

    Documents are taken from the iterable as they are needed, a few ahead. A document's reading is the
    same whatever it is read together with, and on any number of threads.

    Raises ValueError where a text holds a lone surrogate, which is not a character.
    """
    tagger = tagger or shipped_tagger()
    threads = threads or _cores()
    if threads < 2:
        for document in map(as_document, given):
            yield _begin(document, tagger, at_once)()
        return
    with ThreadPoolExecutor(threads, thread_name_prefix="sayso") as pool:
        started: deque[Callable[[], Reading]] = deque()
        try:
            for document in map(as_document, given):
                started.append(_begin(document, tagger, pool.submit))
                if len(started) > _AHEAD * threads:
                    yield started.popleft()()
            while started:
                yield started.popleft()()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _begin(document: Document, tagger: Tagger, submit: Submit) -> Callable[[], Reading]:
    words = split_words(document.text, tagger.tokenizer)
    finish = begin(words, tagger, submit)
    return lambda: _reading(document, words, finish(), tagger)


def _reading(document: Document, words: Words, found: list[Found], tagger: Tagger) -> Reading:
    language = document.language or language_of(document.text)
    foreign = language is not None and language.split("-")[0].lower() != TRAINED_ON
    attributions = tuple(_attribution(document, words, f, tagger, foreign) for f in found)
    problems: tuple[str, ...] = ()
    if foreign:
        problems = (
            f"The text seems to be in another language than English ({language}). The model has learned from "
            "English news alone: it will miss and mistake much, and confidence is kept low.",
        )
    return Reading(
        document=replace(document, language=language),
        attributions=attributions,
        statements=statements(document, attributions),
        problems=problems,
        made_by=MadeBy(sayso=__version__, models=(("extraction", tagger.version),)),
    )


def _attribution(document: Document, words: Words, found: Found, tagger: Tagger, foreign: bool) -> Attribution:
    cue = plain_span(words, *found.cue)
    sure = confidence(found.signs, tagger.calibration)
    return Attribution(
        id=attribution_id(document.id, cue),
        source=plain_span(words, *found.source) if found.source else None,
        cue=cue,
        content=tuple(content_span(words, *piece) for piece in found.content),
        confidence=min(sure, MOST_IN_ANOTHER_LANGUAGE) if foreign else sure,
    )
