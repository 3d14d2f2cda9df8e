"""Search: the claims, sources, documents and words that hold what was typed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sayso.ledger.questions import Hit, Said, Speaker, contents_with, documents_with, entities_named, names_like
from sayso.trace.listing import ListedClaim, claims
from sayso.web.page import MOST_WORDS, Page, WrongQuestion

MOST = 20  # of each


@dataclass(frozen=True, slots=True)
class Found:
    """What holds the words searched for: claims, entities by name, documents, and what is attributed to someone.

    `similar_names` are names written much alike, where no entity has the one searched for.
    """

    words: str
    claims: tuple[ListedClaim, ...]
    entities: tuple[Speaker, ...]
    similar_names: tuple[str, ...]
    documents: tuple[Hit, ...]
    contents: tuple[Said, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found."""
        return not (self.claims or self.entities or self.documents or self.contents)


@dataclass(frozen=True, slots=True)
class Row:
    """Something found: what it is, its id, and its words."""

    kind: str
    id: str
    text: str
    document: str | None
    outlet: str | None
    dated: str | None


def ask(ledger: sqlite3.Connection, given: Mapping[str, str]) -> Found:
    """What holds the words of a search; nothing in them is taken for a query's own signs."""
    words = " ".join(given.get("words", "").split())
    if len(words) > MOST_WORDS:
        raise WrongQuestion(f"This search is longer than {MOST_WORDS} characters; take the rarest words of it.")
    if not any(c.isalnum() for c in words):
        return Found(words, (), (), (), (), ())
    entities = tuple(one for one in entities_named(ledger, words) if one.documents)[:MOST]
    return Found(
        words=words,
        claims=tuple(claims(ledger, order="outlets", limit=MOST, words=words)),
        entities=entities,
        similar_names=() if entities else tuple(names_like(ledger, words)),
        documents=tuple(documents_with(ledger, words, MOST)),
        contents=tuple(contents_with(ledger, words, MOST)),
    )


def rows(view: Found) -> Iterator[Row]:
    """All that was found, a row each."""
    for claim in view.claims:
        yield Row("claim", claim.id, claim.text, None, None, None)
    for entity in view.entities:
        yield Row("entity", str(entity.id), entity.name, None, None, None)
    for hit in view.documents:
        yield Row("document", hit.id, hit.excerpt, hit.document, hit.outlet, hit.published)
    for said in view.contents:
        words = " ".join(filter(None, (said.source, said.cue, said.content)))
        yield Row("attribution", said.attribution, words, said.document, said.outlet, said.dated)


PAGE = Page("/search", "search.html", ask, rows, Row)
