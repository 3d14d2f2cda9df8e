"""What tracing claims costs as a ledger grows, and what the blocks find of what all pairs would.

python bench/trace.py --documents 300 1000 3000 [--json bench/results/trace.json]
python bench/trace.py --models ../shared/data/polnear/dev.jsonl.gz --articles 84
python bench/trace.py --recall ../shared/data/wire_copies/articles.train.jsonl.gz --articles 200

Growth is measured on generated Readings, without models: the words of a text draw its vector, and second looks are
counted. What the models cost is measured on articles (--models), by document, and comes on top. After each size, 1 %
more documents are added and traced, and claims are asked for. Times are CPU seconds, since other programs run beside
it.

Recall: of the pairs that are weighed as the same (or contrary) when each wording is compared with its nearest of all,
as many as it may have neighbours and as near as these must be, how many are compared.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench.generated import Words, readings
from sayso.errors import InputError
from sayso.ledger.opening import transaction, writing_to
from sayso.ledger.storing import Arrived, store
from sayso.lexicon import load_lexicon
from sayso.model import Document, Reading
from sayso.reading import read_many
from sayso.trace import asking, judge, wordings
from sayso.trace.blocks import cosines
from sayso.trace.comparing import NEAR, NEIGHBOURS
from sayso.trace.encoder import WIDTH, Vectors, quantized
from sayso.trace.judge import judge_pairs
from sayso.trace.listing import claims
from sayso.trace.tracing import claim_models, trace

COPIES = 12  # of so many documents one tells all that an earlier one does
ASKED = 20  # claims
MORE = 0.01  # of a ledger's documents that are added to it
LITTLE = ("the", "of", "a", "to", "in", "and", "that", "is", "for", "on", "was", "by", "with", "it", "as", "at")
NEW = 0.15  # of the documents begin a story; the others are on one of those that the RECENT ones before are on
RECENT = 1000
CLAIMS = 40  # that a story has in all; most documents tell the first of them
RETOLD = 0.45  # of the sentences tell one of them
MEANT = 3.0  # by how much a word that means something weighs more in a vector than a little one
ALIKE = 0.1  # the cosine of texts that share nothing: contents of news have more in common than nothing
Figures = dict[str, Any]


class Stories(Words):
    """Words of stories: a document is on one, tells some of its claims in other words, and says things of its own.

    What is fitted to articles (PolNeAR dev, in figures of `neighbours_of`): how many neighbours a wording
    has, how near they are, how many pairs get a second look, and how large the largest block is. Stories come and go,
    so that a ledger grows by stories, as one of news does, and not by ever more tellings of the same.
    """

    def __init__(self) -> None:
        super().__init__()
        self.recent: list[list[list[str]]] = []
        self.story: list[list[str]] = []

    def begin(self, random_: random.Random) -> None:
        """A document begins, on a new story or on one that was in the news."""
        if not self.recent or random_.random() < NEW:
            own = random_.choices(self.words, cum_weights=self.weights, k=14)
            self.story = [
                [*random_.sample(own, 3), *random_.choices(self.words, cum_weights=self.weights, k=3)]
                for _ in range(CLAIMS)
            ]
        else:
            self.story = random_.choice(self.recent)
        self.recent = [*self.recent[-RECENT:], self.story]

    def sentence(self, random_: random.Random, length: int) -> str:
        """So many words, half of them little ones, and a full stop."""
        count = length // 2 + 1
        claim = self.story[min(int(random_.paretovariate(0.6)) - 1, CLAIMS - 1)]
        kept = [word for word in claim if random_.random() < (0.8 if random_.random() < RETOLD else 0.25)]
        if random_.random() >= RETOLD:
            kept = random_.sample(random_.choice(self.story), 2)
        own = random_.choices(self.words, cum_weights=self.weights, k=max(0, count - len(kept)))
        words = [*kept, *own, *random_.choices(LITTLE, k=length - count)]
        random_.shuffle(words)
        return f"{' '.join(words).capitalize()}."


def documents(count: int) -> Iterator[Reading]:
    """Generated Readings, some of which are an earlier one under another id."""
    kept: list[Reading] = []
    for number, one in enumerate(readings(count, words=Stories())):
        if number % COPIES == COPIES - 1:
            first = kept[number * 7 % len(kept)]
            yield replace(first, document=replace(first.document, id=one.document.id, url=one.document.url))
        else:
            kept = [*kept[-RECENT:], one]
            yield one


@cache
def drawn(word: str) -> np.ndarray:
    """A vector of length one for a word, the same in every run; of the shape that vectors of texts have."""
    seed = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "big")
    vector = np.random.default_rng(seed).standard_normal(WIDTH).astype(np.float32)
    return vector / np.linalg.norm(vector)


def made_up(_: Any, texts: Sequence[str]) -> Vectors:
    """Vectors of texts as the sums of their words', and of what all texts have in common."""
    global spent_on_vectors
    began = time.process_time()
    found = np.zeros((len(texts), WIDTH), dtype=np.int8)
    for i, text in enumerate(texts):
        words = text.lower().split()
        weight = [1 / MEANT if word in LITTLE else 1.0 for word in words]
        summed = sum((w * drawn(word) for w, word in zip(weight, words, strict=True)), np.zeros(WIDTH, np.float32))
        summed = summed / max(1e-6, float(np.linalg.norm(summed)))
        found[i] = quantized(np.sqrt(1 - ALIKE) * summed + np.sqrt(ALIKE) * drawn(""))
    spent_on_vectors += time.process_time() - began
    return found


