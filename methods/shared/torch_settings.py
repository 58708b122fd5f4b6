"""What a user says to PyTorch in text: names of its classes and their arguments."""

from __future__ import annotations

import ast
import difflib
import inspect
from collections.abc import Mapping
from typing import Any

#: Why an optimizer cannot be used here, and what can.
NO_OPTIMIZER = {
    "Muon": "it orthogonalises the gradients of weight matrices, and a relaxation's parameters "
    "are one vector; use SGD with settings=momentum=0.95,nesterov=true, its other half",
    "SparseAdam": "it takes the sparse gradients of embeddings, and a relaxation's are dense; "
    "use Adam",
}
_FUNCTION = "it takes a function, which no option can say; use PolynomialLR, OneCycleLR or another"
_SEVERAL = "it takes schedulers, and an option names one; use OneCycleLR, which has two phases"
#: Why a scheduler cannot be used here, and what can.
NO_SCHEDULER = {
    "LambdaLR": _FUNCTION,
    "MultiplicativeLR": _FUNCTION,
    "SequentialLR": _SEVERAL,
    "ChainedScheduler": _SEVERAL,
}
#: How far the rate falls where torch leaves that open: two of StepLR's drops by 10.
FALL = 0.01
#: Peak over lowest rate, `div_factor` of OneCycleLR.
PEAK_OVER_LOWEST = 25.0


def class_named(
    kind: str, name: str, classes: Mapping[str, type], refused: Mapping[str, str]
) -> type:
    """Return torch's class of that name.

    Raises
    ------
    ValueError
        When there is none, with the closest name; or with the reason it is refused.
    """
    if name in refused:
        raise ValueError(f"{kind}={name}: {refused[name]}")
    usable = {each.lower(): each for each in classes if each not in refused}
    if name not in classes:
        match = difflib.get_close_matches(name.lower(), usable, n=1, cutoff=0.5)
        hint = f"; did you mean {usable[match[0]]!r}?" if match else ""
        raise ValueError(f"{kind}={name}: expected one of {', '.join(usable.values())}{hint}")
    return classes[name]


def arguments(label: str, text: str, target: type, reserved: tuple[str, ...]) -> dict[str, Any]:
    """Read ``lr=0.01, betas=(0.9, 0.99), nesterov=true`` as arguments of `target`.

    Values are Python's literals; a bare word is text, and true, false and none are
    what they say.

    Raises
    ------
    ValueError
        When the text is no such list, or names what `target` does not take.
    """
    names = [name for name in inspect.signature(target).parameters if name not in reserved]
    try:
        call = ast.parse(f"call({text})", mode="eval").body
    except SyntaxError:
        call = None
    if not isinstance(call, ast.Call) or call.args or any(k.arg is None for k in call.keywords):
        raise ValueError(f"{label}={text}: expected NAME=VALUE, ... out of {', '.join(names)}")
    chosen: dict[str, Any] = {}
    for keyword in call.keywords:
        name = str(keyword.arg)
        if name not in names:
            match = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
            hint = f"; did you mean {match[0]!r}?" if match else f"; it has {', '.join(names)}"
            raise ValueError(f"{label}={text}: {target.__name__} has no {name!r}{hint}")
        if name in chosen:
            raise ValueError(f"{label}={text}: expected {name} once")
        chosen[name] = _literal(label, text, name, keyword.value)
    return chosen


def _literal(label: str, text: str, name: str, node: ast.expr) -> Any:
    if isinstance(node, ast.Name):
        return {"true": True, "false": False, "none": None}.get(node.id.lower(), node.id)
    try:
        return ast.literal_eval(node)
    except ValueError:
        raise ValueError(
            f"{label}={text}: expected a number, a word or a tuple for {name}, "
            f"not {ast.unparse(node)}"
        ) from None


def fitted_to(scheduler: str, steps: int, peak: float, has_momentum: bool) -> dict[str, Any]:
    """Return the arguments of a scheduler that follow from the length of the run.

    torch's schedulers are told their length in steps, and what it has as defaults (5,
    2000) belongs to no run of ours. The rate falls over the whole run, at a constant
    factor (ExponentialLR), in three plateaus (StepLR) or at one half and three
    quarters of it (MultiStepLR); a warm-up is a tenth of it (LinearLR, ConstantLR).

    Parameters
    ----------
    scheduler : str
        Its name.
    steps : int
        How many steps there will be.
    peak : float
        The optimizer's learning rate, the highest that a cycle reaches.
    has_momentum : bool
        Whether the optimizer has a momentum that can be cycled.
    """
    third, tenth = max(1, steps // 3), max(1, steps // 10)
    cycled = {} if has_momentum else {"cycle_momentum": False}
    fitted: dict[str, dict[str, Any]] = {
        "StepLR": {"step_size": third},
        "MultiStepLR": {"milestones": [steps // 2, 3 * steps // 4]},
        "ConstantLR": {"total_iters": tenth},
        "LinearLR": {"total_iters": tenth},
        "ExponentialLR": {"gamma": FALL ** (1 / steps)},
        "PolynomialLR": {"total_iters": steps},
        "CosineAnnealingLR": {"T_max": steps},
        "CosineAnnealingWarmRestarts": {"T_0": third},
        "CyclicLR": {
            "base_lr": peak / PEAK_OVER_LOWEST,
            "max_lr": peak,
            "step_size_up": max(1, steps // 2),
            **cycled,
        },
        "OneCycleLR": {"max_lr": peak, "total_steps": steps, **cycled},
    }
    return fitted.get(scheduler, {})
