"""Readers: what comes out of each input, good or bad. A text is never altered, and no input stops the others."""

from __future__ import annotations

import codecs
import json
import os
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sayso.errors import InputError
from sayso.model import Document, Kind, Span, document_id
from sayso.readers import Known, Read, documents
from sayso.readers.given import title_span

SAID = "Ana Ruiz said the bridge was safe.\n"
texts = st.text(st.characters(exclude_categories=["Cs"]))


def piped(data: bytes) -> list[Read | InputError]:
    """What is read when these bytes come on standard input."""
    return list(documents(["-"], stdin=BytesIO(data)))


def text_of(data: bytes) -> str:
    return one_read(data).document.text


def one_read(data: bytes) -> Read:
    (found,) = piped(data)
    assert isinstance(found, Read), found
    return found


def one_error(data: bytes) -> str:
    (found,) = piped(data)
    assert isinstance(found, InputError), found
    return str(found)


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str, bytes], str]:
    """Writes a file and gives its path."""

    def write(name: str, data: bytes) -> str:
        (tmp_path / name).write_bytes(data)
        return str(tmp_path / name)

    return write


# Plain text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="an empty file"),
        pytest.param(" " * 1_000_000, id="a million spaces"),
        pytest.param("one\r\ntwo\rthree\n", id="CRLF, a lone CR and LF stay as they are"),
        pytest.param("a\0b\0", id="NULs"),
        pytest.param("\ufeffAna Ruiz said no.", id="a byte order mark"),
        pytest.param("one\n\ufefftwo", id="a byte order mark inside"),
        pytest.param("“Não”, disse João. 🌉 e\u0301", id="curly quotes, astral characters, combining marks"),
        pytest.param("Мост безопасен, сказала Анна.", id="another script"),
        pytest.param("{An aside in braces,} Bo Li said.", id="braces"),
        pytest.param("[1] A footnote.", id="brackets"),
    ],
)
def test_a_text_file_is_one_document_with_its_text_untouched(text: str, file: Callable[[str, bytes], str]) -> None:
    path = file("story.txt", text.encode())
    assert list(documents([path])) == [Read(Document(document_id(text, "story.txt"), text), path)]


@given(texts)
@example("\ufeff{")
@example('{"text')
def test_any_text_in_utf8_comes_out_as_it_was_unless_it_is_refused(text: str) -> None:
    for found in piped(text.encode()):
        if isinstance(found, Read) and ", line " not in found.place:
            assert (found.document.text, found.problems) == (text, ())


@given(st.binary())
def test_any_bytes_give_documents_or_errors_and_no_exception(data: bytes) -> None:
    for found in piped(data):
        assert isinstance(found, InputError) or found.document.text.encode() is not None


