"""The invented story in examples/ and its answers: what the answers say can be found in the documents."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import datetime
from difflib import SequenceMatcher
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

from sayso.cli.demo import example_paths
from sayso.model import Document, Kind
from sayso.readers import Read, documents

FOLDER = Path(__file__).parents[1] / "examples"
STANCES = ("says", "probable", "possible", "disputes", "withholds", "asks", "wants")
COPIES = ("wire", "press release", "excerpt", "rewrite", "quotation")
REASONS = ("number", "name", "place", "time", "negation", "other")
FRONT = ("title", "publisher", "date", "url", "kind")

Row = dict[str, str]


@cache
def story() -> dict[str, Document]:
    """The documents by file name."""
    found = list(documents(example_paths()))
    assert all(isinstance(read, Read) and not read.problems for read in found), found
    return {Path(read.place).name: read.document for read in found if isinstance(read, Read)}


@cache
def answers(name: str) -> list[Row]:
    """The rows of a table of answers."""
    with (FOLDER / "answers" / f"{name}.tsv").open(encoding="utf8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert all(None not in row and None not in row.values() for row in rows), (
        f"{name}: a row with too many cells, or too few"
    )
    assert all(cell == cell.strip() for row in rows for cell in row.values()), f"{name}: blanks around a cell"
    assert all(count == 1 for count in Counter(tuple(row.values()) for row in rows).values()), f"{name}: a row twice"
    return rows


def one_line(text: str) -> str:
    """A text whose line breaks are spaces, as the answers write it."""
    return " ".join(text.split())


def places_of(words: str, document: str) -> int:
    return one_line(story()[document].text).count(words)


def via(row: Row) -> list[str]:
    return row["via"].split(" < ") if row["via"] else []


def claims() -> set[str]:
    return {row["claim"] for row in answers("claims")}


# The documents


def test_every_file_is_read() -> None:
    forms = {path.name for path in FOLDER.iterdir() if path.is_file()} - {"README.md"}
    assert set(story()) == forms
    assert len(forms) >= 44
    assert {document.kind for document in story().values()} == set(Kind)


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("2*.md")))
def test_the_front_matter_of_an_article(name: str) -> None:
    front = (FOLDER / name).read_text("utf8").split("---\n")[1]
    fields = [line.partition(":")[0] for line in front.splitlines()]
    assert [field for field in FRONT if field in fields] == list(FRONT)
    document = story()[name]
    assert document.title_span is not None
    assert document.title_span.start == 0
    assert document.publisher is not None
    assert document.published is not None
    assert datetime.fromisoformat(document.published).date().isoformat() == name[:10]
    assert document.url is not None
    assert re.match(r"https://[a-z.-]+\.example/", document.url)


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("2*.eml")))
def test_a_mail_leaves_out_what_it_quotes(name: str) -> None:
    document = story()[name]
    assert document.kind == Kind.EMAIL
    assert document.published is not None
    assert document.published[:10] == name[:10]
    assert "wrote:" not in document.text
    assert ">" not in document.text


def test_links_lead_to_other_documents() -> None:
    links = {link for document in story().values() for link in document.links if link.startswith("http")}
    assert len(links) >= 5
    assert links <= {document.url for document in story().values()}


def test_versions_of_one_article_share_its_address() -> None:
    counts = Counter(document.url for document in story().values())
    assert sorted(count for count in counts.values() if count > 1) == [2, 2]


def test_the_words_of_an_article_are_few_or_many_as_such_articles_are() -> None:
    lengths = [len(document.text.split()) for name, document in story().items() if name.endswith(".md")]
    assert min(lengths) >= 60
    assert max(lengths) <= 500


# The answers


@pytest.mark.parametrize("table", ["positions", "origins", "copies", "circular", "apart"])
def test_documents_and_claims_that_are_named_exist(table: str) -> None:
    for row in answers(table):
        named = [row[column] for column in row if column.startswith("document")]
        named += row["path"].split(" < ") if "path" in row else []
        assert set(named) <= set(story()), row
        assert {row[column] for column in row if column.startswith("claim")} - {""} <= claims(), row


def test_there_are_enough_of_each() -> None:
    assert len(answers("claims")) == len(claims()) >= 14
    assert len(answers("positions")) >= 120
    assert {row["stance"] for row in answers("positions")} == set(STANCES)
    assert {row["claim"] for row in answers("positions")} == claims()
    assert {row["why"] for row in answers("apart")} == set(REASONS)
    assert {row["kind"] for row in answers("copies")} == set(COPIES)


def test_the_words_of_a_position_stand_in_its_document_once() -> None:
    wrong = [(places_of(row["words"], row["document"]), row) for row in answers("positions")]
    assert [found for found in wrong if found[0] != 1] == []


def test_a_position_says_yes_or_no() -> None:
    assert {row[column] for row in answers("positions") for column in ("named", "superseded")} == {"yes", "no"}


def test_who_holds_a_position_is_in_the_document() -> None:
    """An unnamed holder in the document's own words; of a named one, a word of the name."""
    for row in answers("positions"):
        document = story()[row["document"]]
        known = one_line(f"{document.text} {document.publisher} {document.byline}").casefold()
        if row["named"] == "no":
            assert row["holder"].casefold() in known, row
        for name in [row["holder"], *via(row)]:
            parts = re.findall(r"\w{4,}", name.casefold())
            assert any(re.search(rf"\b{part}\b", known) for part in parts), row


