"""Next-token counts after distinct contexts, of sequences and of any length."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class NextCounts:
    """How often each token follows each distinct context of one length.

    Attributes
    ----------
    contexts : ndarray of shape (C, k)
        Distinct, oldest token first.
    counts : ndarray of shape (C, V)
    """

    contexts: NDArray[np.int64]
    counts: NDArray[np.int64]

    @property
    def total(self) -> int:
        """Number of tokens counted."""
        return int(self.counts.sum())


def count_sequences(sequences: NDArray[np.int64], k: int, size: int) -> NextCounts:
    """Count next tokens after contexts of length `k` inside each of some sequences.

    Parameters
    ----------
    sequences : ndarray of shape (n, length)
        Tokens in [0, size).
    k : int
        Below `length`; the first k tokens of each sequence are context only.
    size : int
        V, the number of symbols.
    """
    if not 0 <= k < sequences.shape[1]:
        raise ValueError(f"k={k}: expected 0 to {sequences.shape[1] - 1}, the length less one")
    windows = np.lib.stride_tricks.sliding_window_view(sequences, k + 1, axis=1)
    return _group(windows[..., :k].reshape(windows[..., 0].size, k), windows[..., k].ravel(), size)


def _group(contexts: NDArray, tokens: NDArray, size: int) -> NextCounts:
    distinct, row = distinct_rows(contexts)
    cells = np.bincount(row * size + tokens, minlength=len(distinct) * size)
    return NextCounts(distinct, cells.reshape(len(distinct), size))


def visible_counts(sequences: NDArray[np.int64], k: int, size: int) -> list[NextCounts]:
    """Count every token but the first of each sequence after what is seen of it.

    A context has length `k`, or fewer near a sequence's beginning, where a model
    that starts to read there sees no more. One `NextCounts` a context length.
    """
    parts = [
        _group(sequences[:, :seen], sequences[:, seen], size)
        for seen in range(1, min(k, sequences.shape[1] - 1))
    ]
    return [*parts, count_sequences(sequences, min(k, sequences.shape[1] - 1), size)]


def distinct_rows(contexts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the distinct contexts and, for each given one, its row among them."""
    if not contexts.shape[1]:  # numpy.unique has no rows of width 0
        return contexts[:1], np.zeros(len(contexts), dtype=np.int64)
    distinct, row = np.unique(contexts, axis=0, return_inverse=True)
    return distinct, row.ravel()


class ContextIndex:
    """Finds contexts among some distinct ones; ``len(self)`` stands for "not there"."""

    def __init__(self, contexts: NDArray[np.int64], size: int) -> None:
        if size ** contexts.shape[1] >= 2**62:
            raise ValueError(f"contexts of {contexts.shape[1]} tokens are too long to number")
        self._powers = size ** np.arange(contexts.shape[1], dtype=np.int64)[::-1]
        codes = contexts @ self._powers
        self._order = np.argsort(codes, kind="stable")
        self._codes = codes[self._order]

    def __len__(self) -> int:
        return len(self._codes)

    def find(self, contexts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the row of each context, shape (n, k), or ``len(self)``."""
        codes = contexts @ self._powers
        at = np.minimum(np.searchsorted(self._codes, codes), len(self) - 1)
        return np.where(self._codes[at] == codes, self._order[at], len(self))


def last_tokens(contexts: NDArray[np.int64], k: int) -> NDArray[np.int64]:
    """Return the last `k` tokens of each context, shape (C, k)."""
    return contexts[:, contexts.shape[1] - k :]
