"""By what channel something was told, and when: a small network that weighs candidates near a cue.

The candidates, the signs that speak for one, and the order in which attributions take theirs are those of reading
(sayso.qualify.places): an article's attributions in the order of their cues, each told what those before it took.
While it learns, these took what is right, or, from the third epoch on for half of them, what the network itself would
have them take: so it learns from its own mistakes too. Two networks of one shape are trained, one for channels, then
one for dates, which is told what channel each attribution took: what is right for half of the articles, what the first
network would take for the others. Beside the signs each reads a projection of the encoder's states, which ships in
mentions.onnx. What ships is the mean of the weights over the last steps, and of each network three members, trained
from other seeds, side by side in one: its score is the mean of theirs.

A label that may as well be none (`open`) teaches neither: its candidate and none are right together. The extent of a
channel is left to grammar: a candidate that a label's words touch is right to learn from, though counted as wrong
where it has too few of them.

`python -m training.sources` (see training/README.md) calls this; it takes a minute, and starts anew when stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from sayso.bench.speakers import GoldDocument, dice, read_gold, tokens
from sayso.extract.words import Words
from sayso.lexicon import Lexicon
from sayso.model import Act, Quotation
from sayso.qualify.places import (
    DATE_SIGNS,
    DATES,
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
    date_signs,
    find_channels,
    find_days,
    given_vectors,
    options,
    other_signs,
    scene_of,
    standing_signs,
)
from sayso.qualify.wording import quotation
from sayso.resolve.forms import lowered
from sayso.resolve.resolving import sentence_numbers
from training.manner import placed, tuning
from training.runs import digest_of, note, save_weights, settle
from training.states import WIDTH as STATES
from training.states import Encoder, States

KINDS = ("channel", "when")

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Settings:
    seed: int = 1  # of the first member; the others have those that follow
    members: int = 3
    epochs: int = 5  # of the network for channels
    epochs_when: int = 8
    batch: int = 32  # attributions
    rate: float = 2e-3
    weight_decay: float = 0.1
    dropout: float = 0.5
    hidden: int = 32  # of a member
    led: int = 2  # epochs in which attributions before took what is right
    own: float = 0.5  # after these, the share of attributions that took what the network chooses
    kept: float = 0.99  # of the mean of the weights, at each step from then on
    least: float = 0.3  # of probability, for a candidate to be taken while it learns
    # The same in reading; chosen on a third of the articles, held back once, and on the part "tune" of the gold.
    least_channel: float = 0.35
    least_when: float = 0.35


# Data.


@dataclass(frozen=True, eq=False)
class Article:
    """An article, its attributions in the order of their cues, and for each which candidates are right."""

    scene: Scene
    candidates: Sequence[Candidate]
    right: Sequence[frozenset[Candidate]]
    taught: Sequence[frozenset[Candidate]]  # right to learn from
    asked: Sequence[bool]  # whether a label is given at all
    open: Sequence[bool]  # whether none is as good
    states: States
    standing: dict[tuple[int, Candidate], Floats] = field(default_factory=dict)
    means: dict[tuple[int, int], Floats] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Choice:
    """An attribution, its candidates' signs, and which are right; none where it has no such place."""

    signs: Floats  # [candidates, SIGNS]
    means: Floats  # [candidates, 1 or 2, STATES]: of the candidate's words, and of the word that it hangs on
    cue: Floats  # [STATES]: the mean of the cue's words
    right: NDArray[np.bool_]
    open: bool  # whether none is as good


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
    spans = [[o["span"] if kind == "when" else o for o in options] for options in labels]
    return Article(
        scene=scene_of(words, lower, sentence_numbers(words), said, lexicon),
        candidates=candidates,
        right=right,
        taught=[sure | _touched(words, candidates, some) for sure, some in zip(right, spans, strict=True)],
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


def _touched(words: Words, candidates: Sequence[Candidate], spans: Sequence[Any]) -> frozenset[Candidate]:
    """The candidates that share words with a label's, where any does."""
    places = [(int(words.start[c.words[0]]), int(words.end[c.words[1] - 1]), c) for c in candidates]
    return frozenset(c for s, e in spans for start, end, c in places if start < e and end > s)


def closest(article: Article) -> list[Candidate | None]:
    """What each attribution of an article should take: of several that are right, the one closest to its cue."""
    every = zip(article.taught, article.scene.said, strict=True)
    return [min(right, key=lambda c: abs(c.words[0] - one.cue[0]), default=None) for right, one in every]


def choices_in(
    article: Article, network: Weigher, settings: Settings, own: float, chance: Any, other: Sequence[Candidate | None]
) -> list[Choice]:
    """The attributions of an article that have candidates. Those before each took what is right and closest, or, for
    the share `own` of them, what the network chooses now; `other` is what all took of the other kind."""
    scene, said = article.scene, article.scene.said
    taken: list[Candidate | None] = [None] * len(said)
    vectors, weighing, found = network.vectors(article.states), _weighing(network, settings.least), []
    should = closest(article)
    for i in range(len(said)):
        some = options(article.candidates, scene, i, taken, network.dates)
        if not some:
            continue
        signs = _signs(article, i, some, taken, other, network.dates)
        right = np.array([c in article.taught[i] for c in some], dtype=bool)
        if chance.random() < own:
            every = np.concatenate([signs, given_vectors(vectors, scene, i, some, network.dates)], axis=1)
            taken[i] = choose(some, every, weighing)
        elif should[i] in some and not (article.open[i] and chance.random() < settings.own):
            taken[i] = should[i]
        means = _means(article, some, network.dates)
        found.append(Choice(signs, means, _mean(article, *said[i].cue), right, article.open[i]))
    return found


def _signs(
    article: Article,
    i: int,
    some: Sequence[Candidate],
    taken: Sequence[Candidate | None],
    other: Sequence[Candidate | None],
    dates: bool,
) -> Floats:
    """The signs of candidates; those of where they stand are made once."""
    scene = article.scene
    standing = np.stack([_standing(article, i, candidate) for candidate in some])
    signs = [standing, carried_signs(scene, i, some, taken), other_signs(scene, i, some, other)]
    return np.concatenate([*signs, date_signs(scene, i, some, taken)] if dates else signs, axis=1)


def _standing(article: Article, i: int, candidate: Candidate) -> Floats:
    standing = article.standing.get((i, candidate))
    if standing is None:
        standing = article.standing[i, candidate] = standing_signs(article.scene, i, candidate)
    return standing


def _means(article: Article, some: Sequence[Candidate], dates: bool) -> Floats:
    rows = [[_mean(article, *c.words)] for c in some]
    for row, candidate in zip(rows, some, strict=True) if dates else ():
        anchor = max(anchor_of(article.scene, candidate), 0)
        row.append(_mean(article, anchor, anchor + 1))
    return np.array(rows, dtype=np.float32)


def _mean(article: Article, start: int, end: int) -> Floats:
    """The mean state of some words, made once."""
    mean = article.means.get((start, end))
    if mean is None:
        mean = article.means[start, end] = article.states[start:end].mean(axis=0, dtype=np.float32)
    return mean


# The network.


class Weigher(nn.Module):
    def __init__(
        self,
        dates: bool,
        hidden: int = Settings.hidden,
        dropout: float = Settings.dropout,
        vector: int = VECTOR,
    ) -> None:
        super().__init__()
        self.dates, self.vector = dates, vector
        self.signs = SIGNS + (DATE_SIGNS if dates else 0)
        self.project = nn.Linear(STATES, 2 * vector)  # as a candidate, as a cue
        self.hidden = nn.Linear(self.signs + (5 if dates else 3) * vector, hidden)
        self.out = nn.Linear(hidden, 1)
        self.dropout = nn.Dropout(dropout)

    def forward(self, signs: Tensor, means: Tensor, cues: Tensor, counts: Sequence[int]) -> Tensor:
        """[candidates, SIGNS], [candidates, 1 or 2, STATES], and [attributions, STATES] with the numbers of their
        candidates -> scores [candidates]; none of them scores 0."""
        projected = self.project(self.dropout(means))
        cue = self.project(self.dropout(cues))[:, self.vector :].repeat_interleave(torch.tensor(counts), 0)
        parts = [projected[:, k, : self.vector] for k in range(means.shape[1])]
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


def side_by_side(members: Sequence[Weigher]) -> Weigher:
    """One network whose score is the mean of its members': each keeps its own part of the vectors."""
    first, count = members[0], len(members)
    vector, hidden = first.vector, first.hidden.out_features
    whole = Weigher(first.dates, count * hidden, first.dropout.p, count * vector)
    with torch.no_grad():
        whole.hidden.weight.zero_()
        for m, one in enumerate(members):
            for part in range(2):  # as a candidate, as a cue
                rows, own = slice((part * count + m) * vector, (part * count + m + 1) * vector), part * vector
                whole.project.weight[rows] = one.project.weight[own : own + vector]
                whole.project.bias[rows] = one.project.bias[own : own + vector]
            mine = slice(m * hidden, (m + 1) * hidden)
            signs = one.signs
            whole.hidden.weight[mine, :signs] = one.hidden.weight[:, :signs]
            for part in range((one.hidden.in_features - signs) // vector):
                to, own = signs + (part * count + m) * vector, signs + part * vector
                whole.hidden.weight[mine, to : to + vector] = one.hidden.weight[:, own : own + vector]
            whole.hidden.bias[mine] = one.hidden.bias
            whole.out.weight[:, mine] = one.out.weight / count
        whole.out.bias.copy_(torch.stack([one.out.bias for one in members]).mean(0))
    return whole


def _weighing(network: Weigher, least: float) -> Weighing:
    return Weighing(network, least, network.dates)


def loss_of(network: Weigher, choices: Sequence[Choice]) -> Tensor:
    """Negative log-likelihood of any right candidate, or of none where none is right."""
    signs, means = (np.concatenate([getattr(c, name) for c in choices]) for name in ("signs", "means"))
    cues, counts = torch.from_numpy(np.stack([c.cue for c in choices])), [len(c.signs) for c in choices]
    scores = network(torch.from_numpy(signs), torch.from_numpy(means), cues, counts)
    total = torch.zeros(())
    for one, own in zip(choices, scores.split(counts), strict=True):
        chance = torch.cat([own.new_zeros(1), own]).log_softmax(0)
        right = torch.from_numpy(np.concatenate([[one.open or not one.right.any()], one.right]))
        total = total - chance[right].logsumexp(0)
    return total / len(choices)


def taken_in(
    network: Weigher, article: Article, least: float, other: Sequence[Candidate | None] = ()
) -> list[Candidate | None]:
    """What the attributions of an article take in reading, were everything else right."""
    vectors = network.vectors(article.states)
    return attach(article.scene, article.candidates, vectors, _weighing(network, least), other)


def figures(
    network: Weigher, articles: Sequence[Article], least: float, others: Sequence[Sequence[Candidate | None]]
) -> dict[str, float]:
    """F1, precision and recall in percent of what reading would take, were everything else right."""
    right = found = wanted = 0
    for one, other in zip(articles, others, strict=True):
        for i, taken in enumerate(taken_in(network, one, least, other)):
            good = taken is not None and taken in one.right[i]
            right += good
            found += taken is not None and not (one.open[i] and not good)
            wanted += one.asked[i] and not (one.open[i] and taken is None)
    shares = {"f1": (2 * right, found + wanted), "precision": (right, found), "recall": (right, wanted)}
    return {name: round(100 * part / max(1, whole), 1) for name, (part, whole) in shares.items()}


# The loop.


@dataclass(frozen=True)
class Others:
    """What the attributions of each article took of the other kind: as is right, and as the network for it says."""

    right: Sequence[Sequence[Candidate | None]]
    said: Sequence[Sequence[Candidate | None]]

    def drawn(self, chance: Any) -> list[Sequence[Candidate | None]]:
        """One of the two for each article."""
        return [one if chance.random() < 0.5 else two for one, two in zip(self.right, self.said, strict=True)]


def _member(kind: str, settings: Settings) -> Weigher:
    return Weigher(DATES[kind], settings.hidden, settings.dropout, VECTOR // settings.members)


def fit(kind: str, settings: Settings, articles: Sequence[Article], others: Others, out: Path | None) -> Weigher:
    """A network trained on articles; a line about each epoch goes to `out`."""
    torch.manual_seed(settings.seed)
    network = _member(kind, settings)
    optimizer = torch.optim.AdamW(network.parameters(), lr=settings.rate, weight_decay=settings.weight_decay)
    mean: dict[str, Tensor] = {}
    for epoch in range(settings.epochs):
        chance = np.random.default_rng([settings.seed, epoch])
        own = settings.own if epoch >= settings.led else 0.0
        every = zip(articles, others.drawn(chance), strict=True)
        choices = [c for one, other in every for c in choices_in(one, network, settings, own, chance, other)]
        for g in optimizer.param_groups:
            g["lr"] = settings.rate * (1 - epoch / settings.epochs)
        order, losses = chance.permutation(len(choices)), []
        for start in range(0, len(order), settings.batch):
            loss = loss_of(network, [choices[i] for i in order[start : start + settings.batch]])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            losses.append(float(loss.detach()))
            for name, weights in network.state_dict().items() if epoch >= settings.led else ():
                mean[name] = weights.lerp(mean.get(name, weights), settings.kept)
        if out:
            row: dict[str, Any] = {
                f"{kind} {settings.seed}, epoch": epoch + 1,
                "loss": round(float(np.mean(losses)), 3),
            }
            note(out / "places.jsonl", row)
    network.load_state_dict(mean or network.state_dict())
    return network


def run(
    settings: Settings,
    data: Path,
    labels: Sequence[Path],
    gold: Path,
    encoder: Encoder,
    lexicon: Lexicon,
    out: Path,
) -> list[Path]:
    """Train both networks on the project's own labels, unless `out` has them already."""
    made_from = {"encoder": encoder.digest[:12], "labels": "".join(map(digest_of, labels)), "lexicon": lexicon.version}
    settle(out / "places.json", settings, made_from)
    torch.use_deterministic_algorithms(True)
    places = [out / f"{kind}.safetensors" for kind in KINDS]
    if all(place.exists() for place in places):
        return places
    given = [one for place in labels for one in read_gold(place, data / "polnear" / "train.jsonl.gz")]
    tune = tuning(gold, data)
    none: list[Sequence[Candidate | None]] = [()] * len(given)
    others, tuned = Others(none, none), none[: len(tune)]
    for kind, place in zip(KINDS, places, strict=True):
        epochs = settings.epochs_when if kind == "when" else settings.epochs
        articles, measured = (articles_of(some, kind, encoder, lexicon) for some in (given, tune))
        members = []
        for seed in range(settings.seed, settings.seed + settings.members):
            kept = out / f"{kind}-{seed}.safetensors"
            if not kept.exists():
                own = replace(settings, seed=seed, epochs=epochs)
                save_weights(fit(kind, own, articles, others, out).state_dict(), kept)
            members.append(_member(kind, settings))
            members[-1].load_state_dict(load_file(kept))
        network = side_by_side(members)
        for least in (0.25, 0.3, 0.35, 0.4, 0.45, 0.5):
            note(out / "places.jsonl", {kind: "tune", "least": least, **figures(network, measured, least, tuned)})
        save_weights(network.state_dict(), place)
        others = Others([closest(a) for a in articles], [taken_in(network, a, settings.least) for a in articles])
        tuned = [taken_in(network, a, settings.least_channel) for a in measured]
    return places
