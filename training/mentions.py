"""The mention model: names, heads of mentions and their ends, cues inside contents, and which two mentions are of one.

It reads the states that the extraction encoder has for each word (two of its middle layers and the last), which
stay as they are: one pass over a text is enough for all. Heads of mentions stand for mentions, as in
Dobrovolskii 2021 ("Word-Level Coreference Resolution"); which mention a later one goes back to is learned by the
marginal likelihood of all right ones (Lee et al. 2017), over the signs of sayso.resolve.pairs beside the vectors.

`python -m training.sources` (see training/README.md) calls this. It writes mentions.pt, a checkpoint, every few
minutes, and at the end mentions.safetensors. Stopped at any moment, the same command goes on from the checkpoint.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from sayso.extract.words import NEW_PARAGRAPH, Words
from sayso.lexicon import Lexicon
from sayso.resolve.entities import REACH as PAIR_REACH
from sayso.resolve.forms import FORMS, NAME, PRONOUN, Mentions, describe, lowered
from sayso.resolve.pairs import WIDTH as SIGNS
from sayso.resolve.pairs import pair_signs
from sayso.resolve.resolving import sentence_numbers
from sayso.resolve.scores import LEFT, PAIR, PARTS, RIGHT, SPAN
from training import chains
from training.chains import NAME_TYPES, MarkedText, head_of
from training.extraction import save
from training.runs import digest_of, note, save_weights, settle
from training.states import WIDTH as STATES
from training.states import Encoder, States

TRUNK, REACH, HIDDEN = 256, 5, 64
NAME_TAGS = PARTS["names"]  # outside; begins and goes on, for person, organization, place, other
TYPES = PARTS["types"]
CUE_TAGS = PARTS["inner"]
UNMARKED = -100  # of words of which a corpus does not say: they count for nothing

DEV_EVERY = 8  # of the articles that are kept apart, so that the dev figures take no longer than they did
NER_SETS = frozenset(("crossner_politics", "wikigold", "uner_ewt"))
GROUP_OF = {"newswcl50": "news", "meantime": "news"} | dict.fromkeys(NER_SETS, "ner")


@dataclass(frozen=True)
class Stage:
    """A part of the run, over which the rate rises and falls once."""

    steps: int
    dropout: float
    weight_decay: float
    inner: bool  # whether cues inside contents are learned


@dataclass(frozen=True)
class Settings:
    seed: int = 1
    # The small news corpora are learned by heart in a few thousand steps: the second stage forgets more.
    stages: tuple[Stage, ...] = (Stage(2000, 0.2, 0.02, inner=False), Stage(7000, 0.3, 0.05, inner=True))
    # How often a step is of which texts; a step is one text, and of GAP several, which hold one question each.
    shares: tuple[tuple[str, float], ...] = (
        ("gum", 0.20),
        ("ner", 0.12),
        ("polnear", 0.42),
        ("litbank", 0.05),
        ("gap", 0.12),
        ("news", 0.09),
    )
    gap_texts: int = 8
    rate: float = 1.2e-3
    warmup: int = 200  # steps, in each stage
    least: float = 0.02  # of the rate, at the end of a stage
    clip: float = 1.0
    reach: int = PAIR_REACH  # mentions back that one is compared with
    cue_weight: float = 2.0  # of words in cues inside contents, against those outside
    held_out: int = 12  # every so manyth labelled article of PolNeAR is for the dev figures
    kept_apart: int = 3  # one in so many of those labelled for mentions alone is not learned from
    figures_every: int = 2000  # steps


# The network.


class Trunk(nn.Module):
    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.mix = nn.Linear(STATES, TRUNK)
        self.norm0 = nn.LayerNorm(TRUNK)
        self.conv1 = nn.Conv1d(TRUNK, TRUNK, REACH, padding=REACH // 2)
        self.norm1 = nn.LayerNorm(TRUNK)
        self.conv2 = nn.Conv1d(TRUNK, TRUNK, REACH, padding=REACH // 2)
        self.norm2 = nn.LayerNorm(TRUNK)
        self.dropout = nn.Dropout(dropout)

    def forward(self, states: Tensor) -> Tensor:
        """[words, STATES] -> [words, TRUNK]."""
        x = self.norm0(self.mix(self.dropout(states)))
        for conv, norm in ((self.conv1, self.norm1), (self.conv2, self.norm2)):
            y = conv(self.dropout(x).T.unsqueeze(0)).squeeze(0).T
            x = norm(x + F.gelu(y))
        return x


class MentionModel(nn.Module):
    def __init__(self, dropout: float = 0.2) -> None:
        super().__init__()
        self.trunk = Trunk(dropout)
        self.names = nn.Linear(TRUNK, NAME_TAGS)
        self.types = nn.Linear(TRUNK, TYPES)
        self.inner_cues = nn.Linear(TRUNK, CUE_TAGS)
        self.starts = nn.Linear(TRUNK, 2 * SPAN)  # as a head, as a first word
        self.ends = nn.Linear(TRUNK, 2 * SPAN)
        self.start_distance = nn.Parameter(torch.zeros(LEFT + 1))
        self.end_distance = nn.Parameter(torch.zeros(RIGHT + 1))
        self.pair = nn.Linear(TRUNK, 2 * PAIR)  # as the later one, as the earlier one
        self.judge1 = nn.Linear(3 * PAIR + SIGNS + 2 * TYPES, HIDDEN)
        self.judge2 = nn.Linear(HIDDEN, 1)
        self.dropout = nn.Dropout(dropout)

    def span_scores(self, x: Tensor, heads: Tensor) -> tuple[Tensor, Tensor]:
        """Scores [mentions, LEFT + 1] of first words, from the head backwards, and [.., RIGHT + 1] of last words."""
        n = len(x)
        out = []
        for layer, reach, sign, bias in (
            (self.starts, LEFT, -1, self.start_distance),
            (self.ends, RIGHT, 1, self.end_distance),
        ):
            of_head, of_word = layer(x).chunk(2, -1)
            at = heads.unsqueeze(1) + sign * torch.arange(reach + 1)
            there = (at >= 0) & (at < n)
            words = of_word[at.clamp(0, n - 1)]
            score = (of_head[heads].unsqueeze(1) * words).sum(-1) / SPAN**0.5 + bias
            out.append(score.masked_fill(~there, -1e4))
        return out[0], out[1]

    def pair_scores(
        self, x: Tensor, heads: Tensor, types: Tensor, later: Tensor, earlier: Tensor, signs: Tensor
    ) -> Tensor:
        """Scores [pairs]: above 0 speaks for one and the same, against starting anew."""
        as_later, as_earlier = self.pair(x).chunk(2, -1)
        a, b = as_later[heads[later]], as_earlier[heads[earlier]]
        given = torch.cat([a * b, a, b, signs, types[later], types[earlier]], -1)
        return self.judge2(self.dropout(F.gelu(self.judge1(given)))).squeeze(-1)


# Data: what each corpus marks, as words.


@dataclass(frozen=True, eq=False)
class Example:
    """A text as the model learns from it: tags of its words, its mentions, and pairs of them that are compared."""

    corpus: str
    id: str
    genre: str
    states: States  # [words, STATES]
    names: Tensor  # [words]
    types: Tensor  # [words]: of heads
    inner: Tensor  # [words]: of cues inside contents
    table: Mentions
    later: NDArray[np.int64]  # pairs, as indexes of mentions
    earlier: NDArray[np.int64]
    same: NDArray[np.bool_]

    @property
    def group(self) -> str:
        return GROUP_OF.get(self.corpus, self.corpus)


@dataclass(frozen=True)
class _Mention:
    start: int
    end: int
    head: int
    chain: str | None


def corpora(data: Path, part: str, genres: frozenset[str] | None) -> Iterator[MarkedText]:
    """The texts of a part ("train", "dev") of all corpora but PolNeAR; of GUM those of some genres, or all."""
    yield from chains.gum(data / "gum" / f"{part}.jsonl.gz", genres)
    yield from chains.newswcl50(data / "newswcl50" / f"{part}.jsonl.gz")
    yield from chains.meantime(data / "meantime" / f"{part}.jsonl.gz")
    yield from chains.litbank(data / "litbank" / f"{part}.jsonl.gz")
    yield from chains.gap(data / "gap" / f"{part}.jsonl.gz")
    yield from chains.ner(data / "ner", part)


def examples(texts: Iterable[MarkedText], encoder: Encoder, lexicon: Lexicon, reach: int) -> list[Example]:
    """Texts with their words and states; those without a word are left out."""
    cut = [(text, encoder.words(text.text)) for text in texts]
    cut = [(text, words) for text, words in cut if len(words)]
    states = encoder.states([words for _, words in cut])
    return [example(text, words, s, lexicon, reach) for (text, words), s in zip(cut, states, strict=True)]


def example(text: MarkedText, words: Words, states: States, lexicon: Lexicon, reach: int) -> Example:
    """A text as words and tensors."""
    lower = lowered(words)
    tags, in_name = _names(text, words, lower, lexicon)
    types = np.full(len(words), 0 if text.whole else UNMARKED)
    mentions: dict[tuple[int, int], _Mention] = {}
    for marked in text.mentions if text.corpus not in NER_SETS else ():
        start, end = _place(words, marked.start, marked.end)
        head = _head_word(words, marked.head, start, end)
        if marked.type:
            types[head] = 1 + NAME_TYPES.index(marked.type)
        known = mentions.get((start, head))
        if known is None or known.end < end:
            mentions[start, head] = _Mention(start, end, head, marked.chain)
    for place in text.unmentioned:
        start, end = _place(words, *place)
        head = _head_word(words, head_of(text.text, *place), start, end)
        types[head] = max(types[head], 0)
    found = sorted(mentions.values(), key=lambda m: (m.start, m.end, m.head))
    spans = [(m.start, m.end, m.head) for m in found]
    paragraph = np.cumsum(words.gap == NEW_PARAGRAPH)
    table = describe(words, lower, spans, sentence_numbers(words), paragraph, in_name, frozenset(), lexicon)
    pairs = _choice(text, words, found) if text.choice else _pairs(found, reach)
    names_of, types_of, inner = (torch.from_numpy(x) for x in (tags, types, _inner(text, words)))
    return Example(text.corpus, text.id, text.genre, states, names_of, types_of, inner, table, *pairs)


def _place(words: Words, start: int, end: int) -> tuple[int, int]:
    """The words of a mention; at least one."""
    first = min(int(np.searchsorted(words.end, start, side="right")), len(words) - 1)
    return first, max(int(np.searchsorted(words.start, end, side="left")), first + 1)


def _head_word(words: Words, head: tuple[int, int], start: int, end: int) -> int:
    """The word at a head's offsets, inside a mention's words."""
    return min(max(_place(words, *head)[1] - 1, start), end - 1)


def _names(
    text: MarkedText, words: Words, lower: Sequence[str], lexicon: Lexicon
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Tags of names, titles left out, and which words stand in names, capitalized heads among them."""
    titles = {w for row in lexicon.tables["titles"] for w in row["title"].lower().replace(".", " . ").split()}
    titles |= set(lexicon.gender_of_honorific)
    tags = np.full(len(words), 0 if text.names_whole else UNMARKED)
    in_name = np.zeros(len(words), dtype=bool)
    for marked in text.mentions:
        if marked.name:
            start, end = _place(words, *marked.name)
            in_name[start:end] = True
            if marked.type:
                kind = NAME_TYPES.index(marked.type)
                while end - start > 1 and marked.type == "person" and lower[start] in titles:
                    start += 1
                tags[start] = 1 + 2 * kind
                tags[start + 1 : end] = 2 + 2 * kind
        elif marked.type != "other" and _is_capitalized(text.text, marked.head, lexicon):
            start, end = _place(words, marked.start, marked.end)
            in_name[_head_word(words, marked.head, start, end)] = True
    return tags, in_name


