"""RMSprop: steps scaled by a moving average of squared gradients."""

from typing import Unpack

import numpy as np

from optim.optimizers.base import CommonOptions, Optimizer, Parameters
from optim.optimizers.moving_average import update_moving_average, update_moving_square
from optim.optimizers.param_group import ParamGroup


class RMSprop(Optimizer):
    """Adagrad that forgets: w ← w − η g / (√v + ε), v ← α v + (1 − α) g².

    params:       parameters or groups, as for every Optimizer.
    lr:           η.
    alpha:        α, how much of the average v is kept.
    eps:          ε.
    weight_decay: λ; g is ∂L/∂w + λ w.
    momentum:     μ; if not 0, w ← w − η b with b ← μ b + g / (√v + ε).
    centered:     divide by the deviation √(v − m²) instead, with m ← α m + (1 − α) g.
    maximize, penalty, constraint: as for every Optimizer.

    The formulas and defaults are PyTorch's; Keras has lr 0.001, rho = α 0.9, and ε 1e-7 inside of the root. State: v, with
    momentum b and centered m as well, one number per parameter each.

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
        more = ("grad_avg",) * bool(group["centered"]) + ("momentum_buffer",) * bool(momentum)
        for w, g, square, *kept, s in group.chunks("square_avg", *more, scratch=1, decay=group["weight_decay"]):
            update_moving_square(square, g, alpha, s)
            if group["centered"]:
                update_moving_average(kept[0], g, alpha, s)
                np.multiply(kept[0], kept[0], out=s)
                np.subtract(square, s, out=s)
                np.maximum(s, 0, out=s)  # rounding may take a variance of 0 below it
                np.sqrt(s, out=s)
            else:
                np.sqrt(square, out=s)
            s += group["eps"]
            g /= s
            if momentum:
                velocity = kept[-1]
                velocity *= momentum
                velocity += g
                np.multiply(velocity, group["lr"], out=g)
            else:
                g *= group["lr"]
            w -= g
