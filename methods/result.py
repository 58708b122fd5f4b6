"""What one run found and what it cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from methods.shared.best_of_n_curve import BestOfN
from problems.core.ledger import Budget, Ledger, TracePoint
from problems.core.reference import Reference

#: How a run can end well. Every other end is a failed run.
SOUND = ("target", "optimal", "converged", "budget", "timeout", "unsupported")
#: All ways in which a run can end.
ENDS = (*SOUND, "nan", "error", "killed")


@dataclass(frozen=True)
class Facts:
    """What a table or a page says of a run's method and problem, so that it imports neither.

    Attributes
    ----------
    family, seeded, white_box, needs
        The method's, see `problems.naming.registry.Entry`.
    objective, one_instance
        The problem's, see `problems.core.problem.Problem`.
    views : tuple of str
        Those of `problems.core.problem.VIEWS` that the problem has.
    method_changes, problem_changes : tuple of str
        The options whose values are not their defaults.
    """

    family: str = "user"
    seeded: bool = True
    white_box: bool = False
    needs: tuple[str, ...] = ()
    objective: str = "value"
    one_instance: bool = False
    views: tuple[str, ...] = ()
    method_changes: tuple[str, ...] = ()
    problem_changes: tuple[str, ...] = ()


@dataclass(eq=False)
class Run:
    """What one run found and what it cost.

    Attributes
    ----------
    x : ndarray or None
        The best point; None when nothing finite was paid for.
    value : float or None
        Its value: the best exact one, or, for a method that paid for minibatches
        only, the best one measured off the clock.
    last : float or None
        The value of a gradient method's last iterate.
    score : float or None
        The held-out value of `x`; None where it is not a finite number.
    measures : dict of str to (float or None)
        What else its problem measures of `x`, see `Problem.measures`; None where it is not a
        finite number.
    bound : float or None
        The best proven lower bound that the method reported.
    uncertainty : float
        By how much the optimum may yet lie below `bound`, in units of the value: the
        tolerance of a solver's real arithmetic, 0 where the bound is exact.
    ended : str
        ``target``, ``optimal`` (a proven reference or the method's own bound is
        met; once a solver was given the model, its own bound only), ``converged`` (the
        method returned), ``budget``, ``timeout``, ``nan`` (the last evaluation gave no number),
        ``error``, ``killed``.
    message : str
        Why, where `ended` does not say it all.
    description, title : str
        The best point and the problem's instance, described for a person.
    anchors : dict of str to float, or to a list of a value and its held-out value
        The problem's named values to compare with.
    dimension : int
        Of the relaxation that the run descended on, else of the space's latent vectors.
    surrogate : float or None
        The relaxation's loss over all data at a gradient method's last iterate.
    random_value : float or None
        In a comparison: the median value of uniformly random points of the instance,
        None where that is not finite or would have taken too long.
    fingerprint : str
        Of the problem's data, such as a hash of the corpus.
    versions : dict of str to str
        Of the packages that a result depends on.
    provenance : dict of str to str
        In a comparison: processor, system, git commit, how many runs were made at a time,
        and hashes of a user's files.
    memory : int or None
        In a comparison: the most bytes that the run's process held, where the system tells.
    key : str
        What identifies the run in a results file.
    facts : Facts or None
        In a comparison: what a reader of the results file has to know of the method and
        the problem. A run of an older version has none.
    best_of_n : list of BestOfN
        Of a sampling method: what the best of n <= N draws is worth, at ten n a decade,
        from its N draws; of infeasible ones, the value that the method was given. Empty where the
        target or a proven optimum ended the drawing, since then N depends on the draws.
    draws : ndarray or None
        The values that the curve was made from, for `methods.shared.best_of_n_curve`. They
        are not stored with the run.
    batch : tuple of int or None
        The rows of the batch that bought the best, and its place there. Not stored either.
    """

    method: str
    problem: str
    instance: int = 0
    seed: int = 0
    method_options: dict[str, Any] = field(default_factory=dict)
    problem_options: dict[str, Any] = field(default_factory=dict)
    budget: Budget = field(default_factory=Budget)
    x: NDArray | None = None
    value: float | None = None
    last: float | None = None
    score: float | None = None
    measures: dict[str, float | None] = field(default_factory=dict)
    bound: float | None = None
    uncertainty: float = 0.0
    ended: str = "converged"
    message: str = ""
    description: str = ""
    title: str = ""
    anchors: dict[str, float] = field(default_factory=dict)
    reference: Reference | None = None
    ledger: Ledger = field(default_factory=Ledger)
    trace: list[TracePoint] = field(default_factory=list)
    dimension: int = 0
    surrogate: float | None = None
    random_value: float | None = None
    fingerprint: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    provenance: dict[str, str] = field(default_factory=dict)
    memory: int | None = None
    key: str = ""
    facts: Facts | None = None
    best_of_n: list[BestOfN] = field(default_factory=list)
    draws: NDArray[np.float64] | None = None
    batch: tuple[int, int] | None = None

    @property
    def failed(self) -> bool:
        """Whether the run ended in a fault: an error, a kill, nan, or a hang."""
        return self.ended not in SOUND or self.cut

    @property
    def refutes(self) -> bool:
        """Whether its value ended it, being better than what was called proven."""
        return self.ended == "error" and self.message.startswith("BrokenReference: ")

    @property
    def cut(self) -> bool:
        """Whether the run was killed, for its time or otherwise: another of its key replaces it."""
        return self.ended == "killed" or (self.ended == "timeout" and bool(self.message))

    @property
    def certified(self) -> bool:
        """Whether the run's own bound proves its value optimal."""
        return self.ended == "optimal" and self.bound is not None and self.bound == self.value

    def __str__(self) -> str:
        rows: list[tuple[str, Any]] = [
            ("method", _with_options(self.method, self.method_options)),
            ("problem", _with_options(self.problem, self.problem_options)),
            ("seed", f"{self.seed}, instance {self.instance}"),
            ("value", self.value),
            ("last", self.last if self.last != self.value else None),
            ("held-out", self.score),
            ("measures", self._measures_row()),
            ("reference", self._reference_row()),
            ("bound", self.bound),
            ("ended", f"{self.ended}{': ' * bool(self.message)}{self.message}"),
            ("work", f"{self.ledger.work:g} of {self.budget.work:g}"),
            ("evaluated", f"{self.ledger.values} values, {self.ledger.gradients} gradients"),
            ("cpu", f"{self.ledger.cpu_seconds:.3g} s"),
            ("best of n", self._curve_row()),
            ("solution", self.description),
        ]
        return "\n".join(
            f"{label:>10}: {f'{shown:.6g}' if isinstance(shown, float) else _indented(shown)}"
            for label, shown in rows
            if shown not in (None, "")
        )

    def _reference_row(self) -> str:
        if self.reference is None:
            return ""
        gap = "" if self.value is None else f", gap {self.value - self.reference.value:.3g}"
        return f"{self.reference.value:.6g} ({self.reference.kind}{gap})"

    def _measures_row(self) -> str:
        return ", ".join(
            f"{name} {'—' if value is None else f'{value:.6g}'}"
            for name, value in self.measures.items()
        )

    def _curve_row(self) -> str:
        """Return the expected best of 1, 10, 100 … draws."""
        decades = {10**i for i in range(16)}
        return ", ".join(
            f"{point.expected:.6g} ({point.n:,})"
            for point in self.best_of_n
            if point.n in decades and point.expected is not None
        )

    __repr__ = __str__


def _indented(value: Any) -> str:
    """Return text whose further lines cannot be taken for rows of their own."""
    return str(value).replace("\n", "\n" + 12 * " ")


def _with_options(name: str, options: dict[str, Any]) -> str:
    shown = ", ".join(f"{key}={value}" for key, value in options.items())
    return f"{name} ({shown})" if shown else name
