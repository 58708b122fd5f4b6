"""What one contender did on one instance of a problem, over its seeds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from comparison.analysis.axis import AXES, Axis
from comparison.results.facts import facts_of
from comparison.statistics.median import median, median_interval
from comparison.statistics.missing import finite
from comparison.statistics.tolerance import attains, tied
from methods.result import Run
from problems.core.reference import Reference


@dataclass(frozen=True)
class CurveNumbers:
    """What the traces of a contender's runs on an instance show, and the tests on its values.

    Attributes
    ----------
    quality : float or None
        Of the median run at its end: 1 is the reference, 0 a random point.
    aocc : float or None
        The area over the curve of log regret, in work.
    at_1, at_10 : float or None
        The median value at 1 and 10 % of the work that all contenders were given.
    ert_10, ert_1 : float or None
        The expected work to a regret of 10 and 1 %.
    par10 : float or None
        The mean work to a regret of 1 %, ten times the problem's horizon for a run that did
        not get there: all are given the same, however early they end.
    p_better : float or None
        The probability that a run of the instance's best contender is better than one of this.
    p_holm : float or None
        The p-value of that difference, after Holm's correction.
    """

    quality: float | None = None
    aocc: float | None = None
    at_1: float | None = None
    at_10: float | None = None
    ert_10: float | None = None
    ert_1: float | None = None
    par10: float | None = None
    p_better: float | None = None
    p_holm: float | None = None


@dataclass(frozen=True, eq=False)
class Row:
    """The runs of one contender on one instance, and the numbers that stand for them.

    Numbers are medians over seeds, with a missing value as the worst; None stands for what
    does not exist. `comparison.analysis.columns` has those that tables show.

    Parameters
    ----------
    method, problem : str
        Labels of the contender and of the problem, see `Results`.
    runs : list of Run
        A run a seed, as it stands given all runs on the instance.
    reference : Reference, optional
    target : float, optional
        The value that counts as solved; by default the optimum, where it is known.
    work_axis : Axis
        Work at the price of a gradient that is asked for.
    numbers : CurveNumbers
        Empty where no traces are read.
    """

    method: str
    problem: str
    runs: list[Run]
    reference: Reference | None = None
    target: float | None = None
    work_axis: Axis = AXES["work"]
    numbers: CurveNumbers = CurveNumbers()

    @cached_property
    def made(self) -> list[Run]:
        """The runs that were made: all but unsupported ones."""
        return [run for run in self.runs if run.ended != "unsupported"]

    def median(self, of: Callable[[Run], float | None]) -> float | None:
        """Return the median over seeds of a number that each run has."""
        return median([of(run) for run in self.made])

    @property
    def instance(self) -> int:
        """The number of the instance."""
        return self.runs[0].instance

    @property
    def seeds(self) -> int:
        """How many runs there are, made or not."""
        return len(self.runs)

    @property
    def family(self) -> str:
        """The family of the method."""
        return facts_of(self.runs[0]).family

    @property
    def white_box(self) -> bool:
        """Whether the method is given the model, so that it makes no evaluations."""
        return facts_of(self.runs[0]).white_box

    @cached_property
    def value(self) -> float | None:
        """The best exact value that a run paid for."""
        return self.median(lambda run: run.value)

    @cached_property
    def interval(self) -> tuple[float, float] | None:
        """A 95 % bootstrap interval of the value."""
        return median_interval([run.value for run in self.made])

    @cached_property
    def last(self) -> float | None:
        """The value of the final iterate of a gradient method."""
        return self.median(lambda run: run.last)

    @cached_property
    def score(self) -> float | None:
        """The value of the same solution on held-out data."""
        return self.median(lambda run: run.score)

    def measure(self, name: str) -> float | None:
        """Return the median of a measure over the runs that have it, as no value is the worst."""
        measured = (run.measures.get(name) for run in self.made)
        return median([value for value in measured if value is not None])

    @property
    def reference_kind(self) -> str:
        """The kind of the reference, ``none`` without one."""
        return "none" if self.reference is None else self.reference.kind

    @property
    def gap(self) -> float | None:
        """The value less the reference; None where that is beyond all numbers."""
        if self.value is None or self.reference is None:
            return None
        return finite(self.value - self.reference.value)

    @property
    def at_reference(self) -> bool:
        """Whether the value and the reference are equal within the reference's tolerance."""
        reference = self.reference
        return reference is not None and tied(self.value, reference.value, reference)

    @property
    def at_optimum(self) -> bool:
        """Whether the value attains a proven optimum."""
        reference = self.reference
        return reference is not None and reference.optimum and attains(self.value, reference)

    @property
    def above_bound(self) -> bool:
        """Whether the gap is to a proven bound that may be out of reach."""
        if self.reference_kind != "bound" or self.gap is None:
            return False
        return not attains(self.value, self.reference)

    @property
    def bound(self) -> float | None:
        """The best lower bound that one of the runs proved."""
        return max((run.bound for run in self.made if run.bound is not None), default=None)

    @cached_property
    def work(self) -> float | None:
        """The work, at the price of a gradient that is asked for; None for a white-box solver."""
        return None if self.white_box else self.median(self.work_axis.spent)

    def spent(self, counter: str) -> float | None:
        """Return the median of a counter of the ledger, by its name.

        It is None where a white-box solver makes no evaluations that could be counted.
        """
        if counter == "work":
            return self.work
        if self.white_box and counter in ("values", "gradients"):
            return None
        return self.median(lambda run: getattr(run.ledger, counter))

    @property
    def solved(self) -> int | None:
        """The number of runs that reached the target or else the optimum; None without either."""
        target, reference = self.target, self.reference
        if not self.made:
            return None
        if target is not None:
            return sum(run.value is not None and run.value <= target for run in self.made)
        if reference is None or not reference.optimum:
            return None
        return sum(attains(run.value, reference) for run in self.made)

    @property
    def unsupported(self) -> str:
        """Why the method cannot be run on the problem; empty where it can."""
        reasons = {run.message for run in self.runs if run.ended == "unsupported"}
        return ", ".join(sorted(reasons))

    @property
    def ended(self) -> str:
        """How the runs ended: ``refuted`` by a proof that another run's value is better than."""
        if self.unsupported:
            return f"unsupported: {self.unsupported}"
        counts = Counter(run.ended for run in self.runs)
        if len(counts) == 1:
            return next(iter(counts))
        return ", ".join(f"{number} {ended}" for ended, number in counts.most_common())
