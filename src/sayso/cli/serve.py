"""`sayso serve`: the ledger in a browser, on this machine."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sayso.cli.ledgers import ledger_argument
from sayso.cli.visible import visible
from sayso.errors import SaysoError

if TYPE_CHECKING:
    from sayso.web.safety import Access

PORT = 8365


@click.command()
@ledger_argument
@click.option("--host", default="127.0.0.1", metavar="ADDRESS", help="Where to listen; by default this machine alone.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="0 takes any that is free."
)
@click.option("--token", envvar="SAYSO_TOKEN", metavar="WORDS", help="What visitors have to know; or SAYSO_TOKEN.")
@click.option("--name", "names", multiple=True, metavar="NAME", help="A name by which others call this machine.")
@click.option(
    "--fetching/--no-fetching", default=True, help="Whether addresses that visitors name are fetched; they are."
)
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    metavar="COUNT",
    help="How many answer; by default one a core, at most 4.",
)
@click.option("--open", "opened", is_flag=True, help="Open the start page in the browser.")
def serve(
    ledger: Path,
    host: str,
    port: int,
    token: str | None,
    names: tuple[str, ...],
    fetching: bool,
    processes: int | None,
    opened: bool,
) -> None:
    """Show a ledger in the browser: search it, read its documents, add to it.

    The ledger is made where there is none. Pages and all that belongs to them come from this machine; nothing is
    asked from any other. Each page has a twin as JSON and as CSV at the same address. Programs ask below /api, which
    /api/openapi.json describes.

    Only this machine can open the pages. To let others, name an address to listen at and a token of 16 characters
    or more, which they sign in with; put a web server that speaks https in front, or the token can be read on its
    way. Who can open the pages can read everything in the ledger, and add to it.

    \b
    Examples:
      sayso serve news.ledger --open
      SAYSO_TOKEN=… sayso serve news.ledger --host 0.0.0.0 --name ledger.example.org

    Runs until Ctrl-C, and exits 0; 1 if the ledger or the port cannot be used; 2 if called wrongly.
    """
    try:
        from sayso.web.processes import answer_at, processes_here
    except ImportError as error:
        raise SaysoError(
            f"The pages need packages that are not installed; install them: pip install 'sayso[web]' ({error})"
        ) from error

    access = _access(host, token, names)
    _make_ready(ledger)
    listener = _listening(host, port)
    address = _address(host, listener.getsockname()[1])
    click.echo(f"sayso: {visible(str(ledger))} is at {address} until you press Ctrl-C", err=True)
    if opened:
        click.launch(address)
    try:
        answer_at(listener, ledger, access, fetching=fetching, processes=processes or processes_here())
    except KeyboardInterrupt:  # before it could begin
        pass
    finally:
        listener.close()
    click.echo("sayso: stopped", err=True)


def _access(host: str, token: str | None, names: tuple[str, ...]) -> Access:
    """Who may come. Raises click.UsageError for an open door."""
    from sayso.web.safety import LOOPBACK, SHORTEST_TOKEN, Access

    beyond = not _is_loopback(host)
    if beyond and token is None:
        raise click.UsageError(f"{host} lets others in; name a token that they have to know: --token, or SAYSO_TOKEN.")
    if token is not None and len(token) < SHORTEST_TOKEN:
        raise click.UsageError(f"The token is too short; take {SHORTEST_TOKEN} characters or more that nobody guesses.")
    return Access(frozenset({*LOOPBACK, *(name.lower() for name in names)}), numbers=beyond, token=token)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _make_ready(ledger: Path) -> None:
    """Make the ledger where there is none, bring an older one up to date. Raises LedgerError."""
    from sayso.ledger.opening import is_outdated, reading_from, writing_to

    if not ledger.exists() or is_outdated(ledger):
        with writing_to(ledger):
            pass
    with reading_from(ledger):
        pass


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises SaysoError."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        raise SaysoError(
            f"{host}:{port}: {error.strerror or error}; another program may listen there: try --port {port + 1}"
        ) from error
    return listener


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
