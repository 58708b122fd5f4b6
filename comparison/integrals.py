"""How good a run's solutions and bounds were over time, in one number: the primal integrals.

Berthold (2013), "Measuring the impact of primal heuristics", Operations Research Letters
41(6), 611–614: the area under the primal gap, so that a good solution counts the more the
earlier it comes. With the solver's own bound in place of the optimum it is the
primal–dual integral, which falls with a better bound too and needs no known optimum.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Literal

from problems.core.ledger import TracePoint

Clock = Literal["wall_seconds", "cpu_seconds"]


def gap(value: float, reference: float) -> float:
    """Return the primal gap γ, from 0, where the two are equal, to 1.

    |value − reference| / max(|value|, |reference|), and 1 where the signs differ.
    """
    if value == reference:
        return 0.0
    if value * reference < 0:
        return 1.0
    return abs(value - reference) / max(abs(value), abs(reference))


def primal_integral(
    trace: Sequence[TracePoint],
    reference: float,
    until: float,
    clock: Clock = "wall_seconds",
) -> float:
    """Return ∫ γ(best value at time t, reference) dt from 0 to `until`.

    Parameters
    ----------
    trace : sequence of TracePoint
        A run's. Until its first value the gap is 1, and after its last it stays. A
        *claimed* value counts unless it is better than all that the run has shown.
    reference : float
        The optimum, or the best value known.
    until : float
        Seconds; the same for all runs that are compared.
    clock : {"wall_seconds", "cpu_seconds"}

    Returns
    -------
    float
        Seconds, from 0 to `until`; lower is better. Over `until` it is the mean gap.

    Raises
    ------
    ValueError
        When `until` is negative or not finite.

    Examples
    --------
    >>> trace = [TracePoint("value", 20.0, 1, 1, 0, 1.0, 1.0)]
    >>> primal_integral(trace, reference=10.0, until=3.0)  # 1 s at 1, 2 s at 1/2
    2.0
    """
    steps = [(getattr(p, clock), gap(p.value, reference)) for p in _improving(trace)]
    return _area(steps, until)


def primal_dual_integral(
    trace: Sequence[TracePoint], until: float, clock: Clock = "wall_seconds"
) -> float:
    """Return ∫ γ(best value, best bound at time t) dt from 0 to `until`.

    As long as one of the two is missing the gap is 1. Parameters and errors are those
    of `primal_integral`.

    Examples
    --------
    >>> bound = TracePoint("bound", 5.0, 0, 0, 0, 0.5, 0.5)
    >>> value = TracePoint("value", 10.0, 0, 0, 0, 1.0, 1.0)
    >>> primal_dual_integral([bound, value], until=3.0)  # 1 s at 1, 2 s at 1/2
    2.0
    """
    best, bound = math.inf, -math.inf
    wanted = {*_improving(trace)}
    steps = []
    for point in trace:
        if point.kind == "bound":
            bound = max(bound, point.value)
        elif point in wanted:
            best = min(best, point.value)
        else:
            continue
        if math.isfinite(best) and math.isfinite(bound):
            # A bound may pass the value by the solver's tolerance.
            steps.append((getattr(point, clock), gap(best, min(bound, best))))
    return _area(steps, until)


def _improving(trace: Iterable[TracePoint]) -> list[TracePoint]:
    """Return the points at which a new best solution was found."""
    points = list(trace)
    shown = min((p.value for p in points if p.kind == "value"), default=math.inf)
    best, found = math.inf, []
    for point in points:
        borne_out = point.kind == "value" or (point.kind == "claimed" and point.value >= shown)
        if borne_out and point.value < best:
            best = point.value
            found.append(point)
    return found


def _area(steps: list[tuple[float, float]], until: float) -> float:
    """Return the area under a step function that is 1 until its first step."""
    if not 0 <= until < math.inf:
        raise ValueError(f"until={until}: expected a finite number of seconds >= 0")
    area, since, height = 0.0, 0.0, 1.0
    for at, lower in steps:
        if at >= until:
            break
        area += height * (at - since)
        since, height = at, lower
    return area + height * (until - since)
