"""One run: one method, one problem, one seed, one budget."""

from __future__ import annotations

import contextlib
import inspect
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from methods.best_of_n_curve import BestOfN, best_of_n_curve
from methods.provenance import versions
from problems.ledger import BrokenReference, Budget, Ledger, Stop, TracePoint
from problems.options import resolve
from problems.oracle import Oracle
from problems.problem import Problem
from problems.record import Record
from problems.reference import Reference
from problems.registry import Entry
from problems.views import Unsupported

Method = Callable[..., None]

#: How a run can end well. Every other end is a failed run.
SOUND = ("target", "optimal", "converged", "budget", "timeout", "unsupported")


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
    bound : float or None
        The best proven lower bound that the method reported.
    ended : str
        ``target``, ``optimal`` (a proven reference or the method's own bound is
        met), ``converged`` (the method returned), ``budget``, ``timeout``,
        ``nan`` (the last look gave no number), ``error``, ``killed``.
    message : str
        Why, where `ended` does not say it all.
    description, title : str
        What the best point and what the problem's instance look like to a person.
    anchors : dict of str to float
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
        In a comparison: the most bytes that the run's process held, where that can be told.
    key : str
        What identifies the run in a results file.
    best_of_n : list of BestOfN
        Of a sampling method: what the best of n <= N draws is worth, at ten n a decade,
        from its N draws; of infeasible ones, what the method was told. Empty where the
        target or a proven optimum ended the drawing, since then N depends on the draws.
    draws : ndarray or None
        The values that the curve was made from, for `methods.best_of_n_curve`. They
        are not stored with the run.
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
    bound: float | None = None
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
    best_of_n: list[BestOfN] = field(default_factory=list)
    draws: NDArray[np.float64] | None = None

    @property
    def failed(self) -> bool:
        """Whether the run ended in a fault: an error, a kill, nan, or a hang."""
        return self.ended not in SOUND or (self.ended == "timeout" and bool(self.message))

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
            ("reference", self._reference_row()),
            ("bound", self.bound),
            ("ended", f"{self.ended}{': ' * bool(self.message)}{self.message}"),
            ("work", f"{self.ledger.work:g} of {self.budget.work:g}"),
            ("looks", f"{self.ledger.values} values, {self.ledger.gradients} gradients"),
            ("cpu", f"{self.ledger.cpu_seconds:.3g} s"),
            ("best of n", self._curve_row()),
            ("solution", self.description),
        ]
        return "\n".join(
            f"{label:>10}: {f'{shown:.6g}' if isinstance(shown, float) else shown}"
            for label, shown in rows
            if shown not in (None, "")
        )

    def _reference_row(self) -> str:
        if self.reference is None:
            return ""
        gap = "" if self.value is None else f", gap {self.value - self.reference.value:.3g}"
        return f"{self.reference.value:.6g} ({self.reference.kind}{gap})"

    def _curve_row(self) -> str:
        """Return the expected best of 1, 10, 100 … draws."""
        decades = {10**i for i in range(16)}
        return ", ".join(
            f"{point.expected:.6g} ({point.n:,})"
            for point in self.best_of_n
            if point.n in decades and point.expected is not None
        )

    __repr__ = __str__


def _with_options(name: str, options: dict[str, Any]) -> str:
    shown = ", ".join(f"{key}={value}" for key, value in options.items())
    return f"{name} ({shown})" if shown else name


