"""Proofs of the least error: by HiGHS and SCIP, and of the default instance."""

from __future__ import annotations

import pytest

import problems
from methods import minimize


def made(**options):
    return problems.make("rounding", **options)


@pytest.mark.parametrize("instance", range(2))
def test_the_solvers_prove_the_optimum_that_enumeration_finds(instance):
    problem = made(weights=12, instance=instance)
    for options in ({}, {"solver": "SCIP_PY"}):
        if options:
            pytest.importorskip("pyscipopt")
        run = minimize(problem, "integer-programming", 100, seconds=60, **options)
        assert run.ended == "optimal", run.message
        assert run.value == pytest.approx(problem.reference.value, rel=1e-9)
        assert run.bound <= run.value <= run.bound * (1 + 1e-6)


def test_the_default_is_certified():
    run = minimize(made(), "integer-programming", 100, seconds=120)
    assert run.ended == "optimal", run.message
    assert run.value < made().anchors["nearest rounding"][0]
