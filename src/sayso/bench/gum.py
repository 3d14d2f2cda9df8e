"""Coreference on GUM: its documents as chains of mentions, and how well chains that were found agree with them.

Zeldes 2017, "The GUM Corpus". A corpus is JSON lines: {"id", "genre", "text", "mentions": [{"s", "e", "chain", "kind",
"head"}]}, offsets in code points, "kind" being name, nom or pron, "head" a word.

GUM marks whatever is mentioned, things and events among it; sayso looks for people, organizations, places and
documents alone, and the rest counts as missed. Mentions are compared twice: exactly, as words from first to last
with the marks around them dropped; and by their heads, since whether "the mayor of Elm, who …" ends at "mayor" or
later says nothing of who is meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sayso.bench.coreference import Range, Tally, figures, score
from sayso.bench.rows import not_in_format, rows
from sayso.model import Span

GENRES: dict[str, tuple[str, ...] | None] = {"all genres": None, "news, interviews": ("news", "interview")}
Chains = list[list[tuple[Range, Range]]]  # of (mention, head)

_WORD = re.compile(r"\d[\d.,]*\d(?!\w)|[\w.’'&@]*\w|\S")  # parted at hyphens, as GUM and most tools do
# What follows a noun and says more of it: the head stands before the first of these.
_ENDS = {
    *("of", "in", "for", "with", "from", "on", "at", "by", "to", "about", "as", "than", "out", "like", "including"),
    *("against", "between", "among", "around", "over", "during", "after", "before", "under", "throughout", "across"),
    *("who", "whom", "whose", "which", "that", "where", "when", "while", "and", "or", "vs", "vs."),
    *(",", "(", "[", "—", "–", ":", ";", "/"),
}
_NO_HEAD = {
    *("jr", "sr", "ii", "iii", "iv", "all", "both", "each", "alone", "also", "too", "here", "there"),
    *("himself", "herself", "itself", "themselves"),
}
_POSSESSIVE = ("'s", "’s", "'", "’")


@dataclass(frozen=True)
class Annotated:
    """A document of the corpus: its chains, those of one mention among them, each mention with its head."""

    id: str
    genre: str
    text: str
    chains: Chains


def read_gum(path: Path) -> Iterator[Annotated]:
    """The documents of a corpus, which may be .gz. Raises InputError, with the line, where one is not in the format."""
    for place, row in rows(path, "a document in GUM's format", ("id", "genre", "text", "mentions")):
        chains: dict[Any, list[tuple[Range, Range]]] = {}
        try:
            for mention in row["mentions"]:
                span = (mention["s"], mention["e"])
                chains.setdefault(mention["chain"], []).append((span, marked_head(row["text"], span, mention)))
        except (KeyError, TypeError) as error:
            raise not_in_format(place, "a document in GUM's format", error) from error
        yield Annotated(row["id"], row["genre"], row["text"], list(chains.values()))


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
    return marked if head[0].islower() else _last_of_name(text, span, marked)


def _last_of_name(text: str, span: Range, head: Range) -> Range:
    """The last of the capitalized words that follow a head with nothing but spaces, full stops and hyphens between."""
    last = head
    for word in _WORD.finditer(text, head[1], span[1]):
        if word[0] in "-.":
            continue
        between = text[last[1] : word.start()]
        if between.strip(" -.") or _bare(word[0]) in _NO_HEAD or not (word[0][0].isupper() or between == "-"):
            break
        last = word.span()
    return _without_possessive(text, last)


def head_of(text: str, span: Range) -> Range:
    """The head of a mention by its form alone: the last word of its core, which ends before "of", "who" or a comma,
    without "Jr" and possessives. It knows nothing of how the mention was found, and so serves any tool's."""
    head: Range | None = None
    for word in _WORD.finditer(text, *span):
        if head is not None and (_first_part(word[0]) in _ENDS or (word[0] == "-" and text[word.start() - 1] == " ")):
            break
        if word[0][0].isalnum() and (head is None or _bare(word[0]) not in _NO_HEAD):
            head = word.span()
    return span if head is None else _without_possessive(text, head)


def _first_part(word: str) -> str:
    """ "who" of "who’s"; marks as they are."""
    return re.split("['’]", word)[0].lower() or word


def _bare(word: str) -> str:
    return word.lower().removesuffix("'s").removesuffix("’s").strip(".")


def _without_possessive(text: str, word: Range) -> Range:
    start, end = word
    ending = next((p for p in _POSSESSIVE if text[start:end].endswith(p) and end - start > len(p)), "")
    return start, end - len(ending)


def with_heads(text: str, chains: Iterable[Iterable[Span]]) -> Chains:
    """Chains of spans that were found, each with its head by form; a span that stands in several is left in the first."""
    seen: set[Span] = set()
    out: Chains = []
    for chain in chains:
        spans = [span for span in dict.fromkeys(chain) if span not in seen]
        seen.update(spans)
        out.append([((s.start, s.end), head_of(text, (s.start, s.end))) for s in spans])
    return out


def measure(documents: Sequence[Annotated], find: Callable[[str], Chains]) -> dict[str, Any]:
    """The scores of chains that are found, by genres; heads compared, and whole mentions."""
    scored: list[tuple[str, dict[str, Tally], dict[str, Tally]]] = []
    for one in documents:
        found = find(one.text)
        exact = score(_once(one.text, one.chains), _once(one.text, found))
        scored.append((one.genre, score(one.chains, found, heads=True), exact))
    out: dict[str, Any] = {}
    for part, genres in GENRES.items():
        kept = [row for row in scored if genres is None or row[0] in genres]
        if kept:
            out[part] = {
                "documents": len(kept),
                "heads": figures(heads for _, heads, _ in kept),
                "exact": figures(exact for _, _, exact in kept),
            }
    return out


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
