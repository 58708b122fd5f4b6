"""The study `price-of-proof` judged by hand-made numbers."""

from __future__ import annotations

import pytest

from studies.price_of_proof import FIND, OTHERS, PROVE, PriceOfProof


def tables(*sizes):
    """Tables of sizes, each: letters, bits, whether proved, to find, to prove, genetic's time."""
    medians = [
        {"letters": letters, "bits": bits, "way": way, "proved": proved, "cpu": cpu}
        for letters, bits, proved, find, prove, genetic in sizes
        for way, cpu in {
            **dict.fromkeys(OTHERS),
            FIND: find,
            PROVE: prove,
            "genetic": genetic,
        }.items()
    ]
    runs = [
        {**row, "instance": instance, "gap": 0.0 if row["way"] in (FIND, PROVE) else 0.01}
        for instance in (0, 1)
        for row in medians
    ]
    return {"medians": medians, "runs": runs}


SMALL = (1, 2, True, 0.1, 0.2, 0.5)
LARGE = (1, 7, True, 8.0, 10.0, None)
PAIRS = (2, 2, True, 0.1, 0.2, None)
OPEN = (2, 3, False, 5.0, 30.0, 1.0)


@pytest.mark.parametrize(
    ("sizes", "met"),
    [
        ((SMALL, LARGE, PAIRS, OPEN), True),  # who is first at a size that is not proved is open
        ((SMALL, LARGE, PAIRS), False),  # all are proved
        (((1, 2, True, 0.5, 0.6, 0.1), LARGE, PAIRS, OPEN), False),  # another matches before
        (((1, 2, False, 5.0, 30.0, 1.0), OPEN), False),  # nothing is proved
    ],
)
def test_it_is_met_where_proof_stops_and_the_program_is_first(sizes, met):
    assert PriceOfProof().judge(tables(*sizes)).met is met


def test_the_finding_says_how_far_proof_and_the_others_reach():
    verdict = PriceOfProof().judge(tables(SMALL, LARGE, PAIRS, OPEN))
    assert "reaches 7 bits after one letter and 2 after two; at 7" in verdict.sentence
    assert "takes 10.0 CPU s, the optimum is found in 8.0, and the best" in verdict.sentence
    assert verdict.sentence.endswith("errs 0.0100 more; none of them matches it beyond 2 bits.")
    assert verdict.numbers["lead (times)"] == pytest.approx(5)
    assert (verdict.numbers["sizes"], verdict.numbers["proved"]) == (4, 3)
    assert verdict.numbers["gap"] == pytest.approx(0.01)
