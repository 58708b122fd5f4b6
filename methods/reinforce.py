"""REINFORCE (Williams 1992) with a softmax, a Gaussian or the problem's own policy."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np

from methods.shared.advantages import Baseline
from methods.shared.gaussian_policy import GaussianPolicy
from methods.shared.softmax_policy import SoftmaxPolicy, is_discrete
from methods.shared.strides import latent_zoom
from methods.shared.world_policy import WorldPolicy
from problems.core.interval import Count, Interval, NonNegative, Positive
from problems.core.oracle import Oracle
from problems.core.views import Unsupported

#: A Gaussian's first standard deviation, as a share of the box's width.
SIGMA = 0.2


def reinforce(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    policy: Literal["auto", "factorized", "autoregressive", "gaussian"] = "auto",
    batch: Count = 16,
    learning_rate: Positive = 0.5,
    baseline: Literal["leave-one-out", "moving", "none"] = "leave-one-out",
    normalize: bool = True,
    entropy: NonNegative = 0.0,
    sigma: Annotated[float, Interval(gt=0, le=1)] = SIGMA,
    sigma_learning_rate: NonNegative = 0.1,
) -> None:
    """Ascend E[(return − baseline) ∇ log π].

    Parameters
    ----------
    policy : {"auto", "factorized", "autoregressive", "gaussian"}
        In a discrete environment that builds a solution, a softmax over the next
        choice: one row of logits a position, or one a position and last choice
        (`SoftmaxPolicy`). It starts uniform or, where the environment has one, at its
        prior: a language model's policy starts as the language model. Anywhere, one
        Gaussian a parameter of the box or, in other spaces, of the latent box
        (`GaussianPolicy`); its mean starts at the problem's start or, in a chain, the
        previous method's best.
        "auto" is the problem's own policy in a world with rewards of its own (control),
        else a softmax over what the environment lets it observe, else Gaussian.
    batch : int
        Episodes, or draws, an update.
    learning_rate : float
        Step along the mean of advantage × ∇ log π, summed over an episode; σ² times
        that for a Gaussian's mean.
    baseline : {"leave-one-out", "moving", "none"}
        The mean return of the batch's other episodes (Kool et al. 2019), a running
        mean of past batches, which keeps 0.9 of itself, or nothing.
    normalize : bool
        Divide a batch's advantages by their standard deviation (with no baseline, by
        their root mean square). Without it the estimate of the gradient is unbiased.
    entropy : float
        Weight of the gradient of the policy's entropy at the steps taken, in units of
        an advantage a nat (Williams and Peng 1991, REINFORCE/MENT, maximise it too).
    sigma : float
        A Gaussian's first standard deviation, as a share of the box's width; 0.2 is the
        scale of the problem's start, where it has one.
    sigma_learning_rate : float
        Step of a Gaussian's log σ; 0.1 is the default of PyBrain's PGPE, by Sehnke and
        Schaul, whose cart-pole example has 0.5 for the mean.
    """
    if batch == 1 and baseline == "leave-one-out":
        raise ValueError(f"batch={batch}: expected >= 2 with baseline={baseline}")
    centred = Baseline(baseline, normalize)
    oracle.evaluate_start()  # which a policy may never draw
    environment = None if policy == "gaussian" else _environment(oracle, policy == "auto")
    if environment is None:
        start = oracle.start(1)[0]
        gaussian = GaussianPolicy(oracle.space, start, sigma * latent_zoom(oracle, SIGMA), rng)
        while True:
            points, noise = gaussian.draw(batch)
            advantages = centred.advantages(-oracle.values(points)) / batch
            steps = sigma_learning_rate * advantages
            gaussian.ascend(noise, learning_rate * advantages, steps, sigma_learning_rate * entropy)
    parametrised = oracle.policy() if policy == "auto" else None
    if parametrised is not None:
        learner = WorldPolicy(parametrised, environment, oracle, rng)
        while True:
            learner.learn(
                [learner.rollout() for _ in range(batch)], centred, learning_rate, entropy
            )
    table = SoftmaxPolicy(environment, rng, "auto" if policy == "gaussian" else policy)
    while True:
        episodes = [table.rollout() for _ in range(batch)]
        advantages = centred.advantages(np.array([total for total, _ in episodes])) / batch
        walked = [steps for _, steps in episodes]
        table.ascend(walked, learning_rate * advantages, learning_rate * entropy / batch)


def _environment(oracle: Oracle, may_do_without: bool) -> Any:
    """Return the environment to act in; None where a Gaussian policy serves instead."""
    try:
        environment = oracle.environment()
    except Unsupported:
        if may_do_without:
            return None
        raise
    usable = is_discrete(environment) or oracle.policy() is not None
    return environment if usable or not may_do_without else None
