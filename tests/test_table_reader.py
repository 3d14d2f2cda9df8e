"""Tables: a row is a document; and JSON Lines whose fields go by the names that tables have."""

from __future__ import annotations

import csv
import json
from io import BytesIO, StringIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sayso.errors import InputError
from sayso.model import Document, Kind, Span, document_id
from sayso.readers import Options, Read, documents, table

SAID = "Ana Ruiz said no."
texts = st.text(st.characters(exclude_categories=["Cs"]))


def piped(data: bytes, **columns: str) -> list[Read | InputError]:
    """What is read when these bytes come on standard input."""
    return list(documents(["-"], stdin=BytesIO(data), options=Options(columns=columns)))


def texts_of(found: list[Read | InputError]) -> list[str]:
    return [one.document.text for one in found if isinstance(one, Read)]


def one_error(data: bytes, **columns: str) -> str:
    (found,) = piped(data, **columns)
    assert isinstance(found, InputError), found
    return str(found)


def one_read(data: bytes, **columns: str) -> Read:
    (found,) = piped(data, **columns)
    assert isinstance(found, Read), found
    return found


def test_every_column_reaches_its_document() -> None:
    header = "id,headline,Body Text,publish_date,Link,source,author,language,credit,dateline,kind,section\n"
    row = (
        'a7,Yes,"Yes\n\n""No"", said Bo.",2024-05-31,https://example.org/a7,The Herald,Bo Li,en,Wire,OSTEND,Statement,'
    )
    read = one_read((header + row).encode())
    assert read.place == "standard input, row 2 (line 2)"
    assert read.document == Document(
        id="a7",
        text='Yes\n\n"No", said Bo.',
        title="Yes",
        title_span=Span(0, 3),
        publisher="The Herald",
        published="2024-05-31",
        byline="Bo Li",
        credit="Wire",
        dateline="OSTEND",
        url="https://example.org/a7",
        language="en",
        kind=Kind.STATEMENT,
    )


def test_an_empty_cell_says_nothing_and_a_row_without_an_id_gets_one() -> None:
    assert one_read(b"title,text,date\n, Yes. ,\n").document == Document(document_id(" Yes. "), " Yes. ")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiters_line_ends_and_encodings(delimiter: str, end: str, encoding: str) -> None:
    lines = [delimiter.join(["title", "text"]), delimiter.join(["“Não”", SAID]), delimiter.join(["b", '"a\r\n""b"""'])]
    found = piped((end.join(lines) + end).encode(encoding))
    assert texts_of(found) == [SAID, 'a\r\n"b"']
    assert [one.place.partition(", ")[2] for one in found if isinstance(one, Read)] == [
        "row 2 (line 2)",
        "row 3 (line 3)",
    ]
    assert isinstance(found[0], Read)
    assert found[0].document.title == "“Não”"


def test_rows_are_numbered_as_in_a_spreadsheet_and_lines_as_in_an_editor() -> None:
    found = piped(b'text,title\n"a\nb\nc",x\n\nd,y\n')
    assert [found.place for found in found] == ["standard input, row 2 (line 2)", "standard input, row 4 (line 6)"]


@given(st.lists(st.tuples(texts, texts), min_size=1))
@example([("a\r\nb\rc\n", ""), ("\0", '"'), ("\ufeff", ",")])
def test_texts_come_out_of_a_table_as_they_went_in(rows: list[tuple[str, str]]) -> None:
    out = StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([("text", "title"), *rows])
    assert texts_of(piped(out.getvalue().encode())) == [text for text, _ in rows if text.strip()]


def test_windows_1252_is_read_row_by_row_and_told() -> None:
    first, second = piped("text,title\nThe café said “yes”.,a\nYes.,b\n".encode("cp1252"))
    assert isinstance(first, Read)
    assert isinstance(second, Read)
    assert first.document.text == "The café said “yes”."
    assert first.problems[0].startswith("not UTF-8 at byte 7: read as Windows-1252")
    assert second.problems == ()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (b",x", "no text in column 'text'"),
        (b"  ,x", "no text in column 'text'"),
        (b"Yes, no,x", "1 more cells than the header; a quotation mark or a delimiter may be missing"),
        (b"Yes.", "1 fewer cells than the header; "),
        (b"caf\xe9 \x81,x", "byte 3 (0xe9) is not UTF-8, and byte 5 (0x81) is not Windows-1252 either"),
    ],
)
def test_a_bad_row_is_told_and_the_others_are_read(row: bytes, message: str) -> None:
    first, bad, last = piped(b"text,title\nOne.,a\n" + row + b"\nTwo.,b\n")
    assert isinstance(first, Read)
    assert isinstance(last, Read)
    assert str(bad).startswith(f"standard input, row 3 (line 3): {message}")


