"""The majority vote of next-token models: by hand, of equals, and against every single model."""

import itertools

import numpy as np
import pytest

import problems
from problems.core.start import start_of
from problems.next_token.vote import error, majority
from tests.problems.next_token.texts import error_token_by_token, row_of, write

TEXT = {"corpus": "markov:symbols=4,length=800", "alphabet": "characters"}
MODELS = ["rank", "ternary", "mlp"]


def vote_of(**options):
    return problems.make("next-token-vote", **{**TEXT, **options})


def predicting(problem, tokens):
    """Return a member, of rank 1, that predicts these tokens after the training contexts.

    As the optimum of `NextTokenRank` does: a score is −(j − j*)²/2 and what does not depend on j.
    """
    single = problem.single
    x = np.zeros(single.space.dimension)
    a, b, c = single.split(x)
    j = np.arange(len(single.symbols))
    a[:, 0], b[:, 0], c[:] = tokens, j, -0.5 * j**2
    assert single.predictions(x[None])[0].tolist() == list(tokens)
    return x


# ----------------------------------------------------------------------- majority


@pytest.mark.parametrize(
    ("votes", "elected"),
    [
        ([4], 4),
        ([1, 2, 2], 2),
        ([2, 1, 1, 2, 2], 2),
        ([1, 2], 1),  # a tie: the first member's
        ([2, 1], 2),
        ([1, 2, 2, 3, 3], 2),  # a tie without the first member: the earliest of those who tie
        ([1, 3, 2, 2, 3], 3),
        ([-1, -1, 2], 2),  # who has no prediction does not vote
        ([-1, -1, -1], -1),
        ([-1, 3, 2, -1], 3),
    ],
)
def test_most_votes_win_and_the_earliest_member_breaks_ties(votes, elected) -> None:
    assert majority(np.array(votes)[None, :, None]).tolist() == [[elected]]


def test_a_majority_is_that_of_a_count_one_context_at_a_time() -> None:
    from collections import Counter

    votes = np.random.default_rng(0).integers(0, 4, (3, 6, 50))
    # A Counter lists what is as common in the order in which it was met.
    expected = [[Counter(v).most_common(1)[0][0] for v in one.T.tolist()] for one in votes]
    assert majority(votes).tolist() == expected


def test_no_prediction_is_an_error() -> None:
    counts = np.array([[3, 1], [0, 4]])
    assert error(np.array([[0, 1], [-1, 1], [-1, -1]]), counts).tolist() == [1 / 8, 4 / 8, 1.0]


# -------------------------------------------------------------------------- value


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("context", [1, 2])
def test_the_vote_of_equal_members_is_the_single_model(model, context) -> None:
    problem = vote_of(model=model, members=3, context=context)
    members = problem.single.space.sample(np.random.default_rng(0), 5)
    ensembles = np.tile(members, (1, 3))
    assert problem.values(ensembles).tolist() == problem.single.values(members).tolist()
    assert problem.members().values(members).tolist() == problem.single.values(members).tolist()
    for x, one in zip(ensembles, members, strict=True):
        assert problem.score(x) == problem.single.score(one)
        assert problem.describe(x) == problem.single.describe(one)


@pytest.mark.parametrize("model", MODELS)
def test_one_member_is_the_single_model(model) -> None:
    problem = vote_of(model=model, members=1)
    x = problem.space.sample(np.random.default_rng(0), 4)
    assert str(problem.space) == str(problem.single.space)
    assert problem.values(x).tolist() == problem.single.values(x).tolist()


def test_a_majority_is_right_where_each_member_errs_elsewhere() -> None:
    problem = vote_of(members=3, held_out=0)
    table = problem.counts.train.argmax(axis=1)
    members = []
    for wrong in range(3):
        tokens = table.copy()
        tokens[wrong] = (tokens[wrong] + 1) % len(problem.symbols)
        members.append(predicting(problem, tokens))
    alone = problem.single.values(np.array(members))
    assert (alone > problem.single.table_error).all()
    assert problem.value(problem.members().join(members)) == problem.single.table_error


def test_a_majority_is_wrong_where_two_of_three_err_alike() -> None:
    problem = vote_of(members=3, held_out=0)
    table = problem.counts.train.argmax(axis=1)
    other = (table + 1) % len(problem.symbols)
    right, wrong = predicting(problem, table), predicting(problem, other)
    vote = problem.value(np.concatenate([right, wrong, wrong]))
    assert vote == problem.single.value(wrong) > problem.single.value(right)


