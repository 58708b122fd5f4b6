"""Learning-rate schedules, as functions of the share of a run that has been used."""

from __future__ import annotations

import math
from typing import Literal

Schedule = Literal["constant", "linear-warmup", "triangular", "cosine"]

#: Where the rise ends by default: `cut_frac` of Howard and Ruder (2018, "Universal
#: language model fine-tuning for text classification").
WARMUP = 0.1


def warmup_of(schedule: Schedule, warmup: float | None) -> float:
    """Return the share of a run in which the rate rises, the schedule's own by default.

    That is 0.1 for ``linear-warmup`` and ``triangular`` (Howard and Ruder 2018) and
    0 for ``cosine``, which has no warm-up in Loshchilov and Hutter (2017).

    Raises
    ------
    ValueError
        When the schedule has no warm-up.
    """
    if warmup is None:
        return WARMUP if schedule in ("linear-warmup", "triangular") else 0.0
    if schedule == "constant":
        raise ValueError(
            f"warmup={warmup:g}: expected none, as a constant rate has no warm-up; "
            "choose schedule=linear-warmup, triangular or cosine"
        )
    return warmup


def rate_factor(schedule: Schedule, warmup: float, progress: float) -> float:
    """Return what the peak learning rate is multiplied by.

    Parameters
    ----------
    schedule : str
        ``constant``: 1. The others rise linearly from 0 to 1 over the warm-up; then
        ``linear-warmup`` stays there (the gradual warm-up of Goyal et al. 2017, "Accurate,
        large minibatch SGD"), ``triangular`` falls linearly to 0 at the end, and
        ``cosine`` falls to 0 as ½ (1 + cos πt) (Loshchilov and Hutter 2017, "SGDR:
        stochastic gradient descent with warm restarts", here without restarts).
    warmup : float
        The share of the run after which the peak is reached; 0 begins at the peak.
    progress : float
        The share of the run that has been used, 0 to 1.
    """
    if schedule == "constant":
        return 1.0
    if progress < warmup:
        return progress / warmup
    if schedule == "linear-warmup" or warmup == 1:
        return 1.0
    fall = min((progress - warmup) / (1 - warmup), 1.0)
    return 1 - fall if schedule == "triangular" else 0.5 * (1 + math.cos(math.pi * fall))
