"""Who holds what on a claim: the answer of `sayso who`, put together from a traced ledger."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from sayso.ledger.namesakes import folded
from sayso.ledger.storing import whole_id
from sayso.lexicon import load_lexicon, word_list
from sayso.model import (
    Act,
    Certainty,
    CircularReport,
    Copy,
    Kind,
    Origins,
    Position,
    Relation,
    SourceKind,
    Span,
    Stance,
    StepKind,
    When,
)
from sayso.qualify.cues import rows_in
from sayso.qualify.signs import hedges_in
from sayso.resolve.sources import is_told
from sayso.trace.agreement import Facts, facts_of
from sayso.trace.answers import Effect
from sayso.trace.chains import Chain, chain_of, holders
from sayso.trace.claiming import within_one
from sayso.trace.copies_found import copies_among
from sayso.trace.encoder import Vectors, vectors
from sayso.trace.judge import judge_pairs
from sayso.trace.moving import moved, other_than
from sayso.trace.nearest import nearest_wordings
from sayso.trace.origins import origins_of_side
from sayso.trace.propositions import informer_in
from sayso.trace.rows import Rows, Sources, rows_of, sources_with
from sayso.trace.scene import Paper, Person, Scene, Telling
from sayso.trace.stances import bearing_of, stance_of, stance_of_answer
from sayso.trace.stems import WORD, plain, stem
from sayso.trace.wordings import propositions_of, wordings_in

if TYPE_CHECKING:
    from sayso.trace.tracing import ClaimModels

NEAREST = 40  # wordings that a question is weighed against
TAKEN_UP = 0.5  # how sure it is that an answer is one to what it is taken to answer; set by hand
MAY_BELONG = 0.5  # probability from which what stands in a document beside a member is shown with its claim
MOST_BESIDE = 0.7  # how surely that belongs there at most
FITS = 0.7  # probability from which a proposition is taken to say what is asked about, or the contrary
ON_IT = 0.5  # … and one that belongs to the claim of the one that fits best


@dataclass(frozen=True, slots=True)
class Answer:
    """A claim, who holds what on it, on how many origins each side rests, copies and circles among its documents."""

    id: str
    text: str
    confidence: float
    positions: dict[Stance, tuple[Position, ...]]
    origins: dict[Stance, Origins]
    copies: tuple[Copy, ...]
    circular: tuple[CircularReport, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A proposition that takes part in the claim asked about."""

    row: int
    relation: Relation
    confidence: float
    is_beside: bool = False  # what only stands in a document beside a member and may belong there


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """The words of a question, as propositions are compared: their one vector, and their facts."""

    words: str
    vectors: Vectors
    facts: Facts


def _asked(words: str, models: ClaimModels) -> Asked:
    return Asked(words, vectors(models.encoder, [words]), facts_of(words))


def who(
    ledger: sqlite3.Connection, words: str, loaded: Callable[[], ClaimModels], as_of: str | None = None
) -> Answer | None:
    """The claim that fits some words best, or that has this id, and who holds what on it; None where nothing fits.

    `loaded` gives the models that words are weighed by; a claim asked for by its id needs none.
    `as_of` is a year, month or day, written as YYYY-MM-DD: documents published later, and undated ones, are left out,
    and with them what was taken back only later.
    """
    claim = claim_with_id(ledger, words)
    if claim is not None:
        found = members_of(ledger, claim["id"])
        found = published_by(ledger, [*found, *beside(ledger, found)], as_of)
        return answer(scene_of(ledger, found), claim["reading_id"], claim["name"], 1.0) if found else None
    models = loaded()
    asked = _asked(words, models)
    found = published_by(ledger, members_like(ledger, asked, models), as_of)
    if not any(one.relation is Relation.SAME for one in found):
        return None
    moves = moved(ledger)
    best = _best(ledger, found, moves)
    claim = ledger.execute(
        "SELECT claims.id, claims.reading_id, name, relation FROM members JOIN claims ON claims.id = claim_id"
        " WHERE proposition_id = ? ORDER BY confidence DESC, claims.reading_id, name LIMIT 1",
        (best.row,),
    ).fetchone()
    # What a correction moved belongs where it was moved to, whatever it is like.
    members = {one.row: one for one in found if one is best or one.row not in moves}
    text, id_ = _text_of(ledger, best.row)
    if claim is not None:
        turned = claim["relation"] != best.relation
        others = [one for one in members_of(ledger, claim["id"]) if one.row not in members]
        if turned:
            others = [replace(one, relation=other_than(one.relation, Relation.CONTRARY)) for one in others]
        members |= {one.row: one for one in _on_it(ledger, asked, others, models, moves)}
        if not turned:
            text, id_ = claim["name"], claim["reading_id"]
    found = published_by(ledger, [*members.values(), *beside(ledger, members.values())], as_of)
    return answer(scene_of(ledger, found), id_, text, best.confidence)


