"""The end of a run: nothing more is evaluated, the record is verified, the end has a name."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from time import perf_counter, sleep
from typing import NamedTuple

import numpy as np

from problems.core.accident import accidental
from problems.core.error_text import message_of
from problems.core.ledger import Budget, Ledger, SolverDied
from problems.core.meter import Paid, Pay
from problems.core.oracle import Oracle
from problems.core.problem import Problem
from problems.core.record import Record
from problems.core.reference import Reference
from problems.core.verification import Unverified, verify

#: How long to wait for evaluations in threads that a method has left running.
SETTLE_SECONDS = 0.01


class End(NamedTuple):
    """What a run's method has left, as far as it is true."""

    record: Record
    ledger: Ledger
    dimension: int


def closed(
    oracle: Oracle,
    record: Record,
    problem: Problem,
    budget: Budget,
    reference: Reference | None,
    counts: tuple[Pay, Callable[[], Paid]],
    began: float,
    settle: bool,
) -> End:
    """End a run whose method has returned, and verify its record.

    A record that is not true ends in an error and claims nothing: an empty one, with what
    the oracle charged, takes its place. So does one that can no longer be read.

    Parameters
    ----------
    oracle : Oracle
    record : Record
        The one that the run began with; a method may have put another into the oracle.
    problem, budget, reference
        See `problems.core.verification.verify`.
    counts : tuple of callable
        The oracle's `problems.core.meter.meter`.
    began : float
        Reading of `perf_counter` before the oracle was made.
    settle : bool
        Whether there are threads more than before.
    """
    pay, paid = counts
    try:
        record.close()
        if settle:
            sleep(SETTLE_SECONDS)
        # What a method may have made of numpy's warnings is not for what is left to do.
        with record.off_the_clock(), np.errstate(all="ignore"):
            elapsed = perf_counter() - began
            with contextlib.suppress(Exception):  # kept as the record's failure
                oracle.finish()
            try:
                if oracle.record is not record or record.pay is not pay:
                    raise Unverified("the oracle's evaluations were not charged to the run")
                verify(record, problem, budget, reference, paid(), elapsed)
            except Unverified:
                raise
            except BaseException as error:  # the objective's, of a point that it had a value for
                record.failure = _cause(record.failure, error)
            return End(record, record.ledger(), oracle.dimension)
    except BaseException as error:  # where it is none of ours, of what the record has become
        kept = Record(problem, budget)
        kept.failure = _cause(record.failure, error)
        work, values, share, gradients, _ = paid()
        ledger = Ledger(work=round(work, 9), values=values, wall_seconds=perf_counter() - began)
        ledger.gradient_work, ledger.gradients = round(share, 9), gradients
        return End(kept, ledger, problem.space.latent_dimension)


def _cause(first: object, then: BaseException) -> BaseException:
    """Return which of two failures ended the run: the first, but for the user's Ctrl-C."""
    interrupted = isinstance(then, KeyboardInterrupt)
    return first if isinstance(first, BaseException) and not interrupted else then


def ending(record: Record) -> tuple[str, str]:
    """Say how a run ended; what the oracle knows goes before what the method did."""
    failure = record.failure
    if failure is not None:
        text = message_of(failure)
        if isinstance(failure, SolverDied):
            return "killed", text
        kind = "killed" if accidental(failure) else "error"
        return kind, f"{type(failure).__name__}: {text}"
    if record.certified:
        return "optimal", ""
    if record.stopped in ("target", "optimal"):
        return record.stopped, ""
    if record.ended_invalid:
        invalid = f"{record.counts.invalid} evaluations gave no finite number"
        return "nan", ", ".join(filter(None, [invalid, record.no_number]))
    return record.stopped or "converged", ""
