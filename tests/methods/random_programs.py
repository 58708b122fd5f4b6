"""Random small integer programs, held against enumeration or scipy called directly.

``python -m tests.methods.random_programs --number 10000`` solves as many through HiGHS,
CBC, `milp` and SCIP, and exits with 1 if a certificate or a bound is false or anything raises.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pulp
import scipy.optimize
from numpy.typing import NDArray

from methods import minimize
from problems import Box, LinearModel, Problem
from problems.core.linear_model import Solution

#: Method and options of each way to a solver.
SOLVERS: dict[str, tuple[str, dict[str, Any]]] = {
    "highs": ("integer-programming", {"solver": "highs"}),
    "cbc": ("integer-programming", {"solver": "cbc"}),
    "milp": ("milp", {}),
    "scip": ("integer-programming", {"solver": "SCIP_PY"}),
}

#: How coefficients are drawn: whole numbers, times a factor.
FACTORS = {
    "integer": 1.0,
    "half": 0.5,
    "third": 1 / 3,
    "tenth": 0.1,
    "negative tenth": -0.1,
    "huge": 1e9,
    "large thirds": 1e5 / 3,
    "tiny": 1e-6,
}
KINDS = (*FACTORS, "real", "huge real", "mixed")

#: One objective in so many has penalties beside real costs, of these powers of ten.
ONE_IN, PENALTIES = 8, (3, 10)

#: Parts of names: characters that PuLP replaces, that files take for syntax, and others.
PARTS = ("x", "x[", "]", "a-b", "a_b", " ", "->", "/", "*", "RHS", "ü", "1e5", "#", "'", "$", "+1")

#: Between these violations, relative to a row's coefficients, a solver's tolerance decides
#: what is feasible: programs that have such points are not drawn.
EXACT, TOLERATED = 1e-12, 4e-6

#: Coefficients of a row that are further apart are beyond double precision, and not drawn.
#: A variable that is no whole number uses all of a solver's tolerance.
APART, APART_MIXED = 1e9, 1e4


class RandomProgram(Problem):
    """min value = offset + unit (constant + c·x), rows A x (<=, >=, =) b, bounds.

    Parameters
    ----------
    rng : numpy.random.Generator
    penalties : bool
        Whether one objective in some has penalties beside real costs.
    """

    ceiling = 1e15
    name = "random-program"

    def __init__(self, rng: np.random.Generator, penalties: bool = True) -> None:
        n, m = int(rng.integers(1, 6)), int(rng.integers(0, 5))
        low = rng.choice([0, 0, 0, -1, -3], n)
        high = low + rng.choice([1, 1, 1, 0, 2, 3], n)
        whole = np.ones(n, dtype=bool) if rng.random() < 0.8 else rng.random(n) < 0.6
        self.space = Box(low, high, n, integral=whole)
        self.c, self.kind = _coefficients(rng, n)
        (own,) = rng.spawn(1)  # which leaves the other draws as they are
        if penalties and own.integers(ONE_IN) == 0:
            weights = 10.0 ** own.integers(*PENALTIES, n)
            self.c = np.where(own.random(n) < 0.5, weights, own.uniform(0.1, 1, n))
            self.kind = "penalty"
        self.A = np.array([_coefficients(rng, n)[0] for _ in range(m)]).reshape(m, n)
        self.sense = rng.choice([-1, -1, 1, 1, 0], m)
        inside = rng.integers(low, high + 1) if rng.random() < 0.9 else high + 1
        room = rng.choice([0, 0, 1, 2], m) * np.abs(self.A).max(axis=1, initial=0.0)
        self.b = self.A @ inside - self.sense * room
        self.maximise = bool(rng.random() < 0.5)
        self.unit = float(rng.choice([1, 1, 0.5, 1 / 3, 1e-3, 7])) * (-1 if self.maximise else 1)
        self.constant = float(rng.choice([0, 0, 1, -7, 0.3, 1e6]))
        self.offset = float(rng.choice([0, 0, 10, -0.1, 1e9]))
        joined = ["".join(rng.choice(PARTS, rng.integers(1, 4))) for _ in range(n)]
        self.names = joined if rng.random() < 0.5 else [f"x{i}" for i in range(n)]

    def value(self, x: NDArray) -> float:
        return float(self.offset + self.unit * (self.constant + self.c @ np.asarray(x)))

    def violations(self, points: NDArray) -> NDArray[np.float64]:
        """Return by how much rows are violated, relative to their coefficients, shape (k, m)."""
        excess = np.asarray(points) @ self.A.T - self.b
        apart = np.where(self.sense == 0, np.abs(excess), -self.sense * excess)
        return apart / self.sizes

    @property
    def sizes(self) -> NDArray[np.float64]:
        """The largest coefficient of each row, without those of fixed variables, shape (m,)."""
        free = self.space.low < self.space.high
        sizes = np.abs(self.A[:, free]).max(axis=1, initial=0.0)
        return np.where(sizes > 0, sizes, 1.0)

    def check_rows(self) -> None:
        """Refuse rows that double precision cannot tell, once their fixed variables are out."""
        free = self.space.low < self.space.high
        entries = np.abs(self.A[:, free])
        smallest = np.where(entries > 0, entries, np.inf).min(axis=1, initial=np.inf)
        reach = np.maximum(np.abs(self.space.low), np.abs(self.space.high))
        rounding = 4e-16 * (np.abs(self.A) @ reach + np.abs(self.b)) / self.sizes
        apart = APART if self.space.integral.all() else APART_MIXED
        if (self.sizes > apart * smallest).any() or (rounding > EXACT).any():
            raise Ambiguous

    def constraints(self, x: NDArray) -> NDArray[np.float64]:
        return self.violations(np.asarray(x)[None])[0] - TOLERATED

    def linear_model(self) -> LinearModel:
        program = pulp.LpProblem("random", pulp.LpMaximize if self.maximise else pulp.LpMinimize)
        kinds = ["Integer" if whole else "Continuous" for whole in self.space.integral]
        columns = zip(
            self.names, self.space.low.tolist(), self.space.high.tolist(), kinds, strict=True
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PuLP warns of characters that it replaces
            xs = [pulp.LpVariable(*column) for column in columns]
        program += pulp.lpDot(self.c.tolist(), xs) + self.constant
        for row, sense, limit in zip(self.A.tolist(), self.sense, self.b.tolist(), strict=True):
            left = pulp.lpDot(row, xs)
            program += left <= limit if sense < 0 else left >= limit if sense else left == limit
        by_name = len({x.name for x in xs}) == len(xs)

        def read(found: Solution) -> NDArray:
            keys = self.names if by_name else xs
            point = np.array(
                [found[key] if key in found else found[x] for key, x in zip(keys, xs, strict=True)]
            )
            return self.space.decode(point)

        return LinearModel(program, read, unit=self.unit, offset=self.offset)

    @property
    def rounding(self) -> float:
        """What arithmetic in floats may miss of a value."""
        reach = np.abs(self.space.low).max() + np.abs(self.space.high).max()
        terms = abs(self.constant) + float(np.abs(self.c).sum() * reach)
        return 1e-14 * (abs(self.offset) + abs(self.unit) * terms)

    def optimum(self) -> float | None:
        """Return the least value, None where nothing is feasible.

        By enumeration where all variables are whole, else by `scipy.optimize.milp` as it is.

        Raises
        ------
        Ambiguous
            Where it depends on a solver's tolerance.
        """
        self.check_rows()
        if self.space.integral.all():
            ranges = [
                range(int(low), int(high) + 1)
                for low, high in zip(self.space.low, self.space.high, strict=True)
            ]
            points = np.array(np.meshgrid(*ranges, indexing="ij")).reshape(len(ranges), -1).T
            violations = self.violations(points)
            if ((violations > EXACT) & (violations < TOLERATED)).any():
                raise Ambiguous
            inside = points[(violations <= EXACT).all(axis=1)]
            return min((self.value(x) for x in inside), default=None)
        A, b = self.A / self.sizes[:, None], self.b / self.sizes
        limits = A, np.where(self.sense < 0, -np.inf, b), np.where(self.sense > 0, np.inf, b)
        aim = self.unit * self.c
        largest = np.abs(aim).max() or 1.0
        told = {
            "integrality": self.space.integral.astype(int),
            "bounds": scipy.optimize.Bounds(self.space.low, self.space.high),
            "constraints": scipy.optimize.LinearConstraint(*limits) if len(self.b) else (),
        }
        first, second = (
            scipy.optimize.milp(aim / largest, **told, options={"mip_rel_gap": 0, "presolve": way})
            for way in (True, False)
        )
        # It may call what has a solution infeasible, but not in both ways.
        if first.status != second.status or first.status not in (0, 2):
            raise Ambiguous
        return self.value(first.x) if first.status == 0 else None


class Ambiguous(Exception):  # noqa: N818 - a draw to be thrown away
    """A program whose optimum depends on a solver's tolerance."""


