"""Mixed spaces: named values, scales, exact encodings, and what is refused by name."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from problems import (
    Budget,
    Choice,
    Integer,
    Log,
    Mixed,
    Oracle,
    Problem,
    Real,
    UsageError,
    from_function,
)
from tests.problems.core.test_space import fixed, seeds

SPACE = Mixed(
    temperature=Log(0.1, 2),
    top_k=Integer(1, 50),
    prompt=Choice(["Q:", "Answer:", None]),
    top_p=Real(0, 1),
    batch=Integer(1, 1024, log=True),
)
SETTINGS = {"temperature": 0.7, "top_k": 40, "prompt": None, "top_p": 0.95, "batch": 64}
POINT = [0.7, 40, 2, 0.95, 64]


# ------------------------------------------------------------------ names and numbers


def test_a_point_is_a_number_a_variable_and_has_values_by_name():
    values = SPACE.named(POINT)
    assert values == SETTINGS
    assert [type(value) for value in values.values()] == [float, int, type(None), float, int]
    assert SPACE.point(**SETTINGS).tolist() == POINT
    assert SPACE.describe(POINT) == "temperature=0.7, top_k=40, prompt=None, top_p=0.95, batch=64"


def test_choices_are_the_objects_themselves():
    options = [np.array([1.0, 2.0]), {"a": 1}, len]
    space = Mixed(it=Choice(options))
    for i, option in enumerate(options):
        assert space.named([i])["it"] is option
        assert space.point(it=option).tolist() == [i]
    assert space.point(it={"a": 1}).tolist() == [1]


def test_true_is_no_one_among_choices():
    space = Mixed(it=Choice([1, True, 1.0]))
    assert [space.point(it=value).item() for value in (1, True, 1.0)] == [0, 1, 2]


def test_whole_numbers_alone_are_integers():
    assert Mixed(k=Integer(1, 3), p=Choice(["a", ""])).dtype is np.int64
    assert SPACE.dtype is np.float64


def test_names_may_be_what_python_calls_its_own_object():
    assert Mixed(self=Real(0, 1)).point(self=0.5).tolist() == [0.5]


@pytest.mark.parametrize(
    ("point", "says"),
    [
        ([0.7, 40.5, 2, 0.95, 64], "top_k=40.5: expected a whole number of 1 to 50"),
        ([0.7, 40, 3, 0.95, 64], "prompt=3: expected a whole number of 0 to 2"),
        ([3.0, 40, 2, 0.95, 64], r"temperature=3: expected a number of 0\.1 to 2"),
        ([0.7, 40, 2, np.nan, 64], "top_p=nan: expected a number"),
        ([0.7, 40], "is no point: expected 5 numbers"),
        ("point", "is no point: expected 5 numbers"),
    ],
)
def test_what_is_no_member_has_no_names(point, says):
    with pytest.raises(ValueError, match=says):
        SPACE.named(point)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"temprature": 1}, r"^temprature: expected one of temperature, .*mean temperature\?"),
        ({"top_k": 0}, r"^top_k=0 is not in Integer\(1, 50\)"),
        ({"top_k": 2.5}, r"^top_k=2\.5 is not in"),
        ({"top_k": "many"}, "^top_k='many' is not in"),
        ({"top_p": [0.5]}, "^top_p=.* is not in Real"),
        ({"temperature": np.nan}, "^temperature=nan is not in Log"),
        ({"prompt": "Hi"}, r"^prompt='Hi' is none of Choice\(\['Q:', 'Answer:', None\]\)"),
    ],
)
def test_values_are_refused_by_name(changes, says):
    with pytest.raises(ValueError, match=says):
        SPACE.point(**SETTINGS | changes)


def test_a_value_of_each_variable_is_expected():
    with pytest.raises(ValueError, match="no value of prompt, top_p, batch: expected one of each"):
        SPACE.point(temperature=1, top_k=3)


# -------------------------------------------------------------------------- definitions


@pytest.mark.parametrize(
    ("define", "says"),
    [
        (lambda: Mixed(), "expected at least one variable"),
        (lambda: Mixed(k=3), r"k=3: expected Real, Log, Integer or Choice, e\.g\. k=Real"),
        (lambda: Mixed(k=Real), "expected Real, Log, Integer or Choice"),
        (lambda: Mixed(**{"": Real(0, 1)}), "'': expected a name that an argument"),
        (lambda: Mixed(**{"top-k": Real(0, 1)}), "'top-k': expected a name"),
        (lambda: Mixed(**{"lambda": Real(0, 1)}), "'lambda': expected a name"),
        (lambda: Real(2, 1), r"Real\(2, 1\): expected low < high"),
        (lambda: Integer(2, 2), r"Integer\(2, 2\): expected low < high"),
        (lambda: Real(0, np.inf), "high=inf of .*: expected a finite number"),
        (lambda: Real("a", 1), "low='a' of .*: expected a finite number"),
        (lambda: Real(-1e308, 1e308), "expected a finite high - low"),
        (lambda: Log(0, 1), r"Log\(0, 1\): expected low > 0 on the log scale"),
        (lambda: Integer(0, 5, log=True), r"expected low >= 1 on the log scale"),
        (lambda: Integer(0.5, 5), r"low=0\.5 of .*: expected a whole number"),
        (lambda: Integer(0, 2**60), "expected a whole number, at most 2"),
        (lambda: Choice([]), "expected at least one option"),
        (lambda: Choice("abc"), "expected a list of options"),
        (lambda: Choice(3), "expected a list of options"),
        (lambda: Choice(["a", "b", "a"]), "expected each option once, and 'a' is there twice"),
    ],
)
def test_what_is_no_variable_is_refused(define, says):
    with pytest.raises(ValueError, match=says):
        define()


@pytest.mark.parametrize(
    "space",
    [
        SPACE,
        Mixed(a=Real(-1 / 3, 1e20), b=Log(1e-5, 0.1), c=Integer(-1234567, 7654321)),
        Mixed(prompt=Choice(["a long prompt " * 20, ("b", 1)])),
    ],
)
def test_what_is_shown_builds_the_same_space(space):
    again = eval(repr(space))
    assert repr(again) == repr(space)
    assert again.variables == space.variables


def test_a_title_leaves_out_long_prompts():
    space = Mixed(temperature=Log(0.1, 2), prompt=Choice(["a long prompt " * 20, "b"]))
    assert str(space) == "Mixed(temperature=Log(0.1, 2), prompt=Choice(2 options))"


def test_copies_are_the_same_and_read_only():
    for space in (SPACE, copy.deepcopy(SPACE), pickle.loads(pickle.dumps(SPACE))):
        assert repr(space) == repr(SPACE)
        for array in (space.low, space.high, space.owner, space.scaled.low, space.latent.high):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0
        with pytest.raises(TypeError):
            space.variables["more"] = Real(0, 1)


# ------------------------------------------------------------------ scales and encodings


def test_latent_vectors_have_scales_half_units_and_scores():
    assert SPACE.owner.tolist() == [0, 1, 3, 4, 2, 2, 2]
    low = [np.log(0.1), 0.5, 0, np.log(0.5), 0, 0, 0]
    high = [np.log(2), 50.5, 1, np.log(1024.5), 1, 1, 1]
    np.testing.assert_allclose(SPACE.latent.low, low)
    np.testing.assert_allclose(SPACE.latent.high, high)
    z = SPACE.encode(POINT)
    np.testing.assert_allclose(z, [np.log(0.7), 40, 0.95, np.log(64), 0, 0, 1])
    assert SPACE.decode(z).tolist() == POINT
    assert SPACE.decode([-99, 99, 0.5, 3.1, 0.2, 0.3, 0.1]).tolist() == [0.1, 50, 1, 0.5, 22]


@fixed
@given(st.integers(10**10, 10**12 - 1), st.integers(-300, 280), seeds)
def test_every_typed_number_is_decoded_from_its_logarithm(digits, exponent, seed):
    typed = float(f"{digits}e{exponent}")
    space = Mixed(it=Log(typed * 0.9, typed * 1.1))
    assert space.decode(space.encode([typed])).item() == typed
    (sampled,) = space.sample(np.random.default_rng(seed), 1)[0].tolist()
    assert sampled == float(f"{sampled:.12g}")


@pytest.mark.parametrize("bound", [1 / 3, np.pi])
def test_bounds_of_many_digits_are_members_and_reached(bound):
    space = Mixed(it=Log(bound, 2 * bound))
    assert space.decode([[-99.0], [99.0]]).ravel().tolist() == [bound, 2 * bound]
    assert space.decode(space.encode([bound])).item() == bound


def test_samples_are_uniform_on_each_scale():
    points = SPACE.sample(np.random.default_rng(1), 12_000)
    shares = {
        "temperature": np.log(points[:, 0] / 0.1) / np.log(20),
        "top_k": (points[:, 1] - 0.5) / 50,
        "top_p": points[:, 3],
    }
    for share in shares.values():
        assert chisquare(np.bincount((share * 10).astype(int), minlength=10)).pvalue > 1e-3
    assert chisquare(np.bincount(points[:, 2].astype(int), minlength=3)).pvalue > 1e-3
    # A whole number has the share of its unit: from 0.5 to 1.5 in 0.5 to 1,024.5 for one.
    found = np.mean(points[:, 4] == 1)
    assert abs(found - np.log(3) / np.log(2049)) < 0.01


def test_strides_are_the_widest_between_neighbours():
    np.testing.assert_allclose(SPACE.stride, [0, 1, 1, 0, np.log(2)])


def test_few_values_are_choices_and_narrow_whole_numbers():
    space = Mixed(a=Real(0, 1), b=Integer(1, 10), c=Integer(0, 10), d=Choice(range(99)))
    assert space.few(10).tolist() == [False, True, False, True]


# -------------------------------------------------------------------- problems of settings


def cost(temperature, top_k, *, prompt, top_p=1.0, batch):
    return temperature * top_k + (prompt is None) + top_p + batch


def test_a_bare_function_gets_keyword_arguments():
    problem = from_function(cost, SPACE)
    assert (problem.name, problem.value(POINT)) == ("cost", pytest.approx(28 + 1 + 0.95 + 64))
    assert problem.value(SETTINGS) == problem.value(POINT)
    assert problem.describe(POINT).startswith("temperature=0.7, top_k=40")
    assert from_function(lambda **settings: len(settings), SPACE).value(POINT) == 5
    assert pickle.loads(pickle.dumps(problem)).value(POINT) == problem.value(POINT)


@pytest.mark.parametrize("function", [lambda x: 0.0, lambda temperature, top_k: 0.0])
def test_a_function_of_other_arguments_is_refused_at_once(function):
    with pytest.raises(ValueError, match=r"expected a parameter for each .* or \*\*settings for"):
        from_function(function, SPACE)


def test_a_batch_of_settings_is_refused():
    with pytest.raises(ValueError, match="vectorised=True in a Mixed space"):
        from_function(cost, SPACE, vectorised=True)


class Begun(Problem):
    """A problem of settings, begun at whatever is returned."""

    def __init__(self, returned):
        self.space, self.returned = SPACE, returned

    def start(self):
        return self.returned

    def value(self, x):
        return cost(**self.space.named(x))


TENTHS = [0.1 * np.log(20), np.nan, np.nan, 0.1, np.nan]


@pytest.mark.parametrize(
    ("returned", "scale"),
    [
        (SETTINGS, TENTHS),
        (POINT, TENTHS),
        ((SETTINGS, [0.2, 3, np.nan, np.nan, 0.5]), [0.2, 3, np.nan, 0.1, 0.5]),
        ((POINT, 0.2), [0.2, 0.2, np.nan, 0.2, 0.2]),
    ],
)
def test_a_start_is_settings_and_its_scale_a_tenth_on_each_scale(returned, scale):
    start = Begun(returned).start()
    assert start.point.tolist() == POINT
    np.testing.assert_allclose(start.scale, scale)


def test_draws_around_a_start_are_members_near_it():
    oracle = Oracle(Begun((SETTINGS, [0.2, 3, np.nan, 0.05, 0.5])), Budget(10))
    points = oracle.start(2000)
    assert points[0].tolist() == POINT
    assert SPACE.contains(points)
    np.testing.assert_allclose(np.std(np.log(points[:, 0])), 0.2, rtol=0.1)
    np.testing.assert_allclose(np.median(points, axis=0)[[0, 1, 4]], [0.7, 40, 64], rtol=0.05)
    np.testing.assert_array_equal(oracle.start(7), points[:7])


def test_a_start_that_is_no_member_is_refused_by_name():
    with pytest.raises(UsageError, match="top_k=99 is not in Integer"):
        Begun(SETTINGS | {"top_k": 99}).start()
    with pytest.raises(UsageError, match=r"temperature=9: expected a number of 0\.1 to 2"):
        Begun([9, *POINT[1:]]).start()
