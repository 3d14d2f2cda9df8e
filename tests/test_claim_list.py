"""The claims of a ledger as a list: what is counted of each, in which order, and which a user can ask for."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from ledgers import add_to, all_of, holding, person, told, unnamed, write

from sayso.cli import main
from sayso.errors import SaysoError
from sayso.lexicon import load_lexicon
from sayso.model import Act, Reading
from sayso.trace.copying import find_copies
from sayso.trace.counting import count_claims, uncounted
from sayso.trace.listing import ORDERS, ListedClaim, claims, place_of
from sayso.trace.tracing import claim_models, trace

ANA, BILL = person("Ana Ruiz"), person("Bill Hale")
CLERKS = unnamed("Two clerks")
COURIER, STANDARD = "The Ostrey Courier", "The Velm Standard"


def denied(reading: Reading) -> Reading:
    """The Reading in which what its attributions hold is denied."""
    return replace(reading, attributions=tuple(replace(one, act=Act.DENY) for one in reading.attributions))


CRACKED = (
    told("a", "Ana Ruiz said the old weir is cracked.", ANA, publisher=COURIER, published="2024-03-02"),
    told("b", "Two clerks said the old weir is cracked.", CLERKS, publisher=STANDARD, published="2024-03-05"),
    denied(told("c", "Bill Hale denied the old weir is cracked.", BILL, publisher=COURIER, published="2024-04-01")),
)
FERRY = (
    told("d", "Ana Ruiz said the ferry to Velm sails again.", ANA, publisher=STANDARD),
    told("e", "Ana Ruiz said the ferry to Velm sails again.", ANA, publisher=STANDARD),
)


def traced(*readings: Reading) -> sqlite3.Connection:
    ledger = holding(*readings)
    trace(ledger, claim_models())
    return ledger


@pytest.fixture(scope="module")
def ledger() -> sqlite3.Connection:
    return traced(*CRACKED, *FERRY)


def texts(found: list[ListedClaim]) -> list[str]:
    return [one.text for one in found]


WEIR, SAILS = "the old weir is cracked", "the ferry to Velm sails again"


def test_what_is_counted_of_a_claim(ledger: sqlite3.Connection) -> None:
    weir, ferry = claims(ledger)
    assert weir == ListedClaim("a:9-13", WEIR, 3, 2, 3, 1, 1, 2, 2, "2024-03-02", "2024-04-01")
    assert ferry == ListedClaim("d:9-13", SAILS, 2, 1, 2, 0, 0, 1, 1, None, None)


@pytest.mark.parametrize("order", ORDERS)
def test_what_more_tell_dispute_or_leave_unnamed_comes_first(ledger: sqlite3.Connection, order: str) -> None:
    assert texts(claims(ledger, order=order)) == [WEIR, SAILS]


def test_an_order_that_there_is_not_is_named_with_those_there_are(ledger: sqlite3.Connection) -> None:
    with pytest.raises(SaysoError, match="'size'; there are: documents, "):
        claims(ledger, order="size")


def test_pages_follow_each_other(ledger: sqlite3.Connection) -> None:
    assert texts(claims(ledger, limit=1)) == [WEIR]
    (first,) = claims(ledger, limit=1)
    (second,) = claims(ledger, limit=1, after=place_of(first, "documents"))
    assert second.text == SAILS
    assert claims(ledger, limit=None, after=place_of(second, "documents")) == []


def test_a_user_can_ask_for_words_outlets_speakers_days_and_disputes(ledger: sqlite3.Connection) -> None:
    assert texts(claims(ledger, words="WEIR cracked")) == [WEIR]
    assert texts(claims(ledger, words='"cracked weir"')) == []
    assert texts(claims(ledger, words="!")) == []
    assert texts(claims(ledger, outlet="Ostrey Courier")) == [WEIR]
    assert texts(claims(ledger, outlet="Velm Standard")) == [WEIR, SAILS]
    assert texts(claims(ledger, outlet="Nobody's Gazette")) == []
    assert texts(claims(ledger, entity="Bill Hale")) == [WEIR]
    assert texts(claims(ledger, entity="Ana Ruiz", outlet="Velm Standard", disputed=True)) == [WEIR]
    assert texts(claims(ledger, since="2024-04")) == [WEIR]
    assert texts(claims(ledger, since="2024-04-02")) == []
    assert texts(claims(ledger, until="2024-02")) == []
    assert texts(claims(ledger, until="2024")) == [WEIR]
    assert texts(claims(ledger, disputed=True)) == [WEIR]
    assert texts(claims(ledger, least_documents=3)) == [WEIR]


def test_an_empty_ledger_has_no_claims() -> None:
    assert claims(traced()) == []


def test_copies_found_later_are_counted() -> None:
    text = "Two clerks said the old weir is cracked.\n" + " ".join(f"word{i}" for i in range(60))
    ledger = traced(
        told("a", text, replace(CLERKS, id="a:1"), publisher=COURIER, published="2024-03-02"),
        told("b", text, replace(CLERKS, id="b:1"), publisher=STANDARD, published="2024-03-05"),
    )
    assert [(one.origins_least, one.origins_most) for one in claims(ledger)] == [(1, 2)]
    assert uncounted(ledger) == 0
    find_copies(ledger, load_lexicon())
    assert uncounted(ledger) == 1
    count_claims(ledger)
    assert [(one.origins_least, one.origins_most) for one in claims(ledger)] == [(1, 1)]


def test_whom_a_name_belongs_to_is_counted_as_it_comes_out_later() -> None:
    ledger = traced(CRACKED[0], told("b", "Ana Ruiz said the old weir is cracked.", ANA, publisher=STANDARD))
    assert [one.origins_most for one in claims(ledger)] == [1]
    places = [person("Ana Ruiz", "mayor of Ostrey"), person("Ana Ruiz", "mayor of Velm")]
    add_to(ledger, [told(f"p{i}", "Ana Ruiz said yes.", one) for i, one in enumerate(places)])
    trace(ledger, claim_models())
    assert uncounted(ledger) == 0
    held = all_of(ledger, "SELECT count(DISTINCT coalesce(entity_id, -id)) FROM sources WHERE document_id <= 2")
    assert [one.origins_most for one in claims(ledger)] == held


# The command


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["claims", *arguments], prog_name="sayso")
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write(tmp_path_factory.mktemp("claims") / "l", *CRACKED, *FERRY))


def test_the_command_traces_first_and_says_so(path: str) -> None:
    code, out, error = run(path)
    assert (code, error) == (0, "sayso: tracing 5 new documents\n")
    out = " ".join(out.split())
    assert out.startswith(
        f"“{WEIR}” 3 documents of 2 outlets, 2024-03-02 to 2024-04-01; rests on 2 distinct origins; 1 of 3 positions"
    )
    assert " a:9-13 " in out
    assert "2 documents of 1 outlet, undated; rests on 1 distinct origin d:9-13" in out
    assert run(path)[2] == ""


def test_the_command_as_json(path: str) -> None:
    lines = [json.loads(line) for line in run(path, "--format", "jsonl", "--order", "disputes")[1].splitlines()]
    assert [(one["text"], one["disputed"], one["origins"]) for one in lines] == [
        (WEIR, 1, {"least": 2, "most": 2}),
        (SAILS, 0, {"least": 1, "most": 1}),
    ]
    assert json.loads(run(path, "--format", "json")[1])["claims"] == lines


def test_where_no_claim_fits_the_command_says_why(path: str, tmp_path: Path) -> None:
    assert run(path, "--text", "lighthouse")[::2] == (3, "sayso: no claim fits; sayso claims LEDGER lists all\n")
    assert run(path, "--entity", "Bill Hall")[::2] == (
        3,
        "sayso: nobody is called 'Bill Hall'; did you mean Bill Hale?\n",
    )
    empty = str(write(tmp_path / "empty"))
    assert run(empty)[::2] == (3, "sayso: no claim is told by two in this ledger\n")
    assert run(path, "--since", "May")[0] == 2
