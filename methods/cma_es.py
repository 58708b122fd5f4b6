"""Covariance matrix adaptation, as pycma has it, with restarts under one budget."""

from __future__ import annotations

import contextlib
import functools
import warnings
from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from methods.shared.strides import NEAR, deviations, latent_kinds, latent_zoom, search_box
from problems.core.interval import Positive
from problems.core.mixed import Mixed
from problems.core.oracle import Oracle
from problems.core.space import Box

Restarts = Literal["none", "ipop", "bipop"]
Covariance = Literal["auto", "full", "diagonal"]

#: Variables above which a covariance matrix is kept diagonal unless said otherwise.
MOST_CORRELATED = 100
#: Evaluations a variable below which a run hurries, and the most variables.
HURRIED, MOST_HURRIED = 100, 40
#: Numbers in a population, members × variables: 80 MB.
MOST_NUMBERS = 10_000_000


def cma_es(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    restarts: Restarts = "bipop",
    sigma0: Positive = NEAR,
    population: int = 0,
    covariance: Covariance = "auto",
) -> None:
    """Run `cma.CMAEvolutionStrategy` by ask and tell, with pycma's own stopping criteria.

    Real boxes are searched directly, with pycma's default handling of bounds and, where
    variables are whole, of integers; other spaces through their latent vectors, without
    bounds. As in `cma.fmin`, a run that has stopped also evaluates its final mean. Each
    restart begins at a new point, drawn uniformly or around the problem's start; its
    population is never larger than the evaluations that are left, unless the first run's was.

    Parameters
    ----------
    restarts : {"none", "ipop", "bipop"}
        "ipop" doubles the population at each restart (Auger and Hansen 2005, "A restart CMA
        evolution strategy with increasing population size"). "bipop" alternates that with
        small populations and small steps for as long as these have cost less (Hansen 2009,
        "Benchmarking a BI-population CMA-ES on the BBOB-2009 function testbed"), by the rules
        of `cma.fmin`. "none", pycma's default, returns at the first stop.
    sigma0 : float
        Initial standard deviation as a share of each variable's range; pycma's documentation
        recommends about 1/4, which is the scale of the problem's start where it has one.
        Encoded variables get at least what they need to change.
    population : int
        0 stands for pycma's default, 4 + 3 ln n. On up to 40 variables, all real, with fewer than
        100 evaluations for each it stands for a run that hurries: 4 + ln n members, and the best
        point so far in every generation (``CMA_elitist``), as nevergrad's ``CMA`` has it in a
        box; and a third of them mirrors of bad ones, as pycma has it below six members
        (Brockhoff et al. 2010, "Mirrored sampling and sequential selection for evolution
        strategies"). Sphere of 10 variables, 500 evaluations: 1e-4 against 0.1, nevergrad's
        8e-5. Not elsewhere: with more evaluations (rastrigin, 2,000: 29 against 13), on more
        variables (the 81 of next-token-rank, 5,000: 0.780 against 0.767) and on bits
        (nk-landscape, 2,000) as few were worse.
    covariance : {"auto", "full", "diagonal"}
        "auto" is full up to 100 variables and diagonal above: beyond a hundred the diagonal
        one needs fewer evaluations even on the Rosenbrock function (Ros and Hansen 2008, "A simple
        modification in CMA-ES achieving linear time and space complexity"), and a full matrix
        of thousands takes gigabytes.
    """
    if population < 0 or population == 1:
        raise ValueError(f"population={population}: expected a number >= 2, or 0 for the default")
    space = oracle.space
    box = search_box(space)
    free = box.low < box.high
    whole = space.encode(oracle.start(1)[0])
    if not free.any():
        oracle.value(space.decode(whole))
        return
    spread = deviations(space, sigma0 * latent_zoom(oracle, NEAR))[free]
    size = len(spread)
    if size == 1:  # pycma needs two variables at least: a copy that is not evaluated
        spread = spread.repeat(2)
    step = float(spread.max())
    options: Any = {
        "randn": lambda *shape: rng.standard_normal(shape),
        "seed": np.nan,  # leaves numpy's global generator alone
        "verbose": -9,
        "verb_log": 0,
        "verb_disp": 0,
        "signals_filename": None,
        "CMA_diagonal": covariance == "diagonal"
        or (covariance == "auto" and size > MOST_CORRELATED),
    }
    if isinstance(space, Box | Mixed):
        options["bounds"] = [np.resize(b[free], len(spread)).tolist() for b in (box.low, box.high)]
        integral = np.resize(latent_kinds(space)[1][free], len(spread))
        options["integer_variables"] = integral.nonzero()[0].tolist()
    if spread.min() < step:
        options["CMA_stds"] = (spread / step).tolist()
    if population:
        options["popsize"] = population
    elif box is space and size <= MOST_HURRIED and oracle.remaining < HURRIED * size:
        options |= {"popsize": 4 + int(np.log(size)), "CMA_elitist": True, "CMA_mirrors": 0.3}
    oracle.evaluate_start()  # a generation is around the mean, which is in none
    schedule = _Schedule(restarts, rng)
    encoded = box is not space or not free.all()

    def points(solutions: list[NDArray[np.float64]]) -> NDArray:
        rows = np.array(solutions)[:, :size]
        if not encoded:
            return rows
        latent = np.tile(whole, (len(rows), 1))
        latent[:, free] = rows
        return space.decode(latent)

    run = _Run(rng)
    while True:
        run.begin(np.resize(whole[free], len(spread)), step * schedule.sigma_factor, options)
        options = run.strategy.opts  # evaluated for this run; fmin keeps them for the next
        schedule.begun(options)
        while not run.stopped():
            solutions = run.ask()
            run.tell(solutions, oracle.values(points(solutions)))
        oracle.values(points([run.final_mean()]))
        if restarts == "none":
            return
        most = min(oracle.remaining, MOST_NUMBERS / size)
        schedule.next(
            int(run.strategy.countevals) + 1, options, max(schedule.population, int(most))
        )
        oracle.restart()
        whole = space.encode(oracle.draw(rng, 1)[0])


