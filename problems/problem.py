"""What is minimised: the problem, its optional views and its reference."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from problems.space import Space

if TYPE_CHECKING:
    import gymnasium
    import pulp


class Unsupported(Exception):  # noqa: N818 - a reasoned "no", not a fault
    """A problem lacks the view a method needs; the message says why."""


Kind = Literal["closed form", "dynamic programme", "certified", "bound", "best published"]


@dataclass(frozen=True)
class Reference:
    """A value to hold results against, with its provenance.

    Parameters
    ----------
    value : float
        In the units of the problem's value.
    kind : str
        ``closed form``, ``dynamic programme`` and ``certified`` are proven
        optima; ``bound`` is proven but perhaps out of reach; ``best published``
        is neither.
    source : str
        Where the number comes from: the argument, the paper, the solver.
    tolerance : float
        How near counts as there: for rounding in real arithmetic, or a
        published target precision.
    uncertainty : float
        By how much the optimum may yet lie below the value, in its units, where the
        proof is a numerical one.
    """

    value: float
    kind: Kind
    source: str
    tolerance: float = 1e-9
    uncertainty: float = 0.0

    def __post_init__(self) -> None:
        known = get_args(Kind)
        if self.kind not in known:
            raise ValueError(f"kind={self.kind!r}: expected one of {', '.join(known)}")

    @property
    def proven(self) -> bool:
        """Whether no solution can be better."""
        return self.optimum or self.kind == "bound"

    @property
    def optimum(self) -> bool:
        """Whether some solution attains it and none is better."""
        return self.kind in ("closed form", "dynamic programme", "certified")

    @property
    def slack(self) -> float:
        """The tolerance in the units of the value."""
        return self.tolerance * max(1.0, abs(self.value))

    @property
    def floor(self) -> float:
        """A proven reference is refuted by a value below this."""
        return self.value - self.slack - self.uncertainty


@dataclass(frozen=True)
class Minibatch:
    """Rows of the data that one stochastic gradient looks at.

    Parameters
    ----------
    rows : ndarray
        Which distinct rows.
    weights : ndarray
        What the relaxation needs of them, such as how often each was drawn.
    share : float
        Part of a full look's work: distinct rows touched over all rows.
    tokens : int
        How many observations were drawn.
    """

    rows: NDArray[np.int64]
    weights: NDArray
    share: float
    tokens: int


class Relaxation(ABC):
    """A differentiable stand-in for a problem, over real parameters.

    Attributes
    ----------
    dimension : int
        Number of parameters.
    exact : bool
        True when the loss is the problem's own value, so that finite
        differences of one confirm the gradient of the other.
    yields_value : bool
        True when the forward pass computes all that the problem's value needs;
        otherwise a full gradient costs one look more.
    smoothness : float or None
        A Lipschitz constant of the gradient, where one is known.
    """

    dimension: int
    exact: bool = False
    yields_value: bool = False
    smoothness: float | None = None

    @abstractmethod
    def start(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw initial parameters, shape (dimension,)."""

    @abstractmethod
    def loss_and_gradient(
        self, theta: NDArray[np.float64], rows: Minibatch | None = None
    ) -> tuple[float, NDArray[np.float64]]:
        """Return the loss at `theta` and its gradient, over `rows` or all data."""

    def loss(self, theta: NDArray[np.float64], rows: Minibatch | None = None) -> float:
        """Return the loss alone; override it where that saves the backward pass."""
        return self.loss_and_gradient(theta, rows)[0]

    def minibatch(self, rng: np.random.Generator, size: int) -> Minibatch:
        """Draw `size` observations with replacement."""
        raise Unsupported("it has no data to draw minibatches from")

    @abstractmethod
    def decode(self, theta: NDArray[np.float64]) -> NDArray:
        """Map parameters to the solution that they stand for."""

    @abstractmethod
    def encode(self, x: NDArray) -> NDArray[np.float64]:
        """Map a solution to parameters that decode to it."""


