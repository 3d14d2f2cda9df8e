"""From a text to its attributions in words: the neural tagger, window by window.

A long document is worked through in blocks of windows, so that memory does not grow with its length
beyond its words; the result is the same as in one piece, because blocks are parted only at words that
are surely in no cue.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from sayso.extract.chain import Floats
from sayso.extract.confidence import confidence
from sayso.extract.decode import SURE, Cue, Found, Range, find_attributions, find_cues
from sayso.extract.nested import Nested, inner_cues, nest
from sayso.extract.quotations import whole_quotations
from sayso.extract.roles import AFTER, BEFORE
from sayso.extract.tagger import Tagger, WordScores, join_scores, score_roles, score_window
from sayso.extract.windows import windows
from sayso.extract.words import Words

BLOCK = 16  # windows that are under way at once for one document
LEAST = 0.3  # of confidence: of less sure attributions, annotators mark one in six
LEAST_OF_A_DEED = 0.4  # the same, where what somebody decided or backs is told and no word of it is quoted
SURE_CUE = 0.8  # of probability: what has such a cue is kept, however doubtful its source and content are
INNER = slice(14, 17)  # the columns of the mention model's rows that speak of cues inside contents
LONGEST_CUE = 64  # words; room for it is kept beside the reach of the roles

T = TypeVar("T")


class Submit(Protocol):
    """Runs a function now or on another thread."""

    def __call__(self, function: Callable[..., T], /, *arguments: Any) -> Future[T]: ...


def at_once(function: Callable[..., T], /, *arguments: Any) -> Future[T]:
    """Run a function here and now: the one-thread form of an executor's `submit`."""
    done: Future[T] = Future()
    done.set_result(function(*arguments))
    return done


@dataclass(frozen=True, eq=False)
class Extracted:
    """What one pass over a document gives: its attributions, those inside others' contents among them, in the
    order of their cues, and a row for each word of what the mention model says."""

    found: list[Nested]
    rows: NDArray[np.float16]


def begin(
    words: Words,
    tagger: Tagger,
    submit: Submit = at_once,
    mentions: Any = None,
    reports: Callable[[Range], bool] = lambda _: True,
    does: Callable[[Range], bool] = lambda _: False,
    more: Callable[[list[Found]], list[Found]] = lambda found: found,
    widened: Callable[[list[Found]], list[Found]] = lambda found: found,
) -> Callable[[], Extracted]:
    """Start on a document; the function that comes back finishes it.

    Between the two other documents may be started, so that no thread waits. `mentions` is the session of the
    mention model, where its rows are wanted too; `reports` says of the words of a cue inside a content whether
    they are of a kind that attributes, `does` of those of any cue whether they tell of a decision or of support;
    `more` adds attributions that rules find beside the model; `widened` gives them contents that the model cut short
    or did not see.
    """
    rest = windows(words.first)

    def next_block() -> list[Future[WordScores]]:
        return [submit(score_window, tagger, words, window, mentions) for window in islice(rest, BLOCK)]

    block = next_block()

    def finish() -> Extracted:
        current = block
        cues: list[Cue] = []
        inner: list[Cue] = []  # those that the mention model sees inside contents
        roles: dict[tuple[int, int], Floats] = {}
        rows = np.zeros((0, 0), dtype=np.float16)
        held: WordScores | None = None  # what is still needed of the words so far
        base = 0  # the first word in `held`
        done = 0  # cues are settled up to this word
        while current:
            following = next_block()
            parts = [part.result() for part in current]
            held = join_scores(parts if held is None else [held, *parts])
            reached = base + len(held.score)
            if not len(rows):
                rows = np.empty((len(words), held.rows.shape[1]), dtype=np.float16)
            rows[base:reached] = held.rows
            quiet = held.score[:, 0] + tagger.cue_bias - held.score[:, 1:].max(1) > SURE
            horizon = reached if not following else _quiet_word(quiet, base, reached - AFTER - LONGEST_CUE, done)
            cues_here = [
                Cue((c.words[0] + done, c.words[1] + done), c.probability, c.least)
                for c in find_cues(held.score[done - base : horizon - base], tagger.cue_change, tagger.cue_bias)
            ]
            # Here, and not behind the windows that wait for a thread: while this one scores, those run.
            for cue in cues_here:
                roles[cue.words] = score_roles(tagger, held, base, len(words), cue.words)
            if mentions:
                inside = inner_cues(words, held.rows[done - base : horizon - base, INNER].astype(np.float32), done)
                inside = [cue for cue in inside if reports(cue.words)]
                for cue in inside:
                    if cue.words not in roles:
                        roles[cue.words] = score_roles(tagger, held, base, len(words), cue.words)
                inner += inside
            cues += cues_here
            done = horizon
            keep = max(base, done - BEFORE - LONGEST_CUE)
            held = WordScores(
                held.words[keep - base :], held.cue[keep - base :], held.score[keep - base :], held.rows[keep - base :]
            )
            base, current = keep, following
        found = widened(find_attributions(words, cues, roles.__getitem__, tagger.role_change))
        sure = {cue.words for cue in cues if cue.probability >= SURE_CUE}

        def kept(one: Found) -> bool:
            trust = confidence(one.signs, tagger.calibration)
            if does(one.cue) and not any(words.quote[a:b].any() for a, b in one.content):
                return trust >= LEAST_OF_A_DEED
            return one.cue in sure or trust >= LEAST

        found = [one for one in found if one.content and kept(one)]
        nested = nest(words, more(whole_quotations(found, words)), inner, roles.__getitem__, tagger.role_change)
        return Extracted(nested, rows)

    return finish


def _quiet_word(quiet: NDArray[np.bool_], base: int, latest: int, earliest: int) -> int:
    """The last word up to `latest` that is, like the one before it, surely in no cue: no cue is cut there."""
    for word in range(latest, earliest, -1):
        if quiet[word - base] and quiet[word - 1 - base]:
            return word
    return earliest
