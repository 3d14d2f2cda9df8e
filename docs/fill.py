"""What the reference pages hold, as Markdown; cog calls these.

cog -r docs/labels.md docs/glossary.md docs/exports.md docs/ledger.md docs/api.md
"""

from __future__ import annotations

import enum
import inspect
import re
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from itertools import groupby
from pathlib import Path

from sayso import model
from sayso.export import EXPORTS, LEFT_OUT
from sayso.export.fields import READING, carries, field_paths
from sayso.ledger.opening import migrations, writing_to
from sayso.lexicon import load_lexicon
from sayso.trace.auditing import AuditRow


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


def schema() -> str:
    """Every table and view of a ledger: what it holds, and its columns, from a new ledger and its SQL's comments."""
    with tempfile.TemporaryDirectory() as folder, writing_to(Path(folder, "new")) as ledger:
        made = ledger.execute(
            "SELECT name, type, sql FROM sqlite_master WHERE type IN ('table', 'view')"
            " AND name NOT LIKE 'sqlite_%' AND name NOT GLOB '*_search_*' ORDER BY type, rowid"
        ).fetchall()
        return "\n".join(line for one in made for line in _held_by_a_table(ledger, one))


def _held_by_a_table(ledger: sqlite3.Connection, made: sqlite3.Row) -> Iterator[str]:
    name, sql = made["name"], made["sql"]
    yield f"### {name}{' (a view)' if made['type'] == 'view' else ''}\n"
    if sql.startswith("CREATE VIRTUAL"):
        yield f"The full-text index over {name.removesuffix('_search')}; ask it with `MATCH`.\n"
    else:
        yield f"{_said_of(sql)}\n"
    columns = ledger.execute("SELECT name, type, hidden FROM pragma_table_xinfo(?)", (name,)).fetchall()
    if made["type"] == "view" or sql.startswith("CREATE VIRTUAL"):
        shown = ", ".join(f"`{one['name']}`" for one in columns if one["hidden"] != 1)
        yield f"Columns: {shown}\n"
        return
    points_to = {one["from"]: one["table"] for one in ledger.execute(f"PRAGMA foreign_key_list({name})")}
    yield "| column | type | meaning | points to |"
    yield "|---|---|---|---|"
    for one in columns:
        target = points_to.get(one["name"])
        link = f"[{target}](#{target})" if target else ""
        yield f"| `{one['name']}` | {one['type'].split(' ')[0].lower()} | {_meaning(name, sql, one['name'])} | {link} |"
    yield ""


def _said_of(sql: str) -> str:
    """The sentences that stand as comments at the head of a table's or view's SQL."""
    head = re.match(r"[^\n]*\n((?:\s*--[^\n]*\n)+)", sql)
    return " ".join(line.strip(" -") for line in head.group(1).splitlines()) if head else ""


def _meaning(table: str, sql: str, column: str) -> str:
    """The comment behind a column, where it is made or, of one that came later, where it is added."""
    made = rf'^\s*"?{column}"? [^\n]*?-- ([^\n]*)$'
    added = rf"^ALTER TABLE {table} ADD COLUMN {column} [^\n]*?-- ([^\n]*)$"
    found = re.search(made, sql, re.MULTILINE) or re.search(added, "\n".join(migrations()), re.MULTILINE)
    return found.group(1).replace("|", "\\|") if found else ""


def vocabulary() -> list[type]:
    """The classes of model.py, in the order in which it tells them."""
    return [one for one in vars(model).values() if inspect.isclass(one) and one.__module__ == model.__name__]


def exports() -> str:
    """Every format: what it is for, whether it is one stream or a folder, what it needs, what it leaves out."""
    lines = ["| `--to` | what it is | one stream | folder | needs | what it leaves out |", "|---|---|---|---|---|---|"]
    for one in EXPORTS.values():
        stream, folder = ("yes" if form else "" for form in (one.stream, one.folder))
        needs = f"`sayso[{one.needs}]`" if one.needs else ""
        lines.append(f"| `{one.name}` | {one.description} | {stream} | {folder} | {needs} | {one.leaves_out} |")
    return "\n".join(lines) + "\n"