def members_of(ledger: sqlite3.Connection, claim: int) -> list[Member]:
    """What tracing found to take part in a claim, the surest first."""
    rows = ledger.execute(
        "SELECT members.* FROM members JOIN propositions ON propositions.id = proposition_id"
        " JOIN documents ON documents.id = document_id WHERE claim_id = ?"
        " ORDER BY confidence DESC, documents.reading_id, proposition_id",
        (claim,),
    )
    return [Member(row["proposition_id"], Relation(row["relation"]), row["confidence"]) for row in rows]


def beside(ledger: sqlite3.Connection, members: Iterable[Member]) -> list[Member]:
    """What stands in a document with a member of a claim and may say the same as it: it may belong there too.

    It is no member of its own right, for it may differ from the others; it is shown as doubtful.
    """
    moves = moved(ledger)  # what a correction moved belongs where it was moved to
    given = {one.row: one for one in members}
    found: dict[int, Member] = {}
    for one in ledger.execute(_BESIDE, (json.dumps(list(given)),)):
        if one["id"] in moves or one["member"] in moves:
            continue
        probability = min(MOST_BESIDE, within_one(one["same"], one["contrary"])[0])
        known = found.get(one["id"])
        if probability >= MAY_BELONG and (known is None or probability > known.confidence):
            found[one["id"]] = Member(one["id"], given[one["member"]].relation, probability, is_beside=True)
    return [found[row] for row in sorted(found)]


_BESIDE = """
WITH given AS (SELECT id, document_id, wording_id FROM propositions WHERE id IN (SELECT value FROM json_each(?1))),
  near AS (
    SELECT a_id, b_id, same, contrary FROM given JOIN pairs ON a_id = wording_id
    UNION SELECT a_id, b_id, same, contrary FROM given JOIN pairs ON b_id = wording_id
  ),
  paired AS (
    SELECT given.id AS member, given.document_id, b_id AS other_id, same, contrary FROM given
    JOIN near ON a_id = wording_id
    UNION ALL SELECT given.id, given.document_id, a_id, same, contrary FROM given JOIN near ON b_id = wording_id
  )
SELECT propositions.id, member, same, contrary FROM paired
JOIN propositions ON propositions.document_id = paired.document_id AND propositions.wording_id = other_id
WHERE propositions.id NOT IN (SELECT id FROM given)
ORDER BY propositions.id, member"""


def _best(ledger: sqlite3.Connection, found: Iterable[Member], moves: Container[int]) -> Member:
    """The surest of some members that say the same, the earliest of equals; one that a correction moved only where
    there is no other."""
    same = [one for one in found if one.relation is Relation.SAME]
    same = [one for one in same if one.row not in moves] or same
    surest = max(one.confidence for one in same)
    equals = {one.row: one for one in same if one.confidence == surest}
    first = ledger.execute(
        "SELECT propositions.id FROM propositions JOIN documents ON documents.id = propositions.document_id"
        " LEFT JOIN attributions ON attributions.id = attribution_id"
        " LEFT JOIN statements ON statements.id = statement_id"
        " WHERE propositions.id IN (SELECT value FROM json_each(?))"
        " ORDER BY coalesce(published_on, '9999'), documents.reading_id,"
        " coalesce(attributions.reading_id, statements.reading_id), position LIMIT 1",
        (json.dumps([*equals]),),
    ).fetchone()
    return equals[first["id"]]


