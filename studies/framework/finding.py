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
    study : Study
    title : str
        The first line of its docstring.
    text : str
        The rest of it.
    verdict : Verdict
    tables : dict of str to list of dict
        What was measured.
    origin : dict of str to str
        Seeds, data, machine, versions.
    specification : dict
        The figure, for Vega-Lite.
    seconds : float
        Wall time of all of it, when its runs were made.
    """

    name: str
    study: Study
    title: str
    text: str
    verdict: Verdict
    tables: Tables
    origin: Mapping[str, str]
    specification: dict[str, Any]
    seconds: float = 0.0

    @property
    def file_name(self) -> str:
        """What its files are called, without their endings."""
        return f"{self.name}{'-quick' * self.study.quick}"

    @property
    def judgement(self) -> str:
        """Whether the criterion was met, as it is printed everywhere."""
        return "met" if self.verdict.met else "not met"

    @property
    def made(self) -> str:
        """How many runs it was made from, and on which data."""
        of = self.origin
        counts = [
            f"{of[name]} {name.removesuffix('s') if of[name] == '1' else name}"
            for name in ("runs", "seeds", "instances")
            if name != "instances" or of.get(name, "1") != "1"
        ]
        return ", ".join([*counts, of.get("data", "no corpus")])

    @property
    def numbers(self) -> list[str]:
        """The numbers of the verdict, each behind its name."""
        return [f"{name} {number_text(n)}" for name, n in self.verdict.numbers.items()]

    @property
    def lines(self) -> list[str]:
        """What the command line prints."""
        small = "; --quick: too little to conclude from" * self.study.quick
        return [
            f"{self.name}: {self.title}",
            f"  {self.verdict.sentence}",
            f"  criterion {self.judgement}: {self.study.criterion}",
            *(["  " + ", ".join(self.numbers)] if self.numbers else []),
            f"  {self.made}; {self.seconds:.0f} s{small}",
        ]

    def write_json(self, path: Path) -> None:
        """Write all but the figure as JSON."""
        data = {
            "study": self.name,
            "quick": self.study.quick,
            "criterion": self.study.criterion,
            "met": self.verdict.met,
            "sentence": self.verdict.sentence,
            "numbers": finite(self.verdict.numbers),
            "origin": self.origin,
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
    tables = {name: [*map(finite, rows)] for name, rows in study.measure(results).items()}
    title, text = title_and_text(study)
    return Finding(
        name=name,
        study=study,
        title=title or name,
        text=text,
        verdict=study.judge(tables),
        tables=tables,
        origin={row["what"]: row["value"] for row in origin_rows(results)},
        specification=specification(study.draw(tables)),
    )


def number_text(value: Any) -> str:
    """Show a number with four significant digits.

    Examples
    --------
    >>> number_text(0.123456), number_text(12001.5), number_text("all"), number_text(None)
    ('0.1235', '12,000', 'all', '—')
    """
    if value is None or _not_finite(value):
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
    return {name: None if _not_finite(v) else v for name, v in plain.items()}


def _not_finite(value: Any) -> bool:
    """Return whether a value is a number that is none, or infinite."""
    return isinstance(value, float) and not math.isfinite(value)
