"""Expected reward, KL and log Z against every string there is; gradients; REINFORCE."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import problems
from methods import minimize
from problems.next_token.reward import NextTokenReward
from tests.problems.toys import slope_by_differences

#: Four symbols: the boundary, a, b and c.
TEXT = {"corpus": "markov:length=400,symbols=4", "alphabet": "characters"}
CASES: list[dict[str, Any]] = [
    {"length": 4, "shortest": 2, "longest": 3},
    {"length": 5, "shortest": 0, "longest": 5, "vowel": False},
    {"length": 5, "shortest": 1, "longest": 5, "vowel": False, "pattern": "*b?*"},
    {"length": 4, "shortest": 0, "longest": 4, "vowel": False, "new": False, "pattern": "[!a]*c"},
    {"length": 4, "shortest": 3, "longest": 4, "pattern": "b*", "beta": 0.5},
]


def make(**options: Any) -> NextTokenReward:
    problem = problems.make("next-token-reward", **{**TEXT, **options})
    assert isinstance(problem, NextTokenReward)
    return problem


def strings(problem: NextTokenReward) -> Iterator[tuple[int, ...]]:
    """Every string that a policy can write; the boundary is symbol 0."""
    for length in range(problem.length + 1):
        yield from product(range(1, len(problem.symbols)), repeat=length)


def log_probability(logs: NDArray, string: tuple[int, ...], length: int) -> float:
    path = (0, *string, 0)[: length + 1]
    return sum(float(logs[i, j]) for i, j in pairwise(path))


def problem_words(problem: NextTokenReward) -> set[str]:
    return set("".join(problem.symbols[t] for t in problem.corpus.tokens).split(" ")) - {""}


def rewarded(problem: NextTokenReward, string: tuple[int, ...], options: dict[str, Any]) -> bool:
    """The reward as the docstring states it, from the text itself."""
    text = "".join(problem.symbols[v] for v in string)
    words = problem_words(problem)
    return (
        options["shortest"] <= len(text) <= options["longest"]
        and (not options.get("vowel", True) or text[-1:] in tuple("aeiou"))
        and fnmatchcase(text, options.get("pattern", "*"))
        and not (options.get("new", True) and text in words)
    )


@pytest.mark.parametrize("options", CASES)
def test_reward_kl_and_log_z_agree_with_enumeration(options: dict[str, Any]) -> None:
    problem = make(held_out=0, **options)
    x = problem.sample(np.random.default_rng(0), 1)[0]
    logs = problem.regularized.log_policy(x)[0]
    total = reward = kl = z = 0.0
    for string in strings(problem):
        won = rewarded(problem, string, options)
        assert problem.chain.reward(string) == won
        own = log_probability(logs, string, problem.length)
        model = log_probability(problem.model, string, problem.length)
        total += math.exp(own)
        reward += won * math.exp(own)
        kl += math.exp(own) * (own - model)
        z += math.exp(model + won / problem.beta)
    assert total == pytest.approx(1.0, abs=1e-12)
    found_reward, found_kl = problem.regularized.reward_and_kl(x[None])
    assert 0 < reward < 1
    assert found_reward[0] == pytest.approx(reward, abs=1e-12)
    assert found_kl[0] == pytest.approx(kl, abs=1e-10)
    assert problem.value(x) == pytest.approx(problem.beta * kl - reward, abs=1e-10)
    assert problem.log_z == pytest.approx(math.log(z), abs=1e-10)


@pytest.mark.parametrize("options", CASES)
def test_projection_has_the_optimums_expected_transitions(options: dict[str, Any]) -> None:
    problem = make(held_out=0, **options)
    moves = np.zeros((len(problem.symbols),) * 2)
    for string in strings(problem):
        tilted = log_probability(problem.model, string, problem.length)
        tilted += problem.chain.reward(string) / problem.beta
        path = (0, *string, 0)[: problem.length + 1]
        np.add.at(moves, (path[:-1], path[1:]), math.exp(tilted))
    share = moves / moves.sum(axis=1, keepdims=True)
    found = np.exp(problem.regularized.log_policy(problem.projection())[0])
    np.testing.assert_allclose(found, share, atol=1e-8)


@pytest.mark.parametrize("options", CASES)
def test_gradient_agrees_with_differences(options: dict[str, Any]) -> None:
    problem = make(**options)
    relaxation = problem.relaxation()
    theta = problem.sample(np.random.default_rng(1), 1)[0]
    loss, slope = relaxation.loss_and_gradient(theta)
    assert loss == pytest.approx(problem.value(theta), abs=1e-12)
    differences = slope_by_differences(problem.value, theta)
    np.testing.assert_allclose(slope, differences, atol=1e-7)


def test_sampled_strings_have_the_exact_reward() -> None:
    problem = make(**CASES[0])
    x = problem.sample(np.random.default_rng(2), 1)[0]
    policy = np.exp(problem.regularized.log_policy(x)[0])
    uniforms = np.random.default_rng(3).random((20_000, problem.length))
    drawn = problem.chain.draw(policy, uniforms)
    hits = np.mean([problem.chain.reward([int(v) for v in row if v]) for row in drawn])
    expected = problem.regularized.reward_and_kl(x[None])[0][0]
    deviation = math.sqrt(expected * (1 - expected) / len(drawn))
    assert abs(hits - expected) < 4 * deviation


def test_reinforce_is_an_unbiased_estimate_of_the_exact_gradient() -> None:
    problem = make(**CASES[0])
    relaxation = problem.relaxation()
    theta = problem.sample(np.random.default_rng(4), 1)[0]
    loss, slope = relaxation.loss_and_gradient(theta)
    rng = np.random.default_rng(5)
    estimates = [
        relaxation.loss_and_gradient(theta, relaxation.minibatch(rng, 4)) for _ in range(4000)
    ]
    losses = np.array([estimate[0] for estimate in estimates])
    slopes = np.array([estimate[1] for estimate in estimates])
    assert abs(losses.mean() - loss) < 4 * losses.std() / math.sqrt(len(losses))
    deviation = slopes.std(axis=0) / math.sqrt(len(slopes))
    assert (np.abs(slopes.mean(axis=0) - slope) < 4.5 * deviation + 1e-12).all()


def test_strings_of_one_symbol_attain_the_closed_form() -> None:
    problem = make(length=1, shortest=1, longest=1, new=False, beta=0.2)
    assert problem.reference.kind == "closed form"
    assert problem.value(problem.projection()) == pytest.approx(problem.reference.value, abs=1e-9)


def test_a_reward_for_everything_or_nothing_leaves_the_model_as_it_is() -> None:
    always = make(length=4, shortest=0, longest=4, new=False, vowel=False)
    assert always.base_success == pytest.approx(1.0)
    assert always.reference.kind == "closed form"
    assert always.reference.value == pytest.approx(-1.0)
    never = make(length=4, shortest=0, longest=0, new=False)
    assert never.reference.value == 0.0
    assert never.reference.optimum
    assert never.value(never.model.ravel()) == pytest.approx(0.0, abs=1e-12)


def test_a_reward_for_known_words_alone_is_none_whatever_rounding_leaves() -> None:
    problem = make(shortest=1, vowel=False, pattern="a", beta=0.005, held_out=0)
    assert "a" in problem_words(problem)
    assert problem.reference.value == 0.0
    assert problem.reference.optimum


@pytest.mark.parametrize("options", CASES)
def test_rewarded_strings_are_counted(options: dict[str, Any]) -> None:
    problem = make(held_out=0, **options)
    count = sum(rewarded(problem, string, options) for string in strings(problem))
    assert problem.chain.rewarded_strings() == count


@pytest.mark.parametrize("beta", [0.1, 1.0])
def test_a_rare_reward_has_a_bound_that_the_texts_own_model_does_not_reach(beta: float) -> None:
    problem = problems.make(
        "next-token-reward",
        corpus="markov:length=20000",
        pattern="jjjjj*",
        new=False,
        vowel=False,
        beta=beta,
    )
    model = problem.model.ravel()
    assert 0 < problem.base_success < 1e-13
    assert problem.reference.kind == "bound"
    assert problem.reference.value < problem.value(model) - problem.reference.slack
    # What is left of a value of 1e-13 after rounding never refutes the bound.
    assert problem.reference.floor < problem.reference.value - 1e-13


def test_elsewhere_the_reference_is_a_bound_that_descent_does_not_beat() -> None:
    problem = make(**CASES[0])
    assert problem.reference.kind == "bound"
    relaxation = problem.relaxation()
    theta = problem.projection()
    for _ in range(300):
        theta = relaxation.decode(theta - 2.0 * relaxation.loss_and_gradient(theta)[1])
    assert problem.reference.value <= problem.value(theta) <= problem.value(problem.projection())


def test_anchors_hold_best_of_n_against_the_truth() -> None:
    problem = make(**CASES[0])
    own, projected, exact, bounded = problem.anchors.values()
    assert own == pytest.approx(problem.value(problem.model.ravel()))
    assert problem.reference.value <= exact <= bounded
    assert problem.reference.value <= projected


def test_an_evaluation_goes_through_no_data_but_the_title_tells_the_size_of_the_text() -> None:
    problem = make(**CASES[0])
    run = minimize(problem, "random-search", budget=3, seed=0)
    assert (run.ledger.values, run.ledger.tokens) == (3, 0)
    assert f"{int(problem.counts.train.sum()):,} predictions" in problem.title


@pytest.mark.parametrize("options", CASES)
def test_the_measures_are_the_halves_of_the_value(options: dict[str, Any]) -> None:
    problem = make(**options)
    for x in (problem.start().point, *problem.sample(np.random.default_rng(0), 3)):
        reward, kl = (problem.measures(x)[name] for name in ("reward", "KL"))
        assert 0 <= reward <= 1
        assert -reward + problem.beta * kl == pytest.approx(problem.value(x), abs=1e-12)
    start = problem.measures(problem.start().point)
    assert start == pytest.approx({"reward": problem.base_success, "KL": 0.0}, abs=1e-12)


def test_describe_marks_rewarded_strings() -> None:
    problem = make(**CASES[0])
    text = problem.describe(problem.projection())
    assert "expected reward" in text
    assert "*" in text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"beta": 0}, "beta=0"),
        ({"length": 0}, "length=0"),
        ({"length": 3}, "longest=8: expected at most 3"),
        ({"shortest": 9}, "shortest=9"),
        ({"context": 2}, "context=2"),
        ({"pattern": "[a"}, "pattern="),
    ],
)
def test_refuses_bad_options(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make(**options)


def test_temperature_must_be_positive() -> None:
    with pytest.raises(ValueError, match="temperature=0"):
        make().sample(np.random.default_rng(0), 1, 0.0)
