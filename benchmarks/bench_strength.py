"""How good each family is beside its community's own optimizers, at the same evaluations.

``python -m benchmarks.bench_strength --jobs 2`` makes the runs that `strength.csv` lacks, prints
one table of them and exits with 1 where a cell fails the bar: ours better in at least 0.35 of
the pairs of runs, and not significantly worse. By default it opens an instance and seeds that
no default was chosen on; to try things out, ``--instances 0 --first-seed 0``.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.strength.cases import CASES, kind, made
from benchmarks.strength.counted import Counted, Spent
from benchmarks.strength.families import FAMILIES, PEERS
from benchmarks.strength.measure import Ending, Key, made_run, make, plan, read
from benchmarks.strength.table import lines
from benchmarks.strength.verdict import cells, chance_of_failing, corrected
from methods import minimize

BUDGETS = (500, 2_000, 10_000)
#: The defaults were chosen on instances below 100 and seeds below 1000. Instances 100 and 101 with
#: their seeds have been opened, and weak cells on them led to changes: whoever makes more takes the
#: next.
HELD_BACK_INSTANCE, HELD_BACK_SEED = 102, 3000


def main(arguments: list[str] | None = None) -> int:
    """Make the runs, print the table, and return 1 where a cell fails."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench_strength")
    add = parser.add_argument
    add("--jobs", type=int, default=1, help="runs at a time")
    add("--families", nargs="+", choices=list(FAMILIES), default=list(FAMILIES), metavar="NAME")
    add("--problems", nargs="+", choices=list(CASES), default=list(CASES), metavar="NAME")
    add("--budgets", nargs="+", type=int, default=list(BUDGETS))
    add("--instances", nargs="+", type=int, default=[HELD_BACK_INSTANCE])
    add("--seeds", type=int, default=15, help="how many")
    add("--first-seed", type=int, default=HELD_BACK_SEED)
    add("--out", type=Path, default=Path("strength.csv"), help="its runs are not made again")
    chosen = parser.parse_args(arguments)
    seeds = range(chosen.first_seed, chosen.first_seed + chosen.seeds)
    runs = plan(chosen.families, chosen.problems, chosen.instances, chosen.budgets, seeds)
    make(runs, chosen.out, chosen.jobs)
    known = read(chosen.out)
    of_these = {key: known[key] for key in runs}
    table = cells(of_these, chosen.families)
    print("\n".join(lines(table, of_these)))
    return int(any(cell.fails for cell in table))


def few(values: list[float]) -> dict[int, Ending]:
    return {seed: Ending(value, 0.0) for seed, value in enumerate(values)}


def runs_of(ours: list[float], peer: list[float], budget: int = 500) -> dict[Key, Ending]:
    """Return runs of `genetic` and of pymoo's GA on the sphere, as if they had been made."""
    return {
        Key(side, name, "sphere", 0, budget, seed): ending
        for side, name, values in (("ours", "genetic", ours), ("peer", "pymoo GA", peer))
        for seed, ending in few(values).items()
    }


def test_the_probability_is_the_share_of_pairs_in_which_ours_is_lower():
    (cell,) = cells(runs_of([1, 2, 3], [2, 4]), ["genetic"])
    assert cell.probability == (2 + 1.5 + 1) / 6
    assert (cell.our_median, cell.peer_median) == (2, 3)


def test_the_test_is_that_of_mann_and_whitney():
    from scipy.stats import mannwhitneyu

    ours, peer = np.random.default_rng(0).normal(np.array([[0.0], [0.5]]), size=(2, 15))
    (cell,) = cells(runs_of(list(ours), list(peer)), ["genetic"])
    exact = mannwhitneyu(ours, peer, method="exact")
    assert cell.p == pytest.approx(exact.pvalue)
    assert cell.probability == pytest.approx(1 - exact.statistic / 225)


def test_holm_corrects_over_the_cells_of_a_family():
    (cell,) = cells(runs_of([1.0], [2.0]), ["genetic"])
    three = corrected([replace(cell, p=p) for p in (0.01, 0.04, 0.03)])
    assert [each.p for each in three] == pytest.approx([0.03, 0.06, 0.06])


