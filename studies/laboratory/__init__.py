"""How a study is declared, made, judged, drawn and told; its vocabulary in one import."""

from comparison.results import Results
from comparison.sweep import Sweep
from comparison.task import Task
from problems.ledger import Budget
from studies.laboratory.best_of_n import (
    CURVES,
    estimation_errors,
    reward_curves,
    stacked,
    string_curves,
)
from studies.laboratory.costs import best_by, cost_to_reach, thinned
from studies.laboratory.figures import Axis, curves, level, panels, surface, theory
from studies.laboratory.fits import (
    exponent,
    exponent_text,
    exponents,
    minimum_between,
    power_laws,
    rank_correlations,
)
from studies.laboratory.last_iterate import last_iterate
from studies.laboratory.lines import random_line
from studies.laboratory.noisy_proxy import both_scores, chosen_by, chosen_by_noisy, rises_and_falls
from studies.laboratory.paths import ways_down
from studies.laboratory.rows import groups, median, medians, summary, where
from studies.laboratory.search_spaces import settings
from studies.laboratory.sensitivity import final_losses, rate_sensitivities
from studies.laboratory.sequences import KINDS, sequence_gradients
from studies.laboratory.shocked_training import (
    CLIPPINGS,
    SHOCKED,
    damages,
    losses_above,
)
from studies.laboratory.study import Chart, Row, Study, Tables, Verdict
from studies.laboratory.trials import contests, trials_to_win

__all__ = [
    "CLIPPINGS",
    "CURVES",
    "KINDS",
    "SHOCKED",
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
    "both_scores",
    "chosen_by",
    "chosen_by_noisy",
    "contests",
    "cost_to_reach",
    "curves",
    "damages",
    "estimation_errors",
    "exponent",
    "exponent_text",
    "exponents",
    "final_losses",
    "groups",
    "last_iterate",
    "level",
    "losses_above",
    "median",
    "medians",
    "minimum_between",
    "panels",
    "power_laws",
    "random_line",
    "rank_correlations",
    "rate_sensitivities",
    "reward_curves",
    "rises_and_falls",
    "sequence_gradients",
    "settings",
    "stacked",
    "string_curves",
    "summary",
    "surface",
    "theory",
    "thinned",
    "trials_to_win",
    "ways_down",
    "where",
]
