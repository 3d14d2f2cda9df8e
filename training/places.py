"""By what channel something was told, and when: small networks that weigh candidates near a cue.

The candidates, the signs that speak for one, and the order in which attributions take theirs are those of reading
(sayso.qualify.places): an article's attributions in the order of their cues, each told what those before it took.
While they learn, these took what is right. Beside the signs the networks, one for channels and one for dates, read
the mean states of the candidate and of the cue, through one projection (it ships as part of the mention model's rows).

`python -m training.sources` (see training/README.md) calls this; it takes minutes, and starts anew when stopped.
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

from sayso.bench.speakers import GoldDocument, dice, read_gold, tokens
from sayso.extract.words import NEW_PARAGRAPH, Words
from sayso.lexicon import Lexicon
from sayso.model import Act, Quotation
from sayso.qualify.dates import find_dates, resolve_date
from sayso.qualify.places import SIGNS, Candidate, Said, Weighing, attach, candidate_signs, find_channels, near
from sayso.qualify.wording import quotation
from sayso.resolve import sentence_numbers
from sayso.resolve.forms import Ints, lowered
from sayso.resolve.scores import PARTS
from training.corpus import word_range
from training.manner import placed, tuning
from training.runs import digest_of, note, save_weights, settle
from training.states import WIDTH as STATES
from training.states import Encoder, States

KINDS = ("channel", "when")
PLACE = PARTS["place"]

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Settings:
    seed: int = 1
    epochs: int = 5  # the labelled channels are few hundred: more epochs learn them by heart
    batch: int = 32  # attributions
    rate: float = 2e-3
    least_rate: float = 0.02  # of the rate, at the end
    weight_decay: float = 0.05
    dropout: float = 0.5
    hidden: int = 32
    # Of probability, for a candidate to be taken; chosen on the part "tune" of the annotated dev.
    least: tuple[tuple[str, float], ...] = (("channel", 0.25), ("when", 0.2))


# Data.


@dataclass(frozen=True, eq=False)
class Article:
    """An article, its attributions in the order of their cues, and for each which candidates are right."""

    kind: str  # of KINDS
    words: Words
    states: States
    lower: Sequence[str]
    sentence: Ints
    paragraph: Ints
    said: Sequence[Said]
    candidates: Sequence[Candidate]
    right: Sequence[frozenset[Candidate]]
    asked: Sequence[bool]  # whether a label is given at all
    open: Sequence[bool]  # whether none is as good


@dataclass(frozen=True, eq=False)
class Choice:
    """An attribution, its candidates, and which of them are right; none where it has no such place."""

    kind: str
    signs: Floats  # [candidates, SIGNS]
    means: Floats  # [all of the article, STATES]: mean states of its candidates, then of its cues
    candidates: Sequence[int]  # which of these are this one's
    cue: int
    right: NDArray[np.bool_]


def articles_of(gold: Sequence[GoldDocument], encoder: Encoder, lexicon: Lexicon) -> list[Article]:
    """Each article twice: with its channels, with its dates."""
    cut = [encoder.words(one.document.text) for one in gold]
    every = list(zip(gold, cut, encoder.states(cut), strict=True))
    return [_article(one, kind, words, states, lexicon) for kind in KINDS for one, words, states in every]


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
        )
        for cue, content, one in rows
    ]
    labels = [_options(one.labels.get(kind)) for *_, one in rows]
    if kind == "channel":
        candidates = find_channels(words, lower, lexicon)
        right = [_right_channels(words, candidates, options) for options in labels]
    else:
        dates = _dates(words, gold.document.published)
        candidates = [candidate for candidate, _ in dates]
        days = [{(o["from"], o["to"]) for o in options} for options in labels]
        right = [frozenset(c for c, day in dates if day in wanted) for wanted in days]
    return Article(
        kind=kind,
        words=words,
        states=states,
        lower=lower,
        sentence=sentence_numbers(words),
        paragraph=np.cumsum(words.gap == NEW_PARAGRAPH),
        said=said,
        candidates=candidates,
        right=right,
        asked=[bool(options) for options in labels],
        open=[kind in one.labels.get("open", ()) for *_, one in rows],
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


def _dates(words: Words, published: str | None) -> list[tuple[Candidate, tuple[str, str] | None]]:
    """The dates of a text as words, and what they come to; as in sayso.qualify."""
    found = []
    for span in find_dates(words.text):
        place = word_range(words, span.start, span.end)
        if place:
            days = resolve_date(span.of(words.text), published)
            found.append((Candidate(place, "day" if days and days[0] == days[1] else "longer"), days))
    return found


def choices_in(article: Article) -> list[Choice]:
    """The attributions of an article that have candidates; those before each took what is right and closest."""
    number = {candidate: i for i, candidate in enumerate(article.candidates)}
    ranges = [*(c.words for c in article.candidates), *(one.cue for one in article.said)]
    means = [article.states[start:end].astype(np.float32).mean(0) for start, end in ranges]
    every = np.stack(means) if means else np.zeros((0, STATES), dtype=np.float32)
    taken: list[Candidate | None] = [None] * len(article.said)
    found = []
    for i, one in enumerate(article.said):
        some = near(article.candidates, article.sentence, article.said, i, taken)
        right = [c for c in some if c in article.right[i]]
        taken[i] = min(right, key=lambda c: abs(c.words[0] - one.cue[0]), default=None)
        if some:
            given = (article.words, article.lower, article.sentence, article.paragraph, article.said, i)
            signs = np.stack([candidate_signs(*given, c, taken) for c in some])
            is_right = np.array([c in article.right[i] for c in some], dtype=bool)
            found.append(Choice(article.kind, signs, every, [number[c] for c in some], len(number) + i, is_right))
    return found


# The network.


class Weigher(nn.Module):
    """Scores of candidates of one kind; none of them scores 0."""

    def __init__(self, hidden: int, dropout: float) -> None:
        super().__init__()
        self.hidden = nn.Linear(SIGNS + 2 * PLACE, hidden)
        self.out = nn.Linear(hidden, 1)
        self.dropout = nn.Dropout(dropout)

    def forward(self, rows: Tensor) -> Tensor:
        """rows: [candidates, SIGNS + 2 * PLACE], signs, candidate, cue -> [candidates]."""
        return self.out(self.dropout(F.gelu(self.hidden(rows)))).squeeze(-1)

    def run(self, _: list[str], given: dict[str, Floats]) -> list[Floats]:
        """What an ONNX session of this network does, so that reading's own code can be measured with it."""
        with torch.no_grad():
            return [self(torch.from_numpy(given["rows"])).numpy()]


