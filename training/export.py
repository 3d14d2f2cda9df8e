"""Write the trained model as ONNX: float, and int8 as it ships.

The graphs are built by hand, because the shipped form needs operators that no exporter chooses: each
linear map is one DynamicQuantizeMatMul (activations quantized as they come, over one window alone;
weights int8 with a scale per output channel), attention is one operator. Weights use 7 of the 8 bits:
processors without VNNI add pairs of products in 16 bits, which saturate otherwise, and a reading must
not depend on the processor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from sayso.extract.tagger import STATES
from sayso.resolve.scores import PARTS
from sayso.resolve.scores import WIDTH as ROW_WIDTH
from training.tagger import HEADS, LAYERS, ROLE_HEADS, ROLE_WIDTH, WIDTH

Weights = dict[str, NDArray[np.float32]]
MICROSOFT = "com.microsoft"
WEIGHT_BITS = 7
STATE_LAYERS = (3, 5)  # counted from 1; beside them the last, as sayso.extract.tagger.STATES has them


@dataclass
class Graph:
    """An ONNX graph under construction."""

    quantized: bool
    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)

    def constant(self, name: str, value: NDArray[Any]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, op: str, inputs: list[str], name: str, domain: str = "", **attributes: Any) -> str:
        self.nodes.append(helper.make_node(op, inputs, [name], name=name, domain=domain, **attributes))
        return name

    def linear(self, x: str, name: str, weight: NDArray[np.float32], bias: NDArray[np.float32] | None) -> str:
        """x @ weight.T + bias."""
        added = [self.constant(f"{name}.bias", bias)] if bias is not None else []
        if not self.quantized:
            product = self.node("MatMul", [x, self.constant(f"{name}.weight", weight.T)], f"{name}.product")
            return self.node("Add", [product, *added], name) if added else product
        whole, scale = quantize_rows(weight)
        given = [
            x,
            self.constant(f"{name}.weight", whole.T),
            self.constant(f"{name}.scale", scale),
            self.constant(f"{name}.zero", np.zeros_like(scale, dtype=np.int8)),
            *added,
        ]
        return self.node("DynamicQuantizeMatMul", given, name, MICROSOFT)

    def rows(self, name: str, table: NDArray[np.float32], index: str) -> str:
        """Rows of an embedding table."""
        if not self.quantized or len(table) < 1000:
            return self.node("Gather", [self.constant(f"{name}.table", table), index], name)
        whole, scale = quantize_rows(table, bits=8)
        picked = self.node("Gather", [self.constant(f"{name}.table", whole), index], f"{name}.whole")
        scales = self.node("Gather", [self.constant(f"{name}.scale", scale[:, None]), index], f"{name}.scales")
        cast = self.node("Cast", [picked], f"{name}.cast", to=TensorProto.FLOAT)
        return self.node("Mul", [cast, scales], name)

    def normalize(self, x: str, name: str, w: Weights, key: str, epsilon: float) -> str:
        scale, shift = (self.constant(f"{name}.{p}", w[f"{key}.{p}"]) for p in ("weight", "bias"))
        return self.node("LayerNormalization", [x, scale, shift], name, axis=-1, epsilon=epsilon)

    def layer(self, x: str, name: str, w: Weights, heads: int, wanted: str | None = None) -> str:
        """A transformer layer; see training.tagger.Layer. Given the places that are wanted, only these come out."""
        weight, bias = w[f"{name}.qkv.weight"], w[f"{name}.qkv.bias"]
        width = weight.shape[1]
        if wanted is None:
            here = x
            qkv = self.linear(x, f"{name}.qkv", weight, bias)
            parts = self.split(qkv, f"{name}.part", [width] * 3)
        else:
            here = self.node("Gather", [x, wanted], f"{name}.wanted", axis=1)
            query = self.linear(here, f"{name}.query", weight[:width], bias[:width])
            both = self.linear(x, f"{name}.key_value", weight[width:], bias[width:])
            parts = [query, *self.split(both, f"{name}.part", [width] * 2)]
        mixed = self.node("MultiHeadAttention", parts, f"{name}.mixed", MICROSOFT, num_heads=heads)
        out = self.linear(mixed, f"{name}.out", w[f"{name}.out.weight"], w[f"{name}.out.bias"])
        here = self.skip(here, out, f"{name}.norm1", w)
        up = self.linear(here, f"{name}.up", w[f"{name}.up.weight"], None)
        up = self.node(
            "BiasGelu", [up, self.constant(f"{name}.up.bias", w[f"{name}.up.bias"])], f"{name}.act", MICROSOFT
        )
        down = self.linear(up, f"{name}.down", w[f"{name}.down.weight"], w[f"{name}.down.bias"])
        return self.skip(here, down, f"{name}.norm2", w)

    def split(self, x: str, name: str, sizes: list[int], names: list[str] | None = None) -> list[str]:
        """Parts of the last axis."""
        names = names or [f"{name}.{i}" for i in range(len(sizes))]
        given = [x, self.constant(f"{name}.sizes", np.array(sizes, dtype=np.int64))]
        self.nodes.append(helper.make_node("Split", given, names, name=name, axis=-1))
        return names

    def skip(self, x: str, y: str, name: str, w: Weights) -> str:
        return self.normalize(self.node("Add", [x, y], f"{name}.sum"), name, w, name, 1e-12)

    def model(self, name: str, inputs: list[Any], outputs: list[Any]) -> Any:
        graph = helper.make_graph(self.nodes, name, inputs, outputs, self.constants)
        opsets = [helper.make_opsetid("", 18), helper.make_opsetid(MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=9, producer_name="sayso")


def quantize_rows(weight: NDArray[np.float32], bits: int = WEIGHT_BITS) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Whole numbers and a scale a row, symmetric."""
    most = 2 ** (bits - 1) - 1
    scale = np.maximum(np.abs(weight).max(1), 1e-8).astype(np.float32) / most
    return np.clip(np.rint(weight / scale[:, None]), -most, most).astype(np.int8), scale


