"""Who is speaking, and how: all figures of one run, printed and kept.

    python bench/speakers.py ../shared --out bench/results/speakers-dev.json

The folder holds `data` and `score/sourcing.py`. Measured are the annotated articles of PolNeAR dev (the part that was
tuned on, and the part kept unseen), coreference on GUM dev, GAP dev, and sourced statements in scu_sourcing, whose own
scorer is called.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sayso.bench import gum, speaker_figures
from sayso.bench.choices import by_chains, measure, read_choices
from sayso.bench.speakers import read_gold
from sayso.export.jsonl import reading_to_json
from sayso.model import Act, Attribution, Document, Quotation, Reading
from sayso.reading import chains, read_many, shipped_models

HERE = Path(__file__).parent


def speakers(data: Path) -> dict[str, Any]:
    gold = list(read_gold(HERE / "gold" / "polnear-dev.jsonl", data / "polnear" / "dev.jsonl.gz"))
    readings = read_many([one.document for one in gold])
    return speaker_figures.by_part(list(zip(gold, readings, strict=True)))


def coreference(data: Path) -> dict[str, Any]:
    documents = list(gum.read_gum(data / "gum" / "dev.jsonl.gz"))
    return gum.measure(documents, lambda text: gum.with_heads(text, chains(text)))


def choices(data: Path) -> dict[str, Any]:
    return measure(read_choices(data / "gap" / "dev.jsonl.gz"), by_chains(chains))


DEEDS = (Act.ACCUSE, Act.COMMIT, Act.DECIDE, Act.DECLINE, Act.ENDORSE)  # that may be seen as well as heard


def heard(one: Attribution) -> bool:
    """Whether an attribution tells what somebody was heard to say, and no deed alone: "The council passed the bill" has
    no word of the council's, unless one is quoted or somebody else says so."""
    return one.act not in DEEDS or one.quotation != Quotation.INDIRECT or one.within is not None


def sourcing(data: Path, scorer: Path) -> dict[str, Any]:
    """The 28 stories of both parts, scored by the referee's script: with all attributions whose acts it counts, and
    without deeds in which nobody is heard, as somebody would leave them out who asks for sourced statements alone."""
    stories: list[dict[str, Any]] = []
    for part in ("train", "dev"):
        with gzip.open(data / "scu_sourcing" / f"{part}.jsonl.gz", "rt", encoding="utf8") as lines:
            stories += [json.loads(line) for line in lines]
    with tempfile.TemporaryDirectory() as folder:
        gold, read = Path(folder) / "gold.jsonl.gz", Path(folder) / "readings.jsonl"
        command = [sys.executable, str(scorer), str(gold), "--readings", str(read)]
        with gzip.open(gold, "wt", encoding="utf8") as lines:
            lines.writelines(json.dumps(story) + "\n" for story in stories)
        documents = [Document(id=str(story["id"]), text=story["text"]) for story in stories]
        readings = list(read_many(documents))

        def scored(kept: Sequence[Reading]) -> dict[str, Any]:
            read.write_bytes(b"".join(reading_to_json(reading) + b"\n" for reading in kept))
            found: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
            return found

        without = [replace(r, attributions=tuple(filter(heard, r.attributions))) for r in readings]
        return {**scored(readings), "deeds left out": scored(without)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path, help="folder with data/ and score/")
    parser.add_argument("--out", type=Path, help="write all figures here, as JSON")
    given = parser.parse_args()
    data = given.shared / "data"
    commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True, cwd=HERE).stdout
    models = shipped_models()
    report: dict[str, Any] = {
        "command": " ".join(["python", *sys.argv]),
        "commit": commit.strip(),
        "models": {"mentions": models.mentions.version, "manner": models.manner.version},
    }
    for name, figures in (
        ("speakers", lambda: speakers(data)),
        ("sourcing", lambda: sourcing(data, given.shared / "score" / "sourcing.py")),
        ("choices", lambda: choices(data)),
        ("coreference", lambda: coreference(data)),
    ):
        print(name, file=sys.stderr, flush=True)
        report[name] = figures()
        print(json.dumps({name: report[name]}, indent=1), flush=True)
    if given.out:
        given.out.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
