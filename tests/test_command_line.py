"""sayso as a user starts it: a program of its own, with the shipped model."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SAYSO = [sys.executable, "-m", "sayso"]
SAID = "Ana Ruiz said the bridge was safe.\n"


def run(*arguments: str, stdin: str = "", folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(
        [*SAYSO, *arguments],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        cwd=folder,
        env=environment,
        check=False,
    )


def test_help_is_quick_because_nothing_heavy_is_imported() -> None:
    assert run("--help").returncode == 0  # compiles what has changed since the last run
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run("--help")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, sayso.cli, sayso; print(*sys.modules)"],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=True,
    ).stdout.split()
    assert not {"numpy", "onnxruntime", "tokenizers", "rich", "msgspec", "sentencex"} & set(loaded)
    assert seconds < 0.3  # of CPU; 0.1 s is usual


def test_reading_a_text_from_standard_input() -> None:
    done = run("read", "-", "--format", "json", stdin=SAID)
    assert (done.returncode, done.stderr) == (0, "")
    reading = json.loads(done.stdout)
    assert reading["document"]["text"] == SAID
    assert [(one["source"]["text"], one["cue"]["text"]) for one in reading["attributions"]] == [("Ana Ruiz", "said")]


def test_a_failure_does_not_stop_the_rest(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(SAID)
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.7\n")
    done = run("read", "bad.pdf", "good.txt", folder=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("sayso: bad.pdf: this looks like a PDF; ")
    assert "[Ana Ruiz] <said>¹" in done.stdout


@pytest.mark.parametrize("text", ["", " " * 1_000_000, "\0", "\ufeff"])
def test_a_text_with_nothing_to_attribute(text: str) -> None:
    done = run("read", "-", "--format", "jsonl", stdin=text)
    assert (done.returncode, done.stderr) == (3, "sayso: no attribution found\n")
    assert json.loads(done.stdout)["document"]["text"] == text


@pytest.mark.parametrize("form", ["table", "jsonl"])
def test_a_closed_pipe_ends_quietly(form: str) -> None:
    lines = "".join(json.dumps({"text": SAID * 30}) + "\n" for _ in range(60))
    command = f"{' '.join(SAYSO)} read - --format {form} 2>&1 >&3 3>&- | cat >&2"
    done = subprocess.run(
        ["/bin/sh", "-c", f"{{ {command}; }} 3>&1 | head -n 1"],
        input=lines,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == ""


def test_ctrl_c_leaves_no_traceback() -> None:
    line = json.dumps({"text": SAID}) + "\n"
    with subprocess.Popen(
        [*SAYSO, "read", "-", "--format", "jsonl", "--threads", "1"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(line)
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["document"]["text"] == SAID
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stderr.read() == "sayso: stopped\n"


def test_the_demo() -> None:
    done = run("demo")
    assert (done.returncode, done.stderr) == (0, "")
    assert "invented articles" in done.stdout
