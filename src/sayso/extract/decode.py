"""From scores to attributions: which words are cues, and which are the source and content of each.

Cues are runs of words under a CRF over BIO. Each cue's roles are a path under a CRF over none, source
and content. One source may have several cues ("Ruiz said … and added …"), but a word is content of one
attribution at most, and then no source (the corpus does not nest): where two want the same word, the surer
one has it, and the other is decoded again without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sayso.extract.chain import FORBIDDEN, Floats, best_paths, marginals, pad_steps
from sayso.extract.roles import around
from sayso.extract.words import NEW_PARAGRAPH, OPENING_MARK, Words

BEGIN, INSIDE = 1, 2  # states of the cue chain; 0 is outside
SOURCE, CONTENT = 1, 2  # states of the role chain; 0 is neither
SURE = 6.0  # by this margin (natural log) a word is no cue, whatever its neighbours are
CHAINS = 256  # cues decoded at once: memory stays small however long the document

Range = tuple[int, int]  # words, half-open


@dataclass(frozen=True)
class Cue:
    """A cue in words, and the probability of each of its words."""

    words: Range
    probability: float
    least: float


@dataclass(frozen=True)
class Found:
    """An attribution in words, with the signs by which its confidence is judged."""

    cue: Range
    source: Range | None
    content: tuple[Range, ...]
    signs: tuple[float, ...]


def find_cues(score: Floats, change: Floats, bias: float) -> list[Cue]:
    """Cues among the words of a document, given their scores [words, 3].

    Long stretches of a text are surely outside any cue; the chain is run over what lies between them.
    """
    score = score + np.array([bias, 0.0, 0.0], dtype=np.float32)
    near = np.flatnonzero(np.maximum(score[:, BEGIN], score[:, INSIDE]) > score[:, 0] - SURE)
    if not len(near):
        return []
    breaks = np.flatnonzero(np.diff(near) > 1)
    starts = near[np.concatenate([[0], breaks + 1])]
    ends = near[np.concatenate([breaks, [len(near) - 1]])] + 2  # and one word that closes the cue
    ends = np.minimum(ends, len(score))
    lengths = ends - starts
    steps = np.full((len(starts), int(lengths.max()), 3, 3), FORBIDDEN, dtype=np.float32)
    for i, (a, b) in enumerate(zip(starts, ends, strict=True)):
        steps[i, : b - a] = score[a:b, None, :] + change
    steps = pad_steps(steps, lengths)
    paths, _ = best_paths(steps)
    probability, _ = marginals(steps)
    cues = []
    for i, a in enumerate(starts.tolist()):
        path = paths[i, : lengths[i]]
        begins = [t for t in range(len(path)) if path[t] == BEGIN or (path[t] and (t == 0 or not path[t - 1]))]
        for t in begins:
            u = t + 1
            while u < len(path) and path[u] == INSIDE:
                u += 1
            p = probability[i, t:u, 0]
            cues.append(Cue((a + t, a + u), float(1 - p.mean()), float(1 - p.max())))
    return cues


def role_steps(score: Floats, change: Floats, barred: NDArray[np.bool_], parted: NDArray[np.bool_]) -> Floats:
    """Step scores [words, from, to] over none, source, content; as training.tagger.role_steps.

    Where words are parted from what stands before them, a role that goes on counts as one that ends
    and begins.
    """
    n = len(score)
    inside = np.zeros((n, 3), dtype=np.float32)
    inside[:, 1:] = score[:, 0:2]
    inside[barred, 1:] += FORBIDDEN
    begins = np.zeros((n, 3), dtype=np.float32)
    begins[:, 1:] = score[:, 2:4]
    ended = np.zeros((n, 3), dtype=np.float32)
    ended[1:, 1:] = score[:-1, 4:6]
    differs = parted[:, None, None] | ~np.eye(3, dtype=bool)
    steps: Floats = inside[:, None, :] + change + differs * (begins[:, None, :] + ended[:, :, None])
    return steps


@dataclass(frozen=True, eq=False)
class _Roles:
    """The decoded roles of one cue: labels and their probabilities for the words from `low` on."""

    low: int
    labels: NDArray[np.int64]
    probability: Floats  # [words, 3]
    path: float  # log-probability of the whole path


def find_attributions(words: Words, cues: list[Cue], scores: Callable[[Range], Floats], change: Floats) -> list[Found]:
    """The attributions of a document: the roles of every cue, settled against each other. Some have no content.

    `scores` gives the role scores [words around the cue, 6] of a cue.
    """
    if not cues:
        return []
    in_cue = np.zeros(len(words), dtype=bool)
    for cue in cues:
        in_cue[slice(*cue.words)] = True
    reads = [_read(scores(cue.words), cue, words) for cue in cues]
    roles: dict[int, _Roles] = {}
    barred = {i: in_cue[r.low : r.low + len(r.score)].copy() for i, r in enumerate(reads)}
    again = list(range(len(cues)))
    lost: set[int] = set()
    while again:  # each round bars words for good, so there is a last one
        roles.update(_decode(reads, change, barred, again))
        again = _settle(cues, roles, barred, len(words))
        lost.update(again)
    found = {i: _attribution(words, cue, roles[i]) for i, cue in enumerate(cues)}
    kept = {i: one for i, one in found.items() if one.content}
    lost.update(i for i in found if i not in kept)
    kept |= _holding(words, cues, reads, kept, sorted(lost), change)
    kept |= _left_over(words, cues, reads, kept, change)
    return [kept.get(i, found[i]) for i in range(len(cues))]


def _holding(
    words: Words, cues: list[Cue], reads: list[_Read], kept: dict[int, Found], lost: list[int], change: Floats
) -> dict[int, Found]:
    """The attributions that have others in their contents whole, among those that lost words to others: “The mill plans
    to close, three people said” is said by the three, the plan within it."""
    if not lost:
        return {}
    barred = {}
    for i in lost:
        barred[i] = np.zeros(len(reads[i].score), dtype=bool)
        barred[i][max(cues[i].words[0] - reads[i].low, 0) : max(cues[i].words[1] - reads[i].low, 0)] = True
    holding = {}
    for i, roles in _decode(reads, change, barred, lost):
        one = _attribution(words, cues[i], roles)
        others = [other for k, other in kept.items() if k != i and _shares(one, other)]
        if one.source and one.content and others and all(_has_whole(one, other) for other in others):
            holding[i] = one
    return holding


def _pieces(one: Found) -> list[Range]:
    return [one.cue, *((one.source,) if one.source else ()), *one.content]


def _shares(one: Found, other: Found) -> bool:
    """Whether two attributions want the same words, beside a source that both have."""
    return any(
        a < d and c < b and not ((a, b) == one.source and (c, d) == other.source)
        for a, b in _pieces(one)
        for c, d in _pieces(other)
    )


def _has_whole(one: Found, other: Found) -> bool:
    """Whether the content of one has another attribution in it whole."""
    return all(any(a <= c and d <= b for a, b in one.content) for c, d in _pieces(other))


def _left_over(
    words: Words, cues: list[Cue], reads: list[_Read], kept: dict[int, Found], change: Floats
) -> dict[int, Found]:
    """The attributions of cues that were left without a content where others wanted the same words that have none
    either: the surest first, each with the words that nobody has."""
    taken = np.zeros(len(words), dtype=bool)
    for one in kept.values():
        _take(taken, one)
    found: dict[int, Found] = {}
    without = [i for i in range(len(cues)) if i not in kept and not taken[slice(*cues[i].words)].any()]
    for i in sorted(without, key=lambda i: -cues[i].probability):
        cue, read = cues[i], reads[i]
        if taken[slice(*cue.words)].any():
            continue
        barred = taken[read.low : read.low + len(read.score)].copy()
        barred[max(cue.words[0] - read.low, 0) : max(cue.words[1] - read.low, 0)] = True
        ((_, roles),) = _decode([read], change, {0: barred}, [0])
        one = _attribution(words, cue, roles)
        if one.content:
            found[i] = one
            _take(taken, one)
    return found


def _take(taken: NDArray[np.bool_], one: Found) -> None:
    """Mark the words of an attribution."""
    for a, b in (one.cue, *((one.source,) if one.source else ()), *one.content):
        taken[a:b] = True


@dataclass(frozen=True)
class Inside:
    """A cue inside the content of another attribution, and where its own source and content may lie."""

    cue: Cue
    open: tuple[Range, ...]  # in order
    ahead: bool  # its content follows it


def find_inside(
    words: Words, cues: Sequence[Inside], scores: Callable[[Range], Floats], change: Floats
) -> list[Found | None]:
    """The attribution of each cue, its source and content where they may lie; None without a content."""
    reads, barred = [], {}
    for i, one in enumerate(cues):
        low, high = around(*one.cue.words, len(words))
        start, end = max(low, one.open[0][0]), min(high, one.open[-1][1])
        score = scores(one.cue.words)[start - low : end - low].copy()
        if one.ahead:
            score[: max(0, one.cue.words[0] - start), 1] += FORBIDDEN
        parted = (words.gap[start:end] == NEW_PARAGRAPH) & (words.quote[start:end] != OPENING_MARK)
        reads.append(_Read(start, score, parted))
        barred[i] = np.ones(end - start, dtype=bool)
        for a, b in one.open:
            barred[i][max(a - start, 0) : max(b - start, 0)] = False
        barred[i][max(one.cue.words[0] - start, 0) : max(one.cue.words[1] - start, 0)] = True
    decoded = dict(_decode(reads, change, barred, list(range(len(cues)))))
    found = [_attribution(words, one.cue, decoded[i]) for i, one in enumerate(cues)]
    return [f if f.content else None for f in found]


@dataclass(frozen=True, eq=False)
class _Read:
    """The role scores of the words from `low` on, for one cue."""

    low: int
    score: Floats
    parted: NDArray[np.bool_]


def _read(score: Floats, cue: Cue, words: Words) -> _Read:
    """The scores without the words at either end that are surely in no role."""
    low, high = around(*cue.words, len(words))
    # Only what is quoted runs from one paragraph into the next.
    parted = (words.gap[low:high] == NEW_PARAGRAPH) & (words.quote[low:high] != OPENING_MARK)
    near = np.flatnonzero(score[:, :2].max(1) > -SURE)
    start, end = (int(near[0]), int(near[-1]) + 1) if len(near) else (0, 1)
    return _Read(low + start, score[start:end], parted[start:end])


def _decode(
    reads: list[_Read], change: Floats, barred: dict[int, NDArray[np.bool_]], which: list[int]
) -> Iterator[tuple[int, _Roles]]:
    for some in _batched(which, CHAINS):
        lengths = np.array([len(reads[i].score) for i in some])
        steps = np.zeros((len(some), int(lengths.max()), 3, 3), dtype=np.float32)
        for row, i in enumerate(some):
            steps[row, : lengths[row]] = role_steps(reads[i].score, change, barred[i], reads[i].parted)
        steps = pad_steps(steps, lengths)
        paths, best = best_paths(steps)
        probability, total = marginals(steps)
        for row, i in enumerate(some):
            n = lengths[row]
            yield i, _Roles(reads[i].low, paths[row, :n], probability[row, :n], float(best[row] - total[row]))


def _batched(items: list[int], size: int) -> Iterator[list[int]]:
    """The items in lists of so many; the last may be shorter."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _settle(cues: list[Cue], roles: dict[int, _Roles], barred: dict[int, NDArray[np.bool_]], words: int) -> list[int]:
    """Bar from each cue the words that a surer one has; the cues that lose any are to be decoded again."""
    as_source, as_content = np.zeros(words, dtype=np.float32), np.zeros(words, dtype=np.float32)
    owner = np.full(words, -1, dtype=np.int64)  # the attribution that is surest of a word as content
    for i, cue in enumerate(cues):
        r = roles[i]
        sure = r.probability * np.float32(cue.probability)
        for role, best in ((SOURCE, as_source), (CONTENT, as_content)):
            taken = np.flatnonzero(r.labels == role)
            better = taken[sure[taken, role] > best[taken + r.low]]
            best[better + r.low] = sure[better, role]
            if role == CONTENT:
                owner[better + r.low] = i
    again = []
    for i in range(len(cues)):
        r = roles[i]
        taken = np.flatnonzero(r.labels)
        place = taken + r.low
        source_wins = as_source[place] > as_content[place]
        lost = np.where(r.labels[taken] == SOURCE, ~source_wins, source_wins | (owner[place] != i))
        if lost.any():
            barred[i] = barred[i].copy()
            barred[i][taken[lost]] = True
            again.append(i)
    return again


