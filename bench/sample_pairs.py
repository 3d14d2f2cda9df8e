"""Draws the pairs of gold/pairs.tsv from three corpora of news, without labels.

python bench/sample_pairs.py read ../shared FOLDER       # a minute for some ten articles; goes on where it stopped
python bench/sample_pairs.py draw ../shared FOLDER OUT.tsv [--sheet SHEET.tsv]
python bench/sample_pairs.py label TABLE.tsv --one ONE.tsv [--two TWO.tsv] [--settled SETTLED.tsv]

`read` chooses some hundred articles a corpus and keeps their Readings in FOLDER. `draw` pairs propositions of different
documents on one event. Half of the pairs are drawn by the cosine of their vectors, as many from each band; the other
half are look-alikes, drawn as what tends not to be the same claim for all its likeness: one denies what stands in the
other or seems turned against it, other numbers or times, other names, many shared words at a middling cosine. Real
articles seldom contradict each other, so that denials are the most of these, and a supplement to the 300 pairs holds
more of them. No model of claims but the vectors has a say in the drawing. A third of each corpus is kept as the unseen
part: by events, and of wire_copies, which has one large event, by articles, copies together. At most a tenth of each
corpus and part are nearly word for word the same, and no text is in both parts.

The sheet is what is labelled: both texts with the sentences around them, in an order that says nothing.

`label` writes labels into the table: files of number and label, tab-separated. A pair is settled where both labels
agree; else the third file says how.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench.pairs import COLUMNS, CORPORA, Article, Side, articles, side_to_fields, text_of
from bench.pairs import table as pairs_table
from sayso.errors import InputError
from sayso.export.jsonl import reading_from_json, reading_to_json
from sayso.model import Attribution, Reading, Source, Span, Statement
from sayso.reading import read_many
from sayso.statements import sentences
from sayso.trace import names_told, quantities, times
from sayso.trace.agreement import contraries, matched
from sayso.trace.encoder import load_encoder, similarity, vectors
from sayso.trace.judge import OUTCOMES
from sayso.trace.propositions import Proposition, propositions
from training.claim_pairs import rows

SEED = 6
PART_SEED = 9  # by which events whose sources contradict each other are in both parts
REPORTS = re.compile(r"\b(?:said|says|told|announced|according|denied|warned|claimed|insisted)\b", re.IGNORECASE)
DENIES = re.compile(r"\b(?:den(?:ied|ies|y|ying)|rejected|dismissed|disputed|contradicted)\b", re.IGNORECASE)
LONGEST = 900  # words of an article that is chosen
Articles = dict[tuple[str, str], Article]


# Articles


def chosen(data: Path, found: Articles) -> list[tuple[str, str]]:
    """The articles that are read, by corpus and id: several on each event."""
    return [*wire_copies(data, found), *(key for key in found if key[0] == "newswcl50"), *ecbplus(found)]


def wire_copies(data: Path, found: Articles) -> Iterator[tuple[str, str]]:
    """One article of each group of copies, and of one publisher no more than two on an event."""
    given = list(rows(data / "wire_copies" / "articles.train.jsonl.gz"))
    random.Random(SEED).shuffle(given)
    given.sort(key=lambda row: not DENIES.search(row["text"]))  # where something is disputed, there are contraries
    groups: set[str] = set()
    taken: Counter[str] = Counter()
    publishers: Counter[tuple[str, str]] = Counter()
    for row in given:
        event, publisher = row["event"], row["publisher"]
        text = found["wire_copies", row["id"]].document.text
        if row["copy_cluster"] in groups or publishers[event, publisher] == 2 or len(text.split()) > LONGEST:
            continue
        if taken[event] < (90 if event == "H" else 10) and len(REPORTS.findall(text)) > 1:
            groups.add(row["copy_cluster"])
            taken[event] += 1
            publishers[event, publisher] += 1
            yield "wire_copies", row["id"]


def ecbplus(found: Articles, topics: int = 10, here: int = 8, there: int = 4) -> Iterator[tuple[str, str]]:
    """Of the topics that report most, articles on one of the two events, and a few on the other."""
    reports: dict[str, dict[str, list[tuple[int, str]]]] = defaultdict(lambda: defaultdict(list))
    for (corpus, name), article in found.items():
        text = article.document.text
        if corpus == "ecbplus" and len(text.split()) <= LONGEST:
            reports[article.event][name.endswith("plus") * "plus"].append((len(REPORTS.findall(text)), name))
    ranked = []
    for by_event in reports.values():
        sides = sorted((sorted(side, reverse=True)[:here] for side in by_event.values()), reverse=True, key=_total)
        ranked.append((_total(sides[0]), [*sides[0], *(one for side in sides[1:] for one in side[:there])]))
    for _, side in sorted(ranked, reverse=True)[:topics]:
        for _, name in side:
            yield "ecbplus", name


def _total(side: list[tuple[int, str]]) -> int:
    return sum(count for count, _ in side)


def read(data: Path, folder: Path) -> None:
    """Read the chosen articles, on one thread, and keep their Readings; those that are there are not read again."""
    found = articles(data)
    folder.mkdir(parents=True, exist_ok=True)
    left = [key for key in chosen(data, found) if not _place(folder, key).exists()]
    documents = (found[key].document for key in left)
    for count, (key, reading) in enumerate(zip(left, read_many(documents, threads=1), strict=True), 1):
        _place(folder, key).write_bytes(reading_to_json(reading))
        print(f"{count} of {len(left)}: {key[0]} {key[1]}", file=sys.stderr, flush=True)


def _place(folder: Path, key: tuple[str, str]) -> Path:
    return folder / f"{key[0]}-{key[1]}.json"


# Pairs


@dataclass(frozen=True, eq=False)
class Told:
    """A proposition that can be drawn: where it stands, and what is compared."""

    key: tuple[str, str]
    publisher: str
    proposition: Proposition
    side: Side
    runs: frozenset[tuple[str, ...]]  # of four words


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two propositions of different documents on one event, by their places, and the cosine of their vectors."""

    a: int
    b: int
    cosine: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """A pair that was drawn, as what, and for which part."""

    a: Told
    b: Told
    cosine: float
    drawn_as: str
    part: str


