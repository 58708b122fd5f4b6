"""What a table of logits conditions on, where it starts, and its entropy's gradient."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chisquare

import problems
from methods import minimize
from methods.reinforce import reinforce
from methods.shared.softmax_policy import SoftmaxPolicy, softmax
from problems import Box, Permutation, Problem
from problems.core.environment import Construction
from tests.methods.examples import Recorded, run_directly

KINDS = ("factorized", "autoregressive")


def policy_of(kind, space=None, **options):
    environment = Construction(space or Box(0, 2, 3, integral=True), lambda x: 0.0, **options)
    return SoftmaxPolicy(environment, np.random.default_rng(0), kind)


class Alike(Problem):
    """Bits that should be alike: no independent choice of each can know them to be."""

    def __init__(self, bits=4, remember_last=False):
        self.space = Box(0, 1, bits, integral=True)
        self.looked_at = []
        self._remember = remember_last

    def value(self, x):
        self.looked_at.append(np.array(x))
        return float((np.diff(x) != 0).sum())

    def environment(self, look):
        return Construction(self.space, look, remember_last=self._remember)


# ----------------------------------------------------------- what it conditions on


@pytest.mark.parametrize("remember_last", [False, True])
def test_a_factorized_policy_has_a_row_a_position(remember_last):
    policy = policy_of("factorized", remember_last=remember_last)
    assert policy.logits.shape == (4, 3)
    for _ in range(20):
        assert [row for row, _, _ in policy.rollout()[1]] == [0, 1, 2]


@pytest.mark.parametrize("remember_last", [False, True])
def test_an_autoregressive_policy_has_a_row_a_position_and_last_action(remember_last):
    policy = policy_of("autoregressive", remember_last=remember_last)
    seen = {}
    for _ in range(200):
        steps = policy.rollout()[1]
        before = [None, *[action for _, action, _ in steps]]
        for position, (row, _, _) in enumerate(steps):
            assert seen.setdefault(row, (position, before[position])) == (
                position,
                before[position],
            )
    assert len(seen) == 1 + 3 + 3  # three at the second position, three at the third
    assert len(set(seen.values())) == len(seen)


def test_auto_is_what_the_environment_lets_it_observe():
    assert policy_of("auto").logits.shape == policy_of("factorized").logits.shape
    remembering = policy_of("auto", remember_last=True)
    assert remembering.logits.shape == (3 * 3 + 1, 3)


@pytest.mark.parametrize("remember_last", [False, True])
def test_a_policy_of_the_last_choice_has_a_row_each_and_one_for_the_first(remember_last):
    policy = policy_of("last", remember_last=remember_last)
    assert policy.logits.shape == (4, 3)
    for _ in range(20):
        steps = policy.rollout()[1]
        before = [-1, *[action for _, action, _ in steps[:-1]]]
        assert [row for row, _, _ in steps] == [last + 1 for last in before]


@pytest.mark.parametrize("order", ["tour", "sequence", "assignment", None])
def test_auto_is_of_the_last_choice_where_a_tour_is_built(order):
    policy = policy_of("auto", Permutation(5, 4, kind=order))
    assert policy.kind == ("last" if order == "tour" else "auto")
    assert policy.logits.shape[0] == (6 if order == "tour" else 5)


def test_a_policy_of_the_last_choice_starts_at_the_mean_of_a_prior():
    prior = np.random.default_rng(4).normal(size=(4, 3))
    np.testing.assert_allclose(policy_of("last", prior=prior).logits, [prior.mean(axis=0)] * 4)
    after = [chain_prior()[[1 + last, 4 + last, 7 + last]].mean(axis=0) for last in range(3)]
    policy = policy_of("last", remember_last=True, prior=chain_prior())
    np.testing.assert_allclose(policy.logits, [chain_prior()[0], *after])


def test_a_policy_of_the_last_choice_learns_a_tour_that_others_do_not():
    """Cities on a circle, where the tour that is sought may begin at any of them."""
    found = {}
    for kind in ("auto", "factorized"):
        problem = Recorded(
            Permutation(12, kind="tour"),
            lambda x: float((np.abs(x - np.roll(x, 1)) % 10 != 1).sum()),
        )
        problem.environment = lambda look, space=problem.space: Construction(space, look)
        found[kind] = minimize(problem, "reinforce", 1000, policy=kind).value
    assert found["auto"] < found["factorized"] - 2


def test_masks_hold_for_every_kind():
    for kind in (*KINDS, "last"):
        policy = policy_of(kind, Permutation(5))
        for _ in range(20):
            assert sorted(action for _, action, _ in policy.rollout()[1]) == list(range(5))


@pytest.mark.parametrize("remember_last", [False, True])
def test_only_an_autoregressive_policy_learns_that_bits_be_alike_in_two_ways(remember_last):
    """With an entropy bonus it keeps both optima; a factorized one must give up one."""
    both = {}
    for kind in KINDS:
        problem = Alike(remember_last=remember_last)
        run_directly(reinforce, problem, 3000, policy=kind, entropy=0.3)
        late = np.array(problem.looked_at[-500:])
        alike = (np.diff(late, axis=1) == 0).all(axis=1)
        both[kind] = alike.mean() * (0.1 < late[:, 0].mean() < 0.9)
    assert both["autoregressive"] > 0.6
    assert both["factorized"] < 0.3


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_learns_a_string(kind):
    problem = problems.make("next-token-decode", corpus="markov:length=5000,symbols=6", length=5)
    proposed = problem.values(problem.sample(np.random.default_rng(0), 500)).mean()
    looks, value = [], problem.value
    problem.value = lambda x: looks.append(value(x)) or looks[-1]
    run_directly(reinforce, problem, 2000, policy=kind)
    assert np.mean(looks[-200:]) < proposed - 1


def test_a_table_too_large_for_memory_is_refused():
    environment = Construction(Permutation(300), lambda x: 0.0)
    with pytest.raises(ValueError, match=r"policy=autoregressive: expected at most 10,000,000"):
        SoftmaxPolicy(environment, np.random.default_rng(0), "autoregressive")


# ------------------------------------------------------------------ where it starts


def chain_prior(steps=3, actions=3):
    return np.random.default_rng(5).normal(size=(steps * actions + 1, actions))


def test_an_autoregressive_policy_repeats_a_factorized_prior():
    prior = np.random.default_rng(4).normal(size=(4, 3))
    policy = policy_of("autoregressive", prior=prior)
    for position in range(3):
        for last in range(3):
            row = policy._row(position, last)
            np.testing.assert_array_equal(policy.logits[row], prior[position])


def test_a_factorized_policy_starts_at_the_marginals_of_its_prior():
    """Each position's choices are distributed as under the autoregressive prior."""
    prior = chain_prior()
    chained = policy_of("auto", remember_last=True, prior=prior)
    factorized = policy_of("factorized", remember_last=True, prior=prior)
    drawn = np.array([[a for _, a, _ in chained.rollout()[1]] for _ in range(4000)])
    for position, share in enumerate(softmax(factorized.logits)[:3]):
        observed = np.bincount(drawn[:, position], minlength=3)
        assert chisquare(observed, 4000 * share).pvalue > 1e-4
    one = softmax(prior[:1])[0]
    two = one @ softmax(prior[1:4])
    np.testing.assert_allclose(softmax(factorized.logits)[:2], [one, two], rtol=1e-12)


