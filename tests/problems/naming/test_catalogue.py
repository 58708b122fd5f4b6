"""What every built-in problem keeps: read-only data, copies, threads, one instance or many."""

from __future__ import annotations

import copy
import pickle
import sys
from functools import cached_property
from threading import Thread
from typing import Any, get_args

import numpy as np
import pytest

import problems
from problems import PROBLEMS, Box, Categorical, Problem, Unsupported, from_function
from problems.naming.options import options_of

NAMES = [name for name in PROBLEMS.names() if not PROBLEMS.entry(name).missing]


def small(name: str, **options: Any) -> Problem:
    return problems.make(name, **{**PROBLEMS.entry(name).small, **options})


# ---------------------------------------------------------------------- read-only


def writeable_arrays(thing: Any, path: str, seen: set[int]) -> list[str]:
    """Return where arrays are held that can be written to, those computed on demand too."""
    if id(thing) in seen:
        return []
    seen.add(id(thing))
    parts: dict[str, Any] = {}
    if isinstance(thing, np.ndarray):
        return [path] if thing.flags.writeable else []
    if isinstance(thing, dict):
        parts = {f"{path}[{key!r}]": part for key, part in thing.items()}
    elif isinstance(thing, (list, tuple)):
        parts = {f"{path}[{i}]": part for i, part in enumerate(thing)}
    elif type(thing).__module__.startswith("problems.") and hasattr(thing, "__dict__"):
        for name in dir(type(thing)):
            if isinstance(getattr(type(thing), name, None), cached_property) and name != "latent":
                try:
                    getattr(thing, name)
                except (ZeroDivisionError, FloatingPointError):  # of a text that it has not
                    continue
        parts = {f"{path}.{name}": part for name, part in vars(thing).items()}
    return [found for where, part in parts.items() for found in writeable_arrays(part, where, seen)]


@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_a_problem_holds_can_be_written_to(name) -> None:
    problem = small(name)
    for made in (problem, pickle.loads(pickle.dumps(problem)), copy.deepcopy(problem)):
        assert writeable_arrays(made, name, set()) == []
        assert writeable_arrays(made.space.latent, "latent", set()) == []


def test_a_problem_does_not_change_the_next_ones_counts() -> None:
    one = small("next-token-table")
    with pytest.raises(ValueError, match="read-only"):
        one.counts.train += 1
    with pytest.raises(ValueError, match="read-only"):
        one.corpus.tokens[0] = 1
    assert small("next-token-table").reference == one.reference


def test_a_problem_does_not_change_the_next_ones_words() -> None:
    one = small("next-token-vocabulary")
    before = dict(one.words.train)
    one.words.train.clear()
    assert small("next-token-vocabulary").words.train == before


def test_what_a_space_hands_out_cannot_be_written_to() -> None:
    low = np.zeros(3)
    box, counts = Box(low, 1), np.array([2, 3])
    space = Categorical(counts)
    for array in (box.low, box.high, box.integral, box.latent.low, space.counts):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    low[0], counts[0] = -1, 7  # a caller's own arrays stay his
    assert (box.low[0], space.counts[0]) == (0, 2)
    copied = copy.deepcopy(box)
    with pytest.raises(ValueError, match="read-only"):
        copied.low *= 0.25


def test_a_users_problem_may_write_to_its_own_arrays(tmp_path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "import numpy as np\n"
        "from problems import Box, Problem\n"
        "class Mine(Problem):\n"
        "    def __init__(self):\n"
        "        self.space, self.buffer = Box(0, 1, 2), np.zeros(2)\n"
        "    def value(self, x):\n"
        "        np.square(x, out=self.buffer)\n"
        "        return float(self.buffer.sum())\n"
    )
    mine = problems.make(f"{file}:Mine")
    assert mine.value(np.ones(2)) == 2.0
    with pytest.raises(ValueError, match="read-only"):
        mine.space.low += 1


# ------------------------------------------------------------------ copies and threads