def test_a_name_is_spelled_in_one_way() -> None:
    """No name is a part of another: "Brack" beside "Tomas Brack", "the Courier" beside "Ostrey Courier"."""
    names = {row["holder"] for row in answers("positions") if row["named"] == "yes"}
    names |= {document.publisher for document in story().values() if document.publisher}
    used = names | {name for row in answers("positions") for name in via(row)}
    for name in names:
        parts = {other for other in used if other != name and f" {other.casefold()} " in f" {name.casefold()} "}
        assert not parts, name


def test_each_stance_on_a_claim_has_its_origins() -> None:
    asked = {(row["claim"], row["stance"]) for row in answers("positions")}
    given = [(row["claim"], row["stance"]) for row in answers("origins")]
    assert sorted(asked) == sorted(given)


def test_origins_are_a_range_with_its_reason() -> None:
    for row in answers("origins"):
        least, most = int(row["least"]), int(row["most"])
        origins = row["origins"].split("; ")
        assert 1 <= least <= most == len(origins), row
        assert bool(row["reason"]) == (least < most), row
        positions = [other for other in answers("positions") if other["claim"] == row["claim"]]
        spelled = {name.casefold() for other in positions for name in (other["holder"], *via(other))}
        assert {origin.casefold() for origin in origins} <= spelled, row


def words_of(name: str) -> list[str]:
    return re.findall(r"\w+", re.sub("['’]", "", story()[name].text.casefold()))


def longest_run(a: str, b: str) -> int:
    """How many words in a row two documents share at most."""
    return SequenceMatcher(None, words_of(a), words_of(b), autojunk=False).find_longest_match().size


def test_copies_share_words_in_a_row() -> None:
    for row in answers("copies"):
        a, b = row["document a"], row["document b"]
        assert a < b
        assert row["first"] in (a, b, "open")
        assert longest_run(a, b) >= 5, row


def test_no_copy_is_left_out() -> None:
    """Twelve words in a row, but for the versions of one article."""
    given = {(row["document a"], row["document b"]) for row in answers("copies")}
    runs = {
        name: {tuple(words[at : at + 12]) for at in range(len(words) - 11)}
        for name in story()
        for words in [words_of(name)]
    }
    for a, b in combinations(sorted(story()), 2):
        if story()[a].url != story()[b].url and runs[a] & runs[b]:
            assert (a, b) in given


def test_six_outlets_carry_the_same_wire_story() -> None:
    original = "2024-10-08-norlands-press.md"
    carriers = {row["document b"] for row in answers("copies") if (row["kind"], row["first"]) == ("wire", original)} | {
        row["document a"] for row in answers("copies") if (row["kind"], row["first"]) == ("wire", original)
    }
    assert len({story()[name].publisher for name in carriers - {original}}) == 6


def test_what_looks_alike_stands_in_both_documents() -> None:
    for row in answers("apart"):
        assert row["claim a"] != "" or row["claim b"] != "", row
        for side in ("a", "b"):
            assert places_of(row[f"words {side}"], row[f"document {side}"]) >= 1, (side, row)
        assert row["note"], row
