"""Positions as a standards desk files them: the document's words, at their place, with a link that leads there."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from click.testing import CliRunner
from ledgers import holding, person, told, write

from sayso.cli import main
from sayso.model import Act, Span, Statement
from sayso.trace.asking import who
from sayso.trace.auditing import AuditRow, audit, audit_csv, fragment_link
from sayso.trace.tracing import claim_models, trace

ANA, BILL = person("Ana Ruiz"), person("Bill Hale")
URL = "https://courier.example/weir?id=7"
SAID = told(
    "a", "Ana Ruiz said the old weir is cracked.", ANA, published="2024-03-02", publisher="The Ostrey Courier", url=URL
)
DENIED = told("b", "Bill Hale denied the old weir is cracked.", BILL, published="2024-04-01", title="Hale: no")
DENIED = replace(DENIED, attributions=tuple(replace(one, act=Act.DENY) for one in DENIED.attributions))
OWN = told("c", "Lead.\nThe old weir is cracked now.", publisher="The Velm Standard")
OWN = replace(OWN, statements=(Statement("c:s6-34", Span(6, 34)),))


def rows() -> list[AuditRow]:
    ledger = holding(SAID, DENIED, OWN)
    trace(ledger, claim_models())
    found = who(ledger, "the old weir is cracked", claim_models)
    assert found is not None
    return audit(ledger, found)


def test_a_row_has_the_words_their_place_and_what_made_it() -> None:
    said, own, denied = rows()
    assert (said.stance, said.holder, said.named) == ("says", "Ana Ruiz", True)
    assert (said.quotation, said.place, said.source, said.cue) == (
        "the old weir is cracked",
        "14..37",
        "Ana Ruiz",
        "said",
    )
    assert (said.document, said.attribution, said.published) == ("a", "a:9-13", "2024-03-02")
    assert said.text_sha256 == SAID.document.text_sha256
    assert said.link == f"{URL}#:~:text=the%20old%20weir%20is%20cracked"
    assert said.chain == "The Ostrey Courier ← Ana Ruiz (witness)"
    assert said.origin == "Ana Ruiz"
    assert said.read_by == "sayso 1"
    assert said.traced_by is not None
    assert "claims" in said.traced_by
    assert "lexicon" in said.traced_by
    assert (own.holder, own.attribution, own.quotation, own.place) == (
        "The Velm Standard",
        None,
        "The old weir is cracked now.",
        "6..34",
    )
    assert (denied.stance, denied.holder, denied.title, denied.link) == ("disputes", "Bill Hale", "Hale: no", None)
    for row, reading in ((said, SAID), (own, OWN), (denied, DENIED)):
        start, end = map(int, row.place.split(".."))
        assert reading.document.text[start:end] == row.quotation


def test_as_csv_a_cell_that_would_run_is_harmless() -> None:
    (said, *_) = rows()
    given = replace(said, quotation="=1+1", holder=None)
    table = audit_csv([given])
    assert table.startswith(b"\xef\xbb\xbfclaim_id,claim,stance,")
    (row,) = csv.DictReader(io.StringIO(table.decode("utf-8-sig"), newline=""))
    assert (row["quotation"], row["holder"], row["named"]) == ("'=1+1", "", "true")


@pytest.mark.parametrize(
    ("url", "words", "fragment"),
    [
        ("https://a.example/x", "no more, no less & well-known", "no more, no less & well-known"),
        ("https://a.example/x", " ".join(f"w{i}" for i in range(20)), "w0 w1 w2 w3 w4 w5,w14 w15 w16 w17 w18 w19"),
        ("https://a.example/x#top", "yes", None),
        ("urn:x", "yes", None),
        ("https://a.example/x", " ", None),
    ],
)
def test_a_link_shows_the_words_in_a_browser(url: str, words: str, fragment: str | None) -> None:
    link = fragment_link(url, words)
    assert link is not None
    if fragment is None:
        assert link == url
        return
    told = link.removeprefix(f"{url}#:~:text=")
    assert unquote(told) == fragment
    assert "-" not in told  # which would mark a prefix or suffix
    assert told.count(",") == (len(words.split()) > 12)


def test_the_command_writes_a_row_a_position(tmp_path: Path) -> None:
    path = str(write(tmp_path / "l", SAID, DENIED, OWN))
    result = CliRunner().invoke(main, ["who", path, "the old weir is cracked", "--format", "csv"], prog_name="sayso")
    assert result.exit_code == 0
    table = csv.DictReader(io.StringIO(result.stdout_bytes.decode("utf-8-sig"), newline=""))
    assert [(row["stance"], row["document"]) for row in table] == [("says", "a"), ("says", "c"), ("disputes", "b")]
