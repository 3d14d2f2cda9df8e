"""Sources: the words that name a speaker, taken apart; and what a document says of each speaker.

A source span may hold a name, a description, both ("Bill Hale's campaign manager, Ida Ruiz"), or several
speakers ("the mayor and the sheriff"). Who is meant is its head: what stands in a possessive, after "of" or
"for", or in a relative clause only says more of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sayso.lexicon import Lexicon, word_list
from sayso.resolve.forms import singular
from sayso.resolve.mentions import PAPERS, Name

_MORE = word_list("words that say more of a source")
_NO_HEAD = word_list("words that end a source and head none")
_QUANTITIES = word_list("nouns of quantity")
_JOINED = word_list("adjectives joined before a noun")
_COMPARED = frozenset(("more", "fewer", "less"))
SUBJECTS = frozenset(("he", "she", "they", "it", "i", "we", "you"))
_JOINING = frozenset(("and", "but", "so", "yet"))
_LONGEST_TITLE = 4  # words: "Lt", ".", "Gov", "."
_ALONG_WITH = (("along", "with"), ("together", "with"), ("as", "well", "as"))
_DASHES = frozenset(("–", "—", "--"))
_UTTERANCES = frozenset(("comment", "comments", "remark", "remarks", "words", "mind", "voice"))
_POSSESSIVE = frozenset(("'", "’"))
_CALLED = frozenset(("as", "named", "called"))
_IDENTIFIED = frozenset(("identified", "known"))
_ARTICLES = frozenset(("the", "a", "an", "his", "her", "their", "its"))
_NO_OFFICE = frozenset(("the", "a", "an", "and", ",", "."))  # words that end what somebody heads
_INTRODUCING = frozenset(("a", "an", "one", "another", "the"))
_SHORTEST_DOING = 5  # letters: "suing", not "king"
_OBJECTS = frozenset((*_ARTICLES, "this", "that", "these", "those", "him", "them", "itself", "for", "against"))
_LONGEST_OF = 2  # words of what somebody heads: "director of public affairs Ida Ruiz"


@dataclass(frozen=True)
class Part:
    """One speaker in a source span: its words, the word that stands for it, and its name if it has one there."""

    start: int
    end: int
    head: int
    name: Name | None


def parts_of(
    lower: Sequence[str],
    start: int,
    end: int,
    names: Mapping[int, Name],
    capital: Callable[[int], bool],
    lexicon: Lexicon,
) -> list[Part]:
    """The speakers in the words [start, end) of a source; `names` by their first word, `capital` by word."""
    parts: list[Part] = []
    head: int | None = None
    name: Name | None = None
    while start < end - 1 and lower[start] in _JOINING:  # "But I don't want to"
        start += 1
    began = i = start
    while i < end:
        word = lower[i]
        if i in names:
            found = names[i]
            stop = min(found.end, end)
            head, name = _last_telling(lower, i, stop, lexicon), found
            i = stop
            continue
        if word in _POSSESSIVE and head is not None:
            after = i + 2 if i + 1 < end and lower[i + 1] == "s" else i + 1
            if lower[end - 1] in _UTTERANCES and end - after <= 3:
                break  # "Hale's later comments": Hale
            if any(w[0].isalnum() for w in lower[after:end]):  # whose it is; alone ("Ruiz's"), who it is
                head, name = None, None
            i = after
            continue
        if head is not None and word in _CALLED and name is None and _is_called(lower, i, names):
            i += 1
            continue
        compared = word == "than" and lower[i - 1] in _COMPARED
        amount = compared or (head is not None and lower[head] in _QUANTITIES and word == "of")
        doing = head is not None and _is_doing(lower, head, i, end, names, capital, lexicon)
        if head is not None and (word in _MORE or word == "(" or doing) and not amount:
            named = None if name else _name_after(lower, head, i, end, names, capital, lexicon)
            if named is not None:
                head, name = _last_telling(lower, named.start, min(named.end, end), lexicon), named
            break
        if head is not None and word in SUBJECTS and i > start:
            break  # "all the experts I interviewed"
        if head is not None and lower[head] in _QUANTITIES and word == "of":
            head, i = None, i + 1
            continue
        if head is None and i == start and word in SUBJECTS:
            if i + 2 >= end or lower[i + 1] != "and":
                return [Part(start, end, i, None)]  # "he also"
            parts.append(Part(i, i + 1, i, None))  # "she and her aides"
            i = began = i + 2
            continue
        if head is not None and word in _DASHES:
            if name is not None:
                break  # "Owen Hale – an admirer of hers"
            if i + 1 in names and names[i + 1].type == "person":
                i += 1
                continue
        if head is not None and (skip := _beside(lower, i, end)):
            parts.append(Part(began, i, head, name))
            head, name, began = None, None, i + skip
            i = began
            continue
        if head == i - 1 == began + 1 and word == "," and _only_says_how(lower, head, lexicon) and i + 1 not in names:
            head, i = None, i + 1  # "an experienced, quiet clerk"
            continue
        if head is not None and word == ",":
            if name is None and _body_beside(lower, began, head, i, end, names, lexicon):
                i += 1
                continue
            if name is None and _name_soon(lower, i + 1, end, names, capital):
                i += 1
                continue
            if not _list_goes_on(lower, i, end, names):
                break
            parts.append(Part(began, i, head, name))
            head, name, began = None, None, i + 1
        elif word == "than" and lower[i - 1] in _COMPARED and i > start:  # "more than a dozen employees"
            head, name = None, None
        elif word in ("and", "or") and name is None and lower[i - 1] in _JOINED and i > start and i + 1 < end:
            head = None  # "former and current employees" are one
        elif word in ("and", "&", "or") and head is not None and i + 1 < end:
            if name is None and _two_roles(lower, began, head, i, end, names, lexicon):
                head, i = None, i + 1
                continue
            parts.append(Part(began, i, head, name))
            head, name, began = None, None, i + 1
        elif word[0].isalpha() and word not in _NO_HEAD and not (name and _says_more(word, name, lexicon)):
            head, name = i, None
        i += 1
    if head is None:
        head = _last_telling(lower, began, end, lexicon)
    joint = _and_another(lower, i, end, names) if name is not None and name.type == "person" else None
    if joint is not None:
        last = parts_of(lower, joint + 1, end, names, capital, lexicon)
        return [*parts, Part(began, joint - 1, head, name), *last]
    parts.append(Part(began, end, head, name))
    return [p for p in parts if p.start < p.end]


def _and_another(lower: Sequence[str], start: int, end: int, names: Mapping[int, Name]) -> int | None:
    """The "and" behind what more is said of one speaker, before the name of the last: "Ida Ruiz, head of the clinic,
    [and] nurse Tom Hale"."""
    for i in range(start + 2, end - 1):
        if lower[i] == "and" and lower[i - 1] == ",":
            at = next((k for k in range(i + 1, min(i + _LONGEST_TITLE, end)) if k in names), None)
            if at is not None and names[at].type == "person" and lower[at - 1] not in _MORE:
                return i
    return None


