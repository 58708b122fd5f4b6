from __future__ import annotations

import numpy as np
import pytest

import problems
from methods import minimize
from methods.adam import adam
from methods.gradient_descent import gradient_descent, momentum, nesterov
from problems import Oracle, Unsupported
from tests.methods.examples import Flat, Quadratic, run_directly

GRADIENT = 3.0  # work of one full gradient
FAMILY = ["gradient-descent", "momentum", "nesterov", "adam", "adamw", "lion"]


def table(**options):
    return problems.make("next-token-table", corpus="markov:length=2000,symbols=3", **options)


def ternary():
    return problems.make("next-token-ternary", corpus="markov:length=2000,symbols=6", bits=2)


# ------------------------------------------------------------- steps by hand


def test_gradient_descent_by_hand():
    problem = Quadratic([1.0, 3.0], [4.0, -2.0])
    run_directly(gradient_descent, problem, 3 * GRADIENT, learning_rate=0.1)
    np.testing.assert_allclose(problem.visited, [[4.0, -2.0], [3.6, -1.4], [3.24, -0.98]])


def test_a_heavy_ball_by_hand():
    problem = Quadratic([1.0], [8.0])
    run_directly(momentum, problem, 4 * GRADIENT, learning_rate=0.5, momentum=0.5)
    # v = 8, 8, 4: the ball overshoots the minimum at 0.
    np.testing.assert_allclose(problem.visited, [[8.0], [4.0], [0.0], [-2.0]])


def test_nesterovs_step_by_hand():
    problem = Quadratic([1.0], [8.0])
    run_directly(nesterov, problem, 3 * GRADIENT, learning_rate=0.5, momentum=0.5)
    # v = 8, g + v / 2 = 12; then g = 2, v = 6, g + v / 2 = 5.
    np.testing.assert_allclose(problem.visited, [[8.0], [2.0], [-0.5]])


def test_a_heavy_ball_is_polyaks_iteration():
    curvature, eta, mu = np.array([1.0, 3.0, 0.1]), 0.2, 0.7
    problem = Quadratic(curvature.tolist(), [4.0, -2.0, 7.0])
    run_directly(momentum, problem, 20 * GRADIENT, learning_rate=eta, momentum=mu)
    before = now = problem.origin
    for visited in problem.visited:
        np.testing.assert_allclose(visited, now, rtol=1e-9)
        before, now = now, now - eta * curvature * now + mu * (now - before)


@pytest.mark.parametrize("method", ["momentum", "nesterov"])
def test_without_momentum_it_is_gradient_descent(method):
    still = minimize(table(), method, 60, momentum=0.0)
    assert still.value == minimize(table(), "gradient-descent", 60).value


@pytest.mark.parametrize("method", ["momentum", "nesterov"])
def test_momentum_is_faster_in_a_narrow_valley(method):
    """At 1 / L and condition number 10⁴ descent halves its distance in 7000 steps, not 300."""
    problem = [Quadratic([1.0, 1e-4], [1.0, 10.0], 1.0) for _ in range(2)]
    plain = minimize(problem[0], "gradient-descent", 900)
    fast = minimize(problem[1], method, 900)
    assert fast.value < 0.7 * plain.value


# ------------------------------------------------------------ the default step


@pytest.mark.parametrize(("smoothness", "step"), [(4.0, 0.25), (0.5, 2.0), (None, 0.1)])
def test_the_default_step_is_one_over_the_smoothness_else_a_tenth(smoothness, step):
    problem = Quadratic([1.0], [8.0], smoothness)
    run = minimize(problem, "gradient-descent", 2 * GRADIENT)
    assert problem.visited[1][0] == pytest.approx(8.0 * (1 - step))
    assert run.method_options["learning_rate"] is None


@pytest.mark.parametrize("instance", range(3))
def test_one_step_of_one_over_the_smoothness_solves_the_sphere(instance):
    run = minimize(problems.make("sphere", instance=instance), "gradient-descent", 100)
    assert (run.ended, run.ledger.gradients) == ("optimal", 2)


