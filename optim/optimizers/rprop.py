"""Rprop: only the sign of a derivative counts, and every weight finds a step size of its own."""

from typing import Unpack

import numpy as np

from optim.optimizers.base import CommonOptions, Optimizer, Parameters
from optim.optimizers.param_group import ParamGroup


class Rprop(Optimizer):
    """Resilient propagation: w ← w − Δ sign g, Δ ← η⁺ Δ where g keeps its sign, η⁻ Δ where it changes.

    params:     parameters or groups, as for every Optimizer.
    lr:         Δ at first.
    etas:       (η⁻, η⁺), the factors, below and above 1.
    step_sizes: the smallest and the largest Δ.
    maximize, penalty, constraint: as for every Optimizer.

    Where the sign changes there is no move, and the next gradient is not compared: the step went over a valley. For whole
    batches: signs of mini-batches change by chance. The formulas and defaults are PyTorch's; Keras has no Rprop. State: Δ and
    the gradient before, two numbers per parameter.

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
        shorter, longer = group["etas"]
        for w, g, before, size, turn in group.chunks("prev", "step_size", scratch=1):
            if group.step == 1:
                size[...] = group["lr"]
            np.multiply(g, before, out=turn)  # above 0 where the sign is kept, below 0 where it changes
            np.multiply(size, longer, out=size, where=turn > 0)
            np.multiply(size, shorter, out=size, where=turn < 0)
            np.clip(size, *group["step_sizes"], out=size)
            np.copyto(g, 0, where=turn < 0)
            before[...] = g
            np.sign(g, out=g)
            g *= size
            w -= g
