"""The attributions of a Reading in the order of the text, a row each."""

from __future__ import annotations

from collections.abc import Mapping

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from sayso.cli.typography import CUE, SOURCE, doubt, on_one_line, rendered
from sayso.cli.wording import NO_SOURCE, deed, named
from sayso.model import Attribution, Reading, Source, SourceKind


def by_order(reading: Reading, width: int, colour: bool, least: float) -> str:
    """A table: number, source with its speaker, cue with its act, content, confidence."""
    text = reading.document.text
    sources = {one.id: one for one in reading.sources}
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("source → speaker" if sources else "source", ratio=3, overflow="fold")
    table.add_column("cue → act" if any(one.act for one in reading.attributions) else "cue", ratio=2, overflow="fold")
    table.add_column("content", ratio=7, overflow="fold")
    table.add_column("confidence", justify="right", no_wrap=True)
    kept = (one for one in reading.attributions if one.confidence >= least)
    for number, one in enumerate(kept, 1):
        table.add_row(
            Text(str(number)),
            _source(one, text, sources),
            _cue(one, text, sources),
            Text(" … ".join(on_one_line(piece.of(text)) for piece in one.content)),
            Text(f"{one.confidence:.2f}{doubt(one.confidence)}"),
        )
    return rendered([table], width, colour)


def _source(one: Attribution, text: str, sources: Mapping[str, Source]) -> Text:
    """The words that name the source, and below them the source that they were resolved to."""
    words = (on_one_line(one.source.of(text)), SOURCE.style) if one.source else (NO_SOURCE, "dim")
    speaker = sources.get(one.speaker or "")
    return Text.assemble(words, f"\n→ {named(speaker, one.speaker_confidence)}" if speaker else "")


def _cue(one: Attribution, text: str, sources: Mapping[str, Source]) -> Text:
    """The cue, and below it what the source does by it."""
    speaker = sources.get(one.speaker or "")
    does = deed(one, many=speaker is not None and speaker.kind is SourceKind.GROUP)
    return Text.assemble((on_one_line(one.cue.of(text)), CUE.style), f"\n→ {does}" if does else "")
