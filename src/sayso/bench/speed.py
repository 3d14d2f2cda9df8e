"""Speed on this machine: words a second by threads and length of document, start-up, memory, and what
takes the time. Figures hold for the moment only; compare ratios of one run."""

from __future__ import annotations

import gc
import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sayso.extract.decode import find_attributions, find_cues
from sayso.extract.tagger import Tagger, join_scores, score_roles, score_window
from sayso.extract.windows import windows
from sayso.extract.words import split_words
from sayso.model import Document, document_id
from sayso.reading import read_many

ROUNDS = 3
MOST_WORDS = 20_000  # of the articles that speed is measured on
SPACY_MODEL = "en_core_web_sm"  # or a package of another name that carries it


def word_count(texts: Sequence[str]) -> int:
    """Words as parted by white space."""
    return sum(len(text.split()) for text in texts)


def words_a_second(work: Callable[[], object], words: int, rounds: int = ROUNDS) -> float:
    """The median speed of several rounds. The cyclic garbage collector is off while the clock runs."""
    speeds = []
    for _ in range(rounds):
        gc.collect()
        gc.disable()
        began = time.perf_counter()
        work()
        speeds.append(words / (time.perf_counter() - began))
        gc.enable()
    return round(statistics.median(speeds))


def _first(articles: Sequence[str], words: int) -> list[str]:
    """The first articles, until they have so many words."""
    taken: list[str] = []
    for article in articles:
        if word_count(taken) >= words:
            break
        taken.append(article)
    return taken


def _exhaust(make: Callable[..., Iterable[object]], *arguments: Any, **named: Any) -> None:
    for _ in make(*arguments, **named):
        pass


def measure(articles: Sequence[str], tagger: Tagger, say: Callable[[str], None]) -> dict[str, Any]:
    """All figures of speed. `articles` are of news length; `say` is told what is being measured."""
    articles = _first(articles, MOST_WORDS)
    words = word_count(articles)
    whole = "\n\n".join(articles)
    short = [p for text in articles for p in text.split("\n\n") if len(p.split()) > 10]
    readings: dict[str, float] = {}
    for threads in (1, 2):
        for name, texts in (("articles", list(articles)), ("one long document", [whole]), ("paragraphs", short)):
            say(f"{name}, {threads} thread{'s' if threads > 1 else ''}")
            documents = [Document(id=document_id(t), text=t) for t in texts]
            read_all = partial(_exhaust, read_many, documents, threads=threads, tagger=tagger)
            readings[f"{name}, {threads}"] = words_a_second(read_all, word_count(texts))
    say("share of the stages")
    out: dict[str, Any] = {
        "words": words,
        "documents": len(articles),
        "words_a_second": readings,
        "share_of_time": stages(articles, tagger),
    }
    say("start-up")
    out["start_up"] = start_up()
    for words_long in (20_000, 200_000):
        say(f"memory of a document of {words_long:,} words")
        out[f"document_of_{words_long}_words"] = long_document(whole, words_long)
    peer = spacy_speed(list(articles), say)
    if peer:
        out["spacy"] = peer
        out["ratio_to_spacy"] = round(readings["articles, 2"] / peer["words_a_second"], 2)
    return out


def stages(articles: Sequence[str], tagger: Tagger) -> dict[str, float]:
    """Share of CPU time that each stage of reading takes, on one thread."""
    spent = dict.fromkeys(("words", "encoder", "cues", "roles", "decoding"), 0.0)

    @contextmanager
    def clock(stage: str) -> Iterator[None]:
        began = time.process_time()
        yield
        spent[stage] += time.process_time() - began

    for text in articles:
        with clock("words"):
            words = split_words(text, tagger.tokenizer)
        with clock("encoder"):
            scores = join_scores([score_window(tagger, words, window) for window in windows(words.first)])
        with clock("cues"):
            cues = find_cues(scores.score, tagger.cue_change, tagger.cue_bias)
        with clock("roles"):
            roles = {cue.words: score_roles(tagger, scores, 0, len(words), cue.words) for cue in cues}
        with clock("decoding"):
            find_attributions(words, cues, roles.__getitem__, tagger.role_change)
    total = sum(spent.values())
    return {stage: round(seconds / total, 3) for stage, seconds in spent.items()}


def _in_new_process(code: str, given: str = "") -> dict[str, float]:
    """Run Python code in a process of its own; its CPU and wall seconds, and its peak memory in MB."""
    measured = (
        "import json, sys, time\n"
        "from pathlib import Path\n"
        f"{code}\n"
        "status = Path('/proc/self/status')\n"  # the peak that getrusage gives is the parent's, if that is higher
        "lines = status.read_text().splitlines() if status.exists() else []\n"
        "peak = next((int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith('VmHWM')), 0)\n"
        "print(json.dumps([time.process_time(), peak]))\n"
    )
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", measured], input=given, capture_output=True, text=True, check=True)  # noqa: S603
    cpu, memory = json.loads(done.stdout.splitlines()[-1])
    wall = time.perf_counter() - began
    return {"cpu_seconds": round(cpu, 3), "seconds": round(wall, 3), "peak_memory_mb": round(memory)}


def start_up() -> dict[str, dict[str, float]]:
    """Of an empty Python, of importing sayso, of `sayso --help`, and of a first short reading."""
    help_code = "from sayso.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass"
    return {
        "python": _in_new_process("pass"),
        "import sayso": _in_new_process("import sayso"),
        "sayso --help": _in_new_process(help_code),
        "first reading": _in_new_process("import sayso; sayso.read('Ana Ruiz said the bridge was safe.')"),
    }


def long_document(text: str, words: int) -> dict[str, float]:
    """Reading one document of so many words, in a process of its own."""
    times = -(-words // len(text.split()))
    given = " ".join(("\n\n".join([text] * times)).split(" ")[:words])
    code = "import sayso; text = sys.stdin.read(); sayso.read(text)"
    return {"words": word_count([given]), **_in_new_process(code, given)}


def spacy_speed(articles: list[str], say: Callable[[str], None]) -> dict[str, Any] | None:
    """spaCy's small English pipeline over the same articles, whole; None where it is not installed."""
    if importlib.util.find_spec("spacy") is None:
        return None
    import spacy

    name = next((n for n in spacy.util.get_installed_models() if n.startswith(SPACY_MODEL)), None)
    if name is None:
        return None
    pipeline = spacy.load(name)
    say("spaCy")
    speed = words_a_second(partial(_exhaust, pipeline.pipe, articles), word_count(articles))
    return {"version": spacy.__version__, "pipeline": name, "words_a_second": speed}


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf8").splitlines() if info.exists() else []
    flags = next((line for line in lines if line.startswith("flags")), "")
    return {
        "cores": os.cpu_count(),
        "processor": platform.machine(),
        "vnni": any(f in flags.split() for f in ("avx512_vnni", "avx_vnni")),
        "python": platform.python_version(),
        "load": [round(x, 2) for x in os.getloadavg()] if hasattr(os, "getloadavg") else None,
    }
