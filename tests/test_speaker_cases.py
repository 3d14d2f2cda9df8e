"""Every case in tests/cases/resolve and tests/cases/qualify: who is speaking, and how.

In the notation of tests/notation.py. A line for an attribution begins with words of its cue; if they stand in
the passage more than once, `#2` is the second time. A line for a source begins with its name:

    cue: said #2 | speaker: Ana Ruiz | act: deny/accuse | certainty: - | within: told
    source: Ana Ruiz | mentions: Ana Ruiz; Ms. Ruiz; she | roles: the mayor …

Only the fields that are written are compared, in words copied from the passage; small words before them
("the", "on"), capitals and the marks around them do not count.

    -                             none
    deny/accuse                   one of these
    not Bill Hale                 anything else, or none
    officials …                   begins with these words; "… her job" ends with them
    Ana Ruiz and Bill Hale        both, in any order
    mentions: Ruiz; she           these and no others, in this order; with "…" at the end, these at least
    when: 2024-10-07..2024-10-07  the first and the last day
    when: last week               these words, and no day
    when: on Friday = 2024-10-04..2024-10-04
    same as: said                 has the speaker of that attribution; "other than: said" has another, or none
    source: not Varga             no source has that name
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from notation import Case, bare_word, paths_of, read_case, settle, stands_in, words

import sayso
from sayso.model import Act, Attribution, Certainty, Document, Polarity, Quotation, Reading, Source, SourceKind, Span

PATHS = [pytest.param(path, id=f"{path.parent.name}/{path.stem}") for path in paths_of("resolve", "qualify")]
LABELS: dict[str, set[str]] = {
    "act": set(Act),
    "polarity": set(Polarity),
    "certainty": set(Certainty),
    "quotation": set(Quotation),
    "kind": set(SourceKind),
    "named": {"yes", "no"},
}
OF_SOURCES = ("kind", "named", "mentions", "roles", "access", "reason")
OF_ATTRIBUTIONS = (
    *("speaker", "same as", "other than", "kind", "named", "act", "polarity", "certainty", "words"),
    *("channel", "addressee", "when", "basis", "within", "quotation"),
)
LISTS = ("mentions", "roles")
CUES = ("same as", "other than", "within")
MAY_BEGIN_WITH_NOT = ("words", "access", "reason")
SMALL = ("the", "a", "an", "on", "in", "at")

Fields = list[tuple[str, str]]


@cache
def reading_of(path: Path) -> tuple[Case, Reading]:
    """A case and the reading of its passage."""
    case = read_case(path.read_bytes().decode())
    return case, sayso.read(Document(id="case", text=case.passage, published=case.published), threads=1)


def fields_of(line: str) -> Fields:
    """The fields of a line. Raises ValueError where it is not in the notation."""
    fields = [(name, value) for name, _, value in (field.partition(": ") for field in line.split(" | "))]
    known = {"cue": OF_ATTRIBUTIONS, "source": OF_SOURCES}.get(fields[0][0])
    if known is None:
        raise ValueError(f"found {line!r}, expected `cue: …` or `source: …` first")
    for name, value in fields[1:]:
        if name not in known or not value:
            raise ValueError(f"found {name!r} in {line!r}, expected one of {', '.join(known)}, each with a value")
    return fields


# How expected words are compared with found ones


def telling(text: str) -> tuple[str, ...]:
    """The words of a value as they are compared: in lower case, without the small ones in front."""
    found = tuple(word.lower().removesuffix("’s").removesuffix("'s") for word in words(text))
    while len(found) > 1 and found[0] in SMALL:
        found = found[1:]
    return found


def one_is(wanted: str, found: str | None) -> bool:
    """Whether a found value is the one wanted, which may leave its beginning or its end open."""
    if wanted == "-" or found is None:
        return wanted == "-" and found is None
    these, those = telling(wanted.strip("… ")), telling(found)
    if wanted.startswith("…") and wanted.endswith("…"):
        return stands_in(these, those)
    if wanted.startswith("…"):
        return those[-len(these) :] == these
    if wanted.endswith("…"):
        return those[: len(these)] == these
    return these == those or sorted(parts_of(wanted)) == sorted(parts_of(found))


def parts_of(name: str) -> list[tuple[str, ...]]:
    """The names in one that is made of several: "Ana Ruiz, Bill Hale and Dana Kirk"."""
    return [telling(part) for part in re.split(r" and |, and |, (?!Jr|Sr)", name)]


def is_as_wanted(name: str, wanted: str, found: str | None) -> bool:
    """Whether a field's value is one of those wanted, or none of those ruled out."""
    ruled_out = wanted.startswith("not ") and name not in MAY_BEGIN_WITH_NOT
    options = wanted.removeprefix("not ").split("/") if ruled_out else wanted.split("/")
    if name == "when":
        return any(is_date_wanted(option, found) for option in options)
    if name in LISTS:
        items = (found or "").split("; ") if found else []
        if ruled_out:
            return not any(one_is(option, item) for option in options for item in items)
        return are_items_wanted(wanted, items)
    return any(one_is(option, found) for option in options) != ruled_out


