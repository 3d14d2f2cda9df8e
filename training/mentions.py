"""The mention model in PyTorch: names, heads of mentions and their ends, and which two mentions are of one.

It reads the states that the extraction encoder has for each word (two of its middle layers and the last), which
stay as they are: one pass over a text is enough for all. Heads of mentions stand for mentions, as in
Dobrovolskii 2021 ("Word-Level Coreference Resolution"); which mention a later one goes back to is learned by the
marginal likelihood of all right ones (Lee et al. 2017), over the signs of sayso.resolve.pairs beside the vectors.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sayso.resolve.pairs import WIDTH as SIGNS

STATES = 3 * 384
TRUNK, REACH = 256, 5
SPAN, PAIR, HIDDEN = 32, 64, 64
LEFT, RIGHT = 24, 32  # words of a mention before and after its head that are looked at
MANNER = 48  # what is kept of a word for how something was said (training/manner.py)
NAME_TAGS = 9  # outside; begins and goes on, for person, organization, place, other
TYPES = 5
CUE_TAGS = 3


class Trunk(nn.Module):
    def __init__(self, dropout: float = 0.2) -> None:
        super().__init__()
        self.mix = nn.Linear(STATES, TRUNK)
        self.norm0 = nn.LayerNorm(TRUNK)
        self.conv1 = nn.Conv1d(TRUNK, TRUNK, REACH, padding=REACH // 2)
        self.norm1 = nn.LayerNorm(TRUNK)
        self.conv2 = nn.Conv1d(TRUNK, TRUNK, REACH, padding=REACH // 2)
        self.norm2 = nn.LayerNorm(TRUNK)
        self.dropout = nn.Dropout(dropout)

    def forward(self, states: Tensor) -> Tensor:
        """[words, STATES] -> [words, TRUNK]."""
        x = self.norm0(self.mix(self.dropout(states)))
        for conv, norm in ((self.conv1, self.norm1), (self.conv2, self.norm2)):
            y = conv(self.dropout(x).T.unsqueeze(0)).squeeze(0).T
            x = norm(x + F.gelu(y))
        return x


class MentionModel(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.trunk = Trunk()
        self.names = nn.Linear(TRUNK, NAME_TAGS)
        self.types = nn.Linear(TRUNK, TYPES)
        self.inner_cues = nn.Linear(TRUNK, CUE_TAGS)
        self.starts = nn.Linear(TRUNK, 2 * SPAN)  # as a head, as a first word
        self.ends = nn.Linear(TRUNK, 2 * SPAN)
        self.start_distance = nn.Parameter(torch.zeros(LEFT + 1))
        self.end_distance = nn.Parameter(torch.zeros(RIGHT + 1))
        self.pair = nn.Linear(TRUNK, 2 * PAIR)  # as the later one, as the earlier one
        self.judge1 = nn.Linear(3 * PAIR + SIGNS + 2 * TYPES, HIDDEN)
        self.judge2 = nn.Linear(HIDDEN, 1)
        self.dropout = nn.Dropout(0.2)

    def span_scores(self, x: Tensor, heads: Tensor) -> tuple[Tensor, Tensor]:
        """Scores [mentions, LEFT + 1] of first words, from the head backwards, and [.., RIGHT + 1] of last words."""
        n = len(x)
        out = []
        for layer, reach, sign, bias in (
            (self.starts, LEFT, -1, self.start_distance),
            (self.ends, RIGHT, 1, self.end_distance),
        ):
            of_head, of_word = layer(x).chunk(2, -1)
            at = heads.unsqueeze(1) + sign * torch.arange(reach + 1)
            there = (at >= 0) & (at < n)
            words = of_word[at.clamp(0, n - 1)]
            score = (of_head[heads].unsqueeze(1) * words).sum(-1) / SPAN**0.5 + bias
            out.append(score.masked_fill(~there, -1e4))
        return out[0], out[1]

    def pair_scores(self, x: Tensor, heads: Tensor, types: Tensor, later: Tensor, earlier: Tensor, signs: Tensor) -> Tensor:
        """Scores [pairs]: above 0 speaks for one and the same, against starting anew."""
        as_later, as_earlier = self.pair(x).chunk(2, -1)
        a, b = as_later[heads[later]], as_earlier[heads[earlier]]
        given = torch.cat([a * b, a, b, signs, types[later], types[earlier]], -1)
        return self.judge2(self.dropout(F.gelu(self.judge1(given)))).squeeze(-1)
