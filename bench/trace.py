"""What tracing claims costs as a ledger grows, and what the blocks find of what all pairs would.

python bench/trace.py --documents 1000 3000 10000 [--json bench/results/trace.json]
python bench/trace.py --recall ../shared/data/wire_copies/articles.train.jsonl.gz --articles 200

Readings are generated; every fourth document tells what an earlier one does. Vectors are made by the encoder, or, with
--vectors made-up, drawn by a hash of the words, so that the cost of all else shows. After each size, 1 % more documents
are added and traced, and claims are asked for. Times are CPU seconds, since other programs run beside it.

Recall: of the pairs that are weighed as the same (or contrary) when each wording is compared with its 12 nearest of
all, at a cosine of 0.45 and more, how many are compared.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench.generated import readings
from sayso.ledger.opening import transaction, writing_to
from sayso.ledger.storing import Arrived, store
from sayso.lexicon import load_lexicon
from sayso.model import Document, Reading
from sayso.reading import read_many
from sayso.trace import asking, wordings
from sayso.trace.blocks import cosines
from sayso.trace.comparing import NEAR, NEIGHBOURS
from sayso.trace.encoder import WIDTH, Vectors, quantized
from sayso.trace.judge import judge_pairs
from sayso.trace.listing import claims
from sayso.trace.tracing import claim_models, trace

COPIES = 4  # of so many documents one tells all that an earlier one does
ASKED = 20  # claims
MORE = 0.01  # of a ledger's documents that are added to it
Figures = dict[str, Any]


def documents(count: int) -> Iterator[Reading]:
    """Generated Readings, some of which are an earlier one under another id."""
    kept: list[Reading] = []
    for number, one in enumerate(readings(count)):
        if number % COPIES == COPIES - 1:
            first = kept[number * 7 % len(kept)]
            yield replace(first, document=replace(first.document, id=one.document.id, url=one.document.url))
        else:
            if len(kept) < 1000:
                kept.append(one)
            yield one


@cache
def drawn(word: str) -> np.ndarray:
    """A vector for a word, the same in every run."""
    seed = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "big")
    return np.random.default_rng(seed).standard_normal(WIDTH).astype(np.float32)


def made_up(_: Any, texts: Sequence[str]) -> Vectors:
    """Vectors of texts as the sums of their words'."""
    sums = [sum((drawn(word) for word in text.lower().split()), np.zeros(WIDTH, dtype=np.float32)) for text in texts]
    made = [quantized(one / max(1e-6, float(np.linalg.norm(one)))) for one in sums]
    return np.stack(made) if made else np.zeros((0, WIDTH), dtype=np.int8)


def put(ledger: sqlite3.Connection, given: Sequence[Reading]) -> None:
    """Store Readings."""
    lexicon = load_lexicon()
    for start in range(0, len(given), 200):
        with transaction(ledger):
            for one in given[start : start + 200]:
                store(ledger, Arrived(one, "bench"), "2024-01-01T00:00:00+00:00", lexicon)


def cost(ledger: sqlite3.Connection) -> Figures:
    """Trace what is new: CPU seconds by step."""
    spent: dict[str, float] = {}
    last = time.process_time()

    def told(step: str, *_: int) -> None:
        nonlocal last
        now = time.process_time()
        spent[step] = spent.get(step, 0.0) + now - last
        last = now

    began = last
    trace(ledger, claim_models(), told)
    return {"cpu_seconds": round(time.process_time() - began, 2), "steps": {s: round(t, 2) for s, t in spent.items()}}


def grow(counts: Sequence[int]) -> Iterator[Figures]:
    """What tracing costs from nothing, and of 1 % more, at each size; and how long questions take there."""
    for count in counts:
        given = list(documents(count + max(1, round(MORE * count))))
        with tempfile.TemporaryDirectory() as folder, writing_to(Path(folder) / "bench.ledger") as ledger:
            put(ledger, given[:count])
            all_ = cost(ledger)
            put(ledger, given[count:])
            more = cost(ledger)
            size = ledger.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()[
                0
            ]
            numbers = {
                what: ledger.execute(f"SELECT count(*) FROM {what}").fetchone()[0]
                for what in ("propositions", "wordings", "neighbours", "pairs", "claims")
            }
            yield {
                "documents": count,
                **numbers,
                "from_nothing": all_,
                "documents_a_cpu_second": round(count / all_["cpu_seconds"], 2),
                "of_1_percent_more": more,
                "share_of_1_percent_more": round(100 * more["cpu_seconds"] / all_["cpu_seconds"], 2),
                "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                "megabytes_of_the_ledger": size >> 20,
                "questions_cpu_ms": questions(ledger),
            }