class BoxRelaxation(Relaxation):
    """A relaxation whose parameters are the solution itself, clipped into its box."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.dimension = space.dimension

    def decode(self, theta: NDArray[np.float64]) -> NDArray:
        return self.space.decode(theta)

    def encode(self, x: NDArray) -> NDArray[np.float64]:
        return self.space.encode(x)


class Policy(ABC):
    """A stochastic policy with parameters, for acting in a problem's environment.

    Attributes
    ----------
    dimension : int
        Number of parameters.
    """

    dimension: int

    @abstractmethod
    def start(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw initial parameters, shape (dimension,)."""

    @abstractmethod
    def act(self, theta: NDArray, observation: NDArray, rng: np.random.Generator) -> Any:
        """Draw an action after one observation."""

    def to_world(self, action: Any) -> Any:
        """Return what the environment is handed for an action drawn: by default itself."""
        return action

    @abstractmethod
    def log_gradient(
        self, theta: NDArray, observations: NDArray, actions: NDArray, weights: NDArray
    ) -> NDArray[np.float64]:
        """Return Σ_t weights_t ∇ log π(actions_t | observations_t), shape (dimension,)."""

    @abstractmethod
    def entropy_gradient(
        self, theta: NDArray, observations: NDArray, weights: NDArray
    ) -> NDArray[np.float64]:
        """Return Σ_t weights_t ∇ H(π(· | observations_t)), in nats, shape (dimension,)."""

    @abstractmethod
    def decode(self, theta: NDArray) -> NDArray:
        """Map parameters to the solution that they stand for."""

    def encode(self, x: NDArray) -> NDArray[np.float64]:
        """Map a solution to parameters that decode to it: by default itself."""
        return np.array(x, dtype=float)


@dataclass
class LinearModel:
    """A mixed-integer linear program whose solutions are the problem's.

    Parameters
    ----------
    program : pulp.LpProblem
        In integer counts where it can be; its objective may have a constant.
    read : callable
        ``read(values)`` takes a dict from variable name to number and returns x.
    unit, offset : float
        Problem value = `offset` + `unit` × the program's objective.
    integral : bool
        Whether the objective takes whole numbers only, so that a bound may be
        rounded up and an absolute gap of 0.99 is a proof.
    exact : bool
        Whether its optimum is the problem's optimum, or only a bound on it.
    separate : callable, optional
        ``separate(values)`` returns the constraints that a solution violates and
        `program` leaves out, because there are too many to write down; empty where
        it violates none. They are added and the program is solved again.
    write : callable, optional
        ``write(x)`` inverts `read`: it takes a solution, shape (dimension,), and
        returns values of variables by name, from which a solver may start. Of the
        program's variables they include every whole one, so that the rest is a linear
        program. Where solutions stand for each other, as two ways round one tour do,
        the one that the program knows is written.
    """

    program: pulp.LpProblem
    read: Callable[[dict[str, float]], NDArray]
    unit: float = 1.0
    offset: float = 0.0
    integral: bool = True
    exact: bool = True
    separate: Callable[[dict[str, float]], list[pulp.LpConstraint]] | None = None
    write: Callable[[NDArray], dict[str, float]] | None = None


def assigned(variables: Iterable[pulp.LpVariable], numbers: Iterable[Any]) -> dict[str, float]:
    """Return numbers by the names of the variables that take them."""
    return {v.name: float(number) for v, number in zip(variables, numbers, strict=True)}


#: The methods of `Problem` that raise `Unsupported`, and say why, unless overridden.
VIEWS = ("relaxation", "linear_model", "environment", "policy", "count")


