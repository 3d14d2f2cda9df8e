"""Whether two texts put the same claim forward: the shipped judge beside a cosine threshold and word overlap.

python bench/claims.py --data ../shared/data [--weights FOLDER] [--json bench/results/claims.json] [--kept FILE]

All thresholds are those that were best on a sample of the training pairs of perspectrum, wice and ecbplus; "judge
likeliest" takes the likeliest of the judge's three outcomes instead. Only dev parts are read. The corpora after the
first three measure and never train. `--kept` is a file in which vectors are kept for another run.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))
from sayso.statements import sentences
from sayso.trace.agreement import Facts, facts_of
from sayso.trace.encoder import ClaimEncoder, load_encoder, unit, vectors
from sayso.trace.judge import Judge, judge_pairs, load_judge
from training import claim_pairs
from training.claim_pairs import rows

SAME, CONTRARY = 0, 1
Score = Callable[[Sequence[tuple[str, str]]], NDArray[np.float32]]


@dataclass(frozen=True, eq=False)
class Scorer:
    """The judge with all that it has seen: vectors and facts of texts."""

    encoder: ClaimEncoder
    judge: Judge
    vectors: dict[str, NDArray[np.int8]]
    facts: dict[str, Facts]

    def see(self, texts: Sequence[str]) -> None:
        new = [text for text in dict.fromkeys(texts) if text not in self.vectors]
        self.vectors.update(zip(new, vectors(self.encoder, new), strict=True))
        for text in texts:
            if text not in self.facts:
                self.facts[text] = facts_of(text)

    def judged(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """Probabilities of same, contrary, other."""
        texts = list(dict.fromkeys(text for pair in pairs for text in pair))
        self.see(texts)
        place = {text: i for i, text in enumerate(texts)}
        table = np.stack([self.vectors[text] for text in texts])
        facts = [self.facts[t] for t in texts]
        return judge_pairs(self.judge, table, facts, texts, [(place[a], place[b]) for a, b in pairs])

    def cosine(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        self.see([text for pair in pairs for text in pair])
        a, b = (unit(np.stack([self.vectors[pair[side]] for pair in pairs])) for side in (0, 1))
        return np.asarray((a * b).sum(1))


def overlap(pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
    """The share of words that two texts have in common."""
    found = []
    for a, b in pairs:
        x, y = set(a.lower().split()), set(b.lower().split())
        found.append(len(x & y) / max(1, len(x | y)))
    return np.array(found, dtype=np.float32)


def f1(said: NDArray[np.bool_], true: NDArray[np.bool_]) -> float:
    return 200 * float((said & true).sum()) / max(1.0, float(said.sum() + true.sum()))


def average_precision(score: NDArray[np.float32], true: NDArray[np.bool_]) -> float:
    """How well a score puts the true ones first, without any threshold."""
    order = true[np.argsort(-score, kind="stable")]
    return 100 * float((np.cumsum(order) / np.arange(1, len(order) + 1))[order].mean())


def best_threshold(score: NDArray[np.float32], true: NDArray[np.bool_]) -> float:
    tried = np.quantile(score, np.linspace(0.01, 0.99, 99))
    return float(tried[int(np.argmax([f1(score >= x, true) for x in tried]))])


# Corpora of pairs: texts, and which are the same (or contrary).

Labelled = tuple[list[tuple[str, str]], list[str]]


def _pairs(data: Path, name: str, part: str) -> Labelled:
    given = getattr(claim_pairs, name)(data, part, random.Random(7))
    return [(p.a, p.b) for p in given], [claim_pairs.LABELS[p.label] for p in given]


def _mrpc(data: Path) -> Labelled:
    found = list(rows(data / "mrpc" / "dev.jsonl.gz"))
    return [(r["a"], r["b"]) for r in found], ["same" if r["same"] else "other" for r in found]


def _sts(data: Path) -> Labelled:
    found = list(rows(data / "sts_news" / "dev.jsonl.gz"))
    return [(r["a"], r["b"]) for r in found], ["same" if r["sim"] >= 4 else "other" for r in found]


def _rte(data: Path) -> Labelled:
    found = list(rows(data / "rte" / "dev.jsonl.gz"))
    return [(r["text"], r["hypothesis"]) for r in found], ["same" if r["entailed"] else "other" for r in found]


def _sick(data: Path) -> Labelled:
    found = list(rows(data / "sick" / "dev.jsonl.gz"))
    names = {"entailment": "same", "contradiction": "contrary", "neutral": "other"}
    return [(r["a"], r["b"]) for r in found], [names[r["nli"]] for r in found]


def _climate(data: Path) -> Labelled:
    names = {"SUPPORTS": "same", "REFUTES": "contrary", "NOT_ENOUGH_INFO": "other"}
    found = [(r["claim"], e) for r in rows(data / "climate_fever" / "dev.jsonl.gz") for e in r["evidence"]]
    return [(claim, e["text"]) for claim, e in found], [names[e["label"]] for _, e in found]


MEASURED: dict[str, Callable[[Path], Labelled]] = {
    "perspectrum": lambda data: _pairs(data, "perspectrum", "dev"),
    "wice": lambda data: _pairs(data, "wice", "dev"),
    "ecbplus": lambda data: _pairs(data, "ecbplus", "dev"),
    "mrpc": _mrpc,
    "sts_news": _sts,
    "rte": _rte,
    "sick": _sick,
    "climate_fever": _climate,
}


def thresholds(data: Path, s: Scorer, base: Scorer) -> dict[str, float]:
    """The best thresholds for "same" on a sample of the training pairs."""
    found: Labelled = ([], [])
    for name in ("perspectrum", "wice", "ecbplus"):
        pairs, labels = _pairs(data, name, "train")
        chosen = random.Random(7).sample(range(len(pairs)), min(1500, len(pairs)))
        found[0].extend(pairs[i] for i in chosen)
        found[1].extend(labels[i] for i in chosen)
    true = np.array([label == "same" for label in found[1]])
    return {
        "cosine": best_threshold(base.cosine(found[0]), true),
        "overlap": best_threshold(overlap(found[0]), true),
        "judge": best_threshold(s.judged(found[0])[:, SAME], true),
    }


Row = dict[str, float | str]


def measure(name: str, given: Labelled, s: Scorer, base: Scorer, least: dict[str, float]) -> list[Row]:
    """F1 of "same", and of "contrary" where a corpus has it, of the judge and the baselines."""
    pairs, labels = given
    told = s.judged(pairs)
    shown: list[Row] = []
    same, contrary = (np.array([label == x for label in labels]) for x in ("same", "contrary"))
    cosine, words = base.cosine(pairs), overlap(pairs)
    if same.any():
        shown.append(
            {
                "corpus": name,
                "outcome": "same",
                "pairs": len(pairs),
                "true": int(same.sum()),
                "judge": f1(told[:, SAME] >= least["judge"], same),
                "judge_likeliest": f1(told.argmax(1) == SAME, same),
                "cosine": f1(cosine >= least["cosine"], same),
                "overlap": f1(words >= least["overlap"], same),
                "judge_ap": average_precision(told[:, SAME], same),
                "cosine_ap": average_precision(cosine, same),
                "overlap_ap": average_precision(words, same),
            }
        )
    if contrary.any():
        negation = _negation_in_one(pairs, s)
        shown.append(
            {
                "corpus": name,
                "outcome": "contrary",
                "pairs": len(pairs),
                "true": int(contrary.sum()),
                "judge": f1(told.argmax(1) == CONTRARY, contrary),
                "cosine": f1((cosine >= least["cosine"]) & negation, contrary),
                "overlap": f1((words >= least["overlap"]) & negation, contrary),
                "judge_ap": average_precision(told[:, CONTRARY], contrary),
                "cosine_ap": average_precision(cosine * negation, contrary),
                "overlap_ap": average_precision(words * negation, contrary),
            }
        )
    return shown


def _negation_in_one(pairs: Sequence[tuple[str, str]], s: Scorer) -> NDArray[np.bool_]:
    """For the baselines: whether one of two texts is negated and the other is not."""
    return np.array([bool(s.facts[a].negated) != bool(s.facts[b].negated) for a, b in pairs])


def retrieval(data: Path, s: Scorer, base: Scorer) -> Row:
    """MAP@5 of the claim that a post repeats: by cosine, and with the judge's probability among the first 20."""
    claims = list(rows(data / "claim_retrieval" / "verified_claims.jsonl.gz"))
    queries = list(rows(data / "claim_retrieval" / "queries.dev.jsonl.gz"))
    texts = [c["vclaim"] for c in claims]
    found: dict[str, list[float]] = {"judge": [], "cosine": [], "overlap": []}
    for scorer in (s, base):
        scorer.see([*texts, *(q["text"] for q in queries)])
    tables = [unit(np.stack([scorer.vectors[t] for t in texts])) for scorer in (s, base)]
    bags = [set(t.lower().split()) for t in texts]
    for query in queries:
        near = [tables[i] @ unit(scorer.vectors[query["text"]]) for i, scorer in enumerate((s, base))]
        bag = set(query["text"].lower().split())
        words = np.array([len(bag & other) / len(bag | other) for other in bags])
        first = np.argsort(-near[0], kind="stable")[:20]
        told = s.judged([(query["text"], texts[i]) for i in first])
        judged = first[np.argsort(-(near[0][first] + 0.2 * (told[:, SAME] + told[:, CONTRARY])), kind="stable")]
        for name, order in (("judge", judged), ("cosine", np.argsort(-near[1])), ("overlap", np.argsort(-words))):
            ids = [claims[i]["id"] for i in order[:5]]
            ranks = [n for n, one in enumerate(ids, 1) if one in query["vclaim_ids"]]
            found[name].append(sum(k / n for k, n in enumerate(ranks, 1)) / len(query["vclaim_ids"]))
    return {
        "corpus": "claim_retrieval",
        "outcome": "MAP@5",
        "pairs": len(queries),
        "true": len(queries),
        **{name: 100 * float(np.mean(values)) for name, values in found.items()},
    }