def exported_fields() -> str:
    """Every field of a Reading, and how much of it each form of each format carries."""
    forms = [
        (f"{name}{'' if one.stream is None or one.folder is None else f' ({kind})'}", form.carries)
        for name, one in EXPORTS.items()
        for kind, form in (("stream", one.stream), ("folder", one.folder))
        if form
    ]
    heads = [f"`{name.partition(' ')[0]}`{name[len(name.partition(' ')[0]) :]}" for name, _ in forms]
    lines = [f"| field | {' | '.join(heads)} |", f"|---|{'---|' * len(forms)}"]
    for field in _fields_of_objects():
        cells = [_carried(field, carried) for _, carried in forms]
        lines.append(f"| `{field}` | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def left_out() -> str:
    """The names that `--without` takes."""
    return "\n".join(f"- of {kind}: {', '.join(f'`{name}`' for name in blanks)}" for kind, blanks in LEFT_OUT.items())


# What the columns of an audit hold.
_AUDIT = {
    "claim_id, claim": "the claim, by its id and in words",
    "stance": "what is held: says, probable, possible, disputes, withholds, asks, wants",
    "holder, named": "who holds it, and whether the document names them; an unnamed one by its description",
    "quotation": "the document’s own words; ` […] ` stands between pieces",
    "place": "the offsets of these pieces in the text, `12..40;50..60`",
    "source, cue": "the words that name the holder there, and those that say it is said",
    "certainty, when": "how surely it is held, and when it was said, as far as the text says",
    "confidence": "how sure sayso is that this is a position on this claim, 0 to 1",
    "document, title, outlet, published, url": "where it stands",
    "link": "the address with a text fragment, at which a browser shows the words; the page may have changed since",
    "text_sha256": "the hash of the text that was read, in UTF-8",
    "attribution": "the id of the attribution in the Reading; empty for an outlet’s own voice",
    "chain, origin": "how it reached the reader, from the document on, and where that ends; no origin for a circle",
    "superseded_by": "the attribution by which the holder took it back later",
    "read_by, traced_by": "the versions of sayso, models and lexicon that read the document, and that traced the claim",
    "corrected": "what people put right in the attribution, who, when and why",
}


def audit_columns() -> str:
    """What each column of an audit holds."""
    told = [name for names in _AUDIT for name in names.split(", ")]
    if told != [one.name for one in fields(AuditRow)]:
        raise ValueError("the columns of an audit are not all told, or in another order")
    rows = [f"| {', '.join(f'`{name}`' for name in names.split(', '))} | {what} |" for names, what in _AUDIT.items()]
    return "\n".join(["| column | what it holds |", "|---|---|", *rows])


def _fields_of_objects() -> Iterator[str]:
    for name, shape in READING.items():
        below = shape[0] if isinstance(shape, list) else shape
        yield from (f"{name}.{field}" for field in below) if isinstance(below, dict) else [name]


def _carried(field: str, carried: frozenset[str]) -> str:
    """Whether all of a field is carried, or of a span only its words or its offsets."""
    below = [path for path in field_paths() if carries([field], path)]
    found = {path for path in below if carries(carried, path)}
    if len(found) == len(below):
        return "yes"
    return "words" if any(path.endswith(".text") for path in found) else "offsets" if found else "–"


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


def api() -> str:
    """Every address of the API: what it takes, and what it is for."""
    from sayso.web.api.app import documentation, make_api
    from sayso.web.safety import Access
    from sayso.web.site import Site
    from sayso.web.worker import Worker

    ledger = Path("no.ledger")
    found = documentation(make_api(Site(ledger, Access(), Worker(ledger))), asks_for_token=False)
    lines = ["| address | takes | gives |", "|---|---|---|"]
    for path, methods in found["paths"].items():
        for method, told in methods.items():
            given = [f"`{one['name']}`" for one in told.get("parameters", ())]
            given += ["a body of JSON"] if "requestBody" in told else []
            what = " ".join(told["description"].split()).replace("|", "\\|")
            lines.append(f"| `{method.upper()} /api{path}` | {', '.join(given)} | {what} |")
    return "\n".join(lines) + "\n"


def tools() -> str:
    """Every tool for assistants: what it takes, and what it gives."""
    import asyncio

    from sayso.assistant import make_server

    lines = ["| tool | takes | gives |", "|---|---|---|"]
    for one in asyncio.run(make_server(Path("no.ledger"), allow_web=True).list_tools()):
        only = " (with `--allow-web`)" if one.name == "read_web" else ""
        first = " ".join((one.description or "").split("\n\n")[0].split())
        takes = ", ".join(f"`{name}`" for name in one.input_schema["properties"])
        lines.append(f"| `{one.name}`{only} | {takes} | {first} |")
    return "\n".join(lines) + "\n"
