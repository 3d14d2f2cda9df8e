"""Two documents side by side: what one says and the other does not, who is heard in one alone, quotations cut
differently.

What they say is matched by what was traced: passages that stand in both, propositions that were found to say the same
or the contrary, claims that both take part in. Unnamed sources are never matched.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein
from rapidfuzz.fuzz import ratio

from sayso.ledger.namesakes import folded
from sayso.ledger.storing import BETWEEN_PIECES, whole_id
from sayso.model import Act, Relation, Span
from sayso.trace.copies import quotation_drift
from sayso.trace.grouping import JOINED
from sayso.trace.moving import moved
from sayso.trace.shingles import quoted_stretches, words_in

LEAST_QUOTED = 4  # words of a quotation that is compared
LEAST_RUN = 3  # words that two versions of one quotation have in a row
LEAST_SAME = 0.6  # of the shorter version's words
LEAST_ALIKE = 75.0  # per cent of the letters of two contents in a copied passage


@dataclass(frozen=True, slots=True)
class Compared:
    """One of the two documents."""

    id: str
    title: str
    outlet: str | None
    published: str | None
    url: str | None
    is_traced: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What a document says: the attribution's speaker and content, or a sentence in the outlet's own voice."""

    id: str
    speaker: str | None
    is_named: bool
    is_own_voice: bool
    act: str | None
    content: str
    start: int
    end: int
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Both:
    """What both documents say, or on what they say the contrary, and how that is known. They are `opposed` where one
    denies what the other says, or says the contrary of it."""

    a: Told
    b: Told
    relation: Relation
    how: str
    confidence: float
    opposed: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """A source that speaks in one of the documents, and how often. An unnamed one is that document's alone."""

    name: str
    entity: int | None
    is_named: bool
    attributions: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a quotation, and whether the other version has them not."""

    words: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Versions:
    """A quotation as each of the documents has it."""

    speaker_a: str | None
    speaker_b: str | None
    a: tuple[Piece, ...]
    b: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that tells two documents apart, and what they share."""

    a: Compared
    b: Compared
    both: tuple[Both, ...]
    only_a: tuple[Told, ...]
    only_b: tuple[Told, ...]
    heard_in_both: tuple[Heard, ...]
    heard_only_a: tuple[Heard, ...]
    heard_only_b: tuple[Heard, ...]
    unnamed_a: tuple[Heard, ...]
    unnamed_b: tuple[Heard, ...]
    quotations: tuple[Versions, ...]
    words_copied: int
    first: str | None
    why: str | None


def compare(ledger: sqlite3.Connection, a: str, b: str) -> Comparison | None:
    """Two documents by their ids; None where the ledger lacks one of them."""
    one, two = _row(ledger, a), _row(ledger, b)
    if one is None or two is None:
        return None
    said_a, said_b = _said(ledger, one), _said(ledger, two)
    matches = _matches(ledger, one, two, said_a, said_b)
    both = _best(matches, said_a, said_b)
    in_a, in_b = {said_a[a].id for a, _ in matches}, {said_b[b].id for _, b in matches}
    heard_a, heard_b = _heard(ledger, one), _heard(ledger, two)
    copied = _copied(ledger, one, two)
    return Comparison(
        _compared(one),
        _compared(two),
        both,
        tuple(dict.fromkeys(told for told in said_a.values() if told.id not in in_a)),
        tuple(dict.fromkeys(told for told in said_b.values() if told.id not in in_b)),
        tuple(told for key, told in heard_a.items() if told.is_named and key in heard_b),
        tuple(told for key, told in heard_a.items() if told.is_named and key not in heard_b),
        tuple(told for key, told in heard_b.items() if told.is_named and key not in heard_a),
        tuple(told for told in heard_a.values() if not told.is_named),
        tuple(told for told in heard_b.values() if not told.is_named),
        tuple(_versions(_quoted(ledger, one), _quoted(ledger, two))),
        copied["words"] if copied else 0,
        copied["first"] if copied else None,
        copied["why"] if copied else None,
    )


def _row(ledger: sqlite3.Connection, document: str) -> sqlite3.Row | None:
    found: sqlite3.Row | None = ledger.execute(
        "SELECT documents.*, outlets.name AS outlet,"
        " EXISTS (SELECT 1 FROM proposed WHERE document_id = documents.id) AS is_traced FROM documents"
        " LEFT JOIN entities AS outlets ON outlets.id = outlet_id WHERE reading_id = ?",
        (document,),
    ).fetchone()
    return found


