"""A value to hold results against, with its provenance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real
from typing import Any, Literal, get_args

from problems.core.error_text import one_line

Kind = Literal["closed form", "dynamic programme", "certified", "bound", "best published"]


@dataclass(frozen=True)
class Reference:
    """A value to hold results against, with its provenance.

    Parameters
    ----------
    value : float
        In the units of the problem's value.
    kind : str
        ``closed form``, ``dynamic programme`` and ``certified`` are proven
        optima; ``bound`` is proven but perhaps out of reach; ``best published``
        is neither.
    source : str
        Where the number comes from: the argument, the paper, the solver.
    tolerance : float
        How near counts as there: for rounding in real arithmetic, or a
        published target precision.
    uncertainty : float
        By how much the optimum may yet lie below the value, in its units, where the
        proof is a numerical one.
    """

    value: float
    kind: Kind
    source: str
    tolerance: float = 1e-9
    uncertainty: float = 0.0

    def __post_init__(self) -> None:
        kinds = get_args(Kind)
        if self.kind not in kinds:
            raise ValueError(f"kind={self.kind!r}: expected one of {', '.join(kinds)}")
        for name in ("value", "tolerance", "uncertainty"):
            number = getattr(self, name)
            if not (isinstance(number, Real) and math.isfinite(number)):
                raise ValueError(f"{name}={number!r} of a reference: expected a finite number")

    @property
    def proven(self) -> bool:
        """Whether no solution can be better."""
        return self.optimum or self.kind == "bound"

    @property
    def optimum(self) -> bool:
        """Whether some solution attains it and none is better."""
        return self.kind in ("closed form", "dynamic programme", "certified")

    @property
    def slack(self) -> float:
        """The tolerance in the units of the value."""
        return self.tolerance * max(1.0, abs(self.value))

    @property
    def goal(self) -> float:
        """A value up to this attains it."""
        return self.value + self.slack

    @property
    def floor(self) -> float:
        """A proven reference is refuted by a value below this."""
        return self.value - self.slack - self.uncertainty


def reference_of(problem: Any) -> tuple[Reference | None, str]:
    """Return a problem's reference, and what is wrong with it, if anything is.

    A user's may raise, or be no `Reference`; a run on it then has none to be held against.
    """
    try:
        reference = problem.reference
    except (Exception, SystemExit) as error:
        return None, f"reference raises {one_line(error)}"
    if reference is None or isinstance(reference, Reference):
        return reference, ""
    shown = " ".join(repr(reference).split())[:60]
    return None, f"reference is {shown}: expected a Reference or None"
