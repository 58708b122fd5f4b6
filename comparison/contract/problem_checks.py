"""What a problem must keep, in its space, its values and each of its views."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from comparison.contract.linear_model_checks import (
    linear_model_holds,
    linear_model_is_the_objective,
)
from comparison.contract.require import require
from comparison.results.columns import RUN_COLUMNS
from problems import PROBLEMS, Budget, Oracle, Problem
from problems.core.answers import Answers
from problems.core.points import unchecked
from problems.core.problem import has_view
from problems.core.start import start_of
from problems.core.views import Relaxation

#: What the columns of runs are called where a person reads them.
_HEADINGS = {column.table_heading for column in RUN_COLUMNS.values()}


def can_be_built(build: Callable[[], Problem]) -> None:
    """An instance is made without an error, and has what an oracle needs."""
    Oracle(build(), Budget(0, 0))


def is_deterministic(build: Callable[[], Problem]) -> None:
    """A point has one value, asked again and in a second build of the same instance.

    Two values are the same within the problem's tolerance. Other checks report values that
    cannot be computed or are no numbers.
    """
    for values in (one_by_one, _at_once):
        differ = ""
        with contextlib.suppress(Exception):
            differ = _different(values, build)
        said = f"the objective is not deterministic: the same point gave {differ}; seed it"
        require(not differ, said)


def _different(
    values: Callable[[Problem, NDArray], list[float]], build: Callable[[], Problem]
) -> str:
    """Return two different values of one point, in words; empty if there are none."""
    problem, second = build(), build()
    points = some_points(problem)
    first = values(problem, points)
    for where, one in (("", problem), (" in a second build of the same instance", second)):
        for a, b in zip(first, values(one, points), strict=False):
            if math.isfinite(a) and not problem.agree(a, b):
                return f"{a:.12g}, then {b:.12g}{where}"
    return ""


def some_points(problem: Problem) -> NDArray:
    """Return a few members, always the same, shape (5, dimension)."""
    return problem.space.sample(np.random.default_rng(10), 5)


def one_by_one(problem: Problem, points: NDArray) -> list[float]:
    """Return the values of points, each evaluated alone."""
    return [float(problem.value(x)) for x in points]


def _at_once(problem: Problem, points: NDArray) -> list[float]:
    return [float(value) for value in problem.values(points)]


def samples_are_members(build: Callable[[], Problem]) -> None:
    """Space and proposal draw members; the same seed draws the same."""
    problem = build()
    for draw in (problem.space.sample, problem.sample):
        points = draw(np.random.default_rng(0), 20)
        require(points.shape == (20, problem.space.dimension), f"a sample has {points.shape}")
        require(problem.space.contains(points), "a sample is outside the space")
        again = draw(np.random.default_rng(0), 20)
        require(np.array_equal(points, again), "the same seed drew two different samples")


def start_holds(build: Callable[[], Problem]) -> None:
    """A start is a member, read-only, the same in a second build; its value is a number."""
    problem, again = build(), build()
    start, second = start_of(problem), start_of(again)
    require((start is None) == (second is None), "a second build of it has another start")
    if start is None or second is None:
        return
    require(np.array_equal(start.point, second.point), "a second build of it has another start")
    require(math.isfinite(problem.value(start.point)), "its start has no finite value")
    drawn = Oracle(problem, Budget(0, 0)).start(20)
    require(problem.space.contains(drawn), "a draw around the start is outside the space")


def values_agree(build: Callable[[], Problem]) -> None:
    """Vectorised `values` equals looped `value`, finite, the same in a second build."""
    problem, again = build(), build()
    points = problem.space.sample(np.random.default_rng(1), 20)
    batch = np.asarray(problem.values(points))
    require(batch.shape == (20,), f"values() returned shape {batch.shape} for 20 points")
    require(bool(np.isfinite(batch).all()), "values() is not finite everywhere")
    single = np.array([problem.value(x) for x in points])
    require(np.allclose(batch, single, rtol=1e-12, atol=1e-12), "values() differs from value()")
    require(np.array_equal(batch, again.values(points)), "a second build of it differs")
    none = np.asarray(problem.values(points[:0]))
    require(none.shape == (0,), f"values() returned shape {none.shape} for no points")


def space_is_as_declared(build: Callable[[], Problem]) -> None:
    """A built-in problem's space is what its entry declares, by which the list tells methods."""
    problem = build()
    entry = PROBLEMS.named(problem.name)
    space = type(problem.space).__name__
    if entry is not None:
        require(entry.space == space, f"its space is a {space}, declared as {entry.space!r}")


def encoding_inverts(build: Callable[[], Problem]) -> None:
    """decode(encode(x)) is x, and any real vector decodes to a member."""
    space = build().space
    rng = np.random.default_rng(2)
    points = space.sample(rng, 20)
    require(np.array_equal(space.decode(space.encode(points)), points), "decode(encode(x)) != x")
    wild = 10 * rng.standard_normal((20, space.latent_dimension))
    require(space.contains(space.decode(wild)), "a real vector decodes to no member")


def reference_is_unbeaten(build: Callable[[], Problem]) -> None:
    """No sampled feasible point beats a proven reference."""
    problem = build()
    reference = problem.reference
    if reference is None or not reference.proven:
        return
    for x in problem.sample(np.random.default_rng(3), 200):
        if (problem.constraints(x) <= 0).all():
            value = problem.value(x)
            require(value >= reference.floor, f"{value} beats {reference}")


