"""Readings of every shape, for tests that hold for any of them."""

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

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
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
        )
    )
    ids = draw(st.lists(words, max_size=3))
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
