"""Who holds what on claims of real articles, and on how many origins, beside what was read in them: prints a table.

python bench/wire_claims.py ../shared --ledger wire.ledger --json bench/results/wire_claims.json

80 articles of `wire_copies` about one event, at most three of an outlet, are read and traced (some three minutes of one
core; a ledger that is there already is asked as it is). bench/gold/wire_claims.tsv has claims by one of their members,
and what they claim in words of our own. Each side that somebody takes has a row: a stance, the least and most origins
that can be argued for, who holds it (`holders`: must be shown; `others`: may be), and why. `part` is `tuned` (what is
wrong there was looked at) or `unseen` (counted, and not looked at).

Each claim is asked for by its id and in words. A claim that is not found is counted as such and left out of all else;
`in common` are answers that share a position with the answer by id. `sides shown` are those that somebody must take, as
read; `sides made up` those shown that nobody takes. A range fits where the two overlap; a side that is not shown is a
range of 0. A holder is found on a side, on another side of the claim only, or nowhere; `wrong holders` are names that
are shown on a side on which the articles do not have them, outlets in their own voice left out.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import re
import sqlite3
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))
from sayso.errors import InputError
from sayso.ledger.adding import add
from sayso.ledger.namesakes import folded
from sayso.ledger.opening import writing_to
from sayso.lexicon import load_lexicon
from sayso.model import Span, Stance
from sayso.readers import documents
from sayso.reading import read_many
from sayso.trace.asking import Answer, who
from sayso.trace.copying import find_copies
from sayso.trace.tracing import claim_models, trace

GOLD = Path(__file__).parent / "gold" / "wire_claims.tsv"
ARTICLES = 80
OF_AN_OUTLET = 3
TITLES = frozenset(("mr", "mrs", "ms", "dr", "sen", "rep", "president", "the"))


def chosen(shared: Path) -> list[dict[str, str]]:
    """The articles, drawn by a fixed seed, as lines that `sayso add` takes."""
    with gzip.open(shared / "data" / "wire_copies" / "articles.train.jsonl.gz", "rt", encoding="utf8") as file:
        known = [one for one in map(json.loads, file) if one["event"] == "H"]
    random.Random(5).shuffle(known)
    of_outlet: Counter[str] = Counter()
    found = []
    for one in known:
        of_outlet[one["publisher"]] += 1
        if "news.google" not in one["publisher"] and of_outlet[one["publisher"]] <= OF_AN_OUTLET:
            found.append(
                {key: one[key] for key in ("id", "text", "publisher")} | {"published": (one["scraped"] or "")[:10]}
            )
    return found[:ARTICLES]


def build(ledger: sqlite3.Connection, shared: Path) -> None:
    """Read and trace the articles."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "articles.jsonl")
        path.write_text("".join(json.dumps(one) + "\n" for one in chosen(shared)), encoding="utf8")
        reads = (one for one in documents([str(path)]) if not isinstance(one, InputError))
        add(ledger, reads, partial(read_many, threads=None), load_lexicon(), lambda _: None)
    find_copies(ledger, load_lexicon())
    trace(ledger, claim_models())


@dataclass(frozen=True, slots=True)
class Side:
    """What was read of one side of a claim."""

    least: int
    most: int
    holders: tuple[frozenset[str], ...]  # who must be shown, each by the words of a name
    others: tuple[frozenset[str], ...]  # who may be


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim as it was read."""

    id: str
    part: str
    words: str
    sides: dict[Stance, Side]


def read_gold() -> list[Claim]:
    """The claims and their sides."""
    with GOLD.open(encoding="utf8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        Claim(
            id_,
            of_one[0]["part"],
            of_one[0]["words"],
            {
                Stance(row["stance"]): Side(
                    int(row["least"]), int(row["most"]), _names(row["holders"]), _names(row["others"])
                )
                for row in of_one
            },
        )
        for id_, of_one in ((id_, list(group)) for id_, group in groupby(rows, key=lambda row: row["claim"]))
    ]


def _names(told: str) -> tuple[frozenset[str], ...]:
    return tuple(_words(name) for name in told.split("; ") if name)


def _words(name: str) -> frozenset[str]:
    """The words of a name, without initials and titles."""
    return frozenset(word for word in re.findall(r"[^\W_]{2,}", folded(name)) if word not in TITLES)


def _is_one(name: frozenset[str], names: Iterable[frozenset[str]]) -> bool:
    """Whether a name is one of some: one has all words of the other."""
    return bool(name) and any(name <= one or one <= name for one in names)


def measure(ledger: sqlite3.Connection) -> dict[str, dict[str, int]]:
    """What `who` answers beside what was read, by part and by how it is asked."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for claim in read_gold():
        answers = {"by id": who(ledger, claim.id, claim_models), "in words": who(ledger, claim.words, claim_models)}
        for way, answer in answers.items():
            count = counts[f"{claim.part}, {way}"]
            count["claims"] += 1
            if answer is not None:
                count["claims found"] += 1
                count["in common"] += not _places(answer).isdisjoint(_places(answers["by id"]))
                _compare(claim, answer, count)
    return {name: dict(count) for name, count in counts.items()}


