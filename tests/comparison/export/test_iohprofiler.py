"""IOHinspector opens what is written, every run of it, and computes what we do from it."""

from __future__ import annotations

import importlib.util
import json
import warnings
from collections import Counter

import numpy as np
import pytest

import problems
from comparison.analysis.axis import AXES
from comparison.analysis.curves import improvements
from comparison.export.evaluation_curve import evaluation_curve, gap_to
from comparison.export.iohprofiler import FIRST_ID, IDS, function_ids, write_iohprofiler
from comparison.statistics.aocc import aocc
from comparison.statistics.runtimes import expected_running_time
from methods import minimize
from problems.core.ledger import Budget
from tests.comparison.examples import certificate, run
from tests.comparison.export.stored import evaluated, stored

iohinspector = pytest.importorskip("iohinspector")
metrics = pytest.importorskip("iohinspector.metrics")


def opened(folder):
    """Return IOHinspector's overview of a folder and its rows; it must not warn."""
    with warnings.catch_warnings():
        warnings.filterwarnings("error", category=UserWarning)
        manager = iohinspector.DataManager()
        manager.add_folder(str(folder))
    return manager.overview, manager.load(monotonic=True, include_meta_data=True)


def metadata(folder):
    return [json.loads(path.read_text()) for path in sorted(folder.rglob("*.json"))]


def awkward_runs():
    """Return runs that a careless writer loses: each is of the only kind of its sort."""
    two = {"problem_options": {"dimension": 2}}
    return [
        evaluated("genetic", (1, 8.0), (5, 2.0), (40, 0.5), work=100, seed=0),
        evaluated("genetic", (1, 9.0), (6, 2.0), (50, 0.5), work=100, seed=1),
        evaluated("genetic", (1, 0.5), work=100, seed=2),  # begins where the one before ended
        evaluated("genetic", (1, 0.5), work=1, seed=3),  # a single row, and again the same value
        evaluated("hill-climb", (1, 0.0), work=100, seed=0),  # the optimum at once
        evaluated("hill-climb", (1, 0.0), work=100, seed=1),
        evaluated("hill-climb", (1, -1e-9), work=100, seed=2),  # below it, by rounding
        evaluated("adam", (3, 4.0), (6, 1.0), work=99, seed=0),  # nothing at evaluation 1
        evaluated("adam", (0.25, 4.0), (0.75, 1.0), (1.5, 0.5), work=99.5, seed=1),
        evaluated("lion", (0, 7.0), (30, 3.0), work=99, kind="measured"),
        evaluated("genetic", (1, 1e308), (2, 1e-300), work=100, problem="rastrigin", **two),
        evaluated("genetic", (1, 8.0), (2, 1.0), work=100, problem="g02", reference=None),
        evaluated("adam", (3, 5.0), work=100, problem="g02", reference=None),
    ]


def test_every_run_is_there_and_has_the_rows_that_the_reader_needs(tmp_path):
    results = stored(tmp_path, *awkward_runs())
    write_iohprofiler(results, tmp_path / "out")
    overview, rows = opened(tmp_path / "out")
    assert len(overview) == len(results)
    assert rows["data_id"].n_unique() == len(results)
    first = rows.filter(rows["evaluations"] == 1)
    assert len(first) == len(results)
    assert rows["raw_y"].is_finite().all()
    assert (rows["raw_y"] > 0).all()
    assert (overview["evals"].to_numpy() >= 1).all()


@pytest.mark.parametrize("seed", range(3))
def test_ert_and_aocc_are_ours(tmp_path, seed):
    """Random runs of equal budgets; what was found, by IOHinspector and from the traces."""
    rng = np.random.default_rng(seed)
    runs = []
    for method in ("genetic", "hill-climb", "tabu"):
        for number in range(6):
            evaluations = np.unique(np.append(1, rng.integers(1, 100, size=rng.integers(0, 15))))
            values = np.sort(10 ** rng.uniform(-7, 2, size=len(evaluations)).round(rng.integers(3)))
            pairs = list(zip(evaluations.tolist(), values[::-1].tolist(), strict=True))
            runs.append(evaluated(method, *pairs, work=100, seed=number))
    results = stored(tmp_path, *runs)
    write_iohprofiler(results, tmp_path / "out")
    _, rows = opened(tmp_path / "out")
    scaled = metrics.transform_fval(rows, lb=1e-6, ub=100.0)
    areas = metrics.get_aocc(scaled, eval_max=100, free_vars=["algorithm_name"])
    times = metrics.aggregate_running_time(rows, eval_max=100, f_min=1e-7, f_max=100.0)
    assert Counter(times["algorithm_name"]) == dict.fromkeys(("genetic", "hill-climb", "tabu"), 50)
    for method in ("genetic", "hill-climb", "tabu"):
        mine = [one for one in results if one.method == method]
        points = [improvements(results.trace(one)) for one in mine]
        costs = [AXES["work"].costs(one, p) for one, p in zip(mine, points, strict=True)]
        ours = np.mean(
            [aocc(c, p["value"], 100, 1e-6, 100.0) for c, p in zip(costs, points, strict=True)]
        )
        (theirs,) = areas.loc[areas["algorithm_name"] == method, "AOCC"]
        assert theirs == pytest.approx(ours, rel=1e-12)
        for _, row in times[times["algorithm_name"] == method].iterrows():
            hits = [
                next((x for x, v in zip(c, p["value"], strict=True) if v <= row["raw_y"]), np.inf)
                for c, p in zip(costs, points, strict=True)
            ]
            expected = expected_running_time(hits, np.full(6, 100.0))
            assert row["ERT"] == pytest.approx(float(expected), rel=1e-12)


