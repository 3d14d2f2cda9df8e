"""Act, polarity and certainty: a small network over the words' states and the signs that a reader could name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sayso.extract.words import Words
from sayso.lexicon import Lexicon, word_list
from sayso.model import Act, Certainty, Polarity
from sayso.qualify.cues import rows_in
from sayso.qualify.signs import ACTS, CERTAINTIES, EARLY, hedges_in, signs_of
from sayso.resolve.sources import is_told

Range = tuple[int, int]
Halves = NDArray[np.float16]

OPENING = EARLY + 2  # words of a content whose states are taken by themselves, beside those of all
_HEAD = 8  # words of a content in which its main verb's hedge stands
POLARITIES = (Polarity.AFFIRMED, Polarity.NEGATED)


@dataclass(frozen=True)
class Manner:
    """How something was said."""

    act: Act
    polarity: Polarity
    certainty: Certainty | None


@dataclass(frozen=True, eq=False)
class MannerModel:
    """The network, and its version."""

    network: Any
    version: str


def load_manner(folder: Path | Traversable | None = None) -> MannerModel:
    """Load the model from a folder, or the one that ships. Raises FileNotFoundError where a part is missing."""
    from sayso.extract.tagger import open_session

    place = folder or files("sayso") / "weights" / "manner"
    learned = json.loads((place / "manner.json").read_text("utf8"))
    return MannerModel(open_session(place / "manner.onnx"), learned["version"])


def manners(
    words: Words,
    lower: Sequence[str],
    states: Halves,
    attributions: Sequence[tuple[Range | None, Range, Sequence[Range]]],
    model: MannerModel,
    lexicon: Lexicon,
) -> list[Manner]:
    """How each attribution (source, cue, content in words) was said; `states` are the words' `manner` rows."""
    if not attributions:
        return []
    rows = []
    for source, cue, content in attributions:
        means = [mean_of(states, part) for part in ([cue], _head(content, OPENING), content)]
        rows.append(np.concatenate([*means, signs_of(words, lower, source, cue, content, lexicon)]))
    act, polarity, certainty = model.network.run(
        ["act", "polarity", "certainty"], {"rows": np.stack(rows).astype(np.float32)}
    )
    return [
        _manner(
            ACTS[a],
            POLARITIES[p],
            CERTAINTIES[c] if c < len(CERTAINTIES) else None,
            words,
            lower,
            source,
            cue,
            content,
            lexicon,
        )
        for a, p, c, (source, cue, content) in zip(
            act.argmax(1), polarity.argmax(1), certainty.argmax(1), attributions, strict=True
        )
    ]


def mean_of(states: Halves, ranges: Sequence[Range]) -> NDArray[np.float64]:
    """The mean of the rows of some ranges of words."""
    total = np.zeros(states.shape[1])
    for a, b in ranges:
        total += states[a:b].sum(axis=0, dtype=np.float64)
    return total / max(1, sum(b - a for a, b in ranges))


def _head(content: Sequence[Range], left: int) -> list[Range]:
    """The first words of a content, as many as `left`."""
    found = []
    for a, b in content:
        if left > 0:
            found.append((a, min(b, a + left)))
            left -= b - a
    return found


def _waits(lower: Sequence[str], content: Sequence[Range]) -> bool:
    """Whether a content says that its speaker will say or do no such thing until something has happened."""
    said = [word for a, b in content for word in lower[a:b]][:_EARLY_REFUSAL]
    for i, word in enumerate(said):
        if word in _NOT and any(w in _WILL for w in said[max(0, i - 2) : i]):
            return any(w in _SPEAKING_OUT for w in said[i + 1 : i + 3]) and any(w in ("until", "before") for w in said)
    return False


_EARLY_REFUSAL = 20  # words of a content in which a refusal stands
_NOT = frozenset(("not", "n't", "n’t", "t", "never"))
_WILL = frozenset(("will", "would", "can", "could", "wo", "wouldn", "won", "'", "’"))
_SPEAKING_OUT = word_list("verbs of what one does not do until later")


def _manner(
    act: Act,
    polarity: Polarity,
    certainty: Certainty | None,
    words: Words,
    lower: Sequence[str],
    source: Range | None,
    cue: Range,
    content: Sequence[Range],
    lexicon: Lexicon,
) -> Manner:
    """What the network says, but for what it has seen too little of: refusals and silence, whose phrases are in the
    lexicon, and plain hedges at the head of a content ("it may rain")."""
    best = next(iter(rows_in(lower[slice(*cue)], lexicon)), None)
    if best is not None and best.act in (Act.DECLINE, Act.UNANSWERED) and (best.when_negated or len(best.words) > 1):
        return Manner(best.act, polarity, None)
    if lower[slice(*cue)] == [":"] and content and lower[content[-1][1] - 1] == "?":
        return Manner(Act.ASK, polarity, None)  # a turn in a transcript, of which no corpus it learned from has any
    if best is not None and best.act == Act.DENY and act == Act.ASSERT:
        act = Act.DENY
    if act == Act.ASSERT and _waits(lower, content):
        return Manner(Act.DECLINE, polarity, None)
    if source is None and act in (Act.REQUEST, Act.FIND) and is_told(lower[slice(*cue)]):
        act, certainty = Act.ASSERT, certainty or Certainty.CERTAIN
    if certainty == Certainty.CERTAIN and content:
        starts = {a for a, _ in content}
        found = [h for a, b in _head(content, _HEAD) for h in hedges_in(lower, a, b, lexicon)]
        strong = (h for h in found if h.strong)
        hedge = next(
            (  # one word with a capital may be a name: "May said", "Will said"
                h for h in strong if h.words[0] in starts or words.case[h.words[0]] < 2 or h.words[1] - h.words[0] > 1
            ),
            None,
        )
        certainty = hedge.certainty if hedge else certainty
    return Manner(act, polarity, certainty)
