"""`sayso history`: the versions of a document, and which attributions came, went or changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sayso.cli.inputs import nothing_found
from sayso.cli.ledgers import format_option, ledger_argument, put_json, put_parts
from sayso.cli.screen import color_option, colour_wanted

if TYPE_CHECKING:
    from sayso.ledger.history import Change, Shown, Version


@click.command()
@ledger_argument
@click.argument("url")
@format_option
@color_option
def history(ledger: Path, url: str, form: str, color: str) -> None:
    """Show the versions of a document, and what changed in them.

    They are found by URL, or by a document's id. Corrections and retractions that were announced, in the
    text itself or in a notice of its own, stand beside the version that they correct.

    \b
    Example:
      sayso history news.ledger https://example.org/harbour

    Exits 0; 2 if called wrongly; 3 if the ledger has no such document.
    """
    from sayso.ledger.history import history as versions_of
    from sayso.ledger.opening import reading_from

    with reading_from(ledger) as connection:
        versions = versions_of(connection, url)
    if not versions:
        nothing_found(f"no document at {url}; its URL has to be written as in the ledger")
    if form != "table":
        put_json(versions, form, {"url": url}, "versions")
        return
    put_parts([part for version in versions for part in _version(version)], colour_wanted(color))


def _version(version: Version) -> list[Any]:
    from rich.padding import Padding
    from rich.text import Text

    from sayso.cli.typography import on_one_line, shortened

    dates = " · ".join(filter(None, (version.published and on_one_line(version.published), f"added {version.added}")))
    number = f"{version.attributions} attribution{'' if version.attributions == 1 else 's'}"
    parts: list[Any] = [
        Text(f"Version {version.number} · {shortened(version.title, 80)}", "bold"),
        Text(f"{dates} · {number}"),
    ]
    parts += [Padding(Text(f"{one.kind}: {shortened(one.words, 300)}"), (0, 0, 0, 2)) for one in version.notices]
    if version.number > 1 and not version.changes:
        parts.append(Padding(Text("No attribution changed."), (0, 0, 0, 2)))
    parts += [Padding(Text(_change(one)), (0, 0, 0, 2)) for one in version.changes]
    return [*parts, Text()]


def _change(one: Change) -> str:
    if one.before is None and one.after is not None:
        return f"+ {_words(one.after)}"
    if one.after is None and one.before is not None:
        return f"- {_words(one.before)}"
    assert one.before is not None  # noqa: S101 - a change has a before or an after
    assert one.after is not None  # noqa: S101
    return f"~ {_words(one.before)}\n  → {_words(one.after)}"


def _words(one: Shown) -> str:
    from sayso.cli.typography import shortened

    return shortened(f"[{one.source or '-'}] <{one.cue}> {{{one.content}}}", 300)
