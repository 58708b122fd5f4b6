"""The low-rank model: its error, its optimum at every rank, and the surrogate's gradient."""

import numpy as np
import pytest

import problems
from methods import minimize
from problems import Budget, Oracle, Stop
from problems.next_token.rank import BOUND
from tests.problems.next_token.texts import (
    cross_entropy,
    error_token_by_token,
    row_of,
    use_counts,
    write,
)
from tests.problems.toys import slope_by_differences

SMALL = {"corpus": "markov:symbols=4,length=800", "alphabet": "characters"}


def rank_of(**options):
    return problems.make("next-token-rank", **{**SMALL, "held_out": 0, **options})


def predictor(problem, x):
    """Return the prediction after a context by the definition, one score at a time."""
    a, b, c = problem.split(x)
    rows = row_of(problem)

    def predict(context):
        i = rows[context]
        scores = [sum(a[i, r] * b[j, r] for r in range(problem.rank)) + c[j] for j in range(len(c))]
        return scores.index(max(scores))

    return predict


# ---------------------------------------------------------------------------- value


@pytest.mark.parametrize("k", [0, 1, 2])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_the_error_is_that_of_a_pass_over_the_text_token_by_token(rank, k) -> None:
    problem = rank_of(rank=rank, context=k)
    points = problem.space.sample(np.random.default_rng(0), 4)
    for x, value in zip(points, problem.values(points), strict=True):
        wrong, n = error_token_by_token(problem, predictor(problem, x))
        assert value == problem.value(x) == wrong / n
        assert n == problem.tokens


def test_a_solution_lists_all_a_then_all_b_then_all_c() -> None:
    problem = rank_of(rank=2)
    contexts, symbols = 4, 4
    x = np.arange(problem.space.dimension, dtype=float)
    a, b, c = problem.split(x)
    assert a.tolist() == x[:8].reshape(contexts, 2).tolist()
    assert b.tolist() == x[8:16].reshape(symbols, 2).tolist()
    assert c.tolist() == x[16:].tolist()
    batch = problem.split(np.array([x, x + 1]))
    assert [part.shape for part in batch] == [(2, 4, 2), (2, 4, 2), (2, 4)]


def test_ties_go_to_the_first_symbol() -> None:
    problem = rank_of()
    zero = np.zeros(problem.space.dimension)
    assert problem.predictions(zero[None]).tolist() == [[0] * 4]
    share = problem.counts.train[:, 0].sum() / problem.tokens
    assert problem.value(zero) == pytest.approx(1 - share)


def test_the_bias_alone_predicts_the_unigram() -> None:
    problem = rank_of()
    x = np.zeros(problem.space.dimension)
    problem.split(x)[2][:] = problem.counts.train.sum(axis=0) / problem.tokens
    assert problem.value(x) == problem.anchors["unigram"]


def test_a_batch_larger_than_a_chunk_is_evaluated_in_parts(monkeypatch) -> None:
    problem = rank_of()
    points = problem.space.sample(np.random.default_rng(0), 25)
    whole = problem.values(points)
    for chunk in (1, 16 * 7, 16 * 25):
        monkeypatch.setattr("problems.next_token.rank.CHUNK", chunk)
        assert problem.values(points).tolist() == whole.tolist()


def test_no_points_have_no_values() -> None:
    problem = rank_of()
    assert problem.values(np.empty((0, problem.space.dimension))).shape == (0,)


def test_scores_are_scale_free() -> None:
    problem = rank_of(rank=2)
    x = problem.space.sample(np.random.default_rng(0), 1)[0]
    scaled = x.copy()
    a, _, c = problem.split(scaled)
    a /= 8
    c /= 8
    assert problem.value(scaled) == problem.value(x)


# -------------------------------------------------------------------------- optimum


