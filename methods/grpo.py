"""Group relative policy optimization (Shao et al. 2024): PPO's clip without its critic."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from methods.shared.advantages import Baseline
from methods.shared.optimizers import Optimizer, direction_of
from methods.shared.softmax_policy import SoftmaxPolicy
from methods.shared.world_policy import WorldPolicy
from problems.core.interval import Count, Interval, NonNegative, Positive
from problems.core.oracle import Oracle

#: The log of a ratio of probabilities is cut here, so that no square of it overflows.
LARGEST_LOG_RATIO = 50.0


class Actor(Protocol):
    """A policy that acts in an environment: a table of logits, or the problem's own."""

    @property
    def parameters(self) -> NDArray[np.float64]:
        """What it learns."""

    def play(self, n: int) -> tuple[NDArray[np.float64], NDArray[np.int64], Any]:
        """Play `n` episodes; return their total rewards, their lengths and their steps."""

    def log_probabilities(self, steps: Any, parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return log π of every step's action under some parameters."""

    def gradient(self, steps: Any, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return Σ weight × ∇ log π over the steps."""

    def move(self, step: NDArray[np.float64]) -> None:
        """Add a step to the parameters."""


def grpo(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    policy: Literal["auto", "factorized", "autoregressive", "last"] = "auto",
    group: Annotated[int, Interval(ge=2)] = 16,
    epochs: Count = 1,
    clip: Annotated[float, Interval(gt=0, lt=1)] = 0.2,
    kl: NonNegative = 0.04,
    normalize: bool = True,
    optimizer: Optimizer = "adam",
    learning_rate: Positive = 0.3,
) -> None:
    """Ascend what a group of episodes says of each other, within PPO's clip, near the prior.

    Shao et al. (2024, "DeepSeekMath: pushing the limits of mathematical reasoning in open
    language models", arXiv 2402.03300). All episodes begin at the same state, so those of
    an update are one group. With ρ the ratio of an action's probability to that at which it was
    drawn, and A = (return − mean) / deviation over the group, an update ascends the mean over
    episodes, and over an episode's steps, of min(ρA, clip(ρ, 1 ± `clip`) A) − `kl` k₃.

    Dividing by the group's deviation makes the mean of the update another vector than the
    gradient of the expected return: of rewards of 0 and 1 in groups of four it is 1.6 to 1.7
    times as long.

    Parameters
    ----------
    policy : {"auto", "factorized", "autoregressive", "last"}
        As in `reinforce`, without the Gaussian.
    group : int
        Episodes a group. The paper has 64, which at 2,000 evaluations are 31 updates. With the
        best learning rate of 0.1, 0.3 and 1 for each, 16 led to tours of 8,979 and 64 to 9,609
        (medians of two seeds), and was better on `next-token-decode` too.
    epochs : int
        Updates on the same episodes, µ in the paper, whose experiments make one; then ρ is 1
        and nothing is clipped.
    clip : float
        ε; not stated in the paper, 0.2 in PPO's (Schulman et al. 2017).
    kl : float
        β, the weight of the divergence from the policy that learning starts at: the problem's
        prior, such as a language model, else the uniform one. It is the paper's estimate
        k₃ = r − log r − 1 at the actions taken, r the ratio of the prior's probability to the
        policy's. Its mean is KL(π ‖ prior), but that of its gradient is, on fresh episodes,
        the gradient of KL(prior ‖ π), both at the steps taken.
    normalize : bool
        Divide by the group's deviation and average over an episode's steps. Without, steps
        are summed: Dr. GRPO (Liu et al. 2025, "Understanding R1-Zero-like training: a critical
        perspective", arXiv 2503.20783), whose mean on fresh episodes is (n − 1)/n of the
        gradient for groups of n.
    optimizer : {"adam", "sgd"}
        Adam with β = (0.9, 0.999), or ascent with momentum 0.9.
    learning_rate : float
        Of the optimizer: Adam moves a logit by about as much an update, and a parameter of the
        problem's own policy by as much in units of the start's scale (`WorldPolicy`). The best
        of 0.1, 0.3 and 1 on tours, `next-token-decode` and `onemax`; the paper's 1e-6 is for
        the weights of a language model.
    """
    actor = _actor(oracle, rng, policy)
    oracle.evaluate_start()  # which a policy may never draw
    prior = actor.parameters.copy()
    baseline, direction = Baseline("group", normalize), direction_of(optimizer)
    while True:
        returns, lengths, steps = actor.play(group)
        advantages = np.repeat(baseline.advantages(returns), lengths)
        averaged_over = lengths if normalize else np.ones_like(lengths)
        shares = np.repeat(1.0 / (group * averaged_over), lengths)
        drawn = actor.log_probabilities(steps, actor.parameters)
        reference = actor.log_probabilities(steps, prior)
        for _ in range(epochs):
            now = actor.log_probabilities(steps, actor.parameters)
            slopes = surrogate_slope(now, drawn, reference, advantages, clip=clip, kl=kl)
            actor.move(learning_rate * direction(actor.gradient(steps, shares * slopes)))


def surrogate_slope(
    now: NDArray[np.float64],
    drawn: NDArray[np.float64],
    reference: NDArray[np.float64],
    advantages: NDArray[np.float64],
    *,
    clip: float,
    kl: float,
) -> NDArray[np.float64]:
    """Return the derivative of each step's term of the surrogate by log π.

    Parameters
    ----------
    now, drawn, reference : ndarray of shape (n,)
        log π of the actions: of the policy, as it was when they were drawn, of the prior.
    advantages : ndarray of shape (n,)
    clip, kl : float
        See `grpo`.
    """
    ratio = np.exp(np.minimum(now - drawn, LARGEST_LOG_RATIO))
    # The minimum of the two is the clipped one, which is flat, where moving on would gain more.
    clipped = np.where(advantages > 0, ratio > 1 + clip, ratio < 1 - clip)
    gain = np.where(clipped, 0.0, ratio * advantages)
    return gain - kl * (1 - np.exp(np.minimum(reference - now, LARGEST_LOG_RATIO)))


def _actor(oracle: Oracle, rng: np.random.Generator, policy: Any) -> Actor:
    environment = oracle.environment()
    own = oracle.policy() if policy == "auto" else None
    if own is not None:
        return WorldPolicy(own, environment, oracle, rng)
    return SoftmaxPolicy(environment, rng, policy)