def test_the_table_descends_monotonically_at_its_default_step():
    problem, losses = table(), []
    relaxation = problem.relaxation()
    loss_and_gradient = relaxation.loss_and_gradient

    def recorded(theta, rows=None):
        loss, slope = loss_and_gradient(theta, rows)
        losses.append(loss)
        return loss, slope

    relaxation.loss_and_gradient = recorded
    problem.relaxation = lambda: relaxation
    run_directly(gradient_descent, problem, 100 * GRADIENT)
    assert len(losses) == 100
    assert (np.diff(losses) < 0).all()


# -------------------------------------------------- counting, descent and Adam agree


@pytest.mark.parametrize("method", ["gradient-descent", "adam"])
@pytest.mark.parametrize("instance", range(2))
def test_descent_finds_the_table_that_counting_finds(method, instance):
    options = {"alphabet": "characters", "instance": instance}
    counted = minimize(table(**options), "counting", 10)
    descended = minimize(table(**options), method, 15_000)
    assert descended.value == pytest.approx(counted.value, abs=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("alphabet", ["letters", "characters"])
@pytest.mark.parametrize("instance", range(2))
def test_counting_adam_and_lbfgs_agree_on_the_table(alphabet, instance):
    """The loss is convex, and counting knows its minimum in closed form.

    L-BFGS is scipy's, called directly on the relaxation. Nothing is random once the
    instance is built, so there is no false alarm.
    """
    import scipy.optimize

    problem = problems.make("next-token-table", alphabet=alphabet, instance=instance)
    counted = minimize(problem, "counting", 10)
    relaxation = problem.relaxation()
    start = relaxation.start(np.random.default_rng(0))
    tight = {"maxiter": 5000, "maxfun": 5000, "ftol": 1e-12, "gtol": 1e-7}
    loss = relaxation.loss_and_gradient
    found = scipy.optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options=tight)
    descended = minimize(problem, "adam", 9000)
    assert found.fun == pytest.approx(counted.value, abs=1e-4)
    assert problem.value(relaxation.decode(found.x)) == pytest.approx(counted.value, abs=1e-4)
    assert descended.value == pytest.approx(counted.value, abs=1e-4)


@pytest.mark.parametrize("alphabet", ["letters", "characters"])
@pytest.mark.parametrize("method", ["gradient-descent", "adam"])
def test_the_value_of_a_table_is_the_loss_that_was_descended(method, alphabet, monkeypatch):
    """Softmax ignores a shift of a context's logits, so leaving the box must cost nothing."""
    losses, gradient = [], Oracle.gradient

    def recorded(self, theta, rows=None):
        loss, slope = gradient(self, theta, rows)
        losses.append(loss)
        return loss, slope

    monkeypatch.setattr(Oracle, "gradient", recorded)
    run = minimize(table(alphabet=alphabet), method, 9000)
    assert run.last == pytest.approx(losses[-1], abs=1e-6)


# ---------------------------------------------------------- what a gradient buys


@pytest.mark.parametrize("method", FAMILY)
def test_a_full_gradient_costs_three_and_is_an_exact_evaluation(method):
    run = minimize(Quadratic([1.0, 3.0], [4.0, -2.0]), method, 10 * GRADIENT)
    assert (run.ledger.work, run.ledger.gradients, run.ended) == (30, 10, "budget")
    assert {point.kind for point in run.trace} == {"value"}
    assert run.trace[0].value == 14.0  # 1/2 (1 · 16 + 3 · 4)


@pytest.mark.parametrize("method", FAMILY)
def test_all_methods_descend_from_the_same_seeded_start(method):
    first = minimize(table(), method, GRADIENT, seed=4)
    assert first.value == minimize(table(), "adam", GRADIENT, seed=4).value
    assert first.value != minimize(table(), method, GRADIENT, seed=5).value


@pytest.mark.parametrize("method", FAMILY)
def test_a_diverging_run_ends_nan_and_keeps_its_finite_best(method):
    problem = Quadratic([1.0, 3.0], [4.0, -2.0])
    run = minimize(problem, method, 1000, learning_rate=1e200)
    assert run.ended == "nan"
    assert run.failed
    assert run.value == 14.0
    assert run.x.tolist() == [4.0, -2.0]
    assert run.ledger.gradients == len(problem.visited) == 2


