"""Tracing claims: what documents put forward is taken down, compared, grouped to claims, and counted.

Each step is a join on keys over the tables that the one before has filled, takes up only what is new, and stores what
it has done batch by batch: ended at any moment, it goes on from there. What comes out depends on which documents there
are, not on the order in which they came, nor on when the ledger was traced.

    documents → propositions and wordings (wordings.py) → blocks (blocks.py) → neighbours and pairs (comparing.py)
    → claims (claiming.py) → counts of claims (counting.py)
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files

from sayso import __version__
from sayso.ledger.opening import transaction
from sayso.ledger.storing import maker_of
from sayso.lexicon import load_lexicon
from sayso.model import MadeBy
from sayso.trace.blocks import Changed, place
from sayso.trace.claiming import make_claims
from sayso.trace.comparing import compare
from sayso.trace.counting import count_claims
from sayso.trace.encoder import ClaimEncoder, load_encoder
from sayso.trace.judge import Judge, load_judge
from sayso.trace.wordings import NOT_TAKEN_DOWN, take_down

_WEIGHTS = files("sayso") / "weights" / "claims"

Told = Callable[[str, int, int], None]
STEPS = ("documents taken down", "wordings placed", "wordings compared", "wordings grouped", "claims counted")


@dataclass(frozen=True, eq=False)
class ClaimModels:
    """What tracing needs beside the ledger, loaded once."""

    encoder: ClaimEncoder
    judge: Judge


@cache
def claim_models() -> ClaimModels:
    """The models of claims that come with sayso, loaded at the first call."""
    encoder = load_encoder()
    return ClaimModels(encoder, load_judge(encoder=encoder))


@cache
def claim_version() -> str:
    """The version of the models of claims that come with sayso: a hash of all that they consist of. A question does not
    need it, and it takes as long as the question itself."""
    places = sorted((one for one in _WEIGHTS.iterdir() if not one.name.endswith(".md")), key=lambda one: one.name)
    seen = hashlib.sha256()
    for one in places:
        seen.update(one.read_bytes())
    return seen.hexdigest()[:12]


def made_by() -> MadeBy:
    """What traces claims: the versions of sayso, of its models of claims and of the lexicon."""
    return MadeBy(__version__, (("claims", claim_version()),), load_lexicon().version)


def behind(ledger: sqlite3.Connection) -> int:
    """How many documents are not traced yet, or were read again since. Where that is none, 1 if tracing was ended
    before it was through, else 0."""
    return _left(ledger, STEPS[0]) or int(is_under_way(ledger))


def is_under_way(ledger: sqlite3.Connection) -> bool:
    """Whether tracing was ended before it was through with what it had taken down."""
    return any(_left(ledger, step) for step in STEPS[1:])


def trace(ledger: sqlite3.Connection, models: ClaimModels, told: Told = lambda *_: None, *, threads: int = 1) -> None:
    """Bring claims up to date with the documents of a ledger.

    `told` is given a step of STEPS, how many it has just done, and how many it has to do in all. Copies are not looked
    for: `sayso.trace.copying.find_copies` is to come first, since origins are counted by them.
    """
    with transaction(ledger):
        maker = maker_of(ledger, made_by())
    changed: Changed = {}
    run: tuple[Callable[[Callable[[int], None]], None], ...] = (
        lambda told: take_down(ledger, models.encoder, maker, threads, told),
        lambda told: changed.update(place(ledger, told)),
        lambda told: compare(ledger, models.judge, told, threads, changed),
        lambda told: make_claims(ledger, models.judge, told, threads),
        lambda told: count_claims(ledger, told),
    )
    for step, work in zip(STEPS, run, strict=True):
        in_all = _left(ledger, step)
        work(partial(_tell, told, step, in_all))


def _tell(told: Told, step: str, in_all: int, number: int) -> None:
    told(step, number, in_all)


def _left(ledger: sqlite3.Connection, step: str) -> int:
    """How many a step has to do."""
    (count,) = ledger.execute(f"SELECT count(*) FROM {_UNDONE[step]}").fetchone()  # noqa: S608 - names of our own
    return int(count)


# Where it is kept what each step has to do.
_UNDONE = {
    "documents taken down": NOT_TAKEN_DOWN,
    "wordings placed": "wordings WHERE NOT is_placed",
    "wordings compared": "wordings WHERE NOT is_compared",
    "wordings grouped": "wordings WHERE NOT is_grouped",
    "claims counted": "claims WHERE NOT is_counted",
}


def trace_anew(ledger: sqlite3.Connection) -> None:
    """Forget all claims, so that they are traced from nothing, as is to be done when models have changed."""
    with transaction(ledger):
        for table in (
            "claims",
            "propositions",
            "proposed",
            "neighbours",
            "pairs",
            "asked",
            "blocks",
            "common_blocks",
            "wordings",
        ):
            ledger.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own
