"""Feeds: RSS, Atom and RDF, their entries as documents, and what broken and hostile ones come to. All are invented."""

from __future__ import annotations

import time
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given as given_any
from hypothesis import strategies as st

from sayso.errors import InputError
from sayso.model import Document, Span, document_id
from sayso.readers import Known, Options, Read, read_given, reader_of
from sayso.readers import feed as feed_reader
from sayso.readers import text as text_reader
from sayso.readers.given import OPENING, Given, Link

ITEM = """<item><title>Bridge &amp; road safe</title><link>https://courier.example.org/a</link>
<pubDate>Fri, 31 May 2024 09:15:00 +0200</pubDate><author>ana@example.org (Ana Ruiz)</author>
<description>&lt;p&gt;Ana Ruiz said &lt;a href="/report"&gt;yes&lt;/a&gt;.&lt;/p&gt;
&lt;p&gt;Bill Hale said no.&lt;/p&gt;</description>
</item>"""
ATOM = """<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB">
<title>The Ostrey Courier</title><entry><title type="html">Bridge &amp;amp; road safe</title>
<link href="https://courier.example.org/a"/><published>2024-05-31T09:15:00+02:00</published>
<updated>2024-06-01T00:00:00Z</updated><author><name>Ana Ruiz</name></author><author><name>Bill Hale</name></author>
<source><title>Coast Wire</title></source><summary>In short.</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Ana Ruiz said yes.</p><p>Bill Hale said
no.</p></div></content></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>The Ostrey Courier</title></channel>
<item><title>Bridge</title><link>https://courier.example.org/a</link><description>Ana Ruiz said yes.</description>
<dc:date>2024-05-31T09:15:00+02:00</dc:date><dc:creator>Ana Ruiz</dc:creator></item></rdf:RDF>"""


def rss(items: str = ITEM) -> str:
    return (
        '<?xml version="1.0"?>\n<rss version="2.0"><channel><title>The Ostrey Courier</title>'
        f"<language>en-gb</language>{items}</channel></rss>"
    )


def input_of(data: str | bytes, **fields: Any) -> Given:
    raw = data if isinstance(data, bytes) else data.encode()
    return Given("feed", "feed.xml", raw[:OPENING], BytesIO(raw[OPENING:]), **fields)


def found_in(data: str | bytes, **fields: Any) -> list[Read | InputError]:
    return list(read_given(input_of(data, **fields)))


def one(data: str | bytes, **fields: Any) -> Read:
    (found,) = found_in(data, **fields)
    assert isinstance(found, Read), found
    return found


@pytest.mark.parametrize("data", [rss(), ATOM, RDF, "<!-- a note -->" + rss()[22:], rss().encode("utf-16")])
def test_feeds_are_recognized_by_how_they_open(data: str | bytes) -> None:
    assert reader_of(input_of(data)) is feed_reader


@pytest.mark.parametrize(
    "data", ["The <rss> tag, Ana Ruiz said.", "<feed me>, said the plant.", "<rdf:RDF><x/></rdf:RDF>"]
)
def test_what_mentions_a_feed_is_none(data: str) -> None:
    assert reader_of(input_of(data)) is text_reader


def test_an_item_of_rss_is_a_document() -> None:
    read = one(rss())
    text = "Bridge & road safe\n\nAna Ruiz said yes.\n\nBill Hale said no."
    assert read == Read(
        Document(
            id=document_id(text, "https://courier.example.org/a"),
            text=text,
            title="Bridge & road safe",
            title_span=Span(0, 18),
            publisher="The Ostrey Courier",
            published="2024-05-31T09:15:00+02:00",
            byline="Ana Ruiz",
            url="https://courier.example.org/a",
            links=("https://courier.example.org/report",),
            language="en",
        ),
        "feed, entry 1",
    )


def test_an_entry_of_atom_is_a_document() -> None:
    """Its content outweighs its summary, its own source the feed's title, and its publication its last change."""
    read = one(ATOM).document
    assert read.text == "Bridge & road safe\n\nAna Ruiz said yes.\n\nBill Hale said no."
    assert (read.publisher, read.byline) == ("Coast Wire", "Ana Ruiz and Bill Hale")
    assert (read.published, read.language) == ("2024-05-31T09:15:00+02:00", "en")


def test_an_item_of_rdf_is_a_document() -> None:
    read = one(RDF).document
    assert (read.text, read.byline) == ("Bridge\n\nAna Ruiz said yes.", "Ana Ruiz")
    assert read.published == "2024-05-31T09:15:00+02:00"


