"""Small integer programs: random ones, one by hand, and those whose proof takes long."""

from __future__ import annotations

import numpy as np
import pulp
import pytest

import problems
from methods.integer_programming import integer_programming
from problems import Box, LinearModel, Problem
from tests.methods.examples import SECONDS

BOTH = pytest.mark.parametrize("solver", ["highs", "cbc"])


class Linear(Problem):
    """min c·x + constant, A x <= b, x between bounds; the model is kept in `program`."""

    ceiling = 1e6

    def __init__(self, c, A, b, low=0, high=3, integral=True, constant=0.0):
        self.c, self.A, self.b = (np.asarray(part, dtype=float) for part in (c, A, b))
        self.constant = constant
        self.space = Box(low, high, len(c), integral=integral)

    def value(self, x):
        return float(self.c @ x) + self.constant

    def constraints(self, x):
        return self.A @ x - self.b - 1e-7

    def program(self, sense=pulp.LpMinimize):
        program = pulp.LpProblem("linear", sense)
        kinds = [pulp.LpInteger if whole else pulp.LpContinuous for whole in self.space.integral]
        bounds = zip(self.space.low, self.space.high, kinds, strict=True)
        xs = [
            pulp.LpVariable(f"x{i}", low, high, kind) for i, (low, high, kind) in enumerate(bounds)
        ]
        program += pulp.lpDot((self.c * sense).tolist(), xs)
        for row, limit in zip(self.A, self.b, strict=True):
            program += pulp.lpDot(row.tolist(), xs) <= limit
        return program

    def read(self, values):
        point = np.array([values.get(f"x{i}", 0.0) for i in range(len(self.c))])
        return self.space.decode(point)

    def linear_model(self):
        return LinearModel(self.program(), self.read, offset=self.constant)


class Modelled(Linear):
    """`packing` with a model written in some other way."""

    def __init__(self, write, constant=0.0):
        super().__init__([-5, -4, -3, -7], [[4, 3, 2, 2]], [5], high=1, constant=constant)
        self._write = write

    def linear_model(self):
        return self._write(self)


def random_program(seed, integral=True, **options):
    """A feasible program (x = 0 is in it) with a bounded optimum."""
    rng = np.random.default_rng(seed)
    n, m = 8, 4
    A = rng.integers(1, 30, (m, n))
    return Linear(rng.integers(-40, 5, n), A, A.sum(axis=1), integral=integral, **options)


def packing():
    """Worth 4 + 7 within a weight of 5: the optimum is 11."""
    return Linear([-5, -4, -3, -7], [[4, 3, 2, 2]], [5], high=1)


def ternary(**options):
    """One of few small instances whose bound is out of reach, so that a proof is needed."""
    return problems.make(
        "next-token-ternary",
        corpus="markov:length=5000,symbols=8",
        alphabet="characters",
        bits=2,
        instance=4,
        **options,
    )


def decode():
    return problems.make("next-token-decode", corpus="markov:length=5000,symbols=12", length=8)


def from_a_point(x):
    """Return a method: the known point `x`, and integer programming from there."""

    def known(oracle, rng, *, solver="highs", mode="solve"):
        with oracle.stage(1, SECONDS):
            oracle.value(x)
        integer_programming(oracle, rng, solver=solver, mode=mode)

    return known


def hard(bits=7):
    """Beyond any proof within a test; with fewer bits solutions at least come soon."""
    return problems.make("next-token-ternary", corpus="markov:length=20000", bits=bits)


def softer():
    return hard(bits=4)


def infeasible(problem):
    program = problem.program()
    program += pulp.lpSum(program.variables()) >= 100
    return LinearModel(program, problem.read)


def with_constant(problem):
    program = problem.program()
    program.setObjective(program.objective + problem.constant)
    return LinearModel(program, problem.read)


def maximising(problem):
    return LinearModel(
        problem.program(pulp.LpMaximize), problem.read, unit=-1.0, offset=problem.constant
    )
