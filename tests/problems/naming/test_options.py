"""Options: read from signatures, checked, and parsed from text."""

import functools
import math
from typing import Annotated, Any, Literal, Optional

import numpy as np
import pytest

from problems.core.interval import Count, Interval, Positive, Share
from problems.naming.options import (
    OptionError,
    UnknownName,
    checked_options,
    options_of,
    parse,
    require_choice,
    resolve,
)


def method(oracle, rng, *, population: int = 50, rate: float | None = None, plain=3):
    pass


class Base:
    def __init__(self, *, size: int = 5, colour: str = "red", instance: int = 0) -> None:
        pass


class Derived(Base):
    def __init__(self, *, depth: float = 1.5, colour: str = "blue", **options) -> None:
        super().__init__(colour=colour, **options)


class Heir(Derived):
    pass


class Closed(Base):
    def __init__(self, *, depth: int = 1) -> None:
        super().__init__()


def test_options_of_a_function_are_its_keyword_only_arguments() -> None:
    options = options_of(method)
    assert {name: (option.annotation, option.default) for name, option in options.items()} == {
        "population": (int, 50),
        "rate": (float | None, None),
        "plain": (None, 3),
    }


@pytest.mark.parametrize(
    ("cls", "defaults"),
    [
        (Base, {"size": 5, "colour": "red"}),
        (Derived, {"depth": 1.5, "colour": "blue", "size": 5}),
        (Heir, {"depth": 1.5, "colour": "blue", "size": 5}),
        (Closed, {"depth": 1}),
        (object, {}),
    ],
)
def test_options_of_a_class_reach_as_far_as_it_hands_them_on(cls, defaults) -> None:
    assert {o.name: o.default for o in options_of(cls).values()} == defaults
    assert resolve("it", cls, {}) == defaults


def test_resolve_parses_what_is_given_and_fills_in_the_rest() -> None:
    given = {"population": "7", "rate": "0.5"}
    assert resolve("ga", method, given) == {"population": 7, "rate": 0.5, "plain": 3}


@pytest.mark.parametrize(
    ("target", "option", "message"),
    [
        (method, "populaton", "ga has no option 'populaton'; did you mean 'population'?"),
        (method, "xyz", "ga has no option 'xyz'; it has population, rate, plain"),
        (object, "xyz", "ga has no option 'xyz'; it has none"),
        (Base, "instance", "ga has no option 'instance'; it has size, colour"),
        (Closed, "size", "ga has no option 'size'; it has depth"),
    ],
)
def test_an_unknown_option_offers_the_closest_or_all(target, option, message) -> None:
    with pytest.raises(UnknownName) as error:
        resolve("ga", target, {option: 1})
    assert str(error.value) == message


def test_a_wrong_value_names_the_option() -> None:
    with pytest.raises(OptionError, match=r"^ga\.population=many: expected a whole number$"):
        resolve("ga", method, {"population": "many"})


def test_an_option_without_a_default_must_be_given() -> None:
    def needs(oracle, rng, *, path: str):
        pass

    assert resolve("it", needs, {"path": "x"}) == {"path": "x"}
    with pytest.raises(ValueError, match="path"):
        resolve("it", needs, {})


# --------------------------------------------------------------------------- parse


