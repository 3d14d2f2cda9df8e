"""Two invented Readings that fill every field, and what each export makes of them, kept in tests/golden/exports.

    python tests/exported.py

writes the golden files anew; read the difference like prose before committing it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from sayso.export import EXPORTS, Entity
from sayso.model import (
    Act,
    Attribution,
    Certainty,
    Document,
    Kind,
    MadeBy,
    Polarity,
    Quotation,
    Reading,
    Source,
    SourceKind,
    Span,
    Statement,
    When,
    attribution_id,
)

GOLDEN = Path(__file__).parent / "golden" / "exports"


def _finder(text: str, document: str) -> Any:
    """Makes attributions of words that stand in a text once each."""

    def span(words: str) -> Span:
        start = text.index(words)
        assert text.find(words, start + 1) < 0
        return Span(start, start + len(words))

    def attribution(source: str | None, cue: str, *content: str, **fields: Any) -> Attribution:
        where = span(cue)
        return Attribution(
            id=attribution_id(document, where),
            source=span(source) if source else None,
            cue=where,
            content=tuple(map(span, content)),
            confidence=fields.pop("confidence", 0.9),
            **fields,
        )

    return span, attribution


def _bridge() -> Reading:
    text = (
        "Bridge “safe” 🌉\n\n"
        "The bridge opened on Friday.\n\n"
        "On May 31, Ana Ruiz said on the radio that the bridge was probably safe. She told the Courier that "
        "=SUM(tolls) would pay for it.\n\n"
        "“The hinges,” according to officials briefed on the inspection, “were cracked in\nMay”, citing a report.\n\n"
        "The Ostrey Harbour Board denied that it had known."
    )
    span, attribution = _finder(text, "bridge")
    said = attribution(
        "Ana Ruiz",
        "said",
        "that the bridge was probably safe",
        speaker="s1",
        speaker_confidence=0.75,
        quotation=Quotation.INDIRECT,
        act=Act.ASSERT,
        polarity=Polarity.AFFIRMED,
        certainty=Certainty.PROBABLE,
        certainty_words="probably",
        channel="the radio",
        when=When("May 31", "2024-05-31", "2024-05-31"),
    )
    told = attribution(
        "She",
        "told the Courier",
        "=SUM(tolls) would pay for it",
        speaker="s1",
        addressee="the Courier",
        act=Act.ASSERT,
        confidence=0.5,
    )
    according = attribution(
        "officials briefed on the inspection",
        "according to",
        "“The hinges",
        "were cracked in\nMay”",
        speaker="s2",
        basis="s3",
        quotation=Quotation.DIRECT,
        act=Act.FIND,
        polarity=Polarity.AFFIRMED,
        certainty=Certainty.CERTAIN,
    )
    denied = attribution(
        "The Ostrey Harbour Board",
        "denied",
        "that it had known",
        speaker="s4",
        act=Act.DENY,
        quotation=Quotation.INDIRECT,
        polarity=Polarity.AFFIRMED,
    )
    known = attribution(None, "had known", speaker=None, within=denied.id, confidence=0.25)
    return Reading(
        document=Document(
            id="bridge",
            text=text,
            title="Bridge “safe” 🌉",
            title_span=Span(0, 15),
            publisher="The Ostrey Courier",
            published="2024-05-31",
            byline="By Owen Tarrant",
            credit="Ostrey Press",
            dateline="OSTREY",
            url="https://courier.example.org/bridge?page=1",
            links=("https://example.org/report", "https://example.org/map"),
            language="en",
        ),
        attributions=(said, told, according, denied, known),
        statements=(
            Statement("bridge:s1", Span(0, 15), headline=True),
            Statement("bridge:s2", span("The bridge opened on Friday.")),
        ),
        sources=(
            Source(
                "s1",
                "Ana Ruiz",
                SourceKind.PERSON,
                named=True,
                roles=("mayor of Ostrey", "former harbour master; engineer"),
                mentions=(span("Ana Ruiz"), span("She")),
            ),
            Source(
                "s2",
                "officials",
                SourceKind.GROUP,
                named=False,
                access="briefed on the inspection",
                anonymity_reason="not allowed to speak in public",
                mentions=(span("officials briefed on the inspection"),),
            ),
            Source("s3", "a report", SourceKind.DOCUMENT, named=False, mentions=(span("a report"),)),
            Source("s4", "Ostrey Harbour Board", SourceKind.ORGANIZATION, named=True),
        ),
        problems=("read as Windows-1252",),
        made_by=MadeBy("0.1.0", (("extraction", "1"), ("manner", "2")), "3"),
    )


def _mill() -> Reading:
    text = "Fwd: the mill\r\n\r\n“E\u0301tat des lieux” 🏭: ‘We have sold nothing’, Bill Hale wrote."
    _, attribution = _finder(text, "<mill/1@example.org>")
    wrote = attribution(
        "Bill Hale",
        "wrote",
        "‘We have sold nothing’",
        speaker="s1",
        quotation=Quotation.DIRECT,
        act=Act.ASSERT,
        polarity=Polarity.NEGATED,
        certainty=Certainty.CERTAIN,
    )
    return Reading(
        document=Document(id="<mill/1@example.org>", text=text, title="", publisher="'Tideline", kind=Kind.EMAIL),
        attributions=(wrote,),
        sources=(Source("s1", "Bill Hale", SourceKind.PERSON, named=True),),
        made_by=MadeBy("0.1.0"),
    )


BRIDGE, MILL = _bridge(), _mill()
ENTITIES = {
    ("bridge", "s1"): Entity("e1", "Ana Ruiz (mayor of Ostrey)"),
    ("<mill/1@example.org>", "s1"): Entity("e7", "Bill Hale"),
}


def exported(name: str, folder: Path) -> Iterator[tuple[str, bytes]]:
    """The files that a format makes of both Readings, written below a folder; binary ones as text one can read."""
    found = EXPORTS[name]
    if found.stream:
        out = BytesIO()
        found.stream.write([BRIDGE, MILL], out, ENTITIES)
        yield f"{name}{found.suffix}", out.getvalue()
    if found.folder:
        found.folder.write([BRIDGE, MILL], folder / name, ENTITIES)
        for path in sorted((folder / name).iterdir()):
            yield f"{name}/{path.name}", path.read_bytes()


def readable(path: str, data: bytes) -> tuple[str, bytes]:
    """A golden file: what was written, or, where its bytes depend on a library's version, what the library reads."""
    if path.endswith(".parquet"):
        return f"{path}.txt", _of_parquet(data)
    if path.endswith(".spacy"):
        return f"{path}.txt", _of_docbin(data)
    return path, data