def rumours(data: Path, s: Scorer, base: Scorer, least: dict[str, float]) -> Row:
    """fnc1: whether a body agrees or disagrees with a headline, by the sentences of it that lie nearest."""
    bodies = {r["body_id"]: r["text"] for r in rows(data / "fnc1" / "dev.bodies.jsonl.gz")}
    heads = {r["headline_id"]: r["text"] for r in rows(data / "fnc1" / "dev.headlines.jsonl.gz")}
    cut = {i: [span.of(t) for span in sentences(t)][:40] for i, t in bodies.items()}
    labels: list[str] = []
    said: dict[str, list[str]] = {"judge": [], "cosine": [], "overlap": []}
    for scorer in (s, base):
        scorer.see([*heads.values(), *(t for told in cut.values() for t in told)])
    for head, body, label in rows(data / "fnc1" / "dev.stances.jsonl.gz"):
        if not cut[body]:
            continue
        labels.append(label)
        pairs = [(heads[head], t) for t in cut[body]]
        near = base.cosine(pairs)
        own = near if s is base else s.cosine(pairs)
        best = [pairs[i] for i in np.argsort(-own, kind="stable")[:5]]
        told = s.judged(best).max(0)
        if max(told[CONTRARY], told[SAME]) < least["judge"]:
            said["judge"].append("")
        else:
            said["judge"].append("disagree" if told[CONTRARY] > told[SAME] else "agree")
        turned = _negation_in_one(pairs, s)
        for name, score in (("cosine", near), ("overlap", overlap(pairs))):
            top = int(np.argmax(score))
            said[name].append("" if score[top] < least[name] else "disagree" if turned[top] else "agree")
    figures = {
        name: float(np.mean([f1(np.array(these) == x, np.array(labels) == x) for x in ("agree", "disagree")]))
        for name, these in said.items()
    }
    true = sum(label in ("agree", "disagree") for label in labels)
    return {"corpus": "fnc1", "outcome": "macro-F1 agree, disagree", "pairs": len(labels), "true": true, **figures}


