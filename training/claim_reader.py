"""The reader of pairs: reads a claim and a proposition together, and says whether the one puts the other forward.

python -m training.claim_reader --data ../shared/data --out ~/sayso-runs/claim-reader --minutes 60

The encoder is that of the propositions, as published; a claim and a proposition go through it as one text, so that
each word of the one is weighed against the words of the other (a cross-encoder: Nogueira and Cho 2019, "Passage
Re-ranking with BERT"). Pairs come from perspectrum, wice, ecbplus, contents of PolNeAR train changed by a script, pairs
of propositions of PolNeAR train that the project labelled, and wordings that it wrote. A tenth of the groups is held
out. It stops after so many minutes, or when the pairs are through, and goes on from its last checkpoint when started
again.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional as F

from sayso.trace.agreement import facts_of
from sayso.trace.encoder import load_encoder, vectors
from sayso.trace.judge import claim_first, first_look, load_judge
from sayso.trace.pair_reader import PairReader as PairReaderAtWork
from sayso.trace.pair_reader import pieces_of_pair, read_pairs
from training.claim_encoder import base_encoder, pairs_model
from training.claim_labelled import CORPUS as LABELLED
from training.claim_labelled import texts_by_digest, to_learn_from
from training.claim_pairs import (
    OTHER_LABEL,
    SAME,
    Content,
    Pair,
    changed,
    contents,
    ecbplus,
    embedded,
    perspectrum,
    rarely,
    retold,
    spliced,
    wice,
    written,
)
from training.claims import WEIGHTS, is_held_out
from training.claims import Settings as PairSettings
from training.export import write_model
from training.runs import note
from training.tagger import WIDTH

TOKENIZER = Path(__file__).parent.parent / "src" / "sayso" / "weights" / "extraction" / "tokenizer.json"
WEIGHT = {"perspectrum": 1.5, "ecbplus": 1.0, "wice": 1.5, "changed": 0.7, "written": 1.5, LABELLED: 1.5}


@dataclass(frozen=True)
class Settings:
    seed: int = 1
    batch: int = 32
    rate: float = 6e-5
    warm: float = 0.06  # of all steps
    contents: int = 9000
    rare: int = 1200
    spliced: int = 2500
    near: int = 14000  # contents of one article beside each other
    perspectrum_others: int = 5000
    embedded: int = 12000
    ecbplus: int = 4000  # same; twice as many others
    held_out_at_most: int = 2000
    fixed_layers: int = 2  # the lowest layers, which stay as published


class PairReader(nn.Module):
    """See sayso.trace.pair_reader: scores [batch, 3] of same, contrary, other."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = base_encoder()
        self.score = nn.Linear(WIDTH, 3)

    def forward(self, pieces: Tensor, side: Tensor, there: Tensor) -> Tensor:
        plain = torch.zeros_like(pieces)
        states = self.encoder(pieces, plain, plain, side, there[:, None, None, :])
        mask = there.unsqueeze(-1).to(states.dtype)
        scores: Tensor = self.score((states * mask).sum(1) / mask.sum(1))
        return scores


def gather(data: Path, s: Settings) -> list[Pair]:
    rng = random.Random(s.seed)
    points = perspectrum(data, "train", rng)
    others = [p for p in points if p.label == OTHER_LABEL]
    points = [p for p in points if p.label == SAME] + rng.sample(others, min(s.perspectrum_others, len(others)))
    real = [*points, *wice(data, "train", rng), *ecbplus(data, "train", rng, s.ecbplus)]
    told = contents(data, "train")
    some = rng.sample(told, min(s.contents, len(told)))
    return [
        *real,
        *retold([p for p in real if p.label == SAME], rng),
        *changed(some, rng),
        *rarely(told, rng, s.rare),
        *spliced(rng.sample(some, s.spliced), rng),
        *embedded(told, rng, s.embedded),
        *_near_others(told, rng, s.near),
    ]


def _near_others(told: Sequence[Content], rng: random.Random, most: int) -> list[Pair]:
    """Contents of one article that share some words, not most: mostly something else."""
    articles: dict[str, list[Content]] = {}
    for one in told:
        articles.setdefault(one.article, []).append(one)
    found = []
    for members in articles.values():
        words = [{w for w in one.text.lower().split() if len(w) > 3} for one in members]
        for i, a in enumerate(members):
            for j in range(i):
                shared = len(words[i] & words[j])
                if shared >= 2 and shared < 0.5 * min(len(words[i]), len(words[j])):
                    found.append(Pair(a.text, members[j].text, OTHER_LABEL, "beside", f"polnear {a.article}"))
    return rng.sample(found, min(most, len(found)))


