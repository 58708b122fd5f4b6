"""The ternary model: strict predictions, nested codes, a certified optimum, two surrogates."""

import numpy as np
import pytest

import problems
from methods import minimize
from problems import Budget
from problems.next_token.ternary import NextTokenTernary
from tests.problems.next_token.texts import TINY, cross_entropy, error_token_by_token, use_counts
from tests.problems.toys import grid, slope_by_differences

SYMBOLS = 3


def ternary_of(**options):
    return problems.make("next-token-ternary", **{**TINY, "bits": 3, "held_out": 0, **options})


def best_by_force(problem) -> float:
    return float(problem.values(grid((-1, 0, 1), problem.space.dimension)).min())


def codes_of(problem) -> dict[tuple[int, ...], tuple[int, ...]]:
    """Return the code of every context, one draw for each place multiplied over the places."""
    rng = np.random.default_rng([problem.instance, len(problem.symbols)])
    places = max(1, problem.context)
    draws = 2 * rng.integers(0, 2, (places, 7, len(problem.symbols))) - 1
    codes = {}
    for context in map(tuple, problem.counts.contexts.tolist()):
        code = np.ones(problem.bits, dtype=int)
        for place, token in enumerate(context):
            code = code * draws[place, : problem.bits, token]
        codes[context] = tuple(code.tolist())
    return codes


def predictor(problem, x):
    """Return the strict arg-max after a context, or None in a tie."""
    weights = np.reshape(x, (problem.bits, -1)).tolist()
    codes = codes_of(problem)

    def predict(context):
        scores = [
            sum(s * w[j] for s, w in zip(codes[context], weights, strict=True))
            for j in range(len(weights[0]))
        ]
        winners = [j for j, score in enumerate(scores) if score == max(scores)]
        return winners[0] if len(winners) == 1 else None

    return predict


# ---------------------------------------------------------------------------- value


@pytest.mark.parametrize("bits", [1, 4, 7])
@pytest.mark.parametrize("k", [0, 1, 2])
def test_no_weights_predict_nothing(bits, k) -> None:
    problem = ternary_of(bits=bits, context=k)
    assert problem.value(np.zeros(bits * SYMBOLS, dtype=int)) == 1.0


@pytest.mark.parametrize(
    ("weights", "predicted"),
    [
        ([1, 0, 0], 0),
        ([0, 1, -1], 1),
        ([-1, -1, 0], 2),
        ([1, 1, 0], None),
        ([1, 1, 1], None),
        ([-1, -1, -1], None),
        ([0, 0, -1], None),
    ],
)
def test_a_tie_for_the_highest_score_is_an_error(monkeypatch, weights, predicted) -> None:
    counts = [5, 3, 2]
    use_counts(monkeypatch, [counts], contexts=np.empty((1, 0), dtype=int))
    problem = ternary_of(bits=1, context=0)
    right = 0 if predicted is None else counts[predicted]
    assert problem.value(np.array(weights)) == 1 - right / 10
    shown = "a tie" if predicted is None else repr(problem.symbols[predicted])
    assert problem.describe(np.array(weights)) == f"'' → {shown}"


@pytest.mark.parametrize("k", [0, 1, 2])
@pytest.mark.parametrize("bits", [1, 2, 3, 5])
@pytest.mark.parametrize("instance", [0, 1])
def test_the_error_is_that_of_a_pass_over_the_text_token_by_token(bits, k, instance) -> None:
    problem = ternary_of(
        bits=bits, context=k, instance=instance, corpus="markov:symbols=3,length=400"
    )
    points = problem.space.sample(np.random.default_rng(0), 5)
    for x, value in zip(points, problem.values(points), strict=True):
        wrong, n = error_token_by_token(problem, predictor(problem, x))
        assert value == problem.value(x) == wrong / n


