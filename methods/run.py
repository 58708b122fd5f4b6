"""One run: one method, one problem, one seed, one budget."""

from __future__ import annotations

import inspect
import math
import threading
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

import numpy as np

from methods.catalogue import METHODS
from methods.provenance import versions
from methods.result import Run
from methods.shared.best_of_n_curve import best_of_n_curve
from methods.shared.deferred import refuse_deferred, refuse_to_wait
from methods.shared.ending import closed, ending
from problems.core.answers import Answers
from problems.core.error_text import MOST_MESSAGE, cut
from problems.core.ledger import BrokenReference, Budget, Stop, TracePoint
from problems.core.meter import meter
from problems.core.oracle import Oracle
from problems.core.problem import Problem
from problems.core.record import Record
from problems.core.usage_error import UsageError
from problems.core.views import Unsupported
from problems.naming.options import resolve
from problems.naming.registry import Entry

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
        Work, in evaluations; a `Budget` says all limits at once.
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
    if not isinstance(budget, Budget):
        budget = Budget(budget, 20.0 if seconds is None else seconds, target)
    elif seconds is not None or target is not None:
        raise ValueError("a Budget says all limits: leave out seconds= and target= beside it")
    how: dict[str, Any] = {"seed": seed, "listener": listener}
    return make_run(problem, contender(method, options), budget, interruptible=True, **how)


@dataclass(frozen=True)
class Contender:
    """A method with its options, which are parsed.

    Attributes
    ----------
    name : str
    function : callable
    entry : Entry or None
        Of the catalogue, where the method has one.
    options : dict
        All options by name, as the run records them.
    arguments : dict
        What the function is called with: all options, or those that differ from its defaults.
    """

    name: str
    function: Callable[..., Any]
    entry: Entry | None
    options: dict[str, Any]
    arguments: dict[str, Any]


def contender(method: str | Method, options: Mapping[str, Any]) -> Contender:
    """Return a method with its options, parsed by its signature.

    Raises
    ------
    UsageError
        When there is no such method, or an option is not valid.
    """
    if isinstance(method, str):
        entry: Entry | None = METHODS.entry(method)
        assert entry is not None
        name, function = entry.name, load_method(entry)
    else:
        name, function = getattr(method, "__name__", type(method).__name__), method
        refuse_deferred(name, method)
        target = f"{getattr(method, '__module__', '')}:{name}"
        built_in = map(METHODS.entry, METHODS.names())
        entry = next((each for each in built_in if each.target == target), None)
    resolved = resolve(name, function, options)
    return Contender(name, function, entry, resolved, resolved)


def make_run(
    problem: Problem,
    contender: Contender,
    budget: Budget,
    *,
    seed: int = 0,
    listener: Callable[[TracePoint], None] | None = None,
    interruptible: bool = False,
    judging: Callable[[], None] = lambda: None,
) -> Run:
    """Run one method on one problem as `minimize` does; its options are not parsed again.

    Parameters
    ----------
    problem : Problem
    contender : Contender
    budget, seed, listener
        See `minimize`.
    interruptible : bool
        Whether a KeyboardInterrupt is raised again. Nobody types Ctrl-C in a process that
        exists for the run: there it is the method's own doing, and an error like any other.
    judging : callable
        Called once the method has ended: what the problem says of the result is on no clock.

    Returns
    -------
    Run

    Raises
    ------
    Unsupported, ValueError, BrokenReference
        As `minimize`.
    """
    if seed < 0:
        raise ValueError(f"seed={seed}: expected a whole number >= 0")
    name = contender.name
    problem_name = problem.name or type(problem).__name__
    instance = getattr(problem, "instance", 0)
    paired = (seed, instance, _number(problem_name))
    rng = np.random.default_rng([*paired, _number(name)])
    # What any run would import or compute first is on no run's clock.
    if contender.entry is not None:
        contender.entry.preload()
    answers = Answers(problem)
    reference, anchors, title = answers.reference(), answers.anchors(), answers.title()
    counts = meter()
    pay, paid = counts
    began = perf_counter()
    # A budget of its own: what a method does to it changes nobody else's.
    oracle = Oracle(problem, replace(budget), paired, listener, pay)
    record = oracle.record
    interruption = None
    threads = threading.active_count()
    # A diverging method overflows; its evaluations are flagged, so no warning is needed.
    with np.errstate(all="ignore"):
        try:
            refuse_to_wait(name, contender.function(oracle, rng, **contender.arguments))
        except Stop:
            pass
        except Unsupported:
            raise
        except BrokenReference as error:
            if error is not record.failure:
                raise
        except BaseException as error:
            early = paid().work == 0 and record.failure is None and not record.model_given
            if early and isinstance(error, (ValueError, ImportError)):
                raise  # it refuses its options, or misses a library, before the first evaluation
            if isinstance(error, KeyboardInterrupt):
                record.failure = interruption = error
            elif record.stopped is None:  # else it is what a library made of Stop
                record.failure = record.failure or error
        settle = threading.active_count() > threads
        judging()
        end = closed(oracle, record, problem, budget, reference, counts, began, settle)
    record, failure = end.record, end.record.failure
    if isinstance(failure, KeyboardInterrupt):
        interruption = failure
    ended, message = ending(record)
    run = Run(
        method=name,
        problem=problem_name,
        instance=instance,
        seed=seed,
        method_options=contender.options,
        problem_options=dict(getattr(problem, "options", {})),
        budget=budget,
        ended=ended,
        message=message,
        title=title,
        anchors=anchors,
        reference=reference,
        ledger=end.ledger,
        last=record.last,
        bound=record.bound,
        uncertainty=record.uncertainty,
        trace=record.trace,
        dimension=end.dimension,
        surrogate=record.surrogate,
        fingerprint=problem.fingerprint,
        versions=versions(),
    )
    _add_result(run, record, answers)
    if answers.faults:
        faults = "; ".join(filter(None, [message, *answers.faults]))
        run.ended, run.message = "error", cut(faults, MOST_MESSAGE)
    _add_draws(run, record)
    if interruption is not None and interruptible:
        raise interruption
    if isinstance(failure, BrokenReference) and interruption is None:
        failure.run = run
        raise failure
    return run


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


def _add_draws(run: Run, record: Record) -> None:
    """Add what the best of n draws is worth; no value is below a proven reference."""
    if not record.draws:
        return
    run.draws = np.concatenate(record.draws)
    reference = run.reference
    lowest = reference.floor if reference is not None and reference.proven else -math.inf
    run.best_of_n = best_of_n_curve(run.draws, lowest)


def _add_result(run: Run, record: Record, answers: Answers) -> None:
    """Add the best point, its value, and what the problem says of copies of it."""
    x, v = record.result
    if x is None:
        return
    run.x, run.value = np.array(x), v
    run.batch = record.batch
    if record.certified:
        run.bound = run.value  # equal up to the solver's arithmetic
    run.score, run.measures = answers.score(np.array(x)), answers.measures(np.array(x))
    run.description = answers.description(np.array(x))


def _number(name: str) -> int:
    """Turn a canonical name into a seed, the same in every process."""
    return zlib.crc32(name.encode())
