"""Who holds what on a claim: the answer of `sayso who`, put together from a traced ledger."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sayso.ledger.storing import whole_id
from sayso.model import (
    Act,
    Certainty,
    CircularReport,
    Copy,
    Origins,
    Position,
    Relation,
    SourceKind,
    Span,
    Stance,
    StepKind,
    When,
)
from sayso.trace.agreement import facts_of
from sayso.trace.chains import Chain, chain_of, holders
from sayso.trace.copying import copies_in
from sayso.trace.encoder import similarity, vectors
from sayso.trace.judge import judge_pairs
from sayso.trace.origins import origins_of
from sayso.trace.scene import Paper, Person, Scene, Telling
from sayso.trace.stances import stance_of
from sayso.trace.tracing import BLOCK, ClaimModels, vectors_in_blocks

NEAREST = 60  # propositions that a question is weighed against
FITS = 0.5  # probability from which a proposition is taken to say what is asked about, or the contrary


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


def who(ledger: sqlite3.Connection, words: str, models: ClaimModels) -> Answer | None:
    """The claim that fits some words best, and who holds what on it; None where nothing fits."""
    found = members_like(ledger, words, models)
    if not found:
        return None
    best = max(found, key=lambda one: (one.relation is Relation.SAME, one.confidence, -one.row))
    claim = ledger.execute(
        "SELECT claims.id, claims.reading_id, name, relation FROM members JOIN claims ON claims.id = claim_id"
        " WHERE proposition_id = ? ORDER BY confidence DESC LIMIT 1",
        (best.row,),
    ).fetchone()
    members = {one.row: one for one in found}
    text, id_ = _text_of(ledger, best.row)
    if claim is not None:
        turned = claim["relation"] != best.relation
        for row in ledger.execute("SELECT * FROM members WHERE claim_id = ?", (claim["id"],)):
            relation = Relation.SAME if (row["relation"] == "same") != turned else Relation.CONTRARY
            members.setdefault(row["proposition_id"], Member(row["proposition_id"], relation, row["confidence"]))
        if not turned:
            text, id_ = claim["name"], claim["reading_id"]
    return answer(scene_of(ledger, members.values()), id_, text, best.confidence)


def members_like(ledger: sqlite3.Connection, words: str, models: ClaimModels) -> list[Member]:
    """The propositions that say what some words say, or the contrary; none unless one says the same."""
    asked = vectors(models.encoder, [words])
    rows = nearest_rows(ledger, asked, NEAREST)
    if not rows:
        return []
    told = [_proposition(ledger, row) for row in rows]
    made = np.concatenate([asked, np.stack([np.frombuffer(one["vector"], dtype=np.int8) for one in told])])
    facts = [facts_of(words), *(facts_of(one["text"], one["published"]) for one in told)]
    weighed = judge_pairs(models.judge, made, facts, [(0, i + 1) for i in range(len(rows))])
    found = [Member(row, Relation.SAME, float(w[0])) for row, w in zip(rows, weighed, strict=True) if w[0] >= FITS]
    if not found:
        return []
    return found + [
        Member(row, Relation.CONTRARY, float(w[1])) for row, w in zip(rows, weighed, strict=True) if w[1] >= FITS
    ]


def nearest(ledger: sqlite3.Connection, words: str, models: ClaimModels, limit: int = 3) -> list[str]:
    """The propositions in a ledger that are nearest to some words, for one whose question nothing fits."""
    rows = nearest_rows(ledger, vectors(models.encoder, [words]), 4 * limit)
    texts = dict.fromkeys(_text_of(ledger, row)[0] for row in rows)
    return list(texts)[:limit]


def nearest_rows(ledger: sqlite3.Connection, asked: NDArray[np.int8], count: int) -> list[int]:
    """The propositions whose vectors are nearest to one, as many as `count`, the nearest first."""
    near: list[tuple[float, int]] = []
    for rows, block in vectors_in_blocks(ledger, BLOCK):
        cosines = similarity(asked, block)[0]
        best = np.lexsort((-np.array(rows), -cosines))[:count]
        near = sorted([*near, *((float(cosines[i]), rows[i]) for i in best)], reverse=True)[:count]
    return [row for _, row in near]


def answer(scene: Scene, id_: str, text: str, confidence: float) -> Answer:
    """Positions, chains, origins and circles of what is told in a scene."""
    chains: dict[Stance, list[Chain]] = defaultdict(list)
    positions: dict[Stance, list[Position]] = defaultdict(list)
    circles: dict[tuple[str, ...], None] = {}
    order = sorted(
        holders(scene), key=lambda one: (scene.papers[one.document].published_on or "9999", one.document, one.span)
    )
    for one in order:
        assert one.stance is not None  # noqa: S101 - holders have one
        chain = chain_of(scene, one)
        chains[one.stance].append(chain)
        positions[one.stance].append(_position(scene, one, chain))
        if chain.circle:
            circles[_turned(chain.circle)] = None
    told = {stance: positions[stance] for stance in Stance if stance in positions}
    return Answer(
        id_,
        text,
        round(confidence, 3),
        {stance: tuple(_superseded(these, told)) for stance, these in told.items()},
        {stance: origins_of(chains[stance]) for stance in told},
        scene.copies,
        tuple(
            CircularReport(path, "each of these documents cites the next, and the last the first") for path in circles
        ),
    )


def scene_of(ledger: sqlite3.Connection, members: Iterable[Member]) -> Scene:
    """The documents of some propositions, with all attributions that take part in them or enclose them."""
    by_row = {one.row: one for one in members}
    papers: dict[int, Paper] = {}
    tellings: dict[str, Telling] = {}
    for row, member in sorted(by_row.items()):
        one = _proposition(ledger, row)
        if one["document_id"] not in papers:
            papers[one["document_id"]] = _paper(ledger, one["document_id"])
        paper = papers[one["document_id"]]
        if one["attribution_id"] is None:
            telling = _statement(ledger, one, paper, member)
            tellings[telling.id] = telling
            continue
        outer = one["attribution_id"]
        first = True
        while outer is not None:
            found, outer = _attribution(ledger, outer, paper, member if first else None)
            if found.id not in tellings or first:
                tellings[found.id] = found
            first = False
    ids = {paper.id for paper in papers.values()}
    copies = tuple(
        copy
        for paper in sorted(ids)
        for copy, _ in copies_in(ledger, paper)
        if set(copy.documents) <= ids and copy.documents[0] == paper
    )
    return Scene.of(list(papers.values()), list(tellings.values()), copies)


def _position(scene: Scene, one: Telling, chain: Chain) -> Position:
    paper = scene.papers[one.document]
    sources = [step for step in chain.steps if step.kind is StepKind.SOURCE]
    holder = one.speaker
    return Position(
        stance=one.stance or Stance.SAYS,
        entity=(paper.outlet or paper.name) if one.own_voice else holder.name if holder else None,
        entity_id=paper.outlet_id if one.own_voice else (holder.entity or holder.id) if holder else None,
        named=one.own_voice or (holder is not None and holder.named),
        document=one.document,
        attribution=None if one.own_voice else one.id,
        content=one.content,
        certainty=one.certainty,
        published=paper.published_on,
        when=one.when,
        confidence=round(one.confidence, 3),
        via=tuple(step.name for step in sources if holder is None or step.name != holder.name),
        chain=chain.steps,
    )


def _superseded(these: list[Position], told: dict[Stance, list[Position]]) -> list[Position]:
    """Positions, each with the later one by which its holder took the other side."""
    other_side = {Stance.SAYS: Stance.DISPUTES, Stance.DISPUTES: Stance.SAYS}
    found = []
    for one in these:
        later = [
            two
            for two in told.get(other_side.get(one.stance, one.stance), [])
            if two.stance is not one.stance
            and one.entity_id is not None
            and two.entity_id == one.entity_id
            and (two.published or "") > (one.published or "9999")
        ]
        last = min(later, key=lambda two: two.published or "", default=None)
        found.append(replace(one, superseded_by=last.attribution) if last else one)
    return found


def _turned(circle: tuple[str, ...]) -> tuple[str, ...]:
    """A circle from its first document by name, closed, so that each is told once."""
    ring = circle[:-1]
    start = ring.index(min(ring))
    return (*ring[start:], *ring[:start], ring[start])


def _proposition(ledger: sqlite3.Connection, row: int) -> sqlite3.Row:
    found: sqlite3.Row = ledger.execute(
        "SELECT propositions.*, published FROM propositions JOIN documents ON documents.id = document_id"
        " WHERE propositions.id = ?",
        (row,),
    ).fetchone()
    return found


def _text_of(ledger: sqlite3.Connection, row: int) -> tuple[str, str]:
    """A proposition's words, and the id of what puts it forward."""
    found = ledger.execute(
        "SELECT propositions.text, coalesce(attributions.reading_id, statements.reading_id) AS part,"
        " documents.reading_id AS document FROM propositions JOIN documents ON documents.id = propositions.document_id"
        " LEFT JOIN attributions ON attributions.id = attribution_id"
        " LEFT JOIN statements ON statements.id = statement_id WHERE propositions.id = ?",
        (row,),
    ).fetchone()
    return found["text"], whole_id(found["document"], found["part"])