def test_real_runs_have_the_same_ert_and_aocc(tmp_path):
    """Also where a run begins with a gradient, of three work: then on whole evaluations."""
    made = []
    for name in ("sphere", "next-token-rank"):
        options = {"dimension": 3} if name == "sphere" else {"corpus": "markov:length=2000"}
        for method in ("genetic", "gradient-descent", "adam"):
            for seed in range(2):
                problem = problems.make(name, **options)
                made.append(minimize(problem, method, Budget(90), seed=seed))
    results = stored(tmp_path, *made)
    write_iohprofiler(results, tmp_path / "out")
    overview, rows = opened(tmp_path / "out")
    assert len(overview) == len(results)
    scaled = metrics.transform_fval(rows, lb=1e-9, ub=10.0)
    by = ["function_name", "algorithm_name"]
    areas = metrics.get_aocc(scaled, eval_max=90, free_vars=by).set_index(by)["AOCC"]
    times = metrics.aggregate_running_time(rows, eval_max=90, f_min=1e-3, f_max=5.0, free_vars=by)
    ert = {
        (row["function_name"], row["algorithm_name"], row["raw_y"]): row["ERT"]
        for _, row in times.iterrows()
    }
    for (problem, _, method), group in results.groups().items():
        curves = [
            evaluation_curve(one, results.trace(one), gap_to(results, one)[0]) for one in group
        ]
        # Before a first gradient ends there is nothing.
        ours = [aocc(e, y, 90, 1e-9, 10.0, evaluation=float(e[0] == 1)) for e, y in curves]
        assert areas[problem, method] == pytest.approx(np.mean(ours), rel=1e-12)
        targets = [key[2] for key in ert if key[:2] == (problem, method)]
        assert len(targets) == 50
        for target in targets:
            hits = [np.append(e[y <= target], np.inf)[0] for e, y in curves]
            expected = expected_running_time(hits, np.full(len(group), 90.0))
            assert ert[problem, method, target] == pytest.approx(float(expected), rel=1e-12)


def test_the_meta_data_say_what_is_what(tmp_path):
    options = {"method_options": {"population": 9}}
    results = stored(
        tmp_path,
        evaluated("genetic", (1, 5.0), (7, 3.0), work=20, seed=4, **options),
        evaluated(
            "genetic", (1, 5.0), work=20, problem="g02", reference=None, instance=6, **options
        ),
    )
    lines = write_iohprofiler(results, tmp_path / "out")
    assert lines == ["1 algorithms, 2 functions, 2 runs"]
    known = {data["function_name"]: data for data in metadata(tmp_path / "out")}
    sphere, g02 = known["sphere"], known["g02"]
    assert sphere["algorithm"]["name"] == "genetic"
    assert "genetic(population=9)" in sphere["algorithm"]["info"]
    assert sphere["suite"] == "beyond-gradient"
    assert sphere["maximization"] is False
    scenario = sphere["scenarios"][0]
    assert scenario["dimension"] == 3
    (one,) = scenario["runs"]
    assert (one["instance"], one["evals"], one["seed"], one["gaps_from"]) == (0, 20, 4, 0.0)
    assert one["best"] == {"evals": 7, "y": 3.0, "x": []}
    assert {"gap_to": "'optimum: closed form'"} in sphere["experiment_attributes"]
    assert {"gap_to": "'best value in the file'"} in g02["experiment_attributes"]
    assert g02["scenarios"][0]["runs"][0]["instance"] == 6
    overview, _ = opened(tmp_path / "out")
    assert set(overview["gap_to"]) == {"optimum: closed form", "best value in the file"}


