"""Fetching what the user names: http and https, from public addresses, within limits.

What is fetched is handed on as bytes; no parser opens an address by itself. See docs/fetching.md.
"""

from __future__ import annotations

import time
import urllib.request
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from io import BytesIO
from ipaddress import ip_address
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

import httpcore
import httpx
from protego import Protego

from sayso import __version__
from sayso.errors import InputError
from sayso.readers.addresses import Allowed, CheckedBackend, NotAllowed, Resolve, is_public, resolved
from sayso.readers.given import Given, Known, Options, opening_of

AGENT = f"sayso/{__version__} (reads news for its user)"
_ROBOT = "sayso"
_HEADERS = {
    "User-Agent": AGENT,
    "Accept": "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml, application/xml;q=0.9, "
    "text/plain;q=0.8, */*;q=0.5",
    "Accept-Encoding": "gzip",
}
_AGAIN = (429, 500, 502, 503, 504)
_WEB_PORTS = (80, 443)
_MOST_ROBOTS = 500 << 10  # bytes, as RFC 9309 has it


@dataclass(frozen=True, slots=True)
class Limits:
    """What one address may cost: bytes after unpacking, seconds in all and to connect, redirects, tries; the longest
    wait that a server may ask for; and the least and longest pause between two pages of one host when following."""

    bytes: int = 20 << 20
    seconds: float = 60
    connect: float = 10
    redirects: int = 5
    tries: int = 3
    wait: float = 30
    pause: float = 1
    longest_pause: float = 10


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came from an address: its bytes, the address that they came from in the end, and what the server says."""

    url: str
    data: bytes
    media_type: str | None = None
    charset: str | None = None


def given_of(fetched: Fetched, known: Known, options: Options) -> Given:
    """What was fetched, as an input for the readers."""
    stream = BytesIO(fetched.data)
    name = unquote(urlsplit(fetched.url).path.rpartition("/")[2])
    opening = opening_of(stream)
    return Given(
        fetched.url,
        name,
        opening,
        stream,
        known,
        options,
        url=fetched.url,
        media_type=fetched.media_type,
        charset=fetched.charset,
    )


class _Again(Exception):
    """A try that failed in a way that may pass, with the seconds to wait where the server says so."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.wait = wait


