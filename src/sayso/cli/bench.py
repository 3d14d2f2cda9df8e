"""`sayso bench`: accuracy against an annotated corpus, speed on this machine."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click


@click.command()
@click.option(
    "--corpus",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Annotated articles: JSONL in PolNeAR's format, may be .gz.",
)
@click.option(
    "--model",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Another model's folder, instead of the one that ships.",
)
@click.option("--speed/--no-speed", default=True, help="Measure speed as well; takes some minutes.")
@click.option(
    "--predictions",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the readings of the corpus here, as JSONL.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write all figures here, as JSON.")
def bench(corpus: Path | None, model: Path | None, speed: bool, predictions: Path | None, out: Path | None) -> None:
    """Measure accuracy against an annotated corpus, and speed on this machine.

    Accuracy is counted as the referee scorer counts it, on articles with one annotator. Speed is
    measured on the corpus's articles, or on the example articles where none is given; where spaCy and
    its small English pipeline are installed, they are measured beside it.

    \b
    Example:
      sayso bench --corpus polnear/dev.jsonl.gz --out bench/results/dev.json

    A line of the corpus: {"id": …, "text": …, "annotations": {annotator: [{"source": [span],
    "cue": [span], "content": [span]}]}}, a span being {"start": …, "end": …} in code points.
    """
    from sayso import __version__
    from sayso.bench import accuracy
    from sayso.bench import speed as clock
    from sayso.cli.demo import example_texts
    from sayso.extract.tagger import load_tagger
    from sayso.model import Document, Reading
    from sayso.reading import read_many

    tagger = load_tagger(model)
    report: dict[str, Any] = {
        "command": " ".join(["sayso", *sys.argv[1:]]),
        "commit": _commit(),
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "sayso": __version__,
        "model": tagger.version,
        "machine": clock.machine(),
    }
    texts = example_texts()
    if corpus:
        gold = list(accuracy.read_gold(corpus))
        click.echo(f"reading {len(gold)} articles", err=True)
        readings: list[Reading] = list(read_many((Document(id=g.id, text=g.text) for g in gold), tagger=tagger))
        if predictions:
            from sayso.export.jsonl import reading_to_json

            predictions.write_bytes(b"".join(reading_to_json(r) + b"\n" for r in readings))
        report["accuracy"] = {"corpus": corpus.name, **accuracy.measure(gold, readings)}
        texts = [g.text for g in gold]
        click.echo(_accuracy_table(report["accuracy"]))
    if speed:
        report["speed"] = clock.measure(texts, tagger, lambda what: click.echo(f"measuring: {what}", err=True))
        click.echo(_speed_table(report["speed"]))
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(report, indent=1) + "\n")


def _commit() -> str | None:
    """The commit of the checkout that runs, with a + where it holds more than was committed."""
    here = Path(__file__).parent

    def git(*words: str) -> str:
        command = ["git", "-C", str(here), *words]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603

    try:
        return git("rev-parse", "HEAD") + ("+" if git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.CalledProcessError):
        return None


def _accuracy_table(found: dict[str, Any]) -> str:
    lines = [f"{found['articles']} articles of {found['corpus']}", f"{'':10}{'P':>7}{'R':>7}{'F1':>7}   95 % interval"]
    for measure, row in found["scores"].items():
        figures = "".join(f"{row[k]:7.1f}" for k in ("precision", "recall", "f1"))
        lines.append(f"{measure:10}{figures}   {row['low']:.1f} to {row['high']:.1f}")
    calibration = found["calibration"]
    lines += ["", f"expected calibration error {calibration['expected_calibration_error']:.3f}"]
    lines.append(f"{'confidence':14}{'predictions':>12}{'mean':>8}{'right':>8}")
    for row in calibration["bins"]:
        name = f"{row['from']:.1f} to {row['to']:.1f}"
        lines.append(f"{name:14}{row['predictions']:12}{row['confidence']:8.2f}{row['right']:8.2f}")
    return "\n".join(lines)


def _speed_table(found: dict[str, Any]) -> str:
    lines = [f"{found['words']:,} words in {found['documents']} articles", "", "words a second (median of three)"]
    lines += [f"  {name:26}{value:10,.0f}" for name, value in found["words_a_second"].items()]
    if "spacy" in found:
        lines.append(f"  {'spaCy, ' + found['spacy']['pipeline']:26}{found['spacy']['words_a_second']:10,.0f}")
        lines.append(f"  articles on 2 threads, times spaCy: {found['ratio_to_spacy']}")
    lines += ["", "share of CPU time"]
    lines += [f"  {stage:26}{share:10.0%}" for stage, share in found["share_of_time"].items()]
    lines += ["", f"  {'':26}{'CPU s':>10}{'s':>8}{'peak MB':>9}"]
    processes = dict(found["start_up"])
    processes |= {k.replace("_", " "): v for k, v in found.items() if k.startswith("document_of_")}
    for name, row in processes.items():
        lines.append(f"  {name:26}{row['cpu_seconds']:10.2f}{row['seconds']:8.2f}{row['peak_memory_mb']:9.0f}")
    return "\n".join(lines)
