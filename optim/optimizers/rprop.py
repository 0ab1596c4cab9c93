"""Rprop: steps by the sign of the gradient, with an adaptive step size for each weight."""

from typing import Unpack

import numpy as np

from optim.optimizers.base import CommonOptions, Optimizer, Parameters
from optim.optimizers.param_group import ParamGroup


class Rprop(Optimizer):
    """Resilient propagation: w ← w − Δ sign g, Δ ← η⁺ Δ where g keeps its sign, η⁻ Δ where it changes.

    params:     parameters or groups, as for every Optimizer.
    lr:         Δ of the first step.
    etas:       (η⁻, η⁺), the factors, below and above 1.
    step_sizes: the smallest and the largest Δ.
    maximize, penalty, constraint: as for every Optimizer.

    A weight whose gradient changes its sign has passed a minimum: it does not move, and the sign of its next gradient is not
    compared. Use it with full batches; in mini-batches signs change by chance. Formulas and defaults are PyTorch's; Keras has
    no Rprop. State: Δ and the previous gradient, two numbers per element.

    Riedmiller and Braun (1993), A direct adaptive method for faster backpropagation learning.

    >>> from autograd import Tensor
    >>> from optim import Rprop
    >>> w = Tensor([3.0, -300.0], requires_grad=True)
    >>> optimizer = Rprop([w], lr=0.1)
    >>> (w * w).backward([1.0, 1.0])
    >>> optimizer.step()
    >>> w.tolist()
    [2.9, -299.9]
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        **common: Unpack[CommonOptions],
    ):
        super().__init__(params, lr, {"etas": etas, "step_sizes": step_sizes}, **common)

    def update(self, group: ParamGroup) -> None:
        decrease, increase = group["etas"]
        for w, g, previous, step_size, product in group.chunks("prev", "step_size", scratch=1):
            if group.step == 1:
                step_size[...] = group["lr"]
            np.multiply(g, previous, out=product)  # above 0 where the sign is the same, below 0 where it changes
            np.multiply(step_size, increase, out=step_size, where=product > 0)
            np.multiply(step_size, decrease, out=step_size, where=product < 0)
            np.clip(step_size, *group["step_sizes"], out=step_size)
            np.copyto(g, 0, where=product < 0)
            previous[...] = g
            np.sign(g, out=g)
            g *= step_size
            w -= g
