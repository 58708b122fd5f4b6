"""The knapsack: its dynamic programme, its model and its relaxation against brute force."""

import numpy as np
import pytest

import problems
from methods import minimize
from problems import Budget, Unsupported
from problems.combinatorial.knapsack import Knapsack, most_profit
from problems.combinatorial.knapsack_file import KnapsackData
from tests.problems.toys import grid, slope_by_differences

CORRELATIONS = ("none", "weak", "strong")
every_correlation = pytest.mark.parametrize("correlation", CORRELATIONS)


def knapsack_of(profits, weights, capacity) -> Knapsack:
    """Return a knapsack with the given numbers."""
    problem = Knapsack(items=len(profits))
    rows, limits = np.atleast_2d(weights), np.atleast_1d(capacity)
    problem.data = KnapsackData(np.array(profits), rows, limits, "made up")
    return problem


def best_by_force(problem: Knapsack) -> float:
    points = grid((0, 1), problem.space.dimension)
    fits = (points @ problem.data.weights.T <= problem.data.capacities).all(axis=1)
    return -float((points[fits] @ problem.data.profits).max())


# ------------------------------------------------------------------- the instance


def test_a_known_instance() -> None:
    # Items 1 and 2 fill the knapsack: 100 + 120, though item 0 has the best ratio.
    problem = knapsack_of([60, 100, 120], [10, 20, 30], 50)
    assert problem.reference.value == -220
    assert problem.value(np.array([0, 1, 1])) == -220
    assert problem.constraints(np.array([0, 1, 1])).tolist() == [0]
    assert problem.constraints(np.array([1, 1, 1])).tolist() == [10]
    assert problem.anchors == {"greedy by profit per weight": -160}


@every_correlation
def test_weights_and_capacity_are_pisingers(correlation) -> None:
    problem = Knapsack(items=2000, correlation=correlation)
    weights = problem.data.weights
    assert weights.shape == (1, 2000)
    assert (weights.min(), weights.max()) >= (1, 990)
    assert weights.max() <= 1000
    assert problem.data.capacities == weights.sum() // 2


def test_profits_are_correlated_as_they_say() -> None:
    none, weak, strong = (Knapsack(items=2000, correlation=c).data for c in CORRELATIONS)
    assert abs(np.corrcoef(none.weights[0], none.profits)[0, 1]) < 0.1
    assert none.profits.min() >= 1
    assert none.profits.max() <= 1000
    difference = weak.profits - weak.weights[0]
    assert difference.max() == 100
    assert difference.min() >= -100
    assert weak.profits.min() >= 1
    assert (strong.profits == strong.weights + 100).all()


def test_instances_differ_and_repeat() -> None:
    one, again, other = (Knapsack(items=9, instance=i).data for i in (1, 1, 2))
    assert one.weights.tolist() == again.weights.tolist()
    assert one.profits.tolist() == again.profits.tolist()
    assert one.weights.tolist() != other.weights.tolist()


@pytest.mark.parametrize("items", [0, -1, 5001])
def test_the_number_of_items_is_checked(items) -> None:
    with pytest.raises(ValueError, match=f"items={items}: expected 1 to 5000"):
        problems.make("knapsack", items=items)


def test_a_misspelt_correlation_is_refused() -> None:
    with pytest.raises(ValueError, match="one of none, weak, strong; did you mean 'strong'"):
        problems.make("knapsack", correlation="strnog")


# --------------------------------------------------------------------- the optimum


@every_correlation
@pytest.mark.parametrize("items", [1, 2, 7, 12])
@pytest.mark.parametrize("instance", range(4))
def test_the_dynamic_programme_equals_brute_force(items, instance, correlation) -> None:
    problem = Knapsack(items=items, correlation=correlation, instance=instance)
    assert problem.reference.value == best_by_force(problem)
    assert problem.reference.optimum


@pytest.mark.parametrize(
    ("profits", "weights", "capacity"),
    [
        ([5], [10], 9),  # nothing fits
        ([5], [10], 10),  # just fits
        ([5, 5, 5], [4, 4, 4], 8),  # equal items
        ([1, 9, 1], [1, 8, 8], 8),  # the heaviest is the best
        ([7, 7], [3, 9], 0),  # no room at all
    ],
)
def test_the_dynamic_programme_at_its_edges(profits, weights, capacity) -> None:
    problem = knapsack_of(profits, weights, capacity)
    assert problem.reference.value == best_by_force(problem)


