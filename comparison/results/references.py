"""The references that runs on an instance are compared with, from all runs on it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from comparison.results.trace import KINDS
from methods.result import Run
from problems.core.reference import Reference

#: By how much sums of floats in another order may miss a value near 0, and any value in
#: units of its last place.
NEAR_ZERO, LAST_PLACES = 1e-12, 16
_BOUND = KINDS.index("bound")


@dataclass(eq=False)
class InstanceRuns:
    """All runs on one instance, and what they show together.

    Attributes
    ----------
    runs : list of Run
    """

    runs: list[Run]

    @cached_property
    def _best_run(self) -> Run | None:
        """The run with the best value; one that failed for another reason shows none."""
        showing = (
            r for r in self.runs if r.value is not None and (r.ended != "error" or r.refutes)
        )
        return min(showing, key=_value, default=None)

    @property
    def best(self) -> float:
        """The best value that a run has shown, infinity where there is none."""
        return math.inf if self._best_run is None else _value(self._best_run)

    @property
    def _own(self) -> Reference | None:
        """The problem's own reference."""
        return next((run.reference for run in self.runs if run.reference is not None), None)

    @cached_property
    def reference(self) -> Reference | None:
        """The best reference known for the instance, given all runs on it.

        A proven optimum of the problem's own comes first, then a certificate that a
        run has earned, then the highest proven bound, which another run's value may attain:
        that value is certified by the two together. What a run's value refutes is none of
        them: see `contradictions`.
        """
        own = None if self._refuted(self._own) else self._own
        if own is not None and own.optimum:
            return own
        proofs = [run for run in self.runs if run.bound is not None and not self.refuted(run)]
        certificates = [run for run in proofs if run.certified]
        if certificates:
            proof = max(certificates, key=_bound)
            return Reference(
                _bound(proof), "certified", _proved_by(proof), uncertainty=proof.uncertainty
            )
        if own is not None and own.proven:
            for run in self.runs:
                if run.value is not None and run.value <= own.goal:
                    source = f"{run.method} attains the bound: {own.source}"
                    return Reference(run.value, "certified", source, own.tolerance)
        prover = max(proofs, key=_bound, default=None)
        if prover is None:
            return own
        value, uncertainty = _bound(prover), prover.uncertainty
        if own is not None and own.kind == "bound" and own.value >= value:
            return own
        near = _arithmetic(prover)
        for run in self.runs:
            if run is not prover and run.value is not None and run.value <= value + near:
                source = f"{run.method} attains the bound {_proved_by(prover)}"
                return Reference(value, "certified", source, uncertainty=uncertainty)
        return Reference(value, "bound", _proved_by(prover), uncertainty=uncertainty)

    def contradictions(self) -> list[str]:
        """Return a sentence for each proof on the instance that a run refutes.

        Each names the two that disagree: the run that proved it, and the run with the best value.
        """
        best, own = self._best_run, self._own
        if best is None:
            return []
        claims = []
        if own is not None and self._refuted(own):
            claims.append(f"the reference {own.value:.12g} ({own.kind}: {own.source})")
        for run in filter(self.refuted, self.runs):
            kind = "certificate" if run.certified else "bound"
            claims.append(f"the {kind} {_bound(run):.12g} of {_named(run)}")
        where = f"{best.problem}, instance {best.instance}"
        why = f"{_named(best)} found {self.best:.12g}"
        return [f"{where}: {claim} is withdrawn, as {why}" for claim in dict.fromkeys(claims)]

    def refuted(self, run: Run) -> bool:
        """Whether the bound of a run is above the best value, beyond arithmetic."""
        if run.bound is None:
            return False
        proved = min(run.bound, _value(run)) if run.certified else run.bound
        return self.best < proved - _arithmetic(run)

    def _refuted(self, reference: Reference | None) -> bool:
        """Whether the best value is better than a reference allows."""
        return reference is not None and reference.proven and self.best < reference.floor

    def standing(self, run: Run) -> Run:
        """Return a run without the proofs that the best value refutes.

        Its `bound`, the `reference` that it was held against, and its end: a run that ended
        ``optimal`` by one of these is ``refuted``.
        """
        bound = None if self.refuted(run) else run.bound
        own = None if self._refuted(run.reference) else run.reference
        ended = run.ended
        if ended == "optimal":
            lost = bound is None if run.certified else own is None and self.best < _value(run)
            ended = "refuted" if lost else ended
        if (bound, own, ended) == (run.bound, run.reference, run.ended):
            return run
        return replace(run, bound=bound, reference=own, ended=ended)

    def without_refuted(self, trace: NDArray, run: Run) -> NDArray:
        """Return a run's trace without the bounds that the best value refutes."""
        values = trace["value"]
        rounding = LAST_PLACES * np.spacing(np.abs(values))
        arithmetic = np.maximum(rounding, max(run.uncertainty, NEAR_ZERO))
        refuted = (trace["kind"] == _BOUND) & (self.best < values - arithmetic)
        return trace[~refuted] if refuted.any() else trace


def _arithmetic(run: Run) -> float:
    """Return by how much a value may miss a run's bound without refuting it.

    It is what the solver's arithmetic may be off. Where that is nothing, the bound is
    exact, and only the rounding of floats is left.
    """
    return max(run.uncertainty, NEAR_ZERO, LAST_PLACES * math.ulp(_bound(run)))


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
