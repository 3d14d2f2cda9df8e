"""Marks on a text: however they overlap, the markup nests and the text comes out as it was."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st
from ledgers import add_to, all_of, in_memory
from readings import readings
from web import Page

from sayso.model import Reading, Span
from sayso.web import document
from sayso.web.marking import Mark, MarkKind, Paragraph, TokenKind, marked
from sayso.web.showing import rendered

texts = st.text(st.sampled_from("ab \n\r\t\0<&\"'\u2028\x85é🌉“"), max_size=60)


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, list[Mark], list[int]]:
    text = draw(texts)
    place = st.integers(-2, len(text) + 2)
    spans = st.tuples(place, place).map(lambda ends: Span(*sorted(ends)))
    marks = draw(st.lists(st.builds(Mark, spans, st.sampled_from(MarkKind), st.integers(1, 4)), max_size=8))
    return text, marks, draw(st.lists(place, max_size=4))


def shown(paragraph: Paragraph) -> str:
    """A paragraph in one line: marks as brackets with their kind's first letters, "~" where a piece goes on."""
    signs = {
        MarkKind.CONTENT: ("{", "}"),
        MarkKind.SOURCE: ("[", "]"),
        MarkKind.CUE: ("<", ">"),
        MarkKind.COPIED: ("(", ")"),
    }
    words = ""
    for one in paragraph.tokens:
        if one.kind is TokenKind.TEXT:
            words += one.text
        elif one.mark is not None:
            opening, closing = signs[one.mark.kind]
            opens = one.kind is TokenKind.OPEN
            words += ("" if one.is_first else "~") + opening if opens else closing + ("" if one.is_last else "~")
    return words


def test_source_cue_and_content_each_have_their_marks() -> None:
    text = "Ana Ruiz said the weir was safe."
    marks = [
        Mark(Span(0, 8), MarkKind.SOURCE, 1),
        Mark(Span(9, 13), MarkKind.CUE, 1),
        Mark(Span(14, 31), MarkKind.CONTENT, 1),
    ]
    assert [shown(one) for one in marked(text, marks)] == ["[Ana Ruiz] <said> {the weir was safe}."]


def test_nested_attributions_nest() -> None:
    text = "Ana Ruiz said Bo Li feared a flood."
    marks = [
        Mark(Span(0, 8), MarkKind.SOURCE, 1),
        Mark(Span(9, 13), MarkKind.CUE, 1),
        Mark(Span(14, 34), MarkKind.CONTENT, 1),
        Mark(Span(14, 19), MarkKind.SOURCE, 2),
        Mark(Span(20, 26), MarkKind.CUE, 2),
        Mark(Span(27, 34), MarkKind.CONTENT, 2),
    ]
    assert [shown(one) for one in marked(text, marks)] == ["[Ana Ruiz] <said> {[Bo Li] <feared> {a flood}}."]


def test_marks_that_cut_across_each_other_come_in_pieces() -> None:
    marks = [Mark(Span(0, 4), MarkKind.CONTENT, 1), Mark(Span(2, 6), MarkKind.CONTENT, 2)]
    assert [shown(one) for one in marked("abcdef", marks)] == ["{ab{cd}~}~{ef}"]


def test_a_content_over_two_paragraphs_goes_on_in_the_second() -> None:
    marks = [Mark(Span(0, 10), MarkKind.CONTENT, 1)]
    assert [shown(one) for one in marked("abcd\n\nefgh", marks)] == ["{abcd}~", "~{efgh}"]


def test_cues_in_each_other_are_one_link() -> None:
    marks = [Mark(Span(0, 6), MarkKind.CUE, 1), Mark(Span(2, 4), MarkKind.CUE, 2)]
    (paragraph,) = marked("abcdef", marks)
    assert [one.is_link for one in paragraph.tokens if one.kind is TokenKind.OPEN] == [True, False]


def test_lines_of_a_mail_are_a_paragraph_and_long_lines_are_each_their_own() -> None:
    wrapped = f"{'a' * 70}\n{'b' * 70}\n{'c' * 20}"
    assert [one.is_wrapped for one in marked(wrapped, [])] == [True]
    assert [one.is_wrapped for one in marked("Dear Ana,\nyes.\nBo", [])] == [False]
    assert len(marked(f"{'a' * 200}\n{'b' * 200}", [])) == 2


@given(marked_texts())
def test_the_text_comes_out_unchanged_and_marks_nest(given: tuple[str, list[Mark], list[int]]) -> None:
    text, marks, anchors = given
    end = 0
    for paragraph in marked(text, marks, anchors):
        assert not text[end : paragraph.span.start].strip()
        end = paragraph.span.end
        stack = []
        for token in paragraph.tokens:
            if token.kind is TokenKind.OPEN:
                stack.append(token.mark)
            elif token.kind is TokenKind.CLOSE:
                assert stack.pop() == token.mark
        assert stack == []
        assert "".join(one.text for one in paragraph.tokens) == paragraph.span.of(text)
    assert not text[end:].strip()


@given(marked_texts())
def test_each_mark_covers_its_words_and_no_other(given: tuple[str, list[Mark], list[int]]) -> None:
    text, marks, anchors = given
    covered: dict[tuple[MarkKind, int], set[int]] = {}
    begun = 0
    for paragraph in marked(text, marks, anchors):
        at, stack = paragraph.span.start, []
        for token in paragraph.tokens:
            if token.kind is TokenKind.OPEN and token.mark is not None:
                stack.append((token.mark.kind, token.mark.number))
                begun += token.is_first
            elif token.kind is TokenKind.CLOSE:
                stack.pop()
                begun -= token.is_last
            for key in stack:
                covered.setdefault(key, set()).update(range(at, at + len(token.text)))
            at += len(token.text)
    assert begun == 0
    blanks = {place for place, letter in enumerate(text) if not letter.strip()}
    wanted: dict[tuple[MarkKind, int], set[int]] = {}
    for mark in marks:
        words = set(range(max(0, mark.span.start), min(len(text), max(0, mark.span.end)))) - blanks
        if words:
            wanted.setdefault((mark.kind, mark.number), set()).update(words)
    assert {key: places - blanks for key, places in covered.items()} == wanted


@given(readings())
def test_any_reading_makes_a_page_that_nests_and_holds_its_text(reading: Reading) -> None:
    ledger = in_memory()
    assume(add_to(ledger, [reading]) == ["added"])
    (id_,) = all_of(ledger, "SELECT reading_id FROM documents")
    assume(id_ != "")  # the page without an id is another one
    view = document.ask(ledger, {"id": id_})
    html = rendered(
        "document.html",
        view=view,
        path="/document",
        form_token="f",
        ledger_name="l",
        json_address="/a",
        csv_address="/b",
        csv_name="c",
        json_name="d",
    )
    assert not {"\r", "\0"} & set(html)
    page = Page(html)
    text = reading.document.text.replace("\0", "\ufffd")
    for start, words in page.paragraphs.items():
        assert text.startswith(words, start)
    held = sum(len(words) for words in page.paragraphs.values())
    assert held >= len("".join(text.split()))
