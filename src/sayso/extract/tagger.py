"""Running the extraction model: from words to scores.

A window goes through the encoder alone, on one thread; several windows may run at the same time on
several threads. What a window gives therefore depends on nothing but the window: a document's reading
is the same alone, in any batch and on any number of threads, although the int8 model scales its
activations as they come.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sayso.extract.roles import around, distance_buckets
from sayso.extract.windows import Window
from sayso.extract.words import Words

Floats = NDArray[np.float32]

STATES = ("layer3", "layer5", "states")  # what the encoder shows of words to the mention model


@dataclass(frozen=True, eq=False)
class Tagger:
    """The extraction model, loaded: sessions, vocabulary, and the learned numbers beside them."""

    encoder: Any
    roles: Any
    tokenizer: Any
    frame: tuple[int, int]  # ids of the pieces that open and close a window
    cue_change: Floats  # [from, to] over BIO
    role_change: Floats  # [from, to] over none, source, content
    cue_bias: float  # added to the score of "no cue": above 0, fewer cues are found
    calibration: tuple[float, ...]  # weights of the signs of confidence, the constant first
    version: str


@dataclass(frozen=True, eq=False)
class WordScores:
    """What the encoder says of each word kept from a window."""

    words: Floats  # [words, width]: what the role head reads
    cue: Floats  # [words, 2 * width]: what each word would say as part of a cue
    score: Floats  # [words, 3]: outside, begins, goes on
    rows: NDArray[np.float16]  # [words, …]: what the mention model says of each; no columns without one


def shipped_weights() -> Traversable:
    """The folder of the model that comes with sayso."""
    return files("sayso") / "weights" / "extraction"


def load_tagger(folder: Path | Traversable | None = None) -> Tagger:
    """Load the extraction model from a folder, or the one that ships.

    Raises FileNotFoundError where a part is missing.
    """
    from tokenizers import Tokenizer

    place = folder or shipped_weights()
    tokenizer: Any = Tokenizer.from_str((place / "tokenizer.json").read_text("utf8"))
    learned = json.loads((place / "extraction.json").read_text("utf8"))
    return Tagger(
        encoder=open_session(place / "encoder.onnx"),
        roles=open_session(place / "roles.onnx"),
        tokenizer=tokenizer,
        frame=(tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")),
        cue_change=np.array(learned["cue_change"], dtype=np.float32),
        role_change=np.array(learned["role_change"], dtype=np.float32),
        cue_bias=learned["cue_bias"],
        calibration=tuple(learned["calibration"]),
        version=learned["version"],
    )


def open_session(place: Path | Traversable) -> Any:
    """An ONNX model, to be run on the thread that asks. Raises FileNotFoundError where it is missing."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # The graphs are fused as they are written; the further fusions here choose a slower normalization.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    with as_file(place) as path:  # from its file, a model is loaded a third sooner than from bytes
        path.stat()  # the error of ONNX Runtime for a file that is missing would be one of its own
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def score_window(tagger: Tagger, words: Words, window: Window, mentions: Any = None) -> WordScores:
    """Run one window through the encoder and keep the states of the words it is to give.

    `mentions` is the session that reads the states (sayso.resolve.model), where that is wanted too.
    """
    a, z = int(words.first[window.start]), int(words.first[window.end])
    count = np.diff(words.first[window.start : window.end + 1])
    pieces = np.empty(z - a + 2, dtype=np.int64)
    pieces[0], pieces[1:-1], pieces[-1] = tagger.frame[0], words.pieces[a:z], tagger.frame[1]

    def spread(feature: NDArray[np.int64]) -> NDArray[np.int64]:
        out = np.zeros((1, len(pieces)), dtype=np.int64)
        out[0, 1:-1] = np.repeat(feature[window.start : window.end], count)
        return out

    given = {
        "pieces": pieces[None],
        "place": np.arange(len(pieces))[None],
        "case": spread(words.case),
        "gap": spread(words.gap),
        "quote": spread(words.quote),
        "first": words.first[window.kept_start : window.kept_end] - a + 1,
    }
    found = tagger.encoder.run(["words", "cue", "score", *(STATES if mentions else ())], given)
    rows = np.zeros((len(found[0]), 0), dtype=np.float16)
    if mentions:
        rows = mentions.run(["rows"], dict(zip(STATES, found[3:], strict=True)))[0].astype(np.float16)
    return WordScores(found[0], found[1], found[2], rows)


def join_scores(parts: Sequence[WordScores]) -> WordScores:
    """The scores of neighbouring windows as one."""
    if len(parts) == 1:
        return parts[0]
    return WordScores(*(np.concatenate([getattr(p, k) for p in parts]) for k in ("words", "cue", "score", "rows")))


def score_roles(tagger: Tagger, scores: WordScores, base: int, words: int, cue: tuple[int, int]) -> Floats:
    """Scores [words around the cue, 6] of source and content for one cue; see training.tagger.RoleHead.

    `scores` begin at the word `base` of a document of so many `words`.
    """
    low, high = around(*cue, words)
    given = {
        "words": scores.words[None, low - base : high - base],
        "own": scores.cue[cue[0] - base : cue[1] - base].mean(0, dtype=np.float32)[None, None],
        "distance": distance_buckets(low, high, *cue)[None],
    }
    score: Floats = tagger.roles.run(["score"], given)[0][0]
    return score
