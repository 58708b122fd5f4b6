"""Episodes of many policies side by side, each from its own seed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Takes observations, shape (n, observation), of the episodes given by index,
#: shape (n,), and returns their actions.
Act = Callable[[NDArray, NDArray], NDArray]


@dataclass(frozen=True)
class Episodes:
    """How a batch of episodes went.

    Attributes
    ----------
    returns : ndarray of shape (n,)
        Undiscounted sums of rewards.
    steps : ndarray of shape (n,)
    terminated : ndarray of bool, shape (n,)
        True where the world ended the episode, False where the time limit did.
    """

    returns: NDArray[np.float64]
    steps: NDArray[np.int64]
    terminated: NDArray[np.bool_]


def roll_out(
    environment: str, seeds: Sequence[int], act: Act, steps: int | None = None
) -> Episodes:
    """Play one episode from each seed until all have ended.

    Worlds for which gymnasium has a vectorised form with one array of states (CartPole)
    are stepped as one; any other is stepped in a loop.

    Parameters
    ----------
    environment : str
        Id of a gymnasium environment.
    seeds : sequence of int
        One for each episode.
    act : callable
        Returns the actions of the episodes after their observations.
    steps : int, optional
        A time limit in place of the environment's own.
    """
    episodes = Episodes(*(np.zeros(len(seeds), dtype) for dtype in (float, np.int64, bool)))
    if not seeds:
        return episodes
    worlds = (_Abreast if is_vectorised(environment) else _InALoop)(environment, seeds, steps)
    observations, playing = worlds.observations, np.arange(len(seeds))
    while len(playing):
        observations, rewards, ended, stopped = worlds.step(act(observations, playing))
        episodes.returns[playing] += rewards
        episodes.steps[playing] += 1
        episodes.terminated[playing] = ended
        going = ~(ended | stopped)
        if not going.all():
            worlds.keep(going)
            observations, playing = observations[going], playing[going]
    return episodes


def is_vectorised(environment: str) -> bool:
    """Tell whether many episodes of a world cost little more than one."""
    return environment.startswith("CartPole-v")


#: Observations, shape (n, observation), rewards, and whether the world or the limit ended it.
Stepped = tuple[NDArray[np.float64], NDArray, NDArray[np.bool_], NDArray[np.bool_]]


class _InALoop:
    """Worlds that are stepped one after another.

    Attributes
    ----------
    observations : ndarray of shape (n, observation)
        The first ones.
    """

    def __init__(self, environment: str, seeds: Sequence[int], limit: int | None) -> None:
        self._worlds = [make_world(environment, limit) for _ in seeds]
        pairs = zip(self._worlds, seeds, strict=True)
        self.observations = self._flat(world.reset(seed=seed)[0] for world, seed in pairs)

    def step(self, actions: NDArray) -> Stepped:
        pairs = zip(self._worlds, actions, strict=True)
        seen, rewards, ended, stopped, _ = zip(*(w.step(a) for w, a in pairs), strict=True)
        return self._flat(seen), np.array(rewards), np.array(ended), np.array(stopped)

    def keep(self, going: NDArray[np.bool_]) -> None:
        """Leave the worlds whose episode has ended."""
        for world in itertools.compress(self._worlds, ~going):
            world.close()
        self._worlds = list(itertools.compress(self._worlds, going))

    @staticmethod
    def _flat(observations: Iterable[Any]) -> NDArray[np.float64]:
        return np.array([np.ravel(seen) for seen in observations], dtype=float)


class _Abreast:
    """CartPole in gymnasium's vectorised form, which steps one array of states."""

    def __init__(self, environment: str, seeds: Sequence[int], limit: int | None) -> None:
        import gymnasium

        worlds: Any = gymnasium.make_vec(
            environment, num_envs=len(seeds), vectorization_mode="vector_entry_point"
        ).unwrapped
        worlds.reset(seed=0)
        worlds.max_episode_steps = limit or worlds.max_episode_steps
        # A vectorised world draws all its starts from one seed. Ours are those of
        # single worlds, so that an episode depends on its own seed alone.
        single, starts = make_world(environment), []
        for seed in seeds:
            single.reset(seed=seed)
            starts.append(single.unwrapped.state)
        single.close()
        worlds.state = np.array(starts, dtype=float).T
        self._worlds = worlds
        self.observations = np.array(starts, dtype=np.float32).astype(float)

    def step(self, actions: NDArray) -> Stepped:
        observations, rewards, ended, stopped, _ = self._worlds.step(actions)
        return observations.astype(float), rewards, ended, stopped

    def keep(self, going: NDArray[np.bool_]) -> None:
        """Leave the worlds whose episode has ended, before gymnasium begins another in them."""
        from gymnasium.vector.utils import batch_space

        worlds = self._worlds
        worlds.state, worlds.steps = worlds.state[:, going], worlds.steps[going]
        worlds.prev_done = worlds.prev_done[going]
        worlds.action_space = batch_space(worlds.single_action_space, int(going.sum()))


def make_world(environment: str, steps: int | None = None) -> Any:
    """Make a gymnasium environment by id, without the checks made for debugging.

    Parameters
    ----------
    environment : str
    steps : int, optional
        Time limit; the environment's own by default.

    Raises
    ------
    ValueError
        When there is no such environment, or it lacks a dependency.
    """
    import gymnasium

    try:
        return gymnasium.make(environment, disable_env_checker=True, max_episode_steps=steps)
    except (gymnasium.error.Error, ImportError) as error:
        raise ValueError(f"environment={environment}: {' '.join(str(error).split())}") from None
