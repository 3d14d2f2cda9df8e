"""What is counted of each claim while tracing, so that a list of all of them need not be counted when it is asked for.

A claim is counted anew when its members change, and also when what its counts rest on does: whom a name belongs to,
and which documents are copies. Triggers of the schema note that.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from sayso.ledger.opening import transaction
from sayso.model import Origins, Stance
from sayso.trace.asking import in_time, members_of, scene_of
from sayso.trace.chains import chain_of, holders
from sayso.trace.origins import origins_of_side
from sayso.trace.rows import rows_of
from sayso.trace.scene import Scene

AT_ONCE = 200  # claims


def uncounted(ledger: sqlite3.Connection) -> int:
    """How many claims are to be counted anew."""
    (count,) = ledger.execute("SELECT count(*) FROM claims WHERE NOT is_counted").fetchone()
    return int(count)


def count_claims(ledger: sqlite3.Connection, told: Callable[[int], None] = lambda _: None) -> None:
    """Bring the counts of all claims up to date; `told` is given the number of claims done."""
    while rows := ledger.execute("SELECT id FROM claims WHERE NOT is_counted LIMIT ?", (AT_ONCE,)).fetchall():
        with transaction(ledger):
            members = {row["id"]: members_of(ledger, row["id"]) for row in rows}
            # What telling them takes is fetched for all at once: asked for claim by claim, it took half of the time.
            known = rows_of(ledger, (one.row for these in members.values() for one in these))
            for claim, these in members.items():
                origins = _origins(scene_of(ledger, these, known))
                ledger.execute(_COUNT, {"claim": claim, "least": origins.least, "most": origins.most})
        told(len(rows))


def _origins(scene: Scene) -> Origins:
    """The origins of those who say what a claim says."""
    saying = [one for one in in_time(scene, holders(scene)) if one.stance is Stance.SAYS]
    return origins_of_side([(one, chain_of(scene, one)) for one in saying])


_COUNT = """
UPDATE claims SET
  (document_count, outlet_count, position_count, unnamed_count, disputed_count, first_on, last_on) = (
    SELECT
      count(DISTINCT propositions.document_id), count(DISTINCT outlet_id), count(*),
      count(CASE WHEN NOT is_named THEN 1 END),
      count(CASE WHEN (relation = 'contrary') <> (coalesce(act, '') = 'deny') THEN 1 END),
      min(published_on), max(published_on)
    FROM members
    JOIN propositions ON propositions.id = proposition_id
    JOIN documents ON documents.id = propositions.document_id
    LEFT JOIN attributions ON attributions.id = attribution_id
    LEFT JOIN sources ON sources.id = speaker_id
    WHERE claim_id = :claim
  ),
  origin_least = :least, origin_most = :most, is_counted = 1
WHERE id = :claim"""
