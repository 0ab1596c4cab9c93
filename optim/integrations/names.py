"""Names of losses and optimizers, which the estimators accept."""

from collections.abc import Callable
from typing import Any

import nn
import optim

#: Name → loss. scikit-learn's squared_error is half of ours.
LOSSES: dict[str, Callable[[], Any]] = {
    "squared_error": nn.MSELoss,
    "absolute_error": nn.L1Loss,
    "huber": nn.HuberLoss,
    "poisson": nn.PoissonNLLLoss,
    "hinge": nn.HingeLoss,
}
#: Name → optimizer, called with the parameters and the options of the estimator.
OPTIMIZERS: dict[str, Callable[..., optim.Optimizer]] = {
    "sgd": optim.SGD,
    "adam": optim.Adam,
    "adamw": optim.AdamW,
    "nadam": optim.NAdam,
    "radam": optim.RAdam,
    "adamax": optim.Adamax,
    "adagrad": optim.Adagrad,
    "adadelta": optim.Adadelta,
    "rmsprop": optim.RMSprop,
    "lion": optim.Lion,
    "lbfgs": optim.LBFGS,
}


def look_up(argument: str, value: Any, table: dict[str, Any], example: str) -> Any:
    """The entry of a name; a callable is returned as it is. Raises ValueError for other values.

    >>> from optim.integrations.names import OPTIMIZERS, look_up
    >>> look_up("solver", "adam", OPTIMIZERS, "optim.RMSprop").__name__
    'Adam'
    """
    if isinstance(value, str) and value in table:
        return table[value]
    if isinstance(value, str) or not callable(value):
        raise ValueError(f"{argument}: {', '.join(map(repr, table))}, or {example} expected, got {value!r:.80}")
    return value
