"""Articles of one build: somebody is said to be behind something, and four sides take a position on it.

An agency holds it likely, by way of a newspaper; an opponent has been told so; a minister, asked, calls it possible; a
party and a relative dispute it; another minister withholds until an inquiry ends. What is missed is asserted below,
too, so that it is seen when it is mended.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from sayso.cli import main
from sayso.model import Stance

FOLDER = Path(__file__).parent / "data" / "four_sides"
ANSWERS = json.loads((FOLDER / "answers.json").read_text("utf8"))
SAYING = (Stance.SAYS, Stance.PROBABLE)
MISSED = {"hospital": {"office"}, "fire": {"investigators", "Anita Rowe"}}


@cache
def positions(name: str, folder: Path) -> dict[Stance, list[str]]:
    """Who holds what on an article's claim: names, each with those by whom it came."""
    ledger, asked = str(folder / f"{name}.ledger"), ANSWERS[name]
    added = CliRunner().invoke(main, ["add", ledger, str(FOLDER / f"{name}.txt"), "--published", asked["published"]])
    assert added.exit_code == 0, added.stderr
    told = CliRunner().invoke(main, ["who", ledger, asked["claim"], "--format", "json"])
    assert told.exit_code == 0, told.stderr
    found = json.loads(told.stdout)
    assert found["origins"]["says"]["least"] in (1, 2), "of those who say so"
    return {
        Stance(stance): [" ".join([one["entity"] or "", *one["via"]]) for one in these]
        for stance, these in found["positions"].items()
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("four_sides")


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("side", ["says", "possible", "disputes", "withholds"])
def test_each_side_is_told(name: str, side: str, folder: Path) -> None:
    found = positions(name, folder)
    stances = SAYING if side == "says" else (Stance(side),)
    told = [one for stance in stances for one in found.get(stance, [])]
    missing = {who for who in ANSWERS[name][side] if not any(who in one for one in told)}
    assert missing == MISSED.get(name, set()) & set(ANSWERS[name][side])


@pytest.mark.parametrize("name", ANSWERS)
def test_nobody_is_told_to_hold_the_other_side(name: str, folder: Path) -> None:
    found = positions(name, folder)
    disputing, saying = ANSWERS[name]["disputes"], ANSWERS[name]["says"]
    assert not [who for who in disputing for one in found.get(Stance.SAYS, []) if one.startswith(who)]
    assert not [who for who in saying for one in found.get(Stance.DISPUTES, []) if one.startswith(who)]
