"""What is to be run, as the user named it: a method on a problem, with options and a budget."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from comparison.results.run_json import spelled
from problems.core.ledger import Budget

#: What a process is asked, and what it says: plain data by name.
Request = dict[str, Any]
Answer = dict[str, Any]


@dataclass(frozen=True)
class Task:
    """A method on a problem, of which a comparison makes a run for every instance and seed.

    Attributes
    ----------
    method, problem : str
        Registered names, or ``path/to/file.py:thing``.
    method_options, problem_options : dict
        Those that the user set, as text or as numbers; see `comparison.running.cell`.
    budget : Budget
        Of each run.
    shipped : dict of str to dict
        For ``method`` and ``problem``, where it is an object of the caller's: see `ship`.
    """

    method: str
    problem: str
    method_options: dict[str, Any] = field(default_factory=dict)
    problem_options: dict[str, Any] = field(default_factory=dict)
    budget: Budget = field(default_factory=Budget)
    shipped: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def built_in(self) -> bool:
        """Whether neither the method nor the problem is a user's, in a file or an object."""
        return not self.shipped and not any(":" in name for name in (self.method, self.problem))

    @property
    def kept(self) -> bool:
        """Whether its runs can be told from others later, so that they may be stored."""
        return all(shipped["version"] for shipped in self.shipped.values())

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        data: dict[str, Any] = spelled(asdict(self))
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Task:
        """Invert `to_json`."""
        return cls(**{**data, "budget": Budget(**data["budget"])})


def request(action: str, task: Task, *, instance: int = 0, **more: Any) -> Request:
    """Return what a process is asked to do, as plain data.

    Parameters
    ----------
    action : str
        One of `comparison.running.worker.ACTIONS`.
    task : Task
        Names the problem or the method, and the budget.
    instance : int
        Of the problem.
    **more
        What else the action takes.
    """
    return {"action": action, "task": task.to_json(), "instance": instance, **more}
