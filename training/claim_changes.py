"""Contents changed by a script: to say the same in other words, the contrary, or something else.

Every change takes a text and a random generator, and gives the changed text, or None where it finds nothing to change.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from functools import cache

from sayso.lexicon import load_lexicon
from sayso.trace.quantities import quantities
from sayso.trace.stems import LITTLE_WORDS

Change = Callable[[str, random.Random], str | None]

_PAST = {"is": "was", "are": "were", "has": "had", "have": "had", "will": "would", "can": "could", "may": "might"}
_BEFORE_NOT, _WEEKDAYS, _MONTHS, _PLACES = (
    words.split()
    for words in (
        "is are was were will would can could should has had does did must may might",
        "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
        "January February March April June July August September October November December",
        "Ohio Florida Texas Chicago Boston London Paris Berlin Moscow Mexico China Iraq Syria Canada Iowa",
    )
)
_COUNTS = (
    *("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("dozens", "hundreds", "thousands"),
)
_WRAPS_SAME = (
    "It is true that {}",
    "According to the report, {}",
    "{}, it was reported",
    "the fact that {}",
    "{}, officials said",
    "it has become clear that {}",
)
_WRAPS_CONTRARY = (
    "It is not true that {}",
    "It is false that {}",
    "there is no evidence that {}",
    "{} is simply false",
    "denied that {}",
    "the claim that {} is wrong",
    "it is a lie that {}",
)
_WRAPS_HEDGED = (
    "It is possible that {}",
    "it is likely that {}",
    "probably, {}",
    "there is a chance that {}",
    "perhaps {}",
    "with high confidence, {}",
)
_NAME = re.compile(r"(?<![.!?] )(?<!^)\b[A-Z][a-z]+(?: [A-Z][a-z]+)+\b")
_ONE_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}\b(?! [A-Z])")


def _replaced(text: str, match: re.Match[str], by: str) -> str:
    return text[: match.start()] + by + text[match.end() :]


def _one(pattern: str, text: str, rng: random.Random) -> re.Match[str] | None:
    found = list(re.finditer(pattern, text))
    return rng.choice(found) if found else None


@cache
def _swaps(table: str, left: str, right: str) -> dict[str, tuple[str, ...]]:
    """Single words and their synonyms or opposites, in the forms that regular endings give both."""
    found: dict[str, set[str]] = {}
    for row in load_lexicon().tables[table]:
        for a in row[left].split("; "):
            for b in row[right].split("; "):
                if a != b and a.isalpha() and b.isalpha() and len(a) > 2:
                    for x, y in zip(_forms(a), _forms(b), strict=True):
                        found.setdefault(x, set()).add(y)
                        if left != right:
                            found.setdefault(y, set()).add(x)
    return {word: tuple(sorted(those)) for word, those in found.items()}


@cache
def _irregular() -> dict[str, list[str]]:
    return {row["word"]: row["forms"].split("; ") for row in load_lexicon().tables["word_forms"]}


def _forms(word: str) -> tuple[str, ...]:
    """A word, with -s, in the past, with -ing."""
    stem = word[:-1] if word.endswith("e") else word
    past = word[:-1] + "ied" if word.endswith("y") and word[-2] not in "aeou" else stem + "ed"
    plural = word[:-1] + "ies" if word.endswith("y") and word[-2] not in "aeou" else word + "s"
    if word in _irregular() and len(_irregular()[word]) > 1:
        past = _irregular()[word][1]
    return word, plural, past, stem + "ing"


def _swap(text: str, rng: random.Random, table: dict[str, tuple[str, ...]]) -> str | None:
    found = [m for m in re.finditer(r"\b[a-z]{3,}\b", text) if m[0] in table]
    if not found:
        return None
    match = rng.choice(found)
    return _replaced(text, match, rng.choice(table[match[0]]))


def synonym(text: str, rng: random.Random) -> str | None:
    return _swap(text, rng, _swaps("near_synonyms", "words", "words"))


def antonym(text: str, rng: random.Random) -> str | None:
    return _swap(text, rng, _swaps("opposites", "words", "opposites"))


def backshift(text: str, rng: random.Random) -> str | None:
    """Into the past, as reported speech is: "will" becomes "would"."""
    match = _one(rf"\b(?:{'|'.join(_PAST)})\b", text, rng)
    return re.sub(rf"\b{match[0]}\b", _PAST[match[0]], text) if match else None


def reported(text: str, rng: random.Random) -> str | None:
    return rng.choice(_WRAPS_SAME).format(text)


def shorter(text: str, rng: random.Random) -> str | None:
    """Without a modifier: an adverb, a part between commas, a part in brackets, a day."""
    pattern = rng.choice(
        (
            r"\b\w+ly ",
            r", [^,]{5,40}(?=,)",
            r" \([^)]*\)",
            rf" on (?:{'|'.join(_WEEKDAYS)})\b",
            r"\b(?:very|really|also|just|even|quite|still|already) ",
            r", (?:which|who|where) [^,]+$",
        )
    )
    match = _one(pattern, text, rng)
    return _replaced(text, match, "") if match else None


def surname(text: str, rng: random.Random) -> str | None:
    """A full name cut to the last of it."""
    match = _one(_NAME.pattern, text, rng)
    if match is None:
        return None
    title = rng.choice(("", "", "Mr. ", "Ms. "))
    return _replaced(text, match, title + match[0].split()[-1])


def passive(text: str, _: random.Random) -> str | None:
    """Turned round, where a simple passive is all there is: "X was shot by Y" is "Y shot X"."""
    match = re.fullmatch(r"(?P<a>(?:\S+ ){1,5})(?:was|were) (?P<verb>\w+ed) by (?P<b>(?:\S+ ?){1,5})", text)
    return f"{match['b'].strip()} {match['verb']} {match['a'].strip()}" if match else None


def contracted(text: str, rng: random.Random) -> str | None:
    match = _one(r"\b(?:n't|not)\b|\b(?:do|does|did|is|are|was|were|would|could|should) not\b", text, rng)
    return _replaced(text, match, match[0].replace(" not", "n't")) if match and " not" in match[0] else None


def negate(text: str, rng: random.Random) -> str | None:
    """With a "not", or with the one it had taken away."""
    had = re.search(r"\s*n[’']t\b| not\b| never\b", text)
    if had:
        return _replaced(text, had, "")
    match = re.search(rf"\b(?:{'|'.join(_BEFORE_NOT)})\b", text)
    if match:
        short = " not" if match[0] in ("may", "will", "can", "might") else "n't"
        return _replaced(text, match, match[0] + rng.choice((" not", short, " never")))
    verb = re.search(r"(?<=\w )([a-z]{3,})ed\b(?! by)", text)
    if verb is None:
        return None
    silent = "e" if verb[1].endswith(("v", "s", "c", "g", "z", "u", "at", "ir", "in", "bl")) else ""
    return _replaced(text, verb, f"did not {verb[1]}{silent}")


def none_of_it(text: str, rng: random.Random) -> str | None:
    """With "no" for "a", or the other way round: "there is no crack in any gate"."""
    had = re.search(r"\b[Nn]o(?= [a-z]{3,})", text)
    if had:
        return _replaced(text, had, rng.choice(("a", "some", "one")))
    match = re.search(r"(?<=\b(?:is|as|re|ve|ad) )(?:a|an|some|two|three|several)(?= [a-z]{3,})", text)
    return _replaced(text, match, "no") if match else None


def refuted(text: str, rng: random.Random) -> str | None:
    return rng.choice(_WRAPS_CONTRARY).format(text)


def other_number(text: str, rng: random.Random) -> str | None:
    found, places = quantities(text)
    exact = [(q, p) for q, p in zip(found, places, strict=True) if re.search(r"\d", text[p[0] : p[1]])]
    if not exact:
        return None
    _, (a, z) = rng.choice(exact)
    digits = re.search(r"\d+(?:,\d{3})*(?:\.\d+)?", text[a:z])
    if digits is None:
        return None
    value = float(digits[0].replace(",", ""))
    new = max(1.0, round(value * rng.choice((0.3, 0.5, 0.7, 1.4, 2, 3)) + rng.choice((-2, 1, 3))))
    if new == value:
        new += 4
    return text[: a + digits.start()] + f"{new:,.0f}" + text[a + digits.end() :]


def other_word_number(text: str, rng: random.Random) -> str | None:
    match = _one(rf"\b(?:{'|'.join(_COUNTS)})\b", text, rng)
    return _replaced(text, match, rng.choice([w for w in _COUNTS if w != match[0]])) if match else None


def other_day(text: str, rng: random.Random) -> str | None:
    for names in (_WEEKDAYS, _MONTHS):
        match = _one(rf"\b(?:{'|'.join(names)})\b", text, rng)
        if match:
            return _replaced(text, match, rng.choice([n for n in names if n != match[0]]))
    match = _one(r"\b(?:19|20)\d\d\b", text, rng)
    return _replaced(text, match, str(int(match[0]) + rng.choice((-4, -2, -1, 1, 2, 4)))) if match else None


def other_name(names: Sequence[str]) -> Change:
    """Another name in the place of one."""

    def change(text: str, rng: random.Random) -> str | None:
        match = _one(_NAME.pattern, text, rng) or _one(_ONE_NAME.pattern, text, rng)
        if match is None or match[0] in _WEEKDAYS + _MONTHS:
            return None
        pool = _PLACES if re.search(r"\b(?:in|at|from|to)\s$", text[: match.start()]) else names
        new = rng.choice(pool)
        return None if new in text else _replaced(text, match, new)

    return change


def swapped(text: str, _: random.Random) -> str | None:
    """Two names, or two nouns, in each other's place: who did it to whom."""
    for pattern in (r"\b[A-Z][a-z]+(?: [A-Z][a-z]+)?\b", r"(?<=\bthe )[a-z]{3,}\b"):
        found = [m for m in re.finditer(pattern, text) if m[0] not in ("The", "It", "He", "She", "We", "They", "If")]
        if len(found) < 2 or found[0][0] == found[1][0] or found[1].start() - found[0].end() > 30:
            continue
        if re.search(r"\b\w{2,}(?:ed|s|ing)\b", text[found[0].end() : found[1].start()]):
            a, b = found[:2]
            return text[: a.start()] + b[0] + text[a.end() : b.start()] + a[0] + text[b.end() :]
    return None


