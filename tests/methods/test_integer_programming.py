"""The solver against itself called directly, its proofs, and all the ways in which it ends."""

from __future__ import annotations

import re

import highspy
import numpy as np
import pulp
import pytest
import scipy.optimize

import problems
from methods import minimize
from methods.integer_programming import integer_programming
from methods.shared import highs
from problems import Box, Budget, LinearModel, Oracle, Problem, Reference, Stop, Unsupported
from problems.core.ledger import BrokenReference
from tests.methods.examples import SECONDS, OneMax


class Linear(Problem):
    """min c·x + constant, A x <= b, x between bounds; the model is kept in `program`."""

    ceiling = 1e6

    def __init__(self, c, A, b, low=0, high=3, integral=True, constant=0.0):
        self.c, self.A, self.b = (np.asarray(part, dtype=float) for part in (c, A, b))
        self.constant = constant
        self.space = Box(low, high, len(c), integral=integral)

    def value(self, x):
        return float(self.c @ x) + self.constant

    def constraints(self, x):
        return self.A @ x - self.b - 1e-7

    def program(self, sense=pulp.LpMinimize):
        program = pulp.LpProblem("linear", sense)
        kinds = [pulp.LpInteger if whole else pulp.LpContinuous for whole in self.space.integral]
        bounds = zip(self.space.low, self.space.high, kinds, strict=True)
        xs = [
            pulp.LpVariable(f"x{i}", low, high, kind) for i, (low, high, kind) in enumerate(bounds)
        ]
        program += pulp.lpDot((self.c * sense).tolist(), xs)
        for row, limit in zip(self.A, self.b, strict=True):
            program += pulp.lpDot(row.tolist(), xs) <= limit
        return program

    def read(self, values):
        point = np.array([values.get(f"x{i}", 0.0) for i in range(len(self.c))])
        return self.space.decode(point)

    def linear_model(self):
        return LinearModel(self.program(), self.read, offset=self.constant)


class Modelled(Linear):
    """`packing` with a model written in some other way."""

    def __init__(self, write, constant=0.0):
        super().__init__([-5, -4, -3, -7], [[4, 3, 2, 2]], [5], high=1, constant=constant)
        self._write = write

    def linear_model(self):
        return self._write(self)


def random_program(seed, integral=True, **options):
    """A feasible program (x = 0 is in it) with a bounded optimum."""
    rng = np.random.default_rng(seed)
    n, m = 8, 4
    A = rng.integers(1, 30, (m, n))
    return Linear(rng.integers(-40, 5, n), A, A.sum(axis=1), integral=integral, **options)


def packing():
    """Worth 4 + 7 within a weight of 5: the optimum is 11."""
    return Linear([-5, -4, -3, -7], [[4, 3, 2, 2]], [5], high=1)


def ternary(**options):
    """One of few small instances whose bound is out of reach, so that a proof is needed."""
    return problems.make(
        "next-token-ternary",
        corpus="markov:length=5000,symbols=8",
        alphabet="characters",
        bits=2,
        instance=1,
        **options,
    )


def decode():
    return problems.make("next-token-decode", corpus="markov:length=5000,symbols=12", length=8)


def from_a_point(x):
    """Return a method: the known point `x`, and integer programming from there."""

    def known(oracle, rng, *, solver="highs", mode="solve"):
        with oracle.stage(1, SECONDS):
            oracle.value(x)
        integer_programming(oracle, rng, solver=solver, mode=mode)

    return known


def hard(bits=7):
    """Beyond any proof within a test; with fewer bits solutions at least come soon."""
    return problems.make("next-token-ternary", corpus="markov:length=20000", bits=bits)


def softer():
    return hard(bits=4)


@pytest.fixture
def run_of_highs(monkeypatch):
    """Wrap HiGHS's own `run`: ``run_of_highs(before=…, after=…)`` get the solver."""
    run = highspy.Highs.run

    def wrap(before=lambda highs: None, after=lambda highs: None):
        def wrapped(self):
            before(self)
            status = run(self)
            after(self)
            return status

        monkeypatch.setattr(highspy.Highs, "run", wrapped)

    return wrap


