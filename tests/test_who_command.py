"""`sayso who` and `sayso copies`: what they answer at what time, by which id, and when nothing fits or input is odd."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from ledgers import add_to, holding, person, told, unnamed, write

from sayso.cli import main
from sayso.lexicon import load_lexicon
from sayso.model import Act, Attribution, Reading, Source, SourceKind, Span, Stance
from sayso.trace.asking import who
from sayso.trace.copies_found import copies_in
from sayso.trace.copying import find_copies
from sayso.trace.tracing import claim_models, trace

ANA, BILL = person("Ana Ruiz"), person("Bill Hale")
MODELS = claim_models()


def denied(reading: Reading) -> Reading:
    return replace(reading, attributions=tuple(replace(one, act=Act.DENY) for one in reading.attributions))


CRACKED = "the old weir is cracked"
READINGS = (
    told("a", f"Ana Ruiz said {CRACKED}.", ANA, published="2024-03-02"),
    told("b", f"Bill Hale said {CRACKED}.", BILL, published="2024-03-05"),
    denied(told("c", f"Ana Ruiz denied {CRACKED}.", ANA, published="2024-04-01")),
    told("undated", f"Bill Hale said {CRACKED}.", BILL),
    told("ferry", "Bill Hale said the ferry to Velm sails again.", BILL, published="2024-03-01"),
)


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, arguments, prog_name="sayso")
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    made = str(write(tmp_path_factory.mktemp("who") / "l", *READINGS))
    run("trace", made)
    return made


def answered(path: str, *arguments: str) -> dict[str, Any]:
    code, out, error = run("who", path, *arguments, "--format", "json")
    assert code == 0, error
    found: dict[str, Any] = json.loads(out)
    return found


def held(found: dict[str, Any]) -> list[tuple[str, str, str, bool]]:
    return [
        (stance, one["document"], one["entity"], one["superseded_by"] is not None)
        for stance, these in found["positions"].items()
        for one in these
    ]


def test_what_is_held_and_what_was_taken_back(path: str) -> None:
    assert held(answered(path, CRACKED)) == [
        ("says", "a", "Ana Ruiz", True),
        ("says", "b", "Bill Hale", False),
        ("says", "undated", "Bill Hale", False),
        ("disputes", "c", "Ana Ruiz", False),
    ]


@pytest.mark.parametrize("day", ["2024-03-31", "2024-03"])
def test_at_an_earlier_time_nothing_is_taken_back_yet(path: str, day: str) -> None:
    assert held(answered(path, CRACKED, "--as-of", day)) == [
        ("says", "a", "Ana Ruiz", False),
        ("says", "b", "Bill Hale", False),
    ]


@pytest.mark.parametrize("id_", ["a:9-13", "b:10-14", "c:9-15"])
def test_a_claim_is_found_by_the_id_of_any_of_its_members(path: str, id_: str) -> None:
    found = answered(path, id_)
    assert found["claim"] == {"id": "a:9-13", "text": CRACKED, "confidence": 1.0}
    assert len(held(found)) == 4
    assert len(held(answered(path, id_, "--as-of", "2024-03-04"))) == 1


def test_before_anybody_told_it_nothing_fits_and_what_was_nearest_then_is_offered(path: str) -> None:
    code, out, error = run("who", path, CRACKED, "--as-of", "2024-03-01")
    assert (code, out) == (3, "")
    assert error == (
        "sayso: nothing that was published by 2024-03-01 says so, or the contrary."
        " The nearest are: “the ferry to Velm sails again”\n"
    )
    assert run("who", path, "a:9-13", "--as-of", "2023")[0] == 3


def test_where_nothing_fits_the_nearest_are_offered(path: str) -> None:
    code, out, error = run("who", path, "the premier will resign over the flood")
    assert (code, out) == (3, "")
    assert error.startswith("sayso: nothing in this ledger says so, or the contrary. The nearest are: “")
    assert run("who", path, "a:9-99")[0] == 3


def test_a_claim_without_words_is_wrong_usage(path: str) -> None:
    for claim in ("", " ", "?!"):
        code, _, error = run("who", path, claim)
        assert code == 2
        assert "there are no words in it" in error
    assert run("who", path, CRACKED, "--as-of", "March")[0] == 2


def test_an_empty_ledger_says_how_to_fill_it(tmp_path: Path) -> None:
    empty = str(write(tmp_path / "l"))
    assert run("who", empty, CRACKED) == (
        3,
        "",
        "sayso: no document in this ledger; add some with: sayso add LEDGER FILE…\n",
    )
    assert run("copies", empty) == (3, "", "sayso: no two documents share a passage\n")


def test_a_claim_of_ten_thousand_words_is_answered_or_not_but_not_a_failure(path: str) -> None:
    assert run("who", path, f"{CRACKED} " * 2000)[0] in (0, 3)
    assert run("who", path, "nobody knows anything about whatever " * 1700)[0] == 3


def test_an_attribution_without_content_and_odd_dates_do_no_harm() -> None:
    silent = told("silent", "Ana Ruiz said nothing.", ANA)
    silent = replace(silent, attributions=(Attribution("silent:9-13", Span(0, 8), Span(9, 13), (), 0.9),))
    future = told("future", f"Bill Hale said {CRACKED}.", BILL, published="2199-01-01")
    never = told("never", f"Bill Hale said {CRACKED}.", BILL, published="32 May")
    ledger = holding(READINGS[0], silent, future, never)
    find_copies(ledger, load_lexicon())
    trace(ledger, MODELS)
    found = who(ledger, CRACKED, claim_models)
    assert found is not None
    assert [(one.document, one.published) for one in found.positions[Stance.SAYS]] == [
        ("a", "2024-03-02"),
        ("future", "2199-01-01"),
        ("never", None),
    ]
    found = who(ledger, CRACKED, claim_models, as_of="2024")
    assert found is not None
    assert [one.document for one in found.positions[Stance.SAYS]] == ["a"]


def test_a_hundred_copies_of_one_document_are_one_origin() -> None:
    text = "Two clerks said the old weir is cracked.\n" + " ".join(f"word{i}" for i in range(60))
    clerks = unnamed("Two clerks")
    ledger = holding(
        *(
            told(
                f"d{i}",
                text,
                replace(clerks, id=f"d{i}:1"),
                publisher=f"Paper {i}",
                published=f"2024-{i // 28 + 1:02}-{i % 28 + 1:02}",
            )
            for i in range(100)
        )
    )
    find_copies(ledger, load_lexicon())
    trace(ledger, MODELS)
    assert [row[0] for row in ledger.execute("SELECT count(*) FROM wordings")] == [1]
    found = who(ledger, CRACKED, claim_models)
    assert found is not None
    assert len(found.positions[Stance.SAYS]) == 100
    assert (found.origins[Stance.SAYS].least, found.origins[Stance.SAYS].most) == (1, 1)


def test_copies_of_documents_that_were_published_by_then() -> None:
    text = "Two clerks said the old weir is cracked.\n" + " ".join(f"word{i}" for i in range(60))
    days = ("2024-03-02", "2024-03-05", None)
    ledger = holding(*(told(f"d{i}", text, publisher=f"Paper {i}", published=day) for i, day in enumerate(days)))
    find_copies(ledger, load_lexicon())
    assert len(list(copies_in(ledger))) == 2
    for day, wanted in (("2024-03-05", 1), ("2024", 1), ("2024-03-04", 0)):
        assert len(list(copies_in(ledger, as_of=day))) == wanted


def test_a_document_that_came_later_brings_its_position_to_the_claim() -> None:
    ledger = holding(READINGS[0], READINGS[1])
    trace(ledger, MODELS)
    add_to(ledger, [READINGS[2]])
    trace(ledger, MODELS)
    found = who(ledger, "a:9-13", claim_models)
    assert found is not None
    assert [one.document for one in found.positions[Stance.DISPUTES]] == ["c"]


@pytest.mark.parametrize(("police", "named"), [("the port police", False), ("the Velm Port Police", True)])
def test_who_informed_a_speaker_holds_what_they_were_told(police: str, named: bool) -> None:
    inside = f"she was informed by {police} that {CRACKED}"
    reading = told("a", f"Ana Ruiz said {inside}.", ANA, published="2024-03-02")
    (outer,) = reading.attributions
    text = reading.document.text
    cue = Span(text.index("was informed by"), text.index("was informed by") + len("was informed by"))
    content = Span(cue.end + 1, text.index(CRACKED) + len(CRACKED))
    inner = Attribution(f"a:{cue.start}-{cue.end}", None, cue, (content,), 0.9, act=Act.ASSERT, within=outer.id)
    sources = reading.sources
    if named:
        at = text.index("Velm Port Police")
        known = Source("a:police", "Velm Port Police", SourceKind.ORGANIZATION, True, mentions=(Span(at, at + 16),))
        sources = (*sources, known)
    ledger = holding(replace(reading, attributions=(outer, inner), sources=sources))
    trace(ledger, MODELS)
    found = who(ledger, CRACKED, claim_models)
    assert found is not None
    assert [(one.entity, one.named, one.via) for one in found.positions[Stance.SAYS]] == [
        (police if not named else "Velm Port Police", named, ("Ana Ruiz",))
    ]


@pytest.mark.parametrize(("claim", "needed"), [("a:9-13", False), (CRACKED, True)])
def test_a_question_loads_what_it_needs_to_be_quick(path: str, claim: str, needed: bool) -> None:
    program = "import sys; from sayso.cli import main; main(sys.argv[1:], standalone_mode=False); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program, "who", path, claim, "--format", "csv"],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=True,
    )
    *answer, modules = done.stdout.splitlines()
    assert any("Ana Ruiz" in line for line in answer)
    loaded = set(modules.split())
    assert ("onnxruntime" in loaded, "tokenizers" in loaded) == (needed, needed)  # no models for a claim by its id
    assert not {"filelock", "rapidfuzz", "rich", "sayso.reading", "sayso.trace.copying"} & loaded
    assert not {"sayso.extract.extracting", "sayso.qualify.qualifying", "sayso.resolve.resolving"} & loaded