@pytest.mark.parametrize("k", [0, 1, 2, 3])
@pytest.mark.parametrize("bits", [1, 2, 4, 7])
def test_contexts_of_one_code_are_merged_without_a_difference(monkeypatch, bits, k) -> None:
    whole = ternary_of(bits=bits, context=k)
    counts = whole.counts
    # The score goes context by context: held out are the very same counts.
    use_counts(monkeypatch, counts.train, counts.train, counts.contexts)
    problem = ternary_of(bits=bits, context=k)
    assert len(problem.codes) == problem.rows <= min(2**bits, len(counts.train))
    assert problem.merged.sum() == counts.train.sum()
    assert set(np.unique(problem.codes)) <= {-1, 1}
    for x in problem.space.sample(np.random.default_rng(0), 20):
        assert problem.score(x) == problem.value(x) == whole.value(x)


@pytest.mark.parametrize("k", [0, 1, 2])
@pytest.mark.parametrize("bits", range(1, 7))
def test_codes_are_nested_so_one_more_bit_without_weight_changes_nothing(bits, k) -> None:
    fewer, more = (
        ternary_of(bits=b, context=k, corpus="markov:length=2000") for b in (bits, bits + 1)
    )
    points = fewer.space.sample(np.random.default_rng(bits), 10)
    padded = np.concatenate([points, np.zeros((10, len(fewer.symbols)), dtype=int)], axis=1)
    assert more.values(padded).tolist() == fewer.values(points).tolist()
    assert {tuple(c[:bits]) for c in more.codes.tolist()} == set(map(tuple, fewer.codes.tolist()))


@pytest.mark.parametrize("instance", range(4))
def test_one_more_bit_never_makes_the_optimum_worse(instance) -> None:
    optima = [best_by_force(ternary_of(bits=bits, instance=instance)) for bits in (1, 2)]
    assert optima[0] >= optima[1] >= ternary_of(bits=2, instance=instance).table_error


def test_codes_differ_by_instance() -> None:
    codes = {
        str(ternary_of(bits=7, instance=i, corpus="markov:length=500").codes.tolist())
        for i in range(5)
    }
    assert len(codes) == 5


@pytest.mark.parametrize("bits", [0, 8, -1])
def test_a_code_has_one_to_seven_bits(bits) -> None:
    with pytest.raises(ValueError, match=rf"bits={bits}: expected a whole number in \[1, 7\]"):
        ternary_of(bits=bits)


def test_a_misspelt_surrogate_is_refused_without_the_registry_too() -> None:
    with pytest.raises(ValueError, match=r"^surrogate=straight: .* mean 'straight-through'"):
        NextTokenTernary(surrogate="straight")


# --------------------------------------------------------- score, reference, anchors


def test_without_held_out_text_the_score_is_the_value() -> None:
    problem = ternary_of()
    x = problem.space.sample(np.random.default_rng(0), 1)[0]
    assert problem.score(x) == problem.value(x)


@pytest.mark.parametrize("k", [1, 2])
def test_the_score_is_the_error_on_the_text_that_was_held_out(k) -> None:
    problem = ternary_of(held_out=0.3, context=k, bits=3, corpus="markov:symbols=5,length=300")
    held_out = problem.counts.held_out
    assert k == 1 or len(held_out) > len(problem.counts.train)  # some contexts are new
    for x in problem.space.sample(np.random.default_rng(0), 5):
        predict = predictor(problem, x)
        wrong = sum(
            int(n)
            for (c, t), n in np.ndenumerate(held_out)
            if predict(tuple(problem.counts.contexts[c].tolist())) != t
        )
        assert problem.score(x) == wrong / held_out.sum()


@pytest.mark.parametrize("bits", [1, 2])
def test_the_reference_is_a_bound_from_the_codes(bits) -> None:
    problem = ternary_of(bits=bits)
    best = sum(max(row) for row in problem.merged.tolist())
    assert problem.reference.value == pytest.approx(1 - best / problem.tokens)
    assert (problem.reference.proven, problem.reference.optimum) == (True, False)
    assert problem.reference.value <= best_by_force(problem)
    assert problem.anchors["table"] == problem.table_error <= problem.reference.value


