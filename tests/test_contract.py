"""The contract over every method × problem; and that it notices what breaks it."""

from __future__ import annotations

import functools
import io
import random
import re
import textwrap
from typing import get_type_hints

import numpy as np
import pytest
from rich.console import Console

import problems
from comparison.contract import METHOD_CHECKS, PROBLEM_CHECKS, builder, examine, print_report
from comparison.contract import method_checks as pair
from comparison.contract import problem_checks as single
from comparison.terminal.matrix import suitability
from methods import METHODS, minimize
from problems import PROBLEMS, Box, Budget, LinearModel, Problem, Reference, Unsupported
from problems.core.environment import Construction
from problems.core.problem import VIEWS, has_view
from problems.core.views import BoxRelaxation
from tests.installed import EVERY_PROBLEM, installed
from tests.methods.examples import OneMax

PAIRS = {
    (method, problem): suitability(METHODS.entry(method), PROBLEMS.entry(problem).load())
    for method in METHODS.names()
    for problem in PROBLEMS.names()
}
UNSUPPORTED = "unsupported"
SUITED = [pair for pair, (verdict, _) in PAIRS.items() if verdict != UNSUPPORTED]


#: Of these the looks, or the hundreds of variables, cost too much to be met by chance.
DEAR = {"next-token-table", "next-token-reward", "next-token-transformer", "control"}


def kind(problem):
    """Return the space of a problem and whether it has constraints."""
    cls = PROBLEMS.entry(problem).load()
    return get_type_hints(cls)["space"].__name__, cls.constraints is not Problem.constraints


def what_a_pair_shows(method, problem):
    """Yield what a sample of pairs has to have: every problem, method x kind and view x space."""
    yield problem
    yield method, kind(problem)
    yield PAIRS[method, problem][1], method
    entry = METHODS.entry(method)
    for view in (*entry.needs, *entry.native):
        if view in VIEWS and has_view(PROBLEMS.entry(problem).load(), view):
            yield view, kind(problem)[0]


def along_the_diagonals(rows, columns):
    """Yield every pair so that rows and columns take turns."""
    for shift in range(len(columns)):
        for i, row in enumerate(rows):
            yield row, columns[(i + shift) % len(columns)]


def covering(pairs):
    """Return the pairs that show something which none before has shown, dear ones last."""
    pairs, shown, sample = set(pairs), set(), set()
    order = along_the_diagonals(METHODS.names(), PROBLEMS.names())
    for cell in sorted((cell for cell in order if cell in pairs), key=lambda cell: cell[1] in DEAR):
        if new := set(what_a_pair_shows(*cell)) - shown:
            shown |= new
            sample.add(cell)
    return sample


#: What runs by itself; `-m matrix` runs the rest of the matrix.
SAMPLE = covering(SUITED) | covering(set(PAIRS) - set(SUITED))


def sampled(method, problem, *more):
    """Return a pair as a parameter, marked where it is not in the sample."""
    marks = [] if (method, problem) in SAMPLE else [pytest.mark.matrix]
    marks += installed(method, problem).marks
    return pytest.param(method, problem, *more, marks=marks)


EVERY = [sampled(*pair) for pair in SUITED]
UNSUITED = [sampled(*pair, why) for pair, (verdict, why) in PAIRS.items() if verdict == UNSUPPORTED]


def name_of(check):
    return check.__name__ if callable(check) else str(check)


# ------------------------------------------------------------------- it is kept


@pytest.mark.parametrize("check", METHOD_CHECKS, ids=name_of)
@pytest.mark.parametrize(("method", "problem"), EVERY)
def test_every_method_keeps_the_contract(method, problem, check):
    check(method, builder(problem))


@pytest.mark.parametrize("check", PROBLEM_CHECKS, ids=name_of)
@pytest.mark.parametrize("problem", EVERY_PROBLEM)
def test_every_problem_keeps_the_contract(problem, check):
    check(builder(problem))


@pytest.mark.parametrize(("method", "problem", "reason"), UNSUITED)
def test_an_unsupported_pair_says_why_as_the_list_does(method, problem, reason):
    with pytest.raises(Unsupported) as refusal:
        minimize(builder(problem)(), method, Budget(10, 5))
    assert str(refusal.value) == reason
    assert reason


@pytest.mark.parametrize(("method", "problem"), EVERY)
def test_what_the_list_calls_suited_runs(method, problem):
    run = minimize(builder(problem)(), method, Budget(20, 10))
    assert not run.failed, run.message


