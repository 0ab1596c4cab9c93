"""Lion: the sign of momentum, found by a search over programs."""

from typing import Unpack

import numpy as np

from optim.optimizers.base import CommonOptions, Optimizer, Parameters
from optim.optimizers.moving_average import update_moving_average
from optim.optimizers.param_group import ParamGroup


class Lion(Optimizer):
    """Evolved sign momentum: w ← w − η (sign(β₁ m + (1 − β₁) g) + λ w), then m ← β₂ m + (1 − β₂) g.

    params:       parameters or groups, as for every Optimizer.
    lr:           η, the size of every step; three to ten times smaller than Adam's.
    betas:        (β₁, β₂).
    weight_decay: λ, decoupled as AdamW's; three to ten times larger than there.
    maximize, penalty, constraint: as for every Optimizer.

    The formulas and defaults are the paper's; PyTorch has no Lion, Keras's has lr 0.001. State: m, one number per parameter.

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
        for w, g, mean, s, direction in group.chunks("exp_avg", scratch=2):
            direction[...] = mean
            update_moving_average(direction, g, beta1, s)
            np.sign(direction, out=direction)
            direction *= lr
            if group["weight_decay"]:
                w *= 1 - lr * group["weight_decay"]
            w -= direction
            update_moving_average(mean, g, beta2, s)