def test_a_cell_that_does_not_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MOST_CHARACTERS", 1000)
    good, bad = piped(b'text,title\nOne.,a\n"Two.,b\n' + b"x\n" * 2_000)
    assert isinstance(good, Read)
    assert "field larger than field limit (1000); a quotation mark may not be closed" in str(bad)


def test_columns_are_named_by_the_user() -> None:
    data = b"text,meldung,wer\nno,Yes.,The Herald\n"
    read = one_read(data, text="meldung", publisher="wer")
    assert (read.document.text, read.document.publisher) == ("Yes.", "The Herald")


@pytest.mark.parametrize(
    ("data", "columns", "message"),
    [
        (b"title,text\na,b\n", {"text": "body"}, "no column is called 'body'; there are: title, text"),
        (b"title,text\na,b\n", {"headline": "title"}, "a document has no 'headline'; there are: text, id, title"),
    ],
)
def test_columns_that_are_not_there_are_told(
    data: bytes, columns: dict[str, str], message: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("a") / "a.csv"
    path.write_bytes(data)
    (found,) = documents([str(path)], options=Options(columns=columns))
    assert f"{path}: {message}" in str(found)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.csv", b"a,b\nc,d\n", "no column is known to hold the text; say which of these does: a, b (text=COLUMN)"),
        ("a.tsv", b"\x1b[2J\tb\nc\td\n", r"which of these does: \x1b[2J, b"),
    ],
)
def test_a_table_without_a_known_text_column_is_told(
    name: str, data: bytes, message: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("a") / name
    path.write_bytes(data)
    assert message in str(next(documents([str(path)])))


def test_a_table_of_one_column_is_known_by_its_name(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("a") / "a.csv"
    path.write_bytes(b"text\nYes.\n")
    assert texts_of(list(documents([str(path)]))) == ["Yes."]
    path.write_bytes(b"")
    assert list(documents([str(path)])) == []


@pytest.mark.parametrize(
    "text",
    [
        "Text, he said, is all there is.\nBody, she said.",
        "Article\n\nAna Ruiz said, in Ostend, no.",
        "Text messages, headlines, links and dates, as the paper has them, said Ana.",
        "Title: Bridge\nDate: May\n\nText",
        "text",
        "date, url",
        "Ana;Bo;Li",
        '"Text"',
    ],
)
def test_a_text_with_commas_is_a_text(text: str) -> None:
    assert texts_of(piped(text.encode())) == [text]


@given(st.binary(max_size=200))
def test_any_rows_give_documents_or_errors(data: bytes) -> None:
    for found in piped(b"title,text,date\n" + data):
        assert isinstance(found, InputError) or found.document.text.encode() is not None


# JSON Lines with other names


@pytest.mark.parametrize(
    ("fields", "columns", "text", "title"),
    [
        ({"body": "Yes.", "headline": "No"}, {}, "Yes.", "No"),
        ({"headline": "No", "articleBody": "Yes.", "content": None}, {}, "Yes.", "No"),
        ({"text": "Yes.", "headline": "No"}, {}, "Yes.", None),
        ({"text": "No.", "meldung": "Yes."}, {"text": "meldung"}, "Yes.", None),
        ({"text": "Yes.", "kopf": "No"}, {"title": "kopf"}, "Yes.", "No"),
    ],
)
def test_fields_of_json_lines_by_other_names(
    fields: dict[str, str], columns: dict[str, str], text: str, title: str | None
) -> None:
    document = one_read(json.dumps(fields).encode(), **columns).document
    assert (document.text, document.title) == (text, title)


@pytest.mark.parametrize(
    ("fields", "columns", "message"),
    [
        ({"body": "Yes.", "content": "No."}, {}, 'no "text"'),
        ({"body": 7}, {}, 'no "text"'),
        ({"text": "Yes."}, {"text": "body"}, 'no "text"'),
        ({"body": 7}, {"text": "body"}, "Expected 'str', got 'int' - at 'text'"),
    ],
)
def test_lines_that_leave_it_open_which_field_is_the_text(
    fields: dict[str, object], columns: dict[str, str], message: str
) -> None:
    assert message in one_error(json.dumps(fields).encode(), **columns)
