"""The referee's definitions, by hand on small cases, and against the referee itself where it is at hand."""

from __future__ import annotations

import importlib.util
import random
from pathlib import Path
from typing import Any

import pytest

from sayso.bench.accuracy import GoldArticle, count, read_gold, reliability, summary
from sayso.errors import InputError
from sayso.model import Attribution, Span

pytest.importorskip("scipy")

TEXT = "Ana Ruiz said the old bridge was safe. The mayor denied it, twice."
REFEREE = Path(__file__).parents[2] / "shared" / "score" / "score.py"


def pair(words: str) -> tuple[int, int]:
    at = TEXT.index(words)
    return at, at + len(words)


def gold(*rows: tuple[str, str, str]) -> GoldArticle:
    return GoldArticle(
        "g", TEXT, tuple({"source": [pair(s)], "cue": [pair(c)], "content": [pair(t)]} for s, c, t in rows)
    )


def predicted(source: str, cue: str, content: str, within: str | None = None) -> Attribution:
    return Attribution("p", Span(*pair(source)), Span(*pair(cue)), (Span(*pair(content)),), 0.8, within=within)


RUIZ = ("Ana Ruiz", "said", "the old bridge was safe")
MAYOR = ("The mayor", "denied", "it")


def test_a_perfect_reading() -> None:
    counts = count(gold(RUIZ, MAYOR), [predicted(*RUIZ), predicted(*MAYOR)]).counts
    assert all(row == (2, 2, 2) for row in counts.values())


def test_punctuation_at_a_border_does_not_count() -> None:
    counts = count(gold(RUIZ), [predicted("Ana Ruiz", "said", "the old bridge was safe.")]).counts
    assert counts["content"] == (1, 1, 1)
    assert counts["strict"] == (1, 1, 1)


def test_a_word_too_few_is_half_right() -> None:
    row = count(gold(RUIZ), [predicted("Ana Ruiz", "said", "old bridge was safe")])
    assert row.counts["content"] == (0, 1, 1)
    assert row.counts["strict"] == (0, 1, 1)
    assert row.counts["half"] == (1, 1, 1)
    assert row.counts["soft"][0] == pytest.approx((1 + 1 + 2 * 4 / 9) / 3)
    assert row.judged == ((0.8, True),)


def test_the_wrong_source_is_not_right_by_half() -> None:
    row = count(gold(RUIZ), [predicted("The mayor", "said", "the old bridge was safe")])
    assert row.counts["half"] == (0, 1, 1)
    assert row.judged == ((0.8, False),)


def test_nested_predictions_are_left_out() -> None:
    assert count(gold(RUIZ), [predicted(*RUIZ), predicted(*MAYOR, within="p")]).counts["cue"] == (1, 1, 1)


def test_intervals_hold_the_figure() -> None:
    rows = [count(gold(RUIZ, MAYOR), [predicted(*RUIZ)]), count(gold(RUIZ), [predicted(*RUIZ)])] * 5
    scores = summary(rows)
    assert scores["cue"]["low"] <= scores["cue"]["f1"] <= scores["cue"]["high"]
    assert scores["cue"]["precision"] == 100.0


def test_calibration_error_is_the_gap() -> None:
    judged = [(0.9, True)] * 8 + [(0.9, False)] * 2 + [(0.3, False)] * 10
    assert reliability(judged)["expected_calibration_error"] == pytest.approx((0.1 * 10 + 0.3 * 10) / 20)


def test_a_corpus_in_another_format_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "corpus.jsonl"
    path.write_text('{"id": "a", "text": "b", "annotations": {}}\n{"id": "a"}\n')
    with pytest.raises(InputError, match="line 2"):
        list(read_gold(path))


@pytest.mark.skipif(not REFEREE.exists(), reason="the referee scorer is not beside the repository")
def test_same_figures_as_the_referee() -> None:
    spec = importlib.util.spec_from_file_location("referee", REFEREE)
    assert spec
    assert spec.loader
    referee: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(referee)
    rng = random.Random(4)

    def spans(least: int = 0) -> list[dict[str, int]]:
        starts = [rng.randrange(len(TEXT)) for _ in range(max(least, rng.choice((0, 1, 1, 1, 2))))]
        return [{"start": a, "end": min(len(TEXT), a + rng.randrange(1, 30))} for a in starts]

    def row() -> dict[str, list[dict[str, int]]]:
        return {"source": spans()[:1], "cue": spans(1)[:1], "content": spans()}

    def as_attribution(given: dict[str, list[dict[str, int]]]) -> Attribution:
        source, cue, content = (
            tuple(Span(s["start"], s["end"]) for s in given[r]) for r in ("source", "cue", "content")
        )
        return Attribution("p", source[0] if source else None, cue[0], content, 0.5)

    for _ in range(200):
        rows = [row() for _ in range(rng.randrange(4))]
        guesses = [rng.choice(rows) if rows and rng.random() < 0.6 else row() for _ in range(rng.randrange(4))]
        tally = referee.Tally()
        referee.score(tally, TEXT, rows, guesses)
        marked = tuple({k: [(s["start"], s["end"]) for s in v] for k, v in r.items()} for r in rows)
        ours = count(GoldArticle("g", TEXT, marked), [as_attribution(g) for g in guesses])
        for measure, figures in ours.counts.items():
            assert figures == pytest.approx(tuple(tally.n[measure])), measure
