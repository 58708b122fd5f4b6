"""What the runs say: ours beside the best peer of its family, one cell a problem and budget."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.strength.families import FAMILIES
from benchmarks.strength.measure import Runs
from comparison.statistics.improvement import probability_of_improvement
from comparison.statistics.permutation import subset_p
from comparison.statistics.significance import holm, rank_sum, smallest_p_rank_sum
from comparison.statistics.tolerance import merge_ties

#: The least probability of being better, and the level of the tests.
BAR = 0.35
LEVEL = 0.05


@dataclass(frozen=True)
class Cell:
    """Ours and the best peer on one problem with one budget.

    Attributes
    ----------
    ours, peer : str
        The best of each side by its median.
    our_median, peer_median : float
        inf where half of the runs found nothing feasible.
    probability : float
        The share of pairs of runs in which ours is lower, ties half.
    p : float or None
        Mann and Whitney's, two-sided; after Holm's correction where `corrected` made it.
    runs : tuple of int
        How many ours and the peer's are.
    """

    family: str
    problem: str
    instance: int
    budget: int
    ours: str
    peer: str
    our_median: float
    peer_median: float
    probability: float
    p: float | None
    runs: tuple[int, int]

    @property
    def verdict(self) -> str:
        """``worse`` or ``better`` where the difference is significant, else empty."""
        if self.p is None or self.p >= LEVEL or self.probability == 0.5:
            return ""
        return "worse" if self.probability < 0.5 else "better"

    @property
    def fails(self) -> bool:
        """Whether ours is below the bar, or significantly worse."""
        return self.probability < BAR or self.verdict == "worse"


def cells(runs: Runs, families: Iterable[str]) -> list[Cell]:
    """Return the cells of families whose runs are there, p-values corrected.

    Holm's correction is over the cells of one family: over all cells of all families fewer of
    ours would be called worse.
    """
    groups: dict[tuple[str, int, int], dict[tuple[str, str], list[float]]]
    groups = defaultdict(lambda: defaultdict(list))
    for key, ending in runs.items():
        groups[key.problem, key.instance, key.budget][key.side, key.name].append(ending.value)
    found = []
    for family in families:
        of_family = [
            cell
            for (problem, instance, budget), sides in sorted(groups.items())
            if (cell := _cell(family, problem, instance, budget, sides)) is not None
        ]
        found += corrected(of_family)
    return found


def corrected(of_family: list[Cell]) -> list[Cell]:
    """Return cells whose p-values are Holm's over all of them."""
    adjusted = holm([cell.p for cell in of_family])
    return [replace(cell, p=p) for cell, p in zip(of_family, adjusted, strict=True)]


def _cell(
    family: str,
    problem: str,
    instance: int,
    budget: int,
    sides: dict[tuple[str, str], list[float]],
) -> Cell | None:
    known = FAMILIES[family]
    if problem not in known.problems():
        return None
    ours, peers = (
        {name: sides[side, name] for name in names if (side, name) in sides}
        for side, names in (("ours", known.ours), ("peer", known.peers_on(problem, budget)))
    )
    if not ours or not peers:
        return None
    best = min(ours, key=lambda name: (np.median(ours[name]), np.mean(ours[name])))
    # The best peer has the least median; of equal ones it is the one that beats ours oftener.
    peer = min(
        peers,
        key=lambda name: (
            np.median(peers[name]),
            probability_of_improvement(*merged(ours[best], peers[name])),
        ),
    )
    a, b = merged(ours[best], peers[peer])
    return Cell(
        family,
        problem,
        instance,
        budget,
        best,
        peer,
        float(np.median(a)),
        float(np.median(b)),
        probability_of_improvement(a, b),
        rank_sum(a, b).p,
        (len(a), len(b)),
    )


def merged(a: list[float], b: list[float]) -> tuple[NDArray, NDArray]:
    """Return both samples, values that differ by rounding alone made equal."""
    together = merge_ties([*a, *b])
    return together[: len(a)], together[len(a) :]


def chance_of_failing(n: int, m: int) -> float:
    """Return how likely two equals, without ties, have a probability below the bar."""
    ranks = np.arange(1.0, n + m + 1)
    most = np.ceil(BAR * n * m) - 1  # pairs, of which fewer than the bar's share is too few
    return subset_p(ranks, n, float(most + n * (n + 1) / 2)) / 2


def too_few_runs(of_family: list[Cell]) -> bool:
    """Tell whether no difference in a family could be significant, for want of runs."""
    n, m = of_family[0].runs
    return smallest_p_rank_sum(n, m) * len(of_family) >= LEVEL
