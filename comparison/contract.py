"""The contract: what every method and every problem must keep, built-in or a user's.

Each check is a function that returns None or raises `AssertionError` with a
sentence on what is wrong. The test suite runs them on all pairs, and
``python runner.py check file.py:thing`` on a user's own.
"""

from __future__ import annotations

import contextlib
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from methods import METHODS, minimize
from problems import PROBLEMS, Budget, Oracle, Problem, Stop, Unsupported, make
from problems.problem import Relaxation, has_view

#: Small instances, so that the whole contract takes seconds.
SMALL: dict[str, dict[str, Any]] = {
    "next-token-table": {"corpus": "markov:length=5000,symbols=5"},
    "next-token-rank": {"corpus": "markov:length=5000,symbols=5"},
    "next-token-ternary": {"corpus": "markov:length=5000,symbols=5", "bits": 2},
    "next-token-decode": {"corpus": "markov:length=5000,symbols=5", "length": 4},
    "knapsack": {"items": 12},
    "sphere": {"dimension": 3},
}

SECONDS = 20.0


def require(condition: bool, message: str) -> None:
    """Raise `AssertionError` with `message` unless `condition` holds."""
    if not condition:
        raise AssertionError(message)


# ------------------------------------------------------------ method × problem


class Spy:
    """Counts a problem's real looks, however `value` and `values` call each other."""

    def __init__(self, problem: Problem) -> None:
        self.looks = 0
        self._inside = False
        problem.value = self._counted(problem.value, lambda x: 1)  # type: ignore[method-assign]
        problem.values = self._counted(problem.values, len)  # type: ignore[method-assign]

    def _counted(self, look: Callable[..., Any], number: Callable[..., int]) -> Callable[..., Any]:
        def counted(points: NDArray) -> Any:
            if self._inside:
                return look(points)
            self.looks += number(points)
            self._inside = True
            try:
                return look(points)
            finally:
                self._inside = False

        return counted


def same_seed_same_trace(method: str, build: Callable[[], Problem]) -> None:
    """Two runs with the same seed find the same, look for look."""
    first, second = (minimize(build(), method, Budget(300, SECONDS), seed=1) for _ in range(2))
    if not METHODS.entry(method).white_box:  # when a solver speaks is a matter of time
        what = [[(p.kind, p.value, p.work) for p in run.trace] for run in (first, second)]
        require(what[0] == what[1], "the same seed gave two different traces")
    require(first.value == second.value, "the same seed gave two different values")


def never_over_budget(method: str, build: Callable[[], Problem]) -> None:
    """Work never exceeds the budget, at 0, 1 and more; 0 buys nothing."""
    white_box = METHODS.entry(method).white_box
    for work in (0, 1, 7, 50):
        run = minimize(build(), method, Budget(work, SECONDS))
        require(run.ledger.work <= work, f"a budget of {work} was overspent: {run.ledger.work}")
        require(not run.failed, f"a budget of {work} ended in {run.ended}: {run.message}")
        if work == 0 and not white_box:
            require(run.value is None, "a budget of 0 bought a value")
            require(run.ended == "budget", f"a budget of 0 ended as {run.ended!r}, not 'budget'")


def never_over_time(method: str, build: Callable[[], Problem]) -> None:
    """A run without seconds ends at once."""
    run = minimize(build(), method, Budget(10_000, 0))
    require(run.ledger.work == 0, "work was done after the time was up")


def best_is_real(method: str, build: Callable[[], Problem]) -> None:
    """The reported point is a feasible member that has the reported value."""
    problem = build()
    run = minimize(problem, method, Budget(300, SECONDS), seed=2)
    require(run.x is not None and run.value is not None, f"no point was found: {run.ended}")
    assert run.x is not None
    assert run.value is not None
    require(run.x in problem.space, f"the point {run.x} is not in {problem.space}")
    require(bool((problem.constraints(run.x) <= 0).all()), "the point is not feasible")
    again = problem.value(run.x)
    close = math.isclose(again, run.value, rel_tol=1e-9, abs_tol=1e-9)
    require(close, f"the point has the value {again}, not the reported {run.value}")