def test_a_planted_worse_method_is_found_and_an_equal_one_is_not():
    worse = runs_of([10.0 + i for i in range(15)], [float(i) for i in range(15)], 500)
    equal = runs_of([1.0] * 15, [1.0 + 1e-12] * 15, 2_000)
    first, second = cells(worse | equal, ["genetic"])
    assert (first.verdict, first.fails) == ("worse", True)
    assert (second.probability, second.verdict, second.fails) == (0.5, "", False)
    text = "\n".join(lines([first, second], worse | equal))
    assert "1 of 2 cells fail" in text
    assert "genetic on sphere:0 at 500: P = 0.06 and significantly worse; pymoo GA 7" in text


def test_how_often_equals_fail_is_counted():
    # Of C(4, 2) orders of two and two runs, one has ours above both.
    assert chance_of_failing(2, 2) == pytest.approx(2 / 6)
    draws = np.random.default_rng(0).random((4000, 30)).argsort(axis=1)
    better = (draws[:, :15, None] < draws[:, None, 15:]).mean(axis=(1, 2))
    assert chance_of_failing(15, 15) == pytest.approx((better < 0.35).mean(), abs=0.02)


def test_peers_begin_where_ours_begin():
    begins: list[np.ndarray] = []

    def one_look(oracle, rng):
        begins.extend(oracle.start(3))
        oracle.value(begins[0])

    problem = made("sphere", 0)
    minimize(problem, one_look, 5, seed=7)
    assert np.array_equal(Counted(problem, 5, 7).starts(3), begins)


def test_a_peer_has_exactly_its_evaluations():
    f = Counted(made("rosenbrock", 0), 3, 0)
    values = [f(x) for x in f.starts(3)]
    assert f.best == min(values)
    with pytest.raises(Spent):
        f(f.start())


def test_an_infeasible_point_is_seen_as_ours_see_it_and_is_never_the_best():
    problem = made("welded-beam", 0)
    f, seen = Counted(problem, 20, 0), []

    def look(oracle, rng):
        seen.extend(oracle.value(x) for x in oracle.start(20))

    minimize(problem, look, 20)
    assert [f(x) for x in f.starts(20)] == seen
    assert f.best == min((v for v in seen if v < problem.ceiling), default=np.inf)


def test_a_solver_that_is_told_constraints_pays_for_a_point_once():
    problem = made("welded-beam", 0)
    f = Counted(problem, 20, 0)
    x = f.start()
    assert f.both(x)[0] == f.both(x)[0] == problem.value(x)
    assert np.array_equal(f.both(x)[1], problem.constraints(x))
    assert f.evaluated == 1


QUICK_PEERS = [name for name in PEERS if not name.startswith(("nevergrad NGOpt", "scipy COBY"))]


@pytest.mark.parametrize("name", QUICK_PEERS)
def test_every_peer_spends_its_evaluations_within_the_space(name):
    problem = next(case for case in CASES if kind(case) in PEERS[name].kinds)
    ending = made_run(Key("peer", name, problem, 0, 60, 0))
    assert not ending.error
    assert np.isfinite(ending.value)


def test_two_cells_are_made_stored_and_told(tmp_path, capsys):
    out = tmp_path / "strength.csv"
    command = f"--families umda --problems onemax knapsack --budgets 60 --instances 0 --out {out}"
    code = main([*command.split(), "--seeds", "2", "--first-seed", "0"])
    printed = capsys.readouterr().out
    assert len(read(out)) == 2 * 2 * 2
    assert code == int("FAILS" in printed)
    assert "UMDA in eight lines" in printed
    before = out.read_text()
    assert main([*command.split(), "--seeds", "2", "--first-seed", "0"]) == code
    assert out.read_text() == before


def test_every_family_has_a_peer_wherever_it_is_compared():
    for name, family in FAMILIES.items():
        assert any(family.peers_on(problem, 500) for problem in family.problems()), name


if __name__ == "__main__":
    sys.exit(main())
