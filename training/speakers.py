"""Who speaks: the network that weighs those who may (sayso.resolve.signs has what it sees of each).

Examples are attributions that sayso finds in the labelled articles and that the labels have too. Whom the rules name
stands among the candidates, and is what later attributions are told of earlier ones. Right are the candidates whose
name is the labelled one, as the benchmark compares them; where none is, nobody is right. The network's probabilities
are what reading shows as `speaker_confidence`.

    python -m training.speakers --data ../shared/data

It reads with the models that ship, and puts speakers.onnx beside them: half an hour of two cores, most of it reading.
Before that it prints the figures of cross-validation over the articles that the mention model has not learned from.

The pair scores among the signs come from the mention model, which has learned from most of these articles: on them they
are somewhat surer than on new ones. The figures of cross-validation are of the articles that it was kept apart from.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from sayso.bench.rows import digest_of, rows
from sayso.bench.speakers import GoldAttribution, GoldDocument, matched, read_gold, right_name
from sayso.extract.extracting import Extracted, at_once
from sayso.model import Document
from sayso.reading import Cut, Models, attribution_of, extraction_of, shipped_models
from sayso.resolve.candidates import ByRule, Key, Scene, Told, candidates
from sayso.resolve.placing import Placed
from sayso.resolve.resolving import decide, link_mentions, names_of
from sayso.resolve.signs import WIDTH, signs
from sayso.statements import sentences
from training.export import score_model, write_model
from training.mentions import Settings as MentionSettings
from training.mentions import is_kept_apart, log_sums

HERE = Path(__file__).parent
LABELS = HERE / "labels" / "polnear-train.jsonl"
MENTIONS = HERE / "labels" / "polnear-mentions.jsonl"
FOLDER = HERE.parent / "src" / "sayso" / "weights" / "mentions"


@dataclass(frozen=True)
class Settings:
    seed: int = 1
    members: int = 3  # networks of other seeds, side by side
    hidden: int = 48
    dropout: float = 0.3
    epochs: int = 20
    batch: int = 128  # attributions
    rate: float = 3e-3
    weight_decay: float = 0.02
    warmup: int = 30  # steps


@dataclass(frozen=True, eq=False)
class Example:
    """An attribution with its candidates, nobody last."""

    signs: NDArray[np.float32]  # [candidates + 1, WIDTH]
    right: NDArray[np.bool_]  # [candidates + 1]
    resolvable: bool
    by_rule: bool | None  # whether whom the rules name is right; None where they name nobody
    form: str


def examples(gold: GoldDocument, cut: Cut, extracted: Extracted, models: Models) -> list[Example]:
    """The attributions of a labelled article that sayso finds, as examples."""
    words, lower, lexicon = cut.words, cut.lower, models.lexicon
    placed = [Placed(n.found.source, n.found.cue, n.found.content, n.within) for n in extracted.found]
    scores = models.mentions.scores(extracted.rows)
    linked = link_mentions(words, lower, cut.sentence, placed, scores, models.mentions, lexicon)
    seen: dict[int, tuple[list[Key], NDArray[np.float32], ByRule, str]] = {}

    def watch(scene: Scene, place: int, told: Told, by_rule: ByRule) -> tuple[Key | None, float]:
        keys = candidates(scene, place, told, by_rule)
        seen[place] = keys, signs(scene, place, told, by_rule, keys), by_rule, scene.form_of(place)
        return by_rule.key, by_rule.sure

    decide(words, cut.sentence, linked, scores, watch, True)
    name_of = names_of(words, linked)
    found = [attribution_of(gold.document.id, words, n.found, models.tagger) for n in extracted.found]
    out = []
    for i, j in matched(gold, found):
        if j not in seen or not gold.attributions[i].asked:
            continue  # the author's own, or not labelled
        keys, given, by_rule, form = seen[j]
        right = np.array([right_name(name_of(key), gold.attributions[i]) for key in keys] + [False])
        right[-1] = not right.any()
        known = bool(right[keys.index(by_rule.key)]) if by_rule.key is not None else None
        out.append(Example(given, right, bool(gold.attributions[i].entities), known, form))
    return out


class Network(nn.Module):
    def __init__(self, hidden: int, dropout: float) -> None:
        super().__init__()
        self.hidden = nn.Linear(WIDTH, hidden)
        self.out = nn.Linear(hidden, 1)
        self.dropout = nn.Dropout(dropout)

    def forward(self, given: Tensor) -> Tensor:
        """[candidates, WIDTH] -> scores [candidates]."""
        return self.out(self.dropout(F.gelu(self.hidden(given)))).squeeze(-1)


def rows_of(some: Sequence[Example]) -> tuple[Tensor, Tensor, Tensor]:
    """The signs of the candidates of all, which example each is of, and whether it is right."""
    sizes = [len(one.signs) for one in some]
    of = torch.repeat_interleave(torch.arange(len(some)), torch.tensor(sizes))
    signs_of, right = (np.concatenate([getattr(one, name) for one in some]) for name in ("signs", "right"))
    return torch.from_numpy(signs_of), of, torch.from_numpy(right)


def fit(some: Sequence[Example], settings: Settings) -> Network:
    """A network that makes any right candidate, or nobody where none is right, as likely as it can."""
    torch.manual_seed(settings.seed)
    chance = np.random.default_rng(settings.seed)
    network = Network(settings.hidden, settings.dropout)
    optimizer = torch.optim.AdamW(network.parameters(), lr=settings.rate, weight_decay=settings.weight_decay)
    steps, step = settings.epochs * -(-len(some) // settings.batch), 0
    for _ in range(settings.epochs):
        order = chance.permutation(len(some))
        for start in range(0, len(some), settings.batch):
            batch = [some[k] for k in order[start : start + settings.batch]]
            for group in optimizer.param_groups:
                group["lr"] = settings.rate * max(0.02, 1 - step / steps) * min(1.0, (step + 1) / settings.warmup)
            given, of, right = rows_of(batch)
            scores, n = network(given), len(batch)
            loss = (log_sums(scores, of, n) - log_sums(scores[right], of[right], n)).mean()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            step += 1
    return network.eval()


def chances_of(network: nn.Module, some: Sequence[Example]) -> list[NDArray[np.float32]]:
    """The probabilities of the candidates of each."""
    given, of, _ = rows_of(some)
    with torch.no_grad():
        scores = network(given)
        chances = (scores - log_sums(scores, of, len(some))[of]).exp().numpy()
    return np.split(chances, np.cumsum([len(one.signs) for one in some])[:-1])


def side_by_side(members: Sequence[Network]) -> Network:
    """One network whose score is the mean of its members'."""
    whole = Network(members[0].hidden.out_features * len(members), 0.0)
    with torch.no_grad():
        weights = {
            "hidden.weight": torch.cat([m.hidden.weight for m in members]),
            "hidden.bias": torch.cat([m.hidden.bias for m in members]),
            "out.weight": torch.cat([m.out.weight for m in members], 1) / len(members),
            "out.bias": torch.stack([m.out.bias for m in members]).mean(0),
        }
    whole.load_state_dict(weights)
    return whole.eval()