def test_a_slow_divergence_ends_nan_too():
    run = minimize(Quadratic([1.0], [1.0]), "gradient-descent", 100_000, learning_rate=3.0)
    assert (run.ended, run.value) == ("nan", 0.5)
    assert run.ledger.work < 100_000


# -------------------------------------------------------------------- minibatches


@pytest.fixture
def shares(monkeypatch):
    """The share of a pass that each gradient touched."""
    seen, gradient = [], Oracle.gradient

    def recorded(self, theta, rows=None):
        seen.append(1.0 if rows is None else rows.share)
        return gradient(self, theta, rows)

    monkeypatch.setattr(Oracle, "gradient", recorded)
    return seen


@pytest.mark.parametrize("method", FAMILY)
@pytest.mark.parametrize("build", [table, ternary])
def test_a_minibatch_costs_its_share_of_a_pass(build, method, shares):
    run = minimize(build(), method, 50, batch=2)
    # The last gradient was refused.
    assert run.ledger.work == pytest.approx(GRADIENT * sum(shares[:-1]))
    assert run.ledger.gradients == len(shares) - 1
    assert run.ledger.tokens == 2 * run.ledger.gradients
    assert min(shares) < 1


@pytest.mark.parametrize("build", [table, ternary])
def test_where_nothing_exact_was_paid_the_best_measured_point_decides(build):
    run = minimize(build(), "adam", 200, batch=4)
    assert {point.kind for point in run.trace} == {"measured"}
    assert run.value == min(point.value for point in run.trace)
    assert run.last == run.trace[-1].value
    assert build().value(run.x) == pytest.approx(run.value)
    assert run.ledger.values == 0


def test_a_single_exact_evaluation_outranks_every_measured_point():
    def mixed(oracle, rng):
        worst = np.full(oracle.space.dimension, 5.0)
        worst[0] = -30.0
        oracle.value(worst)
        adam(oracle, rng, batch=8)

    run = minimize(table(), mixed, 200)
    assert run.value == run.trace[0].value
    assert min(p.value for p in run.trace if p.kind == "measured") < run.value


def test_measured_points_lie_on_one_geometric_grid_of_work():
    run = minimize(table(), "gradient-descent", 3000, batch=2)
    works = [point.work for point in run.trace]
    assert len(works) <= 10 * np.log10(works[-1] / works[0]) + 3
    assert works == sorted(works)


def test_minibatches_descend():
    run = minimize(table(), "adam", 1000, batch=64)
    assert run.value < run.trace[0].value
    assert run.value == pytest.approx(run.reference.value, abs=0.05)


def test_without_data_there_are_no_minibatches():
    with pytest.raises(Unsupported, match="no data to draw minibatches from"):
        minimize(problems.make("sphere"), "adam", 10, batch=8)


# ----------------------------------------------------------------------- refusals


@pytest.mark.parametrize("method", FAMILY)
def test_without_a_relaxation_it_is_unsupported(method):
    with pytest.raises(Unsupported, match=r"^it has no differentiable relaxation$"):
        minimize(Flat(problems.Box(0, 1, 2)), method, 10)


@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("gradient-descent", {"learning_rate": 0}),
        ("gradient-descent", {"learning_rate": -1}),
        ("gradient-descent", {"learning_rate": float("inf")}),
        ("gradient-descent", {"batch": 0}),
        ("adam", {"learning_rate": 0}),
        ("adam", {"learning_rate": float("nan")}),
        ("adam", {"beta1": 1}),
        ("adam", {"beta2": -0.1}),
        ("adam", {"epsilon": 0}),
        ("adam", {"epsilon": float("inf")}),
        ("adam", {"batch": -3}),
        ("momentum", {"momentum": 1}),
        ("nesterov", {"momentum": -0.1}),
        ("adamw", {"weight_decay": -0.1}),
    ],
    ids=str,
)
def test_nonsense_is_refused_before_the_first_evaluation(method, options):
    problem = Quadratic([1.0], [1.0])
    with pytest.raises(ValueError, match=f"{next(iter(options))}=.*expected"):
        minimize(problem, method, 10, **options)
    assert not problem.visited
