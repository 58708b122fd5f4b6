"""The evolution strategy of Salimans et al. (2017): a smoothed gradient, from ranks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from methods.shared.optimizers import Optimizer, direction_of
from methods.shared.strides import deviations, latent_kinds, latent_zoom, search_box
from methods.shared.widening import WIDEST, Width
from problems.core.interval import Positive
from problems.core.oracle import Oracle

#: The noise's standard deviation, as a share of the range.
SIGMA = 0.02


def openai_es(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    population: int = 0,
    sigma: Positive | None = None,
    learning_rate: Positive = 0.01,
    optimizer: Optimizer = "adam",
) -> None:
    """Descend the gradient of the objective under Gaussian noise, estimated from ranks.

    Salimans, Ho, Chen, Sidor and Sutskever (2017, "Evolution strategies as a scalable
    alternative to reinforcement learning"): every generation evaluates antithetic pairs
    x + σε and x - σε, replaces the values by centred ranks in [-1/2, 1/2] (equal values
    share theirs) and hands Σ (rank of x + σε - rank of x - σε) ε to the optimizer. An evaluation
    at the unperturbed x, which is the answer, goes with each generation.

    Boxes of reals are searched directly and everything else through its latent box; points
    beyond a bound are brought back to it. Noise and step sizes are shares of a variable's
    range, and where points are decoded at least what an encoded variable needs to change.
    The weight decay of the paper's experiments, which would pull towards the origin of the
    box, is left out.

    Parameters
    ----------
    population : int
        Perturbed points a generation, an even number. 0 stands for 4 + 3 ln n, rounded up
        to the next even number: CMA-ES's default (Hansen 2016, "The CMA evolution strategy:
        a tutorial"), because the paper's thousands would be one generation here.
    sigma : float, optional
        Standard deviation of the noise, as a share of the range; 0.02 in the
        configuration that the authors published (`humanoid.json`), which is the scale of
        the problem's start where it has one. By default that; begun at a random point, that of
        real variables shrinks from a quarter of the range to a hundredth; and where more than
        half of a generation's pairs have equal values it is multiplied by 4
        (`methods.shared.widening`). Steps follow it. `rastrigin` ends at 12.6 in 2,000
        evaluations (median of 15 seeds), and with the paper's own, `sigma=0.02`, at 130.
    learning_rate : float
        In the same unit; 0.01 there, half of the noise.
    optimizer : {"adam", "sgd"}
        Adam with β = (0.9, 0.999), as there, or descent with momentum 0.9 as in the
        authors' `optimizers.py`.
    """
    if population < 0 or population % 2:
        raise ValueError(f"population={population}: expected an even number, or 0 for 4 + 3 ln n")
    space = oracle.space
    box = search_box(space)
    pairs = population // 2 or int(np.ceil((4 + 3 * np.log(box.dimension)) / 2))
    share = SIGMA if sigma is None else sigma
    least = deviations(space, share * latent_zoom(oracle, SIGMA))
    real, _ = latent_kinds(space)
    wide = np.maximum(least, WIDEST * (box.high - box.low))
    widest = np.where(real, wide, least) if sigma is None else least
    width = Width(oracle, least, widest, oracle.remaining / (2 * pairs + 1))
    pace = learning_rate / share
    direction = direction_of(optimizer)
    encoded = box is not space
    x = space.encode(oracle.start(1)[0])
    points = np.empty((2 * pairs + 1, box.dimension))
    while True:
        noise = rng.standard_normal((pairs, box.dimension))
        spread = width.sizes
        shift = noise * spread
        points[0] = x
        np.add(x, shift, out=points[1 : pairs + 1])
        np.subtract(x, shift, out=points[pairs + 1 :])
        np.minimum(np.maximum(points, box.low, out=points), box.high, out=points)
        values = oracle.values(space.decode(points) if encoded else points)
        differences = values[1 : pairs + 1] - values[pairs + 1 :]
        if width.widened(differences, pairs):
            continue
        rank = centred_ranks(values[1:])
        slope = (rank[:pairs] - rank[pairs:]) @ noise / (2 * pairs)
        x = np.minimum(np.maximum(x - pace * spread * direction(slope), box.low), box.high)


def centred_ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Replace values by ranks spread evenly over [-1/2, 1/2]; equal values share their mean."""
    n = len(values)
    order = values.argsort()
    ordered = values[order]
    rank = np.arange(n, dtype=float)
    if (ordered[1:] == ordered[:-1]).any():
        first = np.searchsorted(ordered, ordered, side="left")
        rank = (first + np.searchsorted(ordered, ordered, side="right") - 1) / 2
    centred = np.empty(n)
    centred[order] = rank / (n - 1) - 0.5
    return centred
