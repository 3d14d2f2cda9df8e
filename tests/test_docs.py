"""The pages for users name every command, label and word that there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ledgers import all_of, in_memory

from sayso import model
from sayso.cli import COMMANDS
from sayso.export import EXPORTS, LEFT_OUT
from sayso.lexicon import load_lexicon

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf8")
DOCS = {path.name: path.read_text("utf8") for path in (ROOT / "docs").glob("*.md")}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str) -> None:
    assert any(f"sayso {command}" in page for page in (README, *DOCS.values()))


def test_every_label_is_on_its_page() -> None:
    for row in load_lexicon().tables["labels"]:
        assert f"| `{row['label']}` | {row['meaning']} | {row['example']} |" in DOCS["labels.md"]


@pytest.mark.parametrize("name", [*EXPORTS, *(name for blanks in LEFT_OUT.values() for name in blanks)])
def test_every_export_and_what_it_can_leave_out_is_documented(name: str) -> None:
    assert f"`{name}`" in DOCS["exports.md"]


def test_every_class_is_in_the_glossary() -> None:
    for one in vars(model).values():
        if isinstance(one, type) and one.__module__ == model.__name__:
            assert f"| {one.__name__} | " in DOCS["glossary.md"]


def test_every_table_and_view_of_the_ledger_is_on_its_page_and_the_questions_there_can_be_asked() -> None:
    page = DOCS["ledger.md"]
    ledger = in_memory()
    for name in all_of(ledger, "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"):
        if "_search_" not in name:
            assert f"### {name}" in page
    questions = re.findall(r"```sql\n(.*?)```", page, re.DOTALL)
    assert len(questions) == 3
    for question in questions:
        assert ledger.execute(question).fetchall() == []


def test_every_page_is_linked_from_the_readme() -> None:
    assert [name for name in DOCS if f"docs/{name}" not in README] == []
