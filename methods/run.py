"""One run: one method, one problem, one seed, one budget."""

from __future__ import annotations

import contextlib
import inspect
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np

from methods.best_of_n_curve import best_of_n_curve
from methods.provenance import versions
from methods.result import Run
from problems.ledger import BrokenReference, Budget, SolverDied, Stop, TracePoint
from problems.options import resolve
from problems.oracle import Oracle
from problems.problem import Problem
from problems.record import Record
from problems.registry import Entry
from problems.views import Unsupported

Method = Callable[..., None]


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
        When the run beats a proven reference; the run is the error's `run`.

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
        except Unsupported:
            raise
        except BrokenReference as error:
            if error is not record.failure:
                raise
        except (Exception, SystemExit) as error:
            early = record.work == 0 and record.failure is None and not record.model_given
            if early and isinstance(error, (ValueError, ImportError)):
                raise  # it refuses its options, or misses a library, before the first look
            if record.stopped is None:  # else it is what a library made of Stop
                record.failure = record.failure or error
        with contextlib.suppress(Exception):  # kept as the record's failure
            oracle.finish()
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
        uncertainty=record.uncertainty,
        trace=record.trace,
        dimension=oracle.dimension,
        surrogate=record.surrogate,
        fingerprint=problem.fingerprint,
        versions=versions(),
    )
    run = _with_result(_with_draws(run, problem, record), problem, record)
    if isinstance(record.failure, BrokenReference):
        record.failure.run = run
        raise record.failure
    return run


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
        if isinstance(record.failure, SolverDied):
            return "killed", text
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
