"""Corpora of mentions as one form: a text, its mentions, which of them are the same, and what is known of both.

GUM, NewsWCL50, MEANTIME, LitBank and GAP mark mentions and chains, each in its own way; the NER sets mark
names alone. What a corpus does not mark is no negative: `whole` says whether unmarked words are in no mention.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sayso.bench.rows import digest_of

TYPES = ("none", "person", "organization", "place", "other")
NAME_TYPES = ("person", "organization", "place", "other")

# May train what ships; the other genres of GUM are under NC and measure only (LICENCES.md). Its conversations, and
# one document of its court proceedings, are of the Santa Barbara Corpus, which is published under CC BY-ND.
SHIPPED_GENRES = frozenset(("news", "interview", "speech", "court", "vlog", "voyage", "academic", "bio", "textbook"))
_NOT_SHIPPED = frozenset(("GUM_court_carpet",))
_GUM = {"person": "person", "organization": "organization", "place": "place"}
_MEANTIME = {"PER": "person", "ORG": "organization", "LOC": "place"}
_CROSSNER = {
    "politician": "person",
    "person": "person",
    "politicalparty": "organization",
    "organisation": "organization",
    "country": "place",
    "location": "place",
    "election": "other",
    "event": "other",
    "misc": "other",
}
_NER = {"PER": "person", "ORG": "organization", "LOC": "place", "MISC": "other"}


@dataclass(frozen=True)
class Marked:
    """A mention as a corpus marks it: offsets in the text, its head word, and, where known, type and chain."""

    start: int
    end: int
    head: tuple[int, int]
    type: str | None  # of NAME_TYPES
    chain: str | None
    name: tuple[int, int] | None = None  # the name inside, without titles


@dataclass(frozen=True)
class Choice:
    """A pronoun and two names (GAP): for each whether it is meant."""

    pronoun: tuple[int, int]
    names: tuple[tuple[int, int], tuple[int, int]]
    meant: tuple[bool, bool]


@dataclass(frozen=True, eq=False)
class MarkedText:
    corpus: str
    id: str
    genre: str
    text: str
    mentions: tuple[Marked, ...]
    whole: bool  # unmarked words are in no mention
    names_whole: bool  # unmarked capitalized words are in no name
    choice: Choice | None = None
    contents: tuple[tuple[int, int], ...] = ()  # within these all cues of what is reported inside are marked:
    inner_cues: tuple[tuple[int, int], ...] = ()
    unmentioned: tuple[tuple[int, int], ...] = ()  # words that look like mentions and are none


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf8") as lines:
        for line in lines:
            yield json.loads(line)


_NO_SPACE_BEFORE = frozenset(".,;:!?)]}%’”'") | {"'s", "’s", "n't", "n’t", "'re", "'ve", "'ll", "'m", "'d", "-", "/"}
_NO_SPACE_AFTER = frozenset("([{$£€“‘-/#")


def join_tokens(tokens: list[str]) -> tuple[str, list[tuple[int, int]]]:
    """Tokens as running text, and where each stands in it."""
    text, places, tight, opened = "", [], True, False
    for token in tokens:
        if token in ("\\n", "\n"):
            text = text.rstrip(" ") + "\n\n"
            places.append((len(text), len(text)))
            tight, opened = True, False
            continue
        token = {"``": "“", "''": "”", "-LRB-": "(", "-RRB-": ")"}.get(token, token)
        before = token in _NO_SPACE_BEFORE
        after = token in _NO_SPACE_AFTER
        if token == '"':
            before, after = opened, not opened
            opened = not opened
        if not (tight or before):
            text += " "
        places.append((len(text), len(text) + len(token)))
        text += token
        tight = after
    return text, places


_HEAD_ENDS = frozenset((
    "of", "in", "for", "with", "from", "at", "on", "by", "to", "about", "as", "than", "who", "whom", "whose", "which",
    "that", "where", "when", ",", "(", "--", "—", "–", ":", ";", "against", "between", "over", "during", "after",
    "before", "under", "who's", "seen", "killed",
))  # fmt: skip
_WORD = re.compile(r"[\w.’'&-]*\w|\S")


def head_of(text: str, start: int, end: int) -> tuple[int, int]:
    """The head word of a mention by its form: the last word before what follows a noun (of, who, a comma …)."""
    words = [(m.start() + start, m.end() + start) for m in _WORD.finditer(text[start:end])]
    head = None
    for i, (a, b) in enumerate(words):
        if i and text[a:b].lower() in _HEAD_ENDS:
            break
        if text[a:b].rstrip(".").lower() in ("jr", "sr", "ii", "iii", "iv", "'s", "’s"):
            continue
        if text[a].isalnum():
            head = (a, b)
    if head is None:
        return (start, end)
    a, b = head
    for ending in ("'s", "’s"):
        if text[a:b].endswith(ending):
            b -= 2
    return (a, b)


def _capital_run(text: str, start: int, end: int, head: tuple[int, int]) -> tuple[int, int]:
    """The run of capitalized words around a head, inside a mention."""
    words = [(m.start() + start, m.end() + start) for m in re.finditer(r"[\w.’'&-]+", text[start:end])]
    at = next((i for i, (a, b) in enumerate(words) if a <= head[0] < b), None)
    if at is None:
        return head
    first = last = at
    while first and text[words[first - 1][0]].isupper() and text[words[first - 1][1] : words[first][0]] == " ":
        first -= 1
    while (
        last + 1 < len(words)
        and text[words[last + 1][0]].isupper()
        and text[words[last][1] : words[last + 1][0]] in (" ", ", ")
    ):
        if text[words[last][1]] == "," and text[slice(*words[last + 1])].strip(".") not in ("Jr", "Sr"):
            break
        last += 1
    a, b = words[first][0], words[last][1]
    while text[a:b].endswith(("'s", "’s")):
        b -= 2
    return a, b


def gum(path: Path, genres: frozenset[str] | None = SHIPPED_GENRES) -> Iterator[MarkedText]:
    for row in _lines(path):
        if genres is not None and (row["genre"] not in genres or row["id"] in _NOT_SHIPPED):
            continue
        text = row["text"]
        mentions = []
        for m in row["mentions"]:
            s, e = m["s"], m["e"]
            places = [x.start() + s for x in re.finditer(rf"(?<!\w){re.escape(m['head'])}(?!\w)", text[s:e])]
            if not places:
                at = text.find(m["head"], s, e)
                places = [at] if at >= 0 else []
            guess = head_of(text, s, e)
            if not places:
                head = guess
            else:
                near = min(places, key=lambda p: abs(p - guess[0]))
                head = (near, near + len(m["head"]))
            name = None
            if m["kind"] == "name" and text[head[0]].isupper():
                name = _capital_run(text, s, e, head)
                last = max((x.start() for x in re.finditer(r"[\w.’'&-]*\w", text[name[0] : name[1]])), default=0)
                head = (name[0] + last, name[1])
                if text[head[0] : head[1]].rstrip(".").lower() in ("jr", "sr", "ii", "iii", "iv"):
                    head = head_of(text, *name)
            kind = _GUM.get(m["type"], "other")
            mentions.append(Marked(s, e, head, kind, str(m["chain"]), name))
        yield MarkedText("gum", row["id"], row["genre"], text, tuple(mentions), True, True)


def newswcl50(path: Path) -> Iterator[MarkedText]:
    for row in _lines(path):
        text, places = join_tokens(row["tokens"])
        mentions = []
        for m in row["mentions"]:
            a, b = places[m["span"][0]][0], places[m["span"][1] - 1][1]
            if m["type"] == "ACTOR" and a < b:  # the other chains are of loose identity: "C.I.A. director" in USA
                mentions.append(Marked(a, b, head_of(text, a, b), "person", str(m["chain"])))
        yield MarkedText("newswcl50", row["id"], "news", text, tuple(mentions), False, False)


def meantime(path: Path) -> Iterator[MarkedText]:
    for row in _lines(path):
        text, places = join_tokens(row["tokens"])
        mentions = []
        for m in row["entities"]:
            a, b = places[m["span"][0]][0], places[m["span"][1] - 1][1]
            if a < b:
                kind = _MEANTIME.get(m.get("type"), "other")
                mentions.append(Marked(a, b, head_of(text, a, b), kind, m.get("chain")))
        yield MarkedText("meantime", row["id"], "news", text, tuple(mentions), False, False)


def litbank(path: Path) -> Iterator[MarkedText]:
    for row in _lines(path):
        tokens: list[str] = []
        first = []
        for sentence in row["sents"]:
            first.append(len(tokens))
            tokens += sentence.split(" ")
        text, places = join_tokens(tokens)
        mentions = []
        for sentence, a, b, chain in row["mentions"]:
            start, end = places[first[sentence] + a][0], places[first[sentence] + b][1]
            if start < end:
                mentions.append(Marked(start, end, head_of(text, start, end), None, str(chain)))
        yield MarkedText("litbank", row["id"], "fiction", text, tuple(mentions), False, False)


def gap(path: Path) -> Iterator[MarkedText]:
    for row in _lines(path):
        spans = [(row[f"{k}_off"], row[f"{k}_off"] + len(row[k])) for k in "AB"]
        pronoun = (row["p_off"], row["p_off"] + len(row["pronoun"]))
        choice = Choice(pronoun, (spans[0], spans[1]), (row["A_coref"], row["B_coref"]))
        mentions = tuple(
            Marked(a, b, head_of(row["text"], a, b), "person", k) for (a, b), k in zip(spans, "AB", strict=True)
        )
        mentions += (Marked(*pronoun, pronoun, "person", None),)
        yield MarkedText("gap", row["id"], "bio", row["text"], mentions, False, False, choice)


def ner(folder: Path, part: str) -> Iterator[MarkedText]:
    """The NER sets, some twenty sentences to a text, since sentences alone are not how the model reads."""
    for name, types in (("crossner_politics", _CROSSNER), ("wikigold", _NER), ("uner_ewt", _NER)):
        rows = list(_lines(folder / f"{name}.{part}.jsonl.gz"))
        for at in range(0, len(rows), 20):
            text, mentions = "", []
            for row in rows[at : at + 20]:
                sentence, places = join_tokens(row["tokens"])
                spans: list[list[Any]] = []
                for i, tag in enumerate(row["ner"]):
                    if tag.startswith("B-") or (tag.startswith("I-") and (not spans or spans[-1][1] != i)):
                        spans.append([i, i + 1, types.get(tag[2:], "other")])
                    elif tag.startswith("I-"):
                        spans[-1][1] = i + 1
                for a, b, kind in spans:
                    start, end = len(text) + places[a][0], len(text) + places[b - 1][1]
                    whole = text + sentence
                    mentions.append(Marked(start, end, head_of(whole, start, end), kind, None, (start, end)))
                text += sentence + "\n\n"
            yield MarkedText(name, f"{name}-{at}", "ner", text.rstrip(), tuple(mentions), False, True)


def polnear(labels: Path, corpus: Path) -> Iterator[MarkedText]:
    """Articles of PolNeAR train with the project's own labels: names and descriptions by entity, and sources.

    A source that is a pronoun or a description gets the chain of the entity that its label names.
    """
    texts = {digest_of(row["id"]): row["text"] for row in _lines(corpus)}
    with labels.open(encoding="utf8") as lines:
        for line in lines:
            row = json.loads(line)
            text = texts[row["id"]]
            found: dict[tuple[int, int], Marked] = {}
            named: dict[str, str] = {}
            for start, end, what, kind, entity in row.get("mentions", ()):
                chain = None if entity is None else f"e{entity}"
                name = (start, end) if what == "name" else None
                found[start, end] = Marked(start, end, head_of(text, start, end), kind, chain, name)
                if name and chain:
                    named.setdefault(text[start:end].lower(), chain)
            for one in row["attributions"]:
                source, entity = one["source"], one["entity"]
                if not source or not entity or len(entity[0]["parts"]) != 1:
                    continue
                words = entity[0]["parts"][0]
                words = words if isinstance(words, str) else text[slice(*words)]
                number = entity[0].get("number", "")
                chain = (
                    named.get(words.lower())
                    or named.get(words.lower().removeprefix("the "))
                    or f"{words.lower()}{number}"
                )
                start, end = source[0]
                kind = {"person": "person", "group": "person", "organization": "organization"}.get(one["kind"], "other")
                if (start, end) not in found:
                    name = None
                    found[start, end] = Marked(start, end, head_of(text, start, end), kind, chain, name)
                elif found[start, end].chain is None:
                    known = found[start, end]
                    found[start, end] = Marked(start, end, known.head, known.type or kind, chain, known.name)
            mentions = tuple(found[key] for key in sorted(found))
            outer = [a for a in row["attributions"] if a.get("within") is None]
            inner = [a for a in row["attributions"] if a.get("within") is not None]
            yield MarkedText(
                "polnear",
                row["id"],
                "news",
                text,
                mentions,
                False,
                "mentions" in row,
                contents=tuple((start, end) for a in outer for start, end in a["content"]),
                inner_cues=tuple((a["cue"][0][0], a["cue"][-1][1]) for a in inner),
            )


def polnear_mentions(labels: Path, corpus: Path) -> Iterator[MarkedText]:
    """More articles of PolNeAR train, in which the project has labelled mentions, pronouns among them, and cues inside
    contents, and nothing else."""
    rows = {digest_of(row["id"]): row for row in _lines(corpus)}
    with labels.open(encoding="utf8") as lines:
        for line in lines:
            row = json.loads(line)
            article = rows[row["id"]]
            text = article["text"]
            mentions = tuple(
                Marked(
                    start,
                    end,
                    head_of(text, start, end),
                    kind,
                    None if entity is None else f"e{entity}",
                    (tuple(name) or (start, end)) if what == "name" else None,
                )
                for start, end, what, kind, entity, *name in row["mentions"]
            )
            (annotated, *_) = article["annotations"].values()
            contents = tuple(sorted({(part["start"], part["end"]) for one in annotated for part in one["content"]}))
            cues, none = (tuple((start, end) for start, end in row[field]) for field in ("inner", "not"))
            yield MarkedText("polnear", row["id"], "news", text, mentions, False, True, None, contents, cues, none)
