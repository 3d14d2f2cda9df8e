"""Outlets: whom they name, what they copy and relay, in counts with their base. No rank and no grade."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sayso.trace import copies_found
from sayso.web.page import Page


@dataclass(frozen=True, slots=True)
class Outlet:
    """What was counted in an outlet's documents.

    Of `attributions`, `unnamed` have a speaker whom the document does not name and `relayed` one that is itself an
    outlet. Of `unnamed_sources`, `with_reason` say why they are not named, of `with_access` the document says how they
    know. Of `documents`, `credited` name an agency as their author, `copied` hold a passage that stood in another
    document first, and `neither` show no such sign; `copies_open` share a passage of which it is open who had it first.
    """

    id: int | None
    name: str | None
    documents: int
    attributions: int
    unnamed: int
    unnamed_sources: int
    with_reason: int
    with_access: int
    relayed: int
    credited: int
    copied: int
    copies_open: int
    neither: int


@dataclass(frozen=True, slots=True)
class Outlets:
    """All outlets by name; documents without one last. `not_compared` documents were not looked through for copies."""

    outlets: tuple[Outlet, ...]
    not_compared: int


def ask(ledger: sqlite3.Connection, given: Mapping[str, str]) -> Outlets:  # noqa: ARG001 - every page is asked alike
    """The outlets of a ledger."""
    found = tuple(Outlet(*row) for row in ledger.execute(_OUTLETS))
    return Outlets(found, copies_found.behind(ledger))


def rows(view: Outlets) -> Iterable[Outlet]:
    """A row an outlet."""
    return view.outlets


_OUTLETS = """
WITH
  signs AS ( -- what documents show of where they come from; few show any
    SELECT id, 1 AS credited, 0 AS copied, 0 AS copies_open FROM documents WHERE credit IS NOT NULL
    UNION ALL
    SELECT DISTINCT CASE first_id WHEN a_id THEN b_id ELSE a_id END, 0, 1, 0 FROM copies INDEXED BY copies_in_time
    WHERE kind = 'passage' AND first_id IS NOT NULL
    UNION ALL SELECT a_id, 0, 0, 1 FROM copies INDEXED BY copies_in_time WHERE kind = 'passage' AND first_id IS NULL
    UNION ALL SELECT b_id, 0, 0, 1 FROM copies INDEXED BY copies_in_time WHERE kind = 'passage' AND first_id IS NULL
  ),
  shown AS (
    SELECT
      outlet_id, count(*) AS documents, sum(credited) AS credited, sum(copied) AS copied,
      sum(copies_open) AS copies_open
    FROM (
      SELECT id, max(credited) AS credited, max(copied) AS copied, max(copies_open) AS copies_open
      FROM signs GROUP BY id
    ) JOIN documents USING (id) GROUP BY outlet_id
  ),
  relayed AS (
    SELECT outlet_id, count(*) AS number FROM (SELECT id AS teller_id FROM entities WHERE is_outlet)
    CROSS JOIN attributions ON attributions.entity_id = teller_id -- from the few outlets to what they say
    JOIN documents ON documents.id = attributions.document_id
    WHERE attributions.entity_id IS NOT documents.outlet_id GROUP BY outlet_id
  ),
  counts AS (
    SELECT
      outlet_id, count(*) AS documents, sum(attribution_count) AS attributions,
      sum(unnamed_attribution_count) AS unnamed, sum(unnamed_count) AS unnamed_sources,
      sum(unnamed_with_reason_count) AS with_reason, sum(unnamed_with_access_count) AS with_access
    FROM documents GROUP BY outlet_id
  )
SELECT
  counts.outlet_id, entities.name, counts.documents, counts.attributions, counts.unnamed, counts.unnamed_sources,
  counts.with_reason, counts.with_access, coalesce(relayed.number, 0), coalesce(shown.credited, 0),
  coalesce(shown.copied, 0), coalesce(shown.copies_open, 0), counts.documents - coalesce(shown.documents, 0)
FROM counts
LEFT JOIN entities ON entities.id = counts.outlet_id
LEFT JOIN relayed ON relayed.outlet_id IS counts.outlet_id
LEFT JOIN shown ON shown.outlet_id IS counts.outlet_id
ORDER BY entities.name IS NULL, entities.name COLLATE NOCASE"""

PAGE = Page("/outlets", "outlets.html", ask, rows, Outlet)