BOTH = pytest.mark.parametrize("solver", ["highs", "cbc"])

# --------------------------------------------------------------- the same optimum


@BOTH
@pytest.mark.parametrize("build", [packing, ternary, decode], ids=lambda f: f.__name__)
def test_it_finds_what_highs_finds_through_pulp(build, solver):
    run = minimize(build(), "integer-programming", 0, solver=solver)
    model = build().linear_model()
    model.program.solve(pulp.HiGHS(msg=False, gapRel=0.0, gapAbs=0.0))
    assert pulp.LpStatus[model.program.status] == "Optimal"
    objective = pulp.value(model.program.objective)
    assert run.value == pytest.approx(model.offset + model.unit * objective, abs=1e-9)


@BOTH
@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(
    "integral", [True, [True] * 4 + [False] * 4, False], ids=["integer", "mixed", "continuous"]
)
def test_it_finds_what_scipy_milp_finds_and_proves_it(integral, seed, solver):
    problem = random_program(seed, integral)
    run = minimize(problem, "integer-programming", 0, solver=solver)
    expected = scipy.optimize.milp(
        problem.c,
        integrality=problem.space.integral,
        bounds=scipy.optimize.Bounds(problem.space.low, problem.space.high),
        constraints=scipy.optimize.LinearConstraint(problem.A, ub=problem.b),
        options={"mip_rel_gap": 0.0},
    )
    assert run.value == pytest.approx(expected.fun, abs=1e-5)
    assert run.ended == "optimal"
    assert run.bound == run.value


@pytest.mark.parametrize("instance", range(3))
@pytest.mark.parametrize("correlation", ["none", "weak", "strong"])
def test_it_finds_the_knapsack_of_the_dynamic_programme(correlation, instance):
    problem = problems.make("knapsack", items=25, correlation=correlation, instance=instance)
    run = minimize(problem, "integer-programming", 0)
    assert run.ended == "optimal"
    assert run.value == problem.reference.value


def test_a_packing_by_hand():
    run = minimize(packing(), "integer-programming", 0)
    assert run.x.tolist() == [0, 1, 0, 1]
    assert (run.value, run.bound) == (-11.0, -11.0)


# ---------------------------------------------------------------------- the proof


@BOTH
@pytest.mark.parametrize("build", [ternary, decode], ids=lambda f: f.__name__)
def test_a_certificate_is_a_bound_that_meets_the_value(build, solver):
    run = minimize(build(), "integer-programming", 0, solver=solver)
    assert run.ended == "optimal"
    assert run.bound == run.value
    assert run.value > run.reference.value + 1e-3  # the reference alone would prove nothing
    assert run.certified


@BOTH
def test_bounds_rise_values_fall_and_never_cross(solver):
    trace = minimize(decode(), "integer-programming", 0, solver=solver).trace
    bounds = [p.value for p in trace if p.kind == "bound"]
    values = [p.value for p in trace if p.kind == "value"]
    assert bounds == sorted(bounds)
    assert values == sorted(values, reverse=True)
    assert bounds[-1] <= values[-1] + 1e-6


def test_no_solution_is_better_than_the_certificate():
    """Every packing there is, looked at one by one."""
    problem = random_program(3, high=2)
    run = minimize(problem, "integer-programming", 0)
    grid = np.indices((3,) * 8).reshape(8, -1).T
    feasible = grid[(grid @ problem.A.T <= problem.b).all(axis=1)]
    assert run.bound == run.value == (feasible @ problem.c).min()


@BOTH
@pytest.mark.parametrize("unit", [1.0, 1e-3, 1e-8], ids=lambda unit: f"unit {unit:g}")
def test_a_model_that_only_bounds_certifies_nothing(unit, solver):
    """Without its constraint the program promises more; 8 tokens in 10⁸ are no rounding error."""

    def loose(problem):
        program = Linear([-5, -4, -3, -7], [[0, 0, 0, 0]], [1], high=1).program()
        return LinearModel(program, lambda values: np.array([0, 1, 0, 1]), unit=unit, exact=False)

    problem = Modelled(loose)
    problem.c = problem.c * unit
    run = minimize(problem, "integer-programming", 0, solver=solver)
    assert run.value == pytest.approx(-11 * unit, rel=1e-9)
    assert run.bound == pytest.approx(-19 * unit, rel=1e-9)
    assert run.ended == "converged"
    assert not run.certified


