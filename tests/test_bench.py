"""`sayso bench` on a corpus of two invented articles."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from sayso.cli import main

pytest.importorskip("scipy")

ARTICLES = {
    "a": ("Ana Ruiz said the bridge was safe.", "Ana Ruiz", "said", "the bridge was safe"),
    "b": (
        "The mill will close in May, according to Jan Orlo.",
        "Jan Orlo",
        "according to",
        "The mill will close in May",
    ),
}


def corpus(folder: Path) -> Path:
    rows = []
    for name, (text, *phrases) in ARTICLES.items():
        spans = [[{"start": text.index(p), "end": text.index(p) + len(p)}] for p in phrases]
        marked = dict(zip(("source", "cue", "content"), spans, strict=True))
        rows.append({"id": name, "text": text, "annotations": {"someone": [marked]}})
    path = folder / "corpus.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf8")
    return path


def test_accuracy_of_a_small_corpus(tmp_path: Path) -> None:
    out, predictions = tmp_path / "out.json", tmp_path / "predictions.jsonl"
    given = [
        "bench",
        "--corpus",
        str(corpus(tmp_path)),
        "--no-speed",
        "--out",
        str(out),
        "--predictions",
        str(predictions),
    ]
    result = CliRunner().invoke(main, given)
    assert result.exit_code == 0, result.output
    assert "2 articles" in result.output
    report = json.loads(out.read_text("utf8"))
    assert report["accuracy"]["scores"]["strict"]["f1"] == 100.0
    assert {"command", "commit", "model", "machine"} <= set(report)
    assert [json.loads(line)["document"]["id"] for line in predictions.read_text("utf8").splitlines()] == ["a", "b"]


def test_a_file_that_is_no_corpus_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl"
    path.write_text('{"text": "Ana Ruiz said no."}\n')
    result = CliRunner().invoke(main, ["bench", "--corpus", str(path), "--no-speed"])
    assert result.exit_code == 1
    assert "line 1" in result.output
    assert "PolNeAR" in result.output
