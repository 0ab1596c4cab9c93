"""Adam: momentum and RMSprop together, both corrected for their start at 0; AdamW: with the decay of weights kept apart."""

import math
from typing import Unpack

import numpy as np

from optim.optimizers.base import CommonOptions, Optimizer, Parameters
from optim.optimizers.moving_average import update_moving_average, update_moving_square
from optim.optimizers.param_group import ParamGroup


class Adam(Optimizer):
    """Averages of gradients and squares: w ← w − η m̂ / (√v̂ + ε), m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ).

    m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g².

    params:       parameters or groups, as for every Optimizer.
    lr:           η, about the size of a step.
    betas:        (β₁, β₂), how much of the averages is kept.
    eps:          ε.
    weight_decay: λ; g is ∂L/∂w + λ w.
    amsgrad:      divide by the largest v so far.
    decoupled_weight_decay: leave g alone and let w ← (1 − ηλ) w before the step, as AdamW does.
    maximize, penalty, constraint: as for every Optimizer.

    t counts the steps of each parameter. The formulas and defaults are PyTorch's, and the paper's; Keras has ε 1e-7 and, with
    the paper's shortcut, ε / √(1 − β₂ᵗ) in the place of ours. State: m and v, with amsgrad one more, a number per parameter
    each.

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
        apart = group["decoupled_weight_decay"]
        # η m̂ / (√v̂ + ε) = size · m / (√v + ε c) with c = √(1 − β₂ᵗ): corrections of numbers, not of arrays
        c = math.sqrt(1 - beta2**group.step)
        size, eps = lr * c / (1 - beta1**group.step), group["eps"] * c
        names = ("exp_avg", "exp_avg_sq", "max_exp_avg_sq")[: 3 if group["amsgrad"] else 2]
        for w, g, mean, square, *largest, s in group.chunks(*names, scratch=1, decay=0.0 if apart else decay, copy=False):
            update_moving_average(mean, g, beta1, s)
            update_moving_square(square, g, beta2, s)
            if largest:
                np.maximum(largest[0], square, out=largest[0])
            np.sqrt(largest[0] if largest else square, out=s)
            s += eps
            np.divide(mean, s, out=s)
            s *= size
            if apart and decay:
                w *= 1 - lr * decay
            w -= s


class AdamW(Adam):
    """Adam whose decay of weights is not averaged and divided with the gradients: w ← (1 − ηλ) w − η m̂ / (√v̂ + ε).

    params, lr, betas, eps, amsgrad: as for Adam.
    weight_decay: λ, of all parameters; biases are spared by a group with weight_decay 0.
    maximize, penalty, constraint: as for every Optimizer.

    Under Adam weights with large gradients decay less; here all alike, so that η and λ can be chosen apart. The formulas and
    defaults are PyTorch's; Keras has λ 0.004. State as Adam's.

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
