"""The environment that builds a solution, one variable a step."""

import contextlib
import signal
import warnings
from itertools import pairwise

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from problems.core.environment import Construction
from problems.core.permutation import Permutation
from problems.core.space import Box, Categorical
from problems.core.views import Unsupported

SPACES = {
    "bits": Box(0, 1, 4, integral=True),
    "shifted": Box(-1, 2, 3, integral=True),
    "categories": Categorical([3, 3]),
    "permutation": Permutation(4),
    "selection": Permutation(5, 2),
}
every_space = pytest.mark.parametrize("space", SPACES.values(), ids=SPACES)


def zero(x):
    return 0.0


def play(environment, actions):
    """Return what every step of an episode returns."""
    environment.reset(seed=0)
    return [environment.step(action) for action in actions]


@every_space
@pytest.mark.parametrize("remember", [False, True])
def test_gymnasiums_own_checker_passes(space, remember) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of what a builder cannot have
        check_env(Construction(space, zero, remember_last=remember), skip_render_check=True)


@every_space
def test_any_episode_ends_in_a_member_and_one_evaluation(space) -> None:
    looked = []
    environment = Construction(space, lambda x: looked.append(x) or 2.5)
    rng = np.random.default_rng(0)
    for episode in range(20):
        environment.reset()
        for step in range(space.dimension):
            action = rng.integers(environment.action_space.n)
            _, reward, terminated, truncated, _ = environment.step(action)
            last = step == space.dimension - 1
            assert (reward, terminated, truncated) == (-2.5 if last else 0.0, last, False)
        assert len(looked) == episode + 1
        assert looked[-1] in space
        assert looked[-1].dtype == space.dtype


def test_actions_are_the_values_of_a_variable_from_the_lowest_up() -> None:
    looked = []
    play(Construction(SPACES["shifted"], lambda x: looked.append(x) or 0.0), [0, 3, 1])
    assert looked[0].tolist() == [-1, 2, 0]


def test_the_observation_is_the_number_of_variables_set() -> None:
    environment = Construction(SPACES["shifted"], zero)
    assert environment.observation_space.n == 4
    assert environment.reset(seed=0)[0] == 0
    assert [step[0] for step in play(environment, [2, 0, 3])] == [1, 2, 3]


def test_the_observation_may_name_the_last_action_too() -> None:
    environment = Construction(SPACES["shifted"], zero, remember_last=True)
    assert environment.observation_space.n == 3 * 4 + 1
    assert environment.reset(seed=0)[0] == 0
    # position × actions + last + 1
    assert [step[0] for step in play(environment, [2, 0, 3])] == [3, 5, 12]


def test_every_observation_is_different_and_in_the_space() -> None:
    environment = Construction(SPACES["categories"], zero, remember_last=True)
    seen = {0}
    for first in range(3):
        for second in range(3):
            seen |= {int(step[0]) for step in play(environment, [first, second])}
    assert seen == set(range(environment.observation_space.n))


def test_the_mask_shows_the_items_that_are_left() -> None:
    environment = Construction(Permutation(4, 3), zero)
    assert environment.reset(seed=0)[1]["action_mask"].tolist() == [1, 1, 1, 1]
    infos = [step[4] for step in play(environment, [2, 0, 1])]
    assert infos[0]["action_mask"].tolist() == [1, 1, 0, 1]
    assert infos[1]["action_mask"].tolist() == [0, 1, 0, 1]
    assert infos[2] == {}


def test_the_mask_is_a_copy() -> None:
    environment = Construction(Permutation(3), zero)
    environment.reset(seed=0)[1]["action_mask"][:] = 0
    assert environment.step(0)[4]["action_mask"].tolist() == [0, 1, 1]


@pytest.mark.parametrize("name", ["bits", "shifted", "categories"])
def test_there_is_no_mask_where_every_action_is_legal(name) -> None:
    assert Construction(SPACES[name], zero).reset(seed=0)[1] == {}


@pytest.mark.parametrize(
    ("actions", "built"),
    [([1, 1, 1, 1], [1, 2, 3, 0]), ([3, 3, 0, 0], [3, 0, 1, 2]), ([0, 2, 2, 0], [0, 2, 3, 1])],
)
def test_an_illegal_action_is_read_as_the_next_legal_one(actions, built) -> None:
    looked = []
    play(Construction(Permutation(4), lambda x: looked.append(x) or 0.0), actions)
    assert looked[0].tolist() == built


def test_the_observation_names_the_action_that_was_taken_not_the_illegal_one() -> None:
    environment = Construction(Permutation(3, 2), zero, remember_last=True)
    observations = [step[0] for step in play(environment, [2, 2])]
    assert observations == [0 * 3 + 2 + 1, 1 * 3 + 0 + 1]


def test_a_new_episode_forgets_the_last() -> None:
    looked = []
    environment = Construction(Permutation(3), lambda x: looked.append(x) or 0.0)
    play(environment, [0, 1])
    play(environment, [0, 1, 2])
    assert [x.tolist() for x in looked] == [[0, 1, 2]]


@pytest.mark.parametrize(
    "space",
    [
        Box(0, 1, 2),
        Box(0, 1, 2, integral=[True, False]),
        Box([0, 0], [1, 2], integral=True),
        Box([0, 1], [1, 2], integral=True),
        Categorical([2, 3]),
    ],
)
def test_real_variables_and_unequal_ranges_are_unsupported(space) -> None:
    with pytest.raises(Unsupported, match=r"its space, .*, is not built from equal discrete"):
        Construction(space, zero)


def test_the_prior_is_passed_on() -> None:
    prior = np.zeros((5, 2))
    assert Construction(SPACES["bits"], zero, prior=prior).prior is prior
    assert Construction(SPACES["bits"], zero).prior is None


def test_episodes_of_one_seed_are_alike() -> None:
    environment = Construction(SPACES["permutation"], zero, remember_last=True)
    first, second = (
        [step[0] for step in play(environment, actions)] for actions in [[3, 1, 2, 0]] * 2
    )
    assert first == second
    assert all(a < b for a, b in pairwise(first))


@contextlib.contextmanager
def no_longer_than(seconds: float):
    def late(*_):
        pytest.fail("it hangs", pytrace=False)

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("space", [Permutation(3), Permutation(3, 2)])
def test_a_step_beyond_the_end_of_an_episode_raises(space) -> None:
    environment = Construction(space, zero)
    play(environment, range(space.dimension))
    with no_longer_than(0.5), pytest.raises(Exception, match="reset"):
        environment.step(0)
