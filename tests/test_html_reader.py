"""HTML: which inputs are pages, what of a page is its article, and what is known about it. All pages are invented."""

from __future__ import annotations

import json
import time
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st

from sayso.errors import InputError
from sayso.model import Document, Kind
from sayso.readers import Known, Read, read_given, reader_of
from sayso.readers import feed as feed_reader
from sayso.readers import html as html_reader
from sayso.readers import text as text_reader
from sayso.readers.given import OPENING, Given
from sayso.readers.markup import MOST_ELEMENTS, plain_text
from sayso.readers.page_metadata import byline_of, date_of

URL = "https://courier.example.org/2024/05/bridge"
BODY = (
    "<p>Ana Ruiz said on Friday that the bridge at Ostrey was safe and would stay open.</p>"
    '<p>“It will hold”, she told <a href="/harbour">the harbour board</a>, which had asked for '
    '<a href="https://records.example.org/report#page2">a report</a>, and <a href="mailto:a@example.org">wrote</a>.</p>'
    "<p>Bill Hale, who leads the board, denied that anyone had been warned before the winter.</p>"
)


def input_of(data: str | bytes, **fields: Any) -> Given:
    raw = data if isinstance(data, bytes) else data.encode()
    fields = {"name": "page.html"} | fields
    return Given("page", fields.pop("name"), raw[:OPENING], BytesIO(raw[OPENING:]), **fields)


def page(head: str = "", body: str = f"<article>{BODY}</article>") -> str:
    head = f"<head><title>Bridge is safe</title>{head}</head>"
    return f'<!DOCTYPE html>\n<html lang="en-GB">{head}<body>{body}</body></html>'


def read_of(data: str | bytes, **fields: Any) -> Read:
    (found,) = read_given(input_of(data, **({"url": URL} | fields)))
    assert isinstance(found, Read), found
    return found


def document(data: str | bytes, **fields: Any) -> Document:
    return read_of(data, **fields).document


def meta(name: str, content: str) -> str:
    return f'<meta name="{name}" content="{content}">'


def json_ld(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


# Recognizing


@pytest.mark.parametrize(
    "data",
    [
        "<!DOCTYPE html><p>Yes",
        "\ufeff \n<!doctype HTML>",
        "<!-- saved from a page --><html>",
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN">',
        '<html xmlns="http://www.w3.org/1999/xhtml">',
        "<head><title>Yes</title>",
        "<BODY>Yes",
        '<article class="news">Yes',
    ],
)
def test_pages_are_recognized_by_how_they_open(data: str) -> None:
    assert reader_of(input_of(data, name="a.txt")) is html_reader


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        ("<p>Ana Ruiz said yes.</p>", {"name": "a.HTM"}),
        ("<div>Ana Ruiz said yes.</div>", {"name": "", "media_type": "text/html; charset=utf-8"}),
    ],
)
def test_markup_is_a_page_where_its_name_or_type_says_so(data: str, fields: dict[str, str]) -> None:
    assert reader_of(input_of(data, **fields)) is html_reader
    assert reader_of(input_of(data, name="a.txt")) is text_reader


@pytest.mark.parametrize(
    "data",
    [
        "The <html> tag opens a page, Ana Ruiz said.",
        "Ana Ruiz said x < y > z.",
        "<articles of faith> are what Bill Hale called them.",
        '<?xml version="1.0"?><newsItem xmlns="http://iptc.org/std/nar/2006-10-01/"><p>Yes</p></newsItem>',
    ],
)
def test_what_mentions_a_tag_is_no_page(data: str) -> None:
    assert reader_of(input_of(data, name="a.txt")) is not html_reader


def test_a_feed_is_no_page_even_where_the_server_calls_it_one() -> None:
    data = "<rss version='2.0'><channel><item><description>&lt;p>Yes</description></item></channel></rss>"
    assert reader_of(input_of(data, name="a.html", media_type="text/html")) is feed_reader


# The text


