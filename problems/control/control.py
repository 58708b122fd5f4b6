"""Policy search: minus the mean return of a policy over fixed evaluation episodes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray

from problems.control.policies import NeuralPolicy
from problems.control.rollouts import Episodes, is_vectorised, make_world, roll_out
from problems.core.interval import Count, Interval
from problems.core.problem import Problem
from problems.core.reference import Reference
from problems.core.space import Box
from problems.core.views import Policy
from problems.naming.options import checked_options

if TYPE_CHECKING:
    import gymnasium

Kind = Literal["linear", "mlp"]
EpisodeCount = Annotated[int, Interval(ge=1, le=10_000)]

#: Fresh episodes that `score` plays.
FRESH = 100
#: Bound of every parameter.
BOUND = 5.0
#: No return can be higher, by the reward functions of gymnasium's documentation:
#: 1 a step for at most 500 steps; -1 a step, 0 at the goal; 100 at the goal less
#: the cost of the force; minus a cost.
HIGHEST_RETURN = {
    "CartPole-v1": (500.0, "reward 1 a step, at most 500 steps"),
    "Acrobot-v1": (0.0, "reward -1 a step until the goal"),
    "MountainCarContinuous-v0": (100.0, "100 at the goal, less the force's cost"),
    "Pendulum-v1": (0.0, "every reward is minus a cost"),
}


#: Of a world stepped in a loop: more save little, and take seconds.
EPISODES_AT_A_TIME = 64
#: Of any world: under a second of CartPole, between two looks at the clock.
STEPS_AT_A_TIME = 1_000_000


class PolicySearch(Problem):
    """Find a policy's parameters that earn the highest return in a gymnasium world.

    value(x) = −mean return, undiscounted, of the policy with parameters x over
    `episodes` episodes whose seeds the instance fixes: piecewise constant or
    chaotic in x, and without a gradient that could be had through the world.
    `score` plays 100 fresh episodes. The policy acts greedily: it takes the action
    of the highest score, or tanh scores scaled to the action's range.

    REINFORCE acts in the world itself, with a stochastic form of the same policy;
    an episode costs 1 / `episodes` of an evaluation.

    Parameters
    ----------
    policy : {"linear", "mlp"}
        Scores linear in the observation, or through one tanh layer.
    hidden : int
        Units of that layer.
    episodes : int
        Episodes per evaluation.
    steps : int, optional
        Time limit of an episode; the environment's own by default, where it has one.
    instance : int
        Seeds the evaluation episodes.

    Attributes
    ----------
    world : str
        Id of the gymnasium environment.
    """

    world: str
    space: Box
    objective = "minus the mean return"

    @checked_options
    def __init__(
        self,
        *,
        policy: Kind = "linear",
        hidden: Count = 16,
        episodes: EpisodeCount = 8,
        steps: Count | None = None,
        instance: int = 0,
    ) -> None:
        world = make_world(self.world)
        seen, does = world.observation_space, world.action_space
        if type(seen).__name__ != "Box" or type(does).__name__ not in ("Box", "Discrete"):
            raise ValueError(
                f"environment={self.world}: expected Box observations and Box or Discrete "
                f"actions, not {seen} and {does}"
            )
        if type(does).__name__ == "Box" and not does.is_bounded():
            raise ValueError(f"environment={self.world}: its actions have no bounds")
        limit = steps or world.spec.max_episode_steps
        self.threshold, self.steps = world.spec.reward_threshold, steps
        world.close()
        if limit is None:
            raise ValueError(f"environment={self.world}: it has no time limit; give steps=")
        units = hidden if policy == "mlp" else 0
        self._policy = NeuralPolicy(int(np.prod(seen.shape)), does, units, BOUND)
        self.space = Box(-BOUND, BOUND, self._policy.dimension)
        rng = np.random.default_rng([instance, 1])
        self.evaluation_seeds = rng.integers(0, 2**31, episodes).tolist()
        self.fresh_seeds = rng.integers(2**31, 2**32 - 1, FRESH).tolist()
        self.kind = policy
        self.rollout_work = 1 / episodes
        at_a_time = STEPS_AT_A_TIME // limit
        if not is_vectorised(self.world):
            at_a_time = min(at_a_time, EPISODES_AT_A_TIME)
        self.most_rows = max(1, at_a_time // episodes)

    @property
    def title(self) -> str:
        return (
            f"{self.world}, {self.kind} policy of {self.space.dimension} parameters, "
            f"{len(self.evaluation_seeds)} episodes per evaluation"
        )

    def play(self, points: NDArray, seeds: list[int]) -> Episodes:
        """Let every policy, shape (n, dimension), play from every seed: n × seeds episodes."""
        owner = np.repeat(np.arange(len(points)), len(seeds))

        def act(observations: NDArray, episodes: NDArray) -> NDArray:
            theirs = points[owner[episodes]]
            return self._policy.greedy(theirs, observations[:, None, :])[:, 0]

        return roll_out(self.world, seeds * len(points), act, self.steps)

    def values(self, points: NDArray) -> NDArray[np.float64]:
        played = self.play(points, self.evaluation_seeds)
        return -played.returns.reshape(len(points), len(self.evaluation_seeds)).mean(axis=1)

    def score(self, x: NDArray) -> float:
        return -float(self.play(np.asarray(x, dtype=float)[None], self.fresh_seeds).returns.mean())

    @cached_property
    def reference(self) -> Reference | None:
        if self.world not in HIGHEST_RETURN:
            return None
        highest, why = HIGHEST_RETURN[self.world]
        if self.world == "CartPole-v1" and self.steps is not None:
            highest, why = float(self.steps), f"reward 1 a step, at most {self.steps} steps"
        return Reference(-highest, "bound", why)

    @cached_property
    def anchors(self) -> dict[str, float]:
        if self.threshold is None:
            return {}
        return {"gymnasium calls it solved at": -float(self.threshold)}

    def environment(self, value: Callable[[NDArray], float]) -> gymnasium.Env[Any, Any]:
        return make_world(self.world, self.steps)

    def policy(self) -> Policy:
        return self._policy

    def describe(self, x: NDArray) -> str:
        played = self.play(np.asarray(x, dtype=float)[None], self.evaluation_seeds)
        ended = int(played.terminated.sum())
        return (
            f"mean return {played.returns.mean():.1f} (from {played.returns.min():.1f} to "
            f"{played.returns.max():.1f}) in {len(played.returns)} episodes of "
            f"{played.steps.mean():.0f} steps; {ended} terminated, "
            f"{len(played.returns) - ended} truncated by the time limit"
        )


class Control(PolicySearch):
    """`PolicySearch` in any of gymnasium's environments.

    Parameters
    ----------
    environment : str
        Id of a gymnasium environment with a flat Box of observations and Discrete
        or bounded Box actions.
    **shared
        The options of `PolicySearch`.
    """

    def __init__(self, *, environment: str = "CartPole-v1", **shared: Any) -> None:
        self.world = environment
        super().__init__(**shared)


class CartPole(PolicySearch):
    """`PolicySearch` in CartPole-v1: balance a pole on a cart (Barto, Sutton, Anderson 1983)."""

    world = "CartPole-v1"


class Acrobot(PolicySearch):
    """`PolicySearch` in Acrobot-v1: swing a two-link arm up (Sutton 1996)."""

    world = "Acrobot-v1"


class MountainCar(PolicySearch):
    """`PolicySearch` in MountainCarContinuous-v0: rock a car out of a valley (Moore 1990)."""

    world = "MountainCarContinuous-v0"


class Pendulum(PolicySearch):
    """`PolicySearch` in Pendulum-v1: swing a pendulum up and hold it."""

    world = "Pendulum-v1"