def _two_roles(
    lower: Sequence[str], start: int, head: int, joint: int, end: int, names: Mapping[int, Name], lexicon: Lexicon
) -> bool:
    """Whether "and" joins two things that one person is: "Courier columnist and historian Ida Ruiz"."""
    if lower[start] in ("the", "a", "an") or singular(lower[head]) != lower[head]:
        return False
    first = names.get(joint + 1)
    shortened = lower[head + 1] == "." and lower[head] in lexicon.title_words  # "Gov."
    role = shortened or lower[head] in lexicon.gender_of_noun
    if not role or (first is not None and first.type == "person"):
        return False
    name = next((names[i] for i in range(joint + 2, end) if i in names), None)
    if name is None or name.type != "person" or "," in lower[joint : name.start]:
        return False
    return lower[name.start - 1] in lexicon.gender_of_noun


def _says_more(word: str, name: Name, lexicon: Lexicon) -> bool:
    """Whether a word behind a name is not who is meant: "Ruiz [repeatedly]", "the Velm Times [tabloid]"; but "a Ruiz
    ally" is."""
    how = word.endswith("ly") and kind_of(word, None, False, lexicon) is None
    return how or (name.type == "organization" and word in PAPERS)


def _is_doing(
    lower: Sequence[str],
    head: int,
    i: int,
    end: int,
    names: Mapping[int, Name],
    capital: Callable[[int], bool],
    lexicon: Lexicon,
) -> bool:
    """Whether a participle begins what more is said of a speaker: "a group [backing] Ruiz", "the woman [suing] him"."""
    word = lower[i]
    if not word.endswith("ing") or len(word) < _SHORTEST_DOING or i != head + 1 or i + 1 >= end or i in names:
        return False
    if kind_of(lower[head], None, False, lexicon) is None:
        return False
    return i + 1 in names or capital(i + 1) or lower[i + 1] in _OBJECTS