Test = Callable[[Told, Told, float], bool]


@dataclass(frozen=True, slots=True)
class Quota:
    """Pairs that are drawn as one thing: what they must be like, and how many at most."""

    name: str
    test: Test
    most: int


BANDS = ((0.3, 0.45), (0.45, 0.6), (0.6, 0.75), (0.75, 0.9), (0.9, 1.01))
LEAST = BANDS[0][0]
LIKE = 0.45  # the least cosine of a look-alike
A_CORPUS = 100  # pairs
UNSEEN = 33  # of them
SUPPLEMENT = 12  # more, at most, of each corpus and part
MOST_COPIES = 0.1
MOST_STATEMENTS = 1 / 3  # pairs of which one side is the outlet's own statement
MOST_USES = 4  # of a proposition
MOST_OF_TWO = 6  # pairs of the same two documents
MOST_OF_EVENT = 3  # times its share, of the pairs that are drawn as the same thing
COPIED = 0.7  # of the runs of the shorter


def is_denied(a: Told, b: Told, cosine: float) -> bool:
    """Whether one alone is negated, once, and most of it stands in the other."""
    x, y = a.proposition.facts, b.proposition.facts
    if cosine < LIKE or bool(x.negated) == bool(y.negated) or len(x.negated) + len(y.negated) > 1:
        return False
    return sum(matched(x, y)) >= 0.6 * len(x.words if x.negated else y.words)


def is_turned(a: Told, b: Told, cosine: float) -> bool:
    """Whether one seems turned against the other, of two that share a good part of the words."""
    x, y = a.proposition.facts, b.proposition.facts
    if cosine < LIKE or contraries(x, y) % 2 == 0:
        return False
    shared = sum(matched(x, y))
    few, many = sorted((len(x.words), len(y.words)))
    return 2 * shared >= few and 4 * shared >= few + many - shared


def has_other_numbers(a: Told, b: Told, cosine: float) -> bool:
    x, y = a.proposition.facts, b.proposition.facts
    differ = quantities.compare(x.quantities, y.quantities)[1] or times.compare(x.times, y.times)[1]
    return cosine >= LIKE and differ > 0


def has_other_names(a: Told, b: Told, cosine: float) -> bool:
    x, y = a.proposition.facts, b.proposition.facts
    return cosine >= LIKE and names_told.compare(x.names, y.names, x.spoken, y.spoken)[1] > 0


def shares_words(a: Told, b: Told, cosine: float) -> bool:
    x, y = a.proposition.facts.words, b.proposition.facts.words
    return LIKE <= cosine < BANDS[3][0] and 2 * len(x & y) >= min(len(x), len(y))


LOOK_ALIKES: tuple[tuple[str, Test, float], ...] = (
    ("denied", is_denied, 0.6),
    ("turned", is_turned, 0.2),
    ("other numbers", has_other_numbers, 0.08),
    ("other names", has_other_names, 0.06),
    ("shared words", shares_words, 0.06),
)