def test_the_table_is_that_of_bellmans_recursion() -> None:
    # Shifts of every kind: none at all, overlapping, just fitting, too long.
    rng = np.random.default_rng(0)
    for capacity in (0, 1, 9, 40):
        for _ in range(20):
            weights, profits = rng.integers(0, 15, 12), rng.integers(1, 30, 12)
            best = [0] * (capacity + 1)
            for weight, profit in zip(weights.tolist(), profits.tolist(), strict=True):
                for w in range(capacity, weight - 1, -1):
                    best[w] = max(best[w], best[w - weight] + profit)
            assert most_profit(profits, weights, capacity) == best[-1]


def test_beyond_the_table_a_bound_does() -> None:
    assert Knapsack(items=1000).reference.kind == "dynamic programme"
    assert Knapsack(items=5000).reference.kind == "bound"


@every_correlation
@pytest.mark.parametrize("instance", range(3))
def test_the_integer_program_proves_the_same_optimum(correlation, instance) -> None:
    problem = Knapsack(items=12, correlation=correlation, instance=instance)
    run = minimize(problem, "integer-programming", Budget(0, 20))
    assert run.value == best_by_force(problem)
    assert run.ended == "optimal"
    assert problem.constraints(run.x)[0] <= 0


def test_the_empty_knapsack_is_the_worst_feasible_point() -> None:
    problem = Knapsack(items=8)
    points = grid((0, 1), 8)
    assert problem.values(points).max() == problem.ceiling == problem.value(points[0]) == 0


@every_correlation
def test_greedy_is_feasible_and_no_better_than_the_optimum(correlation) -> None:
    problem = Knapsack(items=30, correlation=correlation)
    greedy = problem.anchors["greedy by profit per weight"]
    # Greedy loses less than the item that first does not fit.
    assert problem.reference.value <= greedy < problem.reference.value + problem.data.profits.max()


def test_value_and_values_agree() -> None:
    problem = Knapsack(items=9)
    points = problem.space.sample(np.random.default_rng(0), 20)
    assert problem.values(points).tolist() == [problem.value(x) for x in points]
    assert problem.values(points).dtype == np.float64


def test_a_solution_is_described() -> None:
    problem = knapsack_of([60, 100, 120], [10, 20, 30], 50)
    text = problem.describe(np.array([0, 1, 1]))
    assert text == "2 items, profit 220, weight 50 of 50: 1 2"
    assert problem.title == "3 items, made up"


# ------------------------------------------------------------------ the relaxation


@every_correlation
def test_any_parameters_decode_to_a_feasible_point(correlation) -> None:
    problem = Knapsack(items=20, correlation=correlation)
    relaxation = problem.relaxation()
    rng = np.random.default_rng(0)
    for scale in (0.0, 1e-3, 1.0, 1e3):
        for _ in range(25):
            x = relaxation.decode(scale * rng.standard_normal(20) + rng.choice([-1, 0, 1]))
            assert x in problem.space
            assert problem.constraints(x)[0] <= 0


def test_items_are_packed_in_order_of_their_parameters_while_they_fit() -> None:
    relaxation = knapsack_of([1, 1, 1, 1], [6, 5, 4, 1], 10).relaxation()
    assert relaxation.decode(np.array([3.0, 2.0, 1.0, 0.5])).tolist() == [1, 0, 1, 0]
    assert relaxation.decode(np.array([1.0, 2.0, 3.0, 4.0])).tolist() == [0, 1, 1, 1]
    assert relaxation.decode(np.array([-1.0, 0.0, 3.0, -4.0])).tolist() == [0, 0, 1, 0]


def test_a_feasible_point_encodes_to_parameters_that_decode_to_it() -> None:
    problem = Knapsack(items=8)
    relaxation = problem.relaxation()
    for x in grid((0, 1), 8):
        if problem.constraints(x)[0] <= 0:
            assert relaxation.decode(relaxation.encode(x)).tolist() == x.tolist()


@pytest.mark.parametrize("level", [-2.0, 2.0], ids=["with room", "overfull"])
def test_the_gradient_is_that_of_the_loss(level) -> None:
    problem = Knapsack(items=10)
    relaxation = problem.relaxation()
    theta = level + relaxation.start(np.random.default_rng(0))
    loss, slope = relaxation.loss_and_gradient(theta)
    by_differences = slope_by_differences(lambda t: relaxation.loss_and_gradient(t)[0], theta)
    assert slope == pytest.approx(by_differences, abs=1e-8)
    share = 1 / (1 + np.exp(-theta))
    excess = max(0.0, float(problem.constraints(share)[0]))
    assert (excess > 0) is (level > 0)
    profits = problem.data.profits
    price = 2 * (profits / problem.data.weights[0]).max()
    expected = (-profits @ share + price * excess) / profits.sum()
    assert loss == pytest.approx(expected)