def _of_parquet(data: bytes) -> bytes:
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(BytesIO(data))
    types = [f"{field.name}: {field.type}" for field in table.schema]
    return "\n".join([*types, *(json.dumps(row, ensure_ascii=False) for row in table.to_pylist()), ""]).encode()


def _of_docbin(data: bytes) -> bytes:
    import spacy
    from spacy.tokens import DocBin

    lines = []
    for doc in DocBin().from_bytes(data).get_docs(spacy.blank("en").vocab):
        lines.append(json.dumps([token.text_with_ws for token in doc], ensure_ascii=False))
        lines += [f"{group} {one.id_} {one.text!r}" for group, spans in doc.spans.items() for one in spans]
        lines.append(json.dumps(doc.user_data["sayso"], ensure_ascii=False))
    return "\n".join([*lines, ""]).encode()


def rewrite() -> None:
    """Writes the golden files anew."""
    from tempfile import TemporaryDirectory

    shutil.rmtree(GOLDEN, ignore_errors=True)
    with TemporaryDirectory() as folder:
        for name in EXPORTS:
            for path, data in exported(name, Path(folder)):
                golden, readable_data = readable(path, data)
                (GOLDEN / golden).parent.mkdir(parents=True, exist_ok=True)
                (GOLDEN / golden).write_bytes(readable_data)


if __name__ == "__main__":
    rewrite()
