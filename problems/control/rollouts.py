"""Episodes of many policies side by side, each from its own seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
    if not seeds:
        return Episodes(np.empty(0), np.empty(0, dtype=np.int64), np.empty(0, dtype=bool))
    if is_vectorised(environment):
        return _cart_poles(environment, seeds, act, steps)
    return _looped(environment, seeds, act, steps)


def is_vectorised(environment: str) -> bool:
    """Tell whether many episodes of a world cost little more than one."""
    return environment.startswith("CartPole-v")


def _looped(environment: str, seeds: Sequence[int], act: Act, limit: int | None) -> Episodes:
    worlds = [make_world(environment, limit) for _ in seeds]
    observations = np.array(
        [np.ravel(world.reset(seed=seed)[0]) for world, seed in zip(worlds, seeds, strict=True)],
        dtype=float,
    )
    returns, steps = np.zeros(len(seeds)), np.zeros(len(seeds), dtype=np.int64)
    terminated = np.zeros(len(seeds), dtype=bool)
    alive = np.arange(len(seeds))
    while len(alive):
        going = []
        for i, action in zip(alive, act(observations[alive], alive), strict=True):
            seen, reward, ended, stopped, _ = worlds[i].step(action)
            observations[i] = np.ravel(seen)
            returns[i] += reward
            terminated[i] = ended
            if not (ended or stopped):
                going.append(i)
        steps[alive] += 1
        alive = np.array(going, dtype=np.int64)
    for world in worlds:
        world.close()
    return Episodes(returns, steps, terminated)


def _cart_poles(environment: str, seeds: Sequence[int], act: Act, limit: int | None) -> Episodes:
    # A vectorised world draws all its starts from one seed. Ours are those of
    # single worlds, so that an episode depends on its own seed alone.
    single = make_world(environment)
    worlds = _abreast(environment, np.array([_start(single, seed) for seed in seeds]).T, 0, limit)
    single.close()
    observations = worlds.state.T.astype(np.float32)
    returns, steps = np.zeros(len(seeds)), np.zeros(len(seeds), dtype=np.int64)
    terminated = np.zeros(len(seeds), dtype=bool)
    held, running = np.arange(len(seeds)), np.ones(len(seeds), dtype=bool)
    played = 0
    while running.any():
        if 2 * running.sum() <= len(held):  # else the ended ones cost as much as the others
            state = worlds.state[:, running]
            worlds.close()
            worlds = _abreast(environment, state, played, limit)
            held, observations = held[running], observations[running]
            running = np.ones(len(held), dtype=bool)
        observations, rewards, ended, stopped, _ = worlds.step(
            act(observations.astype(float), held)
        )
        played += 1
        returns[held] += np.where(running, rewards, 0.0)
        steps[held] += running
        terminated[held] |= running & ended
        running &= ~(ended | stopped)
    worlds.close()
    return Episodes(returns, steps, terminated)


def _abreast(environment: str, state: NDArray, played: int, limit: int | None) -> Any:
    """Make a vectorised world in `state`, shape (4, n), after so many steps of an episode."""
    import gymnasium

    worlds: Any = gymnasium.make_vec(
        environment, num_envs=state.shape[1], vectorization_mode="vector_entry_point"
    ).unwrapped
    worlds.reset(seed=0)
    if limit is not None:
        worlds.max_episode_steps = limit
    worlds.state = state
    worlds.steps += played
    return worlds


def _start(world: Any, seed: int) -> NDArray[np.float64]:
    world.reset(seed=seed)
    return np.asarray(world.unwrapped.state, dtype=float)


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
