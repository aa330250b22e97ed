"""A decoder-only transformer whose rotary positions are given, not counted.

Pre-norm blocks with GELU feed-forward (Vaswani et al. 2017; Xiong et al. 2020), rotary
embeddings (Su et al. 2021) over position ids that a task hands out (position coupling, Cho et
al. 2024) or no positions at all (Kazemnejad et al. 2023). Only tokens that predict an answer
pass through the last block: the loss and the answer need no others.
"""

# torch types some of its functions in part:
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from successor.subjects.transformer.problems import VOCABULARY, Layout

Seen = list[tuple[Tensor, Tensor]]
"""Keys and values [n, heads, tokens, head width] of each block."""
FUSED_FROM = 192
"""Keys from which fused attention beats matmul and softmax on a CPU (measured, see the docs)."""


@dataclass(frozen=True)
class Shape:
    """The size of a network."""

    layers: int
    width: int
    heads: int
    positions: str


@dataclass(frozen=True)
class Frame:
    """Everything about a layout that is the same for every problem, as tensors."""

    turns: Tensor | None
    """[2, tokens, head width / 2] cosines and sines of the rotary angles."""
    first: int
    """Index of the first token that predicts a token of the answer."""
    mask: Tensor
    """[answer, tokens] 0 where an answer token may look, -inf elsewhere."""


class Network(nn.Module):
    """Token ids [n, tokens] to logits [n, answer, vocabulary]."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(len(VOCABULARY), shape.width)
        self.blocks = nn.ModuleList(Block(shape.width, shape.heads) for _ in range(shape.layers))
        self.norm = nn.LayerNorm(shape.width)
        self.head = nn.Linear(shape.width, len(VOCABULARY), bias=False)

    def forward(self, tokens: Tensor, frame: Frame, seen: Seen | None = None) -> Tensor:
        """Logits of the answer's tokens, given all tokens but the answer's last.

        What later tokens look at is kept in `seen`, when one is given.
        """
        hidden = self.embedding(tokens)
        for depth, block in enumerate(self.blocks):
            first = frame.first if depth == len(self.blocks) - 1 else 0
            hidden, *looked_at = cast("Block", block)(hidden, frame, first)
            if seen is not None:
                seen.append((looked_at[0], looked_at[1]))
        return self.head(self.norm(hidden))

    def again(self, tokens: Tensor, where: Tensor, frame: Frame, seen: Seen) -> Tensor:
        """Logits [n, some, vocabulary] of the tokens `where` [n, some], which are now `tokens`.

        All others are taken as they were seen; `seen` is brought up to date in these places.
        With one block that is exact; with more, what others saw of them in between is stale.
        """
        hidden = self.embedding(tokens)
        for block, (key, value) in zip(self.blocks, seen, strict=True):
            hidden = cast("Block", block).again(hidden, where, frame, key, value)
        return self.head(self.norm(hidden))


class Block(nn.Module):
    """Attention and feed-forward, each behind a layer norm."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.attention_norm = nn.LayerNorm(width)
        self.query = nn.Linear(width, width, bias=False)
        self.key_value = nn.Linear(width, 2 * width, bias=False)
        self.output = nn.Linear(width, width, bias=False)
        self.feed_norm = nn.LayerNorm(width)
        self.up = nn.Linear(width, 4 * width, bias=False)
        self.down = nn.Linear(4 * width, width, bias=False)

    def forward(self, hidden: Tensor, frame: Frame, first: int) -> tuple[Tensor, Tensor, Tensor]:
        """Hidden states [n, tokens, width] of the tokens from `first` on; all keys and values."""
        query, key, value = self.project(hidden, first)
        if frame.turns is not None:
            query = rotate(query, frame.turns[:, first:])
            key = rotate(key, frame.turns)
        return self.feed(hidden[:, first:], attend(query, key, value, frame, first)), key, value

    def again(
        self, hidden: Tensor, where: Tensor, frame: Frame, key: Tensor, value: Tensor
    ) -> Tensor:
        """Hidden states of the tokens `where` alone; puts theirs among all keys and values."""
        query, new_key, new_value = self.project(hidden, 0)
        if frame.turns is not None:
            turns = frame.turns[:, where].unsqueeze(2)
            query, new_key = rotate(query, turns), rotate(new_key, turns)
        places = where[:, None, :, None].expand_as(new_key)
        key.scatter_(2, places, new_key)
        value.scatter_(2, places, new_value)
        earlier = torch.arange(key.shape[2]) <= where[:, None, :, None]
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=earlier)
        return self.feed(hidden, mixed)

    def project(self, hidden: Tensor, first: int) -> tuple[Tensor, Tensor, Tensor]:
        """Queries from the token `first` on, keys and values, not yet turned."""
        normed = self.attention_norm(hidden)
        key, value = self.key_value(normed).chunk(2, dim=-1)
        return self.split(self.query(normed[:, first:])), self.split(key), self.split(value)

    def feed(self, hidden: Tensor, mixed: Tensor) -> Tensor:
        """What the block makes of hidden states and of what they attended to."""
        hidden = hidden + self.output(mixed.transpose(1, 2).flatten(2))
        fed = functional.gelu(self.up(self.feed_norm(hidden)), approximate="tanh")
        return hidden + self.down(fed)

    def split(self, states: Tensor) -> Tensor:
        """[n, tokens, width] to [n, heads, tokens, head width]."""
        return states.reshape(*states.shape[:2], self.heads, -1).transpose(1, 2)


