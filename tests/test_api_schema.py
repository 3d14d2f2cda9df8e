"""The API does what its OpenAPI document says: asked by Schemathesis with what that allows, and what it does not.

Some hundreds of requests; SAYSO_API_EXAMPLES=10 takes all its phases with so many examples an address: thousands.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from api_examples import PATH, examples
from web import served, write_story

from sayso.web.worker import Worker

EXAMPLES = os.environ.get("SAYSO_API_EXAMPLES")
CONFIG = Path(__file__).with_name("schemathesis.toml")


def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    ledger = write_story(tmp_path / "story.ledger")
    phases = "examples,coverage,fuzzing,stateful" if EXAMPLES else "examples,fuzzing"
    with served(ledger, Worker(ledger, fetcher=None)) as address:
        run = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run"),
                *("--phases", phases, "--max-examples", EXAMPLES or "10", "--checks", "all", "--seed", "1"),
                *("--mode", "all", "--generation-database", "none", "--no-color", f"{address}/api/openapi.json"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
    found = re.search(r"(\d[\d,]*) generated, (\d[\d,]*) passed", run.stdout)
    assert found, run.stdout[-2000:]
    print(f"{found[1]} requests")  # seen with pytest -s
    assert int(found[1].replace(",", "")) >= (2000 if EXAMPLES else 200)


def test_the_examples_in_the_document_are_what_the_api_answers() -> None:

    assert json.loads(PATH.read_text("utf8")) == examples(), (
        "write them anew: PYTHONPATH=src python tests/api_examples.py"
    )