def test_a_title_says_how_many_codes_there_are() -> None:
    problem = ternary_of(bits=2)
    assert problem.title.startswith(f"2 bits, {len(problem.codes)} codes, markov")


# --------------------------------------------------------------- the integer program


@pytest.mark.parametrize("k", [0, 1, 2])
@pytest.mark.parametrize("instance", [0, 1, 2])
@pytest.mark.parametrize("bits", [1, 2])
def test_the_integer_program_proves_the_optimum_over_all_weights(bits, instance, k) -> None:
    problem = ternary_of(bits=bits, instance=instance, context=k)
    run = minimize(problem, "integer-programming", Budget(0, 20))
    assert run.ended == "optimal"
    assert run.value == best_by_force(problem)
    assert run.x in problem.space
    assert problem.value(run.x) == run.value
    assert run.bound is None or run.bound <= run.value


def test_the_integer_program_proves_an_optimum_above_the_reference() -> None:
    for instance in range(12):
        problem = ternary_of(bits=2, instance=instance, context=2)
        if best_by_force(problem) > problem.reference.value:
            break
    run = minimize(problem, "integer-programming", Budget(0, 20))
    assert run.value == best_by_force(problem) > problem.reference.value
    assert run.certified


def test_the_program_minimises_whole_numbers_and_says_what_they_mean() -> None:
    problem = ternary_of(bits=1)
    model = problem.linear_model()
    assert model.spacing == pytest.approx(1 / problem.tokens)
    assert model.exact
    assert model.unit == pytest.approx(1 / problem.tokens)


# ------------------------------------------------------------------------ surrogates


def test_the_surrogate_is_straight_through_unless_one_says_tanh() -> None:
    theta = np.full(3 * SYMBOLS, 0.4)
    losses = [
        ternary_of(**options).relaxation().loss_and_gradient(theta)[0]
        for options in ({}, {"surrogate": "straight-through"}, {"surrogate": "tanh"})
    ]
    assert losses[0] == losses[1] == pytest.approx(np.log(3))
    assert losses[2] == pytest.approx(np.log(3))  # equal weights, equal scores
    theta[0] = 0.6
    assert ternary_of().relaxation().loss_and_gradient(theta)[0] != pytest.approx(
        ternary_of(surrogate="tanh").relaxation().loss_and_gradient(theta)[0]
    )
    with pytest.raises(ValueError, match="one of straight-through, tanh; did you mean 'tanh'"):
        ternary_of(surrogate="tahn")


def test_straight_through_by_hand(monkeypatch) -> None:
    use_counts(monkeypatch, [[2, 1, 1]], contexts=np.empty((1, 0), dtype=int))
    relaxation = ternary_of(bits=1, context=0).relaxation()
    loss, slope = relaxation.loss_and_gradient(np.array([0.7, -0.2, 1.4]))
    # Rounded: (1, 0, 1). The gradient in the scores is softmax − share; the third
    # parameter lies outside [−1, 1] and gets none of it.
    total = 2 * np.e + 1
    assert loss == pytest.approx(np.log(total) - (2 * 1 + 1 * 0 + 1 * 1) / 4)
    assert slope == pytest.approx([np.e / total - 1 / 2, 1 / total - 1 / 4, 0])


def test_straight_through_passes_the_gradient_of_its_rounded_weights_inside_the_box() -> None:
    problem = ternary_of(bits=3, context=2)
    theta = np.random.default_rng(0).uniform(-1.6, 1.6, problem.space.dimension)
    rounded = np.clip(np.rint(theta), -1, 1)
    loss, slope = problem.relaxation().loss_and_gradient(theta)

    def at(weights):
        return cross_entropy(problem.merged, problem.codes @ weights.reshape(3, SYMBOLS))

    assert loss == pytest.approx(at(rounded))
    inside = np.abs(theta) <= 1
    assert 0 < inside.sum() < len(theta)
    assert slope == pytest.approx(slope_by_differences(at, rounded) * inside, abs=1e-8)