def _is_called(lower: Sequence[str], i: int, names: Mapping[int, Name]) -> bool:
    """Whether somebody's name follows the word that says so: "a woman later identified as Ida Ruiz"."""
    found = names.get(i + 1)
    return found is not None and found.type == "person" and (lower[i] != "as" or lower[i - 1] in _IDENTIFIED)


def _only_says_how(lower: Sequence[str], i: int, lexicon: Lexicon) -> bool:
    """Whether the word behind an article, before a comma, is nobody by itself."""
    return lower[i - 1] in ("a", "an", "the") and kind_of(lower[i], None, False, lexicon) is None


def _body_beside(
    lower: Sequence[str], start: int, head: int, comma: int, end: int, names: Mapping[int, Name], lexicon: Lexicon
) -> bool:
    """Whether the name of the body that is introduced stands behind a comma: "one group, Friends of the Quay"."""
    found = names.get(comma + 1)
    ends = found is not None and (found.end >= end or lower[found.end] == ",")
    body = lower[head] in lexicon.organization_heads or lower[head] in lexicon.group_heads
    return ends and found is not None and found.type == "organization" and body and lower[start] in _INTRODUCING


def _beside(lower: Sequence[str], i: int, end: int) -> int:
    """How many words join another speaker: ", along with" has three; 0 where none is joined."""
    words = 1 if lower[i] == "," else 0
    for phrase in _ALONG_WITH:
        after = i + words + len(phrase)
        if after < end and tuple(lower[i + words : after]) == phrase:
            return words + len(phrase)
    return 0


def _last_telling(lower: Sequence[str], start: int, end: int, lexicon: Lexicon) -> int:
    for i in range(end - 1, start, -1):
        if lower[i][0].isalnum() and lower[i].rstrip(".") not in lexicon.name_suffixes and lower[i] not in _NO_HEAD:
            return i
    return start


def _name_soon(
    lower: Sequence[str], start: int, end: int, names: Mapping[int, Name], capital: Callable[[int], bool]
) -> bool:
    """Whether a personal name follows at once, or behind its title: "the campaign manager, Ida Ruiz", "a former member,
    Sen. Ida Ruiz", "his running mate, Ostrey Gov. Ida Ruiz"."""
    for i in range(start, min(start + _LONGEST_TITLE + 1, end)):
        if i in names and names[i].type != "place":
            return names[i].type == "person"
        if i > start and not (capital(i) or lower[i] == "."):
            return False
    return False


