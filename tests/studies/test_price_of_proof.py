"""The study `price-of-proof` judged by hand-made numbers."""

from __future__ import annotations

import pytest

from studies.price_of_proof import FIND, OTHERS, PROVE, PriceOfProof


def tables(two_letters, matched):
    """Proved: one letter to 7 bits in 10 s, two letters to 2; at 3 bits as given."""
    rows = [
        {"letters": 1, "bits": 7, "way": FIND, "cpu": 8.0},
        {"letters": 1, "bits": 7, "way": PROVE, "cpu": 10.0},
        *({"letters": 1, "bits": 7, "way": way, "cpu": matched} for way in OTHERS),
        {"letters": 2, "bits": 2, "way": PROVE, "cpu": 1.0},
        {"letters": 2, "bits": 3, "way": PROVE, "cpu": two_letters},
    ]
    return {"runs": rows, "medians": rows}


@pytest.mark.parametrize(
    ("two_letters", "matched", "met"), [(None, None, True), (5.0, None, False), (None, 3.0, False)]
)
def test_it_is_met_where_proof_stops_and_nobody_else_matches(two_letters, matched, met):
    verdict = PriceOfProof().judge(tables(two_letters, matched))
    assert verdict.met is met
    assert verdict.numbers["two letters"] == (2 if two_letters is None else 3)
    assert "finds the optimum in 8.0 s and proves it in 10.0 s" in verdict.sentence