def claim_with_id(ledger: sqlite3.Connection, id_: str) -> sqlite3.Row | None:
    """The claim that has an id, or that has a member of it: an attribution or statement, by its id in Readings. When
    claims have become one, the ids of all lead to it."""
    named: sqlite3.Row | None = ledger.execute(
        "SELECT * FROM claims WHERE reading_id = ? ORDER BY document_count DESC, name", (id_,)
    ).fetchone()
    places = (i for i, letter in enumerate(id_) if letter == ":")
    while named is None and (place := next(places, None)) is not None:
        named = ledger.execute(_CLAIM_OF_PART, (id_[:place], id_[place:])).fetchone()
    return named


# Of a document's attribution or statement, by the document's id and what follows it in theirs.
_CLAIM_OF_PART = """
SELECT claims.* FROM documents
JOIN propositions ON propositions.document_id = documents.id
LEFT JOIN attributions ON attributions.id = attribution_id
LEFT JOIN statements ON statements.id = statement_id
JOIN members ON proposition_id = propositions.id
JOIN claims ON claims.id = claim_id
WHERE documents.reading_id = ? AND coalesce(attributions.reading_id, statements.reading_id) = ?
ORDER BY members.confidence DESC, claims.reading_id, claims.name"""


def published_by(ledger: sqlite3.Connection, members: Iterable[Member], as_of: str | None) -> list[Member]:
    """Those of some members whose documents were published on a day, or in a month or year, or earlier; all of them
    where none is given."""
    given = list(members)
    if as_of is None:
        return given
    rows = ledger.execute(
        "SELECT propositions.id FROM propositions JOIN documents ON documents.id = document_id"
        " WHERE propositions.id IN (SELECT value FROM json_each(?)) AND substr(published_on, 1, ?) <= ?",
        (json.dumps([one.row for one in given]), len(as_of), as_of),
    )
    fitting = {row["id"] for row in rows}
    return [one for one in given if one.row in fitting]


def members_like(ledger: sqlite3.Connection, asked: Asked, models: ClaimModels) -> list[Member]:
    """The propositions that say what is asked about, or the contrary; none unless one says the same."""
    rows = nearest_wordings(ledger, asked.vectors, asked.facts, NEAREST)
    weighed = _weighed(ledger, asked, rows, models)
    same = {row: one for row, (one, _) in weighed.items() if one >= FITS}
    if not same:
        return []
    contrary = {row: one for row, (_, one) in weighed.items() if one >= FITS}
    return [
        Member(row, relation, these[wording])
        for relation, these in ((Relation.SAME, same), (Relation.CONTRARY, contrary))
        for wording, row in propositions_of(ledger, these)
    ]


def _weighed(
    ledger: sqlite3.Connection, asked: Asked, rows: Sequence[int], models: ClaimModels
) -> dict[int, tuple[float, float]]:
    """How probably each of some wordings says what is asked about, and the contrary."""
    if not rows:
        return {}
    told = wordings_in(ledger, rows)
    made = np.concatenate([asked.vectors, np.stack([told[row].vector for row in rows])])
    known = [asked.facts, *(told[row].facts for row in rows)]
    texts = [asked.words, *(told[row].text for row in rows)]
    weighed = judge_pairs(models.judge, made, known, texts, [(0, i + 1) for i in range(len(rows))])
    return {row: (float(same), float(contrary)) for row, (same, contrary, _) in zip(rows, weighed, strict=True)}


