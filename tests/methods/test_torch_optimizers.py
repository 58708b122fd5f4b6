from __future__ import annotations

import inspect

import numpy as np
import pytest

import problems
from methods import minimize
from methods.shared.torch_settings import NO_OPTIMIZER, NO_SCHEDULER
from methods.torch_optimizers import torch_optimizer
from problems import Oracle
from tests.methods.examples import Quadratic, run_directly

torch = pytest.importorskip("torch")

GRADIENT = 3.0  # work of one full gradient
CORPUS = "markov:length=2000,symbols=3"

OPTIMIZERS = [
    name
    for name in torch.optim.__all__
    if inspect.isclass(getattr(torch.optim, name)) and name != "Optimizer"
]
SCHEDULERS = [name for name in torch.optim.lr_scheduler.__all__ if name != "LRScheduler"]
FITTING = [name for name in OPTIMIZERS if name not in NO_OPTIMIZER]
USABLE = [name for name in SCHEDULERS if name not in NO_SCHEDULER]


def table(**options):
    return problems.make("next-token-table", corpus=CORPUS, **options)


def the_loop(optimizer, scheduler=None, *, steps=30, closure=False):
    """Run torch's loop on a quadratic in torch's own automatic differentiation."""
    curvature = torch.tensor([1.0, 3.0, 0.01], dtype=torch.float64)
    start = torch.tensor([4.0, -2.0, 7.0], dtype=torch.float64)
    theta = torch.nn.Parameter(start)
    stepper = optimizer([theta])
    schedule = None if scheduler is None else scheduler(stepper)
    seen = []

    def look():
        stepper.zero_grad()
        seen.append(theta.detach().numpy().copy())
        loss = 0.5 * (curvature * theta**2).sum()
        loss.backward()
        return loss

    for _ in range(steps):
        if closure:
            stepper.step(look)
        else:
            loss = look()
            stepper.step()
        if isinstance(schedule, torch.optim.lr_scheduler.ReduceLROnPlateau):
            schedule.step(loss.item())
        elif schedule is not None:
            schedule.step()
    return seen


def quadratic():
    return Quadratic([1.0, 3.0, 0.01], [4.0, -2.0, 7.0])


# ---------------------------------------------------------------- faithful to torch


@pytest.mark.parametrize("name", [name for name in FITTING if name != "LBFGS"])
def test_every_optimizer_steps_as_it_does_without_us(name):
    problem = quadratic()
    run_directly(torch_optimizer, problem, 30 * GRADIENT, optimizer=name)
    theirs = the_loop(getattr(torch.optim, name))
    np.testing.assert_allclose(problem.visited, theirs, rtol=0, atol=1e-9)


@pytest.mark.parametrize("search", ["none", "strong_wolfe"])
def test_lbfgs_evaluates_where_it_does_without_us_and_pays_for_each(search):
    problem = quadratic()
    settings = f"max_iter=4,line_search_fn={search}"
    oracle = run_directly(
        torch_optimizer, problem, 100 * GRADIENT, optimizer="LBFGS", settings=settings
    )
    line_search = None if search == "none" else search

    def lbfgs(parameters):
        return torch.optim.LBFGS(parameters, max_iter=4, line_search_fn=line_search)

    theirs = the_loop(lbfgs, closure=True, steps=10)
    count = min(len(theirs), len(problem.visited))
    assert count > 5
    np.testing.assert_allclose(problem.visited[:count], theirs[:count], rtol=0, atol=1e-9)
    assert oracle.record.counts.gradients == len(problem.visited)


@pytest.mark.parametrize("name", USABLE)
def test_every_scheduler_steps_as_it_does_without_us(name):
    """With the arguments that a run of 30 steps is said to give it."""
    problem = quadratic()
    settings = "lr=0.1,momentum=0.5"
    run_directly(
        torch_optimizer,
        problem,
        30 * GRADIENT,
        optimizer="SGD",
        settings=settings,
        scheduler=name,
    )
    given = {
        "StepLR": {"step_size": 10},
        "MultiStepLR": {"milestones": [15, 22]},
        "ConstantLR": {"total_iters": 3},
        "LinearLR": {"total_iters": 3},
        "ExponentialLR": {"gamma": 0.01 ** (1 / 30)},
        "PolynomialLR": {"total_iters": 30},
        "CosineAnnealingLR": {"T_max": 30},
        "CosineAnnealingWarmRestarts": {"T_0": 10},
        "CyclicLR": {"base_lr": 0.1 / 25, "max_lr": 0.1, "step_size_up": 15},
        "OneCycleLR": {"max_lr": 0.1, "total_steps": 30},
        "ReduceLROnPlateau": {},
    }[name]

    def scheduler(stepper):
        return getattr(torch.optim.lr_scheduler, name)(stepper, **given)

    theirs = the_loop(lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.5), scheduler, steps=30)
    np.testing.assert_allclose(problem.visited, theirs, rtol=0, atol=1e-9)


def test_every_public_class_is_used_or_refused_with_a_reason():
    assert set(NO_OPTIMIZER) <= set(OPTIMIZERS)
    assert set(NO_SCHEDULER) <= set(SCHEDULERS)
    assert len(FITTING) >= 12
    assert len(USABLE) >= 10


