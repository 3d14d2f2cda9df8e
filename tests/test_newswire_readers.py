"""What wires deliver: ninjs in its versions, NewsML-G2 and NITF."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.errors import InputError
from sayso.model import Document, Span, document_id
from sayso.readers import Read, documents

TEXT = "The weir will hold\n\nAna Ruiz said so.\n\nBill Hale did not."
OLD: dict[str, Any] = {
    "uri": "urn:example:weir",
    "type": "text",
    "version": "2",
    "versioncreated": "2024-05-03T10:15:00+02:00",
    "pubstatus": "usable",
    "language": "en",
    "headline": "The weir will hold",
    "byline": "Ida Ruiz",
    "copyrightholder": "Ostrey Wire",
    "body_xhtml": "<p>Ana Ruiz said so.</p><p>Bill Hale did not.</p>",
    "body_text": "Ana Ruiz said so. Bill Hale did not.",
}
NEW: dict[str, Any] = {
    "uri": "urn:example:weir",
    "standard": {"name": "ninjs", "version": "3.0"},
    "type": "text",
    "versionCreated": "2024-05-03T10:15:00+02:00",
    "pubStatus": "usable",
    "language": "en",
    "headlines": [{"role": "short", "value": "Weir"}, {"role": "main", "value": "The weir will hold"}],
    "by": "Ida Ruiz",
    "infoSources": [{"name": "Ostrey Wire"}],
    "bodies": [
        {"role": "main", "contentType": "text/plain", "value": "Ana Ruiz said so. Bill Hale did not."},
        {"role": "rich", "contentType": "text/html", "value": "<p>Ana Ruiz said so.</p><p>Bill Hale did not.</p>"},
    ],
    "associations": [{"uri": "urn:example:map", "type": "picture"}],
}
EXPECTED = Document(
    id=document_id(TEXT, "urn:example:weir"),
    text=TEXT,
    title="The weir will hold",
    title_span=Span(0, 18),
    publisher="Ostrey Wire",
    published="2024-05-03T10:15:00+02:00",
    byline="Ida Ruiz",
    url="urn:example:weir",
    language="en",
)


def found_in(data: bytes | str) -> list[Read | InputError]:
    return list(documents(["-"], stdin=BytesIO(data.encode() if isinstance(data, str) else data)))


def one(data: bytes | str) -> Read:
    (read,) = found_in(data)
    assert isinstance(read, Read), read
    return read


# ninjs


@pytest.mark.parametrize("item", [pytest.param(OLD, id="1.x"), pytest.param(NEW, id="3.x")])
@pytest.mark.parametrize("indent", [None, 2])
def test_an_item_of_any_version_on_one_line_or_many(item: dict[str, Any], indent: int | None) -> None:
    read = one(json.dumps(item, indent=indent))
    assert (read.document, read.problems) == (EXPECTED, ())


def test_a_list_of_items_and_an_item_a_line() -> None:
    listed = found_in(json.dumps([OLD, NEW], indent=1))
    assert [read.place for read in listed] == ["standard input, item 1", "standard input, item 2"]
    lines = found_in(f"{json.dumps(OLD)}\n\n{{broken}}\n{json.dumps(NEW)}\n")
    assert [isinstance(read, Read) for read in lines] == [True, False, True]
    assert str(lines[1]).startswith("standard input, line 3: broken JSON")


def test_a_line_with_a_text_is_no_ninjs_item() -> None:
    assert one('{"text": "Ana Ruiz said no.", "uri": "x", "headline": "No"}').document.text == "Ana Ruiz said no."


def test_a_long_item_is_known_by_its_start() -> None:
    item = OLD | {"body_xhtml": "<p>Ana Ruiz said so.</p>" * 10_000}
    assert one(json.dumps(item, indent=1)).document.url == "urn:example:weir"
    assert one(json.dumps(item)).document.url == "urn:example:weir"


def test_pictures_are_passed_over() -> None:
    assert found_in(json.dumps({"uri": "urn:example:map", "type": "picture", "headline": "A map"})) == []


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"pubstatus": "canceled"}, "the wire marks this as canceled: it is not to be used as it stands"),
        ({"ednote": "Corrects name of weir"}, "the wire marks this as a correction: Corrects name of weir"),
        ({"ednote": "KILL this story"}, "the wire withdraws this: KILL this story"),
        ({"ednote": "Adds picture"}, "the wire's note to editors: Adds picture"),
        ({"embargoed": "2024-05-04T06:00:00Z"}, "the wire holds this back until 2024-05-04T06:00:00Z"),
        ({"versioncreated": "soon"}, "versioncreated is no date that can be read: 'soon'"),
    ],
)
def test_what_the_wire_says_of_an_item_is_told(more: dict[str, str], problem: str) -> None:
    assert one(json.dumps(OLD | more)).problems == (problem,)


@given(
    st.recursive(
        st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_any_value_anywhere_in_an_item_does_no_harm(value: object) -> None:
    for key in ("headline", "by", "infosource", "bodies", "body_xhtml", "ednote", "type", "language"):
        for read in found_in(json.dumps(OLD | {key: value})):
            assert isinstance(read, InputError) or read.document.text_sha256


# NewsML-G2 and NITF

NITF = """<nitf><head><title>Weir</title></head><body><body.head><hedline><hl1>The weir will hold</hl1></hedline>
<byline>Ida Ruiz</byline><dateline>OSTREY</dateline></body.head><body.content>
<media><media-caption>A map</media-caption></media><p>Ana Ruiz said so.</p><p>Bill Hale did not.</p></body.content>
<body.end><tagline>Ends</tagline></body.end></body></nitf>"""
XHTML = """<html xmlns="http://www.w3.org/1999/xhtml"><head><title>no</title></head>
<body><p>Ana Ruiz said <em>so</em>.</p><p>Bill Hale did not.</p></body></html>"""


def item(content: str, meta: str = "", kind: str = "text", guid: str = "urn:example:weir") -> str:
    return f"""<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="{guid}" version="3" xml:lang="en">
