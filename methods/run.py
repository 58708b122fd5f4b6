"""One run: one method, one problem, one seed, one budget."""

from __future__ import annotations

import contextlib
import inspect
import threading
import zlib
from collections.abc import Callable
from time import sleep
from typing import Any

import numpy as np

from methods.best_of_n_curve import best_of_n_curve
from methods.provenance import versions
from methods.result import Run
from problems.accident import accidental
from problems.answers import Answers
from problems.ledger import BrokenReference, Budget, Ledger, SolverDied, Stop, TracePoint
from problems.meter import Paid, meter
from problems.options import resolve
from problems.oracle import Oracle
from problems.problem import Problem
from problems.record import Record
from problems.registry import Entry
from problems.usage_error import UsageError
from problems.verification import Unverified, verify
from problems.views import Unsupported

Method = Callable[..., None]

#: How long is waited for the looks that threads are in which a method has left.
SETTLE_SECONDS = 0.01


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
    name, function, entry = _resolve_method(method)
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
    rng = np.random.default_rng([*paired, _number(name)])
    # What any run would import or compute first is on no run's clock.
    if entry is not None:
        entry.preload()
    answers = Answers(problem)
    reference, anchors, title = answers.reference(), answers.anchors(), answers.title()
    pay, paid = meter()
    oracle = Oracle(problem, budget, paired, listener, pay)
    record = oracle.record
    threads = threading.active_count()
    # A diverging method overflows; its looks are flagged, so no warning is needed.
    with np.errstate(all="ignore"):
        try:
            refuse_deferred(name, function(oracle, rng, **chosen))
        except Stop:
            pass
        except (Unsupported, KeyboardInterrupt):
            raise
        except BrokenReference as error:
            if error is not record.failure:
                raise
        except BaseException as error:
            early = record.work == 0 and record.failure is None and not record.model_given
            if early and isinstance(error, (ValueError, ImportError)):
                raise  # it refuses its options, or misses a library, before the first look
            if record.stopped is None:  # else it is what a library made of Stop
                record.failure = record.failure or error
        record.close()
        if threading.active_count() > threads:
            sleep(SETTLE_SECONDS)
        # What a method may have made of numpy's warnings is not for what is left to do.
        with record.off_the_clock(), np.errstate(all="ignore"):
            with contextlib.suppress(Exception):  # kept as the record's failure
                oracle.finish()
            ledger = _verified_ledger(record, problem, budget, paid())
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
        title=title,
        anchors=anchors,
        reference=reference,
        ledger=ledger,
        last=record.last,
        bound=record.bound,
        uncertainty=record.uncertainty,
        trace=record.trace,
        dimension=oracle.dimension,
        surrogate=record.surrogate,
        fingerprint=problem.fingerprint,
        versions=versions(),
    )
    _add_result(run, record, answers)
    if answers.faults:
        run.ended, run.message = "error", "; ".join(filter(None, [message, *answers.faults]))
    run = _with_draws(run, record)
    if isinstance(record.failure, BrokenReference):
        record.failure.run = run
        raise record.failure
    return run


def _resolve_method(method: str | Method) -> tuple[str, Method, Entry | None]:
    """Return a method's name, its function and, where it has one, its entry."""
    from methods import METHODS

    if isinstance(method, str):
        entry = METHODS.entry(method)
        return entry.name, load_method(entry), entry
    name = getattr(method, "__name__", type(method).__name__)
    refuse_deferred(name, method)
    target = f"{getattr(method, '__module__', '')}:{name}"
    built_in = (METHODS.entry(known) for known in METHODS.names())
    return name, method, next((entry for entry in built_in if entry.target == target), None)


def load_method(entry: Entry) -> Method:
    """Import a method.

    Raises
    ------
    UsageError
        When what the entry names is not a function of an oracle.
    """
    function: Method = entry.load()
    if (
        isinstance(function, type)
        or not callable(function)
        or len(inspect.signature(function).parameters) < 2
    ):
        raise UsageError(f"{entry.name} is not a method: expected a function (oracle, rng, *, ...)")
    refuse_deferred(entry.name, function)
    return function


def refuse_deferred(name: str, thing: Any) -> None:
    """Refuse a generator or async function, or what a call of one returned.

    Raises
    ------
    UsageError
        Since calling one runs none of its code.
    """
    call = getattr(type(thing), "__call__", None)  # noqa: B004 - of an object, its own
    for part in (thing, call):
        yields = inspect.isgeneratorfunction(part) or inspect.isasyncgenfunction(part)
        if yields or inspect.isgenerator(part) or inspect.isasyncgen(part):
            raise UsageError(
                f"{name} is a generator: calling it runs nothing. "
                "Expected a plain function (oracle, rng, *, ...), without yield"
            )
        if inspect.iscoroutinefunction(part) or inspect.iscoroutine(part):
            if inspect.iscoroutine(part):
                part.close()  # or Python warns that it was never awaited
            raise UsageError(
                f"{name} is an async function: calling it runs nothing. "
                "Expected a plain function (oracle, rng, *, ...), with def alone"
            )


def _verified_ledger(record: Record, problem: Problem, budget: Budget, paid: Paid) -> Ledger:
    """Return what was spent. A record that is not true ends in an error and claims nothing."""
    try:
        verify(record, problem, budget, paid)
    except Unverified as complaint:
        record.failure = record.failure or complaint
        record.best = record.measured = np.inf
        record.best_x = record.measured_x = record.last = record.bound = record.draws = None
        record.trace = []
        record.work, record.values, record.counts.gradient_work = paid
    except Exception as error:  # the objective's, of a point that it had a value for
        record.failure = record.failure or error
    return record.ledger()


def _ending(record: Record) -> tuple[str, str]:
    """Say how a run ended; what the oracle knows goes before what the method did."""
    if record.failure is not None:
        text = " ".join(str(record.failure).split())
        if isinstance(record.failure, SolverDied):
            return "killed", text
        if accidental(record.failure):
            return "killed", f"{type(record.failure).__name__}: {text}"
        return "error", f"{type(record.failure).__name__}: {text}"
    if record.certified:
        return "optimal", ""
    if record.stopped in ("target", "optimal"):
        return record.stopped, ""
    if record.ended_invalid:
        looks = f"{record.counts.invalid} looks gave no finite number"
        return "nan", ", ".join(filter(None, [looks, record.no_number]))
    return record.stopped or "converged", ""


def _with_draws(run: Run, record: Record) -> Run:
    """Add what the best of n draws is worth; a proven reference is what none is below."""
    if not record.draws:
        return run
    run.draws = np.concatenate(record.draws)
    reference = run.reference
    known = reference is not None and reference.proven
    lowest = reference.value - reference.slack if known and reference is not None else -np.inf
    run.best_of_n = best_of_n_curve(run.draws, lowest)
    return run


def _add_result(run: Run, record: Record, answers: Answers) -> None:
    """Add the best point, its value, held-out score and description."""
    x, v = record.result
    if x is None:
        return
    run.x, run.value = np.array(x), v
    if record.certified:
        run.bound = run.value  # equal up to the solver's arithmetic
    run.score, run.description = answers.score(run.x), answers.description(run.x)


def _number(name: str) -> int:
    """Turn a canonical name into a seed, the same in every process."""
    return zlib.crc32(name.encode())
