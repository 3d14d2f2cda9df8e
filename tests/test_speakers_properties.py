"""What holds of every reading's speakers, whatever the text: arbitrary ones, and the cases' passages put together."""

from __future__ import annotations

import re
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from notation import paths_of, read_case

import sayso
from sayso.lexicon import load_lexicon
from sayso.model import Act, Attribution, Document, Reading, Source, SourceKind

PASSAGES = [read_case(p.read_bytes().decode()).passage for p in paths_of("extract", "resolve", "qualify")]
WITHOUT_CERTAINTY = {Act.WANT, Act.REQUEST, Act.ASK, Act.COMMIT, Act.DECLINE, Act.UNANSWERED}

characters = st.characters(exclude_categories=["Cs"]) | st.sampled_from("“”\"'‘’«»\r\n\t \u00a0\0\ufeff😀e\u0301.,:()-")
PIECES = (
    *("Ana Ruiz", "Ms. Ruiz", "Mr. ", "Owen Tarrant Jr.", "the mayor", "officials", "another official", "who"),
    *("I ", "we ", "she", "it", "they", "the FWA", "The paper", "Ruiz’s office", "said that ", "told CNN ", "denied "),
    *("according to ", "citing ", "based on ", "adding that ", "had been informed that ", "may ", " and ", ", ", ". "),
    *("“", "”", "\n\n", "on Monday ", "on 31 February 2020 ", "in a statement ", "because they were not authorized"),
)
pieces = st.sampled_from(PIECES)
arbitrary = st.lists(st.text(characters, max_size=20) | pieces, max_size=25).map("".join)
put_together = st.lists(st.sampled_from(PASSAGES), min_size=1, max_size=4).flatmap(
    lambda chosen: st.sampled_from(["\n\n", " ", "\r\n", "\n"]).map(lambda between: between.join(chosen))
)
cut_off = st.builds(lambda text, at: text[at % (len(text) or 1) :], put_together, st.integers(0, 400))
passages = arbitrary | put_together | cut_off
dates = st.none() | st.dates(date(1990, 1, 1), date(2030, 12, 31)).map(date.isoformat)
documents = st.builds(lambda text, day: Document(id="d", text=text, published=day), passages, dates)

often = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])


def stands_in(words: str, text: str) -> bool:
    """Whether a text holds these words, on one line or over several."""
    return " ".join(words.split()) in " ".join(text.split())


def names_of(source: Source) -> list[str]:
    """The names of a source: several where several speak together."""
    return source.name.split(" and ")


def holder_of(attribution: Attribution, reading: Reading) -> Attribution | None:
    """The attribution whose content holds this one."""
    return next((a for a in reading.attributions if a.id == attribution.within), None)


@often
@given(documents)
def test_mentions_lie_in_a_text_that_comes_out_unchanged(document: Document) -> None:
    reading = sayso.read(document, threads=1)
    assert reading.document.text == document.text
    for source in reading.sources:
        assert source.mentions
        assert list(source.mentions) == sorted(set(source.mentions))
        for span in source.mentions:
            assert 0 <= span.start < span.end <= len(document.text)
            assert span.of(document.text) == span.of(document.text).strip()


@often
@given(documents)
def test_what_is_pointed_to_is_there(document: Document) -> None:
    reading = sayso.read(document, threads=1)
    sources = {source.id for source in reading.sources}
    assert len(sources) == len(reading.sources)
    assert {a.within for a in reading.attributions} <= {a.id for a in reading.attributions} | {None}
    for a in reading.attributions:
        assert {a.speaker, a.basis} <= sources | {None}
        assert a.basis is None or a.basis != a.speaker
        assert (a.speaker is None) == (a.speaker_confidence is None)
        assert a.speaker_confidence is None or 0 <= a.speaker_confidence <= 1


@often
@given(documents)
def test_nesting_ends_and_a_nested_cue_lies_inside_what_holds_it(document: Document) -> None:
    reading = sayso.read(document, threads=1)
    for a in reading.attributions:
        passed = {a.id}
        inner, holder = a, holder_of(a, reading)
        while holder is not None:
            assert holder.id not in passed
            assert holder.content[0].start <= inner.cue.start < inner.cue.end <= holder.content[-1].end
            passed.add(holder.id)
            inner, holder = holder, holder_of(holder, reading)


@often
@given(documents)
def test_words_that_are_kept_stand_in_the_text(document: Document) -> None:
    reading = sayso.read(document, threads=1)
    for source in reading.sources:
        assert all(stands_in(name, document.text) for name in names_of(source)), source.name
        for words in (*source.roles, source.access, source.anonymity_reason):
            assert words is None or (words and stands_in(words, document.text)), words
    for a in reading.attributions:
        for words in (a.certainty_words, a.channel, a.addressee, a.when.text if a.when else None):
            assert words is None or (words and stands_in(words, document.text)), words