@dataclass(frozen=True)
class Outcome:
    """What a solver made of a program; `fault` is empty where that is right."""

    ended: str
    fault: str


def judged(program: RandomProgram, optimum: float | None, solver: str) -> Outcome:
    """Solve a program and say whether anything false was proved, or anything raised."""
    method, options = SOLVERS[solver]
    try:
        run = minimize(program, method, 0, seconds=20, **options)
    except Exception as error:
        return Outcome("raised", f"{type(error).__name__}: {error}")
    if optimum is None:
        wrong = run.certified or "Infeasible" not in run.message
        return Outcome("infeasible", f"it ended {run.ended} {run.message}" if wrong else "")
    if run.ended == "error":
        return Outcome("error", run.message)
    allowed = max(run.uncertainty, 2 * program.rounding)
    if not program.space.integral.all():
        # scipy's own arithmetic counts twice.
        terms = np.abs(program.unit * program.c).max() + abs(optimum - program.offset)
        allowed = max(allowed, 4e-6 * terms)
    if run.certified and abs(run.value - optimum) > allowed:
        return Outcome("false", f"certified {run.value!r}, the optimum is {optimum!r}")
    if run.bound is not None and run.bound > optimum + allowed:
        return Outcome("false", f"bound {run.bound!r}, the optimum is {optimum!r}")
    return Outcome("certified" if run.certified else run.ended, "")


