"""Lion: steps by the sign of a momentum."""

from typing import Unpack

import numpy as np

from optim.optimizers.base import CommonOptions, Optimizer, Parameters
from optim.optimizers.moving_average import update_moving_average
from optim.optimizers.param_group import ParamGroup


class Lion(Optimizer):
    """Evolved sign momentum: w ← w − η (sign(β₁ m + (1 − β₁) g) + λ w), then m ← β₂ m + (1 − β₂) g.

    params:       parameters or groups, as for every Optimizer.
    lr:           η, the size of every step; choose it three to ten times smaller than for Adam.
    betas:        (β₁, β₂), from 0 to below 1.
    weight_decay: λ, decoupled as in AdamW; choose it three to ten times larger than there.
    maximize, penalty, constraint: as for every Optimizer.

    Formulas and defaults are the paper's; PyTorch has no Lion; Keras's has lr 0.001. State: m, one number per element.

    Chen et al. (2023), Symbolic discovery of optimization algorithms.

    >>> from autograd import Tensor
    >>> from optim import Lion
    >>> w = Tensor([3.0, -300.0, 0.0], requires_grad=True)
    >>> optimizer = Lion([w], lr=0.1)
    >>> w.grad = w.numpy()
    >>> optimizer.step()
    >>> w.tolist()
    [2.9, -299.9, 0.0]
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-4,
        betas: tuple[float, float] = (0.9, 0.99),
        weight_decay: float = 0.0,
        **common: Unpack[CommonOptions],
    ):
        super().__init__(params, lr, {"betas": betas, "weight_decay": weight_decay}, **common)

    def update(self, group: ParamGroup) -> None:
        lr, (beta1, beta2) = group["lr"], group["betas"]
        for w, g, m, scratch, direction in group.chunks("exp_avg", scratch=2):
            direction[...] = m
            update_moving_average(direction, g, beta1, scratch)
            np.sign(direction, out=direction)
            direction *= lr
            if group["weight_decay"]:
                w *= 1 - lr * group["weight_decay"]
            w -= direction
            update_moving_average(m, g, beta2, scratch)
