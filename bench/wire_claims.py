"""On how many origins claims of real articles rest, beside what was read in them: prints a table.

python bench/wire_claims.py ../shared --ledger wire.ledger --json bench/results/wire_claims.json

80 articles of `wire_copies` about one event, at most three of an outlet, are read and traced (some three minutes of one
core; a ledger that is there already is asked as it is). bench/gold/wire_claims.tsv has claims by their first members,
each with a stance and the least and most origins that can be argued for; 0 where nobody takes it. A range fits where
the two overlap; no position is a range of 0. A claim that is not found is not counted as either.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import sqlite3
import sys
from collections import Counter
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))
from sayso.errors import InputError
from sayso.ledger.adding import add
from sayso.ledger.opening import writing_to
from sayso.lexicon import load_lexicon
from sayso.model import Stance
from sayso.readers import documents
from sayso.reading import read_many
from sayso.trace.asking import who
from sayso.trace.copying import find_copies
from sayso.trace.tracing import claim_models, trace

GOLD = Path(__file__).parent / "gold" / "wire_claims.tsv"
ARTICLES = 80
OF_AN_OUTLET = 3


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


def measure(ledger: sqlite3.Connection) -> dict[str, int]:
    """How the ranges of origins lie beside those that were read."""
    counts: Counter[str] = Counter()
    with GOLD.open(encoding="utf8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in rows:
        answer = who(ledger, row["claim"], claim_models())
        counts["ranges"] += 1
        if answer is None:
            continue
        told = answer.origins.get(Stance(row["stance"]))
        least, most = (told.least, told.most) if told else (0, 0)
        counts["ranges found"] += 1
        counts["ranges right"] += (least, most) == (int(row["least"]), int(row["most"]))
        counts["ranges that fit"] += least <= int(row["most"]) and most >= int(row["least"])
        counts["width"] += most - least
    return dict(counts)


def shown(counts: dict[str, int]) -> str:
    """The counts as a table in Markdown."""
    found = counts["ranges found"]
    lines = ["| | of | |", "|---|---|---|", f"| ranges found | {counts['ranges']} | {found} |"]
    lines += [f"| {name} | {found} | {counts[name]} |" for name in ("ranges right", "ranges that fit")]
    return "\n".join([*lines, f"| mean width of ranges | {found} | {counts['width'] / max(1, found):.2f} |"])


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
