"""What the reference pages hold, as Markdown; cog calls these.

cog -r docs/labels.md docs/glossary.md
"""

from __future__ import annotations

import enum
import inspect
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from itertools import groupby

from sayso import model
from sayso.lexicon import load_lexicon


def labels() -> str:
    """Every label of the output by group: what it means, an example, and what is read from it."""
    lines = []
    for group, rows in groupby(load_lexicon().tables["labels"], key=lambda row: row["group"]):
        lines += [
            f"## {group[0].upper()}{group[1:]}",
            "",
            "| label | meaning | example | what is read |",
            "|---|---|---|---|",
        ]
        lines += [
            f"| `{row['label']}` | {row['meaning']} | {row['example']} | {row['reading'].replace(' | ', '<br>')} |"
            for row in rows
        ]
        lines.append("")
    return "\n".join(lines)


def glossary() -> str:
    """Every class and enum of model.py: the first sentence of its docstring, and what it holds."""
    lines = ["| word | meaning | holds |", "|---|---|---|"]
    lines += [f"| {one.__name__} | {_first_sentence(one)} | {', '.join(_held(one))} |" for one in vocabulary()]
    return "\n".join(lines) + "\n"


def vocabulary() -> list[type]:
    """The classes of model.py, in the order in which it tells them."""
    return [one for one in vars(model).values() if inspect.isclass(one) and one.__module__ == model.__name__]


def _first_sentence(one: type) -> str:
    """A docstring up to its first full stop."""
    first, stop, _ = " ".join((inspect.getdoc(one) or "").split()).partition(". ")
    return first + stop.strip()


def _held(one: type) -> Iterator[str]:
    """An enum's values, or a dataclass's fields."""
    if issubclass(one, enum.Enum):
        yield from (f"`{member.value}`" for member in one)
    elif is_dataclass(one):
        yield from (f"`{field.name}`" for field in fields(one))
