"""The study `best-of-n` judged by hand-made numbers, and what it measures by known answers."""

from __future__ import annotations

import pytest

from studies.best_of_n import BINARY, GRADED, NOISES, BestOfN

HEAVY, NORMAL = NOISES


def tables(inside=True, kl=0.5, heavy=(0, 4, 1), normal=(0, 4, 4), proxy=(1, 2, 3)):
    curve = {"n": 2, "exact": 1.0, "estimated": 1.1, "bootstrapped": 1.25, "inside": inside}
    noisy = [
        {"noise": name, "seed": seed, "n": n, "proxy": chosen, "held-out": worth}
        for name, scores in {HEAVY: heavy, NORMAL: normal}.items()
        for seed in (0, 1)
        for n, chosen, worth in zip((1, 2, 4), proxy, scores, strict=True)
    ]
    return {
        "curves": [{**curve, "reward": r, "seed": s} for r in (GRADED, BINARY) for s in (0, 1)],
        "kl": [{"n": 1, "kl": 0.0, "bound": 0.0}, {"n": 2, "kl": kl, "bound": 0.6}],
        "noisy": noisy,
    }


def test_it_is_met_where_bands_and_bound_hold_and_only_heavy_tails_turn_down():
    verdict = BestOfN().judge(tables())
    assert verdict.met
    assert verdict.sentence.startswith(
        "4 of 4 bands hold the exact curve; the best of all draws is estimated +0.10 nats off, by "
        "bootstrap +0.25; a 0/1 reward leads 0.50 nats away, not 0.60; by a heavy-tailed one the "
        "held-out score is best at n = 2, and loses 75% of its rise (over half in 2 of 2 noises)"
    )
    assert verdict.numbers["bound - KL, at least"] == pytest.approx(0.1)


@pytest.mark.parametrize(
    "broken",
    [
        {"inside": False},
        {"kl": 0.6},  # not below the bound
        {"heavy": (0, 4, 3)},
        {"proxy": (1, 3, 3)},  # the proxy no longer rises
        {"normal": (0, 4, 1)},
    ],
)
def test_it_is_not_met_where_any_of_it_fails(broken):
    assert not BestOfN().judge(tables(**broken)).met


# ------------------------------------------------------------------------------ curves


# ------------------------------------------------------------------------------- noise
