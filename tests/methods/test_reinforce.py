from __future__ import annotations

import gymnasium
import numpy as np
import pytest
from scipy.stats import chisquare

import problems
from methods import minimize
from methods.reinforce import reinforce
from methods.shared.advantages import finite
from methods.shared.softmax_policy import SoftmaxPolicy
from problems import Box, Problem, Unsupported
from problems.core.environment import Construction
from tests.methods.examples import Flat, OneMax, run_directly


class Bandit(Problem):
    """Bits whose reward is any function of them."""

    def __init__(self, reward, bits=5):
        self.space = Box(0, 1, bits, integral=True)
        self.looked_at = []
        self._reward = reward

    def value(self, x):
        self.looked_at.append(np.array(x))
        return -self._reward(x)

    def environment(self, look):
        return Construction(self.space, look)


class Chosen(gymnasium.Env):
    """One step; `info` may bring a mask. Reports what was done in it."""

    def __init__(self, actions=3, mask=None, prior=None):
        self.action_space = gymnasium.spaces.Discrete(actions)
        self.observation_space = gymnasium.spaces.Discrete(1)
        self.prior, self._mask, self.taken = prior, mask, []

    def reset(self, *, seed=None, options=None):
        return 0, {} if self._mask is None else {"action_mask": self._mask}

    def step(self, action):
        self.taken.append(action)
        return 0, 1.0, True, False, {}


def decode(length=5):
    return problems.make("next-token-decode", corpus="markov:length=5000,symbols=6", length=length)


@pytest.fixture
def updates(monkeypatch):
    """Every update's (returns of the episodes, weights given to `ascend`, logits before)."""
    seen, returns = [], []
    rollout, ascend = SoftmaxPolicy.rollout, SoftmaxPolicy.ascend

    def rolled(self):
        total, steps = rollout(self)
        returns.append(total)
        return total, steps

    def ascended(self, episodes, weights, entropy=0.0):
        seen.append((np.array(returns), np.array(weights), self.logits.copy()))
        returns.clear()
        ascend(self, episodes, weights, entropy)

    monkeypatch.setattr(SoftmaxPolicy, "rollout", rolled)
    monkeypatch.setattr(SoftmaxPolicy, "ascend", ascended)
    return seen


# ------------------------------------------------------------------- it learns


@pytest.mark.parametrize("baseline", ["leave-one-out", "moving", "none"])
@pytest.mark.parametrize("seed", range(3))
def test_it_learns_to_set_all_bits(baseline, seed):
    """By chance an evaluation is worth 2.5 ± 1.1; the optimum is 0."""
    problem = Bandit(lambda x: float(x.sum()) - 5)
    run_directly(reinforce, problem, 800, seed=seed, baseline=baseline)
    late = [-(x.sum() - 5) for x in problem.looked_at[-100:]]
    assert np.mean(late) < 0.5


def test_it_learns_against_a_constant_offset_of_the_reward():
    problem = Bandit(lambda x: 1e6 + float(x.sum()))
    run_directly(reinforce, problem, 800)
    assert np.mean([x.sum() for x in problem.looked_at[-100:]]) > 4.5


def test_it_learns_a_string_that_depends_on_the_last_symbol():
    """What it evaluates late is better than what the language model proposes."""
    problem = decode()
    proposed = problem.values(problem.sample(np.random.default_rng(0), 500)).mean()
    looks, value = [], problem.value
    problem.value = lambda x: looks.append(value(x)) or looks[-1]
    run_directly(reinforce, problem, 2000)
    assert np.mean(looks[-200:]) < proposed - 1


def test_an_episode_is_one_evaluation_and_one_step_a_variable():
    ledger = minimize(OneMax(6), "reinforce", 100).ledger
    assert (ledger.values, ledger.work) == (100, 100)
    assert ledger.steps == 600 + 6  # the episode whose evaluation the budget refused


# ------------------------------------------------------------------- advantages