def test_the_unit_and_offset_turn_counts_into_values():
    def counting(problem):
        return LinearModel(packing().program(), problem.read, unit=1 / 19, offset=1.0)

    problem = Modelled(counting)
    problem.c, problem.constant = problem.c / 19, 1.0
    run = minimize(problem, "integer-programming", 0)
    assert run.value == pytest.approx(1 - 11 / 19)
    assert run.certified


def with_constant(problem):
    program = problem.program()
    program.setObjective(program.objective + problem.constant)
    return LinearModel(program, problem.read)


def maximising(problem):
    return LinearModel(
        problem.program(pulp.LpMaximize), problem.read, unit=-1.0, offset=problem.constant
    )


@BOTH
@pytest.mark.parametrize("constant", [0.0, 10.0, -10.0])
@pytest.mark.parametrize("write", [with_constant, maximising], ids=lambda f: f.__name__)
def test_value_is_offset_plus_unit_times_pulps_own_objective(write, constant, solver):
    """Also where the program maximises, or its objective has a constant term."""
    run = minimize(Modelled(write, constant), "integer-programming", 0, solver=solver)
    assert (run.ended, run.value, run.bound) == ("optimal", constant - 11, constant - 11)


# ------------------------------------------------------------------ budget and time


@BOTH
def test_it_spends_no_work_and_needs_none(solver):
    run = minimize(packing(), "integer-programming", 0, solver=solver)
    assert (run.ended, run.ledger.work, run.ledger.values) == ("optimal", 0, 0)


def test_what_the_solver_did_is_in_the_ledger():
    ledger = minimize(decode(), "integer-programming", 0).ledger
    assert ledger.iterations > 0
    assert ledger.nodes > 0


@pytest.mark.parametrize(
    ("build", "limits", "ended"),
    [(softer, {"target": 0.97}, "target"), (hard, {"seconds": 0.5}, "timeout")],
    ids=["target", "timeout"],
)
def test_what_an_interrupted_solver_did_is_in_the_ledger_too(build, limits, ended, run_of_highs):
    done = []
    run_of_highs(after=lambda highs: done.append(highs.getInfo().simplex_iteration_count))
    run = minimize(build(), "integer-programming", 0, **limits)
    assert run.ended == ended
    assert run.ledger.iterations == max(0, done[0])


@BOTH
@pytest.mark.parametrize("seconds", [0.02, 0.3])
def test_a_time_limit_ends_in_timeout_with_a_bound_below_the_value(seconds, solver):
    run = minimize(hard(), "integer-programming", 0, seconds=seconds, solver=solver)
    assert (run.ended, run.message) == ("timeout", "")
    assert not run.failed
    assert not run.certified
    if run.value is not None and run.bound is not None:
        assert run.bound < run.value


def test_a_time_limit_that_highs_notices_before_we_do_is_a_timeout_too(run_of_highs):
    run_of_highs(before=lambda highs: highs.setOptionValue("time_limit", 0.0))
    assert minimize(hard(), "integer-programming", 0).ended == "timeout"


@BOTH
def test_no_seconds_end_at_once(solver):
    run = minimize(packing(), "integer-programming", 0, seconds=0, solver=solver)
    assert (run.ended, run.value, run.bound) == ("timeout", None, None)


@BOTH
def test_the_target_ends_the_solve(solver):
    run = minimize(softer(), "integer-programming", 0, target=0.97, solver=solver)
    assert run.ended == "target" or run.certified  # by a better one than asked for
    assert run.value <= 0.97


