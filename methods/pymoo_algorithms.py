"""Every single-objective algorithm of pymoo by name, by its own infill and advance."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import numpy as np

from methods.shared.library_guard import library_call, own_generators, silent
from methods.shared.named_choices import built, require_named
from methods.shared.pymoo_form import pymoo_form
from problems.core.oracle import Oracle

#: Iterations in a row without an evaluation after which an algorithm has converged.
MOST_IDLE = 100
_ONE_VARIABLE = "it searches a line and needs a bracket of it; use PatternSearch"
#: Why an algorithm cannot be used here, and what can.
NO_ALGORITHM = {
    "Optuna": "it is Optuna's sampler; use the method optuna",
    "ExponentialSearch": _ONE_VARIABLE,
    "GoldenSectionSearch": _ONE_VARIABLE,
    "QuadraticInterpolationSearch": _ONE_VARIABLE,
    "WolfeSearch": _ONE_VARIABLE,
}
_SEVERAL_OBJECTIVES = "it ranks points by several objectives, and there is one; use GA or DE"


def pymoo_algorithm(oracle: Oracle, rng: np.random.Generator, *, algorithm: str = "GA") -> None:
    """Run an algorithm of pymoo as `pymoo.optimize.minimize` does, until the budget is spent.

    GA has the operators that pymoo's documentation gives for each kind of variables: SBX and
    polynomial mutation for real ones, the same rounded for whole ones, two-point crossover and
    bit flips for bits, order crossover and inversion for permutations, and its mixed-variable
    mating for the rest; NicheGA the same but for the last. MixedVariableGA takes boxes and
    categories as they are. All others search real vectors, and what is no real box through its
    latent vectors. The first point of the first population is the seeded start, except
    DIRECT's, which is the middle of the box. Everything else is pymoo's default, but its
    termination: the run ends with its budget, or converged where the algorithm ends itself.

    Parameters
    ----------
    algorithm : str
        A class of `pymoo.algorithms.soo.nonconvex`, or MixedVariableGA.

    Raises
    ------
    ValueError
        When there is none of that name, or it does not fit, with the reason.
    """
    with silent():
        classes = _algorithms()
        refused = {**NO_ALGORITHM, **_of_several_objectives(algorithm)}
    usable = [name for name in classes if name not in NO_ALGORITHM]
    require_named("algorithm", algorithm, usable, "pymoo", refused)
    space = oracle.space
    start = oracle.start(1)[0]
    form = pymoo_form(algorithm, space, start)
    if form is None:
        oracle.value(start)
        return
    points = form.points

    from pymoo.core.problem import Problem
    from pymoo.core.termination import NoTermination

    class Evaluated(Problem):
        def _evaluate(self, rows: Any, out: dict[str, Any], *others: Any, **more: Any) -> None:
            out["F"] = oracle.values(points(rows))[:, None]

    def make() -> Any:
        made = classes[algorithm](**form.operators)
        holder = getattr(made, "initialization", made)
        if hasattr(holder, "sampling"):
            holder.sampling = _begun(holder.sampling, form.first)
        return made.setup(problem, termination=NoTermination(), seed=seed)

    entropy = rng.spawn(1)[0]
    seed = int(rng.integers(1, 2**31))
    with own_generators(rng):
        with library_call(entropy):
            problem = Evaluated(n_obj=1, **form.variables)
            searcher = built("algorithm", algorithm, "pymoo", make)
        idle = 0
        while idle < MOST_IDLE and searcher.has_next():
            evaluations = searcher.evaluator.n_eval
            with library_call(entropy):
                infills = searcher.infill()
            if infills is not None:
                searcher.evaluator.eval(problem, infills, algorithm=searcher)
            with library_call(entropy):
                searcher.advance(infills=infills)
            idle = idle + 1 if searcher.evaluator.n_eval == evaluations else 0


def _begun(own: Any, first: Any) -> Any:
    """Return a sampling of pymoo whose first population begins with a row."""
    from pymoo.core.sampling import Sampling

    class Begun(Sampling):
        begins = True

        def _do(self, problem: Any, n_samples: int, *others: Any, **more: Any) -> Any:
            rows = own._do(problem, n_samples, *others, **more)
            if self.begins:
                rows[0], self.begins = first, False
            return rows

    return Begun()


def _algorithms() -> dict[str, type]:
    """Return pymoo's algorithms for one objective by name."""
    from pymoo.algorithms.soo import nonconvex
    from pymoo.core.algorithm import Algorithm
    from pymoo.core.mixed import MixedVariableGA

    classes: dict[str, type] = {}
    for module in pkgutil.iter_modules(nonconvex.__path__):
        if module.name == "optuna":  # it would import Optuna, and is refused
            continue
        loaded = importlib.import_module(f"{nonconvex.__name__}.{module.name}")
        classes.update(
            (name, cls)
            for name, cls in vars(loaded).items()
            if isinstance(cls, type)
            and issubclass(cls, Algorithm)
            and cls.__module__ == loaded.__name__
        )
    return {**classes, "MixedVariableGA": MixedVariableGA}


def _of_several_objectives(name: str) -> dict[str, str]:
    """Return the reason against one of pymoo's multi-objective algorithms, if it is one."""
    from pymoo.algorithms import moo

    names = {module.name for module in pkgutil.iter_modules(moo.__path__)}
    key = name.lower().replace("-", "").replace("_", "")
    return {name: _SEVERAL_OBJECTIVES} if key in {n.replace("_", "") for n in names} else {}