def _on_it(
    ledger: sqlite3.Connection, asked: Asked, members: Sequence[Member], models: ClaimModels, moves: Container[int]
) -> list[Member]:
    """Those of a claim's members that by themselves, too, say what is asked about, or the contrary: a claim is wider
    than a question that is nearest to one of its members. What a correction moved there stays."""
    rows = ledger.execute(
        "SELECT id, wording_id FROM propositions WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps([one.row for one in members]),),
    )
    wording = {row["id"]: row["wording_id"] for row in rows}
    weighed = _weighed(ledger, asked, sorted(set(wording.values())), models)
    return [
        one
        for one in members
        if one.row in moves or weighed[wording[one.row]][0 if one.relation is Relation.SAME else 1] >= ON_IT
    ]


def nearest(
    ledger: sqlite3.Connection, words: str, models: ClaimModels, limit: int = 3, as_of: str | None = None
) -> list[str]:
    """The propositions in a ledger that are nearest to some words, for one whose question nothing fits; those of
    documents published by `as_of`, where that is given."""
    asked = _asked(words, models)
    rows = nearest_wordings(ledger, asked.vectors, asked.facts, NEAREST)
    told = [Member(row, Relation.SAME, 1.0) for _, row in propositions_of(ledger, rows)]
    fitting = [one.row for one in published_by(ledger, told, as_of)]
    place = {row: i for i, row in enumerate(rows)}
    texts = ledger.execute(
        "SELECT DISTINCT wordings.id, text FROM propositions JOIN wordings ON wordings.id = wording_id"
        " WHERE propositions.id IN (SELECT value FROM json_each(?))",
        (json.dumps(fitting),),
    ).fetchall()
    return [row["text"] for row in sorted(texts, key=lambda row: place[row["id"]])][:limit]


def answer(scene: Scene, id_: str, text: str, confidence: float) -> Answer:
    """Positions, chains, origins and circles of what is told in a scene."""
    held: dict[Stance, list[tuple[Telling, Chain]]] = defaultdict(list)
    positions: dict[Stance, list[Position]] = defaultdict(list)
    circles: dict[tuple[str, ...], None] = {}
    for one in in_time(scene, holders(scene)):
        assert one.stance is not None  # noqa: S101 - holders have one
        chain = chain_of(scene, one)
        held[one.stance].append((one, chain))
        positions[one.stance].append(_position(scene, one, chain))
        if chain.circle:
            circles[_turned(chain.circle)] = None
    told = {stance: positions[stance] for stance in Stance if stance in positions}
    return Answer(
        id_,
        text,
        round(confidence, 3),
        {stance: tuple(_superseded(these, told)) for stance, these in told.items()},
        {stance: origins_of_side(held[stance]) for stance in told},
        scene.copies,
        tuple(
            CircularReport(path, "each of these documents cites the next, and the last the first") for path in circles
        ),
    )


def in_time(scene: Scene, tellings: Iterable[Telling]) -> list[Telling]:
    """Tellings by their documents' days, those of undated ones last."""
    return sorted(tellings, key=lambda one: (scene.papers[one.document].published_on or "9999", one.document, one.span))


