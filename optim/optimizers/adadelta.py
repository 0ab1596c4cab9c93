"""Adadelta: RMSprop whose steps have the unit of a weight."""

from typing import Unpack

import numpy as np

from optim.optimizers.base import CommonOptions, Optimizer, Parameters
from optim.optimizers.moving_average import update_moving_square
from optim.optimizers.param_group import ParamGroup


class Adadelta(Optimizer):
    """RMSprop scaled by the size of its own steps: w ← w − η d, d = g √(u + ε) / √(v + ε).

    v ← ρ v + (1 − ρ) g² before the step, u ← ρ u + (1 − ρ) d² after it.

    params:       parameters or groups, as for every Optimizer.
    lr:           η; the paper's method is η = 1.
    rho:          ρ, the decay rate of the averages, from 0 to 1.
    eps:          ε; it determines the size of the first steps.
    weight_decay: λ; g is ∂L/∂w + λ w.
    maximize, penalty, constraint: as for every Optimizer.

    A step has the unit of a weight, not of its inverse. Formulas and defaults are PyTorch's; Keras has lr 0.001, rho 0.95 (the
    paper's) and ε 1e-7. State: v and u, two numbers per element.

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
        for w, g, v, u, scratch, root in group.chunks(*names, scratch=2, decay=group["weight_decay"]):
            update_moving_square(v, g, rho, scratch)
            np.add(v, eps, out=root)
            np.sqrt(root, out=root)
            np.add(u, eps, out=scratch)
            np.sqrt(scratch, out=scratch)
            scratch /= root
            g *= scratch
            update_moving_square(u, g, rho, scratch)
            g *= group["lr"]
            w -= g
