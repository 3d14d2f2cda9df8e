"""Two documents side by side: what one says and the other does not, who is heard in one alone, quotations cut."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sayso.ledger.comparing import Comparison, compare
from sayso.web.page import NotThere, Page, WrongQuestion, required
from sayso.web.start import DocumentLine

MOST_LIKE = 30  # documents that one can be compared with, in the list of them


@dataclass(frozen=True, slots=True)
class LikeIt:
    """A document that shares words or claims with another: how many words of passages, how many claims."""

    document: DocumentLine
    words: int
    claims: int


@dataclass(frozen=True, slots=True)
class CompareView:
    """Two documents compared; or one, and those that it may be compared with."""

    a: str
    b: str | None
    title: str
    comparison: Comparison | None
    like_it: tuple[LikeIt, ...]


def ask(ledger: sqlite3.Connection, given: Mapping[str, str]) -> CompareView:
    """Two documents by their ids in Readings; with one alone, the documents that have most in common with it.

    Raises NotThere for one that the ledger lacks, WrongQuestion for one compared with itself.
    """
    a, b = required(given, "a", "/compare?a=text-0123456789abcdef&b=text-fedcba9876543210"), given.get("b") or None
    if a == b:
        raise WrongQuestion("A document is the same as itself; choose another one to compare it with.")
    row = ledger.execute("SELECT id, name FROM documents WHERE reading_id = ?", (a,)).fetchone()
    if row is None:
        raise NotThere("This ledger has no document of that id; search for words of its title.")
    if b is None:
        return CompareView(a, None, row["name"], None, tuple(_like_it(ledger, row["id"])))
    found = compare(ledger, a, b)
    if found is None:
        raise NotThere("This ledger has no document of the second id; search for words of its title.")
    return CompareView(a, b, row["name"], found, ())


def _like_it(ledger: sqlite3.Connection, row: int) -> Iterator[LikeIt]:
    for one in ledger.execute(_LIKE_IT, (row, MOST_LIKE)).fetchall():
        line = DocumentLine(*(one[key] for key in ("id", "title", "outlet", "published", "said", "unnamed")))
        yield LikeIt(line, one["words"], one["claims"])


_LIKE_IT = """
WITH
  shared AS (
    SELECT b_id AS id, words, 0 AS claims FROM copies WHERE a_id = ?1
    UNION ALL
    SELECT a_id, words, 0 FROM copies WHERE b_id = ?1
    UNION ALL
    SELECT theirs.document_id, 0, count(DISTINCT mine_in.claim_id) FROM propositions AS mine
    JOIN members AS mine_in ON mine_in.proposition_id = mine.id
    JOIN members AS theirs_in ON theirs_in.claim_id = mine_in.claim_id
    JOIN propositions AS theirs ON theirs.id = theirs_in.proposition_id
    WHERE mine.document_id = ?1 AND theirs.document_id <> ?1 GROUP BY theirs.document_id
  )
SELECT
  reading_id AS id, documents.name AS title, outlets.name AS outlet, published_on AS published,
  documents.attribution_count AS said, unnamed_attribution_count AS unnamed, sum(words) AS words, sum(claims) AS claims
FROM shared
JOIN documents ON documents.id = shared.id
LEFT JOIN entities AS outlets ON outlets.id = outlet_id
GROUP BY documents.id ORDER BY sum(words) + 20 * sum(claims) DESC, documents.id LIMIT ?2"""


@dataclass(frozen=True, slots=True)
class Row:
    """Something that both documents have, or one alone: "said", "heard", "unnamed" or "quotation"."""

    what: str
    where: str
    speaker: str | None
    a: str | None
    b: str | None
    how: str | None
    opposed: bool | None
    confidence: float | None


def rows(view: CompareView) -> Iterator[Row]:
    """What both have, what is in one alone, who is heard where, and the quotations that differ."""
    found = view.comparison
    if found is None:
        for like in view.like_it:
            yield Row("document", "another", None, view.a, like.document.id, None, None, None)
        return
    for both in found.both:
        yield Row(
            "said", "both", both.a.speaker, both.a.content, both.b.content, both.how, both.opposed, both.confidence
        )
    for told in found.only_a:
        yield Row("said", "a", told.speaker, told.content, None, None, None, told.confidence)
    for told in found.only_b:
        yield Row("said", "b", told.speaker, None, told.content, None, None, told.confidence)
    heard = (("both", found.heard_in_both), ("a", found.heard_only_a), ("b", found.heard_only_b))
    for where, these in heard:
        for person in these:
            yield Row("heard", where, person.name, None, None, None, None, None)
    for where, these in (("a", found.unnamed_a), ("b", found.unnamed_b)):
        for person in these:
            yield Row("unnamed", where, person.name, None, None, None, None, None)
    for one in found.quotations:
        a, b = ("".join(piece.words for piece in version) for version in (one.a, one.b))
        yield Row("quotation", "both", one.speaker_a or one.speaker_b, a, b, None, None, None)


PAGE = Page("/compare", "compare.html", ask, rows, Row)
