"""Steps scaled by the gradients so far: Adagrad adds their squares up, RMSprop forgets old ones, Adadelta needs no η."""

from typing import Unpack

import numpy as np

from optim.optimizers.base import Common, Optimizer, Parameters
from optim.optimizers.moving_average import average, average_square
from optim.optimizers.param_group import ParamGroup


class Adagrad(Optimizer):
    """Steps shrink with all squares so far: w ← w − η g / (√s + ε), s ← s + g².

    params:       parameters or groups, as for every Optimizer.
    lr:           η; lr_decay: δ, it is η / (1 + (t − 1) δ) at step t.
    weight_decay: λ; g is ∂L/∂w + λ w.
    initial_accumulator_value: s at first.
    eps:          ε.
    maximize, penalty, constraint: as for every Optimizer.

    Weights that rarely have a gradient keep large steps: good for sparse features; all steps come to an end. The formulas and
    defaults are PyTorch's; Keras has lr 0.001, s 0.1 at first, and ε 1e-7 inside of the root. State: s, one number per
    parameter.

    Duchi, Hazan and Singer (2011), Adaptive subgradient methods for online learning and stochastic optimization.

    >>> from autograd import Tensor
    >>> from optim import Adagrad
    >>> w = Tensor([3.0, -300.0], requires_grad=True)
    >>> optimizer = Adagrad([w], lr=0.1)
    >>> for _ in range(2):
    ...     w.grad = w.numpy()
    ...     optimizer.step()
    >>> w.numpy().round(2).tolist()
    [2.83, -299.83]
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
        **common: Unpack[Common],
    ):
        options = {"lr_decay": lr_decay, "weight_decay": weight_decay}
        options |= {"initial_accumulator_value": initial_accumulator_value, "eps": eps}
        super().__init__(params, lr, options, **common)

    def update(self, group: ParamGroup) -> None:
        lr = group["lr"] / (1 + (group.step - 1) * group["lr_decay"])
        for w, g, total, s in group.chunks("sum", scratch=1, decay=group["weight_decay"]):
            if group.step == 1:
                total[...] = group["initial_accumulator_value"]
            np.multiply(g, g, out=s)
            total += s
            np.sqrt(total, out=s)
            s += group["eps"]
            g /= s
            g *= lr
            w -= g


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
        **common: Unpack[Common],
    ):
        options = {"alpha": alpha, "eps": eps, "weight_decay": weight_decay, "momentum": momentum, "centered": centered}
        super().__init__(params, lr, options, **common)

    def update(self, group: ParamGroup) -> None:
        alpha, momentum = group["alpha"], group["momentum"]
        more = ("grad_avg",) * bool(group["centered"]) + ("momentum_buffer",) * bool(momentum)
        for w, g, square, *kept, s in group.chunks("square_avg", *more, scratch=1, decay=group["weight_decay"]):
            average_square(square, g, alpha, s)
            if group["centered"]:
                average(kept[0], g, alpha, s)
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
        **common: Unpack[Common],
    ):
        super().__init__(params, lr, {"rho": rho, "eps": eps, "weight_decay": weight_decay}, **common)

    def update(self, group: ParamGroup) -> None:
        rho, eps = group["rho"], group["eps"]
        names = ("square_avg", "acc_delta")
        for w, g, square, moved, s, r in group.chunks(*names, scratch=2, decay=group["weight_decay"]):
            average_square(square, g, rho, s)
            np.add(square, eps, out=r)
            np.sqrt(r, out=r)
            np.add(moved, eps, out=s)
            np.sqrt(s, out=s)
            s /= r
            g *= s
            average_square(moved, g, rho, s)
            g *= group["lr"]
            w -= g