#: Keeps pycma's warnings from whoever listens; they are not about the user's problem.
_silence = functools.partial(warnings.catch_warnings, action="ignore")


class _Run:
    """One run of pycma: silent, and without a trace in numpy's global generator.

    pycma's handling of integers, and its step-size rule for hundreds of variables, draw from
    the global generator; there, sampling and learning are given a state of their own.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self.strategy: Any = None
        self._state: Any = np.random.RandomState(int(rng.integers(2**32))).get_state()
        self._draws = False

    def begin(self, x0: NDArray[np.float64], sigma: float, options: Any) -> None:
        with _silence():
            import cma  # which warns where there is nothing to plot with
            from cma.sigma_adaptation import CMAAdaptSigmaTPA

            self.strategy = cma.CMAEvolutionStrategy(x0, sigma, options)
        integers = len(options.get("integer_variables", ())) > 0
        self._draws = integers or isinstance(self.strategy.adapt_sigma, CMAAdaptSigmaTPA)

    def stopped(self) -> bool:
        with _silence():
            return bool(self.strategy.stop())

    def ask(self) -> list[NDArray[np.float64]]:
        with _silence(), self._alone():
            return self.strategy.ask()

    def tell(self, solutions: list[NDArray[np.float64]], values: NDArray[np.float64]) -> None:
        with _silence(), self._alone():
            self.strategy.tell(solutions, values.tolist())

    def final_mean(self) -> NDArray[np.float64]:
        """Return the mean of the last generation's distribution, inside the bounds."""
        strategy = self.strategy
        with _silence():
            return strategy.to_phenotype(
                strategy.mean,
                copy=True,
                into_bounds=strategy.boundary_handler.repair,
                archive=strategy.sent_solutions,
            )

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Put numpy's global generator into this run's state, where it is drawn from."""
        # The states are large: swapping them costs as much as a few evaluations.
        if not self._draws:
            yield
            return
        others = np.random.get_state()
        np.random.set_state(self._state)
        try:
            yield
        finally:
            self._state = np.random.get_state()
            np.random.set_state(others)


class _Schedule:
    """The population, step size and length of each run, by the rules of `cma.fmin`."""

    def __init__(self, restarts: Restarts, rng: np.random.Generator) -> None:
        self.sigma_factor = 1.0
        self.population = 0
        self._bipop = restarts == "bipop"
        self._rng = rng
        self._iterations = 0.0
        self._runs = self._small_runs = 0
        self._small = True
        self._spent = {True: 0, False: 0}  # evaluations, by whether the population was small

    def begun(self, options: Any) -> None:
        """Take from the first run what the later ones are multiples of."""
        if self._runs == 0:
            self.population = int(options["popsize"])
            self._iterations = options["maxiter"]

    def next(self, evaluations: int, options: Any, most: int) -> None:
        """Set the next run's options, after a run that cost so many evaluations."""
        self._spent[self._small] += evaluations
        self._runs += 1
        self.sigma_factor = 1.0
        large = self._spent[False]
        self._small = self._bipop and self._spent[True] < max(1, large)
        self._small_runs += self._small
        # Beyond 2⁶⁰ a population has long been limited by what is left to spend.
        factor = 2 ** min(self._runs - self._small_runs, 60)
        if self._small:
            self.sigma_factor = 0.01 ** self._rng.uniform()
            size = int(min(most, self.population * factor ** (self._rng.uniform() ** 2)))
            options["maxiter"] = min(self._iterations, 0.5 * large / size)
        else:
            size = min(most, self.population * factor)
            options["maxiter"] = self._iterations
        options["popsize"] = size
