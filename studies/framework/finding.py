"""A study's outcome: its verdict, tables, figure and origin."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from comparison.analysis.origin import origin_rows
from comparison.report.packing import rounded
from comparison.results import Results
from studies.framework.description import title_and_text
from studies.framework.study import Row, Study, Tables, Verdict


@dataclass(frozen=True)
class Finding:
    """The outcome of a study.

    Attributes
    ----------
    name : str
        The study's name.
    title : str
        The first line of its docstring.
    text : str
        The rest of it.
    criterion, claim, source : str
        See `Study`.
    quick : bool
        Whether it was made on too little to conclude from.
    verdict : Verdict
    tables : dict of str to list of dict
        What was measured.
    origin : list of dict
        ``what`` and ``value``: seeds, data, machine, versions.
    specification : dict
        The figure, for Vega-Lite.
    seconds : float
        Wall time of all of it, when its runs were made.
    """

    name: str
    title: str
    text: str
    criterion: str
    claim: str
    source: str
    quick: bool
    verdict: Verdict
    tables: Tables
    origin: Sequence[Row]
    specification: dict[str, Any]
    seconds: float = 0.0

    @property
    def file_name(self) -> str:
        """What its files are called, without their endings."""
        return f"{self.name}{'-quick' * self.quick}"

    @property
    def judgement(self) -> str:
        """Whether the criterion was met, as it is printed everywhere."""
        return "met" if self.verdict.met else "not met"

    @property
    def made(self) -> str:
        """How many runs it was made from, and on which data."""
        of = {row["what"]: row["value"] for row in self.origin}
        counted = {"runs": "run", "seeds": "seed", "instances": "instance"}
        counts = [
            f"{of[name]} {one}{'s' * (of[name] != '1')}"
            for name, one in counted.items()
            if name != "instances" or of.get(name, "1") != "1"
        ]
        return ", ".join([*counts, of.get("data", "no corpus")])

    @property
    def lines(self) -> list[str]:
        """What the command line prints."""
        shown = ", ".join(f"{name} {number_text(n)}" for name, n in self.verdict.numbers.items())
        return [
            f"{self.name}: {self.title}",
            f"  {self.verdict.sentence}",
            f"  criterion {self.judgement}: {self.criterion}",
            *([f"  {shown}"] if shown else []),
            f"  {self.made}; {self.seconds:.0f} s"
            + "; --quick: too little to conclude from" * self.quick,
        ]

    def write_json(self, path: Path) -> None:
        """Write all but the figure as JSON."""
        data = {
            "study": self.name,
            "quick": self.quick,
            "criterion": self.criterion,
            "met": self.verdict.met,
            "sentence": self.verdict.sentence,
            "numbers": finite(self.verdict.numbers),
            "origin": {row["what"]: row["value"] for row in self.origin},
            "seconds": round(self.seconds, 1),
            "tables": {name: list(rows) for name, rows in self.tables.items()},
        }
        path.write_text(json.dumps(data, indent=1, allow_nan=False) + "\n", encoding="utf-8")


class StudyFailed(Exception):  # noqa: N818 - reads as what happened
    """Runs failed that had to be there; they are in the study's results file."""


def conclude(name: str, study: Study, results: Results) -> Finding:
    """Measure, judge and draw a study from its runs.

    Raises
    ------
    StudyFailed
        When runs failed in a way that is no part of the experiment.
    """
    from comparison.figures.export import specification

    failed = [run for run in results if run.failed and run.ended not in study.can_fail]
    if failed:
        run = failed[0]
        raise StudyFailed(
            f"{name}: {len(failed)} of {len(results)} runs failed, the first of them "
            f"{run.method} on {run.problem}, instance {run.instance}, seed {run.seed}: "
            f"{run.ended}: {' '.join(run.message.split())}"
        )
    tables = study.measure(results)
    tables = {table: [*map(finite, rows)] for table, rows in tables.items()}
    title, text = title_and_text(study)
    return Finding(
        name=name,
        title=title or name,
        text=text,
        criterion=study.criterion,
        claim=study.claim,
        source=study.source,
        quick=study.quick,
        verdict=study.judge(tables),
        tables=tables,
        origin=list(origin_rows(results)),
        specification=specification(study.draw(tables)),
    )


def number_text(value: Any) -> str:
    """Show a number with four significant digits.

    Examples
    --------
    >>> number_text(0.123456), number_text(12001.5), number_text("all"), number_text(None)
    ('0.1235', '12,000', 'all', '—')
    """
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return "—"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    short = float(rounded(value, 4))
    return f"{int(short):,}" if short.is_integer() else f"{short:,}"


def texts(rows: Sequence[Row]) -> list[list[str]]:
    """Return rows as they are listed, the names of their columns first.

    Examples
    --------
    >>> texts([{"way": "a", "work": 1234.6}, {"way": "b"}])
    [['way', 'work'], ['a', '1,235'], ['b', '—']]
    """
    titles = list(dict.fromkeys(key for row in rows for key in row))
    return [titles, *([number_text(row.get(title)) for title in titles] for row in rows)]


def finite(row: Mapping[str, Any]) -> Row:
    """Return a row that JSON can hold: numbers are Python's own, what is not finite is None.

    Examples
    --------
    >>> finite({"x": float("inf"), "y": 1})
    {'x': None, 'y': 1}
    """
    plain = {name: v.item() if hasattr(v, "item") else v for name, v in row.items()}
    return {
        name: None if isinstance(v, float) and not math.isfinite(v) else v
        for name, v in plain.items()
    }
