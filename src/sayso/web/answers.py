"""What programs and assistants are answered alike, and how it is told that there is no answer."""

from __future__ import annotations

import sqlite3

from sayso.errors import SaysoError
from sayso.trace.asking import Answer, nearest, who
from sayso.trace.tracing import claim_models


class Refused(SaysoError):
    """A question that is not answered: its status as in HTTP, what was found, and what to do."""

    def __init__(self, status: int, detail: str, remedy: str, nearest: tuple[str, ...] = ()) -> None:
        super().__init__(detail)
        self.status, self.detail, self.remedy, self.nearest = status, detail, remedy, nearest


def answer_of(ledger: sqlite3.Connection, words: str, as_of: str | None) -> Answer:
    """Who holds what on a claim, in words or by an id. Raises Refused where nothing fits, naming what is nearest."""
    found = who(ledger, words, claim_models, as_of)
    if found is None:
        near = tuple(nearest(ledger, words, claim_models(), as_of=as_of))
        where = "Nothing in this ledger" if as_of is None else f"Nothing that was published by {as_of}"
        remedy = "Ask for one of the nearest, or for a claim by its id." if near else "Use other words."
        raise Refused(404, f"{where} says so, or the contrary.", remedy, near)
    return found
