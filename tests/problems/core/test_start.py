"""A problem's start: what it may be, the scale that is derived, and the draws around it."""

import numpy as np
import pytest

import problems
from problems import Box, Budget, Categorical, Oracle, Permutation, Problem, Start, UsageError
from problems.core.ledger import Stop
from problems.core.views import BoxRelaxation
from tests.problems.toys import Exact

MIXED = Box([-1, 0, -8], [1, 9, 8], integral=[False, True, False])
SPACES = [
    (Box(-10, 10, 4), [3.0, -4.0, 3.0, 4.0]),
    (MIXED, [0.5, 3, -2.0]),
    (Box(0, 1, 6, integral=True), [0, 1, 0, 1, 1, 0]),
    (Categorical([2, 3, 1, 9]), [1, 2, 0, 8]),
    (Permutation(5), [4, 2, 0, 1, 3]),
    (Permutation(6, 2), [5, 0]),
    (Permutation(1), [0]),
]


class Begun(Problem):
    """The sum of the variables, begun at whatever is returned."""

    def __init__(self, space, returned):
        self.space, self.returned = space, returned

    def start(self):
        return self.returned

    def value(self, x):
        return float(x.sum())


def oracle_of(problem):
    return Oracle(problem, Budget(100))


def test_a_problem_has_no_start_by_default():
    assert problems.make("sphere").start() is None
    assert oracle_of(problems.make("sphere")).scale is None


@pytest.mark.parametrize(
    "returned",
    [
        (np.array([1.0, 2.0]), 0.5),
        ([1.0, 2.0], [0.5, 0.5]),
        Start([1, 2], 0.5),
        Start(np.array([1.0, 2.0]), np.full(2, 0.5)),
    ],
)
def test_every_form_of_point_and_scale_is_one_typed_start(returned):
    start = Begun(Box(-5, 5, 2), returned).start()
    assert isinstance(start, Start)
    np.testing.assert_array_equal(start.point, [1.0, 2.0])
    np.testing.assert_array_equal(start.scale, [0.5, 0.5])


def test_two_numbers_in_the_plane_are_a_point():
    start = Begun(Box(-5, 5, 2), (1.0, 2.0)).start()
    np.testing.assert_array_equal(start.point, [1.0, 2.0])


def test_a_derived_scale_is_the_root_mean_square_within_a_tenth_of_the_range():
    box = Box([-10, -10, -1], 10)
    np.testing.assert_allclose(Begun(box, [0.3, -0.4, 0.0]).start().scale, [0.5 / 3**0.5] * 3)
    np.testing.assert_allclose(Begun(box, [3.0, -4.0, 0.0]).start().scale, [2.0, 2.0, 1.1])
    np.testing.assert_allclose(Begun(box, np.zeros(3)).start().scale, [2.0, 2.0, 1.1])
    for returned in ([0.1, 9, 0.1], ([0.1, 9, 0.1], [np.nan, np.nan, 0.1])):
        np.testing.assert_allclose(Begun(MIXED, returned).start().scale, [0.1, np.nan, 0.1])
    assert Begun(Permutation(3), [2, 0, 1]).start().scale is None


def test_a_start_cannot_be_written_to_and_is_a_copy():
    mine = np.array([1.0, 2.0])
    start = Begun(Box(-5, 5, 2), mine).start()
    for array in (start.point, start.scale):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    mine[0] = 3.0
    assert start.point[0] == 1.0


def test_a_start_serves_as_the_point_that_it_is():
    problem = Begun(Box(-5, 5, 2), [1.0, 2.0])
    assert problem.value(problem.start()) == 3.0


