"""Decoding: values, brute force, the bound, the beam, the proposal and the program."""

from itertools import pairwise, permutations

import numpy as np
import pytest
from scipy.stats import chisquare

import problems
from methods import minimize
from problems import Budget
from problems.core.points import unchecked
from tests.problems.next_token.texts import pairs, write


def decode_of(symbols: int = 4, length: int = 3, **options):
    options = {"corpus": f"markov:symbols={symbols},length=1000", "held_out": 0, **options}
    return problems.make("next-token-decode", length=length, alphabet="characters", **options)


def all_strings(problem) -> np.ndarray:
    return np.array(list(permutations(range(len(problem.symbols)), problem.length)))


def best_by_force(problem) -> float:
    return float(problem.values(all_strings(problem)).min())


SIZES = [(4, 1), (4, 2), (4, 3), (4, 4), (5, 1), (5, 2), (5, 4), (5, 5)]
every_size = pytest.mark.parametrize(("symbols", "length"), SIZES)


# ---------------------------------------------------------------------------- value


def test_the_value_is_the_negative_log_probability_under_the_smoothed_bigram(tmp_path) -> None:
    text = "abcabd\nabcaabcd"
    problem = decode_of(corpus=write(tmp_path, text), length=3)
    times = pairs(text, 1)

    def nats(string):
        total = 0.0
        for before, after in pairwise("\n" + string):  # the newline stands for the boundary
            row = sum(times[before, c] for c in "\nabcd")
            total -= np.log((times[before, after] + 1) / (row + 5))
        return total

    for string in ("abc", "bcd", "dca"):
        x = np.array(["\nabcd".index(c) for c in string])
        assert problem.value(x) == pytest.approx(nats(string))
        assert problem.describe(x) == repr(string)


def test_the_first_symbol_follows_the_boundary(tmp_path) -> None:
    name = write(tmp_path, "ab\nab\nba\n")
    for alphabet, boundary in (("letters", " "), ("characters", "\n")):
        problem = problems.make(
            "next-token-decode",
            corpus=name,
            alphabet=alphabet,
            documents="lines",
            held_out=0,
            length=1,
        )
        symbols = len(problem.symbols)
        a, b = (np.array([problem.symbols.index(c)]) for c in "ab")
        assert problem.symbols[problem.edge] == boundary
        assert problem.value(a) == pytest.approx(-np.log((2 + 1) / (3 + symbols)))
        assert problem.value(b) == pytest.approx(-np.log((1 + 1) / (3 + symbols)))


def test_value_and_values_agree() -> None:
    problem = decode_of()
    points = problem.space.sample(np.random.default_rng(0), 10)
    assert problem.values(points).tolist() == [problem.value(x) for x in points]


def test_costs_are_those_of_distributions() -> None:
    assert np.exp(-decode_of(5).cost).sum(axis=1) == pytest.approx(1)


def test_the_score_is_the_value_under_the_held_out_texts_model() -> None:
    problem = decode_of(5, 3, held_out=0.3)
    counts = np.ones((5, 5))
    for row, held in zip(problem.counts.contexts[:, 0], problem.counts.held_out, strict=True):
        counts[row] += held
    cost = -np.log(counts / counts.sum(axis=1, keepdims=True))
    x = np.array([2, 0, 4])
    expected = cost[problem.edge, 2] + cost[2, 0] + cost[0, 4]
    assert problem.score(x) == pytest.approx(expected)
    assert problem.score(x) != pytest.approx(problem.value(x))


def test_without_held_out_text_the_score_is_the_value() -> None:
    problem = decode_of()
    assert problem.score([2, 0, 1]) == problem.value([2, 0, 1])


@pytest.mark.parametrize("length", [0, -1, 5])
def test_a_string_is_no_longer_than_the_alphabet(length) -> None:
    with pytest.raises(ValueError, match=f"length={length}: expected 1 to 4, the number of"):
        decode_of(4, length)


@pytest.mark.parametrize("context", [0, 2])
def test_the_model_is_a_bigram(context) -> None:
    with pytest.raises(ValueError, match=f"context={context}: the decoder's model is a bigram"):
        decode_of(context=context)


def test_a_title_says_the_length() -> None:
    assert decode_of().title.startswith("length 3 after ' ', markov")


# ------------------------------------------------------------- optimum, bound, beams


@every_size
@pytest.mark.parametrize("seed", [0, 1])
def test_the_integer_program_finds_what_brute_force_finds(symbols, length, seed) -> None:
    problem = decode_of(symbols, length, corpus=f"markov:symbols={symbols},length=900,seed={seed}")
    run = minimize(problem, "integer-programming", Budget(0, 20))
    assert run.ended == "optimal"
    assert run.value == pytest.approx(best_by_force(problem), abs=1e-9)
    assert run.x in problem.space


def test_the_program_is_in_nats_not_in_whole_numbers() -> None:
    model = decode_of().linear_model()
    assert (model.spacing, model.exact, model.unit, model.offset) == (None, True, 1.0, 0.0)


@every_size
def test_viterbi_is_the_best_string_with_repetition_and_bounds_all_without(symbols, length) -> None:
    problem = decode_of(symbols, length)
    repeating = np.stack(np.meshgrid(*[np.arange(symbols)] * length), axis=-1).reshape(-1, length)
    assert problem.reference.value == pytest.approx(unchecked(problem, "values")(repeating).min())
    assert (problem.reference.proven, problem.reference.optimum) == (True, False)
    assert problem.reference.value <= best_by_force(problem) + 1e-12


