r"""What the ledger costs and how quickly it answers: prints tables.

python bench/ledger.py --corpus ../shared/data/polnear/dev.jsonl.gz --json bench/results/ledger.json

Three parts: adding articles beside reading them alone (needs --corpus); adding generated Readings up to
--documents, by slices, with memory and size, the last slice in turns with a first one into a fresh ledger; and what
questions take once there are --asked-at documents, a million attributions. Figures are written as they come. It
needs some 2 GB in the folder for temporary files (--folder for another), and an hour.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench.generated import PER_DOCUMENT, readings
from sayso.bench.accuracy import read_gold
from sayso.bench.speed import machine
from sayso.errors import InputError
from sayso.ledger import questions
from sayso.ledger.adding import Event, add
from sayso.ledger.history import history
from sayso.ledger.opening import reading_from, writing_to
from sayso.lexicon import load_lexicon
from sayso.model import Document, Reading
from sayso.readers import Read
from sayso.reading import read_many

SLICE = 10_000  # documents
TURN = 1000  # documents that are added to the large ledger, and then to the fresh one
ROUNDS = 3
AT_ONCE = 8  # articles that are read, and added, in turn
PAGE = 200  # statements that are fetched at once
ASKED = 200  # times that each question is put, with other names and words
MEDIAN, LAST = 0.1, 0.3  # seconds: what is asked of the median and of the 99th percentile

Figures = dict[str, Any]
Question = Callable[[sqlite3.Connection], object]


class Clock:
    """CPU and wall seconds spent inside, added up."""

    def __init__(self) -> None:
        self.cpu = self.wall = 0.0

    def __enter__(self) -> Clock:
        self._began = time.process_time(), time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.cpu += time.process_time() - self._began[0]
        self.wall += time.perf_counter() - self._began[1]


def told(event: Event) -> None:
    """What adding says: nothing may fail here."""
    if isinstance(event, InputError):
        raise event


# 1. Adding beside reading


def beside_reading(corpus: Path, folder: Path, threads: int) -> Figures:
    """CPU and wall seconds of reading articles alone and of adding them to a fresh ledger, a few at a time in turns."""
    documents = [Document(id=gold.id, text=gold.text) for gold in read_gold(corpus)]
    read = partial(read_many, threads=threads)
    list(read(documents[:2]))  # the models are loaded now
    path = folder / "articles.ledger"
    alone: list[Clock] = []
    adding: list[Clock] = []
    begun, attributions = Clock(), 0

    def read_alone(some: Sequence[Document]) -> None:
        with Clock() as clock:
            list(read(some))
        alone.append(clock)

    def read_and_add(some: Sequence[Document]) -> None:
        with Clock() as clock:
            add(ledger, [Read(one, one.id) for one in some], read, load_lexicon(), told)
        adding.append(clock)

    for turn in range(ROUNDS):
        say(f"reading {len(documents)} articles, turn {turn + 1} of {ROUNDS}")
        with begun:
            opened = writing_to(path)
            ledger = opened.__enter__()
        for number, at in enumerate(range(0, len(documents), AT_ONCE)):
            for work in (read_alone, read_and_add) if number % 2 else (read_and_add, read_alone):
                gc.collect()
                work(documents[at : at + AT_ONCE])
        (attributions,) = ledger.execute("SELECT count(*) FROM attributions").fetchone()
        with begun:
            opened.__exit__(None, None, None)
        path.unlink()
    totals = {
        name: {what: sum(getattr(one, what) for one in clocks) / ROUNDS for what in ("cpu", "wall")}
        for name, clocks in (("reading", alone), ("adding", [*adding, begun]))
    }
    return {
        "machine": machine(),
        "documents": len(documents),
        "attributions": attributions,
        "threads": threads,
        **totals,
        "more_percent": {
            what: 100 * (totals["adding"][what] / totals["reading"][what] - 1) for what in ("cpu", "wall")
        },
        "more_percent_median": {
            what: 100
            * statistics.median(getattr(b, what) / getattr(a, what) - 1 for a, b in zip(alone, adding, strict=True))
            for what in ("cpu", "wall")
        },
    }


# 2. Growing


def grow(path: Path, documents: int, asked_at: int, ask: Callable[[], None], keep: Callable[[Figures], None]) -> None:
    """Add generated Readings slice by slice; CPU time a document in each, memory, size; questions half-way.

    `keep` is given the figures as they come.
    """
    generated, slices = readings(documents), list[Figures]()
    done = 0
    while done < documents:
        wanted = min(SLICE, documents - done, asked_at - done if done < asked_at else documents)
        last = done > 0 and done + wanted == documents
        one, first = _in_turns(path, generated, wanted) if last else (_slice(path, generated, wanted), None)
        slices.append(one)
        done += wanted
        say(f"{done:,} documents: {one['cpu_ms']:.2f} ms of CPU time a document")
        fresh = {"first_in_turns_with_last": first} if first else {}
        keep({"machine": machine(), "slices": slices, "size": size(path, done * PER_DOCUMENT), **fresh})
        if done == asked_at:
            ask()


def _in_turns(path: Path, generated: Iterator[Reading], wanted: int) -> tuple[Figures, Figures]:
    """A slice added to a large ledger and as many documents to a fresh one, some at a time in turns: what the machine
    is burdened with meanwhile burdens both."""
    fresh, others = path.with_name("fresh.ledger"), readings(wanted)
    large, small = list[Figures](), list[Figures]()
    for start in range(0, wanted, TURN):
        some = min(TURN, wanted - start)
        large.append(_slice(path, generated, some))
        small.append(_slice(fresh, others, some))
    return _together(large), _together(small)


def _together(slices: Sequence[Figures]) -> Figures:
    documents = sum(one["documents"] for one in slices)
    times = ("cpu_ms", "wall_ms", "generating_cpu_ms")
    return {
        "documents": documents,
        **{what: sum(one[what] * one["documents"] for one in slices) / documents for what in times},
        "peak_memory_mb": max(one["peak_memory_mb"] for one in slices),
    }


def _slice(path: Path, generated: Iterator[Reading], wanted: int) -> Figures:
    making, adding = Clock(), Clock()

    def reads() -> Iterator[Read]:
        for number in range(wanted):
            with making:
                reading = next(generated)
            yield Read(reading.document, f"generated {number}", reading=reading)

    with adding, writing_to(path) as ledger:
        add(ledger, reads(), read_many, load_lexicon(), told)
    return {
        "documents": wanted,
        "cpu_ms": 1000 * (adding.cpu - making.cpu) / wanted,
        "wall_ms": 1000 * (adding.wall - making.wall) / wanted,
        "generating_cpu_ms": 1000 * making.cpu / wanted,  # always the same work: how loaded the machine was
        "peak_memory_mb": peak_memory(),
    }


def peak_memory() -> int:
    """Of this process up to now, in MB; 0 where the system does not say."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 // 1_000_000 for line in lines if line.startswith("VmHWM")), 0)


