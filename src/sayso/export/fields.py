"""The fields of a Reading, as its JSON has them: which there are, which a format carries, which can be left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from sayso.errors import SaysoError
from sayso.model import Reading

ENDS = {"start": int, "end": int}
WORDS = {**ENDS, "text": str}

# A Reading's JSON: what each object holds. Any text or number may be null; [x] is a list of x.
DOCUMENT = {
    "id": str,
    "title": str,
    "title_span": ENDS,
    "publisher": str,
    "published": str,
    "byline": str,
    "credit": str,
    "dateline": str,
    "url": str,
    "links": [str],
    "language": str,
    "kind": str,
    "text": str,
    "text_sha256": str,
}
ATTRIBUTION = {
    "id": str,
    "source": WORDS,
    "cue": WORDS,
    "content": [WORDS],
    "speaker": str,
    "speaker_confidence": float,
    "basis": str,
    "quotation": str,
    "act": str,
    "polarity": str,
    "certainty": str,
    "certainty_words": str,
    "channel": str,
    "addressee": str,
    "when": {"text": str, "from": str, "to": str},
    "within": str,
    "confidence": float,
}
STATEMENT = {"id": str, **WORDS, "headline": bool}
SOURCE = {
    "id": str,
    "name": str,
    "kind": str,
    "named": bool,
    "roles": [str],
    "access": str,
    "anonymity_reason": str,
    "mentions": [WORDS],
}
MADE_BY = {"sayso": str, "models": [{"name": str, "version": str}], "lexicon": str}
READING = {
    "document": DOCUMENT,
    "attributions": [ATTRIBUTION],
    "statements": [STATEMENT],
    "sources": [SOURCE],
    "problems": [str],
    "made_by": MADE_BY,
}
ALL = frozenset(READING)


def field_paths(shape: Any = READING, path: str = "") -> Iterator[str]:
    """The path of every text and number ("attributions.cue.start"), in the order of the JSON."""
    if path == "made_by.models":
        yield path
    elif isinstance(shape, list):
        yield from field_paths(shape[0], path)
    elif isinstance(shape, dict):
        for name, below in shape.items():
            yield from field_paths(below, f"{path}.{name}" if path else name)
    else:
        yield path


def under(parent: str, names: Iterable[str]) -> frozenset[str]:
    """The paths of fields of one object."""
    return frozenset(f"{parent}.{name}" for name in names)


def carries(carried: Iterable[str], path: str) -> bool:
    """Whether a field is among those carried, or lies in one of them."""
    return any(path == one or path.startswith(f"{one}.") for one in carried)


def part(value: Any, carried: frozenset[str], path: str = "") -> Any:
    """What is left of a Reading's JSON when only the fields carried are kept. What is null stays null."""
    if isinstance(value, list):
        return [part(one, carried, path) for one in value]
    if not isinstance(value, dict):
        return value
    below = {name: f"{path}.{name}" if path else name for name in value}
    return {
        name: part(value[name], carried, at)
        for name, at in below.items()
        if carries(carried, at) or any(one.startswith(f"{at}.") for one in carried)
    }


# What can be left out of an export, by the object that has it, and what then stands there instead.
LEFT_OUT: dict[str, dict[str, Any]] = {
    "sources": {"access": None, "anonymity_reason": None, "roles": (), "mentions": ()},
    "attributions": {"certainty_words": None, "channel": None, "addressee": None, "when": None, "basis": None},
    "document": {"byline": None, "credit": None, "dateline": None, "links": ()},
}


def without(reading: Reading, names: frozenset[str]) -> Reading:
    """A Reading with some fields left out: "access" and "anonymity_reason", say, to protect sources.

    What is left out is as if the text had not said it, and a problem says that it was left out. The document's
    text and the spans stay: they are the article's own words. Raises SaysoError for a name that LEFT_OUT lacks.
    """
    known = [name for blanks in LEFT_OUT.values() for name in blanks]
    for name in sorted(names.difference(known)):
        near = get_close_matches(name, known, n=1)
        remedy = f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(known)}"
        raise SaysoError(f"No field '{name}' can be left out; {remedy}")
    if not names:
        return reading

    def blank(value: Any, kind: str) -> Any:
        return replace(value, **{name: blank for name, blank in LEFT_OUT[kind].items() if name in names})

    return replace(
        reading,
        document=blank(reading.document, "document"),
        attributions=tuple(blank(one, "attributions") for one in reading.attributions),
        sources=tuple(blank(one, "sources") for one in reading.sources),
        problems=(*reading.problems, f"left out of this export: {', '.join(sorted(names))}"),
    )


# What some formats can only take as words: an attribution's manner as "act: deny".
LABELLED = ("quotation", "act", "polarity", "certainty", "certainty_words", "channel", "addressee")


def labelled(plain: dict[str, Any], names: Iterable[str]) -> list[str]:
    """The fields of an object that are not null, each as "name: value"."""
    return [f"{name}: {plain[name]}" for name in names if plain[name] is not None]


def unlabelled(words: Iterable[str], names: Iterable[str]) -> dict[str, str | None]:
    """The fields that `labelled` wrote; those that are not there are None."""
    found = dict(one.split(": ", 1) for one in words)
    return {name: found.get(name) for name in names}