<itemMeta><itemClass qcode="ninat:{kind}"/><provider qcode="nprov:OW"><name>Ostrey Wire</name></provider>
<versionCreated>2024-05-03T10:15:00+02:00</versionCreated>{meta}</itemMeta>
<contentMeta><creditline>Ostrey Wire/pool</creditline><dateline>OSTREY</dateline><by>Ida Ruiz</by>
<headline>The weir will hold</headline></contentMeta><contentSet>{content}</contentSet></newsItem>"""


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(f'<inlineXML contenttype="application/nitf+xml">{NITF}</inlineXML>', id="NITF"),
        pytest.param(f'<inlineXML contenttype="application/xhtml+xml">{XHTML}</inlineXML>', id="XHTML"),
        pytest.param(
            '<inlineData contenttype="text/plain">Ana Ruiz said so.\n\nBill Hale did not.</inlineData>', id="plain"
        ),
    ],
)
def test_a_news_item_with_each_form_of_content(content: str) -> None:
    document = one('<?xml version="1.0" encoding="UTF-8"?>\n' + item(content)).document
    assert document.text == TEXT
    assert document.title_span == Span(0, 18)
    assert (document.publisher, document.credit, document.byline) == ("Ostrey Wire", "Ostrey Wire/pool", "Ida Ruiz")
    assert (document.dateline, document.published) == ("OSTREY", "2024-05-03T10:15:00+02:00")
    assert (document.url, document.language) == ("urn:example:weir", "en")


def test_a_message_of_items_passes_over_pictures_and_packages() -> None:
    items = item(XHTML.join(("<inlineXML>", "</inlineXML>"))) + item("", kind="picture")
    package = '<packageItem guid="urn:example:p"><groupSet/></packageItem>'
    message = (
        f'<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>{package}{items}</itemSet></newsMessage>'
    )
    assert one(message).document.text == TEXT


def test_a_link_to_itself_is_the_address() -> None:
    link = '<link rel="irel:canonical" href="https://example.org/weir"/>'
    assert one(item(f"<inlineXML>{XHTML}</inlineXML>", link)).document.url == "https://example.org/weir"


@pytest.mark.parametrize(
    ("meta", "problem"),
    [
        ('<pubStatus qcode="stat:withheld"/>', "the wire marks this as withheld: it is not to be used as it stands"),
        ('<signal qcode="sig:correction"/>', "the wire signals: correction"),
        ("<edNote>Correction: the name</edNote>", "the wire marks this as a correction: Correction: the name"),
        ('<pubStatus qcode="stat:usable"/>', ""),
    ],
)
def test_signals_and_status_are_told(meta: str, problem: str) -> None:
    assert "".join(one(item(f"<inlineXML>{XHTML}</inlineXML>", meta)).problems) == problem


def test_nitf_alone() -> None:
    data = '<docdata><doc-id id-string="w7"/><date.issue norm="20240503T101500Z"/>'
    data += '<doc.copyright holder="Ostrey Wire"/></docdata>'
    document = one(NITF.replace("</title>", f"</title>{data}")).document
    assert (document.text, document.url, document.byline) == (TEXT, "w7", "Ida Ruiz")
    assert (document.published, document.publisher) == ("2024-05-03T10:15:00+00:00", "Ostrey Wire")


HOSTILE = [
    pytest.param('<!DOCTYPE nitf [<!ENTITY e SYSTEM "file:///etc/passwd">]>', "&e;", id="a file"),
    pytest.param('<!DOCTYPE nitf [<!ENTITY e SYSTEM "http://127.0.0.1:1/">]>', "&e;", id="an address"),
    pytest.param(
        "<!DOCTYPE nitf ["
        + '<!ENTITY e0 "ha">'
        + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 30))
        + "]>",
        "&e29;",
        id="entities in entities",
    ),
]


@pytest.mark.parametrize(("doctype", "entity"), HOSTILE)
def test_entities_of_the_document_are_not_resolved(doctype: str, entity: str) -> None:
    read = one(doctype + NITF.replace("so.", f"so{entity}.", 1))
    assert TEXT.startswith(read.document.text)  # at entities without end the parser stops, and that is told
    assert read.document.text.startswith("The weir will hold\n\nAna Ruiz said so")
    assert read.problems


def test_characters_that_html_names_are_read() -> None:
    read = one('<!DOCTYPE nitf SYSTEM "nitf.dtd">' + NITF.replace("so.", "so &mdash; yes.", 1))
    assert "said so — yes." in read.document.text


@pytest.mark.parametrize("data", ["<nitf>", "<nitf>" + "<p>" * 100_000, "<newsItem", "<newsItem guid='a'></newsItem>"])
def test_broken_xml_is_read_as_far_as_it_goes_or_told(data: str) -> None:
    assert all(isinstance(read, InputError | Read) for read in found_in(data))
    assert found_in(data)


@given(st.binary())
def test_any_bytes_in_an_item_give_documents_or_errors(data: bytes) -> None:
    for read in found_in(b"<nitf><body><body.content><p>" + data):
        assert isinstance(read, InputError) or read.document.text_sha256
