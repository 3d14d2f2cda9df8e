"""What programs are told where there is no answer: problem details (RFC 9457), each with what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from starlette.responses import Response

from sayso.errors import SaysoError
from sayso.ledger.opening import LedgerError
from sayso.web.answers import Refused
from sayso.web.asking import TooSlow
from sayso.web.page import NotThere, WrongQuestion
from sayso.web.safety import TooLarge
from sayso.web.worker import Full

MEDIA_TYPE = "application/problem+json"
RETRY = "5"  # seconds
DOCUMENTED = "GET /api/openapi.json says what each address takes."


class Problem(msgspec.Struct, omit_defaults=True):
    """Why there is no answer, and what to do. `nearest` are propositions of the ledger that are nearest to words that
    nothing fits."""

    type: str
    title: str
    status: int
    detail: str
    remedy: str
    nearest: tuple[str, ...] = ()


# What to do, by status, where nothing more fitting is known.
REMEDIES: Mapping[int, str] = {
    400: DOCUMENTED,
    401: "Send the server's token as Authorization: Bearer TOKEN.",
    403: "Send it from a program, or from a page of this server.",
    404: f"Take addresses from the documentation: {DOCUMENTED}",
    405: "Use the method that the Allow header names.",
    406: "Leave the Accept header out, or accept application/json.",
    409: DOCUMENTED,
    413: "Send less at once, or add it in a terminal: sayso add LEDGER FILE",
    415: "Send JSON in UTF-8, with Content-Type: application/json.",
    421: "Use the address that sayso serve printed, or start it with --name.",
    422: DOCUMENTED,
    500: "This is a fault of sayso's: what stands in the server's terminal helps to mend it.",
    429: "Send it again later.",
    502: "Open the address in a browser; if it opens there, save the page and send its text.",
    503: "Send it again later.",
}
_BY_KIND: tuple[tuple[type[SaysoError], int, str], ...] = (
    (NotThere, 404, "Take ids from /api/documents, /api/claims, /api/entities or /api/search."),
    (WrongQuestion, 422, DOCUMENTED),
    (Full, 429, "Send it again when some of what GET /api/adding lists is done."),
    (TooLarge, 413, REMEDIES[413]),
    (TooSlow, 503, "Ask for less: a smaller limit, more words in a search."),
    (LedgerError, 503, "See to the ledger on the server: sayso check LEDGER"),
)


def problem(status: int, detail: str, remedy: str | None = None, nearest: tuple[str, ...] = ()) -> Problem:
    """A problem of this status; without a remedy, the one that is usual for it."""
    phrase = HTTPStatus(status).phrase
    kind = f"urn:sayso:problem:{phrase.lower().replace(' ', '-')}"
    advice = remedy or REMEDIES.get(status, REMEDIES[503 if status >= 500 else 400])
    return Problem(kind, phrase, status, detail, advice, nearest)


def of_error(error: SaysoError) -> Problem:
    """The problem that an error is told as."""
    if isinstance(error, Refused):
        return problem(error.status, error.detail, error.remedy, error.nearest)
    for kind, status, remedy in _BY_KIND:
        if isinstance(error, kind):
            return problem(status, str(error), remedy)
    return problem(422, str(error))


def refused(status: int, why: str) -> Response:
    """A refusal of the server as a problem; 401 says how to come in (RFC 6750)."""
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return told(problem(status, why), headers)


def told(one: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """A problem as an answer. One that passes by itself says when to come again."""
    if one.status in (429, 503):
        headers = {"Retry-After": RETRY, **(headers or {})}
    return Response(msgspec.json.encode(one), one.status, headers, media_type=MEDIA_TYPE)
