"""Every optimizer and scheduler of PyTorch by name, in the loop of its tutorials."""

from __future__ import annotations

from typing import Any

import numpy as np

from methods.shared.descent_loop import Training
from methods.shared.torch_settings import (
    NO_OPTIMIZER,
    NO_SCHEDULER,
    arguments,
    class_named,
    fitted_to,
)
from problems.core.interval import Count, Positive
from problems.core.ledger import GRADIENT_PRICE
from problems.core.oracle import Oracle
from problems.core.views import Minibatch

#: Minibatches drawn, and not evaluated, to tell how many a budget affords.
DRAWS = 32


class _Diverged(Exception):  # noqa: N818 - leaves torch's closure, never this file
    """The loss or the gradient is no finite number."""


def torch_optimizer(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    optimizer: str = "Adam",
    settings: str = "",
    scheduler: str | None = None,
    scheduler_settings: str = "",
    batch: Count | None = None,
    epochs: Count | None = None,
    steps: Count | None = None,
    clip: Positive | None = None,
) -> None:
    """Run ``zero_grad``, forward, ``backward``, ``step`` on one float64 parameter vector.

    The forward pass is the oracle's gradient, so that every evaluation is paid for, and the
    backward pass hands that gradient out. Where the relaxation is a PyTorch model, as
    the transformer is, its gradient is PyTorch's own automatic differentiation.
    LBFGS evaluates as often as it likes in a step, each time for the price of a gradient;
    it ends converged when it moves no more.

    Parameters
    ----------
    optimizer : str
        A class of `torch.optim`.
    settings : str
        Its arguments, ``lr=0.01,momentum=0.9``; torch's defaults for all others.
    scheduler : str, optional
        A class of `torch.optim.lr_scheduler`, stepped once a step;
        ReduceLROnPlateau is told the step's loss.
    scheduler_settings : str
        Its arguments. Lengths and peaks that are not given are fitted to the run, see
        `fitted_to`: its steps are those of `epochs` or `steps`, else what the budget affords,
        minibatches at the mean price of a few that are drawn and not evaluated. A step
        beyond them keeps the last rate.
    batch, epochs, steps, clip
        See `Training`; `clip` is `torch.nn.utils.clip_grad_norm_`.

    Raises
    ------
    ValueError
        When there is no such class, it does not fit (with the reason), or its
        settings are not what it takes.
    """
    import torch

    training = Training(batch=batch, epochs=epochs, steps=steps, clip=clip)
    optimizers = _classes(torch.optim, torch.optim.Optimizer)
    schedulers = _classes(torch.optim.lr_scheduler, torch.optim.lr_scheduler.LRScheduler)
    chosen = class_named("optimizer", optimizer, optimizers, NO_OPTIMIZER)
    given = arguments("settings", settings, chosen, ("params",))
    plan = scheduler and class_named("scheduler", scheduler, schedulers, NO_SCHEDULER)
    if not plan and scheduler_settings:
        raise ValueError(f"scheduler_settings={scheduler_settings}: expected a scheduler as well")

    start = torch.tensor(oracle.start_parameters(), dtype=torch.float64)
    theta: Any = torch.nn.Parameter(start)
    stepper = _built(f"settings={settings}", chosen, [theta], **given)
    searching = isinstance(stepper, torch.optim.LBFGS)
    rows = training.draw(oracle, rng)
    last = training.length(oracle, rows)
    schedule, scheduled = None, 0
    if plan:
        evaluations = stepper.defaults["max_iter"] if searching else 1
        scheduled = last or _affordable(oracle, training, rng, evaluations)
        has_momentum = bool({"momentum", "betas"} & set(stepper.defaults))
        own = arguments("scheduler_settings", scheduler_settings, plan, ("optimizer", "last_epoch"))
        fitted = fitted_to(plan.__name__, scheduled, float(stepper.defaults["lr"]), has_momentum)
        if {"epochs", "steps_per_epoch"} & set(own):
            fitted.pop("total_steps", None)  # OneCycleLR's other way to say it
        label = f"scheduler_settings={scheduler_settings}"
        schedule = _built(label, plan, stepper, **{**fitted, **own})
        scheduled = getattr(schedule, "total_steps", scheduled)

    evaluate = _evaluation(torch, oracle)

    def closure() -> Any:
        stepper.zero_grad()
        loss = evaluate(theta, rows)
        loss.backward()
        if not (torch.isfinite(loss) and torch.isfinite(theta.grad).all()):
            raise _Diverged
        if training.clip is not None:
            torch.nn.utils.clip_grad_norm_([theta], training.clip)
        return loss

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        step = 0
        while step != last:
            before = theta.detach().clone() if searching else None
            if searching:
                loss = stepper.step(closure)
            else:
                loss = closure()
                stepper.step()
            step += 1
            if schedule is not None and step < scheduled:
                _advance(torch, schedule, loss)
            if before is not None and rows is None and torch.equal(before, theta):
                return  # its own tolerances are met
            rows = training.draw(oracle, rng)
        oracle.loss(theta.detach().numpy())
    except _Diverged:
        return  # no later step can be a number again
    finally:
        torch.set_num_threads(threads)


def _evaluation(torch: Any, oracle: Oracle) -> Any:
    """Return the relaxation's loss as a differentiable function of a tensor."""

    class Evaluation(torch.autograd.Function):
        @staticmethod
        def forward(context: Any, theta: Any, rows: Minibatch | None) -> Any:
            with torch.enable_grad():  # which forward turns off, and a PyTorch model needs
                loss, gradient = oracle.gradient(theta.detach().numpy().copy(), rows)
            context.save_for_backward(torch.from_numpy(gradient))
            return theta.new_tensor(loss)

        @staticmethod
        def backward(context: Any, *slopes: Any) -> Any:
            (gradient,) = context.saved_tensors
            return slopes[0] * gradient, None

    return Evaluation.apply


def _classes(module: Any, base: type) -> dict[str, type]:
    """Return the public concrete classes of a module of torch by name."""
    return {
        name: cls
        for name, cls in vars(module).items()
        if isinstance(cls, type)
        and issubclass(cls, base)
        and cls is not base
        and not name.startswith("_")
    }


def _built(label: str, target: type, *positional: Any, **named: Any) -> Any:
    """Call one of torch's classes; what it says against its arguments is an option's error."""
    try:
        return target(*positional, **named)
    except (TypeError, ValueError, RuntimeError, ZeroDivisionError) as error:
        raise ValueError(f"{label}: {target.__name__} says: {error}") from error


def _affordable(
    oracle: Oracle, training: Training, rng: np.random.Generator, evaluations: int
) -> int:
    """Return how many steps of `evaluations` gradients the work left affords, at least 1."""
    if training.batch is None:
        price = GRADIENT_PRICE + (not oracle.relaxation.yields_value)
    else:
        # From a stream of their own, so that a scheduler does not change the run's batches.
        aside = rng.spawn(1)[0]
        drawn = [oracle.relaxation.minibatch(aside, training.batch) for _ in range(DRAWS)]
        price = GRADIENT_PRICE * float(np.mean([rows.share for rows in drawn]))
    return max(1, int(oracle.remaining / (price * evaluations)))


def _advance(torch: Any, schedule: Any, loss: Any) -> None:
    if isinstance(schedule, torch.optim.lr_scheduler.ReduceLROnPlateau):
        schedule.step(loss.item())
    else:
        schedule.step()
