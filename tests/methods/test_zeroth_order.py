from __future__ import annotations

import numpy as np
import pytest

import problems
from methods import minimize
from methods.zeroth_order import mezo, spsa
from problems import Box, Categorical, Permutation, Unsupported
from tests.methods.examples import Flat, OneMax, Recorded, rastrigin, run_directly, spaces

BOTH = {"spsa": spsa, "mezo": mezo}
SMALL = {spsa: {"c": 0.01}, mezo: {"epsilon": 1e-3}}  # the papers' own, which stay in the box
UNIT = 0.5  # the minimum of the bowl, in every variable


def bowl(x):
    """½ ‖x − ½‖²: its gradient has the Lipschitz constant 1."""
    return float(0.5 * np.sum((np.asarray(x) - UNIT) ** 2))


def midpoints(looked_at, skip=0):
    """Return the θ that pairs of evaluations surround."""
    looks = np.array(looked_at[skip:])
    n = len(looks) // 2 * 2
    return (looks[:n:2] + looks[1:n:2]) / 2


def table(**options):
    return problems.make("next-token-table", corpus="markov:length=2000,symbols=3", **options)


@pytest.mark.parametrize("method", BOTH.values(), ids=BOTH)
@pytest.mark.parametrize("space", spaces().values(), ids=spaces())
def test_it_never_leaves_the_space(space, method):
    problem = Recorded(space, lambda x: float(np.sum(x)))
    run_directly(method, problem, 200)
    assert all(x in space for x in problem.looked_at)


@pytest.mark.parametrize("method", BOTH.values(), ids=BOTH)
def test_the_first_pair_surrounds_the_shared_start(method):
    problem = Recorded(Box(-5, 5, 3), rastrigin)
    oracle = run_directly(method, problem, 40, **SMALL[method])
    np.testing.assert_allclose(midpoints(problem.looked_at)[0], oracle.start(1)[0])


# -------------------------------------------------------------- SPSA by hand


def test_spsa_is_spalls_recursion():
    problem = Recorded(Box([-3, 0], [5, 4]), rastrigin)
    width, low = np.array([8, 4]), np.array([-3, 0])
    options = {"a": 2e-4, "c": 0.02, "stability": 0.2, "alpha": 0.7, "gamma": 0.2}
    oracle = run_directly(spsa, problem, 31, **options)
    theta = (oracle.start(1)[0] - low) / width
    looks = (np.array(problem.looked_at) - low) / width
    assert len(looks) == 31
    for k in range(14):
        plus, minus = looks[2 * k], looks[2 * k + 1]
        size = 0.02 / (k + 1) ** 0.2
        delta = np.sign(plus - minus)
        np.testing.assert_allclose(plus, theta + size * delta)
        np.testing.assert_allclose(minus, theta - size * delta)
        y_plus, y_minus = (rastrigin(x) for x in problem.looked_at[2 * k : 2 * k + 2])
        gain = 2e-4 / (k + 1 + 0.2 * 15.5) ** 0.7
        theta = np.clip(theta - gain * (y_plus - y_minus) / (2 * size) / delta, 0, 1)


def test_the_signs_are_fair_and_independent():
    problem = Flat(Box(0, 1, 4))
    run_directly(spsa, problem, 8000, a=0.1)
    looks = np.array(problem.looked_at[:7998])
    signs = np.sign(looks[::2] - looks[1::2])
    assert set(np.unique(signs)) == {-1.0, 1.0}
    correlation = signs.T @ signs / len(signs)  # standard error 0.016
    np.testing.assert_allclose(correlation, np.eye(4), atol=0.07)
    np.testing.assert_allclose(signs.mean(axis=0), 0, atol=0.07)


@pytest.mark.parametrize("method", BOTH.values(), ids=BOTH)
@pytest.mark.parametrize("first_step", [0.01, 0.05])
def test_the_first_step_is_as_long_as_it_was_asked_for(method, first_step):
    """On a slope, where every estimate of SPSA has the same size; MeZO's vary."""
    problem = Recorded(Box(-2, 2, 1), lambda x: float(7 * x[0]))
    run_directly(method, problem, 402, first_step=first_step)
    theta = midpoints(problem.looked_at, skip=20)  # after ten pairs of calibration
    moved = abs(theta[1] - theta[0]) / 4
    if method is spsa:
        assert moved == pytest.approx(first_step)
    else:
        lengths = abs(np.diff(theta[:12, 0])) / 4
        assert 0.1 * first_step < lengths.mean() < 5 * first_step