def scene_of(ledger: sqlite3.Connection, members: Iterable[Member], known: Rows | None = None) -> Scene:
    """The documents of some propositions, with all attributions that take part in them or enclose them; `known` are
    the rows that telling these takes, and maybe others, where they are fetched already."""
    by_row = {one.row: one for one in members}
    papers: dict[int, Paper] = {}
    tellings: dict[str, Telling] = {}
    rows = known or rows_of(ledger, by_row)
    for row, member in sorted(by_row.items()):
        one = rows.propositions[row]
        if one["document_id"] not in papers:
            papers[one["document_id"]] = _paper(rows, one["document_id"])
        paper = papers[one["document_id"]]
        outer = _holding(rows, one)
        if outer is None:
            found = replace(_own_voice(rows, one, paper, member), is_beside=member.is_beside)
            found = found if one["is_deed"] else _with_finder(found, one["text"])
            if _adds(found, tellings):
                tellings[found.id] = found
        first = True
        while outer is not None:
            answer = Effect(one["answer"]) if first and one["answer"] else None
            found, outer = _attribution(rows, outer, paper, member if first else None, answer, one["position"] == 0)
            if answer is not None:
                found = replace(found, put=one["text"])
            elif first:
                found = _with_finder(found, one["text"])
            if first and member.is_beside:
                found = replace(found, is_beside=True)
            if _adds(found, tellings):
                tellings[found.id] = found
            first = False
    # In an order that does not depend on when what was told came, or was read or corrected.
    in_order = sorted(papers.values(), key=lambda one: (one.published_on or "9999", one.id))
    told = sorted(tellings.values(), key=lambda one: (one.document, one.span, one.id))
    return Scene.of(in_order, told, copies_among(ledger, papers))


_FOUND = re.compile(  # "inspectors had found cracks", "the divers of the port found that …"
    r"(?:the\s+)?(?P<finder>(?:[\w’'-]+\s+){0,2}(?P<head>[^\W\d_]+s)(?:\s+of\s+the\s+(?:[A-Z][\w’'-]*\s+(?:of\s+)?){1,4}?)?)"
    r"\s*\b(?:had\s+|have\s+)?(?:also\s+)?(?:found|discovered|detected|concluded|established)\b(?!\s+by\b)",
    re.IGNORECASE,
)
_AFFIRMING = (Stance.SAYS, Stance.PROBABLE, Stance.POSSIBLE)


def _with_finder(telling: Telling, told: str) -> Telling:
    """A telling with the unnamed people who are said in its words to have found what it tells: it is their position."""
    match = _FOUND.match(told)
    if match is None or telling.stance not in _AFFIRMING:
        return telling
    if stem(plain(match["head"])) not in _people():
        return telling
    name = match["finder"].strip()
    person = Person(f"{telling.id}:finder", name, SourceKind.GROUP, named=False)
    return replace(telling, finder=person)


@cache
def _people() -> frozenset[str]:
    """The stems of the nouns of people who find things out by their work."""
    lexicon = load_lexicon()
    return frozenset(stem(plain(word)) for word in (*lexicon.gender_of_noun, *lexicon.title_words))


def _holding(rows: Rows, proposition: sqlite3.Row) -> int | None:
    """The row of the attribution whose source holds a proposition; None where the outlet does, in its own voice."""
    row: int | None = proposition["attribution_id"]
    if row is None or not proposition["is_deed"]:
        return row
    within: int | None = rows.attributions[row]["within_id"]
    return within


def _adds(found: Telling, tellings: Mapping[str, Telling]) -> bool:
    """Whether a telling says more than what is known of it: of several of its propositions, the surest counts."""
    known = tellings.get(found.id)
    if known is None or known.stance is None:
        return True
    return found.stance is not None and found.confidence > known.confidence


def _position(scene: Scene, one: Telling, chain: Chain) -> Position:
    paper = scene.papers[one.document]
    sources = [step for step in chain.steps if step.kind is StepKind.SOURCE]
    holder = _holder(scene, one)
    if chain.surest is not None:  # the same words in another document, which tell more surely whose they are
        holder = _holder(scene, chain.surest) or holder
    outlet = one.own_voice and holder is None
    return Position(
        stance=one.stance or Stance.SAYS,
        entity=(paper.outlet or paper.name) if outlet else holder.name if holder else None,
        entity_id=paper.outlet_id if outlet else (holder.entity or holder.id) if holder else None,
        named=outlet or (holder is not None and holder.named),
        document=one.document,
        attribution=None if one.own_voice else one.id,
        content=one.content,
        certainty=one.certainty,
        published=paper.published_on,
        when=one.when,
        confidence=round(one.confidence, 3),
        via=tuple(step.name for step in sources if holder is None or step.name != holder.name),
        chain=chain.steps,
        span=one.span,
        put=one.put,
    )


