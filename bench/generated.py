"""Generated Readings, for measuring the ledger at sizes for which nobody has articles: invented names and words.

python bench/generated.py 1000 > readings.jsonl
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate, product

from sayso.export.jsonl import reading_to_json
from sayso.model import (
    Act,
    Attribution,
    Certainty,
    Document,
    MadeBy,
    Polarity,
    Quotation,
    Reading,
    Source,
    SourceKind,
    Span,
    Statement,
    attribution_id,
)

_SOUNDS = ("ba", "ce", "dro", "fel", "gri", "hul", "jo", "kem", "lan", "mor", "ny", "ost", "pre", "qui", "ras", "tel")
_PLACES = ("Ostrey", "Velm", "Marlhaven", "Tidwick", "Korven", "Aldmoor")
_ROLES = ("mayor of {place}", "harbour engineer", "spokeswoman for the council", "senator", "goalkeeper", "")
_UNNAMED = ("officials briefed on the plan", "a person close to the inquiry", "two engineers", "residents")
_CUES = ("said", "told reporters", "denied", "warned", "argued", "wrote")
PER_DOCUMENT = 24  # attributions: as many as news articles have
OUTLETS = 200


def readings(count: int, seed: int = 7, words: Words | None = None) -> Iterator[Reading]:
    """As many Readings of invented articles, always the same for a seed: some 600 words and 24 attributions each.

    `words` makes their sentences; without it, they have nothing to do with each other.
    """
    random_ = random.Random(seed)
    words = words or Words()
    people = [f"{a.title()}{b} {c.title()}{d}" for a, b, c, d in product(_SOUNDS, repeat=4)]
    for number in range(count):
        words.begin(random_)
        yield _reading(number, random_, words, people)


class Words:
    """Invented words, a few of them very frequent and most rare, as in any language."""

    def __init__(self) -> None:
        self.words = ["the", "harbour", "tax", "bridge", "inquiry", "ferry", "vote"]
        self.words += ["".join(sounds) for length in (2, 3, 4) for sounds in product(_SOUNDS, repeat=length)]
        self.weights = list(accumulate(1 / rank for rank in range(1, len(self.words) + 1)))

    def begin(self, random_: random.Random) -> None:
        """A document begins."""

    def sentence(self, random_: random.Random, length: int) -> str:
        """So many words and a full stop."""
        return f"{' '.join(random_.choices(self.words, cum_weights=self.weights, k=length)).capitalize()}."


def _reading(number: int, random_: random.Random, words: Words, people: list[str]) -> Reading:
    name = f"generated{number}"
    # A few people speak in very many documents, most in few, as in news.
    speakers = [people[(int(random_.paretovariate(0.4)) - 1) % len(people)] for _ in range(4)]
    if random_.random() < 0.2:
        speakers[0] = speakers[0].split()[1]  # a surname alone
    sources = [
        Source(f"{name}:source{i}", who, SourceKind.PERSON, named=True, roles=_roles(random_))
        for i, who in enumerate(dict.fromkeys(speakers))
    ]
    reason = "because they were not authorized to speak" if random_.random() < 0.3 else None
    sources.append(
        Source(f"{name}:unnamed", random_.choice(_UNNAMED), SourceKind.GROUP, named=False, anonymity_reason=reason)
    )
    text, attributions, statements = f"{words.sentence(random_, 8)}\n\n", [], []
    for i in range(PER_DOCUMENT):
        plain = words.sentence(random_, 14)
        statements.append(Statement(f"{name}:s{len(text)}", Span(len(text), len(text) + len(plain))))
        text += f"{plain} "
        who, cue, content = random_.choice(sources), random_.choice(_CUES), words.sentence(random_, 12)
        source = Span(len(text), len(text) + len(who.name))
        cue_span = Span(source.end + 1, source.end + 1 + len(cue))
        content_span = Span(cue_span.end + 1, cue_span.end + 1 + len(content))
        text += f"{who.name} {cue} {content}{chr(10) if i % 4 == 3 else ' '}"
        attributions.append(
            Attribution(
                attribution_id(name, cue_span),
                source,
                cue_span,
                (content_span,),
                confidence=round(random_.uniform(0.3, 1), 3),
                speaker=who.id,
                speaker_confidence=0.9,
                quotation=Quotation.INDIRECT,
                act=random_.choice(list(Act)),
                polarity=Polarity.AFFIRMED,
                certainty=Certainty.CERTAIN,
            )
        )
    mentions = {one.id: tuple(a.source for a in attributions if a.speaker == one.id and a.source) for one in sources}
    outlet = min(int(random_.paretovariate(0.8)), OUTLETS)
    day = date(2019, 1, 1) + timedelta(days=random_.randrange(2000))
    document = Document(
        name,
        text,
        title=text.partition("\n")[0],
        title_span=Span(0, text.index("\n")),
        publisher=f"The {_PLACES[outlet % len(_PLACES)]} Courier {outlet}",
        published=day.isoformat(),
        url=f"https://news.example/{outlet}/{number}",
        language="en",
    )
    kept = tuple(
        Source(s.id, s.name, s.kind, s.named, s.roles, s.access, s.anonymity_reason, mentions[s.id]) for s in sources
    )
    return Reading(document, tuple(attributions), tuple(statements), kept, made_by=MadeBy("generated"))


def _roles(random_: random.Random) -> tuple[str, ...]:
    role = random_.choice(_ROLES) if random_.random() < 0.1 else ""
    return (role.format(place=random_.choice(_PLACES)),) if role else ()


if __name__ == "__main__":
    for one in readings(int(sys.argv[1])):
        sys.stdout.buffer.write(reading_to_json(one) + b"\n")