def fit_all(some: Sequence[Example], settings: Settings) -> Network:
    """Networks of other seeds, side by side."""
    seeds = range(settings.seed, settings.seed + settings.members)
    return side_by_side([fit(some, replace(settings, seed=seed)) for seed in seeds])


def figures(network: nn.Module, some: Sequence[Example], least: float = 0.5) -> dict[str, dict[str, float]]:
    """Precision and recall in percent by kind of source: of what the rules name, and of what the network does."""
    chances = chances_of(network, some)
    kinds = sorted({one.form for one in some})
    out = {}
    for kind in ("all", *kinds):
        pairs = [(one, p) for one, p in zip(some, chances, strict=True) if kind in ("all", one.form)]
        wanted = sum(one.resolvable for one, _ in pairs)
        taken = [bool(one.right[p[:-1].argmax()]) for one, p in pairs if len(p) > 1 and p[:-1].max() >= least]
        ruled = [one.by_rule for one, _ in pairs if one.by_rule is not None]
        out[kind] = {
            "of": len(pairs),
            "rules' precision": _share(sum(ruled), len(ruled)),
            "rules' recall": _share(sum(ruled), wanted),
            "precision": _share(sum(taken), len(taken)),
            "recall": _share(sum(taken), wanted),
        }
    return out


