"""Tracing: the same claims come out in whatever order documents come, whenever they are traced, and if it is ended."""

from __future__ import annotations

import random
import re
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import product
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledgers import LEXICON, add_to, all_of, holding, in_memory, opened, person, told, unnamed, write
from made_vectors import made_once

from sayso.ledger.opening import writing_to
from sayso.ledger.storing import replace_reading
from sayso.model import MadeBy, Reading
from sayso.trace import blocks, claiming, comparing, wordings
from sayso.trace.blocks import place
from sayso.trace.comparing import compare
from sayso.trace.copying import find_copies
from sayso.trace.tracing import behind, claim_models, trace, trace_anew
from sayso.trace.wordings import take_down

MODELS = claim_models()
SUBJECTS = ("the old weir", "the ferry to Velm", "the mill", "Ostrey’s school", "the harbour tax")
CHANGES = ("is cracked", "was closed", "was not closed", "was sold in May", "is safe", "cost 12 lives")
CONTENTS = [f"{subject} {change}" for subject, change in product(SUBJECTS, CHANGES)]
SPEAKERS = (person("Ana Ruiz"), person("Bill Hale"), unnamed("two clerks"), unnamed("pilots"))


@pytest.fixture(autouse=True, scope="module")
def narrow() -> Iterator[None]:
    """Limits so low that a few documents reach them: words become common, pivots move, lists of neighbours are full."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wordings, "vectors", made_once)
        patch.setattr(wordings, "PIVOTS", 3)
        patch.setattr(blocks, "PLACES", 1)
        patch.setattr(wordings, "AT_ONCE", 3)
        patch.setattr(blocks, "COMMON", 3)
        patch.setattr(blocks, "FEW", 8)
        patch.setattr(comparing, "NEIGHBOURS", 3)
        patch.setattr(comparing, "AT_ONCE", 5)
        patch.setattr(comparing, "AT_HAND", 12)
        patch.setattr(claiming, "AT_ONCE", 4)
        patch.setattr(claiming, "MOST", 6)
        patch.setattr(claiming, "_WORDINGS_KEPT", 2)
        yield


def document(number: int) -> Reading:
    """An invented document with some of these contents, always the same for its number."""
    by = random.Random(number)
    id_ = f"d{number}"
    sources = [replace(one, id=f"{id_}:{one.id}") for one in by.sample(SPEAKERS, 2)]
    said = [f"{by.choice(sources).name} said {by.choice(CONTENTS)}." for _ in range(by.randint(1, 4))]
    day = by.choice((None, "2024-03-02", "2024-03-05", "2023-12-31"))
    return told(id_, " ".join(said), *sources, published=day, publisher=by.choice(("The Ostrey Courier", None)))


DOCUMENTS = [document(number) for number in range(16)]
Shown = list[Any]


def shown(ledger: sqlite3.Connection) -> Shown:
    """All claims of a ledger, with their counts and members, by ids of Readings."""
    assert behind(ledger) == 0
    claims = all_of(
        ledger,
        "SELECT id, reading_id, name, document_count, outlet_count, position_count, unnamed_count, disputed_count,"
        " origin_least, origin_most, first_on, last_on FROM claims ORDER BY reading_id",
    )
    members = (
        "SELECT documents.reading_id, attributions.reading_id, relation, members.confidence FROM members"
        " JOIN propositions ON propositions.id = proposition_id"
        " JOIN documents ON documents.id = propositions.document_id"
        " JOIN attributions ON attributions.id = attribution_id WHERE claim_id = ? ORDER BY 1, 2"
    )
    return [(*claim[1:], all_of(ledger, members, claim[0])) for claim in claims]


def kept(ledger: sqlite3.Connection) -> dict[str, Shown]:
    """What claims are made from, by digests: blocks, neighbours and pairs."""
    digest = "(SELECT digest FROM wordings WHERE id = {})"
    a, b, w, o = (digest.format(one) for one in ("a_id", "b_id", "wording_id", "other_id"))
    return {
        "blocks": all_of(
            ledger,
            f"SELECT block, {w} FROM blocks WHERE block <= 0 UNION ALL"
            f" SELECT {digest.format('block')}, {w} FROM blocks WHERE block > 0 ORDER BY 1, 2",
        ),
        "common": all_of(ledger, "SELECT block FROM common_blocks ORDER BY 1"),
        "neighbours": all_of(ledger, f"SELECT {w}, {o}, cosine FROM neighbours ORDER BY 1, 2"),
        "pairs": all_of(ledger, f"SELECT min({a}, {b}), max({a}, {b}), same, contrary FROM pairs ORDER BY 1, 2"),
    }


def traced_at_once(documents: Sequence[Reading]) -> sqlite3.Connection:
    ledger = holding(*documents)
    find_copies(ledger, LEXICON)
    trace(ledger, MODELS)
    return ledger


@pytest.fixture(scope="module")
def at_once(narrow: None) -> tuple[Shown, dict[str, Shown]]:  # noqa: ARG001
    ledger = traced_at_once(DOCUMENTS)
    return shown(ledger), kept(ledger)


def test_the_documents_reach_the_limits(at_once: tuple[Shown, dict[str, Shown]]) -> None:
    claims, found = at_once
    assert len(claims) >= 8
    assert len(found["common"]) >= 8
    counts = np.unique([row[0] for row in found["neighbours"]], return_counts=True)[1]
    assert max(counts) == comparing.NEIGHBOURS
    assert {relation for *_, members in claims for _, _, relation, _ in members} == {"same", "contrary"}


@settings(max_examples=8)
@given(order=st.permutations(DOCUMENTS), cuts=st.lists(st.integers(1, len(DOCUMENTS) - 1), max_size=4, unique=True))
def test_any_order_and_any_split_give_the_same(
    at_once: tuple[Shown, dict[str, Shown]], order: list[Reading], cuts: list[int]
) -> None:
    ledger = in_memory()
    for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(order)], strict=True):
        add_to(ledger, order[start:end])
        find_copies(ledger, LEXICON)
        trace(ledger, MODELS)
    assert kept(ledger) == at_once[1]
    assert shown(ledger) == at_once[0]


@settings(max_examples=40)
@given(order=st.permutations(DOCUMENTS), cuts=st.lists(st.integers(1, len(DOCUMENTS) - 1), max_size=4, unique=True))
def test_any_order_and_any_split_give_the_same_neighbours(
    at_once: tuple[Shown, dict[str, Shown]], order: list[Reading], cuts: list[int]
) -> None:
    """As above, without weighing and counting, which take most of the time."""
    ledger = in_memory()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comparing, "_weigh", lambda *_: [])
        for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(order)], strict=True):
            add_to(ledger, order[start:end])
            take_down(ledger, MODELS.encoder, 1)
            place(ledger)
            compare(ledger, MODELS.judge)
    assert {**kept(ledger), "pairs": []} == {**at_once[1], "pairs": []}


def said_in(number: int, *contents: str) -> Reading:
    """A document in which Ana Ruiz says these."""
    id_ = f"said{number}"
    by = replace(SPEAKERS[0], id=f"{id_}:{SPEAKERS[0].id}")
    return told(id_, " ".join(f"{by.name} said {content}." for content in contents), by)


@pytest.mark.parametrize("together_at", range(3))
def test_what_one_document_has_is_the_same_more_probably(together_at: int) -> None:
    """Two contents that may say the same: they are one claim as soon as, and as long as, one document has both."""
    a, b = "the mill was sold", "the mill has been bought"
    apart = [said_in(0, a), said_in(1, b)]
    both = said_in(2, a, b)
    assert [len(members) for *_, members in shown(traced_at_once(apart))] == []
    ledger = in_memory()
    order = [*apart[:together_at], both, *apart[together_at:]]
    for one in order:
        add_to(ledger, [one])
        find_copies(ledger, LEXICON)
        trace(ledger, MODELS)
    at_once = traced_at_once(order)
    assert [len(members) for *_, members in shown(ledger)] == [4]
    assert shown(ledger) == shown(at_once)
    (row,) = all_of(ledger, "SELECT id FROM documents WHERE reading_id = ?", both.document.id)
    replace_reading(ledger, row, replace(both, attributions=(), made_by=MadeBy("2")), LEXICON)
    trace(ledger, MODELS)
    assert shown(ledger) == []


@settings(max_examples=4)
@given(again=st.sets(st.integers(0, len(DOCUMENTS) - 1), min_size=1))
def test_documents_that_are_read_again_leave_the_same_as_from_nothing(
    at_once: tuple[Shown, dict[str, Shown]], again: set[int]
) -> None:
    """At first these documents are read as if half of what is said in them was not there, and other things were."""
    first = [
        replace(one, attributions=one.attributions[::2], made_by=MadeBy("0")) if i in again else one
        for i, one in enumerate(DOCUMENTS)
    ]
    ledger = traced_at_once(first)
    for i in again:
        (row,) = all_of(ledger, "SELECT id FROM documents WHERE reading_id = ?", DOCUMENTS[i].document.id)
        replace_reading(ledger, row, DOCUMENTS[i], LEXICON)
    assert behind(ledger) == len(again)
    trace(ledger, MODELS)
    assert kept(ledger) == at_once[1]
    assert shown(ledger) == at_once[0]


@settings(max_examples=4)
@given(gone=st.sets(st.integers(0, len(DOCUMENTS) - 1), min_size=1))
def test_what_is_taken_out_leaves_no_trace(gone: set[int]) -> None:
    ledger = traced_at_once(DOCUMENTS)
    for i in gone:
        (row,) = all_of(ledger, "SELECT id FROM documents WHERE reading_id = ?", DOCUMENTS[i].document.id)
        replace_reading(ledger, row, replace(DOCUMENTS[i], attributions=(), made_by=MadeBy("2")), LEXICON)
    trace(ledger, MODELS)
    wanted = traced_at_once([one for i, one in enumerate(DOCUMENTS) if i not in gone])
    assert kept(ledger) == kept(wanted)
    assert shown(ledger) == shown(wanted)


class _EndedError(Exception):
    """Stands for whatever ends the program."""


@pytest.mark.parametrize("moment", range(1, 50, 5))
def test_ended_at_any_moment_it_goes_on_from_there(
    at_once: tuple[Shown, dict[str, Shown]], monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    """Ended at a statement that writes: what its transaction had done is undone, what was done before stays."""
    ledger = holding(*DOCUMENTS[:9])
    find_copies(ledger, LEXICON)
    trace(ledger, MODELS)
    add_to(ledger, DOCUMENTS[9:])
    find_copies(ledger, LEXICON)
    begun = 0

    def ending(named: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any) -> Any:
            nonlocal begun
            begun += 1
            if begun == moment:
                raise _EndedError
            return named(*given)

        return run

    for module, name in (
        (wordings, "_store"),
        (wordings, "_leave_out_orphans"),
        (blocks, "_place"),
        (blocks, "_close_common"),
        (comparing, "_store"),
        (comparing, "_weigh"),
        (claiming, "_store"),
    ):
        monkeypatch.setattr(module, name, ending(getattr(module, name)))
    ended = False
    try:
        trace(ledger, MODELS)
    except _EndedError:
        ended = True
        assert behind(ledger) > 0
    assert ended or begun < moment
    monkeypatch.undo()
    trace(ledger, MODELS)
    assert kept(ledger) == at_once[1]
    assert shown(ledger) == at_once[0]


KILLS = 21
IN_ONE_LEDGER = 3


def tracing(path: Path) -> ForkProcess:
    """A process that traces a ledger's file."""

    def run() -> None:
        with writing_to(path) as ledger:
            find_copies(ledger, LEXICON)
            trace(ledger, MODELS)

    process = get_context("fork").Process(target=run)
    process.start()
    return process


