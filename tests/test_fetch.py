"""Fetching: what is asked of which address, what is refused, what comes of it. The only server is on this machine."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest

from sayso.errors import InputError
from sayso.readers import Known, Options, Read, documents
from sayso.readers.addresses import is_public
from sayso.readers.fetch import AGENT, Fetcher, Limits

PAGE = "<html><head><title>Bridge is safe</title></head><body><article>" + "".join(
    f"<p>Ana Ruiz said on day {day} that the bridge at Ostrey was safe and would stay open.</p>" for day in range(5)
)
Answer = tuple[int, dict[str, str], bytes]


class Site:
    """A server on this machine: what it answers, and what it was asked."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.pages: dict[str, list[Answer]] = {}
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []

    def gives(self, path: str, *answers: Answer) -> str:
        """The answers to a path, one after another, the last from then on; its address."""
        self.pages[path] = list(answers)
        return self.url + path


def page(body: str | bytes = PAGE, status: int = 200, **headers: str) -> Answer:
    fields = {"Content-Type": "text/html; charset=utf-8"} | {k.replace("_", "-"): v for k, v in headers.items()}
    return status, fields, body if isinstance(body, bytes) else body.encode()


@pytest.fixture
def site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            here.asked.append(self.path)
            here.headers.append(dict(self.headers))
            answers = here.pages.get(self.path, [page("nothing", 404)])
            status, headers, body = answers.pop(0) if len(answers) > 1 else answers[0]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A client that goes away early is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    here = Site(server.server_address[1])
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield here
    server.shutdown()
    server.server_close()


def fetcher(limits: Limits | None = None, slept: list[float] | None = None) -> Fetcher:
    """A fetcher that may ask this machine, and does not really sleep."""
    return Fetcher(
        limits=limits or Limits(pause=0),
        allowed=lambda one: one.is_loopback,
        sleep=([] if slept is None else slept).append,
    )


def refused(url: str, by: Fetcher | None = None) -> str:
    with pytest.raises(InputError) as raised, by or Fetcher(sleep=lambda _: None) as one:
        one.fetch(url)
    return str(raised.value)


# What comes of an address


def test_a_page_is_fetched_and_read(site: Site) -> None:
    url = site.gives("/news/bridge.html", page())
    (read,) = documents([url], fetcher=fetcher())
    assert isinstance(read, Read)
    assert read.document.text.startswith("Bridge is safe\n\nAna Ruiz said on day 0")
    assert (read.document.url, read.place) == (url, url)
    assert site.headers[0]["User-Agent"] == AGENT


def test_the_servers_charset_is_used(site: Site) -> None:
    latin = PAGE.replace("Ana", "João").encode("cp1252")
    url = site.gives("/", page(latin, Content_Type="text/html; charset=iso-8859-1"))
    (read,) = documents([url], fetcher=fetcher())
    assert isinstance(read, Read)
    assert "João Ruiz said" in read.document.text


def test_what_the_user_knows_outweighs_the_page(site: Site) -> None:
    url = site.gives("/", page())
    (read,) = documents([url], fetcher=fetcher(), known=Known(title="Safe", publisher="Ostrey Courier"))
    assert isinstance(read, Read)
    assert (read.document.title, read.document.publisher) == ("Safe", "Ostrey Courier")


def test_a_redirect_is_followed_and_the_last_address_kept(site: Site) -> None:
    there = site.gives("/new", page())
    with fetcher() as one:
        assert one.fetch(site.gives("/old", page("", 302, Location="/new"))).url == there


def test_one_bad_address_does_not_stop_the_others(site: Site) -> None:
    missing, there = site.url + "/gone", site.gives("/there", page())
    found = list(documents([missing, there], fetcher=fetcher()))
    assert str(found[0]) == f"{missing}: HTTP 404: nothing is there; check the address"
    assert isinstance(found[1], Read)


@pytest.mark.parametrize(
    ("status", "words"),
    [(403, "save it"), (401, "save it"), (404, "check the address"), (410, "check the address"), (204, "no page came")],
)
def test_what_a_server_refuses_is_told_and_not_asked_again(site: Site, status: int, words: str) -> None:
    message = refused(site.gives("/a", page("", status)), fetcher())
    assert f"HTTP {status}" in message
    assert words in message
    assert site.asked == ["/a"]


