"""Stochastic gradient descent."""

from collections.abc import Iterable

import numpy as np

from autograd import Tensor
from optim.optimiser import Optimiser


class SGD(Optimiser):
    """Gradient descent: w ← w − η v with v ← μ v + ∂L/∂w (v = ∂L/∂w without momentum).

    parameters: leaf tensors, such as model.parameters().
    lr:         learning rate η, above 0.
    momentum:   μ, from 0 (none) to below 1.

    The formulas and defaults are PyTorch's; momentum is from Polyak (1964), Some methods of speeding up the convergence
    of iteration methods.

    >>> from autograd import Tensor
    >>> from optim import SGD
    >>> w = Tensor(3.0, requires_grad=True)
    >>> optimiser = SGD([w], lr=0.1)
    >>> (w * w).backward()
    >>> optimiser.step()
    >>> round(w.item(), 6)
    2.4
    """

    def __init__(self, parameters: Iterable[Tensor], lr: float = 0.01, momentum: float = 0.0):
        super().__init__(parameters, lr)
        if not 0 <= momentum < 1:
            raise ValueError(f"momentum must be from 0 to below 1, not {momentum}")
        self.momentum = momentum
        self._velocity = np.zeros_like(self._values) if momentum else None

    def update(self, values: np.ndarray, gradients: np.ndarray, part: slice) -> None:
        if self._velocity is None:
            gradients *= self.lr
        else:
            velocity = self._velocity[part]
            velocity *= self.momentum
            velocity += gradients
            np.multiply(velocity, self.lr, out=gradients)
        values -= gradients
