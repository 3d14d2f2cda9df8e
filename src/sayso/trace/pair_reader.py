"""A second look at two propositions: both are read together, word against word.

The judge compares what was taken down of each alone, which is quick and seldom sure. What it leaves open is read here:
a claim and a proposition go through an encoder as one text (a cross-encoder: Nogueira and Cho 2019, "Passage
Re-ranking with BERT"). A pair is read alone, on one thread, so that its scores do not depend on other pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sayso.extract.tagger import open_session
from sayso.trace.encoder import word_pieces

MOST_PIECES = 48  # of each of the two; what comes later is not read
_WORTH_THREADS = 8  # pairs
_CLS, _SEP = 101, 102  # pieces that open a text and close a part of it, in the vocabulary of BERT


@dataclass(frozen=True, eq=False)
class PairReader:
    """The reader of pairs; its model is loaded when the first pair is read, for many a question needs none."""

    place: Path | Traversable
    tokenizer: Any

    @cached_property
    def session(self) -> Any:
        return open_session(self.place)


def load_pair_reader(folder: Path | Traversable | None = None, tokenizer: Any = None) -> PairReader:
    """The reader in a folder, or the one that ships; with the extraction model's tokenizer, where that is loaded
    already. Raises FileNotFoundError where it is missing."""
    from tokenizers import Tokenizer

    weights = files("sayso") / "weights"
    if tokenizer is None:
        tokenizer = Tokenizer.from_str((weights / "extraction" / "tokenizer.json").read_text("utf8"))
    place = (folder or weights / "claims") / "pairs.onnx"
    if not place.is_file():
        raise FileNotFoundError(place)
    return PairReader(place, tokenizer)


def pieces_of_pair(tokenizer: Any, claim: str, told: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The word pieces of a claim and of what may put it forward, as one text; and on which side each is, 0 or 1."""
    a, b = (word_pieces(tokenizer, one)[:MOST_PIECES] for one in (claim, told))
    pieces = np.concatenate([[_CLS], a, [_SEP], b, [_SEP]])
    return pieces, (np.arange(len(pieces)) > len(a) + 1).astype(np.int64)


def read_pairs(reader: PairReader, pairs: Sequence[tuple[str, str]], threads: int = 1) -> NDArray[np.float32]:
    """Scores [pairs, outcomes] that the second of each says the same as the first, the contrary, or something else.

    The second may say more besides. Scores are not calibrated; see sayso.trace.judge. A pair is read on one of
    `threads`.
    """
    found = np.zeros((len(pairs), 3), dtype=np.float32)
    if not pairs:
        return found
    session = reader.session  # loaded here, once, and not by each thread

    def read(some: range) -> None:
        for i in some:
            pieces, side = pieces_of_pair(reader.tokenizer, *pairs[i])
            found[i] = session.run(["scores"], {"pieces": pieces[None], "side": side[None]})[0][0]

    if threads == 1 or len(pairs) < _WORTH_THREADS:
        read(range(len(pairs)))
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(read, (range(i, len(pairs), threads) for i in range(threads))))
    return found
