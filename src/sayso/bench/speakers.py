"""Who speaks and how, against articles annotated by hand: entity, kind, act, certainty, channel, date, nesting.

The annotations (`bench/gold`) hold offsets and labels alone and are joined with their corpus here. Every measure
is taken on the annotated attributions whose spans were found: cues share a word, contents share half their words.
A label may have several right values; one of them is enough. Nested attributions that one annotator marked and
the other did not are neither asked for nor held against a reading.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from sayso.bench.rows import digest_of, not_in_format, rows
from sayso.errors import InputError
from sayso.model import Attribution, Document, Reading, Source, Span

Range = tuple[int, int]
_WORD = re.compile(r"\w+")
_SMALL = frozenset(("the", "a", "an", "of", "and", "s"))
_LABELS = ("kind", "named", "act", "polarity", "certainty")  # that every attribution has, null where it has none
PARTS = ("tune", "unseen")

Tell = Callable[[str, int, Any, Any], None]  # what is wrong: the field, which prediction, what it says, what was wanted


@dataclass(frozen=True)
class GoldAttribution:
    """An annotated attribution: spans and labels. Entities are alternatives, each the words of its parts."""

    source: tuple[Range, ...]
    cue: tuple[Range, ...]
    content: tuple[Range, ...]
    labels: dict[str, Any]
    entities: tuple[str, ...]
    asked: bool  # counts where it is missed


@dataclass(frozen=True)
class GoldDocument:
    document: Document
    attributions: tuple[GoldAttribution, ...]
    part: str  # "tune", or "unseen" until the end


def read_gold(labels: Path, corpus: Path) -> Iterator[GoldDocument]:
    """The annotated documents, joined with their corpus by the ids of articles or by digests of these. Raises
    InputError, with the line, where a file is not in the format or an article is missing."""
    articles = {}
    for _, row in rows(corpus, "an article", ("id", "text")):
        articles[row["id"]] = articles[digest_of(row["id"])] = row
    for place, row in rows(labels, "an annotated article", ("id", "attributions")):
        article = articles.get(row["id"])
        if article is None:
            message = f"annotates {row['id']!r}, which {corpus.name} lacks; give --corpus the file that has its text"
            raise InputError(place, message)
        part = row.get("part", "tune")
        if part not in PARTS:
            raise InputError(place, f"the part is {part!r}; expected {' or '.join(PARTS)}")
        text = article["text"]
        try:
            attributions = tuple(_attribution(one, text) for one in row["attributions"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise not_in_format(place, "an annotated article", error) from error
        published, publisher, byline = (article.get(field) for field in ("published", "publisher", "byline"))
        document = Document(article["id"], text, published=published, publisher=publisher, byline=byline)
        yield GoldDocument(document, attributions, part)


def _attribution(row: dict[str, Any], text: str) -> GoldAttribution:
    def ranges(name: str) -> tuple[Range, ...]:
        found = tuple((a, b) for a, b in row[name])
        if any(not 0 <= a <= b <= len(text) for a, b in found):
            raise ValueError(f"{name} ends beyond the text: another version of the corpus?")
        return found

    def words(part: Any) -> str:
        return part if isinstance(part, str) else text[part[0] : part[1]]

    def name(entity: dict[str, Any]) -> str:
        return f"{' and '.join(words(p) for p in entity['parts'])} {entity.get('number', '')}".rstrip()

    if missing := [label for label in _LABELS if label not in row]:
        raise KeyError(missing[0])
    entities = tuple(name(entity) for entity in row["entity"] or ())
    return GoldAttribution(ranges("source"), ranges("cue"), ranges("content"), row, entities, not row.get("optional"))


def word_set(text: str, spans: Iterable[Range]) -> frozenset[int]:
    """The first offsets of the words that spans touch."""
    return frozenset(a + m.start() for a, b in spans for m in _WORD.finditer(text[a:b]))


def dice(a: frozenset[Any], b: frozenset[Any]) -> float:
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def _ranges(spans: Iterable[Span]) -> list[Range]:
    return [(s.start, s.end) for s in spans]


def matched(gold: GoldDocument, attributions: Sequence[Attribution]) -> list[tuple[int, int]]:
    """Pairs (annotated, predicted), each at most once: cues share a word, contents half of theirs; best first."""
    text = gold.document.text
    theirs = [(word_set(text, g.cue), word_set(text, g.content)) for g in gold.attributions]
    ours = [(word_set(text, _ranges([a.cue])), word_set(text, _ranges(a.content))) for a in attributions]
    scored = [
        (dice(gq, pq) + dice(gc, pc), i, j)
        for i, (gc, gq) in enumerate(theirs)
        for j, (pc, pq) in enumerate(ours)
        if gc & pc and dice(gq, pq) >= 0.5
    ]
    pairs, used_gold, used_ours = [], set(), set()
    for _, i, j in sorted(scored, key=lambda s: (-s[0], s[1], s[2])):
        if i not in used_gold and j not in used_ours:
            used_gold.add(i)
            used_ours.add(j)
            pairs.append((i, j))
    return sorted(pairs)


def tokens(name: str) -> frozenset[str]:
    name = name.replace("’", "'").lower().replace("'s", "").replace(".", "")
    return frozenset(w for w in _WORD.findall(name) if w not in _SMALL)


def right_entity(source: Source, gold: GoldAttribution) -> bool:
    """Whether a source is who was meant: a name in full, or a description by half of its words."""
    return right_name(source.name, gold)


def right_name(name: str, gold: GoldAttribution) -> bool:
    """Whether a source of this name is who was meant."""
    found = tokens(name)
    for entity in gold.entities:
        wanted = tokens(re.sub(r" \d+$", "", entity))
        if found == wanted or (not gold.labels["named"] and dice(found, wanted) >= 0.5):
            return True
    return False


class Counts(Counter[str]):
    """Numbers by name; `share` and `f1` read them."""

    def share(self, right: str, of: str) -> float | None:
        return round(100 * self[right] / self[of], 1) if self[of] else None

    def f1(self, right: str, found: str, wanted: str) -> float | None:
        total = self[found] + self[wanted]
        return round(200 * self[right] / total, 1) if total else None


def count(gold: GoldDocument, reading: Reading, wrong: list[str] | None = None) -> Counts:
    """All counts of one document; what is wrong is described in `wrong`."""
    c = Counts()
    text = gold.document.text
    sources = {s.id: s for s in reading.sources}
    pairs = matched(gold, reading.attributions)
    c["annotated"] = sum(g.asked for g in gold.attributions)
    c["found"] = sum(gold.attributions[i].asked for i, _ in pairs)

    def tell(field: str, j: int, got: Any, want: Any) -> None:
        if wrong is not None:
            cue = reading.attributions[j].cue
            context = " ".join(text[max(0, cue.start - 90) : cue.end + 90].split())
            wrong.append(f"{field}: got {got!r}, wanted {want!r}: …{context}… [{cue.of(text)}] {gold.document.id[:25]}")

    got: Any
    held: list[tuple[str, str]] = []
    for i, j in pairs:
        g, a = gold.attributions[i], reading.attributions[j]
        labels = g.labels
        source = sources.get(a.speaker or "")
        if g.entities:
            c["resolvable"] += 1
            held.append((g.entities[0], a.speaker or f"open {j}"))
        if source:
            c["resolved"] += 1
            good = right_entity(source, g)
            c["entity right"] += good
            if not good:
                tell("entity", j, source.name, g.entities)
        elif g.entities:
            tell("entity", j, None, g.entities)
        if g.entities and source:
            c["kinds"] += 1
            for field, got in (("kind", str(source.kind)), ("named", source.named)):
                good = got in _values(labels[field])
                c[f"{field} right"] += good
                if not good:
                    tell(field, j, (source.name, got), (g.entities[0], labels[field]))
        for field, got in (("act", a.act), ("polarity", a.polarity), ("certainty", a.certainty)):
            good = (str(got) if got is not None else None) in _values(labels[field])
            c[f"{field} right"] += good
            if not good:
                tell(field, j, got, labels[field])
        _count_words(c, g, a, text, tell, j)
    for (one, ours), (two, theirs) in combinations(held, 2):
        same, found = one == two, ours == theirs
        c["pairs same"] += same
        c["pairs found same"] += found
        c["pairs right"] += same and found
    c["acts"] = len(pairs)
    _count_nesting(c, gold, reading, pairs, wrong)
    return c


def _values(label: Any) -> list[Any]:
    return label if isinstance(label, list) else [label]


def _count_words(c: Counts, g: GoldAttribution, a: Attribution, text: str, tell: Tell, j: int) -> None:
    for field, got in (("channel", a.channel), ("addressee", a.addressee)):
        wanted = g.labels.get(field)
        places = [w for w in (wanted if isinstance(wanted[0], list) else [wanted]) if w] if wanted else []
        options = [tokens(text[slice(*place)]) for place in places]
        optional = field in g.labels.get("open", ())
        good = bool(got) and any(dice(tokens(got or ""), o) >= 0.5 for o in options)
        c[f"{field} wanted"] += bool(options) and not (optional and not got)
        c[f"{field} found"] += bool(got) and not (optional and not good)
        c[f"{field} right"] += good
        if (bool(got) or bool(options)) and not good and not optional:
            tell(field, j, got, [text[slice(*place)] for place in places])
    wanted = g.labels.get("when")
    choices = wanted if isinstance(wanted, list) else [wanted] if wanted else []
    optional = "when" in g.labels.get("open", ())
    good = a.when is not None and any((w["from"], w["to"]) == (a.when.start, a.when.end) for w in choices)
    c["when wanted"] += bool(choices) and not (optional and a.when is None)
    c["when found"] += a.when is not None and not (optional and not good)
    c["when right"] += good
    if (a.when or choices) and not good and not optional:
        tell("when", j, a.when, choices)


def _count_nesting(
    c: Counts, gold: GoldDocument, reading: Reading, pairs: list[tuple[int, int]], wrong: list[str] | None
) -> None:
    """Links from a nested attribution to the one that holds it, over all that are annotated or predicted."""
    place = {a.id: j for j, a in enumerate(reading.attributions)}
    ours_of, gold_of = dict(pairs), {j: i for i, j in pairs}
    text = gold.document.text

    def tell(what: str, cue: Iterable[Range], content: Sequence[Range]) -> None:
        if wrong is not None:
            words = " … ".join(text[a:b] for a, b in cue)
            wrong.append(f"within {what}: [{words}] {text[slice(*content[0])][:80] if content else ''}")

    for i, g in enumerate(gold.attributions):
        holder = g.labels.get("within")
        if holder is None or not g.asked:
            continue
        c["within wanted"] += 1
        found = ours_of.get(i)
        c["within wanted, both found"] += found is not None and holder in ours_of
        good = found is not None and place.get(reading.attributions[found].within or "") == ours_of.get(holder, -1)
        c["within right"] += good
        if not good:
            tell(f"missed ({'found' if found is not None else 'not found'})", g.cue, g.content)
    for j, a in enumerate(reading.attributions):
        if a.within is None:
            continue
        theirs = gold_of.get(j)
        if theirs is not None and not gold.attributions[theirs].asked:
            continue
        if theirs is None and _marked_by_one(gold, a):
            continue
        if theirs is None and place.get(a.within) not in gold_of:
            continue  # what holds it was not annotated, so neither is what it holds
        c["within found"] += 1
        c["within found, both found"] += theirs is not None
        if theirs is None or gold.attributions[theirs].labels.get("within") is None:
            tell("too much", _ranges([a.cue]), _ranges(a.content))


def _marked_by_one(gold: GoldDocument, a: Attribution) -> bool:
    """Whether an attribution that one annotator alone marked shares the cue."""
    return any(not g.asked and any(s < a.cue.end and e > a.cue.start for s, e in g.cue) for g in gold.attributions)


def figures(c: Counts) -> dict[str, Any]:
    """The table of the measures, in percent."""
    return {
        "attributions found": c["found"],
        "of annotated": c["annotated"],
        "entity precision": c.share("entity right", "resolved"),
        "entity recall": c.share("entity right", "resolvable"),
        "same speaker, pairs": c.f1("pairs right", "pairs found same", "pairs same"),
        "kind": c.share("kind right", "kinds"),
        "named": c.share("named right", "kinds"),
        "act": c.share("act right", "acts"),
        "polarity": c.share("polarity right", "acts"),
        "certainty": c.share("certainty right", "acts"),
        "channel": c.f1("channel right", "channel found", "channel wanted"),
        "addressee": c.f1("addressee right", "addressee found", "addressee wanted"),
        "when": c.f1("when right", "when found", "when wanted"),
        "within": c.f1("within right", "within found", "within wanted"),
        "within, both found": c.f1("within right", "within found, both found", "within wanted, both found"),
    }