def _name_after(
    lower: Sequence[str],
    head: int,
    start: int,
    end: int,
    names: Mapping[int, Name],
    capital: Callable[[int], bool],
    lexicon: Lexicon,
) -> Name | None:
    """The personal name that ends a description: "the director of the centre, Tilda Voss", "Secretary of State Owen
    Tarrant", "head of policy Ida Ruiz", "Bread for All press officer Ivo Tarn"."""
    for i in range(start + 1, end):
        if i not in names or names[i].type != "person":
            continue
        before = _before_title(lower, i, capital)
        ends = names[i].end >= end - 1
        if not ends and lower[names[i].end] != ",":
            continue
        between = [k for k in range(start, i) if lower[k] not in ("of", "for", "the", "and", "&")]
        title = bool(between) and all(map(capital, between)) and not _is_role(lower[i - 1], lexicon)
        plain = [lower[k] for k in range(start + 1, i)]
        of_what = 0 < len(plain) <= _LONGEST_OF and lower[start] == "of" and not any(
            word in _MORE or word in _NO_OFFICE or _is_role(word, lexicon) for word in plain
        )  # fmt: skip
        office = _is_role(lower[i - 1], lexicon) and lower[head - 1] not in _ARTICLES
        office = of_what or (office and not _is_role(lower[head], lexicon))
        if office or (ends and title) or lower[before] == ",":
            return names[i]
    return None


def _before_title(lower: Sequence[str], name: int, capital: Callable[[int], bool]) -> int:
    """The word before a name and the title that it has: of the comma in "the chairman, former Velm Sen. Ida Ruiz"."""
    i = name - 1
    while i > name - _LONGEST_TITLE - 2 and (lower[i] in (".", "former") or (capital(i) and lower[i][0].isalpha())):
        i -= 1
    return i


def _is_role(word: str, lexicon: Lexicon) -> bool:
    return singular(word) in lexicon.gender_of_noun


def _list_goes_on(lower: Sequence[str], comma: int, end: int, names: Mapping[int, Name]) -> bool:
    """Whether a comma stands in a list of speakers ("Ruiz, Brack and Bayle"), not before what says more of one."""
    after = names.get(comma + 1)
    if after is None:
        return False
    rest = range(comma + 1, end)
    joint = next((i for i in rest if lower[i] == "and"), None)
    if joint is None:  # a headline's "Hale, Ruiz"
        last = names.get(comma - 1)
        people = last is not None and last.type == after.type == "person"
        return people and after.end == after.start + 1 == end
    return joint + 1 < end and (joint + 1 in names or lower[joint + 1] in _OPENING_LAST)


_OPENING_LAST = frozenset(
    ("the", "a", "an", "other", "others", "many", "several", "some", "more", "dozens", "hundreds")
)
_BETWEEN = word_list("words between subject and cue")
_MOST_BETWEEN = 5  # "have n ' t really"


def subject_before(
    lower: Sequence[str], cue: tuple[int, int], ends: Mapping[int, tuple[int, int]]
) -> tuple[int, int] | None:
    """The subject of a cue, right before it or its auxiliaries: "I don't think so", "investigators believe".

    `ends` are mentions by the word that follows them.
    """
    for place in range(cue[0] - 1, max(-1, cue[0] - _MOST_BETWEEN - 1), -1):
        if lower[place] in SUBJECTS:
            return (place, place + 1) if lower[place] != "you" else None
        if place + 1 in ends:
            return ends[place + 1]
        if lower[place] not in _BETWEEN:
            return None
    return None


def kind_of(head: str, name: Name | None, plural: bool, lexicon: Lexicon) -> str | None:
    """What sort of thing a description stands for, by its head noun; None where the lexicon does not tell."""
    noun = singular(head)
    if name is not None:
        return {"person": "person", "organization": "organization", "place": "organization"}.get(name.type)
    if head in lexicon.group_heads or noun in lexicon.group_heads or head in _QUANTITIES:
        return "group"
    if noun in lexicon.gender_of_noun:
        return "group" if plural else "person"
    if head in lexicon.organization_heads:  # also "police", one body for all that it is spoken of as many
        return "organization"
    if noun in lexicon.organization_heads:
        return "group" if plural else "organization"
    if noun in lexicon.document_heads:
        return "document"
    return None


def is_told(cue: Sequence[str]) -> bool:
    """Whether a cue says of its subject that it was told: "had been informed", "was told"."""
    told = next((i for i, word in enumerate(cue) if word in _TOLD), None)
    return told is not None and any(word in _BEING for word in cue[max(0, told - 2) : told])


_TOLD = word_list("participles of those who were told")
_BEING = frozenset(("was", "were", "been", "be", "is", "are", "re", "being"))