def are_items_wanted(wanted: str, found: list[str]) -> bool:
    """Whether a list is the one wanted, or holds it where it is left open."""
    if wanted == "-":
        return not found
    items = wanted.split("; ")
    if items[-1] == "…":
        return all(any(is_as_wanted("", item, other) for other in found) for item in items[:-1])
    return len(items) == len(found) and all(is_as_wanted("", i, f) for i, f in zip(items, found, strict=True))


def is_date_wanted(wanted: str, found: str | None) -> bool:
    """Whether a date, as "words = first..last" or as words alone, is the one wanted."""
    if wanted == "-" or found is None:
        return wanted == "-" and found is None
    text, _, days = found.partition(" = ")
    if re.fullmatch(r"\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d", wanted):
        return days == wanted
    wanted_text, _, wanted_days = wanted.partition(" = ")
    return telling(text) == telling(wanted_text) and days == wanted_days


# What was found, in the notation


def place_of(cue: str, passage: str) -> Span | None:
    """Where the words of a cue stand in a passage: "said #2" stands where "said" does for the second time."""
    text, _, number = cue.partition(" #")
    wanted = tuple(word.lower() for word in words(text))
    tokens = [(m.start(), m.end(), bare_word(m[0]).lower()) for m in re.finditer(r"[^\s—]+", passage)]
    starts = [i for i in range(len(tokens)) if tuple(t[2] for t in tokens[i : i + len(wanted)]) == wanted]
    nth = int(number or 1) - 1
    return Span(tokens[starts[nth]][0], tokens[starts[nth] + len(wanted) - 1][1]) if nth < len(starts) else None


def attribution_at(cue: str, reading: Reading) -> Attribution | None:
    """The attribution whose cue shares most with these words, and little beside them."""
    place = place_of(cue, reading.document.text)
    if place is None:
        return None
    sharing = [a for a in reading.attributions if a.cue.start < place.end and place.start < a.cue.end]
    return min(sharing, key=lambda a: abs(a.cue.start - place.start) + abs(a.cue.end - place.end), default=None)


def shown(name: str, attribution: Attribution, reading: Reading) -> str | None:
    """A field of an attribution in the notation."""
    sources = {source.id: source for source in reading.sources}
    speaker = sources.get(attribution.speaker or "")
    if name in ("kind", "named"):
        return shown_of_source(name, speaker) if speaker else None
    if name == "within":
        return next((a.cue.of(reading.document.text) for a in reading.attributions if a.id == attribution.within), None)
    if name == "when":
        when = attribution.when
        days = f" = {when.start}..{when.end}" if when and when.start else ""
        return when.text + days if when else None
    if name == "basis":
        return sources[attribution.basis].name if attribution.basis else None
    if name == "words":
        return attribution.certainty_words
    if name in ("speaker", "same as", "other than"):
        return speaker.name if speaker else None
    value: str | None = getattr(attribution, name)
    return value


