"""`sayso demo`: the example articles, read and shown."""

from __future__ import annotations

import shlex
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sayso.cli.inputs import readings, told
from sayso.cli.screen import color_option, colour_wanted, progress, put, width
from sayso.errors import SaysoError

if TYPE_CHECKING:
    from sayso.errors import InputError


@click.command()
@color_option
def demo(color: str) -> None:
    """Read the example articles that come with sayso.

    They tell one invented story, as several outlets told it; each is shown as who says what.

    \b
    Example:
      sayso demo
    """
    from sayso.cli.show import title_of, who_says_what
    from sayso.readers import documents

    paths = example_paths()
    folder = shlex.quote(str(Path(paths[0]).parent))
    colour = colour_wanted(color)
    failed: list[InputError] = []
    articles = attributions = 0
    with progress(None) as advance:
        for reading, _ in readings(told(documents(paths), failed), threads=None):
            articles += 1
            attributions += len(reading.attributions)
            title = click.style(title_of(reading), bold=True)
            advance(partial(put, f"{title}\n{who_says_what(reading, width=width(), colour=colour)}", colour))
    put(
        f"{articles} invented articles and mails, {attributions} attributions: each says who says what, and how sure\n"
        "sayso is that an annotator would mark the same.\n"
        f"To see one in its article: sayso read {shlex.quote(paths[0])}\n"
        "To read your own:          sayso read FILE…\n"
        f"To see them in a browser:  sayso add story.ledger {folder}/2* && sayso serve story.ledger --open\n",
        colour,
    )
    if failed:
        raise SystemExit(1)


def example_paths() -> list[str]:
    """The example articles: in the installed package, or beside it in a source checkout. Raises SaysoError."""
    package = Path(__file__).parent.parent
    for folder in (package / "examples", package.parent.parent / "examples"):
        paths = [str(path) for form in ("2*.md", "2*.eml") for path in sorted(folder.glob(form))]
        if paths:
            return paths
    raise SaysoError("The example articles are missing; install sayso again: pip install --force-reinstall sayso")


def example_texts() -> list[str]:
    """The texts of the example articles."""
    from sayso.readers import Read, documents

    return [found.document.text for found in documents(example_paths()) if isinstance(found, Read)]
