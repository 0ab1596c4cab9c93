"""RAdam: Adam with a rectified variance."""

import math
from typing import Any, Unpack

import numpy as np

from optim.optimizers.base import CommonOptions, Optimizer, Parameters
from optim.optimizers.moving_average import update_moving_average, update_moving_square
from optim.optimizers.param_group import ParamGroup


class RAdam(Optimizer):
    """Adam with a rectified variance: w ← w − η r m̂ √(1 − β₂ᵗ) / (√v + ε) if ρ > 5, else w ← w − η m̂.

    r = √((ρ − 4)(ρ − 2) ρ∞ / ((ρ∞ − 4)(ρ∞ − 2) ρ)) with ρ∞ = 2 / (1 − β₂) − 1 and ρ = ρ∞ − 2t β₂ᵗ / (1 − β₂ᵗ), about the number
    of gradients that v averages. This reduces the variance of the first steps, for which Adam needs a warm-up. m, v and m̂ as in
    Adam.

    params:       parameters or groups, as for every Optimizer.
    lr:           η.
    betas:        (β₁, β₂), the decay rates of the averages, from 0 to below 1.
    eps:          ε.
    weight_decay: λ; g is ∂L/∂w + λ w.
    decoupled_weight_decay: g is ∂L/∂w; instead w ← (1 − ηλ) w before the step, as in AdamW.
    maximize, penalty, constraint: as for every Optimizer.

    Formulas and defaults are PyTorch's; the paper has the condition ρ > 4, and Keras has no RAdam. State: m and v, two numbers
    per element. Liu et al. (2020), On the variance of the adaptive learning rate and beyond.

    >>> from autograd import Tensor
    >>> from optim import RAdam
    >>> w = Tensor([3.0, -300.0], requires_grad=True)
    >>> optimizer = RAdam([w], lr=0.1)
    >>> w.grad = w.numpy()
    >>> optimizer.step()
    >>> w.numpy().round(6).tolist()
    [2.7, -270.0]
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        decoupled_weight_decay: bool = False,
        **common: Unpack[CommonOptions],
    ):
        options: dict[str, Any] = {"betas": betas, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, lr, options | {"decoupled_weight_decay": decoupled_weight_decay}, **common)

    def update(self, group: ParamGroup) -> None:
        lr, (beta1, beta2), decay = group["lr"], group["betas"], group["weight_decay"]
        decoupled, t = group["decoupled_weight_decay"], group.step
        step_size, correction = lr / (1 - beta1**t), 1 - beta2**t
        rho_max = 2 / (1 - beta2) - 1
        rho = rho_max - 2 * t * beta2**t / correction
        rectified = rho > 5
        if rectified:
            step_size *= math.sqrt((rho - 4) * (rho - 2) * rho_max / ((rho_max - 4) * (rho_max - 2) * rho) * correction)
        for w, g, m, v, scratch in group.chunks("exp_avg", "exp_avg_sq", scratch=1, decay=0.0 if decoupled else decay):
            update_moving_average(m, g, beta1, scratch)
            update_moving_square(v, g, beta2, scratch)
            if rectified:
                np.sqrt(v, out=scratch)
                scratch += group["eps"]
                np.divide(m, scratch, out=scratch)
                scratch *= step_size
            else:
                np.multiply(m, step_size, out=scratch)
            if decoupled and decay:
                w *= 1 - lr * decay
            w -= scratch
