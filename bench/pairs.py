"""How well the judge tells the same claim from others, and its contrary, on pairs of contents of real articles.

python bench/pairs.py ../shared [--part unseen] [--weights FOLDER] [--json FILE]

gold/pairs.tsv holds pairs from wire_copies, newswcl50 and ecbplus as offsets and labels, without a word of the
articles: they are joined with the corpora here, and a hash tells whether the words are still those that were labelled.
sample_pairs.py drew them. The texts of a pair are contents of attributions, or one is a statement of the outlet's own,
in two documents that tell of one event; pronouns and short names are replaced as the reading had resolved them when
the pair was drawn. The outcome of the judge is its likeliest. The cosine calls same what reaches a threshold, and
contrary what reaches another while one text alone is negated; both thresholds are the best of the tuned part. The
unseen part is for the end. The judge has learned from other pairs of ecbplus, so that its figures are given by corpus.

What the labels mean:

same      Both put the same proposition forward: an editor would list both sources as saying the one claim. One may say
          more besides. Tense, voice, wording, hedges do not matter. Who says it, how sure, and whether they affirm or
          deny it is a stance on the claim and no part of it: the content alone is compared. Numbers, names, places and
          times must agree where both give them: "12 dead" and "20 dead" are two claims, "on Monday" and "in March" too.
contrary  The content of one says that the other's is not so: by a negation, an opposite, or as both cannot hold. Two
          numbers or times for one thing are "other", not contrary: they are two claims about one matter.
other     Anything else: also where both only speak of the same matter, where one follows from the other, or where what
          they share is not what either mainly puts forward.

Questions, requests and wishes are compared by what is asked, requested or wished. Where a content has several
propositions, the pair is the same when the main one of the shorter stands in the longer, and contrary when it is
denied there.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))
from sayso.errors import InputError
from sayso.model import Act, Attribution, Document, Source, SourceKind, Span
from sayso.trace.agreement import facts_of
from sayso.trace.encoder import ClaimEncoder, load_encoder, unit, vectors
from sayso.trace.judge import OUTCOMES, Judge, judge_pairs, load_judge
from sayso.trace.propositions import content_texts, standing_alone
from training.chains import join_tokens
from training.claim_pairs import rows, untokenized

GOLD = Path(__file__).parent / "gold" / "pairs.tsv"
CORPORA = ("wire_copies", "newswcl50", "ecbplus")
PARTS = ("tuned", "unseen")
SIDE_FIELDS = ("document", "cue", "content", "act", "speaker", "names", "hash")
COLUMNS = (
    *("number", "corpus", "part", "band", "drawn_as"),
    *(f"{field}_{side}" for side in ("a", "b") for field in SIDE_FIELDS),
    *("one", "two", "label"),
)


@dataclass(frozen=True, slots=True)
class Article:
    """An article of a corpus, and the event that it tells of."""

    document: Document
    event: str


@dataclass(frozen=True, slots=True)
class Side:
    """One text of a pair, as places in its document: a content, or a statement, which has no cue.

    `names` are mentions inside the content with the place at which the document gives the whole name, and what kind
    of source it is; `speaker` is the place of the speaker's name, which opens a content such as "to resign".
    """

    document: str
    cue: Span | None
    content: tuple[Span, ...]
    act: Act | None = None
    speaker: tuple[Span, SourceKind] | None = None
    names: tuple[tuple[Span, Span, SourceKind], ...] = ()


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """Two texts, their days of publication, and how they stand to each other: as settled, or as first labelled."""

    number: int
    corpus: str
    part: str
    band: str
    texts: tuple[tuple[str, ...], tuple[str, ...]]  # of each side, the propositions that it puts forward
    published: tuple[str | None, str | None]
    label: str


# The corpora


def articles(data: Path) -> dict[tuple[str, str], Article]:
    """The articles of the three corpora that lie there, by corpus and id: of ecbplus the training part alone."""
    found = {}
    for row in rows(data / "wire_copies" / "articles.train.jsonl.gz"):
        document = Document(row["id"], row["text"], publisher=row["publisher"], published=row["scraped"][:10])
        found["wire_copies", row["id"]] = Article(document, row["event"])
    for part in ("train", "dev"):
        for row in rows(data / "newswcl50" / f"{part}.jsonl.gz"):
            document = Document(row["id"], join_tokens(row["tokens"])[0])
            found["newswcl50", row["id"]] = Article(document, str(row["topic"]))
    for row in rows(data / "ecbplus" / "train.jsonl.gz"):
        found["ecbplus", row["id"]] = Article(Document(row["id"], ecbplus_text(row)), str(row["topic"]))
    return found


def ecbplus_text(row: dict[str, Any]) -> str:
    """A text of ecbplus without the address that it begins with; a line ends where no sentence does."""
    text = ""
    for start, end in row["sents"]:
        sentence = untokenized(row["tokens"][start:end])
        if not re.match(r"https? ?:", sentence):
            text += sentence + (" " if re.search(r"[.!?][”\"')]*$", sentence) else "\n")
    return text.rstrip()


# Pairs as offsets


def texts_of(document: Document, side: Side) -> list[str]:
    """What a side puts forward, as propositions give it: its sentences and clauses, names in the place of pronouns."""
    text = document.text
    mentions = [(span, _source(name.of(text), kind)) for span, name, kind in side.names]
    if side.cue is None:
        return standing_alone(text, side.content, mentions)
    speaker = _source(side.speaker[0].of(text), side.speaker[1]) if side.speaker else None
    return content_texts(text, Attribution("", None, side.cue, side.content, 1, act=side.act), mentions, speaker)


def text_of(document: Document, side: Side) -> str:
    """All that a side puts forward, in one text."""
    return ", ".join(texts_of(document, side))


def _source(name: str, kind: SourceKind) -> Source:
    return Source("", name, kind, named=True)


def hash_of(document: Document, side: Side) -> str:
    """A short hash of the words at all places of a side."""
    places = [*([side.cue] if side.cue else []), *side.content, *([side.speaker[0]] if side.speaker else [])]
    places += [place for span, name, _ in side.names for place in (span, name)]
    return hashlib.sha256("\n".join(place.of(document.text) for place in places).encode()).hexdigest()[:8]


def side_to_fields(document: Document, side: Side) -> dict[str, str]:
    """A side as the fields of a row."""
    return {
        "document": side.document,
        "cue": _written(side.cue) if side.cue else "",
        "content": " ".join(map(_written, side.content)),
        "act": side.act or "",
        "speaker": f"{_written(side.speaker[0])}:{side.speaker[1]}" if side.speaker else "",
        "names": " ".join(f"{_written(span)}={_written(name)}:{kind}" for span, name, kind in side.names),
        "hash": hash_of(document, side),
    }


def side_from_fields(fields: dict[str, str]) -> Side:
    """A side from the fields of a row. Raises ValueError where they are not in the format."""
    speaker, _, kind = fields["speaker"].partition(":")
    names = []
    for one in fields["names"].split():
        span, name, name_kind = re.split("[=:]", one)
        names.append((_read(span), _read(name), SourceKind(name_kind)))
    return Side(
        fields["document"],
        _read(fields["cue"]) if fields["cue"] else None,
        tuple(map(_read, fields["content"].split())),
        Act(fields["act"]) if fields["act"] else None,
        (_read(speaker), SourceKind(kind)) if speaker else None,
        tuple(names),
    )


def _written(span: Span) -> str:
    return f"{span.start}-{span.end}"


def _read(place: str) -> Span:
    start, end = place.split("-")
    return Span(int(start), int(end))


def table(place: Path = GOLD) -> list[dict[str, str]]:
    """The rows of the table of pairs."""
    with place.open(encoding="utf8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def joined(
    given: Iterable[dict[str, str]], found: dict[tuple[str, str], Article], place: Path = GOLD
) -> Iterator[LabelledPair]:
    """The pairs of a table with their texts.

    Raises InputError, with the number of the pair, where a document is missing or its words are not those that were
    labelled.
    """
    for row in given:
        texts, days = [], []
        for side in ("a", "b"):
            fields = {field: row[f"{field}_{side}"] for field in SIDE_FIELDS}
            where = f"{place}, pair {row['number']}"
            article = found.get((row["corpus"], fields["document"]))
            if article is None:
                raise InputError(
                    where, f"{row['corpus']} lacks document {fields['document']!r}; is it the same corpus?"
                )
            told = side_from_fields(fields)
            if hash_of(article.document, told) != fields["hash"]:
                message = f"other words stand at its places in document {fields['document']!r} than were labelled"
                raise InputError(where, f"{message}; another version of the corpus, or its text is joined otherwise")
            texts.append(tuple(texts_of(article.document, told)))
            days.append(article.document.published)
        yield LabelledPair(
            *(int(row["number"]), row["corpus"], row["part"], row["band"]),
            *((texts[0], texts[1]), (days[0], days[1]), row["label"] or row["one"]),
        )


# Figures


def judged(pairs: Sequence[LabelledPair], encoder: ClaimEncoder, judge: Judge) -> NDArray[np.float64]:
    """The probabilities [pairs, outcomes] that the judge gives for pairs: of "same" and "contrary", those of the
    propositions of either side that are most probably so."""
    told = sorted(
        {(text, one.published[side]) for one in pairs for side in (0, 1) for text in one.texts[side]}, key=str
    )
    place = {one: i for i, one in enumerate(told)}
    texts = [text for text, _ in told]
    each = [
        [(place[a, one.published[0]], place[b, one.published[1]]) for a, b in product(one.texts[0], one.texts[1])]
        for one in pairs
    ]
    flat = [places for these in each for places in these]
    found = judge_pairs(judge, vectors(encoder, texts), [facts_of(*one) for one in told], texts, flat)
    out, at = np.zeros((len(pairs), len(OUTCOMES))), 0
    for i, these in enumerate(each):
        if these:
            out[i, :2] = found[at : at + len(these), :2].max(0)
        out[i, 2] = max(0.0, 1 - out[i, 0] - out[i, 1])
        at += len(these)
    return out


def cosines(pairs: Sequence[LabelledPair], encoder: ClaimEncoder) -> NDArray[np.float32]:
    """The cosine of the vectors of each pair's texts."""
    made = unit(vectors(encoder, [", ".join(parts) for one in pairs for parts in one.texts]))
    return np.asarray((made[0::2] * made[1::2]).sum(1), dtype=np.float32)