def _share(right: int, of: int) -> float:
    return round(100 * right / max(1, of), 1)


def crossed(articles: Sequence[Sequence[Example]], seen: Sequence[Example], settings: Settings, folds: int) -> None:
    """Print the figures of cross-validation over articles; `seen` are learned from in each fold, and not measured."""
    rows: list[tuple[Network, list[Example]]] = []
    for fold in range(folds):
        learned = [one for k, article in enumerate(articles) if k % folds != fold for one in article]
        learned += seen
        rows.append((fit_all(learned, settings), [one for article in articles[fold::folds] for one in article]))
    for least in (0.3, 0.4, 0.5, 0.6, 0.7):
        print(json.dumps({"least": least, **_summed(rows, least)}), flush=True)


def _summed(rows: Sequence[tuple[Network, list[Example]]], least: float) -> dict[str, Any]:
    class Each(nn.Module):
        """The network of the fold that an example was left out of."""

        def forward(self, given: Tensor) -> Tensor:
            return torch.cat([n(g) for (n, _), g in zip(rows, given.split(sizes), strict=True)])

    sizes = [sum(len(one.signs) for one in some) for _, some in rows]
    found = figures(Each(), [one for _, some in rows for one in some], least)
    return {kind: list(row.values()) for kind, row in found.items()}


def ship(network: Network, folder: Path) -> None:
    """Write the network beside the mention model."""
    weights: dict[str, Any] = {name: value.detach().numpy() for name, value in network.state_dict().items()}
    write_model(score_model(weights, "speakers", "signs", "hidden", "out"), folder / "speakers.onnx")
    learned = json.loads((folder / "mentions.json").read_text("utf8"))
    models = ("mentions", "judge", "speakers")
    made = hashlib.sha256(b"".join((folder / f"{name}.onnx").read_bytes() for name in models))
    (folder / "mentions.json").write_text(json.dumps({**learned, "version": made.hexdigest()[:12]}, indent=1) + "\n")


def marked_articles(labels: Path, corpus: Path) -> Iterator[tuple[GoldDocument, list[GoldDocument]]]:
    """The articles of which mentions are labelled, with PolNeAR's attributions and who speaks in each by these labels;
    beside each article the same cut into texts of a few sentences.

    An attribution whose source is no labelled mention, or one of several, or one whom the label leaves open, is not
    asked for.
    """
    articles = {digest_of(row["id"]): row for _, row in rows(corpus, "an article", ("id", "text", "annotations"))}
    for _, row in rows(labels, "an article with mentions", ("id", "mentions", "understood")):
        article = articles[row["id"]]
        text = article["text"]
        (annotated, *_) = article["annotations"].values()
        annotated = sorted(annotated, key=lambda one: one["cue"][0]["start"] if one["cue"] else 0)
        published, publisher, byline = (article.get(field) for field in ("published", "publisher", "byline"))
        whole = Document(article["id"], text, published=published, publisher=publisher, byline=byline)
        pieces = [
            GoldDocument(Document(f"{whole.id}:{a}", text[a:b]), tuple(_marked(annotated, row, text, a, b)), "tune")
            for a, b in _cut(text, row["id"])
        ]
        yield GoldDocument(whole, tuple(_marked(annotated, row, text, 0, len(text))), "tune"), pieces


def _cut(text: str, seed: str) -> Iterator[tuple[int, int]]:
    """Pieces of one to four sentences, one behind the other."""
    chance, spans = random.Random(seed), list(sentences(text))
    place = 0
    while place < len(spans):
        some = spans[place : place + chance.randint(1, 4)]
        yield some[0].start, some[-1].end
        place += len(some)