# ----------------------------------------------------------------------- entropy

MASK = np.array([1, 0, 1], dtype=np.int8)


def entropy_of(logits, steps):
    """Sum of the entropies of the choices at `steps`, among the legal actions."""
    total = 0.0
    for row, _, mask in steps:
        legal = logits[row] if mask is None else logits[row][np.array(mask, bool)]
        p = np.exp(legal) / np.exp(legal).sum()
        total -= (p * np.log(p)).sum()
    return total


@pytest.mark.parametrize(
    "episodes",
    [
        [[(0, 1, None)]],
        [[(0, 2, MASK)]],
        [[(0, 2, None), (1, 0, None)], [(0, 1, None), (1, 2, MASK)]],
    ],
    ids=["one step", "masked", "two episodes"],
)
def test_the_entropy_bonus_follows_finite_differences(episodes):
    policy = policy_of("factorized")
    policy.logits = before = np.random.default_rng(1).normal(size=(4, 3))
    policy.logits = before.copy()
    policy.ascend(episodes, np.zeros(len(episodes)), entropy=0.7)
    steps = [step for episode in episodes for step in episode]
    expected = np.zeros_like(before)
    for at in np.ndindex(*before.shape):
        shift = np.zeros_like(before)
        shift[at] = 1e-6
        up, down = (entropy_of(before + sign * shift, steps) for sign in (1, -1))
        expected[at] = 0.7 * (up - down) / 2e-6
    np.testing.assert_allclose(policy.logits - before, expected, atol=1e-8)


@pytest.mark.parametrize("name", ["cart-pole", "pendulum", "next-token-reward"])
def test_the_entropy_bonus_of_a_worlds_policy_follows_finite_differences(name):
    options = {"corpus": "markov:length=2000,symbols=4"} if "token" in name else {}
    problem = problems.make(name, **options)
    policy, rng = problem.policy(), np.random.default_rng(2)
    theta = rng.normal(size=policy.dimension)
    seen = {"cart-pole": rng.normal(size=(5, 4)), "pendulum": rng.normal(size=(5, 3))}.get(
        name, rng.integers(0, 4, (5, 1)).astype(float)
    )
    weights = rng.random(5)

    def entropy(at):
        if name == "pendulum":
            return 0.0  # Gaussian noise of one size
        if name == "cart-pole":
            p = softmax(policy.scores(at, seen))
        else:
            p = np.exp(problem.regularized.log_policy(at)[0])[seen[:, 0].astype(int)]
        return -(weights * (p * np.log(p)).sum(axis=1)).sum()

    expected = np.zeros_like(theta)
    for i in range(len(theta)):
        shift = np.zeros_like(theta)
        shift[i] = 1e-6
        expected[i] = (entropy(theta + shift) - entropy(theta - shift)) / 2e-6
    found = policy.entropy_gradient(theta, seen, weights)
    np.testing.assert_allclose(found, expected, atol=1e-8)


def test_an_entropy_bonus_keeps_the_policy_from_closing():
    spread = {}
    for weight in (0.0, 3.0):
        problem = Alike()
        run_directly(reinforce, problem, 1600, policy="factorized", entropy=weight)
        spread[weight] = np.array(problem.looked_at[-300:]).std(axis=0).min()
    assert spread[0.0] < 0.2
    assert spread[3.0] > 0.45


def test_an_entropy_bonus_reaches_a_worlds_policy():
    problem = problems.make("cart-pole", episodes=4)
    runs = [minimize(problem, "reinforce", 20, batch=4, entropy=e) for e in (0.0, 5.0)]
    assert not np.array_equal(runs[0].x, runs[1].x)
