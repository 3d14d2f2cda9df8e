"""Vectors of propositions: texts that say much the same lie near each other; and what its word pieces mean.

A text goes through the encoder alone, on one thread: the int8 model scales its activations as they come, so that in
a batch a text's vector would depend on its neighbours. The vectors are kept as whole numbers with one fixed scale.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sayso.extract.tagger import open_session

Vectors = NDArray[np.int8]

WIDTH = 384
STEPS = 400  # of a vector's whole numbers in one; the numbers of a vector of length one seldom exceed 0.3
ENCODER = ("embeddings.onnx", "encoder.onnx")  # the states of word pieces below all layers, and the layers
MOST_PIECES = 128  # of a text's; what comes later does not change its vector
_LONGEST = 4000  # code points; a text is cut here before it is cut into pieces
_KEPT = 1 << 16  # texts whose pieces are kept: each is read with several others
_AT_ONCE = 16  # texts whose states below all layers are looked up together


@dataclass(frozen=True, eq=False)
class ClaimEncoder:
    """The encoder of propositions, loaded."""

    embeddings: Any
    layers: Any
    tokenizer: Any
    frame: tuple[int, int]  # ids of the pieces that open and close a text


def load_encoder(folder: Path | Traversable | None = None) -> ClaimEncoder:
    """Load the encoder from a folder, or the one that ships. Raises FileNotFoundError where it is missing.

    Its vocabulary is that of the extraction model, whose tokenizer it shares.
    """
    from tokenizers import Tokenizer

    weights = files("sayso") / "weights"
    place = folder or weights / "claims"
    tokenizer: Any = Tokenizer.from_str((weights / "extraction" / "tokenizer.json").read_text("utf8"))
    frame = (tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]"))
    pieces, layers = (open_session(place / name) for name in ENCODER)
    return ClaimEncoder(pieces, layers, tokenizer, frame)


@lru_cache(maxsize=_KEPT)
def word_pieces(tokenizer: Any, text: str) -> NDArray[np.int64]:
    """The word pieces of a text, without a frame."""
    inner = tokenizer.encode(text[:_LONGEST], add_special_tokens=False).ids[: MOST_PIECES - 2]
    return np.array(inner, dtype=np.int64)


def pieces_of(encoder: ClaimEncoder, text: str) -> NDArray[np.int64]:
    """The word pieces of a text in their frame."""
    return np.concatenate([[encoder.frame[0]], word_pieces(encoder.tokenizer, text), [encoder.frame[1]]])


def vectors(encoder: ClaimEncoder, texts: Sequence[str]) -> Vectors:
    """A vector [texts, WIDTH] of each text, in whole numbers; it depends on that text alone."""
    known = {text: i for i, text in enumerate(dict.fromkeys(texts))}
    made = np.zeros((len(known), WIDTH), dtype=np.int8)
    for i, states in enumerate(_states(encoder, list(known))):
        made[i] = quantized(encoder.layers.run(["vector"], {"states": states[None]})[0][0])
    return made[[known[text] for text in texts]]


def embeddings(encoder: ClaimEncoder, pieces: NDArray[np.int64], places: NDArray[np.int64]) -> NDArray[np.float32]:
    """The vector [pieces, WIDTH], of length one, of each of some word pieces at its place in a text's frame, as it is
    before the encoder reads it in its sentence: it depends on these two alone."""
    states = encoder.embeddings.run(["states"], {"pieces": pieces[None], "place": places[None]})[0][0]
    return np.asarray(states / np.linalg.norm(states, axis=1, keepdims=True), dtype=np.float32)


def _states(encoder: ClaimEncoder, texts: Sequence[str]) -> Iterator[NDArray[np.float32]]:
    """The states [pieces in their frame, WIDTH] of texts below all layers, which are those of single pieces."""
    for start in range(0, len(texts), _AT_ONCE):
        pieces = [pieces_of(encoder, text) for text in texts[start : start + _AT_ONCE]]
        places = [np.arange(len(one)) for one in pieces]
        given = {"pieces": np.concatenate(pieces)[None], "place": np.concatenate(places)[None]}
        found = encoder.embeddings.run(["states"], given)[0][0]
        yield from np.split(found, np.cumsum([len(one) for one in pieces])[:-1])


def quantized(vector: NDArray[np.float32]) -> Vectors:
    """Vectors of length one in whole numbers."""
    return np.clip(np.rint(vector * STEPS), -127, 127).astype(np.int8)


def unit(given: Vectors) -> NDArray[np.float32]:
    """Vectors of length one, from their whole numbers."""
    whole = given.astype(np.float32)
    length = np.sqrt((whole * whole).sum(-1, keepdims=True))
    return np.asarray(whole / np.maximum(length, 1.0), dtype=np.float32)


def similarity(a: Vectors, b: Vectors) -> NDArray[np.float32]:
    """The cosine [n, m] of each of n vectors with each of m."""
    return unit(a) @ unit(b).T
