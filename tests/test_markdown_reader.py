"""Markdown: the text as it stands; front matter and the first heading say what is known about it."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sayso.model import Kind
from sayso.readers import Known, Read, documents

FRONT = """---
title: "Bridge “safe”: council"
date: 2024-05-31
author: Bo Li
# a comment
url: https://example.org/a
outlet: 'The Herald''s desk'
lang: en
kind: statement
tags:
  - bridges
image: {src: a.png}
---
"""


def piped(text: str) -> Read:
    (found,) = documents(["-"], stdin=BytesIO(text.encode()))
    assert isinstance(found, Read), found
    return found


def named(text: str, folder: Path, known: Known | None = None) -> Read:
    path = folder / "a.md"
    path.write_bytes(text.encode())
    (found,) = documents([str(path)], known=known)
    assert isinstance(found, Read), found
    return found


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_front_matter_says_what_is_known_and_the_text_follows_it(end: str, mark: str) -> None:
    body = f"{end}Ana Ruiz said *no*.{end}"
    document = piped(mark + FRONT.replace("\n", end) + body).document
    assert (document.text, document.title, document.published) == (body, "Bridge “safe”: council", "2024-05-31")
    assert (document.byline, document.url, document.publisher) == (
        "Bo Li",
        "https://example.org/a",
        "The Herald's desk",
    )
    assert (document.language, document.kind, document.title_span) == ("en", Kind.STATEMENT, None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# Bridge is safe\n\nAna said so.", "Bridge is safe"),
        ("\ufeff# Bridge is safe ##\r\nAna said so.", "Bridge is safe"),
        ("A photograph.\n\n#\tBridge *is* safe\n# Second\n", "Bridge *is* safe"),
        ("```\n# no\n```\n# Yes", "Yes"),
        ("~~~\n```\n# no\n~~~\n# Yes", "Yes"),
        ("## Second rank\n\nAna said so.", None),
        ("#hashtag\n\nAna said so.", None),
        ("#  \n", None),
        ("# #\n", None),
        ("# #1 in C#\n", "#1 in C#"),
        ("Ana said so.", None),
    ],
)
def test_the_first_heading_is_the_title(text: str, words: str | None, tmp_path: Path) -> None:
    document = named(text, tmp_path).document
    assert (document.text, document.title) == (text, words)
    assert (document.title_span and document.title_span.of(text)) == words


def test_a_heading_with_the_title_of_the_front_matter_is_where_it_stands(tmp_path: Path) -> None:
    document = named("---\ntitle: Bridge\n---\n\n# Bridge\n\nAna said so.", tmp_path).document
    assert document.title_span is not None
    assert (document.title, document.title_span.of(document.text)) == ("Bridge", "Bridge")
    document = named("---\ntitle: Bridge\n---\n\n# Chapter\n\nAna said so.", tmp_path).document
    assert (document.title, document.title_span) == ("Bridge", None)


def test_what_the_user_says_outweighs_the_file(tmp_path: Path) -> None:
    document = named(FRONT + "# Bridge\n", tmp_path, Known(title="Bridge", publisher="Radio")).document
    assert (document.title, document.publisher, document.published) == ("Bridge", "Radio", "2024-05-31")
    assert document.title_span is not None


@pytest.mark.parametrize(
    "text",
    [
        "---\nAna Ruiz said: no.\n---\nThe end.",
        "---\ntitle: Bridge\n\nAna said so.",
        "--- title: Bridge ---",
        "----\ntitle: Bridge\n----\n",
        "# A heading in a plain text\n",
    ],
)
def test_what_only_looks_like_front_matter_is_text(text: str) -> None:
    document = piped(text).document
    assert (document.text, document.title) == (text, None)


@given(st.text(st.characters(exclude_categories=["Cs"])))
@example("---\n" * 5)
@example("---\ntitle:\n---\n# x")
def test_a_text_stays_as_it_stands(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("a") / "a.md"
    path.write_bytes(text.encode())
    for found in documents([str(path)]):
        if isinstance(found, Read):
            assert text.endswith(found.document.text)
            span = found.document.title_span
            assert span is None or span.of(found.document.text) == found.document.title
