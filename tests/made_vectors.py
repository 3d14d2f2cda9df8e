"""Vectors of claims that tests share: each is made once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sayso.trace.encoder import Vectors, vectors

_made: dict[str, Vectors] = {}


def made_once(encoder: Any, texts: Sequence[str]) -> Vectors:
    """Vectors as they are, each made once for all tests."""
    for text in texts:
        if text not in _made:
            _made[text] = vectors(encoder, [text])[0]
    return np.stack([_made[text] for text in texts]) if texts else vectors(encoder, [])
