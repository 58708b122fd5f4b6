"""Looks at a problem's relaxation: gradients and losses, over all data or minibatches."""

from __future__ import annotations

import contextlib
import math

import numpy as np
from numpy.typing import NDArray

from problems.core.ledger import GRADIENT_PRICE
from problems.core.meter import Pay
from problems.core.problem import Problem
from problems.core.record import Record
from problems.core.views import Minibatch, Relaxation


class RelaxationLooks:
    """The part of an `Oracle` that methods which descend use.

    Attributes
    ----------
    previous : ndarray or None
        In a chain of methods, the best point of those before this one.
    """

    record: Record
    _pay: Pay
    _problem: Problem
    _seed: tuple[int, ...]
    _relaxation: Relaxation | None = None
    _iterate: NDArray | None = None
    _next_measure = 0.0
    previous: NDArray | None = None

    @property
    def relaxation(self) -> Relaxation:
        """The problem's relaxation; look at its loss through `gradient` only."""
        if self._relaxation is None:
            self._relaxation = self._problem.relaxation()
        return self._relaxation

    @property
    def dimension(self) -> int:
        """Of the relaxation once it is used, else of the space's latent vectors."""
        if self._relaxation is not None:
            return self._relaxation.dimension
        return self._problem.space.latent_dimension

    def start_parameters(self) -> NDArray[np.float64]:
        """Return seeded initial parameters of the relaxation, the same to every method.

        In a chain they are the previous method's best point, encoded.
        """
        if self.previous is not None:
            return np.array(self.relaxation.encode(self.previous), dtype=float)
        return self.relaxation.start(np.random.default_rng([*self._seed, 1]))

    def gradient(
        self, theta: NDArray[np.float64], rows: Minibatch | None = None
    ) -> tuple[float, NDArray[np.float64]]:
        """Return the relaxation's loss and gradient at `theta`.

        A full gradient costs 3 and is an exact look at the decoded point as well
        (1 more where the forward pass does not yield it). A minibatch costs its
        share of 3, and its iterate is measured off the clock now and then.
        """
        self._charge_pass(GRADIENT_PRICE, rows)
        counts = self.record.counts
        counts.gradients += 1
        price = GRADIENT_PRICE * (1.0 if rows is None else rows.share)
        counts.gradient_work += price
        self._pay(0.0, 0, price, 1)
        try:
            loss, slope = self.relaxation.loss_and_gradient(theta, rows)
        except Exception as error:
            self.record.failure = error
            raise
        self._take_iterate(theta, loss if np.isfinite(slope).all() else math.nan, rows)
        return loss, slope

    def loss(self, theta: NDArray[np.float64], rows: Minibatch | None = None) -> float:
        """Return the relaxation's loss at `theta`: the forward pass of `gradient`.

        It costs 1, or a minibatch's share of that; else it is a look as `gradient` is.
        """
        self._charge_pass(1.0, rows)
        self.record.counts.losses += 1
        try:
            loss = self.relaxation.loss(theta, rows)
        except Exception as error:
            self.record.failure = error
            raise
        self._take_iterate(theta, loss, rows)
        return loss

    def _charge_pass(self, price: float, rows: Minibatch | None) -> None:
        """Charge a pass of the relaxation, and the look that its iterate is."""
        record = self.record
        extra = rows is None and not self.relaxation.yields_value
        cost = price * (1.0 if rows is None else rows.share) + extra
        record.charge(cost)
        record.values += extra
        self._pay(cost, int(extra))
        if rows is not None:
            record.charge_minibatch(rows)

    def _take_iterate(self, theta: NDArray, loss: float, rows: Minibatch | None) -> None:
        """Judge the point of a full pass; measure that of a minibatch now and then."""
        record = self.record
        self._iterate = np.array(theta)
        record.surrogate = float(loss) if rows is None and math.isfinite(loss) else None
        if not math.isfinite(loss):
            record.invalid()
        elif rows is None:
            self._judge_iterate(loss)
        elif record.work >= self._next_measure:
            # One fixed grid of work, ten points a decade, the same for every method.
            self._next_measure = 10 ** ((math.floor(10 * math.log10(record.work)) + 1) / 10)
            with record.off_the_clock():
                record.measure(self.relaxation.decode(self._iterate))

    def _judge_iterate(self, loss: float) -> None:
        """Record the exact value of the point that a full gradient was paid at.

        It is computed on the clock where the look was paid beside the pass. Where the
        pass yields it, computing it once more is the harness's own work.
        """
        record = self.record
        paid = not self.relaxation.yields_value
        with contextlib.nullcontext() if paid else record.off_the_clock():
            x = self.relaxation.decode(self._iterate)  # type: ignore[arg-type]
            own_loss = self.relaxation.exact and np.array_equal(x, self._iterate)  # type: ignore[arg-type]
            v = loss if own_loss and not record.constrained else record.judge(x)
        if v is None:
            return
        if not math.isfinite(v):
            record.invalid()
            return
        record.last = v
        if v < record.best:
            record.improve(x, v)

    def last_iterate(self) -> NDArray | None:
        """Return the point that the last pass was paid at, None without a finite one."""
        if self._iterate is None or not np.isfinite(self._iterate).all():
            return None
        return self.relaxation.decode(self._iterate)

    def finish(self) -> None:
        """Measure the last iterate of a run that paid for minibatches."""
        record = self.record
        if record.minibatches and record.failure is None:
            x = self.last_iterate()
            if x is not None:
                record.measure(x)
                self._measure_surrogate()

    def _measure_surrogate(self) -> None:
        """Take the loss over all data at the last iterate, off the clock."""
        record = self.record
        if record.surrogate is not None or self._iterate is None:
            return
        with record.off_the_clock():
            loss = float(self.relaxation.loss(self._iterate))
        record.surrogate = loss if math.isfinite(loss) else None
