"""`sayso correct`: a person's corrections, added to what the machine read; listed, undone, and shared as JSON Lines."""

from __future__ import annotations

import getpass
import os
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sayso.cli.inputs import nothing_found, tell, words_given
from sayso.cli.ledgers import counted, format_option, ledger_argument, put_json, put_parts, table
from sayso.cli.screen import color_option, colour_wanted
from sayso.cli.visible import visible
from sayso.model import Act, Certainty, Polarity, SourceKind

if TYPE_CHECKING:
    from sayso.corrections.entries import Correction
    from sayso.errors import InputError
    from sayso.ledger.composing import Author

AUTHOR = "SAYSO_BY"  # the environment variable that names who makes corrections
FAILED = 1  # exit code
NONE = "none"

_EXAMPLES = "sayso correct --help shows examples."


@click.command()
@ledger_argument
@click.argument("what", required=False, callback=words_given, metavar="[ID]")
@click.option("--speaker", callback=words_given, metavar="NAME", help="Who says it: a source or words of the document.")
@click.option("--nobody", is_flag=True, help="The text does not say who says it.")
@click.option(
    "--kind", type=click.Choice([one.value for one in SourceKind]), default="person", help="Of a new source: its kind."
)
@click.option("--unnamed", is_flag=True, help="Of a new source: NAME is a description, and no name.")
@click.option("--act", type=click.Choice([one.value for one in Act]), help="What the source does by saying it.")
@click.option("--polarity", type=click.Choice([one.value for one in Polarity]), help="As so, or as not so.")
@click.option("--certainty", type=click.Choice([*(one.value for one in Certainty), NONE]), help="How sure it is.")
@click.option("--not-an-attribution", "struck", is_flag=True, help="Nobody is said to say it: strike it out.")
@click.option("--claim", callback=words_given, metavar="ID", help="It takes part in this claim, and in no other.")
@click.option("--contrary", is_flag=True, help="With --claim: it says the contrary of it.")
@click.option("--no-claim", is_flag=True, help="It takes part in no claim.")
@click.option("--part", type=click.IntRange(min=1), help="With --claim: which of several things that it puts forward.")
@click.option("--merge", nargs=2, metavar="ONE OTHER", help="Two sources, by names or ids, are one, called ONE.")
@click.option("--split", metavar="NAME", help="In --document, the source NAME is not the one of other documents.")
@click.option("--document", metavar="ID", help="With --split: in which document.")
@click.option("--undo", metavar="ID", help="A correction does not hold any more, by its id in --list.")
@click.option("--list", "listed", is_flag=True, help="List all corrections, and whether they hold.")
@click.option("--from", "source", metavar="FILE", help='Add those in a file of JSON Lines; "-" is standard input.')
@click.option("--by", callback=words_given, metavar="NAME", help=f"Who corrects; else {AUTHOR}, or the user's name.")
@click.option("--why", callback=words_given, metavar="WORDS", help="Why; kept with the correction.")
@format_option
@color_option
def correct(ledger: Path, by: str | None, why: str | None, form: str, color: str, **given: Any) -> None:
    """Correct what the machine read; list corrections, undo them, share them.

    ID is that of an attribution, as sayso who --format json, exports and the pages give it, or with --claim and
    --no-claim also of a statement. A correction is added beside what the machine read, which stays: who, pages,
    counts and exports follow it, also after sayso add --again. It holds for the text that it was made on. Of two that
    contradict each other the later one holds. Nothing is sent anywhere.

    \b
    Examples:
      sayso correct news.ledger weir:120-124 --speaker "Ana Ruiz" --why "she is named in the line above"
      sayso correct news.ledger weir:120-124 --act deny
      sayso correct news.ledger weir:120-124 --not-an-attribution
      sayso correct news.ledger weir:120-124 --claim mill:33-37 --contrary
      sayso correct news.ledger --merge "Ana Ruiz" "A. M. Ruiz"
      sayso correct news.ledger --split "Bill Hale" --document match-report
      sayso correct news.ledger --list
      sayso correct news.ledger --undo 5d0f1c2b7a9e4831
      sayso correct news.ledger --list --format jsonl > corrections.jsonl
      sayso correct other.ledger --from corrections.jsonl

    Exits 0; 1 if it could not be made, or a line of a file not be taken; 2 if called wrongly; 3 if what is to be
    corrected is not there.
    """
    from sayso.cli.trace import bring_up_to_date
    from sayso.ledger.opening import LedgerError

    _refuse_mixtures(**given)
    if not ledger.is_file():
        raise LedgerError(ledger, "no such ledger; make one with: sayso add LEDGER FILE…")
    if given["listed"]:
        _list(ledger, form, colour_wanted(color))
    elif given["source"] is not None:
        _take(ledger, given["source"], form)
    else:
        author = _author(by, why)
        if given["claim"] is not None or given["no_claim"]:
            bring_up_to_date(ledger)
        _correct(ledger, _wish(**given), author, form)


