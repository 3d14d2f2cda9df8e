"""Makes a ledger of the newest schema, and its Readings as JSON Lines, to be kept for tests of later migrations.

python tests/data/make_ledger.py 1     writes tests/data/ledger-1.sqlite and ledger-1.jsonl

Run it once for each released schema. A stored ledger is never made anew: it stands for those that users have.
"""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1])]

from ledgers import add_to, by, organization, person, told, unnamed  # noqa: E402

from bench.generated import readings as generated  # noqa: E402
from sayso.export.jsonl import reading_to_json  # noqa: E402
from sayso.ledger.opening import writing_to  # noqa: E402
from sayso.ledger.readings import readings  # noqa: E402

URL = "https://example.org/weir"
ANA = person("Ana Ruiz", "mayor of Ostrey")
READINGS = (
    told("weir", "Weir to go\nAna Ruiz said 2023.", ANA, title="Weir to go", url=URL, publisher="The Ostrey Courier"),
    told("later", "Ana Ruiz said 2024.\n\nAn earlier version of this article gave the wrong year.", ANA, url=URL),
    told("notice", "Correction: Weir to be built, says mayor", links=(URL,)),
    by(unnamed("two engineers", "fear of reprisals", "who saw the plan"), organization("NYT"), id_="unnamed"),
    by(person("Bill Hale", "goalkeeper"), id_="keeper", published="2024-05-31"),
    by(person("Bill Hale", "bishop of Velm"), person("Hale"), id_="bishop"),
    by(person("Bill Hale"), id_="open"),
    *generated(1),
)


if __name__ == "__main__":
    path = HERE / f"ledger-{sys.argv[1]}.sqlite"
    path.unlink(missing_ok=True)
    with writing_to(path) as ledger:
        add_to(ledger, READINGS)
        lines = b"".join(reading_to_json(one) + b"\n" for one in readings(ledger))
    small = sqlite3.connect(path)  # pages of 8 kB are mostly empty here
    small.execute("PRAGMA page_size = 1024")
    small.execute("VACUUM")
    small.close()
    path.with_suffix(".jsonl").write_bytes(lines)