def ledger_is_true(method: str, build: Callable[[], Problem]) -> None:
    """Real calls of the objective equal what the ledger says."""
    entry = METHODS.entry(method)
    if entry.white_box:
        return  # what a solver reports is re-evaluated off the clock
    problem = build()
    spy = Spy(problem)
    oracle = Oracle(problem, Budget(200, SECONDS))
    with contextlib.suppress(Stop):
        entry.load()(oracle, np.random.default_rng(3))
    ledger = oracle.record.ledger()
    # A full gradient judges its iterate, which its price includes.
    most = ledger.values + ledger.gradients
    require(
        ledger.values <= spy.looks <= most,
        f"{ledger.values} values and {ledger.gradients} gradients charged, {spy.looks} computed",
    )


def random_state_untouched(method: str, build: Callable[[], Problem]) -> None:
    """Neither `random` nor `numpy.random` is touched, nor numpy's error state."""
    problem = build()
    before = random.getstate(), np.random.get_state()[1].tolist(), np.geterr()  # type: ignore[index]
    minimize(problem, method, Budget(100, SECONDS))
    after = random.getstate(), np.random.get_state()[1].tolist(), np.geterr()  # type: ignore[index]
    names = ("random", "numpy.random", "numpy's error state")
    for name, old, new in zip(names, before, after, strict=True):
        require(old == new, f"the method changes {name}; use the rng it is given")


def interruptible(method: str, build: Callable[[], Problem]) -> None:
    """Ctrl-C in the middle of a run comes through."""
    if METHODS.entry(method).white_box:
        return  # tested with the solver's own callbacks

    def interrupt(point: Any) -> None:
        raise KeyboardInterrupt

    try:
        minimize(build(), method, Budget(300, SECONDS), listener=interrupt)
    except KeyboardInterrupt:
        return
    raise AssertionError("KeyboardInterrupt was swallowed")


PAIR_CHECKS = (
    same_seed_same_trace,
    never_over_budget,
    never_over_time,
    best_is_real,
    ledger_is_true,
    random_state_untouched,
    interruptible,
)


# --------------------------------------------------------------------- problems


def samples_are_members(build: Callable[[], Problem]) -> None:
    """Space and proposal draw members; the same seed draws the same."""
    problem = build()
    for draw in (problem.space.sample, problem.sample):
        points = draw(np.random.default_rng(0), 20)
        require(points.shape == (20, problem.space.dimension), f"a sample has {points.shape}")
        require(problem.space.contains(points), "a sample is outside the space")
        again = draw(np.random.default_rng(0), 20)
        require(np.array_equal(points, again), "the same seed drew two different samples")


def values_agree(build: Callable[[], Problem]) -> None:
    """Vectorised `values` equals looped `value`, finite and the same in a second build."""
    problem, again = build(), build()
    points = problem.space.sample(np.random.default_rng(1), 20)
    batch = np.asarray(problem.values(points))
    require(batch.shape == (20,), f"values() returned shape {batch.shape} for 20 points")
    require(bool(np.isfinite(batch).all()), "values() is not finite everywhere")
    single = np.array([problem.value(x) for x in points])
    require(np.allclose(batch, single, rtol=1e-12, atol=1e-12), "values() differs from value()")
    require(np.array_equal(batch, again.values(points)), "a second build of it differs")


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
            require(value >= reference.value - reference.slack, f"{value} beats {reference}")


