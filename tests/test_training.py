"""Training and reading agree: the same scores, the same chains, the same features."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")
pytest.importorskip("safetensors")

from sayso.extract.chain import best_paths, marginals, pad_steps  # noqa: E402
from sayso.extract.decode import role_steps  # noqa: E402
from sayso.extract.roles import around, distance_buckets  # noqa: E402
from sayso.extract.tagger import load_tagger, score_roles, score_window, shipped_weights  # noqa: E402
from sayso.extract.windows import Window  # noqa: E402
from sayso.extract.words import split_words  # noqa: E402
from training import extraction, tagger  # noqa: E402
from training.export import export  # noqa: E402

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
