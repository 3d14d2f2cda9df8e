"""A claim on one page: who holds what on it, in which words, by which ways it came, on how many origins it rests."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from sayso.cli.who import HEADINGS
from sayso.ledger.storing import whole_id
from sayso.model import CircularReport, Copy, Origins, Position, Relation, SourceKind, Stance, Step, StepKind
from sayso.trace.asking import Answer, Member, answer, beside, claim_with_id, members_of, scene_of
from sayso.trace.grouping import SURE
from sayso.trace.scene import Paper, Person
from sayso.web.addresses import document_address, entity_address
from sayso.web.page import NotThere, Page, required
from sayso.web.picture import Picture, picture
from sayso.web.showing import counted, cut, plain, where
from sayso.web.timeline import STANCES, Holder, Timeline, timeline
from sayso.web.ways import Node, NodeKind, Told, ways

MOST_MEMBERS = 1000  # of a claim that one page weighs, the surest first
APART = 0.1  # how much less probable than the surest of its side a member is that is shown apart
MOST_SHOWN = 6  # of a column; the rest is below "more"

COLUMNS = (
    ("Says so", (Stance.SAYS,)),
    ("Holds it probable or possible", (Stance.PROBABLE, Stance.POSSIBLE)),
    ("Disputes it", (Stance.DISPUTES,)),
    ("Will not say", (Stance.WITHHOLDS,)),
    ("Asks, or wishes for it", (Stance.ASKS, Stance.WANTS)),
)
ASSERTED = (Stance.SAYS, Stance.PROBABLE, Stance.POSSIBLE, Stance.DISPUTES)  # what rests on somebody's word
_DEEDS = (
    ("says so", (Stance.SAYS,)),
    ("holds it probable or possible", (Stance.PROBABLE, Stance.POSSIBLE)),
    ("disputes it", (Stance.DISPUTES,)),
    ("refuses to say", (Stance.WITHHOLDS,)),
)
_NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


@dataclass(frozen=True, slots=True)
class InClaim:
    """A document in which a claim is told, or over which it came. One without a title is called by its first line."""

    id: str
    title: str
    outlet: str | None
    outlet_id: str | None
    published: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class SourceInClaim:
    """A source that chains pass, as its document gives it; `entity` is its row where it is one across documents."""

    id: str
    name: str
    kind: SourceKind
    named: bool
    entity: str | None
    roles: tuple[str, ...]
    access: str | None
    anonymity_reason: str | None


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A member of the claim that may not belong to it: its words, and how probably it does. What it holds is counted
    among the positions; `attribution` is None for what an outlet states itself."""

    document: str
    attribution: str | None
    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Held:
    """A position as a column shows it, with those that stand in copies of the same text."""

    position: Position
    copies: tuple[Position, ...]
    later: str | None  # the day on which its holder took the other side
    in_circle: bool  # whether it comes out of a circular report
    via: tuple[tuple[str, bool], ...]  # those between the document and the holder, and whether each is named

    @property
    def deed(self) -> str:
        """What its holder does, in words, where that is not what the column says."""
        plainly = self.position.stance in (Stance.SAYS, Stance.DISPUTES, Stance.WITHHOLDS)
        return "" if plainly else STANCES[self.position.stance]


@dataclass(frozen=True, slots=True)
class Column:
    """One side of a claim."""

    heading: str
    held: tuple[Held, ...]
    documents: int
    rests_on: tuple[tuple[Stance, str], ...]

    @property
    def more(self) -> tuple[Held, ...]:
        """What stands below "more"."""
        return self.held[MOST_SHOWN:] if len(self.held) > MOST_SHOWN + 1 else ()

    @property
    def shown(self) -> tuple[Held, ...]:
        """What stands on the page at once."""
        return self.held[: len(self.held) - len(self.more)]


@dataclass(frozen=True, slots=True)
class Side:
    """One position on a claim with the ways to its origins: how many these are, in words, and why not one number."""

    stance: Stance
    heading: str
    rests_on: str
    reasons: tuple[str, ...]
    picture: Picture


