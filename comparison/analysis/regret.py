"""Why a solution is worse than the optimum: wrong objective, weak search, generalization."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from comparison.analysis.curves import Evidence
from comparison.analysis.keys import OfContender
from comparison.statistics.median import median
from methods.result import Run


@dataclass(frozen=True)
class RegretParts(OfContender):
    """The parts of a contender's held-out regret on an instance, and their sum, `total`."""

    wrong_objective: float
    weak_search: float
    generalization_gap: float
    total: float


def regret_rows(evidence: Evidence) -> Iterator[RegretParts]:
    """Yield the three parts of each contender's held-out regret, where a surrogate was descended.

    - *wrong objective*: the value of the surrogate's best known point, less the optimum.
      That point is the last iterate of the run with the least surrogate loss; it stands
      for the surrogate's optimum, so more descent may still change it.
    - *weak search*: the contender's value less that. It is negative for a contender that
      searched the objective itself and beat the surrogate.
    - *generalization gap*: the value on held-out data less that on the data searched.

    The parts add up to `total`, the held-out value less the optimum, all medians over seeds.
    """
    results = evidence.results
    for place, groups in evidence.instances.items():
        reference = evidence.reference(place)
        descended = _least_loss(results.on_instance(evidence.first(place)))
        if reference is None or not reference.optimum:
            continue
        if descended is None or descended.last is None:
            continue
        for contender, runs in groups.items():
            value, score = median([run.value for run in runs]), median([run.score for run in runs])
            if value is None or score is None:
                continue
            yield RegretParts(
                *place,
                contender,
                wrong_objective=descended.last - reference.value,
                weak_search=value - descended.last,
                generalization_gap=score - value,
                total=score - reference.value,
            )


def _least_loss(runs: list[Run]) -> Run | None:
    """Return the run whose last iterate has the least surrogate loss."""
    descents = [run for run in runs if run.surrogate is not None and run.last is not None]
    return min(descents, key=lambda run: (run.surrogate, run.last), default=None)