class _Transport(httpx.BaseTransport):
    """httpx over a pool of httpcore's, whose way of connecting can be chosen openly."""

    def __init__(self, pool: httpcore.ConnectionPool) -> None:
        self._pool = pool

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                extensions=request.extensions,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class Fetcher:
    """Fetches addresses, one after another, and remembers within a run what robots.txt of each host says.

    `allowed` tells the addresses that may be connected to, and is there for tests, which have a server on this
    machine; the command line has no way to it. With `proxy` the proxies of the environment (HTTPS_PROXY …) are used;
    a proxy looks hosts up by itself, so that only addresses in numbers are checked then.
    """

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        allowed: Allowed = is_public,
        resolve: Resolve = resolved,
        proxy: bool = False,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._limits = limits or Limits()
        self._backend = CheckedBackend(allowed, resolve)
        self._allowed = allowed
        self._through_proxy = proxy
        self._sleep = sleep
        self._clients: dict[str | None, httpx.Client] = {}
        self._robots: dict[str, Protego | None] = {}
        self._last_asked: dict[str, float] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        for client in self._clients.values():
            client.close()

    def fetch(self, url: str) -> Fetched:
        """What stands at an address that the user named. Raises InputError."""
        place = _shown(url)
        self._backend.deadline = time.monotonic() + self._limits.seconds
        for number in range(1, self._limits.tries + 1):
            try:
                return self._once(url, self._limits.bytes)
            except _Again as error:
                wait = 2.0 ** (number - 1) if error.wait is None else error.wait
                left = self._backend.deadline - time.monotonic()
                if number == self._limits.tries or wait > min(left, self._limits.wait):
                    when = f"in {wait:.0f} seconds" if error.wait else "later"
                    raise InputError(place, f"{error}; try again {when}") from error
                self._sleep(wait)
        raise AssertionError("the last try returns or raises")

    def follow(self, url: str) -> Fetched:
        """What stands at an address that a feed names, if the site's robots.txt allows. Raises InputError."""
        place = _shown(url)
        target = _checked_url(url, place)
        origin = f"{target.scheme}://{target.netloc.decode('ascii')}"
        rules = self._rules(origin)
        if rules is None:
            raise InputError(place, "the site's robots.txt cannot be read, so nothing is followed there; try later")
        if not rules.can_fetch(str(target), _ROBOT):
            raise InputError(place, "the site's robots.txt asks programs not to fetch this; open it in a browser")
        pause = min(max(self._limits.pause, rules.crawl_delay(_ROBOT) or 0), self._limits.longest_pause)
        since = time.monotonic() - self._last_asked.get(origin, -pause)
        if since < pause:
            self._sleep(pause - since)
        self._last_asked[origin] = time.monotonic()
        return self.fetch(url)

    def _rules(self, origin: str) -> Protego | None:
        """A site's robots.txt: no rules where there is none, None where the site fails to say."""
        if origin not in self._robots:
            self._backend.deadline = time.monotonic() + self._limits.seconds
            try:
                data = self._once(f"{origin}/robots.txt", _MOST_ROBOTS).data
                self._robots[origin] = Protego.parse(data.decode(errors="replace"))
            except _Again as error:
                self._robots[origin] = Protego.parse("") if str(error).startswith("HTTP 429") else None
            except _Missing:
                self._robots[origin] = Protego.parse("")
            except InputError:
                self._robots[origin] = None
        return self._robots[origin]

    def _once(self, url: str, most: int) -> Fetched:
        """One try, through its redirects. Raises InputError, or _Again where another try may do better."""
        place = _shown(url)
        target = _checked_url(url, place)
        for hop in range(self._limits.redirects + 1):
            client = self._client(target, place)
            if not hop:
                client.cookies.clear()  # they serve the redirects of one page, and no longer
            try:
                with client.stream("GET", target) as answer:
                    if answer.next_request is None:
                        return _fetched(answer, place, most)
                    target = _checked_url(str(answer.next_request.url), place)
            except NotAllowed as error:
                raise InputError(
                    place,
                    f"'{target.host}' is at {error}, which is no public address; sayso connects to public ones only; "
                    "save the page and name the file",
                ) from error
            except (httpcore.TimeoutException, httpx.TimeoutException) as error:
                raise _Again("no answer in time") from error
            except (httpcore.NetworkError, httpcore.ProtocolError, httpx.TransportError, OSError) as error:
                raise _Again(f"no connection to '{target.host}' ({error})") from error
            except httpx.HTTPError as error:
                raise InputError(place, f"a broken answer ({error}); open it in a browser and save it") from error
        raise InputError(
            place, f"more than {self._limits.redirects} redirects; open it in a browser and name the address it ends at"
        )

    def _client(self, target: httpx.URL, place: str) -> httpx.Client:
        """The client for an address: one for all that is fetched without a proxy, and one for each proxy."""
        proxy = _proxy_for(target) if self._through_proxy else None
        if proxy is not None:
            self._check_numbers(target, place)
        if proxy not in self._clients:
            context = httpx.create_ssl_context(trust_env=False)
            if proxy is None:
                pool = httpcore.ConnectionPool(ssl_context=context, network_backend=self._backend)
            elif urlsplit(proxy).scheme in ("http", "https"):
                pool = httpcore.HTTPProxy(proxy, ssl_context=context)
            else:
                raise InputError(place, f"the proxy {_shown(proxy)} is none of http or https; name one that is")
            self._clients[proxy] = httpx.Client(
                transport=_Transport(pool),
                headers=_HEADERS,
                timeout=httpx.Timeout(self._limits.connect),
                follow_redirects=False,
                trust_env=False,
            )
        return self._clients[proxy]

    def _check_numbers(self, target: httpx.URL, place: str) -> None:
        try:
            address = ip_address(target.host)
        except ValueError:
            return
        if not self._allowed(address):
            raise InputError(place, f"{address} is no public address; sayso connects to public ones only")


