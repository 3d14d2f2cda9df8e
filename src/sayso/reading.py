"""Reading documents: the stages put together.

The models are loaded once, at the first reading, and shared by all threads.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from sayso import __version__
from sayso.extract.borders import content_span, plain_span
from sayso.extract.confidence import confidence
from sayso.extract.decode import Found
from sayso.extract.dismissals import dismissals
from sayso.extract.extracting import Extracted, Submit, at_once, begin
from sayso.extract.introduced import introduced
from sayso.extract.lists import said_lists
from sayso.extract.postposed import postposed
from sayso.extract.posts import posts
from sayso.extract.signed import signed
from sayso.extract.tagger import Tagger, load_tagger
from sayso.extract.turns import turns, without_captions
from sayso.extract.unanswered import unanswered
from sayso.extract.words import Words, split_words
from sayso.language import language_of
from sayso.lexicon import Lexicon, load_lexicon
from sayso.model import Act, Attribution, Document, MadeBy, Reading, Span, attribution_id, document_id
from sayso.qualify.cues import reports, rows_in
from sayso.qualify.manner import MannerModel, load_manner
from sayso.qualify.places import PlaceModel, load_places
from sayso.qualify.qualifying import qualify
from sayso.resolve.forms import lowered
from sayso.resolve.model import MentionModel, load_mentions
from sayso.resolve.placing import Placed
from sayso.resolve.resolving import link_mentions, resolve, sentence_numbers
from sayso.statements import statements

if TYPE_CHECKING:
    from sayso.readers import Read

T = TypeVar("T")
ReadMany = Callable[[Iterable[Document]], Iterator[Reading]]

TRAINED_ON = "en"
MOST_IN_ANOTHER_LANGUAGE = 0.3  # of confidence; calibration says nothing of texts unlike those it was fitted on
_AHEAD = 4  # documents that are under way beside the one that is being finished, for each thread


@cache
def shipped_tagger() -> Tagger:
    """The extraction model that comes with sayso, loaded at the first call."""
    return load_tagger()


@dataclass(frozen=True, eq=False)
class Models:
    """Everything that reading needs beside the text, loaded once and shared by all threads."""

    tagger: Tagger
    mentions: MentionModel
    manner: MannerModel
    places: PlaceModel
    lexicon: Lexicon


@dataclass(frozen=True, eq=False)
class Cut:
    """A document's words, the same in lower case, and the number of the sentence that each stands in."""

    words: Words
    lower: list[str]
    sentence: NDArray[np.int64]


@cache
def shipped_models() -> Models:
    """The models and the lexicon that come with sayso, loaded at the first call."""
    return Models(shipped_tagger(), load_mentions(), load_manner(), load_places(), load_lexicon(TRAINED_ON))


def maker(models: Models) -> MadeBy:
    """What Readings are made by: the versions of sayso, of these models and of the lexicon."""
    return MadeBy(
        sayso=__version__,
        models=(
            ("extraction", models.tagger.version),
            ("mentions", models.mentions.version),
            ("manner", models.manner.version),
        ),
        lexicon=models.lexicon.version,
    )


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
    models = shipped_models() if tagger is None else replace(shipped_models(), tagger=tagger)
    threads = threads or _cores()
    if threads < 2:
        for document in map(as_document, given):
            yield _begin(document, models, at_once)()
        return
    with ThreadPoolExecutor(threads, thread_name_prefix="sayso") as pool:
        started: deque[Callable[[], Reading]] = deque()
        try:
            for document in map(as_document, given):
                started.append(_begin(document, models, pool.submit))
                if len(started) > _AHEAD * threads:
                    yield started.popleft()()
            while started:
                yield started.popleft()()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def with_readings(given: Iterable[T], read: Callable[[T], Read], read_many: ReadMany) -> Iterator[tuple[T, Reading]]:
    """Each of these with its Reading, in their order; `read` says what a reader gave for one.

    What came with a Reading is not read again.
    """
    for has_reading, run in groupby(given, key=lambda one: read(one).reading is not None):
        if has_reading:
            yield from ((one, reading) for one in run if (reading := read(one).reading))
            continue
        under_way: deque[T] = deque()
        for reading in read_many(_documents(run, read, under_way)):
            yield under_way.popleft(), reading


def _documents(given: Iterable[T], read: Callable[[T], Read], under_way: deque[T]) -> Iterator[Document]:
    for one in given:
        under_way.append(one)
        yield read(one).document