def size(path: Path, attributions: int) -> Figures:
    """Bytes an attribution, all in all and by table (with its indexes), where this SQLite counts them."""
    out: Figures = {"bytes": path.stat().st_size, "attributions": attributions}
    with reading_from(path) as ledger:
        (letters,) = ledger.execute("SELECT sum(length(CAST(text AS BLOB))) FROM documents").fetchone()
        out["texts_alone"] = letters / attributions
        try:
            rows = ledger.execute(
                "SELECT CASE WHEN dbstat.name GLOB '*_search_*' THEN 'full-text search' ELSE tbl_name END AS part,"
                " sum(pgsize) FROM dbstat LEFT JOIN sqlite_master ON sqlite_master.name = dbstat.name"
                " WHERE aggregate = TRUE GROUP BY part ORDER BY 2 DESC"
            ).fetchall()
        except sqlite3.OperationalError:  # compiled without dbstat
            rows = []
    out["parts"] = {part or "the schema": number / attributions for part, number in rows}
    return out


# 3. Questions


def answers(path: Path) -> Figures:
    """Seconds that each question takes, on a connection in use and on one just opened."""
    asked = questions_about(path)
    out = {}
    for name, puts in asked.items():
        say(f"asking: {name}")
        with reading_from(path) as ledger:
            puts[0](ledger)
            warm = [_took(partial(one, ledger)) for one in puts]
        fresh = [_took(partial(_on_its_own, path, one)) for one in puts[: ASKED // 2]]
        out[name] = {"times": len(puts), "warm": percentiles(warm), "fresh": percentiles(fresh)}
    with reading_from(path) as ledger:
        counts = {
            what: ledger.execute(f"SELECT count(*) FROM {what}").fetchone()[0]
            for what in ("documents", "attributions", "entities")
        }
    return {"ledger": counts, "machine": machine(), "questions": out}


def _on_its_own(path: Path, question: Question) -> None:
    with reading_from(path) as ledger:
        question(ledger)


def _took(question: Callable[[], object]) -> Clock:
    with Clock() as clock:
        question()
    return clock


def percentiles(clocks: Sequence[Clock]) -> Figures:
    """Wall seconds at the median and the 99th percentile, and the same of CPU time."""
    out = {}
    for what in ("wall", "cpu"):
        times = sorted(getattr(one, what) for one in clocks)
        out[what] = {"median": statistics.median(times), "99": times[min(len(times) - 1, int(0.99 * len(times)))]}
    return out


def questions_about(path: Path) -> dict[str, list[Question]]:
    """All questions, each with many names, words and places to go on from; drawn as often as they occur."""
    random_ = random.Random(3)
    with reading_from(path) as ledger:
        drawn = speakers(ledger, random_)
        biggest = questions.who_speaks_most(ledger, 1)[0].id
        pages = starts(ledger, biggest, random_)
        urls = [one["url"] for one in ledger.execute("SELECT url FROM documents WHERE id % 97 = 0 LIMIT ?", (ASKED,))]
        texts = [
            one["text"] for one in ledger.execute("SELECT text FROM documents WHERE id % 89 = 0 LIMIT ?", (ASKED,))
        ]
    q = questions
    words, pairs, phrases, rare = words_of(texts, random_)
    everybody: list[Question] = [partial(q.who_speaks_most, limit=limit) for limit in range(1, 101)]
    out: dict[str, list[Question]] = {
        "who speaks most": everybody,
        "who speaks most, with outlets and months": [_with_outlets_and_months] * 50,
        "the entity of a name": [partial(q.entities_named, name=name) for _, name in drawn],
        "entities of a surname": [partial(q.entities_named, name=name.split()[-1]) for _, name in drawn],
        "entities of an unknown name": [partial(q.entities_named, name=f"{name}q") for _, name in drawn],
        "names written alike": [partial(q.names_like, name=f"{name}q") for _, name in drawn],
        "statements of an entity": [partial(q.statements_of, entity=one, limit=PAGE) for one, _ in drawn],
        "a later page of the biggest entity": [
            partial(q.statements_of, entity=biggest, limit=PAGE, since=since) for since in pages
        ],
        "months of an entity": [partial(q.months_of, entity=one) for one, _ in drawn],
        "outlets of an entity": [partial(q.outlets_of, entity=one) for one, _ in drawn],
        "roles of an entity": [partial(q.roles_of, entity=one) for one, _ in drawn],
        "namesakes": [q.ambiguous_entities] * 50,
        "names left open": [q.names_left_open] * 50,
        "unnamed sources by outlet": [q.unnamed_by_outlet] * 50,
        "documents by unnamed share": [q.documents_by_unnamed_share] * 50,
        "versions of a document": [partial(history, address=url) for url in urls],
    }
    for what, asked in (("a word", words), ("a rare word", rare), ("two words", pairs), ("a phrase", phrases)):
        out[f"documents with {what}"] = [partial(q.documents_with, words=one) for one in asked]
        out[f"contents with {what}"] = [partial(q.contents_with, words=one) for one in asked]
    return out


def _with_outlets_and_months(ledger: sqlite3.Connection) -> None:
    """What `sayso sources` shows."""
    for one in questions.who_speaks_most(ledger, 50):
        questions.outlets_of(ledger, one.id, 3)
        questions.months_of(ledger, one.id)


def speakers(ledger: sqlite3.Connection, random_: random.Random) -> list[tuple[int, str]]:
    """Entities: half of them drawn by how often they speak, half of them any, each at most once."""
    rows = ledger.execute("SELECT id, name, attribution_count FROM entities WHERE attribution_count > 0").fetchall()
    often = random_.choices(rows, weights=[row["attribution_count"] for row in rows], k=ASKED)
    drawn = dict.fromkeys((row["id"], row["name"]) for row in (*often, *random_.sample(rows, min(ASKED, len(rows)))))
    return list(drawn)[:ASKED]


def starts(ledger: sqlite3.Connection, entity: int, random_: random.Random) -> list[tuple[str, int]]:
    """Days and rows from which to go on in what an entity said."""
    rows = ledger.execute("SELECT dated, id FROM attributions WHERE entity_id = ?", (entity,)).fetchall()
    return [(row["dated"] or "", row["id"]) for row in random_.sample(rows, min(ASKED, len(rows)))]


def words_of(texts: Sequence[str], random_: random.Random) -> tuple[list[str], list[str], list[str], list[str]]:
    """Words as often as they occur, pairs of them from one text, phrases, and words that are seldom."""
    tokens = [text.replace(".", "").split() for text in texts]
    words = [random_.choice(one) for one in tokens]
    pairs = [" ".join(random_.sample(one, 2)) for one in tokens]
    begin = [random_.randrange(len(one) - 3) for one in tokens]
    phrases = [f'"{" ".join(one[at : at + 3])}"' for one, at in zip(tokens, begin, strict=True)]
    return words, pairs, phrases, [max(one, key=len) for one in tokens]


# Tables


def tables(run: Figures) -> Iterator[str]:
    """All figures as Markdown."""
    if found := run.get("beside_reading"):
        yield f"\n{found['documents']} articles, {found['attributions']} attributions, {found['threads']} threads\n"
        yield "| | CPU s | wall s |\n|---|---|---|"
        for what in ("reading", "adding"):
            yield f"| {what} | {found[what]['cpu']:.2f} | {found[what]['wall']:.2f} |"
        yield f"| more | {found['more_percent']['cpu']:+.1f} % | {found['more_percent']['wall']:+.1f} % |"
        few = found["more_percent_median"]
        yield f"| more, median of each {AT_ONCE} articles | {few['cpu']:+.1f} % | {few['wall']:+.1f} % |"
    if found := run.get("growing"):
        yield "\n| documents | CPU ms a document | wall ms | generating: CPU ms | memory, MB |\n|---|---|---|---|---|"
        upto = 0
        for one in found["slices"]:
            upto += one["documents"]
            yield _slice_row(f"to {upto:,}", one)
        if first := found.get("first_in_turns_with_last"):
            yield _slice_row(f"a fresh ledger, to {first['documents']:,}, in turns with the last row", first)
        size_ = found["size"]
        each = size_["bytes"] / size_["attributions"]
        yield f"\n{each:.0f} bytes an attribution; texts alone {size_['texts_alone']:.0f}\n"
        yield "| part | bytes an attribution |\n|---|---|"
        yield from (f"| {part} | {number:.1f} |" for part, number in size_["parts"].items() if number >= 0.5)
    if found := run.get("answers"):
        yield f"\n{', '.join(f'{number:,} {what}' for what, number in found['ledger'].items())}"
        yield "\n| question | median, ms | 99th percentile | CPU: median | 99th | just opened: median | 99th |"
        yield "|---|---|---|---|---|---|---|"
        for name, one in found["questions"].items():
            cells = (one["warm"]["wall"], one["warm"]["cpu"], one["fresh"]["wall"])
            shown = " | ".join(f"{1000 * cell[key]:.1f}" for cell in cells for key in ("median", "99"))
            slow = any(c["median"] > MEDIAN or c["99"] > LAST for c in (cells[0], cells[2]))
            yield f"| {name}{' (slow)' if slow else ''} | {shown} |"


def _slice_row(name: str, one: Figures) -> str:
    times = (one["cpu_ms"], one["wall_ms"], one["generating_cpu_ms"])
    return f"| {name} | {' | '.join(f'{ms:.2f}' for ms in times)} | {one['peak_memory_mb']} |"


def say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def main() -> None:
    """Measure what the options ask for; figures of other parts stay as they are in the JSON file."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--corpus", type=Path, help="articles, JSONL in PolNeAR's format, may be .gz")
    options.add_argument("--threads", type=int, default=2, help="for reading")
    options.add_argument("--documents", type=int, default=100_000, help="generated ones; 0 leaves them out")
    options.add_argument(
        "--asked-at", type=int, default=42_000, help="documents in the ledger that questions are put to"
    )
    options.add_argument("--ledger", type=Path, help="put the questions to this ledger, and generate none")
    options.add_argument("--folder", type=Path, help="for temporary files")
    options.add_argument("--json", type=Path, help="write all figures here")
    given = options.parse_args()
    run: Figures = json.loads(given.json.read_text("utf8")) if given.json and given.json.exists() else {}

    def keep(part: str, figures: Figures) -> None:
        run[part] = figures
        if given.json:
            given.json.write_text(json.dumps(run, indent=1) + "\n", "utf8")

    with TemporaryDirectory(dir=given.folder) as folder:
        path = Path(folder) / "generated.ledger"

        def ask() -> None:
            keep("answers", answers(path))

        if given.corpus:
            keep("beside_reading", beside_reading(given.corpus, Path(folder), given.threads))
        if given.ledger:
            keep("answers", answers(given.ledger))
        elif given.documents:
            grow(path, given.documents, given.asked_at, ask, partial(keep, "growing"))
    print("\n".join(tables(run)))


if __name__ == "__main__":
    main()