def is_same_pair(a: Told, b: Told, one: Drawn) -> bool:
    """Whether a pair was drawn already, from other copies of the same texts."""
    return (is_copied(a, one.a) and is_copied(b, one.b)) or (is_copied(a, one.b) and is_copied(b, one.a))


def part_of(one: Told) -> str:
    """The attribution or statement that puts a text forward."""
    return one.proposition.attribution or one.proposition.statement or ""


def is_copied(a: Told, b: Told) -> bool:
    """Whether two texts are nearly word for word the same, or the shorter stands so in the longer."""
    return len(a.runs & b.runs) >= COPIED * min(len(a.runs), len(b.runs))


def told(found: Articles, folder: Path) -> list[Told]:
    """The propositions of the articles that were read, without those that only report another's and very short ones."""
    given = []
    for key in sorted(found):
        if not _place(folder, key).exists():
            continue
        reading = reading_from_json(_place(folder, key).read_bytes(), str(_place(folder, key)))
        sides = {one.id: one for one in (*reading.attributions, *reading.statements)}
        for one in propositions(reading):
            if one.relays or len(one.facts.words) < 3:
                continue
            if one.is_deed:
                continue
            side = side_of(reading, sides[one.attribution or one.statement or ""])
            if text_of(reading.document, side) == one.text:  # else a name in it stands nowhere in the text as it is
                words = re.findall(r"\w+", one.text.lower())
                runs = frozenset(zip(*(words[i:] for i in range(4)), strict=False)) or frozenset([tuple(words)])
                given.append(Told(key, reading.document.publisher or key[1], one, side, runs))
    return given


def side_of(reading: Reading, one: Attribution | Statement) -> Side:
    """An attribution or a statement as places in its document, with those of the names put into its content."""
    text, by_id = reading.document.text, {source.id: source for source in reading.sources}
    content = one.content if isinstance(one, Attribution) else (one.span,)
    names = []
    for source in reading.sources:
        place = _where(text, source)
        if source.named and place is not None:
            inside = [span for span in source.mentions if any(p.start <= span.start < p.end for p in content)]
            names += [(span, place, source.kind) for span in inside if span.of(text) != source.name]
    if isinstance(one, Statement):
        return Side(reading.document.id, None, content, names=tuple(sorted(names)))
    speaker = by_id.get(one.speaker or "")
    place = _where(text, speaker) if speaker is not None and speaker.named else None
    said = (place, speaker.kind) if speaker is not None and place is not None else None
    return Side(reading.document.id, one.cue, content, one.act, said, tuple(sorted(names)))


def _where(text: str, source: Source) -> Span | None:
    at = text.find(source.name)
    return Span(at, at + len(source.name)) if at >= 0 else None