def questions(ledger: sqlite3.Connection) -> dict[str, float]:
    """The median CPU milliseconds of questions."""
    texts = [row["name"] for row in ledger.execute("SELECT name FROM claims ORDER BY id DESC LIMIT ?", (ASKED,))]
    models = claim_models()
    asked: dict[str, list[Callable[[], object]]] = {
        "who, in words": [partial(asking.who, ledger, text, models) for text in texts],
        "who, nothing fits": [partial(asking.nearest, ledger, f"{text[:20]} but not", models) for text in texts],
        "claims, by documents": [partial(claims, ledger)] * ASKED,
        "claims with a word, by disputes": [
            partial(claims, ledger, words=text.split()[-1], order="disputes") for text in texts
        ],
        "claims of an outlet": [partial(claims, ledger, outlet="The Velm Courier 1")] * ASKED,
    }
    return {what: round(median(map(milliseconds, each)), 1) for what, each in asked.items() if each}


def milliseconds(question: Callable[[], object]) -> float:
    began = time.process_time()
    question()
    return 1000 * (time.process_time() - began)


def recall(path: Path, articles: int) -> Figures:
    """What the blocks find of what all pairs would."""
    with gzip.open(path, "rt", encoding="utf8") as file:
        given = [json.loads(line) for line in file][:articles]
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        ledger = stack.enter_context(writing_to(Path(folder) / "bench.ledger"))
        put(ledger, list(read_many(Document(str(one["id"]), one["text"], publisher=one["publisher"]) for one in given)))
        trace(ledger, claim_models())
        rows = [row["id"] for row in ledger.execute("SELECT id FROM wordings ORDER BY id")]
        held = wordings.wordings_in(ledger, rows)
        compared = {
            (min(row["wording_id"], row["other_id"]), max(row["wording_id"], row["other_id"]))
            for row in ledger.execute("SELECT wording_id, other_id FROM neighbours")
        }
    table = np.stack([held[row].vector for row in rows])
    wanted: set[tuple[int, int]] = set()
    for i in range(len(rows)):
        near = cosines(table[i : i + 1], table)[0]
        near[i] = -1
        wanted |= {(min(i, int(j)), max(i, int(j))) for j in np.argsort(-near)[:NEIGHBOURS] if near[j] >= NEAR}
    pairs = sorted(wanted)
    facts, texts = [held[row].facts for row in rows], [held[row].text for row in rows]
    weighed = judge_pairs(claim_models().judge, table, facts, texts, pairs)
    found = np.array([(rows[a], rows[b]) in compared for a, b in pairs])
    same, contrary = weighed[:, 0] >= 0.5, weighed[:, 1] >= 0.5
    return {
        "articles": len(given),
        "wordings": len(rows),
        "pairs_of_all": len(pairs),
        "pairs_compared": len(compared),
        "recall_of_same": round(100 * float(found[same].mean()), 1),
        "recall_of_contrary": round(100 * float(found[contrary].mean()), 1),
        "recall_of_all": round(100 * float(found.mean()), 1),
    }


def main() -> None:
    """Measure what the options ask for; figures of other parts stay as they are in the JSON file."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--documents", type=int, nargs="*", default=[])
    options.add_argument("--vectors", choices=["encoder", "made-up"], default="encoder")
    options.add_argument("--recall", type=Path, help="articles, JSONL, may be .gz")
    options.add_argument("--articles", type=int, default=200)
    options.add_argument("--json", type=Path, help="write all figures here")
    given = options.parse_args()
    run: Figures = json.loads(given.json.read_text("utf8")) if given.json and given.json.exists() else {}
    if given.vectors == "made-up":
        wordings.vectors = made_up
        asking.vectors = made_up
    for one in grow(given.documents):
        run.setdefault(f"growing, vectors {given.vectors}", {})[str(one["documents"])] = one
        print(json.dumps(one), flush=True)
        if given.json:
            given.json.write_text(json.dumps(run, indent=1) + "\n", "utf8")
    if given.recall:
        run["recall"] = recall(given.recall, given.articles)
        print(json.dumps(run["recall"]))
    if given.json:
        given.json.write_text(json.dumps(run, indent=1) + "\n", "utf8")


if __name__ == "__main__":
    main()