def _holder(scene: Scene, one: Telling) -> Person | None:
    """Who holds what is told; None where that is the outlet, or not known."""
    return one.finder or (scene.papers[one.document].signer if one.own_voice else one.speaker)


def _superseded(these: list[Position], told: dict[Stance, list[Position]]) -> list[Position]:
    """Positions, each with the later one by which its holder took the other side."""
    other_side = {Stance.SAYS: Stance.DISPUTES, Stance.DISPUTES: Stance.SAYS}
    by_holder: dict[tuple[Stance, str | None], list[Position]] = defaultdict(list)
    for stance in other_side:
        for two in told.get(stance, []):
            by_holder[(stance, two.entity_id)].append(two)
    found = []
    for one in these:
        against = other_side.get(one.stance)
        later = [
            two
            for two in (by_holder.get((against, one.entity_id), []) if against and one.entity_id is not None else [])
            if (two.published or "") > (one.published or "9999")
        ]
        last = min(later, key=lambda two: two.published or "", default=None)
        found.append(replace(one, superseded_by=last.attribution) if last else one)
    return found


def _turned(circle: tuple[str, ...]) -> tuple[str, ...]:
    """A circle from its first document by name, closed, so that each is told once."""
    ring = circle[:-1]
    start = ring.index(min(ring))
    return (*ring[start:], *ring[:start], ring[start])


def _text_of(ledger: sqlite3.Connection, row: int) -> tuple[str, str]:
    """A proposition's words, and the id of what puts it forward."""
    found = ledger.execute(
        "SELECT wordings.text, coalesce(attributions.reading_id, statements.reading_id) AS part,"
        " documents.reading_id AS document FROM propositions JOIN wordings ON wordings.id = wording_id"
        " JOIN documents ON documents.id = propositions.document_id"
        " LEFT JOIN attributions ON attributions.id = attribution_id"
        " LEFT JOIN statements ON statements.id = statement_id WHERE propositions.id = ?",
        (row,),
    ).fetchone()
    return found["text"], whole_id(found["document"], found["part"])


def _paper(rows: Rows, row: int) -> Paper:
    found = rows.documents[row]
    return Paper(
        id=found["reading_id"],
        name=found["name"].strip().partition("\n")[0],
        outlet=found["outlet"],
        outlet_id=None if found["outlet_id"] is None else str(found["outlet_id"]),
        published_on=found["published_on"],
        url=found["url"],
        links=tuple(one["url"] for one in rows.links.get(row, ())),
        signer=_signer(rows.ledger, found),
        is_first_hand=found["kind"] in _FIRST_HAND,
    )


_FIRST_HAND = (Kind.EMAIL, Kind.STATEMENT)


def _signer(ledger: sqlite3.Connection, paper: sqlite3.Row) -> Person | None:
    """Who signs a mail or a statement: the one in its byline, as the document speaks of them where it does."""
    name = (paper["byline"] or "").strip()
    if paper["kind"] not in _FIRST_HAND or not name:
        return None
    for row in ledger.execute(
        "SELECT id, name FROM sources WHERE document_id = ? AND is_named ORDER BY id", (paper["id"],)
    ):
        if folded(row["name"]) == folded(name):
            return _person(sources_with(ledger, [row["id"]]), row["id"], paper["reading_id"], None, None)
    known = ledger.execute("SELECT entity_id FROM entity_names WHERE name = ?", (folded(name),)).fetchall()
    entity = str(known[0]["entity_id"]) if len(known) == 1 else None
    return Person(f"{paper['reading_id']}:byline", name, SourceKind.PERSON, named=True, entity=entity)


