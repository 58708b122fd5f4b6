"""IOHprofiler's format, as the loggers of IOHexperimenter write it and IOHinspector reads it.

de Nobel, Ye, Vermetten, Wang, Doerr & Bäck (2024), "IOHexperimenter: Benchmarking platform
for iterative optimization heuristics", Evolutionary Computation 32(3), 205–210.

A reader finds runs by the rows with ``evaluations`` 1, takes logarithms of ``raw_y``, and
holds identifiers in 16 bits; where one of these fails it loads nothing and does not say so.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from comparison.export.evaluation_curve import (
    bbob_function,
    evaluation_curve,
    from_the_first,
    gap_to,
    with_evaluations,
)
from comparison.export.new_folder import file_names
from comparison.harmless import in_all_texts
from methods.result import Run
from problems.core.ledger import GRADIENT_PRICE
from problems.core.usage_error import UsageError

if TYPE_CHECKING:
    from comparison.results import Results

#: The version of IOHexperimenter whose layout this is.
LAYOUT = "0.3.22"
#: Identifiers below are left to the suites that number their functions.
FIRST_ID, IDS = 1000, 2**16

Curve = tuple[NDArray[np.int64], NDArray[np.float64]]


def write_iohprofiler(results: Results, folder: Path) -> list[str]:
    """Write a folder a contender, with a JSON file a problem and its runs in a ``.dat`` file.

    ``raw_y`` is the gap to the optimum of the run's instance, or, where that is unknown, to
    the best value in the results file, and at least 1e-12. ``evaluations`` is work, rounded
    up. Where there is no value at evaluation 1, ``raw_y`` there is 1e8, the end of
    IOHinspector's scale, or ten times the worst gap of any run on the problem.

    Returns
    -------
    list of str
        What was written, and what was left out and why.

    Raises
    ------
    UsageError
        When no run has evaluations to count.
    """
    runs, left_out = with_evaluations(results, results)
    if not runs:
        raise UsageError("; ".join(["nothing for IOHprofiler", *left_out]))
    contenders = file_names(map(results.contender, runs))
    problems = file_names(map(results.problem, runs))
    ids = function_ids(runs)
    for label, slug in problems.items():
        group = [run for run in runs if results.problem(run) == label]
        zeros = {run.key: gap_to(results, run) for run in group}
        raw = [
            evaluation_curve(run, trace, zeros[run.key][0]) for run, trace in results.traces(group)
        ]
        curves = dict(zip((run.key for run in group), from_the_first(raw), strict=True))
        # One for all: a relaxation may have other parameters than the space has variables.
        dimension = Counter(run.dimension for run in group).most_common(1)[0][0]
        name = f"f{ids[group[0].key]}_{slug}"
        for contender in dict.fromkeys(map(results.contender, group)):
            mine = [run for run in group if results.contender(run) == contender]
            place = folder / contenders[contender]
            data = f"data_{name}/IOHprofiler_f{ids[group[0].key]}_DIM{dimension}.dat"
            (place / data).parent.mkdir(parents=True)
            (place / data).write_text(_rows(curves[run.key] for run in mine), encoding="ascii")
            about = {
                "version": LAYOUT,
                "suite": "BBOB" if mine[0].problem == "bbob" else "beyond-gradient",
                "function_id": ids[group[0].key],
                "function_name": label,
                "maximization": False,
                "algorithm": {"name": contender, "info": _info(mine[0])},
                "experiment_attributes": [
                    {"family": _quoted(results.family(mine[0]))},
                    {"gap_to": _quoted("; ".join(sorted({zeros[r.key][1] for r in mine})))},
                    {"gradient_price": GRADIENT_PRICE},
                ],
                "attributes": ["evaluations", "raw_y"],
                "scenarios": [
                    {
                        "dimension": dimension,
                        "path": data,
                        "runs": [
                            _run(results.standing(run), curves[run.key], zeros[run.key][0])
                            for run in mine
                        ],
                    }
                ],
            }
            text = json.dumps(in_all_texts(about), indent=1, allow_nan=False)
            (place / f"IOHprofiler_{name}.json").write_text(text, encoding="ascii")
    written = f"{len(contenders)} algorithms, {len(problems)} functions, {len(runs):,} runs"
    return [written, *left_out]


def function_ids(runs: Iterable[Run]) -> dict[str, int]:
    """Return a number below 2**16 for each run's problem, by the run's key.

    BBOB's functions keep theirs. For others it is a hash of the problem's name, options and
    data, so that it is the same in every file; in the rare case that two problems of a file
    share one, the next free one.
    """
    runs = list(runs)
    identities = {run.key: _identity(run) for run in runs}
    functions = {_identity(run): bbob_function(run)[0] for run in runs if run.problem == "bbob"}
    ids: dict[tuple[str, str], int] = {}
    taken: set[int] = set()
    for identity in sorted(set(identities.values())):
        if identity in functions:
            ids[identity] = functions[identity]
            continue
        digest = hashlib.sha256(json.dumps(identity).encode()).digest()
        number = int.from_bytes(digest[:8]) % (IDS - FIRST_ID)
        while number in taken:
            number = (number + 1) % (IDS - FIRST_ID)
        taken.add(number)
        ids[identity] = FIRST_ID + number
    return {key: ids[identity] for key, identity in identities.items()}


def _identity(run: Run) -> tuple[str, str]:
    data = [run.problem_options, run.fingerprint, run.provenance.get("problem_file", "")]
    return run.problem, json.dumps(data, sort_keys=True, default=str)


def _rows(curves: Iterable[Curve]) -> str:
    """Return the text of a ``.dat`` file.

    IOHinspector drops a row whose ``raw_y`` equals the one before, even if that is another
    run's; a first row is raised by one part in 10^16 then.
    """
    lines = ["evaluations raw_y"]
    before = 0.0
    for evaluations, gaps in curves:
        gaps = gaps.copy()
        if gaps[0] == before:
            gaps[0] = np.nextafter(gaps[0], np.inf)
        lines += [f"{e} {y!r}" for e, y in zip(evaluations.tolist(), gaps.tolist(), strict=True)]
        before = gaps.min()
    return "\n".join(lines) + "\n"


def _run(run: Run, curve: Curve, zero: float) -> dict[str, Any]:
    evaluations, gaps = (column.tolist() for column in curve)
    at = gaps.index(gaps[-1])
    return {
        "instance": run.instance + 1 if run.problem == "bbob" else run.instance,
        "evals": evaluations[-1],
        "best": {"evals": evaluations[at], "y": gaps[at], "x": []},
        "seed": run.seed,
        "key": run.key,
        "gaps_from": zero,
        "ended": run.ended,
    }


def _info(run: Run) -> str:
    options = ", ".join(f"{name}={value}" for name, value in run.method_options.items())
    return f"beyond-gradient {run.versions.get('beyond-gradient', '')} {run.method}({options})"


def _quoted(text: str) -> str:
    """Return text as a Python literal: IOHinspector *evaluates* an attribute's value."""
    return repr(text)