class _Missing(InputError):
    """The server says that there is nothing, or nothing for us, at an address."""


def _checked_url(url: str, place: str) -> httpx.URL:
    """An address that may be asked for. Raises InputError."""
    try:
        target = httpx.URL(url)
        port = target.port
    except (httpx.InvalidURL, ValueError, UnicodeError) as error:
        raise InputError(place, f"not an address ({error}); copy it from the browser") from error
    if target.scheme not in ("http", "https") or not target.host:
        raise InputError(place, f"leads to '{_shown(str(target))}'; only http and https addresses are fetched")
    if target.userinfo:
        raise InputError(place, "holds a user name or password, which sayso does not send; take it out")
    if port is not None and port < 1024 and port not in _WEB_PORTS:
        raise InputError(place, f"leads to port {port}, which is no port of web pages; save the page and name the file")
    return target.copy_with(fragment=None)


def _shown(url: str) -> str:
    """An address as messages name it: without a user name and password."""
    scheme, mark, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{mark}{host.rpartition('@')[2]}{slash}{path}"


def _fetched(answer: httpx.Response, place: str, most: int) -> Fetched:
    """What an answer holds. Raises InputError where it holds none, and _Again where it may hold some later."""
    if answer.status_code in _AGAIN:
        raise _Again(f"HTTP {answer.status_code} {answer.reason_phrase}", _asked_wait(answer))
    if answer.status_code in (401, 402, 403, 451):
        why = "the site does not give this to programs; open it in a browser and save it"
        raise _Missing(place, f"HTTP {answer.status_code}: {why}")
    if 400 <= answer.status_code < 500:
        raise _Missing(place, f"HTTP {answer.status_code}: nothing is there; check the address")
    if answer.status_code != 200:
        raise InputError(place, f"HTTP {answer.status_code}: no page came; open it in a browser and save it")
    said = Message()
    said["content-type"] = answer.headers.get("content-type", "")
    return Fetched(
        url=str(answer.url),
        data=_body(answer, place, most),
        media_type=said.get_content_type() if answer.headers.get("content-type") else None,
        charset=said.get_content_charset(),
    )


def _body(answer: httpx.Response, place: str, most: int) -> bytes:
    """The answer's bytes, unpacked as they come and no further than to the limit. Raises InputError."""
    coding = answer.headers.get("content-encoding", "").strip().lower()
    if coding not in ("", "identity", "gzip", "x-gzip"):
        raise InputError(place, f"packed as '{coding}', which was not asked for; open it in a browser and save it")
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 16) if coding.endswith("gzip") else None
    body = bytearray()
    for chunk in answer.iter_raw():
        try:
            body += unpack.decompress(chunk, most + 1 - len(body)) if unpack else chunk
        except zlib.error as error:
            raise InputError(place, f"broken gzip ({error}); open it in a browser and save it") from error
        if len(body) > most:
            raise InputError(place, f"more than {most >> 20 or 1} MB; save it and split it")
    if unpack and body and not unpack.eof:
        raise _Again("the answer ends too early")
    return bytes(body)


def _asked_wait(answer: httpx.Response) -> float | None:
    """The seconds that a server asks to wait, in seconds or as a date."""
    words = answer.headers.get("retry-after", "").strip()
    if words.isdecimal():
        return float(words[:9])
    try:
        return max(0.0, (parsedate_to_datetime(words) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError, IndexError):
        return None


def _proxy_for(target: httpx.URL) -> str | None:
    """The proxy that the environment names for an address."""
    if urllib.request.proxy_bypass(target.host):
        return None
    proxies = urllib.request.getproxies()
    return proxies.get(target.scheme) or proxies.get("all")