def test_calibration_takes_a_twentieth_of_a_small_budget():
    problem = Recorded(Box(-2, 2, 3), rastrigin)
    oracle = run_directly(spsa, problem, 80, c=0.01)
    theta = midpoints(problem.looked_at)
    start = oracle.start(1)[0]
    at_start = [i for i, x in enumerate(theta) if np.allclose(x, start)]
    assert at_start[:3] == [0, 1, 2]  # two pairs, and the first step's own
    assert 3 not in at_start


@pytest.mark.parametrize("method", BOTH.values(), ids=BOTH)
def test_a_plateau_is_evaluated_until_the_budget_ends(method):
    run = minimize(Flat(Box(0, 1, 3)), method, 50)
    assert (run.ended, run.ledger.work) == ("budget", 50)


@pytest.mark.parametrize("method", BOTH.values(), ids=BOTH)
@pytest.mark.parametrize("budget", [61, 62])
def test_one_of_the_last_evaluations_is_at_the_iterate_itself(method, budget):
    gains = {"a": 0.05, "stability": 0} if method is spsa else {"learning_rate": 0.05}
    short, longer = Recorded(Box(0, 1, 4), bowl), Recorded(Box(0, 1, 4), bowl)
    run_directly(method, short, budget, **gains)
    run_directly(method, longer, 100, **gains)
    assert len(short.looked_at) == budget
    np.testing.assert_array_equal(short.looked_at[:60], longer.looked_at[:60])
    np.testing.assert_allclose(short.looked_at[60], midpoints(longer.looked_at)[30])


@pytest.mark.parametrize("method", BOTH.values(), ids=BOTH)
def test_an_evaluation_without_a_number_moves_nothing(method):
    problem = Recorded(Box(0, 1, 2), lambda x: float("nan"))
    options = {"a": 0.1} if method is spsa else {"learning_rate": 0.1}
    oracle = run_directly(method, problem, 20, **options)
    for theta in midpoints(problem.looked_at[:18]):
        np.testing.assert_allclose(theta, oracle.start(1)[0])


def test_a_perturbation_that_shrinks_is_never_cut_off_at_a_bound():
    """Though the minimum is in a corner: a pair hardly reaches the bound."""
    problem = Recorded(Box(-5, 5, 4), lambda x: float(x @ [1, 2, 4, 8]))  # no pair has equal values
    run_directly(spsa, problem, 400)
    looks = np.array(problem.looked_at[22:398])  # after the start's pairs, which may be cut off
    sizes = np.abs(looks[::2] - looks[1::2]) / 2
    np.testing.assert_allclose(sizes, np.broadcast_to(sizes[:, :1], sizes.shape))
    assert looks.min() == pytest.approx(-5, abs=0.1)


# -------------------------------------------------------------- MeZO by hand


def test_mezo_moves_along_the_noise_that_it_evaluated_along():
    """θ' − θ = −η z (y₊ − y₋) / (2 ε) with the z of the evaluations, drawn from the seed again."""
    problem = Recorded(Box(-9, 10, 5), lambda x: bowl(np.asarray(x) / 19))
    run_directly(mezo, problem, 41, learning_rate=0.01, epsilon=1e-3)
    assert np.abs(np.array(problem.looked_at) - 0.5).max() < 9.5  # nothing was clipped
    looks = np.array(problem.looked_at[:40]) / 19  # in ranges of the variables
    theta = midpoints(looks)
    for k in range(18):
        plus, minus = looks[2 * k], looks[2 * k + 1]
        z = (plus - minus) / 2e-3
        slope = (bowl(plus) - bowl(minus)) / 2e-3
        np.testing.assert_allclose(theta[k + 1] - theta[k], -0.01 * slope * z, atol=1e-11)