def test_the_sample_has_every_method_problem_and_view():
    sample = SAMPLE & set(SUITED)
    assert {method for method, _ in sample} == set(METHODS.names())
    assert {problem for _, problem in sample} == set(PROBLEMS.names())
    shown = {thing for pair in SAMPLE for thing in what_a_pair_shows(*pair)}
    assert shown == {thing for pair in PAIRS for thing in what_a_pair_shows(*pair)}
    assert len(sample) < len(SUITED) / 5


def test_every_problem_is_suited_to_some_method_and_every_method_to_some_problem():
    assert {method for method, _ in SUITED} == set(METHODS.names())
    assert {problem for _, problem in SUITED} == set(PROBLEMS.names())


@pytest.mark.parametrize("problem", EVERY_PROBLEM)
def test_what_is_small_is_valid(problem):
    small = PROBLEMS.entry(problem).small
    made = builder(problem)()
    assert {option: made.options[option] for option in small} == dict(small)


# ---------------------------------------------- a method that breaks it is noticed


BROKEN_METHODS = {
    "same_seed_same_trace": """
        import itertools
        runs = itertools.count(1)
        def method(oracle, rng):
            n = next(runs)
            for _ in range(n):
                rng.random()
            while True:
                oracle.value(oracle.space.sample(rng, 1)[0])
    """,
    "never_over_budget": """
        def method(oracle, rng):
            oracle.record.limit = 1e9
            for x in oracle.start(100):
                oracle.value(x)
    """,
    "never_over_time": """
        def method(oracle, rng):
            oracle.record.deadline = float("inf")
            for x in oracle.start(10):
                oracle.value(x)
    """,
    "best_is_real": """
        def method(oracle, rng):
            x = oracle.start(1)[0]
            oracle.value(x)
            oracle.record.best = -1.0
    """,
    "ledger_is_true": """
        def method(oracle, rng):
            for x in oracle.start(10):
                oracle._problem.value(x)
    """,
    "random_state_untouched": """
        import random
        def method(oracle, rng):
            random.random()
            oracle.value(oracle.start(1)[0])
    """,
    "interruptible": """
        def method(oracle, rng):
            for x in oracle.start(10):
                try:
                    oracle.value(x)
                except BaseException:
                    pass
    """,
}


@pytest.fixture
def method_file(tmp_path):
    def write(source, name="broken"):
        file = tmp_path / f"{name}.py"
        file.write_text(textwrap.dedent(source))
        return f"{file}:method"

    return write


@pytest.mark.parametrize("name", [check.__name__ for check in METHOD_CHECKS])
def test_a_method_that_breaks_a_rule_is_noticed(name, method_file):
    check = next(check for check in METHOD_CHECKS if check.__name__ == name)
    state = random.getstate()
    try:
        with pytest.raises(AssertionError, match=r".+"):
            check(method_file(BROKEN_METHODS[name]), OneMax)
    finally:
        random.setstate(state)


@pytest.mark.parametrize("check", METHOD_CHECKS, ids=name_of)
def test_a_plain_method_passes(check, method_file):
    good = """
        def method(oracle, rng):
            while True:
                oracle.values(oracle.space.sample(rng, 10))
    """
    check(method_file(good), OneMax)


def test_a_global_numpy_draw_is_noticed(method_file):
    state = np.random.get_state()
    source = """
        import numpy as np
        def method(oracle, rng):
            np.random.random()
            oracle.value(oracle.start(1)[0])
    """
    try:
        with pytest.raises(AssertionError, match=r"numpy\.random"):
            pair.random_state_untouched(method_file(source), OneMax)
    finally:
        np.random.set_state(state)


def test_a_method_that_finds_nothing_is_noticed(method_file):
    with pytest.raises(AssertionError, match="no point was found: converged"):
        pair.best_is_real(method_file("def method(oracle, rng): pass"), OneMax)


def test_a_failing_method_is_noticed(method_file):
    source = """
        def method(oracle, rng):
            oracle.value(oracle.start(1)[0])
            raise RuntimeError("out of ideas")
    """
    with pytest.raises(AssertionError, match="ended in error: RuntimeError: out of ideas"):
        pair.never_over_budget(method_file(source), OneMax)


def test_the_spy_counts_looks_however_they_call_each_other():
    class Both(Problem):
        space = Box(0, 1, 2)

        def value(self, x):
            return float(self.values(np.asarray(x)[None])[0])

        def values(self, points):
            return points.sum(axis=1)

    for problem in (Both(), OneMax(2)):
        spy = pair.Spy(problem)
        problem.value(np.zeros(2))
        problem.values(np.zeros((5, 2)))
        assert spy.looks == 6


# --------------------------------------------- a problem that breaks it is noticed


class Unsteady(OneMax):
    """A different objective each time it is built."""

    builds = 0

    def __init__(self):
        super().__init__()
        Unsteady.builds += 1
        self._shift = Unsteady.builds

    def values(self, points):
        return super().values(points) + self._shift


