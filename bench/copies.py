"""How well copies are found, and what it costs.

python bench/copies.py ../shared [--json bench/results/copies.json] [--part tuned|unseen] [--growth 1000 3000 10000]

Copies are made from the articles of PolNeAR train, half of them (by the hash of their ids) looked at while
thresholds were chosen, the other half for the figures. Each copy keeps 40 to 80 % of the article's paragraphs
(60 words at least), in another order in every second copy; gets another article's headline; has up to two
paragraphs of another article put in; and has so many of its words changed: of those, 7 in 10 are replaced by a
word of another article, the others dropped or doubled by one. An excerpt is 40 to 60 words of an article in the
middle of another one.

Unrelated pairs on one topic are those of ECB+ train whose articles tell of two events of one topic (two
earthquakes, two acquittals), and pairs of different texts in NewsWCL50 train. What is found between articles of
PolNeAR of different publishers is counted too, but real copies are among it.

The pairs of wire_copies and fnc1 are computed from shared runs of five words, not told by people: what is missed
of them is counted by how much of the shorter text is shared.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
import re
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import combinations
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench.generated import readings
from sayso.ledger.opening import transaction, writing_to
from sayso.ledger.storing import Arrived, store
from sayso.lexicon import load_lexicon
from sayso.model import Document, MadeBy, Reading
from sayso.trace.copies import passages
from sayso.trace.copies_found import PassageKind
from sayso.trace.copying import find_copies
from sayso.trace.shingles import compared_text

RATES = (0.0, 0.1, 0.2, 0.3)  # of words changed
LEAST = {0.0: 99, 0.1: 97, 0.2: 93, 0.3: 85}
Pair = tuple[str, str]


def lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a compressed JSON Lines file."""
    with gzip.open(path, "rt", encoding="utf8") as file:
        return [json.loads(line) for line in file]


def in_half(name: str, part: str) -> bool:
    """Whether an article belongs to the part that was tuned on, or to the unseen one."""
    return (hashlib.sha256(name.encode()).digest()[0] % 2 == 0) == (part == "tuned")


def copy_of(article: dict[str, Any], other: dict[str, Any], words: list[str], rate: float, by: random.Random) -> str:
    """A copy of an article: cut, in every second case reordered, reworded, under another headline, and mixed."""
    paragraphs = paragraphs_of(article)
    kept = [p for p in paragraphs if by.random() < by.uniform(0.4, 0.8)]
    while sum(len(p.split()) for p in kept) < 60 and len(kept) < len(paragraphs):
        kept.append(by.choice([p for p in paragraphs if p not in kept]))
    kept.sort(key=paragraphs.index)
    if by.random() < 0.5:
        by.shuffle(kept)
    kept = [reworded(p, words, rate, by) for p in kept]
    for paragraph in by.sample(paragraphs_of(other), min(by.randint(0, 2), len(paragraphs_of(other)))):
        kept.insert(by.randint(0, len(kept)), paragraph)
    return "\n\n".join([other["text"].partition("\n")[0], *kept])


def excerpt_of(article: dict[str, Any], other: dict[str, Any], words: list[str], rate: float, by: random.Random) -> str:
    """Another article that has 40 to 60 words of an article in its middle."""
    body = " ".join(paragraphs_of(article)).split()
    length = by.randint(40, 60)
    start = by.randrange(max(1, len(body) - length))
    around = other["text"].split("\n")
    middle = len(around) // 2
    return "\n".join(
        [*around[:middle], reworded(" ".join(body[start : start + length]), words, rate, by), *around[middle:]]
    )


def reworded(paragraph: str, words: list[str], rate: float, by: random.Random) -> str:
    """A paragraph with such a share of its words changed."""
    made: list[str] = []
    for word in paragraph.split():
        if by.random() >= rate:
            made.append(word)
            continue
        how = by.random()
        if how < 0.7:
            made.append(by.choice(words))
        elif how < 0.85:
            made += [word, by.choice(words)]
    return " ".join(made)


def paragraphs_of(article: dict[str, Any]) -> list[str]:
    """The paragraphs of an article below its headline."""
    return [p.strip() for p in article["text"].split("\n")[1:] if p.strip()] or [article["text"]]


