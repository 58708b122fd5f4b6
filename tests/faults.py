"""Thirty faults to plant, chosen before it was known which are caught: one place in a file each.

They are of the kinds that a comparison cannot afford: a wrong sign, a budget that is one off, a
seed that is dropped, an end of an interval that is another.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """A mutation of the source, and the tests that have to notice it.

    Parameters
    ----------
    name : str
        What is wrong with it, in a few words.
    file : str
        From the root.
    right, wrong : str
        The text that stands in the file exactly once, and what takes its place.
    tests : str
        The test file, of those that run by default.
    """

    name: str
    file: str
    right: str
    wrong: str
    tests: str


FAULTS = (
    # ------------------------------------------------------------------- problems
    Fault(
        "a batch is evaluated one row beyond the budget",
        "problems/core/evaluation.py",
        "min(len(points), int(record.limit - record.work))",
        "min(len(points), int(record.limit - record.work) + 1)",
        "tests/problems/core/test_oracle.py",
    ),
    Fault(
        "a gradient costs as much as two values",
        "problems/core/ledger.py",
        "GRADIENT_PRICE = 3.0",
        "GRADIENT_PRICE = 2.0",
        "tests/problems/core/test_oracle.py",
    ),
    Fault(
        "starting points do not depend on the seed",
        "problems/core/oracle.py",
        "np.random.default_rng([*self._seed, 0])",
        "np.random.default_rng([0, 0])",
        "tests/problems/core/test_oracle.py",
    ),
    Fault(
        "a worse bound takes the place of a better one",
        "problems/core/record.py",
        "(self.bound is not None and b <= self.bound)",
        "(self.bound is not None and b >= self.bound)",
        "tests/problems/core/test_record.py",
    ),
    Fault(
        "a violation is subtracted from the ceiling",
        "problems/core/constrained_evaluation.py",
        "v = self._ceiling + violation",
        "v = self._ceiling - violation",
        "tests/problems/core/test_constrained_evaluation.py",
    ),
    Fault(
        "a whole number is never drawn at its upper bound",
        "problems/core/space.py",
        "np.floor(u * (self.high - self.low + 1))",
        "np.floor(u * (self.high - self.low))",
        "tests/problems/core/test_space.py",
    ),
    Fault(
        "a tour skips every other city",
        "problems/combinatorial/travelling_salesman.py",
        "self.lengths[points, np.roll(points, -1, axis=1)]",
        "self.lengths[points, np.roll(points, -2, axis=1)]",
        "tests/problems/combinatorial/test_travelling_salesman.py",
    ),
    Fault(
        "the greedy packing leaves out what just fits",
        "problems/combinatorial/knapsack.py",
        "if (needs[item] <= room).all():",
        "if (needs[item] < room).all():",
        "tests/problems/combinatorial/test_knapsack.py",
    ),
    Fault(
        "the held-out error is computed on the training text",
        "problems/next_token/rank.py",
        "held_out = self.counts.held_out",
        "held_out = self.counts.train",
        "tests/problems/next_token/test_rank.py",
    ),
    Fault(
        "a gradient has the wrong sign in one of three parts",
        "problems/next_token/rank.py",
        "into_b[:] = slope.T @ a[touched]",
        "into_b[:] = -slope.T @ a[touched]",
        "tests/problems/next_token/test_rank.py",
    ),
    Fault(
        "a term of a derivative is subtracted",
        "problems/continuous/multimodal.py",
        "slope[-1] += last**2 * 2 * np.pi",
        "slope[-1] -= last**2 * 2 * np.pi",
        "tests/problems/continuous/test_functions.py",
    ),
    Fault(
        "every instance has the same hidden target",
        "problems/pseudo_boolean/leading_ones.py",
        "np.random.default_rng([instance, n])",
        "np.random.default_rng([0, n])",
        "tests/problems/pseudo_boolean/test_bit_strings.py",
    ),
    # -------------------------------------------------------------------- methods
    Fault(
        "Adam's second moment is corrected without its root",
        "methods/adam.py",
        "math.sqrt(1 - beta2**t)",
        "(1 - beta2**t)",
        "tests/methods/test_adam.py",
    ),
    Fault(
        "hill climbing refuses equal values",
        "methods/hill_climb.py",
        "if candidate_value <= value:",
        "if candidate_value < value:",
        "tests/methods/test_hill_climb.py",
    ),
    Fault(
        "annealing accepts the worse the more the worse it is",
        "methods/simulated_annealing.py",
        "exp((value - candidate_value) / temperature)",
        "exp((candidate_value - value) / temperature)",
        "tests/methods/test_simulated_annealing.py",
    ),
    Fault(
        "the (1+1) strategy aims at one success in two",
        "methods/evolution_strategy.py",
        "np.exp((success - 0.2) / np.sqrt(numbers + 1.0))",
        "np.exp((success - 0.5) / np.sqrt(numbers + 1.0))",
        "tests/methods/test_evolution_strategy.py",
    ),
    Fault(
        "the worst wins a tournament",
        "methods/shared/operators.py",
        "values[drawn].argmin(axis=1)",
        "values[drawn].argmax(axis=1)",
        "tests/methods/shared/test_operators.py",
    ),
    Fault(
        "SPSA's gain is one step ahead",
        "methods/zeroth_order.py",
        "rate = gain / (k + 1 + offset) ** alpha",
        "rate = gain / (k + 2 + offset) ** alpha",
        "tests/methods/test_zeroth_order.py",
    ),
    Fault(
        "MeZO moves uphill",
        "methods/zeroth_order.py",
        "search.inside(theta - step * noise(seed))",
        "search.inside(theta + step * noise(seed))",
        "tests/methods/test_zeroth_order.py",
    ),
    Fault(
        "a cosine schedule rises where it is to fall",
        "methods/shared/schedules.py",
        "0.5 * (1 + math.cos(math.pi * fall))",
        "0.5 * (1 - math.cos(math.pi * fall))",
        "tests/methods/shared/test_schedules.py",
    ),
    Fault(
        "the methods of a chain share less than the budget",
        "methods/chain.py",
        "share = 1 / (len(parts) - i)",
        "share = 1 / len(parts)",
        "tests/methods/test_chain.py",
    ),
    # ----------------------------------------------------------------- comparison
    Fault(
        "all runs of a cell have the first seed",
        "comparison/running/sweep.py",
        "PlannedRun(cell, instance, seed)",
        "PlannedRun(cell, instance, 0)",
        "tests/comparison/running/test_grid.py",
    ),
    Fault(
        "runs of two seeds have one key",
        "comparison/running/cell.py",
        "self.problem_key, self.seed, budget",
        "self.problem_key, budget",
        "tests/comparison/running/test_cell.py",
    ),
    Fault(
        "the upper end of an interval is one value too low",
        "comparison/statistics/bootstrap.py",
        "return ordered[k - 1], ordered[n - k]",
        "return ordered[k - 1], ordered[n - k - 1]",
        "tests/comparison/statistics/test_bootstrap.py",
    ),
    Fault(
        "an exact test is one-sided",
        "comparison/statistics/permutation.py",
        "min(1.0, 2 * smaller / ways.sum())",
        "min(1.0, smaller / ways.sum())",
        "tests/comparison/statistics/test_permutation.py",
    ),
    Fault(
        "Holm's factors are one too small",
        "comparison/statistics/significance.py",
        "np.arange(len(p), 0, -1)",
        "np.arange(len(p) - 1, -1, -1)",
        "tests/comparison/statistics/test_significance.py",
    ),
    Fault(
        "the critical difference is of half as many blocks",
        "comparison/statistics/ranks.py",
        "(6 * blocks)",
        "(3 * blocks)",
        "tests/comparison/statistics/test_ranks.py",
    ),
    Fault(
        "the median of an even number is the upper one",
        "comparison/statistics/median.py",
        "ranked[(len(ranked) - 1) // 2]",
        "ranked[len(ranked) // 2]",
        "tests/comparison/statistics/test_median.py",
    ),
    Fault(
        "the first value of a curve counts from when it was found",
        "comparison/statistics/aocc.py",
        "edges[0] = max(0.0, edges[0] - evaluation)",
        "edges[0] = max(0.0, edges[0])",
        "tests/comparison/statistics/test_aocc.py",
    ),
    Fault(
        "a weak search is credited to the wrong objective",
        "comparison/analysis/regret.py",
        "weak_search=value - descended.last",
        "weak_search=descended.last - value",
        "tests/comparison/analysis/test_regret.py",
    ),
)
