"""The table of logits: counting, entropy, held-out scores and the convex gradient."""

import math

import numpy as np
import pytest
from scipy.stats import chisquare

import problems
from methods import minimize
from problems import Budget
from problems.next_token.table import FLOOR
from tests.problems.next_token.texts import cross_entropy, use_counts, write
from tests.problems.toys import slope_by_differences

#: aabab: after a come a, b, b; after b comes a.
H = -(1 / 4) * (math.log(1 / 3) + 2 * math.log(2 / 3))


def table_of(folder, text="aabab", **options):
    options = {"alphabet": "characters", "held_out": 0, **options}
    return problems.make("next-token-table", corpus=write(folder, text), **options)


@pytest.fixture
def small():
    return problems.make(
        "next-token-table", corpus="markov:symbols=4,length=800", alphabet="characters", held_out=0
    )


# ------------------------------------------------------------------------- counting


def test_counting_gives_the_conditional_entropy_of_a_text_by_hand(tmp_path) -> None:
    problem = table_of(tmp_path)
    x = problem.count(0.0)
    expected = np.log([[1 / 3, 2 / 3], [1.0, 1.0]])
    expected[1, 1] = FLOOR
    assert x.reshape(2, 2) == pytest.approx(expected)
    assert problem.value(x) == pytest.approx(H, abs=1e-9)
    assert problem.reference.value == pytest.approx(H, abs=1e-15)
    assert pytest.approx(0.4773856) == H


def test_adding_one_by_hand(tmp_path) -> None:
    problem = table_of(tmp_path)
    x = problem.count(1.0)
    assert np.exp(x).reshape(2, 2) == pytest.approx(np.array([[2 / 5, 3 / 5], [2 / 3, 1 / 3]]))
    nats = -(math.log(2 / 5) + 2 * math.log(3 / 5) + math.log(2 / 3)) / 4
    assert problem.value(x) == pytest.approx(nats)


@pytest.mark.parametrize("smoothing", [0.0, 0.5, 1.0, 100.0])
def test_counted_rows_are_distributions_within_the_box(small, smoothing) -> None:
    x = small.count(smoothing)
    assert x in small.space
    assert np.exp(x).reshape(4, 4).sum(axis=1) == pytest.approx(1)


def test_much_smoothing_is_uniform(small) -> None:
    assert small.value(small.count(1e12)) == pytest.approx(math.log(4), abs=1e-6)


def test_counting_ends_at_the_proven_optimum(small) -> None:
    run = minimize(small, "counting")
    assert run.ended == "optimal"
    assert run.ledger.work == 2  # one pass to count, one evaluation


@pytest.mark.parametrize("k", [0, 1, 2])
def test_the_reference_is_the_conditional_entropy_of_the_text(k) -> None:
    problem = problems.make(
        "next-token-table",
        corpus="markov:symbols=4,length=800",
        alphabet="characters",
        context=k,
        held_out=0,
    )
    text = "".join(problem.symbols[t] for t in problem.corpus.tokens)
    contexts = [text[i - k : i] for i in range(k, len(text))]
    windows = [text[i - k : i + 1] for i in range(k, len(text))]
    nats = -sum(math.log(windows.count(w) / contexts.count(w[:k])) for w in windows) / len(windows)
    assert problem.reference.value == pytest.approx(nats)
    assert problem.reference.optimum


# ---------------------------------------------------------------------------- value


def test_the_value_is_the_cross_entropy_cell_by_cell(small) -> None:
    points = small.space.sample(np.random.default_rng(0), 6)
    expected = [cross_entropy(small.counts.train, x.reshape(4, 4)) for x in points]
    assert small.values(points) == pytest.approx(expected)
    assert [small.value(x) for x in points] == pytest.approx(expected)


def test_no_table_beats_the_reference(small) -> None:
    optimum, rng = small.count(0.0), np.random.default_rng(0)
    near = np.clip(optimum + 0.1 * rng.standard_normal((200, 16)), FLOOR, 5)
    assert (small.values(near) >= small.reference.value - small.reference.slack).all()


def test_equal_shifts_of_a_row_change_nothing(small) -> None:
    x = small.space.sample(np.random.default_rng(0), 1)[0].reshape(4, 4) / 3
    shifted = x + np.array([[1.0], [-2.0], [0.5], [3.0]])
    assert small.value(shifted.ravel()) == pytest.approx(small.value(x.ravel()))


def test_anchors_are_the_uniform_the_unigram_and_the_source(small) -> None:
    share = small.counts.train.sum(axis=0) / small.tokens
    assert small.anchors == {
        "uniform": pytest.approx(math.log(4)),
        "unigram": pytest.approx(-sum(p * math.log(p) for p in share)),
        "entropy rate of the order-1 source": small.corpus.source.entropy_rate,
    }


