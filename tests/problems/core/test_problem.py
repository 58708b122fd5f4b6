"""What a problem has by default: derived evaluations, reasons for missing views, references."""

import inspect

import numpy as np
import pytest

from methods import minimize
from problems import Box, Minibatch, Problem, Reference, Unsupported, from_function
from problems.core.problem import VIEWS, has_view
from tests.problems.toys import Slope, Toy


class OneByOne(Problem):
    space = Box(-1, 1, 2)

    def value(self, x):
        return 2 * x[0] - x[1]


class AllAtOnce(Problem):
    space = Box(-1, 1, 2)

    def values(self, points):
        return 2 * points[:, 0] - points[:, 1]


POINTS = np.array([[0.5, 1.0], [1.0, -1.0], [0.0, 0.0]])


@pytest.mark.parametrize("problem", [OneByOne(), AllAtOnce()])
def test_value_and_values_derive_from_each_other(problem) -> None:
    assert [problem.value(x) for x in POINTS] == [0, 3, 0]
    batch = problem.values(POINTS)
    assert batch.tolist() == [0, 3, 0]
    assert batch.dtype == np.float64


@pytest.mark.parametrize("problem", [OneByOne(), AllAtOnce()])
def test_values_of_no_points_are_no_values(problem) -> None:
    assert problem.values(np.empty((0, 2))).shape == (0,)


def test_the_score_is_the_value_where_nothing_is_held_out() -> None:
    assert OneByOne().score(POINTS[1]) == 3


def test_nothing_else_is_measured_by_default() -> None:
    assert OneByOne().measures(POINTS[1]) == {}


def test_a_point_that_is_measured_is_checked_as_one_that_is_evaluated() -> None:
    class Measured(OneByOne):
        space = Box(-1, 1, 2, integral=True)

        def measures(self, x):
            return {"sum": float(x.sum()), "whole": float(x.dtype == np.int64)}

    assert Measured().measures([1.0, -1.0]) == {"sum": 0.0, "whole": 1.0}
    for bad in ([1.0], [0.5, 1.0], [np.nan, 0.0]):
        with pytest.raises(ValueError, match="point"):
            Measured().measures(bad)


def test_the_proposal_is_the_space_where_there_is_no_other() -> None:
    drawn = OneByOne().sample(np.random.default_rng(1), 4)
    assert np.array_equal(drawn, OneByOne.space.sample(np.random.default_rng(1), 4))


def test_a_proposal_without_a_temperature_says_so() -> None:
    with pytest.raises(ValueError, match="temperature=2: this problem's proposal has none"):
        OneByOne().sample(np.random.default_rng(0), 1, 2.0)


def test_defaults_say_nothing_that_is_not_known() -> None:
    problem = OneByOne()
    assert problem.reference is None
    assert problem.anchors == {}
    assert problem.constraints(POINTS[0]).shape == (0,)
    assert (problem.name, dict(problem.options), problem.instance) == ("", {}, 0)
    assert problem.title == "Box(-1, 1, 2)"
    assert problem.describe([0.5, 1]) == "[0.5 1. ]"


@pytest.mark.parametrize("view", VIEWS)
def test_a_problem_without_a_view_says_why(view) -> None:
    assert not has_view(OneByOne, view)
    assert not has_view(OneByOne(), view)
    arguments = [None] * (len(inspect.signature(getattr(OneByOne, view)).parameters) - 1)
    with pytest.raises(Unsupported, match=VIEWS[view]):
        getattr(OneByOne(), view)(*arguments)


def test_the_views_are_the_defaults_that_say_why_there_is_none() -> None:
    refusing = []
    for name, member in vars(Problem).items():
        if callable(member) and not name.startswith("_"):
            try:
                member(*[None] * len(inspect.signature(member).parameters))
            except Unsupported:
                refusing.append(name)
            except (AttributeError, TypeError):
                continue
    assert sorted(refusing) == sorted(VIEWS)


def test_a_view_exists_where_a_subclass_overrides_it() -> None:
    assert has_view(Toy, "relaxation")
    assert has_view(Toy(), "relaxation")
    assert not has_view(Toy, "count")


@pytest.mark.parametrize(
    ("kind", "proven", "optimum"),
    [
        ("closed form", True, True),
        ("dynamic programme", True, True),
        ("certified", True, True),
        ("bound", True, False),
        ("best published", False, False),
    ],
)
def test_what_a_reference_proves(kind, proven, optimum) -> None:
    reference = Reference(1.0, kind, "a test")
    assert (reference.proven, reference.optimum) == (proven, optimum)


@pytest.mark.parametrize(("value", "slack"), [(0.0, 1e-3), (0.5, 1e-3), (200.0, 0.2), (-200, 0.2)])
def test_slack_is_relative_above_one(value, slack) -> None:
    assert Reference(value, "bound", "a test", tolerance=1e-3).slack == pytest.approx(slack)


def test_parameters_of_a_box_are_its_points_clipped() -> None:
    relaxation = Slope(Toy.space)
    assert relaxation.dimension == 2
    assert relaxation.decode(np.array([-7.0, 2.5])).tolist() == [-5, 2.5]
    assert relaxation.encode(np.array([1, 2])).tolist() == [1, 2]


def test_a_minibatch_says_what_it_touches() -> None:
    batch = Minibatch(np.array([0, 2]), np.array([1, 3]), 0.5, 4)
    assert (len(batch.rows), batch.share, batch.tokens) == (2, 0.5, 4)


def tilted(x):
    return float(2 * x[0] - x[1])


def tilted_batch(points):
    return 2 * points[:, 0] - points[:, 1]


@pytest.mark.parametrize(
    ("function", "vectorised"), [(tilted, False), (tilted_batch, True)], ids=["one", "batch"]
)
def test_a_bare_function_is_a_problem(function, vectorised) -> None:
    problem = from_function(function, OneByOne.space, vectorised=vectorised)
    assert [problem.value(x) for x in POINTS] == problem.values(POINTS).tolist() == [0, 3, 0]
    assert problem.space is OneByOne.space
    assert problem.name == function.__name__
    run = minimize(problem, "random-search", 50)
    assert (run.problem, run.ledger.values) == (function.__name__, 50)
    assert run.value == tilted(run.x)


def test_a_bare_function_may_be_given_a_name_or_have_none() -> None:
    class Callable:
        def __call__(self, x):
            return 1.0

    assert from_function(tilted, OneByOne.space, name="slope").name == "slope"
    assert from_function(Callable(), OneByOne.space).name == "function"


@pytest.mark.parametrize("kind", ["best-published", "Bound", "optimal", ""])
def test_a_reference_of_an_unknown_kind_is_refused(kind) -> None:
    with pytest.raises(ValueError, match=f"kind='{kind}': expected one of closed form, dynamic"):
        Reference(1.0, kind, "a typo")


@pytest.mark.parametrize(
    ("function", "space", "message"),
    [
        (tilted, (-5, 5), r"^space=\(-5, 5\): expected a Space, e\.g\. Box\(-5, 5, 10\)$"),
        (tilted, Box, "expected a Space"),
        (3.0, OneByOne.space, r"^function=3\.0: expected one to call with a point, f\(x\)$"),
        (OneByOne.space, tilted, "function=Box"),
    ],
)
def test_what_is_no_function_or_no_space_makes_no_problem(function, space, message) -> None:
    with pytest.raises(ValueError, match=message):
        from_function(function, space)
