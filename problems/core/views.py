"""What a problem may offer beside its values: a relaxation, a policy, members of an ensemble."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from problems.core.space import Space


class Unsupported(Exception):  # noqa: N818 - a reasoned "no", not a fault
    """A problem lacks the view a method needs; the message says why."""


@dataclass(frozen=True)
class Minibatch:
    """Rows of the data that one stochastic gradient is computed from.

    Parameters
    ----------
    rows : ndarray
        Which distinct rows.
    weights : ndarray
        What the relaxation needs of them, such as how often each was drawn.
    share : float
        Part of a full evaluation's work: distinct rows touched over all rows.
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
        otherwise a full gradient costs one evaluation more.
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
    """A relaxation whose parameters are those of the space's latent box.

    Where a solution is real, they are the solution itself, clipped into its box.
    """

    def __init__(self, space: Space) -> None:
        self.space = space
        self.dimension = space.latent_dimension

    def decode(self, theta: NDArray[np.float64]) -> NDArray:
        return self.space.decode(theta)

    def encode(self, x: NDArray) -> NDArray[np.float64]:
        return self.space.encode(x)


@dataclass(frozen=True)
class Members:
    """The members of an ensemble, each a solution by itself; a problem's solution lists them all.

    Evaluating the ensemble is the inference of all its members, so that a member alone costs
    its share of an evaluation.

    Parameters
    ----------
    number : int
        How many an ensemble has.
    space : Space
        Where a member lives.
    values : callable
        Takes members, shape (n, dimension of a member), and returns the value of each alone,
        shape (n,), on the scale of the ensemble's: that of equal members is theirs.
    """

    number: int
    space: Space
    values: Callable[[NDArray], NDArray[np.float64]]

    def split(self, x: NDArray) -> NDArray:
        """Return the members of an ensemble, shape (number, dimension of a member)."""
        return np.reshape(x, (self.number, self.space.dimension))

    def join(self, members: NDArray) -> NDArray:
        """Return the ensemble of `number` members."""
        return np.reshape(members, self.number * self.space.dimension)


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

    def log_probabilities(
        self, theta: NDArray, observations: NDArray, actions: NDArray
    ) -> NDArray[np.float64]:
        """Return log π(actions_t | observations_t), or its density's log, shape (n,).

        A constant may be left out: what is used of it are ratios between policies.
        """
        raise Unsupported("its policy does not tell how probable an action is")

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
