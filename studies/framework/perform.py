"""A study from its plan to its files: runs, finding, picture and page."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from comparison.results import Results
from comparison.results.store import Store
from comparison.running.comparison import compare
from methods.result import Run
from problems.core.usage_error import UsageError
from problems.naming.extra import MissingExtra
from problems.naming.registry import Entry
from studies.framework.finding import Finding, conclude
from studies.framework.study import Study


def load_study(entry: Entry, *, quick: bool = False) -> Study:
    """Build a study: one of `studies.STUDIES`, or ``STUDIES.entry("path/to/file.py:MyStudy")``.

    Raises
    ------
    UsageError
        When what the entry names is not a study, or lacks a part of one.
    MissingExtra
        When it needs what is not installed.
    """
    if entry.missing:
        raise MissingExtra(entry.missing)
    kind = entry.load()
    if not (isinstance(kind, type) and issubclass(kind, Study)):
        raise UsageError(f"{entry.name} is not a study: expected a class that derives from Study")
    missing = sorted(kind.__abstractmethods__)
    missing += [name for name in ("criterion", "claim", "source") if not hasattr(kind, name)]
    if missing:
        raise UsageError(f"{entry.name} is not a whole study: it has no {', '.join(missing)}")
    return kind(quick=quick)


def perform(
    name: str,
    study: Study,
    folder: str | Path,
    *,
    jobs: int = 1,
    progress: Callable[[int, int, Run | None], None] | None = None,
) -> Finding:
    """Make a study's runs that are missing, and write what they show.

    Parameters
    ----------
    name : str
        The study's, or ``path/to/file.py:MyStudy``.
    study : Study
        See `load_study`.
    folder : str or Path
        Where NAME.sqlite, NAME.json, NAME.png and NAME.html are; of a quick study the names
        have a ``-quick``.
    jobs : int
        Runs at a time.
    progress : callable, optional
        Called as ``progress(done, total, run)``.

    Returns
    -------
    Finding

    Raises
    ------
    UsageError
        When the study cannot be run, or nothing can be written.
    StudyFailed
        When runs failed that had to be there.
    """
    from comparison.figures.export import save
    from studies.framework.page import render

    begun = perf_counter()
    plan = study.plan()
    if not plan.cells():
        raise UsageError(f"{name}: expected a plan of some runs, not of none")
    name = name.rpartition(":")[2]
    files = Path(folder) / f"{name}{'-quick' * study.quick}"
    try:
        files.parent.mkdir(parents=True, exist_ok=True)
        database = f"{files}.sqlite"
        with Store(database) as store:
            done = compare(plan, store, jobs=jobs, progress=progress)
        if store.rescued:
            raise ValueError(store.rescued)
        if done.unkept:
            raise UsageError(f"{done.unkept}; the same command goes on from there")
        made = [run for run in done.runs if run.ended != "unsupported"]
        finding = conclude(name, study, Results(database, made))
        seconds = perf_counter() - begun
        # Where no run was made, the time is that of when they were.
        before = _seconds(Path(f"{files}.json")) if not done.made else None
        finding = replace(finding, seconds=seconds if before is None else before)
        finding.write_json(Path(f"{files}.json"))
        save(finding.specification, f"{files}.png")
        Path(f"{files}.html").write_text(render(finding), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"folder {folder}: {error.strerror}") from None
    return finding


def _seconds(file: Path) -> float | None:
    """Return the time that a finding's file states, None where there is none."""
    try:
        seconds = json.loads(file.read_text(encoding="utf-8"))["seconds"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return float(seconds) if isinstance(seconds, (int, float)) else None