@dataclass(frozen=True, slots=True)
class Carried:
    """Documents that share passages: the one that had them first, where that is known, and those that have them too."""

    first: str | None
    documents: tuple[str, ...]
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim with all that `sayso who` tells of it, and the documents and sources that its chains pass.

    `id` is that of its earliest member in Readings. `doubtful` are members that may not belong to it. `left_out` is
    the number of members that were not weighed, where there are very many.
    """

    id: str
    text: str
    positions: dict[Stance, tuple[Position, ...]]
    origins: dict[Stance, Origins]
    copies: tuple[Copy, ...]
    circular: tuple[CircularReport, ...]
    doubtful: tuple[Doubtful, ...]
    documents: dict[str, InClaim]
    sources: dict[str, SourceInClaim]
    left_out: int

    def where(self, id_: str) -> Markup:
        """A link to a document, under its outlet's name, and its day."""
        one = self.documents[id_]
        return where(id_, cut(one.outlet or one.title, 60), one.published)

    def columns(self) -> list[Column]:
        """The sides of the claim, with those that nobody takes left out."""
        return [self._column(heading, stances) for heading, stances in COLUMNS if self._taken(stances)]

    def nobody(self) -> list[str]:
        """What nobody does, of what makes a column."""
        return [deed for deed, stances in _DEEDS if not self._taken(stances)]

    def sides(self) -> list[Side]:
        """The ways of each side to its origins."""
        told = self._told()
        return [self._side(one, told) for one in self.positions if one in ASSERTED or one is Stance.WITHHOLDS]

    def _side(self, stance: Stance, told: Told) -> Side:
        origins = self.origins[stance]
        drawn = picture(ways(self.positions[stance], origins, self.circular, told), _address)
        if stance is Stance.WITHHOLDS:
            count = counted(len(origins.items), "source")
            return Side(stance, HEADINGS[stance], f"Of {count}, as far as these documents show.", (), drawn)
        return Side(stance, HEADINGS[stance], rests_on(origins), origins.reasons, drawn)

    def timeline(self) -> Timeline:
        """Who said it when."""
        return timeline(self.positions, _holders_address)

    def doubted(self) -> list[tuple[Doubtful, Position | None, str]]:
        """The members that may not belong here, each once, with the position of its source and that in words, where it
        has one."""
        held = {one.attribution: one for these in self.positions.values() for one in these if one.attribution}
        found: dict[tuple[str, str], tuple[Doubtful, Position | None, str]] = {}
        for one in sorted(self.doubtful, key=lambda each: -each.probability):
            position = held.get(one.attribution or "")
            words = STANCES[position.stance] if position else ""
            found.setdefault((one.document, one.attribution or one.text), (one, position, words))
        return list(found.values())

    def carried(self) -> list[Carried]:
        """The documents that share passages, by the one that had them first. Two of which it is open who had them
        first are left out where both have them from a third."""
        by_first: dict[str, dict[str, str]] = {}
        for copy in self.copies:
            if copy.first is not None:
                (other,) = (one for one in copy.documents if one != copy.first)
                by_first.setdefault(copy.first, {}).setdefault(other, copy.why)
        order = sorted(by_first.items(), key=lambda one: (-len(one[1]), one[0]))
        found = [Carried(first, tuple(others), tuple(others.values())) for first, others in order]
        texts = [{one.first, *one.documents} for one in found]
        return found + [
            Carried(None, copy.documents, (copy.why,))
            for copy in self.copies
            if copy.first is None and not any(text.issuperset(copy.documents) for text in texts)
        ]

    def _taken(self, stances: tuple[Stance, ...]) -> tuple[Stance, ...]:
        return tuple(stance for stance in stances if self.positions.get(stance))

    def _column(self, heading: str, stances: tuple[Stance, ...]) -> Column:
        documents = {one.document for stance in stances for one in self.positions.get(stance, ())}
        sides = tuple((one, rests_on(self.origins[one])) for one in self._taken(stances) if one in ASSERTED)
        return Column(heading, tuple(self._held(stances)), len(documents), sides)

    def _held(self, stances: tuple[Stance, ...]) -> Iterator[Held]:
        """The positions of a side in the order of time, those in copies with the one in the text that was copied."""
        days = {one.attribution: one.published for these in self.positions.values() for one in these if one.attribution}
        ends = {
            chain for stance in self._taken(stances) for item in self.origins[stance].items for chain in item.chains
        }
        for first, others in self._in_one_text(stances):
            passed = {step.id for step in first.chain if step.kind is StepKind.DOCUMENT}
            circle = first.chain not in ends and any(passed.intersection(one.path) for one in self.circular)
            yield Held(first, others, days.get(first.superseded_by or ""), circle, self._via(first))

    def _in_one_text(self, stances: tuple[Stance, ...]) -> Iterator[tuple[Position, tuple[Position, ...]]]:
        """Positions, each with those in copies of its text: by their chains, which go on from the text that was copied,
        and where it is open which that is, by the same words in documents that share passages."""
        apart = {(one.document, one.attribution or one.text) for one in self.doubtful}
        by_chain: dict[tuple[object, ...], list[Position]] = {}
        for stance in stances:
            for one in self.positions.get(stance, ()):
                if (one.document, one.attribution or one.content) not in apart:
                    own = _own_chain(one)
                    by_chain.setdefault((stance, own) if own else (one.document, one.attribution), []).append(one)
        texts = self._texts()
        by_words: dict[tuple[object, ...], list[Position]] = {}
        for key, these in by_chain.items():
            first = next((one for one in these if one.chain == _own_chain(one)), these[0])
            words = (first.stance, texts[first.document], plain(first.content)) if first.document in texts else key
            by_words.setdefault(words, []).extend([first, *(one for one in these if one is not first)])
        for first, *others in by_words.values():
            yield first, tuple(one for one in others if one.document != first.document)

    def _via(self, one: Position) -> tuple[tuple[str, bool], ...]:
        between = [step for step in one.chain if step.kind is StepKind.SOURCE and step.name != one.entity]
        return tuple((step.name, step.id not in self.sources or self.sources[step.id].named) for step in between)

    def _texts(self) -> dict[str, str]:
        """For each document that shares passages with others, which of them stands for all."""
        found: dict[str, str] = {}

        def stands_for(document: str) -> str:
            while found.setdefault(document, document) != document:
                document = found[document]
            return document

        for copy in self.copies:
            a, b = sorted(map(stands_for, copy.documents))
            found[b] = a
        return {document: stands_for(document) for document in found}

    def _told(self) -> Told:
        papers = {
            one.id: Paper(one.id, one.title, one.outlet, one.outlet_id, one.published, one.url)
            for one in self.documents.values()
        }
        people = {
            one.id: Person(one.id, one.name, one.kind, one.named, one.entity, one.roles, one.access)
            for one in self.sources.values()
        }
        return Told(papers, people)