def _compared(row: sqlite3.Row) -> Compared:
    return Compared(
        row["reading_id"], row["name"], row["outlet"], row["published_on"], row["url"], bool(row["is_traced"])
    )


# What they say

_SAID = """
SELECT
  propositions.id, coalesce(attributions.reading_id, statements.reading_id) AS reading_id, speakers.name AS speaker,
  coalesce(speakers.is_named, 0) AS is_named, statements.id IS NOT NULL AS is_own_voice, act,
  coalesce(attributions.content, wordings.text) AS content, confidence,
  coalesce((SELECT min("start") FROM spans WHERE attribution_id = attributions.id AND part = 'content'),
    statements."start") AS "start",
  coalesce((SELECT max("end") FROM spans WHERE attribution_id = attributions.id AND part = 'content'),
    statements."end") AS "end"
FROM propositions
JOIN wordings ON wordings.id = wording_id
LEFT JOIN attributions ON attributions.id = propositions.attribution_id
LEFT JOIN sources AS speakers ON speakers.id = speaker_id
LEFT JOIN statements ON statements.id = statement_id
WHERE propositions.document_id = ? AND NOT is_deed
ORDER BY "start", "end", propositions.id"""


def _said(ledger: sqlite3.Connection, document: sqlite3.Row) -> dict[int, Told]:
    """What a document says, in the order of its text, by the rows of its propositions."""
    return {
        row["id"]: Told(
            whole_id(document["reading_id"], row["reading_id"]),
            row["speaker"],
            bool(row["is_named"]),
            bool(row["is_own_voice"]),
            row["act"],
            row["content"],
            row["start"],
            row["end"],
            row["confidence"],
        )
        for row in ledger.execute(_SAID, (document["id"],)).fetchall()
    }


_Match = tuple[Relation, str, float]
_COPIED, _COMPARED, _CLAIM = "stands in both", "says the same", "part of one claim"


def _matches(
    ledger: sqlite3.Connection, a: sqlite3.Row, b: sqlite3.Row, said_a: dict[int, Told], said_b: dict[int, Told]
) -> dict[tuple[int, int], _Match]:
    """The pairs of propositions, one of each document, that bear on the same: those found in the surest way first."""
    found: dict[tuple[int, int], _Match] = dict.fromkeys(
        _aligned(_passages(ledger, a, b), said_a, said_b), (Relation.SAME, _COPIED, 1.0)
    )
    moves = moved(ledger)  # these are matched by the claims that they were moved to
    for row in ledger.execute(_PAIRS, (a["id"], b["id"])):
        same = row["same"] >= row["contrary"]
        if row["a"] in said_a and row["b"] in said_b and not {row["a"], row["b"]} & moves.keys():
            found.setdefault(
                (row["a"], row["b"]),
                (Relation.SAME, _COMPARED, row["same"]) if same else (Relation.CONTRARY, "contrary", row["contrary"]),
            )
    for row in ledger.execute(_MEMBERS, (a["id"], b["id"])):
        relation = Relation.SAME if row["alike"] else Relation.CONTRARY
        if row["a"] in said_a and row["b"] in said_b:
            found.setdefault((row["a"], row["b"]), (relation, _CLAIM, row["confidence"]))
    return found


_PAIRS = f"""
SELECT * FROM (
SELECT one.id AS a, two.id AS b, same, contrary FROM propositions AS one
JOIN pairs ON one.wording_id IN (pairs.a_id, pairs.b_id)
JOIN propositions AS two ON two.wording_id = pairs.a_id + pairs.b_id - one.wording_id
WHERE one.document_id = ?1 AND two.document_id = ?2 AND max(same, contrary) >= {JOINED}
UNION ALL
SELECT one.id, two.id, 1, 0 FROM propositions AS one
JOIN propositions AS two ON two.wording_id = one.wording_id
WHERE one.document_id = ?1 AND two.document_id = ?2
) ORDER BY max(same, contrary) DESC, a, b"""  # noqa: S608 - a number of our own

