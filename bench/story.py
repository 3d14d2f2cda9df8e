"""What `sayso who` answers about the invented story, beside the answers in examples/answers: prints a table.

python bench/story.py --json bench/results/story.json

Each claim is asked for in the words of claims.tsv. A position is found where the answer has one in the same document
whose content shares half of the words of the shorter; of those found, it is counted whether the stance and the holder
are right. An origin's range is right where it is the same as in origins.tsv, and fits where the two overlap.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sqlite3
from collections import Counter
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sayso.errors import InputError
from sayso.ledger.adding import add
from sayso.ledger.namesakes import folded
from sayso.ledger.opening import writing_to
from sayso.lexicon import load_lexicon
from sayso.model import Position
from sayso.readers import documents
from sayso.reading import read_many
from sayso.trace.asking import Answer, who
from sayso.trace.copying import find_copies
from sayso.trace.tracing import claim_models, trace

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
    """Read and trace the story, ask for each of its claims, and count."""
    counts: Counter[str] = Counter()
    with TemporaryDirectory() as folder, writing_to(Path(folder, "story")) as ledger:
        paths = sorted(str(path) for path in EXAMPLES.glob("2*"))
        reads = (one for one in documents(paths) if not isinstance(one, InputError))
        add(ledger, reads, partial(read_many, threads=None), load_lexicon(), lambda _: None)
        find_copies(ledger, load_lexicon())
        trace(ledger, claim_models())
        for claim in rows("claims"):
            count(ledger, claim, who(ledger, claim["text"], claim_models()), counts)
    return dict(counts)


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


def fits(one: Position, row: Row, files: dict[str, str]) -> bool:
    """Whether a position is in the document of a row, with half of the words of the shorter of the two."""
    if not files[one.document].partition(",")[0].endswith(row["document"]):
        return False
    a, b = set(folded(one.content).split()), set(folded(row["words"]).split())
    return 2 * len(a & b) >= min(len(a), len(b)) > 0


def plain_name(name: str) -> str:
    """A name or description as it is compared: without the article or pronoun before it."""
    return re.sub(r"^(?:an?|the|its|his|her|their) ", "", folded(name))


def shown(counts: dict[str, int]) -> str:
    """The counts as a table in Markdown."""
    lines = ["| | of | share |", "|---|---|---|"]
    for part, whole in SHARES:
        of = counts.get(whole, 0)
        lines.append(f"| {part} | {of} {whole} | {100 * counts.get(part, 0) / of if of else 0:.1f} % |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="where to store the counts")
    given = parser.parse_args()
    counts = measure()
    print(shown(counts))
    if given.json:
        given.json.write_text(json.dumps({"counts": counts, "table": shown(counts)}, indent=1) + "\n")


if __name__ == "__main__":
    main()
