"""A decoder-only transformer as a function of one flat vector of parameters.

Imported only when a transformer is built: torch is an optional extra.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.func import functional_call, vmap
from torch.nn import functional

from problems.next_token.transformer_decoder import Decoder

#: Predictions, times members of a population, that go through the model at once: few
#: enough for the cache.
CHUNK = 8192
#: How far a parameter may be from where training starts. Layer norms make the scale
#: of all weights before them immaterial; 2 is far beyond what a width of 16 needs.
REACH = 2.0
#: Standard deviation of initial embeddings (Radford et al. 2018, "Improving language
#: understanding by generative pre-training", section 4.1).
EMBEDDING_STD = 0.02


#: Held while a model computes. `functional_call` puts the parameters of its call into the
#: module for as long as it takes, so that a second thread would compute with the first
#: one's; and torch's number of threads is the process's.
COMPUTING = RLock()


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute on one thread: sums keep their order, and a run its one core."""
    with COMPUTING:
        before = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(before)


class FlatDecoder:
    """A `Decoder` as a function of one vector of parameters.

    Parameters
    ----------
    shape : tuple
        The parameters of `Decoder`: size, context, layers, heads, width, qk_norm.
    double : bool
        Whether to compute in float64; float32 otherwise.

    Attributes
    ----------
    dimension : int
        Number of parameters.
    centre, spread : ndarray of shape (dimension,)
        Mean and standard deviation of initial parameters: matrices 1 / √(inputs),
        embeddings 0.02, gains 1, biases 0.
    reach : ndarray of shape (dimension,)
        How far from `centre` the search goes.
    """

    def __init__(self, shape: tuple[int, int, int, int, int, bool], double: bool) -> None:
        self.dtype = torch.float64 if double else torch.float32
        with torch.random.fork_rng(devices=[]):  # torch draws what a call then replaces
            self.module = Decoder(*shape).to(self.dtype)
        named = dict(self.module.named_parameters())
        self._names, self._shapes = list(named), [p.shape for p in named.values()]
        self._sizes = [p.numel() for p in named.values()]
        self.dimension = sum(self._sizes)
        initial = [_initial(name, p) for name, p in named.items()]
        self.centre, self.spread, self.reach = (
            np.repeat([row[i] for row in initial], self._sizes) for i in range(3)
        )

    def _tensor(self, theta: NDArray) -> Tensor:
        return torch.from_numpy(np.array(theta, dtype=float)).to(self.dtype)

    def _logits(self, flat: Tensor, tokens: Tensor) -> Tensor:
        parts = zip(self._names, torch.split(flat, self._sizes), self._shapes, strict=True)
        parameters = {name: part.view(shape) for name, part, shape in parts}
        return functional_call(self.module, parameters, (tokens,))

    def logits(self, theta: NDArray[np.float64], tokens: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the logits, shape (batch, time, V), of tokens, shape (batch, time)."""
        with one_thread(), torch.no_grad():
            return self._logits(self._tensor(theta), torch.tensor(tokens)).double().numpy()

    def errors(self, points: NDArray, sequences: NDArray[np.int64]) -> NDArray[np.float64]:
        """Count, for each row of `points`, the tokens of `sequences` predicted wrong.

        The prediction is the token with the highest logit, the first in a tie.
        """

        def count(flat: Tensor, inputs: Tensor, targets: Tensor) -> Tensor:
            return (self._logits(flat, inputs).argmax(dim=-1) != targets).sum()

        return self._population(count, points, sequences)

    def losses(self, points: NDArray, sequences: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return, for each row of `points`, the mean cross-entropy in nats a token."""

        def total(flat: Tensor, inputs: Tensor, targets: Tensor) -> Tensor:
            logits = self._logits(flat, inputs).flatten(0, 1)
            return functional.cross_entropy(logits, targets.flatten(), reduction="sum")

        return self._population(total, points, sequences) / sequences[:, 1:].size

    def _population(
        self,
        measure: Callable[[Tensor, Tensor, Tensor], Tensor],
        points: NDArray,
        sequences: NDArray[np.int64],
    ) -> NDArray[np.float64]:
        """Return, for each row of `points`, the sum of a measure over all sequences."""
        population, totals = self._tensor(points), np.zeros(len(points))
        with one_thread(), torch.no_grad():
            for part in _parts(sequences):
                tokens = torch.tensor(sequences[part])
                members = max(1, CHUNK // tokens[:, 1:].numel())
                over = vmap(measure, in_dims=(0, None, None), chunk_size=members)
                totals += over(population, tokens[:, :-1], tokens[:, 1:]).double().numpy()
        return totals

    def loss_and_gradient(
        self,
        theta: NDArray[np.float64],
        sequences: NDArray[np.int64],
        weights: NDArray | None = None,
    ) -> tuple[float, NDArray[np.float64]]:
        """Return the cross-entropy, nats a token, and its gradient.

        Parameters
        ----------
        theta : ndarray of shape (dimension,)
        sequences : ndarray of shape (batch, time + 1)
        weights : ndarray of shape (batch,), optional
            How often each sequence counts; once each by default.
        """
        flat = self._tensor(theta).requires_grad_()
        loss, gradient = 0.0, np.zeros(self.dimension)
        with one_thread():
            for share_of_loss in self._shares_of_loss(flat, sequences, weights):
                (slope,) = torch.autograd.grad(share_of_loss, flat)
                loss += share_of_loss.item()
                gradient += slope.numpy()
        return loss, gradient

    def loss(self, theta: NDArray, sequences: NDArray, weights: NDArray | None = None) -> float:
        """Return the cross-entropy of `loss_and_gradient` by the forward pass alone."""
        flat = self._tensor(theta)
        with one_thread(), torch.no_grad():
            return sum(share.item() for share in self._shares_of_loss(flat, sequences, weights))

    def _shares_of_loss(
        self, flat: Tensor, sequences: NDArray[np.int64], weights: NDArray | None
    ) -> Iterator[Tensor]:
        """Yield what each part of the sequences adds to the cross-entropy."""
        drawn = np.ones(len(sequences)) if weights is None else weights
        shares = self._tensor(drawn / drawn.sum())
        for part in _parts(sequences):
            tokens = torch.tensor(sequences[part])
            logits = self._logits(flat, tokens[:, :-1]).transpose(1, 2)
            each = functional.cross_entropy(logits, tokens[:, 1:], reduction="none")
            yield (each.mean(dim=1) * shares[part]).sum()


def _parts(sequences: NDArray[np.int64]) -> list[slice]:
    """Cut sequences into parts of about `CHUNK` predictions, which bounds the memory."""
    step = max(1, CHUNK // (sequences.shape[1] - 1))
    return [slice(i, i + step) for i in range(0, len(sequences), step)]


def _initial(name: str, parameter: nn.Parameter) -> tuple[float, float, float]:
    """Return centre, spread and reach of one named parameter."""
    last = name.rpartition(".")[2]
    if last == "scale":
        start = parameter.item()
        return start, 0.0, start
    if name in ("embedding.weight", "position"):
        return 0.0, EMBEDDING_STD, REACH
    if parameter.ndim == 2:
        return 0.0, parameter.shape[1] ** -0.5, REACH
    return (1.0 if last == "weight" else 0.0), 0.0, REACH
