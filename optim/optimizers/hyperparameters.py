"""What the options of optimizers may be."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from optim.regularizers.constraints import Constraint
from optim.regularizers.penalties import ElasticNet


def check(name: str, value: Any) -> None:
    """Raise ValueError if an option cannot be meant.

    >>> from optim.optimizers.hyperparameters import check
    >>> check("momentum", 1.5)
    Traceback (most recent call last):
    ValueError: momentum must be from 0 to below 1, not 1.5
    """
    if name not in RULES:
        return
    fits, wanted = RULES[name]
    try:
        right = fits(value)
    except (TypeError, ValueError):  # not a number, or not as many
        right = False
    if not right:
        raise ValueError(f"{wanted}, not {value!r}")


def _not_negative(value: Any) -> bool:
    return 0 <= value < math.inf


def _at_least_one(value: Any) -> bool:
    return int(value) == value >= 1


def _shares(value: Any) -> bool:
    first, second = value
    return 0 <= first < 1 and 0 <= second < 1


def _factors(value: Any) -> bool:
    smaller, larger = value
    return 0 < smaller < 1 < larger


def _bounds(value: Any) -> bool:
    low, high = value
    return 0 <= low <= high


#: By name of an option: whether a value is right, and what a message says is right.
RULES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "lr": (lambda v: 0 < v < math.inf, "the learning rate must be above 0 and finite"),
    "momentum": (lambda v: 0 <= v < 1, "momentum must be from 0 to below 1"),
    "dampening": (lambda v: 0 <= v <= 1, "dampening must be from 0 to 1"),
    "alpha": (lambda v: 0 <= v <= 1, "alpha must be from 0 to 1"),
    "rho": (lambda v: 0 <= v <= 1, "rho must be from 0 to 1"),
    "betas": (_shares, "betas must be two numbers from 0 to below 1"),
    "etas": (_factors, "etas must be two factors, the first between 0 and 1, the second above 1"),
    "step_sizes": (_bounds, "step_sizes must be the smallest and the largest step"),
    "scale": (lambda v: 0 < v < math.inf, "scale must be above 0 and finite"),
    "trust_coefficient": (
        lambda v: v is None or 0 < v < math.inf,
        "trust_coefficient must be above 0, or None to step as SGD does",
    ),
    **{
        name: (lambda v: isinstance(v, bool | np.bool), f"{name} must be True or False")
        for name in ("nesterov", "amsgrad", "centered", "maximize", "decoupled_weight_decay")
    },
    **{
        name: (_not_negative, f"{name} must be 0 or more")
        for name in (
            *("weight_decay", "eps", "lr_decay", "initial_accumulator_value", "momentum_decay"),
            *("tolerance_grad", "tolerance_change"),
        )
    },
    **{
        name: (_at_least_one, f"{name} must be a whole number, at least 1") for name in ("max_iter", "max_eval", "history_size")
    },
    "line_search_fn": (lambda v: v in (None, "strong_wolfe"), "line_search_fn must be 'strong_wolfe' or None"),
    "penalty": (
        lambda v: v is None or isinstance(v, ElasticNet),
        "penalty must be one such as L2(1e-4); other terms belong into the loss",
    ),
    "constraint": (lambda v: v is None or isinstance(v, Constraint), "constraint must be one such as MaxNorm(3)"),
}
