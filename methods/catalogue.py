"""Every built-in method by name: where its code is, what it needs, how it is shown.

Each family is a group by its name, with hyphens for spaces; the group `default` has
one or two methods of every family, which is what a comparison without names runs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from methods.chain import Methods
from problems.naming.registry import Entry


def _family(
    family: str, group: str, entries: Iterable[Entry], *, imports: tuple[str, ...] = ()
) -> list[Entry]:
    """Return the entries with their family, its groups and what all of it imports."""
    return [
        replace(
            entry,
            family=family,
            groups=(*entry.groups, group, "all"),
            imports=(*imports, *entry.imports),
        )
        for entry in entries
    ]


DEFAULT = ("default",)

ENTRIES = [
    *_family(
        "closed form",
        "closed-form",
        [
            Entry(
                "counting",
                "methods.counting:counting",
                needs=("count",),
                seeded=False,
                groups=DEFAULT,
            ),
        ],
    ),
    *_family(
        "gradient descent",
        "descent",
        [
            Entry(
                "gradient-descent",
                "methods.gradient_descent:gradient_descent",
                aliases=("gd", "sgd"),
                needs=("relaxation",),
                groups=DEFAULT,
            ),
            Entry(
                "momentum",
                "methods.gradient_descent:momentum",
                aliases=("heavy-ball",),
                needs=("relaxation",),
            ),
            Entry(
                "nesterov",
                "methods.gradient_descent:nesterov",
                aliases=("nag",),
                needs=("relaxation",),
            ),
            Entry("adam", "methods.adam:adam", needs=("relaxation",), groups=DEFAULT),
            Entry("adamw", "methods.adam:adamw", needs=("relaxation",)),
            Entry("lion", "methods.lion:lion", needs=("relaxation",)),
            Entry(
                "torch",
                "methods.torch_optimizers:torch_optimizer",
                needs=("relaxation",),
                extra="torch",
                imports=("torch", "torch._dynamo"),
            ),
        ],
    ),
    *_family(
        "scipy.optimize",
        "scipy",
        [
            Entry("nelder-mead", "methods.derivative_free:nelder_mead", native=("Box",)),
            Entry("powell", "methods.derivative_free:powell", native=("Box",)),
            Entry("cg", "methods.smooth_solvers:cg", native=("Box",)),
            Entry("bfgs", "methods.smooth_solvers:bfgs", native=("Box",)),
            Entry("l-bfgs-b", "methods.smooth_solvers:l_bfgs_b", native=("Box",)),
            Entry("tnc", "methods.smooth_solvers:tnc", native=("Box",)),
            Entry(
                "cobyla",
                "methods.derivative_free:cobyla",
                native=("Box",),
                imports=("scipy._lib.pyprima",),
            ),
            Entry(
                "cobyqa",
                "methods.derivative_free:cobyqa",
                native=("Box",),
                imports=("scipy._lib.cobyqa",),
            ),
            Entry("slsqp", "methods.smooth_solvers:slsqp", native=("Box",)),
            Entry("trust-constr", "methods.smooth_solvers:trust_constr", native=("Box",)),
            Entry("cg-gradient", "methods.smooth_solvers:cg_gradient", needs=("relaxation",)),
            Entry(
                "bfgs-gradient",
                "methods.smooth_solvers:bfgs_gradient",
                needs=("relaxation",),
            ),
            Entry(
                "l-bfgs-b-gradient",
                "methods.smooth_solvers:l_bfgs_b_gradient",
                needs=("relaxation",),
            ),
            Entry("tnc-gradient", "methods.smooth_solvers:tnc_gradient", needs=("relaxation",)),
            Entry(
                "slsqp-gradient",
                "methods.smooth_solvers:slsqp_gradient",
                needs=("relaxation",),
            ),
            Entry(
                "trust-constr-gradient",
                "methods.smooth_solvers:trust_constr_gradient",
                needs=("relaxation",),
            ),
            Entry("basin-hopping", "methods.basin_hopping:basin_hopping", native=("Box",)),
            Entry("dual-annealing", "methods.dual_annealing:dual_annealing", native=("Box",)),
            Entry(
                "differential-evolution",
                "methods.differential_evolution:differential_evolution",
                aliases=("de",),
                native=("Box",),
                groups=DEFAULT,
            ),
            Entry(
                "shgo",
                "methods.simplicial_homology:shgo",
                native=("Box",),
                seeded=False,
                imports=("scipy.stats",),
            ),
            Entry("direct", "methods.dividing_rectangles:direct", native=("Box",), seeded=False),
            Entry("brute", "methods.brute_force:brute", native=("Box",), seeded=False),
            Entry(
                "milp",
                "methods.branch_and_bound:milp",
                needs=("linear_model",),
                seeded=False,
                white_box=True,
                imports=("scipy.sparse", "pulp"),
            ),
        ],
        imports=("scipy.optimize",),
    ),
    *_family(
        "evolutionary",
        "evolutionary",
        [
            Entry(
                "genetic",
                "methods.genetic:genetic",
                aliases=("ga", "genetic-algorithm"),
                groups=DEFAULT,
            ),
            Entry(
                "genetic-deap",
                "methods.genetic_deap:genetic_deap",
                aliases=("deap",),
                imports=("deap.algorithms", "deap.base", "deap.tools"),
            ),
            Entry(
                "evolution-strategy",
                "methods.evolution_strategy:evolution_strategy",
                aliases=("es",),
            ),
            Entry(
                "cma-es",
                "methods.cma_es:cma_es",
                aliases=("cma", "cmaes"),
                native=("Box",),
                extra="cma",
                imports=("cma",),
            ),
            Entry("openai-es", "methods.openai_es:openai_es", native=("Box",)),
        ],
    ),
    *_family(
        "zeroth order",
        "zeroth-order",
        [
            Entry("spsa", "methods.zeroth_order:spsa", native=("Box",)),
            Entry("mezo", "methods.zeroth_order:mezo", native=("Box",)),
        ],
    ),
    *_family(
        "local search",
        "local-search",
        [
            Entry("hill-climb", "methods.hill_climb:hill_climb", aliases=("hc",), groups=DEFAULT),
            Entry(
                "simulated-annealing",
                "methods.simulated_annealing:simulated_annealing",
                aliases=("sa",),
            ),
            Entry("tabu", "methods.tabu:tabu", aliases=("tabu-search", "ts")),
        ],
    ),
    *_family(
        "reinforce",
        "reinforcement",
        [
            Entry(
                "reinforce",
                "methods.reinforce:reinforce",
                aliases=("rl",),
                native=("Box", "environment"),
                groups=DEFAULT,
                imports=("gymnasium", "problems.core.environment"),
            ),
        ],
    ),
    *_family(
        "sampling",
        "sampling",
        [
            Entry("best-of-n", "methods.best_of_n:best_of_n", aliases=("bon",), groups=DEFAULT),
            Entry(
                "random-search",
                "methods.random_search:random_search",
                aliases=("rs", "random"),
                groups=DEFAULT,
            ),
        ],
        imports=("scipy.special",),
    ),
    *_family(
        "integer programming",
        "solver",
        [
            Entry(
                "integer-programming",
                "methods.integer_programming:integer_programming",
                aliases=("ip", "mip"),
                needs=("linear_model",),
                seeded=False,
                white_box=True,
                groups=DEFAULT,
            ),
            Entry(
                "seeded-integer-programming",
                "methods.integer_programming:seeded_integer_programming",
                aliases=("seeded-ip",),
                needs=("linear_model",),
                white_box=True,
            ),
        ],
        imports=("pulp", "highspy", "methods.shared.cbc", "methods.shared.highs"),
    ),
]

METHODS = Methods("method", ENTRIES)