def test_the_text_is_the_title_and_the_body_in_paragraphs() -> None:
    read = document(page())
    assert read.text == (
        "Bridge is safe\n\n"
        "Ana Ruiz said on Friday that the bridge at Ostrey was safe and would stay open.\n\n"
        "“It will hold”, she told the harbour board, which had asked for a report, and wrote.\n\n"
        "Bill Hale, who leads the board, denied that anyone had been warned before the winter."
    )
    assert read.title_span is not None
    assert read.title_span.of(read.text) == read.title == "Bridge is safe"


def test_what_surrounds_an_article_stays_out() -> None:
    around = (
        "<nav><a href='/'>Home</a> <a href='/sport'>Sport</a></nav>",
        "<div class='cookie-notice'><p>We use cookies to make this page better for you.</p></div>",
        "<div class='related-articles'><h2>More on this</h2><ul><li><a href='/x'>Tilda Voss resigns</a></ul></div>",
        "<div id='comments'><div class='comment'><p>First! I said so years ago, said nobody.</p></div></div>",
        "<aside class='sidebar'><p>Sign up for our letter, which comes on Mondays.</p></aside>",
        "<footer>© Courier</footer>",
    )
    body = f"{around[0]}{around[1]}<main><article><h1>Bridge is safe</h1>{BODY}</article></main>{''.join(around[2:])}"
    assert document(page(body=body)).text == document(page()).text


def test_a_title_that_the_body_opens_with_is_not_said_twice() -> None:
    text = document(page(body=f"<article><p>BRIDGE is  safe</p>{BODY}</article>")).text
    assert text.casefold().count("bridge is safe") == 1


def test_line_feeds_in_a_paragraph_part_nothing() -> None:
    body = BODY.replace(" said on Friday that", "\n   said on\r\n\tFriday that")
    assert document(page(body=f"<article>{body}</article>")).text == document(page()).text


def test_links_are_those_of_the_body_whole_and_once_each() -> None:
    body = f"<nav><a href='/sport'>Sport</a></nav><article>{BODY}{BODY.replace('harbour board', 'board')}</article>"
    assert document(page(body=body)).links == (
        "https://courier.example.org/harbour",
        "https://records.example.org/report",
    )


def test_a_page_without_an_article_is_told() -> None:
    (found,) = read_given(input_of(page(body="<nav><a href='/'>Home</a></nav>")))
    assert "no article found in this page" in str(found)
    assert "save its words as plain text" in str(found)


# What is known about it


NEWS = {
    "@context": "https://schema.org",
    "@type": "ReportageNewsArticle",
    "headline": "Bridge at Ostrey &#8216;safe&#8217;",
    "datePublished": "2024-05-31T09:15:00+02:00",
    "author": [{"@type": "Person", "name": "Ana R. Ruiz"}, {"@type": "Person", "name": "Bill Hale"}, "Tilda Voss"],
    "publisher": {"@type": "Organization", "name": "The Ostrey Courier"},
    "sourceOrganization": {"@type": "Organization", "name": "Coast Wire"},
    "dateline": "OSTREY",
    "inLanguage": "en-GB",
}


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(json_ld(NEWS), id="an object"),
        pytest.param(json_ld([{"@type": "BreadcrumbList"}, NEWS]), id="a list"),
        pytest.param(json_ld({"@graph": [{"@type": "WebPage", "name": "x"}, NEWS]}), id="a graph"),
        pytest.param(json_ld(NEWS | {"@type": ["NewsArticle", "Article"]}), id="several types"),
        pytest.param(json_ld({"@type": "WebPage", "mainEntity": NEWS}), id="the main entity of a page"),
        pytest.param("<script type='application/ld+json'>{broken</script>" + json_ld(NEWS), id="beside a broken one"),
        pytest.param(
            json_ld(
                {
                    "@graph": [
                        NEWS
                        | {"author": [{"@id": one} for one in ("#ana", "#bill", "#tilda")], "publisher": {"@id": "#o"}},
                        {"@id": "#ana", "@type": "Person", "name": "Ana R. Ruiz"},
                        {"@id": "#bill", "@type": "Person", "givenName": "Bill", "familyName": "Hale"},
                        {"@id": "#tilda", "@type": "Person", "name": ["Tilda Voss"]},
                        {"@id": "#o", "@type": "Organization", "name": "The Ostrey Courier"},
                    ]
                }
            ),
            id="references",
        ),
    ],
)  # fmt: skip
def test_json_ld_is_read_in_every_shape(head: str) -> None:
    read = document(page(head + '<meta name="author" content="Someone Else"><meta name="date" content="2020-01-01">'))
    assert (read.byline, read.published) == ("Ana R. Ruiz, Bill Hale and Tilda Voss", "2024-05-31T09:15:00+02:00")
    assert (read.publisher, read.credit) == ("The Ostrey Courier", "Coast Wire")
    assert (read.dateline, read.language, read.title) == ("OSTREY", "en", "Bridge at Ostrey ‘safe’")