def _marked(
    annotated: Sequence[dict[str, Any]], row: dict[str, Any], text: str, start: int, end: int
) -> Iterator[GoldAttribution]:
    """The attributions that lie between two offsets whole, with who speaks in them by the mentions that lie there.

    Whoever is only a pronoun there is nobody that could be made out.
    """
    mentions = [m for m in row["mentions"] if start <= m[0] and m[1] <= end]
    for place, one in enumerate(annotated):
        spans = {
            role: tuple((part["start"], part["end"]) for part in one[role]) for role in ("source", "cue", "content")
        }
        if not all(start <= a and b <= end for role in spans.values() for a, b in role):
            continue
        source = spans["source"]
        mention = _mention_at(source[0], mentions) if len(source) == 1 else None
        understood = row["understood"]
        entity = mention[4] if mention else understood.get(str(place)) if not source else None
        names, named = _names(entity, mention, source, mentions, text)
        asked = entity is not None or (not source and str(place) in understood)
        asked = asked and (entity is None or bool(names) or end - start < len(text))
        source, cue, content = (tuple((a - start, b - start) for a, b in span) for span in spans.values())
        yield GoldAttribution(source, cue, content, {"named": named}, names, asked)


def _names(
    entity: int | None,
    mention: list[Any] | None,
    source: tuple[tuple[int, int], ...],
    mentions: Sequence[list[Any]],
    text: str,
) -> tuple[tuple[str, ...], bool]:
    """What an entity is called, any of which is right, and whether that is a name."""
    of_it = [m for m in mentions if entity is not None and m[4] == entity]
    full = [text[slice(*(m[5:] or m[:2]))] for m in of_it if m[2] == "name"]
    if full:
        last = Counter(name.lower().split()[-1] for name in full)  # not "Harbour Secretary"
        usual = [name for name in full if last[name.lower().split()[-1]] == max(last.values())]
        return tuple(max(some, key=lambda name: len(name.split())) for some in (usual, full)), True
    names = [text[slice(*m[:2])] for m in of_it if m[2] == "description"]
    if mention and mention[2] == "description":
        names.insert(0, text[slice(*source[0])])
    return tuple(names), False


def _mention_at(source: tuple[int, int], mentions: Sequence[list[Any]]) -> list[Any] | None:
    """The mention that is a source, or most of it."""
    inside = [m for m in mentions if source[0] - 2 <= m[0] and m[1] <= source[1] + 2]
    best = max(inside, key=lambda m: m[1] - m[0], default=None)
    return best if best and 5 * (best[1] - best[0]) >= 3 * (source[1] - source[0]) else None


def read_examples(articles: Sequence[Sequence[GoldDocument]]) -> list[list[Example]]:
    """The examples of each labelled article and its pieces, read by two processes side by side."""
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(_examples_of, articles, chunksize=8))


def _examples_of(article: Sequence[GoldDocument]) -> list[Example]:
    models = shipped_models()
    found = []
    for gold in article:
        cut, finish = extraction_of(gold.document, models, at_once)
        found += examples(gold, cut, finish(), models)
    return found


def main(words: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m training.speakers", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with polnear")
    parser.add_argument("--folds", type=int, default=3, help="of the articles kept apart, for the figures (default: 3)")
    given = parser.parse_args(words)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    corpus = given.data / "polnear" / "train.jsonl.gz"
    kept = MentionSettings()
    apart: list[list[GoldDocument]] = []
    learned = [[one] for one in read_gold(LABELS, corpus)]
    for whole, pieces in marked_articles(MENTIONS, corpus):
        (apart if is_kept_apart(digest_of(whole.document.id), kept) else learned).append([whole, *pieces])
    unseen = read_examples(apart)
    seen = [one for article in read_examples(learned) for one in article]
    crossed(unseen, seen, Settings(), given.folds)
    ship(fit_all([*(one for article in unseen for one in article), *seen], Settings()), FOLDER)


if __name__ == "__main__":
    main(sys.argv[1:])
