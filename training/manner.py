"""Act, polarity and certainty: a small network over the words' states and the signs that a reader could name.

Of an attribution it reads the mean state of its cue, of the first words of its content and of the whole content,
each through one projection to a few numbers (which ships as part of the mention model's rows), beside the signs of
sayso.qualify.signs. Where a label has several right values, it learns by the likelihood of any of them.

`python -m training.sources` (see training/README.md) calls this; it takes seconds, and starts anew when stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from sayso.bench.speakers import GoldAttribution, GoldDocument, read_gold
from sayso.extract.words import Words, word_range
from sayso.lexicon import Lexicon
from sayso.qualify.manner import OPENING, POLARITIES
from sayso.qualify.signs import ACTS, CERTAINTIES, SIGNS, signs_of
from sayso.resolve.forms import lowered
from sayso.resolve.scores import PARTS
from training.runs import digest_of, note, save_weights, settle
from training.states import WIDTH as STATES
from training.states import Encoder, States

MANNER = PARTS["manner"]
SIZES = (len(ACTS), len(POLARITIES), len(CERTAINTIES) + 1)  # the last: no certainty

Range = tuple[int, int]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Settings:
    seed: int = 1
    epochs: int = 25
    batch: int = 64
    rate: float = 2e-3
    least: float = 0.02  # of the rate, at the end
    weight_decay: float = 0.05
    dropout: float = 0.35
    hidden: int = 96


# Data.


@dataclass(frozen=True, eq=False)
class Row:
    """An attribution as the network sees it, and which values of each label are right."""

    signs: Floats
    means: Floats  # [3, STATES]: of the cue, the content's opening, the content
    right: tuple[NDArray[np.bool_], ...]  # of acts, polarities, certainties
    nested: bool


def rows_of(gold: Sequence[GoldDocument], encoder: Encoder, lexicon: Lexicon) -> list[Row]:
    """The labelled attributions that have a cue and a content."""
    cut = [encoder.words(one.document.text) for one in gold]
    rows = []
    for one, words, states in zip(gold, cut, encoder.states(cut), strict=True):
        lower = lowered(words)
        rows += [r for a in one.attributions if (r := _row(a, words, lower, states, lexicon))]
    return rows


def placed(words: Words, spans: Sequence[Range]) -> list[Range]:
    """Spans of a text as words; those without any are left out."""
    return [found for span in spans if (found := word_range(words, *span))]


def _row(one: GoldAttribution, words: Words, lower: Sequence[str], states: States, lexicon: Lexicon) -> Row | None:
    cues, content, source = placed(words, one.cue), sorted(placed(words, one.content)), placed(words, one.source)
    if not cues or not content:
        return None
    cue = (cues[0][0], cues[-1][1])
    inside = [i for a, b in content for i in range(a, b)]
    parts = (list(range(*cue)), inside[:OPENING], inside)
    right = (
        _right(one.labels["act"], [str(a) for a in ACTS]),
        _right(one.labels["polarity"], [str(p) for p in POLARITIES]),
        _right(one.labels["certainty"], [*(str(c) for c in CERTAINTIES), None]),
    )
    signs = signs_of(words, lower, source[0] if source else None, cue, content, lexicon)
    means = np.stack([states[part].astype(np.float32).mean(0) for part in parts])
    return Row(signs, means, right, "nested" in one.labels)


def _right(label: Any, values: Sequence[str | None]) -> NDArray[np.bool_]:
    options = label if isinstance(label, list) else [label]
    return np.array([value in options for value in values], dtype=bool)


# The network.


class MannerNetwork(nn.Module):
    def __init__(self, hidden: int = Settings.hidden, dropout: float = Settings.dropout) -> None:
        super().__init__()
        self.project = nn.Linear(STATES, MANNER)
        self.hidden = nn.Linear(3 * MANNER + SIGNS, hidden)
        self.out = nn.Linear(hidden, sum(SIZES))
        self.dropout = nn.Dropout(dropout)

    def forward(self, signs: Tensor, means: Tensor) -> tuple[Tensor, ...]:
        """Scores of acts, polarities and certainties; means: [rows, 3, STATES]."""
        parts = self.dropout(self.project(means)).flatten(1)
        hidden = F.gelu(self.hidden(self.dropout(torch.cat([parts, signs], -1))))
        return self.out(self.dropout(hidden)).split(SIZES, -1)


@dataclass(frozen=True, eq=False)
class Batch:
    signs: Tensor
    means: Tensor
    right: tuple[Tensor, ...]

    def some(self, places: Tensor) -> Batch:
        return Batch(self.signs[places], self.means[places], tuple(r[places] for r in self.right))


def as_batch(rows: Sequence[Row]) -> Batch:
    def stacked(arrays: Sequence[NDArray[Any]]) -> Tensor:
        return torch.from_numpy(np.stack(arrays))

    right = tuple(stacked([r.right[k] for r in rows]) for k in range(len(SIZES)))
    return Batch(stacked([r.signs for r in rows]), stacked([r.means for r in rows]), right)


def loss_of(network: MannerNetwork, batch: Batch) -> Tensor:
    """Negative log-likelihood of any right value, summed over the three labels."""
    total = torch.zeros(())
    for scores, right in zip(network(batch.signs, batch.means), batch.right, strict=True):
        total = total - torch.logsumexp(scores.log_softmax(-1) + right.float().log(), -1).mean()
    return total


def figures(network: MannerNetwork, rows: Sequence[Row]) -> dict[str, float]:
    """The share of attributions in percent whose label is among the right ones; those in others' contents apart."""
    network.eval()
    batch = as_batch(rows)
    with torch.no_grad():
        scores = network(batch.signs, batch.means)
    network.train()
    nested = np.array([r.nested for r in rows])
    found: dict[str, float] = {}
    for name, some in (("", ~nested), ("nested ", nested)):
        for label, s, right in zip(("act", "polarity", "certainty"), scores, batch.right, strict=True):
            good = right.gather(1, s.argmax(-1, keepdim=True))[:, 0].numpy()[some]
            found[name + label] = round(100 * float(good.mean()), 1) if len(good) else 0.0
    return found