def test_the_time_to_build_the_model_counts(monkeypatch, run_of_highs):
    """HiGHS gets what is left when it starts, not what was left before the model was built."""
    oracle = Oracle(packing(), Budget(0, SECONDS))
    build, limits = highs.highs_model, []

    def slow(arrays):
        oracle.record.deadline -= 10
        return build(arrays)

    monkeypatch.setattr(highs, "highs_model", slow)
    run_of_highs(before=lambda highs: limits.append(highs.getOptionValue("time_limit")[1]))
    with pytest.raises(Stop, match="optimal"):
        integer_programming(oracle, np.random.default_rng(0))
    assert 0 < limits[0] <= SECONDS - 10


def test_what_the_solver_says_last_is_heard_whole_however_late(monkeypatch, run_of_highs):
    """Solution and bound that it returns a moment after the deadline are one statement."""
    monkeypatch.setattr(highspy.Highs, "startCallback", lambda self, kind: None)
    oracle = Oracle(packing(), Budget(0, SECONDS))
    run_of_highs(after=lambda highs: setattr(oracle.record, "deadline", 0.0))
    with pytest.raises(Stop):
        integer_programming(oracle, np.random.default_rng(0))
    assert oracle.record.best == -11.0
    assert oracle.record.bound == -11.0


# ----------------------------------------------------------------------- exceptions


@pytest.mark.parametrize("kind", ["value", "bound"])
@pytest.mark.parametrize("interruption", [KeyboardInterrupt, Stop, SystemExit, MemoryError])
def test_what_is_raised_inside_a_callback_comes_through(interruption, kind):
    heard = []

    def listener(point):
        heard.append(point.kind)
        if point.kind == kind:
            raise interruption

    oracle = Oracle(decode(), Budget(0, SECONDS), listener=listener)
    with pytest.raises(interruption):
        integer_programming(oracle, np.random.default_rng(0))
    assert heard.count(kind) == 1  # the solver was interrupted, and nothing more was said


@BOTH
def test_keyboard_interrupt_leaves_minimize(solver):
    def listener(point):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        minimize(packing(), "integer-programming", 0, listener=listener, solver=solver)


@BOTH
@pytest.mark.parametrize("error", [RuntimeError, ValueError, KeyError])
def test_a_model_that_cannot_be_read_back_is_a_failed_run(error, solver):
    def unreadable(problem):
        def read(values):
            raise error("unreadable")

        return LinearModel(problem.program(), read)

    run = minimize(Modelled(unreadable), "integer-programming", 0, solver=solver)
    assert run.ended == "error"
    assert run.message.startswith(f"{error.__name__}: ")
    assert "unreadable" in run.message


@BOTH
@pytest.mark.parametrize("offset", [5.0, 100.0])
def test_a_model_whose_bound_exceeds_a_value_found_is_called_wrong(offset, solver):
    wrong = Modelled(lambda p: LinearModel(p.program(), p.read, offset=offset))
    with pytest.raises(BrokenReference, match="its model is not this problem's"):
        minimize(wrong, "integer-programming", 0, solver=solver)


def test_a_bound_above_a_proven_optimum_is_called_wrong():
    wrong = Modelled(lambda p: LinearModel(p.program(), lambda v: np.ones(4, int), offset=5.0))
    wrong.reference = Reference(-11.0, "closed form", "by hand")
    with pytest.raises(BrokenReference, match="contradicts the proven reference -11"):
        minimize(wrong, "integer-programming", 0)


def test_a_solution_below_a_proven_bound_is_called_wrong():
    problem = packing()
    problem.reference = Reference(-10.0, "bound", "a mistake")
    with pytest.raises(BrokenReference, match="better than the proven reference -10"):
        minimize(problem, "integer-programming", 0)


def infeasible(problem):
    program = problem.program()
    program += pulp.lpSum(program.variables()) >= 100
    return LinearModel(program, problem.read)


def unbounded(problem):
    program = problem.program()
    free = pulp.LpVariable("free", cat=pulp.LpInteger)
    program.setObjective(program.objective + free)
    return LinearModel(program, problem.read)


def half(problem):
    """No whole number is a half: the relaxation has a solution."""
    program = problem.program()
    program += 2 * pulp.lpSum(program.variables()) == 3
    return LinearModel(program, problem.read)


