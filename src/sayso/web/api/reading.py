"""What the API is given: a text or an address to read, and what is to be added to the ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeVar

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import Response

from sayso.errors import InputError
from sayso.export.jsonl import ReadingObject, reading_object
from sayso.export.jsonl import reading_from_json as verified
from sayso.model import Reading
from sayso.readers import Known
from sayso.web import progress
from sayso.web.addresses import address
from sayso.web.answers import Refused
from sayso.web.api import examples
from sayso.web.api.answering import JSON, check_accepted, check_parameters, encoded, responses, taking
from sayso.web.site import Site
from sayso.web.worker import File, Input, Job, NoReading, Pasted, Web

LONGEST = 100_000  # code points of a text that is read while the client waits
_WEB = r"^https?://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}))?(/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?(\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?(#[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?$"

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=2000, pattern=r"\S")]
WebAddress = Annotated[str, msgspec.Meta(max_length=2000, pattern=_WEB)]
Day = Annotated[
    str,
    msgspec.Meta(
        max_length=40,
        extra_json_schema={"anyOf": [{"format": "date"}, {"format": "date-time"}], "example": "2024-05-31"},
    ),
]


class Text(msgspec.Struct, forbid_unknown_fields=True):
    """A text, and what is known of it. Line ends and blanks stay as they are."""

    text: Annotated[str, msgspec.Meta(min_length=1, pattern=r"\S")]
    title: Line | None = None
    publisher: Line | None = None
    published: Day | None = None
    url: WebAddress | None = None


class ShortText(Text, forbid_unknown_fields=True):
    """A text that is read at once, and what is known of it. Line ends and blanks stay as they are."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST, pattern=r"\S")]


class Address(msgspec.Struct, forbid_unknown_fields=True):
    """An address on the web, of http or https. It is fetched once, and never from private addresses."""

    url: WebAddress


Given = TypeVar("Given")


def routes(site: Site) -> APIRouter:
    """The addresses that take something."""
    router = APIRouter()

    async def read(one: Input) -> Response:
        """A Reading of one document, made beside the server."""
        try:
            found = await site.reading(one)
        except InputError as error:
            fetched = isinstance(one, Web)
            raise Refused(
                502 if fetched else 422,
                str(error),
                "Open the address in a browser; if it opens there, save the page and send its text."
                if fetched
                else "Send the text of an article, a mail or a statement.",
            ) from error
        except NoReading as error:
            raise Refused(503, str(error), "Send it again later, or less of it at once.") from error
        return Response(encoded(reading_object(found)), media_type=JSON)

    def added(request: Request, what: str, *inputs: Input) -> Response:
        job: Job = site.worker.add(what, inputs)
        there = address(f"{request.scope.get('root_path', '')}/adding", id=job.id)
        return Response(encoded(progress.Adding((job,), False)), 202, {"Location": there}, media_type=JSON)

    @router.post(
        "/read",
        responses=responses(ReadingObject, examples.READING, 413, 415, 429),
        openapi_extra=taking(ShortText, examples.A_TEXT),
        tags=["reading"],
    )
    async def read_text(request: Request) -> Response:
        """Read a text to a Reading; nothing is stored. Of what one request reads there is a limit; longer texts are
        added."""
        given = await _body(request, ShortText)
        return await read(Pasted(given.text, _known(given)))

    @router.post(
        "/read/web",
        responses=responses(ReadingObject, examples.READING, 413, 415, 429, 502),
        openapi_extra=taking(Address, examples.AN_ADDRESS),
        tags=["reading"],
    )
    async def read_web(request: Request) -> Response:
        """Fetch a page and read it to a Reading; nothing is stored."""
        given = await _body(request, Address)
        _check_fetching(site)
        return await read(Web(given.url))

    @router.post(
        "/documents",
        status_code=202,
        responses=responses(progress.Adding, examples.ADDING, 413, 415, 429, status=202),
        openapi_extra=taking(Text, examples.A_TEXT),
        tags=["adding"],
    )
    async def add_text(request: Request) -> Response:
        """Add a text to the ledger: it is read, stored and traced when those before it are. The answer says where to
        see how far that is; the same document twice is stored once."""
        given = await _body(request, Text)
        return added(request, given.title or "a text", Pasted(given.text, _known(given)))

    @router.post(
        "/documents/web",
        status_code=202,
        responses=responses(progress.Adding, examples.ADDING, 413, 415, 429, status=202),
        openapi_extra=taking(Address, examples.AN_ADDRESS),
        tags=["adding"],
    )
    async def add_web(request: Request) -> Response:
        """Fetch a page and add it to the ledger. What cannot be fetched is told by GET /api/adding."""
        given = await _body(request, Address)
        _check_fetching(site)
        return added(request, given.url, Web(given.url))

    @router.post(
        "/readings",
        status_code=202,
        responses=responses(progress.Adding, examples.ADDING, 413, 415, 429, status=202),
        openapi_extra=taking(ReadingObject, examples.READING),
        tags=["adding"],
    )
    async def add_reading(request: Request) -> Response:
        """Add a Reading that was made elsewhere: hash, offsets and references are verified, and nothing is read
        again."""
        given = encoded(reading_object(_verified(encoded(await _body(request, ReadingObject)))))
        return added(request, "a Reading", File("reading.jsonl", given))

    return router


async def _body(request: Request, kind: type[Given]) -> Given:
    """What a request holds. Raises Refused."""
    check_parameters(request)
    check_accepted(request, JSON)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != JSON:
        raise Refused(
            415,
            f"The body is said to be {media_type or 'of no kind'}.",
            "Send JSON with Content-Type: application/json.",
        )
    try:
        given = msgspec.json.decode(await request.body(), type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Refused(
            422, f"The body does not hold: {error}.", "GET /api/openapi.json says what it may hold."
        ) from error
    published = getattr(given, "published", None)
    if published is not None and not _is_date(published):
        raise Refused(422, f"'{published}' is not a date that sayso knows.", "Write it like 2024-05-31.")
    return given


def _is_date(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _verified(data: bytes) -> Reading:
    try:
        return verified(data, "the Reading")
    except InputError as error:
        raise Refused(422, str(error), "Send it as sayso read --format jsonl or GET /api/reading gives it.") from error


def _known(given: Text) -> Known:
    return Known(title=given.title, publisher=given.publisher, published=given.published, url=given.url)


def _check_fetching(site: Site) -> None:
    if not site.worker.fetches:
        raise Refused(
            403, "This server fetches nothing from the web.", "Send the text, or start it without --no-fetching."
        )
