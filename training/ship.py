"""From trained weights to what ships: ONNX in float and int8, the cue threshold, the calibration.

The threshold and the calibration are fitted on the articles that training left out (one in twenty of
PolNeAR train), with the int8 model as it ships; dev is not touched. They are of the extraction model alone:
neither asks the mention model, which has its turn when the encoder is settled.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file
from scipy.optimize import minimize

from sayso.bench.accuracy import ArticleCounts, GoldArticle, count, f1, read_gold
from sayso.extract.confidence import SIGNS
from sayso.extract.decode import Found
from sayso.extract.extracting import begin
from sayso.extract.tagger import Tagger, load_tagger
from sayso.extract.words import split_words
from sayso.reading import attribution_of
from sayso.resolve.scores import PARTS, WIDTH
from training.export import export, manner_model, mentions_model, quantize_rows, score_model, write_model
from training.extraction import load_tokenizer, vocabulary_folder
from training.manner import SIZES
from training.states import WIDTH as STATES

BIASES = (0.0, -0.25, -0.5, -0.75, -1.0, -1.25, -1.5)
RIDGE = 1.0  # of the logistic regression, on standardized signs


def held_out(corpus: Path, every: int) -> list[GoldArticle]:
    """The articles that training leaves out; those with several annotators are not among the result."""
    with_all = [json.loads(line)["id"] for line in _lines(corpus / "train.jsonl.gz")]
    kept = set(with_all[::every])
    return [a for a in read_gold(corpus / "train.jsonl.gz") if a.id in kept]


def _lines(path: Path) -> list[str]:
    import gzip

    with gzip.open(path, "rt", encoding="utf8") as lines:
        return [line for line in lines if line.strip()]


@dataclass(frozen=True, eq=False)
class Extraction:
    """What the extraction model finds in an article, in the order of the cues; none lies within another."""

    found: list[Found]
    counts: ArticleCounts


def extract(article: GoldArticle, tagger: Tagger) -> Extraction:
    words = split_words(article.text, tagger.tokenizer)
    found = [one.found for one in begin(words, tagger)().found if one.within is None]
    return Extraction(found, count(article, [attribution_of(article.id, words, one, tagger) for one in found]))


def choose_bias(articles: Sequence[GoldArticle], tagger: Tagger) -> float:
    """The bias against cues with the best mean of cue, soft and strict F1."""
    worth = {}
    for bias in BIASES:
        rows = [extract(article, replace(tagger, cue_bias=bias)).counts for article in articles]
        scores = {m: f1(*(sum(r.counts[m][k] for r in rows) for k in range(3))) for m in ("cue", "soft", "strict")}
        worth[bias] = sum(scores.values()) / 3
        print(json.dumps({"bias": bias, **{k: round(v, 1) for k, v in scores.items()}}), flush=True)
    return max(worth, key=lambda bias: worth[bias])


def calibrate(articles: Sequence[GoldArticle], tagger: Tagger) -> tuple[float, ...]:
    """Weights of the signs of confidence: a ridge logistic regression on whether a prediction is right."""
    signs: list[tuple[float, ...]] = []
    right: list[bool] = []
    for article in articles:
        extraction = extract(article, tagger)
        signs += [f.signs for f in extraction.found]
        right += [r for _, r in extraction.counts.judged]
    x, y = np.array(signs), np.array(right, dtype=float)
    mean, spread = x.mean(0), x.std(0) + 1e-6
    z = np.hstack([np.ones((len(x), 1)), (x - mean) / spread])

    def loss(w: Any) -> float:
        s = z @ w
        return float((np.logaddexp(0, s) - y * s).sum() + RIDGE / 2 * (w[1:] ** 2).sum())

    w = minimize(loss, np.zeros(z.shape[1]), method="L-BFGS-B").x
    slopes = w[1:] / spread
    print(json.dumps({"predictions": len(y), "right": round(float(y.mean()), 3)}), flush=True)
    for name, slope in zip(SIGNS, w[1:], strict=True):
        print(json.dumps({"sign": name, "weight": round(float(slope), 3)}), flush=True)
    return tuple(round(float(v), 5) for v in (w[0] - slopes @ mean, *slopes))


def rounded(table: Any) -> list[list[float]]:
    return [[round(float(v), 5) for v in row] for row in table]


def ship(weights: Path, corpus: Path, every: int, float_folder: Path, folder: Path) -> None:
    """Write the model that ships into `folder`, and its float twin, for comparison, into `float_folder`."""
    w = load_file(weights)
    learned: dict[str, Any] = {
        "version": hashlib.sha256(weights.read_bytes()).hexdigest()[:12],
        "cue_change": rounded(w["cue_change"]),
        "role_change": rounded(w["roles.change"]),
        "cue_bias": 0.0,
        "calibration": [0.0] * (len(SIGNS) + 1),
    }
    tokenizer = load_tokenizer(vocabulary_folder())
    for place, quantized in ((float_folder, False), (folder, True)):
        export(w, place, quantized)
        tokenizer.save(str(place / "tokenizer.json"), pretty=False)
        (place / "extraction.json").write_text(json.dumps(learned, indent=1) + "\n")
    articles = held_out(corpus, every)
    tagger = load_tagger(folder)
    learned["cue_bias"] = choose_bias(articles, tagger)
    tagger = replace(tagger, cue_bias=learned["cue_bias"])
    learned["calibration"] = calibrate(articles, tagger)
    (folder / "extraction.json").write_text(json.dumps(learned, indent=1) + "\n")
    shutil.copy(folder / "extraction.json", float_folder)


def ship_mentions(weights: Path, manner: Path, channel: Path, when: Path, folder: Path, quantized: bool = True) -> None:
    """Write the mention model with the projections of the networks that read the same states."""
    w, others = load_file(weights), [load_file(place) for place in (manner, channel, when)]
    w |= {f"projected.{part}": np.concatenate([o[f"project.{part}"] for o in others]) for part in ("weight", "bias")}
    write_model(mentions_model(w, quantized), folder / "mentions.onnx")
    _write_judge(w, version_of(weights, manner, channel, when), folder)


def ship_mentions_alone(weights: Path, folder: Path) -> None:
    """Put another mention model into the folder that ships, beside networks for manner, channels and dates that stay as
    they are: their projections of the same states are taken over from the mentions.onnx that stands there."""
    import onnx
    from onnx import numpy_helper

    before = onnx.load(str(folder / "mentions.onnx")).graph.initializer
    kept = {one.name: numpy_helper.to_array(one) for one in before if one.name.startswith("projected.")}
    w = load_file(weights)
    columns = len(kept["projected.bias"])
    w |= {"projected.weight": np.zeros((columns, STATES), np.float32), "projected.bias": np.zeros(columns)}
    model = mentions_model(w, quantized="projected.scale" in kept)
    for constant in model.graph.initializer:
        if constant.name in kept:
            constant.CopyFrom(numpy_helper.from_array(kept[constant.name], constant.name))
    write_model(model, folder / "mentions.onnx")
    _write_judge(w, version_of(weights, folder / "mentions.onnx"), folder)


def _write_judge(w: dict[str, Any], version: str, folder: Path) -> None:
    """Write what stands beside mentions.onnx: the judge of pairs, and the numbers that are no graph.

    The network that weighs speakers (training/speakers.py) has learned from another judge's scores: it must be trained
    anew, and is taken away.
    """
    (folder / "speakers.onnx").unlink(missing_ok=True)
    write_model(score_model(w, "judge", "pairs", "judge1", "judge2"), folder / "judge.onnx")
    distances = {name: [round(float(v), 5) for v in w[name]] for name in ("start_distance", "end_distance")}
    (folder / "mentions.json").write_text(json.dumps({"version": version, **distances}, indent=1) + "\n")


def ship_manner(manner: Path, channel: Path, when: Path, least: dict[str, float], folder: Path) -> None:
    """Write the networks for how something was said; `least` is the probability from which a place is taken."""
    write_model(manner_model(load_file(manner), SIZES), folder / "manner.onnx")
    for name, weights in (("channel", channel), ("when", when)):
        write_model(score_model(load_file(weights), name, "signs", "hidden", "out"), folder / f"{name}.onnx")
    learned = {"version": version_of(manner, channel, when), **least}
    (folder / "manner.json").write_text(json.dumps(learned, indent=1) + "\n")


def ship_places(channel: Path, when: Path, least: dict[str, float], mentions: Path, manner: Path) -> None:
    """Put networks for channels and dates into the folders that ship, beside a mention model and a manner network
    that stay as they are: of the projections in mentions.onnx, those behind the manner network's are replaced."""
    import onnx
    from onnx import numpy_helper

    others = [load_file(place) for place in (channel, when)]
    weight, bias = (np.concatenate([o[f"project.{part}"] for o in others]) for part in ("weight", "bias"))
    whole, scale = quantize_rows(weight)
    new: dict[str, Any] = {"weight": whole.T, "scale": scale, "zero": np.zeros_like(scale, dtype=np.int8), "bias": bias}
    model = onnx.load(str(mentions / "mentions.onnx"))
    for constant in model.graph.initializer:
        part = constant.name.removeprefix("projected.")
        if part != constant.name:
            kept = numpy_helper.to_array(constant)[..., : PARTS["manner"]]
            joined = np.ascontiguousarray(np.concatenate([kept, new[part].astype(kept.dtype)], axis=-1))
            constant.CopyFrom(numpy_helper.from_array(joined, constant.name))
    (rows,) = model.graph.output
    rows.type.tensor_type.shape.dim[1].dim_value = WIDTH
    write_model(model, mentions / "mentions.onnx")
    for name, weights in (("channel", channel), ("when", when)):
        write_model(score_model(load_file(weights), name, "signs", "hidden", "out"), manner / f"{name}.onnx")
    for place, changed in ((mentions / "mentions.json", {}), (manner / "manner.json", least)):
        learned = json.loads(place.read_text("utf8"))
        made = hashlib.sha256(learned["version"].encode() + channel.read_bytes() + when.read_bytes())
        place.write_text(json.dumps({**learned, "version": made.hexdigest()[:12], **changed}, indent=1) + "\n")


def version_of(*weights: Path) -> str:
    return hashlib.sha256(b"".join(place.read_bytes() for place in weights)).hexdigest()[:12]