class PlaceNetwork(nn.Module):
    def __init__(self, hidden: int = Settings.hidden, dropout: float = Settings.dropout) -> None:
        super().__init__()
        self.project = nn.Linear(STATES, PLACE)
        self.dropout = nn.Dropout(dropout)
        self.weighers = nn.ModuleDict({kind: Weigher(hidden, dropout) for kind in KINDS})

    def forward(self, choice: Choice) -> Tensor:
        """Scores of an attribution's candidates."""
        candidates, cue = (torch.from_numpy(choice.means[i]) for i in (choice.candidates, [choice.cue]))
        near_by = self.project(self.dropout(candidates))
        own = self.project(self.dropout(cue)).expand(len(near_by), -1)
        return self.weighers[choice.kind](torch.cat([torch.from_numpy(choice.signs), near_by, own], 1))


def loss_of(network: PlaceNetwork, choices: Sequence[Choice]) -> Tensor:
    """Negative log-likelihood of any right candidate, or of none where none is right."""
    total = torch.zeros(())
    for one in choices:
        scores = network(one)
        chance = torch.cat([scores.new_zeros(1), scores]).log_softmax(0)
        right = torch.from_numpy(one.right)
        total = total - (chance[1:][right].logsumexp(0) if right.any() else chance[0])
    return total / len(choices)


def figures(network: PlaceNetwork, articles: Sequence[Article], kind: str, least: float) -> dict[str, float]:
    """F1, precision and recall in percent of what reading would take, were everything else right."""
    network.eval()
    right = found = wanted = 0
    for one in (a for a in articles if a.kind == kind):
        with torch.no_grad():
            rows = network.project(torch.from_numpy(one.states.astype(np.float32))).numpy()
        given = (one.words, one.lower, one.sentence, one.paragraph, one.said, one.candidates, rows)
        for i, taken in enumerate(attach(*given, Weighing(network.weighers[kind], least))):
            good = taken is not None and taken in one.right[i]
            right += good
            found += taken is not None and not (one.open[i] and not good)
            wanted += one.asked[i] and not (one.open[i] and taken is None)
    network.train()
    shares = {"f1": (2 * right, found + wanted), "precision": (right, found), "recall": (right, wanted)}
    return {name: round(100 * part / max(1, whole), 1) for name, (part, whole) in shares.items()}


# The loop.


