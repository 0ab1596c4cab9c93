"""LAMB: Adam with steps in proportion to the norm of each tensor."""

import math
from typing import Unpack

import numpy as np

from optim.optimizers.base import CommonOptions, Optimizer, Parameters
from optim.optimizers.moving_average import update_moving_average, update_moving_square
from optim.optimizers.param_group import ParamGroup
from optim.regularizers.norms import euclidean_norm


class LAMB(Optimizer):
    """LARS for Adam: w ← w − η ‖w‖ / ‖r + λ w‖ · (r + λ w), r = m̂ / (√v̂ + ε), for each tensor w.

    m̂ and v̂ as in Adam.

    params:       parameters or groups, as for every Optimizer; each tensor is a layer.
    lr:           η: each tensor moves by this share of its norm.
    betas:        (β₁, β₂), the decay rates of the averages, from 0 to below 1.
    eps:          ε.
    weight_decay: λ.
    maximize, penalty, constraint: as for every Optimizer.

    The factor ‖w‖ / ‖r + λ w‖ is 1 for a tensor where one of the norms is 0. Formulas are the paper's with the identity for φ;
    defaults, except η, are those of its experiments. PyTorch has no LAMB; Keras's Lamb has ε 1e-7 and λ 0. State: m and v, two
    numbers per element.

    You et al. (2020), Large batch optimization for deep learning: training BERT in 76 minutes, algorithm 2.

    >>> from autograd import Tensor
    >>> from optim import LAMB
    >>> w = Tensor([3.0, 4.0], requires_grad=True)
    >>> optimizer = LAMB([w], lr=0.1, weight_decay=0)
    >>> w.grad = [0.0, 1000.0]
    >>> optimizer.step()
    >>> w.numpy().round(6).tolist()
    [3.0, 3.5]
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-6,
        weight_decay: float = 1e-2,
        **common: Unpack[CommonOptions],
    ):
        super().__init__(params, lr, {"betas": betas, "eps": eps, "weight_decay": weight_decay}, **common)

    def update(self, group: ParamGroup) -> None:
        (beta1, beta2), t = group["betas"], group.step
        c = math.sqrt(1 - beta2**t)
        for w, g, m, v, direction in group.tensors("exp_avg", "exp_avg_sq", scratch=1):
            update_moving_average(m, g, beta1, direction)
            update_moving_square(v, g, beta2, direction)
            np.sqrt(v, out=direction)
            direction += group["eps"] * c
            np.divide(m, direction, out=direction)
            direction *= c / (1 - beta1**t)
            np.multiply(w, group["weight_decay"], out=g)
            direction += g
            weight_norm, direction_norm = euclidean_norm(w), euclidean_norm(direction)
            direction *= group["lr"] * (weight_norm / direction_norm if weight_norm and direction_norm else 1.0)
            w -= direction
