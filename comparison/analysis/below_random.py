"""Which contenders are worse than drawing at random, and what they assume that does not hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np

from comparison.analysis.differences import LEVEL
from comparison.analysis.keys import place_name
from comparison.analysis.row import Row
from comparison.results.facts import facts_of
from comparison.statistics.missing import filled
from comparison.statistics.significance import holm, rank_sum, smallest_p_rank_sum
from comparison.statistics.tolerance import merge_ties
from methods import METHODS

#: What draws at random, whose runs those of the others stand beside.
RANDOM = "random-search"


def below_random(rows: Sequence[Row]) -> list[str]:
    """Return a note of the contenders that are significantly worse than random search.

    The test is Mann and Whitney's of the runs of each against those of `random-search` on the
    same instance, one-sided, corrected by Holm for all that are tested on it. Methods that draw
    no random numbers are not tested.

    Parameters
    ----------
    rows : sequence of Row
        Of one instance after the other.

    Returns
    -------
    list of str
        Empty without runs of `random-search`, or where none is worse.
    """
    worse: dict[str, list[str]] = defaultdict(list)
    assumptions: dict[str, list[str]] = defaultdict(list)
    tested, seeds = 0, 0
    for (problem, instance), group in groupby(rows, key=lambda row: (row.problem, row.instance)):
        members = [row for row in group if row.made and facts_of(row.runs[0]).seeded]
        random = next((row for row in members if row.method == RANDOM), None)
        others = [row for row in members if row is not random and not row.white_box]
        if random is None or not others:
            continue
        place = place_name(problem, instance)
        most = max(len(row.made) for row in others)
        if smallest_p_rank_sum(len(random.made), most) / 2 * len(others) >= LEVEL:
            tested, seeds = max(tested, len(others)), min(len(random.made), most)
            continue
        for row, p in zip(others, holm([_worse(row, random) for row in others]), strict=True):
            if p is not None and p < LEVEL:
                worse[row.method].append(place)
                entry = METHODS.named(row.runs[0].method)
                assumptions[entry.assumes if entry else ""].append(row.method)
    return [*_sentences(worse, assumptions), *_untested(tested, seeds)]


def _worse(row: Row, random: Row) -> float:
    """Return the one-sided p-value that a row's runs are no worse than random search's."""
    values = merge_ties(filled(run.value for run in [*row.made, *random.made]), row.reference)
    ours, draws = np.split(values, [len(row.made)])
    test = rank_sum(ours, draws, alpha=2 * LEVEL)  # one-sided at half of that
    higher = test.statistic is not None and test.statistic > len(ours) * len(draws) / 2
    return 1.0 if test.p is None or not higher else test.p / 2


def _sentences(worse: dict[str, list[str]], assumptions: dict[str, list[str]]) -> Iterator[str]:
    """Yield who is worse and where, and a line for each thing that some of them assume."""
    if worse:
        where = "; ".join(f"{method} on {', '.join(places)}" for method, places in worse.items())
        yield f"significantly worse than {RANDOM} (rank-sum test, Holm): {where}."
    for assumption, methods in assumptions.items():
        if assumption:
            yield f"{', '.join(dict.fromkeys(methods))}: {assumption}."


def _untested(contenders: int, seeds: int) -> Iterator[str]:
    """Yield how many seeds it takes to tell whether so many contenders are worse."""
    if contenders:
        least = next(n for n in range(2, 100) if smallest_p_rank_sum(n, n) / 2 * contenders < LEVEL)
        yield (
            f"{seeds} seed{'s' * (seeds != 1)} cannot show which of {contenders} contenders are "
            f"worse than {RANDOM}: it takes {least}."
        )