def unbounded_half(problem):
    """Unbounded in its relaxation, and still without any solution."""
    model = half(problem)
    free = pulp.LpVariable("free", cat=pulp.LpInteger)
    model.program.setObjective(model.program.objective + free)
    model.program += free <= pulp.lpSum(model.program.variables())
    return model


def nothing_at_all(problem):
    """Infeasible as a plain linear program."""
    x = pulp.LpVariable("x", 0, 1)
    program = pulp.LpProblem("nothing", pulp.LpMinimize)
    program += x
    program += x >= 2
    return LinearModel(program, problem.read)


@BOTH
@pytest.mark.parametrize(
    ("write", "status"),
    [
        (infeasible, "Infeasible"),
        (half, "Infeasible"),
        (unbounded_half, "Infeasible"),
        (nothing_at_all, "Infeasible"),
        (unbounded, "Unbounded"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_model_without_an_optimum_is_a_failed_run_that_says_why(write, status, solver):
    run = minimize(Modelled(write), "integer-programming", 0, solver=solver)
    assert run.ended == "error"
    assert run.failed
    assert run.message == f"RuntimeError: {'HiGHS' if solver == 'highs' else 'CBC'}: {status}"
    assert run.bound is None or status == "Infeasible"  # where any bound is true


@BOTH
def test_optimal_feasible_and_nothing_in_time_are_told_apart(solver):
    optimal = minimize(packing(), "integer-programming", 0, solver=solver)
    assert (optimal.ended, optimal.certified) == ("optimal", True)
    # A start that is known is a solution however soon the time is up.
    problem = hard()
    known = from_a_point(np.zeros(problem.space.dimension, int))
    feasible = minimize(problem, known, 1, seconds=0.3, solver=solver)
    assert (feasible.ended, feasible.message, feasible.certified) == ("timeout", "", False)
    assert feasible.bound is None or feasible.bound < feasible.value
    nothing = minimize(hard(), "integer-programming", 0, seconds=0.02, solver=solver)
    assert (nothing.ended, nothing.message, nothing.x, nothing.value) == ("timeout", "", None, None)


def test_without_a_model_it_is_unsupported():
    with pytest.raises(Unsupported, match=r"^it has no linear model$"):
        minimize(OneMax(3), "integer-programming", 0)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"threads": 2}, "has no option 'threads'; it has solver, mode, solver_seed"),
        ({"solver": "cbb"}, "solver=cbb: expected one of highs, cbc; did you mean 'cbc'?"),
        ({"mode": "bound"}, "mode=bound: expected one of solve, bound-only"),
        ({"solver_seed": -1}, "solver_seed=-1: expected a whole number in [0, 2147483648)"),
        ({"solver_seed": 2**31}, "solver_seed=2147483648: expected a whole number"),
    ],
    ids=str,
)
def test_it_refuses_options_that_mean_nothing(options, why):
    with pytest.raises(ValueError, match=re.escape(why)):
        minimize(packing(), "integer-programming", 0, **options)


# ----------------------------------------------------------- neighbours in the process


@BOTH
def test_nothing_is_printed_not_even_below_python(capfd, solver):
    minimize(decode(), "integer-programming", 0, solver=solver)
    minimize(Modelled(infeasible), "integer-programming", 0, solver=solver)
    captured = capfd.readouterr()
    assert captured.out == ""
    assert captured.err == ""


def test_stdout_works_afterwards(capfd):
    minimize(packing(), "integer-programming", 0)
    print("still here")
    assert capfd.readouterr().out == "still here\n"


@pytest.mark.parametrize("threads", [1, 2])
def test_another_solve_in_the_process_with_other_threads_changes_nothing(threads):
    other = highspy.Highs()
    other.setOptionValue("output_flag", False)
    other.resetGlobalScheduler(True)
    other.setOptionValue("threads", threads)
    other.addVar(0.0, 1.0)
    other.run()
    run = minimize(ternary(), "integer-programming", 0)
    assert run.ended == "optimal"
    assert run.certified


@BOTH
def test_a_run_again_finds_the_same(solver):
    first, second = (
        minimize(decode(), "integer-programming", 0, seed=s, solver=solver) for s in (0, 1)
    )
    assert first.value == second.value
    assert first.bound == second.bound
