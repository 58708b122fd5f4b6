"""An ensemble of next-token models: the top-1 error of their majority vote."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from problems.core.interval import Count
from problems.core.parts import in_parts
from problems.core.reference import Reference
from problems.core.space import Box
from problems.core.start import Start
from problems.core.views import Members
from problems.naming.options import checked_options
from problems.next_token.mlp import NextTokenMLP
from problems.next_token.next_token import NextToken
from problems.next_token.rank import NextTokenRank
from problems.next_token.ternary import NextTokenTernary

Model = Literal["rank", "ternary", "mlp"]
MODELS = {"rank": NextTokenRank, "ternary": NextTokenTernary, "mlp": NextTokenMLP}

#: Comparisons of predictions that are made at once: few enough for the cache.
CHUNK = 200_000


class NextTokenVote(NextToken):
    """Predict the token that most of several models of one kind predict.

    A solution lists the members, one after the other, each a solution of the single model's
    problem. After each context every member has a vote, and the token with most votes is
    predicted; of tokens with as many, the one that the earliest member votes for. A member
    without a prediction (a ternary model with a tie) does not vote, as in RandOpt's
    `randopt.py`, which counts ties so too (Gan and Isola 2026, "Neural thickets: diverse
    task experts are dense around pretrained weights", arXiv 2603.12228). value = share of
    the training tokens that the vote gets wrong.

    It is a problem of its own: an ensemble is no solution of the single model's problem, and
    one evaluation is the inference of all members. A member alone costs its share of it
    (`Members`). The reference is what no function of what the model sees can beat, a vote
    neither, and members with one parameter of rank each attain. A certified optimum of single
    models is none here, where several may do better; there is no integer program.

    Parameters
    ----------
    members : int
        How many vote. 1 is the single model.
    model : {"rank", "ternary", "mlp"}
        The members' kind: `NextTokenRank`, `NextTokenTernary` or `NextTokenMLP` at their own
        sizes.
    **text
        The options of `NextToken`.
    """

    space: Box
    objective = "top-1 error"

    @checked_options
    def __init__(self, *, members: Count = 5, model: Model = "rank", **text: Any) -> None:
        super().__init__(**text)
        self.number = members
        self.single = MODELS[model](**text)
        one = self.single.space
        low, high, integral = (np.tile(v, members) for v in (one.low, one.high, one.integral))
        self.space = Box(low, high, integral=integral)
        #: A full evaluation goes through the text once a member.
        self.rows, self.tokens = members * self.single.rows, members * self.single.tokens

    @property
    def title(self) -> str:
        return f"majority vote of {self.number}: {self.single.title}"

    def members(self) -> Members:
        return Members(self.number, self.single.space, self.single.values)

    def predictions(self, points: NDArray, *, unseen: bool = False) -> NDArray[np.int64]:
        one_each = np.reshape(points, (-1, self.single.space.dimension))
        predicted = self.single.predictions(one_each, unseen=unseen)
        return majority(predicted.reshape(len(points), self.number, -1))

    def values(self, points: NDArray) -> NDArray[np.float64]:
        train = self.counts.train

        def errors(some: NDArray) -> NDArray[np.float64]:
            return error(self.predictions(some), train)

        work = self.number * max(self.number * len(train), train.size)
        return in_parts(errors, points, CHUNK // work)

    def _held_out_value(self, x: NDArray) -> float:
        return float(error(self.predictions(x[None], unseen=True), self.counts.held_out)[0])

    @cached_property
    def reference(self) -> Reference:
        single = self.single.reference
        source = f"as of one model, for a vote sees no more: {single.source}"
        return Reference(single.value, single.kind, source)

    @cached_property
    def anchors(self) -> Mapping[str, float]:
        return self.single.anchors

    def start(self) -> Start | None:
        """Return the single model's start for every member; each has its own draw of it."""
        start = self.single.start()
        if start is None:
            return None
        spread = None if start.spread is None else np.tile(start.spread, self.number)
        return Start(np.tile(start.point, self.number), np.tile(start.scale, self.number), spread)

    def describe(self, x: NDArray) -> str:
        return self.show_predictions(self.predictions(x[None])[0])


def majority(predicted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return what most members predict, of as many votes what the earliest member predicts.

    Parameters
    ----------
    predicted : ndarray of shape (n, members, contexts)
        Predicted tokens; a member with -1 does not vote.

    Returns
    -------
    ndarray of shape (n, contexts)
        -1 where none votes.
    """
    agreeing = (predicted[:, :, None] == predicted[:, None]).sum(axis=2)
    agreeing[predicted < 0] = 0
    elected = agreeing.argmax(axis=1)[:, None]
    return np.take_along_axis(predicted, elected, axis=1)[:, 0]


def error(predicted: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the share of tokens that differ from the prediction, shape (n,).

    Parameters
    ----------
    predicted : ndarray of shape (n, contexts)
        -1 is always wrong.
    counts : ndarray of shape (contexts, V)
        How often each token follows each context.
    """
    right = np.where(predicted < 0, 0, counts[np.arange(len(counts)), predicted]).sum(axis=1)
    total = counts.sum()
    return (total - right) / total