_MEMBERS = """
SELECT one.id AS a, two.id AS b, mine.relation = theirs.relation AS alike,
  min(mine.confidence, theirs.confidence) AS confidence
FROM propositions AS one
JOIN members AS mine ON mine.proposition_id = one.id
JOIN members AS theirs ON theirs.claim_id = mine.claim_id
JOIN propositions AS two ON two.id = theirs.proposition_id
WHERE one.document_id = ? AND two.document_id = ?
ORDER BY confidence DESC, a, b"""


def _copied(ledger: sqlite3.Connection, a: sqlite3.Row, b: sqlite3.Row) -> sqlite3.Row | None:
    """What is known of passages that stand in both."""
    found: sqlite3.Row | None = ledger.execute(
        "SELECT copies.*, first.reading_id AS first FROM copies LEFT JOIN documents AS first ON first.id = first_id"
        " WHERE copies.kind = 'passage' AND ((a_id = ?1 AND b_id = ?2) OR (a_id = ?2 AND b_id = ?1))",
        (a["id"], b["id"]),
    ).fetchone()
    return found


def _passages(ledger: sqlite3.Connection, a: sqlite3.Row, b: sqlite3.Row) -> list[tuple[Span, Span]]:
    """Where the passages and quotations that both have stand in the one and in the other."""
    rows = ledger.execute(
        "SELECT passages.*, a_id FROM copies JOIN passages ON copy_id = copies.id"
        " WHERE (a_id = ?1 AND b_id = ?2) OR (a_id = ?2 AND b_id = ?1) ORDER BY position",
        (a["id"], b["id"]),
    )
    found = []
    for row in rows:
        ends = Span(row["a_start"], row["a_end"]), Span(row["b_start"], row["b_end"])
        found.append(ends if row["a_id"] == a["id"] else ends[::-1])
    return found


def _aligned(
    passages: Iterable[tuple[Span, Span]], said_a: dict[int, Told], said_b: dict[int, Told]
) -> list[tuple[int, int]]:
    """The propositions that stand in a passage of both in about the same words, those most alike first."""
    found = []
    for here, there in passages:
        inside = [(row, one) for row, one in said_b.items() if one.start < there.end and there.start < one.end]
        for row_a, a in said_a.items():
            if not (a.start < here.end and here.start < a.end):
                continue
            for row_b, b in inside:
                alike = ratio(a.content, b.content, score_cutoff=LEAST_ALIKE) if a.is_own_voice == b.is_own_voice else 0
                if alike:
                    found.append((-alike, abs((a.start - here.start) - (b.start - there.start)), row_a, row_b))
    return [(a, b) for _, _, a, b in sorted(found)]


def _best(matches: dict[tuple[int, int], _Match], said_a: dict[int, Told], said_b: dict[int, Told]) -> tuple[Both, ...]:
    """What the first document says, each with what the second says that it is matched with most surely."""
    best: dict[str, Both] = {}
    for (a, b), (relation, how, confidence) in matches.items():
        opposed = (relation is Relation.CONTRARY) != ((said_a[a].act == Act.DENY) != (said_b[b].act == Act.DENY))
        best.setdefault(said_a[a].id, Both(said_a[a], said_b[b], relation, how, round(confidence, 3), opposed))
    return tuple(best[id_] for id_ in dict.fromkeys(told.id for told in said_a.values()) if id_ in best)


# Who is heard


def _heard(ledger: sqlite3.Connection, document: sqlite3.Row) -> dict[tuple[str, str], Heard]:
    """Those who speak in a document, most often first: entities by their rows, names that join none by the name,
    unnamed sources by their own rows, which no other document has."""
    rows = ledger.execute(
        "SELECT sources.id, coalesce(entities.name, sources.name) AS name, sources.is_named, sources.entity_id,"
        " count(*) AS number, min(attributions.id) AS place"
        " FROM attributions JOIN sources ON sources.id = speaker_id"
        " LEFT JOIN entities ON entities.id = sources.entity_id WHERE attributions.document_id = ?"
        " GROUP BY coalesce(sources.entity_id, -sources.id) ORDER BY number DESC, place",
        (document["id"],),
    )
    found = {}
    for row in rows:
        if not row["is_named"]:
            key = ("unnamed", str(row["id"]))
        elif row["entity_id"] is not None:
            key = ("entity", str(row["entity_id"]))
        else:
            key = ("name", folded(row["name"]))
        found[key] = Heard(row["name"], row["entity_id"], bool(row["is_named"]), row["number"])
    return found


