"""Max-sat: leave as few clauses unsatisfied as possible."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from problems.combinatorial.formula import (
    MOST_CLAUSES,
    MOST_LITERALS,
    columns,
    named_formula,
    random_formula,
    read_cnf,
)
from problems.combinatorial.instance_file import fingerprint, one_source
from problems.core.bits import CoinFlips, bit_variables, logistic
from problems.core.constructible import Constructible
from problems.core.linear_model import LinearModel, model_of_whole
from problems.core.parts import in_parts
from problems.core.reference import Reference
from problems.core.space import Box
from problems.core.views import Minibatch, Relaxation

#: Points × clauses evaluated at once.
CHUNK = 1_000_000


class MaxSat(Constructible):
    """Assign truth to n variables such that few clauses stay unsatisfied.

    value(x) = number of clauses without a true literal, x ∈ {0, 1}ⁿ. Generated
    formulas are uniform random k-SAT (see `random_formula`). At the
    default ratio of 4.26 clauses a variable, large random 3-SAT is about to become
    unsatisfiable: the threshold is conjectured to be about 4.27 (Mertens, Mezard
    and Zecchina 2006, "Threshold values of random K-SAT from the cavity method").

    Parameters
    ----------
    formula : str
        A formula with a name: ``signs-4``, ``pigeonhole-3``, or other sizes.
    file : str
        A DIMACS CNF file. It and `formula` leave the options below unused.
    variables : int
        Size of a generated formula, where neither `formula` nor `file` is given.
    ratio : float
        Its clauses a variable.
    width : int
        Its literals a clause.
    instance : int
        Seeds the clauses.
    """

    space: Box
    objective = "unsatisfied clauses"

    def __init__(
        self,
        *,
        formula: str = "",
        file: str = "",
        variables: int = 100,
        ratio: float = 4.26,
        width: int = 3,
        instance: int = 0,
    ) -> None:
        one_source(formula=formula, file=file)
        if file:
            self.formula = read_cnf(file)
            self.fingerprint = fingerprint(file)
        elif formula:
            self.formula = named_formula(formula)
        else:
            if not 1 <= variables <= 5000:
                raise ValueError(f"variables={variables}: expected 1 to 5000")
            if not 1 <= width <= min(variables, 20):
                raise ValueError(f"width={width}: expected 1 to {min(variables, 20)}")
            # The last guard is written so that nan and infinity fail it as well.
            if not 1 <= ratio * variables <= min(MOST_CLAUSES, MOST_LITERALS / width):
                raise ValueError(f"ratio={ratio:g}: expected 1 to {MOST_CLAUSES} clauses")
            rng = np.random.default_rng([instance, variables, width])
            self.formula = random_formula(rng, variables, round(ratio * variables), width)
        self.one_instance = bool(file or formula)
        self._columns = columns(self.formula.clauses)
        self.space = Box(0, 1, self.formula.variables, integral=True)

    @property
    def title(self) -> str:
        f = self.formula
        return f"{f.name}: {f.variables:,} variables, {len(f.clauses):,} clauses"

    def values(self, points: NDArray) -> NDArray[np.float64]:
        total = len(self.formula.clauses)
        return total - in_parts(self._satisfied, points, CHUNK // total)

    def _satisfied(self, points: NDArray) -> NDArray[np.int64]:
        """Count the clauses that hold, shape (n,)."""
        # Literal v is entry v of (False, x, not x reversed); −v counts from the end.
        true = np.asarray(points) > 0.5
        never = np.zeros((len(true), 1), dtype=bool)
        truth = np.concatenate([never, true, ~true[:, ::-1]], axis=1)
        holds = truth[:, self._columns[0]]  # clauses from the longest on, none of them empty
        for literals in self._columns[1:]:
            holds[:, : len(literals)] |= truth[:, literals]
        return holds.sum(axis=1)

    @cached_property
    def reference(self) -> Reference:
        if self.formula.fewest is not None:
            return self.formula.fewest
        empty = sum(not clause for clause in self.formula.clauses)
        source = "all clauses satisfied" if not empty else "all but the empty clauses satisfied"
        return Reference(float(empty), "bound", source)

    @cached_property
    def anchors(self) -> dict[str, float]:
        return {"greedy (Johnson 1974)": self.value(self._johnson())}

    def _johnson(self) -> NDArray[np.int64]:
        """Set one variable after the other such that the expected value does not grow.

        A clause with k open literals is left unsatisfied by fair coins with
        probability 2^−k; each variable takes the side with more of that at stake.
        """
        clauses = self.formula.clauses
        stake = [0.5 ** len(clause) for clause in clauses]
        places_of: list[list[tuple[int, bool]]] = [[] for _ in range(self.formula.variables)]
        for k, clause in enumerate(clauses):
            for literal in clause:
                places_of[abs(literal) - 1].append((k, literal > 0))
        x = np.zeros(self.formula.variables, dtype=np.int64)
        for v, places in enumerate(places_of):
            positive = sum(stake[k] for k, sign in places if sign)
            negative = sum(stake[k] for k, sign in places if not sign)
            x[v] = positive >= negative
            for k, sign in places:
                stake[k] *= 0.0 if sign == x[v] else 2.0
        return x

    def relaxation(self) -> Relaxation:
        return _ExpectedUnsatisfied(self)

    def linear_model(self) -> LinearModel:
        import pulp

        program = pulp.LpProblem("max-sat", pulp.LpMinimize)
        truth = bit_variables(self.formula.variables)
        clauses = self.formula.clauses
        missed = [pulp.LpVariable(f"u{k}", 0, 1) for k in range(len(clauses))]
        program += pulp.lpSum(missed)
        for clause, u in zip(clauses, missed, strict=True):
            literals = [truth[v - 1] if v > 0 else 1 - truth[-v - 1] for v in clause]
            program += pulp.lpSum(literals) + u >= 1
        return model_of_whole(program, truth, integral=True)

    def describe(self, x: NDArray) -> str:
        true = " ".join(map(str, np.flatnonzero(x) + 1))
        total = len(self.formula.clauses)
        return f"{int(self.value(x))} of {total} clauses unsatisfied; true: {true}"


class _ExpectedUnsatisfied(CoinFlips):
    """Expected share of unsatisfied clauses: Σ over clauses of Π P(literal false), over m.

    With log P(false) = log σ(∓θ) a product is the exponential of a sum, and its
    derivative that product times ∓σ(±θ): nothing is divided by a small number.
    """

    def __init__(self, problem: MaxSat) -> None:
        super().__init__(problem.space.dimension)
        # A clause with both v and −v always holds; its literals are not independent.
        open_clauses = [c for c in problem.formula.clauses if not {*c} & {-v for v in c}]
        self._total = len(problem.formula.clauses)
        flat = np.array([v for c in open_clauses for v in c], dtype=np.int64)
        lengths = np.array([len(c) for c in open_clauses], dtype=np.int64)
        self._open = len(open_clauses)
        self._variable, self._sign = np.abs(flat) - 1, np.sign(flat)
        self._clause = np.repeat(np.arange(len(lengths)), lengths)
        # Gershgorin: a probability q has |q'| <= 1/4 and |q''| <= 1/(6 sqrt 3) in theta.
        rows = 1 / (6 * 3**0.5) + (lengths[self._clause] - 1) / 16
        load = np.bincount(self._variable, rows, self.dimension)
        self.smoothness = float(load.max()) / self._total or None

    def loss_and_gradient(
        self, theta: NDArray[np.float64], rows: Minibatch | None = None
    ) -> tuple[float, NDArray[np.float64]]:
        lean = self._sign * theta[self._variable]  # > 0: the literal is likely true
        # Of an empty clause nothing is counted, and exp(0) is the chance that it fails.
        missed = np.exp(np.bincount(self._clause, -np.logaddexp(0, lean), self._open))
        slope = -self._sign * logistic(lean) * missed[self._clause]
        gradient = np.bincount(self._variable, slope, self.dimension)
        return float(missed.sum()) / self._total, gradient / self._total
