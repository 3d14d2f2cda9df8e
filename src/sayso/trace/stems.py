"""Words as tracing compares them: without endings, and with what the lexicon knows of them.

"rose" and "rises" are one word; "rise" and "climb" say much the same; "rise" and "fall" are opposites.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from sayso.lexicon import Lexicon, load_lexicon

WORD = re.compile(r"[^\W_]+(?:[’'\-‑.][^\W_]+)*")
_CUT = re.compile(r"(?:n[’']t|[’'](?:s|re|ve|d|ll|m))$")
_ENDINGS = ("ation", "ment", "ing", "ion", "edly", "ed", "ate", "ly")
_LONGEST_PHRASE = 4
_SINGULAR = frozenset({"news", "series", "species", "politics", "lens", "bias", "gas", "texas", "mass"})
OPPOSING_PREFIXES = ("un", "in", "im", "il", "ir", "dis", "non", "non-")

_LITTLE = (
    "a about above after again all also although am among an and another any are around as at away back be because "
    "been before being below between both but by came can come could did do does done down during each either even "
    "ever every for from further get gets getting go goes got had has have having he her here hers herself him himself "
    "his how i if in into is it its itself just let like made make makes may me might mine more most much must my "
    "myself now of off on once only onto or other our ours out over own per quite rather really s same shall she "
    "should since so some such t than that the their theirs them themselves then there these they this those though "
    "through thus to too toward towards under until up upon us very via was we were what when where whether which "
    "while who whom whose why will with within would yet you your yours say says said tell told according"
)
LITTLE_WORDS = frozenset(_LITTLE.split())


@cache
def plain(word: str) -> str:
    """A word in lower case without what hangs on it: "mill's" is "mill", "didn't" is "did"."""
    return _CUT.sub("", word.lower().replace("’", "'"))


@cache
def stem(word: str) -> str:
    """A plain word without its endings, or the first form of an irregular one."""
    base = _irregular().get(word)
    if base is not None:
        word = base
    elif len(word) > 3:
        word = _cut_ending(word if word in _SINGULAR else _cut_s(word))
    if len(word) > 6 and word.endswith("at"):
        word = word[:-2]  # "accelerated", "accelerates"
    if len(word) > 3 and word.endswith("e"):
        word = word[:-1]
    return word[:-1] + "i" if len(word) > 3 and word.endswith("y") else word


def _cut_ending(word: str) -> str:
    if word.endswith("eed") and len(word) > 5:
        return word[:-1]  # "agreed"
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _least_stem(ending):
            word = word[: -len(ending)]
            return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz" else word
    return word


def _least_stem(ending: str) -> int:
    """The letters that must stay: "station" is not "state", but "eating" is "eat"."""
    return 5 if ending in ("ation", "ion", "ate", "ment") else 3 if ending in ("ed", "ing") else 4


def _cut_s(word: str) -> str:
    if word.endswith(("ies", "ied")) and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def stems(text: str) -> list[str]:
    """The stems of all words of a text, in order."""
    return [stem(plain(word)) for word in WORD.findall(text)]


def joined(given: Sequence[str], phrases: frozenset[tuple[str, ...]]) -> list[str]:
    """Stems, with the phrases that the lexicon knows as one: "step down" is a word like "resign"."""
    found, i, opening = [], 0, first_words(phrases)
    while i < len(given):
        size = 1
        if given[i] in opening:
            size = next((n for n in range(_LONGEST_PHRASE, 1, -1) if tuple(given[i : i + n]) in phrases), 1)
        found.append(" ".join(given[i : i + size]))
        i += size
    return found


@cache
def first_words(phrases: frozenset[tuple[str, ...]]) -> frozenset[str]:
    """The words that open phrases."""
    return frozenset(words[0] for words in phrases)


def phrase(words: str) -> str:
    """Some words of the lexicon as `joined` gives them out."""
    return " ".join(stems(words))


@cache
def _irregular() -> dict[str, str]:
    rows = load_lexicon().tables["word_forms"]
    return {form: row["word"] for row in rows for form in (row["word"], *row["forms"].split("; "))}


@cache
def opposites(lexicon: Lexicon) -> dict[str, frozenset[str]]:
    """The opposites of each stem or phrase."""
    found: dict[str, set[str]] = {}
    for row in lexicon.tables["opposites"]:
        left, right = ([phrase(w) for w in row[side].split("; ")] for side in ("words", "opposites"))
        for a in left:
            for b in right:
                if a != b:
                    found.setdefault(a, set()).add(b)
                    found.setdefault(b, set()).add(a)
    return {word: frozenset(those) for word, those in found.items()}


@cache
def synonyms(lexicon: Lexicon) -> dict[str, frozenset[int]]:
    """The rows of words that say much the same, by number, of each stem or phrase."""
    found: dict[str, set[int]] = {}
    for number, row in enumerate(lexicon.tables["near_synonyms"]):
        for word in row["words"].split("; "):
            found.setdefault(phrase(word), set()).add(number)
    return {word: frozenset(rows) for word, rows in found.items()}


@cache
def phrases(lexicon: Lexicon) -> frozenset[tuple[str, ...]]:
    """The phrases among these words, as stems."""
    words = (*opposites(lexicon), *synonyms(lexicon))
    return frozenset(tuple(word.split()) for word in words if " " in word)


@cache
def prefixed(word: str) -> tuple[str, ...]:
    """What the opposite of a stem may be by its prefix alone, as "safe" and "unsafe" are."""
    with_one = [prefix + word for prefix in OPPOSING_PREFIXES] if len(word) > 2 else []
    without = [word.removeprefix(p) for p in OPPOSING_PREFIXES if word.startswith(p) and len(word) > len(p) + 2]
    return (*with_one, *without)