@pytest.mark.parametrize("name", NAMES)
def test_every_problem_pickles_and_copies(name) -> None:
    problem = small(name, instance=1)
    points = problem.space.sample(np.random.default_rng(0), 4)
    expected = [problem.value(x) for x in points]
    for made in (pickle.loads(pickle.dumps(problem)), copy.deepcopy(problem)):
        assert [made.value(x) for x in points] == expected
        assert (made.name, made.instance, made.title) == (name, 1, problem.title)
        assert made.reference == problem.reference


def row_sums(points):
    return np.asarray(points).sum(axis=-1)


@pytest.mark.parametrize("vectorised", [False, True])
def test_a_function_as_a_problem_pickles_and_copies(vectorised) -> None:
    problem = from_function(row_sums, Box(0, 1, 2), vectorised=vectorised, value_tolerance=0.5)
    for made in (pickle.loads(pickle.dumps(problem)), copy.deepcopy(problem)):
        assert (made.value(np.ones(2)), made.name, made.value_tolerance) == (2.0, "row_sums", 0.5)
        assert not made.space.low.flags.writeable


@pytest.mark.parametrize("name", NAMES)
def test_threads_give_the_serial_values(name) -> None:
    problem = small(name)
    points = problem.space.sample(np.random.default_rng(0), 32)
    serial = [problem.value(x) for x in points]
    told: list[float | None] = [None] * len(points)

    def evaluate(first: int) -> None:
        for i in range(first, len(points), 4):
            told[i] = problem.value(points[i])

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [Thread(target=evaluate, args=(first,)) for first in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert told == serial


# ------------------------------------------------------------- one instance or many


def choices(name: str) -> list[dict[str, Any]]:
    """Return ways to set one option: every choice of several, and both ends of a share."""
    ways: list[dict[str, Any]] = [{}]
    for option in options_of(PROBLEMS.entry(name).load()).values():
        named = get_args(option.annotation)
        if named and all(isinstance(choice, str) for choice in named):
            ways += [{option.name: choice} for choice in named if choice != option.default]
        elif isinstance(option.default, bool):
            ways.append({option.name: not option.default})
        elif isinstance(option.default, float):
            ways += [{option.name: 0.0}, {option.name: 1.0}]
    return ways


#: Options that only together leave nothing to chance, or that make chance show: in ten
#: steps no policy of the acrobot comes anywhere.
TOGETHER = {
    "max-cut": [
        {"topology": "torus", "weights": "signs"},
        {"density": 1.0, "weights": "signs"},
        {"nodes": 2, "density": 1.0},
    ],
    "graph-colouring": [{"nodes": 5, "degree": 4, "colours": 5}, {"nodes": 2, "degree": 1}],
}
#: The alphabets, which are texts to the option's type.
TOGETHER |= {
    name: [{"alphabet": alphabet} for alphabet in ("characters", "bytes", "bpe:30")]
    for name in NAMES
    if name.startswith("next-token")
}
STEPS = {"acrobot": {"steps": 250, "episodes": 1}}


def are_one(made: list[Problem]) -> bool:
    """Tell whether some instances agree to four digits at points of the first."""
    first = made[0]
    points = first.space.sample(np.random.default_rng(0), 20)
    values = [first.value(x) for x in points]
    return all(
        all(x in other.space for x in points)
        and np.allclose([other.value(x) for x in points], values, rtol=1e-4, atol=1e-12)
        for other in made[1:]
    )


@pytest.mark.parametrize("name", NAMES)
def test_instances_that_are_one_problem_are_told_as_one(name) -> None:
    for options in [*choices(name), *TOGETHER.get(name, [])]:
        try:
            made = [small(name, instance=i, **{**STEPS.get(name, {}), **options}) for i in range(4)]
        except (ValueError, Unsupported):
            continue  # a share that the problem does not take
        assert [problem.one_instance for problem in made] == [are_one(made)] * 4, options