def test_its_noise_is_normal():
    from scipy.stats import kstest

    problem = Flat(Box(0, 1, 8))
    run_directly(mezo, problem, 1001, learning_rate=0.1, epsilon=1e-3)
    looks = np.array(problem.looked_at[:1000])
    z = (looks[::2] - looks[1::2]) / 2e-3
    assert kstest(z.ravel(), "norm").pvalue > 0.001


# -------------------------------------------------------------- step functions


def half_widths(looked_at):
    """Return how far the two points of each pair are from their middle, in ranges of 8."""
    looks = np.array(looked_at[: len(looked_at) // 2 * 2])
    return np.abs(looks[::2] - looks[1::2]).max(axis=1) / 2 / 8


def test_a_perturbation_that_sees_no_difference_is_multiplied_by_four():
    """Six equal pairs of ten are most of them; a quarter of the range is the widest."""
    problem = Flat(Box(-4, 4, 3))
    run_directly(spsa, problem, 100, alpha=0.602)
    expected = np.repeat([0.01, 0.04, 0.16, 0.25], [6, 6, 6, 31])
    np.testing.assert_allclose(half_widths(problem.looked_at[:98]), expected)


@pytest.mark.parametrize("method", BOTH)
def test_from_a_random_point_it_shrinks_from_a_quarter_of_the_range_to_a_hundredth(method):
    problem = Recorded(Box(0, 1, 30), lambda x: float(((x - 0.5) ** 2).sum()))
    run_directly(BOTH[method], problem, 2001)
    looks = np.array(problem.looked_at[:2000])
    sizes = np.median(np.abs(looks[::2] - looks[1::2]), axis=1) / 2
    typical = 1 if method == "spsa" else 0.6745  # the median of |z|
    assert np.median(sizes[450:550]) == pytest.approx(0.05 * typical, rel=0.1)
    assert np.median(sizes[-50:-2]) == pytest.approx(0.01 * typical, rel=0.15)


@pytest.mark.parametrize("method", BOTH)
@pytest.mark.parametrize("budget", [2000, 20_000])
def test_a_minimum_is_not_left_again_where_differences_are_zero(method, budget):
    """It is reached to the last digit long before the budget ends."""
    assert minimize(problems.make("sphere", dimension=5), method, budget).value < 1e-9


def test_a_smooth_objective_keeps_the_default_perturbation():
    problem = Recorded(Box(-4, 4, 3), bowl)
    run_directly(spsa, problem, 100, gamma=0)  # which is Spall's sequence, without the fall
    np.testing.assert_allclose(half_widths(problem.looked_at[:98]), 0.01)


@pytest.mark.parametrize(
    ("method", "option"), [(spsa, {"c": 0.01}), (mezo, {"epsilon": 1e-3})], ids=BOTH
)
def test_a_perturbation_that_is_given_is_kept(method, option):
    problem = Flat(Box(-4, 4, 3))
    run_directly(method, problem, 200, **option)
    assert half_widths(problem.looked_at).max() < 5 * 0.01


@pytest.mark.parametrize("method", BOTH)
@pytest.mark.parametrize("seed", range(3))
def test_they_descend_a_staircase(method, seed):
    """Steps a twentieth of the range wide, which MeZO's own 1e-3 hardly ever sees."""
    problem = Recorded(Box(-10, 10, 10), lambda x: float((np.floor(np.abs(x - 3.3)) ** 2).sum()))
    assert minimize(problem, method, 2000, seed=seed).value <= 5  # 400 at random


# ------------------------------------------------------------ other spaces


@pytest.mark.parametrize(
    ("space", "most"),
    [(Box(0, 9, 6, integral=True), 1), (Categorical([3] * 6), 1)],
    ids=["integers", "categories"],
)
def test_rounding_hides_no_first_perturbation(space, most):
    """A pair differs in half of the whole numbers in the mean, and in some categories."""
    problem = Flat(space)
    run_directly(spsa, problem, 200, a=0.1, gamma=0)
    differ = np.array(problem.looked_at[:198:2]) != np.array(problem.looked_at[1:198:2])
    assert differ.any(axis=1).mean() > 0.9
    if isinstance(space, Box):
        assert differ.mean() == pytest.approx(0.5, abs=0.1)


def test_a_pair_of_bits_is_not_a_point_and_its_complement():
    """Which a cut cannot tell apart: on max-cut it learned nothing, -109 as random search."""
    values = [minimize(problems.make("max-cut"), "spsa", 500, seed=s).value for s in range(3)]
    assert np.median(values) <= -120


def test_real_and_whole_variables_of_one_box_have_their_own_perturbations():
    problem = Flat(Box(-2, 8, 4, integral=[True, False] * 2))
    oracle = run_directly(spsa, problem, 10, a=0.1, c=0.003)
    start = oracle.start(1)[0]
    moved = np.abs(problem.looked_at[0] - start)
    assert set(moved[::2]) <= {0.0, 1.0}  # 0 at a bound
    np.testing.assert_allclose(moved[1::2], 0.03)


def test_permutations_are_searched_through_their_keys():
    problem = Recorded(Permutation(8), lambda x: float(abs(np.asarray(x) - np.arange(8)).sum()))
    assert minimize(problem, "spsa", 3000, seed=1).value < 12  # 21 at random


@pytest.mark.parametrize("method", BOTH)
def test_they_get_far_on_onemax(method):
    assert minimize(OneMax(20), method, 1000).value <= 1


@pytest.mark.parametrize("method", BOTH)
def test_they_solve_the_sphere(method):
    run = minimize(problems.make("sphere", dimension=5), method, 6000, seed=1)
    assert run.value < 1e-6


# ------------------------------------------------------------- minibatches


@pytest.mark.parametrize("method", BOTH)
def test_a_minibatch_is_charged_twice_a_step_and_lowers_the_loss(method):
    problem = table()
    run = minimize(problem, method, 400, batch=64)
    assert run.ledger.values == run.ledger.gradients == 0
    assert run.ledger.losses > 300
    relaxation = problem.relaxation()
    begun = relaxation.loss(relaxation.start(np.random.default_rng([0, 0, 1])))
    assert run.value < begun


@pytest.mark.parametrize("method", BOTH.values(), ids=BOTH)
def test_both_values_of_a_step_see_the_same_data(method, monkeypatch):
    problem = table()
    relaxation = problem.relaxation()
    seen = []
    loss = type(relaxation).loss

    def spy(self, theta, rows=None):
        seen.append((np.array(theta), rows))
        return loss(self, theta, rows)

    monkeypatch.setattr(type(relaxation), "loss", spy)
    run_directly(method, problem, 30, batch=8)
    pairs = list(zip(seen[::2], seen[1::2], strict=False))[:-2]
    assert len(pairs) > 10
    assert all(first[1] is second[1] for first, second in pairs)
    assert len({id(first[1]) for first, _ in pairs}) == len(pairs)


@pytest.mark.parametrize("method", BOTH)
def test_without_a_relaxation_a_batch_is_refused_before_the_first_evaluation(method):
    problem = Flat(Box(0, 1, 2))
    with pytest.raises(Unsupported, match="no differentiable relaxation"):
        minimize(problem, method, 10, batch=4)
    assert not problem.looked_at


@pytest.mark.parametrize("method", BOTH)
def test_without_data_a_batch_is_refused_before_the_first_evaluation(method):
    with pytest.raises(Unsupported, match="no data"):
        minimize(problems.make("sphere"), method, 10, batch=4)


@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("spsa", {"a": 0}),
        ("spsa", {"c": -1}),
        ("spsa", {"stability": -0.1}),
        ("spsa", {"alpha": 1.1}),
        ("spsa", {"gamma": 0.4}),
        ("spsa", {"first_step": 0}),
        ("spsa", {"batch": 0}),
        ("mezo", {"learning_rate": 0}),
        ("mezo", {"epsilon": float("inf")}),
        ("mezo", {"first_step": -1}),
        ("mezo", {"batch": 0}),
    ],
    ids=str,
)
def test_nonsense_is_refused_before_the_first_evaluation(method, options):
    problem = Flat(Box(0, 1, 2))
    with pytest.raises(ValueError, match=f"{next(iter(options))}=.*expected"):
        minimize(problem, method, 10, **options)
    assert not problem.looked_at