class Problem:
    """Something to minimise: subclass it and define `space` and `value` or `values`.

    Keyword-only arguments of the constructor are the problem's options;
    ``instance`` seeds whatever is random in it. A *view* (one of `VIEWS`) exists
    where a subclass overrides it; the default says why there is none. `constraints`
    exist where a subclass overrides them; by default there are none.

    Attributes
    ----------
    name, options, instance : str, dict, int
        Canonical name, resolved options and instance number; `make` sets them.
    space : Space
        Where solutions live.
    objective : str
        What the value measures, for tables.
    reference : Reference or None
        Optimum or bound with provenance. Cheap: never a long solve.
    anchors : dict of str to float
        Named values that help to read the table (a baseline, a relaxed bound).
    fingerprint : str
        Identifies data that the options do not (a hash of the corpus).
    rollout_work : float
        What an episode of the environment costs, in looks, where its rewards are
        the world's own rather than a look's.
    rows, tokens : int
        Distinct data rows and observations that one full look goes through.
    ceiling : float or None
        The worst value a feasible point can have; needed beside `constraints`.
    one_instance : bool
        True where nothing is random, so that every instance number is the same problem.
    most_rows : int
        Points that `values` is handed at a time. Few where a look is slow, so that a
        run hears the clock in the midst of a large batch.
    """

    name: str = ""
    options: Mapping[str, Any] = MappingProxyType({})
    instance: int = 0
    space: Space
    objective: str = "value"
    fingerprint: str = ""
    rollout_work: float = 0.0
    rows: int = 0
    tokens: int = 0
    ceiling: float | None = None
    one_instance: bool = False
    most_rows: int = 1_000_000

    def value(self, x: NDArray) -> float:
        """Return the objective at `x`, shape (dimension,); lower is better."""
        return float(self.values(np.asarray(x)[None])[0])

    def values(self, points: NDArray) -> NDArray[np.float64]:
        """Return the objective of every row of `points`, shape (n, dimension)."""
        return np.array([self.value(x) for x in points], dtype=float)

    def score(self, x: NDArray) -> float:
        """Return the held-out value of `x`, which no method sees; nan where undefined."""
        return self.value(x)

    def sample(self, rng: np.random.Generator, n: int, temperature: float = 1.0) -> NDArray:
        """Draw `n` candidates from the problem's own proposal, shape (n, dimension)."""
        if temperature != 1.0:
            raise ValueError(f"temperature={temperature:g}: this problem's proposal has none")
        return self.space.sample(rng, n)

    @cached_property
    def reference(self) -> Reference | None:
        return None

    @cached_property
    def anchors(self) -> dict[str, float]:
        return {}

    def describe(self, x: NDArray) -> str:
        """Show a solution as a person would want to see it."""
        return np.array2string(np.asarray(x), precision=4, threshold=20)

    @property
    def title(self) -> str:
        """One line on what this instance is, for tables."""
        return f"{self.space}"

    # The views, and the constraints. What a default raises is the reason that `list` prints.

    def relaxation(self) -> Relaxation:
        """Return a differentiable surrogate."""
        raise Unsupported("it has no differentiable relaxation")

    def linear_model(self) -> LinearModel:
        """Return an integer program."""
        raise Unsupported("it has no linear model")

    def environment(self, look: Callable[[NDArray], float]) -> gymnasium.Env[Any, Any]:
        """Return an environment whose episode builds one x; its reward is -look(x)."""
        raise Unsupported("it has no environment to act in")

    def policy(self) -> Policy:
        """Return a parametrised policy for the environment; a table serves without one."""
        raise Unsupported("it has no parametrised policy")

    def count(self, smoothing: float) -> NDArray:
        """Return the solution that counting gives, in one pass over the data."""
        raise Unsupported("there is nothing to count")

    def constraints(self, x: NDArray) -> NDArray[np.float64]:
        """Return the constraint values g(x), shape (m,); feasible where all are <= 0."""
        return np.empty(0)


def from_function(
    function: Callable[[NDArray], float],
    space: Space,
    *,
    name: str = "",
    vectorised: bool = False,
) -> Problem:
    """Wrap a bare function as a problem.

    Parameters
    ----------
    function : callable
        ``function(x)``, or ``function(X)`` on an array of shape (n, dimension)
        if `vectorised`; lower is better.
    space : Space
    name : str
        The function's own name by default.
    vectorised : bool

    Raises
    ------
    ValueError
        When `function` cannot be called or `space` is not a space.

    Examples
    --------
    >>> from problems import Box
    >>> from_function(lambda x: float(abs(x).sum()), Box(-5, 5, 10)).value(np.ones(10))
    10.0
    """
    if not callable(function):
        raise ValueError(f"function={function!r}: expected one to call with a point, f(x)")
    if not isinstance(space, Space):
        raise ValueError(f"space={space!r}: expected a Space, e.g. Box(-5, 5, 10)")
    look = "values" if vectorised else "value"
    members = {"space": space, look: staticmethod(function)}
    problem: Problem = type("FunctionProblem", (Problem,), members)()
    problem.name = name or getattr(function, "__name__", "function")
    return problem


def has_view(problem: Problem | type[Problem], view: str) -> bool:
    """Tell from the class alone whether a problem offers `view`."""
    cls = problem if isinstance(problem, type) else type(problem)
    return getattr(cls, view) is not getattr(Problem, view)


def missing_view(view: str) -> str:
    """Return the reason that the default view gives."""
    if view not in VIEWS:
        raise ValueError(f"{view!r} is not an optional view; expected one of {', '.join(VIEWS)}")
    default = getattr(Problem, view)
    arguments = [None] * len(inspect.signature(default).parameters)  # it looks at none
    try:
        default(*arguments)
    except Unsupported as reason:
        return str(reason)
    raise AssertionError(f"the default of {view} gives no reason")
