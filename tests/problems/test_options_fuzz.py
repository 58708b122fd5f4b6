"""Whatever an option is set to: a value of its type, or one error that names it."""

from __future__ import annotations

import math
from typing import Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from problems.naming.options import OptionError, UnknownName, closest, parse, resolve

bounded = settings(derandomize=True, max_examples=200, deadline=None)

Choice = Literal["linear", "cosine", 3]
#: Each annotation with what its values are.
TYPES = {
    int: int,
    float: float,
    bool: bool,
    str: str,
    Choice: (str, int),
    int | None: (int, type(None)),
    float | None: (float, type(None)),
    float | Choice: (float, str, int),
    int | Literal["auto"] | None: (int, str, type(None)),
}

texts = st.one_of(
    st.text(max_size=12),
    st.from_regex(r"[ +-]?[0-9_]{0,4}(\.[0-9]{0,3})?(e[+-]?[0-9]{1,4})?", fullmatch=True),
    st.sampled_from(
        [
            *("nan", "inf", "-inf", "Infinity", "None", "none", "NONE", "true", "FALSE", "yes"),
            *("1e400", "1e308", "-1e400", "9" * 5000, "٣", "²", "1_000", "0x10", "3", "3.0"),
            *("linear", "LINEAR", "cosin", "auto", "\ud800", "a\nb", "\0"),
        ]
    ),
)
anything = st.one_of(
    texts,
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.binary(max_size=4),
    st.lists(st.integers(), max_size=2),
)


def method(
    oracle,
    rng,
    *,
    size: int = 7,
    rate: float = 0.5,
    elite: bool = True,
    schedule: Choice = "linear",
    limit: int | None = None,
    name: str = "",
):
    """Have an option of every kind."""


@bounded
@given(anything, st.sampled_from(list(TYPES)))
def test_a_value_has_its_options_type_or_is_refused_by_name(value, annotation):
    refused = ""
    try:
        found = parse("method.option", value, annotation)
    except OptionError as error:
        refused = str(error)
    if refused:
        assert refused.startswith("method.option=")
        assert ": expected " in refused
        return
    assert isinstance(found, TYPES[annotation])
    assert found == found  # never nan
    if annotation in (int, float, bool):
        assert type(found) is annotation


@bounded
@given(texts, st.sampled_from(list(TYPES)))
def test_what_was_parsed_is_parsed_again_to_the_same(text, annotation):
    try:
        found = parse("method.option", text, annotation)
    except OptionError:
        return
    assert parse("method.option", found, annotation) == found
    if not isinstance(found, float) or math.isfinite(found):
        assert parse("method.option", str(found), annotation) == found


@bounded
@given(
    st.dictionaries(
        st.one_of(
            st.sampled_from(["size", "rate", "elite", "schedule", "limit", "name", "sise"]),
            st.text(max_size=8),
        ),
        anything,
        max_size=4,
    )
)
def test_options_are_all_resolved_or_one_is_named(given_options):
    refused = ""
    try:
        found = resolve("method", method, given_options)
    except (OptionError, UnknownName) as error:
        refused = str(error)
    if refused:
        assert refused.startswith("method")
        return
    assert list(found) == ["size", "rate", "elite", "schedule", "limit", "name"]
    assert type(found["size"]) is int
    assert type(found["rate"]) is float


@bounded
@given(st.text(max_size=20), st.lists(st.text(max_size=20), max_size=5))
def test_a_hint_is_one_of_what_there_is(name, known):
    hint = closest(name, known)
    assert hint == "" or any(hint == f"; did you mean {one!r}?" for one in known)
