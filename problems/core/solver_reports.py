"""What a white-box solver is given and what it reports back."""

from __future__ import annotations

import math

from numpy.typing import NDArray

from problems.core.linear_model import LinearModel, linear_model_of
from problems.core.record import Record


class SolverReports:
    """The part of an `Oracle` that solvers of the linear model use.

    Parameters
    ----------
    record : Record
        The run's.
    """

    def __init__(self, record: Record) -> None:
        self._record = record
        self._model: LinearModel | None = None

    def linear_model(self) -> LinearModel:
        """Return the problem's integer program."""
        self._record.check_clock()
        model = linear_model_of(self._record.problem)
        self._record.hand_out(model)
        self._model = model
        return model

    def progress(self, x: NDArray | None, b: float | None) -> None:
        """Take a solution and a bound as one statement, see `Oracle.progress`."""
        record = self._record
        if record.stopped is not None:
            record.exhausted()
        if b is not None:
            record.pay(0.0, 0, bound=b)
        if x is not None:
            with record.off_the_clock():
                v = record.judge(x)
            if v is not None and math.isfinite(v) and v < record.best:
                try:
                    record.improve(x, v)
                finally:  # it may raise Stop; the bound was reported together with it
                    if b is not None and record.failure is None:
                        record.take_bound(b)
                    b = None
            self._hold_against_declaration(v)
        if b is not None:
            record.take_bound(b)
        if record.certified:
            record.stop("optimal")
        record.check_clock()

    def _hold_against_declaration(self, v: float | None) -> None:
        """End the run where a solution's value contradicts ``integral=True``, without a proof."""
        if self._model is not None and v is not None and (denial := self._model.denial(v)):
            self._record.bound = None
            self._record.refute(denial)

    def claim(self, v: float) -> bool:
        """Take the value of a solution that is not shown yet, see `Oracle.claim`."""
        record = self._record
        if record.stopped is not None:
            record.exhausted()
        if math.isfinite(v):
            record.log("claimed", v)
        record.check_clock()
        return record.ends_with(v)
