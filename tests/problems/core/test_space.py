"""Boxes, categories, permutations and mixed spaces: members, seeded samples and latent vectors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from problems import Choice, Integer, Log, Mixed, Real
from problems.core.permutation import Permutation
from problems.core.space import Box, Categorical, Space

fixed = settings(deadline=None, derandomize=True, max_examples=60, database=None)
seeds = st.integers(0, 2**32)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    low = draw(st.lists(st.integers(-9, 9), min_size=1, max_size=4))
    width = [draw(st.integers(0, 9)) for _ in low]
    integral = [draw(st.booleans()) for _ in low]
    return Box(low, np.add(low, width), integral=integral)


@st.composite
def permutations(draw: st.DrawFn) -> Permutation:
    n = draw(st.integers(1, 7))
    return Permutation(n, draw(st.integers(1, n)))


categoricals = st.lists(st.integers(1, 5), min_size=1, max_size=4).map(Categorical)
variables = st.one_of(
    st.builds(lambda low, width: Real(low, low + width), st.integers(-9, 9), st.integers(1, 9)),
    st.builds(lambda low, ratio: Log(low, low * ratio), st.floats(1e-9, 1e9), st.floats(1.1, 1e6)),
    st.builds(
        lambda low, width, log: Integer(low, low + width, log=log),
        *(st.integers(1, 9), st.integers(1, 99), st.booleans()),
    ),
    st.integers(1, 5).map(lambda count: Choice(range(count))),
)
mixed = st.lists(variables, min_size=1, max_size=5).map(
    lambda some: Mixed(**{f"x{i}": variable for i, variable in enumerate(some)})
)
spaces = st.one_of(boxes(), categoricals, permutations(), mixed)


# ------------------------------------------------------------------ every space


@fixed
@given(spaces, seeds, st.integers(0, 5), st.integers(0, 5))
def test_first_rows_of_a_larger_sample_are_the_smaller_sample(
    space: Space, seed: int, few: int, more: int
) -> None:
    small = space.sample(np.random.default_rng(seed), few)
    large = space.sample(np.random.default_rng(seed), few + more)
    assert small.shape == (few, space.dimension)
    assert np.array_equal(large[:few], small)


@fixed
@given(spaces, seeds)
def test_samples_are_members_of_the_right_type(space: Space, seed: int) -> None:
    points = space.sample(np.random.default_rng(seed), 9)
    assert points.dtype == space.dtype
    assert space.contains(points)
    assert all(x in space for x in points)


@fixed
@given(spaces, seeds)
def test_decoding_an_encoded_member_gives_it_back(space: Space, seed: int) -> None:
    points = space.sample(np.random.default_rng(seed), 9)
    z = space.encode(points)
    assert z.shape == (9, space.latent_dimension)
    assert space.latent.contains(z)
    assert np.array_equal(space.decode(z), points)
    assert np.array_equal(space.decode(space.encode(points[0])), points[0])


@fixed
@given(spaces, seeds, st.sampled_from([1e-3, 1.0, 1e6]))
def test_any_real_vector_decodes_to_a_member_row_by_row(
    space: Space, seed: int, scale: float
) -> None:
    z = scale * np.random.default_rng(seed).standard_normal((5, space.latent_dimension))
    points = space.decode(z)
    assert points.dtype == space.dtype
    assert space.contains(points)
    assert np.array_equal(points, [space.decode(row) for row in z])


@fixed
@given(spaces)
def test_nothing_but_a_vector_of_numbers_is_a_member(space: Space) -> None:
    member = space.sample(np.random.default_rng(0), 1)[0]
    assert member.tolist() in space
    assert member[None] not in space
    assert [*member, member[0]] not in space
    assert [] not in space
    assert member.astype(str) not in space
    assert member.astype(complex) not in space
    assert member.astype(object) not in space
    assert np.full(space.dimension, np.nan) not in space
    assert np.full(space.dimension, np.inf) not in space
    assert None not in space
    assert "abc" not in space
    assert [[1], [2, 3]] not in space


@pytest.mark.parametrize(
    ("space", "text"),
    [
        (Box(-5, 5, 10), "Box(-5, 5, 10)"),
        (Box(0, 1, 3, integral=True), "Box(0, 1, 3, integral)"),
        (Box([0, 1], 2.5, integral=[True, False]), "Box([...], [...], 2, mixed)"),
        (Categorical([2, 5, 1]), "Categorical(3 variables, up to 5 categories)"),
        (Permutation(4), "Permutation(4)"),
        (Permutation(4, 2), "Permutation(4, 2)"),
        (Permutation(4, 2, kind="tour"), "Permutation(4, 2, kind='tour')"),
    ],
)
def test_spaces_show_what_they_are(space: Space, text: str) -> None:
    assert repr(space) == text


# -------------------------------------------------------------------------- box


@pytest.mark.parametrize(
    ("arguments", "integral", "complaint"),
    [
        ((0, np.inf, 1), False, "variable 0 of a Box, low=0, high=inf: expected finite"),
        ((-np.inf, 0, 1), False, "low=-inf, high=0: expected finite numbers"),
        (([0, np.nan], 1), False, "variable 1 of a Box, low=nan, high=1: expected finite"),
        ((1, 0, 2), False, "variable 0 of a Box, low=1, high=0: expected low <= high"),
        (([0, 3], [1, 2]), False, "variable 1 of a Box, low=3, high=2: expected low <= high"),
        ((0.2, 0.8, 1), True, r"low=0\.2, high=0\.8: expected a whole number between"),
        ((-1e308, 1e308, 1), False, r"low=-1e\+308, high=1e\+308: expected a finite high - low"),
        (([0, 0], [1, 1, 1]), False, "bounds of a 3-dimensional Box"),
        ((0, [1, 1, 1], 2), False, "bounds of a 2-dimensional Box"),
        ((0, 1, 0), False, "at least one dimension"),
        ((0, 1, -1), False, "at least one dimension"),
        (([], []), False, "at least one dimension"),
        (("a", "b", 1), False, "bounds of a 1-dimensional Box"),
        ((0, 1, 3), [True, False], "bounds of a 3-dimensional Box"),
    ],
)
def test_bad_bounds_are_refused(arguments, integral, complaint) -> None:
    with pytest.raises(ValueError, match=complaint):
        Box(*arguments, integral=integral)


def test_dimension_comes_from_the_bounds() -> None:
    assert Box(0, [1, 2, 3]).dimension == 3
    assert Box(0, 1).dimension == 1


def test_bounds_are_copies() -> None:
    low = np.zeros(2)
    box = Box(low, 1)
    low[:] = 1
    assert box.low.tolist() == [0, 0]


def test_whole_bounds_shrink_to_whole_numbers() -> None:
    box = Box(-0.5, 2.7, 1, integral=True)
    assert (box.low[0], box.high[0]) == (0, 2)


def test_a_box_of_one_point_samples_that_point() -> None:
    assert Box(3, 3, 2, integral=True).sample(np.random.default_rng(0), 2).tolist() == [[3, 3]] * 2
    assert Box(0.5, 0.5, 1).sample(np.random.default_rng(0), 1).tolist() == [[0.5]]


@pytest.mark.parametrize(
    ("point", "inside"),
    [
        ([0, 0.0], True),
        ([3, 1.0], True),
        ([2.0, 0.3], True),
        ([2.5, 0.3], False),
        ([4, 0.3], False),
        ([-1, 0.3], False),
        ([0, 1.0001], False),
        ([0, -0.0001], False),
        ([True, False], True),
    ],
)
def test_mixed_box_wants_whole_numbers_where_it_says_so(point, inside) -> None:
    assert (point in Box([0, 0], [3, 1], integral=[True, False])) is inside


def test_mixed_box_rounds_whole_variables_only_and_clips_all() -> None:
    box = Box([0, 0], [3, 1], integral=[True, False])
    z = [[1.4, 0.4], [2.6, 7.0], [-9.0, -0.1], [9.0, 0.0]]
    assert box.dtype == np.float64
    assert box.decode(z).tolist() == [[1, 0.4], [3, 1], [0, 0], [3, 0]]


def test_every_whole_number_has_an_equal_share_of_the_latent_box() -> None:
    box = Box(-1, 2, 1, integral=True)
    low, high = box.latent.low[0], box.latent.high[0]
    cells = low + (high - low) * (np.arange(4000) + 0.5) / 4000
    found, times = np.unique(box.decode(cells[:, None]), return_counts=True)
    assert found.tolist() == [-1, 0, 1, 2]
    assert times.tolist() == [1000] * 4


def test_latent_box_of_reals_is_the_box() -> None:
    latent = Box([-1, 0], [1, 4], integral=[False, True]).latent
    assert latent.low.tolist() == [-1, -0.5]
    assert latent.high.tolist() == [1, 4.5]
    assert not latent.integral.any()


@pytest.mark.parametrize(
    ("space", "cells"),
    [
        (Box(-1, 3, 1, integral=True), 5),
        (Categorical([4]), 4),
        (Categorical([2, 3]), 6),
        (Permutation(4), 24),
        (Permutation(4, 2), 12),
    ],
)
def test_samples_are_uniform(space: Space, cells: int) -> None:
    points = space.sample(np.random.default_rng(1), 12_000)
    found, times = np.unique(points, axis=0, return_counts=True)
    assert len(found) == cells
    assert chisquare(times).pvalue > 1e-3


def test_real_samples_are_uniform() -> None:
    points = Box([-1, 2], [1, 10]).sample(np.random.default_rng(1), 12_000)
    for variable, low, width in ((points[:, 0], -1, 2), (points[:, 1], 2, 8)):
        times = np.bincount(((variable - low) / width * 20).astype(int), minlength=20)
        assert chisquare(times).pvalue > 1e-3


# ------------------------------------------------------------------ categorical


@pytest.mark.parametrize(
    ("counts", "named"),
    [
        ([], r"counts=\[\]"),
        ([0], r"counts\[0\]=0"),
        ([2, -1], r"counts\[1\]=-1"),
        ([[1, 2]], r"counts=\[\[1, 2\]\]"),
        (3, "counts=3"),
    ],
)
def test_categorical_needs_one_positive_count_a_variable(counts, named) -> None:
    with pytest.raises(ValueError, match=f"^{named}: expected .*one count >= 1 a variable"):
        Categorical(counts)


@pytest.mark.parametrize(
    ("point", "inside"),
    [
        ([1, 0, 4], True),
        ([1.0, 0, 4], True),
        ([2, 0, 4], False),
        ([0, 1, 0], False),
        ([0, 0, -1], False),
        ([0.5, 0, 0], False),
    ],
)
def test_each_variable_has_its_own_number_of_categories(point, inside) -> None:
    assert (point in Categorical([2, 1, 5])) is inside


def test_unequal_counts_never_decode_to_a_category_that_is_not_there() -> None:
    space = Categorical([2, 1, 3])
    assert space.latent_dimension == 6
    assert space.decode([-3, -2, -9, -5, -4, -6]).tolist() == [1, 0, 1]
    assert space.decode(np.full(6, -7.0)).tolist() == [0, 0, 0]


def test_categorical_encoding_is_one_hot() -> None:
    assert Categorical([2, 1, 3]).encode([1, 0, 2]).tolist() == [0, 1, 1, 0, 0, 1]


# ------------------------------------------------------------------ permutation


@pytest.mark.parametrize("arguments", [(0,), (-1,), (3, 0), (3, 4), (3, -1)])
def test_permutation_needs_a_length_within_its_items(arguments) -> None:
    with pytest.raises(ValueError, match="1 <= length <= n"):
        Permutation(*arguments)


def test_a_permutation_says_what_its_order_means() -> None:
    assert Permutation(4).kind is None
    assert Permutation(4, kind="assignment").kind == "assignment"
    with pytest.raises(ValueError, match=r"expected one of tour, .*; did you mean 'tour'\?"):
        Permutation(4, kind="tours")


@pytest.mark.parametrize(
    ("point", "inside"),
    [
        ([0, 3], True),
        ([3, 0], True),
        ([3.0, 1.0], True),
        ([1, 1], False),
        ([0, 4], False),
        ([-1, 0], False),
        ([0.5, 1], False),
        ([True, False], False),
    ],
)
def test_partial_permutation_lists_different_items(point, inside) -> None:
    assert (point in Permutation(4, 2)) is inside


def test_smallest_keys_in_order_are_the_permutation() -> None:
    keys = [0.9, 0.1, 0.5, 0.2]
    assert Permutation(4).decode(keys).tolist() == [1, 3, 2, 0]
    assert Permutation(4, 2).decode(keys).tolist() == [1, 3]


def test_complete_appends_what_is_left_in_ascending_order() -> None:
    space = Permutation(5, 2)
    assert space.complete([3, 1]).tolist() == [3, 1, 0, 2, 4]
    assert space.complete([[4, 0], [0, 1]]).tolist() == [[4, 0, 1, 2, 3], [0, 1, 2, 3, 4]]


def test_complete_leaves_a_whole_permutation_as_it_is() -> None:
    assert Permutation(3).complete([2, 0, 1]).tolist() == [2, 0, 1]
