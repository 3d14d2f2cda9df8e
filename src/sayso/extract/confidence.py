"""How sure a reading is of an attribution: a logistic regression over the signs that decoding leaves.

It is fitted on articles that the model was not trained on (training/calibrate.py) and estimates the
chance that an annotator marks the same attribution: its cue shares a word, and source and content
each share half their words (the referee's "half").
"""

from __future__ import annotations

import math

SIGNS = (
    "the cue's mean log-odds",
    "those of its least sure word",
    "log-probability of the whole path of roles",
    "a source was found",
    "log-odds of the source, or of there being none",
    "log-odds of the content",
    "log of the content's length in words",
    "pieces of content",
    "words of the cue",
)


BY_RULE = 0.5  # of what a rule finds, which leaves no signs: annotators mark about half of it


def confidence(signs: tuple[float, ...], weights: tuple[float, ...]) -> float:
    """A probability in [0, 1], rounded to three places. `weights` begins with the constant."""
    if not signs:
        return BY_RULE
    z = weights[0] + sum(w * s for w, s in zip(weights[1:], signs, strict=True))
    return round(1 / (1 + math.exp(-max(-30.0, min(30.0, z)))), 3)