def _is_capitalized(text: str, head: tuple[int, int], lexicon: Lexicon) -> bool:
    word = text[slice(*head)]
    return word[:1].isupper() and word.lower() not in lexicon.pronouns


def _inner(text: MarkedText, words: Words) -> NDArray[np.int64]:
    """Tags of cues inside contents; words outside contents say nothing."""
    tags = np.full(len(words), UNMARKED)
    for content in text.contents:
        start, end = _place(words, *content)
        tags[start:end] = 0
    for cue in text.inner_cues:
        start, end = _place(words, *cue)
        tags[start], tags[start + 1 : end] = 1, 2
    return tags


Pairs = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]


def _as_pairs(rows: Sequence[tuple[int, int, bool]]) -> Pairs:
    """Later, earlier, and whether they are the same, as columns."""
    later, earlier, same = zip(*rows, strict=True) if rows else ((), (), ())
    return np.array(later, dtype=np.int64), np.array(earlier, dtype=np.int64), np.array(same, dtype=bool)


def _pairs(mentions: Sequence[_Mention], reach: int) -> Pairs:
    """Each mention of a chain with those of chains among the mentions not far before."""
    return _as_pairs(
        [
            (i, j, one.chain == mentions[j].chain)
            for i, one in enumerate(mentions)
            if one.chain is not None
            for j in range(max(0, i - reach), i)
            if mentions[j].chain is not None
        ]
    )


