"""The command line: thin commands, one a file, each imported when it is called."""

from __future__ import annotations

import errno
import os
import sys
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

import click

from sayso import __version__
from sayso.errors import SaysoError

# Each command's home and its line in `sayso --help`, in the order shown there.
COMMANDS: dict[str, tuple[str, str]] = {
    "read": ("sayso.cli.read:read", "Show who says what in each document, on whose word and how surely."),
    "add": ("sayso.cli.add:add", "Read documents into a ledger, each once; goes on where it was ended."),
    "trace": ("sayso.cli.trace:trace", "Find copies and claims across documents; takes up only what is new."),
    "who": ("sayso.cli.who:who", "Show who holds what on a claim, and on whose word."),
    "claims": ("sayso.cli.claims:claims", "List the claims that are told, by documents, origins or disputes."),
    "copies": ("sayso.cli.copies:copies", "Show which documents share passages, and which had them first."),
    "sources": ("sayso.cli.sources:sources", "Show who speaks most in a ledger, or all that one source said."),
    "history": ("sayso.cli.history:history", "Show the versions of a document, and what changed in them."),
    "correct": ("sayso.cli.correct:correct", "Correct what the machine read; list corrections, undo them, share them."),
    "export": ("sayso.cli.export:export", "Write what a ledger holds in a format that other programs take."),
    "serve": ("sayso.cli.serve:serve", "Show a ledger in the browser: search it, read its documents, add to it."),
    "mcp": ("sayso.cli.mcp:mcp", "Let an assistant ask a ledger, by the Model Context Protocol."),
    "check": ("sayso.cli.check:check", "Verify that a ledger is whole."),
    "formats": ("sayso.cli.formats:formats", "List what sayso can read, and what it can write."),
    "explain": ("sayso.cli.explain:explain", "Say what a word of the output means, with an example."),
    "demo": ("sayso.cli.demo:demo", "Read the example articles that come with sayso."),
    "bench": ("sayso.cli.bench:bench", "Measure accuracy against an annotated corpus, and speed on this machine."),
}

INTERRUPTED = 130  # 128 + SIGINT and 128 + SIGPIPE, as a shell reports a program that these signals end
PIPE_CLOSED = 141


class Commands(click.Group):
    """The commands in COMMANDS; `--help` imports none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, function = COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(import_module(module), function)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS:
            near = get_close_matches(name, COMMANDS, n=1)
            if Path(name).exists():
                remedy = f"To read it: sayso read {name}"
            elif near:
                remedy = f"Did you mean '{near[0]}'?"
            else:
                remedy = f"There are: {', '.join(COMMANDS)}."
            ctx.fail(f"No command is called '{name}'. {remedy}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command, and leave a line instead of a traceback where the user or the machine ends it."""
        try:
            return super().invoke(ctx)
        except SaysoError as error:
            from sayso.cli.visible import visible

            click.echo(f"sayso: {visible(str(error))}", err=True)
            ctx.exit(1)
        except KeyboardInterrupt:
            click.echo("sayso: stopped", err=True)
            ctx.exit(INTERRUPTED)
        except OSError as error:
            if error.errno != errno.EPIPE:
                raise
            # Whoever read our output has gone (`sayso read … | head`): what is left goes nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(PIPE_CLOSED)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="sayso %(version)s")
def main() -> None:
    """Read news and show who says what, on whose word.

    \b
    Examples:
      sayso read article.txt
      sayso explain access
    """