@pytest.mark.parametrize("model", MODELS)
def test_the_error_is_that_of_a_pass_over_the_text_token_by_token(model) -> None:
    from collections import Counter

    problem = vote_of(model=model, members=5, held_out=0)
    rows = row_of(problem)
    x = problem.space.sample(np.random.default_rng(1), 1)[0]
    each = problem.single.predictions(problem.members().split(x))

    def predict(context):
        votes = Counter(t for t in each[:, rows[context]].tolist() if t >= 0)
        return votes.most_common(1)[0][0] if votes else None

    wrong, n = error_token_by_token(problem, predict)
    assert problem.value(x) == wrong / n


def test_the_held_out_vote_has_the_contexts_that_training_lacks() -> None:
    problem = vote_of(members=3, context=4, held_out=0.3)
    assert len(problem.counts.contexts) > len(problem.counts.train)
    x = problem.space.sample(np.random.default_rng(0), 1)[0]
    each = problem.single.predictions(problem.members().split(x), unseen=True)
    assert problem.score(x) == error(majority(each[None]), problem.counts.held_out)[0]


def test_a_large_batch_is_evaluated_in_parts(monkeypatch) -> None:
    problem = vote_of(members=3)
    points = problem.space.sample(np.random.default_rng(0), 25)
    whole = problem.values(points)
    monkeypatch.setattr("problems.next_token.vote.CHUNK", 1)
    assert problem.values(points).tolist() == whole.tolist()
    assert problem.values(points[:0]).shape == (0,)


# ------------------------------------------------- what it says of itself, and views


def test_rank_has_its_optimum_and_the_others_a_bound() -> None:
    rank = vote_of(members=3)
    assert rank.reference.optimum
    assert rank.value(np.tile(rank.single.construction(), 3)) == rank.reference.value
    for model in ("ternary", "mlp"):
        problem = vote_of(model=model, members=3)
        assert problem.reference.kind == "bound"
        assert problem.reference.value == problem.single.reference.value


def test_a_vote_of_ternary_models_beats_the_best_of_all_single_models(tmp_path) -> None:
    """So its certified optimum is none of the vote's; the table's error is the bound of both."""
    text = "".join(np.random.default_rng(0).choice(["a", "b"], 300))
    problem = vote_of(
        model="ternary", members=3, corpus=write(tmp_path, text), context=3, held_out=0
    )
    every = np.array(list(itertools.product((-1, 0, 1), repeat=8)))
    alone = problem.single.values(every)
    members = [
        [0, -1, -1, 0, -1, 0, 1, -1],
        [0, -1, -1, 0, 0, -1, -1, -1],
        [1, -1, 0, -1, -1, 0, 0, -1],
    ]
    assert problem.value(np.ravel(members)) == problem.reference.value < alone.min()


def test_it_offers_no_model_of_the_single_problem() -> None:
    from problems.core.problem import VIEWS, has_view

    problem = vote_of(model="ternary")
    assert [view for view in VIEWS if has_view(problem, view)] == ["members"]


def test_the_title_says_that_it_is_a_vote() -> None:
    problem = vote_of(members=7)
    assert problem.title == f"majority vote of 7: {problem.single.title}"


def test_every_member_begins_at_its_own_draw_of_the_single_start() -> None:
    problem = vote_of(members=3)
    single, start = start_of(problem.single), start_of(problem)
    assert start.point.tolist() == np.tile(single.point, 3).tolist()
    assert start.scale.tolist() == np.tile(single.scale, 3).tolist()
    begun = problem.members().split(problems.Oracle(problem, problems.Budget(1)).start(1)[0])
    assert len(np.unique(begun, axis=0)) == 3
    assert start_of(vote_of(model="ternary")) is None


def test_an_evaluation_goes_through_the_text_once_a_member() -> None:
    problem = vote_of(members=4)
    assert problem.tokens == 4 * problem.single.tokens
    assert problem.rows == 4 * problem.single.rows
    assert problem.table_error == problem.single.table_error
    assert problem.error_anchors == problem.single.error_anchors


def test_splitting_and_joining_are_inverse() -> None:
    members = vote_of(members=3).members()
    x = np.arange(3 * members.space.dimension)
    assert members.split(x)[1].tolist() == list(range(len(x) // 3, 2 * len(x) // 3))
    assert members.join(members.split(x)).tolist() == x.tolist()