def chains(given: Document | str) -> list[list[Span]]:
    """The mentions of one document by who or what they are of, entities with one mention among them: what
    reading decides before it keeps those who speak. For measuring against corpora of coreference."""
    document, models = as_document(given), shipped_models()
    cut, finish = extraction_of(document, models, at_once)
    extracted = finish()
    placed = [Placed(n.found.source, n.found.cue, n.found.content, n.within) for n in extracted.found]
    scores = models.mentions.scores(extracted.rows)
    linked = link_mentions(cut.words, cut.lower, cut.sentence, placed, scores, models.mentions, models.lexicon)
    return [
        [plain_span(cut.words, linked.mentions[i].start, linked.mentions[i].end) for i in entity.mentions]
        for entity in linked.entities.entities
    ]


def _cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _begin(document: Document, models: Models, submit: Submit) -> Callable[[], Reading]:
    cut, finish = extraction_of(document, models, submit)
    return lambda: _reading(document, cut, finish(), models)


def extraction_of(document: Document, models: Models, submit: Submit) -> tuple[Cut, Callable[[], Extracted]]:
    """A document's words, and what finishes the pass of the models that is begun here."""
    words = split_words(document.text, models.tagger.tokenizer)
    lower, sentence = lowered(words), sentence_numbers(words)

    def attributes(cue: tuple[int, int]) -> bool:
        return reports(lower[cue[0] : cue[1]], models.lexicon)

    def does(cue: tuple[int, int]) -> bool:
        rows = rows_in(lower[cue[0] : cue[1]], models.lexicon)
        return bool(rows) and rows[0].act in (Act.DECIDE, Act.ENDORSE)

    def more(found: list[Found]) -> list[Found]:
        found = signed(words, posts(words, turns(words, without_captions(words, found))))
        found = unanswered(words, lower, dismissals(words, lower, found, models.lexicon), models.lexicon)
        found = introduced(words, lower, sentence, found)
        return said_lists(words, lower, sentence, found, models.lexicon)

    def widened(found: list[Found]) -> list[Found]:
        return postposed(words, lower, sentence, found)

    return Cut(words, lower, sentence), begin(
        words, models.tagger, submit, models.mentions.words, attributes, does, more, widened
    )


def _reading(document: Document, cut: Cut, extracted: Extracted, models: Models) -> Reading:
    words, lower, sentence = cut.words, cut.lower, cut.sentence
    language = document.language or language_of(document.text)
    foreign = language is not None and language.split("-")[0].lower() != TRAINED_ON
    lexicon = models.lexicon
    nested = extracted.found
    placed = [Placed(n.found.source, n.found.cue, n.found.content, n.within) for n in nested]
    scores = models.mentions.scores(extracted.rows)
    resolved = resolve(document, words, lower, sentence, placed, scores, models.mentions, lexicon)
    qualified = qualify(
        document,
        words,
        lower,
        sentence,
        resolved.attributions,
        resolved.speakers,
        resolved.sources,
        scores,
        models.manner,
        models.places,
        lexicon,
    )
    sourced = resolved.attributions  # with the sources that are understood from the words before a cue
    found = [attribution_of(document.id, words, n.found, models.tagger) for n in nested]
    attributions = tuple(
        replace(
            one,
            source=plain_span(words, *place.source) if place.source else None,
            confidence=min(one.confidence, MOST_IN_ANOTHER_LANGUAGE) if foreign else one.confidence,
            speaker=speaker.source if speaker else None,
            speaker_confidence=speaker.confidence if speaker else None,
            basis=basis,
            quotation=how.quotation,
            act=how.act,
            polarity=how.polarity,
            certainty=how.certainty,
            certainty_words=_words_at(words, how.certainty_words),
            channel=_words_at(words, how.channel),
            addressee=_words_at(words, how.addressee),
            when=how.when,
            within=None if place.within is None else found[place.within].id,
        )
        for one, place, speaker, basis, how in zip(
            found, sourced, resolved.speakers, resolved.bases, qualified, strict=True
        )
    )
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
        sources=resolved.sources,
        problems=problems,
        made_by=maker(models),
    )


def _words_at(words: Words, place: tuple[int, int] | None) -> str | None:
    """The text of some words; None for none."""
    return plain_span(words, *place).of(words.text) if place else None


def attribution_of(document: str, words: Words, found: Found, tagger: Tagger) -> Attribution:
    """An attribution as extraction alone knows it, for the document of that id."""
    cue = plain_span(words, *found.cue)
    return Attribution(
        id=attribution_id(document, cue),
        source=plain_span(words, *found.source) if found.source else None,
        cue=cue,
        content=tuple(content_span(words, *piece) for piece in found.content),
        confidence=confidence(found.signs, tagger.calibration),
    )
