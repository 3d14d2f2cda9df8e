"""Vectors of propositions: texts that say much the same lie near each other; and what its word pieces mean.

A text goes through the encoder alone, on one thread: the int8 model scales its activations as they come, so that in
a batch a text's vector would depend on its neighbours. The vectors are kept as whole numbers with one fixed scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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


def pieces_of(encoder: ClaimEncoder, text: str) -> NDArray[np.int64]:
    """The word pieces of a text in their frame."""
    inner = encoder.tokenizer.encode(text[:_LONGEST], add_special_tokens=False).ids[: MOST_PIECES - 2]
    return np.array([encoder.frame[0], *inner, encoder.frame[1]], dtype=np.int64)


def vectors(encoder: ClaimEncoder, texts: Sequence[str]) -> Vectors:
    """A vector [texts, WIDTH] of each text, in whole numbers; it depends on that text alone."""
    found = np.zeros((len(texts), WIDTH), dtype=np.int8)
    known: dict[str, int] = {}
    for i, text in enumerate(texts):
        if text in known:
            found[i] = found[known[text]]
            continue
        known[text] = i
        found[i] = quantized(encoder.layers.run(["vector"], {"states": _states(encoder, text)})[0][0])
    return found


def embeddings(encoder: ClaimEncoder, text: str) -> NDArray[np.float32]:
    """The vector [pieces, WIDTH], of length one, of each word piece of a text, as it is before the encoder reads it in
    its sentence."""
    inside = _states(encoder, text)[0][1:-1]
    return np.asarray(inside / np.linalg.norm(inside, axis=1, keepdims=True), dtype=np.float32)


def _states(encoder: ClaimEncoder, text: str) -> NDArray[np.float32]:
    """The states [1, pieces in their frame, WIDTH] of a text below all layers."""
    pieces = pieces_of(encoder, text)[None]
    found: NDArray[np.float32] = encoder.embeddings.run(["states"], {"pieces": pieces})[0]
    return found


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
