"""The contract: what every method and every problem must keep, built-in or a user's.

Each check is a function that returns None or raises `AssertionError` with a
sentence on what is wrong. The test suite runs them on all pairs, and
``python runner.py check file.py:thing`` on a user's own, in processes that may die.
"""

from comparison.contract.examination import examine
from comparison.contract.method_checks import METHOD_CHECKS
from comparison.contract.problem_checks import PROBLEM_CHECKS
from comparison.contract.report import print_report
from comparison.contract.subject import builder

__all__ = [
    "METHOD_CHECKS",
    "PROBLEM_CHECKS",
    "builder",
    "examine",
    "print_report",
]