def describes(build: Callable[[], Problem]) -> None:
    """A solution can be shown, and scored."""
    problem = build()
    x = problem.space.sample(np.random.default_rng(4), 1)[0]
    require(isinstance(problem.describe(x), str), "describe() returns no text")
    require(isinstance(float(problem.score(x)), float), "score() returns no number")
    require(isinstance(problem.title, str), "title is no text")


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
    """gymnasium's own checker passes, and a finished episode was looked at."""
    problem = build()
    if not has_view(problem, "environment"):
        return
    import warnings

    from gymnasium.utils.env_checker import check_env

    looked: list[NDArray] = []

    def look(x: NDArray) -> float:
        looked.append(x)
        return problem.value(x)

    environment = problem.environment(look)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of what a candidate builder cannot have
        check_env(environment, skip_render_check=True)
    looked.clear()
    environment.reset(seed=0)
    environment.action_space.seed(0)
    done, reward = False, 0.0
    while not done:
        _, step_reward, terminated, truncated, _ = environment.step(
            environment.action_space.sample()
        )
        reward, done = reward + float(step_reward), terminated or truncated
    require(len(looked) == 1, f"an episode took {len(looked)} looks")
    require(looked[0] in problem.space, "an episode built no member")
    require(math.isclose(reward, -problem.value(looked[0])), "the reward is not minus the value")


def linear_model_holds(build: Callable[[], Problem]) -> None:
    """Solving the model gives a member whose value is the model's optimum."""
    problem = build()
    if not has_view(problem, "linear_model"):
        return
    run = minimize(problem, "integer-programming", Budget(0, SECONDS))
    require(run.ended == "optimal", f"the model was not solved: {run.ended} {run.message}")


PROBLEM_CHECKS = (
    samples_are_members,
    values_agree,
    encoding_inverts,
    reference_is_unbeaten,
    describes,
    relaxation_holds,
    environment_holds,
    linear_model_holds,
)


# ------------------------------------------------------------------- the report


@dataclass(frozen=True)
class Finding:
    """One check's outcome: `fault` is empty where it passed."""

    subject: str
    check: str
    fault: str


def builder(problem: str) -> Callable[[], Problem]:
    """Return a function that builds a fresh, small instance of `problem`."""
    return lambda: make(problem, **SMALL.get(problem, {}))


def examine(name: str) -> Iterator[Finding]:
    """Run the contract suite on one method or problem.

    Raises
    ------
    ValueError
        When `name` is neither.
    """
    if _is_problem(name):
        build = builder(name)
        for check in PROBLEM_CHECKS:
            yield Finding(name, check.__name__, _fault(check, build))
        for method in METHODS.names():
            yield from _examine_pair(method, name)
    else:
        for problem in SMALL:
            yield from _examine_pair(name, problem)


def _examine_pair(method: str, problem: str) -> Iterator[Finding]:
    build = builder(problem)
    try:
        minimize(build(), method, Budget(0, 0))
    except Unsupported:
        return
    except Exception:
        pass  # the checks will say so
    for check in PAIR_CHECKS:
        yield Finding(f"{method} on {problem}", check.__name__, _fault(check, method, build))


def _fault(check: Callable[..., None], *arguments: Any) -> str:
    try:
        check(*arguments)
    except Exception as error:
        prefix = "" if isinstance(error, AssertionError) else f"{type(error).__name__}: "
        return prefix + " ".join(str(error).split())
    return ""


def _is_problem(name: str) -> bool:
    known = PROBLEMS if name in PROBLEMS.names() else METHODS
    thing = known.entry(name).load()
    if isinstance(thing, type) and issubclass(thing, Problem):
        return True
    if callable(thing) and not isinstance(thing, type):
        return False
    raise ValueError(f"{name} is neither a method (a function) nor a Problem class")


def print_report(console: Any, name: str) -> int:
    """Print every check's outcome; return 0 if all passed, else 1."""
    findings: list[Finding] = []
    for subject_findings in _by_subject(examine(name)):
        faults = [f for f in subject_findings if f.fault]
        findings += subject_findings
        verdict = "[green]ok[/]" if not faults else "[red]fails[/]"
        console.print(f"{verdict}  {subject_findings[0].subject}")
        for finding in faults:
            console.print(f"      {finding.check}: {finding.fault}", markup=False)
    faults = [finding for finding in findings if finding.fault]
    console.print(f"{len(findings)} checks, {len(faults)} failed")
    return 1 if faults or not findings else 0


def _by_subject(findings: Iterator[Finding]) -> Iterator[list[Finding]]:
    from itertools import groupby

    for _, group in groupby(findings, key=lambda finding: finding.subject):
        yield list(group)
