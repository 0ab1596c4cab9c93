"""Adagrad: steps scaled by the sum of the squares of all gradients so far."""

from typing import Unpack

import numpy as np

from optim.optimizers.base import CommonOptions, Optimizer, Parameters
from optim.optimizers.param_group import ParamGroup


class Adagrad(Optimizer):
    """Steps scaled by the sum of all squared gradients: w ← w − η g / (√s + ε), s ← s + g².

    params:       parameters or groups, as for every Optimizer.
    lr:           η.
    lr_decay:     δ: at step t the learning rate is η / (1 + (t − 1) δ).
    weight_decay: λ; g is ∂L/∂w + λ w.
    initial_accumulator_value: s before the first step.
    eps:          ε.
    maximize, penalty, constraint: as for every Optimizer.

    A weight that rarely has a gradient keeps large steps, which suits sparse features. The steps shrink towards 0. Formulas and
    defaults are PyTorch's; Keras has lr 0.001, initial_accumulator_value 0.1, and ε 1e-7 inside the root. State: s, one number
    per element.

    Duchi, Hazan and Singer (2011), Adaptive subgradient methods for online learning and stochastic optimization.

    >>> from autograd import Tensor
    >>> from optim import Adagrad
    >>> w = Tensor([3.0, -300.0], requires_grad=True)
    >>> optimizer = Adagrad([w], lr=0.1)
    >>> for _ in range(2):
    ...     w.grad = w.numpy()
    ...     optimizer.step()
    >>> w.numpy().round(2).tolist()
    [2.83, -299.83]
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
        **common: Unpack[CommonOptions],
    ):
        options = {"lr_decay": lr_decay, "weight_decay": weight_decay}
        options |= {"initial_accumulator_value": initial_accumulator_value, "eps": eps}
        super().__init__(params, lr, options, **common)

    def update(self, group: ParamGroup) -> None:
        lr = group["lr"] / (1 + (group.step - 1) * group["lr_decay"])
        for w, g, total, scratch in group.chunks("sum", scratch=1, decay=group["weight_decay"]):
            if group.step == 1:
                total[...] = group["initial_accumulator_value"]
            np.multiply(g, g, out=scratch)
            total += scratch
            np.sqrt(total, out=scratch)
            scratch += group["eps"]
            g /= scratch
            g *= lr
            w -= g
