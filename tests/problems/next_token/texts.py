"""Hand-made corpora, and next-token models evaluated the slow and obvious way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from problems.next_token.corpus import Corpus, Counts

#: Three symbols and 2,000 tokens: small enough for brute force over all weights.
TINY = {"corpus": "markov:symbols=3,length=2000", "alphabet": "characters"}


def write(folder: Path, text: str | bytes, name: str = "text.txt") -> str:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(file)


def spelt(corpus: Corpus) -> str:
    return "".join(corpus.symbols[t] for t in corpus.tokens)


def as_dict(corpus: Corpus, counts: Counts, part: str = "train") -> dict[tuple[str, str], int]:
    """Return {(context, token): times}, in the characters of the corpus."""
    table = getattr(counts, part)
    return {
        ("".join(corpus.symbols[t] for t in counts.contexts[c]), corpus.symbols[t]): int(n)
        for (c, t), n in np.ndenumerate(table)
        if n
    }


def pairs(text: str, k: int) -> Counter[tuple[str, str]]:
    """Count (context, token) in one whole text."""
    return Counter((text[i - k : i], text[i]) for i in range(k, len(text)))


def use_counts(
    monkeypatch: pytest.MonkeyPatch,
    train: ArrayLike,
    held_out: ArrayLike | None = None,
    contexts: ArrayLike | None = None,
) -> None:
    """Let every corpus have these counts, whatever its text."""
    train = np.array(train)
    held_out = np.zeros_like(train) if held_out is None else np.array(held_out)
    contexts = np.arange(len(held_out))[:, None] if contexts is None else np.array(contexts)
    counts = Counts(contexts, train, held_out)
    monkeypatch.setattr(Corpus, "counts", lambda self, k, held_out=0.0, instance=0: counts)


def error_token_by_token(
    problem: Any, predict: Callable[[tuple[int, ...]], int | None]
) -> tuple[int, int]:
    """Return (wrong, all) over the whole text of a problem without held-out text."""
    tokens, k = problem.corpus.tokens.tolist(), problem.context
    wrong = sum(predict(tuple(tokens[i - k : i])) != tokens[i] for i in range(k, len(tokens)))
    return wrong, len(tokens) - k


def row_of(problem: Any) -> dict[tuple[int, ...], int]:
    """Return the row of every context."""
    return {tuple(c): i for i, c in enumerate(problem.counts.contexts.tolist())}


def cross_entropy(counts: NDArray, logits: NDArray) -> float:
    """Return −Σ n log softmax / Σ n, cell by cell."""
    total = 0.0
    for c, t in np.ndindex(counts.shape):
        total -= counts[c, t] * (logits[c, t] - np.log(np.exp(logits[c]).sum()))
    return total / counts.sum()