def test_broken_json_ld_is_passed_over_and_told() -> None:
    read = read_of(page('<script type="application/ld+json">{"@type": "NewsArticle", </script>'))
    assert read.problems == ("the page's JSON-LD is broken and was passed over",)
    assert read.document.title == "Bridge is safe"


def test_of_several_articles_that_of_this_page_counts() -> None:
    other = {"@type": "NewsArticle", "headline": "Another", "url": "https://courier.example.org/other"}
    head = json_ld([other, NEWS | {"mainEntityOfPage": {"@type": "WebPage", "@id": URL}}])
    assert document(page(head)).dateline == "OSTREY"


@pytest.mark.parametrize(
    ("head", "field", "value"),
    [
        (meta("article:published_time", "2024-05-31T09:15Z"), "published", "2024-05-31T09:15:00+00:00"),
        ('<meta name="DC.date.issued" content="2024-05-31">', "published", "2024-05-31"),
        ('<meta name="parsely-pub-date" content="2024-05-31T09:15:00">', "published", "2024-05-31T09:15:00"),
        (meta("sailthru.date", "Fri, 31 May 2024 09:15:00 +0200"), "published", "2024-05-31T09:15:00+02:00"),
        ('<meta name="author" content="By Ana Ruiz and Bill Hale">', "byline", "Ana Ruiz and Bill Hale"),
        (meta("author", "Ana Ruiz") + meta("author", "Bill Hale"), "byline", "Ana Ruiz and Bill Hale"),
        ('<meta property="article:author" content="https://social.example.org/ana">', "byline", None),
        ('<meta property="og:site_name" content="The Ostrey Courier">', "publisher", "The Ostrey Courier"),
        ('<meta property="og:title" content="Bridge &amp;amp; road safe">', "title", "Bridge & road safe"),
        ('<link rel="canonical" href="/bridge">', "url", "https://courier.example.org/bridge"),
        ('<link rel="canonical" href="https://courier.example.org/">', "url", URL),
        ('<link rel="canonical" href="javascript:alert(1)">', "url", URL),
        ('<meta property="og:type" content="transcript">', "kind", Kind.TRANSCRIPT),
        (json_ld({"@type": "NewsArticle", "genre": "Press release"}), "kind", Kind.STATEMENT),
        (json_ld({"@type": "NewsArticle", "headline": "A statement of the mayor"}), "kind", Kind.ARTICLE),
    ],
)  # fmt: skip
def test_what_meta_elements_say(head: str, field: str, value: object) -> None:
    assert getattr(document(page(head)), field) == value


