"""What is counted of entities while documents come, so that questions about the most frequent need not count.

When rows go, triggers of the schema count.
"""

from __future__ import annotations

import sqlite3

_MONTHS = """
INSERT INTO entity_months (entity_id, month, attribution_count)
SELECT entity_id, substr(dated, 1, 7) AS month, count(*) FROM attributions
WHERE {of} AND entity_id IS NOT NULL AND dated IS NOT NULL GROUP BY entity_id, month
ON CONFLICT DO UPDATE SET attribution_count = attribution_count + excluded.attribution_count"""

_OUTLETS = """
INSERT INTO entity_outlets (entity_id, outlet_id, document_count)
SELECT entity_id, outlet_id, count(DISTINCT document_id) FROM sources
JOIN documents ON documents.id = document_id
WHERE {of} AND entity_id IS NOT NULL AND outlet_id IS NOT NULL GROUP BY entity_id, outlet_id
ON CONFLICT DO UPDATE SET document_count = document_count + excluded.document_count"""


def count_document(ledger: sqlite3.Connection, row: int) -> None:
    """Count what a document's sources say for their entities: when all is in."""
    found = ledger.execute(
        "SELECT count(attributions.id), sources.entity_id FROM sources"
        " LEFT JOIN attributions ON speaker_id = sources.id"
        " WHERE sources.document_id = ? AND sources.entity_id IS NOT NULL GROUP BY sources.entity_id",
        (row,),
    ).fetchall()
    ledger.executemany(
        "UPDATE entities SET attribution_count = attribution_count + ?, document_count = document_count + 1"
        " WHERE id = ?",
        [tuple(one) for one in found],
    )
    ledger.execute(_MONTHS.format(of="document_id = ?"), (row,))
    ledger.execute(_OUTLETS.format(of="document_id = ?"), (row,))


def count_entity(ledger: sqlite3.Connection, entity: int) -> None:
    """Count all anew for an entity whose sources came from another or went to one."""
    ledger.execute(
        "UPDATE entities SET attribution_count = (SELECT count(*) FROM attributions WHERE entity_id = ?1),"
        " document_count = (SELECT count(DISTINCT document_id) FROM sources WHERE entity_id = ?1) WHERE id = ?1",
        (entity,),
    )
    ledger.execute("DELETE FROM entity_months WHERE entity_id = ?", (entity,))
    ledger.execute("DELETE FROM entity_outlets WHERE entity_id = ?", (entity,))
    ledger.execute(_MONTHS.format(of="entity_id = ?"), (entity,))
    ledger.execute(_OUTLETS.format(of="entity_id = ?"), (entity,))
