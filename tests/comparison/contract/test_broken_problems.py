"""A problem that breaks a rule of the contract is noticed, and one that keeps all is not."""

from __future__ import annotations

import functools
import itertools

import numpy as np
import pytest

from comparison.contract import PROBLEM_CHECKS
from comparison.contract import problem_checks as single
from problems import Box, LinearModel, Problem, Reference
from problems.core.environment import Construction
from problems.core.views import BoxRelaxation, Members
from tests.methods.examples import OneMax


def name_of(check):
    return check.__name__ if callable(check) else str(check)


class Unsteady(OneMax):
    """A different objective each time it is built."""

    builds = 0

    def __init__(self):
        super().__init__()
        Unsteady.builds += 1
        self._shift = Unsteady.builds

    def values(self, points):
        return super().values(points) + self._shift


class Noisy(OneMax):
    """Draws without a seed."""

    def value(self, x):
        return float(np.random.default_rng().random())

    def values(self, points):
        return np.array([self.value(x) for x in points])


class NoisyBatch(OneMax):
    """Keeps how many batches it was asked for."""

    batches = 0

    def value(self, x):
        return 0.0

    def values(self, points):
        self.batches += 1
        return np.full(len(points), float(self.batches))


class Misdeclared(OneMax):
    """Has the name of a problem with another kind of space."""

    name = "travelling-salesman"


class StrangeSample(OneMax):
    def sample(self, rng, n, temperature=1.0):
        return np.full((n, 20), 2)


class ForgetfulSample(OneMax):
    def sample(self, rng, n, temperature=1.0):
        return np.random.default_rng().integers(0, 2, (n, 20))


class ShortSample(OneMax):
    def sample(self, rng, n, temperature=1.0):
        return self.space.sample(rng, n - 1)


class TwoObjectives(OneMax):
    def value(self, x):
        return float(np.sum(x))


class Infinite(OneMax):
    def values(self, points):
        return np.full(len(points), np.inf)


class Column(OneMax):
    def values(self, points):
        return super().values(points)[:, None]


class LossyBox(Box):
    def encode(self, x):
        return np.zeros(np.shape(x))


class OpenBox(Box):
    def decode(self, z):
        return np.asarray(z)


class Lossy(OneMax):
    def __init__(self):
        self.space = LossyBox(0, 1, 20, integral=True)


class Open(OneMax):
    def __init__(self):
        self.space = OpenBox(0, 1, 20)


class Padded(OneMax):
    def values(self, points):
        return super().values(points) if len(points) else np.zeros(1)


class WrongProof(OneMax):
    reference = Reference(15.0, "bound", "a mistake")


class Speechless(OneMax):
    def describe(self, x):
        return None


class Scoreless(OneMax):
    def score(self, x):
        return "good"


class Untitled(OneMax):
    title = None


class Slope(BoxRelaxation):
    """Of f(x) = Σ x²; each fault is one attribute."""

    exact = True
    yields_value = True
    factor, offset, shape, back, start_shape = 2.0, 0.0, 3, 1.0, 3

    def start(self, rng):
        return np.full(self.start_shape, 0.5)

    def loss_and_gradient(self, theta, rows=None):
        return float(theta @ theta) + self.offset, np.resize(self.factor * theta, self.shape)

    def encode(self, x):
        return self.back * np.asarray(x)


class Smooth(Problem):
    fault = None

    def __init__(self):
        self.space = Box(-1, 1, 3)

    def values(self, points):
        return (points**2).sum(axis=1)

    def relaxation(self):
        relaxation = Slope(self.space)
        for name, value in (self.fault or {}).items():
            setattr(relaxation, name, value)
        return relaxation


def smooth(**fault):
    return type("FaultySmooth", (Smooth,), {"fault": fault})


class Outside(Smooth):
    def relaxation(self):
        relaxation = Slope(self.space)
        relaxation.decode = lambda theta: theta + 7
        return relaxation


class Generous(OneMax):
    def environment(self, look):
        return Construction(self.space, lambda x: look(x) - 1)


class Curious(OneMax):
    def environment(self, look):
        return Construction(self.space, lambda x: (look(x) + look(x)) / 2)


class Misbuilt(OneMax):
    def environment(self, look):
        return Construction(self.space, lambda x: look(x + 2))


class WrongModel(OneMax):
    """Its program has a better optimum than the problem."""

    def linear_model(self):
        import pulp

        program = pulp.LpProblem("wrong", pulp.LpMinimize)
        bits = [pulp.LpVariable(f"b{i}", cat=pulp.LpBinary) for i in range(20)]
        program += pulp.lpSum(-bit for bit in bits)
        program += bits[0] + bits[1] <= 1

        def read(values):
            return np.array([round(values[bit.name]) for bit in bits])

        return LinearModel(program, read, offset=10.0)


class Wandering(OneMax):
    """Every build of it begins elsewhere."""

    builds = itertools.count()

    def start(self):
        return np.arange(20) == next(self.builds)