def test_tanh_has_the_gradient_of_its_own_loss() -> None:
    problem = ternary_of(bits=3, context=2, surrogate="tanh")
    relaxation = problem.relaxation()
    theta = np.random.default_rng(0).standard_normal(problem.space.dimension)

    def own(t):
        return cross_entropy(problem.merged, problem.codes @ np.tanh(t).reshape(3, SYMBOLS))

    loss, slope = relaxation.loss_and_gradient(theta)
    assert loss == pytest.approx(own(theta))
    assert slope == pytest.approx(slope_by_differences(own, theta), abs=1e-8)


@pytest.mark.parametrize("surrogate", ["straight-through", "tanh"])
def test_a_minibatch_is_the_same_surrogate_on_its_own_counts(surrogate) -> None:
    problem = ternary_of(bits=2, context=2, surrogate=surrogate)
    relaxation = problem.relaxation()
    theta = np.random.default_rng(0).uniform(-1, 1, problem.space.dimension)
    batch = relaxation.minibatch(np.random.default_rng(1), 2)
    loss, slope = relaxation.loss_and_gradient(theta, batch)
    counts = np.zeros_like(problem.merged)
    counts[batch.rows] = batch.weights
    problem.merged = counts
    same_loss, same_slope = problem.relaxation().loss_and_gradient(theta)
    assert loss == pytest.approx(same_loss)
    assert slope == pytest.approx(same_slope)
    assert batch.share == len(batch.rows) / problem.rows


@pytest.mark.parametrize(
    ("surrogate", "theta", "x"),
    [
        ("straight-through", [0.4, 0.6, -0.6, -0.4, 9.0, -9.0], [0, 1, -1, 0, 1, -1]),
        ("tanh", [0.5, 0.6, -0.6, -0.5, 9.0, -9.0], [0, 1, -1, 0, 1, -1]),
    ],
)
def test_parameters_are_rounded_at_the_end(surrogate, theta, x) -> None:
    problem = ternary_of(bits=2, surrogate=surrogate)
    decoded = problem.relaxation().decode(np.array(theta))
    assert decoded.tolist() == x  # tanh(0.5) = 0.46, tanh(0.6) = 0.54
    assert decoded in problem.space


@pytest.mark.parametrize("surrogate", ["straight-through", "tanh"])
def test_every_solution_encodes_to_parameters_that_decode_to_it(surrogate) -> None:
    problem = ternary_of(bits=1, surrogate=surrogate)
    relaxation = problem.relaxation()
    for x in grid((-1, 0, 1), SYMBOLS):
        assert relaxation.decode(relaxation.encode(x)).tolist() == x.tolist()


@pytest.mark.parametrize(("surrogate", "price"), [("straight-through", 3), ("tanh", 4)])
def test_only_rounded_weights_yield_the_error_in_their_forward_pass(surrogate, price) -> None:
    problem = ternary_of(bits=2, surrogate=surrogate, context=2)
    run = minimize(problem, "gradient-descent", Budget(price))
    assert run.ledger.gradients == 1
    assert run.ledger.work == price
    assert run.value == problem.value(run.x)


@pytest.mark.parametrize("surrogate", ["straight-through", "tanh"])
def test_starts_are_seeded_and_within_the_box(surrogate) -> None:
    relaxation = ternary_of(surrogate=surrogate).relaxation()
    first, again, other = (relaxation.start(np.random.default_rng(s)) for s in (0, 0, 1))
    assert first.tolist() == again.tolist() != other.tolist()
    assert np.abs(first).max() <= 1


def test_an_episode_chooses_weight_by_weight() -> None:
    problem = ternary_of(bits=1)
    looked = []
    environment = problem.environment(lambda x: looked.append(x) or problem.value(x))
    environment.reset(seed=0)
    rewards = [environment.step(action)[1] for action in (2, 0, 1)]
    assert looked[0].tolist() == [1, -1, 0]
    assert rewards == [0, 0, -problem.value(looked[0])]
