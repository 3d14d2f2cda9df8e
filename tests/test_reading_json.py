"""A Reading as JSON: in the order that the design gives, and back again to an equal value."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from readings import readings, words

from sayso.errors import InputError
from sayso.export.jsonl import reading_from_dict, reading_from_json, reading_to_dict, reading_to_json
from sayso.model import Attribution, Certainty, Document, MadeBy, Reading, Source, SourceKind, Span, Statement, When

TEXT = "Bridge\r\nAna Ruiz told the paper on May 31 that “the 🌉 was safe”."
READING = Reading(
    document=Document(id="d", text=TEXT, title="Bridge", title_span=Span(0, 6), links=("https://example.org/",)),
    attributions=(
        Attribution(
            id="d:17-21",
            source=Span(8, 16),
            cue=Span(17, 21),
            content=(Span(47, 63),),
            confidence=0.75,
            speaker="s",
            certainty=Certainty.CERTAIN,
            when=When("May 31", start="2024-05-31"),
        ),
    ),
    statements=(Statement("d:s0-6", Span(0, 6), headline=True),),
    sources=(Source("s", "Ana Ruiz", SourceKind.PERSON, named=True, mentions=(Span(8, 16),)),),
    problems=("read as Windows-1252",),
    made_by=MadeBy("0.1.0", (("extraction", "1"),)),
)


def test_the_fields_their_order_and_what_is_not_known() -> None:
    written = json.loads(reading_to_json(READING))
    assert list(written) == ["document", "attributions", "statements", "sources", "problems", "made_by"]
    assert json.dumps(written["document"], ensure_ascii=False) == json.dumps(
        {
            "id": "d",
            "title": "Bridge",
            "title_span": {"start": 0, "end": 6},
            "publisher": None,
            "published": None,
            "byline": None,
            "credit": None,
            "dateline": None,
            "url": None,
            "links": ["https://example.org/"],
            "language": None,
            "kind": "article",
            "text": TEXT,
            "text_sha256": READING.document.text_sha256,
        },
        ensure_ascii=False,
    )
    assert json.dumps(written["attributions"], ensure_ascii=False) == json.dumps(
        [
            {
                "id": "d:17-21",
                "source": {"start": 8, "end": 16, "text": "Ana Ruiz"},
                "cue": {"start": 17, "end": 21, "text": "told"},
                "content": [{"start": 47, "end": 63, "text": "“the 🌉 was safe”"}],
                "speaker": "s",
                "speaker_confidence": None,
                "basis": None,
                "quotation": None,
                "act": None,
                "polarity": None,
                "certainty": "certain",
                "certainty_words": None,
                "channel": None,
                "addressee": None,
                "when": {"text": "May 31", "from": "2024-05-31", "to": None},
                "within": None,
                "confidence": 0.75,
            }
        ],
        ensure_ascii=False,
    )
    assert written["statements"] == [{"id": "d:s0-6", "start": 0, "end": 6, "text": "Bridge", "headline": True}]
    assert list(written["sources"][0].items()) == [
        ("id", "s"),
        ("name", "Ana Ruiz"),
        ("kind", "person"),
        ("named", True),
        ("roles", []),
        ("access", None),
        ("anonymity_reason", None),
        ("mentions", [{"start": 8, "end": 16, "text": "Ana Ruiz"}]),
    ]
    assert written["problems"] == ["read as Windows-1252"]
    assert written["made_by"] == {"sayso": "0.1.0", "models": {"extraction": "1"}, "lexicon": None}
    assert reading_to_dict(READING) == written


@given(readings())
def test_a_reading_comes_back_equal(reading: Reading) -> None:
    line = reading_to_json(reading)
    assert b"\n" not in line
    assert reading_from_json(line) == reading
    assert reading_from_dict(reading_to_dict(reading)) == reading
    assert reading_to_dict(reading) == json.loads(line)


def put(path: str, value: object) -> Callable[[Any], None]:
    """Sets the value at a path of names and numbers ("attributions.0.cue.end")."""
    *way, last = path.split(".")

    def change(plain: Any) -> None:
        for step in way:
            plain = plain[int(step) if step.isdigit() else step]
        plain[int(last) if last.isdigit() else last] = value

    return change


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (put("document.text", TEXT + " "), "document.text_sha256"),
        (put("document.text_sha256", "0" * 64), "document.text_sha256"),
        (put("document.title_span.end", 99), "document.title_span"),
        (put("attributions.0.source.text", "Ana"), "attributions[0].source.text"),
        (put("attributions.0.cue.start", 16), "attributions[0].cue.text"),
        (put("attributions.0.cue.end", 3), "attributions[0].cue"),
        (put("attributions.0.cue.start", -1), "$.attributions[0].cue.start"),
        (put("attributions.0.content.0.end", 99), "attributions[0].content[0]"),
        (put("attributions.0.confidence", 1.5), "$.attributions[0].confidence"),
        (put("attributions.0.act", "sing"), "$.attributions[0].act"),
        (put("attributions.0.speaker", "nobody"), "attributions[0].speaker"),
        (put("attributions.0.basis", "nobody"), "attributions[0].basis"),
        (put("attributions.0.within", "nothing"), "attributions[0].within"),
        (put("statements.0.text", "Bride"), "statements[0].text"),
        (put("sources.0.mentions.0.start", 9), "sources[0].mentions[0].text"),
        (put("sources.0.named", None), "$.sources[0].named"),
        (put("made_by", {"sayso": "0.1.0"}), "$.made_by"),
        (put("document.text", "\ud800"), "surrogates"),
    ],
)
def test_what_does_not_hold_is_refused_by_name(change: Callable[[Any], None], field: str) -> None:
    plain = reading_to_dict(READING)
    change(plain)
    with pytest.raises(InputError) as error:
        reading_from_dict(plain, "readings.jsonl, line 2")
    assert str(error.value).startswith("readings.jsonl, line 2: ")
    assert field in str(error.value)


@pytest.mark.parametrize("line", [b"", b"{", b"[]", b'{"text": "Yes."}', b"\xff", b"[" * 99_999])
def test_what_is_no_reading_is_refused(line: bytes) -> None:
    with pytest.raises(InputError, match=r"^Reading: not a Reading: .*; read the document again$"):
        reading_from_json(line)


@given(st.binary() | st.recursive(st.none() | st.integers() | words, st.lists).map(lambda v: json.dumps(v).encode()))
def test_any_bytes_are_a_reading_or_refused(line: bytes) -> None:
    with pytest.raises(InputError):
        reading_from_json(line)
