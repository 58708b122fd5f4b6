"""The one pass over all traces: what each run had reached at each cost, on every axis."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comparison.analysis.axis import AXES, Axis, GradientPrice, work_at
from comparison.analysis.scale import Scale
from comparison.results import Group, Results
from comparison.results.trace import KINDS
from comparison.statistics.aocc import aocc
from comparison.statistics.ecdf import log_targets
from comparison.statistics.tolerance import no_worse
from methods.result import Run
from problems.core.ledger import GRADIENT_PRICE
from problems.core.reference import Reference

#: Costs at which curves are taken, from a ten-thousandth of the largest on.
POINTS = 61
DECADES = 4.0

#: Shares of the common budget at which values are read off.
SHARES = (0.01, 0.1, 1.0)

#: The units by which winners may change, each an axis of its own.
UNITS = {
    "work, gradient 1": work_at(1),
    "work, gradient 3": work_at(3),
    "work, gradient = dimension": work_at("dimension"),
    "CPU seconds": AXES["cpu"],
    "tokens": AXES["tokens"],
}

#: The ends of a run that would have gone on.
LIMITED = ("budget", "timeout")

#: A problem's label, and an instance of it.
Instance = tuple[str, int]

VALUE, MEASURED = KINDS.index("value"), KINDS.index("measured")


@dataclass
class Curves:
    """What the runs had reached at each cost of one axis.

    Attributes
    ----------
    axis : Axis
    runs : list of Run
        Those that can be held against others on this axis, n of them.
    horizon : dict of str to float
        By problem: the most that any of its runs has spent.
    grid : dict of str to ndarray
        By problem: costs, shape (POINTS,), up to the horizon.
    best : ndarray, shape (n, POINTS)
        The best value by each cost of the grid; inf before the first.
    hits : ndarray, shape (n, targets)
        The cost at which each target was reached; inf where it was not, nan where the
        instance has no scale.
    areas : ndarray, shape (n,)
        The area over the curve of log regret, up to the horizon; nan without a scale.
    spent : ndarray, shape (n,)
        What each run has spent.
    common : dict of Instance to float
        The most that every contender was given: the least that a contender's runs had
        spent, in the median, when a limit stopped them.
    settled : ndarray, shape (n, shares)
        The best value by each of `SHARES` of the instance's common cost; inf where there
        was none.
    rows : dict of Group to ndarray
        Which runs are those of a contender on an instance.
    """

    axis: Axis
    runs: list[Run]
    horizon: dict[str, float]
    grid: dict[str, NDArray[np.float64]]
    best: NDArray[np.float64]
    hits: NDArray[np.float64]
    areas: NDArray[np.float64]
    spent: NDArray[np.float64]
    common: dict[Instance, float]
    settled: NDArray[np.float64]
    rows: dict[Group, NDArray[np.int64]]


class Evidence:
    """What the traces of a results file show, read once.

    Parameters
    ----------
    results : Results
    gradient_price : float or "dimension"
        What a gradient costs on the axis `work`.

    Attributes
    ----------
    results : Results
    runs : list of Run
        Those that were made: all but unsupported ones.
    instances : dict of Instance to dict of str to list of Run
        The same, by contender: runs that differ in their seeds only.
    targets : ndarray, shape (51,)
        Regrets of `Scale`, from a random point's to a hundred-thousandth of it.
    curves : dict of str to Curves
        By axis, and by unit of `UNITS`.
    """

    def __init__(self, results: Results, gradient_price: GradientPrice = GRADIENT_PRICE) -> None:
        self.results = results
        self.targets = log_targets()
        self.runs = [run for run in results if run.ended != "unsupported"]
        self.instances: dict[Instance, dict[str, list[Run]]] = {}
        for run in self.runs:
            groups = self.instances.setdefault((results.problem(run), run.instance), {})
            groups.setdefault(results.contender(run), []).append(run)
        self._scales = self._find_scales()
        every = {**AXES, "work": work_at(gradient_price), **UNITS}
        self.curves = {name: self._empty(axis) for name, axis in every.items()}
        places = {
            name: {run.key: i for i, run in enumerate(curves.runs)}
            for name, curves in self.curves.items()
        }
        for run, trace in results.traces(self.runs):
            improving = improvements(trace)
            for name, curves in self.curves.items():
                if run.key in places[name]:
                    self._enter(curves, places[name][run.key], run, improving)

    def first(self, instance: Instance) -> Run:
        """Return the first run that was made on an instance."""
        return next(iter(self.instances[instance].values()))[0]

    def reference(self, instance: Instance) -> Reference | None:
        """Return the best reference for an instance."""
        return self.results.reference(self.first(instance))

    def scale(self, run: Run) -> Scale | None:
        """Return the scale of a run's instance, None where nothing spans one."""
        return self._scales[self.results.instance(run)]

    def place(self, regret: float) -> int:
        """Return which of the targets is nearest to a regret."""
        return int(np.argmin(np.abs(np.log(self.targets / regret))))

    def _find_scales(self) -> dict[Hashable, Scale | None]:
        instances: dict[Hashable, list[Run]] = {}
        for run in self.runs:
            instances.setdefault(self.results.instance(run), []).append(run)
        return {name: self._scale_of(runs) for name, runs in instances.items()}

    def _scale_of(self, runs: list[Run]) -> Scale | None:
        reference = self.results.reference(runs[0])
        values = [run.value for run in self.results.on_instance(runs[0]) if run.value is not None]
        slack = 0.0
        if reference is not None:
            slack = reference.slack
            # A published value may be beaten.
            values = [reference.value, *([] if reference.proven else values)]
        if not values:
            return None
        best, random = min(values), self.results.random_value(runs[0])
        if random is None:
            traces = (improvements(trace) for _, trace in self.results.traces(runs))
            first = [points["value"][0] for points in traces if len(points)]
            random = float(np.median(first)) if first else None
        if random is None or no_worse(random, best, slack):
            return None
        return Scale(random, best, slack)

    def _empty(self, axis: Axis) -> Curves:
        runs = [run for run in self.runs if axis.clock or not self.results.white_box(run)]
        spent = np.array([axis.spent(run) for run in runs], dtype=float)
        horizon: dict[str, float] = {}
        rows: dict[Group, list[int]] = {}
        for i, run in enumerate(runs):
            problem = self.results.problem(run)
            horizon[problem] = max(horizon.get(problem, 0.0), spent[i])
            group = (problem, run.instance, self.results.contender(run))
            rows.setdefault(group, []).append(i)
        return Curves(
            axis=axis,
            runs=runs,
            horizon=horizon,
            grid={name: most * np.logspace(-DECADES, 0, POINTS) for name, most in horizon.items()},
            best=np.full((len(runs), POINTS), np.inf),
            hits=np.full((len(runs), len(self.targets)), np.nan),
            areas=np.full(len(runs), np.nan),
            spent=spent,
            common=_common(runs, spent, rows),
            settled=np.full((len(runs), len(SHARES)), np.inf),
            rows={group: np.array(members) for group, members in rows.items()},
        )

    def _enter(self, curves: Curves, i: int, run: Run, improving: NDArray) -> None:
        """Write what one run has reached into the curves of an axis."""
        costs = curves.axis.costs(run, improving)
        values = improving["value"]
        problem = self.results.problem(run)
        reached = np.searchsorted(costs, curves.grid[problem], side="right")
        best = np.concatenate(([np.inf], values))
        curves.best[i] = best[reached]
        # A share of a whole number may round to just below the one that it is.
        limits = curves.common[problem, run.instance] * np.array(SHARES) * (1 + 1e-12)
        curves.settled[i] = best[np.searchsorted(costs, limits, side="right")]
        scale = self.scale(run)
        if scale is None:
            return
        # Values fall, so their negatives are in order.
        first = np.searchsorted(-values, -scale.values(self.targets), side="left")
        curves.hits[i] = np.concatenate((costs, [np.inf]))[first]
        horizon = curves.horizon[problem]
        if horizon > 0:
            regrets = scale.regret(values)
            low, high = self.targets[-1], self.targets[0]
            curves.areas[i] = aocc(costs, regrets, horizon, low, high, evaluation=0.0)


