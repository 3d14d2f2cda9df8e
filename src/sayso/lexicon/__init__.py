"""What a journalist knows, as data: tables in TSV files by language, which anyone can read and amend.

Each file begins with a line that names its columns. A row that is wrong is mended there, not in code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable

from sayso.errors import SaysoError

Row = Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Lexicon:
    """The tables of one language, each read when it is first asked for, and a version made from all their bytes."""

    tables: Mapping[str, tuple[Row, ...]]
    version: str

    def column(self, table: str, key: str, value: str) -> dict[str, str]:
        """One column of a table by another, in lower case on both sides' keys."""
        return {row[key].lower(): row[value] for row in self.tables[table]}

    def words(self, table: str, column: str) -> frozenset[str]:
        """All words of a column, in lower case; several in one field stand apart by "; "."""
        return frozenset(word for row in self.tables[table] for word in row[column].lower().split("; ") if word)

    @cached_property
    def gender_of_given_name(self) -> dict[str, str]:
        return self.column("given_names", "name", "gender")

    @cached_property
    def gender_of_noun(self) -> dict[str, str]:
        """Of nouns for one person, relatives among them; empty where the word does not tell."""
        return self.column("person_nouns", "noun", "gender") | self.column("relations", "noun", "gender")

    @cached_property
    def gender_of_honorific(self) -> dict[str, str]:
        return {k.rstrip("."): v for k, v in self.column("honorifics", "honorific", "gender").items()}

    @cached_property
    def name_suffixes(self) -> frozenset[str]:
        """What follows a personal name and tells generations apart: "jr", "iii", without full stops."""
        rows = self.tables["suffixes"]
        return frozenset(row["suffix"].lower().rstrip(".") for row in rows if row["meaning"] == "generation")

    @cached_property
    def title_words(self) -> frozenset[str]:
        """The words of which titles before a name are made, without full stops: "vice", "president", "sen"."""
        return frozenset(w.rstrip(".") for row in self.tables["titles"] for w in row["title"].lower().split()) - {
            "of",
            "the",
        }

    @cached_property
    def role_names(self) -> dict[str, frozenset[str]]:
        """The roles that a wider noun may stand for: "lawmaker" for a senator."""
        return {row["noun"]: frozenset(row["roles"].split("; ")) for row in self.tables["role_names"]}

    @cached_property
    def document_heads(self) -> frozenset[str]:
        """The last words of nouns for documents: "report", "poll"."""
        return frozenset(row["noun"].lower().split()[-1] for row in self.tables["document_nouns"])

    @cached_property
    def document_phrases(self) -> frozenset[str]:
        """Nouns for documents of several words, some of which stand for people elsewhere: "census figures"."""
        return frozenset(row["noun"].lower() for row in self.tables["document_nouns"] if " " in row["noun"])

    @cached_property
    def organization_heads(self) -> frozenset[str]:
        """The last words of nouns for organizations: "campaign", "department"."""
        return frozenset(row["noun"].lower().split()[-1] for row in self.tables["organization_nouns"])

    @cached_property
    def group_heads(self) -> frozenset[str]:
        """The last words of nouns for groups without a corporate identity: "public", "family"."""
        return frozenset(row["noun"].lower().split()[-1] for row in self.tables["group_nouns"])

    @cached_property
    def outlets(self) -> dict[str, frozenset[str]]:
        """The outlets that go by a name or alias, in lower case without "the"; several share "times"."""
        found: dict[str, set[str]] = {}
        for row in self.tables["outlets"]:
            for name in (row["name"], *row["aliases"].split("; ")):
                if name:
                    found.setdefault(name.lower().removeprefix("the "), set()).add(row["name"])
        return {name: frozenset(outlets) for name, outlets in found.items()}

    @cached_property
    def seats(self) -> frozenset[str]:
        """Seats of power, which stand for a government: "kremlin", "white house"."""
        return frozenset(w.removeprefix("the ") for w in self.words("governments", "seats"))

    @cached_property
    def acronyms(self) -> dict[str, str]:
        """What acronyms stand for that news uses without explanation; both without full stops."""
        return {row["acronym"].replace(".", "").lower(): row["name"] for row in self.tables["acronyms"]}

    @cached_property
    def governments(self) -> dict[str, str]:
        """The country behind a name, capital, seat of power or demonym, in lower case without "the"."""
        found: dict[str, str] = {}
        for row in self.tables["governments"]:
            for field in ("country", "aliases", "capital", "seats"):
                for name in row[field].split("; "):
                    if name:
                        found.setdefault(name.lower().removeprefix("the "), row["country"])
        return found

    @cached_property
    def demonyms(self) -> dict[str, str]:
        """The country of a demonym in lower case: "russian" and "russians"."""
        return {
            d.lower(): row["country"] for row in self.tables["governments"] for d in row["demonyms"].split("; ") if d
        }

    @cached_property
    def bases(self) -> dict[str, tuple[tuple[str, ...], ...]]:
        """Words that lead to the one on whose word somebody speaks, by the first of them."""
        found: dict[str, tuple[tuple[str, ...], ...]] = {}
        for row in self.tables["bases"]:
            words = tuple(row["basis"].split())
            found[words[0]] = (*found.get(words[0], ()), words)
        return found

    @cached_property
    def pronouns(self) -> dict[str, Row]:
        return {row["pronoun"]: row for row in self.tables["pronouns"]}

    @cached_property
    def nicknames(self) -> dict[str, frozenset[str]]:
        """The full given names that a short one may stand for."""
        return {row["short"].lower(): frozenset(row["full"].lower().split()) for row in self.tables["nicknames"]}


class _Tables(Mapping[str, tuple[Row, ...]]):
    """Tables by name. Most who ask need a few: reading all takes a question longer than answering it from them."""

    def __init__(self, places: Mapping[str, Traversable]) -> None:
        self._places = places
        self._read: dict[str, tuple[Row, ...]] = {}

    def __getitem__(self, name: str) -> tuple[Row, ...]:
        if name not in self._read:
            self._read[name] = read_table(self._places[name])
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def read_table(place: Traversable) -> tuple[Row, ...]:
    """The rows of a TSV file. Raises SaysoError, with the line, where one has too many or too few fields."""
    lines = place.read_text("utf8").splitlines()
    names = lines[0].split("\t")
    rows = []
    for number, line in enumerate(lines[1:], 2):
        fields = line.split("\t")
        if len(fields) != len(names):
            message = f"{len(fields)} fields, expected {len(names)} ({', '.join(names)}), parted by tabs"
            raise SaysoError(f"{place}, line {number}: {message}")
        rows.append(dict(zip(names, fields, strict=True)))
    return tuple(rows)


def load_lexicon(language: str = "en") -> Lexicon:
    """The lexicon of a language that comes with sayso, loaded once. Asking for a table raises SaysoError where its file
    is not in the format."""
    return _loaded(language)


@cache
def _loaded(language: str) -> Lexicon:
    folder = files("sayso") / "lexicon" / language
    places = sorted((p for p in folder.iterdir() if p.name.endswith(".tsv")), key=lambda p: p.name)
    version = hashlib.sha256(b"\0".join(p.name.encode() + b"\0" + p.read_bytes() for p in places))
    return Lexicon(_Tables({p.name.removesuffix(".tsv"): p for p in places}), version.hexdigest()[:12])


@cache
def word_list(use: str, language: str = "en") -> frozenset[str]:
    """The words of one row of word_lists.tsv, in lower case: small closed lists that the stages share with nobody."""
    rows = load_lexicon(language).tables["word_lists"]
    return next(frozenset(row["words"].split()) for row in rows if row["use"] == use)