def _choice(text: MarkedText, words: Words, mentions: Sequence[_Mention]) -> Pairs:
    """GAP's pronoun with either name, whichever stands first."""
    at = {(m.start, m.end): i for i, m in enumerate(mentions)}
    assert text.choice is not None
    pronoun = at.get(_place(words, *text.choice.pronoun))
    names = [at.get(_place(words, *name)) for name in text.choice.names]
    rows = [(pronoun, name, meant) for name, meant in zip(names, text.choice.meant, strict=True)]
    return _as_pairs([(p, n, meant) for p, n, meant in rows if p is not None and n is not None])


# Losses.


def losses_of(model: MentionModel, one: Example, settings: Settings, inner: bool) -> dict[str, Tensor]:
    """What the model is to learn from a text, by what its corpus marks; nothing where it marks nothing."""
    x = model.trunk(as_floats(one.states))
    losses = {}
    for name, layer, tags in (("names", model.names, one.names), ("types", model.types, one.types)):
        if (tags != UNMARKED).any():
            losses[name] = F.cross_entropy(layer(x), tags, ignore_index=UNMARKED)
    if inner and (one.inner != UNMARKED).any():
        weight = torch.tensor([1.0, settings.cue_weight, settings.cue_weight])
        losses["inner"] = F.cross_entropy(model.inner_cues(x), one.inner, weight=weight, ignore_index=UNMARKED)
    if len(one.table) and one.corpus != "gap":
        heads, first, last = ends_of(one.table)
        starts, ends = model.span_scores(x, heads)
        losses["span"] = F.cross_entropy(starts, first.clamp(max=LEFT)) + F.cross_entropy(ends, last.clamp(max=RIGHT))
    if len(one.later):
        scores, same = scores_of_pairs(model, x, one), torch.from_numpy(one.same)
        if one.corpus == "gap":
            losses["pair"] = F.binary_cross_entropy_with_logits(scores, same.float())
        else:
            losses["pair"] = antecedent_loss(scores, torch.from_numpy(one.later), same)
    return losses


