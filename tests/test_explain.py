"""`sayso explain`: every label of the output has its meaning and an example, and is found as people write it."""

from __future__ import annotations

import json
import re
from enum import StrEnum

import msgspec
import pytest
from click.testing import CliRunner, Result

from sayso.cli import main
from sayso.cli.explain import first_sentence, rows_for
from sayso.export import jsonl
from sayso.lexicon import Row, load_lexicon
from sayso.model import Act, Certainty, Kind, Polarity, Quotation, SourceKind

LABELS = load_lexicon().tables["labels"]
NAMES = {row["label"] for row in LABELS}
OBJECTS = [one for one in vars(jsonl).values() if isinstance(one, type) and issubclass(one, msgspec.Struct)]
# Fields of the notation whose words are copied from the example.
COPIED = [
    "source",
    "cue",
    "content",
    "basis",
    "channel",
    "addressee",
    "when",
    "access",
    "anonymity_reason",
    "certainty_words",
    "roles",
    "mentions",
]


def explain(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["explain", *arguments], env={"COLUMNS": "80"}, prog_name="sayso")


@pytest.mark.parametrize(
    ("group", "values"),
    [
        ("act", Act),
        ("polarity", Polarity),
        ("certainty", Certainty),
        ("quotation", Quotation),
        ("kind of source", SourceKind),
        ("kind of document", Kind),
    ],
)
def test_every_value_has_a_row_and_its_field_names_it(group: str, values: type[StrEnum]) -> None:
    assert [row["label"] for row in LABELS if row["group"] == group] == [one.value for one in values]
    field = "document" if group == "kind of document" else "source" if group == "kind of source" else "attribution"
    (row,) = (
        r
        for r in LABELS
        if (r["label"], r["group"]) == (group.split()[0], f"field of a{'n' * (field == 'attribution')} {field}")
    )
    assert all(re.search(rf"\b{one.value}\b", row["meaning"]) for one in values)


@pytest.mark.parametrize("shape", OBJECTS, ids=lambda shape: shape.__name__)
def test_every_field_of_the_json_has_a_row(shape: type[msgspec.Struct]) -> None:
    assert {field.encode_name for field in msgspec.structs.fields(shape)} <= NAMES


@pytest.mark.parametrize("label", ["named", "unnamed", "statement", "mention", "headline", "problems", "made_by"])
def test_other_words_of_the_output_are_found(label: str) -> None:
    assert rows_for(label, LABELS)


@pytest.mark.parametrize("row", LABELS, ids=lambda row: f"{row['group']}: {row['label']}")
def test_every_row_is_whole(row: Row) -> None:
    assert all(row.values())
    assert 2 <= len(re.findall(r"[.?!](?= |$)", row["meaning"])) <= 4
    assert row["meaning"].endswith(".")
    assert first_sentence(row["meaning"]).endswith(".")
    assert len(first_sentence(row["meaning"])) < 110
    for name, words in (part.split(": ", 1) for part in row["reading"].split(" | ")):
        if name in COPIED and words != "-":
            assert all(piece in row["example"] for piece in re.split(" … |; ", words)), f"{name}: {words}"


@pytest.mark.parametrize("asked", ["anonymity_reason", "Anonymity Reason", "ANONYMITY-REASON", "anonymityreasons"])
def test_case_spaces_and_underscores_do_not_matter(asked: str) -> None:
    assert explain(asked).stdout.startswith("anonymity_reason · field of a source\n")
    assert explain(*asked.split()).stdout == explain(asked).stdout


def test_a_label_is_told_in_sentences_with_an_example() -> None:
    assert explain("deny").stdout == (
        "deny · act\n"
        "  The source rejects something that was put forward. What is denied is the\n"
        "  content, in the form in which it was put forward; the “no” is in the act.\n"
        "\n"
        "  For example: Mr. Okello denied that he had sold the mill.\n"
        "    source: Mr. Okello\n"
        "    cue: denied\n"
        "    content: that he had sold the mill\n"
        "    act: deny\n"
        "    polarity: affirmed\n"
        "\n"
    )


def test_a_label_with_two_meanings_has_both_told() -> None:
    shown = explain("kind").stdout
    assert "kind · field of a document" in shown
    assert "kind · field of a source" in shown


def test_without_a_label_all_are_listed() -> None:
    shown = explain()
    assert shown.exit_code == 0
    assert all(re.search(rf"(?m)^ {{2}}{name} ", shown.stdout) for name in NAMES)


def test_json_is_one_object_with_the_rows() -> None:
    assert json.loads(explain("--format", "json").stdout) == {"labels": [dict(row) for row in LABELS]}
    assert [row["group"] for row in json.loads(explain("document", "--format", "json").stdout)["labels"]] == [
        "kind of source",
        "field of a reading",
    ]


@pytest.mark.parametrize(
    ("asked", "remedy"),
    [
        ("asert", "No label is called 'asert'. Did you mean 'assert'?"),
        ("anonymous reason", "Did you mean 'anonymity_reason'?"),
        ("qqqqqq", "To list them all: sayso explain"),
        ("\x1b[2J", "No label is called '␛[2J'."),
        ("", "No label is called ''."),
    ],
)
def test_an_unknown_label_is_told_with_the_nearest_one(asked: str, remedy: str) -> None:
    result = explain(asked)
    assert (result.exit_code, result.stdout) == (2, "")
    assert remedy in result.stderr