def doubly(text: str, rng: random.Random) -> str | None:
    """With an opposite, and a "not" that takes it back: "not guilty" for "innocent"."""
    turned = antonym(text, rng)
    return negate(turned, rng) if turned is not None and not re.search(r"n[’']t\b| not\b", turned) else None


def unprefixed(text: str, rng: random.Random) -> str | None:
    """With "unsafe" for "safe", or the other way round."""
    match = _one(r"\bun(?=[a-z]{4,}\b)", text, rng)
    if match and text[match.end() :].split(" ")[0].rstrip(".,") in _adjectives():
        return _replaced(text, match, "")
    match = _one(r"\b(?:is|are|was|were) (?=[a-z]{4,}\b)", text, rng)
    if match and text[match.end() :].split(" ")[0].rstrip(".,") in _adjectives():
        return _replaced(text, match, match[0] + "un")
    return None


_ADJECTIVES = (
    "safe fair clear likely able happy lawful reasonable acceptable popular stable usual certain necessary fit "
    "willing aware qualified prepared wanted known related true constitutional ethical available affordable "
    "realistic successful helpful important"
)


@cache
def _adjectives() -> frozenset[str]:
    return frozenset(_ADJECTIVES.split())


def elsewhere(text: str, rng: random.Random) -> str | None:
    """With a capital or a seat of power for its country, as newspapers write."""
    found = [m for m in re.finditer(r"\b[A-Z][a-z]+(?: [A-Z][a-z]+)?\b", text) if m[0] in _countries()]
    if not found:
        return None
    match = rng.choice(found)
    return _replaced(text, match, rng.choice(_countries()[match[0]]))


