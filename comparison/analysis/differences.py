"""Whether contenders differ by more than chance: tests over instances and within one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from comparison.analysis.curves import Evidence
from comparison.statistics.improvement import probability_of_improvement
from comparison.statistics.median import median
from comparison.statistics.ranks import average_ranks, cliques, critical_difference, friedman
from comparison.statistics.significance import (
    SignificanceResult,
    holm,
    rank_sum,
    signed_rank,
    smallest_p,
    smallest_p_rank_sum,
)
from comparison.statistics.tolerance import merge_ties, slack_of
from methods.result import Run

#: The number of contenders that are tested in pairs: nobody reads a longer table.
MOST = 40
#: The probability that any of the tests claims a difference where there is none.
LEVEL = 0.05


@dataclass(frozen=True)
class Ranking:
    """Average ranks over instances, and from which difference on they are told apart.

    Attributes
    ----------
    ranks : dict of str to float
        By contender, best first.
    blocks : int
        Instances, each of which ranks all contenders by their median value.
    p : float or None
        Friedman's; None where two are compared, or `reason` says why.
    reason : str
    critical_difference : float or None
        Nemenyi's, at 0.05.
    cliques : list of list of str
        Contenders that are not told apart.
    left_out : list of str
        Contenders that did not run on every instance.
    """

    ranks: dict[str, float]
    blocks: int
    p: float | None
    reason: str
    critical_difference: float | None
    cliques: list[list[str]]
    left_out: list[str]


def ranking(evidence: Evidence) -> Ranking | None:
    """Rank the contenders that ran on every instance; None where fewer than two did."""
    values, places = _medians(evidence)
    complete = [name for name in values if len(values[name]) == len(places)]
    left_out = [name for name in evidence.results.contenders if name not in complete]
    if len(complete) < 2:
        return None
    table = np.array([[values[name][place] for name in complete] for place in places])
    ranks = average_ranks(table)
    best_first = [complete[i] for i in np.argsort(ranks, kind="stable")]
    by_name = dict(zip(complete, map(float, ranks), strict=True))
    test = friedman(table) if len(complete) >= 3 else None
    difference = critical_difference(len(complete), len(places)) if len(places) >= 2 else None
    together = [] if difference is None else cliques(ranks, difference)
    return Ranking(
        ranks={name: by_name[name] for name in best_first},
        blocks=len(places),
        p=None if test is None else test.p,
        reason="" if test is None else test.reason,
        critical_difference=difference,
        cliques=[[complete[i] for i in group] for group in together],
        left_out=left_out,
    )


@dataclass(frozen=True)
class Pair:
    """A signed-rank test of two contenders over the medians of the instances that both ran on.

    Attributes
    ----------
    better, worse : str
        `worse` is ahead on fewer instances.
    n : int
        Instances.
    p, p_holm : float or None
        `p_holm` is corrected for all pairs that could be tested.
    reason : str
        Why there is no p.
    """

    better: str
    worse: str
    n: int
    p: float | None
    reason: str
    p_holm: float | None


@dataclass(frozen=True)
class InstancePair:
    """A test of an instance's best contender against another, over their runs.

    Attributes
    ----------
    n, m : int
        The runs of `better` and of `worse`.
    p, p_holm : float or None
        `p_holm` is corrected for all others on the instance.
    reason : str
        Why there is no p.
    improvement : float
        The probability that a run of `better` is better than one of `worse`.
    """

    problem: str
    instance: int
    better: str
    worse: str
    n: int
    m: int
    p: float | None
    reason: str
    improvement: float
    p_holm: float | None


def pair_rows(evidence: Evidence) -> list[Pair]:
    """Test each pair of contenders over the medians of all instances that both ran on."""
    regrets, _ = _medians(evidence, quality=True)
    pairs = []
    for a, b in combinations(list(regrets)[:MOST], 2):
        shared = [place for place in regrets[a] if place in regrets[b]]
        first = np.array([regrets[a][place] for place in shared])
        second = np.array([regrets[b][place] for place in shared])
        if shared:
            ahead = (first < second).sum() >= (first > second).sum()
            pairs.append((a, b, first, second) if ahead else (b, a, second, first))
    level = _level(smallest_p(len(first)) for _, _, first, _ in pairs)
    tests = [signed_rank(first, second, level) for _, _, first, second in pairs]
    corrected = holm([test.p for test in tests])
    return [
        Pair(better, worse, len(first), test.p, test.reason, p_holm)
        for (better, worse, first, _), test, p_holm in zip(pairs, tests, corrected, strict=True)
    ]


def surely_different(pairs: Iterable[Pair]) -> list[tuple[float, Pair]]:
    """Return the pairs that differ at `LEVEL` with their corrected p, the surest first."""
    sure = [(p, pair) for pair in pairs if (p := pair.p_holm) is not None and p < LEVEL]
    return sorted(sure, key=lambda each: each[0])


def instance_rows(evidence: Evidence) -> Iterator[InstancePair]:
    """Yield a test of each instance's best contender against every other, over their seeds.

    It is Mann and Whitney's. Where one of the two draws no random numbers its value is a
    constant, which the runs of the other are tested against by a signed-rank test; two
    such contenders differ, or not, without a test.
    """
    for place, groups in _by_instance(evidence).items():
        samples = _samples(evidence, groups)
        constant = {name: not evidence.results.seeded(runs[0]) for name, runs in groups.items()}
        best = min(samples, key=lambda name: (np.median(samples[name]), name))
        mine, others = samples[best], [name for name in samples if name != best]
        fixed = {name: (constant[best], constant[name]) for name in others}
        level = _level(_smallest(mine, samples[name], fixed[name]) for name in others)
        tests = [_compared(mine, samples[name], fixed[name], level) for name in others]
        corrected = holm([test.p for test in tests])
        for name, test, p_holm in zip(others, tests, corrected, strict=True):
            sizes = len(mine), len(samples[name])
            improvement = probability_of_improvement([mine], [samples[name]])
            yield InstancePair(*place, best, name, *sizes, test.p, test.reason, improvement, p_holm)


def _smallest(a: NDArray, b: NDArray, constant: tuple[bool, bool]) -> float:
    """Return the smallest p that the test of `_compared` can give."""
    if all(constant):
        return 1.0
    return smallest_p(max(len(a), len(b))) if any(constant) else smallest_p_rank_sum(len(a), len(b))


def _compared(
    a: NDArray, b: NDArray, constant: tuple[bool, bool], level: float
) -> SignificanceResult:
    """Test two samples, of which either may be of a method without chance."""
    if all(constant):
        return SignificanceResult(None, None, 2, "neither draws random numbers: there is no chance")
    if any(constant):
        one, several = (a, b) if constant[0] else (b, a)
        return signed_rank(np.full(len(several), one[0]), several, level)
    return rank_sum(a, b, level)


def _level(smallest: Iterable[float]) -> float:
    """Return the level that a test has to be able to reach, given what each can at best.

    Holm's correction asks the smallest of k p-values to be below the level over k.
    """
    return LEVEL / max(1, sum(p < LEVEL for p in smallest))


def _by_instance(evidence: Evidence) -> dict[tuple[str, int], dict[str, list[Run]]]:
    """Return the runs that were made, by instance and contender."""
    places: dict[tuple[str, int], dict[str, list[Run]]] = {}
    for (problem, instance, contender), runs in evidence.results.groups().items():
        made = [run for run in runs if run.ended != "unsupported"]
        if made:
            places.setdefault((problem, instance), {})[contender] = made
    return places


def _medians(
    evidence: Evidence, *, quality: bool = False
) -> tuple[dict[str, dict[tuple[str, int], float]], list[tuple[str, int]]]:
    """Return each contender's median value by instance, inf where half its runs have none.

    As regret, on a scale that instances share, where `quality` is asked for; instances
    without a scale are then left out.
    """
    medians: dict[str, dict[tuple[str, int], float]] = {}
    places = _by_instance(evidence)
    for place, groups in places.items():
        first = next(iter(groups.values()))[0]
        scale = evidence.scale(first)
        if quality and scale is None:
            continue
        middles = [median([run.value for run in runs]) for runs in groups.values()]
        values = merge_ties(
            [math.inf if value is None else value for value in middles],
            slack_of(evidence.results.reference(first)),
        )
        numbers = scale.regret(values) if quality and scale is not None else values
        for contender, number in zip(groups, numbers.tolist(), strict=True):
            medians.setdefault(contender, {})[place] = number
    return medians, list(places)


def _samples(evidence: Evidence, groups: dict[str, list[Run]]) -> dict[str, NDArray[np.float64]]:
    """Return the values of each contender's runs on an instance, inf where a run has none."""
    runs = [run for members in groups.values() for run in members]
    values = merge_ties(
        [math.inf if run.value is None else run.value for run in runs],
        slack_of(evidence.results.reference(runs[0])),
    )
    ends = np.cumsum([len(members) for members in groups.values()])[:-1]
    return dict(zip(groups, np.split(values, ends), strict=True))