def batch_of(tokenizer: Any, pairs: Sequence[Pair], turned: Sequence[bool]) -> tuple[Tensor, Tensor, Tensor]:
    made = [
        pieces_of_pair(tokenizer, *((p.b, p.a) if turn else (p.a, p.b))) for p, turn in zip(pairs, turned, strict=True)
    ]
    length = max(len(pieces) for pieces, _ in made)
    pieces, side = torch.zeros(len(made), length, dtype=torch.long), torch.zeros(len(made), length, dtype=torch.long)
    there = torch.zeros(len(made), length, dtype=torch.bool)
    for i, (one, its_side) in enumerate(made):
        pieces[i, : len(one)] = torch.from_numpy(one)
        side[i, : len(one)] = torch.from_numpy(its_side)
        there[i, : len(one)] = True
    return pieces, side, there


def order_of(pairs: Sequence[Pair], s: Settings) -> list[list[int]]:
    """Batches of pairs of about one length, in any order."""
    rng = random.Random(s.seed)
    places = list(range(len(pairs)))
    rng.shuffle(places)
    batches = []
    for start in range(0, len(places), 50 * s.batch):
        block = sorted(places[start : start + 50 * s.batch], key=lambda i: len(pairs[i].a) + len(pairs[i].b))
        batches += [block[i : i + s.batch] for i in range(0, len(block), s.batch)]
    rng.shuffle(batches)
    return batches


def keeps_its_order(one: Pair) -> bool:
    """Whether the first of a pair is the claim and the second what may put it forward, and not the other way round."""
    return one.corpus in ("wice", "embedded")


def measured(network: PairReader, tokenizer: Any, held: Sequence[Pair]) -> dict[str, Any]:
    network.eval()
    found = np.zeros((len(held), 3), np.float32)
    with torch.no_grad():
        order = sorted(range(len(held)), key=lambda i: len(held[i].a) + len(held[i].b))
        for start in range(0, len(order), 64):
            rows = order[start : start + 64]
            found[rows] = network(*batch_of(tokenizer, [held[i] for i in rows], [False] * len(rows))).numpy()
    network.train()
    return figures(found, held)


def figures(found: NDArray[np.float32], held: Sequence[Pair]) -> dict[str, Any]:
    """Loss, and the F1 of each outcome in each corpus."""
    label = np.array([p.label for p in held])
    out: dict[str, Any] = {"loss": round(float(F.cross_entropy(torch.from_numpy(found), torch.from_numpy(label))), 4)}
    for corpus in sorted({p.corpus for p in held}):
        mine = np.array([p.corpus == corpus for p in held])
        right, best = label[mine], found[mine].argmax(1)
        f1 = [
            200 * int(((best == k) & (right == k)).sum()) / max(1, int((best == k).sum()) + int((right == k).sum()))
            for k in range(3)
        ]
        out[corpus] = [round(one, 1) for one in f1]
    return out


def finish(network: PairReader, tokenizer: Any, held: Sequence[Pair], out: Path, weights: Path) -> None:
    """Write the graph that ships, and measure it and the first look on what was held out. How both are weighed together
    is learned by training/claim_weighing.py."""
    state = {name: value.detach().numpy().astype(np.float32) for name, value in network.state_dict().items()}
    write_model(pairs_model(state), out / "pairs.onnx")
    judge, encoder = load_judge(weights), load_encoder(weights)
    texts = list(dict.fromkeys(text for p in held for text in (p.a, p.b)))
    place = {text: i for i, text in enumerate(texts)}
    made, facts = vectors(encoder, texts), [facts_of(text) for text in texts]
    first = first_look(judge, made, facts, [(place[p.a], place[p.b]) for p in held])
    reader = PairReaderAtWork(out / "pairs.onnx", tokenizer)
    scores = read_pairs(reader, [claim_first(p.a, p.b) for p in held])
    note(out / "log.jsonl", {"first": figures(np.log(first), held), "reader": figures(scores, held)})
    (weights / "pairs.onnx").write_bytes((out / "pairs.onnx").read_bytes())