def test_its_adam_and_ours_are_the_same():
    theirs = minimize(table(), "torch", 300, optimizer="Adam", settings="lr=0.1")
    ours = minimize(table(), "adam", 300)
    assert theirs.value == pytest.approx(ours.value, abs=1e-9)


def test_clipping_is_torchs():
    options = {"clip": 0.01}
    theirs = minimize(table(), "torch", 300, optimizer="SGD", settings="lr=1.0", **options)
    ours = minimize(table(), "gradient-descent", 300, learning_rate=1.0, **options)
    assert theirs.value == pytest.approx(ours.value, abs=1e-9)


# ------------------------------------------------------------------- the budget


def test_every_evaluation_is_metered():
    run = minimize(table(), "torch", 10 * GRADIENT + 1)
    assert (run.ledger.gradients, run.ledger.work, run.ended) == (10, 30, "budget")


@pytest.mark.parametrize("name", USABLE)
def test_every_scheduler_takes_any_budget_and_minibatches(name):
    for budget in (0, 1, 4, 50):
        run = minimize(table(), "torch", budget, scheduler=name, batch=8)
        assert not run.failed, run.message
        assert run.ledger.work <= budget


def test_a_scheduler_does_not_change_which_minibatches_are_drawn(monkeypatch):
    drawn, gradient = [], Oracle.gradient

    def watched(oracle, theta, rows=None):
        drawn[-1].append(rows.rows.tolist())
        return gradient(oracle, theta, rows)

    monkeypatch.setattr(Oracle, "gradient", watched)
    for scheduler in (None, "OneCycleLR"):
        drawn.append([])
        minimize(table(), "torch", 30, scheduler=scheduler, batch=4)
    assert drawn[0] == drawn[1]


def test_epochs_end_with_an_evaluation_of_where_it_came_to():
    run = minimize(table(), "torch", 1000, epochs=5, scheduler="OneCycleLR")
    assert (run.ended, run.ledger.gradients, run.ledger.losses) == ("converged", 5, 1)


def test_more_steps_than_the_scheduler_has_keep_its_last_rate():
    settings = "total_steps=5"
    run = minimize(table(), "torch", 60, scheduler="OneCycleLR", scheduler_settings=settings)
    assert (run.ended, run.ledger.gradients) == ("budget", 20)


def test_lbfgs_ends_when_it_moves_no_more():
    run = minimize(quadratic(), "torch", 10_000, optimizer="LBFGS")
    assert run.ended == "converged"
    assert run.value == pytest.approx(0, abs=1e-9)


def test_a_diverging_run_ends_nan():
    problem = quadratic()
    run = minimize(problem, "torch", 1000, optimizer="SGD", settings="lr=1e200")
    assert run.ended == "nan"
    assert run.value is not None


def test_the_number_of_threads_is_restored():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        minimize(table(), "torch", 30)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_a_model_in_torch_is_differentiated_by_torch():
    options = {"context": 4, "tokens": 64, "width": 4, "heads": 1, "corpus": CORPUS}

    def build():
        return problems.make("next-token-transformer", **options)

    run = minimize(build(), "torch", 60, settings="lr=0.01")
    assert run.ledger.gradients == 20
    assert run.value == minimize(build(), "adam", 60, learning_rate=0.01).value


# ------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"optimizer": "Adan"}, r"optimizer=Adan: .*did you mean 'Adam'"),
        ({"optimizer": "Muon"}, r"optimizer=Muon: .*matrices.*use SGD"),
        ({"optimizer": "SparseAdam"}, r"optimizer=SparseAdam: .*sparse.*use Adam"),
        ({"scheduler": "OneCycle"}, r"scheduler=OneCycle: .*did you mean 'OneCycleLR'"),
        ({"scheduler": "LambdaLR"}, r"scheduler=LambdaLR: it takes a function"),
        ({"scheduler": "SequentialLR"}, r"scheduler=SequentialLR: it takes schedulers"),
        ({"settings": "lr=-1"}, r"settings=lr=-1: Adam says: Invalid learning rate"),
        ({"settings": "lr=fast"}, r"settings=lr=fast: Adam says"),
        ({"settings": "momentum=0.9"}, r"Adam has no 'momentum'"),
        ({"scheduler_settings": "gamma=1"}, r"scheduler_settings=gamma=1: expected a scheduler"),
        ({"scheduler": "OneCycleLR", "scheduler_settings": "total_steps=-1"}, r"OneCycleLR says"),
        ({"batch": 0}, r"batch=0: expected"),
        ({"epochs": 0}, r"epochs=0: expected"),
        ({"epochs": 2, "steps": 5}, r"steps=5: expected none beside epochs=2"),
        ({"clip": -1}, r"clip=-1: expected"),
    ],
    ids=str,
)
def test_nonsense_is_refused_before_the_first_evaluation(options, says):
    problem = quadratic()
    with pytest.raises(ValueError, match=says):
        minimize(problem, "torch", 10, **options)
    assert not problem.visited