@pytest.mark.parametrize(
    ("value", "annotation", "parsed"),
    [
        (7, int, 7),
        ("7", int, 7),
        ("-7", int, -7),
        ("+7", int, 7),
        ("1e3", int, 1000),
        (7.0, int, 7),
        ("12345678901234567890", int, 12345678901234567890),
        (2**53 + 1, int, 2**53 + 1),
        (np.int64(7), int, 7),
        ("0.5", float, 0.5),
        (2, float, 2.0),
        ("-1e-3", float, -0.001),
        ("inf", float, math.inf),
        ("true", bool, True),
        ("YES", bool, True),
        ("1", bool, True),
        (1, bool, True),
        (True, bool, True),
        ("False", bool, False),
        ("no", bool, False),
        (0, bool, False),
        (False, bool, False),
        ("text", str, "text"),
        ("7", str, "7"),
        (7, str, "7"),
        ("b", Literal["a", "b"], "b"),
        ("2", Literal[1, 2], 2),
        (2, Literal[1, 2], 2),
        ("none", int | None, None),
        ("None", float | None, None),
        (None, int | None, None),
        ("7", int | None, 7),
        ("7", Optional[int], 7),  # noqa: UP045 - the spelling under test
        ("none", Optional[str], None),  # noqa: UP045 - as above
        ("7", int | str, 7),
        ("seven", int | str, "seven"),
        ("0.5", int | float, 0.5),
        ("auto", int | Literal["auto"], "auto"),
        ("8", int | Literal["auto"], 8),
        ([1, 2], None, [1, 2]),
        ("x", list[int], "x"),
    ],
)
def test_text_is_parsed_by_the_type(value, annotation, parsed) -> None:
    result = parse("it.x", value, annotation)
    assert result == parsed
    assert type(result) is type(parsed)


@pytest.mark.parametrize(
    ("value", "annotation", "expected"),
    [
        ("7.5", int, "a whole number"),
        (7.5, int, "a whole number"),
        ("x", int, "a whole number"),
        ("", int, "a whole number"),
        ("inf", int, "a whole number"),
        ("nan", int, "a whole number"),
        (True, int, "a whole number"),
        (None, int, "a whole number"),
        ([1], int, "a whole number"),
        ("x", float, "a number"),
        ("nan", float, "a number"),
        (False, float, "a number"),
        (None, float, "a number"),
        ("maybe", bool, "true or false"),
        (2, bool, "true or false"),
        ("none", bool, "true or false"),
        ("c", Literal["a", "b"], "one of a, b"),
        ("wek", Literal["weak", "strong"], "one of weak, strong; did you mean 'weak'?"),
        ("x", int | None, "a whole number or none"),
        ("x", Optional[float], "a number or none"),  # noqa: UP045 - as above
    ],
)
def test_a_value_of_a_wrong_type_says_what_was_expected(value, annotation, expected) -> None:
    with pytest.raises(OptionError) as error:
        parse("it.x", value, annotation)
    assert str(error.value) == f"it.x={value}: expected {expected}"


# ------------------------------------------------------------------------- ranges


FromOne = Annotated[int | None, Interval(ge=1)]


def ranged(oracle, rng, *, rate: Share = 0.5, size: Count = 2, step: Positive | None = None):
    pass


@pytest.mark.parametrize(
    ("value", "annotation", "parsed"),
    [
        ("1", Count, 1),
        (1e4, Count, 10_000),
        (0, Share, 0.0),
        ("1", Share, 1.0),
        ("1e-9", Positive, 1e-9),
        ("none", Positive | None, None),
        (2, Positive | None, 2.0),
        (None, FromOne, None),
        ("3", FromOne, 3),
        ("inf", Annotated[float, Interval(ge=0)], math.inf),
        ("7", Annotated[str, "a note"], "7"),
        ([1], Annotated[list[int], "a note"], [1]),
    ],
)
def test_a_number_within_its_range_is_parsed_as_ever(value, annotation, parsed) -> None:
    result = parse("it.x", value, annotation)
    assert result == parsed
    assert type(result) is type(parsed)


