"""What the API is asked for: the ledger, its documents, claims, sources and copies. Each address puts the question that
a page or a command puts, to the same functions."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from sayso.export.answers import ClaimObject, CopyObject, WhoObject, claim_object, copy_object, who_object
from sayso.export.jsonl import ReadingObject, reading_object
from sayso.ledger.history import Version
from sayso.ledger.history import history as versions_of
from sayso.ledger.questions import Said, Speaker, speaker_with, speakers_from, statements_of, who_speaks_most
from sayso.ledger.readings import readings
from sayso.model import SourceKind
from sayso.trace.copies_found import PassageKind, copies_in
from sayso.trace.listing import claims as listed
from sayso.trace.listing import place_of
from sayso.web import cite, claim, compare, document, entity, outlets, progress, search, start
from sayso.web.answers import Refused, answer_of
from sayso.web.api import examples
from sayso.web.api.answering import TEXT, answered, body_of, check_accepted, check_parameters, encoded, responses, sent
from sayso.web.api.cursors import Items, page, place_in
from sayso.web.corrections import Corrected
from sayso.web.corrections import listed as listed_corrections
from sayso.web.page import MOST_WORDS, NotThere
from sayso.web.site import Site
from sayso.web.start import ADDED, NEWEST, DocumentLine, lines

MOST_ITEMS = 200  # on a page
ITEMS = 50

# Parameters that several addresses take. Ids are what users and feeds put into them, of any length and letters.
Id = Annotated[str, Query(min_length=1, max_length=2000, description="An id, as lists and Readings give it.")]
MaybeId = Annotated[str | None, Query(min_length=1, max_length=2000, description="An id, as lists give it.")]
Row = Annotated[
    int, Query(ge=1, le=10**18 - 1, description="The id of a source across documents, as /api/entities gives it.")
]
Words = Annotated[
    str | None, Query(min_length=1, max_length=MOST_WORDS, description="Words; those in quotation marks together.")
]
Name = Annotated[str | None, Query(min_length=1, max_length=MOST_WORDS, description="A name, any that it goes by.")]
Period = Annotated[
    str | None,
    Query(pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$", description="A day, month or year: 2024-05-31, 2024-05."),
]
Limit = Annotated[int, Query(ge=1, le=MOST_ITEMS, description="How many items a page holds at most.")]
Cursor = Annotated[
    str | None,
    Query(min_length=1, max_length=4000, description="To go on: from the address under `next`."),
]


class History(msgspec.Struct):
    """The versions of a document in the order in which they came, and what changed from one to the next."""

    of: str
    versions: tuple[Version, ...]


def routes(site: Site) -> APIRouter:
    """The addresses that ask."""
    router = APIRouter()

    async def paged(
        request: Request,
        list_: str,
        limit: int,
        found: Callable[[sqlite3.Connection], Any],
        place: Callable[[Any], tuple[str | int | None, ...]],
        item: Callable[[Any], Any],
    ) -> Response:
        given: dict[str, object] = {k: v for k, v in request.query_params.items() if k != "cursor"}
        path = str(request.url.path)
        return await answered(site, request, lambda ledger: page(found(ledger), list_, limit, place, item, path, given))

    @router.get("/start", responses=responses(start.Start, examples.START), tags=["ledger"])
    async def start_(request: Request) -> Response:
        """What the ledger holds, and the claims to begin with. `not_traced` counts documents that claims and copies are
        not known of yet."""
        return await answered(site, request, lambda ledger: start.ask(ledger, {}))

    @router.get("/search", responses=responses(search.Found, examples.SEARCH), tags=["ledger"])
    async def search_(
        request: Request, words: Annotated[str, Query(min_length=1, max_length=MOST_WORDS, examples=["weir Ostrey"])]
    ) -> Response:
        """Claims, sources, documents and contents that hold all of some words, in any order."""
        return await answered(site, request, lambda ledger: search.ask(ledger, {"words": words}))

    @router.get("/outlets", responses=responses(outlets.Outlets, examples.OUTLETS), tags=["ledger"])
    async def outlets_(request: Request) -> Response:
        """Of each outlet: what it attributes to unnamed sources, what it has from agencies and other outlets."""
        return await answered(site, request, lambda ledger: outlets.ask(ledger, {}))

    @router.get("/documents", responses=responses(Items[DocumentLine], examples.DOCUMENTS), tags=["documents"])
    async def documents(
        request: Request, order: Literal["added", "newest"] = "added", limit: Limit = ITEMS, cursor: Cursor = None
    ) -> Response:
        """The documents, in the order in which they were added or the newest first. Followed to its end, a list gives
        each once, also while others are added."""
        columns, kinds = (ADDED, (int,)) if order == "added" else (NEWEST, (str | None, int))
        after = place_in(cursor, f"documents {order}", kinds)
        return await paged(
            request,
            f"documents {order}",
            limit,
            lambda ledger: lines(ledger, columns, limit + 1, after),
            lambda one: one[0],
            lambda one: one[1],
        )

    @router.get("/document", responses=responses(document.DocumentView, examples.DOCUMENT), tags=["documents"])
    async def document_(request: Request, id: Id) -> Response:
        """A document as its page shows it: text, who says what in it, its speakers, the entities and claims that these
        lead to, its versions, and the documents that its passages stand in too."""
        return await answered(site, request, lambda ledger: document.ask(ledger, {"id": id}))

    @router.get("/reading", responses=responses(ReadingObject, examples.READING), tags=["documents"])
    async def reading(request: Request, id: Id) -> Response:
        """A document's Reading, as `sayso read --format jsonl` writes it. Offsets are half-open, in Unicode code points
        of the text."""

        def ask(ledger: sqlite3.Connection) -> ReadingObject:
            (found,) = readings(ledger, [_row(ledger, id)])
            return reading_object(found)

        return await answered(site, request, ask)

    @router.get("/text", responses=responses(str, examples.TEXT, media_type=TEXT), tags=["documents"])
    async def text(request: Request, id: Id) -> Response:
        """A document's text alone, never altered, as UTF-8."""

        def ask(ledger: sqlite3.Connection) -> str:
            found = ledger.execute("SELECT text FROM documents WHERE id = ?", (_row(ledger, id),)).fetchone()
            return str(found["text"])

        return await answered(site, request, ask, TEXT)

    @router.get("/history", responses=responses(History, examples.HISTORY), tags=["documents"])
    async def history(
        request: Request,
        of: Annotated[
            str, Query(min_length=1, max_length=2000, description="The id or the URL of one.", examples=["courier-1"])
        ],
    ) -> Response:
        """The versions of a document, what changed from one to the next, and corrections that were announced."""

        def ask(ledger: sqlite3.Connection) -> History:
            found = versions_of(ledger, of)
            if not found:
                raise NotThere("This ledger has no document of that id or URL.")
            return History(of, tuple(found))

        return await answered(site, request, ask)

    @router.get("/copies", responses=responses(Items[CopyObject], examples.COPIES), tags=["documents"])
    async def copies(
        request: Request,
        document: MaybeId = None,
        quotations: bool = False,
        as_of: Period = None,
        limit: Limit = ITEMS,
        cursor: Cursor = None,
    ) -> Response:
        """The pairs of documents that share passages, those with most words first, and which had them first; with
        `quotations`, the pairs that share quotations alone."""
        kind = PassageKind.QUOTATION if quotations else PassageKind.PASSAGE
        after: Any = place_in(cursor, "copies", (int, str, str))

        def found(ledger: sqlite3.Connection) -> Any:
            if document is not None:
                _row(ledger, document)
            return copies_in(ledger, document, kind, limit + 1, as_of, after)

        return await paged(
            request, "copies", limit, found, lambda one: (one[1], *one[0].documents), lambda one: copy_object(one[0])
        )

    @router.get("/compare", responses=responses(compare.CompareView, examples.COMPARE), tags=["documents"])
    async def compare_(request: Request, a: Id, b: MaybeId = None) -> Response:
        """Two documents side by side: who is heard and what is said in one alone, quotations cut differently; without
        `b`, the documents to compare with."""
        if a == b:
            raise Refused(409, "A document is the same as itself.", "Name another one as b, or none.")
        return await answered(site, request, lambda ledger: compare.ask(ledger, _given(a=a, b=b)))

    @router.get("/claims", responses=responses(Items[ClaimObject], examples.CLAIMS), tags=["claims"])
    async def claims(
        request: Request,
        order: Literal["documents", "outlets", "origins", "disputes", "unnamed", "newest", "id"] = "documents",
        text: Words = None,
        outlet: Name = None,
        entity: Name = None,
        since: Period = None,
        until: Period = None,
        disputed: bool = False,
        limit: Limit = ITEMS,
        cursor: Cursor = None,
    ) -> Response:
        """The claims with what was counted of them, as `sayso claims` lists them. By `id` each is given once also while
        claims are traced, which moves them in the other orders."""
        kinds = {"newest": (str | None, int, str, str), "id": (str, str), "documents": (int, str, str)}
        after = place_in(cursor, f"claims {order}", kinds.get(order, (int, int, str, str)))
        return await paged(
            request,
            f"claims {order}",
            limit,
            lambda ledger: listed(
                ledger,
                order=order,
                limit=limit + 1,
                after=after,
                words=text,
                outlet=outlet,
                entity=entity,
                since=since,
                until=until,
                disputed=disputed,
            ),
            lambda one: place_of(one, order),  # type: ignore[arg-type,return-value]
            claim_object,
        )

    @router.get("/claim", responses=responses(claim.ClaimView, examples.CLAIM), tags=["claims"])
    async def claim_(request: Request, id: Id) -> Response:
        """A claim as its page shows it, by the id of any attribution or statement that takes part in it: positions with
        their chains, origins, and the documents and sources that these pass."""
        return await answered(site, request, lambda ledger: claim.ask(ledger, {"id": id}))

    @router.get("/who", responses=responses(WhoObject, examples.WHO), tags=["claims"])
    async def who(
        request: Request,
        claim: Annotated[
            str,
            Query(
                min_length=1,
                max_length=MOST_WORDS,
                description="A claim in words, or by an id.",
                examples=["the weir is cracked"],
            ),
        ],
        as_of: Period = None,
    ) -> Response:
        """Who holds what on a claim, by which chain, and on how many distinct origins each side rests: what
        `sayso who --format json` prints, of what is traced by now. No verdict is given."""

        def ask(ledger: sqlite3.Connection) -> WhoObject:
            return who_object(answer_of(ledger, claim, as_of))

        return await answered(site, request, ask)

    @router.get("/entities", responses=responses(Items[Speaker], examples.ENTITIES), tags=["entities"])
    async def entities(
        request: Request,
        order: Literal["id", "attributions"] = "id",
        kind: SourceKind | None = None,
        limit: Limit = ITEMS,
        cursor: Cursor = None,
    ) -> Response:
        """Sources across documents, those who speak. By `id` each is given once, also while documents are added; by
        `attributions`, the most first, there are as many as one page holds."""
        if order == "attributions":
            if cursor is not None:
                raise Refused(404, "This order has one page.", "Take order=id to walk through all of them.")
            return await answered(
                site, request, lambda ledger: Items(tuple(who_speaks_most(ledger, limit, kind)), None)
            )
        after: Any = place_in(cursor, "entities", (int,)) or (0,)
        return await paged(
            request,
            "entities",
            limit,
            lambda ledger: speakers_from(ledger, after[0], limit + 1, kind),
            lambda one: (one.id,),
            lambda one: one,
        )

    @router.get("/entity", responses=responses(entity.EntityView, examples.ENTITY), tags=["entities"])
    async def entity_(request: Request, id: Row) -> Response:
        """A source across documents as its page shows it: what it said in the order of time, its positions by claim,
        its roles, its outlets."""
        return await answered(site, request, lambda ledger: entity.ask(ledger, {"id": str(id)}))

    @router.get("/statements", responses=responses(Items[Said], examples.STATEMENTS), tags=["entities"])
    async def statements(request: Request, entity: Row, limit: Limit = ITEMS, cursor: Cursor = None) -> Response:
        """All that a source across documents said, in the order of time, undated first."""
        after: Any = place_in(cursor, "statements", (str, int)) or ("", 0)

        def found(ledger: sqlite3.Connection) -> Any:
            if speaker_with(ledger, entity) is None:
                raise NotThere("This ledger knows no such source.")
            return statements_of(ledger, entity, limit + 1, after)

        return await paged(
            request, "statements", limit, found, lambda one: (one[1].dated or "", one[0]), lambda one: one[1]
        )

    @router.get("/corrections", responses=responses(Items[Corrected], examples.CORRECTIONS), tags=["ledger"])
    async def corrections_(request: Request, limit: Limit = ITEMS, cursor: Cursor = None) -> Response:
        """What people put right, the last first: who, when and why, and whether it holds. All that is asked for here
        follows what holds. `sayso correct --list --format jsonl` writes the entries themselves."""
        after: Any = place_in(cursor, "corrections", (str, str))
        return await paged(
            request,
            "corrections",
            limit,
            lambda ledger: listed_corrections(ledger, limit + 1, after),
            lambda one: (one.made, one.id),
            lambda one: one,
        )

    @router.get("/citation", responses=responses(cite.CiteView, examples.CITATION), tags=["ledger"])
    async def citation(
        request: Request,
        view: Literal["/", "/search", "/outlets", "/compare", "/document", "/claim", "/entity"],
        id: MaybeId = None,
        attribution: MaybeId = None,
        a: MaybeId = None,
        b: MaybeId = None,
        words: Words = None,
    ) -> Response:
        """How to cite what a page shows: as text, HTML and BibTeX, with a link to the passage in the original."""
        if view in ("/document", "/claim", "/entity") and id is None:
            raise Refused(404, f"The view {view} is of something, and no id says of what.", "Name it: id=…")
        if view == "/entity" and not _is_row(id or ""):
            raise Refused(404, f"'{id}' is no source's id.", "Take one from /api/entities; it is a number.")
        given = _given(view=view, id=id, attribution=attribution, a=a, b=b, words=words)
        return await answered(site, request, lambda ledger: cite.ask(ledger, given))

    @router.get("/adding", responses=responses(progress.Adding, examples.ADDING), tags=["adding"])
    async def adding(request: Request, id: MaybeId = None) -> Response:
        """What was added since the server was started, or one of it, and how far it is."""
        check_parameters(request)
        check_accepted(request, "application/json")
        return sent(request, body_of(encoded(progress.of(site.worker, id))))

    return router


def _row(ledger: sqlite3.Connection, id_: str) -> int:
    found = ledger.execute("SELECT id FROM documents WHERE reading_id = ?", (id_,)).fetchone()
    if found is None:
        raise NotThere("This ledger has no document of that id.")
    return int(found["id"])


def _given(**given: str | None) -> Mapping[str, str]:
    return {name: value for name, value in given.items() if value is not None}


def _is_row(id_: str) -> bool:
    return id_.isascii() and id_.isdigit() and len(id_) <= 18
