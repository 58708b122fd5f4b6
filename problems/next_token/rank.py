"""The objective nobody can differentiate: top-1 error of a low-rank next-token model."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from problems.core.interval import Count
from problems.core.parts import in_parts
from problems.core.reference import Reference
from problems.core.space import Box
from problems.core.start import Start
from problems.core.views import Minibatch, Relaxation
from problems.naming.options import checked_options
from problems.next_token.cross_entropy import CrossEntropyRelaxation
from problems.next_token.next_token import NextToken

#: Bound of every parameter. Scores are scale-free, so any bound admits the optimum.
BOUND = 10.0
#: Scores computed at once: enough to fill vector units, few enough for the cache.
CHUNK = 200_000


#: Standard deviation of the parameters at first, and of the first steps from there. The steps are a
#: choice of this suite: the best for most methods of 0.1, 0.3, 1 and 3 on instance 0.
INITIAL, STEP = 0.1, 1.0


class NextTokenRank(NextToken):
    """Predict the token with the highest score a_i · b_j + c_j after context i.

    The vectors a_i, one a context, and b_j, one a token, have length `rank`; a
    solution lists all a, then all b, then all c. value = share of the training
    tokens that the arg-max (the first, in a tie) gets wrong. It is piecewise
    constant: its gradient is zero wherever it exists. The relaxation is the
    cross-entropy of the same scores.

    The optimum is known at every rank >= 1. With b_j = j, c_j = −j²/2 and
    a_i = j*(i) the score is −(j − j*)²/2 + const, highest at j*: rank one realizes
    every arg-max map, so the optimum is the error of the table. What separates
    descent on the cross-entropy from it is the *surrogate gap*.

    Parameters
    ----------
    rank : int
        Length of the vectors.
    **text
        The options of `NextToken`.
    """

    space: Box
    objective = "top-1 error"

    @checked_options
    def __init__(self, *, rank: Count = 1, **text: Any) -> None:
        super().__init__(**text)
        self.rank = rank
        size = len(self.symbols)
        self.space = Box(-BOUND, BOUND, self.rows * rank + size * rank + size)
        self._flat = self.counts.train.ravel()
        self._row_offset = np.arange(self.rows) * size

    @property
    def title(self) -> str:
        return f"rank {self.rank}, {super().title}"

    def split(self, points: NDArray) -> tuple[NDArray, NDArray, NDArray]:
        """Return a, b, c of shapes (…, C, r), (…, V, r), (…, V)."""
        lead, r, size = points.shape[:-1], self.rank, len(self.symbols)
        cut = self.rows * r
        a = points[..., :cut].reshape(*lead, self.rows, r)
        b = points[..., cut : cut + size * r].reshape(*lead, size, r)
        return a, b, points[..., cut + size * r :]

    def predictions(self, points: NDArray, *, unseen: bool = False) -> NDArray[np.int64]:
        """Return the predictions of `NextToken`; a context never seen in training has a_i = 0."""
        a, b, c = self.split(np.asarray(points, dtype=float))
        scores = np.matmul(a, b.swapaxes(-1, -2))
        scores += c[..., None, :]
        predicted = scores.argmax(axis=-1)
        if not unseen:
            return predicted
        others = len(self.counts.contexts) - self.rows
        return np.hstack([predicted, np.repeat(c.argmax(axis=-1)[:, None], others, axis=1)])

    def values(self, points: NDArray) -> NDArray[np.float64]:
        correct = in_parts(self._correct, points, CHUNK // self._flat.size)
        return (self.tokens - correct) / self.tokens

    def _correct(self, points: NDArray) -> NDArray[np.int64]:
        return self._flat[self.predictions(points) + self._row_offset].sum(axis=1)

    def _held_out_value(self, x: NDArray) -> float:
        held_out = self.counts.held_out
        total = held_out.sum()
        predicted = self.predictions(x[None], unseen=True)[0]
        correct = held_out[np.arange(len(held_out)), predicted].sum()
        return float((total - correct) / total)

    @cached_property
    def reference(self) -> Reference:
        source = "the table's error, which rank 1 attains: b_j = j, c_j = -j^2/2, a_i = j*(i)"
        return Reference(self.table_error, "closed form", source)

    @cached_property
    def anchors(self) -> dict[str, float]:
        return self.error_anchors

    def start(self) -> Start:
        """Return small random parameters, as those of the relaxation."""
        return Start(np.zeros(self.space.dimension), scale=STEP, spread=INITIAL)

    def construction(self) -> NDArray[np.float64]:
        """Return the optimum: the parabola of the class docstring, centred and scaled to fit."""
        size = len(self.symbols)
        centre = (size - 1) / 2
        j = np.arange(size) - centre
        # Scores may be scaled: a and b share the factor that makes c fit its bound.
        factor = min(1.0, 0.99 * BOUND / max(centre**2 / 2, 1e-9))
        root = np.sqrt(factor)
        x = np.zeros(self.space.dimension)
        a, b, c = self.split(x)
        a[:, 0] = root * j[self.counts.train.argmax(axis=1)]
        b[:, 0] = root * j
        c[:] = -0.5 * (root * j) ** 2
        return x

    def relaxation(self) -> Relaxation:
        return _RankGradient(self)

    def describe(self, x: NDArray) -> str:
        return self.show_predictions(self.predictions(x[None])[0])


class _RankGradient(CrossEntropyRelaxation):
    def __init__(self, problem: NextTokenRank) -> None:
        super().__init__(problem.space, problem.counts.train)
        self._problem = problem

    def start(self, rng: np.random.Generator) -> NDArray[np.float64]:
        return INITIAL * rng.standard_normal(self.dimension)

    def loss_and_gradient(
        self, theta: NDArray[np.float64], rows: Minibatch | None = None
    ) -> tuple[float, NDArray[np.float64]]:
        a, b, c = self._problem.split(theta)
        touched = slice(None) if rows is None else rows.rows
        loss, slope = self._loss.loss_and_slope(a[touched] @ b.T + c, rows)
        gradient = np.zeros_like(theta)
        into_a, into_b, into_c = self._problem.split(gradient)
        into_a[touched] = slope @ b
        into_b[:] = slope.T @ a[touched]
        into_c[:] = slope.sum(axis=0)
        return loss, gradient
