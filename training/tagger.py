"""The extraction model in PyTorch: an encoder, a cue head, and a role head that reads around each cue.

The encoder is MiniLM-L6-H384 with three added embeddings (capitals, layout, quotation marks). The
cue head is a linear-chain CRF over BIO labels. The role head takes the words around one cue, lets the
cue's state modulate theirs (Perez et al. 2018, "FiLM"), adds the distance to the cue, lets them attend
to each other once more, and scores them for a CRF over none, source and content whose transitions are
scored word by word: where a source or content begins and ends is learned as such.
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from sayso.extract.roles import BUCKETS
from sayso.extract.words import BREAKS, CASES, QUOTES

WIDTH, LAYERS, HEADS, INNER = 384, 6, 12, 1536
ROLE_WIDTH, ROLE_HEADS, ROLE_INNER = 128, 4, 256
FORBIDDEN = -1e4


class Layer(nn.Module):
    """A transformer layer with normalization after each part, as in BERT."""

    def __init__(self, width: int, heads: int, inner: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm1 = nn.LayerNorm(width, eps=1e-12)
        self.up = nn.Linear(width, inner)
        self.down = nn.Linear(inner, width)
        self.norm2 = nn.LayerNorm(width, eps=1e-12)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """x: [batch, length, width]; mask: [batch, 1, 1, length], true where there is a word."""
        b, n, w = x.shape
        q, k, v = self.qkv(x).view(b, n, 3, self.heads, w // self.heads).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        x = self.norm1(x + self.out(y.transpose(1, 2).reshape(b, n, w)))
        return self.norm2(x + self.down(F.gelu(self.up(x))))


class Encoder(nn.Module):
    def __init__(self, vocabulary: int = 30522, positions: int = 512) -> None:
        super().__init__()
        self.word = nn.Embedding(vocabulary, WIDTH)
        self.position = nn.Embedding(positions, WIDTH)
        self.case = nn.Embedding(len(CASES), WIDTH)
        self.gap = nn.Embedding(len(BREAKS), WIDTH)
        self.quote = nn.Embedding(len(QUOTES), WIDTH)
        for added in (self.case, self.gap, self.quote):
            nn.init.zeros_(added.weight)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer(WIDTH, HEADS, INNER) for _ in range(LAYERS))

    def forward(self, pieces: Tensor, case: Tensor, gap: Tensor, quote: Tensor, mask: Tensor | None) -> Tensor:
        place = torch.arange(pieces.shape[1])
        x = self.word(pieces) + self.position(place) + self.case(case) + self.gap(gap) + self.quote(quote)
        x = self.norm(x)
        for layer in self.layers:
            x = layer(x, mask)
        return x

    def load(self, safetensors: Path) -> None:
        """Take the published weights of a BERT-shaped encoder."""
        given = load_file(safetensors)
        given = {k.removeprefix("bert."): v for k, v in given.items()}
        state = self.state_dict()
        state["word.weight"] = given["embeddings.word_embeddings.weight"]
        state["position.weight"] = (
            given["embeddings.position_embeddings.weight"] + given["embeddings.token_type_embeddings.weight"][0]
        )
        for part in ("weight", "bias"):
            state[f"norm.{part}"] = given[f"embeddings.LayerNorm.{part}"]
            for i in range(LAYERS):
                theirs = f"encoder.layer.{i}"
                ours = f"layers.{i}"
                state[f"{ours}.qkv.{part}"] = torch.cat(
                    [given[f"{theirs}.attention.self.{x}.{part}"] for x in ("query", "key", "value")]
                )
                state[f"{ours}.out.{part}"] = given[f"{theirs}.attention.output.dense.{part}"]
                state[f"{ours}.norm1.{part}"] = given[f"{theirs}.attention.output.LayerNorm.{part}"]
                state[f"{ours}.up.{part}"] = given[f"{theirs}.intermediate.dense.{part}"]
                state[f"{ours}.down.{part}"] = given[f"{theirs}.output.dense.{part}"]
                state[f"{ours}.norm2.{part}"] = given[f"{theirs}.output.LayerNorm.{part}"]
        self.load_state_dict(state)


class RoleHead(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.word = nn.Linear(WIDTH, ROLE_WIDTH)
        self.cue = nn.Linear(WIDTH, 2 * ROLE_WIDTH)
        self.distance = nn.Embedding(BUCKETS, ROLE_WIDTH)
        nn.init.normal_(self.distance.weight, std=0.1)
        self.norm = nn.LayerNorm(ROLE_WIDTH)
        self.layer = Layer(ROLE_WIDTH, ROLE_HEADS, ROLE_INNER)
        self.score = nn.Linear(ROLE_WIDTH, 6)
        self.change = nn.Parameter(torch.zeros(3, 3))

    def forward(self, words: Tensor, cue: Tensor, distance: Tensor, mask: Tensor | None) -> Tensor:
        """Scores [cues, length, 6] of the words around each cue.

        words: [cues, length, ROLE_WIDTH]; cue: [cues, 2 * ROLE_WIDTH], the mean over its words;
        distance: [cues, length], buckets. The six: is source, is content, source begins, content
        begins, source ends, content ends.
        """
        scale, shift = cue.unsqueeze(1).chunk(2, dim=-1)
        x = self.norm(words * (1 + scale) + shift + self.distance(distance))
        if mask is not None:
            mask = mask[:, None, None, :]
        return self.score(self.layer(x, mask))


class Tagger(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.cue_score = nn.Linear(WIDTH, 3)
        self.cue_change = nn.Parameter(torch.zeros(3, 3))
        self.roles = RoleHead()
        self.any_role = nn.Linear(WIDTH, 4)  # in training only: is a word in any source, cue, content?

    def states(
        self, pieces: Tensor, case: Tensor, gap: Tensor, quote: Tensor, mask: Tensor | None, first: Tensor
    ) -> Tensor:
        """States of the words whose first pieces stand at `first` [batch, words]."""
        x = self.encoder(pieces, case, gap, quote, mask)
        return x.gather(1, first.unsqueeze(-1).expand(-1, -1, WIDTH))


def cue_steps(score: Tensor, change: Tensor) -> Tensor:
    """Step scores [batch, length, from, to] of the chain over BIO."""
    return score.unsqueeze(-2) + change


def role_steps(score: Tensor, change: Tensor, on_cue: Tensor) -> Tensor:
    """Step scores [cues, length, from, to] of the chain over none, source, content.

    A step that changes state adds the score of the end of the one and the start of the other. Words
    of the cue itself [cues, length] are in neither role.
    """
    c, n, _ = score.shape
    nothing = score.new_zeros(c, n, 1)
    inside = torch.cat([nothing, score[..., 0:2] + FORBIDDEN * on_cue.unsqueeze(-1)], -1)
    begins = torch.cat([nothing, score[..., 2:4]], -1)
    ends = torch.cat([nothing, score[..., 4:6]], -1)
    ended = torch.cat([ends.new_zeros(c, 1, 3), ends[:, :-1]], 1)
    differs = 1 - torch.eye(3)
    return inside.unsqueeze(-2) + change + differs * (begins.unsqueeze(-2) + ended.unsqueeze(-1))


def chain_loss(steps: Tensor, labels: Tensor, lengths: Tensor) -> Tensor:
    """Negative log-likelihood [batch] of label sequences under a linear-chain CRF that starts in state 0.

    The sum over all paths is taken as a tree of 3 x 3 products, so that its depth is logarithmic.
    """
    b, n, k, _ = steps.shape
    there = torch.arange(n) < lengths.unsqueeze(1)
    previous = torch.cat([labels.new_zeros(b, 1), labels[:, :-1]], 1)
    path = steps.reshape(b, n, k * k).gather(-1, (previous * k + labels).unsqueeze(-1)).squeeze(-1)
    identity = torch.full((k, k), FORBIDDEN * 10).fill_diagonal_(0.0)
    steps = torch.where(there[:, :, None, None], steps, identity)
    while steps.shape[1] > 1:
        if steps.shape[1] % 2:
            steps = torch.cat([steps, identity.expand(b, 1, k, k)], 1)
        left, right = steps[:, 0::2], steps[:, 1::2]
        steps = (left.unsqueeze(-1) + right.unsqueeze(-3)).logsumexp(-2)
    total = steps[:, 0, 0, :].logsumexp(-1)
    return total - (path * there).sum(1)