def test_leave_one_out_advantages_by_formula(updates):
    run_directly(reinforce, OneMax(6), 160, batch=8, learning_rate=0.3)
    assert len(updates) == 20
    for returns, weights, _ in updates:
        others = np.array([np.delete(returns, i).mean() for i in range(8)])
        advantages = returns - others
        if returns.std() > 0:
            advantages /= returns.std()
        np.testing.assert_allclose(weights, 0.3 * advantages / 8, atol=1e-12)


def test_moving_advantages_by_formula(updates):
    run_directly(reinforce, OneMax(6), 160, batch=8, learning_rate=0.3, baseline="moving")
    moving = updates[0][0].mean()
    for returns, weights, _ in updates:
        advantages = returns - moving
        if returns.std() > 0:
            advantages /= returns.std()
        np.testing.assert_allclose(weights, 0.3 * advantages / 8, atol=1e-12)
        moving = 0.9 * moving + 0.1 * returns.mean()


def test_a_moving_baseline_needs_one_episode_only(updates):
    run = minimize(OneMax(4), "reinforce", 50, batch=1, baseline="moving")
    assert run.ended == "budget"
    assert len(updates) == 50
    assert all(np.isfinite(weights).all() for _, weights, _ in updates)


@pytest.mark.parametrize("baseline", ["leave-one-out", "moving"])
@pytest.mark.parametrize("constant", [0.0, -3.7, 1e12])
def test_a_constant_reward_teaches_nothing(constant, baseline, updates):
    run_directly(reinforce, Bandit(lambda x: constant), 160, baseline=baseline)
    assert len(updates) == 10
    for _, _, logits in updates:
        np.testing.assert_allclose(logits, 0, atol=1e-9 * max(1, abs(constant)))


@pytest.mark.parametrize("baseline", ["leave-one-out", "moving", "none"])
@pytest.mark.parametrize(
    "reward",
    [
        lambda x: float(x.all()),
        lambda x: float("nan") if x[0] else float(x.sum()),
        lambda x: float("inf") if x[1] else 1.0,
        lambda x: float("nan"),
        lambda x: 1e300 * x.sum(),
    ],
    ids=["binary", "sometimes nan", "sometimes infinite", "always nan", "huge"],
)
def test_advantages_are_finite_whatever_the_reward(reward, baseline, updates):
    minimize(Bandit(reward), "reinforce", 320, baseline=baseline)
    assert len(updates) == 20
    for _, weights, logits in updates:
        assert np.isfinite(weights).all()
        assert np.isfinite(logits).all()


def test_points_without_a_value_are_learned_to_be_avoided():
    problem = Bandit(lambda x: float("nan") if x[0] else float(x.sum()))
    run = minimize(problem, "reinforce", 1600)
    assert np.mean([x[0] for x in problem.looked_at[-100:]]) < 0.1
    assert run.value == -4.0


@pytest.mark.parametrize(
    ("returns", "expected"),
    [
        ([1.0, 2.0], [1.0, 2.0]),
        ([1.0, np.nan, -2.0], [1.0, -2.0, -2.0]),
        ([-np.inf, 3.0, np.inf], [3.0, 3.0, 3.0]),
        ([np.nan, np.nan], [0.0, 0.0]),
    ],
    ids=str,
)
def test_returns_that_are_no_numbers_become_the_worst_of_the_others(returns, expected):
    np.testing.assert_array_equal(finite(np.array(returns)), expected)


# ------------------------------------------------------------------- the policy


def log_probability(logits, observation, action, mask):
    legal = logits[observation] if mask is None else logits[observation][np.array(mask, bool)]
    return logits[observation, action] - np.log(np.exp(legal).sum())


def difference_quotient(logits, episodes, weights):
    def objective(at):
        return sum(
            weight * log_probability(at, *step)
            for steps, weight in zip(episodes, weights, strict=True)
            for step in steps
        )

    slope = np.zeros_like(logits)
    for index in np.ndindex(*logits.shape):
        shift = np.zeros_like(logits)
        shift[index] = 1e-6
        slope[index] = (objective(logits + shift) - objective(logits - shift)) / 2e-6
    return slope


MASK = np.array([1, 0, 1], dtype=np.int8)
OTHER = np.array([0, 1, 1], dtype=np.int8)


