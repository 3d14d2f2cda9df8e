"""Who may ask the server for what: checked before any page is made, and said to the browser with every answer.

A page elsewhere can make a browser send requests here, and with DNS rebinding under a name of its own. So the Host
header has to be one of the server's names; what writes has to come from one of its own pages and to carry what only
these hold; and nothing here answers to other sites' images, scripts or frames.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Literal
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sayso.errors import SaysoError

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
MOST_BYTES = 20 << 20  # of one request: an upload
SHORTEST_TOKEN = 16  # characters
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
SIGN_IN = "/sign-in"
FORM_COOKIE = "sayso-form"
API = "/api"
AT_ONCE = 200  # requests
OPEN_TO_ALL = (SIGN_IN, "/static/")

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",  # "no-referrer" would make a form's Origin header "null"
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True, slots=True)
class Access:
    """By which names the server may be called, and the token that it asks for, where it does.

    `numbers` says whether any address in numbers will do: no site elsewhere can have one as its name. `secret` is of
    this run of the server alone.
    """

    names: frozenset[str] = LOOPBACK
    numbers: bool = False
    token: str | None = None
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def calls(self, host: str) -> bool:
        """Whether a Host header names this server."""
        name = _name_in(host)
        return name is not None and (name in self.names or (self.numbers and _is_number(name)))

    def sign_in_cookie(self) -> tuple[str, str]:
        """The cookie of those who gave the token: its name, and its value."""
        token = (self.token or "").encode()
        return f"sayso-{hashlib.sha256(token).hexdigest()[:8]}", _seal(token, "signed in")

    def is_token(self, given: str) -> bool:
        """Whether this is the token, compared in constant time."""
        return self.token is not None and hmac.compare_digest(given.encode(), self.token.encode())

    def form_token(self, cookie: str) -> str:
        """What a form has to carry in the browser that has this cookie."""
        return _seal(self.secret, f"form {cookie}")

    def is_form_token(self, cookie: str | None, given: str) -> bool:
        """Whether a form comes from a page that was made for this browser by this run of the server."""
        return bool(cookie) and hmac.compare_digest(given.encode(), self.form_token(cookie or "").encode())


class TooLarge(SaysoError):
    """A request of more bytes than are taken."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"This is more than {most >> 20} MB; add it in smaller parts, or in a terminal: sayso add LEDGER FILE"
        )


class Guard:
    """Lets a request through, or answers it with why not, and puts the HEADERS on every answer.

    Whoever receives a body of more than `most` bytes through it gets TooLarge. `told` makes a refusal for programs of
    its status and reason; `at_once` requests are answered at the same time, and more are refused.
    """

    def __init__(
        self,
        app: ASGIApp,
        access: Access,
        told: Callable[[int, str], Response],
        most: int = MOST_BYTES,
        at_once: int = AT_ONCE,
    ) -> None:
        self.app, self.access, self.told, self.most, self.at_once = app, access, told, most, at_once
        self.under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # nothing here speaks over web sockets
            await send({"type": "websocket.close", "code": 1008})
            return
        headers = Headers(scope=scope)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                _put_headers(scope, message)
            await send(message)

        refused = self._refusal(scope, headers)
        if refused is not None:
            await refused(scope, receive, answer)
            return
        self.under_way += 1
        try:
            await self.app(scope, _counted(receive, self.most), answer)
        finally:
            self.under_way -= 1

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        refusal = self._why_not(scope, headers)
        if isinstance(refusal, Response):
            return refusal
        if refusal is None:
            return None
        return self.told(*refusal) if is_for_programs(scope["path"]) else _refused(*refusal)

    def _why_not(self, scope: Scope, headers: Headers) -> tuple[int, str] | Response | None:
        """The status and the reason with which a request is refused, or where it is led instead."""
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self.access.calls(hosts[0]):
            return 421, "This server is not called by that name. Use the address that sayso serve printed, or --name."
        if not self._may_come(scope, headers, hosts[0]):
            return 403, "This request comes from another site; open the page itself and try again."
        if self.access.token is not None and not scope["path"].startswith(OPEN_TO_ALL) and not self._signed_in(headers):
            return self._asked_to_sign_in(scope, headers)
        if self.under_way >= self.at_once:
            return 503, "More is asked of this server than it answers at once; ask again in a moment."
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit():
            return 400, "The request's length is no number."
        return (413, str(TooLarge(self.most))) if int(length) > self.most else None

    def _may_come(self, scope: Scope, headers: Headers, host: str) -> bool:
        if is_for_programs(scope["path"]) and scope["method"] in WRITES and _from_a_program(headers):
            return True
        return _from_here(scope["method"], headers, host)

    def _signed_in(self, headers: Headers) -> bool:
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return self.access.is_token(given)
        name, value = self.access.sign_in_cookie()
        return hmac.compare_digest(cookies(headers).get(name, "").encode(), value.encode())

    def _asked_to_sign_in(self, scope: Scope, headers: Headers) -> RedirectResponse | tuple[int, str]:
        by_a_person = "text/html" in headers.get("accept", "") and not is_for_programs(scope["path"])
        if scope["method"] == "GET" and by_a_person:
            query = scope["query_string"].decode("latin-1")
            there = scope["path"] + (f"?{query}" if query else "")
            return RedirectResponse(f"{SIGN_IN}?to={quote(there, safe='')}", 303)
        return 401, "Sign in first: open this server in a browser, or send the token as Authorization: Bearer"


