"""The mention model, loaded: what it says of words is asked by the tagger, window by window; of pairs, here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sayso.resolve.candidates import ByRule, Key, Scene, Told, candidates
from sayso.resolve.mentions import softmax
from sayso.resolve.scores import PAIR, Floats, MentionScores, columns
from sayso.resolve.signs import signs

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class MentionModel:
    """Sessions and the learned numbers beside them."""

    words: Any  # states of words -> rows
    judge: Any  # pairs of mentions -> scores
    speakers: Any  # candidates for a speaker -> scores, the last of them nobody's; None: the rules decide alone
    start_distance: Floats
    end_distance: Floats
    version: str

    def scores(self, rows: NDArray[np.float16]) -> MentionScores:
        """The rows of a document's words, by part."""
        part = columns(rows)
        return MentionScores(
            names=part["names"].astype(np.float32),
            types=softmax(part["types"].astype(np.float32)),
            inner=part["inner"].astype(np.float32),
            span_vectors=part["spans"],
            pair_vectors=part["pair"],
            manner=part["manner"],
            places=part["places"],
            start_distance=self.start_distance,
            end_distance=self.end_distance,
        )

    def pair_scores(self, scores: MentionScores, heads: Ints, later: Ints, earlier: Ints, signs: Floats) -> Floats:
        """Scores [pairs]: above 0 speaks for one and the same, against starting anew."""
        vectors, types = scores.pair_vectors, scores.types
        a, b = heads[later], heads[earlier]
        one, other = vectors[a, :PAIR].astype(np.float32), vectors[b, PAIR:].astype(np.float32)
        given = np.concatenate([one * other, one, other, signs, types[a], types[b]], axis=1)
        found: Floats = self.judge.run(["score"], {"pairs": given})[0]
        return found

    def weigh(self, scene: Scene, place: int, told: Told, by_rule: ByRule) -> tuple[Key | None, float]:
        """Who is likeliest to speak in an attribution, and how probable that is."""
        if self.speakers is None:
            return by_rule.key, by_rule.sure
        keys = candidates(scene, place, told, by_rule)
        if not keys:
            return None, 0.0
        given = signs(scene, place, told, by_rule, keys)
        chances = softmax(self.speakers.run(["score"], {"signs": given})[0])
        best = int(chances[:-1].argmax())
        return keys[best], float(chances[best])


def shipped_mentions() -> Traversable:
    """The folder of the mention model that comes with sayso."""
    return files("sayso") / "weights" / "mentions"


def load_mentions(folder: Path | Traversable | None = None) -> MentionModel:
    """Load the mention model from a folder, or the one that ships. Raises FileNotFoundError where a part is missing."""
    from sayso.extract.tagger import open_session

    place = folder or shipped_mentions()
    learned = json.loads((place / "mentions.json").read_text("utf8"))
    return MentionModel(
        words=open_session(place / "mentions.onnx"),
        judge=open_session(place / "judge.onnx"),
        speakers=open_session(weighing) if (weighing := place / "speakers.onnx").is_file() else None,
        start_distance=np.array(learned["start_distance"], dtype=np.float32),
        end_distance=np.array(learned["end_distance"], dtype=np.float32),
        version=learned["version"],
    )
