"""A small decoder-only transformer in PyTorch.

Imported only when a transformer is built: torch is an optional extra.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional


class Block(nn.Module):
    """x + attention(norm(x)), then x + mlp(norm(x)): the pre-norm block of GPT-2.

    Parameters
    ----------
    width, heads : int
    context : int
        The longest sequence.
    qk_norm : bool
        Whether queries and keys have unit length and a learned scale g takes the
        place of 1 / √(head width) (Henry et al. 2020, "Query-key normalization
        for transformers").
    """

    mask: Tensor

    def __init__(self, width: int, heads: int, context: int, qk_norm: bool) -> None:
        super().__init__()
        self.heads = heads
        self.norm_attention = nn.LayerNorm(width)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.scale = nn.Parameter(torch.tensor(query_key_scale(context))) if qk_norm else None
        self.output = nn.Linear(width, width)
        self.norm_mlp = nn.LayerNorm(width)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)
        future = torch.full((context, context), -torch.inf).triu(1)
        self.register_buffer("mask", future, persistent=False)

    def attend(self, x: Tensor) -> Tensor:
        """Return causal multi-head attention of x, shape (batch, time, width)."""
        batch, time, width = x.shape
        split = self.query_key_value(x).view(batch, time, 3, self.heads, width // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4).unbind(0)
        if self.scale is None:
            scale: Tensor | float = (width // self.heads) ** -0.5
        else:
            scale = self.scale
            query, key = functional.normalize(query, dim=-1), functional.normalize(key, dim=-1)
        # Written out: torch's fused kernel has no rule for populations on a CPU.
        affinity = (query * scale) @ key.transpose(-1, -2) + self.mask[:time, :time]
        mixed = affinity.softmax(dim=-1) @ value
        return self.output(mixed.transpose(1, 2).reshape(batch, time, width))

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attend(self.norm_attention(x))
        hidden = functional.gelu(self.up(self.norm_mlp(x)), approximate="tanh")
        return x + self.down(hidden)


def query_key_scale(context: int) -> float:
    """Return where g of qk-norm starts: log₂(L² − L), as Henry et al. have it.

    L is the length of a sequence; they take the 97.5th percentile of lengths, and
    here all are equal. At L = 1 attention has no choice and g no effect.
    """
    return math.log2(context**2 - context) if context > 1 else 1.0


class Decoder(nn.Module):
    """Tokens, shape (batch, time), to logits of the next ones, shape (batch, time, V).

    Learned positions, pre-norm blocks, a final norm, and scores by the token
    embedding itself (Radford et al. 2019, "Language models are unsupervised multitask
    learners", section 2.3; the tied embedding is that of Press and Wolf 2017, "Using the
    output embedding to improve language models").
    """

    def __init__(
        self, size: int, context: int, layers: int, heads: int, width: int, qk_norm: bool
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(size, width)
        self.position = nn.Parameter(torch.zeros(context, width))
        self.blocks = nn.ModuleList(Block(width, heads, context, qk_norm) for _ in range(layers))
        self.norm = nn.LayerNorm(width)

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.embedding(tokens) + self.position[: tokens.shape[-1]]
        for block in self.blocks:
            x = block(x)
        return self.norm(x) @ self.embedding.weight.T
