"""What the encoder makes of texts: the states of their words, made once and kept.

The networks for sources and manner read states of the encoder that ships, which stays as it is while they learn.
So each text goes through it once, in the same windows and by the same code as in reading, and its states are kept in
a folder outside the repository, as float16: 2.3 kB a word, some 2 GB for all corpora. A file's name ends in a
digest of the encoder and the texts: states of another encoder are never taken for this one's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sayso.extract.tagger import STATES, Tagger, load_tagger, score_window, shipped_weights
from sayso.extract.windows import windows
from sayso.extract.words import Words, split_words
from training.tagger import WIDTH as LAYER

WIDTH = len(STATES) * LAYER

States = NDArray[np.float16]


class SideBySide:
    """Stands where reading has the session of the mention model, and gives back the states that it is shown."""

    def run(self, _: list[str], given: dict[str, NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        return [np.concatenate([given[name] for name in STATES], axis=1)]


@dataclass(frozen=True, eq=False)
class Encoder:
    """The encoder that ships, and the folder where its states are kept."""

    tagger: Tagger
    digest: str
    folder: Path
    threads: int = 1

    def words(self, text: str) -> Words:
        return split_words(text, self.tagger.tokenizer)

    def states(self, texts: Sequence[Words]) -> list[States]:
        """The states [words, WIDTH] of each text: from the folder, or made now and put there."""
        total = sum(len(words) for words in texts)
        if not total:
            return [np.zeros((0, WIDTH), dtype=np.float16) for _ in texts]
        place = self.folder / f"states-{self._digest_of(texts)}.npy"
        if not place.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            part = place.with_suffix(".part")
            kept = np.lib.format.open_memmap(part, "w+", np.float16, (total, WIDTH))
            start = 0
            with ThreadPoolExecutor(self.threads) as pool:
                for states in pool.map(self._make, texts):
                    kept[start : start + len(states)] = states
                    start += len(states)
            kept.flush()
            part.replace(place)
        every = np.load(place, mmap_mode="r")
        ends = np.cumsum([len(words) for words in texts])
        return [every[end - len(words) : end] for end, words in zip(ends, texts, strict=True)]

    def _make(self, words: Words) -> States:
        parts = [score_window(self.tagger, words, window, SideBySide()).rows for window in windows(words.first)]
        return np.concatenate(parts) if parts else np.zeros((0, WIDTH), dtype=np.float16)

    def _digest_of(self, texts: Sequence[Words]) -> str:
        digest = hashlib.sha256(self.digest.encode())
        for words in texts:
            digest.update(hashlib.sha256(words.text.encode()).digest())
        return digest.hexdigest()[:16]


def open_encoder(cache: Path, threads: int = 1, folder: Path | Traversable | None = None) -> Encoder:
    """The encoder from a folder of an extraction model, or the one that ships; `cache` keeps its states."""
    place = folder or shipped_weights()
    tagger = load_tagger(place)
    missing = set(STATES) - {output.name for output in tagger.encoder.get_outputs()}
    if missing:
        names = ", ".join(sorted(missing))
        raise SystemExit(f"{place}/encoder.onnx does not give {names}; export it anew with training/export.py")
    digest = hashlib.sha256((place / "encoder.onnx").read_bytes()).hexdigest()
    return Encoder(tagger, digest, cache, threads)
