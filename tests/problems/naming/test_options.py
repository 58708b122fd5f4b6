"""Options: read from signatures, checked, and parsed from text."""

import math
from typing import Literal, Optional

import numpy as np
import pytest

from problems.naming.options import (
    Option,
    OptionError,
    UnknownName,
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
    assert options_of(method) == {
        "population": Option("population", int, 50),
        "rate": Option("rate", float | None, None),
        "plain": Option("plain", None, 3),
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
        ("none", Optional[str], None),  # noqa: UP045
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
        ("x", Optional[float], "a number or none"),  # noqa: UP045
    ],
)
def test_a_value_of_a_wrong_type_says_what_was_expected(value, annotation, expected) -> None:
    with pytest.raises(OptionError) as error:
        parse("it.x", value, annotation)
    assert str(error.value) == f"it.x={value}: expected {expected}"


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
