"""RAdam: Adam with a rectified variance."""

import math
from typing import Any, Unpack

import numpy as np

from optim.optimizers.base import CommonOptions, Optimizer, Parameters
from optim.optimizers.moving_average import update_moving_average, update_moving_square
from optim.optimizers.param_group import ParamGroup


class RAdam(Optimizer):
    """Adam rectified: w ← w − η r m̂ √(1 − β₂ᵗ) / (√v + ε) once v has seen enough, w ← w − η m̂ before.

    r = √((ρ − 4)(ρ − 2) ρ∞ / ((ρ∞ − 4)(ρ∞ − 2) ρ)) if ρ > 5, with ρ∞ = 2 / (1 − β₂) − 1 and ρ = ρ∞ − 2t β₂ᵗ / (1 − β₂ᵗ): the
    variance of the first few steps of Adam, and with it the need for a warm-up, is taken out. m, v and m̂ as in Adam.

    params:       parameters or groups, as for every Optimizer.
    lr:           η.
    betas:        (β₁, β₂); eps: ε.
    weight_decay: λ; g is ∂L/∂w + λ w.
    decoupled_weight_decay: leave g alone and let w ← (1 − ηλ) w before the step, as AdamW does.
    maximize, penalty, constraint: as for every Optimizer.

    The formulas and defaults are PyTorch's; the paper starts at ρ > 4, and Keras has no RAdam. State: m and v, two numbers per
    parameter. Liu et al. (2020), On the variance of the adaptive learning rate and beyond.

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
        apart, t = group["decoupled_weight_decay"], group.step
        size, correction = lr / (1 - beta1**t), 1 - beta2**t
        most = 2 / (1 - beta2) - 1
        seen = most - 2 * t * beta2**t / correction
        trusted = seen > 5
        if trusted:
            size *= math.sqrt((seen - 4) * (seen - 2) * most / ((most - 4) * (most - 2) * seen) * correction)
        for w, g, mean, square, s in group.chunks("exp_avg", "exp_avg_sq", scratch=1, decay=0.0 if apart else decay):
            update_moving_average(mean, g, beta1, s)
            update_moving_square(square, g, beta2, s)
            if trusted:
                np.sqrt(square, out=s)
                s += group["eps"]
                np.divide(mean, s, out=s)
                s *= size
            else:
                np.multiply(mean, size, out=s)
            if apart and decay:
                w *= 1 - lr * decay
            w -= s
