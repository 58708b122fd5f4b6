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

from comparison.export.evaluation_curve import (
    CountedRun,
    bbob_function,
    counted_runs,
    gap_to,
    with_evaluations,
)
from comparison.export.new_folder import file_names
from comparison.harmless import in_all_texts
from methods.result import Run
from problems.core.ledger import GRADIENT_PRICE

if TYPE_CHECKING:
    from comparison.results import Results

#: The version of IOHexperimenter whose layout this is.
LAYOUT = "0.3.22"
#: Identifiers below are left to the suites that number their functions.
FIRST_ID, IDS = 1000, 2**16


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
    runs, left_out = with_evaluations(results, results, "IOHprofiler")
    contenders = file_names(map(results.contender, runs))
    problems = file_names(map(results.problem, runs))
    ids = function_ids(runs)
    for label, slug in problems.items():
        group = [run for run in runs if results.problem(run) == label]
        counted = counted_runs(results, group)
        # One for all: a relaxation may have other parameters than the space has variables.
        dimension = Counter(run.dimension for run in group).most_common(1)[0][0]
        number = ids[group[0].key]
        name = f"f{number}_{slug}"
        for contender in dict.fromkeys(map(results.contender, group)):
            mine = [each for each in counted if results.contender(each.run) == contender]
            first = mine[0].run
            place = folder / contenders[contender]
            data = f"data_{name}/IOHprofiler_f{number}_DIM{dimension}.dat"
            (place / data).parent.mkdir(parents=True)
            (place / data).write_text(_rows(mine), encoding="ascii")
            zeros = {gap_to(results, each.run)[1] for each in mine}
            about = {
                "version": LAYOUT,
                "suite": "BBOB" if first.problem == "bbob" else "beyond-gradient",
                "function_id": number,
                "function_name": label,
                "maximization": False,
                "algorithm": {"name": contender, "info": _info(first)},
                "experiment_attributes": [
                    {"family": _quoted(results.family(first))},
                    {"gap_to": _quoted("; ".join(sorted(zeros)))},
                    {"gradient_price": GRADIENT_PRICE},
                ],
                "attributes": ["evaluations", "raw_y"],
                "scenarios": [
                    {
                        "dimension": dimension,
                        "path": data,
                        "runs": [_run(results, each) for each in mine],
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
    ids = {_identity(run): bbob_function(run)[0] for run in runs if run.problem == "bbob"}
    taken: set[int] = set()
    for identity in sorted({*identities.values()} - ids.keys()):
        number = int.from_bytes(hashlib.sha256(json.dumps(identity).encode()).digest()[:8])
        while (free := FIRST_ID + number % (IDS - FIRST_ID)) in taken:
            number += 1
        taken.add(free)
        ids[identity] = free
    return {key: ids[identity] for key, identity in identities.items()}


def _identity(run: Run) -> tuple[str, str]:
    data = [run.problem_options, run.fingerprint, run.provenance.get("problem_file", "")]
    return run.problem, json.dumps(data, sort_keys=True, default=str)


def _rows(runs: Iterable[CountedRun]) -> str:
    """Return the text of a ``.dat`` file.

    IOHinspector drops a row whose ``raw_y`` equals the one before, even if that is another
    run's; a first row is raised by one part in 10^16 then.
    """
    lines = ["evaluations raw_y"]
    before = 0.0
    for _, _, evaluations, gaps in runs:
        gaps = gaps.copy()
        if gaps[0] == before:
            gaps[0] = np.nextafter(gaps[0], np.inf)
        lines += [f"{e} {y!r}" for e, y in zip(evaluations.tolist(), gaps.tolist(), strict=True)]
        before = gaps.min()
    return "\n".join(lines) + "\n"


def _run(results: Results, counted: CountedRun) -> dict[str, Any]:
    run, gaps = counted.run, counted.gaps.tolist()
    evaluations = counted.evaluations.tolist()
    return {
        "instance": run.instance + 1 if run.problem == "bbob" else run.instance,
        "evals": evaluations[-1],
        "best": {"evals": evaluations[gaps.index(gaps[-1])], "y": gaps[-1], "x": []},
        "seed": run.seed,
        "key": run.key,
        "gaps_from": counted.zero,
        "ended": results.standing(run).ended,
    }


def _info(run: Run) -> str:
    options = ", ".join(f"{name}={value}" for name, value in run.method_options.items())
    return f"beyond-gradient {run.versions.get('beyond-gradient', '')} {run.method}({options})"


def _quoted(text: str) -> str:
    """Return text as a Python literal: IOHinspector *evaluates* an attribute's value."""
    return repr(text)
