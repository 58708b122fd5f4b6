"""All problems together: run-time ECDF, profiles, and each contender's numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comparison.analysis.curves import POINTS, Curves, Evidence, Instance
from comparison.analysis.instance_numbers import instance_numbers
from comparison.results import Group
from comparison.statistics.aggregate import interquartile_mean, stratified_interval
from comparison.statistics.ecdf import runtime_ecdf, runtime_ecdf_band
from comparison.statistics.missing import filled, finite
from comparison.statistics.profiles import data_profile, performance_profile
from comparison.statistics.runtimes import expected_running_time, shifted_geometric_mean
from comparison.statistics.tolerance import attains
from methods.result import Run

RATIOS = np.logspace(0, 3, 61)


@dataclass(frozen=True)
class SolvedShare:
    """A contender's share of (run, target) pairs reached by a cost, with a bootstrap band."""

    contender: str
    cost: float
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class RatioShare:
    """A contender's share of targets reached within a ratio of the best contender's cost."""

    contender: str
    ratio: float
    share: float


@dataclass(frozen=True)
class BudgetShare:
    """A contender's share of targets reached within a budget of (dimension + 1) evaluations."""

    contender: str
    budget: float
    share: float


@dataclass(frozen=True)
class ProblemQuality:
    """The median quality of a contender on a problem; None where it has no value."""

    contender: str
    problem: str
    quality: float | None


@dataclass(frozen=True)
class ContenderNumbers:
    """The numbers that stand for a contender over all instances that it ran on.

    Attributes
    ----------
    instances, of : int
        That it ran on, and all.
    iqm : float or None
        The interquartile mean of the quality.
    interval : tuple of float or None
        Its bootstrap interval.
    aocc_work, aocc_cpu : float or None
        The means over the instances; None where the axis does not apply.
    solved, solvable : int
        Runs that reached the optimum, of those on instances where it is known.
    par10, seconds : float or None
        Shifted geometric means over instances, by 1: of `CurveNumbers.par10`, None for a
        white-box solver, and of the CPU seconds of a mean run.
    """

    contender: str
    family: str
    instances: int
    of: int
    iqm: float | None
    interval: tuple[float, float] | None
    aocc_work: float | None
    aocc_cpu: float | None
    solved: int
    solvable: int
    par10: float | None
    seconds: float


def _instances(evidence: Evidence, curves: Curves) -> list[Instance]:
    """Return the instances on which quality has a scale, of those with a curve."""
    firsts = {(name, instance): members[0] for (name, instance, _), members in curves.rows.items()}
    return [place for place, i in firsts.items() if evidence.scale(curves.runs[i]) is not None]


def _contenders(evidence: Evidence, curves: Curves) -> list[str]:
    present = {contender for _, _, contender in curves.rows}
    return [name for name in evidence.results.contenders if name in present]


def _costs(low: float, high: float) -> NDArray[np.float64]:
    """Return costs at equal steps of the logarithm, none below the one before by rounding."""
    return np.maximum.accumulate(np.geomspace(low, high, POINTS))


def ecdf_rows(evidence: Evidence, axis: str) -> Iterator[SolvedShare]:
    """Yield each contender's share of (run, target) pairs reached by each cost.

    An instance that a contender did not run on counts as one where it reached nothing,
    so that all are measured on the same targets. The band is a bootstrap over seeds.
    """
    curves = evidence.curves[axis]
    instances = _instances(evidence, curves)
    grids = [curves.grid[name] for name, _ in instances if curves.horizon[name] > 0]
    if not grids:
        return
    grid = _costs(min(each[0] for each in grids), max(each[-1] for each in grids))
    for contender in _contenders(evidence, curves):
        members = [curves.rows.get((*place, contender)) for place in instances]
        hits = [curves.hits[rows] for rows in members if rows is not None]
        if not hits:
            continue
        whole = len(hits) / len(instances)
        share = whole * runtime_ecdf(np.concatenate(hits), grid)
        low, high = runtime_ecdf_band(hits, grid)
        for point in np.stack([grid, share, whole * low, whole * high], axis=1).tolist():
            yield SolvedShare(contender, *point)


def running_times(evidence: Evidence, axis: str) -> tuple[NDArray, list[str], list[float]]:
    """Return the expected running time of each contender to each target of each instance.

    Returns
    -------
    costs : ndarray, shape (instances × targets, contenders)
        inf where a contender never reached the target, or did not run on the instance.
    contenders : list of str
    dimensions : list of float
        Of the space, by row of `costs`.
    """
    curves = evidence.curves[axis]
    instances = _instances(evidence, curves)
    contenders = _contenders(evidence, curves)
    n = len(evidence.targets)
    costs = np.full((len(instances) * n, len(contenders)), np.inf)
    dimensions = []
    for i, place in enumerate(instances):
        sizes = []
        for j, contender in enumerate(contenders):
            members = curves.rows.get((*place, contender))
            if members is None:
                continue
            times = expected_running_time(curves.hits[members].T, curves.spent[members])
            costs[i * n : (i + 1) * n, j] = times
            sizes += [curves.runs[k].dimension for k in members]
        dimensions += [float(np.median(sizes))] * n
    return costs, contenders, dimensions