def test_no_text_of_a_file_is_evaluated_by_the_reader(tmp_path, monkeypatch):
    """IOHinspector passes the values of attributes to `eval`."""
    trap = "__import__('os').environ.update(BEYOND_TRAP='1')"
    monkeypatch.delenv("BEYOND_TRAP", raising=False)
    monkeypatch.setattr("comparison.results.Results.family", lambda self, run: trap)
    write_iohprofiler(stored(tmp_path, evaluated("genetic", (1, 5.0), work=1)), tmp_path / "out")
    overview, _ = opened(tmp_path / "out")
    assert overview["family"].to_list() == [trap]
    import os

    assert "BEYOND_TRAP" not in os.environ


def test_one_dimension_a_problem_that_of_most_runs(tmp_path):
    results = stored(
        tmp_path,
        evaluated("genetic", (1, 5.0), work=1, dimension=4),
        evaluated("hill-climb", (1, 5.0), work=1, dimension=4),
        evaluated("adam", (3, 5.0), work=3, dimension=9),
    )
    write_iohprofiler(results, tmp_path / "out")
    overview, _ = opened(tmp_path / "out")
    assert overview["dimension"].to_list() == [4, 4, 4]


def test_functions_have_numbers_that_do_not_depend_on_the_file(tmp_path):
    options = [{"items": n} for n in range(2000)]
    runs = [
        run("genetic", problem="knapsack", problem_options=o, key=str(i))
        for i, o in enumerate(options)
    ]
    ids = function_ids(runs)
    assert len(set(ids.values())) == len(runs)  # although about 30 hashes are another's
    assert all(FIRST_ID <= number < IDS for number in ids.values())
    alone = [function_ids([one])[one.key] for one in runs[:200]]
    assert sum(a == ids[one.key] for a, one in zip(alone, runs, strict=False)) > 190
    bbob = run("genetic", problem="bbob", problem_options={"function": 7, "dimension": 2}, key="b")
    assert function_ids([bbob]) == {"b": 7}


def test_bbob_keeps_its_numbers(tmp_path):
    options = {"function": 7, "dimension": 2}
    one = evaluated(
        "genetic", (1, 5.0), work=1, problem="bbob", problem_options=options, instance=2
    )
    write_iohprofiler(stored(tmp_path, one), tmp_path / "out")
    overview, _ = opened(tmp_path / "out")
    assert overview["function_id"].to_list() == [7]
    assert overview["instance"].to_list() == [3]  # as BBOB counts them
    assert overview["suite"].to_list() == ["BBOB"]


def test_names_that_no_file_can_have_are_only_labels(tmp_path):
    name = "../[x]/ü.dat:a'b\"c"
    one = evaluated(name, (1, 5.0), work=1, problem="a.py:Ü*?")
    write_iohprofiler(stored(tmp_path, one), tmp_path / "out")
    overview, rows = opened(tmp_path / "out")
    assert overview["algorithm_name"].to_list() == [name]
    assert overview["function_name"].to_list() == ["a.py:Ü*?"]
    assert len(rows) == 1


def test_what_is_left_out_is_said(tmp_path):
    results = stored(
        tmp_path, evaluated("genetic", (1, 5.0), work=1), certificate(1.0, problem="knapsack")
    )
    lines = write_iohprofiler(results, tmp_path / "out")
    assert lines[0] == "1 algorithms, 1 functions, 1 runs"
    assert lines[1].startswith("left out: 1 of integer-programming: a white-box solver")


def test_a_file_of_solvers_alone_has_nothing_for_it(tmp_path):
    results = stored(tmp_path, certificate(1.0, problem="knapsack"))
    with pytest.raises(ValueError, match="nothing for IOHprofiler; left out: 1 of integer-pro"):
        write_iohprofiler(results, tmp_path / "out")


def test_ioh_itself_writes_what_we_write(tmp_path):
    """The same keys and header as the logger of IOHexperimenter."""
    if importlib.util.find_spec("ioh") is None:
        pytest.skip("ioh is not installed")
    import ioh

    logger = ioh.logger.Analyzer(root=str(tmp_path), folder_name="theirs", algorithm_name="a")
    problem = ioh.get_problem(1, 1, 2, ioh.ProblemClass.BBOB)
    problem.attach_logger(logger)
    problem([0.0, 0.0])
    problem.reset()
    logger.close()
    write_iohprofiler(stored(tmp_path, evaluated("genetic", (1, 5.0), work=1)), tmp_path / "ours")
    (theirs,), (ours,) = metadata(tmp_path / "theirs"), metadata(tmp_path / "ours")
    assert set(theirs) <= set(ours)
    assert set(theirs["scenarios"][0]) == set(ours["scenarios"][0])
    assert set(theirs["scenarios"][0]["runs"][0]) <= set(ours["scenarios"][0]["runs"][0])
    assert theirs["attributes"] == ours["attributes"]
    heads = {next(tmp_path.rglob(f"{who}/**/*.dat")).read_text().split("\n")[0]
             for who in ("theirs", "ours")}  # fmt: skip
    assert heads == {"evaluations raw_y"}
