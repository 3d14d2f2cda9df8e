"""What the terminal is like: its colours, its width, and a bar while the user waits."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Group

PATIENCE = 2  # seconds that a user waits before a bar says that work is under way

color_option = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Colours: on a terminal alone (auto), always or never. Without them brackets mark who says what.",
)


def colour_wanted(choice: str) -> bool:
    """Whether to print in colour: as the user says, or else on a terminal where NO_COLOR is not set."""
    if choice == "auto":
        return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return choice == "always"


def width() -> int:
    """The terminal's width in columns; 80 where there is no terminal and COLUMNS is not set."""
    return max(20, shutil.get_terminal_size().columns)


def put(text: str, colour: bool) -> None:
    """Write to standard output, with an escape for each letter that its encoding lacks."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    click.echo(text, nl=False, color=colour)


@contextmanager
def progress(total: int | None, what: str = "documents read") -> Iterator[Callable[[Callable[[], None]], None]]:
    """A bar on standard error, if that is a terminal and the work takes longer than PATIENCE.

    Yields a function that takes what writes one document's result, and calls it. `total` is the number
    of documents, None where it is not known; `what` is counted.
    """
    if not sys.stderr.isatty():
        yield lambda write: write()
        return

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    class Patient(Progress):
        """A bar that does not show while the work is short."""

        def get_renderable(self) -> Group:
            from rich.console import Group

            waited = max((task.elapsed or 0 for task in self.tasks), default=0)
            return Group(*(self.get_renderables() if waited >= PATIENCE else ()))

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    # Its own redirection of standard output would send a piped result to the terminal.
    bar = Patient(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False)
    task = bar.add_task("", total=total)

    def advance(write: Callable[[], None]) -> None:
        if sys.stdout.isatty():  # the result goes to the same screen: take the bar away while it is written
            bar.stop()
            write()
            bar.start()
        else:
            write()
        bar.advance(task)

    with bar:
        yield advance