def performance_profile_rows(evidence: Evidence, axis: str) -> Iterator[RatioShare]:
    """Yield the share of targets that a contender reached within a ratio of the best's cost.

    Every target of every instance counts as one of Dolan and Moré's problems; one that
    nobody reached is left out.
    """
    costs, contenders, _ = running_times(evidence, axis)
    reached = np.isfinite(costs).any(axis=1)
    if not reached.any():
        return
    shares = performance_profile(costs[reached], RATIOS)
    for contender, line in zip(contenders, shares, strict=True):
        for ratio, share in zip(RATIOS, line, strict=True):
            yield RatioShare(contender, float(ratio), float(share))


def data_profile_rows(evidence: Evidence) -> Iterator[BudgetShare]:
    """Yield the share of all targets reached within a budget of (dimension + 1) evaluations."""
    costs, contenders, sizes = running_times(evidence, "work")
    dimensions = np.array(sizes)
    # Where every run was killed the dimension is unknown, and 0.
    costs, dimensions = costs[dimensions > 0], dimensions[dimensions > 0]
    scaled = costs / (dimensions[:, None] + 1)
    finite = scaled[np.isfinite(scaled) & (scaled > 0)]
    if not len(finite):
        return
    budgets = _costs(finite.min(), finite.max())
    shares = data_profile(costs, dimensions, budgets)
    for contender, line in zip(contenders, shares, strict=True):
        for budget, share in zip(budgets, line, strict=True):
            yield BudgetShare(contender, float(budget), float(share))


def quality_rows(evidence: Evidence) -> Iterator[ProblemQuality]:
    """Yield the median quality of each contender on each problem, at the end of its runs.

    Over several instances it is the median of all runs; where a contender did not run there
    is no row.
    """
    pooled: dict[tuple[str, str], list[NDArray]] = {}
    for (problem, _), groups in evidence.instances.items():
        for contender, runs in groups.items():
            quality = _quality(evidence, runs)
            if quality is not None:
                pooled.setdefault((problem, contender), []).append(quality)
    for (problem, contender), qualities in pooled.items():
        yield ProblemQuality(contender, problem, finite(np.median(np.concatenate(qualities))))


def _quality(evidence: Evidence, runs: Sequence[Run]) -> NDArray[np.float64] | None:
    """Return the quality of runs on one instance; None where it has no scale."""
    scale = evidence.scale(runs[0])
    return None if scale is None else scale.quality(filled(run.value for run in runs))


def contender_rows(evidence: Evidence) -> Iterator[ContenderNumbers]:
    """Yield the numbers that stand for each contender over all instances that it ran on."""
    results, numbers = evidence.results, instance_numbers(evidence)
    every = {(problem, instance) for problem, instance, _ in results.groups()}
    for contender in results.contenders:
        mine = {
            (*place, contender): groups[contender]
            for place, groups in evidence.instances.items()
            if contender in groups
        }
        if not mine:
            continue
        runs = [run for members in mine.values() for run in members]
        qualities = (_quality(evidence, members) for members in mine.values())
        # A run without a value counts as a random point.
        strata = [np.maximum(quality, 0.0) for quality in qualities if quality is not None]
        penalised = [x for group in mine if (x := numbers[group].par10) is not None]
        seconds = [np.mean([run.ledger.cpu_seconds for run in each]) for each in mine.values()]
        references = [(run, results.reference(run)) for run in runs]
        optima = [(run, best) for run, best in references if best is not None and best.optimum]
        yield ContenderNumbers(
            contender=contender,
            family=results.family(runs[0]),
            instances=len(mine),
            of=len(every),
            iqm=float(interquartile_mean(np.concatenate(strata))) if strata else None,
            interval=stratified_interval(strata) if strata else None,
            aocc_work=_mean_area(evidence.curves["work"], mine),
            aocc_cpu=_mean_area(evidence.curves["cpu"], mine),
            solved=sum(attains(run.value, optimum) for run, optimum in optima),
            solvable=len(optima),
            par10=float(shifted_geometric_mean(penalised)) if penalised else None,
            seconds=float(shifted_geometric_mean(seconds)),
        )


def _mean_area(curves: Curves, groups: Iterable[Group]) -> float | None:
    """Return the mean over the instances on which a contender has an area; None without one."""
    rows = (curves.rows[group] for group in groups if group in curves.rows)
    areas = [area for each in rows if np.isfinite(area := np.mean(curves.areas[each]))]
    return float(np.mean(areas)) if areas else None