def _common(
    runs: list[Run], spent: NDArray[np.float64], rows: dict[Group, list[int]]
) -> dict[Instance, float]:
    """Return by instance the cost that every contender which a limit stopped had spent.

    A contender that ended by itself is left out, as it could not have spent more. Where all
    did, it is the most that any had spent.
    """
    stopped: dict[Instance, list[float]] = {}
    most: dict[Instance, float] = {}
    for (problem, instance, _), members in rows.items():
        place = (problem, instance)
        most[place] = max(most.get(place, 0.0), float(np.max(spent[members])))
        # A run that hung until it was killed had spent more than it was given.
        limited = [i for i in members if runs[i].ended in LIMITED and not runs[i].failed]
        if limited:
            stopped.setdefault(place, []).append(float(np.median(spent[limited])))
    return {place: min(stopped.get(place, [cost])) for place, cost in most.items()}


def improvements(trace: NDArray) -> NDArray:
    """Return the points of a trace at which its best value improved.

    Measured points stand in only where nothing exact was paid for, as in the result.
    """
    points = trace[trace["kind"] == VALUE]
    if not len(points):
        points = trace[trace["kind"] == MEASURED]
    if not len(points):
        return points
    best = np.minimum.accumulate(points["value"])
    return points[np.concatenate(([True], best[1:] < best[:-1]))]
