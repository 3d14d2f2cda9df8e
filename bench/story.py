"""What `sayso who` answers about the invented story, beside the answers in examples/answers: prints a table.

python bench/story.py --json bench/results/story.json

Each claim is asked for in the words of claims.tsv. A position is found where the answer has one in the same document
whose content shares half of the words of the shorter; of those found, it is counted whether the stance and the holder
are right. An origin's range is right where it is the same as in origins.tsv, and fits where the two overlap.

The judge is measured as well, on all pairs of wordings of the positions in positions.tsv, by its likeliest outcome. Two
are the same where a position on one claim has either, and contrary where the one says what the other says is not so. A
claim that stands in a position's document in other words only ("admits it") is missed. Claims on one matter may be
contrary without the answers saying so ("three", "two"): such pairs are left out of the figure of contrary.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench.pairs import scores
from sayso.errors import InputError
from sayso.ledger.adding import add
from sayso.ledger.namesakes import folded
from sayso.ledger.opening import writing_to
from sayso.lexicon import load_lexicon
from sayso.model import Act, Position, Stance
from sayso.readers import documents
from sayso.reading import read_many
from sayso.trace.asking import Answer, who
from sayso.trace.copying import find_copies
from sayso.trace.judge import OUTCOMES, judge_pairs
from sayso.trace.tracing import claim_models, trace
from sayso.trace.wordings import wordings_in

EXAMPLES = Path(__file__).parents[1] / "examples"
Row = dict[str, str]
# What is counted, and of what.
SHARES = (
    ("claims answered", "claims"),
    ("positions found", "positions meant"),
    ("positions told that are meant", "positions told"),
    ("stance right", "positions found"),
    ("holder right", "positions found"),
    ("ranges found", "ranges"),
    ("ranges right", "ranges found"),
    ("ranges that fit", "ranges found"),
)


def rows(name: str) -> list[Row]:
    """A table of the answers."""
    with (EXAMPLES / "answers" / f"{name}.tsv").open(encoding="utf8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def measure() -> dict[str, Any]:
    """Read and trace the story, ask for each of its claims, and count; and measure the judge on its pairs."""
    counts: Counter[str] = Counter()
    with TemporaryDirectory() as folder, writing_to(Path(folder, "story")) as ledger:
        paths = sorted(str(path) for path in EXAMPLES.glob("2*"))
        reads = (one for one in documents(paths) if not isinstance(one, InputError))
        add(ledger, reads, partial(read_many, threads=None), load_lexicon(), lambda _: None)
        find_copies(ledger, load_lexicon())
        trace(ledger, claim_models())
        for claim in rows("claims"):
            count(ledger, claim, who(ledger, claim["text"], claim_models), counts)
        pairs = pair_scores(ledger)
    return {"counts": dict(counts), "pairs": pairs}


def count(ledger: sqlite3.Connection, claim: Row, answer: Answer | None, counts: Counter[str]) -> None:
    """Add up how one claim was answered."""
    counts["claims"] += 1
    counts["claims answered"] += answer is not None
    files = dict(ledger.execute("SELECT reading_id, found_in FROM documents").fetchall())
    told = [one for these in answer.positions.values() for one in these] if answer else []
    meant = [row for row in rows("positions") if row["claim"] == claim["claim"]]
    counts["positions told"] += len(told)
    counts["positions meant"] += len(meant)
    fitting = {id(one) for one in told for row in meant if fits(one, row, files)}
    counts["positions told that are meant"] += len(fitting)
    for row in meant:
        found = [one for one in told if fits(one, row, files)]
        counts["positions found"] += bool(found)
        counts["stance right"] += any(one.stance == row["stance"] for one in found)
        counts["holder right"] += any(plain_name(one.entity or "") == plain_name(row["holder"]) for one in found)
    for row in rows("origins"):
        if row["claim"] == claim["claim"]:
            counts["ranges"] += 1
            found_range = (
                next((one for stance, one in answer.origins.items() if stance == row["stance"]), None)
                if answer
                else None
            )
            if found_range is not None:
                least, most = int(row["least"]), int(row["most"])
                counts["ranges found"] += 1
                counts["ranges right"] += (found_range.least, found_range.most) == (least, most)
                counts["ranges that fit"] += found_range.least <= most and found_range.most >= least
                counts["width"] += found_range.most - found_range.least
                part = "named only" if all(item.named for item in found_range.items) else "with unnamed"
                counts[f"ranges {part}"] += 1
                counts[f"width {part}"] += found_range.most - found_range.least


def pair_scores(ledger: sqlite3.Connection) -> dict[str, dict[str, float]]:
    """How well the judge tells the same and the contrary on pairs of wordings that positions of the answers have."""
    matter = {row["claim"]: row["matter"] for row in rows("claims")}
    claims: dict[int, dict[str, bool]] = {}  # of each wording: what it is on, and whether it says that it is so
    for claim, wording, is_so in _wordings_of_positions(ledger):
        claims.setdefault(wording, {})[claim] = is_so
    ids = sorted(claims)
    told = wordings_in(ledger, ids)
    places = list(combinations(range(len(ids)), 2))
    vectors = np.stack([told[one].vector for one in ids])
    facts, texts = [told[one].facts for one in ids], [told[one].text for one in ids]
    chances = judge_pairs(claim_models().judge, vectors, facts, texts, places)
    said, labels, open_ = [], [], []
    for (i, j), row in zip(places, chances, strict=True):
        a, b = claims[ids[i]], claims[ids[j]]
        shared = a.keys() & b.keys()
        said.append(OUTCOMES[int(row.argmax())])
        labels.append("other" if not shared else "same" if any(a[one] == b[one] for one in shared) else "contrary")
        open_.append(not shared and not {matter[one] for one in a}.isdisjoint(matter[one] for one in b))
    sure = [i for i, one in enumerate(open_) if not one]
    return {
        "same": scores(said, labels, "same"),
        "contrary": scores([said[i] for i in sure], [labels[i] for i in sure], "contrary"),
    }


def _wordings_of_positions(ledger: sqlite3.Connection) -> Iterator[tuple[str, int, bool]]:
    """The claim of each position, the wording in its document that shares most of its words, where one shares half of
    those of the shorter, and whether that wording says that the claim is so."""
    known: dict[str, list[sqlite3.Row]] = {}
    for one in ledger.execute(
        "SELECT found_in, wording_id, is_deed, wordings.text, act FROM propositions"
        " JOIN wordings ON wordings.id = wording_id JOIN documents ON documents.id = propositions.document_id"
        " LEFT JOIN attributions ON attributions.id = attribution_id ORDER BY propositions.id"
    ):
        known.setdefault(Path(one["found_in"].partition(",")[0]).name, []).append(one)
    for row in rows("positions"):
        words = set(folded(row["words"]).split())
        shared = [(len(words & set(folded(one["text"]).split())), one) for one in known.get(row["document"], [])]
        fitting = [
            (n / len(words | set(folded(one["text"]).split())), one)
            for n, one in shared
            if 2 * n >= min(len(words), len(folded(one["text"]).split())) and n >= min(2, len(words))
        ]
        if fitting:
            best = max(fitting, key=lambda one: one[0])[1]
            denied = best["act"] == Act.DENY and not best["is_deed"]
            yield row["claim"], best["wording_id"], row["stance"] != Stance.DISPUTES or denied


def fits(one: Position, row: Row, files: dict[str, str]) -> bool:
    """Whether a position is in the document of a row, with half of the words of the shorter of the two."""
    if not files[one.document].partition(",")[0].endswith(row["document"]):
        return False
    a, b = set(folded(one.content).split()), set(folded(row["words"]).split())
    return 2 * len(a & b) >= min(len(a), len(b)) > 0


def plain_name(name: str) -> str:
    """A name or description as it is compared: without the article or pronoun before it."""
    return re.sub(r"^(?:an?|the|its|his|her|their) ", "", folded(name))


def shown(counts: dict[str, int], pairs: dict[str, dict[str, float]]) -> str:
    """The counts, and the scores of pairs, as a table in Markdown."""
    lines = ["| | of | share |", "|---|---|---|"]
    for part, whole in SHARES:
        of = counts.get(whole, 0)
        lines.append(f"| {part} | {of} {whole} | {100 * counts.get(part, 0) / of if of else 0:.1f} % |")
    for name in ("", " named only", " with unnamed"):
        ranges = counts.get(f"ranges{name or ' found'}", 0)
        width = counts.get(f"width{name}", 0) / max(1, ranges)
        lines.append(f"| mean width of ranges{name and ',' + name} | {ranges} ranges found | {width:.2f} |")
    for outcome, row in pairs.items():
        lines.append(f"| pairs, {outcome}: F1 | {row['true']} pairs true | {row['f1']:.1f} % |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="where to store the counts")
    given = parser.parse_args()
    found = measure()
    table = shown(found["counts"], found["pairs"])
    print(table)
    if given.json:
        given.json.write_text(json.dumps({**found, "table": table}, indent=1) + "\n")


if __name__ == "__main__":
    main()