@pytest.mark.parametrize(
    ("space", "returned", "says"),
    [
        (Box(-5, 5, 2), [0.0, 6.0], r"Box\(-5, 5, 2\): variable 1 is 6, expected a number of -5"),
        (Box(-5, 5, 2), [0.0, np.inf], "variable 1 is inf, expected a number of -5 to 5"),
        (Box(-5, 5, 2), [0.0, np.nan], "has a nan"),
        (Box(-5, 5, 2), [0.0, 1.0, 2.0], r"shape \(3,\): expected \(2,\)"),
        (Box(-5, 5, 2), "middle", "expected real numbers"),
        (MIXED, [0.0, 2.5, 0.0], "variable 1 is 2.5, expected a whole number of 0 to 9"),
        (Permutation(3), [0, 0, 1], "is not in Permutation"),
        (Permutation(3), ([2, 0, 1], 0.5), "scale in a Permutation.*the point alone"),
        (Box(-5, 5, 2), ([0.0, 1.0], 0.0), "scale 0.0: expected a number > 0, or 2 of them"),
        (Box(-5, 5, 2), ([0.0, 1.0], [1.0, np.inf]), "expected a number > 0"),
        (Box(-5, 5, 2), ([0.0, 1.0], [1.0, 1.0, 1.0]), "or 2 of them"),
        (Box(-5, 5, 2), ([0.0, 1.0], "wide"), "scale wide: expected a number > 0"),
    ],
)
def test_what_is_no_start_is_refused_by_the_problem_and_by_a_run(space, returned, says):
    problem = Begun(space, returned)
    for ask in (problem.start, lambda: oracle_of(problem)):
        with pytest.raises(UsageError, match=says) as refusal:
            ask()
        assert str(refusal.value).startswith("problem Begun: start() returns")


def test_a_start_of_any_kind_of_method_is_checked():
    class Mixin:
        @staticmethod
        def start():
            return [9.0, 0.0]

    class Mixed(Mixin, Begun):
        pass

    class Property(Begun):
        start = property(lambda self: np.zeros(2))

    with pytest.raises(UsageError, match="variable 0 is 9"):
        Mixed(Box(-5, 5, 2), None).start()
    with pytest.raises(UsageError, match="expected a method"):
        oracle_of(Property(Box(-5, 5, 2), None))


def test_an_attribute_of_that_name_is_told_apart():
    problem = Begun(Box(-5, 5, 2), None)
    problem.start = np.zeros(2)
    with pytest.raises(UsageError, match=r"start of Begun is array.*expected a method"):
        oracle_of(problem)


@pytest.mark.parametrize(("space", "point"), SPACES, ids=str)
def test_starting_points_are_the_start_and_members_around_it(space, point):
    oracle = oracle_of(Begun(space, point))
    points = oracle.start(200)
    np.testing.assert_array_equal(points[0], point)
    assert points.dtype == space.dtype
    assert space.contains(points)
    np.testing.assert_array_equal(oracle.start(20), points[:20])
    if space.dimension > 1:
        only_one = space.counts == 1 if isinstance(space, Categorical) else False
        assert ((points[1:] != points[0]).any(axis=0) | only_one).all()


def test_real_variables_are_drawn_with_the_scale_and_whole_ones_rounded():
    space = Box(-1000, 1000, 2, integral=[False, True])
    points = oracle_of(Begun(space, ([10.0, 20.0], [2.0, 30.0]))).start(4001)[1:]
    np.testing.assert_allclose(points.mean(axis=0), [10, 20], atol=1.5)
    np.testing.assert_allclose(points.std(axis=0), [2, 30], rtol=0.05)


@pytest.mark.parametrize(("space", "point"), SPACES[2:6], ids=str)
def test_other_variables_change_by_few(space, point):
    changed = (oracle_of(Begun(space, point)).start(2001)[1:] != point).sum(axis=1)
    assert changed.mean() <= 2
    assert changed.max() < space.dimension or space.dimension == 2


def test_in_a_chain_the_first_point_is_the_previous_best():
    oracle = oracle_of(Begun(Box(-5, 5, 2), [1.0, 2.0]))
    with oracle.stage(1, 10):
        try:
            while True:
                oracle.value(np.array([-1.0, -2.0]))
        except Stop:
            pass
    np.testing.assert_array_equal(oracle.start(2)[0], [-1.0, -2.0])
    spent = oracle.remaining
    oracle.evaluate_start()
    assert oracle.remaining == spent


def test_parameters_of_the_relaxation_begin_at_the_start():
    class ToyBegun(Exact):
        def start(self):
            return np.full(self.space.dimension, 0.25), 0.01

    oracle = oracle_of(ToyBegun())
    assert isinstance(oracle.relaxation, BoxRelaxation)
    np.testing.assert_array_equal(oracle.start_parameters(), ToyBegun().start().point)
    drawn = oracle.draw_parameters(np.random.default_rng(0))
    assert 0 < np.abs(drawn - 0.25).max() < 0.05