def _paper(ledger: sqlite3.Connection, row: int) -> Paper:
    found = ledger.execute(
        "SELECT documents.*, outlets.name AS outlet FROM documents"
        " LEFT JOIN entities AS outlets ON outlets.id = outlet_id WHERE documents.id = ?",
        (row,),
    ).fetchone()
    links = ledger.execute("SELECT url FROM links WHERE document_id = ? ORDER BY position", (row,)).fetchall()
    return Paper(
        id=found["reading_id"],
        name=found["name"],
        outlet=found["outlet"],
        outlet_id=None if found["outlet_id"] is None else str(found["outlet_id"]),
        published_on=found["published_on"],
        url=found["url"],
        links=tuple(one["url"] for one in links),
    )


def _person(ledger: sqlite3.Connection, row: int | None, document: str) -> Person | None:
    if row is None:
        return None
    found = ledger.execute(
        "SELECT sources.*, coalesce(is_outlet, 0) AS is_outlet, entities.name AS entity FROM sources"
        " LEFT JOIN entities ON entities.id = entity_id WHERE sources.id = ?",
        (row,),
    ).fetchone()
    roles = ledger.execute("SELECT role FROM roles WHERE source_id = ? ORDER BY position", (row,)).fetchall()
    return Person(
        id=whole_id(document, found["reading_id"]),
        name=found["entity"] or found["name"],
        kind=SourceKind(found["kind"]),
        named=bool(found["is_named"]),
        entity=None if found["entity_id"] is None else str(found["entity_id"]),
        roles=tuple(one["role"] for one in roles),
        access=found["access"],
        is_outlet=bool(found["is_outlet"]),
    )


