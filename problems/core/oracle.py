"""All that a method receives: metered evaluations of one problem, under one budget."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from problems.core.batch_evaluation import BatchEvaluation
from problems.core.constrained_evaluation import ConstrainedEvaluation
from problems.core.ledger import Budget, TracePoint
from problems.core.linear_model import LinearModel
from problems.core.meter import Pay
from problems.core.problem import Problem, has_view, objective_of, require_view
from problems.core.record import Record
from problems.core.relaxed_evaluation import RelaxedEvaluation
from problems.core.solver_reports import SolverReports
from problems.core.views import Minibatch, Policy, Relaxation

if TYPE_CHECKING:
    import gymnasium

WHOLE = np.dtype(np.int64)


class Oracle:
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
        self._objective = objective_of(problem)
        self.space = problem.space
        self.previous: NDArray | None = None
        self.record = record = Record(problem, budget, listener, pay)
        self._problem, self._seed = problem, seed
        self._whole = problem.space.dtype is np.int64
        self._constrained = ConstrainedEvaluation(record) if record.constrained else None
        self._batch = BatchEvaluation(record)
        self._relaxed = RelaxedEvaluation(record)
        self._solver = SolverReports(record)

    def value(self, x: ArrayLike) -> float:
        """Return the objective at `x`; costs 1 work. An invalid value comes back as inf.

        An infeasible point returns the problem's ceiling plus its violation.
        """
        if self._constrained is not None:
            return self._constrained.value(x)
        record = self.record
        # `record.charge`, written out: in the hottest path a call less is felt.
        if record.work + 1.0 > record.limit or perf_counter() > record.deadline:
            record.exhausted()
        if self._whole and (type(x) is not np.ndarray or x.dtype is not WHOLE):
            x = record.whole_point(x)
        record.work += 1.0
        record.values += 1
        record.pay(1.0, 1)
        try:
            v = self._objective(x)  # type: ignore[arg-type]  # a list reaches the problem as it is
        except Exception as error:
            record.failure = error
            raise
        if type(v) is not float:
            v = record.number(v)
        if v < record.best:
            return record.improve(x, v)
        return v if v < math.inf else record.invalid()

    def values(self, points: ArrayLike) -> NDArray[np.float64]:
        """Return the objective of every row; costs 1 work a row.

        Rows beyond the budget are not evaluated, and the call then ends in `Stop`.
        """
        one = self.value if self._constrained is None else self._constrained.evaluate
        return self._batch.values(points, one)

    def independent_draws(self) -> contextlib.AbstractContextManager[None]:
        """Declare that `values` evaluates independent draws from one distribution.

        Their values are kept, for what the best of fewer of them would be worth, unless
        the target or a proven optimum ends the run: then their number depends on them.
        """
        return self._batch.independent_draws()

    @property
    def constrained(self) -> bool:
        """Whether the problem has constraints."""
        return self._constrained is not None

    def constraints(self, x: ArrayLike) -> NDArray[np.float64]:
        """Return g(x), feasible where all are <= 0; the same evaluation as `value(x)`."""
        return np.empty(0) if self._constrained is None else self._constrained.constraints(x)

    def objective(self, x: ArrayLike) -> float:
        """Return the objective at `x`, feasible or not; the same evaluation as `constraints(x)`.

        For a solver that is given the constraints. Where there are none it is `value`.
        """
        return self.value(x) if self._constrained is None else self._constrained.objective(x)

    @property
    def relaxation(self) -> Relaxation:
        """The problem's relaxation; evaluate it through `gradient` and `loss` only."""
        return self._relaxed.relaxation

    @property
    def dimension(self) -> int:
        """Of the relaxation once it is used, else of the space's latent vectors."""
        return self._relaxed.dimension or self.space.latent_dimension

    def gradient(
        self, theta: NDArray[np.float64], rows: Minibatch | None = None
    ) -> tuple[float, NDArray[np.float64]]:
        """Return the relaxation's loss and gradient at `theta`.

        A full gradient costs 3 and is an exact evaluation of the decoded point as well
        (1 more where the forward pass does not yield it). A minibatch costs its
        share of 3, and its iterate is measured off the clock now and then.
        """
        return self._relaxed.gradient(theta, rows)

    def loss(self, theta: NDArray[np.float64], rows: Minibatch | None = None) -> float:
        """Return the relaxation's loss at `theta`: the forward pass of `gradient`.

        It costs 1, or a minibatch's share of that; else it is what `gradient` is.
        """
        return self._relaxed.loss(theta, rows)

    def last_iterate(self) -> NDArray | None:
        """Return the point that the last pass was paid at, None without a finite one."""
        return self._relaxed.last_iterate()

    def finish(self) -> None:
        """Measure the last iterate of a run that paid for minibatches."""
        self._relaxed.finish()

    def environment(self) -> gymnasium.Env[Any, Any]:
        """Return the problem's environment; its steps are counted.

        Its rewards are evaluations, or the world's own; then an episode is charged as
        the problem's `rollout_work` when it begins.
        """
        environment = self._problem.environment(self.value)
        from problems.core.metered_environment import MeteredEnvironment

        return MeteredEnvironment(environment, self.record)

    def policy(self) -> Policy | None:
        """Return the problem's parametrised policy for its environment, if it has one."""
        return self._problem.policy() if has_view(self._problem, "policy") else None

    def linear_model(self) -> LinearModel:
        """Return the problem's integer program, for a solver that reports back."""
        require_view(self._problem, "linear_model")
        return self._solver.linear_model()

    def expect_own_proof(self) -> None:
        """Declare that the run is to prove its result: a known optimum does not end it."""
        self.record.expect_own_proof()

    def incumbent(self, x: NDArray) -> None:
        """Report a white-box solver's solution; it is re-evaluated off the clock."""
        self._solver.progress(x, None)

    def bound(self, b: float) -> None:
        """Report a proven lower bound, in the units of the value."""
        self._solver.progress(None, b)

    def progress(self, x: NDArray | None, b: float | None) -> None:
        """Report a solution and a bound, either of them None, as one statement.

        A solver notices its time limit a little late; what it reports then still
        counts, and after it the run ends.
        """
        self._solver.progress(x, b)

    def claim(self, v: float) -> bool:
        """Report the value of a solution that a solver has but does not show yet.

        It is drawn in the trace as *claimed* and counts for nothing. Returns whether
        the solver should show it now, as it would end the run.
        """
        return self._solver.claim(v)

    def solver_process(self, pid: int) -> contextlib.AbstractContextManager[None]:
        """Count the CPU seconds of a child process while it runs, not only at its end."""
        return self.record.counting_child(pid)

    def solver_effort(self, nodes: int, iterations: int) -> None:
        """Record a white-box solver's branch-and-bound nodes and LP iterations."""
        self.record.counts.nodes += nodes
        self.record.counts.iterations += iterations

    def time_is_up(self) -> None:
        """End the run on the word of a solver that watches the clock itself."""
        self.record.stop(self.record.stopped or "timeout")

    def start(self, n: int) -> NDArray:
        """Return `n` seeded points of the space, the same to every method.

        In a chain the first is the previous method's best point.
        """
        points = self.space.sample(np.random.default_rng([*self._seed, 0]), n)
        if self.previous is not None:
            points[:1] = self.previous
        return points

    def start_parameters(self) -> NDArray[np.float64]:
        """Return seeded initial parameters of the relaxation, the same to every method.

        In a chain they are the previous method's best point, encoded.
        """
        if self.previous is not None:
            return np.array(self.relaxation.encode(self.previous), dtype=float)
        return self.relaxation.start(np.random.default_rng([*self._seed, 1]))

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
        self.record.restart()

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
