"""Vectors of single words, by which words that two propositions do not share are laid beside each other.

Each whole word of the encoder's vocabulary goes through the encoder alone; the vectors of words with one stem are
averaged, and the 64 directions in which they differ most are kept.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sayso.trace.encoder import load_encoder, unit, vectors
from sayso.trace.stems import LITTLE_WORDS, stem

KEPT = 64  # numbers a word
LEAST = 3  # letters


def write_words(folder: Path, place: Path) -> None:
    """Make the table of words with the encoder of a folder."""
    encoder = load_encoder(folder)
    words = sorted(
        word
        for word in encoder.tokenizer.get_vocab()
        if word.isascii() and word.isalpha() and len(word) >= LEAST and word not in LITTLE_WORDS
    )
    given = unit(vectors(encoder, words))
    stems: dict[str, list[int]] = {}
    for i, word in enumerate(words):
        stems.setdefault(stem(word), []).append(i)
    means = np.stack([given[rows].mean(0) for rows in stems.values()])
    means -= means.mean(0)
    _, _, directions = np.linalg.svd(means, full_matrices=False)
    kept = means @ directions[:KEPT].T
    kept /= np.linalg.norm(kept, axis=1, keepdims=True)
    np.savez_compressed(place, stems=np.array("\n".join(stems)), vectors=np.rint(kept * 127).astype(np.int8))
