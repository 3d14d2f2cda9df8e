"""The examples in the API's documentation: what it answers on the invented story of the tests.

python tests/api_examples.py writes them anew, with PYTHONPATH=src.
"""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any

from web import browser, write_story

PATH = Path(__file__).parents[1] / "src/sayso/web/api/examples.json"
ADDRESSES = {
    "start": "/api/start",
    "search": "/api/search?words=weir",
    "outlets": "/api/outlets",
    "documents": "/api/documents?limit=2",
    "document": "/api/document?id=herald",
    "reading": "/api/reading?id=later",
    "text": "/api/text?id=later",
    "history": "/api/history?of=courier",
    "copies": "/api/copies",
    "compare": "/api/compare?a=courier&b=herald",
    "claims": "/api/claims",
    "claim": "/api/claim?id=courier:26-30",
    "who": "/api/who?claim=the+weir+above+Ostrey+is+cracked",
    "entities": "/api/entities",
    "entity": "/api/entity?id=2",
    "statements": "/api/statements?entity=2",
    "citation": "/api/citation?view=/document&id=courier",
}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00")


def examples() -> dict[str, Any]:
    """What each address answers; moments of adding, which differ from run to run, are one."""
    with tempfile.TemporaryDirectory() as folder:
        client = browser(write_story(Path(folder) / "story.ledger"))
        return {name: _answer(client, address) for name, address in ADDRESSES.items()}


def _answer(client: Any, address: str) -> Any:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.text)
    text = _MOMENT.sub("2024-04-02T08:00:00+00:00", answer.text)
    return text if answer.headers["content-type"].startswith("text/plain") else json.loads(text)


if __name__ == "__main__":
    PATH.write_text(json.dumps(examples(), ensure_ascii=False, indent=1) + "\n", "utf8")
