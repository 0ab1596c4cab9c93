"""The allowed values of the options of optimizers."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from optim.regularizers.constraints import Constraint
from optim.regularizers.penalties import ElasticNet


def check_option(name: str, value: Any) -> None:
    """Raise ValueError if an option has a value that is not allowed. Unknown options may have any value.

    >>> from optim.optimizers.hyperparameters import check_option
    >>> check_option("momentum", 1.5)
    Traceback (most recent call last):
    ValueError: momentum must be from 0 to below 1, not 1.5
    """
    if name not in RULES:
        return
    is_allowed, requirement = RULES[name]
    try:
        allowed = is_allowed(value)
    except (TypeError, ValueError):  # not a number, or not two numbers
        allowed = False
    if not allowed:
        raise ValueError(f"{requirement}, not {value!r}")


def _is_nonnegative(value: Any) -> bool:
    return 0 <= value < math.inf


def _is_positive_integer(value: Any) -> bool:
    return int(value) == value >= 1


def _are_decay_rates(value: Any) -> bool:
    first, second = value
    return 0 <= first < 1 and 0 <= second < 1


def _are_step_factors(value: Any) -> bool:
    decrease, increase = value
    return 0 < decrease < 1 < increase


def _are_bounds(value: Any) -> bool:
    low, high = value
    return 0 <= low <= high


#: Name of an option → a test of its value, and the requirement as an error message states it.
RULES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "lr": (lambda v: 0 < v < math.inf, "the learning rate must be above 0 and finite"),
    "momentum": (lambda v: 0 <= v < 1, "momentum must be from 0 to below 1"),
    "dampening": (lambda v: 0 <= v <= 1, "dampening must be from 0 to 1"),
    "alpha": (lambda v: 0 <= v <= 1, "alpha must be from 0 to 1"),
    "rho": (lambda v: 0 <= v <= 1, "rho must be from 0 to 1"),
    "betas": (_are_decay_rates, "betas must be two numbers from 0 to below 1"),
    "etas": (_are_step_factors, "etas must be two factors, the first between 0 and 1, the second above 1"),
    "step_sizes": (_are_bounds, "step_sizes must be the smallest and the largest step size"),
    "scale": (lambda v: 0 < v < math.inf, "scale must be above 0 and finite"),
    "trust_coefficient": (
        lambda v: v is None or 0 < v < math.inf,
        "trust_coefficient must be above 0, or None for the steps of SGD",
    ),
    **{
        name: (lambda v: isinstance(v, bool | np.bool), f"{name} must be True or False")
        for name in ("nesterov", "amsgrad", "centered", "maximize", "decoupled_weight_decay")
    },
    **{
        name: (_is_nonnegative, f"{name} must be 0 or more")
        for name in (
            *("weight_decay", "eps", "lr_decay", "initial_accumulator_value", "momentum_decay"),
            *("tolerance_grad", "tolerance_change"),
        )
    },
    **{
        name: (_is_positive_integer, f"{name} must be a whole number, at least 1")
        for name in ("max_iter", "max_eval", "history_size")
    },
    "line_search_fn": (lambda v: v in (None, "strong_wolfe"), "line_search_fn must be 'strong_wolfe' or None"),
    "penalty": (
        lambda v: v is None or isinstance(v, ElasticNet),
        "penalty must be an ElasticNet, L1 or L2, such as L2(1e-4); add other terms to the loss",
    ),
    "constraint": (lambda v: v is None or isinstance(v, Constraint), "constraint must be a Constraint, such as MaxNorm(3)"),
}
