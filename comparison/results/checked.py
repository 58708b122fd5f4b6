"""Checks of runs that are read: every field once, by its type and size.

A results file is data that anybody may have written. What passes here can be tabulated,
drawn and exported without another check; an error names the field.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from math import isfinite
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from comparison.results.trace import KINDS
from methods.result import ENDS, Facts
from methods.shared.best_of_n_curve import BestOfN
from problems.core.answers import MOST_MEASURES, names_a_measure
from problems.core.ledger import Budget, Ledger, TracePoint
from problems.core.reference import Reference

#: The most characters of a name, and of any other text.
MOST_NAME, MOST_TEXT = 2_000, 1_000_000
#: How deeply an option's value may be nested.
MOST_DEPTH = 8

#: A whole number fits 64 bits, as in every format that runs are exported to.
_LIMIT = 2**63

Check = Callable[[str, Any], Any]


def checked(data: Any) -> dict[str, Any]:
    """Return a run's fields by name, of the types that `Run` has, from plain data.

    Raises
    ------
    KeyError
        When a field that every run has is missing.
    TypeError, ValueError
        When a field is not of its type, out of its range or too large, or no run has it.
    """
    if not isinstance(data, dict):
        raise TypeError(f"the run is {shown(data)}: expected an object")
    for name in _REQUIRED:
        if name not in data:
            raise KeyError(name)
    return _each(data, _RUN, "a run")


def _each(data: dict[str, Any], checks: Mapping[str, Check], whole: str) -> dict[str, Any]:
    """Return an object's checked members; each has to have a check."""
    checked_fields = {}
    for name, value in data.items():
        check = checks.get(name)
        if check is None:
            raise TypeError(f"{ascii(name)[:MOST_NAME]}: {whole} has no such field")
        checked_fields[name] = check(name, value)
    return checked_fields


def _refuse(name: str, value: Any, expected: str) -> NoReturn:
    kind = ValueError if type(value) in (int, float) else TypeError
    raise kind(f"{name}={shown(value)}: expected {expected}")


def shown(value: Any) -> str:
    """Return the beginning of a value, as ASCII, however large or deep it is."""
    if isinstance(value, (str, bytes)):
        return ascii(value[:40])
    if isinstance(value, (list, dict)):
        return f"a {type(value).__name__} of {len(value)}"
    return ascii(value)[:40]


def _that(accepts: Callable[[Any], bool], expected: str) -> Check:
    """Return the check of a value that is used as it is."""

    def check(name: str, value: Any) -> Any:
        if not accepts(value):
            _refuse(name, value, expected)
        return value

    return check


def _text_of(most: int, least: int = 0) -> Check:
    """Return a check of a text's length in characters."""
    return _that(
        lambda value: type(value) is str and least <= len(value) <= most,
        f"text of {least} to {most:,} characters",
    )


def _is_number(value: Any) -> bool:
    kind = type(value)
    return (kind is float and isfinite(value)) or (kind is int and abs(value) < _LIMIT)


def _is_amount(value: Any) -> bool:
    return _is_number(value) and 0 <= value < _LIMIT


_text, _name, _short = _text_of(MOST_TEXT), _text_of(MOST_NAME, 1), _text_of(MOST_NAME)
_flag = _that(lambda value: type(value) is bool, "true or false")
_count = _that(lambda value: type(value) is int and 0 <= value < _LIMIT, "a whole number >= 0")
_number = _that(_is_number, "a finite number")
_amount = _that(_is_amount, f"a number >= 0 and below {_LIMIT:.0e}")
_list = _that(lambda value: type(value) is list, "a list")
_object = _that(lambda value: type(value) is dict, "an object")
_ended = _that(lambda value: type(value) is str and value in ENDS, f"one of {', '.join(ENDS)}")


def _optional(check: Check) -> Check:
    return lambda name, value: None if value is None else check(name, value)


_maybe_number = _optional(_number)


def _mapping(check: Check) -> Check:
    """Return the check of an object whose names are free."""

    def checks(name: str, value: Any) -> dict[str, Any]:
        for key, member in _object(name, value).items():
            if len(key) > MOST_NAME:
                _refuse(f"a name in {name}", key, f"at most {MOST_NAME:,} characters")
            check(name, member)
        return _object(name, value)

    return checks


def _plain(name: str, value: Any, depth: int = 0) -> Any:
    """Check an option's value: text, a number, true, false, null, or some of these."""
    if isinstance(value, str):
        return _text(name, value)
    if value is None or isinstance(value, bool):
        return value
    if depth >= MOST_DEPTH or not isinstance(value, (list, dict)):
        return _number(name, value)
    for member in value.values() if isinstance(value, dict) else value:
        _plain(name, member, depth + 1)
    return value