def one_negated(pairs: Sequence[LabelledPair]) -> NDArray[np.bool_]:
    """Whether one text of a pair is negated and the other is not."""
    return np.array([len({bool(facts_of(", ".join(parts)).negated) for parts in one.texts}) == 2 for one in pairs])


def by_cosine(near: NDArray[np.float32], turned: NDArray[np.bool_], least: dict[str, float]) -> list[str]:
    """The outcomes of pairs by their cosines alone, and by whether one is negated."""
    return [
        "contrary" if is_turned and x >= least["contrary"] else "same" if x >= least["same"] else "other"
        for x, is_turned in zip(near.tolist(), turned.tolist(), strict=True)
    ]


def best_thresholds(near: NDArray[np.float32], turned: NDArray[np.bool_], labels: Sequence[str]) -> dict[str, float]:
    """The thresholds that give the best F1 of same and of contrary, on average, on the pairs that they are given."""
    tried = [x / 40 for x in range(12, 39)]
    both = [{"same": x, "contrary": y} for x in tried for y in (*tried, 2.0)]
    return max(both, key=lambda least: sum(f1s(by_cosine(near, turned, least), labels).values()))


def f1s(said: Sequence[str], labels: Sequence[str]) -> dict[str, float]:
    """The F1 of same and of contrary, in percent."""
    return {outcome: scores(said, labels, outcome)["f1"] for outcome in OUTCOMES[:2]}