def as_floats(states: States) -> Tensor:
    return torch.from_numpy(states.astype(np.float32))


def ends_of(table: Mentions) -> tuple[Tensor, Tensor, Tensor]:
    """The heads of mentions, and how many words stand before and after each in its mention."""
    columns = (table.head, table.head - table.start, table.end - 1 - table.head)
    heads, before, after = (torch.from_numpy(c) for c in columns)
    return heads, before, after


def scores_of_pairs(model: MentionModel, x: Tensor, one: Example) -> Tensor:
    """Scores [pairs]. What a head is of is settled by the types that are marked, not by the pairs."""
    heads = torch.from_numpy(one.table.head)
    types = model.types(x)[heads].softmax(-1).detach()
    signs = torch.from_numpy(pair_signs(one.table, one.later, one.earlier))
    return model.pair_scores(x, heads, types, torch.from_numpy(one.later), torch.from_numpy(one.earlier), signs)


def antecedent_loss(scores: Tensor, later: Tensor, same: Tensor) -> Tensor:
    """Negative log-likelihood that each later mention goes back to any right one, or, without one, starts anew.

    Starting anew scores 0.
    """
    n = int(later.max()) + 1
    compared, anew = torch.zeros(n, dtype=torch.bool), torch.ones(n, dtype=torch.bool)
    compared[later], anew[later[same]] = True, False
    every = torch.cat([scores, scores.new_zeros(n)])
    of = torch.cat([later, torch.arange(n)])
    right = torch.cat([same, anew])
    return (log_sums(every, of, n) - log_sums(every[right], of[right], n))[compared].mean()


def log_sums(scores: Tensor, of: Tensor, n: int) -> Tensor:
    """The logarithm of the sum of the exponentials of the scores of each of n; each has one at least."""
    top = scores.new_zeros(n).scatter_reduce(0, of, scores.detach(), "amax", include_self=False)
    return top + scores.new_zeros(n).index_add(0, of, (scores - top[of]).exp()).log()


# Figures on dev.

_FORM = {"he": "he, she", "she": "he, she", "they": "they"}


def form_of(form: int) -> str:
    """What a mention is, for the table of figures."""
    if form >= PRONOUN:
        return _FORM.get(FORMS[form], "other pronoun")
    return "name" if form == NAME else "description"


