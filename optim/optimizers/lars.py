"""LARS: momentum with a learning rate for each tensor, in proportion to its norm."""

from typing import Unpack

import numpy as np

from optim.optimizers.base import CommonOptions, Optimizer, Parameters
from optim.optimizers.param_group import ParamGroup
from optim.regularizers.norms import euclidean_norm


class LARS(Optimizer):
    """Layer-wise adaptive rate scaling: w ← w − v, v ← μ v + η ρ (g + λ w), ρ = κ ‖w‖ / (‖g‖ + λ ‖w‖) for each tensor w.

    params:            parameters or groups, as for every Optimizer; each tensor is a layer.
    lr:                η; without momentum each tensor moves by about η κ times its norm.
    momentum:          μ, from 0 to below 1.
    weight_decay:      λ.
    trust_coefficient: κ; None for ρ = 1, which is SGD. Set None for a group of biases and normalization parameters, which
                       start near 0 and would stay there.
    maximize, penalty, constraint: as for every Optimizer.

    ρ is 1 for a tensor whose weights or gradients are all 0. Formulas and defaults are the paper's, except η: the paper starts
    from a large value that decays. Neither PyTorch nor Keras has LARS. State: v, one number per element.

    You, Gitman and Ginsburg (2017), Large batch training of convolutional networks, algorithm 1.

    >>> from autograd import Tensor
    >>> from optim import LARS
    >>> w = Tensor([3.0, 4.0], requires_grad=True)
    >>> optimizer = LARS([w], trust_coefficient=0.1, weight_decay=0)
    >>> w.grad = [0.0, 1000.0]
    >>> optimizer.step()
    >>> w.tolist()
    [3.0, 3.5]
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 1.0,
        momentum: float = 0.9,
        weight_decay: float = 5e-4,
        trust_coefficient: float | None = 1e-3,
        **common: Unpack[CommonOptions],
    ):
        options = {"momentum": momentum, "weight_decay": weight_decay, "trust_coefficient": trust_coefficient}
        super().__init__(params, lr, options, **common)

    def update(self, group: ParamGroup) -> None:
        lr, decay, trust = group["lr"], group["weight_decay"], group["trust_coefficient"]
        for w, g, velocity, scratch in group.tensors("momentum_buffer", scratch=1):
            weight_norm, grad_norm = euclidean_norm(w), euclidean_norm(g)
            scaled = trust is not None and weight_norm and grad_norm
            ratio = trust * weight_norm / (grad_norm + decay * weight_norm) if scaled else 1.0
            np.multiply(w, decay, out=scratch)
            g += scratch
            g *= lr * ratio
            velocity *= group["momentum"]
            velocity += g
            w -= velocity