def _refuse_mixtures(what: str | None, **given: Any) -> None:
    """Raises click.UsageError unless one thing is asked for, and what goes with it is there."""
    values = ("act", "polarity", "certainty")
    of_attribution = ("speaker", "nobody", *values, "struck", "claim", "no_claim")
    alone = ("merge", "split", "undo", "listed", "source")
    chosen = [one for one in (*of_attribution, *alone) if given[one] not in (None, False, ())]
    if not chosen:
        raise click.UsageError(f"Say what is to be corrected, and how. {_EXAMPLES}")
    if len(chosen) > 1:
        raise click.UsageError(f"One correction at a time. {_EXAMPLES}")
    one = chosen[0]
    if one in of_attribution and what is None:
        raise click.UsageError(f"Name the attribution by its ID. {_EXAMPLES}")
    if one in alone and what is not None:
        raise click.UsageError(f"'{visible(what)}' is an ID too many here. {_EXAMPLES}")
    if (one == "split") != (given["document"] is not None):
        raise click.UsageError("--split NAME and --document ID go together.")
    if one != "claim" and given["contrary"]:
        raise click.UsageError("--contrary goes with --claim ID.")


Wish = Any  # (ledger, author) -> Correction


def _wish(what: str | None, **given: Any) -> Wish:
    """What makes the correction that is asked for."""
    from sayso.corrections.entries import CorrectionKind
    from sayso.ledger import composing

    id_ = what or ""
    if given["speaker"] is not None or given["nobody"]:
        kind, named = SourceKind(given["kind"]), not given["unnamed"]
        return lambda ledger, by: composing.speaker(ledger, by, id_, given["speaker"], kind, named)
    for value in ("act", "polarity", "certainty"):
        if (to := given[value]) is not None:
            to = None if to == NONE else to
            return lambda ledger, by, value=value, to=to: composing.value(ledger, by, id_, CorrectionKind(value), to)
    if given["struck"]:
        return lambda ledger, by: composing.struck(ledger, by, id_)
    if given["claim"] is not None or given["no_claim"]:
        return lambda ledger, by: composing.member(
            ledger, by, id_, given["claim"], contrary=given["contrary"], number=given["part"]
        )
    if given["merge"]:
        return lambda ledger, by: composing.merge(
            ledger, by, *(composing.entity_meant(ledger, one) for one in given["merge"])
        )
    if given["split"] is not None:
        return lambda ledger, by: composing.split(
            ledger, by, composing.entity_meant(ledger, given["split"]), given["document"]
        )
    return lambda ledger, by: composing.undo(ledger, by, given["undo"])


def _author(by: str | None, why: str | None) -> Author:
    from sayso.ledger.composing import Author

    name = by or os.environ.get(AUTHOR)
    if not name:
        with suppress(Exception):  # a user without a name
            name = getpass.getuser()
    if not name or not name.strip():
        raise click.UsageError(f"Say who makes the correction: --by NAME, or set {AUTHOR}.")
    return Author(name, why)