def figures(model: MentionModel, dev: Sequence[Example]) -> dict[str, list[float]]:
    """Precision and recall in percent, by what was asked.

    Of pairs: the links to the mention that scores best, where it scores above 0; a mention with no right one within
    reach asks for none.
    """
    tally: dict[str, NDArray[np.int64]] = defaultdict(lambda: np.zeros(3, dtype=np.int64))

    def add(name: str, right: Any, found: Any, wanted: Any) -> None:
        tally[name] += [int(right), int(found), int(wanted)]

    model.eval()
    with torch.no_grad():
        for one in dev:
            x = model.trunk(as_floats(one.states))
            if one.corpus == "gum":
                _count_heads(model, x, one, add)
            if one.group in ("ner", "polnear"):
                found, wanted = (_spans(t) for t in (model.names(x).argmax(-1).tolist(), one.names.tolist()))
                add(f"{one.group} names", len(found & wanted), len(found), len(wanted))
            if one.corpus == "polnear":
                cue, marked = model.inner_cues(x).argmax(-1) > 0, one.inner != UNMARKED
                wants = one.inner > 0
                add("inner cues, words", (cue & wants).sum(), (cue & marked).sum(), wants.sum())
            if len(one.later):
                scores = scores_of_pairs(model, x, one).numpy()
                if one.corpus == "gap":
                    add("gap", ((scores > 0) & one.same).sum(), (scores > 0).sum(), one.same.sum())
                else:
                    _count_links(scores, one, add)
    model.train()
    return {
        name: [round(100 * float(right) / max(1, n), 1) for n in (found, wanted)]
        for name, (right, found, wanted) in sorted(tally.items())
    }


Add = Callable[[str, Any, Any, Any], None]


def _count_heads(model: MentionModel, x: Tensor, one: Example, add: Add) -> None:
    kinds = model.types(x).argmax(-1)
    add("heads", ((kinds == one.types) & (kinds > 0)).sum(), (kinds > 0).sum(), (one.types > 0).sum())
    for kind in (1, 2):
        found, wanted = kinds == kind, one.types == kind
        add(f"heads, {NAME_TYPES[kind - 1]}", (found & wanted).sum(), found.sum(), wanted.sum())
    heads, first, last = ends_of(one.table)
    starts, ends = (s.argmax(-1) for s in model.span_scores(x, heads))
    add("ends", ((starts == first) & (ends == last)).sum(), len(heads), len(heads))


def _count_links(scores: NDArray[np.float32], one: Example, add: Add) -> None:
    corpus = one.corpus
    if corpus == "gum":
        corpus = "gum, news and interviews" if one.genre in ("news", "interview") else "gum, others"
    for i in np.unique(one.later):
        pairs = np.flatnonzero(one.later == i)
        best = pairs[scores[pairs].argmax()]
        link = scores[best] > 0
        add(f"{corpus}: {form_of(int(one.table.form[i]))}", link and one.same[best], link, one.same[pairs].any())


def _spans(tags: Sequence[int]) -> set[tuple[int, int, int]]:
    """Names by their tags, those of people, organizations and places: first word, last but one, type."""
    spans: set[tuple[int, int, int]] = set()
    begun: tuple[int, int] | None = None
    for i, tag in enumerate([*tags, 0]):
        kind = (tag - 1) // 2
        if begun and (tag <= 0 or tag % 2 == 1 or kind != begun[1]):
            spans.add((begun[0], i, begun[1]))
            begun = None
        if tag > 0 and begun is None:
            begun = (i, kind)
    return {span for span in spans if NAME_TYPES[span[2]] != "other"}


# The loop.


def plan(sizes: dict[str, int], settings: Settings, steps: int) -> list[tuple[str, list[int]]]:
    """The texts of each step: a group by lot, then its texts in an order of their own, again and again."""
    rng = np.random.default_rng(settings.seed)
    shares = {name: share for name, share in settings.shares if sizes.get(name)}
    names, chance = list(shares), np.array(list(shares.values()))
    waiting: dict[str, list[int]] = {name: [] for name in names}

    def draw(name: str) -> int:
        if not waiting[name]:
            waiting[name] = rng.permutation(sizes[name]).tolist()
        return waiting[name].pop()

    rows = []
    for _ in range(steps):
        name = names[rng.choice(len(names), p=chance / chance.sum())]
        rows.append((name, [draw(name) for _ in range(settings.gap_texts if name == "gap" else 1)]))
    return rows


def rate_at(step: int, steps: int, settings: Settings) -> float:
    """A short rise and a linear fall."""
    return min(1.0, step / settings.warmup) * max(settings.least, 1 - step / steps)