# Quotations


_MARKS = " \"“”„«»‘’'"


@dataclass(frozen=True, slots=True)
class _Quoted:
    """A quotation: its words, the pieces of a parted one put together, and who says them."""

    words: str
    hashes: tuple[int, ...]
    speaker: str | None
    entity: int | None


def _quoted(ledger: sqlite3.Connection, document: sqlite3.Row) -> list[_Quoted]:
    """What stands in quotation marks: for each attribution together, and what is in no attribution by itself."""
    text = document["text"]
    stretches = quoted_stretches(text)
    rows = ledger.execute(
        'SELECT attribution_id, spans."start", spans."end", speakers.name, speakers.entity_id FROM spans'
        " JOIN attributions ON attributions.id = attribution_id"
        " LEFT JOIN sources AS speakers ON speakers.id = speaker_id"
        " WHERE attributions.document_id = ? AND part = 'content' ORDER BY attribution_id, position",
        (document["id"],),
    ).fetchall()
    pieces: dict[int, list[Span]] = {}
    speakers = {row["attribution_id"]: (row["name"], row["entity_id"]) for row in rows}
    taken: set[Span] = set()
    for row in rows:
        for one in stretches:
            inside = Span(max(one.start, row["start"]), min(one.end, row["end"]))
            if inside.start < inside.end:
                taken.add(one)
                pieces.setdefault(row["attribution_id"], []).append(inside)
    found = [_quotation(text, spans, *speakers[row]) for row, spans in pieces.items()]
    found += [_quotation(text, [one], None, None) for one in stretches if one not in taken]
    return [one for one in found if len(one.hashes) >= LEAST_QUOTED]


def _quotation(text: str, spans: Sequence[Span], speaker: str | None, entity: int | None) -> _Quoted:
    pieces = (" ".join(span.of(text).split()).strip(_MARKS) for span in dict.fromkeys(spans))
    words = BETWEEN_PIECES.join(piece for piece in pieces if piece)
    return _Quoted(words, tuple(one for _, one in words_in(words)), speaker, entity)


def _versions(quoted_a: list[_Quoted], quoted_b: list[_Quoted]) -> Iterable[Versions]:
    """The quotations that both have in other words, or cut in another place, in the order of the first."""
    alike = {
        (i, j): same for i, a in enumerate(quoted_a) for j, b in enumerate(quoted_b) if (same := _words_alike(a, b))
    }
    best_a = {i: max(same for (k, _), same in alike.items() if k == i) for i, _ in alike}
    best_b = {j: max(same for (_, k), same in alike.items() if k == j) for _, j in alike}
    told: set[tuple[str, str]] = set()
    for (i, j), same in alike.items():
        a, b = quoted_a[i], quoted_b[j]
        if same < best_a[i] or same < best_b[j] or (a.words, b.words) in told:
            continue
        told.add((a.words, b.words))
        drift = quotation_drift(a.words, Span(0, len(a.words)), b.words, Span(0, len(b.words)))
        if drift:
            in_a, in_b = zip(*drift, strict=True)
            yield Versions(a.speaker, b.speaker, _pieces(a.words, in_a), _pieces(b.words, in_b))


def _words_alike(a: _Quoted, b: _Quoted) -> int:
    """How many words two quotations share where they are versions of one; else none."""
    if a.entity is not None and b.entity is not None and a.entity != b.entity:
        return 0
    if len(set(a.hashes) & set(b.hashes)) < LEAST_RUN:
        return 0
    runs = [one.src_end - one.src_start for one in Levenshtein.opcodes(a.hashes, b.hashes) if one.tag == "equal"]
    enough = sum(runs) >= LEAST_SAME * min(len(a.hashes), len(b.hashes))
    return sum(runs) if enough and max(runs, default=0) >= LEAST_RUN else 0


def _pieces(words: str, differing: Iterable[Span]) -> tuple[Piece, ...]:
    """A quotation in pieces: those that the other version has, and those that it has not."""
    found, end = [], 0
    for span in differing:
        found += [Piece(words[end : span.start], False), Piece(words[span.start : span.end], True)]
        end = span.end
    return tuple(one for one in [*found, Piece(words[end:], False)] if one.words)
