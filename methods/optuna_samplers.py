"""Every sampler of Optuna by name, by its own ask and tell."""

from __future__ import annotations

import contextlib
import importlib.util
import inspect
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from methods.shared.library_guard import own_generators, silent
from methods.shared.named_choices import built, require_named
from problems.core.mixed import Mixed
from problems.core.oracle import Oracle
from problems.core.permutation import Permutation
from problems.core.space import Box, Categorical, Space
from problems.core.variables import Choice, Integer, Log, Variable

#: Why a sampler cannot be used here, and what can.
NO_SAMPLER = {
    "PartialFixedSampler": "it takes another sampler and values to fix, which no option can say; "
    "use that sampler",
    "NSGAIIISampler": "it ranks points by several objectives, and there is one; use NSGAIISampler, "
    "which is a genetic algorithm then",
}
#: Libraries that a sampler imports when it first samples, which Optuna does not install.
NEEDED = {"CmaEsSampler": "cmaes", "GPSampler": "torch"}
#: Points of the largest grid: GridSampler keeps all of them in a list.
MOST_IN_GRID = 1_000_000


def optuna_sampler(
    oracle: Oracle, rng: np.random.Generator, *, sampler: str = "TPESampler"
) -> None:
    """Run a sampler of Optuna, one trial after another, until the budget is spent.

    Real variables are float distributions, whole ones int, categories categorical, on the log
    scale and by their own names where a `Mixed` space has them; permutations are searched through
    their latent vectors. The study is in memory, and its first trial the seeded start, by
    `enqueue_trial`. Everything else is Optuna's default. A sampler of a grid or by brute force ends
    converged when it has tried all points.

    Parameters
    ----------
    sampler : str
        A class of `optuna.samplers`; TPESampler is Optuna's default. GridSampler's grid is
        all values of all variables, which have to be whole or categories.

    Raises
    ------
    ValueError
        When there is none of that name, it cannot search this space, or it needs a library
        that is not installed: with what Optuna says.
    """
    with silent():
        import optuna

    classes = _samplers()
    usable = [name for name in classes if name not in NO_SAMPLER]
    require_named("sampler", sampler, usable, "Optuna", NO_SAMPLER)
    library = NEEDED.get(sampler, "")
    if library and importlib.util.find_spec(library) is None:
        raise ValueError(f"sampler={sampler}: it needs {library}: pip install {library}")
    space = oracle.space
    start = oracle.start(1)[0]
    distributions = _distributions(space)
    searched = space.encode(start) if isinstance(space, Permutation) else start
    named = dict(zip(distributions, searched.tolist(), strict=True))
    arguments: dict[str, Any] = {"seed": int(rng.integers(2**32))}
    exhaustive = sampler in ("GridSampler", "BruteForceSampler")
    if exhaustive:
        _require_finite(sampler, space)
    if sampler == "GridSampler":
        arguments["search_space"] = _grid(distributions)

    def make() -> Any:
        return optuna.create_study(sampler=classes[sampler](**arguments))

    with own_generators(rng), _quiet_log():
        with silent():
            study = built("sampler", sampler, "Optuna", make)
            if sampler != "GridSampler":  # which counts none but the points of its own grid
                study.enqueue_trial(named)
        while True:
            with silent():
                trial = study.ask(distributions)
            values = [trial.params[name] for name in distributions]
            value = oracle.value(_point(space, values))
            with silent():
                exhausted = _tell(study, trial, value)
            if exhausted and exhaustive:
                return


def _samplers() -> dict[str, Any]:
    """Return Optuna's public samplers by name; abstract ones are none."""
    import optuna

    return {
        name: cls
        for name in optuna.samplers.__all__
        if isinstance(cls := getattr(optuna.samplers, name), type)
        and issubclass(cls, optuna.samplers.BaseSampler)
        and not inspect.isabstract(cls)
    }


def _tell(study: Any, trial: Any, value: float) -> bool:
    """Tell a study a value, and return whether its sampler would end an optimization."""
    try:
        study.tell(trial, value)
    except RuntimeError as error:
        # `Study.stop` is refused outside of `optimize`, after the trial has been stored.
        if "Study.stop" not in str(error):
            raise
        return True
    return False


def _distributions(space: Space) -> dict[str, Any]:
    """Return a distribution for each variable of a solution, or of its latent vector."""
    from optuna import distributions as d

    if isinstance(space, Mixed):
        return {name: _setting(variable) for name, variable in space.variables.items()}
    if isinstance(space, Categorical):
        each: list[Any] = [
            d.CategoricalDistribution(range(count)) for count in space.counts.tolist()
        ]
    else:
        box = space if isinstance(space, Box) else space.latent
        bounds = zip(box.low.tolist(), box.high.tolist(), box.integral, strict=True)
        each = [
            d.IntDistribution(int(low), int(high)) if whole else d.FloatDistribution(low, high)
            for low, high, whole in bounds
        ]
    return {f"x{i}": distribution for i, distribution in enumerate(each)}


def _setting(variable: Variable) -> Any:
    """Return the distribution of a variable of a mixed space; of a choice, of its position."""
    from optuna import distributions as d

    if isinstance(variable, Choice):
        return d.CategoricalDistribution(range(len(variable.options)))
    if isinstance(variable, Integer):
        return d.IntDistribution(int(variable.low), int(variable.high), log=variable.log)
    return d.FloatDistribution(variable.low, variable.high, log=isinstance(variable, Log))


def _point(space: Space, values: list[float]) -> NDArray:
    if isinstance(space, Categorical | Mixed):
        return np.array(values, dtype=space.dtype)
    return space.decode(values)


def _require_finite(sampler: str, space: Space) -> None:
    finite = isinstance(space, Categorical) or (
        isinstance(space, Box | Mixed) and space.integral.all()
    )
    if not finite:
        raise ValueError(
            f"sampler={sampler}: expected whole or categorical variables, of which it tries all "
            f"values, not {space}; use QMCSampler"
        )


def _grid(distributions: dict[str, Any]) -> dict[str, list[Any]]:
    """Return all values of whole and categorical variables.

    Raises
    ------
    ValueError
        When they make more points than can be kept in a list.
    """
    from optuna.distributions import CategoricalDistribution

    grid: dict[str, list[Any]] = {
        name: list(each.choices)
        if isinstance(each, CategoricalDistribution)
        else list(range(each.low, each.high + 1))
        for name, each in distributions.items()
    }
    if (points := math.prod(map(len, grid.values()))) > MOST_IN_GRID:
        raise ValueError(
            f"sampler=GridSampler: expected at most {MOST_IN_GRID:,} points, not 10^"
            f"{math.log10(points):.1f}; use BruteForceSampler"
        )
    return grid


@contextlib.contextmanager
def _quiet_log() -> Iterator[None]:
    """Keep Optuna's log to errors, and put its level back afterwards."""
    import optuna

    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(level)
