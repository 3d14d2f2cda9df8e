"""The encoder of propositions with fewer layers: it learns to give the vectors that the published one gives.

python -m training.claim_layers --data ../shared/data --out ~/sayso-runs/claim-layers --minutes 40

Vectors of wordings are a large part of what tracing costs, and that grows with the layers. Some layers of the published
encoder are kept (KEPT) and trained to come to the same vectors, and to the same cosines between texts of one batch
(a distillation: Hinton et al. 2015, "Distilling the Knowledge in a Neural Network"; layers left out as by Sajjad et al.
2023, "On the Effect of Dropping Layers of Pre-trained Transformer Models"). What lies below all layers stays as it is,
since words are aligned by that. Texts are sentences and contents of PolNeAR train, texts of perspectrum, wice and
ecbplus, and wordings that the project wrote: what they say of each other is not looked at. A text in a hundred is held
out. It stops when the texts are through, or so that it ends after so many minutes.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional as F

from sayso.statements import sentences
from sayso.trace.encoder import MOST_PIECES
from training.claim_encoder import base_encoder, embed, export_encoder
from training.claim_pairs import contents, ecbplus, perspectrum, rows, wice, written
from training.claim_reader import TOKENIZER
from training.runs import note, save_weights
from training.tagger import Encoder

KEPT = (0, 2, 5)  # layers of the published encoder


@dataclass(frozen=True)
class Settings:
    kept: tuple[int, ...] = KEPT
    seed: int = 1
    batch: int = 48
    rate: float = 3e-4
    warm: float = 0.05  # of all steps
    cosines: float = 10.0  # what those between the texts of a batch weigh, beside the vectors
    pool: int = 1536  # texts of which those of one length go into a batch
    pieces: int = 40  # of a text
    held_out: int = 100  # a text in so many


def gather(data: Path, s: Settings) -> list[list[str]]:
    """Texts, those of one article or one corpus together."""
    rng = random.Random(s.seed)
    groups: dict[str, list[str]] = {}
    for row in rows(data / "polnear" / "train.jsonl.gz"):
        groups[row["id"]] = [" ".join(one.of(row["text"]).split()) for one in sentences(row["text"])]
    for content in contents(data, "train"):
        groups.setdefault(content.article, []).append(content.text)
    for pair in [
        *perspectrum(data, "train", rng),
        *wice(data, "train", rng),
        *ecbplus(data, "train", rng),
        *written(rng),
    ]:
        groups.setdefault(pair.group, []).extend((pair.a, pair.b))
    found = [list(dict.fromkeys(texts)) for texts in groups.values()]
    rng.shuffle(found)
    return found


def is_held_out(text: str, s: Settings) -> bool:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") % s.held_out == 0


def batches(texts: Sequence[Sequence[int]], s: Settings) -> Iterator[tuple[Tensor, Tensor]]:
    """The pieces of texts [batch, length], and where there are any; texts of one length together."""
    rng = random.Random(s.seed)
    for start in range(0, len(texts), s.pool):
        pool = sorted(texts[start : start + s.pool], key=len)
        parts = [pool[i : i + s.batch] for i in range(0, len(pool), s.batch)]
        rng.shuffle(parts)
        for part in parts:
            pieces = nn.utils.rnn.pad_sequence([torch.tensor(one) for one in part], batch_first=True)
            length = torch.tensor([len(one) for one in part])
            yield pieces, torch.arange(pieces.shape[1]) < length[:, None]


def loss_of(made: Tensor, wanted: Tensor, s: Settings) -> Tensor:
    """How far vectors [batch, WIDTH] of length one are from those that are wanted."""
    apart = (1 - (made * wanted).sum(-1)).mean()
    return apart + s.cosines * F.mse_loss(made @ made.T, wanted @ wanted.T)


def measured(encoder: Encoder, published: Encoder, texts: Sequence[Sequence[int]], s: Settings) -> dict[str, float]:
    """The mean cosine of held-out vectors with the published ones, and how far those between texts are off."""
    near, off = [], []
    with torch.no_grad():
        for given in batches(texts, s):
            made, wanted = embed(encoder, *given), embed(published, *given)
            near.append((made * wanted).sum(-1))
            off.append((made @ made.T - wanted @ wanted.T).flatten())
    return {"cosine": round(float(torch.cat(near).mean()), 4), "off": round(float(torch.cat(off).std()), 4)}


def main(words: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m training.claim_layers", description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of the corpora")
    parser.add_argument("--out", type=Path, required=True, help="where the weights and the graphs go")
    parser.add_argument("--minutes", type=float, default=60.0, help="at most")
    parser.add_argument("--kept", type=int, nargs="+", default=KEPT, help="the layers that are kept")
    chosen = parser.parse_args(words)
    s = Settings(kept=tuple(chosen.kept))
    chosen.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(s.seed)
    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    texts = [text for group in gather(chosen.data, s) for text in group]
    cut = [one.ids[: s.pieces] for one in tokenizer.encode_batch([text[: 8 * MOST_PIECES] for text in texts])]
    held = [one for one, text in zip(cut, texts, strict=True) if is_held_out(text, s)]
    given = [one for one, text in zip(cut, texts, strict=True) if not is_held_out(text, s)]
    published, encoder = base_encoder(), base_encoder()
    encoder.layers = nn.ModuleList(encoder.layers[i] for i in s.kept)
    trained = [p for name, p in encoder.named_parameters() if name.startswith("layers.")]
    optimizer = torch.optim.AdamW(trained, lr=s.rate, weight_decay=0.01)
    steps, began = len(given) // s.batch, time.monotonic()
    note(chosen.out / "log.jsonl", {"texts": len(given), "held_out": len(held), "kept": s.kept, "steps": steps})
    spent = 0.0
    for step, batch in enumerate(batches(given, s)):
        done = max(step / steps, spent)
        if done >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = s.rate * min(1.0, done / s.warm + 1e-3, (1 - done) / (1 - s.warm))
        with torch.no_grad():
            wanted = embed(published, *batch)
        loss = loss_of(embed(encoder, *batch), wanted, s)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        spent = (time.monotonic() - began) / (60 * chosen.minutes)
        if step % 25 == 0:
            row = {"step": step, "loss": round(loss.item(), 4), "seconds": round(time.monotonic() - began)}
            note(chosen.out / "log.jsonl", row)
        if step % 250 == 249:
            save_weights(encoder.state_dict(), chosen.out / "weights.safetensors")
    note(chosen.out / "log.jsonl", measured(encoder, published, held, s))
    save_weights(encoder.state_dict(), chosen.out / "weights.safetensors")
    export_encoder(encoder, chosen.out)


if __name__ == "__main__":
    main(sys.argv[1:])