def test_killed_at_any_moment_and_traced_again_it_is_the_same(
    at_once: tuple[Shown, dict[str, Shown]], tmp_path: Path
) -> None:
    begun = time.monotonic()
    process = tracing(write(tmp_path / "undisturbed", *DOCUMENTS))
    process.join()
    assert process.exitcode == 0
    usual = time.monotonic() - begun
    random_ = random.Random(5)
    killed = 0
    for number in range(KILLS // IN_ONE_LEDGER):
        path = write(tmp_path / f"killed{number}", *DOCUMENTS)
        for _ in range(IN_ONE_LEDGER):
            process = tracing(path)
            time.sleep(random_.uniform(0, usual / 3))
            process.kill()
            process.join()
            killed += process.exitcode == -signal.SIGKILL
            with opened(path) as ledger:
                assert all_of(ledger, "PRAGMA integrity_check") == ["ok"]
                assert all_of(ledger, "PRAGMA foreign_key_check") == []
        process = tracing(path)
        process.join()
        assert process.exitcode == 0
        with opened(path) as ledger:
            assert kept(ledger) == at_once[1]
            assert shown(ledger) == at_once[0]
    assert killed > KILLS / 2  # else it is not the work that was ended


def test_traced_anew_it_is_the_same(at_once: tuple[Shown, dict[str, Shown]]) -> None:
    ledger = traced_at_once(DOCUMENTS)
    trace_anew(ledger)
    assert behind(ledger) == len(DOCUMENTS)
    trace(ledger, MODELS)
    assert shown(ledger) == at_once[0]


def test_nothing_is_done_twice() -> None:
    ledger = traced_at_once(DOCUMENTS)
    done: list[str] = []
    trace(ledger, MODELS, lambda step, number, _: done.append(f"{number} {step}"))
    assert done == []


def test_what_is_new_is_looked_up_without_looking_through_all_there_is() -> None:
    """A few documents more cost about as much in a large ledger as in a small one: of tables that grow with it, no
    statement reads more than what its keys lead to. Vectors of wordings are the exception, where a pivot is new."""
    ledger = traced_at_once(DOCUMENTS[:12])
    add_to(ledger, DOCUMENTS[12:])
    asked: list[str] = []
    ledger.set_trace_callback(asked.append)
    trace(ledger, MODELS)
    ledger.set_trace_callback(None)
    plans = [
        (one, step["detail"])
        for one in dict.fromkeys(asked)
        if one.startswith(("SELECT", "UPDATE", "DELETE", "INSERT", "WITH", "\nSELECT", "\nUPDATE"))
        for step in ledger.execute(f"EXPLAIN QUERY PLAN {one}")
    ]
    assert len(plans) > 100
    growing = "blocks|neighbours|pairs|asked|propositions|members|claims"
    through = re.compile(rf"SCAN ({growing})\b(?!.*INDEX claims_to_count)|\((block[<>]|part=. AND rowid)")
    assert [(one, detail) for one, detail in plans if through.search(detail)] == []


def test_the_nearest_pivots_are_found_a_page_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same ones, in the same order, as when all are looked through at once."""
    ledger = traced_at_once(DOCUMENTS)
    known = blocks.pivots(ledger)
    assert len(known.rows) > 5
    assert blocks.nearest_pivots(in_memory(), known.vectors[:1], 4) == []
    monkeypatch.setattr(blocks, "_PIVOTS_AT_ONCE", 2)
    for vector in known.vectors[:3]:
        near = blocks.cosines(vector[None], known.vectors)[0]
        order = sorted(range(len(near)), key=lambda i: (-near[i], known.digests[i]))
        assert blocks.nearest_pivots(ledger, vector[None], 4) == [int(known.rows[i]) for i in order[:4]]