@every_size
def test_a_beam_as_wide_as_all_strings_finds_the_optimum(symbols, length) -> None:
    problem = decode_of(symbols, length)
    x = problem.beam_search(10_000)
    assert x in problem.space
    assert problem.value(x) == pytest.approx(best_by_force(problem))


def test_a_beam_of_one_is_greedy() -> None:
    problem = decode_of(5, 4)
    last, used = problem.edge, []
    for _ in range(4):
        last = min((j for j in range(5) if j not in used), key=lambda j: problem.cost[last, j])
        used.append(last)
    assert problem.beam_search(1).tolist() == used


def test_anchors_are_beams_of_growing_width() -> None:
    problem = decode_of(5, 4)
    assert list(problem.anchors) == ["beam 1", "beam 5", "beam 50"]
    for width in (1, 5, 50):
        value = problem.value(problem.beam_search(width))
        assert problem.anchors[f"beam {width}"] == value >= best_by_force(problem) - 1e-12


# ------------------------------------------------------------------------- proposal


def probabilities(problem, temperature: float) -> np.ndarray:
    """Return the exact probability of every string under the proposal."""
    weights = np.exp(-problem.cost) ** (1 / temperature)
    found = []
    for string in all_strings(problem):
        p, last, left = 1.0, problem.edge, set(range(len(problem.symbols)))
        for token in string.tolist():
            p *= weights[last, token] / sum(weights[last, j] for j in left)
            left.remove(token)
            last = token
        found.append(p)
    return np.array(found)


@pytest.mark.parametrize("temperature", [1.0, 0.5, 2.0])
@pytest.mark.parametrize(("symbols", "length"), [(4, 2), (4, 4), (3, 1)])
def test_samples_have_the_probability_of_the_model_without_repetition(
    symbols, length, temperature
) -> None:
    problem = decode_of(symbols, length, corpus=f"markov:symbols={symbols},length=150")
    n = 20_000
    drawn = problem.sample(np.random.default_rng(1), n, temperature)
    expected = n * probabilities(problem, temperature)
    assert expected.sum() == pytest.approx(n)
    strings = all_strings(problem)
    times = np.array([(drawn == s).all(axis=1).sum() for s in strings])
    assert times.sum() == n
    rare = expected < 5  # too few for the test: taken together
    if rare.any():
        expected = np.append(expected[~rare], expected[rare].sum())
        times = np.append(times[~rare], times[rare].sum())
    assert len(expected) > 2
    assert chisquare(times, expected).pvalue > 1e-3


@pytest.mark.parametrize("temperature", [1.0, 0.3])
@every_size
def test_the_proposal_lists_every_string_with_its_probability(symbols, length, temperature) -> None:
    problem = decode_of(symbols, length)
    strings, p = problem.proposal(temperature)
    assert np.array_equal(strings, all_strings(problem))
    assert p == pytest.approx(probabilities(problem, temperature))
    assert p.sum() == pytest.approx(1)


def test_a_cold_proposal_is_the_greedy_string() -> None:
    problem = decode_of(5, 4)
    strings, p = problem.proposal(1e-6)
    assert np.isfinite(p).all()
    assert np.array_equal(strings[p.argmax()], problem.beam_search(1))


def test_no_more_strings_are_listed_than_fit() -> None:
    with pytest.raises(ValueError, match="length=6: 213,127,200 strings, expected at most 1,000"):
        decode_of(27, 6).proposal()
    with pytest.raises(ValueError, match="temperature=0: expected a number > 0"):
        decode_of().proposal(0)


def test_samples_are_members_and_seeded() -> None:
    problem = decode_of(5, 4)
    first, again = (problem.sample(np.random.default_rng(3), 50) for _ in range(2))
    assert problem.space.contains(first)
    assert np.array_equal(first, again)


def test_a_cold_proposal_is_greedy() -> None:
    problem = decode_of(5, 4)
    for string in problem.sample(np.random.default_rng(0), 20, temperature=1e-6).tolist():
        last = problem.edge
        for t, token in enumerate(string):
            left = [j for j in range(5) if j not in string[:t]]
            assert problem.cost[last, token] == problem.cost[last, left].min()
            last = token


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan")])
def test_a_temperature_is_positive(temperature) -> None:
    with pytest.raises(ValueError, match=r"temperature=.*: expected a number > 0"):
        decode_of().sample(np.random.default_rng(0), 1, temperature)


# ---------------------------------------------------------------------- environment


def test_the_prior_of_an_observation_is_the_model_after_its_last_symbol() -> None:
    problem = decode_of(4, 3)
    environment = problem.environment(problem.value)
    assert environment.prior.shape == (environment.observation_space.n, 4) == (3 * 4 + 1, 4)
    observation, _ = environment.reset(seed=0)
    assert environment.prior[observation] == pytest.approx(-problem.cost[problem.edge])
    for token in (2, 0):
        observation, *_ = environment.step(token)
        assert environment.prior[observation] == pytest.approx(-problem.cost[token])


def test_an_episode_spells_a_string() -> None:
    problem = decode_of(4, 3)
    environment = problem.environment(problem.value)
    environment.reset(seed=0)
    rewards = [environment.step(token)[1] for token in (2, 0, 3)]
    assert rewards == [0, 0, pytest.approx(-problem.value(np.array([2, 0, 3])))]
