"""From files named on the command line to Readings, with each failure told on standard error."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, NoReturn

import click

from sayso.cli.visible import visible
from sayso.errors import InputError

if TYPE_CHECKING:
    from sayso.model import Reading
    from sayso.readers import Known, Options, Read

NOTHING_FOUND = 3  # exit code

_PERIOD = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")


def date_given(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:  # noqa: ARG001
    """An option's date. Raises click.BadParameter where it is not written as one."""
    try:
        datetime.fromisoformat(value or "2024-05-31")
    except ValueError:
        raise click.BadParameter(f"'{value}' is not a date that sayso knows; write it like 2024-05-31.") from None
    return value


def period_given(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:  # noqa: ARG001
    """An option's year, month or day. Raises click.BadParameter where it is not written as one."""
    if value is not None and not _PERIOD.fullmatch(value):
        raise click.BadParameter(f"'{value}' is not a year, month or day; write it like 2024, 2024-05 or 2024-05-31.")
    return value


def words_given(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:  # noqa: ARG001
    """An option's words. Raises click.BadParameter where the shell has passed on bytes that are no text."""
    try:
        (value or "").encode()
    except UnicodeEncodeError:
        raise click.BadParameter("these are not words in your terminal's encoding; write them in UTF-8.") from None
    return value


def columns_given(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> dict[str, str]:  # noqa: ARG001
    """Options of the form FIELD=COLUMN. Raises click.BadParameter for another form, or a field that documents lack."""
    columns = dict(one.partition("=")[::2] for one in value)
    for one in value:
        if "=" not in one or not all(one.partition("=")):
            raise click.BadParameter("write a document's field and the column that holds it, like text=body.")
    from sayso.readers.fields import FIELD_NAMES

    for field in columns:
        if field not in FIELD_NAMES:
            raise click.BadParameter(f"documents have no field '{field}'; there are: {', '.join(FIELD_NAMES)}.")
    return columns


def reading_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of the commands that read documents."""
    options = (
        click.option(
            "--threads", type=click.IntRange(min=1), help="How many threads to read on; the result is the same."
        ),
        click.option("--published", callback=date_given, metavar="DATE", help="When a single document was published."),
        click.option("--publisher", callback=words_given, metavar="NAME", help="Who published a single document."),
        click.option("--title", callback=words_given, metavar="WORDS", help="The headline of a single document."),
        click.option(
            "--url", callback=words_given, help="Where a single document was found. Nothing is fetched from there."
        ),
        click.option(
            "--column",
            "columns",
            multiple=True,
            callback=columns_given,
            metavar="FIELD=COLUMN",
            help="In tables and JSON Lines, which column holds a field: text=body. May be given more than once.",
        ),
        click.option("--follow", is_flag=True, help="Fetch the articles that feeds link to, and read these instead."),
        click.option("--proxy", is_flag=True, help="Fetch through the proxy that the environment names."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def reads_from(files: tuple[str, ...], known: Known, options: Options, failed: list[InputError]) -> Iterator[Read]:
    """The documents in the files named; each failure is told on standard error, and added to `failed`.

    Raises click.UsageError where what is known of a single document meets several.
    """
    from sayso.readers import Known as Nothing
    from sayso.readers import documents

    stdin = sys.stdin.buffer if "-" in files and sys.stdin else None  # None where the shell has closed it
    reads = told(documents(files, stdin=stdin, known=known, options=options), failed)
    if known == Nothing():
        return reads
    return single(reads, "--published, --publisher, --title and --url are for one document.")


def told(found: Iterable[Read | InputError], failed: list[InputError]) -> Iterator[Read]:
    """What could be read. What could not is told on standard error as it comes, and added to `failed`."""
    for one in found:
        if isinstance(one, InputError):
            tell(one)
            failed.append(one)
        else:
            yield one


def tell(error: InputError) -> None:
    """Say on standard error what failed: above a progress bar, where click.echo would write across it."""
    print(f"sayso: {visible(str(error))}", file=sys.stderr, flush=True)


def nothing_found(why: str) -> NoReturn:
    """Say on standard error that there is nothing to show, and why, and end with the exit code for that."""
    click.echo(f"sayso: {visible(why)}", err=True)
    raise SystemExit(NOTHING_FOUND)


def single(reads: Iterator[Read], why: str) -> Iterator[Read]:
    """The only document there is. Raises click.UsageError, with `why`, where there is a second."""
    first = next(reads, None)
    if first is None:
        return iter(())
    if second := next(reads, None):
        raise click.UsageError(f"{why} The first two are {visible(first.place)} and {visible(second.place)}.")
    return iter((first,))


def readings(reads: Iterable[Read], threads: int | None) -> Iterator[tuple[Reading, str]]:
    """A Reading of each document, with the place it came from; the reader's problems come before the others."""
    from sayso.reading import read_many, with_readings

    for read, reading in with_readings(reads, lambda read: read, partial(read_many, threads=threads)):
        yield replace(reading, problems=read.problems + reading.problems), read.place
