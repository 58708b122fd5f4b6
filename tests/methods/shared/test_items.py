from __future__ import annotations

import numpy as np
import pytest

from methods.shared.items import Items
from problems import Permutation
from tests.methods.examples import around


@pytest.mark.parametrize(
    ("kind", "changed"),
    [
        # Of 0 1 2 3: what is reached by each kind's move, beside itself.
        ("assignment", {"1023", "2103", "3120", "0213", "0321", "0132"}),
        ("tour", {"1023", "2103", "3210", "0213", "0321", "0132"}),
        ("sequence", {"1023", "1203", "1230", "2013", "0213", "0231", "3012", "0312", "0132"}),
    ],
)
def test_a_kind_of_permutation_has_its_neighbourhood(kind, changed):
    neighbours = around(Items(Permutation(4, kind=kind)), np.arange(4))
    assert {"".join(map(str, neighbour)) for neighbour in neighbours} == changed


@pytest.mark.parametrize("kind", ["tour", "sequence", "assignment", None])
def test_a_selection_is_changed_by_every_move(kind):
    x = np.array([4, 1])
    neighbours = around(Items(Permutation(5, 2, kind=kind)), x)
    assert tuple(x.tolist()) not in neighbours
    assert all(np.array(neighbour) in Permutation(5, 2) for neighbour in neighbours)


def test_a_double_bridge_replaces_four_edges_of_a_tour():
    space = Permutation(20)
    items = Items(space)
    rng = np.random.default_rng(0)

    def edges(tour):
        return {frozenset(pair) for pair in zip(tour, np.roll(tour, 1), strict=True)}

    x = space.sample(rng, 1)[0]
    for _ in range(200):
        kicked, touched = items.kick(x, rng)
        assert kicked in space
        lost = edges(x.tolist()) - edges(kicked.tolist())
        assert len(lost) == 4
        a, b = divmod(np.array(touched) % 400, 20)
        assert frozenset.union(*lost) <= set(a[a < b]) | set(b[a < b])


@pytest.mark.parametrize("kind", ["tour", "sequence", "assignment"])
def test_a_move_says_which_pairs_are_worth_another_try(kind):
    """Those of the moved items, on an assignment; else of their neighbours as well."""
    items, rng = Items(Permutation(9, kind=kind)), np.random.default_rng(0)
    ((moved, touched),) = items.moves(np.arange(9), 2 * 9 + 5, rng)
    members = {2, 5}
    if kind != "assignment":
        members = {int(moved[(p + k) % 9]) for p in (2, 5) for k in (-1, 0, 1)}
    pairs = {(a, b) for a in range(9) for b in range(9) if {a, b} & members}
    assert {divmod(variable, 9) for variable in touched} == pairs
