"""The lecture's starting point: a table of logits, learned by counting or by descent."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from problems.core.reference import Reference
from problems.core.space import Box
from problems.core.start import Start
from problems.core.views import Minibatch, Relaxation
from problems.next_token.cross_entropy import CrossEntropyRelaxation, mean_loss
from problems.next_token.next_token import NextToken

#: A logit at the floor means probability zero; e⁻³⁰ is 10⁻¹³.
FLOOR = -30.0
CEILING = 5.0


#: Standard deviation of the logits at first, and of the first steps from there. The steps are a
#: choice of this suite: the best for most methods of 0.1, 0.3, 1 and 3 on instance 0.
INITIAL, STEP = 0.01, 0.3


class NextTokenTable(NextToken):
    """Maximum likelihood for a table of logits W[c, t], one a context and token.

    value(W) = −(1/N) Σ_{c,t} n_ct log softmax(W_c)_t, in nats a token, with n_ct
    the number of times that token t follows context c. It is differentiable and
    convex, and counting solves it in closed form: W_ct = log(n_ct / n_c), whose
    value is the empirical conditional entropy. The logits lie in [−30, 5]; −30
    stands for probability zero.

    Options are those of `NextToken`.
    """

    space: Box
    objective = "cross-entropy (nats)"

    def __init__(self, **text: Any) -> None:
        super().__init__(**text)
        self.space = Box(FLOOR, CEILING, self.counts.train.size)
        self._held_out_only = len(self.counts.held_out) - self.rows

    def _logits(self, points: NDArray) -> NDArray:
        return np.reshape(points, (-1, *self.counts.train.shape))

    def values(self, points: NDArray) -> NDArray[np.float64]:
        return mean_loss(self.counts.train, self._logits(points))

    def _held_out_value(self, x: NDArray) -> float:
        """Return the held-out cross-entropy; nan where it is infinite.

        It is infinite when the held-out text has a token whose logit is at the
        floor, or a context that an unsmoothed table has never seen. A context
        that no training text has gets the uniform distribution otherwise.
        """
        held_out = self.counts.held_out
        logits = self._logits(x)[0]
        never = logits <= FLOOR
        unseen = np.zeros((self._held_out_only, len(self.symbols)))
        if (held_out[: self.rows] * never).sum() or (never.any() and held_out[self.rows :].sum()):
            return math.nan
        return float(mean_loss(held_out, np.concatenate([logits, unseen])[None])[0])

    def count(self, smoothing: float) -> NDArray:
        """Return log((n_ct + α) / (n_c + αV)), zero probability as the floor.

        Raises
        ------
        ValueError
            When α is so small, but not 0, that a probability would fall to the floor,
            which stands for zero.
        """
        counts = self.counts.train + smoothing
        with np.errstate(divide="ignore"):
            logits = np.log(counts / counts.sum(axis=1, keepdims=True))
        if smoothing > 0 and (logits <= FLOOR).any():
            # α / (n_c + αV) > e^FLOOR in the most frequent context.
            share = math.exp(FLOOR)
            least = share * self.counts.train.sum(axis=1).max() / (1 - share * len(self.symbols))
            raise ValueError(
                f"smoothing={smoothing:g}: expected 0, or at least {1.01 * least:.3g}, as smaller "
                f"probabilities than e^{FLOOR:g} stand for zero"
            )
        return np.maximum(logits, FLOOR).ravel()

    @cached_property
    def reference(self) -> Reference:
        return Reference(
            self.table_entropy, "closed form", "conditional entropy of the training counts"
        )

    @cached_property
    def anchors(self) -> dict[str, float]:
        share = self.counts.train.sum(axis=0) / self.tokens
        unigram = float(-(share * np.log(np.where(share > 0, share, 1.0))).sum())
        anchors = {"uniform": math.log(len(self.symbols)), "unigram": unigram}
        if self.corpus.source is not None:
            source = self.corpus.source
            anchors[f"entropy rate of the order-{source.order} source"] = source.entropy_rate
        return anchors

    def start(self) -> Start:
        """Return logits near zero: the uniform distribution."""
        return Start(np.zeros(self.space.dimension), scale=STEP, spread=INITIAL)

    def relaxation(self) -> Relaxation:
        return _TableGradient(self)

    def describe(self, x: NDArray) -> str:
        by_token = self.counts.train.sum(axis=0)
        bits = self.bits_per_character(self.value(x), by_token)
        predicted = self._logits(x)[0].argmax(axis=1)
        return f"{bits:.4f} bits per character; {self.show_predictions(predicted)}"


class _TableGradient(CrossEntropyRelaxation):
    exact = True

    def __init__(self, problem: NextTokenTable) -> None:
        super().__init__(problem.space, problem.counts.train)
        self._shape = problem.counts.train.shape
        # The softmax's Hessian is at most 1/2 (Böhning 1992, "Multinomial logistic
        # regression algorithm"), each context's weighted by its share of the text.
        shares = problem.counts.train.sum(axis=1) / problem.tokens
        self.smoothness = float(shares.max()) / 2

    def start(self, rng: np.random.Generator) -> NDArray[np.float64]:
        return INITIAL * rng.standard_normal(self.dimension)

    def decode(self, theta: NDArray[np.float64]) -> NDArray:
        # Softmax ignores a shift of a context's logits: shift, rather than clip, into the box.
        logits = theta.reshape(self._shape)
        excess = np.maximum(logits.max(axis=1, keepdims=True) - CEILING, 0.0)
        return self.space.decode((logits - excess).ravel())

    def loss_and_gradient(
        self, theta: NDArray[np.float64], rows: Minibatch | None = None
    ) -> tuple[float, NDArray[np.float64]]:
        logits = theta.reshape(self._shape)
        if rows is None:
            loss, gradient = self._loss.loss_and_slope(logits)
        else:
            gradient = np.zeros(self._shape)
            loss, gradient[rows.rows] = self._loss.loss_and_slope(logits[rows.rows], rows)
        return loss, gradient.ravel()
