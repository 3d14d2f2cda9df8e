"""The form by which an attribution, or a sentence of an outlet's own, is corrected; and corrections out of forms."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sayso.corrections.entries import Correction, CorrectionKind
from sayso.ledger import composing
from sayso.ledger.composing import Author, CannotCorrect, NoSuchPart, attribution_found, proposed_by
from sayso.ledger.corrections import holding_of
from sayso.ledger.questions import match_expression
from sayso.ledger.storing import BETWEEN_PIECES, whole_id
from sayso.model import Act, Certainty, Polarity, SourceKind
from sayso.web.corrections import Corrected, held_of
from sayso.web.page import MOST_WORDS, NotThere, Page, WrongQuestion, required

MOST_CLAIMS = 10  # that are offered for some words
NONE = "none"  # in a form: nobody known, no certainty, no claim
MOST_WHY = 1000  # characters of a name or a reason


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that a form offers: its id, and what it is called."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class PutForward:
    """One of the things that an attribution or a sentence puts forward, by its number, and the claim that it is in."""

    number: int
    words: str
    claim: str | None
    claim_id: str | None


@dataclass(frozen=True, slots=True)
class CorrectView:
    """What is to be corrected, what stands there now, and what may stand there instead.

    `is_attribution` is false for a sentence in the outlet's own voice, of which the claim alone can be corrected;
    `is_struck` says that it was struck out. `claims` are those that the `words` asked for lead to.
    """

    id: str
    document: str
    title: str
    is_attribution: bool
    is_struck: bool
    source: str | None
    cue: str | None
    content: str
    speaker: str | None
    sources: tuple[Choice, ...]
    act: str | None
    acts: tuple[str, ...]
    polarity: str | None
    polarities: tuple[str, ...]
    certainty: str | None
    certainties: tuple[str, ...]
    kinds: tuple[str, ...]
    proposed: tuple[PutForward, ...]
    words: str
    claims: tuple[Choice, ...]
    corrections: tuple[Corrected, ...]


def ask(ledger: sqlite3.Connection, given: Mapping[str, str]) -> CorrectView:
    """What can be corrected of an attribution or a statement, by its id, or by its document and place."""
    id_ = given.get("id") or _at(ledger, given)
    words = (given.get("words") or "").strip()
    if len(words) > MOST_WORDS:
        raise WrongQuestion(f"These are more than {MOST_WORDS} letters; ask for a claim by some of its words.")
    try:
        return _of_attribution(ledger, id_, words)
    except NoSuchPart:
        return _of_statement(ledger, id_, words)


def _at(ledger: sqlite3.Connection, given: Mapping[str, str]) -> str:
    """The id of the statement, or else of the attribution, at a place of a document."""
    example = "/correct?id=text-0123456789abcdef:12-16"
    document = required(given, "document", example)
    ends = [required(given, name, example) for name in ("start", "end")]
    if not all(one.isascii() and one.isdigit() and len(one) < 10 for one in ends):
        raise WrongQuestion(f"This page needs a place in numbers: {example}")
    found = ledger.execute(_AT, {"document": document, "start": int(ends[0]), "end": int(ends[1])}).fetchone()
    if found is None:
        raise NotThere("Nothing that can be corrected stands at this place; open its document and choose there.")
    return whole_id(document, found["reading_id"])


_AT = """
SELECT statements.reading_id FROM documents JOIN statements ON document_id = documents.id
WHERE documents.reading_id = :document AND "start" = :start AND "end" = :end
UNION ALL
SELECT attributions.reading_id FROM documents
JOIN attributions ON document_id = documents.id
JOIN spans ON attribution_id = attributions.id
WHERE documents.reading_id = :document
GROUP BY attributions.id HAVING min("start") = :start AND max("end") = :end
LIMIT 1"""


def _of_attribution(ledger: sqlite3.Connection, id_: str, words: str) -> CorrectView:
    found = attribution_found(ledger, id_)
    document, one = found.reading.document, found.attribution
    known = {source.id: source for source in (*found.machine.sources, *found.reading.sources)}
    return CorrectView(
        id=one.id,
        document=document.id,
        title=_title(ledger, document.id),
        is_attribution=True,
        is_struck=one not in found.reading.attributions,
        source=one.source.of(document.text) if one.source else None,
        cue=one.cue.of(document.text),
        content=BETWEEN_PIECES.join(piece.of(document.text) for piece in one.content),
        speaker=one.speaker,
        sources=tuple(
            Choice(source.id, source.name if source.named else f"{source.name} (unnamed)") for source in known.values()
        ),
        act=one.act,
        acts=tuple(Act),
        polarity=one.polarity,
        polarities=tuple(Polarity),
        certainty=one.certainty,
        certainties=tuple(Certainty),
        kinds=tuple(SourceKind),
        proposed=_proposed(ledger, one.id),
        words=words,
        claims=_claims(ledger, words),
        corrections=_corrections(ledger, document.id),
    )


def _of_statement(ledger: sqlite3.Connection, id_: str, words: str) -> CorrectView:
    for i, letter in enumerate(id_):
        if letter != ":":
            continue
        row = ledger.execute(_STATEMENT, (id_[:i], id_[i:])).fetchone()
        if row is not None:
            return CorrectView(
                id=id_,
                document=id_[:i],
                title=row["name"],
                is_attribution=False,
                is_struck=False,
                source=None,
                cue=None,
                content=row["words"],
                speaker=None,
                sources=(),
                act=None,
                acts=(),
                polarity=None,
                polarities=(),
                certainty=None,
                certainties=(),
                kinds=(),
                proposed=_proposed(ledger, id_),
                words=words,
                claims=_claims(ledger, words),
                corrections=_corrections(ledger, id_[:i]),
            )
    raise NotThere("This ledger has no attribution or sentence of that id; open its document and choose there.")


_STATEMENT = """
SELECT documents.name, substr(text, "start" + 1, "end" - "start") AS words FROM documents
JOIN statements ON document_id = documents.id
WHERE documents.reading_id = ? AND statements.reading_id = ?"""


def _title(ledger: sqlite3.Connection, document: str) -> str:
    (name,) = ledger.execute("SELECT name FROM documents WHERE reading_id = ?", (document,)).fetchone()
    return str(name)


def _proposed(ledger: sqlite3.Connection, id_: str) -> tuple[PutForward, ...]:
    try:
        found = proposed_by(ledger, id_)
    except NoSuchPart:
        return ()
    made = []
    for number, one in enumerate(found, 1):
        claim = ledger.execute(
            "SELECT name, reading_id FROM members JOIN claims ON claims.id = claim_id WHERE proposition_id = ?"
            " ORDER BY confidence DESC, reading_id, name LIMIT 1",
            (one.row,),
        ).fetchone()
        made.append(
            PutForward(number, one.words, claim["name"] if claim else None, claim["reading_id"] if claim else None)
        )
    return tuple(made)


def _claims(ledger: sqlite3.Connection, words: str) -> tuple[Choice, ...]:
    if not words:
        return ()
    rows = ledger.execute(
        "SELECT reading_id, name FROM claims WHERE id IN (SELECT rowid FROM claims_search WHERE name MATCH ?)"
        " ORDER BY document_count DESC, reading_id, name LIMIT ?",
        (match_expression(words), MOST_CLAIMS),
    )
    return tuple(Choice(row["reading_id"], row["name"]) for row in rows)


def _corrections(ledger: sqlite3.Connection, document: str) -> tuple[Corrected, ...]:
    (row,) = ledger.execute("SELECT id FROM documents WHERE reading_id = ?", (document,)).fetchone()
    return held_of(ledger, holding_of(ledger, row))


def corrections_in(ledger: sqlite3.Connection, form: Mapping[str, str]) -> list[Correction]:
    """The corrections that a form asks for, each a change of what stood there when the form was made.

    Raises WrongQuestion, CannotCorrect and NoSuchPart.
    """
    by = Author(form.get("by", "")[:MOST_WHY], form.get("why", "")[:MOST_WHY])
    if not by.name.strip():
        raise WrongQuestion("Write who makes the correction: it is kept with it.")
    id_ = form.get("id", "")
    do = form.get("do")
    if do == "undo":
        return [composing.undo(ledger, by, id_)]
    if do == "strike":
        return [composing.struck(ledger, by, id_)]
    if do == "change":
        return _changes(ledger, by, id_, form)
    if do == "move":
        return [_moved(ledger, by, id_, form)]
    if do == "merge":
        one, other = (composing.entity_meant(ledger, form.get(name, "").strip()) for name in ("entity", "other"))
        return [composing.merge(ledger, by, one, other)]
    if do == "split":
        entity = composing.entity_meant(ledger, form.get("entity", ""))
        return [composing.split(ledger, by, entity, form.get("document", ""))]
    raise WrongQuestion("This form asks for nothing that is known here.")


def _changes(ledger: sqlite3.Connection, by: Author, id_: str, form: Mapping[str, str]) -> list[Correction]:
    found = attribution_found(ledger, id_)
    one = found.attribution
    made = []
    words = " ".join(form.get("speaker_words", "").split())
    speaker = form.get("speaker", NONE)
    if words:
        try:
            kind = SourceKind(form.get("kind", "person"))
        except ValueError:
            raise WrongQuestion("There is no such kind of source.") from None
        made.append(composing.speaker(ledger, by, id_, words, kind, named=form.get("unnamed") is None))
    elif speaker != (one.speaker or NONE):
        made.append(
            composing.speaker(ledger, by, id_, None)
            if speaker == NONE
            else composing.speaker_at(ledger, by, id_, speaker)
        )
    for kind_, before in (
        (CorrectionKind.ACT, one.act),
        (CorrectionKind.POLARITY, one.polarity),
        (CorrectionKind.CERTAINTY, one.certainty),
    ):
        to = form.get(kind_.value, NONE)
        if to != (before or NONE) and (to != NONE or kind_ is CorrectionKind.CERTAINTY):
            made.append(composing.value(ledger, by, id_, kind_, None if to == NONE else to))
    if not made:
        raise CannotCorrect("nothing was changed in the form; go back, choose what is right, and save it")
    return made


def _moved(ledger: sqlite3.Connection, by: Author, id_: str, form: Mapping[str, str]) -> Correction:
    claim, part = form.get("claim", ""), form.get("part", "")
    if not claim:
        raise WrongQuestion("Choose the claim that it belongs to, or none.")
    if not part.isascii() or not part.isdigit() or len(part) > 4:
        raise WrongQuestion("Choose which of the things that it puts forward belongs there.")
    return composing.member(
        ledger,
        by,
        id_,
        None if claim == NONE else claim,
        contrary=form.get("relation") == "contrary",
        number=int(part),
    )


def rows(view: CorrectView) -> Iterable[Corrected]:
    """The corrections of the document, a row each."""
    return view.corrections


PAGE = Page("/correct", "correct.html", ask, rows, Corrected)
