"""The terminal view by speaker: each attribution once, under its speaker or under the one that reports it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.cli.nesting import trees
from sayso.cli.show import article, who_says_what
from sayso.cli.typography import shortened
from sayso.cli.wording import WORDINGS, date, deed, introduction
from sayso.model import (
    Act,
    Attribution,
    Certainty,
    Document,
    Polarity,
    Quotation,
    Reading,
    Source,
    SourceKind,
    Span,
    When,
)

TEXT = (
    "The Gazette reports that officials briefed on the talks say the mill expects to be sold, citing a clerk.\n"
    "Ana Ruiz, the mayor, said on Tuesday that it was not for sale. She told Radio Skerry it may close.\n"
    "It was suggested that rats came. He denied it."
)
GAZETTE = Source("gazette", "The Gazette", SourceKind.ORGANIZATION, True)
OFFICIALS = Source("officials", "officials", SourceKind.GROUP, False, access="briefed on the talks")
MILL = Source("mill", "the mill", SourceKind.ORGANIZATION, False)
CLERK = Source("clerk", "a clerk", SourceKind.PERSON, False, anonymity_reason="fear for her job")
ANA = Source("ana", "Ana Ruiz", SourceKind.PERSON, True, roles=("the mayor", "engineer"))


def span(words: str) -> Span:
    return Span(TEXT.index(words), TEXT.index(words) + len(words))


REPORTS = Attribution(
    "reports",
    span("The Gazette"),
    span("reports"),
    (span("that officials briefed on the talks say the mill expects to be sold"),),
    0.9,
    speaker="gazette",
    speaker_confidence=0.9,
    basis="clerk",
    quotation=Quotation.INDIRECT,
    act=Act.ASSERT,
    polarity=Polarity.AFFIRMED,
    certainty=Certainty.CERTAIN,
)
SAY = Attribution(
    "say",
    span("officials briefed on the talks"),
    span("say"),
    (span("the mill expects to be sold"),),
    0.8,
    speaker="officials",
    act=Act.ASSERT,
    within="reports",
)
EXPECTS = Attribution(
    "expects",
    span("the mill"),
    span("expects"),
    (span("to be sold"),),
    0.7,
    speaker="mill",
    speaker_confidence=0.3,
    act=Act.BELIEVE,
    certainty=Certainty.PROBABLE,
    certainty_words="expects",
    within="say",
)
SAID = Attribution(
    "said",
    span("Ana Ruiz"),
    span("said"),
    (span("that it was not for sale"),),
    0.95,
    speaker="ana",
    act=Act.ASSERT,
    polarity=Polarity.NEGATED,
    when=When("on Tuesday", "2024-05-28", "2024-05-28"),
)
TOLD = Attribution(
    "told",
    span("She"),
    span("told"),
    (span("it may close"),),
    0.4,
    speaker="ana",
    speaker_confidence=0.4,
    act=Act.ASSERT,
    certainty=Certainty.POSSIBLE,
    certainty_words="may",
    channel="Radio Skerry",
    addressee="listeners",
)
SUGGESTED = Attribution("suggested", None, span("suggested"), (span("that rats came"),), 0.6)
DENIED = Attribution("denied", span("He"), span("denied"), (span("it."),), 0.9, act=Act.DENY)

READING = Reading(
    Document("d", TEXT),
    (REPORTS, SAY, EXPECTS, SAID, TOLD, SUGGESTED, DENIED),
    sources=(ANA, CLERK, GAZETTE, MILL, OFFICIALS),
)


def shown(reading: Reading, width: int = 100, least: float = 0.0) -> str:
    return who_says_what(reading, width=width, colour=False, least=least)


def test_each_speaker_has_a_block_and_what_is_reported_stands_under_who_reports_it() -> None:
    confidence = re.compile(r" +(0\.\d\d\??)$", re.MULTILINE)
    assert confidence.sub(r"  \1", shown(READING)) == (
        "\n"
        "The Gazette · organization\n"
        "  1 says {that officials briefed on the talks say the mill expects to be sold}  0.90\n"
        "      on the word of a clerk (unnamed)\n"
        "  2   → officials (unnamed): say {the mill expects to be sold}  0.80\n"
        "  3     → the mill? (unnamed): holds it probable (“expects”) {to be sold}  0.70\n"
        "\n"
        "a clerk · unnamed · reason: “fear for her job”\n"
        "  basis of 1\n"
        "\n"
        "officials · group · unnamed · access: “briefed on the talks” · give no reason\n"
        "  heard in 2\n"
        "\n"
        "the mill · organization · unnamed\n"
        "  heard in 3\n"
        "\n"
        "Ana Ruiz · the mayor, engineer\n"
        "  4 says it is not so, in the words {that it was not for sale}  0.95\n"
        "      on Tuesday (2024-05-28)\n"
        "  5 Ana Ruiz?: holds it possible (“may”) {it may close}  0.40?\n"
        "      through Radio Skerry · to listeners\n"
        "\n"
        "(no speaker named)\n"
        "  6 <suggested> {that rats came}  0.60\n"
        "\n"
        "(not clear who)\n"
        "  7 [He]: denies {it.}  0.90\n"
        "\n"
    )


def test_what_is_reported_by_one_left_out_stands_alone_with_its_chain_in_words() -> None:
    hidden = replace(READING, attributions=(replace(REPORTS, confidence=0.1), replace(SAY, confidence=0.1), EXPECTS))
    assert (
        "the mill · organization · unnamed\n"
        "  1 the mill? (unnamed): holds it probable (“expects”) {to be sold}                             0.70\n"
        "      reported by officials (unnamed), reported by The Gazette\n"
    ) in shown(hidden, least=0.5)
    assert "reported by" not in shown(hidden)


def test_what_is_heard_in_ones_own_words_needs_no_pointer() -> None:
    own = Reading(READING.document, (SAID, replace(TOLD, within="said")), sources=(ANA,))
    assert "\n  2   → Ana Ruiz?: holds it possible (“may”) {it may close}" in shown(own)
    assert "heard in" not in shown(own)


def test_a_speaker_that_is_not_among_the_sources_is_not_clear() -> None:
    lost = Reading(READING.document, (SAID,))
    assert "(not clear who)\n  1 [Ana Ruiz]: says" in shown(lost)


def test_a_nested_one_whom_nothing_names_says_so() -> None:
    nested = Reading(READING.document, (REPORTS, replace(SUGGESTED, within="reports")), sources=(GAZETTE,))
    assert "  2   → (no speaker named): <suggested> {that rats came}" in shown(nested)


def test_a_long_content_is_cut_after_a_word() -> None:
    text = f"Bo Li said {'word ' * 100}."
    said = Attribution("a", Span(0, 5), Span(6, 10), (Span(11, len(text)),), 0.9, act=Act.ASSERT)
    assert " ".join(shown(Reading(Document("d", text), (said,))).split()).count("word") == 48
    assert "word…}" in shown(Reading(Document("d", text), (said,)))
    assert [shortened("one two", most) for most in (7, 6, 2)] == ["one two", "one…", "on…"]


@pytest.mark.parametrize("width", [20, 60, 80, 200])
def test_lines_are_no_longer_than_the_terminal_is_wide(width: int) -> None:
    assert max(map(len, shown(READING, width).splitlines())) <= width


def test_a_circle_of_attributions_is_shown_once() -> None:
    circle = (replace(REPORTS, within="expects"), SAY, EXPECTS, replace(SAID, within="said"))
    assert [[(line.number, line.depth) for line in tree] for tree in trees(circle)] == [
        [(1, 0), (2, 1), (3, 2)],
        [(4, 0)],
    ]


def test_nesting_may_be_as_deep_as_a_text_goes() -> None:
    deep = tuple(replace(SAY, id=str(i), within=str(i - 1)) for i in range(3000))
    assert [line.depth for line in trees(deep)[0]] == list(range(3000))
    hidden = (*(replace(one, confidence=0) for one in deep[:-1]), deep[-1])
    assert [len(line.left_out) for tree in trees(hidden, 0.5) for line in tree] == [2999]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"act": Act.ASSERT}, "says"),
        ({"act": Act.ASSERT, "certainty": Certainty.CERTAIN, "certainty_words": "no doubt"}, "says (“no doubt”)"),
        ({"act": Act.ASSERT, "polarity": Polarity.NEGATED}, "says it is not so"),
        ({"act": Act.BELIEVE, "certainty": Certainty.PROBABLE}, "holds it probable"),
        ({"act": Act.ASSERT, "certainty": Certainty.POSSIBLE, "certainty_words": "possible"}, "holds it possible"),
        (
            {"act": Act.ASSERT, "certainty": Certainty.PROBABLE, "polarity": Polarity.NEGATED},
            "holds it probable that it is not so",
        ),
        ({"act": Act.DENY, "polarity": Polarity.AFFIRMED}, "denies"),
        ({"act": Act.ACCUSE, "certainty": Certainty.POSSIBLE}, "accuses as possible"),
        ({"act": Act.DECLINE, "polarity": Polarity.NEGATED}, "declines to say"),
        ({"act": Act.UNANSWERED}, "gives no answer"),
        ({"act": Act.ASK}, "asks"),
        ({}, ""),
        ({"polarity": Polarity.NEGATED}, "it is not so"),
    ],
)
def test_what_a_source_does_in_words(fields: dict[str, object], words: str) -> None:
    one = Attribution("a", None, Span(0, 0), (), 0.9)
    assert deed(replace(one, **fields)) == words  # type: ignore[arg-type]


def test_every_act_has_its_words() -> None:
    assert set(WORDINGS) == {*Act, None}


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (When("Tuesday"), "Tuesday"),
        (When("Tuesday", "2024-05-28", "2024-05-28"), "Tuesday (2024-05-28)"),
        (When("last week", "2024-05-20", "2024-05-26"), "last week (2024-05-20 to 2024-05-26)"),
        (When("since May", "2024-05-01"), "since May (from 2024-05-01)"),
        (When("before May", None, "2024-04-30"), "before May (until 2024-04-30)"),
        (When("2024-05-28", "2024-05-28", "2024-05-28"), "2024-05-28"),
    ],
)
def test_a_date_in_words(when: When, words: str) -> None:
    assert date(when) == words


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (ANA, "the mayor, engineer"),
        (GAZETTE, "organization"),
        (replace(CLERK, anonymity_reason=None), "unnamed · gives no reason"),
        (replace(CLERK, access="saw it"), "unnamed · access: “saw it” · reason: “fear for her job”"),
        (Source("r", "a report", SourceKind.DOCUMENT, False), "document · unnamed"),
        (Source("b", "Bo Li", SourceKind.PERSON, True), ""),
    ],
)
def test_how_a_source_is_introduced(source: Source, words: str) -> None:
    assert introduction(source) == words


HOSTILE = st.text(
    st.sampled_from("ab 漢\n\t\r\x1b\x00\x07\x9b\u202e\u200f\u2067\u2028[{🌉\u0301"), max_size=12
) | st.sampled_from(
    ["\x1b[2J\x1b]0;title\x07", "\u202egnorw", "name " * 200, "x" * 2000, "[red]y[/red] :smile:", "(no speaker named)"]
)


@st.composite
def hostile_readings(draw: st.DrawFn) -> Reading:
    """Any mix of fields, of strings that would steer a terminal, and of links that lead nowhere or in circles."""
    text = draw(HOSTILE)
    ends = st.integers(0, len(text))
    spans = st.tuples(ends, ends).map(lambda pair: Span(*sorted(pair)))
    ids = st.sampled_from(["a", "b", "c", "d", ""])
    maybe = st.none() | HOSTILE
    attributions = st.builds(
        Attribution,
        id=ids,
        source=st.none() | spans,
        cue=spans,
        content=st.lists(spans, max_size=2).map(tuple),
        confidence=st.floats(0, 1),
        speaker=st.none() | ids,
        speaker_confidence=st.none() | st.floats(0, 1),
        basis=st.none() | ids,
        act=st.none() | st.sampled_from(Act),
        polarity=st.none() | st.sampled_from(Polarity),
        certainty=st.none() | st.sampled_from(Certainty),
        certainty_words=maybe,
        channel=maybe,
        addressee=maybe,
        when=st.none() | st.builds(When, HOSTILE, maybe, maybe),
        within=st.none() | ids,
    )
    sources = st.builds(
        Source,
        id=ids,
        name=HOSTILE,
        kind=st.sampled_from(SourceKind),
        named=st.booleans(),
        roles=st.lists(HOSTILE, max_size=2).map(tuple),
        access=maybe,
        anonymity_reason=maybe,
    )
    return Reading(
        Document("d", text),
        tuple(draw(st.lists(attributions, max_size=6))),
        sources=tuple(draw(st.lists(sources, max_size=4))),
    )


@given(
    hostile_readings(),
    st.integers(20, 200),
    st.booleans(),
    st.sampled_from([0.0, 0.5]),
    st.sampled_from(["source", "order"]),
)
def test_no_reading_steers_the_terminal(reading: Reading, width: int, colour: bool, least: float, by: str) -> None:
    page = article(reading, "x", width=width, colour=colour, by=by, least=least)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", page) if colour else page
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", plain)


@given(hostile_readings(), st.sampled_from([0.0, 0.5]))
def test_each_attribution_is_shown_exactly_once(reading: Reading, least: float) -> None:
    kept = [one for one in reading.attributions if one.confidence >= least]
    lines = [line for tree in trees(reading.attributions, least) for line in tree]
    assert sorted(line.number for line in lines) == list(range(1, len(kept) + 1))
    assert all(line.one is kept[line.number - 1] for line in lines)
    page = who_says_what(reading, width=100, colour=False, least=least)
    numbers = re.findall(r"(?m)^ {2}(\d)(?: .*)? [01]\.\d\d\??$", page)
    assert sorted(numbers) == [str(number) for number in range(1, len(kept) + 1)]