def _person(known: Sources, row: int | None, document: str, outlet: str | None, outlet_id: str | None) -> Person | None:
    """A source as tracing sees it. One that a document calls by a part of its own outlet's name is that outlet: the
    Velm Standard calls itself the Standard."""
    if row is None:
        return None
    found = known.rows[row]
    if outlet is not None and _is_itself(found, outlet):
        return Person(
            id=whole_id(document, found["reading_id"]),
            name=outlet,
            kind=SourceKind.ORGANIZATION,
            named=True,
            entity=outlet_id,
            is_outlet=True,
        )
    return Person(
        id=whole_id(document, found["reading_id"]),
        name=found["entity"] or found["name"],
        kind=SourceKind(found["kind"]),
        named=bool(found["is_named"]),
        entity=None if found["entity_id"] is None else str(found["entity_id"]),
        roles=tuple(one["role"] for one in known.roles.get(row, ())),
        access=found["access"],
        is_outlet=bool(found["is_outlet"]),
    )


def _is_itself(source: sqlite3.Row, outlet: str) -> bool:
    """Whether a source is the document's own outlet: by a part of its name, or as "this newspaper", "an earlier version
    of this article"."""
    if source["is_named"]:
        words = set(folded(source["name"]).split()) - {"the"}
        of_kind = source["kind"] == SourceKind.ORGANIZATION or source["entity_id"] is None
        return of_kind and words <= set(folded(outlet).split())
    bodies = (SourceKind.ORGANIZATION, SourceKind.DOCUMENT)
    return source["kind"] in bodies and _this_outlet().fullmatch(source["name"]) is not None


@cache
def _this_outlet() -> re.Pattern[str]:
    """What an outlet calls itself, and its own earlier words."""
    nouns = "|".join(sorted((*word_list("nouns for outlets"), "article", "page", "report", "story")))
    return re.compile(rf"(?:(?:an?\s+|the\s+)?(?:[\w-]+\s+){{1,3}}(?:in|of|on)\s+)?(?:this|our)\s+(?:{nouns})", re.I)


def _own_voice(rows: Rows, one: sqlite3.Row, paper: Paper, member: Member) -> Telling:
    """What the outlet says in its own voice: a statement, or what somebody is told to have done."""
    if one["is_deed"]:
        found, span = rows.attributions[one["attribution_id"]], rows.spans[one["attribution_id"]]
    else:
        found = rows.statements[one["statement_id"]]
        span = Span(found["start"], found["end"])
    text = rows.ledger.execute(
        "SELECT substr(text, ? + 1, ?) AS told FROM documents WHERE id = ?",
        (span.start, span.end - span.start, one["document_id"]),
    ).fetchone()["told"]
    certainty = _certainty_of(one["text"])
    act = Act.ASK if one["text"].endswith("?") else None
    return Telling(
        id=whole_id(paper.id, found["reading_id"]) + (" told" if one["is_deed"] else ""),
        document=paper.id,
        span=span,
        content=" ".join(text.split()),
        stance=None if _is_denied(text) else stance_of(act, certainty, member.relation),
        own_voice=True,
        is_headline=not one["is_deed"] and bool(found["is_headline"]),
        certainty=certainty,
        confidence=member.confidence,
    )


def _is_denied(told: str) -> bool:
    """Whether a sentence tells that somebody denies something: what it says is then no position of the outlet's."""
    return any(row.act is Act.DENY for row in rows_in([word.lower() for word in WORD.findall(told)], load_lexicon()))


def _certainty_of(told: str) -> Certainty:
    """How sure an outlet shows itself of what it says: by its strongest hedge."""
    lower = [word.lower() for word in WORD.findall(told)]
    found = {hedge.certainty for hedge in hedges_in(lower, 0, len(lower), load_lexicon()) if hedge.strong}
    return next((one for one in (Certainty.POSSIBLE, Certainty.PROBABLE) if one in found), Certainty.CERTAIN)


