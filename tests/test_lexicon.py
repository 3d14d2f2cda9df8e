"""The lexicon's tables: whole, in order, and each row found in the words of its own example."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import Any

import pytest

from sayso.extract.dismissals import dismissals
from sayso.extract.unanswered import unanswered
from sayso.extract.words import split_words
from sayso.lexicon import Row, load_lexicon
from sayso.model import Act, Certainty
from sayso.qualify.cues import rows_in
from sayso.qualify.signs import hedges_in
from sayso.resolve.forms import lowered
from sayso.trace.answers import Effect, effect_of

LEXICON = load_lexicon()
TABLES = LEXICON.tables
# What may be left empty: a cue without a certainty has none, a noun without a gender tells none.
OPTIONAL = {
    "answers": {"after_negation"},
    "cues": {"forms", "certainty", "negated"},
    "governments": {"capital", "seats", "aliases"},
    "hedges": {"forms", "strong"},
    "honorifics": {"gender"},
    "occupations": {"field", "one_place"},
    "outlets": {"aliases"},
    "person_nouns": {"gender"},
    "pronouns": {"gender", "number"},
    "relations": {"gender"},
    "unanswered": {"to", "negated"},
}
KEYS = {"labels": ("label", "group")}  # elsewhere, the first column tells the rows apart
IN_ANOTHER_ORDER = {"labels", "date_holidays"}  # as the labels are explained; as the year goes
SORTED_BY = {"date_numbers": ("place", "word")}
ALLOWED = {
    "act": set(Act),
    "certainty": {*Certainty, ""},
    "negated": {"yes", ""},
    "to": {"to", "for", ""},
    "gender": {"male", "female", "either", "thing", ""},
    "number": {"one", "many", ""},
    "after_negation": {"yes", "no", ""},
    "effect": set(Effect) - {Effect.WITHHOLDS},
    "place": {"before", "after", "opening", "paragraph"},
    "field": {"clergy", "office", "sport", ""},
    "one_place": {"yes", ""},
}
WITH_KEY_IN_EXAMPLE = (
    *("bases", "channels", "date_holidays", "date_lookalikes", "document_nouns", "group_nouns"),
    *("metonyms", "notices", "occupations", "organization_nouns", "titles"),
)


def key_of(table: str, row: Row) -> tuple[str, ...]:
    """What tells a row apart from the others of its table."""
    return tuple(row[column] for column in KEYS.get(table, (next(iter(row)),)))


def cut(text: str, tokenizer: Any) -> list[str]:
    """A text's words and punctuation marks in lower case, as they are read."""
    return lowered(split_words(text, tokenizer))


@pytest.mark.parametrize("table", TABLES)
def test_all_columns_are_filled(table: str) -> None:
    assert TABLES[table]
    for row in TABLES[table]:
        for column, value in row.items():
            assert value == " ".join(value.split()), f"{key_of(table, row)}: spaces in {column}"
            assert value or column in OPTIONAL.get(table, ()), f"{key_of(table, row)}: no {column}"
            assert value in ALLOWED.get(column, {value}), f"{key_of(table, row)}: {column} is {value!r}"


@pytest.mark.parametrize("table", TABLES)
def test_no_key_stands_twice(table: str) -> None:
    assert [key for key, n in Counter(key_of(table, row) for row in TABLES[table]).items() if n > 1] == []


@pytest.mark.parametrize("table", [table for table in TABLES if table not in IN_ANOTHER_ORDER])
def test_rows_are_sorted(table: str) -> None:
    columns = SORTED_BY.get(table) or (next(iter(TABLES[table][0])),)
    keys = [tuple(row[column] for column in columns) for row in TABLES[table]]
    assert keys == sorted(keys)


@pytest.mark.parametrize("table", [table for table in TABLES if "example" in TABLES[table][0]])
def test_examples_are_sentences(table: str) -> None:
    for row in TABLES[table]:
        assert re.search(r"[.?!][”’)]?$", row["example"]) or table in ("labels", "cues"), row
        assert len(row["example"]) < 160, row


