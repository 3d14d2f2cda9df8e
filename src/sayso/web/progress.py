"""What is being added, and how far that is: a view of the worker, not of the ledger."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.web.page import NotThere
from sayso.web.worker import Job, Works


@dataclass(frozen=True, slots=True)
class Adding:
    """Jobs, the last first, and whether something may still happen to one of them."""

    jobs: tuple[Job, ...]
    is_over: bool


def of(worker: Works, id_: str | None) -> Adding:
    """One job, or all that are told of. Raises NotThere where there is none of that id."""
    if id_ is None:
        jobs = tuple(worker.jobs())
    else:
        found = worker.job(id_)
        if found is None:
            raise NotThere("Nothing is being added under this address; what was added before is in the ledger.")
        jobs = (found,)
    return Adding(jobs, all(one.is_over for one in jobs))