class Undefined(OneMax):
    """Its start is the one point without a value."""

    def start(self):
        return np.zeros(20, dtype=int)

    def values(self, points):
        return np.where(points.any(axis=1), super().values(points), np.inf)


def measuring(measures):
    """Return a problem that measures its points so."""
    return type("Measuring", (OneMax,), {"measures": staticmethod(measures)})


def overwrites(x):
    x[:] = 0
    return {}


class Pair(OneMax):
    """An ensemble of two halves, whose value is the sum of theirs and not their mean."""

    part, shape = 10, -1

    def members(self):
        half = Box(0, 1, self.part, integral=True)
        return Members(2, half, lambda points: points.sum(axis=1).reshape(self.shape))


@pytest.mark.parametrize(
    ("check", "build", "says"),
    [
        (single.members_hold, Pair, "equal members has the value"),
        (single.members_hold, type("Long", (Pair,), {"part": 11}), "outside the space"),
        (single.members_hold, type("Row", (Pair,), {"shape": (1, -1)}), r"shape \(1, 5\)"),
        (single.start_holds, Wandering, "another start"),
        (single.start_holds, Undefined, "no finite value"),
        (single.samples_are_members, StrangeSample, "outside the space"),
        (single.samples_are_members, ForgetfulSample, "two different samples"),
        (single.samples_are_members, ShortSample, r"a sample has \(19, 20\)"),
        (single.values_agree, TwoObjectives, r"values\(\) differs from value\(\)"),
        (single.values_agree, Infinite, "not finite"),
        (single.values_agree, Column, r"shape \(20, 1\)"),
        (single.values_agree, Unsteady, "second build"),
        (single.is_deterministic, Unsteady, r"gave \d+, then \d+ in a second build of the same"),
        (single.is_deterministic, Noisy, r"the same point gave \d.*, then \d[^ ]*; seed it"),
        (single.is_deterministic, NoisyBatch, "the objective is not deterministic"),
        (single.values_agree, Padded, "no points"),
        (single.encoding_inverts, Lossy, r"decode\(encode\(x\)\) != x"),
        (single.encoding_inverts, Open, "decodes to no member"),
        (single.reference_is_unbeaten, WrongProof, "beats"),
        (single.space_is_as_declared, Misdeclared, "a Box, declared as 'Permutation'"),
        (single.describes, Speechless, "describe"),
        (single.describes, Untitled, "title"),
        (single.measures_hold, measuring(overwrites), "writes to the point"),
        (single.measures_hold, measuring(lambda x: {"a": "1"}), r"\['a'\] is '1', a str"),
        (single.measures_hold, measuring(lambda x: {1: 1.0}), "a name in measures is 1"),
        (single.measures_hold, measuring(lambda x: {str(x.sum()): 1.0}), "has the names"),
        (single.measures_hold, measuring(lambda x: {"gap": 1.0}), "as other columns"),
        (single.measures_hold, measuring(lambda x: {"held-out": 1.0}), "as other columns"),
        (single.measures_hold, measuring(lambda x: {"a": np.inf}), r"\['a'\] infinite"),
        (single.relaxation_holds, smooth(factor=2.1), "finite difference"),
        (single.relaxation_holds, smooth(offset=1.0), "loss is not the value"),
        (single.relaxation_holds, smooth(shape=2), "shape"),
        (single.relaxation_holds, smooth(start_shape=2), r"start\(\)"),
        (single.relaxation_holds, smooth(back=0.5), r"decode\(encode\(x\)\) != x"),
        (single.relaxation_holds, Outside, "no member"),
        (single.environment_holds, Generous, "reward is not minus the value"),
        (single.environment_holds, Curious, "2 evaluations"),
        (single.environment_holds, Misbuilt, "no member"),
        (single.linear_model_holds, WrongModel, "not solved"),
    ],
    ids=name_of,
)
def test_a_problem_that_breaks_a_rule_is_noticed(check, build, says):
    with pytest.raises(AssertionError, match=says):
        check(build)


def test_a_score_that_is_no_number_is_noticed():
    with pytest.raises((AssertionError, ValueError)):
        single.describes(Scoreless)


@pytest.mark.parametrize("check", PROBLEM_CHECKS, ids=name_of)
@pytest.mark.parametrize("build", [OneMax, Smooth, functools.partial(OneMax, 1)], ids=str)
def test_a_plain_problem_passes(check, build):
    check(build)


@pytest.mark.parametrize("value", [0.0, np.float32(1.5), np.nan])
def test_measures_that_are_numbers_or_nan_keep_the_contract(value):
    single.measures_hold(measuring(lambda x: {"drift": value}))


def test_an_infeasible_point_may_have_an_infinite_measure():
    build = measuring(lambda x: {"a": np.inf})
    build.constraints = lambda self, x: np.ones(1)
    single.measures_hold(build)