# The loop.


def train(settings: Settings, rows: Sequence[Row], tune: Sequence[Row], out: Path) -> None:
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(settings.seed)
    network = MannerNetwork(settings.hidden, settings.dropout)
    optimizer = torch.optim.AdamW(network.parameters(), lr=settings.rate, weight_decay=settings.weight_decay)
    batch, step = as_batch(rows), 0
    steps = settings.epochs * max(1, len(rows) // settings.batch)
    for epoch in range(settings.epochs):
        losses = []
        for places in torch.randperm(len(rows)).split(settings.batch):
            for g in optimizer.param_groups:
                g["lr"] = settings.rate * max(settings.least, 1 - step / steps)
            loss = loss_of(network, batch.some(places))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            losses.append(float(loss.detach()))
            step += 1
        row = {"manner, epoch": epoch + 1, "loss": round(float(np.mean(losses)), 3)}
        note(out / "manner.jsonl", row | (figures(network, tune) if epoch + 1 == settings.epochs else {}))
    save_weights(network.state_dict(), out / "manner.safetensors")


def tuning(gold: Path, data: Path) -> list[GoldDocument]:
    """The annotated articles of PolNeAR dev that choices may be made on."""
    return [one for one in read_gold(gold, data / "polnear" / "dev.jsonl.gz") if one.part == "tune"]


def run(
    settings: Settings, data: Path, labels: Path, gold: Path, encoder: Encoder, lexicon: Lexicon, out: Path
) -> Path:
    """Train the network on the project's own labels, unless `out` has it already."""
    made_from = {"encoder": encoder.digest[:12], "labels": digest_of(labels), "lexicon": lexicon.version}
    settle(out / "manner.json", settings, made_from)
    weights = out / "manner.safetensors"
    if not weights.exists():
        rows = rows_of(list(read_gold(labels, data / "polnear" / "train.jsonl.gz")), encoder, lexicon)
        train(settings, rows, rows_of(tuning(gold, data), encoder, lexicon), out)
    return weights