def speed(s: Scorer, texts: Sequence[str]) -> Row:
    """Texts encoded, facts taken and pairs judged in a second of processor time, on one thread."""
    began = time.process_time()
    made = vectors(s.encoder, texts)
    encoded = time.process_time()
    facts = [facts_of(text) for text in texts]
    taken = time.process_time()
    pairs = [(i, j) for i in range(len(texts)) for j in range(i + 1, min(i + 40, len(texts)))]
    judge_pairs(s.judge, made, facts, texts, pairs)
    judged = time.process_time()
    words = sum(len(text.split()) for text in texts) / len(texts)
    return {
        "words a text": round(words, 1),
        "texts encoded a second": round(len(texts) / (encoded - began)),
        "facts taken a second": round(len(texts) / (taken - encoded)),
        "pairs judged a second": round(len(pairs) / (judged - taken)),
    }


def kept_vectors(place: Path | None) -> dict[str, NDArray[np.int8]]:
    if place is None or not place.exists():
        return {}
    with np.load(place) as given:
        return dict(zip(given["texts"].tolist(), given["vectors"], strict=True))


def keep_vectors(place: Path | None, known: dict[str, NDArray[np.int8]]) -> None:
    if place is not None:
        np.savez(place, texts=np.array(list(known)), vectors=np.stack(list(known.values())))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, help="folder of encoder.onnx and judge.npz; default: what ships")
    parser.add_argument(
        "--untrained", type=Path, help="folder of the untrained encoder.onnx; default: the same encoder"
    )
    parser.add_argument("--json", type=Path)
    parser.add_argument("--kept", type=Path, help="a file of vectors; beside it, those of the untrained encoder")
    chosen = parser.parse_args()
    judge = load_judge(chosen.weights)
    s = Scorer(load_encoder(chosen.weights), judge, kept_vectors(chosen.kept), {})
    base, base_kept = s, chosen.kept
    if chosen.untrained is not None:
        base_kept = chosen.kept.with_suffix(".untrained.npz") if chosen.kept else None
        base = Scorer(load_encoder(chosen.untrained), judge, kept_vectors(base_kept), s.facts)
    least = thresholds(chosen.data, s, base)
    shown: list[Row] = []
    for name, read in MEASURED.items():
        shown += measure(name, read(chosen.data), s, base, least)
    shown += [retrieval(chosen.data, s, base), rumours(chosen.data, s, base, least)]
    keep_vectors(chosen.kept, s.vectors)
    keep_vectors(base_kept, base.vectors)
    fast = speed(s, [p[0] for p in _mrpc(chosen.data)[0]][:300])
    for row in shown:
        numbers = "  ".join(f"{k} {row[k]:5.1f}" for k in row if k not in ("corpus", "outcome", "pairs", "true"))
        print(f"{row['corpus']:16}{row['outcome']:26}{row['true']:>5} of {row['pairs']:<5}  {numbers}")
    print(fast)
    if chosen.json:
        chosen.json.parent.mkdir(parents=True, exist_ok=True)
        rounded = [{k: round(v, 2) if isinstance(v, float) else v for k, v in row.items()} for row in shown]
        chosen.json.write_text(json.dumps({"figures": rounded, "thresholds": least, "speed": fast}, indent=1) + "\n")


if __name__ == "__main__":
    main()
