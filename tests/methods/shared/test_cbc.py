"""CBC as a process: the same as called directly, and nothing is left behind however it ends."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pulp
import pytest

import problems
from methods import minimize
from methods.shared import cbc
from methods.shared.cbc import _at_least, _proven, _read
from methods.shared.program_arrays import program_arrays
from problems.core.ledger import child_clock
from tests.methods.linear_programs import decode, hard, packing, ternary
from tests.problems.test_linear_models import SMALL


@pytest.fixture
def script(tmp_path, monkeypatch):
    """Put a shell script in CBC's place."""

    def write(text):
        path = tmp_path / "cbc"
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        monkeypatch.setattr(cbc, "executable", lambda: str(path))

    return write


@pytest.fixture
def runs(monkeypatch):
    """Keep the command line and the log of every run of CBC."""
    kept, run = [], cbc._run

    def listened(command, *rest):
        log, late = run(command, *rest)
        kept.append((command, log))
        return log, late

    monkeypatch.setattr(cbc, "_run", listened)
    return kept


def solved(problem, **options):
    return minimize(problem, "integer-programming", 0, solver="cbc", **options)


# ------------------------------------------------------- the same as called directly


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("build", [packing, ternary, decode], ids=lambda f: f.__name__)
def test_it_does_what_cbc_does_from_the_command_line(build, seed, tmp_path):
    """The same optimum with the same nodes and iterations, for the same options and seed."""
    run = solved(build(), solver_seed=seed)
    model = build().linear_model()
    file = tmp_path / "model.mps"
    model.program.writeMPS(str(file), rename=1)
    gap = ["-allow", "0.99"] if model.spacing else ["-allow", "1e-9", "-inc", "1e-9"]
    seeds = ["-randomCbcSeed", str(seed), "-randomSeed", str(seed)] if seed else []
    # CBC's preprocessing cuts off optima of such mixed programs: see below.
    risky = program_arrays(model).mixed and model.spacing is None
    safe = ["-preprocess", "off", "-probing", "off"] if risky else []
    command = [cbc.executable(), str(file), "-ratio", "0", *gap, *safe, *seeds, "-solve"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    nodes, iterations, objective = (
        float(re.search(rf"{label}: +(\S+)", said)[1])
        for label in ("Enumerated nodes", "Total iterations", "Objective value")
    )
    assert (run.ledger.nodes, run.ledger.iterations) == (nodes, iterations)
    assert run.value == pytest.approx(model.offset + model.unit * objective, abs=1e-8)


def test_its_preprocessing_cuts_off_no_optimum_of_a_mixed_program():
    """CBC 2.10.3 finds -0.509 with its own options, and -4.832 without preprocessing."""

    class Mixed(problems.Problem):
        costs = np.array([-1.7801920572916667, -1.52587890625, 1.2715657552083335, -1.52587890625])
        row = np.array([7, -4, 5, -8])
        space = problems.Box([0, 0, 0, -1], 1, 4, integral=[True, False, True, True])

        def value(self, x):
            return float(self.costs @ x)

        def linear_model(self):
            lows, kinds = self.space.low.tolist(), self.space.integral.tolist()
            xs = [
                pulp.LpVariable(f"x{i}", low, 1, "Integer" if kind else "Continuous")
                for i, (low, kind) in enumerate(zip(lows, kinds, strict=True))
            ]
            program = pulp.LpProblem("mixed", pulp.LpMinimize)
            program += pulp.lpDot(self.costs.tolist(), xs)
            program += pulp.lpDot(self.row.tolist(), xs) >= -17
            return problems.LinearModel(program, lambda found: np.array([found[x] for x in xs]))

    run = solved(Mixed())
    assert (run.ended, run.x.tolist()) == ("optimal", [1, 1, 0, 1])


def test_pulps_own_call_finds_the_same():
    model = decode().linear_model()
    pulp.COIN_CMD(path=cbc.executable(), msg=False, gapRel=0.0).solve(model.program)
    assert solved(decode()).value == pytest.approx(pulp.value(model.program.objective), abs=1e-8)


@pytest.mark.slow
@pytest.mark.parametrize("name", SMALL)
def test_both_solvers_prove_the_same_on_every_problem(name):
    """Values and bounds, of the search and of bounds alone: no chance is involved."""
    for instance in range(6):
        problem = problems.make(name, instance=instance, **SMALL[name])
        other = minimize(problem, "integer-programming", 0)
        run = solved(problem)
        assert (run.ended, run.value) == ("optimal", pytest.approx(other.value, abs=1e-8))
        alone = solved(problem, mode="bound-only", solver_seed=3)
        assert alone.bound == pytest.approx(other.value, abs=1e-7)


# --------------------------------------------------------------------------- its log


@pytest.mark.parametrize(
    ("text", "least"), [("12", 11.5), ("-3.25", -3.255), ("1.5e+06", 1450000.0), ("-4", -4.5)]
)
def test_a_printed_bound_is_the_least_number_that_is_printed_so(text, least):
    assert _at_least(text) == pytest.approx(least)


def test_bounds_are_read_from_the_log():
    root = "Continuous objective value is -9632.65 - 0.00 seconds"
    left = "Cgl0004I processed model has 1 rows, 30 columns (30 integer)"
    nodes = "Cbc0010I After 0 nodes, 1 on tree, -9577 best solution, best possible -9580.5 (0.0 s)"
    none = "Cbc0005I Partial search - best objective 1e+50 (best possible -1e+50), took 0"
    passed = "Cbc0005I Partial search - best objective -3642 (best possible -3639.9), took 80"
    assert _proven([]) == -np.inf
    assert _proven([root]) == -np.inf  # the program may yet turn out to be unbounded
    assert _proven([root, left]) == pytest.approx(-9632.655)
    assert _proven([root, left, nodes]) == pytest.approx(-9580.55)
    assert _proven([root, left, none]) == -np.inf
    assert _proven([root, left, none.replace("-1e+50", "-7")]) == -7.5
    assert _proven([passed]) == -3642.5  # no better solution than -3642 is as good as -3639.9


def test_a_bound_that_passes_the_best_solution_is_no_contradiction():
    """Reduced costs and cuts make use of the best solution; it is not cut off thereby."""
    problem = problems.make("knapsack", items=12, instance=1)
    run = solved(problem)
    assert (run.ended, run.value) == ("optimal", problem.reference.value)


def test_a_solution_file_is_read():
    data = np.array([1, 2], np.int32).tobytes() + np.array([9.0, 7, 7, 0.1, 3, 8, 8]).tobytes()
    assert _read(data).tolist() == [0.1, 3.0]
    assert _read(b"") is None


def test_solutions_that_it_has_not_shown_yet_are_claimed():
    problem = problems.make("set-cover", rows=60, columns=200)
    run = solved(problem)
    claimed = [p.value for p in run.trace if p.kind == "claimed"]
    values = [p.value for p in run.trace if p.kind == "value"]
    assert claimed
    assert claimed[-1] == values[-1] == run.value
    assert len(values) == 1


# ------------------------------------------------------------------- options and starts


def test_the_start_is_taken(runs):
    problem = decode()
    best = solved(problem).x

    def from_best(oracle, rng):
        from methods.integer_programming import integer_programming

        with oracle.stage(1, 20):
            oracle.value(best)
        integer_programming(oracle, rng, solver="cbc")

    run = minimize(problem, from_best, 1)
    assert run.certified
    said = re.compile(r"MIPStart provided solution with cost (\S+)")
    (cost,) = [float(found[1]) for line in runs[-1][1] if (found := said.search(line))]
    assert cost == pytest.approx(run.value, rel=1e-4)


def test_without_a_seed_or_a_mode_nothing_is_set(runs):
    solved(packing())
    solved(packing(), solver_seed=5, mode="bound-only")
    plain, chosen = (command for command, _ in runs)
    assert not {"-randomSeed", "-randomCbcSeed", "-heuristicsOnOff", "-mipstart"} & {*plain}
    assert chosen[chosen.index("-randomSeed") + 1] == "5"
    assert chosen[chosen.index("-randomCbcSeed") + 1] == "5"
    assert chosen[chosen.index("-heuristicsOnOff") + 1] == "off"


def test_without_cbc_it_says_so(monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(ImportError, match="CBC is not installed and PuLP brings none here"):
        solved(packing())


# ------------------------------------------------------------ whatever becomes of it


def test_nothing_is_left_behind_and_nothing_has_a_name_meanwhile(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    seen = []
    minimize(
        decode(),
        "integer-programming",
        0,
        solver="cbc",
        listener=lambda point: seen.extend(tmp_path.iterdir()),
    )
    assert seen == []
    assert list(tmp_path.iterdir()) == []


def children():
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
def test_when_we_are_interrupted_it_is_killed(script, monkeypatch, error):
    script("exec sleep 1000")

    def interrupted(*arguments):
        raise error

    monkeypatch.setattr(cbc.select, "select", interrupted)
    before = children()
    if error is KeyboardInterrupt:
        with pytest.raises(KeyboardInterrupt):
            solved(packing())
    else:
        assert solved(packing()).ended == "error"
    assert children() == before


def test_when_it_hangs_it_is_killed_and_the_time_is_up(script, monkeypatch):
    monkeypatch.setattr(cbc, "GRACE_SECONDS", 0.1)
    script("exec sleep 1000")
    before = children()
    run = solved(packing(), seconds=0.1)
    assert (run.ended, run.message, run.value) == ("timeout", "", None)
    assert children() == before


def test_when_it_dies_the_run_says_so(script):
    script("exit 3")
    run = solved(packing())
    assert (run.ended, run.message) == ("error", "RuntimeError: CBC: it wrote no solution file")


def test_an_infeasibility_that_is_claimed_as_time_runs_out_is_none(script):
    """So ends CBC's preprocessing when it is cut short."""
    arguments = 'while [ "$1" != -solution ]; do shift; done'
    script(f'{arguments}\nsleep 0.3\necho "Integer infeasible - objective value 1" > "$2"')
    run = solved(packing(), seconds=0.3)
    assert (run.ended, run.message, run.bound) == ("timeout", "", None)


def test_its_cpu_seconds_are_counted_while_it_runs():
    run = solved(hard(), seconds=1.5)
    assert run.ledger.cpu_seconds > 0.1
    seconds = [p.cpu_seconds for p in run.trace]
    assert seconds == sorted(seconds)


def test_the_clock_of_a_child():
    with subprocess.Popen(
        ["sh", "-c", "i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done; read x"],
        stdin=subprocess.PIPE,
    ) as child:
        while child_clock(child.pid) < 0.005:
            pass
        child.stdin.close()
        child.wait()
        assert child_clock(child.pid) == 0.0


def test_a_cpu_clock_that_the_system_does_not_have(monkeypatch):
    monkeypatch.setattr("problems.core.ledger.sys.platform", "darwin")
    assert child_clock(os.getpid()) == 0.0


# ----------------------------------------------------------- where CBC itself is wrong


def whole_program(weights, row, limit, highs, equal=False):
    """min weights · x under row · x <= or == limit, 0 <= x <= highs, x whole."""
    program = pulp.LpProblem("real", pulp.LpMinimize)
    xs = [pulp.LpVariable(f"x{i}", 0, high, "Integer") for i, high in enumerate(highs)]
    program += pulp.lpDot(weights, xs)
    left = pulp.lpDot(row, xs)
    program += left == limit if equal else left <= limit

    class Whole(problems.Problem):
        space = problems.Box(0, highs, len(highs), integral=True)

        def value(self, x):
            return float(np.dot(weights, x))

        def linear_model(self):
            return problems.LinearModel(program, lambda found: np.array([found[x] for x in xs]))

    return Whole()


def test_probing_does_not_cut_off_the_optimum():
    """CBC 2.10.3 with its defaults calls -4 optimal: a row has real coefficients."""
    row = [544.2613231394765, -717.1266593938017, 439.25618093627236, -300.6593941812661]
    run = solved(whole_program([7, 8, -5, -2], row, 161.38570247874304, [1, 2, 3, 1]))
    assert (run.ended, run.value, run.x.tolist()) == ("optimal", -7.0, [0, 0, 1, 1])


def test_an_equation_in_thirds_has_a_solution():
    """As it stands, CBC calls it infeasible."""
    row = [1 / 3, 7 / 3, 4 / 3]
    run = solved(whole_program([7, -1, -5], row, 1 / 3 + 4 / 3, [3, 2, 2], equal=True))
    assert (run.ended, run.value) == ("optimal", 2.0)


@pytest.mark.parametrize("name", ["KILL", "TERM"])
def test_killed_from_outside_it_has_no_verdict(script, name):
    script(f"kill -{name} $$")
    run = solved(packing())
    assert (run.ended, run.message) == ("killed", f"CBC was ended from outside by SIG{name}")
    assert run.cut  # the same command makes it again


@pytest.mark.parametrize("left", ["", "echo Optimal - objective value 0 > $solution"])
def test_what_it_could_not_write_for_want_of_room_has_no_verdict(script, monkeypatch, left):
    """It says nothing of it, and ends as ever."""
    script(f'for word; do test "$last" = -solution && solution=$word; last=$word; done; {left}')
    full = OSError(errno.ENOSPC, "No space left on device")
    write = os.write

    def no_room(file, data):
        if len(data) == 1 << 16:
            raise full
        return write(file, data)

    run = solved(packing())
    assert (run.ended, run.message) == ("error", "RuntimeError: CBC: it wrote no solution file")
    monkeypatch.setattr(os, "write", no_room)
    run = solved(packing())
    assert (run.ended, run.message) == ("killed", f"OSError: {full}")
    assert run.cut  # the same command makes it again


def test_a_crash_of_its_own_is_an_error(script):
    script("kill -SEGV $$")
    run = solved(packing())
    assert (run.ended, run.message) == ("error", "RuntimeError: CBC crashed: SIGSEGV")