def test_a_time_element_gives_the_hour() -> None:
    body = f'<article><time class="published" datetime="2024-05-31T09:15:00+02:00">31 May</time>{BODY}</article>'
    assert document(page(body=body)).published == "2024-05-31T09:15:00+02:00"


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("Bridge at Ostrey is safe, says Ruiz", "Bridge at Ostrey is safe, says Ruiz"),
        ("The Ostrey Courier", "Bridge is safe"),
        ("Opinion: Bridge is safe", "Bridge is safe"),
        ("Weather", "Bridge is safe"),
    ],
)
def test_the_headline_is_the_one_that_readers_see(heading: str, title: str) -> None:
    head = (
        '<meta property="og:title" content="Bridge is safe"><meta property="og:site_name" content="The Ostrey Courier">'
    )
    assert document(page(head, f"<h1>{heading}</h1><article>{BODY}</article>")).title == title


def test_the_outlets_name_is_no_part_of_a_title() -> None:
    head = '<meta property="og:title" content="Bridge - and road - safe | The Ostrey Courier">'
    head += '<meta property="og:site_name" content="The Ostrey Courier">'
    assert document(page(head)).title == "Bridge - and road - safe"


def test_what_the_user_knows_outweighs_the_page() -> None:
    known = Known("Safe", "The Herald", "2024-06-01", "https://herald.example.org/safe")
    read = document(page(json_ld(NEWS)), known=known)
    assert (read.title, read.publisher, read.published, read.url) == (
        known.title, known.publisher, known.published, known.url,
    )  # fmt: skip
    assert read.text.startswith("Safe\n\nAna Ruiz")


@pytest.mark.parametrize(
    ("names", "byline"),
    [
        (["By Ana Ruiz"], "Ana Ruiz"),
        (["BY ANA RUIZ"], "ANA RUIZ"),
        (["Byron Hale"], "Byron Hale"),
        (["Ana R. Ruiz; Bill Hale"], "Ana R. Ruiz and Bill Hale"),
        (["Ana Ruiz", "Bill Hale", "Ana Ruiz", "Tilda Voss"], "Ana Ruiz, Bill Hale and Tilda Voss"),
        (["Ana Ruiz <ana@example.org>"], "Ana Ruiz"),
        (["https://example.org/ana"], None),
        (["@anaruiz"], None),
        (["", " - "], None),
        (["No Author"], None),
    ],
)
def test_bylines_are_names(names: list[str], byline: str | None) -> None:
    assert byline_of(names) == byline


