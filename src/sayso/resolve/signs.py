"""Signs of each who may speak in an attribution, and of nobody: a small network weighs them (training/speakers.py)."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence

import numpy as np

from sayso.model import Act
from sayso.qualify.cues import rows_in
from sayso.resolve.candidates import (
    DETERMINERS,
    HOW,
    SPEAKERS_BACK,
    ByRule,
    Key,
    Scene,
    Told,
    holders,
    last_speakers,
)
from sayso.resolve.forms import (
    FEMALE,
    FORMS,
    MALE,
    MANY,
    NAME,
    ONE,
    PRONOUN,
    THING,
    UNKNOWN,
    Floats,
    singular,
)
from sayso.resolve.placing import Placed, Range

_LOOK = 8  # mentions of one candidate before and after a source that are looked at
_BEING = frozenset(("is", "are", "was", "were", "be", "been", "being", "am", "s", "re", "m"))
_JOINING = frozenset(("and", "but", "or"))
_LEADING = frozenset(
    (
        "for",
        "of",
        "from",
        "as",
        "in",
        "by",
        "with",
        "about",
        "at",
        "on",
        "after",
        "before",
        "without",
        "against",
        "while",
    )
)
_MODALS = frozenset(
    ("will", "would", "can", "could", "may", "might", "should", "must", "do", "does", "did", "has", "have", "had")
)


def signs(scene: Scene, place: int, told: Told, by_rule: ByRule, keys: Sequence[Key]) -> Floats:
    """The signs [candidates + 1, WIDTH] of each candidate, and in the last row of nobody."""
    shared = _of_attribution(scene, place, told, by_rule, len(keys))
    held_by, spoke = holders(scene, place), last_speakers(scene, place, told)
    rows = [[*shared, *_of_candidate(scene, place, told, by_rule, key, held_by, spoke)] for key in keys]
    rows.append([*shared, *([0.0] * len(CANDIDATE))])
    rows[-1][len(shared)] = 1.0
    beside = np.zeros((len(rows), len(BESIDE)), dtype=np.float32)
    for column, measured in enumerate(_measured(scene, place, keys)):
        order = sorted(range(len(keys)), key=lambda k: (measured[k], k))
        for rank, k in enumerate(order):
            beside[k, 2 * column] = measured[k] > 0 and rank == 0
            beside[k, 2 * column + 1] = _log(rank)
    return np.concatenate([np.array(rows, dtype=np.float32), beside], axis=1)


BESIDE = (
    "latest", "rank by last mention", "most often", "rank by mentions", "likeliest", "rank by pair score",
    "latest of its gender", "rank of its gender", "latest subject", "rank by last subject",
)  # fmt: skip


def _measured(scene: Scene, place: int, keys: Sequence[Key]) -> list[list[float]]:
    """What the candidates are ranked by, the lowest first; 0 for what does not count."""
    i = scene.mention_of[place]
    at = bisect_left(scene.starts, scene.starts[i] if i is not None else scene.attributions[place].cue[0])
    pairs = scene.pair_scores.get(i, {}) if i is not None else {}
    rows: list[list[float]] = [[], [], [], [], []]
    for key in keys:
        own = scene.of_entity[key[0]]
        first = bisect_left(own, at)
        entity = scene.entities.entities[key[0]]
        since = float(at - own[first - 1]) if first else 1e6
        same = i is None or (entity.gender == int(scene.table.gender[i]) and entity.gender != UNKNOWN)
        subject = next((k for k in reversed(own[max(0, first - 8) : first]) if k in scene.first_in_sentence), None)
        rows[0].append(since)
        rows[1].append(1 / (1 + first))
        rows[2].append(math.exp(-pairs[key[0]] / 4) if key[0] in pairs and len(key) == 1 else 1e6)
        rows[3].append(since if same else 1e6)
        rows[4].append(float(at - subject) if subject is not None else 1e6)
    return rows


def _log(n: float) -> float:
    return math.log1p(max(n, 0.0)) / 3


SHARED = (
    *(f"form {form}" for form in FORMS), "several", "unexpressed", "nested", "nested deeper", "quoted",
    "source length", "source behind cue", "ing", "to", "passive", "by", "noun", "being", "modal", "cue length",
    "after and", "after comma", "after leading word", "opens paragraph", "early", "person", "organization", "place",
    "other", "many", "one", "person noun", "title", "group noun", "organization noun", "document noun", "male",
    "female", "thing", "candidates", *(f"how {how}" for how in HOW), "sure", "holder known", "content before cue",
    *(f"act {act}" for act in Act), *(f"holder's act {act}" for act in Act),
)  # fmt: skip


def _of_attribution(scene: Scene, place: int, told: Told, by_rule: ByRule, n: int) -> list[float]:
    one, i, lower, lexicon = scene.attributions[place], scene.mention_of[place], scene.lower, scene.lexicon
    cue = lower[slice(*one.cue)]
    before = lower[one.cue[0] - 1] if one.cue[0] else ""
    table = scene.table
    form = [0.0] * len(FORMS)
    head, gender, number, types = "", UNKNOWN, UNKNOWN, [0.0] * 4
    if i is not None:
        form[int(table.form[i])] = 1.0
        head, gender, number = lower[int(table.head[i])], int(table.gender[i]), int(table.number[i])
        types = scene.scores.types[int(table.head[i]), 1:5].tolist()
    noun = singular(head)
    anchor = scene.starts[i] if i is not None else one.cue[0]
    start = int(np.searchsorted(scene.sentence, scene.sentence[anchor], side="left"))
    held_by = holders(scene, place)
    described = i is not None and table.form[i] < PRONOUN
    how = [0.0] * len(HOW)
    how[by_rule.how] = 1.0
    return [
        *form,
        float(one.source is not None and i is None),
        float(one.source is None),
        float(bool(held_by)),
        float(len(held_by) > 1),
        float(scene.words.quote[anchor] == 1),
        _log(one.source[1] - one.source[0] if one.source else 0),
        float(one.source is not None and one.source[0] >= one.cue[1]),
        float(any(w.endswith("ing") for w in cue[:2])),
        float("to" in (before, cue[0])),
        float(any(w in _BEING for w in cue) and cue[-1].endswith(("ed", "n", "d", "by", "of", "for", "with"))),
        float("by" in lower[one.cue[1] - 1 : one.cue[1] + 1]),
        float(before in DETERMINERS or cue[0] in DETERMINERS or cue[-1] in ("of", "that", "for")),
        float(cue[0] in _BEING),
        float(cue[0] in _MODALS),
        _log(len(cue)),
        float(before in _JOINING),
        float(before in (",", "—", "–")),
        float(before in _LEADING),
        float(start == 0 or scene.words.gap[start] >= 2),
        float(scene.sentence[anchor] < 3),
        *types,
        float(number == MANY),
        float(number == ONE),
        float(described and noun in lexicon.gender_of_noun),
        float(described and noun in lexicon.title_words),
        float(described and (noun in lexicon.group_heads or head in lexicon.group_heads)),
        float(described and noun in lexicon.organization_heads),
        float(described and noun in lexicon.document_heads),
        float(gender == MALE),
        float(gender == FEMALE),
        float(gender == THING),
        _log(n),
        *how,
        by_rule.sure,
        float(bool(held_by) and told.keys[held_by[0]] is not None),
        float(bool(one.content) and one.content[0][0] < one.cue[0]),
        *_act(scene, place),
        *_act(scene, held_by[0] if held_by else None),
    ]


def _act(scene: Scene, place: int | None) -> list[float]:
    """Which act the lexicon has for a cue."""
    rows = rows_in(scene.lower[slice(*scene.attributions[place].cue)], scene.lexicon) if place is not None else []
    return [float(bool(rows) and rows[0].act == act) for act in Act]


CANDIDATE = (
    "nobody", "default", "sure", "together", "person", "organization", "place", "other", "named", "many",
    "gender same", "gender other", "gender known", "mentions before", "mentions", "share", "owned", "only this",
    "sentence 0", "sentence 1", "sentence 2", "sentence 3-5", "sentence 6-", "none before", "mentions between",
    "entities between", "last sourced", "last opens", "last name", "last pronoun", "last description", "last told",
    "same sentence before", "same sentence after", "in content", "opens sentence", "opens last sentence",
    "opens paragraph", "words to cue", "touches cue", "before: comma", "before: who", "before: to", "before: cue",
    "before: quote", "pair", "pair share", "pair best", "pair none", "last speaker", "second last speaker",
    "speaker distance", "speaker same paragraph", "speaker paragraph before", "next speaker", "speaks", "holder's",
    "holder's holder's", "in holder's content", "behind in holder's content", "told by holder", "first ahead",
    "key shared", "words shared", "share of words", "title shared", "is first person of document",
)  # fmt: skip
WIDTH = len(SHARED) + len(CANDIDATE) + len(BESIDE)


def _of_candidate(
    scene: Scene, place: int, told: Told, by_rule: ByRule, key: Key, held_by: Sequence[int], spoke: Sequence[Key]
) -> list[float]:
    one, i, lower, table = scene.attributions[place], scene.mention_of[place], scene.lower, scene.table
    entity = scene.entities.entities[key[0]]
    at = scene.starts[i] if i is not None else one.cue[0]
    here, paragraph = int(scene.sentence[at]), int(scene.paragraphs[at])
    before, after, count, total = _around(scene, key[0], i, at)
    last = before[-1] if before else None
    gender = int(table.gender[i]) if i is not None else UNKNOWN
    is_default = by_rule.key == key
    row = [
        0.0,
        float(is_default),
        by_rule.sure if is_default else 0.0,
        float(len(key) > 1),
        *(float(entity.type == t) for t in ("person", "organization", "place", "other")),
        float(entity.named),
        float(entity.count == MANY or len(key) > 1),
        float(gender != UNKNOWN and gender == entity.gender),
        float(UNKNOWN not in (gender, entity.gender) and gender != entity.gender),
        float(entity.gender != UNKNOWN),
        _log(count),
        _log(total),
        total / max(1, len(scene.mentions)) * 5,
        float(entity.owned),
        float(not total),
    ]
    # Where it was mentioned last.
    distance = here - int(table.sentence[last]) if last is not None else -1
    row += [float(distance == d) for d in (0, 1, 2)]
    row += [float(3 <= distance <= 5), float(distance > 5), float(last is None)]
    between = range(last + 1, bisect_left(scene.starts, at)) if last is not None else range(0)
    others = {scene.entities.of_mention[k] for k in between if k != i} if len(between) < 60 else set(range(9))
    row += [_log(len(between)), _log(len(others))]
    form = int(table.form[last]) if last is not None else -1
    row += [
        float(last is not None and bool(table.sourced[last])),
        float(last is not None and last in scene.first_in_sentence),
        float(form == NAME),
        float(form >= PRONOUN),
        float(NAME < form < PRONOUN),
        float(last is not None and last in scene.told),
    ]
    here_before = [k for k in before[-4:] if table.sentence[k] == here]
    here_after = [k for k in after[:4] if table.sentence[k] == here]
    near = [k for k in before[-6:] if here - int(table.sentence[k]) <= 1]
    row += [
        float(bool(here_before)),
        float(bool(here_after)),
        float(any(a <= scene.starts[k] < b for k in (*before[-4:], *after[:4]) for a, b in one.content)),
        float(any(k in scene.first_in_sentence for k in here_before)),
        float(any(k in scene.first_in_sentence and table.sentence[k] == here - 1 for k in near)),
        float(any(_opens_paragraph(scene, k) and int(table.paragraph[k]) == paragraph for k in before[-6:])),
    ]
    # What stands between it and the cue.
    gap = (
        lower[int(table.end[last]) : at] if last is not None and distance <= 0 and int(table.end[last]) <= at else None
    )
    row += [
        _log(len(gap)) if gap is not None else 1.5,
        float(gap is not None and len(gap) <= 1),
        float(gap is not None and "," in gap),
        float(gap is not None and any(w in ("who", "that", "which") for w in gap)),
        float(gap is not None and "to" in gap),
        float(gap is not None and last is not None and any(k in scene.cue_at for k in range(int(table.end[last]), at))),
        float(gap is not None and any(w in ("“", "”", '"', "''") for w in gap)),
    ]
    pairs = scene.pair_scores.get(i, {}) if i is not None else {}
    score = pairs.get(key[0]) if len(key) == 1 else None
    whole = 1 + sum(math.exp(min(s, 30.0)) for s in pairs.values())
    row += [
        max(-4.0, min(4.0, score)) / 4 if score is not None else 0.0,
        math.exp(min(score, 30.0)) / whole if score is not None else 0.0,
        float(score is not None and score >= max(pairs.values())),
        float(score is None),
    ]
    row += _as_speaker(scene, place, told, key, paragraph, spoke)
    row += _in_holder(scene, held_by, told, key, at)
    row.append(float(last is None and total > 0))
    row += _as_described(scene, i, key[0])
    row.append(float(entity.number == scene.first_person))
    return row


def _around(scene: Scene, number: int, i: int | None, at: int) -> tuple[list[int], list[int], int, int]:
    """The last mentions of an entity before a place, the next ones after it, how many are before, and how many there
    are at all; without mention `i`."""
    own = scene.of_entity[number]
    first = bisect_left(own, bisect_left(scene.starts, at))
    behind, ahead = own[max(0, first - _LOOK) : first], own[first : first + _LOOK]
    kept, after = [k for k in behind if k != i], [k for k in ahead if k != i]
    return kept, after, first - len(behind) + len(kept), len(own) - len(behind) - len(ahead) + len(kept) + len(after)


def _opens_paragraph(scene: Scene, k: int) -> bool:
    return k == 0 or bool(scene.table.paragraph[k] != scene.table.paragraph[k - 1])


def _as_speaker(scene: Scene, place: int, told: Told, key: Key, paragraph: int, spoke: Sequence[Key]) -> list[float]:
    one = scene.attributions[place]
    distance, same, apart = 0, False, False
    for before in range(place - 1, max(-1, place - SPEAKERS_BACK), -1):
        other = scene.attributions[before]
        if told.keys[before] == key and other.within in (None, one.within):
            distance = place - before
            where = int(scene.paragraphs[other.cue[0]])
            same, apart = where == paragraph, where == paragraph - 1
            break
    following = range(place + 1, min(len(scene.linked), place + 4))
    after = next((scene.linked[k] for k in following if scene.linked[k] and scene.attributions[k].within is None), None)
    return [
        float(spoke[:1] == [key]),
        float(spoke[1:2] == [key]),
        1.0 / distance if distance else 0.0,
        float(same),
        float(apart),
        float(after == key),
        _log(scene.speaking[key[0]]),
    ]


def _in_holder(scene: Scene, held_by: Sequence[int], told: Told, key: Key, at: int) -> list[float]:
    if not held_by:
        return [0.0] * 5
    holder, own = scene.attributions[held_by[0]], scene.of_entity[key[0]]
    low, high = (bisect_left(own, bisect_left(scene.starts, word)) for word in (_reach(holder)))
    spots = [scene.starts[k] for k in own[low:high][:_LOOK]]
    inside = [s for s in spots if any(a <= s < b for a, b in holder.content)]
    return [
        float(told.keys[held_by[0]] == key),
        float(any(told.keys[h] == key for h in held_by[1:])),
        float(any(s < at for s in inside)),
        float(any(s > at for s in inside)),
        float(holder.cue[1] in spots),
    ]


def _reach(one: Placed) -> Range:
    """First word and end of an attribution."""
    spans = [one.cue, *one.content]
    return min(a for a, _ in spans), max(b for _, b in spans) + 1


def _as_described(scene: Scene, i: int | None, number: int) -> list[float]:
    if i is None or scene.table.form[i] >= PRONOUN or scene.table.form[i] == NAME:
        return [0.0] * 4
    table = scene.table
    m = scene.mentions[i]
    said = {singular(w) for w in scene.lower[m.start : m.end] if len(w) > 2 and w not in DETERMINERS}
    known = scene.near_names.get(number, frozenset())
    if scene.entities.of_mention[i] == number:
        others = [k for k in scene.of_entity[number][:_LOOK] if k != i and table.form[k] < PRONOUN]
        known = frozenset(singular(w) for k in others for w in table.bag[k])
    shared = said & known
    return [
        float(table.key[i] in known),
        _log(len(shared)),
        len(shared) / max(1, len(said)),
        float(bool(scene.lexicon.role_names.get(table.key[i], frozenset()) & known)),
    ]
