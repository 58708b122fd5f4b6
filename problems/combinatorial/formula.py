"""Propositional formulas in conjunctive normal form: named, random, and from a file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from problems.combinatorial.instance_file import named_instance, read_lines, words
from problems.core.reference import Reference

#: Larger formulas are refused rather than allocated.
MOST_VARIABLES, MOST_CLAUSES, MOST_LITERALS = 20_000, 200_000, 1_000_000


@dataclass(frozen=True)
class Formula:
    """Clauses over Boolean variables.

    Parameters
    ----------
    name : str
    variables : int
    clauses : list of list of int
        Literals as in DIMACS: variable v, counted from 1, is v or, negated, −v.
        Each occurs once in a clause; nothing satisfies an empty one.
    fewest : Reference or None
        Fewest unsatisfied clauses, where that is known.
    """

    name: str
    variables: int
    clauses: list[list[int]]
    fewest: Reference | None = None


def named_formula(name: str) -> Formula:
    """Build a formula from its definition.

    ``signs-k`` has all 2^k clauses over k variables (1 to 12): an assignment
    falsifies exactly one. ``pigeonhole-h`` puts h + 1 pigeons into h holes (1 to
    15): variable (p, q) says that pigeon p sits in hole q; every pigeon sits
    somewhere, no two in one hole. Resolution needs exponentially long proofs that
    this is impossible (Haken 1985, "The intractability of resolution").

    Raises
    ------
    ValueError
        When there is no such formula.
    """
    families = (
        (r"signs-(\d+)", range(1, 13), _signs),
        (r"pigeonhole-(\d+)", range(1, 16), _pigeonhole),
    )
    return named_instance("formula", name, families, "signs-4 or pigeonhole-3, or other sizes")


def _signs(name: str, n: int) -> Formula:
    clauses = [[s * (v + 1) for v, s in enumerate(row)] for row in product((1, -1), repeat=n)]
    fewest = Reference(1.0, "closed form", "each assignment falsifies one clause")
    return Formula(name, n, clauses, fewest)


def _pigeonhole(name: str, n: int) -> Formula:
    clauses = [[p * n + q + 1 for q in range(n)] for p in range(n + 1)]
    for q in range(n):
        sits = [p * n + q + 1 for p in range(n + 1)]
        clauses += [[-a, -b] for a, b in combinations(sits, 2)]
    fewest = Reference(1.0, "closed form", "unsatisfiable, but one pigeon may stay out")
    return Formula(name, n * (n + 1), clauses, fewest)


def random_formula(rng: np.random.Generator, variables: int, clauses: int, width: int) -> Formula:
    """Draw clauses uniformly: `width` different variables, each negated or not.

    The fixed clause-length model of Mitchell, Selman and Levesque (1992), "Hard
    and easy distributions of SAT problems".

    Parameters
    ----------
    rng : Generator
    variables, clauses : int
        How many of each.
    width : int
        Literals of a clause.
    """
    # Floyd's sampling without replacement, for all clauses at once.
    chosen = np.empty((clauses, width), dtype=np.int64)
    for k in range(width):
        last = variables - width + k
        drawn = rng.integers(0, last + 1, clauses)
        taken = (chosen[:, :k] == drawn[:, None]).any(axis=1)
        chosen[:, k] = np.where(taken, last, drawn)
    signs = 2 * rng.integers(0, 2, chosen.shape) - 1
    return Formula(f"random {width}-SAT", variables, (signs * (chosen + 1)).tolist())


def read_cnf(path: str) -> Formula:
    """Read a formula in the DIMACS CNF format (1993, "Satisfiability: suggested format").

    Lines that begin with ``c`` are comments; ``p cnf variables clauses`` comes
    first; then the literals of each clause, ended by 0, with any line ends
    between. A line that begins with ``%`` ends the file, as in SATLIB. A literal
    that a clause repeats counts once.
    A clause may be empty; there is at least one.

    Raises
    ------
    FormatError
        Naming file and line.
    """
    head, *lines = read_lines(path, comments="c")
    match head.words:
        case ["p", "cnf", first, second]:
            variables = head.whole(first, 1, MOST_VARIABLES)
            promised = head.whole(second, 1, MOST_CLAUSES)
        case _:
            head.fail(f"expected 'p cnf variables clauses', not {head.text[:40]!r}")
    end = next((k for k, line in enumerate(lines) if line.text[0] == "%"), len(lines))
    clauses: list[list[int]] = []
    clause: dict[int, None] = {}
    for count, (line, word) in enumerate(words(lines[:end]), start=1):
        if len(clauses) == promised:
            line.fail(f"expected the file to end after {promised} clauses")
        literal = line.whole(word, -variables, variables)
        if count > MOST_LITERALS + MOST_CLAUSES:
            line.fail(f"expected at most {MOST_LITERALS} literals")
        if literal:
            clause[literal] = None
        else:
            clauses.append(list(clause))
            clause = {}
    last = lines[end - 1] if end else head
    if clause:
        last.fail("the last clause is not ended by 0")
    if len(clauses) < promised:
        last.fail(f"the file ends after {len(clauses)} of {promised} clauses")
    return Formula(Path(path).stem, variables, clauses)


def columns(clauses: Iterable[list[int]]) -> list[NDArray[np.int64]]:
    """Return the first literals of all clauses, the second ones, …; longest clauses first.

    The t-th array has one literal of each clause with more than t of them, so that
    clauses of unequal lengths need no padding. The first array is there even where no
    clause has a literal.
    """
    ordered = sorted(clauses, key=len, reverse=True)
    width = max([1, *map(len, ordered)])
    return [np.array([c[t] for c in ordered if len(c) > t], dtype=np.int64) for t in range(width)]
