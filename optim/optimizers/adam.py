"""Adam: momentum and RMSprop with bias correction; AdamW: with decoupled weight decay."""

import math
from typing import Unpack

import numpy as np

from optim.optimizers.base import CommonOptions, Optimizer, Parameters
from optim.optimizers.moving_average import update_moving_average, update_moving_square
from optim.optimizers.param_group import ParamGroup


class Adam(Optimizer):
    """Moving averages of gradients and of their squares: w ← w − η m̂ / (√v̂ + ε), m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ).

    m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g².

    params:       parameters or groups, as for every Optimizer.
    lr:           η, about the size of a step of one weight.
    betas:        (β₁, β₂), the decay rates of the averages, from 0 to below 1.
    eps:          ε.
    weight_decay: λ; g is ∂L/∂w + λ w.
    amsgrad:      use the largest v so far in place of v.
    decoupled_weight_decay: g is ∂L/∂w; instead w ← (1 − ηλ) w before the step, as in AdamW.
    maximize, penalty, constraint: as for every Optimizer.

    t is the number of steps of each parameter. Formulas and defaults are those of PyTorch and of the paper. Keras has ε 1e-7
    and adds ε / √(1 − β₂ᵗ) instead of ε, as the paper suggests for speed. State: m and v, with amsgrad also the largest v; one
    number per element each.

    Kingma and Ba (2015), Adam: a method for stochastic optimization; Reddi, Kale and Kumar (2018), On the convergence of Adam
    and beyond.

    >>> from autograd import Tensor
    >>> from optim import Adam
    >>> w = Tensor([3.0, -300.0], requires_grad=True)
    >>> optimizer = Adam([w], lr=0.1)
    >>> w.grad = w.numpy()
    >>> optimizer.step()
    >>> w.numpy().round(6).tolist()
    [2.9, -299.9]
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
        *,
        decoupled_weight_decay: bool = False,
        **common: Unpack[CommonOptions],
    ):
        options = {"betas": betas, "eps": eps, "weight_decay": weight_decay, "amsgrad": amsgrad}
        super().__init__(params, lr, options | {"decoupled_weight_decay": decoupled_weight_decay}, **common)

    def update(self, group: ParamGroup) -> None:
        lr, (beta1, beta2), decay = group["lr"], group["betas"], group["weight_decay"]
        decoupled = group["decoupled_weight_decay"]
        # η m̂ / (√v̂ + ε) = step_size · m / (√v + ε c) with c = √(1 − β₂ᵗ): numbers are corrected, not arrays
        c = math.sqrt(1 - beta2**group.step)
        step_size, eps = lr * c / (1 - beta1**group.step), group["eps"] * c
        names = ("exp_avg", "exp_avg_sq", "max_exp_avg_sq")[: 3 if group["amsgrad"] else 2]
        for w, g, m, v, *v_max, scratch in group.chunks(*names, scratch=1, decay=0.0 if decoupled else decay, copy=False):
            update_moving_average(m, g, beta1, scratch)
            update_moving_square(v, g, beta2, scratch)
            if v_max:
                np.maximum(v_max[0], v, out=v_max[0])
            np.sqrt(v_max[0] if v_max else v, out=scratch)
            scratch += eps
            np.divide(m, scratch, out=scratch)
            scratch *= step_size
            if decoupled and decay:
                w *= 1 - lr * decay
            w -= scratch


class AdamW(Adam):
    """Adam with weight decay that bypasses the averages: w ← (1 − ηλ) w − η m̂ / (√v̂ + ε).

    params, lr, betas, eps, amsgrad: as for Adam.
    weight_decay: λ, for all parameters; put biases into a group with weight_decay 0 to exempt them.
    maximize, penalty, constraint: as for every Optimizer.

    In Adam, weights with large gradients decay less. Here all weights decay at the same rate, so η and λ can be chosen
    independently. Formulas and defaults are PyTorch's; Keras has λ 0.004. State: as Adam's.

    Loshchilov and Hutter (2019), Decoupled weight decay regularization.

    >>> from autograd import Tensor
    >>> from optim import AdamW
    >>> w = Tensor([3.0, -300.0], requires_grad=True)
    >>> optimizer = AdamW([w], lr=0.1, weight_decay=0.1)
    >>> w.grad = [0.0, 0.0]
    >>> optimizer.step()
    >>> w.numpy().round(6).tolist()
    [2.97, -297.0]
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        **common: Unpack[CommonOptions],
    ):
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, decoupled_weight_decay=True, **common)
