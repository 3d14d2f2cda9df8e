"""By what channel something was told, and when: a small network that weighs candidates near a cue.

The candidates, the signs that speak for one, and the order in which attributions take theirs are those of reading
(sayso.qualify.places): an article's attributions in the order of their cues, each told what those before it took.
While it learns, these took what is right, or, from the third epoch on for half of them, what the network itself would
have them take: so it learns from its own mistakes too. Two networks of one shape are trained, one for channels, one for
dates; beside the signs each reads a projection of the encoder's states, which ships in mentions.onnx.

`python -m training.sources` (see training/README.md) calls this; it takes a minute, and starts anew when stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from sayso.bench.speakers import GoldDocument, dice, read_gold, tokens
from sayso.extract.words import Words
from sayso.lexicon import Lexicon
from sayso.model import Act, Quotation
from sayso.qualify.places import (
    ANCHORED,
    COLUMNS,
    SIGNS,
    VECTOR,
    Candidate,
    Said,
    Scene,
    Weighing,
    anchor_of,
    attach,
    carried_signs,
    choose,
    find_channels,
    find_days,
    given_vectors,
    options,
    scene_of,
    standing_signs,
)
from sayso.qualify.wording import quotation
from sayso.resolve import sentence_numbers
from sayso.resolve.forms import lowered
from training.manner import placed, tuning
from training.runs import digest_of, note, save_weights, settle
from training.states import WIDTH as STATES
from training.states import Encoder, States

KINDS = ("channel", "when")

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Settings:
    seed: int = 1
    epochs: int = 8
    batch: int = 32  # attributions
    rate: float = 2e-3
    weight_decay: float = 0.1
    dropout: float = 0.5
    hidden: int = 32
    led: int = 2  # epochs in which attributions before took what is right
    own: float = 0.5  # after these, the share of attributions that took what the network chooses
    # Of probability, for a candidate to be taken; chosen on the part "tune" of the annotated dev.
    least_channel: float = 0.3
    least_when: float = 0.25


# Data.


@dataclass(frozen=True, eq=False)
class Article:
    """An article, its attributions in the order of their cues, and for each which candidates are right."""

    scene: Scene
    candidates: Sequence[Candidate]
    right: Sequence[frozenset[Candidate]]
    asked: Sequence[bool]  # whether a label is given at all
    open: Sequence[bool]  # whether none is as good
    states: States
    standing: dict[tuple[int, Candidate], Floats] = field(default_factory=dict)
    means: dict[tuple[int, int], Floats] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Choice:
    """An attribution, its candidates' signs, and which are right; none where it has no such place."""

    signs: Floats  # [candidates, SIGNS]
    means: Floats  # [candidates, 3, STATES]: of the candidate's words, the cue's, and the word that it hangs on
    right: NDArray[np.bool_]


def articles_of(gold: Sequence[GoldDocument], kind: str, encoder: Encoder, lexicon: Lexicon) -> list[Article]:
    cut = [encoder.words(one.document.text) for one in gold]
    every = zip(gold, cut, encoder.states(cut), strict=True)
    return [_article(one, kind, words, states, lexicon) for one, words, states in every]


def _article(gold: GoldDocument, kind: str, words: Words, states: States, lexicon: Lexicon) -> Article:
    lower = lowered(words)
    rows = []
    for one in gold.attributions:
        cues, content = placed(words, one.cue), sorted(placed(words, one.content))
        if cues and content:
            rows.append(((cues[0][0], cues[-1][1]), content, one))
    rows.sort(key=lambda row: row[0])
    said = [
        Said(
            cue,
            content,
            Act(one.labels["act"][0]),
            one.entities[0] if one.entities else None,
            quotation(words, content) == Quotation.DIRECT,
            one.labels.get("within") is not None,
            next(iter(placed(words, one.source)), None),
        )
        for cue, content, one in rows
    ]
    labels = [_options(one.labels.get(kind)) for *_, one in rows]
    if kind == "channel":
        candidates = find_channels(words, lower, lexicon)
        right = [_right_channels(words, candidates, options) for options in labels]
    else:
        dates = find_days(words, gold.document.published)
        candidates = [candidate for candidate, _ in dates]
        days = [{(o["from"], o["to"]) for o in options} for options in labels]
        right = [frozenset(c for c, day in dates if day in wanted) for wanted in days]
    return Article(
        scene=scene_of(words, lower, sentence_numbers(words), said, lexicon),
        candidates=candidates,
        right=right,
        asked=[bool(options) for options in labels],
        open=[kind in one.labels.get("open", ()) for *_, one in rows],
        states=states,
    )


