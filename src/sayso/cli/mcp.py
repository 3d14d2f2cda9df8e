"""`sayso mcp`: tools for an assistant."""

from __future__ import annotations

from pathlib import Path

import click

from sayso.cli.ledgers import ledger_argument
from sayso.errors import SaysoError


@click.command()
@ledger_argument
@click.option("--allow-web", is_flag=True, help="Let the assistant have public web addresses fetched and read.")
def mcp(ledger: Path, allow_web: bool) -> None:
    """Let an assistant ask a ledger, by the Model Context Protocol.

    Speaks on standard input and output, as assistants start their tools. These only read: who holds what on a claim
    (the answer of sayso who), what a source said, and who says what in a text. They take words and ids, never paths of
    files. What documents say is given as quoted data, with a note that it is no instruction. The assistant gets to
    see what it asks for; where it runs elsewhere, that leaves this machine.

    Documents that are not traced yet are not traced by this command; answers say how many there are.

    \b
    Example, by hand and as an entry in the settings of an assistant:
      sayso mcp news.ledger
      {"mcpServers": {"sayso": {"command": "sayso", "args": ["mcp", "/home/ana/news.ledger"]}}}

    Runs until the assistant closes it, and exits 0; 1 if the ledger cannot be used; 2 if called wrongly.
    """
    try:
        from sayso.assistant import make_server
    except ImportError as error:
        raise SaysoError(
            f"Assistants need a package that is not installed; install it: pip install 'sayso[mcp]' ({error})"
        ) from error

    from sayso.ledger.opening import reading_from

    with reading_from(ledger):  # what is wrong with it is told before an assistant waits
        pass
    make_server(ledger, allow_web).run("stdio")
