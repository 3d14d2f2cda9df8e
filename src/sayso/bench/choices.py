"""Which of two names a pronoun means: GAP's score, over all and by the pronoun's gender.

Webster et al. 2018, "Mind the GAP: A Balanced Corpus of Gendered Ambiguous Pronouns". A row asks twice, once for
each name; both may be wrong. A corpus is JSON lines: {"id", "text", "pronoun", "p_off", "A", "A_off", "A_coref",
"B", "B_off", "B_coref"}, offsets in code points.
"""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from sayso.bench.heads import head_of
from sayso.errors import InputError
from sayso.model import Span

MASCULINE = frozenset(("he", "him", "his"))
FEMININE = frozenset(("she", "her", "hers"))
_PLACES = (("pronoun", "p_off"), ("A", "A_off"), ("B", "B_off"))


@dataclass(frozen=True)
class Choice:
    """A pronoun, two names, and which of them it means."""

    id: str
    text: str
    pronoun: Span
    a: Span
    b: Span
    meant: tuple[bool, bool]

    @property
    def gender(self) -> str:
        return "feminine" if self.pronoun.of(self.text).lower() in FEMININE else "masculine"


Predictor = Callable[[Choice], tuple[bool, bool]]


def read_choices(path: Path) -> Iterator[Choice]:
    """The rows of a corpus, which may be .gz. Raises InputError, with the line, where one is not in the format."""
    opener: Any = gzip.open if path.suffix == ".gz" else Path.open
    with opener(path, "rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = msgspec.json.decode(line)
                pronoun, a, b = (Span(row[at], row[at] + len(row[words])) for words, at in _PLACES)
                choice = Choice(row["id"], row["text"], pronoun, a, b, (row["A_coref"], row["B_coref"]))
            except (msgspec.DecodeError, KeyError, TypeError) as error:
                raise InputError(f"{path}, line {number}", f"not a row in GAP's format ({error})") from error
            words = choice.pronoun.of(choice.text)
            if words.lower() not in MASCULINE | FEMININE:
                message = f"the pronoun is {words!r}; expected he, him, his, she, her or hers"
                raise InputError(f"{path}, line {number}", message)
            yield choice


def by_chains(chains: Callable[[str], Sequence[Sequence[Span]]]) -> Predictor:
    """Choosing by the chains of mentions in a text: a name is meant if the pronoun's chain holds a mention whose head
    is in the name. "Ana's sister Eva" is of Eva."""

    def choose(choice: Choice) -> tuple[bool, bool]:
        same = [m for chain in chains(choice.text) if choice.pronoun in chain for m in chain if m != choice.pronoun]
        heads = [head_of(choice.text, (m.start, m.end))[0] for m in same]
        a, b = (any(name.start <= head < name.end for head in heads) for name in (choice.a, choice.b))
        return a, b

    return choose


def measure(choices: Iterable[Choice], predict: Predictor) -> dict[str, Any]:
    """F1 of the decisions "is meant", in percent, overall and by gender; "ratio" is feminine F1 by masculine F1."""
    tallies: dict[str, Counter[str]] = {group: Counter() for group in ("all", "masculine", "feminine")}
    for choice in choices:
        for predicted, meant in zip(predict(choice), choice.meant, strict=True):
            for group in ("all", choice.gender):
                tallies[group].update(right=predicted and meant, predicted=predicted, meant=meant)
    out: dict[str, Any] = {group: _figures(tally) for group, tally in tallies.items()}
    masculine, feminine = _f1(tallies["masculine"]), _f1(tallies["feminine"])
    out["ratio"] = round(feminine / masculine, 3) if masculine else None
    return out


def _f1(tally: Counter[str]) -> float:
    total = tally["predicted"] + tally["meant"]
    return 200 * tally["right"] / total if total else 0.0


def _figures(tally: Counter[str]) -> dict[str, float]:
    right, predicted, meant = tally["right"], tally["predicted"], tally["meant"]
    return {
        "precision": round(100 * right / predicted, 1) if predicted else 0.0,
        "recall": round(100 * right / meant, 1) if meant else 0.0,
        "f1": round(_f1(tally), 1),
    }
