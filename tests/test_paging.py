"""Going on behind a place in a list: each row once and in order, whatever is equal or empty, while others come in."""

from __future__ import annotations

import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from sayso.ledger.paging import Value, behind

ORDER = ("day DESC", "size DESC", "name", "id")
rows = st.tuples(st.none() | st.sampled_from("abc"), st.none() | st.integers(0, 2), st.sampled_from("xy"))


def page(table: sqlite3.Connection, place: tuple[Value, ...] | None) -> list[tuple[Value, ...]]:
    wanted, values = behind(ORDER, place) if place else ("1", [])
    query = f"SELECT day, size, name, id FROM rows WHERE {wanted} ORDER BY {', '.join(ORDER)} LIMIT 2"
    return [tuple(row) for row in table.execute(query, values)]


@given(st.lists(rows, max_size=12), st.lists(rows, max_size=4))
def test_a_walk_gives_each_row_once(first: list[tuple[Value, ...]], later: list[tuple[Value, ...]]) -> None:
    table = sqlite3.connect(":memory:")
    table.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, day TEXT, size INTEGER, name TEXT NOT NULL)")
    insert = "INSERT INTO rows (day, size, name) VALUES (?, ?, ?)"
    table.executemany(insert, first)
    there = [tuple(row) for row in table.execute(f"SELECT day, size, name, id FROM rows ORDER BY {', '.join(ORDER)}")]
    coming, found = iter(later), list[tuple[Value, ...]]()
    while shown := page(table, found[-1] if found else None):
        found += shown
        if (new := next(coming, None)) is not None:
            table.execute(insert, new)
    assert len(found) == len(set(found))
    assert [one for one in found if one in there] == there