@pytest.mark.parametrize(
    ("value", "annotation", "expected"),
    [
        (0, Count, "a whole number >= 1"),
        ("1.5", Count, "a whole number >= 1"),
        ("x", Count, "a whole number >= 1"),
        (0, Positive, "a number > 0"),
        ("inf", Positive, "a number > 0"),
        ("nan", Positive, "a number > 0"),
        (-0.1, Share, "a number in [0, 1]"),
        (0, Annotated[float, Interval(gt=0, lt=1)], "a number in (0, 1)"),
        (4, Annotated[int, Interval(ge=2, le=3)], "a whole number in [2, 3]"),
        (-1, Positive | None, "a number > 0 or none"),
        (0, FromOne, "a whole number >= 1 or none"),
    ],
)
def test_a_number_out_of_its_range_says_what_was_expected(value, annotation, expected) -> None:
    with pytest.raises(OptionError) as error:
        parse("it.x", value, annotation)
    assert str(error.value) == f"it.x={value}: expected {expected}"


def test_ranges_are_read_from_the_signature() -> None:
    assert resolve("it", ranged, {"rate": "1"}) == {"rate": 1.0, "size": 2, "step": None}
    with pytest.raises(OptionError, match=r"^it\.rate=1\.5: expected a number in \[0, 1\]$"):
        resolve("it", ranged, {"rate": 1.5})


def test_what_a_partial_has_bound_is_in_range_as_well() -> None:
    assert resolve("it", functools.partial(ranged, size="4"), {})["size"] == 4
    with pytest.raises(OptionError, match=r"^it\.size=0: expected a whole number >= 1$"):
        resolve("it", functools.partial(ranged, size=0), {})


@pytest.mark.parametrize(
    ("interval", "inside", "outside", "text"),
    [
        (Interval(gt=0), [1e-300, math.inf], [0, -1, math.nan], "> 0"),
        (Interval(ge=0, lt=math.inf), [0, 1e300], [-1e-300, math.inf], ">= 0"),
        (Interval(gt=0, le=1), [0.5, 1], [0, 1.1], "in (0, 1]"),
        (Interval(ge=2, lt=2**31), [2, 2**31 - 1], [1, 2**31], "in [2, 2147483648)"),
        (Interval(ge=1e-10, lt=math.inf), [1], [0], ">= 1e-10"),
        (Interval(le=-5), [-5], [-4.9], "<= -5"),
        (Interval(lt=1), [0], [1], "< 1"),
        (Interval(), [0, math.inf], [], "of any size"),
    ],
)
def test_an_interval_has_its_ends(interval, inside, outside, text) -> None:
    assert all(number in interval for number in inside)
    assert not any(number in interval for number in outside)
    assert str(interval) == text


def test_a_choice_is_one_of_those_given() -> None:
    require_choice("colour", "red", ("red", "green"))
    require_choice("side", 2, {1, 2})
    with pytest.raises(OptionError) as error:
        require_choice("colour", "gren", ("red", "green"))
    assert str(error.value) == "colour=gren: expected one of red, green; did you mean 'green'?"
    with pytest.raises(OptionError, match=r"^side=3: expected one of 1, 2$"):
        require_choice("side", 3, (1, 2))


def test_what_none_of_several_types_takes_names_them_all() -> None:
    with pytest.raises(OptionError) as error:
        parse("it.x", "y", int | Literal["auto"])
    assert "a whole number" in str(error.value)
    assert "auto" in str(error.value)


class Ranged:
    @checked_options
    def __init__(
        self,
        *,
        bits: Annotated[int, Interval(ge=1, le=7)] = 4,
        side: Literal["left", "right"] = "left",
        **more: Any,
    ) -> None:
        self.chosen = bits, side, more


def test_a_constructor_parses_the_options_that_it_is_given() -> None:
    assert Ranged().chosen == (4, "left", {})
    assert Ranged(bits="3", side="right", other=2.5).chosen == (3, "right", {"other": 2.5})
    assert [*options_of(Ranged)] == ["bits", "side"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"bits": 8}, "bits=8: expected a whole number in [1, 7]"),
        ({"side": "lef"}, "side=lef: expected one of left, right; did you mean 'left'?"),
    ],
)
def test_a_constructor_called_by_itself_refuses_what_make_would(options, message) -> None:
    with pytest.raises(OptionError) as error:
        Ranged(**options)
    assert str(error.value) == message
