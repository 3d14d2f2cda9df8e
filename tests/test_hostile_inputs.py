"""Hostile inputs are refused or read, in bounded time and memory, and nothing they hold reaches further.

What they are is in hostile.py; each group is read in a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import hostile
import pytest

LEAST = {"compressed": 50, "zips": 65, "warcs": 75, "texts": 45, "jsons": 80, "tables": 90, "web": 120, "paths": 55}
MOST_PEAK = 1_600  # MB


@pytest.mark.parametrize("group", LEAST)
def test_hostile_inputs_keep_to_what_is_promised(group: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, hostile.__file__, group, str(tmp_path)],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        timeout=300,
        check=False,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, f"{lines[-1:]} {done.stderr[-3000:]}"
    *cases, last = lines
    assert [case for case in cases if case["broken"]] == []
    assert len(cases) >= LEAST[group]
    assert last["peak"] < MOST_PEAK


def test_there_are_enough_of_them_and_every_group_is_read() -> None:
    assert {*hostile.GROUPS, "paths"} == set(LEAST)
    assert sum(LEAST.values()) >= 200
