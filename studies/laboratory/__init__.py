"""How a study is declared, made, judged, drawn and told; its vocabulary in one import."""

from comparison.results import Results
from comparison.sweep import Sweep
from comparison.task import Task
from problems.ledger import Budget
from studies.laboratory.costs import best_by, cost_to_reach, thinned
from studies.laboratory.figures import Axis, curves, level, panels, surface, theory
from studies.laboratory.fits import exponent, exponents, minimum_between
from studies.laboratory.last_iterate import last_iterate
from studies.laboratory.lines import random_line
from studies.laboratory.paths import ways_down
from studies.laboratory.rows import groups, median, medians, summary, where
from studies.laboratory.search_spaces import settings
from studies.laboratory.study import Chart, Row, Study, Tables, Verdict
from studies.laboratory.trials import contests, trials_to_win

__all__ = [
    "Axis",
    "Budget",
    "Chart",
    "Results",
    "Row",
    "Study",
    "Sweep",
    "Tables",
    "Task",
    "Verdict",
    "best_by",
    "contests",
    "cost_to_reach",
    "curves",
    "exponent",
    "exponents",
    "groups",
    "last_iterate",
    "level",
    "median",
    "medians",
    "minimum_between",
    "panels",
    "random_line",
    "settings",
    "summary",
    "surface",
    "theory",
    "thinned",
    "trials_to_win",
    "ways_down",
    "where",
]