def scores(said: Sequence[str], labels: Sequence[str], outcome: str) -> dict[str, float]:
    """How many are said to be of one outcome and are, and precision, recall and F1 in percent."""
    right = sum(x == y == outcome for x, y in zip(said, labels, strict=True))
    told, true = said.count(outcome), labels.count(outcome)
    return {
        "true": true,
        "said": told,
        "right": right,
        "precision": 100 * right / max(1, told),
        "recall": 100 * right / max(1, true),
        "f1": 200 * right / max(1, told + true),
    }


def figures(pairs: Sequence[LabelledPair], part: str, encoder: ClaimEncoder, judge: Judge) -> dict[str, Any]:
    """The scores of the judge and the cosine on one part; the thresholds of the cosine are those of the tuned one."""
    tuned = [one for one in pairs if one.part == "tuned"]
    least = best_thresholds(cosines(tuned, encoder), one_negated(tuned), [one.label for one in tuned])
    here = [one for one in pairs if one.part == part]
    chances = judged(here, encoder, judge)
    said = {
        "judge": [OUTCOMES[i] for i in chances.argmax(1)],
        "cosine": by_cosine(cosines(here, encoder), one_negated(here), least),
    }
    found: list[dict[str, Any]] = []
    for corpus in ("all", *CORPORA):
        inside = [i for i, one in enumerate(here) if corpus in ("all", one.corpus)]
        labels = [here[i].label for i in inside]
        for name, outcomes in said.items():
            for outcome in OUTCOMES[:2]:
                row = scores([outcomes[i] for i in inside], labels, outcome)
                found.append({"corpus": corpus, "by": name, "outcome": outcome, "pairs": len(inside), **row})
    return {"part": part, "cosine at least": least, "calibration": calibration(here, chances), "figures": found}


