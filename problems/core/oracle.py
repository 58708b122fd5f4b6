"""All that a method receives: metered evaluations of one problem, under one budget."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from problems.core.evaluation import Evaluation
from problems.core.ledger import Budget, TracePoint
from problems.core.member_evaluation import MemberEvaluation
from problems.core.meter import Pay
from problems.core.problem import Problem, has_view, require_view
from problems.core.record import Record
from problems.core.relaxed_evaluation import RelaxedEvaluation
from problems.core.solver_reports import SolverReports
from problems.core.start import around, seeded, start_of
from problems.core.views import Policy

if TYPE_CHECKING:
    import gymnasium


class Oracle(Evaluation, MemberEvaluation, RelaxedEvaluation, SolverReports):
    """Metered access to one problem. A method gets this and a random generator.

    Every evaluation is charged before it is computed and never overshoots the budget;
    when the budget is spent, the target met or a proven reference reached, the
    evaluation raises `Stop`, and so does every later one. The best exact, paid
    evaluation is the run's result: methods return nothing.

    Parameters
    ----------
    problem : Problem
    budget : Budget
    seed : tuple of int
        Seeds the starting points, which all methods of a comparison share.
    listener : callable, optional
        Called with every `TracePoint` as it is logged.
    pay : callable, optional
        A second count of what is charged, see `problems.core.meter.meter`.

    Attributes
    ----------
    space : Space
        Where points live.
    previous : ndarray or None
        In a chain of methods, the best point of those before this one.
    record : Record
        The best so far and what was spent; for the harness, not for methods.
    """

    def __init__(
        self,
        problem: Problem,
        budget: Budget,
        seed: tuple[int, ...] = (0,),
        listener: Callable[[TracePoint], None] | None = None,
        pay: Pay | None = None,
    ) -> None:
        super().__init__(Record(problem, budget))
        self.record.listener, self.record.pay = listener, pay or self.record.pay
        self.space = problem.space
        self.previous: NDArray | None = None
        self._problem, self._seed = problem, seed
        self._start = start_of(problem)
        if self._start is not None:
            self._start = seeded(self.space, self._start, np.random.default_rng([*seed, 2]))
        # Which the relaxation does not choose better itself: it has no initialisation of its own.
        self._known = self._start is not None and self._start.spread is None

    @property
    def scale(self) -> NDArray[np.float64] | None:
        """Standard deviations of the first steps around the problem's own start.

        They are nan where a variable has none. There are none where the problem has no start, or
        its space no steps, or where a model was initialised at random and, in a chain, a method
        before has left that behind.
        """
        if self._start is None or (self.previous is not None and not self._known):
            return None
        scale: NDArray[np.float64] | None = self._start.scale
        return scale

    def environment(self) -> gymnasium.Env[Any, Any]:
        """Return the problem's environment; its steps are counted.

        Its rewards are evaluations, or the world's own; then an episode is charged as
        the problem's `rollout_work` when it begins.
        """
        environment = self._problem.environment(self.value)
        from problems.core.environment import MeteredEnvironment

        return MeteredEnvironment(environment, self.record)

    def policy(self) -> Policy | None:
        """Return the problem's parametrised policy for its environment, if it has one."""
        return self._problem.policy() if has_view(self._problem, "policy") else None

    def start(self, n: int) -> NDArray:
        """Return `n` seeded points of the space, the same to every method.

        Where the problem has a start, that is the first, or this seed's draw of it, and the others
        are drawn around it.
        In a chain the first is the previous method's best point.
        """
        points = self.draw(np.random.default_rng([*self._seed, 0]), n)
        if self.previous is not None:
            points[:1] = self.previous
        elif self._start is not None:
            points[:1] = self._start.point
        return points

    def draw(self, rng: np.random.Generator, n: int) -> NDArray:
        """Draw `n` points to begin anew at: around the problem's start, if it has one."""
        if self._start is None:
            return self.space.sample(rng, n)
        return around(self.space, self._start, rng, n)

    def evaluate_start(self) -> None:
        """Evaluate the problem's own start, where it has one and no method came before.

        For methods that would not: none need end worse than the point that was there.
        """
        if self._start is not None and self.previous is None:
            self.value(self._start.point)

    def start_parameters(self) -> NDArray[np.float64]:
        """Return seeded initial parameters of the relaxation, the same to every method.

        They are the problem's start, encoded, where it has one and every seed begins there. In a
        chain they are the previous method's best point, encoded.
        """
        if self.previous is None and not self._known:
            return self.relaxation.start(np.random.default_rng([*self._seed, 1]))
        return np.array(self.relaxation.encode(self.start(1)[0]), dtype=float)

    def draw_parameters(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw parameters of the relaxation to begin anew at, as `draw` draws points."""
        if not self._known:
            return np.array(self.relaxation.start(rng), dtype=float)
        return np.array(self.relaxation.encode(self.draw(rng, 1)[0]), dtype=float)

    def sample(self, rng: np.random.Generator, n: int, temperature: float = 1.0) -> NDArray:
        """Draw `n` candidates from the problem's own proposal; evaluating them costs."""
        self.record.check_clock()
        self.record.counts.samples += n
        return self._problem.sample(rng, n, temperature)

    def count(self, smoothing: float) -> NDArray:
        """Return the solution that counting gives; one pass over the data, 1 work."""
        require_view(self._problem, "count")
        self.record.charge(1.0)
        self.record.counts.passes += 1
        return self._problem.count(smoothing)

    def restart(self) -> None:
        """Count that the method begins anew, and draw it in the trace."""
        self.record.counts.restarts += 1
        if self.record.best < math.inf:
            self.record.log("restart", self.record.best)

    @contextlib.contextmanager
    def stage(self, work: float, seconds: float) -> Iterator[None]:
        """Run one method of a chain on a part of the budget; the next one starts at its best.

        Where it paid for minibatches only, that is its last iterate.
        """
        with self.record.stage(work, seconds):
            yield
        best = self.record.best_x
        if best is None:
            with self.record.off_the_clock():
                x = self.last_iterate()
                best = x if x is not None and x in self.space else None
        self.previous = self.previous if best is None else best

    @property
    def observations(self) -> int:
        """How many observations the problem's data has, one epoch's worth; 0 without data."""
        return self._problem.tokens

    @property
    def remaining(self) -> float:
        """Work that is left."""
        return max(0.0, self.record.limit - self.record.work)

    @property
    def remaining_seconds(self) -> float:
        """Wall-clock seconds that are left."""
        return max(0.0, self.record.deadline - perf_counter())
