"""A document's reading: its spans, and that it depends on the document alone."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sayso
import sayso.extract.extracting
from sayso.cli.demo import example_texts
from sayso.model import Document, Reading, Span

TEXTS = example_texts()[::6]

characters = st.characters(exclude_categories=["Cs"]) | st.sampled_from("“”\"'‘’«»\r\n\t \u00a0\0\ufeff😀e\u0301.,:")
passages = st.lists(
    st.text(characters, max_size=30)
    | st.sampled_from(
        ["Ana Ruiz said the bridge was safe. ", "“We looked,” he said.\r\n\r\n", "She added: “No.”\n", "officials say "]
    ),
    max_size=12,
).map("".join)


def spans_of(reading: Reading) -> list[Span]:
    spans = [s.span for s in reading.statements]
    for a in reading.attributions:
        spans += [a.cue, *a.content, *([a.source] if a.source else [])]
    return spans


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(passages)
def test_spans_lie_inside_a_text_that_comes_out_unchanged(text: str) -> None:
    reading = sayso.read(text, threads=1)
    assert reading.document.text == text
    for span in spans_of(reading):
        assert 0 <= span.start < span.end <= len(text)
        assert span.of(text).strip() == span.of(text)
    for a in reading.attributions:
        assert 0 <= a.confidence <= 1
        own = sorted([a.cue, *a.content, *([a.source] if a.source else [])])
        assert all(x.end <= y.start for x, y in pairwise(own))
        assert a.content
    assert len({a.id for a in reading.attributions}) == len(reading.attributions)


def test_a_reading_is_the_same_alone_in_any_batch_and_on_any_number_of_threads() -> None:
    documents = [Document(f"d{i}", text) for i, text in enumerate([*TEXTS, "", "\n\n".join(TEXTS), TEXTS[0][:300]])]
    alone = [sayso.read(d, threads=1) for d in documents]
    for threads in (1, 2, 3):
        assert list(sayso.read_many(documents, threads=threads)) == alone
        assert list(sayso.read_many(documents[::-1], threads=threads)) == alone[::-1]


def test_a_long_document_is_read_the_same_in_blocks_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\n\n".join(TEXTS * 2)
    monkeypatch.setattr(sayso.extract.extracting, "BLOCK", 10_000)
    whole = sayso.read(text)
    for block in (1, 3):
        monkeypatch.setattr(sayso.extract.extracting, "BLOCK", block)
        assert sayso.read(text) == whole


def test_readings_come_as_they_are_asked_for() -> None:
    taken = []

    def documents() -> object:
        for i in range(1000):
            taken.append(i)
            yield "Ana Ruiz said the bridge was safe."

    readings = sayso.read_many(documents(), threads=2)  # type: ignore[arg-type]
    next(readings)
    readings.close()  # type: ignore[attr-defined]
    assert len(taken) < 50


@pytest.mark.parametrize("text", ["", " " * 100_000, "\n" * 1000, "\0\0", "\ufeff", "…", "🙂🙂", "1", "a" * 100_000])
def test_texts_in_which_nobody_says_anything(text: str) -> None:
    reading = sayso.read(text)
    assert reading.attributions == ()
    assert reading.document.text == text


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(ValueError, match="surrogate"):
        sayso.read("Ana Ruiz said \ud800.")


def test_another_language_is_read_with_low_confidence_that_says_so() -> None:
    text = "La alcaldesa Ana Ruiz dijo ayer que el puente era seguro. “No vamos a cerrarlo”, dijo a los vecinos."
    reading = sayso.read(text)
    assert reading.document.language == "es"
    assert "English" in reading.problems[0]
    assert all(a.confidence <= 0.3 for a in reading.attributions)


def test_what_made_a_reading_is_kept() -> None:
    made_by = sayso.read("Ana Ruiz said the bridge was safe.").made_by
    assert made_by.sayso == sayso.__version__
    assert dict(made_by.models)["extraction"]


def test_quoted_paragraphs_that_are_opened_anew_are_one_content() -> None:
    text = (
        "Ana Ruiz, the mayor of Orr, told the council on Monday: “The bridge will be closed at once.\n\n"
        "“We cannot wait for another report, and we will not wait for one.”"
    )
    (a,) = sayso.read(text).attributions
    assert len(a.content) == 1
    assert a.content[0].of(text).startswith("“The bridge")
    assert a.content[0].of(text).endswith("wait for one.”")


def test_an_unclosed_mark_does_not_swallow_the_article() -> None:
    text = "“We will rebuild, Ana Ruiz said on Monday.\n\n" + "The bridge was built in 1931 of local stone.\n\n" * 20
    for a in sayso.read(text).attributions:
        assert max(p.end for p in a.content) < 120


def test_a_content_inside_another_ends_where_a_new_clause_begins() -> None:
    text = "“They would answer the question, and he would look at me,” Ana Ruiz said."
    inner = [one for one in sayso.read(text).attributions if one.within is not None]
    assert [(one.cue.of(text), [piece.of(text) for piece in one.content]) for one in inner] == [
        ("would answer", ["the question"])
    ]


def test_what_is_attributed_in_a_turn_of_a_transcript_is_one_attribution() -> None:
    text = (
        "RUIZ: The bridge is safe. Paul Osei said that it will open in May.\n\n"
        "HALE: I doubt it. The council has denied that the bridge will open in May, and Velm police said so.\n\n"
        "RUIZ: Mr Osei has suggested that a toll could be in the works, and he accused the council of delay.\n\n"
        "HALE: The council said no such thing. It criticized a pattern of delay.\n"
    )
    ids = [one.id for one in sayso.read(text).attributions]
    assert len(ids) == len(set(ids)) > 8
