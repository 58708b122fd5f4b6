"""Functions of bits against brute force over the whole cube."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import problems
from methods import minimize
from problems import Budget, Unsupported

CASES = [
    ("onemax", {"n": 8}),
    ("onemax", {"n": 1}),
    ("leading-ones", {"n": 8}),
    ("leading-ones", {"n": 1}),
    ("nk-landscape", {"n": 1, "k": 0}),
    ("nk-landscape", {"n": 8, "k": 0, "neighbourhood": "random"}),
    ("nk-landscape", {"n": 9, "k": 2}),
    ("nk-landscape", {"n": 4, "k": 3}),
    ("nk-landscape", {"n": 8, "k": 3, "neighbourhood": "random"}),
]


def cube(n):
    return np.array(list(product((0, 1), repeat=n)))


@pytest.fixture(params=CASES, ids=str)
def problem(request):
    name, options = request.param
    return problems.make(name, instance=2, **options)


def test_reference_is_the_minimum_over_the_cube(problem):
    lowest = problem.values(cube(problem.space.dimension)).min()
    if problem.reference.optimum:
        assert lowest == pytest.approx(problem.reference.value, abs=1e-12)
    else:
        assert lowest >= problem.reference.value - 1e-12


def test_linear_model_finds_the_minimum(problem):
    run = minimize(problem, "integer-programming", Budget(0, 20))
    assert run.ended == "optimal"
    assert run.value == pytest.approx(problem.values(cube(problem.space.dimension)).min())


def test_relaxation_is_the_mean_over_coin_flips(problem):
    n = problem.space.dimension
    p = np.random.default_rng(0).uniform(0.1, 0.9, n)
    points = cube(n)
    chances = np.where(points, p, 1 - p).prod(axis=1)
    mean, slope = problem.expected(p)
    assert mean == pytest.approx(chances @ problem.values(points))
    relaxation, theta = problem.relaxation(), np.log(p / (1 - p))
    loss, gradient = relaxation.loss_and_gradient(theta)
    assert loss == pytest.approx(mean)
    step = 1e-6 * np.eye(n)
    numeric = [
        (relaxation.loss_and_gradient(theta + s)[0] - relaxation.loss_and_gradient(theta - s)[0])
        / 2e-6
        for s in step
    ]
    np.testing.assert_allclose(gradient, numeric, rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(slope * p * (1 - p), gradient)


def test_expected_value_at_a_corner_is_the_value(problem):
    for x in problem.space.sample(np.random.default_rng(1), 10):
        assert problem.expected(x.astype(float))[0] == pytest.approx(problem.value(x))


@pytest.mark.parametrize("k", range(6))
@pytest.mark.parametrize("n", [6, 7, 12])
def test_ring_optimum_against_brute_force(n, k):
    for instance in range(3):
        problem = problems.make("nk-landscape", n=n, k=k, instance=instance)
        assert problem.reference.kind == "dynamic programme"
        assert problem.values(cube(n)).min() == pytest.approx(problem.reference.value, abs=1e-12)


def test_references_without_a_ring_are_bounds():
    for options in ({"n": 12, "k": 7}, {"n": 12, "k": 2, "neighbourhood": "random"}):
        problem = problems.make("nk-landscape", **options)
        assert problem.reference.kind == "bound"
        assert problem.values(cube(12)).min() >= problem.reference.value


def test_nk_by_its_definition():
    problem = problems.make("nk-landscape", n=10, k=2, neighbourhood="random", instance=5)
    x = problem.space.sample(np.random.default_rng(3), 1)[0]
    total = 0
    for i, (own, first, second) in enumerate(problem.neighbours):
        assert own == i
        assert len({own, first, second}) == 3
        total += problem.contributions[i, 4 * x[own] + 2 * x[first] + x[second]]
    assert problem.value(x) == -total / 10_000


def test_adjacent_neighbours_follow_on_the_ring():
    problem = problems.make("nk-landscape", n=5, k=2)
    assert problem.neighbours[3].tolist() == [3, 4, 0]


def test_hidden_string_and_order():
    onemax = problems.make("onemax", n=20)
    assert onemax.value(onemax.target) == 0
    assert onemax.value(1 - onemax.target) == 20
    leading = problems.make("leading-ones", n=20)
    for m in range(20):
        x = leading.target.copy()
        x[leading.order[m]] ^= 1
        assert leading.value(x) == 20 - m  # the rest is right, and does not count


@pytest.mark.parametrize("name", ["onemax", "leading-ones"])
def test_instances_hide_different_strings(name):
    hidden = {tuple(problems.make(name, n=20, instance=i).target.tolist()) for i in range(5)}
    assert len(hidden) == 5


def test_bits_are_shown_as_text():
    assert problems.make("onemax", n=4).describe(np.array([0, 1, 1, 0])) == "0110"


def test_a_model_too_large_is_refused_with_its_size():
    problem = problems.make("nk-landscape", n=1000, k=6)
    with pytest.raises(Unsupported, match="128,000 indicators"):
        problem.linear_model()


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("onemax", {"n": 0}, "n=0: expected 1 to 1000"),
        ("leading-ones", {"n": 1001}, "n=1001: expected 1 to 1000"),
        ("nk-landscape", {"n": 5, "k": 5}, "k=5: expected 0 to 4"),
        ("nk-landscape", {"k": 11}, "k=11: expected 0 to 10"),
        ("nk-landscape", {"k": -1}, "k=-1: expected 0 to 10"),
        ("nk-landscape", {"neighbourhood": "near"}, "expected one of adjacent, random"),
    ],
)
def test_bad_options(name, options, expected):
    with pytest.raises(ValueError, match=expected):
        problems.make(name, **options)
