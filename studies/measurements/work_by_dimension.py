"""What theory says of the work that a quadratic takes, by its number of parameters."""

from __future__ import annotations

from math import exp, lgamma, log, pi


def settings(rank: int) -> dict[str, dict[str, float | str]]:
    """Return the options of methods whose steps theory sets, on curvatures of 0 and 1.

    SPSA's constant gain is 1 / r and MeZO's rate 1 / (r + 2), where their squared distance
    to the minimum shrinks fastest (see `mezo_work`), both in ranges of 10; descent's
    rate is a fifth of 1 / L, or one step would do. The (1+1)-ES adapts its own.

    Parameters
    ----------
    rank : int
        r, the directions that bend.
    """
    return {
        "gradient-descent": {"learning_rate": 0.2},
        "spsa": {"a": 0.01 / rank, "alpha": 0.01, "gamma": 0.001},
        "mezo": {"learning_rate": 0.01 / (rank + 2)},
        "evolution-strategy": {"scheme": "(1+1)"},
    }


def mezo_work(rank: int, share: float) -> float:
    """Return MeZO's evaluations until the value is a share of the start's, in the mean.

    At the rate 1 / (r + 2) a step of two evaluations multiplies the squared distance along the r
    directions that bend by 1 − 1 / (r + 2) (Malladi et al. 2023, "Fine-tuning language
    models with just forward passes", for r the effective rank; Nesterov and Spokoiny 2017,
    "Random gradient-free minimization of convex functions", for r the dimension).

    Parameters
    ----------
    rank : int
        r.
    share : float
        Between 0 and 1.

    Examples
    --------
    >>> round(mezo_work(8, 0.1))
    44
    """
    return 2 * log(share) / log(1 - 1 / (rank + 2))


def random_search_draws(dimension: int, radius: float, side: float) -> float:
    """Return the uniform draws that hit a ball once in the mean: the cube's share of volumes.

    A lower bound where the ball reaches out of the cube.

    Parameters
    ----------
    dimension : int
        d.
    radius : float
        Of the ball.
    side : float
        Of the cube.

    Examples
    --------
    >>> round(random_search_draws(2, 1.0, 2.0), 4)  # a disc in its square
    1.2732
    """
    half = dimension / 2
    volume = half * log(pi) - lgamma(half + 1) + dimension * log(radius)
    return exp(dimension * log(side) - volume)