spent_on_vectors = 0.0  # CPU seconds
looks = 0  # pairs that a second look was asked for


def counted(_: Any, pairs: Sequence[tuple[str, str]], threads: int = 1) -> np.ndarray:  # noqa: ARG001
    """Stands for the second look: pairs are counted, and called what most are."""
    global looks
    looks += len(pairs)
    return np.tile(np.log(np.array([0.15, 0.05, 0.8], dtype=np.float32)), (len(pairs), 1))


def put(ledger: sqlite3.Connection, given: Iterable[Reading]) -> int:
    """Store Readings, except for those that a ledger refuses. Returns how many it took."""
    taken = 0
    lexicon, given = load_lexicon(), iter(given)
    while page := list(islice(given, 200)):
        with transaction(ledger):
            for one in page:
                with suppress(InputError):
                    store(ledger, Arrived(one, "bench"), "2024-01-01T00:00:00+00:00", lexicon)
                    taken += 1
    return taken


def cost(ledger: sqlite3.Connection) -> Figures:
    """Trace what is new: CPU seconds by step, without those in which vectors are made up; and what models are asked."""
    global looks
    spent: dict[str, float] = {}
    before, looks = spent_on_vectors, 0
    (wordings_before,) = ledger.execute("SELECT count(*) FROM wordings").fetchone()
    last = began = time.process_time()

    def told(step: str, *_: int) -> None:
        nonlocal last
        now = time.process_time()
        spent[step] = spent.get(step, 0.0) + now - last
        last = now

    trace(ledger, claim_models(), told)
    made = spent_on_vectors - before
    spent["documents taken down"] = spent.get("documents taken down", 0.0) - made
    (wordings_after,) = ledger.execute("SELECT count(*) FROM wordings").fetchone()
    return {
        "cpu_seconds": round(time.process_time() - began - made, 2),
        "steps": {s: round(t, 2) for s, t in spent.items()},
        "texts_encoded": wordings_after - wordings_before,
        "second_looks": looks,
    }


def grow(counts: Sequence[int]) -> Iterator[Figures]:
    """What tracing costs from nothing, and of 1 % more, at each size; and how long questions take there."""
    for count in counts:
        more = max(1, round(MORE * count))
        given = documents(count + more)
        with tempfile.TemporaryDirectory() as folder, writing_to(Path(folder) / "bench.ledger") as ledger:
            put(ledger, islice(given, count))
            all_ = cost(ledger)
            put(ledger, given)
            of_more = cost(ledger)
            size = ledger.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()[
                0
            ]
            numbers = {
                what: ledger.execute(f"SELECT count(*) FROM {what}").fetchone()[0]
                for what in ("attributions", "propositions", "wordings", "neighbours", "pairs", "claims")
            }
            yield {
                "documents": count,
                **numbers,
                "neighbours_of": neighbours_of(ledger),
                "from_nothing": all_,
                "cpu_ms_a_document": round(1000 * all_["cpu_seconds"] / count, 1),
                "of_1_percent_more": of_more,
                "share_of_1_percent_more": round(100 * of_more["cpu_seconds"] / all_["cpu_seconds"], 2),
                "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                "megabytes_of_the_ledger": size >> 20,
                "questions_cpu_ms": questions(ledger),
            }


