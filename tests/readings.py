"""Readings of every shape that the model's types allow, for tests that any Reading must pass."""

from __future__ import annotations

from hypothesis import strategies as st

from sayso.model import (
    Act,
    Attribution,
    Certainty,
    Document,
    Kind,
    MadeBy,
    Polarity,
    Quotation,
    Reading,
    Source,
    SourceKind,
    Span,
    Statement,
    When,
)

# What formats trip over: line ends of all kinds, marks of their own, formulas, combining marks, what is not in the BMP.
AWKWARD = "\n\r\t\0\x85\u2028 '\";:\\,=+-@＝\ufeff\u0301🌉“”{[%#/.<Aa"
PASSAGES = [
    "Bridge\r\n\r\nAna Ruiz said.",
    "Rene\u0301 🌉 👩\u200d🚒",
    "; a; \\;",
    "a: b: c",
    "../..",
    "' =1",
    "NUL",
    "\n\n",
    "\u0301",
]
letters = st.characters(exclude_categories=["Cs"]) | st.sampled_from(AWKWARD)
words = st.text(letters, max_size=12) | st.sampled_from(PASSAGES)
maybe = st.none() | words


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    """Readings of every shape that the model's types allow, over any text."""
    text = draw(words)
    spans = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(lambda ends: Span(*sorted(ends)))
    some_spans = st.lists(spans, max_size=3).map(tuple)
    some_words = st.lists(words, max_size=3).map(tuple)
    sources = draw(
        st.lists(
            st.builds(
                Source, words, words, st.sampled_from(SourceKind), st.booleans(), some_words, maybe, maybe, some_spans
            ),
            max_size=3,
            unique_by=lambda source: source.id,
        )
    )
    ids = draw(st.lists(words, max_size=3, unique=True))
    speakers = st.sampled_from([None, *(source.id for source in sources)])
    share = st.floats(0, 1)
    attributions = [
        draw(
            st.builds(
                Attribution,
                id=st.just(one),
                source=st.none() | spans,
                cue=spans,
                content=some_spans,
                confidence=share,
                speaker=speakers,
                speaker_confidence=st.none() | share,
                basis=speakers,
                quotation=st.sampled_from([None, *Quotation]),
                act=st.sampled_from([None, *Act]),
                polarity=st.sampled_from([None, *Polarity]),
                certainty=st.sampled_from([None, *Certainty]),
                certainty_words=maybe,
                channel=maybe,
                addressee=maybe,
                when=st.none() | st.builds(When, words, maybe, maybe),
                within=st.sampled_from([None, *ids]),
            )
        )
        for one in ids
    ]
    return Reading(
        document=draw(
            st.builds(
                Document,
                id=words,
                text=st.just(text),
                title=maybe,
                title_span=st.none() | spans,
                publisher=maybe,
                published=maybe,
                byline=maybe,
                credit=maybe,
                dateline=maybe,
                url=maybe,
                links=some_words,
                language=maybe,
                kind=st.sampled_from(Kind),
            )
        ),
        attributions=tuple(attributions),
        statements=draw(st.lists(st.builds(Statement, words, spans, st.booleans()), max_size=3).map(tuple)),
        sources=tuple(sources),
        problems=draw(some_words),
        made_by=MadeBy(
            draw(words), tuple(draw(st.dictionaries(words, words, max_size=2)).items()), lexicon=draw(maybe)
        ),
    )
