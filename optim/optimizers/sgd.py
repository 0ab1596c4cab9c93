"""Stochastic gradient descent, with and without momentum."""

from typing import Any, Unpack

import numpy as np

from optim.optimizers.base import CommonOptions, Optimizer, Parameters
from optim.optimizers.param_group import ParamGroup


class SGD(Optimizer):
    """Gradient descent: w ← w − η v with v ← μ v + (1 − τ) g, g = ∂L/∂w + λ w (v = g at first, and without momentum).

    params:       parameters or groups, as for every Optimizer.
    lr:           learning rate η, above 0.
    momentum:     μ, from 0 (no momentum) to below 1.
    dampening:    τ, from 0 to 1.
    weight_decay: λ, for all parameters including biases; `penalty=L2(λ / 2)` is the same for weights only.
    nesterov:     step by g + μ v in place of v, which approximates the gradient one step ahead.
    maximize, penalty, constraint: as for every Optimizer.

    Formulas and defaults are PyTorch's. Keras has lr 0.01, and η inside the velocity, v ← μ v − η g, which is the same while η
    does not change. State: none; with momentum v, one number per element.

    Robbins and Monro (1951), A stochastic approximation method; Polyak (1964), Some methods of speeding up the convergence of
    iteration methods; Nesterov (1983), as in Sutskever et al. (2013), On the importance of initialization and momentum.

    >>> from autograd import Tensor
    >>> from optim import SGD
    >>> w = Tensor(3.0, requires_grad=True)
    >>> optimizer = SGD([w], lr=0.1)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> round(w.item(), 6)
    2.4
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
        **common: Unpack[CommonOptions],
    ):
        options = {"momentum": momentum, "dampening": dampening, "weight_decay": weight_decay, "nesterov": nesterov}
        super().__init__(params, lr, options, **common)

    def check_options(self, options: Any) -> None:
        super().check_options(options)
        if options["nesterov"] and (options["momentum"] == 0 or options["dampening"] != 0):
            momentum, dampening = options["momentum"], options["dampening"]
            raise ValueError(f"nesterov needs momentum and no dampening, not momentum={momentum} and dampening={dampening}")

    def update(self, group: ParamGroup) -> None:
        lr, momentum, decay = group["lr"], group["momentum"], group["weight_decay"]
        if not momentum:
            for w, g, scratch in group.chunks(scratch=1, decay=decay, copy=False):
                np.multiply(g, lr, out=scratch)
                w -= scratch
            return
        for w, g, velocity, scratch in group.chunks("momentum_buffer", scratch=1, decay=decay):
            if group.step == 1:
                velocity[...] = g
            else:
                velocity *= momentum
                if group["dampening"]:
                    g *= 1 - group["dampening"]
                velocity += g
            if group["nesterov"]:
                np.multiply(velocity, momentum, out=scratch)
                g += scratch
                g *= lr
            else:
                np.multiply(velocity, lr, out=g)
            w -= g
