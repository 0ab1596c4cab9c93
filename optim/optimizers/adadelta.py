"""Adadelta: RMSprop whose steps have the unit of a weight."""

from typing import Unpack

import numpy as np

from optim.optimizers.base import CommonOptions, Optimizer, Parameters
from optim.optimizers.moving_average import update_moving_square
from optim.optimizers.param_group import ParamGroup


class Adadelta(Optimizer):
    """RMSprop with the size of its own steps in the place of η: w ← w − η d, d = g √(u + ε) / √(v + ε).

    v ← ρ v + (1 − ρ) g² before, u ← ρ u + (1 − ρ) d² after.

    params:       parameters or groups, as for every Optimizer.
    lr:           η; the paper's method is η = 1.
    rho:          ρ, how much of the averages is kept.
    eps:          ε; it sets the first steps.
    weight_decay: λ; g is ∂L/∂w + λ w.
    maximize, penalty, constraint: as for every Optimizer.

    A step has the unit of a weight, not of its inverse. The formulas and defaults are PyTorch's; Keras has lr 0.001, rho 0.95
    (the paper's) and ε 1e-7. State: v and u, two numbers per parameter.

    Zeiler (2012), Adadelta: an adaptive learning rate method.

    >>> from autograd import Tensor
    >>> from optim import Adadelta
    >>> w = Tensor([3.0, -300.0], requires_grad=True)
    >>> optimizer = Adadelta([w])
    >>> w.grad = w.numpy()
    >>> optimizer.step()
    >>> w.numpy().round(4).tolist()
    [2.9968, -299.9968]
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0.0,
        **common: Unpack[CommonOptions],
    ):
        super().__init__(params, lr, {"rho": rho, "eps": eps, "weight_decay": weight_decay}, **common)

    def update(self, group: ParamGroup) -> None:
        rho, eps = group["rho"], group["eps"]
        names = ("square_avg", "acc_delta")
        for w, g, square, moved, s, r in group.chunks(*names, scratch=2, decay=group["weight_decay"]):
            update_moving_square(square, g, rho, s)
            np.add(square, eps, out=r)
            np.sqrt(r, out=r)
            np.add(moved, eps, out=s)
            np.sqrt(s, out=s)
            s /= r
            g *= s
            update_moving_square(moved, g, rho, s)
            g *= group["lr"]
            w -= g