def test_a_file_has_no_source_to_anchor_to(tmp_path) -> None:
    assert list(table_of(tmp_path).anchors) == ["uniform", "unigram"]


def test_a_solution_is_described_in_bits_per_character(tmp_path) -> None:
    problem = table_of(tmp_path)
    text = problem.describe(problem.count(0.0))
    assert text == f"{H / math.log(2):.4f} bits per character; 'a' → 'b', 'b' → 'a'"
    assert text.startswith("0.6887 bits")
    assert problem.title.endswith(f"{problem.fingerprint}, 2 symbols, k = 1, 4 predictions")


def test_bits_are_those_of_a_character_whatever_the_alphabet(tmp_path) -> None:
    text = "éaéaéaaé" * 40
    shown = []
    for alphabet in ("characters", "bytes"):
        problem = table_of(tmp_path, text, alphabet=alphabet, context=0)
        shown.append(float(problem.describe(problem.count(0.0)).split()[0]))
        nats = problem.reference.value
    assert shown[0] == 1.0  # é and a are as frequent
    # Three bytes spell two characters, and each of the three is as frequent.
    assert nats == pytest.approx(math.log(3))
    assert shown[1] == pytest.approx(1.5 * math.log2(3), abs=1e-4)


# --------------------------------------------------------------------------- scores


def test_without_held_out_text_the_score_is_the_value(small) -> None:
    x = small.space.sample(np.random.default_rng(0), 1)[0]
    assert small.score(x) == small.value(x)


def test_the_score_is_the_cross_entropy_of_the_held_out_counts(monkeypatch, tmp_path) -> None:
    held_out = np.array([[2, 1], [0, 3]])
    use_counts(monkeypatch, [[3, 1], [2, 2]], held_out)
    problem = table_of(tmp_path, held_out=0.4)
    x = np.array([0.3, -0.2, 0.0, 1.0])
    assert problem.score(x) == pytest.approx(cross_entropy(held_out, x.reshape(2, 2)))


def test_a_context_never_seen_gets_the_uniform_distribution_once_smoothed(
    monkeypatch, tmp_path
) -> None:
    held_out = np.array([[2, 1], [0, 4]])
    use_counts(monkeypatch, [[3, 1]], held_out)
    problem = table_of(tmp_path, held_out=0.4)
    x = problem.count(1.0)
    expected = cross_entropy(held_out, np.array([x, [0.0, 0.0]]))
    assert problem.score(x) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("train", "held_out", "smoothing", "finite"),
    [
        ([[3, 1], [2, 2]], [[1, 1], [1, 1]], 0.0, True),
        ([[3, 0], [2, 2]], [[1, 1], [1, 1]], 0.0, False),  # a token never seen
        ([[3, 0], [2, 2]], [[5, 0], [1, 1]], 0.0, True),  # which the held-out text lacks
        ([[3, 0], [2, 2]], [[1, 1], [1, 1]], 1.0, True),
        ([[3, 0]], [[1, 0], [1, 0]], 0.0, False),  # a context never seen
        ([[3, 0]], [[1, 0], [1, 0]], 1.0, True),
    ],
)
def test_the_score_is_nan_where_the_held_out_text_is_infinitely_unlikely(
    monkeypatch, tmp_path, train, held_out, smoothing, finite
) -> None:
    use_counts(monkeypatch, train, held_out)
    problem = table_of(tmp_path, held_out=0.4)
    assert math.isfinite(problem.score(problem.count(smoothing))) is finite


def test_smoothing_that_the_floor_cannot_hold_is_refused(tmp_path) -> None:
    problem = table_of(tmp_path, "ab" * 5000 + "b")
    with pytest.raises(ValueError, match=r"smoothing=1e-10: expected 0, or at least 4\.73e-10"):
        problem.count(1e-10)
    assert problem.count(4.73e-10).min() > FLOOR
    assert math.isfinite(problem.score(problem.count(4.73e-10)))


def test_smoothing_helps_on_text_that_was_held_out() -> None:
    problem = problems.make("next-token-table", corpus="markov:length=4000", context=2)
    scores = [problem.score(problem.count(a)) for a in (0.0, 0.1)]
    assert math.isnan(scores[0])
    assert scores[1] > problem.reference.value
    run = minimize(problem, "counting", smoothing=0.1)
    assert run.score == pytest.approx(scores[1])
    assert minimize(problem, "counting").score is None


# ------------------------------------------------------------------------- gradient


def test_the_gradient_is_that_of_the_value(small) -> None:
    relaxation = small.relaxation()
    theta = np.random.default_rng(0).standard_normal(16)
    loss, slope = relaxation.loss_and_gradient(theta)
    assert relaxation.exact
    assert loss == pytest.approx(small.value(theta))
    assert slope == pytest.approx(slope_by_differences(small.value, theta), abs=1e-8)


