"""Names across documents: which are compared, and what tells two bearers of one name apart.

A wrong "who" is worse than an open one. Two people of one full name are one entity only while nothing in
their documents speaks against it: middle initials that differ, offices of two places (the mayor of Ostrey,
the mayor of Velm), or callings that do not go together (a goalkeeper and a bishop).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import msgspec

from sayso.lexicon import Lexicon, Row, word_list
from sayso.model import Source, SourceKind
from sayso.resolve.names import organization_key, person_name, tokens_of

_WORD = re.compile(r"[\w’'\-]+\.?")
_ONCE = re.compile(r"\b(?:former|ex|late|retired)\b", re.IGNORECASE)
_NO_PLACE = word_list("words that are no place before an office")


class Signs(msgspec.Struct, frozen=True, order=True, omit_defaults=True):
    """What a document says that tells a bearer from others of the same name; empty where it says nothing."""

    middle: str = ""  # the first letter of a middle name
    field: str = ""  # "sport", "office", "clergy"
    place: tuple[str, ...] = ()  # of an office that there is one of in each place

    def speaks_against(self, other: Signs) -> bool:
        """Whether these and the other's cannot be of one bearer."""
        return bool(
            (self.middle and other.middle and self.middle != other.middle)
            or (self.field and other.field and self.field != other.field)
            or (self.place and other.place and not set(self.place) & set(other.place))
        )


@dataclass(frozen=True, slots=True)
class Compared:
    """The form of a name in which it is compared with others, and its signs."""

    key: str
    signs: Signs


def folded(name: str) -> str:
    """A name in lower case without accents, with single blanks: what a user's spelling is looked up by."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return " ".join(plain.casefold().replace("’", "'").split())


def compared(source: Source, lexicon: Lexicon) -> Compared | None:
    """How a source is compared with those of other documents.

    None for unnamed sources, and for people of whom the document gives one name alone ("Ruiz"): these
    join nobody.
    """
    if not source.named:
        return None
    if source.kind is SourceKind.PERSON:
        name = person_name(source.name, lexicon)
        if name is None or not name.full:
            return None
        middle = folded(name.given[1])[:1] if len(name.given) > 1 else ""
        key = folded(" ".join(filter(None, (name.given[0], name.surname, name.suffix))))
        return Compared(key, Signs(middle, _field(source.roles, lexicon), _place(source.roles, lexicon)))
    canonical = outlet_name(source.name, lexicon) or lexicon.acronyms.get(source.name.replace(".", "").lower())
    words = organization_key(canonical or source.name) or tuple(tokens_of(source.name))
    key = folded(" ".join(words)) or folded(source.name)
    return Compared(key, Signs()) if key else None


def outlet_name(name: str, lexicon: Lexicon) -> str | None:
    """The outlet that goes by a name or abbreviation; None where there is none, or several share it."""
    found = lexicon.outlets.get(folded(name).removeprefix("the "), frozenset())
    return next(iter(found)) if len(found) == 1 else None


def parted(signs: Sequence[Signs]) -> list[frozenset[Signs]]:
    """All the signs seen with one name, parted by bearer; independent of their order.

    Two stand together if neither they, nor what goes with the one and not with the other, speak against it:
    a document that says nothing goes with all, and so stands alone once there are two to go with.
    """
    distinct = set(signs)
    goes_with = {one: frozenset(o for o in distinct if not one.speaks_against(o)) for one in distinct}
    groups: dict[frozenset[Signs], set[Signs]] = {}
    for one in distinct:
        groups.setdefault(goes_with[one], set()).add(one)
    return [frozenset(group) for _, group in sorted(groups.items(), key=lambda item: min(item[1]))]


def left_open(group: Iterable[Signs], all_groups: Sequence[frozenset[Signs]]) -> bool:
    """Whether a group of signs goes with two others that cannot be of one bearer, so that nobody knows which of
    them is meant."""
    one = next(iter(group))
    others = [next(iter(other)) for other in all_groups if one not in other]
    fitting = [other for other in others if not one.speaks_against(other)]
    return any(a.speaks_against(b) for a, b in combinations(fitting, 2))


@cache
def _occupations(lexicon: Lexicon) -> tuple[re.Pattern[str], dict[str, Row]]:
    """What finds the nouns of occupations.tsv in a role, the longer before the shorter, and their rows."""
    rows = {row["noun"].lower(): row for row in lexicon.tables["occupations"]}
    nouns = "|".join(map(re.escape, sorted(rows, key=len, reverse=True)))
    return re.compile(rf"\b(?:{nouns})\b", re.IGNORECASE), rows


def _field(roles: Iterable[str], lexicon: Lexicon) -> str:
    """The one calling that roles speak of; "" for none, several, or what somebody has been once."""
    pattern, rows = _occupations(lexicon)
    fields = {
        rows[found.lower()]["field"] for role in roles if not _ONCE.search(role) for found in pattern.findall(role)
    } - {""}
    return fields.pop() if len(fields) == 1 else ""


def _place(roles: Iterable[str], lexicon: Lexicon) -> tuple[str, ...]:
    """The words that name the place of an office of one place: "ostrey" in "mayor of Ostrey", "Ostrey mayor"."""
    pattern, rows = _occupations(lexicon)
    for role in roles:
        office = pattern.search(role)
        if office is None or not rows[office.group().lower()]["one_place"]:
            continue
        behind = re.match(r"\s+(?:of|in|for)\s+(.*)", role[office.end() :])
        words = _WORD.findall(behind.group(1) if behind else role[: office.start()])
        place = {folded(w.rstrip(".")).removesuffix("'s") for w in words if w[:1].isupper()}
        if place := place - _NO_PLACE - lexicon.demonyms.keys():
            return tuple(sorted(place))
    return ()