def calibration(pairs: Sequence[LabelledPair], chances: NDArray[np.float64]) -> dict[str, float]:
    """How far the probabilities of "same" are from how often it is right, in percent: the expected calibration error.

    Pairs are put in ten bins by probability, as wide as each other; the error is the mean over pairs of how far the
    mean probability of their bin is from the share in it that is the same (M. Naeini, G. Cooper, M. Hauskrecht,
    "Obtaining Well Calibrated Probabilities Using Bayesian Binning", 2015). With it comes the mean probability less
    the share over all pairs: above 0 where the judge is too sure.
    """
    told = chances[:, 0]
    true = np.array([one.label == OUTCOMES[0] for one in pairs])
    bins = np.minimum((told * 10).astype(int), 9)
    gaps = [(bins == k).sum() * abs(told[bins == k].mean() - true[bins == k].mean()) for k in np.unique(bins)]
    return {"error": 100 * float(sum(gaps)) / max(1, len(pairs)), "bias": 100 * float(told.mean() - true.mean())}


def agreement(given: Sequence[dict[str, str]]) -> dict[str, float] | None:
    """How far the two labels of the pairs agree: the share that is the same, and Cohen's kappa; None without a second.

    J. Cohen, A coefficient of agreement for nominal scales, 1960.
    """
    both = [(row["one"], row["two"]) for row in given if row["one"] and row["two"]]
    if not both:
        return None
    same = sum(x == y for x, y in both) / len(both)
    by_chance = sum(
        sum(x == one for x, _ in both) * sum(y == one for _, y in both) / len(both) ** 2 for one in OUTCOMES
    )
    return {"pairs": len(both), "same": same, "kappa": (same - by_chance) / (1 - by_chance) if by_chance < 1 else 1.0}


def shown(found: dict[str, Any]) -> str:
    """The figures as a table in Markdown."""
    names = ("corpus", "by", "outcome", "pairs", "true", "said", "right", "precision", "recall", "f1")
    lines = [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]
    for row in found["figures"]:
        cells = (f"{row[name]:.1f}" if isinstance(row[name], float) else str(row[name]) for name in names)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path, help="the folder that holds data/wire_copies, newswcl50 and ecbplus")
    parser.add_argument("--part", choices=PARTS, default="tuned")
    parser.add_argument("--weights", type=Path, help="folder of encoder.onnx and judge.npz; default: what ships")
    parser.add_argument("--json", type=Path, help="where to store the figures")
    chosen = parser.parse_args()
    given = table()
    pairs = list(joined(given, articles(chosen.shared / "data")))
    found = figures(pairs, chosen.part, load_encoder(chosen.weights), load_judge(chosen.weights))
    found["labels agree"] = agreement(given)
    print(shown(found))
    print(f"\n{chosen.part} part; the cosine's thresholds: {found['cosine at least']}")
    told = found["calibration"]
    print(f"Calibration of same: expected error {told['error']:.1f}, too sure by {told['bias']:.1f} points.")
    if found["labels agree"] is None:
        print("The pairs are labelled once so far.")
    else:
        print(f"The two labels agree: {found['labels agree']}")
    if chosen.json:
        chosen.json.parent.mkdir(parents=True, exist_ok=True)
        chosen.json.write_text(json.dumps(found, indent=1) + "\n", "utf8")


if __name__ == "__main__":
    main()