def test_the_gradient_vanishes_at_the_counts(small) -> None:
    _, slope = small.relaxation().loss_and_gradient(small.count(0.0))
    assert slope == pytest.approx(np.zeros(16), abs=1e-12)


def test_the_gradient_of_a_minibatch_is_that_of_its_own_counts(small) -> None:
    relaxation = small.relaxation()
    theta = np.random.default_rng(0).standard_normal(16)
    batch = relaxation.minibatch(np.random.default_rng(1), 5)
    counts = np.zeros((4, 4))
    counts[batch.rows] = batch.weights
    loss, slope = relaxation.loss_and_gradient(theta, batch)

    def own(t):
        return cross_entropy(counts, t.reshape(4, 4))

    assert loss == pytest.approx(own(theta))
    assert slope == pytest.approx(slope_by_differences(own, theta), abs=1e-8)


def test_a_minibatch_is_the_whole_in_expectation(small) -> None:
    relaxation, rng = small.relaxation(), np.random.default_rng(0)
    theta = rng.standard_normal(16)
    loss, slope = relaxation.loss_and_gradient(theta)
    drawn = [relaxation.loss_and_gradient(theta, relaxation.minibatch(rng, 8)) for _ in range(4000)]
    losses, slopes = np.array([d[0] for d in drawn]), np.array([d[1] for d in drawn])
    assert abs(losses.mean() - loss) < 4 * losses.std() / math.sqrt(4000)
    error = 4 * slopes.std(axis=0) / math.sqrt(4000) + 1e-12
    assert (np.abs(slopes.mean(axis=0) - slope) < error).all()


def test_a_minibatch_costs_its_share_of_distinct_contexts(small) -> None:
    relaxation = small.relaxation()
    for size in (1, 3, 50):
        batch = relaxation.minibatch(np.random.default_rng(size), size)
        assert batch.rows.tolist() == sorted(set(batch.rows.tolist()))
        assert batch.share == len(batch.rows) / 4
        assert batch.tokens == batch.weights.sum() == size
        assert (batch.weights.sum(axis=1) > 0).all()


def test_tokens_of_a_minibatch_are_drawn_as_often_as_they_occur(small) -> None:
    batch = small.relaxation().minibatch(np.random.default_rng(0), 40_000)
    drawn = np.zeros((4, 4))
    drawn[batch.rows] = batch.weights
    train = small.counts.train
    assert (drawn[train == 0] == 0).all()
    expected = train[train > 0] * (40_000 / train.sum())
    assert chisquare(drawn[train > 0], expected).pvalue > 1e-3


def test_the_curvature_never_exceeds_the_smoothness(small) -> None:
    relaxation, rng = small.relaxation(), np.random.default_rng(0)
    largest = 0.0
    for scale in (0.0, 0.5, 2.0):
        for _ in range(5):
            theta = scale * rng.standard_normal(16)
            hessian = np.array(
                [
                    (
                        relaxation.loss_and_gradient(theta + step)[1]
                        - relaxation.loss_and_gradient(theta - step)[1]
                    )
                    / 2e-5
                    for step in 1e-5 * np.eye(16)
                ]
            )
            values = np.linalg.eigvalsh((hessian + hessian.T) / 2)
            assert values[0] > -1e-8  # convex
            largest = max(largest, values[-1])
    assert 0 < largest <= relaxation.smoothness * (1 + 1e-6)


def test_two_equal_symbols_attain_the_smoothness(monkeypatch, tmp_path) -> None:
    use_counts(monkeypatch, [[3, 5]])
    relaxation = table_of(tmp_path).relaxation()
    assert relaxation.smoothness == 0.5
    slopes = [relaxation.loss_and_gradient(np.array([t, -t]))[1] for t in (1e-5, -1e-5)]
    change = np.linalg.norm(slopes[0] - slopes[1]) / np.linalg.norm([2e-5, 2e-5])
    assert change == pytest.approx(0.5)


def test_a_step_of_one_over_the_smoothness_never_climbs(small) -> None:
    relaxation = small.relaxation()
    theta = relaxation.start(np.random.default_rng(0))
    losses = []
    for _ in range(50):
        loss, slope = relaxation.loss_and_gradient(theta)
        losses.append(loss)
        theta = theta - slope / relaxation.smoothness
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < losses[0] - 0.1


def test_gradient_descent_takes_the_value_from_the_same_forward_pass(small) -> None:
    run = minimize(small, "gradient-descent", Budget(9))
    assert (run.ledger.gradients, run.ledger.values, run.ledger.work) == (3, 0, 9)
