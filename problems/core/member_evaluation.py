"""Evaluation of single members of an ensemble, at their share of an evaluation."""

from __future__ import annotations

from time import perf_counter

import numpy as np
from numpy.typing import ArrayLike, NDArray

from problems.core.pace import Pace
from problems.core.record import Record
from problems.core.views import Members


class MemberEvaluation:
    """The part of an `Oracle` that evaluates members of an ensemble.

    Attributes
    ----------
    record : Record
        The run's.
    """

    record: Record
    _members: Members | None = None
    _member_pace: Pace | None = None

    @property
    def members(self) -> Members:
        """What a solution is an ensemble of; evaluate members through `member_values` only.

        Raises
        ------
        Unsupported
            When a solution is no ensemble.
        """
        if self._members is None:
            self._members = self.record.problem.members()
        return self._members

    def member_values(self, members: ArrayLike) -> NDArray[np.float64]:
        """Return the value of each member alone; K of them cost 1 work where an ensemble has K.

        A member is no solution of the problem, so that its value is never the run's best:
        that is paid for by evaluating an ensemble. Members beyond the budget are not evaluated,
        and the call then ends in `Stop`. An invalid value comes back as inf.
        """
        points, view, record = np.asarray(members), self.members, self.record
        number, space = view.number, view.space
        if points.ndim != 2 or points.shape[1] != space.dimension:
            record.misuse(f"member_values() got shape {points.shape}, not (n, {space.dimension})")
        record.check_clock()
        affordable = min(len(points), int((record.limit - record.work) * number))
        paid = points[:affordable]
        if not space.contains(paid):
            record.misuse("member_values() got a point outside the members' space")
        values = self._by_parts(paid.astype(space.dtype, copy=False))
        if affordable < len(points):
            record.exhausted()
        return values

    def _by_parts(self, points: NDArray) -> NDArray[np.float64]:
        record, pace = self.record, self._member_pace or Pace()
        self._member_pace = pace
        values = np.full(len(points), np.inf)
        done = 0
        while done < len(points):
            most = min(len(points) - done, record.problem.most_rows)
            part = slice(done, done + pace.rows(most, record.deadline))
            values[part] = self._evaluated(points[part], pace)
            done = part.stop
        return values

    def _evaluated(self, points: NDArray, pace: Pace) -> NDArray[np.float64]:
        record, problem, n = self.record, self.record.problem, len(points)
        number = self.members.number
        record.charge(n / number)
        record.counts.rows += n * problem.rows // number
        record.counts.tokens += n * problem.tokens // number
        began = perf_counter()
        with record.keeping_failures():
            values = np.asarray(self.members.values(points), dtype=float)
            if values.shape != (n,):
                raise ValueError(f"the values of {n} members have shape {values.shape}, not ({n},)")
        pace.took(n, began)
        invalid = ~np.isfinite(values)
        record.counts.invalid += int(invalid.sum())
        return np.where(invalid, np.inf, values)