@contextmanager
def ledger_of(documents: Iterable[Document | Reading]) -> Iterator[Any]:
    """A ledger with these documents, which is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder, writing_to(Path(folder) / "bench.ledger") as ledger:
        with transaction(ledger):
            for one in documents:
                reading = one if isinstance(one, Reading) else Reading(one, made_by=MadeBy("bench"))
                store(ledger, Arrived(reading, "bench"), "2024-01-01T00:00:00+00:00", load_lexicon())
        yield ledger


def found_in(ledger: Any, kind: PassageKind = PassageKind.PASSAGE) -> dict[Pair, str]:
    """The pairs found that share passages, in order, with the words of the longest in the first."""
    rows = ledger.execute(
        "SELECT a.reading_id AS a, b.reading_id AS b, substr(a.text, a_start + 1, max(a_end - a_start)) AS words"
        " FROM copies JOIN passages ON copy_id = copies.id JOIN documents AS a ON a.id = a_id"
        " JOIN documents AS b ON b.id = b_id WHERE copies.kind = ? AND passages.kind = ? GROUP BY copies.id",
        (kind, kind),
    )
    return {pair(row["a"], row["b"]): row["words"] for row in rows}


def pair(a: str, b: str) -> Pair:
    """Two ids in order."""
    return (a, b) if a < b else (b, a)


def made_copies(articles: list[dict[str, Any]], rate: float, make: Any) -> dict[str, Any]:
    """How many of the copies made of articles are found, among them and the articles."""
    by = random.Random(f"{rate} {make.__name__}")
    words = [word for one in articles for word in one["text"].split()]
    documents = [Document(one["id"], one["text"], publisher=one["publisher"]) for one in articles]
    for one in articles:
        other = by.choice([a for a in articles if a is not one])
        documents.append(Document(f"{one['id']}/copy", make(one, other, words, rate, by)))
    by.shuffle(documents)
    with ledger_of(documents) as ledger:
        seconds = timed_search(ledger)
        found = found_in(ledger)
        found_any = found.keys() | found_in(ledger, PassageKind.QUOTATION).keys()
    wanted = [pair(one["id"], f"{one['id']}/copy") for one in articles]
    return {
        "copies": len(wanted),
        "found": sum(one in found for one in wanted),
        "found_with_quotations": sum(one in found_any for one in wanted),
        "milliseconds_a_document": round(1000 * seconds / len(documents), 1),
        "missed": [one for one in wanted if one not in found][:20],
    }


def unrelated(shared: Path) -> dict[str, Any]:
    """What is found between articles of one topic that are no copies; each pair is aligned, found by key or not."""
    pairs: list[tuple[dict[str, Any], dict[str, Any]]] = []
    ecb = lines(shared / "data/ecbplus/train.jsonl.gz")
    for a, b in combinations(ecb, 2):
        if a["topic"] == b["topic"] and a["subtopic"] != b["subtopic"]:
            pairs.append((a, b))
    many = len(pairs)
    news = lines(shared / "data/newswcl50/train.jsonl.gz")
    pairs += [(a, b) for a, b in combinations(news, 2) if a["topic"] == b["topic"]]
    texts = {one["id"]: compared_text(joined(one["tokens"]), load_lexicon()) for one in ecb + news}
    found = []
    for a, b in pairs:
        x, y = texts[a["id"]], texts[b["id"]]
        copied = [one for one in passages(x, y) if one.kind is PassageKind.PASSAGE]
        found += [[a["id"], b["id"], one.a.of(x.text), one.b.of(y.text)] for one in copied]
    return {"pairs": len(pairs), "ecbplus": many, "newswcl50": len(pairs) - many, "found": found}


def joined(tokens: list[str]) -> str:
    """A text of a tokenized corpus, with quotation marks as printed."""
    text = " ".join(tokens).replace("``", "“").replace("''", "”").replace("\\n", "\n")
    return re.sub(r"^http \S.*? (?:html|htm|php|ece|com)\s", "", text)


def across_publishers(articles: list[dict[str, Any]]) -> dict[str, Any]:
    """What is found between articles of different publishers as they are."""
    publisher = {one["id"]: one["publisher"] for one in articles}
    with ledger_of(Document(one["id"], one["text"], publisher=one["publisher"]) for one in articles) as ledger:
        find_copies(ledger, load_lexicon())
        found = {p: words for p, words in found_in(ledger).items() if publisher[p[0]] != publisher[p[1]]}
    pairs = sum(a["publisher"] != b["publisher"] for a, b in combinations(articles, 2))
    return {"pairs": pairs, "found": [[*p, words] for p, words in sorted(found.items())]}


def timed_search(ledger: sqlite3.Connection) -> float:
    """Look for copies in a ledger; how many seconds it took."""
    began = time.perf_counter()
    find_copies(ledger, load_lexicon())
    return time.perf_counter() - began


def silver(name: str, articles: list[tuple[str, str, str]], wanted: list[dict[str, Any]]) -> dict[str, Any]:
    """How much of the computed pairs is found, by the share of the shorter text that is the same."""
    documents = [Document(one, text, publisher=publisher or None) for one, publisher, text in articles]
    texts = {one.id: one.text for one in documents}
    with ledger_of(documents) as ledger:
        seconds = timed_search(ledger)
        found = found_in(ledger)
        any_ = found.keys() | found_in(ledger, PassageKind.QUOTATION).keys()
        linked = groups(any_)
    rows: dict[str, dict[str, int]] = {}
    for one in wanted:
        a, b = str(one["a"]), str(one["b"])
        if a not in texts or b not in texts:
            continue
        c = one["containment"]
        band = "0.5 and more" if c >= 0.5 else "0.2 to 0.5" if c >= 0.2 else "less than 0.2"
        row = rows.setdefault(band, {"pairs": 0, "passages": 0, "with_quotations": 0, "linked": 0})
        row["pairs"] += 1
        row["passages"] += pair(a, b) in found
        row["with_quotations"] += pair(a, b) in any_
        row["linked"] += linked.get(a, a) == linked.get(b, b)
    known = {pair(str(one["a"]), str(one["b"])) for one in wanted}
    return {
        "corpus": name,
        "bands": rows,
        "found_beside": len(found.keys() - known),
        "milliseconds_a_document": round(1000 * seconds / len(documents), 1),
    }


def groups(pairs: Iterable[Pair]) -> dict[str, str]:
    """What pairs join, each with the name of its group: the least of those in it."""
    parent: dict[str, str] = {}

    def root(one: str) -> str:
        while parent.setdefault(one, one) != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for a, b in pairs:
        least, other = sorted((root(a), root(b)))
        parent[other] = least
    return {one: root(one) for one in list(parent)}


def growth(count: int) -> dict[str, Any]:
    """What generated documents cost, every tenth of which is a cut copy of another."""
    by, kept = random.Random(1), list[Reading]()

    def all_of_them() -> Iterator[Document]:
        for number, one in enumerate(readings(count)):
            if number % 10 == 9:
                text = by.choice(kept).document.text
                yield Document(one.document.id, text[: len(text) // 2], published=one.document.published)
            else:
                if len(kept) < 1000:
                    kept.append(one)
                yield one.document

    with ledger_of(all_of_them()) as ledger:
        before = ledger.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()[0]
        times = []
        began = time.perf_counter()
        find_copies(ledger, load_lexicon(), lambda _: times.append(time.perf_counter() - began))
        after = ledger.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()[0]
    tenth = max(1, len(times) // 10)
    last = (times[-1] - times[-tenth - 1]) if len(times) > tenth else times[-1]
    return {
        "documents": count,
        "seconds": round(times[-1], 1),
        "milliseconds_a_document": round(1000 * times[-1] / count, 2),
        "milliseconds_a_document_in_the_last_tenth": round(1000 * last / (tenth * 50), 2),
        "bytes_a_document": round((after - before) / count),
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--part", choices=["tuned", "unseen"], default="unseen")
    parser.add_argument("--growth", type=int, nargs="*", default=[])
    parser.add_argument("--only", choices=["made", "unrelated", "silver", "growth"], action="append")
    given = parser.parse_args()
    wanted = given.only or ["made", "unrelated", "silver", "growth"]
    articles = [a for a in lines(given.shared / "data/polnear/train.jsonl.gz") if in_half(a["id"], given.part)]
    results: dict[str, Any] = {"part": given.part}
    if "made" in wanted:
        for make in (copy_of, excerpt_of):
            for rate in RATES:
                row = made_copies(articles, rate, make)
                results.setdefault(make.__name__, {})[str(rate)] = row
                share = 100 * row["found"] / row["copies"]
                apart, cost = row["found_with_quotations"] - row["found"], row["milliseconds_a_document"]
                print(f"{make.__name__:10} {rate:4.0%} changed: found {row['found']}/{row['copies']} = {share:.1f} %")
                print(f"    {apart} more as quotations alone; {cost} ms a document", flush=True)
    if "unrelated" in wanted:
        row = results["unrelated"] = unrelated(given.shared)
        per = 10_000 * len({(a, b) for a, b, *_ in row["found"]}) / row["pairs"]
        print(f"unrelated on one topic: {row['pairs']} pairs, found {per:.1f} per 10,000")
        row = results["across_publishers"] = across_publishers(articles)
        print(f"PolNeAR across publishers: {row['pairs']} pairs, {len(row['found'])} found, real copies among them")
    if "silver" in wanted:
        for row in silver_corpora(given.shared):
            results[row["corpus"]] = row
            print(row["corpus"], json.dumps(row))
    if "growth" in wanted:
        for count in given.growth:
            results.setdefault("growth", []).append(growth(count))
            print(json.dumps(results["growth"][-1]), flush=True)
    if given.json:
        keep_no_text(results)
        given.json.write_text(json.dumps(results, indent=2) + "\n", "utf8")


def silver_corpora(shared: Path) -> Iterator[dict[str, Any]]:
    """wire_copies and the training part of fnc1."""
    folder = shared / "data/wire_copies"
    wire = [(a["id"], a["publisher"], a["text"]) for a in lines(folder / "articles.train.jsonl.gz")]
    yield silver("wire_copies", wire, lines(folder / "pairs_silver.train.jsonl.gz"))
    folder = shared / "data/fnc1"
    bodies = [(str(b["body_id"]), "", b["text"]) for b in lines(folder / "train.bodies.jsonl.gz")]
    yield silver("fnc1", bodies, lines(folder / "train.reuse_silver.jsonl.gz"))


def keep_no_text(results: dict[str, Any]) -> None:
    """Leave out the words of articles, and their ids, which are made of headlines: results are kept with the code. Of
    pairs that were found, their number stays."""
    for key in ("copy_of", "excerpt_of"):
        for row in results.get(key, {}).values():
            del row["missed"]
    for key in ("unrelated", "across_publishers"):
        if key in results:
            results[key]["found"] = len({tuple(row[:2]) for row in results[key]["found"]})


if __name__ == "__main__":
    main()