def describes(build: Callable[[], Problem]) -> None:
    """A solution can be shown, and scored."""
    problem = build()
    x = problem.space.sample(np.random.default_rng(4), 1)[0]
    require(isinstance(problem.describe(x), str), "describe() returns no text")
    require(isinstance(float(problem.score(x)), float), "score() returns no number")
    require(isinstance(problem.title, str), "title is no text")


def measures_hold(build: Callable[[], Problem]) -> None:
    """Measures have the same names at every point, and are finite or nan at a feasible one."""
    problem = build()
    answers, first = Answers(problem), [*problem.measures(some_points(problem)[0])]
    for x in some_points(problem):
        point = x.copy()
        said = problem.measures(point)
        require(np.array_equal(point, x), "measures() writes to the point that it is given")
        names = [*answers.measures(x)]
        require(not answers.faults, "; ".join(answers.faults))
        require(names == first, f"measures() has the names {first}, then {names}")
        taken = [name for name in names if name in {*RUN_COLUMNS, *_HEADINGS}]
        require(not taken, f"measures() has the names {taken}, as other columns of a table")
        if (problem.constraints(x) <= 0).all():
            infinite = [name for name in names if math.isinf(said[name])]
            require(not infinite, f"measures() has {infinite} infinite: expected a number or nan")


def relaxation_holds(build: Callable[[], Problem]) -> None:
    """Decoded parameters are members; an exact gradient matches finite differences."""
    problem = build()
    if not has_view(problem, "relaxation"):
        return
    relaxation = problem.relaxation()
    theta = relaxation.start(np.random.default_rng(5))
    require(theta.shape == (relaxation.dimension,), "start() has a wrong shape")
    require(relaxation.decode(theta) in problem.space, "decoded parameters are no member")
    x = problem.space.sample(np.random.default_rng(6), 1)[0]
    if (problem.constraints(x) <= 0).all():
        back = relaxation.decode(relaxation.encode(x))
        require(np.array_equal(back, x), "relaxation.decode(encode(x)) != x")
    loss, slope = relaxation.loss_and_gradient(theta)
    require(math.isfinite(loss) and slope.shape == theta.shape, "the gradient's shape is wrong")
    if relaxation.exact:
        _matches_differences(relaxation, theta, slope)
        require(math.isclose(loss, problem.value(theta), rel_tol=1e-9), "loss is not the value")


def _matches_differences(relaxation: Relaxation, theta: NDArray, slope: NDArray) -> None:
    step = 1e-6
    for i in range(min(20, len(theta))):
        shift = np.zeros_like(theta)
        shift[i] = step
        up, down = (relaxation.loss_and_gradient(theta + s)[0] for s in (shift, -shift))
        difference = (up - down) / (2 * step)
        close = math.isclose(difference, slope[i], rel_tol=1e-5, abs_tol=1e-7)
        require(close, f"gradient {slope[i]} against finite difference {difference}")


def environment_holds(build: Callable[[], Problem]) -> None:
    """gymnasium's own checker passes, and a finished episode is evaluated once."""
    problem = build()
    if not has_view(problem, "environment"):
        return
    import warnings

    from gymnasium.utils.env_checker import check_env

    evaluated: list[NDArray] = []
    objective = unchecked(problem, "value")  # membership is checked below

    def evaluate(x: NDArray) -> float:
        evaluated.append(x)
        return float(objective(x))

    environment = problem.environment(evaluate)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of features that such an environment cannot have
        check_env(environment.unwrapped, skip_render_check=True)
    if problem.rollout_work:
        return  # its rewards are those of the world, not of the objective
    evaluated.clear()
    environment.reset(seed=0)
    environment.action_space.seed(0)
    done, reward = False, 0.0
    while not done:
        _, step_reward, terminated, truncated, _ = environment.step(
            environment.action_space.sample()
        )
        reward, done = reward + float(step_reward), terminated or truncated
    require(len(evaluated) == 1, f"an episode took {len(evaluated)} evaluations")
    require(evaluated[0] in problem.space, "an episode built no member")
    require(math.isclose(reward, -problem.value(evaluated[0])), "the reward is not minus the value")


def members_hold(build: Callable[[], Problem]) -> None:
    """Members join to solutions and back; an ensemble of equal members has their value."""
    problem = build()
    if not has_view(problem, "members"):
        return
    members = problem.members()
    points = members.space.sample(np.random.default_rng(7), 5)
    values = np.asarray(members.values(points))
    require(values.shape == (5,), f"the members' values have shape {values.shape} for 5 members")
    for point, value in zip(points, values.tolist(), strict=True):
        equal = np.array([point] * members.number)
        x = members.join(equal)
        require(x in problem.space, "members join to a point that is outside the space")
        require(np.array_equal(members.split(x), equal), "split(join(members)) is not the members")
        ensemble = float(problem.value(x))
        said = f"an ensemble of equal members has the value {ensemble}, each of them {value}"
        require(problem.agree(ensemble, value), said)


#: If one of these fails, all others would fail for the same reason and are not made.
FIRST_CHECKS = (can_be_built, is_deterministic)

#: If one of these fails, every method would fail and none is tried.
NEEDED_BY_METHODS = (*FIRST_CHECKS, values_agree)

PROBLEM_CHECKS = (
    *FIRST_CHECKS,
    space_is_as_declared,
    samples_are_members,
    start_holds,
    values_agree,
    encoding_inverts,
    reference_is_unbeaten,
    describes,
    measures_hold,
    relaxation_holds,
    environment_holds,
    members_hold,
    linear_model_is_the_objective,
    linear_model_holds,
)