@pytest.mark.parametrize(
    ("episodes", "weights"),
    [
        ([[(0, 1, None)]], [0.7]),
        ([[(0, 2, MASK)]], [0.7]),
        ([[(0, 2, None), (1, 0, None)], [(0, 1, None)]], [0.7, -1.3]),
        ([[(1, 2, MASK), (1, 0, MASK)], [(1, 1, OTHER), (0, 2, OTHER)]], [0.4, -0.2]),
        ([[(0, 1, None), (1, 2, MASK)]], [0.7]),
        ([[(0, 2, MASK), (1, 1, None)]], [0.7]),
    ],
    ids=["one step", "masked", "two episodes", "masks differ", "mask comes late", "mask goes"],
)
def test_ascent_follows_the_gradient_of_log_softmax(episodes, weights):
    environment = Chosen(3, prior=np.array([[0.3, -1.0, 0.5], [2.0, 0.1, -0.4]]))
    policy = SoftmaxPolicy(environment, np.random.default_rng(0))
    before = policy.logits.copy()
    policy.ascend(episodes, np.array(weights))
    expected = difference_quotient(before, episodes, weights)
    np.testing.assert_allclose(policy.logits - before, expected, atol=1e-8)


def test_without_a_prior_all_actions_are_equally_likely():
    environment = Chosen(4)
    policy = SoftmaxPolicy(environment, np.random.default_rng(1))
    for _ in range(4000):
        policy.rollout()
    assert chisquare(np.bincount(environment.taken, minlength=4)).pvalue > 0.001


def test_actions_follow_the_prior():
    share = np.array([0.5, 0.1, 0.4])
    environment = Chosen(3, prior=np.log(share)[None])
    policy = SoftmaxPolicy(environment, np.random.default_rng(2))
    for _ in range(4000):
        policy.rollout()
    assert chisquare(np.bincount(environment.taken, minlength=3), 4000 * share).pvalue > 0.001


def test_masked_actions_follow_the_prior_renormalised():
    environment = Chosen(3, MASK, prior=np.log([[0.5, 0.1, 0.4]]))
    policy = SoftmaxPolicy(environment, np.random.default_rng(3))
    for _ in range(4000):
        policy.rollout()
    taken = np.bincount(environment.taken, minlength=3)
    assert taken[1] == 0
    assert chisquare(taken[[0, 2]], 4000 * np.array([5, 4]) / 9).pvalue > 0.001


@pytest.mark.parametrize("depth", [-800.0, -743.7, -700.0], ids=lambda d: f"logit {d:g}")
@pytest.mark.parametrize("legal", range(3))
def test_a_legal_action_is_found_however_unlikely_it_is(legal, depth):
    mask = np.eye(3, dtype=np.int8)[legal]
    environment = Chosen(3, mask, prior=np.where(mask, depth, 0.0)[None])
    policy = SoftmaxPolicy(environment, np.random.default_rng(4))
    for _ in range(50):
        policy.rollout()
    assert set(environment.taken) == {legal}


def test_the_policy_starts_at_the_environments_prior_and_leaves_it_alone():
    environment = decode().environment(lambda x: 0.0)
    prior = environment.prior.copy()
    policy = SoftmaxPolicy(environment, np.random.default_rng(0))
    np.testing.assert_array_equal(policy.logits, prior)
    policy.ascend([[(0, 1, None)]], np.array([5.0]))
    np.testing.assert_array_equal(environment.prior, prior)


def test_the_first_strings_are_the_language_models():
    """Before the first update, episodes are distributed as the problem's own proposal."""
    problem = decode(length=2)
    problem.reference = None  # meeting the bound would end the run
    looked_at, value = [], problem.value
    problem.value = lambda x: looked_at.append(x) or value(x)
    run_directly(reinforce, problem, 3000, batch=3000)
    size = problem.space.n
    cells = np.array(looked_at) @ [size, 1]
    proposed = problem.sample(np.random.default_rng(1), 100_000) @ [size, 1]
    share = np.bincount(proposed, minlength=size**2) / 100_000
    common = share > 0.005
    observed = np.bincount(cells, minlength=size**2)
    folded = np.append(observed[common], observed[~common].sum())
    expected = 3000 * np.append(share[common], share[~common].sum())
    assert chisquare(folded, expected).pvalue > 0.001


