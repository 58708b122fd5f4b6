"""Every method on named settings: it stays in the space, and begins where the problem says."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from methods import METHODS, minimize
from methods.shared.operators import perturb
from methods.shared.strides import deviations, latent_kinds
from methods.umda import Mixture, Scaled, model_of
from problems import Choice, Integer, Log, Mixed, Problem, Real
from tests.methods.examples import spaces

SPACE = spaces()["settings"]
SETTINGS = {"rate": 0.01, "top": 20, "prompt": "b", "share": 0.25, "batch": 32, "bits": 3}
#: A method is not told what a problem of settings lacks.
SEARCHES = [name for name in METHODS.names() if not METHODS.entry(name).needs]


class Distance(Problem):
    """How far settings are from known ones, on their scales: 0 at best."""

    def __init__(self, *, begun: bool = False) -> None:
        self.space, self._begun = SPACE, begun
        self.target = SPACE.rescale(SPACE.point(**SETTINGS | {"prompt": "c", "rate": 0.03}))
        self.looked_at: list[dict] = []

    def start(self):
        return SETTINGS if self._begun else None

    def value(self, x):
        self.looked_at.append(self.space.named(x))
        off = np.abs(self.space.rescale(x) - self.target) / self.space.width
        return float(np.where(self.space.nominal, off > 0, off).sum())


@pytest.mark.parametrize("begun", [False, True], ids=["anywhere", "begun"])
@pytest.mark.parametrize("name", SEARCHES)
def test_every_method_searches_settings(name, begun):
    entry = METHODS.entry(name)
    if entry.extra and importlib.util.find_spec(entry.extra) is None:
        pytest.skip(f"needs {entry.extra}")
    problem = Distance(begun=begun)
    run = minimize(problem, name, 40)
    assert run.ended in ("budget", "converged"), run
    assert run.x in SPACE
    if begun:
        assert SETTINGS in problem.looked_at
        assert run.value <= problem.value(SPACE.point(**SETTINGS))


#: Methods that change a few variables at a time, and what they reach in 400 evaluations at worst.
NATIVE = [
    ("hill-climb", 0.02),
    ("simulated-annealing", 0.2),
    ("tabu", 0.2),
    ("iterated-local-search", 0.1),
    ("genetic", 0.5),
    ("genetic-deap", 0.5),
    ("evolution-strategy", 0.2),
    ("umda", 0.3),
]


@pytest.mark.parametrize(("name", "worst"), NATIVE)
def test_searches_on_the_scales_find_known_settings(name, worst):
    values = [minimize(Distance(), name, 400, seed=seed).value for seed in range(5)]
    assert np.median(values) <= worst


# ------------------------------------------------------------------------- perturbation


def moved(space, point, sigma, n=4000):
    points = np.tile(space.point(**point), (n, 1))
    chosen = np.ones(points.shape, dtype=bool)
    return points, perturb(space, points, chosen, np.random.default_rng(0), sigma)


def test_steps_are_shares_of_the_range_on_each_scale():
    point = {"rate": 0.05, "share": 0.5, "batch": 16}
    space = Mixed(rate=Log(1e-3, 2), share=Real(0, 1), batch=Integer(1, 256, log=True))
    points, mutants = moved(space, point, 0.05)
    steps = (space.rescale(mutants) - space.rescale(points)) / space.width
    np.testing.assert_allclose(steps.mean(axis=0), 0, atol=0.005)
    np.testing.assert_allclose(steps.std(axis=0)[:2], 0.05, rtol=0.05)
    assert (mutants != points).all()


def test_a_sigma_for_each_variable():
    space = Mixed(a=Log(1e-3, 1), b=Real(0, 1))
    points, mutants = moved(space, {"a": 0.03, "b": 0.5}, np.array([0.01, 0.1]))
    steps = (space.rescale(mutants) - space.rescale(points)) / space.width
    np.testing.assert_allclose(steps.std(axis=0), [0.01, 0.1], rtol=0.05)


@pytest.mark.parametrize(("old", "near"), [(1, [2]), (20, [19, 21]), (40, [39])])
def test_a_wide_whole_number_moves_by_one_at_least_within_its_bounds(old, near):
    _, mutants = moved(Mixed(top=Integer(1, 40)), {"top": old}, 1e-6)
    assert np.unique(mutants).tolist() == near


def test_few_values_and_choices_are_all_alike():
    space = Mixed(bits=Integer(2, 5), prompt=Choice(["a", "b", "c", "d"]))
    points, mutants = moved(space, {"bits": 2, "prompt": "b"}, 1e-6)
    assert (mutants != points).all()
    assert np.unique(mutants[:, 0]).tolist() == [3, 4, 5]
    assert np.unique(mutants[:, 1]).tolist() == [0, 2, 3]
    assert np.bincount(mutants[:, 1]).max() < 1500


# -------------------------------------------------------------------------- encodings


def test_latent_kinds_and_strides_are_those_of_the_variables():
    names = [list(SPACE.variables)[i] for i in SPACE.owner]
    real, whole = latent_kinds(SPACE)
    assert {name for name, kept in zip(names, real, strict=True) if kept} == {"rate", "share"}
    assert {name for name, kept in zip(names, whole, strict=True) if kept} == {"top", "bits"}
    spread = dict(zip(names, deviations(SPACE, 1e-9), strict=True))
    assert spread["top"] == spread["prompt"] == 0.5
    assert spread["batch"] == pytest.approx(0.5 * np.log(2))
    assert spread["rate"] < 1e-7


def test_umda_has_frequencies_for_few_values_and_gaussians_for_the_others():
    model = model_of(SPACE)
    assert isinstance(model, Mixture)
    assert isinstance(model_of(spaces()["logarithms"]), Scaled)
    target = SPACE.point(**SETTINGS)
    model.fit(np.tile(target, (20, 1)))
    drawn = model.sample(np.random.default_rng(0), 500)
    assert SPACE.contains(drawn)
    np.testing.assert_array_equal(drawn[:, [0, 3]], np.tile(target[[0, 3]], (500, 1)))
    np.testing.assert_allclose(np.median(drawn, axis=0), target, rtol=0.1)
    assert len(np.unique(drawn[:, 4])) > 1  # a whole number goes on moving
