"""Mentions by their form: pronoun, name or description, whose gender and number the words show.

All offsets here are of words, half-open. What the words do not show is UNKNOWN, never guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sayso.extract.words import Words
from sayso.lexicon import Lexicon

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

FORMS = ("name", "the", "this", "whose", "a", "bare", "he", "she", "it", "they", "i", "we", "you", "who", "some")
NAME, THE, THIS, WHOSE, INDEFINITE, BARE = range(6)
PRONOUN = 6  # forms from here on are pronouns
UNKNOWN, MALE, FEMALE, THING = range(4)
ONE, MANY = 1, 2

_GENDERS = {"": UNKNOWN, "either": UNKNOWN, "male": MALE, "female": FEMALE, "thing": THING}
_NUMBERS = {"": UNKNOWN, "one": ONE, "many": MANY}
_DETERMINERS = {
    "the": THE, "this": THIS, "that": THIS, "these": THIS, "those": THIS, "such": THIS,
    "my": WHOSE, "your": WHOSE, "his": WHOSE, "her": WHOSE, "its": WHOSE, "our": WHOSE, "their": WHOSE,
    "a": INDEFINITE, "an": INDEFINITE, "some": INDEFINITE, "any": INDEFINITE, "no": INDEFINITE, "every": INDEFINITE,
    "another": INDEFINITE, "other": INDEFINITE, "many": INDEFINITE, "several": INDEFINITE, "one": INDEFINITE,
    "two": INDEFINITE, "three": INDEFINITE, "most": INDEFINITE, "few": INDEFINITE,
}  # fmt: skip
_SINGULAR_S = ("ss", "us", "is", "news", "politics")
_PLURALS = frozenset(("people", "men", "women", "children", "police", "media", "folks", "spokesmen", "spokeswomen"))


@dataclass(frozen=True, eq=False)
class Mentions:
    """The mentions of a document, in the order of their first words, as columns."""

    start: Ints
    end: Ints
    head: Ints
    form: Ints  # index into FORMS
    gender: Ints
    number: Ints
    sentence: Ints
    paragraph: Ints
    quoted: NDArray[np.bool_]
    sourced: NDArray[np.bool_]  # is the source of some attribution
    key: tuple[str, ...]  # the head word in lower case, singular
    bag: tuple[frozenset[str], ...]  # all its telling words in lower case

    def __len__(self) -> int:
        return len(self.start)

    @cached_property
    def key_number(self) -> Ints:
        """Equal numbers for equal keys."""
        number_of = {key: i for i, key in enumerate(dict.fromkeys(self.key))}
        return np.array([number_of[key] for key in self.key], dtype=np.int64)

    @cached_property
    def bag_size(self) -> Ints:
        return np.array([len(bag) for bag in self.bag], dtype=np.int64)


def lowered(words: Words) -> list[str]:
    """Each word in lower case."""
    text = words.text
    return [text[a:b].lower() for a, b in zip(words.start.tolist(), words.end.tolist(), strict=True)]


def singular(noun: str) -> str:
    """A noun's singular by the regular rules; what looks singular comes back as it is."""
    if len(noun) > 4 and noun.endswith("ies"):
        return noun[:-3] + "y"
    if len(noun) > 4 and noun.endswith(("sses", "shes", "ches", "xes")):
        return noun[:-2]
    if len(noun) > 3 and noun.endswith("s") and not noun.endswith(_SINGULAR_S):
        return noun[:-1]
    if noun.endswith("men") and len(noun) > 3:
        return noun[:-3] + "man"
    return noun


def describe(
    words: Words,
    lower: Sequence[str],
    spans: Sequence[tuple[int, int, int]],
    sentence: Ints,
    paragraph: Ints,
    names: NDArray[np.bool_],
    sources: frozenset[tuple[int, int]],
    lexicon: Lexicon,
) -> Mentions:
    """The columns of mentions (start, end, head), in order. `names` says of each word whether it is in a name."""
    n = len(spans)
    form, gender, number = (np.zeros(n, dtype=np.int64) for _ in range(3))
    keys, bags = [], []
    for i, (start, end, head) in enumerate(spans):
        form[i], gender[i], number[i] = _shown(lower, start, end, head, names, lexicon)
        word = lower[head]
        keys.append(word if form[i] == NAME or form[i] >= PRONOUN else singular(word))
        bags.append(frozenset(w for w in lower[start:end] if len(w) > 2 and w not in _DETERMINERS and w != "the"))
    spot = np.array([s[0] for s in spans], dtype=np.int64)
    heads = np.array([s[2] for s in spans], dtype=np.int64)
    return Mentions(
        start=spot,
        end=np.array([s[1] for s in spans], dtype=np.int64),
        head=heads,
        form=form,
        gender=gender,
        number=number,
        sentence=sentence[heads] if n else heads,
        paragraph=paragraph[heads] if n else heads,
        quoted=(words.quote[heads] == 1) if n else np.zeros(0, dtype=bool),
        sourced=np.array([(s[0], s[1]) in sources for s in spans], dtype=bool),
        key=tuple(keys),
        bag=tuple(bags),
    )


def _shown(
    lower: Sequence[str],
    start: int,
    end: int,
    head: int,
    names: NDArray[np.bool_],
    lexicon: Lexicon,
) -> tuple[int, int, int]:
    """Form, gender and number of one mention, as its words show them."""
    word = lower[head]
    pronoun = lexicon.pronouns.get(word)
    if pronoun and end - start == 1 and not names[head]:
        kind = pronoun["class"] if pronoun["class"] in FORMS else "who" if word in ("which", "that") else "some"
        number = UNKNOWN if word in ("they", "them", "their") else _NUMBERS[pronoun["number"]]
        return FORMS.index(kind), _GENDERS[pronoun["gender"]], number
    if names[head]:
        return NAME, _gender_of_name(lower, start, head, lexicon), UNKNOWN
    form = _DETERMINERS.get(lower[start], BARE)
    if form == BARE and any(lower[i] in ("'", "’", "'s", "’s", "s") for i in range(start + 1, head)):
        form = WHOSE
    many = (
        word in _PLURALS
        or (word in lexicon.group_heads and word not in lexicon.gender_of_noun)
        or (word.endswith("s") and not word.endswith(_SINGULAR_S))
        or word.endswith("men")
    )
    gender = _GENDERS.get(lexicon.gender_of_noun.get(singular(word), ""), UNKNOWN)
    return form, gender, MANY if many else ONE


def _gender_of_name(lower: Sequence[str], start: int, head: int, lexicon: Lexicon) -> int:
    """The gender that an honorific, a title or a given name shows."""
    first = max(0, start - 2)
    for word in lower[first:head]:
        shown = lexicon.gender_of_honorific.get(word)
        if shown:
            return _GENDERS[shown]
    for word in lower[start:head]:
        shown = lexicon.gender_of_given_name.get(word) or lexicon.gender_of_noun.get(word)
        if shown and shown != "either":
            return _GENDERS[shown]
    return UNKNOWN