# ------------------------------------------------------------------ strong


@pytest.mark.slow
@pytest.mark.parametrize(("alpha", "gamma"), [(1.0, 1 / 6), (0.602, 0.101)])
def test_spsas_error_falls_at_its_theoretical_rate(alpha, gamma):
    """E‖θ_k − θ*‖² ~ k^-(α - 2γ) under noise (Spall 1992): k^-2/3 by the best gains.

    On ½‖x − ½‖² with noise of variance s² in every evaluation the estimate is ΔΔᵀ(θ − θ*) plus
    (e₊ − e₋) / (2 c_k) Δ, and as ‖Δ‖² = d the mean squared error M obeys exactly

        M_{k+1} = (1 − 2 a_k + a_k² d) M_k + a_k² d s² / (2 c_k²).

    It is near χ² with at least d = 5 degrees a run: over 150 runs its standard error is
    at most 5 %, and the three checks at 20 % are four of those each: a wrong alarm has a
    probability below 0.0003. Where the recursion's own slope ends is a matter of
    arithmetic. The recursion begins at step 50, after which no iterate meets its box.
    """
    d, runs, steps, s = 5, 150, 1000, 1e-3
    a, c, offset = 0.6 if alpha < 1 else 2.0, 0.02, 0.02 * steps
    marks = [100, 300, steps - 2]
    errors, first, begin = np.zeros(len(marks)), 0.0, 50
    for seed in range(runs):
        noise = np.random.default_rng([seed, 99])
        problem = Recorded(Box(0, 1, d), lambda x, n=noise: bowl(x) + s * n.standard_normal())
        options = {"a": a, "c": c, "stability": 0.02, "alpha": alpha, "gamma": gamma}
        run_directly(spsa, problem, 2 * steps, seed=seed, **options)
        theta = midpoints(problem.looked_at[: 2 * steps - 2])
        squared = ((theta - UNIT) ** 2).sum(axis=1)
        first += squared[begin] / runs
        errors += squared[marks] / runs
    expected, mean = {}, first
    for k in range(begin, 20 * steps):
        expected[k] = mean
        gain, size = a / (k + 1 + offset) ** alpha, c / (k + 1) ** gamma
        mean = (1 - 2 * gain + gain**2 * d) * mean + gain**2 * d * s**2 / (2 * size**2)
    np.testing.assert_allclose(errors, [expected[k] for k in marks], rtol=0.2)
    slope = np.log(expected[20 * steps - 1] / expected[2 * steps]) / np.log(10)
    assert slope == pytest.approx(-(alpha - 2 * gamma), abs=0.03)