def minimize(
    problem: Problem,
    method: str | Method,
    budget: float | Budget = 5000,
    *,
    seconds: float | None = None,
    target: float | None = None,
    seed: int = 0,
    listener: Callable[[TracePoint], None] | None = None,
    **options: Any,
) -> Run:
    """Run one method on one problem.

    Parameters
    ----------
    problem : Problem
        As from `problems.make`.
    method : str or callable
        A registered name or alias, ``path/to/file.py:function``, or any callable
        ``method(oracle, rng, *, option=default, ...)``.
    budget : float or Budget
        Work, in looks; a `Budget` says all limits at once.
    seconds, target : float
        The other limits, see `Budget`.
    seed : int
        Seeds the method and the starting points.
    listener : callable, optional
        Called with every `TracePoint` as it is logged.
    **options
        The method's own keyword arguments.

    Returns
    -------
    Run

    Raises
    ------
    Unsupported
        When the problem lacks a view that the method needs.
    ValueError
        When the name or an option is not valid.
    BrokenReference
        When the run beats a proven reference.

    Examples
    --------
    >>> import problems
    >>> minimize(problems.make("sphere"), "gradient-descent", budget=10).ended
    'optimal'
    """
    name, function = _resolve_method(method)
    chosen = resolve(name, function, options)
    if seed < 0:
        raise ValueError(f"seed={seed}: expected a whole number >= 0")
    if not isinstance(budget, Budget):
        budget = Budget(budget, 20.0 if seconds is None else seconds, target)
    elif seconds is not None or target is not None:
        raise ValueError("a Budget says all limits: leave out seconds= and target= beside it")
    problem_name = problem.name or type(problem).__name__
    instance = getattr(problem, "instance", 0)
    paired = (seed, instance, _number(problem_name))
    oracle = Oracle(problem, budget, paired, listener)
    record = oracle.record
    rng = np.random.default_rng([*paired, _number(name)])
    # A diverging method overflows; its looks are flagged, so no warning is needed.
    with np.errstate(all="ignore"):
        try:
            function(oracle, rng, **chosen)
        except Stop:
            pass
        except (Unsupported, BrokenReference):
            raise
        except (Exception, SystemExit) as error:
            early = record.work == 0 and record.failure is None and not record.model_given
            if early and isinstance(error, (ValueError, ImportError)):
                raise  # it refuses its options, or misses a library, before the first look
            if record.stopped is None:  # else it is what a library made of Stop
                record.failure = record.failure or error
        with contextlib.suppress(Exception):  # kept as the record's failure
            oracle.finish()
    if isinstance(record.failure, BrokenReference):
        raise record.failure
    ended, message = _ending(record)
    run = Run(
        method=name,
        problem=problem_name,
        instance=instance,
        seed=seed,
        method_options=chosen,
        problem_options=dict(getattr(problem, "options", {})),
        budget=budget,
        ended=ended,
        message=message,
        title=problem.title,
        anchors=dict(problem.anchors),
        reference=problem.reference,
        ledger=record.ledger(),
        last=record.last,
        bound=record.bound,
        trace=record.trace,
        dimension=oracle.dimension,
        surrogate=record.surrogate,
        fingerprint=problem.fingerprint,
        versions=versions(),
    )
    return _with_result(_with_draws(run, problem, record), problem, record)


def _resolve_method(method: str | Method) -> tuple[str, Method]:
    if callable(method):
        return getattr(method, "__name__", type(method).__name__), method
    from methods import METHODS

    entry = METHODS.entry(method)
    return entry.name, load_method(entry)


def load_method(entry: Entry) -> Method:
    """Import a method.

    Raises
    ------
    ValueError
        When what the entry names is not a function of an oracle.
    """
    function: Method = entry.load()
    if (
        isinstance(function, type)
        or not callable(function)
        or len(inspect.signature(function).parameters) < 2
    ):
        raise ValueError(f"{entry.name} is not a method: expected a function (oracle, rng, *, ...)")
    return function


def _ending(record: Record) -> tuple[str, str]:
    """Say how a run ended; what the oracle knows goes before what the method did."""
    if record.failure is not None:
        text = " ".join(str(record.failure).split())
        return "error", f"{type(record.failure).__name__}: {text}"
    if record.certified:
        return "optimal", ""
    if record.stopped in ("target", "optimal"):
        return record.stopped, ""
    if record.ended_invalid:
        return "nan", f"{record.counts.invalid} looks gave no finite number"
    return record.stopped or "converged", ""


def _with_draws(run: Run, problem: Problem, record: Record) -> Run:
    """Add what the best of n draws is worth; a proven reference is what none is below."""
    if not record.draws:
        return run
    run.draws = np.concatenate(record.draws)
    reference = problem.reference
    known = reference is not None and reference.proven
    lowest = reference.value - reference.slack if known and reference is not None else -np.inf
    run.best_of_n = best_of_n_curve(run.draws, lowest)
    return run


def _with_result(run: Run, problem: Problem, record: Record) -> Run:
    """Add the best point, its value, held-out score and description."""
    if record.best_x is not None:
        run.x, run.value = record.best_x, record.best
    elif record.measured_x is not None:
        run.x, run.value = record.measured_x, record.measured
    if run.x is None:
        return run
    if record.certified:
        run.bound = run.value  # equal up to the solver's arithmetic
    score = float(+problem.score(run.x))  # + refuses text, which float would read
    run.score = score if np.isfinite(score) else None
    run.description = problem.describe(run.x)
    return run


def _number(name: str) -> int:
    """Turn a canonical name into a seed, the same in every process."""
    return zlib.crc32(name.encode())
