"""The attributions of a Reading speaker by speaker, each nested one under the one that reports it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sayso.cli.nesting import Line, trees
from sayso.cli.typography import CONTENT, CUE, SOURCE, doubt, marked, on_one_line, rendered, shortened
from sayso.cli.wording import (
    MOST_DETAIL,
    MOST_NAME,
    NO_NAME,
    NO_SPEAKER,
    NOT_CLEAR,
    date,
    deed,
    introduction,
    lead,
    named,
)
from sayso.model import Attribution, Reading, Source, SourceKind

MOST_CONTENT = 240  # characters of a content; the article has the rest
WIDEST = 100  # columns; beyond, a line's end is far from its beginning
INDENT = 2  # columns for each attribution that one lies in, up to a third of the line


@dataclass(frozen=True, slots=True)
class Block:
    """All that one speaker is shown to say, and the numbers of what else it has a part in."""

    speaker: Source | None
    lines: tuple[Line, ...]
    heard_in: tuple[int, ...] = ()  # what it says in the words of others
    basis_of: tuple[int, ...] = ()  # what others say on its word


@dataclass(frozen=True, slots=True)
class _Page:
    """What every line is written with."""

    text: str
    sources: Mapping[str, Source]
    width: int
    colour: bool
    digits: int  # of the longest number


def by_source(reading: Reading, width: int, colour: bool, least: float) -> str:
    """A block a speaker: its name and what is known of it, then each attribution with its number and confidence."""
    page = _Page(
        text=reading.document.text,
        sources={one.id: one for one in reading.sources},
        width=min(width, WIDEST),
        colour=colour,
        digits=len(str(len(reading.attributions))),
    )
    parts: list[RenderableType] = [Text()]
    for block in blocks(reading, least):
        parts += [_heading(block), *_table(block, page), *_elsewhere(block), Text()]
    return rendered(parts, page.width, colour)


def blocks(reading: Reading, least: float = 0.0) -> list[Block]:
    """The attributions of at least some confidence, speaker by speaker, each in one place.

    Speakers come in the order of the first attribution that is theirs, or rests on their word. Last come
    attributions without a resolved speaker: those without a source span, then those with one.
    """
    sources = {one.id: one for one in reading.sources}
    lines: defaultdict[str, list[Line]] = defaultdict(list)
    heard: defaultdict[str, list[int]] = defaultdict(list)
    basis: defaultdict[str, list[int]] = defaultdict(list)
    unresolved: defaultdict[bool, list[Line]] = defaultdict(list)
    for tree in trees(reading.attributions, least):
        home = tree[0].one.speaker
        if home in sources:
            lines[home] += tree
        else:
            unresolved[tree[0].one.source is not None] += tree
        for line in tree:
            if line.one.speaker in sources and line.one.speaker != home:
                heard[line.one.speaker].append(line.number)
            if line.one.basis in sources:
                basis[line.one.basis].append(line.number)
    found = [
        Block(sources[one], tuple(lines[one]), tuple(sorted(heard[one])), tuple(sorted(basis[one])))
        for one in {**lines, **heard, **basis}
    ]
    last = [Block(None, tuple(unresolved[with_words])) for with_words in (False, True) if with_words in unresolved]
    return sorted(found, key=_first) + last


def _first(block: Block) -> int:
    """The number of the first attribution that a speaker has a part in."""
    return min([line.number for line in block.lines] + [*block.heard_in, *block.basis_of])


def _heading(block: Block) -> Text:
    if block.speaker is None:
        return Text(NOT_CLEAR if block.lines[0].one.source else NO_SPEAKER, "dim")
    name = shortened(block.speaker.name, MOST_CONTENT) or NO_NAME
    known = introduction(block.speaker)
    return Text.assemble((name, SOURCE.style), f" · {known}" if known else "")


def _elsewhere(block: Block) -> Iterator[Text]:
    """Where a speaker's other words stand, for whoever looks for them under its name."""
    for what, numbers in (("heard in", block.heard_in), ("basis of", block.basis_of)):
        if numbers:
            yield Text(f"  {what} {', '.join(map(str, numbers))}", "dim")


def _table(block: Block, page: _Page) -> Iterator[Table]:
    """The block's attributions, where it has some: number, words, confidence."""
    if not block.lines:
        return
    table = Table.grid(padding=(0, 1), expand=True)
    table.add_column(justify="right", no_wrap=True, width=2 + page.digits)
    table.add_column(ratio=1, overflow="fold")
    table.add_column(justify="right", no_wrap=True, width=5)
    for line in block.lines:
        indent = min(INDENT * line.depth, page.width // 3)
        confidence = f"{line.one.confidence:.2f}{doubt(line.one.confidence):1}"
        table.add_row(Text(str(line.number)), Padding(_said(line, page), (0, 0, 0, indent)), Text(confidence))
        if details := " · ".join(_details(line, page)):
            table.add_row("", Padding(Text(details, "dim"), (0, 0, 0, indent + INDENT)), "")
    yield table


def _said(line: Line, page: _Page) -> Text:
    """One attribution: who, where its block's heading does not tell; what it does; the words of its content."""
    one, speaker = line.one, _speaker(line.one, page)
    said = _who(line, page)
    does = deed(one, many=speaker is not None and speaker.kind is SourceKind.GROUP) + lead(one)
    cue = Text() if one.act else marked(shortened(one.cue.of(page.text), MOST_NAME), CUE, page.colour)
    pieces = " … ".join(on_one_line(piece.of(page.text)) for piece in one.content)
    content = marked(shortened(pieces, MOST_CONTENT), CONTENT, page.colour) if one.content else Text()
    return Text(" ").join(part for part in (said, cue, Text(does), content) if part)


def _who(line: Line, page: _Page) -> Text:
    """The speaker's name, where the attribution lies in another, the name is in doubt, or only words are known."""
    one, speaker = line.one, _speaker(line.one, page)
    in_doubt = speaker is not None and doubt(one.speaker_confidence)
    if not line.depth and not in_doubt and (speaker or not one.source):
        return Text()
    return Text("→ " if line.depth else "").append_text(_name(one, page)).append(":")


def _name(one: Attribution, page: _Page) -> Text:
    """A speaker as it is mentioned: by its name, or else by the words that stand in the text."""
    if speaker := _speaker(one, page):
        return Text(named(speaker, one.speaker_confidence), SOURCE.style)
    if one.source:
        return marked(shortened(one.source.of(page.text), MOST_NAME), SOURCE, page.colour)
    return Text(NO_SPEAKER)


def _details(line: Line, page: _Page) -> Iterator[str]:
    """What else is known of an attribution, in words."""
    one = line.one
    if line.left_out:
        yield ", ".join(f"reported by {_name(above, page)}" for above in line.left_out)
    if basis := page.sources.get(one.basis or ""):
        yield f"on the word of {named(basis)}"
    if one.channel:
        yield f"through {shortened(one.channel, MOST_DETAIL)}"
    if one.addressee:
        yield f"to {shortened(one.addressee, MOST_DETAIL)}"
    if one.when and (when := date(one.when)):
        yield when


def _speaker(one: Attribution, page: _Page) -> Source | None:
    return page.sources.get(one.speaker or "")