def _runs(labels: NDArray[np.int64], role: int) -> list[Range]:
    on = np.concatenate([[0], (labels == role).astype(np.int8), [0]])
    edges = np.flatnonzero(np.diff(on))
    return [(int(a), int(b)) for a, b in zip(edges[0::2], edges[1::2], strict=True)]


def _attribution(words: Words, cue: Cue, roles: _Roles) -> Found:
    def trimmed(role: int) -> list[Range]:
        out: list[Range] = []
        for a, b in _runs(roles.labels, role):
            a, b = a + roles.low, b + roles.low
            while a < b and not words.spoken[a]:
                a += 1
            while b > a and not words.spoken[b - 1]:
                b -= 1
            if a == b:
                continue
            if out and not words.spoken[out[-1][1] : a].any():
                out[-1] = (out[-1][0], b)
            else:
                out.append((a, b))
        return out

    def probability(spans: list[Range], role: int) -> list[float]:
        return [float(roles.probability[a - roles.low : b - roles.low, role].mean()) for a, b in spans]

    sources, content = trimmed(SOURCE), trimmed(CONTENT)
    chances = probability(sources, SOURCE)
    source = sources[int(np.argmax(chances))] if sources else None
    sure_source = max(chances) if source else 1 - float(roles.probability[:, SOURCE].max(initial=0.0))
    sure_content = float(np.mean(probability(content, CONTENT))) if content else 0.0
    length = sum(b - a for a, b in content)
    signs = (
        _log_odds(cue.probability),
        _log_odds(cue.least),
        max(roles.path, -12.0),
        float(source is not None),
        _log_odds(sure_source),
        _log_odds(sure_content),
        float(np.log1p(length)),
        float(len(content)),
        float(cue.words[1] - cue.words[0]),
    )
    return Found(cue.words, source, tuple(content), signs)


def _log_odds(p: float) -> float:
    p = min(max(p, 1e-4), 1 - 1e-4)
    return float(np.log(p / (1 - p)))
