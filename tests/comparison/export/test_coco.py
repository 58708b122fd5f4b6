"""COCO's post-processing opens what is written, and computes what we do from it."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings

import numpy as np
import pytest

from comparison.analysis.axis import AXES
from comparison.analysis.curves import improvements
from comparison.export.coco import write_coco
from comparison.statistics.runtimes import expected_running_time
from problems.core.ledger import Budget
from tests.comparison.export.stored import evaluated, stored

OPTIMUM = 79.48


def on_bbob(method, *points, work=100, function=1, dimension=2, **changes):
    from problems.core.reference import Reference

    return evaluated(
        method,
        *((w, OPTIMUM + gap) for w, gap in points),
        work=work,
        problem="bbob",
        problem_options={"function": function, "dimension": dimension},
        reference=Reference(OPTIMUM, "closed form", "Hansen et al. (2009)"),
        dimension=dimension,
        **changes,
    )


@pytest.fixture
def opened():
    """Load an info file with cocopp, which prints, and warns of fewer than 15 instances.

    Of a folder, cocopp would look up the name in archives on the network.
    """
    cocopp = pytest.importorskip("cocopp", exc_type=ImportError)

    def load(path):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return cocopp.load(str(path))

    return load


def test_cocopp_finds_every_run(tmp_path, opened):
    runs = [
        on_bbob("genetic", (1, 50.0), (9, 3.0), (70, 0.02), instance=i, seed=s, work=90 + i)
        for i in range(3)
        for s in range(2)
    ]
    runs += [on_bbob("genetic", (1, 5.0), dimension=3), on_bbob("genetic", (1, 5.0), function=8)]
    runs += [on_bbob("tabu", (1, 0.0), work=1)]  # the optimum at the first evaluation
    lines = write_coco(stored(tmp_path, *runs), tmp_path / "out")
    assert lines == ["2 algorithms, 3 functions in a dimension, 9 runs"]
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"genetic", "tabu"}
    two, three = opened(tmp_path / "out" / "genetic" / "bbobexp_f1.info")
    assert (two.funcId, two.dim, two.algId, two.suite_name) == (1, 2, "genetic", "bbob")
    assert two.instancenumbers == [1, 1, 2, 2, 3, 3]  # as BBOB counts them
    assert two.maxevals.tolist() == [90, 90, 91, 91, 92, 92]
    assert two.finalfunvals == pytest.approx(np.full(6, 0.02), abs=1e-9)
    assert two.isFinalized == [True] * 6
    assert (three.dim, three.nbRuns()) == (3, 1)
    (eight,) = opened(tmp_path / "out" / "genetic" / "bbobexp_f8.info")
    assert (eight.funcId, eight.nbRuns()) == (8, 1)
    (tabu,) = opened(tmp_path / "out" / "tabu" / "bbobexp_f1.info")
    assert tabu.detERT([1e-8]) == [1.0]
    assert two.consistency_check()


@pytest.mark.parametrize("seed", range(3))
def test_cocopps_ert_is_ours(tmp_path, opened, seed):
    """Of runs with budgets of their own; COCO aligns targets at five a decade."""
    rng = np.random.default_rng(seed)
    runs = []
    for instance in range(15):
        work = int(rng.integers(50, 100))
        evaluations = np.unique(np.append(1, rng.integers(1, work, size=12)))
        gaps = np.sort(10 ** rng.uniform(-9, 2, size=len(evaluations)))[::-1]
        runs.append(
            on_bbob("genetic", *zip(evaluations, gaps, strict=True), work=work, instance=instance)
        )
    results = stored(tmp_path, *runs)
    write_coco(results, tmp_path / "out")
    (data,) = opened(tmp_path / "out" / "genetic" / "bbobexp_f1.info")
    targets = 10.0 ** np.arange(2, -8, -1)
    theirs = data.detERT(targets)
    for target, their in zip(targets, theirs, strict=True):
        hits, spent = [], []
        for run in results:
            points = improvements(results.trace(run))
            costs = AXES["work"].costs(run, points)
            hits.append(np.append(costs[points["value"] - OPTIMUM <= target], np.inf)[0])
            spent.append(run.ledger.work)
        assert their == pytest.approx(float(expected_running_time(hits, spent)), rel=1e-12)
    assert np.isfinite(theirs).any()


def test_ioh_and_cocopp_know_the_same_optimum(tmp_path, opened):
    pytest.importorskip("ioh")
    import problems
    from methods import minimize

    runs = [
        minimize(
            problems.make("bbob", function=f, dimension=2, instance=i),
            "random-search",
            Budget(60),
        )
        for f in (1, 20)
        for i in range(3)
    ]
    results = stored(tmp_path, *runs)
    write_coco(results, tmp_path / "out")
    for function in (1, 20):
        (data,) = opened(tmp_path / "out" / "random-search" / f"bbobexp_f{function}.info")
        best = [
            run.value - run.reference.value
            for run in results
            if run.problem_options["function"] == function
        ]
        assert data.finalfunvals == pytest.approx(best, rel=1e-8)
        assert data.maxevals.tolist() == [60, 60, 60]


def test_a_first_look_later_than_the_first_evaluation_meets_no_target_before(tmp_path, opened):
    runs = [on_bbob("genetic", (1, 5.0)), on_bbob("genetic", (4, 2.0), instance=1)]
    write_coco(stored(tmp_path, *runs), tmp_path / "out")
    (data,) = opened(tmp_path / "out" / "genetic" / "bbobexp_f1.info")
    assert data.detEvals([10.0])[0].tolist() == [1.0, 4.0]


def test_runs_of_several_budgets_are_several_algorithms(tmp_path):
    runs = [on_bbob("genetic", (1, 5.0), budget=Budget(work, 20.0)) for work in (100, 200)]
    lines = write_coco(stored(tmp_path, *runs), tmp_path / "out")
    assert lines == ["2 algorithms, 1 functions in a dimension, 2 runs"]
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["genetic_work=100", "genetic_work=200"]


def test_a_quote_in_a_name_does_not_end_it(tmp_path, opened):
    write_coco(stored(tmp_path, on_bbob("my.py:it's", (1, 5.0))), tmp_path / "out")
    (data,) = opened(next(tmp_path.rglob("*.info")))
    assert data.algId == "my.py:its"


def test_runs_on_other_problems_are_left_out_and_that_is_said(tmp_path):
    results = stored(tmp_path, on_bbob("genetic", (1, 5.0)), evaluated("genetic", (1, 5.0), work=1))
    lines = write_coco(results, tmp_path / "out")
    assert lines[1:] == ["left out: 1 runs on other problems than bbob"]


def test_a_file_without_bbob_is_refused(tmp_path):
    results = stored(tmp_path, evaluated("genetic", (1, 5.0), work=1))
    with pytest.raises(ValueError, match="runs on the problem bbob; there is only sphere"):
        write_coco(results, tmp_path / "out")


def test_runs_that_saw_nothing_are_nothing_for_it(tmp_path):
    results = stored(tmp_path, on_bbob("genetic", work=0))
    with pytest.raises(ValueError, match="nothing for COCO; left out: 1 of genetic: no value"):
        write_coco(results, tmp_path / "out")


@pytest.mark.slow
def test_cocopp_makes_its_pages_of_it(tmp_path):
    pytest.importorskip("cocopp", exc_type=ImportError)
    runs = [
        on_bbob("genetic", (1, 50.0), (9, 3.0), (70, 1e-9), instance=i, function=f)
        for i in range(15)
        for f in (1, 15)
    ]
    write_coco(stored(tmp_path, *runs), tmp_path / "out")
    code = "import cocopp; cocopp.genericsettings.verbose = 0; cocopp.main('-o pages out/genetic')"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path), "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "ALL done" in done.stdout
    pages = {path.name for path in (tmp_path / "pages").rglob("*.html")}
    assert {"index.html", "ppfigdim.html", "pprldistr.html"} <= pages