def rotate(states: Tensor, turns: Tensor) -> Tensor:
    """Turn each pair of channels by an angle that grows with the position id."""
    cos, sin = turns
    left, right = states.chunk(2, dim=-1)
    return torch.cat([left * cos - right * sin, right * cos + left * sin], dim=-1)


def attend(query: Tensor, key: Tensor, value: Tensor, frame: Frame, first: int) -> Tensor:
    """Causal attention; fused where the score matrix would be large."""
    if key.shape[2] >= FUSED_FROM:
        if first == 0:
            return functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        return functional.scaled_dot_product_attention(query, key, value, attn_mask=frame.mask)
    mask = frame.mask if first else causal(key.shape[2])
    scores = query @ key.transpose(-1, -2) * query.shape[-1] ** -0.5 + mask
    return scores.softmax(dim=-1) @ value


def causal(tokens: int) -> Tensor:
    """[tokens, tokens] additive causal mask."""
    return torch.full((tokens, tokens), float("-inf")).triu(1)


def frame(layout: Layout, shape: Shape) -> Frame:
    """The tensors for a layout."""
    first = layout.prompt - 1
    mask = torch.full((layout.answer, len(layout.ids)), float("-inf")).triu(first + 1)
    if shape.positions == "none":
        return Frame(None, first, mask)
    ids = torch.from_numpy(layout.ids.reshape(len(layout.ids), -1))
    half = shape.width // shape.heads // 2
    angles = ids[:, torch.arange(half) % ids.shape[1]] * frequencies(half, ids.shape[1])
    return Frame(torch.stack([angles.cos(), angles.sin()]).float(), first, mask)


@lru_cache(maxsize=8)
def frequencies(half: int, coordinates: int) -> Tensor:
    """[half] radians per position: from 1 down to 1/10,000 for each coordinate.

    The coordinates of a position take turns at the pairs of channels (RoPE in several
    dimensions, Heo et al. 2024).
    """
    each = -(-half // coordinates)
    return 10_000.0 ** -((torch.arange(half) // coordinates).double() / each)


def initialise(network: Network, seed: int) -> None:
    """Normal weights, scaled by fan-in; the ends of residual branches start small."""
    generator = torch.Generator().manual_seed(seed)
    for name, weight in network.named_parameters():
        if weight.dim() < 2:
            continue
        spread = 1.0 if name.startswith("embedding") else weight.shape[1] ** -0.5
        if name.endswith(("output.weight", "down.weight")):
            spread *= 0.2
        with torch.no_grad():
            weight.normal_(0.0, spread, generator=generator)