def encoder_model(w: Weights, quantized: bool) -> Any:
    """pieces, place, case, gap, quote [1, n] and first [m] -> words [m, 128], cue [m, 256], score [m, 3]."""
    g = Graph(quantized)
    x = g.rows("encoder.word", w["encoder.word.weight"], "pieces")
    for name, index in (("position", "place"), ("case", "case"), ("gap", "gap"), ("quote", "quote")):
        part = g.rows(f"encoder.{name}", w[f"encoder.{name}.weight"].astype(np.float32), index)
        x = g.node("Add", [x, part], f"with.{name}")
    x = g.normalize(x, "encoder.norm", w, "encoder.norm", 1e-12)
    for i in range(LAYERS):
        x = g.layer(x, f"encoder.layers.{i}", w, HEADS, wanted="first" if i == LAYERS - 1 else None)
    x = g.node("Squeeze", [x, g.constant("batch", np.array([0], dtype=np.int64))], "states")
    heads = np.concatenate([w["roles.word.weight"], w["roles.cue.weight"], w["cue_score.weight"]])
    bias = np.concatenate([w["roles.word.bias"], w["roles.cue.bias"], w["cue_score.bias"]])
    sizes = [ROLE_WIDTH, 2 * ROLE_WIDTH, 3]
    g.split(g.linear(x, "heads", heads, bias), "split", sizes, ["words", "cue", "score"])
    whole = TensorProto.INT64
    inputs = [helper.make_tensor_value_info(n, whole, [1, "n"]) for n in ("pieces", "place", "case", "gap", "quote")]
    inputs.append(helper.make_tensor_value_info("first", whole, ["m"]))
    outputs = [
        helper.make_tensor_value_info(n, TensorProto.FLOAT, ["m", k])
        for n, k in zip(("words", "cue", "score"), sizes, strict=True)
    ]
    model = g.model("encoder", inputs, outputs)
    show_states(model)
    return model