@pytest.mark.parametrize(
    ("words", "date"),
    [
        ("2024-05-31", "2024-05-31"),
        ("20240531", "2024-05-31"),
        ("2024-05-31 09:15:00", "2024-05-31T09:15:00"),
        ("2024-05-31T09:15:00.000Z", "2024-05-31T09:15:00+00:00"),
        ("Fri, 31 May 2024 09:15:00 GMT", "2024-05-31T09:15:00+00:00"),
        ("31/05/2024", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_dates_keep_their_time_and_zone(words: str | None, date: str | None) -> None:
    assert date_of(words) == date


# Encodings


SAID = page().replace("Ana", "João")


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        pytest.param(SAID.encode(), None, id="UTF-8"),
        pytest.param(SAID.encode(), "iso-8859-1", id="UTF-8 that the server calls Latin-1"),
        pytest.param(SAID.encode("utf-8-sig"), "windows-1252", id="a byte order mark"),
        pytest.param(SAID.encode("utf-16"), None, id="UTF-16 with its mark"),
        pytest.param(SAID.encode("utf-16-le"), "utf-16", id="UTF-16 by the server's word"),
        pytest.param(SAID.encode("cp1252"), "iso-8859-1", id="Windows-1252 that the server calls Latin-1"),
        pytest.param(SAID.encode("cp1252"), "no-such-thing", id="an unknown name"),
        pytest.param(
            SAID.replace("<head>", '<head><meta charset="latin1">').encode("cp1252"), None, id="by the page's own word"
        ),
    ],
)
def test_quotation_marks_and_letters_come_out_whole(data: bytes, charset: str | None) -> None:
    text = document(data, charset=charset).text
    assert "“It will hold”" in text
    assert "João Ruiz" in text


def test_encodings_of_other_scripts() -> None:
    japanese = page(body="<article>" + "<p>橋は安全だとルイス氏は述べた。市長は否定した。</p>" * 5 + "</article>")
    for encoding in ("shift_jis", "euc_jp", "iso2022_jp"):
        assert "橋は安全だと" in document(japanese.encode(encoding), charset=encoding).text


def test_one_broken_byte_is_told_and_garbles_nothing_else() -> None:
    read = read_of(page().encode().replace(b"denied", b"den\xefed"))
    assert "den\ufffded" in read.document.text
    assert "“It will hold”" in read.document.text
    assert "read as utf-8, but byte" in read.problems[0]


# Hostile pages


PARAGRAPHS = f"<article>{BODY}"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(PARAGRAPHS + "<div>" * 100_000 + "x", id="tags 100,000 deep"),
        pytest.param(PARAGRAPHS + f"<p title='{'a' * 10_000_000}'>x</p>", id="an attribute of 10 MB"),
        pytest.param(PARAGRAPHS + "\0" * 1_000_000, id="a million NULs"),
        pytest.param(PARAGRAPHS.replace("Ana", "A\0na"), id="a NUL in a name"),
        pytest.param(PARAGRAPHS + "</article><p>" + "x" * 12_000_000, id="one word of 12 MB"),
        pytest.param(PARAGRAPHS + json_ld("x").replace('"x"', "[" * 500_000), id="JSON of many levels"),
        pytest.param(PARAGRAPHS + "<!--" * 100_000, id="comments that never end"),
        pytest.param(PARAGRAPHS + "</p>" * 100_000, id="tags that close nothing"),
        pytest.param(PARAGRAPHS + "&lol;&#x0;&#xD800;&#99999999;", id="no characters"),
    ],
)  # fmt: skip
def test_a_hostile_page_is_read_in_seconds(body: str) -> None:
    began = time.monotonic()
    text = document(page(body=body)).text
    assert time.monotonic() - began < 30
    assert "Ana Ruiz said on Friday" in text
    text.encode()


def test_what_lies_too_deep_is_left_out_and_told() -> None:
    read = read_of(page(body=PARAGRAPHS + "<div>" * 1000 + "<p>Tilda Voss said otherwise.</p>"))
    assert read.problems == ("tags more than 250 deep in each other; what follows was left out",)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(page(body="<b>x</b>" * MOST_ELEMENTS), "more than 30000 elements in one page", id="elements"),
        pytest.param(page(body="x" * (20 << 20)), "more than 20 MB in one document", id="bytes"),
        pytest.param("<!DOCTYPE html>", "no HTML in this", id="nothing"),
    ],
)
def test_a_page_that_is_too_much_or_nothing_is_refused(data: str, words: str) -> None:
    (found,) = read_given(input_of(data))
    assert isinstance(found, InputError)
    assert words in str(found)


def test_entities_of_other_files_are_not_read() -> None:
    data = '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + page()[15:]
    assert "&x;" in document(data.replace("Ana Ruiz", "Ana &x; Ruiz")).text


@given_any(st.binary(max_size=300))
def test_any_bytes_in_a_page_give_a_document_or_an_error(data: bytes) -> None:
    for found in read_given(input_of(b"<html><body><p>" + data)):
        assert isinstance(found, InputError) or found.document.text.encode() is not None


@settings(max_examples=40)
@given_any(st.recursive(st.none() | st.text(max_size=5), lambda one: st.lists(one, max_size=3) | st.dictionaries(
    st.sampled_from(["@type", "@id", "@graph", "author", "name", "headline", "publisher", "datePublished", "url"]),
    one, max_size=4,
)))  # fmt: skip
def test_any_json_ld_does_no_harm(value: object) -> None:
    assert "Ana Ruiz said" in document(page(json_ld([NEWS | {"author": value, "publisher": value}, value]))).text


@given_any(st.text(st.characters(exclude_categories=["Cs"]), max_size=100))
def test_any_piece_of_markup_gives_text(markup: str) -> None:
    assert "\n\n\n" not in plain_text(f"<p>{markup}</p>")
