"""A space as pymoo sees it: its kinds of variables, and the operators documented for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from methods.shared.strides import search_box
from problems.core.mixed import Mixed
from problems.core.permutation import Permutation
from problems.core.space import Box, Categorical, Space


@dataclass(frozen=True)
class PymooForm:
    """How an algorithm of pymoo is given a space.

    Attributes
    ----------
    variables : dict
        Arguments of pymoo's problem: how many variables, their bounds or kinds.
    points : callable
        Maps pymoo's rows to points of the space.
    first : object
        The start as a row of pymoo's.
    operators : dict
        Arguments of the algorithm.
    """

    variables: dict[str, Any]
    points: Callable[[Any], NDArray]
    first: Any
    operators: dict[str, Any] = field(default_factory=dict)


def pymoo_form(algorithm: str, space: Space, start: NDArray) -> PymooForm | None:
    """Return the form in which an algorithm searches a space; None where all of it is fixed.

    Raises
    ------
    ValueError
        When BGA, which has bits only, is given anything else.
    """
    genetic = algorithm in ("GA", "NicheGA")
    bits = (
        isinstance(space, Box)
        and bool(space.integral.all())
        and bool((space.low >= 0).all() and (space.high <= 1).all())
    )
    if algorithm == "BGA" and not bits:
        raise ValueError(f"algorithm=BGA: expected bits, not {space}; use GA")
    if isinstance(space, Permutation) and genetic:
        return _of_permutations(space, start) if space.n > 1 else None
    mixed = isinstance(space, Categorical | Mixed) or (
        isinstance(space, Box) and bool(space.integral.any()) and not space.integral.all()
    )
    takes_mixed = algorithm == "MixedVariableGA" or (algorithm == "GA" and mixed)
    if takes_mixed and not isinstance(space, Permutation):
        return _of_mixed_variables(algorithm, space, start)
    as_it_is = isinstance(space, Box) and (algorithm == "BGA" or (genetic and not mixed))
    box = space if as_it_is and isinstance(space, Box) else search_box(space)
    vector = space.encode(start)
    free = box.low < box.high
    if not free.any():
        return None

    def points(rows: Any) -> NDArray:
        whole = np.tile(vector, (len(rows), 1))
        whole[:, free] = rows
        return space.decode(whole)

    variables = {"n_var": int(free.sum()), "xl": box.low[free], "xu": box.high[free]}
    operators: dict[str, Any] = {}
    if algorithm == "MixedVariableGA":
        from pymoo.core.variable import Real

        bounds = zip(box.low[free].tolist(), box.high[free].tolist(), strict=True)
        variables = {"vars": {i: Real(bounds=each) for i, each in enumerate(bounds)}}
        return PymooForm(
            variables, lambda rows: points(_lists(rows)), dict(enumerate(vector[free].tolist()))
        )
    if genetic and bits:
        operators, variables["vtype"] = _bit_operators(), bool
    elif genetic and box.integral.all():
        operators, variables["vtype"] = _integer_operators(), int
    return PymooForm(variables, points, vector[free], operators)


def _of_permutations(space: Permutation, start: NDArray) -> PymooForm:
    """Return the form of permutations of all items, of which those beyond the length are unused."""
    from pymoo.operators.crossover.ox import OrderCrossover
    from pymoo.operators.mutation.inversion import InversionMutation
    from pymoo.operators.sampling.rnd import PermutationRandomSampling

    operators = {
        "sampling": PermutationRandomSampling(),
        "crossover": OrderCrossover(),
        "mutation": InversionMutation(),
    }
    variables = {"n_var": space.n, "xl": 0, "xu": space.n - 1, "vtype": int}
    return PymooForm(
        variables,
        lambda rows: np.asarray(rows, dtype=np.int64)[:, : space.dimension],
        space.complete(start),
        operators,
    )


def _of_mixed_variables(algorithm: str, space: Space, start: NDArray) -> PymooForm | None:
    """Return the form of real and whole variables and categories by pymoo's own kinds.

    It has none on the log scale: their logarithms are real variables.
    """
    from pymoo.core.mixed import (
        MixedVariableDuplicateElimination,
        MixedVariableMating,
        MixedVariableSampling,
    )
    from pymoo.core.variable import Choice, Integer, Real

    kinds: dict[int, Any] = {}
    if isinstance(space, Categorical):
        for i, count in enumerate(space.counts.tolist()):
            if count > 1:
                kinds[i] = Choice(options=list(range(count)))
    elif isinstance(space, Box | Mixed):
        nominal = space.nominal if isinstance(space, Mixed) else np.zeros(space.dimension, bool)
        box = space.scaled if isinstance(space, Mixed) else space
        start = space.rescale(start) if isinstance(space, Mixed) else start
        bounds = zip(box.low.tolist(), box.high.tolist(), box.integral, strict=True)
        for i, (low, high, whole) in enumerate(bounds):
            if nominal[i] and low < high:
                kinds[i] = Choice(options=list(range(int(high) + 1)))
            elif low < high:
                ends = (int(low), int(high)) if whole else (low, high)
                kinds[i] = (Integer if whole else Real)(bounds=ends)
    if not kinds:
        return None
    columns = list(kinds)

    def points(rows: Any) -> NDArray:
        whole = np.tile(start.astype(float), (len(rows), 1))
        whole[:, columns] = _lists(rows)
        if isinstance(space, Mixed):
            return space.restore(whole)
        return space.decode(whole) if isinstance(space, Box) else whole.astype(space.dtype)

    operators: dict[str, Any] = {}
    if algorithm == "GA":  # MixedVariableGA has them as its defaults
        unequal = MixedVariableDuplicateElimination()
        operators = {
            "sampling": MixedVariableSampling(),
            "mating": MixedVariableMating(eliminate_duplicates=unequal),
            "eliminate_duplicates": unequal,
        }
    first = {i: start[i].item() for i in columns}
    return PymooForm({"vars": kinds}, points, first, operators)


def _lists(rows: Any) -> list[list[float]]:
    """Return the values of pymoo's mixed rows, each a dictionary by variable."""
    return [list(row.values()) for row in np.asarray(rows).ravel()]


def _bit_operators() -> dict[str, Any]:
    from pymoo.operators.crossover.pntx import TwoPointCrossover
    from pymoo.operators.mutation.bitflip import BitflipMutation
    from pymoo.operators.sampling.rnd import BinaryRandomSampling

    return {
        "sampling": BinaryRandomSampling(),
        "crossover": TwoPointCrossover(),
        "mutation": BitflipMutation(),
    }


def _integer_operators() -> dict[str, Any]:
    from pymoo.operators.crossover.sbx import SBX
    from pymoo.operators.mutation.pm import PM
    from pymoo.operators.repair.rounding import RoundingRepair
    from pymoo.operators.sampling.rnd import IntegerRandomSampling

    rounded = {"prob": 1.0, "eta": 3.0, "vtype": float, "repair": RoundingRepair()}
    return {
        "sampling": IntegerRandomSampling(),
        "crossover": SBX(**rounded),
        "mutation": PM(**rounded),
    }