def show_states(model: Any) -> None:
    """Let an encoder's graph give out the states of words that the mention model reads: of STATE_LAYERS, the last
    layer's by the name of "states". Nothing else in the graph changes."""
    graph = model.graph
    for layer in STATE_LAYERS:
        given = [f"encoder.layers.{layer - 1}.norm2", "first"]
        graph.node.append(
            helper.make_node("Gather", given, [f"layer{layer}.words"], name=f"layer{layer}.words", axis=1)
        )
        graph.node.append(
            helper.make_node("Squeeze", [f"layer{layer}.words", "batch"], [f"layer{layer}"], name=f"layer{layer}")
        )
    for name in (*(f"layer{layer}" for layer in STATE_LAYERS), "states"):
        graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, ["m", WIDTH]))


def mentions_model(w: Weights, quantized: bool) -> Any:
    """layer3, layer5, states [m, 384] -> rows [m, sayso.resolve.scores.WIDTH]; see training/mentions.py.

    `w` are the weights of the mention model and, as "projected", those of the projections in training/manner.py and
    training/places.py.
    """
    g = Graph(quantized)
    states = g.node("Concat", list(STATES), "given", axis=1)
    x = g.linear(states, "trunk.mix", w["trunk.mix.weight"], w["trunk.mix.bias"])
    x = g.normalize(x, "trunk.norm0", w, "trunk.norm0", 1e-5)
    for i in (1, 2):
        y = convolve(g, x, f"trunk.conv{i}", w)
        x = g.node("Add", [x, gelu(g, y, f"trunk.gelu{i}")], f"trunk.sum{i}")
        x = g.normalize(x, f"trunk.norm{i}", w, f"trunk.norm{i}", 1e-5)
    parts = ("names", "types", "inner_cues", "starts", "ends", "pair")
    weight = np.concatenate([w[f"{p}.weight"] for p in parts])
    bias = np.concatenate([w[f"{p}.bias"] for p in parts])
    rows = g.linear(x, "heads", weight, bias)
    g.split(rows, "heads.parts", [PARTS["names"], len(weight) - PARTS["names"]], ["heads.names", "heads.rest"])
    names = g.node("Softmax", ["heads.names"], "names.share", axis=-1)
    projected = g.linear(states, "projected", w["projected.weight"], w["projected.bias"])
    g.node("Concat", [names, "heads.rest", projected], "rows", axis=1)
    inputs = [helper.make_tensor_value_info(n, TensorProto.FLOAT, ["m", WIDTH]) for n in STATES]
    return g.model("mentions", inputs, [helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["m", ROW_WIDTH])])


