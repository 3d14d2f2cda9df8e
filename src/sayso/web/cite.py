"""How to cite a view: the document, the passage, the claim or the entity that it shows, or the view itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sayso import __version__
from sayso.ledger.readings import documents_in
from sayso.ledger.storing import whole_id
from sayso.model import Span
from sayso.web.addresses import address
from sayso.web.citing import Citation, cite_document, cite_passage, cite_view
from sayso.web.claim import claim_of
from sayso.web.page import NotThere, Page, WrongQuestion, required, row_id
from sayso.web.showing import counted, day

VIEWS = {"/": "Start", "/search": "Search", "/outlets": "Outlets", "/compare": "Two documents side by side"}


@dataclass(frozen=True, slots=True)
class CiteView:
    """What is cited, the view that shows it, how it is cited, and how the documents are that it is in, or sets side by
    side."""

    what: str
    name: str
    back: str
    citation: Citation
    of_documents: tuple[Citation, ...]


def ask(ledger: sqlite3.Connection, given: Mapping[str, str]) -> CiteView:
    """How to cite what a view shows; `view` is its path, all else is what the view is asked for.

    Raises NotThere, and WrongQuestion for a view that there is not.
    """
    view = required(given, "view", "/cite?view=/document&id=text-0123456789abcdef")
    asked = {name: value for name, value in given.items() if name != "view"}
    back = address(view, **asked)
    if view == "/document":
        return _document(ledger, asked, back)
    if view == "/claim":
        return _claim(ledger, asked, back)
    if view == "/entity":
        return _entity(ledger, asked, back)
    if view == "/compare" and asked.get("b"):
        documents = tuple(_one(ledger, asked[name])[1] for name in ("a", "b") if asked.get(name))
        return CiteView("comparison", VIEWS[view], back, _cited(ledger, "comparison", VIEWS[view], back), documents)
    if view in VIEWS:
        words = f"{VIEWS[view]}: {asked['words']}" if asked.get("words") else VIEWS[view]
        return CiteView("view", words, back, _cited(ledger, "view", words, back), ())
    raise WrongQuestion("There is no such view to cite.")


def _one(ledger: sqlite3.Connection, id_: str) -> tuple[str, Citation]:
    """A document's title, and how it is cited. Raises NotThere."""
    row = ledger.execute("SELECT id, name FROM documents WHERE reading_id = ?", (id_,)).fetchone()
    if row is None:
        raise NotThere("This ledger has no document of that id; search for words of its title.")
    (document,) = documents_in(ledger, [row["id"]])
    return row["name"], cite_document(document)


def _document(ledger: sqlite3.Connection, asked: Mapping[str, str], back: str) -> CiteView:
    id_ = required(asked, "id", "/cite?view=/document&id=text-0123456789abcdef")
    name, whole = _one(ledger, id_)
    wanted = asked.get("attribution")
    if wanted is None:
        return CiteView("document", name, back, whole, ())
    row = ledger.execute("SELECT id FROM documents WHERE reading_id = ?", (id_,)).fetchone()
    (document,) = documents_in(ledger, [row["id"]])
    for one in ledger.execute(_PASSAGES, (row["id"],)).fetchall():
        if whole_id(id_, one["reading_id"]) == wanted:
            return CiteView("passage", name, back, cite_passage(document, Span(one["start"], one["end"])), (whole,))
    raise NotThere("That document has no attribution of that id.")


_PASSAGES = """
SELECT attributions.reading_id, min(spans."start") AS "start", max(spans."end") AS "end" FROM attributions
JOIN spans ON attribution_id = attributions.id
WHERE document_id = ? GROUP BY attributions.id"""


def _claim(ledger: sqlite3.Connection, asked: Mapping[str, str], back: str) -> CiteView:
    id_ = required(asked, "id", "/cite?view=/claim&id=text-0123456789abcdef:10-14")
    found = claim_of(ledger, id_)
    told = f"told in {counted(found['document_count'], 'document')}"
    return CiteView("claim", found["name"], back, _cited(ledger, "claim", found["name"], found["reading_id"], told), ())


def _entity(ledger: sqlite3.Connection, asked: Mapping[str, str], back: str) -> CiteView:
    row = row_id(asked, "id", "/cite?view=/entity&id=1")
    found = ledger.execute("SELECT * FROM entities WHERE id = ?", (row,)).fetchone()
    if found is None:
        raise NotThere("This ledger knows no such source; search for its name.")
    told = f"{counted(found['attribution_count'], 'attribution')} in {counted(found['document_count'], 'document')}"
    return CiteView("source", found["name"], back, _cited(ledger, "source", found["name"], str(row), told), ())


def _cited(ledger: sqlite3.Connection, what: str, name: str, id_: str, told: str = "") -> Citation:
    """How something is cited that sayso shows, with the extent of the ledger that it is of."""
    count, first, last = ledger.execute(
        "SELECT count(*), min(published_on), max(published_on) FROM documents"
    ).fetchone()
    extent = f"a ledger of {counted(count, 'document')}"
    if first:
        extent += f" of {day(first)}" if first == last else f" of {day(first)} to {day(last)}"
    found = f"{told}, in {extent}" if told else f"of {extent}"
    today = datetime.now(UTC).date().isoformat()
    return cite_view(what, name, id_, found, __version__, today)


@dataclass(frozen=True, slots=True)
class Row:
    """A form in which something is cited."""

    form: str
    words: str


def rows(view: CiteView) -> Iterator[Row]:
    """The forms, a row each."""
    for form in ("text", "html", "bibtex", "link"):
        words = getattr(view.citation, form)
        if words:
            yield Row(form, words)


PAGE = Page("/cite", "cite.html", ask, rows, Row)
