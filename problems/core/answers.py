"""What a problem says of itself, checked: a user's may raise, or say what is no answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any

from numpy.typing import NDArray

from problems.core.error_text import MOST_DESCRIPTION, MOST_MESSAGE, cut, one_line
from problems.core.judgement import real
from problems.core.problem import Problem
from problems.core.reference import Reference, reference_of

#: The most measures of a problem, and the most characters of a measure's name.
MOST_MEASURES, MOST_NAME = 20, 40


def names_a_measure(name: Any) -> bool:
    """Tell whether it can name a measure: text of 1 to 40 printable characters."""
    return isinstance(name, str) and 0 < len(name) <= MOST_NAME and name.isprintable()


class Answers:
    """A problem's answers about itself; a run keeps its result whatever they are.

    Attributes
    ----------
    faults : list of str
        What was no answer, in words: "describe raises ...", "score is None: expected ...".
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self.faults: list[str] = []

    def reference(self) -> Reference | None:
        """Return the reference, None where it is no usable one."""
        reference, fault = reference_of(self._problem)
        if fault:
            self.faults.append(fault)
        return reference

    def anchors(self) -> dict[str, Any]:
        """Return the anchors, a list where one has a held-out value beside its own.

        What is neither a number nor missing becomes text.
        """
        said = self._ask("anchors", lambda: self._problem.anchors, Mapping, "a dictionary", {})
        return {
            cut(str(name), MOST_MESSAGE): [_number_or_text(each) for each in value]
            if isinstance(value, tuple) and len(value) == 2
            else _number_or_text(value)
            for name, value in said.items()
        }

    def title(self) -> str:
        """Return the title, empty where it is no text."""
        return self._text("title", lambda: self._problem.title)

    def objective(self) -> str:
        """Return what the value measures, empty where it is no text."""
        return self._text("objective", lambda: self._problem.objective, MOST_MESSAGE)

    def description(self, x: NDArray) -> str:
        """Return what the problem says of a point, empty where it is no text."""
        return self._text("describe", lambda: self._problem.describe(x))

    def score(self, x: NDArray) -> float | None:
        """Return the held-out value of a point, None where it is not a finite number."""
        return self._number(
            "score", self._ask("score", lambda: self._problem.score(x), object, "", math.nan)
        )

    def measures(self, x: NDArray) -> dict[str, float | None]:
        """Return the measures of a point, None for one that is not a finite number.

        What is no measure is left out.
        """
        said = self._ask(
            "measures", lambda: _copied(self._problem.measures(x)), dict, "a dictionary", {}
        )
        if len(said) > MOST_MEASURES:
            self.faults.append(f"measures has {len(said)} names: expected at most {MOST_MEASURES}")
            return {}
        measures = {}
        for name, value in said.items():
            if names_a_measure(name):
                measures[name] = self._number(f"measures[{name!r}]", value)
            else:
                expected = f"text of 1 to {MOST_NAME} printable characters"
                self._refuse("a name in measures", name, expected)
        return measures

    def _number(self, name: str, said: Any) -> float | None:
        """Return a number, None where it is not finite; what is no number is a fault."""
        number = real(said)
        if math.isnan(number) and not isinstance(said, Real):
            self._refuse(name, said, "a number")
        return number if math.isfinite(number) else None

    def _text(self, name: str, call: Callable[[], Any], most: int = MOST_DESCRIPTION) -> str:
        return cut(str(self._ask(name, call, str, "text", "")), most)

    def _ask(
        self, name: str, call: Callable[[], Any], kind: type, expected: str, otherwise: Any
    ) -> Any:
        try:
            said = call()
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            self.faults.append(f"{name} raises {one_line(error)}")
            return otherwise
        if isinstance(said, kind):
            return said
        self._refuse(name, said, expected)
        return otherwise

    def _refuse(self, name: str, said: Any, expected: str) -> None:
        shown = " ".join(repr(said).split())[:60]
        self.faults.append(f"{name} is {shown}, a {type(said).__name__}: expected {expected}")


def _copied(said: Any) -> Any:
    """Return a mapping as a dictionary, since reading a user's own may raise."""
    return dict(said) if isinstance(said, Mapping) else said


def _number_or_text(value: Any) -> Any:
    if value is None or isinstance(value, Real):
        return value if value is None else real(value)
    return cut(str(value), MOST_DESCRIPTION)