def convolve(g: Graph, x: str, name: str, w: Weights) -> str:
    """A convolution over neighbouring words as one linear map, which can be quantized as the others are."""
    kernel = w[f"{name}.weight"]  # [out, in, reach]
    reach = kernel.shape[2]
    pads = g.constant(f"{name}.pads", np.array([reach // 2, 0, reach // 2, 0], dtype=np.int64))
    padded = g.node("Pad", [x, pads], f"{name}.padded")
    axis = g.constant(f"{name}.axis", np.array([0], dtype=np.int64))
    around = []
    for k in range(reach):
        end = k - reach + 1 if k < reach - 1 else np.iinfo(np.int64).max
        borders = [(f"{name}.start{k}", k), (f"{name}.end{k}", end)]
        given = [g.constant(place, np.array([at], dtype=np.int64)) for place, at in borders]
        around.append(g.node("Slice", [padded, *given, axis], f"{name}.slice{k}"))
    beside = g.node("Concat", around, f"{name}.beside", axis=1)
    return g.linear(beside, name, kernel.transpose(0, 2, 1).reshape(kernel.shape[0], -1), w[f"{name}.bias"])


def gelu(g: Graph, x: str, name: str) -> str:
    """x times the normal distribution function at x, by erf."""
    half = g.constant(f"{name}.half", np.array(0.5, dtype=np.float32))
    scaled = g.node("Mul", [x, g.constant(f"{name}.root", np.array(0.5**0.5, dtype=np.float32))], f"{name}.scaled")
    erf = g.node("Erf", [scaled], f"{name}.erf")
    share = g.node("Add", [erf, g.constant(f"{name}.one", np.array(1.0, dtype=np.float32))], f"{name}.share")
    return g.node("Mul", [g.node("Mul", [x, share], f"{name}.double"), half], name)


def score_model(w: Weights, name: str, given: str, hidden: str, out: str) -> Any:
    """given [n, width] -> score [n]: one hidden layer and one number, in float.

    The judge of pairs of mentions (training/mentions.py) and the weighing of channels and dates (training/places.py)
    are of this form.
    """
    g = Graph(quantized=False)
    x = gelu(g, g.linear(given, hidden, w[f"{hidden}.weight"], w[f"{hidden}.bias"]), "active")
    x = g.linear(x, out, w[f"{out}.weight"], w[f"{out}.bias"])
    g.node("Squeeze", [x, g.constant("axis", np.array([1], dtype=np.int64))], "score")
    width = w[f"{hidden}.weight"].shape[1]
    inputs = [helper.make_tensor_value_info(given, TensorProto.FLOAT, ["n", width])]
    return g.model(name, inputs, [helper.make_tensor_value_info("score", TensorProto.FLOAT, ["n"])])


def manner_model(w: Weights, sizes: Sequence[int]) -> Any:
    """rows [n, width] -> act, polarity, certainty [n, sizes], in float; the projection is in the mention model."""
    g = Graph(quantized=False)
    x = gelu(g, g.linear("rows", "hidden", w["hidden.weight"], w["hidden.bias"]), "active")
    x = g.linear(x, "out", w["out.weight"], w["out.bias"])
    names = g.split(x, "parts", list(sizes), ["act", "polarity", "certainty"])
    inputs = [helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["n", w["hidden.weight"].shape[1]])]
    outputs = [helper.make_tensor_value_info(n, TensorProto.FLOAT, ["n", k]) for n, k in zip(names, sizes, strict=True)]
    return g.model("manner", inputs, outputs)


def write_model(model: Any, place: Path) -> None:
    """Check a graph and write it."""
    onnx.checker.check_model(model)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(model.SerializeToString())


def roles_model(w: Weights, quantized: bool) -> Any:
    """words [1, n, 128], own [1, 1, 256], distance [1, n] -> score [1, n, 6]."""
    g = Graph(quantized)
    g.split("own", "own.part", [ROLE_WIDTH, ROLE_WIDTH])
    scale = g.node("Add", ["own.part.0", g.constant("unit", np.array(1, dtype=np.float32))], "scale")
    x = g.node("Mul", ["words", scale], "scaled")
    x = g.node("Add", [x, "own.part.1"], "shifted")
    x = g.node("Add", [x, g.rows("roles.distance", w["roles.distance.weight"], "distance")], "placed")
    x = g.normalize(x, "roles.norm", w, "roles.norm", 1e-5)
    x = g.layer(x, "roles.layer", w, ROLE_HEADS)
    product = g.linear(x, "roles.score", w["roles.score.weight"], w["roles.score.bias"])
    g.node("Identity", [product], "score")
    inputs = [
        helper.make_tensor_value_info("words", TensorProto.FLOAT, [1, "n", ROLE_WIDTH]),
        helper.make_tensor_value_info("own", TensorProto.FLOAT, [1, 1, 2 * ROLE_WIDTH]),
        helper.make_tensor_value_info("distance", TensorProto.INT64, [1, "n"]),
    ]
    return g.model("roles", inputs, [helper.make_tensor_value_info("score", TensorProto.FLOAT, [1, "n", 6])])


def export(w: Weights, folder: Path, quantized: bool) -> None:
    """Write encoder.onnx and roles.onnx into a folder."""
    if w["encoder.word.weight"].shape[1] != WIDTH:
        raise ValueError(f"expected states {WIDTH} wide, found {w['encoder.word.weight'].shape[1]}")
    for name, model in (("encoder", encoder_model(w, quantized)), ("roles", roles_model(w, quantized))):
        write_model(model, folder / f"{name}.onnx")
