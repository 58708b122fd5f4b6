"""A search evaluates members of the space only, as many as it is given, on every kind."""

from __future__ import annotations

import pytest

from methods.gaussian_search import gaussian_search
from methods.genetic import genetic
from methods.genetic_deap import genetic_deap
from methods.hill_climb import hill_climb
from methods.iterated_local_search import iterated_local_search
from methods.l_shade import l_shade
from methods.openai_es import openai_es
from methods.simulated_annealing import simulated_annealing
from methods.tabu import tabu
from methods.umda import umda
from tests.methods.examples import Flat, run_directly, spaces

SMALL = {"population": 15, "variable_rate": 0.5}
#: Methods, the evaluations that each is given, and its options.
SEARCHES = [
    (gaussian_search, 400, {}),
    (genetic, 600, SMALL),
    (genetic_deap, 300, SMALL),
    (hill_climb, 400, {}),
    (iterated_local_search, 400, {}),
    (l_shade, 400, {}),
    (openai_es, 200, {}),
    (simulated_annealing, 200, {}),
    (tabu, 200, {}),
    (umda, 400, {}),
]


@pytest.mark.parametrize("space", spaces().values(), ids=spaces())
@pytest.mark.parametrize(
    ("search", "evaluations", "options"), SEARCHES, ids=[search.__name__ for search, *_ in SEARCHES]
)
def test_it_never_leaves_the_space(search, evaluations, options, space):
    problem = Flat(space)
    run_directly(search, problem, evaluations, **options)
    assert len(problem.looked_at) == evaluations
    assert all(x in space for x in problem.looked_at)