def _options(label: Any) -> list[Any]:
    """The values of a label any of which is right: spans, or dates."""
    if not label:
        return []
    return label if isinstance(label, list) and isinstance(label[0], list | dict) else [label]


def _right_channels(words: Words, candidates: Sequence[Candidate], spans: Sequence[Any]) -> frozenset[Candidate]:
    """Those that share half of their words with a label's."""
    wanted = [tokens(words.text[start:end]) for start, end in spans]

    def is_right(candidate: Candidate) -> bool:
        start, end = candidate.words
        found = tokens(words.text[int(words.start[start]) : int(words.end[end - 1])])
        return any(dice(found, one) >= 0.5 for one in wanted)

    return frozenset(c for c in candidates if is_right(c)) if wanted else frozenset()


def choices_in(article: Article, network: Weigher, settings: Settings, own: float, chance: Any) -> list[Choice]:
    """The attributions of an article that have candidates. Those before each took what is right and closest, or, for
    the share `own` of them, what the network chooses now."""
    scene, said = article.scene, article.scene.said
    taken: list[Candidate | None] = [None] * len(said)
    vectors, weighing, found = network.vectors(article.states), _weighing(network, settings.least_channel), []
    for i, one in enumerate(said):
        some = options(article.candidates, scene, i, taken)
        if not some:
            continue
        signs = np.stack([_signs(article, i, c, taken) for c in some])
        right = np.array([c in article.right[i] for c in some], dtype=bool)
        if chance.random() < own:
            every = np.concatenate([signs, given_vectors(vectors, scene, i, some, network.anchored)], axis=1)
            taken[i] = choose(some, every, weighing)
        else:
            fitting = [c for c, good in zip(some, right, strict=True) if good]
            taken[i] = min(fitting, key=lambda c: abs(c.words[0] - one.cue[0]), default=None)
        found.append(Choice(signs, _means(article, i, some), right))
    return found


def _signs(article: Article, i: int, candidate: Candidate, taken: Sequence[Candidate | None]) -> Floats:
    """The signs of a candidate; those of where it stands are made once."""
    standing = article.standing.get((i, candidate))
    if standing is None:
        standing = article.standing[i, candidate] = standing_signs(article.scene, i, candidate)
    return np.concatenate([standing, carried_signs(article.scene, i, candidate, taken)])


def _means(article: Article, i: int, some: Sequence[Candidate]) -> Floats:
    cue = _mean(article, *article.scene.said[i].cue)
    anchors = [max(anchor_of(article.scene, c), 0) for c in some]
    return np.stack(
        [
            np.stack([_mean(article, *c.words), cue, _mean(article, a, a + 1)])
            for c, a in zip(some, anchors, strict=True)
        ]
    )


def _mean(article: Article, start: int, end: int) -> Floats:
    """The mean state of some words, made once."""
    mean = article.means.get((start, end))
    if mean is None:
        mean = article.means[start, end] = article.states[start:end].mean(axis=0, dtype=np.float32)
    return mean


# The network.


class Weigher(nn.Module):
    def __init__(self, anchored: bool, hidden: int = Settings.hidden, dropout: float = Settings.dropout) -> None:
        super().__init__()
        self.anchored = anchored
        self.project = nn.Linear(STATES, COLUMNS)  # as a candidate, as a cue
        self.hidden = nn.Linear(SIGNS + (5 if anchored else 3) * VECTOR, hidden)
        self.out = nn.Linear(hidden, 1)
        self.dropout = nn.Dropout(dropout)

    def forward(self, signs: Tensor, means: Tensor) -> Tensor:
        """[candidates, SIGNS], [candidates, 3, STATES] -> scores [candidates]; none of them scores 0."""
        projected = self.project(self.dropout(means))
        cue = projected[:, 1, VECTOR:]
        parts = [projected[:, k, :VECTOR] for k in ((0, 2) if self.anchored else (0,))]
        vectors = self.dropout(torch.cat([cue, *parts, *(part * cue for part in parts)], -1))
        return self.weigh(torch.cat([signs, vectors], -1))

    def weigh(self, given: Tensor) -> Tensor:
        return self.out(self.dropout(F.gelu(self.hidden(given)))).squeeze(-1)

    def vectors(self, states: States) -> NDArray[np.float16]:
        """The projection of all words, as the mention model gives it in reading."""
        with torch.no_grad():
            return self.project(torch.from_numpy(states.astype(np.float32))).numpy().astype(np.float16)

    def run(self, _: list[str], given: dict[str, Floats]) -> list[Floats]:
        """What an ONNX session of this network does, so that reading's own code can be measured with it."""
        self.eval()
        with torch.no_grad():
            found = [self.weigh(torch.from_numpy(given["signs"])).numpy()]
        self.train()
        return found


