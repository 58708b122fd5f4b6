"""Every built-in method by name: where its code is, what it needs, how it is shown.

An entry names a file of this package; the method is the function of its own name there, with
underscores for hyphens, unless another follows a colon.

Each family is a group by its name, with hyphens for spaces; the group `default` has
one or two methods of every family, which is what a comparison without names runs.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from methods.chain import Methods
from problems.naming.registry import Entry


def _family(
    family: str, group: str, *entries: Entry, imports: tuple[str, ...] = (), **shared: Any
) -> list[Entry]:
    """Return the entries with what all of the family shares, and where their code is."""
    return [
        replace(
            entry,
            target=_target(entry),
            family=family,
            groups=(*entry.groups, group, "all"),
            imports=(*imports, *entry.imports),
            **shared,
        )
        for entry in entries
    ]


def _target(entry: Entry) -> str:
    """Return where its code is: a file of this package, and the function that has its name."""
    file, _, function = entry.target.partition(":")
    return f"methods.{file}:{function or entry.name.replace('-', '_')}"


DEFAULT = ("default",)
#: Views that a method needs,
RELAXATION = ("relaxation",)
LINEAR_MODEL = ("linear_model",)
#: and the only space that it searches directly.
BOX = ("Box",)

#: What is not so on a step function, or with few evaluations for each variable.
SLOPE = (
    "a gradient by differences costs an evaluation a variable, and is zero where small steps "
    "change nothing"
)
SIMPLEX = "a simplex has a point more than there are variables, and is made for few of them"
LINES = "a search along one variable after another takes dozens of evaluations for each"
MODEL = "a model of the objective takes an evaluation a variable before its first step"

#: What has all of pymoo that its algorithms for one objective use.
IMPORTS_OF_PYMOO = (
    "pymoo.core.mixed",
    "pymoo.functions.compiled.info",
    *(
        f"pymoo.algorithms.soo.nonconvex.{name}"
        for name in (
            *("brkga", "cmaes", "de", "direct", "es", "g3pcx", "ga", "ga_niching", "isres"),
            *("nelder", "nrbo", "pattern", "pso", "pso_ep", "random_search", "sres"),
        )
    ),
    *(f"pymoo.operators.{name}" for name in ("crossover.ox", "crossover.pntx")),
    *(f"pymoo.operators.{name}" for name in ("mutation.inversion", "repair.rounding")),
)

ENTRIES = [
    *_family(
        "closed form",
        "closed-form",
        Entry("counting", "counting", needs=("count",), seeded=False, groups=DEFAULT),
    ),
    *_family(
        "gradient descent",
        "descent",
        Entry("gradient-descent", "gradient_descent", aliases=("gd", "sgd"), groups=DEFAULT),
        Entry("momentum", "gradient_descent", aliases=("heavy-ball",)),
        Entry("nesterov", "gradient_descent", aliases=("nag",)),
        Entry("adam", "adam", groups=DEFAULT),
        Entry("adamw", "adam"),
        Entry("lion", "lion"),
        Entry(
            "torch",
            "torch_optimizers:torch_optimizer",
            extra="torch",
            imports=("torch", "torch._dynamo"),
        ),
        needs=RELAXATION,
    ),
    *_family(
        "scipy.optimize",
        "scipy",
        Entry("nelder-mead", "derivative_free", native=BOX, assumes=SIMPLEX),
        Entry("powell", "derivative_free", native=BOX, assumes=LINES),
        Entry("cg", "smooth_solvers", native=BOX, assumes=SLOPE),
        Entry("bfgs", "smooth_solvers", native=BOX, assumes=SLOPE),
        Entry("l-bfgs-b", "smooth_solvers", native=BOX, assumes=SLOPE),
        Entry("tnc", "smooth_solvers", native=BOX, assumes=SLOPE),
        Entry(
            "cobyla", "derivative_free", native=BOX, assumes=MODEL, imports=("scipy._lib.pyprima",)
        ),
        Entry(
            "cobyqa", "derivative_free", native=BOX, assumes=MODEL, imports=("scipy._lib.cobyqa",)
        ),
        Entry("slsqp", "smooth_solvers", native=BOX, assumes=SLOPE),
        Entry("trust-constr", "smooth_solvers", native=BOX, assumes=SLOPE),
        Entry("cg-gradient", "smooth_solvers", needs=RELAXATION),
        Entry("bfgs-gradient", "smooth_solvers", needs=RELAXATION),
        Entry("l-bfgs-b-gradient", "smooth_solvers", needs=RELAXATION),
        Entry("tnc-gradient", "smooth_solvers", needs=RELAXATION),
        Entry("slsqp-gradient", "smooth_solvers", needs=RELAXATION),
        Entry("trust-constr-gradient", "smooth_solvers", needs=RELAXATION),
        Entry("basin-hopping", "basin_hopping", native=BOX, assumes=SLOPE),
        Entry("dual-annealing", "dual_annealing", native=BOX),
        Entry(
            "differential-evolution",
            "differential_evolution",
            aliases=("de",),
            native=BOX,
            groups=DEFAULT,
        ),
        Entry("shgo", "simplicial_homology", native=BOX, seeded=False, imports=("scipy.stats",)),
        Entry("direct", "dividing_rectangles", native=BOX, seeded=False),
        Entry("brute", "brute_force", native=BOX, seeded=False),
        Entry(
            "milp",
            "branch_and_bound",
            needs=LINEAR_MODEL,
            seeded=False,
            white_box=True,
            imports=("scipy.sparse", "pulp"),
        ),
        imports=("scipy.optimize",),
    ),
    *_family(
        "evolutionary",
        "evolutionary",
        Entry("genetic", "genetic", aliases=("ga", "genetic-algorithm"), groups=DEFAULT),
        Entry(
            "genetic-deap",
            "genetic_deap",
            aliases=("deap",),
            imports=("deap.algorithms", "deap.base", "deap.tools"),
        ),
        Entry("evolution-strategy", "evolution_strategy", aliases=("es",)),
        Entry(
            "cma-es",
            "cma_es",
            aliases=("cma", "cmaes"),
            native=BOX,
            groups=DEFAULT,
            imports=("cma",),
        ),
        Entry("openai-es", "openai_es", native=BOX),
        Entry("l-shade", "l_shade", aliases=("lshade",), native=BOX),
        Entry("umda", "umda", groups=DEFAULT),
    ),
    *_family(
        "zeroth order",
        "zeroth-order",
        Entry("spsa", "zeroth_order"),
        Entry("mezo", "zeroth_order"),
        native=BOX,
    ),
    *_family(
        "local search",
        "local-search",
        Entry("hill-climb", "hill_climb", aliases=("hc",), groups=DEFAULT),
        Entry("iterated-local-search", "iterated_local_search", aliases=("ils",)),
        Entry("simulated-annealing", "simulated_annealing", aliases=("sa",)),
        Entry("tabu", "tabu", aliases=("tabu-search", "ts")),
    ),
    *_family(
        "reinforce",
        "reinforcement",
        Entry(
            "reinforce",
            "reinforce",
            aliases=("rl",),
            native=("Box", "environment"),
            groups=DEFAULT,
        ),
        Entry("grpo", "grpo", native=("environment",), needs=("environment",)),
        imports=("gymnasium", "problems.core.environment"),
    ),
    *_family(
        "peers",
        "peers",
        Entry(
            "nevergrad",
            "nevergrad_optimizers:nevergrad_optimizer",
            native=("Box", "Categorical", "Mixed"),
            extra="nevergrad",
            imports=("nevergrad", "cma", "scipy._lib.pyprima", "scipy.optimize", "sklearn.svm"),
        ),
        Entry(
            "optuna",
            "optuna_samplers:optuna_sampler",
            native=("Box", "Categorical", "Mixed"),
            extra="optuna",
            imports=("optuna",),
        ),
        Entry("pymoo", "pymoo_algorithms:pymoo_algorithm", extra="pymoo", imports=IMPORTS_OF_PYMOO),
    ),
    *_family(
        "sampling",
        "sampling",
        Entry("best-of-n", "best_of_n", aliases=("bon",), groups=DEFAULT),
        Entry("gaussian-search", "gaussian_search"),
        Entry("randopt", "randopt", needs=("members",)),
        Entry("random-search", "random_search", aliases=("rs", "random"), groups=DEFAULT),
        imports=("scipy.special",),
    ),
    *_family(
        "integer programming",
        "solver",
        Entry(
            "integer-programming",
            "integer_programming",
            aliases=("ip", "mip"),
            seeded=False,
            groups=DEFAULT,
        ),
        Entry("seeded-integer-programming", "integer_programming", aliases=("seeded-ip",)),
        imports=(
            *("pulp", "highspy", "methods.shared.cbc", "methods.shared.highs"),
            "methods.shared.pulp_solvers",
        ),
        needs=LINEAR_MODEL,
        white_box=True,
    ),
]

METHODS = Methods("method", ENTRIES)