def step_on(
    model: MentionModel, optimizer: Any, texts: Sequence[Example], settings: Settings, stage: Stage
) -> dict[str, float]:
    """One step: the mean of the losses of some texts. Gives back each."""
    sums: dict[str, float] = defaultdict(float)
    total = torch.zeros(())
    for one in texts:
        for name, loss in losses_of(model, one, settings, stage.inner).items():
            sums[name] += float(loss.detach()) / len(texts)
            total = total + loss / len(texts)
    if sums:
        optimizer.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), settings.clip)
        optimizer.step()
    return sums


def train(settings: Settings, texts: Sequence[Example], dev: Sequence[Example], out: Path, every: int) -> None:
    """Train through all stages, from the last checkpoint if there is one."""
    torch.use_deterministic_algorithms(True)
    groups: dict[str, list[Example]] = {name: [] for name, _ in settings.shares}
    for one in texts:
        groups[one.group].append(one)
    checkpoint, log = out / "mentions.pt", out / "mentions.jsonl"
    state: dict[str, Any] = torch.load(checkpoint, weights_only=False) if checkpoint.exists() else {}
    for number, stage in enumerate(settings.stages):
        if number < state.get("stage", 0):
            continue
        torch.manual_seed(settings.seed)
        model = MentionModel(stage.dropout)
        optimizer = torch.optim.AdamW(model.parameters(), lr=settings.rate, weight_decay=stage.weight_decay)
        done = state.get("done", 0)
        if state:
            model.load_state_dict(state["model"])
        if done:
            optimizer.load_state_dict(state["optimizer"])
            torch.set_rng_state(state["rng"])
        seen: dict[str, list[float]] = defaultdict(list)
        began = time.time()
        for step, (group, places) in enumerate(plan({k: len(v) for k, v in groups.items()}, settings, stage.steps)):
            if step < done:
                continue
            for g in optimizer.param_groups:
                g["lr"] = settings.rate * rate_at(step, stage.steps, settings)
            for name, loss in step_on(model, optimizer, [groups[group][i] for i in places], settings, stage).items():
                seen[f"{group} {name}"].append(loss)
            done = step + 1
            if done % 250 == 0 or done == stage.steps:
                means = {name: round(float(np.mean(losses)), 3) for name, losses in sorted(seen.items())}
                note(log, {"stage": number, "step": done, **means, "seconds": round(time.time() - began)})
                seen.clear()
            if done % settings.figures_every == 0 or done == stage.steps:
                note(log, {"stage": number, "step": done, **figures(model, dev)})
            if done % every == 0:
                state = {"stage": number, "done": done, "model": model.state_dict()}
                save(checkpoint, {**state, "optimizer": optimizer.state_dict(), "rng": torch.get_rng_state()})
        state = {"stage": number + 1, "done": 0, "model": model.state_dict()}
        save(checkpoint, state)
    save_weights(state["model"], out / "mentions.safetensors")


def is_kept_apart(article: str, settings: Settings) -> bool:
    """Whether an article labelled for mentions alone, by its digest, is kept for measuring."""
    return int(article[:8], 16) % settings.kept_apart == 0


def run(
    settings: Settings,
    data: Path,
    labels: tuple[Path, Path],
    encoder: Encoder,
    lexicon: Lexicon,
    out: Path,
    every: int,
) -> Path:
    """Train the mention model on the corpora in `data` and the articles that `labels` are of (those with all labels,
    and those with mentions alone), unless `out` has it already."""
    settle(out / "mentions.json", settings, {"encoder": encoder.digest[:12], "labels": digest_of(*labels)})
    weights = out / "mentions.safetensors"
    if not weights.exists():
        corpus = data / "polnear" / "train.jsonl.gz"
        own = examples(chains.polnear(labels[0], corpus), encoder, lexicon, settings.reach)
        more = examples(chains.polnear_mentions(labels[1], corpus), encoder, lexicon, settings.reach)
        texts = examples(corpora(data, "train", chains.SHIPPED_GENRES), encoder, lexicon, settings.reach)
        dev = examples(corpora(data, "dev", None), encoder, lexicon, settings.reach)
        texts += [one for i, one in enumerate(own) if i % settings.held_out]
        texts += [one for one in more if not is_kept_apart(one.id, settings)]
        dev += own[:: settings.held_out] + [one for one in more if is_kept_apart(one.id, settings)][::DEV_EVERY]
        train(settings, texts, dev, out, every)
    return weights