@pytest.mark.parametrize(
    ("mark", "encoding", "name"),
    [
        (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
        (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
        (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
        (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    ],
)
def test_a_byte_order_mark_names_the_encoding(mark: bytes, encoding: str, name: str) -> None:
    read = one_read(mark + SAID.encode(encoding))
    assert read.document.text == "\ufeff" + SAID
    assert read.problems == (f"read as {name}, as its byte order mark says",)


def test_a_byte_order_mark_that_lies_is_told() -> None:
    assert "byte order mark says UTF-16, but byte 4 does not fit" in one_error(codecs.BOM_UTF16_LE + b"a\0\0\xd8b\0")


def test_windows_1252_is_read_and_told() -> None:
    read = one_read("The café owner said “yes”.".encode("cp1252"))
    assert read.document.text == "The café owner said “yes”."
    assert read.problems == (
        "not UTF-8 at byte 7: read as Windows-1252; if letters or quotation marks look wrong, save it as UTF-8",
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"caf\xe9 \x81", "byte 3 (0xe9) is not UTF-8, and byte 5 (0x81) is not Windows-1252 either; save it as UTF-8"),
        ("“Yes”, she said. “No".encode() + b"\xe9.", "almost all of it is UTF-8, but byte 26 (0xe9) is not"),
        (b"one\ntwo \xed\xa0\x80", "line 2: a lone surrogate, which is no character, at byte 8"),
        (b"%PDF-1.7\n...", "this looks like a PDF; turn it into plain text first"),
        (b"\x89PNG\r\n\x1a\n...", "this looks like a PNG image"),
        (b"\x7fELF\x02...", "this looks like a program (ELF)"),
        (b"7z\xbc\xaf\x27\x1c...", "this looks like a 7z archive; unpack it first"),
        (b"a.txt" + b"\0" * 252 + b"ustar\x00" + b"...", "this looks like a tar archive; unpack it first"),
        (bytes(range(8)) * 40, "this looks like a binary file"),
        (SAID.encode("utf-16-le"), "this looks like a binary file, or text in UTF-16 without a byte order mark"),
        (b'{\n  "text": "Ana Ruiz said no."\n}\n', "this is JSON, but not JSON Lines; write each document on a line"),
        (b'[{"text": "Ana Ruiz said no."}]', "this is JSON, but not JSON Lines"),
    ],
)
def test_what_is_no_text_is_refused_with_a_remedy(data: bytes, message: str) -> None:
    assert f"standard input: {message}" in one_error(data)


def test_what_the_user_knows_of_a_document() -> None:
    known = Known(title="Bridge is safe", publisher="The Herald", published="2024-05-31", url="https://example.org/b")
    text = "\ufeff\nBridge is safe\n\n" + SAID
    (found,) = documents(["-"], stdin=BytesIO(text.encode()), known=known)
    assert isinstance(found, Read)
    assert found.document == Document(
        id=document_id(text, "https://example.org/b"),
        text=text,
        title="Bridge is safe",
        title_span=Span(2, 16),
        publisher="The Herald",
        published="2024-05-31",
        url="https://example.org/b",
    )


@pytest.mark.parametrize(
    ("text", "title", "words"),
    [
        ("Fire\nBo Li said so.", "Fire", "Fire"),
        ("  Fire\nBo Li said so.", " Fire ", "Fire"),
        ("Firefighters said so.", "Fire", None),
        ("Bo Li said so. Fire", "Fire", None),
        ("Bo Li said so.", "", None),
        ("Bo Li said so.", None, None),
    ],
)
def test_the_title_is_found_where_the_text_begins_with_it(text: str, title: str | None, words: str | None) -> None:
    span = title_span(text, title)
    assert (span and span.of(text)) == words


# Files that are not there


def test_an_input_that_cannot_be_read_is_told_and_the_rest_is_read(
    tmp_path: Path, file: Callable[[str, bytes], str]
) -> None:
    good, last = file("good.txt", SAID.encode()), file("last.txt", SAID.encode())
    found = list(documents([str(tmp_path / "goood.txt"), "/nowhere/x.txt", good, last]))
    assert [one.place for one in found[2:] if isinstance(one, Read)] == [good, last]
    assert [str(one) for one in found[:2]] == [
        f"{tmp_path}/goood.txt: no such file; did you mean '{good}'?",
        "/nowhere/x.txt: no such file; check its name and folder",
    ]


def test_standard_input_that_the_shell_has_closed_is_told() -> None:
    (found,) = documents(["-"], stdin=None)
    assert str(found) == "standard input: closed; pipe a text into sayso, or name a file"


def test_a_pipe_that_nobody_writes_to_and_a_device_without_an_end_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    found = [str(one) for one in documents([str(tmp_path), "/dev/zero", f"{tmp_path}/pipe"])]
    assert found == [
        f"{place}: a pipe or device, not a file; to read from it anyway: sayso read - < FILE"
        for place in (f"{tmp_path}/pipe", "/dev/zero", f"{tmp_path}/pipe")
    ]


def test_a_pipe_that_the_shell_hands_over_is_read() -> None:
    reader, writer = os.pipe()
    os.write(writer, SAID.encode())
    os.close(writer)
    (found,) = documents([f"/dev/fd/{reader}"])
    os.close(reader)
    assert isinstance(found, Read)
    assert found.document.text == SAID


@pytest.mark.parametrize("name", ["a" * 5_000, "a\0b", "", "[" * 300])
def test_names_that_no_file_can_have_are_told(name: str) -> None:
    (found,) = documents([name])
    assert isinstance(found, InputError)


def test_a_disk_that_fails_midway_is_told() -> None:
    class Failing(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:  # noqa: ARG002
            raise OSError(5, "Input/output error")

    (found,) = documents(["-"], stdin=Failing(SAID.encode()))
    assert "Input/output error" in str(found)


# JSON Lines


def test_every_field_of_a_line_reaches_its_document() -> None:
    fields: dict[str, object] = {
        "text": "Yes\n\nAna Ruiz said yes.",
        "id": "a7",
        "title": "Yes",
        "publisher": "The Herald",
        "published": "2024-05-31",
        "byline": "Bo Li",
        "credit": "Wire",
        "dateline": "OSTEND",
        "url": "https://example.org/a7",
        "links": ["https://example.org/a6"],
        "language": "en",
        "kind": "statement",
    }
    assert one_read(json.dumps(fields).encode()).document == Document(
        id="a7",
        text="Yes\n\nAna Ruiz said yes.",
        title="Yes",
        title_span=Span(0, 3),
        publisher="The Herald",
        published="2024-05-31",
        byline="Bo Li",
        credit="Wire",
        dateline="OSTEND",
        url="https://example.org/a7",
        links=("https://example.org/a6",),
        language="en",
        kind=Kind.STATEMENT,
    )


def test_what_is_null_or_unknown_in_a_line_does_no_harm(file: Callable[[str, bytes], str]) -> None:
    path = file("a.jsonl", b'{"text": "Yes.", "id": null, "links": null, "kind": null, "desk": ["city"]}\n')
    assert list(documents([path])) == [Read(Document(document_id("Yes.", "a.jsonl"), "Yes."), f"{path}, line 1")]


@given(st.lists(texts, min_size=1))
def test_texts_come_out_of_json_lines_as_they_went_in(written: list[str]) -> None:
    data = b"".join(json.dumps({"text": text}).encode() + b"\r\n" for text in written)
    assert [one.document.text for one in piped(data) if isinstance(one, Read)] == written


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"title": "Yes"}', 'no "text"; expected a JSON object on one line, with "text"'),
        (
            b'{"text": "Ye',
            "broken JSON (JSON is malformed: invalid character (byte 12)); expected a JSON object on one line",
        ),
        (b"Ana Ruiz said no.", "broken JSON"),
        (b"[1]", "Expected 'object', got 'array'"),
        (b'{"text": 7}', "Expected 'str', got 'int' - at 'text'"),
        (b'{"text": null}', "Expected 'str', got 'null' - at 'text'"),
        (b'{"text": "Yes.", "links": "x"}', "Expected 'array | null', got 'str' - at 'links'"),
        (b'{"text": "Yes.", "kind": "poem"}', "Invalid enum value 'poem' - at 'kind'"),
        (b'{"text": "\\ud83c\\udf09 \\ud800"}', r"a lone surrogate (\ud800), which is no character; take it out"),
        (b'{"text": "Yes.", "title": "\\udf09"}', r"a lone surrogate (\udf09)"),
        (b'{"text": "caf\xe9"}', "byte 13 of the line (0xe9) is not UTF-8; save the file as UTF-8"),
        (b'{"text": "\xed\xa0\x80"}', "byte 10 of the line (0xed) is not UTF-8"),
        (b'{"text": "Yes.", "x": ' + b"[" * 99_999 + b"]" * 99_999 + b"}", "objects or lists too deep in each other"),
    ],
)
def test_a_bad_line_is_told_and_the_others_are_read(
    line: bytes, message: str, file: Callable[[str, bytes], str]
) -> None:
    path = file("notes.jsonl", b'{"text": "One."}\n\n' + line + b'\n{"text": "Two."}')
    first, bad, last = documents([path])
    assert isinstance(first, Read)
    assert isinstance(last, Read)
    assert [first.document.text, last.document.text] == ["One.", "Two."]
    assert str(bad).startswith(f"{path}, line 3: {message}")