def shown_of_source(name: str, source: Source, text: str = "") -> str | None:
    """A field of a source in the notation."""
    if name == "mentions":
        return "; ".join(span.of(text) for span in source.mentions)
    if name == "roles":
        return "; ".join(source.roles)
    if name == "named":
        return "yes" if source.named else "no"
    return {"kind": source.kind, "access": source.access, "reason": source.anonymity_reason}[name]


def wrong_of_attribution(fields: Fields, reading: Reading) -> Iterator[str]:
    """What is not as expected of one attribution."""
    cue = fields[0][1]
    found = attribution_at(cue, reading)
    if found is None:
        cues = "; ".join(a.cue.of(reading.document.text) for a in reading.attributions)
        yield f"cue: {cue} | found only: {cues or 'nothing'}"
        return
    for name, wanted in fields[1:]:
        value = shown(name, found, reading)
        if name in CUES and wanted != "-":
            other = attribution_at(wanted, reading)
            if other is None:
                good = False
            elif name == "within":
                good = found.within == other.id
            else:
                good = (found.speaker is not None and found.speaker == other.speaker) == (name == "same as")
        else:
            good = is_as_wanted(name, wanted, value)
        if not good:
            yield f"cue: {cue} | {name}: {wanted} | found: {value or '-'}"


def wrong_of_source(fields: Fields, reading: Reading) -> Iterator[str]:
    """What is not as expected of one source."""
    wanted = fields[0][1]
    ruled_out = wanted.startswith("not ")
    having = [s for s in reading.sources if any(one_is(n, s.name) for n in wanted.removeprefix("not ").split("/"))]
    if bool(having) == ruled_out:
        yield f"source: {wanted} | found: {'; '.join(source.name for source in reading.sources) or 'none'}"
    if ruled_out or not having:
        return
    for name, value in fields[1:]:
        found = shown_of_source(name, having[0], reading.document.text)
        if not is_as_wanted(name, value, found):
            yield f"source: {wanted} | {name}: {value} | found: {found or '-'}"


def wrong_in(case: Case, reading: Reading) -> list[str]:
    """All that is not as a case expects it."""
    wrong: list[str] = []
    for fields in map(fields_of, case.expected):
        wrong += (wrong_of_attribution if fields[0][0] == "cue" else wrong_of_source)(fields, reading)
    return wrong


def copied(name: str, value: str) -> Iterator[str]:
    """The words of a field that must stand in the passage."""
    if name in LABELS:
        return
    plain = value.removeprefix("not ") if name not in MAY_BEGIN_WITH_NOT else value
    for option in re.split("; |/", plain):
        text = option.partition(" = ")[0].partition(" #")[0].strip("… ")
        if text not in ("-", "") and not re.fullmatch(r"\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d", text):
            yield text


@pytest.mark.parametrize("path", PATHS)
def test_a_case_is_in_the_notation_and_copied_from_its_passage(path: Path) -> None:
    case = read_case(path.read_bytes().decode())
    assert re.fullmatch(r"\S.*[.]", case.shows)
    passage = tuple(word.lower().removesuffix("’s").removesuffix("'s") for word in words(case.passage))
    for fields in map(fields_of, case.expected):
        for name, value in fields:
            if name in LABELS:
                assert set(value.removeprefix("not ").split("/")) <= LABELS[name] | {"-"}, value
            for text in copied(name, value):
                assert stands_in(telling(text), passage) or all(stands_in(p, passage) for p in parts_of(text)), text
            if name == "cue" or (name in CUES and value != "-"):
                assert place_of(value, case.passage), value


@pytest.mark.parametrize("path", PATHS)
def test_who_is_speaking_and_how(path: Path) -> None:
    case, reading = reading_of(path)
    settle(case, wrong_in(case, reading))
