"""Readings as input: verified, and taken as they are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from io import BytesIO

import pytest
from click.testing import CliRunner

import sayso.reading
from sayso.cli import main
from sayso.cli.inputs import readings
from sayso.errors import InputError
from sayso.export.jsonl import reading_from_json, reading_to_json
from sayso.model import Attribution, Document, MadeBy, Reading, Span
from sayso.readers import Known, Read, documents

TEXT = "Ana Ruiz said the 🌉 was safe."


def made(number: int, text: str = TEXT) -> Reading:
    attribution = Attribution(f"d{number}:9-13", Span(0, 8), Span(9, 13), (Span(14, 29),), 0.75)
    return Reading(
        Document(f"d{number}", text), (attribution,), problems=("odd",), made_by=MadeBy("0.0.1", (("extraction", "7"),))
    )


LINE = reading_to_json(made(1))


def piped(data: bytes, known: Known | None = None) -> list[Read | InputError]:
    return list(documents(["-"], stdin=BytesIO(data), known=known))


def test_readings_come_out_as_they_were_made() -> None:
    lines = b"\xef\xbb\xbf" + LINE + b"\n\n" + reading_to_json(made(2)) + b"\n"
    assert piped(lines) == [
        Read(made(number).document, f"standard input, line {line}", reading=made(number))
        for number, line in ((1, 1), (2, 3))
    ]


def test_readings_are_known_with_their_keys_in_any_order_and_where_the_first_is_long() -> None:
    (found,) = piped(json.dumps(json.loads(LINE), sort_keys=True, separators=(", ", " : ")).encode())
    assert isinstance(found, Read)
    assert found.reading == made(1)
    long = made(1, TEXT + " " * 100_000)
    (found,) = piped(reading_to_json(long))
    assert isinstance(found, Read)
    assert found.reading == long


@pytest.mark.parametrize("line", [b'{"document": {}}', b'{"text": "Yes.", "document": {}, "attributions": []}'])
def test_what_is_no_reading_is_read_as_documents(line: bytes) -> None:
    assert all("not a Reading" not in str(one) for one in piped(line))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"safe", b"sure", "document.text_sha256 is not that of document.text"),
        (b'"end":13', b'"end":12', "attributions[0].cue.text is 'said', but the document has 'sai' there"),
        (b'"confidence":0.75', b'"confidence":2', "`$.attributions[0].confidence`"),
        (b'"made_by"', b'"made_bye"', "made_by"),
        (b'{"document"', b'{"document', "not a Reading"),
    ],
)
def test_a_line_that_does_not_hold_together_is_told_and_the_others_are_taken(
    old: bytes, new: bytes, message: str
) -> None:
    assert old in LINE
    first, bad, last = piped(LINE + b"\n" + LINE.replace(old, new) + b"\n" + LINE)
    assert isinstance(first, Read)
    assert isinstance(last, Read)
    assert str(bad).startswith("standard input, line 2: ")
    assert message in str(bad)


def test_what_the_user_says_does_not_change_a_reading_and_that_is_told() -> None:
    (found,) = piped(LINE, Known(publisher="The Herald"))
    assert isinstance(found, Read)
    assert found.reading == made(1)
    assert found.problems[0].startswith("what was said about the document on the command line was not applied")


def no_model(given: Iterable[Document], *, threads: int | None = None) -> Iterator[Reading]:  # noqa: ARG001
    """Reads every document as one without attributions."""
    for document in given:
        yield Reading(document)


def test_documents_and_readings_keep_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sayso.reading, "read_many", no_model)
    there = {number: made(number) for number in (1, 2, 5)}
    reads = [
        Read(Document(f"d{number}", TEXT), str(number), ("note",), reading=there.get(number)) for number in range(7)
    ]
    found = list(readings(reads, None))
    assert [(reading.document.id, place) for reading, place in found] == [
        (f"d{number}", str(number)) for number in range(7)
    ]
    assert [number for number, (reading, _) in enumerate(found) if reading.attributions] == [1, 2, 5]
    assert found[1][0].problems == ("note", "odd")


def test_sayso_read_prints_a_reading_without_reading_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> Iterator[Reading]:
        raise AssertionError("read again")

    monkeypatch.setattr(sayso.reading, "read_many", never)
    result = CliRunner().invoke(main, ["read", "-", "--format", "jsonl"], input=LINE)
    assert (result.exit_code, reading_from_json(result.stdout)) == (0, made(1))
    assert "[Ana Ruiz] <said>" in CliRunner().invoke(main, ["read", "-"], input=LINE).stdout