@pytest.mark.parametrize(
    ("name", "data", "places"),
    [
        ("a.jsonl", b'\xef\xbb\xbf{"text": "Yes."}', ["line 1"]),
        ("a.ndjson", b'\n \n{"text": "Yes."}\n\n', ["line 3"]),
        ("A.JSONL", b"no", ["line 1"]),
        ("a.jsonl", b"", []),
        ("a.txt", b'{"text": "Yes."}\n{"text": "No."}\n', ["line 1", "line 2"]),
        ("a", b'{"title": "Yes"}\n{"text": "No."}\n', ["line 1", "line 2"]),
        ("a", b"{}\n", ["line 1"]),
        ("a.jsonl", b"%PDF-1.7", [""]),
        ("a.jsonl", '{"text": "Yes."}'.encode("utf-16"), [""]),
    ],
)
def test_json_lines_are_known_by_name_or_by_content(
    name: str, data: bytes, places: list[str], file: Callable[[str, bytes], str]
) -> None:
    path = file(name, data)
    assert [found.place for found in documents([path])] == [f"{path}, {place}" if place else path for place in places]


def test_two_lines_with_one_id_are_both_kept() -> None:
    found = piped(b'{"text": "One.", "id": "a"}\n{"text": "Two.", "id": "a"}')
    assert [(one.document.id, one.document.text) for one in found if isinstance(one, Read)] == [
        ("a", "One."),
        ("a", "Two."),
    ]


def test_json_lines_are_read_one_at_a_time() -> None:
    class Endless(BytesIO):
        """A stream that has no end: whoever reads ahead of what is asked for never comes back."""

        handed_out = 0

        def readline(self, size: int | None = -1, /) -> bytes:  # noqa: ARG002
            return next(self)

        def __iter__(self) -> Iterator[bytes]:
            return self

        def __next__(self) -> bytes:
            self.handed_out += 1
            return b'{"text": "Yes."}\n'

    stream: BinaryIO = Endless()
    found = documents(["-"], stdin=stream)
    for _ in range(10):
        next(found)
    assert isinstance(stream, Endless)
    assert stream.handed_out == 10


def test_a_first_line_longer_than_what_is_looked_at_is_read_whole() -> None:
    text = "Ana Ruiz said no. " * 10_000
    assert [one.document.text for one in piped(json.dumps({"text": text}).encode()) if isinstance(one, Read)] == [text]
    assert text_of(text.encode()) == text


def test_a_folder_and_a_pattern_stand_for_the_files_in_them(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "inner/c.txt", ".hidden"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"Ana Ruiz said {name}.")
    whole = [one.place for one in documents([str(tmp_path)]) if isinstance(one, Read)]
    assert whole == [str(tmp_path / name) for name in ("a.txt", "b.txt", "inner/c.txt")]
    assert [one.place for one in documents([f"{tmp_path}/?.txt"]) if isinstance(one, Read)] == whole[:2]
