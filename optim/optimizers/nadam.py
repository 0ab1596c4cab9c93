"""NAdam: Adam with Nesterov momentum."""

import math
from typing import Any, Unpack

import numpy as np

from optim.optimizers.base import CommonOptions, Optimizer, Parameters
from optim.optimizers.moving_average import update_moving_average, update_moving_square
from optim.optimizers.param_group import ParamGroup


class NAdam(Optimizer):
    """Adam with Nesterov momentum: w ← w − η (μ' m / (1 − M μ') + (1 − μ) g / (1 − M)) / (√v̂ + ε).

    μ = β₁ (1 − ½ · 0.96^(tψ)) at step t, μ' is μ at step t + 1, M is the product of all μ so far; m, v and v̂ as in Adam.

    params:         parameters or groups, as for every Optimizer.
    lr:             η.
    betas:          (β₁, β₂), the decay rates of the averages, from 0 to below 1.
    eps:            ε.
    weight_decay:   λ; g is ∂L/∂w + λ w.
    momentum_decay: ψ, the rate at which μ rises from β₁/2 to β₁.
    decoupled_weight_decay: g is ∂L/∂w; instead w ← (1 − ηλ) w before the step, as in AdamW.
    maximize, penalty, constraint: as for every Optimizer.

    Formulas and defaults are those of PyTorch and of the paper; Keras's Nadam has lr 0.001 and ε 1e-7. State: m and v, two
    numbers per element, and M. Dozat (2016), Incorporating Nesterov momentum into Adam.

    >>> from autograd import Tensor
    >>> from optim import NAdam
    >>> w = Tensor([3.0, -300.0], requires_grad=True)
    >>> optimizer = NAdam([w], lr=0.1)
    >>> w.grad = w.numpy()
    >>> optimizer.step()
    >>> w.numpy().round(3).tolist()
    [2.894, -299.894]
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        **common: Unpack[CommonOptions],
    ):
        options: dict[str, Any] = {"betas": betas, "eps": eps, "weight_decay": weight_decay, "momentum_decay": momentum_decay}
        super().__init__(params, lr, options | {"decoupled_weight_decay": decoupled_weight_decay}, **common)

    def update(self, group: ParamGroup) -> None:
        lr, (beta1, beta2), decay = group["lr"], group["betas"], group["weight_decay"]
        decoupled = group["decoupled_weight_decay"]
        mu, next_mu = (beta1 * (1 - 0.5 * 0.96 ** (t * group["momentum_decay"])) for t in (group.step, group.step + 1))
        product = group.counters["mu_product"] = group.counters.get("mu_product", 1.0) * mu
        correction = math.sqrt(1 - beta2**group.step)
        for w, g, m, v, scratch in group.chunks("exp_avg", "exp_avg_sq", scratch=1, decay=0.0 if decoupled else decay):
            update_moving_average(m, g, beta1, scratch)
            update_moving_square(v, g, beta2, scratch)
            g *= lr * (1 - mu) / (1 - product)
            np.multiply(m, lr * next_mu / (1 - product * next_mu), out=scratch)
            g += scratch
            np.sqrt(v, out=scratch)
            scratch /= correction
            scratch += group["eps"]
            g /= scratch
            if decoupled and decay:
                w *= 1 - lr * decay
            w -= g