def _weighing(network: Weigher, least: float) -> Weighing:
    return Weighing(network, least, network.anchored)


def loss_of(network: Weigher, choices: Sequence[Choice]) -> Tensor:
    """Negative log-likelihood of any right candidate, or of none where none is right."""
    signs, means = (np.concatenate([getattr(c, name) for c in choices]) for name in ("signs", "means"))
    scores = network(torch.from_numpy(signs), torch.from_numpy(means))
    total = torch.zeros(())
    for one, own in zip(choices, scores.split([len(c.signs) for c in choices]), strict=True):
        chance = torch.cat([own.new_zeros(1), own]).log_softmax(0)
        right = torch.from_numpy(one.right)
        total = total - (chance[1:][right].logsumexp(0) if right.any() else chance[0])
    return total / len(choices)


def figures(network: Weigher, articles: Sequence[Article], least: float) -> dict[str, float]:
    """F1, precision and recall in percent of what reading would take, were everything else right."""
    right = found = wanted = 0
    for one in articles:
        vectors = network.vectors(one.states)
        for i, taken in enumerate(attach(one.scene, one.candidates, vectors, _weighing(network, least))):
            good = taken is not None and taken in one.right[i]
            right += good
            found += taken is not None and not (one.open[i] and not good)
            wanted += one.asked[i] and not (one.open[i] and taken is None)
    shares = {"f1": (2 * right, found + wanted), "precision": (right, found), "recall": (right, wanted)}
    return {name: round(100 * part / max(1, whole), 1) for name, (part, whole) in shares.items()}


# The loop.


def train(kind: str, settings: Settings, articles: Sequence[Article], tune: Sequence[Article], out: Path) -> None:
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(settings.seed)
    network = Weigher(ANCHORED[kind], settings.hidden, settings.dropout)
    optimizer = torch.optim.AdamW(network.parameters(), lr=settings.rate, weight_decay=settings.weight_decay)
    for epoch in range(settings.epochs):
        chance = np.random.default_rng([settings.seed, epoch])
        own = settings.own if epoch >= settings.led else 0.0
        choices = [c for one in articles for c in choices_in(one, network, settings, own, chance)]
        for g in optimizer.param_groups:
            g["lr"] = settings.rate * (1 - epoch / settings.epochs)
        order, losses = chance.permutation(len(choices)), []
        for start in range(0, len(order), settings.batch):
            loss = loss_of(network, [choices[i] for i in order[start : start + settings.batch]])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            losses.append(float(loss.detach()))
        row: dict[str, Any] = {f"{kind}, epoch": epoch + 1, "loss": round(float(np.mean(losses)), 3)}
        note(out / "places.jsonl", row)
    for least in sorted({0.25, 0.3, 0.4, 0.5, settings.least_channel, settings.least_when}):
        note(out / "places.jsonl", {kind: "tune", "least": least, **figures(network, tune, least)})
    save_weights(network.state_dict(), out / f"{kind}.safetensors")


def run(
    settings: Settings, data: Path, labels: Path, gold: Path, encoder: Encoder, lexicon: Lexicon, out: Path
) -> list[Path]:
    """Train both networks on the project's own labels, unless `out` has them already."""
    settle(
        out / "places.json",
        settings,
        {"encoder": encoder.digest[:12], "labels": digest_of(labels), "lexicon": lexicon.version},
    )
    places = [out / f"{kind}.safetensors" for kind in KINDS]
    for kind, place in zip(KINDS, places, strict=True):
        if not place.exists():
            gold_train = list(read_gold(labels, data / "polnear" / "train.jsonl.gz"))
            articles = articles_of(gold_train, kind, encoder, lexicon)
            train(kind, settings, articles, articles_of(tuning(gold, data), kind, encoder, lexicon), out)
    return places