def neighbours_of(ledger: sqlite3.Connection) -> Figures:
    """What generated wordings are to have in common with those of articles."""
    (count,) = ledger.execute("SELECT count(*) FROM wordings").fetchone()
    cosines = [row["cosine"] for row in ledger.execute("SELECT cosine FROM neighbours ORDER BY cosine")]
    sizes = [
        row["size"]
        for row in ledger.execute("SELECT count(*) AS size FROM blocks WHERE block > 0 GROUP BY block ORDER BY 1 DESC")
    ]
    return {
        "neighbours_a_wording": round(len(cosines) / count, 2),
        "their_cosines": [round(cosines[int(share * len(cosines))], 2) for share in (0.1, 0.5, 0.9)] if cosines else [],
        "largest_block": max(sizes, default=0),
        "compared_a_wording_by_pivots": round(sum(size * size for size in sizes) / count, 1),
    }


def with_models(path: Path, articles: int) -> Figures:
    """What tracing costs on articles, with all models: CPU seconds by step, and by document."""
    with gzip.open(path, "rt", encoding="utf8") as file:
        given = [json.loads(line) for line in file][:articles]
    with tempfile.TemporaryDirectory() as folder, writing_to(Path(folder) / "bench.ledger") as ledger:
        texts = (Document(str(one["id"]), one["text"], publisher=one["publisher"]) for one in given)
        articles = put(ledger, read_many(texts))
        with ExitStack() as stack:
            encoding, looking = (
                stack.enter_context(timed(*one)) for one in ((wordings, "vectors"), (judge, "read_pairs"))
            )
            traced = cost(ledger)
        words = sum(len(row["text"].split()) for row in ledger.execute("SELECT text FROM documents"))
        (attributions,) = ledger.execute("SELECT count(*) FROM attributions").fetchone()
        return {
            "articles": articles,
            "words": words,
            "attributions": attributions,
            **traced,
            "second_looks": looking.count,
            "encoder_cpu_seconds": round(encoding.seconds, 2),
            "second_look_cpu_seconds": round(looking.seconds, 2),
            "cpu_ms_a_document": round(1000 * traced["cpu_seconds"] / articles, 1),
            "cpu_ms_a_document_without_models": round(
                1000 * (traced["cpu_seconds"] - encoding.seconds - looking.seconds) / articles, 1
            ),
            "neighbours_of": neighbours_of(ledger),
        }


@dataclass
class Timed:
    """How often something was asked of a model, and in how many CPU seconds."""

    count: int = 0
    seconds: float = 0.0


@contextmanager
def timed(module: Any, name: str) -> Iterator[Timed]:
    """Count what a function of a module is given in its second argument, and time it, on one thread."""
    asked, real = Timed(), getattr(module, name)

    def run(model: Any, given: Sequence[Any], *_: Any) -> Any:
        began = time.thread_time()
        made = real(model, given)
        asked.seconds += time.thread_time() - began
        asked.count += len(given)
        return made

    setattr(module, name, run)
    try:
        yield asked
    finally:
        setattr(module, name, real)


def questions(ledger: sqlite3.Connection) -> dict[str, float]:
    """The median CPU milliseconds of questions."""
    texts = [row["name"] for row in ledger.execute("SELECT name FROM claims ORDER BY id DESC LIMIT ?", (ASKED,))]
    models = claim_models()
    asked: dict[str, list[Callable[[], object]]] = {
        "who, in words": [partial(asking.who, ledger, text, claim_models) for text in texts],
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
        put(ledger, read_many(Document(str(one["id"]), one["text"], publisher=one["publisher"]) for one in given))
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
    options.add_argument("--models", type=Path, help="articles, JSONL, may be .gz")
    options.add_argument("--recall", type=Path, help="articles, JSONL, may be .gz")
    options.add_argument("--articles", type=int, default=200)
    options.add_argument("--json", type=Path, help="write all figures here")
    given = options.parse_args()
    run: Figures = json.loads(given.json.read_text("utf8")) if given.json and given.json.exists() else {}
    if given.models:
        run.setdefault("with models", {})[given.models.parent.name] = with_models(given.models, given.articles)
        print(json.dumps(run["with models"]))
    if given.recall:
        run["recall"] = recall(given.recall, given.articles)
        print(json.dumps(run["recall"]))
    wordings.vectors = asking.vectors = made_up
    judge.read_pairs = counted
    for one in grow(given.documents):
        run.setdefault("growing", {})[str(one["documents"])] = one
        print(json.dumps(one), flush=True)
        if given.json:
            given.json.write_text(json.dumps(run, indent=1) + "\n", "utf8")
    if given.json:
        given.json.write_text(json.dumps(run, indent=1) + "\n", "utf8")


if __name__ == "__main__":
    main()
