"""How the API answers: as JSON with an ETag, described by the types that it is written from."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

import msgspec
from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from sayso.web.answers import Refused
from sayso.web.api.problems import MEDIA_TYPE, Problem
from sayso.web.site import Site

JSON = "application/json"
TEXT = "text/plain"
_TAG = {"description": "Changes when the answer does; send it back as If-None-Match.", "schema": {"type": "string"}}


@dataclass(frozen=True, slots=True)
class Body:
    """An answer as it is sent."""

    data: bytes
    tag: str
    media_type: str = JSON

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return len(self.data)


@dataclass(slots=True)
class Described:
    """The types that answers and requests are written from, gathered for the documentation."""

    types: list[Any] = field(default_factory=list)

    def reference(self, kind: Any) -> dict[str, Any]:
        """A type's place in the documentation."""
        if kind not in self.types:
            self.types.append(kind)
        return {"sayso-type": self.types.index(kind)}  # filled in by `fill`, when all are known

    def fill(self, document: dict[str, Any]) -> dict[str, Any]:
        """The documentation with all types in their places."""
        places, schemas = msgspec.json.schema_components(self.types, ref_template="#/components/schemas/{name}")
        kept = document.setdefault("components", {}).setdefault("schemas", {})
        for unused in ("HTTPValidationError", "ValidationError"):  # FastAPI's own errors, which are told otherwise here
            kept.pop(unused, None)
        kept.update(schemas)
        filled: dict[str, Any] = _filled(document, places)
        return filled


def _filled(value: Any, places: tuple[dict[str, Any], ...]) -> Any:
    if isinstance(value, dict):
        if "sayso-type" in value:
            return places[value["sayso-type"]]
        return {name: _filled(one, places) for name, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, places) for one in value]
    return value


DESCRIBED = Described()
_PROBLEMS = {
    401: "The server asks for a token.",
    403: "It comes from a page of another site.",
    404: "There is nothing of that id, name or words.",
    405: "The address takes another method.",
    406: "The Accept header asks for what there is not.",
    409: "What is asked for does not go together.",
    413: "More than one request may hold.",
    415: "The body is no JSON.",
    421: "The server is not called by that name.",
    422: "The parameters or the body do not hold.",
    429: "The queue is full.",
    500: "A fault of sayso's.",
    502: "What was to be fetched could not be.",
    503: "Too much at once, or the ledger cannot be read.",
}
_ALWAYS = (401, 403, 404, 405, 406, 421, 422, 500, 503)


def responses(kind: Any, example: Any, *more: int, status: int = 200, media_type: str = JSON) -> dict[int | str, Any]:
    """What an address answers, for the documentation: a type with an invented example, and problems."""
    content: dict[str, Any] = {"example": example}
    content["schema"] = {"type": "string"} if media_type == TEXT else DESCRIBED.reference(kind)
    told: dict[int | str, Any] = {status: {"description": "The answer.", "content": {media_type: content}}}
    if status == 200 and not more:
        told[200]["headers"] = {"ETag": _TAG}
        told[304] = {"description": "The answer is still what it was.", "headers": {"ETag": _TAG}}
    for one in sorted({*_ALWAYS, *more}):
        schema = DESCRIBED.reference(Problem)
        told[one] = {"description": _PROBLEMS[one], "content": {MEDIA_TYPE: {"schema": schema}}}
    return told


def taking(kind: Any, example: Any) -> dict[str, Any]:
    """What an address takes as its body, for the documentation."""
    content = {JSON: {"schema": DESCRIBED.reference(kind), "example": example}}
    return {"requestBody": {"required": True, "content": content}}


async def answered(
    site: Site, request: Request, ask: Callable[[sqlite3.Connection], Any], media_type: str = JSON
) -> Response:
    """What a question to the ledger gives: 304 and no body where the client has it already."""
    check_parameters(request)
    check_accepted(request, media_type)

    def made(ledger: sqlite3.Connection) -> Body:
        found = ask(ledger)
        return body_of(found.encode() if media_type == TEXT else encoded(found), media_type)

    body = await site.answer(("api", str(request.url.path), *sorted(request.query_params.multi_items())), made)
    return sent(request, body)


def encoded(found: Any) -> bytes:
    """An answer as JSON on one line."""
    return msgspec.json.encode(found)


def body_of(data: bytes, media_type: str = JSON) -> Body:
    """An answer with its tag, which is a hash of it."""
    return Body(data, f'"{hashlib.blake2b(data, digest_size=12).hexdigest()}"', media_type)


def sent(request: Request, body: Body) -> Response:
    """An answer, or 304 where the client says that it has this one."""
    headers = {"ETag": body.tag}
    wanted = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    if body.tag in wanted or "*" in wanted:
        return Response(None, 304, headers)
    return Response(body.data, 200, headers, media_type=body.media_type)


def check_parameters(request: Request) -> None:
    """Whether an address is asked only for what it knows, each once. Raises Refused."""
    route = request.scope.get("route")
    known = [one.alias for one in route.dependant.query_params] if isinstance(route, APIRoute) else []
    given = [name for name, _ in request.query_params.multi_items()]
    for name in given:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            there = f"Did you mean '{near[0]}'?" if near else f"There are: {', '.join(known) or 'none'}."
            raise Refused(422, f"There is no parameter '{name}' here.", there)
        if given.count(name) > 1:
            raise Refused(422, f"The parameter '{name}' stands in the address twice.", "Give it once.")


def check_accepted(request: Request, media_type: str) -> None:
    """Whether the client takes what there is. Raises Refused."""
    header = request.headers.get("accept", "").strip()
    if not header:
        return
    kinds = {media_type, "*/*", f"{media_type.partition('/')[0]}/*"}
    for part in header.split(","):
        kind, *parameters = [one.strip().lower() for one in part.split(";")]
        if kind in kinds and not any(_is_zero(one) for one in parameters):
            return
    raise Refused(406, f"There is this as {media_type} alone.", f"Leave the Accept header out, or accept {media_type}.")


def _is_zero(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    return name.strip() == "q" and value.strip().rstrip("0") in ("0.", "", "0")
