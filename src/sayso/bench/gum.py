"""Coreference on GUM: its documents as chains of mentions, and how well chains that were found agree with them.

Zeldes 2017, "The GUM Corpus". A corpus is JSON lines: {"id", "genre", "text", "mentions": [{"s", "e", "chain", "type",
"head"}]}, offsets in code points, "head" a word.

GUM marks whatever is mentioned, things and events among it; sayso looks for people, organizations, places and
documents alone, and the rest counts as missed. So a third score asks for chains of people, organizations and places
only, and leaves out what was found of the others. Mentions are compared twice: exactly, as words from first to last
with the marks around them dropped; and by their heads, since whether "the mayor of Elm, who …" ends at "mayor" or
later says nothing of who is meant. The heads of what was found are told by their form (sayso.bench.heads).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mode
from typing import Any

from sayso.bench.coreference import Range, Tally, figures, score
from sayso.bench.heads import head_of, last_of_name
from sayso.bench.rows import not_in_format, rows
from sayso.model import Span

GENRES: dict[str, tuple[str, ...] | None] = {"all genres": None, "news, interviews": ("news", "interview")}
ASKED = frozenset(("person", "organization", "place"))
Chains = list[list[tuple[Range, Range]]]  # of (mention, head)


@dataclass(frozen=True)
class Annotated:
    """A document of the corpus: its chains, those of one mention among them, each mention with its head."""

    id: str
    genre: str
    text: str
    chains: Chains
    types: tuple[str, ...]  # of each chain, as most of its mentions are marked


def read_gum(path: Path) -> Iterator[Annotated]:
    """The documents of a corpus, which may be .gz. Raises InputError, with the line, where one is not in the format."""
    for place, row in rows(path, "a document in GUM's format", ("id", "genre", "text", "mentions")):
        chains: dict[Any, list[tuple[Range, Range]]] = {}
        types: dict[Any, list[str]] = {}
        try:
            for mention in row["mentions"]:
                span = (mention["s"], mention["e"])
                chains.setdefault(mention["chain"], []).append((span, marked_head(row["text"], span, mention)))
                types.setdefault(mention["chain"], []).append(mention["type"])
        except (KeyError, TypeError) as error:
            raise not_in_format(place, "a document in GUM's format", error) from error
        yield Annotated(row["id"], row["genre"], row["text"], list(chains.values()), tuple(map(mode, types.values())))


def marked_head(text: str, span: Range, mention: dict[str, Any]) -> Range:
    """Where the head stands that GUM marks by its word.

    Of a name GUM marks the first word, "Ana" of "Ana Ruiz", as Universal Dependencies do; here it is the last, as in
    every other mention and in what other tools find.
    """
    start, end = span
    by_form = head_of(text, span)
    head = mention["head"]
    places = [m.start() + start for m in re.finditer(rf"(?<!\w){re.escape(head)}(?!\w)", text[start:end])]
    if not places:
        return by_form
    place = min(places, key=lambda p: abs(p - by_form[0]))
    marked = (place, place + len(head.rstrip(".")))
    return marked if head[0].islower() else last_of_name(text, span, marked)


def with_heads(text: str, chains: Iterable[Iterable[Span]]) -> Chains:
    """Chains of spans that were found, each with its head by form; a span in several is left in the first."""
    seen: set[Span] = set()
    out: Chains = []
    for chain in chains:
        spans = [span for span in dict.fromkeys(chain) if span not in seen]
        seen.update(spans)
        out.append([((s.start, s.end), head_of(text, (s.start, s.end))) for s in spans])
    return out


def measure(documents: Sequence[Annotated], find: Callable[[str], Chains]) -> dict[str, Any]:
    """The scores of chains that are found, by genres: heads compared; whole mentions; heads of people, organizations
    and places alone."""
    scored: list[tuple[str, dict[str, dict[str, Tally]]]] = []
    for one in documents:
        found = find(one.text)
        scores = {
            "heads": score(one.chains, found, heads=True),
            "exact": score(_once(one.text, one.chains), _once(one.text, found)),
            "heads of people, organizations, places": score(*_asked(one, found), heads=True),
        }
        scored.append((one.genre, scores))
    out: dict[str, Any] = {}
    for part, genres in GENRES.items():
        kept = [scores for genre, scores in scored if genres is None or genre in genres]
        if kept:
            by_match = {match: figures(scores[match] for scores in kept) for match in kept[0]}
            out[part] = {"documents": len(kept), **by_match}
    return out


def _asked(one: Annotated, found: Chains) -> tuple[Chains, Chains]:
    """The chains of people, organizations and places, and what was found without mentions of the others."""
    asked = [chain for chain, type_ in zip(one.chains, one.types, strict=True) if type_ in ASKED]
    heads = {head for chain in asked for _, head in chain}
    others = {head for chain in one.chains for _, head in chain} - heads
    return asked, [[mention for mention in chain if mention[1] not in others] for chain in found]


def _once(text: str, chains: Chains) -> list[list[Range]]:
    """Chains of whole mentions without the marks around them; a mention that stands in several is left in the first."""
    seen: set[Range] = set()
    out = []
    for chain in chains:
        spans = {_between_marks(text, span) for span, _ in chain} - seen
        seen |= spans
        out.append(sorted(spans))
    return out


def _between_marks(text: str, span: Range) -> Range:
    """A mention from its first word to its last: quotation marks, brackets and "'s" around it dropped."""
    start, end = span
    words = [m.span() for m in re.finditer(r"\w+", text[start:end])]
    if not words:
        return span
    first, last = words[0][0] + start, words[-1][1] + start
    if len(words) > 1 and text[last - 2 : last] in ("'s", "’s"):
        last = words[-2][1] + start
    return first, last
