from __future__ import annotations

import pytest

from methods.shared.torch_settings import arguments, class_named, fitted_to


class Stepper:
    """Stands in for one of torch's classes."""

    def __init__(self, params, lr=0.1, betas=(0.9, 0.999), nesterov=False, mode="min"): ...


KNOWN = {"Adam": Stepper, "SGD": Stepper, "Muon": Stepper}


def read(text):
    return arguments("settings", text, Stepper, ("params",))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        ("lr=0.01", {"lr": 0.01}),
        ("lr=1e-3, nesterov=true", {"lr": 0.001, "nesterov": True}),
        ("betas=(0.5, 0.9),nesterov=False", {"betas": (0.5, 0.9), "nesterov": False}),
        ("lr=-1", {"lr": -1}),
        ("mode=max", {"mode": "max"}),
        ("mode='max'", {"mode": "max"}),
        ("mode=none", {"mode": None}),
    ],
)
def test_settings_are_read_as_a_person_writes_them(text, found):
    assert read(text) == found


@pytest.mark.parametrize("text", ["0.1", "lr", "lr=", "lr=1; x", "lr 0.1", "**lr"])
def test_what_is_no_list_of_settings_is_refused(text):
    with pytest.raises(ValueError, match=r"settings=.*: expected NAME=VALUE, \.\.\. out of lr"):
        read(text)


def test_a_setting_that_does_not_exist_is_refused_with_the_closest():
    with pytest.raises(ValueError, match=r"Stepper has no 'beta'; did you mean 'betas'\?"):
        read("beta=0.9")
    with pytest.raises(ValueError, match="Stepper has no 'zzz'; it has lr, betas, nesterov, mode"):
        read("zzz=1")


def test_a_setting_is_said_once():
    with pytest.raises(ValueError, match="expected lr once"):
        read("lr=1, lr=2")


def test_what_the_loop_gives_is_no_setting():
    with pytest.raises(ValueError, match="has no 'params'"):
        read("params=1")


@pytest.mark.parametrize("text", ["lr=open('x')", "lr=lr.x", "lr=[i for i in x]"])
def test_settings_are_not_run(text):
    with pytest.raises(ValueError, match="expected a number, a word or a tuple for lr"):
        read(text)


@pytest.mark.parametrize(("name", "meant"), [("adm", "Adam"), ("sgd", "SGD"), ("ADAM", "Adam")])
def test_an_unknown_class_is_refused_with_the_closest(name, meant):
    with pytest.raises(ValueError, match=rf"optimizer={name}: .* did you mean '{meant}'\?"):
        class_named("optimizer", name, KNOWN, {"Muon": "it needs matrices"})


def test_a_class_that_does_not_fit_is_refused_with_the_reason():
    with pytest.raises(ValueError, match="optimizer=Muon: it needs matrices"):
        class_named("optimizer", "Muon", KNOWN, {"Muon": "it needs matrices"})


@pytest.mark.parametrize("name", ["StepLR", "MultiStepLR", "CyclicLR", "PolynomialLR", "LinearLR"])
def test_lengths_are_positive_also_for_one_step(name):
    fitted = fitted_to(name, 1, 0.1, has_momentum=True)
    lengths = [v for k, v in fitted.items() if k in ("step_size", "step_size_up", "total_iters")]
    assert all(length >= 1 for length in lengths)


def test_a_momentum_that_is_not_there_is_not_cycled():
    assert "cycle_momentum" not in fitted_to("OneCycleLR", 10, 0.1, has_momentum=True)
    assert fitted_to("OneCycleLR", 10, 0.1, has_momentum=False)["cycle_momentum"] is False