def rests_on(origins: Origins) -> str:
    """On how many distinct origins a side rests, in words: "one or two distinct origins"."""
    least, most = origins.least, origins.most
    if most == 0:
        return "no origin that these documents show"
    if least == most:
        return f"{_number(most)} distinct origin{'' if most == 1 else 's'}"
    if most - least == 1:
        return f"{_number(least)} or {_number(most)} distinct origins"
    return f"{_number(least)} to {_number(most)} distinct origins"


def _number(count: int) -> str:
    return _NUMBERS[count] if count < len(_NUMBERS) else f"{count:,}"


def _own_chain(one: Position) -> tuple[Step, ...]:
    """A position's chain from the document on that was copied from last, or its own."""
    leading = 0
    while leading < len(one.chain) and one.chain[leading].kind is StepKind.DOCUMENT:
        leading += 1
    return one.chain[max(0, leading - 1) :]


def _address(node: Node) -> str | None:
    """Where a box of the picture leads."""
    if node.kind is NodeKind.DOCUMENT and node.id is not None:
        return document_address(node.id)
    if node.is_entity and node.id is not None:
        return entity_address(node.id)
    return None


def _holders_address(holder: Holder) -> str | None:
    return entity_address(holder.id) if holder.id is not None and holder.id.isdigit() else None


# Asking


def ask(ledger: sqlite3.Connection, given: Mapping[str, str]) -> ClaimView:
    """A claim, by the id of any of its members in Readings. Raises NotThere."""
    claim = claim_of(ledger, required(given, "id", "/claim?id=text-0123456789abcdef:10-14"))
    known = members_of(ledger, claim["id"])
    members = known[:MOST_MEMBERS]
    members += beside(ledger, members)
    found = answer(scene_of(ledger, members), claim["reading_id"], claim["name"], 1.0)
    doubtful = tuple(_doubtful(ledger, members))
    documents = {
        *(step.id for one in _positions(found) for step in one.chain if step.kind is StepKind.DOCUMENT),
        *(one for copy in found.copies for one in copy.documents),
        *(one for circle in found.circular for one in circle.path),
        *(one.document for one in doubtful),
    }
    sources = {step.id for one in _positions(found) for step in one.chain if step.kind is StepKind.SOURCE}
    in_claim = _documents(ledger, sorted(documents))
    return ClaimView(
        id=found.id,
        text=found.text,
        positions=found.positions,
        origins=found.origins,
        copies=found.copies,
        circular=found.circular,
        doubtful=doubtful,
        documents=in_claim,
        sources={one.id: one for one in _sources(ledger, in_claim) if one.id in sources},
        left_out=max(0, len(known) - MOST_MEMBERS),
    )