def _attribution(
    rows: Rows, row: int, paper: Paper, member: Member | None, answer: Effect | None, opens: bool
) -> tuple[Telling, int | None]:
    """An attribution as a telling, and the row of the one that encloses it. One that is no member has no stance; of one
    that is, it is told whether that opens the content."""
    found = rows.attributions[row]
    certainty = Certainty(found["certainty"]) if found["certainty"] else None
    act = Act(found["act"]) if found["act"] else None
    when = When(found["when_text"], found["when_from"], found["when_to"]) if found["when_text"] else None
    outer: int | None = found["within_id"]
    stance, sure = None, float(found["confidence"])
    if member is not None:
        bearing = bearing_of(act, found["source"], found["cue"], found["content"] if opens else "")
        stance = (
            stance_of_answer(answer, member.relation) if answer else stance_of(act, certainty, member.relation, bearing)
        )
        sure *= member.confidence * (TAKEN_UP if answer else 1)
    telling = Telling(
        id=whole_id(paper.id, found["reading_id"]),
        document=paper.id,
        span=rows.spans[row],
        content=found["content"],
        stance=stance,
        speaker=_speaker(rows, found, paper),
        basis=_person(rows.sources, _basis_of(rows, found), paper.id, paper.outlet, paper.outlet_id),
        within=None if outer is None else whole_id(paper.id, rows.attributions[outer]["reading_id"]),
        certainty=certainty,
        when=when,
        confidence=sure,
        is_headline=_in_title(rows.documents[found["document_id"]], rows.spans[row]),
    )
    return telling, outer


def _in_title(document: sqlite3.Row, span: Span) -> bool:
    """Whether a span lies in a document's title."""
    start, end = document["title_start"], document["title_end"]
    return start is not None and start <= span.start and span.end <= end


def _speaker(rows: Rows, one: sqlite3.Row, paper: Paper) -> Person | None:
    """The speaker of an attribution. Inside another one's content, where none is expressed, it is understood: the one
    who speaks there, unless they say that they were told it ("was informed by the police that"); then it is whoever
    told them."""
    speaker = _person(rows.sources, one["speaker_id"], paper.id, paper.outlet, paper.outlet_id)
    if speaker is not None or one["within_id"] is None or one["source"] is not None:
        return speaker
    around = _speaker(rows, rows.attributions[one["within_id"]], paper)
    if around is None or not is_told(one["cue"].lower().split()):
        return around
    id_ = f"{whole_id(paper.id, one['reading_id'])}:informer"
    span = rows.spans[one["id"]]
    text = rows.ledger.execute(
        "SELECT substr(text, ? + 1, ?) AS told FROM documents WHERE id = ?",
        (span.start, span.end - span.start, one["document_id"]),
    ).fetchone()["told"]
    informer = informer_in(text)
    if informer is None:
        return Person(id_, f"whoever told {around.name}", SourceKind.GROUP, named=False)
    for row in rows.ledger.execute(
        "SELECT id, name FROM sources WHERE document_id = ? AND is_named ORDER BY id", (one["document_id"],)
    ):
        if folded(row["name"]).removeprefix("the ") == folded(informer).removeprefix("the "):
            return _person(sources_with(rows.ledger, [row["id"]]), row["id"], paper.id, paper.outlet, paper.outlet_id)
    return Person(id_, informer, SourceKind.GROUP, named=False)


def _basis_of(rows: Rows, one: sqlite3.Row) -> int | None:
    """The row of the source on whose word an attribution's speaker speaks: as the text says there, or else as it says
    of all that the speaker reports ("the paper says that its reporting is based on officials")."""
    if one["basis_id"] is not None or one["speaker_id"] is None:
        return one["basis_id"]  # type: ignore[no-any-return]
    relied = rows.relied.get(one["speaker_id"], ())
    return next((int(row["basis_id"]) for row in relied if _ITS_REPORT.search(row["content"])), None)


_ITS_REPORT = re.compile(r"\bits\s+(?:\w+\s+)?(?:report|reporting|story|article|account|information|coverage)\b", re.I)
