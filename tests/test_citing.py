"""Citing: texts that name the document, entries that BibTeX can read, links that find the passage."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from hostile import ODD_NAMES
from hypothesis import given
from hypothesis import strategies as st

from sayso.model import Document, Span
from sayso.web.citing import cite_document, cite_passage, cite_view, found_at, passage_link, text_directive

TEXT = (
    "Cracks in two gates\n"
    "Ana Ruiz, the mayor of Ostrey, said the gates were safe.\n"
    "Bill Hale, who keeps them, said the gates were not safe - and “not well-kept”, either.\n"
    "She said the gates were safe, again.\n"
)
ARTICLE = Document(
    "courier-1",
    TEXT,
    title="Cracks in two gates",
    publisher="Ostrey Courier",
    published="2024-10-08T09:00",
    byline="By Mara Vance",
    url="https://courier.example/gates?a=1&b=2",
)


def span(words: str, text: str = TEXT, after: int = 0) -> Span:
    start = text.index(words, after)
    return Span(start, start + len(words))


def shown(text: str, directive: str) -> str | None:
    """The words that a browser shows for a directive, by its own way of taking it apart."""
    parts = directive.removeprefix("text=").split(",")
    prefix = unquote(parts.pop(0).removesuffix("-")) if parts[0].endswith("-") else None
    suffix = unquote(parts.pop().removeprefix("-")) if parts[-1].startswith("-") else None
    start, end = unquote(parts[0]), unquote(parts[1]) if len(parts) > 1 else None
    found = next(found_at(text, prefix, start, end, suffix), None)
    return found.of(text) if found else None


def test_a_document_is_cited_by_author_title_outlet_day_and_address() -> None:
    cited = cite_document(ARTICLE)
    assert cited.text == (
        "By Mara Vance, “Cracks in two gates”, Ostrey Courier, 8 October 2024. https://courier.example/gates?a=1&b=2"
    )
    assert cited.html == (
        '<a href="https://courier.example/gates?a=1&amp;b=2">By Mara Vance, “<cite>Cracks in two gates</cite>”,'
        " Ostrey Courier, 8 October 2024.</a>"
    )
    assert cited.bibtex == (
        "@misc{courier-1,\n  title = {{Cracks in two gates}},\n  author = {{Mara Vance}},\n"
        "  journal = {Ostrey Courier},\n  year = {2024},\n  date = {2024-10-08},\n"
        "  url = {https://courier.example/gates?a=1&b=2},\n}"
    )


def test_a_passage_is_cited_in_its_words() -> None:
    cited = cite_passage(ARTICLE, span("the gates were safe"))
    assert cited.text.startswith("“the gates were safe” — By Mara Vance, ")
    assert cited.html.startswith("<blockquote>the gates were safe</blockquote> <a href=")
    assert cited.link == "https://courier.example/gates?a=1&b=2#:~:text=the%20gates%20were%20safe"


@pytest.mark.parametrize(
    ("words", "directive"),
    [
        ("Ana Ruiz", "text=Ana%20Ruiz"),
        ("“not well-kept”, either", "text=not%20well%2Dkept%E2%80%9D%2C%20either"),
        # The first words of a longer passage, and its last.
        (
            "Ana Ruiz, the mayor of Ostrey, said the gates were safe.\nBill Hale",
            "text=Ana%20Ruiz%2C%20the%20mayor%20of,Bill%20Hale",
        ),
    ],
)
def test_the_words_of_a_passage_stand_in_its_link(words: str, directive: str) -> None:
    found = text_directive(TEXT, span(words))
    assert found == directive
    assert (shown(TEXT, found) or "missing") in words


def test_words_that_stand_twice_are_told_apart_by_those_around_them() -> None:
    again = span("the gates were safe,", after=TEXT.index("She"))
    assert text_directive(TEXT, again) == "text=said-,the%20gates%20were%20safe,-%2C%20again"
    second = span("said the gates were", after=TEXT.index("Hale"))
    assert text_directive(TEXT, second) == "text=them%2C-,said%20the%20gates%20were,-not"


def test_without_a_web_address_there_is_no_link() -> None:
    for url in (None, "mailto:ana@ostrey.example", "javascript:alert(1)", "file:///etc/passwd", "https://"):
        document = Document("d", TEXT, url=url)
        assert passage_link(document, span("Ana Ruiz")) is None
        assert cite_document(document).link is None
        assert "href" not in cite_document(document).html


def test_an_address_with_a_fragment_keeps_it() -> None:
    document = Document("d", TEXT, url="https://a.example/#gates")
    assert passage_link(document, span("Ana Ruiz")) == "https://a.example/#gates:~:text=Ana%20Ruiz"


def test_a_view_is_cited_with_what_it_was_found_in() -> None:
    cited = cite_view("claim", "Two gates are cracked", "d:3-9", "held in 12 documents", "0.1.0", "2024-11-01")
    assert cited.text == (
        "“Two gates are cracked”. claim d:3-9; held in 12 documents. Traced by sayso 0.1.0, 1 November 2024;"
        " it records who says so and rates nothing."
    )


@given(st.text(alphabet="ab ,-&\n.", max_size=80), st.data())
def test_a_link_finds_its_passage_or_wider_words(text: str, data: st.DataObject) -> None:
    a = data.draw(st.integers(0, len(text)))
    passage = Span(a, data.draw(st.integers(a, len(text))))
    directive = text_directive(text, passage)
    assert directive is not None or not any(map(str.isalnum, passage.of(text)))
    assert directive is None or shown(text, directive) is not None


@given(st.text(max_size=100), st.sampled_from(("title", "publisher", "byline", "url", "published")))
def test_no_text_breaks_a_citation(words: str, name: str) -> None:
    given: dict[str, Any] = {name: words}
    check(Document("d", f"{words} x", **given))


@pytest.mark.parametrize("words", ODD_NAMES)
def test_no_odd_name_breaks_a_citation(words: str) -> None:
    check(Document(words, words, title=words, publisher=words, byline=words, published=words, url=words))


def check(document: Document) -> None:
    cited = cite_passage(document, Span(0, len(document.text)))
    assert "<script" not in cited.html
    assert cited.bibtex.count("\n@") == 0
    depth = 0
    for letter in cited.bibtex.replace("\\{", "").replace("\\}", ""):
        depth += (letter == "{") - (letter == "}")
        assert depth >= 0
    assert depth == 0
    assert cited.link is None or urlsplit(cited.link).scheme in ("http", "https")
