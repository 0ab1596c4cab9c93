"""Adamax: Adam with the norm of order ∞."""

from typing import Unpack

import numpy as np

from optim.optimizers.base import CommonOptions, Optimizer, Parameters
from optim.optimizers.moving_average import update_moving_average
from optim.optimizers.param_group import ParamGroup


class Adamax(Optimizer):
    """Adam with the norm of order ∞ in place of order 2: w ← w − η m̂ / u, u ← max(β₂ u, |g| + ε).

    m ← β₁ m + (1 − β₁) g, m̂ = m / (1 − β₁ᵗ).

    params:       parameters or groups, as for every Optimizer.
    lr:           η, about the largest step of one weight.
    betas:        (β₁, β₂), the decay rates of m and u, from 0 to below 1.
    eps:          ε.
    weight_decay: λ; g is ∂L/∂w + λ w.
    maximize, penalty, constraint: as for every Optimizer.

    Formulas and defaults are PyTorch's; Keras has lr 0.001, and ε 1e-7 added to u. State: m and u, two numbers per element.
    Kingma and Ba (2015), Adam: a method for stochastic optimization, section 7.1.

    >>> from autograd import Tensor
    >>> from optim import Adamax
    >>> w = Tensor([3.0, -300.0], requires_grad=True)
    >>> optimizer = Adamax([w], lr=0.1)
    >>> w.grad = w.numpy()
    >>> optimizer.step()
    >>> w.numpy().round(6).tolist()
    [2.9, -299.9]
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        **common: Unpack[CommonOptions],
    ):
        super().__init__(params, lr, {"betas": betas, "eps": eps, "weight_decay": weight_decay}, **common)

    def update(self, group: ParamGroup) -> None:
        beta1, beta2 = group["betas"]
        step_size = group["lr"] / (1 - beta1**group.step)
        for w, g, m, u, scratch in group.chunks("exp_avg", "exp_inf", scratch=1, decay=group["weight_decay"]):
            update_moving_average(m, g, beta1, scratch)
            u *= beta2
            np.abs(g, out=g)
            g += group["eps"]
            np.maximum(u, g, out=u)
            np.divide(m, u, out=scratch)
            scratch *= step_size
            w -= scratch
