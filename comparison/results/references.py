"""What runs on an instance are held against, given what all of them have shown and proved."""

from __future__ import annotations

import math
from collections.abc import Sequence

from methods.result import Run
from problems.ledger import BrokenReference
from problems.reference import Reference


def best_reference(runs: Sequence[Run]) -> Reference | None:
    """Return the best reference known for an instance, given all runs on it.

    A proven optimum of the problem's own comes first, then a certificate that a
    run has earned, then the highest proven bound, which another run's value may attain:
    that value is certified by the two together.

    Raises
    ------
    BrokenReference
        When a run's value is better than what another run certified or proved a bound.
    """
    own = next((run.reference for run in runs if run.reference is not None), None)
    if own is not None and own.optimum:
        return own
    certificates = [run for run in runs if run.certified]
    if certificates:
        proof = max(certificates, key=lambda run: run.bound or 0.0)
        assert proof.bound is not None
        reference = Reference(proof.bound, "certified", f"proved by {proof.method}")
        for run in runs:
            _check(run, reference.value, proof.method)
        return reference
    if own is not None and own.proven:
        for run in runs:
            if run.value is not None and run.value <= own.value + own.slack:
                source = f"{run.method} attains the bound: {own.source}"
                return Reference(run.value, "certified", source, own.tolerance)
    prover = max((run for run in runs if run.bound is not None), key=_bound, default=None)
    if prover is not None and (own is None or own.kind != "bound" or own.value < _bound(prover)):
        value = _bound(prover)
        for run in runs:
            near = run.value is not None and run.value <= value + 1e-9 * max(1.0, abs(value))
            if near and run is not prover:
                _check(run, value, prover.method)
                source = f"{run.method} attains the bound proved by {prover.method}"
                return Reference(value, "certified", source)
        return Reference(value, "bound", f"proved by {prover.method}")
    return own


def _bound(run: Run) -> float:
    return -math.inf if run.bound is None else run.bound


def _check(run: Run, proven: float, by: str) -> None:
    """Raise BrokenReference when a run is better than what is proven, beyond arithmetic."""
    if run.value is not None and run.value < proven - 1e-6 * max(1.0, abs(proven)):
        raise BrokenReference(
            f"{run.method} on {run.problem}, instance {run.instance}, seed {run.seed}: "
            f"the value {run.value:.12g} is better than {proven:.12g}, which {by} has certified"
        )