def test_evaluating_the_start_is_paid_for():
    oracle = oracle_of(Begun(Box(-5, 5, 2), [1.0, 2.0]))
    oracle.evaluate_start()
    assert oracle.remaining == pytest.approx(99)
    assert oracle.record.best == 3.0


# -------------------------------------------------------------------- random initialisation


def drawn(seed, spread):
    problem = Begun(Box(-10, 10, 3), Start([1.0, 2.0, 3.0], scale=0.5, spread=spread))
    return Oracle(problem, Budget(100), (seed,))


def test_with_a_spread_every_seed_begins_at_a_draw_of_its_own():
    spread = [0.1, 0.0, 2.0]
    points = np.array([drawn(seed, spread).start(1)[0] for seed in range(400)])
    assert np.array_equal(drawn(7, spread).start(3)[:1], points[7:8])
    assert points.mean(axis=0) == pytest.approx([1, 2, 3], abs=0.3)
    assert points.std(axis=0) == pytest.approx(spread, rel=0.1)
    oracle = drawn(7, spread)
    oracle.evaluate_start()
    assert oracle.record.best == points[7].sum()
    assert oracle.scale.tolist() == [0.5] * 3


def test_what_a_method_before_has_learned_is_not_searched_on_the_scale_of_a_random_start():
    oracle, known = drawn(7, 0.1), oracle_of(Begun(Box(-10, 10, 3), ([1.0, 2.0, 3.0], 0.5)))
    oracle.previous = known.previous = np.array([9.0, 9.0, 9.0])
    assert oracle.scale is None
    assert known.scale.tolist() == [0.5] * 3


def test_a_spread_brings_no_start_out_of_the_space():
    problem = Begun(Box(0, 1, 50), Start(np.zeros(50), scale=0.1, spread=3.0))
    assert Oracle(problem, Budget(1), (3,)).start(1)[0] in problem.space


def test_where_a_model_is_initialised_at_random_its_relaxation_begins_by_itself():
    problem = problems.make("next-token-rank", corpus="markov:order=1,symbols=5,length=2000")
    assert problem.start().spread is not None
    oracle = Oracle(problem, Budget(1), (4,))
    by_itself = problem.relaxation().start(np.random.default_rng([4, 1]))
    assert np.array_equal(oracle.start_parameters(), by_itself)


@pytest.mark.parametrize(
    ("spread", "says"),
    [
        (-1.0, "the spread -1.0: expected a number >= 0, or 2 of them"),
        (np.nan, "the spread nan: expected a number >= 0"),
        (np.inf, "the spread inf"),
        ([1.0, 2.0, 3.0], "the spread \\[1.0, 2.0, 3.0\\]"),
    ],
)
def test_a_wrong_spread_is_refused(spread, says):
    with pytest.raises(UsageError, match=says):
        Begun(Box(-1, 1, 2), Start([0.0, 0.0], spread=spread)).start()


MODELS = {
    "next-token-table": {},
    "next-token-rank": {"rank": 2},
    "next-token-mlp": {},
    "next-token-reward": {},
}


@pytest.mark.parametrize("name", MODELS)
def test_a_model_begins_as_its_relaxation_does(name):
    """The first points of black boxes and of descent are draws of one distribution."""
    problem = problems.make(name, corpus="markov:order=1,symbols=5,length=2000", **MODELS[name])
    relaxation = problem.relaxation()
    points = np.array([Oracle(problem, Budget(1), (s,)).start(1)[0] for s in range(200)])
    theirs = np.array(
        [relaxation.decode(relaxation.start(np.random.default_rng(s))) for s in range(200)]
    )
    assert points.mean(axis=0) == pytest.approx(theirs.mean(axis=0), abs=0.2)
    assert points.std(axis=0) == pytest.approx(theirs.std(axis=0), rel=0.35)


def test_ternary_weights_have_no_start():
    ternary = problems.make("next-token-mlp", weights="ternary", corpus="markov:order=1")
    assert ternary.start() is None
