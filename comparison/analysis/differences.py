"""Whether contenders differ by more than chance: tests over instances and within one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from comparison.analysis.curves import Evidence, Instance
from comparison.analysis.keys import OnInstance
from comparison.statistics.improvement import probability_of_improvement
from comparison.statistics.median import median
from comparison.statistics.missing import filled
from comparison.statistics.ranks import average_ranks, cliques, critical_difference, friedman
from comparison.statistics.significance import (
    SignificanceResult,
    holm,
    rank_sum,
    signed_rank,
    smallest_p,
    smallest_p_rank_sum,
)
from comparison.statistics.tolerance import merge_ties

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
    contenders, medians = evidence.results.contenders, list(_medians(evidence).values())
    complete = [name for name in contenders if all(name in groups for groups in medians)]
    if not medians or len(complete) < 2:
        return None
    table = np.array([[groups[name] for name in complete] for groups in medians])
    ranks = average_ranks(table)
    best_first = [complete[i] for i in np.argsort(ranks, kind="stable")]
    by_name = dict(zip(complete, map(float, ranks), strict=True))
    test = friedman(table) if len(complete) >= 3 else None
    difference = critical_difference(len(complete), len(medians)) if len(medians) >= 2 else None
    together = [] if difference is None else cliques(ranks, difference)
    return Ranking(
        ranks={name: by_name[name] for name in best_first},
        blocks=len(medians),
        p=None if test is None else test.p,
        reason="" if test is None else test.reason,
        critical_difference=difference,
        cliques=[[complete[i] for i in group] for group in together],
        left_out=[name for name in contenders if name not in complete],
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
class InstancePair(OnInstance):
    """A test of an instance's best contender against another, over their runs.

    Attributes
    ----------
    p, p_holm : float or None
        `p_holm` is corrected for all others on the instance.
    reason : str
        Why there is no p.
    improvement : float
        The probability that a run of `better` is better than one of `worse`.
    """

    better: str
    worse: str
    p: float | None
    reason: str
    improvement: float
    p_holm: float | None


def pair_rows(evidence: Evidence) -> list[Pair]:
    """Test each pair of contenders over the medians of all instances that both ran on."""
    regrets = _regrets(evidence)
    present = set().union(*regrets)
    contenders = [name for name in evidence.results.contenders if name in present]
    pairs = []
    for a, b in combinations(contenders[:MOST], 2):
        shared = [(groups[a], groups[b]) for groups in regrets if a in groups and b in groups]
        if shared:
            first, second = np.array(shared).T
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
    for place, groups in evidence.instances.items():
        samples = _samples(evidence, place)
        constant = {name: not evidence.results.seeded(runs[0]) for name, runs in groups.items()}
        best = min(samples, key=lambda name: (np.median(samples[name]), name))
        mine, others = samples[best], [name for name in samples if name != best]
        fixed = {name: (constant[best], constant[name]) for name in others}
        level = _level(_smallest(mine, samples[name], fixed[name]) for name in others)
        tests = [_compared(mine, samples[name], fixed[name], level) for name in others]
        corrected = holm([test.p for test in tests])
        for name, test, p_holm in zip(others, tests, corrected, strict=True):
            improvement = probability_of_improvement(mine, samples[name])
            yield InstancePair(*place, best, name, test.p, test.reason, improvement, p_holm)


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


def _medians(evidence: Evidence) -> dict[Instance, dict[str, float]]:
    """Return each contender's median value by instance, inf where half its runs have none."""
    medians = {}
    for instance, groups in evidence.instances.items():
        values = filled(median([run.value for run in runs]) for runs in groups.values())
        merged = merge_ties(values, evidence.reference(instance))
        medians[instance] = dict(zip(groups, merged.tolist(), strict=True))
    return medians


def _regrets(evidence: Evidence) -> list[dict[str, float]]:
    """Return the same as regrets, on a scale that instances share, where there is one."""
    regrets = []
    for instance, medians in _medians(evidence).items():
        scale = evidence.scale(evidence.first(instance))
        if scale is not None:
            regrets.append({name: float(scale.regret(value)) for name, value in medians.items()})
    return regrets


def _samples(evidence: Evidence, instance: Instance) -> dict[str, NDArray[np.float64]]:
    """Return the values of each contender's runs on an instance, inf where a run has none."""
    groups = evidence.instances[instance]
    values = filled(run.value for runs in groups.values() for run in runs)
    ends = np.cumsum([len(runs) for runs in groups.values()])[:-1]
    parts = np.split(merge_ties(values, evidence.reference(instance)), ends)
    return dict(zip(groups, parts, strict=True))
