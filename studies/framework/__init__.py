# ruff: noqa: F401 - what a study's file imports from here is all that it needs
"""How a study is declared, made, judged, drawn and written up; its vocabulary in one import."""

from comparison.results import Results
from comparison.running.sweep import Sweep
from comparison.running.task import Task
from problems.core.ledger import Budget
from studies.framework.costs import best_by, cost_to_reach, thinned
from studies.framework.figures import Axis, curves, level, panels, surface, theory
from studies.framework.fits import (
    exponent,
    exponents,
    minimum_between,
    power_laws,
    rank_correlations,
)
from studies.framework.rows import groups, median, medians, summary, where, wide
from studies.framework.study import Chart, Row, Study, Tables, Verdict