def main(words: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m training.claim_reader", description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--steps", type=int, help="stop here; default: when the pairs are through once")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=Settings.seed, help="of the pairs drawn and their order")
    parser.add_argument(
        "--begin-with", type=Path, help="checkpoint of an earlier run whose network this one begins with"
    )
    parser.add_argument("--of-corpora", type=int, help="pairs of the corpora beside the written ones; default: all")
    parser.add_argument("--of-written", type=int, help="pairs of the written ones; default: all")
    parser.add_argument("--of-labelled", type=int, default=1, help="how often each labelled pair is taken")
    parser.add_argument(
        "--propositions", type=Path, help="file of the propositions of PolNeAR train; default: in --out"
    )
    parser.add_argument("--whole", nargs="*", default=(), help="openings of written groups whose pairs are all taken")
    parser.add_argument("--rate", type=float, default=Settings.rate, help="of learning, at its highest")
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="where the judge is, and the weights go")
    chosen = parser.parse_args(words)
    s = Settings(seed=chosen.seed, rate=chosen.rate)
    torch.manual_seed(s.seed)
    torch.set_num_threads(chosen.threads)
    chosen.out.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    pairs, own = gather(chosen.data, s), written(random.Random(s.seed))
    if chosen.of_corpora is not None:
        pairs = random.Random(s.seed).sample(pairs, min(chosen.of_corpora, len(pairs)))
    if chosen.of_written is not None:
        openings = tuple(f"written {one}" for one in chosen.whole)
        whole = [p for p in own if p.group.startswith(openings)]
        others = [p for p in own if not p.group.startswith(openings)]
        own = [*whole, *random.Random(s.seed).sample(others, min(chosen.of_written, len(others)))]
    pairs += own
    if chosen.of_labelled:
        texts = texts_by_digest(chosen.data, chosen.propositions or chosen.out / "propositions.json")
        pairs += chosen.of_labelled * to_learn_from(texts)
    held = [p for p in pairs if is_held_out(p.group, PairSettings())]
    kept = [p for p in pairs if not is_held_out(p.group, PairSettings())]
    held = random.Random(s.seed).sample(held, min(len(held), s.held_out_at_most))
    counts = {(p.corpus, p.label): 0 for p in kept}
    for p in kept:
        counts[p.corpus, p.label] += 1
    print(len(kept), len(held), counts, flush=True)
    network = PairReader()
    below = ("word", "position", "case", "gap", *(f"layers.{i}." for i in range(s.fixed_layers)))
    fixed = tuple(f"encoder.{one}" for one in below)
    for name, p in network.named_parameters():
        p.requires_grad_(not name.startswith(fixed))
    tuned = [p for p in network.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(tuned, s.rate, weight_decay=0.01)
    batches = order_of(kept, s)
    steps = len(batches) if chosen.steps is None else min(chosen.steps, len(batches))
    place = chosen.out / "checkpoint.pt"
    begin = 0
    if chosen.begin_with and not place.exists():
        network.load_state_dict(torch.load(chosen.begin_with, weights_only=True)["network"])
    if place.exists():
        state = torch.load(place, weights_only=True)
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        begin = state["step"]
    began = time.monotonic()
    for step in range(begin, steps):
        rate = s.rate * min((step + 1) / (s.warm * steps), 1.0) * (1 - step / steps)
        for group in optimizer.param_groups:
            group["lr"] = rate
        rows = [kept[i] for i in batches[step]]
        rng = random.Random(step)
        turned = [not keeps_its_order(p) and rng.random() < 0.5 for p in rows]
        scores = network(*batch_of(tokenizer, rows, turned))
        loss = F.cross_entropy(scores, torch.tensor([p.label for p in rows]), reduction="none", label_smoothing=0.05)
        weight = torch.tensor([WEIGHT.get(p.corpus, 1.0) for p in rows])
        mean = (loss * weight).sum() / weight.sum()
        optimizer.zero_grad()
        mean.backward()
        torch.nn.utils.clip_grad_norm_(tuned, 1.0)
        optimizer.step()
        if step % 20 == 0:
            note(
                chosen.out / "log.jsonl",
                {
                    "step": step,
                    "of": steps,
                    "loss": round(float(mean.detach()), 4),
                    "s": round(time.monotonic() - began),
                },
            )
        if (step + 1) % 300 == 0 or step + 1 == steps:
            note(chosen.out / "log.jsonl", {"step": step + 1, **measured(network, tokenizer, held)})
            part = place.with_suffix(".part")
            torch.save(
                {
                    "network": network.state_dict(),
                    "optimizer": optimizer.state_dict(),
                    "step": step + 1,
                    "settings": asdict(s),
                },
                part,
            )
            part.replace(place)
        if time.monotonic() - began > 60 * chosen.minutes:
            return
    finish(network, tokenizer, held, chosen.out, chosen.weights)


if __name__ == "__main__":
    main(sys.argv[1:])
