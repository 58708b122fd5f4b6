"""The references that runs on an instance are compared with, from all runs on it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from comparison.results.trace import KINDS
from methods.result import Run
from problems.core.reference import Reference

#: By how much sums of floats in another order may miss a value near 0, and any value in
#: units of its last place.
NEAR_ZERO, LAST_PLACES = 1e-12, 16
_BOUND = KINDS.index("bound")


def best_reference(runs: Sequence[Run]) -> Reference | None:
    """Return the best reference known for an instance, given all runs on it.

    A proven optimum of the problem's own comes first, then a certificate that a
    run has earned, then the highest proven bound, which another run's value may attain:
    that value is certified by the two together. What a run's value refutes is none of
    them: see `contradictions`.
    """
    own, shown = _own(runs), best_value(runs)
    if own is not None and own.proven and shown < own.floor:
        own = None
    if own is not None and own.optimum:
        return own
    proofs = [run for run in runs if run.bound is not None and not is_refuted(run, shown)]
    certificates = [run for run in proofs if run.certified]
    if certificates:
        proof = max(certificates, key=_bound)
        return Reference(
            _bound(proof), "certified", _proved_by(proof), uncertainty=proof.uncertainty
        )
    if own is not None and own.proven:
        for run in runs:
            if run.value is not None and run.value <= own.goal:
                source = f"{run.method} attains the bound: {own.source}"
                return Reference(run.value, "certified", source, own.tolerance)
    prover = max(proofs, key=_bound, default=None)
    if prover is not None and (own is None or own.kind != "bound" or own.value < _bound(prover)):
        value, uncertainty = _bound(prover), prover.uncertainty
        near = _arithmetic(prover)
        for run in runs:
            if run is not prover and run.value is not None and run.value <= value + near:
                source = f"{run.method} attains the bound {_proved_by(prover)}"
                return Reference(value, "certified", source, uncertainty=uncertainty)
        return Reference(value, "bound", _proved_by(prover), uncertainty=uncertainty)
    return own


def contradictions(runs: Sequence[Run]) -> list[str]:
    """Return a sentence for each proof on an instance that a run refutes.

    Each names the two that disagree: the run that proved it, and the run with the best value.
    """
    best = _best(runs)
    if best is None:
        return []
    why = f"{_named(best)} found {_value(best):.12g}"
    claims = []
    own = _own(runs)
    if own is not None and own.proven and _value(best) < own.floor:
        claims.append(f"the reference {own.value:.12g} ({own.kind}: {own.source})")
    for run in runs:
        if is_refuted(run, _value(best)):
            kind = "certificate" if run.certified else "bound"
            claims.append(f"the {kind} {_bound(run):.12g} of {_named(run)}")
    where = f"{best.problem}, instance {best.instance}"
    return [f"{where}: {claim} is withdrawn, as {why}" for claim in dict.fromkeys(claims)]


def best_value(runs: Sequence[Run]) -> float:
    """Return the best value that a run has shown, infinity where there is none."""
    best = _best(runs)
    return math.inf if best is None else _value(best)


def is_refuted(run: Run, best: float) -> bool:
    """Whether the bound of a run is above the best value on its instance, beyond arithmetic."""
    if run.bound is None:
        return False
    proved = min(run.bound, _value(run)) if run.certified else run.bound
    return best < proved - _arithmetic(run)


def _arithmetic(run: Run) -> float:
    """Return by how much a value may miss a run's bound without refuting it.

    It is what the solver's arithmetic may be off. Where that is nothing, the bound is
    exact, and only the rounding of floats is left.
    """
    return max(run.uncertainty, NEAR_ZERO, LAST_PLACES * math.ulp(_bound(run)))


def standing(run: Run, best: float) -> Run:
    """Return a run without the proofs that the best value on its instance refutes.

    Its `bound`, the `reference` that it was held against, and its end: a run that ended
    ``optimal`` by one of these is ``refuted``.
    """
    bound = None if is_refuted(run, best) else run.bound
    own = run.reference
    if own is not None and own.proven and best < own.floor:
        own = None
    ended = run.ended
    if ended == "optimal":
        lost = bound is None if run.certified else own is None and best < _value(run)
        ended = "refuted" if lost else ended
    if (bound, own, ended) == (run.bound, run.reference, run.ended):
        return run
    return replace(run, bound=bound, reference=own, ended=ended)


def without_refuted(trace: NDArray, run: Run, best: float) -> NDArray:
    """Return a run's trace without the bounds that the best value on its instance refutes."""
    values = trace["value"]
    rounding = LAST_PLACES * np.spacing(np.abs(values))
    arithmetic = np.maximum(rounding, max(run.uncertainty, NEAR_ZERO))
    refuted = (trace["kind"] == _BOUND) & (best < values - arithmetic)
    return trace[~refuted] if refuted.any() else trace


def _own(runs: Sequence[Run]) -> Reference | None:
    """Return the problem's own reference."""
    return next((run.reference for run in runs if run.reference is not None), None)


def _best(runs: Sequence[Run]) -> Run | None:
    """Return the run with the best value; one that failed for another reason shows none."""
    showing = (r for r in runs if r.value is not None and (r.ended != "error" or r.refutes))
    return min(showing, key=_value, default=None)


def _proved_by(run: Run) -> str:
    """Return the source of a proof, with the tolerance that it holds to."""
    tolerance = f", to the solver's tolerance of {run.uncertainty:.2g}"
    return f"proved by {run.method}{tolerance if run.uncertainty else ''}"


def _named(run: Run) -> str:
    return f"{run.method}, seed {run.seed},"


def _bound(run: Run) -> float:
    return -math.inf if run.bound is None else run.bound


def _value(run: Run) -> float:
    return math.inf if run.value is None else run.value