def test_masks_are_respected_the_environment_never_has_to_repair(monkeypatch):
    played, step = [], Construction.step

    def spied(self, action):
        result = step(self, action)
        played.append((int(action), self._chosen[-1]))
        return result

    monkeypatch.setattr(Construction, "step", spied)
    problem = decode()
    looked_at, value = [], problem.value
    problem.value = lambda x: looked_at.append(np.array(x)) or value(x)
    run_directly(reinforce, problem, 600)
    assert len(played) >= 600 * 5
    assert all(asked == done for asked, done in played)
    assert all(x in problem.space for x in looked_at)


# --------------------------------------------------------- environments of others


class With(Flat):
    """A problem whose environment is the one given."""

    def __init__(self, environment):
        super().__init__(Box(0, 1, 1, integral=True))
        self._environment = environment

    def environment(self, look):
        return self._environment


class Looking(Chosen):
    """Each step evaluates its action; ends by truncation."""

    def __init__(self, start=0):
        super().__init__(2)
        self.action_space = gymnasium.spaces.Discrete(2, start=start)
        self.look = None

    def step(self, action):
        self.taken.append(action)
        assert self.action_space.contains(np.int64(action))
        return 0, -self.look(np.array([action - self.action_space.start])), False, True, {}


@pytest.mark.parametrize("start", [0, 7])
def test_actions_are_members_of_the_action_space(start):
    environment = Looking(start)
    problem = With(environment)
    problem.environment = lambda look: setattr(environment, "look", look) or environment
    run = minimize(problem, "reinforce", 40)
    assert run.ended == "budget", run.message
    assert set(environment.taken) == {start, start + 1}


@pytest.mark.parametrize("part", ["observation_space", "action_space"])
def test_an_environment_that_is_not_discrete_is_unsupported(part):
    environment = Chosen()
    setattr(environment, part, gymnasium.spaces.Box(0, 1, (2,)))
    with pytest.raises(Unsupported, match="discrete"):
        minimize(With(environment), "reinforce", 10, policy="factorized")
    assert minimize(With(environment), "reinforce", 10).ledger.values == 10  # Gaussian


def test_an_environment_that_never_evaluates_ends_by_time():
    assert minimize(With(Chosen()), "reinforce", 10, seconds=0.2).ended == "timeout"


@pytest.mark.parametrize("policy", ["factorized", "autoregressive"])
def test_without_an_environment_a_softmax_policy_is_unsupported(policy):
    with pytest.raises(Unsupported, match=r"^it has no environment to act in$"):
        minimize(problems.make("sphere"), "reinforce", 10, policy=policy)


@pytest.mark.parametrize(
    "options",
    [
        {"batch": 1},
        {"batch": 0, "baseline": "moving"},
        {"batch": 0, "baseline": "none"},
        {"learning_rate": 0},
        {"learning_rate": float("inf")},
        {"baseline": "leave-one-in"},
        {"entropy": -0.1},
        {"sigma": 0},
        {"sigma": 1.5},
        {"sigma_learning_rate": -1},
        {"policy": "gauss"},
    ],
    ids=str,
)
def test_nonsense_is_refused_before_the_first_evaluation(options):
    problem = Bandit(lambda x: 0.0)
    with pytest.raises(ValueError, match=f"{next(iter(options))}=.*expected"):
        minimize(problem, "reinforce", 10, **options)
    assert not problem.looked_at


# ------------------------------------------------------------------------ strong


@pytest.mark.slow
def test_reinforce_reaches_475_on_cart_pole():
    """In every of 5 seeds the mean return of 100 fresh episodes is at least 475.

    Of 40 other seeds none fell short (the lowest: 495), so one does with probability
    below 0.073 (95 %); the seeds here are fixed: no false alarm.
    """
    problem = problems.make("cart-pole")
    for seed in range(5):
        run = minimize(problem, "reinforce", 300, seed=seed)
        assert run.score is not None
        assert -run.score >= 475