@often
@given(documents)
def test_what_a_name_brings_with_it(document: Document) -> None:
    reading = sayso.read(document, threads=1)
    for source in reading.sources:
        if source.named:
            assert source.access is None
            assert source.anonymity_reason is None
            assert any(c.isalnum() for c in source.name)


@often
@given(documents)
def test_certainty_follows_the_act(document: Document) -> None:
    for a in sayso.read(document, threads=1).attributions:
        assert None not in (a.act, a.polarity, a.quotation)
        assert a.certainty is None or a.act not in WITHOUT_CERTAINTY
        assert a.certainty is not None or a.certainty_words is None


@often
@given(documents)
def test_days_are_days_and_none_is_made_up(document: Document) -> None:
    for a in sayso.read(document, threads=1).attributions:
        if a.when is None:
            continue
        assert (a.when.start is None) == (a.when.end is None)
        if a.when.start and a.when.end:
            assert date.fromisoformat(a.when.start) <= date.fromisoformat(a.when.end)
            assert document.published or re.search(r"\d{4}", a.when.text)


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(passages, min_size=1, max_size=4), st.sampled_from([1, 2]))
def test_a_reading_is_the_same_alone_and_in_a_batch(texts: list[str], threads: int) -> None:
    batch = [Document(id=f"d{i}", text=text, published="2024-10-08") for i, text in enumerate(texts)]
    assert list(sayso.read_many(batch, threads=threads)) == [sayso.read(d, threads=1) for d in batch]


# Two people with one surname, in passages as news writes them

LEXICON = load_lexicon()
GIVEN = [row["name"] for row in LEXICON.tables["given_names"] if re.fullmatch(r"[A-Z][a-z]{2,8}", row["name"])]
SURNAMES = ["Holm", "Tarrant", "Okoro", "Lindqvist", "Amsel", "Van der Brekel", "Quist-Adeyo", "O’Marden", "Seo"]
TEMPLATES = [
    "{a} said that the mill would be sold. {b} said that it would not.",
    "{a} and {b} have run the mill since 1998. “It will turn again,” said {b}. “It will not,” {s} said.",
    "“We will rebuild,” said {a}, the mayor. Her brother, {b}, said that he would help. Mayor {a} thanked him.",
    "{a} met {b} at the mill. {s} said that the wheel was safe. He added that {a} had paid for it.",
    "Dr. {a} denied that Mr. {b} had been told. Mr. {s} declined to comment. {b} told CNN that he had sold it.",
    "{a}’s lawyer, {b}, said that the deed was forged. According to {a}, it was not.",
    "{a}, who said that she was tired, left.\n\n{b} told them: “I will stay.”\n\nMs. {s} said that she would too.",
]


def may_be_one(one: str, other: str) -> bool:
    """Whether two given names may be one person's: one is short for the other, or both are for a third."""
    names = [{name, *LEXICON.nicknames.get(name, ())} for name in (one.lower(), other.lower())]
    return bool(names[0] & names[1])


def never_one(one: str, other: str, text: str) -> None:
    """Assert that no source of a text is both of two people."""
    for source in sayso.read(text, threads=1).sources:
        names = [name.rstrip(".,") for name in names_of(source)]
        if one in names and other in names:
            assert source.kind != SourceKind.PERSON  # both speak together
            continue
        mentions = [re.sub(r"^(Dr|Mr|Ms)\. |^Mayor ", "", span.of(text)).rstrip(".,") for span in source.mentions]
        assert not {one, other} <= set(mentions), source.name


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.sampled_from(GIVEN), min_size=2, max_size=2, unique=True).filter(lambda names: not may_be_one(*names)),
    st.sampled_from(SURNAMES),
    st.lists(st.sampled_from(TEMPLATES), min_size=1, max_size=3),
)
def test_two_people_whose_given_names_differ_are_never_one(given: list[str], surname: str, chosen: list[str]) -> None:
    one, other = (f"{name} {surname}" for name in given)
    never_one(one, other, "\n\n".join(chosen).format(a=one, b=other, s=surname))


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(GIVEN),
    st.sampled_from(SURNAMES),
    st.sampled_from(["Jr", "Jr.", "III"]),
    st.lists(st.sampled_from(TEMPLATES), min_size=1, max_size=3),
    st.booleans(),
)
def test_father_and_son_of_one_name_are_never_one(
    given: str, surname: str, suffix: str, chosen: list[str], son_first: bool
) -> None:
    pair = [f"{given} {surname}", f"{given} {surname} {suffix}"]
    one, other = reversed(pair) if son_first else pair
    text = "\n\n".join(chosen).format(a=one, b=other, s=surname).replace("..", ".")
    never_one(pair[0], pair[1].rstrip("."), text)