class Noisy(OneMax):
    """Draws without a seed."""

    def value(self, x):
        return float(np.random.default_rng().random())

    def values(self, points):
        return np.array([self.value(x) for x in points])


class NoisyBatch(OneMax):
    """Keeps how many batches it was asked for."""

    batches = 0

    def value(self, x):
        return 0.0

    def values(self, points):
        self.batches += 1
        return np.full(len(points), float(self.batches))


class StrangeSample(OneMax):
    def sample(self, rng, n, temperature=1.0):
        return np.full((n, 20), 2)


class ForgetfulSample(OneMax):
    def sample(self, rng, n, temperature=1.0):
        return np.random.default_rng().integers(0, 2, (n, 20))


class ShortSample(OneMax):
    def sample(self, rng, n, temperature=1.0):
        return self.space.sample(rng, n - 1)


class TwoObjectives(OneMax):
    def value(self, x):
        return float(np.sum(x))


class Infinite(OneMax):
    def values(self, points):
        return np.full(len(points), np.inf)


class Column(OneMax):
    def values(self, points):
        return super().values(points)[:, None]


class LossyBox(Box):
    def encode(self, x):
        return np.zeros(np.shape(x))


class OpenBox(Box):
    def decode(self, z):
        return np.asarray(z)


class Lossy(OneMax):
    def __init__(self):
        self.space = LossyBox(0, 1, 20, integral=True)


class Open(OneMax):
    def __init__(self):
        self.space = OpenBox(0, 1, 20)


class Padded(OneMax):
    def values(self, points):
        return super().values(points) if len(points) else np.zeros(1)


class WrongProof(OneMax):
    reference = Reference(15.0, "bound", "a mistake")


class Speechless(OneMax):
    def describe(self, x):
        return None


class Scoreless(OneMax):
    def score(self, x):
        return "good"


class Untitled(OneMax):
    title = None


class Slope(BoxRelaxation):
    """Of f(x) = Σ x²; each fault is one attribute."""

    exact = True
    yields_value = True
    factor, offset, shape, back, start_shape = 2.0, 0.0, 3, 1.0, 3

    def start(self, rng):
        return np.full(self.start_shape, 0.5)

    def loss_and_gradient(self, theta, rows=None):
        return float(theta @ theta) + self.offset, np.resize(self.factor * theta, self.shape)

    def encode(self, x):
        return self.back * np.asarray(x)


class Smooth(Problem):
    fault = None

    def __init__(self):
        self.space = Box(-1, 1, 3)

    def values(self, points):
        return (points**2).sum(axis=1)

    def relaxation(self):
        relaxation = Slope(self.space)
        for name, value in (self.fault or {}).items():
            setattr(relaxation, name, value)
        return relaxation


def smooth(**fault):
    return type("FaultySmooth", (Smooth,), {"fault": fault})


class Outside(Smooth):
    def relaxation(self):
        relaxation = Slope(self.space)
        relaxation.decode = lambda theta: theta + 7
        return relaxation


class Generous(OneMax):
    def environment(self, look):
        return Construction(self.space, lambda x: look(x) - 1)


class Curious(OneMax):
    def environment(self, look):
        return Construction(self.space, lambda x: (look(x) + look(x)) / 2)


class Misbuilt(OneMax):
    def environment(self, look):
        return Construction(self.space, lambda x: look(x + 2))


class WrongModel(OneMax):
    """Its program has a better optimum than the problem."""

    def linear_model(self):
        import pulp

        program = pulp.LpProblem("wrong", pulp.LpMinimize)
        bits = [pulp.LpVariable(f"b{i}", cat=pulp.LpBinary) for i in range(20)]
        program += pulp.lpSum(-bit for bit in bits)
        program += bits[0] + bits[1] <= 1

        def read(values):
            return np.array([round(values[bit.name]) for bit in bits])

        return LinearModel(program, read, offset=10.0)