def wide_text(symbols: int, length: int = 3000) -> str:
    """A text over many symbols in which each has its own favourite successor."""
    rng = np.random.default_rng(symbols)
    follow = rng.permutation(symbols)
    tokens = [0]
    for stray, u in zip(rng.integers(0, symbols, length), rng.random(length), strict=True):
        tokens.append(int(follow[tokens[-1]] if u < 0.7 else stray))
    return "".join(chr(0x4E00 + t) for t in tokens)


@pytest.mark.parametrize("k", [0, 1, 2])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_the_construction_attains_the_tables_error_within_the_box(rank, k) -> None:
    problem = rank_of(rank=rank, context=k)
    x = problem.construction()
    assert x in problem.space
    assert problem.value(x) == problem.reference.value
    table = problem.counts.train.argmax(axis=1)
    assert problem.predictions(x[None])[0].tolist() == table.tolist()


@pytest.mark.parametrize("symbols", [2, 3, 7, 28, 61, 90, 250])
@pytest.mark.parametrize("k", [1, 2])
def test_the_construction_fits_alphabets_of_any_size(tmp_path, symbols, k) -> None:
    name = write(tmp_path, wide_text(symbols))
    problem = problems.make(
        "next-token-rank", corpus=name, alphabet="characters", context=k, held_out=0
    )
    assert len(problem.symbols) == symbols
    x = problem.construction()
    assert np.abs(x).max() <= BOUND
    assert problem.value(x) == problem.reference.value


@pytest.mark.parametrize("alphabet", ["letters", "characters", "bytes"])
def test_the_construction_fits_python_docs(alphabet) -> None:
    problem = problems.make("next-token-rank", alphabet=alphabet)
    x = problem.construction()
    assert x in problem.space
    assert problem.value(x) == problem.reference.value


def test_the_optimum_is_the_error_of_the_best_table_by_hand(tmp_path) -> None:
    # aabab: after a the best is b (2 of 3), after b it is a (1 of 1).
    problem = problems.make(
        "next-token-rank", corpus=write(tmp_path, "aabab"), alphabet="characters", held_out=0
    )
    assert problem.reference.value == 1 / 4
    assert problem.reference.optimum
    assert problem.anchors == {"unigram": 2 / 4}
    shown = problem.describe(problem.construction())
    assert shown == "'a' → 'b', 'b' → 'a'"
    assert problem.title.startswith("rank 1, ")


def test_no_parameters_beat_the_table() -> None:
    problem = rank_of(rank=3)
    points = problem.space.sample(np.random.default_rng(0), 500)
    assert problem.values(points).min() >= problem.reference.value


def test_an_evaluation_of_the_construction_ends_the_run() -> None:
    problem = rank_of()
    with pytest.raises(Stop, match="optimal"):
        Oracle(problem, Budget(1)).value(problem.construction())


@pytest.mark.parametrize("rank", [0, -1])
def test_the_rank_is_at_least_one(rank) -> None:
    with pytest.raises(ValueError, match=f"rank={rank}: expected a whole number >= 1"):
        rank_of(rank=rank)


# --------------------------------------------------------------------------- scores


def test_without_held_out_text_the_score_is_the_value() -> None:
    problem = rank_of()
    x = problem.space.sample(np.random.default_rng(0), 1)[0]
    assert problem.score(x) == problem.value(x)


def test_a_context_never_seen_predicts_by_the_bias_alone(monkeypatch) -> None:
    # Training contexts 0 and 1; the held-out text also has context 2.
    use_counts(monkeypatch, [[3, 0, 1], [0, 2, 2]], [[1, 0, 4], [0, 5, 0], [2, 7, 1]])
    problem = problems.make(
        "next-token-rank", corpus="markov:symbols=3,length=500", alphabet="characters"
    )
    x = np.zeros(problem.space.dimension)
    a, b, c = problem.split(x)
    a[:, 0] = [-1, 1]
    b[:, 0] = [-3, 0, 3]
    c[:] = [0, 2, 1]  # without a: symbol 1; with a = −1: symbol 0; with a = +1: symbol 2
    assert problem.predictions(x[None]).tolist() == [[0, 2]]
    assert problem.value(x) == 1 - (3 + 2) / 8
    assert problem.score(x) == pytest.approx(1 - (1 + 0 + 7) / 20)