def programs(
    number: int, seed: int, first: int = 0, penalties: bool = True
) -> Iterator[tuple[int, RandomProgram, float | None]]:
    """Yield programs with their place in the sequence, from `first` on, and their optima."""
    for i in range(first, first + number):
        rng = np.random.default_rng([seed, i])
        while True:
            program = RandomProgram(rng, penalties)
            try:
                yield i, program, program.optimum()
            except Ambiguous:
                continue
            break


def _coefficients(rng: np.random.Generator, n: int) -> tuple[NDArray[np.float64], str]:
    kind = str(rng.choice(KINDS))
    if kind == "mixed":
        return np.array([_coefficients(rng, 1)[0][0] for _ in range(n)]), kind
    if kind.endswith("real"):
        return (1e9 if kind.startswith("huge") else 1.0) * rng.uniform(-1, 1, n), kind
    return rng.integers(-9, 10, n) * FACTORS[kind], kind


def main(arguments: Sequence[str] | None = None) -> int:
    """Solve random programs, print how they ended, and return 1 where something is false."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--solver", choices=[*SOLVERS, "all"], default="all")
    chosen = parser.parse_args(arguments)
    solvers = list(SOLVERS) if chosen.solver == "all" else [chosen.solver]
    counts: dict[str, Counter[str]] = {solver: Counter() for solver in solvers}
    faults = 0
    for i, program, optimum in programs(chosen.number, chosen.seed):
        for solver in solvers:
            outcome = judged(program, optimum, solver)
            counts[solver][outcome.ended] += 1
            if outcome.fault:
                faults += 1
                print(f"program {i} ({program.kind}), {solver}: {outcome.fault}", flush=True)
    for solver in solvers:
        ended = ", ".join(f"{n:,} {ended}" for ended, n in counts[solver].most_common())
        print(f"{solver}: {ended}")
    print(f"{chosen.number:,} programs, {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