# Addresses that are not connected to


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "localhost", "0.0.0.0", "0",
        "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "168.63.129.16",
        "224.0.0.1", "240.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.0.192",
        "[::1]", "[::]", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[fec0::1]", "[ff02::1]",
        "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[::ffff:a9fe:a9fe]", "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2002:a9fe:a9fe::1]",
        "[2001:0:7f00:1::]", "[2001:db8::1]", "[2606:4700::5efe:10.0.0.1]",
    ],
)  # fmt: skip
def test_private_addresses_are_refused_in_whatever_form(host: str) -> None:
    assert "is no public address" in refused(f"http://{host}/")
    assert "is no public address" in refused(f"http://{host}/", Fetcher(proxy=True))


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::8.8.8.8", True),
        ("2002:808:808::1", True),
        ("100.63.255.255", True),
        ("100.127.255.255", False),
        ("100.128.0.0", True),
        ("fd00:ec2::254", False),
        ("2001:0:808:808::1", False),
        ("4000::1", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(ip_address(address)) is public


def test_a_redirect_to_a_private_address_is_refused(site: Site) -> None:
    """The server's own address is allowed here, and that of the redirect is not."""
    url = site.gives("/", page("", 302, Location="http://169.254.169.254/latest/meta-data"))
    assert "'169.254.169.254' is at 169.254.169.254, which is no public address" in refused(url, fetcher())


def test_a_host_with_one_private_address_among_public_ones_is_refused() -> None:
    answers = ["93.184.216.34", "10.0.0.7"]
    one = Fetcher(resolve=lambda *_: answers)
    assert "'news.example.org' is at 10.0.0.7" in refused("http://news.example.org/", one)


def test_the_address_that_was_checked_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A resolver that answers a public address first and a private one after that is asked once a connection."""
    answers = iter(["93.184.216.34", "127.0.0.1"])
    connected: list[str] = []

    def connect(address: tuple[str, int], *_: object, **__: object) -> socket.socket:
        connected.append(address[0])
        raise ConnectionRefusedError("nobody there")

    monkeypatch.setattr(socket, "create_connection", connect)
    message = refused("http://news.example.org/", Fetcher(resolve=lambda *_: [next(answers)], sleep=lambda _: None))
    assert connected == ["93.184.216.34"]
    assert "'news.example.org' is at 127.0.0.1" in message  # the second try looked it up again, and checked again


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://example.org:22/", "port 22"),
        ("http://example.org:25/", "port 25"),
        ("http://ana:secret@example.org/", "user name or password"),
        ("http://[::1/", "not an address"),
        ("http://0177.0.0.1/", "not an address"),
        ("http://", "only http and https"),
    ],
)
def test_addresses_that_are_not_asked_for(url: str, words: str) -> None:
    message = refused(url)
    assert words in message
    assert "secret" not in message


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://example.org/a", "gopher://example.org:70/_", "data:,a"]
)
def test_a_redirect_leads_to_the_web_only(site: Site, target: str) -> None:
    message = refused(site.gives("/", page("", 302, Location=target)), fetcher())
    assert site.asked == ["/"]
    assert "only http and https addresses are fetched" in message or "broken answer" in message


def test_proxies_of_the_environment_are_not_used_unless_asked_for(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, site.url)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    site.gives("http://news.example.org/a", page())
    nowhere = Fetcher(resolve=lambda *_: [], sleep=lambda _: None)
    assert "no address was found" in refused("http://news.example.org/a", nowhere)
    assert site.asked == []
    with Fetcher(proxy=True) as one:
        assert one.fetch("http://news.example.org/a").data == PAGE.encode()
    assert site.asked == ["http://news.example.org/a"]
    assert "is no public address" in refused("http://169.254.169.254/", Fetcher(proxy=True))


# Limits


def test_redirects_end(site: Site) -> None:
    url = site.gives("/", page("", 302, Location="/"))
    assert "more than 5 redirects" in refused(url, fetcher())
    assert len(site.asked) == 6


def test_a_page_that_is_too_large_is_not_read_to_its_end(site: Site) -> None:
    url = site.gives("/", page("a" * (3 << 20)))
    assert "more than 2 MB" in refused(url, fetcher(Limits(bytes=2 << 20)))


def test_what_blows_up_when_unpacked_is_stopped(site: Site) -> None:
    bomb = gzip.compress(bytes(200 << 20))
    assert len(bomb) < 1 << 20
    url = site.gives("/", page(bomb, Content_Encoding="gzip"))
    assert "more than 20 MB" in refused(url, fetcher())


@pytest.mark.parametrize(
    ("coding", "body", "words"),
    [
        ("gzip, gzip", b"", "packed as 'gzip, gzip', which was not asked for"),
        ("br", b"abc", "packed as 'br'"),
        ("gzip", b"not gzip", "broken gzip"),
        ("gzip", gzip.compress(PAGE.encode())[:-9], "the answer ends too early; try again later"),
    ],
)
def test_what_cannot_be_unpacked_is_told(site: Site, coding: str, body: bytes, words: str) -> None:
    assert words in refused(site.gives("/", page(body, Content_Encoding=coding)), fetcher())


def test_packed_pages_are_unpacked(site: Site) -> None:
    with fetcher() as one:
        url = site.gives("/", page(gzip.compress(PAGE.encode()), Content_Encoding="gzip"))
        assert one.fetch(url).data == PAGE.encode()


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"])
def test_a_server_that_sends_byte_by_byte_is_left_in_time(start: bytes) -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(start)
            for _ in range(100):
                try:
                    connection.sendall(b"H" if not start else b"a")
                except OSError:
                    return
                time.sleep(0.1)

    threading.Thread(target=drip, daemon=True).start()
    began = time.monotonic()
    message = refused(f"http://127.0.0.1:{listener.getsockname()[1]}/", fetcher(Limits(seconds=0.5, tries=1)))
    listener.close()
    assert "no answer in time" in message
    assert time.monotonic() - began < 5


# Trying again


def test_what_may_pass_is_tried_again_after_longer_and_longer_waits(site: Site) -> None:
    slept: list[float] = []
    url = site.gives("/", page("", 503), page("", 500), page())
    with fetcher(slept=slept) as one:
        assert one.fetch(url).data == PAGE.encode()
    assert slept == [1, 2]


def test_it_is_given_up_after_three_tries(site: Site) -> None:
    assert "HTTP 503 Service Unavailable; try again later" in refused(site.gives("/", page("", 503)), fetcher())
    assert len(site.asked) == 3


def test_the_wait_that_a_server_asks_for_is_kept(site: Site) -> None:
    slept: list[float] = []
    with fetcher(slept=slept) as one:
        one.fetch(site.gives("/", page("", 429, Retry_After="7"), page()))
    assert slept == [7]


def test_a_wait_that_is_too_long_is_told_instead(site: Site) -> None:
    message = refused(site.gives("/", page("", 429, Retry_After="3600")), fetcher())
    assert "HTTP 429 Too Many Requests; try again in 3600 seconds" in message
    assert len(site.asked) == 1


# Following


def feed(*links: str) -> Answer:
    items = "".join(f"<item><title>Bridge</title><link>{link}</link></item>" for link in links)
    xml = f'<rss version="2.0"><channel><title>Ostrey Courier</title>{items}</channel></rss>'
    return page(xml, Content_Type="application/rss+xml")


def followed(
    site: Site, robots: Answer | None, slept: list[float] | None = None, limits: Limits | None = None
) -> list[str]:
    """What comes of a feed with two links, in short."""
    if robots:
        site.gives("/robots.txt", robots)
    links = [site.gives("/open/a", page()), site.gives("/closed/b", page())]
    url = site.gives("/feed", feed(*links))
    found = documents([url], options=Options(follow=True), fetcher=fetcher(limits, slept))
    return [one.document.url or "" if isinstance(one, Read) else one.message for one in found]


def test_links_are_followed_where_no_robots_file_speaks_against_it(site: Site) -> None:
    assert followed(site, None) == [f"{site.url}/open/a", f"{site.url}/closed/b"]
    assert site.asked == ["/feed", "/robots.txt", "/open/a", "/closed/b"]


def test_robots_files_are_respected(site: Site) -> None:
    found = followed(site, page("User-agent: *\nDisallow: /closed/", Content_Type="text/plain"))
    assert found == [
        f"{site.url}/open/a",
        "the site's robots.txt asks programs not to fetch this; open it in a browser",
    ]
    assert "/closed/b" not in site.asked


def test_a_site_whose_robots_file_fails_is_left_alone(site: Site) -> None:
    (why,) = set(followed(site, page("", 503)))
    assert why.startswith("the site's robots.txt cannot be read, so nothing is followed there: HTTP 503")
    assert site.asked == ["/feed", "/robots.txt"]


@pytest.mark.parametrize(("asked", "kept"), [("3", 3), ("900", 10), ("0", 1)])
def test_pages_of_one_host_are_asked_for_with_pauses(site: Site, asked: str, kept: float) -> None:
    slept: list[float] = []
    followed(site, page(f"User-agent: sayso\nCrawl-delay: {asked}"), slept, Limits())
    assert slept == [pytest.approx(kept, abs=0.5)]


def test_links_are_left_alone_unless_asked_for(site: Site) -> None:
    url = site.gives("/feed", feed(site.gives("/a", page())))
    (found,) = documents([url], fetcher=fetcher())
    assert "1 of 1 entries have no text of their own; --follow fetches articles" in str(found)
    assert site.asked == ["/feed"]


def test_a_feed_behind_a_link_of_a_feed_is_read_and_not_followed(site: Site) -> None:
    inner = site.gives("/inner", feed(site.gives("/a", page())))
    url = site.gives("/outer", feed(inner))
    list(documents([url], options=Options(follow=True), fetcher=fetcher()))
    assert site.asked == ["/outer", "/robots.txt", "/inner"]


def test_a_link_to_a_private_address_is_refused(site: Site) -> None:
    url = site.gives("/feed", feed("http://169.254.169.254/latest", "file:///etc/passwd"))
    found = [str(one) for one in documents([url], options=Options(follow=True), fetcher=fetcher())]
    assert "is no public address" in found[0]
    assert "no text of their own" in found[1]


def test_an_address_is_one_however_it_is_written() -> None:
    def never(*_: object) -> list[str]:
        raise OSError("no network in tests")

    (found,) = documents(["HTTPS://news.example.org/a"], fetcher=Fetcher(resolve=never, sleep=lambda _: None))
    assert "no connection to 'news.example.org'" in str(found)
