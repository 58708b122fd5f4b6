"""REINFORCE (Williams 1992), leave-one-out, with a softmax, Gaussian or the problem's policy."""

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
#: The step of all policies but one of the last choice,
LEARNING_RATE = 0.5
#: whose logits may travel so many nats in the budget, in steps of at most a fifth of the choices.
TRAVEL, LARGEST_STEP = 12.5, 0.2


def reinforce(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    policy: Literal["auto", "factorized", "autoregressive", "last", "gaussian"] = "auto",
    batch: Count = 16,
    learning_rate: Positive | None = None,
    baseline: Literal["leave-one-out", "moving", "none"] = "leave-one-out",
    normalize: bool = True,
    entropy: NonNegative = 0.0,
    sigma: Annotated[float, Interval(gt=0, le=1)] = SIGMA,
    sigma_learning_rate: NonNegative = 0.1,
) -> None:
    """Ascend E[(return − baseline) ∇ log π].

    With the default baseline it is RLOO, REINFORCE leave-one-out (Kool, van Hoof and Welling
    2019, "Buy 4 REINFORCE samples, get a baseline for free!"; Ahmadian et al. 2024, "Back to
    basics: revisiting REINFORCE-style optimization for learning from human feedback in LLMs",
    arXiv 2402.14740), but for the division by the batch's deviation: with ``normalize=false``
    its mean is exactly the gradient of the expected return.

    Parameters
    ----------
    policy : {"auto", "factorized", "autoregressive", "last", "gaussian"}
        In a discrete environment that builds a solution, a softmax over the next
        choice: one row of logits a position, one a position and last choice, or one a
        last choice (`SoftmaxPolicy`). It starts uniform or, where the environment has one, at its
        prior: a language model's policy starts as the language model. Anywhere, one
        Gaussian a parameter of the box or, in other spaces, of the latent box
        (`GaussianPolicy`); its mean starts at the problem's start or, in a chain, the
        previous method's best.
        "auto" is the problem's own policy in a world with rewards of its own (control),
        else a softmax, of the last choice where that is the last city of a tour and
        elsewhere of what the environment lets it observe, else Gaussian.
    batch : int
        Episodes, or draws, an update.
    learning_rate : float
        Step along the mean of advantage × ∇ log π, summed over an episode; σ² times
        that for a Gaussian's mean, and in units of the start's scale for the problem's own policy
        (`WorldPolicy`). 0.5 by default; with ``policy=last`` of n choices the step of which
        all of the budget's take a logit 12.5 nats, 12.5 n batch / budget, at least 0.5 and
        at most n/5. This is a choice of this suite: for tours of 50 cities, a
        step of 10 is best of 2, 5, 10 and 20 at 500 evaluations, 5 at 2,000 and 2 at 5,000.
    baseline : {"leave-one-out", "moving", "none"}
        The mean return of the batch's other episodes, a running mean of past batches,
        which keeps 0.9 of itself, or nothing.
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
    rate = learning_rate or LEARNING_RATE
    oracle.evaluate_start()  # which a policy may never draw
    environment = None if policy == "gaussian" else _environment(oracle, policy == "auto")
    if environment is None:
        start = oracle.start(1)[0]
        gaussian = GaussianPolicy(oracle.space, start, sigma * latent_zoom(oracle, SIGMA), rng)
        while True:
            points, noise = gaussian.draw(batch)
            advantages = centred.advantages(-oracle.values(points)) / batch
            steps = sigma_learning_rate * advantages
            gaussian.ascend(noise, rate * advantages, steps, sigma_learning_rate * entropy)
    parametrised = oracle.policy() if policy == "auto" else None
    if parametrised is not None:
        learner = WorldPolicy(parametrised, environment, oracle, rng)
        while True:
            learner.learn([learner.rollout() for _ in range(batch)], centred, rate, entropy)
    table = SoftmaxPolicy(environment, rng, "auto" if policy == "gaussian" else policy)
    if learning_rate is None and table.kind == "last":
        choices = table.logits.shape[1]
        travelling = TRAVEL * choices * batch / oracle.remaining
        rate = max(LEARNING_RATE, min(travelling, LARGEST_STEP * choices))
    while True:
        episodes = [table.rollout() for _ in range(batch)]
        advantages = centred.advantages(np.array([total for total, _ in episodes])) / batch
        walked = [steps for _, steps in episodes]
        table.ascend(walked, rate * advantages, rate * entropy / batch)


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
