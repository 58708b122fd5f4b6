"""COCO's format of data on BBOB's functions, as its loggers write it and cocopp reads it.

Hansen, Auger, Ros, Mersmann, Tušar & Brockhoff (2021), "COCO: a platform for comparing
continuous optimizers in a black-box setting", Optimization Methods and Software 36(1),
114–144. The format is ``bbob-new2``: the best value of ``.dat`` files is aligned by
targets, that of ``.tdat`` files by evaluations.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from comparison.export.evaluation_curve import (
    CountedRun,
    bbob_function,
    counted_runs,
    with_evaluations,
)
from comparison.export.new_folder import file_names
from comparison.harmless import for_terminal
from comparison.results.run_json import limits
from methods.result import Run
from problems.continuous.bbob import PRECISION
from problems.core.usage_error import UsageError

if TYPE_CHECKING:
    from comparison.results import Results


def write_coco(results: Results, folder: Path) -> list[str]:
    """Write a folder an algorithm, with a ``.info`` file a function of BBOB.

    An algorithm is a contender, and where the file has several budgets one with its budget.

    Returns
    -------
    list of str
        What was written, and what was left out and why.

    Raises
    ------
    UsageError
        When the file has no runs on BBOB's functions.
    """
    own = [run for run in results if run.problem == "bbob"]
    if not own:
        others = ", ".join(dict.fromkeys(run.problem for run in results))
        raise UsageError(f"COCO's format holds runs on the problem bbob; there is only {others}")
    runs, left_out = with_evaluations(results, own, "COCO")
    if len(own) < len(results):
        left_out.append(f"left out: {len(results) - len(own):,} runs on other problems than bbob")
    algorithms = _algorithms(results, runs)
    names = file_names(algorithms.values())
    blocks: dict[tuple[str, int, int], list[Run]] = {}
    for run in sorted(runs, key=lambda run: (run.instance, run.seed)):
        where = algorithms[run.key], *bbob_function(run)
        blocks.setdefault(where, []).append(run)
    for (algorithm, function, dimension), block in sorted(blocks.items()):
        place = folder / names[algorithm]
        data = Path(f"data_f{function}") / f"bbobexp_f{function}_DIM{dimension}.dat"
        (place / data).parent.mkdir(parents=True, exist_ok=True)
        counted = counted_runs(results, block)
        _write(place / data, counted)
        _write((place / data).with_suffix(".tdat"), map(_by_evaluations, counted))
        ends = ", ".join(
            f"{run.instance + 1}:{evaluations[-1]}|{gaps[-1] - PRECISION:.1e}"
            for run, _, evaluations, gaps in counted
        )
        name = for_terminal(algorithm).replace("'", "")  # with which a reader ends the name
        version = for_terminal(block[0].versions.get("beyond-gradient", ""))
        with (place / f"bbobexp_f{function}.info").open("a", encoding="utf-8") as info:
            info.write(
                f"suite = 'bbob', funcId = {function}, DIM = {dimension}, "
                f"Precision = {PRECISION:.3e}, algId = '{name}', coco_version = '2.6', "
                f"logger = 'bbob-new2', data_format = 'bbob-new2'\n"
                f"% written by beyond-gradient {version}\n"
                f"{data.as_posix()}, {ends}\n"
            )
    functions = len({(function, dimension) for _, function, dimension in blocks})
    written = f"{len(names)} algorithms, {functions} functions in a dimension, {len(runs):,} runs"
    return [written, *left_out]


def _algorithms(results: Results, runs: list[Run]) -> dict[str, str]:
    """Return each run's algorithm: runs of several budgets must not be pooled."""
    of_run = {run.key: limits(asdict(run.budget)) for run in runs}
    names = ("work", "seconds", "target")
    several = [name for name in names if len({limit[name] for limit in of_run.values()}) > 1]
    return {
        run.key: " ".join(
            [results.contender(run), *(f"{name}={of_run[run.key][name]}" for name in several)]
        )
        for run in runs
    }


def _write(path: Path, runs: Iterable[CountedRun]) -> None:
    """Write a data file: for each run a line that begins with %, and its rows."""
    with path.open("w", encoding="ascii") as file:
        for _, zero, evaluations, gaps in runs:
            file.write(
                "% f evaluations | g evaluations | best noise-free fitness - Fopt "
                f"({zero:.12e}) + sum g_i+ | measured fitness | best measured fitness or "
                "single-digit g-values | x1 | x2...\n"
            )
            for count, gap in zip(evaluations.tolist(), gaps.tolist(), strict=True):
                file.write(f"{count} 0 {gap:+.9e} {zero + gap:+.9e} {zero + gap:+.9e}\n")


def _by_evaluations(run: CountedRun) -> CountedRun:
    """Return a run at COCO's evaluation counts, twenty a decade, and at its end."""
    end = int(run.evaluations[-1])
    grid = np.floor(10 ** (np.arange(20 * (len(str(end)) + 1)) / 20)).astype(np.int64)
    counts = np.unique(np.append(grid[grid < end], end))
    gaps = run.gaps[np.searchsorted(run.evaluations, counts, side="right") - 1]
    return run._replace(evaluations=counts, gaps=gaps)
