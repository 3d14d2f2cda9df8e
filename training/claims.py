"""The judge of pairs of propositions: same, contrary, or something else; and the encoder that it reads.

python -m training.claims --data ../shared/data --out ~/sayso-runs/claims

The encoder is exported as published, or taken from `--encoder FOLDER` (see training/claim_tuning.py). Pairs come from
perspectrum, wice, ecbplus, contents of PolNeAR train changed by a script, pairs of propositions of PolNeAR train that
the project labelled, and wordings that it wrote. A tenth of the groups (claims, topics, articles) is held out: it
chooses the epoch and calibrates. Vectors are kept in the run's folder, so that a run that is stopped goes on with them.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from sayso.trace.agreement import SIGNS, facts_of, signs
from sayso.trace.encoder import ENCODER, load_encoder, similarity, unit, vectors
from sayso.trace.judge import OUTCOMES, given
from sayso.trace.word_table import WordTable, read_words
from training.claim_encoder import base_encoder, export_encoder
from training.claim_labelled import CORPUS as LABELLED
from training.claim_labelled import texts_by_digest, to_learn_from
from training.claim_pairs import (
    OTHER_LABEL,
    SAME,
    Content,
    Pair,
    beside,
    changed,
    contents,
    ecbplus,
    perspectrum,
    rarely,
    retold,
    spliced,
    wice,
    written,
)
from training.claim_words import write_words
from training.runs import digest_of, note, settle

WEIGHTS = Path(__file__).parent.parent / "src" / "sayso" / "weights" / "claims"

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Settings:
    seed: int = 1
    contents: int = 6000  # of PolNeAR train, that the script changes
    rare: int = 1200  # pairs of each change that few contents allow
    spliced: int = 2500
    near: float = 0.55  # the least cosine of two contents of an article that are kept as something else
    near_pairs: int = 8000
    written: int = 30000  # pairs of wordings that the project wrote
    held_out: int = 10  # one group in so many
    epochs: int = 8
    batch: int = 512
    rate: float = 5e-3
    weight_decay: float = 0.01
    dropout: float = 0.1
    hidden: int = 24


# Data.


def encoded(texts: Sequence[str], folder: Path, place: Path) -> dict[str, NDArray[np.int8]]:
    """The vector of each text; those of an earlier run with the same encoder are taken from a file."""
    found: dict[str, NDArray[np.int8]] = {}
    if place.exists():
        with np.load(place, allow_pickle=False) as kept:
            found = dict(zip(kept["texts"].tolist(), kept["vectors"], strict=True))
    new = [text for text in dict.fromkeys(texts) if text not in found]
    encoder = load_encoder(folder)
    for start in range(0, len(new), 2000):
        block = new[start : start + 2000]
        found |= dict(zip(block, vectors(encoder, block), strict=True))
        np.savez(place.with_suffix(".part.npz"), texts=np.array(list(found)), vectors=np.stack(list(found.values())))
        place.with_suffix(".part.npz").replace(place)
    return found


def near_pairs(given: Sequence[Content], known: dict[str, NDArray[np.int8]], s: Settings) -> list[tuple[int, int]]:
    """Contents of one article that lie near each other."""
    articles: dict[str, list[int]] = {}
    for i, one in enumerate(given):
        articles.setdefault(one.article, []).append(i)
    found = []
    for members in articles.values():
        near = similarity(*[np.stack([known[given[i].text] for i in members])] * 2)
        found += [(members[x], members[y]) for x, y in np.argwhere(np.triu(near, 1) > s.near)]
    return random.Random(s.seed).sample(found, min(s.near_pairs, len(found)))


def gather(data: Path, out: Path, folder: Path, s: Settings) -> tuple[list[Pair], dict[str, NDArray[np.int8]]]:
    """All pairs, and the vectors of their texts."""
    rng = random.Random(s.seed)
    real = [*perspectrum(data, "train", rng), *wice(data, "train", rng), *ecbplus(data, "train", rng)]
    pairs = [*real, *retold([p for p in real if p.label == SAME], rng)]
    told = contents(data, "train")
    some = rng.sample(told, min(s.contents, len(told)))
    pairs += [*changed(some, rng), *rarely(told, rng, s.rare), *spliced(rng.sample(some, s.spliced), rng)]
    own = written(rng)
    pairs += rng.sample(own, min(s.written, len(own)))
    pairs += to_learn_from(texts_by_digest(data, out / "propositions.json"))
    place = out / "vectors.npz"
    texts = [text for p in pairs for text in (p.a, p.b)]
    known = encoded([*texts, *(c.text for c in some)], folder, place)
    return [*pairs, *beside(some, near_pairs(some, known, s))], known


@dataclass(frozen=True, eq=False)
class Table:
    """Pairs as the network reads them."""

    given: Tensor
    label: Tensor
    weight: Tensor


WEIGHT = {
    "perspectrum": 2.0,
    "ecbplus": 2.0,
    "wice": 3.0,
    "changed": 0.5,
    LABELLED: 4.0,
}  # what people wrote counts for more


def table(pairs: Sequence[Pair], known: dict[str, NDArray[np.int8]], words: WordTable) -> Table:
    facts = {text: facts_of(text) for p in pairs for text in (p.a, p.b)}
    u = unit(np.stack([known[p.a] for p in pairs]))
    v = unit(np.stack([known[p.b] for p in pairs]))
    told = np.stack([signs(facts[p.a], facts[p.b], words) for p in pairs])
    label = torch.tensor([p.label for p in pairs])
    return Table(torch.from_numpy(given(u, v, told)), label, torch.tensor([WEIGHT.get(p.corpus, 1.0) for p in pairs]))


def is_held_out(group: str, s: Settings) -> bool:
    return int(hashlib.sha256(group.encode()).hexdigest(), 16) % s.held_out == 0


# Model.


class Network(nn.Module):
    """See sayso.trace.judge.Judge."""

    def __init__(self, s: Settings, train: Table) -> None:
        super().__init__()
        self.register_buffer("mean", train.given.mean(0))
        self.register_buffer("scale", 1 / (train.given.std(0) + 1e-3))
        self.signs = nn.Linear(len(SIGNS) + 2, s.hidden)
        self.out = nn.Linear(s.hidden, len(OUTCOMES))
        self.dropout = s.dropout

    def forward(self, given: Tensor) -> Tensor:
        hidden = F.relu(self.signs((given - self.mean) * self.scale))
        scores: Tensor = self.out(F.dropout(hidden, self.dropout, self.training))
        return scores


def fit(train: Table, held: Table, s: Settings, log: Path) -> tuple[Network, float]:
    """Train a network, and give the state that was best on what is held out, and its temperature."""
    torch.manual_seed(s.seed)
    network = Network(s, train)
    best: tuple[float, dict[str, Tensor]] = (float("inf"), {})
    optimizer = torch.optim.AdamW(network.parameters(), s.rate, weight_decay=s.weight_decay)
    steps = s.epochs * (len(train.label) // s.batch + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, s.rate, steps, pct_start=0.1)
    for epoch in range(s.epochs):
        network.train()
        for rows in torch.randperm(len(train.label)).split(s.batch):
            optimizer.zero_grad()
            weighted(network, train, rows).backward()
            optimizer.step()
            schedule.step()
        network.eval()
        with torch.no_grad():
            loss = float(weighted(network, held, torch.arange(len(held.label))))
        note(log, {"epoch": epoch + 1, "held_out": round(loss, 4), **f1_by_outcome(network, held)})
        if loss < best[0]:
            best = (loss, {k: v.clone() for k, v in network.state_dict().items()})
    network.load_state_dict(best[1])
    return network, temperature(network, held)


def weighted(network: Network, t: Table, rows: Tensor) -> Tensor:
    scores = network(t.given[rows])
    loss = F.cross_entropy(scores, t.label[rows], reduction="none")
    return (loss * t.weight[rows]).sum() / t.weight[rows].sum()


def f1_by_outcome(network: Network, t: Table) -> dict[str, float]:
    with torch.no_grad():
        found = network(t.given).argmax(1)
    shown = {}
    for i, name in enumerate(OUTCOMES):
        right = int(((found == i) & (t.label == i)).sum())
        shown[name] = round(200 * right / max(1, int((found == i).sum()) + int((t.label == i).sum())), 1)
    return shown


def temperature(network: Network, t: Table) -> float:
    """The number by which scores are divided so that probabilities fit what is held out."""
    with torch.no_grad():
        scores = network(t.given)
    tried = [0.6 + 0.05 * i for i in range(40)]
    losses = [float((F.cross_entropy(scores / x, t.label, reduction="none") * t.weight).mean()) for x in tried]
    return tried[int(np.argmin(losses))]


def save(network: Network, divisor: float, place: Path) -> None:
    """Write what sayso.trace.judge reads."""
    w: dict[str, Any] = {k: v.numpy() for k, v in network.state_dict().items()}
    np.savez(
        place,
        mean=w["mean"],
        scale=w["scale"],
        signs=w["signs.weight"].T,
        shift=w["signs.bias"],
        out=w["out.weight"].T / divisor,
        out_shift=w["out.bias"] / divisor,
    )


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m training.claims", description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run")
    parser.add_argument("--encoder", type=Path, help="folder of another encoder; default: as published")
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="where the weights go")
    chosen = parser.parse_args(arguments)
    s = Settings()
    torch.set_num_threads(1)
    chosen.out.mkdir(parents=True, exist_ok=True)
    folder = chosen.encoder or chosen.out
    if chosen.encoder is None and not all((folder / name).exists() for name in ENCODER):
        export_encoder(base_encoder(), folder)
    settle(chosen.out / "settings.json", s, {name: digest_of(folder / name) for name in ENCODER})
    if not (folder / "words.npz").exists():
        write_words(folder, folder / "words.npz")
    words = read_words(folder / "words.npz")
    pairs, known = gather(chosen.data, chosen.out, folder, s)
    held = [p for p in pairs if is_held_out(p.group, s)]
    kept = [p for p in pairs if not is_held_out(p.group, s)]
    print(f"{len(kept)} pairs to learn from, {len(held)} held out, {sum(p.label == OTHER_LABEL for p in pairs)} other")
    network, divisor = fit(table(kept, known, words), table(held, known, words), s, chosen.out / "log.jsonl")
    note(chosen.out / "log.jsonl", {"temperature": divisor})
    chosen.weights.mkdir(parents=True, exist_ok=True)
    save(network, divisor, chosen.weights / "judge.npz")
    for name in (*ENCODER, "words.npz"):
        (chosen.weights / name).write_bytes((folder / name).read_bytes())


if __name__ == "__main__":
    main(sys.argv[1:])
