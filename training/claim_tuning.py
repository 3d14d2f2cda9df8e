"""The encoder of propositions tuned on pairs: the same draw near, others on the same topic are pushed off.

python -m training.claim_tuning --data ../shared/data --out RUN --minutes 20

It writes RUN/embeddings.onnx and RUN/encoder.onnx, which `python -m training.claims --encoder RUN` reads. Contraries
are left alone: they must be found as candidates too. It stops after so many minutes, or when the pairs are through.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from sayso.trace.encoder import ClaimEncoder, load_encoder, pieces_of
from training.claim_encoder import base_encoder, embed, export_encoder
from training.claim_pairs import OTHER_LABEL, SAME, Pair, changed, contents, ecbplus, perspectrum, wice
from training.claims import Settings as PairSettings
from training.claims import is_held_out
from training.runs import note, save_weights


@dataclass(frozen=True)
class Settings:
    seed: int = 1
    batch: int = 24
    most_pieces: int = 48
    rate: float = 2e-5
    warm: int = 10  # steps
    steps: int = 400
    sharpness: float = 20.0  # by which cosines are multiplied
    contents: int = 3000


Triple = tuple[str, str, str]


def triples(pairs: Sequence[Pair], rng: random.Random) -> list[Triple]:
    """Two that are the same, and one of the same group that is something else."""
    others: dict[str, list[str]] = {}
    beside: dict[str, list[str]] = {}
    for one in pairs:
        if one.label == OTHER_LABEL:
            others.setdefault(one.a, []).append(one.b)
            others.setdefault(one.b, []).append(one.a)
            beside.setdefault(one.group, []).append(one.b)
    found = []
    for one in pairs:
        if one.label == SAME:
            near = others.get(one.a) or others.get(one.b) or beside.get(one.group)
            if near:
                found.append((one.a, one.b, rng.choice(near)))
    rng.shuffle(found)
    return found


def batch_of(encoder: ClaimEncoder, texts: Sequence[str], most: int) -> tuple[Tensor, Tensor]:
    cut = [pieces_of(encoder, text)[:most] for text in texts]
    pieces = torch.zeros(len(cut), max(len(c) for c in cut), dtype=torch.long)
    there = torch.zeros_like(pieces, dtype=torch.bool)
    for i, c in enumerate(cut):
        pieces[i, : len(c)] = torch.from_numpy(c)
        there[i, : len(c)] = True
    return pieces, there


def loss_of(first: Tensor, second: Tensor, third: Tensor, sharpness: float) -> Tensor:
    """Each text is to be nearest to its own among all seconds and thirds, and each second to its first."""
    right = torch.arange(len(first))
    forth = F.cross_entropy(sharpness * first @ torch.cat([second, third]).T, right)
    back = F.cross_entropy(sharpness * second @ first.T, right)
    return forth + 0.5 * back


def main(words: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m training.claim_tuning", description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=20)
    chosen = parser.parse_args(words)
    s, rng = Settings(), random.Random(Settings.seed)
    torch.manual_seed(s.seed)
    torch.set_num_threads(1)
    chosen.out.mkdir(parents=True, exist_ok=True)
    encoder = base_encoder()
    export_encoder(encoder, chosen.out)
    cutter = load_encoder(chosen.out)
    told = contents(chosen.data, "train")
    pairs = [
        *perspectrum(chosen.data, "train", rng),
        *wice(chosen.data, "train", rng),
        *ecbplus(chosen.data, "train", rng, 1500),
        *changed(rng.sample(told, min(s.contents, len(told))), rng),
    ]
    given = triples([p for p in pairs if not is_held_out(p.group, PairSettings())], rng)
    print(f"{len(given)} triples", flush=True)
    tuned = [p for name, p in encoder.named_parameters() if name.startswith(("layers", "norm"))]
    optimizer = torch.optim.AdamW(tuned, s.rate, weight_decay=0.01)
    began, until = time.monotonic(), 60 * chosen.minutes
    for step in range(s.steps):
        passed = max(step / s.steps, (time.monotonic() - began) / until)
        if passed >= 1:
            break
        rate = s.rate * min(1.0, (step + 1) / s.warm) * (1 - passed)
        for settings in optimizer.param_groups:
            settings["lr"] = rate
        rows = given[step * s.batch % len(given) :][: s.batch]
        pieces, there = batch_of(cutter, [row[i] for i in range(3) for row in rows], s.most_pieces)
        first, second, third = embed(encoder, pieces, there).chunk(3)
        loss = loss_of(first, second, third, s.sharpness)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(tuned, 1.0)
        optimizer.step()
        if step % 10 == 0:
            note(
                chosen.out / "log.jsonl",
                {"step": step, "loss": round(float(loss.detach()), 4), "passed": round(passed, 3)},
            )
    save_weights(encoder.state_dict(), chosen.out / "encoder.safetensors")
    export_encoder(encoder, chosen.out)


if __name__ == "__main__":
    main(sys.argv[1:])
