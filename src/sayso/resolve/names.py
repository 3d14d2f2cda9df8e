"""Personal names and names of organizations: which two may be of one bearer.

A wrong name is worse than none: two people with one surname are never joined, and a name with "Jr" is
not the same name without it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sayso.lexicon import Lexicon, word_list

_TOKEN = re.compile(r"[^\W\d_]+(?:[’'\-‑][^\W\d_]+)*\.?|\d+")
_POSSESSIVE = ("’s", "'s", "’", "'")
_SMALL = word_list("small words in names")
_PARTICLES = word_list("particles of surnames")
LEGAL_FORMS = word_list("legal forms of companies")


@dataclass(frozen=True)
class PersonName:
    """A personal name in its parts, in lower case: given names and initials, surname, "jr" or "iii"."""

    given: tuple[str, ...]
    surname: str
    suffix: str

    @property
    def full(self) -> bool:
        """Whether it has more than one part."""
        return bool(self.given)


def tokens_of(name: str) -> list[str]:
    """The parts of a name in lower case, without full stops and possessive endings."""
    for ending in _POSSESSIVE:
        name = name.removesuffix(ending)
    return [t.rstrip(".").lower() for t in _TOKEN.findall(name)]


def person_name(name: str, lexicon: Lexicon) -> PersonName | None:
    """The parts of a personal name without titles; None where nothing is left of it."""
    tokens = tokens_of(name)
    suffix = ""
    while len(tokens) > 1 and tokens[-1] in lexicon.name_suffixes:
        suffix = tokens.pop()
    while (
        len(tokens) > 1
        and tokens[0] in lexicon.gender_of_honorific
        and tokens[0] not in lexicon.gender_of_given_name  # "Don Holm"
    ):
        tokens.pop(0)
    if not tokens:
        return None
    first = len(tokens) - 1
    while first > 0 and tokens[first - 1] in _PARTICLES:
        first -= 1  # "van der Brekel" is one surname
    if first == 0 and len(tokens) == 2 and tokens[0] == "al" and name.startswith("Al "):
        first = 1  # "Al Orr"
    return PersonName(tuple(tokens[:first]), " ".join(tokens[first:]), suffix)


def same_given(a: str, b: str, lexicon: Lexicon) -> bool:
    """Whether two given names may be one person's: equal, an initial of the other, or short for it."""
    if a == b:
        return True
    if len(a) == 1 or len(b) == 1:
        return a[0] == b[0]
    short = lexicon.nicknames
    full_a, full_b = short.get(a, frozenset()) | {a}, short.get(b, frozenset()) | {b}
    return bool(full_a & full_b)


def same_person(a: PersonName, b: PersonName, lexicon: Lexicon) -> bool:
    """Whether two full names may be one person's: surname, suffix and given names agree, and middle names
    do not speak against it ("Ana W. Ruiz" is not "Ana H. W. Ruiz")."""
    if a.surname != b.surname or a.suffix != b.suffix or not (a.full and b.full):
        return False
    if not same_given(a.given[0], b.given[0], lexicon):
        # J. Edda Nilsen, Edda Nilsen
        longer, shorter = (a, b) if len(a.given) > len(b.given) else (b, a)
        initial = len(longer.given[0]) == 1 and len(longer.given) > 1 and longer.given[1] == shorter.given[0]
        both_names = longer.given[1:] == shorter.given and shorter.given[0] not in lexicon.gender_of_given_name
        return initial or both_names  # Mario Vega Llano, Vega Llano
    middle_a, middle_b = a.given[1:], b.given[1:]
    return not (middle_a and middle_b) or same_given(middle_a[0], middle_b[0], lexicon)


def bare_name_of(bare: PersonName, full: PersonName, lexicon: Lexicon) -> bool:
    """Whether a name of one part may stand for a full one: the surname, a part of it, or the given name."""
    if bare.full or (bare.suffix and bare.suffix != full.suffix):
        return False
    name = bare.surname
    if name == full.surname or name in full.surname.split("-"):
        return True
    return bool(full.given) and (name in full.given or (len(name) > 1 and same_given(name, full.given[0], lexicon)))


def initials_of(name: str) -> frozenset[str]:
    """The acronyms that a name gives by rule: its capitals, with and without small words."""
    words = [w for w in re.findall(r"[\w&’'-]+", name) if w]
    capitals = "".join(w[0] for w in words if w[0].isupper())
    telling = "".join(w[0].upper() for w in words if w.lower() not in _SMALL)
    whole = "".join(w[0].upper() for w in words if w.lower() != "the")
    return frozenset(x for x in (capitals, telling, whole) if len(x) > 1)


def is_acronym(name: str) -> bool:
    """Whether a name is of the form of an acronym: "DNC", "F.B.I."."""
    letters = name.replace(".", "")
    return 2 <= len(letters) <= 6 and letters.isalpha() and sum(c.isupper() for c in letters) >= len(letters) - 1


def organization_key(name: str) -> tuple[str, ...]:
    """What is left of an organization's name for comparing: no article, no legal form, no full stops."""
    tokens = tokens_of(name)
    tokens = [t for t in tokens if t != "the"] or tokens
    while len(tokens) > 1 and tokens[-1] in LEGAL_FORMS:
        tokens.pop()
    return tuple(tokens)


def short_for(short: Sequence[str], full: Sequence[str]) -> bool:
    """Whether a shorter name of an organization may stand for a full one: it leaves words out at one end or
    in the middle, and keeps a telling one ("the Fenwick" for "Fenwick Institution")."""
    if not short or len(short) >= len(full):
        return False
    left = list(full)
    for word in short:
        if word not in left:
            return False
        left = left[left.index(word) + 1 :]
    return short[0] == full[0] or len(short) > 1