def is_for_programs(path: str) -> bool:
    """Whether what stands at a path is for programs, and refused in their way."""
    return path == API or path.startswith(f"{API}/")


def cookies(headers: Headers) -> dict[str, str]:
    """The cookies of a request. Others on this machine set some too, of which not all are well-formed."""
    return cookie_parser(headers.get("cookie", ""))


def cookie(name: str, value: str, scope: Scope, same_site: Literal["Lax", "Strict"]) -> str:
    """A cookie that no script sees and that is sent here alone."""
    secure = "; Secure" if scope["scheme"] == "https" else ""
    return f"{name}={value}; Path=/; HttpOnly; SameSite={same_site}{secure}"


def _put_headers(scope: Scope, message: Message) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in HEADERS.items():
        headers[name] = value
    # A page may name sources: nothing of it is to stay behind in a browser's cache. Styles and scripts may.
    headers["Cache-Control"] = "no-cache" if scope["path"].startswith("/static/") else "no-store"


def _counted(receive: Receive, most: int) -> Receive:
    """What receives a request's body, and raises TooLarge where it does not end in time."""
    left = most

    async def counted() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise TooLarge(most)
        return message

    return counted


def _from_here(method: str, headers: Headers, host: str) -> bool:
    """Whether a request may come from where it comes from.

    What writes has to come from a page of this server, and say so. What reads may come from anywhere as a page that
    the user opens, and not as a part of another site's page.
    """
    site, mode = headers.get("sec-fetch-site"), headers.get("sec-fetch-mode")
    if method not in WRITES:
        return site in (None, "same-origin", "none") or mode == "navigate"
    if site not in (None, "same-origin"):
        return False
    said: Iterable[str] = [one for one in (headers.get("origin"), headers.get("referer")) if one is not None]
    return bool(said) and all(_origin_of(one) == host.lower() for one in said)


def _from_a_program(headers: Headers) -> bool:
    """Whether no browser sends this: it says nothing of where it comes from, as browsers do when they write, and holds
    no cookie. What a program knows, it gives as Authorization."""
    said = ("sec-fetch-site", "sec-fetch-mode", "origin", "referer", "cookie")
    return not any(name in headers for name in said)


def _origin_of(url: str) -> str | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.netloc.lower() if parts.scheme in ("http", "https") else None


def _name_in(host: str) -> str | None:
    """The name in a Host header, without its port and without brackets; None where there is none."""
    try:
        parts = urlsplit(f"//{host}")
        name, _ = parts.hostname, parts.port
    except ValueError:
        return None
    return name if name and parts.netloc == host and not parts.username and parts.password is None else None


def _is_number(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _seal(key: bytes, words: str) -> str:
    return hmac.new(key, words.encode(), hashlib.sha256).hexdigest()


def _refused(status: int, why: str) -> PlainTextResponse:
    return PlainTextResponse(f"{why}\n", status)
