"""RMSprop: steps scaled by a moving average of squared gradients."""

from typing import Unpack

import numpy as np

from optim.optimizers.base import CommonOptions, Optimizer, Parameters
from optim.optimizers.moving_average import update_moving_average, update_moving_square
from optim.optimizers.param_group import ParamGroup


class RMSprop(Optimizer):
    """Adagrad with a moving average for the sum: w ← w − η g / (√v + ε), v ← α v + (1 − α) g².

    params:       parameters or groups, as for every Optimizer.
    lr:           η.
    alpha:        α, the decay rate of the average v, from 0 to 1.
    eps:          ε.
    weight_decay: λ; g is ∂L/∂w + λ w.
    momentum:     μ; if not 0, w ← w − η b with b ← μ b + g / (√v + ε).
    centered:     divide by the standard deviation √(v − m²) instead of √v, with m ← α m + (1 − α) g.
    maximize, penalty, constraint: as for every Optimizer.

    Formulas and defaults are PyTorch's; Keras has lr 0.001, α 0.9 by the name rho, and ε 1e-7 inside the root. State: v, with
    momentum also b, with centered also m; one number per element each.

    Tieleman and Hinton (2012), Lecture 6.5 of Neural networks for machine learning; centered: Graves (2013), Generating
    sequences with recurrent neural networks.

    >>> from autograd import Tensor
    >>> from optim import RMSprop
    >>> w = Tensor([3.0, -300.0], requires_grad=True)
    >>> optimizer = RMSprop([w], lr=0.1, alpha=0.75)
    >>> w.grad = w.numpy()
    >>> optimizer.step()
    >>> w.numpy().round(2).tolist()
    [2.8, -299.8]
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
        **common: Unpack[CommonOptions],
    ):
        options = {"alpha": alpha, "eps": eps, "weight_decay": weight_decay, "momentum": momentum, "centered": centered}
        super().__init__(params, lr, options, **common)

    def update(self, group: ParamGroup) -> None:
        alpha, momentum = group["alpha"], group["momentum"]
        names = ("grad_avg",) * bool(group["centered"]) + ("momentum_buffer",) * bool(momentum)
        for w, g, v, *others, scratch in group.chunks("square_avg", *names, scratch=1, decay=group["weight_decay"]):
            update_moving_square(v, g, alpha, scratch)
            if group["centered"]:
                m = others[0]
                update_moving_average(m, g, alpha, scratch)
                np.multiply(m, m, out=scratch)
                np.subtract(v, scratch, out=scratch)
                np.maximum(scratch, 0, out=scratch)  # by rounding a variance of 0 may be below 0
                np.sqrt(scratch, out=scratch)
            else:
                np.sqrt(v, out=scratch)
            scratch += group["eps"]
            g /= scratch
            if momentum:
                velocity = others[-1]
                velocity *= momentum
                velocity += g
                np.multiply(velocity, group["lr"], out=g)
            else:
                g *= group["lr"]
            w -= g
