"""The plain baseline: names are runs of capitalized words, a pronoun means the last one, labels are the commonest.

Which labels are commonest was seen on the project's labels of PolNeAR train: a named person asserts, affirmed and
stated plainly.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from guesses import PRONOUNS, THIRD_PERSON, Given, Guess, Who, given, reading_of, words

from sayso.bench.choices import Choice
from sayso.bench.coreference import Range
from sayso.bench.speakers import GoldDocument, tokens
from sayso.model import Reading, Span

_PART = r"(?:(?:[A-Z]\.)+|[A-Z][\w-]*(?:['’](?!s\b)\w+)?)"  # an initial, "O’Hanlon", "El-Erian"
_RUN = re.compile(rf"\b{_PART}(?: {_PART})*")
_COMMON = words(
    "a after all also an and as at because before both but by can did do during even every few for from had has have "
    "he her here his how however i if in into is it its just last like many meanwhile more most mr mrs ms my no not "
    "now of on one or our over she since so some still such that the their then there these they this those though to "
    "two under until was we were what when where which while who why will with would yes yet you your"
)
_WORD = re.compile(r"\w+(?:['’-]\w+)*")


def names(text: str) -> list[Span]:
    """Runs of capitalized words, without the common ones that open sentences."""
    found = []
    for run in _RUN.finditer(text):
        parts = run[0].split(" ")
        common = next((i for i, part in enumerate(parts) if re.split("['’]", part.lower())[0] not in _COMMON), None)
        if common is not None:
            found.append(Span(run.start() + len(" ".join(parts[:common])) + bool(common), run.end()))
    return found


def is_person(name: str) -> bool:
    """Two or three capitalized words look like a person's name."""
    return 2 <= len(name.split()) <= 3


def read(gold: GoldDocument) -> Reading:
    text = gold.document.text
    found, spans = names(text), given(gold)
    return reading_of(gold.document, spans, [Guess(_who(text, found, one)) for one in spans])


def _who(text: str, found: Sequence[Span], place: Given) -> Who | None:
    if place.source is None:
        return None
    source = place.source.of(text)
    if source.lower() in PRONOUNS:
        last = [name for name in found if name.end <= place.source.start]
        return Who(last[-1].of(text)) if last else None
    earlier = [name.of(text) for name in found if name.end <= place.source.end and is_person(name.of(text))]
    shared = [name for name in earlier if tokens(name) & tokens(source)]
    return Who(shared[-1] if shared else source)


def choose_nearest(choice: Choice) -> tuple[bool, bool]:
    """Of GAP's two names the last before the pronoun, or else the nearest after it."""
    before = [name for name in (choice.a, choice.b) if name.start < choice.pronoun.start]
    one = max(before) if before else min(choice.a, choice.b)
    return one == choice.a, one == choice.b


def clusters(text: str) -> list[list[tuple[Range, Range]]]:
    """Names that share their words, and he and she with the last name; mentions as (span, head)."""
    chains: dict[str, list[tuple[Range, Range]]] = {}
    places = {name.start: name for name in names(text)}
    full = [name.of(text) for name in places.values()]
    last = None
    for word in _WORD.finditer(text):
        if name := places.get(word.start()):
            parts = name.of(text).split()
            last = next((one for one in full if set(parts) < set(one.split())), name.of(text))
            head = name.end - len(parts[-1])
            chains.setdefault(last, []).append(((name.start, name.end), (head, name.end)))
        elif word[0].lower() in THIRD_PERSON and last:
            chains[last].append((word.span(), word.span()))
    return list(chains.values())
