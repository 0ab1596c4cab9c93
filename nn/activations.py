"""Activations as modules."""

from collections.abc import Callable
from typing import Any

import autograd
from autograd import Tensor
from nn.module import Module


class ReLU(Module):
    """Rectified linear unit: max(x, 0); derivative 0 for x ≤ 0, 1 for x > 0.

    >>> import nn
    >>> nn.ReLU()([-1.0, 2.0]).tolist()
    [0.0, 2.0]
    """

    def forward(self, x: Any) -> Tensor:
        return autograd.relu(x)


class Tanh(Module):
    """Hyperbolic tangent: (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ); derivative 1 − tanh²(x), range (−1, 1).

    >>> import nn
    >>> nn.Tanh()([0.0]).tolist()
    [0.0]
    """

    def forward(self, x: Any) -> Tensor:
        return autograd.tanh(x)


class Sigmoid(Module):
    """Logistic function: 1 / (1 + e⁻ˣ); derivative σ(x) (1 − σ(x)), range (0, 1).

    >>> import nn
    >>> nn.Sigmoid()([0.0]).tolist()
    [0.5]
    """

    def forward(self, x: Any) -> Tensor:
        return autograd.sigmoid(x)


ACTIVATIONS: dict[str, Callable[[], Module]] = {"relu": ReLU, "tanh": Tanh, "sigmoid": Sigmoid}


def activation_named(name: str) -> Callable[[], Module]:
    """The module class of an activation's name."""
    if name not in ACTIVATIONS:
        raise ValueError(f"no activation {name!r}; there are {', '.join(ACTIVATIONS)}")
    return ACTIVATIONS[name]
