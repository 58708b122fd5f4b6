from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from methods.shared.moves import MOVES, all_moves, move, moved, rearrange
from problems import Permutation
from problems.core.permutation import PermutationKind

KINDS = [*get_args(PermutationKind), None]


@pytest.mark.parametrize(
    ("how", "i", "j", "expected"),
    [
        ("reversal", 1, 3, [0, 3, 2, 1, 4]),
        ("reversal", 3, 1, [0, 3, 2, 1, 4]),
        ("insertion", 1, 3, [0, 2, 3, 1, 4]),
        ("insertion", 3, 1, [0, 3, 1, 2, 4]),
        ("swap", 0, 4, [4, 1, 2, 3, 0]),
    ],
)
def test_a_move_by_hand(how, i, j, expected):
    items = np.arange(5)
    move(items, i, j, how, 5)
    assert items.tolist() == expected


@pytest.mark.parametrize("how", ["reversal", "insertion", "swap"])
def test_an_item_left_out_takes_the_place_of_another(how):
    items = np.arange(6)
    move(items, 1, 4, how, 3)
    assert items[:3].tolist() == [0, 4, 2]
    assert sorted(items) == list(range(6))


def test_every_kind_has_moves():
    assert set(MOVES) == set(KINDS)


@pytest.mark.parametrize(
    ("kind", "length", "neighbours"),
    [
        ("tour", 6, 9),  # n (n - 3) / 2 pairs of edges that do not touch
        ("sequence", 6, 25),  # (n - 1)²
        ("assignment", 6, 15),
        ("assignment", 3, 3 + 9),  # three swaps, and each of three for each of the others
        (None, 6, 41),
    ],
)
def test_all_moves_lead_to_all_neighbours(kind, length, neighbours):
    space = Permutation(6, length, kind=kind)
    x = np.arange(length)[None]
    reached = {tuple(moved(space, x, *row)[0].tolist()) for row in all_moves(space)}
    assert len(reached) == neighbours
    assert tuple(range(length)) not in reached
    assert len(all_moves(space)) == neighbours or kind is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_single_item_stays(kind):
    space = Permutation(1, kind=kind)
    assert moved(space, np.zeros((1, 1), int), *all_moves(space)[0]).tolist() == [[0]]


def edges(tour):
    return {frozenset(pair) for pair in zip(tour, np.roll(tour, 1), strict=True)}


def one_move(kind, draws=300):
    """Return points and what one move makes of them."""
    space, rng = Permutation(9, kind=kind), np.random.default_rng(0)
    points = space.sample(rng, draws)
    chosen = np.arange(9) == rng.integers(9, size=(draws, 1))
    return list(zip(points, rearrange(space, points, chosen, rng), strict=True))


def test_a_move_of_a_tour_replaces_at_most_three_edges():
    assert max(len(edges(x) - edges(y)) for x, y in one_move("tour")) == 3


def test_a_move_of_a_sequence_keeps_the_order_of_the_others():
    for x, y in one_move("sequence"):
        assert any([i for i in x if i != k] == [i for i in y if i != k] for k in range(9))
        assert (x != y).any()


def test_a_move_of_an_assignment_exchanges_two():
    assert {int((x != y).sum()) for x, y in one_move("assignment")} == {2}


def test_without_a_kind_every_move_is_made():
    # Where the item of each position went.
    reached = {tuple(y.argsort()[x].tolist()) for x, y in one_move(None, 4000)}
    for how in ("reversal", "insertion", "swap"):
        items = np.arange(9)
        move(items, 2, 6, how, 9)
        assert tuple(items.argsort().tolist()) in reached


def test_the_other_position_is_any():
    """Every other position is as likely to be the second: 8 of them, 4000 draws."""
    from scipy.stats import chisquare

    space = Permutation(9, kind="assignment")
    points, chosen = np.tile(np.arange(9), (4000, 1)), np.tile(np.arange(9) == 3, (4000, 1))
    swapped = rearrange(space, points, chosen, np.random.default_rng(1))[:, 3]
    counts = np.bincount(swapped, minlength=9)
    assert counts[3] == 0
    assert chisquare(np.delete(counts, 3)).pvalue > 0.001
