"""Invented examples of what the API answers and takes, for its documentation."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

_ANSWERS: dict[str, Any] = json.loads((files("sayso") / "web" / "api" / "examples.json").read_text("utf8"))

START = _ANSWERS.get("start")
SEARCH = _ANSWERS.get("search")
OUTLETS = _ANSWERS.get("outlets")
DOCUMENTS = _ANSWERS.get("documents")
DOCUMENT = _ANSWERS.get("document")
READING = _ANSWERS.get("reading")
TEXT = _ANSWERS.get("text")
HISTORY = _ANSWERS.get("history")
COPIES = _ANSWERS.get("copies")
COMPARE = _ANSWERS.get("compare")
CLAIMS = _ANSWERS.get("claims")
CLAIM = _ANSWERS.get("claim")
WHO = _ANSWERS.get("who")
ENTITIES = _ANSWERS.get("entities")
ENTITY = _ANSWERS.get("entity")
STATEMENTS = _ANSWERS.get("statements")
CITATION = _ANSWERS.get("citation")
CORRECTIONS = {
    "items": [
        {
            "id": "7b95b46e80d038fd",
            "kind": "act",
            "told": "the act of “said”: deny, not assert",
            "by": "Ana Ruiz",
            "made": "2024-06-01T09:30:00.000000Z",
            "why": "he denies it",
            "state": "holds",
            "state_why": None,
            "document": "courier-1",
            "undoes": None,
        }
    ],
    "next": None,
}
ADDING = {
    "jobs": [
        {
            "id": "8f2c51a07be3d964",
            "what": "Weir is cracked",
            "state": "waiting",
            "read": 0,
            "added": 0,
            "known": 0,
            "attributions": 0,
            "failed": 0,
            "failures": [],
            "documents": [],
            "behind": 0,
            "traced": 0,
        }
    ],
    "is_over": False,
}
A_TEXT = {
    "text": "Ana Ruiz said on Friday that the weir above Ostrey was cracked.",
    "title": "Weir is cracked",
    "publisher": "The Ostrey Courier",
    "published": "2024-05-31",
}
AN_ADDRESS = {"url": "https://courier.example/weir"}
