"""The results file, what it says checked as it is read, and its one read model, `Results`."""

from comparison.results.results import Group, Results, load

__all__ = ["Group", "Results", "load"]