def _correct(ledger: Path, wish: Callable[[sqlite3.Connection, Author], Correction], by: Author, form: str) -> None:
    from sayso.corrections.telling import told
    from sayso.ledger.composing import NoSuchPart
    from sayso.ledger.correcting import put, standing
    from sayso.ledger.opening import transaction, writing_to
    from sayso.lexicon import load_lexicon

    try:
        with writing_to(ledger) as connection, transaction(connection):
            made = wish(connection, by)
            put(connection, [made], load_lexicon())
            found = standing(connection, made)
    except NoSuchPart as error:
        nothing_found(str(error))
    if form != "table":
        put_json([_plain(made, found)], form, key="corrections")
        return
    click.echo(f"{visible(str(ledger))}: {visible(told(made))}{f' ({visible(found.why)})' if found.why else ''}")
    click.echo(f"To undo it: sayso correct {visible(str(ledger))} --undo {made.id}")


def _take(ledger: Path, source: str, form: str) -> None:
    """Add the corrections in a file, all that can be taken, at once."""
    from sayso.corrections.entries import correction_from_json
    from sayso.errors import InputError
    from sayso.ledger.correcting import State, put, standing
    from sayso.ledger.opening import transaction, writing_to
    from sayso.lexicon import load_lexicon

    try:
        lines = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise InputError(source, f"{error.strerror or error}; name a file of JSON Lines") from error
    taken: list[Correction] = []
    failed: list[InputError] = []
    for number, line in enumerate(lines.splitlines(), 1):
        if not line.strip():
            continue
        try:
            taken.append(correction_from_json(line, f"{source}, line {number}"))
        except InputError as error:
            tell(error)
            failed.append(error)
    if not taken and not failed:
        nothing_found(f"{source}: no correction in it")
    with writing_to(ledger) as connection, transaction(connection):
        new = put(connection, taken, load_lexicon())
        states = Counter(standing(connection, one).state for one in taken)
    counts = {"added": new, "known": len(taken) - new, "failed": len(failed)}
    if form != "table":
        put_json([{**counts, **{str(state): states[state] for state in State}}], form)
    else:
        parts = [f"{counted(new, 'correction')} added"]
        parts += [f"{counts['known']:,} in the ledger already"] if counts["known"] else []
        parts += [f"{states[State.WAITING]:,} wait for their documents"] if states[State.WAITING] else []
        parts += [f"{states[State.TEXT_CHANGED]:,} are of another text"] if states[State.TEXT_CHANGED] else []
        parts += [f"{len(failed):,} failed"] if failed else []
        click.echo(f"{visible(str(ledger))}: {'; '.join(parts)}")
    if failed:
        raise SystemExit(FAILED)


def _plain(one: Correction, found: Any) -> dict[str, Any]:
    import msgspec

    return {**msgspec.to_builtins(one), "state": str(found.state), "state_why": found.why}


def _list(ledger: Path, form: str, colour: bool) -> None:
    from sayso.cli.typography import shortened
    from sayso.corrections.entries import correction_to_json
    from sayso.corrections.telling import told
    from sayso.ledger.correcting import standing
    from sayso.ledger.corrections import all_corrections
    from sayso.ledger.opening import reading_from

    with reading_from(ledger) as connection:
        found = list(all_corrections(connection))
        if form == "jsonl":  # as they are taken by --from
            for one in found:
                sys.stdout.buffer.write(correction_to_json(one) + b"\n")
            sys.stdout.buffer.flush()
            return
        if form == "json":
            put_json((_plain(one, standing(connection, one)) for one in found), form, key="corrections")
            return
        if not found:
            nothing_found("nobody has corrected anything in this ledger")
        made = table("id", "made", "by", "what", "why", "holds")
        for one in found:
            state = standing(connection, one)
            holds = state.state.value if state.why is None else f"{state.state.value}: {state.why}"
            what = shortened(told(one), 200)
            made.add_row(one.id, one.made[:16].replace("T", " "), one.by, what, shortened(one.why or "", 100), holds)
    put_parts([made], colour)