def _provenance(name: str, value: Any) -> dict[str, str]:
    """Check a run's provenance: text by name; `jobs` and `timeout` are numbers as text."""
    texts: dict[str, str] = _mapping(_short)(name, value)
    jobs, timeout = texts.get("jobs", "1"), texts.get("timeout", "1")
    if jobs == timeout == "1":
        return texts
    if not (jobs.isascii() and jobs.isdecimal() and len(jobs) < 10):
        _refuse(f"{name}.jobs", jobs, "a whole number as text")
    try:
        seconds = float(timeout)
    except ValueError:
        seconds = -1.0
    if not seconds >= 0:
        _refuse(f"{name}.timeout", timeout, "seconds as text")
    return texts


def _measures(name: str, value: Any) -> dict[str, float | None]:
    """Check a run's measures, which become columns: few, with names that can be headings."""
    measures: dict[str, float | None] = _mapping(_maybe_number)(name, value)
    if len(measures) > MOST_MEASURES:
        _refuse(name, value, f"at most {MOST_MEASURES} measures")
    for each in measures:
        if not names_a_measure(each):
            _refuse(f"a name in {name}", each, "a measure's name, short and printable")
    return measures


def _names(name: str, value: Any) -> tuple[str, ...]:
    return tuple(_short(f"a name in {name}", member) for member in _list(name, value))


def _numbers(name: str, value: Any) -> NDArray[Any]:
    """Return a list of numbers as an array, of whole ones if all are."""
    # numpy gets no text, as it would give each text the room of the longest.
    plain = type(value) is list and set(map(type, value)) <= {int, float, bool}
    array = np.array(value if plain else None)
    if array.dtype.kind not in "biuf" or array.ndim != 1 or not np.isfinite(array).all():
        _refuse(name, value, "a list of finite numbers")
    return array


def _points(name: str, value: Any) -> list[TracePoint]:
    """Return the points of a trace from lists."""
    if not _list(name, value):
        return []
    sizes = {len(point) if type(point) is list else 0 for point in value}
    if not sizes <= set(range(7, 1 + len(fields(TracePoint)))):
        _refuse(name, value, "points of 7 to 9 numbers")
    for point in value:
        if type(point[0]) is not str or point[0] not in KINDS:
            _refuse(f"{name}: kind", point[0], f"one of {', '.join(KINDS)}")
    _numbers(name, [number for point in value for number in point[1:]])
    return [TracePoint(*point) for point in value]


def _best_of_n(name: str, value: Any) -> list[BestOfN]:
    for point in _list(name, value):
        if type(point) is not list or len(point) != 4:
            _refuse(name, point, "points of 4 numbers")
        _count(name, point[0])
        for number in point[1:]:
            _maybe_number(name, number)
    return [BestOfN(*point) for point in value]


def _made(kind: Callable[..., Any], whole: str, checks: Mapping[str, Check]) -> Check:
    """Return the check of an object that becomes an instance of a class."""

    def check(name: str, value: Any) -> Any:
        try:
            return kind(**_each(_object(name, value), checks, whole))
        except (TypeError, ValueError) as error:
            raise type(error)(f"{name}: {error}") from None

    return check


_BUDGET = {"work": _number, "seconds": _number, "target": _maybe_number}
_LEDGER = {f.name: _count if f.type == "int" else _amount for f in fields(Ledger)}
_REFERENCE = {
    "value": _number,
    "kind": _short,  # `Reference` checks it further
    "source": _text,
    "tolerance": _amount,
    "uncertainty": _amount,
}
_FACTS = {f.name: {"bool": _flag, "str": _short}.get(str(f.type), _names) for f in fields(Facts)}

#: Every field of a run; a reader of this table knows what a results file may hold.
_RUN: dict[str, Check] = {
    **dict.fromkeys(("method", "problem"), _name),
    **dict.fromkeys(("instance", "seed", "dimension"), _count),
    **dict.fromkeys(("method_options", "problem_options"), _mapping(_plain)),
    **dict.fromkeys(
        ("value", "last", "score", "bound", "surrogate", "random_value"), _maybe_number
    ),
    **dict.fromkeys(("message", "description", "title"), _text),
    **dict.fromkeys(("fingerprint", "key"), _short),
    "budget": _made(Budget, "a budget", _BUDGET),
    "x": _optional(_numbers),
    "ended": _ended,
    "anchors": _mapping(_plain),
    "measures": _measures,
    "reference": _optional(_made(Reference, "a reference", _REFERENCE)),
    "ledger": _made(Ledger, "a ledger", _LEDGER),
    "trace": _points,
    "versions": _mapping(_short),
    "provenance": _provenance,
    "memory": _optional(_count),
    "uncertainty": _amount,
    "facts": _optional(_made(Facts, "facts", _FACTS)),
    "best_of_n": _best_of_n,
}

_REQUIRED = ("method", "problem", "x", "reference", "budget", "ledger", "trace")
