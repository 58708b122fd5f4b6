"""Cross-entropy on counts of next tokens, and what the relaxations by it share."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from problems.core.space import Space
from problems.core.views import BoxRelaxation, Minibatch


def mean_loss(counts: NDArray[np.int64], logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the cross-entropy of a batch of logits, shape (n, C, V), on counts (C, V)."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    totals = np.log(np.exp(shifted).sum(axis=-1))
    total = totals @ counts.sum(axis=-1) - np.einsum("ncv,cv->n", shifted, counts)
    return total / counts.sum()


class CrossEntropy:
    """Mean negative log-likelihood of next tokens, in nats, and its gradient in the logits.

    Parameters
    ----------
    counts : ndarray of shape (C, V)
        How often each token follows each context.
    """

    def __init__(self, counts: NDArray[np.int64]) -> None:
        self.counts = counts
        self._shares: dict[str, _Shares] = {}
        # Tokens are drawn for minibatches by inverting this running total.
        self._running = np.cumsum(counts)

    def loss_and_slope(
        self, logits: NDArray[np.float64], rows: Minibatch | None = None
    ) -> tuple[float, NDArray[np.float64]]:
        """Return the loss of `logits`, shape (rows, V), and its gradient in them."""
        loss, exponential, totals, shares = self._forward(logits, rows)
        # In place, as new arrays of this size cost more than the arithmetic.
        exponential *= shares.of_rows / totals
        exponential -= shares.of_cells
        return loss, exponential

    def loss(self, logits: NDArray[np.float64], rows: Minibatch | None = None) -> float:
        """Return the loss of `logits`, shape (rows, V), alone."""
        return self._forward(logits, rows)[0]

    def _forward(
        self, logits: NDArray[np.float64], rows: Minibatch | None
    ) -> tuple[float, NDArray[np.float64], NDArray[np.float64], _Shares]:
        """Return the loss, exp(logits) shifted by each row's highest, its sums, and the shares."""
        order: Literal["C", "F"] = "F" if logits.flags.f_contiguous else "C"
        if rows is None:
            if order not in self._shares:
                self._shares[order] = _Shares(self.counts, order)
            shares = self._shares[order]
        else:
            shares = _Shares(rows.weights, order)
        shifted = np.subtract(logits, logits.max(axis=1, keepdims=True), order=order)
        of_targets = shares.of_cells.ravel("K") @ shifted.ravel("K")
        exponential = np.exp(shifted, out=shifted)
        totals = exponential @ np.ones((logits.shape[1], 1))
        loss = float((shares.of_rows * np.log(totals)).sum() - of_targets)
        return loss, exponential, totals, shares

    def minibatch(self, rng: np.random.Generator, size: int) -> Minibatch:
        """Draw `size` tokens with replacement, grouped by distinct context."""
        drawn = rng.integers(0, self._running[-1], size)
        cells = np.searchsorted(self._running, drawn, side="right")
        width = self.counts.shape[1]
        rows, at = np.unique(cells // width, return_inverse=True)
        weights = np.zeros((len(rows), width), dtype=np.int64)
        np.add.at(weights, (at, cells % width), 1)
        return Minibatch(rows, weights, len(rows) / len(self.counts), size)


class _Shares:
    """Counts as shares of all observations: of cells, and of rows as a column.

    In the memory order of the logits, as mixed orders are several times slower.
    """

    def __init__(self, counts: NDArray, order: Literal["C", "F"]) -> None:
        self.of_cells = np.array(counts, dtype=float, order=order)
        self.of_cells /= counts.sum()
        self.of_rows = self.of_cells.sum(axis=1, keepdims=True)


class CrossEntropyRelaxation(BoxRelaxation):
    """A relaxation by the cross-entropy of a model's scores, from which values come free.

    Parameters
    ----------
    space : Space
    counts : ndarray of shape (C, V)
        How often each token follows each context.
    """

    yields_value = True

    def __init__(self, space: Space, counts: NDArray[np.int64]) -> None:
        super().__init__(space)
        self._loss = CrossEntropy(counts)

    def minibatch(self, rng: np.random.Generator, size: int) -> Minibatch:
        return self._loss.minibatch(rng, size)


def straight_through(theta: NDArray) -> tuple[NDArray, NDArray[np.bool_]]:
    """Return weights rounded to {−1, 0, +1}, and the slope that is passed backward.

    The slope is that of the identity inside [−1, 1], the straight-through estimator
    of Bengio, Léonard and Courville (2013, "Estimating or propagating gradients
    through stochastic neurons for conditional computation"), and zero outside, as in
    Hubara et al. (2016, "Binarized neural networks").
    """
    return np.clip(np.rint(theta), -1, 1), np.abs(theta) <= 1
