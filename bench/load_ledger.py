"""A ledger to put load on: generated Readings, a part of them traced.

python bench/load_ledger.py load.ledger [--documents 100000]

Most documents are long generated ones (bench/generated.py); 4,000 are short ones in which somebody says what others
say: so there are claims of a thousand members, of two hundred, of fifty and of five. Tracing a hundred thousand long
documents takes hours, and is not what is measured: the short ones are traced, and the long ones marked as traced and
looked through, as if nothing in them was told twice.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench.generated import OUTLETS, readings
from sayso.errors import InputError
from sayso.ledger.adding import Event, add
from sayso.ledger.opening import transaction, writing_to
from sayso.lexicon import load_lexicon
from sayso.model import Act, Attribution, Document, MadeBy, Reading, Source, SourceKind, Span, attribution_id
from sayso.readers import Read
from sayso.reading import read_many
from sayso.trace.copying import find_copies
from sayso.trace.tracing import claim_models, trace

STORIES = ((1, 1000), (5, 200), (20, 50), (200, 5))  # so many things are told in so many documents each
_SPEAKERS = ("Ana Ruiz", "Zoë Roe", "Bo Li", "Edda Nilsen", "officials briefed on the plan", "two engineers")
_PLACES = ("Ostrey", "Velm", "Marlhaven", "Tidwick", "Korven", "Aldmoor", "Brannoch", "Sellick", "Dunmere", "Harrow")
_THINGS = (
    *("weir", "harbour wall", "ferry", "mill", "toll bridge", "library", "tram line", "water tower", "fish market"),
    *("observatory", "hospital", "quarry", "lighthouse", "bus depot", "school", "brewery", "canal lock"),
)
_DEEDS = (
    *("will be sold before the summer", "was closed after the flood", "cost twice what the council had planned"),
    *("is to be rebuilt in stone", "has no valid licence", "was inspected by nobody for nine years"),
)


def stories(seed: int = 11) -> Iterator[Reading]:
    """Short documents in which something is said that others say as well, or deny."""
    random_ = random.Random(seed)
    told = [f"the {thing} of {place} {deed}" for thing in _THINGS for place in _PLACES for deed in _DEEDS]
    random_.shuffle(told)
    contents = iter(told)
    number = 0
    for count, documents_each in STORIES:
        for content in islice(contents, count):
            for _ in range(documents_each):
                yield _story(number, content, random_)
                number += 1


def _story(number: int, content: str, random_: random.Random) -> Reading:
    name = f"story{number}"
    who, cue = random_.choice(_SPEAKERS), random_.choices(("said", "denied"), (9, 1))[0]
    day = date(2019, 1, 1) + timedelta(days=random_.randrange(2000))
    named = who[0].isupper()
    text = f"{who} {cue} that {content}, as was heard on day {number} of the count."
    source, start = Span(0, len(who)), len(who) + 1
    cue_span = Span(start, start + len(cue))
    said = Span(cue_span.end + 6, cue_span.end + 6 + len(content))
    outlet = random_.randrange(OUTLETS)
    speaker = Source(
        f"{name}:source", who, SourceKind.PERSON if named else SourceKind.GROUP, named=named, mentions=(source,)
    )
    attribution = Attribution(
        attribution_id(name, cue_span),
        source,
        cue_span,
        (said,),
        confidence=0.9,
        speaker=speaker.id,
        speaker_confidence=0.9,
        act=Act.ASSERT if cue == "said" else Act.DENY,
    )
    document = Document(
        name,
        text,
        publisher=f"The {_PLACES[outlet % 6]} Courier {outlet}",
        published=day.isoformat(),
        url=f"https://news.example/story/{number}",
        language="en",
    )
    return Reading(document, (attribution,), sources=(speaker,), made_by=MadeBy("generated"))


def make(path: Path, count: int) -> None:
    """Make the ledger, unless it is there already."""
    if path.exists():
        return
    begun = path.with_name(f"{path.name}.begun")
    begun.unlink(missing_ok=True)
    with writing_to(begun) as ledger:
        put(ledger, stories())
        find_copies(ledger, load_lexicon())
        trace(ledger, claim_models())
        say("traced")
        (there,) = ledger.execute("SELECT count(*) FROM documents").fetchone()
        put(ledger, islice(readings(count), count - there))
        mark_as_traced(ledger)
    begun.rename(path)


def mark_as_traced(ledger: sqlite3.Connection) -> None:
    """Let tracing pass over what it did not see yet."""
    with transaction(ledger):
        ledger.execute("INSERT OR IGNORE INTO proposed SELECT id, maker_id FROM documents")
        ledger.execute("INSERT OR IGNORE INTO shingled SELECT id, NULL, 0 FROM documents")


def put(ledger: sqlite3.Connection, given: Iterable[Reading]) -> None:
    """Add Readings as sayso add does."""
    done = 0

    def told(event: Event) -> None:
        nonlocal done
        if isinstance(event, InputError):
            raise event
        done += 1
        if done % 10_000 == 0:
            say(f"{done:,} documents added")

    reads = (Read(one.document, one.document.id, reading=one) for one in given)
    add(ledger, reads, read_many, load_lexicon(), told)


def say(what: str) -> None:
    """Tell how far it is."""
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


def main() -> None:
    """Make the ledger that the options ask for."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("ledger", type=Path)
    options.add_argument("--documents", type=int, default=100_000)
    given = options.parse_args()
    make(given.ledger, given.documents)


if __name__ == "__main__":
    main()
