"""What the problems with published optima and named limits share."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray

from problems.core.interval import Interval
from problems.core.problem import Problem
from problems.core.reference import Kind, Reference
from problems.core.space import Box
from problems.naming.options import checked_options

#: Share of a value to which SCIP proves an optimum: its gap of 5e-7 and as much for its arithmetic.
PROVED_TO = 1e-6
#: Liang et al. (2006) call a run successful that comes this close to the best known value.
SOLVED_TO = 1e-4


class Constrained(Problem):
    """An objective over a box under inequalities g_i(x) <= 0 and equalities h_j(x) = 0.

    An equality counts as kept where |h_j(x)| <= `tolerance`, so it reads
    |h_j(x)| − tolerance <= 0. Infeasible points are ordered after Deb (2000, "An
    efficient constraint handling method for genetic algorithms"): each
    is worse than every feasible one, and of two the one with the smaller total
    violation is better. The oracle does that by adding the violation to
    `ceiling`, which no feasible point exceeds; each problem says why. It is the value at
    the upper corner of the box, unless a problem gives it another.

    Attributes
    ----------
    tolerance : float
        By which an equality may be missed; 0 where there is none.
    near : float
        `describe` calls a kept inequality active where it is above −near.
    best_point : tuple of float
        The best point published, with the digits it was published with.
    best_value : float
        Its value, as published.
    source : str
        Who published it.
    paper_proof : tuple of str or None
        The kind and the source of a reference that is proved on paper.
    proved : bool
        Whether SCIP 10, a spatial branch and bound, proves that no feasible point is
        better by more than `PROVED_TO` of the value.
    """

    space: Box
    objective = "f"
    tolerance: float = 0.0
    near: float = 1e-4
    best_point: tuple[float, ...]
    best_value: float
    source: str
    paper_proof: tuple[Kind, str] | None = None
    proved: bool = False

    def __init__(self) -> None:
        if self.ceiling is None:
            self.ceiling = self.value(self.space.high)

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """What x is, in order; numbered where the source only numbers them."""
        return tuple(f"x{i + 1}" for i in range(self.space.dimension))

    @cached_property
    def limits(self) -> tuple[str, ...]:
        """What the constraints are, in order: inequalities, then equalities."""
        return tuple(f"g{i + 1}" for i in range(len(self.inequalities(*self.space.low))))

    @property
    def equality_count(self) -> int:
        """How many of the limits are equalities."""
        return len(self.equalities(*self.space.low))

    def inequalities(self, *x: float) -> Sequence[float]:
        """Return g(x) of one point, given as its variables."""
        return ()

    def equalities(self, *x: float) -> Sequence[float]:
        """Return h(x) of one point, given as its variables."""
        return ()

    def constraints(self, x: ArrayLike) -> NDArray[np.float64]:
        """Return g(x), then |h(x)| − tolerance, shape (m,); feasible where all are <= 0."""
        variables = np.asarray(x, dtype=float).tolist()
        g = [*self.inequalities(*variables)]
        g += [abs(h) - self.tolerance for h in self.equalities(*variables)]
        return np.array(g)

    @cached_property
    def reference(self) -> Reference | None:
        if self.paper_proof is not None:
            return Reference(self.best_value, *self.paper_proof)
        if not self.proved:
            return Reference(self.best_value, "best published", self.source)
        size = abs(self.best_value)
        uncertainty = PROVED_TO * size
        return Reference(
            self.best_value,
            "certified",
            f"{self.source}; proved by SCIP 10 to 1e-6",
            tolerance=min(SOLVED_TO, uncertainty) / max(1.0, size),
            uncertainty=uncertainty,
        )

    @property
    def title(self) -> str:
        inequalities = len(self.limits) - self.equality_count
        parts = [f"{self.space.dimension} variables", _number(inequalities, "inequality")]
        parts.append(_number(self.equality_count, "equality"))
        if self.equality_count:
            parts.append(f"kept within {self.tolerance:g}")
        return ", ".join(part for part in parts if part)

    def quantities(self, x: NDArray) -> NDArray[np.float64]:
        """Return what `variables` names, in its units."""
        return np.asarray(x, dtype=float)

    def describe(self, x: NDArray) -> str:
        """Show the variables by name, then the limits that x violates or only just keeps."""
        pairs = zip(self.variables, self.quantities(x).tolist(), strict=True)
        text = ", ".join(f"{name} {quantity:.6g}" for name, quantity in pairs)
        g = self.constraints(x)
        inequality = np.arange(len(g)) < len(g) - self.equality_count
        active = (g <= 0) & (~inequality | (g >= -self.near))
        for word, chosen in (("active", active), ("violated", g > 0)):
            names = [
                self.limits[i] + (f" by {g[i]:.3g}" if word == "violated" else "")
                for i in np.flatnonzero(chosen)
            ]
            if names:
                text += f"; {word}: {', '.join(names)}"
        return text


class WithTolerance(Constrained):
    """A problem with equalities, kept within an optional tolerance.

    Parameters
    ----------
    tolerance : float
        1e-4 in Liang et al. (2006), section 1. It widens the feasible set, so the
        optimum is *below* that of the exact problem; references state it.
    """

    @checked_options
    def __init__(self, *, tolerance: Annotated[float, Interval(ge=0, le=0.1)] = 1e-4) -> None:
        super().__init__()
        self.tolerance = tolerance


def _number(n: int, noun: str) -> str:
    """Return ``"1 equality"``, ``"2 equalities"``, or nothing for none."""
    return "" if n == 0 else f"1 {noun}" if n == 1 else f"{n} {noun[:-1]}ies"
