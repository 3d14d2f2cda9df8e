"""Training and reading agree: the same scores, the same chains, the same features."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")
pytest.importorskip("safetensors")

from sayso.bench.rows import digest_of  # noqa: E402
from sayso.bench.speakers import GoldDocument, read_gold  # noqa: E402
from sayso.extract.chain import best_paths, marginals, pad_steps  # noqa: E402
from sayso.extract.decode import role_steps  # noqa: E402
from sayso.extract.roles import around, distance_buckets  # noqa: E402
from sayso.extract.tagger import load_tagger, score_roles, score_window, shipped_weights  # noqa: E402
from sayso.extract.windows import Window  # noqa: E402
from sayso.extract.words import split_words  # noqa: E402
from sayso.lexicon import load_lexicon  # noqa: E402
from sayso.qualify.places import DATES, given_vectors, load_places, options  # noqa: E402
from sayso.resolve.model import load_mentions  # noqa: E402
from sayso.resolve.pairs import pair_signs  # noqa: E402
from sayso.resolve.scores import PARTS, columns  # noqa: E402
from training import extraction, manner, mentions, places, tagger  # noqa: E402
from training.chains import Choice, Marked, MarkedText, head_of, polnear_mentions  # noqa: E402
from training.export import export, manner_model, score_model, write_model  # noqa: E402
from training.runs import save_weights, settle  # noqa: E402
from training.ship import ship_manner, ship_mentions, ship_mentions_alone, ship_places  # noqa: E402
from training.states import WIDTH, Encoder, open_encoder  # noqa: E402

TEXT = "Bridge to close\n\nAna Ruiz, the mayor, told the council: “We will NOT wait.” The mill’s owner denied it."


def test_the_loss_is_the_log_likelihood_of_the_path() -> None:
    steps = np.random.default_rng(5).normal(0, 2, (4, 7, 3, 3)).astype(np.float32)
    lengths = np.array([7, 5, 1, 6])
    paths, best = best_paths(pad_steps(steps, lengths))
    _, total = marginals(pad_steps(steps, lengths))
    loss = tagger.chain_loss(torch.from_numpy(steps), torch.from_numpy(paths), torch.from_numpy(lengths))
    assert np.allclose(loss.numpy(), total - best, atol=1e-3)


def test_role_chains_are_the_same_in_training_and_reading() -> None:
    rng = np.random.default_rng(6)
    score, change = (rng.normal(0, 1, s).astype(np.float32) for s in ((9, 6), (3, 3)))
    barred = rng.random(9) < 0.3
    there = tagger.role_steps(*(torch.from_numpy(x) for x in (score[None], change, barred[None].astype(np.int64))))
    assert np.allclose(role_steps(score, change, barred, np.zeros(9, dtype=bool)), there[0].numpy(), atol=1e-3)


@pytest.fixture(scope="module")
def untrained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    """A model with random weights, in PyTorch and as float ONNX."""
    torch.manual_seed(3)
    model = tagger.Tagger().eval()
    for added in (model.encoder.case, model.encoder.gap, model.encoder.quote):
        torch.nn.init.normal_(added.weight)
    folder = tmp_path_factory.mktemp("model")
    export({k: v.numpy() for k, v in model.state_dict().items()}, folder, quantized=False)
    for name in ("tokenizer.json", "extraction.json"):
        Path(folder / name).write_text((shipped_weights() / name).read_text("utf8"), "utf8")
    return model, load_tagger(folder)


def test_the_onnx_graphs_give_what_pytorch_gives(untrained: tuple[Any, Any]) -> None:
    model, loaded = untrained
    words = split_words(TEXT, loaded.tokenizer)
    scores = score_window(loaded, words, Window(0, len(words), 0, len(words)))
    settings = extraction.Settings(masked=0, straight=0, lowered=0, raised=0)
    chunk = extraction.Chunk(words, (), 0, len(words))
    batch = extraction.make_batch([chunk], loaded.tokenizer, settings, np.random.default_rng(0))
    with torch.no_grad():
        states = model.states(batch.pieces, batch.case, batch.gap, batch.quote, batch.mask, batch.first)
        assert np.allclose(scores.score, model.cue_score(states)[0], atol=1e-3)
        assert np.allclose(scores.words, model.roles.word(states)[0], atol=1e-3)
        cue = (9, 11)
        low, high = around(*cue, len(words))
        own = model.roles.cue(states[0, cue[0] : cue[1]].mean(0, keepdim=True))
        distance = torch.from_numpy(distance_buckets(low, high, *cue))[None]
        theirs = model.roles(model.roles.word(states)[:, low:high], own, distance, None)
        assert np.allclose(score_roles(loaded, scores, 0, len(words), cue), theirs[0], atol=1e-3)


# Sources and manner, on an invented article that is marked as the corpora mark theirs.

STORY = (
    "Mill to close\n\nAna Ruiz, the mayor, said in an interview with the Courier on Monday that the mill was not safe. "
    "She added that the owner thinks it may fall.\n\nThe mill’s owner, Hale Ltd., denied it. “They want the land,” he "
    "told reporters."
)


def at(words: str, number: int = 0) -> tuple[int, int]:
    """Where words stand in the story, for the first time or a later one."""
    start = -1
    for _ in range(number + 1):
        start = STORY.index(words, start + 1)
    return start, start + len(words)


def marked(words: str, kind: str | None, chain: str | None, number: int = 0, name: str = "") -> Marked:
    start, end = at(words, number)
    inside = at(name) if name else None
    return Marked(start, end, inside or head_of(STORY, start, end), kind, chain, inside)


MENTIONS = (
    marked("Ana Ruiz, the mayor,", "person", "ruiz", name="Ana Ruiz"),
    marked("the Courier", "organization", "courier", name="Courier"),
    marked("the mill", "place", "mill"),
    marked("She", "person", "ruiz"),
    marked("the owner", "person", "hale"),
    marked("it", "place", "mill", number=1),
    marked("The mill’s owner", "person", "hale"),
    marked("Hale Ltd.", "organization", "hale", name="Hale Ltd."),
)


def marked_text(corpus: str, **fields: Any) -> MarkedText:
    given = {"mentions": MENTIONS, "whole": corpus == "gum", "names_whole": corpus in ("gum", "wikigold", "polnear")}
    return MarkedText(corpus, f"{corpus}-1", "news", STORY, **{**given, **fields})


TEXTS = (
    marked_text("gum"),
    marked_text("meantime"),
    marked_text("wikigold", mentions=tuple(m for m in MENTIONS if m.name)),
    marked_text(
        "gap",
        mentions=(marked("She", "person", None), *(marked(w, "person", w) for w in ("Ana Ruiz", "Hale Ltd."))),
        choice=Choice(at("She"), (at("Ana Ruiz"), at("Hale Ltd.")), (True, False)),
    ),
    marked_text("polnear", contents=(at("the owner thinks it may fall"),), inner_cues=(at("thinks"),)),
)


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    return open_encoder(tmp_path_factory.mktemp("states"))


@pytest.fixture(scope="module")
def marked_examples(encoder: Encoder) -> list[mentions.Example]:
    return mentions.examples(TEXTS, encoder, load_lexicon(), reach=30)


@pytest.fixture(scope="module")
def gold(tmp_path_factory: pytest.TempPathFactory) -> list[GoldDocument]:
    """The story as it is annotated for manner, in the order that the labels have: those in contents last."""
    folder = tmp_path_factory.mktemp("gold")
    said: dict[str, Any] = {
        "source": [at("Ana Ruiz")],
        "cue": [at("said")],
        "content": [at("that the mill was not safe")],
    }
    said |= {"act": ["assert"], "polarity": "negated", "certainty": "certain", "entity": [{"parts": [at("Ana Ruiz")]}]}
    said |= {"channel": at("an interview with the Courier"), "kind": "person", "named": True}
    said |= {"when": {"span": at("Monday"), "from": "2026-03-02", "to": "2026-03-02"}}
    denied: dict[str, Any] = {
        "source": [at("Hale Ltd.")],
        "cue": [at("denied")],
        "content": [at("it", 2)],
        "act": ["deny", "assert"],
    }
    denied |= {"polarity": "affirmed", "certainty": "certain", "entity": None, "kind": None, "named": None}
    added = {**said, "source": [at("She")], "cue": [at("added")], "content": [at("that the owner thinks it may fall")]}
    thinks = {**denied, "source": [at("the owner")], "cue": [at("thinks")], "content": [at("it may fall")], "within": 2}
    thinks |= {"act": ["believe"], "certainty": ["probable", "possible"], "nested": True}
    labels, corpus = folder / "labels.jsonl", folder / "articles.jsonl.gz"
    labels.write_text(json.dumps({"id": "a", "attributions": [said, denied, added, thinks]}) + "\n")
    corpus.write_bytes(gzip.compress(json.dumps({"id": "a", "text": STORY, "published": "2026-03-04"}).encode()))
    return list(read_gold(labels, corpus))


def rows_of_log(place: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in place.read_text("utf8").splitlines()]


def all_finite(rows: list[dict[str, Any]]) -> bool:
    values = [v for row in rows for v in row.values() if not isinstance(v, str)]
    return bool(np.isfinite(np.hstack(values)).all())


def test_states_are_those_of_reading_and_made_once(encoder: Encoder, tmp_path: Path) -> None:
    encoder = Encoder(encoder.tagger, encoder.digest, tmp_path)
    texts = [encoder.words(text) for text in (STORY, "", TEXT)]
    states = encoder.states(texts)
    assert [s.shape for s in states] == [(len(words), WIDTH) for words in texts]
    (kept,) = tmp_path.iterdir()
    made = kept.stat().st_mtime_ns
    again = encoder.states(texts)
    assert all(np.array_equal(a, b) for a, b in zip(states, again, strict=True))
    assert kept.stat().st_mtime_ns == made
    shipped = load_mentions().words
    names = [i.name for i in shipped.get_inputs()]
    given = {
        name: np.ascontiguousarray(part)
        for name, part in zip(names, np.split(np.float32(states[2]), 3, axis=1), strict=True)
    }
    words = texts[2]
    seen = score_window(encoder.tagger, words, Window(0, len(words), 0, len(words)), shipped).rows
    parts = columns(shipped.run(["rows"], given)[0].astype(np.float16)), columns(seen)
    assert np.allclose(parts[0]["names"], parts[1]["names"], atol=0.05)  # float16, and int8 after it
    assert parts[0]["manner"].shape == (len(words), PARTS["manner"])


def test_examples_hold_what_their_corpus_marks(marked_examples: list[mentions.Example]) -> None:
    by_corpus = {one.corpus: one for one in marked_examples}
    gum, meantime, ner, gap, polnear = (by_corpus[text.corpus] for text in TEXTS)
    assert (gum.names >= 0).all()
    assert (gum.types >= 0).all()
    assert set(meantime.types.tolist()) == {mentions.UNMARKED, 1, 2, 3}  # what it does not mark is no negative
    assert len(ner.table) == 0
    assert (ner.types == mentions.UNMARKED).all()
    assert gap.same.tolist() == [True, False]
    assert gum.same.sum() == 5  # "She" and Ruiz, "it" and the mill, the owner's three mentions
    assert sorted(set(polnear.inner.tolist())) == [mentions.UNMARKED, 0, 1]
    assert [one.group for one in marked_examples] == ["gum", "news", "ner", "gap", "polnear"]


def test_labels_of_mentions_are_joined_with_their_article(encoder: Encoder, tmp_path: Path) -> None:
    she, told, us, land = at("She"), at("he told"), at("They"), at("the land")
    he = told[0], told[0] + len("he")
    mentions_of = [[*at("Ana Ruiz"), "name", "person", 0], [*she, "pronoun", "person", 0], [*us, "pronoun", None, None]]
    mentions_of += [[*at("The mill’s owner"), "description", "organization", 1], [*he, "pronoun", "person", 2]]
    row = {"id": digest_of("a"), "mentions": mentions_of, "genders": {}, "not": [land], "inner": [at("thinks")]}
    content = {"start": at("the owner thinks")[0], "end": at("it may fall")[1]}
    said = {"source": [], "cue": [], "content": [content]}
    labels, corpus = tmp_path / "labels.jsonl", tmp_path / "articles.jsonl.gz"
    labels.write_text(json.dumps({**row, "understood": {}}) + "\n")
    corpus.write_bytes(gzip.compress(json.dumps({"id": "a", "text": STORY, "annotations": {"one": [said]}}).encode()))
    (text,) = polnear_mentions(labels, corpus)
    assert [(STORY[m.start : m.end], m.chain, m.name is not None) for m in text.mentions] == [
        ("Ana Ruiz", "e0", True),
        ("She", "e0", False),
        ("They", None, False),
        ("The mill’s owner", "e1", False),
        ("he", "e2", False),
    ]
    (one,) = mentions.examples([text], encoder, load_lexicon(), reach=30)
    heads = {STORY[int(a) : int(b)]: int(t) for a, b, t in zip(*word_spans(encoder), one.types, strict=True) if t >= 0}
    assert heads == {"Ruiz": 1, "She": 1, "owner": 2, "he": 1, "land": 0}
    assert [(one.later[k], one.earlier[k]) for k in np.flatnonzero(one.same)] == [(1, 0)]
    assert [STORY[int(a) : int(b)] for a, b, t in zip(*word_spans(encoder), one.inner, strict=True) if t > 0] == [
        "thinks"
    ]


def word_spans(encoder: Encoder) -> tuple[Any, Any]:
    words = encoder.words(STORY)
    return words.start, words.end


def test_a_mention_that_starts_anew_is_likely_where_no_earlier_one_is_it() -> None:
    later, same = torch.tensor([1, 2, 2]), torch.tensor([False, True, True])
    loss = mentions.antecedent_loss(torch.tensor([0.5, 1.0, -2.0]), later, same)
    first = -np.log(1 / (1 + np.exp(0.5)))
    second = -np.log((np.exp(1.0) + np.exp(-2.0)) / (1 + np.exp(1.0) + np.exp(-2.0)))
    assert np.isclose(float(loss), (first + second) / 2)


def test_the_mention_model_learns_for_a_few_steps_and_goes_on_where_it_was_stopped(
    marked_examples: list[mentions.Example], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stages = (mentions.Stage(3, 0.2, 0.02, inner=False), mentions.Stage(6, 0.35, 0.05, inner=True))
    settings = mentions.Settings(stages=stages, figures_every=3)
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    for folder in (whole, stopped):
        folder.mkdir()
    mentions.train(settings, marked_examples, marked_examples, whole, every=2)
    rows = rows_of_log(whole / "mentions.jsonl")
    assert [row["step"] for row in rows] == [3, 3, 3, 6, 6]
    assert all_finite(rows)
    assert {"gap", "heads", "ner names", "polnear names", "inner cues, words"} <= rows[-1].keys()

    step_on, taken = mentions.step_on, iter(range(6))

    def until_stopped(*given: Any) -> Any:
        next(taken)  # raises StopIteration in the second stage
        return step_on(*given)

    with monkeypatch.context() as patch:
        patch.setattr(mentions, "step_on", until_stopped)
        with pytest.raises(StopIteration):
            mentions.train(settings, marked_examples, marked_examples, stopped, every=2)
    mentions.train(settings, marked_examples, marked_examples, stopped, every=2)
    weights = [(folder / "mentions.safetensors").read_bytes() for folder in (whole, stopped)]
    assert weights[0] == weights[1]


def test_texts_of_a_group_come_in_turn() -> None:
    settings = mentions.Settings()
    rows = mentions.plan({"gum": 3, "gap": 16}, settings, 60)
    assert {name for name, _ in rows} == {"gum", "gap"}
    drawn = [i for name, texts in rows if name == "gum" for i in texts]
    assert all(set(drawn[k : k + 3]) == {0, 1, 2} for k in range(0, len(drawn) - 2, 3))
    assert all(len(texts) == settings.gap_texts for name, texts in rows if name == "gap")
    assert all(not set(a) & set(b) for a, b in list(pairwise(t for n, t in rows if n == "gap"))[::2])


@pytest.fixture(scope="module")
def untrained_mentions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any, Any]:
    """A mention model and the projections for manner and places with random weights, in PyTorch and as float ONNX."""
    torch.manual_seed(4)
    model, network = mentions.MentionModel().eval(), manner.MannerNetwork().eval()
    channel, when = (places.Weigher(DATES[kind]) for kind in places.KINDS)
    for distance in (model.start_distance, model.end_distance):
        torch.nn.init.normal_(distance)
    folder = tmp_path_factory.mktemp("mentions")
    parts = {"mentions": model, "manner": network, "channel": channel, "when": when}
    files = [folder / f"{name}.safetensors" for name in parts]
    for part, file in zip(parts.values(), files, strict=True):
        save_weights(part.state_dict(), file)
    ship_mentions(files[0], files[1], files[2], files[3], folder, quantized=False)
    return model, (network, channel, when), load_mentions(folder)


@pytest.mark.parametrize("words", [1, 3, 40])
def test_the_mention_model_as_onnx_gives_what_pytorch_gives(
    untrained_mentions: tuple[Any, Any, Any], words: int
) -> None:
    model, (network, channel, when), loaded = untrained_mentions
    states = np.random.default_rng(7).normal(0, 1, (words, WIDTH)).astype(np.float32)
    names = [i.name for i in loaded.words.get_inputs()]
    given = {n: np.ascontiguousarray(x) for n, x in zip(names, np.split(states, 3, axis=1), strict=True)}
    (rows,) = loaded.words.run(["rows"], given)
    scores = loaded.scores(rows)
    with torch.no_grad():
        x = model.trunk(torch.from_numpy(states))
        assert np.allclose(scores.names, model.names(x).softmax(-1), atol=1e-3)
        assert np.allclose(scores.types, model.types(x).softmax(-1), atol=1e-3)
        assert np.allclose(scores.inner, model.inner_cues(x), atol=1e-3)
        assert np.allclose(scores.span_vectors, torch.cat([model.starts(x), model.ends(x)], -1), atol=1e-3)
        assert np.allclose(scores.pair_vectors, model.pair(x), atol=1e-3)
        assert np.allclose(scores.manner, network.project(torch.from_numpy(states)), atol=1e-3)
        assert np.allclose(scores.places, np.hstack([channel.vectors(states), when.vectors(states)]), atol=5e-3)


def test_the_judge_as_onnx_gives_what_pytorch_gives(
    untrained_mentions: tuple[Any, Any, Any], marked_examples: list[mentions.Example]
) -> None:
    model, _, loaded = untrained_mentions
    one = marked_examples[0]
    states = np.float32(one.states)
    names = [i.name for i in loaded.words.get_inputs()]
    given = {n: np.ascontiguousarray(x) for n, x in zip(names, np.split(states, 3, axis=1), strict=True)}
    scores = loaded.scores(loaded.words.run(["rows"], given)[0])
    signs = pair_signs(one.table, one.later, one.earlier)
    found = loaded.pair_scores(scores, one.table.head, one.later, one.earlier, signs)
    with torch.no_grad():
        wanted = mentions.scores_of_pairs(model, model.trunk(torch.from_numpy(states)), one)
    assert np.allclose(found, wanted, atol=1e-3)


def test_manner_learns_and_its_onnx_gives_what_pytorch_gives(
    gold: list[GoldDocument], encoder: Encoder, tmp_path: Path
) -> None:
    rows = manner.rows_of(gold, encoder, load_lexicon())
    assert [r.nested for r in rows] == [False, False, False, True]
    assert [r.right[0].sum() for r in rows] == [1, 2, 1, 1]
    assert rows[3].right[2].tolist() == [False, True, True, False]
    manner.train(manner.Settings(epochs=3, batch=2), rows, rows, tmp_path)
    log = rows_of_log(tmp_path / "manner.jsonl")
    assert all_finite(log)
    assert {"act", "nested certainty"} <= log[-1].keys()

    torch.manual_seed(8)
    network = manner.MannerNetwork().eval()
    place = tmp_path / "manner.onnx"
    write_model(manner_model({k: v.numpy() for k, v in network.state_dict().items()}, manner.SIZES), place)
    batch = manner.as_batch(rows)
    with torch.no_grad():
        wanted = network(batch.signs, batch.means)
        means = network.project(batch.means).flatten(1)
    given = {"rows": np.hstack([means.numpy(), batch.signs.numpy()])}
    found = onnx_session(place).run(["act", "polarity", "certainty"], given)
    assert all(np.allclose(a, b, atol=1e-3) for a, b in zip(found, wanted, strict=True))


def onnx_session(place: Path) -> Any:
    from sayso.extract.tagger import open_session

    return open_session(place)


@pytest.mark.parametrize("kind", places.KINDS)
def test_places_learn_and_their_onnx_gives_what_pytorch_gives(
    kind: str, gold: list[GoldDocument], encoder: Encoder, tmp_path: Path
) -> None:
    articles = places.articles_of(gold, kind, encoder, load_lexicon())
    assert [one.cue for one in articles[0].scene.said] == sorted(
        one.cue for one in articles[0].scene.said
    )  # as reading has them
    settings = places.Settings(epochs=3, batch=2)
    fresh, right = places.Weigher(DATES[kind]), places.closest(articles[0])
    choices = places.choices_in(articles[0], fresh, settings, 0.0, np.random.default_rng(1), right)
    assert any(c.right.any() for c in choices)
    others = [places.closest(one) for one in articles]
    trained = places.fit(kind, settings, articles, places.Others(others, others), tmp_path)
    log = rows_of_log(tmp_path / "places.jsonl")
    assert all_finite(log)
    assert len(log) == settings.epochs
    assert {"f1", "precision", "recall"} == places.figures(trained, articles, 0.3, others).keys()

    torch.manual_seed(9)
    network = places.Weigher(DATES[kind]).eval()
    place = tmp_path / "weigher.onnx"
    weights = {k: v.numpy() for k, v in network.state_dict().items()}
    write_model(score_model(weights, kind, "signs", "hidden", "out"), place)
    one = choices[0]
    with torch.no_grad():
        cue = torch.from_numpy(one.cue[None])
        wanted = network(torch.from_numpy(one.signs), torch.from_numpy(one.means), cue, [len(one.signs)])
        vectors = network.vectors(articles[0].states)
    scene, candidates = articles[0].scene, articles[0].candidates
    every = (options(candidates, scene, i, [None] * len(scene.said), DATES[kind]) for i in range(len(scene.said)))
    i, some = next((i, some) for i, some in enumerate(every) if some)  # those of choices[0]
    given = np.hstack([one.signs, given_vectors(vectors, scene, i, some, DATES[kind])])
    (found,) = onnx_session(place).run(["score"], {"signs": given})
    assert np.allclose(found, wanted, atol=1e-3)


def test_what_ships_for_manner_can_be_loaded(tmp_path: Path) -> None:
    from sayso.qualify.manner import load_manner

    weights: dict[str, Any] = {kind: places.Weigher(DATES[kind]) for kind in places.KINDS}
    weights["manner"] = manner.MannerNetwork()
    files = {name: tmp_path / f"{name}.safetensors" for name in weights}
    for name, network in weights.items():
        save_weights(network.state_dict(), files[name])
    ship_manner(files["manner"], files["channel"], files["when"], {"channel": 0.3, "when": 0.35}, tmp_path)
    assert load_manner(tmp_path).version == load_places(tmp_path).version
    assert load_places(tmp_path).when.least == 0.35


def test_other_networks_for_places_leave_the_rest_as_it_ships(tmp_path: Path) -> None:
    torch.manual_seed(6)
    parts: dict[str, Any] = {"mentions": mentions.MentionModel(), "manner": manner.MannerNetwork()}
    for kind in places.KINDS:
        parts[kind], parts[f"other {kind}"] = (places.Weigher(DATES[kind]) for _ in range(2))
    file = {name: tmp_path / f"{name}.safetensors" for name in parts}
    for name, part in parts.items():
        save_weights(part.state_dict(), file[name])
    least = {"channel": 0.3, "when": 0.35}
    states = np.random.default_rng(7).normal(0, 1, (9, WIDTH)).astype(np.float32)

    def shipped(channel: str, when: str, folder: Path) -> tuple[Any, Any, str]:
        ship_mentions(file["mentions"], file["manner"], file[channel], file[when], folder)
        ship_manner(file["manner"], file[channel], file[when], least, folder)
        return read_back(folder)

    def read_back(folder: Path) -> tuple[Any, Any, str]:
        loaded = load_mentions(folder)
        names = [i.name for i in loaded.words.get_inputs()]
        given = {n: np.ascontiguousarray(x) for n, x in zip(names, np.split(states, 3, axis=1), strict=True)}
        return loaded.words.run(["rows"], given)[0], load_places(folder), loaded.version

    before, _, old = shipped("channel", "when", tmp_path / "one")
    wanted, _, _ = shipped("other channel", "other when", tmp_path / "two")
    ship_places(file["other channel"], file["other when"], {**least, "when": 0.4}, tmp_path / "one", tmp_path / "one")
    rows, found, new = read_back(tmp_path / "one")
    assert np.array_equal(rows, wanted)
    assert np.array_equal(rows[:, : -PARTS["places"]], before[:, : -PARTS["places"]])
    assert not np.array_equal(rows, before)
    assert (found.when.least, found.channel.least, new != old) == (0.4, 0.3, True)


def test_another_mention_model_leaves_the_networks_beside_it_as_they_ship(tmp_path: Path) -> None:
    torch.manual_seed(6)
    parts: dict[str, Any] = {"one": mentions.MentionModel(), "other": mentions.MentionModel()}
    parts["manner"] = manner.MannerNetwork()
    parts |= {kind: places.Weigher(DATES[kind]) for kind in places.KINDS}
    file = {name: tmp_path / f"{name}.safetensors" for name in parts}
    for name, part in parts.items():
        save_weights(part.state_dict(), file[name])
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        ship_mentions(file[name], file["manner"], file["channel"], file["when"], tmp_path / name)
    wanted = (tmp_path / "other" / "mentions.onnx").read_bytes()
    ship_mentions_alone(file["other"], tmp_path / "one")
    assert (tmp_path / "one" / "mentions.onnx").read_bytes() == wanted
    assert (tmp_path / "one" / "judge.onnx").read_bytes() == (tmp_path / "other" / "judge.onnx").read_bytes()
    assert load_mentions(tmp_path / "one").version != load_mentions(tmp_path / "other").version


def test_a_run_with_other_settings_is_not_mixed_with_an_earlier_one(tmp_path: Path) -> None:
    place = tmp_path / "manner.json"
    settle(place, manner.Settings(), {"labels": "a"})
    settle(place, manner.Settings(), {"labels": "a"})
    with pytest.raises(SystemExit, match="made with other epochs, labels"):
        settle(place, manner.Settings(epochs=1), {"labels": "b"})


def test_the_command_takes_both_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    from training import __main__ as command

    seen: list[tuple[str, list[str]]] = []
    for name in tuple(command.RECIPES):

        def recipe(words: Sequence[str], name: str = name) -> None:
            seen.append((name, list(words)))

        monkeypatch.setitem(command.RECIPES, name, recipe)
    for words in (["--corpus", "c"], ["extraction", "--corpus", "c"], ["sources", "--data", "d"]):
        command.main(words)
    assert seen == [("extraction", ["--corpus", "c"])] * 2 + [("sources", ["--data", "d"])]