def _positions(found: Answer) -> Iterator[Position]:
    return (one for these in found.positions.values() for one in these)


def claim_of(ledger: sqlite3.Connection, id_: str) -> sqlite3.Row:
    """The row of the claim of an id, or of the one that the attribution or statement of this id takes part in now.

    Raises NotThere.
    """
    found = claim_with_id(ledger, id_)
    if found is None:
        raise NotThere("This ledger has no claim of that id; search for words of it.")
    return found


def _doubtful(ledger: sqlite3.Connection, members: list[Member]) -> Iterator[Doubtful]:
    """The members that may not belong to the claim: less probable than sure ones, and than the surest of their side."""
    surest = {side: max((m.confidence for m in members if m.relation is side), default=0.0) for side in Relation}
    for one in members:
        if one.confidence < SURE and one.confidence < surest[one.relation] - APART:
            row = ledger.execute(_MEMBER, (one.row,)).fetchone()
            part = row["attribution"]
            yield Doubtful(
                row["document"],
                whole_id(row["document"], part) if part is not None else None,
                row["text"],
                round(one.confidence, 3),
            )


_MEMBER = """
SELECT wordings.text, documents.reading_id AS document, attributions.reading_id AS attribution FROM propositions
JOIN wordings ON wordings.id = wording_id
JOIN documents ON documents.id = propositions.document_id
LEFT JOIN attributions ON attributions.id = attribution_id
WHERE propositions.id = ?"""


def _documents(ledger: sqlite3.Connection, ids: Iterable[str]) -> dict[str, InClaim]:
    query = (
        "SELECT title, substr(text, 1, 200) AS opening, outlets.name AS outlet, outlet_id, published_on, url"
        " FROM documents LEFT JOIN entities AS outlets ON outlets.id = outlet_id WHERE reading_id = ?"
    )
    found = {}
    for id_ in ids:
        row = ledger.execute(query, (id_,)).fetchone()
        outlet_id = None if row["outlet_id"] is None else str(row["outlet_id"])
        title = row["title"] or next(filter(str.strip, row["opening"].splitlines()), "")
        found[id_] = InClaim(id_, title, row["outlet"], outlet_id, row["published_on"], row["url"])
    return found


def _sources(ledger: sqlite3.Connection, documents: Iterable[str]) -> Iterator[SourceInClaim]:
    """The sources of some documents."""
    for document in documents:
        for row in ledger.execute(_SOURCES, (document,)).fetchall():
            roles = ledger.execute("SELECT role FROM roles WHERE source_id = ? ORDER BY position", (row["id"],))
            yield SourceInClaim(
                id=whole_id(document, row["reading_id"]),
                name=row["entity_name"] or row["name"],
                kind=SourceKind(row["kind"]),
                named=bool(row["is_named"]),
                entity=None if row["entity_id"] is None else str(row["entity_id"]),
                roles=tuple(one["role"] for one in roles),
                access=row["access"],
                anonymity_reason=row["anonymity_reason"],
            )


_SOURCES = """
SELECT sources.*, entities.name AS entity_name FROM documents
JOIN sources ON sources.document_id = documents.id
LEFT JOIN entities ON entities.id = sources.entity_id
WHERE documents.reading_id = ?"""


@dataclass(frozen=True, slots=True)
class Row:
    """A position on the claim."""

    stance: Stance
    holder: str | None
    named: bool
    content: str
    document: str
    title: str
    outlet: str | None
    published: str | None
    said_on: str | None
    certainty: str | None
    via: tuple[str, ...]
    origin: str | None
    superseded_by: str | None
    may_not_belong: bool
    confidence: float
    attribution: str | None


def rows(view: ClaimView) -> Iterator[Row]:
    """A row a position."""
    ends = {chain: item.name for one in view.origins.values() for item in one.items for chain in item.chains}
    apart = {(one.document, one.attribution or one.text) for one in view.doubtful}
    for these in view.positions.values():
        for one in these:
            document = view.documents[one.document]
            yield Row(
                stance=one.stance,
                holder=one.entity,
                named=one.named,
                content=one.content,
                document=one.document,
                title=document.title,
                outlet=document.outlet,
                published=one.published,
                said_on=one.when.start if one.when else None,
                certainty=one.certainty,
                via=one.via,
                origin=ends.get(one.chain),
                superseded_by=one.superseded_by,
                may_not_belong=(one.document, one.attribution or one.content) in apart,
                confidence=one.confidence,
                attribution=one.attribution,
            )


PAGE = Page("/claim", "claim.html", ask, rows, Row)