def test_every_cue_is_found_in_its_example(tokenizer: Any) -> None:
    missed = []
    for row in TABLES["cues"]:
        words = tuple(re.findall(r"\w+|[^\w\s]", row["cue"].lower()))
        negated = words[0] == "not" and len(words) > 1
        certainty = Certainty(row["certainty"]) if row["certainty"] else None
        wanted = (words[negated:], row["act"], certainty, negated)
        found = rows_in(cut(row["example"], tokenizer), LEXICON)
        if wanted not in [(r.words, r.act, r.certainty, r.when_negated) for r in found]:
            missed.append(f"{row['cue']}: {row['example']}")
    assert missed == []


def test_every_hedge_is_found_in_its_example(tokenizer: Any) -> None:
    missed = []
    for row in TABLES["hedges"]:
        wanted, words = cut(row["hedge"], tokenizer), cut(row["example"], tokenizer)
        found = [(words[slice(*h.words)], h.certainty) for h in hedges_in(words, 0, len(words), LEXICON)]
        if not any(h[0][:3] == wanted[0][:3] and h[1:] == wanted[1:] and c == row["certainty"] for h, c in found):
            missed.append(f"{row['hedge']}: {row['example']}")
    assert missed == []


@pytest.mark.parametrize("row", TABLES["answers"], ids=lambda row: row["words"])
def test_every_answer_is_found_in_its_example(row: Row) -> None:
    quoted = re.search(r"“([^”]*)”", row["example"])
    said = quoted[1] if quoted else re.sub(r", (?:the|said) .*|^Asked[^,]*, .* said (?=every)", "", row["example"])
    assert effect_of(said) == row["effect"]


@pytest.mark.parametrize("table", WITH_KEY_IN_EXAMPLE)
def test_a_key_stands_in_its_example(table: str) -> None:
    for row in TABLES[table]:
        (key,) = key_of(table, row)
        stem = re.sub(r"(man|y)$", "", key.lower())
        assert re.search(rf"(?<!\w){re.escape(stem)}", row["example"].lower()), row


@pytest.mark.parametrize("row", TABLES["date_holidays"], ids=lambda row: row["holiday"])
def test_a_holiday_in_a_fixed_place_is_a_day(row: Row) -> None:
    if re.fullmatch(r"\d+-\d+", row["day"]):
        month, day = map(int, row["day"].split("-"))
        assert date(2024, month, day)


def test_short_forms_and_full_names_are_single_words() -> None:
    name = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
    for row in TABLES["nicknames"]:
        assert all(name.fullmatch(word) for word in [row["short"], *row["full"].split()]), row


def test_an_alias_of_an_outlet_is_not_its_own_name() -> None:
    for row in TABLES["outlets"]:
        assert row["name"] not in row["aliases"].split("; ")


@pytest.mark.parametrize("row", [pytest.param(r, id=r["phrase"]) for r in TABLES["dismissals"]])
def test_a_dismissal_is_found_in_its_example(row: Row, tokenizer: Any) -> None:
    words = split_words(row["example"], tokenizer)
    lower = lowered(words)
    (found,) = dismissals(words, lower, [], LEXICON)
    assert lower[found.cue[0]] in row["forms"].split()
    assert lower[slice(*found.cue)][1:] == row["phrase"].split()[1:]
    assert found.source == (0, found.cue[0])
    assert found.content == ((found.cue[1], len(words) - 1),)


@pytest.mark.parametrize("row", [pytest.param(r, id=r["phrase"]) for r in TABLES["unanswered"]])
def test_a_silence_is_found_in_its_example(row: Row, tokenizer: Any) -> None:
    words = split_words(row["example"], tokenizer)
    (found,) = unanswered(words, lowered(words), [], LEXICON)
    said = lowered(words)[slice(*found.cue)]
    assert row["phrase"].split()[-1] in said
    assert found.source is not None