def parts(data: Path, found: Articles, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The part of each article: a third of each corpus, by the hashes of events, is unseen."""
    groups: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    copies = _copies(data)
    for key in keys:
        event = found[key].event
        groups[key[0], copies.get(key[1], key[1]) if (key[0], event) == ("wire_copies", "H") else event].append(key)
    part = {}
    for corpus in CORPORA:
        here = sorted((group for group in groups if group[0] == corpus), key=_hash)
        most, unseen = sum(len(groups[group]) for group in here) / 3, 0
        for group in here:
            fits = unseen + len(groups[group]) / 2 <= most
            unseen += fits * len(groups[group])
            part.update(dict.fromkeys(groups[group], "unseen" if fits else "tuned"))
    return part


def _hash(group: tuple[str, str]) -> str:
    return hashlib.sha256(f"{PART_SEED} {group[0]} {group[1]}".encode()).hexdigest()


def _copies(data: Path) -> dict[str, str]:
    """The groups of articles of which one holds half of the other, named for one of them."""
    group: dict[str, str] = {}
    for pair in rows(data / "wire_copies" / "pairs_silver.train.jsonl.gz"):
        if pair["containment"] >= 0.5:
            a, b = (group.get(pair[side], pair[side]) for side in ("a", "b"))
            group.update({pair["a"]: a, pair["b"]: b})
            group = {name: a if of == b else of for name, of in group.items()}
    return group


def draw(data: Path, folder: Path) -> tuple[list[Drawn], list[Drawn]]:
    """The pairs, and a supplement of look-alikes that may be contraries, of which the pairs hold few.

    No text is in both parts.
    """
    found = articles(data)
    given = told(found, folder)
    made = vectors(load_encoder(), [one.proposition.text for one in given])
    part = parts(data, found, {one.key for one in given})
    drawn: list[Drawn] = []
    for supplement in (False, True):
        for name, size in (("tuned", A_CORPUS - UNSEEN), ("unseen", UNSEEN)):
            for corpus in CORPORA:
                used = [side for pair in drawn for side in (pair.a, pair.b) if pair.part != name]
                here = [
                    i
                    for i, one in enumerate(given)
                    if one.key[0] == corpus and part[one.key] == name and not any(is_copied(one, side) for side in used)
                ]
                before = [one for one in drawn if (one.a.key[0], one.part) == (corpus, name)]
                wanted = [Quota("supplement", is_denied, SUPPLEMENT)] if supplement else quotas(size)
                most = size + SUPPLEMENT if supplement else size
                drawn += drawn_here(
                    given, list(candidates(given, here, made, found)), found, wanted, most, name, before
                )
    extra = [one for one in drawn if one.drawn_as == "supplement"]
    return [one for one in drawn if one.drawn_as != "supplement"], extra


def candidates(given: list[Told], here: list[int], made: np.ndarray, found: Articles) -> Iterator[Candidate]:
    """The pairs among some propositions that can be drawn, in an order that says nothing."""
    by_event: dict[str, list[int]] = defaultdict(list)
    for i in here:
        by_event[found[given[i].key].event].append(i)
    pairs = []
    for of_one in by_event.values():
        near = similarity(made[of_one], made[of_one])
        for x, y in np.argwhere(np.triu(near >= LEAST, 1)):
            a, b = of_one[x], of_one[y]
            if given[a].key != given[b].key and (given[a].side.cue or given[b].side.cue):
                pairs.append(Candidate(a, b, float(near[x, y])))
    random.Random(SEED).shuffle(pairs)
    yield from pairs


def quotas(size: int) -> list[Quota]:
    """What is drawn of one corpus and part: half look-alikes, half by bands of the cosine.

    Where these lack pairs, they are made up for from the second highest band on.
    """
    return [
        *(Quota(name, test, round(share * size / 2)) for name, test, share in LOOK_ALIKES),
        *(Quota(_band(low), _in_band(low, high), round(size / 2 / len(BANDS))) for low, high in reversed(BANDS)),
        *(Quota("more", _in_band(low, BANDS[-1][0]), size) for low, _ in reversed(BANDS[:-1])),
    ]


def drawn_here(
    given: list[Told],
    pairs: list[Candidate],
    found: Articles,
    wanted: list[Quota],
    size: int,
    part: str,
    before: list[Drawn],
) -> list[Drawn]:
    """Pairs of one corpus and part, besides those that were drawn before: no more than `size` with them."""
    taken = list(before)
    uses = Counter(one for pair in before for one in (part_of(pair.a), part_of(pair.b)))
    of_two = Counter(frozenset((one.a.key, one.b.key)) for one in before)
    copies = sum(is_copied(one.a, one.b) for one in before)
    statements = sum(_states(one.a, one.b) for one in before)
    of_event = MOST_OF_EVENT / max(1, len({found[given[one.a].key].event for one in pairs}))
    for quota in wanted:
        count = 0
        events: Counter[str] = Counter()
        for one in pairs:
            if count == quota.most or len(taken) == size:
                break
            a, b = given[one.a], given[one.b]
            both, event = frozenset((a.key, b.key)), found[a.key].event
            copied, stated = is_copied(a, b), _states(a, b)
            if (
                max(uses[part_of(a)], uses[part_of(b)]) == MOST_USES
                or of_two[both] == MOST_OF_TWO
                or (event != "H" and events[event] + 1 > max(1, of_event * quota.most))
                or (copied and copies + 1 > MOST_COPIES * size)
                or (stated and statements + 1 > MOST_STATEMENTS * size)
                or not quota.test(a, b, one.cosine)
                or any(is_same_pair(a, b, other) for other in taken)
            ):
                continue
            uses.update((part_of(a), part_of(b)))
            of_two[both] += 1
            events[event] += 1
            copies, statements, count = copies + copied, statements + stated, count + 1
            taken.append(Drawn(a, b, one.cosine, quota.name, part))
    return taken[len(before) :]


def _states(a: Told, b: Told) -> bool:
    """Whether one of two is the outlet's own statement."""
    return a.side.cue is None or b.side.cue is None


def _in_band(low: float, high: float) -> Test:
    return lambda _a, _b, cosine: low <= cosine < high


def _band(low: float) -> str:
    return next(f"{x:.2f}" for x, y in reversed(BANDS) if low >= x)


# Tables


def write(drawn: tuple[list[Drawn], ...], found: Articles, out: Path, sheet: Path | None) -> None:
    """The table of pairs without labels, and the sheet that is labelled, each list in an order that says nothing."""
    by = random.Random(SEED)
    table, shown = [], []
    for one in _shuffled(drawn, by):
        number = str(len(table) + 1)
        sides = (one.a, one.b) if by.random() < 0.5 else (one.b, one.a)
        row = {"number": number, "corpus": one.a.key[0], "part": one.part}
        row |= {"band": _band(one.cosine), "drawn_as": one.drawn_as, "one": "", "two": "", "label": ""}
        seen = {"number": number}
        for name, side in zip("ab", sides, strict=True):
            document = found[side.key].document
            row |= {f"{field}_{name}": text for field, text in side_to_fields(document, side.side).items()}
            seen |= {f"outlet_{name}": f"{side.publisher} {document.published or ''}".strip()}
            seen |= {f"text_{name}": side.proposition.text, f"context_{name}": _context(document.text, side.side)}
        table.append(row)
        shown.append(seen)
    _write(out, COLUMNS, table)
    if sheet is not None:
        _write(sheet, tuple(shown[0]), shown)


def _shuffled(lists: tuple[list[Drawn], ...], by: random.Random) -> Iterator[Drawn]:
    for some in lists:
        by.shuffle(some)
        yield from some


def _context(text: str, side: Side) -> str:
    """The sentences of a content and its cue, marked, and one on either side."""
    places = [*side.content, *([side.cue] if side.cue else [])]
    first, last = min(p.start for p in places), max(p.end for p in places)
    cut = list(sentences(text))
    inside = [i for i, span in enumerate(cut) if span.start < last and span.end > first]
    if not inside:
        return f"[[{text[first:last]}]]"
    low, high = cut[max(0, inside[0] - 1)].start, cut[min(len(cut), inside[-1] + 2) - 1].end
    told = f"{text[low:first]}[[{text[first:last]}]]{text[last : max(high, last)]}"
    return " ".join(told.split())


def _write(place: Path, columns: tuple[str, ...], table: list[dict[str, str]]) -> None:
    with place.open("w", encoding="utf8", newline="") as file:
        out = csv.DictWriter(file, columns, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="\n")
        out.writeheader()
        out.writerows({field: " ".join(text.split()) for field, text in row.items()} for row in table)


def label(table: Path, one: Path, two: Path | None, settled: Path | None) -> None:
    """Write labels into a table of pairs. Raises InputError where a pair has none or an unknown one."""
    given = pairs_table(table)
    for field, place in (("one", one), ("two", two)):
        found = labels(place) if place else {}
        for row in given:
            row[field] = found.get(row["number"], "")
            if place and row[field] not in OUTCOMES:
                message = f"has label {row[field]!r}; expected {', '.join(OUTCOMES)}"
                raise InputError(f"{place}, pair {row['number']}", message)
    decided = labels(settled) if settled else {}
    for row in given:
        agreed = row["one"] if row["one"] == row["two"] else ""
        row["label"] = agreed or decided.get(row["number"], "")
    _write(table, COLUMNS, given)


def labels(place: Path) -> dict[str, str]:
    """The labels of a file, by the numbers of the pairs."""
    with place.open(encoding="utf8", newline="") as file:
        return {row["number"]: row["label"].strip() for row in csv.DictReader(file, delimiter="\t")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    steps = parser.add_subparsers(dest="step", required=True)
    for name in ("read", "draw"):
        step = steps.add_parser(name)
        step.add_argument("shared", type=Path)
        step.add_argument("folder", type=Path, help="of the Readings")
    step.add_argument("out", type=Path, help="the table of pairs, without labels")
    step.add_argument("--sheet", type=Path, help="the pairs as they are labelled, with their texts")
    step = steps.add_parser("label")
    step.add_argument("table", type=Path, help="the table of pairs")
    for name in ("one", "two", "settled"):
        step.add_argument(f"--{name}", type=Path, required=name == "one", help="tab-separated: number, label")
    given = parser.parse_args()
    if given.step == "label":
        label(given.table, given.one, given.two, given.settled)
    elif given.step == "read":
        read(given.shared / "data", given.folder)
    else:
        write(draw(given.shared / "data", given.folder), articles(given.shared / "data"), given.out, given.sheet)


if __name__ == "__main__":
    main()