def test_the_score_is_the_error_on_the_text_that_was_held_out() -> None:
    problem = rank_of(held_out=0.2, context=2, instance=3)
    x = problem.construction()
    tokens = problem.corpus.tokens.tolist()
    predict, rows = predictor(problem, x), problem.rows
    row = row_of(problem)
    fallback = int(problem.split(x)[2].argmax())
    wrong = n = 0
    for (c, t), times in np.ndenumerate(problem.counts.held_out):
        context = tuple(problem.counts.contexts[c].tolist())
        guess = predict(context) if row[context] < rows else fallback
        wrong, n = wrong + times * (guess != t), n + times
    assert 0 < n < len(tokens)
    assert problem.score(x) == wrong / n


# ------------------------------------------------------------------------- gradient


@pytest.mark.parametrize(("rank", "k"), [(1, 0), (1, 1), (2, 1), (3, 2)])
def test_the_gradient_is_that_of_the_cross_entropy_of_the_scores(rank, k) -> None:
    problem = rank_of(rank=rank, context=k)
    relaxation = problem.relaxation()
    theta = np.random.default_rng(0).standard_normal(relaxation.dimension)

    def own(t):
        a, b, c = problem.split(t)
        return cross_entropy(problem.counts.train, a @ b.T + c)

    loss, slope = relaxation.loss_and_gradient(theta)
    assert not relaxation.exact
    assert loss == pytest.approx(own(theta))
    assert slope == pytest.approx(slope_by_differences(own, theta), abs=1e-7)


def test_the_gradient_of_a_minibatch_is_that_of_its_own_counts() -> None:
    problem = rank_of(rank=2)
    relaxation = problem.relaxation()
    theta = np.random.default_rng(0).standard_normal(relaxation.dimension)
    batch = relaxation.minibatch(np.random.default_rng(2), 3)
    counts = np.zeros_like(problem.counts.train)
    counts[batch.rows] = batch.weights

    def own(t):
        a, b, c = problem.split(t)
        return cross_entropy(counts, a @ b.T + c)

    loss, slope = relaxation.loss_and_gradient(theta, batch)
    assert loss == pytest.approx(own(theta))
    assert slope == pytest.approx(slope_by_differences(own, theta), abs=1e-7)
    assert batch.share == len(batch.rows) / problem.rows < 1


def test_a_minibatch_gradient_is_the_whole_in_expectation() -> None:
    problem = rank_of()
    relaxation, rng = problem.relaxation(), np.random.default_rng(0)
    theta = rng.standard_normal(relaxation.dimension)
    _, slope = relaxation.loss_and_gradient(theta)
    drawn = np.array(
        [relaxation.loss_and_gradient(theta, relaxation.minibatch(rng, 8))[1] for _ in range(4000)]
    )
    error = 4 * drawn.std(axis=0) / np.sqrt(4000) + 1e-12
    assert (np.abs(drawn.mean(axis=0) - slope) < error).all()


def test_starts_are_small_seeded_and_not_all_alike() -> None:
    relaxation = rank_of(rank=2).relaxation()
    first, again, other = (relaxation.start(np.random.default_rng(s)) for s in (0, 0, 1))
    assert first.tolist() == again.tolist() != other.tolist()
    assert 0 < np.abs(first).max() < 1


def test_a_full_gradient_yields_the_error_at_no_extra_price() -> None:
    problem = rank_of()
    run = minimize(problem, "gradient-descent", Budget(9))
    assert (run.ledger.gradients, run.ledger.values, run.ledger.work) == (3, 0, 9)
    assert run.value == problem.value(run.x)
