"""Our descent beside `torch.optim`, step by step on the same gradients."""

from __future__ import annotations

import math

import numpy as np
import pytest

import problems
from methods.adam import adam, adamw
from methods.gradient_descent import gradient_descent, momentum, nesterov
from problems import Oracle
from tests.methods.examples import run_directly

torch = pytest.importorskip("torch")

STEPS = 60
TOLERANCE = 1e-6
CORPUS = "markov:length=3000,symbols=6"


def model():
    """A small network: real parameters, curved, badly scaled."""
    return problems.make(
        "next-token-mlp", corpus=CORPUS, context=2, embedding=2, hidden=3, loss="cross-entropy"
    )


@pytest.fixture
def iterates(monkeypatch):
    """Where our method was given gradients."""
    seen, gradient = [], Oracle.gradient

    def recorded(self, theta, rows=None):
        asked = np.array(theta)
        given = gradient(self, theta, rows)
        seen.append(asked)
        return given

    monkeypatch.setattr(Oracle, "gradient", recorded)
    return seen


def torch_iterates(optimizer, *, clip=None, factor=None, scheduler=None, batch=None, steps=STEPS):
    """Run torch's loop on the gradients that our method is given, from its start.

    `factor(i)` multiplies the rate of step i = 1, 2, … through LambdaLR.
    """
    relaxation = model().relaxation()
    rng = np.random.default_rng(0)  # that of run_directly
    start = relaxation.start(np.random.default_rng([0, 1]))  # start_parameters() at its seed
    theta = torch.nn.Parameter(torch.from_numpy(start.copy()))
    stepper = optimizer([theta])
    schedule = None
    if factor is not None:
        schedule = torch.optim.lr_scheduler.LambdaLR(stepper, lambda done: factor(done + 1))
    elif scheduler is not None:
        schedule = scheduler(stepper)
    seen = []
    for _ in range(steps):
        rows = None if batch is None else relaxation.minibatch(rng, batch)
        seen.append(theta.detach().numpy().copy())
        theta.grad = torch.from_numpy(relaxation.loss_and_gradient(seen[-1], rows)[1])
        if clip is not None:
            torch.nn.utils.clip_grad_norm_([theta], clip)
        stepper.step()
        if schedule is not None:
            schedule.step()
    return seen


def sgd(**settings):
    return lambda parameters: torch.optim.SGD(parameters, **settings)


TWINS = {
    "plain": (gradient_descent, {"learning_rate": 0.5}, sgd(lr=0.5)),
    "momentum": (
        momentum,
        {"learning_rate": 0.2, "momentum": 0.8},
        sgd(lr=0.2, momentum=0.8),
    ),
    "nesterov": (
        nesterov,
        {"learning_rate": 0.2, "momentum": 0.8},
        sgd(lr=0.2, momentum=0.8, nesterov=True),
    ),
    "adam": (
        adam,
        {"learning_rate": 0.05, "beta1": 0.8, "beta2": 0.99, "epsilon": 1e-6},
        lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.8, 0.99), eps=1e-6),
    ),
    "adamw": (
        adamw,
        {"learning_rate": 0.05, "weight_decay": 0.1},
        lambda p: torch.optim.AdamW(p, lr=0.05, weight_decay=0.1),
    ),
}


def assert_same(ours, theirs):
    assert len(ours) == len(theirs) > 1
    moved = np.abs(theirs[-1] - theirs[0]).max()
    assert moved > 1000 * TOLERANCE
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("name", TWINS)
def test_every_step_is_torchs(name, iterates):
    method, options, optimizer = TWINS[name]
    run_directly(method, model(), 3 * STEPS, **options)
    assert_same(iterates, torch_iterates(optimizer))


@pytest.mark.parametrize("name", TWINS)
def test_every_step_is_torchs_on_minibatches(name, iterates):
    method, options, optimizer = TWINS[name]
    run_directly(method, model(), 3 * STEPS, batch=20, **options)
    assert len(iterates) > STEPS
    assert_same(iterates, torch_iterates(optimizer, batch=20, steps=len(iterates)))


@pytest.mark.parametrize("name", TWINS)
def test_every_clipped_step_is_torchs(name, iterates):
    method, options, optimizer = TWINS[name]
    run_directly(method, model(), 3 * STEPS, clip=0.02, **options)
    assert_same(iterates, torch_iterates(optimizer, clip=0.02))


def triangle(peak):
    """Over STEPS gradients and no move after the last; `rate_factor` written anew."""
    return lambda i: min(i / (peak * STEPS), max(0.0, (STEPS - i) / ((1 - peak) * STEPS)))


def cosine(i):
    return (1 + math.cos(math.pi * i / STEPS)) / 2


@pytest.mark.parametrize("name", TWINS)
@pytest.mark.parametrize(
    ("schedule", "factor"),
    [
        ({"schedule": "linear-warmup", "warmup": 0.3}, lambda i: min(1.0, i / (0.3 * STEPS))),
        ({"schedule": "triangular", "warmup": 0.25}, triangle(0.25)),
        ({"schedule": "cosine"}, cosine),
    ],
    ids=["linear-warmup", "triangular", "cosine"],
)
def test_every_scheduled_step_is_torchs(name, schedule, factor, iterates):
    method, options, optimizer = TWINS[name]
    run_directly(method, model(), 3 * STEPS, **options, **schedule)
    assert_same(iterates, torch_iterates(optimizer, factor=factor))


def test_the_triangle_is_a_linear_one_cycle(iterates):
    """OneCycleLR's first step is at its lowest rate, 0 but for rounding; ours leaves it out.

    Its T + 1 rates are those of times 0, 1/T, …, 1, and its peak is at index
    pct_start · (T + 1) − 1.
    """
    warmup = 0.25
    total = STEPS + 1
    options = {"learning_rate": 0.5, "schedule": "triangular", "warmup": warmup}
    run_directly(gradient_descent, model(), 3 * STEPS, **options)

    def one_cycle(stepper):
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            stepper,
            0.5,
            total_steps=total,
            pct_start=(warmup * STEPS + 1) / total,
            anneal_strategy="linear",
            cycle_momentum=False,
            div_factor=1e12,
        )
        stepper.step()  # no gradient yet: it moves nothing
        schedule.step()
        return schedule

    assert_same(iterates, torch_iterates(sgd(lr=0.5), scheduler=one_cycle, steps=STEPS))


def test_the_cosine_is_torchs_annealing_after_its_first_rate(iterates):
    options = {"learning_rate": 0.5, "schedule": "cosine"}
    run_directly(gradient_descent, model(), 3 * STEPS, **options)

    def annealing(stepper):
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(stepper, STEPS)
        stepper.step()
        schedule.step()
        return schedule

    assert_same(iterates, torch_iterates(sgd(lr=0.5), scheduler=annealing))