@pytest.mark.slow
@pytest.mark.parametrize("method", BOTH.values(), ids=BOTH)
def test_a_step_contracts_an_isotropic_quadratic_as_theory_says(method):
    """Without noise and at a fixed step η a step multiplies E‖θ − θ*‖² by 1 − 2η + η² v.

    With two-sided differences the estimate is z zᵀ(θ − θ*) exactly, and E[z zᵀ z zᵀ] = v I
    with v = d for signs and d + 2 for Gaussian z. The factors of single steps are
    independent: the mean of 8,000 is held to four of its own standard errors, so a wrong
    alarm has a probability below 0.0001. The first 20 steps, which the box may clip, are
    left out.
    """
    d, eta = 10, 0.06
    factors = []
    for seed in range(100):
        problem = Recorded(Box(0, 1, d), bowl)
        if method is spsa:  # a constant gain and perturbation: the exponents at their least
            options = {"a": eta, "c": 1e-3, "alpha": 1e-9, "gamma": 0.0}
        else:
            options = {"learning_rate": eta}
        run_directly(method, problem, 204, seed=seed, **options)
        squared = ((midpoints(problem.looked_at[40:202]) - UNIT) ** 2).sum(axis=1)
        factors += (squared[1:] / squared[:-1]).tolist()
    variance = d if method is spsa else d + 2
    error = np.std(factors) / len(factors) ** 0.5
    assert len(factors) == 8000
    assert abs(np.mean(factors) - (1 - 2 * eta + eta**2 * variance)) < 4 * error < 0.02
