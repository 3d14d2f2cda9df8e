"""The terminal view: the article as it stands, its attributions marked, and nothing that steers the terminal."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.cli.show import article, title_of, who_says_what
from sayso.cli.visible import visible, with_line_feeds
from sayso.model import Act, Attribution, Certainty, Document, Reading, Source, SourceKind, Span

TEXT = "Bridge is safe\n\nAna Ruiz said it would open.\nOfficials, however, denied it."


def reading_of(text: str, *found: tuple[str | None, str, tuple[str, ...], float]) -> Reading:
    """A Reading of a text with these attributions: source, cue, content, confidence, in words of the text."""

    def span(words: str) -> Span:
        return Span(text.index(words), text.index(words) + len(words))

    return Reading(
        Document("d", text),
        tuple(
            Attribution("a", span(source) if source else None, span(cue), tuple(map(span, content)), confidence)
            for source, cue, content, confidence in found
        ),
    )


READING = reading_of(
    TEXT,
    ("Ana Ruiz", "said", ("it would open",), 0.93),
    ("Officials", "denied", ("it",), 0.2),
    (None, "however", (), 0.5),
)


def test_without_colour_brackets_mark_who_says_what() -> None:
    assert article(READING, "bridge.txt", width=80, colour=False, by="order") == (
        "bridge.txt\n"
        "[source] <cue>¹ {content}   ¹ row in the table below   ? confidence under 0.5\n"
        "\n"
        "Bridge is safe\n"
        "\n"
        "[Ana Ruiz] <said>¹ {{it} would open}.\n"
        "[Officials], <however>³, <denied>²? it.\n"
        "\n"
        "     source              cue       content         confidence\n"
        " ────────────────────────────────────────────────────────────\n"
        " 1   Ana Ruiz            said      it would open         0.93\n"
        " 2   Officials           denied    it                   0.20?\n"
        " 3   (no source named)   however                         0.50\n"
        "\n"
    )


def test_with_colour_typography_tells_them_apart_too() -> None:
    shown = article(READING, "bridge.txt", width=80, colour=True)
    bold, italic, underlined = "\x1b[1;36m", "\x1b[3;33m", "\x1b[4;32m"
    assert f"{bold}Ana Ruiz\x1b[0m {italic}said\x1b[0m¹ {underlined}it" in shown
    assert "[Ana Ruiz]" not in shown


def test_what_is_known_of_the_document_and_its_problems_stand_above_it() -> None:
    document = Document("d", "Yes.", title="Bridge\nis safe", publisher="The Herald", published="2024-05-31")
    shown = article(Reading(document, problems=("read as UTF-16",)), "a.jsonl, line 3", width=80, colour=False)
    assert shown.startswith("a.jsonl, line 3 · Bridge is safe · The Herald · 2024-05-31\nNote: read as UTF-16\n")
    assert "No attribution found." in shown


def test_paragraphs_are_wrapped_to_the_width() -> None:
    shown = article(reading_of("Ana Ruiz said no. " * 20 + "\n\nThe end."), "x", width=40, colour=False)
    assert max(map(len, shown.splitlines()[2:])) <= 40
    assert "\n\nThe end.\n" in shown


def test_pieces_of_a_content_are_joined_on_one_line() -> None:
    shown = who_says_what(
        reading_of("“No,\nnever”, he said, “no”.", ("he", "said", ("“No,\nnever”", "“no”"), 0.9)),
        width=80,
        colour=False,
        by="order",
    )
    assert "“No, never” … “no”" in shown


def test_the_order_of_the_text_tells_speaker_and_act_too() -> None:
    first, second, third = READING.attributions
    shown = who_says_what(
        Reading(
            READING.document,
            (
                replace(first, speaker="ana", act=Act.BELIEVE, certainty=Certainty.PROBABLE),
                replace(second, speaker="officials", speaker_confidence=0.4, act=Act.DENY),
                third,
            ),
            sources=(
                Source("ana", "Ana Ruiz", SourceKind.PERSON, True),
                Source("officials", "officials", SourceKind.GROUP, False),
            ),
        ),
        width=80,
        colour=False,
        by="order",
    )
    assert shown == (
        "\n"
        "     source → speaker         cue → act             content         confidence\n"
        " ─────────────────────────────────────────────────────────────────────────────\n"
        " 1   Ana Ruiz                 said                  it would open         0.93\n"
        "     → Ana Ruiz               → holds it probable\n"
        " 2   Officials                denied                it                   0.20?\n"
        "     → officials? (unnamed)   → deny\n"
        " 3   (no source named)        however                                     0.50\n"
        "\n"
    )


def test_what_is_left_out_is_not_marked_either() -> None:
    shown = article(READING, "bridge.txt", width=80, colour=False, least=0.9)
    assert "[Ana Ruiz] <said>¹ {it would open}.\nOfficials, however, denied it." in shown
    assert "No attribution found." in who_says_what(READING, width=80, colour=False, least=0.95)


def test_attributions_with_the_same_source_share_its_mark() -> None:
    shown = article(
        reading_of("He said yes, then no.", ("He", "said", ("yes",), 0.9), ("He", "said", ("no",), 0.4)),
        "x",
        width=80,
        colour=False,
    )
    assert "[He] <said>¹⁺²? {yes}, then {no}." in shown


@pytest.mark.parametrize("colour", [True, False])
def test_a_hostile_document_does_not_steer_the_terminal(colour: bool) -> None:
    words = (
        "[red]x[/red] [link=http://example.org]y[/link] :smile: \x1b]0;title\x07 \x1b[2J \x9b31m \u202etxt \x7f\0 \b"
    )
    text = f"Bo Li said {words}."
    shown = article(
        reading_of(text, ("Bo Li", "said", (words,), 0.9)), "\x1b[2J.txt", width=400, colour=colour, by="order"
    )
    expected = "[red]x[/red] [link=http://example.org]y[/link] :smile: ␛]0;title␇ ␛[2J \\x9b31m \\u202etxt ␡␀ ␈"
    assert shown.count(expected) == 2
    ours = re.compile(r"\x1b\[[0-9;]*m")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", ours.sub("", shown))
    assert "\u2400" not in visible("\t\n")


def test_every_line_end_is_one_and_offsets_stay() -> None:
    assert with_line_feeds("a\r\nb\rc\u2028d\u0085e\n") == "a \nb\nc\nd\ne\n"


def test_a_title_or_else_the_first_line_or_else_the_id() -> None:
    assert title_of(Reading(Document("d", "One\nTwo", title="Three"))) == "Three"
    assert title_of(Reading(Document("d", "\ufeff\n One \nTwo"))) == "One"
    assert title_of(Reading(Document("d", " "))) == "d"


@st.composite
def odd_readings(draw: st.DrawFn) -> Reading:
    """Attributions that nest, cross, repeat and are empty, over a text of odd characters."""
    text = draw(st.text(st.sampled_from("ab[{<\r\n\t\x1b\u202e🌉\u0301漢 ") | st.characters(exclude_categories=["Cs"])))
    ends = st.integers(0, len(text))
    spans = st.tuples(ends, ends).map(lambda pair: Span(*sorted(pair)))
    attributions = st.builds(
        Attribution,
        id=st.just("a"),
        source=st.none() | spans,
        cue=spans,
        content=st.lists(spans, max_size=3).map(tuple),
        confidence=st.floats(0, 1),
    )
    return Reading(Document("d", text), tuple(draw(st.lists(attributions, max_size=5))))


@given(odd_readings(), st.integers(20, 120), st.booleans())
def test_any_reading_can_be_shown(reading: Reading, width: int, colour: bool) -> None:
    shown = article(reading, "x", width=width, colour=colour)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", plain)
    table = who_says_what(reading, width=width, colour=colour)
    letters = [c for c in visible(with_line_feeds(reading.document.text)) if c.isalnum()]
    remaining = iter(shown.removesuffix(table))
    assert all(letter in remaining for letter in letters)


@given(odd_readings())
def test_as_many_marks_open_as_close(reading: Reading) -> None:
    text = "".join("·" if c in "[]{}<>" else c for c in reading.document.text)
    shown = article(Reading(Document("d", text), reading.attributions), "x", width=10_000, colour=False).removesuffix(
        who_says_what(Reading(Document("d", text), reading.attributions), width=10_000, colour=False)
    )
    marked = shown.partition("under 0.5")[2]
    for opening, closing in ("[]", "{}", "<>"):
        assert marked.count(opening) == marked.count(closing)