def _statement(ledger: sqlite3.Connection, one: sqlite3.Row, paper: Paper, member: Member) -> Telling:
    found = ledger.execute("SELECT * FROM statements WHERE id = ?", (one["statement_id"],)).fetchone()
    return Telling(
        id=whole_id(paper.id, found["reading_id"]),
        document=paper.id,
        span=Span(found["start"], found["end"]),
        content=one["text"],
        stance=stance_of(None, None, member.relation),
        own_voice=True,
        confidence=member.confidence,
    )


def _attribution(
    ledger: sqlite3.Connection, row: int, paper: Paper, member: Member | None
) -> tuple[Telling, int | None]:
    """An attribution as a telling, and the row of the one that encloses it. One that is no member has no stance."""
    found = ledger.execute("SELECT * FROM attributions WHERE id = ?", (row,)).fetchone()
    ends = ledger.execute('SELECT min("start") AS a, max("end") AS z FROM spans WHERE attribution_id = ?', (row,))
    start, end = ends.fetchone()
    certainty = Certainty(found["certainty"]) if found["certainty"] else None
    act = Act(found["act"]) if found["act"] else None
    when = When(found["when_text"], found["when_from"], found["when_to"]) if found["when_text"] else None
    telling = Telling(
        id=whole_id(paper.id, found["reading_id"]),
        document=paper.id,
        span=Span(start, end),
        content=found["content"],
        stance=stance_of(act, certainty, member.relation) if member else None,
        speaker=_person(ledger, found["speaker_id"], paper.id),
        basis=_person(ledger, found["basis_id"], paper.id),
        within=_id_of(ledger, found["within_id"], paper.id),
        certainty=certainty,
        when=when,
        confidence=member.confidence * found["confidence"] if member else found["confidence"],
    )
    return telling, found["within_id"]


def _id_of(ledger: sqlite3.Connection, row: int | None, document: str) -> str | None:
    if row is None:
        return None
    (kept,) = ledger.execute("SELECT reading_id FROM attributions WHERE id = ?", (row,)).fetchone()
    return whole_id(document, kept)