def test_the_loss_does_not_overflow() -> None:
    relaxation = Knapsack(items=5).relaxation()
    loss, slope = relaxation.loss_and_gradient(np.array([-1e4, 1e4, 0, 800, -800.0]))
    assert np.isfinite(loss)
    assert np.isfinite(slope).all()


def test_excess_weight_never_pays() -> None:
    problem = Knapsack(items=8, correlation="none")
    relaxation = problem.relaxation()
    optimum = problem.reference.value / problem.data.profits.sum()
    for x in grid((0, 1), 8):
        if problem.constraints(x)[0] > 0:
            loss, _ = relaxation.loss_and_gradient(np.where(x > 0, 40.0, -40.0))
            assert loss > optimum


def test_there_is_no_data_for_minibatches() -> None:
    with pytest.raises(Unsupported, match="no data"):
        Knapsack(items=3).relaxation().minibatch(np.random.default_rng(0), 2)


def test_an_episode_packs_item_by_item() -> None:
    problem = Knapsack(items=3)
    looked = []
    environment = problem.environment(lambda x: looked.append(x) or problem.value(x))
    environment.reset(seed=0)
    rewards = [environment.step(action)[1] for action in (1, 0, 1)]
    assert looked[0].tolist() == [1, 0, 1]
    assert rewards == [0, 0, problem.data.profits[0] + problem.data.profits[2]]


# -------------------------------------------------------------- several constraints


def several(items: int = 9, seed: int = 0) -> Knapsack:
    """Return a knapsack with three constraints, some weights zero."""
    rng = np.random.default_rng(seed)
    weights = rng.integers(0, 20, (3, items))
    return knapsack_of(rng.integers(1, 50, items), weights, weights.sum(axis=1) // 2)


def test_a_known_instance_of_two_constraints() -> None:
    problem = knapsack_of([10, 7, 6], [[5, 4, 3], [0, 2, 9]], [9, 10])
    assert problem.constraints(np.array([1, 1, 0])).tolist() == [0, -8]
    assert problem.constraints(np.array([0, 1, 1])).tolist() == [-2, 1]
    assert problem.title == "3 items, 2 constraints, made up"
    text = "2 items, profit 17, weight 9 of 9, 2 of 10: 0 1"
    assert problem.describe(np.array([1, 1, 0])) == text
    assert problem.anchors == {"greedy by profit per share of the capacities": -17}
    # Under the first alone 10 + 6 + 7/4, under the second 10 + 7 + 6 * 8/9: 17 and 22.
    assert (problem.reference.value, problem.reference.kind) == (-17, "bound")


@pytest.mark.parametrize("seed", range(4))
def test_several_constraints_against_brute_force(seed) -> None:
    problem = several(seed=seed)
    optimum = best_by_force(problem)
    assert problem.reference.value <= optimum <= min(problem.anchors.values())
    run = minimize(problem, "integer-programming", Budget(0, 20))
    assert (run.value, run.ended) == (optimum, "optimal")
    assert (problem.constraints(run.x) <= 0).all()


def test_nothing_fits_where_a_capacity_is_zero() -> None:
    problem = knapsack_of([3, 4], [[1, 0], [1, 1]], [0, 1])
    assert problem.anchors == {"greedy by profit per share of the capacities": -4}
    assert problem.reference.value == -4 == best_by_force(problem)


def test_the_relaxation_of_several_constraints() -> None:
    problem = several()
    relaxation = problem.relaxation()
    rng = np.random.default_rng(0)
    for level in (-2.0, 0.0, 2.0):
        theta = level + rng.standard_normal(9)
        slope = relaxation.loss_and_gradient(theta)[1]
        differences = slope_by_differences(lambda t: relaxation.loss_and_gradient(t)[0], theta)
        assert slope == pytest.approx(differences, abs=1e-8)
        x = relaxation.decode(theta)
        assert (problem.constraints(x) <= 0).all()
        assert relaxation.decode(relaxation.encode(x)).tolist() == x.tolist()
    # Excess never pays: a point that is too heavy loses more than any that fits.
    for x in grid((0, 1), 9):
        if (problem.constraints(x) > 0).any():
            loss, _ = relaxation.loss_and_gradient(np.where(x > 0, 40.0, -40.0))
            assert loss * problem.data.profits.sum() > problem.reference.value


def test_items_without_weight_are_always_packed() -> None:
    problem = knapsack_of([3, 4, 5], [0, 2, 0], 1)
    assert problem.reference.value == -8 == problem.anchors["greedy by profit per weight"]
    assert problem._fractional(0) == -10
    loss, slope = problem.relaxation().loss_and_gradient(np.zeros(3))
    assert np.isfinite(loss)
    assert np.isfinite(slope).all()