def train(settings: Settings, choices: Sequence[Choice], tune: Sequence[Article], out: Path) -> None:
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(settings.seed)
    network = PlaceNetwork(settings.hidden, settings.dropout)
    optimizer = torch.optim.AdamW(network.parameters(), lr=settings.rate, weight_decay=settings.weight_decay)
    steps, step = settings.epochs * (len(choices) // settings.batch + 1), 0
    for epoch in range(settings.epochs):
        order = np.random.default_rng(epoch).permutation(len(choices))
        losses = []
        for start in range(0, len(order), settings.batch):
            for g in optimizer.param_groups:
                g["lr"] = settings.rate * max(settings.least_rate, 1 - step / steps)
            loss = loss_of(network, [choices[i] for i in order[start : start + settings.batch]])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            losses.append(float(loss.detach()))
            step += 1
        note(out / "places.jsonl", {"places, epoch": epoch + 1, "loss": round(float(np.mean(losses)), 3)})
    for kind, chosen in settings.least:
        for least in sorted({0.15, 0.2, 0.25, 0.3, 0.35, chosen}):
            note(out / "places.jsonl", {"tune": kind, "least": least, **figures(network, tune, kind, least)})
    save_weights(network.state_dict(), out / "places.safetensors")


def run(self, _: list[str], given: dict[str, Floats]) -> list[Floats]:
    """What an ONNX session of this network does, so that reading's own code can be measured with it."""
    with torch.no_grad():
        return [self(torch.from_numpy(given["signs"])).numpy()]


def loss_of(network: Weigher, choices: Sequence[Choice]) -> Tensor:
    """Negative log-likelihood of any right candidate, or of none where none is right."""
    scores = network(torch.from_numpy(np.concatenate([c.signs for c in choices])))
    total = torch.zeros(())
    for one, own in zip(choices, scores.split([len(c.signs) for c in choices]), strict=True):
        chance = torch.cat([own.new_zeros(1), own]).log_softmax(0)
        right = torch.from_numpy(one.right)
        total = total - (chance[1:][right].logsumexp(0) if right.any() else chance[0])
    return total / len(choices)


def figures(network: Weigher, articles: Sequence[Article], least: float) -> dict[str, float]:
    """F1, precision and recall in percent of what reading would take, were everything else right."""
    network.eval()
    right = found = wanted = 0
    for one in articles:
        given = (one.words, one.lower, one.sentence, one.paragraph, one.said, one.candidates)
        for i, taken in enumerate(attach(*given, Weighing(network, least))):
            good = taken is not None and taken in one.right[i]
            right += good
            found += taken is not None and not (one.open[i] and not good)
            wanted += one.asked[i] and not (one.open[i] and taken is None)
    network.train()
    shares = {"f1": (2 * right, found + wanted), "precision": (right, found), "recall": (right, wanted)}
    return {name: round(100 * part / max(1, whole), 1) for name, (part, whole) in shares.items()}


# The loop.


def train(kind: str, settings: Settings, articles: Sequence[Article], tune: Sequence[Article], out: Path) -> None:
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(settings.seed)
    network = Weigher(settings.hidden, settings.dropout)
    optimizer = torch.optim.AdamW(network.parameters(), lr=settings.rate, weight_decay=settings.weight_decay)
    choices, step = [c for one in articles for c in choices_in(one)], 0
    steps = settings.epochs * (len(choices) // settings.batch + 1)
    for epoch in range(settings.epochs):
        order = np.random.default_rng([settings.seed, epoch]).permutation(len(choices))
        losses = []
        for start in range(0, len(order), settings.batch):
            for g in optimizer.param_groups:
                g["lr"] = settings.rate * max(settings.least_rate, 1 - step / steps)
            loss = loss_of(network, [choices[i] for i in order[start : start + settings.batch]])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            losses.append(float(loss.detach()))
            step += 1
        row: dict[str, Any] = {f"{kind}, epoch": epoch + 1, "loss": round(float(np.mean(losses)), 3)}
        note(out / "places.jsonl", row)
    for least in sorted({0.25, 0.3, 0.4, 0.5, settings.least}):
        note(out / "places.jsonl", {kind: "tune", "least": least, **figures(network, tune, least)})
    save_weights(network.state_dict(), out / f"{kind}.safetensors")


def run(
    settings: Settings, data: Path, labels: Path, gold: Path, encoder: Encoder, lexicon: Lexicon, out: Path
) -> Path:
    """Train the networks on the project's own labels, unless `out` has them already."""
    made_from = {"encoder": encoder.digest[:12], "labels": digest_of(labels), "lexicon": lexicon.version}
    settle(out / "places.json", settings, made_from)
    weights = out / "places.safetensors"
    if not weights.exists():
        articles = articles_of(list(read_gold(labels, data / "polnear" / "train.jsonl.gz")), encoder, lexicon)
        choices = [choice for article in articles for choice in choices_in(article)]
        train(settings, choices, articles_of(tuning(gold, data), encoder, lexicon), out)
    return weights
