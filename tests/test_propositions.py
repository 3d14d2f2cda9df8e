"""From a Reading to its propositions: what stands by itself, what only relays, what is left out."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sayso.model import Act, Attribution, Document, Reading, Source, SourceKind, Span, Statement, attribution_id
from sayso.trace.propositions import bare, parts_of, propositions


def span(text: str, words: str) -> Span:
    start = text.index(words)
    return Span(start, start + len(words))


def told(text: str, cue: str, *content: str, **fields: object) -> Attribution:
    where = span(text, cue)
    pieces = tuple(span(text, piece) for piece in content)
    return Attribution(attribution_id("d", where), None, where, pieces, 1.0, **fields)  # type: ignore[arg-type]


RUIZ = Source("d:1", "Ida Ruiz", SourceKind.PERSON, True)


def test_what_is_only_asked_for_is_told_by_nobody() -> None:
    text = "Ida Ruiz urged the premier to find that the old mill is safe."
    outer = told(text, "urged", "to find that the old mill is safe", act=Act.REQUEST)
    inner = told(text, "find", "that the old mill is safe", act=Act.FIND, within=outer.id)
    assert [one.attribution for one in propositions(Reading(Document("d", text), (outer, inner)))] == [outer.id]


def test_who_denies_that_he_offered_tells_of_no_offer() -> None:
    text = "Ida Ruiz denied that she had offered to sell the mill."
    outer = told(text, "denied", "that she had offered to sell the mill", act=Act.DENY, speaker="d:1")
    inner = told(text, "had offered", "to sell the mill", act=Act.COMMIT, speaker="d:1", within=outer.id)
    inner = replace(inner, source=span(text, "she"))
    source = replace(RUIZ, mentions=(span(text, "Ida Ruiz"), span(text, "she")))
    denied, deed = propositions(Reading(Document("d", text), (outer, inner), sources=(source,)))
    assert (denied.attribution, denied.text, denied.relays) == (outer.id, "Ida Ruiz had offered to sell the mill", ())
    assert (deed.attribution, deed.is_deed) == (inner.id, True)


def test_a_claim_that_is_denied_was_made() -> None:
    text = "Ida Ruiz denied the claim that the old mill was sold."
    outer = told(text, "denied", "the claim that the old mill was sold", act=Act.DENY)
    inner = told(text, "claim", "that the old mill was sold", act=Act.ASSERT, within=outer.id)
    found = propositions(Reading(Document("d", text), (outer, inner)))
    assert [one.attribution for one in found] == [outer.id, inner.id]


def test_where_there_is_no_sign_nothing_shows_it() -> None:
    text = "Divers found no sign that the lock had been forced."
    outer = told(text, "found", "no sign that the lock had been forced", act=Act.FIND)
    inner = told(text, "sign", "that the lock had been forced", act=Act.ASSERT, within=outer.id)
    (one,) = propositions(Reading(Document("d", text), (outer, inner)))
    assert (one.attribution, one.text, one.relays) == (outer.id, "the lock had been forced", ())


def test_a_sign_that_was_found_shows_it() -> None:
    text = "Divers found a sign that the lock had been forced."
    outer = told(text, "found", "a sign that the lock had been forced", act=Act.FIND)
    inner = told(text, "sign", "that the lock had been forced", act=Act.ASSERT, within=outer.id)
    found = propositions(Reading(Document("d", text), (outer, inner)))
    assert [one.attribution for one in found] == [outer.id, inner.id]


def test_who_informed_somebody_is_no_part_of_what_was_told() -> None:
    text = "Ida Ruiz said that she was informed by the port police that the old barge was empty."
    inner = told(text, "was informed by", "the port police that the old barge was empty", act=Act.ASSERT)
    (one,) = propositions(Reading(Document("d", text), (inner,)))
    assert one.text == "the old barge was empty"


def test_what_puts_nothing_forward_is_not_relayed() -> None:
    text = "Ida Ruiz knows that her view was wrong."
    outer = told(text, "knows", "that her view was wrong", act=Act.FIND)
    inner = told(text, "view", "was wrong", act=Act.BELIEVE, within=outer.id)
    (one,) = propositions(Reading(Document("d", text), (outer, inner)))
    assert (one.attribution, one.relays) == (outer.id, ())


def test_a_content_without_its_marks() -> None:
    text = "“The mill is sold,” said Ida Ruiz."
    (one,) = propositions(Reading(Document("d", text), (told(text, "said", "“The mill is sold,”"),)))
    assert (one.text, one.attribution, one.statement) == ("The mill is sold", "d:20-24", None)


def test_that_before_a_content_is_left_off() -> None:
    assert bare("that the mill is sold.") == "the mill is sold"
    assert bare("“Is the mill sold?”") == "Is the mill sold?"
    assert bare("—") == ""


def test_a_pronoun_gets_the_name() -> None:
    text = "Ida Ruiz said she will resign and sell her boat to Ruiz's brother."
    names = (span(text, "Ida Ruiz"), span(text, "she"), span(text, "her"), span(text, "Ruiz's"))
    source = Source("d:1", "Ida Ruiz", SourceKind.PERSON, True, mentions=names)
    content = told(text, "said", "she will resign and sell her boat to Ruiz's brother")
    (one,) = propositions(Reading(Document("d", text), (content,), sources=(source,)))
    assert one.text == "Ida Ruiz will resign and sell Ida Ruiz’s boat to Ida Ruiz’s brother"


def test_i_is_the_one_who_speaks() -> None:
    text = "“I'm selling the mill,” Ruiz said."
    source = Source("d:1", "Ida Ruiz", SourceKind.PERSON, True, mentions=(span(text, "I"), span(text, "Ruiz")))
    (one,) = propositions(
        Reading(Document("d", text), (told(text, "said", "“I'm selling the mill,”"),), sources=(source,))
    )
    assert one.text == "Ida Ruiz is selling the mill"


def test_an_unnamed_source_gets_no_name() -> None:
    text = "An official said he had seen the letter."
    source = Source("d:1", "an official", SourceKind.PERSON, False, mentions=(span(text, "he"),))
    content = told(text, "said", "he had seen the letter")
    (one,) = propositions(Reading(Document("d", text), (content,), sources=(source,)))
    assert one.text == "he had seen the letter"


def test_who_vows_is_the_one_to_do_it() -> None:
    text = "Ruiz vowed to resign in May."
    content = told(text, "vowed", "to resign in May", speaker="d:1", act=Act.COMMIT)
    one, deed = propositions(Reading(Document("d", text), (content,), sources=(RUIZ,)))
    assert (one.text, one.is_deed) == ("Ida Ruiz to resign in May", False)
    assert (deed.text, deed.is_deed) == ("Ida Ruiz vowed to resign in May", True)


def test_who_is_asked_is_the_one_to_do_it() -> None:
    text = "Ruiz called on the council to publish the report."
    asked = told(text, "called on", "to publish the report", act=Act.REQUEST, addressee="the council")
    (one,) = propositions(Reading(Document("d", text), (asked,)))
    assert one.text == "the council to publish the report"


def texts_of(text: str, cue: str, *content: str) -> list[str]:
    return [one.text for one in propositions(Reading(Document("d", text), (told(text, cue, *content),)))]


def test_each_sentence_of_a_quotation_puts_one_forward() -> None:
    text = "“The mill is sold. The ferry sank in May,” Ruiz said. “Nobody was hurt.”"
    pieces = ("“The mill is sold. The ferry sank in May,”", "“Nobody was hurt.”")
    assert texts_of(text, "said", *pieces) == ["The mill is sold", "The ferry sank in May, Nobody was hurt"]


def test_a_sentence_that_the_cue_interrupts_is_one() -> None:
    text = "“The mill,” Ruiz said, “is sold to a bank.”"
    assert texts_of(text, "said", "“The mill,”", "“is sold to a bank.”") == ["The mill, is sold to a bank"]


def test_clauses_are_parted_and_lists_are_not() -> None:
    text = "Ruiz said the mill was sold, and the ferry had sunk with the nets, the oars and the mast."
    content = "the mill was sold, and the ferry had sunk with the nets, the oars and the mast"
    assert texts_of(text, "said", content) == [
        "the mill was sold",
        "the ferry had sunk with the nets, the oars and the mast",
    ]


def test_a_clause_about_an_open_it_stays_with_what_it_follows() -> None:
    text = "Ruiz said the barrier will close, and it will hold."
    assert texts_of(text, "said", "the barrier will close, and it will hold") == [
        "the barrier will close, it will hold"
    ]


@given(st.text(max_size=200), st.lists(st.integers(0, 200), min_size=2, max_size=6))
def test_parts_lie_inside_their_content_in_order(text: str, borders: list[int]) -> None:
    ends = sorted({min(border, len(text)) for border in borders})
    pieces = [Span(a, z) for a, z in zip(ends[::2], ends[1::2], strict=False)]
    cuts = [cut for part in parts_of(text, pieces) for cut in part]
    assert all(any(piece.start <= cut.start <= cut.end <= piece.end for piece in pieces) for cut in cuts)
    assert all(a.end <= b.start for a, b in pairwise(cuts))


def test_what_only_reports_relays() -> None:
    text = "The paper said that officials say the mill is sold."
    outer = told(text, "said", "that officials say the mill is sold")
    cue = span(text, "say ")
    inner = Attribution(
        "d:in",
        span(text, "officials"),
        Span(cue.start, cue.end - 1),
        (span(text, "the mill is sold"),),
        1.0,
        within=outer.id,
    )
    first, second = propositions(Reading(Document("d", text), (outer, inner)))
    assert first.relays == ("d:in",)
    assert second.relays == ()


def test_what_says_more_does_not_relay() -> None:
    text = "The paper said that the mill is old and rotten and officials say it is sold."
    outer = told(text, "said", "that the mill is old and rotten and officials say it is sold")
    cue = span(text, "say ")
    inner = Attribution(
        "d:in", span(text, "officials"), Span(cue.start, cue.end - 1), (span(text, "it is sold"),), 1.0, within=outer.id
    )
    assert propositions(Reading(Document("d", text), (outer, inner)))[0].relays == ()


def test_few_words_put_nothing_forward() -> None:
    text = "“No comment,” said Ruiz. It rained. The ferry sank in the night."
    statements = (
        Statement("d:s1", span(text, "It rained.")),
        Statement("d:s2", span(text, "The ferry sank in the night.")),
    )
    found = propositions(Reading(Document("d", text), (told(text, "said", "“No comment,”"),), statements))
    assert [(one.statement, one.text) for one in found] == [("d:s2", "The ferry sank in the night")]


def test_an_attribution_without_content_puts_nothing_forward() -> None:
    text = "Ruiz did not answer."
    assert propositions(Reading(Document("d", text), (told(text, "did not answer"),))) == []