def _places(answer: Answer | None) -> set[tuple[str, Span | None]]:
    """Where the positions of an answer stand."""
    shown = answer.positions.values() if answer is not None else ()
    return {(one.document, one.span) for positions in shown for one in positions}


def _compare(claim: Claim, answer: Answer, count: Counter[str]) -> None:
    shown = {
        stance: {_words(one.entity) for one in positions if one.entity is not None and one.attribution is not None}
        for stance, positions in answer.positions.items()
    }
    for stance in Stance:
        side = claim.sides.get(stance, Side(0, 0, (), ()))
        told = answer.origins.get(stance)
        least, most = (told.least, told.most) if told else (0, 0)
        if side.most == 0:
            count["sides nobody takes"] += 1
            count["sides made up"] += most > 0
        if side.least > 0:
            count["sides taken"] += 1
            count["sides shown"] += most > 0
            count["ranges right"] += (least, most) == (side.least, side.most)
            count["ranges that fit"] += least <= side.most and most >= side.least
            count["too few"] += most < side.least
            count["too many"] += least > side.most
            count["width"] += most - least
        for name in side.holders:
            count["holders"] += 1
            if _is_one(name, shown.get(stance, ())):
                count["holders found"] += 1
            elif any(_is_one(name, names) for names in shown.values()):
                count["holders on another side"] += 1
        named = {
            _words(one.entity)
            for one in answer.positions.get(stance, ())
            if one.named and one.entity is not None and one.attribution is not None
        }
        count["names shown"] += len(named)
        count["wrong holders"] += sum(not _is_one(name, (*side.holders, *side.others)) for name in named)


ROWS = (
    ("claims found", "claims"),
    ("in common", "claims found"),
    ("sides shown", "sides taken"),
    ("sides made up", "sides nobody takes"),
    ("ranges right", "sides taken"),
    ("ranges that fit", "sides taken"),
    ("too few", "sides taken"),
    ("too many", "sides taken"),
    ("holders found", "holders"),
    ("holders on another side", "holders"),
    ("wrong holders", "names shown"),
)


def shown(counts: dict[str, dict[str, int]]) -> str:
    """The counts as a table in Markdown."""
    names = sorted(counts)
    lines = [f"| | {' | '.join(names)} |", f"|---|{'---|' * len(names)}"]
    for name, of in ROWS:
        values = (f"{counts[one].get(name, 0)} of {counts[one].get(of, 0)}" for one in names)
        lines.append(f"| {name} | {' | '.join(values)} |")
    widths = (f"{counts[one].get('width', 0) / max(1, counts[one].get('sides taken', 0)):.2f}" for one in names)
    return "\n".join([*lines, f"| mean width of ranges | {' | '.join(widths)} |"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path, help="the folder in which data/wire_copies lies")
    parser.add_argument("--ledger", type=Path, required=True, help="where the articles are kept, read and traced")
    parser.add_argument("--json", type=Path, help="where to store the counts")
    given = parser.parse_args()
    is_new = not given.ledger.exists()
    with writing_to(given.ledger) as ledger:
        if is_new:
            build(ledger, given.shared)
        counts = measure(ledger)
    table = shown(counts)
    print(table)
    if given.json:
        given.json.write_text(json.dumps({"counts": counts, "table": table}, indent=1) + "\n")


if __name__ == "__main__":
    main()