@cache
def _countries() -> dict[str, tuple[str, ...]]:
    found = {}
    for row in load_lexicon().tables["governments"]:
        names = [row["country"], *(n for field in ("capital", "seats") for n in row[field].split("; ") if n)]
        for name in names:
            found[name] = tuple(n for n in names if n != name)
    return {name: others for name, others in found.items() if others}


def other_word(words: Sequence[str]) -> Change:
    """Another word in the place of one, of the same ending."""
    kinds: dict[str, list[str]] = {}
    for word in words:
        kinds.setdefault(_ending(word), []).append(word)

    def change(text: str, rng: random.Random) -> str | None:
        found = [m for m in re.finditer(r"\b[a-z]{4,}\b", text) if m[0] not in LITTLE_WORDS]
        for match in rng.sample(found, min(2, len(found))):
            text = text.replace(match[0], rng.choice(kinds.get(_ending(match[0]), [match[0]])), 1)
        return text if found else None

    return change


def _ending(word: str) -> str:
    return next((e for e in ("ing", "ed", "ly", "s", "al", "ive", "ous", "ion") if word.endswith(e)), "")


def first_clause(text: str) -> str:
    """A text up to its first comma or "and", where that leaves a few words: news often tells no more."""
    cut = re.split(r",| and | but | because | which | who ", text)[0]
    return cut if 4 <= len(cut.split()) <= 14 else text