def test_what_the_user_knows_outweighs_the_feed() -> None:
    read = one(rss(), known=Known(publisher="The Herald", published="2024-06-01")).document
    assert (read.publisher, read.published) == ("The Herald", "2024-06-01")


def test_links_are_relative_to_the_feed() -> None:
    data = rss(ITEM.replace("https://courier.example.org/a", "/a"))
    assert one(data, url="https://courier.example.org/feed").document.url == "https://courier.example.org/a"
    assert one(data).document.url is None


def links_of(data: str) -> Iterator[object]:
    return feed_reader.read(input_of(data, options=Options(follow=True)))


def test_with_follow_entries_are_links() -> None:
    without = ITEM.replace("<link>https://courier.example.org/a</link>", "")
    scripted = ITEM.replace("https://courier.example.org/a", "file:///etc/passwd")
    link, read, other = links_of(rss(ITEM + without + scripted))
    assert link == Link("https://courier.example.org/a")
    assert isinstance(read, Read)
    assert isinstance(other, Read)


def test_entries_without_a_text_are_told() -> None:
    bare = "<item><title>Bridge</title><link>https://courier.example.org/a</link></item>"
    first, told = found_in(rss(ITEM + bare))
    assert isinstance(first, Read)
    assert str(told) == "feed: 1 of 2 entries have no text of their own; --follow fetches articles"


# Broken and hostile feeds


def test_broken_xml_gives_its_entries_and_a_note() -> None:
    found = found_in(rss(ITEM.replace("said yes", "said & yes") + ITEM).removesuffix("</channel></rss>"))
    assert len(found) == 2
    for read in found:
        assert isinstance(read, Read)
        assert read.document.text.startswith("Bridge & road safe\n\nAna Ruiz said")
        assert read.problems == ("the feed's XML is broken; entries may be missing or cut short",)


def test_a_feed_that_is_not_even_that_is_told() -> None:
    (found,) = found_in("<rss version='2.0'><channel><<<")
    assert "no entry could be made out" in str(found)


def doctype(entities: str) -> str:
    return f'<?xml version="1.0"?><!DOCTYPE rss [{entities}]>'


LAUGHS = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(doctype(LAUGHS) + rss()[21:].replace("said no", "&a9;"), id="a billion laughs"),
        pytest.param(
            doctype(f'<!ENTITY a "{"b" * 100_000}">') + rss()[21:].replace("said no", "&a;" * 10_000),
            id="one long entity",
        ),
        pytest.param(
            doctype('<!ENTITY x SYSTEM "file:///etc/passwd">') + rss()[21:].replace("said no", "&x;"), id="another file"
        ),
        pytest.param(
            doctype('<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;') + rss()[21:], id="a part of it elsewhere"
        ),
        pytest.param(
            '<?xml version="1.0"?><!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd">' + rss()[21:], id="a type elsewhere"
        ),
        pytest.param(
            doctype('<!ENTITY c "]>"><!ENTITY a "hahaha">') + rss()[21:].replace("said no", "&a;"), id="a bracket in it"
        ),
    ],
)  # fmt: skip
def test_entities_are_neither_blown_up_nor_fetched(data: str) -> None:
    began = time.monotonic()
    read = one(data).document
    assert "Ana Ruiz said yes." in read.text
    assert "root:" not in read.text
    assert "haha" not in read.text
    assert "bbb" not in read.text
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        pytest.param("&lt;div&gt;" * 20_000, "tags more than 250 deep", id="tags 20,000 deep"),
        pytest.param("x" * 10_000_000, "more than 9 MB without a tag", id="one word of 10 MB"),
    ],
)
def test_an_entry_that_cannot_be_read_to_its_end_says_so(words: str, problem: str) -> None:
    assert problem in one(rss(ITEM.replace("Bill Hale said no.", words))).problems[0]


def test_a_feed_that_is_too_much_is_refused() -> None:
    (found,) = found_in(rss("<item/>" * 250_000))
    assert "more than 100000 tags in one feed; split it" in str(found)


@given_any(st.binary(max_size=200))
def test_any_bytes_in_a_feed_give_documents_or_errors(data: bytes) -> None:
    for found in found_in(rss().encode().replace(b"said no", data)):
        assert isinstance(found, InputError) or found.document.text.encode() is not None