@pytest.mark.parametrize(
    ("check", "build", "says"),
    [
        (single.samples_are_members, StrangeSample, "outside the space"),
        (single.samples_are_members, ForgetfulSample, "two different samples"),
        (single.samples_are_members, ShortSample, r"a sample has \(19, 20\)"),
        (single.values_agree, TwoObjectives, r"values\(\) differs from value\(\)"),
        (single.values_agree, Infinite, "not finite"),
        (single.values_agree, Column, r"shape \(20, 1\)"),
        (single.values_agree, Unsteady, "second build"),
        (single.is_deterministic, Unsteady, r"gave \d+, then \d+ in a second build of the same"),
        (single.is_deterministic, Noisy, r"the same point gave \d.*, then \d[^ ]*; seed it"),
        (single.is_deterministic, NoisyBatch, "the objective is not deterministic"),
        (single.values_agree, Padded, "no points"),
        (single.encoding_inverts, Lossy, r"decode\(encode\(x\)\) != x"),
        (single.encoding_inverts, Open, "decodes to no member"),
        (single.reference_is_unbeaten, WrongProof, "beats"),
        (single.describes, Speechless, "describe"),
        (single.describes, Untitled, "title"),
        (single.relaxation_holds, smooth(factor=2.1), "finite difference"),
        (single.relaxation_holds, smooth(offset=1.0), "loss is not the value"),
        (single.relaxation_holds, smooth(shape=2), "shape"),
        (single.relaxation_holds, smooth(start_shape=2), r"start\(\)"),
        (single.relaxation_holds, smooth(back=0.5), r"decode\(encode\(x\)\) != x"),
        (single.relaxation_holds, Outside, "no member"),
        (single.environment_holds, Generous, "reward is not minus the value"),
        (single.environment_holds, Curious, "2 looks"),
        (single.environment_holds, Misbuilt, "no member"),
        (single.linear_model_holds, WrongModel, "not solved"),
    ],
    ids=name_of,
)
def test_a_problem_that_breaks_a_rule_is_noticed(check, build, says):
    with pytest.raises(AssertionError, match=says):
        check(build)


def test_a_score_that_is_no_number_is_noticed():
    with pytest.raises((AssertionError, ValueError)):
        single.describes(Scoreless)


@pytest.mark.parametrize("check", PROBLEM_CHECKS, ids=name_of)
@pytest.mark.parametrize("build", [OneMax, Smooth, functools.partial(OneMax, 1)], ids=str)
def test_a_plain_problem_passes(check, build):
    check(build)


# -------------------------------------------------------------------- the report


def report(name):
    screen = io.StringIO()
    code = print_report(Console(file=screen, width=1000, highlight=False), name)
    return code, screen.getvalue()


def test_the_report_of_a_good_method_says_ok_a_problem_and_exits_0():
    code, text = report("counting")
    assert code == 0
    assert "ok  counting on next-token-table" in text
    assert "knapsack" not in text  # unsupported pairs are left out
    assert text.endswith(f"{len(METHOD_CHECKS)} checks, 0 failed\n")


def test_the_report_of_a_bad_method_names_rule_and_fault_and_exits_1(method_file):
    code, text = report(method_file(BROKEN_METHODS["interruptible"], "stubborn"))
    assert code == 1
    assert re.search("^fails  .*stubborn.py:method on sphere$", text, re.MULTILINE)
    assert "interruptible: KeyboardInterrupt was swallowed" in text


def test_the_report_of_a_users_problem(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(
        textwrap.dedent(
            """
            from problems import Box, Problem

            class Parabola(Problem):
                space: Box = Box(-5, 5, 2)
                def value(self, x):
                    return float((x[0] - 1) ** 2 + x[1] ** 2)

            class Crashing(Parabola):
                def value(self, x):
                    raise RuntimeError("no such file")
            """
        )
    )
    code, text = report(f"{file}:Parabola")
    assert code == 0, text
    assert "genetic on" in text
    code, text = report(f"{file}:Crashing")
    assert code == 1
    assert "values_agree: RuntimeError: no such file" in text


def test_a_fault_that_looks_like_markup_is_printed_as_it_is(method_file):
    source = """
        def method(oracle, rng):
            oracle.value(oracle.start(1)[0])
            raise RuntimeError("[red]bracket[/red]")
    """
    _, text = report(method_file(source, "brackets"))
    assert "[red]bracket[/red]" in text


def test_examine_covers_every_rule_of_a_problem():
    findings = list(examine("sphere"))
    assert {f.check for f in findings if f.subject == "sphere"} == {
        check.__name__ for check in PROBLEM_CHECKS
    }
    assert not [f for f in findings if f.fault]
    assert "adam on sphere" in {f.subject for f in findings}


def test_what_is_neither_method_nor_problem_is_refused(tmp_path):
    file = tmp_path / "things.py"
    file.write_text("number = 3\nclass Thing: pass\n")
    for thing in ("number", "Thing"):
        with pytest.raises(ValueError, match=r"neither a method .* nor a Problem class"):
            list(examine(f"{file}:{thing}"))
    with pytest.raises(ValueError, match="unknown method or problem 'sphree'"):
        list(examine("sphree"))


def test_builder_makes_a_fresh_instance_each_time():
    build = builder("knapsack")
    assert build() is not build()
    assert build().space.dimension == problems.PROBLEMS.entry("knapsack").small["items"]