def hedged(text: str, rng: random.Random) -> str | None:
    """Told as likely or possible: how sure somebody is does not change what is put forward."""
    match = _one(r"\b(?:is|are|was|were|will|has|have)\b", text, rng)
    if match is None or rng.random() < 0.3:
        return rng.choice(_WRAPS_HEDGED).format(text)
    verb = match[0]
    by = {
        "is": ("may be", "could be", "is probably", "is likely", "is reportedly"),
        "are": ("may be", "might be", "are probably", "are likely", "are allegedly"),
        "was": ("may have been", "was probably", "was reportedly", "might have been"),
        "were": ("may have been", "were probably", "were allegedly", "could have been"),
        "will": ("may", "could", "will probably", "might", "is expected to", "should"),
        "has": ("may have", "has probably", "might have", "has apparently"),
        "have": ("may have", "have probably", "might have", "have reportedly"),
    }[verb]
    return _replaced(text, match, rng.choice(by))


def headline(text: str, _: random.Random) -> str | None:
    """As a headline has it: without articles and forms of "to be"."""
    cut = re.sub(r"\b(?:the|a|an|is|are|was|were|The|A|An) ", "", text)
    return cut[:1].upper() + cut[1:] if cut != text and len(cut.split()) > 3 else None


SAME: tuple[Change, ...] = (
    *(synonym, synonym, backshift, backshift, reported, shorter, shorter, surname, surname, passive, passive),
    *(contracted, doubly, elsewhere, elsewhere),
)
CONTRARY: tuple[Change, ...] = (
    *(negate, negate, negate, antonym, antonym, refuted, unprefixed, unprefixed),
    *(none_of_it, none_of_it, none_of_it),
)
OTHER: tuple[Change, ...] = (other_number, other_word_number, other_day, swapped, swapped)


def paraphrase(text: str, rng: random.Random, most: int = 3) -> str | None:
    """A text after one to so many changes that leave its meaning."""
    changed = text
    for change in rng.sample(SAME, rng.randint(1, most)):
        changed = change(changed, rng) or changed
    return None if changed == text else changed
