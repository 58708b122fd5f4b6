"""The study `warmup` judged by hand-made numbers, and the sensitivity to the learning rate."""

from __future__ import annotations

import numpy as np
import pytest

from studies.warmup import NAMES, SIZES, Warmup


def tables(*sensitivities, best=0.6):
    rows = [
        {"width": width, "setting": name, "best": 0.6, "sensitivity": value}
        for width in SIZES
        for name, value in zip(NAMES, sensitivities, strict=True)
    ]
    rows[-1]["best"] = best
    return {"medians (nats)": rows, "runs": [{"seed": 0}, {"seed": 1}]}


@pytest.mark.parametrize(
    ("sensitivities", "best", "met"),
    [
        ((0.5, 0.4, 0.4, 0.3, 0.2), 0.64, True),
        ((0.5, 0.4, 0.4, 0.3, 0.2), 0.66, False),  # qk-norm comes to another loss
        ((0.5, 0.4, 0.4, 0.3, 0.3), 0.6, False),  # and is only 25 % less sensitive
        ((0.5, 0.4, 0.3, 0.31, 0.2), 0.6, False),  # the longest warmup is more sensitive
    ],
)
def test_it_is_met_where_qk_norm_helps_and_warmup_does_no_harm(sensitivities, best, met):
    verdict = Warmup().judge(tables(*sensitivities, best=best))
    assert verdict.met is met
    _, at, *_, qk = sensitivities
    added = max(np.diff(sensitivities[:-1]))
    assert list(verdict.numbers.values()) == pytest.approx([best - 0.6, 1 - qk / at, added, 2])
    assert f"differ by {best - 0.6:.3f} nats" in verdict.sentence
