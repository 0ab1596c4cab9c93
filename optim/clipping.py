"""Gradients limited before a step, so that one cliff of the loss does not throw the parameters far away."""

import math
from collections.abc import Iterable

import numpy as np

from autograd import Tensor


def clip_by_norm(parameters: Iterable[Tensor], limit: float) -> float:
    """Scale all gradients together so that their norm √Σg² is at most the limit: the direction stays.

    Returns the norm before clipping. Pascanu et al. (2013), On the difficulty of training recurrent neural networks.

    >>> from autograd import Tensor
    >>> from optim import clip_by_norm
    >>> w = Tensor([0.0, 0.0], requires_grad=True)
    >>> w.grad = [3.0, 4.0]
    >>> clip_by_norm([w], 1.0), w.grad.numpy().round(6).tolist()
    (5.0, [0.6, 0.8])
    """
    _check(limit)
    gradients = [(p, p.grad) for p in parameters if p.grad is not None]
    largest = max((float(np.abs(g.data).max()) for _, g in gradients if g.size), default=0.0)
    if largest == 0 or not math.isfinite(largest):
        return largest  # nothing to limit, or nothing that a limit could save
    scaled = [np.ravel(g.data) / largest for _, g in gradients]  # squares of what is left neither overflow nor vanish
    norm = largest * math.sqrt(sum(float(part @ part) for part in scaled))
    if norm > limit:
        for p, g in gradients:
            p.grad = g * (limit / norm)
    return norm


def clip_by_value(parameters: Iterable[Tensor], limit: float) -> float:
    """Limit each element of each gradient to [−limit, limit]: the direction may change.

    Returns the largest absolute element before clipping.

    >>> from autograd import Tensor
    >>> from optim import clip_by_value
    >>> w = Tensor([0.0, 0.0], requires_grad=True)
    >>> w.grad = [3.0, 0.5]
    >>> clip_by_value([w], 1.0), w.grad.tolist()
    (3.0, [1.0, 0.5])
    """
    _check(limit)
    largest = 0.0
    for p in parameters:
        if p.grad is not None and p.size:
            largest = max(largest, float(np.abs(p.grad.data).max()))
            p.grad = p.grad.clip(-limit, limit)
    return largest


def _check(limit: float) -> None:
    if not limit > 0:
        raise ValueError(f"the limit of a gradient must be above 0, not {limit}")
